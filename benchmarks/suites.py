"""The suites: each one yields rows, each measured for a given number of seconds."""

import itertools
import os
import subprocess
import sys
import tempfile
import tracemalloc
from collections.abc import Iterator, Mapping, Sequence
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median
from time import process_time
from types import MappingProxyType
from typing import TypedDict

import wsgicors
from benchmarks import work
from benchmarks.measure import ROOT, Cost, Effort, Subject, measure
from benchmarks.ours import policy
from benchmarks.subjects import BARE, CORE, NAMESAKE, SCALE, VARY, YARDSTICK

WSGI = "WSGI, 7 headers"
"""The app of the core's targets."""

BUILDING = "seconds, 1,000,000 exact origins"
LEFT = "bytes a request left, hostile traffic"
HELD = "KiB held at most, hostile traffic"
IMPORT = "milliseconds, import wsgicors"
EMPTY = "milliseconds, an empty interpreter"
MODULES = "modules, import wsgicors"

PACKAGE = "import wsgicors"

STARTS = 200
"""The number of starts of Python with the package, and without: enough that no slow moment decides."""

STARTED = "import site"
"""With ``-S``, the modules that every Python loads at start, regardless of installed packages."""

HOSTILE = 64 * 1024
"""Requests of one round of hostile traffic."""

SIZES = (1, 100, 10_000, 1_000_000)
"""The lengths of lists of exact origins."""

LISTED = (1, 1000)
"""The lengths of lists for peers."""

KINDS = tuple(work.requests())

ANSWERED = KINDS[:4]
"""The kinds of requests that the app answers."""

FAMILIES = {"exact": SIZES, "wildcards": (1, 100, 10_000, 100_000), "regexes": (1, 100)}

PEERS: Mapping[str, tuple[list[str], str]] = {
    "Flask": ([YARDSTICK, "flask_wsgicors"], "flask-cors"),
    "Django": ([YARDSTICK, "django_wsgicors"], "django-cors-headers"),
    "Django, async": ([YARDSTICK, "django_wsgicors"], "django-cors-headers"),
    "ASGI": (["wsgicors.asgi"], "Starlette"),
}
"""This library's subject and its peer, by framework."""

PEER = "wsgicors==0.7.0"
"""The unrelated package of the same name, visible only in a process of its own."""


class Row(TypedDict):
    """The cost of a kind of request for a subject with a number of origins.

    `whole_ns` is the time of the whole request, `added_ns` the time above the bare app's. `ratio` is `added_ns` in
    multiples of what `unit` added, and lies between `low` and `high` (`benchmarks.measure.Cost`).
    """

    suite: str
    subject: str
    kind: str
    origins: int
    whole_ns: float
    added_ns: float
    unit: str
    ratio: float
    low: float
    high: float


def core(effort: Effort) -> Iterator[Row]:
    """Measure the middleware around apps that set 2, 7 and 20 headers, with ``Vary`` and without."""
    for headers in (2, 7, 20):
        for vary in (False, True):
            suite = f"WSGI, {headers} headers{VARY * vary}"
            yield from _rows(suite, [YARDSTICK, CORE], YARDSTICK, 1, effort)


def scale(effort: Effort) -> Iterator[Row]:
    """Measure the same requests with more and more origins, all in the same rounds, so that any growth shows."""
    for family, sizes in FAMILIES.items():
        suite = SCALE + family
        counts = [size for size in sizes if size <= effort.most]
        subjects = {YARDSTICK: Subject(suite, YARDSTICK, 1)}
        subjects |= {str(count): Subject(suite, CORE, count) for count in counts}
        costs = measure(subjects, KINDS, unit=YARDSTICK, effort=effort)
        for kind in KINDS:
            for count in counts:
                yield _row(subjects[str(count)], kind, YARDSTICK, costs[str(count), kind])


def peers(suites: Sequence[str], effort: Effort) -> Iterator[Row]:
    """Measure adapters against their peers, in some of the frameworks of `PEERS`."""
    for count in LISTED:
        for suite in suites if count <= effort.most else ():
            ours, peer = PEERS[suite]
            yield from _rows(suite, [BARE, *ours, peer], peer, count, effort)


