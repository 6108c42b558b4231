"""Pasted exchanges of curl and of network panels."""

import pytest

from tests.doctor.findings import exchanges
from wsgicors.browser import Failure, Stage
from wsgicors.doctor import why
from wsgicors.doctor.evidence._pasted import lines_of

CURL = """$ curl -v http://api.example/items -H 'Origin: https://app.example'
* Connected to api.example (127.0.0.1) port 80
> GET /items HTTP/1.1
> Host: api.example
> Origin: https://app.example
>
< HTTP/1.1 200 OK
< Server: nginx
{}
<
{{"notes": []}}"""

PANEL = """General
Request URL: https://api.example/items
Request Method: GET
Status Code: 200 OK
Response Headers
{}
Request Headers
Origin: https://app.example"""


@pytest.mark.parametrize("paste", [CURL, PANEL])
@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        ("Access-Control-Allow-Origin: https://other.example", "fixed-origin"),
        ("Access-Control-Allow-Origin: *\nAccess-Control-Allow-Origin: https://app.example", "two-layers"),
        ("Access-Control-Allow-Origins: https://app.example", "header-misspelt"),
        ("Access-Control-Allow-Origin: https://app.example/", "origin-slash"),
    ],
)
def test_its_headers_are_judged(paste: str, answer: str, cause: str) -> None:
    lines = [f"< {line}" if paste is CURL else line for line in answer.split("\n")]
    [finding] = why(paste.format("\n".join(lines))).findings
    assert finding.suspects[0].cause.id == cause
    assert finding.facts.origin == "https://app.example"


def test_raw_messages_without_marks_are_read() -> None:
    paste = """Request 1
OPTIONS /query HTTP/2
Host: api.example
Access-Control-Request-Method: POST
Origin: https://app.example

Response 1
HTTP/2 401 Unauthorized
content-length: 0"""
    [one] = exchanges(paste)
    assert (one.method, one.url, one.status) == ("OPTIONS", "https://api.example/query", 401)
    assert one.received == [("content-length", "0")]
    [finding] = why(paste).findings
    assert finding.suspects[0].cause.id == "preflight-authentication"


def test_raw_messages_with_each_answer_before_its_request_are_read() -> None:
    preflight = """Response Headers
HTTP/1.1 204 No Content
Access-Control-Allow-Origin: *

Request Headers
OPTIONS /query HTTP/1.1
Host: api.example
Access-Control-Request-Method: PUT
Origin: https://app.example
"""
    actual = "HTTP/1.1 401 Unauthorized\nVia: a\n\nPUT /query HTTP/1.1\nHost: api.example\nOrigin: https://app.example"
    assert [(one.method, one.status) for one in exchanges(preflight)] == [("OPTIONS", 204)]
    both = exchanges(f"{preflight}\n{actual}")
    assert [(one.method, one.status, one.received) for one in both] == [
        ("OPTIONS", 204, [("Access-Control-Allow-Origin", "*")]),
        ("PUT", 401, [("Via", "a")]),
    ]
    [finding] = why(preflight).findings
    assert finding.suspects[0].cause.id == "method-not-allowed"


def test_an_answer_of_another_request_stays_with_it() -> None:
    """The first one answers nothing that is shown."""
    request = "GET /query HTTP/1.1\nHost: api.example\nOrigin: https://app.example\n"
    [one] = exchanges(f"HTTP/1.1 200 OK\nA: 1\n\n{request}\nHTTP/1.1 401 Unauthorized\nB: 2\n")
    assert (one.status, one.received) == (401, [("B", "2")])


