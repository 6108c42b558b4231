"""One exchange in Chromium: through the ASGI wrapper under uvicorn, and through exported nginx and Caddy."""

import contextlib
import threading
import time
from collections.abc import Callable, Generator

import pytest
import uvicorn

from tests.asgi.wire import served
from tests.browsers import site
from tests.browsers.chromium import Chromium
from tests.export.edges import EDGES
from tests.export.upstream import upstream, wsgi
from tests.servers.needs import need
from tests.servers.ports import ADDRESS, free_port
from wsgicors import Policy, asgi
from wsgicors.demo._journal import Journal
from wsgicors.demo._notes import Notes
from wsgicors.demo._page import Page
from wsgicors.demo._policies import policies

pytestmark = pytest.mark.browsers

FETCH = """
const [url, method, headers] = args;
try {
    const response = await fetch(url, {method, headers});
    return [response.status, response.headers.get("etag"), response.headers.get("x-app")];
} catch (error) {
    return String(error);
}
"""
BLOCKED = "TypeError: Failed to fetch"

ASKED = {
    "read": ("GET", "/x", {}, [200, '"1"', None]),
    "write": ("PUT", "/x", {"X-A": "1"}, [200, '"1"', None]),
    "error": ("PUT", "/x/error", {}, [500, '"1"', None]),
    "not found": ("GET", "/x/missing", {}, [404, '"1"', None]),
    "method": ("DELETE", "/x", {}, BLOCKED),
    "header": ("PUT", "/x", {"X-B": "1"}, BLOCKED),
}
"""The page's request, and what it gets: the status, an exposed header, and one that is not; or nothing."""


@contextlib.contextmanager
def by_uvicorn(policy: Policy) -> Generator[int]:
    port = free_port()
    app = asgi.CORS(served(wsgi), policy)
    server = uvicorn.Server(
        uvicorn.Config(app, host=ADDRESS, port=port, log_level="critical", lifespan="off", ws="none")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 30
    while not server.started:
        assert time.monotonic() < deadline, "uvicorn does not start"
        time.sleep(0.01)
    try:
        yield port
    finally:
        server.should_exit = True
        thread.join()


def by_export(name: str) -> Callable[[Policy], "contextlib.AbstractContextManager[int]"]:
    edge = next(edge for edge in EDGES if edge.name == name)

    @contextlib.contextmanager
    def serving(policy: Policy) -> Generator[int]:
        need(edge.missing())
        with upstream() as backend, edge.in_front_of(backend, policy) as wire:
            yield wire.port

    return serving


SERVERS = {"uvicorn": by_uvicorn, "nginx": by_export("nginx-debian"), "caddy": by_export("caddy")}


@pytest.mark.parametrize("name", SERVERS)
def test_a_page_gets_what_the_policy_says(name: str, chromium: Chromium) -> None:
    with site.serve(site.page) as page:
        policy = Policy(
            allow_origins=[page.origin], allow_methods=["PUT"], allow_headers=["X-A"], expose_headers=["ETag"]
        )
        with SERVERS[name](policy) as port:

            def met() -> dict[str, object]:
                return {
                    what: chromium.run(FETCH, f"http://{ADDRESS}:{port}{path}", method, headers)
                    for what, (method, path, headers, _) in ASKED.items()
                }

            chromium.visit(page.origin)
            assert met() == {what: expected for what, (*_, expected) in ASKED.items()}
            chromium.visit(page.other_origin)  # a page that the policy does not name
            assert met() == dict.fromkeys(ASKED, BLOCKED)


@pytest.mark.parametrize("name", ["nginx-debian", "caddy"])
def test_the_demo_runs_behind_an_export(name: str, chromium: Chromium) -> None:
    """The demo's page and its notes, without the middleware: the edge has the demo's policies."""
    edge = next(edge for edge in EDGES if edge.name == name)
    need(edge.missing())
    journal, pages = Journal(), list[Page]()
    with (
        site.serve(lambda environ, start_response: pages[0](environ, start_response)) as page,
        site.serve(journal.outside(journal.inside(Notes()))) as api,
        edge.in_front_of(api.port, policies(page.origin)) as wire,
    ):
        pages.append(
            Page(
                api_origin=f"http://{ADDRESS}:{wire.port}",
                page_origin=page.origin,
                stranger_origin=page.other_origin,
                rules=policies(page.origin),
                exchanges_after=journal.after,
            )
        )
        chromium.visit(f"{page.origin}/")
        chromium.text("#refused .verdict", containing="Failed")  # the page's text for the edge's own response
        assert '{"id": 1, "text": "Buy milk"}' in chromium.text("#read", containing="Allowed")
        assert '{"id": 1, "text": "Buy oat milk"}' in chromium.text("#write", containing="Allowed")
        reached = [f"{request.method} {request.target}" for request in api.requests]
        assert reached == ["GET /notes", "PUT /notes/1"]  # the edge answered the preflights
        chromium.visit(f"{page.other_origin}/")
        for call in ("read", "write", "refused"):
            chromium.text(f"#{call} .verdict", containing="Failed")
        assert len(api.requests) == len(reached)
