"""A message that somebody says was not there, or is there no longer, is none, whatever it says."""

import random
import re
from typing import Final

import pytest

from wsgicors.doctor import why
from wsgicors.doctor.catalogue._readers import Speaker
from wsgicors.doctor.catalogue._wording import Wording
from wsgicors.doctor.catalogue._wordings import WORDINGS
from wsgicors.doctor.evidence._unsaid import is_denied, is_supposed

DENIALS: Final = (
    "I no longer see '{}'.", 'It used to say "{}" but works now.', "The error `{}` is gone since the update.",
    'Since we changed it, there is no "{}" any more.', "It does not say '{}'.", 'We never got "{}".',
    "It wasn't '{}' at all.", "Instead of '{}' it now answers 200.",
    'I expected "{}".', 'It is not "{}".', "Unlike '{}', this is about layout.", "It can't find '{}' in the log.",
    "The warning '{}' disappeared.", '"{}" errors went away with the release.', "We have not seen '{}' since.",
    'git grep "{}"', "grep -rn '{}' src/",
)  # fmt: skip
OF_ANSWERS: Final = frozenset({Speaker.SERVER, Speaker.SCRIPT})
SAID: Final = (
    "It says '{}'.", 'Now I get "{}".', "The error is `{}`.", "We have seen '{}' since.", "{}",
    "I searched for `{}` and found nothing.", "Why can't I get past '{}'?", 'I could not get past "{}".',
    "The docs say to add cors() but I get '{}'", "After renaming the app I get '{}'",
)  # fmt: skip


def sample(count: int) -> list[Wording]:
    """Return sentences of servers and scripts."""
    others = [one for one in WORDINGS if one.speaker in OF_ANSWERS and one.causes and "'" not in one.phrase.strip(" '")]
    return random.Random(17).sample(others, count)


def causes(text: str) -> set[str]:
    """Return the causes that are more than possible."""
    suspects = (suspect for finding in why(text).findings for suspect in finding.suspects)
    return {one.cause.id for one in suspects if one.certainty != "possible"} - {"unspecified"}


@pytest.mark.parametrize("denial", DENIALS)
def test_what_is_denied_is_no_message(denial: str) -> None:
    told = [one.phrase for one in sample(80) if causes(denial.format(one.phrase.strip(" '"))) & {*one.causes}]
    assert told == []


@pytest.mark.parametrize("frame", SAID)
def test_what_is_said_is_one(frame: str) -> None:
    told = [one for one in sample(80) if causes(frame.format(one.phrase)) & {*one.causes}]
    assert len(told) > 60  # the others are of everyday words


@pytest.mark.parametrize(
    ("near", "rest"),
    [
        ("it does not work: '", "'"), ("cannot read body. '", "'"), ("i have '", "' since monday"), ("not found: ", ""),
        ("i do not know why. ", ""), ("no, ", ""), ("the error ", " is fatal"), ("we used to be happy. '", "'"),
    ],
)  # fmt: skip
def test_what_is_no_denial(near: str, rest: str) -> None:
    assert not is_denied(near, rest)


PLAIN: Final = [
    one
    for one in WORDINGS
    if one.speaker in OF_ANSWERS and one.causes and re.fullmatch("[a-z]+(?: [a-z]+){1,5}", one.phrase.strip(" "))
]
"""Sentences of which other sentences can have the words."""


@pytest.mark.parametrize(
    "frame",
    ["In our team we talked about {} the other day and moved on.", "I like it when {} and then the music begins."],
)
def test_in_somebody_s_own_sentence_nothing_is_certain(frame: str) -> None:
    assert len(PLAIN) > 150
    for one in PLAIN[::2]:
        suspects = [
            suspect for finding in why(frame.format(one.phrase.strip())).findings for suspect in finding.suspects
        ]
        assert not [suspect for suspect in suspects if suspect.certainty == "certain"], one.phrase


@pytest.mark.parametrize(
    "frame",
    ["The tutorial explains that {} is normal.", "Please rename {} in the enum.", "The manual says that {} on page 5.",
     "We documented {} for our users.", "{} is explained in the docs.", '"{}" is the title of the first chapter.'],
)  # fmt: skip
def test_what_a_document_has_is_no_message(frame: str) -> None:
    told = [one.phrase for one in PLAIN[::2] if causes(frame.format(one.phrase.strip())) & {*one.causes}]
    assert told == []


INNOCENT: Final = (
    "There is no healthy upstream supply of salmon this year.", "I like that this web app is stopped on weekends.",
    "The doctor said the certificate for this server is invalid for catering.",
    "The talk covers how csrf token validation failed in 2009 for many banks.",
    "ECONNREFUSED is documented in the libuv manual.",
    "The tutorial says SharedArrayBuffer will require cross-origin isolation from Chrome 92 on.",
    "In chapter 3 the author explains why third-party cookie will be blocked by all browsers by 2025.",
    "Our docs mention that tainted canvases may not be exported, which is fine.",
    "What does ENOTFOUND mean in general?",
    "We discussed why origin not allowed labels exist on imported wine bottles.",
    "The new release notes mention invalid cors origin option as a renamed key.",
    "We rename the constant CORSPREFLIGHTFAILURE.",
    "The lecture explains that an ssl error has occurred when the padlock is red.",
    "Refused to set unsafe header is a song.", "Load denied by X-Frame-Options is the title of my talk.",
    "The party was not allowed by cors of the building.",
)  # fmt: skip


@pytest.mark.parametrize("said", INNOCENT)
def test_an_innocent_sentence_names_no_cause(said: str) -> None:
    assert causes(said) == set()


def test_words_in_somebody_s_own_sentence_are_likely_if_it_is_about_an_error() -> None:
    [finding] = why("Since today my page shows that no healthy upstream is there when I log in.").findings
    assert (finding.suspects[0].cause.id, finding.suspects[0].certainty) == ("proxy-bad-gateway", "likely")
    [alone] = why("no healthy upstream").findings
    assert alone.suspects[0].certainty == "certain"


def test_what_is_supposed() -> None:
    assert is_supposed("If the '")
    assert not is_supposed("Whenever I log in: ")


@pytest.mark.parametrize(
    "path", ["upper-case", "docs", "spec", "if", "no-longer", "expect", "grep", "test/it", "a", "readme"]
)
def test_a_word_at_the_end_of_a_url_says_nothing_of_the_message(path: str) -> None:
    [finding] = why(f"Fetch API cannot load https://api.example/{path} due to access control checks.").findings
    assert finding.facts.url == f"https://api.example/{path}"
    assert finding.speakers
