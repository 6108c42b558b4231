"""Run an export for a command: print or write the files, compare them, or have the server check them."""

import difflib
from collections.abc import Callable, Mapping
from pathlib import Path

from wsgicors.export import _lossy as lossy
from wsgicors.export._form import Form
from wsgicors.export._options import Given
from wsgicors.export._services import SERVICES
from wsgicors.export._target import files
from wsgicors.export._targets import TARGETS
from wsgicors.export._validation import problems


class CannotCheckError(Exception):
    """The server is not installed, has no check of its own, or there is nothing to compare with."""


def run(form: Form, given: Given, say: Callable[[str], object]) -> int:
    """Export `form`, and return the exit status: 1 if ``--check`` or ``--validate`` found something.

    Args:
        form: The form to export.
        given: The values of the options.
        say: Prints a text, which ends with a line break.

    Raises:
        ExportError: The target cannot express it.
        CannotCheckError: ``--check`` or ``--validate`` is not possible.
    """
    exported = _exported(form, given)
    if given.check is not None:
        return _checked(exported, given.check, given.options.command, say)
    if given.validate:
        return _validated(exported, given, say)
    if given.output is None:
        say("\n".join(exported.values()))
        return 0
    given.output.mkdir(parents=True, exist_ok=True)
    for file, text in exported.items():
        path = given.output / file
        path.write_text(text)
        place = TARGETS[given.target].place[file] if given.target in TARGETS else SERVICES[given.target].place
        say(f"{path}: {place}\n")
    return 0


def _exported(form: Form, given: Given) -> dict[str, str]:
    if given.target in SERVICES:
        return lossy.export(SERVICES[given.target], form, given.losses, given.options.command)
    return files(TARGETS[given.target], form, given.options)


def _checked(exported: Mapping[str, str], place: Path, command: str, say: Callable[[str], object]) -> int:
    """Print the differences between the files at `place` and the export."""
    if not place.exists():
        raise CannotCheckError(f"{place} does not exist.")
    known = (
        {place / file: text for file, text in exported.items()}
        if place.is_dir()
        else {place: "\n".join(exported.values())}
    )
    stale = 0
    for path, text in known.items():
        present = path.read_text(errors="replace") if path.exists() else ""
        if present == text:
            continue
        stale += 1
        say(f"{path} differs from what the policy gives. Write it again: {command}\n")
        changes = difflib.unified_diff(
            present.splitlines(), text.splitlines(), str(path), "the policy", lineterm="", n=1
        )
        say("\n".join(changes) + "\n")
    return 1 if stale else 0


def _validated(exported: Mapping[str, str], given: Given, say: Callable[[str], object]) -> int:
    title = TARGETS[given.target].title if given.target in TARGETS else SERVICES[given.target].title
    said = problems(given.target, exported, given.options.name)
    if said is None:
        raise CannotCheckError(f"{title} is not installed here, or has no check of its own.")
    say(f"{said or f'{title} has no objection.'}\n")
    return 1 if said else 0
