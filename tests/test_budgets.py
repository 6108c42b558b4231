"""The budgets of a whole run's parts."""

import os
import subprocess
import sys

from tests.budgets import BUDGETS, lines, part_of
from tests.checkout import ROOT


def test_each_test_has_a_part() -> None:
    assert part_of("tests/browsers/test_matrix.py::test_x[a/b]") == "browsers"
    assert part_of("tests/servers/test_caches.py::test_x") == "proxies and caches"
    assert part_of("tests/laws/test_lists.py::test_x") == "the rest"
    named = [folder for _, folders in BUDGETS.values() for folder in folders]
    assert [folder for folder in named if not (ROOT / "tests" / folder).is_dir()] == []


def test_a_part_that_takes_too_long_is_named() -> None:
    found = [*lines({"soak": 121, "browsers": 60}, 2)]
    assert "  0.5 of 6 minutes  browsers" in found
    assert "  1.0 of 1 minutes  soak: too long" in found
    assert sum(budget for budget, _ in BUDGETS.values()) <= 30  # of 40: the other steps need the rest


def test_a_run_prints_them() -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "1"]
    command += ["tests/test_budgets.py", "-k", "each_test_has"]
    environment = {**os.environ, "PYTEST_ADDOPTS": "", "CI": "true"}
    printed = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout
    assert "  0.0 of 9 minutes  the rest" in printed
