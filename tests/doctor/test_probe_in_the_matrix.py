"""A probe of every case of the browsers' matrix reaches the standard's conclusion, and names the cause."""

from collections.abc import Generator

import pytest

from tests.browsers import ground
from tests.browsers.ground import COOKIE, Ground
from tests.browsers.matrix import CASES, Case
from wsgicors.browser import Request
from wsgicors.doctor import Decision, Examination, probe

pytestmark = pytest.mark.slow

WHO = "probe"

NO_ANSWER = frozenset({"connection-broken", "response-invalid", "unreachable"})

# The probe names another cause first; the true one is among the suspects.
NAMED_INSTEAD = {
    "policy-forbidding-head": "authentication-without-headers",  # the reason is in the body, which a HEAD lacks
}

# Visible in the response, and on no console.
SEEN = {"origin-name-with-a-typo": "header-misspelt"}


@pytest.fixture(scope="module")
def served() -> Generator[Ground]:
    with ground.opened(CASES) as opened:
        yield opened


def probed(served: Ground, case: Case) -> Examination:
    """A probe of the page's last request."""
    asked = case.asks[-1]
    origin = "null" if case.sandboxed else served.places.page
    page_asks = Request(
        served.url(case, asked, WHO),
        origin,
        asked.method,
        asked.headers,
        asked.credentials,
        use_cors_preflight=asked.upload,
    )
    return probe(page_asks, body=(asked.body or "").encode(), cookie=COOKIE, follow=True)


@pytest.mark.parametrize("case", [case for case in CASES if not case.cause], ids=lambda case: case.id)
def test_what_the_standard_allows(served: Ground, case: Case) -> None:
    assert probed(served, case).decision is Decision.ALLOWED


@pytest.mark.parametrize("case", [case for case in CASES if case.cause], ids=lambda case: case.id)
def test_what_the_standard_blocks(served: Ground, case: Case) -> None:
    found = probed(served, case)
    causes = [suspect.cause.id for suspect in found.suspects]
    assert found.decision is (Decision.UNCLEAR if case.cause in NO_ANSWER else Decision.BLOCKED)
    cause = SEEN.get(case.id, case.cause)
    assert cause in causes
    assert causes[0] == NAMED_INSTEAD.get(case.id, cause)
