"""Proven regular expressions, written in the syntax that PCRE, RE2 and JavaScript share.

The text is written from the proof's tree, over the alphabet of origins: without flags, Unicode classes and anchors.
A second expression has what the proof found: the names below which every admitted origin is.
"""

import re
from collections.abc import Iterator
from typing import Final

from wsgicors._regex_proof import End, prove
from wsgicors._regex_syntax import Anchor, Chars, Choice, Node, Repeat, Sequence, Unproven

LABEL: Final = "[a-z0-9_-]{1,63}"
PORT: Final = "(?::[1-9][0-9]{0,4})?"

_OCTET: Final = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_MOST: Final = 1000
"""The most repetitions that RE2 accepts."""
_SPECIAL: Final = re.compile(r"[.\[\]{}()*+?^$|\\]")


class NotClosed(Exception):  # noqa: N818 (it is a finding)
    """An expression is not proven, or has a feature that some engines lack."""


def escape(text: str) -> str:
    r"""Return `text` as a regular expression for PCRE, RE2 and JavaScript.

    >>> escape("https://www.example.com")
    'https://www\\.example\\.com'
    """
    return _SPECIAL.sub(r"\\\g<0>", text)


def closed(regex: re.Pattern[str], *, secure: bool) -> tuple[str, str]:
    r"""Return the expression, and a second one that the origin must match as well.

    Args:
        regex: An expression of a policy.
        secure: Whether plain http origins are left out, except those of the machine itself.

    Raises:
        NotClosed: The expression is not proven, or has look-around.

    >>> closed(re.compile(r"https://pr-\d+\.example\.com", re.I), secure=True)
    ('https://pr-[0-9]+\\.example\\.com', 'https://(?:[a-z0-9_-]{1,63}\\.)+example\\.com(?::[1-9][0-9]{0,4})?')
    """
    try:
        proof = prove(regex, lambda _: "")
    except Unproven as reason:
        raise NotClosed from reason
    ends = [end for end in proof.ends if not secure or end.scheme != "http" or end.loopback]
    if not ends:
        raise NotClosed
    return _written(_bare(proof.tree, begin=True, end=True)), "|".join(dict.fromkeys(map(_bound, ends)))


def _bound(end: End) -> str:
    hosts = {
        "host": escape(end.name),
        "below": rf"(?:{LABEL}\.)+{escape(end.name)}",
        "range": rf"{_OCTET}(?:\.{_OCTET}){{3}}",
        "loopback": rf"127(?:\.{_OCTET}){{3}}",
        "any": rf"(?:{LABEL}\.)*{LABEL}",
    }
    return f"{escape(end.scheme)}://{hosts[end.kind]}{PORT}"


def _bare(node: Node, *, begin: bool, end: bool) -> Node:
    """Return `node` without redundant anchors: an expression matches the whole origin."""
    if isinstance(node, Choice):
        return Choice(tuple(_bare(part, begin=begin, end=end) for part in node.parts))
    if isinstance(node, Anchor) and (end if node.end else begin):
        return Sequence(())
    if isinstance(node, Sequence) and node.parts:
        parts = list(node.parts)
        while begin and len(parts) > 1 and parts[0] == Anchor(end=False):
            parts.pop(0)
        while end and len(parts) > 1 and parts[-1] == Anchor(end=True):
            parts.pop()
        last = len(parts) - 1
        return Sequence(
            tuple(_bare(part, begin=begin and at == 0, end=end and at == last) for at, part in enumerate(parts))
        )
    return node


def _written(node: Node) -> str:
    if isinstance(node, Chars):
        return escape(*node.chars) if len(node.chars) == 1 else f"[{''.join(_ranges(sorted(node.chars)))}]"
    if isinstance(node, Sequence):
        return "".join(map(_written, node.parts))
    if isinstance(node, Choice) and node.parts:
        return f"(?:{'|'.join(map(_written, node.parts))})"
    if isinstance(node, Repeat) and max(node.low, node.high or 0) <= _MOST:
        part = _written(node.part)
        if not (isinstance(node.part, Chars) or re.fullmatch(r"\(\?:[^()]*\)", part)):
            part = f"(?:{part})"
        return part + _times(node.low, node.high)
    raise NotClosed


def _times(low: int, high: int | None) -> str:
    if high is None:
        return {0: "*", 1: "+"}.get(low, f"{{{low},}}")
    if low == high:
        return f"{{{low}}}"
    return "?" if (low, high) == (0, 1) else f"{{{low},{high}}}"


def _ranges(chars: list[str]) -> Iterator[str]:
    """Yield the content of a character class."""
    at = 0
    while at < len(chars):
        stop = at
        while stop + 1 < len(chars) and chars[at].isalnum() and ord(chars[stop + 1]) == ord(chars[stop]) + 1:
            stop += 1
        if stop - at >= 2 and chars[stop].isalnum():
            yield f"{chars[at]}-{chars[stop]}"
        else:
            stop = at
            yield re.sub(r"[\[\]\\^-]", r"\\\g<0>", chars[at])
        at = stop + 1
