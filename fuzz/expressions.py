"""Fuzz regular expressions: their proofs, their matches and their remedies."""

import re
import warnings
from typing import Final

from tests.invariants import is_spelled_out, members_of
from wsgicors import Policy
from wsgicors._regex_automata import Automaton
from wsgicors._regex_matcher import Matcher
from wsgicors._regex_proof import Proof, examined
from wsgicors._regex_remedies import remedy
from wsgicors._regex_syntax import ALPHABET, Unproven, read
from wsgicors.origins import is_serialization
from wsgicors.patterns import OriginSet

LONGEST: Final = 80
"""The most characters of an expression; for an origin a quarter, because `re` can backtrack."""

TOKENS: Final = (
    "https://", "(?:", "(?!", "(?=", "(?i)", "(?x)", ")", "|", r"\.", r"\d+", r"\w", ".*", "+", "?", "{2,3}", "[^.]",
    "[a-z]", "example", r"\.com", "$", "^", r"(:\d+)?", "localhost", "\x00https://", "127.0.0.1", r"\[::1\]", r"\Z",
    r"\b",
)  # fmt: skip


def expressions(data: bytes) -> None:
    """Read bytes as an expression and, after a zero byte, an origin.

    - A proven expression admits only serialized origins whose domain it spells out.
    - The automaton matches the same texts as `re`, over the characters of origins; no origin is empty.
    - Every remedy is proven.
    """
    text, _, origin = data.decode("utf-8", "replace").partition("\0")
    text, origin = text[:LONGEST], origin[: LONGEST // 4]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # FutureWarning and DeprecationWarning of `re`
            regex = re.compile(text)
    except (re.error, RecursionError, OverflowError):
        return
    if origin and set(origin) <= set(ALPHABET):
        _matches(regex, origin)
    for level in ("all", "icann"):
        found = examined(regex, level)
        if isinstance(found, Proof):
            origins = OriginSet([regex])
            if origin in origins:
                assert is_serialization(origin)
                assert is_spelled_out(origin, found, level)
            assert not is_serialization(origin) or bool(regex.fullmatch(origin)) == (origin in origins)
        elif level == "icann":
            for member in members_of(remedy(regex, found, level).text):
                Policy(allow_origins=[member])


def _matches(regex: re.Pattern[str], origin: str) -> None:
    try:
        matcher = Matcher([Automaton(read(regex))])
        matched = matcher.matches(origin)
    except Unproven:
        return
    assert matched == bool(regex.fullmatch(origin))
