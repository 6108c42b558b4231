"""A fetch from the page to its conclusion: same origin or cross-origin, with credentials or without."""

import pytest

from tests.browser.fetching import ACAC, ACAM, ACAO, ACAPN, AGE, ANY, API, APP, MINE, WITH, follow, ok, page, step, to
from wsgicors.browser import Check, Failure, Outcome, Response, Stage, fetch, judge, preflight_request


@pytest.mark.parametrize(
    ("url", "origin", "cross"),
    [
        (f"{APP}/x", APP, False), ("https://app.example:443/", APP, False), ("HTTPS://APP.EXAMPLE", APP, False),
        ("http://app.example:80", "http://app.example", False), ("http://[0:0::1]:8000/", "http://[::1]:8000", False),
        ("http://app.example/", APP, True), ("https://app.example:8443/", APP, True),
        ("https://www.app.example/", APP, True),
        ("https://app.example./", APP, True), (f"{APP}.evil.example/", APP, True),
        ("http://localhost/", "http://127.0.0.1", True),
        (f"{APP}/", "null", True), ("https://abc/", "chrome-extension://abc", True), ("data:,x", "null", True),
        ("https://app.example:80/", "https://app.example:8080", True),
    ],
)  # fmt: skip
def test_which_urls_are_cross_origin(url, origin, cross):
    assert fetch(page(url=url, origin=origin), lambda sent: ok()).allowed is not cross


