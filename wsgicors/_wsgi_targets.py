"""Send a request to a WSGI app, or to a test client of Flask, Django or WebTest."""

import sys
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import TYPE_CHECKING, Protocol
from urllib.parse import unquote_to_bytes, urlsplit

from wsgicors._asgi_targets import Answered
from wsgicors.browser import Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment


class WsgiApp:
    """A WSGI app, called as by a server."""

    origin = "https://localhost"

    def __init__(self, app: "WSGIApplication") -> None:
        self.app = app

    def send(self, sent: Request) -> Answered:
        """Return the response to a request, and its body."""
        return _call(self.app, _environ(sent))


class WsgiClient:
    """A test client; requests without cookies go to its app directly."""

    origin = "https://localhost"

    def __init__(self, app: "WSGIApplication", with_cookies: Callable[[Request], Answered]) -> None:
        self.plain = WsgiApp(app)
        self.with_cookies = with_cookies

    def send(self, sent: Request) -> Answered:
        """Return the response to a request, and its body."""
        return self.with_cookies(sent) if sent.credentials == "include" else self.plain.send(sent)


class DjangoClient:
    """Django's test client. Its cookies are removed while it sends a request without them."""

    origin = "https://testserver"

    def __init__(self, client: "HasGeneric") -> None:
        self.client = client

    def send(self, sent: Request) -> Answered:
        """Return the response to a request, and its body."""
        cookies = self.client.cookies
        if sent.credentials != "include":
            self.client.cookies = type(cookies)()
        try:
            answer = self.client.generic(sent.method, _target(sent), secure=True, headers=dict(sent.headers))
        finally:
            self.client.cookies = cookies
        lines = [*answer.items(), *(("Set-Cookie", cookie.OutputString()) for cookie in answer.cookies.values())]
        return Response(answer.status_code, lines), answer.getvalue()


class HasGeneric(Protocol):
    """What `DjangoClient` needs from a client."""

    cookies: "_Jar"

    def generic(self, method: str, path: str, *, secure: bool, headers: dict[str, str]) -> "_DjangoAnswer": ...


class _Cookie(Protocol):
    def OutputString(self) -> str: ...  # noqa: N802


class _Jar(Protocol):
    def __init__(self) -> None: ...

    def values(self) -> Iterable[_Cookie]: ...


class _DjangoAnswer(Protocol):
    status_code: int
    cookies: _Jar

    def items(self) -> Iterable[tuple[str, str]]: ...

    def getvalue(self) -> bytes: ...


class HasOpen(Protocol):
    """What `flask_client` needs from a client."""

    application: "WSGIApplication"

    def open(self, environ: "WSGIEnvironment") -> "_FlaskAnswer": ...


class _FlaskAnswer(Protocol):
    status_code: int
    headers: Iterable[tuple[str, str]]

    def get_data(self) -> bytes: ...


class HasDoRequest(Protocol):
    """What `webtest_client` needs from a client."""

    app: "WSGIApplication"

    def RequestClass(self, environ: "WSGIEnvironment") -> object: ...  # noqa: N802

    def do_request(self, req: object, *, expect_errors: bool) -> "_WebTestAnswer": ...


class _WebTestAnswer(Protocol):
    status_int: int
    headerlist: Iterable[tuple[str, str]]
    body: bytes


def flask_client(client: HasOpen) -> WsgiClient:
    """Return Flask's test client, which is Werkzeug's, as a target."""

    def send(sent: Request) -> Answered:
        answer = client.open(_environ(sent))
        return Response(answer.status_code, list(answer.headers)), answer.get_data()

    return WsgiClient(client.application, send)


def webtest_client(client: HasDoRequest) -> WsgiClient:
    """Return WebTest's app, which is a client, as a target."""

    def send(sent: Request) -> Answered:
        answer = client.do_request(client.RequestClass(_environ(sent)), expect_errors=True)
        return Response(answer.status_int, list(answer.headerlist)), answer.body

    return WsgiClient(client.app, send)


def _target(sent: Request) -> str:
    """Return the path and the query."""
    parts = urlsplit(sent.url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _environ(sent: Request) -> "WSGIEnvironment":
    """Return the environ that a server creates for a request (PEP 3333)."""
    parts = urlsplit(sent.url)
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": sent.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(parts.path).decode("latin-1"),
        "QUERY_STRING": parts.query,
        "SERVER_NAME": parts.hostname or "",
        "SERVER_PORT": str(parts.port or (443 if parts.scheme == "https" else 80)),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": parts.netloc.rpartition("@")[2],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": parts.scheme,
        "wsgi.input": BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in sent.headers:
        key = name.upper().replace("-", "_")
        environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
    return environ


def _call(app: "WSGIApplication", environ: "WSGIEnvironment") -> Answered:
    """Call an app as a server does, and read its response to the end."""
    started: list[tuple[str, list[tuple[str, str]]]] = []
    written: list[bytes] = []

    def start_response(
        status: str, headers: list[tuple[str, str]], exc_info: object = None
    ) -> Callable[[bytes], object]:
        started.append((status, headers))
        return written.append

    parts = app(environ, start_response)
    try:
        body = b"".join(parts)
    finally:
        close = getattr(parts, "close", None)
        if close is not None:
            close()
    status, headers = started[-1]
    return Response(int(status[:3]), list(headers)), b"".join(written) + body
