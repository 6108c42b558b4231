"""The log of refusals: visible without configuration, never a flood, and no kind hides another."""

import functools
import logging
import os
import subprocess
import sys
import threading

import pytest

from tests.checkout import ROOT
from tests.clock import Clock
from tests.together import SECONDS, THREADS, together
from wsgicors import Policy, Refusal, Verdict
from wsgicors._log import AT_WARNING, MINUTE, RefusalLog, refusals

A, B = "https://a.example", "https://b.example"
POLICY = Policy(allow_origins=[A], allow_methods=["PUT"], allow_headers=["X-A"], max_age=600)
ORIGIN, METHOD, NULL = POLICY.actual(B), POLICY.preflight(A, "PATCH"), POLICY.actual("null")

GET, OPTIONS = ({"REQUEST_METHOD": method, "PATH_INFO": "/"} for method in ("GET", "OPTIONS"))


@pytest.fixture
def refusal_log(clock: Clock) -> RefusalLog:
    return RefusalLog(clock)


def levels(log: pytest.LogCaptureFixture, code: str = "") -> list[str]:
    return [record.levelname for record in log.records if code in record.getMessage()]


def test_a_refusal_is_one_line(refusal_log: RefusalLog, log: pytest.LogCaptureFixture) -> None:
    refusal_log.report(POLICY.preflight(B, "PUT"), {**OPTIONS, "PATH_INFO": "/notes"})
    assert log.record_tuples == [
        (
            "wsgicors",
            logging.WARNING,
            "refused 'OPTIONS' '/notes': origin-not-allowed: The origin 'https://b.example' is not allowed here.",
        )
    ]


def test_the_first_of_each_code_are_at_warning_and_the_others_at_info(
    refusal_log: RefusalLog, log: pytest.LogCaptureFixture
) -> None:
    for _ in range(100):
        refusal_log.report(NULL, GET)
    for _ in range(AT_WARNING + 2):
        refusal_log.report(METHOD, OPTIONS)
    assert levels(log, "null-origin") == ["WARNING"] * AT_WARNING + ["INFO"] * (100 - AT_WARNING)
    assert levels(log, "method-not-allowed") == ["WARNING"] * AT_WARNING + ["INFO"] * 2


def test_junk_of_every_kind_hides_no_other_kind(refusal_log: RefusalLog, caplog: pytest.LogCaptureFixture) -> None:
    verdicts = [Verdict(False, refusal, (), (), (), origin=B, method="PUT") for refusal in Refusal]
    for last in verdicts:
        refusal_log.reset()
        for junk in verdicts:
            if junk is not last:
                for _ in range(10 * AT_WARNING):
                    refusal_log.report(junk, GET)
        caplog.clear()
        refusal_log.report(last, GET)
        assert levels(caplog) == ["WARNING"]


def test_a_minute_later_one_line_counts_the_others(
    refusal_log: RefusalLog, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(AT_WARNING + 12):
        refusal_log.report(ORIGIN, GET)
    for _ in range(AT_WARNING + 1):
        refusal_log.report(NULL, GET)
    refusal_log.report(METHOD, OPTIONS)
    clock.passes(MINUTE - 0.5)
    refusal_log.report(ORIGIN, GET)
    caplog.clear()
    clock.passes(0.5)
    refusal_log.report(METHOD, OPTIONS)
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        (
            "WARNING",
            "refused more requests within a minute, which are logged at INFO: 13 origin-not-allowed, 1 null-origin",
        ),
        ("WARNING", "refused 'OPTIONS' '/': method-not-allowed: The method 'PATCH' is not allowed here."),
    ]
    caplog.clear()
    clock.passes(2 * MINUTE)
    refusal_log.report(METHOD, OPTIONS)
    assert len(caplog.records) == 1


