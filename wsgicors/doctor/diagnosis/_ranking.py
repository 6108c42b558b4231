"""Rank the causes of a failed step of the Fetch standard by the facts of the exchange.

One failure has many causes: a wrong list of origins, a crashed view, a proxy's own error page and a login check all
cause a missing Access-Control-Allow-Origin. The status, the redirects and the header's value tell them apart; if they
do not, all are returned, the most frequent first.

>>> facts = Facts(status=502, origin="https://a.example")
>>> [suspect.id for suspect in rank([Failure.ALLOW_ORIGIN_MISSING], Stage.ACTUAL, facts)]
['proxy-bad-gateway', 'proxy-drops-headers', 'cors-absent']
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Final, NamedTuple

from wsgicors._http import CORS_RESPONSE_HEADERS, STANDARD_METHODS, list_members
from wsgicors.browser import Failure, Stage
from wsgicors.doctor.diagnosis._addresses import (
    MOST_FREQUENT,
    difference_of,
    has_no_public_name,
    is_file,
    is_of_aws,
    is_of_documentation,
    is_of_socket_io,
    is_of_storage,
    is_unknown_to_dns,
    most_frequent,
    path_of,
    redirection,
)
from wsgicors.doctor.evidence._facts import Facts, clean_origin, origin_of
from wsgicors.doctor.evidence._login import is_login, is_login_page
from wsgicors.doctor.evidence._steps import OK, REFUSING


class Certainty(StrEnum):
    """How certain a cause is, by the given evidence."""

    CERTAIN = "certain"
    LIKELY = "likely"
    POSSIBLE = "possible"


class Ranked(NamedTuple):
    """A cause's identifier (`wsgicors.doctor.catalogue._causes.CAUSES`), and how certain it is."""

    id: str
    certainty: Certainty


_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})  # #redirect-status; other 3xx statuses do not redirect
_SERVER_ERRORS: Final = range(500, 600)
_UNAUTHORIZED: Final = frozenset({401, 403, 407})
_NOT_FOUND: Final = frozenset({404, 410})
_METHOD_REFUSED: Final = frozenset({405, 501})
_STARLETTE_REFUSES: Final = 400  # as FastAPI does; few other servers answer OPTIONS with it
_REFUSED_BY_STORAGE: Final = 403
_BY_PROXY: Final = {
    413: "proxy-body-too-large",
    502: "proxy-bad-gateway",
    503: "proxy-bad-gateway",
    504: "proxy-timeout",
    # Cloudflare's own: https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/
    **dict.fromkeys((520, 521, 523, 525, 526, 527, 530), "proxy-bad-gateway"),
    **dict.fromkeys((522, 524), "proxy-timeout"),
}

_REFUSALS: Final = ("origin-not-allowed", "method-not-allowed", "header-not-allowed", "method-case",
                    "header-wildcard-authorization")  # fmt: skip
"""The reasons why a CORS layer refuses a preflight, often without a header that tells which."""

_LOADED_AS_FILES: Final = frozenset({
    "font", "image", "script", "stylesheet", "css", "texttrack", "manifest", "video", "audio", "media",
})  # fmt: skip
_HEADERS_OF_RESPONSES: Final = CORS_RESPONSE_HEADERS | {"vary", "set-cookie", "server", "x-frame-options"}


def certain(*causes: str) -> list[Ranked]:
    """Return `causes`, each certain."""
    return [Ranked(cause, Certainty.CERTAIN) for cause in causes]


def likely(*causes: str) -> list[Ranked]:
    """Return `causes`, the first likely, the others possible."""
    return [Ranked(cause, Certainty.POSSIBLE if index else Certainty.LIKELY) for index, cause in enumerate(causes)]


def possible(*causes: str) -> list[Ranked]:
    """Return `causes`, each possible."""
    return [Ranked(cause, Certainty.POSSIBLE) for cause in causes]


def rank(failures: Sequence[Failure], stage: Stage | None, facts: Facts) -> list[Ranked]:
    """Return the causes of `failures`, each once, the likeliest first.

    Args:
        failures: What failed or, if that is unknown, what can have failed, the likeliest first.
        stage: The part of the exchange; None if unknown.
        facts: The facts of the exchange.
    """
    if _led_to_login(stage, facts):
        others = (
            Ranked(cause.id, Certainty.POSSIBLE) for failure in failures for cause in _causes(failure, stage, facts)
        )
        ranked = [*likely("session-ended"), *sorted(others, key=lambda cause: cause.id != "preflight-redirect-login")]
        return _each_once(ranked)
    limits = (Certainty.LIKELY, *[Certainty.POSSIBLE] * len(failures)) if len(failures) > 1 else (Certainty.CERTAIN,)
    ranked = [
        Ranked(cause.id, min(cause.certainty, limit, key=_SURENESS.index))
        for failure, limit in zip(failures, limits, strict=False)
        for cause in _causes(failure, stage, facts)
        if not (cause.id == "cached-origin" and stage is Stage.ACTUAL and facts.method not in _CACHED)
    ]
    return _each_once(ranked)


