"""The remedies for Spring, in Spring MVC and Spring Security: blocked before, allowed with the printed lines."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import pytest

from tests.doctor.places import PAGE
from tests.doctor.remedied import check, check_all_are_tried, for_both, printed
from tests.doctor.spring import Configuration, spring
from tests.doctor.test_remedies import OTHER, probed
from wsgicors.doctor import Decision, Examination
from wsgicors.doctor.catalogue._remedies import Place

pytestmark = pytest.mark.servers

_EVERYWHERE: Final = 'registry.addMapping("/**")'

_LISTED: Final = f'{_EVERYWHERE}.allowedOrigins("{PAGE}").allowedMethods("PUT");'

FAULTS: Final[Mapping[str, tuple[dict[str, Any], Configuration]]] = {
    "cors-absent": ({}, Configuration()),
    "origin-not-allowed": ({}, Configuration(f'{_EVERYWHERE}.allowedOrigins("{OTHER}");')),
    "credentials-wildcard": (
        {"credentials": True},
        Configuration(f'{_EVERYWHERE}.allowedOrigins("*").allowCredentials(false);'),
    ),
    "credentials-not-allowed": (
        {"credentials": True},
        Configuration(f'{_EVERYWHERE}.allowedOrigins("{PAGE}").allowCredentials(false);'),
    ),
    "method-not-allowed": (
        {"method": "PUT"},
        Configuration(f'{_EVERYWHERE}.allowedOrigins("{PAGE}").allowedMethods("GET");'),
    ),
    "header-not-allowed": (
        {"headers": ["X-Known", "X-Id"]},
        Configuration(f'{_EVERYWHERE}.allowedOrigins("{PAGE}").allowedHeaders("X-Known");'),
    ),
    "header-not-exposed": ({}, Configuration(f'{_EVERYWHERE}.allowedOrigins("{PAGE}");')),
    "preflight-authentication": ({"method": "PUT"}, Configuration(_LISTED, security="")),
}
"""A page's request, and the lines at fault."""


_SECURED: Final = "http.cors(withDefaults());"

CLAIMS: Final[Mapping[str, tuple[dict[str, Any], Configuration, Decision]]] = {
    "the login hides the origins without its line": ({}, Configuration(_LISTED, security=""), Decision.BLOCKED),
    "with it, not": ({"method": "PUT"}, Configuration(_LISTED, _SECURED), Decision.ALLOWED),
    "it lists no origin": ({"method": "PUT"}, Configuration(security=_SECURED), Decision.BLOCKED),
    "a method of the list passes": ({"method": "PUT"}, Configuration(_LISTED), Decision.ALLOWED),
    "no other method passes, with no preflight either": ({}, Configuration(_LISTED), Decision.BLOCKED),
}
"""A page's request, the lines, and what becomes of it."""


def remedied(cause: str, found: Examination) -> Configuration:
    """The printed lines in their places."""
    lines = printed(cause, Place.SPRING, found)
    if lines.startswith("http."):
        return replace(FAULTS[cause][1], security=lines)
    if lines.startswith("."):  # what a mapping gets last counts
        return replace(FAULTS[cause][1], registry=f"{FAULTS[cause][1].registry.rstrip(';')}{lines};")
    return replace(FAULTS[cause][1], registry=lines)


@pytest.fixture(scope="module")
def before() -> Mapping[str, Examination]:
    """The response that a page gets with each fault, and for each claim."""
    cases = {**FAULTS, **CLAIMS}
    with spring(*(configuration for _, configuration, *_ in cases.values())) as urls:
        return {name: probed(url, asks) for url, (name, (asks, *_)) in zip(urls, cases.items(), strict=True)}


@pytest.fixture(scope="module")
def after(before: Mapping[str, Examination]) -> Mapping[str, tuple[Examination, Examination]]:
    """The responses that the page, and a page of another origin, get with each remedy."""
    with spring(*(remedied(cause, found) for cause, found in before.items() if cause in FAULTS)) as urls:
        return {cause: for_both(url, FAULTS[cause][0]) for url, cause in zip(urls, FAULTS, strict=True)}


@pytest.mark.parametrize("cause", FAULTS)
def test_a_remedy_works_as_it_is_printed(
    cause: str, before: Mapping[str, Examination], after: Mapping[str, tuple[Examination, Examination]]
) -> None:
    check(cause, before[cause], after[cause])
    if cause != "header-not-exposed":
        assert before[cause].suspects[0].cause.id == cause


def test_every_remedy_is_tried() -> None:
    check_all_are_tried(Place.SPRING, FAULTS)


@pytest.mark.parametrize("claim", CLAIMS)
def test_what_the_texts_say_of_spring_is_true(claim: str, before: Mapping[str, Examination]) -> None:
    assert before[claim].decision is CLAIMS[claim][2]
