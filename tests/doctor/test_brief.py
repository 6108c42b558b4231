"""The short reports: headline first, one step, at most a screen."""

from collections.abc import Iterator

import pytest

from tests.browsers.recording import recorded
from tests.doctor.wording_cases import ALL, MISSING, PF, Case, chromium
from tests.wsgi import policy
from wsgicors.browser import Request, Response, judge
from wsgicors.doctor import examine, explain, why
from wsgicors.doctor.catalogue._causes import CAUSES
from wsgicors.doctor.catalogue._weaknesses import WEAKNESSES
from wsgicors.doctor.diagnosis._audit import Audit, FoundWeakness
from wsgicors.doctor.diagnosis._examination import Received
from wsgicors.doctor.diagnosis._ranking import certain, likely
from wsgicors.doctor.evidence._signs import signs
from wsgicors.doctor.output import _brief as brief
from wsgicors.doctor.output import _help as help_
from wsgicors.doctor.output import _report as report
from wsgicors.doctor.output._brief import MOST_LINES, WIDTH
from wsgicors.doctor.output._report import Line, Style, text, wrapped

PAGE = "https://www.example.com"


def printed(lines: list[Line]) -> list[str]:
    return text(wrapped(lines, WIDTH)).splitlines()


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.wording)
def test_a_message_s_report_fits(case: Case) -> None:
    lines = printed(brief.of_diagnosis(why(case.text)))
    assert len(lines) <= MOST_LINES
    assert case.cause in "\n".join(lines)
    assert (
        lines[0].partition(": ")[2] == why(case.text).findings[0].suspects[0].cause.title[: WIDTH * 2]
        or len(lines[0]) > 60
    )


@pytest.mark.parametrize("cause", list(CAUSES))
@pytest.mark.parametrize("ranked", [certain, likely])
def test_an_examination_s_report_fits(cause: str, ranked) -> None:
    found = examine(judge(Request("https://api.example/notes", PAGE), None, Response(502, [("Server", "nginx")])))
    lines = printed(brief.of_examination(found.with_suspects(ranked(cause, "app-error", "cors-absent"))))
    assert len(lines) <= MOST_LINES
    assert lines[0].startswith("Blocked: " if ranked is certain else "Blocked; likely: ")
    assert f"    wsgicors help {cause}" in lines


@pytest.mark.slow
def test_many_findings_are_one_screen() -> None:
    """A console of thousands of lines, of a few kinds."""
    urls = [chromium(MISSING).replace("/items", f"/{number}") for number in range(3000)]
    lines = printed(brief.of_diagnosis(why("\n".join([*urls, *(case.text for case in ALL)]))))
    assert len(lines) <= MOST_LINES
    assert any(" requests" in line for line in lines)
    assert any("kinds more" in line for line in lines)


def test_what_is_not_certain_is_to_be_found_out_and_what_is_certain_to_be_changed() -> None:
    unsure = printed(brief.of_diagnosis(why(chromium(PF + MISSING))))
    assert "To find out which it is:" in unsure
    assert "Change this:" not in unsure
    assert "Or else:" in unsure
    sure = printed(brief.of_diagnosis(why("Reason: CORS disabled")))
    assert "Change this:" in sure


def test_nothing_found_is_said_as_in_the_whole_report() -> None:
    assert printed(brief.of_diagnosis(why(""))) == ["Found: nothing to read."]


def test_an_explanation_has_both_sides_in_short() -> None:
    told = explain(policy(PAGE), "https://example.com", method="PUT", heading=[("View", "notes")])
    lines = printed(brief.of_explained(told))
    assert lines[0].startswith("Blocked: ")
    assert "  View: notes" in lines
    assert any("The server refuses the preflight: The origin" in line for line in lines)
    assert f"    The nearest that is allowed: {PAGE}" in lines
    allowed = printed(brief.of_explained(explain(policy(PAGE), PAGE)))
    assert "  The server allows the request." in allowed


def weak(*ids: str) -> Audit:
    found = tuple(
        FoundWeakness(
            WEAKNESSES[name].filled({"origin": "null", "trusted": PAGE}), WEAKNESSES[name].level, ("null",), ("GET",)
        )
        for name in ids
    )
    return Audit("https://api.example/", PAGE, found, 9, complete=True, notes=("A note.",))


@pytest.mark.parametrize("name", WEAKNESSES)
def test_an_audit_s_report_fits(name: str) -> None:
    lines = printed(brief.of_audit(weak(name, "public", "vary-missing")))
    assert len(lines) <= MOST_LINES
    assert f"({name})" in " ".join(lines[:2])
    assert f"    wsgicors help {name}" in lines


def test_an_audit_that_nobody_answered_knows_nothing() -> None:
    nobody = Audit("https://api.example/", PAGE, (), 1, complete=False, notes=("The connection failed: refused.",))
    lines = printed(brief.of_audit(nobody))
    assert lines[0].startswith("Unclear: ")
    assert "The connection failed: refused." in lines
    assert printed(brief.of_audit(weak()))[0] == "No weakness was found."


