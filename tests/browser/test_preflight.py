"""https://fetch.spec.whatwg.org/#cors-preflight-fetch-0: when it is sent, what it asks, what its answer means."""

import pytest

from tests.browser.fetching import (
    ACAH,
    ACAM,
    ACAPN,
    ACEH,
    AGE,
    ANY,
    API,
    APP,
    AUTH,
    MINE,
    WITH,
    XA,
    follow,
    ok,
    page,
    step,
)
from wsgicors import browser
from wsgicors.browser import Check, Failure, Note, Response, Stage, judge, preflight_request


@pytest.mark.parametrize("method", ["GET", "get", "HEAD", "POST", "post"])
@pytest.mark.parametrize("headers", [(), [("Accept", "a")], [("Content-Type", "text/plain")], [("Range", "bytes=1-")]])
def test_no_preflight(method, headers):
    request = page(method, headers, "include")
    assert preflight_request(request) is None
    conclusion = follow(request, ok(MINE, WITH))
    assert conclusion.allowed
    assert ("Origin", APP) in conclusion.exchanges[0].request.headers
    assert "no preflight" in step(conclusion, Check.PREFLIGHT).detail


@pytest.mark.parametrize(
    ("request_", "asked"),
    [
        (page("PUT"), [("Access-Control-Request-Method", "PUT")]),
        (page("patch"), [("Access-Control-Request-Method", "patch")]),
        (page("OPTIONS"), [("Access-Control-Request-Method", "OPTIONS")]),
        (page("*"), [("Access-Control-Request-Method", "*")]),
        (
            page(headers=[("X-B", "1"), ("Content-Type", "application/json"), ("Accept", "a"), ("x-b", "")]),
            [("Access-Control-Request-Method", "GET"), ("Access-Control-Request-Headers", "content-type,x-b")],
        ),
        (
            page("POST", [("Authorization", "secret"), ("Cookie", "a=b")]),
            [("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "authorization")],
        ),
        (page("POST", use_cors_preflight=True), [("Access-Control-Request-Method", "POST")]),
        (
            page(private_network=True),
            [("Access-Control-Request-Method", "GET"), ("Access-Control-Request-Private-Network", "true")],
        ),
        # The Accept that "fetch" adds counts.
        (
            page(headers=[("Accept-Language", "a" * 128)] * 8),
            [("Access-Control-Request-Method", "GET"), ("Access-Control-Request-Headers", "accept,accept-language")],
        ),
        (
            page(headers=[("Accept-Language", "a" * 128)] * 7 + [("Accept", "a" * 128), ("X-A", "")]),
            [("Access-Control-Request-Method", "GET"), ("Access-Control-Request-Headers", "x-a")],
        ),
    ],
)
def test_the_preflight(request_, asked):
    sent = preflight_request(request_)
    assert (sent.method, sent.url, sent.origin, sent.credentials) == ("OPTIONS", f"{API}/x", APP, "omit")
    assert sent.headers == (("Accept", "*/*"), *asked, ("Origin", APP))
    assert "secret" not in repr(sent)
    conclusion = follow(request_, Response(0))
    assert conclusion.exchanges[0].request == sent


def test_the_preflight_of_an_opaque_origin():
    assert ("Origin", "null") in preflight_request(page("PUT", origin="null")).headers


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (page("PUT"), "'PUT'"), (page(headers=[("X-A", "")]), "'x-a'"), (page(use_cors_preflight=True), "upload"),
        (page(private_network=True), "private network"),
    ],
)  # fmt: skip
def test_why_a_preflight_is_needed(request_, reason):
    assert reason in step(follow(request_, Response(0)), Check.PREFLIGHT).detail


@pytest.mark.parametrize("request_", [page(), page("PUT")])
def test_without_a_response_nothing_is_allowed(request_):
    failed = follow(request_, Response(0, [ANY])).failed
    stage = Stage.PREFLIGHT if request_.method == "PUT" else Stage.ACTUAL
    assert (failed.stage, failed.failure, failed.section) == (stage, Failure.NO_RESPONSE, "#concept-network-error")