@pytest.mark.parametrize("prompt", ["", "$ ", "% "])
@pytest.mark.parametrize(
    ("option", "method"),
    [("", "GET"), ("-X PUT ", "PUT"), ("--request='PUT' -d x ", "PUT"), ("-XPUT ", "PUT"), ("--json {} ", "POST"),
     ("-I ", "HEAD")],
)  # fmt: skip
def test_a_command_line_and_its_output_are_read(prompt: str, option: str, method: str) -> None:
    paste = f"""{prompt}curl -i {option}http://api.example:5310/items \\
    -H "Content-Type: application/json" \\
    -H 'Origin: https://app.example' --compressed

HTTP/1.1 403 Forbidden\\r
Content-Length: 0\\r"""
    [one] = exchanges(paste)
    assert (one.method, one.url, one.status) == (method, "http://api.example:5310/items", 403)
    assert one.sent == [("Content-Type", "application/json"), ("Origin", "https://app.example")]
    assert one.received == [("Content-Length", "0")]


def test_what_follows_a_head_is_no_header() -> None:
    paste = """GET /items HTTP/1.1
Host: api.example
Origin: https://app.example

HTTP/1.1 200 OK
Server: nginx

I expected:
Access-Control-Allow-Origin: https://app.example"""
    [one] = exchanges(paste)
    assert one.received == [("Server", "nginx")]
    assert why(paste).findings


def test_headings_of_a_paste_are_no_part_of_it() -> None:
    paste = PANEL.format("Access-Control-Allow-Origin: *")
    marked = paste.replace("General", "#### General").replace("Response Headers", "**Response Headers**")
    assert exchanges(marked)[0].received == exchanges(paste)[0].received


def test_a_good_exchange_has_no_finding() -> None:
    found = why(PANEL.format("Access-Control-Allow-Origin: *"))
    assert (found.findings, found.exchanges) == ((), 1)


def test_credentials_that_the_text_around_it_names_are_included() -> None:
    paste = PANEL.format("Access-Control-Allow-Origin: *")
    [finding] = why(f"It fails if `withCredentials` is set to true.\n{paste}").findings
    assert finding.suspects[0].cause.id == "credentials-wildcard"
    assert not why(f"It fails without `withCredentials`.\n{paste}").findings


PAIR = """`OPTIONS {}/hello.txt` (Origin: `http://app.example`)
HTTP/1.1 200 OK
Access-Control-Allow-Methods: GET
Access-Control-Allow-Origin: http://app.example

`GET {}/hello.txt` (Origin: `http://app.example`)
HTTP/1.1 200 OK
Content-Type: text/plain"""


@pytest.mark.parametrize(("host", "url"), [("", ""), ("http://api.example", "http://api.example/hello.txt")])
def test_answers_with_a_title_are_a_preflight_and_its_request(host: str, url: str) -> None:
    [finding] = why(PAIR.format(host, host)).findings
    named = [suspect.cause.id for suspect in finding.suspects]
    assert {"outside-order", "outside-static"} <= {*named[:3]}
    assert not {"origin-not-allowed", "cors-absent"} & {*named}
    assert (finding.facts.url, finding.facts.origin, finding.facts.status) == (url, "http://app.example", 200)
    assert "nameless" not in str(finding)


def test_a_title_s_preflight_without_its_request_is_left() -> None:
    assert exchanges(PAIR.format("", "").partition("\n\n")[0]) == []
    [one] = exchanges(PAIR.format("", "").partition("\n\n")[2])
    assert (one.method, one.url) == ("GET", "/hello.txt")


def test_titles_of_two_paths_are_no_pair() -> None:
    others = PAIR.format("", "").replace("OPTIONS", "DELETE") + "\n\n" + PAIR.format("/a", "/b")
    assert [(one.method, one.url) for one in exchanges(others)] == [
        ("DELETE", "/hello.txt"), ("GET", "/hello.txt"), ("GET", "/b/hello.txt"),
    ]  # fmt: skip


def test_a_title_s_origin_can_stand_below_it() -> None:
    [one] = exchanges("### GET /hello.txt:\nOrigin: https://app.example\n\nHTTP/1.1 200 OK\nServer: x")
    assert (one.url, one.sent, one.received) == (
        "/hello.txt", [("Origin", "https://app.example")], [("Server", "x")],
    )  # fmt: skip


