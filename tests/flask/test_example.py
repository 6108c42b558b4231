"""The example, and the commands of its README with their output."""

import importlib
import os
import re
import shlex
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

EXAMPLE = ROOT / "examples" / "flask"
CONSOLE = re.findall(r"```console\n(.*?)```", (EXAMPLE / "README.md").read_text("utf-8"), re.DOTALL)
COMMANDS = [
    (lines[0], lines[1:])
    for block in CONSOLE
    for text in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
    if (lines := text.splitlines())
]
INSTALLING = ("python -m venv", ".venv/bin/pip", ". .venv")


def environment(tmp_path: Path) -> dict[str, str]:
    paths = os.pathsep.join([str(ROOT), str(ADAPTERS)])
    return {"PYTHONPATH": paths, "FLASK_DATABASE": str(tmp_path / "notes.sqlite"), "NO_PROXY": "*"}


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    number = free_port()
    [(command, _)] = [command for command in COMMANDS if " run " in command[0]]
    arguments = shlex.split(command.replace("5000", str(number)))[1:]
    env = environment(tmp_path_factory.mktemp("database"))
    with process.listening([sys.executable, "-m", "flask", *arguments], number, env=env, cwd=EXAMPLE):
        yield number


@pytest.mark.parametrize(("command", "printed"), [command for command in COMMANDS if command[0].startswith("curl")])
def test_what_the_server_answers(port: int, command: str, printed: list[str]) -> None:
    arguments = shlex.split(command.replace("5000", str(port)))
    need(None if subprocess.run(["which", "curl"], capture_output=True).returncode == 0 else "curl")
    answer = subprocess.run(arguments, capture_output=True, text=True, check=True).stdout.splitlines()
    assert answer[0].upper() == printed[0].upper()
    assert [line for line in printed[1:] if line not in answer] == []
    said = [line for line in answer if line.startswith("Access-Control-")]
    assert [line for line in said if line not in printed and not line.startswith("Access-Control-Allow-Headers")] == []


@pytest.mark.parametrize(("command", "printed"), [command for command in COMMANDS if " cors " in command[0]])
def test_what_the_commands_print(tmp_path: Path, command: str, printed: list[str]) -> None:
    arguments = [sys.executable, "-m", "flask", *shlex.split(command)[1:]]
    env = {**os.environ, **environment(tmp_path)}
    output = subprocess.run(arguments, capture_output=True, text=True, cwd=EXAMPLE, env=env).stdout.splitlines()
    assert [line for line in output if line in printed] == printed


def test_every_command_is_tried() -> None:
    tried = ("curl", "flask --app notes")
    assert len(COMMANDS) == 11
    assert [command for command, _ in COMMANDS if not command.startswith((*tried, *INSTALLING))] == []
    [installed] = [command for command, _ in COMMANDS if "pip install" in command]
    assert '"../..[flask]"' in installed


def test_the_app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(EXAMPLE)
    create_app = importlib.import_module("notes").create_app
    page = {"Origin": "http://localhost:3000"}
    for _ in range(2):  # a factory is called more than once
        client = create_app(str(tmp_path / "notes.sqlite")).test_client()
        assert client.get("/api/notes/", headers=page).status_code == 401
        assert client.post("/api/session", headers=page).status_code == 204
        assert client.put("/api/notes/1", json={"text": "hello"}, headers=page).status_code == 204
        answer = client.get("/api/notes/", headers=page)
        assert (answer.json, answer.headers["X-Total-Count"]) == ([{"id": 1, "text": "hello"}], "1")
        assert answer.headers["Access-Control-Allow-Origin"] == "http://localhost:3000"
        assert client.get("/public/count", headers=page).json == {"count": 1}
        partner = client.get("/export", headers={"Origin": "https://partner.example"})
        assert (partner.json, partner.headers["Access-Control-Allow-Origin"]) == (["hello"], "https://partner.example")
        assert "Access-Control-Allow-Origin" not in client.get("/export", headers=page).headers
