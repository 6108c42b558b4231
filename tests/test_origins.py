import re
from collections.abc import Callable, Iterable
from typing import Any

import pytest

import wsgicors
from wsgicors import OriginSource, origins, patterns
from wsgicors._grammar import split_pattern
from wsgicors.origins import (
    MAX_HOST,
    MAX_ORIGIN,
    MAX_SCHEME,
    canonical_ipv6,
    is_ip,
    is_loopback,
    is_serialization,
    split_origin,
)
from wsgicors.patterns import OriginPattern, OriginSet, patterns_of
from wsgicors.problems import PolicyError

LABEL = "a" * 63
LONGEST_HOST = ".".join([LABEL, LABEL, LABEL, "a" * 61])
assert len(LONGEST_HOST) == MAX_HOST

ORIGINS = {
    "https://www.example.com": ("https", "www.example.com", None),
    "http://localhost": ("http", "localhost", None),
    "http://localhost:3000": ("http", "localhost", 3000),
    "http://a:1": ("http", "a", 1),
    "https://a:65535": ("https", "a", 65535),
    "https://a:80": ("https", "a", 80),
    "http://a:443": ("http", "a", 443),
    "https://a_b.example": ("https", "a_b.example", None),
    "https://-a-.example": ("https", "-a-.example", None),
    "https://_": ("https", "_", None),
    "https://xn--bcher-kva.example": ("https", "xn--bcher-kva.example", None),
    "https://1.example": ("https", "1.example", None),
    "https://a.1b": ("https", "a.1b", None),
    "https://a.0y": ("https", "a.0y", None),
    "https://a.b0": ("https", "a.b0", None),
    "https://0xg.0xg": ("https", "0xg.0xg", None),
    "http://127.0.0.1": ("http", "127.0.0.1", None),
    "http://255.255.255.255:8080": ("http", "255.255.255.255", 8080),
    "http://0.0.0.0": ("http", "0.0.0.0", None),
    "http://[::1]": ("http", "[::1]", None),
    "http://[::1]:3000": ("http", "[::1]", 3000),
    "https://[::]": ("https", "[::]", None),
    "https://[2001:db8::ff00:42:8329]": ("https", "[2001:db8::ff00:42:8329]", None),
    "https://[1:2:3:4:5:6:7:8]": ("https", "[1:2:3:4:5:6:7:8]", None),
    "https://[::ffff:102:304]": ("https", "[::ffff:102:304]", None),
    "https://[1:0:2::]": ("https", "[1:0:2::]", None),
    "chrome-extension://abcdefghijklmnopabcdefghijklmnop": (
        "chrome-extension",
        "abcdefghijklmnopabcdefghijklmnop",
        None,
    ),
    "moz-extension://0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0": (
        "moz-extension",
        "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0",
        None,
    ),
    "capacitor://localhost": ("capacitor", "localhost", None),
    "x-app+1.0://host:80": ("x-app+1.0", "host", 80),
    "x-app://1": ("x-app", "1", None),  # only special schemes have IPv4 hosts
    "x-app://1.2.3.4.5": ("x-app", "1.2.3.4.5", None),
    "x://a": ("x", "a", None),
    "https://www.example.com.": ("https", "www.example.com.", None),  # as Chromium sends it
    "http://localhost.:8000": ("http", "localhost.", 8000),
    "app://.": ("app", ".", None),  # as Electron sends it
    f"https://{LONGEST_HOST}": ("https", LONGEST_HOST, None),
    f"https://{LONGEST_HOST}:65535": ("https", LONGEST_HOST, 65535),
    f"{'x' * MAX_SCHEME}://{LONGEST_HOST}:65535": ("x" * MAX_SCHEME, LONGEST_HOST, 65535),
}

