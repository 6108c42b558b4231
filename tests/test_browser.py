"""The browser's side, rule by rule: each table is a section of the standard; most cases are refused."""

import ast
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsgicors import browser
from wsgicors.browser import (
    Check,
    Conclusion,
    Failure,
    Note,
    Outcome,
    Request,
    Response,
    Stage,
    Step,
    fetch,
    is_forbidden_header,
    is_forbidden_method,
    is_safelisted_header,
    is_safelisted_method,
    judge,
    normalize_method,
    preflight_request,
    unsafe_header_names,
)
from wsgicors.browser._messages import UnparseableError, extract_list
from wsgicors.browser._request_headers import split
from wsgicors.browser._urls import parse_url

APP = "https://app.example"
API = "https://api.example"
THIRD = "https://third.example"

ACAO = "Access-Control-Allow-Origin"
ACAC = "Access-Control-Allow-Credentials"
ACAM = "Access-Control-Allow-Methods"
ACAH = "Access-Control-Allow-Headers"
ACEH = "Access-Control-Expose-Headers"
ACAPN = "Access-Control-Allow-Private-Network"
AGE = "Access-Control-Max-Age"

ANY = (ACAO, "*")
MINE = (ACAO, APP)
WITH = (ACAC, "true")


def page(method="GET", headers=(), credentials="same-origin", url=f"{API}/x", origin=APP, **kw) -> Request:
    return Request(url, origin, method, headers, credentials, **kw)


def follow(request: Request, *responses: Response) -> Conclusion:
    """The conclusion from `responses`; exactly all of them must be requested."""
    left = list(responses)
    conclusion = fetch(request, lambda sent: left.pop(0))
    assert not left, f"not asked for: {left}"
    assert [exchange.response for exchange in conclusion.exchanges] == list(responses)
    assert conclusion.allowed == (conclusion.failed is None) == (not conclusion.failures)
    return conclusion


def ok(*headers: tuple[str, str], status: int = 200) -> Response:
    return Response(status, headers)


def to(location: str, *headers: tuple[str, str], status: int = 302) -> Response:
    return Response(status, [("Location", location), *headers])


def step(conclusion: Conclusion, check: Check, hop: int = 0) -> Step:
    (found,) = (one for one in conclusion.steps if one.check is check and one.hop == hop)
    return found


def notes(conclusion: Conclusion) -> list[Note]:
    return [one.note for one in conclusion.steps if one.note]


# -- #methods ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "normal"),
    [
        ("delete", "DELETE"), ("Get", "GET"), ("hEAD", "HEAD"), ("options", "OPTIONS"), ("post", "POST"),
        ("put", "PUT"), ("GET", "GET"),
        # Unchanged by the standard:
        ("patch", "patch"), ("Patch", "Patch"), ("query", "query"), ("eGg", "eGg"), ("trace", "trace"),
        ("connect", "connect"), ("*", "*"), ("po\N{LATIN SMALL LETTER LONG S}t", "po\N{LATIN SMALL LETTER LONG S}t"),
    ],
)  # fmt: skip
def test_methods_are_normalised(method, normal):
    assert normalize_method(method) == normal


@pytest.mark.parametrize("method", ["CONNECT", "connect", "TRACE", "tRace", "TRACK", "track"])
def test_forbidden_methods(method):
    assert is_forbidden_method(method)
    assert not is_safelisted_method(method)
    assert preflight_request(page(method)) is None
    conclusion = follow(page(method))
    assert (conclusion.failed.stage, conclusion.failed.failure) == (Stage.REQUEST, Failure.FORBIDDEN_METHOD)
    assert conclusion.failed.names == (method,)


@pytest.mark.parametrize("method", ["OPTIONS", "PATCH", "TRAC", "TRACES", "", "trac\N{KELVIN SIGN}"])
def test_methods_that_are_not_forbidden(method):
    assert not is_forbidden_method(method)


def test_safelisted_methods():
    methods = ("GET", "HEAD", "POST", "get", "PUT", "DELETE", "OPTIONS", "*")
    assert [one for one in methods if is_safelisted_method(one)] == ["GET", "HEAD", "POST"]  # fmt: skip


# -- #forbidden-request-header -------------------------------------------------------------------------------

FORBIDDEN = """
    Accept-Charset Accept-Encoding Access-Control-Request-Headers Access-Control-Request-Method Connection
    Content-Length Cookie Cookie2 Date DNT Expect Host Keep-Alive Origin Referer Set-Cookie TE Trailer
    Transfer-Encoding Upgrade Via Proxy- Proxy-Authorization Sec- Sec-Fetch-Site
"""


