import copy
import inspect
import json
import pickle
import re
import string

import pytest

from wsgicors import Policy, PolicyError, Problem
from wsgicors._catalogue import CATALOGUE
from wsgicors.policy import SETTINGS
from wsgicors.problems import ALLOWABLE, SHOWN, nearest, page_of, shown

FACTS = {
    name: f"the-{name}"
    for fault in CATALOGUE.values()
    for text in fault[:2]
    for _, name, _, _ in string.Formatter().parse(text)
    if name
}


def problem(**changes: object) -> Problem:
    given = {"code": "origin-trailing-slash", "setting": "allow_origins", "value": "https://a.example/"}
    return Problem(**given | changes)


@pytest.mark.parametrize("code", CATALOGUE)
def test_every_code_is_stable_in_form_and_has_its_words(code: str) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", code)
    told = Problem(code, "allow_origins", "the-value", "the-instead", FACTS)
    assert told.message.isprintable()
    assert told.message.endswith(".")
    assert told.remedy.startswith(("Write ", "Take", "Put"))
    for text in (told.message, told.remedy):
        assert "{" not in text
        assert "  " not in text


def test_the_unsafe_problems_that_may_be_let_through() -> None:
    assert {
        "any-host-of-scheme",
        "any-origin-with-private-network",
        "file-origin",
        "insecure-origin",
        "public-suffix",
        "regex-unproven",
    } == ALLOWABLE


def test_the_settings_are_those_of_a_policy() -> None:
    assert tuple(inspect.signature(Policy).parameters) == SETTINGS


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("https://a.example", "'https://a.example'"),
        ("a\r\nb", r"'a\r\nb'"),
        ("\x00\x1b[31m\x7f", r"'\x00\x1b[31m\x7f'"),
        ("é", r"'\xe9'"),
        ("\u2028", r"'\u2028'"),
        ("\ud800", r"'\ud800'"),
        ("'", '"\'"'),
        (b"\xff", r"b'\xff'"),
        (None, "None"),
        (float("nan"), "nan"),
    ],
)
def test_a_value_is_shown_in_one_line_of_printable_ascii(value: object, text: str) -> None:
    assert shown(value) == text


def test_what_is_shown_is_bounded() -> None:
    assert shown("x" * (SHOWN - 2)) == "'" + "x" * (SHOWN - 2) + "'"
    cut = shown("x" * 1_000_000)
    assert cut == "'" + "x" * (SHOWN - 1) + "..."
    assert cut.isascii()


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("allow_origin", "allow_origins"),
        ("origins", "allow_origins"),
        ("Allow_Origins", "allow_origins"),
        ("maxage", "max_age"),
        ("credentials", "allow_credentials"),
        ("zzz", ""),
        ("", ""),
    ],
)
def test_the_nearest_name(text: str, meant: str) -> None:
    assert nearest(text, SETTINGS) == meant


@pytest.mark.parametrize(
    ("instead", "remedy"),
    [
        ("", ""),
        ("https://a.example", 'Write "https://a.example" instead.'),
        ('"https://a.example", "null"', 'Write "https://a.example", "null" instead.'),
        ('["PUT"]', 'Write ["PUT"] instead.'),
        ('re.compile(r"x")', 'Write re.compile(r"x") instead.'),
        ("600", "Write 600 instead."),
    ],
)
def test_the_remedy_says_what_to_write(instead: str, remedy: str) -> None:
    assert problem(instead=instead).remedy == remedy


def test_the_general_remedy_follows() -> None:
    told = problem(code="origin-null-spelling", value="NULL", instead="null")
    assert told.remedy == (
        'Write "null" instead. Mind that any sandboxed frame and any file on a disk has this origin.'
    )


def test_the_names_of_all_settings_follow_no_suggestion() -> None:
    facts = {"known": "allow_origins, max_age"}
    assert Problem("unknown-setting", "zzz", "zzz", facts=facts).remedy == "The settings are allow_origins, max_age."
    meant = Problem("unknown-setting", "max_ages", "max_ages", "max_age", facts)
    assert meant.remedy == 'Write "max_age" instead.'