@pytest.mark.parametrize(
    ("headers", "first"),
    [
        ([("Server", "AmazonS3")], "  Amazon S3: "),
        ([("X-Powered-By", "Express")], "  Express: "),
        ([("Server", "unknown")], "  Flask: "),
    ],
)
def test_the_remedy_is_for_what_answered(headers: list[tuple[str, str]], first: str) -> None:
    page = Request("https://api.example/notes", PAGE)
    response = Response(200, headers)
    found = examine(judge(page, None, response), [Received(signs=signs(response, b""))])
    lines = printed(brief.of_examination(found.with_suspects(certain("cors-absent"))))
    assert lines[lines.index("Change this:") + 1].startswith(first)
    assert "    https://wsgicors-policy.readthedocs.io/en/stable/errors/cors-absent.html" in lines


@pytest.mark.parametrize(("server", "place"), [("Caddy", "Caddy"), ("Apache/2.4", "Apache"), ("nginx", "nginx")])
def test_a_proxy_that_may_have_passed_the_answer_on_has_the_second_remedy(server: str, place: str) -> None:
    def remedies(body: bytes, status: int) -> list[str]:
        response = Response(status, [("Server", server)])
        asked = judge(Request("https://api.example/notes", PAGE), None, response)
        found = examine(asked, [Received(signs=signs(response, body))])
        lines = printed(brief.of_examination(found.with_suspects(certain("cors-absent"))))
        start = next(number for number, line in enumerate(lines) if line.startswith("Change "))
        shown = lines[start : lines.index("", start)]
        return [shown[0], *(name for line in shown if (name := line.partition(":")[0].strip()) in {"Flask", place})]

    assert remedies(b"", 200) == ["Change one of these:", "Flask", place]
    if place == "nginx":
        assert remedies(b"<hr><center>nginx/1.27</center>", 404) == ["Change this:", "nginx"]


@pytest.mark.parametrize(
    ("body", "first"),
    [
        (b"Invalid CORS request", "  Spring: "),
        (b"Disallowed CORS origin", "  FastAPI: "),
        (
            b"<Error><Code>AccessForbidden</Code><Message>CORSResponse: This CORS request is not allowed.",
            "  Amazon S3: ",
        ),
    ],
)
def test_the_remedy_is_for_the_cors_layer_that_refused(body: bytes, first: str) -> None:
    response = Response(403, [])
    found = examine(
        judge(Request("https://api.example/notes", PAGE), None, response), [Received(signs=signs(response, body))]
    )
    lines = printed(brief.of_examination(found.with_suspects(certain("origin-not-allowed"))))
    assert lines[lines.index("Change this:") + 1].startswith(first)


def reports(text: str) -> Iterator[tuple[str, list[Line]]]:
    found = why(text)
    yield "short", brief.of_diagnosis(found)
    yield "whole", list(report.of_diagnosis(found))


RECORDED = [console for engine in ("chromium", "firefox", "webkit") for console in recorded(engine).consoles.values()]
SENTENCES = [case.text for case in ALL]
TEXTS = [*SENTENCES, *dict.fromkeys("\n".join(console) for console in RECORDED)]


def assert_well_set(lines: list[Line], width: int) -> None:
    """Assert that sentences fit the width, code and words stay whole, and no line ends in a blank."""
    print_out = text(wrapped(lines, width))
    printed_lines = print_out.splitlines()
    assert all(one == one.rstrip() for one in printed_lines)
    assert not print_out.endswith("\n\n")
    code = {" " * one.indent + one.text.rstrip() for one in lines if one.style is Style.CODE}
    assert code <= {*printed_lines}
    for one in printed_lines:
        # Only what cannot be broken is longer: code, and a single word such as a URL.
        assert len(one) <= max(width, 20) or one in code or " " not in one.strip(), one
    words = [word for one in lines for word in one.text.split()]
    assert words == print_out.split()


@pytest.mark.parametrize(("width", "texts"), [(40, SENTENCES), (WIDTH, TEXTS), (100, SENTENCES)])
def test_every_report_of_a_text_is_well_set(width: int, texts: list[str]) -> None:
    for pasted in texts:
        for kind, lines in reports(pasted):
            assert_well_set(lines, width)
            assert kind == "whole" or width < WIDTH or len(text(wrapped(lines, width)).splitlines()) <= MOST_LINES


@pytest.mark.parametrize("width", [40, 80])
def test_every_page_of_the_help_is_well_set(width: int) -> None:
    for code in [*CAUSES, *WEAKNESSES]:
        lines = list(help_.of_entries(help_.entries(code)))
        assert lines
        assert_well_set(lines, width)


@pytest.mark.parametrize("cause", list(CAUSES))
def test_every_remedy_of_a_cause_is_well_set(cause: str) -> None:
    found = examine(judge(Request("https://api.example/notes", PAGE), None, Response(200)))
    found = found.with_suspects(certain(cause))
    for width in (40, 80):
        assert_well_set(brief.of_examination(found), width)
        assert_well_set(list(report.of_examination(found)), width)