MALFORMED = [
    # no origin at all
    "", " ", "*", "null", "NULL", "Null", "https", "https:", "https:/", "https://", "://", "//www.example.com",
    "www.example.com", "www.example.com:443", "localhost:3000", "https:www.example.com", "https:/www.example.com",
    # more than an origin
    "https://www.example.com/", "https://www.example.com/a", "https://www.example.com?a", "https://www.example.com#a",
    "https://www.example.com\\", "https://user@www.example.com", "https://user:password@www.example.com",
    "https://@www.example.com", "https://www.example.com@evil.example",
    # more than one
    "https://a.example https://b.example", "https://a.example,https://b.example", "https://a.example, https://b.example",
    "https://a.example https://a.example", "https://a.example,", "null,null", "null, https://a.example",
    # blanks and control characters
    " https://a.example", "https://a.example ", "https://a.example\t", "\thttps://a.example", "https://a.example\n",
    "https://a.example\r\n", "\nhttps://a.example", "https://a.\nexample", "https://a.example\x00", "https://\x00",
    "https://a.example\x7f", "https://a.example\x0b", "https://a.example\x85", "https://a.example\xa0",
    "https://a.example\u2028",
    # non-ASCII, percent signs
    "https://bücher.example", "https://ｅxample.com", "https://a.example\xe9", "https://\u0661.example",
    "https://a.example:\u0661", "https://a%2eexample", "https://%61.example", "https://a。example",
    "http\u017f://a.example", "https://\ud800",
    # upper case
    "HTTPS://a.example", "Https://a.example", "https://A.example", "https://a.exAmple", "http://[::A]",
    # schemes
    "1http://a.example", "+http://a.example", "-x://a.example", ".x://a.example", "x_y://a.example", "x y://a.example",
    f"{'x' * (MAX_SCHEME + 1)}://a.example", "file://", "file://host", "blob://a.example", "data://a.example",
    "about://blank", "filesystem://a.example", "javascript://a.example", "https://https://a.example", "://a.example",
    # hosts
    "https://.", "https://.a.example", "http://127.0.0.1.", "https://a..example", "https://a.example..",
    f"https://{LABEL}a.example", f"https://a.{LABEL}a", f"https://a{LONGEST_HOST}", f"https://a.{LONGEST_HOST}",
    "https://*", "https://*.a.example", "https://a.*.example", "https://a.example*", "https://a*.example",
    "https://a!b.example", "https://a'b.example", "https://a~b.example", "https://(a).example", "https://a+b.example",
    # ports
    "https://a.example:", "https://a.example:0", "https://a.example:00", "https://a.example:08080",
    "https://a.example:65536", "https://a.example:99999", "https://a.example:100000", "https://a.example:-1",
    "https://a.example:+1", "https://a.example:1.0", "https://a.example:0x50", "https://a.example:http",
    "https://a.example:*", "https://a.example: 80", "https://a.example:8080:8080", "https://:8080",
    # a default port spelled out
    "https://a.example:443", "http://a.example:80", "ws://a.example:80", "wss://a.example:443", "ftp://a.example:21",
    # IPv4 addresses that browsers spell differently
    "http://1", "http://127.1", "http://127.0.1", "http://127.0.0.1.1", "http://256.0.0.1", "http://127.0.0.256",
    "http://127.0.0.01", "http://0x7f.0.0.1", "http://a.0x", "http://a.0x1f", "http://2130706433", "http://a.1",
    "http://127.0.0.1.", "http://a.example.09", "ws://1", "https://999", "http://1.2.3", "http://1.2.3.a.4",
    # IPv6 addresses that browsers spell differently
    "http://[]", "http://[:]", "http://[::1", "http://::1]", "http://::1", "http://[1]", "http://[::g]",
    "http://[0:0:0:0:0:0:0:1]", "http://[::01]", "http://[0::1]", "http://[1::0:2]", "http://[::1:2:3:4:5:6:7]",
    "http://[1:2:3:4:5:6:7]", "http://[1:2:3:4:5:6:7:8:9]", "http://[::1.2.3.4]", "http://[::ffff:1.2.3.4]",
    "http://[fe80::1%25eth0]", "http://[fe80::1%eth0]", "http://[1:0:0:2:0:0:0:3]:1:2", "http://[1:0:0:2:0:0:0:3]",
    "http://[::1].example", "http://a[::1]", "http://[[::1]]", "http://[::1]]", "http://[v1.a]", "http://[::1:80",
]  # fmt: skip


@pytest.mark.parametrize(("text", "parts"), ORIGINS.items())
def test_an_origin_is_parsed_into_its_parts(text: str, parts: tuple[str, str, int | None]) -> None:
    assert split_origin(text) == (*parts[:2], str(parts[2] or ""))
    assert is_serialization(text)
    assert text in OriginSet([text])
    assert split_pattern(text) == (*parts[:2], str(parts[2] or ""), False)


