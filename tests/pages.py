"""Read the fenced blocks of README.md and of the documentation's pages."""

import re
import textwrap
from collections.abc import Iterator
from typing import Final, NamedTuple

_FENCE: Final = re.compile(r"^( *)```(\w+)(?: (\w+))?\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)
_SECTION: Final = re.compile(r"^#+ (.*)$", re.MULTILINE)
_COMMAND: Final = re.compile(r"<!-- command: (\w+) -->\n$")


class Block(NamedTuple):
    """A fenced block: its language, the word after it, the text, the line of the fence, the section, the command."""

    language: str
    kind: str
    text: str
    line: int
    section: str = ""
    command: str = ""

    def __str__(self) -> str:
        return f"line {self.line}"


def blocks(text: str) -> Iterator[Block]:
    """Yield the fenced blocks of a page, in order."""
    for match in _FENCE.finditer(text):
        _, language, kind, body = match.groups(default="")
        before = text[: match.start()]
        sections = _SECTION.findall(before)
        command = _COMMAND.search(before)
        yield Block(
            language,
            kind,
            textwrap.dedent(body),
            before.count("\n") + 1,
            sections[-1] if sections else "",
            command[1] if command else "",
        )
