"""A message that somebody says was not there, or is there no longer, is none, whatever it says."""

import random
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
    "It wasn't '{}' at all.", "Instead of '{}' it now answers 200.", "I searched for `{}` and found nothing.",
    'I expected "{}".', 'It is not "{}".', "Unlike '{}', this is about layout.", "It can't find '{}' in the log.",
    "The warning '{}' disappeared.", '"{}" errors went away with the release.', "We have not seen '{}' since.",
    'git grep "{}"', "grep -rn '{}' src/",
)  # fmt: skip
OF_ANSWERS: Final = frozenset({Speaker.SERVER, Speaker.SCRIPT})
SAID: Final = ("It says '{}'.", 'Now I get "{}".', "The error is `{}`.", "We have seen '{}' since.", "{}")


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


def test_what_is_supposed() -> None:
    assert is_supposed("If the '")
    assert not is_supposed("Whenever I log in: ")
