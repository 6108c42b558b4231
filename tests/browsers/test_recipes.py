"""The recipes in Chromium: their own Python serves, their own JavaScript sends the requests."""

import base64
import contextlib
import os
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest

from docs.libraries import CLIENTS, policy_of
from tests.browsers import site
from tests.browsers.chromium import Chromium
from tests.browsers.engine import JSON, Engine
from tests.checkout import ROOT
from tests.pages import blocks
from tests.servers.ports import ADDRESS
from tests.servers.python import PYTHON_SERVERS
from wsgicors import CORS, Policy, clients

pytestmark = pytest.mark.browsers

RECIPES = ROOT / "docs" / "recipes"
WAITRESS = next(server for server in PYTHON_SERVERS if server.name == "waitress")

ASKS = "try { return await (async () => { %s })(); } catch (error) { return String(error); }"
BLOCKED = "TypeError: Failed to fetch"

Renamed = dict[str, str]
"""The origins of this run, by the origins in a recipe."""


def of(page: str, language: str, renamed: Renamed, kind: str = "") -> str:
    """Return all code of a recipe in one language, with the origins of this run."""
    text = "\n".join(
        block.text
        for block in blocks((RECIPES / page).read_text("utf-8"))
        if (block.language, block.kind) == (language, kind)
    )
    for origin, here in renamed.items():
        text = text.replace(origin, here)
    return text


def made_by(page: str, renamed: Renamed, **names: object) -> dict[str, Any]:
    """Return the result of a recipe's Python."""
    made: dict[str, Any] = {"__name__": "__main__", **names}
    with warnings.catch_warnings():
        exec(compile(of(page, "python", renamed), page, "exec"), made)
    return made


def origin(host: str, port: int) -> str:
    """Return an origin below ``localhost``, where browsers keep secure cookies without TLS."""
    return f"http://{host}.localhost:{port}"


@pytest.fixture
def pages() -> Generator[int]:
    """The port of a server of pages for every host."""
    with site.serve(site.page) as served:
        yield served.port


# --- Sessions. app.shop.localhost and api.shop.localhost are one site; app.other.localhost is another.

THE_PAGE, ANOTHER_SITE = "app.shop", "app.other"


@contextlib.contextmanager
def django(renamed: Renamed, more: str = "") -> Generator[int]:
    """Serve the recipe's project, with one user in its database."""
    with tempfile.TemporaryDirectory() as folder:
        yield from project(Path(folder), renamed, more)


def project(folder: Path, renamed: Renamed, more: str) -> Generator[int]:
    settings = of("session-django.md", "python", renamed, "django")
    (folder / "settings.py").write_text(
        'SECRET_KEY = "x"\nROOT_URLCONF = "urls"\nUSE_TZ = True\nALLOWED_HOSTS = [".localhost"]\n'
        f'DATABASES = {{"default": {{"ENGINE": "django.db.backends.sqlite3", "NAME": "{folder}/db"}}}}\n'
        f"{settings}\n{more}"
    )
    (folder / "urls.py").write_text(of("session-django.md", "python", renamed, "urls"))
    (folder / "wsgi.py").write_text("from django.core.wsgi import get_wsgi_application as make\napplication = make()\n")
    env = {
        "DJANGO_SETTINGS_MODULE": "settings",
        "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT), str(ROOT / "adapters")]),
        "PATH": os.environ["PATH"],
    }
    prepare = (
        "import django; django.setup()\n"
        "from django.core.management import call_command; call_command('migrate', verbosity=0)\n"
        "from django.contrib.auth.models import User; User.objects.create_user('ada', password='secret')\n"
    )
    subprocess.run([sys.executable, "-c", prepare], env=env, check=True)
    with WAITRESS.serve("wsgi:application", env) as running:
        yield running.port


@contextlib.contextmanager
def flask(renamed: Renamed, more: str = "") -> Generator[int]:
    """Serve the recipe's app."""
    made = made_by("session-flask.md", renamed)
    exec(more, made)
    with site.serve(made["app"]) as served:
        yield served.port