_CACHED: Final = frozenset({"", "GET", "HEAD"})
"""Methods whose answers caches give to others (RFC 9110, 9.2.3); "" is an unknown one."""


_SURENESS: Final = (Certainty.POSSIBLE, Certainty.LIKELY, Certainty.CERTAIN)


def _led_to_login(stage: Stage | None, facts: Facts) -> bool:
    """Whether a redirect took the request to a login: no script asks for a page where only people log in."""
    if stage is Stage.ACTUAL and facts.status in _REDIRECTS and is_login(facts.location) and not is_login(facts.url):
        return True
    if not facts.redirected_from:
        return is_login_page(facts.url)
    return is_login(facts.url) and not is_login(facts.redirected_from)


def _each_once(ranked: Iterable[Ranked]) -> list[Ranked]:
    best: dict[str, Ranked] = {}
    for cause in ranked:
        best.setdefault(cause.id, cause)
    return sorted(best.values(), key=lambda cause: -_SURENESS.index(cause.certainty))


def _causes(failure: Failure, stage: Stage | None, facts: Facts) -> list[Ranked]:
    if failure in _OF_ONE_CAUSE:
        return [Ranked(*_OF_ONE_CAUSE[failure])]
    return _OF_SEVERAL[failure](stage, facts)


_OF_ONE_CAUSE: Final = {
    Failure.ALLOW_ORIGIN_WILDCARD: ("credentials-wildcard", Certainty.CERTAIN),
    Failure.ALLOW_CREDENTIALS_NOT_TRUE: ("credentials-not-allowed", Certainty.CERTAIN),
    Failure.PRIVATE_NETWORK_NOT_ALLOWED: ("private-network-header", Certainty.CERTAIN),
    Failure.ALLOW_METHODS_UNPARSEABLE: ("allow-methods-malformed", Certainty.CERTAIN),
    Failure.ALLOW_HEADERS_UNPARSEABLE: ("allow-headers-malformed", Certainty.CERTAIN),
    Failure.LOCATION_INVALID: ("redirect-scheme", Certainty.LIKELY),
    Failure.REDIRECT_LIMIT: ("redirect-loop", Certainty.CERTAIN),
    Failure.URL_CREDENTIALS: ("redirect-url-credentials", Certainty.CERTAIN),
    Failure.FORBIDDEN_METHOD: ("forbidden-method", Certainty.CERTAIN),
}


# -- Access-Control-Allow-Origin ---------------------------------------------------------------------------------------


def _origin_missing(stage: Stage | None, facts: Facts) -> list[Ranked]:
    first = [*_null(facts), *_followed(facts)]
    if facts.status is None:
        by_address = [] if stage is Stage.PREFLIGHT else _by_address(facts)  # files are loaded without one
        if facts.origin == "null" and facts.redirected_from:
            first = likely("redirect-null-origin", "cors-absent", "null-origin")  # where it led has no CORS, or no null
            by_address = possible(*(cause.id for cause in by_address))
        return [*first, *by_address, *_origin_missing_unseen(stage, facts), *_perhaps_null(facts)]
    if stage is Stage.PREFLIGHT:
        ranked = _preflight_without_headers(facts)
        if facts.speaks_cors and facts.status in REFUSING:
            ranked = likely("origin-not-allowed", *(cause.id for cause in ranked))
        return [*first, *ranked, *_perhaps_null(facts)]
    if stage is Stage.ACTUAL:
        return [*first, *_answer_without_headers(facts), *_perhaps_null(facts)]
    return [*first, *_either_without_headers(facts), *_perhaps_null(facts)]


def _by_address(facts: Facts) -> list[Ranked]:
    """Return the causes that the address, or the kind of request, makes likely."""
    if facts.mixes_content:
        return possible("mixed-content")
    if is_of_socket_io(facts.url):
        return likely("websocket-origin")
    if facts.kind.lower() in _LOADED_AS_FILES or is_file(facts.url):
        return likely("cors-absent", "cached-origin") if is_of_storage(facts.url) else likely("outside-static")
    return []


