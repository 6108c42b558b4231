"""Laws of policies as data."""

import copy
import json
import pickle
import re
from datetime import timedelta
from typing import Any

from hypothesis import assume, example, given
from hypothesis import strategies as st

from tests.laws.strategies import WWW, law, patterns
from wsgicors import Policy, PolicyError
from wsgicors.patterns import OriginPattern
from wsgicors.policy import SETTINGS


def listing(members: list[str]) -> st.SearchStrategy[Any]:
    return st.one_of(st.just("*"), st.lists(st.sampled_from(members), max_size=3), st.just(()))


settings_of_policies = st.fixed_dictionaries(
    {
        "allow_origins": st.one_of(
            st.just("*"),
            st.lists(
                st.one_of(
                    patterns,
                    patterns.map(OriginPattern.parse),
                    st.sampled_from(
                        [
                            re.compile(r"https://(a|b)\.example\.com"),
                            re.compile(r"HTTPS?://www\.example\.com", re.IGNORECASE),
                            re.compile(r"https://www\.example\.com  # the scheme", re.VERBOSE | re.ASCII),
                            re.compile("https://(\"quoted'|a)\\.example\\.com"),
                        ]
                    ),
                ),
                min_size=1,
                max_size=4,
            ),
        )
    },
    optional={
        "allow_methods": listing(["PUT", "DELETE", "COPY", "copy", "GET"]),
        "allow_headers": listing(["X-A", "Content-Type", "authorization", "*", "Authorization"]),
        "expose_headers": listing(["X-A", "ETag", "*"]),
        "allow_credentials": st.booleans(),
        "max_age": st.sampled_from([None, 0, 600, timedelta(hours=1), 86400]),
        "allow_private_network": st.booleans(),
        "preflight_status": st.sampled_from([200, 204, 299]),
        "refuse": st.sampled_from(["withhold", "forbid"]),
        "dangerously_allow": st.lists(
            st.sampled_from(["insecure-origin", "public-suffix", "any-origin-with-private-network"]), max_size=3
        ),
    },
)


def build(given_settings: dict[str, Any]) -> Policy:
    try:
        return Policy(**given_settings)
    except PolicyError:
        assume(False)
        raise


@law
@given(settings_of_policies)
def test_a_policy_is_rebuilt_from_each_of_its_forms(given_settings: dict[str, Any]) -> None:
    policy = build(given_settings)
    rebuilt = [
        eval(repr(policy), {"Policy": Policy, "re": re, "OriginPattern": OriginPattern}),
        pickle.loads(pickle.dumps(policy)),
        copy.copy(policy),
        copy.deepcopy(policy),
        Policy(**{name: getattr(policy, name) for name in SETTINGS}),
    ]
    for other in rebuilt:
        assert other == policy
        assert hash(other) == hash(policy)
        assert repr(other) == repr(policy)
    mapping = policy.to_mapping()
    from_json = Policy.from_mapping(json.loads(json.dumps(mapping)))
    assert from_json.to_mapping() == Policy.from_mapping(mapping).to_mapping() == mapping
    for origin in (WWW, "null", "https://a.example.com", "http://www.example.com", "http://localhost:3000"):
        for other in (*rebuilt, from_json):
            assert other.actual(origin) == policy.actual(origin)
            assert other.preflight(origin, "COPY", "X-A") == policy.preflight(origin, "COPY", "X-A")


class Word(str):
    """A text of another class, which prints something else, as members of ``class Word(str, Enum)`` do."""

    __slots__ = ()

    def __str__(self) -> str:
        return "Word.ONE"

    def __format__(self, spec: str) -> str:
        return "Word.ONE"

    def __repr__(self) -> str:
        return "<Word.ONE>"


class Number(int):
    """A number of another class, likewise."""

    def __str__(self) -> str:
        return "Number.ONE"

    __repr__ = __str__


def in_other_classes(value: Any) -> Any:
    """Return a setting's value, its texts and numbers replaced by those of other classes that are equal."""
    if isinstance(value, str):
        return Word(value)
    if isinstance(value, (list, tuple)):
        return [in_other_classes(one) for one in value]
    return Number(value) if isinstance(value, int) and not isinstance(value, bool) else value


def told(given_settings: dict[str, Any]) -> tuple[str, ...]:
    """Return all that can be seen of a policy, or its problems."""
    try:
        policy = Policy(**given_settings)
    except PolicyError as error:
        return tuple(problem.code for problem in error.problems)
    preflight = policy.preflight(WWW, "COPY", "X-A")
    return repr(policy), *map(str, policy.actual(WWW).all_headers), *map(str, preflight.all_headers)


@law
@given(settings_of_policies)
@example({"allow_origins": ["https://*.co.uk"]})
@example({"allow_origins": ["https://a.example"], "allow_credentials": True})
@example({"allow_origins": ["http://a.example"], "allow_credentials": True})
@example({"allow_origins": "*", "max_age": 600})
def test_settings_of_another_class_mean_what_they_equal(given_settings: dict[str, Any]) -> None:
    equal = {name: in_other_classes(value) for name, value in given_settings.items()}
    assert told(equal) == told(given_settings)
