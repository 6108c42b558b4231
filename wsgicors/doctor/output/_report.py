"""The doctor's reports for people: lines of text, plain if piped, in color on a terminal.

Text from a server, a browser or a file is escaped here again, and never read as markup.

>>> from wsgicors.doctor.diagnosis._why import why
>>> print(text(of_diagnosis(why("Reason: CORS header 'Access-Control-Allow-Origin' does not match 'https://b.example'"))))
... # doctest: +ELLIPSIS
Blocked; likely: The server always names one fixed origin
...
"""

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, cast

from wsgicors.browser import Exchange, Outcome, Stage, Step
from wsgicors.doctor.catalogue._causes import ROOTS, UNDECIDED
from wsgicors.doctor.catalogue._mistakes import MISTAKES
from wsgicors.doctor.catalogue._remedies import TITLES, Place, Remedy
from wsgicors.doctor.diagnosis._audit import Audit, FoundWeakness
from wsgicors.doctor.diagnosis._examination import Decision, Examination, Received, request_lines, response_lines
from wsgicors.doctor.diagnosis._explain import Explained
from wsgicors.doctor.diagnosis._ranking import Certainty
from wsgicors.doctor.diagnosis._verify import Verification
from wsgicors.doctor.diagnosis._why import Diagnosis, Finding, Suspect
from wsgicors.doctor.evidence._facts import clean_url, shown
from wsgicors.doctor.evidence._signs import told
from wsgicors.policy import Policy
from wsgicors.verdict import in_words_of

if TYPE_CHECKING:
    from rich.console import Console

LONGEST_LINE: Final = 2000
"""The most characters of a line that are shown."""

LISTED: Final = 20
"""The most members of a setting that are shown."""

STANDARD: Final = "https://fetch.spec.whatwg.org/"
"""Where a section that begins with # stands."""