@pytest.mark.parametrize("credentials", ["omit", "same-origin", "include"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE", "OPTIONS"])
def test_a_same_origin_request_needs_no_permission(method, credentials):
    request = page(
        method,
        [("Authorization", "x"), ("X-A", "1")],
        credentials,
        f"{APP}/x",
        private_network=True,
        use_cors_preflight=True,
    )
    assert preflight_request(request) is None
    conclusion = follow(
        request, ok(("X-B", "1"), ("Set-Cookie", "a=b"), ("set-cookie2", "c"), ("Vary", "A"), status=500)
    )
    assert conclusion.allowed
    assert (conclusion.status, conclusion.tainting, conclusion.max_age) == (500, "basic", None)
    assert conclusion.readable == ("vary", "x-b")
    (exchange,) = conclusion.exchanges
    assert exchange.stage is Stage.ACTUAL
    assert exchange.request.credentials == ("omit" if credentials == "omit" else "include")
    # #append-a-request-origin-header
    assert (("Origin", APP) in exchange.request.headers) is (method not in {"GET", "HEAD"})
    assert [one.check for one in conclusion.steps] == [Check.SAME_ORIGIN, Check.RESPONSE]


@pytest.mark.parametrize(
    "url", ["ftp://api.example/", "file:///x", "localhost:8000/x", "ws://api.example", "HTTPX://a", "app://a"]
)
def test_a_cross_origin_url_that_is_not_http_is_refused(url):
    assert preflight_request(page("PUT", url=url)) is None
    failed = follow(page("PUT", url=url)).failed
    assert (failed.stage, failed.check, failed.failure) == (Stage.REQUEST, Check.SCHEME, Failure.SCHEME_NOT_HTTP)


@pytest.mark.parametrize(
    "url", ["https://u@api.example/", "https://u:p@api.example/", "https://:p@app.example/", "https://a@b@c/"]
)
def test_a_url_with_credentials_is_refused(url):
    failed = follow(page(url=url)).failed
    assert (failed.stage, failed.failure) == (Stage.REQUEST, Failure.URL_CREDENTIALS)


@pytest.mark.parametrize("url", ["https://@api.example/", "https://:@api.example/"])
def test_empty_credentials_in_a_url_are_allowed(url):
    conclusion = follow(page(url=url), ok(ANY))
    assert conclusion.allowed
    assert conclusion.exchanges[0].request.url == "https://api.example/"


@pytest.mark.parametrize(("credentials", "sent"), [("omit", "omit"), ("same-origin", "omit"), ("include", "include")])
def test_credentials_of_a_cross_origin_request(credentials, sent):
    conclusion = follow(page("PUT", credentials=credentials), ok(MINE, WITH, (ACAM, "PUT")), ok(MINE, WITH))
    assert [exchange.request.credentials for exchange in conclusion.exchanges] == ["omit", sent]


def test_a_header_that_is_missing_is_not_one_that_is_empty():
    def detail(*headers):
        return follow(page(credentials="include"), ok(*headers)).failed.detail

    assert detail() == "there is no Access-Control-Allow-Origin"
    assert detail((ACAO, "")) == "Access-Control-Allow-Origin is '', which is not an origin"
    assert detail(MINE).startswith("there is no Access-Control-Allow-Credentials, not 'true'")
    assert detail(MINE, (ACAC, "")).startswith("Access-Control-Allow-Credentials is '', not 'true'")


def test_stages_and_hops_of_the_steps():
    conclusion = follow(page("PUT"), ok(ANY, (ACAM, "PUT")), to("/y", ANY, status=303), ok(ANY))
    checks = [(one.stage, one.hop, one.check) for one in conclusion.steps]
    request, preflight, actual = Stage.REQUEST, Stage.PREFLIGHT, Stage.ACTUAL
    assert checks == [
        (request, 0, Check.SAME_ORIGIN), (request, 0, Check.PREFLIGHT),
        (preflight, 0, Check.RESPONSE), (preflight, 0, Check.ALLOW_ORIGIN), (preflight, 0, Check.STATUS),
        (preflight, 0, Check.ALLOW_METHODS), (preflight, 0, Check.ALLOW_HEADERS), (preflight, 0, Check.MAX_AGE),
        (actual, 0, Check.RESPONSE), (actual, 0, Check.ALLOW_ORIGIN), (actual, 0, Check.REDIRECT),
        (actual, 0, Check.REDIRECT),
        (request, 1, Check.SAME_ORIGIN), (request, 1, Check.PREFLIGHT),
        (actual, 1, Check.RESPONSE), (actual, 1, Check.ALLOW_ORIGIN), (actual, 1, Check.EXPOSE_HEADERS),
    ]  # fmt: skip


def test_every_step_is_passed_but_the_failed_and_noted():
    conclusion = follow(page("PUT", credentials="include"), ok(MINE, WITH, (ACAM, "PUT"), (AGE, "x")), ok())
    assert [(one.check, one.outcome) for one in conclusion.steps if one.outcome is not Outcome.PASSED] == [
        (Check.MAX_AGE, Outcome.NOTED),
        (Check.ALLOW_ORIGIN, Outcome.FAILED),
    ]
    assert step(
        judge(page("PUT", private_network=True), ok(ANY, (ACAPN, "true"), (ACAM, "PUT")), ok(ANY)),
        Check.PRIVATE_NETWORK,
    )


def test_every_check_has_its_section():
    for check in Check:
        assert check.section.startswith(("#", "https://wicg.github.io/private-network-access/#"))


@pytest.mark.parametrize(
    ("request_", "preflight", "response"),
    [
        (page("PUT"), None, ok(ANY)), (page("PUT"), ok(ANY, (ACAM, "PUT")), None), (page(), ok(ANY), None),
        (page("PUT", url=f"{APP}/x"), ok(), to(f"{API}/y")), (page(), None, to("/y", ANY)),
        (page("PUT"), ok(ANY, (ACAM, "PUT")), to("/y", ANY)),
    ],
)  # fmt: skip
def test_judge_raises_without_a_response_that_the_browser_gets(request_, preflight, response):
    with pytest.raises(ValueError, match="no response to"):
        judge(request_, preflight, response)


def test_judge_ignores_a_response_that_the_browser_does_not_get():
    assert judge(page(), Response(500), ok(ANY)).allowed
    assert not judge(page("PUT"), Response(500), ok(ANY)).allowed
    assert judge(page("TRACE"), None, None).failed.failure is Failure.FORBIDDEN_METHOD


def test_what_send_raises_is_not_caught():
    def send(sent):
        raise TimeoutError

    with pytest.raises(TimeoutError):
        fetch(page(), send)
