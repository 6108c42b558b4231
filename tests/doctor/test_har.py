import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.doctor.archives import PAGE, SECRETS, URL, Chromium, Firefox, Panel, Safari
from wsgicors.browser import Failure, Request, Response, Stage, judge
from wsgicors.doctor import examine, why
from wsgicors.doctor.catalogue._readers import Speaker
from wsgicors.doctor.evidence import _har as har
from wsgicors.doctor.evidence import _har_entries as har_entries
from wsgicors.doctor.evidence._facts import Facts
from wsgicors.doctor.evidence._har import read_har as read
from wsgicors.doctor.evidence._har_entries import HarError, looks_like_har
from wsgicors.doctor.evidence._har_exchange import Blocked

FAILED = "net::ERR_FAILED"
ALLOWED = {"Access-Control-Allow-Origin": PAGE}
PREFLIGHT = {
    **ALLOWED,
    "Access-Control-Allow-Methods": "PUT, DELETE",
    "Access-Control-Allow-Headers": "x-a, content-type",
}


def only(panel: Panel) -> Blocked:
    [blocked] = read(panel.text()).blocked
    return blocked


def none(panel: Panel) -> har.Capture:
    capture = read(panel.text())
    assert capture.blocked == ()
    return capture


# -- Each browser's way of writing ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("preflight", "failure", "facts"),
    [
        ((204, {}), Failure.ALLOW_ORIGIN_MISSING, {"status": 204}),
        ((401, {}), Failure.ALLOW_ORIGIN_MISSING, {"status": 401}),
        ((405, PREFLIGHT), Failure.STATUS_NOT_OK, {"status": 405}),
        (
            (308, {"Location": "/items/?token=s3cret-query"}),
            Failure.PREFLIGHT_REDIRECTED,
            {"status": 308, "location": "https://api.example/items/?token=…"},
        ),
        (
            (204, {"Access-Control-Allow-Origin": "https://other.example"}),
            Failure.ALLOW_ORIGIN_MISMATCH,
            {"value": "https://other.example"},
        ),
        ((204, {"Access-Control-Allow-Origin": [PAGE, PAGE]}), Failure.ALLOW_ORIGIN_MULTIPLE,
         {"value": f"{PAGE}, {PAGE}"}),
        ((204, {"Access-Control-Allow-Origin": "app.example"}), Failure.ALLOW_ORIGIN_INVALID, {"value": "app.example"}),
        ((204, {**PREFLIGHT, "Access-Control-Allow-Methods": "GET"}), Failure.METHOD_NOT_ALLOWED, {"value": "GET"}),
        (
            (204, {**PREFLIGHT, "Access-Control-Allow-Headers": "x-b"}),
            Failure.HEADER_NOT_ALLOWED,
            {"header": "x-a", "value": "x-b"},
        ),
        ((204, {**PREFLIGHT, "Access-Control-Allow-Methods": "A B"}), Failure.ALLOW_METHODS_UNPARSEABLE,
         {"value": "A B"}),
        ((204, {**PREFLIGHT, "Access-Control-Allow-Headers": "a;b"}), Failure.ALLOW_HEADERS_UNPARSEABLE,
         {"value": "a;b"}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("panel", [Chromium, Firefox])
def test_a_refused_preflight(panel, preflight, failure, facts):
    archive = panel()
    more = {"error": FAILED} if panel is Chromium else {}
    archive.exchange("PUT", 0, sent={"X-A": "s3cret-bearer"}, preflight=preflight, **more)
    blocked = only(archive)
    assert (blocked.failures, blocked.stage) == ((failure,), Stage.PREFLIGHT)
    assert (blocked.entry, blocked.preflight) == ((0, 1) if panel is Chromium else (1, 0))
    known = {"url": URL, "origin": PAGE, "method": "PUT", **facts}
    assert {name: getattr(blocked.facts, name) for name in known} == known
    assert blocked.detail
    assert blocked.section.startswith("#")


@pytest.mark.parametrize(
    ("status", "received", "failure"),
    [
        (200, {}, Failure.ALLOW_ORIGIN_MISSING),
        (500, {}, Failure.ALLOW_ORIGIN_MISSING),
        (200, {"Access-Control-Allow-Origin": "https://other.example"}, Failure.ALLOW_ORIGIN_MISMATCH),
        (200, {"Access-Control-Allow-Origin": f"{PAGE}\n{PAGE}"}, Failure.ALLOW_ORIGIN_MULTIPLE),
    ],
)
@pytest.mark.parametrize("panel", [Chromium, Firefox, Safari])
def test_a_refused_answer(panel, status, received, failure):
    archive = panel()
    errors = {Chromium: {"error": FAILED}, Firefox: {}, Safari: {"error": "Origin is not allowed"}}
    archive.exchange("GET", status, received, **errors[panel])
    blocked = only(archive)
    assert (blocked.failures, blocked.stage, blocked.facts.status) == ((failure,), Stage.ACTUAL, status)
    assert (blocked.entry, blocked.preflight) == (0, None)


@pytest.mark.parametrize("panel", [Chromium, Firefox])
def test_a_refused_answer_after_a_good_preflight(panel):
    archive = panel()
    more = {"error": FAILED} if panel is Chromium else {}
    archive.exchange("PUT", 502, sent={"X-A": "1"}, preflight=(204, PREFLIGHT), **more)
    blocked = only(archive)
    assert (blocked.failures, blocked.stage) == ((Failure.ALLOW_ORIGIN_MISSING,), Stage.ACTUAL)
    assert blocked.preflight is not None


@pytest.mark.parametrize("panel", [Chromium, Firefox, Safari])
def test_allowed_exchanges_are_counted(panel):
    archive = panel()
    archive.exchange("GET", 404, ALLOWED)
    if panel is not Safari:
        archive.exchange("PUT", 200, ALLOWED, sent={"X-A": "1"}, preflight=(204, PREFLIGHT))
    assert none(archive).exchanges == len({entry["request"]["method"] for entry in archive.entries} - {"OPTIONS"})


@pytest.mark.parametrize(
    ("creator", "speaker"),
    [
        ("WebInspector", Speaker.CHROMIUM),
        ("Firefox", Speaker.FIREFOX),
        ("WebKit Web Inspector", Speaker.WEBKIT),
        ("mitmproxy", None),
        (None, None),
    ],
)
def test_the_browser_is_known_by_the_creator(creator, speaker):
    panel = Panel()
    panel.creator = creator
    assert read(panel.text()).speaker is speaker


# -- Preflights and their requests ---------------------------------------------------------------------------------


def test_each_preflight_is_paired_with_its_own_request():
    archive = Chromium()
    for status in (204, 403, 204):
        error = None if status == 204 else FAILED
        sent = 200 if status == 204 else 0
        archive.exchange("PUT", sent, ALLOWED, sent={"X-A": "1"}, preflight=(status, PREFLIGHT), error=error)
    blocked = only(archive)
    assert (blocked.entry, blocked.preflight, blocked.facts.status) == (2, 3, 403)


@pytest.mark.parametrize("panel", [Chromium, Firefox])
@pytest.mark.parametrize("refused", [0, 1, 2])
def test_a_request_whose_preflight_was_cached_takes_no_other_ones(panel, refused):
    archive = panel()
    for number in range(3):
        if number == refused:
            more = {"error": FAILED} if panel is Chromium else {}
            archive.exchange("PUT", 0, sent={"X-A": "1"}, preflight=(403, {}), **more)
        else:
            archive.exchange("PUT", 200, ALLOWED, sent={"X-A": "1"})
    blocked = only(archive)
    assert (blocked.facts.status, blocked.stage) == (403, Stage.PREFLIGHT)
    assert blocked.entry == refused + (panel is Firefox)


def test_a_preflight_whose_method_is_not_recorded():
    archive = Chromium()
    archive.exchange("PUT", 0, sent={"X-A": "1"}, preflight=(403, {}), error=FAILED)
    archive.entries[1]["request"]["headers"] = []
    assert only(archive).facts.status == 403


def test_a_preflight_for_another_method_is_not_its():
    archive = Chromium()
    archive.exchange("DELETE", 200, ALLOWED, preflight=(403, {}), sent={"X-A": "1"})
    archive.exchange("PUT", 0, sent={"X-A": "1"}, preflight=(404, {}), error=FAILED)
    assert [blocked.facts.status for blocked in read(archive.text()).blocked] == [404]


def test_a_preflight_whose_request_was_not_recorded():
    archive = Firefox()
    archive.exchange("PUT", 0, sent={"X-A": "1"}, preflight=(403, {}))
    archive.exchange("DELETE", 0, preflight=(204, PREFLIGHT))
    for entry in [entry for entry in archive.entries if entry["request"]["method"] != "OPTIONS"]:
        archive.entries.remove(entry)
    capture = read(archive.text())
    assert capture.exchanges == 2
    [blocked] = capture.blocked
    assert (blocked.facts.method, blocked.facts.status, blocked.preflight) == ("PUT", 403, None)


@pytest.mark.parametrize("panel", [Chromium, Safari])
def test_a_preflight_that_is_not_recorded_was_answered_well_where_the_request_was_sent(panel):
    archive = panel()
    archive.exchange("PUT", 200, ALLOWED, sent={"Content-Type": "application/json"})
    none(archive)
    archive.exchange("PUT", 500, sent={"Content-Type": "application/json", "X-B": "é"}, error=FAILED)
    assert only(archive).failures == (Failure.ALLOW_ORIGIN_MISSING,)


def test_safari_says_in_words_what_its_preflight_met():
    archive = Safari()
    archive.exchange("PUT", 0, error="Preflight response is not successful. Status code: 405")
    blocked = only(archive)
    assert (blocked.failures, blocked.stage) == ((Failure.STATUS_NOT_OK,), Stage.PREFLIGHT)
    assert (blocked.facts.status, blocked.facts.url, blocked.facts.method) == (405, URL, "PUT")


@pytest.mark.parametrize("panel", [Chromium, Safari])
def test_words_that_say_nothing_leave_it_open(panel):
    archive = panel()
    archive.exchange("PUT", 0, error=FAILED)
    blocked = only(archive)
    assert (blocked.failures, blocked.causes, blocked.stage) == ((), ("unspecified",), Stage.PREFLIGHT)


def test_firefox_leaves_it_open_where_no_answer_was_recorded():
    archive = Firefox()
    archive.exchange("GET", 0)
    assert only(archive).causes == ("unspecified",)


def test_an_upload_with_listeners_needs_a_preflight_too():
    archive = Chromium()
    archive.exchange("POST", 0, preflight=(403, {}), error=FAILED)
    assert only(archive).facts.status == 403


def test_a_private_network_preflight():
    archive = Chromium()
    archive.exchange("GET", 0, preflight=(204, ALLOWED), error=FAILED)
    archive.entries[1]["request"]["headers"].append({"name": "Access-Control-Request-Private-Network", "value": "true"})
    assert only(archive).failures == (Failure.PRIVATE_NETWORK_NOT_ALLOWED,)


# -- Redirects -----------------------------------------------------------------------------------------------------


def test_a_redirect_is_followed_through_the_file():
    archive = Chromium()
    archive.exchange("GET", 302, {**ALLOWED, "Location": "https://login.example/?s=s3cret-query"})
    archive.exchange("GET", 200, url="https://login.example/?s=s3cret-query", error=FAILED, sent={"origin": "null"})
    blocked = only(archive)
    assert blocked.entry == 0
    assert blocked.facts.url == "https://login.example/?s=…"
    assert blocked.facts.redirected_from == URL
    assert read(archive.text()).exchanges == 1


def test_a_redirect_without_headers():
    archive = Chromium()
    archive.exchange("GET", 302, {"Location": "/login"}, error=FAILED)
    blocked = only(archive)
    assert (blocked.facts.status, blocked.facts.location) == (302, "https://api.example/login")


def test_a_redirect_that_is_allowed():
    archive = Firefox()
    archive.exchange("GET", 302, {**ALLOWED, "Location": URL + "/"})
    archive.exchange("GET", 200, ALLOWED, url=URL + "/")
    assert none(archive).exchanges == 1


def test_a_redirect_to_what_is_not_in_the_file():
    archive = Chromium()
    archive.exchange("GET", 302, {**ALLOWED, "Location": URL + "/"})
    none(archive)
    archive.exchange(
        "GET", 302, {**ALLOWED, "Location": URL + "/"}, error="net::ERR_TOO_MANY_REDIRECTS", url=URL + "?2"
    )
    assert only(archive).causes == ("redirect-loop",)


def test_a_preflight_after_a_redirect_was_answered_well():
    archive = Firefox()
    archive.exchange("PUT", 307, {**ALLOWED, "Location": "/new"}, sent={"X-A": "1"}, preflight=(204, PREFLIGHT))
    archive.exchange("PUT", 500, url="https://api.example/new", sent={"X-A": "1"})
    blocked = only(archive)
    assert (blocked.facts.status, blocked.stage, blocked.facts.redirected_from) == (500, Stage.ACTUAL, URL)


@pytest.mark.parametrize("location", ["http://[::1", "https://u:s3cret-password@x.example/", "ftp://x.example/"])
def test_a_redirect_to_what_is_no_good(location):
    archive = Chromium()
    archive.exchange("GET", 302, {**ALLOWED, "Location": location}, error=FAILED)
    assert only(archive).failures[0] in {Failure.LOCATION_INVALID, Failure.URL_CREDENTIALS, Failure.SCHEME_NOT_HTTP}


# -- Credentials ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("panel", [Chromium, Firefox, Safari])
@pytest.mark.parametrize(
    ("received", "failure"),
    [
        ({"Access-Control-Allow-Origin": "*"}, Failure.ALLOW_ORIGIN_WILDCARD),
        (ALLOWED, Failure.ALLOW_CREDENTIALS_NOT_TRUE),
    ],
)
def test_cookies_in_the_file_say_that_credentials_were_sent(panel, received, failure):
    archive = panel()
    more = {} if panel is Firefox else {"error": FAILED}
    archive.exchange("GET", 200, received, cookie=True, **more)
    blocked = only(archive)
    assert (blocked.failures, blocked.facts.credentials) == ((failure,), True)


def test_cookies_left_out_of_the_file_are_worked_out():
    archive = Chromium()
    archive.exchange("GET", 302, {**ALLOWED, "Location": URL + "/"})
    archive.exchange("GET", 200, {"Access-Control-Allow-Origin": "*"}, error=FAILED, url=URL + "/")
    blocked = only(archive)
    assert (blocked.failures, blocked.facts.credentials) == ((Failure.ALLOW_CREDENTIALS_NOT_TRUE,), True)


def test_what_is_blocked_for_no_reason_of_cors_is_left_open():
    archive = Chromium()
    archive.exchange("GET", 200, {**ALLOWED, "Access-Control-Allow-Credentials": "true"}, error=FAILED)
    assert only(archive).causes == ("unspecified",)


def test_a_departure_of_the_engine_is_not_reported():
    archive = Chromium()
    wildcard = (204, {**PREFLIGHT, "Access-Control-Allow-Headers": "*"})
    archive.exchange("PUT", 200, ALLOWED, sent={"Authorization": "Bearer s3cret-bearer"}, preflight=wildcard)
    none(archive)


# -- What is not CORS ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        ("net::ERR_CONNECTION_REFUSED", "unreachable"),
        ("net::ERR_CERT_DATE_INVALID", "certificate"),
        ("net::ERR_BLOCKED_BY_CLIENT", "blocked-by-extension"),
        ("net::ERR_BLOCKED_BY_RESPONSE.NotSameOrigin", "resource-policy"),
        ("net::ERR_BLOCKED_BY_ORB", "opaque-response-blocking"),
    ],
)
def test_network_errors(error, cause):
    archive = Chromium()
    archive.exchange("GET", 0, error=error)
    assert only(archive).causes == (cause,)


