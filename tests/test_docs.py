"""The generated documents say what the catalogues say."""

import re
from pathlib import Path

import pytest

from docs import build
from wsgicors.problems import CATALOGUE
from wsgicors.verdict import Refusal

DOCUMENTS = build.documents()


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_a_generated_document_is_up_to_date(path: Path) -> None:
    assert path.read_text("utf-8") == DOCUMENTS[path], "run: python -m docs.build"


def test_every_problem_and_refusal_has_its_anchor() -> None:
    anchors = re.findall(r"^#### (.*)$", DOCUMENTS[build.ROOT / "docs" / "errors.md"], re.MULTILINE)
    assert sorted(anchors) == sorted([*CATALOGUE, *(refusal.value for refusal in Refusal)])


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
