"""Judge one request of a page, with its recorded preflight, answer and redirects, by the Fetch standard's steps."""

from dataclasses import dataclass, replace
from typing import Final

from wsgicors import browser
from wsgicors._http import list_members
from wsgicors.browser import Check, Failure, Request, Response, Stage, Step
from wsgicors.doctor.catalogue._readers import Speaker
from wsgicors.doctor.evidence._console import read_console
from wsgicors.doctor.evidence._facts import Facts, resolved
from wsgicors.doctor.evidence._har_entries import Entry, without_fragment
from wsgicors.doctor.evidence._har_tape import Tape
from wsgicors.doctor.evidence._login import is_login
from wsgicors.doctor.evidence._steps import (
    LOOKED_AT,
    behind_status,
    misspelt,
    refuses_nothing,
    ruled_out,
    speaks_cors,
    speaks_of_origins,
    telling,
    unsafe_names,
)

_ABORTED: Final = "net::ERR_ABORTED"  # the page was left, or canceled the request itself
_ADDED_BY_BROWSERS: Final = frozenset({
    "accept", "accept-language", "cache-control", "device-memory", "downlink", "dpr", "ect", "if-modified-since",
    "if-none-match", "pragma", "priority", "purpose", "rtt", "save-data", "upgrade-insecure-requests", "user-agent",
    "viewport-width", "x-client-data",
})  # fmt: skip
"""Lower-case names of headers that browsers and their panels add to a page's request, besides forbidden ones."""

_MATTERING_VALUES: Final = frozenset({"content-language", "content-type", "range"})
_UNAUTHORIZED: Final = frozenset({401, 403})
_FOR_PAGES: Final = frozenset({"authorization", "content-disposition", "content-range", "retry-after", "x-total-count"})
_FOR_PAGES_BEGIN: Final = ("x-csrf", "x-pagination", "x-ratelimit-")


@dataclass(frozen=True, slots=True)
class Blocked:
    """An exchange that a browser blocked, or would have.

    Attributes:
        entry: The request's index among the file's entries, from 0.
        preflight: The index of its preflight, if the file has one.
        failures: What failed, by the Fetch standard; empty if the file does not show it.
        stage: The part of the exchange that failed.
        detail: The failing step, in a sentence; "" if the file does not show it.
        section: The step's section of the standard.
        causes: Identifiers of causes that the file names without a failure.
        facts: What is known about it.
        impossible: Identifiers of causes that the request rules out.
        allowed: Whether nothing was blocked, but something else went wrong.
    """

    entry: int
    preflight: int | None
    failures: tuple[Failure, ...]
    stage: Stage | None
    detail: str
    section: str
    causes: tuple[str, ...]
    facts: Facts
    impossible: frozenset[str] = frozenset()
    allowed: bool = False


class _NotRecordedError(Exception):
    """The browser now sends a request that the file has no answer to."""

    def __init__(self, stage: Stage, error: str) -> None:
        super().__init__()
        self.stage = stage
        self.error = error