def test_a_blocked_image_without_cors():
    archive = Chromium()
    archive.exchange(
        "GET", 200, error="net::ERR_BLOCKED_BY_ORB", sent={"sec-fetch-mode": "no-cors"}, _resourceType="image"
    )
    assert only(archive).causes == ("opaque-response-blocking",)


def test_a_preflight_that_was_not_answered():
    archive = Chromium()
    archive.exchange("PUT", 0, preflight=(0, {}), error=FAILED)
    archive.entries[1]["response"]["_error"] = "net::ERR_CONNECTION_RESET"
    assert only(archive).causes == ("connection-broken",)


def test_mixed_content():
    archive = Chromium()
    archive.exchange("GET", 0, url="http://api.example/items", error=FAILED)
    assert only(archive).causes == ("mixed-content", "unspecified")


def test_a_cancelled_request_is_passed_over():
    archive = Chromium()
    archive.exchange("GET", 0, error="net::ERR_ABORTED")
    archive.exchange("GET", 0)
    none(archive)


@pytest.mark.parametrize("more", [{"_fromCache": "disk"}, {"_fetchType": "Disk Cache"}, {"_fetchType": "Memory Cache"}])
def test_an_answer_out_of_the_browsers_cache(more):
    archive = Safari()
    archive.exchange("GET", 200, error="x", **more)
    assert only(archive).causes == ("cached-origin",)


