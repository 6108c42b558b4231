"""The cost of an allowed preflight at each place: requests per second under load, as ratios within one run.

::

    python -m tests.export.cost

Needs wrk. A machine's speed varies by the minute, so every round measures every place.
"""

import contextlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.export.edges import EDGES
from tests.export.upstream import upstream
from tests.export.worlds import CREDENTIALS
from tests.servers import process
from tests.servers.ports import ADDRESS, free_port

ROUNDS: Final = 5
_SCRIPT: Final = """\
wrk.method = "OPTIONS"
wrk.headers["Origin"] = "https://www.example.com"
wrk.headers["Access-Control-Request-Method"] = "PUT"
wrk.headers["Access-Control-Request-Headers"] = "authorization,content-type"
"""
_APP: Final = """\
from tests.export.upstream import wsgi
from tests.export.worlds import CREDENTIALS
from wsgicors import CORS

application = CORS(wsgi, CREDENTIALS)
"""


@contextlib.contextmanager
def gunicorn(home: Path) -> Iterator[int]:
    """The application itself, wrapped by wsgicors: two threads, persistent connections."""
    (home / "app.py").write_text(_APP)
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "--no-control-socket", "-k", "gthread", "--threads", "4", "-w", "2",
               "--log-level", "critical", "-b", f"{ADDRESS}:{port}", "--pythonpath", str(home),
               "app:application"]  # fmt: skip
    with process.listening(command, port, env={"PYTHONPATH": str(Path.cwd())}):
        yield port


def rate(port: int, script: Path) -> float:
    """Requests per second."""
    command = ["wrk", "-t1", "-c16", "-d1s", "-s", str(script), f"http://{ADDRESS}:{port}/x"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "Non-2xx" not in done.stdout, done.stdout
    found = re.search(r"Requests/sec:\s*([0-9.]+)", done.stdout)
    assert found, done.stdout
    return float(found[1])


def main() -> None:
    assert shutil.which("wrk"), "wrk is not installed"
    with contextlib.ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        script = home / "preflight.lua"
        script.write_text(_SCRIPT)
        backend = stack.enter_context(upstream())
        ports = {"gunicorn, 2 × 4 threads": stack.enter_context(gunicorn(home))}
        for edge in EDGES:
            if edge.missing() is None:
                ports[edge.name] = stack.enter_context(edge.in_front_of(backend, CREDENTIALS)).port
        rates: dict[str, list[float]] = {place: [] for place in ports}
        for _ in range(ROUNDS):
            for place, port in ports.items():
                rates[place].append(rate(port, script))
    base, *_ = rates.values()
    print("| Place | Preflights a second, gunicorn = 1 |\n|---|---|")
    for place, found in rates.items():
        ratio = statistics.median(one / other for one, other in zip(found, base, strict=True))
        print(f"| {place} | {ratio:.1f} |")


if __name__ == "__main__":
    main()
