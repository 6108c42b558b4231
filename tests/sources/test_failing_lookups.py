"""What is answered while a lookup fails."""

import logging
from typing import Any

import pytest

from tests.clock import Clock
from tests.sources.lookups import A, B, Backend, C
from wsgicors import CachedOrigins, Policy, Refusal


@pytest.mark.parametrize("error", [OSError("down"), KeyError("x"), RecursionError(), TimeoutError()])
def test_a_lookup_that_fails_refuses_and_is_logged(
    backend: Backend, clock: Clock, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    backend.error = error
    assert A not in CachedOrigins(backend, clock=clock)
    (record,) = caplog.records
    assert (record.name, record.levelno) == ("wsgicors", logging.ERROR)
    assert record.exc_info is not None
    assert record.exc_info[1] is error


def test_a_refusal_says_whether_the_lookup_has_answered(backend: Backend, clock: Clock) -> None:
    policy = Policy(allow_origins=CachedOrigins(backend, clock=clock, serve_stale=0))
    refusals = [policy.actual(origin).refusal for origin in (A, B)]
    backend.error = OSError()
    clock.passes(300)
    refusals += [policy.actual(origin).refusal for origin in (A, B, C, C)]
    clock.passes(30)
    refusals += [policy.actual(origin).refusal for origin in (A, B)]
    backend.error = None
    clock.passes(30)
    refusals += [policy.actual(origin).refusal for origin in (A, B, C)]
    no, unknown = Refusal.ORIGIN_NOT_ALLOWED, Refusal.SOURCE_FAILED
    # A refused origin stays refused: the lookup has decided.
    assert refusals == [None, no, unknown, no, unknown, unknown, unknown, no, None, no, no]


def test_a_known_yes_is_served_stale_for_its_time_and_refused_after(backend: Backend, clock: Clock) -> None:
    origins = CachedOrigins(backend, clock=clock, keep_allowed=10, serve_stale=100, retry=30)
    assert A in origins
    backend.error = OSError()
    clock.passes(10)
    assert A in origins  # looked up, failed, stale for another 100
    assert len(backend.asked) == 2
    for _ in range(3):
        clock.passes(29)
        assert A in origins
    clock.passes(12.5)
    assert A in origins  # 99.5 after it was due
    clock.passes(0.5)
    assert A not in origins  # although the failed lookup is not retried yet
    clock.passes(1000)
    assert A not in origins
    backend.error = None
    clock.passes(30)
    assert A in origins


def test_a_failed_lookup_is_not_tried_again_for_a_while(backend: Backend, clock: Clock) -> None:
    origins = CachedOrigins(backend, clock=clock, retry=5)
    assert A in origins
    backend.error = OSError()
    clock.passes(300)
    for origin, allowed in ((A, True), (B, False)):
        backend.asked.clear()
        for _ in range(10):
            assert (origin in origins) is allowed
        assert backend.asked == [origin]
    clock.passes(5)
    backend.error = None
    backend.asked.clear()
    assert A in origins
    assert B not in origins
    assert backend.asked == [A, B]


def test_a_known_no_stays_a_no_while_the_lookup_fails(backend: Backend, clock: Clock) -> None:
    origins = CachedOrigins(backend, clock=clock)
    assert B not in origins
    backend.error = OSError()
    backend.allowed.add(B)
    clock.passes(30)
    assert B not in origins


def test_a_stale_yes_that_was_renewed_is_fresh_again(backend: Backend, clock: Clock) -> None:
    origins = CachedOrigins(backend, clock=clock, keep_allowed=10, serve_stale=100, retry=5)
    assert A in origins
    backend.error = OSError()
    clock.passes(100)
    assert A in origins
    backend.error = None
    clock.passes(5)
    assert A in origins
    backend.error = OSError()
    clock.passes(10 + 99)
    assert A in origins
    clock.passes(1)
    assert A not in origins


def test_without_stale_answers_a_failure_refuses_at_once(backend: Backend, clock: Clock) -> None:
    origins = CachedOrigins(backend, clock=clock, serve_stale=0)
    assert A in origins
    backend.error = OSError()
    clock.passes(299)
    assert A in origins
    clock.passes(1)
    assert A not in origins


def test_a_no_of_the_lookup_is_never_overruled_by_a_stale_yes(backend: Backend, clock: Clock) -> None:
    origins = CachedOrigins(backend, clock=clock)
    assert A in origins
    backend.allowed.clear()
    clock.passes(300)
    assert A not in origins
    backend.error = OSError()
    clock.passes(30)
    assert A not in origins


async def asynchronous(origin: str) -> bool:
    return True


@pytest.mark.parametrize("lookup", [asynchronous, lambda _: None, lambda _: 1, lambda _: "yes", lambda _: [A]])
def test_an_answer_that_is_no_bool_is_a_failure(caplog: pytest.LogCaptureFixture, lookup: Any) -> None:
    assert A not in CachedOrigins(lookup)
    (record,) = caplog.records
    assert record.exc_info is not None
    assert "a lookup returns True or False" in str(record.exc_info[1])


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(), GeneratorExit()])
def test_exceptions_that_end_the_thread_are_raised(backend: Backend, error: BaseException) -> None:
    origins = CachedOrigins(backend)
    backend.error = error
    with pytest.raises(type(error)):
        assert A in origins
    backend.error = None
    assert A in origins


def test_failures_are_logged_once_a_minute_with_a_count(
    backend: Backend, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    origins = CachedOrigins(backend, clock=clock)
    backend.error = OSError("the database is down")
    for number in range(1000):
        assert f"https://{number}.example" not in origins
    (first,) = caplog.records
    assert (first.name, first.levelno, first.getMessage()) == (
        "wsgicors",
        logging.ERROR,
        "the lookup of allowed origins failed",
    )
    assert first.exc_info is not None
    clock.passes(60)
    assert A not in origins
    assert caplog.records[1].getMessage() == (
        "the lookup of allowed origins failed (999 more failures since the last record)"
    )
