"""A message that is cut off says what it begins with, and takes no fact from the message behind it."""

import random
import re
from collections.abc import Iterator
from typing import Final

import pytest

from tests.doctor.findings import named, only
from tests.doctor.wording_cases import MISSING, PAGE, PF, URL
from wsgicors.doctor import why
from wsgicors.doctor.evidence._console import read_console
from wsgicors.doctor.evidence._message import Message
from wsgicors.doctor.evidence._parts import whole

ACCESS: Final = "Access to fetch at '{u}' from origin '{o}' has been blocked by CORS policy: "
FIREFOX: Final = (
    "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at {u}. (Reason: "
)
MESSAGES: Final = (
    ACCESS + MISSING,
    ACCESS + PF + "It does not have HTTP ok status.",
    ACCESS + "Request header field x-{n} is not allowed by Access-Control-Allow-Headers in preflight response.",
    ACCESS + "The 'Access-Control-Allow-Origin' header has a value '{v}' that is not equal to the supplied origin.",
    ACCESS.replace("{u}'", "{u}' (redirected from '{u}/0')") + MISSING,
    "XMLHttpRequest cannot load {u}. " + MISSING + " Origin '{o}' is therefore not allowed access. The response had "
    "HTTP status code {s}.",
    "Failed to load {u}: " + PF + MISSING + " Origin '{o}' is therefore not allowed access. The response had HTTP "
    "status code {s}.",
    FIREFOX + "CORS header ‘Access-Control-Allow-Origin’ missing). Status code: {s}.",
    FIREFOX + "CORS header ‘Access-Control-Allow-Origin’ does not match ‘{v}’).",
    FIREFOX + "header ‘x-{n}’ is not allowed according to header ‘Access-Control-Allow-Headers’ from CORS preflight "
    "response).",
    (
        "Origin {o} is not allowed by Access-Control-Allow-Origin. Status code: {s}\nFetch API cannot load {u} due to "
        "access control checks."
    ),
    (
        "Preflight response is not successful. Status code: {s}\nXMLHttpRequest cannot load {u} due to access control "
        "checks."
    ),
    "GET {u} net::ERR_FAILED {s}",
    "GET {u} {s} (Bad)",
    (
        "Mixed Content: The page at '{o}/' was loaded over HTTPS, but requested an insecure XMLHttpRequest endpoint "
        "'{i}'. This request has been blocked; the content must be served over HTTPS."
    ),
    (
        "Refused to connect to '{u}' because it violates the following Content Security Policy directive: "
        "\"connect-src 'self'\"."
    ),
    "WebSocket connection to '{w}' failed: ",
    (
        "Quellübergreifende (Cross-Origin) Anfrage blockiert: Die Gleiche-Quelle-Regel verbietet das Lesen der "
        "externen Ressource auf {u}. (Grund: CORS-Kopfzeile 'Access-Control-Allow-Origin' fehlt). Statuscode: {s}."
    ),
    "Failed to load resource: the server responded with a status of {s} (Bad)",
    "SEC7120: Origin {o} not found in Access-Control-Allow-Origin header.",
    "The resource at “{u}” was blocked because Enhanced Tracking Protection is enabled.",
)
"""Browsers' messages, whose facts name the first or the second exchange."""

SEED: Final = 30


def filled(message: str, name: str, status: int) -> str:
    return message.format(
        u=f"https://{name}.example/{name}", i=f"http://{name}.example/{name}", w=f"wss://{name}.example/{name}",
        o=f"https://page.{name}", v=f"https://value.{name}", n=name, s=status,
    )  # fmt: skip


def pairs() -> Iterator[str]:
    """Yield a message that is cut at a word, and another one behind it."""
    chance = random.Random(SEED)
    for _ in range(1200):
        first, second = (chance.choice(MESSAGES) for _ in range(2))
        words = filled(first, "first", 403).split(" ")
        cut = " ".join(words[: chance.randint(2, len(words))])
        yield chance.choice(["\n", " ", "\n\n"]).join([cut, filled(second, "second", 502)])


def exchanges(message: Message) -> set[str]:
    """Return which of the two exchanges the facts of `message` are of."""
    told = str({**message.facts.to_json(), "kind": ""}).replace("403", "first").replace("502", "second")
    return set(re.findall("first|second", told))


def mixed(text: str) -> list[Message]:
    """Return the messages in `text` with facts of both exchanges, or with a URL that has words in it."""
    return [
        message
        for message in whole(read_console(text).messages)
        if len(exchanges(message)) > 1 or re.search(r"\s|…", message.facts.url + message.facts.redirected_from)
    ]


def of_a_line(text: str) -> bool:
    """Return whether the cut is where both messages are one sentence, which nobody can tell apart."""
    return re.search(r"first Failed to load resource", text) is not None


def test_a_cut_message_has_no_fact_of_the_next_one() -> None:
    read = [text for text in pairs() if not of_a_line(text)]
    assert len(read) > 1000
    assert [text for text in read if mixed(text)] == []


