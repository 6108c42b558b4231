"""The browser's URLs, compared with a library that passes the URL standard's own tests."""

import ipaddress
import unicodedata
from itertools import chain

import ada_url
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wsgicors.browser import Failure, Request, Response, fetch
from wsgicors.browser._hosts import parse_host
from wsgicors.browser._urls import parse_location, parse_url

BASE = "http://u:p@base.example:8080/a/b/c?q"


def reference(text: str, base: str | None = None) -> str | None:
    """Return `ada-url`'s reading of `text`, without the fragment, which a fetch ignores."""
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # as a script passes it
    try:
        url = ada_url.URL(text, base=base)
    except ValueError:
        return None
    url.hash = ""
    return url.href


def ours(text: str, base: str | None = None) -> str | None:
    url = parse_url(text, parse_url(base) if base else None)
    return str(url) if url else None


def has_one_joiner_at_most(host: str) -> bool:
    return host.count("\u200c") + host.count("\u200d") <= 1


def is_rtl(letter: str) -> bool:
    return unicodedata.bidirectional(letter) in {"R", "AL", "AN"}


# -- Hosts ---------------------------------------------------------------------------------------------------

NUMBERS = ["0", "1", "127", "255", "256", "65535", "65536", "16777216", "4294967295", "4294967296", "00", "08", "0377",
           "0x", "0x7f", "0X7F", "0xg", "1_0", "+1", "\uff11", "-1", "1e3"]  # fmt: skip
# ASCII, mapped (capitals, full width, ideographic full stop), ignored (soft hyphen), joiners, right to left, combining,
# disallowed, and refused only by IDNA 2008.
LETTERS = ["a", "B", "z", "0", "1", "-", "_", ".", "xn--", "%61", "%C3%BC", "%ff", "%", "~", "!", "$", "'", "*", "\xfc",
           "\xdf", "\u1e9e",
           "\u3002", "\uff0e", "\uff41", "\xad", "\u200c", "\u200d", "\u094d", "\u0915", "\u0300",
           "\ufffd", "\u2603", "\U0001f36d", "\u2260", "\u2100", "^", "|", "<", "#", "\x7f", "\x01", "\ufeff",
           "\ud800"]  # fmt: skip
PIECES = ["0", "1", "ffff", "00a0", "10000", "", "::", ":", "1.2.3.4", "1.2.3.04", "256.1.1.1", "%25eth0", "g", "F00d"]

# Characters of this Python's Unicode. Right-to-left ones have separate tests; `ada-url` lacks the newer marks.
characters = st.text(
    st.characters(exclude_categories=["Cn", "Co", "M"]).filter(lambda letter: not is_rtl(letter)), max_size=8
)
hosts = st.one_of(
    st.lists(st.sampled_from(NUMBERS), min_size=1, max_size=5).map(".".join),
    st.lists(st.sampled_from(NUMBERS), min_size=1, max_size=5).map(".".join).map("{}.".format),
    st.lists(st.sampled_from(LETTERS), max_size=6).map("".join).filter(has_one_joiner_at_most),
    st.lists(st.sampled_from(LETTERS + NUMBERS), max_size=4).map("".join).filter(has_one_joiner_at_most),
    st.lists(st.sampled_from(PIECES), max_size=9).map(":".join).map("[{}]".format),
    st.integers(0, 2**128 - 1).map(lambda number: f"[{ipaddress.IPv6Address(number).exploded}]"),
    characters,
)


@given(hosts)
@example("127.1")
@example("b\xfccher.example")
@example("\u2603.example")
@example("xn--\xfc")
@example("\u200d")
@example("1..2")
@example("0.0.0.0.0")
@example("\xad")
def test_hosts_are_those_of_the_standard(host: str):
    assert ours(f"http://{host}/") == reference(f"http://{host}/")


# One joiner at most: `ada-url` accepts consecutive ones (RFC 5892, A.1 and A.2, do not).
@given(st.text("\u094d\u0915\u200c\u200d\u0300a1\xfc.", min_size=1, max_size=5).filter(has_one_joiner_at_most))
def test_joiners_are_those_of_the_standard(host: str):
    assert ours(f"http://{host}/") == reference(f"http://{host}/")


# Only one label: in a domain with such letters, `ada-url` does not check ASCII labels (RFC 5893, 2, rule 1).
@given(st.text("\u05d0\u0627\u0661\u0300a1-\xfc", min_size=1, max_size=5))
def test_labels_from_right_to_left_are_those_of_the_standard(label: str):
    assert ours(f"http://{label}/") == reference(f"http://{label}/")


@pytest.mark.parametrize("host", ["\u05d0.1a", "1a.xn--4db.\xfc", "\u0627\u094d\u200c"])
def test_right_to_left_domains_that_are_none(host: str):
    """RFC 5893, 2: each label begins with a letter (rule 1) and ends with one or a digit (rule 3)."""
    assert parse_host(host) is None


@given(st.text("\xfc\xdfa1\u2603A\uff21", min_size=1, max_size=5))
def test_punycode_is_read_as_the_standard_reads_it(label: str):
    # The second label is not ASCII, so the first one is decoded and checked.
    host = f"xn--{label.encode('punycode').decode()}.\xfc"
    assert ours(f"http://{host}/") == reference(f"http://{host}/")


