"""One request to a real server and to the core, and both responses."""

import http.client
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote
from wsgiref.util import setup_testing_defaults

from tests.export.upstream import DEAD

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

HOST: Final = "service.example.net"

Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Question:
    """A request as sent over the wire."""

    method: str
    target: str = "/x"
    headers: Fields = ()

    def __str__(self) -> str:
        return f"{self.method} {self.target} " + " ".join(f"{n}={v[:60]!r}" for n, v in self.headers)

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    def get(self, name: str) -> str | None:
        return next((value for known, value in self.headers if known == name), None)


@dataclass(frozen=True)
class Reply:
    """The compared parts of a response: the status, CORS headers, Vary, and whether the application made it."""

    status: int
    cors: tuple[tuple[str, str], ...]
    vary: tuple[str, ...]
    by_app: bool
    vary_lines: int = field(default=0, compare=False)

    @property
    def headers(self) -> Fields:
        return (*self.cors, *((("Vary", ", ".join(self.vary)),) if self.vary else ()))


def reply(status: int, headers: list[tuple[str, str]], question: Question) -> Reply:
    cors = sorted(
        (name.strip().lower(), ", ".join(part.strip() for part in value.split(",") if part.strip()))
        for name, value in headers
        if name.strip().lower().startswith("access-control-")
    )
    lines = [value for name, value in headers if name.strip().lower() == "vary"]
    vary = sorted(part.strip().lower() for line in lines for part in line.split(",") if part.strip())
    by_app = any(name.lower() == "x-app" for name, _ in headers)
    if question.path.endswith(DEAD) and status in {500, 502, 503, 504}:
        status = 502
    return Reply(status, tuple(cors), ("*",) if "*" in vary else tuple(vary), by_app, len(lines))


class Wire:
    """A connection to a server, open until the server closes it."""

    def __init__(self, port: int, host: str = HOST) -> None:
        self.port = port
        self.host = host
        self._connection: http.client.HTTPConnection | None = None

    def ask(self, question: Question) -> Reply:
        for last in (False, True):
            try:
                return self._ask(question)
            except (http.client.HTTPException, OSError):
                self.close()
                if last:
                    raise
        raise AssertionError

    def _ask(self, question: Question) -> Reply:
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection = self._connection
        connection.putrequest(question.method, question.target, skip_host=True, skip_accept_encoding=True)
        connection.putheader("Host", self.host)
        for name, value in question.headers:
            connection.putheader(name, value.encode("latin-1"))
        connection.endheaders()
        response = connection.getresponse()
        response.read()
        answered = reply(response.status, response.getheaders(), question)
        if response.will_close:
            self.close()
        return answered

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def ask_core(app: "WSGIApplication", question: Question, host: str = HOST) -> Reply:
    """Send the same request to a WSGI app."""
    path, _, query = question.target.partition("?")
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": question.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(path, "latin-1"),
        "QUERY_STRING": query,
        "HTTP_HOST": host,
        "wsgi.url_scheme": "http",
        "REQUEST_URI": question.target,
        "RAW_URI": question.target,
    }
    setup_testing_defaults(environ)
    for name, value in question.headers:
        key = "HTTP_" + name.upper().replace("-", "_")
        environ[key] = f"{environ[key]},{value}" if key in environ else value.strip(" \t")
    started: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> object:
        started.append((status, headers))
        return None

    for _ in app(environ, start_response):
        pass
    status, headers = started[-1]
    return reply(int(status[:3]), headers, question)
