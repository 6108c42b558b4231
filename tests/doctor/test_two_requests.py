"""Texts about two requests: neither gets what is said of the other."""

import pytest

from tests.doctor.findings import only
from wsgicors.doctor import why

PAGE = "https://a.example"
BEGUN = "Access to fetch at '{}' from origin 'https://a.example' has been blocked by CORS policy"
CHROMIUM = (
    "Access to fetch at '{}' from origin 'https://a.example' has been blocked by CORS policy: Response to preflight "
    "request doesn't pass access control check: It does not have HTTP ok status."
)
FIREFOX = "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at {}. "
CURL = (
    "curl -i -X OPTIONS -H 'Origin: https://a.example' -H 'Access-Control-Request-Method: PUT' {}\n"
    "HTTP/1.1 308 Permanent Redirect\nLocation: {}\nContent-Length: 0\n"
)


@pytest.mark.parametrize("path", ["/items", "/a/b", "/v1/items"])
def test_a_slash_makes_another_url(path: str) -> None:
    url = f"https://api.example{path}"
    browsers, by_hand = why(f"{CHROMIUM.format(url + '/')}\n{CURL.format(url, url + '/')}").findings
    assert (browsers.facts.url, browsers.facts.status) == (f"{url}/", None)
    assert (by_hand.facts.url, by_hand.facts.status) == (url, 308)
    assert by_hand.suspects[0].cause.id == "preflight-redirect-slash"


def test_the_slash_of_the_root_makes_none() -> None:
    found = only(
        f"{CHROMIUM.format('https://api.example/')}\n{CURL.format('https://api.example', 'https://b.example')}"
    )
    assert found.facts.status == 308


def test_a_cut_sentence_has_no_reason_of_the_one_above() -> None:
    reason = (
        "(Reason: header ‘x-a’ is not allowed according to header ‘Access-Control-Allow-Headers’ from CORS preflight)"
    )
    text = f"{FIREFOX.format('https://api.example/a')}{reason}.\n{FIREFOX.format('https://api.example/b')}(Rea"
    first, second = why(text).findings
    assert (first.facts.url, first.facts.header) == ("https://api.example/a", "x-a")
    assert (second.facts.url, second.facts.header) == ("https://api.example/b", "")
    assert second.suspects[0].cause.id != "header-not-allowed"


def test_a_cut_sentence_is_not_of_an_origin_that_a_server_refuses() -> None:
    cut = f"{BEGUN.format('https://api.example/a')}: The"
    for finding in why(f"[cors] blocked origin: https://other.example\n{cut}").findings:
        assert finding.suspects[0].cause.id != "origin-not-allowed" or finding.facts.origin != PAGE


@pytest.mark.parametrize(
    "line",
    [
        f'I no longer see "{BEGUN.format("https://api.example/b")}" but now:',
        f'expect(msg).toContain("{BEGUN.format("https://api.example/b")}")',
    ],
)
def test_a_sentence_that_nobody_says_lends_no_url(line: str) -> None:
    for other in (
        f"{FIREFOX.format('https://api.example/a')}(Reason: CORS request did not succeed).",
        "Not allowed by CORS",
    ):
        assert all("/b" not in finding.facts.url for finding in why(f"{line}\n{other}").findings)


@pytest.mark.parametrize("status", [401, 403])
def test_a_panel_without_headers_rules_nothing_out(status: int) -> None:
    found = only(f"Request URL\nhttps://api.example/a\nRequest Method\nOPTIONS\nStatus Code\n{status}")
    named = {suspect.cause.id for suspect in found.suspects}
    assert {"method-not-allowed", "header-not-allowed"} <= named
    assert not found.facts.is_bare
