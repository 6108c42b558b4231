"""Settings as texts, as the environment, PasteDeploy, TOML and JSON have them."""

import re
from types import MappingProxyType

import pytest

from wsgicors._text_settings import read_members, read_switch, read_text, write_member
from wsgicors.patterns import OriginPattern

A = "https://a.example"


@pytest.mark.parametrize(
    ("setting", "text", "value"),
    [
        ("allow_origins", "https://a.example", ["https://a.example"]),
        ("allow_origins", "https://a.example,https://b.example", ["https://a.example", "https://b.example"]),
        ("allow_origins", " https://a.example ,\n\thttps://b.example, ", ["https://a.example", "https://b.example"]),
        ("allow_origins", "*", ["*"]),
        ("allow_origins", "", []),
        ("allow_methods", "PUT DELETE", ["PUT", "DELETE"]),
        ("allow_headers", "X-A, X-B", ["X-A", "X-B"]),
        ("expose_headers", "ETag", ["ETag"]),
        ("dangerously_allow", "public-suffix", ["public-suffix"]),
        ("allow_credentials", "true", True),
        ("allow_credentials", " TRUE ", True),
        ("allow_credentials", "off", False),
        ("allow_credentials", "maybe", "maybe"),
        ("allow_private_network", "1", True),
        ("max_age", " 600 ", 600),
        ("max_age", "-1", "-1"),
        ("max_age", "\u0666", "\u0666"),
        ("max_age", "", ""),
        ("preflight_status", "200", 200),
        ("refuse", " forbid ", "forbid"),
        ("max_age", 600, 600),
        ("max_age", None, None),
        ("allow_methods", ("PUT",), ("PUT",)),
    ],
)
def test_a_text_is_converted_to_the_type_of_its_setting(setting: str, text: object, value: object) -> None:
    assert read_text(setting, text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *[(text, True) for text in ("1", "true", "yes", "on", "True", "YES", "oN", " on\n")],
        *[(text, False) for text in ("0", "false", "no", "off", "False", "NO", "Off", " off ")],
        *[(text, text) for text in ("", " ", "2", "y", "t", "none", "enabled", "truee")],
    ],
)
def test_a_switch_is_read(text: str, value: object) -> None:
    assert read_switch(text) == value
    assert type(read_switch(text)) is type(value)


PATTERN = r"https://[a-z]+\.a\.example"


@pytest.mark.parametrize(
    "regex", [re.compile(PATTERN), re.compile(PATTERN, re.ASCII), re.compile(PATTERN, re.IGNORECASE | re.VERBOSE)]
)
def test_a_regular_expression_is_written_and_read_back(regex: re.Pattern[str]) -> None:
    written = write_member(regex)
    assert isinstance(written, dict)
    assert set(written) == ({"regex"} if regex.flags == re.UNICODE else {"regex", "flags"})
    assert read_members([written]) == [regex]
    assert read_members((MappingProxyType(written),)) == [regex]


@pytest.mark.parametrize("member", [A, "https://*.a.example", "null"])
def test_a_pattern_is_written_as_its_text(member: str) -> None:
    assert write_member(member) == write_member(OriginPattern.parse(member)) == member


@pytest.mark.parametrize(
    "member",
    [
        {"regex": "("},
        {"regex": 5},
        {"regex": PATTERN, "flags": "i"},
        {"regex": PATTERN, "flags": re.LOCALE},
        {"regex": PATTERN, "flags": 1.5},
        {"regex": PATTERN, "other": 1},
        {"pattern": PATTERN},
        {},
        A,
        5,
        None,
    ],
)
def test_a_member_that_is_no_regular_expression_is_returned_unchanged(member: object) -> None:
    assert read_members([member]) == [member]


@pytest.mark.parametrize("members", ["*", None, 5, {A}])
def test_members_that_are_no_list_are_returned_unchanged(members: object) -> None:
    assert read_members(members) is members
