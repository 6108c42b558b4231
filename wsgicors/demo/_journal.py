"""Record the exchanges between the browser and a WSGI app, to show what the page itself cannot see."""

import itertools
import threading
from collections import deque
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final, TypedDict

from wsgicors._http import REQUEST_HEADERS, REQUEST_METHOD
from wsgicors.verdict import Verdict

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from wsgicors._headers import ExcInfo

KEPT: Final = 200
"""The most exchanges kept; the oldest are dropped."""

_REQUEST_FIELDS: Final = ("Origin", REQUEST_METHOD, REQUEST_HEADERS)
_REACHED: Final = "wsgicors.demo.reached"
_VERDICT: Final = "wsgicors.demo.verdict"


class Refused(TypedDict):
    """A refusal, in the words of `wsgicors.Refusal`."""

    name: str
    sentence: str
    remedy: str


class Exchange(TypedDict):
    """One request and its answer, for JSON. Only the headers that matter to CORS; never a cookie."""

    number: int
    method: str
    path: str
    request: dict[str, str]
    status: str
    response: dict[str, str]
    reached: bool
    """Whether the app was called."""
    refused: Refused | None


class Journal:
    """Records the exchanges of an app behind `wsgicors.CORS`.

    >>> from wsgicors import CORS, Policy
    >>> journal = Journal()
    >>> def app(environ, start_response):
    ...     start_response("200 OK", [])
    ...     return []
    >>> cors = CORS(journal.inside(app), Policy(allow_origins="*"), on_refusal=journal.refused)
    >>> app = journal.outside(cors)
    >>> app({"REQUEST_METHOD": "GET", "PATH_INFO": "/notes"}, lambda status, headers, exc_info: None)
    []
    >>> journal.after(0)[0]["status"], journal.after(0)[0]["reached"], journal.after(1)
    ('200 OK', True, [])
    """

    def __init__(self) -> None:
        self._exchanges: deque[Exchange] = deque(maxlen=KEPT)
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()

    def after(self, number: int) -> list[Exchange]:
        """Return the exchanges after the one with that number, oldest first."""
        with self._lock:
            return [exchange for exchange in self._exchanges if exchange["number"] > number]

    def inside(self, app: "WSGIApplication") -> "WSGIApplication":
        """Return the app for the middleware to wrap: it records that it was reached."""

        def reached(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
            environ[_REACHED] = True
            return app(environ, start_response)

        return reached

    def refused(self, verdict: Verdict, environ: "WSGIEnvironment") -> None:
        """Record a refusal; for the middleware's ``on_refusal``."""
        environ[_VERDICT] = verdict

    def outside(self, app: "WSGIApplication") -> "WSGIApplication":
        """Return the middleware for the server to run: it records every exchange."""

        def kept(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
            def start_and_keep(
                status: str, headers: list[tuple[str, str]], exc_info: "ExcInfo | None" = None
            ) -> Callable[[bytes], object]:
                self._keep(environ, status, headers)
                return start_response(status, headers, exc_info)

            return app(environ, start_and_keep)

        return kept

    def _keep(self, environ: "WSGIEnvironment", status: str, headers: list[tuple[str, str]]) -> None:
        asked = {name: environ.get("HTTP_" + name.upper().replace("-", "_")) for name in _REQUEST_FIELDS}
        with self._lock:
            self._exchanges.append({
                "number": next(self._numbers),
                "method": environ["REQUEST_METHOD"],
                "path": environ.get("PATH_INFO", ""),
                "request": {name: value for name, value in asked.items() if value is not None},
                "status": status,
                "response": {
                    name: value for name, value in headers if name.startswith("Access-Control-") or name == "Vary"
                },
                "reached": _REACHED in environ,
                "refused": told(environ.get(_VERDICT)),
            })  # fmt: skip


def told(verdict: Verdict | None) -> Refused | None:
    """Return the refusal of a verdict; None if nothing was refused."""
    if verdict is None or verdict.refusal is None:
        return None
    return {"name": verdict.refusal.value, "sentence": verdict.sentence, "remedy": verdict.remedy}