def test_an_answer_out_of_a_cache_on_the_way():
    archive = Chromium()
    archive.exchange("GET", 200, {"Age": "30"}, error=FAILED)
    assert only(archive).causes == ("cached-origin",)


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        (PAGE + "/items", {}),
        (URL, {"sec-fetch-mode": "navigate"}),
        (URL, {"sec-fetch-mode": "no-cors"}),
        ("data:text/plain,x", {}),
        ("nonsense", {}),
        ("http://[::1/", {}),
    ],
)
def test_what_is_no_business_of_cors_is_passed_over(url, sent):
    archive = Chromium()
    archive.exchange("GET", 200, url=url, sent=sent)
    none(archive)


def test_a_document_without_origin_is_passed_over():
    archive = Chromium()
    archive.add("GET", URL, {}, 200, {}, _resourceType="document")
    assert none(archive).exchanges == 0


# -- The page's origin ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sent", [{}, {"referer": PAGE + "/s3cret-query"}, {"origin": "nonsense"}])
def test_the_origin_comes_from_elsewhere_where_the_request_does_not_say(sent):
    archive = Chromium()
    archive.add("GET", URL, sent, 500, {}, response={"_error": FAILED}, _resourceType="xhr")
    assert only(archive).facts.origin == PAGE


def test_without_any_origin_nothing_can_be_said():
    archive = Chromium()
    archive.add("GET", URL, {}, 500, {}, response={"_error": FAILED}, _resourceType="xhr", pageref="page_2")
    none(archive)