class Style(StrEnum):
    """The kind of a line."""

    GOOD = "good"
    BAD = "bad"
    NOTE = "note"
    TITLE = "title"
    CODE = "code"
    QUIET = "quiet"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a report, without its line break.

    Attributes:
        text: The text, escaped and cut.
        style: The kind of line.
        indent: Columns in front of it, and of its continuation lines.
    """

    text: str
    style: Style = Style.PLAIN
    indent: int = 0


_COLOURS: Final = {
    Style.GOOD: "green",
    Style.BAD: "bold red",
    Style.NOTE: "yellow",
    Style.TITLE: "bold",
    Style.CODE: "cyan",
    Style.QUIET: "dim",
    Style.PLAIN: "",
}

_DECISIONS: Final = {
    Decision.ALLOWED: ("Allowed", Style.GOOD),
    Decision.BLOCKED: ("Blocked", Style.BAD),
    Decision.UNCLEAR: ("Unclear", Style.NOTE),
}

_OUTCOMES: Final = {
    Outcome.PASSED: ("ok", Style.GOOD),
    Outcome.NOTED: ("note", Style.NOTE),
    Outcome.FAILED: ("FAILED", Style.BAD),
}

_STAGES: Final = {Stage.REQUEST: "Page", Stage.PREFLIGHT: "Preflight", Stage.ACTUAL: "Request"}


def text(lines: Iterable[Line]) -> str:
    """Return the lines as plain text without wrapping, for pipes, logs and failing tests."""
    return "\n".join(f"{' ' * one.indent}{one.text}".rstrip() for one in lines) + "\n"


def wrapped(lines: Iterable[Line], width: int) -> Iterator[Line]:
    """Yield the lines, broken at blanks to fit `width` columns. Code, and words such as a URL, stay whole."""
    for one in lines:
        if one.style is Style.CODE or len(one.text) + one.indent <= width:
            yield one
            continue
        room = max(width - one.indent, 20)
        for part in textwrap.wrap(one.text, room, break_long_words=False, break_on_hyphens=False):
            yield Line(part, one.style, one.indent)


def show(lines: Iterable[Line], console: "Console") -> None:
    """Print the lines on a terminal, wrapped under their indents, in color if the console supports it."""
    from rich.text import Text

    for one in wrapped(lines, console.width):
        console.print(Text(f"{' ' * one.indent}{one.text}", _COLOURS[one.style]), soft_wrap=True)


def line(words: str, style: Style = Style.PLAIN, indent: int = 0) -> Line:
    """Return a line of a report: escaped and cut."""
    return Line(shown(words, LONGEST_LINE), style, indent)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


BLANK: Final = Line("")


# -- Common parts ------------------------------------------------------------------------------------------------------


def _suspects(suspects: Sequence[Suspect], framework: Place | None = None) -> Iterator[Line]:
    """Yield the first cause and all certain ones with their remedies, and the others with how to tell them apart."""
    for index, suspect in enumerate(suspects):
        cause = suspect.cause
        if index == 0 or suspect.certainty is Certainty.CERTAIN:
            yield BLANK
            # The title of the first cause is the report's headline.
            yield line(f"{cause.title if index else 'Why'} ({suspect.certainty})", Style.TITLE)
            yield line(f"{cause.sentence} {cause.why}", indent=2)
            yield line(f"Root cause {cause.root}: {ROOTS[cause.root]} ({cause.id})", Style.QUIET, 2)
            yield from remedies(_applicable(cause.remedies, framework))
    others = [suspect for suspect in suspects[1:] if suspect.certainty is not Certainty.CERTAIN]
    if others:
        yield BLANK
        yield line("Or else:", Style.TITLE)
        for suspect in others:
            yield line(f"{suspect.cause.title} ({suspect.cause.id}, {suspect.certainty})", indent=2)
            yield line(f"A probe tells: {suspect.cause.probe}", Style.QUIET, 4)


def _applicable(remedies: Sequence[Remedy], framework: Place | None) -> Sequence[Remedy]:
    """Return the remedies for `framework` and for the client; all if `framework` is None or has none."""
    if all(remedy.place is not framework for remedy in remedies):
        return remedies
    return [remedy for remedy in remedies if remedy.place in {framework, Place.CLIENT}]


def remedies(applicable: Iterable[Remedy]) -> Iterator[Line]:
    """Yield the remedies' sentences, each with its code."""
    for remedy in applicable:
        yield line(f"{TITLES[remedy.place]}: {remedy.text}", indent=2)
        for code in remedy.code.splitlines():
            yield line(code, Style.CODE, 6)


def _section(section: str) -> str:
    return STANDARD + section if section.startswith("#") else section


# -- why ---------------------------------------------------------------------------------------------------------------


def of_diagnosis(diagnosis: Diagnosis) -> Iterator[Line]:
    """Return the report of `wsgicors.doctor.why`."""
    for note in diagnosis.notes:
        yield line(note, Style.NOTE)
    if not diagnosis.findings:
        exchanges = diagnosis.exchanges
        requests = _count(exchanges, "request")
        seen = f"{requests} to other origins, and none that was blocked" if exchanges else "nothing to read"
        yield line(f"Found: {seen}.", Style.GOOD if exchanges else Style.NOTE)
    for index, finding in enumerate(diagnosis.findings):
        if index or diagnosis.notes:
            yield BLANK
        yield from _found(finding)


def _found(finding: Finding) -> Iterator[Line]:
    yield from headline(finding)
    if finding.step:
        yield line(f"The step that failed: {finding.step}", indent=2)
    if finding.detail:
        yield line(f"What it found: {finding.detail}", indent=2)
    for name, places in (("Lines", finding.lines), ("Entries", finding.entries)):
        if places:
            more = ", …" if len(places) > 10 else ""
            yield line(f"{name} {', '.join(map(str, places[:10]))}{more}", Style.QUIET, 2)
    if finding.count > 1:
        yield line(f"{finding.count} requests", Style.QUIET, 2)
    yield from _suspects(finding.suspects)
    if finding.probe:
        yield BLANK
        yield line("To look from the outside:")
        yield line(finding.probe, Style.CODE, 2)


