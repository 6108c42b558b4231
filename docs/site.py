"""Build the documentation site.

Run::

    python -m docs.site

Writes the generated pages and diagrams below docs/, then builds docs/_build/html with Sphinx. Warnings are errors.
"""

import logging
import shutil
import sys
from pathlib import Path
from typing import Final

DOCS: Final = Path(__file__).resolve().parent


def generate(docs: Path = DOCS) -> None:
    """Write the pages and diagrams that are generated from the catalogues and from real exchanges."""
    from docs import codes, diagrams, libraries, messages

    logging.getLogger("wsgicors").setLevel(logging.ERROR)  # the exchanges show refusals
    for folder, suffix, texts in (
        ("blocked", "md", messages.pages()),
        ("figures", "svg", diagrams.diagrams()),
        ("errors", "md", codes.pages()),
        ("clients", "md", libraries.pages()),
    ):
        shutil.rmtree(docs / folder, ignore_errors=True)
        (docs / folder).mkdir()
        for name, text in texts.items():
            (docs / folder / f"{name}.{suffix}").write_text(text, "utf-8")


def main(arguments: list[str]) -> int:
    """Build the site; further arguments go to Sphinx."""
    from sphinx.cmd.build import build_main

    return build_main(["-b", "html", "-W", "--keep-going", "-n", *arguments, str(DOCS), str(DOCS / "_build" / "html")])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
