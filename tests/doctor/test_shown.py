"""What scripts, panels and tools show of an answer, where nobody pasted a message; and lines of servers' logs."""

import pytest

from tests.doctor.findings import named, only
from tests.doctor.wording_cases import CREDENTIALS, MISSING, PAGE, PF, URL, chromium, firefox
from wsgicors.browser import Stage
from wsgicors.doctor import why

HEAD = "HTTP/1.1 {} X\nServer: nginx\nContent-Type: text/html\nContent-Length: 3\n"
PANEL = "Request URL: https://api.example/a\nRequest Method: {}\nStatus Code: {}"
GIN = '[GIN] 2024/01/02 - 10:00:00 | {} |     1.2µs |   127.0.0.1 | {}  "/a"'
ASPNET = "Request finished HTTP/1.1 {} http://localhost:5000/a - - - {} 0 - 1.2ms"


@pytest.mark.parametrize(
    ("text", "causes", "status"),
    [
        ("Request failed with status code 500", ["http-error"], 500),
        ("Http failure response for http://a.example/x: 404 Not Found", ["http-error"], 404),
        ("Error: HTTP error! status: 500", ["http-error"], 500),
        ("Failed to complete negotiation with the server: Not Found: Status code '404'", ["http-error"], 404),
        ("Request failed with status code 403", ["http-error", "csrf-token", "csrf-origin"], 403),
        ("Request failed with status code 419", ["csrf-token", "http-error"], 419),
        ("ollama: Request failed with status code 403", ["origin-not-allowed", "http-error"], 403),
    ],
)
def test_a_status_that_a_script_was_told_was_not_kept_from_it(text: str, causes: list[str], status: int) -> None:
    assert (named(text), only(text).facts.status) == (causes, status)


@pytest.mark.parametrize(
    "text",
    [
        "AxiosError: Network Error", "TypeError: Load failed", '{"isTrusted": true}', "Provisional headers are shown",
        "[object ProgressEvent]", "the XHR has status: 0", "Http failure response for (unknown url): 0 Unknown Error",
    ],
)  # fmt: skip
def test_a_script_that_was_told_nothing(text: str) -> None:
    assert named(text)[:3] == ["unspecified", "cors-absent", "unreachable"]
    assert only(text).facts.known() == {}


@pytest.mark.parametrize("text", ["the XHR has status: 200", "{isTrusted: false}", "Network traffic"])
def test_what_is_no_failure(text: str) -> None:
    assert named(text) == ["unrecognised"]


@pytest.mark.parametrize(
    ("text", "cause", "status"),
    [
        (HEAD.format(200), "cors-absent", 200),
        (HEAD.format(500), "app-error", 500),
        (HEAD.format(200) + "Vary: Origin\n", "origin-not-allowed", 200),
        (HEAD.format(200) + "Access-Control-Allow-Origin: *\n", "unspecified", None),
        ("HTTP/1.1 200 OK\nServer: nginx\n", "unrecognised", None),
        (HEAD.format(200).replace("Server: nginx\n", ""), "unrecognised", None),
        (PANEL.format("OPTIONS", "403 Forbidden"), "preflight-authentication", 403),
        (PANEL.format("GET", "502 Bad Gateway"), "proxy-bad-gateway", 502),
        (PANEL.format("GET", "200 OK"), "unrecognised", None),
        ("We get a 500 and the CORS headers are not set", "app-error", 500),
    ],
)
def test_an_answer_without_headers_of_cors(text: str, cause: str, status: int | None) -> None:
    assert (named(text)[0], only(text).facts.status) == (cause, status)


def test_the_headers_of_a_request_are_none_of_an_answer() -> None:
    text = "Status Code: 200 OK\nRequest Headers\nServer: x\nContent-Type: a\nContent-Length: 3\nDate: b"
    assert named(text) == ["unrecognised"]


