"""The look of every state of the playground and the tour: by its URL, on a phone and on a desktop, light and dark.

WSGICORS_PICTURES=FOLDER saves each picture there.
"""

import base64
import os
from collections.abc import Generator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode, urljoin

import pytest

from tests.browsers import axe
from tests.browsers.chromium import Chromium
from tests.browsers.test_tour import RIGHT
from tests.servers.needs import need
from wsgicors.demo._questions import questions
from wsgicors.demo._scenarios import scenarios
from wsgicors.demo._serving import Demo, served
from wsgicors.demo._tour import ORIGIN, lessons

pytestmark = pytest.mark.browsers

KEPT = os.environ.get("WSGICORS_PICTURES")
"""A folder for the pictures."""

HERE, STRANGER = "http://127.0.0.1:2", "http://localhost:2"


class State(NamedTuple):
    """A state of a page.

    Attributes:
        name: For people.
        path: Its URL.
        shown: A selector that matches once the state is shown.
        largest: A selector for the largest line.
        happens: A script for what no URL can cause: something about the browser, or the demo's end.
        host: The page's origin, "page" or "stranger".
    """

    name: str
    path: str
    shown: str = ".cause"
    largest: str = ".cause"
    happens: str = ""
    host: str = "page"


class Look(NamedTuple):
    """A window and a colour scheme."""

    name: str
    width: int
    height: int
    scheme: str
    forced: str = "none"


LOOKS = (
    Look("phone-light", 390, 844, "light"),
    Look("phone-dark", 390, 844, "dark"),
    Look("desktop-light", 1280, 800, "light"),
    Look("desktop-dark", 1280, 800, "dark"),
    Look("forced-colours", 1280, 800, "dark", "active"),
)

STOPS = "globalThis.fetch = async () => { throw new TypeError('no') };"
WAITS = "globalThis.fetch = () => new Promise(() => {});"
DEPARTS = "globalThis.send = async () => ({ read: false, error: 'TypeError: no' });"
SEND = "document.querySelector('#experiment [type=submit]').click();"
PREDICT = "document.querySelector('#options button').click();"


def playground(name: str, shown: str = "#result:not([hidden]) .block", /, happens: str = "", **fields: str) -> State:
    return State(name, f"playground.html#{urlencode(fields)}", shown, happens=happens)


def step(lesson: str, chosen: int) -> State:
    return State(f"step-{lesson}-{chosen}", f"tour.html#step={lesson}&chosen={chosen}", "#more .block")


STATES = [
    *(playground(scenario.id, scenario=scenario.id) for scenario in scenarios(HERE, STRANGER)),
    playground("debug", scenario="header-not-allowed", debug="on"),
    playground("place", scenario="credentials-wildcard", place="Django"),
    playground("own", allow_origins="*", method="DELETE", headers="X-A: 1\nX-B: 2", refuse="forbid"),
    playground("problems", ".cause", allow_origins="https://a.example/\n*.example.com", max_age="-1", method="GET"),
    playground("too-long", ".cause", allow_origins="https://a.example\n" * 1000, method="GET"),
    playground("impossible", ".cause", allow_origins="*", method="P U T"),
    playground("departs", "[data-verdict=odd] .cause", f"{DEPARTS}{SEND}", scenario="write"),
    playground("stopped", "#result[hidden]", f"{STOPS}{SEND}", scenario="write"),
    playground("unsent", "#verdict .outcome", allow_origins="*", method="GET", unsent="on")._replace(largest="h1"),
    playground("sending", "#result[hidden]", f"{WAITS}{SEND}", scenario="write")._replace(largest="h1"),
    *(
        State(f"step-{lesson.id}", f"tour.html#step={lesson.id}", "#options button", "h1")
        for lesson in lessons(HERE, STRANGER, HERE)
    ),
    *map(step, (lesson.id for lesson in lessons(HERE, STRANGER, HERE)), (0, 0, 2, 1, 1, 1)),
    State("step-place", "tour.html#step=preflight&chosen=2&place=Flask", "#more .block"),
    State("step-departs", "tour.html#step=origin", ".picture", happens=f"{DEPARTS}{PREDICT}"),
    State("step-stopped", "tour.html#step=origin", happens=f"{STOPS}{PREDICT}"),
    *(
        State(f"question-{one.lesson}", f"tour.html#question={one.lesson}", "#options button", "h1")
        for one in questions()
    ),
    *(
        State(f"question-{one.lesson}-{one.right}", f"tour.html#question={one.lesson}&chosen={one.right}")
        for one in questions()
    ),
    State("question-wrong", "tour.html#question=origin&chosen=0"),
    State("three-calls", "", "#refused .verdict[data-allowed]", "h1"),
    State("three-calls-stranger", "", "#refused .verdict[data-allowed]", "h1", host="stranger"),
    State(
        "three-calls-stopped", "", "#failure:not([hidden])", "h1",
        f"{STOPS}document.querySelector('#read button').click();",
    ),
]  # fmt: skip

