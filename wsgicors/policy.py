"""Policy: settings in, checked and compiled; verdicts on preflights and actual requests out."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, Literal, NoReturn, Self, TypeAlias, cast

from wsgicors import _http
from wsgicors._answers import EMPTY_BODY, log, text_body
from wsgicors._checks import Checks, read_members, read_text, write_member
from wsgicors._headers import Ready, Start, made_ready, start_under
from wsgicors._http import Header, is_token, list_members, vary_line
from wsgicors.origins import NULL, is_loopback, is_serialization, split_origin
from wsgicors.patterns import Member, OriginSet, OriginSource
from wsgicors.problems import SETTINGS, PolicyError, Problem, nearest
from wsgicors.verdict import Refusal, Verdict

if TYPE_CHECKING:
    from datetime import timedelta

Origins: TypeAlias = Iterable[Member] | OriginSource
"""What ``allow_origins`` takes; a text is either ``"*"`` or a mistake."""

REMEMBERED: Final = 1024
"""Origins whose verdicts a policy keeps ready, allowed ones and refused ones apart, so that strangers cannot push the known out."""

NEAREST_AMONG: Final = 1000
"""Allowed values among which the nearest one is looked for, in debug mode."""

REMEMBERED_LENGTH: Final = 1024
"""Characters of a preflight's question that is remembered; browsers' are far shorter."""

FORBIDDEN: Final = 403
"""RFC 9110, 15.5.4: the status of every refusal that is answered in the app's stead."""

# A named tuple's own constructor takes longer than the rest of a decision.
_verdict = cast("Callable[[type[Verdict], tuple[object, ...]], Verdict]", tuple.__new__)  # pyright: ignore[reportUnknownMemberType]
_ORIGIN: Final = ("Origin",)
_VARY_ORIGIN: Final = vary_line(_ORIGIN)
# Until Python 3.12 an enumeration's members are looked up in Python.
_ORIGIN_NOT_ALLOWED: Final = Refusal.ORIGIN_NOT_ALLOWED
_MALFORMED_ORIGIN: Final = Refusal.MALFORMED_ORIGIN


