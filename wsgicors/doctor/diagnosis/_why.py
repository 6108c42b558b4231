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
from dataclasses import dataclass, replace
from typing import Annotated, Final, Literal, TypedDict

from wsgicors.browser import Failure, Stage
from wsgicors.doctor.catalogue._causes import CAUSES, Cause
from wsgicors.doctor.catalogue._fetch_steps import STEPS
from wsgicors.doctor.catalogue._readers import Speaker
from wsgicors.doctor.catalogue._remedies import Place, Remedy
from wsgicors.doctor.diagnosis._cases import Case, case_of_prose, cases_of, with_capture
from wsgicors.doctor.diagnosis._ranking import Certainty, Ranked, certain, likely, possible, rank
from wsgicors.doctor.evidence._broken_off import broken_off
from wsgicors.doctor.evidence._console import read_console
from wsgicors.doctor.evidence._facts import Facts, FactsJson, origin_of
from wsgicors.doctor.evidence._har import Capture, read_har
from wsgicors.doctor.evidence._har_entries import HarError, looks_like_har
from wsgicors.doctor.evidence._judging import judged
from wsgicors.doctor.evidence._pasted import read_pasted
from wsgicors.doctor.evidence._prose import read_prose, sends_credentials

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
        probe: The command that tells the suspects apart; "" if the URL is not one of HTTP.
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
    read = read_pasted(text)
    messages = sorted([*console.messages, *broken_off(text, console.messages)], key=lambda message: message.line)
    cases = cases_of(messages, read.answers())
    capture = Capture(None, 0, (), cut=False)
    is_one = sum(not case.is_words for case in cases) < 2
    pasted = read.exchanges if har is None and is_one else ()
    if har is not None:
        capture = read_har(har)
    elif pasted:
        capture = judged(pasted, with_credentials=sends_credentials(text))
    if capture.cut:
        notes.append("The HAR has very many entries, and the last ones were not read.")
    cases = with_capture(cases, capture, pasted)
    if not cases and text.strip() and not capture.exchanges:
        cases = [case_of_prose(text, read)]
    elif len(cases) == 1 and cases[0].is_begun:
        cases[0].go_on(read_prose(text, read))
    return Diagnosis(tuple(_together(map(_finding, cases))), capture.exchanges, tuple(notes))


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


def _finding(case: Case) -> Finding:
    """Return the finding of a case, with its causes ranked and filled in."""
    facts = case.facts
    suspects = tuple(Suspect(CAUSES[ranked.id].filled(facts.texts()), ranked.certainty) for ranked in _ranked(case))
    failure = case.failures[0] if len(case.failures) == 1 else None
    return Finding(
        suspects,
        facts,
        case.blocked,
        failure,
        case.stage,
        case.detail,
        _probe(facts, case.stage, suspects[0].cause.id),
        tuple(dict.fromkeys(case.speakers)),
        tuple(case.lines),
        tuple(case.entries),
        case.count,
    )


def _ranked(case: Case) -> list[Ranked]:
    causes = case.causes
    if case.facts.origin == "null" and "origin-not-allowed" in causes:
        causes = ("null-origin", *causes)
    causes = tuple(dict.fromkeys(causes))
    named = [*_named(causes, alone=not (case.failures or case.is_retold))]
    ranked = rank(case.failures, case.stage, case.facts)
    if case.is_retold:  # the words can mean something else
        ranked = [Ranked(item.id, _UNCERTAIN.get(item.certainty, item.certainty)) for item in ranked]
    if causes and not case.entries:  # none of several causes is certain
        certainties = {Certainty.CERTAIN: Certainty.POSSIBLE}
        ranked = [Ranked(item.id, certainties.get(item.certainty, item.certainty)) for item in ranked]
    others = [item for item in ranked if item.id not in causes]
    guesses = _guesses(case.facts) if case.is_vague and not case.entries else []
    found = [*named, *(item for item in others if item.id not in case.impossible), *guesses] or others
    once: dict[str, Ranked] = {}
    for item in found:
        once.setdefault(item.id, item)
    return list(once.values())


_UNCERTAIN: Final = {Certainty.CERTAIN: Certainty.LIKELY}


def _guesses(facts: Facts) -> list[Ranked]:
    """Return the most frequent causes where a script learned no reason: an answer without headers, or no answer."""
    if facts.value:
        return []
    missing = rank((Failure.ALLOW_ORIGIN_MISSING,), None, facts)
    if facts.status:
        return possible(*(item.id for item in missing[:2]))
    return possible("cors-absent", *(item.id for item in rank((Failure.NO_RESPONSE,), None, facts)[:2]))


def _named(causes: Sequence[str], *, alone: bool) -> list[Ranked]:
    if causes in {("unspecified",), ("unrecognised",)}:
        return possible(*causes)
    return certain(*causes) if alone and len(causes) == 1 else likely(*causes)


_OF_REQUEST_HEADERS: Final = frozenset({
    "header-not-allowed", "header-of-responses", "header-wildcard-authorization", "wildcard-with-credentials",
    "forbidden-request-header",
})  # fmt: skip

_OF_PREFLIGHTS: Final = frozenset({
    "header-not-allowed", "header-wildcard-authorization", "method-not-allowed", "method-case",
    "allow-methods-malformed", "allow-headers-malformed",
})  # fmt: skip
"""Causes that only a preflight shows, whether or not the text says that one failed."""


def _probe(facts: Facts, stage: Stage | None, cause: str) -> str:
    """Return the command that makes the same request, with a preflight if the preflight failed; "" if none can."""
    if facts.url and not facts.url.startswith(("http:", "https:")):
        return ""
    first = facts.redirected_from or facts.url  # what the page asked for: where it led says nothing about the way
    words = ["wsgicors", "probe", first.partition("?")[0] or "URL", "--origin", facts.origin or "ORIGIN"]
    asks = facts.method not in {"", "GET", "HEAD", "POST"}
    if facts.method and facts.method != "GET":
        words += ["--method", facts.method]
    stage = Stage.PREFLIGHT if cause in _OF_PREFLIGHTS else stage
    if facts.header and cause in _OF_REQUEST_HEADERS:
        words += ["--header", facts.header]
    elif facts.redirected_from:
        words += ["--header", "Content-Type"] if stage is Stage.PREFLIGHT and not asks else []
        words += ["--follow"] if origin_of(first) != origin_of(facts.url) else []
    elif stage is Stage.PREFLIGHT and not asks:
        words += ["--header", "Content-Type", "--preflight-only"]
    if facts.credentials:
        words.append("--credentials")
    return shlex.join(words)
