"""One subject's requests, kind after kind, for a tool that counts instructions.

``python -m benchmarks.counting REQUESTS SUITE NAME ORIGINS KIND…``
"""

import gc
import os
import sys
from typing import Final

from benchmarks.subjects import twins

WARM_UP: Final = 100
"""Requests before those that count: the interpreter specialises its instructions."""

MARK: Final = "getppid"
"""The C library's function whose call ends a stretch that is counted: nothing else calls it here."""


def main(requests: int, suite: str, name: str, origins: int, *kinds: str) -> None:
    """Handle so many requests of each kind, bare and not, then three times as many, with a mark around each."""
    known = twins(suite, name, origins)
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


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]), *sys.argv[5:])