PREFLIGHT = [
    # (request, preflight's status and header lines, failures)
    (page("PUT"), 204, [ANY, (ACAM, "PUT")], []),
    (page("PUT"), 200, [MINE, ("access-control-allow-METHODS", "GET,\tPUT ,DELETE")], []),
    (page("PUT"), 299, [ANY, (ACAM, "GET"), (ACAM, "PUT")], []),
    (page("PUT"), 200, [ANY, (ACAM, ",, ,PUT,")], []),
    (page("PUT"), 200, [ANY, (ACAM, "*")], []),
    (page("PUT", credentials="omit"), 200, [ANY, (ACAM, "GET, *")], []),
    (page("*"), 200, [ANY, (ACAM, "*")], []),
    (page("*", credentials="include"), 200, [MINE, WITH, (ACAM, "*")], []),
    (page("patch"), 200, [ANY, (ACAM, "patch")], []),
    (page(headers=XA), 200, [ANY, (ACAH, "X-a")], []),
    (page(headers=XA), 200, [ANY, (ACAH, "*")], []),
    (page(headers=[*XA, ("x-b", "")]), 200, [ANY, (ACAH, "x-b"), (ACAH, "x-c, X-A")], []),
    (page(headers=XA), 200, [ANY, (ACAH, "x-a"), (ACAM, "")], []),
    (page("POST", XA), 200, [ANY, (ACAH, "x-a"), (ACAM, "get, put")], []),
    (page("HEAD", XA), 200, [ANY, (ACAH, "x-a")], []),
    (page(headers=AUTH), 200, [ANY, (ACAH, "authorization")], []),
    (page(headers=[*AUTH, *XA]), 200, [ANY, (ACAH, "*, AUTHORIZATION")], []),
    (page(headers=XA, credentials="include"), 200, [MINE, WITH, (ACAH, "X-A")], []),
    (page(headers=[("*", "1")], credentials="include"), 200, [MINE, WITH, (ACAH, "*")], []),
    (page(headers=[("Content-Type", "a/b")]), 200, [ANY, (ACAH, "content-type")], []),
    (page("PUT", use_cors_preflight=True), 200, [ANY], []),
    (page("POST", use_cors_preflight=True), 200, [ANY, (ACAM, "")], []),
    (page(private_network=True), 200, [ANY, (ACAPN, "true")], []),
    # the status
    (page("PUT"), 199, [ANY, (ACAM, "PUT")], [Failure.STATUS_NOT_OK]),
    (page("PUT"), 300, [ANY, (ACAM, "PUT")], [Failure.STATUS_NOT_OK]),
    (page("PUT"), 304, [ANY, (ACAM, "PUT")], [Failure.STATUS_NOT_OK]),
    (page("PUT"), 401, [ANY, (ACAM, "PUT")], [Failure.STATUS_NOT_OK]),
    (page("PUT"), 404, [ANY, (ACAM, "PUT")], [Failure.STATUS_NOT_OK]),
    (page("PUT"), 500, [ANY, (ACAM, "PUT")], [Failure.STATUS_NOT_OK]),
    *(
        (page("PUT"), status, [ANY, (ACAM, "PUT"), ("Location", f"{API}/y")], [Failure.PREFLIGHT_REDIRECTED])
        for status in (301, 302, 303, 307, 308)
    ),
    (page("PUT"), 403, [], [Failure.ALLOW_ORIGIN_MISSING, Failure.STATUS_NOT_OK]),
    (page("PUT"), 307, [], [Failure.ALLOW_ORIGIN_MISSING, Failure.PREFLIGHT_REDIRECTED]),
    (page("PUT", credentials="include"), 500, [MINE], [Failure.ALLOW_CREDENTIALS_NOT_TRUE, Failure.STATUS_NOT_OK]),
    # the private network, before methods and headers
    (page(private_network=True), 200, [ANY], [Failure.PRIVATE_NETWORK_NOT_ALLOWED]),
    (page(private_network=True), 200, [ANY, (ACAPN, "True")], [Failure.PRIVATE_NETWORK_NOT_ALLOWED]),
    (page(private_network=True), 200, [ANY, (ACAPN, "1")], [Failure.PRIVATE_NETWORK_NOT_ALLOWED]),
    (page(private_network=True), 200, [ANY, (ACAPN, "*")], [Failure.PRIVATE_NETWORK_NOT_ALLOWED]),
    (page(private_network=True), 200, [ANY, (ACAPN, "true"), (ACAPN, "true")], [Failure.PRIVATE_NETWORK_NOT_ALLOWED]),
    (page("PUT", private_network=True), 200, [ANY, (ACAM, "a b")], [Failure.PRIVATE_NETWORK_NOT_ALLOWED]),
    (page("PUT", private_network=True), 200, [ANY, (ACAPN, "true")], [Failure.METHOD_NOT_ALLOWED]),
    # invalid lists, even if nothing in them is needed
    (page(headers=XA), 200, [ANY, (ACAH, "x-a"), (ACAM, "Bad method")], [Failure.ALLOW_METHODS_UNPARSEABLE]),
    (page("PUT"), 200, [ANY, (ACAM, "PUT;POST")], [Failure.ALLOW_METHODS_UNPARSEABLE]),
    (page("PUT"), 200, [ANY, (ACAM, "PUT"), (ACAM, '"POST"')], [Failure.ALLOW_METHODS_UNPARSEABLE]),
    (page("PUT"), 200, [ANY, (ACAM, "PUT, \x0b")], [Failure.ALLOW_METHODS_UNPARSEABLE]),
    (page("PUT"), 200, [ANY, (ACAM, "PUT, P\xdcT")], [Failure.ALLOW_METHODS_UNPARSEABLE]),
    (page("PUT"), 200, [ANY, (ACAM, "PUT"), (ACAH, "x-a x-b")], [Failure.ALLOW_HEADERS_UNPARSEABLE]),
    (page(headers=XA), 200, [ANY, (ACAH, "x-a, (all)")], [Failure.ALLOW_HEADERS_UNPARSEABLE]),
    (page(headers=XA), 200, [ANY, (ACAH, "x-a, x:b")], [Failure.ALLOW_HEADERS_UNPARSEABLE]),
    (page("PUT"), 200, [ANY, (ACAM, "["), (ACAH, "]")],
     [Failure.ALLOW_METHODS_UNPARSEABLE, Failure.ALLOW_HEADERS_UNPARSEABLE]),
    # the method
    (page("PUT"), 200, [ANY], [Failure.METHOD_NOT_ALLOWED]),
    (page("PUT"), 200, [ANY, (ACAM, "")], [Failure.METHOD_NOT_ALLOWED]),
    (page("PUT"), 200, [ANY, ("Allow", "PUT")], [Failure.METHOD_NOT_ALLOWED]),
    (page("PUT"), 200, [ANY, (ACAM, "put")], [Failure.METHOD_NOT_ALLOWED]),
    (page("PUT"), 200, [ANY, (ACAM, "GET, PUTS")], [Failure.METHOD_NOT_ALLOWED]),
    (page("patch"), 200, [ANY, (ACAM, "PATCH")], [Failure.METHOD_NOT_ALLOWED]),
    (page("PUT"), 200, [ANY, (ACAM, "**")], [Failure.METHOD_NOT_ALLOWED]),
    (page("PUT", credentials="include"), 200, [MINE, WITH, (ACAM, "*")], [Failure.METHOD_NOT_ALLOWED]),
    (page("PUT", use_cors_preflight=True), 200, [ANY, (ACAM, "")], [Failure.METHOD_NOT_ALLOWED]),
    (page("PUT", use_cors_preflight=True), 200, [ANY, (ACAM, "GET")], [Failure.METHOD_NOT_ALLOWED]),
    (page("PUT", XA), 200, [ANY], [Failure.METHOD_NOT_ALLOWED]),
    # Authorization, which "*" does not cover
    (page(headers=AUTH), 200, [ANY, (ACAH, "*")], [Failure.AUTHORIZATION_NOT_NAMED]),
    (page(headers=AUTH), 200, [ANY], [Failure.AUTHORIZATION_NOT_NAMED]),
    (page(headers=[*AUTH, *XA]), 200, [ANY, (ACAH, "x-a")], [Failure.AUTHORIZATION_NOT_NAMED]),
    (page(headers=AUTH, credentials="include"), 200, [MINE, WITH, (ACAH, "*")], [Failure.AUTHORIZATION_NOT_NAMED]),
    # the headers
    (page(headers=XA), 200, [ANY], [Failure.HEADER_NOT_ALLOWED]),
    (page(headers=XA), 200, [ANY, (ACAH, "")], [Failure.HEADER_NOT_ALLOWED]),
    (page(headers=XA), 200, [ANY, (ACAH, "x-ab, x-")], [Failure.HEADER_NOT_ALLOWED]),
    (page(headers=[*XA, ("X-B", "")]), 200, [ANY, (ACAH, "x-b")], [Failure.HEADER_NOT_ALLOWED]),
    (page(headers=XA), 200, [ANY, (ACAM, "*"), (ACEH, "*")], [Failure.HEADER_NOT_ALLOWED]),
    (page(headers=XA, credentials="include"), 200, [MINE, WITH, (ACAH, "*")], [Failure.HEADER_NOT_ALLOWED]),
    (page(headers=[("Content-Type", "a/b")]), 200, [ANY, (ACAH, "x-a")], [Failure.HEADER_NOT_ALLOWED]),
    (page(headers=[("Accept", "?")]), 200, [ANY, (ACAH, "x-a")], [Failure.HEADER_NOT_ALLOWED]),
]  # fmt: skip


