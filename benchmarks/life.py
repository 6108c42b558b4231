"""The process of one subject: ``python -m benchmarks.life SUITE NAME ORIGINS`` prints the times of requests."""

import gc
import itertools
import sys
from collections.abc import Mapping
from statistics import median
from time import perf_counter_ns
from typing import Final

from benchmarks.measure import IN_A_ROW, TURNS, WARMING, Twins
from benchmarks.subjects import twins

GARBAGE: Final = 700
"""The most objects awaiting collection at the start of a batch, up to Python 3.12; none is collected in a batch."""


def serve(batches: Mapping[str, Twins]) -> None:
    """Handle the requests of `benchmarks.measure.Worker.time`, until there are no more."""
    gc.disable()
    rounds = itertools.cycle(TURNS)
    for line in sys.stdin:
        count, kind = line.rstrip("\n").split(" ", 1)
        pair, size = batches[kind], int(count)
        for batch in pair:
            for _ in range(WARMING):
                batch(size)
        times: tuple[list[int], list[int]] = ([], [])
        for which in next(rounds):
            if gc.get_count()[0] > GARBAGE:
                gc.collect(0)
            batch, note = pair[which], times[which].append
            batch(size)
            for _ in range(IN_A_ROW):
                start = perf_counter_ns()
                batch(size)
                note(perf_counter_ns() - start)
        sys.stdout.write(f"{median(times[0])} {median(times[1])}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve(twins(sys.argv[1], sys.argv[2], int(sys.argv[3])))
