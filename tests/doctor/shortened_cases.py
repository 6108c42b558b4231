"""Messages as people paste them: quoted in part, without their quotes, with what a server's log says."""

from typing import Final

from tests.doctor.server_cases import SCRIPTS, SENTENCES
from tests.doctor.wording_cases import ALL, PAGE, Case
from wsgicors.doctor.catalogue._servers_and_scripts import FAILURE_LINE
from wsgicors.doctor.catalogue._wordings import WORDINGS


def _without_quotes(text: str) -> str:
    """Return a message as a forum shows it that drops all quotes."""
    return text.translate(dict.fromkeys(map(ord, "'‘’\"`")))


QUOTED_IN_PART: Final = [
    *(
        Case(said, "firefox/CORSMissingAllowOrigin", "cors-absent", "possible")
        for said in (
            "CORS-header ‘Access-Control-Allow-Origin’ missing", "'Access-Control-Allow-Origin' is missing",
            "the 'Access-Control-Allow-Origin' header is missing", "the 'Access-Control-Allow-Origin' header missing",
            "missing `Access-Control-Allow-Origin`", "header Access-Control-Allow-Origin missing",
            "The Access-Control-Allow-Origin is missing", "the Access-Control-Allow-Origin header is missing",
            "the Access-Control-Allow-Origin header missing", "missing Access-Control-Allow-Origin",
        )
    ),
    Case("`The 'Access-Control-Allow-Origin' header contains multiple values`", "chromium/MultipleAllowOriginValues",
         "two-layers", "likely"),
    Case("'Access-Control-Allow-Origin' header in the response must not be the wildcard",
         "chromium/WildcardOriginNotAllowed", "credentials-wildcard"),
    *(
        Case(f"fails with `ERR_INVALID_REDIRECT on the {preflight} request`", "chromium/PreflightDisallowedRedirect",
             "preflight-redirect")
        for preflight in ("CORS preflight", "preflight")
    ),
    Case("the resource is in more-private address space `loopback`", "chromium/InsecureLocalNetwork",
         "local-network-insecure"),
    Case("must not be the wildcard '*' when credentials are included", "chromium/WildcardOriginNotAllowed",
         "credentials-wildcard"),
    Case("Redirect is not allow for a preflight", "chromium/PreflightDisallowedRedirect", "preflight-redirect"),
    Case("Reason: missing token ‘x-a’ in CORS header", "firefox/CORSMissingAllowHeaderFromPreflight",
         "header-not-allowed", "likely"),
    Case("An error occured: Check your connection and your registry must have `Access-Control-Allow-Origin` header",
         "script/registry", "cors-absent", "possible"),
]  # fmt: skip