def namesake(effort: Effort) -> Iterator[Row]:
    """Measure the package of the same name, in a process that sees it instead of this library."""
    with tempfile.TemporaryDirectory() as folder:
        install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", folder, PEER]
        subprocess.run(install, check=True)
        for count in LISTED:
            if count <= effort.most:
                yield from _rows("WSGI", [YARDSTICK, CORE, NAMESAKE], YARDSTICK, count, effort, {NAMESAKE: folder})


def _rows(
    suite: str,
    names: list[str],
    unit: str,
    origins: int,
    effort: Effort,
    paths: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[Row]:
    subjects = {name: Subject(suite, name, origins, paths.get(name, "")) for name in names}
    costs = measure(subjects, KINDS, unit=unit, effort=effort)
    for kind in KINDS:
        for name in names:
            yield _row(subjects[name], kind, unit, costs[name, kind])


def _row(subject: Subject, kind: str, unit: str, cost: Cost) -> Row:
    return Row(
        suite=subject.suite,
        subject=subject.name,
        kind=kind,
        origins=subject.origins,
        whole_ns=cost.whole,
        added_ns=cost.added,
        unit=unit,
        ratio=cost.ratio,
        low=cost.low,
        high=cost.high,
    )


def building(effort: Effort) -> dict[str, float]:
    """Return the CPU seconds to build 1,000,000 exact origins, and the bytes for each, including its text."""
    origins = work.exact(min(1_000_000, effort.most))
    seconds: list[float] = []
    for _ in range(3):
        start = process_time()
        policy(origins)
        seconds.append(process_time() - start)
    del origins
    figures = {BUILDING: median(seconds)}
    for count in [size for size in SIZES if size <= effort.most]:
        tracemalloc.start()
        kept = policy(work.exact(count))
        figures[f"bytes an origin, {count:,}"] = tracemalloc.get_traced_memory()[0] / count
        tracemalloc.stop()
        del kept
    return figures


def hostile(effort: Effort) -> dict[str, float]:
    """Return the bytes that a request leaves behind when origins, methods and lists are random and all caches are full.

    The figure is how much higher memory rises in the last of many long rounds than in any before. Each round fills and
    empties the caches many times.
    """
    middleware = wsgicors.CORS(work.app(), policy(["https://*.example.com", *work.exact(100)]))
    environs = (
        work.environ(
            f"https://{number}.example.{'com' if number % 2 else 'org'}",
            preflight=(f"M{number}", f"x-{number}") if number % 4 < 2 else None,
        )
        for number in itertools.count()
    )
    run = work.batch(middleware, environs)
    requests = min(HOSTILE, effort.most)
    tracemalloc.start()
    run(requests)
    peaks: list[int] = []
    for _ in range(5):
        tracemalloc.reset_peak()
        run(requests)
        peaks.append(tracemalloc.get_traced_memory()[1])
    tracemalloc.stop()
    return {LEFT: max(0, peaks[-1] - max(peaks[:-1])) / requests, HELD: max(peaks) / 1024}


def imports(effort: Effort) -> dict[str, float]:
    """Return the CPU milliseconds and the modules that ``import wsgicors`` adds to an empty interpreter."""
    with tempfile.TemporaryDirectory() as compiled:
        _run_time(PACKAGE, compiled)
        pairs = [(_run_time("", compiled), _run_time(PACKAGE, compiled)) for _ in range(min(STARTS, effort.most))]
    return {
        IMPORT: median(whole - empty for empty, whole in pairs) * 1000,
        EMPTY: median(empty for empty, _ in pairs) * 1000,
        MODULES: _modules(PACKAGE) - _modules(""),
    }


def _modules(code: str) -> int:
    """Return the number of modules that a new Python has loaded after `code`."""
    count = f"{STARTED}\n{code}\nimport sys\nprint(len(sys.modules))"
    return int(subprocess.run([sys.executable, "-S", "-c", count], cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)


def _run_time(code: str, compiled: str) -> float:
    """Return the CPU seconds of a new Python that runs `code`.

    It reads and writes bytecode in the folder `compiled`: an installed package has its own.
    """
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PYTHONPYCACHEPREFIX": compiled,
        "PYTHONDONTWRITEBYTECODE": "",
    }
    before = getrusage(RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-S", "-c", f"{STARTED}\n{code}"], env=environment, check=True)
    after = getrusage(RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
