"""The fault of a member of allow_origins, and the exact text to write instead."""

import re
import warnings

import pytest

from tests.invariants import members_of
from tests.test_origins import LABEL, LONGEST_HOST, MALFORMED, PATTERNS
from wsgicors._catalogue import CATALOGUE
from wsgicors._grammar import split_pattern
from wsgicors._regex_remedies import compiled
from wsgicors._suggestions import STRANGERS, member_problem, pattern_problem, regex_problem
from wsgicors.origins import MAX_HOST, MAX_SCHEME
from wsgicors.patterns import OriginPattern, OriginSet
from wsgicors.problems import PolicyError, Problem


def problem_of(member: object) -> Problem:
    with pytest.raises(PolicyError) as error:
        OriginSet([member])  # type: ignore[list-item]
    (problem,) = error.value.problems
    assert problem.setting == "allow_origins"
    assert problem.code in CATALOGUE
    return problem


# The faulty text, its problem, and the text to write instead ("" if it cannot be known).
TEXTS: list[tuple[str, str, str]] = [
    # a slash, a path, a query
    ("https://www.example.com/", "origin-trailing-slash", "https://www.example.com"),
    ("https://www.example.com//", "origin-trailing-slash", "https://www.example.com"),
    ("https://*.example.com/", "origin-trailing-slash", "https://*.example.com"),
    ("http://localhost:*/", "origin-trailing-slash", "http://localhost:*"),
    ("http://[::1]:3000/", "origin-trailing-slash", "http://[::1]:3000"),
    ("x-app://1/", "origin-trailing-slash", "x-app://1"),
    ("https://www.example.com/app/index.html", "origin-path", "https://www.example.com"),
    ("https://www.example.com/*", "origin-path", "https://www.example.com"),
    ("https://www.example.com?a=b", "origin-path", "https://www.example.com"),
    ("https://www.example.com/?a=b", "origin-path", "https://www.example.com"),
    ("https://www.example.com#top", "origin-path", "https://www.example.com"),
    ("https://www.example.com\\", "origin-path", "https://www.example.com"),
    ("https://https://www.example.com", "origin-path", ""),
    # no scheme
    ("www.example.com", "origin-scheme-missing", "https://www.example.com"),
    ("www.example.com/", "origin-scheme-missing", "https://www.example.com"),
    ("www.example.com:8443", "origin-scheme-missing", "https://www.example.com:8443"),
    ("WWW.example.com", "origin-scheme-missing", "https://www.example.com"),
    ("//www.example.com", "origin-scheme-missing", "https://www.example.com"),
    ("https:www.example.com", "origin-scheme-missing", "https://www.example.com"),
    ("https:/www.example.com", "origin-scheme-missing", "https://www.example.com"),
    ("https:\\\\www.example.com", "origin-scheme-missing", "https://www.example.com"),
    ("HTTP:/www.example.com", "origin-scheme-missing", "http://www.example.com"),
    ("*.example.com", "origin-scheme-missing", "https://*.example.com"),
    ("*.example.com:*", "origin-scheme-missing", "https://*.example.com:*"),
    ("localhost", "origin-scheme-missing", "http://localhost"),
    ("localhost:3000", "origin-scheme-missing", "http://localhost:3000"),
    ("localhost:*", "origin-scheme-missing", "http://localhost:*"),
    ("LOCALHOST:3000", "origin-scheme-missing", "http://localhost:3000"),
    ("app.localhost/x", "origin-scheme-missing", "http://app.localhost"),
    ("127.0.0.1:8000", "origin-scheme-missing", "http://127.0.0.1:8000"),
    ("10.0.0.1", "origin-scheme-missing", "https://10.0.0.1"),
    ("[::1]:3000", "origin-scheme-missing", "http://[::1]:3000"),
    ("::1", "origin-scheme-missing", "http://[::1]"),
    ("2001:db8::1", "origin-scheme-missing", "https://[2001:db8::1]"),
    ("http:*", "origin-scheme-missing", ""),
    ("https:8443", "origin-scheme-missing", ""),
    ("http//www.example.com", "origin-scheme-missing", ""),
    ("/www.example.com", "origin-scheme-missing", "https://www.example.com"),
    ("/a://www.example.com", "origin-scheme-missing", "https://a"),
    ("null/", "origin-scheme-missing", ""),
    ("[]", "origin-scheme-missing", ""),
    # an invalid scheme
    ("://www.example.com", "origin-scheme", ""),
    ("1https://www.example.com", "origin-scheme", ""),
    ("my_app://host", "origin-scheme", ""),
    ("http:://www.example.com", "origin-scheme", ""),
    (f"{'x' * (MAX_SCHEME + 1)}://host", "origin-scheme", ""),
    # a scheme whose pages have an opaque origin
    ("file:///home/me/index.html", "origin-opaque-scheme", ""),
    ("FILE:///home", "origin-upper-case", ""),
    ("file:/home", "origin-opaque-scheme", ""),
    ("File:", "origin-opaque-scheme", ""),
    ("data:text/html", "origin-opaque-scheme", ""),
    ("about:blank", "origin-opaque-scheme", ""),
    ("about:srcdoc", "origin-opaque-scheme", ""),
    ("javascript://x", "origin-opaque-scheme", ""),
    ("file://*", "origin-opaque-scheme", ""),
    # user info
    ("https://me@www.example.com", "origin-user-info", "https://www.example.com"),
    ("https://me:secret@www.example.com", "origin-user-info", "https://www.example.com"),
    ("https://me@home@www.example.com", "origin-user-info", "https://www.example.com"),
    # case
    ("https://WWW.Example.com", "origin-upper-case", "https://www.example.com"),
    ("HTTPS://www.example.com", "origin-upper-case", "https://www.example.com"),
    ("HTTPS://*.Example.com:*", "origin-upper-case", "https://*.example.com:*"),
    ("chrome-extension://ABC", "origin-upper-case", "chrome-extension://abc"),
    ("http://[2001:DB8::1]", "origin-upper-case", "http://[2001:db8::1]"),
    ("HTTP://Example.com:80/", "origin-upper-case", "http://example.com"),
    ("NULL", "origin-null-spelling", "null"),
    ("Null", "origin-null-spelling", "null"),
    # ports
    ("https://www.example.com:443", "origin-default-port", "https://www.example.com"),
    ("http://www.example.com:80", "origin-default-port", "http://www.example.com"),
    ("http://localhost:80", "origin-default-port", "http://localhost"),
    ("http://[::1]:80", "origin-default-port", "http://[::1]"),
    ("wss://www.example.com", "origin-pageless-scheme", "https://www.example.com"),
    ("ws://localhost:8080/socket", "origin-pageless-scheme", "http://localhost:8080"),
    ("wss://*.example.com:*", "origin-pageless-scheme", "https://*.example.com:*"),
    ("WSS://www.example.com:443", "origin-upper-case", "https://www.example.com"),
    ("ftp://www.example.com", "origin-pageless-scheme", ""),
    (r"^wss?://www\.example\.com$", "regex-no-origin", ""),
    ("https://*.example.com:443", "origin-default-port", "https://*.example.com"),
    ("https://www.example.com:0443", "origin-port", "https://www.example.com"),
    ("https://www.example.com:08443", "origin-port", "https://www.example.com:8443"),
    ("https://www.example.com:", "origin-port", "https://www.example.com"),
    ("https://www.example.com:0", "origin-port", ""),
    ("https://www.example.com:65536", "origin-port", ""),
    ("https://www.example.com:" + "9" * 300, "origin-port", ""),
    ("https://www.example.com:-1", "origin-port", ""),
    ("https://www.example.com:http", "origin-port", ""),
    ("https://www.example.com:\u0663", "origin-port", ""),
    ("https://www.example.com:**", "origin-port", ""),
    ("https://www.example.com:80*", "origin-port", ""),
    # Unicode
    ("https://bücher.example", "origin-unicode-host", "https://xn--bcher-kva.example"),
    ("https://BÜCHER.example", "origin-unicode-host", "https://xn--bcher-kva.example"),
    ("https://*.bücher.example:*", "origin-unicode-host", "https://*.xn--bcher-kva.example:*"),
    ("https://faß.example", "origin-unicode-host", "https://xn--fa-hia.example"),
    ("https://日本語。jp", "origin-unicode-host", "https://xn--wgv71a119e.jp"),
    ("https://☃.example", "origin-unicode-host", "https://xn--n3h.example"),
    ("https://ｅxample.com", "origin-unicode-host", "https://example.com"),
    ("bücher.example", "origin-scheme-missing", "https://xn--bcher-kva.example"),
    # hosts
    ("https://", "origin-host", ""),
    ("https://a..example", "origin-host", ""),
    ("https://.example.com", "origin-host", ""),
    ("https://%61.example", "origin-host", ""),
    ("https://a!b.example", "origin-host", ""),
    (f"https://{LABEL}a.example", "origin-host", ""),
    (f"https://a.{LONGEST_HOST}", "origin-host", ""),
    ("https://www.example.com:80:90", "origin-host", ""),
    ("https://www.example.com..", "origin-host", ""),
    ("https://www.example.com./", "origin-trailing-slash", "https://www.example.com."),
    ("https://WWW.example.com.:8443", "origin-upper-case", "https://www.example.com.:8443"),
    ("http://xn--f", "origin-a-label", ""),
    ("https://www.xn--f.example:8443", "origin-a-label", ""),
    # addresses
    ("http://127.1", "origin-ipv4", "http://127.0.0.1"),
    ("http://0x7f.1:8000", "origin-ipv4", "http://127.0.0.1:8000"),
    ("http://010.0.0.1", "origin-ipv4", "http://8.0.0.1"),
    ("http://2130706433", "origin-ipv4", "http://127.0.0.1"),
    ("http://256.0.0.1", "origin-ipv4", ""),
    ("http://1.2.3.4.5", "origin-ipv4", ""),
    ("http://www.example.1", "origin-ipv4", ""),
    ("http://127.0.0.1.", "origin-trailing-dot", "http://127.0.0.1"),
    ("http://[0:0:0:0:0:0:0:1]", "origin-ipv6", "http://[::1]"),
    ("http://[2001:db8:0::1]:3000", "origin-ipv6", "http://[2001:db8::1]:3000"),
    ("http://[::ffff:1.2.3.4]", "origin-ipv6", "http://[::ffff:102:304]"),
    ("http://::1", "origin-ipv6", "http://[::1]"),
    ("http://[::1", "origin-ipv6", ""),
    ("http://[::g]", "origin-ipv6", ""),
    ("http://[]", "origin-ipv6", ""),
    # wildcards
    ("https://*", "origin-wildcard-host", ""),
    ("https://*.", "origin-wildcard-host", ""),
    ("https://*:*", "origin-wildcard-host", ""),
    ("https://*:8443", "origin-wildcard-host", ""),
    ("http://*", "origin-wildcard-host", ""),
    ("*:3000", "origin-scheme-missing", ""),
    ("https://a.*.example.com", "origin-wildcard-place", "https://*.example.com"),
    ("https://*.*.example.com", "origin-wildcard-place", "https://*.example.com"),
    ("https://**.example.com", "origin-wildcard-place", "https://*.example.com"),
    ("https://a.app-*.example.com", "origin-wildcard-place", "https://*.example.com"),
    ("http://192.168.1.*", "origin-wildcard-place", r're.compile(r"http://192\.168\.1\.\d{1,3}")'),
    ("http://192.168.1.*:*", "origin-wildcard-place", r're.compile(r"http://192\.168\.1\.\d{1,3}(:\d+)?")'),
    ("http://10.*:8000", "origin-wildcard-place", r're.compile(r"http://10\.\d{1,3}\.\d{1,3}\.\d{1,3}:8000")'),
    ("https://172.16.*.*", "origin-wildcard-place", r're.compile(r"https://172\.16\.\d{1,3}\.\d{1,3}")'),
    ("http://8.8.8.*", "origin-wildcard-place", ""),
    ("http://172.*", "origin-wildcard-place", ""),
    ("moz-extension://*/", "origin-trailing-slash", "moz-extension://*"),
    ("Chrome-Extension://*", "origin-upper-case", "chrome-extension://*"),
    ("https://www.*.com", "origin-wildcard-place", ""),
    ("https://*.*.co.uk", "origin-wildcard-place", ""),
    ("https://www.example.*", "origin-wildcard-place", ""),
    ("*://www.example.com", "origin-wildcard-place", "https://www.example.com"),
    ("http*://www.example.com", "origin-wildcard-place", "https://www.example.com"),
    ("https://www.example.com:*:*", "origin-wildcard-place", ""),
    ("https://*.127.0.0.1", "origin-wildcard-ip", "https://127.0.0.1"),
    ("http://*.[::1]:*", "origin-ipv6", "http://[::1]:*"),
    (f"https://*.{LONGEST_HOST}", "origin-host", ""),
    (f"https://*.{LONGEST_HOST[1:]}", "origin-host", ""),
    # several in one, blanks, quotes, nothing
    ("https://a.example https://b.example", "origin-several", '"https://a.example", "https://b.example"'),
    ("https://a.example,https://b.example", "origin-several", '"https://a.example", "https://b.example"'),
    # A comma is missing between two texts of a list: Python joins them.
    ("https://a.examplehttps://b.example", "origin-several", '"https://a.example", "https://b.example"'),
    ("https://a.examplewss://b.example", "origin-several", '"https://a.example", "https://b.example"'),
    ("ws://localhost:3000WSS://a.example", "origin-several", '"http://localhost:3000", "https://a.example"'),
    (
        "http://localhost:3000http://[::1]HTTPS://a.example",
        "origin-several",
        '"http://localhost:3000", "http://[::1]", "https://a.example"',
    ),
    ("localhost:3000http://localhost:8080", "origin-several", '"http://localhost:3000", "http://localhost:8080"'),
    ("hhttps://www.example.com/", "origin-trailing-slash", "hhttps://www.example.com"),
    ("https://a.example?to=1https://b.example", "origin-path", "https://a.example"),
    ("https://a.example, b.example/", "origin-several", '"https://a.example", "https://b.example"'),
    ("https://a.example;http://[::1]", "origin-several", '"https://a.example", "http://[::1]"'),
    ("https://a.example\nnull", "origin-several", '"https://a.example", "null"'),
    ("https://a.example, https://*", "origin-several", '"https://a.example"'),
    ("https://a.example, file://", "origin-several", '"https://a.example"'),
    ("https://a.example, https://a.example/", "origin-several", '"https://a.example"'),
    (
        "http://192.168.*.*, https://a.example",
        "origin-several",
        r're.compile(r"http://192\.168\.\d{1,3}\.\d{1,3}"), "https://a.example"',
    ),
    # Alternatives of one character each stay alternatives: a class spells out no name.
    ("127.0.0.1(a|b)", "origin-regex", r're.compile(r"http://127.0\.0\.1(?:a|b)")'),
    # Expressions for names that no browser accepts.
    ("$xn--", "regex-scheme", ""),
    (r"^https://xn--\.example$", "origin-regex", ""),
    (r"^https://(.+\.)?xn--\.example$", "origin-regex", ""),
    (r"^https://(xn--|a)\.example$", "origin-regex", "https://a.example"),
    ('["https://a.example","https://b.example"]', "origin-several", '"https://a.example", "https://b.example"'),
    (" https://a.example", "origin-blanks", "https://a.example"),
    ("https://a.example ", "origin-blanks", "https://a.example"),
    ("https://a.example\t", "origin-blanks", "https://a.example"),
    ("https://a.example\r\n", "origin-blanks", "https://a.example"),
    ("\xa0https://a.example/", "origin-blanks", "https://a.example"),
    (" null", "origin-blanks", "null"),
    (" * ", "origin-blanks", ""),
    ('"https://a.example"', "origin-characters", "https://a.example"),
    ("'https://a.example/'", "origin-characters", "https://a.example"),
    ('["https://a.example"]', "origin-characters", "https://a.example"),
    ('"null"', "origin-characters", "null"),
    ("https://a.example\x00", "origin-characters", ""),
    ("https://a.\x7fexample", "origin-characters", ""),
    ("https://a\u200b.example", "origin-characters", ""),
    ("https://\ud800.example", "origin-characters", ""),
    ("", "origin-empty", ""),
    (" \t ", "origin-empty", ""),
    (",", "origin-empty", ""),
    ("*", "any-origin-beside-others", ""),
]


