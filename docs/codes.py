"""Make one page for each code: problems, refusals, causes and weaknesses, from the catalogues of the package."""

from collections.abc import Iterator, Mapping
from typing import Final

from django_wsgicors._checks import WARNINGS
from docs.build import SAMPLE, escaped, sentence_of
from docs.doctor import remedies
from docs.examples import REFUSALS, Example, examples
from wsgicors._catalogue import CATALOGUE
from wsgicors.doctor.catalogue._causes import CAUSES, ROOTS
from wsgicors.doctor.catalogue._mistakes import MISTAKES
from wsgicors.doctor.catalogue._weaknesses import WEAKNESSES
from wsgicors.doctor.output._help import named
from wsgicors.verdict import Refusal

KINDS: Final[Mapping[str, str]] = {
    "Problems": (
        "A problem stops the start: the policy does not build. Every problem of every setting is reported at once."
    ),
    "Refusals": "A refusal is what a request meets while the server runs. The log, the hook and the response name it.",
    "Causes": "A cause is what `wsgicors why`, `probe` and `explain` find behind a blocked request.",
    "Weaknesses": "A weakness is what `wsgicors audit` finds on a server that trusts too many.",
    "Mistakes": "A mistake is what `wsgicors verify` suspects behind a server that answers otherwise than the policy.",
    "Checks": "A check is what `manage.py check` warns of; its id is `django_wsgicors.` and the code.",
}
"""What each kind of code is, in the order of the index."""


def pages() -> dict[str, str]:
    """Return the Markdown of every page below ``errors/`` by its name, without the suffix.

    A code that names a refusal and a cause, or a cause and a check, has one page with a section for each.
    """
    sections: dict[str, list[str]] = {}
    listed: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for kind, code, section in [*_problems(), *_refusals(), *_causes(), *_weaknesses(), *_mistakes(), *_checks()]:
        sections.setdefault(code, []).append(section)
        listed[kind].append(code)
    made = {code: f"# {code}\n\n" + "\n".join(parts) for code, parts in sections.items()}
    return {**made, "index": _index(listed)}


def _index(listed: Mapping[str, list[str]]) -> str:
    parts = [
        "# All codes\n",
        "Every message of the library names a code. Its page says what it means, why, and what to write instead.",
        "`wsgicors help CODE` prints the same without a network.\n",
    ]
    for kind, codes in listed.items():
        parts += [f"## {kind}\n", KINDS[kind] + "\n", *(f"- [{code}]({code}.md)" for code in codes), ""]
    names = sorted({code for codes in listed.values() for code in codes})
    return "\n".join([*parts, "```{toctree}", ":hidden:", "", *names, "```", ""])


def _problems() -> Iterator[tuple[str, str, str]]:
    for title, problems in examples().items():
        for code, example in problems.items():
            yield "Problems", code, _problem(title, code, example)


def _problem(title: str, code: str, example: Example) -> str:
    parts = [f"## The problem\n\n*{title}*\n", quoted(example.problem.message), "Wrong:\n", python(example.wrong)]
    if example.problem.remedy:
        parts += ["Remedy:\n", quoted(example.problem.remedy)]
    parts += ["Right:\n", python(example.right)]
    if when := CATALOGUE[code].allowable:
        parts.append(
            f'{when} Then `dangerously_allow=["{code}"]` lets it through by name, for everybody to see in a review.\n'
        )
    return "\n".join(parts)


def python(source: str) -> str:
    """Return an expression as a block of code."""
    return f"```python\n{source}\n```\n"


def quoted(text: str) -> str:
    """Return a message as a block, in which nothing is markup."""
    return f"```text\n{text}\n```\n"


def _refusals() -> Iterator[tuple[str, str, str]]:
    for refusal in Refusal:
        met = REFUSALS[refusal]
        parts = [
            f"## The refusal\n\nThe log and the response say:\n\n```text\n{sentence_of(refusal)}\n```\n",
            f"Remedy:\n\n{escaped(SAMPLE._replace(refusal=refusal).remedy)}\n",
            "Wrong:\n",
            python(met.rules),
            quoted(met.request),
            "Right:\n",
            python(met.right) if is_rules(met.right) else quoted(met.right),
        ]
        yield "Refusals", refusal.value, "\n".join(parts)


def is_rules(right: str) -> bool:
    """Whether the rules have to change; else the request has."""
    return right.startswith(("Policy", "{"))


def _causes() -> Iterator[tuple[str, str, str]]:
    for number, family in ROOTS.items():
        for known in CAUSES.values():
            if known.root == number:
                cause = known.filled(known.example)
                section = (
                    f"## The cause: {cause.title}\n\n*{family}*\n\n{cause.sentence} {cause.why}\n\n"
                    f"How a probe shows it: {cause.probe}\n\n{remedies(cause.remedies)}"
                )
                yield "Causes", cause.id, section


def _weaknesses() -> Iterator[tuple[str, str, str]]:
    for known in WEAKNESSES.values():
        weakness = known.filled({"origin": "https://wsgicors-audit.example", "trusted": "https://www.example.com"})
        section = (
            f"## The weakness: {weakness.title}\n\nLevel: {weakness.level}\n\n"
            f"{weakness.sentence} {weakness.why}\n\n{remedies(weakness.remedies)}"
        )
        yield "Weaknesses", weakness.id, section


def _mistakes() -> Iterator[tuple[str, str, str]]:
    for mistake, (sentence, advice) in MISTAKES.items():
        yield "Mistakes", mistake.value, f"## The mistake\n\n{escaped(sentence)}\n\nRemedy:\n\n{escaped(advice)}\n"


def _checks() -> Iterator[tuple[str, str, str]]:
    for code, (sentence, hint) in WARNINGS.items():
        parts = ["## The check\n\n`manage.py check` says:\n", quoted(named(sentence))]
        parts += ["Remedy:\n", quoted(named(hint))]
        yield "Checks", code, "\n".join(parts)
