"""Settings of public projects: how many start unmodified, and the results of their problems' remedies."""

import json
import random
import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from corsheaders.checks import check_settings as check_their_settings
from corsheaders.defaults import default_headers, default_methods
from django.test import override_settings

from django_wsgicors._names import KNOWN
from django_wsgicors._project import read
from wsgicors import Problem
from wsgicors.rules import members_of

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parents[1] / "adoption" / "django.json").read_text("utf-8"))
NAMES = {"re": re, "timedelta": timedelta, "default_headers": default_headers, "default_methods": default_methods}

STRANGER = "https://stranger.example"

SHARE = 62 / 108
"""The share of settings that start unmodified, of those that start with django-cors-headers."""

ASKS = frozenset({
    "any-origin-with-credentials", "any-origin-with-private-network", "regex-any-host", "origin-wildcard-host",
    "public-suffix", "expose-any-with-credentials",
})  # fmt: skip
"""Problems that ask which origins to trust, or with what, if they have nothing to write instead."""


def evaluated(case: Mapping[str, Any]) -> dict[str, Any]:
    return {name: eval(text, dict(NAMES)) for name, text in {**case["settings"], **case["extra"]}.items()}


def starting() -> list[dict[str, Any]]:
    """The settings in which django-cors-headers finds no fault."""
    found: list[dict[str, Any]] = []
    for settings in map(evaluated, CASES):
        with override_settings(**settings):
            if not check_their_settings(app_configs=[]):
                found.append(settings)
    return found


def test_most_settings_start_as_they_stand() -> None:
    theirs = starting()
    ours: list[dict[str, Any]] = []
    for settings in theirs:
        with override_settings(**settings):
            compiled, problems, _ = read()
            assert (compiled is None) == bool(problems)
            if compiled is not None:
                ours.append(settings)
    assert len(ours) >= SHARE * len(theirs), (len(ours), len(theirs))


@pytest.mark.parametrize("number", range(len(CASES)))
def test_no_remedy_lets_foreign_origins_in_with_cookies(number: int) -> None:
    settings = evaluated(CASES[number])
    for _ in range(2):
        with override_settings(**settings):
            compiled, problems, _ = read()
            if compiled is not None:
                verdicts = [policy.actual(STRANGER) for policy in members_of(compiled.default)]
                assert not any(dict(one.headers).get("Access-Control-Allow-Credentials") for one in verdicts)
        settings = remedied(settings, problems)


POOLS: Mapping[str, tuple[object, ...]] = {
    "CORS_ALLOW_ALL_ORIGINS": (True, True, False),
    "CORS_ORIGIN_ALLOW_ALL": (True, False),
    "CORS_ALLOW_CREDENTIALS": (True, True, False),
    "CORS_ALLOW_PRIVATE_NETWORK": (True, False),
    "CORS_ALLOWED_ORIGINS": (
        "https://a.example/", "a.example", "localhost:3000", "http://192.168.1.5:3000", "http://a.example:443",
        "HTTPS://B.example", "https://a.example:443", "https://www.a.example/path", "https://ä.example", "",
        "http://localhost:3000", "https://*.a.example", " https://a.example", "https://user@a.example",
        "http://a.example", "https://a.example.", "*", "https://127.1", "//a.example",
        "https://a.example,https://b.example", "null", "'https://a.example'", "NULL",
    ),
    "CORS_ALLOWED_ORIGIN_REGEXES": (
        r"^https://\w+\.a\.example$", r"^https://www.a\.example$", "", r"https://[a-z]+\.b\.example",
        r"^http://localhost:\d+$", r"^http://127.0.0.1:\d+$", r"^(https?://)?localhost:?[\d]*?$",
        r"https?://www.a.example", r"https://a\.example:?\d*", "localhost", r"^https://.*a\.example$",
    ),
    "CORS_ALLOW_METHODS": ("GET", "put", "TRACE", "PATCH", "PUT,", "delete"),
    "CORS_ALLOW_HEADERS": (
        "content-type", "origin", "dnt", "Access-Control-Allow-Origin", "X-Mine", "x-a, x-b", "X-Other:", "cookie",
        "application/json", "X-A: 1",
    ),
    "CORS_EXPOSE_HEADERS": ("X-Total", "Set-Cookie", "*", "x-a x-b"),
    "CORS_PREFLIGHT_MAX_AGE": (0, 600, 86401, -1, timedelta(days=3), "600"),
    "CORS_ALLOW_ORIGIN": ("https://c.example",),
    "CORS_ALLOWED_METHODS": ("PUT",),
    "CORS_REFUSE": ("forbid", "forbidden", "withold"),
    "CORS_DANGEROUSLY_ALLOW": ("insecure-origin", "insecure-origins"),
}  # fmt: skip
"""The values of settings, and the members of lists."""

