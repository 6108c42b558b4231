r"""Group what a console, a HAR or people's own words say by request, before the causes are ranked.

>>> from wsgicors.doctor.evidence._console import read_console
>>> console = read_console("GET https://api.example/a net::ERR_FAILED 502\nTypeError: Failed to fetch")
>>> [case] = cases_of(console.messages)
>>> case.is_vague, case.facts.status
(True, 502)
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Final, TypeAlias

from wsgicors.browser import Failure, Stage
from wsgicors.doctor.catalogue._readers import Speaker
from wsgicors.doctor.catalogue._servers_and_scripts import FAILURE_LINE
from wsgicors.doctor.catalogue._wording import Role
from wsgicors.doctor.evidence._broken_off import NO_MATCH, UNKNOWN
from wsgicors.doctor.evidence._facts import Facts
from wsgicors.doctor.evidence._har import Capture
from wsgicors.doctor.evidence._har_exchange import Blocked
from wsgicors.doctor.evidence._message import ACCESS_LINE, ASKED_LINE, CACHE_LINE, LIST_LINE, RESPONSE_LINE, Message
from wsgicors.doctor.evidence._parts import whole
from wsgicors.doctor.evidence._pasted import Pasted
from wsgicors.doctor.evidence._pasted_exchange import PastedExchange
from wsgicors.doctor.evidence._prose import read_prose
from wsgicors.doctor.evidence._same_request import is_at, logs_path, sends
from wsgicors.doctor.evidence._steps import OK, REDIRECTING

_VAGUE: Final = frozenset({Failure.ALLOW_ORIGIN_MISSING, Failure.NO_RESPONSE})
"""Causes that only repeat another browser's more specific message."""

_NOT_BLOCKED: Final = frozenset({
    "canvas-tainted", "cookie-not-secure", "cookie-samesite", "cross-origin-isolation", "crossorigin-missing",
    "csrf-origin", "csrf-token", "forbidden-request-header", "frame-access", "frame-options", "header-not-exposed",
    "http-error", "navigation-not-allowed", "no-cors-mode", "post-message", "request-without-origin",
    "third-party-cookies", "unrecognised", "websocket-origin", "worker-origin",
})  # fmt: skip
"""Causes of problems with a request that no browser blocked."""


@dataclass(slots=True)
class Case:
    """A request that failed, as far as it is known: a finding whose causes are not ranked yet."""

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
    is_retold: bool = False

    @property
    def is_vague(self) -> bool:
        """Whether a more specific message can replace it."""
        return not self.failures and self.causes in {(), ("unspecified",), ("request-without-origin",)}

    @property
    def is_words(self) -> bool:
        """Whether it is only what a server or a script says, of no URL."""
        is_of_these = {*self.speakers} <= {Speaker.SERVER, Speaker.SCRIPT}
        return is_of_these and bool(self.causes) and not self.failures and not self.facts.url

    @property
    def is_unsure(self) -> bool:
        """Whether a browser does not say why the server answered so."""
        is_of_these = self.failures == NO_MATCH or _UNSURE.issuperset(self.failures)
        return bool(self.failures) and self.facts.status is None and is_of_these

    @property
    def is_begun(self) -> bool:
        """Whether it is a browser's sentence alone, whose reason is not known."""
        return self.failures in {NO_MATCH, UNKNOWN} and self.facts.status is None and not (self.causes or self.entries)

    def go_on(self, told: Iterable[Message]) -> None:
        """Add what the author of the text says beside a browser's sentence whose reason is not known."""
        for message in told:
            is_known = message.failures or message.causes != ("unspecified",)
            if not _fits(self.facts, message.facts):
                continue
            had_answer = self.failures == NO_MATCH and _WITHOUT_ANSWER.issuperset(message.causes) and message.causes
            if is_known and message.failures not in {NO_MATCH, UNKNOWN} and not had_answer:
                self.failures, self.causes = message.failures, message.causes
                self.stage = message.stage or self.stage
                self.facts = self.facts.joined(message.facts)

    def explain(self, words: "Case") -> None:
        """Add what the body of the answer says; of a preflight's, what it means for one comes first."""
        status = self.facts.status
        of_others = _WITHOUT_ANSWER if status in _OF_PROXIES else _NOT_OF_APPS
        known = [cause for cause in words.causes if status is None or cause not in of_others]
        causes = sorted(known, key=lambda cause: self.stage is Stage.PREFLIGHT and "preflight" not in cause)
        self.causes = (*causes, *self.causes)
        self.facts = self.facts.joined(words.facts)
        self.speakers += words.speakers
        self.lines += words.lines

    def hear(self, message: Message) -> None:
        """Record the speaker and the line of a message, and that something was blocked, unless a policy reports."""
        self.allowed = self.allowed and _reports(message)
        self.is_retold = message.is_retold and (self.is_retold or not self.lines)
        self.speakers.append(message.speaker)
        self.lines.append(message.line)

    @property
    def blocked(self) -> bool:
        """Whether a browser blocked the request; a warning does not."""
        if self.allowed:
            return False
        if self.causes and not self.failures:
            return not _NOT_BLOCKED.issuperset(self.causes)
        return self.failures != (Failure.AUTHORIZATION_NOT_NAMED,)  # the standard blocks it, but no engine does yet


