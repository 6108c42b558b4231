"""The playground in browsers: the outcome is as predicted, and the state is in the URL."""

from collections.abc import Generator
from typing import Any
from urllib.parse import urlencode, urljoin

import pytest

from tests.browsers.chromium import Chromium
from tests.browsers.engine import Engine
from wsgicors import Policy
from wsgicors.demo._exports import exports
from wsgicors.demo._faults import FAULTS
from wsgicors.demo._scenarios import Scenario, scenarios
from wsgicors.demo._serving import Demo, served
from wsgicors.demo._snippets import snippets
from wsgicors.doctor.catalogue._causes import CAUSES
from wsgicors.doctor.catalogue._fetch_steps import STEPS
from wsgicors.doctor.catalogue._remedies import OWN

pytestmark = pytest.mark.browsers

HERE, STRANGER = "http://127.0.0.1:2", "http://localhost:2"
ALL = scenarios(HERE, STRANGER)
STEP = "#picture [data-outcome=failed]"
MESSAGE = "#picture .picture > li"


@pytest.fixture(scope="module")
def demo() -> Generator[Demo]:
    with served(0, 0) as running:
        yield running


def opened(engine: Engine, origin: str, scenario: str = "write") -> None:
    """Show the playground, and wait for the outcome of a scenario."""
    show(engine, f"{origin}/playground.html#scenario={scenario}")
    engine.text("#verdict", containing="as predicted")
    engine.text("#result")


def show(engine: Engine, url: str) -> None:
    """Load a page anew, even if only the fragment differs."""
    engine.visit(urljoin(url, "/facts"))
    engine.visit(url)


def choose(engine: Engine, scenario: str) -> str:
    """Choose a scenario, which sends it; return the outcome and the cause."""
    engine.run("""
        document.getElementById("verdict").textContent = "";
        const select = document.getElementById("scenario");
        select.value = args[0];
        select.dispatchEvent(new Event("change", { bubbles: true }));
    """, scenario)  # fmt: skip
    return said(engine)


def send(engine: Engine, containing: str = " ") -> str:
    """Press the button; return the outcome and the cause."""
    engine.run("document.getElementById('verdict').textContent = ''")
    engine.click("#experiment [type=submit]")
    return said(engine, containing)


def said(engine: Engine, containing: str = " ") -> str:
    return " | ".join(filter(None, engine.text("#verdict", containing).split("\n")))


def texts(engine: Engine, selector: str) -> list[str]:
    found: Any = engine.run("return [...document.querySelectorAll(args[0])].map(e => e.textContent)", selector)
    return found


def lines(engine: Engine, message: int) -> list[str]:
    """The headers of an arrow, including folded ones."""
    return texts(engine, f"{MESSAGE}:nth-of-type({message}) .lines li")


# -- The ready-made choices --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scenario", ALL, ids=[scenario.id for scenario in ALL])
def test_a_scenario(engine: Engine, demo: Demo, scenario: Scenario) -> None:
    opened(engine, demo.page_origin, scenario.id)
    reals, predictions = texts(engine, "#real .side"), texts(engine, "#predicted .side")
    assert reals == predictions == ["Blocked" if scenario.root else "Allowed"]
    if not scenario.root:
        assert said(engine) == "Allowed, as predicted | The page reads the response"
        assert texts(engine, STEP) == texts(engine, "#changes .remedy") == []
        return
    cause = CAUSES[scenario.cause].filled({"header": "x-requested-with"})
    assert said(engine) == f"Blocked, as predicted | {cause.title}"
    assert texts(engine, "#step")[0] in STEPS.values()
    assert texts(engine, "#real code")[0].startswith("TypeError")
    marked = texts(engine, "#picture [data-failed]")
    assert len(marked) == 1
    assert all(step in marked[0] for step in texts(engine, STEP))
    assert texts(engine, STEP)
    assert cause.why in texts(engine, "#reason p")
    assert len(texts(engine, "#changes .remedy")) == len([one for one in cause.remedies if one.place in OWN]) > 0