class Policy:
    """Who may read what, checked and compiled. Immutable, hashable, safe to share between threads and apps.

    A policy that is unsafe, or that no browser could ever satisfy, does not build. A policy that builds is answered
    exactly as Fetch, "HTTP CORS protocol" (https://fetch.spec.whatwg.org/#http-cors-protocol) has it.

    Args:
        allow_origins: ``"*"`` for public data; or patterns (`wsgicors.patterns.OriginPattern`: ``https://www.example.com``,
            ``https://*.example.com``, ``http://localhost:*``, ``null``) and compiled regular expressions, which always
            match whole; or a source that is asked ``origin in source``, such as `wsgicors.CachedOrigins`.
        allow_methods: ``"*"`` or method names, with their case. GET, HEAD and POST need no listing. Not CONNECT, TRACE and
            TRACK, which no page can send.
        allow_headers: ``"*"`` or names of request headers, in any case. As the standard has it, ``"*"`` leaves out
            Authorization without credentials (name both then); with credentials it means every name. Not the names that
            no page can set, such as Cookie, Host and all of ``Sec-``.
        expose_headers: ``"*"`` (not with credentials) or names of response headers that the page may read beside the
            safelisted ones. Not Set-Cookie.
        allow_credentials: Whether the page may send cookies, HTTP authentication and client certificates, and read the
            answer. Not with ``"*"`` or ``"null"`` among the origins, nor with plain http origins or the subdomains of a
            public suffix.
        max_age: How long a browser keeps a preflight's answer: whole seconds or a timedelta, 0 to 86400. None sends
            none, and browsers then keep it for 5 seconds.
        allow_private_network: Whether pages of a more public network may reach this server (Private Network Access).
        preflight_status: The status of an allowed preflight's answer, 200 to 299.
        refuse: What becomes of an actual request whose origin is not allowed: ``"withhold"`` lets the app run and sends no
            CORS headers, so that the page cannot read the answer; ``"forbid"`` answers 403 before the app runs, unless
            the request is same-origin.
        dangerously_allow: Codes of problems to let through, such as ``insecure-origin``: those of
            `wsgicors.problems.ALLOWABLE`.

    Raises:
        PolicyError: with every fault of every setting, and what to write instead.

    >>> policy = Policy(allow_origins=["http://www.example.com"], allow_methods=["PUT", "DELETE"])
    >>> policy.actual("http://www.example.com").headers
    (('Access-Control-Allow-Origin', 'http://www.example.com'),)
    >>> policy.preflight("http://www.example.com", "PUT").headers[1]
    ('Access-Control-Allow-Methods', 'PUT, DELETE')
    >>> policy.preflight("http://www.example.com", "PATCH").sentence
    "The method 'PATCH' is not allowed here."
    """

    __slots__ = (
        "__weakref__",
        "_actual_tail",
        "_any_header",
        "_any_method",
        "_every_header",
        "_guarded",
        "_header_names",
        "_headers_line",
        "_lasting",
        "_max_age_line",
        "_methods",
        "_methods_line",
        "_no_body",
        "_origins",
        "_preflight_vary",
        "_preflights",
        "_refused",
        "_refused_actual",
        "_refused_preflights",
        "admitted",
        "allow_credentials",
        "allow_headers",
        "allow_methods",
        "allow_origins",
        "allow_private_network",
        "dangerously_allow",
        "expose_headers",
        "max_age",
        "no_origin",
        "preflight_status",
        "ready",
        "refuse",
        "starts",
        "stranger",
    )

    allow_origins: tuple[Member, ...] | OriginSource
    """As given; ``("*",)`` for every origin."""
    allow_methods: tuple[str, ...]
    allow_headers: tuple[str, ...]
    expose_headers: tuple[str, ...]
    allow_credentials: bool
    max_age: int | None
    """Seconds."""
    allow_private_network: bool
    preflight_status: int
    refuse: Literal["withhold", "forbid"]
    dangerously_allow: frozenset[str]

    no_origin: Ready
    """The verdict on a request without Origin."""
    ready: dict[str, Verdict]
    """Verdicts on allowed actual requests by their Origin; kept by the policy, for reading only."""
    starts: dict[str, Start]
    """How the app's answers to those requests start; likewise."""
    admitted: frozenset[str] | OriginSet
    """Every origin whose verdict differs from `stranger`, where there is one."""
    stranger: Ready | None
    """For a middleware that reports no refusals: the verdict on all that is not `admitted`, which names neither the origin nor its fault.

    None where there is more to ask, or to tell: then it is `actual` that knows.
    """

    _origins: OriginSet | OriginSource | None
    """None for every origin."""
    _lasting: bool
    """Whether a decision on an origin holds for good: a source may change its mind."""
    _guarded: bool
    _actual_tail: tuple[Header, ...]
    _refused_actual: tuple[tuple[str, ...], tuple[Header, ...], int | None]
    _any_method: bool
    _methods: frozenset[str]
    _methods_line: tuple[Header, ...]
    _any_header: bool
    _every_header: bool
    _header_names: frozenset[str]
    _headers_line: tuple[Header, ...]
    _no_body: tuple[Header, ...]
    _max_age_line: tuple[Header, ...]
    _preflight_vary: tuple[tuple[str, ...], tuple[Header, ...]]
    _refused: dict[str, Verdict]
    _preflights: dict[tuple[str, str, str, bool], Verdict]
    _refused_preflights: dict[tuple[str, str, str, bool], Verdict]

    def __init__(
        self,
        *,
        allow_origins: Origins,
        allow_methods: Iterable[str] = (),
        allow_headers: Iterable[str] = (),
        expose_headers: Iterable[str] = (),
        allow_credentials: bool = False,
        max_age: "int | timedelta | None" = None,
        allow_private_network: bool = False,
        preflight_status: int = 204,
        refuse: Literal["withhold", "forbid"] = "withhold",
        dangerously_allow: Iterable[str] = (),
    ) -> None:
        checks = Checks()
        origins = checks.origins(allow_origins)
        self.dangerously_allow = checks.permissions(dangerously_allow)
        self.allow_credentials = checks.switch("allow_credentials", allow_credentials)
        self.allow_private_network = checks.switch("allow_private_network", allow_private_network)
        checks.unsafe_origins(
            origins,
            self.dangerously_allow,
            credentials=self.allow_credentials,
            private_network=self.allow_private_network,
        )
        self.allow_methods = checks.methods(allow_methods)
        self.allow_headers = checks.request_headers(allow_headers)
        self.expose_headers = checks.exposed_headers(expose_headers, credentials=self.allow_credentials)
        self.max_age = checks.max_age(max_age)
        self.preflight_status = checks.preflight_status(preflight_status)
        self.refuse = checks.refuse(refuse)
        checks.finish()
        self.allow_origins = (
            ("*",) if origins is None else origins.members if isinstance(origins, OriginSet) else origins
        )
        self._compile(origins)

    def _compile(self, origins: OriginSet | OriginSource | None) -> None:
        """Work out all that does not depend on the request."""
        credentials = ((_http.ALLOW_CREDENTIALS, "true"),) if self.allow_credentials else ()
        self._origins = origins
        self._lasting = isinstance(origins, OriginSet)
        # A pattern was checked when it was given; what a source or an expression admits is seen only when it does.
        self._guarded = (
            (self.allow_credentials or self.allow_private_network)
            and "insecure-origin" not in self.dangerously_allow
            and not (isinstance(origins, OriginSet) and not any(isinstance(one, re.Pattern) for one in origins.members))
        )
        self._actual_tail = (*credentials, *_list_line(_http.EXPOSE_HEADERS, self.expose_headers))
        everybody = ((_http.ALLOW_ORIGIN, "*"), *self._actual_tail)
        self.no_origin = made_ready(
            Verdict(True, None, everybody, (), everybody)
            if origins is None
            else Verdict(True, None, (), _ORIGIN, _VARY_ORIGIN)
        )
        forbids = self.refuse == "forbid"
        vary = ("Origin", "Sec-Fetch-Site") if forbids else _ORIGIN
        self._refused_actual = (vary, vary_line(vary), FORBIDDEN if forbids else None)
        self.admitted, self.stranger = frozenset(), None
        if origins is None:
            self.stranger = self.no_origin
        elif isinstance(origins, OriginSet) and not forbids:
            self.admitted = origins if origins.has_families else origins.exact
            self.stranger = made_ready(Verdict(False, _ORIGIN_NOT_ALLOWED, (), vary, vary_line(vary)))

        # With credentials "*" is no wildcard (Fetch, "CORS-preflight fetch"): what was asked is echoed instead.
        echo = self.allow_credentials
        self._any_method = "*" in self.allow_methods
        self._methods = _http.SAFELISTED_METHODS.union(self.allow_methods)
        self._methods_line = () if self._any_method and echo else _list_line(_http.ALLOW_METHODS, self.allow_methods)
        self._any_header = "*" in self.allow_headers
        self._header_names = frozenset(name.lower() for name in self.allow_headers)
        self._headers_line = () if self._any_header and echo else _list_line(_http.ALLOW_HEADERS, self.allow_headers)
        self._every_header = self._any_header and "authorization" in self._header_names and not echo
        # RFC 9110, 8.6: a 204 has no Content-Length.
        self._no_body = () if self.preflight_status == 204 else EMPTY_BODY
        self._max_age_line = ((_http.MAX_AGE, str(self.max_age)),) if self.max_age is not None else ()
        dependencies = {
            "Origin": origins is not None,
            _http.REQUEST_METHOD: not self._any_method or echo,
            _http.REQUEST_HEADERS: not self._every_header,
            _http.REQUEST_PRIVATE_NETWORK: self.allow_private_network,
        }
        names = tuple(name for name, varies in dependencies.items() if varies)
        self._preflight_vary = (names, vary_line(names))

        self._preflights = {}
        self._refused = {}
        self._refused_preflights = {}
        self.starts = {}
        self.ready = {}

    def __setattr__(self, name: str, value: object) -> None:
        if hasattr(self, "ready"):  # what is set last
            raise AttributeError(f"a Policy is immutable: {name} cannot be set")
        object.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"a Policy is immutable: {name} cannot be deleted")

    def actual(self, origin: str | None) -> Verdict:
        """The verdict on an actual request (Fetch, "CORS check").

        Args:
            origin: The request's Origin, or None where it has none.

        >>> Policy(allow_origins="*").actual("https://anybody.example").headers
        (('Access-Control-Allow-Origin', '*'),)
        """
        if origin is None:
            return self.no_origin[1]
        return self.ready.get(origin) or self._refused.get(origin) or self._actual(origin)

    def _actual(self, origin: str) -> Verdict:
        if self._origins is None:
            return self.no_origin[1]
        refusal = self._origin_refusal(origin, self._origins)
        if refusal is not None:
            vary, line, status = self._refused_actual
            verdict = _verdict(Verdict, (False, refusal, (), vary, line, status, (), origin, None, (), b""))
            if self._lasting and refusal is not _MALFORMED_ORIGIN:
                if len(self._refused) >= REMEMBERED:
                    self._refused.clear()
                self._refused[origin] = verdict
            return verdict
        headers = ((_http.ALLOW_ORIGIN, origin), *self._actual_tail)
        complete = headers + _VARY_ORIGIN
        verdict = _verdict(Verdict, (True, None, headers, _ORIGIN, complete, None, (), origin, None, (), b""))
        if self._lasting:
            if len(self.ready) >= REMEMBERED:
                self.starts.clear()
                self.ready.clear()
            self.starts[origin] = start_under(verdict)
            self.ready[origin] = verdict
        return verdict

    def _origin_refusal(self, origin: str, origins: OriginSet | OriginSource) -> Refusal | None:
        """Why `origin` is refused, or None where it is not."""
        if isinstance(origins, OriginSet):
            if origin in origins.exact:
                return None
            admitted = origins.has_families and origin in origins and not (self._guarded and _is_insecure(origin))
        else:
            try:
                admitted = (
                    is_serialization(origin) and origin in origins and not (self._guarded and _is_insecure(origin))
                )
            except Exception:
                # No request makes the middleware raise; what cannot be known is refused.
                log().exception("the source of allowed origins failed")
                return Refusal.SOURCE_FAILED
        if admitted:
            return None
        if is_serialization(origin):
            return _ORIGIN_NOT_ALLOWED
        return Refusal.NULL_ORIGIN if origin == NULL else _MALFORMED_ORIGIN

    def preflight(self, origin: str, method: str, headers: str = "", *, private_network: bool = False) -> Verdict:
        """The verdict on a preflight (Fetch, "CORS-preflight fetch"): origin, private network, method, headers, in this order.

        An allowed preflight is answered with all that the policy allows, so that the browser's cache serves the next
        method too.

        Args:
            origin: The request's Origin.
            method: Its Access-Control-Request-Method.
            headers: Its Access-Control-Request-Headers, lines joined by commas; ``""`` where it has none.
            private_network: Whether it has ``Access-Control-Request-Private-Network: true``.

        >>> policy = Policy(allow_origins=["https://a.example"], allow_headers=["Content-Type"])
        >>> policy.preflight("https://a.example", "POST", "content-type").headers[1]
        ('Access-Control-Allow-Headers', 'Content-Type')
        >>> policy.preflight("https://a.example", "POST", "content-type,x-mine").names
        ('x-mine',)
        """
        asked = (origin, method, headers, private_network)
        return self._preflights.get(asked) or self._refused_preflights.get(asked) or self._preflight(*asked)

    def _preflight(self, origin: str, method: str, headers: str, private_network: bool) -> Verdict:  # noqa: FBT001
        verdict = self._decided_preflight(origin, method, headers, private_network=private_network)
        if self._lasting and len(origin) + len(method) + len(headers) <= REMEMBERED_LENGTH:
            known = self._preflights if verdict.refusal is None else self._refused_preflights
            if len(known) >= REMEMBERED:
                known.clear()
            known[origin, method, headers, private_network] = verdict
        return verdict

    def _decided_preflight(self, origin: str, method: str, headers: str, *, private_network: bool) -> Verdict:
        actual = self.actual(origin)
        if actual.refusal is not None:
            return self._refused_preflight(actual.refusal, (), origin, method)
        passed = actual.headers[: 1 + self.allow_credentials]
        if private_network:
            if not self.allow_private_network:
                return self._refused_preflight(Refusal.PRIVATE_NETWORK, passed, origin, method)
            passed = (*passed, (_http.ALLOW_PRIVATE_NETWORK, "true"))

        methods_line = self._methods_line
        unfit_method = self._method_refusal(method)
        if unfit_method is not None:
            return self._refused_preflight(unfit_method, passed + methods_line, origin, method)
        if self._any_method and self.allow_credentials:
            methods_line = ((_http.ALLOW_METHODS, method),)
        passed += methods_line

        headers_line = self._headers_line
        if headers and not self._every_header:
            asked = list_members(headers)
            unfit = self._headers_refusal(asked)
            if unfit is not None:
                refusal, names = unfit
                # Engines take "*" to cover Authorization, so that the line would let through what is refused here.
                line = () if refusal is Refusal.AUTHORIZATION_NOT_NAMED else headers_line
                return self._refused_preflight(refusal, passed + line, origin, method, names)
            if self._any_header and self.allow_credentials:
                headers_line = _list_line(_http.ALLOW_HEADERS, tuple(asked))

        allowed = passed + headers_line + self._max_age_line
        vary, line = self._preflight_vary
        return Verdict(True, None, allowed, vary, allowed + line + self._no_body, self.preflight_status, (), origin)

    def _method_refusal(self, method: str) -> Refusal | None:
        """Why `method` is refused, or None where it is not."""
        if method in self._methods or (self._any_method and not self.allow_credentials):
            return None
        if not is_token(method):
            return Refusal.MALFORMED_METHOD
        return None if self._any_method else Refusal.METHOD_NOT_ALLOWED

    def _headers_refusal(self, asked: list[str]) -> tuple[Refusal, tuple[str, ...]] | None:
        """Why request headers are refused and which of those `asked` are; None where all are allowed."""
        malformed = tuple(dict.fromkeys(name for name in asked if not is_token(name)))
        if malformed:
            return Refusal.MALFORMED_HEADERS, malformed
        lowered = dict.fromkeys(name.lower() for name in asked)
        if self._any_header:
            # Fetch, "CORS non-wildcard request-header name".
            if "authorization" in lowered and not self.allow_credentials:
                return Refusal.AUTHORIZATION_NOT_NAMED, ("authorization",)
            return None
        refused = tuple(name for name in lowered if name not in self._header_names)
        return (Refusal.HEADER_NOT_ALLOWED, refused) if refused else None

    def _refused_preflight(
        self, refusal: Refusal, passed: tuple[Header, ...], origin: str, method: str, names: tuple[str, ...] = ()
    ) -> Verdict:
        vary, line = self._preflight_vary
        if refusal is Refusal.PRIVATE_NETWORK:
            # Without that field the same preflight may be granted.
            vary = (*vary, _http.REQUEST_PRIVATE_NETWORK)
            line = vary_line(vary)
        framing, body = text_body(refusal.told(origin, method, names))
        return Verdict(False, refusal, (), vary, line + framing, FORBIDDEN, passed, origin, method, names, body)

    def nearest(self, verdict: Verdict) -> str:
        """The allowed value nearest to the one that `verdict` refused, or ``""``. For debugging: it tells what is allowed.

        >>> policy = Policy(allow_origins=["https://www.example.com"])
        >>> policy.nearest(policy.actual("https://example.com"))
        'https://www.example.com'
        """
        if verdict.refusal is Refusal.METHOD_NOT_ALLOWED:
            return nearest(str(verdict.method), sorted(self._methods))
        if verdict.refusal is Refusal.HEADER_NOT_ALLOWED:
            return nearest(verdict.names[0], sorted(self._header_names))
        if verdict.refusal is Refusal.ORIGIN_NOT_ALLOWED and isinstance(self._origins, OriginSet):
            known = (
                str(member) for member in self._origins.members[:NEAREST_AMONG] if not isinstance(member, re.Pattern)
            )
            return nearest(str(verdict.origin), known)
        return ""

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, object]) -> Self:
        r"""The policy whose settings a mapping holds, as read from TOML, JSON, the environment or a configuration file.

        Texts are read as what their setting takes: lists separated by commas or blanks, numbers, ``true`` and ``false``.
        A regular expression is a mapping in its turn: ``{"regex": "https://[a-z]+\.example\.com"}``.

        Raises:
            PolicyError: with every fault, unknown keys included.

        >>> Policy.from_mapping({"allow_origins": "https://a.example, https://b.example", "max_age": "600"})
        Policy(allow_origins=['https://a.example', 'https://b.example'], max_age=600)
        """
        known = {name: read_text(name, value) for name, value in mapping.items() if name in SETTINGS}
        unknown = {key: str(key) for key in mapping if key not in SETTINGS}
        known_names = ", ".join(SETTINGS)
        problems = [
            Problem(
                "unknown-setting", name, key, nearest(name.lower().replace("-", "_"), SETTINGS), {"known": known_names}
            )
            for key, name in unknown.items()
        ]
        known["allow_origins"] = read_members(known.get("allow_origins", ()))
        try:
            policy = cls(**cast("dict[str, Any]", known))
        except PolicyError as error:
            raise PolicyError([*problems, *error.problems]) from None
        if problems:
            raise PolicyError(problems)
        return policy

    def to_mapping(self) -> dict[str, object]:
        """The settings that differ from their defaults, as `from_mapping` takes them; JSON can hold them unless a source is among them.

        >>> policy = Policy(allow_origins="*", max_age=600)
        >>> policy.to_mapping()
        {'allow_origins': '*', 'max_age': 600}
        >>> Policy.from_mapping(policy.to_mapping()) == policy
        True
        """
        return {name: _written(name, value) for name, value in self._changed()}

    def _values(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in SETTINGS}

    def _changed(self) -> list[tuple[str, object]]:
        return [(name, value) for name, value in self._values().items() if value != _DEFAULTS.get(name)]

    def __eq__(self, other: object) -> bool:
        return self._values() == other._values() if isinstance(other, Policy) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self._values().values()))

    def __repr__(self) -> str:
        return "Policy({})".format(", ".join(f"{name}={_text(value)}" for name, value in self._changed()))

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuilt, (self._values(),)