@pytest.mark.parametrize(("method", "url"), [("G E T", URL), ("TRACE", URL), ("GET", "https://u:s3cret@api.example/")])
def test_a_request_that_no_script_could_make_is_passed_over(method, url):
    archive = Firefox()
    archive.exchange(method, 500, url=url)
    none(archive)


# -- Bounds --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        "",
        "not json",
        b"\xff\xfe\x00",
        "[]",
        "{}",
        '{"log": 1}',
        '{"log": {"entries": {}}}',
        "[" * 100_000,
        '{"log": {"entries": [' + "1" * 5000 + "]}}",
    ],
    ids=lambda data: repr(data[:12]),
)
def test_what_is_no_har_is_refused(data):
    with pytest.raises(HarError, match="not a HAR"):
        read(data)


@pytest.mark.parametrize("kind", [str, bytes])
def test_what_is_too_large_is_refused_before_it_is_looked_at(kind, monkeypatch):
    monkeypatch.setattr(har_entries, "LONGEST_FILE", 2**20)
    data = "{" + " " * 2**20
    with pytest.raises(HarError, match=r"larger than 1 MB.*export again"):
        read(data if kind is str else data.encode())


def test_a_hundred_megabytes_are_too_large():
    with pytest.raises(HarError, match="larger than 64 MB"):
        read(b" " * 100 * 2**20)


