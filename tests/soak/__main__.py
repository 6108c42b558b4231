"""Run the soak: ``python -m tests.soak --minutes 60``.

Fails on an error, a wrong response, memory that grows by a tenth from the first half to the second, a log of more than
100 KB a minute, or a latency under attack of more than twice the latency without.
"""

import argparse
import sys

from tests.soak.running import Figures, run


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.soak")
    parser.add_argument("--minutes", type=float, default=10)
    minutes: float = parser.parse_args().minutes
    figures = run(minutes * 60)
    print(figures)
    failures = faults(figures, minutes)
    if figures.attacked > 2 * figures.quiet:
        failures.append("the latency under attack is more than twice that in quiet")
    sys.exit("; ".join(failures))


def faults(figures: Figures, minutes: float) -> list[str]:
    """Return the failures that do not depend on the machine."""
    half = len(figures.memory) // 2
    found = {
        "errors": figures.errors,
        "wrong answers": figures.wrong,
        "memory grows": max(figures.memory[half:]) > 1.1 * max(figures.memory[:half]),
        "the log is too long": figures.log > 100_000 * (minutes + 1),
    }
    return [fault for fault, is_there in found.items() if is_there]


if __name__ == "__main__":
    main()