def _origin_missing_unseen(stage: Stage | None, facts: Facts) -> list[Ranked]:
    if "upload" in path_of(facts.url) and stage is not Stage.PREFLIGHT:
        uploaded = possible(*MOST_FREQUENT, "proxy-body-too-large")
        return [*uploaded, *_origin_missing_unseen(stage, Facts())]
    unseen = most_frequent(stage, facts.url)
    preflight = (
        *unseen, "preflight-authentication", "preflight-method-refused", "preflight-not-found", "method-not-allowed",
        "header-not-allowed", "preflight-error", "origin-list-typo", "proxy-bad-gateway", "proxy-timeout",
        "proxy-body-too-large", "preflight-status", "method-case", "header-wildcard-authorization", "outside-order",
        "header-misspelt",
    )  # fmt: skip
    actual = (
        *unseen, "app-error", "outside-order", "not-found-without-headers", "authentication-without-headers",
        "proxy-bad-gateway", "proxy-timeout", "proxy-body-too-large", "cached-origin", "outside-static",
        "origin-list-typo", "redirect-without-headers", "header-misspelt",
    )  # fmt: skip
    match stage:
        case Stage.PREFLIGHT:
            return possible(*preflight)
        case Stage.ACTUAL:
            return possible(*actual)
        case _:
            return possible(*unseen, "app-error", *preflight, "preflight-redirect", *actual)


def _preflight_without_headers(facts: Facts) -> list[Ranked]:
    if facts.status in OK:
        first = _listed_or_absent(facts)
        return likely(*first, "origin-list-typo", *_REFUSALS, "redirect-without-headers", "outside-order")
    return _status(replace(facts, refuses_nothing=True))  # a refusing list comes with the origin named


def _listed_or_absent(facts: Facts) -> tuple[str, str]:
    """Return the likelier of two causes: a list of origins shows in headers or Vary, missing CORS does not."""
    return ("cors-absent", "origin-not-allowed") if facts.is_bare else ("origin-not-allowed", "cors-absent")


def _answer_without_headers(facts: Facts) -> list[Ranked]:
    status = facts.status or 0
    if status in _REDIRECTS:
        return certain("redirect-without-headers")
    if status in _BY_PROXY:
        slow = ("proxy-timeout",) if status == _UNAVAILABLE and ".herokuapp.com" in facts.url else ()
        return [*likely(_BY_PROXY[status], *slow, "proxy-drops-headers"), *possible("cors-absent")]
    if status in _SERVER_ERRORS:
        return likely("app-error", "proxy-drops-headers")
    if status in _UNAUTHORIZED and is_of_aws(facts.url) and ".execute-api." not in facts.url:
        return likely("cors-absent", "authentication-without-headers", "origin-not-allowed", "outside-order")
    if status in _UNAUTHORIZED:
        return likely("authentication-without-headers", "csrf-origin", "origin-not-allowed", "outside-order")
    if status in _NOT_FOUND | _METHOD_REFUSED:
        return likely("not-found-without-headers", "outside-static", "outside-order")
    if status >= 400:
        sockets = ("websocket-origin",) if is_of_socket_io(facts.url) else ()
        return likely(*sockets, "outside-order", "cors-absent", "origin-not-allowed", "proxy-drops-headers")
    answers = (
        *_listed_or_absent(facts),
        "cached-origin",
        "outside-order",
        "outside-static",
        "origin-list-typo",
        "redirect-without-headers",
        *(() if facts.is_bare or facts.speaks_cors else ("header-misspelt",)),
    )
    by_address = _by_address(facts)
    return [*by_address, *(possible(*answers) if by_address else likely(*answers))]


_UNAVAILABLE: Final = 503
"""What Heroku answers for an app that does not run, and for one that takes too long."""


def _either_without_headers(facts: Facts) -> list[Ranked]:
    """Return the causes for either stage: Firefox does not say which one failed."""
    if facts.status in _REDIRECTS:
        return [*_redirected(facts, Certainty.LIKELY), *possible("redirect-without-headers")]
    return [*_answer_without_headers(facts), *possible(*(cause.id for cause in _preflight_without_headers(facts)))]


def _null(facts: Facts) -> list[Ranked]:
    """Return the causes of the origin null, whatever else failed."""
    if facts.origin != "null":
        return []
    return likely("redirect-null-origin", "null-origin") if facts.redirected_from else likely("null-origin")


def _perhaps_null(facts: Facts) -> list[Ranked]:
    """Return why the origin can be null: Firefox never says so, WebKit not with a status, nor after every redirect."""
    if facts.origin == "null":
        return possible("redirect-null-origin")
    return [] if facts.origin else possible("null-origin", "redirect-null-origin")


