"""The other side: what a browser concludes from an exchange, step by step, as the Fetch standard has it.

It is the second opinion that the server side is judged by, so it shares nothing with it: no import, no list
of names, no notion of a policy. A page asks, a server answers, and what comes out is whether the page may
read the answer and, if not, at which step of the standard it was lost:

>>> page = Request("https://api.example/notes/7", origin="https://app.example", method="put")
>>> allow = [("Access-Control-Allow-Origin", "*"), ("Access-Control-Allow-Methods", "GET, POST")]
>>> conclusion = judge(page, Response(204, allow), None)
>>> conclusion.allowed, str(conclusion.failed.stage), str(conclusion.failed.failure), conclusion.failed.names
(False, 'preflight', 'method-not-allowed', ('PUT',))
>>> conclusion.failed.section, conclusion.failed.detail
('#cors-preflight-fetch-0', "'PUT' is not among the methods allowed: 'GET', 'POST'")

Modelled: `fetch()` and `XMLHttpRequest` of a page, in request mode "cors", following redirects, with every
cache empty. Not modelled: what a user agent adds of itself (Host, User-Agent, Accept-Language, …), and what
decides without looking at a CORS header (content security policy, mixed content, bad ports, service workers,
streamed bodies, prompts for a password).

Values of headers are isomorphic strings, one character for one byte, as WSGI has them. A section is a
fragment of https://fetch.spec.whatwg.org/, or the whole address of a section elsewhere. "HTTP-redirect
fetch, 7" in a comment is step 7 of that algorithm.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, Literal, NoReturn, TypeAlias

Credentials: TypeAlias = Literal["omit", "same-origin", "include"]
"""A request's credentials mode (#concept-request-credentials-mode)."""

Headers: TypeAlias = Sequence[tuple[str, str]]
"""A header list (#concept-header-list): a name and a value for each line, in order."""

MAX_AGE_LIMITS: Final = {"chromium": 7200, "firefox": 86400, "webkit": 600}
"""The "imposed limit on max-age" of each engine, in seconds (CORS-preflight fetch, 7.10)."""

_DEFAULT_MAX_AGE: Final = 5  # seconds; CORS-preflight fetch, 7.9
_LONGEST_MAX_AGE: Final = 2**31  # seconds; RFC 9111, 1.2.2: what a number too large to hold counts as
_MAX_REDIRECTS: Final = 20  # HTTP-redirect fetch, 7

_SAFELISTED_METHODS: Final = frozenset({"GET", "HEAD", "POST"})
_FORBIDDEN_METHODS: Final = frozenset({"CONNECT", "TRACE", "TRACK"})
_NORMALIZED_METHODS: Final = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"})

_FORBIDDEN_REQUEST_HEADERS: Final = frozenset({
    "accept-charset", "accept-encoding", "access-control-request-headers", "access-control-request-method",
    "connection", "content-length", "cookie", "cookie2", "date", "dnt", "expect", "host", "keep-alive",
    "origin", "referer", "set-cookie", "te", "trailer", "transfer-encoding", "upgrade", "via",
})  # fmt: skip
_METHOD_OVERRIDES: Final = frozenset({"x-http-method", "x-http-method-override", "x-method-override"})
_REQUEST_BODY_HEADERS: Final = frozenset({
    "content-encoding", "content-language", "content-location", "content-type",
})  # fmt: skip

_SAFELISTED_RESPONSE_HEADERS: Final = frozenset({
    "cache-control", "content-language", "content-length", "content-type", "expires", "last-modified",
    "pragma",
})  # fmt: skip
_FORBIDDEN_RESPONSE_HEADERS: Final = frozenset({"set-cookie", "set-cookie2"})

_OK_STATUSES: Final = range(200, 300)
_REDIRECT_STATUSES: Final = frozenset({301, 302, 303, 307, 308})

_TAB_OR_SPACE: Final = "\t "  # an "HTTP tab or space"
_WHITESPACE: Final = "\t\n\r "  # "HTTP whitespace"

