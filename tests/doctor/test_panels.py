"""A network panel's headers say the same in every layout in which browsers let people copy them."""

from collections.abc import Callable
from itertools import chain

import pytest

from tests.doctor.archives import PAGE, URL
from tests.doctor.findings import exchanges, only
from tests.doctor.wording_cases import PF, chromium
from wsgicors.browser import Failure
from wsgicors.doctor import why

Form = Callable[[str, str], list[str]]

GENERAL = [("Request URL", URL), ("Request Method", "OPTIONS"), ("Status Code", "403 Forbidden"),
           ("Remote Address", "[::1]:8080"), ("Referrer Policy", "strict-origin-when-cross-origin")]  # fmt: skip
RECEIVED = [("access-control-allow-origin", "https://other.example"), ("server", "nginx"), ("vary", "Origin")]
SENT = [("accept", "*/*"), ("access-control-request-method", "PUT"), ("origin", PAGE)]
STATUS_FIRST = [GENERAL[2], *GENERAL[:2]]


def beside(name: str, value: str) -> list[str]:
    return [f"{name}: {value}"]


def below(name: str, value: str) -> list[str]:
    return [f"{name}:", value]


def without_colons(name: str, value: str) -> list[str]:
    return [name, value]


def in_a_table(name: str, value: str) -> list[str]:
    return [f"| **{name}** | `{value}` |"]


@pytest.mark.parametrize("form", [beside, below, without_colons, in_a_table])
@pytest.mark.parametrize("has_titles", [True, False])
@pytest.mark.parametrize("general", [GENERAL, STATUS_FIRST])
def test_every_layout_is_read(form: Form, general: list[tuple[str, str]], *, has_titles: bool) -> None:
    titles = ("", "Response Headers", "Request Headers") if has_titles else ("", "", "")
    lines = chain.from_iterable(
        [title, *chain.from_iterable(form(*pair) for pair in pairs)]
        for title, pairs in zip(titles, (general, RECEIVED, SENT), strict=True)
    )
    [one] = exchanges("\n".join(lines))
    assert (one.method, one.url, one.status) == ("OPTIONS", URL, 403)
    assert (one.received, one.sent) == (RECEIVED, SENT)


@pytest.mark.parametrize("form", [beside, below, without_colons, in_a_table])
def test_each_request_has_its_own_answer(form: Form) -> None:
    first, second = (
        [("Request URL", f"{URL}/{number}"), ("Status Code", number), ("server", number), ("origin", PAGE)]
        for number in ("401", "502")
    )
    found = exchanges("\n".join(chain.from_iterable(form(*pair) for pair in [*first, *second])))
    assert [(one.url, one.status, one.received) for one in found] == [
        (f"{URL}/401", 401, [("server", "401")]), (f"{URL}/502", 502, [("server", "502")]),
    ]  # fmt: skip


def test_pseudo_headers_begin_the_request() -> None:
    lines = chain.from_iterable(
        below(*pair) for pair in [*GENERAL, RECEIVED[0], (":authority", "x"), ("te", "y"), SENT[2]]
    )
    [one] = exchanges("\n".join(lines))
    assert (one.received, one.sent[:2]) == (RECEIVED[:1], [("te", "y"), SENT[2]])


def test_a_name_without_a_value_takes_none_of_another() -> None:
    paste = "\n".join(
        [*chain.from_iterable(below(*pair) for pair in GENERAL), "x-empty:", "server:", "nginx", "origin:", PAGE]
    )
    assert [one.received for one in exchanges(paste)] == [[("server", "nginx")]]


def test_what_is_written_below_a_panel_is_no_part_of_it() -> None:
    panel = [*chain.from_iterable(beside(*pair) for pair in [*GENERAL, *RECEIVED[1:], *SENT])]
    below_it = ["", "This is what nginx should add:", "access-control-allow-origin: *"]
    titled = ["Request Headers", *panel[-3:], "Response Headers", *panel[5:-3]]
    for lines in (panel, [*panel[:5], *titled]):
        [one] = exchanges("\n".join([*lines, *below_it]))
        assert "access-control-allow-origin" not in dict([*one.received, *one.sent])


