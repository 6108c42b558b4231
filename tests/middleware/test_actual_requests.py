"""What the middleware answers to actual requests."""

from typing import Any

import pytest

from tests.middleware.asking import ALLOW_ORIGIN, FORBID, LISTED, POLICY, PUBLIC, A, B, from_
from tests.wsgi import App, Fields, Refusals, call, cors, environ_of, send
from wsgicors import Policy


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
@pytest.mark.parametrize(
    ("policy", "headers", "expected", "vary"),
    [
        (POLICY, from_(A), LISTED, "Origin"),
        (POLICY, from_(B), {}, "Origin"),
        (POLICY, from_("null"), {}, "Origin"),
        (POLICY, from_(""), {}, "Origin"),
        (POLICY, from_("x\xe9"), {}, "Origin"),
        (POLICY, from_(f"{A},{A}"), {}, "Origin"),
        (POLICY, [("Origin", A), ("Origin", A)], {}, "Origin"),
        (POLICY, [], {}, "Origin"),
        (PUBLIC, from_(B), {ALLOW_ORIGIN: "*"}, None),
        (PUBLIC, [], {ALLOW_ORIGIN: "*"}, None),
        (FORBID, from_(A), {ALLOW_ORIGIN: A}, "Origin"),
        (FORBID, [], {}, "Origin"),
        ([POLICY, PUBLIC], from_(A), LISTED, "Origin"),
        ([POLICY, PUBLIC], from_(B), {ALLOW_ORIGIN: "*"}, "Origin"),
        ([POLICY, PUBLIC], [], {ALLOW_ORIGIN: "*"}, "Origin"),
        ({"/": POLICY}, from_(A), LISTED, "Origin"),
        ({"/x": POLICY}, from_(A), {}, None),
        ({"/x": FORBID}, from_(B), {}, None),
    ],
)
@pytest.mark.parametrize("told", [False, True])
def test_the_app_answers_an_actual_request(
    app: App,
    refusals: Refusals,
    method: str,
    policy: Any,
    headers: Fields,
    expected: dict[str, str],
    vary: str | None,
    told: bool,
) -> None:
    wrapped = cors(app, policy, on_refusal=refusals if told else None)
    answer = call(wrapped, method, "/notes", headers)
    assert app.methods == [method]
    assert answer.status == "200 OK"
    assert answer.cors == expected
    assert answer.vary == vary
    assert answer.body == (b"" if method == "HEAD" else b"hello")
    assert answer.headers[0] == ("Content-Type", "text/plain")


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS"])
@pytest.mark.parametrize(
    ("headers", "forbidden"),
    [
        (from_(A), False),
        ([], False),
        (from_(B), True),
        (from_("null"), True),
        (from_(""), True),
        (from_("x y"), True),
        (from_(f"{A}, {B}"), True),
        (from_(B, ("Sec-Fetch-Site", "same-origin")), False),
        (from_(B, ("Sec-Fetch-Site", "none")), False),
        (from_("null", ("Sec-Fetch-Site", "same-origin")), False),
        (from_(B, ("Sec-Fetch-Site", "same-site")), True),
        (from_(B, ("Sec-Fetch-Site", "cross-site")), True),
        (from_(B, ("Sec-Fetch-Site", "")), True),
        (from_("https://service.example"), False),
        (from_("http://service.example"), False),
        (from_("https://service.example:8443"), True),
        (from_("https://service.example.evil.net"), True),
        # Sec-Fetch-Site takes precedence over Host
        (from_("https://service.example", ("Sec-Fetch-Site", "cross-site")), True),
    ],
)
@pytest.mark.parametrize("told", [False, True])
def test_a_policy_may_forbid(
    app: App, refusals: Refusals, method: str, headers: Fields, forbidden: bool, told: bool
) -> None:
    wrapped = cors(app, FORBID, on_refusal=refusals if told else None)
    answer = call(wrapped, method, "/", headers, HTTP_HOST="service.example")
    assert app.methods == ([] if forbidden else [method])
    assert answer.status == ("403 Forbidden" if forbidden else "200 OK")
    assert len(refusals.seen) == (forbidden and told)
    if forbidden:
        assert answer.cors == {}
        assert answer.vary == "Origin, Sec-Fetch-Site"
        assert (answer.body == b"") is (method == "HEAD")
        assert int(answer.values("Content-Length")[0]) > 20
    elif ("Origin", A) in headers:
        assert answer.cors == {ALLOW_ORIGIN: A}
    else:
        assert answer.cors == {}
        assert answer.vary == ("Origin, Sec-Fetch-Site" if headers else "Origin")


def test_a_request_without_host_is_not_same_origin(app: App) -> None:
    environ = environ_of("GET", "/", from_(B))
    environ.pop("HTTP_HOST")
    assert send(cors(app, FORBID), environ).status == "403 Forbidden"


@pytest.mark.parametrize(
    "headers",
    [
        from_("https://service.example"),
        from_(B, ("Sec-Fetch-Site", "same-origin")),
        from_("null", ("Sec-Fetch-Site", "none")),
    ],
)
@pytest.mark.parametrize("policy", [POLICY, FORBID])
def test_requests_of_the_servers_own_pages_are_not_reported(
    app: App, refusals: Refusals, log: pytest.LogCaptureFixture, policy: Policy, headers: Fields
) -> None:
    answer = call(cors(app, policy, on_refusal=refusals), "POST", "/", headers, HTTP_HOST="service.example")
    assert answer.status == "200 OK"
    assert answer.cors == {}
    assert refusals.seen == []
    assert not log.records