def cases_of(messages: Iterable[Message], answers: Mapping[int, PastedExchange] | None = None) -> list[Case]:
    """Return a console's messages, grouped by request.

    Args:
        messages: The messages, in the order of the text.
        answers: The pasted exchanges to whose answers lines of the same text belong, by line.
    """
    wordings = (RESPONSE_LINE, CACHE_LINE, FAILURE_LINE, ASKED_LINE, LIST_LINE)
    beside: dict[str, list[Message]] = {wording: [] for wording in wordings}
    others: list[Message] = []
    for message in messages:
        beside.get(message.wording, others).append(message)
    asked = {message.facts.url for message in beside[ASKED_LINE]}
    told = _specific(whole(others))
    reasons = [message for message in told if message.role is not Role.ECHO]
    echoes = _scripts_last([message for message in told if message.role is Role.ECHO])
    cases = _Index()
    for message in reasons:
        cases.add(message)
    for message in echoes:
        cases.echo(message)
    for case in cases.found:
        if case.facts.url in asked and case.stage is None:
            case.stage = Stage.PREFLIGHT
    found = _explained(cases.found)
    if len(found) == 1:  # a response pasted beside the only message belongs to it, unless it answers another request
        _with_lines(found[0], beside | {ACCESS_LINE: others}, answers or {})
    return found


def _with_lines(case: Case, beside: Mapping[str, Sequence[Message]], answers: Mapping[int, PastedExchange]) -> None:
    """Add what lines without a meaning of their own say about the only request."""
    fitting = {
        wording: [line for line in lines if line.wording == wording and _can_answer(case, line, answers)]
        for wording, lines in beside.items()
    }
    _with_response(case, fitting[RESPONSE_LINE], fitting[CACHE_LINE], fitting[FAILURE_LINE])
    _with_log(case, fitting[ACCESS_LINE])
    _with_list(case, fitting[LIST_LINE])


def _can_answer(case: Case, line: Message, answers: Mapping[int, PastedExchange]) -> bool:
    """Whether a line can be of the answer that `case` is about; an exchange that is whole is judged for itself."""
    if record := line.asked:
        is_sent = not record.method or sends(case.facts, case.stage, record.method)
        return is_sent and logs_path(record.path, case.facts.url)
    if one := answers.get(line.line):
        return not one.is_whole and sends(case.facts, case.stage, one.method) and is_at(one.url, case.facts.url)
    return True


def _specific(told: list[Message]) -> list[Message]:
    """Return `told` without sentences of a missing header without an address, if another message names a fault.

    People quote both: what they had before they tried something, and what came of it.
    """
    if all(_VAGUE.issuperset(one.failures) for one in told if one.role is Role.REASON):
        return told
    bare = [one for one in told if one.failures == (Failure.ALLOW_ORIGIN_MISSING,)]
    vague = [one for one in bare if not one.facts.url and one.facts.status is None]
    return [one for one in told if one not in vague]


def _scripts_last(echoes: list[Message]) -> list[Message]:
    """Return `echoes` with what a script alone says at the end, if another says what failed: that explains it."""
    if not any(echo.failures for echo in echoes):
        return echoes
    return sorted(echoes, key=lambda echo: echo.causes == ("unspecified",) and not echo.facts.url)


def case_of_prose(text: str, pasted: Pasted) -> Case:
    """Return what a text says in its author's own words."""
    for message in read_prose(text, pasted):
        return Case(message.failures, message.causes, message.stage, message.facts, is_retold=message.is_retold)
    return Case(causes=("unrecognised",))


def _explained(cases: list[Case]) -> list[Case]:
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


def _with_log(case: Case, logged: Sequence[Message]) -> None:
    """Add the status that a server's log has for the preflight."""
    statuses = {line.facts.status for line in logged}
    if len(statuses) == 1 and case.facts.status is None and case.stage is not Stage.ACTUAL:
        case.facts = case.facts.joined(logged[0].facts)
        case.stage = Stage.PREFLIGHT
        case.hear(logged[0])


