"""The playground as people meet it: what a browser does is what was predicted, and everybody can see and use it."""

import itertools
from collections.abc import Generator
from typing import Any

import pytest

from tests.browsers.chromium import Chromium
from tests.browsers.engine import Engine
from tests.servers.needs import need
from wsgicors.demo._faults import FAULTS
from wsgicors.demo._scenarios import Scenario, scenarios
from wsgicors.demo._serving import Demo, served
from wsgicors.doctor.catalogue._causes import CAUSES, STEPS

pytestmark = pytest.mark.browsers

HERE, STRANGER = "http://127.0.0.1:2", "http://localhost:2"
NAMES = list(enumerate(scenarios(HERE, STRANGER)))
BLOCKED = [(index, scenario) for index, scenario in NAMES if scenario.root]
STEP = "#picture [data-outcome=failed]"


@pytest.fixture(scope="module")
def demo() -> Generator[Demo]:
    with served(0, 0) as running:
        yield running


@pytest.fixture(scope="module")
def chromium() -> Generator[Chromium]:
    """For what no protocol but its own can do: keys, colour schemes, sizes of windows, the tree of a screen reader."""
    need(Chromium.missing())
    with Chromium() as running:
        yield running


def opened(engine: Engine, origin: str) -> None:
    engine.visit(f"{origin}/")
    engine.text("#refused .verdict", containing="efused")
    engine.text("#from", containing="http")
    engine.console()


def choose(engine: Engine, index: int) -> None:
    engine.run("""
        const select = document.getElementById("scenario");
        select.value = args[0];
        select.dispatchEvent(new Event("change", { bubbles: true }));
    """, index)  # fmt: skip


def send(engine: Engine, containing: str = " ") -> str:
    engine.run("document.getElementById('verdict').textContent = ''")
    engine.click("#experiment [type=submit]")
    return engine.text("#verdict", containing)


def texts(engine: Engine, selector: str) -> list[str]:
    found: Any = engine.run("return [...document.querySelectorAll(args[0])].map(e => e.textContent)", selector)
    return found


def lines(engine: Engine, message: int) -> list[str]:
    """The headers of an arrow, folded ones too."""
    return texts(engine, f"#picture > li:nth-of-type({message}) .lines li")


# -- The ready-made choices --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("index", "scenario"), NAMES, ids=[scenario.name for _, scenario in NAMES])
def test_a_scenario(engine: Engine, demo: Demo, index: int, scenario: Scenario) -> None:
    opened(engine, demo.page_origin)
    choose(engine, index)
    verdict = send(engine)
    reals, predictions = texts(engine, "#real .side"), texts(engine, "#predicted .side")
    assert reals == predictions == ["Blocked" if scenario.root else "Allowed"]
    if not scenario.root:
        assert verdict == "Allowed, as predicted."
        assert texts(engine, STEP) == texts(engine, "#why *") == []
        return
    assert verdict.startswith("Blocked, as predicted. ")
    assert verdict.removeprefix("Blocked, as predicted. ").removesuffix(".") in STEPS.values()
    assert texts(engine, "#real code")[0].startswith("TypeError")
    marked = texts(engine, "#picture [data-failed]")
    assert len(marked) == 1
    assert all(step in marked[0] for step in texts(engine, STEP))
    assert texts(engine, STEP)
    cause = CAUSES[scenario.cause]
    title = engine.run("return document.querySelector('#why > h3').textContent")
    assert title == cause.filled({"header": "x-requested-with"}).title
    assert cause.why in texts(engine, "#why p")
    assert len(texts(engine, "#why .remedy")) == len(cause.remedies) > 0


@pytest.mark.parametrize(("index", "scenario"), NAMES, ids=[scenario.name for _, scenario in NAMES])
def test_the_console_has_nothing_but_the_browsers_refusal(
    chromium: Chromium, demo: Demo, index: int, scenario: Scenario
) -> None:
    opened(chromium, demo.page_origin)
    choose(chromium, index)
    send(chromium)
    told = [message.text for message in chromium.console() if message.level in {"warning", "error"}]
    refusal = "has been blocked by CORS policy"
    others = [text for text in told if refusal not in text and not text.startswith("Failed to load resource: net::")]
    assert others == []
    assert len([text for text in told if refusal in text]) == (1 if scenario.root else 0)


def test_a_stranger_plays_too(engine: Engine, demo: Demo) -> None:
    opened(engine, demo.stranger_origin)
    assert send(engine) == "Allowed, as predicted."
    assert f"Origin: {demo.stranger_origin}" in lines(engine, 1)


