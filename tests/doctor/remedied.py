"""Places where a whole server runs: the printed lines, and the responses that they lead to."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from tests.doctor.places import PAGE
from tests.doctor.test_remedies import STRANGER, lines_of, probed
from wsgicors.doctor import Decision, Examination
from wsgicors.doctor.catalogue._causes import CAUSES
from wsgicors.doctor.catalogue._remedies import Place

HIDDEN: Final = "X-Total-Count"
"""The response header that pages cannot read until it is exposed."""


def printed(cause: str, place: Place, found: Examination) -> str:
    """The lines of a remedy, without the dots that stand for what is there already."""
    if cause == "header-not-exposed":
        facts = {"origin": PAGE, "header": HIDDEN}
        lines = next(one.code for one in CAUSES[cause].filled(facts).remedies if one.place is place)
    else:
        lines = lines_of(cause, place, found)
    return lines.replace("..., ", "")


def for_both(url: str, asks: dict[str, Any]) -> tuple[Examination, Examination]:
    """The responses that the page, and a page of another origin, get."""
    return probed(url, asks), probed(url, {**asks, "origin": STRANGER})


def check(cause: str, before: Examination, after: tuple[Examination, Examination]) -> None:
    """The page was kept out and is let in by the remedy; a page of another origin is not."""
    page, stranger = after
    assert page.decision is Decision.ALLOWED, page.suspects[0].cause.sentence
    assert stranger.decision is Decision.BLOCKED
    if cause == "header-not-exposed":
        assert HIDDEN.lower() in before.hidden
        assert HIDDEN.lower() in page.conclusion.readable
    else:
        assert before.decision is Decision.BLOCKED


def check_all_are_tried(place: Place, tried: Iterable[str]) -> None:
    """The causes that are tried have every remedy with lines for a place."""
    of: Mapping[str, set[str]] = {
        cause.id: {one.code for one in cause.remedies if one.place is place and one.code} for cause in CAUSES.values()
    }
    assert set().union(*of.values()) == set().union(*(of[cause] for cause in tried))
