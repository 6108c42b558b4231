"""Settings that do not build, with the remedy for each fault; and settings that do."""

import math
import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from enum import IntEnum
from typing import Any

import pytest

from wsgicors import CachedOrigins, Policy, PolicyError
from wsgicors._checks import Checks, corrected_origin
from wsgicors._http import CORS_RESPONSE_HEADERS, FORBIDDEN_METHODS, FORBIDDEN_REQUEST_HEADERS
from wsgicors.patterns import OriginPattern, OriginSet
from wsgicors.problems import ALLOWABLE

A = "https://a.example"
ORIGIN = {"allow_origins": [A]}
CREDENTIALS = {"allow_credentials": True}
NETWORK = {"allow_private_network": True}


def told(**settings: Any) -> list[tuple[str, str, str]]:
    with pytest.raises(PolicyError) as error:
        Policy(**settings)
    return [(problem.code, problem.setting, problem.instead) for problem in error.value.problems]


ORIGINS: list[tuple[Any, list[tuple[str, str]]]] = [
    # none
    ([], [("no-origins", "")]),
    ((), [("no-origins", "")]),
    (set(), [("no-origins", "")]),
    (iter(()), [("no-origins", "")]),
    ({}, [("no-origins", "")]),
    (OriginSet([]), [("no-origins", "")]),
    # a text instead of a list
    ("", [("no-origins", "")]),
    (" ", [("no-origins", "")]),
    (A, [("text-for-list", f'["{A}"]')]),
    (f"{A}, https://b.example", [("text-for-list", f'["{A}", "https://b.example"]')]),
    (f"{A} https://b.example", [("text-for-list", f'["{A}", "https://b.example"]')]),
    ("null", [("text-for-list", '["null"]')]),
    (" * ", [("text-for-list", '["*"]')]),
    ("**", [("text-for-list", ""), ("origin-wildcard-host", "")]),
    # not a list
    (None, [("wrong-type", "")]),
    (5, [("wrong-type", "")]),
    (True, [("wrong-type", "")]),
    (b"https://a.example", [("wrong-type", "")]),
    (b"*", [("wrong-type", "")]),
    (bytearray(b"*"), [("wrong-type", "")]),
    (re.compile(r"https://a\.example"), [("wrong-type", "")]),
    (OriginPattern.parse(A), [("wrong-type", "")]),
    (object(), [("wrong-type", "")]),
    (CachedOrigins, [("wrong-type", "")]),  # the class instead of an instance
    (str, [("wrong-type", "")]),
    # "*" beside others
    (["*", A], [("any-origin-beside-others", "")]),
    ([A, "*"], [("any-origin-beside-others", "")]),
    (["*", "null"], [("any-origin-beside-others", "")]),
    (["*", re.compile(r"https://a\.example")], [("any-origin-beside-others", "")]),
    # faulty members, each reported
    ([A, ""], [("origin-empty", "")]),
    ([A, b"https://b.example"], [("wrong-type", "https://b.example")]),
    ([A, None], [("wrong-type", "")]),
    ([1, 2.5, [A]], [("wrong-type", ""), ("wrong-type", ""), ("wrong-type", "")]),
    (["https://a.example/", "b.example"], [("origin-trailing-slash", A), ("origin-scheme-missing", "https://b.example")]),
    ([" *"], [("origin-blanks", "")]),
    (["file:///"], [("origin-opaque-scheme", "")]),
    (["file://"], [("file-origin", "")]),
    (["https://*.com"], [("public-suffix", "")]),
    (["https://*.co.uk"], [("public-suffix", "")]),
    (["https://*.com."], [("public-suffix", "")]),
    (["https://*.internal"], [("public-suffix", "")]),
    (["https://pr-*.com"], [("public-suffix", "")]),
    (["https://*example.com"], [("public-suffix", "https://*.example.com")]),
    (["https://*-example.com"], [("public-suffix", "")]),
    (["https://*co.uk:*"], [("public-suffix", "")]),
    (["https://*.127.0.0.1"], [("origin-wildcard-ip", "https://127.0.0.1")]),
    (["https://*"], [("origin-wildcard-host", "")]),
    ([re.compile(r"https://.*")], [("regex-any-host", "")]),
]  # fmt: skip


