"""A whole run: the changes to a project's files, and what is left to decide."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final, NamedTuple

from wsgicors.migrate import _handwritten as handwritten
from wsgicors.migrate import _requirements as requirements
from wsgicors.migrate._edits import TODO
from wsgicors.migrate._file import File
from wsgicors.migrate._fixes import apply
from wsgicors.migrate._judging import Judge
from wsgicors.migrate._libraries import find_all
from wsgicors.migrate._project import Project
from wsgicors.migrate._questions import Note, Question, comment_lines

_MENTIONS: Final = re.compile(rb"flask[-_]cors|django[-_]cors[-_]headers|corsheaders", re.IGNORECASE)


class Change(NamedTuple):
    """A file, before and after."""

    path: Path
    before: bytes
    after: bytes


class Left(NamedTuple):
    """A file that was not understood, and why."""

    path: Path
    reason: str


class Todo(NamedTuple):
    """A question of an earlier run that is still in a file."""

    path: Path
    line: int
    text: str


class Result(NamedTuple):
    """The result of a run."""

    changes: list[Change]
    questions: list[Question]
    notes: list[Note]
    left: list[Left]
    todos: list[Todo]
    libraries: list[str]
    """``flask``, ``django`` and ``starlette``, if the project uses the old library for that framework."""

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to decide."""
        return not (self.questions or self.left or self.todos)


def _requirements_of_setup(file: File) -> None:
    for string in file.strings:
        new = requirements.requirement(str(string.evaluated_value))
        if new is not None:
            file.edits.replace(string, f"{string.quote}{new}{string.quote}")


def migrate(paths: Iterable[Path]) -> Result:
    """Return the changes to the files of a project, without writing them."""
    project = Project(paths)
    judge = Judge()
    libraries = find_all(project, judge)
    handwritten.find(project, judge)
    for file in project.files:
        if file.path.name == "setup.py":
            _requirements_of_setup(file)
    apply(judge.fixes)
    questions = judge.questions
    for question in questions:
        statement = question.file.statement_of(question.node)
        question.file.edits.comment(statement, *comment_lines(question))
    changes = [
        Change(file.path, file.source, after)
        for file in project.files
        if not file.edits.is_empty and (after := file.edits.applied().bytes) != file.source
    ]
    left = [Left(one.path, one.reason) for one in project.left_alone if _MENTIONS.search(one.path.read_bytes())]
    for path, text in project.texts.items():
        new = requirements.rewritten(path, text)
        if new is None:
            left.append(Left(path, "its requirements of the old library cannot be rewritten"))
        elif new != text:
            changes.append(Change(path, text.encode(), new.encode()))
    asked = {(question.file.path, line) for question in questions for line in comment_lines(question)[:1]}
    todos = [
        Todo(file.path, number, line.strip())
        for file in project.files
        for number, line in enumerate(file.source.decode(file.module.encoding).splitlines(), 1)
        if line.strip().startswith(TODO) and (file.path, line.strip()) not in asked
    ]
    notes = sorted(judge.notes.values(), key=lambda one: (one.file.shown, one.line))
    return Result(changes, questions, notes, left, todos, libraries)
