"""Patterns of origins, and sets of patterns: what a policy's ``allow_origins`` contains."""

import re
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, ClassVar, Self, TypeAlias, TypeVar, cast

from wsgicors._grammar import EXTENSION, WILD, split_pattern
from wsgicors._records import Record
from wsgicors.origins import (
    DEFAULT_PORTS,
    FILE,
    MAX_ORIGIN,
    NULL,
    PAGELESS_SCHEMES,
    is_ip,
    is_serialization,
    split_origin,
)
from wsgicors.problems import PolicyError, Problem

if TYPE_CHECKING:
    from wsgicors._regex_matcher import Matcher


__all__ = ["OriginPattern"]


class OriginPattern(Record):
    """One origin, or a family of origins: a text in a policy's ``allow_origins``.

    =============================  =====================================================================
    ``https://www.example.com``    that origin alone
    ``https://*.example.com``      every subdomain, one label or more; never ``https://example.com`` itself
    ``https://pr-*.example.com``   every first label of that form: ``*`` is letters, digits and hyphens, one or more
    ``http://localhost:*``         every port, the default one included
    ``chrome-extension://abcdef``  an origin with a scheme of its own
    ``moz-extension://*``          every extension of that browser: ids differ per install
    ``null``                       every opaque origin: sandboxed frames, some redirects
    ``file://``                    every file, in the browsers that send this; only with ``dangerously_allow``
    =============================  =====================================================================

    A host that ends in a dot, as some browsers send it, is a different host: ``https://*.example.com`` does not match
    ``https://a.example.com.``.

    Attributes:
        scheme: The scheme; ``""`` for ``null``.
        host: The host, without a leading ``*.``; ``null`` for ``null``, ``""`` for ``file://``.
        port: ``""`` for the default port, ``*`` for any.
        subdomains: Whether the subdomains of `host` match instead of `host`.

    >>> pattern = OriginPattern.parse("https://*.example.com:*")
    >>> pattern.matches("https://a.b.example.com:8443"), pattern.matches("https://example.com")
    (True, False)
    >>> str(pattern)
    'https://*.example.com:*'
    """

    __match_args__: ClassVar[tuple[str, ...]] = ("scheme", "host", "port", "subdomains")
    __slots__ = __match_args__

    scheme: str
    host: str
    port: str
    subdomains: bool

    def __init__(self, scheme: str, host: str, port: str = "", subdomains: bool = False) -> None:  # noqa: FBT001, FBT002
        super().__init__(scheme, host, port, subdomains)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the pattern for ``text``.

        Raises:
            PolicyError: ``text`` is not a pattern. The problem says what to write instead, if that can be inferred.
        """
        parts = split_pattern(text)
        if parts is None:
            from wsgicors._suggestions import pattern_problem

            raise PolicyError([pattern_problem(text)])
        return cls(*parts)

    def matches(self, origin: str) -> bool:
        """Whether a request's ``origin`` matches."""
        if not self.scheme or not self.host:
            return origin == str(self)
        parts = split_origin(origin)
        if parts is None:
            return False
        scheme, host, port = parts
        return scheme == self.scheme and self._matches_host(host) and self.port in ("*", port)

    def _matches_host(self, host: str) -> bool:
        if self.subdomains:
            return host.endswith("." + self.host)
        before, wild, behind = self.host.partition("*")
        if not wild:
            return host == self.host
        return (
            host.startswith(before) and host.endswith(behind) and _is_wild(host[len(before) : len(host) - len(behind)])
        )

    def __str__(self) -> str:
        if not self.scheme:
            return NULL
        if not self.host:
            return FILE
        return f"{self.scheme}://{'*.' if self.subdomains else ''}{self.host}" + (f":{self.port}" if self.port else "")


def _is_wild(text: str) -> bool:
    """Whether ``*`` inside a label can match ``text``."""
    return bool(text) and WILD.issuperset(text)


