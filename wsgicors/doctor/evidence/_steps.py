"""Read a browser's steps: which failed step to report, which header it concerns, and what it rules out."""

import difflib
from collections.abc import Mapping, Sequence
from typing import Final

from wsgicors._http import CORS_RESPONSE_HEADERS
from wsgicors.browser import (
    Check,
    Exchange,
    Failure,
    Request,
    Response,
    Stage,
    Step,
    is_safelisted_header,
    is_safelisted_method,
    judge,
)

OK: Final = range(200, 300)
"""The ok statuses (Fetch, "ok status"): a preflight with another one fails."""

REDIRECTING: Final = range(300, 400)
"""The statuses of which most lead elsewhere."""

REFUSING: Final = frozenset({400, 403})
"""Statuses with which a CORS layer refuses a preflight: Starlette's 400, the 403 of Spring and others."""

LISTS: Final = frozenset({Failure.METHOD_NOT_ALLOWED, Failure.HEADER_NOT_ALLOWED, Failure.AUTHORIZATION_NOT_NAMED})
"""Failures of the lists in a preflight's response."""

LOOKED_AT: Final[Mapping[Check, str]] = {
    Check.ALLOW_ORIGIN: "Access-Control-Allow-Origin",
    Check.ALLOW_CREDENTIALS: "Access-Control-Allow-Credentials",
    Check.ALLOW_METHODS: "Access-Control-Allow-Methods",
    Check.ALLOW_HEADERS: "Access-Control-Allow-Headers",
}
"""The header whose value explains a failed check, and becomes `Facts.value`."""


def misspelt(response: Response) -> str:
    """Return the name of a header that was meant to be Access-Control-Allow-Origin; "" if there is none.

    >>> misspelt(Response(200, [("Access-Control-Allow-Origins", "https://a.example")]))
    'Access-Control-Allow-Origins'
    """
    return next((name for name, meant in mistaken_names(response) if meant == LOOKED_AT[Check.ALLOW_ORIGIN]), "")


def mistaken_names(response: Response) -> list[tuple[str, str]]:
    """Return the names of an answer's headers that no browser knows, each with the header of CORS that was meant.

    >>> mistaken_names(Response(204, [("Access-Control-Allow-Header", "X-Id"), ("Vary", "Origin")]))
    [('Access-Control-Allow-Header', 'Access-Control-Allow-Headers')]
    """
    meant = ((name, _meant(name.lower())) for name, _ in response.headers)
    return [(name, known) for name, known in meant if known and response.get(known) is None]


def _meant(name: str) -> str:
    if name in CORS_RESPONSE_HEADERS:
        return ""
    if name in _MISTAKEN:
        return LOOKED_AT[Check.ALLOW_ORIGIN]
    letters = name.replace("-", "").replace("_", "")
    return next((_BY_LETTERS[near] for near in difflib.get_close_matches(letters, _BY_LETTERS, 1, _NEARLY)), "")


_BY_LETTERS: Final = {name.replace("-", ""): name.title() for name in sorted(CORS_RESPONSE_HEADERS)}
"""The names of the headers of CORS, by their letters alone."""

_MISTAKEN: Final = frozenset({
    "access-control-origin", "access-control-allow-domain", "access-allow-control-origin", "allow-control-allow-origin",
})  # fmt: skip
"""Names that resemble Access-Control-Allow-Origin less, in lower case."""

_NEARLY: Final = 0.9
"""The least resemblance of a name in which few letters differ; no other header that is in use has more than 0.84."""


def speaks_cors(response: Response) -> bool:
    """Whether an answer has any CORS header.

    >>> speaks_cors(Response(400, [("Access-Control-Allow-Methods", "GET")])), speaks_cors(Response(400))
    (True, False)
    """
    return any(name.lower() in CORS_RESPONSE_HEADERS for name, _ in response.headers)