BEHIND: Final = (
    '{"message":"Forbidden"}', "Error: connect ECONNREFUSED 127.0.0.1:3000", "Error: Not allowed by CORS",
    "Uncaught SyntaxError: Unexpected token < in JSON at position 0",
    "Uncaught (in promise) TypeError: Failed to fetch",
    "GET https://second.example/second 500 (Internal Server Error)", "My preflight returns 405", "csrf check failed",
    "GET https://first.example/first net::ERR_FAILED", "<title>502 Bad Gateway</title>", MISSING,
    "Failed to load resource: the server responded with a status of 404 (Not Found)",
    'curl -i -H "Origin: https://page.second" https://second.example/second\nHTTP/1.1 200 OK\nServer: x',
    "no handler registered for OPTIONS /a", "WebSocket connection to 'wss://second.example/second' failed: ",
)  # fmt: skip
"""What is recognized beside a sentence that breaks off."""


def broken() -> Iterator[str]:
    """Yield browsers' sentences that break off behind their URL."""
    chance = random.Random(SEED)
    for message in (one for one in MESSAGES if one.startswith((ACCESS[:20], FIREFOX[:20]))):
        whole_one = filled(message, "first", 403)
        begins = max(whole_one.find("policy: "), whole_one.find("(Reason: "))
        for behind in BEHIND:
            yield f"{whole_one[: chance.randint(begins + 7, len(whole_one) - 20)]}\n{behind}"


@pytest.mark.parametrize("text", list(broken()))
def test_a_sentence_that_breaks_off_is_not_forgotten(text: str) -> None:
    assert "https://first.example/first" in [finding.facts.url for finding in why(text).findings]


def test_a_reason_that_follows_in_the_next_line_is_no_second_sentence() -> None:
    for sentence, reason in ((ACCESS, MISSING), (FIREFOX, "CORS request did not succeed). Status code: (null).")):
        begun = sentence.format(u=URL, o=PAGE).removesuffix("(Reason: ")
        [finding] = why(f"{begun}\n{reason}").findings
        assert finding.facts.url == URL
        assert finding.suspects == only(f"{begun}{reason}").suspects


@pytest.mark.parametrize(
    ("behind", "cause"),
    [
        ("no handler registered for OPTIONS /a", "preflight-not-found"), ("csrf check failed", "csrf-token"),
        ("Error: connect ECONNREFUSED 127.0.0.1:3000", "cors-absent"),
        ("My preflight returns 405", "preflight-method-refused"),
        ("Error: Not allowed by CORS", "origin-not-allowed"), ("and I do not know why", "cors-absent"),
    ],
)  # fmt: skip
def test_a_reason_that_is_not_known_is_explained_by_what_is_said_beside_it(behind: str, cause: str) -> None:
    finding = only(f"{ACCESS.format(u=URL, o=PAGE)}Some reason of a later version.\n{behind}")
    assert (finding.suspects[0].cause.id, finding.facts.url, finding.facts.origin) == (cause, URL, PAGE)


def test_the_law_can_fail() -> None:
    both = "GET https://first.example/first 502 (Bad)"
    assert mixed(both)


@pytest.mark.parametrize(
    ("tail", "cause", "facts"),
    [
        ("Request header field x-foo is not allowed by", "header-not-allowed", {"header": "x-foo"}),
        ("Method PUT is not allowed", "method-not-allowed", {"method": "PUT"}),
        ("The value of the 'Access-Control-Allow-Cre", "credentials-not-allowed", {}),
        ("Response to preflight request doesn't pass", "cors-absent", {}),
        ("", "cors-absent", {}),
    ],
)
def test_chromium_s_sentence_that_breaks_off(tail: str, cause: str, facts: dict[str, str]) -> None:
    finding = only(ACCESS.format(u=URL, o=PAGE) + tail)
    assert finding.suspects[0].cause.id == cause
    assert finding.facts.to_json() == {"url": URL, "origin": PAGE, "kind": "fetch", **facts}


@pytest.mark.parametrize(
    ("reason", "cause", "facts"),
    [
        ("CORS header ‘Access-Con", "cors-absent", {}),
        ("Did not find method in CORS header", "method-not-allowed", {}),
        ("header ‘x-foo’ is not allowed", "header-not-allowed", {"header": "x-foo"}),
        ("Credential is not supported", "credentials-wildcard", {}),
        ("expected ‘true’ in CORS header", "credentials-not-allowed", {}),
        ("CORS request", "cors-absent", {}),
    ],
)
def test_firefox_s_sentence_that_breaks_off(reason: str, cause: str, facts: dict[str, str]) -> None:
    address = "https://api.example/Items"
    finding = only(FIREFOX.format(u=address) + reason)
    assert finding.suspects[0].cause.id == cause
    assert finding.facts.to_json() == {"url": address, **facts}


