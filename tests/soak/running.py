"""One run: the servers, the traffic, the outages, and the figures."""

import contextlib
import itertools
import multiprocessing
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.django import backends
from tests.servers import process
from tests.servers.ports import ADDRESS, free_port
from tests.servers.server import ADAPTERS, ROOT
from tests.soak.site import TABLE_ORIGIN
from tests.soak.traffic import SHAPES, Counts, Times, send

WORKERS, THREADS = 2, 4
_OUTAGE = 4.0
"""Seconds that a database is stopped, and that all run between two stops."""


@dataclass
class Figures:
    """The results of a run."""

    counts: dict[str, Counts]
    quiet: float
    attacked: float
    memory: list[int]
    log: int
    outages: int

    @property
    def answers(self) -> int:
        return sum(counts.answers for counts in self.counts.values())

    @property
    def wrong(self) -> list[str]:
        return [one for counts in self.counts.values() for one in counts.wrong]

    @property
    def errors(self) -> list[str]:
        return [one for counts in self.counts.values() for one in counts.errors]

    def __str__(self) -> str:
        shapes = ", ".join(f"{name} {counts.answers:,}" for name, counts in self.counts.items())
        return "\n".join(
            [
                f"answers compared: {self.answers:,} ({shapes})",
                f"wrong: {len(self.wrong)}, errors: {len(self.errors)}, outages of a database: {self.outages}",
                f"median latency of pages, ms: {self.quiet * 1e3:.2f} in quiet, {self.attacked * 1e3:.2f} under attack",
                "memory of the workers, MB: " + " ".join(str(one // 2**20) for one in self.memory),
                f"log: {self.log:,} bytes",
                *self.wrong[:5],
                *self.errors[:5],
            ]
        )


def run(seconds: float) -> Figures:
    """Serve, send, and stop and start the databases. Memory is measured after the first fifth of the time."""
    with _serving() as (port, program, databases), _processes() as pool, ThreadPoolExecutor(1) as thread:
        _warm(port, pool)
        now = time.monotonic()
        times = Times(now, max(seconds / 20, 3), now + seconds)
        futures = {shape: pool.submit(send, shape, port, times) for shape in SHAPES if shape != "hostile"}
        futures["hostile"] = pool.submit(_send_nicely, "hostile", port, times)
        over = threading.Event()
        outages = thread.submit(_outages, databases, over)
        over.wait(seconds / 5)
        memory = [_memory(program.pid) for _ in range(8) if not over.wait(seconds / 10)]
        counts = {shape: future.result() for shape, future in futures.items()}
        over.set()
        return Figures(
            counts,
            statistics.median(counts["pages"].quiet),
            statistics.median(counts["pages"].attacked),
            memory,
            len(program.said),
            outages.result(),
        )


def _processes() -> ProcessPoolExecutor:
    """Return processes for the shapes of traffic: threads would wait while others judge."""
    return ProcessPoolExecutor(WORKERS * THREADS, multiprocessing.get_context("spawn"))


def _send_nicely(shape: str, port: int, times: Times) -> Counts:
    """Send at a low priority: real attackers use other machines."""
    os.nice(10)
    return send(shape, port, times)


class _Databases:
    """PostgreSQL and Redis, which can be stopped and started."""

    def __init__(self, postgres: backends.Postgres, redis_port: int) -> None:
        self.postgres = postgres
        self._redis_port = redis_port
        self._redis = contextlib.ExitStack()
        self.start_redis()

    def start_redis(self) -> None:
        self._redis.enter_context(backends.redis(self._redis_port))

    def stop_redis(self) -> None:
        self._redis.close()


def _outages(databases: _Databases, stop: threading.Event) -> int:
    """Stop and start each in turn, then both at once; both run at the end."""
    turns = itertools.cycle([{"postgres"}, {"redis"}, {"postgres", "redis"}])
    for count, which in enumerate(turns):
        if stop.wait(_OUTAGE):
            return count
        if "postgres" in which:
            databases.postgres.stop()
        if "redis" in which:
            databases.stop_redis()
        stop.wait(_OUTAGE)
        if "postgres" in which:
            databases.postgres.start()
        if "redis" in which:
            databases.start_redis()
    raise AssertionError


@contextlib.contextmanager
def _serving() -> Iterator[tuple[int, process.Program, _Databases]]:
    redis_port, port = free_port(), free_port()
    with backends.postgres() as postgres, contextlib.ExitStack() as after:
        databases = _Databases(postgres, redis_port)
        after.callback(databases.stop_redis)
        environment = {
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ADAPTERS)]),
            "DJANGO_SETTINGS_MODULE": "tests.soak.project",
            "REDIS_URL": f"redis://{ADDRESS}:{redis_port}",
            **postgres.environment,
        }
        _manage(environment, "migrate", "--verbosity", "0")
        row = f"from django_wsgicors.origins.models import *; AllowedOrigin.objects.create(pattern={TABLE_ORIGIN!r})"
        _manage(environment, "shell", "-c", row)
        options = ["--workers", str(WORKERS), "--threads", str(THREADS), "--worker-class", "gthread"]
        options += ["--keep-alive", "60", "--bind", f"{ADDRESS}:{port}", "--no-control-socket"]
        command = [sys.executable, "-m", "gunicorn", *options, "tests.soak.server:app"]
        with process.listening(command, port, env=environment, cwd=ROOT) as program:
            yield port, program, databases


def _manage(environment: dict[str, str], *arguments: str) -> None:
    command = [sys.executable, "-m", "django", *arguments]
    subprocess.run(command, env={**os.environ, **environment}, cwd=ROOT, check=True, capture_output=True)


def _warm(port: int, pool: ProcessPoolExecutor) -> None:
    """Have every worker look up the table's row, which then stays allowed during outages."""
    seen: set[str] = set()
    while len(seen) < WORKERS:
        now = time.monotonic()
        times = Times(now, 1, now + 1)
        futures = [pool.submit(send, "table", port, times, seed) for seed in range(WORKERS * THREADS)]
        for counts in [future.result() for future in futures]:
            assert [*counts.wrong, *counts.errors] == []
            seen |= counts.processes - {""}


def _memory(parent: int) -> int:
    """Return the workers' memory in bytes, without file-backed pages."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text("utf-8").split()
    lines = [line for child in children for line in Path(f"/proc/{child}/status").read_text("utf-8").splitlines()]
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("RssAnon:"))
