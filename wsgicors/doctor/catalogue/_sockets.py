"""How WebSocket servers refuse an origin, each by a phrase in lower case with plain quotes."""

from typing import Final

WEBSOCKETS: Final = (
    ("tornado", "cross origin websockets not allowed"),
    ("jupyter", "blocking cross origin websocket attempt"),
    ("gorilla", "request origin not allowed by upgrader.checkorigin"),
    ("gorilla", "websocket: 'origin' header value not allowed"),
    ("coder", "request origin '…is not authorized for host '"),
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

HANDSHAKES: Final = (
    (
        "uvicorn",
        "connection rejected (403 forbidden)",
        ("websocket-origin", "authentication-without-headers", "not-found-without-headers"),
    ),
    ("daphne", "websocket reject /", ("websocket-origin", "authentication-without-headers")),
    ("wrangler", "disallowed 'origin' header", ("websocket-origin", "origin-not-allowed")),
    (
        "uvicorn",
        "connection failed (403 forbidden)",
        ("websocket-origin", "authentication-without-headers", "not-found-without-headers"),
    ),
    ("parity", "websockets server from untrusted origin", ("websocket-origin",)),
    ("action-cable", "request to origin not allowed: ", ("websocket-origin",)),
    ("uptime-kuma", ") does not match host (", ("websocket-origin",)),
    ("socket.io", "using an unsupported version of the socket.io", ("http-error", "response-invalid")),
    ("socket.io", "'code':5,'message':'unsupported protocol version'", ("http-error", "response-invalid")),
    (
        "collabora",
        "failed to establish socket connection or socket connection closed",
        ("websocket-origin", "host-not-allowed"),
    ),
    ("code-server", "at ensureorigin (", ("websocket-origin", "csrf-origin")),
    ("code-server", "the workbench failed to connect to the server", ("websocket-origin", "unreachable")),
    (
        "websocket-client",
        "handshake status 403",
        ("websocket-origin", "authentication-without-headers", "not-found-without-headers"),
    ),
    (
        "websockets",
        "server rejected websocket connection: http 403",
        ("websocket-origin", "authentication-without-headers", "not-found-without-headers"),
    ),
    ("gorilla", "websocket: bad handshake", ("websocket-origin", "http-error")),
    ("signalr", "the connection could not be found on the server", ("websocket-origin", "http-error")),
    ("stomp", "whoops! lost connection to ", ("websocket-origin", "unreachable")),
    ("spring", "origin header value '…not allowed", ("websocket-origin",)),
    ("storybook", "invalid websocket origin", ("websocket-origin",)),
)
"""What servers, and clients without a page, say of a handshake that failed, and why it can have failed."""
