"""The request-headers that a page cannot set, and those that need a preflight."""

import re
from collections.abc import Sequence
from typing import Final

from wsgicors.browser._methods import is_forbidden_method
from wsgicors.browser._text import TAB_OR_SPACE, WHITESPACE, lower

_FORBIDDEN: Final = frozenset({
    "accept-charset", "accept-encoding", "access-control-request-headers", "access-control-request-method",
    "connection", "content-length", "cookie", "cookie2", "date", "dnt", "expect", "host", "keep-alive",
    "origin", "referer", "set-cookie", "te", "trailer", "transfer-encoding", "upgrade", "via",
})  # fmt: skip
_METHOD_OVERRIDES: Final = frozenset({"x-http-method", "x-http-method-override", "x-method-override"})

# #cors-unsafe-request-header-byte
_UNSAFE_BYTE: Final = re.compile(r'[\x00-\x08\x0a-\x1f"():<>?@\[\\\]{}\x7f]')
_LANGUAGES: Final = re.compile(r"[0-9A-Za-z *,\-.;=]*")
_SIMPLE_TYPES: Final = frozenset({"application/x-www-form-urlencoded", "multipart/form-data", "text/plain"})
# #simple-range-header-value, without whitespace and with a start
_SIMPLE_RANGE: Final = re.compile(r"bytes=([0-9]+)-([0-9]*)")
# A quoted string (closed or not), a comma, or a run of anything else. A text matches in only one way, so the
# search is linear.
_PIECE: Final = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\\?\Z)|,|[^",]+', re.DOTALL)


def is_forbidden_header(name: str, value: str = "") -> bool:
    """Whether a page cannot set the request-header (``name``, ``value``). A browser drops it without an error.

    #forbidden-request-header

    >>> is_forbidden_header("Cookie"), is_forbidden_header("Sec-Anything"), is_forbidden_header("X-Anything")
    (True, True, False)
    >>> is_forbidden_header("X-HTTP-Method", "PUT"), is_forbidden_header("X-HTTP-Method", "GET, trace")
    (False, True)
    """
    name = lower(name)
    if name in _FORBIDDEN or name.startswith(("proxy-", "sec-")):
        return True
    return name in _METHOD_OVERRIDES and any(map(is_forbidden_method, split(value)))


def is_safelisted_header(name: str, value: str) -> bool:
    """Whether the request-header (``name``, ``value``) needs no preflight and no permission.

    #cors-safelisted-request-header

    >>> is_safelisted_header("Content-Type", "text/plain;charset=utf-8")
    True
    >>> is_safelisted_header("Content-Type", "application/json"), is_safelisted_header("Accept", "a" * 129)
    (False, False)
    """
    if len(value) > 128:
        return False
    match lower(name):
        case "accept":
            return not _UNSAFE_BYTE.search(value)
        case "accept-language" | "content-language":
            return _LANGUAGES.fullmatch(value) is not None
        case "content-type":
            # The essence of a MIME type is the part before the first ";". White space is allowed around it, not
            # inside; parameters never make the parser fail (https://mimesniff.spec.whatwg.org/#parsing-a-mime-type).
            essence = value.strip(WHITESPACE).partition(";")[0].rstrip(WHITESPACE)
            return not _UNSAFE_BYTE.search(value) and lower(essence) in _SIMPLE_TYPES
        case "range":
            simple = _SIMPLE_RANGE.fullmatch(value)
            return simple is not None and (not simple[2] or int(simple[1]) <= int(simple[2]))
        case _:
            return False


def unsafe_header_names(headers: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """Return the names in ``headers`` that need a preflight: lower-cased, sorted, each once.

    #cors-unsafe-request-header-names

    >>> unsafe_header_names([("X-B", "1"), ("x-a", "2"), ("X-b", "3"), ("Accept", "text/html")])
    ('x-a', 'x-b')
    """
    unsafe: set[str] = set()
    potentially_unsafe: set[str] = set()
    safelist_value_size = 0
    for name, value in headers:
        if is_safelisted_header(name, value):
            potentially_unsafe.add(lower(name))
            safelist_value_size += len(value)
        else:
            unsafe.add(lower(name))
    if safelist_value_size > 1024:
        unsafe |= potentially_unsafe
    return tuple(sorted(unsafe))


def split(value: str) -> list[str]:
    """Get, decode, and split: at commas outside quotes (#concept-header-list-get-decode-split)."""
    values: list[str] = []
    pieces: list[str] = []
    for piece in [*_PIECE.findall(value), ","]:
        if piece == ",":
            values.append("".join(pieces).strip(TAB_OR_SPACE))
            pieces = []
        else:
            pieces.append(piece)
    return values