@pytest.mark.parametrize("text", ["ftp://a.example:22", "ws://a.example", "wss://a.example"])
def test_an_origin_of_no_page_is_no_pattern(text: str) -> None:
    assert is_serialization(text)
    assert split_pattern(text) is None
    assert patterns_of(text) == ()
    with pytest.raises(PolicyError, match="origin-pageless-scheme"):
        OriginSet([text])


@pytest.mark.parametrize("text", MALFORMED)
def test_what_no_browser_sends_is_no_origin(text: str) -> None:
    assert split_origin(text) is None
    assert not is_serialization(text)
    assert patterns_of(text) == (("file://",) if text == "file://" else ())


def test_an_origin_of_the_longest_kind_is_one_and_a_longer_is_none() -> None:
    longest = f"{'x' * MAX_SCHEME}://{LONGEST_HOST}:65535"
    assert len(longest) == MAX_ORIGIN
    assert split_origin(longest)
    assert not split_origin(longest + "0")
    assert longest in OriginSet([f"{'x' * MAX_SCHEME}://*.{LONGEST_HOST.partition('.')[2]}:65535"])


def test_what_is_too_long_is_not_looked_at() -> None:
    assert ("https://" + "a" * 1_000_000) not in OriginSet(
        [re.compile(r"https://a+")], dangerously_allow=["regex-unproven"]
    )


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("[::1]", True),
        ("127.0.0.1", True),
        ("127.0.0.1.", True),
        ("1", True),
        ("a.1", True),
        ("a.01", True),
        ("0x", True),
        ("a.0xff", True),
        ("a.0xfg", False),
        ("1.a", False),
        ("a", False),
        ("1a", False),
        ("a.x1", False),
        ("", False),
    ],
)
def test_a_host_that_can_only_be_an_address(host: str, expected: bool) -> None:
    assert is_ip(host) is expected


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("::", "::"),
        ("::1", "::1"),
        ("1::", "1::"),
        ("0:0:0:0:0:0:0:0", "::"),
        ("0:0:0:0:0:0:0:1", "::1"),
        ("1:0:0:0:0:0:0:0", "1::"),
        ("2001:0DB8::0001", "2001:db8::1"),
        ("1:0:0:2:0:0:0:3", "1:0:0:2::3"),
        ("1:0:0:0:2:0:0:3", "1::2:0:0:3"),
        ("1:0:0:2:0:0:3:4", "1::2:0:0:3:4"),  # of two runs of equal length, the first
        ("1:2:0:0:3:4:0:0", "1:2::3:4:0:0"),
        ("1:0:2:0:3:0:4:0", "1:0:2:0:3:0:4:0"),  # a lone zero is not compressed
        ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
        ("10:0:0:100:0:0:0:a0", "10:0:0:100::a0"),
        ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"),
        ("::ffff:1.2.3.4", "::ffff:102:304"),
        ("::1.2.3.4", "::102:304"),
        ("", ""),
        ("1", ""),
        ("1::2::3", ""),
        ("1:2:3:4:5:6:7:8:9", ""),
        ("::g", ""),
        ("[::1]", ""),
        ("1.2.3.4", ""),
        ("::00001", ""),
    ],
)
def test_the_canonical_text_of_an_ipv6_address(text: str, canonical: str) -> None:
    assert canonical_ipv6(text) == canonical


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True),
        ("a.localhost", True),
        ("a.b.localhost", True),
        ("localhost.", True),
        ("a.localhost.", True),
        ("localhost..", False),
        ("127.0.0.1", True),
        ("127.255.255.255", True),
        ("[::1]", True),
        ("localhost.example", False),
        ("alocalhost", False),
        ("a.localhost.example", False),
        ("127.example", False),
        ("127.0.0.1.example", False),
        ("127.0.0.256", False),
        ("128.0.0.1", False),
        ("126.0.0.1", False),
        ("[::2]", False),
        ("[::ffff:7f00:1]", False),
        ("0.0.0.0", False),
        ("10.0.0.1", False),
        ("local", False),
    ],
)
def test_a_host_that_is_the_machine_itself(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


PATTERNS: dict[str, tuple[list[str], list[str]]] = {
    "https://www.example.com": (
        ["https://www.example.com"],
        [
            "http://www.example.com", "https://example.com", "https://www.example.com:8443", "https://www.example.com.",
            "https://www.example.com:443", "https://www.example.com.evil.net", "https://evilwww.example.com",
            "https://a.www.example.com", "https://www.example.co", "https://www.example.community", "https://wwwxexample.com",
            "https://WWW.example.com", "https://www.example.com/", "https://www.example.com\n", "null", "", "*",
        ],
    ),
    "http://localhost:3000": (
        ["http://localhost:3000"],
        ["http://localhost", "http://localhost:300", "http://localhost:30000", "https://localhost:3000", "http://127.0.0.1:3000"],
    ),
    "https://*.example.com": (
        [
            "https://a.example.com", "https://a.b.example.com", "https://1.example.com", "https://_.example.com",
            "https://xn--bcher-kva.example.com", "https://127.0.0.1.example.com", "https://example.com.example.com",
            "https://" + ".".join(["a"] * 120) + ".example.com",
        ],
        [
            "https://example.com", "https://.example.com", "https://*.example.com", "https://aexample.com",
            "https://a-example.com", "https://a.example.com.evil.net", "https://a.example.com:8443", "http://a.example.com",
            "https://a.example.com:443", "https://a.example.com.", "https://a..example.com", "https://A.example.com",
            "https://a.example.community", "https://a.example.co", "https://evil.net?a.example.com", "https://a/.example.com",
            "https://evil.net#.example.com", "https://evil.net/.example.com", "https://user@a.example.com", "null",
            "https://a.xexample.com", "https://a%2eexample.com", "https://é.example.com", "wss://a.example.com",
            "https://" + ".".join(["a"] * 127) + ".example.com", "https://" + "a" * 64 + ".example.com",
        ],
    ),
    "https://*.example.com:8443": (
        ["https://a.example.com:8443", "https://a.b.example.com:8443"],
        ["https://a.example.com", "https://a.example.com:843", "https://a.example.com:84430", "https://example.com:8443"],
    ),
    "http://localhost:*": (
        ["http://localhost", "http://localhost:1", "http://localhost:3000", "http://localhost:65535", "http://localhost:443"],
        [
            "http://localhost:80", "http://localhost:0", "http://localhost:65536", "http://localhost:", "http://localhost:*",
            "http://localhost:03000", "https://localhost:3000", "http://a.localhost", "http://localhost.evil.net",
            "http://localhost:3000.evil.net", "http://localhost:3000@evil.net", "http://localhost:3000/",
        ],
    ),
    "https://*.example.com:*": (
        ["https://a.example.com", "https://a.b.example.com:8443"],
        ["https://example.com", "https://example.com:8443", "http://a.example.com", "https://a.example.com:443"],
    ),
    "http://[::1]:*": (
        ["http://[::1]", "http://[::1]:3000"],
        ["http://[::2]", "http://[::1]:80", "http://[0:0:0:0:0:0:0:1]", "http://localhost", "http://::1"],
    ),
    "http://127.0.0.1:*": (
        ["http://127.0.0.1", "http://127.0.0.1:8000"],
        ["http://127.1", "http://127.0.0.11", "http://127.0.0.1.example", "http://a.127.0.0.1", "http://2130706433"],
    ),
    "chrome-extension://abcdef": (
        ["chrome-extension://abcdef"],
        ["chrome-extension://abcdefg", "moz-extension://abcdef", "chrome-extension://", "https://abcdef", "null"],
    ),
    "capacitor://localhost": (
        ["capacitor://localhost"],
        ["http://localhost", "capacitor://localhost:80", "ionic://localhost"],
    ),
    "x-app://*.example": (["x-app://a.example"], ["x-app://example", "https://a.example"]),
    "https://pr-*.example.com": (
        ["https://pr-1.example.com", "https://pr-a-b-9.example.com", "https://pr--.example.com"],
        [
            "https://pr-.example.com", "https://pr-1.a.example.com", "https://pr-1_.example.com", "https://pr-1.example.com.",
            "https://pr-1.example.com:8443", "http://pr-1.example.com", "https://xpr-1.example.com", "https://pr-a.b.example.com",
            "https://pr-1.example.com.evil.net", "https://pr-*.example.com", "https://pr-1/.example.com",
        ],
    ),
    "https://*-team.vercel.app:*": (
        ["https://a-team.vercel.app", "https://a-b-team.vercel.app:8443"],
        ["https://-team.vercel.app", "https://a.b-team.vercel.app", "https://a-team.vercel.app:443", "https://a-team.b.vercel.app"],
    ),
    "https://a-*-z.example.com": (
        ["https://a-1-z.example.com", "https://a---z.example.com"],
        ["https://a--z.example.com", "https://a-z.example.com", "https://a-1-zz.example.com"],
    ),
    "moz-extension://*": (
        ["moz-extension://0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0", "moz-extension://a"],
        [
            "moz-extension://", "moz-extension://a.b", "moz-extension://a:80", "moz-extension://a_b", "chrome-extension://a",
            "moz-extension://*", "https://a",
        ],
    ),
    "https://www.example.org.": (
        ["https://www.example.org."], ["https://www.example.org", "https://a.www.example.org.", "https://www.example.org.:8443"],
    ),
    "https://*.example.org.": (["https://a.example.org."], ["https://a.example.org", "https://example.org."]),
    "http://localhost.:*": (["http://localhost.", "http://localhost.:8000"], ["http://localhost", "http://a.localhost."]),
    "app://.": (["app://."], ["app://", "app://..", "app://a", "https://."]),
    "file://": (["file://"], ["file://a", "file:///", "null"]),
    "null": (
        ["null"],
        ["NULL", "Null", "", " null", "null,null", "https://null", "file:", "null ", "about://null", "nullx"],
    ),
}  # fmt: skip

FAMILIES = [(pattern, origin) for pattern, (members, _) in PATTERNS.items() for origin in members]
STRANGERS = [(pattern, origin) for pattern, (_, strangers) in PATTERNS.items() for origin in strangers]


@pytest.mark.parametrize(("pattern", "origin"), FAMILIES)
def test_a_pattern_matches_its_family(pattern: str, origin: str) -> None:
    assert OriginPattern.parse(pattern).matches(origin)
    assert origin in OriginSet([pattern])
    assert origin in OriginSet(PATTERNS)


@pytest.mark.parametrize(("pattern", "origin"), STRANGERS)
def test_a_pattern_matches_nobody_else(pattern: str, origin: str) -> None:
    assert not OriginPattern.parse(pattern).matches(origin)
    assert origin not in OriginSet([pattern])


@pytest.mark.parametrize("origin", sorted({origin for _, origin in FAMILIES + STRANGERS} | ORIGINS.keys()))
def test_every_pattern_that_matches_is_told(origin: str) -> None:
    patterns = patterns_of(origin)
    assert len(set(patterns)) == len(patterns)
    for pattern in patterns:
        assert OriginPattern.parse(pattern).matches(origin), pattern
    for pattern in PATTERNS:
        matches = OriginPattern.parse(pattern).matches(origin)
        assert (pattern in patterns) is (matches and pattern != "null")


@pytest.mark.parametrize("origin", [text for text in MALFORMED if text != "null"])
def test_what_is_malformed_is_a_member_of_nothing(origin: str) -> None:
    everything = OriginSet(
        [
            *(pattern for pattern in PATTERNS if pattern != origin),
            re.compile(r"https?://.*\.example", re.DOTALL),
            Anything(r"x"),
        ],
        dangerously_allow=["regex-unproven", "public-suffix"],
    )
    assert origin not in everything


def Anything(text: str) -> re.Pattern[str]:
    """A regular expression that admits everything except the origins of the checks."""
    return re.compile(rf"https://(?!stranger|a\.b\.stranger)[^{text}]*|http://(?!stranger)[^{text}]*", re.DOTALL)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_is_written_as_it_was_read(pattern: str) -> None:
    parsed = OriginPattern.parse(pattern)
    assert str(parsed) == pattern
    assert parsed == OriginPattern.parse(pattern)
    assert hash(parsed) == hash(OriginPattern.parse(pattern))
    assert eval(repr(parsed)) == parsed


@pytest.mark.parametrize(
    ("pattern", "parts"),
    [
        ("null", ("", "null", "", False)),
        ("https://a.example", ("https", "a.example", "", False)),
        ("https://*.a.example:8443", ("https", "a.example", "8443", True)),
        ("https://*.a.example:*", ("https", "a.example", "*", True)),
        ("http://[::1]:*", ("http", "[::1]", "*", False)),
        # the longest name without one letter and a dot
        (f"https://*.{LONGEST_HOST[2:]}", ("https", LONGEST_HOST[2:], "", True)),
    ],
)
def test_the_parts_of_a_pattern(pattern: str, parts: tuple[str, str, str, bool]) -> None:
    assert split_pattern(pattern) == parts


@pytest.mark.parametrize(
    "text",
    [
        "*", "https://*", "https://*:*", "https://*.", "*://a.example", "*.example.com", "https://pr-*",
        "https://a.*.example.com", "https://a.*", "https://*.*.example.com", "https://*.*", "https://**.example.com",
        "https://*.127.0.0.1", "https://*.[::1]", "x-app://*.127.0.0.1", "http://*.1", "https://*.a.example:443",
        "http://a.example:80:*", "http://a.example:8080:*", "https://a.example:**", "https://a.example:80*",
        "https://a.example:*:*", "https://a.example*", "file://*", "file://*.a", f"https://*.{LONGEST_HOST}",
        f"https://*.{LONGEST_HOST[1:]}", "https://*.a.example/", "https://*.A.example", "HTTPS://*.a.example",
        "NULL", "null:*", "https://a.example:*/", "https://a://*.b", "a://*.b://*.c", "https://*.a.example..", ":*",
        "://*.", "http://xn--f", "https://*.xn--f.example",
        "https://pr-*.127.0.0.1", "https://*a*.example.com", "https://xn--*.example.com", "https://a.b-*.example.com", "x-app://*",
        "chrome-extension://*:*", "chrome-extension://*:80", "file://*.a.example", "https://*.pr-*.example.com", "https://pr-*.",
    ],
)  # fmt: skip
def test_no_pattern(text: str) -> None:
    assert split_pattern(text) is None
    with pytest.raises(PolicyError):
        OriginPattern.parse(text)
    with pytest.raises(PolicyError):
        OriginSet([text])


def test_every_faulty_member_of_a_set_is_reported() -> None:
    members = [
        "https://a.example/",
        "https://b.example",
        b"https://c.example",
        None,
        5,
        re.compile("https://www.d\\.example"),
    ]
    with pytest.raises(PolicyError) as error:
        OriginSet(members)
    codes = [problem.code for problem in error.value.problems]
    assert codes == ["origin-trailing-slash", "wrong-type", "wrong-type", "wrong-type", "regex-dot"]


@pytest.mark.parametrize(
    ("regex", "origin", "expected"),
    [
        (r"https://[a-z]+\.example\.com", "https://a.example.com", True),
        (r"https://[a-z]+\.example\.com", "https://a.example.com.evil.net", False),
        (r"https://[a-z]+\.example\.com", "https://a.example.com:8443", False),
        (r"https://[a-z]+\.example\.com", "https://a.exampleXcom", False),
        (r"https://a\.example|https://b\.example", "https://b.example", True),
        (r"https://a\.example|https://b\.example", "https://b.example.evil.net", False),
        (r"^https://a\.example$", "https://a.example\n", False),
        (r"https://(.*)\.example\.com", "https://a.b.example.com", True),
        (r"https://(.*)\.example\.com", "https://evil.net?.example.com", False),  # not an origin, whatever it matches
        (r"https://(.*)\.example\.com", "https://evil.net/.example.com", False),
        (r"https://(.*)\.example\.com", "https://A.example.com", False),
        (r"https://(.*)\.example\.com(:\d+)?", "https://a.example.com:8443", True),
        (r"https://(.*)\.example\.com(:\d+)?", "https://a.example.com:443", False),
        (r"x-app://[a-z]+", "x-app://abc", True),
        (r"x-app://[a-z]+", "null", False),
        # Hosts that are not looked up by name: addresses.
        (r"http://192\.168\.1\.\d+", "http://192.168.1.7", True),
        (r"http://192\.168\.1\.\d+", "http://192.168.2.7", False),
        (r"http://\[::1\](:\d+)?", "http://[::1]", True),
        (r"http://\[::1\](:\d+)?", "http://[::1]:8080", True),
        (r"http://\[::1\](:\d+)?", "http://[::2]:8080", False),
    ],
)
def test_a_regular_expression_matches_the_whole_of_an_origin(regex: str, origin: str, expected: bool) -> None:
    assert (origin in OriginSet([re.compile(regex)])) is expected


def test_the_flags_of_a_regular_expression_are_kept() -> None:
    assert "https://a.example" in OriginSet(
        [re.compile(r"HTTPS://A\.EXAMPLE".lower().replace("a", "A"), re.IGNORECASE)]
    )


class CountingDict(dict[str, Any]):
    """A dict that records its lookups."""

    def __init__(self, items: dict[str, Any]) -> None:
        super().__init__(items)
        self.asked: list[str] = []

    def get(self, key: str, default: Any = None) -> Any:
        self.asked.append(key)
        return super().get(key, default)


class HashedText(str):
    """A text that counts its lookups."""

    __slots__ = ("hashed",)

    def __init__(self, _text: str) -> None:
        self.hashed = 0

    def __hash__(self) -> int:
        self.hashed += 1
        return super().__hash__()

    def __eq__(self, other: object) -> bool:
        return super().__eq__(other)


@pytest.fixture(scope="module")
def million() -> OriginSet:
    return OriginSet(f"https://tenant-{number}.example" for number in range(1_000_000))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ("https://tenant-0.example", True),
        ("https://tenant-999999.example", True),
        ("https://tenant-1000000.example", False),
        ("https://tenant-00.example", False),
        ("https://tenant-.example", False),
        ("http://tenant-7.example", False),
        ("https://tenant-7.example:443", False),
        ("https://tenant-7.example.", False),
        ("https://a.tenant-7.example", False),
        ("null", False),
    ],
)
def test_a_million_exact_origins_cost_one_lookup(million: OriginSet, origin: str, expected: bool) -> None:
    asked = HashedText(origin)
    assert (asked in million) is expected
    assert asked.hashed == 1


