"""Every Python snippet of the site's pages runs, page by page, as a reader would run it."""

import contextlib
import doctest
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.checkout import ROOT
from tests.wsgi import App

DOCS = ROOT / "docs"

ELSEWHERE = {"errors.md", "doctor.md", "migrating-from-flask-cors.md", "migrating-from-django-cors-headers.md"}
"""Pages whose snippets have tests of their own."""

PAGES = sorted(
    path.relative_to(DOCS).as_posix()
    for path in DOCS.rglob("*.md")
    if not {"blocked", "errors", "_build"} & {*path.relative_to(DOCS).parts} and path.name not in ELSEWHERE
)


class Snippet(NamedTuple):
    """A fenced block: its language, what stands behind that, its text, its first line."""

    language: str
    kind: str
    text: str
    line: int


def snippets(text: str) -> list[Snippet]:
    found: list[Snippet] = []
    for match in re.finditer(r"^( *)```(\w+)(?: (\w+))?\n(.*?)^\1```$", text, re.DOTALL | re.MULTILINE):
        indent, language, kind, body = match.groups(default="")
        lines = [line.removeprefix(indent) for line in body.splitlines(keepends=True)]
        found.append(Snippet(language, kind, "".join(lines), text.count("\n", 0, match.start()) + 1))
    return found


@pytest.mark.parametrize("page", PAGES)
def test_its_snippets_run(page: str, tmp_path: Path) -> None:
    names: dict[str, Any] = {"app": App(), "__name__": "__main__"}
    django: list[str] = []
    with contextlib.chdir(tmp_path):
        for language, kind, text, line in snippets((DOCS / page).read_text("utf-8")):
            if language == "python" and kind == "django":
                django.append(text)
            elif language == "python":
                exec(compile("\n" * line + text, DOCS / page, "exec"), names)
            elif language == "pycon":
                test = doctest.DocTestParser().get_doctest(text, names, page, page, line)
                assert doctest.DocTestRunner(optionflags=doctest.IGNORE_EXCEPTION_DETAIL).run(test).failed == 0
    if django:
        check_project(tmp_path, "\n".join(django))


def check_project(folder: Path, settings: str) -> None:
    """Have ``manage.py check`` find nothing wrong with a project of these settings."""
    (folder / "urls.py").write_text("urlpatterns = []\n")
    (folder / "settings.py").write_text(f'SECRET_KEY = "x"\nROOT_URLCONF = "urls"\nUSE_TZ = True\n{settings}')
    command = [sys.executable, "-m", "django", "check", "--settings=settings", "--fail-level=WARNING"]
    path = os.pathsep.join([str(folder), str(ROOT), str(ROOT / "adapters")])
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_snippets_are_found() -> None:
    assert len(PAGES) > 10
    assert snippets("1. x\n\n   ```python django\n   A = 1\n   ```\n") == [Snippet("python", "django", "A = 1\n", 3)]
