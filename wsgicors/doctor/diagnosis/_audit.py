"""Find out which origins a server trusts: ask it as hostile pages would, and judge its answers.

Requests go to one URL, by GET and by preflights, which change nothing. No redirect is followed, and no cookie is sent
unless it is given. There are at most `MOST_REQUESTS` requests, one after the other, with pauses.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Annotated, Final, Literal, TypeAlias, TypedDict

from wsgicors._http import list_members
from wsgicors.browser import Request, Response
from wsgicors.doctor.catalogue._weaknesses import WEAKNESSES, Level, Weakness
from wsgicors.doctor.diagnosis._asking import AskError, ask
from wsgicors.doctor.diagnosis._hostile import ATTACKER, hostile_origins
from wsgicors.doctor.diagnosis._why import Count, RemedyJson, remedies_json
from wsgicors.doctor.evidence._facts import clean_origin, clean_url, origin_of, shown
from wsgicors.doctor.evidence._wire import Reply, Wire, browser_headers
from wsgicors.origins import split_origin

MOST_REQUESTS: Final = 128
"""The most requests of an audit."""

PAUSE: Final = 0.2
"""Seconds between two requests."""

_SHOWN_BY: Final = {"special-character": "prefix", "trailing-dot": "prefix", "part": "any-tld"}
"""Weaknesses that are implied by others, which say more."""

_ENOUGH: Final = frozenset({429, 503})
"""Statuses that ask a client to stop."""


Means: TypeAlias = Literal["GET", "preflight"]
"""What showed a weakness."""


class FoundWeaknessJson(TypedDict):
    """An origin that is trusted but should not be, or untidiness; the worst first."""

    id: Annotated[str, ("enum", tuple(WEAKNESSES))]
    level: Level
    title: str
    sentence: str
    why: str
    remedies: list[RemedyJson]
    origins: list[str]
    by: list[Means]


class AuditJson(TypedDict):
    """Which origins the server of one URL trusts."""

    version: Literal[1]
    url: str
    trusted: str
    findings: list[FoundWeaknessJson]
    asked: Count
    complete: bool
    notes: list[str]


@dataclass(frozen=True, slots=True)
class FoundWeakness:
    """A weakness that was found.

    Attributes:
        weakness: The weakness, with the first of the origins in its texts.
        level: How severe it is here.
        origins: The origins that showed it.
        by: What showed it.
    """

    weakness: Weakness
    level: Level
    origins: tuple[str, ...]
    by: tuple[Means, ...]

    def to_json(self) -> FoundWeaknessJson:
        """Return it for `json.dumps`."""
        return {
            "id": self.weakness.id,
            "level": self.level,
            "title": self.weakness.title,
            "sentence": self.weakness.sentence,
            "why": self.weakness.why,
            "remedies": remedies_json(self.weakness.remedies),
            "origins": list(self.origins),
            "by": list(self.by),
        }


@dataclass(frozen=True, slots=True)
class Audit:
    """The findings for one URL.

    Attributes:
        url: The URL, in a form that is safe to show.
        trusted: The origin that the server is meant to trust.
        findings: The findings, the worst first.
        asked: The number of requests.
        complete: Whether all questions got answers that tell whom the server trusts.
        notes: Notes on the audit itself, in sentences.
    """

    url: str
    trusted: str
    findings: tuple[FoundWeakness, ...]
    asked: int
    complete: bool
    notes: tuple[str, ...]

    def exit_status(self, fail_on: Level = Level.LOW) -> int:
        """Return the command's exit status: 1 if a finding is at least as bad as `fail_on`, 2 if that is unknown."""
        if any(finding.level.reaches(fail_on) for finding in self.findings):
            return 1
        return 0 if self.complete else 2

    def to_json(self) -> AuditJson:
        """Return it for `json.dumps`."""
        return {
            "version": 1,
            "url": self.url,
            "trusted": self.trusted,
            "findings": [finding.to_json() for finding in self.findings],
            "asked": self.asked,
            "complete": self.complete,
            "notes": list(self.notes),
        }


