import asyncio
import itertools
import logging
import math
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.checkout import ROOT
from wsgicors import (
    AsyncCachedOrigins,
    AsyncOriginSource,
    CachedOrigins,
    FileOrigins,
    OriginSource,
    Policy,
    PolicyError,
    Refusal,
    _cached_origins,
    _forks,
)
from wsgicors.patterns import OriginSet

A, B, C = "https://a.example", "https://b.example", "https://c.example"
SECONDS = 30.0  # after this time a hanging test fails


class Clock:
    """A clock that tests advance, in seconds."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def passes(self, seconds: float) -> None:
        self.now += seconds


class Backend:
    """A lookup that records its calls."""

    def __init__(self, *allowed: str) -> None:
        self.allowed = set(allowed)
        self.error: BaseException | None = None
        self.asked: list[str] = []

    def __call__(self, origin: str) -> bool:
        self.asked.append(origin)
        if self.error is not None:
            raise self.error
        return origin in self.allowed


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def backend() -> Backend:
    return Backend(A)


def in_thread(ask: Callable[[], object]) -> "Running":
    running = Running(ask)
    running.start()
    return running


class Running(threading.Thread):
    """A lookup in its own thread."""

    def __init__(self, ask: Callable[[], object]) -> None:
        super().__init__(daemon=True)
        self._ask = ask
        self._answer: object = None

    def run(self) -> None:
        try:
            self._answer = self._ask()
        except BaseException as error:
            self._answer = error

    @property
    def answer(self) -> object:
        self.join(SECONDS)
        assert not self.is_alive(), "it hangs"
        return self._answer


class Gate:
    """A lookup that waits until it is released."""

    def __init__(self, *answers: bool | BaseException) -> None:
        self.answers = list(answers)
        self.entered = threading.Semaphore(0)
        self.open = threading.Event()
        self.calls = 0

    def __call__(self, origin: str) -> bool:
        self.calls += 1
        answer = self.answers.pop(0)
        self.entered.release()
        assert self.open.wait(SECONDS)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def wait_until_entered(self) -> None:
        assert self.entered.acquire(timeout=SECONDS)


@pytest.fixture
def waiting(monkeypatch: pytest.MonkeyPatch) -> threading.Semaphore:
    """Released each time that a thread begins to wait for another's lookup."""
    begun = threading.Semaphore(0)

    class Landed(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            begun.release()
            return super().wait(SECONDS)

    class Flight(_cached_origins._Flight):
        def __init__(self) -> None:
            super().__init__()
            self.landed = Landed()

    monkeypatch.setattr(_cached_origins, "_Flight", Flight)
    return begun


# --- What is cached, and for how long.


def test_a_cache_is_a_source(backend: Backend) -> None:
    assert isinstance(CachedOrigins(backend), OriginSource)
    assert Policy(allow_origins=CachedOrigins(backend), allow_credentials=True).actual(A).allowed


@pytest.mark.parametrize(("origin", "allowed", "kept"), [(A, True, 300), (B, False, 30)])
def test_an_answer_is_kept_for_its_time(
    backend: Backend, clock: Clock, origin: str, allowed: bool, kept: float
) -> None:
    origins = CachedOrigins(backend, clock=clock)
    assert (origin in origins) is allowed
    clock.passes(kept - 1)
    assert (origin in origins) is allowed
    assert backend.asked == [origin]
    clock.passes(1)
    assert (origin in origins) is allowed
    assert backend.asked == [origin] * 2
    clock.passes(kept - 1)
    assert (origin in origins) is allowed
    assert backend.asked == [origin] * 2


@pytest.mark.parametrize(("origin", "times"), [(A, {"keep_allowed": 7}), (B, {"keep_refused": 7})])
def test_the_times_are_settings(backend: Backend, clock: Clock, origin: str, times: dict[str, Any]) -> None:
    origins = CachedOrigins(backend, clock=clock, **times)
    for passed, asked in ((0, 1), (6.5, 1), (0.5, 2)):
        clock.passes(passed)
        assert (origin in origins) is (origin == A)
        assert len(backend.asked) == asked


@pytest.mark.parametrize("origin", [A, B])
def test_a_time_of_none_keeps_nothing(backend: Backend, clock: Clock, origin: str) -> None:
    origins = CachedOrigins(backend, clock=clock, keep_allowed=0, keep_refused=0)
    for count in (1, 2, 3):
        assert (origin in origins) is (origin == A)
        assert len(backend.asked) == count


def test_a_changed_mind_is_seen_when_the_time_is_over(backend: Backend, clock: Clock) -> None:
    origins = CachedOrigins(backend, clock=clock)
    assert A in origins
    assert B not in origins
    backend.allowed = {B}
    clock.passes(30)
    assert A in origins
    assert B in origins
    clock.passes(270)
    assert A not in origins
    assert B in origins
    backend.allowed = {A}
    clock.passes(30)
    assert A in origins


def test_the_clock_is_monotonic_unless_another_is_given(backend: Backend) -> None:
    origins = CachedOrigins(backend)
    assert A in origins
    assert A in origins
    assert backend.asked == [A]


# --- Bounds.


def test_strangers_cannot_push_the_known_out(clock: Clock) -> None:
    known = [f"https://known-{number}.example" for number in range(5)]
    backend = Backend(*known)
    origins = CachedOrigins(backend, max_origins=5, clock=clock)
    assert all(origin in origins for origin in known)
    backend.asked.clear()
    for number in range(1000):
        assert f"https://stranger-{number}.example" not in origins
        assert {allowed: len(store) for allowed, store in origins._cache._stores.items()} == {
            True: 5,
            False: min(number + 1, 5),
        }
    assert len(backend.asked) == 1000
    backend.asked.clear()
    assert all(origin in origins for origin in known)
    assert backend.asked == []


def test_strangers_cannot_push_the_known_out_while_the_lookup_fails(backend: Backend, clock: Clock) -> None:
    origins = CachedOrigins(backend, max_origins=1, clock=clock)
    assert A in origins
    backend.error = OSError()
    clock.passes(300)
    for number in range(20):
        assert f"https://stranger-{number}.example" not in origins
    assert A in origins
    assert sum(map(len, origins._cache._stores.values())) <= 2
    assert origins._flights == {}


@pytest.mark.parametrize("allowed", [True, False])
def test_the_least_recently_asked_goes_first(clock: Clock, allowed: bool) -> None:
    backend = Backend(*([A, B, C] if allowed else []))
    origins = CachedOrigins(backend, max_origins=2, clock=clock)
    for origin in (A, B, A, C):
        assert (origin in origins) is allowed
    assert backend.asked == [A, B, C]
    assert (A in origins) is (C in origins) is allowed
    assert backend.asked == [A, B, C]
    assert (B in origins) is allowed
    assert backend.asked == [A, B, C, B]


@pytest.mark.parametrize(
    ("settings", "names"),
    [
        ({"keep_allowed": -1}, ["keep_allowed"]),
        ({"keep_refused": -0.5}, ["keep_refused"]),
        ({"serve_stale": math.nan}, ["serve_stale"]),
        ({"retry": -math.inf}, ["retry"]),
        ({"max_origins": 0}, ["max_origins"]),
        ({"max_origins": -5}, ["max_origins"]),
        ({"max_origins": math.nan}, ["max_origins"]),
        ({"keep_allowed": -1, "retry": -1, "max_origins": 0}, ["keep_allowed", "retry", "max_origins"]),
    ],
)
def test_numbers_out_of_range(backend: Backend, settings: dict[str, Any], names: list[str]) -> None:
    with pytest.raises(PolicyError) as error:
        CachedOrigins(backend, **settings)
    assert [(problem.code, problem.setting) for problem in error.value.problems] == [
        ("number-range", name) for name in names
    ]
    assert "or more" in error.value.problems[0].remedy


def test_numbers_at_the_ends_of_their_range(backend: Backend) -> None:
    origins = CachedOrigins(backend, keep_allowed=math.inf, keep_refused=0, serve_stale=0, retry=0, max_origins=1)
    assert A in origins


# --- While the lookup fails.


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
def test_what_is_no_yes_and_no_no_is_a_failure(caplog: pytest.LogCaptureFixture, lookup: Any) -> None:
    assert A not in CachedOrigins(lookup)
    (record,) = caplog.records
    assert record.exc_info is not None
    assert "a lookup returns True or False" in str(record.exc_info[1])


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(), GeneratorExit()])
def test_what_ends_the_thread_is_not_kept_from_it(backend: Backend, error: BaseException) -> None:
    origins = CachedOrigins(backend)
    backend.error = error
    with pytest.raises(type(error)):
        assert A in origins
    backend.error = None
    assert A in origins


