"""Every test of seven other libraries has the same outcome here, or differs for a reason with its authority."""

import logging
from collections.abc import Generator
from pathlib import Path

import pytest
from django.core.signals import request_started
from django.db import close_old_connections

from tests.one_policy import Answer
from tests.opinions.__main__ import counts
from tests.opinions.cases import CASES, OUTCOMES, REASONS, Case, Outcome, differences, judge, outcomes

ROOT = Path(__file__).parents[2]
PROJECTS = sorted({case.project for case in CASES})


@pytest.fixture(scope="module", autouse=True)
def quiet_django() -> Generator[None]:
    """Leave another test's database alone, and do not log each 403."""
    logger = logging.getLogger("django.request")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    request_started.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)
    logger.setLevel(level)


@pytest.mark.parametrize("project", PROJECTS)
def test_what_the_tests_of_others_assert_is_so_here_or_explained(project: str) -> None:
    for case, got in outcomes(case for case in CASES if case.project == project):
        differing = differences(case, got)
        if case.ours is None:
            assert not differing, (case, got)
        else:
            assert differing, f"nothing to explain any more: {case}"
            assert (got.name, got.problems) == (case.ours.name, case.ours.problems), (case, got)
            said = {name.lower(): value for name, value in (case.ours.headers or {}).items()}
            assert set(differing) == (set(said) or {"outcome"}), (case, differing)
            assert all((got.headers or {}).get(name) == value for name, value in said.items()), (case, got)


def test_every_difference_has_a_reason_with_its_authority() -> None:
    assert {case.reason for case in CASES if case.ours} == set(REASONS)
    assert all((case.ours is None) == (case.reason is None) for case in CASES)
    for reason in REASONS.values():
        assert reason["why"].endswith(".")
        sources = reason["authority"].split("; ")
        assert all(source.startswith(("Fetch, ", "RFC ", "URL, ", "CVE-", "docs/")) for source in sources), reason
        for page, _, section in (source.partition(", ") for source in sources if source.startswith("docs/")):
            assert section.strip('"') in (ROOT / page).read_text(encoding="utf-8"), reason
    names = {case.theirs.name for case in CASES} | {case.ours.name for case in CASES if case.ours}
    assert names == set(OUTCOMES)


def test_there_are_enough_of_them() -> None:
    assert len(PROJECTS) == 7
    assert len(CASES) >= 1000


def test_the_page_has_the_counts() -> None:
    page = (ROOT / "docs/testing.md").read_text(encoding="utf-8")
    for line in counts():
        assert line in page, line


def asked(**headers: str) -> Case:
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return Case("", "", {}, False, "OPTIONS", fields, Outcome(""), None, None)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ({"origin": "https://a.example", "methods": "PUT", "headers": "X-A, x-b"}, "preflight allowed"),
        ({"origin": "*", "methods": "*", "headers": "*"}, "preflight allowed"),
        ({"origin": "https://b.example", "methods": "PUT", "headers": "x-a, x-b"}, "preflight refused"),
        ({"origin": "https://a.example", "methods": "put", "headers": "x-a, x-b"}, "preflight refused"),
        ({"origin": "https://a.example", "methods": "PUT", "headers": "x-a"}, "preflight refused"),
    ],
)
def test_the_judge_reads_answers_as_the_standard_does(answer: dict[str, str], outcome: str) -> None:
    fields = frozenset((f"access-control-allow-{name}", value) for name, value in answer.items())
    case = asked(
        Origin="https://a.example", Access_Control_Request_Method="PUT", Access_Control_Request_Headers="x-a,x-b"
    )
    assert judge(case, Answer(204, fields, frozenset(), False, b"")) == outcome
    assert judge(case, Answer(403, fields, frozenset(), False, b"")) == "preflight refused"