@pytest.mark.parametrize(("text", "code", "instead"), TEXTS)
def test_a_text_that_is_no_pattern(text: str, code: str, instead: str) -> None:
    problem = problem_of(text)
    assert (problem.code, problem.instead, problem.value) == (code, instead, text)
    if instead:
        assert problem.remedy.startswith("Write ")
        assert instead in problem.remedy
        assert problem == pattern_problem(text)


@pytest.mark.parametrize(
    "text",
    [
        *[text for text in MALFORMED if split_pattern(text) is None],
        *[text for _, strangers in PATTERNS.values() for text in strangers if split_pattern(text) is None],
    ],
)
def test_what_is_to_be_written_instead_is_a_pattern(text: str) -> None:
    problem = problem_of(text)
    assert problem.message.isprintable()
    if problem.instead.startswith(("re.", '"')):
        OriginSet(members_of(problem.instead))
    elif problem.instead:
        assert str(OriginPattern.parse(problem.instead)) == problem.instead


@pytest.mark.parametrize(
    ("text", "limit"),
    [(f"{'x' * (MAX_SCHEME + 1)}://host", MAX_SCHEME), (f"https://a.{LONGEST_HOST}", MAX_HOST)],
)
def test_a_bound_is_told(text: str, limit: int) -> None:
    assert f"{limit} characters" in problem_of(text).message


