"""Handle one subject's requests, kind by kind, for a tool that counts instructions.

``python -m benchmarks.counting REQUESTS SUITE NAME ORIGINS KIND…``
"""

import gc
import math
import os
import sys
from typing import Final

from benchmarks.subjects import NAMESAKE, twins

WARM_UP: Final = 100
"""Warm-up requests: the interpreter specializes its instructions."""

MARK: Final = "getppid"
"""The C function whose call ends a counted section: nothing else calls it here."""


def main(requests: int, suite: str, name: str, origins: int, *kinds: str) -> None:
    """Handle `requests` requests of each kind, bare and wrapped, then three times as many, with a mark around each."""
    known = twins(suite, name, origins)
    if name != NAMESAKE:
        _keep_the_minute()
    for handle in (one for kind in kinds for one in known[kind]):
        handle(WARM_UP)
        gc.collect()
        gc.disable()
        os.getppid()
        handle(requests)
        os.getppid()
        handle(3 * requests)
        os.getppid()
        gc.enable()


def _keep_the_minute() -> None:
    """Keep the log's minute from ending: its summary lines would be counted only if a minute happens to end."""
    from wsgicors._log import refusals

    refusals()._ends = math.inf  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]), *sys.argv[5:])