@pytest.mark.parametrize(("origins", "problems"), ORIGINS)
def test_faulty_origins(origins: Any, problems: list[tuple[str, str]]) -> None:
    assert told(allow_origins=origins) == [(code, "allow_origins", instead) for code, instead in problems]


@pytest.mark.parametrize("value", [["*"], ("*",), {"*"}, ["*", "*"], "*"])
def test_any_origin(value: Any) -> None:
    assert Policy(allow_origins=value).allow_origins == ("*",)


@pytest.mark.parametrize(
    "value", [[A], (A,), {A}, {A: 1}, iter([A]), (text for text in [A]), OriginSet([A]), [OriginPattern.parse(A)]]
)
def test_a_list_of_origins(value: Any) -> None:
    assert Policy(allow_origins=value).allow_origins == (A,)


# Origins, and why they are unsafe with credentials or a private network: {} stands for each of the two, then
# "Write … instead" if there is one.
UNSAFE: list[tuple[Any, list[str], str]] = [
    ("*", ["any-origin-{}"], ""),
    (["*"], ["any-origin-{}"], ""),
    (["null"], ["null-{}"], ""),
    ([A, "null"], ["null-{}"], ""),
    (["*", A], ["any-origin-beside-others", "any-origin-{}"], ""),
    (["*", "null"], ["any-origin-beside-others", "any-origin-{}", "null-{}"], ""),
    (["https://a.example/", "null"], ["origin-trailing-slash", "null-{}"], A),
    (["https://a.example/", re.compile(r"http://b\.example")], ["origin-trailing-slash", "insecure-origin"], A),
    (["http://a.example/"], ["origin-trailing-slash", "insecure-origin"], "http://a.example"),
    (["NULL"], ["origin-null-spelling", "null-{}"], "null"),
    (["https://a.example/", OriginPattern.parse("http://b.example")], ["origin-trailing-slash", "insecure-origin"], A),
    (["http://a.example"], ["insecure-origin"], A),
    (["http://a.example:8080"], ["insecure-origin"], A + ":8080"),
    (["http://a.example:*"], ["insecure-origin"], "https://a.example:*"),
    (["http://*.a.example"], ["insecure-origin"], "https://*.a.example"),
    (["http://10.0.0.1"], ["insecure-origin"], "https://10.0.0.1"),
    (["http://[2001:db8::1]"], ["insecure-origin"], "https://[2001:db8::1]"),
    (["http://localhost.example"], ["insecure-origin"], "https://localhost.example"),
    (["http://127.example"], ["insecure-origin"], "https://127.example"),
    ([re.compile(r"http://a\.example")], ["insecure-origin"], ""),
    ([re.compile(r"https?://a\.example")], ["insecure-origin"], ""),
    ([re.compile(r"http(s)?://a\.example")], ["insecure-origin"], ""),
    ([re.compile(r"http(?:s)?://a\.example")], ["insecure-origin"], ""),
    ([re.compile(r"http:\/\/a\.example")], ["insecure-origin"], ""),
    ([re.compile(r"(http|https)://a\.example")], ["insecure-origin"], ""),
    ([re.compile(r"(?:https|http)://a\.example")], ["insecure-origin"], ""),
    ([re.compile(r"https://a\.example|http://b\.example")], ["insecure-origin"], ""),
    (["https://*.github.io"], ["public-suffix"], ""),
    (["https://*.github.io:*"], ["public-suffix"], ""),
    (["http://*.github.io"], ["insecure-origin", "public-suffix"], "https://*.github.io"),
    (["https://*.amazonaws.com"], ["public-suffix"], ""),  # s3.amazonaws.com is below it
    (["https://*-team.vercel.app"], ["public-suffix"], ""),
    (["http://pr-*.a.example"], ["insecure-origin"], "https://pr-*.a.example"),
    (["http://www.a.example."], ["insecure-origin"], "https://www.a.example."),
    (["moz-extension://*"], ["any-host-of-scheme"], ""),
    (["x-app://*.example"], ["any-host-of-scheme"], ""),
    ([re.compile(r"moz-extension://[0-9a-f-]{36}")], ["any-host-of-scheme"], ""),
    ([re.compile(r"https://[a-z0-9-]+\.github\.io")], ["public-suffix"], ""),
    ([re.compile(r"https://.*-myapp\.vercel\.app")], ["public-suffix"], ""),
    ([re.compile(r"https://.*\.run\.app")], ["public-suffix"], ""),
    ([re.compile(r"http://192\.168\.\d{1,3}\.\d{1,3}(:\d+)?")], ["insecure-origin"], ""),
    ([re.compile(r"http\://a\.example")], ["insecure-origin"], ""),
    ([re.compile(r"[h]ttp://a\.example")], ["insecure-origin"], ""),
]
SAFE: list[Any] = [
    [A],
    [A, "https://b.example:8443"],
    ["https://*.a.example"],
    ["https://*.a.example:*"],
    ["https://*.example.co.uk"],
    ["https://co.uk"],
    ["https://*.app.internal"],  # not in the list of suffixes: a company's own
    ["https://pr-*.a.example"],
    ["https://www.a.example."],
    ["http://localhost.:8000"],
    ["http://*.localhost.:*"],
    ["app://."],
    [re.compile(r"http://[a-z]+\.localhost(:\d+)?")],
    [re.compile(r"http://127\.0\.0\.\d+")],
    [re.compile(r"https://192\.168\.\d{1,3}\.\d{1,3}(:\d+)?")],
    ["http://localhost"],
    ["http://localhost:*"],
    ["http://app.localhost:3000"],
    ["http://*.localhost"],
    ["http://127.0.0.1:8000"],
    ["http://127.255.255.255"],
    ["http://[::1]:3000"],
    ["capacitor://localhost"],
    ["chrome-extension://abcdef"],
    [re.compile(r"https://[a-z]+\.a\.example")],
    [re.compile(r"http://localhost:\d+")],
    [re.compile(r"https?://localhost(:\d+)?")],
    [re.compile(r"http://127\.0\.0\.1(:\d+)?")],
    [re.compile(r"http://\[::1\]:\d+")],
    [re.compile(r"https://a\.example|http://(localhost|127\.0\.0\.1)")],
]


