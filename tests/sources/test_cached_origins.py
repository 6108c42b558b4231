"""A cache in front of a lookup: what it keeps, for how long, and what it forgets."""

import math
from typing import Any

import pytest

from tests.clock import Clock
from tests.sources.lookups import A, B, Backend, C
from wsgicors import CachedOrigins, OriginSource, Policy, PolicyError


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
def test_a_time_of_zero_keeps_nothing(backend: Backend, clock: Clock, origin: str) -> None:
    origins = CachedOrigins(backend, clock=clock, keep_allowed=0, keep_refused=0)
    for count in (1, 2, 3):
        assert (origin in origins) is (origin == A)
        assert len(backend.asked) == count


def test_a_changed_answer_is_seen_once_the_old_one_expires(backend: Backend, clock: Clock) -> None:
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


def test_max_lookups_is_at_least_one(backend: Backend) -> None:
    with pytest.raises(PolicyError, match="max_lookups"):
        CachedOrigins(backend, max_lookups=0)


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
