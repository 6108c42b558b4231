import io
import re
from dataclasses import replace

import pytest
from rich.console import Console

from tests.doctor.archives import Chromium
from tests.doctor.wording_cases import MISSING, PF, chromium
from tests.wsgi import policy
from wsgicors import Policy
from wsgicors.browser import Request, Response, judge
from wsgicors.doctor import examine, explain, why
from wsgicors.doctor.catalogue._causes import CAUSES
from wsgicors.doctor.catalogue._weaknesses import WEAKNESSES, Level
from wsgicors.doctor.diagnosis._audit import Audit, FoundWeakness
from wsgicors.doctor.diagnosis._examination import Control, Decision, Examination, Received, Remark
from wsgicors.doctor.diagnosis._examining import unfinished
from wsgicors.doctor.diagnosis._ranking import certain, likely
from wsgicors.doctor.evidence._signs import Kind, Sign
from wsgicors.doctor.output._report import Line, Style, of_audit, of_diagnosis, of_examination, of_explained, show, text

PAGE = "https://www.example.com"
URL = "https://api.example/notes"
EVIL = "\x1b[31m[bold red]\r\n\u202e\x9b[/]"


def probed(
    *, method: str = "GET", headers=(), status: int = 200, answer=(), preflight=None, credentials=False
) -> Examination:
    page = Request(URL, PAGE, method, headers, "include" if credentials else "same-origin")
    first = Response(204, preflight) if preflight is not None else None
    conclusion = judge(page, first, Response(status, answer))
    received = [
        Received([*exchange.request.headers, ("Cookie", "s3cret")], seconds=0.0123) for exchange in conclusion.exchanges
    ]
    return examine(conclusion, received)


# -- Lines -------------------------------------------------------------------------------------------------------------


def test_plain_text_is_indented_and_not_wrapped():
    assert text([Line("a" * 300, Style.BAD, 4), Line(""), Line("b ")]) == f"    {'a' * 300}\n\nb\n"


def shown(lines, **options) -> str:
    out = io.StringIO()
    show(lines, Console(file=out, width=40, force_terminal=True, highlight=False, **options))
    return out.getvalue()


def test_on_a_terminal_it_is_wrapped_under_its_indent():
    lines = shown([Line("word " * 20, indent=4)]).splitlines()
    assert len(lines) > 2
    assert all(line.startswith("    word") for line in lines)


def test_colours_are_there_and_can_be_done_without():
    line = Line("Blocked", Style.BAD)
    assert "\x1b[1;31m" in shown([line], color_system="standard")
    assert "31" not in shown([line], color_system="standard", no_color=True)


@pytest.mark.parametrize("style", Style)
def test_markup_is_not_read(style):
    written = shown([Line("[bold]x[/] [link=https://evil.example]y[/link] :smile:", style)])
    assert "[bold]x[/]" in written
    assert ":smile:" in written
    assert "\x1b]8" not in written


# -- why ---------------------------------------------------------------------------------------------------------------


def test_a_diagnosis():
    said = text(of_diagnosis(why(chromium(PF + MISSING))))
    lines = said.splitlines()
    assert lines[0].startswith("Blocked; possibly: ")
    assert "  The step that failed: CORS check, 2: Access-Control-Allow-Origin is missing" in lines
    assert "Why (possible)" in lines
    assert "Or else:" in lines
    assert re.search(r"^    A probe tells: .+", said, re.MULTILINE)
    assert lines[-2:] == [
        "To look from the outside:",
        (
            "  wsgicors probe https://api.example/items --origin https://app.example --header Content-Type "
            "--preflight-only"
        ),
    ]


def test_a_capture():
    archive = Chromium()
    archive.exchange("PUT", 0, sent={"X-A": "1"}, preflight=(404, {}), error="net::ERR_FAILED")
    archive.exchange("PUT", 0, sent={"X-A": "1"}, preflight=(404, {}), error="net::ERR_FAILED")
    said = text(of_diagnosis(why(har=archive.text())))
    assert "  Entries 0, 1, 2, 3\n" in said
    assert "  2 requests\n" in said
    assert "  What it found: " in said
    assert "s3cret" not in said


def test_many_lines_are_not_all_named():
    said = text(of_diagnosis(why("\n".join([chromium(MISSING)] * 15))))
    assert "  Lines 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, …\n" in said


@pytest.mark.parametrize(
    ("given", "first"),
    [
        ("", "Found: nothing to read."),
        ("hello", "Unclear: The message is not known"),
        (
            "Set-Cookie “sid” has been rejected because it is in a cross-site context and its “SameSite” is “Lax”",
            "Not blocked: ",
        ),
    ],
)
def test_what_is_no_block(given, first):
    assert text(of_diagnosis(why(given))).startswith(first)


