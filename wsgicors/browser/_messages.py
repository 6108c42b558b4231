"""The requests of a page, and the responses of a server."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from wsgicors.browser._methods import normalize_method
from wsgicors.browser._text import TAB_OR_SPACE, TOKEN, WHITESPACE, lower, quote
from wsgicors.browser._urls import is_serialized_origin, parse_absolute_url

Credentials: TypeAlias = Literal["omit", "same-origin", "include"]
"""A request's credentials mode (#concept-request-credentials-mode)."""

Headers: TypeAlias = Sequence[tuple[str, str]]
"""A header list (#concept-header-list): a name and a value for each line, in order."""

# #concept-header-value: what a value must not contain; characters beyond U+00FF are not bytes.
_NOT_IN_A_VALUE: Final = re.compile(r"[\x00\n\r\u0100-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Request:
    """A request: the one that a page makes, or one that the browser sends for it.

    >>> Request("https://api.example/", origin="https://app.example", method="put").method
    'PUT'
    >>> Request("https://api.example/", origin="https://app.example/")
    Traceback (most recent call last):
    ValueError: no browser has the origin 'https://app.example/'

    Attributes:
        url: An absolute URL.
        origin: The page's origin, serialized as in an Origin header; ``"null"`` for an opaque one.
        method: The method, normalized as by the Request constructor.
        headers: For a page's request, the headers that its script sets; for a sent one, those that the standard
            spells out, including Origin. White space around values is removed.
        credentials: The credentials mode. A sent request has ``"include"`` if credentials go with it, and
            ``"omit"`` otherwise.
        private_network: Whether the server is in a more private address space than the page, and the page
            is a secure context (https://wicg.github.io/private-network-access/#private-network-request). A
            server on another origin, reached by a redirect, is not treated as more private.
        use_cors_preflight: The use-CORS-preflight flag: an ``XMLHttpRequest`` with listeners for its upload.

    Raises:
        ValueError: No script can make this request: the URL or the origin is invalid, the method or a name
            is not a token, or a value contains CR, LF, NUL or a character that is not a byte.
    """

    url: str
    origin: str
    method: str = "GET"
    headers: Headers = ()
    credentials: Credentials = "same-origin"
    private_network: bool = False
    use_cors_preflight: bool = False

    def __post_init__(self) -> None:
        parse_absolute_url(self.url)
        if self.origin != "null" and not is_serialized_origin(self.origin):
            raise ValueError(f"no browser has the origin {quote(self.origin)}")
        if not TOKEN.fullmatch(self.method):
            raise ValueError(f"{quote(self.method)} is not a method")
        if self.credentials not in {"omit", "same-origin", "include"}:
            raise ValueError(f"{quote(self.credentials)} is not a credentials mode")
        headers = tuple((name, value.strip(WHITESPACE)) for name, value in self.headers)
        for name, value in headers:
            if not TOKEN.fullmatch(name):
                raise ValueError(f"{quote(name)} is not a header name")
            if _NOT_IN_A_VALUE.search(value):
                raise ValueError(
                    f"the value of {name} is not a header value"
                )  # without the value, which can be a secret
        object.__setattr__(self, "method", normalize_method(self.method))
        object.__setattr__(self, "headers", headers)


@dataclass(frozen=True, slots=True)
class Response:
    """A response: a status and the header lines. Any content is accepted without an error.

    >>> Response(200, [("Vary", "Origin"), ("vary", " Accept ")]).get("VARY")
    'Origin, Accept'

    Attributes:
        status: 0 for a network error: no response at all (#concept-network-error).
        headers: The header lines. White space around values is removed.
    """

    status: int
    headers: Headers = ()

    def __post_init__(self) -> None:
        headers = tuple((name, value.strip(TAB_OR_SPACE)) for name, value in self.headers)
        object.__setattr__(self, "headers", headers)

    def values(self, name: str) -> list[str]:
        """Return the values of the lines called ``name``, in order.

        >>> Response(200, [("Vary", "Origin"), ("vary", "Accept")]).values("vary")
        ['Origin', 'Accept']
        """
        name = lower(name)
        return [value for other, value in self.headers if lower(other) == name]

    def get(self, name: str) -> str | None:
        """Return the values of ``name``, joined as by a browser; None if there is no such line.

        #concept-header-list-get
        """
        values = self.values(name)
        return ", ".join(values) if values else None


class UnparseableError(Exception):
    """The standard's "failure" for a header that does not match its grammar; contains the faulty member."""


def extract_list(response: Response, name: str) -> list[str] | None:
    """Extract header list values, for the grammar `#token` (#http-new-header-syntax); None for no header.

    RFC 9110, 5.6.1.2: empty members are ignored, however many there are.

    Raises:
        UnparseableError: A member is not a token.
    """
    values = response.values(name)
    if not values:
        return None
    members = [member.strip(TAB_OR_SPACE) for value in values for member in value.split(",")]
    for member in members:
        if member and not TOKEN.fullmatch(member):
            raise UnparseableError(quote(member))
    return [member for member in members if member]