def speaks_of_origins(response: Response) -> bool:
    """Whether an answer has any CORS header, or says that it depends on the origin.

    >>> speaks_of_origins(Response(200, [("Vary", "Cookie, Origin")])), speaks_of_origins(Response(200))
    (True, False)
    """
    return "origin" in (response.get("vary") or "").lower() or speaks_cors(response)


def behind_status(request: Request, exchange: Exchange) -> Step | None:
    """Return what a preflight's response refuses besides its status; None if its lists allow everything.

    A CORS layer that refuses a header answers 400 or 403 with the allowed headers: the lists show the reason.

    >>> page = Request("https://api.example/", "https://app.example", "GET", [("X-Id", "1")])
    >>> answer = Response(400, [("Access-Control-Allow-Origin", "*"), ("Access-Control-Allow-Headers", "X-Other")])
    >>> behind_status(page, Exchange(Stage.PREFLIGHT, 0, page, answer)).names
    ('x-id',)
    """
    return _refused(request, exchange) if exchange.response.status in REFUSING else None


def refuses_nothing(request: Request, exchange: Exchange) -> bool:
    """Whether a preflight's response allows the origin and everything that the page asks for, ignoring its status.

    >>> page = Request("https://api.example/", "https://app.example", "PUT")
    >>> lists = [("Access-Control-Allow-Origin", "*"), ("Access-Control-Allow-Methods", "PUT")]
    >>> refuses_nothing(page, Exchange(Stage.PREFLIGHT, 0, page, Response(400, lists)))
    True
    """
    is_first = exchange.stage is Stage.PREFLIGHT and not exchange.hop
    return is_first and _refused(request, exchange) is None


def _refused(request: Request, exchange: Exchange) -> Step | None:
    """Return the step in which a list of a preflight's response refuses the request, ignoring its status."""
    if exchange.stage is not Stage.PREFLIGHT or exchange.hop:
        return None
    answered_well = judge(request, Response(204, exchange.response.headers), Response(0))
    return next((step for step in answered_well.failures if step.failure in LISTS), None)


def unsafe_names(request: Request) -> tuple[str, ...]:
    """Return the names of the headers that a page's request needs permission for.

    >>> unsafe_names(Request("https://a.example/", "https://b.example", "GET", [("X-Id", "1"), ("Accept", "*/*")]))
    ('X-Id',)
    """
    return tuple(name for name, value in request.headers if not is_safelisted_header(name, value))


def telling(failures: Sequence[Step]) -> Step | None:
    """Return the failure to report: a redirect explains a missing header; else the first failure counts."""
    redirected = (step for step in failures if step.failure is Failure.PREFLIGHT_REDIRECTED)
    return next(redirected, failures[0] if failures else None)


def ruled_out(request: Request, hop: int, status: int) -> set[str]:
    """Return the causes that a request rules out, whatever the answer.

    Args:
        request: The page's complete request.
        hop: The number of redirects before the answer that failed.
        status: The status of that answer.

    >>> put = Request("https://api.example/", "https://app.example", "PUT", [("Content-Type", "application/json")])
    >>> sorted(ruled_out(put, 0, 200))
    ['credentials-not-allowed', 'credentials-wildcard', 'header-wildcard-authorization', 'method-case', \
'redirect-null-origin', 'redirect-without-headers', 'wildcard-with-credentials']
    """
    names = {name.lower() for name in unsafe_names(request)}
    impossible: set[str] = set()
    if "authorization" not in names:
        impossible.add("header-wildcard-authorization")
    if not names:
        impossible.add("header-not-allowed")
    if is_safelisted_method(request.method):
        impossible.add("method-not-allowed")
    if request.method == request.method.upper():
        impossible.add("method-case")
    if request.credentials != "include":
        impossible |= {"wildcard-with-credentials", "credentials-wildcard", "credentials-not-allowed"}
    if not hop and status not in range(300, 400):
        impossible |= {"redirect-null-origin", "redirect-without-headers"}
    return impossible
