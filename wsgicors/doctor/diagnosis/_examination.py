"""What an examination of one exchange says, as Python and as JSON; and headers in a form that is safe to show."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Annotated, Final, Literal, TypeAlias, TypedDict, cast
from urllib.parse import urlsplit

from wsgicors.browser import (
    MAX_AGE_LIMITS,
    Check,
    Conclusion,
    Exchange,
    Failure,
    Headers,
    Note,
    Outcome,
    Response,
    Stage,
    Step,
)
from wsgicors.doctor.catalogue._causes import CAUSES, Cause
from wsgicors.doctor.catalogue._fetch_steps import STEPS
from wsgicors.doctor.diagnosis._ranking import Ranked
from wsgicors.doctor.diagnosis._why import CauseId, Count, Suspect, SuspectJson
from wsgicors.doctor.evidence._facts import ELLIPSIS, Facts, clean_url, shown
from wsgicors.doctor.evidence._signs import Kind, Sign
from wsgicors.doctor.evidence._steps import (
    telling,
)


class Decision(StrEnum):
    """The decision on an exchange."""

    ALLOWED = "allowed"
    BLOCKED = "blocked"
    UNCLEAR = "unclear"
    """There was no answer, or a redirect led to a server that the user has not named."""

    @property
    def exit_status(self) -> int:
        """The exit status of the command, 0, 1 or 2."""
        return list(Decision).index(self)


Pair: TypeAlias = Annotated[list[str], ("minItems", 2), ("maxItems", 2)]
"""A header's name and value."""


class RemarkJson(TypedDict):
    """Something worth knowing that blocks nothing; the cause is from the catalogue."""

    detail: str
    cause: CauseId | None


class ControlJson(TypedDict):
    """A further question, asked to tell causes apart; status 0 for no answer."""

    question: str
    status: Count
    allow_origin: str | None


class AskedJson(TypedDict):
    """The page's request; its headers by name."""

    url: str
    origin: str
    method: str
    headers: list[str]
    credentials: bool


class StepJson(TypedDict):
    """One check of the browser; the section is of the Fetch standard, or a whole address."""

    stage: Stage
    hop: Count
    check: Check
    outcome: Outcome
    detail: str
    failure: Failure | None
    note: Note | None
    names: list[str]
    section: str


class SignJson(TypedDict):
    """A component that created the answer, or passed it on."""

    name: str
    kind: Kind
    evidence: str
    made: bool


class ExchangeJson(TypedDict):
    """A request as it was sent, and its answer, status 0 for none. An ellipsis replaces values that can be secret."""

    stage: Stage
    hop: Count
    method: str
    url: str
    request_headers: list[Pair]
    status: Count
    response_headers: list[Pair]
    answered_by: list[SignJson]
    milliseconds: Count | None


class KeptJson(TypedDict, total=False):
    """Seconds for which each engine caches the preflight's answer."""

    chromium: Count
    firefox: Count
    webkit: Count


class ExaminationJson(TypedDict):
    """One exchange, examined."""

    version: Literal[1]
    decision: Decision
    asked: AskedJson
    failure: Failure | None
    stage: Stage | None
    step: str
    detail: str
    suspects: list[SuspectJson]
    remarks: list[RemarkJson]
    steps: list[StepJson]
    exchanges: list[ExchangeJson]
    controls: list[ControlJson]
    readable: list[str]
    hidden: list[str]
    kept: KeptJson


@dataclass(frozen=True, slots=True)
class Remark:
    """Something worth knowing that blocks nothing.

    Attributes:
        detail: What was seen, in a sentence.
        cause: Its cause with the remedies, if the catalogue has it.
    """

    detail: str
    cause: Cause | None = None

    def to_json(self) -> RemarkJson:
        """Return it for `json.dumps`."""
        return {"detail": self.detail, "cause": self.cause.id if self.cause else None}


