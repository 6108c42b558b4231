"""Whole projects: their own tests pass with the old libraries, and with this one after `wsgicors migrate --write`."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.checkout import ROOT

PROJECTS = Path(__file__).parent / "projects"

CHECKS: dict[str, list[tuple[dict[str, str], list[str]]]] = {
    "shop": [({}, ["-m", "unittest", "-q", "checks"])],
    "notes": [
        (
            {"DJANGO_SETTINGS_MODULE": f"notes.settings.{name}", "CORS_ORIGINS": origins},
            ["manage.py", "test", "--pattern", "checks.py"],
        )
        for name, origins in (("dev", ""), ("production", "https://app.example"))
    ],
    "platform": [({}, ["-m", "unittest", "-q", "checks"])],
}


def run_checks(project: Path) -> None:
    for environment, arguments in CHECKS[project.name]:
        paths = os.pathsep.join(map(str, (ROOT, ROOT / "adapters")))
        done = subprocess.run(
            [sys.executable, "-B", *arguments],
            cwd=project,
            env={**os.environ, "PYTHONPATH": paths, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("name", CHECKS)
def test_the_projects_own_tests_pass_before_and_after(name: str, tmp_path: Path) -> None:
    project = tmp_path / name
    shutil.copytree(PROJECTS / name, project)
    run_checks(project)
    command = [sys.executable, "-m", "wsgicors", "migrate", str(project), "--write"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    for path in project.rglob("*"):
        if path.is_file() and path.suffix in (".py", ".txt", ".toml"):
            code = re.sub(r"#.*", "", path.read_text())
            assert not [word for word in ("flask_cors", "corsheaders", "flask-cors", "cors-headers") if word in code]
    run_checks(project)
    again = subprocess.run([*command[:-1]], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (again.returncode, again.stdout.count("@@")) == (0, 0)