@pytest.mark.parametrize("scenario", ALL, ids=[scenario.id for scenario in ALL])
def test_the_console_has_nothing_but_the_browsers_refusal(chromium: Chromium, demo: Demo, scenario: Scenario) -> None:
    chromium.console()
    opened(chromium, demo.page_origin, scenario.id)
    told = [message.text for message in chromium.console() if message.level in {"warning", "error"}]
    refusal = "has been blocked by CORS policy"
    others = [text for text in told if refusal not in text and not text.startswith("Failed to load resource: net::")]
    assert others == []
    assert len([text for text in told if refusal in text]) == (1 if scenario.root else 0)


def test_a_stranger_plays_too(engine: Engine, demo: Demo) -> None:
    opened(engine, demo.stranger_origin)
    assert said(engine) == "Allowed, as predicted | The page reads the response"
    assert f"Origin: {demo.stranger_origin}" in lines(engine, 1)


# -- The picture -------------------------------------------------------------------------------------------------------


def test_each_arrow_has_its_real_headers(engine: Engine, demo: Demo) -> None:
    opened(engine, demo.page_origin)
    heads = texts(engine, "#picture .head")
    assert [head.split(": ")[0] for head in heads] == [
        "From the browser to the server", "From the server to the browser",
    ] * 2  # fmt: skip
    assert [
        word in head for word, head in zip(("OPTIONS /notes/1", "204", "PUT /notes/1", "200 OK"), heads, strict=True)
    ] == [True] * 4
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
    assert "x-total-count" not in engine.text("#real", containing="The page read")
    assert "x-total-count" in engine.text("#predicted", containing="Hidden from it")
    choose(engine, "read-with-credentials")
    assert "x-total-count" in engine.text("#real", containing="The page read")
    assert "x-total-count" in engine.text("#predicted", containing="The page may read")
    assert '"from": "the app"' in engine.text("#real")


def test_a_request_that_is_never_sent_is_struck_out(engine: Engine, demo: Demo) -> None:
    opened(engine, demo.page_origin, "header-not-allowed")
    never = texts(engine, MESSAGE)[-1]
    assert "PUT /notes/1" in never
    assert "never sent by the browser" in never
    log = texts(engine, "#log .refusal")
    assert len(log) == 1
    assert "header-not-allowed" in log[0]
    assert "These request headers are not allowed here: 'x-requested-with'." in log[0]


def test_what_no_page_may_send_is_not_sent(engine: Engine, demo: Demo) -> None:
    opened(engine, demo.page_origin)
    engine.run("document.getElementById('method').value = 'TRACE'")
    assert send(engine) == f"Blocked, as predicted | {CAUSES['forbidden-method'].filled({'method': 'TRACE'}).title}"
    assert texts(engine, "#picture .arrow") == []
    assert len(texts(engine, STEP)) == 1


def test_a_browser_that_departs_from_the_prediction_is_told_of(engine: Engine, demo: Demo) -> None:
    opened(engine, demo.page_origin)
    engine.run("globalThis.send = async () => ({ read: false, error: 'TypeError: no' })")
    assert send(engine) == "Blocked, and not as predicted | This browser does not follow the standard"
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
    send(engine, "has a problem")
    assert engine.run("return document.querySelectorAll('img').length") == 0


# -- The policy --------------------------------------------------------------------------------------------------------


def test_a_policy_that_does_not_build_says_what_to_write(engine: Engine, demo: Demo) -> None:
    opened(engine, demo.page_origin)
    engine.run("""
        document.getElementById("allow_origins").value = "https://a.example/\\n*.example.com";
        document.getElementById("max_age").value = "-1";
    """)
    assert send(engine) == "Not sent | The policy has 3 problems"
    told = texts(engine, "#problems li")
    assert "ends in a slash" in told[0]
    assert 'Write "https://a.example" instead.' in told[0]
    assert 'Write "https://*.example.com" instead.' in told[1]
    invalid = engine.run("return [...document.querySelectorAll('[aria-invalid]')].map(field => field.id)")
    assert invalid == ["allow_origins", "max_age"]
    assert engine.run("return document.getElementById('max_age').checkVisibility()")  # its details are open now
    assert 'Write "https://a.example" instead.' in engine.text("#allow_origins-problems")
    assert choose(engine, "write") == "Allowed, as predicted | The page reads the response"
    assert texts(engine, "#problems li") == texts(engine, ".problems p") == texts(engine, "[aria-invalid]") == []


