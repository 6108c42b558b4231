"""A small, ordinary notes API: JSON, a session cookie, and nothing about CORS."""

import json
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Final, TypedDict, cast

from werkzeug.exceptions import BadRequest, HTTPException, NotFound, UnsupportedMediaType
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

COOKIE: Final = "notes-session"

MAX_BODY: Final = 10_000
"""The most bytes of a request's body."""

MAX_SESSIONS: Final = 100
MAX_NOTES: Final = 100
"""The most notes on one shelf of a session, and the most sessions. The oldest are dropped."""

FIRST_NOTES: Final[Mapping[str, tuple[str, ...]]] = {
    "notes": ("Buy milk", "Read the Fetch standard"),
    "archive": ("Wrote to the browsers' makers",),
}
"""The notes of a new session on each shelf."""


class Note(TypedDict):
    """A note in JSON."""

    id: int
    text: str


Shelf = OrderedDict[int, str]
Session = dict[str, Shelf]

_URLS: Final = Map([
    Rule("/<any(notes, archive):shelf>", methods=["GET"], endpoint="list"),
    Rule("/<any(notes, archive):shelf>", methods=["POST"], endpoint="add"),
    Rule("/<any(notes, archive):shelf>/<int:number>", methods=["GET"], endpoint="read"),
    Rule("/<any(notes, archive):shelf>/<int:number>", methods=["PUT"], endpoint="write"),
    Rule("/<any(notes, archive):shelf>/<int:number>", methods=["DELETE"], endpoint="delete"),
])  # fmt: skip


class NotesRequest(Request):
    """A request with a limited body."""

    max_content_length = MAX_BODY


class Notes:
    """The API: two shelves of notes a session, ``/notes`` and ``/archive``, each with the same calls.

    ``GET`` and ``POST`` of a shelf list its notes and add one; ``GET``, ``PUT`` and ``DELETE`` of ``/notes/1`` read,
    write and delete one. Everything is kept in memory, in limited amounts.
    """

    def __init__(self) -> None:
        self._sessions: OrderedDict[str, Session] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request (PEP 3333)."""
        request = NotesRequest(environ)
        answer: Response
        try:
            endpoint, values = _URLS.bind_to_environ(environ).match()
            with self._lock:
                key, session = self._session(request.cookies.get(COOKIE))
                answer = _CALLS[endpoint](session[values["shelf"]], request, values.get("number", 0))
            answer.set_cookie(COOKIE, key, httponly=True, samesite="Lax")
        except HTTPException as error:
            answer = _json({"error": error.description}, error.code or 500)
        return answer(environ, start_response)

    def _session(self, key: str | None) -> tuple[str, Session]:
        """Return the session of that key, or a new one under a new key."""
        if key is None or key not in self._sessions:
            key = secrets.token_urlsafe()
            self._sessions[key] = {shelf: OrderedDict(enumerate(texts, 1)) for shelf, texts in FIRST_NOTES.items()}
            if len(self._sessions) > MAX_SESSIONS:
                self._sessions.popitem(last=False)
        self._sessions.move_to_end(key)
        return key, self._sessions[key]


def _list(shelf: Shelf, request: Request, number: int) -> Response:
    return _json([_note(number, text) for number, text in shelf.items()])


def _add(shelf: Shelf, request: Request, number: int) -> Response:
    number = max(shelf, default=0) + 1
    shelf[number] = text = _text_of(request)
    if len(shelf) > MAX_NOTES:
        shelf.popitem(last=False)
    return _json(_note(number, text), 201)


def _read(shelf: Shelf, request: Request, number: int) -> Response:
    return _json(_note(number, _text_at(shelf, number)))


def _write(shelf: Shelf, request: Request, number: int) -> Response:
    _text_at(shelf, number)
    shelf[number] = _text_of(request)
    return _json(_note(number, shelf[number]))


def _delete(shelf: Shelf, request: Request, number: int) -> Response:
    _text_at(shelf, number)
    del shelf[number]
    return Response(status=204)


_CALLS: Final[Mapping[str, Callable[[Shelf, Request, int], Response]]] = {
    "list": _list,
    "add": _add,
    "read": _read,
    "write": _write,
    "delete": _delete,
}


def _text_at(shelf: Shelf, number: int) -> str:
    if number not in shelf:
        raise NotFound(f"There is no note {number} here.")
    return shelf[number]


def _text_of(request: Request) -> str:
    # A page of another origin can send JSON only after a preflight; types that need none are not accepted.
    if not request.is_json:
        raise UnsupportedMediaType("A note must be sent as application/json.")
    body: object = request.get_json()
    text = cast("dict[object, object]", body).get("text") if isinstance(body, dict) else None
    if not isinstance(text, str):
        raise BadRequest('A note looks like {"text": "Buy milk"}.')
    return text


def _note(number: int, text: str) -> Note:
    return {"id": number, "text": text}


def _json(value: object, status: int = 200) -> Response:
    return Response(json.dumps(value), status, mimetype="application/json", headers={"Cache-Control": "no-store"})
