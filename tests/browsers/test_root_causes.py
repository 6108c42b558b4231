"""Each of the twelve root causes on a real server, in a browser: diagnosed from its console and by a probe."""

import contextlib
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import flask
import pytest

from flask_wsgicors import CORS
from tests.browsers import site
from tests.browsers.departures import CHROMIUM, FIREFOX, WEBKIT
from tests.browsers.engine import Engine
from tests.browsers.ground import meet_one
from tests.browsers.matrix import GET, PUT, Ask
from tests.doctor.nginx import nginx
from tests.servers.exchange import ask as ask_plainly
from tests.servers.needs import need
from tests.servers.ports import ADDRESS, free_port
from tests.servers.process import Program
from tests.servers.python import PYTHON_SERVERS
from wsgicors.doctor import Decision, Examination, ask, probe, why
from wsgicors.doctor.catalogue._causes import CAUSES, ROOTS

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

pytestmark = pytest.mark.browsers

GUNICORN = next(server for server in PYTHON_SERVERS if server.name == "gunicorn-gthread")
EVERY_ENGINE = frozenset({CHROMIUM, FIREFOX, WEBKIT})
STRANGER = "https://other.example.com"


@dataclass(frozen=True)
class Scene:
    """Shared by all: the origin of the engine's page, and a Django project that allows it."""

    page: str
    django: str
    log: Program


@dataclass(frozen=True)
class Root:
    """A root cause.

    Attributes:
        cause: Its identifier; a probe must find it.
        serve: The server that has it; yields the URL to request.
        ask: The page's request.
        told: The engines whose console names its family first. The others omit the deciding fact.
        sandboxed: Whether the page is a sandboxed frame.
    """

    cause: str
    serve: Callable[[Scene], AbstractContextManager[str]]
    ask: Ask = GET
    told: frozenset[str] = EVERY_ENGINE
    sandboxed: bool = False

    @property
    def number(self) -> int:
        return CAUSES[self.cause].root


# -- Flask -------------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def served(app: "WSGIApplication", path: str = "/notes") -> Generator[str]:
    with site.serve(app) as running:
        yield f"{running.origin}{path}"


