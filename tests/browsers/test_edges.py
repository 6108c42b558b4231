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
"""What the page asks for, and what it gets: the status, a header that is exposed, and one that is not; or nothing."""


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
