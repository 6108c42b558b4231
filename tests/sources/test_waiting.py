"""Threads that ask for one origin at once, and lookups that take long."""

import threading

import pytest

from tests.clock import Clock
from tests.sources.lookups import SECONDS, A, B, Backend, C, Gate, in_thread
from wsgicors import CachedOrigins, Policy, Refusal


def test_one_call_at_a_time_for_one_origin(waiting: threading.Semaphore) -> None:
    lookup = Gate(True)
    origins = CachedOrigins(lookup)
    askers = [in_thread(lambda: A in origins) for _ in range(8)]
    lookup.wait_until_entered()
    for _ in range(7):
        assert waiting.acquire(timeout=SECONDS)
    lookup.open.set()
    assert [asker.answer for asker in askers] == [True] * 8
    assert lookup.calls == 1
    assert origins._flights == {}


@pytest.mark.parametrize("answer", [False, OSError()])
def test_waiting_threads_get_the_refusal_of_the_first(waiting: threading.Semaphore, answer: bool | Exception) -> None:
    lookup = Gate(answer)
    origins = CachedOrigins(lookup)
    askers = [in_thread(lambda: A in origins) for _ in range(3)]
    lookup.wait_until_entered()
    for _ in range(2):
        assert waiting.acquire(timeout=SECONDS)
    lookup.open.set()
    assert [asker.answer for asker in askers] == [False] * 3
    assert lookup.calls == 1


def test_one_of_the_threads_that_wait_for_one_that_ends_asks_again(waiting: threading.Semaphore) -> None:
    lookup = Gate(KeyboardInterrupt(), True)
    origins = CachedOrigins(lookup)
    first = in_thread(lambda: A in origins)
    lookup.wait_until_entered()
    others = [in_thread(lambda: A in origins) for _ in range(3)]
    for _ in others:
        assert waiting.acquire(timeout=SECONDS)
    lookup.open.set()
    assert isinstance(first.answer, KeyboardInterrupt)
    assert [other.answer for other in others] == [True] * 3
    assert lookup.calls == 2
    assert origins._flights == {}


def test_two_origins_are_looked_up_at_the_same_time() -> None:
    both = threading.Barrier(2)

    def lookup(origin: str) -> bool:
        both.wait(SECONDS)
        return origin == A

    origins = CachedOrigins(lookup)
    first, second = in_thread(lambda: A in origins), in_thread(lambda: B in origins)
    assert (first.answer, second.answer) == (True, False)


def test_a_cached_answer_does_not_wait_for_the_lookup_of_another_origin() -> None:
    lookup = Gate(True, True)
    origins = CachedOrigins(lookup)
    lookup.open.set()
    assert A in origins
    lookup.open.clear()
    asker = in_thread(lambda: B in origins)
    assert lookup.entered.acquire(timeout=SECONDS)
    lookup.wait_until_entered()
    assert A in origins
    lookup.open.set()
    assert asker.answer is True


def test_an_expired_yes_is_served_while_it_is_looked_up_again(clock: Clock) -> None:
    lookup = Gate(True, False)
    origins = CachedOrigins(lookup, clock=clock, keep_allowed=10, serve_stale=100)
    lookup.open.set()
    assert A in origins
    lookup.wait_until_entered()
    lookup.open.clear()
    clock.passes(10)
    asker = in_thread(lambda: A in origins)
    lookup.wait_until_entered()
    assert A in origins
    clock.passes(99)
    assert A in origins
    lookup.open.set()
    assert asker.answer is False
    assert A not in origins
    assert lookup.calls == 2


def test_an_expired_no_and_a_yes_too_old_to_serve_wait_for_the_lookup(
    clock: Clock, waiting: threading.Semaphore
) -> None:
    for first, passed in ((False, 30), (True, 300 + 86400)):
        lookup = Gate(first, True)
        origins = CachedOrigins(lookup, clock=clock)
        lookup.open.set()
        assert (A in origins) is first
        lookup.wait_until_entered()
        lookup.open.clear()
        clock.passes(passed)
        asker = in_thread(lambda origins=origins: A in origins)  # type: ignore[misc]
        lookup.wait_until_entered()
        second = in_thread(lambda origins=origins: A in origins)  # type: ignore[misc]
        assert waiting.acquire(timeout=SECONDS)
        lookup.open.set()
        assert (asker.answer, second.answer) == (True, True)
        assert lookup.calls == 2


