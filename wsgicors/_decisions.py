"""What a policy's settings compile to: whatever does not depend on the request is computed when it is built."""

import re
from collections.abc import Sequence
from typing import Final, TypeAlias

from wsgicors import _http
from wsgicors._answers import EMPTY_BODY, text_body
from wsgicors._headers import HeaderAdder, header_adder
from wsgicors._http import VARY_OF_FORBIDDING, Header, is_token, list_members, vary_line
from wsgicors._log import log
from wsgicors._memory import Memory
from wsgicors._origin_sources import AsyncOriginSource, OriginSource, ask_source, is_unanswered
from wsgicors.origins import FILE, MAX_ORIGIN, NULL, is_loopback, is_serialization, split_origin
from wsgicors.patterns import OriginSet
from wsgicors.verdict import Refusal, Verdict

FORBIDDEN: Final = 403
"""RFC 9110, 15.5.4: the status of every refusal that is sent instead of the app's response."""

LONGEST_QUESTION: Final = 1024
"""The most characters of a preflight that is cached; those of browsers are far shorter."""

Ready: TypeAlias = tuple[Verdict, HeaderAdder, bool]
"""The verdict on an allowed actual request, the function that adds its headers to the app's response, and whether it
holds for safe methods only."""

CROSS_SITE: Final = Verdict(False, Refusal.CROSS_SITE, (), VARY_OF_FORBIDDING, vary_line(VARY_OF_FORBIDDING), FORBIDDEN)
"""The verdict on a request from a page of another origin without Origin, if the policy forbids."""

_NOT_ALLOWED: Final = Refusal.ORIGIN_NOT_ALLOWED  # saves 900 instructions for each refusal (Python 3.11)
_OPAQUE: Final = {NULL: Refusal.NULL_ORIGIN, FILE: Refusal.ORIGIN_NOT_ALLOWED}
"""What pages with an opaque origin send. A list can allow it; a source is never asked about it."""


class ActualRequests:
    """Decides on actual requests, by their Origin.

    Args:
        origins: The allowed origins; None for every origin.
        credentials: Whether they may send cookies.
        exposed: Names of response headers.
        forbid: Whether a request of an origin that is not allowed is answered 403.
        secure: Whether plain http origins are refused even if an expression or a source admits them.
    """

    __slots__ = (
        "_headers", "_ready", "_refused_headers", "_secure", "_status", "_vary", "forbids", "lasting", "origins",
    )  # fmt: skip

    def __init__(
        self,
        origins: OriginSet | OriginSource | AsyncOriginSource | None,
        *,
        credentials: bool,
        exposed: tuple[str, ...],
        forbid: bool,
        secure: bool,
    ) -> None:
        self.origins = origins
        # Patterns were checked when the policy was built; expressions and sources can admit plain http at run time.
        patterns = isinstance(origins, OriginSet) and not any(isinstance(one, re.Pattern) for one in origins.members)
        self._secure = secure and not patterns
        # The answer of a source can change.
        self.lasting = origins is None or isinstance(origins, OriginSet)
        self._headers = (*credentials_line(credentials), *list_line(_http.EXPOSE_HEADERS, exposed))
        self.forbids = forbid and origins is not None
        self._vary = VARY_OF_FORBIDDING if forbid else ("Origin",)
        self._status = FORBIDDEN if forbid else None
        self._refused_headers = vary_line(self._vary)
        self._ready = Memory[str | None, Ready]()
        self.decide(None)

    @property
    def ready(self) -> dict[str | None, Ready]:
        """The cached verdicts, by their Origin."""
        return self._ready.known

    def decide(self, origin: str | None) -> Verdict:
        """Return the verdict on a request (`wsgicors.Policy.actual`)."""
        ready = self._ready.known.get(origin)
        if ready is not None:
            return ready[0]
        if self.origins is None:
            verdict = _allowed(None, ((_http.ALLOW_ORIGIN, "*"), *self._headers), ())
        elif origin is None:
            verdict = _allowed(None, (), ("Origin",))
        else:
            refusal = self._refusal(origin, self.origins)
            if refusal is not None:
                # Verdict.__new__ is a Python function: it would cost 1,500 instructions more for each refusal.
                return tuple.__new__(  # pyright: ignore[reportUnknownMemberType]
                    Verdict,
                    (False, refusal, (), self._vary, self._refused_headers, self._status, (), origin, None, (), b""),
                )
            verdict = _allowed(origin, ((_http.ALLOW_ORIGIN, origin), *self._headers), ("Origin",))
        if origin is None or (self.lasting and len(origin) <= MAX_ORIGIN):
            self._ready.keep(origin, (verdict, header_adder(verdict), origin is None and self.forbids))
        return verdict

    def _refusal(self, origin: str, origins: OriginSet | OriginSource | AsyncOriginSource) -> Refusal | None:
        if isinstance(origins, OriginSet):
            known = origin in origins.exact or (origins.has_families and origins.family_has(origin))
            if not known:
                return _NOT_ALLOWED if is_serialization(origin) else _OPAQUE.get(origin, Refusal.MALFORMED_ORIGIN)
            return Refusal.INSECURE_ORIGIN if self._secure and _is_insecure(origin) else None
        if not is_serialization(origin):
            return _OPAQUE.get(origin, Refusal.MALFORMED_ORIGIN)
        try:
            if not ask_source(origins, origin):
                return Refusal.SOURCE_FAILED if is_unanswered(origins, origin) else _NOT_ALLOWED
        except Exception:
            # No request makes the middleware raise: refuse the origin if the source fails.
            log().exception("the source of allowed origins failed")
            return Refusal.SOURCE_FAILED
        return Refusal.INSECURE_ORIGIN if self._secure and _is_insecure(origin) else None


