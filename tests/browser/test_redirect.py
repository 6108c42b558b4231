"""https://fetch.spec.whatwg.org/#concept-http-redirect-fetch"""

import pytest

from tests.browser.fetching import (
    ACAH,
    ACAM,
    ACAO,
    ACAPN,
    AGE,
    ANY,
    API,
    APP,
    MINE,
    THIRD,
    WITH,
    follow,
    notes,
    ok,
    page,
    to,
)
from wsgicors.browser import Check, Failure, Note, Response, Stage

REDIRECTS = [301, 302, 303, 307, 308]


@pytest.mark.parametrize("status", REDIRECTS)
def test_a_redirect_is_followed(status):
    conclusion = follow(page(), to("/y", ANY, status=status), ok(ANY))
    assert conclusion.allowed
    assert [exchange.request.url for exchange in conclusion.exchanges] == [f"{API}/x", f"{API}/y"]
    assert [exchange.hop for exchange in conclusion.exchanges] == [0, 1]
    assert notes(conclusion) == []
    assert ("Origin", APP) in conclusion.exchanges[1].request.headers


@pytest.mark.parametrize("response", [ok(ANY, ("Location", "/y"), status=200), *(ok(ANY, status=s) for s in REDIRECTS),
                                      *(ok(ANY, ("Location", "/y"), status=s) for s in (201, 300, 304, 305,
                                                                                        306))])  # fmt: skip
def test_a_response_that_does_not_redirect(response):
    conclusion = follow(page(), response)
    assert conclusion.allowed
    assert conclusion.status == response.status


@pytest.mark.parametrize("status", REDIRECTS)
def test_a_redirect_has_to_pass_the_cors_check(status):
    conclusion = follow(page(), to(f"{APP}/y", status=status))
    assert (conclusion.failed.hop, conclusion.failed.failure) == (0, Failure.ALLOW_ORIGIN_MISSING)


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("", f"{API}/a/b?q"), ("#f", f"{API}/a/b?q"), ("?r", f"{API}/a/b?r"), ("?", f"{API}/a/b?"), ("c", f"{API}/a/c"),
        ("./c/", f"{API}/a/c/"), ("../c?d#e", f"{API}/c?d"), ("../../../c", f"{API}/c"), ("..", f"{API}/"),
        (".", f"{API}/a/"),
        ("%2E%2e/c", f"{API}/c"), ("/c//d/./../e", f"{API}/c//e"), ("/c/..", f"{API}/"), ("c/%2e", f"{API}/a/c/"),
        ("/", f"{API}/"),
        ("\\c", f"{API}/c"), ("https:c", f"{API}/a/c"), ("https:/c", f"{API}/c"), ("https:", f"{API}/a/b?q"),
        ("HTTPS:?r", f"{API}/a/b?r"), (" \x00/c\x1f ", f"{API}/c"), ("/c\t\n\rd", f"{API}/cd"),
        ('/a b"<>`', f"{API}/a%20b%22%3C%3E%60"),
        ("/c?d e", f"{API}/c?d%20e"), ("/\xe9?\xe9", f"{API}/%E9?%E9"), ("/\u20ac", f"{API}/%3F"),
        ("/c?\\d", f"{API}/c?\\d"), ("/c:d", f"{API}/c:d"), ("1:d", f"{API}/a/1:d"), ("/x@y", f"{API}/x@y"),
        ("//api.example:443/c", f"{API}/c"), ("\\/api.example\\c", f"{API}/c"), ("https:\\\\api.example", f"{API}/"),
        ("///api.example/c", f"{API}/c"), ("https://API.Example?c", f"{API}/?c"),
        ("https://api.example:000443//c", f"{API}//c"),
        ("https://api.example:", f"{API}/"), ("https://:@api.example/", f"{API}/"),
    ],
)  # fmt: skip
def test_location(location, url):
    conclusion = follow(page(url=f"{API}/a/b?q#frag"), to(location, ANY), ok(ANY))
    assert conclusion.exchanges[1].request.url == url


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("//third.example/c", f"{THIRD}/c"), ("https:///third.example/c", f"{THIRD}/c"),
        ("\\\\third.example", f"{THIRD}/"),
        ("http:api.example/c", "http://api.example/c"), ("http:/api.example", "http://api.example/"),
        ("HTTP:\\c", "http://c/"),
        ("https://api.example:8443", "https://api.example:8443/"),
        ("http://api.example:443", "http://api.example:443/"),
        ("https://127.0.0.1/", "https://127.0.0.1/"), ("https://[0:0:0:0:0:0:0:1]:80", "https://[::1]:80/"),
        ("https://[1:0:0:2:0:0:0:3]/", "https://[1:0:0:2::3]/"),
        ("https://[1:0:0:2:0:0:3:4]/", "https://[1::2:0:0:3:4]/"),
        ("https://[::]/", "https://[::]/"), ("https://[A::10:0]/", "https://[a::10:0]/"),
        ("https://[1:2:3:4:5:6:7:8]", "https://[1:2:3:4:5:6:7:8]/"),
        ("https://[90c0:0:0:1:0:0:0:0]/", "https://[90c0:0:0:1::]/"),
        ("https://[1:90c0:0:0:1:0:90c0:0]/", "https://[1:90c0::1:0:90c0:0]/"),
        ("https://[::ffff:1.2.3.4]/", "https://[::ffff:102:304]/"),
        ("https://[1:2:3:4:5:6:7::]/", "https://[1:2:3:4:5:6:7:0]/"),
        ("https://[::1]:", "https://[::1]/"), ("https://my_host/", "https://my_host/"),
    ],
)  # fmt: skip
def test_location_elsewhere(location, url):
    conclusion = follow(page(url=f"{API}/a/b?q"), to(location, ANY), ok(ANY))
    assert conclusion.exchanges[1].request.url == url
    assert notes(conclusion) == [Note.ORIGIN_NULL]