def patterns_of(origin: str) -> tuple[str, ...]:
    """Return every pattern that matches ``origin``, as texts, to look up in a table of patterns.

    There are two for the host and for each domain above it, and two for each part of the first label that ``*`` can
    match: 230 for a label of 14 letters, 4,050 for the longest.

    >>> patterns_of("https://a.b.example")[:4]
    ('https://a.b.example', 'https://a.b.example:*', 'https://*.b.example', 'https://*.b.example:*')
    >>> patterns_of("https://ab.example")[4:]
    ('https://*b.example', 'https://*b.example:*', 'https://a*.example', 'https://a*.example:*')
    >>> patterns_of("http://127.0.0.1:8000"), patterns_of("https://a.example/")
    (('http://127.0.0.1:8000', 'http://127.0.0.1:*'), ())
    """
    if origin == FILE:
        return (FILE,)
    parts = split_origin(origin)
    if parts is None or parts[0] in PAGELESS_SCHEMES:
        return ()
    scheme, host, port = parts
    name = host.removesuffix(".")
    dot = host[len(name) :]
    labels = [] if is_ip(host) else name.split(".")
    hosts = [host, *(f"*.{'.'.join(labels[at:])}{dot}" for at in range(1, len(labels)))]
    label, _, rest = name.partition(".")
    if rest and labels and not is_ip(rest) and not label.startswith("xn--"):
        hosts += [
            f"{label[:start]}*{label[end:]}.{rest}{dot}"
            for start in range(len(label))
            for end in range(start + 1, len(label) + 1)
            if end - start < len(label) and _is_wild(label[start:end])
        ]
    ports = (f":{port}" if port else "", ":*")
    found = [f"{scheme}://{each}{suffix}" for each in hosts for suffix in ports]
    if scheme.endswith(EXTENSION) and not port and _is_wild(host):
        found.append(f"{scheme}://*")
    return tuple(found)


Member: TypeAlias = str | OriginPattern | re.Pattern[str]
"""A member of an `OriginSet`."""


Value = TypeVar("Value")


def plain(value: Value) -> Value:
    """Return a text as a plain ``str``, and any other value unchanged.

    A subclass can print another text than the one that it is: so do the members of ``class Origin(str, Enum)``.
    """
    return cast("Value", str.__str__(value)) if isinstance(value, str) else value