def view_that_crashes(scene: Scene) -> AbstractContextManager[str]:
    """The view itself sets the header; a view that raises sets none."""
    app = flask.Flask(__name__)

    @app.get("/notes")
    def notes() -> flask.Response:
        response = flask.jsonify({"notes": 1 // int(flask.request.args.get("pages", 0))})
        response.headers["Access-Control-Allow-Origin"] = scene.page
        return response

    return served(app)


def other_origin_listed(scene: Scene) -> AbstractContextManager[str]:
    return served(_notes(origins=[scene.page.replace(ADDRESS, "localhost")]))


def view_with_a_slash(scene: Scene) -> AbstractContextManager[str]:
    """The view answers preflights itself, but the router redirects first."""
    app = flask.Flask(__name__)

    @app.route("/notes/", methods=["OPTIONS", "PUT"])
    def notes() -> flask.Response:
        headers = {"Access-Control-Allow-Origin": scene.page, "Access-Control-Allow-Methods": "PUT"}
        return flask.Response("notes", headers=headers)

    return served(app)


def method_not_served(scene: Scene) -> AbstractContextManager[str]:
    """CORS is only in the view, which OPTIONS requests never reach."""
    app = flask.Flask(__name__)

    @app.route("/notes", methods=["PUT"], provide_automatic_options=False)
    def notes() -> flask.Response:
        return flask.Response("notes", headers={"Access-Control-Allow-Origin": scene.page})

    return served(app)


def public_data(_: Scene) -> AbstractContextManager[str]:
    return served(_notes(origins="*"))


def listed_page(scene: Scene) -> AbstractContextManager[str]:
    return served(_notes(origins=[scene.page]))


def _notes(**options: object) -> flask.Flask:
    app = flask.Flask(__name__)
    CORS(app, **options)

    @app.route("/notes")
    def notes() -> str:
        return "notes"

    return app


# -- Django ------------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def login_above_cors(scene: Scene) -> Generator[str]:
    yield f"{scene.django}/private/notes/"


@contextlib.contextmanager
def header_not_listed(scene: Scene) -> Generator[str]:
    yield f"{scene.django}/notes/"


# -- nginx -------------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def both_add_headers(scene: Scene) -> Generator[str]:
    with (
        site.serve(_notes(origins=[scene.page])) as backend,
        nginx(backend.port, "add_header Access-Control-Allow-Origin * always;") as origin,
    ):
        yield f"{origin}/notes"


@contextlib.contextmanager
def nobody_behind(_: Scene) -> Generator[str]:
    with nginx(free_port()) as origin:
        yield f"{origin}/notes"


@contextlib.contextmanager
def cache_without_vary(scene: Scene) -> Generator[str]:
    """The cache has the response for a page of another origin."""
    app = flask.Flask(__name__)

    @app.get("/notes")
    def notes() -> flask.Response:
        headers = {
            "Access-Control-Allow-Origin": flask.request.headers.get("Origin", scene.page),
            "Cache-Control": "max-age=600",
        }
        return flask.Response("notes", headers=headers)

    cached = "proxy_cache tests; proxy_cache_key $request_uri;"
    with site.serve(app) as backend, nginx(backend.port, cached) as origin:
        ask_plainly(int(origin.rpartition(":")[2]), "GET", "/notes", [("Origin", STRANGER)])
        yield f"{origin}/notes"


@contextlib.contextmanager
def files_beside_the_app(scene: Scene) -> Generator[str]:
    """nginx serves the files itself; only the app behind it has a CORS layer."""
    with (
        site.serve(_notes(origins=[scene.page])) as backend,
        nginx(backend.port, server="location /static/ { }") as origin,
    ):
        yield f"{origin}/static/data.json"


# -- The twelve --------------------------------------------------------------------------------------------------------

TELLS_STATUS = frozenset({FIREFOX, WEBKIT})

ROOT_CAUSES = (
    Root("app-error", view_that_crashes, told=TELLS_STATUS),
    Root("origin-loopback", other_origin_listed, told=TELLS_STATUS),
    Root("preflight-redirect-slash", view_with_a_slash, PUT),
    Root("preflight-authentication", login_above_cors, PUT, TELLS_STATUS),
    Root("preflight-method-refused", method_not_served, PUT, TELLS_STATUS),
    Root("two-layers", both_add_headers),
    Root("proxy-bad-gateway", nobody_behind, told=TELLS_STATUS),
    Root("credentials-wildcard", public_data, Ask(credentials="include")),
    Root("header-not-allowed", header_not_listed, Ask(headers=(("X-Id", "7"),))),
    Root("cached-origin", cache_without_vary, told=frozenset({CHROMIUM, FIREFOX})),
    Root("outside-static", files_beside_the_app),
    Root("null-origin", listed_page, told=frozenset({CHROMIUM, WEBKIT}), sandboxed=True),
)


@pytest.fixture(scope="module")
def scene(engine: Engine) -> Generator[Scene]:
    need(GUNICORN.missing())
    with (
        site.serve(site.page) as page,
        GUNICORN.serve("tests.browsers.root_django:app", env={"PAGE": page.origin}) as django,
    ):
        engine.visit(page.origin)
        engine.console()
        yield Scene(page.origin, f"http://{ADDRESS}:{django.port}", django.program)


def examined(url: str, origin: str, asked: Ask) -> Examination:
    page_asks = ask(
        url,
        origin,
        method=asked.method,
        headers=[f"{name}: {value}" for name, value in asked.headers],
        credentials=asked.credentials == "include",
    )
    return probe(page_asks, body=(asked.body or "").encode())


def test_they_are_the_twelve() -> None:
    assert [root.number for root in ROOT_CAUSES] == list(ROOTS)


@pytest.mark.parametrize("root", ROOT_CAUSES, ids=lambda root: root.cause)
def test_a_root_cause(engine: Engine, scene: Scene, root: Root) -> None:
    with root.serve(scene) as url:
        got, console = meet_one(engine, url, root.ask, sandboxed=root.sandboxed)
        outside = examined(url, "null" if root.sandboxed else scene.page, root.ask)
    assert got.blocked
    [finding] = why("\n".join(console)).findings
    suspected = [suspect.cause.root for suspect in finding.suspects]
    assert root.number in suspected
    assert (suspected[0] == root.number) == (engine.name in root.told), console
    assert outside.decision is Decision.BLOCKED
    assert outside.suspects[0].cause.id == root.cause


def test_a_form_without_its_token(engine: Engine, scene: Scene) -> None:
    """A variant of the twelfth: CORS lets the page read the refusal of Django's CSRF protection."""
    url, asked = f"{scene.django}/notes/", Ask("POST", credentials="include", body="text=note")
    got, console = meet_one(engine, url, asked)
    outside = examined(url, scene.page, asked)
    logged = scene.log.wait_for_line(r"^Forbidden \(Origin checking failed").string
    assert (got.blocked, got.status) == (False, 403)
    assert outside.decision is Decision.ALLOWED
    assert "csrf-origin" in [remark.cause.id for remark in outside.remarks if remark.cause]
    firsts = [finding.suspects[0].cause for finding in why("\n".join([*console, logged])).findings]
    assert ("csrf-origin", 12) in [(cause.id, cause.root) for cause in firsts]
