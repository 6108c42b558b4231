"""`wsgicors demo` as a person runs it: the test starts the command, and opens its page in a browser."""

import json
import re
import signal
import sys
import urllib.request
from collections.abc import Generator
from dataclasses import dataclass

import pytest

from tests.browsers.engine import Engine
from tests.servers import process

pytestmark = pytest.mark.browsers

# The console's message about the refused write: the true cause, because the demo runs with debug=True.
BLOCKED = {
    "chromium": "Access to fetch at '{api}/archive/1' from origin '{page}' has been blocked by CORS policy: "
    "Method PUT is not allowed by Access-Control-Allow-Methods in preflight response.",
    "firefox": "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at "
    "{api}/archive/1. (Reason: Did not find method in CORS header ‘Access-Control-Allow-Methods’).",
    "webkit": "Method PUT is not allowed by Access-Control-Allow-Methods.",
}
REJECTION = {
    "chromium": "TypeError: Failed to fetch",
    "firefox": "TypeError: NetworkError when attempting to fetch resource.",
    "webkit": "TypeError: Load failed",
}


@dataclass(frozen=True)
class Running:
    program: process.Program
    api: str
    page: str

    @property
    def stranger(self) -> str:
        return self.page.replace("127.0.0.1", "localhost")

    def arrived(self) -> list[str]:
        """The methods and paths of the requests to the notes API, in order."""
        with urllib.request.urlopen(f"{self.page}/journal", timeout=30) as answer:
            return [f"{exchange['method']} {exchange['path']}" for exchange in json.load(answer)]


@pytest.fixture
def demo() -> Generator[Running]:
    with process.started([sys.executable, "-m", "wsgicors", "demo", "--port", "0", "--page-port", "0"]) as program:
        api = program.wait_for_line(r"^The notes:  (\S+)/notes$").group(1)
        page = program.wait_for_line(r"^The page:   (\S+)/$").group(1)
        program.wait_for_line("Open the page")
        yield Running(program, api, page)


@pytest.fixture
def opened(engine: Engine, demo: Running) -> Running:
    """The demo, after its page has made its three calls."""
    engine.console()
    engine.visit(f"{demo.page}/")
    engine.text("#refused .verdict", containing="efused")
    return demo


def flat(text: str) -> str:
    return " ".join(text.split())


def test_an_allowed_read(engine: Engine, opened: Running) -> None:
    shown = flat(engine.text("#read"))
    assert "Allowed The page got 200 OK" in shown
    assert '[{"id": 1, "text": "Buy milk"}, {"id": 2, "text": "Read the Fetch standard"}]' in shown
    assert "GET /notes 200 OK Reached the app." in shown


def test_an_allowed_write_and_its_preflight(engine: Engine, opened: Running) -> None:
    shown = flat(engine.text("#write"))
    assert 'Allowed The page got 200 OK {"id": 1, "text": "Buy oat milk"}' in shown
    assert "OPTIONS /notes/1 204 No Content Answered by the middleware" in shown
    assert "PUT /notes/1 200 OK Reached the app." in shown


def test_a_refused_write_and_the_reason(engine: Engine, opened: Running) -> None:
    shown = flat(engine.text("#refused"))
    assert f"Refused The page got {REJECTION[engine.name]} The server says method-not-allowed" in shown
    assert "The method 'PUT' is not allowed here. Add it to allow_methods, in this spelling." in shown
    assert "PUT /archive/1 Never sent by the browser." in shown
    expected = BLOCKED[engine.name].format(api=opened.api, page=opened.page)
    messages = engine.console()
    assert messages[0].level == "error"
    assert messages[0].text.startswith(expected)
    allowed_calls = (f"{opened.api}/notes", opened.page + "/")
    assert not [message for message in messages[1:] if any(url in message.text for url in allowed_calls)]
    opened.program.wait_for_line("^refused 'OPTIONS' '/archive/1': method-not-allowed: ")


def test_what_arrived_at_the_server(engine: Engine, opened: Running) -> None:
    assert opened.arrived() == ["GET /notes", "OPTIONS /notes/1", "PUT /notes/1", "OPTIONS /archive/1"]
    note = engine.run("return (await fetch(args[0], {credentials: 'include'})).json()", f"{opened.api}/archive/1")
    assert note == {"id": 1, "text": "Wrote to the browsers' makers"}


def test_the_session_outlives_a_call_and_a_button_calls_again(engine: Engine, opened: Running) -> None:
    assert "Buy oat milk" not in engine.text("#read .got")  # the page read it before the write
    engine.click("#read button")
    engine.text("#read .got", containing="Buy oat milk")
    assert opened.arrived()[4:] == ["GET /notes"]


def test_every_call_shows_its_own_preflight(engine: Engine, opened: Running) -> None:
    engine.run("document.querySelector('#write .verdict').textContent = ''")
    engine.click("#write button")
    engine.text("#write .verdict", containing="Allowed")
    assert opened.arrived()[4:] == ["OPTIONS /notes/1", "PUT /notes/1"]


def test_the_page_of_a_stranger(engine: Engine, demo: Running) -> None:
    engine.visit(f"{demo.stranger}/")
    engine.text("#refused .verdict", containing="efused")
    assert "You opened the page as a stranger" in engine.text("#stranger")
    for call in ("read", "write", "refused"):
        shown = engine.text(f"#{call}", containing="origin-not-allowed")
        assert f"The origin '{demo.stranger}' is not allowed here." in shown
        assert REJECTION[engine.name] in shown
    assert demo.arrived() == ["GET /notes", "OPTIONS /notes/1", "OPTIONS /archive/1"]
    engine.visit(str(engine.run("return document.querySelector('#stranger a').href")))
    engine.text("#read .verdict", containing="Allowed")
    assert engine.run("return location.origin") == demo.page


def test_the_page_is_told_that_the_demo_has_stopped(engine: Engine, opened: Running) -> None:
    assert opened.program.ended_by(signal.SIGINT) == 0
    assert re.search(r"^Stopped\.$", opened.program.said, re.MULTILINE)
    assert "Traceback" not in opened.program.said
    engine.click("#read button")
    assert "Is it still running?" in engine.text("#failure", containing="running")


def test_nothing_is_cut_off_at_any_width(engine: Engine, opened: Running) -> None:
    overflow = """
        const frame = document.createElement("iframe");
        frame.style.width = `${args[0]}px`;
        document.body.append(frame);
        const copy = frame.contentDocument;
        copy.replaceChild(copy.importNode(document.documentElement, true), copy.documentElement);
        copy.querySelector("iframe").remove();
        for (const details of copy.querySelectorAll("details")) details.open = true;
        await Promise.all([...copy.querySelectorAll("link[rel=stylesheet]")].map(sheet => new Promise(resolve => {
            sheet.onload = resolve;
            sheet.href = new URL(sheet.getAttribute("href"), location);
        })));
        const { scrollWidth, clientWidth } = copy.documentElement;
        frame.remove();
        return scrollWidth - clientWidth;
    """
    assert [engine.run(overflow, width) for width in (320, 768, 1280)] == [0, 0, 0]


def test_it_is_used_with_the_keyboard_alone(engine: Engine, opened: Running) -> None:
    names = engine.run("""
        const focusable = document.querySelectorAll("a, button, summary, [tabindex]");
        const reached = [...focusable].filter(e => e.checkVisibility());
        return reached.filter(e => e.tabIndex < 0).map(e => e.outerHTML);
    """)
    assert names == []
    labels = engine.run('return [...document.querySelectorAll(".call button")].map(b => b.ariaLabel)')
    assert labels == ["Send again: Read", "Send again: Write", "Send again: Be refused"]