# RFC 9110, 5.6.2: what a method and a field name are made of.
_TOKEN: Final = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
# #concept-header-value: what a value holds none of; beyond U+00FF there is no byte.
_NOT_IN_A_VALUE: Final = re.compile(r"[\x00\n\r\u0100-\U0010ffff]")
_DIGITS: Final = re.compile(r"[0-9]+")
# #cors-unsafe-request-header-byte
_UNSAFE_BYTE: Final = re.compile(r'[\x00-\x08\x0a-\x1f"():<>?@\[\\\]{}\x7f]')
_LANGUAGES: Final = re.compile(r"[0-9A-Za-z *,\-.;=]*")
_SIMPLE_TYPES: Final = frozenset({"application/x-www-form-urlencoded", "multipart/form-data", "text/plain"})
# #simple-range-header-value, without whitespace and with a start
_SIMPLE_RANGE: Final = re.compile(r"bytes=([0-9]+)-([0-9]*)")
# A quoted string (closed or not), a comma, or a run of anything else: no character can be read in two ways.
_PIECE: Final = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\\?\Z)|,|[^",]+', re.DOTALL)
# #origin-header, `serialized-origin`; with the "_" in a host that the grammar forgets and browsers send.
_ORIGIN: Final = re.compile(r"[a-z][a-z0-9+.\-]*://(?:[a-z0-9_.\-]+|\[[0-9a-f:]+\])(?::[0-9]{1,5})?")

_LOWER: Final = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


def _lower(text: str) -> str:
    """Byte-lowercase. `str.lower` would also make a k of a Kelvin sign."""
    return text.lower() if text.isascii() else text.translate(_LOWER)


# -- Methods and request-headers ----------------------------------------------------------------------------


def normalize_method(method: str) -> str:
    """The method that a browser makes of `method`: six names are upper-cased, no other.

    #concept-method-normalize

    >>> normalize_method("delete"), normalize_method("patch")
    ('DELETE', 'patch')
    """
    upper = method.upper() if method.isascii() else method
    return upper if upper in _NORMALIZED_METHODS else method


def is_forbidden_method(method: str) -> bool:
    """Whether a page cannot use `method`, in any case.

    #forbidden-method

    >>> is_forbidden_method("trace"), is_forbidden_method("OPTIONS")
    (True, False)
    """
    return method.upper() in _FORBIDDEN_METHODS


def is_safelisted_method(method: str) -> bool:
    """Whether `method` needs no preflight and no permission: GET, HEAD and POST, in capitals.

    #cors-safelisted-method

    >>> is_safelisted_method("POST"), is_safelisted_method("PUT"), is_safelisted_method("get")
    (True, False, False)
    """
    return method in _SAFELISTED_METHODS


def is_forbidden_header(name: str, value: str = "") -> bool:
    """Whether a page cannot set the request-header (`name`, `value`); it is dropped without an error.

    #forbidden-request-header

    >>> is_forbidden_header("Cookie"), is_forbidden_header("Sec-Anything"), is_forbidden_header("X-Anything")
    (True, True, False)
    >>> is_forbidden_header("X-HTTP-Method", "PUT"), is_forbidden_header("X-HTTP-Method", "GET, trace")
    (False, True)
    """
    name = _lower(name)
    if name in _FORBIDDEN_REQUEST_HEADERS or name.startswith(("proxy-", "sec-")):
        return True
    return name in _METHOD_OVERRIDES and any(map(is_forbidden_method, _split(value)))


def is_safelisted_header(name: str, value: str) -> bool:
    """Whether the request-header (`name`, `value`) needs no preflight and no permission.

    #cors-safelisted-request-header

    >>> is_safelisted_header("Content-Type", "text/plain;charset=utf-8")
    True
    >>> is_safelisted_header("Content-Type", "application/json"), is_safelisted_header("Accept", "a" * 129)
    (False, False)
    """
    if len(value) > 128:
        return False
    match _lower(name):
        case "accept":
            return not _UNSAFE_BYTE.search(value)
        case "accept-language" | "content-language":
            return _LANGUAGES.fullmatch(value) is not None
        case "content-type":
            # A MIME type's essence is what stands before the first ";". White space may stand around it, not
            # inside; parameters never make the parse fail (MIME Sniffing, "parse a MIME type").
            essence = value.strip(_WHITESPACE).partition(";")[0].rstrip(_WHITESPACE)
            return not _UNSAFE_BYTE.search(value) and _lower(essence) in _SIMPLE_TYPES
        case "range":
            simple = _SIMPLE_RANGE.fullmatch(value)
            return simple is not None and (not simple[2] or int(simple[1]) <= int(simple[2]))
        case _:
            return False


def unsafe_header_names(headers: Headers) -> tuple[str, ...]:
    """The names in `headers` that need a preflight: lower-cased, sorted, each once.

    #cors-unsafe-request-header-names

    >>> unsafe_header_names([("X-B", "1"), ("x-a", "2"), ("X-b", "3"), ("Accept", "text/html")])
    ('x-a', 'x-b')
    """
    unsafe: set[str] = set()
    potentially_unsafe: set[str] = set()
    safelist_value_size = 0
    for name, value in headers:
        if is_safelisted_header(name, value):
            potentially_unsafe.add(_lower(name))
            safelist_value_size += len(value)
        else:
            unsafe.add(_lower(name))
    if safelist_value_size > 1024:
        unsafe |= potentially_unsafe
    return tuple(sorted(unsafe))


def _split(value: str) -> list[str]:
    """Get, decode, and split: at commas outside quotes (#concept-header-list-get-decode-split)."""
    values: list[str] = []
    pieces: list[str] = []
    for piece in [*_PIECE.findall(value), ","]:
        if piece == ",":
            values.append("".join(pieces).strip(_TAB_OR_SPACE))
            pieces = []
        else:
            pieces.append(piece)
    return values


# -- What goes out and what comes back ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Request:
    """A request: the one that a page makes, or one that the browser sends for it.

    >>> Request("https://api.example/", origin="https://app.example", method="put").method
    'PUT'
    >>> Request("https://api.example/", origin="https://app.example/")
    Traceback (most recent call last):
    ValueError: no browser has the origin 'https://app.example/'

    Attributes:
        url: Absolute.
        origin: The page's, serialised as in an Origin header; `"null"` for an opaque one.
        method: Normalised, as the Request constructor does it.
        headers: Of a page's request, those that its script sets; of a sent one, those that the standard
            spells out, Origin included. Values lose the white space around them.
        credentials: The credentials mode. A sent request has `"include"` if credentials go with it, and
            else `"omit"`.
        private_network: Whether the server is in a more private address space than the page, and the page
            a secure context (https://wicg.github.io/private-network-access/#private-network-request). A
            server on another origin, met by a redirect, counts as no more private.
        use_cors_preflight: The use-CORS-preflight flag: an `XMLHttpRequest` with listeners for its upload.

    Raises:
        ValueError: No script could make this request: the URL or the origin is none, the method or a name
            is not a token, a value holds CR, LF, NUL or what is not a byte.
    """

    url: str
    origin: str
    method: str = "GET"
    headers: Headers = ()
    credentials: Credentials = "same-origin"
    private_network: bool = False
    use_cors_preflight: bool = False

    def __post_init__(self) -> None:
        _parse_absolute_url(self.url)
        if self.origin != "null" and not _is_serialized_origin(self.origin):
            raise ValueError(f"no browser has the origin {_quote(self.origin)}")
        if not _TOKEN.fullmatch(self.method):
            raise ValueError(f"not a method: {_quote(self.method)}")
        if self.credentials not in {"omit", "same-origin", "include"}:
            raise ValueError(f"not a credentials mode: {_quote(self.credentials)}")
        headers = tuple((name, value.strip(_WHITESPACE)) for name, value in self.headers)
        for name, value in headers:
            if not _TOKEN.fullmatch(name):
                raise ValueError(f"not a header name: {_quote(name)}")
            if _NOT_IN_A_VALUE.search(value):
                raise ValueError(f"not a header value: that of {name}")  # which may be a secret
        object.__setattr__(self, "method", normalize_method(self.method))
        object.__setattr__(self, "headers", headers)


@dataclass(frozen=True, slots=True)
class Response:
    """What came back: a status and the header lines. Nothing in it is trusted, and nothing in it raises.

    >>> Response(200, [("Vary", "Origin"), ("vary", " Accept ")]).get("VARY")
    'Origin, Accept'

    Attributes:
        status: 0 for a network error: no answer at all (#concept-network-error).
        headers: Values lose the blanks around them.
    """

    status: int
    headers: Headers = ()

    def __post_init__(self) -> None:
        headers = tuple((name, value.strip(_TAB_OR_SPACE)) for name, value in self.headers)
        object.__setattr__(self, "headers", headers)

    def values(self, name: str) -> list[str]:
        """The values of the lines called `name`, in order.

        >>> Response(200, [("Vary", "Origin"), ("vary", "Accept")]).values("vary")
        ['Origin', 'Accept']
        """
        name = _lower(name)
        return [value for other, value in self.headers if _lower(other) == name]

    def get(self, name: str) -> str | None:
        """The values of `name` joined as a browser joins them; None where there is no such line.

        #concept-header-list-get
        """
        values = self.values(name)
        return ", ".join(values) if values else None


class Stage(StrEnum):
    """The part of the exchange that a step belongs to."""

    REQUEST = "request"
    """Before anything is sent to the URL."""
    PREFLIGHT = "preflight"
    ACTUAL = "actual"
    """The request itself and what follows from its response, redirects included."""


class Outcome(StrEnum):
    """What became of a step."""

    PASSED = "passed"
    NOTED = "noted"
    """The fetch goes on, not quite as the page or the server may have meant it."""
    FAILED = "failed"


class Check(StrEnum):
    """What a step looked at."""

    REQUEST = "request"
    SCHEME = "scheme"
    SAME_ORIGIN = "same-origin"
    PREFLIGHT = "preflight"
    RESPONSE = "response"
    ALLOW_ORIGIN = "allow-origin"
    ALLOW_CREDENTIALS = "allow-credentials"
    STATUS = "status"
    PRIVATE_NETWORK = "private-network"
    ALLOW_METHODS = "allow-methods"
    ALLOW_HEADERS = "allow-headers"
    MAX_AGE = "max-age"
    REDIRECT = "redirect"
    EXPOSE_HEADERS = "expose-headers"

    @property
    def section(self) -> str:
        """Where the rule stands: a fragment of the Fetch standard, or a whole address."""
        return _SECTIONS[self]


_SECTIONS: Final = {
    Check.REQUEST: "#dom-request",
    Check.SCHEME: "#concept-main-fetch",
    Check.SAME_ORIGIN: "#concept-main-fetch",
    Check.PREFLIGHT: "#concept-http-fetch",
    Check.RESPONSE: "#concept-network-error",
    Check.ALLOW_ORIGIN: "#concept-cors-check",
    Check.ALLOW_CREDENTIALS: "#concept-cors-check",
    Check.STATUS: "#cors-preflight-fetch-0",
    Check.PRIVATE_NETWORK: "https://wicg.github.io/private-network-access/#fetching",
    Check.ALLOW_METHODS: "#cors-preflight-fetch-0",
    Check.ALLOW_HEADERS: "#cors-preflight-fetch-0",
    Check.MAX_AGE: "#cors-preflight-fetch-0",
    Check.REDIRECT: "#concept-http-redirect-fetch",
    Check.EXPOSE_HEADERS: "#concept-filtered-response-cors",
}


class Failure(StrEnum):
    """Why a step ends the fetch in a network error. With the step's stage, it names the cause."""

    FORBIDDEN_METHOD = "forbidden-method"
    URL_CREDENTIALS = "url-credentials"
    """The URL of the request, or of a redirect, has a user name or password in it."""
    SCHEME_NOT_HTTP = "scheme-not-http"
    """The URL of the request, or of a redirect, is neither http nor https."""
    NO_RESPONSE = "no-response"
    ALLOW_ORIGIN_MISSING = "allow-origin-missing"
    ALLOW_ORIGIN_MULTIPLE = "allow-origin-multiple"
    ALLOW_ORIGIN_INVALID = "allow-origin-invalid"
    """It is neither an origin, nor `null`, nor `*`."""
    ALLOW_ORIGIN_MISMATCH = "allow-origin-mismatch"
    ALLOW_ORIGIN_WILDCARD = "allow-origin-wildcard"
    """It is `*`, and credentials are included."""
    ALLOW_CREDENTIALS_NOT_TRUE = "allow-credentials-not-true"
    STATUS_NOT_OK = "status-not-ok"
    PREFLIGHT_REDIRECTED = "preflight-redirected"
    PRIVATE_NETWORK_NOT_ALLOWED = "private-network-not-allowed"
    ALLOW_METHODS_UNPARSEABLE = "allow-methods-unparseable"
    METHOD_NOT_ALLOWED = "method-not-allowed"
    ALLOW_HEADERS_UNPARSEABLE = "allow-headers-unparseable"
    AUTHORIZATION_NOT_NAMED = "authorization-not-named"
    HEADER_NOT_ALLOWED = "header-not-allowed"
    LOCATION_INVALID = "location-invalid"
    REDIRECT_LIMIT = "redirect-limit"


class Note(StrEnum):
    """What a browser does silently, and people are surprised by."""

    HEADERS_DROPPED = "headers-dropped"
    """The script set forbidden request-headers."""
    MAX_AGE_UNPARSEABLE = "max-age-unparseable"
    METHOD_CHANGED = "method-changed"
    """A redirect made a GET of it."""
    AUTHORIZATION_REMOVED = "authorization-removed"
    """A redirect led to another origin."""
    ORIGIN_NULL = "origin-null"
    """A redirect from another origin led on to a third one; `null` is sent from here on."""
    EXPOSE_HEADERS_UNPARSEABLE = "expose-headers-unparseable"
    EXPOSE_HEADERS_LITERAL = "expose-headers-literal"
    """`*` is a header's name where credentials are included."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that the browser looked at, and what it made of it.

    Attributes:
        stage: The part of the exchange.
        hop: How many redirects were followed before.
        check: What was looked at.
        detail: A sentence. What it quotes of a response is escaped and cut short.
        failure: Why the fetch ends here.
        note: What happened silently.
        names: The method or the field names that it is about, as the browser compares them.
    """

    stage: Stage
    hop: int
    check: Check
    detail: str
    failure: Failure | None = None
    note: Note | None = None
    names: tuple[str, ...] = ()

    @property
    def section(self) -> str:
        """The section of the standard that has the rule."""
        return self.check.section

    @property
    def outcome(self) -> Outcome:
        """Whether it passed, was passed with a note, or failed."""
        if self.failure:
            return Outcome.FAILED
        return Outcome.NOTED if self.note else Outcome.PASSED


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request as it was sent, and the response to it."""

    stage: Stage
    hop: int
    request: Request
    response: Response


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What the browser made of it all.

    Attributes:
        request: The page's request.
        steps: In the order in which they were taken.
        exchanges: What was sent and came back, in order.
        response: What the page may read; None where it got a network error.
        tainting: `"cors"` once the CORS protocol decides, `"basic"` while it does not
            (#concept-request-response-tainting).
        readable: The names of the response's headers that the page can read, lower-cased and sorted.
        max_age: Seconds for which the answer to the last good preflight may be kept, before any of
            `MAX_AGE_LIMITS`; None where there was no good one.
    """

    request: Request
    steps: tuple[Step, ...]
    exchanges: tuple[Exchange, ...]
    response: Response | None
    tainting: Literal["basic", "cors"]
    readable: tuple[str, ...]
    max_age: int | None

    @property
    def allowed(self) -> bool:
        """Whether the page may read the response."""
        return self.response is not None

    @property
    def failures(self) -> tuple[Step, ...]:
        """The failed steps: several, where the standard asks several things of a preflight at once."""
        return tuple(step for step in self.steps if step.failure)

    @property
    def failed(self) -> Step | None:
        """The first failed step."""
        return next(iter(self.failures), None)

    @property
    def status(self) -> int | None:
        """The status that the page sees, if any."""
        return self.response.status if self.response else None


# -- The algorithms ------------------------------------------------------------------------------------------


def is_cross_origin(request: Request) -> bool:
    """Whether `request` leaves its page's origin. An opaque origin is nowhere at home.

    >>> is_cross_origin(Request("https://app.example:443/x", origin="https://app.example"))
    False
    >>> is_cross_origin(Request("http://app.example/x", origin="https://app.example"))
    True
    """
    return _Fetch(request).url.origin != request.origin


def preflight_request(request: Request) -> Request | None:
    """The CORS-preflight request that a browser sends before `request`; None where it sends none.

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
    browser = _Fetch(request)
    try:
        browser.construct()
        return browser.preflight() if browser.main_fetch() else None
    except _NetworkError:
        return None


def judge(request: Request, preflight: Response | None, response: Response | None) -> Conclusion:
    """What a browser concludes where no redirect is followed.

    >>> page = Request("https://api.example/", origin="https://app.example")
    >>> judge(page, None, Response(200, [("Access-Control-Allow-Origin", "https://app.example")])).allowed
    True

    Args:
        request: The page's.
        preflight: The response to `preflight_request(request)`; not looked at where that is None.
        response: The response to the request itself; not looked at where the browser does not get so far.

    Raises:
        ValueError: The browser sends something that there is no response to: None stands where one is
            needed, or `response` is a redirect (`fetch` follows those).
    """
    answers = {True: preflight, False: response}

    def send(sent: Request) -> Response:
        # No page can set this header.
        is_preflight = any(name == "Access-Control-Request-Method" for name, _ in sent.headers)
        answer = answers.pop(is_preflight, None)
        if not is_preflight:
            answers.clear()
        if answer is None:
            raise ValueError(f"there is no response to {sent.method} {_quote(sent.url)}, which is sent now")
        return answer

    return fetch(request, send)


def fetch(request: Request, send: Callable[[Request], Response]) -> Conclusion:
    """What a browser concludes, redirects followed.

    >>> def server(sent):
    ...     allow = ("Access-Control-Allow-Origin", "*")
    ...     if sent.url == "https://api.example/old":
    ...         return Response(301, [("Location", "/new"), allow])
    ...     return Response(200, [allow, ("Content-Type", "text/plain"), ("X-Id", "7")])
    >>> conclusion = fetch(Request("https://api.example/old", origin="https://app.example"), server)
    >>> conclusion.allowed, conclusion.readable, conclusion.exchanges[-1].request.url
    (True, ('content-type',), 'https://api.example/new')

    Args:
        request: The page's.
        send: Gets each request as a browser sends it, preflights among them, and answers it, with status 0
            where no answer came. It follows no redirect itself. What it raises is not caught.
    """
    browser = _Fetch(request)
    response = None
    readable: tuple[str, ...] = ()
    try:
        response = browser.fetch(send)
        readable = browser.filter(response)
    except _NetworkError:
        pass
    steps, exchanges = tuple(browser.steps), tuple(browser.exchanges)
    return Conclusion(request, steps, exchanges, response, browser.tainting, readable, browser.max_age)


class _NetworkError(Exception):
    """The standard's "return a network error": it goes up through every algorithm unchanged."""


class _Fetch:
    """One fetch under way: the standard's request, whose state its algorithms change, and the steps taken."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.first = self.url = _parse_absolute_url(request.url)
        self.origin = request.origin
        self.method = request.method
        self.headers: list[tuple[str, str]] = []
        self.unsafe: tuple[str, ...] = ()
        self.hop = 0
        self.stage = Stage.REQUEST
        self.tainting: Literal["basic", "cors"] = "basic"
        self.max_age: int | None = None
        self.steps: list[Step] = []
        self.exchanges: list[Exchange] = []

    def passed(self, check: Check, detail: str, names: Iterable[str] = ()) -> None:
        self.steps.append(Step(self.stage, self.hop, check, detail, names=tuple(names)))

    def noted(self, check: Check, note: Note, detail: str, names: Iterable[str] = ()) -> None:
        self.steps.append(Step(self.stage, self.hop, check, detail, note=note, names=tuple(names)))

    def failed(self, check: Check, failure: Failure, detail: str, names: Iterable[str] = ()) -> None:
        self.steps.append(Step(self.stage, self.hop, check, detail, failure, names=tuple(names)))

    def stop(self, check: Check, failure: Failure, detail: str, names: Iterable[str] = ()) -> NoReturn:
        self.failed(check, failure, detail, names)
        raise _NetworkError

    @property
    def includes_credentials(self) -> bool:
        """HTTP-network-or-cache fetch, 8.3."""
        mode = self.request.credentials
        return mode == "include" or (mode == "same-origin" and self.tainting == "basic")

    @property
    def private_network(self) -> bool:
        return self.request.private_network and self.url.origin == self.first.origin

    def fetch(self, send: Callable[[Request], Response]) -> Response:
        self.construct()
        while True:
            if self.main_fetch():
                self.preflight_fetch(self.exchange(Stage.PREFLIGHT, self.preflight(), send))
            response = self.exchange(Stage.ACTUAL, self.actual(), send)
            # HTTP fetch, 4.4
            if self.tainting == "cors" and not self.cors_check(response):
                raise _NetworkError
            location = self.location(response)
            if location is None:
                return response
            self.redirect(response.status, location)

    def construct(self) -> None:
        """#dom-request, then #concept-fetch. What the first refuses, a script sees as a TypeError."""
        if is_forbidden_method(self.method):
            detail = f"no script may use the method {_quote(self.method)}"
            self.stop(Check.REQUEST, Failure.FORBIDDEN_METHOD, detail, [self.method])
        if self.url.includes_credentials:
            self.stop(Check.REQUEST, Failure.URL_CREDENTIALS, "the URL has a user name or a password in it")
        dropped: list[str] = []
        for name, value in self.request.headers:
            if is_forbidden_header(name, value):
                dropped.append(_lower(name))
            else:
                self.headers.append((name, value))
        if dropped:
            detail = f"dropped, as no script may set them: {_quote_all(dropped)}"
            self.noted(Check.REQUEST, Note.HEADERS_DROPPED, detail, dropped)
        # It counts among the safelisted headers from here on.
        if not any(_lower(name) == "accept" for name, _ in self.headers):
            self.headers.append(("Accept", "*/*"))

    def main_fetch(self) -> bool:
        """Main fetch, 12: sets the response tainting; true if a preflight is to be made."""
        page, target = _quote(self.request.origin), _quote(self.url.origin)
        # Once tainted, a response stays so: back on the page's own origin, CORS still decides.
        if self.tainting == "basic" and self.url.origin == self.request.origin:
            self.passed(Check.SAME_ORIGIN, f"{target} is the page's own origin, and CORS has no say")
            return False
        if self.url.scheme not in _DEFAULT_PORTS:
            detail = f"CORS is for http and https, not for {_quote(self.url.scheme)}"
            self.stop(Check.SCHEME, Failure.SCHEME_NOT_HTTP, detail)
        self.tainting = "cors"
        self.passed(Check.SAME_ORIGIN, f"the request is for {target} and from {page}, so CORS decides")
        self.unsafe = unsafe_header_names(self.headers)
        reasons: list[str] = []
        if not is_safelisted_method(self.method):
            reasons.append(f"the method {_quote(self.method)}")
        if self.unsafe:
            reasons.append(f"the headers {_quote_all(self.unsafe)}")
        if self.request.use_cors_preflight:
            reasons.append("listeners for the upload")
        if self.private_network:
            # https://wicg.github.io/private-network-access/#fetching, "determine the preflight mode"
            reasons.append("a more private network")
        detail = f"a preflight is needed for {', '.join(reasons)}" if reasons else "no preflight is needed"
        self.passed(Check.PREFLIGHT, detail)
        return bool(reasons)

    def preflight(self) -> Request:
        """CORS-preflight fetch, 1 to 5."""
        headers = [("Accept", "*/*"), ("Access-Control-Request-Method", self.method)]
        if self.unsafe:
            # Joined without the blank that "combine" puts after a comma.
            headers.append(("Access-Control-Request-Headers", ",".join(self.unsafe)))
        if self.private_network:
            headers.append(("Access-Control-Request-Private-Network", "true"))
        headers.append(("Origin", self.origin))
        return self.outgoing("OPTIONS", headers, "omit")

    def actual(self) -> Request:
        """HTTP-network-or-cache fetch, 8, as far as CORS goes."""
        headers = list(self.headers)
        # #append-a-request-origin-header
        if self.tainting == "cors" or self.method not in {"GET", "HEAD"}:
            headers.append(("Origin", self.origin))
        return self.outgoing(self.method, headers, "include" if self.includes_credentials else "omit")

    def outgoing(self, method: str, headers: Headers, credentials: Credentials) -> Request:
        return Request(str(self.url), self.origin, method, headers, credentials, self.private_network)

    def exchange(self, stage: Stage, sent: Request, send: Callable[[Request], Response]) -> Response:
        response = send(sent)
        self.stage = stage
        self.exchanges.append(Exchange(stage, self.hop, sent, response))
        if response.status == 0:
            self.stop(Check.RESPONSE, Failure.NO_RESPONSE, "no response came")
        self.passed(Check.RESPONSE, f"the response's status is {response.status}")
        return response

    def preflight_fetch(self, response: Response) -> None:
        """CORS-preflight fetch, 7 and 8."""
        # Two conditions of one "if": both are told of, as either may be what lies behind the other.
        shared = self.cors_check(response)
        if not self.preflight_status(response.status) or not shared:
            raise _NetworkError
        self.preflight_private_network(response)
        methods = self.allow_list(response, Check.ALLOW_METHODS)
        names = self.allow_list(response, Check.ALLOW_HEADERS)
        if methods is False or names is False:
            raise _NetworkError
        if methods is None and self.request.use_cors_preflight:
            methods = [self.method]
        self.preflight_method(methods or [])
        self.preflight_headers(names or [])
        self.preflight_max_age(response)

    def cors_check(self, response: Response) -> bool:
        """#concept-cors-check. The standard says yes or no; which kind of no it was is told here."""
        include = self.request.credentials == "include"
        allow = response.get("Access-Control-Allow-Origin")
        found = _found("Access-Control-Allow-Origin", allow)
        if allow == "*" and not include:
            self.passed(Check.ALLOW_ORIGIN, f"{found}, and no credentials are included")
            return True
        if allow == self.origin:
            self.passed(Check.ALLOW_ORIGIN, f"{found}, the origin that was sent")
            return not include or self.allow_credentials(response)
        if allow is None:
            failure, detail = Failure.ALLOW_ORIGIN_MISSING, found
        elif allow == "*":
            failure, detail = Failure.ALLOW_ORIGIN_WILDCARD, f"{found}, and credentials are included"
        elif "," in allow or len(allow.split()) > 1:
            failure, detail = Failure.ALLOW_ORIGIN_MULTIPLE, f"{found}, more than one value"
        elif allow != "null" and not _ORIGIN.fullmatch(allow):
            failure, detail = Failure.ALLOW_ORIGIN_INVALID, f"{found}, which is no origin"
        else:
            failure, detail = Failure.ALLOW_ORIGIN_MISMATCH, f"{found}, and {_quote(self.origin)} was sent"
        self.failed(Check.ALLOW_ORIGIN, failure, detail)
        return False

    def allow_credentials(self, response: Response) -> bool:
        allow = response.get("Access-Control-Allow-Credentials")
        found = _found("Access-Control-Allow-Credentials", allow)
        if allow == "true":  # and not "True"
            self.passed(Check.ALLOW_CREDENTIALS, found)
            return True
        detail = f"{found}, not 'true', and credentials are included"
        self.failed(Check.ALLOW_CREDENTIALS, Failure.ALLOW_CREDENTIALS_NOT_TRUE, detail)
        return False

    def preflight_status(self, status: int) -> bool:
        if status in _OK_STATUSES:
            self.passed(Check.STATUS, f"{status} is an ok status")
            return True
        # A preflight is an HTTP-network-or-cache fetch, which follows no redirect.
        failure = Failure.PREFLIGHT_REDIRECTED if status in _REDIRECT_STATUSES else Failure.STATUS_NOT_OK
        self.failed(Check.STATUS, failure, f"{status} is not an ok status, 200 to 299")
        return False

    def preflight_private_network(self, response: Response) -> None:
        """https://wicg.github.io/private-network-access/#fetching, "immediately after the CORS check"."""
        if not self.private_network:
            return
        allow = response.get("Access-Control-Allow-Private-Network")
        found = _found("Access-Control-Allow-Private-Network", allow)
        if allow != "true":
            detail = f"{found}, not 'true', and the network is more private"
            self.stop(Check.PRIVATE_NETWORK, Failure.PRIVATE_NETWORK_NOT_ALLOWED, detail)
        self.passed(Check.PRIVATE_NETWORK, found)

    def allow_list(self, response: Response, check: Check) -> list[str] | Literal[False] | None:
        """CORS-preflight fetch, 7.1 to 7.3: the members; None for no header; False for what is no list."""
        name, failure = _ALLOW_LISTS[check]
        try:
            return _extract_list(response, name)
        except _UnparseableError as error:
            self.failed(check, failure, f"{name} has {error} in it, which is not a token")
            return False

    def preflight_method(self, methods: Sequence[str]) -> None:
        """CORS-preflight fetch, 7.5."""
        method = _quote(self.method)
        if self.method in methods:
            detail = f"{method} is among the methods allowed"
        elif is_safelisted_method(self.method):
            detail = f"{method} needs no permission"
        elif "*" in methods and self.request.credentials != "include":
            detail = f"{method} is allowed by '*'"
        else:
            detail = f"{method} is not among the methods allowed: {_quote_all(methods)}"
            self.stop(Check.ALLOW_METHODS, Failure.METHOD_NOT_ALLOWED, detail, [self.method])
        self.passed(Check.ALLOW_METHODS, detail, [self.method])

    def preflight_headers(self, names: Sequence[str]) -> None:
        """CORS-preflight fetch, 7.6 and 7.7."""
        allowed = set(map(_lower, names))
        listed = f"not among the headers allowed: {_quote_all(names)}"
        # The one "CORS non-wildcard request-header name".
        if "authorization" in self.unsafe and "authorization" not in allowed:
            detail = f"'authorization', which '*' does not stand for, is {listed}"
            self.stop(Check.ALLOW_HEADERS, Failure.AUTHORIZATION_NOT_NAMED, detail, ["authorization"])
        if "*" in allowed and self.request.credentials != "include":
            self.passed(Check.ALLOW_HEADERS, "every header is allowed by '*'", self.unsafe)
            return
        refused = [name for name in self.unsafe if name not in allowed]
        if refused:
            detail = f"{_quote_all(refused)}: {listed}"
            self.stop(Check.ALLOW_HEADERS, Failure.HEADER_NOT_ALLOWED, detail, refused)
        self.passed(Check.ALLOW_HEADERS, f"to be allowed: {_quote_all(self.unsafe)}; all are", self.unsafe)

    def preflight_max_age(self, response: Response) -> None:
        """CORS-preflight fetch, 7.8 and 7.9. The grammar is `delta-seconds`: digits, on one line."""
        values = response.values("Access-Control-Max-Age")
        found = _found("Access-Control-Max-Age", ", ".join(values) if values else None)
        self.max_age = _DEFAULT_MAX_AGE
        if not values:
            self.passed(Check.MAX_AGE, f"{found}, so {self.max_age} seconds count")
        elif len(values) > 1 or not _DIGITS.fullmatch(values[0]):
            detail = f"{found}, not a number of seconds, so {self.max_age} count"
            self.noted(Check.MAX_AGE, Note.MAX_AGE_UNPARSEABLE, detail)
        else:
            digits = values[0].lstrip("0") or "0"
            self.max_age = _LONGEST_MAX_AGE if len(digits) > 10 else min(int(digits), _LONGEST_MAX_AGE)
            self.passed(Check.MAX_AGE, f"{found}: {self.max_age} seconds, or the browser's own limit")

    def location(self, response: Response) -> "_URL | None":
        """#concept-response-location-url, and HTTP-redirect fetch, 3 to 5."""
        values = response.values("Location")
        if response.status not in _REDIRECT_STATUSES or not values:
            return None
        url = _parse_url(values[0], self.url) if len(values) == 1 else None
        if url is None:
            detail = f"{response.status}, and its Location is not one URL"
            self.stop(Check.REDIRECT, Failure.LOCATION_INVALID, detail)
        return url

    def redirect(self, status: int, location: "_URL") -> None:
        """HTTP-redirect fetch, 6 to 19. Nothing but a Location's origin is quoted: there may be a token."""
        if location.scheme not in _DEFAULT_PORTS:
            detail = f"{status} leads to {_quote(location.scheme)}, which is neither http nor https"
            self.stop(Check.REDIRECT, Failure.SCHEME_NOT_HTTP, detail)
        if self.hop == _MAX_REDIRECTS:
            self.stop(Check.REDIRECT, Failure.REDIRECT_LIMIT, f"{status} after {_MAX_REDIRECTS} redirects")
        target = _quote(location.origin)
        # 9 and 10: such a URL may only be one of the page's own origin, which was never left.
        own = location.origin == self.request.origin and self.tainting == "basic"
        if location.includes_credentials and not own:
            detail = f"{status} leads to {target} by a URL with a user name or a password in it"
            self.stop(Check.REDIRECT, Failure.URL_CREDENTIALS, detail)
        self.passed(Check.REDIRECT, f"{status} leads to {target}")
        posted = status in {301, 302} and self.method == "POST"
        if posted or (status == 303 and self.method not in {"GET", "HEAD"}):
            detail = f"{status} makes a GET of {_quote(self.method)}"
            self.noted(Check.REDIRECT, Note.METHOD_CHANGED, detail, [self.method])
            self.method = "GET"
            self.delete(_REQUEST_BODY_HEADERS)
        if location.origin != self.url.origin:
            self.leave()
        self.url = location
        self.hop += 1
        self.stage = Stage.REQUEST

    def leave(self) -> None:
        """What a redirect from one origin to another costs: Authorization, and perhaps the page's origin."""
        if self.delete({"authorization"}):
            detail = "'authorization' is removed, as the redirect is to another origin"
            self.noted(Check.REDIRECT, Note.AUTHORIZATION_REMOVED, detail, ["authorization"])
        # #concept-request-tainted-origin, for a URL that is the last but one from here on.
        if self.request.origin != self.url.origin and self.origin != "null":
            self.origin = "null"
            detail = f"the origin is 'null' from here on, as {_quote(self.url.origin)} redirected elsewhere"
            self.noted(Check.REDIRECT, Note.ORIGIN_NULL, detail)

    def delete(self, names: AbstractSet[str]) -> bool:
        """#concept-header-list-delete; whether there were any."""
        before = self.headers
        self.headers = [header for header in before if _lower(header[0]) not in names]
        return len(self.headers) < len(before)

    def filter(self, response: Response) -> tuple[str, ...]:
        """Main fetch, 14: the names in the filtered response's header list."""
        names = {_lower(name) for name, _ in response.headers} - _FORBIDDEN_RESPONSE_HEADERS
        if self.tainting == "cors":
            names &= _SAFELISTED_RESPONSE_HEADERS | self.exposed(response, names)
        return tuple(sorted(names))

    def exposed(self, response: Response, names: AbstractSet[str]) -> AbstractSet[str]:
        """#concept-response-cors-exposed-header-name-list, for a response that has `names`."""
        header = "Access-Control-Expose-Headers"
        try:
            members = _extract_list(response, header) or []
        except _UnparseableError as error:
            detail = f"{header} has {error} in it, which is not a token, and exposes nothing"
            self.noted(Check.EXPOSE_HEADERS, Note.EXPOSE_HEADERS_UNPARSEABLE, detail)
            return set()
        if "*" in members and self.request.credentials != "include":
            self.passed(Check.EXPOSE_HEADERS, f"{header} has '*' in it, and every header is exposed")
            return names
        if "*" in members:
            detail = f"{header} has '*' in it, which is but a name where credentials are included"
            self.noted(Check.EXPOSE_HEADERS, Note.EXPOSE_HEADERS_LITERAL, detail)
        else:
            self.passed(Check.EXPOSE_HEADERS, f"{header} exposes: {_quote_all(members)}")
        return set(map(_lower, members))


_ALLOW_LISTS: Final = {
    Check.ALLOW_METHODS: ("Access-Control-Allow-Methods", Failure.ALLOW_METHODS_UNPARSEABLE),
    Check.ALLOW_HEADERS: ("Access-Control-Allow-Headers", Failure.ALLOW_HEADERS_UNPARSEABLE),
}


class _UnparseableError(Exception):
    """The standard's "failure" of a header that is not what its grammar says; with the faulty member."""


def _extract_list(response: Response, name: str) -> list[str] | None:
    """Extract header list values, for the grammar `#token` (#http-new-header-syntax); None for no header.

    RFC 9110, 5.6.1.2: empty members are ignored, however many there are.
    """
    values = response.values(name)
    if not values:
        return None
    members = [member.strip(_TAB_OR_SPACE) for value in values for member in value.split(",")]
    for member in members:
        if member and not _TOKEN.fullmatch(member):
            raise _UnparseableError(_quote(member))
    return [member for member in members if member]


def _quote(text: str) -> str:
    """What someone else wrote, fit for a terminal and a log: escaped, on one line, cut at 100 characters."""
    return f"{text!a}" if len(text) <= 100 else f"{text[:100]!a}…"


def _quote_all(texts: Sequence[str]) -> str:
    """The first ten of `texts`."""
    more = f" and {len(texts) - 10} more" if len(texts) > 10 else ""
    return ", ".join(map(_quote, texts[:10])) + more if texts else "none"


def _found(name: str, value: str | None) -> str:
    return f"there is no {name}" if value is None else f"{name} is {_quote(value)}"


# -- URLs ----------------------------------------------------------------------------------------------------
# As much of the URL standard as a redirect needs. It is read more narrowly in one point: a host is written in
# ASCII and without percent signs, an IPv4 address as four decimal numbers. All else is failure.

_DEFAULT_PORTS: Final = {"http": "80", "https": "443"}
_C0_AND_SPACE: Final = "".join(map(chr, range(0x21)))
_NO_TABS_NOR_NEWLINES: Final = str.maketrans("", "", "\t\n\r")
_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):")
_PORT: Final = re.compile(r"0*([0-9]{0,5})")
_DOMAIN: Final = re.compile(r"[^\x00-\x20#%/:<>?@\[\\\]^|\x7f-\U0010ffff]+")  # no "forbidden domain code point"
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")  # "ends in a number checker"
_BYTE: Final = r"(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_IPV4: Final = re.compile(rf"{_BYTE}\.{_BYTE}\.{_BYTE}\.{_BYTE}")
_ZEROS: Final = re.compile(r"(?<![0-9a-f])0(?::0)+")
# What the query and the path must not have in them, beyond printable ASCII without space " # < > and `.
_TO_ENCODE: Final = re.compile(r"[^!$-;=?-_a-z{-~]")


