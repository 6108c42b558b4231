"""ASGI apps and calls of them, with ASGI 3 checked on both sides of the wrapper.

https://asgi.readthedocs.io/en/stable/specs/www.html
"""

import asyncio
from collections.abc import Callable, Coroutine, Generator, Iterable, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from wsgicors.asgi import App, Message, Receive, Scope, Send

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Lines = Sequence[tuple[bytes, bytes]]

PLAIN: Lines = ((b"content-type", b"text/plain"),)


def strict(app: App) -> App:
    """Wrap an app so that its scope and all messages are checked against ASGI 3."""

    async def checked(scope: Scope, receive: Receive, send: Send) -> None:
        check_scope(scope)
        state = iter_states(str(scope["type"]))
        next(state)

        async def checked_send(message: Message) -> None:
            state.send(dict(message))
            await send(message)

        await app(scope, receive, checked_send)

    return checked


def check_scope(scope: Scope) -> None:
    assert scope["type"] in {"http", "websocket", "lifespan"}
    assert isinstance(scope.get("asgi", {}), dict)
    if scope["type"] != "lifespan":
        check_lines(scope["headers"])
        assert isinstance(scope["path"], str)


def check_lines(lines: object) -> None:
    assert isinstance(lines, Iterable), lines
    for line in lines:
        name, value = line
        assert isinstance(name, bytes), line
        assert isinstance(value, bytes), line
        assert name == name.lower(), line
        assert not set(value) & {0, 10, 13}, line


def iter_states(kind: str) -> Generator[None, dict[str, Any]]:
    """Take the messages of one connection in turn, and fail at one out of order."""
    started = ended = False
    while True:
        message = yield
        name = message["type"]
        assert not ended or name == "http.response.trailers", f"{name} after the end"
        if name in {"http.response.start", "websocket.http.response.start"}:
            assert not started, "two starts"
            started = True
            assert isinstance(message["status"], int)
            check_lines(message.get("headers", []))
        elif name in {"http.response.body", "websocket.http.response.body"}:
            assert started, "a body before the start"
            assert isinstance(message.get("body", b""), bytes)
            ended = not message.get("more_body", False)
        elif name in {"http.response.pathsend", "http.response.zerocopysend"}:
            assert started, f"{name} before the start"
            ended = True
        elif name == "websocket.close":
            ended = True
        else:
            assert name.startswith(f"{kind}.") or kind == "websocket", name


@dataclass
class Response:
    """The messages that a server received."""

    messages: list[Message] = field(default_factory=list)

    @property
    def start(self) -> Message:
        (start,) = (message for message in self.messages if str(message["type"]).endswith("response.start"))
        return start

    @property
    def status(self) -> int:
        status = self.start["status"]
        assert isinstance(status, int)
        return status

    @property
    def lines(self) -> list[tuple[str, str]]:
        lines: Any = self.start["headers"]
        return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in lines]

    @property
    def body(self) -> bytes:
        bodies: list[Any] = [message.get("body", b"") for message in self.messages]
        return b"".join(bodies)

    def get(self, name: str) -> str | None:
        values = [value for known, value in self.lines if known == name]
        assert len(values) < 2, self.lines
        return values[0] if values else None

    @property
    def cors(self) -> dict[str, str]:
        return {name: value for name, value in self.lines if name.startswith("access-control-")}


def scope_of(method: str = "GET", path: str = "/", headers: Iterable[tuple[str, str]] = (), **others: object) -> Scope:
    """Return a scope as a server makes it."""
    lines = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    scope: Scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.5"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode("utf-8", "surrogateescape"),
        "query_string": b"",
        "root_path": "",
        "headers": lines,
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 8000),
    }
    return {**scope, **others}


def handshake(path: str = "/", headers: Iterable[tuple[str, str]] = (), **others: object) -> Scope:
    """Return the scope of a WebSocket handshake."""
    scope = scope_of("GET", path, headers, **{"type": "websocket", "subprotocols": [], **others})
    del scope["method"]
    return scope


async def exchange(app: App, scope: Scope, received: Sequence[Message] = ()) -> Response:
    """Call an app once, and keep its messages."""
    response = Response()
    incoming = list(received) or [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> Message:
        return incoming.pop(0) if incoming else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        response.messages.append(message)

    await strict(app)(scope, receive, send)
    return response


def call(
    app: App, method: str = "GET", path: str = "/", headers: Iterable[tuple[str, str]] = (), **others: object
) -> Response:
    """Send one request."""
    return asyncio.run(exchange(app, scope_of(method, path, headers, **others)))


@dataclass
class Hello:
    """An app that answers with `lines` and keeps the scopes that reach it."""

    lines: Lines = PLAIN
    status: int = 200
    scopes: list[Scope] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scopes.append(scope)
        await send({"type": "http.response.start", "status": self.status, "headers": [*self.lines]})
        await send({"type": "http.response.body", "body": b"hello"})


def served(wsgi: "WSGIApplication") -> App:
    """Return a WSGI app as an ASGI app, for apps without a request's body."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        started: list[tuple[str, list[tuple[str, str]]]] = []

        def start_response(status: str, headers: Any, exc_info: object = None) -> Callable[[bytes], object]:
            started.append((status, headers))
            return lambda data: None

        path = str(scope["path"]).encode("utf-8", "surrogateescape").decode("latin-1")
        environ: Any = {"REQUEST_METHOD": scope["method"], "PATH_INFO": path, "QUERY_STRING": ""}
        body = b"".join(wsgi(environ, start_response))
        status, headers = started[-1]
        lines = [(name.strip().lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        await send({"type": "http.response.start", "status": int(status[:3]), "headers": lines})
        await send({"type": "http.response.body", "body": body})

    return app


def run(coroutine: Coroutine[object, None, None], runner: asyncio.Runner | None) -> None:
    """Run a coroutine in the loop of `runner`; without a runner it must never wait."""
    if runner is not None:
        runner.run(coroutine)
        return
    try:
        coroutine.send(None)
    except StopIteration:
        return
    raise AssertionError("it waits")


class Bridge:
    """A WSGI app that passes each request to an ASGI app: the judges of the small world call WSGI apps.

    Several origins arrive on several lines, as a server passes them on.

    Args:
        app: The ASGI app.
        runner: The loop's runner; None for an app that never waits.
        lax: Whether to accept requests that no server passes on.
    """

    def __init__(self, app: App, runner: asyncio.Runner | None = None, *, lax: bool = False) -> None:
        self.app = app if lax else strict(app)
        self.runner = runner

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        fields = [
            (key[5:].replace("_", "-"), line)
            for key, value in environ.items()
            if key.startswith("HTTP_")
            for line in (value.split(", ") if key == "HTTP_ORIGIN" else [value])
        ]
        path = (environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")).encode("latin-1")
        scope = scope_of(environ["REQUEST_METHOD"], path.decode("utf-8", "surrogateescape"), fields)
        response = Response()

        async def receive() -> Message:
            raise AssertionError("nothing is received")

        async def send(message: Message) -> None:
            response.messages.append(message)

        run(cast("Coroutine[object, None, None]", self.app(scope, receive, send)), self.runner)
        start_response(
            f"{response.status} {HTTPStatus(response.status).phrase}",
            [(_titled(name), value) for name, value in response.lines],
        )
        return [response.body]


def _titled(name: str) -> str:
    return name.title() if name.startswith("access-control-") else name
