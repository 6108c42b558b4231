"""An exchange is the same, whichever browser's panel people copy, and whatever became of its lines."""

import random
from collections.abc import Callable
from typing import Final, NamedTuple

import pytest

from tests.doctor.findings import exchanges
from wsgicors.doctor.evidence._panel_forms import in_one_form

Pairs = list[tuple[str, str]]


class Panel(NamedTuple):
    method: str
    url: str
    status: str
    received: Pairs
    sent: Pairs


def rows(pairs: Pairs) -> list[str]:
    return [part for name, value in pairs for part in (name, f"\t{value}")]


TRANSFER: Final = ("VersionHTTP/2", "Transferred139 B (0 B size)", "Referrer Policystrict-origin-when-cross-origin",
                   "Request PriorityHighest", "DNS ResolutionSystem")  # fmt: skip
IN_GERMAN: Final = ("VersionHTTP/1.1", "Übertragen3,20 KB (63 B Größe)", "Referrer Policystrict-origin")


def of_firefox(one: Panel) -> list[str]:
    status, _, phrase = one.status.partition(" ")
    general = [one.method, f"\t{one.url}", "Status", status, *([phrase] if phrase else []), *TRANSFER]
    return [*general, "", "\t", *rows(one.received), "\t", *rows(one.sent)]


def with_a_row_above(one: Panel) -> list[str]:
    return [f"XHR{one.method}", one.url, f"[HTTP/2 {one.status} 49ms]", "", "\t", *of_firefox(one)]


def glued(one: Panel) -> list[str]:
    above = [f"{one.method} {one.url}", f"Status{one.status}", *IN_GERMAN]
    return [*above, "", *rows(one.received), "", *rows(one.sent)]


def in_parts(one: Panel) -> list[str]:
    scheme, _, rest = one.url.partition("://")
    host, _, path = rest.partition("/")
    parts = [
        "scheme",
        f"\t{scheme}",
        "host",
        f"\t{host}",
        "filename",
        f"\t/{path}",
        "page",
        "\t2",
        "Address",
        "\t[::1]:443",
    ]
    return [one.method, "\t", *parts, *of_firefox(one)[2:]]


def of_safari(one: Panel) -> list[str]:
    general = ["Summary", f"URL: {one.url}", f"Status: {one.status}", "Source: Network", "Address: 192.0.2.1:443", ""]
    sent = [
        "Request",
        f":method: {one.method}",
        ":scheme: https",
        *(f"{name}: {value}" for name, value in one.sent),
        "",
    ]
    return [
        *general,
        *sent,
        "Response",
        f":status: {one.status[:3]}",
        *(f"{name}: {value}" for name, value in one.received),
    ]


def in_one_line(one: Panel) -> list[str]:
    general = (
        f"Request URL: {one.url} Request Method: {one.method} Status Code: {one.status} Remote Address: 192.0.2.1:443"
    )
    headers = [*one.received, *one.sent]
    return [general, *(f"{name}: {value}" for name, value in headers)]


def in_a_table(one: Panel) -> list[str]:
    general = [("Request URL", one.url), ("Request Method", one.method), ("Status Code", one.status)]
    return [
        "| Name | Value |",
        "| --- | --- |",
        *(f"| {name} | {value} |" for name, value in [*general, *one.received, *one.sent]),
    ]


def panels() -> list[Panel]:
    chance = random.Random(17)
    received = [("access-control-allow-origin", "https://b.example"), ("date", "Fri, 17 Apr 2026 20:21:17 GMT"),
                ("via", "1.1 x"), ("content-type", "text/html"), ("vary", "Origin"), ("server", "nginx"),
                ("content-length", "0")]  # fmt: skip
    sent = [("Accept", "*/*"), ("Access-Control-Request-Method", "PUT"), ("Host", "api.example")]
    return [
        Panel(
            chance.choice(["GET", "OPTIONS", "PUT"]),
            f"https://api.example/{chance.choice(['', 'a', 'a/b', 'a/b.json'])}",
            chance.choice(["200 OK", "401", "403 Forbidden", "405 Method Not Allowed", "502 Bad Gateway", "302 Found"]),
            chance.sample(received, chance.randint(1, 7)),
            [sent[0], *chance.sample(sent[1:], chance.randint(0, 2)), ("Origin", "https://app.example")],
        )
        for _ in range(40)
    ]


@pytest.mark.parametrize("form", [of_firefox, with_a_row_above, glued, in_parts, of_safari, in_one_line, in_a_table])
@pytest.mark.parametrize("behind", ["", "\n\nThis is what I see, and here is my code:\n\nserver: x"])
def test_every_form_is_the_same_exchange(form: Callable[[Panel], list[str]], behind: str) -> None:
    for one in panels():
        [found] = exchanges("\n".join(form(one)) + behind)
        assert (found.method, found.url, found.status) == (one.method, one.url, int(one.status[:3])), form(one)
        assert (found.received, found.sent[: len(one.sent)]) == (one.received, one.sent), form(one)


def test_two_panels_are_two_exchanges() -> None:
    two = [
        Panel("GET", f"https://api.example/{at}", at, [("server", "x")], [("Origin", "https://a.example")])
        for at in ("401", "502")
    ]
    for form in (of_firefox, with_a_row_above, in_parts):
        found = exchanges("\n".join([*form(two[0]), "", "and then", "", *form(two[1])]))
        assert [(one.url, one.status) for one in found] == [(one.url, int(one.status)) for one in two]


def test_a_panel_in_one_line() -> None:
    line = "POST https://api.example/a Status 403 VersionHTTP/2 Transferred1.26 kB (919 B size) Referrer Policyorigin"
    assert [text for _, text in in_one_form([(1, line)])] == [
        "Request URL: https://api.example/a", "Request Method: POST", "Status Code: 403",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ["Status\n404\nVersionHTTP/2", "https://api.example/a\nVersionHTTP/2\nhost\napi", "a | b\n| c | d |",
     "VersionHTTP/2", "scheme\nhttps\nhost\napi.example\nStatus\n404\nVersionHTTP/2",
     "Status: 404\nMethod: GET\nRequest",
     "URL: https://a.example/\nStatus: open\nRequest",
     "URL: https://a.example/\nStatus: 404\nGET /a HTTP/1.1\nHost: a.example"],
)  # fmt: skip
def test_what_is_no_panel_stays_as_it_is(text: str) -> None:
    lines = [*enumerate(text.split("\n"), 1)]
    assert in_one_form(lines) == lines