@pytest.mark.parametrize("above", ["My config:", "nginx:", "in nginx I have this:", "But in nginx"])
def test_a_configuration_between_the_headers_is_no_header(above: str) -> None:
    panel = [*chain.from_iterable(beside(*pair) for pair in GENERAL), "Response Headers", "server: nginx"]
    lines = [*panel, above, "access-control-allow-origin: *", "Request Headers", f"origin: {PAGE}"]
    [one] = exchanges("\n".join(lines))
    assert (one.received, one.sent[:1]) == ([("server", "nginx")], [("origin", PAGE)])


def test_headers_of_the_request_alone_do_not_say_that_the_answer_has_none() -> None:
    get = [GENERAL[0], ("Request Method", "GET"), GENERAL[2]]
    assert exchanges("\n".join(chain.from_iterable(below(*pair) for pair in [*get, *SENT]))) == []
    finding = only("\n".join(chain.from_iterable(below(*pair) for pair in [*GENERAL, *SENT])))
    assert (finding.failure, finding.facts.method, finding.facts.origin) == (Failure.STATUS_NOT_OK, "PUT", PAGE)


@pytest.mark.parametrize("form", [beside, below, without_colons, in_a_table])
@pytest.mark.parametrize(
    ("method", "url", "status"),
    [("OPTIONS", URL, 405), ("GET", URL, None), ("OPTIONS", "https://api.example/other", None)],
)
def test_the_status_is_of_the_panel_s_request(form: Form, method: str, url: str, status: int | None) -> None:
    general = [("Request URL", url), ("Request Method", method), ("Status Code", "405 Method Not Allowed")]
    message = chromium(f"{PF}It does not have HTTP ok status.")
    findings = why("\n".join([message, *chain.from_iterable(form(*pair) for pair in general)])).findings
    assert (findings[0].facts.url, findings[0].facts.status) == (URL, status)
    assert len(findings) == (2 if (method, url) == ("OPTIONS", "https://api.example/other") else 1)


def test_a_panel_without_an_origin_shows_that_it_failed() -> None:
    lines = chain.from_iterable(below(*pair) for pair in [("Request URL", URL), ("Status Code", "403 Forbidden")])
    [finding] = why("\n".join(lines)).findings
    assert finding.facts.status == 403


@pytest.mark.parametrize("form", [beside, below, without_colons, in_a_table])
@pytest.mark.parametrize(("status", "cause"), [("404", "preflight-not-found"), ("405", "preflight-method-refused")])
@pytest.mark.parametrize("sent", [[], SENT[2:]])
def test_options_in_a_panel_is_a_preflight(form: Form, status: str, cause: str, sent: list[tuple[str, str]]) -> None:
    general = [("Request URL", URL), ("Request Method", "OPTIONS"), ("Status Code", status)]
    finding = only("\n".join(chain.from_iterable(form(*pair) for pair in [*general, *RECEIVED[1:], *sent])))
    assert finding.suspects[0].cause.id == cause
    assert finding.facts.to_json() == {"url": URL, "status": int(status), **dict(sent)}


def test_a_request_above_a_panel_is_its_own() -> None:
    request = f"OPTIONS /items HTTP/1.1\nHost: api.example\nOrigin: {PAGE}\nAccess-Control-Request-Method: PUT\n\n"
    panel = "\n".join(chain.from_iterable(beside(*pair) for pair in GENERAL[:3]))
    [one] = exchanges(f"{request}response:\n\n{panel}".replace(URL, "https://api.example/items"))
    assert (one.url, one.status, one.sent[1:]) == (
        "https://api.example/items", 403, [("Origin", PAGE), ("Access-Control-Request-Method", "PUT")],
    )  # fmt: skip


def test_an_address_without_a_slash_is_the_same() -> None:
    panel = "Request URL: http://api\nRequest Method: OPTIONS\nStatus Code: 302\nLocation: https://api/"
    message = chromium(f"{PF}Redirect is not allowed for a preflight request.").replace(URL, "http://api")
    assert only(f"{message}\n{panel}").suspects[0].cause.id == "preflight-redirect-https"