# --- Threads.


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
def test_those_who_wait_are_refused_with_the_first(waiting: threading.Semaphore, answer: bool | Exception) -> None:
    lookup = Gate(answer)
    origins = CachedOrigins(lookup)
    askers = [in_thread(lambda: A in origins) for _ in range(3)]
    lookup.wait_until_entered()
    for _ in range(2):
        assert waiting.acquire(timeout=SECONDS)
    lookup.open.set()
    assert [asker.answer for asker in askers] == [False] * 3
    assert lookup.calls == 1


def test_those_who_wait_for_a_thread_that_ends_are_refused(waiting: threading.Semaphore) -> None:
    lookup = Gate(KeyboardInterrupt(), True)
    origins = CachedOrigins(lookup)
    first = in_thread(lambda: A in origins)
    lookup.wait_until_entered()
    second = in_thread(lambda: A in origins)
    assert waiting.acquire(timeout=SECONDS)
    lookup.open.set()
    assert isinstance(first.answer, KeyboardInterrupt)
    assert second.answer is False
    assert A in origins


def test_different_origins_are_asked_at_once() -> None:
    both = threading.Barrier(2)

    def lookup(origin: str) -> bool:
        both.wait(SECONDS)
        return origin == A

    origins = CachedOrigins(lookup)
    first, second = in_thread(lambda: A in origins), in_thread(lambda: B in origins)
    assert (first.answer, second.answer) == (True, False)


