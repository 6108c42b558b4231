"""A policy is a value: immutable, hashable, equal by its settings, and shared between threads."""

import copy
import functools
import inspect
import json
import pickle
import re
import threading
import weakref
from dataclasses import dataclass
from typing import Any

import pytest

from tests.policy.asking import LISTED, STAR, A, B, Source, policy
from tests.together import THREADS, together
from wsgicors import OriginSource, Policy, PolicyError
from wsgicors._memory import LIMIT
from wsgicors.patterns import OriginPattern
from wsgicors.policy import SETTINGS

EXAMPLES: list[dict[str, Any]] = [
    {},
    {"allow_origins": "*"},
    {"allow_origins": ["*"], "allow_private_network": True, "dangerously_allow": ["any-origin-with-private-network"]},
    {"allow_origins": [A, "https://*.b.example:*", "null", "http://[::1]:*"]},
    {
        "allow_origins": [
            re.compile(r"https://[a-z]+\.a\.example"),
            re.compile(r"https://[\d]+ \.b\.example", re.VERBOSE | re.ASCII),
        ]
    },
    {"allow_origins": [re.compile("https://(" + "|".join(rf"host{n}\.example" for n in range(50)) + ")")]},
    {"allow_origins": [OriginPattern.parse("https://*.a.example")]},
    LISTED,
    STAR,
    {"allow_headers": ["*", "Authorization"], "expose_headers": ["ETag"]},
    {
        "allow_origins": ["http://a.example", "https://*.co.uk"],
        "allow_methods": ["PUT"],
        "allow_headers": ["X-A"],
        "expose_headers": ["X-B"],
        "allow_credentials": True,
        "max_age": 0,
        "allow_private_network": True,
        "preflight_status": 200,
        "refuse": "forbid",
        "dangerously_allow": ["public-suffix", "insecure-origin"],
    },
]


@dataclass
class Unhashable:
    """A source that equals others of the same content, and so has no hash."""

    answer: bool = True

    def __contains__(self, origin: str, /) -> bool:
        return self.answer


def test_a_policy_is_hashable_whatever_its_source_is() -> None:
    one, other = policy(allow_origins=Unhashable()), policy(allow_origins=Unhashable())
    assert len({one, other, policy(allow_origins=Unhashable(False)), policy(allow_origins=["https://a.example"])}) == 3


@pytest.mark.parametrize("settings", EXAMPLES)
def test_a_policy_is_a_value(settings: dict[str, Any]) -> None:
    one, other = policy(**settings), policy(**settings)
    assert one == other
    assert hash(one) == hash(other)
    assert eval(repr(one)) == one
    for again in (copy.copy(one), copy.deepcopy(one), copy.deepcopy([one])[0]):
        assert again is one
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(one, protocol))
        assert again == one
        assert again is not one
        assert again.preflight(A, "PUT", "x-a") == one.preflight(A, "PUT", "x-a")
        assert again.actual(A) == one.actual(A)
    assert weakref.ref(one)() is one


