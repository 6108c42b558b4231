"""What people write about CORS in their own words, and what servers log beside a browser's message."""

import pytest

from tests.doctor.findings import named, only
from tests.doctor.wording_cases import MISSING, PAGE, PF, URL, chromium
from wsgicors.browser import Stage
from wsgicors.doctor import why

SWAGGER = """Failed to fetch http://localhost:3000
Possible cross-origin (CORS) issue? The URL origin (http://localhost:3000) does not match the page (http://localhost).
Check the server returns the correct 'Access-Control-Allow-*' headers."""
REASON = "Reason: CORS header 'Access-Control-Allow-Origin' missing"


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("We send both `Access-Control-Allow-Origin: *` and `Access-Control-Allow-Origin: https://a.example`.",
         "two-layers"),
        ("I set Access-Control-Allow-Origin: * and credentials: 'include'", "credentials-wildcard"),
        ("Access-Control-Allow-Origin: [*]\nAccess-Control-Allow-Credentials: [true]", "credentials-wildcard"),
        ('res.header("Access-Control-Allow-Origin", "*") with withCredentials: true', "credentials-wildcard"),
        ("It fails if 'withCredentials' is set to true. Access-Control-Allow-Origin: *", "credentials-wildcard"),
        ("HTTP/1.1 204\nAccess-Control-Allow-Origin: a.example\nVary: x\nAccess-Control-Allow-Origin: *", "two-layers"),
        ("< Access-Control-Allow-Origin: *\n<\n< HTTP/1.1 200 OK\n< Access-Control-Allow-Origin: *", "unspecified"),
        ('the next line is the Preflight `OPTIONS` call that fails with a 405 ("Method Not Allowed")',
         "preflight-method-refused"),
        ("The preflight returns 401", "preflight-authentication"),
        ("The preflight is fine, but POST returns 500", "unrecognised"),
        ("Our app has options, 500 users and a preflight of 300 ms", "unrecognised"),
        ('CORS headers are not added to `Status 502, { "message": "Endpoint timed out" }`', "proxy-bad-gateway"),
        ("There are no CORS headers on 404 responses", "not-found-without-headers"),
        ("`response.headers['content-disposition']` returns `undefined`", "header-not-exposed"),
        ("response.headers.get('X-Total') is null", "header-not-exposed"),
        ("$ curl -X OPTIONS https://api.example/\n{'detail': 'Unauthorized'}", "preflight-authentication"),
        ("the same origin policy disallows reading the remote resource at file:///a.json", "url-scheme"),
        ("La política de mismo origen no permite leer el recurso remoto en file:", "url-scheme"),
        ("The Same Origin Policy disallows reading the remote resource at https://api.example/a", "cors-absent"),
        ("The Same Origin Policy disallows reading the remote resource", "cors-absent"),
        ("It has been blocked by CORS policy.", "cors-absent"),
        ("Blocked by CORS policy: The 'Access-Control-Allow-Origin'", "fixed-origin"),
        ("I get `Origin 'https://app.example' is therefore not allowed access.`", "cors-absent"),
        ("We see CORS errors.", "unspecified"),
        ("Access-Control-Allow-Origin: https://a.example", "unspecified"),
        ("Unauthorized", "unrecognised"),
    ],
)  # fmt: skip
def test_words_of_people(text: str, cause: str) -> None:
    assert named(text)[0] == cause


@pytest.mark.parametrize(
    "text",
    [
        "fetch(url, {mode: 'no-cors'}) gives SyntaxError: Unexpected end of input",
        "Response {type: \"opaque\", status: 0, ok: false} with mode: 'no-cors'",
        "In no-cors mode the response body is empty.",
        '{"mode":"no-cors"} and then JSON.parse: unexpected end of data',
    ],
)
def test_what_a_script_finds_in_an_opaque_response(text: str) -> None:
    assert named(text) == ["no-cors-mode"]


def test_a_mode_alone_is_no_opaque_response() -> None:
    assert named("I set mode: 'no-cors' because of CORS.")[0] == "unspecified"
    assert named("SyntaxError: Unexpected end of JSON input")[0] == "unrecognised"


