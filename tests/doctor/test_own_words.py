"""What handlers that people write themselves say of a request that they refuse, and prose with the same words."""

import pytest

from tests.doctor.findings import named, only

ORIGINS = [
    "[CORS] Blocked origin: {}",
    "[CORS] Rejected origin {}",
    "CORS: rejected origin: {}",
    "CORS blocked request from origin: {}",
    "CORS: Blocked request from {}",
    "CORS preflight request denied for origin: {}",
    "Blocked origin: {}",
    "Rejected CORS request from untrusted origin {}",
    "Denied request from origin {}",
    "CORS: Origin blocked: {}",
    "Error: origin {} was rejected",
    "CORS error: {} is not whitelisted",
    "origin {} is not in the allowlist",
    '{{"error":"Unauthorized CORS origin","origin":"{}"}}',
    "Cross-origin request from {} rejected",
    "CORS request blocked for origin: {}",
]
WITHOUT_ORIGIN = [
    '{"error":"CORS not allowed"}',
    '{"code":"CORS_NOT_ALLOWED"}',
    '{"code":"CORS_ORIGIN_DENIED"}',
    '{"error":"ORIGIN_REJECTED"}',
    "Error: CORS policy does not allow this origin",
    "Error: rejected by CORS",
    "Access denied by CORS policy",
    "Error: Origin check failed",
    "Forbidden: Origin header is not allowed",
    "CORS check failed",
    "Error: No permitido por CORS",
    "Error: Não permitido pelo CORS",
    "Error: Bloqueado pelo CORS",
    "Error: Non autorisé par CORS",
]
TOKENS = [
    "CSRF token invalid",
    "CSRF token not found",
    "Missing CSRF token",
    "CSRF check failed",
    "CSRF verification failed",
    "XSRF token mismatch",
    "Invalid XSRF token",
]


@pytest.mark.parametrize("said", ORIGINS)
def test_an_origin_that_is_refused(said: str) -> None:
    finding = only(said.format("https://app.example"))
    assert finding.suspects[0].cause.id == "origin-not-allowed"
    assert finding.facts.origin in {"https://app.example", ""}


@pytest.mark.parametrize("said", WITHOUT_ORIGIN)
def test_an_origin_that_is_not_named(said: str) -> None:
    assert named(said)[0] == "origin-not-allowed"
    assert only(said).suspects[0].certainty != "certain"


@pytest.mark.parametrize("said", TOKENS)
def test_a_token_that_is_refused(said: str) -> None:
    assert named(said) == ["csrf-token", "csrf-origin"]


@pytest.mark.parametrize("said", ["CSRF check failed: origin mismatch", "Invalid referrer: CSRF validation failed"])
def test_a_check_against_forgery_that_names_the_origin(said: str) -> None:
    assert named(said)[0] == "csrf-origin"


@pytest.mark.parametrize("said", ["Missing Origin header", "Origin header is required"])
def test_a_request_without_an_origin(said: str) -> None:
    assert named(said) == ["malformed-request", "cross-site"]


@pytest.mark.parametrize(
    "said",
    [
        "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote",
        "The CORS request blocked my work for a day.",
        "A vase that was rejected by the museum has an unknown past.",
        "The branch was not found; origin has other branches.",
        "The surf check failed because of the wind.",
        "Access-Control-Allow-Origin header is required by browsers.",
        "I blocked the road from my place of birth.",
    ],
)
def test_other_sentences(said: str) -> None:
    assert named(said)[0] not in {"origin-not-allowed", "csrf-token", "csrf-origin", "malformed-request"}
