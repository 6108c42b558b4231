"""`wsgicors migrate` on the command line."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.checkout import ROOT
from tests.migrate.moving import FLASK, write
from wsgicors._cli import wsgicors

ASKS = FLASK + "CORS(app, supports_credentials=True)\n"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(wsgicors, ["migrate", *map(str, arguments)])


def test_without_write_the_changes_are_printed(tmp_path: Path) -> None:
    write(tmp_path, {"app.py": FLASK + "CORS(app)"})
    done = run(tmp_path)
    assert done.exit_code == 0
    assert '+CORS(app, origins="*")\n\\ No newline at end of file\n' in done.output
    assert "Nothing was written" in done.output
    assert "flask cors list" in done.output
    assert (tmp_path / "app.py").read_text() == FLASK + "CORS(app)"


def test_with_write_the_files_are_written_and_questions_stay(tmp_path: Path) -> None:
    write(tmp_path, {"app.py": ASKS, "requirements.txt": "flask-cors\n"})
    first = run(tmp_path, "--write")
    assert first.exit_code == 1
    assert "1 question to decide, marked # TODO(cors) in the files." in first.output
    assert (tmp_path / "requirements.txt").read_text() == "wsgicors-policy[flask]\n"
    again = run(tmp_path, "--write")
    assert again.exit_code == 1
    assert "rewritten" not in again.output
    text = (tmp_path / "app.py").read_text()
    (tmp_path / "app.py").write_text(text.replace("supports_credentials=True", 'origins="*"'))
    left = run(tmp_path)
    assert left.exit_code == 1  # the comment is still there
    assert "TODO(cors)" in left.output


def test_where_nothing_is_used_it_says_so(tmp_path: Path) -> None:
    write(tmp_path, {"app.py": "print()\n", "CORS.py": "# CORS\n"})
    done = run(tmp_path)
    assert (done.exit_code, done.output) == (
        0,
        "Nothing here uses flask-cors, django-cors-headers or Starlette's CORSMiddleware.\n",
    )


def test_files_that_are_not_understood_are_left_and_named(tmp_path: Path) -> None:
    write(
        tmp_path, {"old.py": "from flask_cors import CORS\nprint 1\n", "requirements.txt": "flask-cors==1 --hash=x\n"}
    )
    (tmp_path / "requirements-b.txt").write_bytes(b"flask-cors # \xff\n")
    (tmp_path / "pyproject.toml").write_text("[project]\ndescription = 'x'\n")
    (tmp_path / "long.py").write_bytes(b"# corsheaders\n" + b"#" * 2_000_000)
    done = run(tmp_path)
    assert done.exit_code == 1
    for name in (
        "old.py: it cannot be parsed",
        "requirements.txt: its",
        "requirements-b.txt: it is not UTF-8",
        "long.py: it has more",
    ):
        assert name in done.output


def test_json(tmp_path: Path) -> None:
    write(
        tmp_path, {"app.py": ASKS + "response['Access-Control-Allow-Origin'] = '*'\n", "x.py": "# TODO(cors): CORS\n"}
    )
    found = json.loads(run(tmp_path, "--json").output)
    assert (found["settled"], found["written"], found["next"]) == (False, False, ["flask cors list"])
    assert [question["code"] for question in found["questions"]] == ["any-origin-with-credentials"]
    assert [note["code"] for note in found["notes"]] == ["hand-written"]
    assert found["todos"][0]["line"] == 1
    assert "+from flask_wsgicors" in found["files"][0]["diff"]


def test_check(tmp_path: Path) -> None:
    write(tmp_path, {"app.py": ASKS})
    done = run(tmp_path, "--check")
    assert done.exit_code == 1
    assert done.output.startswith(f"{tmp_path}/app.py:2:1: [any-origin-with-credentials] ")
    (finding,) = json.loads(run(tmp_path, "--check", "--json").output)["findings"]
    assert (finding["line"], finding["column"]) == (2, 1)
    sarif = json.loads(run(tmp_path, "--check", "--format", "sarif").output)
    (result,) = sarif["runs"][0]["results"]
    assert result["ruleId"] == sarif["runs"][0]["tool"]["driver"]["rules"][0]["id"] == "any-origin-with-credentials"
    assert result["locations"][0]["physicalLocation"]["region"]["startLine"] == 2
    write(tmp_path, {"app.py": "print()\n"})
    assert (run(tmp_path, "--check").exit_code, run(tmp_path, "--check").output) == (0, "")


@pytest.mark.parametrize("arguments", [("--check", "--write"), ("--format", "sarif"), ("/nowhere",), ()])
def test_what_cannot_run_exits_with_2(arguments: tuple[str, ...], tmp_path: Path) -> None:
    assert run(*arguments, *([tmp_path] if arguments and arguments[0] != "/nowhere" else [])).exit_code == 2


def test_a_file_that_cannot_be_written_exits_with_2(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"app.py": FLASK})

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied", "app.py")

    monkeypatch.setattr(Path, "write_bytes", refuse)
    done = run(tmp_path, "--write")
    assert done.exit_code == 2
    assert "app.py" in done.output


def test_libcst_is_imported_only_when_it_runs() -> None:
    code = (
        "import sys, wsgicors._cli; wsgicors._cli.wsgicors(['--help'], standalone_mode=False); print('libcst' in "
        "sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.endswith("False\n")


def test_the_hook_installs_what_the_command_needs() -> None:
    hook = (ROOT / ".pre-commit-hooks.yaml").read_text()
    extra = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]["cli"]
    assert f"additional_dependencies: {json.dumps(extra)}" in hook
    assert "entry: wsgicors migrate --check\n" in hook


def test_a_file_that_is_too_long_is_named(tmp_path: Path) -> None:
    write(tmp_path, {"app.py": f"import flask_cors\n{'#' * 2_000_000}\n"})
    done = run(tmp_path)
    assert done.exit_code == 1
    assert "app.py: it has more than 2000000 bytes" in done.output
