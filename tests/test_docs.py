"""The generated documents match the catalogues."""

import re
import shlex
import warnings
from pathlib import Path
from typing import Any
from wsgiref.util import setup_testing_defaults

import click
import pytest
from pygments.lexers import get_lexer_by_name
from pygments.token import Token

from docs import build, examples
from docs.codes import is_rules
from docs.doctor import LANGUAGES
from tests.wsgi import App
from wsgicors import CORS, Policy
from wsgicors._catalogue import CATALOGUE
from wsgicors._cli import wsgicors
from wsgicors.browser import Response
from wsgicors.doctor.catalogue._causes import CAUSES
from wsgicors.doctor.catalogue._examples import PROBLEMS
from wsgicors.doctor.catalogue._weaknesses import WEAKNESSES
from wsgicors.doctor.diagnosis._audit import MOST_REQUESTS, PAUSE
from wsgicors.doctor.diagnosis._questions import MOST_QUESTIONS
from wsgicors.doctor.evidence._wire import BODY_LIMIT, Reply, Wire
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
    monkeypatch.setattr(examples, "CATALOGUE", {**CATALOGUE, "new-problem": CATALOGUE["no-rules"]})
    with pytest.raises(LookupError, match="no example of new-problem"):
        examples.examples()


def test_an_example_without_its_problem_is_an_error() -> None:
    with pytest.raises(LookupError, match="has no problem no-origins"):
        examples.problem_of('Policy(allow_origins="*")', "no-origins")


@pytest.mark.parametrize("code", [code for section in PROBLEMS.values() for code in section])
def test_what_is_shown_as_right_is_built(code: str) -> None:
    wrong, right = next(section[code] for section in PROBLEMS.values() if code in section)
    assert wrong != right
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert examples.made(right)


@pytest.mark.parametrize("refusal", Refusal, ids=lambda refusal: refusal.code)
def test_what_is_shown_of_a_refusal_meets_it_and_what_is_shown_as_right_does_not(refusal: Refusal) -> None:
    met = examples.REFUSALS[refusal]
    assert refusal_of(met.rules, met.request) is refusal
    rules, request = (met.right, met.request) if is_rules(met.right) else (met.rules, met.right)
    left = Refusal.ORIGIN_NOT_ALLOWED if refusal is Refusal.NAVIGATION_NOT_ALLOWED else None  # the app runs, unread
    assert refusal_of(rules, request) is left


def refusal_of(rules: str, request: str) -> Refusal | None:
    """The refusal of a request, in the form of the pages."""
    start, *fields = request.splitlines()
    method, _, path = start.partition(" ")
    environ: dict[str, Any] = {"REQUEST_METHOD": method, "PATH_INFO": path}
    for field in fields:
        name, _, value = field.partition(": ")
        environ["HTTP_" + name.upper().replace("-", "_")] = value
    setup_testing_defaults(environ)
    met: list[Refusal | None] = []
    app = CORS(examples.hello, examples.made(rules), on_refusal=lambda verdict, _: met.append(verdict.refusal))
    for _ in app(environ, lambda *_: None):
        pass
    return met[0] if met else None


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


def test_the_lines_of_each_remedy_are_in_the_language_that_the_site_says() -> None:
    filled = (known.filled(known.example) for known in CAUSES.values())
    remedies = [remedy for cause in filled for remedy in cause.remedies if remedy.code]
    wrong = [
        (remedy.place, remedy.code)
        for remedy in remedies
        for token, _ in get_lexer_by_name(LANGUAGES[remedy.place]).get_tokens(remedy.code)
        if token is Token.Error
    ]
    assert len(remedies) > 100
    assert wrong == []


def test_its_limits_are_those_of_the_code() -> None:
    numbers = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
    assert f"at most {numbers[MOST_QUESTIONS]} harmless" in DOCTOR
    assert f"never more than {MOST_REQUESTS} times" in DOCTOR
    assert 1 / PAUSE == 5
    assert "five times\na second" in DOCTOR
    assert f"no more than {BODY_LIMIT // 1024} KB" in DOCTOR


@pytest.mark.parametrize("code", [code for code, fault in CATALOGUE.items() if not fault.remedy])
def test_a_problem_without_a_general_remedy_says_what_to_write_instead(code: str) -> None:
    wrong, _ = next(section[code] for section in PROBLEMS.values() if code in section)
    assert examples.problem_of(wrong, code).instead
