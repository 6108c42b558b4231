"""Generate the tables of ``at-the-edge.md`` from the exports' own tables and the last proof."""

import re
from pathlib import Path
from typing import Final

from wsgicors.doctor.catalogue._mistakes import MISTAKES
from wsgicors.export._refusals import REASONS
from wsgicors.export._services import LOSSES, SERVICES

PAGE: Final = Path(__file__).with_name("at-the-edge.md")
PROJECTS: Final = (
    "view-varies", "view-by-method", "view-path", "paths-by-expression", "handlers", "urlconf", "script-name",
    "host-routes",
)  # fmt: skip
"""Reasons that apply only to projects; the page lists them under ``manage.py cors export``."""


def losses() -> str:
    """Return what each service loses, and what the losses are."""
    lines = ["| `--to` | Origins | Loses |", "|---|---|---|"]
    for service in SERVICES.values():
        kinds = ", ".join(service.origins) + f"; {service.most_origins} at most"
        without = "" if service.credentials else "; no credentials"
        lines.append(f"| `{service.name}` | {kinds}{without} | {', '.join(f'`{loss}`' for loss in service.loses)} |")
    lines += ["", "| `--to` | File | Where it belongs |", "|---|---|---|"]
    lines += [f"| `{one.name}` | `{one.file}` | {one.place} |" for one in SERVICES.values()]
    lines += ["", "| Loss | |", "|---|---|"]
    lines += [f"| `{name}` | {sentence[0].upper()}{sentence[1:]} |" for name, sentence in LOSSES.items()]
    return "\n".join(lines)


def refusals() -> str:
    """Return the reasons why an export is refused, without those for projects."""
    names = ("count", "expression", "headers", "least", "lost", "methods", "nearest", "origin", "path", "seconds",
             "sentence", "status", "target")  # fmt: skip
    facts = {name: name.upper() for name in names}
    lines = ["| | What is wrong | What to do |", "|---|---|---|"]
    for code, (message, remedy) in REASONS.items():
        if code not in PROJECTS:
            lines.append(f"| `{code}` | {message.format(**facts)} | {remedy.format(**facts)} |")
    return "\n".join(lines)


def mistakes() -> str:
    """Return the mistakes that verify names."""
    lines = ["| | Cause | Remedy |", "|---|---|---|"]
    lines += [f"| `{mistake}` | {cause} | {remedy} |" for mistake, (cause, remedy) in MISTAKES.items()]
    return "\n".join(lines)


def _filled(text: str, name: str, table: str) -> str:
    """Put `table` between the two comments called `name`."""
    between = rf"(<!-- {name} -->\n).*?(<!-- end of {name} -->)"
    return re.sub(between, lambda found: f"{found[1]}{table}\n{found[2]}", text, flags=re.DOTALL)


def page() -> str:
    """Return ``at-the-edge.md`` with its current tables."""
    text = PAGE.read_text()
    for name, table in (("losses", losses()), ("refusals", refusals()), ("mistakes", mistakes())):
        text = _filled(text, name, table)
    return text


if __name__ == "__main__":
    PAGE.write_text(page())
