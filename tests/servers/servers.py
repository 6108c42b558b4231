"""The servers of the tests."""

from tests.servers.apache import ModWSGI
from tests.servers.python import PYTHON_SERVERS
from tests.servers.server import Server

SERVERS: tuple[Server, ...] = (*PYTHON_SERVERS, ModWSGI())
