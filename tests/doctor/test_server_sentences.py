"""What servers, CORS layers and services say leads to its cause, whatever stands around it."""

import pytest

from tests.doctor.findings import named, only
from tests.doctor.server_cases import SENTENCES
from tests.doctor.wording_cases import MISSING, PAGE, Case, chromium
from wsgicors.browser import Stage
from wsgicors.doctor.catalogue import (
    _clients,
    _failing_apps,
    _hosts,
    _logins,
    _platforms,
    _products,
    _refusals,
    _routers,
    _sockets,
    _tokens,
)
from wsgicors.doctor.catalogue._causes import CAUSES
from wsgicors.doctor.evidence._console import read_console

SURROUNDINGS = [
    "2026-11-29T06:10:15.123Z  WARN 1 --- [nio-8080-exec-3] o.example.Filter : {}",
    'app-1  | time="2026-11-29" level=debug msg="{}" remote=172.18.0.1:53208',
    "I get this in my logs:\n\n```\n{}\n```\nWhat did I do wrong? Other clients work.",
    "403 Forbidden\n\n{}",
]


@pytest.mark.parametrize("around", SURROUNDINGS)
@pytest.mark.parametrize("case", SENTENCES, ids=lambda case: f"{case.wording} {case.cause}")
def test_a_sentence_in_a_log_or_a_question(case: Case, around: str) -> None:
    assert named(around.format(case.text))[0] == case.cause


@pytest.mark.parametrize("case", SENTENCES, ids=lambda case: case.wording)
def test_a_sentence_explains_a_browser_s_message(case: Case) -> None:
    if CAUSES[case.cause].root < 12 or case.cause == "malformed-request":
        assert named(f"{chromium(MISSING)}\n{case.text}")[0] == case.cause


TABLES = [
    *(row for table in (_refusals.REFUSALS, _refusals.LAYERS, _refusals.SETTINGS, _refusals.SERVICES,
                        _routers.NO_OPTIONS, _products.PRODUCTS, _logins.LOGINS, _hosts.HOSTS, _tokens.SEVERAL,
                        _sockets.HANDSHAKES, _platforms.PLATFORMS, _platforms.BACKENDS, _failing_apps.FAILING,
                        _clients.KNOWING)
      for row in table),
    *((name, phrase, ("csrf-token",)) for name, phrase in _tokens.TOKENS),
    *((name, phrase, ("csrf-origin",)) for name, phrase in _tokens.UNTRUSTED),
    *((name, phrase, ("websocket-origin",)) for name, phrase in _sockets.WEBSOCKETS),
]  # fmt: skip


@pytest.mark.parametrize(("_name", "phrase", "causes"), TABLES)
def test_a_phrase_is_specific_and_its_causes_exist(_name: str, phrase: str, causes: tuple[str, ...]) -> None:
    assert causes
    assert set(causes) <= CAUSES.keys()
    assert len(phrase) >= 13


@pytest.mark.parametrize(
    ("text", "fact", "value"),
    [
        (f"Preflight aborted: origin '{PAGE}' not allowed", "origin", PAGE),
        ("Preflight aborted: method 'PATCH' not allowed", "method", "PATCH"),
        (f"Actual request no headers added: origin '{PAGE}' not allowed", "origin", PAGE),
        ("Reject: HTTP 'PATCH' is not allowed", "method", "PATCH"),
        ("Reject: headers '[x-tenant, x-id]' are not allowed", "headers", ("x-tenant", "x-id")),
        ("Preflight aborted: headers '[X-Tenant X-Id]' not allowed", "headers", ("X-Tenant", "X-Id")),
        ("CORS: invalid headers '' not allowed", "header", ""),
        (f"CORS blocked: {PAGE} is not an allowed origin", "origin", PAGE),
        (f"Error: {PAGE} is not in the allowed origins list", "origin", PAGE),
        ("Request method PUT not allowed in CORS policy.", "method", "PUT"),
        ("Request header X-A not allowed in CORS policy.", "header", "X-A"),
        ("It is not allowed in CORS policy.", "header", ""),
        ("CORS request rejected: https://api.example/a", "url", "https://api.example/a"),
    ],
)
def test_what_a_sentence_quotes(text: str, fact: str, value: str) -> None:
    assert getattr(only(text).facts, fact) == value


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("Preflight aborted: origin 'https://a.example' not allowed", Stage.PREFLIGHT),
        ("Actual request no headers added: origin 'https://a.example' not allowed", None),
    ],
)
def test_a_log_names_the_preflight(text: str, stage: Stage | None) -> None:
    assert only(text).stage is stage


def test_a_method_that_a_policy_lacks() -> None:
    assert named("Request method PUT not allowed in CORS policy.") == ["method-not-allowed"]


def test_superagent_does_not_know_that_the_origin_is_refused() -> None:
    text = (
        "Error: Request has been terminated\nPossible causes: the network is offline, Origin is not allowed by "
        "Access-Control-Allow-Origin, the page is being unloaded, etc."
    )
    assert named(text)[:3] == ["unspecified", "cors-absent", "unreachable"]


@pytest.mark.parametrize(
    "text",
    [
        "403 | The user does not have permission to access the resource.",
        "We disallowed CORS for this endpoint in the last release.",
        "DENIED: x is not authorized for host 'web01'",
        "The user (bob@corp) is not authorized to run this operation",
        "git fetch: origin does not match anything",
        "I get an invalid preflight request error in my browser",
        "The X-CSRF-Token request header is set by our interceptor.",
        "The required antiforgery cookie is created by AddAntiforgery().",
        "The CSRF token is missing in my understanding of it: what is it?",
        "dial tcp 10.0.0.3:5432: connect: connection refused",
        "connect: connection refused",
    ],
)
def test_the_same_words_of_others_are_no_sentence(text: str) -> None:
    assert not [message for message in read_console(text).messages if message.causes or message.failures]


@pytest.mark.parametrize("name", ["Origin", "Referer"])
@pytest.mark.parametrize(
    ("value", "origin"),
    [
        ("https://app.example", "https://app.example"),
        ("https://app.example/page", "https://app.example"),
        ("app.example", ""),
    ],
)
def test_the_header_that_qbittorrent_logs(name: str, value: str, origin: str) -> None:
    said = f"WebUI: {name} header & Target origin mismatch! Source IP: '::1'."
    assert only(f"{said} {name} header: '{value}'. Target origin: '192.0.2.1:8080'").facts.origin == origin