def _followed(facts: Facts) -> list[Ranked]:
    """Return the causes of a failure after a redirect: from a third origin on, the browser sends Origin: null."""
    if not facts.redirected_from:
        return []
    first = origin_of(facts.redirected_from)
    if facts.origin and first not in {facts.origin, origin_of(facts.url)}:
        return likely("redirect-null-origin", "redirect-without-headers")
    return likely("redirect-without-headers")


def _origin_mismatch(stage: Stage | None, facts: Facts) -> list[Ranked]:
    if facts.value == "*":  # older versions of Firefox report it in the same way
        return certain("credentials-wildcard")
    if facts.value == "(null)":  # and a header that is missing, or present twice
        return [*_origin_missing(stage, facts), *possible("two-layers", "allow-origin-list")]
    if facts.value and not clean_origin(facts.value):  # and an invalid value
        return _origin_invalid(stage, facts)
    fixed = ("fixed-origin", "cached-origin", "origin-not-allowed")
    if not facts.value and facts.is_whole:  # Firefox reports an empty or quoted value in the same way
        return certain("allow-origin-malformed")
    if not facts.value:  # translated, or cut off
        malformed = ("origin-slash", "allow-origin-malformed", "allow-origin-list", "origin-case")
        return [*_null(facts), *possible(*fixed, *malformed, *_DIFFERENCES)]
    if not facts.origin:
        return [*likely(*fixed), *possible(*_DIFFERENCES), *_perhaps_null(facts)]
    if facts.value == facts.origin:  # it is the page's origin, but another one was sent
        return [*_null(facts), *likely("redirect-null-origin", *fixed)]
    return [*_null(facts), *_differing(facts), *likely(*fixed)]


_FOR_NOBODY: Final = frozenset({"null", "false", "undefined", "None", "nil"})
"""What some CORS layers write for an origin that is not on their list."""

_DIFFERENCES: Final = ("origin-scheme", "origin-port", "origin-loopback", "origin-www")
"""How two origins can differ."""


def _differing(facts: Facts) -> list[Ranked]:
    """Return the causes by how the allowed origin differs from the page's."""
    cause = difference_of(facts.value, facts.origin)
    return likely(cause) if cause else []


def _origin_invalid(_stage: Stage | None, facts: Facts) -> list[Ranked]:
    if _is_doubled(list_members(facts.value)):
        return certain("two-layers")
    if "," in facts.value or len(facts.value.split()) > 1:
        return certain("allow-origin-list")
    difference = difference_of(facts.value, origin_of(facts.value))
    if difference in {"origin-slash", "origin-case"}:
        return certain(difference)
    instead = possible("origin-not-allowed") if facts.value in _FOR_NOBODY else []
    return [*_null(facts), *certain("allow-origin-malformed"), *instead]


def _origin_multiple(_stage: Stage | None, facts: Facts) -> list[Ranked]:
    members = list_members(facts.value)
    if _is_doubled(members):
        return certain("two-layers")
    if members:
        return likely("allow-origin-list", "two-layers")
    # Firefox gives no value, and reports an answer that broke off in the same way.
    return likely("two-layers", "allow-origin-list", "connection-broken")


def _is_doubled(members: Sequence[str]) -> bool:
    """Whether two layers have added a value: one server's own list would not repeat it."""
    return len(members) > 1 and (len(set(members)) < len(members) or "*" in members)


# -- The preflight -----------------------------------------------------------------------------------------------------


def _status(facts: Facts) -> list[Ranked]:
    status = facts.status
    if status == _REFUSED_BY_STORAGE and is_of_aws(facts.url):
        return likely("cors-absent", "origin-not-allowed", "method-not-allowed", "header-not-allowed")
    if status is None:
        return possible(
            "preflight-authentication", "preflight-method-refused", "preflight-not-found", "preflight-error",
            "preflight-redirect", "proxy-bad-gateway", "proxy-timeout", "proxy-body-too-large", "preflight-status",
            "header-not-allowed", "method-not-allowed",
        )  # fmt: skip
    if status in _REDIRECTS:
        return _redirected(facts)
    if status in _UNAUTHORIZED:
        return [*likely("preflight-authentication", *_REFUSALS), *_null(facts), *_perhaps_null(facts)]
    if status in _NOT_FOUND:
        return certain("preflight-not-found")
    if status in _METHOD_REFUSED:
        return certain("preflight-method-refused")
    if status in _BY_PROXY:
        return likely(_BY_PROXY[status], "preflight-error")
    if status in _SERVER_ERRORS:
        return certain("preflight-error")
    if status == _STARLETTE_REFUSES and not facts.refuses_nothing:
        return likely("header-not-allowed", "method-not-allowed", "origin-not-allowed", "preflight-status")
    return certain("preflight-status")


