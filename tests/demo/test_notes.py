"""The notes API by itself: an ordinary app without CORS."""

import pytest
from werkzeug.test import Client, TestResponse

from wsgicors.demo import _notes as notes
from wsgicors.demo._notes import Notes

FIRST = [{"id": 1, "text": "Buy milk"}, {"id": 2, "text": "Read the Fetch standard"}]


@pytest.fixture
def client() -> Client:
    return Client(Notes())


def test_a_new_session_has_its_first_notes(client: Client) -> None:
    answer = client.get("/notes")
    assert (answer.status_code, answer.json) == (200, FIRST)
    assert answer.headers["Content-Type"] == "application/json"
    assert client.get("/archive/1").json == {"id": 1, "text": "Wrote to the browsers' makers"}


def test_it_has_no_header_of_cors(client: Client) -> None:
    names = [name for name, _ in client.get("/notes", headers={"Origin": "https://a.example"}).headers]
    assert not [name for name in names if name.startswith("Access-Control-") or name == "Vary"]


def test_a_note_is_added_read_written_and_deleted(client: Client) -> None:
    added = client.post("/notes", json={"text": "Sleep"})
    assert (added.status_code, added.json) == (201, {"id": 3, "text": "Sleep"})
    assert client.get("/notes/3").json == {"id": 3, "text": "Sleep"}
    assert client.put("/notes/3", json={"text": "Sleep well"}).json == {"id": 3, "text": "Sleep well"}
    assert client.get("/notes/3").json == {"id": 3, "text": "Sleep well"}
    deleted = client.delete("/notes/3")
    assert (deleted.status_code, deleted.data) == (204, b"")
    assert client.get("/notes").json == FIRST


def test_the_shelves_are_apart(client: Client) -> None:
    client.put("/archive/1", json={"text": "Changed"})
    assert client.get("/notes/1").json == FIRST[0]
    assert client.get("/archive/1").json == {"id": 1, "text": "Changed"}


def test_an_empty_shelf_begins_again(client: Client) -> None:
    client.delete("/archive/1")
    assert client.get("/archive").json == []
    assert client.post("/archive", json={"text": "First"}).json == {"id": 1, "text": "First"}


def test_sessions_are_apart() -> None:
    app = Notes()
    mine, yours = Client(app), Client(app)
    mine.put("/notes/1", json={"text": "Mine"})
    assert yours.get("/notes/1").json == FIRST[0]
    assert mine.get("/notes/1").json == {"id": 1, "text": "Mine"}


def test_the_cookie_is_kept_from_scripts_and_other_sites(client: Client) -> None:
    cookie = client.get("/notes").headers["Set-Cookie"]
    assert cookie.startswith(f"{notes.COOKIE}=")
    assert "; HttpOnly" in cookie
    assert "; SameSite=Lax" in cookie


def test_a_made_up_session_is_not_taken_over(client: Client) -> None:
    client.set_cookie(notes.COOKIE, "chosen-by-somebody-else")
    assert "chosen" not in client.get("/notes").headers["Set-Cookie"]


def test_sessions_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notes, "MAX_SESSIONS", 2)
    app = Notes()
    clients = [Client(app) for _ in range(2)]
    for client in clients:
        client.put("/notes/1", json={"text": "Kept"})
    clients[0].get("/notes")  # used last, so the other one is the oldest
    Client(app).get("/notes")
    assert [client.get("/notes/1").json["text"] for client in clients] == ["Kept", "Buy milk"]  # type: ignore[index]


def test_notes_are_bounded(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notes, "MAX_NOTES", 2)
    client.post("/notes", json={"text": "Third"})
    assert client.get("/notes").json == [FIRST[1], {"id": 3, "text": "Third"}]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/notes/9", 404),
        ("PUT", "/notes/9", 404),
        ("DELETE", "/notes/9", 404),
        ("GET", "/notes/one", 404),
        ("GET", "/notes/", 404),
        ("GET", "/", 404),
        ("GET", "/drafts", 404),
        ("PATCH", "/notes/1", 405),
        ("DELETE", "/notes", 405),
        ("OPTIONS", "/notes", 405),
    ],
)
def test_what_is_not_there(client: Client, method: str, path: str, status: int) -> None:
    assert _error(client.open(path, method=method, json={"text": "x"})) == status
    assert client.get("/notes").json == FIRST


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b'{"text": "x"}', "text/plain", 415),  # any page's form can send it
        (b'{"text": "x"}', None, 415),
        (b"{", "application/json", 400),
        (b'"x"', "application/json", 400),
        (b'{"text": 1}', "application/json", 400),
        (b"{}", "application/json", 400),
        (b'{"text": "' + b"x" * notes.MAX_BODY + b'"}', "application/json", 413),
    ],
)
def test_what_is_no_note(client: Client, body: bytes, kind: str | None, status: int) -> None:
    for method, path in [("POST", "/notes"), ("PUT", "/notes/1")]:
        assert _error(client.open(path, method=method, data=body, content_type=kind)) == status
    assert client.get("/notes").json == FIRST


def _error(answer: TestResponse) -> int:
    assert answer.json
    assert answer.json["error"]
    return answer.status_code
