"""Patterns of origins, and the sets that they make: what a policy's ``allow_origins`` holds."""

import re
from collections.abc import Iterable
from typing import Protocol, Self, TypeAlias, cast, runtime_checkable

from wsgicors._grammar import split_pattern
from wsgicors._records import Record
from wsgicors.origins import MAX_ORIGIN, NULL, is_ip, is_serialization, split_origin
from wsgicors.problems import PolicyError, Problem


class OriginPattern(Record):
    """One origin, or a family of them: the text that a policy's ``allow_origins`` has as a member.

    =============================  =====================================================================
    ``https://www.example.com``    that origin alone
    ``https://*.example.com``      every subdomain, one label or more; never ``https://example.com`` itself
    ``http://localhost:*``         every port, the default one included
    ``chrome-extension://abcdef``  an origin with a scheme of its own
    ``null``                       every opaque origin: sandboxed frames, files, some redirects
    =============================  =====================================================================

    Attributes:
        scheme: ``""`` for ``null``.
        host: Without the ``*.``; ``null`` for ``null``.
        port: ``""`` for the default port, ``*`` for any.
        subdomains: Whether it is the subdomains of `host` that match.

    >>> pattern = OriginPattern.parse("https://*.example.com:*")
    >>> pattern.matches("https://a.b.example.com:8443"), pattern.matches("https://example.com")
    (True, False)
    >>> str(pattern)
    'https://*.example.com:*'
    """

    __slots__ = __match_args__ = ("scheme", "host", "port", "subdomains")

    scheme: str
    host: str
    port: str
    subdomains: bool

    def __init__(self, scheme: str, host: str, port: str = "", subdomains: bool = False) -> None:  # noqa: FBT001, FBT002
        super().__init__(scheme, host, port, subdomains)

    @classmethod
    def parse(cls, text: str) -> Self:
        """The pattern that `text` is.

        Raises:
            PolicyError: `text` is no pattern; the problem says what to write instead, wherever that can be worked out.
        """
        parts = split_pattern(text)
        if parts is None:
            from wsgicors._suggestions import pattern_problem

            raise PolicyError([pattern_problem(text)])
        return cls(*parts)

    def matches(self, origin: str) -> bool:
        """Whether a request's `origin` is of this family."""
        if not self.scheme:
            return origin == NULL
        parts = split_origin(origin)
        if parts is None:
            return False
        scheme, host, port = parts
        return (
            scheme == self.scheme
            and (host.endswith("." + self.host) if self.subdomains else host == self.host)
            and self.port in ("*", port)
        )

    def __str__(self) -> str:
        if not self.scheme:
            return NULL
        return f"{self.scheme}://{'*.' if self.subdomains else ''}{self.host}" + (f":{self.port}" if self.port else "")


def patterns_of(origin: str) -> tuple[str, ...]:
    """Every pattern that matches `origin`, as text: what to look for where patterns are kept in a table.

    >>> patterns_of("https://a.b.example")[:4]
    ('https://a.b.example', 'https://a.b.example:*', 'https://*.b.example', 'https://*.b.example:*')
    >>> patterns_of("http://127.0.0.1:8000"), patterns_of("https://a.example/")
    (('http://127.0.0.1:8000', 'http://127.0.0.1:*'), ())
    """
    parts = split_origin(origin)
    if parts is None:
        return ()
    scheme, host, port = parts
    labels = [] if is_ip(host) else host.split(".")
    hosts = [host, *("*." + ".".join(labels[at:]) for at in range(1, len(labels)))]
    ports = (f":{port}" if port else "", ":*")
    return tuple(f"{scheme}://{name}{suffix}" for name in hosts for suffix in ports)


@runtime_checkable
class OriginSource(Protocol):
    """Origins that live elsewhere: any object that answers ``origin in source`` and cannot be iterated.

    It is asked for well-formed origins only, from many threads at once, and never for ``null``.
    `wsgicors.sources` has two that survive the outage of what they read.
    """

    def __contains__(self, origin: str, /) -> bool: ...