SINGLE = {name for name, pool in POOLS.items() if not isinstance(pool[0], str)} | {"CORS_REFUSE"}


def drawn(draw: random.Random) -> dict[str, Any]:
    settings: dict[str, Any] = {}
    for name, pool in POOLS.items():
        if draw.random() < 0.45:
            listed: Any = draw.sample(pool, draw.randrange(min(4, len(pool)) + 1))
            text = draw.choice(pool) if "REGEX" in name else ", ".join(map(str, listed))
            as_text = draw.random() < 0.1
            settings[name] = draw.choice(pool) if name in SINGLE else text if as_text else listed
    return settings


def remedied(settings: Mapping[str, Any], problems: list[Problem]) -> dict[str, Any]:
    """The settings after applying every printed remedy, word for word."""
    new = dict(settings)
    for problem in problems:
        name = problem.names.get(problem.setting, problem.setting)
        instead = problem.instead
        line = re.fullmatch(r"(CORS_\w+) = (.+)", instead)
        moved = re.fullmatch(r'(".+") in (CORS_\w+)', instead)
        if line:
            new[line[1]] = eval(line[2])
        elif moved:
            listed = new[name] if isinstance(new[name], (list, tuple)) else [new[name]]
            new[name] = [member for member in listed if not _is(member, problem.value)]
            new[moved[2]] = [*new.get(moved[2], ()), *_written(moved[1])]
        elif problem.code == "unknown-setting" and problem.value in new:
            value = new.pop(str(problem.value))
            if instead:
                new[instead] = value
        elif name in new and isinstance(new[name], (list, tuple)):
            at = [member for member in new[name] if _is(member, problem.value)]
            instead_of = _written(instead) if instead else []
            new[name] = [one for member in new[name] for one in (instead_of if member in at else [member])]
        elif name in new and instead:
            written = _written(instead)
            new[name] = (
                eval(instead, dict(NAMES)) if instead.startswith("[") else written[0] if len(written) == 1 else written
            )
    return new


def _is(member: object, value: object) -> bool:
    return member == value or (isinstance(member, re.Pattern) and member.pattern == value)


def _written(instead: str) -> list[Any]:
    """The members that a remedy says to write."""
    if instead.startswith(('"', "re.compile(", "r")) and not instead.startswith("re:"):
        try:
            value = eval(instead, {"re": re})
        except (SyntaxError, NameError):
            return [instead]
        return list(value) if isinstance(value, tuple) else [value]
    return [int(instead)] if instead.isdigit() else [instead]


def asks(problem: Problem) -> bool:
    return problem.code in ASKS and not problem.instead


def check(settings: Mapping[str, Any]) -> bool:
    """Check that settings build after every remedy is applied. False if a problem asks which origins to trust."""
    with override_settings(**settings):
        _, problems, _ = read()
    if any(map(asks, problems)):
        return False
    after = remedied(settings, problems)
    with override_settings(**after):
        _, left, _ = read()
    assert not [problem for problem in left if not asks(problem)], (settings, [p.remedy for p in problems], after, left)
    return bool(problems)


@pytest.mark.parametrize("seeds", [range(100), pytest.param(range(100, 1500), marks=pytest.mark.slow)])
def test_settings_build_after_one_round_of_remedies(seeds: range) -> None:
    faulty = sum(check(drawn(random.Random(seed))) for seed in seeds)
    assert faulty > len(seeds) // 5


def test_public_settings_build_after_one_round_of_remedies() -> None:
    assert sum(map(check, map(evaluated, CASES))) > 3


def test_pools_have_every_kind_of_setting() -> None:
    assert set(POOLS) & set(KNOWN) >= {"CORS_ALLOWED_ORIGINS", "CORS_ALLOWED_ORIGIN_REGEXES", "CORS_ALLOW_ALL_ORIGINS"}
