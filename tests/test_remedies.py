"""The printed remedies, with each owner's names; applying all of them once is enough.

Similar laws are in `tests.flask.test_adoption` and `tests.django.test_adoption`.
"""

import re
import warnings
from collections.abc import Callable
from typing import Any, Final

import pytest
from django.test import override_settings
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

import flask_wsgicors
from django_wsgicors._project import read
from tests.django import conftest as _configured  # noqa: F401  # pyright: ignore[reportUnusedImport] (Django's settings, for the process)
from wsgicors import Policy, PolicyError, Problem

A: Final = "https://a.example"
INTRANET: Final = "http://192.168.1.5:3000"
LOOPBACK: Final = r"^(https?://)?localhost:?[\d]*?$"
DATA_IS_PUBLIC: Final = "where the data is public."


def of_core(settings: dict[str, Any]) -> tuple[Problem, ...]:
    try:
        Policy(**settings)
    except PolicyError as error:
        return error.problems
    return ()


def of_flask(options: dict[str, Any]) -> tuple[Problem, ...]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            flask_wsgicors.CORS(Flask("app"), **options)
        except PolicyError as error:
            return error.problems
    return ()


def of_django(settings: dict[str, Any]) -> tuple[Problem, ...]:
    with override_settings(**settings):
        _, problems, left_out = read()
    return (*problems, *left_out)


READERS: Final[dict[str, Callable[[dict[str, Any]], tuple[Problem, ...]]]] = {
    "core": of_core,
    "flask": of_flask,
    "django": of_django,
}
DANGER: Final = '; or, on a network that you trust, write {} = ["insecure-origin"].'
ANYWHERE: Final = 'Name the host, as in "https://*.example.com"; or write {} where the data is public.'

