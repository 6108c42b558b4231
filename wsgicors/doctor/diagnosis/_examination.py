"""Examine one exchange: what a browser concludes, why it was blocked, and what else is worth knowing.

`explain`, `probe` and `wsgicors.testing` all return an `Examination`, and so give the same explanations.

>>> from wsgicors.browser import Request, Response, judge
>>> page = Request("https://api.example/notes", origin="https://app.example")
>>> found = examine(judge(page, None, Response(502, [("Server", "nginx")])))
>>> found.decision, found.suspects[0].cause.id, found.step
(<Decision.BLOCKED: 'blocked'>, 'proxy-bad-gateway', 'CORS check, 2: Access-Control-Allow-Origin is missing')
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Annotated, Final, Literal, TypeAlias, TypedDict, cast
from urllib.parse import urljoin, urlsplit

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
from wsgicors.doctor.catalogue._causes import CAUSES, STEPS, Cause
from wsgicors.doctor.diagnosis._ranking import Ranked, certain, likely, rank
from wsgicors.doctor.diagnosis._why import CauseId, Count, Suspect, SuspectJson
from wsgicors.doctor.evidence._facts import ELLIPSIS, Facts, clean_url, shown
from wsgicors.doctor.evidence._network import is_secure, relation
from wsgicors.doctor.evidence._signs import Kind, Sign
from wsgicors.doctor.evidence._steps import (
    LOOKED_AT,
    behind_status,
    misspelt,
    refuses_nothing,
    ruled_out,
    speaks_cors,
    telling,
    unsafe_names,
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


# -- Examining ---------------------------------------------------------------------------------------------------------

_ENGINES: Final = {
    Failure.AUTHORIZATION_NOT_NAMED: "Chromium, Firefox and WebKit let this pass for now; the standard does not.",
    Note.METHOD_CHANGED: (
        "Where a preflight came first, Firefox and WebKit send another to the next URL; Chromium does not."
    ),
    Note.AUTHORIZATION_REMOVED: "Firefox and WebKit send a preflight to the next URL all the same; Chromium does not.",
}
"""Known deviations of engines from the standard, or from each other."""


_LISTS: Final = frozenset({Failure.METHOD_NOT_ALLOWED, Failure.HEADER_NOT_ALLOWED})


def examine(conclusion: Conclusion, received: Sequence[Received] = ()) -> Examination:
    """Examine a browser's conclusion, without further evidence.

    Args:
        conclusion: The result of `wsgicors.browser.fetch`.
        received: How each of its exchanges was answered, if known.
    """
    step = telling(conclusion.failures)
    facts = facts_of(conclusion, step)
    found = Examination(
        conclusion,
        Decision.BLOCKED if step else Decision.ALLOWED,
        facts,
        remarks=tuple(_remarks(conclusion, facts)),
        received=tuple(received),
    )
    if step is None or step.failure is None:
        return found
    if not conclusion.exchanges:  # nothing was sent
        return found.with_suspects(_possible(rank([step.failure], step.stage, facts), conclusion, step, facts))
    last = conclusion.exchanges[-1]
    refused = behind_status(conclusion.request, last) if step.failure is Failure.STATUS_NOT_OK else None
    if refused is not None and refused.failure is not None:
        facts = facts_of(conclusion, refused)
        others = rank([step.failure], step.stage, facts)
        ranked = [*likely(rank([refused.failure], step.stage, facts)[0].id), *others]
        return found.with_suspects(_possible(ranked, conclusion, step, facts), facts)
    ranked = rank([step.failure], step.stage, facts)
    if step.failure in _LISTS and not facts.value:
        ranked = certain(ranked[0].id)  # the whole answer is known, and contains no *
    ranked = _possible(ranked, conclusion, step, facts)
    wrong = misspelt(last.response) if step.failure is Failure.ALLOW_ORIGIN_MISSING else ""
    if wrong:
        return found.with_suspects(certain("header-misspelt"), replace(facts, header=wrong))
    return found.with_suspects(ranked)


def _possible(ranked: Sequence[Ranked], conclusion: Conclusion, step: Step, facts: Facts) -> list[Ranked]:
    """Return the causes that the request itself does not rule out, each once."""
    impossible = ruled_out(conclusion.request, step.hop, facts.status or 0)
    each = {cause.id: cause for cause in reversed(ranked)}
    known = [each[name] for name in dict.fromkeys(cause.id for cause in ranked)]
    return [cause for cause in known if cause.id not in impossible] or known


def unfinished(
    conclusion: Conclusion, received: Sequence[Received], detail: str, decision: Decision = Decision.UNCLEAR
) -> Examination:
    """Examine an exchange whose last request was not sent, which `wsgicors.browser.fetch` saw as unanswered.

    Args:
        conclusion: A conclusion whose last exchange did not take place, with status 0.
        received: How the others were answered.
        detail: Why the request was not sent, in a sentence.
        decision: The decision on the exchange.
    """
    before = replace(conclusion, steps=conclusion.steps[:-1], exchanges=conclusion.exchanges[:-1])
    return replace(examine(before, received), decision=decision, detail=detail)


def facts_of(conclusion: Conclusion, step: Step | None) -> Facts:
    """Return the facts of an exchange that failed at `step`, or did not fail."""
    request = conclusion.request
    last = conclusion.exchanges[-1] if conclusion.exchanges else None
    url = last.request.url if last else request.url
    response = last.response if last else Response(0)
    named = step is not None and step.failure in {Failure.HEADER_NOT_ALLOWED, Failure.AUTHORIZATION_NOT_NAMED}
    return Facts(
        url=url,
        origin=request.origin,
        method=request.method,
        header=step.names[0] if step and named and step.names else "",
        value=response.get(LOOKED_AT.get(step.check, "") if step else "") or "",
        status=response.status,
        redirected_from=request.url if last and last.hop else "",
        location=resolved(url, response.get("Location") or ""),
        credentials=request.credentials == "include",
        headers=step.names if step and named else (),
        asked=unsafe_names(request),
        is_whole=step is not None and step.failure in _LISTS,
        speaks_cors=last is not None and speaks_cors(response),
        refuses_nothing=last is not None and refuses_nothing(request, last),
    )


def resolved(url: str, location: str) -> str:
    """Return the target of a redirect from `url`; "" if there is none."""
    try:
        return urljoin(url, location) if location else ""
    except ValueError:
        return ""


def suspects(ranked: Iterable[Ranked], facts: Facts) -> tuple[Suspect, ...]:
    """Return causes with the facts in their texts."""
    return tuple(Suspect(CAUSES[cause.id].filled(facts.texts()), cause.certainty) for cause in ranked)


def remark(detail: str, cause: str, facts: Facts) -> Remark:
    """Return a remark with a cause from the catalogue."""
    return Remark(detail, suspects(certain(cause), facts)[0].cause)


def _remarks(conclusion: Conclusion, facts: Facts) -> list[Remark]:
    remarks: list[Remark] = []
    for step in conclusion.steps:
        if step.note is Note.HEADERS_DROPPED:
            about = replace(facts, header=step.names[0])
            remarks.append(remark(_sentence(step.detail), "forbidden-request-header", about))
        elif step.note in {Note.EXPOSE_HEADERS_LITERAL, Note.EXPOSE_HEADERS_UNPARSEABLE}:
            remarks.append(remark(_sentence(step.detail), "header-not-exposed", facts))
        elif step.note:
            remarks.append(Remark(_sentence(step.detail)))
        engines = _ENGINES.get(step.failure or step.note or Failure.NO_RESPONSE)
        if engines:
            remarks.append(Remark(engines))
    remarks += _cookies(conclusion, facts)
    if conclusion.allowed and (conclusion.status or 0) >= 400:
        remarks.append(
            remark(f"The answer's status is {conclusion.status}, and the page can read it.", "http-error", facts)
        )
    return remarks


def _sentence(detail: str) -> str:
    return f"{detail[0].upper()}{detail[1:]}."


def _cookies(conclusion: Conclusion, facts: Facts) -> list[Remark]:
    """Return why cookies that were set are not stored or sent (RFC 6265bis, 5.7 and 5.8)."""
    request = conclusion.request
    if request.credentials != "include":
        return []
    found: dict[str, Remark] = {}
    for exchange in conclusion.exchanges:
        url = exchange.request.url
        across = relation(request.origin, url) == "cross-site"
        for line in exchange.response.values("Set-Cookie"):
            attributes = {item.strip().lower() for item in line.split(";")[1:]}
            if across and "samesite=none" not in attributes:
                detail = (
                    "A cookie is set without SameSite=None, so that it does not travel to this site from the page's."
                )
                found.setdefault("cookie-samesite", remark(detail, "cookie-samesite", facts))
            elif "samesite=none" in attributes and "secure" not in attributes:
                detail = "A cookie is set with SameSite=None and without Secure, and is refused."
                found.setdefault("cookie-not-secure", remark(detail, "cookie-not-secure", facts))
            elif "secure" in attributes and not is_secure(url):
                detail = "A cookie is set with Secure over http, and is refused."
                found.setdefault("cookie-not-secure", remark(detail, "cookie-not-secure", facts))
    return list(found.values())
