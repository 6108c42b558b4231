import pytest

from tests.servers.caches import CACHES, Cache
from tests.servers.needs import need
from tests.servers.server import Server
from tests.servers.servers import SERVERS


@pytest.fixture(scope="session", params=SERVERS, ids=lambda kind: kind.name)
def server(request: pytest.FixtureRequest) -> Server:
    """Each server in turn, ready to serve an app."""
    kind: Server = request.param
    need(kind.missing())
    return kind


@pytest.fixture(scope="session", params=CACHES, ids=lambda kind: kind.name)
def cache(request: pytest.FixtureRequest) -> Cache:
    """Each cache in turn, ready to run in front of a server."""
    kind: Cache = request.param
    need(kind.missing())
    return kind
