"""The short form of the soak, for CI: every figure except the latency, which depends on the machine."""

import itertools
from array import array
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest

from tests.django import backends
from tests.servers.needs import need
from tests.servers.ports import ADDRESS
from tests.soak import traffic
from tests.soak.__main__ import faults
from tests.soak.running import Figures, run
from tests.soak.traffic import SHAPES, Counts


@pytest.mark.servers
@pytest.mark.slow
def test_one_minute() -> None:
    need(backends.missing())
    figures = run(60)
    assert faults(figures, 1) == [], figures
    assert figures.counts.keys() == SHAPES.keys()
    assert all(counts.answers for counts in figures.counts.values())
    assert figures.outages >= 3  # PostgreSQL's, Redis's, both


def figures(*, wrong: int = 0, errors: int = 0, memory: tuple[int, ...] = (100, 100), log: int = 0) -> Figures:
    counts = Counts(10, ["wrong"] * wrong, ["error"] * errors, array("d", [0.1]), array("d", [0.1]))
    return Figures({"pages": counts}, 0.1, 0.1, [*memory], log, 1)


def test_what_must_not_be() -> None:
    assert faults(figures(), 1) == []
    assert faults(figures(wrong=1), 1) == ["wrong answers"]
    assert faults(figures(errors=1), 1) == ["errors"]
    assert faults(figures(memory=(100, 100, 105, 120)), 1) == ["memory grows"]
    assert faults(figures(log=300_000), 1) == ["the log is too long"]
    assert str(figures(wrong=1)).endswith("wrong")


def test_attackers_open_a_connection_for_each_attack(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server closes a connection after an idle minute; the next request on it would count as an error."""
    accepted: list[object] = []

    class Answers(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            accepted.append(self.client_address)
            super().setup()

        def do_GET(self) -> None:
            self.send_response(204)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_OPTIONS = do_GET

    seconds = itertools.count()
    monkeypatch.setattr(traffic, "time", SimpleNamespace(monotonic=lambda: next(seconds), sleep=lambda _: None))
    with ThreadingHTTPServer((ADDRESS, 0), Answers) as server, ThreadPoolExecutor(1) as pool:
        serving = pool.submit(server.serve_forever)
        counts = traffic.send("hostile", server.server_port, traffic.Times(0, 10, 49))  # attacks from 10 and from 30 on
        server.shutdown()
        serving.result()
    assert counts.errors == []
    assert counts.answers > 5
    assert len(accepted) == 2