def test_a_message_without_its_host_is_judged_without_a_url() -> None:
    [finding] = why("> GET /items HTTP/1.1\n> Origin: https://app.example\n< HTTP/1.1 500 Oh no").findings
    assert (finding.suspects[0].cause.id, finding.facts.url) == ("app-error", "")


def test_a_preflight_alone_is_judged() -> None:
    paste = """> OPTIONS /items HTTP/2
> Host: api.example
> Origin: https://app.example
> Access-Control-Request-Method: PUT
< HTTP/2 204
< access-control-allow-origin: https://app.example
< access-control-allow-methods: GET"""
    [finding] = why(paste).findings
    assert finding.suspects[0].cause.id == "method-not-allowed"
    assert finding.facts.url == "https://api.example/items"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Request URL: https://api.example/\nStatus Code: 200\n\nResponse Headers\nno header at all",
        "< HTTP/1.1 200 OK\n< Server: x",
        "Status Code: 200\nServer: x",
        "> GET / HTTP/1.1\n> Host: api.example\n< HTTP/1.1 200 OK",  # no page sent it
        "> GET / HTTP/1.1\n> Origin: https://a.example\n* note: this\n> no header",
        "Request URL: https://api.example/\nStatus Code: none\nRequest Headers\nOrigin: https://a.example",
        "x" * 70_000,
    ],
)
def test_what_is_no_whole_exchange_is_left(text: str) -> None:
    assert exchanges(text) == []


COLUMNS = """-- sent

OPTIONS /orders/7?page=1 HTTP/1.1
Host    api.example
Origin\thttps://app.example
Access-Control-Request-Method   PUT

-- came back

HTTP/1.1 {} X"""


@pytest.mark.parametrize(
    ("status", "cause"),
    [(401, "preflight-authentication"), (404, "preflight-not-found"), (405, "preflight-method-refused"),
     (500, "preflight-error")],
)  # fmt: skip
def test_a_preflight_without_colons_and_its_status(status: int, cause: str) -> None:
    [finding] = why(COLUMNS.format(status)).findings
    assert (finding.suspects[0].cause.id, finding.facts.status) == (cause, status)
    assert (finding.failure, finding.stage, finding.detail) == (Failure.STATUS_NOT_OK, Stage.PREFLIGHT, "")
    assert (finding.facts.origin, finding.facts.method) == ("https://app.example", "PUT")


ASKED = "OPTIONS https://api.example/orders\nOrigin: https://app.example\nAccess-Control-Request-Method: PUT\n\n"


@pytest.mark.parametrize(
    ("said", "status", "cause"),
    [
        ("It answers with a `404`.", 404, "preflight-not-found"),
        ("The server returned 405 (Method Not Allowed)", 405, "preflight-method-refused"),
        ("Response: 404", 404, "preflight-not-found"), ("404 - Not Found", 404, "preflight-not-found"),
        ('{"statusCode": 401}', 401, "preflight-authentication"), ("403 Forbidden", 403, "preflight-authentication"),
        ("<head><title>500 Internal Server Error</title>", 500, "preflight-error"),
        ("404\nLater it returns 500.", 404, "preflight-not-found"),
    ],
)  # fmt: skip
def test_a_preflight_and_its_status_in_words(said: str, status: int, cause: str) -> None:
    [finding] = why(ASKED + said).findings
    assert (finding.suspects[0].cause.id, finding.facts.status) == (cause, status)
    assert (finding.facts.url, finding.facts.method) == ("https://api.example/orders", "PUT")


@pytest.mark.parametrize("said", ["It returned 404 items", "It took 500 ms", "It returns 200", "x" * 70_000 + "\n404"])
def test_what_is_no_status_of_a_preflight(said: str) -> None:
    [finding] = why(ASKED + said).findings
    assert (finding.suspects[0].cause.id, finding.facts.status) == ("unrecognised", None)


def test_two_requests_of_which_a_status_is_told_are_left() -> None:
    [finding] = why(f"{ASKED}404\n\n{ASKED}405").findings
    assert finding.suspects[0].cause.id == "unrecognised"


