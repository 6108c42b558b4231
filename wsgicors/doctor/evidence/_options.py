"""Read that a server has nothing to answer a preflight with, in a router's words.

>>> [read(Said(text, text)).causes for text in ("no handler registered for OPTIONS /a", "verb OPTIONS: unsupported")]
[('preflight-not-found',), ('preflight-method-refused',)]
"""

import re
from collections.abc import Callable
from typing import Final

from wsgicors.browser import Stage
from wsgicors.doctor.evidence._facts import Facts
from wsgicors.doctor.evidence._message import Message
from wsgicors.doctor.evidence._shown import Said, told
from wsgicors.doctor.evidence._unsaid import search

_BETWEEN: Final = r"[^.;\n]{0,60}?"
_HANDLER: Final = r"(?:action|endpoint|handler|method|operation|path|resource|route|view)s?"
_NOT: Final = r"(?:not (?:allowed|supported|permitted|implemented)|unsupported|disallowed)"
_NOT_FOUND: Final = re.compile(
    rf"(?i:\b(?:no|missing|unknown|unmatched|without an?)(?: [\w-]+){{0,3}}? {_HANDLER}\b){_BETWEEN}\bOPTIONS\b"
    rf"|\bOPTIONS\b{_BETWEEN}(?i:\b(?:not found|no (?:\w+ )?(?:handler|route|match)\w*|not registered|unhandled)\b)"
)
_REFUSED: Final = re.compile(
    rf"(?i:\b(?:method|verb) (?:is )?{_NOT}\b){_BETWEEN}\bOPTIONS\b"
    rf"|(?i:\b(?:unsupported|invalid|disallowed) (?:http |request )?(?:method|verb)\b){_BETWEEN}\bOPTIONS\b"
    rf"|(?i:\b(?:method|verb)\b)[ :='\"`\[(]{{1,4}}OPTIONS\b{_BETWEEN}(?i:\b{_NOT}\b)"
    rf"|\bOPTIONS\b['\"`\])]{{0,2}} (?i:(?:is |was )?{_NOT}\b)"
)


def read(said: Said) -> Message | None:
    """Return what `said` says of a preflight that nothing answers."""
    return next((message for message in (find(said) for find in _FINDERS) if message), None)


def _missing(said: Said) -> Message | None:
    """Read that a router has no handler for OPTIONS."""
    found = search(_NOT_FOUND, said.text)
    return told("preflight-not-found", stage=Stage.PREFLIGHT, facts=Facts()) if found else None


def _refused(said: Said) -> Message | None:
    """Read that a router does not accept OPTIONS."""
    found = search(_REFUSED, said.text)
    return told("preflight-method-refused", stage=Stage.PREFLIGHT, facts=Facts()) if found else None


_FINDERS: Final[tuple[Callable[[Said], Message | None], ...]] = (_refused, _missing)
