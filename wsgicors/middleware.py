"""CORS: the WSGI middleware.

Wrap the app with it, outermost, to cover every response, including error pages, redirects and static files. Only
middleware that changes Host or the path (ProxyFix, a dispatcher) may wrap it. If the app raises, the server sends a
500 without CORS headers.

.. code-block:: python

    from wsgicors import CORS, Policy

    app = CORS(app, Policy(allow_origins=["https://www.example.com"], allow_methods=["PUT", "PATCH", "DELETE"]))

If a proxy in front of the app answers requests itself (it authenticates, redirects or serves files), set the headers
there instead, and do not use this middleware as well. For Django and Flask there are the adapters ``django_wsgicors``
and ``flask_wsgicors``, which also support settings for single views.
"""

from collections.abc import Callable, Iterable, Mapping
from types import MethodType
from typing import TYPE_CHECKING, Self, TypeAlias

from wsgicors import adapting
from wsgicors._answers import CORE_NAMES, STATUS_LINES
from wsgicors._apps import option_problems, wsgi_problems
from wsgicors._headers import header_adder
from wsgicors._http import SAFE_METHODS
from wsgicors._log import log, refusals
from wsgicors.problems import PolicyError
from wsgicors.rules import Answerer, Rules, RuleSet
from wsgicors.verdict import Verdict

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["CORS"]

OnRefusal: TypeAlias = "Callable[[Verdict, WSGIEnvironment], object]"


class CORS:
    """A WSGI app that answers preflights, and adds CORS headers to the responses of the app that it wraps.

    Args:
        app: The WSGI app to wrap.
        rules: A `wsgicors.Policy` for every path; or a list of policies, of which the first that allows the origin
            answers; or a mapping from paths to either. A rule covers its path and all paths below it; the longest
            wins; paths without a rule are left alone. Paths are compared segment by segment, case-sensitively, as the
            server decoded them.
        debug: Whether responses to refused requests include the remedy and the nearest allowed value. For development:
            it reveals what is allowed.
        on_refusal: Called with the verdict and the environ of every refused request, for metrics. Exceptions that it
            raises are logged.

    Raises:
        PolicyError: with every problem of the rules.

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

    _names: Mapping[str, str] = CORE_NAMES
    """The owner's names of the settings, for debug mode."""

    def __init__(
        self, app: "WSGIApplication", rules: RuleSet = (), *, debug: bool = False, on_refusal: "OnRefusal | None" = None
    ) -> None:
        self._refusals = refusals()  # imports logging now, so that no request has to
        self.app = app
        self.debug = debug
        self.on_refusal = on_refusal
        problems = [*wsgi_problems(app), *option_problems(debug, on_refusal)]
        try:
            self.rules = rules
        except PolicyError as error:
            problems += error.problems
        if problems:
            raise PolicyError(problems)

    @classmethod
    def from_mapping(
        cls,
        app: "WSGIApplication",
        mapping: Mapping[str, object],
        *,
        debug: bool = False,
        on_refusal: "OnRefusal | None" = None,
    ) -> Self:
        """Wrap `app` with the rules in a mapping that was read from TOML, JSON or a settings file.

        Args:
            app: The WSGI app to wrap.
            mapping: The settings of one policy (`wsgicors.Policy.from_mapping`); or ``{"rules": {path: settings}}``,
                where a list of settings is a list of policies. ``wsgicors export`` and ``wsgicors explain`` read the
                same format.
            debug: As for `CORS`.
            on_refusal: As for `CORS`.

        Raises:
            PolicyError: with every problem of every rule.

        >>> CORS.from_mapping(lambda environ, start_response: [], {"rules": {"/api": {"allow_origins": "*"}}}).rules
        {'/api': Policy(allow_origins='*')}
        """
        from wsgicors._rule_files import rules_from_mapping

        return cls(app, rules_from_mapping(mapping), debug=debug, on_refusal=on_refusal)

    @property
    def rules(self) -> RuleSet:
        """The rules, as given. Assigning to it replaces all at once, so a request sees the old or the new ones."""
        return self._rules.given

    @rules.setter
    def rules(self, rules: RuleSet) -> None:
        made = Rules(rules)
        if type(self).find is not CORS.find:
            made.everywhere = None  # `find` decides, for each request
        self._rules = made

    def find(self, environ: "WSGIEnvironment") -> Answerer | None:
        """Return the policy for a request, or None if no rule covers it.

        Adapters that choose by more than the path override this method.
        """
        return self._rules.find(adapting.path_of(environ))

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a preflight, or let the app answer and add the verdict's headers (PEP 3333)."""
        policy = self._rules.everywhere or self.find(environ)
        if policy is None:
            return self.app(environ, start_response)
        ready = policy.ready.get(environ.get("HTTP_ORIGIN"))
        if (
            ready is not None
            and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" not in environ
            and (not ready[2] or environ.get("REQUEST_METHOD") in SAFE_METHODS)
        ):
            return self.app(environ, MethodType(ready[1], start_response))
        verdict = adapting.decide(environ, policy)
        if verdict.refusal is not None:
            self.report(verdict, environ)
        if verdict.status is None:
            return self.app(environ, MethodType(header_adder(verdict), start_response))
        if verdict.headers and not (self.debug and verdict.refusal):
            # The preflight is granted, or answered as if it were.
            start_response(STATUS_LINES[verdict.status], [*verdict.all_headers])
            return []
        status, headers, body = adapting.answer(verdict, policy, debug=self.debug, names=self._names)
        start_response(STATUS_LINES[status], [*headers])
        return [body] if body and environ.get("REQUEST_METHOD") != "HEAD" else []

    def report(self, verdict: Verdict, environ: "WSGIEnvironment") -> None:
        """Report a refusal: log it, and call the hook."""
        self._refusals.report(verdict, environ)
        if self.on_refusal is not None:
            try:
                self.on_refusal(verdict, environ)
            except Exception:
                log().exception("on_refusal failed")