LOGS: Final = [
    Case("Failed to execute 'send' on 'XMLHttpRequest': Failed to load 'https://api.example/a'.", "script/xhr",
         "unspecified", "possible"),
    Case("Error: Network Error", "script/axios", "unspecified", "possible"),
    Case("Failed to fetch http://api.example/a.yaml", "script/fetch", "unspecified", "possible"),
    Case("Failed to fetch https://api.example/a.yaml", "script/fetch", "unspecified", "possible"),
    Case("Possible cross-origin (CORS) issue? The URL origin (http://localhost:3000) does not match the page",
         "script/swagger", "unspecified", "possible"),
    *(
        Case(f"Not found because of proxy error: Error: {said}", "server/cors-anywhere", cause)
        for said, cause in (
            ("self signed certificate in certificate chain", "certificate"),
            ("unable to verify the first certificate", "certificate"),
            ("connect ECONNREFUSED 127.0.0.1:9", "unreachable"),
            ("getaddrinfo ENOTFOUND api.example", "name-not-found"),
            ("connect ETIMEDOUT 192.0.2.7:443", "timed-out"),
            ("read ECONNRESET", "connection-broken"),
            ("Parse Error: Expected HTTP/", "proxy-bad-gateway"),
        )
    ),
    Case("code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'", "server/node", "certificate"),
    Case("CORS error: Some headers are not allowed", "server/relay", "header-not-allowed"),
    Case("Blocking Cross Origin API request.  Origin: http://a.example/, Host: b.example", "server/jupyter",
         "origin-not-allowed"),
    Case("Blocking Cross Origin request from b.example", "server/jupyter", "origin-not-allowed"),
    Case('{"message":"origin not allowed"}', "server/origin-check", "origin-not-allowed", "likely"),
    Case('"cors.credentials" must be one of [false]', "server/hapi", "credentials-wildcard"),
    Case('at=error code=H12 desc="Request timeout" method=GET path="/" status=503', "server/heroku", "proxy-timeout"),
    Case('at=error code=H10 desc="App crashed" method=GET path="/" status=503', "server/heroku", "proxy-bad-gateway"),
    *(
        Case(said, "server/gateway", cause)
        for said, cause in (
            ("no healthy upstream", "proxy-bad-gateway"),
            ("upstream connect error or disconnect/reset before headers. reset reason: overflow", "proxy-bad-gateway"),
            ("Application failed to respond", "proxy-bad-gateway"),
            ("[vite] http proxy error: /api/items", "proxy-bad-gateway"),
            ("Error occurred while trying to proxy request /items", "proxy-bad-gateway"),
            ("Proxy error: Could not proxy request /items from localhost:3000 to", "proxy-bad-gateway"),
            ("This Serverless Function has timed out. FUNCTION_INVOCATION_TIMEOUT", "proxy-timeout"),
            ('{"message": "Endpoint request timed out"}', "proxy-timeout"),
            ("Task timed out after 3.00 seconds", "proxy-timeout"),
            ("FUNCTION_PAYLOAD_TOO_LARGE", "proxy-body-too-large"),
            ("<center><h1>Request Entity Too Large</h1></center>", "proxy-body-too-large"),
            ("PayloadTooLargeError", "proxy-body-too-large"),
        )
    ),
    *(
        Case(said, FAILURE_LINE, "unrecognised", "possible")
        for said in (
            "Traceback (most recent call last):", "ERROR: Exception in ASGI application",
            "ERROR in app: Exception on /items [POST]",
            "An unhandled exception has occurred while executing the request.",
            "Servlet.service() for servlet [dispatcherServlet] in context with path [] threw exception",
            "PHP Fatal error: Allowed memory size", "Fatal error: Uncaught Error",
        )
    ),
]  # fmt: skip

