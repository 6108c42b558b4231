"""A method, a path and a status in one record are one in every layout, and in no sentence."""

import json
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.doctor.findings import only
from tests.doctor.wording_cases import MISSING, chromium
from wsgicors.browser import Stage
from wsgicors.doctor import why
from wsgicors.doctor.evidence._flat_text import plain
from wsgicors.doctor.evidence._records import Record, outcome_of, record_of

STATUSES = {
    301: "preflight-redirect", 401: "preflight-authentication", 404: "preflight-not-found",
    405: "preflight-method-refused", 500: "preflight-error", 502: "proxy-bad-gateway",
}  # fmt: skip

LINES = [
    '127.0.0.1 - - [02/Jan/2026:03:04:05 +0000] "OPTIONS {path} HTTP/1.1" {status} 19 "-" "curl/8.0"',
    'INFO:     127.0.0.1:5000 - "OPTIONS {path} HTTP/1.1" {status}',
    "OPTIONS {path} {status} 3.456 ms - 152",
    '[GIN] 2026/01/02 - 03:04:05 | {status} |     1.2µs |  127.0.0.1 | OPTIONS  "{path}"',
    "{status} OPTIONS {path} (127.0.0.1) 1.20ms",
    "[W 260102 03:04:05 web:2246] {status} OPTIONS {path} (127.0.0.1) 1.20ms",
    "WARNING:tornado.access:{status} OPTIONS {path} (127.0.0.1) 1.20ms", "tornado.access:{status} OPTIONS {path}",
    "[Fri Jan 2 03:04:05 2026] 127.0.0.1:1 [{status}]: OPTIONS {path}",
    "2026-01-02 03:04:05 10.0.0.1 OPTIONS {path} - 443 - 10.0.0.2 Mozilla/5.0 - {status} 0 0 15",
    'haproxy[1]: 10.0.1.2:3317 [02/Jan/2026:03:04:05] in s/srv1 10/0/9/109 {status} 275 - - "OPTIONS {path} HTTP/1.1"',
    'http 2026-01-02T03:04:05Z app 10.0.0.1:80 0.000 {status} {status} 34 366 "OPTIONS http://a.example:80{path} H"',
    "HTTP OPTIONS {path} responded {status} in 2.3456 ms",
    "Request finished HTTP/1.1 OPTIONS http://localhost:5000{path} - - - {status} 0 - 3.1ms",
    "OPTIONS {path} => generated 58 bytes in 2 msecs (HTTP/1.1 {status}) 5 headers in 200 bytes",
    'at=info method=OPTIONS path="{path}" host=x.herokuapp.com dyno=web.1 connect=1ms service=2ms status={status}',
    "request{{method=OPTIONS uri={path} version=HTTP/1.1}}: finished processing request latency=0 ms status={status}",
    "2026-01-02 03:04:05 | INFO | OPTIONS {path} -> {status} (3 ms)", "[OPTIONS] {path} - {status}",
    "OPTIONS {status} {path}", "--> OPTIONS {path} {status} 3ms", "[Nest] 1 - LOG [HTTP] OPTIONS {path} {status} - 3ms",
]  # fmt: skip
"""Combined and uvicorn, morgan, Gin, Tornado, PHP, IIS, HAProxy, an ALB, Serilog, Kestrel, uWSGI, Heroku, tower."""

BLOCKS = [
    'Started OPTIONS "{path}" for 127.0.0.1\nProcessing by ItemsController#index as HTML\nCompleted {status} in 3ms',
    "Request starting HTTP/1.1 OPTIONS http://localhost:5000{path}\nRequest finished in 18.6ms {status} text/html",
    'DispatcherServlet - OPTIONS "{path}", parameters={{}}\nDispatcherServlet - Completed {status} SOMETHING',
    "OPTIONS {path} application/json:\n    => Error: it failed\n    => Warning: Responding with {status} catcher.",
    "OPTIONS {path}:\n   >> Matched: (f) OPTIONS {path}\n   >> Outcome: Error({status})",
    '{{"req":{{"method":"OPTIONS","url":"{path}"}},"msg":"incoming"}}\n{{"res":{{"statusCode":{status}}},"msg":"done"}}',
    '{{\n  "method": "OPTIONS",\n  "path": "{path}",\n  "status": {status}\n}}',
    '{{\n  "path": "{path}",\n  "method": "OPTIONS",\n  "status": {status}\n}}',
    "(8d41) HTTP Method: OPTIONS, Resource Path: {path}\n(8d41) Method request path: {{}}\n"
    + "(8d41) Method request body: x\n" * 20
    + "(8d41) Received response. Status: 200, Integration latency: 9 ms\n(8d41) Method completed with status: {status}",
]
"""Records of several lines: Rails, ASP.NET, Spring, Rocket of two versions, fastify, indented JSON, API Gateway."""


