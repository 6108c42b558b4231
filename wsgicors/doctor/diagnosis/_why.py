"""Find out why a request was blocked, from the browser's message, a HAR file or both.

>>> diagnosis = why('''Access to fetch at 'https://api.example/items' from origin 'https://app.example' has been blocked
... by CORS policy: Response to preflight request doesn't pass access control check: Redirect is not allowed for a
... preflight request.''')
>>> print(diagnosis.findings[0].suspects[0].cause.title)
The preflight was redirected
>>> print(diagnosis.findings[0].probe)
wsgicors probe https://api.example/items --origin https://app.example --header Content-Type --preflight-only

Nothing is printed here. Nothing from a console or a HAR leaves this module unescaped, or with a cookie, a token, a
password or query values.
"""

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Final, Literal, TypeAlias, TypedDict

from wsgicors.browser import Failure, Stage
from wsgicors.doctor.catalogue._causes import CAUSES, STEPS, Cause
from wsgicors.doctor.catalogue._readers import Speaker
from wsgicors.doctor.catalogue._remedies import Place, Remedy
from wsgicors.doctor.catalogue._wordings import FAILURE_LINE, Role
from wsgicors.doctor.diagnosis._ranking import Certainty, Ranked, certain, likely, possible, rank
from wsgicors.doctor.evidence._console import (
    ACCESS_LINE,
    ASKED_LINE,
    CACHE_LINE,
    RESPONSE_LINE,
    Console,
    Message,
    read_console,
)
from wsgicors.doctor.evidence._facts import Facts, FactsJson, origin_of
from wsgicors.doctor.evidence._har import Blocked, Capture, HarError, looks_like_har, read_har
from wsgicors.doctor.evidence._pasted import as_har
from wsgicors.doctor.evidence._pasted import exchanges as pasted_exchanges
from wsgicors.doctor.evidence._prose import read_prose

Count = Annotated[int, ("minimum", 0)]
CauseId = Annotated[str, ("enum", tuple(CAUSES))]


class RemedyJson(TypedDict):
    """What to change in one place; the code is empty if there is none."""

    place: Place
    text: str
    code: str


class SuspectJson(TypedDict):
    """A cause, the likeliest first. Its id is stable; root is its family, from 1 to 12."""

    id: CauseId
    certainty: Certainty
    root: Annotated[int, ("minimum", 1), ("maximum", 12)]
    title: str
    sentence: str
    why: str
    probe: str
    remedies: list[RemedyJson]


class FindingJson(TypedDict):
    """One request that was blocked, or had another problem."""

    blocked: bool
    facts: FactsJson
    failure: Failure | None
    stage: Stage | None
    step: str
    detail: str
    suspects: Annotated[list[SuspectJson], ("minItems", 1)]
    probe: str
    speakers: list[Speaker]
    lines: list[Count]
    entries: list[Count]
    count: Annotated[int, ("minimum", 1)]


class DiagnosisJson(TypedDict):
    """Everything that was found in a console, a HAR or both."""

    version: Literal[1]
    findings: list[FindingJson]
    exchanges: Count
    notes: list[str]


def remedies_json(remedies: Iterable[Remedy]) -> list[RemedyJson]:
    """Return `remedies` for `json.dumps`."""
    return [{"place": item.place, "text": item.text, "code": item.code} for item in remedies]


@dataclass(frozen=True, slots=True)
class Suspect:
    """A possible cause of a finding, with the facts in its texts.

    Attributes:
        cause: The cause, see `wsgicors.doctor.Cause`.
        certainty: How certain it is, by the given evidence.
    """

    cause: Cause
    certainty: Certainty

    def to_json(self) -> SuspectJson:
        """Return it for `json.dumps`."""
        cause = self.cause
        return {
            "id": cause.id,
            "certainty": self.certainty,
            "root": cause.root,
            "title": cause.title,
            "sentence": cause.sentence,
            "why": cause.why,
            "probe": cause.probe,
            "remedies": remedies_json(cause.remedies),
        }