def audit(url: str, *, origin: str = "", headers: Iterable[str] = (), wire: Wire | None = None) -> Audit:
    """Ask a server as hostile pages would, and judge its answers.

    Args:
        url: A URL that the trusted page reads.
        origin: The page's origin that the server is meant to trust; hostile origins imitate it. "" means its own.
        headers: Headers to send with every GET, each ``Name: value``, such as Authorization.
        wire: Sends the requests.

    Raises:
        AskError: No browser could ask for ``url``, or have ``origin``.
        ModuleNotFoundError: urllib3 is not installed.
    """
    page = ask(url, origin or origin_of(url) or "null")
    if not split_origin(page.origin):
        raise AskError("An audit takes the origin of a page on the web: the one that the server is meant to trust.")
    lines = [(name.strip(), value.strip()) for name, _, value in (header.partition(":") for header in headers)]
    return _Audit(page, wire or Wire(pause=PAUSE), lines).run()


@dataclass(slots=True)
class _Audit:
    """An audit in progress."""

    page: Request
    wire: Wire
    headers: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    asked: int = 0
    notes: list[str] = field(default_factory=list[str])
    found: dict[str, tuple[Level, list[str], list[Means]]] = field(
        default_factory=dict[str, tuple[Level, list[str], list[Means]]]
    )
    stopped: bool = False
    blind: bool = False
    """Whether even the trusted origin gets only errors without a header of CORS: a login may answer, not the app."""

    def run(self) -> Audit:
        """Ask everything, or stop if the server asks to."""
        trusted = self.page.origin
        if named := self.wire.named_address(self.page.url):
            self.notes.append(f"The server was asked at {named}, as --resolve says.")
        plain, own = self.get(""), self.get(trusted)
        allowed_preflight = self.preflight(trusted)
        if own is not None:
            self.described(own, allowed_preflight)
            self.untidy_if_trusted(own, allowed_preflight)
        for weakness, origin in hostile_origins(trusted):
            if self.stopped or (weakness != "null-trusted" and "any-origin" in self.found):
                break
            if _SHOWN_BY.get(weakness) in self.found:
                continue
            answers: dict[Means, Response | None] = {"GET": self.get(origin), "preflight": self.preflight(origin)}
            for by, response in answers.items():
                if response is not None:
                    self.weighed(weakness, origin, by, response)
            if weakness == "any-origin":
                self.strangers(origin, [response for response in (plain, own, answers["GET"]) if response is not None])
        return self.result()

    # Asking.

    def get(self, origin: str) -> Response | None:
        return self.send("GET", origin, [("Accept", "*/*"), *self.headers])

    def preflight(self, origin: str) -> Response | None:
        asking = [("Access-Control-Request-Method", "GET"), ("Access-Control-Request-Private-Network", "true")]
        return self.send("OPTIONS", origin, [("Accept", "*/*"), *asking])

    def send(self, method: str, origin: str, headers: list[tuple[str, str]]) -> Response | None:
        """Return the answer; None if there is none, or the audit has stopped."""
        if self.asked == MOST_REQUESTS and not self.stopped:
            self.stop(f"{MOST_REQUESTS} requests were made, and no more are: not every origin could be tried.")
        if self.stopped:
            return None
        sent = Request(self.page.url, self.page.origin, method, headers)
        lines = browser_headers(sent, f"https://{ATTACKER}")
        answer = self.wire.send(method, self.page.url, [*lines, *([("Origin", origin)] if origin else [])])
        self.asked += 1
        return self.response(answer)

    def response(self, answer: Reply) -> Response | None:
        if answer.trouble:
            self.stop(answer.trouble.detail)
        elif answer.response.status in _ENOUGH:
            self.stop(f"The server answered with {answer.response.status}, and was left alone from there on.")
        else:
            return answer.response
        return None

    def stop(self, note: str) -> None:
        self.stopped = True
        self.notes.append(note)

    # Weighing.

    def note(self, weakness: str, level: Level, origin: str, by: Means) -> None:
        known, origins, means = self.found.setdefault(weakness, (level, [], []))
        self.found[weakness] = level if level.reaches(known) else known, origins, means
        origins += [origin] if origin not in origins else []
        means += [by] if by not in means else []

    def weighed(self, weakness: str, origin: str, by: Means, response: Response) -> None:
        """Record whether a hostile origin is trusted, and how severe that is."""
        if response.get("Access-Control-Allow-Origin") != origin:
            return
        with_credentials = response.get("Access-Control-Allow-Credentials") == "true"
        self.note(weakness, WEAKNESSES[weakness].level if with_credentials else Level.LOW, origin, by)
        if response.get("Access-Control-Allow-Private-Network") == "true":
            self.tell("private-network", origin, by)

    def tell(self, weakness: str, origin: str, by: Means) -> None:
        self.note(weakness, WEAKNESSES[weakness].level, origin, by)

    def strangers(self, origin: str, answers: list[Response]) -> None:
        """Record what an unknown origin's answers show besides trust."""
        last = answers[-1]
        value = last.get("Access-Control-Allow-Origin")
        credentials = last.get("Access-Control-Allow-Credentials") == "true"
        if value == "*":
            self.tell("wildcard-with-credentials" if credentials else "public", origin, "GET")
        elif value is None:
            if credentials:
                self.tell("credentials-to-strangers", origin, "GET")
        elif not clean_origin(value):
            self.tell("origin-malformed", origin, "GET")
        elif value != origin:
            self.tell("fixed-origin", origin, "GET")
        differ = len({answer.get("Access-Control-Allow-Origin") for answer in answers}) > 1
        if differ and not all(_varies(answer) for answer in answers):
            self.tell("vary-missing", origin, "GET")

    def untidy_if_trusted(self, own: Response, preflight: Response | None) -> None:
        """Record what the trusted origin's own answers show."""
        trusted = self.page.origin
        exposed = list_members(own.get("Access-Control-Expose-Headers") or "")
        if "*" in exposed and own.get("Access-Control-Allow-Credentials") == "true":
            self.tell("expose-wildcard", trusted, "GET")
        age = (preflight.get("Access-Control-Max-Age") or "") if preflight else ""
        if age.isascii() and age.isdigit() and (len(age) > 9 or int(age) > 86_400):
            self.tell("max-age-too-long", trusted, "preflight")

    def described(self, own: Response, preflight: Response | None) -> None:
        """Note what makes the answers less conclusive."""
        allowed = [answer for answer in (own, preflight) if answer and answer.get("Access-Control-Allow-Origin")]
        self.blind = own.status >= 300 and not allowed
        if own.status in range(300, 400):
            self.notes.append("The URL answers with a redirect, which was not followed: audit where it leads to.")
        elif own.status >= 400:
            self.notes.append(f"The URL answers with {own.status}: one that answers with 200 would tell more.")
        if own.get("Access-Control-Allow-Origin") is None:
            self.notes.append(f"{self.page.origin} is not allowed here. Name an allowed origin with --origin.")

    def result(self) -> Audit:
        findings: list[FoundWeakness] = []
        for weakness, (level, origins, means) in self.found.items():
            facts = {"origin": shown(origins[0]), "trusted": self.page.origin}
            findings.append(FoundWeakness(WEAKNESSES[weakness].filled(facts), level, tuple(origins), tuple(means)))
        order = list(WEAKNESSES)
        findings.sort(key=lambda finding: (list(Level).index(finding.level), order.index(finding.weakness.id)))
        complete = not (self.stopped or self.blind)
        return Audit(
            clean_url(self.page.url), self.page.origin, tuple(findings), self.asked, complete, tuple(self.notes)
        )


def _varies(response: Response) -> bool:
    vary = {name.lower() for name in list_members(response.get("Vary") or "")}
    return not vary.isdisjoint({"origin", "*"})