@pytest.mark.parametrize(("setting", "suffix"), [(CREDENTIALS, "with-credentials"), (NETWORK, "with-private-network")])
@pytest.mark.parametrize(("origins", "codes", "instead"), UNSAFE)
def test_origins_that_are_unsafe_with_another_setting(
    origins: Any, codes: list[str], instead: str, setting: dict[str, Any], suffix: str
) -> None:
    problems = told(allow_origins=origins, **setting)
    assert [code for code, _, _ in problems] == [code.format(suffix) for code in codes]
    assert {name for _, name, _ in problems} == {"allow_origins"}
    assert next((text for _, _, text in problems if text), "") == instead
    if not any(code.startswith(("origin", "any-origin-beside")) for code in codes):
        Policy(allow_origins=origins)  # without the other setting it builds


@pytest.mark.parametrize("setting", [{}, CREDENTIALS, NETWORK, CREDENTIALS | NETWORK])
@pytest.mark.parametrize("origins", SAFE)
def test_origins_that_are_safe(origins: Any, setting: dict[str, Any]) -> None:
    Policy(allow_origins=origins, **setting)


@pytest.mark.parametrize(
    ("origins", "codes"),
    [
        ("*", ["any-origin-with-credentials", "any-origin-with-private-network"]),
        (["null"], ["null-with-credentials", "null-with-private-network"]),
        (["http://a.example"], ["insecure-origin"]),
        (["https://*.github.io"], ["public-suffix"]),
        (["file://"], ["file-with-credentials", "file-with-private-network", "file-origin"]),
    ],
)
def test_problems_with_both_settings_are_reported_at_once(origins: Any, codes: list[str]) -> None:
    assert [code for code, _, _ in told(allow_origins=origins, **CREDENTIALS, **NETWORK)] == codes