# -- The picture -------------------------------------------------------------------------------------------------------


def test_each_arrow_has_its_real_headers(engine: Engine, demo: Demo) -> None:
    opened(engine, demo.page_origin)
    send(engine)
    heads = texts(engine, "#picture .head")
    assert [head.split(": ")[0] for head in heads] == [
        "From the browser to the server", "From the server to the browser",
    ] * 2  # fmt: skip
    assert [word in head for word, head in zip(("OPTIONS", "204", "PUT", "200 OK"), heads, strict=True)] == [True] * 4
    assert {
        f"Origin: {demo.page_origin}",
        "Access-Control-Request-Method: PUT",
        "Access-Control-Request-Headers: content-type",
    } <= set(lines(engine, 1))
    assert f"User-Agent: {engine.run('return navigator.userAgent')}" in lines(engine, 1)
    assert {
        f"Access-Control-Allow-Origin: {demo.page_origin}",
        "Access-Control-Allow-Methods: PUT, DELETE",
        "Access-Control-Allow-Headers: Content-Type",
    } <= set(lines(engine, 2))
    assert {"Content-Type: application/json", f"Origin: {demo.page_origin}"} <= set(lines(engine, 3))
    assert f"Access-Control-Allow-Origin: {demo.page_origin}" in lines(engine, 4)


def test_what_the_page_could_read(engine: Engine, demo: Demo) -> None:
    opened(engine, demo.page_origin)
    send(engine)
    assert "x-total-count" not in engine.text("#real", containing="The page read")
    assert "x-total-count" in engine.text("#predicted", containing="Hidden from it")
    choose(engine, 1)
    send(engine)
    assert "x-total-count" in engine.text("#real", containing="The page read")
    assert "x-total-count" in engine.text("#predicted", containing="The page may read")
    assert '"from": "the app"' in engine.text("#real")


def test_a_request_that_is_never_sent_is_struck_out(engine: Engine, demo: Demo) -> None:
    opened(engine, demo.page_origin)
    choose(engine, next(index for index, scenario in NAMES if scenario.cause == "header-not-allowed"))
    send(engine)
    never = texts(engine, "#picture > li")[-1]
    assert "PUT /playground/" in never
    assert "never sent by the browser" in never
    said = texts(engine, "#why .refusal")
    assert len(said) == 1
    assert "header-not-allowed" in said[0]
    assert "These request headers are not allowed here: 'x-requested-with'." in said[0]


def test_what_no_page_may_send_is_not_sent(engine: Engine, demo: Demo) -> None:
    opened(engine, demo.page_origin)
    engine.run("document.getElementById('method').value = 'TRACE'")
    assert send(engine) == f"Blocked, as predicted. {STEPS['forbidden-method']}."  # type: ignore[index]
    assert texts(engine, "#picture .arrow") == []
    assert len(texts(engine, STEP)) == 1


def test_a_browser_that_departs_from_the_prediction_is_told_of(engine: Engine, demo: Demo) -> None:
    opened(engine, demo.page_origin)
    engine.run("globalThis.send = async () => ({ read: false, error: 'TypeError: no' })")
    assert send(engine).startswith("Blocked, and not as predicted")
    assert engine.run("return document.getElementById('verdict').dataset.verdict") == "odd"
    assert (texts(engine, "#real .side"), texts(engine, "#predicted .side")) == (["Blocked"], ["Allowed"])


def test_nothing_that_is_typed_becomes_markup(engine: Engine, demo: Demo) -> None:
    opened(engine, demo.page_origin)
    engine.run("""
        document.getElementById("headers").value = "X-A: <img src=x>";
        document.getElementById("allow_headers").value = "X-A";
    """)
    send(engine, "Allowed")
    assert "X-A: <img src=x>" in lines(engine, 3)
    engine.run("document.getElementById('allow_origins').value = '<img src=x>'")
    send(engine, "does not build")
    assert engine.run("return document.querySelectorAll('img').length") == 0


# -- The policy --------------------------------------------------------------------------------------------------------


