"""An answer is that of one request: two in one text share no status and no header, and none is another request's."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.doctor.archives import PAGE, URL
from tests.doctor.findings import exchanges
from tests.doctor.test_records import BLOCKS, LINES
from tests.doctor.wording_cases import MISSING, PF, chromium
from wsgicors.browser import Failure
from wsgicors.doctor import why

ORIGIN = f"-H 'Origin: {PAGE}'"
ASKING = [
    f"$ curl -i {ORIGIN} {{url}}", f"$ curl -iL {ORIGIN} {{url}}",
    f"> GET /items HTTP/1.1\n> Host: h\n> Origin: {PAGE}\n>",
    f"GET /items HTTP/1.1\nHost: h\nOrigin: {PAGE}\n", f"`GET {{url}}` (Origin: `{PAGE}`)",
    f"$ curl -sI {ORIGIN} {{url}} | grep -i access-control",
]  # fmt: skip
BETWEEN = [
    "",
    "\n",
    "\nAnd on staging:",
    "\nBefore the fix it was:\n",
    "\n{}\n",
    "\n</html>",
    "\n<p>an error</p>",
    "\n* left intact",
]
STATUSES = [200, 204, 301, 302, 401, 404, 500]


def answer(number: int, status: int, count: int, marks: str) -> str:
    """Return the head of an answer, whose every header says which one it is."""
    headers = [f"{marks}Access-Control-X{at}: of-{number}" for at in range(count)]
    return "\n".join([f"{marks}HTTP/1.1 {status} X", *headers])


ANSWERS = st.tuples(st.sampled_from(STATUSES), st.integers(0, 3))


@given(st.sampled_from(ASKING), st.lists(ANSWERS, min_size=2, max_size=4), st.sampled_from(BETWEEN), st.booleans())
def test_no_two_answers_are_added_up(asking: str, given: list[tuple[int, int]], between: str, is_marked: bool) -> None:
    marks = "< " if is_marked else ""
    heads = [answer(number, status, count, marks) for number, (status, count) in enumerate(given)]
    for one in exchanges("\n".join([asking.format(url=URL), f"{between}\n".join(heads)])):
        of = {int(value.removeprefix("of-")) for _, value in one.received}
        assert len(of) < 2
        assert all((one.status, len(one.received)) == given[number] for number in of)
        assert one.status in {status for status, _ in given} | {200}


@given(st.sampled_from([*LINES, *BLOCKS]), st.sampled_from([301, 401, 404, 405, 500]), st.booleans())
def test_no_log_of_another_path_says_why(form: str, status: int, is_behind: bool) -> None:
    for message in (chromium(f"{PF}{MISSING}"), chromium(MISSING), chromium(f"{PF}It does not have HTTP ok status.")):
        parts = [message, form.format(path="/health", status=status)]
        [finding] = why("\n".join(parts if is_behind else parts[::-1])).findings
        assert (finding.facts.url, finding.facts.status) == (URL, None)


@pytest.mark.parametrize("path", ["/items", "/v1/items", "/items?page=1", "/items/"])
@pytest.mark.parametrize("form", [*LINES, *BLOCKS])
def test_a_log_of_the_same_path_says_why(form: str, path: str) -> None:
    message = chromium(f"{PF}{MISSING}")
    [finding] = why(f"{message}\n{form.format(path=path, status=405)}").findings
    assert finding.facts.status == 405


@pytest.mark.parametrize("path", ["http://[/items", "/", "//[x", "/%5B"])
def test_a_log_of_a_path_that_is_none(path: str) -> None:
    [finding] = why(f"{chromium(f'{PF}{MISSING}')}\nOPTIONS {path} 405").findings
    assert finding.facts.status is None


SENT = {
    "GET": "curl -i {} {}",
    "HEAD": "curl -I {} {}",
    "OPTIONS": "curl -i -X OPTIONS {} {}",
    "PUT": "curl -iX PUT {} {}",
}
OTHER = [f"{URL}/other", "https://other.example/items"]


@pytest.mark.parametrize(("method", "origin", "url"), [*product(SENT, ["", ORIGIN], [URL, *OTHER])])
def test_the_status_of_a_command_is_that_of_its_own_request(method: str, origin: str, url: str) -> None:
    """The preflight failed, so only that of OPTIONS to the same URL can be the one."""
    message = chromium(f"{PF}It does not have HTTP ok status.")
    found = why(f"{message}\n{SENT[method].format(origin, url)}\nHTTP/1.1 405 Not Allowed\nServer: x\nVia: y").findings
    assert found[0].facts.url == URL
    assert found[0].facts.status == (405 if (method, url) == ("OPTIONS", URL) else None)


@pytest.mark.parametrize(("url", "status"), [(URL, 502), *((url, None) for url in OTHER)])
def test_an_answer_that_was_asked_for_without_an_origin(url: str, status: int | None) -> None:
    output = "HTTP/1.1 502 Bad Gateway\nX-Cache: HIT\nAccess-Control-Allow-Origin: *, *"
    [finding] = why(f"{chromium(MISSING)}\ncurl -i {url}\n{output}").findings
    assert finding.facts.status == status
    assert (finding.suspects[0].cause.id == "cached-origin") == bool(status)


@pytest.mark.parametrize(
    "command", [f"curl -i {ORIGIN} {URL}; curl -i {URL}", f"curl -i {URL}\nHTTP/1.1 200 OK\n\nBefore:"]
)
def test_an_answer_to_nobody_knows_what(command: str) -> None:
    [finding] = why(f"{chromium(MISSING)}\n{command}\nHTTP/1.1 502 Bad Gateway").findings
    assert finding.facts.status != 502


# -- Redirects that a command follows ------------------------------------------------------------------------------


MOVED = "HTTP/1.1 {} X\nLocation: {}\nAccess-Control-Allow-Origin: *\n\nHTTP/2 200\nAccess-Control-Allow-Origin: *"


@pytest.mark.parametrize("option", ["-iL", "-sLi", "-i --location", "-i --location-trusted"])
@pytest.mark.parametrize("location", ["https://api.example/b", "/b", "b"])
def test_a_redirect_that_was_followed_has_two_answers(option: str, location: str) -> None:
    text = f"curl {option} {ORIGIN} {URL}\n{MOVED.format(301, location)}"
    assert [(one.url, one.status) for one in exchanges(text)] == [(URL, 301), ("https://api.example/b", 200)]
    assert why(text).findings == ()


@pytest.mark.parametrize(
    ("option", "status", "location"),
    [("-i", 301, "/b"), ("-iL", 200, "/b"), ("-iL", 304, ""), ("-iLX POST", 302, "/b"), ("-iL", 301, "http://["),
     ("-i -H 'X: -L'", 301, "/b"), ("-i -A -L", 500, "/b")],
)  # fmt: skip
def test_an_answer_behind_another_is_of_an_unknown_request(option: str, status: int, location: str) -> None:
    text = f"curl {option} {ORIGIN} {URL}\n{MOVED.format(status, location)}"
    assert [(one.url, one.status) for one in exchanges(text)] == [(URL, status)]


@pytest.mark.parametrize("interim", ["100 Continue", "103 Early Hints\nLink: x", "200 Connection established\nVia: x"])
def test_an_interim_answer_is_none(interim: str) -> None:
    text = f"curl -i {ORIGIN} {URL}\nHTTP/1.1 {interim}\n"
    assert exchanges(text) == []
    [one] = exchanges(f"{text}\nHTTP/1.1 502 Bad Gateway\nServer: x")
    assert (one.status, one.received) == (502, [("Server", "x")])


def test_what_follows_the_output_of_a_search_is_no_part_of_it() -> None:
    search = f"curl -si {ORIGIN} {URL} | grep -i access-control\n"
    allowed, other = f"access-control-allow-origin: {PAGE}", "access-control-allow-origin: https://other.example"
    for between in ("\n", "and in nginx:\n", "server: nginx\n", "\nCompare with my nginx:\n"):
        assert why(f"{search}{allowed}\n{between}{other}").findings == ()
        [finding] = why(f"{search}(nothing)\n{between}{allowed}").findings
        assert finding.failure is Failure.ALLOW_ORIGIN_MISSING
    [finding] = why(f"{search}\nReturns:\n\n{other}").findings
    assert (finding.suspects[0].cause.id, finding.facts.value) == ("fixed-origin", "https://other.example")


# -- A message and an answer in which something else fails ---------------------------------------------------------

LISTS = {
    "Method PUT is not allowed by Access-Control-Allow-Methods in preflight response.": "method-not-allowed",
    "Request header field authorization is not allowed by Access-Control-Allow-Headers in preflight response.":
        "header-not-allowed",
}  # fmt: skip


@pytest.mark.parametrize(("sentence", "cause"), LISTS.items())
@pytest.mark.parametrize("value", ["*", "https://other.example", "null", "x y"])
@pytest.mark.parametrize("include", ["", "withCredentials: true\n"])
def test_a_value_is_not_that_of_another_header(sentence: str, cause: str, value: str, include: str) -> None:
    """The message is about a list of the preflight's answer, and the other answer has Access-Control-Allow-Origin."""
    output = f"HTTP/1.1 200 OK\nAccess-Control-Allow-Origin: {value}"
    method = "PUT" if "PUT" in sentence else "GET"
    [finding] = why(f"{chromium(sentence)}\n{include}curl -iX {method} {ORIGIN} {URL}\n{output}").findings
    assert (finding.suspects[0].cause.id, finding.suspects[0].certainty) == (cause, "likely")
    assert (finding.facts.value, finding.facts.status, finding.facts.credentials) == ("", None, None)
    [alone] = why(f"{chromium(sentence)}\n{include}").findings
    assert finding.suspects == alone.suspects