def test_a_byte_order_mark_is_no_fault():
    archive = Firefox()
    archive.exchange("GET", 500)
    assert read("\ufeff" + archive.text()) == read(archive.text().encode("utf-8-sig")) == read(archive.text())


def test_too_many_entries_are_cut(monkeypatch):
    monkeypatch.setattr(har_entries, "MOST_ENTRIES", 2)
    archive = Firefox()
    for _ in range(3):
        archive.exchange("GET", 500)
    capture = read(archive.text())
    assert (capture.exchanges, len(capture.blocked), capture.cut) == (2, 2, True)


@pytest.mark.parametrize("text", ["", "{", "Access to fetch", '["log"]', " " * 500 + '{"log"'])
def test_what_does_not_look_like_a_har(text):
    assert not looks_like_har(text)


def test_what_looks_like_a_har():
    assert looks_like_har('\ufeff\n { "log": {')


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    | st.sampled_from([URL, PAGE, "OPTIONS"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["log", "entries", "request", "response", "url", "method", "headers", "name", "value",
                         "status"]),
        inner,
        max_size=4,
    ),
    max_leaves=20,
)  # fmt: skip


@given(JSON)
def test_no_json_makes_it_raise_anything_else(value):
    with contextlib.suppress(HarError):
        read(json.dumps(value))