@dataclass(frozen=True, slots=True)
class Received:
    """How an answer came.

    Attributes:
        sent: The headers that were sent, including those that browsers add.
        signs: Who created the answer and who passed it on; see `wsgicors.doctor.evidence._signs.told`.
        seconds: How long it took; None if nothing was sent.
    """

    sent: Headers = ()
    signs: tuple[Sign, ...] = ()
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Control:
    """A further question, asked to tell causes apart.

    Attributes:
        question: The question, in words.
        status: The status of the answer; 0 if there was none.
        allow_origin: Its Access-Control-Allow-Origin; None if there is none.
        vary: Its Vary; None if there is none.
        cors: Whether it has any CORS header.
        allow_headers: Its Access-Control-Allow-Headers; None if there is none.
    """

    question: str
    status: int
    allow_origin: str | None
    vary: str | None
    cors: bool
    allow_headers: str | None = None

    def to_json(self) -> ControlJson:
        """Return it for `json.dumps`."""
        value = None if self.allow_origin is None else shown(self.allow_origin)
        return {"question": self.question, "status": self.status, "allow_origin": value}


@dataclass(frozen=True, slots=True)
class Examination:
    """One exchange, and everything found out about it.

    Attributes:
        conclusion: The browser's conclusion, step by step.
        decision: Allowed, blocked or unclear.
        facts: What is known about the exchange, in a form that is safe to show.
        suspects: The possible causes of a failure, the likeliest first; empty if nothing failed.
        remarks: What else is worth knowing.
        detail: A further sentence on the result, or "".
        received: How each of the conclusion's exchanges was answered.
        controls: Further questions and their answers.
    """

    conclusion: Conclusion
    decision: Decision
    facts: Facts
    suspects: tuple[Suspect, ...] = ()
    remarks: tuple[Remark, ...] = ()
    detail: str = ""
    received: tuple[Received, ...] = ()
    controls: tuple[Control, ...] = ()

    @property
    def failed(self) -> Step | None:
        """The failed step that says most, or None."""
        return telling(self.conclusion.failures)

    @property
    def step(self) -> str:
        """The failed step of the Fetch standard: its algorithm, its number and its condition; "" for none."""
        return STEPS[self.failed.failure] if self.failed and self.failed.failure else ""

    @property
    def kept(self) -> dict[str, int]:
        """Seconds for which each engine caches the preflight's answer; empty if no preflight succeeded."""
        age = self.conclusion.max_age
        return {} if age is None else {engine: min(age, limit) for engine, limit in MAX_AGE_LIMITS.items()}

    @property
    def hidden(self) -> tuple[str, ...]:
        """The names of the response's headers that the page cannot read."""
        response = self.conclusion.response
        names = {name.lower() for name, _ in response.headers} if response else set[str]()
        return tuple(sorted(names - {*self.conclusion.readable, "set-cookie", "set-cookie2"}))

    def with_suspects(self, ranked: Iterable[Ranked], facts: Facts | None = None) -> "Examination":
        """Return a copy with other suspects."""
        known = facts or self.facts
        return replace(self, facts=known, suspects=suspects(ranked, known))

    def to_json(self) -> ExaminationJson:
        """Return it for `json.dumps`."""
        request, failed = self.conclusion.request, self.failed
        return {
            "version": 1,
            "decision": self.decision,
            "asked": {
                "url": clean_url(request.url),
                "origin": request.origin,
                "method": request.method,
                "headers": [name for name, _ in request.headers],
                "credentials": request.credentials == "include",
            },
            "failure": failed.failure if failed else None,
            "stage": failed.stage if failed else None,
            "step": self.step,
            "detail": self.detail,
            "suspects": [suspect.to_json() for suspect in self.suspects],
            "remarks": [remark.to_json() for remark in self.remarks],
            "steps": [_step_json(step) for step in self.conclusion.steps],
            "exchanges": [
                _exchange_json(exchange, received)
                for exchange, received in zip(self.conclusion.exchanges, self.answers, strict=True)
            ],
            "controls": [control.to_json() for control in self.controls],
            "readable": list(self.conclusion.readable),
            "hidden": list(self.hidden),
            "kept": cast("KeptJson", self.kept),
        }

    @property
    def answers(self) -> tuple[Received, ...]:
        """`received`, with one item for each exchange."""
        return self.received or tuple(Received() for _ in self.conclusion.exchanges)


