"""Try every technique on every library, and print the table."""

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from importlib.metadata import version
from pathlib import Path
from typing import Final

from tests.attacks.subjects import DJANGO, FLASK, LIBRARIES, OLDER
from tests.attacks.techniques import OPEN, TECHNIQUES

PAGE: Final = Path(__file__).parents[2] / "docs" / "attacks.md"
WSGICORS_0_7: Final = "wsgicors==0.7.0"

HEAD: Final = """\
# Attacks, tried on this library and on others

Made by `python -m tests.attacks --write`, which tries each technique on each library. A test compares the column of
this library with what comes of it now. The configurations are those that the documentation of each library shows
(`tests/attacks/subjects.py`); the techniques are those of published advisories and research, and of the faults that
version 1.0.0 had (`tests/attacks/techniques.py`).

- **held**: the attacker's page cannot read the response, or its request does not reach the app.
- **open**: it can, or it does.
- does not build: the app does not start, and the error says what to write instead.
- –: the library has no such configuration.

Expressions are what people write; they are not from the documentation. The app behind takes every reading of a path: a
framework's router may take one alone, and a proxy or a server of static files in front of it another.
[The security page](security.md) has what is promised, and what it does not reach.
"""


def table(folder: Path) -> list[list[str]]:
    """Return a row for each technique: its name, and its outcome on each library."""
    return [
        [technique.name, *(technique.tried_on(library, folder) for library in LIBRARIES)] for technique in TECHNIQUES
    ]


def page(rows: list[list[str]]) -> str:
    """Return the text of ``docs/attacks.md``."""
    versions = {FLASK: version(FLASK), DJANGO: version(DJANGO), OLDER: ""}
    head = ["Technique", *(f"{name} {versions.get(name, '')}".strip() for name in LIBRARIES)]
    counts = [Counter(row[at] for row in rows)[OPEN] for at in range(1, len(head))]
    last = ["open", *map(str, counts)]
    lines = [head, ["---"] * len(head), *rows, last]
    return f"{HEAD}\n" + "".join(f"| {' | '.join(line)} |\n" for line in lines)


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m tests.attacks", description=__doc__)
    parser.add_argument("--write", action="store_true", help="write docs/attacks.md")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        # It has the same import name as this library, so that it is loaded from its own folder.
        installer = ["uv", "pip"] if shutil.which("uv") else [sys.executable, "-m", "pip"]
        subprocess.run([*installer, "install", "-q", "--no-deps", "--target", folder, WSGICORS_0_7], check=True)
        text = page(table(Path(folder)))
    print(text)
    if arguments.write:
        PAGE.write_text(text, "utf-8")


main()
