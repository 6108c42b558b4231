import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

import wsgicors.doctor
from tests.doctor.archives import PAGE, SECRETS, URL, Chromium, Firefox, Panel, Safari
from tests.doctor.findings import only
from tests.doctor.schemas import faults
from tests.doctor.test_har import ALLOWED, FAILED, PREFLIGHT, everything
from tests.doctor.wording_cases import ALL, MISSING, MULTIPLE, PF, WILDCARD, chromium, firefox
from wsgicors.browser import Failure, Stage
from wsgicors.doctor.catalogue._causes import CAUSES
from wsgicors.doctor.catalogue._readers import Speaker
from wsgicors.doctor.diagnosis._why import Diagnosis, Finding, why
from wsgicors.doctor.evidence._har_entries import HarError
from wsgicors.doctor.why import SCHEMA


def first(finding: Finding) -> str:
    return finding.suspects[0].cause.id


def webkit(origin_status: str = "", url: str = URL) -> str:
    refused = f"Origin {PAGE} is not allowed by Access-Control-Allow-Origin.{origin_status}"
    return (
        f"[Error] {refused}\n[Error] Fetch API cannot load {url} due to access control checks.\n"
        f"[Error] Failed to load resource: {refused} (items, line 0)\n"
    )


def test_the_package_exports_it():
    assert wsgicors.doctor.why is why
    assert wsgicors.doctor.Diagnosis is Diagnosis


# -- One message ---------------------------------------------------------------------------------------------------


def test_facts_are_in_the_words():
    finding = only(
        chromium("Request header field x-token is not allowed by Access-Control-Allow-Headers in preflight response.")
    )
    cause = finding.suspects[0].cause
    assert cause.title == "The request header x-token is not allowed"
    assert 'CORS(app, ..., allow_headers=[..., "x-token"])' in [item.code for item in cause.remedies]
    assert finding.probe == f"wsgicors probe {URL} --origin {PAGE} --header x-token"
    assert finding.step == "CORS-preflight fetch, 7.7: Access-Control-Allow-Headers lacks the header"
    assert (finding.failure, finding.stage, finding.blocked) == (Failure.HEADER_NOT_ALLOWED, Stage.PREFLIGHT, True)


def test_the_probe_makes_the_same_request():
    text = chromium("Method PATCH is not allowed by Access-Control-Allow-Methods in preflight response.")
    assert only(text).probe == f"wsgicors probe {URL} --origin {PAGE} --method PATCH"
    assert only(chromium(WILDCARD)).probe == f"wsgicors probe {URL} --origin {PAGE} --credentials"
    assert only("TypeError: Failed to fetch").probe == "wsgicors probe URL --origin ORIGIN"
    assert only(chromium(MISSING).replace("/items", "/i&tems?a=b")).probe.split("'")[1] == "https://api.example/i&tems"


def test_a_failure_that_cannot_be_told_is_none():
    finding = only(f"Origin {PAGE} is not allowed by Access-Control-Allow-Origin.")
    assert finding.failure is None
    assert finding.step == ""


@pytest.mark.parametrize(
    "text",
    [
        "Forbidden (Origin checking failed - https://app.example does not match any trusted origins.): /items",
        "Failed to load resource: the server responded with a status of 404 (Not Found)",
        'Refused to get unsafe header "X-Total-Count"',
        f"Blocked a frame with origin '{PAGE}' from accessing a cross-origin frame.",
        "ReferenceError: SharedArrayBuffer is not defined",
        "Uncaught Error: Script error.",
        "When the `Access-Control-Allow-Headers` is `*`, the `Authorization` header is not covered.",
        "no message at all",
    ],
)
def test_what_no_browser_blocked(text):
    assert only(text).blocked is False


def test_nothing_known_is_said_to_be_so():
    finding = only("It does not work :(")
    assert first(finding) == "unrecognised"
    assert finding.lines == ()


@pytest.mark.parametrize("text", ["", "  \n\t"])
def test_nothing_given_nothing_found(text):
    assert why(text) == Diagnosis(())


