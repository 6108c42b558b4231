"""Expressions on request targets as they were sent: which rule a request belongs to, however its path is encoded."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from wsgicors.export._expressions import escape

_SLASH: Final = "(?:/|%2[Ff])"
_START: Final = "^(?:https?://[^/?#]*)?"
_DOTS: Final = rf"{_START}[^?#]*{_SLASH}(?:[.]|%2[Ee]){{1,2}}(?:{_SLASH}|[?#]|$)"
_ODD: Final = rf"{_START}[^?#]*(?:[\\]|%5[Cc]|%25(?:2[Ff]|5[Cc])|%[01][0-9A-Fa-f]|%7[Ff])"
# The parameters of a segment. Nothing in it matches a slash, so that there is one way to match alone.
_PARAMETERS: Final = "(?:(?:;|%3[Bb])(?:[^/?#%]|%[^2/?#]|%2[^Ff/?#])*)?"


class RulePath(NamedTuple):
    """The path of a rule.

    Attributes:
        text: As it is written: in ASCII.
        is_exact: Whether the rule is for this path alone. Otherwise it is for every path below too.
    """

    text: str
    is_exact: bool = False

    def __str__(self) -> str:
        """Return the path; an equals sign tells those that stand for themselves alone."""
        return f"={self.text}" if self.is_exact else self.text


def expressions(names: Mapping[RulePath, str], ambiguous: str) -> tuple[tuple[str, str], ...]:
    """Return expressions and the names of the rules that they lead to, of which the first that matches decides.

    What servers read in several ways comes first, then longer paths.

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
        # With empty segments and parameters dropped, as routers do, it is the rule's path; as it stands it is not.
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
