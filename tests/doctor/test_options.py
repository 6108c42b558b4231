"""What routers say that have no handler for OPTIONS, and what curl got for OPTIONS."""

import pytest

from tests.doctor.findings import named, only
from wsgicors.browser import Stage

SENT = "curl -X OPTIONS http://localhost:3000/a"


@pytest.mark.parametrize(
    ("answer", "cause", "status"),
    [
        ('{"statusCode":404,"error":"Not Found","message":"Not Found"}', "preflight-not-found", 404),
        ("{'status': 405, 'error': 'Method Not Allowed'}", "preflight-method-refused", 405),
        ("HTTP/1.1 405 Method Not Allowed\nAllow: GET", "preflight-method-refused", 405),
        ("<html><head><title>404 Not Found</title>", "preflight-not-found", 404),
        ("500: Internal Server Error", "preflight-error", 500),
        ('{"code": "403", "detail": "x"}', "preflight-authentication", 403),
    ],
)
@pytest.mark.parametrize("sent", [SENT, f"`{SENT}`", f"{SENT} -H 'X-A: b'", SENT.replace("-X", "-i -X"),
                                  "curl --request OPTIONS \\\n  http://localhost:3000/a"])  # fmt: skip
def test_what_curl_got_for_options(sent: str, answer: str, cause: str, status: int) -> None:
    text = f"{sent}\n\nreturns\n\n{answer}"
    finding = only(text)
    assert named(text)[0] == cause
    assert (finding.facts.url, finding.facts.status, finding.stage) == (
        "http://localhost:3000/a", status, Stage.PREFLIGHT)  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        f"{SENT}\nHTTP/1.1 204 No Content",
        f"{SENT}\nnothing",
        f"{SENT}\nok\ncurl http://localhost:3000/a\n404 Not Found",
        'curl http://localhost:3000/a\n{"statusCode":404}',
    ],
)
def test_what_is_no_answer_to_options(text: str) -> None:
    assert "preflight-not-found" not in named(text)


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("WARN no matching route for method OPTIONS /v1/items", "preflight-not-found"),
        ("router: OPTIONS /api/items - not found", "preflight-not-found"),
        ('{"error":"No handler registered for OPTIONS /items"}', "preflight-not-found"),
        ("<h1>OPTIONS /items not found</h1>", "preflight-not-found"),
        ("OPTIONS /login: no route matched", "preflight-not-found"),
        ("HTTP method OPTIONS is not supported by this URL", "preflight-method-refused"),
        ('{"error":"Unsupported method: OPTIONS"}', "preflight-method-refused"),
        ("<p>The method OPTIONS is not allowed for the URL /items.</p>", "preflight-method-refused"),
        ("method not allowed: method=OPTIONS path=/items", "preflight-method-refused"),
    ],
)
def test_a_router_without_a_handler_for_options(text: str, cause: str) -> None:
    assert named(text)[0] == cause
    assert only(text).facts.status is None


@pytest.mark.parametrize("text", ["I tried all options, and no route works", "The OPTIONS tab is not where I look"])
def test_what_is_said_of_other_options(text: str) -> None:
    assert named(text) == ["unrecognised"]