class OriginSet:
    """An immutable set of origins. The time of a lookup does not grow with the number of members.

    An exact origin costs one lookup. Wildcards and regular expressions cost a few lookups for each label of the host:
    they are found by the name that they spell out, so only those with the right ending are tried. An expression then
    takes one step for each character of the origin.

    Args:
        members: Patterns (see `OriginPattern`) and compiled regular expressions. Expressions have to match the whole
            origin, and to admit provably only what they spell out.
        dangerously_allow: Codes of problems of expressions to let through: ``regex-unproven``, ``public-suffix``. An
            unproven expression runs on every origin, however long that takes.

    Raises:
        PolicyError: with a problem for every invalid member.

    >>> origins = OriginSet(["https://www.example.com", "https://*.example.org"])
    >>> "https://a.example.org" in origins, "https://example.org" in origins, "https://www.example.com:443" in origins
    (True, False, False)
    """

    __slots__ = (
        "_any_port",
        "_extensions",
        "_labels",
        "_matchers",
        "_parents",
        "_unproven",
        "exact",
        "has_families",
        "members",
    )

    members: tuple[Member, ...]
    exact: frozenset[str]
    """The members that are exact origins, including ``null`` and ``file://``."""
    has_families: bool
    """Whether there are other members: wildcards or regular expressions."""
    _any_port: frozenset[str]
    _extensions: frozenset[str]
    """The schemes of ``scheme://*``."""
    _parents: dict[str, set[tuple[str, str]]]
    """Scheme and port of patterns for subdomains, by domain."""
    _labels: dict[str, dict[tuple[int, int], set[tuple[str, str, str, str]]]]
    """The patterns, by what follows the first label, and by the lengths of its text before and after ``*``."""
    _matchers: "dict[str, Matcher]"
    """The expressions, by the name that hosts end in, by ``scheme:``, and by ``""`` for addresses."""
    _unproven: tuple[re.Pattern[str], ...]

    def __init__(self, members: Iterable[Member], *, dangerously_allow: Collection[str] = ()) -> None:
        # As texts: sets and policies with the same meaning are then equal.
        self.members = tuple(str(one) if isinstance(one, OriginPattern) else plain(one) for one in members)
        self._parents, self._labels, self._matchers, self._unproven = {}, {}, {}, ()
        exact: set[str] = set()
        any_port: set[str] = set()
        extensions: set[str] = set()
        regexes: list[re.Pattern[str]] = []
        problems: list[Problem] = []
        for member in self.members:
            origin = split_origin(member) if isinstance(member, str) and "xn--" not in member else None
            if origin is not None and origin[0] not in PAGELESS_SCHEMES:  # most members
                exact.add(cast("str", member))
                continue
            parts = split_pattern(member) if isinstance(member, str) else None
            if parts is None:
                from wsgicors._suggestions import member_problem

                if (problem := member_problem(member, dangerously_allow)) is not None:
                    problems.append(problem)
                else:
                    regexes.append(cast("re.Pattern[str]", member))
                continue
            scheme, host, port, subdomains = parts
            if subdomains:
                self._parents.setdefault(host, set()).add((scheme, port))
            elif host == "*":
                extensions.add(scheme)
            elif "*" in host:
                label, _, rest = host.partition(".")
                before, _, behind = label.partition("*")
                shapes = self._labels.setdefault(rest, {})
                shapes.setdefault((len(before), len(behind)), set()).add((scheme, port, before, behind))
            elif port == "*":
                any_port.add(f"{scheme}://{host}")
            else:
                exact.add(cast("str", member))
        if problems:
            raise PolicyError(problems)
        self.exact = frozenset(exact)
        self._any_port = frozenset(any_port)
        self._extensions = frozenset(extensions)
        if regexes:
            self._index(regexes, dangerously_allow)
        self.has_families = bool(any_port or extensions or self._parents or self._labels or regexes)

    def _index(self, regexes: Iterable[re.Pattern[str]], dangerously_allow: Collection[str]) -> None:
        """Index expressions by the names that they spell out."""
        from wsgicors._regex_matcher import Matcher
        from wsgicors._regex_proof import Proof, examined

        proofs: dict[str, dict[Proof, None]] = {}
        for regex in regexes:
            proof = examined(regex, "none" if "public-suffix" in dangerously_allow else "icann")
            if isinstance(proof, Proof):
                for end in proof.ends:
                    proofs.setdefault(end.key, {})[proof] = None
            else:
                self._unproven += (regex,)
        # Expressions with the same name share a matcher, and cost as much as one.
        known: dict[tuple[Proof, ...], Matcher] = {}
        for key, ones in proofs.items():
            together = tuple(ones)
            if together not in known:
                known[together] = Matcher(proof.language.automaton for proof in together)
            self._matchers[key] = known[together]

    def __contains__(self, origin: str) -> bool:
        if origin in self.exact:
            return True
        return self.has_families and self.family_has(origin)

    def family_has(self, origin: str) -> bool:
        """Whether a pattern or an expression admits ``origin``."""
        if len(origin) > MAX_ORIGIN:
            return False
        # Malformed origins are in no table either.
        any_port = self._any_port
        if any_port and (origin in any_port or origin.rpartition(":")[0] in any_port):
            return is_serialization(origin)
        scheme, _, authority = origin.partition("://")
        host, _, port = authority.partition(":")  # a host with a parent domain contains no colon
        label, _, parent = host.partition(".")
        if self._parents and self._has_parent(scheme, parent, port):
            return is_serialization(origin)
        if self._labels and parent in self._labels and self._has_label(label, parent, scheme, port):
            return is_serialization(origin)
        if scheme in self._extensions and _is_wild(authority):
            return is_serialization(origin)
        if self._matchers and self._is_matched(origin, scheme, authority):
            return is_serialization(origin)
        return (
            bool(self._unproven) and is_serialization(origin) and any(one.fullmatch(origin) for one in self._unproven)
        )

    def _has_parent(self, scheme: str, parent: str, port: str) -> bool:
        while parent:
            ends = self._parents.get(parent)
            if ends is not None and ((scheme, port) in ends or (scheme, "*") in ends):
                return True
            _, _, parent = parent.partition(".")
        return False

    def _has_label(self, label: str, rest: str, scheme: str, port: str) -> bool:
        for (start, length), patterns in self._labels[rest].items():
            end = len(label) - length
            if _is_wild(label[start:end]) and (
                (scheme, port, label[:start], label[end:]) in patterns
                or (scheme, "*", label[:start], label[end:]) in patterns
            ):
                return True
        return False

    def _is_matched(self, origin: str, scheme: str, authority: str) -> bool:
        matchers = self._matchers
        if scheme in DEFAULT_PORTS:
            name = authority.partition("]")[0] + "]" if authority.startswith("[") else authority.partition(":")[0]
            keys = [name]
            if "" in matchers and name[0:1].isdigit() and is_ip(name):
                keys.append("")
            _, _, name = name.partition(".")
            while name:
                keys.append(name)
                _, _, name = name.partition(".")
        else:
            keys = [scheme + ":"]
        return any(matchers[key].matches(origin) for key in keys if key in matchers)

    def __len__(self) -> int:
        return len(self.members)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OriginSet) and self.members == other.members

    def __hash__(self) -> int:
        return hash(self.members)

    def __repr__(self) -> str:
        return f"OriginSet({list(self.members)!r})"
