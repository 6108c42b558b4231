"""What a HAR shows beyond one exchange: related hops and preflights, earlier responses, many of one kind."""

import pytest

from tests.doctor.archives import PAGE, URL, Chromium, Firefox, Panel
from wsgicors.browser import Stage
from wsgicors.doctor import why
from wsgicors.doctor.why import Diagnosis, Finding

ALLOWED = {"Access-Control-Allow-Origin": PAGE}
PUT = {**ALLOWED, "Access-Control-Allow-Methods": "PUT"}
FAILED = "net::ERR_FAILED"
OTHER = "https://b.example/x"


def read(panel: Panel) -> Diagnosis:
    return why(har=panel.text())


def only(panel: Panel) -> Finding:
    [finding] = read(panel).findings
    return finding


def first(panel: Panel) -> str:
    return only(panel).suspects[0].cause.id


# -- One request -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [Chromium, Firefox])
def test_a_request_held_back_after_a_good_preflight_had_credentials(kind: type[Chromium | Firefox]) -> None:
    panel = kind()
    more = {"error": FAILED} if kind is Chromium else {}
    good = {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Methods": "PUT"}
    panel.exchange("PUT", 0, {}, preflight=(204, good), **more)
    assert first(panel) == "credentials-wildcard"


def test_the_origin_is_that_of_the_preflight_where_the_request_names_none() -> None:
    panel = Firefox()
    panel.add("OPTIONS", URL, {"Origin": "https://b.example", "Access-Control-Request-Method": "PUT"}, 403, {})
    panel.add("PUT", URL, {}, 0, {})
    finding = only(panel)
    assert (finding.facts.origin, finding.stage, finding.entries) == ("https://b.example", Stage.PREFLIGHT, (0, 1))


def redirected(kind: type[Chromium | Firefox], received: dict[str, str], *, request: bool = True) -> Panel:
    """A PUT redirected to another origin, to which the browser sends another preflight."""
    panel = kind()
    panel.exchange("PUT", 307, {**ALLOWED, "Location": OTHER}, preflight=(204, PUT))
    asking = {"Origin": "null", "Access-Control-Request-Method": "PUT"}
    error = {"response": {"_error": FAILED}} if kind is Chromium else {}
    again = {"_resourceType": "preflight", "response": {"_error": None}} if kind is Chromium else {}
    if kind is Firefox:
        panel.add("OPTIONS", OTHER, asking, 204, received, **again)
    if request:
        panel.add("PUT", OTHER, {"Origin": "null"}, 0, {}, _resourceType="fetch", **error)
    if kind is Chromium:
        panel.add("OPTIONS", OTHER, asking, 204, received, **again)
    return panel


@pytest.mark.parametrize("kind", [Chromium, Firefox])
def test_a_later_hop_s_preflight_is_judged(kind: type[Chromium | Firefox]) -> None:
    finding = only(redirected(kind, {"Access-Control-Allow-Origin": "null"}))
    assert finding.suspects[0].cause.id == "method-not-allowed"
    assert (finding.stage, finding.facts.url, finding.facts.redirected_from) == (Stage.PREFLIGHT, OTHER, URL)


@pytest.mark.parametrize("kind", [Chromium, Firefox])
def test_a_later_hop_that_was_held_back_had_credentials(kind: type[Chromium | Firefox]) -> None:
    """Its preflight is judged twice: without credentials it passed."""
    good = {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Methods": "PUT"}
    panel = redirected(kind, good)
    for entry in panel.entries[:2]:
        entry["response"]["headers"].append({"name": "Access-Control-Allow-Credentials", "value": "true"})
    assert first(panel) == "credentials-wildcard"


def test_a_later_hop_s_preflight_whose_request_was_not_recorded() -> None:
    panel = redirected(Firefox, {}, request=False)
    assert (first(panel), read(panel).exchanges) == ("redirect-null-origin", 1)


# -- Earlier responses -------------------------------------------------------------------------------------------------

KEPT = {"Cache-Control": "max-age=600", "Date": "Sat, 28 Nov 2026 10:00:00 GMT"}


@pytest.mark.parametrize(
    ("date", "earlier", "cause"),
    [
        (KEPT["Date"], {}, "cached-origin"),
        (KEPT["Date"], {"Origin": "https://b.example"}, "cached-origin"),
        (KEPT["Date"], {"Origin": PAGE}, "cors-absent"),
        ("Sat, 28 Nov 2026 10:00:07 GMT", {}, "cors-absent"),
    ],
)
def test_an_earlier_answer_that_was_given_again(date: str, earlier: dict[str, str], cause: str) -> None:
    panel = Firefox()
    panel.add("GET", URL, earlier, 200, KEPT, _resourceType="image", time="2026-11-28T10:00:00.100Z")
    panel.exchange("GET", 200, {**KEPT, "Date": date}, time="2026-11-28T10:00:07.100Z")
    assert read(panel).findings[-1].suspects[0].cause.id == cause


def test_two_answers_of_one_second_are_two() -> None:
    panel = Firefox()
    panel.add("GET", URL, {}, 200, KEPT, _resourceType="image", time="2026-11-28T10:00:00.100Z")
    panel.exchange("GET", 200, KEPT, time="2026-11-28T10:00:00.200Z")
    assert first(panel) == "cors-absent"


# -- Allowed, but ------------------------------------------------------------------------------------------------------


def test_a_login_page_as_answer() -> None:
    login = "https://api.example/login?next=/items"
    panel = Chromium()
    panel.exchange("GET", 302, {**ALLOWED, "Location": login})
    panel.exchange("GET", 200, {**ALLOWED, "Content-Type": "text/html"}, url=login)
    assert (first(panel), only(panel).blocked) == ("session-ended", False)


def test_a_request_for_a_login_page_is_no_session_that_ended() -> None:
    panel = Chromium()
    panel.exchange("GET", 302, {**ALLOWED, "Location": "/login/"}, url="https://api.example/login")
    panel.exchange("GET", 200, ALLOWED, url="https://api.example/login/")
    assert read(panel).findings == ()


@pytest.mark.parametrize("status", [401, 403])
def test_an_answer_of_401_after_a_cookie_that_was_kept_back(status: int) -> None:
    panel = Chromium()
    panel.exchange("GET", 200, ALLOWED)
    panel.exchange("GET", status, ALLOWED)
    assert (first(panel), only(panel).blocked, only(panel).entries) == ("cookie-samesite", False, (1,))


def test_an_answer_of_401_without_a_cookie_before() -> None:
    panel = Chromium()
    panel.exchange("GET", 401, ALLOWED)
    assert read(panel).findings == ()


def test_an_answer_of_401_to_a_request_with_a_cookie() -> None:
    panel = Chromium()
    good = {**ALLOWED, "Access-Control-Allow-Credentials": "true"}
    panel.exchange("GET", 200, good)
    panel.exchange("GET", 401, good, cookie=True)
    assert read(panel).findings == ()


@pytest.mark.parametrize(
    ("received", "hidden"),
    [
        ({"X-Total-Count": "7", "Content-Disposition": "attachment"}, ("x-total-count", "content-disposition")),
        ({"Link": '<https://api.example/?page=2>; rel="next"'}, ("link",)),
        ({"Link": "</a.css>; rel=preload"}, ()),
        ({"X-RateLimit-Limit": "7", "Access-Control-Expose-Headers": "X-RateLimit-Limit"}, ()),
        ({"X-Total-Count": "7", "Access-Control-Expose-Headers": "*"}, ()),
        ({"X-Powered-By": "x"}, ()),
    ],
)
def test_a_header_that_pages_read_and_that_is_not_exposed(received: dict[str, str], hidden: tuple[str, ...]) -> None:
    panel = Chromium()
    panel.exchange("GET", 200, {**ALLOWED, **received})
    found = read(panel).findings
    assert [(one.suspects[0].cause.id, one.blocked, one.facts.headers) for one in found] == [
        ("header-not-exposed", False, hidden) for _ in hidden[:1]
    ]


def test_what_was_blocked_comes_first() -> None:
    panel = Chromium()
    panel.exchange("GET", 200, {**ALLOWED, "X-Total-Count": "7"})
    panel.exchange("GET", 502, {}, error=FAILED)
    assert [one.blocked for one in read(panel).findings] == [True, False]


# -- Many --------------------------------------------------------------------------------------------------------------


def test_many_failures_of_one_kind_are_one_finding() -> None:
    panel = Chromium()
    for number in range(300):
        panel.exchange("GET", 500, {}, url=f"{URL}/{number}", error=FAILED, time=f"2026-11-28T10:{number // 60:02}:00Z")
    panel.exchange("GET", 502, {}, url=f"{URL}/x", error=FAILED)
    panel.exchange("GET", 500, {}, url="https://b.example/0", error=FAILED)
    found = read(panel).findings
    assert [(one.suspects[0].cause.id, one.count) for one in found] == [
        ("app-error", 300), ("proxy-bad-gateway", 1), ("app-error", 1),
    ]  # fmt: skip
    assert found[0].entries == tuple(range(300))


def test_what_a_console_tells_of_is_kept_apart() -> None:
    panel = Chromium()
    panel.exchange("GET", 500, {}, error=FAILED)
    panel.exchange("GET", 500, {}, url=f"{URL}/x", error=FAILED)
    message = "Access to fetch at '{}' from origin '" + PAGE + "' has been blocked by CORS policy: No 'Access-Control-"
    message += "Allow-Origin' header is present on the requested resource."
    found = why("\n".join(map(message.format, [URL, f"{URL}/x"])), panel.text()).findings
    assert [(one.count, one.lines, one.entries) for one in found] == [(1, (1,), (0,)), (1, (2,), (1,))]
