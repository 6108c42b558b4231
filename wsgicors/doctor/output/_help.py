"""``wsgicors help``: explain any code from the catalogues, without asking a server.

>>> [entry.kind for entry in entries("origin-not-allowed")]
['refusal', 'cause']
>>> entries("origin-trailing-slash")[0].kind, entries("wsgicors.origin-trailing-slash")[0].code
('problem', 'origin-trailing-slash')
"""

import difflib
import pkgutil
import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple, cast

from wsgicors._catalogue import CATALOGUE
from wsgicors.doctor.catalogue._causes import CAUSES, ROOTS
from wsgicors.doctor.catalogue._examples import ADAPTERS, PROBLEMS
from wsgicors.doctor.catalogue._mistakes import MISTAKES, Mistake
from wsgicors.doctor.catalogue._remedies import Remedy
from wsgicors.doctor.catalogue._weaknesses import WEAKNESSES
from wsgicors.doctor.output import _report as report
from wsgicors.doctor.output._report import BLANK, Line, Style
from wsgicors.policy import SETTINGS
from wsgicors.problems import page_of
from wsgicors.verdict import Refusal


class Entry(NamedTuple):
    """The explanation of one code.

    Attributes:
        kind: "problem", "refusal", "cause", "weakness", "mistake" (of a server that verify compares) or "check" (of
            Django's).
        code: The code, which is stable.
        title: One line; "" if the kind has none.
        text: What it is, in sentences.
        advice: What to do, in a sentence; "" if `remedies` say it.
        remedies: What to do, by place.
        example: Settings that have the problem, and settings that do not; empty for other kinds.
    """

    kind: str
    code: str
    title: str
    text: str
    advice: str
    remedies: tuple[Remedy, ...] = ()
    example: tuple[str, ...] = ()


def entries(code: str) -> list[Entry]:
    """Return everything with this code, ignoring a prefix with a dot, as in the ids of Django's checks."""
    code = code.strip().lower().rpartition(".")[2]
    found: list[Entry] = []
    if code in CATALOGUE:
        fault = CATALOGUE[code]
        when = f"{fault.allowable[:1].lower()}{fault.allowable[1:-1]}" if code not in fault.remedy else ""
        allowed = f'It can be let through {when}: write dangerously_allow = ["{code}"].' if when else ""
        advice = " ".join(filter(None, [named(fault.remedy), allowed]))
        found.append(Entry("problem", code, "", named(fault.message), advice, example=_EXAMPLES[code]))
    found += [
        Entry("refusal", code, "", named(refusal.sentence), refusal.remedy)
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
    found += [Entry("mistake", code, "", *MISTAKES[mistake]) for mistake in Mistake if mistake.value == code]
    checks = _checks()
    if code in checks:
        message, hint = checks[code]
        found.append(Entry("check", code, "", named(message), named(hint)))
    return found


def _checks() -> Mapping[str, tuple[str, str]]:
    """Return the texts of the Django adapter's checks, by code; empty if it or Django is not installed."""
    try:
        return cast("Mapping[str, tuple[str, str]]", pkgutil.resolve_name("django_wsgicors._checks:WARNINGS"))
    except ImportError:
        return {}


def known() -> list[str]:
    """Return every code, each once."""
    refusals, mistakes = (refusal.value for refusal in Refusal), (mistake.value for mistake in Mistake)
    return list(dict.fromkeys([*CATALOGUE, *refusals, *CAUSES, *WEAKNESSES, *mistakes, *_checks()]))


def nearest(code: str) -> str:
    """Return the known code most similar to `code`; "" if there is none."""
    return next(iter(difflib.get_close_matches(code.lower(), known(), 1)), "")


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
        for title, source in zip(("Wrong:", "Right:"), entry.example, strict=False):
            yield report.line(title, indent=2)
            yield report.line(source, Style.CODE, 6)
    yield BLANK
    yield report.line(page_of(found[0].code), Style.CODE, 2)


def named(text: str) -> str:
    """Return a catalogue's text with placeholders for facts: ``{value}`` becomes ``<value>``.

    Settings of a policy have their names.

    >>> named("Leave out {value}, or leave out {allow_credentials}{or_any_origin}.")
    'Leave out <value>, or leave out allow_credentials; or write allow_origins = "*" where the data is public.'
    """
    return re.sub(r"\{(\w+)\}", lambda found: _WORDS.get(found[1], f"<{found[1]}>"), text)


_EXAMPLES: Final = {**{code: one for section in PROBLEMS.values() for code, one in section.items()}, **ADAPTERS}

_WORDS: Final[Mapping[str, str]] = {
    **{name: name for name in SETTINGS},
    "any_origin": 'allow_origins = "*"',
    "or_any_origin": '; or write allow_origins = "*" where the data is public',
    "or_any_header": ', or write <setting> = "*"',
    "with_setting": "allow_credentials or allow_private_network",
}