@pytest.mark.parametrize(
    "lines",
    [["//"], ["https://"], ["https://a b/"], ["//api.example:99999/"], ["//[::1"], ["https://b\xfccher.example/"],
     ["//%00/"],
     ["/a", "/b"], ["/a", "/a"], ["", ""]],
)  # fmt: skip
def test_a_location_that_is_not_one_url_is_refused(lines):
    conclusion = follow(page(), Response(302, [ANY, *(("Location", line) for line in lines)]))
    failed = conclusion.failed
    assert (failed.stage, failed.check, failed.failure) == (Stage.ACTUAL, Check.REDIRECT, Failure.LOCATION_INVALID)


@pytest.mark.parametrize(
    "location",
    [
        "ftp://api.example/",
        "data:,x",
        "javascript:1",
        "file:///x",
        "about:blank",
        "ws://a",
        "blob:https://app.example/1",
    ],
)
def test_a_redirect_to_a_url_that_is_not_http_is_refused(location):
    for url in (f"{API}/x", f"{APP}/x"):
        failed = follow(page(url=url), to(location, ANY)).failed
        assert (failed.stage, failed.check, failed.failure) == (Stage.ACTUAL, Check.REDIRECT, Failure.SCHEME_NOT_HTTP)


def test_at_most_twenty_redirects_are_followed():
    for url in (f"{API}/x", f"{APP}/x"):
        redirects = [to("/x", ANY)] * 20
        conclusion = follow(page(url=url), *redirects, ok(ANY))
        assert conclusion.allowed
        failed = follow(page(url=url), *redirects, to("/x", ANY)).failed
        assert (failed.hop, failed.failure) == (20, Failure.REDIRECT_LIMIT)


@pytest.mark.parametrize(
    ("url", "location"),
    [
        (f"{API}/x", "https://u@api.example/"), (f"{API}/x", "https://u:p@third.example/"),
        (f"{API}/x", "https://:p@api.example/"),
        (f"{API}/x", "https://u:@api.example/"), (f"{API}/x", "https://u@app.example/"),
        (f"{APP}/x", "https://u@api.example/"),
        (f"{API}/x", "//u@api.example/"), (f"{API}/x", "https://u@v@api.example/"),
    ],
)  # fmt: skip
def test_redirects_with_credentials_in_the_url(url, location):
    failed = follow(page(url=url), to(location, ANY)).failed
    assert (failed.stage, failed.failure) == (Stage.ACTUAL, Failure.URL_CREDENTIALS)
    assert "u@" not in failed.detail