def test_what_is_known_is_answered_while_another_is_asked() -> None:
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


def test_a_yes_that_is_due_is_served_while_it_is_asked_again(clock: Clock) -> None:
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


def test_a_no_and_a_yes_too_old_wait_for_the_answer(clock: Clock, waiting: threading.Semaphore) -> None:
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


def test_many_threads_under_load_see_right_answers_only(clock: Clock) -> None:
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
def test_an_answer_that_is_dropped_at_once_was_an_answer(backend: Backend, max_origins: int) -> None:
    """Another thread can drop it before the refusal is named."""
    origins = CachedOrigins(backend, max_origins=max_origins)
    assert B not in origins
    if max_origins == 1:
        assert in_thread(lambda: C in origins).answer is False
    else:
        origins.forget(B)
    assert not origins.unanswered(B)
    assert in_thread(lambda: origins.unanswered(B)).answer, "it has had no answer"


def test_a_yes_too_old_is_no_answer_while_the_lookup_hangs(clock: Clock) -> None:
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


# --- Floods, hung lookups, forks.


def test_an_origin_in_use_survives_a_flood_and_an_outage_after_it(clock: Clock) -> None:
    backend = Backend(A)
    backend.allowed.update(forged := [f"https://{number}.b.example" for number in range(300)])
    origins = CachedOrigins(backend, max_origins=100, clock=clock)
    assert all(A in origins for _ in range(20))
    assert all(origin in origins for origin in [*forged, *forged])  # a flood that repeats its requests
    backend.error = OSError()
    clock.passes(301)
    assert A in origins
    assert "https://1.b.example" not in origins
    assert len(origins._cache._stores[True]) <= 100


