"""Debug mode: what a refusal then tells."""

from typing import Any

import pytest

from tests.middleware.asking import ALLOW_ORIGIN, FORBID, LISTED, POLICY, A, B, from_
from tests.wsgi import App, Fields, Refusals, call, cors, preflight
from wsgicors import CORS, Policy

GRANTED = [ALLOW_ORIGIN, "Access-Control-Allow-Methods", "Access-Control-Allow-Headers", "Access-Control-Max-Age"]


@pytest.mark.parametrize(
    ("asked", "status", "names", "nearest"),
    [
        (preflight("https://aexample", "PUT"), "403 Forbidden", [], A),
        (preflight(A, "PUTT"), "200 OK", GRANTED, "PUT"),
        (
            preflight(A, "PUT", "x-aa"),
            "200 OK",
            GRANTED,
            "x-a",
        ),
        (
            preflight(A, "PUT", "zzz"),
            "200 OK",
            GRANTED,
            "",
        ),
        ([*preflight(A, "PUT"), ("Access-Control-Request-Private-Network", "true")], "200 OK", [ALLOW_ORIGIN], ""),
    ],
)
@pytest.mark.parametrize("rules", [POLICY, [POLICY], {"/notes": POLICY}])
def test_in_debug_mode_a_refusal_tells_its_remedy(
    app: App, refusals: Refusals, asked: Fields, status: str, names: list[str], nearest: str, rules: Any
) -> None:
    answer = call(cors(app, rules, debug=True, on_refusal=refusals), "OPTIONS", "/notes", asked)
    verdict = refusals.seen[0][0]
    assert answer.status == status
    assert list(answer.cors) == names
    lines = answer.body.decode().splitlines()
    assert lines[:2] == [verdict.sentence, verdict.remedy]
    assert lines[2:] == ([f"The nearest that is allowed: '{nearest}'."] if nearest else [])
    assert answer.values("Content-Length") == [str(len(answer.body))]


def test_in_debug_mode_other_answers_stay_the_same(app: App) -> None:
    debugging = cors(app, POLICY, debug=True)
    assert call(debugging, "OPTIONS", "/", preflight(A, "PUT", "x-a")).status == "204 No Content"
    assert call(debugging, "GET", "/", from_(A)).cors == LISTED
    answer = call(debugging, "GET", "/", from_(B))
    assert (answer.cors, answer.body) == ({}, b"hello")


def test_in_debug_mode_a_forbidden_request_still_gets_403(app: App) -> None:
    answer = call(cors(app, FORBID, debug=True), "GET", "/", from_("https://aexample"))
    assert answer.status == "403 Forbidden"
    assert answer.cors == {}
    assert answer.body.endswith(b"The nearest that is allowed: 'https://a.example'.\n")


def test_debug_mode_is_off_unless_asked_for(app: App) -> None:
    assert CORS(app, POLICY).debug is False
    assert CORS(app, POLICY).on_refusal is None


@pytest.mark.parametrize("debug", [False, True])
@pytest.mark.parametrize("policy", [POLICY, FORBID])
def test_a_path_between_two_rules_is_refused(app: App, refusals: Refusals, debug: bool, policy: Policy) -> None:
    between = cors(app, {"/api": policy}, debug=debug, on_refusal=refusals)
    answer = call(between, "OPTIONS", "/api/../x", preflight(A, "GET"))
    assert (answer.status, answer.cors) == ("403 Forbidden", {})
    assert str(answer.vary).startswith("Origin")
    assert answer.body.startswith(b"The path can be read in several ways, which lead to different rules.\n")
    assert (b"Ask for it without dot segments" in answer.body) is debug
    assert app.methods == []
    answer = call(between, "GET", "/api/../x", from_(A))
    assert (answer.cors, answer.vary) == ({}, "Origin, Sec-Fetch-Site" if policy is FORBID else "Origin")
    assert app.methods == ([] if policy is FORBID else ["GET"])
    assert refusals.names == ["ambiguous-path"] * 2
