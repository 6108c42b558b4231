"""The gate: instructions per request, as a ratio to the yardstick's, without noise from the machine.

``python -m benchmarks.gate`` fails if a hot path costs more than its limit in benchmarks/limits.json for this Python;
``--keep`` writes new limits, with some room above the counts. Needs valgrind.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, NamedTuple

from benchmarks.counting import MARK
from benchmarks.measure import ROOT, Effort, Subject
from benchmarks.subjects import CORE, SCALE, VARY, YARDSTICK
from benchmarks.suites import ANSWERED, KINDS, LISTED, PEERS, WSGI

LIMITS: Final = Path(__file__).resolve().parent / "limits.json"

LOOKED_FOR: Final = ("allowed", "never seen")
"""The figures that are compared with peers."""


class Counted(NamedTuple):
    """Hot paths of one subject.

    Attributes:
        words: Their name, after the kind of request.
        subject: The subject.
        kinds: The kinds of requests.
        requests: The number in the shorter of two sections: the longer has three times as many, and their difference
            does not include the start.
        room: What is added to the count for a limit: builds of Python differ, and frameworks vary from run to run.
    """

    words: str
    subject: Subject
    kinds: tuple[str, ...]
    requests: int = 512
    room: float = 1.06


COUNTED: Final = (
    Counted("", Subject(WSGI, CORE, 1), KINDS),
    Counted(", the app sets Vary", Subject(WSGI + VARY, CORE, 1), ANSWERED[:3]),
    Counted(", 1,000 wildcards", Subject(SCALE + "wildcards", CORE, 1000), ANSWERED[3:]),
    Counted(", Flask", Subject("Flask", "flask_wsgicors", 1), ANSWERED, requests=128, room=1.3),
    Counted(", Django", Subject("Django", "django_wsgicors", 1), ANSWERED, requests=128, room=1.3),
    Counted(", ASGI", Subject("ASGI", "wsgicors.asgi", 1), ANSWERED, requests=128),
)

PATHS: Final = tuple(kind + counted.words for counted in COUNTED for kind in counted.kinds)


def ratios() -> dict[str, float]:
    """Return what every path adds to the bare app, in multiples of what the yardstick adds for such a request."""
    yardstick = Counted("", Subject(WSGI, YARDSTICK, 1), KINDS)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        unit, *counted = pool.map(_added, (yardstick, *COUNTED))
    return {
        kind + one.words: added[kind] / unit[kind]
        for one, added in zip(COUNTED, counted, strict=True)
        for kind in one.kinds
    }


def beside_peers(effort: Effort) -> dict[str, float]:
    """Return what the adapters add as a share of what their peers add, in instructions: runs differ by one percent."""
    asked = [
        (suite, origins, Counted("", Subject(suite, name, origins), LOOKED_FOR, requests=min(requests, effort.most)))
        for origins, requests in zip(LISTED, (128, 16), strict=True)
        if origins <= effort.most
        for suite, (ours, peer) in PEERS.items()
        if "async" not in suite and ours
        for name in (ours[-1], peer)
    ]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        added = list(pool.map(_added, (counted for _, _, counted in asked)))
    return {
        f"instructions, {suite}, {kind}, {origins:,}: of {peer.subject.name}": mine[kind] / theirs[kind]
        for (suite, origins, _), (_, _, peer), mine, theirs in zip(
            asked[::2], asked[1::2], added[::2], added[1::2], strict=True
        )
        for kind in LOOKED_FOR
    }


def _added(counted: Counted) -> dict[str, float]:
    """Return the instructions added to one request of every kind."""
    subject, requests = counted.subject, counted.requests
    # Without site: installed packages do not count unless they are needed.
    program = [sys.executable, "-S", "-m", "benchmarks.counting", str(requests), subject.suite, subject.name]
    path = map(str, (ROOT, ROOT / "adapters", sysconfig.get_path("purelib")))
    environment = {
        **os.environ,
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": os.pathsep.join(path),
    }
    with tempfile.TemporaryDirectory() as folder:
        dumps = Path(folder) / "counts"
        tool = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={dumps}", f"--dump-before={MARK}"]
        command = [*tool, *program, str(subject.origins), *counted.kinds]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr)
        # The last file, without a number, covers everything after the last mark.
        files = sorted(Path(folder).glob("counts.*"), key=lambda file: int(file.suffix[1:]))
        stretches = [int(_COUNTED.findall(file.read_text())[-1]) for file in files]
    # Three marks for each twin of a kind: the section before the first mark is preparation.
    if len(stretches) != 6 * len(counted.kinds):
        raise RuntimeError(f"{len(stretches)} stretches for {len(counted.kinds)} kinds")
    each = [(long - short) / (2 * requests) for short, long in zip(stretches[1::3], stretches[2::3], strict=True)]
    return {kind: with_it - bare for kind, bare, with_it in zip(counted.kinds, each[::2], each[1::2], strict=True)}


_COUNTED = re.compile(r"^(?:summary|totals): (\d+)", re.MULTILINE)


def judged(ratios: Mapping[str, float], limits: Mapping[str, float]) -> list[str]:
    """Return the faults: paths that cost more than their limit, have none, or were not counted.

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
    """Count, and then judge or keep the counts."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gate", description=__doc__)
    parser.add_argument("--keep", action="store_true", help="keep limits that what is counted now just meets")
    keep: bool = parser.parse_args().keep
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    counted = ratios()
    kept: dict[str, dict[str, float]] = json.loads(LIMITS.read_text()) if LIMITS.exists() else {}
    if keep:
        rooms = {kind + one.words: one.room for one in COUNTED for kind in one.kinds}
        kept[python] = {path: round(ratio * rooms[path], 2) for path, ratio in counted.items()}
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