@pytest.mark.slow
def test_a_million_exact_origins_are_kept_once_each(million: OriginSet) -> None:
    assert len(million) == len(million.exact) == 1_000_000
    assert not million._parents
    assert not million._any_port
    assert not million._matchers
    # the given texts themselves, not copies
    assert {id(member) for member in million.members} == {id(member) for member in million.exact}


@pytest.mark.parametrize(("patterns"), [1, 1000])
@pytest.mark.parametrize(
    ("origin", "lookups"),
    [
        ("https://a", 0),
        ("https://a.stranger", 1),
        ("https://a.b.c.d.e.stranger", 5),
        ("https://" + ".".join("a" * 127), 126),
        ("https://" + ".".join("a" * 200), 0),  # too long for an origin
    ],
)
def test_wildcards_cost_a_lookup_a_label_however_many_there_are(patterns: int, origin: str, lookups: int) -> None:
    origins = OriginSet(f"https://*.tenant-{number}.example" for number in range(patterns))
    counting = CountingDict(origins._parents)
    origins._parents = counting
    assert origin not in origins
    assert len(counting.asked) == lookups
    counting.asked.clear()
    assert "https://a.b.tenant-0.example" in origins
    assert counting.asked == ["b.tenant-0.example", "tenant-0.example"]


def test_each_pattern_is_kept_once() -> None:
    origins = OriginSet([*PATTERNS, *PATTERNS])
    wildcards = sum(map(len, origins._parents.values()))
    wildcards += sum(len(patterns) for shapes in origins._labels.values() for patterns in shapes.values())
    assert len(origins.exact) + len(origins._any_port) + len(origins._extensions) + wildcards == len(PATTERNS)