def test_the_status_of_an_answer_in_which_something_else_fails() -> None:
    sentence = (
        "The value of the 'Access-Control-Allow-Credentials' header in the response is '' which must be 'true' when "
    )
    output = "HTTP/1.1 500 Oh no\nServer: x\nVia: y"
    found = why(
        f"{chromium(sentence)}the request's credentials mode is 'include'.\ncurl -i {ORIGIN} {URL}\n{output}"
    ).findings
    assert [finding.facts.status for finding in found] == [None]


def test_the_list_of_the_same_failure_is_taken() -> None:
    [(sentence, cause), _] = LISTS.items()
    output = f"HTTP/1.1 200 OK\nAccess-Control-Allow-Origin: {PAGE}\nAccess-Control-Allow-Methods: GET"
    asked = f"curl -i -X OPTIONS -H 'Access-Control-Request-Method: PUT' {ORIGIN} {URL}"
    [finding] = why(f"{chromium(sentence)}\n{asked}\n{output}").findings
    assert (finding.suspects[0].cause.id, finding.facts.value, finding.facts.status) == (cause, "GET", 200)


# -- A number that is the status of no answer ----------------------------------------------------------------------

STATUS_OF_NONE = [
    "npm ERR! code 404 for left-pad", "error: exit status 404", "The build exited with code 412",
    "HTTP 443 is open in the firewall", "http  443/TCP", "The docs mention error 429", "It is not a 404 error.",
    "I expected status 400 for bad input", "I get status 200, without the token it returns 401.",
    "throw new ApiError('status code 500')", "raise HTTPException('status: 404')", "It should return 404",
]  # fmt: skip


