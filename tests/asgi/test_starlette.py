"""The faults of Starlette's own CORSMiddleware, shown on the real one, and this library's behaviour."""

import asyncio
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware as Theirs
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from tests.asgi.wire import Hello, Response, call, exchange, handshake, scope_of
from wsgicors import Policy, PolicyError
from wsgicors.asgi import CORS, CORSMiddleware, Message

PAGE, STRANGER = "https://www.example.com", "https://www.example.net"


async def notes(request: Any) -> PlainTextResponse:
    return PlainTextResponse("hello")


async def broken(request: Any) -> PlainTextResponse:
    raise ValueError("the app's own error")


def starlette(*middleware: Middleware) -> Starlette:
    return Starlette(routes=[Route("/notes", notes), Route("/broken", broken)], middleware=middleware)


def failing(app: Any) -> Response:
    response = Response()

    async def receive() -> Message:
        return {"type": "http.request", "body": b""}

    async def send(message: Message) -> None:
        response.messages.append(message)

    with pytest.raises(ValueError, match="the app's own error"):
        asyncio.run(app(scope_of("GET", "/broken", [("Origin", PAGE)]), receive, send))
    return response


def theirs(**options: Any) -> Any:
    return Theirs(Hello(), **options)


def test_an_unhandled_500() -> None:
    policy = Policy(allow_origins=[PAGE])
    assert failing(starlette(Middleware(Theirs, allow_origins=[PAGE]))).cors == {}
    # In the same place it has the same gap, so that the documentation shows another place.
    assert failing(starlette(Middleware(CORSMiddleware, policy=policy))).cors == {}
    covered = failing(CORS(starlette(), policy))
    assert (covered.status, covered.cors) == (500, {"access-control-allow-origin": PAGE})


def test_add_middleware_takes_the_policy() -> None:
    app = starlette()
    app.add_middleware(CORSMiddleware, policy=Policy(allow_origins=[PAGE]))
    assert call(app, path="/notes", headers=[("Origin", PAGE)]).cors == {"access-control-allow-origin": PAGE}
    assert call(app, path="/notes", headers=[("Origin", STRANGER)]).cors == {}


def test_every_origin_with_credentials() -> None:
    granted = call(
        theirs(allow_origins=["*"], allow_credentials=True), headers=[("Origin", STRANGER), ("Cookie", "a=b")]
    )
    assert granted.cors["access-control-allow-credentials"] == "true"
    with pytest.raises(PolicyError, match="any-origin-with-credentials"):
        Policy(allow_origins="*", allow_credentials=True)


def test_a_text_for_the_list() -> None:
    substring = PAGE.removesuffix("m")
    granted = call(theirs(allow_origins=PAGE), headers=[("Origin", substring)])
    assert granted.cors["access-control-allow-origin"] == substring
    with pytest.raises(PolicyError, match="text-for-list"):
        Policy(allow_origins=PAGE)


@pytest.mark.parametrize("origin", [f"{PAGE}/", "https://*.example.com/", "www.example.com"])
def test_what_can_never_match(origin: str) -> None:
    theirs(allow_origins=[origin])  # builds, and allows no origin
    with pytest.raises(PolicyError):
        Policy(allow_origins=[origin])


def test_a_misspelt_option() -> None:
    app = starlette(Middleware(Theirs, allow_origin=[PAGE]))  # type: ignore[call-arg]  # builds
    with pytest.raises(TypeError):
        call(app, path="/notes")
    with pytest.raises((TypeError, PolicyError)):
        Policy(allow_origin=[PAGE])  # type: ignore[call-arg]


def test_what_refused_origins_get() -> None:
    asked = [("Origin", STRANGER)]
    leaky = call(theirs(allow_origins=[PAGE], allow_credentials=True, expose_headers=["X-Id"]), headers=asked)
    assert set(leaky.cors) == {"access-control-allow-credentials", "access-control-expose-headers"}
    policy = Policy(allow_origins=[PAGE], allow_credentials=True, expose_headers=["X-Id"])
    assert call(CORS(Hello(), policy), headers=asked).cors == {}


def test_websockets_from_anywhere() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})

    scope = handshake(headers=[("Origin", STRANGER)])
    connect: list[Message] = [{"type": "websocket.connect"}]
    open_to_all = asyncio.run(exchange(Theirs(app, allow_origins=[PAGE]), scope, connect))
    assert open_to_all.messages == [{"type": "websocket.accept"}]
    forbidding = CORS(app, Policy(allow_origins=[PAGE], refuse="forbid"))
    assert asyncio.run(exchange(forbidding, scope, connect)).messages[0]["type"] == "websocket.close"
