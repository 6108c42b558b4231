"""The work: origins, requests, and the app that answers them."""

from __future__ import annotations  # those of a nested function would be evaluated in every request

import io
import itertools
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
App = Callable[[Environ, StartResponse], Iterable[bytes]]

ALLOWED = "https://customer-0.example.com"
REFUSED = "https://www.stranger.example"

HEADERS = [
    ("Content-Type", "text/html; charset=utf-8"),
    ("Content-Length", "12"),
    ("Cache-Control", "no-cache"),
    ("ETag", '"0a1b2c"'),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
    ("Server-Timing", "app;dur=1"),
    *((f"X-Header-{number}", "value") for number in range(13)),
]
"""What apps set, in this order, as many as the work says."""


def exact(count: int) -> list[str]:
    """So many origins, `ALLOWED` the last of them: so that a search finds it last."""
    return [f"https://customer-{number}.example.com" for number in reversed(range(count))]


def wildcards(count: int) -> list[str]:
    """So many families of origins; ``https://a.tenant-0.example.com`` is of the last."""
    return [f"https://*.tenant-{number}.example.com" for number in reversed(range(count))]


def strangers() -> Iterator[str]:
    """Origins that nobody has seen before, without end."""
    return (f"https://n{number}.stranger.example" for number in itertools.count())


def environ(origin: str | None = None, *, method: str = "GET", preflight: tuple[str, str] | None = None) -> Environ:
    """Return a request as a server hands it over; `preflight` is the asked method and field names."""
    request: Environ = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": "/notes/7",
        "QUERY_STRING": "",
        "SERVER_NAME": "api.example",
        "SERVER_PORT": "443",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "192.0.2.1",
        "HTTP_HOST": "api.example",
        "HTTP_USER_AGENT": "benchmark",
        "HTTP_ACCEPT": "*/*",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "https",
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
    }
    if origin is not None:
        request["HTTP_ORIGIN"] = origin
    if preflight is not None:
        request["REQUEST_METHOD"] = "OPTIONS"
        request["HTTP_ACCESS_CONTROL_REQUEST_METHOD"], request["HTTP_ACCESS_CONTROL_REQUEST_HEADERS"] = preflight
    return request


def requests(allowed: str = ALLOWED) -> dict[str, Callable[[], Iterator[Environ]]]:
    """Return every kind of request by its name, each as requests without end."""
    return {
        "no Origin": lambda: itertools.repeat(environ()),
        "allowed": lambda: itertools.repeat(environ(allowed)),
        "refused": lambda: itertools.repeat(environ(REFUSED)),
        "never seen": lambda: map(environ, strangers()),
        "preflight": lambda: itertools.repeat(environ(allowed, preflight=("PUT", "content-type"))),
        "refused preflight": lambda: itertools.repeat(environ(allowed, preflight=("PURGE", "content-type"))),
    }


def app(headers: int = 7, *, vary: bool = False) -> App:
    """Return a bare app that sets so many headers, a ``Vary`` among them or not."""
    answer = HEADERS[: headers - vary] + [("Vary", "Cookie")] * vary

    def bare(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", answer.copy())
        return [b"hello world\n"]

    return bare


def yardstick(app: App) -> App:
    """Return the least that a middleware can do that adds two constant headers and leaves the app's own list alone."""

    def middleware(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            return start_response(
                status, [*headers, ("Access-Control-Allow-Origin", "*"), ("Vary", "Origin")], exc_info
            )

        return app(environ, start)

    return middleware


def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
    """Return a server that takes note of nothing."""


def batch(app: App, requests: Iterator[Environ]) -> Callable[[int], None]:
    """Requests handled by an app, the making of the requests included, which is the same for all."""

    def run(count: int) -> None:
        for request in itertools.islice(requests, count):
            for _ in app(request, start_response):
                pass

    return run