SESSIONS = {"session-django.md": django, "session-flask.md": flask}
NOBODY: dict[str, JSON] = {
    "session-django.md": "",  # the CSRF cookie is withheld too, so that the login is refused
    "session-flask.md": None,
}


def logged_in(recipe: str, engine: Engine, api: int, page: str) -> JSON:
    """Return the logged-in user after the recipe's page has run at an origin, or why it failed."""
    script = of(recipe, "js", {"https://api.example.com": origin("api.shop", api)})
    engine.visit(page)
    return engine.run(
        ASKS % f'const [username, password] = ["ada", "secret"]; {script} return me.user;',
    )


@pytest.mark.parametrize("recipe", SESSIONS)
def test_a_page_of_the_same_site_logs_in(recipe: str, chromium: Chromium, pages: int) -> None:
    with SESSIONS[recipe]({"https://app.example.com": origin(THE_PAGE, pages)}) as api:
        assert logged_in(recipe, chromium, api, origin(ANOTHER_SITE, pages)) == BLOCKED
        assert logged_in(recipe, chromium, api, origin(THE_PAGE, pages)) == "ada"


@pytest.mark.parametrize("recipe", SESSIONS)
def test_a_page_of_another_site_is_not_logged_in_by_a_lax_cookie(recipe: str, chromium: Chromium, pages: int) -> None:
    page = origin(ANOTHER_SITE, pages)
    with SESSIONS[recipe]({"https://app.example.com": page}) as api:
        assert logged_in(recipe, chromium, api, page) == NOBODY[recipe]


THIRD_PARTY: dict[str, JSON] = {
    "chromium": None,  # Debian's blocks third-party cookies
    "firefox": "ada",  # keeps them, partitioned by embedding site
    "webkit": None,
}


def test_a_page_of_another_site_needs_same_site_none_and_a_browser_that_keeps_it(engine: Engine, pages: int) -> None:
    page = origin(ANOTHER_SITE, pages)
    with flask({"https://app.example.com": page}, 'app.config["SESSION_COOKIE_SAMESITE"] = "None"') as api:
        assert logged_in("session-flask.md", engine, api, page) == THIRD_PARTY[engine.name]


# --- Data.

NO_ORIGINS: Renamed = {}


def asked(chromium: Chromium, page: str, script: str) -> JSON:
    """Return the result of a page's script."""
    chromium.visit(page)
    return chromium.run(ASKS % script)


def test_a_download_tells_its_name_where_it_is_exposed(chromium: Chromium, pages: int) -> None:
    page = origin("www", pages)
    app = made_by("uploads-downloads.md", {"https://www.example.com": page})["app"]
    with site.serve(app) as exposing, site.serve(CORS(app.app, Policy(allow_origins=[page]))) as hiding:
        names = [
            asked(chromium, page, of("uploads-downloads.md", "js", {"https://api.example": api}) + "return name;")
            for api in (exposing.origin, hiding.origin)
        ]
    assert names == ['attachment; filename="notes.csv"', None]


UPLOAD = """
const sent = (listens, body) => new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", "%s");
    if (listens) request.upload.addEventListener("progress", () => {});
    request.addEventListener("loadend", () => resolve(request.status));
    request.send(body);
});
const form = new FormData();
form.append("note", "hello");
return [await sent(false, form), await sent(true, form)];
"""


def test_an_upload_with_a_listener_is_preflighted(chromium: Chromium, pages: int) -> None:
    page = origin("www", pages)
    app = made_by("uploads-downloads.md", {"https://www.example.com": page})["app"]
    with site.serve(app) as api:
        assert asked(chromium, page, UPLOAD % api.origin) == [200, 200]
        assert api.methods == ["POST", "OPTIONS", "POST"]