@pytest.mark.parametrize(
    ("text", "is_hidden"),
    [
        ("console.log(response.headers) // {content-type: 'application/json', cache-control: 'no-cache'}", True),
        ("console.log(response.headers) // {content-type: 'application/json', x-total: '3'}", False),
        ("console.log(response.headers) // {cache-control: 'no-cache'}", False),
        ("I cannot access the custom header", True),
        ("The response lacks Location header", True),
        ("I cannot access the Access-Control-Allow-Origin header", False),
    ],
)
def test_headers_of_which_a_script_sees_only_the_safe_ones(text: str, is_hidden: bool) -> None:
    assert (named(text) == ["header-not-exposed"]) == is_hidden


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        (f"Error: Origin {PAGE} not allowed", PAGE), (f"Origin: {PAGE} is not permitted", PAGE),
        ("403 invalid origin", ""), ("CORS rejected: origin x", ""),
        (f"Origin {PAGE} is not in the allowed origins list", PAGE), ("Error 400: origin_mismatch", ""),
        ("type: 'ORIGIN_NOT_ALLOWED'", ""), ("Target origin mismatch!", ""),
        ("Origin header does NOT match the host.", ""), ("CORS is not enabled for this origin", ""),
    ],
)  # fmt: skip
def test_a_server_s_own_refusal_of_an_origin(text: str, origin: str) -> None:
    assert (named(text)[0], only(text).facts.origin) == ("origin-not-allowed", origin)


def test_jsdom_which_runs_the_tests_of_pages() -> None:
    assert named(f"Error: Cross origin {PAGE} forbidden")[:2] == ["cors-absent", "origin-not-allowed"]
    assert only(f"Error: Cross origin {PAGE} forbidden").facts.origin == PAGE
    finding = only("Error: Headers x-api-key forbidden")
    assert (finding.suspects[0].cause.id, finding.facts.header) == ("header-not-allowed", "x-api-key")
    assert finding.stage is Stage.PREFLIGHT


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("Error: connect ECONNREFUSED 127.0.0.1:3000", "unreachable"), ("curl: (7) Failed to connect", "unreachable"),
        ("Error: getaddrinfo ENOTFOUND api.example", "name-not-found"),
        ("curl: (6) Could not resolve host: api.example", "name-not-found"),
        ("curl: (60) SSL", "certificate"), ("SSL certificate problem: unable to get local issuer", "certificate"),
        ("Error: unable to verify the first certificate", "certificate"), ("CERT_HAS_EXPIRED", "certificate"),
        ("DEPTH_ZERO_SELF_SIGNED_CERT", "certificate"), ("Error: self-signed certificate", "certificate"),
        ("Error: self signed certificate in certificate chain", "certificate"),
        ("curl fails with a self-signed certificate error", "certificate"),
        ("Axios gives a ECONNREFUSED error when calling http://localhost:3000", "unreachable"),
        ("I get a DNS_PROBE_FINISHED_NXDOMAIN page", "name-not-found"), ("It throws a cert_has_expired", "certificate"),
        ("What is ECONNREFUSED? Error: connect ECONNREFUSED 127.0.0.1:3000", "unreachable"),
        ("What does ENOTFOUND mean in general?", "unrecognised"),
        ("UNABLE_TO_VERIFY_LEAF_SIGNATURE", "certificate"), ("Connected to api.example", "unrecognised"),
    ],
)  # fmt: skip
def test_a_program_that_could_not_connect(text: str, cause: str) -> None:
    assert named(text) == [cause]


@pytest.mark.parametrize(
    "text", ["Referrer Policy: strict-origin-when-cross-origin", "Referrer-Policy: origin-when-cross-origin"]
)
def test_what_names_another_origin_and_is_not_cors(text: str) -> None:
    assert named(text) == ["unrecognised"]


def test_the_end_of_a_message() -> None:
    handshake = "Error during WebSocket handshake: Unexpected response code: 403"
    assert (named(handshake), only(handshake).facts.status) == (["websocket-origin"], 403)
    assert named(handshake.replace("403", "404")) == ["unrecognised"]
    assert named("CORS policy execution failed.")[0] == "origin-not-allowed"


def test_an_options_request_before_another() -> None:
    finding = only("there is an OPTIONS before GET that sends 405")
    assert (finding.suspects[0].cause.id, finding.facts.status) == ("preflight-method-refused", 405)
    assert named("the OPTIONS is fine but GET sends 405") == ["unrecognised"]


def test_the_bare_name_of_cors_leads_to_what_browsers_say_most() -> None:
    assert named("We see CORS errors.")[:3] == ["unspecified", "cors-absent", "origin-not-allowed"]
    assert named("Cross-Origin Request Blocked")[0] == "cors-absent"