def _with_response(
    case: Case, responses: Sequence[Message], kept: Sequence[Message], failed: Sequence[Message]
) -> None:
    """Add the status that the text gives for the response, and whether the app failed or a cache answered."""
    if case.failures == (Failure.STATUS_NOT_OK,):  # an answer that is ok is another one
        responses = [response for response in responses if response.facts.status not in OK]
    if len({response.facts.status for response in responses}) == 1:
        case.facts = case.facts.joined(responses[0].facts)
        case.stage = case.stage or responses[0].stage
        case.hear(responses[0])
    elif failed and case.is_unsure:
        case.causes = ("preflight-error" if case.stage is Stage.PREFLIGHT else "app-error", *case.causes)
        case.hear(failed[0])
    if kept and Failure.ALLOW_ORIGIN_MISSING in case.failures and case.stage is not Stage.PREFLIGHT:
        case.causes = ("cached-origin", *case.causes)
        case.hear(kept[0])


def _with_list(case: Case, shown: Sequence[Message]) -> None:
    """Add the values of Access-Control-Allow-Origin where a browser says that it is wrong, and not what it is."""
    unsaid = case.facts.value in {"", "(null)"} and not _OF_THE_VALUE.isdisjoint(case.failures)
    if unsaid and len({line.facts.value for line in shown}) == 1:
        case.failures = (Failure.ALLOW_ORIGIN_MULTIPLE,)
        case.facts = replace(case.facts, value=shown[0].facts.value)
        case.hear(shown[0])


_OF_THE_VALUE: Final = frozenset({Failure.ALLOW_ORIGIN_MISMATCH, Failure.ALLOW_ORIGIN_MULTIPLE})


def _reports(message: Message) -> bool:
    """Whether a policy only reports what it would block, or a server what a later version will."""
    return message.role is Role.WARNING and message.causes in _REPORTED


_REPORTED: Final = frozenset({("content-security-policy",), ("frame-options",), ("origin-not-allowed",)})


class _Index:
    """The cases of one source, indexed by URL and by message."""

    def __init__(self) -> None:
        self.found: list[Case] = []
        self._by_url: dict[str, list[Case]] = {}
        self._by_words: dict[_Words, Case] = {}

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
            case = self.open(words)
            case.allowed = _reports(message)
            case.hear(message)

    def open(self, words: "_Words") -> Case:
        """Return a new case."""
        failures, causes, stage, facts = words
        case = Case(failures, causes, stage, facts)
        self.found.append(case)
        self._by_url.setdefault(facts.url, []).append(case)
        self._by_words[words] = case
        return case

    def _at(self, url: str) -> list[Case]:
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
                if (case.failures, message.failures) == ((Failure.NO_RESPONSE,), (Failure.STATUS_NOT_OK,)):
                    case.failures, case.stage = message.failures, message.stage
                if message.facts.status:
                    case.stage = case.stage or message.stage
                if message.failures == (Failure.NO_RESPONSE,) and case.facts.status not in REDIRECTING:
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
_MOST_TWINS: Final = 20  # the most cases of one URL that are compared


def _same_failure(case: Case, message: Message) -> bool:
    """Whether another browser's message is about the failure of `case`."""
    if message.speaker in case.speakers or not _fits(case.facts, message.facts):
        return False
    return bool(case.failures and message.failures) or case.causes == message.causes


def _join(case: Case, message: Message) -> None:
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


def with_capture(cases: list[Case], capture: Capture, pasted: Sequence[PastedExchange] = ()) -> list[Case]:
    """Return the console's cases, completed by the HAR, and the HAR's own.

    Args:
        cases: The console's cases.
        capture: What the HAR shows.
        pasted: The pasted exchanges of which it is made: they need not be those of the page.
    """
    recorded = _Index()
    for blocked in capture.blocked:
        recorded.record(blocked, capture.speaker)
    if pasted:
        cases, words = _apart(cases, recorded.found, pasted)
        return [*_with_recorded(cases, recorded.found, is_pasted=True), *words]
    return _with_recorded(cases, recorded.found, is_pasted=False)


def _apart(cases: list[Case], recorded: list[Case], pasted: Sequence[PastedExchange]) -> tuple[list[Case], list[Case]]:
    """Return the cases of browsers, and the words of servers that are no body of a pasted answer.

    The others go to the case of their answer; where CORS allowed it, they only explain its status.
    """
    words: list[Case] = []
    for case in (case for case in cases if case.is_words):
        at = _answer_above(case.lines[0], pasted)
        of_answer = next((one for one in recorded if at in one.entries), None)
        if at is None:
            words.append(case)
        elif of_answer is not None:
            of_answer.explain(case)
        elif _NOT_BLOCKED.issuperset(case.causes):
            words.append(case)
        elif pasted[at].status >= HTTPStatus.BAD_REQUEST:
            known = Facts(status=pasted[at].status)
            words.append(replace(case, causes=("http-error",), facts=case.facts.joined(known)))
    return [case for case in cases if not case.is_words], words