FACTS = """
    const box = e => e.getBoundingClientRect();
    const { scrollWidth, clientWidth } = document.documentElement;
    const visible = selector => [...document.querySelectorAll(selector)].filter(e => e.checkVisibility());
    const seen = visible("body *").filter(e => !e.closest(".spoken, option"));
    const isCut = e => box(e).right > clientWidth + .5 || box(e).left < -.5;
    const texts = seen.filter(e => [...e.childNodes].some(node => node.nodeType === 3 && node.data.trim()));
    const size = e => parseFloat(getComputedStyle(e).fontSize);
    const most = Math.max(...texts.map(size));
    const inner = e => {
        const { paddingLeft, paddingRight } = getComputedStyle(e);
        return e.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
    };
    const exchange = document.querySelector(".exchange");
    const tops = selector => visible(selector).map(e => box(e).top + scrollY);
    return {
        overflow: scrollWidth - clientWidth,
        cut: seen.filter(e => isCut(e) && !e.closest("pre, select, textarea, input")).map(e => e.outerHTML),
        largest: texts.filter(e => size(e) === most).map(e => e.matches(args[0]) || e.outerHTML),
        picture: exchange && Math.abs(box(exchange).width - inner(exchange.parentElement)),
        cause: tops(".cause")[0] ?? null,
        fine: tops("#step, #log, .sides, #more > .fine"),
        nameless: visible(".remedy").filter(e => !e.querySelector("b").textContent).map(e => e.innerText),
        forced: [".arrow", "#code mark", ".next"].filter(selector => visible(selector).length),
        heads: [...document.querySelectorAll("li:not(.never) > .arrow")].map(arrow => {
            const head = getComputedStyle(arrow, "::after");
            const isClear = colour => /, 0\\)$|transparent/.test(colour);
            return [head.borderTopColor, head.borderBottomColor].every(isClear);
        }),
    };
"""


@pytest.fixture(scope="module")
def demo() -> Generator[Demo]:
    with served(0, 0) as running:
        yield running


@pytest.fixture
def plain(chromium: Chromium) -> Generator[Chromium]:
    """Chromium; its look is restored after the test."""
    yield chromium
    chromium._call("Emulation.clearDeviceMetricsOverride")
    chromium._call("Emulation.setEmulatedMedia", {"features": []})


def show(chromium: Chromium, demo: Demo, state: State) -> None:
    origin = demo.stranger_origin if state.host == "stranger" else demo.page_origin
    chromium.visit(urljoin(origin, "/facts"))
    chromium.visit(f"{origin}/{state.path}")
    if state.happens:
        chromium.text("#verdict .cause, #options button, #refused .verdict[data-allowed]")
        chromium.run(state.happens)
    chromium.text(state.shown)


def look_like(chromium: Chromium, look: Look) -> None:
    size = {"width": look.width, "height": look.height, "deviceScaleFactor": 1, "mobile": look.width < 600}
    chromium._call("Emulation.setDeviceMetricsOverride", size)
    media = {"prefers-color-scheme": look.scheme, "forced-colors": look.forced}
    chromium._call("Emulation.setEmulatedMedia", {"features": [{"name": k, "value": v} for k, v in media.items()]})


def picture(chromium: Chromium, selector: str = "html") -> bytes:
    """A PNG of an element, or of the whole page."""
    box: Any = chromium.run("""
        const { x, y, width, height } = document.querySelector(args[0]).getBoundingClientRect();
        return { x: x + scrollX, y: y + scrollY, width, height, scale: 1 };
    """, selector)  # fmt: skip
    taken = chromium._call("Page.captureScreenshot", {"format": "png", "captureBeyondViewport": True, "clip": box})
    return base64.b64decode(taken["data"])


