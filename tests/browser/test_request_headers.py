"""Request headers: which are forbidden, and which need a preflight."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.browser.fetching import ACAH, ANY, follow, notes, ok, page, step
from wsgicors.browser import Check, Note, Outcome, is_forbidden_header, is_safelisted_header, unsafe_header_names
from wsgicors.browser._request_headers import split

FORBIDDEN = """
    Accept-Charset Accept-Encoding Access-Control-Request-Headers Access-Control-Request-Method Connection
    Content-Length Cookie Cookie2 Date DNT Expect Host Keep-Alive Origin Referer Set-Cookie TE Trailer
    Transfer-Encoding Upgrade Via Proxy- Proxy-Authorization Sec- Sec-Fetch-Site
"""


@pytest.mark.parametrize("name", FORBIDDEN.split())
def test_forbidden_headers_are_dropped(name):
    for spelling in (name, name.upper(), name.lower()):
        assert is_forbidden_header(spelling, "anything")
        conclusion = follow(page(headers=[(spelling, "1"), ("X-Kept", "2")]), ok(ANY, (ACAH, "x-kept")), ok(ANY))
        assert conclusion.allowed
        assert notes(conclusion) == [Note.HEADERS_DROPPED]
        assert step(conclusion, Check.REQUEST).names == (name.lower(),)
        assert step(conclusion, Check.REQUEST).outcome is Outcome.NOTED
        preflight, actual = (exchange.request for exchange in conclusion.exchanges)
        assert ("Access-Control-Request-Headers", "x-kept") in preflight.headers
        assert (spelling, "1") not in actual.headers
        assert ("X-Kept", "2") in actual.headers


@pytest.mark.parametrize(
    "name",
    ["Accept", "Authorization", "Cookie3", "User-Agent", "X-Cookie", "Proxy", "Sec", "Section", "XSec-A", "Expires",
     "Access-Control-Request-Private-Network", "Access-Control-Allow-Origin", "\N{KELVIN SIGN}eep-Alive"],
)  # fmt: skip
def test_headers_that_are_not_forbidden(name):
    assert not is_forbidden_header(name, "TRACE")


@pytest.mark.parametrize("name", ["X-HTTP-Method", "x-http-method-override", "X-METHOD-OVERRIDE"])
@pytest.mark.parametrize(
    ("value", "forbidden"),
    [
        ("TRACE", True), ("trace", True), ("GET, track", True), ("GET,\t connect \t", True), (",,TRACE", True),
        ('"a,b",TRACE', True), ('"a\\",b",TRACE', True),
        ("PUT", False), ("", False), ("TRACES", False), ("TRA CE", False), ('"TRACE"', False), ('"a,TRACE', False),
        ('"a\\",TRACE"', False), ('"\\', False), ('TRACE"', False), ("GET;TRACE", False),
    ],
)  # fmt: skip
def test_method_overrides_are_forbidden_by_value(name, value, forbidden):
    assert is_forbidden_header(name, value) is forbidden


def split_by_the_letter(value: str) -> list[str]:
    """The standard's "get, decode, and split", one code point at a time."""
    values, temporary, position = [], "", 0
    while True:
        while position < len(value) and value[position] not in '",':
            temporary, position = temporary + value[position], position + 1
        if position < len(value) and value[position] == '"':
            start, position = position, position + 1
            while position < len(value):
                char, position = value[position], position + 1
                if char == '"':
                    break
                if char == "\\" and position < len(value):
                    position += 1
            temporary += value[start:position]
            if position < len(value):
                continue
        values.append(temporary.strip("\t "))
        temporary = ""
        if position >= len(value):
            return values
        position += 1


@given(st.text(st.sampled_from('a1,"\\ \t\n;')))
def test_values_are_split_as_the_standard_does_it(value):
    assert split(value) == split_by_the_letter(value)


UNSAFE_BYTES = [*(chr(byte) for byte in range(0x20) if byte != 9), *'"():<>?@[\\]{}\x7f']

SAFE = [
    ("Accept", ""), ("ACCEPT", "text/html, */*;q=0.1"), ("accept", "a" * 128),
    ("accept", "\t\xe9\xff!#$%&'*+,-./;=^_`|~"),
    ("Accept-Language", "de-CH, en;q=0.5, *"), ("accept-language", "a" * 128), ("Content-Language", "en.x = 1"),
    ("Content-Language", ""),
    ("Content-Type", "text/plain"), ("content-type", "TEXT/Plain"), ("Content-Type", "multipart/form-data"),
    ("Content-Type", "application/x-www-form-urlencoded;charset=utf-8"), ("Content-Type", "text/plain;"),
    ("Content-Type", "text/plain;garbage"), ("Content-Type", "text/plain \t;x"), ("Content-Type", "\ttext/plain "),
    ("Content-Type", "text/plain;\xe9"),
    ("Range", "bytes=0-"), ("range", "bytes=100-200"), ("Range", "bytes=7-7"), ("Range", "bytes=007-8"),
    ("Range", "bytes=9-10"),
]  # fmt: skip

