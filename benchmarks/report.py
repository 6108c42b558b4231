"""Generate docs/performance.md and its plots from benchmarks/results/."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from string import Template
from typing import Final, TypedDict, cast

from benchmarks.gate import LIMITS
from benchmarks.subjects import BARE
from benchmarks.suites import KINDS, Row
from benchmarks.targets import Target, targets

ROOT: Final = Path(__file__).resolve().parent.parent
RESULTS: Final = ROOT / "benchmarks" / "results"
PAGE: Final = ROOT / "docs" / "performance.md"
TEMPLATE: Final = ROOT / "benchmarks" / "page.md"
"""The page without its figures."""

REMARKS: Final = RESULTS / "remarks.md"
"""Hand-written remarks on missed targets, for the page."""

PREFLIGHTS: Final = frozenset({"preflight", "refused preflight"})


Limits = Mapping[str, Mapping[str, float]]
"""The gate's limits, by Python version and path."""


class Run(TypedDict):
    """One run, as `benchmarks.__main__` wrote it."""

    python: str
    machine: str
    loads: dict[str, float]
    packages: dict[str, str]
    efforts: dict[str, tuple[float, int]]
    rows: list[Row]
    figures: dict[str, float]


def write(results: Path, page: Path = PAGE, *, plots: bool = True) -> None:
    """Write the page, and the plots beside the results."""
    runs = [_read(path) for path in sorted(results.glob("python*.json"))]
    if plots:
        from benchmarks.plots import draw

        for run in runs:
            draw(run["rows"], results, version(run))
    remarks = results / REMARKS.name
    limits: Limits = json.loads(LIMITS.read_text())
    page.write_text(text(runs, remarks.read_text() if remarks.exists() else "", limits))


def _read(path: Path) -> Run:
    run = json.loads(path.read_text())
    run["rows"] = [row for rows in run["rows"].values() for row in rows]
    return cast("Run", run)


def version(run: Run) -> str:
    """Return Python's version, as in the names of files."""
    return ".".join(run["python"].split(".")[:2])


def text(runs: Sequence[Run], remarks: str, limits: Limits) -> str:
    """Return the page."""
    filled = Template(TEMPLATE.read_text("utf-8")).substitute(
        conditions="\n\n".join("\n".join(_conditions(run)) for run in runs),
        targets="\n\n".join("\n".join(_all_target_lines(run)) for run in runs),
        remarks=remarks.strip(),
        limits="\n".join(_limit_lines(limits)),
        tables="\n\n".join("\n\n".join(_tables(run)) for run in runs),
    )
    return re.sub(r"\n{3,}", "\n\n", filled).strip() + "\n"


def _limit_lines(limits: Limits) -> Iterator[str]:
    yield "| at most, × the yardstick's instructions | " + " | ".join(f"Python {python}" for python in limits) + " |"
    yield "|---|" + "---:|" * len(limits)
    for path in dict.fromkeys(path for kept in limits.values() for path in kept):
        yield (
            f"| {path} | " + " | ".join(f"{kept[path]:.2f}" if path in kept else "" for kept in limits.values()) + " |"
        )


def _conditions(run: Run) -> Iterator[str]:
    packages = ", ".join(f"{name} {number}" for name, number in run["packages"].items())
    parts: dict[tuple[float, int], list[str]] = {}
    for name, (seconds, lives) in run["efforts"].items():
        parts.setdefault((seconds, lives), []).append(name)
    efforts = ", ".join(
        f"{seconds:g} s in {lives} lives for every measurement of {' and '.join(names)}"
        for (seconds, lives), names in parts.items()
    )
    yield (
        f"- Python {run['python']} on {run['machine']}; {efforts}; "
        f"load average {min(run['loads'].values())} to {max(run['loads'].values())} when its parts began; {packages}."
    )


def _all_target_lines(run: Run) -> Iterator[str]:
    asked, harder = targets(run["rows"], run["figures"])
    yield from _target_lines(f"Python {version(run)}", asked)
    yield ""
    yield from _target_lines(f"Python {version(run)}, harder cases held to the same limits", harder)


def _target_lines(words: str, held: Sequence[Target]) -> Iterator[str]:
    met = sum(target.met for target in held)
    yield f"### {words}: {met} of {len(held)} met\n"
    yield "| target | at most (at least) | measured | |"
    yield "|---|---|---|---|"
    for target in held:
        yield f"| {target.what} | {_limit(target)} | {_figure(target)} | {target.outcome} |"


def _limit(target: Target) -> str:
    shown = _number(target.limit, target.unit)
    return f"(at least {shown})" if target.at_least else shown


def _figure(target: Target) -> str:
    if target.figure is None:
        return "–"
    told = _number(target.figure, target.unit)
    return (
        told
        if target.interval is None
        else f"{told} ({' to '.join(_number(end, target.unit) for end in target.interval)})"
    )


def _number(value: float, unit: str) -> str:
    if unit == "×" and 0 < value < 0.5:
        return f"1/{1 / value:,.0f}"
    return f"{value:,.{2 if abs(value) < 100 else 0}f} {unit}".strip()


def _digits(value: float) -> str:
    """Return a figure with its significant digits.

    >>> _digits(1.2494), _digits(0.0026)
    ('1.249', '1/385')
    """
    return f"1/{1 / value:,.0f}" if 0 < value < 0.1 else f"{value:,.3f}"


def _tables(run: Run) -> Iterator[str]:
    yield f"## All figures, Python {version(run)}"
    yield "### Nanoseconds added to a request"
    yield "\n".join(_added_table([row for row in run["rows"] if row["kind"] not in PREFLIGHTS or _is_wsgi(row)]))
    yield "### Nanoseconds for the whole answer to a preflight"
    rows = [row for row in run["rows"] if row["kind"] in PREFLIGHTS and not _is_wsgi(row)]
    yield "\n".join(_table(rows, ("preflight", "refused preflight"), lambda row: f"{row['whole_ns']:,.0f}"))
    yield "### Memory, building, starting, serving"
    lines = ["| | |", "|---|---|", *(f"| {name} | {_digits(value)} |" for name, value in run["figures"].items())]
    yield "\n".join(lines)
    if any(row["suite"].startswith("scale") for row in run["rows"]):
        name = version(run)
        yield f"![Cost against the number of origins](../benchmarks/results/cost-{name}.svg)"


def _is_wsgi(row: Row) -> bool:
    return row["suite"].startswith(("WSGI", "scale"))


def _added_table(rows: Iterable[Row]) -> Iterator[str]:
    """Yield a table of figures, each with its ratio to the unit's."""

    def cell(row: Row) -> str:
        added = f"{row['added_ns']:,.0f}"
        return added if row["subject"] in (row["unit"], BARE) else f"{added} ({_number(row['ratio'], '×')})"

    return _table(rows, KINDS, cell)


def _table(rows: Iterable[Row], kinds: Sequence[str], cell: Callable[[Row], str]) -> Iterator[str]:
    by: dict[tuple[str, str, int], dict[str, str]] = {}
    for row in rows:
        by.setdefault((row["suite"], row["subject"], row["origins"]), {})[row["kind"]] = cell(row)
    yield "| | | origins | " + " | ".join(kinds) + " |"
    yield "|---|---|---:|" + "---:|" * len(kinds)
    for (suite, subject, origins), cells in by.items():
        yield f"| {suite} | {subject} | {origins:,} | " + " | ".join(cells.get(kind, "") for kind in kinds) + " |"