def test_a_capture_without_blocks():
    archive = Chromium()
    archive.exchange("GET", 200, {"Access-Control-Allow-Origin": "*"})
    assert (
        text(of_diagnosis(why(har=archive.text()))) == "Found: 1 request to other origins, and none that was blocked.\n"
    )


def test_what_was_left_out_is_said_first():
    said = text(of_diagnosis(replace(why(chromium(MISSING)), notes=("The end was not read.",)))).splitlines()
    assert said[:2] == ["The end was not read.", ""]
    assert text(of_diagnosis(why('{"log": {'))).startswith("This is not a HAR")


# -- probe -------------------------------------------------------------------------------------------------------------


def test_a_refused_preflight():
    said = text(
        of_examination(probed(method="PUT", headers=[("X-Api-Key", "s3cret")], preflight=[("Server", "nginx")]))
    )
    assert said.splitlines()[0] == f"PUT {URL} from a page of {PAGE}, with X-Api-Key"
    order = ["\nBlocked; likely: ", "The step that failed: CORS check, 2",
             "\nWhy (likely)\n", "Root cause 2: ", "Flask: ", "Django: ", "WSGI: ", "nginx: ",
             "\nPage\n", "\nPreflight\n", "> OPTIONS", "> Origin:", "> Cookie: …", "< 204 after 12 ms",
             "< Server: nginx",
             "answered by a server that the answer does not name", "FAILED there is no Access-Control-Allow-Origin",
             "https://fetch.spec.whatwg.org/#concept-cors-check"]  # fmt: skip
    positions = [said.index(part) for part in order]
    assert positions == sorted(positions)
    assert "s3cret" not in said


def test_an_allowed_request():
    headers = [("Access-Control-Allow-Origin", "*"), ("X-Id", "7"), ("Content-Type", "text/plain")]
    allow = [
        ("Access-Control-Allow-Origin", "*"),
        ("Access-Control-Allow-Methods", "PUT"),
        ("Access-Control-Max-Age", "7200"),
    ]
    said = text(of_examination(probed(method="PUT", answer=headers, preflight=allow)))
    assert "\nAllowed: the page may read the answer\n" in said
    assert "  The page can read: content-type\n" in said
    assert "  The page cannot read: access-control-allow-origin, x-id\n" in said
    assert "  The preflight's answer is kept: Chromium 7200 s, Firefox 7200 s, WebKit 600 s\n" in said
    assert "Why" not in said


def test_an_answer_of_which_no_header_can_be_read():
    found = probed(answer=[("Access-Control-Allow-Origin", "*")])
    assert "  The page can read: no header\n" in text(of_examination(found))
    everything = probed(answer=[("Access-Control-Allow-Origin", "*"), ("Access-Control-Expose-Headers", "*")])
    assert "cannot read" not in text(of_examination(everything))


def test_a_page_at_home():
    page = Request("https://api.example/x", "https://api.example")
    said = text(of_examination(examine(judge(page, None, Response(200)))))
    assert "Allowed: the page may read the answer" in said
    assert "Worth knowing" not in said


def test_notes_and_remarks_are_worth_knowing():
    found = probed(headers=[("Cookie", "a=b")], status=500, answer=[("Access-Control-Allow-Origin", "*")])
    found = replace(found, remarks=(*found.remarks, Remark("A remark alone.")))
    said = text(of_examination(found))
    assert "  note   dropped, as no script may set them: 'cookie'\n" in said
    assert "(forbidden-request-header)\n    In the client: " in said
    assert "The answer's status is 500, and the page can read it.\n" in said
    assert said.endswith("  A remark alone.\n")


def test_what_was_asked_besides():
    controls = (Control("Is it?", 200, None, None, cors=False), Control("And this?", 0, "*", None, cors=True))
    said = text(of_examination(replace(probed(), controls=controls)))
    assert "\nAsked besides\n  Is it? 200, no Access-Control-Allow-Origin\n  And this? No answer, *\n" in said


def test_all_that_is_certain_is_told_whole():
    found = probed().with_suspects([*certain("origin-www", "fixed-origin"), *likely("app-error")])
    said = text(of_examination(found))
    assert "\nWhy (certain)\n" in said
    assert f"\n{CAUSES['fixed-origin'].title} (certain)\n" in said
    assert "Or else:\n  The application failed" in said


def test_exchanges_that_did_not_come_to_their_end():
    stopped = judge(Request(URL, PAGE), None, Response(0))
    said = text(of_examination(unfinished(stopped, [], "It was kept back.")))
    assert "\nUnclear: the exchange did not come to its end\n  It was kept back.\n" in said
    passing = unfinished(stopped, [], "It was kept back.", Decision.ALLOWED)
    assert "\nAllowed: the preflight passes\n" in text(of_examination(passing))


