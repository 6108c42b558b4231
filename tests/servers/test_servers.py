"""Each server serves an app of the checkout, passes on the whole request, and leaves nothing running."""

import json
import os
import select
import sys
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from tests.browsers import site
from tests.servers import process
from tests.servers.caches import Cache
from tests.servers.exchange import ask, raw_exchange, request
from tests.servers.needs import need
from tests.servers.ports import free_port, is_listening
from tests.servers.process import NotStarted
from tests.servers.server import Running, Server

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse

pytestmark = pytest.mark.servers


@pytest.fixture(scope="module")
def running(server: Server) -> Generator[Running]:
    """Each server in turn, serving the echo app."""
    with server.serve("tests.servers.echo:app", env={"TESTS_SAY": "hello"}) as running:
        yield running
    assert not is_listening(running.port)


def test_a_request_reaches_the_app(running: Running) -> None:
    reply = ask(running.port, "GET", "/a%20b/c?d=e", [("Origin", "https://a.example"), ("X-Name", "value")])
    assert reply.status == 200
    assert reply.values("content-type") == ["application/json"]
    told = json.loads(reply.body)
    assert told["REQUEST_METHOD"] == "GET"
    assert told["SCRIPT_NAME"] + told["PATH_INFO"] == "/a b/c"
    assert told["QUERY_STRING"] == "d=e"
    assert told["HTTP_ORIGIN"] == "https://a.example"
    assert told["HTTP_X_NAME"] == "value"


def test_a_body_reaches_the_app(running: Running) -> None:
    told = json.loads(ask(running.port, "PUT", "/", [("Content-Type", "text/plain")], b"written").body)
    assert (told["REQUEST_METHOD"], told["CONTENT_TYPE"], told["body"]) == ("PUT", "text/plain", "written")


def test_a_preflight_reaches_the_app(running: Running) -> None:
    asked = [("Origin", "https://a.example"), ("Access-Control-Request-Method", "PUT")]
    told = json.loads(ask(running.port, "OPTIONS", "/x", asked).body)
    assert (told["REQUEST_METHOD"], told["PATH_INFO"]) == ("OPTIONS", "/x")
    assert told["HTTP_ACCESS_CONTROL_REQUEST_METHOD"] == "PUT"


def test_an_exchange_of_bytes(running: Running) -> None:
    lines = [("Access-Control-Request-Headers", "x-a"), ("Access-Control-Request-Headers", "x-b")]
    received = raw_exchange(running.port, request("GET", "/", lines))
    assert received.split(b" ", 2)[1] == b"200"
    assert b"x-b" in received


def test_many_requests_at_once_are_answered(running: Running) -> None:
    paths = [f"/{number}" for number in range(64)]

    def path_seen(path: str) -> str:
        return str(json.loads(ask(running.port, "GET", path).body)["PATH_INFO"])

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(path_seen, paths)) == paths


def test_a_cache_answers_the_second_request_itself(cache: Cache) -> None:
    def app(_environ: object, start_response: "StartResponse") -> list[bytes]:
        start_response("200 OK", [("Cache-Control", "max-age=60"), ("Content-Type", "text/plain")])
        return [b"fresh"]

    with site.serve(app) as origin, cache.in_front_of(origin.port) as running:
        replies = [ask(running.port, "GET", "/x") for _ in range(2)]
        assert [reply.values("X-Cache") for reply in replies] == [["MISS"], ["HIT"]]
        assert [reply.body for reply in replies] == [b"fresh", b"fresh"]
        assert origin.methods == ["GET"]
    assert not is_listening(running.port)


def test_a_server_that_does_not_come_up_says_why() -> None:
    command = [sys.executable, "-c", "raise SystemExit('no licence')"]
    with (
        pytest.raises(NotStarted, match=r"ended with status 1; it said:\nno licence"),
        process.listening(command, free_port()),
    ):
        pass


def test_a_line_that_never_comes_is_an_error() -> None:
    command = [sys.executable, "-c", "print('one'); print('two')"]
    with process.started(command) as program:
        assert program.wait_for_line("^(tw.)").group(1) == "two"
        with pytest.raises(NotStarted, match="did not print 'three'"):
            program.wait_for_line("three")


def test_children_of_a_stopped_program_are_ended_too() -> None:
    fork = "import os, time\nif child := os.fork():\n    print(child, flush=True)\ntime.sleep(1000)"
    with process.started([sys.executable, "-c", fork]) as program:
        child = os.pidfd_open(int(program.wait_for_line(r"^(\d+)$").group(1)))
        assert not _has_ended(child, 0)
    assert _has_ended(child, process.STOP_SECONDS)
    os.close(child)


def test_what_is_missing_fails_in_ci_and_is_skipped_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    need(None)
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="not installed: anything"):
        need("anything")
    monkeypatch.delenv("CI")
    with pytest.raises(pytest.skip.Exception, match="not installed: anything"):
        need("anything")


def _has_ended(pidfd: int, seconds: float) -> bool:
    """Whether a process ends in that time; its descriptor is readable from then on."""
    return bool(select.select([pidfd], [], [], seconds)[0])
