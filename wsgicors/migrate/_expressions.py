"""Regular expressions for the old libraries, which match only the beginning of an origin; many are careless.

A `narrowed` expression admits nothing that the old one did not.
"""

import re
from typing import Final, cast

from wsgicors import Policy, PolicyError
from wsgicors._regex_proof import examined
from wsgicors._regex_syntax import Unproven

_OPTIONAL_SCHEME: Final = re.compile(r"^\((?:\?:)?(https?\??:/{2})\)\?")
_OPEN_SCHEME: Final = re.compile(r"^http\(?(?:\?:)?\.[*?]\)?:")
_PATH_END: Final = re.compile(r"(?:\(/\.\*\)\??|/\.\*|/\??)$")
_OPEN_END: Final = re.compile(r"(?:\(\.\*\)|\.\*|:\?\[?\\d\]?[*+]?\??)$")
_LOOPBACK: Final = re.compile(r"localhost|127\\?\.0\\?\.0\\?\.1")
_UNESCAPED_DOT: Final = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\.(?![*+?{])")
_FLAGS: Final = re.compile(r"^\(\?[aimsux]+\)")
"""Flags for the whole of an expression, which only its beginning can have."""
_ASSERTIONS: Final = re.compile(r"\$|\\[bBZA]|\(\?[=!<(]|\^")


def proven(member: object) -> bool:
    """Whether a policy accepts a member of ``allow_origins`` unchanged."""
    try:
        Policy(allow_origins=[cast("str", member)])
    except PolicyError:
        return False
    return True


def admits_everything(pattern: str) -> bool:
    r"""Whether an expression, matched from the beginning, matches every text without line breaks.

    An expression that matches the empty text, and has no look-around, matches the beginning of any text.

    >>> [admits_everything(text) for text in ("", ".*", "/*", "^.*$", ".+", "https://.*", r"(https://a\.example)?$")]
    [True, True, True, True, True, False, False]
    """
    bare = pattern.removeprefix("^")
    bare = re.sub(r"\.\*\$$", "", bare)
    bare = re.sub(r"^\(?\.\+\)?\$?$", "", bare)
    try:
        return not _ASSERTIONS.search(bare) and re.match(bare, "") is not None
    except re.error:
        return False


def admits_nobody(pattern: str, flags: int = 0) -> bool:
    r"""Whether the whole of no origin matches an expression.

    >>> [admits_nobody(text) for text in (r"^wss://a\.example$", r"https://a\.example/.*", r"https://a.*", "(?:(?i)a)")]
    [True, True, False, False]
    """
    try:
        found = examined(re.compile(pattern, flags), "all")
    except re.error:
        return False
    return isinstance(found, Unproven) and found.code == "regex-no-origin"


def prefix_matched(pattern: str) -> str:
    r"""Return the expression that matches the whole of every text whose beginning `pattern` matches.

    >>> prefix_matched(r"https://.*\.a\.example"), prefix_matched("^https://a$|^https://b$"), prefix_matched("^https://a|^https://b$")
    ('(?:https://.*\\.a\\.example).*', '^https://a$|^https://b$', '(?:^https://a|^https://b$).*')
    >>> prefix_matched("(?i)https://a")
    '(?i)(?:https://a).*'
    """
    ends = [branch.endswith(("$", r"\Z")) and not branch.endswith(r"\$") for branch in _branches(pattern)]
    body = _FLAGS.sub("", pattern)
    return pattern if all(ends) else f"{pattern.removesuffix(body)}(?:{body}).*"


def _branches(pattern: str) -> list[str]:
    """Return the alternatives of an expression outside of groups."""
    branches, depth = [""], 0
    for part in re.findall(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.", pattern, re.DOTALL):
        depth += {"(": 1, ")": -1}.get(part, 0)
        if part == "|" and depth == 0:
            branches.append("")
        else:
            branches[-1] += part
    return branches


def narrowed(pattern: str, flags: int = 0) -> "re.Pattern[str] | None":
    r"""Return a proven expression that admits what the old one was meant for, or None if none is found.

    >>> narrowed(r"^(https?://)?([\w-]+\.)?client.example(:8000)?$").pattern
    'https?://([\\w-]+\\.)?client\\.example(:8000)?'
    >>> narrowed(r"^http(.*)://localhost(.*)$").pattern
    'https?://localhost(:\\d+)?'
    >>> narrowed(r"https:\/\/(www.)?site\.example(\/.*)?").pattern
    'https://(www\\.)?site\\.example'
    >>> narrowed(r"https://.*") is None
    True
    """
    for candidate in _candidates(pattern):
        try:
            compiled = re.compile(candidate, flags)
        except re.error:
            continue
        if proven(compiled):
            return compiled
    return None


def as_expression(pattern: str) -> "re.Pattern[str]":
    r"""Return the expression that matches the same origins as a pattern.

    >>> [as_expression(text).pattern for text in ("https://*.a.example", "http://localhost:*", "https://pr-*.a.example")]
    ['https://([a-z0-9_-]+\\.)+a\\.example', 'http://localhost(:\\d+)?', 'https://pr-[a-z0-9-]+\\.a\\.example']
    """
    text = re.escape(pattern).replace(r"\-", "-").replace(r"://\*\.", r"://([a-z0-9_-]+\.)+")
    return re.compile(re.sub(r":\\\*$", r"(:\\d+)?", text).replace(r"\*", "[a-z0-9-]+"))


def loses(instead: "list[object]", kept: "re.Pattern[str]") -> bool:
    r"""Whether the texts of a remedy list only some of the origins that an expression matches.

    >>> loses(["https://a.example"], re.compile(r"https://(www\.)?a\.example")), loses(["http://localhost"], re.compile(r"http://localhost:\d+"))
    (False, True)
    """
    is_open = re.search(r"(?<!\\)[*+{]", kept.pattern) is not None
    return is_open and not any(not isinstance(one, str) or "*" in one for one in instead)


def _candidates(pattern: str) -> list[str]:
    text = pattern.replace(r"\/", "/").replace(r"\:", ":").removeprefix("^").removeprefix(r"\A")
    text = re.sub(r"(?<!\\)\$$|\\Z$", "", text)
    text = _OPTIONAL_SCHEME.sub(r"\1", text)
    text = _OPEN_SCHEME.sub("https?:", text)
    text = _PATH_END.sub("", _escaped(text))
    ended = _OPEN_END.sub("", text)
    found = [text, ended]
    if _LOOPBACK.search(ended):
        found = [rf"{ended}(:\d+)?" if ended != text else text, *found]
    return found


def _escaped(text: str) -> str:
    r"""Return `text` with every dot that matches one character escaped.

    >>> _escaped(r"https://\S+\.app.client.example"), _escaped("https://.*.a.example")
    ('https://\\S+\\.app\\.client\\.example', 'https://.*\\.a\\.example')
    """
    return _UNESCAPED_DOT.sub(lambda token: r"\." if token[0] == "." else token[0], text)
