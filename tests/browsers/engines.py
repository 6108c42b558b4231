"""The browser engines that the tests run in."""

from tests.browsers.chromium import Chromium
from tests.browsers.engine import Engine

ENGINES: tuple[type[Engine], ...] = (Chromium,)
