"""The libraries under attack: each makes an app from a configuration, as its documentation shows."""

import importlib.util
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tests.asgi.wire import Bridge, served
from wsgicors import CORS, Policy, PolicyError, asgi

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

WWW: Final = "https://www.example.com"

OURS, FLASK, DJANGO, OLDER = "wsgicors", "flask-cors", "django-cors-headers", "wsgicors 0.7"
LIBRARIES: Final = (OURS, FLASK, DJANGO, OLDER)
ASGI: Final = "wsgicors.asgi"
"""Attacked by a test, but not in the table: the outcomes are the same."""


class NotBuilt(Exception):
    """The library refuses the configuration when the app starts."""


class Served:
    """The app behind each library: it records where it was reached, and accepts every reading of a path."""

    def __init__(self) -> None:
        self.reached: list[str] = []

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> "Iterable[bytes]":
        path = environ["PATH_INFO"]
        self.reached.append(path)
        own = [("Access-Control-Allow-Origin", "*")] if path == "/own" else []
        start_response("200 OK", [("Content-Type", "text/plain"), *own])
        return [b"secret"]


@dataclass(frozen=True)
class Configuration:
    """One intent, in the settings of each library; None if a library cannot express it.

    Attributes:
        ours: Makes the rules for `wsgicors.CORS`.
        flask: Keywords of ``flask_cors.CORS``.
        django: Settings of django-cors-headers.
        older: Keywords of ``CORS`` of wsgicors 0.7.
    """

    ours: Callable[[], Any]
    flask: Mapping[str, Any] | None = None
    django: Mapping[str, Any] | None = None
    older: Mapping[str, str] | None = None

    def app(self, library: str, app: Served, folder: Path | None) -> "WSGIApplication | None":
        """Return the app behind a library, or None if it has no such configuration.

        Raises:
            NotBuilt: the library refuses the configuration.
        """
        if library in {OURS, ASGI}:
            try:
                return (
                    CORS(app, self.ours()) if library == OURS else Bridge(asgi.CORS(served(app), self.ours()), lax=True)
                )
            except PolicyError as error:
                raise NotBuilt(str(error)) from None
        made: dict[str, Callable[[], WSGIApplication | None]] = {
            FLASK: lambda: None if self.flask is None else _flask(app, self.flask),
            DJANGO: lambda: None if self.django is None else _django(app, self.django),
            OLDER: lambda: None if self.older is None or folder is None else _older(app, self.older, folder),
        }
        return made[library]()


def _flask(app: Served, options: Mapping[str, Any]) -> "WSGIApplication":
    from flask import Flask, Response, request
    from flask_cors import CORS as FlaskCORS

    flask = Flask("attacked")

    def view(path: str = "") -> Response:
        app.reached.append(request.path)
        own = {"Access-Control-Allow-Origin": "*"} if request.path == "/own" else {}
        return Response("secret", headers=own)

    methods = ["GET", "POST", "PUT", "DELETE"]
    flask.add_url_rule("/", "root", view, methods=methods)
    flask.add_url_rule("/<path:path>", "view", view, methods=methods)
    flask.add_url_rule("/socket", "socket", view, websocket=True)
    try:
        FlaskCORS(flask, **options)
    except ValueError as error:
        raise NotBuilt(str(error)) from None
    return flask


def _django(app: Served, settings: Mapping[str, Any]) -> "WSGIApplication":
    import django
    from django.conf import settings as configured
    from django.core.handlers.wsgi import WSGIHandler
    from django.core.management import call_command
    from django.core.management.base import SystemCheckError
    from django.http import HttpRequest, HttpResponse
    from django.test import override_settings
    from django.urls import re_path

    if not configured.configured:
        configured.configure(
            ALLOWED_HOSTS=["*"],
            INSTALLED_APPS=["corsheaders"],
            MIDDLEWARE=["corsheaders.middleware.CorsMiddleware"],
            SECRET_KEY="attacked",
        )
        django.setup()

    def view(request: HttpRequest) -> HttpResponse:
        app.reached.append(request.path)
        own = {"Access-Control-Allow-Origin": "*"} if request.path == "/own" else {}
        return HttpResponse("secret", headers=own)

    urls = (re_path(r"^.*$", view),)

    def handler(environ: "WSGIEnvironment", start_response: "StartResponse") -> "Iterable[bytes]":
        with override_settings(**settings, ROOT_URLCONF=urls):
            return list(WSGIHandler()(environ, start_response))

    with override_settings(**settings, ROOT_URLCONF=urls):
        try:
            call_command("check", "corsheaders", stdout=io.StringIO())
        except SystemCheckError as error:
            raise NotBuilt(str(error)) from None
    return handler