def headline(finding: Finding) -> Iterator[Line]:
    """Yield one line on what happened, and to which request."""
    facts = finding.facts
    word, style = _headline(finding)
    yield line(f"{word}: {finding.suspects[0].cause.title}", style)
    asked = [facts.method, facts.url, f"from a page of {facts.origin}" if facts.origin else ""]
    if any(asked):
        yield line(" ".join(filter(None, asked)), indent=2)


def _headline(finding: Finding) -> tuple[str, Style]:
    first = finding.suspects[0]
    if first.cause.id in UNDECIDED:
        return _DECISIONS[Decision.UNCLEAR]
    word, style = _DECISIONS[Decision.BLOCKED] if finding.blocked else ("Not blocked", Style.NOTE)
    return word + _HOW_SURE[first.certainty], style


_HOW_SURE: Final = {Certainty.CERTAIN: "", Certainty.LIKELY: "; likely", Certainty.POSSIBLE: "; possibly"}
"""What stands between the decision, which is known, and a cause that is not."""


# -- explain and probe -------------------------------------------------------------------------------------------------


def of_examination(found: Examination) -> Iterator[Line]:
    """Yield the report of a probe or a test: the verdict and its causes, then what was sent and received."""
    yield asked_line(found)
    yield BLANK
    yield from _concluded(found)
    yield from _steps(found)
    yield from _besides(found)


def of_explained(explained: Explained) -> Iterator[Line]:
    """Return the report of `wsgicors.doctor.explain`: the browser's verdict, the policy, the exchange, the server's."""
    yield asked_line(explained.examination)
    width = max((len(name) for name, _ in explained.heading), default=0)
    for name, value in explained.heading:
        yield line(f"{name:{width}}  {value}", indent=2)
    yield BLANK
    yield from _concluded(explained.examination, explained.framework)
    yield BLANK
    yield line("The policy" if len(explained.policies) < 2 else "The policies", Style.TITLE)
    yield from _policies(explained.policies, explained.settings)
    yield from _steps(explained.examination)
    yield BLANK
    yield line("The server's verdict", Style.TITLE)
    for name, decided in explained.verdicts:
        if decided.allowed:
            yield line(f"{name}: allowed", Style.GOOD, 2)
        else:
            yield line(f"{name}: refused. {decided.sentence}", Style.BAD, 2)
            yield line(in_words_of(explained.settings, decided.remedy), indent=4)
    if explained.nearest:
        yield line(f"The nearest that is allowed: {explained.nearest}", indent=4)
    yield from _besides(explained.examination)


def of_policies(
    entries: Iterable[tuple[str, Iterable[Policy]]], settings: Mapping[str, str] | None = None
) -> Iterator[Line]:
    r"""Return a listing of policies: what each entry's policies answer for, and their settings.

    Args:
        entries: What is covered, in words, and the policies that answer for it; empty if it is exempt.
        settings: The owner's names of the settings, by the names of `wsgicors.Policy`.

    >>> print(text(of_policies([("/api", [Policy(allow_origins="*")]), ("/admin", [])])), end="")
    /api
      allow_origins: *
    /admin
      exempt
    """
    for covered, policies in entries:
        yield line(covered)
        yield from _policies(tuple(policies), settings or {}, nothing="exempt")


def _policies(policies: Sequence[Policy], settings: Mapping[str, str], nothing: str = "none answers") -> Iterator[Line]:
    for index, policy in enumerate(policies):
        if index:
            yield line("and, where that allows no such origin:", indent=2)
        for name, value in policy.to_mapping().items():
            yield line(f"{settings.get(name, name)}: {_setting(value)}", indent=2)
    if not policies:
        yield line(nothing, indent=2)


def _setting(value: object) -> str:
    if not isinstance(value, list):
        return str(value)
    members = cast("list[object]", value)
    more = f", … and {len(members) - LISTED} more" if len(members) > LISTED else ""
    return ", ".join(map(_member, members[:LISTED])) + more


