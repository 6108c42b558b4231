"""Tell what somebody says from words that code, tests and denials only have."""

import re
from itertools import islice
from typing import Final, NamedTuple

from wsgicors.doctor.evidence._flat_text import FlatText


class Place(NamedTuple):
    """What was found in a text: its match in `plain(text)`, and what is in front of it and behind it in its line."""

    match: re.Match[str]
    begun: str
    rest: str


def first_said(pattern: re.Pattern[str], text: str) -> Place | None:
    """Return the first place in `plain(text)` where somebody says what `pattern` finds.

    >>> first_said(re.compile("no token"), 'I no longer see "no token".'), first_said(re.compile("no"), "A. No, b").rest
    (None, ', b')
    """
    flat = FlatText(text)
    for match in islice(pattern.finditer(flat.lower), _MOST_PLACES):
        start, end = match.span()
        begun, rest = flat.text[flat.line_start(start) : start], flat.text[end : flat.line_end(end)]
        near = flat.lower[max(start - _NEARBY, 0) : start]
        if not is_unsaid(flat.lines[flat.line(start)], begun, near, rest):
            return Place(match, begun, rest)
    return None


def is_unsaid(line: str, begun: str, before: str, rest: str) -> bool:
    """Whether nobody says the words between `begun` and `rest` of `line`; `before` is all in front, in lower case.

    Code asks for them or has them for others, a test that passed is named after them, or they were not said.
    """
    near = before[-_NEARBY:]
    is_of_test = _PASSED.match(line) or _PASSED_AT_END.search(line[-20:])
    is_of_code = _CODE.match(begun) or _MADE.search(begun[-_NEARBY:]) or _COMPARED.search(near) or _FORMAT.match(rest)
    return bool(is_of_test or is_of_code or _DENIED.search(near))


_PASSED: Final = re.compile(r"[✓✔√]|PASS(?:ED)?\b|ok \d{1,6} -")
_PASSED_AT_END: Final = re.compile(r"(?:\bPASSED(?: {1,3}\[ {0,3}\d{1,3}%\])?|[✓✔√](?: \(\d{1,6} ?ms\))?)\Z")


_NEARBY: Final = 80
_MOST_PLACES: Final = 100
_CODE: Final = re.compile(
    r"(?:\W{0,3}msgid|assert|expect\(|export const|(?:\$ )?grep|if\b.{0,60}[!=]=|rescue_from|use \w+\\)(?![a-z])"
    r"|throw (?:new )?\w+\(|raise \w[\w.]{0,60}\(|return (?:await )?[\w.]{1,60}\(|(?:it|test)(?:\.\w{1,9})?\("
    r"|(?:\w{1,20}\.)?log(?:ger|ging)?\.\w{1,20}\(|res\.\w{1,20}\("
)
_MADE: Final = re.compile(
    r"(?:\bnew \w{0,40}(?:Error|Exception)|\b(?:throw|raise) (?:new )?[\w.]{1,60}|\babort)\([^)]*\Z"
)
"""That an error is made with the words."""
_COMPARED: Final = re.compile(
    r"(?:[!=]==? ?|\bcase |\.(?:to(?:be|contain|equal|match|throw)|includes|contains|startswith|endswith)\()'?\Z"
)
_FORMAT: Final = re.compile(r"[^.!?]{0,60}(?:%[dsv](?![\w%])|\$\{)")
"""A place for a value, which what is said has filled."""
_DENIED: Final = re.compile(
    r"\b(?:never|(?:do|does|did)(?:n't| not)) (?:get|contain|have|log|print|read|say|see|show)s? (?:\w+ )?'?\Z"
    r"|\b(?:not caused by|not because of|no longer(?: \w+)?|instead of) (?:the |an? )?'?\Z"
)