@pytest.mark.parametrize(
    ("member", "kind", "instead"),
    [
        (b"https://a.example", "bytes", "https://a.example"),
        (b"https://a.example/", "bytes", ""),
        (b"\xff", "bytes", ""),
        (None, "NoneType", ""),
        (5, "int", ""),
        (True, "bool", ""),
        (1.5, "float", ""),
        (["https://a.example"], "list", ""),
        (("https://a.example",), "tuple", ""),
        ({"https://a.example"}, "set", ""),
        ({"url": "https://a.example"}, "dict", ""),
        ({"regex": 5}, "dict", ""),
        (OriginSet([]), "OriginSet", ""),
    ],
)
def test_a_member_of_another_type(member: object, kind: str, instead: str) -> None:
    problem = problem_of(member)
    assert (problem.code, problem.instead) == ("wrong-type", instead)
    assert f"of type {kind}" in problem.message


@pytest.mark.parametrize(
    ("member", "reason"),
    [
        ({"regex": "https://("}, "missing )"),
        ({"regex": r"https://a\.example", "flags": "i"}, "flags"),
        ({"regex": r"https://a\.example", "ignore_case": True}, "a key too many"),
    ],
)
def test_a_regular_expression_in_a_mapping_that_cannot_be_read(member: object, reason: str) -> None:
    problem = problem_of(member)
    assert problem.code == "regex-invalid"
    assert reason in problem.message


