"""What is wrong with a member of ``allow_origins``, and what to write instead. Runs at start-up only."""

import re
from collections.abc import Mapping
from typing import Final, cast

from wsgicors._grammar import split_pattern
from wsgicors._suffixes import is_public_suffix
from wsgicors.origins import (
    DEFAULT_PORTS,
    MAX_HOST,
    MAX_PORT,
    MAX_SCHEME,
    NULL,
    OPAQUE_SCHEMES,
    canonical_ipv6,
    is_ip,
    is_loopback,
)
from wsgicors.problems import Problem

SETTING: Final = "allow_origins"

STRANGERS: Final = (
    "https://stranger.invalid",
    "http://stranger.invalid",
    "https://a.b.stranger.invalid:8443",
    "x-stranger://stranger",
)
"""Origins that no regular expression means to admit."""

_SEPARATORS = re.compile(r"[\s,;]+")
_QUOTES = re.compile(r"^\[?[\"'`]+|[\"'`]+\]?$")

# Escapes, anchors, groups, classes and repetitions; a backslash alone is a slash to many, and ".*" after a name a wildcard.
_EXPRESSION = re.compile(
    r"(?<!\\)\\[.:/?+*dDwWsS\-\[({]|[$^]|\((?:\?|[^)]*\|)|[)\]][*+?{]|(?<![a-z0-9_*\-])\.[*+]|s\?:"
)
_SCHEME = re.compile(r"[a-z][a-z0-9+.\-]*+")
_LABEL = re.compile(r"[a-z0-9_\-]{1,63}+")
_OPEN_SCHEME = re.compile(r"[(?:]*+[a-z][a-z0-9+\-()?:|\\]*")


def member_problem(member: object) -> Problem | None:
    """The problem of a member that is no pattern; None where it is a regular expression that may stay."""
    if isinstance(member, str):
        return pattern_problem(member)
    if isinstance(member, re.Pattern):
        return regex_problem(cast("re.Pattern[str] | re.Pattern[bytes]", member))
    pattern = _pattern_of(member)
    return _compile_problem(pattern) if isinstance(pattern, str) else _type_problem(member)


def _pattern_of(member: object) -> object:
    """What a ``{"regex": …}`` holds; None for anything else."""
    return cast("Mapping[object, object]", member).get("regex") if isinstance(member, Mapping) else None


def _type_problem(member: object) -> Problem:
    instead = member.decode("ascii", "replace") if isinstance(member, bytes) else ""
    wanted = "texts such as https://www.example.com, and compiled regular expressions"
    facts = {"type": type(member).__name__, "wanted": wanted}
    return Problem("wrong-type", SETTING, member, instead if split_pattern(instead) else "", facts)


def _compile_problem(pattern: str) -> Problem:
    """The problem of a ``{"regex": …}`` that could not be read."""
    try:
        re.compile(pattern)
    except re.error as error:
        return Problem("regex-invalid", SETTING, pattern, facts={"reason": str(error)})
    return Problem(
        "regex-invalid", SETTING, pattern, facts={"reason": "its flags are no flags, or there is a key too many"}
    )


def pattern_problem(text: str) -> Problem:
    """The first fault of a text that is no pattern, with all its faults mended in what to write instead."""
    if _EXPRESSION.search(text):
        return _expression_problem(text)
    repair = _Repair(text)
    instead = repair.mended() or ""
    if repair.code == "origin-several":
        instead = ", ".join(f'"{part}"' for part in map(_mended, _SEPARATORS.split(text)) if part)
    elif split_pattern(instead) is None:
        instead = ""
    return Problem(repair.code, SETTING, text, instead, {"limit": repair.limit})


def _expression_problem(text: str) -> Problem:
    """The problem of a text that other libraries guess to be a regular expression."""
    try:
        problem = regex_problem(re.compile(text))
    except re.error as error:
        return Problem("regex-invalid", SETTING, text, facts={"reason": str(error)})
    if problem is not None and not problem.instead:
        return problem
    return Problem("origin-regex", SETTING, text, problem.instead if problem is not None else _written(text))


def _mended(text: str) -> str:
    return text if split_pattern(text) is not None else pattern_problem(text).instead


