"""Verdicts on preflights: the settings, the request, the answer."""

from typing import Any

import pytest

from tests.policy.asking import (
    ALLOW_ORIGIN,
    CREDENTIALS,
    HEADERS,
    LISTED,
    LISTED_HEADERS,
    MALFORMED,
    METHODS,
    NETWORK,
    NO_ORIGIN,
    NULL,
    STAR,
    A,
    Asked,
    B,
    Broken,
    Headers,
    Source,
    ask,
    policy,
)
from wsgicors import Refusal
from wsgicors._http import CORS_RESPONSE_HEADERS

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
def test_a_refused_method_or_header_gets_the_answer_to_an_allowed_one(
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
def test_what_the_answer_to_a_preflight_varies_by(settings: dict[str, Any], vary: str) -> None:
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
def test_a_refusal_because_of_a_private_network_varies_by_its_header(settings: dict[str, Any]) -> None:
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