def test_an_eviction_looks_at_a_bounded_number_of_origins(clock: Clock) -> None:
    store = _cached_origins._Store()
    for number in range(1000):
        store.keep(str(number), _cached_origins._Known(True, 0, 0, uses=_cached_origins.MOST_USES), 1000)
    store.keep("new", _cached_origins._Known(True, 0, 0), 1000)
    assert len(store) == 1000
    assert "new" in store
    spared = [name for name, known in store.items() if known.uses == _cached_origins.MOST_USES - 1]
    assert len(spared) == _cached_origins.SECOND_CHANCES


def test_an_origin_that_is_used_once_makes_room_without_a_cost_to_the_others() -> None:
    store = _cached_origins._Store()
    for name in ("once", "twice", "new"):
        store.keep(name, _cached_origins._Known(True, 0, 0), 2)
        store.use("twice")
    assert {name: known.uses for name, known in store.items()} == {"twice": 3, "new": 1}


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


def test_who_waits_too_long_for_another_gets_the_last_answer_or_a_refusal(clock: Clock) -> None:
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


def test_without_a_free_lookup_the_last_result_counts(clock: Clock) -> None:
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


def test_without_a_lookup_there_is_nothing_to_ask(backend: Backend) -> None:
    with pytest.raises(PolicyError, match="max_lookups"):
        CachedOrigins(backend, max_lookups=0)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")
def test_a_fork_during_a_lookup_leaves_nobody_waiting(clock: Clock) -> None:
    gate = Gate(True, True)
    origins = CachedOrigins(gate, clock=clock)
    asking = in_thread(lambda: A in origins)
    gate.wait_until_entered()
    with origins._lock:  # as another thread may hold it
        child = os.fork()
        if child == 0:
            gate.open.set()
            os._exit(0 if A in origins else 1)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    gate.open.set()
    assert asking.answer is True