REMEDIES: Final[list[tuple[str, dict[str, Any], list[tuple[str, str]]]]] = [
    # A plain http origin with cookies keeps its port, and the remedy says how to allow it.
    (
        "core",
        {"allow_origins": [INTRANET], "allow_credentials": True},
        [("insecure-origin", 'Write "https://192.168.1.5:3000" instead.'), ("", DANGER.format("dangerously_allow"))],
    ),
    (
        "flask",
        {"origins": [INTRANET], "supports_credentials": True},
        [("insecure-origin", 'Write "https://192.168.1.5:3000" instead.'), ("", DANGER.format("dangerously_allow"))],
    ),
    (
        "django",
        {"CORS_ALLOWED_ORIGINS": [INTRANET], "CORS_ALLOW_CREDENTIALS": True},
        [
            ("insecure-origin", 'Write "https://192.168.1.5:3000" instead.'),
            ("", DANGER.format("CORS_DANGEROUSLY_ALLOW")),
        ],
    ),
    # The loopback host is not insecure: the fault is the optional colon.
    (
        "core",
        {"allow_origins": [re.compile(LOOPBACK)], "allow_credentials": True},
        [("regex-unproven", 'Write "http://localhost:*", "https://localhost:*" instead.')],
    ),
    (
        "flask",
        {"origins": [LOOPBACK], "supports_credentials": True},
        [("origin-regex", 'Write "http://localhost:*", "https://localhost:*" instead.')],
    ),
    (
        "django",
        {"CORS_ALLOWED_ORIGIN_REGEXES": [LOOPBACK], "CORS_ALLOW_CREDENTIALS": True},
        [("regex-unproven", 'Write "http://localhost:*", "https://localhost:*" in CORS_ALLOWED_ORIGINS instead.')],
    ),
    # Every origin with cookies: no remedy offers "*"; a list beside the switch is used.
    (
        "core",
        {"allow_origins": [], "allow_credentials": True},
        [("no-origins", 'List the origins of the pages that may, such as ["https://www.example.com"].')],
    ),
    (
        "flask",
        {"origins": "/*", "supports_credentials": True},
        [("origin-regex", ""), ("any-origin-with-credentials", "List the origins that are trusted with")],
    ),
    (
        "django",
        {"CORS_ALLOW_ALL_ORIGINS": True, "CORS_ALLOW_CREDENTIALS": True, "CORS_ALLOWED_ORIGINS": [A]},
        [("any-origin-with-credentials", "Write CORS_ALLOW_ALL_ORIGINS = False instead.")],
    ),
    # Unknown names.
    ("flask", {"origins": "*", "vary_headers": True}, []),
    ("flask", {"origins": "*", "support_credential": 1}, [("unknown-setting", "The settings are origins, methods")]),
    (
        "django",
        {"CORS_ALLOW_ORIGINS_ALL": True},
        [("unknown-setting", 'Write "CORS_ALLOW_ALL_ORIGINS" instead.')],
    ),
    ("django", {"CORS_EXTRA_ALLOW_HEADERS": ["X-A"]}, [("unknown-setting", "The settings are CORS_ALLOW_ALL_ORIGINS")]),
    ("django", {"CORS_MODEL": "shop.Origin"}, [("removed-setting", "Take it out. The app django_wsgicors.origins")]),
    (
        "django",
        {"CORS_REPLACE_HTTPS_REFERER": True},
        [("removed-setting", "Take it out. CSRF_TRUSTED_ORIGINS names the origins whose pages may post.")],
    ),
    # A media type, and a header with its value, instead of a header's name.
    *(
        (owner, {**everybody, name: value}, [("not-a-token", 'Write "Content-Type" instead.')])
        for owner, everybody, name in (
            ("core", {"allow_origins": "*"}, "allow_headers"),
            ("flask", {"origins": "*"}, "allow_headers"),
            ("django", {"CORS_ALLOW_ALL_ORIGINS": True}, "CORS_ALLOW_HEADERS"),
        )
        for value in (["application/json"], ["Content-Type: application/json"])
    ),
    (
        "core",
        {"allow_origins": "*", "allow_headers": "application/json"},
        [("text-for-list", 'Write ["Content-Type"] instead.'), ("not-a-token", 'Write "Content-Type" instead.')],
    ),
    (
        "flask",
        {"origins": "*", "allow_headers": "application/json"},
        [("not-a-token", 'Write "Content-Type" instead.')],
    ),
    # Django's expressions.
    (
        "django",
        {"CORS_URLS_REGEX": [r"^/api/.*$", r"^/x/"]},
        [("wrong-type", r'Write "^/api/.*$|^/x/" instead.')],
    ),
    ("django", {"CORS_ALLOWED_ORIGIN_REGEXES": ["", r"^https://a\.example$"]}, [("origin-empty", "Take it out")]),
    (
        "django",
        {"CORS_ALLOWED_ORIGIN_REGEXES": [r"/*"]},
        [("regex-empty", "Name the hosts in it; or write CORS_ALLOW_ALL_ORIGINS = True " + DATA_IS_PUBLIC)],
    ),
    # A text that was an expression for every origin.
    *(("flask", {"origins": value}, [("origin-regex", 'Write "*" instead.')]) for value in (r"/*", [r"/*"], {".*"})),
    ("core", {"allow_origins": [r"/*"]}, [("origin-wildcard-host", ANYWHERE.format('allow_origins = "*"'))]),
    (
        "core",
        {"allow_origins": r"/*"},
        [
            ("text-for-list", "Put the members into a list."),
            ("origin-wildcard-host", ANYWHERE.format('allow_origins = "*"')),
        ],
    ),
    (
        "django",
        {"CORS_ALLOWED_ORIGINS": [r"/*"]},
        [("origin-wildcard-host", ANYWHERE.format("CORS_ALLOW_ALL_ORIGINS = True"))],
    ),
    # Functions and iterators.
    ("core", {"allow_origins": lambda: [A]}, [("wrong-type", "an OriginSource: an object, not a function")]),
    ("flask", {"origins": lambda: [A]}, [("wrong-type", "It takes a function of the request's origin")]),
    ("django", {"CORS_ALLOWED_ORIGINS": lambda: [A]}, [("wrong-type", "a list; CORS_ORIGIN_SOURCE takes an object")]),
    ("core", {"allow_origins": iter([A])}, []),
    ("flask", {"origins": iter([A])}, []),
    (
        "django",
        {"CORS_ALLOWED_ORIGINS": iter([A])},
        [("wrong-type", "It takes a list; an iterator can")],
    ),
    # An empty text, and a text instead of a list.
    *(
        (owner, {name: ""}, [("no-origins", "List the origins of the pages")])
        for owner, name in (("core", "allow_origins"), ("flask", "origins"))
    ),
    ("django", {"CORS_ALLOWED_ORIGINS": ""}, [("text-for-list", "Write [] instead.")]),
    ("flask", {"origins": "localhost:3000"}, [("origin-scheme-missing", 'Write "http://localhost:3000" instead.')]),
    *(
        (
            owner,
            {name: "localhost:3000"},
            [
                ("text-for-list", 'Write ["http://localhost:3000"] instead.'),
                ("origin-scheme-missing", 'Write "http://localhost:3000" instead.'),
            ],
        )
        for owner, name in (("core", "allow_origins"), ("django", "CORS_ALLOWED_ORIGINS"))
    ),
    (
        "core",
        {"allow_origins": r"https?://a\.example"},
        [
            ("text-for-list", f'Write ["http://a.example", "{A}"] instead.'),
            ("origin-regex", f'Write "http://a.example", "{A}" instead.'),
        ],
    ),
    (
        "core",
        {"allow_origins": r"https://\w+\.a\.example"},
        [
            ("text-for-list", r'Write [re.compile(r"https://\w+\.a\.example")] instead.'),
            ("origin-regex", r'Write re.compile(r"https://\w+\.a\.example") instead.'),
        ],
    ),
    (
        "django",
        {"CORS_ALLOWED_ORIGIN_REGEXES": r"https?://www.a.example"},
        [
            ("text-for-list", "Put the members into a list."),
            ("regex-dot", 'Write "http://www.a.example", "https://www.a.example" in CORS_ALLOWED_ORIGINS instead.'),
        ],
    ),
]
"""Settings whose remedies are easy to get wrong: the owner, the settings, and each problem's code and remedy."""