@pytest.mark.parametrize("text", ["Script error.", "'Script error.'", "script error"])
def test_the_whole_of_what_a_page_learns_of_a_script_s_error(text: str) -> None:
    assert named(text) == ["crossorigin-missing"]


def test_a_script_s_error_in_a_sentence_is_any_error() -> None:
    assert named("The installer stopped with a script error in step 3.") == ["unrecognised"]


def test_the_header_that_a_script_cannot_read_is_named() -> None:
    assert only("`response.headers['content-disposition']` returns `undefined`").facts.header == "content-disposition"


def test_a_preflight_that_a_list_may_have_refused() -> None:
    finding = only("`DELETE` fails: its preflight is answered with a 405")
    assert (finding.facts.method, finding.facts.status, finding.stage) == ("DELETE", 405, Stage.PREFLIGHT)
    assert [suspect.cause.id for suspect in finding.suspects][:2] == ["preflight-method-refused", "method-not-allowed"]
    assert "method-not-allowed" not in named("The preflight is answered with a 404")


def test_the_values_of_two_lines_are_kept() -> None:
    text = "< Access-Control-Allow-Origin: https://a.example\n< Access-Control-Allow-Origin: *\n"
    assert only(text).facts.value == "https://a.example, *"


def test_the_url_of_a_sentence_that_is_cut_off() -> None:
    text = "The Same Origin Policy disallows reading the remote resource at https://api.example/a."
    assert only(text).facts.url == "https://api.example/a"
    assert only(text.replace("https://api.example/a.", "file:///c/a.json")).facts.url == ""


@pytest.mark.parametrize(
    "mangled",
    [
        chromium(MISSING).replace("'", "&#39;"),
        chromium(MISSING).replace("'", "&quot;"),
        chromium(MISSING).replace("'", ""),
        chromium(MISSING).replace("Access-Control-Allow-Origin", "**Access-Control-Allow-Origin**"),
        chromium(MISSING).replace("Access-Control", r"Access\-Control"),
        chromium(MISSING).replace(URL, f"[{URL}]({URL})"),
        chromium(MISSING).replace(" ", "&nbsp;"),
    ],
)
def test_the_marks_of_forums(mangled: str) -> None:
    assert only(mangled).facts == only(chromium(MISSING)).facts
    assert named(mangled) == named(chromium(MISSING))


def test_a_redirect_in_a_message_without_quotes() -> None:
    text = chromium(MISSING).replace(f"at '{URL}'", f"at {URL} (redirected from https://a.example/b)").replace("'", "")
    assert only(text).facts.redirected_from == "https://a.example/b"


def test_a_value_without_quotes_ends_where_the_sentence_goes_on() -> None:
    told = "The Access-Control-Allow-Origin header has a value http://app.example that is not equal to the supplied"
    assert only(told).facts.value == "http://app.example"
    assert only("The Access-Control-Allow-Origin header contains multiple values *, *, but only").facts.value == "*, *"


@pytest.mark.parametrize(
    ("text", "cause", "status"),
    [
        ('INFO: 127.0.0.1:53208 - "OPTIONS /token HTTP/1.1" 405 Method Not Allowed', "preflight-method-refused", 405),
        (f'{MISSING}\n"OPTIONS /token HTTP/1.1" 405 -', "preflight-method-refused", 405),
        (f'{MISSING}\n"OPTIONS /token HTTP/1.1" 200 -\n"POST /token HTTP/1.1" 502 -', "proxy-bad-gateway", 502),
        (f'{chromium(MISSING)}\n"OPTIONS /token HTTP/1.1" 405 -', "cors-absent", None),
        (f'{MISSING}\n"OPTIONS /a HTTP/1.1" 405 -\n"OPTIONS /a HTTP/1.1" 404 -', "cors-absent", None),
    ],
)  # fmt: skip
def test_a_server_s_log_of_requests(text: str, cause: str, status: int | None) -> None:
    assert (named(text)[0], only(text).facts.status) == (cause, status)


