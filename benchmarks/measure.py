"""Interleaved rounds: every subject does the same work in each round, and is compared with the others of that round alone.

So that a machine that changes its speed from one second to the next changes no ratio. Each subject has a process of its
own, as it has in production: in one process they would share what the interpreter learns of the code that they share.
All processes are started several times, because where memory happens to lie makes them faster or slower.
"""

import gc
import math
import os
import random
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from time import process_time_ns
from types import TracebackType
from typing import Final, NamedTuple, Self

ROOT: Final = Path(__file__).resolve().parent.parent

Batch = Callable[[int], None]
"""Handles so many requests, one after the other."""

LIVES: Final = 5
"""How often all processes are started."""

SMALLEST_BATCH_NS: Final = 1_000_000
"""A batch takes at least this long, so that neither the clock nor the subject before it counts; and not much longer, for many rounds."""

FEWEST_ROUNDS: Final = 10
"""Of one life."""

LARGEST_BATCH: Final = 4096

GARBAGE: Final = 20_000
"""Objects that may wait to be collected when a batch begins: nothing is collected while one is measured."""


class Cost(NamedTuple):
    """What a subject's requests took: the processor's time, medians over all rounds of a life, and the median of those.

    Attributes:
        whole: Nanoseconds for a request.
        added: Nanoseconds over the bare app, in the same round.
        ratio: `added` as a multiple of what the unit added in the same round.
        low: The lowest ratio of any life.
        high: The highest.
    """

    whole: float
    added: float
    ratio: float
    low: float
    high: float


class Subject(NamedTuple):
    """What is measured, as `benchmarks.subjects.batches` takes it.

    Attributes:
        suite: What kind of app it is.
        name: What is around that app.
        origins: How many it knows.
        path: A folder whose packages come first.
    """

    suite: str
    name: str
    origins: int
    path: str = ""


class Worker:
    """A process that handles requests for a subject, and says how long it took."""

    def __init__(self, subject: Subject, seed: int) -> None:
        command = [sys.executable, "-m", "benchmarks.measure", subject.suite, subject.name, str(subject.origins)]
        path = os.pathsep.join(filter(None, [subject.path, str(ROOT)]))
        environment = {**os.environ, "PYTHONPATH": path, "PYTHONHASHSEED": str(seed)}
        self._process = subprocess.Popen(
            command, cwd=subject.path or ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def time(self, kind: str, count: int) -> float:
        """Nanoseconds of the processor for one of so many requests of a kind."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{count} {kind}\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline()) / count

    def size(self, kind: str) -> int:
        """How many requests make a batch."""
        size = 1
        while size < LARGEST_BATCH and self.time(kind, size) * size < SMALLEST_BATCH_NS:
            size *= 2
        return size

    def __enter__(self) -> Self:
        """As it is."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """End the process."""
        self._process.communicate()


def measure(
    subjects: Mapping[str, Subject], kinds: Sequence[str], *, bare: str, unit: str, seconds: float
) -> dict[tuple[str, str], Cost]:
    """What every subject took for every kind of request, against the bare one and in multiples of what the unit added.

    Each kind is measured for so many seconds.
    """
    lives = [_life(subjects, kinds, seconds / LIVES, seed) for seed in range(1, LIVES + 1)]
    return {
        (name, kind): cost([[life[one, kind] for one in (name, bare, unit)] for life in lives])
        for name in subjects
        for kind in kinds
    }


def _life(
    subjects: Mapping[str, Subject], kinds: Sequence[str], seconds: float, seed: int
) -> dict[tuple[str, str], list[float]]:
    """Nanoseconds of each round, by subject and kind."""
    order = random.Random(seed)
    with ExitStack() as stack:
        workers = {name: stack.enter_context(Worker(subject, seed)) for name, subject in subjects.items()}
        sizes = {(name, kind): worker.size(kind) for name, worker in workers.items() for kind in kinds}
        times: dict[tuple[str, str], list[float]] = {key: [] for key in sizes}
        for kind in kinds:
            names = list(workers)
            once = sum(workers[name].time(kind, sizes[name, kind]) * sizes[name, kind] for name in names)
            for _ in range(max(FEWEST_ROUNDS, int(seconds * 1e9 / once))):
                order.shuffle(names)
                for name in names:
                    times[name, kind].append(workers[name].time(kind, sizes[name, kind]))
        return times


def cost(lives: Sequence[Sequence[Sequence[float]]]) -> Cost:
    """What the times say, life by life: of the subject, of the bare app and of the unit, round by round.

    A round in which the unit took no longer than the bare app was disturbed, and says nothing of ratios.

    >>> cost([[[900, 1800, 1300], [200, 400, 300], [300, 600, 400]], [[800], [200], [300]]])
    Cost(whole=1050.0, added=800.0, ratio=6.5, low=6, high=7.0)
    """
    wholes, differences, ratios = [], [], []
    for subject, bare, unit in lives:
        added = [whole - base for whole, base in zip(subject, bare, strict=True)]
        rounds = zip(added, bare, unit, strict=True)
        wholes.append(median(subject))
        differences.append(median(added))
        ratios.append(median([more / (most - base) for more, base, most in rounds if most > base] or [math.nan]))
    return Cost(median(wholes), median(differences), median(ratios), min(ratios), max(ratios))


def serve(batches: Mapping[str, Batch]) -> None:
    """Handle what `Worker.time` asks for, until nobody asks any more."""
    gc.disable()
    for line in sys.stdin:
        count, kind = line.rstrip("\n").split(" ", 1)
        batch, size = batches[kind], int(count)
        if gc.get_count()[0] > GARBAGE:
            gc.collect()
        start = process_time_ns()
        batch(size)
        sys.stdout.write(f"{process_time_ns() - start}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    from benchmarks.subjects import batches

    serve(batches(sys.argv[1], sys.argv[2], int(sys.argv[3])))
