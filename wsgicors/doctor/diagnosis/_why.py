"""Why a request was blocked: the browser's own message, or a HAR file, or both, and the causes behind them.

>>> diagnosis = why('''Access to fetch at 'https://api.example/items' from origin 'https://app.example' has been blocked
... by CORS policy: Response to preflight request doesn't pass access control check: Redirect is not allowed for a
... preflight request.''')
>>> print(diagnosis.findings[0].suspects[0].cause.title)
The preflight was redirected
>>> print(diagnosis.findings[0].probe)
wsgicors probe https://api.example/items --origin https://app.example --header Content-Type --preflight-only

Nothing is printed here, and nothing that is found in a console or a HAR comes out of here unescaped, or with a
cookie, a token, a password or the values of a query in it.
"""

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Final, Literal, TypeAlias, TypedDict

from wsgicors.browser import Failure, Stage
from wsgicors.doctor.catalogue._causes import CAUSES, STEPS, Cause
from wsgicors.doctor.catalogue._readers import Speaker
from wsgicors.doctor.catalogue._remedies import Place, Remedy
from wsgicors.doctor.catalogue._wordings import Role
from wsgicors.doctor.diagnosis._ranking import Certainty, Ranked, certain, likely, possible, rank
from wsgicors.doctor.evidence._console import RESPONSE_LINE, Console, Message, read_console
from wsgicors.doctor.evidence._facts import Facts, FactsJson, origin_of
from wsgicors.doctor.evidence._har import Blocked, Capture, HarError, looks_like_har, read_har
from wsgicors.doctor.evidence._pasted import as_har
from wsgicors.doctor.evidence._pasted import exchanges as pasted_exchanges

Count = Annotated[int, ("minimum", 0)]
CauseId = Annotated[str, ("enum", tuple(CAUSES))]


class RemedyJson(TypedDict):
    """What to change in one place; the code is empty where there is none to write."""

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
    """One request that was blocked, or that something else went wrong with."""

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
    """All that was found in a console, a HAR or both."""

    version: Literal[1]
    findings: list[FindingJson]
    exchanges: Count
    notes: list[str]


def remedies_json(remedies: Iterable[Remedy]) -> list[RemedyJson]:
    """Return `remedies` for `json.dumps`."""
    return [{"place": item.place, "text": item.text, "code": item.code} for item in remedies]


@dataclass(frozen=True, slots=True)
class Suspect:
    """A cause that may be behind a finding, with the facts put into its texts.

    Attributes:
        cause: The cause, see `wsgicors.doctor.Cause`.
        certainty: How sure it is, from what was given.
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
    """One request that was blocked (or that something else went wrong with), and why.

    Attributes:
        suspects: The causes that it may have, the likeliest first; never empty.
        facts: What is known of the request and its answer.
        blocked: Whether a browser blocked it; a warning does not.
        failure: The step of the Fetch standard that failed; None if it is none, or unknown.
        stage: Where in the exchange.
        detail: What that step found, in a sentence, where a HAR shows it.
        probe: The command that tells the suspects apart.
        speakers: The browsers and servers whose words were read.
        lines: The lines of the text in which they stand, from 1.
        entries: The HAR's entries, from 0: each request, with its preflight where there is one.
        count: How many requests it stands for.
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
        """The failed step of the Fetch standard, by algorithm and number, with what it asks; "" for none."""
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
    """All that was found.

    Attributes:
        findings: In the order of the console, then of the HAR.
        exchanges: How many requests to other origins the HAR has; 0 without one.
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
    """Why the requests were blocked that ``text`` or ``har`` tell of.

    Args:
        text: What a browser printed, or a whole console, or a server's log; a HAR is recognised here too.
        har: The content of a HAR file. Where both are given, what they tell of one request is one finding.

    Raises:
        HarError: ``har`` is larger than 64 MB, or is not a HAR. No ``text`` makes it raise.
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
    if har is None and not cases and (pasted := pasted_exchanges(text)):
        har = as_har(pasted)
    exchanges = 0
    if har is not None:
        capture = read_har(har)
        exchanges = capture.exchanges
        if capture.cut:
            notes.append("The HAR has very many entries, and the last ones were not read.")
        cases = _with_capture(cases, capture)
    if not cases and text.strip() and not exchanges:
        cases = [_Case(causes=("unrecognised",))]
    return Diagnosis(tuple(_together(case.finding() for case in cases)), exchanges, tuple(notes))


def _together(findings: Iterable[Finding]) -> list[Finding]:
    """Return what a HAR alone tells of several URLs of one server as one finding, if it is of one kind."""
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
"""What a browser also says where another one says more."""


_NOT_BLOCKED: Final = frozenset({
    "canvas-tainted", "cookie-not-secure", "cookie-samesite", "csrf-origin", "csrf-token", "forbidden-request-header",
    "frame-options", "header-not-exposed", "http-error", "navigation-not-allowed", "no-cors-mode", "post-message",
    "third-party-cookies",
    "unrecognised", "websocket-origin", "worker-origin",
})  # fmt: skip
"""Causes of trouble with a request that no browser blocked."""


@dataclass(slots=True)
class _Case:
    """A finding in the making."""

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
        """Whether anything that says more may take its place."""
        return not self.failures and self.causes in {(), ("unspecified",)}

    def hear(self, message: Message) -> None:
        """Notes whose words were read, and where."""
        self.speakers.append(message.speaker)
        self.lines.append(message.line)

    def finding(self) -> Finding:
        """Return the causes ranked and filled in."""
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
        return self.failures != (Failure.AUTHORIZATION_NOT_NAMED,)  # the standard blocks it, no engine does yet

    def _ranked(self) -> list[Ranked]:
        named = [*_named(self.causes, alone=not self.failures)]
        ranked = rank(self.failures, self.stage, self.facts)
        others = [item for item in ranked if item.id not in self.causes]
        return [*named, *(item for item in others if item.id not in self.impossible)] or others


