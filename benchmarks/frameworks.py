"""Apps of Flask, Django and Starlette: bare, with this library's adapter, with the peer's, and with a yardstick.

Every function takes a subject and a list of origins, and returns two makers of batches: for the bare app, and for the
same app with the subject.
"""

import asyncio
import atexit
import io
import itertools
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from benchmarks.measure import Batch
from benchmarks.work import App, Environ, start_response, yardstick

Maker = Callable[[Iterator[Environ]], Batch]
Makers = tuple[Maker, Maker]

METHODS: Final = ["GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"]
NAMES: Final = ["content-type", "authorization"]


def _batch(app: App, requests: Iterator[Environ]) -> Batch:
    """Return a batch as `benchmarks.work.batch` does, with a new environ per request, as frameworks change it."""

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
    """Make loggers drop everything, so that no subject waits for a terminal."""
    for name in names:
        logging.getLogger(name).setLevel(logging.CRITICAL)


def flask(name: str, origins: list[str]) -> Makers:
    """Return makers for Flask: flask_wsgicors, flask-cors, and a yardstick around ``wsgi_app``."""
    from flask import Flask

    silence(["flask_cors", "wsgicors", "benchmark"])
    app = Flask("benchmark")
    app.add_url_rule("/notes/<int:number>", view_func=lambda number: f"hello {number}\n", endpoint="note")
    bare: App = app.wsgi_app
    wrapped = bare
    if name == "flask_wsgicors":
        import flask_wsgicors

        flask_wsgicors.CORS(app, origins=origins, methods=METHODS, allow_headers=NAMES)
        wrapped = app.wsgi_app
    elif name == "yardstick":
        wrapped = yardstick(bare)
    elif name == "flask-cors":
        import flask_cors

        flask_cors.CORS(app, origins=origins, methods=METHODS, allow_headers=NAMES)
        # What it does is called after a request, by the app itself.
        called = app.after_request_funcs[None]
        hooks = called.copy()
        return (
            lambda requests: _with_hooks(called, [], _batch(bare, requests)),
            lambda requests: _with_hooks(called, hooks, _batch(bare, requests)),
        )
    return lambda requests: _batch(bare, requests), lambda requests: _batch(wrapped, requests)


def _with_hooks(called: list[Any], hooks: list[Any], batch: Batch) -> Batch:
    def run(count: int) -> None:
        called[:] = hooks
        batch(count)

    return run


def configure_django(origins: list[str]) -> None:
    """Configure Django: all subjects have the same settings except MIDDLEWARE."""
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
        MIDDLEWARE=[],
        CORS_ALLOWED_ORIGINS=origins,
        CORS_ALLOW_METHODS=METHODS,
        CORS_ALLOW_HEADERS=NAMES,
    )
    django.setup()


def yardstick_of_django(get_response: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return the smallest Django middleware that adds two constant headers."""
    from asgiref.sync import iscoroutinefunction, markcoroutinefunction

    def add(response: Any) -> Any:
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Vary"] = "Origin"
        return response

    async def middleware_async(request: Any) -> Any:
        return add(await get_response(request))

    def middleware(request: Any) -> Any:
        return add(get_response(request))

    return markcoroutinefunction(middleware_async) if iscoroutinefunction(get_response) else middleware


yardstick_of_django.async_capable = True  # type: ignore[attr-defined]

DJANGO: Mapping[str, list[str]] = {
    "bare": [],
    "yardstick": ["benchmarks.frameworks.yardstick_of_django"],
    "django_wsgicors": ["django_wsgicors.CorsMiddleware"],
    "django-cors-headers": ["corsheaders.middleware.CorsMiddleware"],
}


def _handlers(name: str, origins: list[str], make: Callable[[], Any]) -> tuple[Any, Any]:
    """Return two handlers of the same project: without middleware, and with the subject's."""
    configure_django(origins)
    from django.conf import settings

    bare = make()
    settings.MIDDLEWARE = DJANGO[name]
    return bare, make()


def django(name: str, origins: list[str]) -> Makers:
    """Return makers for sync Django: django_wsgicors, django-cors-headers, and a yardstick."""
    from django.core.handlers.wsgi import WSGIHandler

    bare, wrapped = _handlers(name, origins, WSGIHandler)
    return lambda requests: _batch(bare, requests), lambda requests: _batch(wrapped, requests)


def django_async(name: str, origins: list[str]) -> Makers:
    """Return makers for async Django, from the first middleware to the view and back.

    The ASGI handler's own work before and after is left out: it switches threads, which takes ten times as long, is
    never the same, and would hide the difference.
    """
    from django.core.handlers.asgi import ASGIHandler, ASGIRequest

    bare, wrapped = _handlers(name, origins, ASGIHandler)
    loop = _loop()

    async def serve(handler: ASGIHandler, requests: Iterator[Environ], count: int) -> None:
        for request in itertools.islice(requests, count):
            await handler.get_response_async(ASGIRequest(_scope(request, "/async/7"), io.BytesIO()))

    def maker(handler: ASGIHandler) -> Maker:
        return lambda requests: lambda count: loop.run_until_complete(serve(handler, requests, count))

    return maker(bare), maker(wrapped)


def starlette(name: str, origins: list[str]) -> Makers:
    """Return makers for an ASGI app: wsgicors.asgi, and Starlette's middleware."""

    async def bare(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
        await send({"type": "http.response.body", "body": b"hello world\n"})

    loop = _loop()
    wrapped: Any = bare
    if name == "Starlette":
        from starlette.middleware.cors import CORSMiddleware

        wrapped = CORSMiddleware(bare, allow_origins=origins, allow_methods=METHODS, allow_headers=NAMES)
    elif name == "wsgicors.asgi":
        from benchmarks.ours import policy
        from wsgicors.asgi import CORS

        silence(["wsgicors"])
        wrapped = CORS(bare, policy(origins))
    return lambda requests: _asgi_batch(bare, requests, loop), lambda requests: _asgi_batch(wrapped, requests, loop)


def _loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    atexit.register(loop.close)
    return loop


def _asgi_batch(app: Any, requests: Iterator[Environ], loop: asyncio.AbstractEventLoop) -> Batch:
    async def send(message: object) -> None:
        pass

    async def serve(count: int) -> None:
        for request in itertools.islice(requests, count):
            await app(_scope(request, "/notes/7"), _receive(), send)

    return lambda count: loop.run_until_complete(serve(count))


def _receive() -> Callable[[], Any]:
    messages = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> dict[str, object]:
        message = next(messages, None)
        if message is None:
            await asyncio.Event().wait()  # the client stays connected; tasks that wait for a disconnect are canceled
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