def written(pattern: str) -> str:
    return f're.compile(r"{pattern}")'


@pytest.mark.parametrize(
    ("text", "code", "instead"),
    [
        (r"https://[a-z]+\.example\.com", "origin-regex", written(r"https://[a-z]+\.example\.com")),
        (r"http://localhost:\d+", "origin-regex", written(r"http://localhost:\d+")),
        (r"https://.*.example.com", "origin-regex", "https://*.example.com"),
        ("https?://example.com", "origin-regex", '"http://example.com", "https://example.com"'),
        (r"^https://(a|b).example.com$", "origin-regex", '"https://a.example.com", "https://b.example.com"'),
        (".*", "regex-any-host", ""),
        (r"http://.*", "regex-any-host", ""),
        (r".*.example.com", "regex-scheme", ""),
        (r"https://(?:a", "regex-invalid", ""),
    ],
)
def test_a_text_that_is_a_regular_expression(text: str, code: str, instead: str) -> None:
    problem = problem_of(text)
    assert (problem.code, problem.instead) == (code, instead)
    OriginSet(members_of(instead))


REGEXES: list[tuple[str, str, str]] = [
    # an open dot before a letter or digit
    (r"https://www.example.com", "regex-dot", "https://www.example.com"),
    (r"https://.*example\.com", "regex-dot", '"https://example.com", "https://*.example.com"'),
    (r"https://.+example\.com", "regex-dot", "https://*.example.com"),
    (r"https://.*?example\.com", "regex-dot", '"https://example.com", "https://*.example.com"'),
    (r"https://.{1,9}example\.com", "regex-dot", written(r"https://.{1,9}\.example\.com")),
    (r"https://[a-z]+.example\.com", "regex-dot", written(r"https://[a-z]+\.example\.com")),
    (r"https://(www.)?example\.com", "regex-dot", '"https://example.com", "https://www.example.com"'),
    (r"https://(.*)example\.com", "regex-dot", '"https://example.com", "https://*.example.com"'),
    (r"https://((.*)?)?example\.com", "regex-dot", '"https://example.com", "https://*.example.com"'),
    (r"https://(?:www.|api.)example\.com", "regex-dot", '"https://api.example.com", "https://www.example.com"'),
    (r"https://www.(example|test)\.com", "regex-dot", '"https://www.test.com", "https://www.example.com"'),
    (r"https://www.(?:example)\.com", "regex-dot", "https://www.example.com"),
    (r"https://www\.example\.c.m", "regex-dot", "https://www.example.c.m"),
    (r"https://www\.example.1com", "regex-dot", "https://www.example.1com"),
    (r"^https://www.example\.com$", "regex-dot", "https://www.example.com"),
    (r"https://www\\.example\.com", "regex-no-origin", ""),
    (r"https:\/\/WWW\.example\.com", "regex-no-origin", ""),
    (r"https://a\d*\.\d+\.", "regex-no-origin", ""),
    # no scheme
    (r"www\.example\.com", "regex-scheme", "https://www.example.com"),
    (r"www.example.com", "regex-scheme", "https://www.example.com"),
    (r"^www\.example\.com", "regex-scheme", "https://www.example.com"),
    (r"\Awww\.example\.com", "regex-scheme", "https://www.example.com"),
    (r"([a-z]+\.)?example\.com", "regex-scheme", written(r"https://(?:[a-z]+\.)?example\.com")),
    (r".*\.example\.com", "regex-scheme", ""),
    (r".+://www\.example\.com", "regex-scheme", ""),
    (r"\w+://www\.example\.com", "regex-scheme", ""),
    (r"[a-z]+://www\.example\.com", "regex-scheme", ""),
    (r"(.*)://www\.example\.com", "regex-scheme", ""),
    (r"null", "regex-scheme", "null"),
    (r"null|https://www\.example\.com", "regex-scheme", "null"),
    (r"(https://www\.example\.com)?(null)?", "regex-scheme", "null"),
    (r"", "regex-empty", ""),
    (r"/*", "regex-empty", ""),
    (r"^(https?://)?localhost:?[\d]*?$", "regex-unproven", '"http://localhost:*", "https://localhost:*"'),
    (r"^http://localhost:?\d+$", "regex-unproven", r're.compile(r"^http://localhost:\d+")'),
    (r"^http://localhost(:?[0-9]+)?$", "regex-unproven", "http://localhost:*"),
    (r"http://localhost:?(\d+)?", "regex-unproven", "http://localhost:*"),
    (r"http://localhost:?\d{0,5}", "regex-unproven", "http://localhost:*"),
    (r"http://localhost.*", "regex-unproven", "http://localhost:*"),
    (r"https://www\.a\.example:?\d*", "regex-unproven", "https://www.a.example:*"),
    (r"localhost:\d+", "regex-scheme", r're.compile(r"http://localhost:\d+")'),
    # anybody
    (r".*", "regex-any-host", ""),
    (r"https://.*", "regex-any-host", ""),
    (r"https?://.+", "regex-any-host", ""),
    (r"http://.*", "regex-any-host", ""),
    (r"https://[a-z.]+", "regex-any-host", ""),
    (r"https://([a-z]+\.)+[a-z]+(:\d+)?", "regex-any-host", ""),
    (r"https://[^/]+:8443", "regex-any-host", ""),
    (r"[a-z-]+://[a-z]+", "regex-any-host", ""),
    (r"(?s).*", "regex-any-host", ""),
]  # fmt: skip


