"""What an origin is, what a pattern is, and which patterns match an origin.

Matching is on the ASCII serialisation that browsers send (HTML, "ASCII serialisation of an origin"), character by
character. A request's text is a member of nothing unless it is such a serialisation.
"""

import re
from collections.abc import Iterable
from typing import Final, NamedTuple, Protocol, Self, TypeAlias, cast, runtime_checkable

from wsgicors._records import Record
from wsgicors.problems import PolicyError, Problem

MAX_HOST: Final = 253
"""Characters of a domain name (RFC 1035, 2.3.4: 255 octets on the wire)."""

MAX_SCHEME: Final = 64
"""Characters of a scheme. The longest that IANA has registered has 36."""

MAX_ORIGIN: Final = MAX_SCHEME + len("://") + MAX_HOST + len(":65535")
"""Characters of an origin; anything longer is refused before it is looked at."""

MAX_PORT: Final = 65535

DEFAULT_PORTS: Final = {"ftp": "21", "http": "80", "https": "443", "ws": "80", "wss": "443"}
"""URL, "special scheme": the ports that a serialisation leaves out."""

OPAQUE_SCHEMES: Final = frozenset({"about", "blob", "data", "file", "filesystem", "javascript"})
"""Schemes whose pages have an opaque origin, sent as ``null`` (URL, "origin")."""

NULL: Final = "null"
"""The serialisation of every opaque origin."""

# Possessive throughout: nothing that a request sends can make it backtrack.
_SERIALIZED = re.compile(
    rf"([a-z][a-z0-9+.\-]{{0,{MAX_SCHEME - 1}}}+)://"
    r"((?:[a-z0-9_\-]{1,63}+\.)*+(?:[a-z_\-][a-z0-9_\-]{0,62}+|([0-9][a-z0-9_\-]{0,62}+))|\[[0-9a-f:]{2,39}+\])"
    r"(?::([1-9][0-9]{0,4}+))?+"
)
# What nearly every origin is: a name, on its default port.
_PLAIN = re.compile(r"https?://(?:[a-z0-9_\-]{1,63}+\.)*+[a-z_\-][a-z0-9_\-]{0,62}+")
_NUMBER = re.compile(r"[0-9]++|0x[0-9a-f]*+")


def is_ip(host: str) -> bool:
    """Whether `host` can only be an IP address: in brackets, or with a last label that is a number.

    URL, "ends in a number checker".

    >>> is_ip("[::1]"), is_ip("127.0.0.1"), is_ip("1.example")
    (True, True, False)
    """
    return host.startswith("[") or _NUMBER.fullmatch(host.rpartition(".")[2]) is not None


def canonical_ipv6(text: str) -> str:
    """The IPv6 address `text`, without brackets, as the URL standard serialises it ("IPv6 serializer"); ``""`` if it is none.

    >>> canonical_ipv6("2001:DB8:0:0:0:0:0:1"), canonical_ipv6("::ffff:1.2.3.4"), canonical_ipv6("1::2::3")
    ('2001:db8::1', '::ffff:102:304', '')
    """
    import ipaddress

    try:
        packed = ipaddress.IPv6Address(text).packed
    except ValueError:
        return ""
    # Not ipaddress's own text: it has a dotted form for mapped addresses, which the URL standard has not.
    pieces = [f"{packed[at] << 8 | packed[at + 1]:x}" for at in range(0, 16, 2)]
    runs = re.finditer(r"(?:\b0(?: |$)){2,}", " ".join(pieces))
    longest = max(runs, key=lambda run: len(run[0]), default=None)
    if longest is None:
        return ":".join(pieces)
    before, after = " ".join(pieces)[: longest.start()], " ".join(pieces)[longest.end() :]
    return "{}::{}".format(":".join(before.split()), ":".join(after.split()))


