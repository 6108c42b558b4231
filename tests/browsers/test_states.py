"""Every state of the playground and the tour, as it looks: by its URL, on a phone and on a desktop, light and dark.

With WSGICORS_PICTURES=FOLDER each picture is kept there, to be looked at.
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
from tests.servers.needs import need
from wsgicors.demo._questions import questions
from wsgicors.demo._scenarios import scenarios
from wsgicors.demo._serving import Demo, served
from wsgicors.demo._tour import lessons

pytestmark = pytest.mark.browsers

HERE, STRANGER = "http://127.0.0.1:2", "http://localhost:2"


class State(NamedTuple):
    """A state of a page.

    Attributes:
        name: For people.
        path: Its URL.
        shown: What matches once it is there.
        largest: What the largest line matches.
    """

    name: str
    path: str
    shown: str
    largest: str = ".cause"


class Look(NamedTuple):
    """A window and a colour scheme."""

    name: str
    width: int
    height: int
    scheme: str


LOOKS = (
    Look("phone-light", 390, 844, "light"),
    Look("phone-dark", 390, 844, "dark"),
    Look("desktop-light", 1280, 800, "light"),
    Look("desktop-dark", 1280, 800, "dark"),
)


def playground(name: str, **fields: str) -> State:
    shown = ".cause" if name in {"problems", "too-long", "impossible"} else "#result:not([hidden]) .cause, .cause"
    return State(name, f"playground.html#{urlencode(fields)}", shown)


STATES = [
    *(playground(scenario.id, scenario=scenario.id) for scenario in scenarios(HERE, STRANGER)),
    playground("debug", scenario="header-not-allowed", debug="on"),
    playground("own", allow_origins="*", method="DELETE", headers="X-A: 1\nX-B: 2", refuse="forbid"),
    playground("problems", allow_origins="https://a.example/\n*.example.com", max_age="-1", method="GET"),
    playground("too-long", allow_origins="https://a.example\n" * 1000, method="GET"),
    playground("impossible", allow_origins="*", method="P U T"),
    *(
        State(f"step-{lesson.id}", f"tour.html#step={lesson.id}", "#options button", "h1")
        for lesson in lessons(HERE, STRANGER, HERE)
    ),
    *(
        State(f"step-{lesson.id}-{number}", f"tour.html#step={lesson.id}&chosen={number}", ".picture")
        for lesson, number in zip(lessons(HERE, STRANGER, HERE), (0, 0, 2, 1, 1, 1), strict=True)
    ),
    *(
        State(f"question-{one.lesson}", f"tour.html#question={one.lesson}", "#options button", "h1")
        for one in questions()
    ),
    *(
        State(f"question-{one.lesson}-{one.right}", f"tour.html#question={one.lesson}&chosen={one.right}", ".cause")
        for one in questions()
    ),
    State("three-calls", "", "#refused .verdict[data-allowed]", "h1"),
]

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
        fine: tops("#step, #log, .sides, .said ~ .fine"),
    };
"""


@pytest.fixture(scope="module")
def demo() -> Generator[Demo]:
    with served(0, 0) as running:
        yield running


@pytest.fixture
def plain(chromium: Chromium) -> Generator[Chromium]:
    """Chromium, which looks as it did before when the test is done."""
    yield chromium
    chromium._call("Emulation.clearDeviceMetricsOverride")
    chromium._call("Emulation.setEmulatedMedia", {"features": []})


def show(chromium: Chromium, demo: Demo, state: State) -> None:
    chromium.visit(urljoin(demo.page_origin, "/facts"))
    chromium.visit(f"{demo.page_origin}/{state.path}")
    chromium.text(state.shown)


def look_like(chromium: Chromium, look: Look, **features: str) -> None:
    size = {"width": look.width, "height": look.height, "deviceScaleFactor": 1, "mobile": False}
    chromium._call("Emulation.setDeviceMetricsOverride", size)
    media = {"prefers-color-scheme": look.scheme, **features}
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
    """Whether people see an element: its place looks different without it."""
    hide = "document.querySelector(args[0]).style.visibility = args[1]"
    before = picture(chromium, selector)
    chromium.run(hide, selector, "hidden")
    after = picture(chromium, selector)
    chromium.run(hide, selector, "")
    return before != after


def violations(chromium: Chromium) -> list[str]:
    """What axe objects to."""
    need(axe.missing())
    return axe.violations(chromium)


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.name)
def test_a_state(plain: Chromium, demo: Demo, tmp_path: Path, state: State) -> None:
    kept = Path(os.environ.get("WSGICORS_PICTURES", tmp_path))
    show(plain, demo, state)
    for look in LOOKS:
        look_like(plain, look)
        facts: Any = plain.run(FACTS, state.largest)
        assert (facts["overflow"], facts["cut"]) == (0, []), look.name
        assert facts["largest"] == [True], look.name
        assert facts["picture"] is None or facts["picture"] < 1, look.name
        if facts["cause"] is not None:
            assert all(facts["cause"] < top for top in facts["fine"]), look.name
            assert facts["cause"] < look.height, look.name  # nobody has to scroll for the result
        assert is_painted(plain, state.largest), look.name
        if look.name in {"phone-dark", "desktop-light"}:
            (kept / f"{state.name}-{look.name}.png").write_bytes(picture(plain))
            assert violations(plain) == [], look.name


# -- States that no URL has --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_changed_form_and_a_departing_browser(plain: Chromium, demo: Demo, scheme: str) -> None:
    show(plain, demo, STATES[0])
    look_like(plain, Look(scheme, 1280, 800, scheme))
    ground = plain.run("return getComputedStyle(document.body).backgroundColor")
    assert (ground == "rgb(246, 247, 249)") == (scheme == "light")
    plain.run("document.getElementById('experiment').dispatchEvent(new Event('input'))")
    plain.text("#verdict", containing="Changed")
    assert violations(plain) == []
    plain.run("globalThis.send = async () => ({ read: false, error: 'TypeError' })")
    plain.click("#experiment [type=submit]")
    plain.text("#verdict", containing="departs")
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


FORCED = {"origin-loopback", "header-not-allowed", "step-preflight-2", "problems"}


@pytest.mark.parametrize("state", [state for state in STATES if state.name in FORCED], ids=lambda state: state.name)
def test_forced_colours(plain: Chromium, demo: Demo, tmp_path: Path, state: State) -> None:
    show(plain, demo, state)
    look_like(plain, LOOKS[3], **{"forced-colors": "active"})
    kept = Path(os.environ.get("WSGICORS_PICTURES", tmp_path))
    (kept / f"{state.name}-forced.png").write_bytes(picture(plain))
    assert violations(plain) == []
    assert is_painted(plain, ".cause")
    if state.name != "problems":
        assert is_painted(plain, ".arrow")
        assert is_painted(plain, "#code mark, .both mark")
        heads: Any = plain.run("""
            return [...document.querySelectorAll("li:not(.never) > .arrow")].map(arrow => {
                const head = getComputedStyle(arrow, "::after");
                const clear = colour => /, 0\\)$|transparent/.test(colour);
                return [head.borderTopColor, head.borderBottomColor].every(clear);
            });
        """)
        assert all(heads)  # else the heads of the arrows are squares


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
