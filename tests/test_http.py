import pytest

from wsgicors import _http
from wsgicors._http import (
    is_forbidden_request_header,
    is_token,
    list_members,
    merge_vary,
    vary_line,
)

TOKEN_CHARACTERS = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


@pytest.mark.parametrize("form", ["{}", "x{}", "{}x"])
def test_a_token_is_made_of_rfc_9110s_characters_alone(form: str) -> None:
    accepted = [chr(code) for code in range(256) if is_token(form.format(chr(code)))]
    assert accepted == sorted(TOKEN_CHARACTERS)


@pytest.mark.parametrize("text", ["", "x\n", "\nx", "é", "\u212a", "x" * 10 + "\x00", "１"])
def test_no_token(text: str) -> None:
    assert not is_token(text)


@pytest.mark.parametrize(
    "name",
    [
        "Accept-Charset", "Accept-Encoding", "Access-Control-Request-Headers", "Access-Control-Request-Method",
        "Access-Control-Request-Private-Network", "Connection", "Content-Length", "Cookie", "Cookie2", "Date", "DNT",
        "Expect", "Host", "Keep-Alive", "Origin", "Referer", "Set-Cookie", "TE", "Trailer", "Transfer-Encoding",
        "Upgrade", "Via", "Sec-", "sec-fetch-site", "Proxy-", "PROXY-authorization",
    ],
)  # fmt: skip
def test_names_that_no_page_can_set(name: str) -> None:
    assert is_forbidden_request_header(name)
    assert is_forbidden_request_header(name.lower())
    assert is_forbidden_request_header(name.upper())


@pytest.mark.parametrize(
    "name",
    [
        "Authorization",
        "Content-Type",
        "User-Agent",
        "Security",
        "Sec",
        "Proxy",
        "X-Sec-",
        "Cookies",
        "Hosts",
        "X-Cookie",
    ],
)
def test_names_that_a_page_can_set(name: str) -> None:
    assert not is_forbidden_request_header(name)


@pytest.mark.parametrize(
    ("value", "members"),
    [
        ("", []),
        (",", []),
        (" \t,,\t , ", []),
        ("x-a", ["x-a"]),
        ("x-a,x-b", ["x-a", "x-b"]),
        (" x-a\t,\t x-b ", ["x-a", "x-b"]),
        (",x-a,,x-b,", ["x-a", "x-b"]),
        ("x-a x-b", ["x-a x-b"]),
        ("x-a,x-a", ["x-a", "x-a"]),
        ("x-a\n,\x0bx-b", ["x-a\n", "\x0bx-b"]),  # RFC 9110, 5.6.3: only blanks and tabs surround members
        ("\xa0x-a", ["\xa0x-a"]),
        ('"x,y"', ['"x', 'y"']),
    ],
)
def test_members_of_a_list(value: str, members: list[str]) -> None:
    assert list_members(value) == members


@pytest.mark.parametrize("piece", [",", " ", "\t", ", ", "x,", " \t,"])
def test_a_megabyte_of_list_is_read_once(piece: str) -> None:
    value = Counting(piece * (1_000_000 // len(piece)))
    assert set(list_members(value)) <= {"x"}
    assert value.splits == 1


class Counting(str):
    """A text that counts how often it is split."""

    __slots__ = ("splits",)

    def __init__(self, _text: str) -> None:
        self.splits = 0

    def split(self, *args: object, **kwargs: object) -> list[str]:
        self.splits += 1
        return super().split(*args, **kwargs)


@pytest.mark.parametrize(
    ("names", "line"),
    [
        ([], ()),
        (["Origin"], (("Vary", "Origin"),)),
        (["Origin", "Cookie"], (("Vary", "Origin, Cookie"),)),
    ],
)
def test_a_vary_line(names: list[str], line: tuple[tuple[str, str], ...]) -> None:
    assert vary_line(names) == line


@pytest.mark.parametrize(
    ("lines", "names", "merged"),
    [
        ([], ["Origin"], "Origin"),
        (["Origin"], ["Origin"], "Origin"),
        (["ORIGIN"], ["Origin"], "ORIGIN"),
        (["Cookie"], [], "Cookie"),
        (["Cookie"], ["Origin"], "Cookie, Origin"),
        (["Cookie,Origin", "cookie , ACCEPT"], ["Origin"], "cookie, Origin, ACCEPT"),
        (["Cookie", "Accept"], ["Origin", "Accept"], "Cookie, Accept, Origin"),
        ([" , "], ["Origin"], "Origin"),
        ([""], [], ""),
        (["*"], ["Origin"], "*"),
        (["Cookie, *"], ["Origin"], "*"),
        (["Cookie", " * "], ["Origin"], "*"),
        (["*x"], ["Origin"], "*x, Origin"),
    ],
)
def test_vary_is_merged(lines: list[str], names: list[str], merged: str) -> None:
    assert merge_vary(lines, names) == merged


def test_the_lists_of_names_are_in_the_case_that_they_are_compared_in() -> None:
    for lowered in (_http.FORBIDDEN_REQUEST_HEADERS, _http.FORBIDDEN_RESPONSE_HEADERS, _http.CORS_RESPONSE_HEADERS):
        assert all(name == name.lower() and is_token(name) for name in lowered)
    for upper in (_http.FORBIDDEN_METHODS, _http.STANDARD_METHODS, _http.SAFELISTED_METHODS):
        assert all(name == name.upper() and is_token(name) for name in upper)
    assert _http.SAFELISTED_METHODS < _http.STANDARD_METHODS
    assert not _http.FORBIDDEN_METHODS & _http.STANDARD_METHODS


def test_every_header_of_a_cors_answer_is_known_as_one() -> None:
    ours = {
        _http.ALLOW_ORIGIN, _http.ALLOW_CREDENTIALS, _http.ALLOW_METHODS, _http.ALLOW_HEADERS,
        _http.ALLOW_PRIVATE_NETWORK, _http.EXPOSE_HEADERS, _http.MAX_AGE,
    }  # fmt: skip
    assert {name.lower() for name in ours} == _http.CORS_RESPONSE_HEADERS
