"""The recorded messages of three engines about blocked exchanges lead to the right cause; no browser runs."""

import pytest

from tests.browsers.departures import CHROMIUM, FIREFOX, WEBKIT, cause_in, guess, guesses_of, speakers
from tests.browsers.matrix import CASES
from tests.browsers.recording import recorded
from wsgicors.doctor.catalogue._readers import Speaker

pytestmark = pytest.mark.slow

ENGINES = (CHROMIUM, FIREFOX, WEBKIT)
KNOWN = {case.id: case for case in CASES}
BLOCKED = [(engine, case_id) for engine in ENGINES for case_id in recorded(engine).consoles]


@pytest.mark.parametrize(("engine", "case_id"), BLOCKED)
def test_every_recorded_message_is_recognised(engine: str, case_id: str) -> None:
    for line in recorded(engine).consoles[case_id]:
        found = speakers(line)
        assert found, line
        assert found <= {Speaker(engine), Speaker.SCRIPT}, line


@pytest.mark.parametrize(("engine", "case_id"), BLOCKED)
def test_every_recorded_console_leads_to_the_cause(engine: str, case_id: str) -> None:
    wrong = guess(recorded(engine).consoles[case_id], cause_in(engine, KNOWN[case_id]))
    assert wrong is None or wrong in guesses_of(engine)


@pytest.mark.parametrize("engine", ENGINES)
def test_what_no_console_tells_is_listed_and_true(engine: str) -> None:
    consoles = recorded(engine).consoles
    guesses = {guess(console, cause_in(engine, KNOWN[case_id])) for case_id, console in consoles.items()}
    assert guesses - {None} == guesses_of(engine)


@pytest.mark.parametrize("engine", ENGINES)
def test_what_every_engine_blocks_is_recorded(engine: str) -> None:
    blocked_by_all = {case.id for case in CASES if case.cause} - {"header-any-authorization"}
    assert blocked_by_all <= recorded(engine).consoles.keys()