@pytest.mark.parametrize(
    ("message", "line", "cause"),
    [
        (chromium(MISSING), "Traceback (most recent call last):", "app-error"),
        (chromium(PF + MISSING), "Exception in ASGI application", "preflight-error"),
        (chromium(MISSING), 'at=error code=H12 desc="Request timeout"', "proxy-timeout"),
        (chromium(MISSING), "413 Request Entity Too Large", "proxy-body-too-large"),
        (REASON, "no healthy upstream", "proxy-bad-gateway"),
    ],
)
def test_a_line_of_a_server_explains_a_browser_s_message(message: str, line: str, cause: str) -> None:
    assert named(f"{message}\n{line}")[0] == cause
    assert only(f"{message}\n{line}").lines == (1, 2)


def test_a_line_of_a_server_does_not_explain_what_is_explained() -> None:
    told = chromium("The 'Access-Control-Allow-Origin' header contains multiple values '*, *', but only one is")
    assert named(f"{told}\nTraceback (most recent call last):") == ["two-layers"]
    assert len(why(f"{told}\nno healthy upstream").findings) == 2


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("Failed to fetch remote schema\nFailed to fetch http://api.example/v.yaml", "http://api.example/v.yaml"),
        ("Failed to fetch https://api.example/v.yaml.", "https://api.example/v.yaml"),
        (SWAGGER, "http://localhost:3000"),
    ],
)  # fmt: skip
def test_a_tool_that_learned_nothing_names_the_address(text: str, url: str) -> None:
    assert only(text).facts.url == url
    assert named(text)[:3] == ["unspecified", "cors-absent", "unreachable"]


def test_a_script_that_learned_nothing_leads_to_the_most_frequent_causes() -> None:
    assert named("TypeError: Failed to fetch")[:3] == ["unspecified", "cors-absent", "unreachable"]
    assert named(f"GET {URL} net::ERR_FAILED 502 (Bad Gateway)")[:2] == ["unspecified", "proxy-bad-gateway"]


def test_a_message_and_the_exchange_beside_it_are_one_finding() -> None:
    pasted = (f"curl -v -X OPTIONS {URL} -H 'Origin: {PAGE}' -H 'Access-Control-Request-Method: POST'\n"
              "< HTTP/1.1 301 Moved Permanently\n< Server: x\n<\n")  # fmt: skip
    finding = only(f"{chromium(PF + MISSING)}\n{pasted}")
    assert (finding.suspects[0].cause.id, finding.facts.status) == ("preflight-redirect", 301)
    assert finding.stage is Stage.PREFLIGHT


@pytest.mark.parametrize(
    ("text", "causes"),
    [
        ("Origin checking failed - null does not match any trusted origins.", ["null-origin", "csrf-origin"]),
        ("Failed to construct 'Worker': Script at 'a/w.js' cannot be accessed from origin 'null'.",
         ["null-origin", "worker-origin"]),
    ],
)  # fmt: skip
def test_the_origin_null(text: str, causes: list[str]) -> None:
    assert named(text) == causes
    assert only(text).facts.origin == "null"


@pytest.mark.parametrize("code", ["12", "15", "28"])
def test_the_timeouts_of_heroku(code: str) -> None:
    assert named(f"at=error code=H{code} desc=x") == ["proxy-timeout"]
    assert only(f"at=error code=H{code} desc=x status=503 bytes=0").facts.status == 503


def test_old_preflight_messages_of_firefox_in_other_languages_have_no_status() -> None:
    text = f"(Cross-Origin) Anfrage blockiert: {URL}. (Grund: CORS-Preflight-Kanal war nicht erfolgreich)."
    assert only(text).stage is None
    assert named(text)[0] == "preflight-authentication"


def test_a_file_s_name_is_no_sign_in_a_preflight() -> None:
    assert named(chromium(PF + MISSING).replace("/items", "/a.json"))[0] == "cors-absent"
    assert named(chromium(MISSING).replace("/items", "/a.json"))[0] == "outside-static"


def test_the_origin_of_a_sentence_of_which_the_end_is_quoted() -> None:
    assert only(f"I get `Origin '{PAGE}' is therefore not allowed access.`").facts.origin == PAGE