# -- A console -----------------------------------------------------------------------------------------------------


def test_a_chromium_console_is_one_finding():
    finding = only(
        f"{chromium(MISSING)}\nitems.js:3  PUT {URL} net::ERR_FAILED 502 (Bad Gateway)\n"
        "Uncaught (in promise) TypeError: Failed to fetch\n    at items.js:3\n"
    )
    assert first(finding) == "proxy-bad-gateway"
    assert (finding.facts.status, finding.facts.method) == (502, "PUT")
    assert finding.lines == (1, 2)


def test_a_firefox_console_is_one_finding():
    finding = only(
        firefox("CORS preflight response did not succeed", " Status code: 404.")
        + "\n"
        + firefox("CORS request did not succeed", " Status code: (null).")
        + "\nTypeError: NetworkError when attempting to fetch resource."
    )
    assert first(finding) == "preflight-not-found"


def test_firefox_says_it_again_where_the_preflight_failed():
    missing = firefox("CORS header ‘Access-Control-Allow-Origin’ missing", " Status code: 401.")
    again = firefox("CORS request did not succeed", " Status code: (null).")
    assert first(only(missing)) == "authentication-without-headers"
    finding = only(f"{missing}\n{again}")
    assert (first(finding), finding.stage, finding.lines) == ("preflight-authentication", Stage.PREFLIGHT, (1, 2))
    assert only(f"{missing.replace('401', '302')}\n{again}").stage is None


def test_a_webkit_console_is_one_finding():
    finding = only(webkit(" Status code: 200") + "TypeError: Load failed")
    assert (finding.facts.url, finding.facts.origin, finding.facts.kind) == (URL, PAGE, "fetch")
    assert finding.lines[0] == 1


def test_whatever_webkit_says_again_is_one_finding():
    refused = "Method PUT is not allowed by Access-Control-Allow-Methods."
    finding = only(
        f"{refused}\nFetch API cannot load {URL} due to access control checks.\nFailed to load resource: {refused}"
    )
    assert finding.facts.url == URL


def test_two_webkit_requests_keep_their_urls():
    text = webkit() + webkit(" Status code: 502", "https://api.example/users")
    one, two = why(text).findings
    assert (one.facts.url, two.facts.url) == (URL, "https://api.example/users")
    assert first(two) == "proxy-bad-gateway"


def test_two_webkit_requests_at_once_keep_their_urls():
    refused = f"Origin {PAGE} is not allowed by Access-Control-Allow-Origin. Status code:"
    text = f"{refused} 502\n{refused} 404\n" + "".join(
        f"Fetch API cannot load {url} due to access control checks.\n" for url in (URL, "https://api.example/users")
    )
    one, two = why(text).findings
    assert (one.facts.url, one.facts.status) == (URL, 502)
    assert (two.facts.url, two.facts.status) == ("https://api.example/users", 404)


def test_another_browsers_echo_does_not_make_it_speak():
    finding = only(f"{chromium(MISSING)}\nFetch API cannot load {URL} due to access control checks.")
    assert finding.speakers == (Speaker.CHROMIUM,)


def test_webkits_last_word_alone():
    finding = only(f"Fetch API cannot load {URL} due to access control checks.")
    assert finding.facts.url == URL
    assert len(finding.suspects) > 3


def test_repeated_messages_are_counted():
    finding = only("\n".join([chromium(MISSING)] * 5))
    assert (finding.count, finding.lines) == (5, (1, 2, 3, 4, 5))


def test_different_requests_stay_apart():
    text = "\n".join([chromium(MISSING), chromium(MISSING).replace("items", "users"), chromium(WILDCARD)])
    assert len(why(text).findings) == 3


