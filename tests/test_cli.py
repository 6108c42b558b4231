"""The `wsgicors` command: its requirements, its subcommands, and what it does not import until needed."""

import contextlib
import importlib.util
import re
import signal
import subprocess
import sys
import threading
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.servers import process
from tests.servers.ports import free_port
from wsgicors import __main__ as entry
from wsgicors._cli import SUBCOMMANDS, wsgicors
from wsgicors.demo import _serving as serving
from wsgicors.demo._command import demo, stopped_by_signal

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
DEMO = [sys.executable, "-m", "wsgicors", "demo"]


def run(*arguments: str, code: str | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *(("-c", code) if code else ("-m", "wsgicors")), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_the_command_that_is_installed_is_this_one() -> None:
    assert PROJECT["scripts"] == {"wsgicors": "wsgicors.__main__:main"}


def test_what_is_looked_for_is_what_the_extra_brings() -> None:
    assert [re.match(r"\w+", line)[0] for line in PROJECT["optional-dependencies"]["cli"]] == list(entry.EXTRA)  # type: ignore[index]


@pytest.mark.parametrize("missing", [["click"], ["rich"], ["click", "rich", "urllib3", "werkzeug"]])
def test_without_the_extra_it_says_how_to_get_it(
    missing: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name in missing else object())
    with pytest.raises(SystemExit) as exit_:
        entry.main()
    assert exit_.value.code == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert f"needs {', '.join(missing)}." in err
    assert "pip install 'wsgicors-policy[cli]'" in err


def test_where_nothing_else_is_installed_it_still_says_so() -> None:
    bare = [sys.executable, "-S", "-m", "wsgicors", "demo"]
    done = subprocess.run(bare, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("wsgicors: the command line needs click, libcst, rich, tomlkit, urllib3, werkzeug. ")


def test_with_the_extra_it_starts(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["wsgicors", "--version"])
    with pytest.raises(SystemExit) as exit_:
        entry.main()
    assert exit_.value.code == 0
    assert capsys.readouterr().out == f"wsgicors {version('wsgicors-policy')}\n"


@pytest.mark.parametrize("encoding", ["latin-1", "cp437"])
def test_a_terminal_without_unicode_shows_escapes(
    encoding: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "app.py").write_text('from flask_cors import CORS\nCORS(app, origins="*")  # \u2713\n', "utf-8")
    monkeypatch.setenv("PYTHONIOENCODING", encoding)
    monkeypatch.setenv("PYTHONUTF8", "0")
    for arguments in (["migrate", str(tmp_path)], ["migrate", "--help"]):
        done = run(*arguments)
        assert (done.returncode, done.stderr) == (0, "")
    assert "\\u2713" in run("migrate", str(tmp_path)).stdout


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_its_help_names_every_subcommand(option: str) -> None:
    done = CliRunner().invoke(wsgicors, [option])
    assert done.exit_code == 0
    for name in SUBCOMMANDS:
        assert re.search(rf"^  {name} +\S", done.output, re.MULTILINE)


def test_it_is_a_module_that_runs() -> None:
    assert run("--version").stdout == f"wsgicors {version('wsgicors-policy')}\n"


@pytest.mark.parametrize("name", SUBCOMMANDS)
def test_every_subcommand_has_help(name: str) -> None:
    done = CliRunner().invoke(wsgicors, [name, "--help"])
    assert done.exit_code == 0
    assert f"Usage: wsgicors {name}" in done.output


def test_an_unknown_subcommand_is_an_error() -> None:
    done = CliRunner().invoke(wsgicors, ["dance"])
    assert done.exit_code == 2
    assert "No such command 'dance'" in done.output


def test_no_subcommand_is_imported_before_it_is_called() -> None:
    code = (
        "import sys, wsgicors._cli; print([m for m in sys.modules if m.startswith(('wsgicors.d', 'werkzeug', 'rich'))])"
    )
    assert run(code=code).stdout == "[]\n"


def test_the_core_imports_nothing_of_the_command_line() -> None:
    code = "import sys, wsgicors; print([m for m in ('click', 'rich', 'urllib3', 'werkzeug') if m in sys.modules])"
    assert run(code=code).stdout == "[]\n"


@pytest.mark.servers
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_demo_prints_its_addresses_and_stops_when_told_to(number: signal.Signals) -> None:
    with process.started([*DEMO, "--port", "0", "--page-port", "0"]) as program:
        api = program.wait_for_line(r"^The notes:  http://127\.0\.0\.1:(\d+)/notes$").group(1)
        page = program.wait_for_line(r"^The page:   http://127\.0\.0\.1:(\d+)/$").group(1)
        assert api != page
        program.wait_for_line("Ctrl-C")
        assert program.ended_by(number) == 0
        assert program.said.endswith("Stopped.\n")
        assert "Traceback" not in program.said


@pytest.mark.usefixtures("log")  # the command sets the level for its process
@pytest.mark.parametrize("option", ["--port", "--page-port"])
def test_a_taken_port_is_told_of(option: str) -> None:
    with serving.served(0, 0) as running:
        port = running.api_origin.rpartition(":")[2]
        other = "--page-port" if option == "--port" else "--port"
        done = CliRunner().invoke(demo, [option, port, other, "0"])
    assert done.exit_code == 1
    assert done.stdout == ""
    assert done.stderr == (
        f"Error: port {port} of 127.0.0.1 is taken; choose others with --port and --page-port, 0 for any free one.\n"
    )


@pytest.mark.parametrize("port", ["-1", "65536", "http"])
def test_what_is_no_port_is_an_error(port: str) -> None:
    done = run("demo", "--port", port)
    assert done.returncode == 2
    assert "Invalid value for '--port'" in done.stderr


@pytest.mark.usefixtures("log")  # likewise
def test_the_ports_are_those_that_were_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    stopped = threading.Event()
    stopped.set()
    monkeypatch.setattr("wsgicors.demo._command.stopped_by_signal", lambda: contextlib.nullcontext(stopped))
    api, page = free_port(), free_port()
    done = CliRunner().invoke(demo, ["--port", str(api), "--page-port", str(page)])
    assert done.exit_code == 0
    assert done.output.splitlines()[:4] == [
        f"The notes:  http://127.0.0.1:{api}/notes",
        f"The page:   http://127.0.0.1:{page}/",
        f"The tour:   http://127.0.0.1:{page}/tour.html",
        f"Playground: http://127.0.0.1:{page}/playground.html",
    ]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_mean_what_they_meant_before(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with stopped_by_signal() as stopped:
        assert not stopped.is_set()
        signal.raise_signal(number)
        assert stopped.is_set()
    assert signal.getsignal(number) is before
