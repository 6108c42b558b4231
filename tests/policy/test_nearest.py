"""The nearest allowed value, for debugging."""

import re
from typing import Any

import pytest

from tests.policy.asking import LISTED, A, Asked, Source, ask, policy
from wsgicors import Policy
from wsgicors.policy import NEAREST_AMONG


@pytest.mark.parametrize(
    ("settings", "asked", "nearest"),
    [
        ({}, ("https://aexample", "GET"), A),
        ({}, ("http://a.example", "GET"), A),
        ({"allow_origins": ["https://*.a.example"]}, (A, "GET"), "https://*.a.example"),
        ({}, ("x-far://away", "GET"), ""),
        ({}, ("null", "GET"), ""),
        ({}, ("https://a.example/", "GET"), ""),
        ({"allow_origins": Source(A)}, ("http://a.example", "GET"), ""),
        ({"allow_origins": [re.compile(r"https://a\.example")]}, ("http://a.example", "GET"), ""),
        (LISTED, (A, "put"), ""),
        (LISTED, (A, "PUTT"), "PUT"),
        (LISTED, (A, "DELET"), "DELETE"),
        ({}, (A, "GETS"), "GET"),
        (LISTED, (A, "PUT", "content-typo"), "content-type"),
        (LISTED, (A, "PUT", "x-a,zzz"), ""),
        (LISTED, (A, "PUT", "x a"), ""),
        (LISTED, (A, "PUT", "", True), ""),
        (LISTED, (A, "PUT"), ""),
    ],
)
def test_the_nearest_allowed_value(settings: dict[str, Any], asked: Asked, nearest: str) -> None:
    rules = policy(**settings)
    verdict = ask(rules, asked)
    assert rules.nearest(verdict) == nearest


def test_the_nearest_origin_is_searched_among_the_first_thousand() -> None:
    rules = Policy(allow_origins=[*(f"https://{'x' * 40}{number}.org" for number in range(NEAREST_AMONG)), A])
    assert rules.nearest(rules.actual("http://a.example")) == ""
    assert rules.nearest(rules.actual(f"http://{'x' * 40}7.org")).startswith("https://xxx")
