"""Policies, and the requests that must pass and fail under them."""

import copy
import functools
import inspect
import json
import math
import pickle
import re
import threading
import tomllib
import weakref
from dataclasses import dataclass
from typing import Any

import pytest

from tests.together import THREADS, together
from wsgicors import OriginSource, Policy, PolicyError, Refusal, Verdict
from wsgicors._decisions import LONGEST_QUESTION
from wsgicors._http import CORS_RESPONSE_HEADERS
from wsgicors._memory import LIMIT
from wsgicors.origins import MAX_ORIGIN
from wsgicors.patterns import OriginPattern
from wsgicors.policy import NEAREST_AMONG, SETTINGS

A, B = "https://a.example", "https://b.example"
ALLOW_ORIGIN = "Access-Control-Allow-Origin"
METHODS = "Access-Control-Allow-Methods"
HEADERS = "Access-Control-Allow-Headers"
CREDENTIALS = ("Access-Control-Allow-Credentials", "true")
NETWORK = ("Access-Control-Allow-Private-Network", "true")
NO_ORIGIN, NULL, MALFORMED = Refusal.ORIGIN_NOT_ALLOWED, Refusal.NULL_ORIGIN, Refusal.MALFORMED_ORIGIN
INSECURE = Refusal.INSECURE_ORIGIN


class Source:
    """Origins that live elsewhere."""

    def __init__(self, *origins: str) -> None:
        self.origins = set(origins)
        self.asked: list[str] = []

    def __contains__(self, origin: str) -> bool:
        self.asked.append(origin)
        return origin in self.origins


