"""Requests that scripts can make, and responses as servers send them."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.browser.fetching import ACAM, APP, page
from wsgicors.browser import Response
from wsgicors.browser._messages import UnparseableError, extract_list


@pytest.mark.parametrize(
    "settings",
    [
        {"url": ""}, {"url": "/x"}, {"url": "//api.example/"}, {"url": "http://"}, {"url": "http:///"},
        {"url": "1http://a"},
        {"url": "http://a:65536/"}, {"url": "http://a:b/"}, {"url": "http://a:80:80/"}, {"url": "http://a b/"},
        {"url": "http://[::1/"}, {"url": "http://[::g]/"}, {"url": "http://[::1]x/"},
        {"url": "http://[fe80::1%25eth0]/"},
        {"url": "http://[fe80::1%eth0]/"}, {"url": "http://[]/"}, {"url": "http://::1/"}, {"url": "http://a%00/"},
        {"url": "http://\u0300b.example/"}, {"url": "http://1.2.3.4.5/"}, {"url": "http://1.2.3.256/"},
        {"url": "http://0x7f.256.1/"},
        {"url": "http://a.0x/"}, {"url": "http://a.1"}, {"url": "http://a.1."}, {"url": "http://1.2.3.08/"},
        {"url": "http://u@/"},
        {"url": "http://a:-1/"}, {"url": "http://a:\u0661/"}, {"url": "http://a^b/"}, {"url": "http://a|b/"},
        {"url": "http://a<b/"},
        {"origin": ""}, {"origin": "app.example"}, {"origin": APP + "/"}, {"origin": APP + ":443"},
        {"origin": "HTTPS://app.example"},
        {"origin": "https://App.example"}, {"origin": "*"}, {"origin": "NULL"}, {"origin": "https://"},
        {"origin": "https://a b"},
        {"origin": "https://a:080"}, {"origin": "https://a:65536"}, {"origin": "https://[1:0:0:0:0:0:0:1]"},
        {"origin": "https://a, https://b"},
        {"origin": "https://u@a"}, {"origin": "https://a\n"}, {"origin": "x-app://A"},
        {"origin": "https://b\xfccher.example"},
        {"method": ""}, {"method": "PU T"}, {"method": "GET,PUT"}, {"method": "GET\n"}, {"method": "G\xcbT"},
        {"headers": [("", "1")]}, {"headers": [("X A", "1")]}, {"headers": [("X:", "1")]}, {"headers": [("X\n", "1")]},
        {"headers": [("X", "a\nb")]}, {"headers": [("X", "a\rb")]}, {"headers": [("X", "a\0")]},
        {"headers": [("X", "\u0100")]},
        {"credentials": "always"}, {"credentials": ""},
    ],
    ids=str,
)  # fmt: skip
def test_a_request_that_no_script_can_make_raises(settings):
    with pytest.raises(ValueError, match=r"^(not |no browser has |.* is not )"):
        page(**settings)


@pytest.mark.parametrize(
    "origin",
    ["null", "http://a", "https://my_host.example", "http://127.0.0.1:8000", "https://[::1]:8443",
     "chrome-extension://abc",
     "capacitor://localhost", "https://xn--bcher-kva.example", "http://a."],
)  # fmt: skip
def test_origins_that_browsers_send(origin):
    assert page(origin=origin).origin == origin


def test_a_request_is_normalised_as_scripts_see_it():
    request = page("put", headers=[("X-A", " \r\n\t1 \n"), ("X-B", "\x0b1")])
    assert request.method == "PUT"
    assert request.headers == (("X-A", "1"), ("X-B", "\x0b1"))
    assert request == page("PUT", headers=(("X-A", "1"), ("X-B", "\x0b1")))
    assert hash(request) == hash(page("put", headers=[("X-A", "1"), ("X-B", "\x0b1")]))


def test_an_invalid_part_is_quoted_escaped_and_cut():
    with pytest.raises(ValueError, match="no browser") as caught:
        page(origin="https://a\x1b[31m\n" + "b" * 1000)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 200


def test_values_of_a_response():
    response = Response(200, [("A", " 1\t"), ("b", "2"), ("a", "\n3 "), ("\N{KELVIN SIGN}", "4")])
    assert response.values("A") == ["1", "\n3"]
    assert response.get("a") == "1, \n3"
    assert (response.get("c"), response.values("c"), response.get("k")) == (None, [], None)


TCHAR = set(string.ascii_letters + string.digits + "!#$%&'*+-.^_`|~")

lists = st.lists(st.text(st.sampled_from('ab*,,  \t;"\xe9-'), max_size=12), max_size=3)


def members_by_the_letter(lines: list[str]) -> list[str] | None:
    """`#token` on each line, one character at a time; None if a line is no such list."""
    members = []
    for line in lines:
        state, member = "before", ""
        for char in [*line, ","]:
            if char == ",":
                if member:
                    members.append(member)
                state, member = "before", ""
            elif char in "\t ":
                state = "after" if state == "in" else state
            elif char in TCHAR and state != "after":
                state, member = "in", member + char
            else:
                return None
    return members


@given(lists)
def test_lists_are_read_by_their_grammar(lines):
    response = Response(200, [(ACAM, line) for line in lines])
    expected = members_by_the_letter(lines)
    if not lines:
        assert extract_list(response, ACAM) is None
    elif expected is None:
        with pytest.raises(UnparseableError):
            extract_list(response, ACAM)
    else:
        assert extract_list(response, ACAM) == expected
