"""Servers with a fault outside of the policy: each combines an app and its CORS layer in a wrong way."""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from wsgicors._http import ALLOW_ORIGIN

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from wsgicors._headers import ExcInfo

Protect: TypeAlias = "Callable[[WSGIApplication], WSGIApplication]"
"""Wraps an app in the CORS middleware."""

ANSWERED_BY: Final = "wsgicors.demo.answered_by"
"""The environ key that says who answered: a `By`."""


NOTE: Final = "/notes/1"
"""The path that pages ask for."""


class By(StrEnum):
    """Who created an answer."""

    APP = "app"
    MIDDLEWARE = "middleware"
    FRONT = "front"
    """A layer in front of the middleware, or around it."""


class Fault(NamedTuple):
    """What is wrong with a server.

    Attributes:
        causes: The causes of a failure here, keys of `wsgicors.doctor.catalogue._causes.CAUSES`; the first gives the
            fault its name for people.
        serve: Creates the server from an app, its CORS layer, and another origin, whose page asked before.
        path: The path that the page asks for.
    """

    causes: tuple[str, ...]
    serve: "Callable[[WSGIApplication, Protect, str], WSGIApplication]"
    path: str = NOTE


def crashing(app: "WSGIApplication", protect: Protect, asked_before: str) -> "WSGIApplication":
    """The app raises, and a layer outside the middleware creates the error page."""
    inner = protect(_raise)

    def error_page(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        try:
            return inner(environ, start_response)
        except _ViewError:
            return _answer(environ, start_response, "500 Internal Server Error")

    return error_page


class _ViewError(Exception):
    pass


def _raise(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    raise _ViewError


def redirecting(app: "WSGIApplication", protect: Protect, asked_before: str) -> "WSGIApplication":
    """Every path is redirected to the one with a slash at its end."""
    inner = protect(app)

    def slashes(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path.endswith("/"):
            return inner(environ, start_response)
        location = ("Location", f"{environ['SCRIPT_NAME']}{path}/")
        return _answer(environ, start_response, "308 Permanent Redirect", location)

    return slashes


def authenticating(app: "WSGIApplication", protect: Protect, asked_before: str) -> "WSGIApplication":
    """Every request without a login is rejected, preflights included."""
    inner = protect(app)

    def login(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if "HTTP_AUTHORIZATION" in environ:
            return inner(environ, start_response)
        return _answer(environ, start_response, "401 Unauthorized", ("WWW-Authenticate", "Bearer"))

    return login


def routing(app: "WSGIApplication", protect: Protect, asked_before: str) -> "WSGIApplication":
    """The router allows only the view's methods, without OPTIONS."""
    inner = protect(app)

    def router(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "OPTIONS":
            return inner(environ, start_response)
        return _answer(environ, start_response, "405 Method Not Allowed", ("Allow", "GET, HEAD, POST, PUT, DELETE"))

    return router


def doubling(app: "WSGIApplication", protect: Protect, asked_before: str) -> "WSGIApplication":
    """A proxy adds the header a second time."""
    inner = protect(app)

    def proxy(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        def start(
            status: str, headers: list[tuple[str, str]], exc_info: "ExcInfo | None" = None
        ) -> Callable[[bytes], object]:
            environ[ANSWERED_BY] = By.FRONT
            return start_response(status, [*headers, (ALLOW_ORIGIN, "*")], exc_info)

        return inner(environ, start)

    return proxy


def unreachable(app: "WSGIApplication", protect: Protect, asked_before: str) -> "WSGIApplication":
    """The proxy cannot reach the app."""

    def proxy(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        return _answer(environ, start_response, "502 Bad Gateway", ("Server", "nginx"))

    return proxy


def caching(app: "WSGIApplication", protect: Protect, asked_before: str) -> "WSGIApplication":
    """A cache ignores Vary, and a page of another origin asked before."""
    inner = protect(app)

    def cache(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "GET":
            return inner(environ, start_response)

        def start(
            status: str, headers: list[tuple[str, str]], exc_info: "ExcInfo | None" = None
        ) -> Callable[[bytes], object]:
            environ[ANSWERED_BY] = By.FRONT
            kept = [line for line in headers if line[0] != "Vary"]
            return start_response(status, [*kept, ("Age", "60")], exc_info)

        return inner({**environ, "HTTP_ORIGIN": asked_before}, start)

    return cache


def passing_by(app: "WSGIApplication", protect: Protect, asked_before: str) -> "WSGIApplication":
    """A server in front of the app serves a file with that name."""
    inner = protect(app)

    def files(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
            return inner(environ, start_response)
        return _answer(environ, start_response, "200 OK", ("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT"))

    return files


FAULTS: Final[Mapping[str, Fault]] = {
    "crash": Fault(("app-error",), crashing),
    "redirect": Fault(("preflight-redirect-slash", "redirect-without-headers"), redirecting),
    "login": Fault(("preflight-authentication", "authentication-without-headers"), authenticating),
    "router": Fault(("preflight-method-refused", "not-found-without-headers"), routing),
    "second-layer": Fault(("two-layers",), doubling),
    "gateway": Fault(("proxy-bad-gateway",), unreachable),
    "cache": Fault(("cached-origin",), caching),
    "files": Fault(("outside-static",), passing_by, "/static/notes.json"),
}
"""Every fault, by name."""


def _answer(
    environ: "WSGIEnvironment", start_response: "StartResponse", status: str, *headers: tuple[str, str]
) -> Iterable[bytes]:
    environ[ANSWERED_BY] = By.FRONT
    body = f"{status}\n".encode()
    start_response(status, [("Content-Type", "text/plain"), ("Content-Length", str(len(body))), *headers])
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]