@given(st.lists(JSON, max_size=4))
def test_no_entries_make_it_raise(entries):
    read(json.dumps({"log": {"entries": entries}}))


HEADERS = st.lists(
    st.tuples(
        st.sampled_from([
            "Origin", "Access-Control-Allow-Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers",
            "Access-Control-Allow-Headers", "Location", "Content-Type", "Sec-Fetch-Mode", "Age", "Cookie",
        ]),
        st.sampled_from(["", "*", PAGE, "null", "cors", "PUT", "x-a", "/x", "http://[", "a b", "text/plain"])
        | st.text(max_size=9),
    ).map(lambda pair: {"name": pair[0], "value": pair[1]}),
    max_size=5,
)  # fmt: skip
ENTRIES = st.lists(
    st.fixed_dictionaries(
        {
            "request": st.fixed_dictionaries({
                "method": st.sampled_from(["GET", "PUT", "OPTIONS", "patch", "", "TRACE"]),
                "url": st.sampled_from([URL, PAGE, URL + "#x", "http://[", "https://u:p@api.example/",
                                        "ws://x.example/"]),
                "headers": HEADERS,
            }),
            "response": st.fixed_dictionaries(
                {"status": st.sampled_from([0, 200, 302, 404, -1, 10**9]), "headers": HEADERS},
                optional={"_error": st.sampled_from(["", FAILED, "net::ERR_TIMED_OUT", "words", None])},
            ),
        },
        optional={
            "_resourceType": st.sampled_from(["preflight", "fetch", "image"]),
            "startedDateTime": st.sampled_from(["", "2026-11-22T00:00:00Z", "0001-01-01", "9999-12-31T23:59:59-23:59"]),
        },
    ),
    max_size=6,
)  # fmt: skip


@given(ENTRIES, st.sampled_from(["WebInspector", "Firefox", "WebKit", ""]))
def test_no_exchange_makes_it_raise(entries, creator):
    read(json.dumps({"log": {"creator": {"name": creator}, "entries": entries}}))


# -- Secrets -------------------------------------------------------------------------------------------------------