def _allowed(origin: str | None, headers: tuple[Header, ...], vary: tuple[str, ...]) -> Verdict:
    return Verdict(True, None, headers, vary, headers + vary_line(vary), origin=origin)


def _is_insecure(origin: str) -> bool:
    """Whether a page came over plain http from another machine: anybody on the user's network can have written it."""
    parts = split_origin(origin)
    return parts is not None and parts[0] == "http" and not is_loopback(parts[1])


_MALFORMED: Final = (Refusal.MALFORMED_METHOD, Refusal.MALFORMED_HEADERS)
"""Refusals of preflights that no browser sends: the answer echoes nothing."""


class Preflights:
    """Decides on preflights.

    Args:
        actual: The decisions on the actual requests.
        methods: The allowed methods; ``("*",)`` for every method.
        headers: Names of request headers.
        credentials: Whether the requests may send cookies.
        max_age: Seconds for which a browser caches the answer.
        private_network: Whether pages of a more public network are allowed.
        status: The status of the answer to an allowed preflight.
    """

    __slots__ = (
        "_actual", "_any_header", "_any_method", "_constant", "_credentials", "_every_header", "_granted",
        "_listed_headers", "_listed_methods", "_max_age_line", "_no_body", "_private_network", "_refused", "_status",
        "_vary", "headers", "methods",
    )  # fmt: skip

    def __init__(
        self,
        actual: ActualRequests,
        *,
        methods: tuple[str, ...],
        headers: tuple[str, ...],
        credentials: bool,
        max_age: int | None,
        private_network: bool,
        status: int,
    ) -> None:
        self._actual = actual
        self._credentials = credentials
        self._private_network = private_network
        self._status = status
        self._any_method = "*" in methods
        self.methods = _http.SAFELISTED_METHODS.union(methods)
        self._any_header = "*" in headers
        self._listed_methods, self._listed_headers = methods, headers
        self.headers = frozenset(name.lower() for name in headers)
        self._every_header = self._any_header and "authorization" in self.headers and not credentials
        self._max_age_line = ((_http.MAX_AGE, str(max_age)),) if max_age is not None else ()
        self._constant = self._lines(methods, headers)
        # RFC 9110, 8.6: a 204 has no Content-Length.
        self._no_body = () if status == 204 else EMPTY_BODY
        dependencies = {
            "Origin": actual.origins is not None,
            _http.REQUEST_METHOD: not self._any_method or credentials,
            _http.REQUEST_HEADERS: not self._every_header,
            _http.REQUEST_PRIVATE_NETWORK: private_network,
        }
        self._vary = tuple(name for name, varies in dependencies.items() if varies)
        # A cached answer costs 7,100 instructions, a computed one 38,900. Refusals have a cache of their own, so that
        # they cannot evict granted answers.
        self._granted = Memory[tuple[str, str, str, bool], Verdict]()
        self._refused = Memory[tuple[str, str, str, bool], Verdict]()

    def decide(self, origin: str, method: str, headers: str, private_network: bool) -> Verdict:  # noqa: FBT001
        """Return the verdict on a preflight (`wsgicors.Policy.preflight`)."""
        question = (origin, method, headers, private_network)
        known = self._granted.known.get(question) or self._refused.known.get(question)
        if known is not None:
            return known
        verdict = self._decide(self._actual.decide(origin), origin, method, headers, private_network=private_network)
        if self._actual.lasting and len(origin) + len(method) + len(headers) <= LONGEST_QUESTION:
            (self._granted if verdict.allowed else self._refused).keep(question, verdict)
        return verdict

    def _decide(self, actual: Verdict, origin: str, method: str, headers: str, *, private_network: bool) -> Verdict:
        if actual.refusal is not None:
            return self._forbidden(actual, origin, actual.refusal, method)
        if private_network and not self._private_network:
            return self._forbidden(actual, origin, Refusal.PRIVATE_NETWORK, method)
        asked = list_members(headers)
        refusal, names = self._refusal(method, asked)
        if refusal in _MALFORMED:
            return self._forbidden(actual, origin, refusal, method, names)
        answer = self._answer(actual, method, asked, private_network=private_network)
        if self._lacks_authorization(asked):
            # Engines treat "*" as covering Authorization, and would send the request that is refused here.
            answer = tuple(header for header in answer if header[0] != _http.ALLOW_HEADERS)
        all_headers = answer + vary_line(self._vary) + self._no_body
        if refusal is None:
            return Verdict(True, None, answer, self._vary, all_headers, self._status, origin=origin)
        return Verdict(False, refusal, answer, self._vary, all_headers, self._status, answer, origin, method, names)

    def _answer(self, actual: Verdict, method: str, asked: list[str], *, private_network: bool) -> tuple[Header, ...]:
        """Return the answer to an allowed origin: everything that it may send, whatever it asked for.

        The browser's console then names the method or header that is missing; an error status would hide it. This
        grants nothing: the browser compares, and blocks the request itself.
        """
        lines = self._constant
        if self._credentials and (self._any_method or self._any_header):
            # With credentials "*" is not a wildcard (Fetch, "CORS-preflight fetch"): echo what was asked for.
            lines = self._lines(
                [method] if self._any_method else self._listed_methods,
                asked if self._any_header else self._listed_headers,
            )
        network = ((_http.ALLOW_PRIVATE_NETWORK, "true"),) if private_network else ()
        return actual.headers[: 1 + self._credentials] + network + lines

    def _lines(self, methods: Sequence[str], headers: Sequence[str]) -> tuple[Header, ...]:
        return (
            *list_line(_http.ALLOW_METHODS, methods),
            *list_line(_http.ALLOW_HEADERS, headers),
            *self._max_age_line,
        )

    def _refusal(self, method: str, asked: list[str]) -> tuple[Refusal | None, tuple[str, ...]]:
        """Return why the method or the headers are refused, and the refused header names."""
        if not is_token(method) and (self._credentials or not self._any_method):
            return Refusal.MALFORMED_METHOD, ()
        malformed = () if self._every_header else tuple(dict.fromkeys(name for name in asked if not is_token(name)))
        if malformed:
            return Refusal.MALFORMED_HEADERS, malformed
        if method not in self.methods and not self._any_method:
            return Refusal.METHOD_NOT_ALLOWED, ()
        if self._lacks_authorization(asked):
            return Refusal.AUTHORIZATION_NOT_NAMED, ("authorization",)
        if self._any_header:
            return None, ()
        lowered = dict.fromkeys(name.lower() for name in asked)
        refused = tuple(name for name in lowered if name not in self.headers)
        return (Refusal.HEADER_NOT_ALLOWED, refused) if refused else (None, ())

    def _lacks_authorization(self, asked: list[str]) -> bool:
        """Whether Authorization is requested and not granted.

        "*" does not cover it (Fetch, "CORS non-wildcard request-header name").
        """
        covered = not self._any_header or self._credentials or self._every_header
        return not covered and any(name.lower() == "authorization" for name in asked)

    def _forbidden(
        self, actual: Verdict, origin: str, refusal: Refusal, method: str, names: tuple[str, ...] = ()
    ) -> Verdict:
        vary = self._vary
        if refusal is Refusal.PRIVATE_NETWORK:
            vary = (*vary, _http.REQUEST_PRIVATE_NETWORK)  # without that header the same preflight can be granted
        passed = actual.headers[: 1 + self._credentials]
        framing, body = text_body(refusal.sentence_for(origin, method, names))
        return Verdict(
            False, refusal, (), vary, vary_line(vary) + framing, FORBIDDEN, passed, origin, method, names, body
        )


def credentials_line(credentials: bool) -> tuple[Header, ...]:  # noqa: FBT001
    return ((_http.ALLOW_CREDENTIALS, "true"),) if credentials else ()


def list_line(name: str, members: Sequence[str]) -> tuple[Header, ...]:
    return ((name, ", ".join(members)),) if members else ()