@pytest.mark.parametrize("name", FORBIDDEN.split())
def test_forbidden_headers_are_dropped(name):
    for spelling in (name, name.upper(), name.lower()):
        assert is_forbidden_header(spelling, "anything")
        conclusion = follow(page(headers=[(spelling, "1"), ("X-Kept", "2")]), ok(ANY, (ACAH, "x-kept")), ok(ANY))
        assert conclusion.allowed
        assert notes(conclusion) == [Note.HEADERS_DROPPED]
        assert step(conclusion, Check.REQUEST).names == (name.lower(),)
        assert step(conclusion, Check.REQUEST).outcome is Outcome.NOTED
        preflight, actual = (exchange.request for exchange in conclusion.exchanges)
        assert ("Access-Control-Request-Headers", "x-kept") in preflight.headers
        assert (spelling, "1") not in actual.headers
        assert ("X-Kept", "2") in actual.headers


@pytest.mark.parametrize(
    "name",
    ["Accept", "Authorization", "Cookie3", "User-Agent", "X-Cookie", "Proxy", "Sec", "Section", "XSec-A", "Expires",
     "Access-Control-Request-Private-Network", "Access-Control-Allow-Origin", "\N{KELVIN SIGN}eep-Alive"],
)  # fmt: skip
def test_headers_that_are_not_forbidden(name):
    assert not is_forbidden_header(name, "TRACE")


@pytest.mark.parametrize("name", ["X-HTTP-Method", "x-http-method-override", "X-METHOD-OVERRIDE"])
@pytest.mark.parametrize(
    ("value", "forbidden"),
    [
        ("TRACE", True), ("trace", True), ("GET, track", True), ("GET,\t connect \t", True), (",,TRACE", True),
        ('"a,b",TRACE', True), ('"a\\",b",TRACE', True),
        ("PUT", False), ("", False), ("TRACES", False), ("TRA CE", False), ('"TRACE"', False), ('"a,TRACE', False),
        ('"a\\",TRACE"', False), ('"\\', False), ('TRACE"', False), ("GET;TRACE", False),
    ],
)  # fmt: skip
def test_method_overrides_are_forbidden_by_value(name, value, forbidden):
    assert is_forbidden_header(name, value) is forbidden


def split_by_the_letter(value: str) -> list[str]:
    """The standard's "get, decode, and split", one code point at a time."""
    values, temporary, position = [], "", 0
    while True:
        while position < len(value) and value[position] not in '",':
            temporary, position = temporary + value[position], position + 1
        if position < len(value) and value[position] == '"':
            start, position = position, position + 1
            while position < len(value):
                char, position = value[position], position + 1
                if char == '"':
                    break
                if char == "\\" and position < len(value):
                    position += 1
            temporary += value[start:position]
            if position < len(value):
                continue
        values.append(temporary.strip("\t "))
        temporary = ""
        if position >= len(value):
            return values
        position += 1


@given(st.text(st.sampled_from('a1,"\\ \t\n;')))
def test_values_are_split_as_the_standard_does_it(value):
    assert split(value) == split_by_the_letter(value)


# -- #cors-safelisted-request-header -------------------------------------------------------------------------

UNSAFE_BYTES = [*(chr(byte) for byte in range(0x20) if byte != 9), *'"():<>?@[\\]{}\x7f']

SAFE = [
    ("Accept", ""), ("ACCEPT", "text/html, */*;q=0.1"), ("accept", "a" * 128),
    ("accept", "\t\xe9\xff!#$%&'*+,-./;=^_`|~"),
    ("Accept-Language", "de-CH, en;q=0.5, *"), ("accept-language", "a" * 128), ("Content-Language", "en.x = 1"),
    ("Content-Language", ""),
    ("Content-Type", "text/plain"), ("content-type", "TEXT/Plain"), ("Content-Type", "multipart/form-data"),
    ("Content-Type", "application/x-www-form-urlencoded;charset=utf-8"), ("Content-Type", "text/plain;"),
    ("Content-Type", "text/plain;garbage"), ("Content-Type", "text/plain \t;x"), ("Content-Type", "\ttext/plain "),
    ("Content-Type", "text/plain;\xe9"),
    ("Range", "bytes=0-"), ("range", "bytes=100-200"), ("Range", "bytes=7-7"), ("Range", "bytes=007-8"),
    ("Range", "bytes=9-10"),
]  # fmt: skip