def everything(panel: type[Panel]) -> Panel:
    """An archive with each kind of failure, and a secret in each place that can hold one."""
    archive: Any = panel()
    more = {} if panel is Firefox else {"error": FAILED}
    url = "https://api.example/items/s3cret-query?token=s3cret-query"
    sent = {"Authorization": "Bearer s3cret-bearer", "X-Token": "s3cret-bearer", "Content-Type": "application/json"}
    login = "https://user:s3cret-password@login.example/?next=s3cret-query#s3cret-query"
    for status, received in [
        (0, {}),
        (500, {}),
        (200, {"Access-Control-Allow-Origin": "*"}),
        (302, {"Location": login}),
    ]:
        archive.exchange(
            "POST", status, received, url=url.replace("s3cret-query?", "x?"), sent=sent, cookie=True, **more
        )
    if panel is not Safari:
        for preflight in [
            (403, {}),
            (302, {"Location": login}),
            (204, {**ALLOWED, "Access-Control-Allow-Credentials": "true"}),
        ]:
            archive.exchange(
                "PUT", 0, url=URL + "?token=s3cret-query", sent=sent, preflight=preflight, cookie=True, **more
            )
    return archive


@pytest.mark.parametrize("panel", [Chromium, Firefox, Safari])
def test_no_secret_comes_out(panel):
    archive = everything(panel)
    assert all(secret in archive.text() for secret in SECRETS)
    blocked = read(archive.text()).blocked
    assert len(blocked) >= 4
    assert "s3cret" not in repr(blocked)


def test_the_facts_of_nothing_are_none():
    assert Facts() == Facts()


# -- What a file says, and what it rules out ---------------------------------------------------------------------------


def suspects(panel: Panel) -> list[str]:
    [finding] = why(har=panel.text()).findings
    return [suspect.cause.id for suspect in finding.suspects]


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        ("net::ERR_CONTENT_LENGTH_MISMATCH", "connection-broken"),
        ("net::ERR_CERT_AUTHORITY_INVALID", "certificate"),
        ("NS_ERROR_CONNECTION_REFUSED", "unreachable"),
    ],
)
def test_a_network_error_that_has_a_name_is_not_guessed_at(error: str, cause: str) -> None:
    """A good response with * must not be reported as one without credentials."""
    panel = Chromium()
    panel.exchange(received={"access-control-allow-origin": "*"}, error=error)
    assert suspects(panel)[0] == cause


def test_a_request_that_was_held_back_after_a_good_preflight_had_credentials() -> None:
    panel = Chromium()
    lists = {"access-control-allow-origin": PAGE, "access-control-allow-methods": "PUT"}
    panel.exchange("PUT", 0, preflight=(204, lists), error="net::ERR_FAILED")
    assert suspects(panel)[0] == "credentials-not-allowed"


def test_a_method_is_not_taken_for_allowed_because_there_was_a_preflight() -> None:
    panel = Firefox()
    panel.exchange("PUT", 0, preflight=(204, {"access-control-allow-origin": PAGE}))
    assert suspects(panel)[0] == "method-not-allowed"


def test_a_preflight_that_only_an_upload_listener_needs_is_judged() -> None:
    panel = Firefox()
    panel.exchange("POST", 0, preflight=(204, {}))
    [finding] = why(har=panel.text()).findings
    assert finding.failure is Failure.ALLOW_ORIGIN_MISSING
    assert finding.stage is Stage.PREFLIGHT


def test_a_good_preflight_knows_the_origin() -> None:
    panel = Chromium()
    lists = {"access-control-allow-origin": PAGE, "access-control-allow-methods": "PUT"}
    panel.exchange("PUT", 200, preflight=(204, lists), error="net::ERR_FAILED")
    assert not {"origin-not-allowed", "cors-absent", "origin-list-typo"} & set(suspects(panel))


@pytest.mark.parametrize("received", [{"vary": "Origin"}, {"access-control-allow-credentials": "true"}])
def test_a_server_with_a_list_has_cors(received: dict[str, str]) -> None:
    panel = Chromium()
    panel.exchange(received=received, error="net::ERR_FAILED")
    assert "cors-absent" not in suspects(panel)
    assert "origin-not-allowed" in suspects(panel)


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ("The method 'PUT' is not allowed here.", "method-not-allowed"),
        ("These request headers are not allowed here: 'x-a'.", "header-not-allowed"),
        ("The origin 'https://app.example' is not allowed here.", "origin-not-allowed"),
        ("Disallowed CORS headers", "header-not-allowed"),
    ],
)
@pytest.mark.parametrize("kind", [Chromium, Firefox])
def test_the_sentence_of_a_refusal_is_read(kind: type[Chromium | Firefox], said: str, cause: str) -> None:
    panel = kind()
    marked = {"error": "net::ERR_FAILED"} if kind is Chromium else {}
    panel.exchange("PUT", 0, sent={"X-A": "1"}, preflight=(403, {"content-type": "text/plain"}), **marked)
    [preflight] = [entry for entry in panel.entries if entry["request"]["method"] == "OPTIONS"]
    preflight["response"]["content"]["text"] = f"{said}\nAnd more."
    assert suspects(panel)[0] == cause