@pytest.mark.parametrize(
    ("line", "cause", "status"),
    [
        ("OPTIONS /token 404 1.234 ms - 12", "preflight-not-found", 404),
        ("GET /token 502 1.234 ms - 12", "proxy-bad-gateway", 502),
        (GIN.format(404, "OPTIONS"), "preflight-not-found", 404),
        (GIN.format(500, "GET"), "app-error", 500),
        (ASPNET.format("OPTIONS", 405), "preflight-method-refused", 405),
        (ASPNET.format("GET", 500), "app-error", 500),
        ("GET /token 200 1.234 ms - 12", "cors-absent", None),
        (GIN.format(200, "OPTIONS"), "cors-absent", None),
    ],
)
def test_the_log_of_requests_of_other_servers(line: str, cause: str, status: int | None) -> None:
    assert (named(f"{MISSING}\n{line}")[0], only(f"{MISSING}\n{line}").facts.status) == (cause, status)


def test_what_was_tried_before_is_not_what_failed() -> None:
    told = chromium(PF + CREDENTIALS)
    assert named(f"{MISSING}\n{told}") == named(told) == ["credentials-not-allowed"]
    assert len(why(f"{chromium(MISSING)}\n{told}").findings) == 2


PLAY = "Invalid CORS request;Origin=Some({});Method={};Access-Control-Request-Headers=None"


@pytest.mark.parametrize(
    "text",
    [
        PLAY.format("null", "OPTIONS"), PLAY.format("null", "POST"), "Error: Not allowed by CORS, origin: null",
        "Error: null not allowed by CORS", "CORS check refused (origin=null)", "Origin 'null' was rejected",
        '{"error": "origin not allowed"} Origin: null',
    ],
)  # fmt: skip
def test_a_log_that_names_the_origin_null(text: str) -> None:
    assert (named(text)[:2], only(text).facts.origin) == (["null-origin", "origin-not-allowed"], "null")


def test_only_an_options_request_is_refused_for_its_lists() -> None:
    assert named(PLAY.format(PAGE, "POST")) == ["origin-not-allowed"]
    assert named(PLAY.format(PAGE, "OPTIONS"))[:2] == ["origin-not-allowed", "method-not-allowed"]
    assert only(PLAY.format(PAGE, "OPTIONS")).facts.origin == PAGE


@pytest.mark.parametrize(
    ("text", "cause", "facts"),
    [
        (f"Error: {PAGE} not allowed by CORS", "origin-not-allowed", {"origin": PAGE}),
        (f"Error: Origin '{PAGE}' is not allowed by CORS", "origin-not-allowed", {"origin": PAGE}),
        (f"Not allowed by CORS. Origin: {PAGE}", "origin-not-allowed", {"origin": PAGE}),
        ("The method PURGE is not allowed by CORS", "method-not-allowed", {"method": "PURGE"}),
        ("Request header 'x-a' is not allowed by CORS", "header-not-allowed", {"header": "x-a"}),
        ("The header is not allowed by CORS", "origin-not-allowed", {}),
        ("It answers 302, which is not allowed by CORS", "unspecified", {}),
    ],
)
def test_what_is_not_allowed_by_cors(text: str, cause: str, facts: dict[str, str]) -> None:
    assert (named(text)[0], only(text).facts.known()) == (cause, facts)


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("x-cache: HIT", "cached-origin"), ("X-Cache: RefreshHit from cloudfront", "cached-origin"),
        ("X-Cache: MISS, HIT", "cached-origin"), ("cf-cache-status: HIT", "cached-origin"),
        ("X-Proxy-Cache: HIT", "cached-origin"), ('Cache-Status: "edge"; hit; ttl=9', "cached-origin"),
        ("Age: 30", "cached-origin"), ("Age: 0", "cors-absent"), ("X-Cache: Miss from cloudfront", "cors-absent"),
    ],
)  # fmt: skip
def test_an_answer_that_says_that_it_came_from_a_cache(line: str, cause: str) -> None:
    assert named(f"{HEAD.format(200)}{line}")[0] == cause
    assert named(f"{MISSING}\n< {line}")[0] == cause


def test_an_answer_from_a_cache_beside_one_with_the_header() -> None:
    fresh = HEAD.format(200) + "Access-Control-Allow-Origin: *\nX-Cache: Miss"
    assert named(f"{HEAD.format(200)}X-Cache: Hit\n\n{fresh}")[0] == "cached-origin"
    assert named(f"{HEAD.format(200)}\n{fresh}")[0] == "unspecified"
    assert named(f"{fresh.replace('Miss', 'Hit')}")[0] == "unspecified"
    assert named(f"{HEAD.format(404)}X-Cache: Hit")[0] == "not-found-without-headers"
    assert named(f"{HEAD.format(200)}X-Cache: Hit\nRequest Method: OPTIONS")[0] != "cached-origin"