def test_three_browsers_on_one_request_are_one_finding():
    missing = firefox("CORS header ‘Access-Control-Allow-Origin’ missing", " Status code: 401.")
    finding = only(f"{chromium(PF + MISSING)}\n{missing}\n{webkit(' Status code: 401')}")
    assert finding.speakers == (Speaker.CHROMIUM, Speaker.FIREFOX, Speaker.WEBKIT)
    assert first(finding) == "preflight-authentication"
    assert finding.failure is Failure.ALLOW_ORIGIN_MISSING
    assert finding.stage is Stage.PREFLIGHT


def test_the_browser_that_says_more_counts():
    redirect = chromium(PF + "Redirect is not allowed for a preflight request.")
    missing = firefox("CORS header ‘Access-Control-Allow-Origin’ missing", " Status code: 308.")
    for text in (f"{redirect}\n{missing}", f"{missing}\n{redirect}"):
        finding = only(text)
        assert finding.failure is Failure.PREFLIGHT_REDIRECTED
        assert finding.facts.status == 308
        assert finding.facts.origin == PAGE


def test_what_both_say_counts():
    finding = only(f"{webkit()}\n{chromium(MISSING)}")
    assert finding.failure is Failure.ALLOW_ORIGIN_MISSING


def test_other_browsers_on_other_headers_are_other_findings():
    one = chromium("Request header field x-a is not allowed by Access-Control-Allow-Headers in preflight response.")
    two = firefox(
        "header ‘x-b’ is not allowed according to header ‘Access-Control-Allow-Headers’ from CORS preflight response"
    )
    assert [finding.facts.header for finding in why(f"{one}\n{two}").findings] == ["x-a", "x-b"]


def test_two_browsers_without_failure_on_one_request():
    mixed = "Blocked loading mixed active content “http://api.example/items”"
    also = (
        f"Mixed Content: The page at '{PAGE}/' was loaded over HTTPS, but requested an insecure resource "
        "'http://api.example/items'."
    )
    finding = only(f"{mixed}\n{also}")
    assert (first(finding), finding.facts.origin) == ("mixed-content", PAGE)


def test_a_network_error_with_a_name_counts_by_itself():
    text = f"GET {URL} net::ERR_CONNECTION_REFUSED\nTypeError: Failed to fetch"
    assert first(only(text)) == "unreachable"


@pytest.mark.parametrize("said", ["TypeError: NetworkError when attempting to fetch resource.", "Error: Network Error"])
def test_what_a_script_says_is_explained_by_a_message_above_or_below(said: str) -> None:
    message = firefox("CORS request did not succeed", " Status code: (null).")
    for text in (f"{said}\n{message}", f"{message}\n{said}"):
        assert first(only(text)) == "unreachable"


def test_what_a_script_says_is_not_explained_by_another_status():
    text = "TypeError: Failed to fetch\nFailed to load resource: the server responded with a status of 404 (Not Found)"
    assert first(only(text)) == "unspecified"


def test_scripts_alone_are_one_finding():
    finding = only("TypeError: Failed to fetch\nTypeError: Failed to fetch")
    assert (first(finding), str(finding.suspects[0].certainty)) == ("unspecified", "possible")


def test_a_failed_request_that_nothing_explains():
    finding = only(f"POST {URL} net::ERR_FAILED\nPOST {URL} net::ERR_FAILED 500 (x)")
    assert (first(finding), finding.facts.status, finding.facts.method) == ("unspecified", 500, "POST")


def test_an_echo_of_another_method_tells_nothing():
    text = chromium("Method PUT is not allowed by Access-Control-Allow-Methods in preflight response.")
    assert only(f"{text}\nGET {URL} net::ERR_FAILED 500 (x)").facts.status is None


def test_a_very_long_text_is_cut_with_a_note(monkeypatch):
    monkeypatch.setattr("wsgicors.doctor.evidence._console.LONGEST_TEXT", 100)
    assert "not read" in why(" " * 200).notes[0]


