"""CONTRIBUTING.md names files and commits that exist."""

import re
import subprocess

import pytest

from tests.checkout import ROOT

TEXT = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
ROWS = re.findall(r"^\| (an? [^|]+) \| (.+) \| `([0-9a-f]{7})` \|$", TEXT, re.MULTILINE)


def test_everything_that_is_added_has_its_row() -> None:
    assert len(ROWS) == len(re.findall(r"^\| an? ", TEXT, re.MULTILINE)) == 7


@pytest.mark.parametrize(("what", "files", "commit"), ROWS)
def test_the_files_to_change_are_there(what: str, files: str, commit: str) -> None:
    named = [name for name in re.findall(r"`([\w./]+)`", files) if "/" in name]
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []


@pytest.mark.parametrize(("what", "files", "commit"), ROWS)
def test_the_commit_to_look_at_is_there(what: str, files: str, commit: str) -> None:
    def git(*arguments: str) -> str:
        command = ["git", "-c", f"safe.directory={ROOT}", *arguments]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()

    if not (ROOT / ".git").exists() or git("rev-parse", "--is-shallow-repository") == "true":
        pytest.skip("install: git, and clone the whole history")
    # A clone of a folder copies commits of no branch: only ancestors of HEAD exist in every clone.
    assert commit in git("rev-list", "--abbrev-commit", "--abbrev=7", "HEAD").split()
