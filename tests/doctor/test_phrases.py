"""The search for phrases leaves out most of them, and finds what a search for each one finds."""

import re

from hypothesis import example, given
from hypothesis import strategies as st

from wsgicors.doctor.catalogue._wordings import WORDINGS
from wsgicors.doctor.evidence._flat_text import plain
from wsgicors.doctor.evidence._phrases import _every_place

EACH = [(wording, re.compile(re.escape(wording.phrase))) for wording in WORDINGS]
PHRASES = st.sampled_from([wording.phrase for wording in WORDINGS])


@st.composite
def parts_of_phrases(draw: st.DrawFn) -> str:
    """A phrase, or some words of one, which may be cut within a word."""
    phrase = draw(PHRASES)
    start = draw(st.sampled_from([0, draw(st.integers(0, len(phrase)))]))
    return phrase[start : draw(st.sampled_from([len(phrase), draw(st.integers(start, len(phrase)))]))]


TEXTS = st.lists(parts_of_phrases() | st.sampled_from([" ", "x", "_", "'", "\n", "é", ". "]) | st.text(max_size=3)).map(
    "".join
)


@given(TEXTS)
@example("".join(wording.phrase for wording in WORDINGS))
@example("\n".join(wording.phrase for wording in WORDINGS))
def test_each_phrase_is_found_wherever_it_is(text: str) -> None:
    lower = plain(text)
    each = {(match.start(), wording) for wording, phrase in EACH for match in phrase.finditer(lower)}
    assert set(_every_place(lower)) == each
