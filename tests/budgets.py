"""A plugin that prints how long each part of a whole run took, and its budget: with ``CI`` in the environment.

A part's minutes are the durations of its tests, divided by the number of workers. A part that exceeds its budget gets a
long form, which a command runs. Nothing fails for it: on a busy machine everything takes longer.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

import pytest

BUDGETS: Final = {
    "browsers": (6, ("browsers",)),
    "servers and layers": (3, ("layers",)),
    "proxies and caches": (3, ("export", "servers")),
    "soak": (1, ("soak",)),
    "documentation": (2, ("site",)),
    "doctor": (6, ("doctor",)),
    "the rest": (9, ()),
}
"""The minutes of each part on two cores, and its folders below ``tests/``."""

SPENT: Final = defaultdict[str, float](float)
"""The seconds of each part so far."""


def part_of(test: str) -> str:
    """Return the part of a test, by its id."""
    folder = test.removeprefix("tests/").partition("/")[0]
    return next((part for part, (_, folders) in BUDGETS.items() if folder in folders), "the rest")


def lines(spent: Mapping[str, float], workers: int) -> Iterator[str]:
    """Yield a line for each part."""
    for part, (budget, _) in BUDGETS.items():
        minutes = spent.get(part, 0) / 60 / workers
        yield f"{minutes:5.1f} of {budget} minutes  {part}{': too long' if minutes > budget else ''}"


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Count a test's time; a run's controller gets the reports of all workers."""
    SPENT[part_of(report.nodeid)] += report.duration


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the table."""
    workers: int = config.getoption("numprocesses", None) or 1
    terminalreporter.section("budgets")
    for line in lines(SPENT, workers):
        terminalreporter.write_line(line)
