"""What a policy's settings compile to: what does not depend on the request is worked out when the policy is built."""

import re
from collections.abc import Sequence
from typing import Final, TypeAlias

from wsgicors import _http
from wsgicors._answers import EMPTY_BODY, log, text_body
from wsgicors._headers import HeaderAdder, header_adder
from wsgicors._http import Header, is_token, list_members, vary_line
from wsgicors._memory import Memory
from wsgicors.origins import FILE, NULL, is_loopback, is_serialization, split_origin
from wsgicors.patterns import OriginSet, OriginSource
from wsgicors.verdict import Refusal, Verdict

FORBIDDEN: Final = 403
"""RFC 9110, 15.5.4: the status of every refusal that is answered in the app's place."""

LONGEST_QUESTION: Final = 1024
"""Characters of a preflight's question that is remembered; those of browsers are far shorter."""

Ready: TypeAlias = tuple[Verdict, HeaderAdder]
"""The verdict on an actual request, and what adds its headers to the app's response."""


class ActualRequests:
    """Decides on actual requests, by their Origin.

    Args:
        origins: Those that are allowed; None for every one.
        credentials: Whether they may send cookies.
        exposed: Names of response headers.
        forbid: Whether a request whose origin is not allowed is answered 403.
        secure: Whether a plain http origin is not allowed, even where an expression or a source admits it.
    """

    __slots__ = ("_headers", "_no_origin", "_ready", "_secure", "_status", "_vary", "lasting", "origins")

    def __init__(
        self,
        origins: OriginSet | OriginSource | None,
        *,
        credentials: bool,
        exposed: tuple[str, ...],
        forbid: bool,
        secure: bool,
    ) -> None:
        self.origins = origins
        # A pattern was checked when it was given; what an expression or a source admits is seen only when it does.
        patterns = isinstance(origins, OriginSet) and not any(isinstance(one, re.Pattern) for one in origins.members)
        self._secure = secure and not patterns
        # A source may change its mind.
        self.lasting = isinstance(origins, OriginSet)
        self._headers = (*credentials_line(credentials), *list_line(_http.EXPOSE_HEADERS, exposed))
        self._vary = ("Origin", "Sec-Fetch-Site") if forbid else ("Origin",)
        self._status = FORBIDDEN if forbid else None
        self._ready = Memory[str, Ready]()
        self._no_origin = _ready(_allowed(None, (), ("Origin",)))
        if origins is None:
            self._no_origin = _ready(_allowed(None, ((_http.ALLOW_ORIGIN, "*"), *self._headers), ()))

    def ready(self, origin: str | None) -> Ready | None:
        """Return what was worked out for an earlier request, or when the policy was built."""
        if origin is None or self.origins is None:
            return self._no_origin
        return self._ready.get(origin)

    def decide(self, origin: str | None) -> Verdict:
        """Return the verdict on a request (`wsgicors.Policy.actual`)."""
        if origin is None or self.origins is None:
            return self._no_origin[0]
        ready = self._ready.get(origin)
        if ready is not None:
            return ready[0]
        refusal = self._refusal(origin, self.origins)
        if refusal is not None:
            return Verdict(False, refusal, (), self._vary, vary_line(self._vary), self._status, origin=origin)
        verdict = _allowed(origin, ((_http.ALLOW_ORIGIN, origin), *self._headers), ("Origin",))
        if self.lasting:
            self._ready.keep(origin, _ready(verdict))
        return verdict

    def _refusal(self, origin: str, origins: OriginSet | OriginSource) -> Refusal | None:
        try:
            if self._admits(origin, origins):
                return None
        except Exception:
            # No request makes the middleware raise; what cannot be known is refused.
            log().exception("the source of allowed origins failed")
            return Refusal.SOURCE_FAILED
        if is_serialization(origin) or origin == FILE:
            return Refusal.ORIGIN_NOT_ALLOWED
        return Refusal.NULL_ORIGIN if origin == NULL else Refusal.MALFORMED_ORIGIN

    def _admits(self, origin: str, origins: OriginSet | OriginSource) -> bool:
        well_formed = isinstance(origins, OriginSet) or is_serialization(origin)
        return well_formed and origin in origins and not (self._secure and _is_insecure(origin))


def _allowed(origin: str | None, headers: tuple[Header, ...], vary: tuple[str, ...]) -> Verdict:
    return Verdict(True, None, headers, vary, headers + vary_line(vary), origin=origin)


def _ready(verdict: Verdict) -> Ready:
    return verdict, header_adder(verdict)


def _is_insecure(origin: str) -> bool:
    """Whether anybody on the user's network can have made the page: plain http, from another machine."""
    parts = split_origin(origin)
    return parts is not None and parts[0] == "http" and not is_loopback(parts[1])


