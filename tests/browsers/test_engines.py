"""Each engine supports the tests' interface, and prints its known messages when CORS blocks a fetch."""

from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browsers import site
from tests.browsers.engine import JSON, ConsoleMessage, Engine, EngineError
from tests.servers.ports import free_port

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse

pytestmark = pytest.mark.browsers

# The rejection of a blocked fetch, and the console's first message for a simple response without the header.
REJECTION = {
    "chromium": "TypeError: Failed to fetch",
    "firefox": "TypeError: NetworkError when attempting to fetch resource.",
    "webkit": "TypeError: Load failed",
}
BLOCKED = {
    "chromium": "Access to fetch at '{url}' from origin '{origin}' has been blocked by CORS policy: "
    "No 'Access-Control-Allow-Origin' header is present on the requested resource.",
    "firefox": "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource "
    "at {url}. (Reason: CORS header ‘Access-Control-Allow-Origin’ missing). Status code: 200.",
    "webkit": "Origin {origin} is not allowed by Access-Control-Allow-Origin. Status code: 200",
}

FETCH = """
const [url, options] = args;
try {
    const response = await fetch(url, options);
    return [response.status, await response.text()];
} catch (error) {
    return String(error);
}
"""
FETCH_IN_SANDBOX = """
const frame = document.createElement("iframe");
frame.sandbox = "allow-scripts";
const told = new Promise(resolve => addEventListener("message", event => resolve(event.data), {once: true}));
frame.srcdoc = `<script>fetch("${args[0]}").then(
    response => parent.postMessage([origin, response.status], "*"),
    error => parent.postMessage([origin, String(error)], "*"))</` + `script>`;
document.body.append(frame);
return await told;
"""


@pytest.fixture
def page(engine: Engine) -> Generator[site.Site]:
    """A page's server; the engine shows the page, and its console is empty."""
    with site.serve(site.page) as served:
        engine.visit(served.origin)
        engine.console()
        yield served


def test_it_tells_its_version(engine: Engine) -> None:
    assert int(engine.version.split(".")[0]) > 1


@pytest.mark.parametrize("value", [None, True, 1.5, "ü'\"`\\\n", [1, [2]], {"a": {"b": None}}])
def test_values_go_to_a_script_and_back(engine: Engine, page: site.Site, value: JSON) -> None:
    assert engine.run("await null; return args", value, 1) == [value, 1]


def test_a_script_without_a_value_returns_none(engine: Engine, page: site.Site) -> None:
    assert engine.run("") is None


def test_a_script_that_throws_is_an_error(engine: Engine, page: site.Site) -> None:
    with pytest.raises(EngineError, match="RangeError: too far"):
        engine.run("throw new RangeError('too far')")


def test_a_script_with_a_fault_is_an_error(engine: Engine, page: site.Site) -> None:
    with pytest.raises(EngineError, match="SyntaxError"):
        engine.run("return (")


def test_a_page_that_nobody_serves_is_an_error(engine: Engine) -> None:
    with pytest.raises(EngineError):
        engine.visit(f"http://127.0.0.1:{free_port()}/")


def test_the_console_has_what_the_page_logged_since_the_last_look(engine: Engine, page: site.Site) -> None:
    engine.run("console.log('one', 1); console.warn('two'); console.warn('two'); console.error('three')")
    assert engine.console() == [
        ConsoleMessage("info", "one 1"),
        ConsoleMessage("warning", "two"),
        ConsoleMessage("warning", "two"),
        ConsoleMessage("error", "three"),
    ]
    assert engine.console() == []


def test_the_console_has_what_a_page_logged_while_it_loaded(engine: Engine) -> None:
    def app(_environ: object, start_response: "StartResponse") -> list[bytes]:
        start_response("200 OK", [("Content-Type", "text/html")])
        return [site.PAGE, b"<script>console.log('early')</script><script>undefined.late</script>"]

    with site.serve(app) as served:
        engine.visit(served.other_origin)
    logged, thrown = engine.console()
    assert logged == ConsoleMessage("info", "early")
    assert thrown.level == "error"
    assert "TypeError" in thrown.text


def test_a_click_and_what_it_changes(engine: Engine, page: site.Site) -> None:
    engine.run("""
        document.body.innerHTML = "<p style='height: 3000px'><p><button>Press</button> <output></output>";
        document.querySelector("button").onclick = event => setTimeout(() => {
            document.querySelector("output").textContent = `trusted: ${event.isTrusted}`;
        });
    """)
    engine.click("button")
    assert engine.text("output", containing="trusted") == "trusted: true"


