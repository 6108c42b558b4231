"""The hot paths, one after the other, for a tool that counts instructions: ``python -m benchmarks.counting REQUESTS``."""

import gc
import itertools
import os
import sys
from typing import Final

from benchmarks import work
from benchmarks.measure import Batch
from benchmarks.ours import policy
from wsgicors import CORS

BARE: Final = "bare app"
YARDSTICK: Final = "yardstick"

VARY: Final = ", the app sets Vary"
MANY: Final = ", 1,000 wildcards"

PATHS: Final = (
    *work.requests(),
    "no Origin" + VARY,
    "allowed" + VARY,
    "refused" + VARY,
    "never seen" + MANY,
)
"""Kinds of requests (`benchmarks.work.requests`), some of them under harder conditions."""

WARM_UP: Final = 100
"""Requests before those that count: the interpreter specialises its instructions."""

MARK: Final = "getppid"
"""The C library's function whose call ends a stretch that is counted: nothing else calls it here."""


def batch(path: str, count: int) -> Batch:
    """What handles that many requests of a path."""
    app = work.app(vary=path.endswith(VARY))
    kind = path.removesuffix(VARY).removesuffix(MANY)
    if path == YARDSTICK:
        app = work.yardstick(app)
    elif path != BARE:
        app = CORS(app, policy(work.wildcards(1_000) if path.endswith(MANY) else work.exact(1)))
    kinds = work.requests()
    requests = kinds.get(kind, kinds["no Origin"])()
    # Made beforehand: only their handling is to be counted.
    return work.batch(app, iter([*itertools.islice(requests, count)]))


def main(requests: int) -> None:
    """Handle so many requests of each path, and then three times as many; the mark stands before and after each."""
    for path in (BARE, YARDSTICK, *PATHS):
        handle = batch(path, WARM_UP + 4 * requests)
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
    main(int(sys.argv[1]))
