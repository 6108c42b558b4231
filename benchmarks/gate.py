"""The gate: instructions that a request costs, as a ratio to the yardstick's, which no noise of the machine changes.

``python -m benchmarks.gate`` fails where a hot path costs more than benchmarks/limits.json has for this Python;
``--keep`` writes there what it counts, and some room above it. Needs valgrind.
"""

import argparse
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from benchmarks.counting import BARE, PATHS, YARDSTICK

ROOT: Final = Path(__file__).resolve().parent.parent
LIMITS: Final = Path(__file__).resolve().parent / "limits.json"

REQUESTS: Final = 1024
"""Of the shorter of two runs: the longer has three times as many, and their difference knows nothing of the start."""

ROOM: Final = 1.04
"""What other builds of the same Python, and other flags of the compiler, may cost more."""

TOGETHER: Final = 4
"""Runs at a time."""

_COUNTED = re.compile(r"Collected : (\d+)")


def count(path: str, requests: int) -> int:
    """Instructions of a whole process that handles so many requests."""
    # Without site: what is installed beside Python does not count.
    program = [sys.executable, "-S", "-m", "benchmarks.counting", path, str(requests)]
    tool = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
    environment = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": ""}
    done = subprocess.run(
        [*tool, *program], cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=300
    )
    counted = _COUNTED.search(done.stderr)
    if done.returncode or counted is None:
        raise RuntimeError(f"{path}: no count\n{done.stderr}")
    return int(counted[1])


def costs() -> dict[str, float]:
    """Instructions of one request of every path, the bare app and the yardstick among them."""
    paths = (BARE, YARDSTICK, *PATHS)
    runs = [(path, requests) for path in paths for requests in (REQUESTS, 3 * REQUESTS)]
    with ThreadPoolExecutor(TOGETHER) as pool:
        counted = dict(zip(runs, pool.map(lambda run: count(*run), runs), strict=True))
    return {path: (counted[path, 3 * REQUESTS] - counted[path, REQUESTS]) / (2 * REQUESTS) for path in paths}


def ratios(costs: Mapping[str, float]) -> dict[str, float]:
    """What every path adds to the bare app, in multiples of what the yardstick adds.

    >>> ratios({"bare app": 1000, "yardstick": 1500, "allowed": 2200})
    {'allowed': 2.4}
    """
    unit = costs[YARDSTICK] - costs[BARE]
    return {path: (cost - costs[BARE]) / unit for path, cost in costs.items() if path not in (BARE, YARDSTICK)}


def judged(ratios: Mapping[str, float], limits: Mapping[str, float]) -> list[str]:
    """What is wrong: a path that costs more than its limit, that has none, or that was not counted.

    >>> judged({"allowed": 2.4, "refused": 4.0}, {"allowed": 2.5, "refused": 3.9})
    ["refused: 4.00 × the yardstick's instructions, over the limit of 3.90"]
    """
    faults = [f"{path}: no limit is kept" for path in ratios.keys() - limits.keys()]
    faults += [f"{path}: has a limit, but was not counted" for path in limits.keys() - ratios.keys()]
    faults += [
        f"{path}: {ratio:.2f} × the yardstick's instructions, over the limit of {limits[path]:.2f}"
        for path, ratio in ratios.items()
        if path in limits and ratio > limits[path]
    ]
    return faults


def main() -> int:
    """Count, and judge or keep."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gate", description=__doc__)
    parser.add_argument("--keep", action="store_true", help="keep limits that what is counted now just meets")
    keep: bool = parser.parse_args().keep
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    counted = ratios(costs())
    kept: dict[str, dict[str, float]] = json.loads(LIMITS.read_text()) if LIMITS.exists() else {}
    if keep:
        kept[python] = {path: round(ratio * ROOM, 2) for path, ratio in counted.items()}
        LIMITS.write_text(json.dumps(dict(sorted(kept.items())), indent=2) + "\n")
    limits = kept.get(python, {})
    for path, ratio in counted.items():
        print(f"{path:32} {ratio:6.2f} × the yardstick  (limit {limits.get(path, float('nan')):.2f})")
    faults = judged(counted, limits)
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