EVENTS = """
const source = new EventSource("%s");
return await new Promise((resolve) => {
    const heard = [];
    source.addEventListener("message", (event) => {
        heard.push(event.data);
        if (heard.length === 2) { source.close(); resolve(heard); }
    });
    source.addEventListener("error", () => { source.close(); resolve("blocked"); });
});
"""


def test_events_are_heard_from_another_origin(chromium: Chromium, pages: int) -> None:
    page = origin("www", pages)
    with site.serve(made_by("streaming.md", {"https://www.example.com": page})["app"]) as api:
        assert asked(chromium, page, EVENTS % api.origin) == ["one", "two"]
        assert asked(chromium, origin("evil", pages), EVENTS % api.origin) == "blocked"
        assert set(api.methods) == {"GET"}  # never preflighted


PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
EMBEDDED = """
const module = await new Promise((resolve) => {
    const script = Object.assign(document.createElement("script"), {type: "module", src: "%s/a.js"});
    script.addEventListener("load", () => resolve("runs"));
    script.addEventListener("error", () => resolve("blocked"));
    document.head.append(script);
});
const drawn = async (crossOrigin) => {
    const image = new Image();
    image.crossOrigin = crossOrigin;
    image.src = "%s/pixel.png?" + crossOrigin;
    try { await image.decode(); } catch { return "blocked"; }
    const canvas = document.createElement("canvas");
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    try { context.getImageData(0, 0, 1, 1); return "read"; } catch { return "tainted"; }
};
return [module, await drawn("anonymous"), await drawn(null)];
"""


def files(environ: dict[str, Any], start_response: Callable[..., object]) -> list[bytes]:
    script = environ["PATH_INFO"].endswith(".js")
    start_response("200 OK", [("Content-Type", "text/javascript" if script else "image/png")])
    return [b"export {};" if script else PIXEL]


def test_modules_and_canvases_need_the_header_and_plain_images_do_not(chromium: Chromium, pages: int) -> None:
    app = made_by("static-files.md", NO_ORIGINS, app=files)["app"]
    with site.serve(app) as served:
        public, private = (served.origin + path for path in ("/static", "/private"))
        page = origin("www", pages)
        assert asked(chromium, page, EMBEDDED % (public, public)) == ["runs", "read", "tainted"]
        assert asked(chromium, page, EMBEDDED % (private, private)) == ["blocked", "blocked", "tainted"]


def test_a_token_goes_in_a_header(chromium: Chromium, pages: int) -> None:
    page = origin("app", pages)
    policy = made_by("tokens.md", {"https://app.example.com": page})["policy"]

    def app(environ: dict[str, Any], start_response: Callable[..., object]) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [environ["HTTP_AUTHORIZATION"].encode()]

    with site.serve(CORS(app, policy)) as api:
        ask = f'return await (await fetch("{api.origin}", {{headers: {{Authorization: "Bearer abc"}}}})).text();'
        assert asked(chromium, page, ask) == "Bearer abc"
        assert api.methods == ["OPTIONS", "GET"]
        assert asked(chromium, origin("evil", pages), ask) == BLOCKED


# --- Where pages come from.


def test_a_development_server_is_allowed_on_every_port(chromium: Chromium, pages: int) -> None:
    policy = made_by("development.md", NO_ORIGINS)["policy"]
    with site.serve(CORS(site.page, policy)) as api:
        ask = f'return (await fetch("{api.origin}", {{credentials: "include"}})).status;'
        pages_here = (f"http://localhost:{pages}", f"http://{ADDRESS}:{pages}")
        assert [asked(chromium, page, ask) for page in pages_here] == [200, 200]
        assert asked(chromium, origin("evil", pages), ask) == BLOCKED


POSTED = """
const form = Object.assign(document.createElement("form"), {method: "post", action: "%s", target: "here"});
const frame = Object.assign(document.createElement("iframe"), {name: "here"});
document.body.append(form, frame);
const loaded = new Promise((resolve) => frame.addEventListener("load", resolve));
form.submit();
await loaded;
return "sent";
"""


