"""Plot cost against the number of origins, as SVG."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks.suites import Row

COLOURS: Final = ("#0b5fa5", "#d1495b", "#2e8b57", "#8e44ad", "#c77c02", "#555555")

LINES: Final = (
    ("scale, exact", "core", "allowed", "exact origins, allowed"),
    ("scale, exact", "core", "never seen", "exact origins, never seen"),
    ("scale, wildcards", "core", "allowed", "wildcards, allowed"),
    ("scale, wildcards", "core", "never seen", "wildcards, never seen"),
    ("scale, regexes", "core", "never seen", "regular expressions, never seen"),
)
PEERS: Final = (
    ("Flask", "flask-cors", "never seen", "flask-cors"),
    ("Flask", "flask_wsgicors", "never seen", "flask_wsgicors"),
    ("Django", "django-cors-headers", "never seen", "django-cors-headers"),
    ("Django", "django_wsgicors", "never seen", "django_wsgicors"),
    ("ASGI", "Starlette", "never seen", "Starlette"),
    ("WSGI", "wsgicors 0.7", "never seen", "wsgicors 0.7"),
)


def draw(rows: Sequence[Row], folder: Path, version: str) -> None:
    """Draw what each request costs with 1 to 1,000 origins and more."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "benchmarks"  # the same figures make the same file
    mpl.rcParams["svg.fonttype"] = "none"  # text as text: a fifth of the size
    from matplotlib import pyplot as plt

    figure, (ours, peers) = plt.subplots(1, 2, figsize=(11, 4.6), layout="constrained")
    figure.suptitle(f"Added to a request, Python {version}")
    # The machine's speed changes between suites: compare multiples.
    _lines(ours, rows, LINES, "core", lambda row: row["ratio"], "× the yardstick")
    title = "origin never seen before, 1 and 1,000 origins"
    _lines(peers, rows, PEERS, title, lambda row: row["added_ns"], "nanoseconds")
    _save(figure, folder / f"cost-{version}.svg")


def _lines(
    axes: Any,
    rows: Sequence[Row],
    lines: Sequence[tuple[str, str, str, str]],
    title: str,
    cost: Callable[[Row], float],
    unit: str,
) -> None:
    for (suite, subject, kind, label), colour in zip(lines, COLOURS, strict=False):
        points = sorted(
            (row["origins"], cost(row))
            for row in rows
            if (row["suite"], row["subject"], row["kind"]) == (suite, subject, kind)
        )
        if points:
            axes.plot(*zip(*points, strict=True), "o-", color=colour, label=label)
    if not axes.lines:
        return
    axes.set(xscale="log", yscale="log", xlabel="origins", ylabel=unit, title=title)
    axes.grid(alpha=0.3)
    axes.legend(frameon=False, fontsize=8, loc="upper left")
    low, high = axes.get_ylim()
    axes.set_ylim(low / 1.5, high * 6)  # room for the legend


def _save(figure: Any, path: Path) -> None:
    from matplotlib import pyplot as plt

    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)