Member: TypeAlias = str | OriginPattern | re.Pattern[str]
"""What an `OriginSet` is made of."""


class OriginSet:
    """Origins to be looked up in: immutable, in time that does not grow with the number of patterns.

    An exact origin costs one lookup. Wildcards cost at most one lookup for each label of the asked name, and a name
    has at most 253 characters. Regular expressions are tried one after the other, on the whole serialisation always.

    Args:
        members: Patterns (see `OriginPattern`) and compiled regular expressions.

    Raises:
        PolicyError: with a problem for every member that is none.

    >>> origins = OriginSet(["https://www.example.com", "https://*.example.org"])
    >>> "https://a.example.org" in origins, "https://example.org" in origins, "https://www.example.com:443" in origins
    (True, False, False)
    """

    __slots__ = ("_any_port", "_parents", "_regexes", "exact", "has_families", "members")

    members: tuple[Member, ...]
    exact: frozenset[str]
    """The origins that stand for themselves alone, ``null`` included."""
    has_families: bool
    """Whether there are others: wildcards, or regular expressions."""
    _any_port: frozenset[str]
    _parents: dict[str, set[tuple[str, str]]]
    _regexes: tuple[re.Pattern[str], ...]

    def __init__(self, members: Iterable[Member]) -> None:
        # As texts, so that sets and policies are equal where they mean the same.
        self.members = tuple(str(one) if isinstance(one, OriginPattern) else one for one in members)
        exact: set[str] = set()
        any_port: set[str] = set()
        parents: dict[str, set[tuple[str, str]]] = {}
        regexes: list[re.Pattern[str]] = []
        problems: list[Problem] = []
        for member in self.members:
            if isinstance(member, str) and split_origin(member) is not None:  # what most members are
                exact.add(member)
                continue
            parts = split_pattern(member) if isinstance(member, str) else None
            if parts is None:
                from wsgicors._suggestions import member_problem

                if (problem := member_problem(member)) is not None:
                    problems.append(problem)
                else:
                    regexes.append(cast("re.Pattern[str]", member))
                continue
            scheme, host, port, subdomains = parts
            if subdomains:
                parents.setdefault(host, set()).add((scheme, port))
            elif port == "*":
                any_port.add(f"{scheme}://{host}")
            else:
                exact.add(NULL)
        if problems:
            raise PolicyError(problems)
        self.exact = frozenset(exact)
        self._any_port = frozenset(any_port)
        self._parents = parents
        self._regexes = tuple(regexes)
        self.has_families = bool(any_port or parents or regexes)

    def __contains__(self, origin: str) -> bool:
        if origin in self.exact:
            return True
        return self.has_families and self.family_has(origin)

    def family_has(self, origin: str) -> bool:
        """Whether a pattern or an expression admits `origin`."""
        if len(origin) > MAX_ORIGIN:
            return False
        # Strangers are found in no table, and need not be well-formed for that.
        any_port, parents = self._any_port, self._parents
        if any_port and (origin in any_port or origin.rpartition(":")[0] in any_port):
            return is_serialization(origin)
        if parents:
            scheme, _, authority = origin.partition("://")
            host, _, port = authority.partition(":")  # there is no colon in a host that has a parent
            _, _, parent = host.partition(".")
            while parent:
                ends = parents.get(parent)
                if ends is not None and ((scheme, port) in ends or (scheme, "*") in ends):
                    return is_serialization(origin)
                _, _, parent = parent.partition(".")
        return bool(self._regexes) and is_serialization(origin) and self._is_matched(origin)

    def _is_matched(self, origin: str) -> bool:
        for regex in self._regexes:  # noqa: SIM110  (a generator costs more than most lists of these)
            if regex.fullmatch(origin):
                return True
        return False

    def __len__(self) -> int:
        return len(self.members)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OriginSet) and self.members == other.members

    def __hash__(self) -> int:
        return hash(self.members)

    def __repr__(self) -> str:
        return f"OriginSet({list(self.members)!r})"