def _step_json(step: Step) -> StepJson:
    return {
        "stage": step.stage,
        "hop": step.hop,
        "check": step.check,
        "outcome": step.outcome,
        "detail": step.detail,
        "failure": step.failure,
        "note": step.note,
        "names": [shown(name) for name in step.names],
        "section": step.section,
    }


def pairs_json(lines: Headers) -> list[Pair]:
    """Return header lines for `json.dumps`."""
    return [[name, value] for name, value in lines]


def _exchange_json(exchange: Exchange, received: Received) -> ExchangeJson:
    return {
        "stage": exchange.stage,
        "hop": exchange.hop,
        "method": exchange.request.method,
        "url": clean_url(exchange.request.url),
        "request_headers": pairs_json(request_lines(received.sent or exchange.request.headers)),
        "status": exchange.response.status,
        "response_headers": pairs_json(response_lines(exchange.response)),
        "answered_by": [
            {"name": sign.name, "kind": sign.kind, "evidence": sign.evidence, "made": sign.made}
            for sign in received.signs
        ],
        "milliseconds": None if received.seconds is None else round(received.seconds * 1000),
    }


# -- What may be shown of messages -------------------------------------------------------------------------------------

_SHOWN_IN_REQUESTS: Final = frozenset({
    "accept", "accept-encoding", "accept-language", "access-control-request-headers", "access-control-request-method",
    "access-control-request-private-network", "content-type", "origin", "referer", "sec-fetch-dest", "sec-fetch-mode",
    "sec-fetch-site", "user-agent",
})  # fmt: skip
_SHOWN_IN_RESPONSES: Final = frozenset({
    "age", "allow", "cache-control", "cf-cache-status", "content-type", "cross-origin-resource-policy", "retry-after",
    "server", "vary", "via", "x-cache", "x-cache-status",
})  # fmt: skip


def request_lines(headers: Headers) -> list[tuple[str, str]]:
    """Return a request's headers in a form that is safe to show, without values that can be secret.

    >>> request_lines([("Origin", "https://a.example"), ("Authorization", "Bearer s3cret")])
    [('Origin', 'https://a.example'), ('Authorization', '…')]
    """
    return [(name, shown(value) if name.lower() in _SHOWN_IN_REQUESTS else ELLIPSIS) for name, value in headers]


def response_lines(response: Response) -> list[tuple[str, str]]:
    """Return a response's headers about CORS, caches and the server, in a form that is safe to show.

    >>> response_lines(Response(302, [("Location", "/a?token=7"), ("Set-Cookie", "sid=7; Secure"), ("X-Token", "7")]))
    [('Location', '/a?token=…'), ('Set-Cookie', '…; Secure')]
    """
    lines: list[tuple[str, str]] = []
    for name, value in response.headers:
        lower = name.lower()
        if lower in _SHOWN_IN_RESPONSES or lower.startswith("access-control-"):
            lines.append((shown(name), shown(value)))
        elif lower == "location":
            lines.append((name, _shown_location(value)))
        elif lower == "set-cookie":
            _, semicolon, attributes = value.partition(";")
            lines.append((name, f"{ELLIPSIS}{semicolon}{shown(attributes)}"))
    return lines


def _shown_location(value: str) -> str:
    base = "http://a.invalid"
    try:
        relative = not urlsplit(value).netloc
    except ValueError:
        return ELLIPSIS
    cleaned = clean_url(f"{base}{value}" if relative and value.startswith("/") else value)
    return cleaned.removeprefix(base) or ELLIPSIS


def suspects(ranked: Iterable[Ranked], facts: Facts) -> tuple[Suspect, ...]:
    """Return causes with the facts in their texts."""
    return tuple(Suspect(CAUSES[cause.id].filled(facts.texts()), cause.certainty) for cause in ranked)
