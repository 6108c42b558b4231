"""``python -m benchmarks``: measure everything, write it as JSON, draw the plots, and write docs/performance.md."""

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from benchmarks import report, suites
from benchmarks.gate import beside_peers
from benchmarks.measure import Effort
from benchmarks.suites import Row
from benchmarks.throughput import throughput

MEASURED: Final = ("werkzeug", "flask", "flask-cors", "django", "django-cors-headers", "starlette", "gunicorn")


SUITES: Final[Mapping[str, Callable[[Effort], Iterator[Row]]]] = {
    "core": suites.core,
    "scale": suites.scale,
    "flask": partial(suites.peers, ["Flask"]),
    "django": partial(suites.peers, ["Django", "Django, async"]),
    "starlette": partial(suites.peers, ["ASGI"]),
    "namesake": suites.namesake,
}
FIGURES: Final[Mapping[str, Callable[[Effort], dict[str, float]]]] = {
    "building": suites.building,
    "hostile": suites.hostile,
    "imports": suites.imports,
    "throughput": throughput,
    "instructions": beside_peers,
}

LONGER: Final[Mapping[str, tuple[int, int]]] = {"flask": (12, 3), "django": (3, 3)}
"""The factor by which frameworks are measured longer, and in more lives, because of their small shares."""


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--seconds", type=float, default=2, help="for every measurement (default: %(default)s)")
    parser.add_argument("--lives", type=int, default=5, help="starts of all processes in it (default: %(default)s)")
    parser.add_argument("--most", type=int, default=1_000_000, help="at most so long lists, and so many repetitions")
    parser.add_argument(
        "--only", nargs="*", default=[*SUITES, *FIGURES], help="what to measure (default: all: %(default)s)"
    )
    parser.add_argument("--skip", nargs="*", default=[], help="what not to measure")
    parser.add_argument("--results", type=Path, default=report.RESULTS, help="where JSON goes (default: %(default)s)")
    parser.add_argument("--report", action="store_true", help="measure nothing: draw and write what was measured")
    arguments = parser.parse_args()
    if not arguments.report:
        arguments.results.mkdir(exist_ok=True)
        only = [name for name in arguments.only if name not in arguments.skip]
        run(Effort(arguments.seconds, arguments.lives, arguments.most), only, arguments.results)
    # The page shows the results in the repository.
    kept = arguments.results.resolve() == report.RESULTS
    report.write(arguments.results, report.PAGE if kept else arguments.results / report.PAGE.name)


def run(effort: Effort, only: Sequence[str], results: Path) -> None:
    """Measure, and write the results after every suite; results that are not measured now stay unchanged."""
    kept = results / f"python{sys.version_info.major}.{sys.version_info.minor}.json"
    known: dict[str, Any] = json.loads(kept.read_text()) if kept.exists() else {}
    measured: dict[str, Any] = {
        "python": platform.python_version(),
        "machine": f"{platform.machine()}, {os.cpu_count()} processors",
        "loads": known.get("loads", {}),
        "packages": {name: version(name) for name in MEASURED},
        "efforts": known.get("efforts", {}),
        "rows": known.get("rows", {}),
        "figures": known.get("figures", {}),
    }
    for name in only:
        measured["loads"][name] = round(os.getloadavg()[0], 1)
        if name in SUITES:
            longer, lives = LONGER.get(name, (1, 1))
            much = Effort(longer * effort.seconds, lives * effort.lives, effort.most)
            measured["efforts"][name] = much.seconds, much.lives
            measured["rows"][name] = list(_told(SUITES[name](much)))
        else:
            measured["figures"] |= FIGURES[name](effort)
        kept.write_text(json.dumps(measured, indent=1) + "\n")


def _told(rows: Iterable[Row]) -> Iterator[Row]:
    for row in rows:
        sys.stderr.write(
            f"{row['suite']:24} {row['subject']:20} {row['kind']:18} {row['origins']:>9,} "
            f"{row['added_ns']:>12,.0f} ns  {row['ratio']:8.4f} ({row['low']:.4f} to {row['high']:.4f}) × "
            f"{row['unit']}\n"
        )
        yield row


if __name__ == "__main__":
    main()