# -- A HAR ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("preflight", "cause"),
    [
        ((401, {}), "preflight-authentication"),
        ((404, {}), "preflight-not-found"),
        ((405, {}), "preflight-method-refused"),
        ((500, {}), "preflight-error"),
        ((204, {}), "cors-absent"),
        ((204, {"Vary": "Origin"}), "origin-not-allowed"),
        ((308, {"Location": URL + "/"}), "preflight-redirect-slash"),
        ((302, {"Location": "/accounts/login/"}), "preflight-redirect-login"),
        ((302, {"Location": "/de/items"}), "preflight-redirect-language"),
        ((204, {"Access-Control-Allow-Origin": [PAGE, PAGE]}), "two-layers"),
        ((204, {"Access-Control-Allow-Origin": "http://app.example"}), "origin-scheme"),
        ((204, {"Access-Control-Allow-Origin": PAGE + "/"}), "origin-slash"),
        ((204, {**PREFLIGHT, "Access-Control-Allow-Methods": "GET"}), "method-not-allowed"),
        ((204, {**PREFLIGHT, "Access-Control-Allow-Headers": ""}), "header-not-allowed"),
    ],
)
@pytest.mark.parametrize("panel", [Chromium, Firefox])
def test_a_har_alone(panel, preflight, cause):
    archive = panel()
    more = {"error": FAILED} if panel is Chromium else {}
    archive.exchange("PUT", 0, sent={"X-A": "1"}, preflight=preflight, **more)
    finding = only(har=archive.text())
    assert first(finding) == cause
    assert finding.detail
    assert finding.entries == (0, 1)
    assert finding.speakers == (Speaker(panel.__name__.lower()),)


def test_the_roots_that_only_an_answer_shows():
    archive = Chromium()
    for number, (status, received) in enumerate([(413, {}), (504, {}), (200, {"Age": "9"}), (403, {})]):
        archive.exchange("POST", status, received, url=f"{URL}/{number}", error=FAILED)
    archive.exchange("GET", 200, url=f"{URL}/font.woff2", error=FAILED, _resourceType="font")
    diagnosis = why(har=archive.text())
    assert [first(finding) for finding in diagnosis.findings] == [
        "proxy-body-too-large",
        "proxy-timeout",
        "cached-origin",
        "authentication-without-headers",
        "outside-static",
    ]
    assert diagnosis.exchanges == 5


def test_exchanges_alike_are_one_finding():
    archive = Firefox()
    for _ in range(3):
        archive.exchange("PUT", 0, sent={"X-A": "1"}, preflight=(403, {}))
    finding = only(har=archive.text())
    assert (finding.count, finding.entries) == (3, (0, 1, 2, 3, 4, 5))


def test_authorization_under_a_wildcard_is_a_warning():
    archive = Firefox()
    wildcard = (204, {**PREFLIGHT, "Access-Control-Allow-Headers": "*"})
    archive.exchange("PUT", 200, ALLOWED, sent={"Authorization": "x"}, preflight=wildcard)
    finding = only(har=archive.text())
    assert (first(finding), finding.blocked) == ("header-wildcard-authorization", False)


def test_a_har_of_something_else_than_a_browser():
    archive = Panel()
    archive.add("GET", URL, {"Origin": PAGE}, 500, {})
    finding = only(har=archive.text())
    assert (first(finding), finding.speakers) == ("app-error", ())


def test_a_har_in_which_nothing_is_blocked():
    archive = Firefox()
    archive.exchange("GET", 200, ALLOWED)
    assert why(har=archive.text()) == Diagnosis((), exchanges=1)


def test_a_har_given_as_text_is_recognised():
    archive = Firefox()
    archive.exchange("GET", 500)
    assert why(archive.text()) == why(har=archive.text())


def test_what_only_looks_like_a_har_is_read_as_text_with_a_note():
    diagnosis = why('{"log": ' + chromium(MISSING))
    assert diagnosis.findings[0].facts.url == URL
    assert "not a HAR" in diagnosis.notes[0]


def test_a_file_that_is_no_har_is_refused():
    with pytest.raises(HarError):
        why(har="x")


