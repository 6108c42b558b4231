"""Write syntax trees as regular expressions."""

import re
from typing import Final

from wsgicors._regex_syntax import ALPHABET, Anchor, Chars, Choice, Look, Node, Repeat, Sequence
from wsgicors.origins import DIGITS

NEVER: Final = r"[^\s\S]"
"""What matches nothing."""

_SHORT: Final = {
    frozenset(ALPHABET): ".",
    frozenset(DIGITS): r"\d",
    frozenset("abcdefghijklmnopqrstuvwxyz0123456789_"): r"\w",
}
_RUNS: Final = "[a-z]+|[0-9]+|."


def written(node: Node, *, short: bool = True) -> str:
    r"""Return the text of an expression without flags that matches the same origins.

    Args:
        node: The tree.
        short: Whether to write ``.``, ``\d``, ``\w`` and negated classes, as people do.

    >>> from wsgicors._regex_syntax import read
    >>> written(read(re.compile("HTTPS?://  # the scheme", re.VERBOSE | re.IGNORECASE)))
    'https?://'
    """
    match node:
        case Chars(_, chars, True) if short and len(chars) > 1:  # a class would not be proven
            return "(?:{})".format("|".join(_written_chars(frozenset(one), short=True) for one in sorted(chars)))
        case Chars(_, chars):
            return _written_chars(chars, short=short)
        case Sequence(parts):
            texts = [written(part, short=short) for part in parts]
            return "".join(
                f"(?:{text})" if isinstance(part, Choice) else text for part, text in zip(parts, texts, strict=True)
            )
        case Choice(parts):
            return "|".join(written(part, short=short) for part in parts) if parts else NEVER
        case Repeat(low, high, part):
            text = written(part, short=short)
            times: dict[tuple[int, int | None], str] = {(0, 1): "?", (0, None): "*", (1, None): "+"}
            exact = f"{{{low}}}" if low == high else f"{{{low},{'' if high is None else high}}}"
            return (text if isinstance(part, Chars) else f"(?:{text})") + times.get((low, high), exact)
        case Anchor(end):
            return "$" if end else "^"
        case Look(negative, part):
            return f"(?{'!' if negative else '='}{written(part, short=short)})"


def _written_chars(chars: frozenset[str], *, short: bool) -> str:
    if short and chars in _SHORT:
        return _SHORT[chars]
    if len(chars) == 1:
        return re.escape(next(iter(chars))).replace("\\-", "-")
    if not chars:
        return NEVER
    rest = frozenset(ALPHABET) - chars
    inside, sign = (rest, "^") if short and len(rest) < 5 else (chars, "")
    hyphen = "-" if "-" in inside else ""
    runs = re.findall(_RUNS, "".join(sorted(inside - {"-"})))
    return f"[{sign}{hyphen}{''.join(map(_written_run, runs))}]"


def _written_run(letters: str) -> str:
    """Return ``a-cx`` for ``abcx``."""
    text, start = "", 0
    for at in range(1, len(letters) + 1):
        if at == len(letters) or ord(letters[at]) != ord(letters[at - 1]) + 1:
            run = letters[start:at]
            text += f"{run[0]}-{run[-1]}" if len(run) > 2 else re.sub(r"[][]", r"\\\g<0>", run)
            start = at
    return text
