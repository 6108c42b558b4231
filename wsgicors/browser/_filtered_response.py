"""The headers that a page can read (https://fetch.spec.whatwg.org/#concept-filtered-response)."""

from collections.abc import Set as AbstractSet
from typing import Final

from wsgicors.browser._conclusion import Check, Note
from wsgicors.browser._messages import Response, UnparseableError, extract_list
from wsgicors.browser._state import State
from wsgicors.browser._text import lower, quote_all

SAFELISTED: Final = frozenset({
    "cache-control", "content-language", "content-length", "content-type", "expires", "last-modified",
    "pragma",
})  # fmt: skip
"""#cors-safelisted-response-header-name, in lower case."""
_FORBIDDEN: Final = frozenset({"set-cookie", "set-cookie2"})


def readable_names(state: State, response: Response) -> tuple[str, ...]:
    """Return the names in the filtered response's header list (main fetch, 14)."""
    names = {lower(name) for name, _ in response.headers} - _FORBIDDEN
    if state.tainting == "cors":
        names &= SAFELISTED | _exposed(state, response, names)
    return tuple(sorted(names))


def _exposed(state: State, response: Response, names: AbstractSet[str]) -> AbstractSet[str]:
    """Return the names that a response with `names` exposes (#concept-response-cors-exposed-header-name-list)."""
    header = "Access-Control-Expose-Headers"
    try:
        members = extract_list(response, header) or []
    except UnparseableError as error:
        detail = f"{header} has {error} in it, which is not a token, and exposes nothing"
        state.noted(Check.EXPOSE_HEADERS, Note.EXPOSE_HEADERS_UNPARSEABLE, detail)
        return set()
    if "*" in members and state.request.credentials != "include":
        state.passed(Check.EXPOSE_HEADERS, f"{header} has '*' in it, and every header is exposed")
        return names
    if "*" in members:
        detail = f"{header} has '*' in it, which is only a name when credentials are included"
        state.noted(Check.EXPOSE_HEADERS, Note.EXPOSE_HEADERS_LITERAL, detail)
    else:
        state.passed(Check.EXPOSE_HEADERS, f"{header} exposes: {quote_all(members)}")
    return set(map(lower, members))
