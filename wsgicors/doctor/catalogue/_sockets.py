"""How WebSocket servers refuse an origin, each by a phrase in lower case with plain quotes."""

from typing import Final

WEBSOCKETS: Final = (
    ("tornado", "cross origin websockets not allowed"),
    ("jupyter", "blocking cross origin websocket attempt"),
    ("gorilla", "request origin not allowed by upgrader.checkorigin"),
    ("gorilla", "websocket: 'origin' header value not allowed"),
    ("coder", "' is not authorized for host '"),
    ("action-cable", "request origin not allowed: "),
    ("phoenix", "could not check origin for phoenix.socket"),
    ("spring", "handshake request rejected, origin header value"),
    ("webpack", "invalid host/origin header"),
    ("bokeh", "refusing websocket connection from origin "),
    ("mattermost", "url blocked because of cors"),
    ("handler", "websocket origin not allowed"),
    ("engineio", "not an accepted origin"),
    ("devtools", "rejected an incoming websocket connection from"),
    ("ttyd", "refuse to serve ws client from different origin"),
    ("cockpit", "received request from bad origin"),
)
"""How WebSocket servers refuse an origin."""
