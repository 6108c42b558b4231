"""Test how a browser would treat an app's CORS responses.

>>> from wsgicors import CORS, Policy
>>> def app(environ, start_response):
...     start_response("200 OK", [("Content-Type", "text/plain")])
...     return [b"hello"]
>>> app = CORS(app, Policy(allow_origins=["https://www.example.com"], allow_methods=["PUT"]))
>>> _ = assert_cors_allowed(app, origin="https://www.example.com", method="PUT", path="/notes")
>>> _ = assert_cors_refused(app, origin="https://evil.example")

A failure prints the doctor's report: the exchange step by step, the cause, and the remedy.

These are plain functions: they need no plugin, and work with unittest too. They accept a WSGI or ASGI app, such as
Flask's or FastAPI's, or a test client of Flask, Django, WebTest, Starlette or httpx. A client's cookies are sent as a
browser would send them. An ASGI app is called in an event loop of its own, without lifespan.
"""

import sys
from collections.abc import Callable, Iterable
from inspect import iscoroutinefunction
from io import BytesIO
from typing import TYPE_CHECKING, Protocol, TypeAlias, cast
from urllib.parse import unquote_to_bytes, urlsplit

from wsgicors import browser
from wsgicors._apps import is_asgi
from wsgicors._asgi_targets import AsgiApp, HasBuildRequest, HttpxClient
from wsgicors.browser import Headers, Request, Response
from wsgicors.doctor import report
from wsgicors.doctor.diagnosis._asking import ask
from wsgicors.doctor.diagnosis._examination import Decision, Examination, Received
from wsgicors.doctor.diagnosis._examining import examine, unfinished
from wsgicors.doctor.diagnosis._questions import compared
from wsgicors.doctor.evidence._facts import clean_url, origin_of
from wsgicors.doctor.evidence._signs import signs
from wsgicors.doctor.evidence._wire import Reply

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

__all__ = ["assert_cors_allowed", "assert_cors_refused", "examine_app"]


def assert_cors_allowed(
    app_or_client: object,
    *,
    origin: str,
    method: str = "GET",
    headers: Iterable[str] = (),
    path: str = "/",
    credentials: bool = False,
) -> Examination:
    """Assert that a page of ``origin`` may make a request and read its answer.

    Args:
        app_or_client: A WSGI or ASGI app, or a test client of Flask, Django, WebTest, Starlette or httpx.
        origin: The page's origin, such as ``https://www.example.com``, or ``null``.
        method: The method, in the case that the page's script uses.
        headers: The headers that the script sets: each ``Name: value``, or a name alone, which then gets a value that
            needs permission.
        path: The path, with its query; or a whole URL, if the host matters.
        credentials: Whether the credentials mode is "include". The client's cookies are sent only then.

    Raises:
        AssertionError: The page may not, or the app redirects to another origin; with the doctor's report.
        AskError: No browser can make the request.
        TypeError: ``app_or_client`` is neither an app nor a test client.
    """
    __tracebackhide__ = True
    found = examine_app(
        app_or_client, origin=origin, method=method, headers=headers, path=path, credentials=credentials
    )
    if found.decision is not Decision.ALLOWED:
        raise AssertionError(_told("should be allowed", found))
    return found


def assert_cors_refused(
    app_or_client: object,
    *,
    origin: str,
    method: str = "GET",
    headers: Iterable[str] = (),
    path: str = "/",
    credentials: bool = False,
) -> Examination:
    """Assert that a browser does not let a page of ``origin`` make a request, or read its answer.

    The arguments and exceptions are those of `assert_cors_allowed`.
    """
    __tracebackhide__ = True
    found = examine_app(
        app_or_client, origin=origin, method=method, headers=headers, path=path, credentials=credentials
    )
    if found.decision is not Decision.BLOCKED:
        raise AssertionError(_told("should be refused", found))
    return found


def examine_app(
    app_or_client: object,
    *,
    origin: str,
    method: str = "GET",
    headers: Iterable[str] = (),
    path: str = "/",
    credentials: bool = False,
) -> Examination:
    """Return how a browser handles a request by a page of ``origin``, including preflight and redirects.

    The arguments are those of `assert_cors_allowed`.
    """
    server = _server(app_or_client)
    url = path if "://" in path else f"{server.origin}{path}"
    page = ask(url, origin, method=method, headers=headers, credentials=credentials)
    received: list[Received] = []
    bodies: list[bytes] = []
    elsewhere: list[str] = []

    def send(sent: Request) -> Response:
        if origin_of(sent.url) != origin_of(page.url):
            elsewhere.append(sent.url)
            return Response(0)
        response, body = server.send(sent)
        received.append(Received(signs=signs(response, body)))
        bodies.append(body)
        return response

    conclusion = browser.fetch(page, send)
    if elsewhere:
        detail = f"It is redirected to {clean_url(elsewhere[0])}, which this app does not answer for."
        return unfinished(conclusion, received, detail)
    return compared(examine(conclusion, received), bodies, _Preflights(server, page))


