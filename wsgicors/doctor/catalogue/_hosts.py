"""How servers say that they do not answer for a host, each by a phrase in lower case with plain quotes.

A check of Host protects from DNS rebinding. It comes before any layer of CORS, and its answer has no headers of CORS.
"""

from typing import Final

HOSTS: Final = (
    ("transmission", "but the hostname was unrecognized", ("host-not-allowed",)),
    ("qbittorrent", "invalid host header, port mismatch", ("host-not-allowed",)),
    ("sabnzbd", "hostname verification failed: https://sabnzbd", ("host-not-allowed",)),
    ("sabnzbd", "refused connection with hostname '", ("host-not-allowed",)),
    ("parity", "provided host header is not whitelisted", ("host-not-allowed",)),
    ("besu", "'message':'host not authorized", ("host-not-allowed",)),
    ("cups", "' using invalid host: field", ("host-not-allowed",)),
    ("authjs", "host must be trusted. url was", ("host-not-allowed",)),
    ("zitadel", "unable to set instance using origin", ("host-not-allowed",)),
    ("code-server", "' does not match origin '", ("websocket-origin", "host-not-allowed")),
    ("angular", "url with hostname '…' is not allowed", ("host-not-allowed",)),
    ("aspnet", "' does not match an allowed host", ("host-not-allowed",)),
    ("iis", "bad request - invalid hostname", ("host-not-allowed",)),
    ("jupyter", "is not whitelisted. see https://jupyter-server-proxy", ("host-not-allowed",)),
    (
        "chromedriver",
        "host header or origin header is specified and is not",
        ("host-not-allowed", "origin-not-allowed"),
    ),
    ("chromedriver", "rejecting request with host: ", ("host-not-allowed",)),
    ("pfsense", "potential dns rebind attack detected", ("host-not-allowed",)),
    ("openwrt", "rejected request from rfc1918 ip to", ("host-not-allowed", "unreachable")),
    ("home-assistant", "x-forwarded-for header from an untrusted proxy", ("outside-order",)),
    ("authentik", "no app for hostname", ("host-not-allowed",)),
    ("symfony", "untrusted host '", ("host-not-allowed",)),
    ("play", "allowedhostsfilter: host not allowed: ", ("host-not-allowed",)),
    ("rails", "blocked host: …to allow requests to", ("host-not-allowed",)),
    ("rails", "blocked hosts: …to allow requests to", ("host-not-allowed",)),
    ("rails", "defaultresponseapp] blocked host: ", ("host-not-allowed",)),
    ("parity", "websockets server with untrusted host", ("host-not-allowed",)),
    ("collabora", "no acceptable wopi hosts found", ("host-not-allowed",)),
    ("collabora", "unauthorized wopi host", ("host-not-allowed",)),
    ("collabora", "no authorized hosts found matching the target host", ("host-not-allowed",)),
    ("rmcp", "host header is not allowed.", ("host-not-allowed",)),
    ("mcp", "host header not allowed", ("host-not-allowed",)),
    ("handler", "untrusted host header.", ("host-not-allowed",)),
    ("rmcp", "disallowed host header", ("host-not-allowed",)),
)
"""How servers say that they do not answer for a host."""