def test_what_cannot_be_clicked_is_an_error(engine: Engine, page: site.Site) -> None:
    engine.run("document.body.innerHTML = '<button hidden>Press</button>'")
    for selector in ("button", "#absent"):
        with pytest.raises(EngineError, match=selector):
            engine.click(selector)


@pytest.mark.parametrize(("width", "height"), [(360, 640), (1200, 800)])
def test_a_screenshot_has_the_size_asked_for(
    engine: Engine, page: site.Site, tmp_path: Path, width: int, height: int
) -> None:
    before = engine.run("return [innerWidth, innerHeight]")
    engine.screenshot(tmp_path / "page.png", width, height)
    picture = (tmp_path / "page.png").read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert (int.from_bytes(picture[16:20]), int.from_bytes(picture[20:24])) == (width, height)
    assert engine.run("return [innerWidth, innerHeight]") == before


def test_pages_on_two_names_are_two_origins(engine: Engine) -> None:
    with site.serve(site.page) as served:
        for origin in (served.origin, served.other_origin):
            engine.visit(f"{origin}/any/path?and=query")
            assert engine.run("return [location.origin, location.pathname]") == [origin, "/any/path"]


@pytest.mark.parametrize("site_of_page", ["origin", "other_origin"])
def test_a_fetch_that_cors_blocks(engine: Engine, page: site.Site, site_of_page: str) -> None:
    origin: str = getattr(page, site_of_page)
    engine.visit(f"{origin}/")
    engine.console()
    with site.scripted(site.in_turn(site.response(200, body=b"secret"))) as api:
        assert engine.run(FETCH, f"{api.origin}/x") == REJECTION[engine.name]
        first = engine.console()[0]
    assert first == ConsoleMessage("error", BLOCKED[engine.name].format(url=f"{api.origin}/x", origin=origin))
    assert [request.field("Origin") for request in api.requests] == [origin]


def test_a_preflight_that_cors_blocks(engine: Engine, page: site.Site) -> None:
    with site.scripted(site.by_method({"OPTIONS": site.response(204)})) as api:
        assert engine.run(FETCH, api.origin, {"method": "PUT"}) == REJECTION[engine.name]
        assert any("Access-Control-Allow-Origin" in message.text for message in engine.console())
    assert api.methods == ["OPTIONS"]
    assert api.requests[0].field("access-control-request-method") == "PUT"


def test_a_fetch_that_cors_allows(engine: Engine, page: site.Site) -> None:
    allow = [("Access-Control-Allow-Origin", page.origin), ("Access-Control-Allow-Methods", "PUT")]
    answers = {"OPTIONS": site.response(204, allow), "PUT": site.response(200, allow, b"written")}
    with site.scripted(site.by_method(answers)) as api:
        assert engine.run(FETCH, api.origin, {"method": "PUT", "body": "text"}) == [200, "written"]
    assert api.methods == ["OPTIONS", "PUT"]
    assert engine.console() == []


def test_a_sandboxed_frame_has_the_null_origin(engine: Engine, page: site.Site) -> None:
    with site.scripted(site.in_turn(site.response(200, [("Access-Control-Allow-Origin", "null")]))) as api:
        assert engine.run(FETCH_IN_SANDBOX, api.origin) == ["null", 200]
    assert [request.field("Origin") for request in api.requests] == ["null"]
    assert engine.console() == []


def test_the_console_has_the_messages_of_frames_once(engine: Engine, page: site.Site) -> None:
    with site.scripted(site.in_turn(site.response(200))) as api:
        for number in range(3):
            url = f"{api.origin}/{number}"
            assert engine.run(FETCH_IN_SANDBOX, url) == ["null", REJECTION[engine.name]]
            texts = [message.text for message in engine.console()]
            assert texts.count(BLOCKED[engine.name].format(url=url, origin="null")) == 1
            assert not any(f"{api.origin}/{number - 1}" in text for text in texts)


def test_no_message_is_lost_in_many_exchanges(engine: Engine, page: site.Site) -> None:
    with site.scripted(site.in_turn(site.response(200))) as api:
        for number in range(40):
            url = f"{api.origin}/{number}"
            engine.run(FETCH, url)
            first = engine.console()[0]
            assert first.text == BLOCKED[engine.name].format(url=url, origin=page.origin)


def test_a_server_that_answers_nothing(engine: Engine, page: site.Site) -> None:
    with site.scripted(lambda _: b"") as api:
        assert engine.run(FETCH, api.origin, {"method": "PUT"}) == REJECTION[engine.name]
    assert "PUT" not in api.methods