def _is_canonical_ip(host: str) -> bool:
    if host.startswith("["):
        return canonical_ipv6(host[1:-1]) == host[1:-1]
    numbers = host.split(".")
    return len(numbers) == 4 and all(number in _OCTETS for number in numbers)


_OCTETS = frozenset(map(str, range(256)))


def split_origin(text: str) -> tuple[str, str, str] | None:
    """Scheme, host and port (``""`` for the default one) of a well-formed serialisation; None for anything else.

    ``null`` is not split: it has no parts.

    >>> split_origin("https://a.example:8443"), split_origin("https://a.example:443")
    (('https', 'a.example', '8443'), None)
    """
    if len(text) > MAX_ORIGIN or (match := _SERIALIZED.fullmatch(text)) is None:
        return None
    scheme, host, digit_label, port = match.groups("")
    if len(host) > MAX_HOST or scheme in OPAQUE_SCHEMES:
        return None
    if port and (int(port) > MAX_PORT or DEFAULT_PORTS.get(scheme) == port):
        return None
    # Only a special scheme's host is ever read as an IPv4 address (URL, "host parser").
    if host[0] == "[" or (digit_label and scheme in DEFAULT_PORTS and is_ip(host)):
        return (scheme, host, port) if _is_canonical_ip(host) else None
    return scheme, host, port


def is_serialization(text: str) -> bool:
    """Whether a browser could send `text` as the origin of a page that has one: whether `split_origin` can take it apart.

    >>> is_serialization("https://a.example"), is_serialization("https://a.example/")
    (True, False)
    """
    return (len(text) <= MAX_HOST and _PLAIN.fullmatch(text) is not None) or split_origin(text) is not None


class Origin(NamedTuple):
    """A tuple origin, as a browser serialises it (HTML, "ASCII serialisation of an origin").

    Attributes:
        scheme: In lower case, such as ``https``.
        host: A domain name, an IPv4 address, or an IPv6 address in brackets.
        port: None for the scheme's default port.

    >>> Origin.parse("http://[::1]:3000")
    Origin(scheme='http', host='[::1]', port=3000)
    >>> str(Origin.parse("https://www.example.com"))
    'https://www.example.com'
    """

    scheme: str
    host: str
    port: int | None

    @classmethod
    def parse(cls, text: str) -> Self:
        """The origin whose serialisation is exactly `text`.

        Raises:
            ValueError: `text` is not what a browser could send, ``null`` included.
        """
        parts = split_origin(text)
        if parts is None:
            raise ValueError(f"not the serialisation of a tuple origin: {text!a:.200}")
        scheme, host, port = parts
        return cls(scheme, host, int(port) if port else None)

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host}" + (f":{self.port}" if self.port else "")

    @property
    def is_loopback(self) -> bool:
        """Whether the host is the machine itself (Secure Contexts, "Is origin potentially trustworthy?")."""
        return is_loopback(self.host)


def is_loopback(host: str) -> bool:
    """Whether `host` names the machine itself: ``localhost`` and below it, ``127.0.0.0/8``, ``[::1]``.

    >>> is_loopback("app.localhost"), is_loopback("127.0.0.1"), is_loopback("127.example")
    (True, True, False)
    """
    return (
        host in ("localhost", "[::1]")
        or host.endswith(".localhost")
        or (host.startswith("127.") and _is_canonical_ip(host))
    )


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


def split_pattern(text: str) -> tuple[str, str, str, bool] | None:
    """The parts of an `OriginPattern`, or None where `text` is none."""
    if text == NULL:
        return "", NULL, "", False
    subdomains = "://*." in text
    bare = text.replace("://*.", "://", 1) if subdomains else text
    any_port = bare.endswith(":*")
    parts = split_origin(bare[:-2] if any_port else bare)
    if parts is None:
        return None
    scheme, host, port = parts
    if (any_port and port) or (subdomains and (is_ip(host) or len(host) > MAX_HOST - len("a."))):
        return None
    return scheme, host, "*" if any_port else port, subdomains


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
