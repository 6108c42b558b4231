"""https://fetch.spec.whatwg.org/#concept-filtered-response-cors"""

import pytest

from tests.browser.fetching import ACEH, MINE, WITH, follow, ok, page, step
from wsgicors.browser import Check, Note

RESPONSE = [
    ("Cache-Control", "a"), ("content-language", "a"), ("Content-Length", "0"), ("Content-Type", "a"), ("EXPIRES", "a"),
    ("Last-Modified", "a"), ("Pragma", "a"), ("X-A", "1"), ("x-b", "2"), ("ETag", "3"), ("Set-Cookie", "a=b"),
    ("Set-Cookie2", "c"),
    ("*", "star"),
]  # fmt: skip

ALWAYS = {
    "cache-control", "content-language", "content-length", "content-type", "expires", "last-modified", "pragma",
}  # fmt: skip

EVERY = ALWAYS | {"x-a", "x-b", "etag", "*", "access-control-allow-origin", "access-control-expose-headers"}


@pytest.mark.parametrize(
    ("credentials", "lines", "more", "note"),
    [
        ("omit", ["X-A"], {"x-a"}, None),
        ("omit", ["x-a,ETAG"], {"x-a", "etag"}, None),
        ("omit", ["", ",x-a,"], {"x-a"}, None),
        ("include", ["x-b", "x-a"], {"x-a", "x-b"}, None),
        ("omit", ["*"], EVERY, None),
        ("same-origin", ["x-a", "*"], EVERY, None),
        ("omit", [], set(), None),
        ("omit", [""], set(), None),
        ("omit", ["x-none"], set(), None),
        ("omit", ["Set-Cookie, set-cookie2"], set(), None),
        ("omit", ["x-a, no no"], set(), Note.EXPOSE_HEADERS_UNPARSEABLE),
        ("omit", ["x-a", '"x-b"'], set(), Note.EXPOSE_HEADERS_UNPARSEABLE),
        ("omit", ["*, x:a"], set(), Note.EXPOSE_HEADERS_UNPARSEABLE),
        ("include", ["*"], {"*"}, Note.EXPOSE_HEADERS_LITERAL),
        ("include", ["*, x-a"], {"*", "x-a"}, Note.EXPOSE_HEADERS_LITERAL),
    ],
)
def test_readable_headers(credentials, lines, more, note):
    headers = [*RESPONSE, MINE, *((ACEH, line) for line in lines)]
    conclusion = follow(page(credentials=credentials), ok(*headers, *([WITH] if credentials == "include" else [])))
    assert conclusion.allowed
    assert conclusion.readable == tuple(sorted(ALWAYS | more))
    assert step(conclusion, Check.EXPOSE_HEADERS).note is note
    assert step(conclusion, Check.EXPOSE_HEADERS).section == "#concept-filtered-response-cors"
