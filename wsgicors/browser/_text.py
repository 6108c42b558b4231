"""Compare texts of the protocol as the standard does, and quote them in sentences."""

import re
from collections.abc import Sequence
from typing import Final

TAB_OR_SPACE: Final = "\t "  # an "HTTP tab or space"
WHITESPACE: Final = "\t\n\r "  # "HTTP whitespace"

TOKEN: Final = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
"""A method or a field name (RFC 9110, 5.6.2)."""

_LOWER: Final = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


def lower(text: str) -> str:
    """Byte-lowercase `text`. `str.lower` would also convert the Kelvin sign to a k."""
    return text.lower() if text.isascii() else text.translate(_LOWER)


def quote(text: str) -> str:
    """Quote foreign text for a terminal or a log: escaped, on one line, cut at 100 characters."""
    return f"{text!a}" if len(text) <= 100 else f"{text[:100]!a}…"


def quote_all(texts: Sequence[str]) -> str:
    """Quote the first ten of `texts` and count the others."""
    more = f" and {len(texts) - 10} more" if len(texts) > 10 else ""
    return ", ".join(map(quote, texts[:10])) + more if texts else "none"


def found(name: str, value: str | None) -> str:
    """Return a clause about the value of the header `name`; None means that there is no such header."""
    return f"there is no {name}" if value is None else f"{name} is {quote(value)}"
