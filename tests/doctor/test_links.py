"""The status in a line of Chrome's console that shows a link instead of the URL."""

import pytest

from tests.doctor.findings import only
from wsgicors.doctor import why

BLOCKED = (
    "Access to fetch at 'https://api.example/dev/items?page=1' from origin 'https://app.example' has been blocked by "
    "CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource."
)
STATUS = "Failed to load resource: the server responded with a status of 504 ()"


@pytest.mark.parametrize("in_front", [True, False])
@pytest.mark.parametrize(
    "link", ["items:1", "/dev/items:1", "api.example/dev/items:1", "3api.example/dev/items:1", "items?page=1:1"]
)
def test_it_belongs_to_the_url_that_ends_so(link: str, in_front: bool) -> None:
    lines = [f"{link} {STATUS}", BLOCKED]
    finding = only("\n".join(lines if in_front else reversed(lines)))
    assert (finding.suspects[0].cause.id, finding.facts.status) == ("proxy-timeout", 504)


@pytest.mark.parametrize("link", ["favicon.ico:1", "tems:1", "other.example/dev/items:1", ":1", ""])
def test_another_link_tells_nothing(link: str) -> None:
    assert only(f"{link} {STATUS}\n{BLOCKED}").facts.status is None


def test_a_link_to_one_of_two_urls_tells_nothing() -> None:
    both = f"items:1 {STATUS}\n{BLOCKED}\n{BLOCKED.replace('api.example', 'api2.example')}"
    assert {finding.facts.status for finding in why(both).findings} == {None}