NOT_SAFE = [
    ("accept", "a" * 129), ("accept-language", "a" * 129), ("content-language", "a" * 129),
    ("content-type", "text/plain;" + "a" * 118), ("range", "bytes=1-" + "9" * 121),
    *(("accept", f"a{byte}b") for byte in UNSAFE_BYTES),
    *(("content-type", f"text/plain;{byte}") for byte in UNSAFE_BYTES),
    *(("accept-language", byte) for byte in "\t/_:@!\"'\x00\n\x7f\xe9"), ("content-language", "en\tde"),
    ("content-language", "@"),
    ("content-type", ""), ("content-type", "text"), ("content-type", "text/"), ("content-type", "/plain"),
    ("content-type", "application/json"), ("content-type", "text/html"), ("content-type", "text/plainx"),
    ("content-type", "text /plain"), ("content-type", "text/ plain"), ("content-type", "text/plain,"),
    ("content-type", "text/plain, text/plain"), ("content-type", ",text/plain"), ("content-type", "text/plain x"),
    ("content-type", "text;/plain"), ("content-type", "application/www-form-urlencoded"),
    ("content-type", "text/plain\xa0"), ("content-type", 'multipart/form-data;"'),
    ("content-type", "application/csp-report"),
    ("range", ""), ("range", "bytes=-500"), ("range", "bytes=-"), ("range", "bytes=200-100"),
    ("range", "bytes=10-9"), ("range", "bytes=0-0,2-3"),
    ("range", "bytes =0-1"), ("range", "bytes= 0-1"), ("range", "bytes=0 -1"), ("range", "bytes=0- 1"),
    ("range", "bytes=0-1 "),
    ("range", "Bytes=0-1"), ("range", "100-200"), ("range", "bytes 0-"), ("range", "bytes=a-b"), ("range", "bytes=0"),
    ("range", "bytes=\u0661-"), ("range", "mb=0-1"),
    ("Authorization", ""), ("X-A", ""), ("Last-Event-ID", "1"), ("DPR", "1"), ("If-None-Match", "1"),
    ("Accept-Charset", "x"),
    ("Save-Data", "on"), ("Content-Length", "1"), ("", ""),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), SAFE)
def test_safelisted_headers(name, value):
    assert is_safelisted_header(name, value)


@pytest.mark.parametrize(("name", "value"), NOT_SAFE)
def test_headers_that_are_not_safelisted(name, value):
    assert not is_safelisted_header(name, value)


@pytest.mark.parametrize(
    ("headers", "names"),
    [
        ([], ()),
        ([("Accept", "x"), ("Content-Type", "text/plain")], ()),
        ([("X-B", ""), ("x-a", ""), ("x-b", ""), ("X_C", "")], ("x-a", "x-b", "x_c")),
        # In byte order: digits, then "_" (0x5F), then lower-cased letters.
        ([("xa", ""), ("XA", ""), ("x_", ""), ("x1", ""), ("x-", "")], ("x-", "x1", "x_", "xa")),
        # 8 * 128 is the limit, and only safelisted headers count.
        ([("Accept", "a" * 128)] * 8, ()),
        ([("Accept", "a" * 128)] * 8 + [("X-A", "a" * 999)], ("x-a",)),
        ([("Accept", "a" * 128)] * 8 + [("Accept-Language", "a")], ("accept", "accept-language")),
        ([("Accept", "a" * 128)] * 9 + [("X-A", "")], ("accept", "x-a")),
        ([("Content-Type", "text/plain"), ("Content-Type", "application/json")], ("content-type",)),
        ([("\N{KELVIN SIGN}", "")], ("\N{KELVIN SIGN}",)),
    ],
)
def test_unsafe_header_names(headers, names):
    assert unsafe_header_names(headers) == names


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["Accept", "X-A", "x-a", "Range", "b", "Content-Type"]), st.text("ab/:", max_size=140)
        )
    )
)
def test_unsafe_names_are_a_sorted_set_that_grows_with_the_headers(headers):
    names = unsafe_header_names(headers)
    assert list(names) == sorted(set(names))
    assert set(names) <= {name.lower() for name, _ in headers}
    assert set(names) >= {name.lower() for name, value in headers if not is_safelisted_header(name, value)}
    assert set(names) <= set(unsafe_header_names([*headers, ("Accept", "a")]))


# -- Request -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "settings",
    [
        {"url": ""}, {"url": "/x"}, {"url": "//api.example/"}, {"url": "http://"}, {"url": "http:///"},
        {"url": "1http://a"},
        {"url": "http://a:65536/"}, {"url": "http://a:b/"}, {"url": "http://a:80:80/"}, {"url": "http://a b/"},
        {"url": "http://[::1/"}, {"url": "http://[::g]/"}, {"url": "http://[::1]x/"},
        {"url": "http://[fe80::1%25eth0]/"},
        {"url": "http://[fe80::1%eth0]/"}, {"url": "http://[]/"}, {"url": "http://::1/"}, {"url": "http://a%00/"},
        {"url": "http://\u0300b.example/"}, {"url": "http://1.2.3.4.5/"}, {"url": "http://1.2.3.256/"},
        {"url": "http://0x7f.256.1/"},
        {"url": "http://a.0x/"}, {"url": "http://a.1"}, {"url": "http://a.1."}, {"url": "http://1.2.3.08/"},
        {"url": "http://u@/"},
        {"url": "http://a:-1/"}, {"url": "http://a:\u0661/"}, {"url": "http://a^b/"}, {"url": "http://a|b/"},
        {"url": "http://a<b/"},
        {"origin": ""}, {"origin": "app.example"}, {"origin": APP + "/"}, {"origin": APP + ":443"},
        {"origin": "HTTPS://app.example"},
        {"origin": "https://App.example"}, {"origin": "*"}, {"origin": "NULL"}, {"origin": "https://"},
        {"origin": "https://a b"},
        {"origin": "https://a:080"}, {"origin": "https://a:65536"}, {"origin": "https://[1:0:0:0:0:0:0:1]"},
        {"origin": "https://a, https://b"},
        {"origin": "https://u@a"}, {"origin": "https://a\n"}, {"origin": "x-app://A"},
        {"origin": "https://b\xfccher.example"},
        {"method": ""}, {"method": "PU T"}, {"method": "GET,PUT"}, {"method": "GET\n"}, {"method": "G\xcbT"},
        {"headers": [("", "1")]}, {"headers": [("X A", "1")]}, {"headers": [("X:", "1")]}, {"headers": [("X\n", "1")]},
        {"headers": [("X", "a\nb")]}, {"headers": [("X", "a\rb")]}, {"headers": [("X", "a\0")]},
        {"headers": [("X", "\u0100")]},
        {"credentials": "always"}, {"credentials": ""},
    ],
    ids=str,
)  # fmt: skip
def test_what_is_no_request(settings):
    with pytest.raises(ValueError, match=r"^(not |no browser has |.* is not )"):
        page(**settings)