def test_ports_of_one_wildcard_add_up() -> None:
    origins = OriginSet(["https://*.a.example:1", "https://*.a.example", "https://*.a.example:2"])
    assert all(
        origin in origins for origin in ["https://b.a.example", "https://b.a.example:1", "https://b.a.example:2"]
    )
    assert "https://b.a.example:3" not in origins


def test_the_nearest_suffix_need_not_be_the_one_that_admits() -> None:
    origins = OriginSet(["https://*.b.example:8443", "https://*.example"])
    assert "https://a.b.example" in origins
    assert "https://a.b.example:8443" in origins
    assert "https://a.example:8443" not in origins


def test_sets_of_the_same_members_are_equal() -> None:
    regex = re.compile(r"https://[a-z]+\.a\.example")
    one, other = OriginSet(["https://a.example", regex]), OriginSet(["https://a.example", regex])
    assert one == other
    assert hash(one) == hash(other)
    assert one != OriginSet(["https://a.example"])
    assert one != ("https://a.example", regex)
    assert eval(repr(one)) == one
    assert len(one) == 2


def test_an_empty_set_has_no_member() -> None:
    assert "https://a.example" not in OriginSet([])
    assert "null" not in OriginSet([])


def test_a_pattern_object_is_a_member_like_its_text() -> None:
    patterns = [OriginPattern.parse(text) for text in PATTERNS]
    assert OriginSet(patterns) == OriginSet(PATTERNS)
    assert OriginSet(patterns).members == tuple(PATTERNS)
    for _, origin in FAMILIES:
        assert origin in OriginSet(patterns)