def test_a_callback_takes_what_another_path_forbids(chromium: Chromium, pages: int) -> None:
    posted: list[str] = []

    def app(environ: dict[str, Any], start_response: Callable[..., object]) -> list[bytes]:
        posted.append(environ["PATH_INFO"])
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"welcome"]

    wrapped = made_by("single-sign-on.md", {"https://app.example.com": origin("app", pages)}, app=app)["app"]
    with site.serve(wrapped) as api:
        provider = origin("provider", pages)
        assert asked(chromium, provider, POSTED % f"{api.origin}/login/callback") == "sent"
        assert asked(chromium, provider, POSTED % f"{api.origin}/notes") == "sent"
        assert api.methods == ["POST", "POST"]
    assert posted == ["/login/callback"]


def test_a_header_for_ngrok_is_preflighted_and_allowed(chromium: Chromium) -> None:
    with site.serve(site.page) as page:
        policy = made_by("ngrok.md", {"http://localhost:5173": page.other_origin})["policy"]
        with site.serve(CORS(site.page, policy)) as api:
            script = of("ngrok.md", "js", {"https://1234.ngrok-free.app": api.origin})
            assert asked(chromium, page.other_origin, f"const asked = {script} return (await asked).status;") == 200
            assert api.methods == ["OPTIONS", "GET"]


READS = (
    ASKS
    % """
const response = await fetch(args[0], {method: args[1], headers: args[2]});
return args[3].filter(name => response.headers.get(name) === null);
"""
)


@pytest.mark.parametrize("name", CLIENTS)
def test_a_client_library_sends_and_reads_what_its_page_says(name: str, chromium: Chromium, pages: int) -> None:
    client, page = CLIENTS[name], origin("www", pages)
    made: dict[str, Any] = {}
    exec(policy_of(client).replace("https://www.example.com", page), made)
    sent = [header for one in client.sends for header in getattr(clients, one)]
    read = [*client.exposed, *(header for one in client.reads for header in getattr(clients, one))]

    def app(environ: dict[str, Any], start_response: Callable[..., object]) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain"), *((header, "x") for header in read)])
        return [b"read"]

    with site.serve(CORS(app, made["policy"])) as api:
        chromium.visit(page)
        headers = {"Content-Type": "application/json", **dict.fromkeys(sent, "x")}
        for method in ("POST", *client.methods):
            assert chromium.run(READS, api.origin, method, headers, read) == []


def test_a_client_that_spells_a_method_in_lower_case_is_blocked(chromium: Chromium, pages: int) -> None:
    page = origin("www", pages)
    policy = made_by("client-libraries.md", {"https://www.example.com": page})["policy"]
    with site.serve(CORS(site.page, policy)) as api:
        chromium.visit(page)
        ask = ASKS % "return (await fetch(args[0], {method: args[1], headers: args[2]})).status;"
        assert chromium.run(ask, api.origin, "PATCH", {"baggage": "a=1"}) == 200
        assert chromium.run(ask, api.origin, "patch", {"baggage": "a=1"}) == BLOCKED  # a method other than PATCH


GRAPHQL = {"Content-Type": "application/json", "apollographql-client-name": "web", "apollo-require-preflight": "1"}


def test_a_graphql_query_is_allowed(chromium: Chromium, pages: int) -> None:
    page = origin("www", pages)
    policy = made_by("graphql.md", {"https://www.example.com": page})["policy"]
    with site.serve(CORS(site.page, policy)) as api:
        chromium.visit(page)
        ask = ASKS % 'return (await fetch(args[0], {method: "POST", headers: args[1], body: "{}"})).status;'
        assert [chromium.run(ask, api.origin, GRAPHQL) for _ in range(2)] == [200, 200]
        assert api.methods == ["OPTIONS", "POST", "POST"]  # one preflight serves all queries
