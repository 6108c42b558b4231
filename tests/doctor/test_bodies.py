"""A server's words belong to the answer that has them as its body, and to no other one."""

import pytest

from tests.doctor.findings import only
from tests.doctor.wording_cases import MISSING, PAGE, chromium
from wsgicors.browser import Stage
from wsgicors.doctor import why

PREFLIGHT = (
    "curl -i -X OPTIONS https://api.example/a -H 'Origin: https://a.example' -H 'Access-Control-Request-Method: PUT'\n"
)
SIMPLE = "curl -i https://api.example/a -H 'Origin: https://a.example'\n"
ALLOWED = "Access-Control-Allow-Origin: https://a.example\n"


@pytest.mark.parametrize(
    ("answer", "cause", "status"),
    [
        ('HTTP/1.1 403 Forbidden\nServer: x\n\n{"message":"Forbidden"}', "preflight-authentication",
         403),
        ("HTTP/1.1 404 Not Found\n\n<pre>Cannot OPTIONS /a</pre>", "preflight-not-found", 404),
        ("HTTP/1.1 405 Not Allowed\n\n<head><title>405 Not Allowed</title></head>", "preflight-method-refused", 405),
        ("HTTP/1.1 500 Internal Server Error\n\nRuntime.HandlerNotFound", "preflight-error", 500),
    ],
)  # fmt: skip
def test_the_body_of_a_preflight_keeps_its_status_and_its_method(answer: str, cause: str, status: int) -> None:
    finding = only(PREFLIGHT + answer)
    assert (finding.suspects[0].cause.id, finding.facts.status, finding.facts.method) == (cause, status, "PUT")
    assert (finding.stage, finding.facts.url) == (Stage.PREFLIGHT, "https://api.example/a")


@pytest.mark.parametrize(
    ("answer", "cause", "status"),
    [
        ('HTTP/1.1 401 Unauthorized\n\n{"detail":"Authentication credentials were not provided."}',
         "authentication-without-headers", 401),
        ("HTTP/1.1 502 Bad Gateway\n\n<head><title>502 Bad Gateway</title></head>", "proxy-bad-gateway", 502),
    ],
)  # fmt: skip
def test_the_body_of_an_answer_explains_it(answer: str, cause: str, status: int) -> None:
    finding = only(SIMPLE + answer)
    assert (finding.suspects[0].cause.id, finding.facts.status) == (cause, status)


@pytest.mark.parametrize("words", ["HTTP Error 502.5 - Process Failure", "Runtime.HandlerNotFound of yesterday"])
def test_words_above_an_exchange_are_of_something_else(words: str) -> None:
    answer = "HTTP/1.1 200 OK\nAccess-Control-Allow-Origin: https://b.example"
    [first, second] = why(f"{words}\n{SIMPLE}{answer}").findings
    assert (first.suspects[0].cause.id, first.facts.value) == ("fixed-origin", "https://b.example")
    assert second.facts.url == ""


def test_a_preflight_that_is_refused_by_its_status_is_no_proxy_s() -> None:
    words = 'My mail worker logs "dial tcp 10.0.0.9:1025: connect: connection refused"'
    finding = why(f"{PREFLIGHT}HTTP/1.1 405 Method Not Allowed\n\n{words}").findings[0]
    assert finding.suspects[0].cause.id == "preflight-method-refused"


def test_an_answer_that_is_allowed_is_not_blocked_by_its_body() -> None:
    finding = only(f'{SIMPLE}HTTP/1.1 403 Forbidden\n{ALLOWED}\n{{"message":"Forbidden"}}')
    assert (finding.suspects[0].cause.id, finding.facts.status, finding.blocked) == ("http-error", 403, False)
    assert why(f'{SIMPLE}HTTP/1.1 200 OK\n{ALLOWED}\n{{"message":"Unauthorized"}}').findings == ()
    finding = only(f"{SIMPLE}HTTP/1.1 403 Forbidden\n{ALLOWED}\nCSRF token mismatch.")
    assert (finding.suspects[0].cause.id, finding.blocked) == ("csrf-token", False)


