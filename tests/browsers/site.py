"""Small servers on the loopback interface, for pages and responses in the tests with browsers.

Each listens on its own port: two servers are two origins, and each has two origins itself: `127.0.0.1` and
`localhost`. Requests are recorded in the order of arrival.
"""

import contextlib
import itertools
import socketserver
import threading
from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from werkzeug.serving import WSGIRequestHandler, make_server

from tests.servers.ports import ADDRESS

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Server = TypeVar("Server", bound=socketserver.BaseServer)

PAGE = b"""<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Page</title><link rel="icon" href="data:,">
<p>A page of the tests.</p></html>"""

_MESSAGE_LIMIT = 65536


@dataclass(frozen=True)
class Request:
    """A request that arrived, its fields in order and as spelled."""

    method: str
    target: str
    fields: tuple[tuple[str, str], ...]

    def field(self, name: str) -> str | None:
        """The value of a field, whatever the case of its name; several lines are joined by commas."""
        values = [value for spelled, value in self.fields if spelled.lower() == name.lower()]
        return ", ".join(values) if values else None


@dataclass(frozen=True)
class Site:
    """A running server."""

    port: int
    requests: list[Request] = field(default_factory=list[Request])

    @property
    def origin(self) -> str:
        """Its origin by address."""
        return f"http://{ADDRESS}:{self.port}"

    @property
    def other_origin(self) -> str:
        """Its origin by name."""
        return f"http://localhost:{self.port}"

    @property
    def methods(self) -> list[str]:
        """The methods of the requests that arrived, in order."""
        return [request.method for request in self.requests]


# A scripted server sends exactly these bytes for a request, then closes the connection.
Answer: TypeAlias = Callable[[Request], bytes]


def page(_environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """A WSGI app that answers every path with the same plain page."""
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
    return [PAGE]


@contextlib.contextmanager
def serve(app: "WSGIApplication") -> Generator[Site]:
    """Serve a WSGI app in a thread for the length of a `with` block."""
    requests: list[Request] = []

    class Handler(WSGIRequestHandler):
        def run_wsgi(self) -> None:
            requests.append(Request(self.command, self.path, tuple(self.headers.items())))
            super().run_wsgi()

        def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002
            """Log nothing: the tests read `requests`."""

    server = make_server(ADDRESS, 0, app, threaded=True, request_handler=Handler)
    with _threaded(server):
        yield Site(server.server_port, requests)


@contextlib.contextmanager
def scripted(answer: Answer) -> Generator[Site]:
    """Send exactly the bytes that `answer` gives for each request, for servers that misbehave."""
    requests: list[Request] = []

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            with contextlib.suppress(ConnectionError):  # the browser may have disconnected
                request = self._read()
                if request is not None:
                    requests.append(request)
                    self.wfile.write(answer(request))

        def _read(self) -> Request | None:
            """The request on this connection; None if the browser opened it only in advance."""
            words = self.rfile.readline(_MESSAGE_LIMIT).decode("latin-1").split()
            if len(words) != 3:
                return None
            lines = iter(lambda: self.rfile.readline(_MESSAGE_LIMIT).decode("latin-1").rstrip("\r\n"), "")
            parts = (line.partition(":") for line in lines)
            request = Request(words[0], words[1], tuple((name, value.strip()) for name, _, value in parts))
            # Closing with unread bytes would reset the connection, and lose the response.
            self.rfile.read(int(request.field("Content-Length") or 0))
            return request

    with _threaded(_ThreadingServer((ADDRESS, 0), Handler)) as server:
        yield Site(server.server_address[1], requests)


def response(status: int, fields: Iterable[tuple[str, str]] = (), body: bytes = b"") -> bytes:
    """A well-formed HTTP/1.1 response; its fields are sent as given, each on its own line."""
    head = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", *(f"{name}: {value}" for name, value in fields)]
    if status != HTTPStatus.NO_CONTENT:
        head.append(f"Content-Length: {len(body)}")
    head += ["Connection: close", "", ""]
    return "\r\n".join(head).encode("latin-1") + body


def in_turn(*answers: bytes) -> Answer:
    """The first response for the first request, and so on; the last for all later ones."""
    coming = itertools.chain(answers, itertools.repeat(answers[-1]))
    lock = threading.Lock()

    def answer(_: Request) -> bytes:
        with lock:
            return next(coming)

    return answer


def by_method(answers: Mapping[str, bytes]) -> Answer:
    """The response for the request's method; an empty one for other methods."""
    return lambda request: answers.get(request.method, b"")


class _ThreadingServer(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 64


@contextlib.contextmanager
def _threaded(server: Server) -> Generator[Server]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
