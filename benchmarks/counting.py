"""The hot paths, one a process, for a tool that counts instructions: ``python -m benchmarks.counting CASE REQUESTS``."""

import gc
import sys
from typing import Final

from benchmarks import work
from benchmarks.ours import policy
from wsgicors import CORS

BARE: Final = "bare app"
YARDSTICK: Final = "yardstick"

VARY: Final = ", the app sets Vary"
MANY: Final = ", 10,000 wildcards"

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


def handle(case: str, count: int) -> None:
    """Handle so many requests, after those that warm up."""
    app = work.app(vary=case.endswith(VARY))
    kind = case.removesuffix(VARY).removesuffix(MANY)
    if case == YARDSTICK:
        app = work.yardstick(app)
    elif case != BARE:
        app = CORS(app, policy(work.wildcards(10_000) if case.endswith(MANY) else work.exact(1)))
    requests = work.requests().get(kind, work.requests()["no Origin"])
    run = work.batch(app, requests())
    run(WARM_UP)
    gc.collect()
    gc.disable()
    run(count)


if __name__ == "__main__":
    handle(sys.argv[1], int(sys.argv[2]))
