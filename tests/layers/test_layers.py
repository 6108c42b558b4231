"""Every exchange under every server and layer: each response matches the core's verdict, header for header."""

import contextlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.layers.changes import LAYERS, SERVERS
from tests.layers.exchanges import (
    ABORTED,
    ASGI,
    DJANGO,
    DJANGO_ASGI,
    FLASK,
    WSGI,
    Exchange,
    Sent,
    all_exchanges,
    origin,
    preflight,
)
from tests.layers.judging import judge
from tests.servers.apache import ModWSGI
from tests.servers.exchange import abort, raw_exchange, replies
from tests.servers.needs import need
from tests.servers.ports import ADDRESS
from tests.servers.python import ASGI_SERVERS, PYTHON_SERVERS
from tests.servers.server import Running, Server

pytestmark = [pytest.mark.servers, pytest.mark.slow]

APPS = {
    WSGI: "tests.layers.by_wsgi:app",
    FLASK: "tests.layers.by_flask:app",
    DJANGO: "tests.layers.by_django:app",
    ASGI: "tests.layers.by_asgi:app",
    DJANGO_ASGI: "tests.layers.by_django:asgi",
}

WITH = ("django", "flask")
WSGI_SERVERS: tuple[Server, ...] = (*PYTHON_SERVERS, ModWSGI(extras=WITH))

PAIRS: list[tuple[Server, str]] = [
    *((server, layer) for server in WSGI_SERVERS for layer in (WSGI, FLASK, DJANGO)),
    (ModWSGI("mod_wsgi-subinterpreter", WITH, "tests"), WSGI),
    *((server, layer) for server in ASGI_SERVERS for layer in (ASGI, DJANGO_ASGI)),
]

EXCHANGES = all_exchanges()


@contextlib.contextmanager
def served(server: Server, layer: str) -> Iterator[Running]:
    with server.serve(APPS[layer]) as running:
        yield running


def bytes_of(exchange: Exchange) -> bytes:
    """Return an exchange's requests; the last one asks the server to close the connection."""
    data = b""
    for number, (method, target, fields, body) in enumerate(exchange.requests, 1):
        lines = [f"{name}: {value}" for name, value in fields]
        names = {name.lower() for name, _ in fields}
        if "host" not in names:
            lines.insert(0, f"Host: {ADDRESS}")
        if body and "transfer-encoding" not in names:
            lines.append(f"Content-Length: {len(body)}")
        if number == len(exchange.requests):
            lines.append("Connection: close")
        data += "\r\n".join([f"{method} {target} HTTP/1.1", *lines, "", ""]).encode("latin-1") + body
    return data


def changes_of(exchange: Exchange, layer: str, port: int) -> set[str]:
    """Make an exchange, judge its responses, and return the changes."""
    data = raw_exchange(port, bytes_of(exchange), exchange.until)
    try:
        answers = replies(data, [request.method for request in exchange.requests])
        changes = {*judge(exchange, layer, answers)}
    except AssertionError as error:
        error.add_note(exchange.name)
        raise
    # How much of an aborted response arrives varies.
    return set() if exchange.until else changes


def ask_many_at_once(layer: str, port: int) -> None:
    """Make 48 exchanges in eight threads, from 24 origins."""
    origins = [f"https://t{number}.tenants.example" for number in range(24)]
    asked = [
        Exchange(f"{sent.method} {value}", (sent,), path=sent.target)
        for value in origins
        for sent in (Sent("OPTIONS", "/", preflight(value)), Sent("GET", "/own", origin(value)))
    ]
    with ThreadPoolExecutor(8) as pool:
        for _ in pool.map(lambda exchange: changes_of(exchange, layer, port), asked):
            pass


@pytest.mark.parametrize(
    ("server", "layer"), [pytest.param(server, layer, id=f"{server.name}-{layer}") for server, layer in PAIRS]
)
def test_every_answer_is_what_the_verdict_makes_it(server: Server, layer: str) -> None:
    need(server.missing())
    changed: set[str] = set()
    wrong: list[AssertionError] = []
    listed = [one for one in EXCHANGES if layer in one.layers]
    with served(server, layer) as running:
        for exchange in listed:
            try:
                changed |= changes_of(exchange, layer, running.port)
            except AssertionError as error:
                wrong.append(error)
        if wrong:
            raise ExceptionGroup(f"{len(wrong)} of {len(listed)} exchanges", wrong)
        for data in ABORTED:
            abort(running.port, data)
            changes_of(listed[0], layer, running.port)
        ask_many_at_once(layer, running.port)
    version, always, under = SERVERS[server.name]
    assert sorted(changed) == sorted({*always, *under.get(layer, ()), *LAYERS[layer]}), f"the list is of {version}"


def test_each_server_is_listed() -> None:
    assert SERVERS.keys() == {server.name for server, _ in PAIRS}