def test_one_problem_is_one(engine: Engine, demo: Demo) -> None:
    opened(engine, demo.page_origin)
    engine.run("document.getElementById('allow_origins').value = ''")
    assert send(engine) == "Not sent | The policy has a problem"


def test_a_request_that_cannot_be_made(engine: Engine, demo: Demo) -> None:
    opened(engine, demo.page_origin)
    engine.run("document.getElementById('method').value = 'P U T'")
    assert "P U T" in send(engine)
    assert not engine.run("return document.getElementById('result').checkVisibility()")


@pytest.mark.parametrize("lines", [1_000, 20_000])
def test_too_long_a_form_is_too_long(engine: Engine, demo: Demo, lines: int) -> None:
    opened(engine, demo.page_origin)
    engine.run("document.getElementById('allow_origins').value = 'https://a.example\\n'.repeat(args[0])", lines)
    assert send(engine) == "Not sent | The form is too long: 10,000 bytes are the limit."


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
    engine.run("await fetch(args[0], { credentials: 'include' })", f"{demo.api_origin}/notes")
    assert send(engine) == "Allowed, as predicted | The page reads the response"
    assert "Cookie: …" in lines(engine, 3)  # the notes' session, unreadable
    code = texts(engine, "#code code")[0]
    for line in (
        f'allow_origins=["{demo.page_origin}", "http://a.example"]', 'allow_methods="*"',
        'allow_headers=["X-A", "X-B"]', 'expose_headers=["X-Total-Count"]', "allow_credentials=True", "max_age=60",
        "preflight_status=200", 'refuse="forbid"', 'dangerously_allow=["insecure-origin"]',
    ):  # fmt: skip
        assert f"    {line},\n" in code


def test_what_is_changed_is_ones_own_and_the_old_result_is_gone(engine: Engine, demo: Demo) -> None:
    opened(engine, demo.page_origin)
    engine.run("""
        document.getElementById("sandboxed").checked = true;
        document.getElementById("sandboxed").dispatchEvent(new Event("input", { bubbles: true }));
    """)
    assert engine.run("return document.getElementById('scenario').selectedOptions[0].text") == "Your own"
    assert engine.text("#from") == "null"
    assert said(engine) == "Changed. Send it to see what happens."
    assert not engine.run("return document.getElementById('result').checkVisibility()")
    assert send(engine) == f"Blocked, as predicted | {CAUSES['null-origin'].title}"
    assert "Origin: null" in lines(engine, 1)


def test_every_fault_can_be_chosen(engine: Engine, demo: Demo) -> None:
    opened(engine, demo.page_origin)
    values = engine.run("return [...document.getElementById('fault').options].map(option => option.value)")
    assert values == ["", *FAULTS]


def test_the_demo_has_stopped(engine: Engine) -> None:
    with served(0, 0) as demo:
        opened(engine, demo.page_origin)
    assert "Is it still running?" in send(engine)


def test_debug_mode_is_a_switch_and_is_off(engine: Engine, demo: Demo) -> None:
    opened(engine, demo.page_origin, "header-not-allowed")
    assert "204 No Content" in texts(engine, MESSAGE)[1]
    engine.run("document.getElementById('verdict').textContent = ''")
    engine.click("label[for=debug]")
    assert "not allowed" in said(engine)
    assert "200 OK" in texts(engine, MESSAGE)[1]
    assert engine.run("return location.hash") == "#scenario=header-not-allowed&debug=on"
    assert engine.text("#debug-hint") == (
        "Off: the server answers as in production. On: refusals include their remedy."
    )


# -- The state in the URL ----------------------------------------------------------------------------------------------


