import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsgicors.doctor.catalogue._causes import CAUSES
from wsgicors.doctor.evidence._facts import Facts, clean_origin, clean_token, clean_url, clean_value, origin_of, shown


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://a.example/x", "https://a.example"),
        ("https://a.example:443/x", "https://a.example"),
        ("http://a.example:443/", "http://a.example:443"),
        ("HTTP://A.EXAMPLE:8080", "http://a.example:8080"),
        ("http://[::1]:3000/", "http://[::1]:3000"),
        ("https://u:p@a.example/", "https://a.example"),
        ("chrome-extension://abc/x", "chrome-extension://abc"),
        ("/x", ""),
        ("localhost:3000", ""),
        ("http://", ""),
        ("http://a.example:port/", ""),
        ("http://a.example:99999/", ""),
        ("http://[::1/", ""),
        ("http://a b/", ""),
        ("http://ä.example/", ""),
    ],
)
def test_origin_of(url, origin):
    assert origin_of(url) == origin


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("https://a.example/x", "https://a.example/x"),
        ("https://user:pass@a.example/x", "https://a.example/x"),
        ("https://a.example/x?token=abc&b", "https://a.example/x?token=…&…"),
        ("https://a.example/x?abcdefghijklmnopqrstuvwxyz0123456789=1", "https://a.example/x?…"),
        ("https://a.example/x#access_token=abc", "https://a.example/x"),
        ("https://a.example/u/3f2504e0-4f89-41d3-9a0c-0305e82c3301/x", "https://a.example/u/…/x"),
        ("https://a.example/a-quite-long-path-of-words/x", "https://a.example/a-quite-long-path-of-words/x"),
        ("https://a.example/x'\"`<>{}$(rm)", "https://a.example/x" + "…" * 8 + "(rm)"),
        ("https://a.example/\x1b[31m", "https://a.example/…x1b[31m"),
        ("nonsense", ""),
        ("https://a.example/" + "y" * 3000, "https://a.example/" + "y" * 182 + "…"),
    ],
)
def test_clean_url(url, clean):
    assert clean_url(url) == clean


def test_what_is_no_origin_is_left_out():
    assert clean_origin("null") == "null"
    assert clean_origin("https://A.example") == ""
    assert clean_origin('https://a.example"]); import os; (["') == ""


def test_what_is_no_token_is_left_out():
    assert clean_token("X-Ä") == clean_token("a b") == clean_token("x" * 81) == ""
    assert clean_token("x" * 80) == "x" * 80


def test_values_are_fit_for_a_line_of_code():
    assert clean_value('a"b\nc\\') == "a…b…nc…"


def test_what_is_shown_is_cut_and_escaped():
    assert shown("a" * 201) == "a" * 200 + "…"
    assert shown("\ud800\x9b") == "\\ud800\\x9b"


def test_statuses_are_statuses():
    assert Facts(status=0).status is None
    assert Facts(status=600).status is None
    assert Facts(status=599).status == 599


def test_joined():
    one = Facts(url="https://a.example/", status=404, credentials=False)
    other = Facts(url="https://b.example/", method="PUT", status=500, credentials=True)
    assert one.joined(other) == Facts(url="https://a.example/", method="PUT", status=404, credentials=False)
    assert Facts().joined(other) == other


@pytest.mark.parametrize(
    ("url", "origin", "mixes"),
    [
        ("http://a.example/", "https://b.example", True),
        ("https://a.example/", "https://b.example", False),
        ("http://a.example/", "http://b.example", False),
        ("http://localhost:8000/", "https://b.example", False),
        ("http://x.localhost/", "https://b.example", False),
        ("http://[::1]/", "https://b.example", False),
        ("", "https://b.example", False),
    ],
)
def test_mixed_content(url, origin, mixes):
    assert Facts(url=url, origin=origin).mixes_content is mixes


@given(st.text(), st.text())
def test_whatever_comes_in_is_printable(text, other):
    facts = Facts(url=text, origin=other, method=text, header=other, value=text, location="http://a/" + text)
    assert all(value.isprintable() for value in facts.texts().values())


NAMES = st.lists(st.sampled_from(["Content-Type", "content-type", "X-A", "x-a", "X-B"])).map(tuple)


@given(NAMES, NAMES, NAMES, st.sampled_from(["PUT", "PATCH"]), st.booleans())
def test_what_is_to_be_allowed_keeps_what_is_and_names_nothing_twice(before, asked, refused, method, is_whole):
    of_headers = Facts(value=", ".join(before), asked=asked, headers=refused, is_whole=is_whole).texts()
    of_methods = Facts(value="PUT, PUT", method=method).texts()
    listed = [name.lower() for name in of_headers["header_line"].split(", ") if name]
    assert len(listed) == len({*listed})
    if refused or asked:
        assert {name.lower() for name in (*before, *asked, *refused)} == {*listed} - {"..."}
    assert of_methods["method_line"] == ("PUT" if method == "PUT" else "PUT, PATCH")
    for texts, kind in ((of_headers, "header"), (of_methods, "method")):
        assert texts[f"{kind}_list"].replace('"', "") == texts[f"{kind}_line"]


@pytest.mark.parametrize(
    ("facts", "listed"),
    [
        (Facts(header="content-type", value="Content-Type"), '"Content-Type"'),
        (Facts(header="content-type", value="accept, content-type, x-a"), '"accept", "content-type", "x-a"'),
        (Facts(header="content-type", value="X-A"), '"X-A", "content-type"'),
        (Facts(header="content-type", is_whole=True), '"content-type"'),
        (Facts(header="content-type"), '..., "content-type"'),
    ],
)
def test_a_refused_header_is_added_to_what_is_allowed(facts, listed):
    django = next(one for one in CAUSES["header-not-allowed"].filled(facts.texts()).remedies if one.place == "django")
    assert django.code == f"CORS_ALLOW_HEADERS = [{listed}]"


@given(st.from_regex(r"https?://[a-z.]{1,9}(:[0-9]{1,5})?/.{0,40}", fullmatch=True))
def test_a_clean_url_is_a_url(url):
    assert clean_url(url) == "" or origin_of(clean_url(url)) == origin_of(url)


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("https://api.example/a has been", ""),
        ("https://api.example/very/ long", ""),
        ("https://api.example/<my id>/a?key=<my key>", "https://api.example/…my id…/a?key=…"),
    ],
)
def test_an_address_has_no_blanks_but_in_what_a_writer_left_out(url: str, clean: str) -> None:
    assert clean_url(url) == clean