@pytest.mark.parametrize("form", [*LINES, *BLOCKS])
def test_the_status_of_a_preflight_in_a_log_says_why(form: str) -> None:
    for status, cause in STATUSES.items():
        for path in ("/", "/api/items/404?page=200"):
            [finding] = why(form.format(path=path, status=status)).findings
            assert (finding.suspects[0].cause.id, finding.facts.status) == (cause, status)


@pytest.mark.parametrize("form", [*LINES, *BLOCKS])
def test_a_log_explains_the_message_above_it(form: str) -> None:
    [finding] = why(f"{MISSING}\n{form.format(path='/items', status=405)}").findings
    assert finding.suspects[0].cause.id == "preflight-method-refused"


@pytest.mark.parametrize("form", [*LINES, *BLOCKS])
@pytest.mark.parametrize("status", [200, 204])
def test_a_preflight_that_was_accepted_is_no_cause(form: str, status: int) -> None:
    [finding] = why(form.format(path="/items", status=status)).findings
    assert finding.facts.status is None


NAMES = [
    ("method", "uri", "status"), ("method", "path", "statusCode"), ("RequestMethod", "RequestPath", "DownstreamStatus"),
    ("http_method", "url", "status_code"), ("request.method", "request.uri", "response.status"),
]  # fmt: skip


@pytest.mark.parametrize("names", NAMES)
@pytest.mark.parametrize("order", [*permutations(range(3))])
def test_fields_of_a_record_have_any_order(names: tuple[str, str, str], order: tuple[int, ...]) -> None:
    fields = [*zip(names, ("OPTIONS", "/items", 404), strict=True)]
    pairs = [fields[at] for at in order]
    for line in (
        json.dumps({"level": "info", **dict(pairs), "latency": 500}),
        json.dumps(dict(pairs), separators=(",", ":")),
        " ".join(f"{name}={value}" for name, value in pairs) + " duration=500ms bytes=405",
    ):
        assert why(line).findings[0].suspects[0].cause.id == "preflight-not-found"


@pytest.mark.parametrize("other", ["exitcode", "errorCode", "error.code", "zip_code", "id"])
@pytest.mark.parametrize(
    "form",
    [
        '{{"{0}":404,"method":"OPTIONS","path":"/x","status":204}}',
        '{{"method":"OPTIONS","path":"/x","{0}":404,"status":204}}',
        "method=OPTIONS path=/x {0}=404",
        "{0}=404 status=204 method=OPTIONS path=/x",
    ],
)
def test_another_code_is_no_status(form: str, other: str) -> None:
    assert why(form.format(other)).findings[0].suspects[0].cause.id == "unrecognised"


COUNTED = ["times", "items", "users", "ms", "requests a day", "of them", "kB", "seconds"]
PROSE = [
    "I sent OPTIONS /items {number} {noun}", "{number} {noun} in, OPTIONS /items fails",
    "With {number} {noun} OPTIONS /items is slow",
    "we have {number} {noun} so OPTIONS /items is cached", "OPTIONS /items takes {number} {noun}",
    "The handler of OPTIONS /items is at line {number}", "see step {number}: OPTIONS /items",
    "OPTIONS /items, and there are {number} {noun}",
]  # fmt: skip


@pytest.mark.parametrize("form", PROSE)
@pytest.mark.parametrize("noun", COUNTED)
def test_prose_with_numbers_is_no_record(form: str, noun: str) -> None:
    for number in (404, 500):
        assert not (record_of(plain_case(form.format(number=number, noun=noun))) or Record("", 0)).status


@pytest.mark.parametrize(
    "line",
    [
        "Access-Control-Request-Method: PUT status=404 /x",
        "Access-Control-Allow-Methods: GET, POST, OPTIONS",
        "cors({ methods: ['GET', 'OPTIONS'], optionsSuccessStatus: 404 }) // '/x'",
        "if method == 'OPTIONS' return 404",
        "Request Method: OPTIONS",
        "GET, HEAD, POST, OPTIONS /api",
        "OPTIONS /items HTTP/1.1",
        "",
    ],
)
def test_what_is_no_record(line: str) -> None:
    assert not (record_of(line) or Record("", 0)).status


