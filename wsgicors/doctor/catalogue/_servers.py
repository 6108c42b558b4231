"""What servers, frameworks, gateways and services log or answer about a request of another origin, and what it means.

Each sentence is identified by a phrase in lower case with plain quotes, as those of browsers are in `_wordings`.
"""

from typing import Final

NGINX: Final = (
    ("client intended to send too large body", "proxy-body-too-large"),
    ("upstream timed out (", "proxy-timeout"),
    ("connect() failed (", "proxy-bad-gateway"),
    ("upstream prematurely closed connection", "proxy-bad-gateway"),
    ("upstream sent too big header", "proxy-bad-gateway"),
    ("no live upstreams while connecting to upstream", "proxy-bad-gateway"),
)
"""Lines of nginx's error log, each with its cause: nginx answers such a request without the app's headers."""

GATEWAYS: Final = (
    ("no healthy upstream", "proxy-bad-gateway"),
    ("upstream connect error or disconnect/reset before headers", "proxy-bad-gateway"),
    ("application failed to respond", "proxy-bad-gateway"),
    ("function_invocation_timeout", "proxy-timeout"),
    ("endpoint request timed out", "proxy-timeout"),
    ("task timed out after ", "proxy-timeout"),
    ("function_payload_too_large", "proxy-body-too-large"),
    ("request entity too large", "proxy-body-too-large"),
    ("payloadtoolargeerror", "proxy-body-too-large"),
    ("malformed lambda proxy response", "app-error"),
    ("http proxy error: ", "proxy-bad-gateway"),
    ("error occurred while trying to proxy", "proxy-bad-gateway"),
    ("proxy error: could not proxy request ", "proxy-bad-gateway"),
)
"""What Envoy, Railway, Vercel, API Gateway, Lambda, Express, Vite and webpack's proxy say without an app's headers."""

FAILURES: Final = (
    "traceback (most recent call last)", "exception in asgi application", "error in app: exception on ",
    "an unhandled exception has occurred while executing the request", "servlet.service() for servlet",
    "php fatal error: ", "fatal error: uncaught ",
)  # fmt: skip
"""How an application's log begins to say that a request made it fail: Python, Flask, ASP.NET, Spring, PHP."""

NO_OPTIONS: Final = (
    ("express", "cannot options /", ("preflight-not-found",)),
    ("rails", "no route matches [options]", ("preflight-not-found",)),
    ("phoenix", "no route found for options", ("preflight-not-found",)),
    ("fastify", "route options:/", ("preflight-not-found",)),
    ("symfony", "no route found for 'options ", ("preflight-not-found", "preflight-method-refused")),
    ("laravel", "the options method is not supported for", ("preflight-method-refused",)),
    ("django-rest-framework", "method 'options' not allowed", ("preflight-method-refused",)),
    ("spring", "method 'options' not supported", ("preflight-method-refused",)),
    ("spring", "method 'options' is not supported", ("preflight-method-refused",)),
)
"""How routers say that they have no handler for OPTIONS at a path."""

TOKENS: Final = (
    ("rails", "can't verify csrf token authenticity"),
    ("rails", "invalidauthenticitytoken"),
    ("laravel", "csrf token mismatch"),
    ("laravel", "tokenmismatchexception"),
    ("express", "invalid csrf token"),
    ("express", "ebadcsrftoken"),
    ("spring", "could not verify the provided csrf token"),
    ("drupal", "x-csrf-token request header is "),
    ("wordpress", "rest_cookie_invalid_nonce"),
    ("jenkins", "no valid crumb was included in the request"),
    ("tornado", "'_xsrf' argument missing from "),
    ("tornado", "xsrf cookie does not match "),
    ("apollo", "blocked as a potential cross-site request forgery"),
    ("kibana", "must contain a kbn-xsrf header"),
    ("sap", "csrf token validation failed"),
    ("yii", "unable to verify your data submission"),
    ("cakephp", "missing csrf token cookie"),
    ("play", "[csrf] check failed because"),
    ("gorilla", "forbidden - csrf token "),
)
"""How frameworks besides Django and Flask say that a token against forgery is missing or wrong."""

