"""The course of a fetch: the Request constructor, main fetch, HTTP fetch, and the result for the page."""

from collections.abc import Callable

from wsgicors.browser._conclusion import Check, Conclusion, Failure, Note, Stage
from wsgicors.browser._cors_check import cors_check
from wsgicors.browser._filtered_response import readable_names
from wsgicors.browser._messages import Request, Response
from wsgicors.browser._methods import is_forbidden_method, is_safelisted_method
from wsgicors.browser._preflight import check_preflight, preflight
from wsgicors.browser._redirect import find_location, follow_redirect
from wsgicors.browser._request_headers import is_forbidden_header, unsafe_header_names
from wsgicors.browser._state import NetworkError, State
from wsgicors.browser._text import lower, quote, quote_all
from wsgicors.browser._urls import DEFAULT_PORTS


def preflight_request(request: Request) -> Request | None:
    """Return the CORS-preflight request that a browser sends before ``request``; None if it sends none.

    #cors-preflight-fetch

    >>> headers = [("X-B", "1"), ("x-a", "2")]
    >>> page = Request("https://api.example/", "https://app.example", "PUT", headers, "include")
    >>> sent = preflight_request(page)
    >>> sent.method, sent.credentials
    ('OPTIONS', 'omit')
    >>> for name, value in sent.headers:
    ...     print(f"{name}: {value}")
    Accept: */*
    Access-Control-Request-Method: PUT
    Access-Control-Request-Headers: x-a,x-b
    Origin: https://app.example
    >>> preflight_request(Request("https://api.example/", "https://app.example", "POST")) is None
    True
    """
    state = State(request)
    try:
        _construct(state)
        return preflight(state) if _needs_preflight(state) else None
    except NetworkError:
        return None


def judge(request: Request, preflight: Response | None, response: Response | None) -> Conclusion:
    """Return what a browser concludes from an exchange without redirects.

    >>> page = Request("https://api.example/", origin="https://app.example")
    >>> judge(page, None, Response(200, [("Access-Control-Allow-Origin", "https://app.example")])).allowed
    True

    Args:
        request: The page's request.
        preflight: The response to ``preflight_request(request)``; ignored if that is None.
        response: The response to the request itself; ignored if the browser does not send it.

    Raises:
        ValueError: A response is missing: ``preflight`` or ``response`` is None but needed, or ``response`` is a
            redirect (use `fetch` for those).
    """
    answers = {True: preflight, False: response}

    def send(sent: Request) -> Response:
        # No page can set this header.
        is_preflight = any(name == "Access-Control-Request-Method" for name, _ in sent.headers)
        answer = answers.pop(is_preflight, None)
        if not is_preflight:
            answers.clear()
        if answer is None:
            raise ValueError(f"there is no response to {sent.method} {quote(sent.url)}, which is sent now")
        return answer

    return fetch(request, send)


def fetch(request: Request, send: Callable[[Request], Response]) -> Conclusion:
    """Return what a browser concludes, following redirects.

    >>> def server(sent):
    ...     allow = ("Access-Control-Allow-Origin", "*")
    ...     if sent.url == "https://api.example/old":
    ...         return Response(301, [("Location", "/new"), allow])
    ...     return Response(200, [allow, ("Content-Type", "text/plain"), ("X-Id", "7")])
    >>> conclusion = fetch(Request("https://api.example/old", origin="https://app.example"), server)
    >>> conclusion.allowed, conclusion.readable, conclusion.exchanges[-1].request.url
    (True, ('content-type',), 'https://api.example/new')

    Args:
        request: The page's request.
        send: Called with each request that the browser sends, including preflights. It returns the response, with
            status 0 if there is none, and does not follow redirects. Its exceptions are not caught.
    """
    state = State(request)
    response = None
    readable: tuple[str, ...] = ()
    try:
        response = _fetch(state, send)
        readable = readable_names(state, response)
    except NetworkError:
        pass
    steps, exchanges = tuple(state.steps), tuple(state.exchanges)
    return Conclusion(request, steps, exchanges, response, state.tainting, readable, state.max_age)


def _fetch(state: State, send: Callable[[Request], Response]) -> Response:
    _construct(state)
    while True:
        if _needs_preflight(state):
            check_preflight(state, state.exchange(Stage.PREFLIGHT, preflight(state), send))
        response = state.exchange(Stage.ACTUAL, _actual(state), send)
        # HTTP fetch, 4.4
        if state.tainting == "cors" and not cors_check(state, response):
            raise NetworkError
        location = find_location(state, response)
        if location is None:
            return response
        follow_redirect(state, response.status, location)


def _construct(state: State) -> None:
    """Apply #dom-request, then #concept-fetch. A script gets a TypeError for what the constructor refuses."""
    if is_forbidden_method(state.method):
        detail = f"no script may use the method {quote(state.method)}"
        state.stop(Check.REQUEST, Failure.FORBIDDEN_METHOD, detail, [state.method])
    if state.url.includes_credentials:
        state.stop(Check.REQUEST, Failure.URL_CREDENTIALS, "the URL has a user name or a password in it")
    dropped: list[str] = []
    for name, value in state.request.headers:
        if is_forbidden_header(name, value):
            dropped.append(lower(name))
        else:
            state.headers.append((name, value))
    if dropped:
        detail = f"dropped, as no script may set them: {quote_all(dropped)}"
        state.noted(Check.REQUEST, Note.HEADERS_DROPPED, detail, dropped)
    # From here on it is one of the safelisted headers.
    if not any(lower(name) == "accept" for name, _ in state.headers):
        state.headers.append(("Accept", "*/*"))


def _needs_preflight(state: State) -> bool:
    """Set the response tainting, and return whether a preflight is needed (main fetch, 12)."""
    page, target = quote(state.request.origin), quote(state.url.origin)
    # A response stays tainted: after a redirect back to the page's own origin, CORS still applies.
    if state.tainting == "basic" and state.url.origin == state.request.origin:
        state.passed(Check.SAME_ORIGIN, f"{target} is the page's own origin, and CORS does not apply")
        return False
    if state.url.scheme not in DEFAULT_PORTS:
        detail = f"CORS is for http and https, not for {quote(state.url.scheme)}"
        state.stop(Check.SCHEME, Failure.SCHEME_NOT_HTTP, detail)
    state.tainting = "cors"
    state.passed(Check.SAME_ORIGIN, f"the request is for {target} and from {page}, so CORS decides")
    state.unsafe = unsafe_header_names(state.headers)
    reasons: list[str] = []
    if not is_safelisted_method(state.method):
        reasons.append(f"the method {quote(state.method)}")
    if state.unsafe:
        reasons.append(f"the headers {quote_all(state.unsafe)}")
    if state.request.use_cors_preflight:
        reasons.append("listeners for the upload")
    if state.private_network:
        # https://wicg.github.io/private-network-access/#fetching, "determine the preflight mode"
        reasons.append("a more private network")
    detail = f"a preflight is needed for {', '.join(reasons)}" if reasons else "no preflight is needed"
    state.passed(Check.PREFLIGHT, detail)
    return bool(reasons)


def _actual(state: State) -> Request:
    """Return the request itself (the parts of HTTP-network-or-cache fetch, 8, that concern CORS)."""
    headers = list(state.headers)
    # #append-a-request-origin-header
    if state.tainting == "cors" or state.method not in {"GET", "HEAD"}:
        headers.append(("Origin", state.origin))
    return state.outgoing(state.method, headers, "include" if state.includes_credentials else "omit")
