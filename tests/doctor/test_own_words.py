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
APP = "https://app.example"
REFUSALS = {"origin-not-allowed", "csrf-token", "csrf-origin"}
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


@pytest.mark.parametrize(
    ("said", "origin"),
    [
        ("Error: Rejected by CORS\nconst corsOptions = {\n  origin: 'https://good.example',", ""),
        ("CORS rejected: origin https://good.example is fine, https://app.example is blocked", ""),
        ("The origin https://good.example is in allowlist but https://app.example is not allowlisted", APP),
        ("origin check failed (expected origin https://good.example, got https://app.example)", ""),
        ("Allowed origin: https://good.example. Rejected request origin.", ""),
        ("Error: Invalid origin\nallowed origin: https://good.example", ""),
        ("CORS request denied. Current origin: https://app.example. Expected origin: https://good.example.", APP),
        ("Expected origin: https://good.example. CORS request denied. Current origin: https://app.example.", APP),
        ("Request origin: https://app.example: CORS request denied", APP),
        ("Unauthorized CORS origin https://app.example.", APP),
        ("CORS request received with 'Origin' https://app.example\nOrigin header does not match any.", APP),
    ],
)
def test_no_origin_but_the_one_that_is_refused(said: str, origin: str) -> None:
    assert only(said).suspects[0].cause.id == "origin-not-allowed"
    assert only(said).facts.origin == origin


@pytest.mark.parametrize(
    "line",
    [
        "PASS src/a.test.js  {}",
        "I no longer see '{}'.",
        "throw new HttpException(403, '{}');",
        "if (!found) throw new Error('{}')",
        "callback(new Error('{}'))",
        'raise PermissionDenied("{}")',
        'return jsonify(error="{}"), 403',
        "res.status(403).send({{'message': '{}'}})",
        'logger.warning("{}", user)',
        'print("{} for %s" % user)',
        "if (e.message.includes('{}')) retry()",
        'if (e.getMessage().contains("{}")) return;',
        "it('answers {}', () => {{}})",
    ],
)
@pytest.mark.parametrize(
    "said", ["CSRF token mismatch", "XSRF check failed", "Origin not in allowlist", "Rejected origin"]
)
def test_code_and_tests_say_nothing(line: str, said: str) -> None:
    assert REFUSALS.isdisjoint(named(line.format(said))[:1])
    assert not REFUSALS.isdisjoint(named(f"{line.format(said)}\nError: {said}")[:1])


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
        "A CORS violation occurs when a page reads another site's data.",
        "We import coffee beans; shipments of disallowed origin are rejected by customs.",
        "git push: rejected origin main -> main (fetch first)",
        "Updates were rejected; denied origin branch protections",
        "The middleware has three options: allowed origin, blocked origin, unknown origin.",
        'What does "invalid request origin" mean?',
        "The CORS policy does not allow the use of wildcards with credentials (docs)",
        "Docs: a csrf token is required for all POST requests.",
        "Missing CSRF tokens are the cause of many vulnerabilities.",
        "If the Origin header is missing, the request is let through.",
        "A missing Origin header means the request is same-origin",
    ],
)
def test_other_sentences(said: str) -> None:
    assert named(said)[0] not in {"origin-not-allowed", "csrf-token", "csrf-origin", "malformed-request"}
