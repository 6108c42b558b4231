"""The remedies for Spring, in Spring: blocked before, allowed with the printed lines.

Debian has Spring 4.3, whose `CorsRegistry` takes the same calls as in later versions, and lacks Spring Security.
"""

from collections.abc import Mapping
from typing import Any, Final

import pytest

from tests.doctor.places import PAGE
from tests.doctor.spring import spring
from tests.doctor.test_remedies import OTHER, STRANGER, lines_of, probed
from wsgicors.doctor import Decision, Examination
from wsgicors.doctor.catalogue._causes import CAUSES
from wsgicors.doctor.catalogue._remedies import Place

pytestmark = pytest.mark.servers

_EVERYWHERE: Final = 'registry.addMapping("/**")'

FAULTS: Final[Mapping[str, tuple[dict[str, Any], str]]] = {
    "cors-absent": ({}, ""),
    "origin-not-allowed": ({}, f'{_EVERYWHERE}.allowedOrigins("{OTHER}");'),
    "credentials-wildcard": (
        {"credentials": True},
        f'{_EVERYWHERE}.allowedOrigins("*").allowCredentials(false);',
    ),
    "credentials-not-allowed": (
        {"credentials": True},
        f'{_EVERYWHERE}.allowedOrigins("{PAGE}").allowCredentials(false);',
    ),
    "method-not-allowed": ({"method": "PUT"}, f'{_EVERYWHERE}.allowedOrigins("{PAGE}").allowedMethods("GET");'),
    "header-not-allowed": (
        {"headers": ["X-Known", "X-Id"]},
        f'{_EVERYWHERE}.allowedOrigins("{PAGE}").allowedHeaders("X-Known");',
    ),
    "header-not-exposed": ({}, f'{_EVERYWHERE}.allowedOrigins("{PAGE}");'),
}
"""A page's request, and the lines at fault."""


def lines_for(cause: str, found: Examination) -> str:
    """The printed lines. `...` stands for what is there already."""
    if cause == "header-not-exposed":
        facts = {"origin": PAGE, "header": "X-Total-Count"}
        return next(one.code for one in CAUSES[cause].filled(facts).remedies if one.place is Place.SPRING)
    return lines_of(cause, Place.SPRING, found).replace("..., ", "")


@pytest.fixture(scope="module")
def before() -> Mapping[str, Examination]:
    """The response that a page gets with each fault."""
    with spring(*(lines for _, lines in FAULTS.values())) as urls:
        return {cause: probed(url, asks) for url, (cause, (asks, _)) in zip(urls, FAULTS.items(), strict=True)}


@pytest.fixture(scope="module")
def after(before: Mapping[str, Examination]) -> Mapping[str, tuple[Examination, Examination]]:
    """The responses that the page, and a page of another origin, get with each remedy."""
    with spring(*(lines_for(cause, found) for cause, found in before.items())) as urls:
        return {
            cause: (probed(url, FAULTS[cause][0]), probed(url, {**FAULTS[cause][0], "origin": STRANGER}))
            for url, cause in zip(urls, FAULTS, strict=True)
        }


@pytest.mark.parametrize("cause", FAULTS)
def test_a_remedy_works_as_it_is_printed(
    cause: str, before: Mapping[str, Examination], after: Mapping[str, tuple[Examination, Examination]]
) -> None:
    page, stranger = after[cause]
    assert page.decision is Decision.ALLOWED
    assert stranger.decision is Decision.BLOCKED
    if cause == "header-not-exposed":
        assert "x-total-count" in before[cause].hidden
        assert "x-total-count" in page.conclusion.readable
    else:
        assert before[cause].decision is Decision.BLOCKED
        assert before[cause].suspects[0].cause.id == cause


def test_every_remedy_is_tried_but_that_of_spring_security() -> None:
    lines = {
        remedy.code: cause.id
        for cause in CAUSES.values()
        for remedy in cause.remedies
        if remedy.place is Place.SPRING and remedy.code
    }
    tried = {one.code for cause in FAULTS for one in CAUSES[cause].remedies if one.place is Place.SPRING}
    assert lines.keys() - tried == {"http.cors(withDefaults());"}