def _member(member: object) -> str:
    return f"regex {member['regex']}" if isinstance(member, dict) else str(member)


def asked_line(found: Examination, style: Style = Style.TITLE, indent: int = 0) -> Line:
    """Return one line on what the page asks for."""
    request = found.conclusion.request
    extras = [name for name, _ in request.headers] + (["credentials"] if request.credentials == "include" else [])
    with_extras = f", with {', '.join(extras)}" if extras else ""
    return line(
        f"{request.method} {clean_url(request.url)} from a page of {request.origin}{with_extras}", style, indent
    )


def _steps(found: Examination) -> Iterator[Line]:
    """Yield the exchange in order: what was sent, what was received, what the browser checked."""
    conclusion = found.conclusion
    exchanges = {
        (exchange.stage, exchange.hop): (exchange, received)
        for exchange, received in zip(conclusion.exchanges, found.answers, strict=True)
    }
    before: tuple[Stage, int] | None = None
    for step in conclusion.steps:
        now = step.stage, step.hop
        if now != before:
            yield BLANK
            yield line(
                _STAGES[step.stage] + (f", after {_count(step.hop, 'redirect')}" if step.hop else ""), Style.TITLE
            )
            if now in exchanges:
                yield from _exchange(*exchanges[now])
        before = now
        yield from _step(step)


def _exchange(exchange: Exchange, received: Received) -> Iterator[Line]:
    sent, response = exchange.request, exchange.response
    yield line(f"> {sent.method} {clean_url(sent.url)}", indent=2)
    for name, value in request_lines(received.sent or sent.headers):
        yield line(f"> {name}: {value}", indent=2)
    if response.status:
        took = "" if received.seconds is None else f" after {received.seconds * 1000:.0f} ms"
        yield line(f"< {response.status}{took}", indent=2)
    for name, value in response_lines(response):
        yield line(f"< {name}: {value}", indent=2)
    if response.status and received.seconds is not None:
        yield line(f"answered by {told(received.signs)}", Style.QUIET, 2)


def _step(step: Step) -> Iterator[Line]:
    word, style = _OUTCOMES[step.outcome]
    yield line(f"{word:6} {step.detail}", style, 2)
    if step.failure:
        yield line(_section(step.section), Style.QUIET, 9)


def _concluded(found: Examination, framework: Place | None = None) -> Iterator[Line]:
    """Yield the verdict and the causes."""
    yield verdict(found)
    if found.step:
        yield line(f"The step that failed: {found.step}", indent=2)
    if found.detail:
        yield line(found.detail, indent=2)
    yield from _suspects(found.suspects, framework)


def verdict(found: Examination) -> Line:
    """Return one line with the decision and its reason."""
    word, style = _DECISIONS[found.decision]
    sure = _HOW_SURE[found.suspects[0].certainty] if found.suspects else ""
    return line(f"{word}{sure}: {_reason(found)}", style)


def _reason(found: Examination) -> str:
    if found.suspects:
        return found.suspects[0].cause.title
    if found.conclusion.allowed:
        return "the page may read the answer"
    return "the preflight passes" if found.decision is Decision.ALLOWED else "the exchange did not come to its end"


_ENGINES: Final = {"chromium": "Chromium", "firefox": "Firefox", "webkit": "WebKit"}


