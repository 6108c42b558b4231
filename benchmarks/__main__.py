"""``python -m benchmarks``: measure everything, write it as JSON, draw it, and make docs/performance.md of it."""

import argparse
import json
import os
import platform
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from benchmarks import report, suites
from benchmarks.suites import Row
from benchmarks.throughput import throughput

MEASURED = ("werkzeug", "flask", "flask-cors", "django", "django-cors-headers", "starlette", "gunicorn")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--seconds", type=float, default=2, help="for every measurement (default: %(default)s)")
    parser.add_argument("--only", nargs="*", default=["core", "scale", "peers", "namesake"], help="suites to run")
    parser.add_argument("--results", type=Path, default=report.RESULTS, help="where JSON goes (default: %(default)s)")
    parser.add_argument("--report", action="store_true", help="measure nothing: draw and write what was measured")
    arguments = parser.parse_args()
    if not arguments.report:
        arguments.results.mkdir(exist_ok=True)
        measured = run(arguments.seconds, arguments.only)
        name = f"python{sys.version_info.major}.{sys.version_info.minor}.json"
        (arguments.results / name).write_text(json.dumps(measured, indent=1) + "\n")
    report.write(arguments.results)


def run(seconds: float, only: list[str]) -> dict[str, object]:
    """Measure."""
    return {
        "python": platform.python_version(),
        "machine": f"{platform.machine()}, {os.cpu_count()} processors",
        "load": os.getloadavg()[0],
        "packages": {name: version(name) for name in MEASURED},
        "seconds": seconds,
        "rows": list(_rows(seconds, only)),
        "figures": {
            **suites.building(),
            **suites.hostile(),
            **suites.imports(),
            **throughput(),
        },
    }


def _rows(seconds: float, only: list[str]) -> Iterator[Row]:
    for name in only:
        for row in getattr(suites, name)(seconds):
            sys.stderr.write(
                f"{row['suite']:24} {row['subject']:20} {row['kind']:18} {row['origins']:>9,} "
                f"{row['added_ns']:>12,.0f} ns  {row['ratio']:8.3f} × {row['unit']}\n"
            )
            yield row


if __name__ == "__main__":
    main()