class _Repair:
    """Mends a text step by step, and keeps the code of the first step that had something to mend."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.code = ""
        self.limit = str(MAX_HOST)

    def found(self, code: str) -> None:
        """Keep `code`, if it is the first."""
        self.code = self.code or code

    def mended(self) -> str | None:
        text = self.text.strip()
        several = [part for part in _SEPARATORS.split(text) if part]
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
        if rest in ("*", "*.") or rest.startswith("*:"):
            self.found("origin-wildcard-host")
            return None
        host, port = self.port(scheme, rest)
        host = self.host(scheme, host)
        # What is called so is a scheme twice over, or null with something behind it.
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
            # An empty or impossible port: what was meant cannot be known, but for the lone colon.
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
            if is_public_suffix(bare):  # admits far more than was meant
                return ""
        if bare.endswith("."):
            self.found("origin-trailing-dot")
            bare = bare.rstrip(".")
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
        if len(host) > longest or not all(_LABEL.fullmatch(label) for label in host.split(".")):
            self.found("origin-host")
        return host


def _host_of(rest: str) -> str:
    authority = re.split(r"[/?#\\]", rest, maxsplit=1)[0].lower()
    if authority.startswith("["):
        return authority.partition("]")[0] + "]"
    address = canonical_ipv6(authority)
    return f"[{address}]" if address else authority.partition(":")[0]


def _a_labels(host: str) -> str:
    """The A-label form of a Unicode host (UTS 46), or `host` itself where it has none."""
    import idna

    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError:
        # IDNA 2008 knows no emoji; browsers do.
        return ".".join(
            label if label.isascii() else "xn--" + label.encode("punycode").decode() for label in host.split(".")
        )


def regex_problem(regex: re.Pattern[str] | re.Pattern[bytes]) -> Problem | None:
    """Why a regular expression may match more than was meant, or None where it may stay."""
    pattern = regex.pattern
    if isinstance(pattern, bytes):
        return Problem("regex-bytes", SETTING, pattern, _written(pattern.decode("ascii", "replace")))
    text_regex = re.compile(pattern, regex.flags)
    for stranger in STRANGERS:
        if text_regex.fullmatch(stranger):
            return Problem("regex-any-host", SETTING, pattern, facts={"stranger": stranger})
    if text_regex.fullmatch(NULL):
        return Problem("regex-scheme", SETTING, pattern, NULL)
    escaped = _escape_dots(pattern)
    scheme, separator, _ = _unanchored(pattern).replace(r"\/", "/").partition("://")
    if not separator or not _OPEN_SCHEME.fullmatch(scheme):
        mendable = not separator and re.match(r"[a-z0-9(]", _unanchored(pattern))
        return Problem(
            "regex-scheme", SETTING, pattern, _written("https://" + _unanchored(escaped)) if mendable else ""
        )
    if escaped != pattern:
        return Problem("regex-dot", SETTING, pattern, _written(escaped))
    return None


def _unanchored(pattern: str) -> str:
    return pattern.removeprefix("^").removeprefix(r"\A")


def _written(pattern: str) -> str:
    raw = pattern.isprintable() and '"' not in pattern and not pattern.endswith("\\")
    return f're.compile(r"{pattern}")' if raw else f"re.compile({pattern!a})"


def _escape_dots(pattern: str) -> str:
    r"""`pattern` with a literal dot wherever an open one touches a letter or digit that follows.

    >>> _escape_dots(r"https://www.example\.com"), _escape_dots(r"https://(.*)example\.com"), _escape_dots(r"https://[.a].*\.b\.c")
    ('https://www\\.example\\.com', 'https://(.*\\.)example\\.com', 'https://[.a].*\\.b\\.c')
    """

    def mended(token: re.Match[str]) -> str:
        dot = token["dot"]
        if dot is None:
            return token[0]
        return r"\." if dot == "." else dot + r"\."

    return _REGEX_TOKEN.sub(mended, pattern)


_REPEATED = r"(?:[*+?]|\{[0-9,]*\})?[?+]?"
# An escape, a class, an open dot (with its repetition) before a letter or digit, or anything else. Groups may begin and
# end between the two, and have other branches.
_REGEX_TOKEN = re.compile(
    r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|"
    rf"(?P<dot>\.{_REPEATED}(?=(?:(?:\|[^()]*)?\){_REPEATED}|\((?:\?:)?)*[A-Za-z0-9]))|.",
    re.DOTALL,
)