WEBSOCKETS: Final = (
    ("tornado", "cross origin websockets not allowed"),
    ("jupyter", "blocking cross origin websocket attempt"),
    ("gorilla", "request origin not allowed by upgrader.checkorigin"),
    ("coder", "' is not authorized for host '"),
    ("action-cable", "request origin not allowed: "),
    ("phoenix", "could not check origin for phoenix.socket"),
    ("spring", "handshake request rejected, origin header value"),
    ("webpack", "invalid host/origin header"),
    ("bokeh", "refusing websocket connection from origin "),
    ("mattermost", "url blocked because of cors"),
    ("nv", "opening handshake response is not '101"),
)
"""How WebSocket servers refuse an origin, and how a client says that the handshake was refused."""

REFUSALS: Final = (
    ("rack-cors", "x-rack-cors: miss; no-origin", ("origin-not-allowed",)),
    ("rack-cors", "x-rack-cors: miss; no-method", ("method-not-allowed",)),
    ("rack-cors", "x-rack-cors: miss; deny-method", ("method-not-allowed",)),
    ("rack-cors", "x-rack-cors: miss; deny-header", ("header-not-allowed",)),
    ("azure-storage", "cors not enabled or no matching rule found",
     ("cors-absent", "origin-not-allowed", "header-not-allowed", "method-not-allowed")),
    ("flask-cors", "cannot use supports_credentials in conjunction with", ("credentials-wildcard",)),
    ("spring", "when allowcredentials is true, allowedorigins cannot contain", ("credentials-wildcard",)),
    ("gin", "bad origin: origins must ", ("origin-list-typo",)),
    ("aspnet", "contains cors metadata, but a middleware was not found that supports cors", ("cors-absent",)),
    ("aspnet", "no cors policy found for the specified request", ("cors-absent",)),
    ("vertx", "cors rejected - invalid origin", ("origin-not-allowed",)),
    ("keycloak", "invalid cors request: origin ", ("origin-not-allowed",)),
    ("express", "does not allow access from the specified origin", ("origin-not-allowed",)),
    ("next", "cross origin request detected from ", ("origin-not-allowed",)),
    ("akka", "cors: invalid method '", ("method-not-allowed",)),
    ("akka", "cors: invalid headers '", ("header-not-allowed",)),
    ("hapi", "cors is disabled for this route", ("cors-absent",)),
    ("kong", "no route matched with those values", ("not-found-without-headers", "preflight-not-found")),
    ("kong", "no api key found in request", ("authentication-without-headers", "preflight-authentication")),
    ("google", "not a valid origin for the client", ("origin-not-allowed",)),
    ("entra", "cross-origin token redemption is permitted only", ("origin-not-allowed",)),
    ("sentry", "rejected with_reason: cors", ("origin-not-allowed",)),
    ("laminas", "invalid header value for origin", ("malformed-request", "app-error")),
    ("spring", "is not a valid 'origin' header value", ("malformed-request", "app-error")),
    ("envoy", "rbac: access denied", ("authentication-without-headers", "preflight-authentication")),
    ("cloudflare", "cf-mitigated: challenge", ("outside-order",)),
    ("ngrok", "err_ngrok_6024", ("outside-order",)),  # its page of warning
    ("ngrok", "err_ngrok_3200", ("proxy-bad-gateway",)),
    ("ngrok", "err_ngrok_8012", ("proxy-bad-gateway",)),
    ("s3", "<code>signaturedoesnotmatch", ("authentication-without-headers", "preflight-authentication")),
    ("s3", "<code>accessdenied", ("authentication-without-headers", "preflight-authentication")),
)  # fmt: skip
"""How CORS layers and storage services say what they refuse, or why they did not start."""
