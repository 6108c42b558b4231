"""Everything documented by 1.0.0 exists, or warns of its new name; the changelog has each change with its issue."""

import importlib
import inspect
import json
import re
import warnings
from contextlib import suppress
from functools import reduce
from pathlib import Path
from typing import Any, Final

import pytest

from django_wsgicors._names import KNOWN
from flask_wsgicors import Options
from flask_wsgicors._options import CORE_TO_OWN
from tests.checkout import ROOT
from wsgicors import Policy, Refusal, Verdict
from wsgicors._catalogue import CATALOGUE
from wsgicors.doctor.catalogue._causes import CAUSES
from wsgicors.doctor.catalogue._weaknesses import WEAKNESSES

DOCUMENTED: Final[dict[str, Any]] = json.loads(Path(__file__).with_name("documented_by_1_0_0.json").read_text("utf-8"))
"""The names, arguments, settings and codes in README, docs/ and the ``__all__`` of the public modules of 1.0.0."""

MOVED: Final = {
    "wsgicors.origins.OriginPattern": "wsgicors.patterns.OriginPattern",
    "wsgicors.origins.OriginSet": "wsgicors.patterns.OriginSet",
    "wsgicors.origins.OriginSource": "wsgicors.OriginSource",
    "wsgicors.origins.patterns_of": "wsgicors.patterns.patterns_of",
    "wsgicors.verdict.Verdict.complete": "wsgicors.verdict.Verdict.all_headers",
    "wsgicors.verdict.Verdict.names": "wsgicors.verdict.Verdict.refused_headers",
    "wsgicors.verdict.Verdict.passed": "wsgicors.verdict.Verdict.debug_headers",
}


def member(holder: object, name: str) -> object:
    """The object of a name in a module or class; for `Verdict` in a verdict, because its properties warn."""
    return getattr(Policy(allow_origins="*").actual("https://a.example") if holder is Verdict else holder, name)


def found(name: str) -> Any:
    """The object of a dotted name."""
    parts = name.split(".")
    for at in range(1, len(parts) + 1):
        with suppress(AttributeError):
            return reduce(member, parts[at:], importlib.import_module(".".join(parts[:at])))
    raise AttributeError(name)


STAYING: Final = [name for name in DOCUMENTED["names"] if name not in MOVED]


@pytest.mark.parametrize("name", [name for name in STAYING if not name.startswith("django_wsgicors.")])
def test_a_name_stays(name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found(name)


@pytest.mark.parametrize(("old", "new"), MOVED.items())
def test_a_name_that_moved_warns_of_the_new_one(old: str, new: str) -> None:
    shown = re.escape(new.removeprefix("wsgicors.verdict."))
    with pytest.warns(DeprecationWarning, match=rf"\b{shown}\b"):
        there = found(old)
    assert there == found(new)


def test_every_name_that_moved_was_documented() -> None:
    assert MOVED.keys() <= {*DOCUMENTED["names"]}


@pytest.mark.parametrize(("function", "arguments"), DOCUMENTED["arguments"].items())
def test_arguments_stay(function: str, arguments: list[str]) -> None:
    there = inspect.signature(found(function)).parameters
    assert [name for name in arguments if name not in there] == []


def test_settings_stay() -> None:
    assert {*DOCUMENTED["django"]} <= {*KNOWN}
    assert {*DOCUMENTED["flask"]} <= {*Options.__annotations__, *CORE_TO_OWN, *CORE_TO_OWN.values()}


THERE: Final[dict[str, list[str]]] = {
    "problems": [*CATALOGUE],
    "refusals": [refusal.value for refusal in Refusal],
    "causes": [*CAUSES],
    "weaknesses": [*WEAKNESSES],
}
"""The current codes."""


@pytest.mark.parametrize("kind", THERE)
def test_codes_stay(kind: str) -> None:
    assert {*DOCUMENTED[kind]} <= {*THERE[kind]}


# -- The changelog -------------------------------------------------------------------------------------------


def test_each_change_stands_under_the_subject_of_its_issue() -> None:
    changes = (ROOT / "CHANGELOG.md").read_text("utf-8").split("\n## ")[1]
    before, *subjects = changes.split("\n### ")
    assert "\n- " not in before
    entry = re.compile(r"- \*\*(?:Behavior|Security|Bug|Performance|API|Documentation)\*\*(?: \([\d.]+\))?: \S")
    for subject in subjects:
        heading, *entries = re.split(r"\n+(?=- )", subject.rstrip())
        assert entries, heading
        assert [text for text in entries if not entry.match(text)] == []


@pytest.mark.parametrize("kind", [*THERE, "django", "flask", "arguments", "names"])
def test_what_is_new_is_in_the_changelog(kind: str) -> None:
    """A code, a setting, an option, an argument or a name of a package that 1.0.0 did not document."""
    packages = ("wsgicors", "wsgicors.asgi", "wsgicors.doctor", "wsgicors.testing", "django_wsgicors", "flask_wsgicors")
    there: dict[str, list[str]] = THERE | {
        "django": [*KNOWN],
        "flask": [*Options.__annotations__, *CORE_TO_OWN.values()],
        "arguments": [name for of in DOCUMENTED["arguments"] for name in inspect.signature(found(of)).parameters],
        "names": [name for package in packages for name in importlib.import_module(package).__all__],
    }
    known = DOCUMENTED[kind]
    if kind == "arguments":
        known = ["self", *(name for names in known.values() for name in names)]
    if kind == "names":
        known = [name.rpartition(".")[2] for name in known]
    changes = (ROOT / "CHANGELOG.md").read_text("utf-8").split("\n## ")[1]
    new = {*there[kind]} - {*known}
    assert {name for name in new if not re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", changes)} == set()
