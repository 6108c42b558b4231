"""The generated documents say what the catalogues say."""

import re
import shlex
from pathlib import Path
from typing import Any

import click
import pytest

from docs import build
from tests.wsgi import App
from wsgicors import CORS, Policy
from wsgicors._cli import wsgicors
from wsgicors.browser import Response
from wsgicors.doctor.catalogue._causes import CAUSES
from wsgicors.doctor.catalogue._weaknesses import WEAKNESSES
from wsgicors.doctor.diagnosis._audit import MOST_REQUESTS, PAUSE
from wsgicors.doctor.diagnosis._questions import MOST_QUESTIONS
from wsgicors.doctor.evidence._wire import BODY_LIMIT, Reply, Wire
from wsgicors.problems import CATALOGUE
from wsgicors.verdict import Refusal

DOCUMENTS = build.documents()


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_a_generated_document_is_up_to_date(path: Path) -> None:
    assert path.read_text("utf-8") == DOCUMENTS[path], "run: python -m docs.build"


def test_every_problem_refusal_cause_and_weakness_has_its_anchor() -> None:
    anchors = re.findall(r"^#### (.*)$", DOCUMENTS[build.ROOT / "docs" / "errors.md"], re.MULTILINE)
    doctor_s = [*(f"Cause: {name}" for name in CAUSES), *(f"Weakness: {name}" for name in WEAKNESSES)]
    assert sorted(anchors) == sorted([*CATALOGUE, *(refusal.value for refusal in Refusal), *doctor_s])


def test_every_setting_is_told_of() -> None:
    rows = [row for row in build.settings_table().splitlines()[2:] if len(row.split(" | ")[2]) < 40]
    assert rows == []


def test_a_problem_without_an_example_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "CATALOGUE", {**CATALOGUE, "new-problem": CATALOGUE["no-rules"]})
    with pytest.raises(LookupError, match="no example of new-problem"):
        build.examples()


def test_an_example_without_its_problem_is_an_error() -> None:
    with pytest.raises(LookupError, match="has no problem no-origins"):
        build.problem_of('Policy(allow_origins="*")', "no-origins")


def test_a_document_without_a_place_for_its_block_is_an_error() -> None:
    with pytest.raises(LookupError, match="no place for settings"):
        build.filled("<!-- settings -->\n", {"settings": ""})


# -- The doctor's page -------------------------------------------------------------------------------------------------

DOCTOR = (build.ROOT / "docs" / "doctor.md").read_text("utf-8")


@pytest.mark.parametrize("block", re.findall(r"^```console\n(.*?)^```", DOCTOR, re.DOTALL | re.MULTILINE))
def test_its_commands_can_be_typed(block: str) -> None:
    for name, rest in re.findall(r"wsgicors (why|explain|probe|audit)(.*)$", block, re.MULTILINE):
        command = wsgicors.get_command(click.Context(wsgicors), name)
        assert command
        known = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in shlex.split(rest) if word.startswith("--")} <= known


def test_its_programs_run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    program, tests = re.findall(r"^```python\n(.*?)^```", DOCTOR, re.DOTALL | re.MULTILINE)
    policy = Policy(allow_origins=["https://www.example.com"], allow_methods=["PUT"], allow_headers=["Content-Type"])
    refused = Reply(Response(200, [("Server", "nginx")]))
    monkeypatch.setattr(Wire, "send", lambda *_: refused)
    exec(program, {"console_text": "No 'Access-Control-Allow-Origin' header is present on the requested resource."})
    assert "\nblocked ['" in capsys.readouterr().out
    names: dict[str, Any] = {"app": CORS(App(), policy)}
    exec(tests, names)
    names["test_who_may_write"]()


def test_its_limits_are_those_of_the_code() -> None:
    numbers = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
    assert f"at most {numbers[MOST_QUESTIONS]} harmless" in DOCTOR
    assert f"never more than {MOST_REQUESTS} times" in DOCTOR
    assert 1 / PAUSE == 5
    assert "five times\na second" in DOCTOR
    assert f"no more than {BODY_LIMIT // 1024} KB" in DOCTOR
