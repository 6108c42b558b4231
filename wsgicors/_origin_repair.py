"""Correct texts that are meant as origins or patterns. Runs at start-up only."""

import re

from wsgicors._grammar import EXTENSION, is_label
from wsgicors._suffixes import open_suffix
from wsgicors.origins import (
    DEFAULT_PORTS,
    MAX_HOST,
    MAX_PORT,
    MAX_SCHEME,
    NULL,
    OPAQUE_SCHEMES,
    PAGELESS_SCHEMES,
    canonical_ipv6,
    is_ip,
    is_loopback,
)

_SEPARATORS = re.compile(r"[\s,;]+")
_JOINED = re.compile(r"(?<=[a-z0-9\]*])(?=(?:https?|wss?)://)", re.IGNORECASE)
_QUOTES = re.compile(r"^\[?[\"'`]+|[\"'`]+\]?$")
_SCHEME = re.compile(r"[a-z][a-z0-9+.\-]*+")
_LABEL = re.compile(r"[a-z0-9_\-]{1,63}+")

_OF_PAGES = {"ws": "http", "wss": "https"}
"""The schemes of the pages that open a WebSocket of a scheme."""


def parts_of(text: str) -> list[str]:
    """Return the origins of a text, also of one that Python joined because a comma is missing between two texts."""
    parts: list[str] = []
    for word in filter(None, _SEPARATORS.split(text)):
        joined = _JOINED.split(word)
        parts += joined if all(re.search(r"[.:]", part) for part in joined) and "?" not in word else [word]
    return parts