@pytest.mark.parametrize(("regex", "code", "instead"), REGEXES)
def test_a_regular_expression_that_matches_more_than_is_meant(regex: str, code: str, instead: str) -> None:
    problem = problem_of(re.compile(regex))
    assert (problem.code, problem.instead, problem.value) == (code, instead, regex)
    assert instead in problem.remedy
    for member in members_of(instead):
        assert member == "null" or split_pattern(member) if isinstance(member, str) else member_problem(member) is None


@pytest.mark.parametrize(
    "regex",
    [
        r"https://www\.example\.com",
        r"^https://www\.example\.com$",
        r"\Ahttps://www\.example\.com\Z",
        r"https://[a-z]+\.example\.com",
        r"https://.*\.example\.com",
        r"https://(.*\.)?example\.com",
        r"https?://www\.example\.com(:[0-9]+)?",
        r"http(s)?://www\.example\.com",
        r"(https|http)://www\.example\.com",
        r"(?:https?)://www\.example\.com",
        r"https:\/\/www\.example\.com",
        r"https://www[.]example[.]com",
        r"https://[.a]b[]x.y]\.example\.com",
        r"https://[^.a]+\.example\.com",
        r"https://a\.example|https://b\.example",
        r"chrome-extension://[a-p]{32}",
        r"capacitor://localhost",
        r"http://localhost:\d{4}",
        r"https://(.*\.)?example\.com(:\d+)?",
        r"https://[a-z]+\.example\.com(?::\d+)?",
        r"https://(?P<tenant>.*)\.example\.com",
    ],
)
def test_a_regular_expression_that_may_stay(regex: str) -> None:
    assert regex_problem(re.compile(regex)) is None
    assert len(OriginSet([re.compile(regex)])) == 1


