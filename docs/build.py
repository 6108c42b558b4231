"""Writes what the documentation says of problems, refusals and causes, out of the package's own catalogues.

Run it after a change of theirs::

    python -m docs.build
"""

import inspect
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import wsgicors
from docs.doctor import causes, schemas, weaknesses
from docs.examples import examples
from wsgicors._suffixes import list_version
from wsgicors.problems import ALLOWABLE, SETTINGS
from wsgicors.verdict import Refusal, Verdict

ROOT: Final = Path(__file__).parents[1]

PREFACE: Final = """\
# Problems, refusals, causes and weaknesses

Made by `python -m docs.build` from the catalogues of the package; do not edit it by hand.

Problems are found when a policy is built, all at once, and raised as one `PolicyError`. Refusals are what a request
meets while the server runs. Causes are what `wsgicors why` and `wsgicors probe` find behind a blocked request,
weaknesses what `wsgicors audit` finds. Their names are stable.

## Problems
"""

SAMPLE: Final = Verdict(
    False, None, (), (), (), origin="https://other.example", method="PUT", refused_headers=("x-mine",)
)
"""What the refusals' sentences speak of, but for those of what no browser sends."""

MALFORMED: Final = SAMPLE._replace(origin="https://other.example/", method="PUT, DELETE", refused_headers=("x mine",))


def sentence_of(refusal: Refusal) -> str:
    """Return what a refusal says of the sample request."""
    sample = MALFORMED if refusal.value.startswith("malformed") else SAMPLE
    if refusal is Refusal.INSECURE_ORIGIN:
        sample = SAMPLE._replace(origin="http://other.example")
    return sample._replace(refusal=refusal).sentence


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a Markdown table."""
    head = list(head)
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def errors() -> str:
    """Return the text of ``docs/errors.md``."""
    parts = [PREFACE]
    for title, problems in examples().items():
        parts.append(f"### {title}\n")
        for code, (source, _, found) in problems.items():
            # The page is the same whichever list of public suffixes is installed.
            message = found.message.replace(f"publicsuffixlist {list_version()}", "publicsuffixlist VERSION")
            parts += [f"#### {code}\n", f"```python\n{source}\n```\n", told(message, found.remedy)]
            if code in ALLOWABLE:
                parts.append(f'`dangerously_allow=["{code}"]` lets it through.\n')
    parts.append("## Refusals\n")
    for refusal in Refusal:
        parts += [f"#### {refusal.value}\n", told(sentence_of(refusal), refusal.remedy)]
    return "\n".join([*parts, *causes(), *weaknesses()])


def told(sentence: str, remedy: str) -> str:
    """Return a sentence and its remedy, if there is any, as they are printed."""
    return "```text\n" + "".join(f"{line}\n" for line in (sentence, remedy) if line) + "```\n"


def escaped(text: str) -> str:
    """Return `text` as a cell of a table shows it unchanged."""
    return re.sub(r"([*<|`\\])", r"\\\1", text)


def settings_table() -> str:
    """Return the settings of a policy with their defaults and the first sentence of their documentation."""
    parameters = inspect.signature(wsgicors.Policy).parameters
    documented = inspect.getdoc(wsgicors.Policy) or ""
    rows: list[list[str]] = []
    for name in SETTINGS:
        text = re.search(rf"^ +{name}: (.*?)(?=^ +[a-z_]+: |^$)", documented, re.DOTALL | re.MULTILINE)
        default = parameters[name].default
        said = " ".join(text.group(1).split()).replace("``", "`") if text else ""
        rows.append([f"`{name}`", "required" if default is inspect.Parameter.empty else f"`{default!r}`", said])
    return table(["Setting", "Default", "Meaning"], rows)


def refusals_table() -> str:
    """Return all refusals."""
    rows = [[f"`{refusal.value}`", escaped(sentence_of(refusal)), escaped(refusal.remedy)] for refusal in Refusal]
    return table(["Refusal", "Sentence", "Remedy"], rows)


def filled(text: str, blocks: Mapping[str, str]) -> str:
    """Return `text` with all between ``<!-- name -->`` and ``<!-- end of name -->`` replaced by that name's block."""
    for name, block in blocks.items():
        begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
        head, _, rest = text.partition(begin)
        _, found, tail = rest.partition(end)
        if not found:
            raise LookupError(f"there is no place for {name}")
        text = f"{head}{begin}{block}{end}{tail}"
    return text


GUIDES: Final[Mapping[str, tuple[str, str]]] = {
    "django": ("migrating-from-django-cors-headers.md", "django-cors-headers"),
    "flask": ("migrating-from-flask-cors.md", "flask-cors"),
}
"""The guides, and the libraries that they are about."""


def moving(framework: str) -> Any:
    """What ``python -m tests.migrate`` last recorded of a guide's library."""
    return json.loads((ROOT / "docs" / "moving.json").read_text("utf-8"))[framework]


def differences(framework: str) -> str:
    """How many public configurations meet each difference, and how many start or are settled."""
    page, library = GUIDES[framework]
    found = moving(framework)
    section = (ROOT / "docs" / page).read_text("utf-8").partition("## What most projects meet")[2].partition("\n## ")[0]
    titles = {
        heading.lower().replace(" ", "-"): heading for heading in re.findall(r"^### (.*)$", section, re.MULTILINE)
    }
    rows = [
        [f"[{title}](#{anchor})", str(found["differences"].get(anchor, "none"))] for anchor, title in titles.items()
    ]
    total = found["configurations"]
    return (
        f"Measured on {total} public configurations. Of the {found['started']} that start with {library}, "
        f"{found['start']} start\nhere as they stand. One run of the command settles {found['settled']} of the "
        f"{total}; about the others it asks their owner.\n\n{table(['Difference', 'Configurations'], rows)}"
    )


def suite(framework: str) -> str:
    """How many tests of the old library's own suite pass."""
    library = GUIDES[framework][1]
    found = moving(framework)["suite"]
    failed = len(found["failed"])
    total = found["passed"] + found["skipped"] + failed
    skipped = f"{found['skipped']} is skipped, and " if found["skipped"] else ""
    return (
        f"**{found['passed']} of {total} pass**; {skipped}{failed} do not, each on purpose.\n"
        f"`python -m tests.migrate {library}=CHECKOUT` counts them.\n"
    )


def documents() -> dict[Path, str]:
    """Return what each document is to hold."""
    docs = ROOT / "docs"
    blocks = {
        docs / "settings.md": {"settings": settings_table()},
        docs / "log.md": {"refusals": refusals_table()},
        docs / "doctor.md": {"schemas": schemas()},
    } | {
        docs / page: {"differences": differences(framework), "suite": suite(framework)}
        for framework, (page, _) in GUIDES.items()
    }
    filled_pages = {page: filled(page.read_text("utf-8"), of_page) for page, of_page in blocks.items()}
    return {docs / "errors.md": errors(), **filled_pages}


if __name__ == "__main__":
    for path, text in documents().items():
        path.write_text(text, "utf-8")
