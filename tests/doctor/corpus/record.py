"""Record what browsers print for servers with a known fault: ``python -m tests.doctor.corpus.record [ENGINE …]``.

The servers are those on which the remedies are tried. Their faults were chosen for the remedies, not for what
consoles print. Replaces ``recorded.json``; look at the difference before you commit it.
"""

import contextlib
import json
import sys
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Final, NamedTuple, TypedDict

from tests.browsers.engines import ENGINES
from tests.browsers.ground import meet_one
from tests.browsers.matrix import Ask
from tests.browsers.site import response, scripted, serve
from tests.doctor import places, test_remedies
from tests.doctor.places import SERVERS
from tests.doctor.test_remedies import FAULTS
from tests.servers import process
from tests.wsgi import App
from wsgicors.doctor import Examination, ask, probe
from wsgicors.doctor.evidence._wire import Wire

RECORDED: Final = Path(__file__).with_name("recorded.json")
PAGE: Final = "http://127.0.0.1:3000"
"""The page's recorded origin."""

API: Final = "http://127.0.0.1:8000"
"""The server's recorded origin."""


class Exchanged(TypedDict):
    """One request that a probe sent as the page's browser, and the response."""

    method: str
    url: str
    sent: list[tuple[str, str]]
    status: int
    received: list[tuple[str, str]]


class Recorded(NamedTuple):
    """What one engine's console printed for one server, and the requests and responses."""

    engine: str
    place: str
    cause: str
    probed: str
    console: list[str]
    exchanges: list[Exchanged]


def exchanged(found: Examination) -> list[Exchanged]:
    """Return the exchange of a probe."""
    return [
        {
            "method": one.request.method,
            "url": one.request.url,
            "sent": list(one.request.headers),
            "status": one.response.status,
            "received": list(one.response.headers),
        }
        for one in found.conclusion.exchanges
    ]


STATUSES: Final = {
    "preflight-error": ("OPTIONS", 500),
    "preflight-not-found": ("OPTIONS", 404),
    "preflight-status": ("OPTIONS", 418),
    "proxy-timeout": ("OPTIONS", 504),
    "app-error": ("GET", 500),
    "not-found-without-headers": ("GET", 404),
}
"""Statuses from a server without a framework; actual responses have no CORS headers."""


@contextlib.contextmanager
def scripted_status(method: str, status: int) -> Generator[str]:
    """A server that answers OPTIONS, or else GET, with a status."""
    allow = [("Access-Control-Allow-Origin", places.PAGE)] if method == "OPTIONS" else []
    with scripted(lambda request: response(status, allow)) as site:
        yield f"{site.origin}/items"


def situations() -> Iterator[tuple[str, str, str, Ask, contextlib.AbstractContextManager[str]]]:
    """Yield each cause, its place, the page's request and the server."""
    for cause, fault in FAULTS.items():
        asks = fault.asks
        if asks.keys() & {"origin", "private_network", "preflight_only", "asked_before_by", "unseen"}:
            continue
        headers = [(name.partition(":")[0], name.partition(": ")[2] or "1") for name in asks.get("headers", ())]
        asked = Ask(
            asks.get("method", "GET"),
            tuple(headers),
            "include" if asks.get("credentials") else "same-origin",
            "x" * len(asks["body"]) if "body" in asks else None,
            at=asks.get("path", "/items"),
        )
        for place, lines in fault.before.items():
            yield cause, place.value, asks.get("path", "/items"), asked, SERVERS[place](lines)
    for cause, (method, status) in STATUSES.items():
        asked = Ask("PUT" if method == "OPTIONS" else "GET")
        yield cause, "scripted", "/items", asked, scripted_status(method, status)


def main() -> None:
    """Record the named engines, or all."""
    wanted = sys.argv[1:] or [kind.name for kind in ENGINES]
    process.may_start = True
    found: list[Recorded] = []
    with serve(App(headers=[("Content-Type", "text/html")], body=[b"<title>page</title>"])) as page:
        for module in (places, test_remedies):
            module.PAGE = page.origin  # type: ignore[attr-defined]
        for kind in ENGINES:
            if kind.name not in wanted:
                continue
            with kind() as engine:
                engine.visit(f"{page.origin}/")
                for cause, place, path, asked, server in situations_at(page.origin):
                    with server as url:
                        url = url.replace("/items", path)
                        engine.console()
                        got, console = meet_one(engine, url, asked)
                        if not got.blocked:
                            continue
                        origin = url.rpartition(path)[0]
                        told = [line.replace(origin, API).replace(page.origin, PAGE) for line in console]
                        probing = ask(url, page.origin, method=asked.method, credentials=asked.credentials == "include",
                                      headers=[f"{name}: {value}" for name, value in asked.headers])  # fmt: skip
                        examined = probe(probing, body=(asked.body or "").encode(), wire=Wire(5))
                        named = examined.suspects[0].cause.id
                        found.append(Recorded(kind.name, place, cause, named, told, exchanged(examined)))
            print(f"{kind.name}: {sum(one.engine == kind.name for one in found)} consoles")
            text = json.dumps([one._asdict() for one in found], indent=1, ensure_ascii=False)
            RECORDED.write_text(text.replace(page.origin, PAGE) + "\n")


def situations_at(page: str) -> Iterator[tuple[str, str, str, Ask, contextlib.AbstractContextManager[str]]]:
    """The situations, with the page's own origin in place of the remedies' one."""
    for name, fault in list(FAULTS.items()):
        lines = {place: text.replace("https://www.example.com", page) for place, text in fault.before.items()}
        FAULTS[name] = fault.__class__(fault.asks, lines, fault.around)
    return situations()


if __name__ == "__main__":
    main()
