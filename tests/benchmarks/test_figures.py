"""The gate and the report: arithmetic that nobody would notice to be wrong."""

import json
from pathlib import Path

import pytest

from benchmarks.counting import PATHS
from benchmarks.gate import LIMITS, judged, ratios
from benchmarks.measure import cost, measure
from benchmarks.report import PAGE, RESULTS, Run, memory, text, write
from benchmarks.suites import BUILDING, Row
from benchmarks.targets import CORE, WSGI, Target, targets

# --- The gate.


def test_ratios_are_of_what_is_added() -> None:
    assert ratios({"bare app": 100, "yardstick": 300, "allowed": 600, "refused": 100}) == {"allowed": 2.5, "refused": 0}


@pytest.mark.parametrize(
    ("counted", "limits", "fault"),
    [
        ({"allowed": 2.51}, {"allowed": 2.5}, "allowed: 2.51 × the yardstick's instructions, over the limit of 2.50"),
        ({"allowed": 1}, {}, "allowed: no limit is kept"),
        ({}, {"allowed": 2.5}, "allowed: has a limit, but was not counted"),
    ],
)
def test_the_gate_closes(counted: dict[str, float], limits: dict[str, float], fault: str) -> None:
    assert judged(counted, limits) == [fault]


def test_the_gate_opens_at_the_limit_and_below() -> None:
    assert judged({"allowed": 2.5, "refused": 1}, {"allowed": 2.5, "refused": 4}) == []


def test_limits_are_kept_for_every_path() -> None:
    kept = json.loads(LIMITS.read_text())
    assert {"3.11", "3.13"} <= kept.keys()
    assert all(limits.keys() == set(PATHS) for limits in kept.values())


# --- Measuring.


def test_a_cost_is_told_against_the_bare_app() -> None:
    assert cost([700] * 5, bare=[200] * 5, unit=[300] * 5) == (700, 500, 5, 5)


def test_rounds_that_were_disturbed_do_not_count() -> None:
    told = cost(
        [*[700.0] * 6, *[2000.0] * 14],
        bare=[*[900.0] * 16, *[200.0] * 4],
        unit=[*[300.0] * 4, *[1000.0] * 16],
    )
    assert (told.whole, told.added, told.ratio) == (700, 500, 5)
    assert told.noisy_ratio == 11


def test_every_subject_is_measured_against_the_bare_one() -> None:
    handled = dict.fromkeys(("bare", "unit", "other"), 0)

    def batch(name: str, work: int):
        def run(count: int) -> None:
            for _ in range(count):
                handled[name] += 1
                sum(range(work))

        return run

    costs = measure(
        {"bare": batch("bare", 10), "unit": batch("unit", 2000), "other": batch("other", 20_000)},
        bare="bare",
        unit="unit",
        seconds=0.01,
    )
    assert costs.keys() == handled.keys()
    assert all(handled.values())
    assert (costs["bare"].added, costs["unit"].ratio) == (0, 1)
    assert costs["other"].ratio > 2


# --- Targets and the page.


def row(suite: str, subject: str, kind: str, origins: int, ratio: float, added: float = 100) -> Row:
    return Row(
        suite=suite,
        subject=subject,
        kind=kind,
        origins=origins,
        whole_ns=1000 + added,
        added_ns=added,
        unit="yardstick",
        ratio=ratio,
        noisy_ratio=ratio,
    )


def outcomes(rows: list[Row], figures: dict[str, float]) -> dict[str, str]:
    return {target.what: target.outcome for target in targets(rows, figures)}


@pytest.mark.parametrize(("kind", "limit"), CORE.items())
def test_a_target_is_met_at_its_limit_and_missed_above(kind: str, limit: float) -> None:
    what = f"core, {kind}: of the yardstick"
    assert outcomes([row(WSGI, "core", kind, 1, limit)], {})[what] == "met"
    assert outcomes([row(WSGI, "core", kind, 1, limit * 1.2)], {})[what] == "**missed** by 20 %"
    assert outcomes([], {})[what] == "not measured"


def test_growth_is_of_what_is_added() -> None:
    rows = [row("scale, exact", "core", "allowed", count, 2, added) for count, added in ((1, 100), (1_000_000, 130))]
    assert outcomes(rows, {})["core, allowed: 1,000,000 exact against 1"] == "**missed** by 8 %"
    never = [
        row("scale, exact", "core", "never seen", count, 2, added) for count, added in ((1, 100), (1_000_000, 130))
    ]
    assert outcomes(never, {})["core, never seen: 1,000,000 exact against 1"] == "met"


def test_adapters_are_held_to_their_own_limits() -> None:
    rows = [row("Django", "django_wsgicors", "allowed", 1000, 1 / 300), row("Flask", "flask-cors", "allowed", 1, 1)]
    assert outcomes(rows, {})["Django, allowed, 1,000 origins: of django-cors-headers"] == "**missed** by 33 %"
    assert outcomes(rows, {})["Flask, allowed, 1 origin: of flask-cors"] == "not measured"


@pytest.mark.parametrize(("figure", "outcome"), [(0.98, "met"), (0.97, "met"), (0.873, "**missed** by 10 %")])
def test_more_can_be_better(figure: float, outcome: str) -> None:
    assert Target("requests a second", figure, 0.97, "", at_least=True).outcome == outcome


def test_what_cannot_be_is_no_success() -> None:
    for impossible in (Target("core", -0.1, 4, "×"), Target("requests a second", 1.2, 0.97, "", at_least=True)):
        assert not impossible.met
        assert impossible.outcome == "lost in noise"


def test_memory_is_of_the_whole_list() -> None:
    assert memory({"bytes an origin, 100": 200.0, "bytes an origin, 7": 1}) == [(100, 20_000)]


def test_the_page_tells_what_is_missed_and_why() -> None:
    run = Run(
        python="3.11.7",
        machine="x",
        load=0.5,
        packages={"flask": "3"},
        seconds=1,
        rows=[row(WSGI, "core", "refused", 1, 4.4), row("Flask", "flask_wsgicors", "preflight", 1, -1, -50)],
        figures={BUILDING: 3.0},
    )
    page = text([run], "Why: because.", {"3.11": {"allowed": 2.75}})
    assert "| allowed | 2.75 |" in page
    assert "| core, refused: of the yardstick | 4.00 × | 4.40 × | **missed** by 10 % |" in page
    assert "| building 1,000,000 exact origins | 4.00 s | 3.00 s | met |" in page
    assert "Why: because." in page
    # Whole answers, and no negative cost.
    assert "| Flask | flask_wsgicors | 1 | 950 |" in page
    assert "-50" not in page


def test_the_page_is_made_of_the_results(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    write(RESULTS, page, plots=False)
    assert page.read_text() == PAGE.read_text()