def test_what_playwright_writes_is_read() -> None:
    panel = Chromium()
    panel.exchange(error=None, status=-1)
    panel.entries[0]["response"]["_failureText"] = "net::ERR_CONNECTION_REFUSED"
    text = panel.text(creator={"name": "Playwright"}, browser={"name": "chromium"})
    capture = read(text)
    assert capture.speaker is Speaker.CHROMIUM
    assert capture.blocked[0].causes == ("unreachable",)


def test_what_a_request_is_for_may_be_in_its_headers() -> None:
    panel = Firefox()
    panel.exchange(sent={"Sec-Fetch-Dest": "font"}, received={})
    assert suspects(panel)[0] == "outside-static"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "utf-8"])
def test_a_file_of_another_encoding_is_read(encoding: str) -> None:
    panel = Chromium()
    panel.exchange(status=500, error="net::ERR_FAILED")
    assert len(read(panel.text().encode(encoding)).blocked) == 1


def test_a_misspelt_header_is_named() -> None:
    panel = Chromium()
    panel.exchange(received={"Access-Control-Allow-Origins": PAGE}, error="net::ERR_FAILED")
    assert suspects(panel)[0] == "header-misspelt"


ORIGINS = st.sampled_from([{}, ALLOWED, {"Access-Control-Allow-Origin": "https://other.example"}])
LISTS = st.fixed_dictionaries(
    {},
    optional={
        "Access-Control-Allow-Methods": st.sampled_from(["PUT", "GET", "GET, PUT"]),
        "Access-Control-Allow-Headers": st.sampled_from(["X-A", "X-B", "X-B, X-A"]),
        "Vary": st.just("Origin"),
    },
)


@given(st.sampled_from([400, 403, 401, 404, 405, 422, 500, 502]), ORIGINS, LISTS)
def test_what_a_preflight_s_status_means_is_the_same_in_a_har_and_in_a_probe(
    status: int, origins: dict[str, str], lists: dict[str, str]
) -> None:
    received = {**origins, **lists}
    panel = Chromium()
    panel.exchange("PUT", 0, sent={"X-A": "1"}, preflight=(status, received), error="net::ERR_FAILED")
    request = Request(URL, PAGE, "PUT", [("X-A", "1")])
    probed = examine(judge(request, Response(status, list(received.items())), None))
    found = suspects(panel)
    assert found[0] == probed.suspects[0].cause.id
    allows = PAGE in received.values() and "PUT" in lists.get("Access-Control-Allow-Methods", "")
    if allows and "X-A" in lists.get("Access-Control-Allow-Headers", ""):
        assert "header-not-allowed" not in found[:1]
        assert (status != 400) or found == ["preflight-status"]


@pytest.mark.parametrize(
    ("received", "cause"),
    [
        ({"Access-Control-Allow-Origin": PAGE, "Access-Control-Allow-Methods": "PUT"}, "preflight-status"),
        ({"Access-Control-Allow-Origin": PAGE, "Access-Control-Allow-Methods": "GET"}, "method-not-allowed"),
        ({"Access-Control-Allow-Methods": "GET, PUT"}, "origin-not-allowed"),
        ({}, "preflight-status"),
    ],
)
def test_what_a_400_to_a_preflight_means(received: dict[str, str], cause: str) -> None:
    panel = Firefox()
    panel.exchange("PUT", 0, preflight=(400, received))
    assert suspects(panel)[0] == cause