NOT_SAFE = [
    ("accept", "a" * 129), ("accept-language", "a" * 129), ("content-language", "a" * 129),
    ("content-type", "text/plain;" + "a" * 118), ("range", "bytes=1-" + "9" * 121),
    *(("accept", f"a{byte}b") for byte in UNSAFE_BYTES),
    *(("content-type", f"text/plain;{byte}") for byte in UNSAFE_BYTES),
    *(("accept-language", byte) for byte in "\t/_:@!\"'\x00\n\x7f\xe9"), ("content-language", "en\tde"),
    ("content-language", "@"),
    ("content-type", ""), ("content-type", "text"), ("content-type", "text/"), ("content-type", "/plain"),
    ("content-type", "application/json"), ("content-type", "text/html"), ("content-type", "text/plainx"),
    ("content-type", "text /plain"), ("content-type", "text/ plain"), ("content-type", "text/plain,"),
    ("content-type", "text/plain, text/plain"), ("content-type", ",text/plain"), ("content-type", "text/plain x"),
    ("content-type", "text;/plain"), ("content-type", "application/www-form-urlencoded"),
    ("content-type", "text/plain\xa0"), ("content-type", 'multipart/form-data;"'),
    ("content-type", "application/csp-report"),
    ("range", ""), ("range", "bytes=-500"), ("range", "bytes=-"), ("range", "bytes=200-100"),
    ("range", "bytes=10-9"), ("range", "bytes=0-0,2-3"),
    ("range", "bytes =0-1"), ("range", "bytes= 0-1"), ("range", "bytes=0 -1"), ("range", "bytes=0- 1"),
    ("range", "bytes=0-1 "),
    ("range", "Bytes=0-1"), ("range", "100-200"), ("range", "bytes 0-"), ("range", "bytes=a-b"), ("range", "bytes=0"),
    ("range", "bytes=\u0661-"), ("range", "mb=0-1"),
    ("Authorization", ""), ("X-A", ""), ("Last-Event-ID", "1"), ("DPR", "1"), ("If-None-Match", "1"),
    ("Accept-Charset", "x"),
    ("Save-Data", "on"), ("Content-Length", "1"), ("", ""),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), SAFE)
def test_safelisted_headers(name, value):
    assert is_safelisted_header(name, value)


@pytest.mark.parametrize(("name", "value"), NOT_SAFE)
def test_headers_that_are_not_safelisted(name, value):
    assert not is_safelisted_header(name, value)


@pytest.mark.parametrize(
    ("headers", "names"),
    [
        ([], ()),
        ([("Accept", "x"), ("Content-Type", "text/plain")], ()),
        ([("X-B", ""), ("x-a", ""), ("x-b", ""), ("X_C", "")], ("x-a", "x-b", "x_c")),
        # In byte order: digits, then "_" (0x5F), then lower-cased letters.
        ([("xa", ""), ("XA", ""), ("x_", ""), ("x1", ""), ("x-", "")], ("x-", "x1", "x_", "xa")),
        # 8 * 128 is the limit, and only safelisted headers count.
        ([("Accept", "a" * 128)] * 8, ()),
        ([("Accept", "a" * 128)] * 8 + [("X-A", "a" * 999)], ("x-a",)),
        ([("Accept", "a" * 128)] * 8 + [("Accept-Language", "a")], ("accept", "accept-language")),
        ([("Accept", "a" * 128)] * 9 + [("X-A", "")], ("accept", "x-a")),
        ([("Content-Type", "text/plain"), ("Content-Type", "application/json")], ("content-type",)),
        ([("\N{KELVIN SIGN}", "")], ("\N{KELVIN SIGN}",)),
    ],
)
def test_unsafe_header_names(headers, names):
    assert unsafe_header_names(headers) == names


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["Accept", "X-A", "x-a", "Range", "b", "Content-Type"]), st.text("ab/:", max_size=140)
        )
    )
)
def test_unsafe_names_are_a_sorted_set_that_grows_with_the_headers(headers):
    names = unsafe_header_names(headers)
    assert list(names) == sorted(set(names))
    assert set(names) <= {name.lower() for name, _ in headers}
    assert set(names) >= {name.lower() for name, value in headers if not is_safelisted_header(name, value)}
    assert set(names) <= set(unsafe_header_names([*headers, ("Accept", "a")]))
