"""The browser engines of the tests."""

from tests.browsers.chromium import Chromium
from tests.browsers.engine import Engine
from tests.browsers.firefox import Firefox
from tests.browsers.webkit import WebKit

ENGINES: tuple[type[Engine], ...] = (Chromium, Firefox, WebKit)
