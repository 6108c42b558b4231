"""``wsgicors help``: what any code means, out of the catalogues. Nothing is asked of a server.

>>> [entry.kind for entry in entries("origin-not-allowed")]
['refusal', 'cause']
>>> entries("origin-trailing-slash")[0].kind, entries("wsgicors.origin-trailing-slash")[0].code
('problem', 'origin-trailing-slash')
"""

import difflib
import re
from collections.abc import Iterator
from typing import NamedTuple

from wsgicors.doctor.catalogue._causes import CAUSES, ROOTS, Remedy
from wsgicors.doctor.catalogue._weaknesses import WEAKNESSES
from wsgicors.doctor.output import _report as report
from wsgicors.doctor.output._report import BLANK, Line, Style
from wsgicors.problems import CATALOGUE
from wsgicors.verdict import Refusal


class Entry(NamedTuple):
    """What one code means.

    Attributes:
        kind: "problem", "refusal", "cause" or "weakness".
        code: Stable.
        title: A line; "" where the kind has none.
        text: What it is, in sentences.
        advice: What to do, in a sentence; "" where `remedies` say it.
        remedies: What to do, place by place.
    """

    kind: str
    code: str
    title: str
    text: str
    advice: str
    remedies: tuple[Remedy, ...] = ()


def entries(code: str) -> list[Entry]:
    """Return everything that has this code; a prefix with a dot, as Django's checks have it, is left out."""
    code = code.strip().lower().rpartition(".")[2]
    found: list[Entry] = []
    if code in CATALOGUE:
        fault = CATALOGUE[code]
        found.append(Entry("problem", code, "", _named(fault.message), _named(fault.remedy)))
    found += [
        Entry("refusal", code, "", _named(refusal.sentence), refusal.remedy)
        for refusal in Refusal
        if refusal.value == code
    ]
    if code in CAUSES:
        cause = CAUSES[code].filled({})
        told = f"{cause.sentence} {cause.why} Root cause {cause.root}: {ROOTS[cause.root]}."
        found.append(Entry("cause", code, cause.title, told, "", cause.remedies))
    if code in WEAKNESSES:
        weakness = WEAKNESSES[code].filled({"origin": "an origin", "trusted": "<the trusted origin>"})
        found.append(
            Entry("weakness", code, weakness.title, f"{weakness.sentence} {weakness.why}", "", weakness.remedies)
        )
    return found


def nearest(code: str) -> str:
    """Return the known code that is most like `code`; "" where none is."""
    known = [*CATALOGUE, *(refusal.value for refusal in Refusal), *CAUSES, *WEAKNESSES]
    return next(iter(difflib.get_close_matches(code.lower(), known, 1)), "")


def of_entries(found: list[Entry]) -> Iterator[Line]:
    """Return the report of `entries`."""
    for index, entry in enumerate(found):
        if index:
            yield BLANK
        yield report.line(f"{entry.code} ({entry.kind}){f': {entry.title}' if entry.title else ''}", Style.TITLE)
        yield report.line(entry.text, indent=2)
        if entry.advice:
            yield report.line(entry.advice, indent=2)
        yield from report.remedies(entry.remedies)


def _named(text: str) -> str:
    """Return a catalogue's text with its facts named: ``{value}`` becomes ``<value>``."""
    return re.sub(r"\{(\w+)\}", r"<\1>", text)
