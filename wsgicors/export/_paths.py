"""Expressions for request targets as sent: they find the rule of a request, however its path is encoded."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from wsgicors.export._expressions import escape

_SLASH: Final = "(?:/|%2[Ff])"
_START: Final = "^(?:https?://[^/?#]*)?"
_DOTS: Final = rf"{_START}[^?#]*{_SLASH}(?:[.]|%2[Ee]){{1,2}}(?:{_SLASH}|[?#]|$)"
_ODD: Final = rf"{_START}[^?#]*(?:[\\]|%5[Cc]|%25(?:2[Ff]|5[Cc])|%[01][0-9A-Fa-f]|%7[Ff])"
# The parameters of a segment. No part of it matches a slash, so it matches in only one way.
_PARAMETERS: Final = "(?:(?:;|%3[Bb])(?:[^/?#%]|%[^2/?#]|%2[^Ff/?#])*)?"


class RulePath(NamedTuple):
    """The path of a rule.

    Attributes:
        text: The path in ASCII, as written in the rules.
        is_exact: Whether the rule is for this path alone, and not for the paths below it.
    """

    text: str
    is_exact: bool = False

    def __str__(self) -> str:
        """Return the path; an equals sign marks those without the paths below them."""
        return f"={self.text}" if self.is_exact else self.text


def expressions(names: Mapping[RulePath, str], ambiguous: str) -> tuple[tuple[str, str], ...]:
    """Return pairs of an expression and the name of a rule: the first match decides.

    Paths that servers read in several ways come first, then longer paths.

    Args:
        names: The name of each path's rule.
        ambiguous: The name of the rule for paths that servers read in several ways.
    """
    paths = sorted((path for path in names if path != RulePath("/")), key=_precedence)
    if not paths:
        return ()
    found = [(_DOTS, ambiguous), (_ODD, ambiguous)]
    for path in paths:
        below = "" if path.is_exact else f"{_SLASH}|"
        found.append((f"{_START}{_raw(path.text, _SLASH)}(?:{below}[?#]|$)", names[path]))
        # It is the rule's path only once empty segments and parameters are dropped, as routers do.
        blurred = _raw(path.text, f"{_PARAMETERS}(?:{_SLASH}{_PARAMETERS})+")
        found.append((f"{_START}{blurred}(?:{below}[?#]|$|;|%3[Bb])", ambiguous))
    return tuple(found)


def _precedence(path: RulePath) -> tuple[int, bool]:
    return -len(path.text), not path.is_exact


def _raw(path: str, slash: str) -> str:
    """Return an expression for `path` in a request target, percent-encoded or not."""
    return "".join(slash if char == "/" else _encodable(char) for char in path)


def _encodable(char: str) -> str:
    digits = "".join(f"[{digit.upper()}{digit}]" if digit.isalpha() else digit for digit in f"{ord(char):02x}")
    return f"(?:{escape(char)}|%{digits})"