@pytest.mark.parametrize(("setting", "name"), [(CREDENTIALS, "allow_credentials"), (NETWORK, "allow_private_network")])
@pytest.mark.parametrize("origin", ["http://a.example", "moz-extension://*"])
def test_the_other_setting_is_named(origin: str, setting: dict[str, Any], name: str) -> None:
    with pytest.raises(PolicyError, match=f"with {name}:"):
        Policy(allow_origins=[origin], **setting)


# Values that can be allowed, and the codes that do not allow them.
@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"allow_origins": ["http://a.example"], **CREDENTIALS}, "insecure-origin"),
        ({"allow_origins": ["http://a.example"], **NETWORK}, "insecure-origin"),
        ({"allow_origins": [re.compile(r"http://a\.example")], **CREDENTIALS}, "insecure-origin"),
        ({"allow_origins": ["https://*.co.uk"]}, "public-suffix"),
        ({"allow_origins": ["https://*.co.uk"], **CREDENTIALS}, "public-suffix"),
        ({"allow_origins": ["https://*.co.uk"], **NETWORK}, "public-suffix"),
        ({"allow_origins": [re.compile(r"https://.*\.com")]}, "public-suffix"),
        ({"allow_origins": [re.compile(r"https://.*\.github\.io")], **CREDENTIALS}, "public-suffix"),
        ({"allow_origins": [re.compile(r"https://(a)\1\.example\.com")], **CREDENTIALS}, "regex-unproven"),
        ({"allow_origins": [re.compile(r"https://example\.com.*")]}, "regex-unproven"),
        ({"allow_origins": ["moz-extension://*"], **CREDENTIALS}, "any-host-of-scheme"),
        ({"allow_origins": [re.compile(r"moz-extension://[0-9a-f-]{36}")], **NETWORK}, "any-host-of-scheme"),
        ({"allow_origins": ["file://"]}, "file-origin"),
        ({"allow_origins": "*", **NETWORK}, "any-origin-with-private-network"),
    ],
)
def test_an_allowable_problem_is_let_through_by_its_code(settings: dict[str, Any], code: str) -> None:
    Policy(**settings, dangerously_allow=[code])
    others = ALLOWABLE - {code}
    assert [problem for problem, _, _ in told(**settings, dangerously_allow=others)] == [code]


@pytest.mark.parametrize(
    "settings",
    [
        {"allow_origins": "*", **CREDENTIALS},
        {"allow_origins": ["null"], **CREDENTIALS},
        {"allow_origins": ["null"], **NETWORK},
        {"allow_origins": ["*", A]},
        {"allow_origins": ["https://*"]},
        {"allow_origins": [re.compile("https://.*")]},
        {"allow_origins": [re.compile("https://example")], "allow_methods": ["TRACE"]},
        {"allow_origins": [re.compile("https://example/")]},
        {"allow_origins": ["file://"], **CREDENTIALS},
        {"allow_origins": ["file://"], **NETWORK},
        {**ORIGIN, "allow_methods": ["TRACE"]},
        {**ORIGIN, "expose_headers": "*", **CREDENTIALS},
    ],
)
def test_no_other_problem_is_let_through(settings: dict[str, Any]) -> None:
    assert told(**settings, dangerously_allow=ALLOWABLE)


