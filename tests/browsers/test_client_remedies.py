"""The remedies in a page's own code, in Chromium: blocked before, allowed with the printed lines.

Only the addresses in the lines are changed, to those of this test's servers.
"""

import base64
import contextlib
import sys
import tempfile
from collections.abc import Callable, Generator, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pytest

from tests.browsers import site
from tests.browsers.chromium import Chromium
from tests.servers import process
from tests.servers.needs import NODE_MODULES, need
from tests.servers.ports import ADDRESS, free_port
from wsgicors import CORS, Policy
from wsgicors.doctor.catalogue._causes import CAUSES
from wsgicors.doctor.catalogue._remedies import Place

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

pytestmark = pytest.mark.browsers

BLOCKED: Final = "blocked"
ANY: Final = ("Access-Control-Allow-Origin", "*")
PIXEL: Final = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def printed(cause: str, start: str) -> str:
    """The client's lines that begin with `start`."""
    [code] = {one.code for one in CAUSES[cause].remedies if one.place is Place.CLIENT and one.code.startswith(start)}
    return code


def answering(body: bytes, *headers: tuple[str, str], html: str = "text/html; charset=utf-8") -> "WSGIApplication":
    def app(_: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        start_response("200 OK", [("Content-Type", html), *headers])
        return [body]

    return app


def for_cookies(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """A request without the cookie gets 401 and the cookie."""
    has_one = "session=1" in environ.get("HTTP_COOKIE", "")
    start_response("200 OK" if has_one else "401 Unauthorized", [("Set-Cookie", "session=1; SameSite=Lax")])
    return [b"{}"]


def kept(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """A cacheable response whose header depends on Origin, without Vary."""
    origin = environ.get("HTTP_ORIGIN")
    allow = [("Access-Control-Allow-Origin", origin)] if origin else []
    start_response("200 OK", [("Cache-Control", "max-age=600"), ("Content-Type", "application/json"), *allow])
    return [b"{}"]


def listing(app: "WSGIApplication", **settings: Any) -> Callable[[str], "WSGIApplication"]:
    return lambda page: CORS(app, Policy(allow_origins=[page], **settings))


def anybody(app: "WSGIApplication") -> Callable[[str], "WSGIApplication"]:
    return lambda _: app


JSON: Final = answering(b"{}", html="application/json")
OPEN: Final = answering(b"{}", ANY, html="application/json")


class Call(NamedTuple):
    """Faulty code, its outcome, and that of the printed code; code that runs first; whether the server has a list."""

    cause: str
    start: str
    before: str
    server: Callable[[str], "WSGIApplication"]
    got: "int | str" = BLOCKED
    first: str = ""
    has_list: bool = True


CALLS: Final = (
    Call("credentials-wildcard", "fetch", 'fetch(url, { credentials: "include" })', anybody(OPEN), has_list=False),
    Call("method-case", "fetch", 'fetch(url, { method: "patch" })', listing(JSON, allow_methods=["PATCH"])),
    Call(
        "cached-origin", "fetch", "fetch(url)", anybody(kept), has_list=False,
        first='await fetch(url, { mode: "no-cors" })',
    ),
    Call(
        "cookie-samesite", "fetch", "fetch(url)", listing(for_cookies, allow_credentials=True), 401,
        first='await fetch(url, { mode: "no-cors", credentials: "include" })',
    ),
    Call("no-cors-mode", "fetch", 'fetch(url, { mode: "no-cors" })', listing(JSON), 0),
    Call("request-mode", "fetch", 'fetch(url, { mode: "same-origin" })', listing(JSON)),
    Call("url-scheme", "fetch", 'fetch("localhost:8000/items")', listing(JSON)),
)  # fmt: skip

FETCHED: Final = """
const [url] = args;
{first};
try {{
    return (await {code}).status;
}} catch (error) {{
    return "blocked";
}}
"""


def run(chromium: Chromium, page: str, code: str, call: Call, api: site.Site) -> object:
    chromium.visit(page)
    own = code.replace("localhost:8000", f"localhost:{api.port}")
    return chromium.run(FETCHED.format(first=call.first, code=own), f"{api.origin}/items")


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.cause)
def test_a_call_is_mended_as_it_is_printed(call: Call, chromium: Chromium) -> None:
    with site.serve(site.page) as page, site.serve(call.server(page.origin)) as api:
        assert run(chromium, page.origin, call.before, call, api) == call.got
        code = printed(call.cause, call.start)
        assert run(chromium, page.origin, code, call, api) == 200
        if call.has_list:
            assert run(chromium, page.other_origin, code, call, api) == BLOCKED


def test_a_page_goes_to_its_login_and_does_not_fetch_it(chromium: Chromium) -> None:
    with site.serve(site.page) as page, site.serve(answering(b"<p id=login>Log in</p>")) as login:
        chromium.visit(page.origin)
        fetched = "const [loginUrl] = args; return fetch(loginUrl).then(() => 'allowed', () => 'blocked');"
        assert chromium.run(fetched, login.origin) == BLOCKED
        chromium.leave(f"const [loginUrl] = args; {printed('session-ended', 'location')}", login.origin)
        assert chromium.text("#login", containing="Log in")


FRAME: Final = b"""<p id=got></p><script>
fetch("API").then(() => "allowed", () => "blocked").then(text => parent.postMessage(text, "*"));</script>"""
AROUND: Final = """<p id=got></p>
<script>addEventListener("message", event => { document.querySelector("#got").innerText = event.data; });</script>
<TAG src="/frame"></iframe>"""


@contextlib.contextmanager
def framing(tag: str) -> Generator[tuple[site.Site, site.Site]]:
    """A page with a frame of its own origin, which requests an API that lists that origin."""
    sites: list[site.Site] = []

    def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        framed = FRAME.replace(b"API", f"{sites[0].origin}/items".encode())
        body = framed if environ["PATH_INFO"] == "/frame" else AROUND.replace("<TAG", tag.rstrip(">")).encode()
        return answering(body)(environ, start_response)

    with site.serve(app) as page, site.serve(CORS(JSON, Policy(allow_origins=[page.origin]))) as api:
        sites.append(api)
        yield page, api


def test_a_sandboxed_frame_gets_its_origin_back(chromium: Chromium) -> None:
    for tag, got in (
        ('<iframe sandbox="allow-scripts">', BLOCKED),
        (printed("null-origin", "<iframe"), "allowed"),
    ):
        with framing(tag) as (page, _):
            chromium.visit(page.origin)
            assert chromium.text("#got", containing="ed") == got
            chromium.visit(page.other_origin)
            assert chromium.text("#got", containing="ed") == BLOCKED


@pytest.mark.parametrize("cause", ["null-origin", "url-scheme"])
def test_a_file_is_served_instead_of_opened(cause: str, chromium: Chromium) -> None:
    port = free_port()
    words = printed(cause, "python").replace("8000", str(port)).split()
    fetched = "return fetch(args[0]).then(() => 'allowed', () => 'blocked');"
    origin = f"http://{ADDRESS}:{port}"
    with tempfile.TemporaryDirectory() as home, site.serve(CORS(JSON, Policy(allow_origins=[origin]))) as api:
        Path(home, "page.html").write_bytes(site.PAGE)
        chromium.visit(f"file://{home}/page.html")
        assert chromium.run(fetched, api.origin) == BLOCKED
        with process.listening([sys.executable, *words[1:], "--bind", ADDRESS], port, cwd=Path(home)):
            chromium.visit(f"{origin}/page.html")
            assert chromium.run(fetched, api.origin) == "allowed"


def loaded(tag: str, url: str) -> str:
    return f"""
        const template = document.createElement("template");
        template.innerHTML = `{tag.replace("…", url)}`;
        const image = template.content.firstChild;
        return new Promise(resolve => {{
            image.onload = () => resolve("allowed");
            image.onerror = () => resolve("blocked");
            document.body.append(image);
        }});"""


def test_an_image_is_asked_for_by_cors_where_the_page_requires_a_policy(chromium: Chromium) -> None:
    page_app = answering(site.PAGE, ("Cross-Origin-Embedder-Policy", "require-corp"))
    with site.serve(page_app) as page:
        image = CORS(answering(PIXEL, html="image/png"), Policy(allow_origins=[page.origin]))
        with site.serve(image) as api:
            tag = printed("resource-policy", "<img")
            chromium.visit(page.origin)
            assert chromium.run(loaded('<img src="…">', api.other_origin)) == BLOCKED
            assert chromium.run(loaded(tag, api.other_origin)) == "allowed"
            chromium.visit(page.other_origin)
            assert chromium.run(loaded(tag, api.origin)) == BLOCKED


DRAWN: Final = """
const [url] = args;
const image = new Image();
const ready = new Promise((resolve, reject) => {{ image.onload = resolve; image.onerror = reject; }});
{code}
try {{
    await ready;
    const canvas = document.createElement("canvas");
    canvas.getContext("2d").drawImage(image, 0, 0);
    canvas.toDataURL();
    return "allowed";
}} catch (error) {{
    return "blocked";
}}
"""


def test_a_canvas_is_read_where_its_image_was_asked_for_by_cors(chromium: Chromium) -> None:
    with site.serve(site.page) as page:
        image = CORS(answering(PIXEL, html="image/png"), Policy(allow_origins=[page.origin]))
        with site.serve(image) as api:
            code = printed("canvas-tainted", "image")
            chromium.visit(page.origin)
            assert chromium.run(DRAWN.format(code="image.src = url;"), api.origin) == BLOCKED
            assert chromium.run(DRAWN.format(code=code), f"{api.origin}/again") == "allowed"
            chromium.visit(page.other_origin)
            assert chromium.run(DRAWN.format(code=code), f"{api.origin}/again") == BLOCKED


MESSAGE: Final = b"""<script>
addEventListener("message", event => { event.source.postMessage(event.data, "*"); });</script>"""
POSTED: Final = """
const message = "heard", frame = document.createElement("iframe"), answers = [];
frame.src = args[0];
await new Promise(resolve => { frame.onload = resolve; document.body.append(frame); });
const last = new Promise(resolve => {
    addEventListener("message", event => { answers.push(event.data); if (event.data === "last") resolve(); });
});
CODE
frame.contentWindow.postMessage("last", "*");  // which comes after the other, and in any case
await last;
return answers.includes("heard") ? "allowed" : "blocked";
"""


def test_a_message_names_the_origin_of_the_frame(chromium: Chromium) -> None:
    with site.serve(site.page) as page, site.serve(answering(MESSAGE)) as framed:
        code = printed("post-message", "frame.")
        chromium.visit(page.origin)
        assert chromium.run(POSTED.replace("CODE", code), framed.origin) == BLOCKED
        own = code.replace("https://frame.example", framed.origin)
        chromium.visit(page.origin)
        assert chromium.run(POSTED.replace("CODE", own), framed.origin) == "allowed"


WORKED: Final = """
const [script] = args;
try {{
    const worker = {code};
    return await new Promise((resolve, reject) => {{
        worker.onmessage = event => resolve(event.data);
        worker.onerror = () => reject(new Error());
    }});
}} catch (error) {{
    return "blocked";
}}
"""


def test_a_worker_is_of_the_page_or_imports_the_script(chromium: Chromium) -> None:
    worker = answering(b'postMessage("works");', html="text/javascript")

    def own(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        return (worker if environ["PATH_INFO"] == "/worker.js" else site.page)(environ, start_response)

    with site.serve(own) as page, site.serve(worker) as other:
        script = f"{other.origin}/worker.js"
        chromium.visit(page.origin)
        assert chromium.run(WORKED.format(code="new Worker(script)"), script) == BLOCKED
        for start in ('new Worker("', "new Worker(URL"):
            assert chromium.run(WORKED.format(code=printed("worker-origin", start)), script) == "works"


@contextlib.contextmanager
def vite_serving(lines: str, home: str) -> Generator[str]:
    """Vite's own server with the lines as its configuration; yields its origin."""
    port = free_port()
    Path(home, "vite.config.mjs").write_text(lines)
    Path(home, "index.html").write_bytes(site.PAGE)
    command = [f"{NODE_MODULES}/.bin/vite", "--host", ADDRESS, "--port", str(port), "--strictPort"]
    with process.started(command, cwd=Path(home)) as vite:
        vite.wait_for_line("ready in")
        yield f"http://{ADDRESS}:{port}"


def test_vite_passes_on_what_the_page_asks_its_own_origin(chromium: Chromium) -> None:
    need(None if (NODE_MODULES / ".bin/vite").exists() else "vite")
    [lines] = {one.code for cause in CAUSES.values() for one in cause.remedies if one.place is Place.VITE and one.code}
    read = "return fetch(args[0]).then(response => response.text(), () => 'blocked');"
    api_app = answering(b"the API's", html="text/plain")
    with site.serve(api_app) as api, tempfile.TemporaryDirectory() as home:
        with vite_serving("export default {};", home) as origin:
            chromium.visit(f"{origin}/")
            assert chromium.run(read, f"{api.origin}/api/items") == BLOCKED
            assert chromium.run(read, "/api/items") != "the API's"
        with vite_serving(lines.replace("8000", str(api.port)), home) as origin, site.serve(site.page) as stranger:
            chromium.visit(f"{origin}/")
            assert chromium.run(read, "/api/items") == "the API's"
            chromium.visit(stranger.origin)
            assert chromium.run(read, f"{api.origin}/api/items") == BLOCKED


UNTRIED: Final = {
    'fetch(url, { targetAddressSpace: "loopback" })': "A person answers Chromium's question about the local network",
    'fetch(url, { method: "POST", credentials: "include", headers: { "X-CSRFToken": token } })': "The server's token",
}
TRIED_IN_TESTS_OF_THEIR_OWN: Final = {
    ("session-ended", "location"), ("null-origin", "<iframe"), ("null-origin", "python"), ("url-scheme", "python"),
    ("resource-policy", "<img"), ("canvas-tainted", "image"), ("post-message", "frame."),
    ("worker-origin", 'new Worker("'), ("worker-origin", "new Worker(URL"),
}  # fmt: skip


def lines_for_clients() -> Iterator[str]:
    for cause in CAUSES.values():
        yield from (one.code for one in cause.remedies if one.place is Place.CLIENT and one.code)


def test_every_line_for_the_client_is_tried_or_said_not_to_be() -> None:
    calls = {(call.cause, call.start) for call in CALLS}
    tried = {printed(cause, start) for cause, start in calls | TRIED_IN_TESTS_OF_THEIR_OWN}
    assert set(lines_for_clients()) - tried == UNTRIED.keys()
