"""Send a request to an ASGI app or a client of Starlette or httpx, from code that is not async."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from inspect import iscoroutinefunction
from typing import Any, Protocol, TypeAlias, TypeVar, cast
from urllib.parse import unquote, urlsplit

from wsgicors.browser import Request, Response

Answered: TypeAlias = tuple[Response, bytes]
Result = TypeVar("Result")

_Message: TypeAlias = MutableMapping[str, object]


class AsgiApp:
    """An ASGI app, called as a server calls it, without lifespan.

    https://asgi.readthedocs.io/en/stable/specs/www.html
    """

    origin = "https://localhost"

    def __init__(self, app: object) -> None:
        self.app = cast("Callable[[object, object, object], Awaitable[object]]", app)

    def send(self, sent: Request) -> Answered:
        """Return the response to a request, and its body."""
        return _run(self._call(sent))

    async def _call(self, sent: Request) -> Answered:
        messages: list[_Message] = []
        received: list[_Message] = [{"type": "http.request", "body": b"", "more_body": False}]

        async def receive() -> _Message:
            return received.pop() if received else {"type": "http.disconnect"}

        async def send(message: _Message) -> None:
            messages.append(message)

        await self.app(_scope(sent), receive, send)
        start = next(message for message in messages if message["type"] == "http.response.start")
        lines = cast("Iterable[tuple[bytes, bytes]]", start.get("headers", ()))
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in lines]
        body = b"".join(cast("bytes", message.get("body", b"")) for message in messages)
        return Response(cast("int", start["status"]), headers), body


class HttpxClient:
    """A client of httpx or Starlette, sync or async. Its cookies are removed while it sends a request without them."""

    def __init__(self, client: "HasBuildRequest") -> None:
        self.client = client
        host = urlsplit(str(client.base_url)).netloc
        self.origin = f"https://{host or 'localhost'}"

    def send(self, sent: Request) -> Answered:
        """Return the response to a request, and its body."""
        client, cookies = self.client, self.client.cookies
        if sent.credentials != "include":
            client.cookies = type(cookies)()
        try:
            request = client.build_request(sent.method, sent.url, headers=dict(sent.headers))
            answer = client.send(request, follow_redirects=False)
            if iscoroutinefunction(client.send):
                answer = _run(cast("Coroutine[object, object, HttpxResponse]", answer))
        finally:
            client.cookies = cookies
        response = cast("HttpxResponse", answer)
        return Response(response.status_code, response.headers.multi_items()), response.content


class HttpxCookies(Protocol):
    """The cookies of a client."""

    def __init__(self) -> None: ...


class _HttpxHeaders(Protocol):
    def multi_items(self) -> list[tuple[str, str]]: ...


class HttpxResponse(Protocol):
    """What a client returns."""

    status_code: int
    headers: _HttpxHeaders
    content: bytes


class HasBuildRequest(Protocol):
    """What `HttpxClient` needs from a client."""

    base_url: object
    cookies: HttpxCookies

    def build_request(self, method: str, url: str, *, headers: dict[str, str]) -> object: ...

    def send(self, request: object, *, follow_redirects: bool) -> HttpxResponse | Awaitable[HttpxResponse]: ...


def _run(coroutine: Coroutine[object, object, Result]) -> Result:
    """Run a coroutine to its end in a new thread: the caller's thread may already run an event loop."""
    with ThreadPoolExecutor(1) as executor:
        return executor.submit(lambda: asyncio.run(cast("Coroutine[Any, Any, Result]", coroutine))).result()


def _scope(sent: Request) -> _Message:
    parts = urlsplit(sent.url)
    host = parts.netloc.rpartition("@")[2]
    fields = [("host", host), *sent.headers]
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": sent.method,
        "scheme": parts.scheme,
        "path": unquote(parts.path, errors="surrogateescape"),
        "raw_path": parts.path.encode(),
        "query_string": parts.query.encode(),
        "root_path": "",
        "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in fields],
        "client": ("127.0.0.1", 50000),
        "server": (parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)),
        "state": {},
    }
