"""Try everything that the fuzzers have found; ``python -m fuzz`` looks for more."""

import logging
from collections.abc import Generator
from pathlib import Path

import pytest

from fuzz import corpora
from fuzz.__main__ import NAMES
from fuzz.targets import TARGETS
from wsgicors._http import list_members


@pytest.fixture(autouse=True)
def silent() -> Generator[None]:
    """Log no refusals: the inputs of one target are refused thousands of times."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("target", TARGETS)
def test_every_kept_input_keeps_the_law(target: str) -> None:
    kept = corpora.read(target)
    assert kept
    for data in kept:
        TARGETS[target].check(data)


def test_the_command_knows_every_target() -> None:
    assert tuple(TARGETS) == NAMES
    assert {file.stem for file in corpora.FOLDER.iterdir()} == set(NAMES)


def test_only_inputs_that_reach_something_new_are_kept() -> None:
    def check(data: bytes) -> None:
        if data.startswith(b"l"):
            list_members(data.decode("latin-1"))

    assert corpora.smallest(check, [b"loooong", b"", b"l,x", b"other", b"lx"]) == [b"lx"]
    assert corpora.smallest(check, []) == []


def test_a_corpus_is_written_and_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corpora, "FOLDER", tmp_path)
    inputs = [bytes(range(256)), b"", b"https://a.example"]
    corpora.write("any", inputs)
    assert corpora.read("any") == inputs
    assert (tmp_path / "any.json").read_text("ascii").count("\n") == len(inputs) + 2