@pytest.mark.parametrize("line", STATUS_OF_NONE)
def test_a_number_that_is_no_status(line: str) -> None:
    for text in (f"{chromium(MISSING)}\n{line}", f"curl -X OPTIONS {URL}\n{line}"):
        [finding] = why(text).findings
        assert finding.facts.status is None


@pytest.mark.parametrize(
    "line",
    [
        "I get error 500",
        "It does not work, I get a 500 error.",
        "status: 500",
        "I expected 200 and got 500",
        "500 error",
    ],
)
def test_a_number_that_is_one(line: str) -> None:
    [finding] = why(f"{chromium(MISSING)}\n{line}").findings
    assert finding.facts.status == 500


@pytest.mark.parametrize(
    ("lines", "is_kept"),
    [("Age: 31\nSex: m", False), ("Name: x\nAge: 31", False), ("Server: x\nAge: 31", True), ("Age: 31\nX-A: b", True)],
)
def test_the_age_of_a_person_is_of_no_cache(lines: str, *, is_kept: bool) -> None:
    [finding] = why(f"{chromium(MISSING)}\n{lines}").findings
    assert (finding.suspects[0].cause.id == "cached-origin") == is_kept


@pytest.mark.parametrize(
    "below", ["my config:", "config:", "My nginx config", "And nginx has", "```\n```", "This is what it should send."]
)
@pytest.mark.parametrize("marks", ["", "< "])
def test_a_configuration_below_a_head_is_no_part_of_it(below: str, marks: str) -> None:
    head = f"{marks}HTTP/1.1 200 OK\n{marks}Server: x\n"
    [one] = exchanges(f"curl -i {ORIGIN} {URL}\n{head}{below}\nAccess-Control-Allow-Origin: *")
    assert one.received == [("Server", "x")]


@pytest.mark.parametrize(
    "between",
    ["* Added a cookie", "{ [5 bytes data]", "...", "[more headers]", "Vary:", "Cache-Control  no-store", "X-Key abc",
     f"Content-Security-Policy: default-src 'self' https://cdn.example/ {'x' * 30}\nscript-src 'self'"],
)  # fmt: skip
def test_a_head_goes_on_behind_what_is_no_sentence(between: str) -> None:
    [one] = exchanges(f"curl -i {ORIGIN} {URL}\nHTTP/1.1 200 OK\n{between}\nAccess-Control-Allow-Origin: *")
    assert one.received[-1] == ("Access-Control-Allow-Origin", "*")
