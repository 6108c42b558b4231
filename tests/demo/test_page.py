"""The page's server: its files, its responses to the page, and what it prevents the page from doing."""

import html.parser
import re

import pytest
from werkzeug.test import Client

from wsgicors import Policy
from wsgicors.demo._journal import Exchange
from wsgicors.demo._page import FILES, Page
from wsgicors.demo._policies import policies

API, HERE, STRANGER = "http://127.0.0.1:1", "http://127.0.0.1:2", "http://localhost:2"


def exchange(number: int) -> Exchange:
    return {
        "number": number,
        "method": "GET",
        "path": "/",
        "request": {},
        "status": "200 OK",
        "response": {},
        "reached": True,
        "refused": None,
    }


@pytest.fixture
def client() -> Client:
    return Client(
        Page(
            api_origin=API,
            page_origin=HERE,
            stranger_origin=STRANGER,
            rules={"/notes": Policy(allow_origins=[HERE], max_age=0)},
            exchanges_after=lambda number: [exchange(number + 1)],
        )
    )


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/index.html", "text/html; charset=utf-8"),
        ("/page.css", "text/css; charset=utf-8"),
        ("/page.js", "text/javascript; charset=utf-8"),
        ("/playground.html", "text/html; charset=utf-8"),
        ("/tour.html", "text/html; charset=utf-8"),
        ("/playground.css", "text/css; charset=utf-8"),
        ("/elements.js", "text/javascript; charset=utf-8"),
        ("/exchange.js", "text/javascript; charset=utf-8"),
        ("/experiment.js", "text/javascript; charset=utf-8"),
        ("/tour.js", "text/javascript; charset=utf-8"),
        ("/playground.js", "text/javascript; charset=utf-8"),
        ("/send.js", "text/javascript; charset=utf-8"),
    ],
)
def test_its_files(client: Client, path: str, kind: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, kind)
    assert len(answer.data) > (500 if path == "/send.js" else 900)


def test_the_pages_ask_for_nothing_but_their_files(client: Client) -> None:
    asked: list[str] = []

    class Links(html.parser.HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            links = (value or "" for name, value in attrs if name in {"src", "href"})
            asked.extend(link for link in links if not link.startswith("#"))

    for page in ("index.html", "playground.html", "tour.html"):
        Links().feed(client.get(f"/{page}").text)
    modules = {"elements.js", "exchange.js", "experiment.js", "policy.js"}
    assert set(asked) == {"data:,", "./", *FILES} - {"index.html"} - modules
    imported = {name for page in FILES for name in re.findall(r'from "\./([a-z.]+)"', client.get(f"/{page}").text)}
    assert imported == modules
    for name in FILES:
        assert re.findall(r"https?://|//\w", client.get(f"/{name}").text.replace("http://www.w3.org", "")) == []


def test_the_facts(client: Client) -> None:
    assert client.get("/facts").json == {
        "api": API,
        "page": HERE,
        "stranger": STRANGER,
        "rules": {"/notes": f"Policy(\n  allow_origins=['{HERE}'],\n  max_age=0,\n)"},
    }


@pytest.mark.parametrize(("query", "number"), [("", 1), ("?after=4", 5), ("?after=x", 1)])
def test_the_journal(client: Client, query: str, number: int) -> None:
    assert client.get(f"/journal{query}").json == [exchange(number)]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/page.py", 404), ("GET", "/../page.py", 404), ("POST", "/", 405), ("OPTIONS", "/facts", 405)],
)
def test_what_is_not_there(client: Client, method: str, path: str, status: int) -> None:
    assert client.open(path, method=method).status_code == status


@pytest.mark.parametrize("path", ["/", "/page.js", "/facts", "/absent"])
def test_the_page_may_load_and_reach_nothing_else(client: Client, path: str) -> None:
    headers = client.get(path).headers
    rules = dict(rule.strip().split(" ", 1) for rule in headers["Content-Security-Policy"].split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == "'self'"
    assert rules["connect-src"] == f"'self' {API}"
    assert rules["frame-ancestors"] == "'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert not [name for name in headers.keys() if name.startswith("Access-Control-")]  # noqa: SIM118


def test_the_policies_do_what_the_page_says_of_them() -> None:
    rules = policies(HERE)
    assert rules["/notes"].preflight(HERE, "PUT", "content-type").allowed
    assert rules["/notes"].preflight(HERE, "DELETE").allowed
    assert not rules["/archive"].preflight(HERE, "PUT", "content-type").allowed
    for policy in rules.values():
        assert policy.actual(HERE).allowed
        assert policy.actual(STRANGER).status == 403