@pytest.mark.parametrize(
    ("value", "problems"),
    [
        ("insecure-origin", [("text-for-list", '["insecure-origin"]')]),
        ("*", [("permission-unknown", "")]),
        (["insecure-origins"], [("permission-unknown", "insecure-origin")]),
        (["any-origin-with-credentials"], [("permission-unknown", "")]),
        (["no-origins"], [("permission-unknown", "")]),
        (["zzz"], [("permission-unknown", "")]),
        ([None, b"public-suffix"], [("permission-unknown", ""), ("permission-unknown", "")]),
        (None, [("wrong-type", "")]),
        (True, [("wrong-type", "")]),
    ],
)
def test_faulty_permissions(value: Any, problems: list[tuple[str, str]]) -> None:
    found = told(**ORIGIN, dangerously_allow=value)
    assert [(code, setting) for code, setting, _ in found] == [(code, "dangerously_allow") for code, _ in problems]
    if problems != [("permission-unknown", "insecure-origin")]:
        assert [instead for _, _, instead in found] == [instead for _, instead in problems]


def test_the_problem_of_an_unknown_permission_names_the_known_ones() -> None:
    with pytest.raises(
        PolicyError,
        match=", ".join(sorted(ALLOWABLE)),
    ):
        Policy(**ORIGIN, dangerously_allow=["zzz"])


NAMES: list[tuple[Any, list[tuple[str, str]]]] = [
    ("PUT", [("text-for-list", '["PUT"]')]),
    ("X-A, X-B", [("text-for-list", '["X-A", "X-B"]')]),
    ("", [("text-for-list", "[]")]),
    (None, [("wrong-type", "")]),
    (5, [("wrong-type", "")]),
    (b"X-A", [("wrong-type", "")]),
    (True, [("wrong-type", "")]),
    ([b"X-A"], [("wrong-type", "")]),
    ([None], [("wrong-type", "")]),
    ([5, 1.5], [("wrong-type", ""), ("wrong-type", "")]),
    ([["X-A"]], [("wrong-type", "")]),
    ([""], [("not-a-token", "")]),
    ([" "], [("not-a-token", "")]),
    (["X-A "], [("not-a-token", '"X-A"')]),
    ([" X-A"], [("not-a-token", '"X-A"')]),
    (["X-A\t"], [("not-a-token", '"X-A"')]),
    (["X-A\r\nX-B"], [("not-a-token", '"X-A", "X-B"')]),
    (["X-A\n"], [("not-a-token", '"X-A"')]),
    (["X-A,X-B"], [("not-a-token", '"X-A", "X-B"')]),
    (["X-A, X-B"], [("not-a-token", '"X-A", "X-B"')]),
    (["X-A X-B"], [("not-a-token", '"X-A", "X-B"')]),
    (["X-A;"], [("not-a-token", '"X-A"')]),
    (["X-A:"], [("not-a-token", '"X-A"')]),
    (["X-A: 1"], [("not-a-token", '"X-A"')]),
    (["X-A: 1, X-B: 2"], [("not-a-token", '"X-A"')]),
    (["X-A; b=c"], [("not-a-token", '"X-A"')]),
    (["(X-A)"], [("not-a-token", "")]),
    (["X-A\x00"], [("not-a-token", "")]),
    (["X-É"], [("not-a-token", "")]),
    (["X-\u212a"], [("not-a-token", "")]),
    (["\ud800"], [("not-a-token", "")]),
    (["X-A; b=c"], [("not-a-token", '"X-A"')]),
    (["(X-A)"], [("not-a-token", "")]),
    (['"X-A"'], [("not-a-token", "")]),
    (["X/A"], [("not-a-token", "")]),
    (["X@A"], [("not-a-token", "")]),
    (["X-A", "X B", "X-C", "é"], [("not-a-token", '"X", "B"'), ("not-a-token", "")]),
]  # fmt: skip


@pytest.mark.parametrize("setting", ["allow_methods", "allow_headers", "expose_headers"])
@pytest.mark.parametrize(("value", "problems"), NAMES)
def test_faulty_names(setting: str, value: Any, problems: list[tuple[str, str]]) -> None:
    assert told(**ORIGIN, **{setting: value}) == [(code, setting, instead) for code, instead in problems]


