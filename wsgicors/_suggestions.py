"""What is wrong with a member of ``allow_origins``, and what to write instead. Runs at start-up only."""

import re
from collections.abc import Collection, Mapping
from typing import Final, cast

from wsgicors._grammar import split_pattern
from wsgicors._origin_repair import Repair, parts_of
from wsgicors._regex_proof import Level, Proof, examined
from wsgicors._regex_remedies import Remedy, compiled, remedy, text_of, with_port
from wsgicors._regex_syntax import Unproven, compile_quietly
from wsgicors._suffixes import list_version
from wsgicors.origins import FILE, NULL
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

_OWN_CODES: Final = ("public-suffix", "regex-no-origin")
"""Codes that ``regex-unproven`` does not let through."""

# Escapes, anchors, groups, classes and repetitions; a backslash alone is a slash to many, and ".*" after a name a
# wildcard.
_EXPRESSION = re.compile(
    r"(?<!\\)\\[.:/?+*dDwWsS\-\[({]|[$^]|\((?:\?|[^)]*\|)|[)\]][*+?{]|(?<![a-z0-9_*\-])\.[*+]|s\?:"
)

_ADDRESSES = re.compile(r"(https?)://((?:\d{1,3}\.){1,3})\*(?:\.\*)*(:\*|:[1-9]\d*|)")
_LOOPBACK = re.compile(r"(?:\(\?:|\()?(?:localhost|127\\?\.0)")


def member_problem(member: object, dangerously_allow: Collection[str] = ()) -> Problem | None:
    """Return the problem of a member that is no pattern; None for a regular expression without a problem."""
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
    """Return the first problem of a text that is no pattern; what to write instead corrects all of them."""
    if _EXPRESSION.search(text):
        return _expression_problem(text)
    if text in SLASHES:
        return Problem("origin-wildcard-host", SETTING, text)
    if (range_ := _ADDRESSES.fullmatch(text)) is not None:
        return Problem("origin-wildcard-place", SETTING, text, _range_instead(range_))
    repair = Repair(text)
    instead = repair.mended() or ""
    if repair.code == "origin-several":
        instead = ", ".join(_members(text))
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


def _members(text: str) -> list[str]:
    """Return the Python of the origins that a text lists, each once, without those that no list may have by default."""
    parts = dict.fromkeys(map(_mended, parts_of(text)))
    return [as_python(part) for part in parts if part not in ("", FILE)]


def as_python(instead: str) -> str:
    """Return what to write instead as Python: a single pattern has no quotes, other texts are Python already.

    >>> as_python("https://a.example"), as_python('"https://a.example", "https://b.example"'), as_python("")
    ('"https://a.example"', '"https://a.example", "https://b.example"', '')
    """
    return f'"{instead}"' if instead and not instead.startswith(('"', "re.")) else instead


def _mended(text: str) -> str:
    return text if split_pattern(text) is not None else pattern_problem(text).instead


def regex_problem(
    regex: re.Pattern[str] | re.Pattern[bytes], dangerously_allow: Collection[str] = ()
) -> Problem | None:
    """Return why a regular expression may match more than was meant; None if it does not."""
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
    # Digits directly behind the host show that the colon can be missing.
    numbered = (f"{end.scheme}://{end.name}3000" for end in proof.ends)
    return Remedy(text_of(proof), dots=False), next(filter(regex.fullmatch, numbered), found.example)


def suffix_problem(value: str, suffix: str, example: str, instead: str = "") -> Problem:
    """Return the problem of a pattern or an expression that admits names under a public suffix."""
    facts = {"host": suffix, "example": example or f"any name below {suffix}", "list": list_version()}
    return Problem("public-suffix", SETTING, value, instead, facts)


def _regex_instead(pattern: str, flags: int) -> str:
    """Return an expression to write instead: the same or a narrower one, which is proven; ``""`` if none is found."""
    try:
        regex = compile_quietly(pattern, flags & ~re.LOCALE)
    except re.error:
        return ""
    found = examined(regex, "icann")
    return text_of(found) if isinstance(found, Proof) else remedy(regex, found, "icann").text