def test_back_and_forward_and_reload_show_the_state_of_their_url(engine: Engine, demo: Demo) -> None:
    opened(engine, demo.page_origin)
    loopback, wildcard = (CAUSES[cause].title for cause in ("origin-loopback", "credentials-wildcard"))
    assert loopback in choose(engine, "origin-loopback")
    assert engine.run("return location.hash") == "#scenario=origin-loopback"
    assert wildcard in choose(engine, "credentials-wildcard")
    engine.run("history.back()")
    assert engine.text("#verdict", containing=loopback)
    assert engine.run("return document.getElementById('scenario').value") == "origin-loopback"
    engine.run("history.forward()")
    assert engine.text("#verdict", containing=wildcard)
    here = str(engine.run("return location.href"))
    show(engine, here)
    assert engine.text("#verdict", containing=wildcard)


def test_ones_own_policy_and_request_are_shared_by_their_url(engine: Engine, demo: Demo) -> None:
    opened(engine, demo.page_origin)
    engine.run("""
        document.getElementById("allow_origins").value = `https://a.example\\n${location.origin}`;
        document.getElementById("headers").value = "X-A: 1\\nX-B: ü&=#";
        document.getElementById("refuse").value = "forbid";
        document.getElementById("allow_credentials").checked = true;
        document.getElementById("experiment").dispatchEvent(new Event("input"));
    """)
    told = send(engine)
    assert "not allowed" in told
    values = """
        const fields = document.querySelectorAll("#experiment :is(input, textarea, select)");
        return [...fields].map(field => [field.value, field.checked]);
    """
    before, here = engine.run(values), str(engine.run("return location.href"))
    show(engine, here)
    engine.text("#verdict", containing="predicted")
    assert (said(engine), engine.run(values)) == (told, before)
    assert engine.run("return document.getElementById('scenario').selectedOptions[0].text") == "Your own"


UNSENT = "Changed. Send it to see what happens."


def type_into(engine: Engine, field: str, text: str) -> None:
    """Type a text, and leave the field."""
    engine.run("""
        const field = document.getElementById(args[0]);
        field.value = args[1];
        for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
    """, field, text)  # fmt: skip


def test_what_is_not_sent_yet_has_its_url_too(engine: Engine, demo: Demo) -> None:
    opened(engine, demo.page_origin)
    type_into(engine, "method", "PATC")
    type_into(engine, "method", "PATCH")
    assert said(engine) == UNSENT
    here = str(engine.run("return location.href"))
    assert here.endswith("&unsent=on")
    engine.run("history.back()")
    engine.text("#verdict", containing="as predicted")  # one step back is the sent state
    assert engine.run("return [location.hash, document.getElementById('method').value]") == ["#scenario=write", "PUT"]
    show(engine, here)
    assert said(engine) == UNSENT
    assert not engine.run("return document.getElementById('result').checkVisibility()")
    assert engine.run("return document.getElementById('method').value") == "PATCH"
    told = send(engine, "as predicted")
    assert told.startswith("Blocked")
    assert engine.run("return location.href") == here.removesuffix("&unsent=on")


def test_an_address_that_names_nothing_known_shows_the_first_scenario(engine: Engine, demo: Demo) -> None:
    for fragment in ("", "#scenario=none", "#x=1&place=None&unsent=on", "#" + "a" * 100_000, "#%", "#=&&scenario"):
        show(engine, f"{demo.page_origin}/playground.html{fragment}")
        engine.text("#verdict", containing="as predicted")
        assert str(engine.run("return location.hash")).startswith("#scenario=write")
        assert engine.run("return document.getElementById('place').selectedOptions[0].text") == "WSGI"


def test_no_address_runs_a_script(engine: Engine, demo: Demo) -> None:
    marked = "<img src=x onerror=alert(1)>"
    opened(engine, demo.page_origin)
    fields = engine.run("return [...document.querySelectorAll('form :is(input, textarea, select)')].map(e => e.id)")
    assert isinstance(fields, list)
    everywhere = urlencode(dict.fromkeys([*fields, "scenario", "place", "debug"], marked))
    for address in (everywhere, urlencode({"allow_origins": "*", "method": marked})):
        show(engine, f"{demo.page_origin}/playground.html#{address}")
        assert "onerror" in engine.text("main", containing="Not sent" if address == everywhere else "No browser")
        assert engine.run("return document.querySelectorAll('img').length") == 0


