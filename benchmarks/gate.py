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
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from benchmarks.counting import BARE, MARK, PATHS, YARDSTICK

ROOT: Final = Path(__file__).resolve().parent.parent
LIMITS: Final = Path(__file__).resolve().parent / "limits.json"

REQUESTS: Final = 1024
"""Of the shorter of two stretches: the longer has three times as many, and their difference knows nothing of how they begin."""

ROOM: Final = 1.04
"""What other builds of the same Python may cost more."""


def costs() -> dict[str, float]:
    """Instructions of one request of every path, the bare app and the yardstick among them."""
    paths = (BARE, YARDSTICK, *PATHS)
    with tempfile.TemporaryDirectory() as folder:
        counted = _stretches(Path(folder))
    # Three marks a path: what ends at the first of them is its preparation.
    if len(counted) != 3 * len(paths):
        raise RuntimeError(f"{len(counted)} stretches for {len(paths)} paths")
    return {
        path: (long - short) / (2 * REQUESTS)
        for path, short, long in zip(paths, counted[1::3], counted[2::3], strict=True)
    }


def _stretches(folder: Path) -> list[int]:
    """Instructions between one mark and the next."""
    # Without site: what is installed beside Python does not count.
    program = [sys.executable, "-S", "-m", "benchmarks.counting", str(REQUESTS)]
    dumps = folder / "counts"
    tool = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={dumps}", f"--dump-before={MARK}"]
    environment = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": ""}
    done = subprocess.run([*tool, *program], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    # The last file, without a number, is of what comes after the last mark.
    files = sorted(folder.glob("counts.*"), key=lambda file: int(file.suffix[1:]))
    return [int(_COUNTED.findall(file.read_text())[-1]) for file in files]


_COUNTED = re.compile(r"^(?:summary|totals): (\d+)", re.MULTILINE)


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