@pytest.mark.parametrize(
    "origin",
    ["null", "http://a", "https://my_host.example", "http://127.0.0.1:8000", "https://[::1]:8443",
     "chrome-extension://abc",
     "capacitor://localhost", "https://xn--bcher-kva.example", "http://a."],
)  # fmt: skip
def test_origins_that_browsers_send(origin):
    assert page(origin=origin).origin == origin


def test_a_request_is_normalised_as_scripts_see_it():
    request = page("put", headers=[("X-A", " \r\n\t1 \n"), ("X-B", "\x0b1")])
    assert request.method == "PUT"
    assert request.headers == (("X-A", "1"), ("X-B", "\x0b1"))
    assert request == page("PUT", headers=(("X-A", "1"), ("X-B", "\x0b1")))
    assert hash(request) == hash(page("put", headers=[("X-A", "1"), ("X-B", "\x0b1")]))


def test_what_is_wrong_is_quoted_safely():
    with pytest.raises(ValueError, match="no browser") as caught:
        page(origin="https://a\x1b[31m\n" + "b" * 1000)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 200


def test_values_of_a_response():
    response = Response(200, [("A", " 1\t"), ("b", "2"), ("a", "\n3 "), ("\N{KELVIN SIGN}", "4")])
    assert response.values("A") == ["1", "\n3"]
    assert response.get("a") == "1, \n3"
    assert (response.get("c"), response.values("c"), response.get("k")) == (None, [], None)


# -- Main fetch: same origin or cross-origin -----------------------------------------------------------------


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
def test_cross_origin(url, origin, cross):
    assert fetch(page(url=url, origin=origin), lambda sent: ok()).allowed is not cross


