"""Send what a server passes to the outermost layer, and gets back, to the client in two headers."""

import base64
import json
import zlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from wsgicors.asgi import App, Message, Receive, Scope, Send

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

HANDED_ON = "X-Handed-On"
HANDED_BACK = "X-Handed-Back"

FIELDS = (
    "Origin",
    "Access-Control-Request-Method",
    "Access-Control-Request-Headers",
    "Access-Control-Request-Private-Network",
    "Host",
    "Sec-Fetch-Site",
    "Sec-Fetch-Mode",
)
"""The request fields that decide."""

KEYS = {name: "HTTP_" + name.upper().replace("-", "_") for name in FIELDS}

Lines = list[tuple[str, str]]


class Request(NamedTuple):
    """The parts of a request that decide: the path as in WSGI, the fields by WSGI's keys."""

    method: str
    path: str
    fields: dict[str, str]

    @property
    def environ(self) -> "WSGIEnvironment":
        return {"REQUEST_METHOD": self.method, "PATH_INFO": self.path, **self.fields}


def packed(value: object) -> str:
    """Return a value as a header's text: 8 KB of one list become some 100 characters."""
    return base64.b64encode(zlib.compress(json.dumps(value).encode(), 1)).decode()


def unpacked(text: str) -> Any:
    return json.loads(zlib.decompress(base64.b64decode(text)))


def wsgi(app: "WSGIApplication") -> "WSGIApplication":
    """Wrap a WSGI app."""

    def recorded(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        fields = {key: environ[key] for key in KEYS.values() if key in environ}
        path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
        request = packed([environ["REQUEST_METHOD"], path, fields])

        def start(status: str, headers: Lines, *error: Any) -> Any:
            response = packed([int(status[:3]), headers])
            return start_response(status, [*headers, (HANDED_ON, request), (HANDED_BACK, response)], *error)

        return app(environ, start)

    return recorded


def asgi(app: App, joint: str) -> App:
    """Wrap an ASGI app that joins the lines of one field by `joint`."""

    async def recorded(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        lines: Any = scope["headers"]
        fields: dict[str, str] = {}
        for name, value in lines:
            key = KEYS.get(name.decode("latin-1").title())
            if key is not None:
                text = value.decode("latin-1")
                fields[key] = f"{fields[key]}{joint}{text}" if key in fields else text
        path = str(scope["path"]).encode("utf-8", "surrogateescape").decode("latin-1")
        request = packed([scope["method"], path, fields])

        async def send_recorded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers: Any = [*message["headers"]]  # type: ignore[misc]
                told = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]
                response = packed([message["status"], told])
                more = ((HANDED_ON, request), (HANDED_BACK, response))
                headers += [(name.lower().encode(), value.encode()) for name, value in more]
                message = {**message, "headers": headers}
            await send(message)

        await app(scope, receive, send_recorded)

    return recorded