SERVERS: Final = [
    Case("XMLHttpRequest cannot load https://api.example/a. Invalid HTTP status code 404",
         "chromium/PreflightInvalidStatus", "preflight-not-found"),
    *(
        Case(said, f"server/{name}", cause, certainty)
        for name, said, cause, certainty in (
            ("gateway", "Execution failed due to configuration error: Malformed Lambda proxy response", "app-error",
             "certain"),
            ("express", "Cannot OPTIONS /api/login", "preflight-not-found", "certain"),
            ("rails", 'ActionController::RoutingError (No route matches [OPTIONS] "/items")', "preflight-not-found",
             "certain"),
            ("phoenix", "no route found for OPTIONS /items (Web.Router)", "preflight-not-found", "certain"),
            ("fastify", '{"message":"Route OPTIONS:/items not found"}', "preflight-not-found", "certain"),
            ("symfony", 'No route found for "OPTIONS /items"', "preflight-not-found", "likely"),
            ("laravel", "The OPTIONS method is not supported for this route.", "preflight-method-refused", "certain"),
            ("django-rest-framework", '{"detail":"Method \\"OPTIONS\\" not allowed."}', "preflight-method-refused",
             "certain"),
            ("spring", "Request method 'OPTIONS' not supported", "preflight-method-refused", "certain"),
            ("spring", "Method 'OPTIONS' is not supported.", "preflight-method-refused", "certain"),
            ("slim", "Method not allowed. Must be one of: GET", "preflight-method-refused", "likely"),
            ("rails", "Can't verify CSRF token authenticity.", "csrf-token", "certain"),
            ("rails", "ActionController::InvalidAuthenticityToken", "csrf-token", "certain"),
            ("laravel", '{"message": "CSRF token mismatch."}', "csrf-token", "certain"),
            ("laravel", "TokenMismatchException in VerifyCsrfToken.php", "csrf-token", "certain"),
            ("express", "ForbiddenError: invalid csrf token", "csrf-token", "certain"),
            ("express", "code: 'EBADCSRFTOKEN'", "csrf-token", "certain"),
            ("spring", "Could not verify the provided CSRF token because no token was found.", "csrf-token", "certain"),
            ("drupal", "X-CSRF-Token request header is missing", "csrf-token", "certain"),
            ("wordpress", '{"code":"rest_cookie_invalid_nonce"}', "csrf-token", "certain"),
            ("jenkins", "No valid crumb was included in the request", "csrf-token", "certain"),
            ("tornado", "403: Cross origin websockets not allowed", "websocket-origin", "certain"),
            ("jupyter", "Blocking Cross Origin WebSocket Attempt.  Origin: a, Host: b", "websocket-origin", "certain"),
            ("gorilla", "websocket: request origin not allowed by Upgrader.CheckOrigin", "websocket-origin", "certain"),
            ("coder", 'request Origin "a.example" is not authorized for Host "b.example"', "websocket-origin",
             "certain"),
            ("action-cable", f"Request origin not allowed: {PAGE}", "websocket-origin", "certain"),
            ("phoenix", "Could not check origin for Phoenix.Socket transport.", "websocket-origin", "certain"),
            ("spring", f"Handshake request rejected, Origin header value {PAGE} not allowed", "websocket-origin",
             "certain"),
            ("webpack", "[WDS] Invalid Host/Origin header", "websocket-origin", "certain"),
            ("nv", "The status code of the opening handshake response is not '101 Switching Protocols'.",
             "websocket-origin", "certain"),
            ("node", "Error: Unexpected server response: 403", "websocket-origin", "certain"),
            ("bokeh", "Refusing websocket connection from Origin 'http://localhost:5000'; use", "websocket-origin",
             "certain"),
            ("mattermost", "URL Blocked because of CORS. Url: http://127.0.0.1:8065", "websocket-origin", "certain"),
            ("akka", "CORS: invalid method 'PATCH'", "method-not-allowed", "certain"),
            ("akka", "CORS: invalid headers 'X-a X-b'", "header-not-allowed", "certain"),
            ("hapi", '{"message":"CORS is disabled for this route"}', "cors-absent", "certain"),
            ("kong", '{"message":"no Route matched with those values"}', "not-found-without-headers", "likely"),
            ("kong", '{"message":"No API key found in request"}', "authentication-without-headers", "likely"),
            ("google", f"Not a valid origin for the client: {PAGE} has not been registered", "origin-not-allowed",
             "certain"),
            ("entra", "AADSTS9002326: Cross-origin token redemption is permitted only for the 'Single-Page",
             "origin-not-allowed", "certain"),
            ("sentry", '{"detail":"event submission rejected with_reason: Cors"}', "origin-not-allowed", "certain"),
            ("tornado", "403: '_xsrf' argument missing from POST", "csrf-token", "certain"),
            ("tornado", "XSRF cookie does not match POST argument", "csrf-token", "certain"),
            ("apollo", "This operation has been blocked as a potential Cross-Site Request Forgery (CSRF).",
             "csrf-token", "certain"),
            ("kibana", "Request must contain a kbn-xsrf header.", "csrf-token", "certain"),
            ("sap", "CSRF token validation failed", "csrf-token", "certain"),
            ("yii", "Unable to verify your data submission.", "csrf-token", "certain"),
            ("cakephp", "Missing CSRF token cookie", "csrf-token", "certain"),
            ("play", "[CSRF] Check failed because no token found in headers", "csrf-token", "certain"),
            ("gorilla", "Forbidden - CSRF token invalid", "csrf-token", "certain"),
            ("rack-cors", "X-Rack-CORS: miss; no-origin", "origin-not-allowed", "certain"),
            ("rack-cors", "X-Rack-CORS: miss; no-method", "method-not-allowed", "certain"),
            ("rack-cors", "X-Rack-CORS: miss; deny-method", "method-not-allowed", "certain"),
            ("rack-cors", "X-Rack-CORS: miss; deny-header", "header-not-allowed", "certain"),
            ("azure-storage", "<Message>CORS not enabled or no matching rule found for this request.", "cors-absent",
             "likely"),
            ("flask-cors", "ValueError: Cannot use supports_credentials in conjunction with an origin string of '*'",
             "credentials-wildcard", "certain"),
            ("spring", 'When allowCredentials is true, allowedOrigins cannot contain the special value "*"',
             "credentials-wildcard", "certain"),
            ("gin", "panic: bad origin: origins must contain '*' or include http://,https://", "origin-list-typo",
             "certain"),
            ("aspnet", "Endpoint A contains CORS metadata, but a middleware was not found that supports CORS.",
             "cors-absent", "certain"),
            ("aspnet", "No CORS policy found for the specified request.", "cors-absent", "certain"),
            ("vertx", "403 (CORS Rejected - Invalid origin)", "origin-not-allowed", "certain"),
            ("keycloak", f"Invalid CORS request: origin {PAGE} not in allowed origins []", "origin-not-allowed",
             "certain"),
            ("express", "The CORS policy for this site does not allow access from the specified Origin.",
             "origin-not-allowed", "certain"),
            ("next-later", "Cross origin request detected from app.example to /_next/* resource.", "origin-not-allowed",
             "certain"),
            ("laminas", "InvalidArgumentException: Invalid header value for Origin key: 'x'", "malformed-request",
             "likely"),
            ("spring", 'IllegalArgumentException: [x] is not a valid "Origin" header value', "malformed-request",
             "likely"),
            ("koa", f"InternalServerError: {PAGE} is not a valid origin", "origin-not-allowed", "certain"),
            ("spring", f"Reject: '{PAGE}' origin is not allowed", "origin-not-allowed", "certain"),
            ("envoy", "RBAC: access denied", "authentication-without-headers", "likely"),
            ("cloudflare", "cf-mitigated: challenge", "blocked-by-firewall", "certain"),
            ("ngrok", "ERR_NGROK_6024", "blocked-by-firewall", "certain"),
            ("ngrok", "ERR_NGROK_3200", "proxy-bad-gateway", "certain"),
            ("ngrok", "ERR_NGROK_8012", "proxy-bad-gateway", "certain"),
            ("s3", "<Error><Code>SignatureDoesNotMatch</Code>", "authentication-without-headers", "likely"),
            ("s3", "<Error><Code>AccessDenied</Code>", "authentication-without-headers", "likely"),
        )
    ),
]  # fmt: skip