BY_HAND = "curl -i -X OPTIONS -H 'Access-Control-Request-{}' https://api.example/orders\n\nHTTP/1.1 {} X\nServer: x\n{}"


@pytest.mark.parametrize("origin", ["*", "https://app.example", "null"])
def test_a_preflight_that_was_sent_without_an_origin(origin: str) -> None:
    answer = f"Access-Control-Allow-Origin: {origin}\nAccess-Control-Allow-Methods: GET, PUT"
    [finding] = why(BY_HAND.format("Method: DELETE", 204, answer)).findings
    assert [suspect.cause.id for suspect in finding.suspects] == ["method-not-allowed"]
    assert (finding.facts.method, finding.facts.value, finding.facts.origin) == ("DELETE", "GET, PUT", "")
    [finding] = why(BY_HAND.format("Headers: x-token", 204, answer)).findings
    assert finding.suspects[0].cause.id == "header-not-allowed"
    assert (finding.facts.header, finding.facts.method, finding.facts.origin) == ("x-token", "", "")


def test_a_preflight_without_an_origin_shows_nothing_of_the_origin() -> None:
    assert exchanges(BY_HAND.format("Method: DELETE", 204, "Vary: x")) == []
    good = "Access-Control-Allow-Origin: *\nAccess-Control-Allow-Methods: DELETE"
    found = why(BY_HAND.format("Method: DELETE", 204, good))
    assert (found.findings[0].suspects[0].cause.id, found.exchanges) == ("unspecified", 0)
    found = why(BY_HAND.format("Method: DELETE", 404, "Vary: x"))
    assert (found.findings[0].suspects[0].cause.id, found.findings[0].facts.origin) == ("preflight-not-found", "")
    assert "invalid" not in str(found)


REFUSED = "curl{} https://api.example/orders -H 'Origin: https://app.example'\n{}"


@pytest.mark.parametrize(
    "answer",
    ["403 - Forbidden", "HTTP/1.1 403 Forbidden\nServer: x", '{"code":403,"message":"no"}', "This gives a 403."],
)
@pytest.mark.parametrize("option", ["", " -X OPTIONS -H 'Access-Control-Request-Method: PUT'"])
def test_an_origin_to_which_curl_gets_a_403(option: str, answer: str) -> None:
    [finding] = why(REFUSED.format(option, answer)).findings
    assert (finding.suspects[0].cause.id, finding.suspects[0].certainty) == ("origin-not-allowed", "likely")
    assert (finding.facts.origin, finding.facts.status) == ("https://app.example", 403)


def test_other_answers_of_curl() -> None:
    assert why(REFUSED.format("", "401 Unauthorized")).findings[0].suspects[0].cause.id == "unrecognised"
    without = REFUSED.format("", "403 - Forbidden").partition(" -H")[0] + "\n403 - Forbidden"
    assert why(without).findings[0].suspects[0].cause.id == "unrecognised"
    verbose = "> GET /a HTTP/1.1\n> Host: api.example\n> Origin: https://app.example\n>\n< HTTP/1.1 403 X\n< Server: x"
    assert why(verbose).findings[0].suspects[0].cause.id == "origin-not-allowed"
    assert why(verbose.replace("> ", "").replace("< ", "")).findings[0].suspects[0].cause.id != "origin-not-allowed"


