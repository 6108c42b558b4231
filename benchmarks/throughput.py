"""Requests a second under gunicorn, driven by wrk: the bare app, in the yardstick and in this library, turn by turn."""

import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from statistics import median
from time import sleep

from benchmarks import work
from benchmarks.measure import ROOT
from benchmarks.ours import policy
from wsgicors import CORS

SECONDS = 1
ROUNDS = 15

SHARE = "share of the bare app's requests a second"
SHARE_OF_YARDSTICK = f"{SHARE}, yardstick"

bare = work.app()
yardstick = work.yardstick(work.app())
wrapped = CORS(work.app(), policy(work.exact(1000)))


@contextmanager
def _gunicorn(app: str) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--bind", f"127.0.0.1:{port}", "--workers", "1", "--log-level", "error", "--no-control-socket"]
    command = [sys.executable, "-m", "gunicorn", *options, f"benchmarks.throughput:{app}"]
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


def _wrk(port: int) -> float:
    origin = f"Origin: {work.ALLOWED}"
    command = ["wrk", "-t1", "-c4", f"-d{SECONDS}s", "-H", origin, f"http://127.0.0.1:{port}/notes/7"]
    report = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = re.search(r"Requests/sec:\s+([\d.]+)", report)
    assert found is not None, report
    return float(found[1])


def throughput() -> dict[str, float]:
    """The shares of the bare app's requests a second that the wrapped ones have; nothing where there is no wrk."""
    if shutil.which("wrk") is None:
        return {}
    apps = ("bare", "yardstick", "wrapped")
    rounds: list[dict[str, float]] = []
    with ExitStack() as stack:
        ports = {app: stack.enter_context(_gunicorn(app)) for app in apps}
        for _ in range(ROUNDS):
            done = dict.fromkeys(apps, 0.0)
            for app in (*apps, *reversed(apps)):
                done[app] += _wrk(ports[app])
            rounds.append(done)
    return {
        SHARE: median(done["wrapped"] / done["bare"] for done in rounds),
        SHARE_OF_YARDSTICK: median(done["yardstick"] / done["bare"] for done in rounds),
    }