@pytest.mark.parametrize("setting", ["allow_methods", "allow_headers", "expose_headers"])
@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ((), ()),
        ([], ()),
        (["X-A"], ("X-A",)),
        (("X-A", "X-B", "X-A"), ("X-A", "X-B")),
        ("*", ("*",)),
        (["*"], ("*",)),
        (["X-A", "*"], ("*",)),
        (["!#$%&'+-.^_`|~0"], ("!#$%&'+-.^_`|~0",)),
    ],
)
def test_names_that_build(setting: str, value: Any, kept: tuple[str, ...]) -> None:
    assert getattr(Policy(**ORIGIN, **{setting: value}), setting) == kept


@pytest.mark.parametrize("setting", ["allow_methods", "allow_headers", "expose_headers"])
def test_any_iterable_is_a_list_of_names(setting: str) -> None:
    assert getattr(Policy(**ORIGIN, **{setting: (name for name in ["X-A", "X-B"])}), setting) == ("X-A", "X-B")


@pytest.mark.parametrize("method", sorted(FORBIDDEN_METHODS))
@pytest.mark.parametrize("spelling", [str.upper, str.lower, str.title])
def test_methods_that_no_page_can_send(method: str, spelling: Callable[[str], str]) -> None:
    assert told(**ORIGIN, allow_methods=["PUT", spelling(method)]) == [("method-forbidden", "allow_methods", "")]


@pytest.mark.parametrize("upper", ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"])
@pytest.mark.parametrize("spelling", [str.lower, str.title])
def test_the_standards_methods_in_another_case(upper: str, spelling: Callable[[str], str]) -> None:
    method = spelling(upper)
    assert told(**ORIGIN, allow_methods=[method]) == [("method-case", "allow_methods", upper)]
    with pytest.raises(PolicyError, match=f"this one is {upper}"):
        Policy(**ORIGIN, allow_methods=[method])


@pytest.mark.parametrize(
    ("setting", "code"),
    [("allow_methods", "method-pattern"), ("allow_headers", "header-pattern"), ("expose_headers", "header-pattern")],
)
def test_a_name_with_a_wildcard_in_it(setting: str, code: str) -> None:
    assert told(**ORIGIN, **{setting: ["X-*"]}) == [(code, setting, "")]


def test_the_remedy_says_that_patch_is_not_upper_cased() -> None:
    with pytest.raises(PolicyError, match=r'Write "PATCH" instead\. .*browsers do not change patch to PATCH'):
        Policy(**ORIGIN, allow_methods=["patch"])


@pytest.mark.parametrize(
    "methods", [["GET"], ["GET", "HEAD", "POST", "OPTIONS"], ["PROPFIND"], ["propfind"], ["QUERY"]]
)
def test_methods_that_build(methods: list[str]) -> None:
    assert Policy(**ORIGIN, allow_methods=methods).allow_methods == tuple(methods)


@pytest.mark.parametrize(
    "name",
    [*sorted(FORBIDDEN_REQUEST_HEADERS), "Sec-Fetch-Site", "sec-", "Proxy-Authorization", "PROXY-X", "Cookie", "Host"],
)
def test_request_headers_that_no_page_can_set(name: str) -> None:
    for spelling in (name, name.upper()):
        assert told(**ORIGIN, allow_headers=["X-A", spelling]) == [("header-forbidden", "allow_headers", "")]


@pytest.mark.parametrize("name", sorted(CORS_RESPONSE_HEADERS))
def test_the_headers_of_answers_among_those_of_requests(name: str) -> None:
    for spelling in (name, name.title()):
        assert told(**ORIGIN, allow_headers=[spelling]) == [("header-of-response", "allow_headers", "")]


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (["Accept", "Content-Type", "content-type"], ("Accept", "Content-Type", "content-type")),
        (["Authorization"], ("Authorization",)),
        (["*", "Authorization"], ("*", "Authorization")),
        (["authorization", "X-A", "*"], ("*", "authorization")),
        (["*", "Authorization", "AUTHORIZATION"], ("*", "Authorization")),
        (["*", "X-A"], ("*",)),
    ],
)
def test_request_headers_that_build(value: list[str], kept: tuple[str, ...]) -> None:
    assert Policy(**ORIGIN, allow_headers=value).allow_headers == kept