@pytest.mark.parametrize(
    ("pattern", "code"),
    [
        (OriginPattern("https", "a.example", "443"), "origin-default-port"),
        (OriginPattern("https", "A.example"), "origin-upper-case"),
        (OriginPattern("https", "127.0.0.1", subdomains=True), "origin-wildcard-ip"),
        (OriginPattern("file", "a"), "origin-opaque-scheme"),
    ],
)
def test_a_pattern_object_has_the_problem_of_its_text(pattern: OriginPattern, code: str) -> None:
    with pytest.raises(PolicyError) as error:
        OriginSet([pattern])
    assert [problem.code for problem in error.value.problems] == [code]


@pytest.mark.parametrize(
    ("thing", "expected"),
    [
        (OriginSet([]), True),
        ({"https://a.example"}, True),  # a policy therefore first checks whether it can be iterated
        (5, False),
        (object(), False),
    ],
)
def test_a_source_answers_in(thing: object, expected: bool) -> None:
    assert isinstance(thing, OriginSource) is expected


@pytest.mark.parametrize("length", range(MAX_HOST - 12, MAX_HOST + 12))
def test_a_name_is_bounded_as_dns_bounds_it(length: int) -> None:
    host = ".".join([LABEL, LABEL, LABEL, "a" * 40, "b" * (length - 233)])
    assert len(host) == length
    for scheme in ("http", "https", "x-app"):
        origin = f"{scheme}://{host}"
        assert is_serialization(origin) is (split_origin(origin) is not None) is (length <= MAX_HOST)
        assert (origin in OriginSet([f"{scheme}://*.{host.rpartition('.')[2]}"])) is (length <= MAX_HOST)


