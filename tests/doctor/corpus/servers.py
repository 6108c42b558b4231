"""Servers of other libraries, each built with one fault, and the fault."""

import contextlib
import sys
import tempfile
from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import flask
from flask_cors import CORS

from tests.browsers.site import serve
from tests.doctor import places
from tests.servers import process
from tests.servers.ports import ADDRESS, free_port

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


class Wrong(NamedTuple):
    """One server: where its lines belong, what a page requests, and its fault."""

    cause: str
    place: str
    lines: str
    asks: Mapping[str, Any] = {}


PAGE: Final = "http://localhost:5173"
"""The page that asks."""

_PUT: Final[Mapping[str, Any]] = {"method": "PUT"}
_JSON: Final[Mapping[str, Any]] = {"method": "POST", "headers": ["Content-Type: application/json"]}
_TENANT: Final[Mapping[str, Any]] = {"headers": ["X-Tenant: acme"]}
_COOKIES: Final[Mapping[str, Any]] = {"credentials": True}

SERVERS: Final = (
    Wrong("origin-not-allowed", "flask-cors", "CORS(app, origins=['https://app.example.com'])"),
    Wrong("origin-not-allowed", "flask-cors", "CORS(app, origins=['https://a.example', 'https://b.example'])", _JSON),
    Wrong("origin-port", "flask-cors", "CORS(app, origins=['http://localhost'])"),
    Wrong("origin-scheme", "flask-cors", "CORS(app, origins=['https://localhost:5173', 'https://b.example'])"),
    Wrong("origin-loopback", "flask-cors", "CORS(app, origins=['http://127.0.0.1:5173', 'https://b.example'])"),
    Wrong("credentials-not-allowed", "flask-cors", f"CORS(app, origins=['{PAGE}'])", _COOKIES),
    Wrong("header-not-allowed", "flask-cors", f"CORS(app, origins=['{PAGE}'], allow_headers=['Accept'])", _TENANT),
    Wrong("method-not-allowed", "flask-cors", f"CORS(app, origins=['{PAGE}'], methods=['GET', 'POST'])", _PUT),
    Wrong("not-found-without-headers", "flask-cors", f"CORS(app, resources={{r'/api/*': {{'origins': '{PAGE}'}}}})",
          {"path": "/nowhere"}),
    Wrong("cors-absent", "flask-cors", "pass"),
    Wrong("cors-absent", "flask-cors", "pass", _JSON),
    Wrong("app-error", "flask-cors", "@app.before_request\ndef fail(): 1 / 0"),
    Wrong("authentication-without-headers", "flask-cors", "@app.before_request\ndef login(): abort(401)"),
    Wrong("preflight-authentication", "flask-cors", "@app.before_request\ndef login(): abort(401)", _PUT),
    Wrong("two-layers", "flask-cors", "@app.after_request\ndef more(response):\n"
          "    response.headers.add('Access-Control-Allow-Origin', '*')\n    return response\n"
          f"CORS(app, origins=['{PAGE}'])"),
    Wrong("origin-not-allowed", "django-cors-headers", "CORS_ALLOWED_ORIGINS = ['https://app.example.com']"),
    Wrong("origin-not-allowed", "django-cors-headers", "CORS_ALLOWED_ORIGINS = ['https://app.example.com']", _JSON),
    Wrong("origin-port", "django-cors-headers", "CORS_ALLOWED_ORIGINS = ['http://localhost']"),
    Wrong("header-not-allowed", "django-cors-headers", f"CORS_ALLOWED_ORIGINS = ['{PAGE}']", _TENANT),
    Wrong("credentials-not-allowed", "django-cors-headers", f"CORS_ALLOWED_ORIGINS = ['{PAGE}']", _COOKIES),
    Wrong("credentials-wildcard", "django-cors-headers", "CORS_ALLOW_ALL_ORIGINS = True", _COOKIES),
    Wrong("method-not-allowed", "django-cors-headers",
          f"CORS_ALLOWED_ORIGINS = ['{PAGE}']\nCORS_ALLOW_METHODS = ['GET']", _PUT),
    Wrong("origin-not-allowed", "fastapi", "app.add_middleware(CORSMiddleware, allow_origins=['https://a.example'])"),
    Wrong("origin-not-allowed", "fastapi", "app.add_middleware(CORSMiddleware, allow_origins=['https://a.example'], "
          "allow_methods=['*'], allow_headers=['*'])", _PUT),
    Wrong("header-not-allowed", "fastapi", f"app.add_middleware(CORSMiddleware, allow_origins=['{PAGE}'])", _TENANT),
    Wrong("method-not-allowed", "fastapi", f"app.add_middleware(CORSMiddleware, allow_origins=['{PAGE}'])", _PUT),
    Wrong("credentials-not-allowed", "fastapi", f"app.add_middleware(CORSMiddleware, allow_origins=['{PAGE}'])",
          _COOKIES),
    Wrong("origin-slash", "fastapi", f"app.add_middleware(CORSMiddleware, allow_origins=['{PAGE}/'])"),
    Wrong("origin-loopback", "fastapi",
          "app.add_middleware(CORSMiddleware, allow_origins=['http://127.0.0.1:5173'])", _JSON),
    Wrong("preflight-method-refused", "fastapi", "pass", _PUT),
    Wrong("cors-absent", "fastapi", "pass"),
    Wrong("app-error", "fastapi", f"app.add_middleware(CORSMiddleware, allow_origins=['{PAGE}'])\n"
          "@app.get('/items')\ndef crash(): 1 / 0"),
    Wrong("cors-absent", "nginx", ""),
    Wrong("fixed-origin", "nginx", "add_header Access-Control-Allow-Origin https://prod.example.com;"),
    Wrong("preflight-method-refused", "nginx", f"add_header Access-Control-Allow-Origin {PAGE} always;", _PUT),
    Wrong("not-found-without-headers", "nginx", f"add_header Access-Control-Allow-Origin {PAGE};", {"path": "/none"}),
    Wrong("authentication-without-headers", "nginx", f"add_header Access-Control-Allow-Origin {PAGE};\nreturn 403;"),
    Wrong("proxy-bad-gateway", "nginx", "proxy_pass http://127.0.0.1:1;"),
    Wrong("credentials-wildcard", "nginx", "add_header Access-Control-Allow-Origin *;", _COOKIES),
    Wrong("allow-origin-malformed", "nginx", "add_header Access-Control-Allow-Origin localhost:5173;"),
    Wrong("allow-origin-list", "nginx", f"add_header Access-Control-Allow-Origin '{PAGE} https://b.example';"),
    Wrong("two-layers", "nginx", f"add_header Access-Control-Allow-Origin *;\n"
          f"add_header Access-Control-Allow-Origin {PAGE};"),
    Wrong("header-not-allowed", "nginx", f"add_header Access-Control-Allow-Origin {PAGE} always;\n"
          "add_header Access-Control-Allow-Headers Content-Type;\nif ($request_method = OPTIONS) {{ return 204; }}",
          _TENANT),
    Wrong("preflight-redirect-slash", "nginx", "rewrite ^/items$ /items/ permanent;", _JSON),
    Wrong("preflight-redirect-https", "nginx", "return 301 https://$host$request_uri;", _JSON),
)  # fmt: skip


