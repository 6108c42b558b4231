"""Try every case, and count."""

import logging
import sys
from collections import Counter
from collections.abc import Callable

from tests.opinions.cases import CASES, differences, outcomes


def counts() -> list[str]:
    """A line for each project, and one for all."""
    explained = Counter(case.project for case in CASES if case.reason)
    whole = Counter(case.project for case in CASES)
    rows = [(project, whole[project] - explained[project], explained[project]) for project in whole]
    rows.append(("all", len(CASES) - explained.total(), explained.total()))
    return [f"{project}: {same} the same, {others} explained" for project, same, others in rows]


def main(report: Callable[[str], None] = print) -> None:
    logging.disable(logging.CRITICAL)  # refusals, and Django's 403
    for case, got in outcomes(CASES):
        if bool(differences(case, got)) != bool(case.reason):
            sys.exit(f"not as recorded: {case}\n{got}")
    for line in counts():
        report(line)


if __name__ == "__main__":
    main()
