"""The parts for adapters: one decision from a mapping with WSGI's keys, headers, responses, reports."""

import itertools
import logging
import re
from datetime import timedelta
from typing import Any

import pytest

from wsgicors import Policy, PolicyError, Refusal
from wsgicors._catalogue import CATALOGUE
from wsgicors._same_origin import is_same_origin
from wsgicors.adapting import answer, build_policy, decide, is_preflight, path_of, report, set_headers
from wsgicors.policy import SETTINGS

A = "https://a.example"
B = "https://b.example"
LISTED = Policy(allow_origins=[A], allow_methods=["PUT"])
FORBIDDING = Policy(allow_origins=[A], refuse="forbid")


def request(origin: str | None = None, method: str = "GET", **fields: str) -> dict[str, str]:
    return {"REQUEST_METHOD": method, "HTTP_HOST": "own.example", **fields} | (
        {"HTTP_ORIGIN": origin} if origin else {}
    )


def asking(origin: str, method: str, **fields: str) -> dict[str, str]:
    return request(origin, "OPTIONS", HTTP_ACCESS_CONTROL_REQUEST_METHOD=method, **fields)


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        (asking(A, "PUT"), True),
        (request(A, "GET", HTTP_ACCESS_CONTROL_REQUEST_METHOD="PUT"), False),
        (request(None, "OPTIONS", HTTP_ACCESS_CONTROL_REQUEST_METHOD="PUT"), False),
        (request(A, "OPTIONS"), False),
        ({}, False),
    ],
)
def test_what_a_preflight_is(environ: dict[str, str], expected: bool) -> None:
    assert is_preflight(environ) is expected


def test_an_actual_request_is_decided_as_the_policy_decides() -> None:
    for origin in (None, A, B):
        assert decide(request(origin), LISTED) == LISTED.actual(origin)


def test_a_preflight_is_decided_as_the_policy_decides() -> None:
    network = Policy(allow_origins=[A], allow_methods=["PUT"], allow_headers=["x-a"], allow_private_network=True)
    environ = asking(A, "PUT", HTTP_ACCESS_CONTROL_REQUEST_HEADERS="x-a")
    assert decide(environ, network) == network.preflight(A, "PUT", "x-a")
    environ["HTTP_ACCESS_CONTROL_REQUEST_PRIVATE_NETWORK"] = "true"
    assert decide(environ, network) == network.preflight(A, "PUT", "x-a", private_network=True)


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({}, True),
        ({"HTTP_HOST": "b.example"}, False),
        ({"HTTP_SEC_FETCH_SITE": "same-origin"}, False),
        ({"HTTP_HOST": "b.example", "HTTP_SEC_FETCH_SITE": "cross-site"}, True),
    ],
)
@pytest.mark.parametrize("policy", [LISTED, FORBIDDING])
def test_the_servers_own_pages_are_refused_nothing(policy: Policy, fields: dict[str, str], refused: bool) -> None:
    verdict = decide(request(B, **fields), policy)
    assert (verdict.refusal is not None, verdict.allowed, verdict.status is not None) == (
        refused,
        not refused,
        refused and policy is FORBIDDING,
    )
    assert (verdict.headers, verdict.vary) == ((), policy.actual(B).vary)


def test_a_framework_may_know_the_host_better() -> None:
    asked: list[str] = []

    def host() -> str:
        asked.append("")
        return "b.example"

    assert decide(request(A), FORBIDDING, host=host).allowed
    assert decide(request(B, HTTP_SEC_FETCH_SITE="cross-site"), FORBIDDING, host=host).refusal is not None
    assert not asked
    assert decide(request(B), FORBIDDING, host=host).refusal is None
    assert len(asked) == 1


def test_debug_mode_says_the_nearest_allowed_value() -> None:
    refused = FORBIDDING.actual("https://a.exampel")
    assert b"nearest" not in answer(refused, FORBIDDING).body
    assert b"'https://a.example'" in answer(refused, FORBIDDING, debug=True).body
    assert answer(LISTED.preflight(A, "PUT"), LISTED, debug=True).body == b""
    assert answer(refused, debug=True).status == 403


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ({}, {"Vary": "Origin", "Access-Control-Allow-Origin": A}),
        (
            {"access-control-allow-origin": "*", "X-A": "1"},
            {"X-A": "1", "Vary": "Origin", "Access-Control-Allow-Origin": A},
        ),
        ({"Vary": "*"}, {"Vary": "*", "Access-Control-Allow-Origin": A}),
    ],
)
def test_headers_are_set_in_a_mapping(own: dict[str, str], expected: dict[str, str]) -> None:
    dropped = [name for name in own if name.startswith("access-control-")]
    assert set_headers(own, LISTED.actual(A)) == dropped
    assert own == expected


