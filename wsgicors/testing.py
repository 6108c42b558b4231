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

from collections.abc import Iterable
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, TypeAlias, cast

from wsgicors import browser
from wsgicors._apps import is_asgi
from wsgicors._asgi_targets import AsgiApp, HasBuildRequest, HttpxClient
from wsgicors._wsgi_targets import (
    DjangoClient,
    HasDoRequest,
    HasGeneric,
    HasOpen,
    WsgiApp,
    WsgiClient,
    flask_client,
    webtest_client,
)
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
    from _typeshed.wsgi import WSGIApplication

__all__ = ["assert_cors_allowed", "assert_cors_refused", "examine_app"]

_Target: TypeAlias = AsgiApp | DjangoClient | HttpxClient | WsgiApp | WsgiClient


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
    target = _target_of(app_or_client)
    url = path if "://" in path else f"{target.origin}{path}"
    page = ask(url, origin, method=method, headers=headers, credentials=credentials)
    received: list[Received] = []
    bodies: list[bytes] = []
    elsewhere: list[str] = []

    def send(sent: Request) -> Response:
        if origin_of(sent.url) != origin_of(page.url):
            elsewhere.append(sent.url)
            return Response(0)
        response, body = target.send(sent)
        received.append(Received(signs=signs(response, body)))
        bodies.append(body)
        return response

    conclusion = browser.fetch(page, send)
    if elsewhere:
        detail = f"It is redirected to {clean_url(elsewhere[0])}, which this app does not answer for."
        return unfinished(conclusion, received, detail)
    return compared(examine(conclusion, received), bodies, _Preflights(target, page))


def _told(expected: str, found: Examination) -> str:
    return f"This request {expected}:\n\n{report.text(report.of_examination(found))}"


class _Preflights:
    """Extra preflights that tell causes of a failure apart: they do not reach an app behind a CORS layer."""

    preflights_only = True

    def __init__(self, target: _Target, page: Request) -> None:
        self._target = target
        self._page = page

    def send(self, method: str, url: str, headers: Headers, body: bytes = b"") -> Reply:
        """Send a preflight to the app."""
        response, answered = self._target.send(Request(url, self._page.origin, method, headers, "omit"))
        return Reply(response, answered)


def _target_of(given: object) -> _Target:
    """Return the wrapper for an app or a client, chosen by its attributes, so no framework has to be installed."""
    if _has(given, "generic", "handler") and not iscoroutinefunction(getattr(given, "request", None)):
        return DjangoClient(cast("HasGeneric", given))
    if _has(given, "open", "application"):  # Flask's client, which is Werkzeug's
        return flask_client(cast("HasOpen", given))
    if _has(given, "do_request", "app"):
        return webtest_client(cast("HasDoRequest", given))
    if _has(given, "build_request", "base_url"):  # httpx's, and Starlette's subclass of it
        return HttpxClient(cast("HasBuildRequest", given))
    if callable(given):
        return AsgiApp(given) if is_asgi(given) else WsgiApp(cast("WSGIApplication", given))
    kind = type(given).__name__
    raise TypeError(f"neither an app nor a test client of Flask, Django, WebTest, Starlette or httpx: {kind}")


def _has(given: object, *names: str) -> bool:
    return all(hasattr(given, name) for name in names)
