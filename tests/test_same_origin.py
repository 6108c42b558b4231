"""Go's net/http.CrossOriginProtection is the reference (crypto and rules of Go 1.25)."""

import pytest

from wsgicors._same_origin import is_same_origin

SAME, OTHER = "https://a.example", "https://b.example"


@pytest.mark.parametrize(
    ("site", "expected"),
    [
        ("same-origin", True),
        ("none", True),
        ("same-site", False),
        ("cross-site", False),
        ("Same-Origin", False),
        ("same-origin ", False),
        ("same-origin,same-origin", False),
        ("none, cross-site", False),
        ("unknown", False),
    ],
)
@pytest.mark.parametrize("origin", [SAME, OTHER, "null", ""])
@pytest.mark.parametrize("host", ["a.example", "b.example", ""])
def test_the_browsers_own_word_decides(origin: str, host: str, site: str, expected: bool) -> None:
    assert is_same_origin(origin, host, site) is expected


@pytest.mark.parametrize("site", [None, ""])
@pytest.mark.parametrize(
    ("origin", "host", "expected"),
    [
        ("https://a.example", "a.example", True),
        ("https://a.example", "A.Example", True),
        ("https://a.example:8443", "a.example:8443", True),
        ("http://[::1]:3000", "[::1]:3000", True),
        ("http://[::1]", "[::1]:80", True),
        ("https://a.example", "a.example:443", True),
        ("http://a.example", "a.example:80", True),
        # a proxy may have changed the scheme
        ("http://a.example", "a.example", True),
        ("x-app://a.example", "a.example", True),
        ("https://a.example", "b.example", False),
        ("https://a.example", "a.example:8443", False),
        ("https://a.example:8443", "a.example", False),
        ("https://a.example:8443", "a.example:443", False),
        ("https://a.example", "a.example:80", False),
        ("http://a.example", "a.example:443", False),
        ("https://a.example", "a.example.evil.net", False),
        ("https://a.example.evil.net", "a.example", False),
        ("https://a.example", "x.a.example", False),
        ("https://x.a.example", "a.example", False),
        ("https://a.example", "a.example.", False),
        ("https://a.example", "", False),
        ("https://a.example", " a.example", False),
        ("https://a.example", "a.example,b.example", False),
        ("https://a.example/", "a.example", False),
        ("https://me@a.example", "a.example", False),
        ("HTTPS://A.EXAMPLE", "a.example", False),
        ("null", "null", False),
        ("null", "", False),
        ("", "", False),
        ("://", "", False),
        ("https://", "", False),
        ("https://", ":443", False),
        ("a.example", "a.example", False),
        ("https:a.example", "a.example", False),
    ],
)
def test_without_it_the_host_and_port_of_origin_equal_hosts(
    origin: str, host: str, expected: bool, site: str | None
) -> None:
    assert is_same_origin(origin, host, site) is expected