def is_painted(chromium: Chromium, selector: str) -> bool:
    """Whether an element is visible: its place looks different without it."""
    hide = "document.querySelector(args[0]).style.visibility = args[1]"
    before = picture(chromium, selector)
    chromium.run(hide, selector, "hidden")
    after = picture(chromium, selector)
    chromium.run(hide, selector, "")
    return before != after


def violations(chromium: Chromium) -> list[str]:
    """The violations that axe reports."""
    need(axe.missing())
    return axe.violations(chromium)


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.name)
def test_a_state(plain: Chromium, demo: Demo, state: State) -> None:
    show(plain, demo, state)
    for look in LOOKS:
        look_like(plain, look)
        facts: Any = plain.run(FACTS, state.largest)
        if KEPT:
            Path(KEPT, f"{state.name}-{look.name}.png").write_bytes(picture(plain))
        assert (facts["overflow"], facts["cut"]) == (0, []), look.name
        assert facts["largest"] == [True], look.name
        assert facts["nameless"] == [], look.name  # each remedy names its place
        assert facts["picture"] is None or facts["picture"] < 1, look.name
        if facts["cause"] is not None:
            assert all(facts["cause"] < top for top in facts["fine"]), look.name
        if state.path.startswith("playground") and facts["cause"] is not None:
            assert facts["cause"] < look.height, look.name  # the result is visible without scrolling
        if look.name in {"phone-light", "desktop-dark", "forced-colours"}:
            assert is_painted(plain, state.largest), look.name
        if look.forced == "active":
            assert all(is_painted(plain, selector) for selector in facts["forced"]), facts["forced"]
            assert all(facts["heads"])  # otherwise the arrowheads are squares
        assert violations(plain) == [], look.name