@dataclass(frozen=True, slots=True)
class Finding:
    """One request that was blocked (or had another problem), and why.

    Attributes:
        suspects: The possible causes, the likeliest first; never empty.
        facts: What is known about the request and its answer.
        blocked: Whether a browser blocked it; a warning does not.
        failure: The step of the Fetch standard that failed; None if it is another failure, or unknown.
        stage: The part of the exchange that failed.
        detail: What that step found, in a sentence, if a HAR shows it.
        probe: The command that tells the suspects apart.
        speakers: The browsers and servers whose messages were read.
        lines: The lines of these messages in the text, from 1.
        entries: The HAR's entries, from 0: each request, with its preflight if there is one.
        count: The number of requests that it covers.
    """

    suspects: tuple[Suspect, ...]
    facts: Facts
    blocked: bool
    failure: Failure | None
    stage: Stage | None
    detail: str
    probe: str
    speakers: tuple[Speaker, ...]
    lines: tuple[int, ...]
    entries: tuple[int, ...]
    count: int

    @property
    def step(self) -> str:
        """The failed step of the Fetch standard, with its algorithm, number and condition; "" for none."""
        return STEPS[self.failure] if self.failure else ""

    def to_json(self) -> FindingJson:
        """Return it for `json.dumps`."""
        return {
            "blocked": self.blocked,
            "facts": self.facts.to_json(),
            "failure": self.failure,
            "stage": self.stage,
            "step": self.step,
            "detail": self.detail,
            "suspects": [suspect.to_json() for suspect in self.suspects],
            "probe": self.probe,
            "speakers": list(self.speakers),
            "lines": list(self.lines),
            "entries": list(self.entries),
            "count": self.count,
        }


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Everything that was found.

    Attributes:
        findings: The findings, in the order of the console, then of the HAR.
        exchanges: The number of requests to other origins in the HAR; 0 without one.
        notes: What was left out, in sentences.
    """

    findings: tuple[Finding, ...]
    exchanges: int = 0
    notes: tuple[str, ...] = ()

    def to_json(self) -> DiagnosisJson:
        """Return it for `json.dumps`."""
        return {
            "version": 1,
            "findings": [finding.to_json() for finding in self.findings],
            "exchanges": self.exchanges,
            "notes": list(self.notes),
        }


def why(text: str = "", har: str | bytes | None = None) -> Diagnosis:
    """Return why the requests in ``text`` or ``har`` were blocked.

    Args:
        text: A browser's message, a whole console or a server's log; a HAR is recognized here too.
        har: The content of a HAR file. If both are given, their information on one request becomes one finding.

    Raises:
        HarError: ``har`` is larger than 64 MB, or is not a HAR. ``text`` never raises.
    """
    notes: list[str] = []
    if har is None and looks_like_har(text):
        try:
            return why(har=text)
        except HarError as error:
            notes.append(str(error))
    console = read_console(text)
    if console.cut:
        notes.append("The text is very long, and its end was not read.")
    cases = _cases(console)
    pasted = pasted_exchanges(text) if har is None and len(cases) < 2 else []
    if pasted:
        har = as_har(pasted)
    exchanges = 0
    if har is not None:
        capture = read_har(har)
        exchanges = capture.exchanges
        if capture.cut:
            notes.append("The HAR has very many entries, and the last ones were not read.")
        cases = _with_capture(cases, capture)
    if not cases and text.strip() and not exchanges:
        cases = [_case_of_prose(text)]
    return Diagnosis(tuple(_together(case.finding() for case in cases)), exchanges, tuple(notes))


def _together(findings: Iterable[Finding]) -> list[Finding]:
    """Merge findings of the same kind from a HAR alone, for several URLs of one server, into one."""
    kinds: dict[object, Finding] = {}
    for number, finding in enumerate(findings):
        causes = tuple((suspect.cause.id, suspect.certainty) for suspect in finding.suspects)
        facts = replace(finding.facts, url=origin_of(finding.facts.url), redirected_from="", location="")
        kind = number if finding.lines else (finding.blocked, finding.failure, finding.stage, causes, facts)
        first = kinds.setdefault(kind, finding)
        if first is not finding:
            entries, count = (*first.entries, *finding.entries), first.count + finding.count
            kinds[kind] = replace(first, entries=entries, count=count)
    return list(kinds.values())


# -- Putting together what belongs to one request ------------------------------------------------------------------

_VAGUE: Final = frozenset({Failure.ALLOW_ORIGIN_MISSING, Failure.NO_RESPONSE})
"""Causes that only repeat another browser's more specific message."""