@given(st.integers(0, 2**128 - 1) | st.lists(st.sampled_from([0, 0, 1, 0xABCD]), min_size=8, max_size=8).map(
    lambda pieces: sum(piece << 16 * i for i, piece in enumerate(pieces))))  # fmt: skip
def test_ipv6_addresses_read_back(number: int):
    host = parse_host(f"[{ipaddress.IPv6Address(number).exploded}]")
    assert host is not None
    assert ipaddress.IPv6Address(host.strip("[]")) == ipaddress.IPv6Address(number)
    assert parse_host(host) == host


def test_a_long_unicode_host_is_refused():
    assert parse_host("\xfc" * 255) is not None
    assert parse_host("\xfc" * 256) is None
    assert parse_host("a" * 256) == "a" * 256


# -- URLs ----------------------------------------------------------------------------------------------------

PARTS = ["http:", "https:", "HTTP:", "/", "//", "\\", "?", "#", "@", ":", "u", "u:p", ":80", ":443", ":0080",
         ":65536", ":8a", "a", "B.c", "127.1", "[::1]", ".", "..", "%2e", "%2E.", "%", "%4", "%41", " ", "\t", "\n",
         "\x00", "\x1f", "\xe9", "\u2603", "\ud800", "`", "'", '"', "<", ">",
         "^", "{", "}", "|", "[", "]", ";", "=", "&", "+", "$", ",", "!", "~", "\x7f"]  # fmt: skip
texts = st.lists(st.sampled_from(PARTS), max_size=8).map("".join) | characters
urls = st.tuples(st.sampled_from(["http://", "https://", "http:", "HTTPS:/", "http:\\\\", " http://"]), texts).map(
    "".join
)


@given(urls)
@example("http://u:@a/")
@example("http://:p@a/")
@example("http://a@b@c:d@e/")
@example("http://a:/")
@example("http://a?/b@c")
def test_urls_are_those_of_the_standard(text: str):
    assert ours(text) == reference(text)


@given(texts, st.sampled_from([BASE, "https://base.example", "http://[::1]/?"]))
@example("https:c", "https://base.example")
@example("///x", BASE)
@example("", BASE)
@example("?", BASE)
@example("#f", BASE)
@example("a:b", BASE)
def test_relative_urls_are_those_of_the_standard(text: str, base: str):
    url = parse_url(text, parse_url(base))
    expected = reference(text, base)
    if url is None or url.origin:
        assert (url and str(url)) == expected
    else:  # for other schemes nothing else is known, not even whether the rest is well-formed
        assert expected is None or expected.startswith(f"{url.scheme}:")


@given(st.binary(max_size=6), st.sampled_from(["", "/", "?", "//a/", "http://b\xc3\xbc"]))
def test_a_location_is_read_byte_by_byte(value: bytes, before: str):
    """Browsers copy non-ASCII bytes into the URL, escaped."""
    text = before + value.decode("latin-1")
    escaped = "".join(letter if letter.isascii() else f"%{ord(letter):02X}" for letter in text)
    base = parse_url(BASE)
    assert base is not None
    url = parse_location(text, base)
    assert url == parse_url(escaped, base)
    if url is None or url.origin:
        assert (url and str(url)) == reference(escaped, BASE)


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("http://127.1:8000/", "http://127.0.0.1:8000/"), ("http://0x7f000001/", "http://127.0.0.1/"),
        ("http://1.2.3/", "http://1.2.0.3/"),
        ("http://017700000001/", "http://127.0.0.1/"), ("//b\xc3\xbccher.example/", "https://xn--bcher-kva.example/"),
        ("//%62%C3%BCcher.example/", "https://xn--bcher-kva.example/"),
        ("//\xe2\x98\x95.example/", "https://xn--53h.example/"),
        ("//FA\xc3\x9f.de/", "https://xn--fa-hia.de/"), ("//xn--bcher-KVA.example/", "https://xn--bcher-kva.example/"),
    ],
)  # fmt: skip
def test_a_redirect_to_an_unusual_host_is_followed(location: str, url: str):
    allow = ("Access-Control-Allow-Origin", "*")
    answers = [Response(302, [("Location", location), allow]), Response(200, [allow])]
    conclusion = fetch(Request("https://api.example/x", "https://app.example"), lambda sent: answers.pop(0))
    assert conclusion.allowed
    assert conclusion.exchanges[1].request.url == url


@pytest.mark.parametrize(
    "location",
    ["//b\xfccher.example/", "//\xcc\x80.example/", "//1.2.3.4.5/", "//4294967296/", "//%00/", "//\xc2\xad/"],
)
def test_a_redirect_to_no_host_fails(location: str):
    answer = Response(302, [("Location", location), ("Access-Control-Allow-Origin", "*")])
    failed = fetch(Request("https://api.example/x", "https://app.example"), lambda sent: answer).failed
    assert failed is not None
    assert failed.failure is Failure.LOCATION_INVALID


@given(st.lists(st.sampled_from(["a", "%2e%2E", ".", "..", ""]), max_size=6).map("/".join))
def test_no_dot_segment_is_left(path: str):
    url = parse_url(f"http://a/{path}")
    assert url is not None
    assert not set(chain.from_iterable(part.split("%") for part in url.path.split("/"))) & {".", ".."}
