"""Where the engines depart from the standard, and what their consoles do not show: both lists are exact.

A departure that is not listed fails a test, and so does a listed one that no longer happens.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from tests.browsers.matrix import Case
from wsgicors.doctor import Diagnosis, why
from wsgicors.doctor.catalogue._readers import Speaker
from wsgicors.doctor.evidence._console import read_console

CHROMIUM: Final = "chromium"
FIREFOX: Final = "firefox"
WEBKIT: Final = "webkit"


@dataclass(frozen=True)
class Departure:
    """One way in which engines depart from the standard.

    Attributes:
        engines: The engines.
        why: What they do, in a sentence.
        cases: The visible differences, by case.
        cause: The cause, if they block what the standard allows.
    """

    engines: tuple[str, ...]
    why: str
    cases: Mapping[str, tuple[str, ...]]
    cause: str = ""


_ASKS_AGAIN: Final = ("OPTIONS api: 2 instead of 1",)

DEPARTURES: Final = (
    Departure(
        (CHROMIUM, FIREFOX, WEBKIT),
        "`*` in Access-Control-Allow-Headers covers Authorization. Firefox warns that it will not for ever.",
        {"header-any-authorization": ("lets through", "GET api: 1 instead of 0")},
    ),
    Departure(
        (CHROMIUM, FIREFOX, WEBKIT),
        "A negative Access-Control-Max-Age counts as 0; it is no number of seconds to the standard, and 5 count.",
        {"max-age-negative": _ASKS_AGAIN},
    ),
    Departure(
        (FIREFOX,),
        "What is no number of seconds in Access-Control-Max-Age counts as 0, not as 5.",
        dict.fromkeys(("max-age-word", "max-age-fraction", "max-age-unit", "max-age-twice"), _ASKS_AGAIN),
    ),
    Departure(
        (FIREFOX,),
        "A preflight's answer that was kept for a request with credentials does not serve one without.",
        {"kept-with-for-without-credentials": _ASKS_AGAIN},
    ),
    Departure(
        (FIREFOX,),
        "Of an answer with `*` only the method and the headers that were asked for are kept.",
        {"kept-wildcard-for-other-method": _ASKS_AGAIN},
    ),
    Departure(
        (FIREFOX, WEBKIT),
        "Once a request had a preflight, each of its redirects has one too, also where it has become a simple GET.",
        dict.fromkeys(("redirect-303-put", "redirect-json-302"), ("OPTIONS api/next: 1 instead of 0",)),
    ),
    Departure(
        (FIREFOX, WEBKIT),
        "The same, where nobody answers that preflight.",
        {
            "redirect-json-302-to-no-preflight": (
                "blocks",
                "GET api/next: 0 instead of 1",
                "OPTIONS api/next: 1 instead of 0",
            )
        },
        cause="preflight-not-found",
    ),
    Departure(
        (FIREFOX,),
        "After a redirect to another origin the preflight still has the page's origin; the request itself has null.",
        {
            "redirect-third-put-any": ("OPTIONS third/next: other Origin",),
            "redirect-third-put-none": ("OPTIONS third/next: other Origin",),
            "redirect-third-put-same": ("OPTIONS third/next: other Origin", "PUT third/next: 1 instead of 0"),
        },
    ),
    Departure(
        (FIREFOX,),
        "The same, so that a preflight is refused where null alone is allowed.",
        {
            "redirect-third-put-null": (
                "blocks",
                "OPTIONS third/next: other Origin",
                "PUT third/next: 0 instead of 1",
            ),
            "redirect-third-authorization": (
                "blocks",
                "GET third/next: 0 instead of 1",
                "OPTIONS third/next: 1 instead of 0",
            ),
        },
        cause="redirect-null-origin",
    ),
    Departure(
        (WEBKIT,),
        "Authorization counts for the preflight after a redirect to another origin, though it is not sent there.",
        {"redirect-third-authorization": ("OPTIONS third/next: 1 instead of 0",)},
    ),
    Departure(
        (FIREFOX,),
        "A GET or a preflight that is answered with nothing at all is sent again, ten times.",
        {
            "answer-nothing": ("GET api: 10 instead of 1",),
            "answer-nothing-preflight": ("OPTIONS api: 10 instead of 1",),
        },
    ),
    Departure(
        (CHROMIUM, FIREFOX, WEBKIT),
        "Preflights have the browser's own Accept-Language, where the standard's have none.",
        {"field-accept-language-underscore": ("OPTIONS api: other Accept-Language",)},
    ),
    Departure(
        (FIREFOX,),
        "Preflights have the browser's own Priority.",
        {"field-priority": ("OPTIONS api: other Priority",)},
    ),
    Departure(
        (FIREFOX,),
        "Preflights have the browser's own User-Agent, also where the page sets it.",
        {"field-user-agent": ("OPTIONS api: other User-Agent",)},
    ),
    Departure(
        (WEBKIT,),
        "Preflights have the page's User-Agent where it sets one.",
        {"field-user-agent": ("OPTIONS api: other User-Agent",)},
    ),
    Departure(
        (CHROMIUM,),
        "User-Agent is dropped as if no script might set it (crbug.com/571722).",
        {"field-user-agent": ("GET api: other User-Agent", "OPTIONS api: 0 instead of 1")},
    ),
    Departure(
        (CHROMIUM,),
        "Client hints are safelisted.",
        {
            "field-save-data": ("OPTIONS api: 0 instead of 1",),
            "field-dpr": ("OPTIONS api: 0 instead of 1",),
            "field-mixed": ("OPTIONS api: other Access-Control-Request-Headers",),
        },
    ),
    Departure(
        (CHROMIUM,),
        "A Range is sent as it was understood, not as it was written.",
        {"field-range-blank": ("GET api: other Range",)},
    ),
    Departure(
        (CHROMIUM, WEBKIT),
        "Values of one name are put together before their length is looked at.",
        {"field-same-twice": ("OPTIONS api: 1 instead of 0",)},
    ),
    Departure(
        (FIREFOX,),
        "The lengths of safelisted values are not added up: more than 1,024 bytes of them need no preflight.",
        {"field-same-nine-times": ("OPTIONS api: 0 instead of 1",)},
    ),
    Departure(
        (CHROMIUM, FIREFOX),
        "A sandboxed frame is no part of the site around it, so that cookies without SameSite stay away (RFC 6265bis).",
        {"frame-with-credentials": ("GET api: other Cookie",)},
    ),
)
"""Every known departure."""


def departures_of(engine: str, case_id: str) -> tuple[str, ...]:
    """The known differences of an engine in a case."""
    known = (departure.cases for departure in DEPARTURES if engine in departure.engines)
    return tuple(difference for cases in known for difference in cases.get(case_id, ()))


def cause_in(engine: str, case: Case) -> str:
    """The cause of what an engine blocks in a case."""
    known = (departure for departure in DEPARTURES if engine in departure.engines and case.id in departure.cases)
    return next((departure.cause for departure in known if departure.cause), case.cause)


# -- What consoles omit ------------------------------------------------------------------------------------------------


class Guess(NamedTuple):
    """The cause that is named first, and the true one, which is also among the suspects."""

    named: str
    true: str


@dataclass(frozen=True)
class Untold:
    """A fact that an engine's console omits, and the wrong guesses that follow."""

    engine: str
    fact: str
    named: str
    true: tuple[str, ...]

    def guesses(self) -> Iterator[Guess]:
        """Each wrong guess."""
        return (Guess(self.named, true) for true in self.true)


