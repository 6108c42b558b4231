"""Real servers configured with the lines of a remedy: one function for each place."""

import contextlib
import shutil
import sys
import tempfile
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import django
import flask
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.test.utils import override_settings

import flask_wsgicors
from tests.browsers.site import serve
from tests.django import settings as of_tests
from tests.doctor import hosted
from tests.servers import process
from tests.servers.needs import NODE_MODULES, need
from tests.servers.nginx import HEAD
from tests.servers.ports import ADDRESS, free_port
from tests.wsgi import App
from wsgicors import CORS, Policy
from wsgicors.doctor.catalogue._remedies import Place

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PAGE: Final = "https://www.example.com"
_APACHE_MODULES: Final = Path("/usr/lib/apache2/modules")

Served = AbstractContextManager[str]
"""A server for the length of a `with` block; yields the URL to request."""


def wsgi(lines: str) -> Served:
    """The lines wrap `app`; a bare ``Policy(...)`` is wrapped around it."""
    if lines.startswith("Policy("):
        lines = f"app = CORS(app, {lines})"
    names: dict[str, Any] = {
        "CORS": CORS,
        "Policy": Policy,
        "ErrorPages": error_pages,
        "app": _FILE,
        "failing": failing,
        "everything_else": login_wall(_FILE),
        "login_wall": login_wall,
    }
    exec(lines, names)
    return _at(names["app"])


def login_wall(app: "WSGIApplication") -> "WSGIApplication":
    """A layer that requires a login."""
    return App(status="401 Unauthorized")