_NOT_BLOCKED: Final = frozenset({
    "canvas-tainted", "cookie-not-secure", "cookie-samesite", "csrf-origin", "csrf-token", "forbidden-request-header",
    "frame-options", "header-not-exposed", "http-error", "navigation-not-allowed", "no-cors-mode", "post-message",
    "third-party-cookies",
    "unrecognised", "websocket-origin", "worker-origin",
})  # fmt: skip
"""Causes of problems with a request that no browser blocked."""


@dataclass(slots=True)
class _Case:
    """A finding under construction."""

    failures: tuple[Failure, ...] = ()
    causes: tuple[str, ...] = ()
    stage: Stage | None = None
    facts: Facts = field(default_factory=Facts)
    detail: str = ""
    speakers: list[Speaker] = field(default_factory=list[Speaker])
    lines: list[int] = field(default_factory=list[int])
    entries: list[int] = field(default_factory=list[int])
    count: int = 1
    impossible: frozenset[str] = frozenset()
    allowed: bool = False

    @property
    def vague(self) -> bool:
        """Whether a more specific message can replace it."""
        return not self.failures and self.causes in {(), ("unspecified",)}

    @property
    def is_unsure(self) -> bool:
        """Whether a browser does not say why the server answered so."""
        return bool(self.failures) and self.facts.status is None and _UNSURE.issuperset(self.failures)

    def hear(self, message: Message) -> None:
        """Record the speaker and the line of a message."""
        self.speakers.append(message.speaker)
        self.lines.append(message.line)

    def finding(self) -> Finding:
        """Return the finding, with its causes ranked and filled in."""
        facts = self.facts
        suspects = tuple(
            Suspect(CAUSES[ranked.id].filled(facts.texts()), ranked.certainty) for ranked in self._ranked()
        )
        failure = self.failures[0] if len(self.failures) == 1 else None
        return Finding(
            suspects,
            facts,
            self._blocked,
            failure,
            self.stage,
            self.detail,
            _probe(facts, self.stage, suspects[0].cause.id),
            tuple(dict.fromkeys(self.speakers)),
            tuple(self.lines),
            tuple(self.entries),
            self.count,
        )

    @property
    def _blocked(self) -> bool:
        if self.allowed:
            return False
        if self.causes and not self.failures:
            return not _NOT_BLOCKED.issuperset(self.causes)
        return self.failures != (Failure.AUTHORIZATION_NOT_NAMED,)  # the standard blocks it, but no engine does yet

    def _ranked(self) -> list[Ranked]:
        named = [*_named(self.causes, alone=not self.failures)]
        ranked = rank(self.failures, self.stage, self.facts)
        others = [item for item in ranked if item.id not in self.causes]
        guesses = _guesses(self.facts) if self.vague and not self.entries else []
        return [*named, *(item for item in others if item.id not in self.impossible), *guesses] or others


def _guesses(facts: Facts) -> list[Ranked]:
    """Return the most frequent causes where a script learned no reason: an answer without headers, or no answer."""
    missing = rank((Failure.ALLOW_ORIGIN_MISSING,), None, facts)
    if facts.status:
        return possible(*(item.id for item in missing[:2]))
    return possible("cors-absent", *(item.id for item in rank((Failure.NO_RESPONSE,), None, facts)[:2]))


def _named(causes: Sequence[str], *, alone: bool) -> list[Ranked]:
    if causes in {("unspecified",), ("unrecognised",)}:
        return possible(*causes)
    return certain(*causes) if alone and len(causes) == 1 else likely(*causes)


