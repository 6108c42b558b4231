"""Texts from public threads: cut, quoted, with a reply below, in the words of old versions."""

import pytest

from tests.doctor.archives import URL
from tests.doctor.wording_cases import MISSING, PF, chromium
from wsgicors.browser import Stage
from wsgicors.doctor import why


def first(text: str) -> str:
    return why(text).findings[0].suspects[0].cause.id


def test_a_response_under_the_message_gives_the_status() -> None:
    message = "Reason: CORS header 'Access-Control-Allow-Origin' missing"
    assert first(message) == "cors-absent"
    [finding] = why(f"{message}\n\nHTTP/1.1 500 Internal Server Error\nserver: uvicorn\ncontent-length: 21").findings
    assert (finding.suspects[0].cause.id, finding.facts.status, finding.lines) == ("app-error", 500, (1, 3))


def test_a_response_that_may_be_of_several_messages_is_of_none() -> None:
    lines = [chromium(MISSING), chromium(MISSING).replace("items", "other"), "HTTP/1.1 500 Internal Server Error"]
    assert {finding.facts.status for finding in why("\n".join(lines)).findings} == {None}


def test_a_response_alone_says_nothing() -> None:
    assert first("HTTP/1.1 500 Internal Server Error") == "unrecognised"


def test_a_status_without_its_words() -> None:
    assert first(f"POST {URL} 413\n{chromium(MISSING)}") == "proxy-body-too-large"


def test_the_marks_of_a_mail_within_a_line() -> None:
    message = chromium(PF + "It does not have HTTP ok status.").replace("blocked by", "blocked >by")
    assert first(f"OPTIONS {URL} 404 (Not Found)\n{message}") == "preflight-not-found"


def test_a_message_without_its_article() -> None:
    text = "'Access-Control-Allow-Origin' header contains multiple values '*, *', but only one is allowed"
    assert first(text) == "two-layers"


def test_an_asterisk_that_old_versions_of_firefox_say_does_not_match() -> None:
    assert first("(Reason: CORS header 'Access-Control-Allow-Origin' does not match '*').") == "credentials-wildcard"


def test_a_redirect_of_a_url_that_nobody_told_may_be_to_https() -> None:
    named = [one.cause.id for one in why("Response for preflight is invalid (redirect)").findings[0].suspects]
    assert named[:2] == ["preflight-redirect", "preflight-redirect-https"]
    known = why(chromium(PF + "Redirect is not allowed for a preflight request.")).findings[0]
    assert "preflight-redirect-https" not in [one.cause.id for one in known.suspects]


def test_the_origin_null_without_a_redirect() -> None:
    mismatch = "The 'Access-Control-Allow-Origin' header has a value 'null' that is not equal to the supplied origin."
    assert first(f"{PF}{mismatch} Origin 'null' is therefore not allowed access.") == "null-origin"
    named = [one.cause.id for one in why(f"{MISSING} Origin 'null' is therefore not allowed.").findings[0].suspects]
    assert (named[0], named[-1]) == ("null-origin", "redirect-null-origin")


@pytest.mark.parametrize(
    ("host", "cause"),
    [
        ("localhost:5001", "certificate"), ("192.0.2.7", "certificate"), ("[::1]", "certificate"),
        ("api.example", "unreachable"), ("api.example.com", "unreachable"),
    ],
)  # fmt: skip
def test_a_host_that_no_issuer_certifies(host: str, cause: str) -> None:
    assert first(f"remote resource at https://{host}/a. (Reason: CORS request did not succeed).") == cause


def test_a_host_of_documentation_may_be_unknown_to_the_dns() -> None:
    text = "remote resource at https://{}/a. (Reason: CORS request did not succeed)."
    for host in ("api.example.com", "git.lab.example.org"):
        assert [one.cause.id for one in why(text.format(host)).findings[0].suspects][1] == "name-not-found"
    assert [one.cause.id for one in why(text.format("api.test.com")).findings[0].suspects][1] != "name-not-found"


def test_a_redirect_that_the_network_panel_names() -> None:
    text = f"`{URL}` fails with ERR_INVALID_REDIRECT on the CORS preflight request."
    [finding] = why(text).findings
    assert (finding.facts.url, finding.stage) == (URL, Stage.PREFLIGHT)
    named = [one.cause.id for one in why(text.replace("https:", "http:")).findings[0].suspects]
    assert named[:2] == ["preflight-redirect", "preflight-redirect-https"]
    assert first(f"GET {URL} net::ERR_INVALID_REDIRECT") == "redirect-scheme"