FORKED_WHILE_LOOKING = """
import os, pathlib, sys
from wsgicors import FileOrigins

file = pathlib.Path(sys.argv[1])
origins = FileOrigins(file, check_every=0)
with origins._reading:  # as another thread may hold it
    child = os.fork()
    if child == 0:
        file.write_text("https://other.example\\n", "utf-8")
        os._exit(0 if "https://a.example" not in origins else 1)
_, status = os.waitpid(child, 0)
sys.exit(os.waitstatus_to_exitcode(status))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")
def test_a_fork_during_a_look_at_the_file_leaves_the_child_looking(tmp_path: Path) -> None:
    file = tmp_path / "origins.txt"
    file.write_text(f"{A}\n", "utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", FORKED_WHILE_LOOKING, str(file)], env=environment, check=True)


def test_a_fork_makes_the_lock_of_a_file_anew(tmp_path: Path) -> None:
    file = tmp_path / "origins.txt"
    file.write_text(f"{A}\n", "utf-8")
    origins = FileOrigins(file)
    held = origins._reading
    with held:
        _forks.renew_all()
        assert not origins._reading.locked()


# --- Async lookups.


class AsyncGate:
    """An async lookup that waits until it is released."""

    def __init__(self, answer: object) -> None:
        self.answer = answer
        self.open = asyncio.Event()
        self.asked: list[str] = []

    async def __call__(self, origin: str) -> bool:
        self.asked.append(origin)
        await self.open.wait()
        if isinstance(self.answer, BaseException):
            raise self.answer
        answer: Any = self.answer
        return answer


def test_an_async_lookup_is_awaited_once_for_all_who_ask(clock: Clock) -> None:
    async def main() -> None:
        gate = AsyncGate(True)
        origins = AsyncCachedOrigins(gate, clock=clock)
        assert isinstance(origins, AsyncOriginSource)
        asking = [asyncio.create_task(origins.allows(A)) for _ in range(5)]
        await asyncio.sleep(0)
        gate.open.set()
        assert await asyncio.gather(*asking) == [True] * 5
        assert await origins.allows(A)
        assert gate.asked == [A]
        origins.forget(A)
        assert await origins.allows(A)
        clock.passes(301)
        assert await origins.allows(A)
        origins.forget()
        assert await origins.allows(A)
        assert gate.asked == [A] * 4

    asyncio.run(main())


@pytest.mark.parametrize("answer", [OSError("down"), 1])
def test_an_async_lookup_that_fails_refuses_and_serves_what_is_known(
    clock: Clock, caplog: pytest.LogCaptureFixture, answer: object
) -> None:
    async def main() -> None:
        gate = AsyncGate(True)
        gate.open.set()
        origins = AsyncCachedOrigins(gate, clock=clock)
        assert await origins.allows(A)
        gate.answer = answer
        clock.passes(301)
        assert await origins.allows(A)
        assert not await origins.allows(B)
        clock.passes(86400)
        assert not await origins.allows(A)

    asyncio.run(main())
    assert caplog.records[0].getMessage() == "the lookup of allowed origins failed"


def test_who_awaits_too_long_gets_the_last_answer_or_a_refusal(clock: Clock) -> None:
    async def main() -> None:
        gate = AsyncGate(True)
        origins = AsyncCachedOrigins(gate, wait=0, clock=clock)
        first = asyncio.create_task(origins.allows(A))
        await asyncio.sleep(0)
        assert not await origins.allows(A)
        gate.open.set()
        assert await first
        clock.passes(301)
        gate.open.clear()
        second = asyncio.create_task(origins.allows(A))
        await asyncio.sleep(0)
        assert await origins.allows(A)  # the last result, during its renewal
        gate.open.set()
        assert await second

    asyncio.run(main())


def test_an_async_lookup_that_is_cancelled_leaves_nobody_waiting(clock: Clock) -> None:
    async def main() -> None:
        gate = AsyncGate(True)
        origins = AsyncCachedOrigins(gate, clock=clock)
        first = asyncio.create_task(origins.allows(A))
        await asyncio.sleep(0)
        second = asyncio.create_task(origins.allows(A))
        await asyncio.sleep(0)
        first.cancel()
        assert await second is False
        gate.open.set()
        assert await origins.allows(A)

    asyncio.run(main())


@pytest.mark.parametrize("forgotten", [A, None])
def test_an_async_lookup_that_was_under_way_when_it_was_forgotten_is_not_remembered(
    clock: Clock, forgotten: str | None
) -> None:
    async def main(answer: object) -> int:
        gate = AsyncGate(answer)
        origins = AsyncCachedOrigins(gate, clock=clock)
        first = asyncio.create_task(origins.allows(A))
        await asyncio.sleep(0)
        origins.forget(forgotten)
        gate.open.set()
        assert await first is (answer is True)
        await origins.allows(A)
        return len(gate.asked)

    assert asyncio.run(main(True)) == 2
    assert asyncio.run(main(OSError())) == 2


# --- Forgetting.


@pytest.mark.parametrize(("forgotten", "asked"), [(A, [A]), (B, [B]), (C, []), (None, [A, B])])
def test_what_is_forgotten_is_asked_again(backend: Backend, forgotten: str | None, asked: list[str]) -> None:
    origins = CachedOrigins(backend)
    for _ in range(2):
        assert A in origins
        assert B not in origins
    backend.asked.clear()
    origins.forget(forgotten)
    assert A in origins
    assert B not in origins
    assert backend.asked == asked


def test_what_is_forgotten_is_not_served_stale(backend: Backend) -> None:
    origins = CachedOrigins(backend)
    assert A in origins
    backend.error = OSError()
    origins.forget(A)
    assert A not in origins


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


# --- Files.


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "origins.txt"


TURNS = itertools.count(1)


def write(path: Path, *lines: str) -> None:
    """Replace a file as an editor does; its time differs even on a coarse clock."""
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    later = path.stat().st_mtime_ns + next(TURNS)
    os.utime(path, ns=(later, later))


def test_a_file_has_one_pattern_a_line(path: Path) -> None:
    write(
        path,
        "# partners",
        "",
        A,
        "  https://*.b.example\t",
        "http://localhost:*",
        "#https://c.example",
        "   # indented",
    )
    origins = FileOrigins(path)
    assert isinstance(origins, OriginSource)
    for origin, allowed in (
        (A, True),
        ("https://x.b.example", True),
        ("http://localhost:3000", True),
        (B, False),
        (C, False),
        ("null", False),
    ):
        assert (origin in origins) is allowed
    assert origins.path == path
    assert A in FileOrigins(str(path))


@pytest.mark.parametrize("content", ["\ufeff{A}\r\n{B}\r\n", "{A}\r{B}\r", "\n\n{A}\n{B}\n", "{B}\n{A}\n"])
def test_a_file_may_come_from_any_editor(path: Path, content: str) -> None:
    path.write_bytes(content.format(A=A, B=B).encode())
    origins = FileOrigins(path)
    assert A in origins
    assert B in origins


@pytest.mark.parametrize(
    ("lines", "problems"),
    [
        ([], [("no-origins", "origins.txt")]),
        (["# nothing", ""], [("no-origins", "origins.txt")]),
        ([A, "https://b.example/"], [("origin-trailing-slash", "origins.txt, line 2")]),
        (
            ["", "b.example", A, "# x", "NULL"],
            [("origin-scheme-missing", "origins.txt, line 2"), ("origin-null-spelling", "origins.txt, line 5")],
        ),
        (["*"], [("file-member", "origins.txt, line 1")]),
        (["null"], [("file-member", "origins.txt, line 1")]),
        (["file://"], [("file-member", "origins.txt, line 1")]),
        (["moz-extension://*"], [("file-member", "origins.txt, line 1")]),
        (["x-app://*.example"], [("file-member", "origins.txt, line 1")]),
        (["https://*-team.vercel.app"], [("file-member", "origins.txt, line 1")]),
        (["https://*.amazonaws.com"], [("file-member", "origins.txt, line 1")]),
        (["https://*.com"], [("file-member", "origins.txt, line 1")]),
        (["https://*.co.uk:*"], [("file-member", "origins.txt, line 1")]),
        ([f"{A} {B}"], [("origin-several", "origins.txt, line 1")]),
        ([f"{A} # partner"], [("origin-several", "origins.txt, line 1")]),
        (["https://*"], [("origin-wildcard-host", "origins.txt, line 1")]),
    ],
)
def test_a_faulty_file_does_not_build(path: Path, lines: list[str], problems: list[tuple[str, str]]) -> None:
    write(path, *lines)
    with pytest.raises(PolicyError) as error:
        FileOrigins(path)
    assert [(problem.code, problem.setting) for problem in error.value.problems] == problems


@pytest.mark.parametrize("content", [None, b"\xff\xfe", b"https://a.example\xe9"])
def test_a_file_that_cannot_be_read_does_not_build(path: Path, content: bytes | None) -> None:
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(PolicyError) as error:
        FileOrigins(path)
    (problem,) = error.value.problems
    assert (problem.code, problem.value) == ("file-unreadable", str(path))
    assert ("No such file or directory" if content is None else "utf-8") in problem.message


def test_a_directory_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="Is a directory"):
        FileOrigins(tmp_path)


@pytest.mark.parametrize("check_every", [-1, math.nan])
def test_the_time_between_looks_is_no_less_than_none(path: Path, check_every: float) -> None:
    write(path, A)
    with pytest.raises(PolicyError, match=r"check_every[^.]*\.\s+It is a number of seconds, 0 or more"):
        FileOrigins(path, check_every=check_every)


def test_a_changed_file_is_read_again(path: Path, clock: Clock) -> None:
    write(path, A)
    origins = FileOrigins(path, check_every=5, clock=clock)
    write(path, B)
    assert A in origins
    clock.passes(4.5)
    assert A in origins
    clock.passes(0.5)
    assert B in origins
    assert A not in origins
    write(path, A)
    clock.passes(4.5)
    assert B in origins
    clock.passes(0.5)
    assert A in origins


def test_a_file_that_has_not_changed_is_not_read_again(path: Path, clock: Clock) -> None:
    write(path, A)
    origins = FileOrigins(path, clock=clock)
    known = origins._origins
    clock.passes(100)
    assert A in origins
    assert origins._origins is known


@pytest.mark.parametrize("change", ["size", "time", "file"])
def test_a_change_is_seen_by_size_time_or_file(path: Path, clock: Clock, change: str) -> None:
    write(path, A)
    origins = FileOrigins(path, clock=clock)
    before = path.stat()
    if change == "file":
        other = path.with_suffix(".new")
        other.write_text(B + "\n")
        os.utime(other, ns=(before.st_mtime_ns, before.st_mtime_ns))
        other.rename(path)
    else:
        path.write_text(B + ("\n\n" if change == "size" else "\n"))
        moved = before.st_mtime_ns + (change == "time")
        os.utime(path, ns=(moved, moved))
    clock.passes(1)
    assert B in origins
    assert A not in origins


@pytest.mark.parametrize("bad", [["https://b.example/"], ["*"], None])
def test_the_last_good_list_stays_in_force(
    path: Path, clock: Clock, caplog: pytest.LogCaptureFixture, bad: list[str] | None
) -> None:
    write(path, A)
    origins = FileOrigins(path, clock=clock)
    if bad is None:
        path.unlink()
    else:
        write(path, *bad)
    for _ in range(3):
        clock.passes(1)
        assert A in origins
        assert B not in origins
    (record,) = caplog.records  # once for each change
    assert (record.name, record.levelno) == ("wsgicors", logging.ERROR)
    assert record.getMessage().startswith(f"the last good list of {path.name} stays in force: ")
    assert "1 problem: 1. [" in record.getMessage()
    assert ".;" not in record.getMessage()
    assert "\n" not in record.getMessage()
    write(path, B)
    clock.passes(1)
    assert B in origins
    assert A not in origins


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "[file-unreadable] The file '{path}' of FileOrigins cannot be read: No such file or directory."),
        (b"https://b.example\n\xff\n", "can't decode byte 0xff in position 18"),
        (
            b"https://b.example/\n*\n",
            "2 problems: 1. [origin-trailing-slash] 'https://b.example/' in origins.txt, line 1 ",
        ),
        (b"https://b.example/\n*\n", " 2. [file-member] '*' in origins.txt, line 2: "),
        (
            b"https://b.example",
            "[file-unfinished] The last line, 'https://b.example', in origins.txt, line 1 does not ",
        ),
    ],
)
def test_the_log_has_the_fault_of_a_file_with_its_line(
    path: Path, clock: Clock, caplog: pytest.LogCaptureFixture, content: bytes | None, said: str
) -> None:
    write(path, A)
    origins = FileOrigins(path, clock=clock)
    path.unlink() if content is None else path.write_bytes(content)
    clock.passes(1)
    assert A in origins
    (record,) = caplog.records
    assert said.format(path=path) in record.getMessage()


@pytest.mark.parametrize("content", [b"", b"# nothing\n"])
def test_a_file_that_is_empty_at_two_looks_means_nobody(
    path: Path, clock: Clock, caplog: pytest.LogCaptureFixture, content: bytes
) -> None:
    write(path, A)
    origins = FileOrigins(path, clock=clock)
    path.write_bytes(content)
    clock.passes(1)
    assert A in origins  # it may be in the process of being written
    clock.passes(1)
    assert A not in origins
    clock.passes(1)
    assert A not in origins
    assert [record.levelno for record in caplog.records] == [logging.ERROR] * 2
    assert caplog.records[1].getMessage() == "origins.txt holds no origins at two looks in a row: nobody is allowed"
    write(path, A)
    clock.passes(1)
    assert A in origins


def test_a_half_written_line_is_not_believed(path: Path, clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    path.write_text("https://*.example.co")
    with pytest.raises(PolicyError) as error:
        FileOrigins(path)
    assert [(problem.code, problem.setting) for problem in error.value.problems] == [
        ("file-unfinished", "origins.txt, line 1")
    ]
    path.write_text("https://*.example.com\n")
    origins = FileOrigins(path, clock=clock)
    path.write_text("https://*.example.com\nhttps://*.example.co")
    clock.passes(1)
    assert "https://a.example.com" in origins
    assert "https://a.example.co" not in origins
    assert "[file-unfinished]" in caplog.text


def test_one_thread_looks_while_the_others_go_on(path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    write(path, A)
    origins = FileOrigins(path, check_every=0, clock=clock)
    write(path, B)
    entered, opened = threading.Event(), threading.Event()
    reads: list[int] = []
    read = FileOrigins._read

    def slow(self: FileOrigins) -> OriginSet:
        reads.append(1)
        entered.set()
        assert opened.wait(SECONDS)
        return read(self)

    monkeypatch.setattr(FileOrigins, "_read", slow)
    looker = in_thread(lambda: B in origins)
    assert entered.wait(SECONDS)
    assert A in origins  # the current state, without waiting
    opened.set()
    assert looker.answer is True
    assert B in origins
    assert len(reads) == 1


def test_a_look_that_fails_badly_does_not_end_looking(
    path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(path, A)
    origins = FileOrigins(path, check_every=0, clock=clock)
    write(path, B)
    with monkeypatch.context() as broken:
        broken.setattr(FileOrigins, "_look", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            assert A in origins
    assert B in origins


def test_a_policy_of_a_file_refuses_plain_http_with_credentials(path: Path) -> None:
    write(path, "http://a.example", "http://localhost:3000", B)
    policy = Policy(allow_origins=FileOrigins(path), allow_credentials=True)
    assert not policy.actual("http://a.example").allowed
    assert policy.actual("http://localhost:3000").allowed
    assert policy.actual(B).allowed


@pytest.mark.parametrize("answer", [True, OSError()])
def test_each_event_loop_awaits_its_own_async_lookup(answer: object, clock: Clock) -> None:
    async def main() -> None:
        gate = AsyncGate(answer)

        async def lookup(origin: str) -> bool:
            return await gate(origin) if not gate.asked else True

        origins = AsyncCachedOrigins(lookup, clock=clock)
        first = asyncio.create_task(origins.allows(A))
        await asyncio.sleep(0)
        assert await asyncio.to_thread(asyncio.run, origins.allows(A))
        gate.open.set()
        assert await first, "the other loop's yes is known"

    asyncio.run(main())


def test_an_async_lookup_is_forgotten_by_another_thread(clock: Clock) -> None:
    async def main() -> None:
        gate = AsyncGate(True)
        origins = AsyncCachedOrigins(gate, clock=clock)
        first, other = asyncio.create_task(origins.allows(A)), asyncio.create_task(origins.allows(B))
        await asyncio.sleep(0)
        await asyncio.to_thread(origins.forget, A)
        gate.open.set()
        assert await first
        assert await other
        assert await origins.allows(A)
        assert await origins.allows(B)
        assert gate.asked == [A, B, A]

    asyncio.run(main())


def test_a_fork_makes_the_lock_of_async_lookups_anew() -> None:
    async def lookup(origin: str) -> bool:
        return origin == A

    origins = AsyncCachedOrigins(lookup)
    with origins._lock:
        _forks.renew_all()
        assert asyncio.run(origins.allows(A))
