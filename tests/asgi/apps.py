"""Apps of real frameworks in the wrapper; each has /notes, which answers, and /broken, which raises."""

import os
from collections.abc import Callable
from typing import Any, Final

from wsgicors import Policy
from wsgicors.asgi import CORS, App, Message, Receive, Scope, Send

PAGE = "https://www.example.com"

POLICY = Policy(
    allow_origins=[PAGE], allow_methods=["PUT"], allow_headers=["Content-Type"], allow_credentials=True, refuse="forbid"
)


async def _plain(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve every protocol without a framework."""
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
    elif scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.send", "text": "hello"})
        await send({"type": "websocket.close"})
    elif scope["path"] == "/broken":
        raise ValueError("the app's own error")
    else:
        start: Message = {
            "type": "http.response.start",
            "status": 200,
            "headers": [(b"content-type", b"text/plain"), (b"set-cookie", b"a=1"), (b"set-cookie", b"b=2")],
        }
        await send(start)
        await send({"type": "http.response.body", "body": b"hel", "more_body": True})
        await send({"type": "http.response.body", "body": b"lo"})


def _starlette() -> App:
    from starlette.applications import Starlette
    from starlette.responses import PlainTextResponse
    from starlette.routing import Mount, Route

    async def notes(request: Any) -> PlainTextResponse:
        return PlainTextResponse("hello")

    async def broken(request: Any) -> PlainTextResponse:
        raise ValueError("the app's own error")

    routes = [Route("/notes", notes, methods=["GET", "PUT"]), Route("/broken", broken)]
    return Starlette(routes=[*routes, Mount("/v1", routes=routes)])


def _fastapi() -> App:
    from fastapi import FastAPI

    app = FastAPI()

    @app.get("/notes")
    @app.put("/notes")
    async def notes() -> str:
        return "hello"

    @app.get("/broken")
    async def broken() -> str:
        raise ValueError("the app's own error")

    return app


def _quart() -> App:
    from quart import Quart

    app = Quart("notes")

    @app.route("/notes", methods=["GET", "PUT"])
    async def notes() -> str:
        return "hello"

    @app.get("/broken")
    async def broken() -> str:
        raise ValueError("the app's own error")

    return app


def _litestar() -> App:
    from litestar import Litestar, get, put

    @get("/notes")
    async def notes() -> str:
        return "hello"

    @put("/notes")
    async def write() -> str:
        return "hello"

    @get("/broken")
    async def broken() -> str:
        raise ValueError("the app's own error")

    return Litestar([notes, write, broken])


def _django() -> App:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.asgi.django_settings"
    import django
    from django.core.asgi import get_asgi_application

    django.setup()
    return get_asgi_application()


def _channels() -> App:
    from channels.routing import ProtocolTypeRouter, URLRouter
    from django.urls import path

    return ProtocolTypeRouter({"http": _django(), "websocket": URLRouter([path("socket", _plain)])})


def _connexion() -> App:
    from connexion import AsyncApp
    from starlette.responses import PlainTextResponse

    app = AsyncApp("notes")

    async def notes(request: Any) -> PlainTextResponse:
        return PlainTextResponse("hello")

    async def broken(request: Any) -> PlainTextResponse:
        raise ValueError("the app's own error")

    app.add_url_rule("/notes", "notes", notes, methods=["GET", "PUT"])
    app.add_url_rule("/broken", "broken", broken)
    return app


def _flask() -> App:
    from a2wsgi import WSGIMiddleware
    from flask import Flask
    from starlette.applications import Starlette
    from starlette.routing import Mount

    flask = Flask("notes")

    @flask.route("/notes", methods=["GET", "PUT"])
    def notes() -> str:
        return "hello"

    @flask.get("/broken")
    def broken() -> str:
        raise ValueError("the app's own error")

    return Starlette(routes=[Mount("/", WSGIMiddleware(flask))])


FRAMEWORKS: Final[dict[str, Callable[[], App]]] = {
    "plain": lambda: _plain,
    "starlette": _starlette,
    "fastapi": _fastapi,
    "quart": _quart,
    "litestar": _litestar,
    "django": _django,
    "channels": _channels,
    "connexion": _connexion,
    "flask": _flask,
}


def wrapped(name: str) -> CORS:
    """Wrap the app of a framework."""
    return CORS(FRAMEWORKS[name](), POLICY)


app = wrapped(os.environ.get("ASGI_FRAMEWORK", "plain"))
"""The apps that servers load."""