def test_many_threads_get_right_answers_only(clock: Clock) -> None:
    allowed = {f"https://{number}.example" for number in range(0, 40, 2)}
    lock = threading.Lock()
    inside: set[str] = set()
    doubled: list[str] = []

    def lookup(origin: str) -> bool:
        with lock:
            if origin in inside:
                doubled.append(origin)
            inside.add(origin)
        try:
            return origin in allowed
        finally:
            with lock:
                inside.discard(origin)

    origins = CachedOrigins(lookup, keep_allowed=0, keep_refused=0, serve_stale=0, max_origins=5)
    together = threading.Barrier(8)

    def ask() -> list[str]:
        together.wait(SECONDS)
        asked = [f"https://{number % 40}.example" for number in range(2000)]
        return [origin for origin in asked if (origin in origins) is not (origin in allowed)]

    askers = [in_thread(ask) for _ in range(8)]
    assert [asker.answer for asker in askers] == [[]] * 8
    assert doubled == []
    assert origins._flights == {}
    assert max(map(len, origins._cache._stores.values())) <= 5


@pytest.mark.parametrize("max_origins", [1, 10])
def test_a_no_evicted_at_once_is_still_an_answer(backend: Backend, max_origins: int) -> None:
    """Another thread can drop it before the refusal is named."""
    origins = CachedOrigins(backend, max_origins=max_origins)
    assert B not in origins
    if max_origins == 1:
        assert in_thread(lambda: C in origins).answer is False
    else:
        origins.forget(B)
    assert not origins.unanswered(B)
    assert in_thread(lambda: origins.unanswered(B)).answer, "it has had no answer"


def test_a_yes_too_old_to_serve_is_no_answer_while_the_lookup_hangs(clock: Clock) -> None:
    gate = Gate(True, True)
    gate.open.set()
    origins = CachedOrigins(gate, keep_allowed=1, serve_stale=1, wait=0, clock=clock)
    rules = Policy(allow_origins=origins)
    assert rules.actual(A).allowed
    gate.open.clear()
    clock.passes(2)
    asking = in_thread(lambda: rules.actual(A).allowed)
    gate.wait_until_entered()
    gate.wait_until_entered()
    assert rules.actual(A).refusal is Refusal.SOURCE_FAILED
    gate.open.set()
    assert asking.answer is True


def test_a_thread_that_waits_too_long_gets_the_last_answer_or_a_refusal(clock: Clock) -> None:
    gate = Gate(True, True)
    origins = CachedOrigins(gate, wait=0, serve_stale=0, clock=clock)
    first = in_thread(lambda: A in origins)
    gate.wait_until_entered()
    assert A not in origins  # nothing is known of it
    assert Policy(allow_origins=origins).actual(A).refusal is Refusal.SOURCE_FAILED
    gate.open.set()
    assert first.answer is True
    assert A in origins


def test_a_bounded_number_of_lookups_runs_at_once(clock: Clock) -> None:
    gate = Gate(True, True, True)
    origins = CachedOrigins(gate, wait=0, max_lookups=2, clock=clock)
    running = [in_thread(lambda: A in origins), in_thread(lambda: B in origins)]
    gate.wait_until_entered()
    gate.wait_until_entered()
    assert C not in origins
    assert gate.calls == 2
    gate.open.set()
    assert [one.answer for one in running] == [True, True]
    assert C in origins  # a failed lookup is not cached


def test_if_max_lookups_run_the_last_answer_is_served(clock: Clock) -> None:
    gate = Gate(True, False, True)
    gate.open.set()
    origins = CachedOrigins(gate, keep_allowed=1, keep_refused=1, wait=0, max_lookups=1, clock=clock)
    assert (A in origins, B in origins) == (True, False)
    clock.now += 2
    gate.open.clear()
    running = in_thread(lambda: C in origins)
    for _ in range(3):
        gate.wait_until_entered()
    assert (A in origins, B in origins) == (True, False)
    assert gate.calls == 3
    gate.open.set()
    assert running.answer is True


@pytest.mark.parametrize("forgotten", [A, None])
def test_a_lookup_that_was_under_way_when_it_was_forgotten_is_not_remembered(
    waiting: threading.Semaphore, forgotten: str | None
) -> None:
    lookup = Gate(True, False)
    origins = CachedOrigins(lookup)
    first = in_thread(lambda: A in origins)
    lookup.wait_until_entered()
    second = in_thread(lambda: A in origins)
    assert waiting.acquire(timeout=SECONDS)
    origins.forget(forgotten)
    third = in_thread(lambda: A in origins)  # a new lookup, although the first is still in progress
    lookup.wait_until_entered()
    lookup.open.set()
    assert (first.answer, second.answer, third.answer) == (True, True, False)
    assert A not in origins
    assert lookup.calls == 2
    assert origins._flights == {}


def test_a_no_that_is_due_stays_an_answer_while_the_lookup_hangs(clock: Clock) -> None:
    gate = Gate(False, True)
    gate.open.set()
    origins = CachedOrigins(gate, keep_refused=10, wait=0, max_lookups=1, clock=clock)
    assert B not in origins
    gate.wait_until_entered()
    clock.passes(11)
    gate.open.clear()
    asker = in_thread(lambda: A in origins)
    gate.wait_until_entered()
    assert B not in origins
    assert not origins.unanswered(B)
    assert C not in origins
    assert origins.unanswered(C)
    gate.open.set()
    assert asker.answer is True
