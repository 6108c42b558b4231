"""The example, and the commands of its README with their output."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers import process
from tests.servers.needs import need
from tests.servers.ports import free_port
from tests.servers.server import ADAPTERS, ROOT

pytestmark = pytest.mark.servers

EXAMPLE = ROOT / "examples" / "django"
CONSOLE = re.findall(r"```console\n(.*?)```", (EXAMPLE / "README.md").read_text("utf-8"), re.DOTALL)
COMMANDS = [
    (lines[0], lines[1:])
    for block in CONSOLE
    for text in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
    if (lines := text.splitlines())
]
INSTALLING = ("python -m venv", ".venv/bin/pip", ". .venv")
MANAGING = [
    command for command in COMMANDS if command[0].startswith("python manage.py") and " runserver" not in command[0]
]

ENVIRONMENT = {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ADAPTERS)]), "NO_PROXY": "*", "PYTHONUNBUFFERED": "1"}


def managed(folder: Path, command: str) -> subprocess.CompletedProcess[str]:
    arguments = [sys.executable, *shlex.split(command)[1:]]
    env = {**os.environ, **ENVIRONMENT}
    return subprocess.run(arguments, capture_output=True, text=True, cwd=folder, env=env)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy, so that no database is created in the checkout."""
    copy = tmp_path_factory.mktemp("example") / "django"
    shutil.copytree(EXAMPLE, copy, ignore=shutil.ignore_patterns("*.sqlite3", "__pycache__"))
    assert managed(copy, "python manage.py migrate").returncode == 0
    return copy


@pytest.fixture(scope="module")
def port(folder: Path) -> Iterator[int]:
    number = free_port()
    [(command, _)] = [command for command in COMMANDS if " runserver" in command[0]]
    arguments = [*shlex.split(command.replace("8000", str(number)))[1:], "--noreload"]
    with process.listening([sys.executable, *arguments], number, env=ENVIRONMENT, cwd=folder):
        yield number


@pytest.mark.parametrize(("command", "printed"), [command for command in COMMANDS if command[0].startswith("curl")])
def test_what_the_server_answers(port: int, command: str, printed: list[str]) -> None:
    need(None if shutil.which("curl") else "curl")
    arguments = shlex.split(command.replace("8000", str(port)))
    answer = subprocess.run(arguments, capture_output=True, text=True, check=True).stdout.splitlines()
    assert answer[0] == printed[0]
    assert [line for line in printed[1:] if line not in answer] == []
    said = [line for line in answer if line.startswith("Access-Control-")]
    assert [line for line in said if line not in printed and not line.startswith("Access-Control-Allow-Headers")] == []


def test_what_the_commands_print(folder: Path) -> None:
    """In one test, because each depends on the previous ones."""
    for command, printed in MANAGING:
        done = managed(folder, command)
        assert done.stderr == "", command
        assert [line for line in done.stdout.splitlines() if line in printed] == printed, command


def test_every_command_is_tried() -> None:
    tried = ("curl", "python manage.py")
    assert len(COMMANDS) == 16
    assert len(MANAGING) == 6
    assert [command for command, _ in COMMANDS if not command.startswith((*tried, *INSTALLING))] == []
    [installed] = [command for command, _ in COMMANDS if "pip install" in command]
    assert '"../..[django]"' in installed


def test_the_migrations_are_whole(folder: Path) -> None:
    assert managed(folder, "python manage.py makemigrations --check --dry-run").returncode == 0