def test_credentials_in_a_url_of_the_own_origin_may_be_redirected_to():
    conclusion = follow(page(url=f"{APP}/x"), to("https://u:p@app.example/y"), ok())
    assert conclusion.allowed
    assert conclusion.exchanges[1].request.url == "https://u:p@app.example/y"
    # and relative URLs keep them
    conclusion = follow(page(url=f"{APP}/x"), to("https://u:p@app.example/y"), to("z"), ok())
    assert conclusion.exchanges[2].request.url == "https://u:p@app.example/z"


BODY = [
    ("Content-Type", "text/plain"),
    ("content-language", "en"),
    ("Content-Encoding", "x"),
    ("Content-Location", "/"),
    ("X-Content", "1"),
]


@pytest.mark.parametrize(
    ("status", "method", "then"),
    [
        (301, "POST", "GET"), (302, "POST", "GET"), (303, "POST", "GET"), (303, "PUT", "GET"), (303, "patch", "GET"),
        (303, "OPTIONS", "GET"),
        (301, "PUT", "PUT"), (302, "DELETE", "DELETE"), (307, "POST", "POST"), (308, "POST", "POST"),
        (308, "PUT", "PUT"),
        (303, "HEAD", "HEAD"), (302, "HEAD", "HEAD"), (303, "GET", "GET"), (301, "post", "GET"),
    ],
)  # fmt: skip
def test_the_method_after_a_redirect(status, method, then):
    request = page(method, BODY, url=f"{APP}/x")
    conclusion = follow(request, to("/y", status=status), ok())
    sent = conclusion.exchanges[1].request
    assert sent.method == then
    kept = [(name, value) for name, value in sent.headers if name not in {"Accept", "Origin"}]
    changed = request.method != then
    assert kept == (BODY[-1:] if changed else BODY)
    assert notes(conclusion) == ([Note.METHOD_CHANGED] if changed else [])
    assert (("Origin", APP) in sent.headers) is (then not in {"GET", "HEAD"})


def test_a_post_that_becomes_a_get_needs_no_preflight():
    conclusion = follow(
        page("PUT", [("Content-Type", "a/b")]),
        ok(ANY, (ACAM, "PUT"), (ACAH, "content-type")),
        to("/y", ANY, status=303),
        ok(ANY),
    )
    assert conclusion.allowed
    assert [exchange.stage for exchange in conclusion.exchanges] == [Stage.PREFLIGHT, Stage.ACTUAL, Stage.ACTUAL]


def test_authorization_is_removed_by_a_redirect_to_another_origin():
    secret = [("authorization", "secret"), ("X-A", "1")]
    conclusion = follow(page(headers=secret, url=f"{APP}/x"), to("/y"), to(f"{API}/z"), ok(ANY, (ACAH, "x-a")), ok(ANY))
    assert conclusion.allowed
    assert notes(conclusion) == [Note.AUTHORIZATION_REMOVED]
    names = [[name for name, _ in exchange.request.headers] for exchange in conclusion.exchanges]
    assert ["authorization" in one for one in names] == [True, True, False, False]
    assert "X-A" in names[3]
    # Not within the same origin.
    conclusion = follow(
        page(headers=secret[:1]),
        ok(ANY, (ACAH, "authorization")),
        to("/y", ANY),
        ok(ANY, (ACAH, "authorization")),
        ok(ANY),
    )
    assert conclusion.allowed
    assert notes(conclusion) == []


def origins(conclusion):
    return [dict(exchange.request.headers).get("Origin") for exchange in conclusion.exchanges]


