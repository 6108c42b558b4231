import pytest

from wsgicors.doctor.diagnosis._asking import AskError, ask

PAGE = "https://www.example.com"
URL = "https://api.example/notes"


def test_a_request_is_a_page_s():
    page = ask(URL, PAGE, method="delete", headers=["X-Id: 7", "x-id:8"], credentials=True, private_network=True)
    assert (page.url, page.origin, page.method) == (URL, PAGE, "DELETE")
    assert page.headers == (("X-Id", "7, 8"),)
    assert (page.credentials, page.private_network) == ("include", True)
    assert ask(URL, PAGE).credentials == "same-origin"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Content-Type", ("Content-Type", "application/json")),
        ("X-Id", ("X-Id", "1")),
        ("Accept", ("Accept", '"')),
        ("Accept-Language", ("Accept-Language", '"')),
        ("Range", ("Range", "1")),
        (" X-Id : a:b ", ("X-Id", "a:b")),
        ("X-Empty:", ("X-Empty", "")),
    ],
)
def test_a_name_alone_needs_permission(header, expected):
    assert ask(URL, PAGE, headers=[header]).headers == (expected,)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://bücher.example/ä?q", "xn--bcher-kva.example"),
        ("http://u:p@Bücher.example:8000/", "xn--bcher-kva.example:8000"),
    ],
)
def test_a_host_may_be_written_in_any_script(url, host):
    assert host in ask(url, PAGE).url


def test_what_stands_beside_such_a_host_stays():
    assert ask("http://u:p@bücher.example:8000/a?b", PAGE).url == "http://u:p@xn--bcher-kva.example:8000/a?b"


@pytest.mark.parametrize(
    ("url", "origin", "method", "headers", "said"),
    [
        ("api.example/notes", PAGE, "GET", [], "write http:// or https:// in front"),
        ("localhost:8000/x", PAGE, "GET", [], "write http:// or https:// in front"),
        ("ftp://api.example/", PAGE, "GET", [], "ftp://api.example/ is not an http or https URL."),
        ("http://[::1/", PAGE, "GET", [], "http://[::1/ is not an http or https URL."),
        ("http://api.example:99999/", PAGE, "GET", [], "is not an http or https URL."),
        ("api.example/?to=http://a", PAGE, "GET", [], "write http:// or https:// in front"),
        ("https:///notes", PAGE, "GET", [], "names no host"),
        ("https://a b.example/", PAGE, "GET", [], "not an absolute URL"),
        ("https://☃☃.-.example/", PAGE, "GET", [], "its host is not a name"),
        (URL, f"{PAGE}/", "GET", [], f"; write {PAGE}."),
        (URL, "https://WWW.example.com:443/a", "GET", [], f"; write {PAGE}."),
        (URL, "https://*.example.com", "GET", [], "no browser has the origin 'https://*.example.com'."),
        (URL, "?", "GET", [], "no browser has the origin '?'."),
        (URL, PAGE, "P U T", [], "not a method"),
        (URL, PAGE, "GET", ["X Y: 1"], "'X Y' is not a header name. Write NAME: VALUE."),
        (URL, PAGE, "GET", ["X-A=3;"], "'X-A=3;' is not a header name. Write NAME: VALUE."),
        (URL, PAGE, "GET", ["X: s3cret\0"], "the value of X is not a header value"),
    ],
)  # fmt: skip
def test_what_no_browser_could_ask_is_said_to_be_so(url, origin, method, headers, said):
    with pytest.raises(AskError) as caught:
        ask(url, origin, method=method, headers=headers)
    assert said in str(caught.value)
    assert str(caught.value).isprintable()
    assert not str(caught.value).endswith("..")
    assert "s3cret" not in str(caught.value)


def test_what_is_said_of_a_url_is_escaped():
    with pytest.raises(AskError) as caught:
        ask("x\x1b[31m", PAGE)
    assert "\x1b" not in str(caught.value)
