"""docs/performance.md and its plots, made of what benchmarks/results/ holds."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, TypedDict, cast

from benchmarks.gate import LIMITS
from benchmarks.subjects import BARE
from benchmarks.suites import KINDS, SIZES, Row
from benchmarks.targets import Target, targets

ROOT: Final = Path(__file__).resolve().parent.parent
RESULTS: Final = ROOT / "benchmarks" / "results"
PAGE: Final = ROOT / "docs" / "performance.md"
REMARKS: Final = RESULTS / "remarks.md"
"""Why targets are missed, by hand; goes into the page."""

PREFLIGHTS: Final = frozenset({"preflight", "refused preflight"})


Limits = Mapping[str, Mapping[str, float]]
"""Of the gate, by Python's version and by path."""


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
    """Make the page, and the plots beside the results."""
    runs = [_read(path) for path in sorted(results.glob("python*.json"))]
    if plots:
        from benchmarks.plots import draw

        for run in runs:
            draw(run["rows"], run["figures"], results, version(run))
    remarks = results / REMARKS.name
    limits: Limits = json.loads(LIMITS.read_text())
    page.write_text(text(runs, remarks.read_text() if remarks.exists() else "", limits))


def _read(path: Path) -> Run:
    run = json.loads(path.read_text())
    run["rows"] = [row for rows in run["rows"].values() for row in rows]
    return cast("Run", run)


def version(run: Run) -> str:
    """Python's version, as files are named by it."""
    return ".".join(run["python"].split(".")[:2])


def text(runs: Sequence[Run], remarks: str, limits: Limits) -> str:
    """The page."""
    parts = [
        "# What a request costs",
        (
            "Made by `python -m benchmarks --report` of what `python -m benchmarks` has measured: benchmarks/results/. "
            "Only the ratios mean anything on another machine."
        ),
        RUN,
        "## What was measured",
        MEASURED,
        *("\n".join(_conditions(run)) for run in runs),
        "## Targets",
        *("\n".join(_all_target_lines(run)) for run in runs),
        remarks.strip(),
        "## The gate",
        GATE,
        "\n".join(_limit_lines(limits)),
        *("\n\n".join(_tables(run)) for run in runs),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


MEASURED: Final = """\
Every figure is the time of one in-process request. In each of many rounds every subject does the same work, in batches of
one request, or of as many as take 50 µs: eight batches in a row with what is measured around the app, eight without, in changing
order. *Added* is the difference of their medians, so that what interrupts a batch does not count. Each subject has a process
of its own, and lives several times. What is told are medians; in brackets stand the lowest and the highest ratio of any
life. The *yardstick* is the least that a middleware can do: a closure that adds two constant headers to the app's, and
looks at nothing. *Bare* has nothing around the app: what it seems to add cannot be told from nothing.

The allowed origin is the last of its list, as that of the latest customer is. Whoever looks through the list finds the
first one at once, and those in the middle in half the time. A request without Origin is not looked for in any list, which is
why it has no target for 1,000 origins.

A preflight is answered in the app's stead. Around the small WSGI apps what it adds is still told as the difference to the
bare app's answer, which costs next to nothing. Frameworks do more for any answer than for such a preflight, so that the
difference would be below zero: there the whole answers stand side by side. flask-cors and django-cors-headers
leave some of the checks to the browser: they answer a refused preflight with a status of success, or the app does.

*Never seen* means another origin in each request, none of them allowed. *Refused* is the same one every time. Django's
async view is a coroutine, measured from the first middleware to the view and back: what Django's ASGI handler does
before and after hops between threads, and takes ten times as long.

Under gunicorn one worker of its default kind serves the bare app, the yardstick and this library around it by turns of 32 requests,
which wrk sends over four connections. The requests have the headers that Chromium sends with a cross-origin `fetch`; those
without Origin have the others.

`import wsgicors` is timed above an interpreter that has loaded what every one has loaded when it starts, and nothing that
happens to be installed beside the package."""


RUN: Final = """\
```sh
python3 -m venv .venv && .venv/bin/pip install -e '.[django,flask,cli]' --group bench && .venv/bin/python -m benchmarks
```

It takes about half an hour, and wants the machine for itself. `wrk` and `valgrind`, from `.ci/install`, drive the server
and count instructions."""


GATE: Final = """\
Noise does not reach this one: `python -m benchmarks.gate` has valgrind count the instructions of a request, and CI fails
where one costs more than benchmarks/limits.json allows, in multiples of the yardstick's. Instructions are not time: a branch that
is foreseen and memory that is near cost less than others."""


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
    """A figure with as many digits as tell something.

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
        yield f"![Memory against the number of origins](../benchmarks/results/memory-{name}.svg)"


def _is_wsgi(row: Row) -> bool:
    return row["suite"].startswith(("WSGI", "scale"))


def _added_table(rows: Iterable[Row]) -> Iterator[str]:
    """Each figure with its ratio to what the unit added."""

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


def memory(figures: Mapping[str, float]) -> list[tuple[int, float]]:
    """Numbers of exact origins, and the bytes of a policy that has them."""
    return [(size, figures[name] * size) for size in SIZES if (name := f"bytes an origin, {size:,}") in figures]
