"""The gate and the report: arithmetic whose faults would go unnoticed."""

import json
import math
import os
import shutil
from pathlib import Path

import pytest

from benchmarks import gate, work
from benchmarks.gate import LIMITS, PATHS, judged
from benchmarks.measure import Effort, Round, Subject, cost, measure
from benchmarks.report import PAGE, RESULTS, Run, text, write
from benchmarks.subjects import BARE, CORE, YARDSTICK, twins
from benchmarks.suites import BUILDING, KINDS, WSGI, Row
from benchmarks.targets import LIMITS as TARGETS
from benchmarks.targets import Target, targets
from benchmarks.throughput import BARE as BARE_APP
from benchmarks.throughput import OURS, TOLD, TURN, YARD, Turns, share

# --- The gate.


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("valgrind") is None and not os.environ.get("CI"), reason="apt-get install valgrind")
def test_what_is_counted_is_what_is_added(monkeypatch: pytest.MonkeyPatch) -> None:
    counted = gate.Counted("", Subject(WSGI, YARDSTICK, 1), ("allowed",), requests=32)
    monkeypatch.setattr(gate, "COUNTED", (counted, counted._replace(words=", twice")))
    assert gate.ratios() == {"allowed": pytest.approx(1, rel=0.01), "allowed, twice": pytest.approx(1, rel=0.01)}


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
    assert cost([([Round(200, 700)] * 5, [Round(100, 200)] * 5)]) == (700, 500, 5, 5, 5)


def test_a_machine_that_changes_its_speed_changes_no_ratio() -> None:
    speeds = [1, 2, 1, 5, 2, 2, 1]
    told = cost([([Round(200 * speed, 700 * speed) for speed in speeds], [Round(0, 100 * speed) for speed in speeds])])
    assert (told.ratio, told.low, told.high) == (5, 5, 5)
    assert (told.whole, told.added) == (1400, 1000)


def test_lives_are_told_apart() -> None:
    lives = [([Round(base, base + added)], [Round(9, 109)]) for base, added in ((200, 500), (300, 700), (250, 550))]
    assert cost(lives) == (800, 550, 5.5, 5, 7)


def test_rounds_without_a_unit_say_nothing_of_ratios() -> None:
    told = cost([([Round(200, 700), Round(200, 700), Round(400, 100)], [Round(0, 100), Round(0, 100), Round(0, 0)])])
    assert (told.added, told.ratio) == (500, 5)
    assert math.isnan(cost([([Round(200, 700)], [Round(200, 200)])]).ratio)


def test_every_subject_is_measured_against_its_bare_twin() -> None:
    names = (BARE, YARDSTICK, CORE)
    subjects = {name: Subject("WSGI, 2 headers", name, 1) for name in names}
    costs = measure(subjects, ["allowed", "never seen"], unit=YARDSTICK, effort=Effort(0.01, 2))
    assert costs.keys() == {(name, kind) for name in names for kind in ("allowed", "never seen")}
    for (name, _), told in costs.items():
        assert told.whole > 0
        assert name != YARDSTICK or told.ratio == 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("suite", ["WSGI, 7 headers, Vary", "scale, exact", "scale, wildcards", "scale, regexes"])
def test_the_work_is_what_its_names_say(suite: str, kind: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("CRITICAL", "wsgicors")
    told: list[tuple[str, dict[str, str]]] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            work, "start_response", lambda status, headers, exc_info=None: told.append((status, dict(headers)))
        )
        twins(suite, CORE, 3)[kind].wrapped(2)
    (first, second) = told
    # The refused preflight requests a method that is not allowed, from an allowed origin.
    assert ("Access-Control-Allow-Origin" in first[1]) is (kind in ("allowed", "preflight", "refused preflight"))
    assert first[0] == ("204 No Content" if "preflight" in kind else "200 OK")
    assert first == second
    assert first[1]["Vary"].startswith(
        "Cookie, Origin" if suite.endswith("Vary") and "preflight" not in kind else "Origin"
    )


@pytest.mark.parametrize("requests", [1, TURN, 2 * TURN, 5 * TURN + 1])
def test_requests_go_to_the_apps_turn_by_turn(requests: int) -> None:
    served: list[str] = []

    def app(name: str) -> work.App:
        def note(environ: work.Environ, start_response: work.StartResponse) -> list[bytes]:
            served.append(name)
            return []

        return note

    turns = Turns((app("bare"), app("cors")))
    for _ in range(requests):
        turns({"PATH_INFO": "/notes/7"}, work.start_response)
    # The first turn runs cold, and is not reported.
    assert served == [*["bare"] * 2 * TURN, *["cors"] * TURN, *["bare"] * TURN, *["cors"] * TURN, "bare"][:requests]
    (told,) = turns({"PATH_INFO": TOLD}, work.start_response)
    times = json.loads(told)
    assert len(times) == max(0, (requests - 1) // TURN - 1)
    assert all(time > 0 for time in times)


def test_a_share_is_of_requests_a_second() -> None:
    assert share([(100, 120, 125, 125, 130, 100)], OURS) == 0.8
    assert share([(100, 120, 125, 125, 130, 100)], YARD) == 0.8
    assert share([(100, 120, 125, 125, 130, 100)], BARE_APP) == 1


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
        low=ratio,
        high=ratio * 1.1,
    )


