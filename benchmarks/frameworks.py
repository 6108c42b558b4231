"""Apps of Flask, Django and Starlette: bare, with this library's adapter, and with the peer's.

Every function returns batches by subject, for one list of origins and one kind of request.
"""

import asyncio
import itertools
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from benchmarks.measure import Batch
from benchmarks.work import App, Environ, start_response

Subjects = dict[str, Batch]
Requests = Callable[[], Iterator[Environ]]

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


def flask(origins: list[str], requests: Requests) -> Subjects:
    """Flask: bare, flask_wsgicors, flask-cors."""
    import flask_cors
    from flask import Flask

    import flask_wsgicors

    silence(["flask_cors", "wsgicors", "benchmark"])

    def app() -> Flask:
        made = Flask("benchmark")
        made.add_url_rule("/notes/<int:number>", view_func=lambda number: f"hello {number}\n", endpoint="note")
        return made

    ours, theirs = app(), app()
    flask_wsgicors.CORS(ours, origins=origins, methods=METHODS, allow_headers=NAMES)
    flask_cors.CORS(theirs, origins=origins, methods=METHODS, allow_headers=NAMES)
    subjects = {"bare": app(), "flask_wsgicors": ours, "flask-cors": theirs}
    return {name: _batch(subject.wsgi_app, requests()) for name, subject in subjects.items()}


def configure_django() -> None:
    """Django's settings for all that is measured; once in a process."""
    import django
    from django.conf import settings
    from django.http import HttpRequest, HttpResponse
    from django.urls import path

    if settings.configured:
        return

    def note(request: HttpRequest, number: int) -> HttpResponse:
        return HttpResponse("hello world\n")

    async def note_async(request: HttpRequest, number: int) -> HttpResponse:
        return HttpResponse("hello world\n")

    from benchmarks import urls

    urls.urlpatterns[:] = [path("notes/<int:number>", note), path("async/<int:number>", note_async)]
    silence(["django", "django.request", "wsgicors", "asyncio"])
    settings.configure(
        ALLOWED_HOSTS=["*"], ROOT_URLCONF="benchmarks.urls", SECRET_KEY="benchmark", LOGGING_CONFIG=None, USE_TZ=True
    )
    django.setup()


DJANGO: Mapping[str, list[str]] = {
    "bare": [],
    "django_wsgicors": ["django_wsgicors.CorsMiddleware"],
    "django-cors-headers": ["corsheaders.middleware.CorsMiddleware"],
}


def _have_settings(origins: list[str], middleware: list[str]) -> None:
    """They stay in force: all subjects have the same but for MIDDLEWARE, and one of them reads them in every request."""
    from django.conf import settings
    from django.core.signals import setting_changed

    values = {"CORS_ALLOWED_ORIGINS": origins, "CORS_ALLOW_METHODS": METHODS, "CORS_ALLOW_HEADERS": NAMES}
    for name, value in {"MIDDLEWARE": middleware, **values}.items():
        setattr(settings, name, value)
        setting_changed.send(sender=None, setting=name, value=value, enter=True)


def django(origins: list[str], requests: Requests) -> Subjects:
    """Django, sync: bare, django_wsgicors, django-cors-headers."""
    configure_django()
    from django.core.handlers.wsgi import WSGIHandler

    batches: dict[str, Batch] = {}
    for name, middleware in DJANGO.items():
        _have_settings(origins, middleware)
        batches[name] = _batch(WSGIHandler(), requests())
    return batches


def django_async(origins: list[str], requests: Requests) -> Subjects:
    """Django, async: the same three."""
    configure_django()
    from django.core.handlers.asgi import ASGIHandler

    batches: dict[str, Batch] = {}
    for name, middleware in DJANGO.items():
        _have_settings(origins, middleware)
        batches[name] = _asgi_batch(ASGIHandler(), requests(), "/async/7")
    return batches


def starlette(origins: list[str], requests: Requests) -> Subjects:
    """An ASGI app: bare, and in Starlette's middleware."""
    from starlette.middleware.cors import CORSMiddleware

    async def bare(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
        await send({"type": "http.response.body", "body": b"hello world\n"})

    wrapped = CORSMiddleware(bare, allow_origins=origins, allow_methods=METHODS, allow_headers=NAMES)
    return {"bare": _asgi_batch(bare, requests()), "Starlette": _asgi_batch(wrapped, requests())}


def _asgi_batch(app: Any, requests: Iterator[Environ], path: str = "/notes/7") -> Batch:
    async def send(message: object) -> None:
        pass

    async def serve(count: int) -> None:
        for request in itertools.islice(requests, count):
            await app(_scope(request, path), _receive(), send)

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
