"""This library's column of the table in docs/attacks.md; the command also tries the other libraries."""

import re
from pathlib import Path

from tests.attacks.__main__ import HEAD
from tests.attacks.subjects import ASGI
from tests.attacks.techniques import OPEN, TECHNIQUES, ours

PAGE = Path(__file__).parents[1] / "docs" / "attacks.md"


def test_no_attack_goes_through_and_the_documented_table_is_current() -> None:
    found = ours()
    assert [name for name, outcome in found.items() if outcome == OPEN] == []
    rows = [re.split(r"(?<!\\) ?\| ?", line)[1:3] for line in PAGE.read_text("utf-8").splitlines() if line[:2] == "| "]
    assert dict(rows[2:-1]) == found
    assert len(found) == len(TECHNIQUES) > 60
    assert PAGE.read_text("utf-8").startswith(HEAD)


def test_no_attack_goes_through_the_asgi_wrapper() -> None:
    assert ours(ASGI) == ours()