def test_a_policy_that_does_not_build_says_what_to_write(engine: Engine, demo: Demo) -> None:
    opened(engine, demo.page_origin)
    engine.run("""
        document.getElementById("allow_origins").value = "https://a.example/\\n*.example.com";
        document.getElementById("max_age").value = "-1";
    """)
    assert send(engine) == "The policy does not build: it has 3 problems."
    told = texts(engine, "#problems li")
    assert "ends in a slash" in told[0]
    assert 'Write "https://a.example" instead.' in told[0]
    assert 'Write "https://*.example.com" instead.' in told[1]
    invalid = engine.run("return [...document.querySelectorAll('[aria-invalid]')].map(field => field.id)")
    assert invalid == ["allow_origins", "max_age"]
    assert engine.run("return document.getElementById('max_age').checkVisibility()")  # its details are open now
    assert 'Write "https://a.example" instead.' in engine.text("#allow_origins-problems")
    choose(engine, 0)
    assert send(engine) == "Allowed, as predicted."
    assert texts(engine, "#problems li") == texts(engine, ".problems p") == texts(engine, "[aria-invalid]") == []


def test_one_problem_is_one(engine: Engine, demo: Demo) -> None:
    opened(engine, demo.page_origin)
    engine.run("document.getElementById('allow_origins').value = ''")
    assert send(engine) == "The policy does not build: it has a problem."


def test_a_request_that_cannot_be_made(engine: Engine, demo: Demo) -> None:
    opened(engine, demo.page_origin)
    engine.run("document.getElementById('method').value = 'P U T'")
    assert "P U T" in send(engine)


def test_every_setting_arrives(engine: Engine, demo: Demo) -> None:
    opened(engine, demo.page_origin)
    engine.run("""
        const values = {
            allow_origins: args[0], allow_methods: "*", allow_headers: "X-A, X-B", expose_headers: "X-Total-Count",
            max_age: "60", preflight_status: "200", refuse: "forbid", dangerously_allow: "insecure-origin",
            headers: "X-A: 1", method: "PATCH",
        };
        for (const [id, value] of Object.entries(values)) document.getElementById(id).value = value;
        for (const id of ["allow_credentials", "credentials"]) document.getElementById(id).checked = true;
    """, f"{demo.page_origin}\nhttp://a.example")  # fmt: skip
    assert send(engine) == "Allowed, as predicted."
    assert "Cookie: …" in lines(engine, 3)  # the notes' session, unreadable
    code = texts(engine, "#code code")[0]
    for line in (
        f'allow_origins=["{demo.page_origin}", "http://a.example"]', 'allow_methods="*"',
        'allow_headers=["X-A", "X-B"]', 'expose_headers=["X-Total-Count"]', "allow_credentials=True", "max_age=60",
        "preflight_status=200", 'refuse="forbid"', 'dangerously_allow=["insecure-origin"]',
    ):  # fmt: skip
        assert f"    {line},\n" in code


def test_what_is_changed_is_ones_own(engine: Engine, demo: Demo) -> None:
    opened(engine, demo.page_origin)
    engine.run("""
        document.getElementById("sandboxed").checked = true;
        document.getElementById("sandboxed").dispatchEvent(new Event("input", { bubbles: true }));
    """)
    assert engine.run("return document.getElementById('scenario').selectedOptions[0].text") == "Your own"
    assert engine.text("#from") == "null"
    assert send(engine).startswith("Blocked, as predicted.")
    assert "Origin: null" in lines(engine, 1)


def test_every_fault_can_be_chosen(engine: Engine, demo: Demo) -> None:
    opened(engine, demo.page_origin)
    values = engine.run("return [...document.getElementById('fault').options].map(option => option.value)")
    assert values == ["", *FAULTS]


def test_the_demo_has_stopped(engine: Engine) -> None:
    with served(0, 0) as demo:
        opened(engine, demo.page_origin)
    assert "Is it still running?" in send(engine)


# -- For everybody -----------------------------------------------------------------------------------------------------


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


