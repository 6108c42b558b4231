"""Verdicts on actual requests: the settings, the origin, the refusal."""

import re
from typing import Any

import pytest

from tests.policy.asking import (
    ALLOW_ORIGIN,
    CREDENTIALS,
    INSECURE,
    MALFORMED,
    NO_ORIGIN,
    NULL,
    A,
    B,
    Broken,
    Source,
    policy,
)
from wsgicors import Policy, Refusal, Verdict

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
def test_only_verdicts_on_allowed_origins_are_cached_for_the_middleware(
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


def test_the_answer_to_every_origin_is_cached_for_the_middleware() -> None:
    public = policy(allow_origins="*")
    for origin in (None, A, "null", "x"):
        assert public.actual(origin) == public.actual(None)
        assert public.ready[origin][0] == public.actual(None)
    listed = policy()
    without_origin = listed.ready.get(None)
    assert without_origin is not None
    assert without_origin[0] is listed.actual(None)


@pytest.mark.parametrize("settings", [{"allow_credentials": True}, {"allow_private_network": True}])
def test_plain_http_origins_that_an_unproven_expression_admits_are_refused(settings: dict[str, Any]) -> None:
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
def test_a_request_without_origin_is_allowed_and_varies_by_origin(settings: dict[str, Any]) -> None:
    assert policy(**settings).actual(None) == Verdict(True, None, (), ("Origin",), (("Vary", "Origin"),))
