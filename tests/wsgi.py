"""WSGI apps and calls of them, with PEP 3333 checked on both sides of the middleware."""

import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

from wsgicors import CORS, Policy, Verdict

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # WebOb imports cgi, for which Python 3.11 and 3.12 warn
    from webtest import TestApp as TestApp  # noqa: PLC0414 (others import it from here)

if TYPE_CHECKING:
    from collections.abc import Callable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Fields = Sequence[tuple[str, str]]

TEXT: Fields = (("Content-Type", "text/plain"),)


@dataclass
class App:
    """An app with a given response, which records the environs of the requests that reach it."""

    headers: Fields = TEXT
    status: str = "200 OK"
    body: Sequence[bytes] = (b"hello",)
    requests: "list[WSGIEnvironment]" = field(default_factory=list)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        self.requests.append(environ)
        start_response(self.status, list(self.headers))
        return [] if environ["REQUEST_METHOD"] == "HEAD" else list(self.body)

    @property
    def methods(self) -> list[str]:
        """The methods of the requests that reached it, in order."""
        return [environ["REQUEST_METHOD"] for environ in self.requests]


@dataclass(frozen=True)
class Response:
    """The response that a server received."""

    status: str
    headers: Fields
    body: bytes

    def values(self, name: str) -> list[str]:
        """The values of a header, one for each line."""
        return [value for spelled, value in self.headers if spelled.lower() == name.lower()]

    @property
    def cors(self) -> dict[str, str]:
        """The CORS headers by name; each occurs once."""
        lines = [(name, value) for name, value in self.headers if name.lower().startswith("access-control-")]
        assert len(lines) == len({name.lower() for name, _ in lines}), lines
        return dict(lines)

    @property
    def vary(self) -> str | None:
        """The value of Vary, which occurs at most once."""
        lines = self.values("Vary")
        assert len(lines) < 2, lines
        return lines[0] if lines else None


def environ_of(method: str = "GET", path: str = "/", headers: Fields = (), **others: Any) -> "WSGIEnvironment":
    """An environ as servers make it: several lines of one field are joined by commas."""
    environ: WSGIEnvironment = {"REQUEST_METHOD": method, "PATH_INFO": path, "SCRIPT_NAME": "", "QUERY_STRING": ""}
    setup_testing_defaults(environ)
    for name, value in headers:
        key = "HTTP_" + name.upper().replace("-", "_")
        environ[key] = f"{environ[key]},{value}" if key in environ and key != "HTTP_HOST" else value
    return environ | others


def send(app: "WSGIApplication", environ: "WSGIEnvironment") -> Response:
    """Call an app as a strict server does, and read its answer to the end."""
    answers: list[tuple[str, Fields]] = []
    written: list[bytes] = []

    def start_response(
        status: str, headers: list[tuple[str, str]], exc_info: object = None
    ) -> "Callable[[bytes], object]":
        answers.append((status, headers))
        return written.append

    body = validator(app)(environ, start_response)
    try:
        # Written data comes first, whenever it was written.
        parts = list(body)
    finally:
        if hasattr(body, "close"):
            body.close()
    status, headers = answers[-1]
    return Response(status, list(headers), b"".join(written) + b"".join(parts))


def call(app: "WSGIApplication", method: str = "GET", path: str = "/", headers: Fields = (), **others: Any) -> Response:
    """Send one request."""
    return send(app, environ_of(method, path, headers, **others))


Question = tuple[str, str, tuple[tuple[str, str], ...]]
"""A request: its method, its path, its fields."""


def answer_of(app: "WSGIApplication", question: Question) -> Response:
    """Send one request without checks, as many at a time."""
    answers: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(
        status: str, headers: list[tuple[str, str]], exc_info: object = None
    ) -> "Callable[[bytes], object]":
        answers.append((status, headers))
        return lambda _: None

    body = app(environ_of(*question), start_response)
    ((status, headers),) = answers
    return Response(status, tuple(headers), b"".join(body))


def cors(app: "WSGIApplication", *args: Any, **kwargs: Any) -> CORS:
    """The middleware around an app, with both checked against PEP 3333."""
    return CORS(validator(app), *args, **kwargs)


def client(app: "WSGIApplication", *args: Any, **kwargs: Any) -> TestApp:
    """WebTest's client for the middleware around an app, with WebTest's own lint."""
    return TestApp(cors(app, *args, **kwargs), lint=True)


def preflight(origin: str, method: str, headers: str | None = None, **others: str) -> Fields:
    """The fields of a preflight."""
    asked = [("Origin", origin), ("Access-Control-Request-Method", method)]
    if headers is not None:
        asked.append(("Access-Control-Request-Headers", headers))
    return asked + [(name.replace("_", "-"), value) for name, value in others.items()]


@dataclass
class Refusals:
    """An `on_refusal` that records its arguments."""

    seen: "list[tuple[Verdict, WSGIEnvironment]]" = field(default_factory=list)

    def __call__(self, verdict: Verdict, environ: "WSGIEnvironment") -> None:
        self.seen.append((verdict, environ))

    @property
    def names(self) -> list[str]:
        """The stable names of the refusals."""
        return [verdict.refusal.value for verdict, _ in self.seen if verdict.refusal is not None]


def policy(*origins: str, **settings: Any) -> Policy:
    """A policy for some origins."""
    return Policy(allow_origins=list(origins), **settings)