def test_a_late_result_does_not_replace_a_newer_one(engine: Engine, demo: Demo) -> None:
    """The server's response to the first of two choices arrives after the second is shown."""
    opened(engine, demo.page_origin)
    engine.run("""
        const fetched = fetch;
        const held = new Promise(resolve => { globalThis.release = resolve; });
        let older = "", end;
        globalThis.late = new Promise(resolve => { end = resolve; });
        globalThis.fetch = async (url, ...options) => {
            const isFirst = older === "";
            older ||= "begun";
            const response = await fetched(url, ...options);
            if (isFirst) {
                older = (await response.clone().json()).key;
                await held;
            }
            if (String(url).endsWith(`/${older}`)) {
                const outcome = await response.json();
                // A task of its own runs when all that follows the outcome has run.
                response.json = async () => { setTimeout(end); return outcome; };
            }
            return response;
        };
        const select = document.getElementById("scenario");
        for (const value of ["two-layers", "outside-static"]) {
            select.value = value;
            select.dispatchEvent(new Event("change"));
        }
    """)
    newer = CAUSES["outside-static"].title
    assert engine.text("#verdict", containing=newer)
    engine.run("release(); await late")
    assert newer in said(engine)


# -- The code to copy --------------------------------------------------------------------------------------------------


def test_the_corrected_policy_lets_the_request_through(engine: Engine, demo: Demo) -> None:
    opened(engine, demo.page_origin, "origin-loopback")
    assert texts(engine, "#code .bar b") == ["As it is", "Corrected"]
    assert texts(engine, "#code .block:nth-child(2) mark") == [
        f'allow_origins=["{demo.stranger_origin}", "{demo.page_origin}"],'
    ]
    engine.run("""
        document.getElementById("allow_origins").value = args.join("\\n");
    """, demo.stranger_origin, demo.page_origin)  # fmt: skip
    assert send(engine).startswith("Allowed, as predicted")
    assert texts(engine, "#code .bar b") == ["The policy"]


def test_a_place_can_be_chosen_for_the_code(engine: Engine, demo: Demo) -> None:
    opened(engine, demo.page_origin, "credentials-wildcard")
    places = texts(engine, "#place option")
    assert places == [*snippets(Policy(allow_origins="*")), *exports(Policy(allow_origins="*"))]
    for place, word in (("Flask", "supports_credentials"), ("Django", "CORS_ALLOW_CREDENTIALS"), ("nginx", "map $")):
        engine.run("""
            const place = document.getElementById("place");
            place.value = args[0];
            place.dispatchEvent(new Event("change"));
        """, place)  # fmt: skip
        faulty, corrected = texts(engine, "#code code")
        assert word in corrected
        assert faulty != corrected
        assert engine.run("return location.hash") == f"#scenario=credentials-wildcard&place={place}"
    choose(engine, "origin-loopback")  # the place stays
    assert "map $" in texts(engine, "#code code")[1]
    show(engine, f"{demo.page_origin}/playground.html#scenario=credentials-wildcard&place=Flask")
    engine.text("#verdict", containing="as predicted")
    assert "supports_credentials" in texts(engine, "#code code")[1]


def test_where_there_is_no_clipboard_the_code_is_selected(engine: Engine, demo: Demo) -> None:
    opened(engine, demo.page_origin)
    engine.run("""
        const clipboard = { writeText: async () => { throw new Error("denied"); } };
        Object.defineProperty(navigator, "clipboard", { configurable: true, value: clipboard });
    """)
    engine.click("#code button")
    assert engine.text("#code button", containing="Selected")
    assert engine.run("return getSelection().toString().trim()") == texts(engine, "#code code")[0]
