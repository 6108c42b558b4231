"""A real app on real servers."""

from collections.abc import Iterator
from http.client import HTTPConnection

import pytest

from tests.flask.asking import STRANGER, A, B
from tests.servers.needs import need
from tests.servers.ports import ADDRESS
from tests.servers.python import PYTHON_SERVERS
from tests.servers.server import Running

pytestmark = pytest.mark.servers

SERVERS = [server for server in PYTHON_SERVERS if server.name.startswith(("gunicorn", "waitress", "werkzeug"))]

Answer = tuple[int, dict[str, str], bytes]


@pytest.fixture(scope="module", params=SERVERS, ids=lambda server: server.name)
def running(request: pytest.FixtureRequest) -> Iterator[Running]:
    need(request.param.missing())
    with request.param.serve("tests.flask.served:app") as running:
        yield running


def ask(running: Running, method: str, path: str, origin: str, **headers: str) -> Answer:
    connection = HTTPConnection(ADDRESS, running.port, timeout=30)
    try:
        fields = {"Origin": origin, **{name.replace("_", "-"): value for name, value in headers.items()}}
        connection.request(method, path, headers=fields)
        response = connection.getresponse()
        lines = [(name.lower(), value) for name, value in response.getheaders()]
        assert len([name for name, _ in lines if name.startswith("access-control-allow-origin")]) < 2
        return response.status, dict(lines), response.read()
    finally:
        connection.close()


def test_a_preflight(running: Running) -> None:
    asked = {"Access_Control_Request_Method": "PUT", "Access_Control_Request_Headers": "authorization,content-type"}
    status, headers, body = ask(running, "OPTIONS", "/api/notes/1", A, **asked)
    assert (status, body) == (204, b"")
    assert headers["access-control-allow-origin"] == A
    assert headers["access-control-allow-methods"] == "PUT"
    assert headers["access-control-allow-headers"] == "*, Authorization"
    assert headers["access-control-max-age"] == "60"
    status, headers, body = ask(running, "OPTIONS", "/api/notes/1", STRANGER, **asked)
    assert (status, "access-control-allow-origin" in headers) == (403, False)
    assert STRANGER.encode() in body
    assert ask(running, "OPTIONS", "/decorated", B, **asked)[0] == 204
    assert ask(running, "OPTIONS", "/api/private", A, **asked)[0] == 204


@pytest.mark.parametrize(
    ("method", "path", "origin", "status", "allowed"),
    [
        ("PUT", "/api/notes/1", A, 200, A),
        ("PUT", "/api/notes/1", STRANGER, 200, None),
        ("PUT", "/api/notes/one", A, 404, A),
        ("DELETE", "/api/notes/1", A, 405, A),
        ("GET", "/api/private", A, 401, A),
        ("GET", "/crash", B, 500, B),
        ("PUT", "/decorated", B, 308, B),
        ("PUT", "/decorated/", B, 200, B),
        ("GET", "/public/x", STRANGER, 200, "*"),
        ("GET", "/public/nothing", STRANGER, 404, "*"),
        ("GET", "/other", A, 404, None),
    ],
)
def test_answers(running: Running, method: str, path: str, origin: str, status: int, allowed: str | None) -> None:
    answer = ask(running, method, path, origin)
    assert (answer[0], answer[1].get("access-control-allow-origin")) == (status, allowed)


def test_a_stream(running: Running) -> None:
    status, headers, body = ask(running, "GET", "/api/stream", A)
    assert (status, headers["access-control-allow-origin"]) == (200, A)
    assert body == b"/api/stream 0\n/api/stream 1\n/api/stream 2\n"


def test_a_file(running: Running) -> None:
    status, headers, body = ask(running, "GET", "/api/file", A, Range="bytes=0-2")
    assert (status, headers["access-control-allow-origin"], body) == (206, A, b'"""')
    status, headers, body = ask(running, "GET", "/api/file", A, If_None_Match=headers["etag"])
    assert (status, headers["access-control-allow-origin"], body) == (304, A, b"")