_OF_PROXIES: Final = frozenset({HTTPStatus.REQUEST_ENTITY_TOO_LARGE, *range(500, 600)})
"""The statuses with which a proxy answers in an app's place."""


_WITHOUT_ANSWER: Final = frozenset({"unreachable", "name-not-found", "timed-out", "connection-broken"})
"""Causes for which there is no answer at all."""
_NOT_OF_APPS: Final = _WITHOUT_ANSWER | {"proxy-bad-gateway", "proxy-timeout", "proxy-drops-headers"}
"""These, and those for which an answer has a proxy's status."""


def _answer_above(line: int, pasted: Sequence[PastedExchange]) -> int | None:
    """Return the index of the exchange in whose answer `line` is, as far as one can see; None for none."""
    above = [(one.lines[-1], at) for at, one in enumerate(pasted) if one.lines and one.lines[0] <= line]
    last, at = max(above, default=(0, None))
    return at if line - last <= _LONGEST_BODY else None


_LONGEST_BODY: Final = 30
"""The lines below a head that are taken for its body."""


def _with_recorded(cases: list[Case], recorded: Sequence[Case], *, is_pasted: bool) -> list[Case]:
    """Return the cases of a console, completed by those of exchanges, and these exchanges' own."""
    by_url: dict[str, list[Case]] = {}
    for case in cases:
        by_url.setdefault(_address(case.facts.url), []).append(case)
    result = list(cases)
    for case in recorded:
        named = [
            *by_url.get(_address(case.facts.url), ()),
            *by_url.get(_address(case.facts.redirected_from) or "-", ()),
        ]
        nameless = [] if named else _nameless(case, by_url.get("", []), alone=len(recorded) == 1)
        if twin := _twin(case, [*named, *nameless]):
            _complete(twin, case, is_pasted=is_pasted)
        else:
            result.append(case)
    return result


def _address(url: str) -> str:
    """Return `url` without the slash that people leave out where there is no path."""
    return url.removesuffix("/") if url.count("/") == _OF_ROOT else url


_OF_ROOT: Final = 3  # slashes of a URL whose path is one


def _nameless(case: Case, others: list[Case], *, alone: bool) -> list[Case]:
    """Return the console's cases without a URL that can be the same as `case`."""
    return [other for other in others if alone or set(other.failures) & set(case.failures)]


def _twin(case: Case, others: Sequence[Case]) -> Case | None:
    """Return the console's case of the same request, preferring one with the same failure."""
    fitting = [other for other in others[:_MOST_TWINS] if not other.entries and _fits(other.facts, case.facts)]
    same = [other for other in fitting if set(other.failures) & set(case.failures)]
    return next(iter([*same, *fitting]), None)


def _complete(case: Case, recorded: Case, *, is_pasted: bool) -> None:
    """Add what a HAR shows. The browser's own message says what failed, if it does; the HAR says the rest."""
    agreed = tuple(failure for failure in case.failures if failure in recorded.failures)
    unsure = len(case.failures) > 1 or (case.failures and _VAGUE.issuperset(case.failures))
    if agreed or case.is_vague or (unsure and recorded.failures):
        case.failures = agreed or recorded.failures
        case.causes = recorded.causes
        case.stage = recorded.stage
        case.detail = recorded.detail
    elif recorded.failures:
        recorded = _without_answer(case, recorded, is_pasted=is_pasted)
    case.impossible = recorded.impossible
    case.facts = recorded.facts.joined(case.facts)
    case.count = max(case.count, recorded.count)
    case.entries += recorded.entries
    case.speakers += recorded.speakers


def _without_answer(case: Case, recorded: Case, *, is_pasted: bool) -> Case:
    """Return `recorded` without what it says of another header than the one that `case` is about.

    A request that somebody sent by hand is another one, so all of its answer is left out, except the status of a
    preflight that is refused: such an answer can lack headers, too, which a browser checks first.
    """
    facts = replace(recorded.facts, value="", is_whole=False, headers=())
    if not is_pasted:
        return replace(recorded, facts=facts)
    is_refused = Failure.STATUS_NOT_OK in case.failures and recorded.stage is Stage.PREFLIGHT
    status = facts.status if is_refused and facts.status not in OK else None
    known = Facts(url=facts.url, origin=facts.origin, kind=facts.kind, status=status)
    return replace(recorded, facts=known, impossible=frozenset[str]())
