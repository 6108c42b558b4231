"""Questions that only the owner can decide, and notes on what was done."""

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

import libcst as cst

from wsgicors.migrate._catalogue import NOTES, QUESTIONS
from wsgicors.migrate._edits import TODO

if TYPE_CHECKING:
    from wsgicors.migrate._file import File

COMMENT_WIDTH: Final = 90
"""The most characters in a line of a question in a source file."""


class Question(NamedTuple):
    """A question that only the owner can decide."""

    code: str
    file: "File"
    node: cst.CSTNode
    text: str
    answers: tuple[str, ...]
    unsafe: bool

    @property
    def line(self) -> int:
        """The line that it is about."""
        return self.file.line_of(self.node)


class Note(NamedTuple):
    """A note on what was done, or was seen but is not known."""

    code: str
    file: "File"
    node: cst.CSTNode
    text: str
    known: bool = True
    """Whether it states a fact; otherwise something that could not be known."""
    problem: str = ""
    """The code of the core's problem that it is about, if any."""

    @property
    def line(self) -> int:
        """The line that it is about."""
        return self.file.line_of(self.node)


@dataclass
class _Asked:
    """A question before it is put into words."""

    code: str
    file: "File"
    node: cst.CSTNode
    facts: dict[str, str]
    values: list[str]


@dataclass
class Findings:
    """Collects the questions and notes of a whole project."""

    asked: dict[tuple[str, cst.CSTNode], _Asked] = field(default_factory=dict[tuple[str, cst.CSTNode], _Asked])
    notes: dict[tuple[str, str, cst.CSTNode], Note] = field(default_factory=dict[tuple[str, str, cst.CSTNode], Note])

    findings: dict[tuple[str, cst.CSTNode], Question] = field(default_factory=dict[tuple[str, cst.CSTNode], Question])
    """The questions about each value."""

    def ask(
        self, code: str, file: "File", node: cst.CSTNode, names: Mapping[str, str] | None = None, **facts: str
    ) -> None:
        """Ask a question, once per statement, about several values together."""
        kind = facts.get("problem", code)
        value = facts.get("value", "")
        asked = self.asked.setdefault(
            (kind, file.statement_of(node)), _Asked(code, file, node, {**(names or {}), **facts}, [])
        )
        if value not in asked.values:
            asked.values.append(value)
        text = facts.get("finding") or QUESTIONS[code].text.format_map({**(names or {}), **facts})
        self.findings.setdefault((kind, node), Question(kind, file, node, text, (), QUESTIONS[code].unsafe))

    @property
    def questions(self) -> list[Question]:
        """All questions, by file and line."""
        made: list[Question] = []
        for (kind, _), asked in self.asked.items():
            question = QUESTIONS[asked.code]
            words = {**asked.facts, "value": ", ".join(asked.values)}
            answers = tuple(text for answer in question.answers if (text := answer.format_map(words)))
            made.append(
                Question(kind, asked.file, asked.node, question.text.format_map(words), answers, question.unsafe)
            )
        return sorted(made, key=lambda question: (question.file.shown, question.line))

    def note(
        self, code: str, file: "File", node: cst.CSTNode, *, known: bool = True, problem: str = "", **facts: str
    ) -> None:
        """Note what was done or seen."""
        text = NOTES[code].format_map(facts)
        self.notes.setdefault((code, text, node), Note(code, file, node, text, known, problem))


def comment_lines(question: Question) -> list[str]:
    """Return a question as comments in the source."""
    lines = textwrap.wrap(question.text, COMMENT_WIDTH, break_long_words=False, break_on_hyphens=False)
    lines = [f"{TODO}{lines[0]}", *(f"#   {line}" for line in lines[1:])]
    for number, answer in enumerate(question.answers, 1):
        first, *others = textwrap.wrap(answer, COMMENT_WIDTH, break_long_words=False, break_on_hyphens=False)
        lines += [f"#   {number}. {first}", *(f"#      {line}" for line in others)]
    return lines
