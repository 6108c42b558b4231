"""The serialization of an origin: what browsers send as ``Origin`` (HTML, "ASCII serialisation of an origin").

An Origin header that is not a serialization matches nothing. Serializations are compared character by character.
Patterns, sets and regular expressions are in ``wsgicors.patterns``.
"""

import re
from typing import Final

__all__ = ["canonical_ipv6", "is_ip", "is_loopback", "is_serialization", "split_origin"]

MAX_HOST: Final = 253
"""The most characters of a domain name (RFC 1035, 2.3.4: 255 octets on the wire)."""

MAX_SCHEME: Final = 64
"""The most characters of a scheme. The longest registered with IANA has 36."""

MAX_ORIGIN: Final = MAX_SCHEME + len("://") + MAX_HOST + len(":65535")
"""The most characters of an origin; longer texts are refused without being parsed."""

MAX_PORT: Final = 65535

DEFAULT_PORTS: Final = {"ftp": "21", "http": "80", "https": "443", "ws": "80", "wss": "443"}
"""URL, "special scheme": the ports that a serialization leaves out."""

OPAQUE_SCHEMES: Final = frozenset({"about", "blob", "data", "file", "filesystem", "javascript"})
"""Schemes whose pages have an opaque origin, sent as ``null`` (URL, "origin")."""

PAGELESS_SCHEMES: Final = frozenset({"ftp", "ws", "wss"})
"""Schemes of the URL standard with which no browser opens a page: no request has such an origin."""

FILE: Final = "file://"
"""What some browsers send for a local file: Android's WebView, Chromium with ``--allow-file-access-from-files``."""

NULL: Final = "null"
"""The serialization of every opaque origin."""

SCHEME_CHARACTERS: Final = "abcdefghijklmnopqrstuvwxyz0123456789+.-"
NAME_CHARACTERS: Final = "abcdefghijklmnopqrstuvwxyz0123456789_-."
ADDRESS_CHARACTERS: Final = "0123456789abcdef:"
DIGITS: Final = "0123456789"
"""The alphabets of a serialization's parts: ``scheme://name:port`` or ``scheme://[address]:port``."""


def _serialization(scheme: str, label: str, rest: str) -> str:
    """Return a regular expression for serializations, with the given quantifiers for scheme, label and last label.

    Groups: scheme, host, a last label that begins with a digit, port.
    """
    return (
        rf"([a-z][a-z0-9+.\-]{scheme})://"
        rf"((?:[a-z0-9_\-]{label}\.)*(?:[a-z_\-][a-z0-9_\-]{rest}|([0-9][a-z0-9_\-]{rest}))\.?"
        r"|\[[0-9a-f:]{2,39}\]|\.)(?::([1-9][0-9]{0,4}))?"
    )


WELL_FORMED: Final = _serialization("*", "+", "*")
"""The grammar without the bounds of its parts, as `wsgicors._regex_proof` reads it."""

# Bounded, with possessive quantifiers: no request makes it backtrack by more than one label.
_SERIALIZED = re.compile(_serialization(f"{{0,{MAX_SCHEME - 1}}}+", "{1,63}+", "{0,62}+"))
# A fast path for nearly every origin: a host name with the default port.
_PLAIN = re.compile(r"https?://(?:[a-z0-9_\-]{1,63}+\.)*+[a-z_\-][a-z0-9_\-]{0,62}+")
_NUMBER = re.compile(r"[0-9]++|0x[0-9a-f]*+")


def is_ip(host: str) -> bool:
    """Whether ``host`` can only be an IP address: in brackets, or with a last label that is a number.

    URL, "ends in a number checker".

    >>> is_ip("[::1]"), is_ip("127.0.0.1"), is_ip("1.example")
    (True, True, False)
    """
    return host.startswith("[") or _NUMBER.fullmatch(host.removesuffix(".").rpartition(".")[2]) is not None


def canonical_ipv6(text: str) -> str:
    """Return the IPv6 address ``text`` in the form of the URL standard's "IPv6 serializer", or ``""`` if invalid.

    >>> canonical_ipv6("2001:DB8:0:0:0:0:0:1"), canonical_ipv6("::ffff:1.2.3.4"), canonical_ipv6("1::2::3")
    ('2001:db8::1', '::ffff:102:304', '')
    """
    import ipaddress

    try:
        packed = ipaddress.IPv6Address(text).packed
    except ValueError:
        return ""
    # Not str() of ipaddress: it writes mapped addresses in dotted form, which the URL standard does not.
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
    """Return scheme, host and port (``""`` for the default) of a serialization; None for any other text.

    ``null`` has no parts: the result is None.

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
    special = scheme in DEFAULT_PORTS
    # Only hosts of special schemes are parsed as IPv4 addresses, which have no final dot (URL, "host parser").
    if host[0] == "[" or (digit_label and special and is_ip(host)):
        return (scheme, host, port) if _is_canonical_ip(host) else None
    if host == "." and special:
        return None
    return scheme, host, port


def is_serialization(text: str) -> bool:
    """Whether a browser can send ``text`` as the origin of a page: whether `split_origin` can split it.

    >>> is_serialization("https://a.example"), is_serialization("https://a.example/")
    (True, False)
    """
    return (len(text) <= MAX_HOST and _PLAIN.fullmatch(text) is not None) or split_origin(text) is not None


def is_loopback(host: str) -> bool:
    """Whether ``host`` is the machine itself: ``localhost`` or a name below it, ``127.0.0.0/8``, ``[::1]``.

    >>> is_loopback("app.localhost"), is_loopback("localhost."), is_loopback("127.0.0.1"), is_loopback("127.example")
    (True, True, True, False)
    """
    return (
        host in ("localhost", "localhost.", "[::1]")
        or host.endswith((".localhost", ".localhost."))
        or (host.startswith("127.") and _is_canonical_ip(host))
    )


_MOVED: Final = {
    "Member": "wsgicors.patterns",
    "OriginPattern": "wsgicors.patterns",
    "OriginSet": "wsgicors.patterns",
    "OriginSource": "wsgicors",
    "patterns_of": "wsgicors.patterns",
}
"""The names that 1.0.0 had in this module, and where they are now."""


def __getattr__(name: str) -> object:
    """Return a name that 1.0.0 had here from the module that has it now, with a DeprecationWarning.

    Raises:
        AttributeError: 1.0.0 did not have that name here.
    """
    if name not in _MOVED:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib
    import warnings

    module = _MOVED[name]
    warnings.warn(f"wsgicors.origins.{name} is {module}.{name} now", DeprecationWarning, stacklevel=2)
    return getattr(importlib.import_module(module), name)  # imported here to avoid a circular import
