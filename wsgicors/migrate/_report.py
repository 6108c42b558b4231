"""The findings of a run as text, JSON and SARIF."""

import difflib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from wsgicors.migrate._catalogue import DJANGO_GUIDE, FLASK_GUIDE, NEXT, STARLETTE_GUIDE
from wsgicors.migrate._questions import Note, Question
from wsgicors.migrate._run import Change, Result
from wsgicors.problems import one_line

GUIDES: Final = {"flask": FLASK_GUIDE, "django": DJANGO_GUIDE, "starlette": STARLETTE_GUIDE}

_ORIGINS: Final = re.compile(r"origin-(?!regex).*")
_NAMES: Final = re.compile(r"header-.*|method-.*|not-a-token|expose-any-with-credentials")
_EXPRESSIONS: Final = re.compile(r"regex-.*|whole|origin-regex|open-expression|empty-expression|public-suffix")

LINKS: Final[Mapping[str, Sequence[tuple[re.Pattern[str], str]]]] = {
    "flask": [
        (
            re.compile("any-origin|origins-from-config|options-from-elsewhere|origins-in-one-branch|handed-on"),
            "any-origin",
        ),
        (re.compile("option-.*"), "options-without-a-meaning"),
        (re.compile("any-origin-with-.*|resources-in-origins"), "any-origin-with-cookies"),
        (_NAMES, "names-of-headers"),
        (_EXPRESSIONS, "expressions"),
        (re.compile("resource|dead-resource"), "resources"),
        (_ORIGINS, "addresses"),
        (re.compile("decorator"), "decorators"),
        (re.compile("max-age-range"), "ages"),
        (re.compile("text-for-list"), "several-members-in-one-text"),
    ],
    "django": [
        (re.compile("any-origin-with-.*"), "every-origin-with-cookies"),
        (_NAMES, "names-of-headers-and-methods"),
        (_EXPRESSIONS, "expressions-for-origins"),
        (re.compile("middleware"), "the-middleware"),
        (_ORIGINS, "addresses"),
        (re.compile("text-for-list"), "texts-for-lists"),
        (re.compile("insecure-origin"), "plain-http-with-cookies"),
        (re.compile("environment|computed"), "variables-of-the-environment"),
        (re.compile("star-in-list"), "a-star-in-a-list"),
        (re.compile("max-age-range"), "ages"),
        (re.compile("subclass|conf|run-time"), "what-your-code-may-have-used"),
    ],
    "starlette": [(re.compile("starlette"), "from-starlettes-corsmiddleware")],
}
"""Headings of the guides with more information, by library, for codes of questions, notes and problems."""


def anchors(result: Result, library: str) -> list[str]:
    """Return the headings of a guide that say more about the findings of a run, in the order of the guide."""
    codes = {code for note in result.notes for code in (note.code, note.problem)}
    codes |= {question.code for question in result.questions}
    links = LINKS[library]
    return list(dict.fromkeys(anchor for about, anchor in links if any(map(about.fullmatch, codes))))


SARIF_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"