@pytest.mark.parametrize(("request_", "status", "headers", "failures"), PREFLIGHT)
def test_preflight(request_, status, headers, failures):
    preflight, actual = Response(status, headers), Response(200, [MINE, WITH])
    conclusion = judge(request_, preflight, None if failures else actual)
    assert [one.failure for one in conclusion.failures] == failures
    assert {one.stage for one in conclusion.failures} <= {Stage.PREFLIGHT}
    assert conclusion.allowed is (not failures)
    assert conclusion.failed == (conclusion.failures[0] if failures else None)
    assert conclusion.max_age == (None if failures else 5)
    assert len(conclusion.exchanges) == (1 if failures else 2)
    assert all(ord(char) < 0x7F for one in conclusion.failures for char in one.detail)


def test_every_preflight_is_followed_by_a_cors_check_of_its_own():
    failed = judge(page("PUT"), ok(ANY, (ACAM, "PUT")), ok()).failed
    assert (failed.stage, failed.failure) == (Stage.ACTUAL, Failure.ALLOW_ORIGIN_MISSING)


def test_the_names_of_a_failed_step_are_those_refused():
    def names(request, *headers):
        return judge(request, ok(MINE, WITH, *headers), ok(MINE, WITH)).failed.names

    assert names(page("patch"), (ACAM, "PATCH")) == ("patch",)
    assert names(page(headers=[("X-C", ""), ("X-A", ""), ("X-B", "")]), (ACAH, "x-b")) == ("x-a", "x-c")
    assert names(page(headers=[*AUTH, *XA])) == ("authorization",)
    passed = judge(page("PUT", XA), ok(ANY, (ACAM, "PUT"), (ACAH, "x-a")), ok(ANY))
    assert step(passed, Check.ALLOW_METHODS).names == ("PUT",)
    assert step(passed, Check.ALLOW_HEADERS).names == ("x-a",)
    assert step(judge(page("PUT", XA), ok(ANY, (ACAM, "PUT"), (ACAH, "*")), ok(ANY)), Check.ALLOW_HEADERS).names == (
        "x-a",
    )


