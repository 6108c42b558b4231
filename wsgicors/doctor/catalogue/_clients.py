"""What client libraries and apps print instead of a browser's message, each by a phrase in lower case.

Some know more than that the request failed: `KNOWING`. The others print that alone: `SILENT`.
"""

from typing import Final

KNOWING: Final = (
    ("eventsource", "eventsource's response has a mime type (", ("response-invalid", "session-ended")),
    ("eventsource", "eventsource's response has a charset (", ("response-invalid",)),
    ("grpc-web", "response closed without grpc-status", ("header-not-exposed",)),
    ("grpc-web", "response closed without headers", ("header-not-exposed",)),
    ("grpc-web", "missing content-type header in grpc response", ("header-not-exposed",)),
    ("mcp", "missing mcp-session-id header", ("header-not-exposed", "malformed-request")),
    ("cordova", "url blocked by whitelist:", ("content-security-policy",)),
    ("cordova", "url blocked by allowlist:", ("content-security-policy",)),
    ("cordova", "whitelist rejection: url='", ("content-security-policy",)),
    ("cordova", "internal navigation rejected - <allow-navigation> not set", ("navigation-not-allowed",)),
    ("tauri", "url not allowed on the configured scope:", ("content-security-policy",)),
    ("monaco", "could not create web worker(s)", ("worker-origin",)),
    ("s3", "must be addressed using the specified endpoint", ("preflight-redirect", "redirect-without-headers")),
    ("s3", "<code>permanentredirect", ("preflight-redirect", "redirect-without-headers")),
    ("aws", "etagmissing: no access to etag property", ("header-not-exposed",)),
    ("script", "unexpected token '<', '<!doctype", ("response-invalid", "session-ended")),
    ("script", "unexpected token < in json at position 0", ("response-invalid", "session-ended")),
    ("internet-explorer", "'number':-2147024891", ("cors-absent", "origin-scheme")),
    ("hls", "manifestloaderror…'code':0", ("cors-absent", "unreachable")),
    (
        "neo4j",
        "websocket connection failure. due to security constraints in your web browser",
        ("unreachable", "certificate", "mixed-content"),
    ),
    ("curl", "curl: (52) empty reply", ("connection-broken",)),
    ("curl", "curl: (28) operation timed out", ("timed-out",)),
    ("curl", "curl: (28) connection timed out", ("timed-out",)),
    ("curl", "curl: (56) recv failure", ("connection-broken",)),
    ("curl", "curl: (18) transfer closed", ("connection-broken",)),
    ("curl", "curl: (92) http/2 stream", ("connection-broken",)),
    ("curl", "curl: (47) maximum", ("redirect-loop",)),
)
"""What they know, with the causes that it leads to."""

SILENT: Final = (
    ("web3", "couldn't connect to node"),
    ("ethers", "jsonrpcprovider failed to detect network and cannot start up"),
    ("ethers", "could not detect network…nonetwork"),
    ("parse", "unable to connect to the parse api"),
    ("signalr", "signalr: error during negotiation request"),
    ("grpc-web", "http response at 400 or 500 level"),
    ("msal", "endpoints_resolution_error"),
    ("shaka", "shaka error 1002"),
    ("pdfjs", "unexpected server response (0) while retrieving pdf"),
    ("dropzone", "server responded with 0 code"),
    ("flutter", "trying to load an image from another domain? find answers at"),
    ("algolia", "unreachable hosts - your application id may be incorrect"),
    ("urql", "combinederror: [network] "),
    ("azure", "resterror: failed to send request to"),
    ("webpack", "scriptexternalloaderror: loading script failed"),
    ("firefox", "error loading dynamically imported module"),
    ("webkit", "importing a module script failed"),
    ("engineio", "xhr post error"),
    ("pouchdb", "database encountered an unknown error"),
    ("unity", "proyecto26.requestexception: unknown error"),
    ("supabase", "failed to send a request to the edge function"),
)
"""How they say that the request failed, which is all that a page learns of a blocked one."""