def _older(app: Served, options: Mapping[str, str], folder: Path) -> "WSGIApplication":
    spec = importlib.util.spec_from_file_location("wsgicors_0_7", folder / "wsgicors.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    made: WSGIApplication = module.CORS(app, **options)
    return made


_COOKIES: Final = {"allow_credentials": True}

LISTED: Final = Configuration(
    lambda: Policy(allow_origins=[WWW], allow_methods=["PUT"], **_COOKIES),
    {"origins": [WWW], "supports_credentials": True},
    {"CORS_ALLOWED_ORIGINS": [WWW], "CORS_ALLOW_CREDENTIALS": True},
    {"origin": WWW, "headers": "*", "methods": "*", "maxage": "180", "credentials": "true"},
)
"""One origin, with cookies."""

SUBDOMAINS: Final = Configuration(
    lambda: Policy(allow_origins=["https://*.example.com"], **_COOKIES),
    {"origins": r"https://.*\.example\.com", "supports_credentials": True},
    {"CORS_ALLOWED_ORIGIN_REGEXES": [r"^https://\w+\.example\.com$"], "CORS_ALLOW_CREDENTIALS": True},
    {"origin": "https://*.example.com", "headers": "*", "methods": "*", "credentials": "true"},
)
"""The subdomains of a domain, with cookies."""

EVERYBODY: Final = Configuration(
    lambda: Policy(allow_origins="*", **_COOKIES),
    {"origins": "*", "supports_credentials": True},
    {"CORS_ALLOW_ALL_ORIGINS": True, "CORS_ALLOW_CREDENTIALS": True},
    {"origin": "*", "headers": "*", "methods": "*", "credentials": "true"},
)
"""Every origin, with cookies."""

NULL: Final = Configuration(
    lambda: Policy(allow_origins=[WWW, "null"], **_COOKIES),
    {"origins": [WWW, "null"], "supports_credentials": True},
    {"CORS_ALLOWED_ORIGINS": [WWW, "null"], "CORS_ALLOW_CREDENTIALS": True},
    {"origin": f"{WWW} null", "headers": "*", "methods": "*", "credentials": "true"},
)
"""A list with "null", with cookies."""

PLAIN_HTTP: Final = Configuration(
    lambda: Policy(allow_origins=["http://www.example.com"], **_COOKIES),
    {"origins": ["http://www.example.com"], "supports_credentials": True},
    {"CORS_ALLOWED_ORIGINS": ["http://www.example.com"], "CORS_ALLOW_CREDENTIALS": True},
    {"origin": "http://www.example.com", "headers": "*", "methods": "*", "credentials": "true"},
)
"""A plain http origin, with cookies."""

PUBLIC_PATH: Final = Configuration(
    lambda: {"/api": Policy(allow_origins="*")},
    {"resources": {r"/api/*": {"origins": "*"}}},
    {"CORS_ALLOW_ALL_ORIGINS": True, "CORS_URLS_REGEX": r"^/api/.*$"},
)
"""Every origin below one path, no origin elsewhere."""

PRIVATE_PATH: Final = Configuration(
    lambda: {"/": Policy(allow_origins="*"), "/admin": Policy(allow_origins=[WWW], **_COOKIES)},
    {"resources": {r"/*": {"origins": "*"}, r"/admin/*": {"origins": [WWW]}}},
)
"""One origin below one path, every origin elsewhere."""

FORBIDDING: Final = Configuration(
    lambda: Policy(allow_origins=[WWW], refuse="forbid", **_COOKIES),
    LISTED.flask,
    LISTED.django,
    LISTED.older,
)
"""One origin, with cookies; if the library can, it keeps requests of other origins from the app."""


def expression(text: str, flags: int = 0, *, cookies: bool = True) -> Configuration:
    """Return the configuration whose origins a regular expression describes."""
    regex = re.compile(text, flags)
    return Configuration(
        lambda: Policy(allow_origins=[regex], allow_credentials=cookies),
        {"origins": [regex if flags else text], "supports_credentials": cookies},
        {"CORS_ALLOWED_ORIGIN_REGEXES": [regex if flags else text], "CORS_ALLOW_CREDENTIALS": cookies},
    )