def test_nothing_is_set_where_there_is_nothing_to_say() -> None:
    headers = {"X-A": "1"}
    set_headers(headers, Policy(allow_origins="*").actual(None)._replace(headers=()))
    assert headers == {"X-A": "1"}


def test_only_refusals_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "wsgicors")
    environ = request(B, SCRIPT_NAME="/api", PATH_INFO="/notes")
    report(decide(request(A), LISTED), environ)
    assert caplog.messages == []
    report(decide(environ, LISTED), environ)
    assert Refusal.ORIGIN_NOT_ALLOWED.value in caplog.messages[0]
    assert path_of(environ) in caplog.messages[0]


def test_everything_listed_is_there() -> None:
    from wsgicors import adapting

    assert all(hasattr(adapting, name) for name in adapting.__all__)
    assert adapting.SETTINGS is SETTINGS


@pytest.mark.parametrize(
    ("settings", "built", "codes"),
    [
        (
            {"allow_headers": ["Origin", "X-A", "Access-Control-Allow-Origin"]},
            {"allow_headers": ["X-A"]},
            "header-forbidden header-of-response",
        ),
        ({"allow_headers": iter(["Cookie", "*"])}, {"allow_headers": ["*"]}, "header-forbidden"),
        (
            {"allow_methods": ["PUT", "TRACE", "connect"]},
            {"allow_methods": ["PUT"]},
            "method-forbidden method-forbidden",
        ),
        ({"expose_headers": ("Set-Cookie", "X-A")}, {"expose_headers": ["X-A"]}, "header-unreadable"),
        ({"max_age": timedelta(days=10)}, {"max_age": 86400}, "max-age-range"),
        ({"max_age": 5}, {"max_age": 5}, ""),
        (
            {"allow_origins": [A, re.compile(r"^http://(127.0.0.1|localhost):\d+$")], "allow_credentials": True},
            {"allow_origins": [A, re.compile(r"^http://(127\.0\.0\.1|localhost):\d+$")], "allow_credentials": True},
            "regex-dot",
        ),
    ],
)
def test_what_has_no_effect_is_left_out(settings: dict[str, Any], built: dict[str, Any], codes: str) -> None:
    policy, problems = build_policy({"allow_origins": [A], **settings})
    assert policy == Policy(**{"allow_origins": [A], **built})
    assert sorted(problem.code for problem in problems) == codes.split()
    assert all(CATALOGUE[problem.code].harmless for problem in problems)


def test_a_cors_header_with_its_value_among_the_exposed_is_left_out() -> None:
    settings = {"allow_origins": [A], "expose_headers": ["X-A", "Access-Control-Allow-Origin: *"]}
    policy, (problem,) = build_policy(settings)
    assert policy == Policy(allow_origins=[A], expose_headers=["X-A"])
    assert (problem.code, problem.setting) == ("not-a-token", "expose_headers")


@pytest.mark.parametrize(
    ("settings", "codes"),
    [
        ({"max_age": -1}, "max-age-range"),
        ({"allow_headers": ["Origin", "X A"]}, "not-a-token"),
        ({"allow_headers": ["Access-Control-Allow-Origin: *"]}, "not-a-token"),
        ({"allow_methods": ["put", "TRACE"]}, "method-case"),
        ({"allow_origins": [re.compile(r"http://127.0.0.1|https://a.a\.example")]}, "regex-dot"),
        ({"allow_origins": [re.compile(r"http://127.0.0.1"), re.compile(r"https://a.a\.example")]}, "regex-dot"),
        (
            {"allow_origins": [re.compile(r"http://(127.0.0.1|a\.example)")], "allow_credentials": True},
            "insecure-origin",
        ),
    ],
)
def test_the_rest_does_not_build(settings: dict[str, Any], codes: str) -> None:
    with pytest.raises(PolicyError) as raised:
        build_policy({"allow_origins": [A], **settings})
    assert [problem.code for problem in raised.value.problems] == codes.split()


def test_the_short_way_of_comparing_with_host_changes_no_answer() -> None:
    ends = ("", ":443", ":80", ":")
    for scheme, name, port in itertools.product(
        ("https://", "http://", "x://", "x:", ""), ("a", "b.a", "A", "", "x://a"), ends
    ):
        origin = scheme + name + port
        for own in map("".join, itertools.product(("a", "b.a", "A", "", "x://a"), ends)):
            before, separator, authority = origin.partition("://")
            default = ":" + {"https": "443", "http": "80"}.get(before, "")
            same = bool(separator and authority) and own.lower().removesuffix(default) == authority
            assert is_same_origin(origin, own, None) is same, (origin, own)


def test_a_path_begins_with_that_of_the_mounted_app() -> None:
    assert path_of({"SCRIPT_NAME": "/mounted", "PATH_INFO": "/x"}) == "/mounted/x"
    assert path_of({}) == ""
