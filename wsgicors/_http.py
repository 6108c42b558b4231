"""The parts of HTTP that CORS uses: tokens, the standard's lists of names, comma-separated lists and ``Vary``.

References: Fetch (https://fetch.spec.whatwg.org/), HTTP Semantics (RFC 9110).
"""

import re
from collections.abc import Iterable

Header = tuple[str, str]
"""A header field: its name and its value."""

ALLOW_ORIGIN = "Access-Control-Allow-Origin"
ALLOW_CREDENTIALS = "Access-Control-Allow-Credentials"
ALLOW_METHODS = "Access-Control-Allow-Methods"
ALLOW_HEADERS = "Access-Control-Allow-Headers"
ALLOW_PRIVATE_NETWORK = "Access-Control-Allow-Private-Network"
EXPOSE_HEADERS = "Access-Control-Expose-Headers"
MAX_AGE = "Access-Control-Max-Age"
REQUEST_METHOD = "Access-Control-Request-Method"
REQUEST_HEADERS = "Access-Control-Request-Headers"
REQUEST_PRIVATE_NETWORK = "Access-Control-Request-Private-Network"

SAFELISTED_METHODS = frozenset({"GET", "HEAD", "POST"})
"""Fetch, "CORS-safelisted method": a preflight's answer need not list them."""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing (RFC 9110, 9.2.1), as Go's ``net/http.CrossOriginProtection`` lists them."""

FORBIDDEN_METHODS = frozenset({"CONNECT", "TRACE", "TRACK"})
"""Fetch, "forbidden method": no page can ask for them."""

STANDARD_METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
"""Methods in upper case: those that Fetch's "normalize a method" converts, and PATCH, which it does not."""

FORBIDDEN_REQUEST_HEADERS = frozenset({
    "accept-charset", "accept-encoding", "access-control-request-headers", "access-control-request-method",
    "access-control-request-private-network", "connection", "content-length", "cookie", "cookie2", "date", "dnt",
    "expect", "host", "keep-alive", "origin", "referer", "set-cookie", "te", "trailer", "transfer-encoding",
    "upgrade", "via",
})  # fmt: skip
"""Fetch, "forbidden request-header", in lower case: no page can set them."""

FORBIDDEN_REQUEST_HEADER_PREFIXES = ("proxy-", "sec-")
"""Fetch, "forbidden request-header", step 3."""

FORBIDDEN_RESPONSE_HEADERS = frozenset({"set-cookie", "set-cookie2"})
"""Fetch, "forbidden response-header name": no page can read them, whatever is exposed."""

VARY_OF_FORBIDDING = ("Origin", "Sec-Fetch-Site")
"""The request headers that the response of a forbidding policy depends on."""

CORS_RESPONSE_HEADERS = frozenset({
    "access-control-allow-credentials", "access-control-allow-headers", "access-control-allow-methods",
    "access-control-allow-origin", "access-control-allow-private-network", "access-control-expose-headers",
    "access-control-max-age",
})  # fmt: skip
"""CORS response headers in lower case; as request headers they are a mistake of the client."""

_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]++")


def is_token(text: str) -> bool:
    """Whether `text` is a token (RFC 9110, 5.6.2), as method and field names are.

    >>> is_token("X-Requested-With"), is_token("X Y"), is_token("")
    (True, False, False)
    """
    return _TOKEN.fullmatch(text) is not None


def is_forbidden_request_header(name: str) -> bool:
    """Whether no page can set the request header `name` (Fetch, "forbidden request-header").

    >>> is_forbidden_request_header("Sec-Fetch-Site"), is_forbidden_request_header("Authorization")
    (True, False)
    """
    lowered = name.lower()
    return lowered in FORBIDDEN_REQUEST_HEADERS or lowered.startswith(FORBIDDEN_REQUEST_HEADER_PREFIXES)


def list_members(value: str) -> list[str]:
    r"""Return the members of a comma-separated list (RFC 9110, 5.6.1) without blanks and empty members, in linear time.

    >>> list_members("x-a, ,\tx-b,")
    ['x-a', 'x-b']
    """
    return [name for member in value.split(",") if (name := member.strip(" \t"))]


def vary_line(names: Iterable[str]) -> tuple[Header, ...]:
    """Return a tuple with the ``Vary`` header that holds `names`; empty if there are none.

    >>> vary_line(["Origin"]), vary_line([])
    ((('Vary', 'Origin'),), ())
    """
    value = ", ".join(names)
    return (("Vary", value),) if value else ()


def merge_vary(lines: Iterable[str], names: Iterable[str]) -> str:
    """Return one ``Vary`` value (RFC 9110, 12.5.5) with all of `lines` and `names`, each once; ``*`` replaces the rest.

    >>> merge_vary(["Accept-Encoding, origin"], ["Origin", "Access-Control-Request-Method"])
    'Accept-Encoding, origin, Access-Control-Request-Method'
    >>> merge_vary(["Cookie", "*"], ["Origin"])
    '*'
    """
    members = {name.lower(): name for line in lines for name in list_members(line)}
    if "*" in members:
        return "*"
    for name in names:
        members.setdefault(name.lower(), name)
    return ", ".join(members.values())
