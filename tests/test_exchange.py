"""The basic exchange of CORS, in every branch.

A page at http://www.example.com reads service.example.com. Its GET carries its Origin; the service answers with that
origin in Access-Control-Allow-Origin, or with *, or with an error. Before a PUT the browser asks with OPTIONS; the
service answers what it allows, and the PUT follows; or it answers with an error, and the PUT is never sent.
"""

from typing import Any

import pytest

from tests.wsgi import App, TestApp, client
from wsgicors import Policy

PAGE = "http://www.example.com"
SERVICE = "service.example.com"


def service(app: App, policy: Policy) -> TestApp:
    browser = client(app, policy)
    browser.extra_environ["HTTP_HOST"] = SERVICE
    return browser


def listing(**settings: Any) -> Policy:
    return Policy(allow_origins=[PAGE], allow_methods=["PUT", "DELETE"], **settings)


def put(browser: TestApp, origin: str) -> str:
    """Act as a browser whose page calls `fetch("http://service.example.com/", {method: "PUT"})`."""
    asked = {"Origin": origin, "Access-Control-Request-Method": "PUT"}
    answer = browser.options("/", headers=asked, expect_errors=True)
    allowed = {method.strip() for method in answer.headers.get("Access-Control-Allow-Methods", "").split(",")}
    if not (
        200 <= answer.status_int < 300
        and answer.headers.get("Access-Control-Allow-Origin") in (origin, "*")
        and allowed & {"PUT", "*"}
    ):
        return "never sent"
    return browser.put("/", "note", headers={"Origin": origin, "Content-Type": "text/plain"}).text


def test_the_service_answers_with_the_origin_of_the_page() -> None:
    answer = service(App(), listing()).get("/", headers={"Origin": PAGE}, status=200)
    assert answer.headers["Access-Control-Allow-Origin"] == "http://www.example.com"
    assert answer.headers["Vary"] == "Origin"
    assert answer.text == "hello"


def test_the_service_answers_with_a_star() -> None:
    answer = service(App(), Policy(allow_origins="*")).get("/", headers={"Origin": PAGE}, status=200)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Vary" not in answer.headers
    assert answer.text == "hello"


def test_the_service_answers_with_an_error_to_another_page() -> None:
    app = App()
    asked = {"Origin": "http://www.example.net"}
    answer = service(app, listing(refuse="forbid")).get("/", headers=asked, status=403)
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert answer.text == "The origin 'http://www.example.net' is not allowed here.\n"
    assert app.methods == []


def test_the_service_answers_another_page_so_that_it_cannot_read_it() -> None:
    app = App()
    answer = service(app, listing()).get("/", headers={"Origin": "http://www.example.net"}, status=200)
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert answer.headers["Vary"] == "Origin"
    assert app.methods == ["GET"]


def test_the_service_answers_what_asks_without_an_origin() -> None:
    answer = service(App(), listing()).get("/", status=200)
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert answer.headers["Vary"] == "Origin"  # otherwise a cache would serve this response to the page


def test_the_service_allows_the_put_before_it_is_sent() -> None:
    app = App()
    asked = {"Origin": PAGE, "Access-Control-Request-Method": "PUT"}
    answer = service(app, listing()).options("/", headers=asked, status=204)
    assert answer.headers["Access-Control-Allow-Origin"] == "http://www.example.com"
    assert answer.headers["Access-Control-Allow-Methods"] == "PUT, DELETE"
    assert answer.body == b""
    assert "Content-Length" not in answer.headers
    assert app.methods == []


def test_the_put_follows() -> None:
    app = App()
    assert put(service(app, listing()), PAGE) == "hello"
    assert app.methods == ["PUT"]


@pytest.mark.parametrize(
    ("origin", "policy"),
    [
        ("http://www.example.net", listing()),
        ("http://www.example.net", listing(refuse="forbid")),
        ("https://www.example.com", listing()),
        ("null", listing()),
        (PAGE, Policy(allow_origins=[PAGE])),
        (PAGE, Policy(allow_origins=[PAGE], allow_methods=["DELETE"])),
        (PAGE, Policy(allow_origins="*")),
    ],
)
def test_the_put_is_never_sent(origin: str, policy: Policy) -> None:
    app = App()
    browser = service(app, policy)
    asked = {"Origin": origin, "Access-Control-Request-Method": "PUT"}
    if origin == PAGE:  # it can request other methods: the browser compares
        answer = browser.options("/", headers=asked, status=204)
        assert "PUT" not in answer.headers.get("Access-Control-Allow-Methods", "")
        assert answer.headers["Access-Control-Allow-Origin"] in (PAGE, "*")
    else:
        answer = browser.options("/", headers=asked, status=403)
        assert not [name for name in answer.headers if name.lower().startswith("access-control-")]
    assert put(browser, origin) == "never sent"
    assert app.methods == []


def test_the_put_of_any_page_follows_where_any_may() -> None:
    app = App()
    policy = Policy(allow_origins="*", allow_methods=["PUT"])
    assert put(service(app, policy), "https://anybody.example") == "hello"
    assert app.methods == ["PUT"]