_DEFAULTS: Final[Mapping[str, object]] = {
    "allow_methods": (),
    "allow_headers": (),
    "expose_headers": (),
    "allow_credentials": False,
    "max_age": None,
    "allow_private_network": False,
    "preflight_status": 204,
    "refuse": "withhold",
    "dangerously_allow": frozenset[str](),
}


def _rebuilt(values: dict[str, Any]) -> Policy:
    return Policy(**values)


def _shape(value: object) -> object:
    """A setting's value as a person would write it."""
    if value == ("*",):
        return "*"
    if isinstance(value, frozenset):
        return sorted(cast("frozenset[str]", value))
    return list(cast("tuple[object, ...]", value)) if isinstance(value, tuple) else value


def _text(value: object) -> str:
    """Python that makes a setting's value. An expression's own repr leaves out what is beyond 200 characters."""
    shape = _shape(value)
    if not isinstance(shape, list):
        return repr(shape)
    return f"[{', '.join(map(_member_text, cast('list[object]', shape)))}]"


def _member_text(member: object) -> str:
    if not isinstance(member, re.Pattern):
        return repr(member)
    pattern = cast("re.Pattern[str]", member)
    flags = re.RegexFlag(pattern.flags & ~re.UNICODE)
    return f"re.compile({pattern.pattern!r}{f', {flags!r}' if flags else ''})"


def _written(name: str, value: object) -> object:
    """A setting's value as JSON can have it."""
    shape = _shape(value)
    if name == "allow_origins" and isinstance(shape, list):
        return [write_member(member) for member in cast("list[Member]", shape)]
    return shape


def _list_line(name: str, members: tuple[str, ...]) -> tuple[Header, ...]:
    return ((name, ", ".join(members)),) if members else ()


def _is_insecure(origin: str) -> bool:
    """Whether anybody on the way could have made the page: plain http, but not from the machine itself."""
    parts = split_origin(origin)
    return parts is not None and parts[0] == "http" and not is_loopback(parts[1])