@pytest.mark.parametrize(
    ("regex", "instead"),
    [
        (rb"https://www\.example\.com", "https://www.example.com"),
        (rb"https://[a-z]+\.example\.com", written(r"https://[a-z]+\.example\.com")),
        (rb"https://[a-z]+.example\.com", written(r"https://[a-z]+\.example\.com")),
        (rb"\xff", ""),
        (rb"(?L)https://.*", ""),
    ],
)
def test_a_regular_expression_of_bytes(regex: bytes, instead: str) -> None:
    problem = problem_of(re.compile(regex))
    assert (problem.code, problem.instead) == ("regex-bytes", instead)


@pytest.mark.parametrize(
    "pattern", [r"[[a]\.example\.com", r"https://[+--]+\.example\.com", r"https://[a&&b]\.example\.com$"]
)
def test_python_warns_of_an_expression_only_where_the_owner_compiles_it(
    pattern: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.warns(FutureWarning):
        regex = re.compile(pattern, re.DEBUG)
    capsys.readouterr()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        member_problem(regex)
    assert capsys.readouterr().out == ""


def test_flags_are_part_of_what_a_regular_expression_admits() -> None:
    assert regex_problem(re.compile(r"HTTPS://A\.EXAMPLE", re.IGNORECASE)) is None
    assert problem_of(re.compile(r"HTTPS://A\.EXAMPLE")).code == "regex-no-origin"
    assert problem_of(re.compile("https:// .* # anybody", re.VERBOSE)).code == "regex-any-host"


@pytest.mark.parametrize("stranger", STRANGERS)
def test_every_sample_of_a_foreign_origin_is_tried(stranger: str) -> None:
    problem = problem_of(re.compile(rf"https://a\.example|{re.escape(stranger)}"))
    assert problem.code == "regex-any-host"
    assert stranger in problem.message


def test_an_unescaped_dot_is_told_with_an_origin_that_it_admits() -> None:
    problem = problem_of(re.compile(r"https://a.example\.com"))
    assert problem.code == "regex-dot"
    assert problem.message.endswith(" so that it admits https://axexample.com.")


@pytest.mark.parametrize("pattern", [r"https://a\.example", 'https://a"b', "https://a\\\\", "a\n", "a'\"", "é"])
def test_the_python_of_an_expression_makes_it(pattern: str) -> None:
    assert members_of(compiled(pattern)) == [re.compile(pattern)]