_FONT: Final = "downloadable font: download failed (src index:1): bad URI or cross-site access not allowed source: "


def _edge(number: str, said: str, cause: str, certainty: str = "certain") -> list[Case]:
    """Return a message of Edge's list: its number in any language, and its English sentence."""
    return [Case(text, f"edge/{number}", cause, certainty) for text in (f"{number}: …", said)]


EDGE: Final = [
    Case(f"SEC7118: XMLHttpRequest for {PAGE}/a required Cross Origin Resource Sharing (CORS).", "edge/SEC7118",
         "unspecified", "possible"),
    Case(f"SEC7119: XMLHttpRequest for {PAGE}/a required CORS preflight.", "edge/SEC7119", "unspecified", "possible"),
    *_edge("SEC7120", f"Origin {PAGE} not found in Access-Control-Allow-Origin header.", "cors-absent", "possible"),
    *_edge("SEC7121", "Wildcard in Access-Control-Allow-Origin not allowed when credentials flag is set to true.",
           "credentials-wildcard"),
    *_edge("SEC7122", "Credentials flag was set to true, but Access-Control-Allow-Credentials was not present or was"
           ' not set to "true".', "credentials-not-allowed"),
    *_edge("SEC7123", "Request header X-A was not present in the Access-Control-Allow-Headers list.",
           "header-not-allowed", "likely"),
    *_edge("SEC7124", "Request method PUT was not present in the Access-Control-Allow-Methods list.",
           "method-not-allowed", "likely"),
    *_edge("SEC7125", f"XMLHttpRequest for {PAGE}/a caused a response headers parsing failure.", "response-invalid",
           "likely"),
    *_edge("SEC7126", "Redirects are not allowed for CORS preflight requests.", "preflight-redirect"),
    *_edge("SEC7127", "Redirect was blocked for CORS request.", "redirect-without-headers", "likely"),
    *_edge("SEC7128", "Multiple Access-Control-Allow-Origin headers are not allowed for CORS response.", "two-layers",
           "likely"),
    *_edge("SEC7129", "Multiple Access-Control-Allow-Credentials headers are not allowed for CORS response.",
           "credentials-not-allowed"),
]  # fmt: skip

