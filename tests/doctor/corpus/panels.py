"""HARs of the flows in the formats of the network panels, from the messages on the wire.

The requests and responses are recorded (`tests.doctor.corpus.meet`). This module writes them as each panel does:
Chromium's preflight follows its request, and a blocked exchange has an error; Firefox's OPTIONS precedes it, and
blocked responses are absent; Safari's omits preflights, and has an error in words.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from tests.doctor.corpus.flows import Flow

NOT_RECORDED: Final = frozenset({
    "canvas-tainted", "content-security-policy", "forbidden-method", "forbidden-request-header", "frame-options",
    "opaque-response-blocking", "post-message", "request-mode", "resource-policy", "url-scheme", "websocket-origin",
    "worker-origin", "name-not-found", "unreachable", "certificate", "connection-broken", "header-not-exposed",
    "redirect-refused", "redirect-loop",
})  # fmt: skip
"""Causes whose blocked exchange no network panel holds, or holds only as the name of an error."""

_CREATORS: Final = {"chromium": "WebInspector", "firefox": "Firefox", "webkit": "WebKit Web Inspector"}
_TYPES: Final = {"img": "image", "style": "stylesheet", "module": "script", "video": "media"}
_ORIGINS: Final = {"own": "http://127.0.0.1:9400", "third": "http://127.0.0.1:9500"}


def har(met: Mapping[str, Any], flow: Flow) -> str:
    """Return the HAR of one flow as its engine's network panel exports it."""
    engine = met["engine"]
    wires = [Exchange(wire) for wire in met["wires"]]
    asked = [wire for wire in wires if wire.is_preflight]
    actual = [wire for wire in wires if not wire.is_preflight]
    entries: list[dict[str, Any]] = []
    for number, wire in enumerate(actual):
        entries.append(_entry(wire, flow, engine, blocked=number == len(actual) - 1))
    if not actual and asked:
        entries.append(_unsent(asked[0], flow, engine))
    if engine == "firefox":
        entries[:0] = [_entry(wire, flow, engine, blocked=False) for wire in asked]
    elif engine == "chromium":
        entries += [_preflight(wire) for wire in asked]
    for number, entry in enumerate(entries):
        entry["startedDateTime"] = f"2026-11-28T17:00:00.{number:03}Z"
        entry["pageref"] = "page_1"
    log = {"version": "1.2", "creator": {"name": _CREATORS[engine], "version": "1"},
           "pages": [{"id": "page_1", "title": met["page"]}], "entries": entries}  # fmt: skip
    return json.dumps({"log": log})


class Exchange:
    """One message on the wire, split into its parts."""

    def __init__(self, wire: Sequence[Any]) -> None:
        self.site, self.method, self.target, self.sent, self.status, self.received = wire
        self.url = _ORIGINS[self.site] + self.target
        names = {name.lower() for name, _ in self.sent}
        self.is_preflight = self.method == "OPTIONS" and "access-control-request-method" in names

    def field(self, name: str) -> str:
        """Return a request header's value; "" for none."""
        return next((value for spelled, value in self.sent if spelled.lower() == name), "")


def _named(lines: Sequence[Sequence[str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in lines]


def _message(wire: Exchange, status: int, received: Sequence[Sequence[str]]) -> dict[str, Any]:
    moved = next((value for name, value in received if name.lower() == "location"), "")
    return {
        "request": {"method": wire.method, "url": wire.url, "httpVersion": "HTTP/1.1", "headers": _named(wire.sent),
                    "cookies": [], "queryString": [], "headersSize": -1, "bodySize": 0},
        "response": {"status": status, "statusText": "", "httpVersion": "HTTP/1.1", "headers": _named(received),
                     "cookies": [], "content": {"size": 0, "mimeType": ""}, "redirectURL": moved,
                     "headersSize": -1, "bodySize": -1},
    }  # fmt: skip


def _entry(wire: Exchange, flow: Flow, engine: str, *, blocked: bool) -> dict[str, Any]:
    hidden = blocked and engine == "firefox"
    entry = _message(wire, 0 if hidden else wire.status, [] if hidden else wire.received)
    if engine == "chromium":
        entry["_resourceType"] = _TYPES.get(flow.ask.by, flow.ask.by if flow.ask.by in {"xhr", "font"} else "fetch")
        entry["response"]["_error"] = "net::ERR_FAILED" if blocked else None
    elif engine == "webkit":
        entry["_fetchType"] = "Network Load"
        if blocked:
            entry["response"]["_error"] = "Load failed"
    return entry


def _preflight(wire: Exchange) -> dict[str, Any]:
    entry = _message(wire, wire.status, wire.received)
    entry["_resourceType"] = "preflight"
    entry["_initiator"] = {"type": "preflight", "url": wire.url}
    entry["response"]["_error"] = None
    return entry


def _unsent(preflight: Exchange, flow: Flow, engine: str) -> dict[str, Any]:
    """The entry of the request that a failed preflight held back."""
    sent = [("Origin", preflight.field("origin")), *flow.ask.headers]
    wire = Exchange((preflight.site, preflight.field("access-control-request-method"), preflight.target, sent, 0, []))
    return _entry(wire, flow, engine, blocked=True)


def is_recorded(met: Mapping[str, Any], flow: Flow) -> bool:
    """Whether a network panel shows the exchange."""
    shown = flow.cause not in NOT_RECORDED and bool(met["wires"])
    if not shown:
        return False
    last = Exchange(met["wires"][-1])
    if met["engine"] == "firefox":  # it omits blocked responses
        return last.is_preflight
    # WebKit omits preflights, and loads fonts without CORS.
    return met["engine"] == "chromium" or (not last.is_preflight and bool(last.field("origin")))