@pytest.mark.parametrize("credentials", ["omit", "same-origin", "include"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE", "OPTIONS"])
def test_same_origin_requests_need_nothing(method, credentials):
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
def test_cors_is_for_http(url):
    assert preflight_request(page("PUT", url=url)) is None
    failed = follow(page("PUT", url=url)).failed
    assert (failed.stage, failed.check, failed.failure) == (Stage.REQUEST, Check.SCHEME, Failure.SCHEME_NOT_HTTP)


@pytest.mark.parametrize(
    "url", ["https://u@api.example/", "https://u:p@api.example/", "https://:p@app.example/", "https://a@b@c/"]
)
def test_no_credentials_in_the_url(url):
    failed = follow(page(url=url)).failed
    assert (failed.stage, failed.failure) == (Stage.REQUEST, Failure.URL_CREDENTIALS)


@pytest.mark.parametrize("url", ["https://@api.example/", "https://:@api.example/"])
def test_empty_credentials_in_the_url_are_none(url):
    conclusion = follow(page(url=url), ok(ANY))
    assert conclusion.allowed
    assert conclusion.exchanges[0].request.url == "https://api.example/"


@pytest.mark.parametrize(("credentials", "sent"), [("omit", "omit"), ("same-origin", "omit"), ("include", "include")])
def test_credentials_of_a_cross_origin_request(credentials, sent):
    conclusion = follow(page("PUT", credentials=credentials), ok(MINE, WITH, (ACAM, "PUT")), ok(MINE, WITH))
    assert [exchange.request.credentials for exchange in conclusion.exchanges] == ["omit", sent]


# -- #cors-preflight-fetch: when, and what is sent -----------------------------------------------------------


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
def test_no_response(request_):
    failed = follow(request_, Response(0, [ANY])).failed
    stage = Stage.PREFLIGHT if request_.method == "PUT" else Stage.ACTUAL
    assert (failed.stage, failed.failure, failed.section) == (stage, Failure.NO_RESPONSE, "#concept-network-error")


# -- #concept-cors-check -------------------------------------------------------------------------------------

CORS_CHECK = [
    # (credentials mode, header lines, failure)
    ("same-origin", [ANY], None),
    ("omit", [ANY], None),
    ("same-origin", [(ACAO, " *\t")], None),
    ("same-origin", [MINE], None),
    ("same-origin", [("access-control-allow-origin", APP)], None),
    ("same-origin", [MINE, (ACAC, "false")], None),
    ("include", [MINE, WITH], None),
    ("include", [MINE, ("ACCESS-CONTROL-ALLOW-CREDENTIALS", " true ")], None),
    ("same-origin", [], Failure.ALLOW_ORIGIN_MISSING),
    ("include", [WITH], Failure.ALLOW_ORIGIN_MISSING),
    ("same-origin", [("Access-Control-Allow-Origins", "*")], Failure.ALLOW_ORIGIN_MISSING),
    ("include", [ANY, WITH], Failure.ALLOW_ORIGIN_WILDCARD),
    ("include", [ANY], Failure.ALLOW_ORIGIN_WILDCARD),
    ("same-origin", [ANY, ANY], Failure.ALLOW_ORIGIN_MULTIPLE),
    ("same-origin", [MINE, MINE], Failure.ALLOW_ORIGIN_MULTIPLE),
    ("same-origin", [MINE, (ACAO, "")], Failure.ALLOW_ORIGIN_MULTIPLE),
    ("same-origin", [(ACAO, ""), (ACAO, "")], Failure.ALLOW_ORIGIN_MULTIPLE),
    ("same-origin", [(ACAO, f"{APP}, *")], Failure.ALLOW_ORIGIN_MULTIPLE),
    ("same-origin", [(ACAO, f"{APP},{THIRD}")], Failure.ALLOW_ORIGIN_MULTIPLE),
    ("same-origin", [(ACAO, f"{APP} {THIRD}")], Failure.ALLOW_ORIGIN_MULTIPLE),
    ("include", [ANY, ANY, WITH], Failure.ALLOW_ORIGIN_MULTIPLE),
    ("same-origin", [(ACAO, "")], Failure.ALLOW_ORIGIN_INVALID),
    ("same-origin", [(ACAO, APP + "/")], Failure.ALLOW_ORIGIN_INVALID),
    ("same-origin", [(ACAO, APP + "\0")], Failure.ALLOW_ORIGIN_INVALID),
    ("same-origin", [(ACAO, "app.example")], Failure.ALLOW_ORIGIN_INVALID),
    ("same-origin", [(ACAO, "https://*.example")], Failure.ALLOW_ORIGIN_INVALID),
    ("same-origin", [(ACAO, "HTTPS://APP.EXAMPLE")], Failure.ALLOW_ORIGIN_INVALID),
    ("same-origin", [(ACAO, "'*'")], Failure.ALLOW_ORIGIN_INVALID),
    ("same-origin", [(ACAO, "**")], Failure.ALLOW_ORIGIN_INVALID),
    ("same-origin", [(ACAO, "Null")], Failure.ALLOW_ORIGIN_INVALID),
    ("same-origin", [(ACAO, "true")], Failure.ALLOW_ORIGIN_INVALID),
    ("same-origin", [(ACAO, "null")], Failure.ALLOW_ORIGIN_MISMATCH),
    ("same-origin", [(ACAO, APP + ":443")], Failure.ALLOW_ORIGIN_MISMATCH),
    ("same-origin", [(ACAO, "http://app.example")], Failure.ALLOW_ORIGIN_MISMATCH),
    ("same-origin", [(ACAO, "https://www.app.example")], Failure.ALLOW_ORIGIN_MISMATCH),
    ("same-origin", [(ACAO, "https://my_app.example")], Failure.ALLOW_ORIGIN_MISMATCH),
    ("same-origin", [(ACAO, "https://[::1]:8443")], Failure.ALLOW_ORIGIN_MISMATCH),
    ("include", [(ACAO, API), WITH], Failure.ALLOW_ORIGIN_MISMATCH),
    ("include", [MINE], Failure.ALLOW_CREDENTIALS_NOT_TRUE),
    ("include", [MINE, (ACAC, "")], Failure.ALLOW_CREDENTIALS_NOT_TRUE),
    ("include", [MINE, (ACAC, "True")], Failure.ALLOW_CREDENTIALS_NOT_TRUE),
    ("include", [MINE, (ACAC, "TRUE")], Failure.ALLOW_CREDENTIALS_NOT_TRUE),
    ("include", [MINE, (ACAC, "1")], Failure.ALLOW_CREDENTIALS_NOT_TRUE),
    ("include", [MINE, (ACAC, "false")], Failure.ALLOW_CREDENTIALS_NOT_TRUE),
    ("include", [MINE, WITH, WITH], Failure.ALLOW_CREDENTIALS_NOT_TRUE),
]


@pytest.mark.parametrize(("credentials", "headers", "failure"), CORS_CHECK)
def test_cors_check_of_the_response(credentials, headers, failure):
    for status in (200, 204, 404, 500):  # any status will do
        conclusion = follow(page(credentials=credentials), Response(status, headers))
        assert conclusion.allowed is (failure is None)
        assert conclusion.status == (None if failure else status)
        assert conclusion.tainting == "cors"
        if failure:
            (failed,) = conclusion.failures
            assert (failed.stage, failed.hop, failed.failure, failed.outcome) == (
                Stage.ACTUAL,
                0,
                failure,
                Outcome.FAILED,
            )
            assert failed.section == "#concept-cors-check"
            assert conclusion.readable == ()


@pytest.mark.parametrize(("credentials", "headers", "failure"), CORS_CHECK)
def test_cors_check_of_the_preflight(credentials, headers, failure):
    request = page("PUT", credentials=credentials)
    preflight = Response(204, [*headers, (ACAM, "PUT")])
    conclusion = judge(request, preflight, Response(200, [MINE, WITH]))
    assert conclusion.allowed is (failure is None)
    assert conclusion.max_age == (None if failure else 5)
    if failure:
        (failed,) = conclusion.failures
        assert (failed.stage, failed.failure) == (Stage.PREFLIGHT, failure)
        assert len(conclusion.exchanges) == 1


@pytest.mark.parametrize(
    ("headers", "failure"),
    [
        ([ANY], None), ([(ACAO, "null")], None), ([], Failure.ALLOW_ORIGIN_MISSING),
        ([(ACAO, "NULL")], Failure.ALLOW_ORIGIN_INVALID),
        ([MINE], Failure.ALLOW_ORIGIN_MISMATCH), ([(ACAO, "null, null")], Failure.ALLOW_ORIGIN_MULTIPLE),
        ([(ACAO, '"null"')], Failure.ALLOW_ORIGIN_INVALID),
    ],
)  # fmt: skip
def test_cors_check_of_an_opaque_origin(headers, failure):
    failed = follow(page(origin="null"), Response(200, headers)).failed
    assert (failed and failed.failure) == failure


# -- #cors-preflight-fetch: the conclusions from the response ------------------------------------------------

XA = [("X-A", "1")]
AUTH = [("Authorization", "1")]

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


def test_names_say_what_was_refused():
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


# -- #concept-filtered-response-cors -------------------------------------------------------------------------

RESPONSE = [
    ("Cache-Control", "a"), ("content-language", "a"), ("Content-Length", "0"), ("Content-Type", "a"), ("EXPIRES", "a"),
    ("Last-Modified", "a"), ("Pragma", "a"), ("X-A", "1"), ("x-b", "2"), ("ETag", "3"), ("Set-Cookie", "a=b"),
    ("Set-Cookie2", "c"),
    ("*", "star"),
]  # fmt: skip
ALWAYS = {
    "cache-control", "content-language", "content-length", "content-type", "expires", "last-modified", "pragma",
}  # fmt: skip
EVERY = ALWAYS | {"x-a", "x-b", "etag", "*", "access-control-allow-origin", "access-control-expose-headers"}


@pytest.mark.parametrize(
    ("credentials", "lines", "more", "note"),
    [
        ("omit", ["X-A"], {"x-a"}, None),
        ("omit", ["x-a,ETAG"], {"x-a", "etag"}, None),
        ("omit", ["", ",x-a,"], {"x-a"}, None),
        ("include", ["x-b", "x-a"], {"x-a", "x-b"}, None),
        ("omit", ["*"], EVERY, None),
        ("same-origin", ["x-a", "*"], EVERY, None),
        ("omit", [], set(), None),
        ("omit", [""], set(), None),
        ("omit", ["x-none"], set(), None),
        ("omit", ["Set-Cookie, set-cookie2"], set(), None),
        ("omit", ["x-a, no no"], set(), Note.EXPOSE_HEADERS_UNPARSEABLE),
        ("omit", ["x-a", '"x-b"'], set(), Note.EXPOSE_HEADERS_UNPARSEABLE),
        ("omit", ["*, x:a"], set(), Note.EXPOSE_HEADERS_UNPARSEABLE),
        ("include", ["*"], {"*"}, Note.EXPOSE_HEADERS_LITERAL),
        ("include", ["*, x-a"], {"*", "x-a"}, Note.EXPOSE_HEADERS_LITERAL),
    ],
)
def test_readable_headers(credentials, lines, more, note):
    headers = [*RESPONSE, MINE, *((ACEH, line) for line in lines)]
    conclusion = follow(page(credentials=credentials), ok(*headers, *([WITH] if credentials == "include" else [])))
    assert conclusion.allowed
    assert conclusion.readable == tuple(sorted(ALWAYS | more))
    assert step(conclusion, Check.EXPOSE_HEADERS).note is note
    assert step(conclusion, Check.EXPOSE_HEADERS).section == "#concept-filtered-response-cors"


# -- #concept-http-redirect-fetch ----------------------------------------------------------------------------

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
def test_what_is_no_redirect(response):
    conclusion = follow(page(), response)
    assert conclusion.allowed
    assert conclusion.status == response.status


@pytest.mark.parametrize("status", REDIRECTS)
def test_a_redirect_is_checked_itself(status):
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
def test_location_that_is_none(lines):
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
def test_redirects_lead_to_http(location):
    for url in (f"{API}/x", f"{APP}/x"):
        failed = follow(page(url=url), to(location, ANY)).failed
        assert (failed.stage, failed.check, failed.failure) == (Stage.ACTUAL, Check.REDIRECT, Failure.SCHEME_NOT_HTTP)


def test_twenty_redirects_and_no_more():
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


def test_a_post_turned_get_needs_no_preflight():
    conclusion = follow(
        page("PUT", [("Content-Type", "a/b")]),
        ok(ANY, (ACAM, "PUT"), (ACAH, "content-type")),
        to("/y", ANY, status=303),
        ok(ANY),
    )
    assert conclusion.allowed
    assert [exchange.stage for exchange in conclusion.exchanges] == [Stage.PREFLIGHT, Stage.ACTUAL, Stage.ACTUAL]


def test_authorization_is_removed_when_another_origin_is_met():
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


def test_back_on_the_own_origin_cors_decides_still():
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


def test_credentials_go_on_through_redirects():
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


# -- judge ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("request_", "preflight", "response"),
    [
        (page("PUT"), None, ok(ANY)), (page("PUT"), ok(ANY, (ACAM, "PUT")), None), (page(), ok(ANY), None),
        (page("PUT", url=f"{APP}/x"), ok(), to(f"{API}/y")), (page(), None, to("/y", ANY)),
        (page("PUT"), ok(ANY, (ACAM, "PUT")), to("/y", ANY)),
    ],
)  # fmt: skip
def test_judge_needs_what_the_browser_gets(request_, preflight, response):
    with pytest.raises(ValueError, match="no response to"):
        judge(request_, preflight, response)


def test_judge_looks_at_nothing_that_the_browser_does_not_get():
    assert judge(page(), Response(500), ok(ANY)).allowed
    assert not judge(page("PUT"), Response(500), ok(ANY)).allowed
    assert judge(page("TRACE"), None, None).failed.failure is Failure.FORBIDDEN_METHOD


def test_what_send_raises_is_not_caught():
    def send(sent):
        raise TimeoutError

    with pytest.raises(TimeoutError):
        fetch(page(), send)


# -- Laws ----------------------------------------------------------------------------------------------------

TCHAR = set(string.ascii_letters + string.digits + "!#$%&'*+-.^_`|~")

lists = st.lists(st.text(st.sampled_from('ab*,,  \t;"\xe9-'), max_size=12), max_size=3)


def members_by_the_letter(lines: list[str]) -> list[str] | None:
    """`#token` on each line, one character at a time; None if a line is no such list."""
    members = []
    for line in lines:
        state, member = "before", ""
        for char in [*line, ","]:
            if char == ",":
                if member:
                    members.append(member)
                state, member = "before", ""
            elif char in "\t ":
                state = "after" if state == "in" else state
            elif char in TCHAR and state != "after":
                state, member = "in", member + char
            else:
                return None
    return members


@given(lists)
def test_lists_are_read_by_their_grammar(lines):
    response = Response(200, [(ACAM, line) for line in lines])
    expected = members_by_the_letter(lines)
    if not lines:
        assert extract_list(response, ACAM) is None
    elif expected is None:
        with pytest.raises(UnparseableError):
            extract_list(response, ACAM)
    else:
        assert extract_list(response, ACAM) == expected


names = st.sampled_from(["Accept", "Authorization", "X-A", "x-b", "Content-Type", "Cookie", "*"])
requests = st.builds(
    Request,
    st.sampled_from([f"{API}/x", f"{APP}/x", "http://api.example:8000/"]),
    st.sampled_from([APP, "null", "http://app.example"]),
    st.sampled_from(["GET", "POST", "PUT", "patch", "*", "TRACE"]),
    st.lists(st.tuples(names, st.sampled_from(["1", "text/plain", "a/b"])), max_size=3),
    st.sampled_from(["omit", "same-origin", "include"]),
    st.booleans(),
    st.booleans(),
)
values = st.sampled_from(
    ["*", APP, "null", "true", "PUT", "patch, *", "x-a, X-B", "*, authorization", "5", "", ",", "/y", THIRD]
) | st.text(max_size=8)
response_headers = st.lists(
    st.tuples(st.sampled_from([ACAO, ACAC, ACAM, ACAH, ACEH, ACAPN, AGE, "Location", "X-A", "Set-Cookie"]), values),
    max_size=8,
)
responses = st.builds(Response, st.sampled_from([0, 200, 204, 302, 303, 307, 403, 500]), response_headers)


@given(requests, responses, responses)
def test_judge_and_fetch_agree_where_nothing_is_redirected(request_, preflight, response):
    left = iter([preflight, response] if preflight_request(request_) else [response])
    end = object()

    class RedirectedError(Exception):
        pass

    def send(sent):
        answer = next(left, end)
        if answer is end:
            raise RedirectedError
        return answer

    try:
        expected = fetch(request_, send)
    except RedirectedError:
        with pytest.raises(ValueError, match="no response to"):
            judge(request_, preflight, response)
    else:
        assert judge(request_, preflight, response) == expected


@given(requests, st.lists(responses, min_size=1, max_size=6))
def test_no_response_makes_it_raise_and_the_record_is_sound(request_, answers):
    supply = iter(answers)
    conclusion = fetch(request_, lambda sent: next(supply, answers[-1]))
    assert conclusion.allowed == (not conclusion.failures)
    for failed in conclusion.failures:  # the end of the fetch
        assert (failed.stage, failed.hop) == (conclusion.steps[-1].stage, conclusion.steps[-1].hop)
    assert len(conclusion.exchanges) <= 2 * 21
    assert conclusion.readable == tuple(sorted(set(conclusion.readable)))
    assert not {"set-cookie", "set-cookie2"} & set(conclusion.readable)
    for one in conclusion.steps:
        assert one.detail.isprintable()
        assert len(one.detail) < 2000
        assert (one.failure is not None) + (one.note is not None) <= 1
    for exchange in conclusion.exchanges:
        sent = exchange.request
        assert sent.credentials in {"omit", "include"}
        assert sent.credentials == "omit" or exchange.stage is Stage.ACTUAL
        assert sent.url == str(parse_url(sent.url))  # parsing it again gives the same URL
        if conclusion.tainting == "cors" and exchange is conclusion.exchanges[-1]:
            assert ("Origin", sent.origin) in sent.headers


@given(requests, response_headers)
def test_credentials_never_allow_more(request_, headers):
    preflight, response = Response(204, headers), Response(200, headers)

    def allowed(credentials):
        request = page(request_.method, request_.headers, credentials, request_.url, request_.origin)
        return judge(request, preflight, response).allowed

    if allowed("include"):
        assert allowed("omit")
        assert allowed("same-origin")


def test_details_are_escaped_and_bounded():
    hostile = "\x1b[31m\r\n\u202e" + "x" * 10_000
    for headers in (
        [(ACAO, hostile)],
        [ANY, (ACAM, hostile)],
        [ANY, (ACAM, "PUT"), (ACAH, hostile)],
        [ANY, (ACAM, ",".join(f"m{i}" for i in range(10_000)))],
        [MINE, (ACAC, hostile)],
        [ANY, (ACAM, "PUT"), (ACAH, "x-a"), (AGE, hostile)],
    ):
        conclusion = judge(page("PUT", XA, "include" if headers[0] == MINE else "omit"), ok(*headers), ok(ANY))
        for one in conclusion.steps:
            assert one.detail.isprintable()
            assert len(one.detail) < 1500
    failed = judge(page("PUT"), ok(ANY, (ACAM, ",".join(f"m{i}" for i in range(11)))), None).failed
    assert failed.detail.endswith("'m8', 'm9' and 1 more")
    failed = judge(page("PUT"), ok(ANY, (ACAM, ",".join(f"m{i}" for i in range(10)))), None).failed
    assert failed.detail.endswith("'m8', 'm9'")
    assert "x" * 101 not in follow(page(), ok((ACAO, "x" * 101))).failed.detail
    assert "'" + "x" * 100 + "'" in follow(page(), ok((ACAO, "x" * 100))).failed.detail


MEGABYTE = 1 << 20


@pytest.mark.parametrize(
    "unit",
    [
        *(",", " ", "a,", "a", "\\", "../", "a/../", "a:", "[", "0."),
        *(pytest.param(unit, marks=pytest.mark.slow) for unit in (", \t", '"', "a b ")),
    ],
)
def test_a_megabyte_is_read_in_one_go(unit):
    """Quadratic work would not finish."""
    value = unit * (MEGABYTE // len(unit))
    for name in (ACAO, ACAM, ACAH, AGE):
        judge(page("PUT", XA), ok(ANY, (ACAM, "*"), (ACAH, "*"), (name, value)), ok(ANY))
    assert follow(page(), ok(ANY, (ACEH, value))).allowed
    fetch(page(), lambda sent: to(value, ANY) if sent.url == f"{API}/x" else ok(ANY))
    assert not is_forbidden_header("X-HTTP-Method", value)
    assert not is_safelisted_header("Content-Type", value)


def test_nothing_of_the_server_side_is_imported():
    modules: set[str] = set()
    for path in Path(browser.__file__).parent.glob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        modules |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        modules |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    others = {name for name in modules if not name.startswith("wsgicors.browser.")}
    assert others == {
        "re", "collections.abc", "dataclasses", "enum", "typing", "ipaddress", "unicodedata", "urllib.parse", "idna",
    }  # fmt: skip
