"""What an audit finds on servers with one weakness each, all on the loopback interface."""

import json
import re
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

import pytest

from tests.browsers.site import Request as Arrived
from tests.browsers.site import Site, response, scripted, serve
from tests.doctor.schemas import faults
from tests.servers.ports import ADDRESS, free_port
from tests.wsgi import App, policy
from wsgicors import CORS, Policy
from wsgicors.browser import Request
from wsgicors.doctor import AskError, Audit, audit
from wsgicors.doctor.audit import SCHEMA
from wsgicors.doctor.catalogue._remedies import Place
from wsgicors.doctor.catalogue._weaknesses import WEAKNESSES, Level
from wsgicors.doctor.diagnosis._audit import MOST_REQUESTS, PAUSE
from wsgicors.doctor.diagnosis._hostile import ATTACKER, hostile_origins
from wsgicors.doctor.evidence._wire import Wire

pytestmark = pytest.mark.slow

PAGE = "https://www.example.com"
CREDENTIALS = ("Access-Control-Allow-Credentials", "true")
VARY = ("Vary", "Origin")

Lines = list[tuple[str, str]]


def audited(answer: Callable[[Arrived], bytes], origin: str = PAGE) -> tuple[Audit, Site]:
    with scripted(answer) as site:
        found = audit(f"{site.origin}/x?token=s3cret", origin=origin, wire=Wire(5))
    assert faults(json.loads(json.dumps(found.to_json())), dict(SCHEMA)) == []
    assert found.asked == len(site.requests) <= MOST_REQUESTS
    assert {request.target for request in site.requests} == {"/x?token=s3cret"}
    assert not any(request.field("Cookie") for request in site.requests)
    assert set(site.methods) <= {"GET", "OPTIONS"}
    assert "s3cret" not in str(found.to_json())
    return found, site


def trusting(
    trusted: Callable[[str], object], more: Iterable[tuple[str, str]] = (CREDENTIALS, VARY)
) -> Callable[[Arrived], bytes]:
    """A server with a list of trusted origins."""

    def answer(request: Arrived) -> bytes:
        origin = request.field("Origin")
        named = [("Access-Control-Allow-Origin", origin), *more] if origin and trusted(origin) else [VARY]
        return response(200, named)

    return answer


def levels(found: Audit) -> dict[str, str]:
    return {finding.weakness.id: str(finding.level) for finding in found.findings}


# -- No weakness -------------------------------------------------------------------------------------------------------


def test_a_server_that_trusts_one_origin_has_no_weakness() -> None:
    app = CORS(App(), policy(PAGE, allow_methods=["PUT"], allow_credentials=True, max_age=7200))
    with serve(app) as site:
        found = audit(f"{site.origin}/x", origin=PAGE, wire=Wire(5))
    assert (found.findings, found.notes, found.complete) == ((), (), True)
    assert [found.exit_status(level) for level in Level] == [0, 0, 0, 0]


@pytest.mark.parametrize(
    "trusted",
    [
        r"https://[a-z0-9-]+\.www\.example\.com",  # subdomains only
        r"https://(www\.)?example\.com",
        r"https://www\.example\.(com|de)",
        r"https://example-preview-[0-9]+\.vercel\.app",
        r"chrome-extension://ponmlkjihgfedcbaponmlkjihgfedcba",
        r"http://192\.168\.7\.7(:\d+)?",
    ],
)
def test_nearly_a_weakness(trusted: str) -> None:
    """These allow only what is listed, though their text resembles one that allows everybody."""
    found, _ = audited(trusting(re.compile(trusted).fullmatch))
    assert levels(found).keys() <= {"any-subdomain"}


