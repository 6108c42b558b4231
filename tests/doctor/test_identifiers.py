"""A name of what was blocked says why, wherever people paste it."""

import json

import pytest

from tests.doctor.identifier_cases import BLOCKED, CORS_ERRORS, FIREFOX, NAMES, PANEL, SHORT, WITH_BLANKS, Name
from tests.doctor.shortened_cases import EDGE
from tests.doctor.wording_cases import PAGE, URL, Case
from wsgicors.doctor import why
from wsgicors.doctor.catalogue._identifiers import CORS_ERRORS as READ_CORS_ERRORS
from wsgicors.doctor.catalogue._identifiers import FIREFOX as READ_FIREFOX
from wsgicors.doctor.evidence._console import read_console

FRAMES = [
    "{}", "`{}`", "'{}'", "“{}”", "({})", "{}.", "It fails with {} since the last release.", "Status: CORS error ({})",
    "items\tCORS error: {}\tfetch\tapp.js:10\t0 B", "| GET | {} |", "TypeError: Failed to fetch\n{}",
]  # fmt: skip


def first(text: str) -> str:
    [finding] = why(text).findings
    return finding.suspects[0].cause.id


@pytest.mark.parametrize("one", [*NAMES, *WITH_BLANKS], ids=lambda one: one.name)
def test_a_name_says_why_wherever_it_is_pasted(one: Name) -> None:
    for frame in FRAMES:
        assert first(frame.format(one.name)) == one.cause, frame


@pytest.mark.parametrize("one", CORS_ERRORS, ids=lambda one: one.name)
@pytest.mark.parametrize(
    "frame",
    ["Cross-Origin Resource Sharing error: {}", "CorsError::k{}", "CorsIssue::{}", "Protocol.Network.CorsError.{}"],
)
def test_chromium_s_errors_as_its_sources_and_tooltips_have_them(one: Name, frame: str) -> None:
    assert first(frame.format(one.name)) == one.cause


@pytest.mark.parametrize("one", FIREFOX, ids=lambda one: one.name)
@pytest.mark.parametrize(
    "form",
    [
        "https://developer.mozilla.org/docs/Web/HTTP/CORS/Errors/{}?utm_source=devtools", "{}2: …",
        "[Learn More][{}]",
    ],
)  # fmt: skip
def test_firefox_s_names_as_its_console_links_them(one: Name, form: str) -> None:
    [finding] = why(form.format(one.name)).findings
    assert (finding.suspects[0].cause.id, finding.facts.url) == (one.cause, "")


@pytest.mark.parametrize("one", FIREFOX, ids=lambda one: one.name)
def test_firefox_s_reasons_to_block_in_capitals(one: Name) -> None:
    assert first(f"blockedReason: BLOCKING_REASON_{one.name.upper()}") == one.cause


@pytest.mark.parametrize("one", CORS_ERRORS, ids=lambda one: one.name)
@pytest.mark.parametrize("indent", [None, 2])
def test_a_dump_of_the_protocol_names_the_url_and_the_cause(one: Name, indent: int | None) -> None:
    status = {"corsError": one.name, "failedParameter": ""}
    text = json.dumps({"corsErrorStatus": status, "request": {"url": URL}}, indent=indent)
    [finding] = why(text).findings
    assert (finding.suspects[0].cause.id, finding.facts.url) == (one.cause, URL)


@pytest.mark.parametrize(
    ("error", "parameter", "fact"),
    [
        ("HeaderDisallowedByPreflightResponse", "x-a", "header"),
        ("MethodDisallowedByPreflightResponse", "PUT", "method"),
        ("AllowOriginMismatch", "https://other.example", "value"),
        ("PreflightAllowOriginMismatch", "https://other.example", "value"),
    ],
)
def test_the_failed_parameter_is_a_fact(error: str, parameter: str, fact: str) -> None:
    [finding] = why(json.dumps({"corsError": error, "failedParameter": parameter})).findings
    assert getattr(finding.facts, fact) == parameter


@pytest.mark.parametrize(("reason", "cause"), SHORT)
def test_a_short_reason_says_nothing_alone(reason: str, cause: str) -> None:
    assert first(json.dumps({"blockedReason": reason})) == cause
    assert first(f"(blocked:{reason})") == cause
    assert first(reason) in {"unrecognised", "unspecified"}


@pytest.mark.parametrize(("reason", "cause"), PANEL)
def test_a_row_of_the_panel_has_the_reason_in_brackets(reason: str, cause: str) -> None:
    assert first(f"items\t(blocked:{reason})\tfetch\tapp.js:10\t0 B\t3 ms") == cause


@pytest.mark.parametrize("one", [*NAMES, *WITH_BLANKS], ids=lambda one: one.name)
def test_a_longer_word_is_another_name(one: Name) -> None:
    is_open = one in BLOCKED or one.wording == "chromium/issue"
    longer = f"x{one.name}" if is_open else f"{one.name}x"
    assert not [message for message in read_console(f"{longer}: bad").messages if message.wording == one.wording]


@pytest.mark.parametrize("case", EDGE, ids=lambda case: case.wording)
def test_a_number_and_its_sentence_are_one_finding(case: Case) -> None:
    assert first(f"{case.wording.removeprefix('edge/')}: {case.text}") == case.cause


@pytest.mark.parametrize("name", sorted({*READ_CORS_ERRORS, *READ_FIREFOX}))
def test_every_name_that_is_read_has_its_cause_in_the_list(name: str) -> None:
    assert name in {one.name for one in (*CORS_ERRORS, *FIREFOX)}


def test_a_sentence_beside_its_name_is_one_finding() -> None:
    said = (
        f"Access to fetch at '{URL}' from origin '{PAGE}' has been blocked by CORS policy: Response to preflight"
        " request doesn't pass access control check: It does not have HTTP ok status."
    )
    [finding] = why(f"{said}\nitems CORS error PreflightInvalidStatus fetch").findings
    assert finding.facts.url == URL