@pytest.mark.parametrize("name", ["auth/unauthorized-domain", "err_ngrok_6024", "endpoints_resolution_error.js"])
def test_a_name_within_a_url_is_no_message(name: str) -> None:
    text = (
        f"Access to fetch at 'https://api.example/{name}' from origin 'https://a.example' has been blocked by CORS "
        "policy: Method PUT is not allowed by Access-Control-Allow-Methods in preflight response."
    )
    finding = only(text)
    assert finding.suspects[0].cause.id == "method-not-allowed"
    assert finding.facts.url == f"https://api.example/{name}"


@pytest.mark.parametrize(
    ("text", "status", "stage"),
    [
        ("CORS preflight OPTIONS request fails with HTTP 401 : Full authentication is required to access this resource",
         401, Stage.PREFLIGHT),
        ("Error 503 Backend fetch failed", 503, None),
        ("Responding with status code 403 : XSRF check failed", 403, None),
        ('"OPTIONS /a HTTP/1.1" 401 {"detail":"Authentication credentials were not provided."}', 401, Stage.PREFLIGHT),
    ],
)  # fmt: skip
def test_a_sentence_has_the_status_of_its_line(text: str, status: int, stage: Stage | None) -> None:
    finding = only(text)
    assert finding.facts.status == status
    assert finding.stage in {stage, None}
    assert only(f"{chromium(MISSING)}\n{text}").facts.status == status


@pytest.mark.parametrize(
    "text",
    ['Blocked connection to WebSockets server from untrusted origin: Some("https://a.example")',
     "Request to origin not allowed: https://a.example",
     "invalid source origin: invalid Origin or Referer: https://a.example expected `https://b.example/`"],
)  # fmt: skip
def test_a_sentence_has_the_origin_behind_it(text: str) -> None:
    assert only(text).facts.origin == "https://a.example"


@pytest.mark.parametrize(
    "text",
    ["Method Not Allowed. This URL can only handle the following request methods: POST.",
     "HTTP method not allowed, supported methods: GET", "Script function not found: doGet"],
)  # fmt: skip
def test_a_router_that_names_no_method_does_not_speak_of_a_preflight(text: str) -> None:
    finding = only(text)
    assert (finding.stage, finding.suspects[0].certainty) == (None, "likely")


@pytest.mark.parametrize("status", [401, 403, 404, 405, 419, 500, 502])
def test_a_finding_names_each_cause_once(status: int) -> None:
    for body in (
        '{"message": "CSRF token mismatch."}',
        '{"message":"Forbidden"}',
        "Cannot OPTIONS /a",
        "Not allowed by CORS",
    ):
        for method in ("POST", "OPTIONS"):
            asked = f"curl -i -X {method} https://api.example/a -H 'Origin: {PAGE}'\nHTTP/1.1 {status} X"
            for finding in why(f"{asked}\n\n{body}").findings:
                named = [suspect.cause.id for suspect in finding.suspects]
                assert len(named) == len({*named})


def test_what_a_later_version_will_refuse_is_not_blocked() -> None:
    said = "request detected from 192.0.2.5 to /_next/* resource"
    [later] = why(f"Cross origin {said}. In a future major version of Next.js, you will need to configure it").findings
    [now] = why("Blocked cross-origin request from 192.0.2.5 to /_next/* resource.").findings
    assert (later.blocked, now.blocked) == (False, True)


def test_a_guess_is_no_second_suspect() -> None:
    asked = "GET https://auth.example/login/oauth/authorize?client_id=1 net::ERR_FAILED 302\nTypeError: Failed to fetch"
    named = [suspect.cause.id for finding in why(asked).findings for suspect in finding.suspects]
    assert len(named) == len({*named})