# -- What is trusted that should not be --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("trusted", "weaknesses"),
    [
        (lambda _: True, {"any-origin", "null-trusted"}),
        (lambda origin: origin != "null", {"any-origin"}),
        (lambda origin: origin in {PAGE, "null"}, {"null-trusted"}),
        (lambda origin: origin.startswith(PAGE), {"prefix", "any-port"}),
        (lambda origin: origin.startswith(f"{PAGE}."), {"prefix"}),
        (lambda origin: origin.endswith("example.com") and origin.startswith("https:"),
         {"suffix", "any-subdomain", "unescaped-dot"}),
        (lambda origin: re.fullmatch(r"https://[a-z0-9.-]+\.example\.com", origin), {"any-subdomain"}),
        (lambda origin: re.search(r"-www\.example\.com", origin), {"contains"}),
        (lambda origin: re.fullmatch("https://www.example.com", origin), {"unescaped-dot"}),
        (lambda origin: re.fullmatch(r"https://www\.example\.com([^.:a-z].*)?", origin), {"special-character"}),
        (lambda origin: re.fullmatch(r"https?://www\.example\.com", origin), {"http-downgrade"}),
        (lambda origin: re.fullmatch(r"https://www\.example\.com(:\d+)?", origin), {"any-port"}),
        (lambda origin: origin in {PAGE, "http://localhost:3000"}, {"loopback-trusted"}),
        (lambda origin: origin.startswith("http://localhost."), {"loopback-prefix"}),
        (lambda origin: re.fullmatch(r"https://[a-z-]+\.com", origin), {"public-suffix", "suffix", "unescaped-dot"}),
        (lambda origin: re.fullmatch(r"https://[a-z0-9-]+\.vercel\.app", origin), {"public-suffix"}),
        (lambda origin: re.fullmatch(r"https://example-[a-z0-9-]+\.pages\.dev", origin), {"public-suffix"}),
        (lambda origin: re.fullmatch(r"https://[a-z0-9-]+-example\.netlify\.app", origin), {"public-suffix"}),
        (lambda origin: origin in f"{PAGE}, https://shop.example", {"part"}),
        (lambda origin: PAGE.startswith(origin), {"part"}),
        (lambda origin: re.fullmatch(r"https://www\.example\.[a-z]+", origin), {"any-tld"}),
        (lambda origin: origin.startswith("https://www.example."), {"any-tld", "prefix", "any-port"}),
        (lambda origin: origin.rstrip(".") == PAGE, {"trailing-dot"}),
        (lambda origin: re.fullmatch(r"https://www\.example\.com[^a-z0-9.:].*", origin), {"special-character"}),
        (lambda origin: origin.startswith("chrome-extension://"), {"extension-trusted"}),
        (lambda origin: re.match(r"(chrome|moz)-extension:", origin), {"extension-trusted"}),
        (lambda origin: not origin.startswith("http") and origin != "null", {"extension-trusted", "file-trusted"}),
        (lambda origin: origin == "file://", {"file-trusted"}),
        (lambda origin: re.fullmatch(r"http://192\.168\.\d+\.\d+(:\d+)?", origin), {"private-address"}),
        (lambda origin: re.fullmatch(r"http://10\.\d+\.\d+\.\d+:3000", origin), {"private-address"}),
    ],
)  # fmt: skip
def test_each_weakness(trusted, weaknesses) -> None:
    found, _ = audited(trusting(trusted))
    assert levels(found) == {weakness: str(WEAKNESSES[weakness].level) for weakness in weaknesses}
    assert found.exit_status() == 1
    for finding in found.findings:
        assert finding.by == ("GET", "preflight")
        assert all(trusted(origin) for origin in finding.origins)
        assert finding.weakness.sentence.count("{") == 0


def test_a_public_suffix_of_many_labels() -> None:
    trusted = re.compile(r"https://[a-z-]+\.github\.io")
    found, _ = audited(trusting(trusted.fullmatch), "https://me.github.io")
    assert "public-suffix" in levels(found)


def test_without_credentials_it_is_worth_less() -> None:
    found, _ = audited(trusting(lambda _: True, [VARY]))
    assert levels(found) == {"any-origin": "low", "null-trusted": "low"}
    assert found.exit_status(Level.MEDIUM) == 0


def test_what_only_the_preflight_allows_counts_too() -> None:
    def answer(request: Arrived) -> bytes:
        return trusting(lambda _: request.method == "OPTIONS")(request)

    found, _ = audited(answer)
    assert levels(found)["any-origin"] == "high"
    assert found.findings[0].by == ("preflight",)


def test_the_worst_of_several_answers_counts() -> None:
    def answer(request: Arrived) -> bytes:
        return trusting(lambda _: True, [CREDENTIALS, VARY] if request.method == "OPTIONS" else [VARY])(request)

    assert levels(audited(answer)[0])["any-origin"] == "high"


def test_leave_to_reach_the_private_network() -> None:
    found, _ = audited(
        trusting(lambda origin: origin == "null", [VARY, ("Access-Control-Allow-Private-Network", "true")])
    )
    assert levels(found) == {"null-trusted": "low", "private-network": "medium"}