@pytest.mark.parametrize("page", ["", "tour.html", "playground.html"])
def test_one_sentence_says_what_an_origin_is_where_it_is_first_named(chromium: Chromium, demo: Demo, page: str) -> None:
    state = {"": "three-calls", "tour.html": "step-origin", "playground.html": "write"}[page]
    show(chromium, demo, next(one for one in STATES if one.name == state))
    first = chromium.run("""
        const texts = [...document.querySelectorAll("p, li, label, legend, button")].filter(e => e.checkVisibility());
        return texts.map(e => e.innerText.replaceAll("’", "'")).find(text => /origin/i.test(text));
    """)
    assert str(first).startswith(f"{ORIGIN} This page has the origin {demo.page_origin}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_contrast_of_what_is_folded_too(plain: Chromium, demo: Demo, scheme: str) -> None:
    show(plain, demo, next(state for state in STATES if state.name == "departs"))
    look_like(plain, Look(scheme, 1280, 800, scheme))
    ground = plain.run("return getComputedStyle(document.body).backgroundColor")
    assert (ground == "rgb(246, 247, 249)") == (scheme == "light")
    plain.run("for (const details of document.querySelectorAll('details')) details.open = true")
    assert violations(plain) == []
    checked, bad = plain.run(CONTRASTS)  # type: ignore[misc]
    assert bad == []
    assert checked > 70  # type: ignore[operator]


CONTRASTS = """
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const rgba = colour => {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data];
    };
    const luminance = ([r, g, b]) => {
        const [x, y, z] = [r, g, b].map(c => c / 255).map(c => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4);
        return .2126 * x + .7152 * y + .0722 * z;
    };
    const behind = element => {
        for (let e = element; e; e = e.parentElement) {
            const colour = rgba(getComputedStyle(e).backgroundColor);
            if (colour[3] === 255) return colour;
        }
        return rgba("Canvas");
    };
    const ratio = (one, other) => {
        const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
        return (high + .05) / (low + .05);
    };
    const bad = [];
    let checked = 0;
    for (const element of document.querySelectorAll("body *")) {
        const text = [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim());
        const field = element.matches("input:not([type=checkbox]), textarea, select");
        if (!element.checkVisibility() || !(text || field) || element.matches("option, .spoken")) continue;
        checked += 1;
        const style = getComputedStyle(element);
        const found = ratio(rgba(style.color), behind(element));
        if (found < 4.5) bad.push([element.outerHTML.slice(0, 80), found]);
        const border = field && ratio(rgba(style.borderTopColor), behind(element.parentElement));
        if (field && border < 3) bad.push([element.id, "border"]);
    }
    return [checked, bad];
"""


@pytest.mark.parametrize("width", [320, 768])
def test_nothing_is_cut_off_at_other_widths(plain: Chromium, demo: Demo, width: int) -> None:
    for state in STATES:
        if state.name in {"read-with-credentials", "cached-origin", "header-not-allowed", "step-caches-1"}:
            show(plain, demo, state)
            look_like(plain, Look("narrow", width, 800, "light"))
            plain.run("for (const details of document.querySelectorAll('details')) details.open = true")
            facts: Any = plain.run(FACTS, state.largest)
            assert (facts["overflow"], facts["cut"]) == (0, []), state.name


# -- The keyboard, and screen readers ----------------------------------------------------------------------------------


def press(chromium: Chromium, key: str, text: str = "") -> None:
    codes = {"Tab": 9, "Enter": 13, " ": 32}
    event = {"key": key, "code": key, "windowsVirtualKeyCode": codes.get(key, ord(key[0].upper()))}
    down = {"type": "keyDown", **event, **({"text": text} if text else {})}
    chromium._call("Input.dispatchKeyEvent", down)
    chromium._call("Input.dispatchKeyEvent", {"type": "keyUp", **event})


def focused(chromium: Chromium) -> str:
    return str(chromium.run("""
        const element = document.activeElement;
        return element.id || element.ariaLabel || element.textContent.trim();
    """))  # fmt: skip


def ring(chromium: Chromium) -> object:
    return chromium.run("""
        const style = getComputedStyle(document.activeElement);
        return [style.outlineStyle, parseFloat(style.outlineWidth)];
    """)


def test_the_playground_is_played_with_the_keyboard_alone(chromium: Chromium, demo: Demo) -> None:
    show(chromium, demo, STATES[0])
    granted = {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"], "origin": demo.page_origin}
    chromium._wire.call("Browser.grantPermissions", granted)
    chromium._call("Page.bringToFront")
    chromium.run("document.querySelector('nav a[aria-current]').focus()")
    order: list[str] = []
    while "Send" not in order:
        press(chromium, "Tab")
        order.append(focused(chromium))
        assert ring(chromium) == ["solid", 3], order
        if order[-1] == "scenario":
            press(chromium, "9", "9")  # choosing sends
            chromium.text("#verdict", containing="x-requested-with")
    named = [name for name in order if not name.endswith(("more headers", "more header")) and "policy" not in name]
    assert [name for name in named if not name.startswith(("Copy: Change", "Change for"))] == [
        "scenario", "debug", "place", "allow_origins", "allow_methods", "allow_headers", "expose_headers",
        "allow_credentials", "More settings", "fault", "method", "headers", "credentials", "sandboxed", "Send",
    ]  # fmt: skip
    chromium.run("document.getElementById('verdict').textContent = ''")
    press(chromium, "Enter", "\r")
    chromium.text("#verdict", containing="x-requested-with")
    assert focused(chromium) == "Send"
    chromium.run("document.getElementById('place').focus()")
    while focused(chromium) != "Copy: The corrected policy for WSGI":
        press(chromium, "Tab")
        assert focused(chromium) != "allow_origins"
    press(chromium, "Enter", "\r")
    chromium.text("#code .block:nth-child(2) button", containing="Copied")
    copied = chromium.run("return navigator.clipboard.readText()")
    assert copied == chromium.run("return document.querySelector('#code .block:nth-child(2) code').textContent")


STOPS_OF_THE_KEYBOARD = """
    const selector = "a[href], button, input, select, textarea, summary, [tabindex='0']";
    const stops = [...document.querySelectorAll(selector)].filter(e => e.checkVisibility() && e.tabIndex >= 0);
    stops.forEach((stop, index) => { stop.dataset.stop = index; });
    document.activeElement.blur();
    getSelection().removeAllRanges();
    scrollTo(0, 0);
    return stops.length;
"""

FOCUSED = """
    const element = document.activeElement;
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    const { x, y, width, height } = element.getBoundingClientRect();
    const met = document.elementFromPoint(x + Math.min(width / 2, 9), y + Math.min(height / 2, 9));
    return [element.dataset.stop, outlineStyle, outlineWidth, element.contains(met)];
"""


@pytest.mark.parametrize("look", LOOKS[::2], ids=lambda look: look.name)
@pytest.mark.parametrize(
    "name", ["three-calls-stranger", "step-preflight-2", "question-origin-2", "header-not-allowed", "problems"]
)
def test_the_keyboard_reaches_everything_in_order(plain: Chromium, demo: Demo, name: str, look: Look) -> None:
    show(plain, demo, next(state for state in STATES if state.name == name))
    look_like(plain, look)
    plain._call("Page.bringToFront")
    plain.run("for (const details of document.querySelectorAll('details')) details.open = true")
    count = plain.run(STOPS_OF_THE_KEYBOARD)
    assert isinstance(count, int)
    reached = []
    for _ in range(count):
        press(plain, "Tab")
        reached.append(plain.run(FOCUSED))
    assert reached == [[str(index), "solid", "3px", True] for index in range(count)]
    press(plain, "Tab")
    assert plain.run("return document.activeElement === document.body || !document.hasFocus()")  # it leads out again


def test_the_three_calls_are_made_with_the_keyboard_alone(chromium: Chromium, demo: Demo) -> None:
    show(chromium, demo, next(state for state in STATES if state.name == "three-calls"))
    chromium._call("Page.bringToFront")
    chromium.run("document.querySelector('#write .verdict').textContent = ''")
    while focused(chromium) != "Send again: Write":
        press(chromium, "Tab")
    press(chromium, "Enter", "\r")
    chromium.text("#write .verdict", containing="Allowed")
    assert focused(chromium) == "Send again: Write"
    press(chromium, "Tab")
    press(chromium, "Enter", "\r")  # the headers of the preflight
    assert "Access-Control-Request-Method" in chromium.text("#write .headers")


def test_the_whole_tour_is_taken_with_the_keyboard_alone(chromium: Chromium, demo: Demo) -> None:
    show(chromium, demo, next(state for state in STATES if state.name == "step-origin"))
    chromium._call("Page.bringToFront")
    predictions = [RIGHT[lesson.id] for lesson in lessons(HERE, STRANGER, HERE)]
    for answer in [*predictions, *(question.right for question in questions())]:
        progress = chromium.text("#progress")
        option = chromium.run("return document.querySelectorAll('#options button')[args[0]].textContent", answer)
        while focused(chromium) != option:
            press(chromium, "Tab")
        press(chromium, "Enter", "\r")
        assert "You were right" in chromium.text("#verdict", containing="\n")
        while not chromium.run("return document.activeElement.matches('#steps .next')"):
            press(chromium, "Tab")
        press(chromium, "Enter", "\r")
        chromium.run("while (document.getElementById('progress')?.textContent === args[0]) await 0", progress)
        if progress == "Question 6 of 6":
            break
    assert "as predicted" in chromium.text("#verdict", containing="predicted")  # the playground


def test_the_tour_is_taken_with_the_keyboard_alone(chromium: Chromium, demo: Demo) -> None:
    show(chromium, demo, next(state for state in STATES if state.name == "step-origin"))
    chromium._call("Page.bringToFront")
    chromium.run("document.querySelector('nav a[aria-current]').focus()")
    for name in ("Playground", "The page reads the response."):
        press(chromium, "Tab")
        assert focused(chromium) == name
        assert ring(chromium) == ["solid", 3]
    press(chromium, "Enter", "\r")
    chromium.text("#after .cause", containing="may not read")
    assert focused(chromium) == "The page reads the response."  # where the reader was
    while not focused(chromium).startswith("Next: "):
        press(chromium, "Tab")
        assert ring(chromium) == ["solid", 3]
    press(chromium, "Enter", "\r")
    chromium.text("#progress", containing="Step 2")
    assert focused(chromium) == "title"  # a screen reader begins at the new screen's heading
    assert chromium.run("return scrollY") == 0


def test_a_screen_reader_has_a_name_for_everything(chromium: Chromium, demo: Demo) -> None:
    show(chromium, demo, next(state for state in STATES if state.name == "header-not-allowed"))
    chromium.run("for (const details of document.querySelectorAll('details')) details.open = true")
    nodes = chromium._call("Accessibility.getFullAXTree")["nodes"]
    by_role: dict[str, list[str]] = {}
    for node in nodes:
        if not node.get("ignored"):
            by_role.setdefault(node["role"]["value"], []).append(node.get("name", {}).get("value", ""))
    for role in ("button", "checkbox", "combobox", "textbox", "link", "region"):
        assert by_role.get(role), role
        assert "" not in by_role[role], role
    assert len(by_role["button"]) == len(set(by_role["button"]))
    assert "status" in by_role
    assert "The exchange" in by_role["list"]
    assert {"Policy", "Server", "Request"} <= set(by_role["group"])
