"""What `probe` finds on the servers of the flows and of other libraries."""

from collections.abc import Iterator
from typing import Final

from tests.doctor.corpus.flows import Flow, flows
from tests.doctor.corpus.meet import Ground, ground
from tests.doctor.corpus.panels import NOT_RECORDED
from tests.doctor.corpus.servers import PAGE, PLACES, SERVERS
from tests.servers import process
from wsgicors.doctor import ask, probe
from wsgicors.doctor.evidence._wire import Wire

_OF_THE_NETWORK: Final = frozenset(
    {"certificate", "connection-broken", "name-not-found", "redirect-loop", "unreachable"}
)
OF_THE_PAGE: Final = (NOT_RECORDED - _OF_THE_NETWORK - {"header-not-exposed"}) | {"header-of-responses"}
"""Causes that no server shows."""

_SECONDS: Final = 5


def asked() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield each server, its true cause, and the named causes."""
    process.may_start = True
    with ground() as made:
        for number, flow in enumerate(flows()):
            if flow.cause not in OF_THE_PAGE:
                yield flow.id, flow.cause, named_by_probe(made, flow, number)
    for wrong in SERVERS:
        asks = dict(wrong.asks)
        path = asks.pop("path", "/items")
        with PLACES[wrong.place](wrong.lines) as url:
            found = probe(ask(url.replace("/items", path), PAGE, **asks), body=b"{}", wire=Wire(_SECONDS))
        yield f"{wrong.place}: {wrong.lines}", wrong.cause, tuple(one.cause.id for one in found.suspects)


def named_by_probe(made: Ground, flow: Flow, number: int) -> tuple[str, ...]:
    """Return the causes that a probe of a flow's server names."""
    url = made.begin(flow, number)
    page = "null" if flow.ask.page == "sandboxed" else made.places["page"]
    asks = flow.ask
    method, headers, body = asks.method, [f"{name}: {value}" for name, value in asks.headers], asks.body
    if asks.by == "beacon":
        headers, body = ["Content-Type: application/json"], "{}"
    request = ask(url, page, method=method, credentials=asks.credentials or asks.by == "beacon", headers=headers)
    found = probe(request, body=(body or "").encode(), wire=Wire(_SECONDS), follow=True)
    remarked = (one.cause.id for one in found.remarks if one.cause)
    return tuple(one.cause.id for one in found.suspects) or tuple(remarked)
