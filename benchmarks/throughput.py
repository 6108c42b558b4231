"""Requests a second under gunicorn, driven by wrk: the app bare, in the yardstick and in this library, in turns.

One process serves them all, a few milliseconds each: two servers, or two runs of wrk, differ by more than the
difference to measure.
"""

import itertools
import json
import shutil
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from statistics import median
from time import perf_counter_ns, sleep
from typing import Final

from benchmarks import work
from benchmarks.measure import ROOT, Effort
from benchmarks.ours import policy
from wsgicors import CORS

SECONDS = 4
"""Seconds of one life of the server."""

TURN: Final = 32
"""Requests of one turn."""

BARE, YARD, OURS = range(3)

ROUND: Final = (BARE, YARD, OURS, OURS, YARD, BARE)
"""A round of turns. wrk keeps the server busy, so each turn lasts as long as its requests take."""

TOLD: Final = "/told"
"""The path under which the server reports the nanoseconds of its turns, in the order of `ROUND`."""

BROWSER: Final[Mapping[str, str]] = {
    "Connection": "keep-alive",
    "sec-ch-ua-platform": '"Linux"',
    "User-Agent": (
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"
    ),
    "sec-ch-ua": '"Not:A-Brand";v="8", "Chromium";v="156"',
    "sec-ch-ua-mobile": "?0",
    "Accept": "*/*",
    "Origin": work.ALLOWED,
    "Sec-Fetch-Site": "cross-site",
    "Sec-Fetch-Mode": "cors",
    "Sec-Fetch-Dest": "empty",
    "Referer": f"{work.ALLOWED}/",
    "Accept-Encoding": "gzip, deflate, br, zstd",
    "Accept-Language": "en-US,en;q=0.9",
}
"""The headers that Chromium sends with a cross-origin ``fetch``, except Host."""

ALLOWED: Final = "allowed"
NO_ORIGIN: Final = "no Origin"
BAREST: Final = "allowed, no header but Host and Origin"

REQUESTS: Final[Mapping[str, Mapping[str, str]]] = {
    ALLOWED: BROWSER,
    NO_ORIGIN: {name: value for name, value in BROWSER.items() if name != "Origin"},
    BAREST: {"Origin": work.ALLOWED},
}


class Turns:
    """A WSGI app that passes requests to several apps in turn."""

    def __init__(self, apps: tuple[work.App, ...]) -> None:
        self._apps = itertools.cycle(apps)
        self._app = next(self._apps)
        self._left = TURN
        self._began = 0
        self._times: list[int] = []

    def __call__(self, environ: work.Environ, start_response: work.StartResponse) -> Iterable[bytes]:
        """Answer by the app whose turn it is."""
        if environ["PATH_INFO"] == TOLD:
            body = json.dumps(self._times).encode()
            start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
            return [body]
        if not self._left:
            self._change()
        self._left -= 1
        return self._app(environ, start_response)

    def _change(self) -> None:
        now = perf_counter_ns()
        if self._began:
            self._times.append(now - self._began)
            self._app = next(self._apps)
        self._left = TURN
        self._began = perf_counter_ns()


def served() -> Turns:
    """Return the app for gunicorn."""
    apps = work.app(), work.yardstick(work.app()), CORS(work.app(), policy(work.exact(1000)))
    return Turns(tuple(apps[which] for which in ROUND))


@contextmanager
def _gunicorn() -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--bind", f"127.0.0.1:{port}", "--workers", "1", "--log-level", "error", "--no-control-socket"]
    command = [sys.executable, "-m", "gunicorn", *options, "benchmarks.throughput:served()"]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        for _ in range(500):
            with socket.socket() as connection:
                if connection.connect_ex(("127.0.0.1", port)) == 0:
                    break
            sleep(0.02)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def _life(headers: Mapping[str, str]) -> list[tuple[int, ...]]:
    """Return the rounds of one life of the server: the nanoseconds of each turn."""
    with _gunicorn() as server:
        lines = itertools.chain.from_iterable(("-H", f"{name}: {value}") for name, value in headers.items())
        command = ["wrk", "-t1", "-c4", f"-d{SECONDS}s", *lines, f"{server}/notes/7"]
        report = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        assert "Non-2xx" not in report, report
        with urllib.request.urlopen(server + TOLD) as response:
            times: list[int] = json.load(response)
    whole = len(times) // len(ROUND) * len(ROUND)
    rounds = [tuple(times[at : at + len(ROUND)]) for at in range(0, whole, len(ROUND))]
    return rounds[1:]  # the first one is a warm-up


def share(rounds: Iterable[tuple[int, ...]], which: int) -> float:
    """Return the median, over rounds, of an app's requests a second as a share of the bare app's.

    >>> share([(100, 110, 120, 130, 110, 100), (90, 100, 100, 100, 100, 90), (10, 11, 10, 10, 11, 10)], OURS)
    0.9
    """
    return median(_taken(times, BARE) / _taken(times, which) for times in rounds)


def _taken(times: tuple[int, ...], which: int) -> int:
    return sum(time for app, time in zip(ROUND, times, strict=True) if app == which)


def share_of(request: str, subject: str = "") -> str:
    """Return the name of the figure for a kind of request: this library's, or the yardstick's.

    >>> share_of(NO_ORIGIN, "yardstick")
    "share of the bare app's requests a second, no Origin, yardstick"
    """
    return ", ".join(filter(None, ["share of the bare app's requests a second", request, subject]))


def throughput(effort: Effort) -> dict[str, float]:
    """Return the wrapped apps' requests a second as shares of the bare app's; empty if wrk is not installed."""
    if shutil.which("wrk") is None:
        return {}
    figures: dict[str, float] = {}
    for request, headers in REQUESTS.items():
        rounds = [times for _ in range(effort.lives) for times in _life(headers)]
        figures[share_of(request)] = share(rounds, OURS)
        figures[share_of(request, "yardstick")] = share(rounds, YARD)
    return figures
