"""Interleaved rounds: in each, every subject does the same work, with its wrapper and without, around the same app.

A machine that changes its speed from one second to the next therefore changes no ratio. Each subject has a process of
its own, as in production: in one process they would share what the interpreter learns about common code. All processes
are started several times, because the memory layout makes them faster or slower.

Batches are as short as the clock allows, and the median of a round counts, which ignores interrupted batches. Several
batches run in a row, because in production too a request often follows one that took the same path.
"""

import math
import os
import random
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from types import TracebackType
from typing import Final, NamedTuple, Self

ROOT: Final = Path(__file__).resolve().parent.parent

Batch = Callable[[int], None]
"""Handles a number of requests, one after the other."""

SMALLEST_BATCH_NS: Final = 50_000
"""The least duration of a batch, which makes reading the clock negligible."""

IN_A_ROW: Final = 8
"""The batches in one turn of a twin."""

WARMING: Final = 4
"""Warm-up batches of each twin before a round, with one more before each turn."""

TURNS: Final = ((0, 1, 1, 0), (1, 0, 0, 1))
"""The turns of a round: bare and wrapped are first equally often, so an earlier turn favors neither."""

BATCHES: Final = 2 * WARMING + len(TURNS[0]) * (1 + IN_A_ROW)
"""Of one round."""

FEWEST_ROUNDS: Final = 10
"""Of one life."""

LARGEST_BATCH: Final = 4096


class Effort(NamedTuple):
    """How much is measured.

    Attributes:
        seconds: Seconds for each kind of request.
        lives: How often all processes are started in that time.
        most: The greatest length of lists of origins, and the most repetitions for a count.
    """

    seconds: float
    lives: int
    most: int = 1_000_000


class Twins(NamedTuple):
    """The same requests for the same app: bare, and wrapped."""

    bare: Batch
    wrapped: Batch


class Round(NamedTuple):
    """Nanoseconds for a request of `Twins`: the medians of the batches in some `TURNS`."""

    bare: float
    wrapped: float

    @property
    def added(self) -> float:
        """The time above the bare app's."""
        return self.wrapped - self.bare


class Cost(NamedTuple):
    """The cost of a subject's requests: medians over all rounds of a life, and the median of those.

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
    """A subject, for `benchmarks.subjects.twins`.

    Attributes:
        suite: The kind of app.
        name: The wrapper around the app.
        origins: The number of allowed origins.
        path: A folder whose packages come first.
    """

    suite: str
    name: str
    origins: int
    path: str = ""


class Worker:
    """A process that handles requests for a subject, and measures the time."""

    def __init__(self, subject: Subject, seed: int) -> None:
        command = [sys.executable, "-m", "benchmarks.life", subject.suite, subject.name, str(subject.origins)]
        path = os.pathsep.join(filter(None, [subject.path, str(ROOT)]))
        environment = {**os.environ, "PYTHONPATH": path, "PYTHONHASHSEED": str(seed)}
        self._process = subprocess.Popen(
            command, cwd=subject.path or ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def time(self, kind: str, count: int) -> Round:
        """Return the nanoseconds for a request of a kind, in batches of `count`."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{count} {kind}\n")
        self._process.stdin.flush()
        bare, wrapped = map(float, self._process.stdout.readline().split())
        return Round(bare / count, wrapped / count)

    def size(self, kind: str) -> int:
        """Return the number of requests in a batch."""
        size = 1
        while size < LARGEST_BATCH and min(self.time(kind, size)) * size < SMALLEST_BATCH_NS:
            size *= 2
        return size

    def __enter__(self) -> Self:
        """Return the worker."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """End the process."""
        self._process.communicate()


def measure(
    subjects: Mapping[str, Subject], kinds: Sequence[str], *, unit: str, effort: Effort
) -> dict[tuple[str, str], Cost]:
    """Return every subject's cost for every kind of request, also in multiples of what the unit added."""
    lives = [_life(subjects, kinds, effort, seed) for seed in range(1, effort.lives + 1)]
    return {
        (name, kind): cost([(life[name, kind], life[unit, kind]) for life in lives])
        for name in subjects
        for kind in kinds
    }


def _life(
    subjects: Mapping[str, Subject], kinds: Sequence[str], effort: Effort, seed: int
) -> dict[tuple[str, str], list[Round]]:
    """Return the rounds of one life, by subject and kind."""
    order = random.Random(seed)
    with ExitStack() as stack:
        workers = {name: stack.enter_context(Worker(subject, seed)) for name, subject in subjects.items()}
        rounds: dict[tuple[str, str], list[Round]] = {(name, kind): [] for name in workers for kind in kinds}
        for kind in kinds:
            sizes = {name: worker.size(kind) for name, worker in workers.items()}
            names = list(workers)
            once = BATCHES / 2 * sum(sum(workers[name].time(kind, sizes[name])) * sizes[name] for name in names)
            most_in_time = int(effort.seconds / effort.lives * 1e9 / once)
            for _ in range(max(min(FEWEST_ROUNDS, effort.most), most_in_time)):
                order.shuffle(names)
                for name in names:
                    rounds[name, kind].append(workers[name].time(kind, sizes[name]))
        return rounds


def cost(lives: Sequence[tuple[Sequence[Round], Sequence[Round]]]) -> Cost:
    """Return the cost from the rounds of a subject and of the unit, life by life.

    A round in which the unit took no longer than the bare app was disturbed, and has no ratio.

    >>> unit = [Round(200, 300), Round(400, 600), Round(300, 400)]
    >>> cost([([Round(200, 900), Round(400, 1800), Round(300, 1300)], unit), ([Round(200, 800)], unit[:1])])
    Cost(whole=1050.0, added=800.0, ratio=6.5, low=6.0, high=7.0)
    """
    ratios = [
        median(
            [ours.added / most.added for ours, most in zip(subject, unit, strict=True) if most.added > 0] or [math.nan]
        )
        for subject, unit in lives
    ]
    return Cost(
        median(median(round_.wrapped for round_ in subject) for subject, _ in lives),
        median(median(round_.added for round_ in subject) for subject, _ in lives),
        median(ratios),
        min(ratios),
        max(ratios),
    )
