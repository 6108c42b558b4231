"""Experiments: a policy, another fault of the server, and the exchanges that took place.

An experiment is a server of its own, under a path that cannot be guessed. Its settings apply to no other path.
"""

import json
import secrets
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypedDict
from urllib.parse import urlsplit
from wsgiref.util import shift_path_info

from werkzeug.test import EnvironBuilder, run_wsgi_app

from wsgicors.browser import Request, Response, fetch
from wsgicors.demo._faults import ANSWERED_BY, FAULTS, NOTE, By
from wsgicors.demo._journal import Refused, told
from wsgicors.doctor.diagnosis._examination import Examination
from wsgicors.doctor.diagnosis._examining import examine
from wsgicors.doctor.diagnosis._explain import explain
from wsgicors.doctor.diagnosis._ranking import certain
from wsgicors.doctor.evidence._facts import ELLIPSIS
from wsgicors.middleware import CORS
from wsgicors.policy import Policy
from wsgicors.verdict import Verdict

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from wsgicors._headers import ExcInfo

KEPT: Final = 100
"""The most experiments kept; the oldest are dropped."""

MAX_EXCHANGES: Final = 20
"""The most exchanges kept for one experiment."""

MOUNT: Final = "/playground"
"""The path below which experiments are served."""

_VERDICT: Final = "wsgicors.demo.verdict"
_SECRET: Final = frozenset({"authorization", "cookie"})
_BODILESS: Final = frozenset({"HEAD"})


class Exchange(TypedDict):
    """A request as it arrived and its answer as it was sent, with a name and a value for each header line.

    Paths are the app's own, without the path of the experiment.
    """

    method: str
    path: str
    request: list[tuple[str, str]]
    status: str
    response: list[tuple[str, str]]
    by: By
    refused: Refused | None
    """The middleware's words, if it refused."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The choice of a visitor.

    Attributes:
        policy: The server's policy.
        fault: What else is wrong with the server, a key of `FAULTS`, or "".
        asked_before: Another origin, whose page asked before.
        debug: Whether the middleware is in debug mode, which is not for production.
    """

    policy: Policy
    fault: str
    asked_before: str
    debug: bool = False

    @property
    def path(self) -> str:
        """The path that the page asks for, below the experiment's own path."""
        return FAULTS[self.fault].path if self.fault else NOTE


class _Unlogged(CORS):
    """The middleware for predictions: the log has only requests that browsers sent."""

    def report(self, verdict: Verdict, environ: "WSGIEnvironment") -> None:
        _keep_refusal(verdict, environ)


class Experiment:
    """A server with the chosen settings, which records the exchanges.

    Args:
        chosen: The choice of the visitor.
        served: Whether requests come from a browser: refusals are then logged, as on any server.

    >>> experiment = Experiment(Chosen(Policy(allow_origins="*"), "", "https://b.example"))
    >>> page = Request("https://api.example/x", origin="https://a.example")
    >>> experiment.answer(page).get("Access-Control-Allow-Origin")
    '*'
    >>> experiment.exchanges[0]["status"], str(experiment.exchanges[0]["by"])
    ('200 OK', 'app')
    """

    def __init__(self, chosen: Chosen, *, served: bool = False) -> None:
        middleware = CORS if served else _Unlogged

        def protect(app: "WSGIApplication") -> "WSGIApplication":
            return middleware(app, chosen.policy, debug=chosen.debug, on_refusal=_keep_refusal)

        fault = FAULTS.get(chosen.fault)
        self.chosen = chosen
        self._server = fault.serve(_app, protect, chosen.asked_before) if fault else protect(_app)
        self._exchanges: deque[Exchange] = deque(maxlen=MAX_EXCHANGES)

    @property
    def exchanges(self) -> list[Exchange]:
        """The exchanges, oldest first."""
        return list(self._exchanges)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request (PEP 3333)."""
        arrived = list(_arrived(environ))

        def start_and_keep(
            status: str, headers: list[tuple[str, str]], exc_info: "ExcInfo | None" = None
        ) -> Callable[[bytes], object]:
            self._exchanges.append({
                "method": environ["REQUEST_METHOD"],
                "path": environ["PATH_INFO"],
                "request": arrived,
                "status": status,
                "response": [(name, value.removeprefix(environ["SCRIPT_NAME"])) for name, value in headers],
                "by": environ.get(ANSWERED_BY, By.MIDDLEWARE),
                "refused": told(environ.get(_VERDICT)),
            })  # fmt: skip
            return start_response(status, headers, exc_info)

        return self._server(environ, start_and_keep)

    def answer(self, sent: Request) -> Response:
        """Return the answer to a browser's request, without a network."""
        environ = EnvironBuilder(urlsplit(sent.url).path, method=sent.method, headers=list(sent.headers)).get_environ()
        _, status, headers = run_wsgi_app(self, environ)
        return Response(int(status[:3]), list(headers))


def predict(chosen: Chosen, page: Request) -> Examination:
    """Return how a browser will handle a page's request, and why.

    Args:
        chosen: The settings of the server.
        page: The page's request.
    """
    experiment = Experiment(chosen)
    found = examine(fetch(page, experiment.answer))
    if not found.suspects or not experiment.exchanges:
        return found
    if experiment.exchanges[-1]["by"] is By.FRONT:
        played = [cause for cause in FAULTS[chosen.fault].causes if cause in {one.cause.id for one in found.suspects}]
        return found.with_suspects(certain(*played)) if played else found
    told = explain(
        chosen.policy,
        page.origin,
        url=page.url,
        method=page.method,
        headers=[f"{name}: {value}" for name, value in page.headers],
        credentials=page.credentials == "include",
    ).examination
    return replace(found, facts=told.facts, suspects=told.suspects)


class Experiments:
    """A limited number of experiments, each served under the path of its key."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Experiment] = OrderedDict()
        self._lock = threading.Lock()

    def add(self, chosen: Chosen) -> str:
        """Return a new experiment's key."""
        key = secrets.token_hex(8)
        with self._lock:
            self._kept[key] = Experiment(chosen, served=True)
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return key

    def get(self, key: str) -> Experiment | None:
        """Return the experiment with that key; None if it no longer exists."""
        with self._lock:
            return self._kept.get(key)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer by the experiment whose key begins the path (PEP 3333)."""
        experiment = self.get(shift_path_info(environ) or "")
        if experiment is not None:
            return experiment(environ, start_response)
        start_response("404 Not Found", [("Content-Type", "text/plain"), ("Content-Length", "0")])
        return []


def _keep_refusal(verdict: Verdict, environ: "WSGIEnvironment") -> None:
    environ[_VERDICT] = verdict


def _app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """Answer as the app behind the middleware (PEP 3333)."""
    environ[ANSWERED_BY] = By.APP
    body = json.dumps({"method": environ["REQUEST_METHOD"], "from": "the app"}).encode()
    start_response(
        "200 OK",
        [
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(body))),
            ("Cache-Control", "no-store"),
            ("X-Total-Count", "1"),
        ],
    )
    return [] if environ["REQUEST_METHOD"] in _BODILESS else [body]


def _arrived(environ: "WSGIEnvironment") -> Iterable[tuple[str, str]]:
    """Return the request's headers from the environ, in which the case of names and the order are lost."""
    for key, value in environ.items():
        name = key.removeprefix("HTTP_")
        if (name != key or key in {"CONTENT_TYPE", "CONTENT_LENGTH"}) and value:
            spelled = "-".join(word.capitalize() for word in name.split("_"))
            yield spelled, ELLIPSIS if spelled.lower() in _SECRET else value