def flask_cors(lines: str) -> contextlib.AbstractContextManager[str]:
    """Flask-CORS: the lines follow ``app = Flask(...)``."""

    app = flask.Flask("wrong")
    exec(lines, {"app": app, "CORS": CORS, "abort": flask.abort})
    app.add_url_rule("/items", view_func=lambda: "items", methods=["GET", "POST", "PUT"])
    return served(app)


_DJANGO: Final = """\
import sys
from django.conf import settings
from django.http import JsonResponse
from django.urls import path
settings.configure(SECRET_KEY="x", ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, INSTALLED_APPS=["corsheaders"],
    MIDDLEWARE=["corsheaders.middleware.CorsMiddleware"], DEBUG=False, **{settings!r})
urlpatterns = [path("items", lambda request: JsonResponse({{}}))]
from django.core.wsgi import get_wsgi_application
from werkzeug.serving import run_simple
run_simple("{address}", {port}, get_wsgi_application(), threaded=True)
"""


@contextlib.contextmanager
def served(app: "WSGIApplication") -> Generator[str]:
    """Serve an app; yields the URL to request."""
    with serve(app) as site:
        yield f"{site.origin}/items"


@contextlib.contextmanager
def django_cors_headers(lines: str) -> Generator[str]:
    """The lines are the settings of django-cors-headers; the project runs in its own process."""
    names: dict[str, Any] = {}
    exec(lines, names)
    port = free_port()
    written = {name: value for name, value in names.items() if name.isupper()}
    with tempfile.TemporaryDirectory() as home:
        Path(home, "project.py").write_text(_DJANGO.format(settings=written, address=ADDRESS, port=port))
        with process.listening([sys.executable, f"{home}/project.py"], port):
            yield f"http://{ADDRESS}:{port}/items"


def nginx(lines: str) -> contextlib.AbstractContextManager[str]:
    """The lines belong in a location; braces are doubled."""
    return places.nginx(lines.replace("{{", "{").replace("}}", "}"))


PLACES: Final[Mapping[str, Callable[[str], contextlib.AbstractContextManager[str]]]] = {
    "flask-cors": flask_cors,
    "django-cors-headers": django_cors_headers,
    "fastapi": places.fastapi,
    "nginx": nginx,
}