BROWSERS: Final = [
    Case("SCRIPT7002: XMLHttpRequest: Network Error 0x80070005, Access is denied.", "edge/SCRIPT7002", "unspecified",
         "possible"),
    Case(f"{_FONT}https://cdn.example/a.woff", "firefox/font", "outside-static", "likely"),
    Case("Failed to execute 'texImage2D': The cross-origin image at https://cdn.example/a.png may not be loaded.",
         "chromium/canvas-tainted", "canvas-tainted"),
    Case("The video element contains cross-origin data, and may not be loaded.", "chromium/canvas-tainted",
         "canvas-tainted"),
    Case("WebGL warning: texImage: Cross-origin elements require CORS.", "firefox/canvas-tainted", "canvas-tainted"),
    Case("SecurityError: An attempt was made to break through the security policy of the user agent.",
         "script/canvas-tainted", "canvas-tainted", "likely"),
    *(
        Case(f"The resource at “https://a.example/” was blocked because {blocker} is enabled.",
             "firefox/blocked-by-extension", "blocked-by-extension")
        for blocker in ("content blocking", "tracking protection", "Enhanced Tracking Protection")
    ),
    *(
        Case(f"items (blocked:{reason}) fetch", "chromium/panel", cause)
        for reason, cause in (
            ("other", "blocked-by-extension"), ("csp", "content-security-policy"), ("mixed-content", "mixed-content"),
            ("NotSameOrigin", "resource-policy"), ("NotSameSite", "resource-policy"),
            ("CoepFrameResourceNeedsCoepHeader", "resource-policy"),
        )
    ),
    Case("Not allowed to load local resource: file:///c/a.json", "chromium/url-scheme", "url-scheme"),
    Case("Unsafe attempt to load URL. 'file:' URLs are treated as unique security origins.", "chromium/url-scheme",
         "url-scheme", "likely"),
    Case("The origin of the provided scriptURL ('https://cdn.example') does not match the current origin.",
         "chromium/worker-origin", "worker-origin"),
    *(
        Case(f"Cross-origin {sort} load denied by Cross-Origin Resource Sharing policy.", "webkit/load-denied",
             "cors-absent", "possible")
        for sort in ("image", "font", "stylesheet")
    ),
    *(
        Case(said, wording, "unspecified", "possible")
        for wording, said in (
            ("script/axios", 'Error: "Network Error"'), ("script/fetch", "TypeError: Network request failed"),
            ("script/fetch", "Uncaught Error: Failed to fetch"), ("script/xhr", "Error: xhr poll error"),
            ("script/fetch", 'XHR failed loading: POST "https://api.example/items".'),
            ("script/fetch", 'Fetch failed loading: GET "https://api.example/items".'),
            ("script/xhr", "Response with status: 0  for URL: null"),
            ("script/flutter", "ClientException: Failed to fetch, uri=https://api.example/items"),
        )
    ),
]  # fmt: skip

_QUOTELESS: Final = {wording.phrase: wording.id for wording in WORDINGS if "'" not in wording.phrase}

WITHOUT_QUOTES: Final = [
    case._replace(text=_without_quotes(case.text))
    for case in ALL
    if "'access-control-" in case.text.lower().translate(dict.fromkeys(map(ord, "‘’`"), "'"))
    and any(case.wording == wording and phrase in _without_quotes(case.text).lower()
            for phrase, wording in _QUOTELESS.items())
    and not case.text.startswith(("No 'Access", PAGE))
]  # fmt: skip
"""The sentences that are recognized by a header's name, without any quotes."""

SHORTENED: Final = [
    *QUOTED_IN_PART, *LOGS, *SERVERS, *SENTENCES, *SCRIPTS, *EDGE, *BROWSERS, *WITHOUT_QUOTES,
]  # fmt: skip
