"""wsgicors 0.7, which has this library's import name: measured in a process of its own, against a yardstick of its own.

Run with the folder that has it first on the path; prints its costs as JSON.
"""

import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks import work
from benchmarks.measure import Batch, measure


def batches(origins: list[str], requests: Callable[[], Iterator[work.Environ]]) -> dict[str, Batch]:
    """The peer, and what it is compared with."""
    import wsgicors

    app = work.app()
    wrap: Any = wsgicors.CORS  # another class than the one that the type checker knows
    middleware = wrap(app, origin=" ".join(origins), methods="GET, PUT, DELETE", headers="content-type", maxage="600")
    subjects: dict[str, work.App] = {"bare": app, "yardstick": work.yardstick(app), "wsgicors 0.7": middleware}
    return {name: work.batch(subject, requests()) for name, subject in subjects.items()}


def main(count: int, seconds: float) -> None:
    """Measure every kind of request with so many origins."""
    costs = {
        kind: measure(batches(work.exact(count), requests), bare="bare", unit="yardstick", seconds=seconds)
        for kind, requests in work.requests().items()
    }
    print(json.dumps({kind: cost["wsgicors 0.7"]._asdict() for kind, cost in costs.items()}))


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