def _cases(console: Console) -> list[_Case]:
    """Return the console's messages, grouped by request."""
    responses = [message for message in console.messages if message.wording == RESPONSE_LINE]
    kept = [message for message in console.messages if message.wording == CACHE_LINE]
    failed = [message for message in console.messages if message.wording == FAILURE_LINE]
    beside = {RESPONSE_LINE, CACHE_LINE, FAILURE_LINE, ASKED_LINE}
    asked = {message.facts.url for message in console.messages if message.wording == ASKED_LINE}
    logged = [message for message in console.messages if message.wording == ACCESS_LINE]
    others = [message for message in console.messages if message.wording not in beside]
    told = _firefox_redirects(_firefox_schemes(_webkit_urls(others)))
    reasons = [message for message in told if message.role is not Role.ECHO]
    echoes = [message for message in told if message.role is Role.ECHO]
    cases = _Cases()
    for message in reasons:
        cases.add(message)
    for message in echoes:
        cases.echo(message)
    for case in cases.found:
        if case.facts.url in asked and case.stage is None:
            case.stage = Stage.PREFLIGHT
    found = _explained(cases.found)
    if len(found) == 1:  # a response pasted beside the only message belongs to it
        _with_response(found[0], responses, kept, failed)
        _with_log(found[0], logged)
    return found


def _case_of_prose(text: str) -> "_Case":
    """Return what a text says in its author's own words."""
    for message in read_prose(text):
        return _Case(message.failures, message.causes, message.stage, message.facts)
    return _Case(causes=("unrecognised",))


def _explained(cases: list["_Case"]) -> list["_Case"]:
    """Return one case for a browser's message and the line of a server that says why."""
    servers = [case for case in cases if case.causes and not case.failures and {*case.speakers} == {Speaker.SERVER}]
    unsure = [case for case in cases if case.is_unsure]
    if len(cases) != 2 or len(servers) != 1 or len(unsure) != 1:
        return cases
    [case], [server] = unsure, servers
    case.causes = (*server.causes, *case.causes)
    case.facts = case.facts.joined(server.facts)
    case.speakers += server.speakers
    case.lines = sorted([*case.lines, *server.lines])
    return [case]


_UNSURE: Final = frozenset({Failure.ALLOW_ORIGIN_MISSING, Failure.STATUS_NOT_OK})
"""Failures of which a browser does not say why the server answered so."""


def _with_log(case: "_Case", logged: Sequence[Message]) -> None:
    """Add the status that a server's log has for the preflight."""
    statuses = {line.facts.status for line in logged}
    if len(statuses) == 1 and case.facts.status is None and case.stage is not Stage.ACTUAL:
        case.facts = case.facts.joined(logged[0].facts)
        case.stage = Stage.PREFLIGHT
        case.hear(logged[0])


def _with_response(
    case: "_Case", responses: Sequence[Message], kept: Sequence[Message], failed: Sequence[Message]
) -> None:
    """Add the status that the text gives for the response, and whether the app failed or a cache answered."""
    if len({response.facts.status for response in responses}) == 1:
        case.facts = case.facts.joined(responses[0].facts)
        case.hear(responses[0])
    elif failed and case.is_unsure:
        case.causes = ("preflight-error" if case.stage is Stage.PREFLIGHT else "app-error", *case.causes)
        case.hear(failed[0])
    if kept and Failure.ALLOW_ORIGIN_MISSING in case.failures and case.stage is not Stage.PREFLIGHT:
        case.causes = ("cached-origin", *case.causes)
        case.hear(kept[0])


def _webkit_urls(told: Iterable[Message]) -> list[Message]:
    """Return WebKit's messages with the URLs from its next one, ``… cannot load URL due to …``."""
    result: list[Message] = []
    waiting: list[int] = []
    unexplained: list[int] = []
    for message in told:
        if message.wording == "webkit/cannot-load":
            if waiting:
                at = waiting.pop(0)
                result[at] = replace(result[at], facts=result[at].facts.joined(message.facts))
                continue
            unexplained.append(len(result))
        elif message.speaker is Speaker.WEBKIT and message.role is Role.REASON and not message.facts.url:
            if _AFTERWARDS.issuperset(message.causes) and not message.failures:
                if unexplained:  # a preflight's
                    at = unexplained.pop(0)
                    result[at] = replace(message, facts=message.facts.joined(result[at].facts), stage=Stage.PREFLIGHT)
                    continue
            else:
                waiting.append(len(result))
        result.append(message)
    return result


