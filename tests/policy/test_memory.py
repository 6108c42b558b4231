"""Caching changes no verdict, and requests cannot make the caches grow."""

from typing import Any

import pytest

from tests.policy.asking import A, B, Broken, Source, policy
from wsgicors import Policy
from wsgicors._decisions import LONGEST_QUESTION
from wsgicors._memory import LIMIT
from wsgicors.origins import MAX_ORIGIN


@pytest.mark.parametrize("allowed", [True, False])
def test_the_number_of_cached_origins_is_bounded(allowed: bool) -> None:
    rules = Policy(allow_origins=["https://*.a.example"])
    suffix = "a.example" if allowed else "b.example"
    for number in range(3 * LIMIT):
        origin = f"https://{number}.{suffix}"
        assert rules.actual(origin).allowed is allowed
        assert rules.preflight(origin, "GET").allowed is allowed
        assert rules.preflight(origin, "PUT").allowed is False
        assert rules.actual(None).vary == ("Origin",)
        assert max(map(len, kept(rules))) <= LIMIT


def kept(policy: Policy) -> list[dict[Any, Any]]:
    """The cached decisions of a policy."""
    return [policy._actual.ready, policy._preflights._granted.known, policy._preflights._refused.known]


def test_refused_preflights_cannot_evict_allowed_ones() -> None:
    rules = policy()
    known, preflight = rules.actual(A), rules.preflight(A, "GET")
    for number in range(3 * LIMIT):
        rules.actual(f"https://{number}.example")
        rules.preflight(f"https://{number}.example", "GET")
        rules.preflight(A, f"M{number}")
    assert rules.actual(A) is known
    assert rules.preflight(A, "GET") is preflight


def test_long_origins_and_preflights_are_not_cached() -> None:
    rules = policy(allow_headers="*")
    rules.actual("x" * (MAX_ORIGIN + 1))
    rules.preflight(A, "GET", "x" * LONGEST_QUESTION)
    rules.preflight(A, "x" * LONGEST_QUESTION)
    rules.preflight("x" * LONGEST_QUESTION, "GET")
    assert [len(memory) for memory in kept(rules)] == [2, 0, 0]


def test_a_source_is_asked_every_time() -> None:
    source = Source(A)
    rules = Policy(allow_origins=source)
    for expected in (True, False, True):
        (source.origins.add if expected else source.origins.discard)(A)
        assert rules.actual(A).allowed is expected
        assert rules.preflight(A, "GET").allowed is expected
    assert source.asked == [A] * 6


@pytest.mark.parametrize(
    "origin", ["null", "", "*", "https://a.example/", "https://a.example:443", f"{A},{B}", "HTTPS://a.example", "\xe9"]
)
def test_a_source_is_asked_for_well_formed_origins_only(origin: str) -> None:
    source = Source(origin)
    assert not Policy(allow_origins=source).actual(origin).allowed
    assert not Policy(allow_origins=source).preflight(origin, "GET").allowed
    assert source.asked == []


def test_a_source_that_fails_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    Policy(allow_origins=Broken(OSError("the database is down"))).actual(A)
    (record,) = caplog.records
    assert (record.name, record.levelname) == ("wsgicors", "ERROR")
    assert record.exc_info is not None
    assert str(record.exc_info[1]) == "the database is down"


def test_exceptions_that_end_the_process_are_raised() -> None:
    with pytest.raises(KeyboardInterrupt):
        Policy(allow_origins=Broken(KeyboardInterrupt())).actual(A)
