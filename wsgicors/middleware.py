"""CORS: the WSGI middleware.

Wrap the app with it, outermost, so that every answer is covered: error pages, redirects and static files included. Only
what changes Host or the path for the app (a proxy fix, a dispatcher) may stand outside it.

.. code-block:: python

    from wsgicors import CORS, Policy

    app = CORS(app, Policy(allow_origins=["https://www.example.com"], allow_methods=["PUT", "DELETE"]))

Do it elsewhere where something in front of the app answers in its stead: a proxy that authenticates, redirects or serves
files needs the same headers there, and then this middleware must not add its own. Django and Flask have adapters,
``django_wsgicors`` and ``flask_wsgicors``, which also know views.
"""

from collections.abc import Callable, Iterable
from types import MethodType
from typing import TYPE_CHECKING, Final, TypeAlias

from wsgicors._answers import INFO, answer, log, log_refusal, status_line
from wsgicors._headers import Start, start_under
from wsgicors._same_origin import is_same_origin
from wsgicors.rules import Answerer, Rules, RuleSet
from wsgicors.verdict import Verdict

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

OnRefusal: TypeAlias = "Callable[[Verdict, WSGIEnvironment], object]"


class _Everything:
    """Stands in the log's place where others than the log are told of refusals: of all, whatever the log's level."""

    level: Final = 1


