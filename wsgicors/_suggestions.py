"""What is wrong with a member of ``allow_origins``, and what to write instead. Runs at start-up only."""

import re
from collections.abc import Collection, Mapping
from typing import Final, cast

from wsgicors._grammar import EXTENSION, is_label, split_pattern
from wsgicors._regex_proof import Level, Proof, examined
from wsgicors._regex_remedies import Remedy, compiled, remedy, text_of, with_port
from wsgicors._regex_syntax import Unproven, compile_quietly
from wsgicors._suffixes import list_version, open_suffix
from wsgicors.origins import (
    DEFAULT_PORTS,
    FILE,
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

SLASHES: Final = ("/*", "**", "*.*")
"""Texts for every origin: the first is an expression that matches the beginning of each."""

_SEPARATORS = re.compile(r"[\s,;]+")
_JOINED = re.compile(r"(?<=[a-z0-9\]*])(?=https?://)", re.IGNORECASE)
_QUOTES = re.compile(r"^\[?[\"'`]+|[\"'`]+\]?$")

# Escapes, anchors, groups, classes and repetitions; a backslash alone is a slash to many, and ".*" after a name a
# wildcard.
_EXPRESSION = re.compile(
    r"(?<!\\)\\[.:/?+*dDwWsS\-\[({]|[$^]|\((?:\?|[^)]*\|)|[)\]][*+?{]|(?<![a-z0-9_*\-])\.[*+]|s\?:"
)
_SCHEME = re.compile(r"[a-z][a-z0-9+.\-]*+")
_LABEL = re.compile(r"[a-z0-9_\-]{1,63}+")
_LOOPBACK = re.compile(r"(?:\(\?:|\()?(?:localhost|127\\?\.0)")


def member_problem(member: object, dangerously_allow: Collection[str] = ()) -> Problem | None:
    """Return the problem of a member that is no pattern; None where it is a regular expression that may stay."""
    if isinstance(member, str):
        return pattern_problem(member)
    if isinstance(member, re.Pattern):
        return regex_problem(cast("re.Pattern[str] | re.Pattern[bytes]", member), dangerously_allow)
    pattern = _pattern_of(member)
    return _compile_problem(pattern) if isinstance(pattern, str) else _type_problem(member)


def _pattern_of(member: object) -> object:
    """Return what a ``{"regex": …}`` holds; None for anything else."""
    return cast("Mapping[object, object]", member).get("regex") if isinstance(member, Mapping) else None


def _type_problem(member: object) -> Problem:
    instead = member.decode("ascii", "replace") if isinstance(member, bytes) else ""
    wanted = "texts such as https://www.example.com, and compiled regular expressions"
    facts = {"type": type(member).__name__, "wanted": wanted}
    return Problem("wrong-type", SETTING, member, instead if split_pattern(instead) else "", facts)


def _compile_problem(pattern: str) -> Problem:
    """Return the problem of a ``{"regex": …}`` that could not be read."""
    try:
        compile_quietly(pattern)
    except re.error as error:
        return Problem("regex-invalid", SETTING, pattern, facts={"reason": str(error)})
    return Problem(
        "regex-invalid", SETTING, pattern, facts={"reason": "its flags are no flags, or there is a key too many"}
    )


def pattern_problem(text: str) -> Problem:
    """Return the first fault of a text that is no pattern, with all its faults mended in what to write instead."""
    if _EXPRESSION.search(text):
        return _expression_problem(text)
    if text in SLASHES:
        return Problem("origin-wildcard-host", SETTING, text)
    if (range_ := _ADDRESSES.fullmatch(text)) is not None:
        return Problem("origin-wildcard-place", SETTING, text, _range_instead(range_))
    repair = _Repair(text)
    instead = repair.mended() or ""
    if repair.code == "origin-several":
        instead = ", ".join(f'"{part}"' for part in _members(text))
    elif split_pattern(instead) is None:
        instead = ""
    return Problem(repair.code, SETTING, text, instead, {"limit": repair.limit})


def _expression_problem(text: str) -> Problem:
    """Return the problem of a text that other libraries guess to be a regular expression."""
    try:
        regex = compile_quietly(text)
    except re.error as error:
        return Problem("regex-invalid", SETTING, text, facts={"reason": str(error)})
    problem = regex_problem(regex)
    if problem is not None and not problem.instead:
        return problem
    if problem is not None:
        return Problem("origin-regex", SETTING, text, problem.instead)
    found = examined(regex, "icann")
    closed = text_of(found) if isinstance(found, Proof) else ""
    return Problem("origin-regex", SETTING, text, compiled(text) if closed.startswith("re.") else closed)


def _range_instead(found: re.Match[str]) -> str:
    """Return an expression for addresses of a private range; ``""`` for others."""
    scheme, known, port = found.groups()
    octets = known.removesuffix(".").split(".")
    hosts = r"\.".join([*octets, *[r"\d{1,3}"] * (4 - len(octets))])
    ports = {"": "", ":*": r"(:\d+)?"}.get(port, port)
    pattern = rf"{scheme}://{hosts}{ports}"
    return compiled(pattern) if isinstance(examined(re.compile(pattern), "all"), Proof) else ""


_ADDRESSES = re.compile(r"(https?)://((?:\d{1,3}\.){1,3})\*(?:\.\*)*(:\*|:[1-9]\d*|)")


def _members(text: str) -> list[str]:
    """Return the origins that a text lists, mended, each once and without those that no list may have by default."""
    parts = map(_mended, _parts(text))
    return [part for part in dict.fromkeys(parts) if part not in ("", FILE)]


def _parts(text: str) -> list[str]:
    """Return the origins of a text, also of one that Python joined because a comma is missing between two texts."""
    parts: list[str] = []
    for word in filter(None, _SEPARATORS.split(text)):
        joined = _JOINED.split(word)
        parts += joined if all(re.search(r"[.:]", part) for part in joined) and "?" not in word else [word]
    return parts


def _mended(text: str) -> str:
    return text if split_pattern(text) is not None else pattern_problem(text).instead


class _Repair:
    """Corrects a text step by step, and keeps the code of the first step that changed it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.code = ""
        self.limit = str(MAX_HOST)

    def found(self, code: str) -> None:
        """Keep `code`, if it is the first."""
        self.code = self.code or code

    def mended(self) -> str | None:
        text = self.text.strip()
        several = _parts(text)
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
            if open_suffix(bare):  # admits far more than was meant
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
    """Return the A-label form of a Unicode host (UTS 46), or `host` itself where it has none."""
    import idna

    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError:
        # IDNA 2008 knows no emoji; browsers do.
        return ".".join(
            label if label.isascii() else "xn--" + label.encode("punycode").decode() for label in host.split(".")
        )


def regex_problem(
    regex: re.Pattern[str] | re.Pattern[bytes], dangerously_allow: Collection[str] = ()
) -> Problem | None:
    """Return why a regular expression may match more than was meant; None where it may stay."""
    pattern = regex.pattern
    if isinstance(pattern, bytes):
        return Problem("regex-bytes", SETTING, pattern, _regex_instead(pattern.decode("ascii", "replace"), regex.flags))
    text_regex = cast("re.Pattern[str]", regex)
    for stranger in STRANGERS:
        if text_regex.fullmatch(stranger):
            return Problem("regex-any-host", SETTING, pattern, facts={"stranger": stranger})
    if text_regex.fullmatch(NULL):
        return Problem("regex-scheme", SETTING, pattern, NULL)
    level: Level = "none" if "public-suffix" in dangerously_allow else "icann"
    found = examined(text_regex, level)
    named = found.code if isinstance(found, Unproven) and found.code in _OWN_CODES else "regex-unproven"
    if isinstance(found, Proof) or named in dangerously_allow:
        return None
    return _unproven_problem(text_regex, found, level)


_OWN_CODES: Final = ("public-suffix", "regex-no-origin")
"""Codes that ``regex-unproven`` does not let through."""


def _unproven_problem(regex: re.Pattern[str], found: Unproven, level: Level) -> Problem:
    if found.code == "regex-no-origin" and regex.fullmatch(""):
        return Problem("regex-empty", SETTING, regex.pattern)
    if found.code == "regex-no-origin" and "://" not in regex.pattern.replace(r"\/", "/"):
        bare = regex.pattern.removeprefix("^").removeprefix(r"\A")
        scheme = "http" if _LOOPBACK.match(bare) else "https"
        return Problem("regex-scheme", SETTING, regex.pattern, _regex_instead(rf"{scheme}://(?:{bare})", regex.flags))
    (instead, dots), example = _closed(regex, found, level)
    if found.code == "public-suffix":
        return suffix_problem(regex.pattern, found.suffix, found.example, instead)
    code = "regex-dot" if instead and dots else found.code
    facts = {
        "reason": found.reason + (f", so that it admits {example}" if example else ""),
        "stranger": example or "hosts of strangers",
    }
    return Problem(code, SETTING, regex.pattern, instead, facts)


def _closed(regex: re.Pattern[str], found: Unproven, level: Level) -> tuple[Remedy, str]:
    """Return what to write instead of an expression that is not proven, and an origin that it admits in error."""
    ported = compile_quietly(with_port(regex.pattern), regex.flags)
    proof = examined(ported, level)
    if not isinstance(proof, Proof):
        return remedy(ported, proof, level), found.example
    # Digits behind the host are where a colon that may be missing shows.
    numbered = (f"{end.scheme}://{end.name}3000" for end in proof.ends)
    return Remedy(text_of(proof), dots=False), next(filter(regex.fullmatch, numbered), found.example)


def suffix_problem(value: str, suffix: str, example: str, instead: str = "") -> Problem:
    """Return the problem of a pattern or an expression that admits names under a public suffix."""
    facts = {"host": suffix, "example": example or f"any name below {suffix}", "list": list_version()}
    return Problem("public-suffix", SETTING, value, instead, facts)


def _regex_instead(pattern: str, flags: int) -> str:
    """Return an expression to write instead, as it stands or closed; ``""`` where neither is proven."""
    try:
        regex = compile_quietly(pattern, flags & ~re.LOCALE)
    except re.error:
        return ""
    found = examined(regex, "icann")
    return text_of(found) if isinstance(found, Proof) else remedy(regex, found, "icann").text