def _named(causes: Sequence[str], *, alone: bool) -> list[Ranked]:
    if causes in {("unspecified",), ("unrecognised",)}:
        return possible(*causes)
    return certain(*causes) if alone and len(causes) == 1 else likely(*causes)


def _cases(console: Console) -> list[_Case]:
    """Return the console's messages, each request's put together."""
    responses = [message for message in console.messages if message.wording == RESPONSE_LINE]
    others = [message for message in console.messages if message.wording != RESPONSE_LINE]
    told = _firefox_redirects(_firefox_schemes(_webkit_urls(others)))
    reasons = [message for message in told if message.role is not Role.ECHO]
    echoes = [message for message in told if message.role is Role.ECHO]
    cases = _Cases()
    for message in reasons:
        cases.add(message)
    for message in echoes:
        cases.echo(message)
    if len(cases.found) == len(responses) == 1:  # a response that was pasted under the one message is its own
        case, response = cases.found[0], responses[0]
        case.facts = case.facts.joined(response.facts)
        case.hear(response)
    return cases.found


def _webkit_urls(told: Iterable[Message]) -> list[Message]:
    """WebKit's messages with the URLs that its next one, ``… cannot load URL due to …``, gives them."""
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
"""What WebKit names after ``… cannot load URL due to …``, not before it."""


def _firefox_schemes(told: Iterable[Message]) -> list[Message]:
    """Join what Firefox says of another scheme to what it says next of the http URL whose redirect led there."""
    result: list[Message] = []
    for message in told:
        before = result[-1] if result else None
        is_failure = message.speaker is Speaker.FIREFOX and message.failures == (Failure.NO_RESPONSE,)
        if before and before.wording == "firefox/CORSRequestNotHttp" and is_failure and message.facts.url:
            redirected = replace(before.facts, redirected_from=message.facts.url)
            result[-1] = replace(before, causes=("redirect-scheme",), facts=redirected)
        else:
            result.append(message)
    return result


def _firefox_redirects(told: Iterable[Message]) -> list[Message]:
    """Drop what Firefox says of a preflight's answer after it said that this was a redirect, except for its status."""
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
    """The cases of one source, each found again by its URL or by what was said, however many there are."""

    def __init__(self) -> None:
        self.found: list[_Case] = []
        self._by_url: dict[str, list[_Case]] = {}
        self._by_words: dict[_Words, _Case] = {}

    def add(self, message: Message) -> None:
        """Joins a message to the case that it belongs to, or opens one."""
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
        """What only says that a request failed adds its facts, and is a case where nothing else is."""
        known = self._at(message.facts.url) if message.facts.url else self.found
        if not known:
            self.add(message)
        for case in known if message.facts.url else ():
            if _fits(case.facts, message.facts):
                case.facts = case.facts.joined(message.facts)
                if message.speaker in case.speakers:
                    case.hear(message)
                if message.failures == (Failure.NO_RESPONSE,) and case.facts.status not in _REDIRECTS:
                    # Firefox says it again of the request where it was the preflight that failed.
                    case.stage = case.stage or Stage.PREFLIGHT

    def record(self, blocked: Blocked, speaker: Speaker | None) -> None:
        """An exchange of a HAR."""
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
_MOST_TWINS: Final = 20  # cases of one URL that are compared


def _same_failure(case: _Case, message: Message) -> bool:
    """Whether another browser's message is about the failure of `case`."""
    if message.speaker in case.speakers or not _fits(case.facts, message.facts):
        return False
    return bool(case.failures and message.failures) or case.causes == message.causes


def _join(case: _Case, message: Message) -> None:
    """Adds another browser's words: what both say counts, or else what the one says that says more."""
    agreed = tuple(failure for failure in case.failures if failure in message.failures)
    if agreed:
        case.failures = agreed
    elif _VAGUE.issuperset(case.failures):
        case.failures = message.failures
    case.stage = case.stage or message.stage
    case.facts = case.facts.joined(message.facts)
    case.hear(message)


def _fits(known: Facts, other: Facts) -> bool:
    """Whether both may be of one request."""
    pairs = ((known.method, other.method), (known.header, other.header), (known.origin, other.origin))
    return all(not one or not another or one.lower() == another.lower() for one, another in pairs)


def _with_capture(cases: list[_Case], capture: Capture) -> list[_Case]:
    """Return the console's cases with what the HAR shows of them, and the HAR's own."""
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
    """Of the console's cases without a URL, those that `case` may be."""
    return [other for other in others if alone or set(other.failures) & set(case.failures)]


def _twin(case: _Case, others: Sequence[_Case]) -> _Case | None:
    """Return the console's case of the same request, one that names the same failure first."""
    fitting = [other for other in others[:_MOST_TWINS] if not other.entries and _fits(other.facts, case.facts)]
    same = [other for other in fitting if set(other.failures) & set(case.failures)]
    return next(iter([*same, *fitting]), None)


def _complete(case: _Case, recorded: _Case) -> None:
    """Adds what a HAR shows. The browser's own words say what failed, where they say it; the HAR says the rest."""
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
    """Return the command that makes the same request, with a preflight where that is what failed."""
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