@pytest.mark.parametrize("origin", ["", "Origin: https://app.example\n"])
@pytest.mark.parametrize(
    ("status", "cause"),
    [(401, "preflight-authentication"), (405, "preflight-method-refused"), (500, "preflight-error")],
)
def test_options_that_were_sent_by_hand_are_refused_as_a_preflight_is(status: int, cause: str, origin: str) -> None:
    head = f"HTTP/1.1 {status} X\nServer: nginx"
    option = f"-H '{origin.strip()}'" if origin else ""
    curl = f"curl -iX OPTIONS https://api.example/a {option}\n{head}"
    for text in (f"OPTIONS /a HTTP/1.1\nHost: api.example\n{origin}\n{head}", curl):
        [finding] = why(text).findings
        assert (finding.suspects[0].cause.id, finding.facts.status, finding.stage) == (cause, status, Stage.PREFLIGHT)
        assert (finding.facts.origin, finding.facts.method) == (origin.removeprefix("Origin: ").strip(), "")
        assert finding.facts.url == "https://api.example/a"
        assert finding.failure is (Failure.ALLOW_ORIGIN_MISSING if origin else Failure.STATUS_NOT_OK)


def test_a_redirect_of_curl_leads_to_another_scheme() -> None:
    head = "> GET / HTTP/1.1\n> Host: api.example\n> Origin: https://app.example\n>\n< HTTP/1.1 {}\n"
    moved = head.format("301 Moved Permanently") + "< Location: https://api.example/\n<\n"
    text = f"$ curl -Lv http://api.example/ -H 'Origin: https://app.example'\n{moved}{head.format('403 Forbidden')}"
    assert [one.url for one in exchanges(text)] == ["http://api.example/", "https://api.example/"]


def test_the_scheme_of_the_proxy_is_not_that_of_the_request() -> None:
    text = (
        "$ curl -v -x http://proxy.example:3128 https://api.example/ -H 'Origin: https://app.example'\n"
        "> GET / HTTP/1.1\n> Host: api.example\n> Origin: https://app.example\n< HTTP/1.1 403 Forbidden"
    )
    assert [one.url for one in exchanges(text)] == ["https://api.example/"]


def test_the_error_of_curl_itself() -> None:
    [finding] = why("curl -fX OPTIONS https://api.example/a\ncurl: (22) The requested URL returned error: 405").findings
    assert (finding.suspects[0].cause.id, finding.facts.status) == ("preflight-method-refused", 405)


def test_what_only_looks_like_a_command_that_goes_on() -> None:
    assert lines_of("curl `\n404\n2 ^\n3") == [(1, "curl"), (2, "404"), (3, "2"), (4, "3")]


@pytest.mark.parametrize(
    ("location", "cause"),
    [("https://api.example/items", "preflight-redirect-https"),
     ("http://api.example/items/", "preflight-redirect-slash"),
     ("https://sso.example/login", "preflight-redirect-login")],
)  # fmt: skip
@pytest.mark.parametrize(
    "paste",
    ["$ curl -i -X OPTIONS http://api.example/items\nHTTP/1.1 301 Moved Permanently\nLocation: {}",
     "Request URL: http://api.example/items\nRequest Method: OPTIONS\nStatus Code: 302 Found\nLocation: {}",
     "Request URL\nhttp://api.example/items\nRequest Method\nOPTIONS\nStatus Code\n302 Found\nLocation\n{}"],
)  # fmt: skip
def test_a_redirect_of_a_preflight_without_its_headers(paste: str, location: str, cause: str) -> None:
    assert why(paste.format(location)).findings[0].suspects[0].cause.id == cause


def test_a_panel_of_a_refused_preflight_without_its_headers() -> None:
    paste = "Request URL\nhttps://api.example/items\nRequest Method\nOPTIONS\nStatus Code\n403 Forbidden"
    [finding] = why(paste).findings
    assert (finding.suspects[0].cause.id, finding.facts.status) == ("preflight-authentication", 403)
    assert finding.facts.origin == ""


def test_the_page_of_a_request_is_not_its_url() -> None:
    asked = 'curl -i -X POST https://api.example/a -H "Origin: https://app.example"'
    for status in ("HTTP/1.1 419 unknown status", "HTTP/1.1 419 (unknown status)"):
        urls = {finding.facts.url for finding in why(f"{asked}\n{status}").findings}
        assert urls <= {"https://api.example/a", ""}
    [finding] = why("POST https://api.example/a 419 (unknown status)").findings
    assert finding.facts.url == "https://api.example/a"
