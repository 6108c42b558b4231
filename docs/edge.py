"""Tables of ``at-the-edge.md``, made of the exports' own tables and of the last proof."""

import re
from pathlib import Path
from typing import Final

from wsgicors.doctor.diagnosis._verify import MISTAKES
from wsgicors.export._services import LOSSES, SERVICES

PAGE: Final = Path(__file__).with_name("at-the-edge.md")


def losses() -> str:
    """Return what each service loses, and what the losses are."""
    lines = ["| `--to` | Origins | Loses |", "|---|---|---|"]
    for service in SERVICES.values():
        kinds = ", ".join(service.origins) + f"; {service.most_origins} at most"
        without = "" if service.credentials else "; no credentials"
        lines.append(f"| `{service.name}` | {kinds}{without} | {', '.join(f'`{loss}`' for loss in service.loses)} |")
    lines += ["", "| Loss | |", "|---|---|"]
    lines += [f"| `{name}` | {sentence[0].upper()}{sentence[1:]} |" for name, sentence in LOSSES.items()]
    return "\n".join(lines)


def mistakes() -> str:
    """Return what verify names."""
    lines = ["| | Cause | Remedy |", "|---|---|---|"]
    lines += [f"| `{mistake}` | {cause} | {remedy} |" for mistake, (cause, remedy) in MISTAKES.items()]
    return "\n".join(lines)


def _filled(text: str, name: str, table: str) -> str:
    """Put `table` between the two comments called `name`."""
    between = rf"(<!-- {name} -->\n).*?(<!-- end of {name} -->)"
    return re.sub(between, lambda found: f"{found[1]}{table}\n{found[2]}", text, flags=re.DOTALL)


def page() -> str:
    """Return ``at-the-edge.md`` with its tables as they are now."""
    text = PAGE.read_text()
    for name, table in (("losses", losses()), ("mistakes", mistakes())):
        text = _filled(text, name, table)
    return text


if __name__ == "__main__":
    PAGE.write_text(page())