def test_too_many_entries_are_noted(monkeypatch):
    monkeypatch.setattr("wsgicors.doctor.evidence._har_entries.MOST_ENTRIES", 0)
    archive = Firefox()
    archive.exchange("GET", 500)
    assert "many entries" in why(har=archive.text()).notes[0]


# -- Both ----------------------------------------------------------------------------------------------------------


def archive_with(preflight, **more) -> str:
    archive = Chromium()
    archive.exchange("PUT", 0, sent={"X-A": "1"}, preflight=preflight, error=FAILED, **more)
    return archive.text()


def test_the_har_gives_the_status_that_the_console_keeps_back():
    finding = only(chromium(PF + MISSING), archive_with((405, {})))
    assert first(finding) == "preflight-method-refused"
    assert (finding.lines, finding.entries) == ((1,), (0, 1))
    assert finding.facts.method == "PUT"
    assert finding.detail


def test_the_har_tells_which_of_webkits_two():
    archive = Safari()
    archive.exchange("GET", 200, {"Access-Control-Allow-Origin": "http://app.example"}, error="x")
    finding = only(webkit(" Status code: 200"), archive.text())
    assert (finding.failure, first(finding)) == (Failure.ALLOW_ORIGIN_MISMATCH, "origin-scheme")


def test_the_browsers_own_word_counts_where_the_har_sees_another():
    archive = Chromium()
    archive.exchange("GET", 502, error=FAILED)
    permission = chromium("Permission was denied for this request to access the `local` address space.")
    finding = only(permission, archive.text())
    assert (first(finding), finding.facts.status) == ("local-network-permission", 502)
    finding = only(chromium(WILDCARD), archive.text())
    assert first(finding) == "credentials-wildcard"


def test_the_har_explains_what_the_console_does_not():
    for text in ("TypeError: Failed to fetch", f"PUT {URL} net::ERR_FAILED"):
        finding = only(text, archive_with((404, {})))
        assert first(finding) == "preflight-not-found"


def test_the_console_explains_what_the_har_does_not():
    archive = Safari()
    archive.exchange("PUT", 0, error="x")
    finding = only(
        (
            f"Preflight response is not successful. Status code: 404\nFetch API cannot load {URL} due to access "
            "control checks."
        ),
        archive.text(),
    )
    assert (first(finding), finding.facts.method) == ("preflight-not-found", "PUT")


def test_a_console_without_urls_goes_to_the_exchange_of_the_same_failure():
    archive = Chromium()
    archive.exchange("PUT", 0, sent={"X-A": "1"}, preflight=(405, PREFLIGHT), error=FAILED)
    archive.exchange("GET", 200, {"Access-Control-Allow-Origin": "x"}, url=URL + "/x", error=FAILED)
    one, two = why("Preflight response is not successful", archive.text()).findings
    assert (one.lines, one.entries, first(one)) == ((1,), (0, 1), "preflight-method-refused")
    assert (two.lines, two.entries) == ((), (2,))


def test_a_redirected_request_is_found_by_its_first_url():
    archive = Chromium()
    archive.exchange("GET", 302, {**ALLOWED, "Location": "https://b.example/"})
    archive.exchange("GET", 200, url="https://b.example/", error=FAILED)
    finding = only(firefox("CORS header ‘Access-Control-Allow-Origin’ missing", " Status code: 200."), archive.text())
    assert finding.facts.redirected_from == URL
    assert first(finding) == "redirect-null-origin"


def test_other_requests_stay_apart():
    diagnosis = why(chromium(MULTIPLE).replace("items", "users"), archive_with((404, {})))
    assert [first(finding) for finding in diagnosis.findings] == ["two-layers", "preflight-not-found"]
    text = "Request header field x-b is not allowed by Access-Control-Allow-Headers in preflight response."
    other = (204, {**PREFLIGHT, "Access-Control-Allow-Headers": "x-c"})
    assert [finding.facts.header for finding in why(chromium(text), archive_with(other)).findings] == ["x-b", "x-a"]