def test_it_is_played_with_the_keyboard_alone(chromium: Chromium, demo: Demo) -> None:
    opened(chromium, demo.page_origin)
    granted = {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"], "origin": demo.page_origin}
    chromium._wire.call("Browser.grantPermissions", granted)
    chromium._call("Page.bringToFront")
    chromium.run("document.querySelector('header a[href=\"#playground\"]').focus()")
    press(chromium, "Enter", "\r")
    order: list[str] = []
    while "Send" not in order:
        press(chromium, "Tab")
        order.append(focused(chromium))
        ring = chromium.run("""
            const style = getComputedStyle(document.activeElement);
            return [style.outlineStyle, parseFloat(style.outlineWidth)];
        """)
        assert ring == ["solid", 3], order
        if order[-1] == "scenario":
            press(chromium, "9", "9")
    assert order == [
        "scenario", "allow_origins", "allow_methods", "allow_headers", "expose_headers", "allow_credentials",
        "More settings", "fault", "method", "headers", "credentials", "sandboxed", "Send",
    ]  # fmt: skip
    press(chromium, "Enter", "\r")
    assert "Access-Control-Allow-Headers lacks the header" in chromium.text("#verdict", containing="predicted")
    assert focused(chromium) == "Send"
    while focused(chromium) != "Copy: The policy for Flask":
        press(chromium, "Tab")
        assert focused(chromium) != "scenario"
    press(chromium, "Enter", "\r")
    chromium.text("#code .block:nth-child(2) button", containing="Copied")
    copied = chromium.run("return navigator.clipboard.readText()")
    assert copied == texts(chromium, "#code .block:nth-child(2) code")[0]


def test_where_there_is_no_clipboard_the_code_is_selected(engine: Engine, demo: Demo) -> None:
    opened(engine, demo.page_origin)
    send(engine)
    engine.run("""
        const clipboard = { writeText: async () => { throw new Error("denied"); } };
        Object.defineProperty(navigator, "clipboard", { configurable: true, value: clipboard });
    """)
    engine.click("#code button")
    assert engine.text("#code button", containing="Selected")
    assert engine.run("return getSelection().toString().trim()") == texts(engine, "#code code")[0]


def test_a_screen_reader_has_a_name_for_everything(chromium: Chromium, demo: Demo) -> None:
    opened(chromium, demo.page_origin)
    choose(chromium, next(index for index, scenario in NAMES if scenario.cause == "header-not-allowed"))
    send(chromium)
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


def test_the_structure_of_the_page(chromium: Chromium, demo: Demo) -> None:
    opened(chromium, demo.page_origin)
    choose(chromium, 2)
    send(chromium)
    assert chromium.run("""
        const ids = [...document.querySelectorAll("[id]")].map(element => element.id);
        return ids.filter((id, index) => ids.indexOf(id) !== index);
    """) == []  # fmt: skip
    assert chromium.run("""
        const named = [...document.querySelectorAll("[aria-describedby], [aria-labelledby], label[for]")];
        const of = (e, name) => e.getAttribute(name) ?? "";
        const ids = e => `${of(e, "aria-describedby")} ${of(e, "aria-labelledby")} ${e.htmlFor ?? ""}`;
        return named.flatMap(e => ids(e).split(" ")).filter(id => id && !document.getElementById(id));
    """) == []  # fmt: skip
    levels: Any = chromium.run("""
        const shown = [...document.querySelectorAll("h1, h2, h3, h4")].filter(h => h.checkVisibility());
        return shown.map(h => Number(h.tagName[1]));
    """)
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("state", ["blocked", "allowed", "problems", "odd"])
def test_the_contrast_is_enough(chromium: Chromium, demo: Demo, scheme: str, state: str) -> None:
    media = [{"name": "prefers-color-scheme", "value": scheme}]
    chromium._call("Emulation.setEmulatedMedia", {"features": media})
    try:
        opened(chromium, demo.page_origin)
        ground = chromium.run("return getComputedStyle(document.body).backgroundColor")
        assert (ground == "rgb(246, 247, 249)") == (scheme == "light")
        choose(chromium, 10 if state == "blocked" else 0)
        if state == "problems":
            chromium.run("document.getElementById('allow_origins').value = 'https://a.example/'")
        if state == "odd":
            chromium.run("globalThis.send = async () => ({ read: false, error: 'TypeError' })")
        send(chromium)
        chromium.run("for (const details of document.querySelectorAll('details')) details.open = true")
        checked, bad = chromium.run(CONTRASTS)  # type: ignore[misc]
    finally:
        chromium._call("Emulation.setEmulatedMedia", {"features": []})
    assert bad == []
    assert checked > 80  # type: ignore[operator]


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_nothing_is_cut_off_at_any_width(chromium: Chromium, demo: Demo, width: int) -> None:
    size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
    chromium._call("Emulation.setDeviceMetricsOverride", size)
    try:
        opened(chromium, demo.page_origin)
        for index in (1, 7, 10):
            choose(chromium, index)
            send(chromium)
            chromium.run("for (const details of document.querySelectorAll('details')) details.open = true")
            overflow = chromium.run("""
                const { scrollWidth, clientWidth } = document.documentElement;
                const cut = [...document.querySelectorAll("#playground *")].filter(e =>
                    e.checkVisibility() && !e.closest(".spoken, pre, select, textarea, input")
                    && e.getBoundingClientRect().right > clientWidth);
                return [scrollWidth - clientWidth, ...cut.map(e => e.outerHTML.slice(0, 80))];
            """)
            assert overflow == [0]
    finally:
        chromium._call("Emulation.clearDeviceMetricsOverride")