def failing(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """An app that fails."""
    raise LookupError


def error_pages(app: "WSGIApplication") -> "WSGIApplication":
    """A layer that turns an exception into a response."""

    def layer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        try:
            return app(environ, start_response)
        except LookupError:
            return App(status="500 Internal Server Error")(environ, start_response)

    return layer


_FILE: Final = App(headers=[("Content-Type", "application/json"), ("X-Total-Count", "7")])


@contextlib.contextmanager
def _at(app: Any) -> Generator[str]:
    with serve(app) as site:
        yield f"{site.origin}/items"


def flask_app(lines: str) -> Served:
    """The lines follow ``app = Flask(...)``; a view is added if they define none."""
    app = flask.Flask("remedy")
    names: dict[str, Any] = {"app": app, "CORS": flask_wsgicors.CORS, "cors": flask_wsgicors.cors, "abort": flask.abort}
    exec(lines.replace("def items(): ...", "def items(): return 'items'"), names)
    if "items" not in names:
        app.add_url_rule("/items", view_func=_flask_view, methods=["GET", "PUT"])
    return _at(app)


def _flask_view() -> flask.Response:
    return flask.Response("items", headers={"X-Total-Count": "7"})


@contextlib.contextmanager
def django_project(lines: str) -> Generator[str]:
    """The lines are the project's settings."""
    if not settings.configured:
        settings.configure(**{name: getattr(of_tests, name) for name in dir(of_tests) if name.isupper()})
        django.setup()
    names: dict[str, Any] = {}
    exec(lines, names)
    names.setdefault("MIDDLEWARE", ["django_wsgicors.CorsMiddleware"])
    names.setdefault("CORS_ALLOWED_ORIGINS", [PAGE])
    written = {name: value for name, value in names.items() if name.isupper()}
    with (
        override_settings(ROOT_URLCONF="tests.doctor.django_urls", ALLOWED_HOSTS=["*"], **written),
        _at(WSGIHandler()) as url,
    ):
        yield url


_NGINX: Final = (
    HEAD
    + """\
    {http}
    server {{
        listen {address}:{port};
        root {home}/files;
        default_type application/json;
        {server}
        location / {{ {location} }}
    }}
}}
"""
)


@contextlib.contextmanager
def _home() -> Generator[Path]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as directory:
        home = Path(directory)
        home.chmod(0o755)  # some run as their own user if root starts them
        for folder in (home / "files", home / "files" / "static"):
            folder.mkdir()
            (folder / "items").write_text("{}")
        yield home


BACKEND: Final = CORS(App(), Policy(allow_origins=[PAGE, "https://other.example.com"], allow_methods=["PUT"],
                                    allow_headers=["Authorization", "X-Id"]))  # fmt: skip
"""The app behind nginx if its lines name ``BACKEND``."""


_LEVELS: Final = {
    "# in http { }": "http",
    "# in server { }": "server",
    "# in location { }": "location",
    "# where nginx answers OPTIONS": "options",
    "# beside the other add_header lines": "beside",
}


def at_levels(lines: str) -> dict[str, str]:
    """The lines of an nginx configuration by the level that the comment above them names; without one, the location."""
    found: dict[str, list[str]] = {}
    level = "location"
    for line in lines.splitlines():
        level = next((name for comment, name in _LEVELS.items() if line.startswith(comment)), level)
        found.setdefault(level, []).append(line)
    return {name: "\n".join(told) for name, told in found.items()}


@contextlib.contextmanager
def nginx(lines: str) -> Generator[str]:
    """Files in a location with the lines; comments say which are outside it."""
    with serve(BACKEND) as site, _nginx(lines.replace("BACKEND", f"http://{ADDRESS}:{site.port}")) as url:
        yield url


@contextlib.contextmanager
def _nginx(lines: str) -> Generator[str]:
    need(None if shutil.which("nginx") else "nginx-light")
    port = free_port()
    with _home() as home:
        (home / "users").write_text("user:{PLAIN}password\n")
        levels = {"http": "", "server": "", **at_levels(lines.replace("/etc/nginx/users", f"{home}/users"))}
        levels["location"] = "\n".join(levels.get(name, "") for name in ("location", "options", "beside"))
        (home / "nginx.conf").write_text(_NGINX.format(home=home, address=ADDRESS, port=port, **levels))
        with process.listening(["/usr/sbin/nginx", "-c", f"{home}/nginx.conf", "-p", str(home)], port):
            yield f"http://{ADDRESS}:{port}/items"


_APACHE: Final = """\
ServerRoot {home}
ServerName localhost
PidFile {home}/pid
ErrorLog /dev/stderr
Listen {address}:{port}
{modules}
User www-data
Group www-data
DocumentRoot {home}/files
<Directory {home}/files>
    Require all granted
    ForceType application/json
</Directory>
{lines}
"""


@contextlib.contextmanager
def apache(lines: str) -> Generator[str]:
    """Files, with the lines in the configuration of the server."""
    need(None if shutil.which("apache2") else "apache2")
    port = free_port()
    names = ("mpm_event", "authz_core", "headers", "rewrite", "mime")
    modules = "\n".join(f"LoadModule {name}_module {_APACHE_MODULES}/mod_{name}.so" for name in names)
    with _home() as home:
        (home / "types").write_text("")
        configuration = home / "httpd.conf"
        configuration.write_text(
            _APACHE.format(home=home, address=ADDRESS, port=port, modules=modules, lines=lines)
            + f"TypesConfig {home}/types\n"
        )
        with process.listening(["apache2", "-f", str(configuration), "-DFOREGROUND"], port):
            yield f"http://{ADDRESS}:{port}/items"


@contextlib.contextmanager
def caddy(lines: str) -> Generator[str]:
    """Files, with the lines in the site's block."""
    need(None if shutil.which("caddy") else "caddy")
    port = free_port()
    with _home() as home:
        site = f"http://{ADDRESS}:{port} {{\nroot * {home}/files\n{lines}\nfile_server\n}}\n"
        (home / "Caddyfile").write_text(f"{{\nadmin off\n}}\n{site}")
        command = ["caddy", "run", "--config", f"{home}/Caddyfile", "--adapter", "caddyfile"]
        with process.listening(command, port, env={"XDG_DATA_HOME": str(home), "XDG_CONFIG_HOME": str(home)}):
            yield f"http://{ADDRESS}:{port}/items"


_EXPRESS: Final = """\
const express = require("express"), cors = require("cors");
const app = express();
{lines}
app.all("/items", (request, response) => {{
  if (request.method === "OPTIONS") return response.status(405).end();
  response.set("X-Total-Count", "7").json({{}});
}});
app.listen({port}, "{address}");
"""


@contextlib.contextmanager
def express(lines: str) -> Generator[str]:
    """The lines followed by routes."""
    need(None if (NODE_MODULES / "cors").is_dir() else "express and cors")
    port = free_port()
    with _home() as home:
        (home / "server.js").write_text(_EXPRESS.format(lines=lines, port=port, address=ADDRESS))
        with process.listening(["node", f"{home}/server.js"], port, env={"NODE_PATH": str(NODE_MODULES)}):
            yield f"http://{ADDRESS}:{port}/items"


_FASTAPI: Final = """\
from fastapi import FastAPI, Response
from fastapi.middleware.cors import CORSMiddleware
app = FastAPI()
{lines}
@app.api_route("/items", methods=["GET", "PUT"])
def items(response: Response):
    response.headers["X-Total-Count"] = "7"
    return {{}}
"""


@contextlib.contextmanager
def fastapi(lines: str) -> Generator[str]:
    """The lines followed by routes, under uvicorn."""
    port = free_port()
    with _home() as home:
        (home / "remedied.py").write_text(_FASTAPI.format(lines=lines))
        command = [sys.executable, "-m", "uvicorn", "--app-dir", str(home), "--port", str(port), "remedied:app"]
        with process.listening(command, port):
            yield f"http://{ADDRESS}:{port}/items"


SERVERS: Final[Mapping[Place, Callable[[str], Served]]] = {
    Place.WSGI: wsgi,
    Place.FLASK: flask_app,
    Place.DJANGO: django_project,
    Place.NGINX: nginx,
    Place.APACHE: apache,
    Place.CADDY: caddy,
    Place.EXPRESS: express,
    Place.FASTAPI: fastapi,
    Place.S3: hosted.s3,
    Place.SUPABASE: hosted.supabase,
}
"""The server for each place."""
