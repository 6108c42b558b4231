from collections.abc import Generator

import pytest

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