def test_caches_that_are_not_told() -> None:
    def answer(request: Arrived) -> bytes:
        origin = request.field("Origin")
        return response(200, [("Access-Control-Allow-Origin", origin)] if origin == PAGE else [])

    assert levels(audited(answer)[0]) == {"vary-missing": "low"}


# -- What is untidy ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "weakness"),
    [
        ([("Access-Control-Allow-Origin", "*")], "public"),
        ([("Access-Control-Allow-Origin", "*"), CREDENTIALS], "wildcard-with-credentials"),
        ([("Access-Control-Allow-Origin", PAGE)], "fixed-origin"),
        ([("Access-Control-Allow-Origin", f"{PAGE}, https://a.example")], "origin-malformed"),
        ([("Access-Control-Allow-Origin", "*.example.com")], "origin-malformed"),
        ([("Access-Control-Allow-Origin", PAGE), ("Access-Control-Allow-Origin", PAGE)], "origin-malformed"),
        ([CREDENTIALS], "credentials-to-strangers"),
    ],
)
def test_untidy_answers(headers: Lines, weakness: str) -> None:
    found, _ = audited(lambda _: response(200, headers))
    assert levels(found) == {weakness: "untidy"}
    assert (found.exit_status(), found.exit_status(Level.UNTIDY)) == (0, 1)


@pytest.mark.parametrize(
    ("headers", "weaknesses"),
    [
        ([CREDENTIALS, ("Access-Control-Expose-Headers", "X-A, *")], {"expose-wildcard": "untidy"}),
        ([("Access-Control-Expose-Headers", "*")], {}),
        ([("Access-Control-Max-Age", "86401")], {"max-age-too-long": "untidy"}),
        ([("Access-Control-Max-Age", "9" * 6000)], {"max-age-too-long": "untidy"}),
        ([("Access-Control-Max-Age", "86400")], {}),
        ([("Access-Control-Max-Age", "one day")], {}),
    ],
)
def test_untidy_answers_to_the_trusted_origin(headers: Lines, weaknesses: dict[str, str]) -> None:
    assert levels(audited(trusting(lambda origin: origin == PAGE, [*headers, VARY]))[0]) == weaknesses


# -- Manners -----------------------------------------------------------------------------------------------------------


def test_where_everybody_is_trusted_little_more_is_asked() -> None:
    found, _ = audited(trusting(lambda _: True))
    assert found.asked == 7


def test_where_beginnings_are_trusted_characters_are_not_tried() -> None:
    _, site = audited(trusting(lambda origin: origin.startswith(PAGE)))
    assert not any("_" in (request.field("Origin") or "") for request in site.requests)


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_has_enough_is_left_alone(status: int) -> None:
    found, site = audited(lambda _: response(status))
    assert len(site.requests) == 1
    assert (found.complete, found.exit_status()) == (False, 2)
    assert found.notes == (f"The server answered with {status}, and was left alone from there on.",)


def test_what_was_found_before_stays() -> None:
    def answer(request: Arrived) -> bytes:
        return trusting(lambda _: True)(request) if request.field("Origin") != "null" else b""

    found, _ = audited(answer)
    assert levels(found) == {"any-origin": "high"}
    assert (found.complete, found.exit_status()) == (False, 1)


def test_where_nobody_answers() -> None:
    found = audit(f"http://{ADDRESS}:{free_port()}/", wire=Wire(5))
    assert (found.findings, found.asked, found.exit_status()) == ((), 1, 2)
    assert found.notes == ("The connection failed: connection refused.",)


def test_redirects_are_not_followed() -> None:
    with scripted(lambda _: response(200)) as elsewhere:
        found, _ = audited(lambda _: response(302, [("Location", f"{elsewhere.origin}/")]))
        assert elsewhere.requests == []
    assert found.notes[0].startswith("The URL answers with a redirect")


def test_the_audit_says_what_would_tell_more() -> None:
    found, _ = audited(lambda _: response(401))
    assert found.notes == (
        "The URL answers with 401: one that answers with 200 would tell more.",
        f"{PAGE} is not allowed here. Name an allowed origin with --origin.",
    )


@pytest.mark.parametrize("status", [302, 401, 404])
def test_errors_without_a_header_do_not_show_whom_the_server_trusts(status: int) -> None:
    found, _ = audited(lambda _: response(status))
    assert (found.findings, found.complete, found.exit_status()) == ((), False, 2)