@pytest.mark.parametrize("name", ["Set-Cookie", "set-cookie", "Set-Cookie2", "SET-COOKIE2"])
def test_response_headers_that_no_page_can_read(name: str) -> None:
    assert told(**ORIGIN, expose_headers=["ETag", name]) == [("header-unreadable", "expose_headers", "")]


@pytest.mark.parametrize("value", ["*", ["*"], ["ETag", "*"]])
def test_every_response_header_with_credentials(value: Any) -> None:
    assert told(**ORIGIN, expose_headers=value, **CREDENTIALS) == [
        ("expose-any-with-credentials", "expose_headers", "")
    ]
    assert Policy(**ORIGIN, expose_headers=value).expose_headers == ("*",)


@pytest.mark.parametrize("setting", ["allow_credentials", "allow_private_network"])
@pytest.mark.parametrize("value", [1, 0, None, "true", "", "*", [], [True], 1.0, b"true"])
def test_a_switch_that_is_neither_on_nor_off(setting: str, value: Any) -> None:
    assert told(**ORIGIN, **{setting: value}) == [("wrong-type", setting, "")]


class Age(IntEnum):
    HOUR = 3600


@pytest.mark.parametrize(
    ("value", "code", "instead"),
    [
        (-1, "max-age-range", "0"),
        (-(10**30), "max-age-range", "0"),
        (86401, "max-age-range", "86400"),
        (10**30, "max-age-range", "86400"),
        (timedelta(days=2), "max-age-range", "86400"),
        (timedelta(seconds=-1), "max-age-range", "0"),
        (timedelta(seconds=0.5), "wrong-type", ""),
        (timedelta(microseconds=1), "wrong-type", ""),
        (True, "wrong-type", ""),
        (False, "wrong-type", ""),
        (600.0, "wrong-type", ""),
        (math.nan, "wrong-type", ""),
        (math.inf, "wrong-type", ""),
        ("600", "wrong-type", "600"),
        ("600s", "wrong-type", ""),
        ("", "wrong-type", ""),
        ("\u0666", "wrong-type", ""),
        ("-1", "wrong-type", ""),
        (b"600", "wrong-type", ""),
        (Decimal(600), "wrong-type", ""),
        ([600], "wrong-type", ""),
        (object(), "wrong-type", ""),
    ],
)
def test_a_faulty_max_age(value: Any, code: str, instead: str) -> None:
    assert told(**ORIGIN, max_age=value) == [(code, "max_age", instead)]


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        (0, 0),
        (86400, 86400),
        (timedelta(0), 0),
        (timedelta(hours=1), 3600),
        (timedelta(days=1), 86400),
        (Age.HOUR, 3600),
    ],
)
def test_a_max_age(value: Any, seconds: int | None) -> None:
    assert Policy(**ORIGIN, max_age=value).max_age == seconds


@pytest.mark.parametrize(
    ("value", "code", "instead"),
    [
        (199, "preflight-status-range", "204"),
        (300, "preflight-status-range", "204"),
        (0, "preflight-status-range", "204"),
        (-204, "preflight-status-range", "204"),
        (404, "preflight-status-range", "204"),
        (True, "wrong-type", ""),
        (None, "wrong-type", ""),
        (204.0, "wrong-type", ""),
        (math.nan, "wrong-type", ""),
        ("204", "wrong-type", ""),
        ("204 No Content", "wrong-type", ""),
    ],
)
def test_a_faulty_preflight_status(value: Any, code: str, instead: str) -> None:
    assert told(**ORIGIN, preflight_status=value) == [(code, "preflight_status", instead)]


@pytest.mark.parametrize("value", [200, 204, 205, 299])
def test_a_preflight_status(value: int) -> None:
    assert Policy(**ORIGIN, preflight_status=value).preflight_status == value