class Repair:
    """Corrects a text step by step.

    Attributes:
        code: The code of the first problem found; ``""`` before `mended` is called.
        limit: The most characters of the part at fault, for the problem's text.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.code = ""
        self.limit = str(MAX_HOST)

    def found(self, code: str) -> None:
        """Keep `code`, if it is the first."""
        self.code = self.code or code

    def mended(self) -> str | None:
        """Return the corrected text, or None if it is not known what was meant."""
        text = self.text.strip()
        several = parts_of(text)
        if not several:
            self.found("origin-empty")
            return None
        if text != self.text:
            self.found("origin-blanks")
        if any(not character.isprintable() and not character.isspace() for character in text):
            self.found("origin-characters")
            return None
        if len(several) > 1:
            self.found("origin-several")
            return None
        if _QUOTES.search(text):
            self.found("origin-characters")
            text = _QUOTES.sub("", text)
        if text == "*":
            self.found("any-origin-beside-others")
            return None
        if text.lower() == NULL:
            if text != NULL:
                self.found("origin-null-spelling")
            return NULL
        scheme, rest = self.scheme(text)
        if scheme is None:
            return None
        rest = self.authority(rest)
        if rest == "*" and scheme.endswith(EXTENSION):
            return f"{scheme}://*"
        if rest in ("*", "*.") or rest.startswith("*:"):
            self.found("origin-wildcard-host")
            return None
        host, port = self.port(scheme, rest)
        host = self.host(scheme, host)
        # A host of that name comes from a scheme written twice, or from null with something behind it.
        return f"{scheme}://{host}{port}" if host not in ("http", "https", NULL) else None

    def scheme(self, text: str) -> tuple[str | None, str]:
        scheme, separator, rest = text.partition("://")
        if not separator or "/" in scheme:
            scheme, separator, rest = text.partition(":")
            if scheme.lower() in OPAQUE_SCHEMES and separator:
                self.found("origin-opaque-scheme")
                return None, ""
            if not (scheme.lower() in ("http", "https") and separator and not rest.isdigit()):
                rest, scheme = text, ""
            rest = rest.lstrip("/\\")
            self.found("origin-scheme-missing")
            scheme = scheme.lower() or ("http" if is_loopback(_host_of(rest)) else "https")
        if "*" in scheme:
            self.found("origin-wildcard-place")
            return "https", rest
        if scheme != scheme.lower():
            self.found("origin-upper-case")
            scheme = scheme.lower()
        if scheme in OPAQUE_SCHEMES:
            self.found("origin-opaque-scheme")
            return None, ""
        if scheme in PAGELESS_SCHEMES:
            self.found("origin-pageless-scheme")
            return _OF_PAGES.get(scheme), rest
        if len(scheme) > MAX_SCHEME or not _SCHEME.fullmatch(scheme):
            self.limit = str(MAX_SCHEME)
            self.found("origin-scheme")
            return None, ""
        return scheme, rest

    def authority(self, rest: str) -> str:
        end = re.search(r"[/?#\\]", rest)
        if end is not None:
            self.found("origin-trailing-slash" if set(rest[end.start() :]) == {"/"} else "origin-path")
            rest = rest[: end.start()]
        if "@" in rest:
            self.found("origin-user-info")
            rest = rest.rpartition("@")[2]
        if rest != rest.lower():
            self.found("origin-upper-case" if rest.isascii() else "origin-unicode-host")
            rest = rest.lower()
        return rest

    def port(self, scheme: str, rest: str) -> tuple[str, str]:
        if canonical_ipv6(rest):
            self.found("origin-ipv6")
            return f"[{rest}]", ""
        host, colon, port = rest.rpartition(":")
        if not colon or rest.endswith("]"):
            return rest, ""
        if port == "*":
            return host, ":*"
        number = int(port) if port.isascii() and port.isdigit() and len(port) <= MAX_HOST else -1
        if str(number) != port or not 0 < number <= MAX_PORT:
            self.found("origin-port")
        if not 0 < number <= MAX_PORT:
            # Only an empty port can be corrected: nobody knows what another impossible one means.
            return host, "" if not port else ":?"
        if DEFAULT_PORTS.get(scheme) == str(number):
            self.found("origin-default-port")
            return host, ""
        return host, f":{number}"

    def host(self, scheme: str, host: str) -> str:
        bare = host.removeprefix("*.")
        wildcard = host[: len(host) - len(bare)]
        if "*" in bare:
            self.found("origin-wildcard-place")
            wildcard, bare = "*.", bare.rpartition("*")[2].lstrip(".")
            if open_suffix(bare):  # it would admit far more than was meant
                return ""
        if bare.endswith(".") and scheme in DEFAULT_PORTS and is_ip(bare):
            self.found("origin-trailing-dot")
            bare = bare.removesuffix(".")
        if not bare.isascii():
            self.found("origin-unicode-host")
            bare = _a_labels(bare)
        numeric = bare.startswith("[") or ((scheme in DEFAULT_PORTS or wildcard) and is_ip(bare))
        mended = self.address(bare) if numeric else self.name(bare, MAX_HOST - len("a.") if wildcard else MAX_HOST)
        if wildcard and is_ip(mended):
            self.found("origin-wildcard-ip")
            wildcard = ""
        return wildcard + mended

    def address(self, host: str) -> str:
        if host.startswith("["):
            self.found("origin-ipv6")
            return f"[{canonical_ipv6(host.strip('[]'))}]"
        import socket

        try:  # reads 127.1 and 0x7f.1 as the URL standard's IPv4 parser does
            canonical = socket.inet_ntoa(socket.inet_aton(host))
        except OSError:
            canonical = ""
        if canonical != host:
            self.found("origin-ipv4")
        return canonical

    def name(self, host: str, longest: int) -> str:
        labels = host.removesuffix(".").split(".")
        if len(host) > longest or not all(map(_LABEL.fullmatch, labels)):
            self.found("origin-host")
        elif not all(map(is_label, labels)):
            self.found("origin-a-label")
        return host


def _host_of(rest: str) -> str:
    authority = re.split(r"[/?#\\]", rest, maxsplit=1)[0].lower()
    if authority.startswith("["):
        return authority.partition("]")[0] + "]"
    address = canonical_ipv6(authority)
    return f"[{address}]" if address else authority.partition(":")[0]


def _a_labels(host: str) -> str:
    """Return the A-label form of a Unicode host (UTS 46), or `host` itself if it has none."""
    import idna

    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError:
        # IDNA 2008 has no emoji; browsers accept them.
        return ".".join(
            label if label.isascii() else "xn--" + label.encode("punycode").decode() for label in host.split(".")
        )
