from collections.abc import Generator

import pytest

from tests.browsers.chromium import Chromium
from tests.browsers.engine import Engine
from tests.browsers.engines import ENGINES
from tests.servers.needs import need


@pytest.fixture(scope="session", params=ENGINES, ids=lambda kind: kind.name)
def engine(request: pytest.FixtureRequest) -> Generator[Engine]:
    """Each engine in turn, one browser for all its tests."""
    kind: type[Engine] = request.param
    need(kind.missing())
    with kind() as running:
        yield running


@pytest.fixture(scope="session")
def chromium() -> Generator[Chromium]:
    """For what only its protocol can do: keys, colour schemes, window sizes, the accessibility tree."""
    need(Chromium.missing())
    with Chromium() as running:
        yield running
