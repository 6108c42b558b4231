"""Each error that can end a request leads to a cause, or is known to name none."""

import pytest

from tests.doctor.findings import named, only
from tests.doctor.net_errors import (
    APPLE,
    APPLE_SILENT,
    CASES,
    CHROMIUM,
    CHROMIUM_SILENT,
    FIREFOX,
    FIREFOX_SILENT,
    FIREFOX_WITH_URL,
)
from tests.doctor.wording_cases import MISSING, URL, Case, chromium
from wsgicors.doctor.catalogue._causes import CAUSES
from wsgicors.doctor.catalogue._net_errors import (
    APPLE_ERRORS,
    FIREFOX_ERRORS,
    FIREFOX_FAMILIES,
    NET_ERRORS,
    net_error_cause,
)
from wsgicors.doctor.evidence._console import read_console

SILENT = [name for names in CHROMIUM_SILENT.values() for name in names.split()]
FRAMES = ["{}", "(failed) net::{}", "GET https://a.example/ net::{}", "Error: {} at app.js:3"]


def test_the_whole_list_of_chromium_is_read_or_known_to_be_silent() -> None:
    told = {code.upper().removeprefix("ERR_") for code in NET_ERRORS}
    assert len(CHROMIUM.split()) == len(set(CHROMIUM.split()))
    assert len(SILENT) == len(set(SILENT))
    assert told.isdisjoint(SILENT)
    assert told | set(SILENT) == set(CHROMIUM.split())


def test_the_whole_list_of_firefox_is_read_or_known_to_be_silent() -> None:
    known = set(FIREFOX.split())
    told = {name for name in known if name in FIREFOX_ERRORS or name.startswith(tuple(FIREFOX_FAMILIES))}
    assert told.isdisjoint(FIREFOX_SILENT.split())
    assert told | set(FIREFOX_SILENT.split()) | set(FIREFOX_WITH_URL) == known
    assert {name for name in FIREFOX_ERRORS if name.startswith("NS_")} <= known


def test_the_whole_list_of_apple_is_read_or_known_to_be_silent() -> None:
    told = {int(code) for code in APPLE_ERRORS}
    assert told.isdisjoint(APPLE_SILENT)
    assert told | APPLE_SILENT.keys() == set(APPLE)


@pytest.mark.parametrize("code", NET_ERRORS)
def test_an_error_leads_to_its_cause_wherever_it_is_pasted(code: str) -> None:
    for frame in FRAMES:
        [message] = read_console(frame.format(code.upper())).messages
        assert message.causes == (NET_ERRORS[code],), frame


@pytest.mark.parametrize("name", SILENT)
def test_a_silent_error_of_chromium_names_no_cause(name: str) -> None:
    for frame in FRAMES:
        assert {message.causes for message in read_console(frame.format(f"ERR_{name}")).messages} <= {("unspecified",)}


@pytest.mark.parametrize("name", FIREFOX_SILENT.split())
def test_a_silent_error_of_firefox_names_no_cause(name: str) -> None:
    assert named(f"items {name} 0 B")[0] == "unrecognised"


@pytest.mark.parametrize("code", APPLE_SILENT)
def test_a_silent_error_of_apple_names_no_cause(code: int) -> None:
    assert named(f"NSURLErrorDomain error {code}.")[0] == "unrecognised"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.text[:40])
def test_an_error_has_an_existing_cause(case: Case) -> None:
    assert case.cause in CAUSES


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        ("err_cert_of_the_future", "certificate"),
        ("err_ssl_client_of_the_future", "client-certificate"),
        ("err_ssl_of_the_future", "certificate"),
        ("err_ech_of_the_future", "certificate"),
        ("err_dns_of_the_future", "name-not-found"),
        ("err_proxy_of_the_future", "unreachable"),
        ("err_connection_of_the_future", "connection-broken"),
        ("err_http2_of_the_future", "connection-broken"),
        ("err_spdy_session_already_exists", "connection-broken"),
        ("err_quic_of_the_future", "connection-broken"),
        ("err_response_headers_of_the_future", "response-invalid"),
        ("err_blocked_by_local_network_of_the_future", "local-network-permission"),
        ("err_blocked_by_xss_auditor", "blocked-by-extension"),
        ("err_blocked_by_response.coepframeresourceneedscoepheader", "resource-policy"),
        ("err_of_the_future", ""),
    ],
)
def test_an_error_that_the_list_lacks_is_read_by_its_family(code: str, cause: str) -> None:
    assert net_error_cause(code) == cause


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.text[:40])
def test_a_longer_word_is_another_error(case: Case) -> None:
    name = case.text.strip("`").split()[-1]
    if name.startswith(("ERR_", "NS_ERROR_")):
        assert not [one for one in read_console(f"x{name}: bad").messages if one.wording == case.wording]


def test_the_reason_behind_a_blocked_response_is_one_finding() -> None:
    for code in ("net::ERR_BLOCKED_BY_RESPONSE", "ERR_BLOCKED_BY_RESPONSE"):
        finding = only(f"GET {URL} {code}.NotSameOriginAfterDefaultedToSameOriginByCoep 200 (OK)")
        assert [suspect.cause.id for suspect in finding.suspects] == ["resource-policy"]


def test_an_error_alone_adds_nothing_to_a_browser_s_message() -> None:
    assert named(f"{chromium(MISSING)}\nERR_NETWORK_CHANGED")[0] == "cors-absent"


@pytest.mark.parametrize("code", [code for code in NET_ERRORS if code.startswith("err_cert_")])
def test_a_certificate_s_error_without_its_prefix(code: str) -> None:
    name = code.upper().removeprefix("ERR_")
    assert named(name) == [NET_ERRORS[code]]
    assert named(f"The panel says {name}.") == [NET_ERRORS[code]]


def test_chromium_s_page_about_a_name_that_is_not_known() -> None:
    assert named("DNS_PROBE_FINISHED_NXDOMAIN") == ["name-not-found"]