def test_an_error_behind_the_cors_layer_shows_it() -> None:
    site = CORS(App(status="401 Unauthorized"), Policy(allow_origins=[PAGE]))
    with serve(site) as served:
        found = audit(f"{served.origin}/x", origin=PAGE, wire=Wire(5))
    assert (found.complete, found.exit_status()) == (True, 0)


def test_there_is_a_pause_between_requests_of_its_own() -> None:
    assert 0.1 <= PAUSE <= 1
    assert len(hostile_origins(PAGE)) * 2 + 4 <= MOST_REQUESTS


def test_no_audit_makes_more_requests_than_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wsgicors.doctor.diagnosis._audit.MOST_REQUESTS", 5)
    found, site = audited(lambda _: response(200, [VARY]))
    assert (len(site.requests), found.asked, found.complete) == (5, 5, False)
    assert found.exit_status() == 2
    assert "5 requests" in found.notes[-1]


def test_without_an_origin_the_url_s_own_is_trusted() -> None:
    with serve(CORS(App(), Policy(allow_origins="*"))) as site:
        found = audit(f"{site.origin}/x", wire=Wire(5))
    assert found.trusted == site.origin


@pytest.mark.parametrize(
    ("url", "origin"),
    [("api.example", ""), ("http://localhost/", "null"), ("http://localhost/", f"{PAGE}/"), ("localhost", PAGE)],
)
def test_what_cannot_be_audited(url: str, origin: str) -> None:
    with pytest.raises(AskError):
        audit(url, origin=origin)


# -- The hostile origins -----------------------------------------------------------------------------------------------

TRUSTED = [
    PAGE, "https://example.com", "http://example.co.uk:8080", "https://me.github.io", "http://127.0.0.1:8000",
    "http://localhost:3000", "https://[2001:db8::1]", "https://app.internal", "https://[::1]:8443", "https://com",
]  # fmt: skip


@pytest.mark.parametrize("trusted", TRUSTED)
def test_hostile_origins(trusted: str) -> None:
    hostile = hostile_origins(trusted)
    origins = [origin for _, origin in hostile]
    assert trusted not in origins
    assert len(set(origins)) == len(origins)
    assert len(origins) * 2 + 4 <= MOST_REQUESTS
    assert {weakness for weakness, _ in hostile} <= WEAKNESSES.keys()
    assert origins[:2] == [f"https://{ATTACKER}", "null"]
    for weakness, origin in hostile:
        if weakness not in {"null-trusted", "special-character", "file-trusted"}:
            assert Request("https://api.example/", origin).origin == origin  # a browser could send it


def test_an_unescaped_dot_gives_a_name_that_can_be_registered() -> None:
    def dots(trusted: str) -> list[str]:
        return [
            urlsplit(origin).hostname or ""
            for weakness, origin in hostile_origins(trusted)
            if weakness == "unescaped-dot"
        ]

    assert dots(PAGE) == ["wwwxexample.com"]
    assert dots("https://a.b.example.co.uk") == ["a.bxexample.co.uk", "a.b.examplexco.uk"]
    assert dots("https://example.com") == []


# -- The catalogue -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("weakness", WEAKNESSES.values(), ids=list(WEAKNESSES))
def test_a_weakness_is_whole(weakness) -> None:
    assert re.fullmatch("[a-z]+(-[a-z]+)*", weakness.id)
    assert not weakness.title.endswith(".")
    for text in (weakness.sentence, weakness.why, *(remedy.text for remedy in weakness.remedies)):
        assert text.endswith(".")
        assert "  " not in text
    assert weakness.remedies
    filled = weakness.filled({"origin": "https://a.example", "trusted": PAGE})
    assert not re.search("{(origin|trusted)}", str(filled))
    for remedy in filled.remedies:
        if remedy.place in {Place.WSGI, Place.FLASK, Place.DJANGO}:
            compile(remedy.code, weakness.id, "exec")


def test_every_weakness_can_be_found() -> None:
    trust = {weakness for trusted in TRUSTED for weakness, _ in hostile_origins(trusted)}
    untidy = {weakness.id for weakness in WEAKNESSES.values()} - trust
    assert {WEAKNESSES[name].level for name in untidy} == {Level.UNTIDY, Level.LOW, Level.MEDIUM}


def test_the_levels_are_in_order() -> None:
    order = list(Level)
    for one in order:
        for other in order:
            assert one.reaches(other) == (order.index(one) <= order.index(other))
