"""What gateways, clouds and applications with an API say of a request that they refuse before any CORS layer.

Each sentence is identified by a phrase in lower case with plain quotes. A preflight has no credentials, so a gateway
that asks for them refuses it in the same words.
"""

from typing import Final

_LOGIN: Final = ("authentication-without-headers", "preflight-authentication")

GATEWAYS_THAT_ASK: Final = (
    ("envoy", "jwt is missing", _LOGIN),
    ("apisix", "missing api key found in request", _LOGIN),
    ("apisix", "missing api key in request", _LOGIN),
    ("tyk", "authorization field missing", _LOGIN),
    ("azure", "access denied due to missing subscription key", _LOGIN),
    ("api-gateway", "user is not authorized to access this resource", _LOGIN),
    ("google", "your client does not have permission to get url", _LOGIN),
    ("google", "method doesn't allow unregistered callers", _LOGIN),
    ("google", "invalid iap credentials", _LOGIN),
    ("supabase", "missing authorization header", _LOGIN),
    ("nextcloud", "cors requires basic auth", _LOGIN),
)
"""Those that ask for a key, a token or a login."""

GUARDS: Final = (
    ("cloudfront", "not configured to allow the http request method",
     ("preflight-method-refused", "method-not-allowed")),
    ("iis", "an invalid method (http verb) is being used", ("preflight-method-refused", "not-found-without-headers")),
    ("modsecurity", "modsecurity: access denied with code", ("blocked-by-firewall",)),
    ("cloudflare", "error code: 1020.", ("blocked-by-firewall",)),
    ("jupyter", "blocking request with non-local 'host'", ("host-not-allowed",)),
    ("home-assistant", "integration is not set-up for reverse proxies", ("outside-order",)),
    ("devtools", "host header is specified and is not an ip address", ("host-not-allowed",)),
    ("geth", "invalid host specified.", ("host-not-allowed",)),
    ("syncthing", "host check error.", ("host-not-allowed",)),
    ("nextcloud", "access through untrusted domain", ("host-not-allowed",)),
    ("sinatra", "host not permitted.", ("host-not-allowed",)),
)  # fmt: skip
"""Those that refuse a method, a host or whatever a rule of theirs matches."""

ORIGINS: Final = (
    ("caddy", "client is not allowed to access from origin", ("origin-not-allowed",)),
    ("appwrite", "invalid origin. register your new client", ("origin-not-allowed",)),
    ("clerk", "origin header must be equal to or a subdomain of", ("origin-not-allowed",)),
    (
        "expo",
        "this may happen because of a conflicting browser extension",
        ("origin-not-allowed", "blocked-by-extension"),
    ),
    ("firebase", ") is not authorized to run this operation", ("origin-not-allowed",)),
    ("n8n", "origin header does not match the expected origin", ("websocket-origin", "origin-not-allowed")),
    ("grafana", "request origin is not authorized", ("websocket-origin", "origin-not-allowed")),
)
"""Those that refuse an origin."""

PRODUCTS: Final = (*GATEWAYS_THAT_ASK, *GUARDS, *ORIGINS)
"""Every one of these sentences."""