@pytest.mark.parametrize(
    ("value", "instead"),
    [
        ("forbidden", "forbid"),
        ("Forbid", "forbid"),
        ("withold", "withhold"),
        ("deny", ""),
        ("", ""),
        (None, ""),
        (True, ""),
        (403, ""),
        (["forbid"], ""),
    ],
)
def test_an_unknown_way_to_refuse(value: Any, instead: str) -> None:
    assert told(**ORIGIN, refuse=value) == [("refuse-unknown", "refuse", instead)]


def test_every_problem_of_every_setting_is_reported_at_once() -> None:
    problems = told(
        allow_origins=["https://a.example/", "null"],
        allow_methods=["patch"],
        allow_headers=["Cookie"],
        expose_headers=["Set-Cookie"],
        allow_credentials=True,
        max_age=-1,
        allow_private_network="yes",
        preflight_status=404,
        refuse="deny",
        dangerously_allow=["everything"],
    )
    assert [(code, setting) for code, setting, _ in problems] == [
        ("origin-trailing-slash", "allow_origins"),
        ("permission-unknown", "dangerously_allow"),
        ("wrong-type", "allow_private_network"),
        ("null-with-credentials", "allow_origins"),
        ("method-case", "allow_methods"),
        ("header-forbidden", "allow_headers"),
        ("header-unreadable", "expose_headers"),
        ("max-age-range", "max_age"),
        ("preflight-status-range", "preflight_status"),
        ("refuse-unknown", "refuse"),
    ]


@pytest.mark.parametrize(
    "member",
    [
        "https://a.example/", "wss://a.example", "ftp://a.example", "", 3, None, b"https://a.example", {"regex": "("},
        OriginPattern("wss", "a.example"), OriginPattern("ftp", "a.example"), OriginPattern("HTTPS", "a.example"),
        OriginPattern("https", "a.example", "443"), OriginPattern("https", "["),
        re.compile("a.example"), re.compile(rb"https://a\.example"), re.compile("wss://a"), re.compile(".*"),
    ],
)  # fmt: skip
def test_a_faulty_member_of_any_type_hides_no_other_problem(member: Any) -> None:
    (_, *others) = told(allow_origins=[member], max_age=-1, allow_methods=["get"])
    assert [code for code, _, _ in others] == ["method-case", "max-age-range"]


@pytest.mark.parametrize("value", ["null", "file://", "http://a.example"])
def test_a_pattern_beside_a_faulty_one_is_checked_as_its_text_is(value: str) -> None:
    codes = [
        [code for code, _, _ in told(allow_origins=["https://b.example/", member], **CREDENTIALS)]
        for member in (value, OriginPattern.parse(value))
    ]
    assert codes[0] == codes[1]
    assert len(codes[0]) > 1


def test_checks_without_problems_raise_nothing() -> None:
    Checks().finish()


@pytest.mark.parametrize("pattern", ["https://ä\\.example".encode(), b"https://\xff\\.example"])
def test_an_expression_of_bytes_is_a_problem_whatever_the_bytes(pattern: bytes) -> None:
    with pytest.raises(PolicyError) as raised:
        Policy(allow_origins=[re.compile(pattern)])
    (problem,) = raised.value.problems
    assert (problem.code, problem.instead) == ("regex-bytes", "")
    assert repr(pattern) in problem.message


def test_a_text_of_several_origins_is_corrected_to_each_of_them() -> None:
    several = '"https://a.example", "https://b.example"'
    assert corrected_origin("https://a.example, https://b.example/") == several
    assert corrected_origin("https://a.example/") == '"https://a.example"'


@pytest.mark.parametrize("suffix", ["co.uk", "co.uk."])
def test_a_public_suffix_may_end_in_a_dot(suffix: str) -> None:
    with pytest.raises(PolicyError) as error:
        Policy(allow_origins=[f"https://pr-*.{suffix}"])
    assert [problem.code for problem in error.value.problems] == ["public-suffix"]
