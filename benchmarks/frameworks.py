"""Apps of Flask, Django and Starlette: bare, with this library's adapter, and with the peer's.

Every function takes a subject and a list of origins, and returns what makes batches of the subject's app for requests.
"""

import asyncio
import io
import itertools
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from benchmarks.measure import Batch
from benchmarks.work import App, Environ, start_response

Made = Callable[[Iterator[Environ]], Batch]

METHODS: Final = ["GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"]
NAMES: Final = ["content-type", "authorization"]


def _batch(app: App, requests: Iterator[Environ]) -> Batch:
    """As `benchmarks.work.batch`; frameworks keep things in the environ, so each request has its own."""

    def run(count: int) -> None:
        for request in itertools.islice(requests, count):
            answer = app(request.copy(), start_response)
            for _ in answer:
                pass
            close = getattr(answer, "close", None)
            if close is not None:
                close()

    return run


def silence(names: Iterable[str]) -> None:
    """Have loggers drop all, so that no subject waits for a terminal."""
    for name in names:
        logging.getLogger(name).setLevel(logging.CRITICAL)


def flask(name: str, origins: list[str]) -> Made:
    """Flask: bare, flask_wsgicors, flask-cors."""
    from flask import Flask

    silence(["flask_cors", "wsgicors", "benchmark"])
    app = Flask("benchmark")
    app.add_url_rule("/notes/<int:number>", view_func=lambda number: f"hello {number}\n", endpoint="note")
    if name == "flask_wsgicors":
        import flask_wsgicors

        flask_wsgicors.CORS(app, origins=origins, methods=METHODS, allow_headers=NAMES)
    elif name == "flask-cors":
        import flask_cors

        flask_cors.CORS(app, origins=origins, methods=METHODS, allow_headers=NAMES)
    return lambda requests: _batch(app, requests)


def configure_django(name: str, origins: list[str]) -> None:
    """Django's settings for a subject."""
    import django
    from django.conf import settings
    from django.http import HttpRequest, HttpResponse
    from django.urls import path

    def note(request: HttpRequest, number: int) -> HttpResponse:
        return HttpResponse("hello world\n")

    async def note_async(request: HttpRequest, number: int) -> HttpResponse:
        return HttpResponse("hello world\n")

    from benchmarks import urls

    urls.urlpatterns[:] = [path("notes/<int:number>", note), path("async/<int:number>", note_async)]
    silence(["django", "django.request", "wsgicors", "asyncio"])
    settings.configure(
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF="benchmarks.urls",
        SECRET_KEY="benchmark",
        LOGGING_CONFIG=None,
        USE_TZ=True,
        MIDDLEWARE=DJANGO[name],
        CORS_ALLOWED_ORIGINS=origins,
        CORS_ALLOW_METHODS=METHODS,
        CORS_ALLOW_HEADERS=NAMES,
    )
    django.setup()


DJANGO: Mapping[str, list[str]] = {
    "bare": [],
    "django_wsgicors": ["django_wsgicors.CorsMiddleware"],
    "django-cors-headers": ["corsheaders.middleware.CorsMiddleware"],
}


def django(name: str, origins: list[str]) -> Made:
    """Django, sync: bare, django_wsgicors, django-cors-headers."""
    configure_django(name, origins)
    from django.core.handlers.wsgi import WSGIHandler

    handler = WSGIHandler()
    return lambda requests: _batch(handler, requests)


def django_async(name: str, origins: list[str]) -> Made:
    """Django, async: the same three, from the first middleware to the view and back.

    What its ASGI handler does before and after hops between threads, for Django's own sake: that takes ten times as long,
    never twice the same, and would hide what is looked for.
    """
    configure_django(name, origins)
    from django.core.handlers.asgi import ASGIHandler, ASGIRequest

    handler, loop = ASGIHandler(), asyncio.new_event_loop()

    async def serve(requests: Iterator[Environ], count: int) -> None:
        for request in itertools.islice(requests, count):
            await handler.get_response_async(ASGIRequest(_scope(request, "/async/7"), io.BytesIO()))

    return lambda requests: lambda count: loop.run_until_complete(serve(requests, count))


def starlette(name: str, origins: list[str]) -> Made:
    """An ASGI app: bare, and in Starlette's middleware."""

    async def bare(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
        await send({"type": "http.response.body", "body": b"hello world\n"})

    if name != "Starlette":
        return lambda requests: _asgi_batch(bare, requests)
    from starlette.middleware.cors import CORSMiddleware

    wrapped = CORSMiddleware(bare, allow_origins=origins, allow_methods=METHODS, allow_headers=NAMES)
    return lambda requests: _asgi_batch(wrapped, requests)


def _asgi_batch(app: Any, requests: Iterator[Environ]) -> Batch:
    async def send(message: object) -> None:
        pass

    async def serve(count: int) -> None:
        for request in itertools.islice(requests, count):
            await app(_scope(request, "/notes/7"), _receive(), send)

    loop = asyncio.new_event_loop()
    return lambda count: loop.run_until_complete(serve(count))


def _receive() -> Callable[[], Any]:
    messages = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> dict[str, object]:
        message = next(messages, None)
        if message is None:
            await asyncio.Event().wait()  # the client stays; whoever waits for its going is cancelled
        assert message is not None
        return message

    return receive


def _scope(environ: Environ, path: str) -> dict[str, object]:
    fields = {name: value for name, value in environ.items() if name.startswith("HTTP_")}
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": environ["REQUEST_METHOD"],
        "scheme": "https",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(name[5:].replace("_", "-").lower().encode(), value.encode()) for name, value in fields.items()],
        "server": ("api.example", 443),
        "client": ("192.0.2.1", 50000),
    }
