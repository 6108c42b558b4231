"""Answers to requests that somebody sent without an Origin: they show nothing of what a page would get."""

import pytest

from tests.doctor.findings import named, only
from wsgicors.browser import Stage
from wsgicors.doctor import why
from wsgicors.doctor.output._brief import of_diagnosis

URL = "https://api.example/items"
ASKED = {
    "options": f"$ curl -i {URL}\n",
    "URL as an option": f"curl -v --request GET --url {URL}\n",
    "raw": "GET /items HTTP/1.1\nHost: api.example\nAccept: */*\n\n",
    "verbose": f"$ curl -v {URL}\n> GET /items HTTP/1.1\n> Host: api.example\n> Accept: */*\n>\n",
    "OPTIONS": f"curl -i -X OPTIONS {URL}\n",
    "HEAD": f"curl -I {URL}\n",
    "redirected": "curl -iL https://api.example/\nHTTP/1.1 302 Found\nLocation: /items\n\n",
}
ANSWERS = {
    "bare": "HTTP/1.1 200 OK\nServer: x\nContent-Type: application/json\nDate: today\n",
    "short": "HTTP/2 200\nserver: x\n",
    "every origin": "HTTP/1.1 200 OK\nContent-Type: text/html\nAccess-Control-Allow-Origin: *\n",
    "one origin": "HTTP/1.1 200 OK\nAccess-Control-Allow-Origin: https://app.example\nVary: Origin\n",
    "other methods": "HTTP/1.1 200 OK\nAllow: GET, POST\nContent-Length: 0\nServer: x\n",
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=[*ANSWERS])
@pytest.mark.parametrize("asked", ASKED.values(), ids=[*ASKED])
def test_nobody_is_said_to_be_blocked_by_an_answer_to_a_request_without_origin(asked: str, answer: str) -> None:
    finding = only(asked + answer)
    first, *others = finding.suspects
    assert (first.cause.id, first.certainty, finding.blocked) == ("request-without-origin", "certain", False)
    assert {suspect.certainty for suspect in others} <= {"possible"}
    assert (finding.facts.url, finding.facts.status, finding.facts.origin) == (URL, 200, "")
    assert finding.probe.startswith(f"wsgicors probe {URL} --origin ORIGIN")


@pytest.mark.parametrize("asked", ASKED.values(), ids=[*ASKED])
def test_a_header_that_is_there_is_not_missing(asked: str) -> None:
    assert named(asked + ANSWERS["every origin"]) == ["request-without-origin"]
    assert named(asked + ANSWERS["one origin"]) == ["request-without-origin"]


def test_what_may_be_wrong_all_the_same() -> None:
    assert named(ASKED["options"] + ANSWERS["bare"]) == ["request-without-origin", "cors-absent", "origin-not-allowed"]
    varies = ANSWERS["bare"] + "Vary: Origin\n"
    assert named(ASKED["options"] + varies) == ["request-without-origin", "origin-not-allowed", "cors-absent"]


@pytest.mark.parametrize(
    "text",
    [
        f"$ curl -i -H 'Origin: https://app.example' {URL}\n{ANSWERS['bare']}",
        f"{ASKED['options']}{ANSWERS['bare']}\nIn the browser it is blocked by CORS.",
        f"{ASKED['options']}{ANSWERS['bare']}\n$ curl -i -H 'Origin: https://app.example' {URL}\n{ANSWERS['bare']}",
        ANSWERS["bare"],
        ASKED["options"],
    ],
    ids=["with Origin", "a browser's words", "repeated with Origin", "an answer alone", "a request alone"],
)
def test_what_is_no_answer_to_a_request_without_origin(text: str) -> None:
    assert "request-without-origin" not in named(text)


@pytest.mark.parametrize(
    "sent",
    [
        "curl -ik -H $'Origin: https://a.example' URL",
        "curl -i --headers 'Origin: https://a.example' URL",
        "curl -i -H “Origin: https://a.example” URL",
        "curl -i -H 'Origin : https://a.example' URL",
        "curl -i -H 'Origin=https://a.example' URL",
        "curl -k -i -X OPTIONS URL\n-H 'Origin: https://a.example'\n-H 'Access-Control-Request-Method: PUT'",
        "curl -k -i -X OPTIONS URL\nOrigin: https://a.example",
        "curl -i URL # with Origin: https://a.example",
        "curl -i -H @headers.txt URL",
        "curl -i -K curlrc URL",
        "curl -i $HEADERS URL",
        'curl -i "${H[@]}" URL',
        'curl -i -H "$ORIGIN" URL',
        "$h = @{Origin='https://a.example'}\nInvoke-WebRequest URL -Headers $h",
        "iwr URL -Headers $headers",
    ],
)
def test_an_origin_that_was_perhaps_sent(sent: str) -> None:
    assert "request-without-origin" not in named(f"{sent.replace('URL', URL)}\n{ANSWERS['bare']}")


def test_a_cache_has_the_answer_for_pages_too() -> None:
    assert named(f"{ASKED['options']}{ANSWERS['bare']}Age: 100\nX-Cache: HIT\n")[0] == "cached-origin"


def test_options_stand_for_a_preflight() -> None:
    finding = only(ASKED["OPTIONS"] + ANSWERS["bare"])
    assert (finding.stage, finding.facts.method) == (Stage.PREFLIGHT, "")
    assert finding.probe.endswith("--preflight-only")


def test_the_next_step_is_to_send_the_request_as_a_page_does() -> None:
    lines = "\n".join(one.text for one in of_diagnosis(why(ASKED["options"] + ANSWERS["bare"])))
    assert lines.startswith("Unclear: The request had no Origin header")
    assert f"wsgicors probe {URL} --origin ORIGIN" in lines