@pytest.mark.parametrize("attribute", ["scheme", "host", "port", "subdomains"])
def test_a_pattern_is_immutable(attribute: str) -> None:
    with pytest.raises(AttributeError):
        setattr(OriginPattern.parse("https://a.example"), attribute, "x")


def ends(text: str) -> Iterable[Callable[[str], str]]:
    yield lambda origin: origin + text
    yield lambda origin: text + origin


@pytest.mark.parametrize(
    "character", [chr(code) for code in range(0x20)] + list(' "#%&()*+,/;<=>?@[\\]^`{|}~\x7f\x80\xff')
)
def test_no_character_around_an_origin_is_forgiven(character: str) -> None:
    origins = OriginSet(
        [*PATTERNS, re.compile(r"https://.*\.example", re.DOTALL)],
        dangerously_allow=["regex-unproven", "public-suffix"],
    )
    for change in ends(character):
        for _, origin in FAMILIES:
            assert change(origin) not in origins


# -- Names that moved ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Member", "OriginPattern", "OriginSet", "OriginSource", "patterns_of"])
def test_a_name_of_1_0_0_is_found_where_it_was(name: str) -> None:
    now = wsgicors if name == "OriginSource" else patterns
    with pytest.warns(
        DeprecationWarning, match=rf"^wsgicors\.origins\.{name} is {re.escape(now.__name__)}\.{name} now$"
    ) as warned:
        assert getattr(origins, name) is getattr(now, name)
    assert warned[0].filename == __file__


def test_no_other_name_is_made_up() -> None:
    with pytest.raises(AttributeError, match=r"'wsgicors\.origins' has no attribute 'Origins'"):
        origins.Origins  # noqa: B018
