"""The CORS-preflight fetch (https://fetch.spec.whatwg.org/#cors-preflight-fetch-0)."""

import re
from collections.abc import Sequence
from typing import Final, Literal

from wsgicors.browser._conclusion import Check, Failure, Note
from wsgicors.browser._cors_check import cors_check
from wsgicors.browser._messages import Request, Response, UnparseableError, extract_list
from wsgicors.browser._methods import is_safelisted_method
from wsgicors.browser._redirect import REDIRECT_STATUSES
from wsgicors.browser._state import NetworkError, State
from wsgicors.browser._text import found, lower, quote, quote_all

MAX_AGE_LIMITS: Final = {"chromium": 7200, "firefox": 86400, "webkit": 600}
"""The "imposed limit on max-age" of each engine, in seconds (CORS-preflight fetch, 7.10)."""

_DEFAULT_MAX_AGE: Final = 5  # seconds; CORS-preflight fetch, 7.9
_LONGEST_MAX_AGE: Final = 2**31  # seconds; the value of a number that is too large (RFC 9111, 1.2.2)
_OK_STATUSES: Final = range(200, 300)
_DIGITS: Final = re.compile(r"[0-9]+")

_ALLOW_LISTS: Final = {
    Check.ALLOW_METHODS: ("Access-Control-Allow-Methods", Failure.ALLOW_METHODS_UNPARSEABLE),
    Check.ALLOW_HEADERS: ("Access-Control-Allow-Headers", Failure.ALLOW_HEADERS_UNPARSEABLE),
}


def preflight(state: State) -> Request:
    """Return the CORS-preflight request (CORS-preflight fetch, 1 to 5)."""
    headers = [("Accept", "*/*"), ("Access-Control-Request-Method", state.method)]
    if state.unsafe:
        # Joined without a space after the comma, unlike "combine".
        headers.append(("Access-Control-Request-Headers", ",".join(state.unsafe)))
    if state.private_network:
        headers.append(("Access-Control-Request-Private-Network", "true"))
    headers.append(("Origin", state.origin))
    return state.outgoing("OPTIONS", headers, "omit")


def check_preflight(state: State, response: Response) -> None:
    """Take the steps that follow the response (CORS-preflight fetch, 7 and 8)."""
    # The standard has both conditions in one "if". Record both: either can explain the other.
    shared = cors_check(state, response)
    if not _has_ok_status(state, response.status) or not shared:
        raise NetworkError
    _check_private_network(state, response)
    methods = _allow_list(state, response, Check.ALLOW_METHODS)
    names = _allow_list(state, response, Check.ALLOW_HEADERS)
    if methods is False or names is False:
        raise NetworkError
    if methods is None and state.request.use_cors_preflight:
        methods = [state.method]
    _check_method(state, methods or [])
    _check_headers(state, names or [])
    _read_max_age(state, response)


def _has_ok_status(state: State, status: int) -> bool:
    if status in _OK_STATUSES:
        state.passed(Check.STATUS, f"{status} is an ok status")
        return True
    # A preflight is an HTTP-network-or-cache fetch, which does not follow redirects.
    failure = Failure.PREFLIGHT_REDIRECTED if status in REDIRECT_STATUSES else Failure.STATUS_NOT_OK
    state.failed(Check.STATUS, failure, f"{status} is not an ok status, 200 to 299")
    return False


def _check_private_network(state: State, response: Response) -> None:
    """Check that the private network is allowed (https://wicg.github.io/private-network-access/#fetching)."""
    if not state.private_network:
        return
    allow = response.get("Access-Control-Allow-Private-Network")
    fact = found("Access-Control-Allow-Private-Network", allow)
    if allow != "true":
        detail = f"{fact}, not 'true', and the network is more private"
        state.stop(Check.PRIVATE_NETWORK, Failure.PRIVATE_NETWORK_NOT_ALLOWED, detail)
    state.passed(Check.PRIVATE_NETWORK, fact)


def _allow_list(state: State, response: Response, check: Check) -> list[str] | Literal[False] | None:
    """Return the members (CORS-preflight fetch, 7.1 to 7.3); None for no header, False if it is not a list."""
    name, failure = _ALLOW_LISTS[check]
    try:
        return extract_list(response, name)
    except UnparseableError as error:
        state.failed(check, failure, f"{name} has {error} in it, which is not a token")
        return False


def _check_method(state: State, methods: Sequence[str]) -> None:
    """Check the method (CORS-preflight fetch, 7.5)."""
    method = quote(state.method)
    if state.method in methods:
        detail = f"{method} is among the methods allowed"
    elif is_safelisted_method(state.method):
        detail = f"{method} needs no permission"
    elif "*" in methods and state.request.credentials != "include":
        detail = f"{method} is allowed by '*'"
    else:
        detail = f"{method} is not among the methods allowed: {quote_all(methods)}"
        state.stop(Check.ALLOW_METHODS, Failure.METHOD_NOT_ALLOWED, detail, [state.method])
    state.passed(Check.ALLOW_METHODS, detail, [state.method])


def _check_headers(state: State, names: Sequence[str]) -> None:
    """Check the headers (CORS-preflight fetch, 7.6 and 7.7)."""
    allowed = set(map(lower, names))
    listed = f"not among the headers allowed: {quote_all(names)}"
    # The only "CORS non-wildcard request-header name".
    if "authorization" in state.unsafe and "authorization" not in allowed:
        detail = f"'authorization', which '*' does not stand for, is {listed}"
        state.stop(Check.ALLOW_HEADERS, Failure.AUTHORIZATION_NOT_NAMED, detail, ["authorization"])
    if "*" in allowed and state.request.credentials != "include":
        state.passed(Check.ALLOW_HEADERS, "every header is allowed by '*'", state.unsafe)
        return
    refused = [name for name in state.unsafe if name not in allowed]
    if refused:
        detail = f"{quote_all(refused)}: {listed}"
        state.stop(Check.ALLOW_HEADERS, Failure.HEADER_NOT_ALLOWED, detail, refused)
    state.passed(Check.ALLOW_HEADERS, f"to be allowed: {quote_all(state.unsafe)}; all are", state.unsafe)


def _read_max_age(state: State, response: Response) -> None:
    """Read the maximum age (CORS-preflight fetch, 7.8 and 7.9): `delta-seconds`, digits on one line."""
    values = response.values("Access-Control-Max-Age")
    fact = found("Access-Control-Max-Age", ", ".join(values) if values else None)
    state.max_age = _DEFAULT_MAX_AGE
    if not values:
        state.passed(Check.MAX_AGE, f"{fact}, so {state.max_age} seconds count")
    elif len(values) > 1 or not _DIGITS.fullmatch(values[0]):
        detail = f"{fact}, not a number of seconds, so {state.max_age} count"
        state.noted(Check.MAX_AGE, Note.MAX_AGE_UNPARSEABLE, detail)
    else:
        digits = values[0].lstrip("0") or "0"
        state.max_age = _LONGEST_MAX_AGE if len(digits) > 10 else min(int(digits), _LONGEST_MAX_AGE)
        state.passed(Check.MAX_AGE, f"{fact}: {state.max_age} seconds, or the browser's own limit")