class Preflights:
    """Decides on preflights.

    Args:
        actual: The decisions on the requests that they ask for.
        methods: Those that are allowed; ``("*",)`` for every one.
        headers: Names of request headers.
        credentials: Whether the requests may send cookies.
        max_age: Seconds for which a browser keeps the answer.
        private_network: Whether pages of a more public network are allowed.
        status: That of an answer to an allowed preflight.
    """

    __slots__ = (
        "_actual", "_any_header", "_any_method", "_credentials", "_every_header", "_granted", "_headers_line", "_max_age_line",
        "_methods_line", "_no_body", "_private_network", "_refused", "_status", "_vary", "headers", "methods",
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
        self.headers = frozenset(name.lower() for name in headers)
        self._every_header = self._any_header and "authorization" in self.headers and not credentials
        # With credentials "*" is no wildcard (Fetch, "CORS-preflight fetch"): what was asked is echoed instead.
        self._methods_line = () if self._any_method and credentials else list_line(_http.ALLOW_METHODS, methods)
        self._headers_line = () if self._any_header and credentials else list_line(_http.ALLOW_HEADERS, headers)
        self._max_age_line = ((_http.MAX_AGE, str(max_age)),) if max_age is not None else ()
        # RFC 9110, 8.6: a 204 has no Content-Length.
        self._no_body = () if status == 204 else EMPTY_BODY
        dependencies = {
            "Origin": actual.origins is not None,
            _http.REQUEST_METHOD: not self._any_method or credentials,
            _http.REQUEST_HEADERS: not self._every_header,
            _http.REQUEST_PRIVATE_NETWORK: private_network,
        }
        self._vary = tuple(name for name, varies in dependencies.items() if varies)
        # An answer that is found costs 7,100 instructions, one that is worked out 38,900. Those to refused questions are
        # kept apart, so that they cannot evict the others.
        self._granted = Memory[tuple[str, str, str, bool], Verdict]()
        self._refused = Memory[tuple[str, str, str, bool], Verdict]()

    def decide(self, origin: str, method: str, headers: str, *, private_network: bool) -> Verdict:
        """Return the verdict on a preflight (`wsgicors.Policy.preflight`)."""
        question = (origin, method, headers, private_network)
        known = self._granted.get(question) or self._refused.get(question)
        if known is not None:
            return known
        actual = self._actual.decide(origin)
        if actual.origin is None:  # that of everybody
            actual = actual._replace(origin=origin)
        verdict = self._decide(actual, method, headers, private_network=private_network)
        if self._actual.lasting and len(origin) + len(method) + len(headers) <= LONGEST_QUESTION:
            (self._granted if verdict.allowed else self._refused).keep(question, verdict)
        return verdict

    def _decide(self, actual: Verdict, method: str, headers: str, *, private_network: bool) -> Verdict:
        if actual.refusal is not None:
            return self._refused_verdict(actual, actual.refusal, method)
        passed = actual.headers[: 1 + self._credentials]
        if private_network:
            if not self._private_network:
                return self._refused_verdict(actual, Refusal.PRIVATE_NETWORK, method, passed)
            passed = (*passed, (_http.ALLOW_PRIVATE_NETWORK, "true"))
        refusal = self._method_refusal(method)
        if refusal is not None:
            return self._refused_verdict(actual, refusal, method, passed + self._methods_line)
        passed += ((_http.ALLOW_METHODS, method),) if self._any_method and self._credentials else self._methods_line
        asked = list_members(headers)
        refusal, names = self._headers_refusal(asked)
        if refusal is not None:
            # Engines take "*" to cover Authorization, so that the line would let through what is refused here.
            line = () if refusal is Refusal.AUTHORIZATION_NOT_NAMED else self._headers_line
            return self._refused_verdict(actual, refusal, method, passed + line, names)
        echoed = list_line(_http.ALLOW_HEADERS, asked) if self._any_header and self._credentials else self._headers_line
        allowed = passed + echoed + self._max_age_line
        all_headers = allowed + vary_line(self._vary) + self._no_body
        return Verdict(True, None, allowed, self._vary, all_headers, self._status, origin=actual.origin)

    def _method_refusal(self, method: str) -> Refusal | None:
        if method in self.methods or (self._any_method and not self._credentials):
            return None
        if not is_token(method):
            return Refusal.MALFORMED_METHOD
        return None if self._any_method else Refusal.METHOD_NOT_ALLOWED

    def _headers_refusal(self, asked: list[str]) -> tuple[Refusal | None, tuple[str, ...]]:
        """Return why request headers are refused, and which of those `asked` are."""
        if self._every_header:
            return None, ()
        malformed = tuple(dict.fromkeys(name for name in asked if not is_token(name)))
        if malformed:
            return Refusal.MALFORMED_HEADERS, malformed
        lowered = dict.fromkeys(name.lower() for name in asked)
        if self._any_header:
            # Fetch, "CORS non-wildcard request-header name".
            if "authorization" in lowered and not self._credentials:
                return Refusal.AUTHORIZATION_NOT_NAMED, ("authorization",)
            return None, ()
        refused = tuple(name for name in lowered if name not in self.headers)
        return (Refusal.HEADER_NOT_ALLOWED, refused) if refused else (None, ())

    def _refused_verdict(
        self,
        actual: Verdict,
        refusal: Refusal,
        method: str,
        passed: tuple[Header, ...] = (),
        names: tuple[str, ...] = (),
    ) -> Verdict:
        vary = self._vary
        if refusal is Refusal.PRIVATE_NETWORK:
            vary = (*vary, _http.REQUEST_PRIVATE_NETWORK)  # without that field the same preflight may be granted
        framing, body = text_body(refusal.sentence_for(actual.origin, method, names))
        return Verdict(
            False, refusal, (), vary, vary_line(vary) + framing, FORBIDDEN, passed, actual.origin, method, names, body
        )


def credentials_line(credentials: bool) -> tuple[Header, ...]:  # noqa: FBT001
    return ((_http.ALLOW_CREDENTIALS, "true"),) if credentials else ()


def list_line(name: str, members: Sequence[str]) -> tuple[Header, ...]:
    return ((name, ", ".join(members)),) if members else ()