@dataclass(frozen=True, slots=True)
class _URL:
    """A parsed URL. Of one that is not HTTP(S) the scheme alone is known: no rule looks at more."""

    scheme: str
    origin: str = ""
    userinfo: str = ""
    path: str = ""
    query: str = ""

    @property
    def includes_credentials(self) -> bool:
        """URL, "include credentials": an empty name with an empty password is none."""
        return self.userinfo not in {"", ":"}

    def __str__(self) -> str:
        userinfo = f"{self.userinfo}@" if self.includes_credentials else ""
        return f"{self.scheme}://{userinfo}{self.origin.partition('://')[2]}{self.path}{self.query}"


def _parse_absolute_url(text: str) -> _URL:
    url = _parse_url(text)
    if url is None:
        raise ValueError(f"not an absolute URL: {_quote(text)}")
    return url


def _parse_url(text: str, base: _URL | None = None) -> _URL | None:
    """The "URL parser"; None is failure. With a base, `text` is a Location, whose bytes stay as they are."""
    text = text.strip(_C0_AND_SPACE).translate(_NO_TABS_NOR_NEWLINES)
    named = _SCHEME.match(text)
    if named:
        scheme, text = _lower(named[1]), text[named.end() :]
    elif base:
        scheme = base.scheme
    else:
        return None
    if scheme not in _DEFAULT_PORTS:
        return _URL(scheme)
    encoding = "latin-1" if base else "utf-8"
    path, mark, query = text.partition("#")[0].partition("?")
    path = _percent_encode(path.replace("\\", "/"), encoding)
    query = mark + _percent_encode(query, encoding)
    # Any number of slashes opens an authority; where the base has the same scheme, two at least.
    if base and scheme == base.scheme and not path.startswith("//"):
        return replace(base, path=_resolve(base.path, path), query=query if path or mark else base.query)
    authority, _, path = path.lstrip("/").partition("/")
    userinfo, _, host = authority.rpartition("@")
    origin = _parse_origin(scheme, _lower(host))
    return _URL(scheme, origin, userinfo, _resolve("/", f"/{path}"), query) if origin else None