def _told(expected: str, found: Examination) -> str:
    return f"This request {expected}:\n\n{report.text(report.of_examination(found))}"


class _Preflights:
    """Extra preflights that tell causes of a failure apart: they do not reach an app behind a CORS layer."""

    preflights_only = True

    def __init__(self, server: "_Target", page: Request) -> None:
        self._server = server
        self._page = page

    def send(self, method: str, url: str, headers: Headers, body: bytes = b"") -> Reply:
        """Send a preflight to the app."""
        response, answered = self._server.send(Request(url, self._page.origin, method, headers, "omit"))
        return Reply(response, answered)


# -- Apps and clients --------------------------------------------------------------------------------------------------

_Answered: TypeAlias = tuple[Response, bytes]


class _Server:
    """A WSGI app, called as by a server."""

    origin = "https://localhost"

    def __init__(self, app: "WSGIApplication") -> None:
        self.app = app

    def send(self, sent: Request) -> _Answered:
        return _call(self.app, _environ(sent))


class _Client:
    """A test client; requests without cookies go to its app directly."""

    origin = "https://localhost"

    def __init__(self, app: "WSGIApplication", with_cookies: Callable[[Request], _Answered]) -> None:
        self.plain = _Server(app)
        self.with_cookies = with_cookies

    def send(self, sent: Request) -> _Answered:
        return self.with_cookies(sent) if sent.credentials == "include" else self.plain.send(sent)


class _DjangoClient:
    """Django's test client. Its cookies are removed while it sends a request without them."""

    origin = "https://testserver"

    def __init__(self, client: "_HasGeneric") -> None:
        self.client = client

    def send(self, sent: Request) -> _Answered:
        cookies = self.client.cookies
        if sent.credentials != "include":
            self.client.cookies = type(cookies)()
        try:
            answer = self.client.generic(sent.method, _target(sent), secure=True, headers=dict(sent.headers))
        finally:
            self.client.cookies = cookies
        lines = [*answer.items(), *(("Set-Cookie", cookie.OutputString()) for cookie in answer.cookies.values())]
        return Response(answer.status_code, lines), answer.getvalue()


_Target: TypeAlias = _Server | _Client | _DjangoClient | AsgiApp | HttpxClient


def _server(target: object) -> _Target:
    """Return the wrapper for `target`, chosen by its attributes, so no framework has to be installed."""
    if (
        hasattr(target, "generic")
        and hasattr(target, "handler")
        and not iscoroutinefunction(getattr(target, "request", None))
    ):
        return _DjangoClient(cast("_HasGeneric", target))
    if hasattr(target, "open") and hasattr(target, "application"):  # Flask's client, which is Werkzeug's
        flask = cast("_HasOpen", target)
        return _Client(flask.application, lambda sent: _of_flask(flask.open(_environ(sent))))
    if hasattr(target, "do_request") and hasattr(target, "app"):
        webtest = cast("_HasDoRequest", target)
        return _Client(
            webtest.app,
            lambda sent: _of_webtest(webtest.do_request(webtest.RequestClass(_environ(sent)), expect_errors=True)),
        )
    if hasattr(target, "build_request") and hasattr(target, "base_url"):  # httpx's, and Starlette's subclass of it
        return HttpxClient(cast("HasBuildRequest", target))
    if callable(target):
        return AsgiApp(target) if is_asgi(target) else _Server(cast("WSGIApplication", target))
    kind = type(target).__name__
    raise TypeError(f"neither an app nor a test client of Flask, Django, WebTest, Starlette or httpx: {kind}")


class _HasGeneric(Protocol):
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


class _HasOpen(Protocol):
    application: "WSGIApplication"

    def open(self, environ: "WSGIEnvironment") -> "_FlaskAnswer": ...


class _FlaskAnswer(Protocol):
    status_code: int
    headers: Iterable[tuple[str, str]]

    def get_data(self) -> bytes: ...


class _HasDoRequest(Protocol):
    app: "WSGIApplication"

    def RequestClass(self, environ: "WSGIEnvironment") -> object: ...  # noqa: N802

    def do_request(self, req: object, *, expect_errors: bool) -> "_WebTestAnswer": ...


class _WebTestAnswer(Protocol):
    status_int: int
    headerlist: Iterable[tuple[str, str]]
    body: bytes


def _of_flask(answer: _FlaskAnswer) -> _Answered:
    return Response(answer.status_code, list(answer.headers)), answer.get_data()


def _of_webtest(answer: _WebTestAnswer) -> _Answered:
    return Response(answer.status_int, list(answer.headerlist)), answer.body


def _target(sent: Request) -> str:
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


def _call(app: "WSGIApplication", environ: "WSGIEnvironment") -> _Answered:
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