def test_no_answer():
    page = Request(URL, PAGE)
    said = text(of_examination(examine(judge(page, None, Response(0)), [Received(seconds=1)])))
    assert "FAILED no response came" in said
    assert "< " not in said


def test_hops_are_counted():
    from wsgicors.browser import fetch

    answers = iter([Response(302, [("Location", "/x"), ("Access-Control-Allow-Origin", "*")]), Response(200)])
    found = examine(fetch(Request(URL, PAGE), lambda _: next(answers)))
    assert "\nRequest, after 1 redirect\n  > GET https://api.example/x\n" in text(of_examination(found))


def test_who_answered():
    found = probed()
    signs = (Sign("nginx", Kind.PROXY, "its error page", made=True),)
    found = replace(found, received=(Received(signs=signs, seconds=0),))
    assert "  answered by nginx, by its error page\n" in text(of_examination(found))


# -- explain -----------------------------------------------------------------------------------------------------------


def test_both_sides():
    said = text(of_explained(explain(policy(PAGE, allow_methods=["PUT"]), "https://example.com", method="PUT")))
    order = ["\nBlocked: ", "\nThe policy\n  allow_origins: https://www.example.com\n  allow_methods: PUT\n",
             "\nPage\n", "\nPreflight\n",
             "\nThe server's verdict\n  preflight: refused. The origin 'https://example.com' is not allowed here.\n",
             "    The nearest that is allowed: https://www.example.com\n"]  # fmt: skip
    positions = [said.index(part) for part in order]
    assert positions == sorted(positions)


def test_both_sides_allow():
    said = text(of_explained(explain(Policy(allow_origins="*"), PAGE)))
    assert "\nThe server's verdict\n  request: allowed\n" in said
    assert "nearest" not in said


# -- audit -------------------------------------------------------------------------------------------------------------


def audit_of(*ids: str, complete: bool = True, notes: tuple[str, ...] = ()) -> Audit:
    facts = {"origin": "https://evil.example", "trusted": PAGE}
    findings = [
        FoundWeakness(WEAKNESSES[name].filled(facts), WEAKNESSES[name].level, ("https://evil.example",), ("GET",))
        for name in ids
    ]
    return Audit(URL, PAGE, tuple(findings), 7, complete, notes)


def test_an_audit():
    said = text(of_audit(audit_of("any-origin", "public", notes=("A note.",))))
    assert said.splitlines()[:4] == [
        f"{URL}, as hostile pages see it; trusted is {PAGE}",
        "A note.",
        "",
        "HIGH: Every origin is trusted (any-origin)",
    ]
    assert "UNTIDY: Everybody may read, without credentials (public)\n" in said
    assert "  Seen in the answer to GET, for https://evil.example\n" in said
    assert said.endswith("\n\n7 requests.\n")


def test_an_audit_that_finds_nothing():
    assert text(of_audit(audit_of())).endswith("\n\nNo weakness was found.\n7 requests.\n")
    said = list(of_audit(audit_of(complete=False)))
    assert said[-2].style is Style.NOTE
    assert said[-1].text == "7 requests; not everything could be found out."


@pytest.mark.parametrize(
    ("level", "style"), [(Level.HIGH, Style.BAD), (Level.MEDIUM, Style.BAD), (Level.LOW, Style.NOTE)]
)
def test_what_is_bad_looks_so(level, style):
    audit = audit_of("any-origin")
    worse = replace(audit, findings=(replace(audit.findings[0], level=level),))
    assert next(line.style for line in of_audit(worse) if "any-origin" in line.text) is style


# -- Hostile input -----------------------------------------------------------------------------------------------------


def evil_reports():
    yield of_diagnosis(why(chromium(MISSING).replace("items", EVIL) + EVIL))
    for name in ("Access-Control-Allow-Origin", "Server", "Location", "Set-Cookie", "Vary", "Access-Control-\x1b"):
        yield of_examination(probed(answer=[(name, EVIL)]))
        yield of_examination(probed(method="PUT", preflight=[("Access-Control-Allow-Origin", "*"), (name, EVIL)]))
    yield of_examination(replace(probed(), controls=(Control("?", 200, EVIL, None, cors=True),), detail=EVIL))
    yield of_audit(replace(audit_of("any-origin"), notes=(EVIL,), url=EVIL))


@pytest.mark.parametrize("report", list(evil_reports()))
def test_nothing_comes_out_unescaped(report):
    lines = list(report)
    assert all(line.text.isprintable() for line in lines)
    assert "\x1b[31m" not in shown(lines, color_system=None)
    assert all(len(line) < 3000 for line in text(lines).splitlines())