@pytest.mark.parametrize(
    ("line", "cause", "status"),
    [
        ("The network panel shows a `401` error", "authentication-without-headers", 401),
        ("When I open it, it returns a 404.", "not-found-without-headers", 404),
        ("I got 502 from the load balancer", "proxy-bad-gateway", 502),
        ("the OPTIONS request gets a 405", "preflight-method-refused", 405),
        ("the preflight is fine, but the POST request gave 500", "app-error", 500),
        ("it returned 404 items", "cors-absent", None),
        ("it fails 500 times", "cors-absent", None),
        ("it returns 200", "cors-absent", None),
    ],
)
def test_a_status_in_somebody_s_words_beside_a_message(line: str, cause: str, status: int | None) -> None:
    assert (named(f"{MISSING}\n{line}")[0], only(f"{MISSING}\n{line}").facts.status) == (cause, status)


def test_a_preflight_whose_status_is_not_ok_was_not_answered_200() -> None:
    text = chromium(PF + "It does not have HTTP ok status.") + "\nHTTP/1.1 {} Whatever"
    assert only(text.format(200)).facts.status is None
    assert only(text.format(404)).facts.status == 404


ROW = f"XHROPTIONS{URL}{{}}CORS Preflight Did Not Succeed"


@pytest.mark.parametrize(
    ("between", "cause", "status"),
    [
        ("", "preflight-authentication", None), ("\n", "preflight-authentication", None),
        ("[HTTP/2 404 Not Found 12ms]\n", "preflight-not-found", 404),
    ],
)  # fmt: skip
def test_a_row_of_a_preflight_whose_blanks_were_lost(between: str, cause: str, status: int | None) -> None:
    told, row = firefox("CORS request did not succeed"), ROW.format(between)
    for text in (row, f"{row}\n{told}", f"{told}\n{row}"):
        finding = only(text)
        assert (finding.suspects[0].cause.id, finding.facts.status) == (cause, status)
        assert (finding.facts.url, finding.stage) == (URL, Stage.PREFLIGHT)


def test_a_row_of_firefox_with_its_status() -> None:
    row = f"XHRPOST{URL}[HTTP/1.1 401 Unauthorized 9ms]"
    assert (named(row), only(row).facts.status, only(row).facts.method) == (["http-error"], 401, "POST")
    assert named(row.replace("401", "200")) == ["unrecognised"]
    asked = f"XHROPTIONS{URL}[HTTP/1.1 404 Not Found 9ms]"
    assert (named(asked), only(asked).stage) == (["preflight-not-found"], Stage.PREFLIGHT)
    finding = only(f"{asked}\n{firefox(NO_HEADER)}")
    assert (finding.suspects[0].cause.id, finding.stage) == ("preflight-not-found", Stage.PREFLIGHT)


NO_HEADER = "CORS header 'Access-Control-Allow-Origin' missing"
NO_MATCH = "Reason: CORS header 'Access-Control-Allow-Origin' does not match '(null)'"


@pytest.mark.parametrize(
    "message", [NO_MATCH, "Reason: Multiple CORS header 'Access-Control-Allow-Origin' not allowed", ""]
)
@pytest.mark.parametrize(
    ("value", "cause"),
    [(f"{PAGE}, *", "two-layers"), (f"{PAGE}, {PAGE}", "two-layers"), (f"{PAGE}, {URL[:19]}", "allow-origin-list")],
)
def test_a_header_with_several_values(message: str, value: str, cause: str) -> None:
    text = f"{message}\n> Vary: x\n> Access-Control-Allow-Origin: {value}"
    assert (named(text)[0], only(text).facts.value) == (cause, value)


def test_a_header_that_the_message_does_not_mean() -> None:
    several = f"> Access-Control-Allow-Origin: {PAGE}, *"
    assert named(f"{MISSING}\n{several}")[0] == "cors-absent"
    assert named(f"{NO_MATCH}\n> Access-Control-Allow-Origin: {PAGE}") == named(NO_MATCH)
    assert named(f"{NO_MATCH}\n{several}\n{several}, *") == named(NO_MATCH)
    assert only(f"{NO_MATCH.replace('(null)', 'https://b.example')}\n{several}").facts.value == "https://b.example"


@pytest.mark.parametrize(
    ("port", "cause"), [(5432, "unrecognised"), (6379, "unrecognised"), (25, "unrecognised"), (8000, "unreachable")]
)
def test_a_server_without_its_database_is_not_unreachable(port: int, cause: str) -> None:
    assert named(f"Error: connect ECONNREFUSED 127.0.0.1:{port}")[0] == cause