_LIST: Final = "what the list is, and whether there were credentials"
_WHERE: Final = "where the redirect leads"

UNTOLD: Final = (
    Untold(
        CHROMIUM,
        "the status and the other headers of an answer without headers, and what it had been redirected from",
        "cors-absent",
        (
            "app-error",
            "authentication-without-headers",
            "not-found-without-headers",
            "origin-not-allowed",
            "outside-order",
            "preflight-authentication",
            "preflight-error",
            "preflight-method-refused",
            "preflight-not-found",
            "preflight-status",
            "proxy-bad-gateway",
            "proxy-body-too-large",
            "proxy-timeout",
            "redirect-without-headers",
        ),
    ),
    Untold(
        CHROMIUM,
        "which status is not ok",
        "preflight-authentication",
        (
            "preflight-error",
            "preflight-method-refused",
            "preflight-not-found",
            "preflight-status",
            "proxy-bad-gateway",
            "proxy-body-too-large",
            "proxy-timeout",
        ),
    ),
    Untold(FIREFOX, "who answered 403", "preflight-authentication", ("null-origin", "origin-not-allowed")),
    Untold(WEBKIT, "who answered 403", "preflight-authentication", ("null-origin", "origin-not-allowed")),
    *(Untold(engine, "who answered 400", "header-not-allowed", ("preflight-status",)) for engine in (FIREFOX, WEBKIT)),
    Untold(FIREFOX, "who answered 403", "authentication-without-headers", ("null-origin", "origin-not-allowed")),
    Untold(WEBKIT, "who answered 403", "authentication-without-headers", ("origin-not-allowed",)),
    *(
        Untold(
            engine,
            _WHERE,
            "preflight-redirect",
            ("preflight-redirect-https", "preflight-redirect-login", "preflight-redirect-slash"),
        )
        for engine in (CHROMIUM, FIREFOX, WEBKIT)
    ),
    *(
        Untold(engine, _LIST, named, true)
        for engine in (CHROMIUM, FIREFOX, WEBKIT)
        for named, true in (
            ("header-not-allowed", ("header-wildcard-authorization", "wildcard-with-credentials")),
            ("method-not-allowed", ("wildcard-with-credentials",)),
        )
    ),
    Untold(FIREFOX, "the method", "method-not-allowed", ("method-case",)),
    Untold(
        FIREFOX, "whether it was a preflight that was redirected", "preflight-redirect", ("redirect-without-headers",)
    ),
    Untold(
        FIREFOX,
        "the page's origin, and that a redirect led there",
        "origin-not-allowed",
        ("cors-absent", "null-origin", "outside-order", "redirect-null-origin", "redirect-without-headers"),
    ),
    Untold(
        FIREFOX,
        "the page's origin, and that a redirect led there",
        "fixed-origin",
        (
            "null-origin",
            "origin-loopback",
            "origin-port",
            "origin-scheme",
            "redirect-null-origin",
        ),
    ),
    Untold(FIREFOX, "the values", "two-layers", ("allow-origin-list", "connection-broken")),
    Untold(
        FIREFOX,
        "why there was no response",
        "unreachable",
        ("connection-broken", "redirect-loop", "redirect-scheme", "redirect-url-credentials", "response-invalid"),
    ),
    Untold(WEBKIT, "the values", "two-layers", ("allow-origin-list",)),
    Untold(
        WEBKIT,
        "the value, if there is any, and that a redirect led there",
        "origin-not-allowed",
        (
            "allow-origin-list",
            "allow-origin-malformed",
            "cors-absent",
            "fixed-origin",
            "origin-case",
            "origin-loopback",
            "origin-port",
            "origin-scheme",
            "origin-slash",
            "outside-order",
            "redirect-without-headers",
        ),
    ),
    Untold(WEBKIT, "that a redirect led there", "null-origin", ("redirect-null-origin",)),
)
"""Every deciding fact that an engine's console omits."""


def guesses_of(engine: str) -> frozenset[Guess]:
    """The known wrong guesses from an engine's console."""
    return frozenset(guess for untold in UNTOLD if untold.engine == engine for guess in untold.guesses())


def speakers(line: str) -> set[Speaker]:
    """The engines that print such a console line; none if it is not recognised."""
    # WebKit repeats its message about an unanswered preflight with this prefix; only the repetition counts.
    found = read_console(line).messages or read_console(f"Failed to load resource: {line}").messages
    return {message.speaker for message in found}


def guess(console: Sequence[str], true: str) -> Guess | None:
    """The guess of `why`, if the cause that it names first is not the true one.

    Raises:
        AssertionError: the true cause is not among the suspects.
    """
    diagnosis = why("\n".join(console))
    suspects = _suspects(diagnosis)
    assert true in suspects, f"{true} is not among {suspects}, from {console}"
    return None if suspects[0] == true else Guess(suspects[0], true)


def _suspects(diagnosis: Diagnosis) -> list[str]:
    return [suspect.cause.id for finding in diagnosis.findings for suspect in finding.suspects]