@pytest.mark.parametrize(
    ("lines", "seconds", "note"),
    [
        ([], 5, False), (["0"], 0, False), (["600"], 600, False), ([" 007\t"], 7, False),
        (["2147483648"], 2**31, False),
        (["99999999999"], 2**31, False), (["9" * 10], 2**31, False), (["9" * 5000], 2**31, False),
        (["0" * 5000], 0, False),
        ([""], 5, True), (["-1"], 5, True), (["+1"], 5, True), (["1.5"], 5, True), (["1e3"], 5, True),
        (["600s"], 5, True),
        (["600,600"], 5, True), (["600", "600"], 5, True), (["\u0661"], 5, True),
        (['"600"'], 5, True), (["6 0"], 5, True), (["\xb2"], 5, True),
    ],
)  # fmt: skip
def test_max_age(lines, seconds, note):
    conclusion = follow(page("PUT"), ok(ANY, (ACAM, "PUT"), *((AGE, line) for line in lines)), ok(ANY))
    assert conclusion.allowed
    assert conclusion.max_age == seconds
    assert step(conclusion, Check.MAX_AGE).note is (Note.MAX_AGE_UNPARSEABLE if note else None)
    assert str(seconds) in step(conclusion, Check.MAX_AGE).detail


def test_max_age_limits():
    assert browser.MAX_AGE_LIMITS == {"chromium": 7200, "firefox": 86400, "webkit": 600}
