"""A strict type checker's messages about programs that use the package."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.checkout import ROOT

pytest.importorskip("mypy")  # the type checkers have a separate environment

HEAD = """
from wsgicors import CORS, Policy

public = Policy(allow_origins="*")
partners = Policy(allow_origins=["https://www.example.com"])

def app(environ: object, start_response: object) -> list[bytes]:
    return []

"""


def checked(tmp_path: Path, line: str) -> str:
    """Return mypy's output for a program, in strict mode."""
    program = tmp_path / "program.py"
    program.write_text(HEAD + line + "\n")
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--no-error-summary",
        f"--cache-dir={ROOT / '.mypy_cache'}",
        program,
    ]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout


@pytest.mark.slow
def test_rules_of_every_shape_are_typed(tmp_path: Path) -> None:
    lines = (
        'CORS(app, {"/": public, "/api": [partners, public]})',
        "CORS(app, public)",
        "CORS(app, [partners, public])",
    )
    assert checked(tmp_path, "\n".join(lines)) == ""


@pytest.mark.slow
def test_unknown_and_missing_settings_are_reported(tmp_path: Path) -> None:
    printed = checked(tmp_path, 'Policy(allow_origin="*")\nPolicy()\nCORS(app, {"/api": {"allow_origins": "*"}})')
    assert 'Unexpected keyword argument "allow_origin"' in printed
    assert 'Missing named argument "allow_origins"' in printed
    assert "[dict-item]" in printed
