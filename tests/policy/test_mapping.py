"""Settings as TOML, JSON and the environment have them."""

import copy
import json
import math
import re
import tomllib
from typing import Any

import pytest

from tests.policy.asking import A, B, policy
from wsgicors import Policy, PolicyError
from wsgicors.policy import SETTINGS

MAPPINGS: list[tuple[dict[str, object], Policy]] = [
    ({"allow_origins": "*"}, Policy(allow_origins="*")),
    ({"allow_origins": ["*"]}, Policy(allow_origins="*")),
    ({"allow_origins": A}, policy()),
    ({"allow_origins": f" {A} ,\n{B},"}, Policy(allow_origins=[A, B])),
    ({"allow_origins": [A, "null"]}, Policy(allow_origins=[A, "null"])),
    ({"allow_origins": "null"}, Policy(allow_origins=["null"])),
    (
        {"allow_origins": [{"regex": r"https://[a-z]+\.a\.example"}]},
        Policy(allow_origins=[re.compile(r"https://[a-z]+\.a\.example")]),
    ),
    (
        {"allow_origins": ({"regex": r"https://a\.example", "flags": 2},)},
        Policy(allow_origins=[re.compile(r"https://a\.example", re.IGNORECASE)]),
    ),
    ({"allow_origins": [re.compile(r"https://a\.example")]}, Policy(allow_origins=[re.compile(r"https://a\.example")])),
    (
        {
            "allow_origins": A,
            "allow_methods": "PUT,DELETE",
            "allow_headers": "* Authorization",
            "expose_headers": "ETag",
            "allow_credentials": "Yes",
            "max_age": "600",
            "allow_private_network": "0",
            "preflight_status": "200",
            "refuse": "forbid",
            "dangerously_allow": "insecure-origin public-suffix",
        },
        Policy(
            allow_origins=[A],
            allow_methods=["PUT", "DELETE"],
            allow_headers=["*", "Authorization"],
            expose_headers=["ETag"],
            allow_credentials=True,
            max_age=600,
            preflight_status=200,
            refuse="forbid",
            dangerously_allow=["insecure-origin", "public-suffix"],
        ),
    ),
]


@pytest.mark.parametrize(("mapping", "expected"), MAPPINGS)
def test_a_policy_from_a_mapping(mapping: dict[str, object], expected: Policy) -> None:
    given = copy.deepcopy(mapping)
    assert Policy.from_mapping(mapping) == expected
    assert mapping == given


def test_a_policy_from_toml() -> None:
    mapping = tomllib.loads(r"""
        allow_origins = ["https://a.example", { regex = 'https://[a-z]+\.a\.example' }]
        allow_methods = ["PUT", "DELETE"]
        allow_credentials = true
        max_age = 600
    """)
    expected = Policy(
        allow_origins=[A, re.compile(r"https://[a-z]+\.a\.example")],
        allow_methods=["PUT", "DELETE"],
        allow_credentials=True,
        max_age=600,
    )
    assert Policy.from_mapping(mapping) == expected


@pytest.mark.parametrize(
    ("mapping", "problems"),
    [
        ({}, [("no-origins", "allow_origins", "")]),
        ({"allow_origins": ""}, [("no-origins", "allow_origins", "")]),
        ({"allow_origins": []}, [("no-origins", "allow_origins", "")]),
        ({"allow_origins": None}, [("wrong-type", "allow_origins", "")]),
        (
            {"allow_origin": A},
            [("unknown-setting", "allow_origin", "allow_origins"), ("no-origins", "allow_origins", "")],
        ),
        ({"allow_origins": A, "max_ages": 5}, [("unknown-setting", "max_ages", "max_age")]),
        ({"allow_origins": A, "Max-Age": 5}, [("unknown-setting", "Max-Age", "max_age")]),
        ({"allow_origins": A, "ALLOW_METHODS": "PUT"}, [("unknown-setting", "ALLOW_METHODS", "allow_methods")]),
        ({"allow_origins": A, "zzz": 5}, [("unknown-setting", "zzz", "")]),
        ({"allow_origins": A, 5: 5, None: 1}, [("unknown-setting", "5", ""), ("unknown-setting", "None", "")]),
        (
            {
                "allow_origins": "https://a.example/",
                "alow_methods": "PUT",
                "max_age": "-1",
                "allow_credentials": "maybe",
            },
            [
                ("unknown-setting", "alow_methods", "allow_methods"),
                ("origin-trailing-slash", "allow_origins", A),
                ("wrong-type", "allow_credentials", ""),
                ("wrong-type", "max_age", ""),
            ],
        ),
        ({"allow_origins": [{"regex": "("}]}, [("regex-invalid", "allow_origins", "")]),
        ({"allow_origins": A, "allow_methods": None}, [("wrong-type", "allow_methods", "")]),
        ({"allow_origins": A, "max_age": math.nan}, [("wrong-type", "max_age", "")]),
        ({"allow_origins": A, "refuse": "Forbid"}, [("refuse-unknown", "refuse", "forbid")]),
    ],
)
def test_a_faulty_mapping_raises_with_every_problem(
    mapping: dict[Any, object], problems: list[tuple[str, str, str]]
) -> None:
    with pytest.raises(PolicyError) as error:
        Policy.from_mapping(mapping)
    assert [(problem.code, problem.setting, problem.instead) for problem in error.value.problems] == problems
    json.dumps([problem.as_dict() for problem in error.value.problems], allow_nan=False)
    assert error.value.__cause__ is None


def test_the_problem_of_an_unknown_setting_names_the_known_ones() -> None:
    with pytest.raises(PolicyError, match=", ".join(SETTINGS)):
        Policy.from_mapping({"allow_origins": A, "zzz": 1})
