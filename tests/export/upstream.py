"""The application behind an edge: it sets its own CORS headers, and Vary by the query; `/dead` breaks off."""

import contextlib
import threading
from collections.abc import Generator, Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

VARY: Final = {
    "none": (),
    "usual": ("Accept-Encoding",),
    "origin": ("origin",),
    "two": ("Accept-Encoding", "Cookie, Origin"),
    "star": ("*",),
}
"""The application's lines of Vary, by the query's `vary`."""

STATUSES: Final = {"/error": 500, "/redirect": 302, "/missing": 404}
DEAD: Final = "/dead"
BODY: Final = b"answer\n"


def headers_of(method: str, query: str) -> list[tuple[str, str]]:
    vary = VARY[parse_qs(query).get("vary", ["usual"])[0]]
    return [
        ("Content-Type", "text/plain"),
        ("X-App", method),
        ("Access-Control-Allow-Origin", "https://of-the-app.example"),
        ("access-control-allow-credentials", "true"),
        ("Access-Control-Expose-Headers", "X-Own"),
        ("Access-Control-Allow-Methods", "OWN"),
        ("Access-Control-Allow-Headers", "*, authorization"),
        ("Access-Control-Allow-Private-Network", "true"),
        ("Access-Control-Max-Age", "1"),
        ("ETag", '"1"'),
        ("Cache-Control", "no-store" if "cached" not in query else "max-age=60"),
        *(("Vary", line) for line in vary),
    ]


def status_of(path: str) -> int:
    return next((status for end, status in STATUSES.items() if path.endswith(end)), 200)


def wsgi(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """The same application under WSGI. Its server decides about a broken connection."""
    path = environ["PATH_INFO"]
    if path.endswith(DEAD):
        start_response("502 Bad Gateway", [])
        return []
    start_response(f"{status_of(path)} Status", headers_of(environ["REQUEST_METHOD"], environ["QUERY_STRING"]))
    return [BODY]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *args: object) -> None:
        pass

    def answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if length:
            self.rfile.read(length)
        url = urlsplit(self.path)
        if url.path.endswith(DEAD):
            self.close_connection = True
            return
        status = status_of(url.path)
        lines = [*headers_of(self.command, url.query), ("Content-Length", str(len(BODY)))]
        if status == 302:
            lines.append(("Location", "/elsewhere"))
        head = "".join(f"{name}: {value}\r\n" for name, value in lines)
        body = b"" if self.command == "HEAD" else BODY
        self.wfile.write(f"HTTP/1.1 {status} Status\r\n{head}\r\n".encode() + body)

    def __getattr__(self, name: str) -> object:
        if name.startswith("do_"):  # any method
            return self.answer
        raise AttributeError(name)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        pass  # a proxy may close unneeded connections


@contextlib.contextmanager
def upstream() -> Generator[int]:
    """The port of the application, for the length of a `with` block."""
    with _Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()