@pytest.mark.parametrize(
    "text",
    [
        "(Grund: CORS-Kopfzeile 'Access-Con",
        "(Reason: invalid token ‘content type’ in CORS header",
        "(Reason: ‘X-Frame-Options’ in CORS headers",
    ],
)
def test_a_reason_that_breaks_off_before_it_says_anything_names_no_header(text: str) -> None:
    finding = only(FIREFOX.format(u=URL).removesuffix("(Reason: ") + text)
    assert (finding.failure, finding.facts.header) == (None, "")


@pytest.mark.parametrize(
    "text",
    [
        "The 'Access-Control-Allow-Origin' header has a value 'https://b.exa",
        "The 'Access-Control-Allow-Origin' header contains multiple values 'https://a.example, ht",
        "(Reason: CORS header ‘Access-Control-Allow-Origin’ does not match ‘https://b.exa",
    ],
)
def test_a_value_that_breaks_off_is_none(text: str) -> None:
    assert only(text).facts.value == ""


def test_the_end_of_an_access_has_its_url_and_its_page() -> None:
    text = ACCESS.format(u=URL, o=PAGE).removeprefix("Access to fetch") + MISSING
    facts = only(f"x{text}").facts
    assert (facts.url, facts.origin) == (URL, PAGE)
    assert only(f"from origin '{PAGE}' has been blocked by CORS policy: {MISSING}").facts.to_json() == {"origin": PAGE}


def test_a_status_of_another_line_is_not_of_a_url_above() -> None:
    text = f"{FIREFOX.format(u=URL)}CORS header ‘Access-Control-Allow-Origin’ does not match ‘https://b.example’).\n"
    assert "http-error" not in named(text + "Failed to load resource: the server responded with a status of 502 ()")


NOT_ALLOWED: Final = f"XMLHttpRequest cannot load {URL}. {MISSING}"


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        (
            f"Access to fetch at '{URL}' has been blocked by CORS policy: {MISSING}\nallowed origin 'https://b.example'",
            {"url": URL, "kind": "fetch"},
        ),
        (
            f"Access to fetch at '{URL}' from '{PAGE}' has been blocked by CORS policy: {MISSING}",
            {"url": URL, "kind": "fetch"},
        ),
        (
            (
                f"Access to fetch at '{URL} (redirected from '{URL}/0') from origin '{PAGE}' has been blocked by CORS "
                f"policy: {MISSING}"
            ),
            {"url": URL, "redirected_from": f"{URL}/0", "origin": PAGE, "kind": "fetch"},
        ),
        (
            f"Access to fetch at '{URL}' (redirected from '{URL}/0') has been blocked by CORS policy: {MISSING}",
            {"url": URL, "redirected_from": f"{URL}/0", "kind": "fetch"},
        ),
        (
            f"Redirect from '{URL}/0 to '{URL}' has been blocked by CORS policy: {MISSING}",
            {"url": URL, "redirected_from": f"{URL}/0"},
        ),
        (
            (
                f"Access to fetch at 'https://api.example/a/very/\nlong' from origin '{PAGE}' has been blocked by CORS "
                f"policy: {MISSING}"
            ),
            {"origin": PAGE, "kind": "fetch"},
        ),
        (f"{NOT_ALLOWED} I allow origin 'https://c.example' in nginx.", {"url": URL, "kind": "XMLHttpRequest"}),
        (f"{NOT_ALLOWED} The old server had http status code 404.", {"url": URL, "kind": "XMLHttpRequest"}),
        (f"{NOT_ALLOWED} My colleague got it with a status of 502 there.", {"url": URL, "kind": "XMLHttpRequest"}),
        (
            f"{NOT_ALLOWED} Origin '{PAGE}' is therefore not allowed access. The response had HTTP status code 404.",
            {"url": URL, "origin": PAGE, "status": 404, "kind": "XMLHttpRequest"},
        ),
        (
            (
                f"Font from origin '{PAGE}' has been blocked from loading by Cross-Origin Resource Sharing policy: "
                f"{MISSING}"
            ),
            {"url": PAGE, "kind": "Font"},
        ),
    ],
)
def test_a_fact_ends_where_its_sentence_goes_on(text: str, facts: dict[str, object]) -> None:
    [message] = read_console(text).messages
    assert message.facts.to_json() == facts


def test_of_two_reasons_of_webkit_and_one_url_the_first_reason_has_lost_its_own() -> None:
    reasons = [
        f"Origin {PAGE} is not allowed by Access-Control-Allow-Origin. Status code: 403",
        "Preflight response is not successful. Status code: 502",
    ]
    load = "Fetch API cannot load {} due to access control checks."
    first, second = whole(read_console("\n".join([*reasons, load.format(URL)])).messages)
    assert (first.facts.url, second.facts.url) == ("", URL)
    both = whole(read_console("\n".join([*reasons, load.format(URL), load.format(f"{URL}/2")])).messages)
    assert [message.facts.url for message in both] == [URL, f"{URL}/2"]
    [turned] = whole(read_console(f"{load.format(URL)}\n{reasons[0]}").messages)
    assert (turned.wording, turned.facts.url, turned.facts.origin) == ("webkit/origin-not-allowed", URL, PAGE)