_AFTERWARDS: Final = frozenset({"unreachable", "connection-broken", "response-invalid", "timed-out"})
"""Causes that WebKit names after ``… cannot load URL due to …``, not before it."""


def _firefox_schemes(told: Iterable[Message]) -> list[Message]:
    """Join Firefox's message on another scheme with its next one, on the http URL whose redirect led there."""
    result: list[Message] = []
    for message in told:
        before = result[-1] if result else None
        is_failure = message.speaker is Speaker.FIREFOX and message.failures == (Failure.NO_RESPONSE,)
        if before and before.causes == ("url-scheme", "redirect-scheme") and is_failure and message.facts.url:
            redirected = replace(before.facts, redirected_from=message.facts.url)
            result[-1] = replace(before, causes=("redirect-scheme",), facts=redirected)
        else:
            result.append(message)
    return result


def _firefox_redirects(told: Iterable[Message]) -> list[Message]:
    """Drop Firefox's further messages on a preflight's answer that it reported as a redirect, except for its status."""
    result: list[Message] = []
    redirected: dict[str, int] = {}
    for message in told:
        url = message.facts.url
        if message.speaker is Speaker.FIREFOX and message.role is Role.REASON:
            if message.failures == (Failure.PREFLIGHT_REDIRECTED,):
                redirected[url] = len(result)
            elif url in redirected:
                at = redirected.pop(url)
                result[at] = replace(result[at], facts=result[at].facts.joined(Facts(status=message.facts.status)))
                continue
        result.append(message)
    return result


class _Cases:
    """The cases of one source, indexed by URL and by message."""

    def __init__(self) -> None:
        self.found: list[_Case] = []
        self._by_url: dict[str, list[_Case]] = {}
        self._by_words: dict[_Words, _Case] = {}

    def add(self, message: Message) -> None:
        """Add a message to its case, or open a new one."""
        words = (message.failures, message.causes, message.stage, message.facts)
        url = message.facts.url
        if case := self._by_words.get(words):
            case.count += message.speaker in case.speakers
            case.hear(message)
        elif twin := next((case for case in self._at(url) if url and _same_failure(case, message)), None):
            self._by_words[words] = twin
            _join(twin, message)
        else:
            self.open(words).hear(message)

    def open(self, words: "_Words") -> _Case:
        """Return a new case."""
        failures, causes, stage, facts = words
        case = _Case(failures, causes, stage, facts)
        self.found.append(case)
        self._by_url.setdefault(facts.url, []).append(case)
        self._by_words[words] = case
        return case

    def _at(self, url: str) -> list[_Case]:
        return self._by_url.get(url, [])[:_MOST_TWINS]

    def echo(self, message: Message) -> None:
        """Add the facts of a message that only reports a failure; it is a case only if there is no other."""
        known = self._at(message.facts.url) if message.facts.url else self.found
        if not known:
            self.add(message)
        for case in known if message.facts.url else ():
            if _fits(case.facts, message.facts):
                case.facts = case.facts.joined(message.facts)
                if message.speaker in case.speakers:
                    case.hear(message)
                if message.failures == (Failure.NO_RESPONSE,) and case.facts.status not in _REDIRECTS:
                    # Firefox repeats it for the request if the preflight failed.
                    case.stage = case.stage or Stage.PREFLIGHT

    def record(self, blocked: Blocked, speaker: Speaker | None) -> None:
        """Add an exchange of a HAR."""
        words = (blocked.failures, blocked.causes, blocked.stage, blocked.facts)
        case = self._by_words.get(words)
        if case:
            case.count += 1
        else:
            case = self.open(words)
            case.detail = blocked.detail
            case.impossible = blocked.impossible
            case.allowed = blocked.allowed
        case.entries += sorted({blocked.entry, blocked.entry if blocked.preflight is None else blocked.preflight})
        if speaker:
            case.speakers.append(speaker)


_Words: TypeAlias = tuple[tuple[Failure, ...], tuple[str, ...], Stage | None, Facts]
_REDIRECTS: Final = range(300, 400)
_MOST_TWINS: Final = 20  # the most cases of one URL that are compared


