"""Migrate files of a project."""

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

from wsgicors.migrate._run import Result, migrate

FLASK = "from flask_cors import CORS, cross_origin\n"


def write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), "utf-8")


def move(folder: Path, files: Mapping[str, str]) -> tuple[dict[str, str], Result]:
    """Write files, migrate their folder as ``--write`` does, and return their new contents and the result."""
    write(folder, files)
    result = migrate([folder])
    for change in result.changes:
        change.path.write_bytes(change.after)
    assert migrate([folder]).changes == []
    return {name: (folder / name).read_text("utf-8") for name in files}, result


def codes(result: Result) -> list[str]:
    return [question.code for question in result.questions]


def note_codes(result: Result) -> list[str]:
    return [note.code for note in result.notes]
