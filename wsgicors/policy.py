"""Policy: checks and compiles settings, and returns verdicts on preflights and actual requests."""

import functools
import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Concatenate, Final, Literal, NoReturn, ParamSpec, Self, TypeAlias, cast

from wsgicors._checks import Checks
from wsgicors._decisions import ActualRequests, Preflights, Ready
from wsgicors._origin_sources import AsyncOriginSource, OriginSource
from wsgicors._text_settings import read_members, read_text, write_member
from wsgicors.patterns import Member, OriginSet
from wsgicors.problems import PolicyError, Problem, nearest
from wsgicors.verdict import Refusal, Verdict

if TYPE_CHECKING:
    from datetime import timedelta

__all__ = ["Policy"]

SETTINGS: Final = (
    "allow_origins",
    "allow_methods",
    "allow_headers",
    "expose_headers",
    "allow_credentials",
    "max_age",
    "allow_private_network",
    "preflight_status",
    "refuse",
    "dangerously_allow",
)
"""The settings of a policy, in the order of `wsgicors.Policy`."""

Origins: TypeAlias = Iterable[Member] | OriginSource | AsyncOriginSource
"""What ``allow_origins`` takes; a text is either ``"*"`` or a mistake."""

NEAREST_AMONG: Final = 1000
"""The most allowed values to search for the nearest one, in debug mode."""


_Given = ParamSpec("_Given")


def _naming_unknown_settings(
    init: "Callable[Concatenate[Policy, _Given], None]",
) -> "Callable[Concatenate[Policy, _Given], None]":
    """Raise `PolicyError` for unknown or missing settings: Python's TypeError names only one, without a remedy."""

    def build(self: "Policy", /, *args: _Given.args, **given: _Given.kwargs) -> None:
        known = {name: value for name, value in given.items() if name in SETTINGS}
        facts = {"known": ", ".join(SETTINGS)}
        problems = [
            Problem("unknown-setting", name, name, nearest(name.lower().replace("-", "_"), SETTINGS), facts)
            for name in given
            if name not in SETTINGS
        ]
        known.setdefault("allow_origins", ())
        try:
            cast("Callable[..., None]", init)(self, *args, **known)
        except PolicyError as error:
            problems += error.problems
        if problems:
            raise PolicyError(problems)

    functools.update_wrapper(build, init)
    return build