def test_a_port_and_a_size_are_no_status() -> None:
    line = "2026-01-02 03:04:05 10.0.0.1 OPTIONS /x - 443 - 10.0.0.2 - 404 0 0 500"
    assert record_of(line) == Record("OPTIONS", 404, "/x")


@pytest.mark.parametrize("opening", ["OPTIONS /items", "## OPTIONS /items", "OPTIONS https://api.example/items"])
def test_a_title_above_a_status_is_no_record(opening: str) -> None:
    text = f"{opening}\nReturns the allowed methods.\n\nErrors\nstatus: 404"
    assert why(text).findings[0].suspects[0].cause.id == "unrecognised"


@pytest.mark.parametrize(
    "line", ["Error: No matching routes for OPTIONS /items text/html.", "No matching routes for OPTIONS /items."]
)
def test_the_path_without_a_route(line: str) -> None:
    assert record_of(line) == Record("OPTIONS", 404, "/items")


def test_a_record_of_several_lines_ends() -> None:
    started = 'Started OPTIONS "/items" for 127.0.0.1'
    far = "\n".join([started, *["Processing"] * 12, "Completed 404 Not Found in 3ms"])
    other = f'{started}\nStarted GET "/items" for 127.0.0.1\nCompleted 404 Not Found in 3ms'
    done = f"{started}\nCompleted 204 No Content in 1ms\nCompleted 404 Not Found in 3ms"
    for text in (far, other, done):
        assert why(text).findings[0].suspects[0].cause.id != "preflight-not-found"


@pytest.mark.parametrize("line", ["job finished 500 records", "Completed 404 of 500", "Completed 404 tests in 30s"])
def test_what_is_counted_ends_no_record(line: str) -> None:
    assert outcome_of(line) == 0
    assert why(f'Started OPTIONS "/items" for 127.0.0.1\n{line}').findings[0].facts.status is None


@pytest.mark.parametrize("line", ["Completed in 404 ms", "finished all: 404%", "status: 204.5", "completed"])
def test_what_ends_no_record(line: str) -> None:
    assert outcome_of(line) == 0


def plain_case(text: str) -> str:
    """Return `text` in one line, with plain quotes, in its own case."""
    assert len(plain(text)) == len(text)
    return text


@given(st.text(alphabet=" OPTINSGE/404502'\"[]{}:=,-methodstau", max_size=60))
def test_no_line_makes_it_raise(line: str) -> None:
    for record in filter(None, (record_of(line), record_of(f"OPTIONS /x {line}"))):
        assert record.status == 0 or 100 <= record.status <= 599


@pytest.mark.parametrize("method", ["OPTIONS", "POST"])
def test_a_403_of_gin_is_that_of_its_list_of_origins(method: str) -> None:
    line = f'[GIN] 2026/11/29 - 10:00:00 | 403 |      20.1µs |       127.0.0.1 | {method:8} "/api/chat"'
    finding = only(line)
    asked = "preflight-authentication" if method == "OPTIONS" else "authentication-without-headers"
    assert [suspect.cause.id for suspect in finding.suspects] == ["origin-not-allowed", asked]
    assert finding.facts.status == 403
    assert only(f"{chromium(MISSING)}\n{line}").suspects[0].cause.id == "origin-not-allowed"
    assert only(line.replace("403", "401")).suspects[0].cause.id != "origin-not-allowed"


@pytest.mark.parametrize(
    ("log", "status"),
    [
        ('"OPTIONS http://localhost:8080/api HTTP/1.1" from [::1]:50000 - 405 0B in 12µs', 405),  # chi
        ("404 Not Found: OPTIONS - /api in 12ms", 404),  # Ktor
        ("[info] OPTIONS /api/users\n[info] Sent 404 in 200µs", 404),  # Phoenix
    ],
)
def test_logs_with_a_layout_of_their_own(log: str, status: int) -> None:
    finding = only(log)
    assert (finding.facts.status, finding.stage) == (status, Stage.PREFLIGHT)


def test_what_was_sent_is_no_status_without_its_time() -> None:
    assert outcome_of("We sent 404 in the end") == 0