@pytest.mark.parametrize("settings", EXAMPLES)
def test_a_policy_survives_its_mapping_and_json(settings: dict[str, Any]) -> None:
    one = policy(**settings)
    mapping = one.to_mapping()
    assert Policy.from_mapping(mapping) == one
    assert Policy.from_mapping(json.loads(json.dumps(mapping, allow_nan=False))) == one
    assert set(mapping) <= set(SETTINGS)
    mapping.clear()
    assert one.to_mapping()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({}, {"allow_origins": [B]}),
        ({}, {"allow_origins": "*"}),
        ({}, {"allow_origins": [re.compile(r"https://a\.example")]}),
        *[
            ({}, {name: value})
            for name, value in EXAMPLES[-1].items()
            if name not in ("allow_origins", "dangerously_allow")
        ],
        ({}, {"dangerously_allow": ["public-suffix"]}),
        ({"allow_methods": ["PUT"]}, {"allow_methods": ["DELETE"]}),
        ({"max_age": None}, {"max_age": 0}),
    ],
)
def test_policies_with_different_settings_differ(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert policy(**one) != policy(**other)
    assert repr(policy(**one)) != repr(policy(**other))


@pytest.mark.parametrize(
    "other", [None, "Policy(allow_origins=['https://a.example'])", {"allow_origins": [A]}, object()]
)
def test_a_policy_equals_nothing_else(other: object) -> None:
    assert policy() != other
    assert policy().__eq__(other) is NotImplemented


def test_policies_of_one_source_are_equal() -> None:
    source = Source(A)
    assert Policy(allow_origins=source) == Policy(allow_origins=source)
    assert Policy(allow_origins=source) != Policy(allow_origins=Source(A))
    assert Policy(allow_origins=source).allow_origins is source
    assert isinstance(source, OriginSource)
    assert Policy(allow_origins=source).to_mapping() == {"allow_origins": source}


def test_a_policy_with_a_source_that_cannot_be_copied_is_copied_as_itself() -> None:
    source = Source(A)
    source.lock = threading.Lock()  # type: ignore[attr-defined]
    rules = Policy(allow_origins=source)
    assert copy.deepcopy({"default": rules})["default"] is rules


@pytest.mark.parametrize("name", [*SETTINGS, "ready", "_origins", "_methods", "other", "__dict__"])
def test_a_policy_is_immutable(name: str) -> None:
    rules = policy()
    with pytest.raises(AttributeError, match=f"a Policy is immutable: {name} cannot be set"):
        setattr(rules, name, "*")
    with pytest.raises(AttributeError, match=f"a Policy is immutable: {name} cannot be deleted"):
        delattr(rules, name)
    assert rules == policy()


def test_calling_init_again_raises() -> None:
    rules = policy()
    with pytest.raises(AttributeError):
        rules.__init__(allow_origins="*")  # type: ignore[misc]
    assert rules == policy()
    assert not rules.actual(B).allowed


def test_later_changes_of_given_lists_do_not_change_the_policy() -> None:
    origins, methods = [A], ["PUT"]
    rules = Policy(allow_origins=origins, allow_methods=methods)
    origins.append(B)
    methods.append("DELETE")
    assert not rules.actual(B).allowed
    assert not rules.preflight(A, "DELETE").allowed
    assert rules == Policy(allow_origins=[A], allow_methods=["PUT"])


def test_settings_are_keyword_only() -> None:
    with pytest.raises(TypeError):
        Policy([A])  # type: ignore[call-arg]


def test_unknown_settings_are_reported_with_all_other_problems() -> None:
    """Python's TypeError would name only one of them, and nothing to write instead."""
    with pytest.raises(PolicyError) as error:
        Policy(allow_origin=[A], alow_methods=["PUT"], max_age=-1, wholly_other=1)  # type: ignore[call-arg]
    assert [(problem.code, problem.setting, problem.instead) for problem in error.value.problems] == [
        ("unknown-setting", "allow_origin", "allow_origins"),
        ("unknown-setting", "alow_methods", "allow_methods"),
        ("unknown-setting", "wholly_other", ""),
        ("no-origins", "allow_origins", ""),
        ("max-age-range", "max_age", "0"),
    ]
    with pytest.raises(PolicyError, match="no-origins"):
        Policy()  # type: ignore[call-arg]
    with pytest.raises(PolicyError, match='Write "allow_credentials" instead'):
        Policy(allow_origins=[A], allow_credential=True)  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({}, "Policy(allow_origins=['https://a.example'])"),
        ({"allow_origins": "*"}, "Policy(allow_origins='*')"),
        ({"max_age": 0, "preflight_status": 204}, "Policy(allow_origins=['https://a.example'], max_age=0)"),
        (
            {"allow_origins": [re.compile(r"https://a\.example", re.IGNORECASE | re.ASCII)]},
            r"Policy(allow_origins=[re.compile('https://a\\.example', re.ASCII|re.IGNORECASE)])",
        ),
        (
            {"dangerously_allow": ["public-suffix", "insecure-origin"]},
            "Policy(allow_origins=['https://a.example'], dangerously_allow=['insecure-origin', 'public-suffix'])",
        ),
    ],
)
def test_the_repr_of_a_policy(settings: dict[str, Any], text: str) -> None:
    assert repr(policy(**settings)) == text


def test_a_policy_is_shared_between_threads() -> None:
    rules = Policy(allow_origins=["https://*.a.example"], allow_methods=["PUT"])

    def ask(number: int) -> None:
        for turn in range(LIMIT):
            for asked, allowed in [
                (f"https://{turn}x{number % 2}.a.example", True),
                (f"https://{turn}.b.example", False),
            ]:
                actual, preflight = rules.actual(asked), rules.preflight(asked, "PUT")
                assert (actual.allowed, preflight.allowed, actual.origin) == (allowed, allowed, asked)
            assert rules.actual(None).origin is None

    together(*(functools.partial(ask, number) for number in range(THREADS)))


def test_help_and_editors_show_the_settings_with_their_defaults() -> None:
    shown = inspect.signature(Policy).parameters
    assert list(shown) == list(SETTINGS)
    required = [name for name, parameter in shown.items() if parameter.default is parameter.empty]
    assert required == ["allow_origins"]
