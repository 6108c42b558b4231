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
    "link",
    ["items:1", "/dev/items:1", "api.example/dev/items:1", "3api.example/dev/items:1", "items?page=1:1", "12items:1"],
)
def test_it_belongs_to_the_url_that_ends_so(link: str, in_front: bool) -> None:
    lines = [f"{link} {STATUS}", BLOCKED]
    finding = only("\n".join(lines if in_front else reversed(lines)))
    assert (finding.suspects[0].cause.id, finding.facts.status) == ("proxy-timeout", 504)


@pytest.mark.parametrize("link", ["favicon.ico:1", "1items:1", "tems:1", "other.example/dev/items:1", ":1", ""])
def test_another_link_tells_nothing(link: str) -> None:
    assert only(f"{link} {STATUS}\n{BLOCKED}").facts.status is None


def test_a_link_to_one_of_two_urls_tells_nothing() -> None:
    both = f"items:1 {STATUS}\n{BLOCKED}\n{BLOCKED.replace('api.example', 'api2.example')}"
    assert {finding.facts.status for finding in why(both).findings} == {None}


IDENTIFIERS = ["7d9fab", "0d7e5a5c-71c1-4c5a-9d5c-3d5d3f0b8c3e", "3d7e5a5c-71c1-4c5a-9d5c-3d5d3f0b8c3e.json", "2fa"]


@pytest.mark.parametrize("name", IDENTIFIERS)
def test_an_identifier_begins_with_a_digit(name: str) -> None:
    finding = only(f"{BLOCKED.replace('items?page=1', name)}\n{name}:1 {STATUS}")
    assert finding.facts.status == 504


def test_the_digit_of_another_name_is_no_count() -> None:
    assert only(f"{BLOCKED.replace('items?page=1', 'fa')}\n2fa:1 {STATUS}").facts.status is None


@pytest.mark.parametrize(("count", "name"), [(2, "fa"), (3, "bed"), (2, "cafe"), (10, "a")])
def test_a_count_in_front_of_letters_that_are_digits(count: int, name: str) -> None:
    blocked = BLOCKED.replace("items?page=1", name)
    for times in range(1, 12):
        status = only("\n".join([*[blocked] * times, f"{count}{name}:1 {STATUS}"])).facts.status
        assert status == (504 if times == count else None)


def test_of_two_identifiers_that_are_left_out_none_is_known() -> None:
    both = "\n".join(f"{name}:1 {STATUS}" for name in (IDENTIFIERS[1], IDENTIFIERS[1].replace("0d", "1d")))
    assert only(f"{BLOCKED.replace('items?page=1', IDENTIFIERS[1])}\n{both}").facts.status is None