class Exchange:
    """One request of a page, with its recorded preflight, answer and redirects."""

    def __init__(self, entry: Entry, tape: Tape, speaker: Speaker | None) -> None:
        self.entry = entry
        self.speaker = speaker
        self.tape = tape
        self.preflight = entry if entry.is_preflight else tape.preflight(entry)
        self.answers: list[Entry] = [] if entry.is_preflight else [entry]
        self.hop = 0
        """Answers given so far."""
        self.later: dict[int, Entry] = {}
        """The preflights of later hops."""

    @property
    def error(self) -> str:
        """The panel's error for the request."""
        return next((entry.error for entry in self.entries if entry.error), "")

    @property
    def entries(self) -> list[Entry]:
        """The recorded requests that it consists of, including those after redirects."""
        later = (self.tape.request_of(preflight) for preflight in self.later.values())
        return [*self.answers, *(entry for entry in later if entry)]

    def judged(self) -> Blocked | None:
        """Return what failed; None if nothing did, or it is unknown."""
        if self.error == _ABORTED:
            return None
        if self.entry.blocked_otherwise:
            return self.unseen(_NotRecordedError(Stage.REQUEST, self.error))
        if self.names_its_error:
            return self.unseen(_NotRecordedError(Stage.ACTUAL, self.error))
        credentials: browser.Credentials = "include" if self.entry.with_cookies else "same-origin"
        try:
            conclusion = self.concluded(credentials)
            asked = self.preflight is not None or bool(self.later)
            held_back = bool(self.error) or (asked and not (self.entries or [self.entry])[-1].answered)
            # If the file lacks a later hop's request, that alone can be why nothing came back.
            is_open = bool(self.later) or not self.entry.answered if conclusion is None else conclusion.allowed
            if held_back and is_open and credentials != "include":
                # Exports often leave out cookies. If only credentials explain the failure, they were sent.
                with_credentials = self.concluded("include")
                if with_credentials is not None and with_credentials.failures:
                    credentials, conclusion = "include", with_credentials
            conclusion = conclusion or self.conclude(credentials)
        except _NotRecordedError as missing:
            return self.unseen(missing)
        except ValueError:  # not a request that a script can make
            return None
        step = telling(conclusion.failures)
        if step and conclusion.exchanges and not self.let_pass:
            return self.failed(conclusion, step, credentials)
        if self.error:
            return self.unseen(_NotRecordedError(Stage.ACTUAL, self.error))
        return self.gone_wrong(conclusion) if conclusion.allowed else None

    def gone_wrong(self, conclusion: browser.Conclusion) -> Blocked | None:
        """Return what went wrong with an allowed request; None if the file shows nothing."""
        last = conclusion.exchanges[-1]
        facts = Facts(
            url=last.request.url,
            origin=self.entry.origin,
            method=self.method,
            status=last.response.status,
            redirected_from=self.entry.url if last.hop else "",
        )
        if last.hop and is_login(last.request.url) and not is_login(self.entry.url):
            return self.blocked(Stage.ACTUAL, facts, causes=("session-ended",), allowed=True)
        if last.response.status in _UNAUTHORIZED and self.tape.withheld_cookie(self.entry):
            causes = ("cookie-samesite", "third-party-cookies")
            return self.blocked(Stage.ACTUAL, facts, causes=causes, allowed=True)
        hidden = [name for name, value in last.response.headers if _is_for_pages(name, value)]
        hidden = [name for name in dict.fromkeys(hidden) if name not in conclusion.readable]
        if not hidden:
            return None
        about = replace(facts, header=hidden[0], headers=tuple(hidden))
        return self.blocked(Stage.ACTUAL, about, causes=("header-not-exposed",), allowed=True)

    @property
    def names_its_error(self) -> bool:
        """Whether the panel names the network failure."""
        said = read_console(self.error).messages
        return any(message.causes not in {(), ("unspecified",)} and not message.failures for message in said)

    def concluded(self, credentials: browser.Credentials) -> browser.Conclusion | None:
        """Return the result of `conclude`; None if the file lacks the answer to the browser's next request."""
        try:
            return self.conclude(credentials)
        except _NotRecordedError:
            return None

    @property
    def let_pass(self) -> bool:
        """Whether Chromium let this pass, against the standard: it marks requests that it blocks, and not this one."""
        marks = any(entry.marks for entry in self.entries)
        return self.speaker is Speaker.CHROMIUM and marks and not self.error

    def conclude(self, credentials: browser.Credentials) -> browser.Conclusion:
        """Return the standard's conclusion from the recorded answers."""
        self.hop = 0
        page = Request(
            self.entry.url,
            self.entry.origin,
            self.method,
            self.headers(),
            credentials,
            private_network="access-control-request-private-network" in self.asked,
        )
        if self.preflight is not None and browser.preflight_request(page) is None:
            # An upload listener or a stream as body causes a preflight that the request alone does not need.
            page = replace(page, use_cors_preflight=True)
        return browser.fetch(page, self.send)

    @property
    def asked(self) -> dict[str, str]:
        """The preflight's headers."""
        return self.preflight.sent if self.preflight else {}

    @property
    def method(self) -> str:
        """The page's method."""
        return self.asked.get("access-control-request-method") or self.entry.method

    def headers(self) -> list[tuple[str, str]]:
        """Return the headers that the page set: those that its preflight names, or else those that no browser adds."""
        if self.preflight:
            names = list_members(self.asked.get("access-control-request-headers", ""))
            return [(name, '"' if browser.is_safelisted_header(name, "x") else "x") for name in names]
        sent = self.entry.sent.items()
        set_by_page = [(name, value) for name, value in sent if name not in _ADDED_BY_BROWSERS]
        return [(name, value if name in _MATTERING_VALUES else "x") for name, value in set_by_page]

    def send(self, sent: Request) -> Response:
        """Return the recorded answer to `sent`."""
        if sent.method == "OPTIONS" and any(name == "Access-Control-Request-Method" for name, _ in sent.headers):
            return self.answer_to_preflight(sent)
        if self.hop == len(self.answers):
            follow = self.tape.answer(sent.method, without_fragment(sent.url), self.answers[-1]) if self.hop else None
            if follow is None:
                raise _NotRecordedError(Stage.ACTUAL, self.error)
            self.answers.append(follow)
        self.hop += 1
        return self.recorded(self.answers[self.hop - 1], Stage.ACTUAL)

    def answer_to_preflight(self, sent: Request) -> Response:
        if not self.hop and self.preflight:
            return self.recorded(self.preflight, Stage.PREFLIGHT)
        if self.hop and (later := self.later_preflight(sent.url)):
            return self.recorded(later, Stage.PREFLIGHT)
        if self.hop or self.entry.answered:
            # It succeeded, or the request would not have been sent: it is in the browser's cache of
            # preflights, or in a panel that leaves preflights out.
            named = dict(sent.headers)
            return Response(
                204,
                [
                    ("Access-Control-Allow-Origin", named["Origin"]),
                    ("Access-Control-Allow-Credentials", "true"),
                    ("Access-Control-Allow-Private-Network", "true"),
                    ("Access-Control-Allow-Methods", named["Access-Control-Request-Method"]),
                    ("Access-Control-Allow-Headers", named.get("Access-Control-Request-Headers", "")),
                ],
            )
        raise _NotRecordedError(Stage.PREFLIGHT, self.error)

    def later_preflight(self, url: str) -> Entry | None:
        """Return the recorded preflight that a redirect led to."""
        if self.hop not in self.later:
            found = self.tape.later_preflight(without_fragment(url), self.answers[-1])
            if found:
                self.later[self.hop] = found
        return self.later.get(self.hop)

    def recorded(self, entry: Entry, stage: Stage) -> Response:
        if not entry.answered:
            raise _NotRecordedError(stage, entry.error or self.error)
        return entry.response

    # What is said of it.

    def failed(self, conclusion: browser.Conclusion, step: Step, credentials: browser.Credentials) -> Blocked:
        """Return the failed step, with its facts."""
        last = conclusion.exchanges[-1]
        location = last.response.get("location") or ""
        for entry in self.entries:
            self.tape.play(entry)
        status_step = step
        if step.failure is Failure.STATUS_NOT_OK:
            step = behind_status(conclusion.request, last) or step
        about_header = step.failure in {Failure.HEADER_NOT_ALLOWED, Failure.AUTHORIZATION_NOT_NAMED}
        facts = Facts(
            url=last.request.url,
            origin=self.entry.origin,
            method=self.method,
            header=step.names[0] if about_header and step.names else "",
            headers=step.names if about_header else (),
            asked=unsafe_names(conclusion.request),
            value=last.response.get(LOOKED_AT.get(step.check, "")) or "",
            status=last.response.status,
            redirected_from=self.entry.url if step.hop else "",
            location=resolved(last.request.url, location),
            kind=self.entry.kind,
            credentials=True if credentials == "include" else None,
            speaks_cors=speaks_cors(last.response),
            refuses_nothing=refuses_nothing(conclusion.request, last),
        )
        failures = (step.failure,) if step.failure else ()
        answered = self.preflight if step.stage is Stage.PREFLIGHT else self.answers[-1] if self.answers else None
        said = [
            one for one in read_console(answered.said if answered else "").messages if one.speaker is Speaker.SERVER
        ]
        if said and said[0].causes:
            told = facts.joined(said[0].facts)
            return self.blocked(step.stage, told, failures=failures, causes=said[0].causes, detail=step.detail)
        if step is not status_step:
            return self.blocked(step.stage, facts, failures=(*failures, Failure.STATUS_NOT_OK), detail=step.detail)
        if not (speaks_of_origins(last.response) or self.tape.knows_cors(last.request.url)):
            facts = replace(facts, is_bare=True)
        wrong = misspelt(last.response) if step.failure is Failure.ALLOW_ORIGIN_MISSING else ""
        if wrong:
            return self.blocked(
                step.stage, replace(facts, header=wrong), failures=failures, causes=("header-misspelt",)
            )
        kept = step.check is Check.ALLOW_ORIGIN and step.stage is Stage.ACTUAL and self.answered_from_cache
        return self.blocked(
            step.stage,
            facts,
            failures=failures,
            causes=("cached-origin",) if kept else (),
            detail=step.detail,
            section=step.section,
            impossible=frozenset(
                ruled_out(conclusion.request, step.hop, last.response.status) | self.shown(step, last.response)
            ),
        )

    @property
    def answered_from_cache(self) -> bool:
        """Whether the last answer came from a cache."""
        return bool(self.answers) and (self.answers[-1].from_cache or self.tape.kept(self.answers[-1]))

    def shown(self, step: Step, response: Response) -> set[str]:
        """Return the causes that the file rules out: lists show that CORS is on, a granted preflight a known origin."""
        against = {"cors-absent"} if speaks_of_origins(response) else set[str]()
        passed = step.stage is Stage.ACTUAL and self.preflight is not None and not step.hop
        return against | ({"origin-not-allowed", "origin-list-typo", "cors-absent"} if passed else set[str]())

    def unseen(self, missing: _NotRecordedError) -> Blocked | None:
        """Return a failure whose reason is not in the file, unless the panel names it."""
        if not missing.error and (self.let_pass or self.entry.answered):
            return None
        facts = Facts(
            url=self.answers[-1].url if self.answers else self.entry.url,
            origin=self.entry.origin,
            method=self.method,
            status=self.entry.status,
            kind=self.entry.kind,
            credentials=True if self.entry.with_cookies else None,
        )
        said = next(iter(read_console(missing.error).messages), None)
        if said and said.causes != ("unspecified",):
            return self.blocked(
                said.stage or missing.stage, facts.joined(said.facts), failures=said.failures, causes=said.causes
            )
        causes = ("mixed-content", "unspecified") if facts.mixes_content else ("unspecified",)
        return self.blocked(missing.stage, facts, causes=causes)

    def blocked(
        self,
        stage: Stage,
        facts: Facts,
        *,
        failures: tuple[Failure, ...] = (),
        causes: tuple[str, ...] = (),
        detail: str = "",
        section: str = "",
        impossible: frozenset[str] = frozenset(),
        allowed: bool = False,
    ) -> Blocked:
        """Return this exchange as blocked, or as allowed but gone wrong."""
        preflight = self.preflight.index if self.preflight and self.preflight is not self.entry else None
        return Blocked(
            self.entry.index, preflight, failures, stage, detail, section, causes, facts, impossible, allowed
        )


def _is_for_pages(name: str, value: str) -> bool:
    """Whether servers send a response header for scripts to read."""
    return name in _FOR_PAGES or name.startswith(_FOR_PAGES_BEGIN) or (name == "link" and "next" in value)
