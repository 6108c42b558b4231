"""The doctor's short reports: a headline, the likeliest causes, and one next step that can be pasted.

Everything else is in `wsgicors.doctor.output._report`, which ``--all`` prints, and behind ``wsgicors help CODE``.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from wsgicors.doctor.catalogue._causes import UNDECIDED
from wsgicors.doctor.catalogue._remedies import Place, Remedy
from wsgicors.doctor.diagnosis._audit import Audit
from wsgicors.doctor.diagnosis._examination import Decision, Examination
from wsgicors.doctor.diagnosis._explain import Explained
from wsgicors.doctor.diagnosis._ranking import Certainty
from wsgicors.doctor.diagnosis._why import Diagnosis, Finding, Suspect
from wsgicors.doctor.evidence._signs import Kind, Sign, told
from wsgicors.doctor.output import _report as report
from wsgicors.doctor.output._report import BLANK, Line, Style
from wsgicors.problems import page_of
from wsgicors.verdict import in_words_of

MOST_LINES: Final = 25
"""The most lines of a short report at `WIDTH` columns."""

WIDTH: Final = 80

_MOST_CODE: Final = 8
MOST_CAUSES: Final = 3
"""The most causes in a short report."""

MOST_KINDS: Final = 5
"""The most other kinds of failures in a short report."""

Block = Sequence[Line]


def of_diagnosis(diagnosis: Diagnosis) -> list[Line]:
    """Return the short report of `wsgicors.doctor.why`: its first finding, and the number of others by kind."""
    if not diagnosis.findings:
        return list(report.of_diagnosis(diagnosis))
    kinds: dict[str, list[Finding]] = {}
    for finding in diagnosis.findings:
        kinds.setdefault(finding.suspects[0].cause.id, []).append(finding)
    first, *others = kinds.values()
    finding = first[0]
    requests = sum(one.count for one in first)
    notes = [report.line(note, Style.NOTE) for note in diagnosis.notes]
    head = [*report.headline(finding)]
    if requests > 1:
        head.append(report.line(f"{requests} requests", Style.QUIET, 2))
    if finding.step:
        head.append(report.line(f"The step that failed: {finding.step}", indent=2))
    more = [
        report.line(
            f"{sum(one.count for one in kind)} × {kind[0].suspects[0].cause.title} ({kind[0].suspects[0].cause.id})",
            indent=2,
        )
        for kind in others[:MOST_KINDS]
    ]
    if len(others) > MOST_KINDS:
        more.append(report.line(f"and {len(others) - MOST_KINDS} kinds more", indent=2))
    also = [report.line("Also found:", Style.TITLE), *more] if more else []
    return _fitted([notes, head, *_causes(finding.suspects, finding.probe), also])


def of_examination(found: Examination) -> list[Line]:
    """Return the short report of a probe."""
    return _fitted([[*_verdict(found)], *_examined(found, _answered_by(found), _passed_by(found))])


def of_explained(explained: Explained) -> list[Line]:
    """Return the short report of `wsgicors.doctor.explain`."""
    found = explained.examination
    sides = [report.line(f"{name}: {value}", indent=2) for name, value in explained.heading]
    for name, verdict in explained.verdicts:
        if verdict.allowed:
            sides.append(report.line(f"The server allows the {name}.", indent=2))
        else:
            sides.append(report.line(f"The server refuses the {name}: {verdict.sentence}", indent=2))
            sides.append(report.line(in_words_of(explained.settings, verdict.remedy), indent=4))
    if explained.nearest:
        sides.append(report.line(f"The nearest that is allowed: {explained.nearest}", indent=4))
    examined = _examined(found, [explained.framework or Place.WSGI])
    if explained.framework and any(not verdict.allowed for _, verdict in explained.verdicts):
        # The verdict's remedy names the setting that decides; the cause's could be for another call or another rule.
        examined = (block for block in examined if block[:1] != [_CHANGE])
    return _fitted([[*_verdict(found)], sides, *examined])


def of_audit(audit: Audit) -> list[Line]:
    """Return the short report of an audit: one line for each weakness, and the remedy of the worst."""
    notes = [report.line(note, Style.NOTE) for note in audit.notes]
    if not audit.findings:
        return _fitted([list(report.nothing_found(audit)), notes])
    worst = audit.findings[0]
    title = f"{worst.level.upper()}: {worst.weakness.title} ({worst.weakness.id})"
    style = Style.BAD if worst.level in {"high", "medium"} else Style.NOTE
    head = [report.line(title, style), report.line(f"{audit.url}, which should trust {audit.trusted}", indent=2)]
    head.append(report.line(worst.weakness.sentence, indent=2))
    others = [
        report.line(f"{one.level}: {one.weakness.title} ({one.weakness.id})", indent=2) for one in audit.findings[1:]
    ]
    also = [report.line("Also found:", Style.TITLE), *others] if others else []
    asked = [report.line(report.asked(audit), Style.QUIET)]
    step = _remedy("Change this", worst.weakness.remedies)
    return _fitted([head, step, also, notes, [*_help(worst.weakness.id), *asked]])


def _verdict(found: Examination) -> Iterator[Line]:
    yield report.verdict(found)
    yield report.asked_line(found, Style.PLAIN, 2)
    if found.suspects:
        yield report.line(found.suspects[0].cause.sentence, indent=2)
    if found.detail:
        yield report.line(found.detail, indent=2)
    if found.step:
        yield report.line(f"The step that failed: {found.step}", indent=2)
    if found.received and found.received[-1].seconds is not None and found.conclusion.exchanges[-1].response.status:
        yield report.line(f"Answered by {told(found.received[-1].signs)}", Style.QUIET, 2)


_CHANGE: Final = report.line("Change this:", Style.TITLE)


def _examined(found: Examination, places: Sequence[Place], passing: Sequence[Place] = ()) -> Iterator[Block]:
    if found.suspects:
        yield from _causes(found.suspects, places=places, passing=passing)
    remarks = [
        report.line(f"{remark.detail}{f' ({remark.cause.id})' if remark.cause else ''}", Style.NOTE, 2)
        for remark in found.remarks
    ]
    if found.decision is Decision.ALLOWED and found.conclusion.tainting == "cors" and found.hidden:
        remarks.insert(0, report.line(f"The page cannot read: {', '.join(found.hidden)}", indent=2))
    yield [report.line("Worth knowing", Style.TITLE), *remarks] if remarks else []
    yield [report.line("--all shows the exchange step by step.", Style.QUIET)]


_PLACES: Final[Mapping[str, Place]] = {
    "nginx": Place.NGINX,
    "openresty": Place.NGINX,
    "Apache": Place.APACHE,
    "Caddy": Place.CADDY,
    "Express": Place.EXPRESS,
    "Starlette's CORS middleware": Place.FASTAPI,
    "Spring's CORS filter": Place.SPRING,
    "IIS": Place.ASPNET,
    "Amazon S3": Place.S3,
    "Amazon S3's CORS rules": Place.S3,
    "CloudFront": Place.CLOUDFRONT,
    "Cloudflare": Place.CLOUDFLARE,
    "Flask": Place.FLASK,
    "Werkzeug's development server": Place.FLASK,
    "Django": Place.DJANGO,
    "Django REST framework": Place.DJANGO,
}
"""Where a server with this sign is configured."""


def _answered_by(found: Examination) -> list[Place]:
    """Return where the creators of the answer are configured, the most certain first."""
    return [_PLACES[sign.name] for sign in _signs(found) if sign.made or sign.kind is not Kind.PROXY]


def _passed_by(found: Examination) -> list[Place]:
    """Return where the proxies are configured that passed the answer on, or perhaps created it."""
    return [_PLACES[sign.name] for sign in _signs(found) if not sign.made and sign.kind is Kind.PROXY]


def _signs(found: Examination) -> list[Sign]:
    return [sign for sign in (found.received[-1].signs if found.received else ()) if sign.name in _PLACES]


def _causes(
    suspects: Sequence[Suspect], probe: str = "", places: Sequence[Place] = (), passing: Sequence[Place] = ()
) -> Iterator[Block]:
    """Yield what to do, the other causes, and where to read more; how to find out if no cause is certain."""
    first, *others = suspects
    if probe and (first.certainty is not Certainty.CERTAIN or first.cause.id in UNDECIDED):
        yield [report.line("To find out which it is:"), report.line(probe, Style.CODE, 4)]
    else:
        yield _remedy("Change this", first.cause.remedies, places, passing)
    listed = [
        report.line(f"{suspect.cause.title} ({suspect.cause.id}, {suspect.certainty})", indent=2)
        for suspect in others[: MOST_CAUSES - 1]
    ]
    yield [report.line("Or else:", Style.TITLE), *listed] if listed else []
    yield list(_help(first.cause.id))


def _help(code: str) -> Iterator[Line]:
    yield report.line(f"wsgicors help {code}", Style.CODE, 4)
    yield report.line(page_of(code), Style.CODE, 4)


def _remedy(
    title: str, remedies: Sequence[Remedy], places: Sequence[Place] = (), passing: Sequence[Place] = ()
) -> Block:
    """Return the remedy for the place that answered, or the first with lines to write, or else the first.

    The remedy for a proxy that may only have passed the answer on is the second one.
    """
    fitting = [remedy for remedy in remedies if 0 < len(remedy.code.splitlines()) <= _MOST_CODE]
    there = [remedy for place in places for remedy in fitting if remedy.place is place]
    remedy = next(iter([*there, *fitting]), remedies[0])
    proxy = [other for place in passing for other in fitting if other.place is place and other is not remedy]
    lines = [*report.remedies([remedy])]
    if proxy and not there and len(lines) + len(proxy[0].code.splitlines()) <= _MOST_CODE + 1:
        title, lines = "Change one of these", [*lines, *report.remedies(proxy[:1])]
    return [report.line(f"{title}:", Style.TITLE), *lines]


def _fitted(blocks: Iterable[Block]) -> list[Line]:
    """Return the blocks that fit into `MOST_LINES`, with blank lines between them."""
    lines: list[Line] = []
    for block in blocks:
        if not block:
            continue
        together = [*lines, *([BLANK] if lines else []), *block]
        if len(list(report.wrapped(together, WIDTH))) <= MOST_LINES:
            lines = together
    return lines
