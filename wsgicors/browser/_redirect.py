"""The HTTP-redirect fetch (https://fetch.spec.whatwg.org/#concept-http-redirect-fetch)."""

from typing import Final

from wsgicors.browser._conclusion import Check, Failure, Note, Stage
from wsgicors.browser._messages import Response
from wsgicors.browser._state import State
from wsgicors.browser._text import quote
from wsgicors.browser._urls import DEFAULT_PORTS, URL, parse_location

REDIRECT_STATUSES: Final = frozenset({301, 302, 303, 307, 308})
_MAX_REDIRECTS: Final = 20  # HTTP-redirect fetch, 7
_REQUEST_BODY_HEADERS: Final = frozenset({
    "content-encoding", "content-language", "content-location", "content-type",
})  # fmt: skip


def find_location(state: State, response: Response) -> URL | None:
    """Return the URL that `response` redirects to (#concept-response-location-url; HTTP-redirect fetch, 3 to 5)."""
    values = response.values("Location")
    if response.status not in REDIRECT_STATUSES or not values:
        return None
    url = parse_location(values[0], state.url) if len(values) == 1 else None
    if url is None:
        detail = f"{response.status}, and its Location is not one URL"
        state.stop(Check.REDIRECT, Failure.LOCATION_INVALID, detail)
    return url


def follow_redirect(state: State, status: int, location: URL) -> None:
    """Take the steps 6 to 19. Their details quote only the origin of a Location: the rest can contain a token."""
    if location.scheme not in DEFAULT_PORTS:
        detail = f"{status} leads to {quote(location.scheme)}, which is neither http nor https"
        state.stop(Check.REDIRECT, Failure.SCHEME_NOT_HTTP, detail)
    if state.hop == _MAX_REDIRECTS:
        state.stop(Check.REDIRECT, Failure.REDIRECT_LIMIT, f"{status} after {_MAX_REDIRECTS} redirects")
    target = quote(location.origin)
    # 9 and 10: only a fetch that never left the page's origin can go to such a URL, on the same origin.
    own = location.origin == state.request.origin and state.tainting == "basic"
    if location.includes_credentials and not own:
        detail = f"{status} leads to {target} by a URL with a user name or a password in it"
        state.stop(Check.REDIRECT, Failure.URL_CREDENTIALS, detail)
    state.passed(Check.REDIRECT, f"{status} leads to {target}")
    posted = status in {301, 302} and state.method == "POST"
    if posted or (status == 303 and state.method not in {"GET", "HEAD"}):
        detail = f"{status} makes a GET of {quote(state.method)}"
        state.noted(Check.REDIRECT, Note.METHOD_CHANGED, detail, [state.method])
        state.method = "GET"
        state.delete(_REQUEST_BODY_HEADERS)
    if location.origin != state.url.origin:
        _leave_origin(state)
    state.url = location
    state.hop += 1
    state.stage = Stage.REQUEST


def _leave_origin(state: State) -> None:
    """Remove Authorization and, if required, the page's origin, for a redirect to another origin."""
    if state.delete({"authorization"}):
        detail = "'authorization' is removed, as the redirect is to another origin"
        state.noted(Check.REDIRECT, Note.AUTHORIZATION_REMOVED, detail, ["authorization"])
    # #concept-request-tainted-origin, for the URL that redirects.
    if state.request.origin != state.url.origin and state.origin != "null":
        state.origin = "null"
        detail = f"the origin is 'null' from here on, as {quote(state.url.origin)} redirected elsewhere"
        state.noted(Check.REDIRECT, Note.ORIGIN_NULL, detail)
