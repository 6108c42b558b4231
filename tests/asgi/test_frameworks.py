"""Real frameworks in the wrapper, each under a real server, and the server's own responses."""

import contextlib
import itertools
import os
import ssl
import subprocess
import sys
from collections.abc import Generator, Iterator
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from tests.asgi.apps import FRAMEWORKS, PAGE
from tests.checkout import ROOT
from tests.servers import process
from tests.servers.exchange import Reply, ask
from tests.servers.ports import ADDRESS, free_port

pytestmark = pytest.mark.servers

STRANGER = "https://www.example.net"

SERVERS = {
    "uvicorn": ["-m", "uvicorn", "--host", ADDRESS, "--port", "{port}", "tests.asgi.apps:app"],
    "hypercorn": ["-m", "hypercorn", "--bind", f"{ADDRESS}:{{port}}", "tests.asgi.apps:app"],
    "granian": ["-m", "granian", "--interface", "asgi", "--host", ADDRESS, "--port", "{port}", "tests.asgi.apps:app"],
    "daphne": ["-m", "daphne", "-b", ADDRESS, "-p", "{port}", "tests.asgi.apps:app"],
}

OTHERS = [server for server in SERVERS if server != "uvicorn"]

PAIRS = [
    *(("uvicorn", framework) for framework in FRAMEWORKS),
    *((server, framework) for server, framework in zip(itertools.cycle(OTHERS), FRAMEWORKS) if framework != "plain"),
]
"""Every framework under uvicorn and one other server, in turn; `tests.layers` has apps without a framework."""


@contextlib.contextmanager
def serving(server: str, framework: str, *options: str) -> Iterator[int]:
    port = free_port()
    command = [sys.executable, *(part.format(port=port) for part in SERVERS[server]), *options]
    path = os.pathsep.join([str(ROOT), str(ROOT / "adapters")])
    env = {"PYTHONPATH": path, "ASGI_FRAMEWORK": framework, "PYTHONWARNINGS": "ignore"}
    with process.listening(command, port, env=env, cwd=ROOT):
        yield port


@pytest.fixture(scope="module", params=PAIRS, ids="-".join)
def port(request: pytest.FixtureRequest) -> Generator[int]:
    with serving(*request.param) as running:
        yield running


def cors(reply: Reply) -> dict[str, list[str]]:
    names = {name.lower() for name, _ in reply.fields if name.lower().startswith("access-control-")}
    return {name: reply.values(name) for name in names}


ALLOWED = {"access-control-allow-origin": [PAGE], "access-control-allow-credentials": ["true"]}


def test_an_exchange(port: int) -> None:
    asked = [
        ("Origin", PAGE),
        ("Access-Control-Request-Method", "PUT"),
        ("Access-Control-Request-Headers", "content-type"),
    ]
    preflight = ask(port, "OPTIONS", "/notes", asked)
    assert preflight.status == 204
    assert cors(preflight) == {
        **ALLOWED,
        "access-control-allow-methods": ["PUT"],
        "access-control-allow-headers": ["Content-Type"],
    }
    allowed = ask(port, "PUT", "/notes", [("Origin", PAGE)])
    assert (allowed.status, cors(allowed)) == (200, ALLOWED)
    assert b"hello" in allowed.body
    assert "Origin" in ", ".join(allowed.values("Vary"))


def test_a_forbidden_request(port: int) -> None:
    refused = ask(port, "PUT", "/notes", [("Origin", STRANGER)])
    assert (refused.status, cors(refused)) == (403, {})
    assert refused.body == b"The origin 'https://www.example.net' is not allowed here.\n"
    assert ask(port, "HEAD", "/notes", [("Origin", STRANGER)]).status == 403


def test_an_error_can_be_read_by_the_page(port: int) -> None:
    failed = ask(port, "GET", "/broken", [("Origin", PAGE)])
    assert (failed.status, cors(failed)) == (500, ALLOWED)
    missing = ask(port, "GET", "/nothing-here", [("Origin", PAGE)])
    assert cors(missing) == ALLOWED


@pytest.mark.parametrize(("server", "framework"), [*((server, "plain") for server in SERVERS), ("uvicorn", "channels")])
def test_a_websocket(server: str, framework: str) -> None:
    with serving(server, framework) as port:
        url = f"ws://{ADDRESS}:{port}/socket"
        with connect(url, origin=Origin(PAGE)) as socket:
            assert socket.recv() == "hello"
        with connect(url) as socket:  # not a browser
            assert socket.recv() == "hello"
        with pytest.raises(InvalidStatus) as refused:
            connect(url, origin=Origin(STRANGER))
        assert refused.value.response.status_code == 403


def test_http_2(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*make, *subject], check=True, capture_output=True)
    with serving("hypercorn", "plain", "--certfile", str(certificate), "--keyfile", str(key)) as port:
        client = httpx.Client(http2=True, verify=ssl.create_default_context(cafile=str(certificate)), trust_env=False)
        with client:
            reply = client.get(f"https://{ADDRESS}:{port}/notes", headers={"Origin": PAGE})
            refused = client.get(f"https://{ADDRESS}:{port}/notes", headers={"Origin": STRANGER})
    assert (reply.http_version, reply.status_code, reply.text) == ("HTTP/2", 200, "hello")
    assert reply.headers["Access-Control-Allow-Origin"] == PAGE
    assert reply.headers.get_list("Set-Cookie") == ["a=1", "b=2"]
    assert (refused.http_version, refused.status_code) == ("HTTP/2", 403)


def test_without_an_origin(port: int) -> None:
    plain = ask(port, "GET", "/notes")
    assert (plain.status, cors(plain)) == (200, {})
    assert plain.values("Vary") == ["Origin"]