@pytest.mark.parametrize(("owner", "settings", "expected"), REMEDIES)
def test_what_is_printed(owner: str, settings: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    problems = READERS[owner](settings)
    assert [problem.code for problem in problems] == [code for code, _ in expected if code]
    printed = [problem.remedy for problem in problems]
    for (code, part), remedy in zip(expected, [*printed, *printed], strict=False):
        assert part in remedy, code


ORIGINS: Final = [
    A, "https://*.b.example", "http://localhost:3000", f"{A}/", "a.example", "localhost:3000", "HTTPS://a.example",
    f"{A}:443", "https://a.example,https://b.example", "https://user@a.example", "https://a.example.", "/*", "", " ",
    "https://*", "*", "null", INTRANET, LOOPBACK, r"https?://www.a.example", r"^https://\w+\.a\.example$", "*.*",
    re.compile(LOOPBACK), re.compile("https?://www.a.example"), re.compile(r"http://localhost.*"), re.compile("/*"),
    re.compile(r"https://a\.example:?\d*"), re.compile("localhost"), re.compile(".*"), "https://192.168.*", "file://",
]  # fmt: skip
NAMES: Final = [
    "X-A",
    "X-A,X-B",
    "X-A: 1",
    "X-A;",
    "application/json",
    "Content-Type: text/plain",
    "Origin",
    "(X-A)",
    "",
]
TAKEN_OUT: Final = frozenset({
    "origin-empty", "method-forbidden", "header-forbidden", "header-of-response", "header-unreadable",
})  # fmt: skip
"""Codes of problems whose remedy is to remove the value."""
QUESTIONS: Final = frozenset({"insecure-origin"})
"""Codes of problems that ask a question, although they print something to write."""


def asks(problem: Problem) -> bool:
    return problem.code in QUESTIONS or not (problem.instead or problem.code in TAKEN_OUT)


def applied(settings: dict[str, Any], problems: tuple[Problem, ...]) -> dict[str, Any]:
    """Return the settings after writing everything that is printed."""
    changed = dict(settings)
    of_texts = {problem.setting for problem in problems if problem.code == "text-for-list" and problem.instead}
    for problem in sorted(problems, key=lambda one: one.code != "text-for-list"):
        value: Any = changed[problem.setting]
        if problem.setting in of_texts and problem.code not in {"text-for-list", *TAKEN_OUT}:
            continue  # the whole text is replaced by a list in which this is remedied
        if problem.code not in TAKEN_OUT and (not problem.instead or problem.code in QUESTIONS):
            continue
        match = re.search(r"^Write (.*?) instead\.", problem.remedy)
        if problem.code == "text-for-list" or not isinstance(value, (list, tuple)):
            assert match is not None
            changed[problem.setting] = eval(match[1], {"re": re})
            continue
        instead: list[Any] = []
        if match is not None and problem.code not in TAKEN_OUT:
            instead = eval(f"[{match[1]}]", {"re": re})
        changed[problem.setting] = _replaced(value, problem.value, instead)
    return changed


def _replaced(members: Any, value: object, instead: list[Any]) -> list[Any]:
    changed: list[Any] = []
    for member in members:
        changed += instead if getattr(member, "pattern", member) == value else [member]
    return changed


@given(
    st.fixed_dictionaries(
        {
            "allow_origins": st.one_of(
                st.lists(st.sampled_from(ORIGINS), min_size=1, max_size=4),
                st.sampled_from([one for one in ORIGINS if isinstance(one, str)]),
            )
        },
        optional={
            "allow_headers": st.one_of(st.sampled_from(NAMES), st.lists(st.sampled_from(NAMES), max_size=3)),
            "allow_methods": st.one_of(st.just("put, GET"), st.lists(st.sampled_from(["GET", "put", "TRACE", "PUT,"]))),
            "allow_credentials": st.booleans(),
            "max_age": st.sampled_from([0, 600, -5, 864000, "600"]),
        },
    )
)
def test_to_apply_every_remedy_once_is_enough(settings: dict[str, Any]) -> None:
    problems = of_core(settings)
    left = of_core(applied(settings, problems))
    unasked = [problem for problem in left if not asks(problem)]
    assert not unasked, [problem.remedy for problem in problems]
    # Every question is asked in the first round, except about a list of only empty texts.
    asked = {problem.code for problem in problems if asks(problem)}
    assert {problem.code for problem in left} - {"no-origins"} <= asked
