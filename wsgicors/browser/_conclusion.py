"""The conclusion of a browser, and the steps that led to it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

from wsgicors.browser._messages import Request, Response


class Stage(StrEnum):
    """The part of the exchange that a step belongs to."""

    REQUEST = "request"
    """Before anything is sent to the URL."""
    PREFLIGHT = "preflight"
    ACTUAL = "actual"
    """The request itself and its response, including redirects."""


class Outcome(StrEnum):
    """The result of a step."""

    PASSED = "passed"
    NOTED = "noted"
    """The fetch goes on, but not in the way that the page or the server expects."""
    FAILED = "failed"


class Check(StrEnum):
    """What a step checks."""

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
        """The rule's section, as a fragment of the Fetch standard, or a whole address."""
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
    """Why a step ends the fetch with a network error. Together with the stage it names the cause."""

    FORBIDDEN_METHOD = "forbidden-method"
    URL_CREDENTIALS = "url-credentials"
    """The URL of the request, or of a redirect, contains a user name or password."""
    SCHEME_NOT_HTTP = "scheme-not-http"
    """The URL of the request, or of a redirect, is neither http nor https."""
    NO_RESPONSE = "no-response"
    ALLOW_ORIGIN_MISSING = "allow-origin-missing"
    ALLOW_ORIGIN_MULTIPLE = "allow-origin-multiple"
    ALLOW_ORIGIN_INVALID = "allow-origin-invalid"
    """The value is neither an origin, nor ``null``, nor ``*``."""
    ALLOW_ORIGIN_MISMATCH = "allow-origin-mismatch"
    ALLOW_ORIGIN_WILDCARD = "allow-origin-wildcard"
    """The value is ``*``, and credentials are included."""
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
    """Something that a browser does silently, and that often surprises."""

    HEADERS_DROPPED = "headers-dropped"
    """The script set forbidden request-headers."""
    MAX_AGE_UNPARSEABLE = "max-age-unparseable"
    METHOD_CHANGED = "method-changed"
    """A redirect turned the method into GET."""
    AUTHORIZATION_REMOVED = "authorization-removed"
    """A redirect led to another origin."""
    ORIGIN_NULL = "origin-null"
    """A redirect led from another origin to a third one; the browser sends ``null`` from here on."""
    EXPOSE_HEADERS_UNPARSEABLE = "expose-headers-unparseable"
    EXPOSE_HEADERS_LITERAL = "expose-headers-literal"
    """``*`` is an ordinary header name when credentials are included."""


@dataclass(frozen=True, slots=True)
class Step:
    """One check of the browser, and its result.

    Attributes:
        stage: The part of the exchange.
        hop: The number of redirects followed before.
        check: What the step checks.
        detail: A sentence. Quotations from a response are escaped and shortened.
        failure: Why the fetch ends here.
        note: What happened silently.
        names: The method or the header names concerned, as the browser compares them.
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
        """Whether the step passed, passed with a note, or failed."""
        if self.failure:
            return Outcome.FAILED
        return Outcome.NOTED if self.note else Outcome.PASSED


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request as the browser sent it, and the response to it."""

    stage: Stage
    hop: int
    request: Request
    response: Response


@dataclass(frozen=True, slots=True)
class Conclusion:
    """The whole conclusion.

    Attributes:
        request: The page's request.
        steps: The steps, in order.
        exchanges: The requests sent and the responses to them, in order.
        response: The response that the page may read; None after a network error.
        tainting: ``"cors"`` once the CORS protocol decides, ``"basic"`` until then
            (#concept-request-response-tainting).
        readable: The names of the response headers that the page can read, lower-cased and sorted.
        max_age: Seconds for which the browser may cache the last successful preflight, before any of
            ``MAX_AGE_LIMITS`` applies; None if no preflight succeeded.
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
        """The failed steps; several if one step of the standard has several conditions."""
        return tuple(step for step in self.steps if step.failure)

    @property
    def failed(self) -> Step | None:
        """The first failed step."""
        return next(iter(self.failures), None)

    @property
    def status(self) -> int | None:
        """The status that the page sees, if it sees one."""
        return self.response.status if self.response else None
