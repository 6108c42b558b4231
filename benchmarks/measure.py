"""Interleaved rounds: every subject does the same work in each round, so that a change of the machine's speed meets all."""

import gc
import random
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from time import process_time_ns
from typing import Final, NamedTuple

Batch = Callable[[int], None]
"""Handles so many requests, one after the other."""

SMALLEST_BATCH_NS: Final = 100_000
"""A batch takes at least this long, so that the clock's own cost does not count; and not much longer, so that a round is over soon."""

FEWEST_ROUNDS: Final = 50

LARGEST_BATCH: Final = 4096


QUIET: Final = 0.2
"""The share of the rounds that count, the fastest: what else the machine does slows a request down and never speeds it up."""


class Cost(NamedTuple):
    """What a subject's requests took: the processor's time.

    Attributes:
        whole: Nanoseconds for a request, median of the quiet rounds.
        added: Nanoseconds over the bare app.
        ratio: `added` as a multiple of what the unit added.
        noisy_ratio: The same by the medians of all rounds: far from `ratio` where the machine was busy.
    """

    whole: float
    added: float
    ratio: float
    noisy_ratio: float


def measure(batches: Mapping[str, Batch], *, bare: str, unit: str, seconds: float) -> dict[str, Cost]:
    """What every batch took, against the bare one and in multiples of what the unit added; measured for so many seconds."""
    sizes = {name: _size(batch) for name, batch in batches.items()}
    times: dict[str, list[float]] = {name: [] for name in batches}
    names = list(batches)
    rounds = max(
        FEWEST_ROUNDS, int(seconds * 1e9 / sum(_time(batches[name], sizes[name]) * sizes[name] for name in names))
    )
    order = random.Random(1)
    gc.collect()
    gc.disable()
    try:
        for _ in range(rounds):
            order.shuffle(names)
            for name in names:
                times[name].append(_time(batches[name], sizes[name]))
    finally:
        gc.enable()
    return {name: cost(times[name], bare=times[bare], unit=times[unit]) for name in batches}


def _time(batch: Batch, size: int) -> float:
    start = process_time_ns()
    batch(size)
    return (process_time_ns() - start) / size


def _size(batch: Batch) -> int:
    size = 1
    while size < LARGEST_BATCH and _time(batch, size) * size < SMALLEST_BATCH_NS:
        size *= 2
    return size


def cost(subject: Sequence[float], *, bare: Sequence[float], unit: Sequence[float]) -> Cost:
    """What a subject's times say, given the bare app's and the unit's.

    >>> cost([900, 1000, 1300], bare=[200, 300, 300], unit=[300, 400, 400])
    Cost(whole=900, added=700, ratio=7.0, noisy_ratio=7.0)
    """
    base, all_base = _quiet_median(bare), median(bare)
    whole = _quiet_median(subject)
    added = whole - base
    return Cost(
        whole, added, added / (_quiet_median(unit) - base), (median(subject) - all_base) / (median(unit) - all_base)
    )


def _quiet_median(times: Sequence[float]) -> float:
    return median(sorted(times)[: max(1, int(len(times) * QUIET))])