class Policy:
    """Which origins may read what. Immutable, hashable, safe to share between threads and apps.

    An unsafe policy, or one that no browser could ever satisfy, raises an error when it is built. Otherwise its answers
    follow Fetch, "HTTP CORS protocol" (https://fetch.spec.whatwg.org/#http-cors-protocol) exactly.

    Args:
        allow_origins: ``"*"`` for public data; or patterns (`wsgicors.patterns.OriginPattern`:
            ``https://www.example.com``, ``https://*.example.com``, ``http://localhost:*``, ``null``) and compiled
            regular expressions, which always match whole; or a source that is asked ``origin in source``, such as
            `wsgicors.CachedOrigins`.
        allow_methods: ``"*"`` or method names, case-sensitive. GET, HEAD and POST need not be listed. Not CONNECT,
            TRACE and TRACK, which no page can send.
        allow_headers: ``"*"`` or names of request headers, in any case. By the standard, ``"*"`` without credentials
            does not cover Authorization (name both then); with credentials it means every name. Not the names that no
            page can set, such as Cookie, Host and all of ``Sec-``.
        expose_headers: ``"*"`` (not with credentials) or names of response headers that the page may read besides the
            safelisted ones. Not Set-Cookie.
        allow_credentials: Whether the page may send cookies, HTTP authentication and client certificates, and read the
            answer. Not with ``"*"`` or ``"null"`` among the origins, nor with plain http origins or the subdomains of a
            public suffix.
        max_age: How long a browser caches a preflight's answer: whole seconds or a timedelta, 0 to 86400. With None the
            header is not sent, and browsers cache it for 5 seconds.
        allow_private_network: Whether pages of a more public network may reach this server (Private Network Access).
        preflight_status: The status of an allowed preflight's answer, 200 to 299.
        refuse: What happens to an actual request whose origin is not allowed: ``"withhold"`` lets the app run and sends
            no CORS headers, so the page cannot read the answer; ``"forbid"`` answers 403 before the app runs, unless
            the request is same-origin. ``"forbid"`` also refuses an unsafe method without Origin if Sec-Fetch-Site
            names another origin.
        dangerously_allow: Codes of problems to let through, such as ``insecure-origin``; any of
            `wsgicors.problems.ALLOWABLE`.

    Raises:
        PolicyError: with every problem of every setting, and what to write instead.

    >>> policy = Policy(allow_origins=["http://www.example.com"], allow_methods=["PUT", "DELETE"])
    >>> policy.actual("http://www.example.com").headers
    (('Access-Control-Allow-Origin', 'http://www.example.com'),)
    >>> policy.preflight("http://www.example.com", "PUT").headers[1]
    ('Access-Control-Allow-Methods', 'PUT, DELETE')
    >>> policy.preflight("http://www.example.com", "PATCH").sentence
    "The method 'PATCH' is not allowed here."
    """

    __slots__ = ("__weakref__", "_actual", "_preflights", "forbids", "ready", *SETTINGS)

    allow_origins: tuple[Member, ...] | OriginSource | AsyncOriginSource
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

    ready: Mapping[str | None, Ready]
    """Cached verdicts on allowed actual requests, by their Origin, and what adds their headers to a response.

    For middleware, which calls `actual` for other origins.
    """

    forbids: bool
    """Whether the policy answers requests of some origins with 403."""

    _actual: ActualRequests
    _preflights: Preflights

    @_naming_unknown_settings
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
        permissions = Checks()
        self.dangerously_allow = permissions.permissions(dangerously_allow)
        origins = checks.origins(allow_origins, self.dangerously_allow)
        checks.problems += permissions.problems
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
        self._actual = ActualRequests(
            origins,
            credentials=self.allow_credentials,
            exposed=self.expose_headers,
            forbid=self.refuse == "forbid",
            secure=(self.allow_credentials or self.allow_private_network)
            and "insecure-origin" not in self.dangerously_allow,
        )
        self.ready = self._actual.ready
        self.forbids = self._actual.forbids
        self._preflights = Preflights(
            self._actual,
            methods=self.allow_methods,
            headers=self.allow_headers,
            credentials=self.allow_credentials,
            max_age=self.max_age,
            private_network=self.allow_private_network,
            status=self.preflight_status,
        )

    def __setattr__(self, name: str, value: object) -> None:
        if hasattr(self, "_preflights"):  # the attribute set last
            raise AttributeError(f"a Policy is immutable: {name} cannot be set")
        object.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"a Policy is immutable: {name} cannot be deleted")

    def actual(self, origin: str | None) -> Verdict:
        """Return the verdict on an actual request (Fetch, "CORS check").

        Args:
            origin: The request's Origin, or None if it has none.

        >>> Policy(allow_origins="*").actual("https://anybody.example").headers
        (('Access-Control-Allow-Origin', '*'),)
        """
        return self._actual.decide(origin)

    def preflight(self, origin: str, method: str, headers: str = "", *, private_network: bool = False) -> Verdict:
        """Return the verdict on a preflight (Fetch, "CORS-preflight fetch"): origin, private network, method, headers.

        The answer to an allowed preflight lists everything that the policy allows: the browser then needs no further
        preflight for the next method.

        Args:
            origin: The request's Origin.
            method: Its Access-Control-Request-Method.
            headers: Its Access-Control-Request-Headers, lines joined by commas; ``""`` if it has none.
            private_network: Whether it has ``Access-Control-Request-Private-Network: true``.

        >>> policy = Policy(allow_origins=["https://a.example"], allow_headers=["Content-Type"])
        >>> policy.preflight("https://a.example", "POST", "content-type").headers[1]
        ('Access-Control-Allow-Headers', 'Content-Type')
        >>> policy.preflight("https://a.example", "POST", "content-type,x-mine").refused_headers
        ('x-mine',)
        """
        return self._preflights.decide(origin, method, headers, private_network)

    def nearest(self, verdict: Verdict) -> str:
        """Return the allowed value nearest to the refused one, or ``""``. For debugging: it reveals what is allowed.

        >>> policy = Policy(allow_origins=["https://www.example.com"])
        >>> policy.nearest(policy.actual("https://example.com"))
        'https://www.example.com'
        """
        if verdict.refusal is Refusal.METHOD_NOT_ALLOWED:
            return nearest(str(verdict.method), sorted(self._preflights.methods))
        if verdict.refusal is Refusal.HEADER_NOT_ALLOWED:
            return nearest(verdict.refused_headers[0], sorted(self._preflights.headers))
        if verdict.refusal is Refusal.ORIGIN_NOT_ALLOWED and isinstance(self._actual.origins, OriginSet):
            members = self._actual.origins.members
            known = (str(member) for member in members[:NEAREST_AMONG] if not isinstance(member, re.Pattern))
            return nearest(str(verdict.origin), known)
        return ""

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, object]) -> Self:
        r"""Return the policy with the settings in a mapping that was read from TOML, JSON or the environment.

        Texts are converted to the type of their setting: lists separated by commas or blanks, numbers, ``true`` and
        ``false``.
        A regular expression is a mapping as well: ``{"regex": "https://[a-z]+\.example\.com"}``.

        Raises:
            PolicyError: with every problem, including unknown keys.

        >>> Policy.from_mapping({"allow_origins": "https://a.example, https://b.example", "max_age": "600"})
        Policy(allow_origins=['https://a.example', 'https://b.example'], max_age=600)
        """
        settings: dict[str, Any] = {str(name): read_text(str(name), value) for name, value in mapping.items()}
        settings["allow_origins"] = read_members(settings.get("allow_origins", ()))
        return cls(**settings)

    def to_mapping(self) -> dict[str, object]:
        """Return the settings that differ from the defaults, for `from_mapping` and, except for sources, for JSON.

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
        values = self._values()
        if not isinstance(self.allow_origins, tuple):
            del values["allow_origins"]  # a source need not be hashable: a dataclass is not
        return hash(tuple(values.values()))

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
    """Return a setting's value as a person would write it."""
    if value == ("*",):
        return "*"
    if isinstance(value, frozenset):
        return sorted(cast("frozenset[str]", value))
    return list(cast("tuple[object, ...]", value)) if isinstance(value, tuple) else value


def _text(value: object) -> str:
    """Return Python for a setting's value. The repr of an expression is cut off at 200 characters."""
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
    """Return a setting's value in a form for JSON."""
    shape = _shape(value)
    if name == "allow_origins" and isinstance(shape, list):
        return [write_member(member) for member in cast("list[Member]", shape)]
    return shape