def _redirected(facts: Facts, certainty: Certainty = Certainty.CERTAIN) -> list[Ranked]:
    kind = redirection(facts.url, facts.location)
    if kind:
        return [Ranked(kind, certainty)]
    guesses = ["preflight-redirect-login", "preflight-redirect-language"]
    if not path_of(facts.url).endswith("/"):
        guesses.insert(0, "preflight-redirect-slash")
    if not facts.url.startswith("https:"):
        guesses.insert(0, "preflight-redirect-https")
    return [Ranked("preflight-redirect", certainty), *possible(*guesses)]


def _method(_stage: Stage | None, facts: Facts) -> list[Ranked]:
    method = facts.method
    if method != method.upper() and method.upper() in STANDARD_METHODS:
        return certain("method-case")
    ranked = _unless_wildcard(facts, "method-not-allowed")
    return ranked if method else [*ranked, *possible("method-case")]


def _header(_stage: Stage | None, facts: Facts) -> list[Ranked]:
    header = facts.header.lower()
    if header in _HEADERS_OF_RESPONSES:
        return certain("header-of-responses")
    if header == "authorization" and "*" in list_members(facts.value) and not facts.credentials:
        return certain("header-wildcard-authorization")
    ranked = _unless_wildcard(facts, "header-not-allowed")
    unseen = header == "authorization" and not facts.value
    return [*ranked, *possible("header-wildcard-authorization")] if unseen else ranked


def _authorization(stage: Stage | None, facts: Facts) -> list[Ranked]:
    # Firefox's console warns only about "*"; an answer with a known status can also have a list without either.
    return certain("header-wildcard-authorization") if facts.status is None else _header(stage, facts)


def _unless_wildcard(facts: Facts, cause: str) -> list[Ranked]:
    """Return `cause`, unless the list is an asterisk, which is a mere name when credentials are included."""
    if "*" in list_members(facts.value):
        return certain("wildcard-with-credentials")
    if facts.value or facts.credentials is False:
        return certain(cause)
    return likely(cause, "wildcard-with-credentials")


# -- No answer ---------------------------------------------------------------------------------------------------------


def _no_response(_stage: Stage | None, facts: Facts) -> list[Ranked]:
    causes = [
        "unreachable", "certificate", "blocked-by-extension", "name-not-found", "connection-broken", "timed-out",
        "local-network-permission", "response-invalid", "redirect-loop", "redirect-scheme", "redirect-url-credentials",
    ]  # fmt: skip
    if facts.mixes_content:
        return likely("mixed-content", *causes)
    is_address = has_no_public_name(facts.url)
    if is_unknown_to_dns(facts.url):
        causes.insert(0, causes.pop(causes.index("name-not-found")))
    if facts.url.startswith("http:"):
        causes.remove("certificate")
        # Firefox reports a request that it blocks for mixed content as one without an answer.
        causes.insert(len(causes) if facts.origin else 3, "mixed-content")
    elif is_address:  # it cannot have a certificate that browsers trust
        causes.insert(0, causes.pop(causes.index("certificate")))
    if is_of_documentation(facts.url):
        causes.insert(1, causes.pop(causes.index("name-not-found")))
    if is_address:  # it is not looked up
        causes.remove("name-not-found")
    return possible(*causes)


def _scheme(stage: Stage | None, _facts: Facts) -> list[Ranked]:
    return certain("url-scheme" if stage is Stage.REQUEST else "redirect-scheme")


_OF_SEVERAL: Final[Mapping[Failure, Callable[[Stage | None, Facts], list[Ranked]]]] = {
    Failure.ALLOW_ORIGIN_MISSING: _origin_missing,
    Failure.ALLOW_ORIGIN_MISMATCH: _origin_mismatch,
    Failure.ALLOW_ORIGIN_INVALID: _origin_invalid,
    Failure.ALLOW_ORIGIN_MULTIPLE: _origin_multiple,
    Failure.STATUS_NOT_OK: lambda _stage, facts: _status(facts),
    Failure.PREFLIGHT_REDIRECTED: lambda _stage, facts: _redirected(facts),
    Failure.METHOD_NOT_ALLOWED: _method,
    Failure.HEADER_NOT_ALLOWED: _header,
    Failure.AUTHORIZATION_NOT_NAMED: _authorization,
    Failure.NO_RESPONSE: _no_response,
    Failure.SCHEME_NOT_HTTP: _scheme,
}
