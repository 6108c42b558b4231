"""The work to measure: origins, requests, and the app that answers them."""

from __future__ import annotations  # annotations of a nested function would be evaluated in every request

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
"""The headers that apps set, in this order, up to the number that the work needs."""


def exact(count: int) -> list[str]:
    """Return `count` origins with `ALLOWED` as the last, which a linear search finds last."""
    return [f"https://customer-{number}.example.com" for number in reversed(range(count))]


def wildcards(count: int) -> list[str]:
    """Return `count` patterns; ``https://a.tenant-0.example.com`` matches the last."""
    return [f"https://*.tenant-{number}.example.com" for number in reversed(range(count))]


def strangers() -> Iterator[str]:
    """Yield an endless sequence of new origins."""
    return (f"https://n{number}.stranger.example" for number in itertools.count())


def environ(origin: str | None = None, *, method: str = "GET", preflight: tuple[str, str] | None = None) -> Environ:
    """Return a request as passed by a server; `preflight` is the requested method and header names.

    A request with an Origin comes from a page of another site, as browsers send it since 2023.
    """
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
        request["HTTP_SEC_FETCH_SITE"] = "cross-site"
    if preflight is not None:
        request["REQUEST_METHOD"] = "OPTIONS"
        request["HTTP_ACCESS_CONTROL_REQUEST_METHOD"], request["HTTP_ACCESS_CONTROL_REQUEST_HEADERS"] = preflight
    return request


def requests(allowed: str = ALLOWED) -> dict[str, Callable[[], Iterator[Environ]]]:
    """Return every kind of request by name, each as an endless sequence."""
    return {
        "no Origin": lambda: itertools.repeat(environ()),
        "allowed": lambda: itertools.repeat(environ(allowed)),
        "refused": lambda: itertools.repeat(environ(REFUSED)),
        "never seen": lambda: map(environ, strangers()),
        "preflight": lambda: itertools.repeat(environ(allowed, preflight=("PUT", "content-type"))),
        "refused preflight": lambda: itertools.repeat(environ(allowed, preflight=("PURGE", "content-type"))),
    }


def app(headers: int = 7, *, vary: bool = False) -> App:
    """Return a bare app that sets `headers` headers, with or without a ``Vary``."""
    answer = HEADERS[: headers - vary] + [("Vary", "Cookie")] * vary

    def bare(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", answer.copy())
        return [b"hello world\n"]

    return bare


def yardstick(app: App) -> App:
    """Return the smallest middleware that adds two constant headers and leaves the app's own list unchanged."""

    def middleware(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            return start_response(
                status, [*headers, ("Access-Control-Allow-Origin", "*"), ("Vary", "Origin")], exc_info
            )

        return app(environ, start)

    return middleware


def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
    """Ignore everything, as a server's ``start_response``."""


def batch(app: App, requests: Iterator[Environ]) -> Callable[[int], None]:
    """Return a function that creates and handles requests; creating them costs the same for all apps."""

    def run(count: int) -> None:
        for request in itertools.islice(requests, count):
            for _ in app(request, start_response):
                pass

    return run