class CORS:
    """A WSGI app that answers preflights and adds to another's answers what lets pages of other origins read them.

    Args:
        app: The WSGI app to wrap.
        rules: A `wsgicors.Policy` for every path; or a list of them, of which the first that allows the origin answers; or a
            mapping from paths to either. A rule covers its path and all below it; the longest wins; a path without a
            rule is left wholly alone. Paths are compared with case, segment by segment, as the server decoded them.
        debug: Whether refusals tell their remedy and the nearest allowed value. For development: it tells strangers
            what is allowed.
        on_refusal: Called with the verdict and the environ of every refused request, for metrics. What it raises is logged.

    Raises:
        PolicyError: with every fault of the rules.

    >>> from wsgicors import Policy
    >>> def app(environ, start_response):
    ...     start_response("200 OK", [("Content-Type", "text/plain")])
    ...     return [b"hello"]
    >>> app = CORS(app, {"/api": Policy(allow_origins=["https://www.example.com"])})
    >>> environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/api/notes", "HTTP_ORIGIN": "https://www.example.com"}
    >>> app(environ, lambda status, headers: print(status, headers[1:]))
    200 OK [('Access-Control-Allow-Origin', 'https://www.example.com'), ('Vary', 'Origin')]
    [b'hello']
    """

    def __init__(
        self, app: "WSGIApplication", rules: RuleSet, *, debug: bool = False, on_refusal: "OnRefusal | None" = None
    ) -> None:
        self.app = app
        self.debug = debug
        self._log = log()
        self._root = self._log.root
        self.on_refusal = on_refusal
        self.rules = rules

    @property
    def rules(self) -> RuleSet:
        """The rules as given. Setting them swaps all at once: a request sees the old ones or the new ones."""
        return self._rules.given

    @rules.setter
    def rules(self, rules: RuleSet) -> None:
        self._hold(Rules(rules))

    def _hold(self, rules: Rules) -> None:
        """Have `rules` hold. What most requests ask of them is kept a step nearer."""
        self._rules, self._starts, self._no_origin = rules, rules.starts, rules.no_origin

    @property
    def on_refusal(self) -> "OnRefusal | None":
        """The hook as given. It can be set at any time."""
        return self._on_refusal

    @on_refusal.setter
    def on_refusal(self, on_refusal: "OnRefusal | None") -> None:
        self._on_refusal = on_refusal
        self._listen()

    def _listen(self) -> None:
        """Note who hears of refusals: by its level, as a logger's."""
        self._listener = _Everything() if self._is_told() else self._log

    def _is_told(self) -> bool:
        """Whether anybody but the log is told of refusals. An adapter that has other ways to tell overrides it."""
        return self._on_refusal is not None

    def find(self, environ: "WSGIEnvironment") -> Answerer | None:
        """What answers for a request, or None where no rule covers it. An adapter that knows more than the path overrides it."""
        return self._rules.find(environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", ""))

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a preflight, or have the app answer and see to the headers (PEP 3333)."""
        origin: str | None = environ.get("HTTP_ORIGIN")
        if origin is None:
            start = self._no_origin
        elif "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in environ and environ.get("REQUEST_METHOD") == "OPTIONS":
            return self._answer_preflight(origin, environ, start_response)
        else:
            start = self._starts.get(origin)
        if start is None:
            rules = self._rules
            start = rules.stranger
            if (
                start is None
                or origin is None  # where the rules were set anew in between
                or origin in rules.admitted
                or (self._listener.level or self._root.level) <= INFO
            ):
                decided = self._decide(origin, environ)
                if decided is None:
                    return self.app(environ, start_response)
                if isinstance(decided, Verdict):
                    return self._answer(decided, environ, start_response)
                start = decided
        return self.app(environ, MethodType(start, start_response))

    def _answer_preflight(
        self, origin: str, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        answerer = self._rules.everywhere or self.find(environ)
        if answerer is None:
            return self.app(environ, start_response)
        method: str = environ["HTTP_ACCESS_CONTROL_REQUEST_METHOD"]
        headers = environ.get("HTTP_ACCESS_CONTROL_REQUEST_HEADERS", "")
        if environ.get("HTTP_ACCESS_CONTROL_REQUEST_PRIVATE_NETWORK") == "true":
            verdict = answerer.preflight(origin, method, headers, private_network=True)
        else:
            verdict = answerer.preflight(origin, method, headers)
        return self._answer(verdict, environ, start_response)

    def _decide(self, origin: str | None, environ: "WSGIEnvironment") -> "Start | Verdict | None":
        """How the app's answer starts; a verdict where it is to be answered in the app's stead; None where no rule covers it."""
        answerer = self._rules.everywhere or self.find(environ)
        if answerer is None:
            return None
        if origin is None:
            return answerer.no_origin[0]
        known = answerer.starts.get(origin)
        if known is not None:
            return known
        if answerer.stranger is not None and origin not in answerer.admitted:
            start, verdict = answerer.stranger
            if verdict.allowed or (self._listener.level or self._root.level) > INFO:
                return start
        verdict = answerer.actual(origin)
        if verdict.refusal is None:
            return answerer.starts.get(origin) or start_under(verdict)
        if is_same_origin(origin, environ.get("HTTP_HOST", ""), environ.get("HTTP_SEC_FETCH_SITE")):
            # The server's own page: not a cross-origin request, and nothing is refused to it.
            return start_under(verdict._replace(status=None))
        if verdict.status is not None:
            return verdict
        self.report(verdict, environ)
        return start_under(verdict)

    def _answer(self, verdict: Verdict, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer in the app's stead."""
        status, headers, body = verdict.status or 200, verdict.complete, verdict.body
        if verdict.refusal is not None:
            self.report(verdict, environ)
            if self.debug or not body:
                answerer = self.find(environ) if self.debug else None
                status, headers, body = answer(verdict, answerer.nearest(verdict) if answerer is not None else None)
        start_response(status_line(status), list(headers))
        return [body] if body and environ.get("REQUEST_METHOD") != "HEAD" else []

    def report(self, verdict: Verdict, environ: "WSGIEnvironment") -> None:
        """Tell of a refusal: in the log, and to the hook."""
        if self._log.isEnabledFor(INFO):
            path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
            log_refusal(verdict, environ.get("REQUEST_METHOD", ""), path)
        if self._on_refusal is not None:
            try:
                self._on_refusal(verdict, environ)
            except Exception:
                self._log.exception("on_refusal failed")