def _besides(found: Examination) -> Iterator[Line]:
    """Yield what was asked to tell causes apart, and further remarks."""
    if found.controls:
        yield BLANK
        yield line("Asked besides", Style.TITLE)
    for control in found.controls:
        value = "no Access-Control-Allow-Origin" if control.allow_origin is None else control.allow_origin
        yield line(f"{control.question} {control.status or 'No answer'}, {value}", indent=2)
    lines: list[Line] = []
    if found.conclusion.allowed and found.conclusion.tainting == "cors":
        lines.append(line(f"The page can read: {', '.join(found.conclusion.readable) or 'no header'}", indent=2))
        if found.hidden:
            lines.append(line(f"The page cannot read: {', '.join(found.hidden)}", indent=2))
    if found.kept:
        kept = ", ".join(f"{_ENGINES[engine]} {seconds} s" for engine, seconds in found.kept.items())
        lines.append(line(f"The preflight's answer is kept: {kept}", indent=2))
    for remark in found.remarks:
        lines.append(line(remark.detail, Style.NOTE, 2))
        if remark.cause:
            lines += [line(f"{remark.cause.title} ({remark.cause.id})", indent=4), *_first_of(remark.cause.remedies)]
    if lines:
        yield BLANK
        yield line("Worth knowing", Style.TITLE)
        yield from lines


def _first_of(known: Sequence[Remedy]) -> Iterator[Line]:
    return (Line(one.text, one.style, one.indent + 2) for one in remedies(known[:1]))


# -- audit -------------------------------------------------------------------------------------------------------------


def of_audit(audit: Audit) -> Iterator[Line]:
    """Return the report of `wsgicors.doctor.audit`."""
    yield line(f"{audit.url}, as hostile pages see it; trusted is {audit.trusted}", Style.TITLE)
    for note in audit.notes:
        yield line(note, Style.NOTE)
    for finding in audit.findings:
        yield BLANK
        yield from _weakness(finding)
    yield BLANK
    if not audit.findings:
        yield from nothing_found(audit)
    yield line(asked(audit), Style.QUIET)


def nothing_found(audit: Audit) -> Iterator[Line]:
    """Yield what an audit without findings means: all is well only if every answer tells something."""
    if audit.complete:
        yield line("No weakness was found.", Style.GOOD)
    else:
        yield line("Unclear: not every answer showed which origins the server trusts.", Style.NOTE)


def asked(audit: Audit) -> str:
    """Return the number of requests, in a sentence."""
    return f"{_count(audit.asked, 'request')}{'' if audit.complete else '; not everything could be found out'}."


def _weakness(finding: FoundWeakness) -> Iterator[Line]:
    weakness = finding.weakness
    style = Style.BAD if finding.level in {"high", "medium"} else Style.NOTE
    yield line(f"{finding.level.upper()}: {weakness.title} ({weakness.id})", style)
    yield line(f"{weakness.sentence} {weakness.why}", indent=2)
    yield line(f"Seen in the answer to {' and '.join(finding.by)}, for {', '.join(finding.origins)}", Style.QUIET, 2)
    yield from remedies(weakness.remedies)


def of_verification(verification: Verification) -> Iterator[Line]:
    """Return the report of `wsgicors.doctor.verify.verify`: by mistake, each with the first answers that show it."""
    yield line(f"{verification.url}, compared with the policy", Style.TITLE)
    for note in verification.notes:
        yield line(note, Style.NOTE)
    for mistake in dict.fromkeys(difference.mistake for difference in verification.differences):
        shown_by = [difference for difference in verification.differences if difference.mistake is mistake]
        sentence, remedy = MISTAKES[mistake]
        yield BLANK
        yield line(f"{sentence} ({mistake})", Style.BAD)
        yield line(remedy, indent=2)
        for difference in shown_by[:3]:
            yield line(str(difference.question), Style.CODE, 2)
            yield line(f"the policy: {'; '.join(difference.expected)}", Style.QUIET, 4)
            yield line(f"the server: {'; '.join(difference.received)}", Style.QUIET, 4)
        if len(shown_by) > 3:
            yield line(f"and in {_count(len(shown_by) - 3, 'other answer')}", Style.QUIET, 2)
    yield BLANK
    if not verification.differences:
        yield line("Nothing differs.", Style.GOOD if verification.complete else Style.NOTE)
    ended = "" if verification.complete else "; not everything could be asked"
    yield line(f"{_count(verification.asked, 'request')}{ended}.", Style.QUIET)
