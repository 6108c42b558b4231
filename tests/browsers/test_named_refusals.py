"""A refused method or header is named by the browser's console, by the log of a server without logging
configuration, by `why` from that console, and by `probe`; in every layer."""

import json
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import pytest

from tests.browsers import site
from tests.browsers.departures import FIREFOX
from tests.browsers.engine import Engine
from tests.browsers.ground import meet_one
from tests.browsers.matrix import Ask, Fields
from tests.browsers.refusing import VARIABLE, Allowed
from tests.servers.needs import need
from tests.servers.ports import ADDRESS
from tests.servers.python import PYTHON_SERVERS
from tests.servers.server import Running
from wsgicors.doctor import Cause, Decision, ask, probe, why
from wsgicors.doctor.catalogue._remedies import OWN

pytestmark = pytest.mark.browsers

SERVERS = {server.name: server for server in PYTHON_SERVERS}
JSON_BODY = ("Content-Type", "application/json")

LAYERS = {
    "wsgi": ("waitress", "tests.browsers.refusing.wsgi:app"),
    "flask": ("gunicorn-gthread", "tests.browsers.refusing.flask_app:app"),
    "django": ("gunicorn-gthread", "tests.browsers.refusing.django_project:app"),
}

Named: TypeAlias = tuple[str, ...]


@dataclass(frozen=True)
class Flow:
    """A request of a page's script, and its refused part.

    Attributes:
        client: The client that sends such requests.
        ask: The request. All of it is allowed except `named`.
        named: The refused method, or the names of the refused headers in lower case.
        cause: The cause that a probe finds.
    """

    client: str
    ask: Ask
    named: Named
    cause: str = "header-not-allowed"

    def allowed(self, page: str) -> Allowed:
        """What the server allows."""
        methods = {"PUT", "PATCH", "DELETE"} - {*self.named}
        headers = {"content-type", "authorization", *(name.lower() for name, _ in self.ask.headers)} - {*self.named}
        return {"origins": [page], "methods": sorted(methods), "headers": sorted(headers)}

    def names_in(self, text: str) -> list[str]:
        """The refused names that are in a text; WebKit spells headers as the script does."""
        text = text.lower() if self.cause == "header-not-allowed" else text
        return [name for name in self.named if name in text]


def _headers(client: str, *headers: str, method: str = "GET", others: Fields = ()) -> Flow:
    return Flow(client, Ask(method, (*others, *((name, "7") for name in headers))), tuple(map(str.lower, headers)))


FLOWS = (
    Flow("axios-put", Ask("PUT", (JSON_BODY,), body="{}"), ("PUT",), "method-not-allowed"),
    Flow("axios-patch", Ask("PATCH", (JSON_BODY,), body="{}"), ("PATCH",), "method-not-allowed"),
    Flow("axios-delete", Ask("DELETE"), ("DELETE",), "method-not-allowed"),
    Flow("fetch-patch-in-lower-case", Ask("patch", body="text"), ("patch",), "method-case"),
    Flow("fetch-json", Ask("POST", (JSON_BODY,), body="{}"), ("content-type",)),
    Flow("axios-bearer", Ask(headers=(("Authorization", "Bearer secret"),)), ("authorization",)),
    _headers("jquery", "X-Requested-With"),
    _headers("apollo", "apollographql-client-name", method="POST", others=(JSON_BODY,)),
    _headers("htmx", "HX-Request"),
    _headers("sentry", "sentry-trace", "baggage"),
    _headers("stripe", "Idempotency-Key", method="PUT", others=(JSON_BODY,)),
    _headers("event-source", "Last-Event-ID", others=(("Authorization", "Bearer secret"),)),
    _headers("mcp", "MCP-Protocol-Version", "Mcp-Session-Id", method="POST", others=(JSON_BODY,)),
    _headers("several", "X-Request-ID", "X-CSRFToken", "traceparent", method="PATCH", others=(JSON_BODY,)),
)


@pytest.fixture(scope="module")
def page(engine: Engine) -> Generator[str]:
    """The origin of the engine's page."""
    with site.serve(site.page) as served:
        engine.visit(served.origin)
        engine.console()
        yield served.origin


@pytest.fixture
def server(page: str, layer: str, flow: Flow) -> Generator[Running]:
    """A new server for each flow: a process prints a limited number of refusals of one code per minute."""
    name, app = LAYERS[layer]
    need(SERVERS[name].missing())
    with SERVERS[name].serve(app, {VARIABLE: json.dumps(flow.allowed(page))}) as running:
        yield running


def texts(cause: Cause) -> Iterator[str]:
    """The text of a cause, without remedies for other places: Amazon S3's says which methods it can list."""
    yield from (cause.title, cause.sentence)
    for remedy in cause.remedies:
        if remedy.place in OWN:
            yield from (remedy.text, remedy.code)


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.client)
def test_a_refusal_is_named(engine: Engine, page: str, server: Running, layer: str, flow: Flow) -> None:
    url = f"http://{ADDRESS}:{server.port}/notes"
    got, console = meet_one(engine, url, flow.ask)
    assert got.blocked

    code = "header-not-allowed" if flow.cause == "header-not-allowed" else "method-not-allowed"
    logged = server.program.wait_for_line(rf"refused 'OPTIONS' '/notes': {code}: .*").group()
    assert flow.names_in(logged) == list(flow.named)

    # Firefox does not name the method.
    tells = engine.name != FIREFOX or code == "header-not-allowed"
    assert bool(flow.names_in("\n".join(console))) == tells, console

    [finding] = why("\n".join(console)).findings
    first = finding.suspects[0].cause
    assert first.id == (flow.cause if tells else code)
    assert bool(flow.names_in("\n".join(texts(first)))) == tells

    outside = probe(
        ask(url, page, method=flow.ask.method, headers=[f"{name}: {value}" for name, value in flow.ask.headers]),
        body=(flow.ask.body or "").encode(),
    )
    assert outside.decision is Decision.BLOCKED
    assert outside.suspects[0].cause.id == flow.cause
    assert flow.names_in("\n".join(texts(outside.suspects[0].cause)))