def test_braces_in_values_are_not_templates() -> None:
    told = Problem("unknown-setting", "{known}", "{value}{known}{0}", facts={"known": "{setting}"})
    assert told.message == "There is no setting '{value}{known}{0}'."
    assert told.remedy == "The settings are {setting}."


def test_a_problem_in_the_words_of_whoever_owns_the_settings() -> None:
    told = Problem(
        "insecure-origin",
        "allow_origins",
        "http://a.example",
        "https://a.example",
        {"with_setting": "allow_credentials"},
    )
    names = {"allow_origins": "CORS_ALLOWED_ORIGINS", "allow_credentials": "CORS_ALLOW_CREDENTIALS"}
    renamed = told.renamed(names)
    assert renamed.message.startswith("'http://a.example' in CORS_ALLOWED_ORIGINS with CORS_ALLOW_CREDENTIALS:")
    assert "allow_credentials" not in renamed.message + renamed.remedy
    assert renamed.as_dict()["setting"] == "CORS_ALLOWED_ORIGINS"
    assert (renamed.code, renamed.value, renamed.instead) == (told.code, told.value, told.instead)
    assert told.message.startswith("'http://a.example' in allow_origins with allow_credentials:")
    assert renamed.renamed({"allow_credentials": "creds"}).message.startswith(
        "'http://a.example' in CORS_ALLOWED_ORIGINS with creds:"
    )


@pytest.mark.parametrize(
    "value",
    ["https://a.example/", b"x", None, 5, float("nan"), float("inf"), object(), re.compile("x"), {"a": {1}}, "\ud800"],
)
def test_a_problem_is_json(value: object) -> None:
    told = problem(value=value, instead="https://a.example")
    again = json.loads(json.dumps(told.as_dict(), allow_nan=False))
    assert again == told.as_dict()
    assert list(again) == ["code", "setting", "value", "message", "remedy", "instead"]
    assert again["value"] == shown(value)
    assert again["instead"] == "https://a.example"
    assert again["remedy"] == 'Write "https://a.example" instead.'


def test_problems_are_values() -> None:
    one = problem(value=["unhashable"], facts={"a": "b"})
    assert one == problem(value=["unhashable"], facts={"a": "b"})
    assert hash(one) == hash(problem(value=["unhashable"], facts={"a": "b"}))
    assert one != problem(value=["unhashable"], facts={"a": "c"})
    assert pickle.loads(pickle.dumps(one)) == one
    assert copy.deepcopy(one) == one
    with pytest.raises(AttributeError):
        one.code = "x"


def test_an_error_numbers_its_problems() -> None:
    error = PolicyError(
        [problem(instead="https://a.example"), Problem("expose-any-with-credentials", "expose_headers", "*")]
    )
    assert isinstance(error, ValueError)
    assert str(error).splitlines() == [
        "2 problems:",
        (
            "1. [origin-trailing-slash] 'https://a.example/' in allow_origins ends in a slash. An origin has none, so "
            "it would never match."
        ),
        '   Write "https://a.example" instead.',
        f"   See {page_of('origin-trailing-slash')}",
        (
            '2. [expose-any-with-credentials] expose_headers = "*" with allow_credentials: browsers then take it for '
            "a header named *."
        ),
        "   Name the headers that pages read.",
        f"   See {page_of('expose-any-with-credentials')}",
    ]


def test_an_error_names_the_page_of_each_code_once() -> None:
    told = str(PolicyError([problem(), problem(), Problem("no-origins", "allow_origins", [])]))
    assert re.findall(r"See (.*)", told) == [problem().url, page_of("no-origins")]


def test_an_error_of_one_problem_says_so() -> None:
    assert str(PolicyError([problem()])).splitlines()[0] == "1 problem:"


def test_a_problem_without_remedy_has_no_line_for_it() -> None:
    assert problem().remedy == ""
    assert str(PolicyError([problem()])).splitlines()[2:] == [f"   See {problem().url}"]


def test_an_error_survives_pickling_and_renaming() -> None:
    error = PolicyError(iter([problem(), problem(value="b")]))
    assert pickle.loads(pickle.dumps(error)).problems == error.problems
    assert copy.deepcopy(error).problems == error.problems
    assert error.args == (error.problems,)
    assert str(error.renamed({"allow_origins": "ORIGINS"})) == str(error).replace("allow_origins", "ORIGINS")