def test_one_message_is_not_given_to_two_exchanges():
    archive = Chromium()
    archive.exchange("PUT", 0, sent={"X-A": "1"}, preflight=(404, {}), error=FAILED)
    archive.exchange("PUT", 0, sent={"X-A": "1"}, preflight=(405, {}), error=FAILED)
    one, two = why(chromium(PF + MISSING), archive.text()).findings
    assert (one.lines, two.lines) == ((1,), ())


# -- JSON ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.wording)
def test_json_is_as_documented(case):
    assert faults(json.loads(json.dumps(why(case.text).to_json())), dict(SCHEMA)) == []


@pytest.mark.parametrize("panel", [Chromium, Firefox, Safari])
def test_json_of_a_har_is_as_documented(panel):
    result = why(chromium(MISSING), everything(panel).text()).to_json()
    assert faults(json.loads(json.dumps(result)), dict(SCHEMA)) == []


def test_the_schema_is_json():
    assert json.loads(json.dumps(dict(SCHEMA)))["properties"]["findings"]["items"]["description"]


def test_the_schema_refuses_what_is_not_so():
    good = why(chromium(MISSING)).to_json()
    assert faults({**good, "version": 2}, dict(SCHEMA))
    assert faults({**good, "more": 1}, dict(SCHEMA))
    assert faults({**good, "exchanges": -1}, dict(SCHEMA))


# -- Secrets, and other input --------------------------------------------------------------------------------------


@pytest.mark.parametrize("panel", [Chromium, Firefox, Safari])
def test_no_secret_comes_out(panel: type[Panel]):
    url = "https://user:s3cret-password@api.example/items?token=s3cret-query"
    console = "\n".join([
        (f"Access to fetch at '{url}' (redirected from '{url}#s3cret-query') from origin '{PAGE}' has been blocked "
        f"by CORS policy: {MISSING}"),
        f"Fetch API cannot load {url} due to access control checks.",
        f"GET {url} net::ERR_FAILED 500 (x)",
        firefox("CORS disabled").replace(URL, url),
        (f"Mixed Content: The page at '{PAGE}/?s3cret-query' was loaded over HTTPS, but requested an insecure "
        f"resource '{url}'"),
        "Cookie “s3cret-cookie” has been rejected because it is in a cross-site context and its “SameSite” is “Lax”",
    ])  # fmt: skip
    archive = everything(panel).text()
    for diagnosis in (why(har=archive), why(console), why(console, archive)):
        assert len(diagnosis.findings) >= 3
        assert not any(secret in repr(diagnosis) + json.dumps(diagnosis.to_json()) for secret in SECRETS)


@pytest.mark.parametrize("evil", ["\x1b[2J", "\x07", "\r", "\x9b31m", "\u202e", "\u2028"])
def test_nothing_comes_out_unescaped(evil):
    archive = Firefox()
    archive.exchange("GET", 200, {"Access-Control-Allow-Origin": f"http://x{evil}y"}, url=f"{URL}/{evil}")
    archive.exchange(
        "PUT", 0, sent={"X-A": "1"}, preflight=(204, {**PREFLIGHT, "Access-Control-Allow-Headers": f"{evil}(x"})
    )
    console = chromium(MULTIPLE.replace(PAGE, f"x{evil}y", 1)).replace("items", f"it{evil}ems")
    for finding in (*why(console).findings, *why(har=archive.text()).findings):
        texts = [finding.detail, finding.probe, *finding.facts.texts().values()]
        for suspect in finding.suspects:
            cause = suspect.cause
            texts += [cause.title, cause.sentence, cause.why, cause.probe]
            texts += [line for remedy in cause.remedies for line in (remedy.text, *remedy.code.split("\n"))]
        assert all(text.isprintable() for text in texts)


def test_no_value_breaks_out_of_the_code_to_copy():
    evil = 'x"); import os; os.system("id'
    finding = only(f"Request header field {evil} is not allowed by Access-Control-Allow-Headers in preflight response.")
    for remedy in finding.suspects[0].cause.remedies:
        assert "import os" not in remedy.code
    origin = chromium(MISSING, origin=evil)
    assert "import os" not in repr(why(origin))