class Broken:
    """A source that fails."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def __contains__(self, origin: str) -> bool:
        raise self.error


def policy(**settings: Any) -> Policy:
    return Policy(**{"allow_origins": [A]} | settings)


# --- Actual requests: the settings, the origin, the refusal (None: allowed).

ACTUAL: list[tuple[dict[str, Any], str, Refusal | None]] = [
    ({}, A, None),
    ({}, B, NO_ORIGIN),
    ({}, "http://a.example", NO_ORIGIN),
    ({}, "https://a.example:8443", NO_ORIGIN),
    ({}, "https://a.example.evil.net", NO_ORIGIN),
    ({}, "null", NULL),
    ({}, "NULL", MALFORMED),
    ({}, "", MALFORMED),
    ({}, "*", MALFORMED),
    ({}, "https://a.example:443", MALFORMED),
    ({}, "https://a.example/", MALFORMED),
    ({}, "https://A.example", MALFORMED),
    ({}, f"{A},{A}", MALFORMED),
    ({}, f"{A}, {B}", MALFORMED),
    ({}, f"{A}\r\nSet-Cookie: a=b", MALFORMED),
    ({}, "https://a.example\xe9", MALFORMED),
    ({}, "https://" + "a" * 1_000_000, MALFORMED),
    ({}, "file://", NO_ORIGIN),
    ({"refuse": "forbid"}, A, None),
    ({"refuse": "forbid"}, B, NO_ORIGIN),
    ({"refuse": "forbid"}, "null", NULL),
    ({"refuse": "forbid"}, "", MALFORMED),
    ({"allow_credentials": True}, A, None),
    ({"allow_credentials": True}, B, NO_ORIGIN),
    ({"allow_origins": [A, "null"]}, "null", None),
    ({"allow_origins": [A, "null"]}, "NULL", MALFORMED),
    ({"allow_origins": ["https://*.a.example"]}, "https://x.a.example", None),
    ({"allow_origins": ["https://*.a.example"]}, A, NO_ORIGIN),
    ({"allow_origins": ["https://*.a.example"]}, "null", NULL),
    ({"allow_origins": [re.compile(r"https://[a-z]+\.a\.example")]}, "https://x.a.example", None),
    ({"allow_origins": [re.compile(r"https://[a-z]+\.a\.example")]}, "https://x.a.example.evil.net", NO_ORIGIN),
    ({"allow_origins": [re.compile(r"https://[a-z]+\.a\.example")]}, "https://X.a.example", MALFORMED),
    ({"allow_origins": Source(A)}, A, None),
    ({"allow_origins": Source(A)}, B, NO_ORIGIN),
    ({"allow_origins": Source("null", "")}, "null", NULL),
    ({"allow_origins": Source("null", "")}, "", MALFORMED),
    ({"allow_origins": Source("http://a.example")}, "http://a.example", None),
    ({"allow_origins": Source("http://a.example"), "allow_credentials": True}, "http://a.example", INSECURE),
    ({"allow_origins": Source("http://a.example"), "allow_private_network": True}, "http://a.example", INSECURE),
    ({"allow_origins": Source("http://localhost:3000"), "allow_credentials": True}, "http://localhost:3000", None),
    ({"allow_origins": Source(A), "allow_credentials": True}, A, None),
    (
        {"allow_origins": Source("http://a.example"), "allow_credentials": True,
         "dangerously_allow": ["insecure-origin"]},
        "http://a.example",
        None,
    ),
    (
        {"allow_origins": ["http://a.example"], "allow_credentials": True, "dangerously_allow": ["insecure-origin"]},
        "http://a.example",
        None,
    ),
    ({"allow_origins": Broken(OSError("down"))}, A, Refusal.SOURCE_FAILED),
    ({"allow_origins": Broken(KeyError("x"))}, B, Refusal.SOURCE_FAILED),
    ({"allow_origins": Broken(OSError("down"))}, "null", NULL),
    ({"allow_origins": Broken(OSError("down"))}, "x", MALFORMED),
    ({"allow_origins": Broken(OSError("down")), "allow_credentials": True}, "x", MALFORMED),
]  # fmt: skip


@pytest.mark.parametrize(("settings", "origin", "refusal"), ACTUAL)
def test_an_actual_request(settings: dict[str, Any], origin: str, refusal: Refusal | None) -> None:
    asked = policy(**settings)
    for _ in range(2):  # computed, then from memory
        verdict = asked.actual(origin)
        assert verdict.refusal is refusal
        assert verdict.allowed is (refusal is None)
        assert verdict.origin == origin
        if refusal is None:
            assert verdict.headers[0] == (ALLOW_ORIGIN, origin)
            assert (CREDENTIALS in verdict.headers) is asked.allow_credentials
            assert verdict.vary == ("Origin",)
            assert verdict.status is None
        else:
            assert verdict.headers == verdict.debug_headers == ()
            forbids = asked.refuse == "forbid"
            assert verdict.vary == (("Origin", "Sec-Fetch-Site") if forbids else ("Origin",))
            assert verdict.status == (403 if forbids else None)
        assert verdict.all_headers == (*verdict.headers, ("Vary", ", ".join(verdict.vary)))


@pytest.mark.parametrize(("settings", "origin", "refusal"), ACTUAL)
def test_only_verdicts_on_allowed_origins_are_ready(
    settings: dict[str, Any], origin: str, refusal: Refusal | None
) -> None:
    asked = policy(**settings)
    assert asked.ready.get(origin) is None
    verdict = asked.actual(origin)
    ready = asked.ready.get(origin)
    if refusal is None and isinstance(asked.allow_origins, tuple):
        assert ready is not None
        assert ready[0] is verdict
    else:
        assert ready is None


def test_what_every_origin_is_answered_is_ready() -> None:
    public = policy(allow_origins="*")
    for origin in (None, A, "null", "x"):
        assert public.actual(origin) == public.actual(None)
        assert public.ready[origin][0] == public.actual(None)
    listed = policy()
    without_origin = listed.ready.get(None)
    assert without_origin is not None
    assert without_origin[0] is listed.actual(None)


@pytest.mark.parametrize("settings", [{"allow_credentials": True}, {"allow_private_network": True}])
def test_what_an_unproven_expression_admits_over_plain_http_is_refused_when_it_does(settings: dict[str, Any]) -> None:
    regex = re.compile(r"http\b://[a-z]+\.example")
    asked = Policy(allow_origins=[regex, B], dangerously_allow=["regex-unproven"], **settings)
    assert asked.actual("http://a.example").refusal is Refusal.INSECURE_ORIGIN
    assert asked.actual(B).allowed
    let_through = Policy(allow_origins=[regex], dangerously_allow=["regex-unproven", "insecure-origin"], **settings)
    assert let_through.actual("http://a.example").allowed


@pytest.mark.parametrize(
    ("settings", "headers"),
    [
        ({}, ()),
        ({"expose_headers": ["ETag", "X-Total"]}, (("Access-Control-Expose-Headers", "ETag, X-Total"),)),
        ({"expose_headers": "*"}, (("Access-Control-Expose-Headers", "*"),)),
        ({"allow_credentials": True}, (CREDENTIALS,)),
        (
            {"allow_credentials": True, "expose_headers": ["ETag"]},
            (CREDENTIALS, ("Access-Control-Expose-Headers", "ETag")),
        ),
        # settings for preflights only
        ({"allow_methods": ["PUT"], "allow_headers": ["X-A"], "max_age": 5, "allow_private_network": True}, ()),
    ],
)
def test_the_headers_of_an_allowed_actual_request(
    settings: dict[str, Any], headers: tuple[tuple[str, str], ...]
) -> None:
    verdict = policy(**settings).actual(A)
    assert verdict.headers == ((ALLOW_ORIGIN, A), *headers)
    assert verdict.all_headers == ((ALLOW_ORIGIN, A), *headers, ("Vary", "Origin"))


@pytest.mark.parametrize("origin", [None, A, "null", "NULL", "", "x" * 1000, "\r\n"])
@pytest.mark.parametrize("settings", [{}, {"expose_headers": ["ETag"]}, {"refuse": "forbid"}])
def test_any_origin_is_answered_with_a_constant(origin: str | None, settings: dict[str, Any]) -> None:
    asked = Policy(allow_origins="*", **settings)
    verdict = asked.actual(origin)
    assert verdict.allowed
    assert verdict.headers[0] == (ALLOW_ORIGIN, "*")
    assert verdict.headers[1:] == ((("Access-Control-Expose-Headers", "ETag"),) if "expose_headers" in settings else ())
    assert verdict.vary == ()
    assert verdict.all_headers == verdict.headers
    assert verdict == asked.actual(B)


@pytest.mark.parametrize(
    "settings",
    [{}, {"allow_origins": Source()}, {"allow_credentials": True}, {"refuse": "forbid"}, {"allow_origins": ["null"]}],
)
def test_a_request_without_origin_is_not_refused_but_varies(settings: dict[str, Any]) -> None:
    assert policy(**settings).actual(None) == Verdict(True, None, (), ("Origin",), (("Vary", "Origin"),))


# --- Preflights: the settings, the request (origin, method, headers, private network), and
#     either the headers of the response or the refusal.

Asked = tuple[str, str] | tuple[str, str, str] | tuple[str, str, str, bool]
Headers = list[tuple[str, str]]
LISTED: dict[str, Any] = {"allow_methods": ["PUT", "DELETE"], "allow_headers": ["Content-Type", "X-A"], "max_age": 600}
LISTED_HEADERS: Headers = [
    (ALLOW_ORIGIN, A),
    (METHODS, "PUT, DELETE"),
    (HEADERS, "Content-Type, X-A"),
    ("Access-Control-Max-Age", "600"),
]
STAR: dict[str, Any] = {"allow_methods": "*", "allow_headers": "*"}
STAR_HEADERS: Headers = [(ALLOW_ORIGIN, A), (METHODS, "*"), (HEADERS, "*")]
CREDENTIALED = STAR | {"allow_credentials": True}

ALLOWED: list[tuple[dict[str, Any], Asked, Headers]] = [
    ({}, (A, "GET"), [(ALLOW_ORIGIN, A)]),
    ({}, (A, "HEAD"), [(ALLOW_ORIGIN, A)]),
    ({}, (A, "POST"), [(ALLOW_ORIGIN, A)]),
    ({}, (A, "POST", ""), [(ALLOW_ORIGIN, A)]),
    ({}, (A, "POST", " ,\t, "), [(ALLOW_ORIGIN, A)]),
    # everything allowed, regardless of the request
    (LISTED, (A, "PUT"), LISTED_HEADERS),
    (LISTED, (A, "DELETE", "x-a"), LISTED_HEADERS),
    (LISTED, (A, "GET", "content-type,x-a"), LISTED_HEADERS),
    (LISTED, (A, "GET", "X-A"), LISTED_HEADERS),
    (LISTED, (A, "GET", "CONTENT-TYPE"), LISTED_HEADERS),
    (LISTED, (A, "GET", " x-a\t, ,\tcontent-type ,"), LISTED_HEADERS),
    (LISTED, (A, "GET", "x-a,x-a,x-a"), LISTED_HEADERS),
    ({"max_age": 0}, (A, "GET"), [(ALLOW_ORIGIN, A), ("Access-Control-Max-Age", "0")]),
    ({"allow_methods": ["propfind"]}, (A, "propfind"), [(ALLOW_ORIGIN, A), (METHODS, "propfind")]),
    # the wildcard
    (STAR, (A, "PUT"), STAR_HEADERS),
    (STAR, (A, "anything", "x-anything,cookie"), STAR_HEADERS),
    (STAR, (A, "*", "*"), STAR_HEADERS),
    (STAR, (A, "no token"), STAR_HEADERS),  # a constant response; no browser accepts it for this request
    ({"allow_headers": ["*", "Authorization"]}, (A, "GET", "authorization"),
     [(ALLOW_ORIGIN, A), (HEADERS, "*, Authorization")]),
    ({"allow_headers": ["*", "Authorization"]}, (A, "GET", "no token"),
     [(ALLOW_ORIGIN, A), (HEADERS, "*, Authorization")]),
    # with credentials "*" is not a wildcard: the request is echoed
    (CREDENTIALED, (A, "PUT"), [(ALLOW_ORIGIN, A), CREDENTIALS, (METHODS, "PUT")]),
    (
        CREDENTIALED,
        (A, "PUT", " x-a,\tAuthorization,"),
        [(ALLOW_ORIGIN, A), CREDENTIALS, (METHODS, "PUT"), (HEADERS, "x-a, Authorization")],
    ),
    (CREDENTIALED, (A, "GET", ", ,"), [(ALLOW_ORIGIN, A), CREDENTIALS, (METHODS, "GET")]),
    (
        CREDENTIALED | {"allow_headers": ["*", "Authorization"], "max_age": 5},
        (A, "patch", "x-b"),
        [(ALLOW_ORIGIN, A), CREDENTIALS, (METHODS, "patch"), (HEADERS, "x-b"), ("Access-Control-Max-Age", "5")],
    ),
    (
        LISTED | {"allow_credentials": True},
        (A, "PUT", "x-a"),
        [LISTED_HEADERS[0], CREDENTIALS, *LISTED_HEADERS[1:]],
    ),
    # every origin, and no specific one
    ({"allow_origins": "*"} | LISTED, (B, "PUT"), [(ALLOW_ORIGIN, "*"), *LISTED_HEADERS[1:]]),
    ({"allow_origins": "*"}, ("null", "GET"), [(ALLOW_ORIGIN, "*")]),
    ({"allow_origins": "*"}, ("no origin", "GET"), [(ALLOW_ORIGIN, "*")]),
    ({"allow_origins": ["null"]}, ("null", "GET"), [(ALLOW_ORIGIN, "null")]),
    ({"allow_origins": Source(A)} | LISTED, (A, "PUT"), LISTED_HEADERS),
    # a private network
    ({"allow_private_network": True}, (A, "GET", "", True), [(ALLOW_ORIGIN, A), NETWORK]),
    ({"allow_private_network": True}, (A, "GET", "", False), [(ALLOW_ORIGIN, A)]),
    (
        {"allow_private_network": True, "allow_credentials": True} | LISTED,
        (A, "PUT", "x-a", True),
        [LISTED_HEADERS[0], CREDENTIALS, NETWORK, *LISTED_HEADERS[1:]],
    ),
    # expose_headers affects only actual requests
    ({"expose_headers": ["ETag"], "allow_credentials": True}, (A, "GET"), [(ALLOW_ORIGIN, A), CREDENTIALS]),
    ({"expose_headers": "*"}, (A, "GET"), [(ALLOW_ORIGIN, A)]),
]  # fmt: skip


def ask(rules: Policy, asked: Asked) -> Verdict:
    match asked:
        case (origin, method, headers, network):
            return rules.preflight(origin, method, headers, private_network=network)
        case _:
            return rules.preflight(*asked)


NO_METHOD, NO_HEADER = Refusal.METHOD_NOT_ALLOWED, Refusal.HEADER_NOT_ALLOWED
AS_GRANTED = (NO_METHOD, NO_HEADER, Refusal.AUTHORIZATION_NOT_NAMED)
BAD_METHOD, BAD_HEADERS = Refusal.MALFORMED_METHOD, Refusal.MALFORMED_HEADERS
ONE, *REST = LISTED_HEADERS
ALL = LISTED_HEADERS

# … the refusal, the refused names, and the headers of the response in debug mode; if a method or headers are refused,
#     those of every response.
REFUSED: list[tuple[dict[str, Any], Asked, Refusal, tuple[str, ...], Headers]] = [
    # the origin comes first, whatever else is wrong
    (LISTED, (B, "PUT"), NO_ORIGIN, (), []),
    (LISTED, (B, "PATCH", "x-b", True), NO_ORIGIN, (), []),
    (LISTED, ("null", "PATCH", "x b"), NULL, (), []),
    (LISTED, ("x", "PATCH"), MALFORMED, (), []),
    (LISTED | {"refuse": "forbid"}, (B, "PUT"), NO_ORIGIN, (), []),
    ({"allow_origins": Broken(OSError())} | LISTED, (A, "PUT"), Refusal.SOURCE_FAILED, (), []),
    # then the network
    (LISTED, (A, "PUT", "", True), Refusal.PRIVATE_NETWORK, (), [ONE]),
    (LISTED, (A, "PATCH", "x-b", True), Refusal.PRIVATE_NETWORK, (), [ONE]),
    (STAR, (A, "PUT", "", True), Refusal.PRIVATE_NETWORK, (), [ONE]),
    ({"allow_origins": "*"}, (A, "GET", "", True), Refusal.PRIVATE_NETWORK, (), [(ALLOW_ORIGIN, "*")]),
    # then the method, exactly as it is spelled
    ({}, (A, "PUT"), NO_METHOD, (), [ONE]),
    (LISTED, (A, "PATCH"), NO_METHOD, (), ALL),
    (LISTED, (A, "PATCH", "x-b"), NO_METHOD, (), ALL),
    (LISTED, (A, "put"), NO_METHOD, (), ALL),
    (LISTED, (A, "Put"), NO_METHOD, (), ALL),
    (LISTED, (A, "get"), NO_METHOD, (), ALL),
    (LISTED, (A, "DEL"), NO_METHOD, (), ALL),
    (LISTED, (A, "DELETE2"), NO_METHOD, (), ALL),
    (LISTED, (A, "*"), NO_METHOD, (), ALL),
    (LISTED, (A, "PUT,DELETE"), BAD_METHOD, (), [ONE]),
    (LISTED, (A, "PUT "), BAD_METHOD, (), [ONE]),
    (LISTED, (A, ""), BAD_METHOD, (), [ONE]),
    (LISTED, (A, "PUT\r\nX: y"), BAD_METHOD, (), [ONE]),
    (LISTED, (A, "P\xdcT"), BAD_METHOD, (), [ONE]),
    ({"allow_methods": ["propfind"]}, (A, "PROPFIND"), NO_METHOD, (), [ONE, (METHODS, "propfind")]),
    (CREDENTIALED, (A, "PUT\r\nSet-Cookie: a=b"), BAD_METHOD, (), [ONE, CREDENTIALS]),
    (CREDENTIALED, (A, "PUT, GET"), BAD_METHOD, (), [ONE, CREDENTIALS]),
    (CREDENTIALED, (A, ""), BAD_METHOD, (), [ONE, CREDENTIALS]),
    (
        {"allow_private_network": True, "allow_credentials": True} | LISTED,
        (A, "PATCH", "", True),
        NO_METHOD,
        (),
        [ONE, CREDENTIALS, NETWORK, *REST],
    ),
    # then the headers
    ({}, (A, "GET", "x-a"), NO_HEADER, ("x-a",), [ONE]),
    (LISTED, (A, "PUT", "x-b"), NO_HEADER, ("x-b",), ALL),
    (LISTED, (A, "PUT", "x-a,x-b"), NO_HEADER, ("x-b",), ALL),
    (LISTED, (A, "PUT", "X-B, x-b,X-C,\tx-a"), NO_HEADER, ("x-b", "x-c"), ALL),
    (LISTED, (A, "PUT", "x-a2"), NO_HEADER, ("x-a2",), ALL),
    (LISTED, (A, "PUT", "x"), NO_HEADER, ("x",), ALL),
    (LISTED, (A, "PUT", "*"), NO_HEADER, ("*",), ALL),
    (LISTED, (A, "PUT", "authorization"), NO_HEADER, ("authorization",), ALL),
    (LISTED, (A, "PUT", "cookie"), NO_HEADER, ("cookie",), ALL),
    (LISTED, (A, "PUT", "x-a x-b"), BAD_HEADERS, ("x-a x-b",), [ONE]),
    (LISTED, (A, "PUT", "x-b,x a,x a,é"), BAD_HEADERS, ("x a", "é"), [ONE]),
    (LISTED, (A, "PUT", "x-a\n"), BAD_HEADERS, ("x-a\n",), [ONE]),
    (LISTED, (A, "PUT", "x-a\x00"), BAD_HEADERS, ("x-a\x00",), [ONE]),
    (LISTED, (A, "PUT", "\u212a"), BAD_HEADERS, ("\u212a",), [ONE]),
    (LISTED, (A, "PUT", "x-a:"), BAD_HEADERS, ("x-a:",), [ONE]),
    # the wildcard excludes Authorization, but some engines include it, and must not get it
    (STAR, (A, "PUT", "authorization"), Refusal.AUTHORIZATION_NOT_NAMED, ("authorization",), STAR_HEADERS[:2]),
    (STAR, (A, "PUT", "x-a,AUTHORIZATION"), Refusal.AUTHORIZATION_NOT_NAMED, ("authorization",), STAR_HEADERS[:2]),
    (STAR, (A, "PUT", "x a"), BAD_HEADERS, ("x a",), [ONE]),
    (CREDENTIALED, (A, "PUT", "x-a\r\nSet-Cookie: a=b"), BAD_HEADERS, ("x-a\r\nSet-Cookie: a=b",), [ONE, CREDENTIALS]),
]  # fmt: skip


@pytest.mark.parametrize(("settings", "asked", "headers"), ALLOWED)
def test_a_preflight_that_is_allowed(settings: dict[str, Any], asked: Asked, headers: Headers) -> None:
    rules = policy(**settings)
    for _ in range(2):
        verdict = ask(rules, asked)
        assert verdict.refusal is None
        assert verdict.allowed
        assert list(verdict.headers) == headers
        assert verdict.status == 204
        assert (verdict.body, verdict.refused_headers, verdict.debug_headers) == (b"", (), ())
        vary = [("Vary", ", ".join(verdict.vary))] if verdict.vary else []
        assert list(verdict.all_headers) == headers + vary


@pytest.mark.parametrize(("settings", "asked", "refusal", "names", "passed"), REFUSED)
def test_a_preflight_that_is_refused(
    settings: dict[str, Any], asked: Asked, refusal: Refusal, names: tuple[str, ...], passed: Headers
) -> None:
    rules = policy(**settings)
    for _ in range(2):
        verdict = ask(rules, asked)
        assert verdict.refusal is refusal
        assert not verdict.allowed
        assert verdict.refused_headers == names
        assert list(verdict.debug_headers) == passed
        assert (verdict.origin, verdict.method) == asked[:2]
        answered = [header for header in verdict.all_headers if header[0].lower() in CORS_RESPONSE_HEADERS]
        if refusal in AS_GRANTED:
            assert list(verdict.headers) == answered == passed
            assert (verdict.status, verdict.body) == (204, b"")
        else:
            assert verdict.headers == ()
            assert not answered
            assert (verdict.status, verdict.body) == (403, f"{verdict.sentence}\n".encode())


@pytest.mark.parametrize(("settings", "asked", "refusal", "names", "passed"), REFUSED)
def test_a_refusal_for_a_method_or_headers_is_answered_as_another_question_is_granted(
    settings: dict[str, Any], asked: Asked, refusal: Refusal, names: tuple[str, ...], passed: Headers
) -> None:
    rules = policy(**settings)
    verdict = ask(rules, asked)
    granted = rules.preflight(asked[0], "GET", private_network=len(asked) > 3)
    if refusal in (NO_METHOD, NO_HEADER):
        assert verdict.all_headers == granted.all_headers
        assert verdict.status == granted.status


@pytest.mark.parametrize(
    ("settings", "vary"),
    [
        ({}, "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"),
        (STAR, "Origin, Access-Control-Request-Headers"),
        (CREDENTIALED, "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"),
        ({"allow_headers": ["*", "Authorization"]}, "Origin, Access-Control-Request-Method"),
        ({"allow_headers": ["Authorization"]}, "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"),
        (STAR | {"allow_headers": ["*", "Authorization"]}, "Origin"),
        (
            CREDENTIALED | {"allow_headers": ["*", "Authorization"]},
            "Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
        ),
        (
            {"allow_private_network": True},
            (
                "Origin, Access-Control-Request-Method, Access-Control-Request-Headers, "
                "Access-Control-Request-Private-Network"
            ),
        ),
        ({"allow_origins": "*"}, "Access-Control-Request-Method, Access-Control-Request-Headers"),
        ({"allow_origins": "*"} | STAR, "Access-Control-Request-Headers"),
        ({"allow_origins": "*", "allow_methods": "*", "allow_headers": ["*", "Authorization"]}, ""),
        ({"allow_origins": Source(A)}, "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"),
        ({"refuse": "forbid"}, "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"),
    ],
)
def test_what_a_preflights_answer_varies_by(settings: dict[str, Any], vary: str) -> None:
    rules = policy(**settings)
    answers = [
        rules.preflight(*asked, private_network=network)
        for asked in [
            (A, "GET", ""),
            (B, "GET", ""),
            (A, "PATCH", ""),
            (A, "GET", "x-z"),
            (A, "GET", "authorization"),
            ("x", "y", "z"),
        ]
        for network in (False, rules.allow_private_network)
    ]
    for verdict in answers:
        assert ", ".join(verdict.vary) == vary
        assert [value for name, value in verdict.all_headers if name == "Vary"] == ([vary] if vary else [])
    if not vary:
        assert len({verdict.all_headers for verdict in answers}) == 1


@pytest.mark.parametrize("settings", [{}, {"allow_origins": "*"}, STAR, {"allow_credentials": True}])
def test_a_refusal_for_its_private_network_varies_by_that_field(settings: dict[str, Any]) -> None:
    rules = policy(**settings)
    refused, allowed = rules.preflight(A, "GET", private_network=True), rules.preflight(A, "GET")
    assert refused.vary == (*allowed.vary, "Access-Control-Request-Private-Network")
    assert ("Vary", ", ".join(refused.vary)) in refused.all_headers


@pytest.mark.parametrize("status", [200, 201, 204, 205, 299])
def test_the_status_of_an_allowed_preflight(status: int) -> None:
    verdict = policy(preflight_status=status).preflight(A, "GET")
    assert verdict.status == status
    framing = [] if status == 204 else [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", "0")]
    assert list(verdict.all_headers[-len(framing) :] if framing else ()) == framing
    assert len(verdict.all_headers) == 2 + len(framing)
    assert policy(preflight_status=status).preflight(B, "GET").status == 403


# --- Memory: caching changes no result, and requests cannot make it grow.


@pytest.mark.parametrize("allowed", [True, False])
def test_origins_that_are_kept_ready_are_bounded(allowed: bool) -> None:
    rules = Policy(allow_origins=["https://*.a.example"])
    suffix = "a.example" if allowed else "b.example"
    for number in range(3 * LIMIT):
        origin = f"https://{number}.{suffix}"
        assert rules.actual(origin).allowed is allowed
        assert rules.preflight(origin, "GET").allowed is allowed
        assert rules.preflight(origin, "PUT").allowed is False
        assert rules.actual(None).vary == ("Origin",)
        assert max(map(len, kept(rules))) <= LIMIT


def kept(policy: Policy) -> list[dict[Any, Any]]:
    """The cached decisions of a policy."""
    return [policy._actual.ready, policy._preflights._granted.known, policy._preflights._refused.known]


def test_strangers_do_not_push_out_those_who_are_allowed() -> None:
    rules = policy()
    known, preflight = rules.actual(A), rules.preflight(A, "GET")
    for number in range(3 * LIMIT):
        rules.actual(f"https://{number}.example")
        rules.preflight(f"https://{number}.example", "GET")
        rules.preflight(A, f"M{number}")
    assert rules.actual(A) is known
    assert rules.preflight(A, "GET") is preflight


def test_what_is_long_is_not_kept() -> None:
    rules = policy(allow_headers="*")
    rules.actual("x" * (MAX_ORIGIN + 1))
    rules.preflight(A, "GET", "x" * LONGEST_QUESTION)
    rules.preflight(A, "x" * LONGEST_QUESTION)
    rules.preflight("x" * LONGEST_QUESTION, "GET")
    assert [len(memory) for memory in kept(rules)] == [2, 0, 0]


def test_a_source_is_asked_every_time() -> None:
    source = Source(A)
    rules = Policy(allow_origins=source)
    for expected in (True, False, True):
        (source.origins.add if expected else source.origins.discard)(A)
        assert rules.actual(A).allowed is expected
        assert rules.preflight(A, "GET").allowed is expected
    assert source.asked == [A] * 6


@pytest.mark.parametrize(
    "origin", ["null", "", "*", "https://a.example/", "https://a.example:443", f"{A},{B}", "HTTPS://a.example", "\xe9"]
)
def test_a_source_is_asked_for_well_formed_origins_only(origin: str) -> None:
    source = Source(origin)
    assert not Policy(allow_origins=source).actual(origin).allowed
    assert not Policy(allow_origins=source).preflight(origin, "GET").allowed
    assert source.asked == []


def test_a_source_that_fails_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    Policy(allow_origins=Broken(OSError("the database is down"))).actual(A)
    (record,) = caplog.records
    assert (record.name, record.levelname) == ("wsgicors", "ERROR")
    assert record.exc_info is not None
    assert str(record.exc_info[1]) == "the database is down"


def test_what_ends_the_process_is_not_kept_from_it() -> None:
    with pytest.raises(KeyboardInterrupt):
        Policy(allow_origins=Broken(KeyboardInterrupt())).actual(A)


# --- The nearest allowed value, for debugging.


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


def test_the_nearest_is_looked_for_among_the_first_origins() -> None:
    rules = Policy(allow_origins=[*(f"https://{'x' * 40}{number}.org" for number in range(NEAREST_AMONG)), A])
    assert rules.nearest(rules.actual("http://a.example")) == ""
    assert rules.nearest(rules.actual(f"http://{'x' * 40}7.org")).startswith("https://xxx")


# --- A value.

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
def test_a_policy_makes_a_round_trip(settings: dict[str, Any]) -> None:
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
def test_policies_of_other_settings_differ(one: dict[str, Any], other: dict[str, Any]) -> None:
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


def test_a_policy_is_not_built_again() -> None:
    rules = policy()
    with pytest.raises(AttributeError):
        rules.__init__(allow_origins="*")  # type: ignore[misc]
    assert rules == policy()
    assert not rules.actual(B).allowed


def test_the_lists_that_a_policy_was_given_may_change_later() -> None:
    origins, methods = [A], ["PUT"]
    rules = Policy(allow_origins=origins, allow_methods=methods)
    origins.append(B)
    methods.append("DELETE")
    assert not rules.actual(B).allowed
    assert not rules.preflight(A, "DELETE").allowed
    assert rules == Policy(allow_origins=[A], allow_methods=["PUT"])


def test_settings_are_given_by_name_alone() -> None:
    with pytest.raises(TypeError):
        Policy([A])  # type: ignore[call-arg]


def test_names_of_settings_are_checked_with_all_else() -> None:
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


# --- Settings as in text, JSON, TOML and the environment.

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
def test_a_mapping_that_makes_no_policy(mapping: dict[Any, object], problems: list[tuple[str, str, str]]) -> None:
    with pytest.raises(PolicyError) as error:
        Policy.from_mapping(mapping)
    assert [(problem.code, problem.setting, problem.instead) for problem in error.value.problems] == problems
    json.dumps([problem.as_dict() for problem in error.value.problems], allow_nan=False)
    assert error.value.__cause__ is None


def test_an_unknown_setting_is_told_the_known_ones() -> None:
    with pytest.raises(PolicyError, match=", ".join(SETTINGS)):
        Policy.from_mapping({"allow_origins": A, "zzz": 1})


# --- Threads.


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


@pytest.mark.parametrize(
    "settings",
    [LISTED, pytest.param(STAR, marks=pytest.mark.slow), pytest.param(CREDENTIALED, marks=pytest.mark.slow)],
    ids=["listed", "star", "credentialed"],
)
@pytest.mark.parametrize("piece", [",", " ", "\t", ", ", "x,", "x-a,", "authorization,", "\x00,", "x "])
def test_a_megabyte_of_request_headers_is_answered(piece: str, settings: dict[str, Any]) -> None:
    verdict = policy(**settings).preflight(A, "PUT", piece * (1_000_000 // len(piece)))
    assert len(verdict.sentence) < 500
    assert len(set(verdict.refused_headers)) == len(verdict.refused_headers) <= 1


def test_help_and_editors_show_the_settings_with_their_defaults() -> None:
    shown = inspect.signature(Policy).parameters
    assert list(shown) == list(SETTINGS)
    required = [name for name, parameter in shown.items() if parameter.default is parameter.empty]
    assert required == ["allow_origins"]
