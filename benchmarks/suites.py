"""What is measured: each suite returns rows, and measures each of them for so many seconds."""

import itertools
import json
import os
import re
import subprocess
import sys
import tempfile
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median
from time import process_time
from typing import TypedDict

from benchmarks import frameworks, work
from benchmarks.measure import Batch, Cost, measure
from benchmarks.ours import policy
from wsgicors import CORS, Policy

ROOT = Path(__file__).resolve().parent.parent

BUILDING = "seconds, 1,000,000 exact origins"
LEFT = "bytes a request left, hostile traffic"
IMPORT = "milliseconds, import wsgicors"

SIZES = (1, 100, 10_000, 1_000_000)
"""Of lists of exact origins."""

PEER = "wsgicors==0.7.0"
"""The unrelated package of the same name, which only its own process sees."""


class Row(TypedDict):
    """What requests of a kind took a subject that knows so many origins.

    `whole_ns` is the whole request, `added_ns` what is above the bare app's; `ratio` is `added_ns` in multiples of what
    `unit` added in the same rounds, `noisy_ratio` the same by all rounds (`benchmarks.measure.Cost`).
    """

    suite: str
    subject: str
    kind: str
    origins: int
    whole_ns: float
    added_ns: float
    unit: str
    ratio: float
    noisy_ratio: float


def core(seconds: float) -> Iterator[Row]:
    """The middleware around apps that set 2, 7 and 20 headers, with ``Vary`` and without."""
    for headers in (2, 7, 20):
        for vary in (False, True):
            app = work.app(headers, vary=vary)
            for kind, requests in work.requests().items():
                subjects: dict[str, work.App] = {
                    "bare": app,
                    "yardstick": work.yardstick(app),
                    "core": CORS(app, policy(work.exact(1))),
                }
                costs = measure(_batches(subjects, requests), bare="bare", unit="yardstick", seconds=seconds)
                for subject in ("yardstick", "core"):
                    name = f"{headers} headers{', Vary' * vary}"
                    yield _row(f"WSGI, {name}", subject, kind, 1, "yardstick", costs[subject])


def scale(seconds: float) -> Iterator[Row]:
    """The same requests under more and more origins, all in one set of rounds, so that growth cannot hide."""
    app = work.app()
    for family, (allowed, policies) in _families().items():
        for kind, requests in work.requests(allowed).items():
            subjects: dict[str, work.App] = {"bare": app, "yardstick": work.yardstick(app)}
            subjects |= {str(count): CORS(app, one) for count, one in policies.items()}
            costs = measure(_batches(subjects, requests), bare="bare", unit="yardstick", seconds=seconds)
            for count in policies:
                yield _row(f"scale, {family}", "core", kind, count, "yardstick", costs[str(count)])


def _families() -> dict[str, tuple[str, dict[int, Policy]]]:
    regexes = [re.compile(rf"https://[a-z]+\.tenant-{number}\.example\.com") for number in range(100)]
    tenant = "https://a.tenant-0.example.com"
    return {
        "exact": (work.ALLOWED, {count: policy(work.exact(count)) for count in (1, 100, 10_000, 1_000_000)}),
        "wildcards": (tenant, {count: policy(work.wildcards(count)) for count in (1, 100, 10_000, 100_000)}),
        "regexes": (tenant, {count: policy(regexes[:count]) for count in (1, 100)}),
    }


Group = Callable[[list[str], frameworks.Requests], frameworks.Subjects]


def peers(seconds: float) -> Iterator[Row]:
    """Adapters against the peers that they succeed, in their frameworks."""
    groups: dict[str, tuple[Group, str]] = {
        "Flask": (frameworks.flask, "flask-cors"),
        "Django": (frameworks.django, "django-cors-headers"),
        "Django, async": (frameworks.django_async, "django-cors-headers"),
        "ASGI": (frameworks.starlette, "Starlette"),
    }
    for count in (1, 1000):
        for name, (group, peer) in groups.items():
            for kind, requests in work.requests().items():
                costs = measure(group(work.exact(count), requests), bare="bare", unit=peer, seconds=seconds)
                for subject, cost in costs.items():
                    yield _row(name, subject, kind, count, peer, cost)


def namesake(seconds: float) -> Iterator[Row]:
    """The package of the same name, in a process that sees it in this library's stead."""
    with tempfile.TemporaryDirectory() as folder:
        install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", folder, PEER]
        subprocess.run(install, check=True)
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([folder, str(ROOT)])}
        for count in (1, 1000):
            command = [sys.executable, "-m", "benchmarks.peer", str(count), str(seconds)]
            done = subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True, text=True)
            for kind, cost in json.loads(done.stdout).items():
                yield _row("WSGI", "wsgicors 0.7", kind, count, "yardstick", Cost(**cost))


def building() -> dict[str, float]:
    """Seconds of the processor to build 1,000,000 exact origins, and bytes for each, its text included."""
    origins = work.exact(1_000_000)
    seconds: list[float] = []
    for _ in range(3):
        start = process_time()
        policy(origins)
        seconds.append(process_time() - start)
    del origins
    figures = {BUILDING: median(seconds)}
    for count in SIZES:
        tracemalloc.start()
        kept = policy(work.exact(count))
        figures[f"bytes an origin, {count:,}"] = tracemalloc.get_traced_memory()[0] / count
        tracemalloc.stop()
        del kept
    return figures


def hostile() -> dict[str, float]:
    """Bytes that a request leaves behind where origins, methods and lists of names are random; once what is kept is full."""
    middleware = CORS(work.app(), policy(["https://*.example.com", *work.exact(100)]))
    environs = (
        work.environ(
            f"https://{number}.example.{'com' if number % 2 else 'org'}",
            preflight=(f"M{number}", f"x-{number}") if number % 4 < 2 else None,
        )
        for number in itertools.count()
    )
    run = work.batch(middleware, environs)
    run(20_000)
    tracemalloc.start()
    held: list[int] = []
    for _ in range(5):
        # Every round ends at the same fill of what is kept.
        run(64 * 1024)
        held.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    return {LEFT: (held[-1] - held[0]) / (4 * 64 * 1024)}


def imports() -> dict[str, float]:
    """Milliseconds of the processor that ``import wsgicors`` adds to an empty interpreter."""
    added: list[float] = []
    for _ in range(20):
        empty, full = _run_time("import os"), _run_time("import os, wsgicors")
        added.append((full - empty) * 1000)
    return {IMPORT: median(added)}


def _run_time(code: str) -> float:
    """Seconds of the processor for a Python of its own, which has not loaded what happens to be installed beside it."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    before = getrusage(RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-S", "-c", code], env=environment, check=True)
    after = getrusage(RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _batches(subjects: dict[str, work.App], requests: Callable[[], Iterator[work.Environ]]) -> dict[str, Batch]:
    return {name: work.batch(subject, requests()) for name, subject in subjects.items()}


def _row(suite: str, subject: str, kind: str, origins: int, unit: str, cost: Cost) -> Row:
    return Row(
        suite=suite,
        subject=subject,
        kind=kind,
        origins=origins,
        whole_ns=cost.whole,
        added_ns=cost.added,
        unit=unit,
        ratio=cost.ratio,
        noisy_ratio=cost.noisy_ratio,
    )
