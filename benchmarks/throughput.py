"""Requests a second under gunicorn, driven by wrk: an app bare, in the yardstick and in this library, turn by turn."""

import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from statistics import median
from time import sleep
from typing import Final

from benchmarks import work
from benchmarks.measure import ROOT, Effort
from benchmarks.ours import policy
from wsgicors import CORS

SECONDS = 1
"""Of one turn, the shortest that wrk knows."""

ROUNDS = 12
"""Of one life of the server."""

SHARE = "share of the bare app's requests a second"
SHARE_OF_YARDSTICK = f"{SHARE}, yardstick"

APPS: Final[Mapping[str, work.App]] = {
    "/bare": work.app(),
    "/yard": work.yardstick(work.app()),
    "/cors": CORS(work.app(), policy(work.exact(1000))),
}
"""By paths of one length."""


def served(environ: work.Environ, start_response: work.StartResponse) -> Iterable[bytes]:
    """All of them in one process, for two processes of one server differ by more than is looked for."""
    return APPS[environ["PATH_INFO"]](environ, start_response)


@contextmanager
def _gunicorn() -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--bind", f"127.0.0.1:{port}", "--workers", "1", "--log-level", "error", "--no-control-socket"]
    command = [sys.executable, "-m", "gunicorn", *options, "benchmarks.throughput:served"]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        for _ in range(500):
            with socket.socket() as connection:
                if connection.connect_ex(("127.0.0.1", port)) == 0:
                    break
            sleep(0.02)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def _wrk(port: int, path: str) -> float:
    origin = f"Origin: {work.ALLOWED}"
    command = ["wrk", "-t1", "-c4", f"-d{SECONDS}s", "-H", origin, f"http://127.0.0.1:{port}{path}"]
    report = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = re.search(r"Requests/sec:\s+([\d.]+)", report)
    assert found is not None, report
    assert "Non-2xx" not in report, report
    return float(found[1])


def throughput(effort: Effort) -> dict[str, float]:
    """The shares of the bare app's requests a second that the wrapped ones have; nothing where there is no wrk."""
    if shutil.which("wrk") is None:
        return {}
    rounds: list[dict[str, float]] = []
    for _ in range(effort.lives):
        with _gunicorn() as port:
            for _ in range(ROUNDS):
                done = dict.fromkeys(APPS, 0.0)
                for path in (*APPS, *reversed(list(APPS))):
                    done[path] += _wrk(port, path)
                rounds.append(done)
    return {
        name: median(done[path] / done["/bare"] for done in rounds)
        for name, path in ((SHARE, "/cors"), (SHARE_OF_YARDSTICK, "/yard"))
    }