def _same_failure(case: _Case, message: Message) -> bool:
    """Whether another browser's message is about the failure of `case`."""
    if message.speaker in case.speakers or not _fits(case.facts, message.facts):
        return False
    return bool(case.failures and message.failures) or case.causes == message.causes


def _join(case: _Case, message: Message) -> None:
    """Add another browser's message: keep what both say, or else the more specific one."""
    agreed = tuple(failure for failure in case.failures if failure in message.failures)
    if agreed:
        case.failures = agreed
    elif _VAGUE.issuperset(case.failures):
        case.failures = message.failures
    case.stage = case.stage or message.stage
    case.facts = case.facts.joined(message.facts)
    case.hear(message)


def _fits(known: Facts, other: Facts) -> bool:
    """Whether both can be about the same request."""
    pairs = ((known.method, other.method), (known.header, other.header), (known.origin, other.origin))
    return all(not one or not another or one.lower() == another.lower() for one, another in pairs)


def _with_capture(cases: list[_Case], capture: Capture) -> list[_Case]:
    """Return the console's cases, completed by the HAR, and the HAR's own."""
    recorded = _Cases()
    for blocked in capture.blocked:
        recorded.record(blocked, capture.speaker)
    by_url: dict[str, list[_Case]] = {}
    for case in cases:
        by_url.setdefault(case.facts.url, []).append(case)
    result = list(cases)
    for case in recorded.found:
        named = [*by_url.get(case.facts.url, ()), *by_url.get(case.facts.redirected_from or "-", ())]
        nameless = [] if named else _nameless(case, by_url.get("", []), alone=len(recorded.found) == 1)
        if twin := _twin(case, [*named, *nameless]):
            _complete(twin, case)
        else:
            result.append(case)
    return result


def _nameless(case: _Case, others: list[_Case], *, alone: bool) -> list[_Case]:
    """Return the console's cases without a URL that can be the same as `case`."""
    return [other for other in others if alone or set(other.failures) & set(case.failures)]


def _twin(case: _Case, others: Sequence[_Case]) -> _Case | None:
    """Return the console's case of the same request, preferring one with the same failure."""
    fitting = [other for other in others[:_MOST_TWINS] if not other.entries and _fits(other.facts, case.facts)]
    same = [other for other in fitting if set(other.failures) & set(case.failures)]
    return next(iter([*same, *fitting]), None)


def _complete(case: _Case, recorded: _Case) -> None:
    """Add what a HAR shows. The browser's own message says what failed, if it does; the HAR says the rest."""
    agreed = tuple(failure for failure in case.failures if failure in recorded.failures)
    unsure = len(case.failures) > 1 or (case.failures and _VAGUE.issuperset(case.failures))
    if agreed or case.vague or (unsure and recorded.failures):
        case.failures = agreed or recorded.failures
        case.causes = recorded.causes
        case.stage = recorded.stage
        case.detail = recorded.detail
    case.impossible = recorded.impossible
    case.facts = recorded.facts.joined(case.facts)
    case.count = max(case.count, recorded.count)
    case.entries += recorded.entries
    case.speakers += recorded.speakers


_OF_REQUEST_HEADERS: Final = frozenset({
    "header-not-allowed", "header-of-responses", "header-wildcard-authorization", "wildcard-with-credentials",
    "forbidden-request-header",
})  # fmt: skip


def _probe(facts: Facts, stage: Stage | None, cause: str) -> str:
    """Return the command that makes the same request, with a preflight if the preflight failed."""
    words = ["wsgicors", "probe", facts.url.partition("?")[0] or "URL", "--origin", facts.origin or "ORIGIN"]
    asks = facts.method not in {"", "GET", "HEAD", "POST"}
    if facts.method and facts.method != "GET":
        words += ["--method", facts.method]
    if facts.header and cause in _OF_REQUEST_HEADERS:
        words += ["--header", facts.header]
    elif stage is Stage.PREFLIGHT and not asks:
        words += ["--header", "Content-Type", "--preflight-only"]
    if facts.credentials:
        words.append("--credentials")
    return shlex.join(words)
