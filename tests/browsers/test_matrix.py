"""Every exchange of the matrix in every engine, compared with the standard's outcome on the same servers."""

from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass

import pytest

from tests.browsers import ground
from tests.browsers.chromium import Chromium
from tests.browsers.departures import DEPARTURES, cause_in, departures_of, guess, guesses_of, speakers
from tests.browsers.engine import Engine
from tests.browsers.ground import Ground, Met, differences, expected
from tests.browsers.matrix import CASES, Case, Middleware
from tests.browsers.recording import recorded
from wsgicors.doctor.catalogue._causes import CAUSES

pytestmark = pytest.mark.browsers

FEWEST = 200  # exchanges in the matrix, at least
MOST_TRIES = 3  # of a case that depends on a cache


@dataclass(frozen=True)
class Run:
    """An engine's outcomes of the whole matrix."""

    browser: Engine
    ground: Ground
    met: Mapping[str, Met]

    @property
    def engine(self) -> str:
        return self.browser.name

    def tries(self, case: Case) -> Iterator[Met]:
        """The engine's outcomes of a case, with further tries if its cache matters, which it can empty at any time."""
        yield self.met[case.id]
        for number in range(MOST_TRIES if len(case.asks) > 1 else 0):
            yield ground.meet(self.ground, self.browser, [case], f"{self.engine}-{number}")[case.id]

    def blocks(self, case: Case) -> bool:
        return self.met[case.id].outcome.got[-1].blocked


@pytest.fixture(scope="module")
def run(engine: Engine) -> Generator[Run]:
    with ground.opened(CASES) as opened:
        yield Run(engine, opened, ground.meet(opened, engine, CASES))


def every_case(case: Case) -> str:
    return case.id


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= FEWEST
    assert len({case.id for case in CASES}) == len(CASES)
    assert {case.cause for case in CASES} - {""} <= CAUSES.keys()
    assert {case_id for departure in DEPARTURES for case_id in departure.cases} <= {case.id for case in CASES}


OURS = [case for case in CASES if isinstance(case.server, Middleware)]
"""Cases whose server is an app wrapped by this library."""


@pytest.fixture(scope="module")
def run_by_asgi(chromium: Chromium) -> Generator[Run]:
    with ground.opened(OURS, ground.by_asgi) as opened:
        yield Run(chromium, opened, ground.meet(opened, chromium, OURS))


@pytest.mark.parametrize("case", OURS, ids=every_case)
def test_chromium_gets_the_same_through_the_asgi_wrapper(run_by_asgi: Run, case: Case) -> None:
    outcome, concluded = expected(run_by_asgi.ground, case, "chromium")
    assert concluded[-1].allowed == (not case.cause), concluded[-1].failed
    known = departures_of("chromium", case.id)
    assert any(differences(outcome, met.outcome) == known for met in run_by_asgi.tries(case))


@pytest.mark.parametrize("case", CASES, ids=every_case)
def test_the_engine_does_what_the_standard_says(run: Run, case: Case) -> None:
    outcome, concluded = expected(run.ground, case, run.engine)
    assert concluded[-1].allowed == (not case.cause), concluded[-1].failed
    known = departures_of(run.engine, case.id)
    for met in run.tries(case):
        found = differences(outcome, met.outcome)
        if found == known:
            return
    assert found == known


def test_every_message_of_the_console_is_recognised(run: Run) -> None:
    consoles = {case.id: run.met[case.id].console for case in CASES if run.blocks(case)}
    assert not [(case_id, line) for case_id, lines in consoles.items() for line in lines if not speakers(line)]


def test_the_console_leads_to_the_cause_but_for_what_it_does_not_tell(run: Run) -> None:
    blocked = [case for case in CASES if run.blocks(case)]
    guesses = {guess(run.met[case.id].console, cause_in(run.engine, case)) for case in blocked}
    assert guesses - {None} == guesses_of(run.engine)


def test_every_blocked_case_is_recorded(run: Run) -> None:
    assert recorded(run.engine).consoles.keys() == {case.id for case in CASES if run.blocks(case)}