def _parse_origin(scheme: str, host: str) -> str:
    """The serialised origin of `host`, with or without a port; empty is failure."""
    if host.startswith("["):
        name, closed, port = host.partition("]")
        name = _serialize_ipv6(name[1:])
        if not name or not closed or port[:1] not in {"", ":"}:
            return ""
        port = port[1:]
    else:
        name, _, port = host.partition(":")
        last = name.removesuffix(".").rpartition(".")[2]
        if not _DOMAIN.fullmatch(name) or (_NUMBER.fullmatch(last) and not _IPV4.fullmatch(name)):
            return ""
    digits = _PORT.fullmatch(port)
    if not digits or int(digits[1] or 0) > 0xFFFF:
        return ""
    # "080" is 80, and an empty port the default one.
    port = str(int(digits[1] or 0)) if port else _DEFAULT_PORTS[scheme]
    return f"{scheme}://{name}" if port == _DEFAULT_PORTS[scheme] else f"{scheme}://{name}:{port}"


def _serialize_ipv6(text: str) -> str:
    """The "IPv6 serializer", in brackets; empty is failure. The first longest run of zeros is left out."""
    from ipaddress import IPv6Address

    try:
        address = IPv6Address(text)
    except ValueError:
        return ""
    if address.scope_id is not None:
        return ""
    number = f"{int(address):032x}"
    pieces = ":".join(f"{int(number[i : i + 4], 16):x}" for i in range(0, 32, 4))
    longest = max(_ZEROS.finditer(pieces), key=lambda run: len(run[0]), default=None)
    if longest:
        before, after = pieces[: longest.start()], pieces[longest.end() :]
        pieces = f"{before.removesuffix(':')}::{after.removeprefix(':')}"
    return f"[{pieces}]"


def _resolve(base: str, path: str) -> str:
    """The absolute path that `path` is, seen from the path `base`, without dot segments ("path state")."""
    if not path:
        return base
    segments = path.split("/")[1:] if path.startswith("/") else [*base.split("/")[1:-1], *path.split("/")]
    resolved: list[str] = []
    for segment in segments:
        dots = _lower(segment).replace("%2e", ".")
        if dots == "..":
            del resolved[-1:]
        elif dots != ".":
            resolved.append(segment)
    if _lower(segments[-1]).replace("%2e", ".") in {".", ".."}:
        resolved.append("")
    return "/" + "/".join(resolved)


def _percent_encode(text: str, encoding: str) -> str:
    def encode(found: re.Match[str]) -> str:
        return "".join(f"%{byte:02X}" for byte in found[0].encode(encoding, "replace"))

    return _TO_ENCODE.sub(encode, text)


def _is_serialized_origin(text: str) -> bool:
    """Whether `text` is the serialisation of a tuple origin and, for HTTP(S), the only one."""
    url = _parse_url(text)
    return _ORIGIN.fullmatch(text) is not None and url is not None and url.origin in {"", text}
