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

Made by `python -m tests.attacks --write`, which tries each technique on each library. A test tries this library again
and compares its column. The configurations are those of each library's documentation (`tests/attacks/subjects.py`). The
techniques come from published advisories and research, and from the faults of version 1.0.0
(`tests/attacks/techniques.py`).

- **held**: the attacker's page cannot read the response, or its request does not reach the app.
- **open**: the page can read it, or the request reaches the app.
- does not build: the app does not start, and the error says what to write instead.
- –: the library has no such configuration.

The expressions are typical ones, not from a documentation. The app accepts every reading of a path: a framework's
router may accept only one, and a proxy or a server of static files in front of it another one. The cross-site requests
are tried with `refuse="forbid"`: the default, `"withhold"`, lets them reach the app, as the other libraries do.
[The security page](security.md) says what is promised, and what is not.
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


if __name__ == "__main__":
    main()
