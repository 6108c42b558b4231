"""Find the phrases of `WORDINGS` in a text, and how much around each belongs to it."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from wsgicors.doctor.catalogue._readers import ANY_METHOD, Speaker
from wsgicors.doctor.catalogue._wording import Wording
from wsgicors.doctor.catalogue._wordings import WORDINGS

_BEFORE: Final = 4096  # characters looked at in front of a phrase: two URLs and an origin
_AFTER: Final = 1200  # and behind it: a value, a status, a URL

OF_ANSWERS: Final = frozenset({Speaker.SERVER, Speaker.SCRIPT})
"""Who writes errors with names, which are parts of URLs, too."""


@dataclass(frozen=True, slots=True)
class Hit:
    """The place of a phrase, and how much text before and after belongs to it."""

    wording: Wording
    start: int
    end: int
    floor: int
    ceiling: int


def hits(lower: str) -> Iterator[Hit]:
    """Yield the places of phrases, in order; of two that overlap, the earlier one or else the longer one."""
    places = sorted(
        ((at, -len(wording.phrase), wording) for at, wording in _every_place(lower)), key=lambda place: place[:2]
    )
    outside = [place for place in places if place[2].speaker not in OF_ANSWERS or not _is_in_url(lower, place[0])]
    kept: list[tuple[int, int, Wording]] = []
    for at, shorter, wording in outside or places:
        if not kept or at >= kept[-1][1]:
            kept.append((at, at - shorter, wording))
    openings = [match.start() for match in _OPENING.finditer(lower)]
    for index, (start, end, wording) in enumerate(kept):
        floor = kept[index - 1][1] if index else 0
        ceiling = kept[index + 1][0] if index + 1 < len(kept) else len(lower)
        of_this = bisect_right(openings, start)
        of_next = bisect_right(openings, end - 1)
        floor = max(floor, openings[of_this - 1]) if of_this else floor
        ceiling = min(ceiling, openings[of_next]) if of_next < len(openings) else ceiling
        yield Hit(wording, start, end, max(floor, start - _BEFORE), min(ceiling, end + _AFTER))


_OPENING: Final = re.compile(
    r"(?:\b|\[report only\] (?=refused ))"  # in front of all, which saves 0.15 s a megabyte
    r"(?:access to (?:\w+ )?at '?[a-z][a-z0-9+.-]*:|cross-origin request (?:blocked|warning):"
    r"|mixed content: the page at|websocket connection to '|(?:xmlhttprequest|fetch api) cannot load "
    r"|failed to load (?=[a-z]+://)|refused to (?:connect to|load|frame) "
    rf"|(?:{ANY_METHOD.lower()}) https?://)"
)
"""How browsers begin a message: what stands in front belongs to another one, of which the end may be missing."""


def _is_in_url(lower: str, at: int) -> bool:
    """Whether what begins at `at` is a part of a URL, such as the name of a host, and not the error itself."""
    return lower[at] not in " '" and bool(_URL_GOES_ON.search(lower, max(at - _LONGEST_IN_FRONT, 0), at))


_LONGEST_IN_FRONT: Final = 300
_URL_GOES_ON: Final = re.compile(r"://[^\s'<>()]*\Z")


def _every_place(lower: str) -> Iterator[tuple[int, Wording]]:
    """Yield the places of each phrase; phrases with a word that the text lacks need no search.

    A megabyte of a log takes 0.12 s instead of 0.26 s.
    """
    words = frozenset(_WORD.findall(lower))
    for wording, whole in _WHOLE_WORDS:
        if whole <= words:
            for at in _places(lower, wording.phrase):
                yield at, wording


_WORD: Final = re.compile(r"\w+")
_WHOLE_WORDS: Final = tuple((each, frozenset(re.findall(r"(?<=\W)\w+(?=\W)", each.phrase))) for each in WORDINGS)
"""Each wording with the words of its phrase, without the first and the last: a text can have longer ones there."""


def _places(lower: str, phrase: str) -> Iterator[int]:
    at = lower.find(phrase)
    while at >= 0:
        yield at
        at = lower.find(phrase, at + len(phrase))
