"""Copies of this checkout, for tests that must not leave traces in it."""

import shutil
import stat
import subprocess
from pathlib import Path

from tests.servers.needs import need

ROOT = Path(__file__).parents[1]


def copied(to: Path) -> Path:
    """Copy tracked files, and new ones that are not ignored, with git's modes: 644 and 755."""
    for name in _names():
        source, target = ROOT / name, to / name
        if source.is_file():  # not deleted since
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
            target.chmod(0o755 if source.stat().st_mode & stat.S_IXUSR else 0o644)
    return to


def _names() -> list[str]:
    if (ROOT / "PKG-INFO").is_file():  # an unpacked sdist: its files, without traces of tests
        files = (path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file())
        left = {".venv", "__pycache__", ".pytest_cache", ".hypothesis", ".mypy_cache", ".ruff_cache", "PKG-INFO"}
        return [str(path) for path in files if not left & set(path.parts)]
    need(None if (ROOT / ".git").exists() else "git's record of this checkout")
    listed = ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return list(filter(None, names.split("\0")))