@given(st.text())
def test_no_text_makes_it_raise(text):
    diagnosis = why(text)
    assert faults(diagnosis.to_json(), dict(SCHEMA)) == []


TEXTS = (*(case.text for case in ALL), "PUT " + URL + " net::ERR_FAILED 500 (x)", "", webkit())


def text_at(place: int) -> str:
    return TEXTS[place]


# By place: Hypothesis may print a strategy, and warns where that takes more than 30,000 characters.
LINES = st.builds(text_at, st.integers(0, len(TEXTS) - 1))


@given(st.lists(LINES, max_size=8), st.booleans())
def test_no_console_makes_it_raise(lines, with_har):
    archive = archive_with((404, {})) if with_har else None
    diagnosis = why("\n".join(lines), archive)
    assert faults(diagnosis.to_json(), dict(SCHEMA)) == []
    assert all(suspect.cause.id in CAUSES for finding in diagnosis.findings for suspect in finding.suspects)


# -- The probe that is proposed ----------------------------------------------------------------------------------------


def test_a_header_of_the_answer_is_not_sent() -> None:
    assert "--header" not in only('Refused to get unsafe header "HX-Trigger"').probe


@pytest.mark.parametrize("text", [chromium(PF + MISSING), firefox("CORS preflight channel did not succeed")])
def test_what_failed_in_the_preflight_is_asked_with_a_preflight(text: str) -> None:
    assert only(text).probe.endswith("--header Content-Type --preflight-only")


def test_what_is_known_of_the_preflight_is_asked_with() -> None:
    text = chromium("Method PATCH is not allowed by Access-Control-Allow-Methods in preflight response.")
    assert only(text).probe.endswith("--method PATCH")
    text = chromium(
        "Request header field x-token is not allowed by Access-Control-Allow-Headers in preflight response."
    )
    assert only(text).probe.endswith("--header x-token")


def firefox_says(url: str, reason: str) -> str:
    return f"Cross-Origin Request Blocked: … disallows reading the remote resource at {url}. (Reason: {reason})."


NOT_HTTP = firefox_says("ftp://api.example/", "CORS request not http")


@pytest.mark.parametrize(
    ("lines", "cause", "count"),
    [
        ([NOT_HTTP, firefox_says("https://api.example/a", "CORS request did not succeed")], "redirect-scheme", 1),
        ([NOT_HTTP], "url-scheme", 1),
        (
            [NOT_HTTP, firefox_says("https://api.example/a", "CORS header ‘Access-Control-Allow-Origin’ missing")],
            "url-scheme",
            2,
        ),
        ([firefox_says("https://api.example/a", "CORS request did not succeed"), NOT_HTTP], "url-scheme", 2),
    ],
)
def test_firefox_tells_that_a_redirect_led_to_another_scheme(lines: list[str], cause: str, count: int) -> None:
    found = why("\n".join(lines)).findings
    assert (found[0].suspects[0].cause.id, len(found)) == (cause, count)


@pytest.mark.parametrize(
    ("value", "causes"),
    [
        ("‘’", ["allow-origin-malformed"]),
        ('‘"*"’', ["allow-origin-malformed"]),
        ("‘*’", ["credentials-wildcard"]),
    ],
)
def test_firefox_tells_a_value_that_is_empty_or_in_quotes(value: str, causes: list[str]) -> None:
    [finding] = why(
        firefox_says("https://a.example/", f"CORS header ‘Access-Control-Allow-Origin’ does not match {value}")
    ).findings
    assert [suspect.cause.id for suspect in finding.suspects] == causes


def test_a_sentence_of_firefox_that_is_cut_off_tells_no_value() -> None:
    text = firefox_says("https://a.example/", "CORS header ‘Access-Control-Allow-Origin’ does not match ‘").partition(
        "‘)."
    )[0]
    assert why(f"{text}‘").findings[0].suspects[0].cause.id == "fixed-origin"
