"""The journal: all messages, in order, without secrets."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pytest
from werkzeug.test import Client

from wsgicors import CORS, Policy
from wsgicors.demo import _journal as module
from wsgicors.demo._journal import Journal

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

ORIGIN = "https://a.example"


def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain"), ("Set-Cookie", "secret=1"), ("Vary", "Cookie")])
    return [b"hello"]


@pytest.fixture
def journal() -> Journal:
    return Journal()


@pytest.fixture
def client(journal: Journal) -> Client:
    cors = CORS(journal.inside(app), Policy(allow_origins=[ORIGIN], refuse="forbid"), on_refusal=journal.refused)
    return Client(journal.outside(cors))


def test_an_allowed_request(journal: Journal, client: Client) -> None:
    client.get("/notes?secret=1", headers={"Origin": ORIGIN, "Cookie": "secret=1", "Authorization": "secret"})
    assert journal.after(0) == [
        {
            "number": 1,
            "method": "GET",
            "path": "/notes",
            "request": {"Origin": ORIGIN},
            "status": "200 OK",
            "response": {"Access-Control-Allow-Origin": ORIGIN, "Vary": "Cookie, Origin"},
            "reached": True,
            "refused": None,
        }
    ]


def test_a_refused_preflight(journal: Journal, client: Client) -> None:
    fields = {"Origin": ORIGIN, "Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "x-a"}
    client.options("/notes", headers=fields)
    (exchange,) = journal.after(0)
    assert exchange["request"] == fields
    assert exchange["status"] == "204 No Content"
    assert not exchange["reached"]
    assert exchange["refused"] == {
        "name": "method-not-allowed",
        "sentence": "The method 'PUT' is not allowed here.",
        "remedy": "Add it to allow_methods, in this spelling.",
    }


def test_an_answered_preflight_does_not_reach_the_app(journal: Journal, client: Client) -> None:
    client.options("/notes", headers={"Origin": ORIGIN, "Access-Control-Request-Method": "POST"})
    (exchange,) = journal.after(0)
    assert (exchange["reached"], exchange["refused"]) == (False, None)


def test_a_request_without_origin(journal: Journal, client: Client) -> None:
    client.get("/notes")
    assert (journal.after(0)[0]["request"], journal.after(0)[0]["reached"]) == ({}, True)


def test_what_came_after(journal: Journal, client: Client) -> None:
    for path in ("/1", "/2", "/3"):
        client.get(path)
    assert [exchange["path"] for exchange in journal.after(1)] == ["/2", "/3"]
    assert journal.after(3) == []


def test_it_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEPT", 2)
    journal = Journal()
    client = Client(journal.outside(app))
    for path in ("/1", "/2", "/3"):
        client.get(path)
    assert [exchange["number"] for exchange in journal.after(0)] == [2, 3]