def test_each_minute_has_its_own(refusal_log: RefusalLog, clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(3):
        caplog.clear()
        for _ in range(AT_WARNING):
            refusal_log.report(ORIGIN, GET)
        assert levels(caplog, "origin-not-allowed") == ["WARNING"] * AT_WARNING
        clock.passes(MINUTE)


def test_threads_share_it(refusal_log: RefusalLog, log: pytest.LogCaptureFixture) -> None:
    def flood() -> None:
        for _ in range(50):
            refusal_log.report(ORIGIN, GET)

    together(*[flood] * THREADS)
    assert levels(log).count("WARNING") == AT_WARNING
    assert levels(log).count("INFO") == 50 * THREADS - AT_WARNING


def test_threads_share_the_end_of_a_minute(
    refusal_log: RefusalLog, clock: Clock, log: pytest.LogCaptureFixture
) -> None:
    """One of them starts the next minute, and the line that it writes counts all others of the last one."""
    minutes, each = 20, 4

    def tick() -> None:
        clock.passes(MINUTE)

    barrier = threading.Barrier(THREADS, tick, SECONDS)

    def flood() -> None:
        for _ in range(minutes):
            barrier.wait()
            for _ in range(each):
                refusal_log.report(ORIGIN, GET)

    together(*[flood] * THREADS)
    assert levels(log, "refused 'GET'").count("WARNING") == minutes * AT_WARNING
    assert levels(log, "refused 'GET'").count("INFO") == minutes * (each * THREADS - AT_WARNING)
    counts = [line.rpartition(": ")[2] for line in log.messages if "more requests" in line]
    assert counts == [f"{each * THREADS - AT_WARNING} origin-not-allowed"] * (minutes - 1)


def test_threads_that_log_first_at_the_same_time_share_one_log(monkeypatch: pytest.MonkeyPatch) -> None:
    logs: list[RefusalLog] = []
    for _ in range(20):
        first = functools.cache(refusals.__wrapped__)
        together(*[lambda first=first: logs.append(first())] * THREADS)
    assert {id(one) for one in logs} == {id(refusals())}


def test_nothing_is_formatted_for_a_log_that_nobody_reads(
    refusal_log: RefusalLog, caplog: pytest.LogCaptureFixture
) -> None:
    unreadable = Verdict(False, Refusal.HEADER_NOT_ALLOWED, (), (), (), refused_headers=(None,))
    caplog.set_level(logging.ERROR, logger="wsgicors")
    refusal_log.report(unreadable, GET)
    caplog.set_level(logging.WARNING, logger="wsgicors")
    for _ in range(AT_WARNING):
        refusal_log.report(POLICY.preflight(A, "PUT", "x-b"), OPTIONS)
    refusal_log.report(unreadable, GET)
    assert len(caplog.records) == AT_WARNING - 1


@pytest.mark.parametrize("hostile", ["\r\nINFO forged", "\x1b[2J", "\u2028", "\xe9", "%s %d %(x)s", "x" * 100_000])
def test_what_was_asked_cannot_break_a_line(
    refusal_log: RefusalLog, log: pytest.LogCaptureFixture, hostile: str
) -> None:
    for verdict in (
        POLICY.preflight(hostile, "PUT"),
        POLICY.preflight(A, hostile),
        POLICY.preflight(A, "PUT", hostile),
        POLICY.actual(hostile),
    ):
        refusal_log.report(verdict, {"REQUEST_METHOD": hostile, "SCRIPT_NAME": hostile, "PATH_INFO": hostile})
    assert len(log.records) == 4
    for record in log.records:
        told = record.getMessage()
        assert told.isascii()
        assert told.isprintable()
        assert len(told) < 1000


def test_what_is_allowed_is_not_logged(refusal_log: RefusalLog, log: pytest.LogCaptureFixture) -> None:
    refusal_log.report(POLICY.actual(A), GET)
    assert not log.records


ASK = """
from wsgicors import CORS, Policy
app = CORS(lambda environ, start_response: start_response("200 OK", []) or [], Policy(allow_origins=["https://a.example"]))
def ask():
    app({"REQUEST_METHOD": "GET", "HTTP_ORIGIN": "https://b.example"}, lambda status, headers, exc_info=None: None)
"""


def printed(code: str) -> list[str]:
    """The output of a program without logging configuration."""
    run = subprocess.run(
        [sys.executable, "-c", ASK + code], cwd=ROOT, capture_output=True, text=True, check=True, env={**os.environ}
    )
    return run.stderr.splitlines()


def test_without_configuration_refusals_are_printed_and_counted_at_the_end() -> None:
    lines = printed("for _ in range(9): ask()")
    assert len(lines) == AT_WARNING + 1
    assert all("origin-not-allowed: The origin 'https://b.example' is not allowed here." in line for line in lines[:-1])
    assert lines[-1].endswith("logged at INFO: 4 origin-not-allowed")


def test_a_forked_process_has_its_own_and_is_not_blocked_by_the_lock_of_its_parent() -> None:
    code = """
import os, sys
from wsgicors._log import refusals
for _ in range(5): ask()
refusals()._lock.acquire()
sys.stderr.flush()
child = os.fork()
if child == 0:
    sys.stderr.write("child\\n")
    ask()
    sys.stderr.flush()
    os._exit(0)
os.waitpid(child, 0)
refusals()._lock.release()
"""
    lines = printed(code)
    assert "origin-not-allowed" in lines[lines.index("child") + 1]