def diff(change: Change) -> str:
    """Return a change as a unified diff."""
    before, after = (
        text.decode("utf-8", "replace").splitlines(keepends=True) for text in (change.before, change.after)
    )
    lines = difflib.unified_diff(before, after, f"a/{change.path}", f"b/{change.path}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def text(result: Result, *, written: bool) -> str:
    """Return the whole report, for a terminal."""
    return "\n".join(_lines(result, written=written)) + "\n"


def _lines(result: Result, *, written: bool) -> Iterator[str]:
    if not (result.changes or result.questions or result.left or result.todos or result.libraries):
        yield "Nothing here uses flask-cors, django-cors-headers or Starlette's CORSMiddleware."
        return
    for change in result.changes:
        if written:
            yield f"rewritten: {change.path}"
        else:
            yield from diff(change).splitlines()
    yield from _section("To decide", _questions(result))
    yield from _section("Changes", _notes(note for note in result.notes if note.known))
    yield from _section("Notes", _notes(note for note in result.notes if not note.known))
    yield from _section("Left alone", (f"{left.path}: {left.reason}" for left in result.left))
    yield ""
    yield from _closing(result, written=written)


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    found = list(lines)
    if found:
        yield ""
        yield f"{title}:"
        yield from found


def _questions(result: Result) -> Iterator[str]:
    for question in result.questions:
        yield f"  {question.file.shown}:{question.line}: [{question.code}] {one_line(question.text)}"
        yield from (f"    {number}. {one_line(answer)}" for number, answer in enumerate(question.answers, 1))
    for todo in result.todos:
        yield f"  {todo.path}:{todo.line}: {one_line(todo.text)}"


def _notes(notes: Iterable[Note]) -> Iterator[str]:
    for note in notes:
        yield f"  {note.file.shown}:{note.line}: {one_line(note.text)}"


def _closing(result: Result, *, written: bool) -> Iterator[str]:
    count = len(result.questions) + len(result.todos)
    if count:
        where = ", marked # TODO(cors) in the files" if written else ""
        yield f"{count} question{'s' if count > 1 else ''} to decide{where}."
    if result.changes and not written:
        yield "Nothing was written: run again with --write."
    yield from (f"Then run: {NEXT[library]}" for library in result.libraries)
    for library in result.libraries:
        yield f"What is different, and why: {GUIDES[library]}"
        yield from (f"  {GUIDES[library]}#{anchor}" for anchor in anchors(result, library))


def as_dict(result: Result, *, written: bool) -> dict[str, object]:
    """Return the whole report, for programs."""
    return {
        "version": 1,
        "settled": result.is_settled,
        "written": written,
        "files": [{"path": str(change.path), "diff": diff(change)} for change in result.changes],
        "questions": [question_dict(question) for question in result.questions],
        "todos": [{"path": str(todo.path), "line": todo.line, "text": todo.text} for todo in result.todos],
        "notes": [
            {"path": note.file.shown, "line": note.line, "code": note.code, "known": note.known, "text": note.text}
            for note in result.notes
        ],
        "left_alone": [{"path": str(left.path), "reason": left.reason} for left in result.left],
        "next": [NEXT[library] for library in result.libraries],
        "guides": [GUIDES[library] for library in result.libraries],
    }


def question_dict(question: Question) -> dict[str, object]:
    """Return a question or a finding, for programs."""
    return {
        "path": question.file.shown,
        "line": question.line,
        "column": question.file.column_of(question.node),
        "code": question.code,
        "text": question.text,
        "answers": list(question.answers),
    }


def findings_text(findings: Iterable[Question]) -> str:
    """Return what is unsafe in the project now, one line each, for a terminal and for editors."""
    lines = [
        (
            f"{finding.file.shown}:{finding.line}:{finding.file.column_of(finding.node)}: [{finding.code}] "
            f"{one_line(finding.text)}"
        )
        for finding in findings
    ]
    return "".join(f"{line}\n" for line in lines)


def sarif(findings: Iterable[Question], version: str) -> str:
    """Return what is unsafe in the project now, for code scanning (SARIF 2.1.0)."""
    found = list(findings)
    rules = sorted({finding.code for finding in found})
    return json.dumps(
        {
            "$schema": SARIF_SCHEMA,
            "version": "2.1.0",
            "runs": [
                {
                    "tool": {
                        "driver": {
                            "name": "wsgicors migrate --check",
                            "version": version,
                            "rules": [{"id": rule} for rule in rules],
                        }
                    },
                    "results": [_sarif_result(finding) for finding in found],
                }
            ],
        },
        indent=2,
    )


def _sarif_result(finding: Question) -> dict[str, object]:
    region = {"startLine": finding.line, "startColumn": finding.file.column_of(finding.node)}
    location = {"artifactLocation": {"uri": Path(finding.file.shown).as_posix()}, "region": region}
    return {
        "ruleId": finding.code,
        "level": "error",
        "message": {"text": finding.text},
        "locations": [{"physicalLocation": location}],
    }