@pytest.mark.parametrize(
    "reason",
    [
        "CORS 头缺少 'Access-Control-Allow-Origin'", "CORS-Kopfzeile 'Access-Control-Allow-Origin' fehlt",
        "falta la cabecera CORS 'Access-Control-Allow-Origin'", "отсутствует заголовок «Access-Control-Allow-Origin»",
        "CORS ヘッダー 'Access-Control-Allow-Origin' が足りない", "brakujący nagłówek „Access-Control-Allow-Origin”",
        "header CORS “Access-Control-Allow-Origin” mancante", "« Access-Control-Allow-Origin » est manquant",
    ],
)  # fmt: skip
def test_a_missing_header_without_a_status_in_other_languages(reason: str) -> None:
    assert named(f"Anfrage blockiert: {URL} (Grund: {reason})")[0] == "cors-absent"


@pytest.mark.parametrize("stack", ["", " (anonymous function) @ a.js:10"])
def test_old_versions_note_the_preflight_above_their_message(stack: str) -> None:
    message = f"XMLHttpRequest cannot load {URL}. {MISSING} The response had HTTP status code 404."
    assert named(f"OPTIONS {URL}{stack}\n{message}") == ["preflight-not-found", "null-origin", "redirect-null-origin"]
    assert named(f"OPTIONS https://other.example/{stack}\n{message}")[0] == "not-found-without-headers"
    assert named(f"OPTIONS {URL}{stack}") == ["unrecognised"]


def test_a_request_that_was_redirected_after_its_preflight() -> None:
    text = (f"XMLHttpRequest cannot load {URL}. The request was redirected to 'https://b.example/', which is "
            "disallowed for cross-origin requests that require preflight.")  # fmt: skip
    assert named(text)[:2] == ["redirect-refused", "preflight-redirect"]
    assert only(text).stage is None


@pytest.mark.parametrize(
    ("url", "cause"),
    [("file:///c/a.xml", "url-scheme"), ("https://api.example/a", "unspecified")],
)
def test_a_script_s_request_for_a_file(url: str, cause: str) -> None:
    assert named(f"Failed to execute 'send' on 'XMLHttpRequest': Failed to load '{url}'.")[0] == cause


def test_an_https_page_and_an_http_address() -> None:
    insecure = chromium(MISSING).replace("https://api", "http://api")
    assert "mixed-content" in named(insecure)[:3]
    assert "mixed-content" not in named(chromium(MISSING))


def test_an_upload_may_be_too_large() -> None:
    uploaded = chromium(MISSING).replace("/items", "/upload/file")
    assert named(uploaded)[:3] == ["cors-absent", "origin-not-allowed", "proxy-body-too-large"]
    assert "proxy-body-too-large" not in named(chromium(PF + MISSING).replace("/items", "/upload"))[:3]


def test_a_service_of_aws_refuses_a_preflight_by_its_rules_of_cors() -> None:
    text = f"OPTIONS {URL} 403 (Forbidden)\n{chromium(PF + MISSING)}"
    assert named(text.replace("api.example", "s3.sa-east-1.amazonaws.com"))[:2] == ["cors-absent", "origin-not-allowed"]
    assert named(text)[0] == "preflight-authentication"


def test_the_origin_that_jupyter_blocks() -> None:
    assert only("Blocking Cross Origin API request.  Origin: http://a.example/, Host: b.example").facts.origin == (
        "http://a.example"
    )
    assert not only("Blocking Cross Origin request from b.example").facts.origin


def test_a_redirect_of_a_page_of_the_origin_null() -> None:
    text = chromium(MISSING, kind="script", origin="null").replace(
        "/items'", "/a.js' (redirected from 'https://b.example/')"
    )
    assert named(text)[:3] == ["redirect-null-origin", "cors-absent", "null-origin"]


def test_a_relay_that_sends_no_headers_itself() -> None:
    text = chromium(MISSING).replace("/items", "/https://b.example/items")
    assert named(text)[:3] == ["cors-absent", "origin-not-allowed", "proxy-drops-headers"]
    assert "proxy-drops-headers" not in named(chromium(MISSING))[:3]