def test_the_origin_is_null_after_a_redirect_from_another_origin_elsewhere():
    # own -> api: still the page's origin
    conclusion = follow(page(url=f"{APP}/x"), to(f"{API}/y"), ok(MINE))
    assert (origins(conclusion), conclusion.tainting, notes(conclusion)) == ([None, APP], "cors", [])
    # api -> api: the same
    assert origins(follow(page(), to("/y", MINE), ok(MINE))) == [APP, APP]
    # api -> third: null, whatever follows
    conclusion = follow(
        page(), to(f"{THIRD}/y", MINE), to("/z", (ACAO, "null")), to(f"{API}/x", ANY), ok((ACAO, "null"))
    )
    assert (origins(conclusion), notes(conclusion)) == ([APP, "null", "null", "null"], [Note.ORIGIN_NULL])
    assert [exchange.request.origin for exchange in conclusion.exchanges] == [APP, "null", "null", "null"]
    # own -> api -> third
    assert origins(follow(page(url=f"{APP}/x"), to(f"{API}/y"), to(f"{THIRD}/z", MINE), ok(ANY))) == [None, APP, "null"]
    # An origin that is null from the start is not reported.
    assert notes(follow(page(origin="null"), to(f"{THIRD}/y", ANY), ok(ANY))) == []


def test_cors_still_decides_after_a_redirect_back_to_the_own_origin():
    conclusion = follow(page(), to(f"{APP}/y", MINE), ok())
    assert (conclusion.failed.hop, conclusion.failed.failure) == (1, Failure.ALLOW_ORIGIN_MISSING)
    assert origins(conclusion) == [APP, "null"]
    conclusion = follow(page(credentials="same-origin"), to(f"{APP}/y", MINE), ok(ANY, ("X-A", "1")))
    assert conclusion.allowed
    assert conclusion.readable == ()
    assert conclusion.exchanges[1].request.credentials == "omit"
    failed = follow(page(), to(f"{APP}/y", MINE), ok(MINE)).failed
    assert (failed.hop, failed.failure) == (1, Failure.ALLOW_ORIGIN_MISMATCH)


def test_an_unsafe_request_is_preflighted_again_where_it_is_redirected_to():
    good = ok(ANY, (ACAM, "PUT"), (AGE, "7"))
    conclusion = follow(
        page("PUT"), good, to(f"{THIRD}/y", ANY, status=307), ok(ANY, (ACAM, "PUT"), (AGE, "8")), ok(ANY)
    )
    assert conclusion.allowed
    assert conclusion.max_age == 8
    again = conclusion.exchanges[2]
    assert (again.stage, again.hop, again.request.method) == (Stage.PREFLIGHT, 1, "OPTIONS")
    assert again.request.url == f"{THIRD}/y"
    assert ("Origin", "null") in again.request.headers
    failed = follow(page("PUT"), good, to(f"{THIRD}/y", ANY, status=307), ok(ANY)).failed
    assert (failed.stage, failed.hop, failed.failure) == (Stage.PREFLIGHT, 1, Failure.METHOD_NOT_ALLOWED)
    # from the page's own origin to another
    conclusion = follow(page("PUT", url=f"{APP}/x"), to(f"{API}/y", status=308), good, ok(ANY))
    assert [exchange.stage for exchange in conclusion.exchanges] == [Stage.ACTUAL, Stage.PREFLIGHT, Stage.ACTUAL]


def test_credentials_are_included_after_a_redirect():
    conclusion = follow(page(credentials="include"), to(f"{THIRD}/y", MINE, WITH), ok((ACAO, "null"), WITH))
    assert conclusion.allowed
    assert [exchange.request.credentials for exchange in conclusion.exchanges] == ["include", "include"]
    failed = follow(page(credentials="include"), to(f"{THIRD}/y", MINE, WITH), ok(ANY, WITH)).failed
    assert failed.failure is Failure.ALLOW_ORIGIN_WILDCARD


def test_the_private_network_is_that_of_the_first_server():
    private = page(private_network=True)
    allow = ok(ANY, (ACAPN, "true"))
    conclusion = follow(private, allow, to("/y", ANY), allow, to(f"{THIRD}/z", ANY), ok(ANY))
    assert conclusion.allowed
    asked = [
        ("Access-Control-Request-Private-Network", "true") in exchange.request.headers
        for exchange in conclusion.exchanges
    ]
    assert asked == [True, False, True, False, False]
    assert [exchange.request.private_network for exchange in conclusion.exchanges] == [True, True, True, True, False]
