"""What the middleware answers to preflights."""

from typing import Any

import pytest

from tests.middleware.asking import ALLOW_ORIGIN, LISTED, POLICY, A, B, from_
from tests.wsgi import TEXT, App, Fields, Refusals, call, client, cors, preflight
from wsgicors import Policy


def test_an_allowed_preflight_never_reaches_the_app(app: App) -> None:
    browser = client(app, POLICY)
    asked = dict(preflight(A, "PUT", "x-a"))
    answer = browser.options("/notes/1?x=y", headers=asked, status=204)
    assert app.methods == []
    assert answer.body == b""
    assert "Content-Length" not in answer.headers
    assert "Content-Type" not in answer.headers
    assert dict(answer.headers) == {
        ALLOW_ORIGIN: A,
        "Access-Control-Allow-Methods": "PUT",
        "Access-Control-Allow-Headers": "X-A",
        "Access-Control-Max-Age": "600",
        "Vary": "Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
    }


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        (preflight(B, "PUT"), "origin-not-allowed"),
        (preflight("null", "PUT"), "null-origin"),
        (preflight("", "PUT"), "malformed-origin"),
        (preflight(A, "PATCH"), "method-not-allowed"),
        (preflight(A, "put"), "method-not-allowed"),
        (preflight(A, ""), "malformed-method"),
        (preflight(A, "PUT", "x-b"), "header-not-allowed"),
        ([*preflight(A, "PUT", "x-a"), ("Access-Control-Request-Headers", "x-b")], "header-not-allowed"),
        (preflight(A, "PUT", "x a"), "malformed-headers"),
        ([*preflight(A, "PUT"), ("Access-Control-Request-Private-Network", "true")], "private-network"),
        ([*preflight(A, "PUT"), ("Origin", A)], "malformed-origin"),
        ([*preflight(A, "PUT"), ("Access-Control-Request-Method", "PUT")], "malformed-method"),
    ],
)
@pytest.mark.parametrize(
    "policy", [POLICY, [POLICY], {"/": POLICY}, Policy(**POLICY.to_mapping() | {"refuse": "forbid"})]
)
def test_a_refused_preflight_never_reaches_the_app(
    app: App, refusals: Refusals, asked: Fields, refusal: str, policy: Any
) -> None:
    # the server's own page is no exception: a browser that sends this treats it as cross-origin
    answer = call(cors(app, policy, on_refusal=refusals), "OPTIONS", "/", [*asked, ("Sec-Fetch-Site", "same-origin")])
    assert app.methods == []
    vary = ["Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"]
    assert answer.vary == ", ".join(
        [*vary, *(["Access-Control-Request-Private-Network"] * (refusal == "private-network"))]
    )
    assert refusals.names == [refusal]
    if refusal in ("method-not-allowed", "header-not-allowed"):  # the browser compares, and names it
        assert answer == call(cors(app, policy), "OPTIONS", "/", preflight(A, "PUT"))
        assert answer.status == "204 No Content"
        return
    assert answer.status == "403 Forbidden"
    assert answer.cors == {}
    assert answer.values("Content-Type") == ["text/plain; charset=utf-8"]
    assert answer.values("Content-Length") == [str(len(answer.body))]
    assert answer.body.decode() == f"{refusals.seen[0][0].sentence}\n"


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("OPTIONS", from_(A)),
        ("OPTIONS", from_(B)),
        ("OPTIONS", [("Access-Control-Request-Method", "PUT")]),
        ("OPTIONS", [("Access-Control-Request-Method", "PUT"), ("Access-Control-Request-Headers", "x-a")]),
        ("OPTIONS", [("Access-Control-Request-Headers", "x-a"), *from_(A)]),
        ("OPTIONS", []),
        ("GET", preflight(A, "PUT")),
        ("GET", preflight(B, "PUT")),
        ("POST", preflight(A, "PUT")),
        ("HEAD", preflight(A, "PUT")),
    ],
)
def test_an_options_request_that_is_no_preflight_goes_to_the_app(app: App, method: str, headers: Fields) -> None:
    answer = call(cors(app, POLICY), method, "/", headers)
    assert app.methods == [method]
    assert answer.cors == (LISTED if ("Origin", A) in headers else {})
    assert answer.vary == "Origin"


@pytest.mark.parametrize("path", ["/apis", "/API", "/", "", "/x/api"])
def test_a_preflight_to_a_path_without_a_rule_goes_to_the_app(app: App, path: str) -> None:
    answer = call(cors(app, {"/api": POLICY}), "OPTIONS", path, preflight(A, "PUT"))
    assert app.methods == ["OPTIONS"]
    assert answer.headers == list(TEXT)


@pytest.mark.parametrize(
    ("value", "allowed"),
    [("true", True), ("True", False), ("false", False), ("", False), ("true,true", False), ("1", False)],
)
def test_only_true_asks_for_a_private_network(app: App, value: str, allowed: bool) -> None:
    policy = Policy(allow_origins=[A], allow_private_network=True)
    asked = [*preflight(A, "GET"), ("Access-Control-Request-Private-Network", value)]
    answer = call(cors(app, policy), "OPTIONS", "/", asked)
    assert answer.status == "204 No Content"
    assert ("Access-Control-Allow-Private-Network" in answer.cors) is allowed
    assert "Access-Control-Request-Private-Network" in str(answer.vary)


@pytest.mark.parametrize("status", [200, 201, 204, 205, 299])
def test_the_status_of_a_preflights_answer(app: App, status: int) -> None:
    answer = call(cors(app, Policy(allow_origins=[A], preflight_status=status)), "OPTIONS", "/", preflight(A, "GET"))
    assert answer.status.startswith(f"{status} ")
    assert answer.values("Content-Length") == ([] if status == 204 else ["0"])
    assert answer.body == b""


def test_a_megabyte_of_request_headers_gets_a_short_refusal(app: App) -> None:
    answer = call(cors(app, POLICY), "OPTIONS", "/", preflight(A, "PUT", "x-b," * 250_000))
    assert answer == call(cors(app, POLICY), "OPTIONS", "/", preflight(A, "PUT"))
    answer = call(cors(app, POLICY), "OPTIONS", "/", preflight(A, "PUT", "x b," * 250_000))
    assert answer.status == "403 Forbidden"
    assert len(answer.body) < 400
