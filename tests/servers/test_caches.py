"""The layers behind the caches in front of servers: every response reaches only the client that it is for."""

import http.client
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from tests.browsers import site
from tests.layers.exchanges import ASGI, DJANGO, FLASK, STRANGER, WSGI, Fields, origin, preflight
from tests.layers.judging import RULES_OF, cors_of, verdict_on
from tests.layers.recording import KEYS, Request
from tests.layers.site import LIST, PAGE, POLICY, PUBLIC, RULES, TENANT, headers_of
from tests.layers.test_layers import APPS
from tests.servers.caches import Cache
from tests.servers.exchange import Reply, ask
from tests.servers.ports import ADDRESS
from tests.servers.python import ASGI_SERVERS, PYTHON_SERVERS
from tests.servers.server import Running
from tests.wsgi import App
from wsgicors import CORS, Policy
from wsgicors.adapting import answer, merge_headers

pytestmark = pytest.mark.servers

ALLOW_ORIGIN = "Access-Control-Allow-Origin"
SERVER_OF = {
    layer: next(server for server in servers if server.name == name)
    for layer, servers, name in (
        (WSGI, PYTHON_SERVERS, "gunicorn-gthread"),
        (FLASK, PYTHON_SERVERS, "gunicorn-gthread"),
        (DJANGO, PYTHON_SERVERS, "gunicorn-gthread"),
        (ASGI, ASGI_SERVERS, "uvicorn"),
    )
}
ASKERS: tuple[Fields, ...] = (
    (),
    *(origin(value) for value in (PAGE, TENANT, "https://y.tenants.example", STRANGER, "null", "x", f"{PAGE}:8443")),
    origin(STRANGER, ("Sec-Fetch-Site", "same-origin")),
    origin(STRANGER, ("Sec-Fetch-Site", "cross-site")),
    origin(PAGE, ("Accept-Encoding", "gzip")),
)


@pytest.fixture(scope="module", params=SERVER_OF)
def behind(request: pytest.FixtureRequest) -> Iterator[tuple[str, Running]]:
    """Each layer in turn, served."""
    with SERVER_OF[request.param].serve(APPS[request.param]) as running:
        yield request.param, running


def differences(layer: str, port: int, requests: int) -> tuple[list[str], Counter[str]]:
    """Send requests of many origins for few resources with every kind of policy, and compare each response.

    Returns:
        The wrong responses, and the count of each value of `X-Cache`.
    """
    rules = RULES_OF[layer]
    paths = [path.rstrip("/") for path in (*RULES, *(LIST if layer != FLASK else ())) if path.isascii()]
    chance = random.Random(f"{layer}, caches")
    wrong: list[str] = []
    seen: Counter[str] = Counter()
    connection = http.client.HTTPConnection(ADDRESS, port, timeout=30)
    for _ in range(requests):
        method = chance.choice(["GET", "GET", "GET", "GET", "HEAD"])
        path = f"{chance.choice(paths)}/cached"
        fields = chance.choice(ASKERS)
        connection.request(method, f"{path}?{chance.randrange(2)}", headers=dict(fields))
        response = connection.getresponse()
        response.read()
        verdict, policy = verdict_on(
            Request(method, path, {KEYS[name]: value for name, value in fields if name in KEYS}), rules
        )
        assert verdict is not None
        if verdict.status is None:
            due = (200, cors_of(merge_headers(headers_of("cached"), verdict)))
        else:
            own = answer(verdict, policy)
            due = (own.status, cors_of(own.headers))
        seen[str(response.getheader("X-Cache"))] += 1
        got = (response.status, cors_of(response.getheaders()))
        if got != due:
            wrong.append(f"{method} {path} of {fields}: {got}")
    connection.close()
    return wrong, seen


def test_a_cache_never_gives_one_origins_answer_to_another(cache: Cache, behind: tuple[str, Running]) -> None:
    layer, running = behind
    with cache.in_front_of(running.port) as front:
        wrong, seen = differences(layer, front.port, 1500)
    assert wrong == []
    assert seen["HIT"] > 750


def test_a_cache_that_ignores_vary_does(cache: Cache, behind: tuple[str, Running]) -> None:
    """The test above can fail."""
    layer, running = behind
    with cache.in_front_of(running.port, ignores_vary=True) as front:
        wrong, seen = differences(layer, front.port, 300)
    assert len(wrong) > 30
    assert seen["HIT"] > 150


# --- One by one, with the app in this process, which counts the requests.


def cors_headers(reply: Reply) -> dict[str, str]:
    return {name.lower(): value for name, value in reply.fields if name.lower().startswith("access-control-")}


CACHED = (("Content-Type", "text/plain"), ("Cache-Control", "max-age=60"))


def served(headers: Fields, rules: Any) -> CORS:
    return CORS(App(headers=[*CACHED, *headers]), rules)


@pytest.mark.parametrize("own", [[], [("Vary", "Accept-Encoding")], [("vary", "accept-encoding, ORIGIN")]])
def test_a_cache_keeps_one_entry_an_origin(cache: Cache, own: Fields) -> None:
    policy = POLICY
    with site.serve(served(own, policy)) as backend, cache.in_front_of(backend.port) as running:
        askers = [PAGE, TENANT, STRANGER, "null", None]
        for seen in ("MISS", "HIT", "HIT"):
            for asker in askers:
                reply = ask(running.port, "GET", "/x", origin(asker) if asker else [])
                assert reply.values("X-Cache") == [seen]
                assert reply.values(ALLOW_ORIGIN) == ([asker] if asker in (PAGE, TENANT) else [])
        assert len(backend.methods) == len(askers)


def test_a_cache_keeps_one_entry_for_all_where_any_origin_may_read(cache: Cache) -> None:
    with site.serve(served([], PUBLIC)) as backend, cache.in_front_of(backend.port) as running:
        for asker in (PAGE, STRANGER, None):
            assert ask(running.port, "GET", "/x", origin(asker) if asker else []).values(ALLOW_ORIGIN) == ["*"]
        assert backend.methods == ["GET"]


def test_a_cache_does_not_let_strangers_in_by_the_answer_to_the_servers_own_page(cache: Cache) -> None:
    middleware = served([], Policy(allow_origins=[PAGE], refuse="forbid"))
    with site.serve(middleware) as backend, cache.in_front_of(backend.port) as running:
        own, other = (origin(STRANGER, ("Sec-Fetch-Site", place)) for place in ("same-origin", "cross-site"))
        for _ in range(2):
            assert ask(running.port, "GET", "/x", own).status == 200
            assert ask(running.port, "GET", "/x", other).status == 403
            assert ask(running.port, "GET", "/x", origin(STRANGER)).status == 403
            assert ask(running.port, "GET", "/x", origin(PAGE)).values(ALLOW_ORIGIN) == [PAGE]


def test_a_cache_hands_every_preflight_on(cache: Cache) -> None:
    with site.serve(served([], POLICY)) as backend, cache.in_front_of(backend.port) as running:
        for fields, status in ((preflight(PAGE), 204), (preflight(STRANGER), 403), (preflight(PAGE, "PATCH"), 204)) * 2:
            reply = ask(running.port, "OPTIONS", "/x", fields)
            assert reply.status == status
            assert reply.values(ALLOW_ORIGIN) == ([PAGE] if status == 204 else [])
        assert backend.methods == ["OPTIONS"] * 6
