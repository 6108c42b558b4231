"""The law of rules by path: a path gets the policy of the route that the app's router chooses, or none.

Six routers serve the same generated routes: Flask's, Falcon's, Pyramid's, CherryPy's and Bottle's, and Werkzeug's
static files. The route that they call shows where a raw path leads; `wsgicors.CORS` has only the path. If it cannot
know, it must allow no origin: the policy of another route must never answer.

The short form runs in the suite; the long form is ``python -m tests.routing.routers 100000``.
"""

import logging
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from random import Random
from typing import Any, Final

import bottle
import cherrypy
import falcon
from flask import Flask
from werkzeug.middleware.shared_data import SharedDataMiddleware
from werkzeug.test import EnvironBuilder, run_wsgi_app

from wsgicors import CORS, Policy
from wsgicors.rules import AmbiguousPath

App = Callable[[dict[str, Any], Any], Iterable[bytes]]

SEGMENTS: Final = ("admin", "users", "public", "api")
SERVED: Final = "served:"
"""The beginning of a view's body; its route follows."""

ODD: Final = (
    "/",
    "//",
    "/./",
    "/../",
    "/.",
    "/..",
    ";a=1",
    "\\",
    "\x00",
    "%2f",
    "%2F",
    "%5c",
    "%2e%2e",
    " ",
    "?",
    "#",
    "\t",
    "\n",
)
"""Parts of paths, as servers pass them on."""


def routes_of(random: Random) -> list[str]:
    """Generate routes."""
    count = random.randint(1, 5)
    return sorted({"/" + "/".join(random.choices(SEGMENTS, k=random.randint(0, 3))) for _ in range(count)})


def path_of(random: Random, routes: list[str]) -> str:
    """Generate a raw path near one of the routes."""
    path = random.choice(routes)
    for _ in range(random.randint(0, 3)):
        at = random.randint(0, len(path))
        if random.random() < 0.4:  # at a slash
            at = random.choice([place for place, character in enumerate(path + "/") if character == "/"])
        path = path[:at] + random.choice(ODD) + path[at:]
    if random.random() < 0.2:
        path += random.choice(("/users", "/../admin", "//admin", "/"))
    return path if random.random() < 0.95 else path.upper()


def in_flask(routes: list[str]) -> App:
    """Flask."""
    app = Flask("routes", static_folder=None)
    for route in routes:
        app.add_url_rule(route, route, lambda route=route: SERVED + route)
    return app


def in_falcon(routes: list[str]) -> App:
    """Falcon."""
    app = falcon.App()
    for route in routes:
        app.add_route(route, _resource(route))
    return app


def _resource(route: str) -> Any:
    class Resource:
        def on_get(self, request: Any, response: Any) -> None:
            response.text = SERVED + route

    return Resource()


def in_pyramid(routes: list[str]) -> App:
    """Pyramid."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it imports pkg_resources
        from pyramid.config import Configurator
        from pyramid.response import Response

    with Configurator() as config:
        for route in routes:
            config.add_route(route, route)
            config.add_view(lambda request, route=route: Response(SERVED + route), route_name=route)
        app: App = config.make_wsgi_app()
    return app


def in_cherrypy(routes: list[str]) -> App:
    """CherryPy."""

    class Node:
        pass

    root: Any = Node()
    for route in routes:
        node = root
        for segment in filter(None, route.split("/")):
            if not hasattr(node, segment):
                setattr(node, segment, Node())
            node = getattr(node, segment)
        node.index = _exposed(route)
    quiet = {"log.screen": False, "tools.log_headers.on": False, "tools.log_tracebacks.on": False}
    app: App = cherrypy.Application(root, config={"/": quiet})
    app.log.screen = False  # type: ignore[attr-defined]
    app.log.access_log.setLevel(logging.CRITICAL + 1)  # type: ignore[attr-defined]
    return app


def _exposed(route: str) -> Any:
    def index() -> str:
        return SERVED + route

    index.exposed = True  # type: ignore[attr-defined]
    return index


def in_bottle(routes: list[str]) -> App:
    """Bottle."""
    app = bottle.Bottle()
    for route in routes:
        app.route(route, callback=lambda route=route: SERVED + route)
    return app


def as_files(routes: list[str]) -> App:
    """Werkzeug's static files: a file for each route, with its own suffix."""
    folder = Path(tempfile.mkdtemp(prefix="routes-"))
    for route in routes:
        directory = folder / route.strip("/")
        directory.mkdir(parents=True, exist_ok=True)
        (directory / "file").write_text(SERVED + route, "utf-8")

    def missing(environ: Any, start_response: Any) -> Iterable[bytes]:
        start_response("404 Not Found", [])
        return [b""]

    app: App = SharedDataMiddleware(missing, {"/": str(folder)}, cache=False)
    return app


ROUTERS: Final = {
    "Flask": in_flask,
    "Falcon": in_falcon,
    "Pyramid": in_pyramid,
    "CherryPy": in_cherrypy,
    "Bottle": in_bottle,
    "static files": as_files,
}


def served(app: App, path: str) -> str | None:
    """The route by which an app serves a raw path, or None."""
    environ = {**EnvironBuilder("/").get_environ(), "PATH_INFO": path}
    try:
        body, _status, _headers = run_wsgi_app(app, environ, buffered=True)
    except Exception:
        return None
    text = b"".join(body).decode("utf-8", "replace")
    return text.removeprefix(SERVED) if text.startswith(SERVED) else None


def check(routes: list[str], app: App, path: str) -> None:
    """Check one path against the law."""
    route = served(app, path)
    if route is None:
        return
    policies = {each: Policy(allow_origins=[f"https://p{number}.example"]) for number, each in enumerate(routes)}
    cors = CORS(app, policies)
    answering, meant = cors.find({"PATH_INFO": path}), cors.find({"PATH_INFO": route})
    assert answering is meant or isinstance(answering, AmbiguousPath), f"{path!r} is served as {route}"


def run(router: str, cases: int, first: int = 0, an_app: int = 20) -> int:
    """Check a number of paths against the law, and return how many of them the router serves.

    Raises:
        AssertionError: a path breaks the law.
    """
    count = 0
    for seed in range(first, first + -(-cases // an_app)):
        random = Random(seed)
        routes = routes_of(random)
        app = ROUTERS[router](routes)
        for _ in range(an_app):
            path = path_of(random, routes)
            if router == "static files":
                path = path.rstrip("/") + "/file"
            check(routes, app, path)
            count += served(app, path) is not None
    return count


if __name__ == "__main__":
    for name in ROUTERS:
        print(
            f"{name}: {run(name, int(sys.argv[1]))} of {sys.argv[1]} paths are served, each by its own policy "
            "or nobody's"
        )