def outcomes(rows: list[Row], figures: dict[str, float]) -> dict[str, str]:
    return {target.what: target.outcome for held in targets(rows, figures) for target in held}


@pytest.mark.parametrize(("kind", "limit"), TARGETS.items())
def test_a_target_is_met_at_its_limit_and_missed_above(kind: str, limit: float) -> None:
    what = f"core, {kind}: of the yardstick"
    assert outcomes([row(WSGI, "core", kind, 1, limit)], {})[what] == "met"
    assert outcomes([row(WSGI, "core", kind, 1, limit * 1.2)], {})[what] == "**missed** by 20 %"
    assert outcomes([], {})[what] == "not measured"


def test_growth_is_of_what_is_added() -> None:
    rows = [row("scale, exact", "core", "allowed", count, ratio) for count, ratio in ((1, 2), (1_000_000, 2.6))]
    assert outcomes(rows, {})["core, allowed: 1,000,000 exact against 1"] == "**missed** by 8 %"
    never = [row("scale, exact", "core", "never seen", count, ratio) for count, ratio in ((1, 2), (1_000_000, 2.6))]
    assert outcomes(never, {})["core, never seen: 1,000,000 exact against 1"] == "met"


def test_adapters_are_held_to_their_own_limits() -> None:
    rows = [
        row("Django", "django_wsgicors", "allowed", 1000, 1 / 300),
        row("Flask", "flask-cors", "allowed", 1, 1),
        row("ASGI", "wsgicors.asgi", "allowed", 1, 0.21),
    ]
    told = outcomes(rows, {})
    assert told["Django, allowed, 1,000 origins: of django-cors-headers"] == "**missed** by 33 %"
    assert told["Flask, allowed, 1 origin: of flask-cors"] == "not measured"
    assert told["ASGI, allowed, 1 origin: of Starlette"] == "met"


def test_harder_cases_are_told_apart() -> None:
    asked, harder = ({target.what for target in held} for held in targets([], {}))
    assert not asked & harder
    assert {"core, refused: of the yardstick", "Flask, never seen, 1,000 origins: of flask-cors"} <= asked
    assert {"core, refused, an app that sets Vary itself: of the yardstick"} <= harder
    assert {"Flask, never seen, 1 origin: of flask-cors"} <= harder


@pytest.mark.parametrize(("figure", "outcome"), [(0.98, "met"), (0.97, "met"), (0.873, "**missed** by 10 %")])
def test_more_can_be_better(figure: float, outcome: str) -> None:
    assert Target("requests a second", figure, 0.97, "", at_least=True).outcome == outcome


def test_what_cannot_be_is_no_success() -> None:
    for impossible in (Target("core", -0.1, 4, "×"), Target("requests a second", 1.2, 0.97, "", at_least=True)):
        assert not impossible.met
        assert impossible.outcome == "lost in noise"


def test_the_page_tells_what_is_missed_and_why() -> None:
    run = Run(
        python="3.11.7",
        machine="x",
        loads={"core": 0.5, "django": 1.5},
        packages={"flask": "3"},
        efforts={"core": (2, 5), "scale": (2, 5), "django": (6, 15)},
        rows=[row(WSGI, "core", "refused", 1, 4.4), row("Flask", "flask_wsgicors", "preflight", 1, -1, -50)],
        figures={BUILDING: 3.0},
    )
    page = text([run], "Why: because.", {"3.11": {"allowed": 2.75}})
    assert (
        "2 s in 5 lives for every measurement of core and scale, 6 s in 15 lives for every measurement of django"
        in page
    )
    assert "| allowed | 2.75 |" in page
    assert "| core, refused: of the yardstick | 4.00 × | 4.40 × (4.40 × to 4.84 ×) | **missed** by 10 % |" in page
    assert "| building 1,000,000 exact origins | 4.00 s | 3.00 s | met |" in page
    assert "Why: because." in page
    # Whole answers, and no negative cost.
    assert "| Flask | flask_wsgicors | 1 | 950 |" in page
    assert "-50" not in page


def test_the_page_is_made_of_the_results(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    write(RESULTS, page, plots=False)
    assert page.read_text() == PAGE.read_text()
