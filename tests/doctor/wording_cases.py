"""Every message in the engines' closed lists: the text, its wording, and the cause that it leads to."""

from typing import NamedTuple

URL = "https://api.example/items"
PAGE = "https://app.example"


class Case(NamedTuple):
    text: str
    wording: str
    cause: str
    certainty: str = "certain"


def chromium(tail: str, *, kind: str = "fetch", origin: str = PAGE) -> str:
    return f"Access to {kind} at '{URL}' from origin '{origin}' has been blocked by CORS policy: {tail}"


PF = "Response to preflight request doesn't pass access control check: "
NO_CORS = (
    " Have the server send the header with a valid value, or, if an opaque response serves your needs, set the"
    " request's mode to 'no-cors' to fetch the resource with CORS disabled."
)
MISSING = "No 'Access-Control-Allow-Origin' header is present on the requested resource."
WILDCARD = (
    "The value of the 'Access-Control-Allow-Origin' header in the response must not be the wildcard '*' when the"
    " request's credentials mode is 'include'."
)
CREDENTIALS = (
    "The value of the 'Access-Control-Allow-Credentials' header in the response is '' which must be 'true' when the"
    " request's credentials mode is 'include'."
)
XHR = (
    " The credentials mode of requests initiated by the XMLHttpRequest is controlled by the withCredentials attribute."
)
MULTIPLE = (
    f"The 'Access-Control-Allow-Origin' header contains multiple values '{PAGE}, {PAGE}', but only one is allowed."
)
INVALID = "The 'Access-Control-Allow-Origin' header contains the invalid value 'app.example'."
MISMATCH = (
    "The 'Access-Control-Allow-Origin' header has a value 'http://app.example' that is not equal to the supplied"
    " origin."
)

CHROMIUM = [
    Case(chromium("Cross origin requests are not allowed by request mode."), "DisallowedByMode", "request-mode"),
    Case(
        f'Fetch API cannot load {URL}. Request mode is "same-origin" but the URL\'s origin is not same as the request'
        f" origin {PAGE}.",
        "DisallowedByMode",
        "request-mode",
    ),
    Case(chromium("The response is invalid."), "InvalidResponse", "response-invalid"),
    Case(chromium(WILDCARD), "WildcardOriginNotAllowed", "credentials-wildcard"),
    Case(chromium(MISSING), "MissingAllowOriginHeader", "cors-absent", "possible"),
    Case(chromium(MULTIPLE + NO_CORS), "MultipleAllowOriginValues", "two-layers"),
    Case(chromium(INVALID + NO_CORS), "InvalidAllowOriginValue", "allow-origin-malformed"),
    Case(chromium(MISMATCH + NO_CORS), "AllowOriginMismatch", "origin-scheme", "likely"),
    Case(chromium(CREDENTIALS), "InvalidAllowCredentials", "credentials-not-allowed"),
    Case(
        chromium("Cross origin requests are only supported for protocol schemes: chrome, data, http, https."),
        "CorsDisabledScheme",
        "url-scheme",
    ),
    Case(
        chromium(PF + "It does not have HTTP ok status."),
        "PreflightInvalidStatus",
        "preflight-authentication",
        "possible",
    ),
    Case(
        chromium(PF + "Redirect is not allowed for a preflight request."),
        "PreflightDisallowedRedirect",
        "preflight-redirect",
    ),
    Case(chromium(PF + WILDCARD + XHR), "WildcardOriginNotAllowed", "credentials-wildcard"),
    Case(chromium(PF + MISSING), "MissingAllowOriginHeader", "cors-absent", "possible"),
    Case(chromium(PF + MULTIPLE), "MultipleAllowOriginValues", "two-layers"),
    Case(chromium(PF + INVALID), "InvalidAllowOriginValue", "allow-origin-malformed"),
    Case(chromium(PF + MISMATCH), "AllowOriginMismatch", "origin-scheme", "likely"),
    Case(chromium(PF + CREDENTIALS + XHR), "InvalidAllowCredentials", "credentials-not-allowed"),
    Case(
        chromium("Cannot parse Access-Control-Allow-Methods response header field in preflight response."),
        "InvalidAllowMethodsPreflightResponse",
        "allow-methods-malformed",
    ),
    Case(
        chromium("Cannot parse Access-Control-Allow-Headers response header field in preflight response."),
        "InvalidAllowHeadersPreflightResponse",
        "allow-headers-malformed",
    ),
    Case(
        chromium("Method PUT is not allowed by Access-Control-Allow-Methods in preflight response."),
        "MethodDisallowedByPreflightResponse",
        "method-not-allowed",
        "likely",
    ),
    Case(
        chromium("Method patch is not allowed by Access-Control-Allow-Methods in preflight response."),
        "MethodDisallowedByPreflightResponse",
        "method-case",
    ),
    Case(
        chromium("Request header field x-a is not allowed by Access-Control-Allow-Headers in preflight response."),
        "HeaderDisallowedByPreflightResponse",
        "header-not-allowed",
        "likely",
    ),
    Case(
        chromium(
            "Request header field access-control-allow-origin is not allowed by Access-Control-Allow-Headers in"
            " preflight response."
        ),
        "HeaderDisallowedByPreflightResponse",
        "header-of-responses",
    ),
    Case(
        chromium(
            "Redirect location 'https://user:pass@api.example/' contains a username and password, which is disallowed"
            " for cross-origin requests."
        ),
        "RedirectContainsCredentials",
        "redirect-url-credentials",
    ),
    Case(
        chromium(
            "The request client is not a secure context and the resource is in more-private address space `local`."
        ),
        "InsecureLocalNetwork",
        "local-network-insecure",
    ),
    Case(
        chromium("Request had a target IP address space of `local` yet the resource is in address space `loopback`."),
        "InvalidLocalNetworkAccess",
        "local-network-mismatch",
    ),
    Case(
        chromium("Permission was denied for this request to access the `loopback` address space."),
        "LocalNetworkAccessPermissionDenied",
        "local-network-permission",
    ),
    # Older wordings, and forms.
    Case(
        chromium("Unable to ask for permission to access the `local` IP address space."),
        "LocalNetworkAccessPermissionDenied",
        "local-network-permission",
    ),
    Case(
        chromium("Request had no target IP address space, yet the resource is in address space `private`."),
        "UnexpectedPrivateNetworkAccess",
        "local-network-mismatch",
    ),
    Case(
        chromium(
            PF + "No 'Access-Control-Allow-Private-Network' header was present in the preflight response for this"
            " private network request targeting the `local` address space."
        ),
        "PreflightMissingAllowPrivateNetwork",
        "private-network-header",
    ),
    Case(
        chromium(
            PF + "The 'Access-Control-Allow-Private-Network' header in the preflight response for this private network"
            " request targeting the `local` address space had a value of 'yes',  not 'true'."
        ),
        "PreflightInvalidAllowPrivateNetwork",
        "private-network-header",
    ),
    Case(
        chromium(
            "No 'Access-Control-Allow-External' header was present in the preflight response for this external request"
        ),
        "PreflightMissingAllowExternal",
        "private-network-header",
    ),
    Case(
        chromium(
            "The 'Access-Control-Allow-External' header in the preflight response for this external request had a"
            " value of '1',  not 'true'"
        ),
        "PreflightInvalidAllowExternal",
        "private-network-header",
    ),
    Case(
        chromium(PF + "No 'Private-Network-Access-Id' header was present in the preflight response"),
        "PreflightMissingPrivateNetworkAccessId",
        "private-network-header",
    ),
    Case(
        chromium(PF + "No 'Private-Network-Access-Name' header was present in the preflight response"),
        "PreflightMissingPrivateNetworkAccessName",
        "private-network-header",
    ),
    Case(
        f"Failed to load {URL}: Response for preflight does not have HTTP ok status.",
        "PreflightInvalidStatus",
        "preflight-authentication",
        "possible",
    ),
    Case(
        f"XMLHttpRequest cannot load {URL}. Response for preflight has invalid HTTP status code 405",
        "PreflightInvalidStatus",
        "preflight-method-refused",
    ),
    Case(
        f"Failed to load {URL}: Response for preflight is invalid (redirect)",
        "PreflightDisallowedRedirect",
        "preflight-redirect",
    ),
    Case(
        f"XMLHttpRequest cannot load {URL}. The request was redirected to 'https://api.example/login', which is"
        " disallowed for cross-origin requests that require preflight.",
        "PreflightDisallowedRedirect",
        "redirect-refused",
        "likely",
    ),
    Case(
        f"Fetch API cannot load {URL}. {MISSING} Origin '{PAGE}' is therefore not allowed access."
        " The response had HTTP status code 404. If an opaque response serves your needs",
        "MissingAllowOriginHeader",
        "not-found-without-headers",
        "likely",
    ),
    Case(
        f"Failed to load {URL}: {PF}{MISSING} Origin '{PAGE}' is therefore not allowed access."
        " The response had HTTP status code 401.",
        "MissingAllowOriginHeader",
        "preflight-authentication",
        "likely",
    ),
    Case(
        f"XMLHttpRequest cannot load {URL}. A wildcard '*' cannot be used in the 'Access-Control-Allow-Origin' header"
        f" when the credentials flag is true. Origin '{PAGE}' is therefore not allowed access.",
        "WildcardOriginNotAllowed",
        "credentials-wildcard",
    ),
    Case(
        f"XMLHttpRequest cannot load {URL}. Credentials flag is 'true', but the 'Access-Control-Allow-Credentials'"
        " header is ''. It must be 'true' to allow credentials.",
        "InvalidAllowCredentials",
        "credentials-not-allowed",
    ),
    Case(
        f"Failed to load {URL}: Redirect from '{URL}' to 'ftp://x' has been blocked by CORS policy: Redirect location"
        " 'ftp://x' has a disallowed scheme for cross-origin requests.",
        "RedirectDisallowedScheme",
        "redirect-scheme",
    ),
    Case(
        f"Redirect from '{URL}' to 'https://u:p@x.example/' has been blocked by CORS policy: Redirect location"
        " 'https://u:p@x.example/' contains userinfo, which is disallowed for cross-origin requests.",
        "RedirectContainsCredentials",
        "redirect-url-credentials",
    ),
    Case(
        f"{URL}: Invalid response. Origin '{PAGE}' is therefore not allowed access.",
        "InvalidResponse",
        "response-invalid",
    ),
    Case(
        "XMLHttpRequest cannot load file:///C:/data.json. Cross origin requests are only supported for HTTP.",
        "CorsDisabledScheme",
        "url-scheme",
    ),
]


def firefox(reason: str, tail: str = "") -> str:
    return (
        "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at"
        f" {URL}. (Reason: {reason}).{tail}"
    )


FIREFOX = [
    Case(firefox("CORS disabled"), "CORSDisabled", "cors-disabled"),
    Case(
        firefox("CORS request did not succeed", " Status code: (null)."),
        "CORSDidNotSucceed",
        "unreachable",
        "possible",
    ),
    Case(firefox("CORS header ‘Origin’ cannot be added"), "CORSOriginHeaderNotAdded", "origin-header-not-added"),
    Case(
        firefox("CORS request external redirect not allowed"),
        "CORSExternalRedirectNotAllowed",
        "preflight-redirect",
    ),
    Case(f"Security Error: Content at {PAGE}/ may not load data from {URL}.", "CheckLoadURI", "request-mode"),
    Case(firefox("CORS request not http"), "CORSRequestNotHttp", "url-scheme", "likely"),
    Case(
        firefox("CORS header ‘Access-Control-Allow-Origin’ missing", " Status code: 500."),
        "CORSMissingAllowOrigin",
        "app-error",
        "likely",
    ),
    Case(
        firefox("CORS header ‘Access-Control-Allow-Origin’ missing", " Status code: 308."),
        "CORSMissingAllowOrigin",
        "preflight-redirect",
        "likely",
    ),
    Case(
        firefox("CORS header ‘Access-Control-Allow-Origin’ missing"),
        "CORSMissingAllowOrigin",
        "cors-absent",
        "possible",
    ),
    Case(
        firefox("CORS header ‘Access-Control-Allow-Origin’ does not match ‘https://other.example’"),
        "CORSAllowOriginNotMatchingOrigin",
        "fixed-origin",
        "likely",
    ),
    Case(
        firefox("Credential is not supported if the CORS header ‘Access-Control-Allow-Origin’ is ‘*’"),
        "CORSNotSupportingCredentials",
        "credentials-wildcard",
    ),
    Case(
        firefox("Did not find method in CORS header ‘Access-Control-Allow-Methods’"),
        "CORSMethodNotFound",
        "method-not-allowed",
        "likely",
    ),
    Case(
        firefox("expected ‘true’ in CORS header ‘Access-Control-Allow-Credentials’"),
        "CORSMissingAllowCredentials",
        "credentials-not-allowed",
    ),
    Case(
        firefox("CORS preflight channel did not succeed"),
        "CORSPreflightDidNotSucceed",
        "preflight-authentication",
        "possible",
    ),
    Case(
        firefox("CORS preflight response did not succeed", " Status code: 405."),
        "CORSPreflightDidNotSucceed",
        "preflight-method-refused",
    ),
    Case(
        firefox("invalid token ‘PUT DELETE’ in CORS header ‘Access-Control-Allow-Methods’"),
        "CORSInvalidAllowMethod",
        "allow-methods-malformed",
    ),
    Case(
        firefox("invalid token ‘x a’ in CORS header ‘Access-Control-Allow-Headers’"),
        "CORSInvalidAllowHeader",
        "allow-headers-malformed",
    ),
    Case(
        firefox("missing token ‘x-a’ in CORS header ‘Access-Control-Allow-Headers’ from CORS preflight channel"),
        "CORSMissingAllowHeaderFromPreflight",
        "header-not-allowed",
        "likely",
    ),
    Case(
        firefox(
            "header ‘x-a’ is not allowed according to header ‘Access-Control-Allow-Headers’ from CORS preflight"
            " response"
        ),
        "CORSMissingAllowHeaderFromPreflight",
        "header-not-allowed",
        "likely",
    ),
    Case(
        firefox("Multiple CORS header ‘Access-Control-Allow-Origin’ not allowed"),
        "CORSMultipleAllowOriginNotAllowed",
        "two-layers",
        "likely",
    ),
    Case(
        "Cross-Origin Request Warning: The Same Origin Policy will disallow reading the remote resource at"
        f" {URL} soon. (Reason: When the `Access-Control-Allow-Headers` is `*`, the `Authorization` header is not"
        " covered. To include the `Authorization` header, it must be explicitly listed in CORS header"
        " `Access-Control-Allow-Headers`).",
        "CORSAllowHeaderFromPreflightDeprecation",
        "header-wildcard-authorization",
    ),
    Case(
        f"Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at {URL}."
        " This can be fixed by moving the resource to the same domain or enabling CORS.",
        "CrossSiteRequestBlocked",
        "cors-absent",
        "possible",
    ),
]

WEBKIT = [
    Case(
        f"Origin {PAGE} is not allowed by Access-Control-Allow-Origin.",
        "origin-not-allowed",
        "cors-absent",
        "possible",
    ),
    Case(
        f"Origin {PAGE} is not allowed by Access-Control-Allow-Origin. Status code: 502",
        "origin-not-allowed",
        "proxy-bad-gateway",
        "likely",
    ),
    Case(
        f"XMLHttpRequest cannot load {URL}. Origin {PAGE} is not allowed by Access-Control-Allow-Origin.",
        "origin-not-allowed",
        "cors-absent",
        "possible",
    ),
    Case(
        "Access-Control-Allow-Origin cannot contain more than one origin.",
        "several-origins",
        "two-layers",
        "likely",
    ),
    Case(
        "Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is true.",
        "wildcard",
        "credentials-wildcard",
    ),
    Case(
        'Credentials flag is true, but Access-Control-Allow-Credentials is not "true".',
        "credentials",
        "credentials-not-allowed",
    ),
    Case("Preflight response is not successful", "preflight-status", "preflight-authentication", "possible"),
    Case("Preflight response is not successful. Status code: 404", "preflight-status", "preflight-not-found"),
    Case(
        "Method PUT is not allowed by Access-Control-Allow-Methods.",
        "chromium/MethodDisallowedByPreflightResponse",
        "method-not-allowed",
        "likely",
    ),
    Case(
        "Request header fields x-a, x-b are not allowed by Access-Control-Allow-Headers.",
        "chromium/HeaderDisallowedByPreflightResponse",
        "header-not-allowed",
        "likely",
    ),
    Case("Error: Redirected too often, code: ERR_FR_TOO_MANY_REDIRECTS", "script/axios", "redirect-loop"),
    Case(
        "Request header field x-a is not allowed by Access-Control-Allow-Headers.",
        "chromium/HeaderDisallowedByPreflightResponse",
        "header-not-allowed",
        "likely",
    ),
    Case(
        f"Fetch API cannot load {URL} due to access control checks.",
        "cannot-load",
        "cors-absent",
        "possible",
    ),
    Case(
        f"XMLHttpRequest cannot load {URL} due to access control checks.",
        "cannot-load",
        "cors-absent",
        "possible",
    ),
    Case(
        "Header Access-Control-Allow-Methods has an invalid value: PUT DELETE",
        "methods-malformed",
        "allow-methods-malformed",
    ),
    Case(
        "Header Access-Control-Allow-Headers has an invalid value: x a",
        "headers-malformed",
        "allow-headers-malformed",
    ),
    Case(
        "Cross-origin redirection to https://moved.example/ denied by Cross-Origin Resource Sharing policy: Origin"
        f" {PAGE} is not allowed by Access-Control-Allow-Origin. Status code: 302",
        "origin-not-allowed",
        "redirect-without-headers",
        "likely",
    ),
    Case(
        "Cross-origin redirection to ftp://x/ denied by Cross-Origin Resource Sharing policy: not allowed to follow a"
        " cross-origin CORS redirection with non CORS scheme",
        "redirect-scheme",
        "redirect-scheme",
    ),
    Case(
        "Cross-origin redirection to https://u:p@x.example/ denied by Cross-Origin Resource Sharing policy:"
        " redirection URL https://u:p@x.example/ has credentials",
        "redirect-credentials",
        "redirect-url-credentials",
    ),
    Case(f"Not allowed to follow a redirection while loading {URL}", "redirect-refused", "redirect-refused"),
    Case(f"Fetch API cannot load {URL}.", "no-reason", "request-mode", "likely"),
    Case("Load cannot follow more than 20 redirections", "redirect-loop", "redirect-loop"),
    Case("Cannot make any requests from null.", "null-origin", "null-origin"),
    Case("Cross origin requests are not allowed when using same-origin fetch mode.", "request-mode", "request-mode"),
    Case(
        "Cross-origin script load denied by Cross-Origin Resource Sharing policy.",
        "script-denied",
        "cors-absent",
        "possible",
    ),
]

# Often mistaken for CORS.
OTHERS = [
    Case(
        "Forbidden (Origin checking failed - https://app.example does not match any trusted origins.): /items",
        "server/django-origin",
        "csrf-origin",
    ),
    Case(
        "Forbidden (Referer checking failed - https://app.example/ does not match any trusted origins.): /items",
        "server/django-referer",
        "csrf-origin",
    ),
    Case("Forbidden (CSRF cookie not set.): /items", "server/django-token", "csrf-token"),
    Case('{"detail":"CSRF Failed: CSRF token missing."}', "server/django-token", "csrf-token"),
    Case("CSRF verification failed. Request aborted.", "server/django-token", "csrf-origin", "likely"),
    Case("400 Bad Request: The CSRF token is missing.", "server/flask-token", "csrf-token"),
    Case("400 Bad Request: The CSRF session token is missing.", "server/flask-token", "csrf-token"),
    Case("400 Bad Request: The CSRF tokens do not match.", "server/flask-token", "csrf-token"),
    Case(
        f"Mixed Content: The page at '{PAGE}/' was loaded over HTTPS, but requested an insecure resource"
        " 'http://api.example/items'. This request has been blocked; the content must be served over HTTPS.",
        "chromium/mixed-content",
        "mixed-content",
    ),
    Case("Blocked loading mixed active content “http://api.example/items”", "firefox/mixed-content", "mixed-content"),
    Case(
        f"[blocked] The page at {PAGE}/ was not allowed to run insecure content from http://api.example/items.",
        "webkit/mixed-content",
        "mixed-content",
    ),
    Case("GET https://api.example/items net::ERR_CONNECTION_REFUSED", "chromium/net", "unreachable"),
    Case("GET https://api.example/items net::ERR_NAME_NOT_RESOLVED", "chromium/net", "name-not-found"),
    Case("GET https://api.example/items net::ERR_CONNECTION_TIMED_OUT", "chromium/net", "timed-out"),
    Case("GET https://api.example/items net::ERR_CERT_AUTHORITY_INVALID", "chromium/net", "certificate"),
    Case("GET https://api.example/items net::ERR_SSL_PROTOCOL_ERROR", "chromium/net", "certificate"),
    Case("GET https://api.example/items net::ERR_CONNECTION_RESET", "chromium/net", "connection-broken"),
    Case("GET https://api.example/items net::ERR_BLOCKED_BY_CLIENT", "chromium/net", "blocked-by-extension"),
    Case(
        "GET https://api.example/items net::ERR_BLOCKED_BY_RESPONSE.NotSameOrigin 200 (OK)",
        "chromium/net",
        "resource-policy",
    ),
    Case("GET https://api.example/items net::ERR_TOO_MANY_REDIRECTS", "chromium/net", "redirect-loop"),
    Case("GET https://api.example/items net::ERR_FAILED", "chromium/net", "unspecified", "possible"),
    Case(
        "Failed to load resource: the server responded with a status of 404 (Not Found)",
        "chromium/http-error",
        "http-error",
    ),
    Case("Failed to load resource: Could not connect to the server.", "webkit/unreachable", "unreachable"),
    Case(
        "Failed to load resource: A server with the specified hostname could not be found.",
        "webkit/name-not-found",
        "name-not-found",
    ),
    Case(
        "Failed to load resource: Connection terminated unexpectedly", "webkit/connection-broken", "connection-broken"
    ),
    Case("Failed to load resource: Could not parse HTTP response", "webkit/response-invalid", "response-invalid"),
    Case("FTP URLs are disabled", "webkit/redirect-scheme", "redirect-scheme", "likely"),
    Case(
        "Uncaught (in promise) TypeError: Failed to execute 'fetch' on 'Window': 'TRACE' HTTP method is unsupported.",
        "chromium/forbidden-method",
        "forbidden-method",
    ),
    Case(
        "Uncaught (in promise) TypeError: Window.fetch: Invalid request method TRACE.",
        "firefox/forbidden-method",
        "forbidden-method",
    ),
    Case("TypeError: Method is forbidden.", "webkit/forbidden-method", "forbidden-method"),
    Case("The certificate for this server is invalid.", "webkit/certificate", "certificate"),
    Case("Uncaught (in promise) TypeError: Failed to fetch", "script/fetch", "unspecified", "possible"),
    Case("TypeError: Load failed", "script/fetch", "unspecified", "possible"),
    Case("TypeError: NetworkError when attempting to fetch resource.", "script/fetch", "unspecified", "possible"),
    Case(
        "Unsafe JavaScript attempt to access frame with URL about:blank from frame with URL https://a.test/. Domains,"
        " protocols and ports must match.",
        "webkit/frame",
        "frame-access",
    ),
    Case("AxiosError: Network Error", "script/axios", "unspecified", "possible"),
    Case("Refused to set unsafe header, it says", "chromium/forbidden-header", "forbidden-request-header"),
    Case(
        "header contains multiple values, but only one is allowed",
        "chromium/MultipleAllowOriginValues",
        "two-layers",
        "likely",
    ),
    Case(
        f"Content Security Policy: The page’s settings blocked the loading of a resource at {URL}",
        "firefox/content-security-policy",
        "content-security-policy",
    ),
    Case(
        f"Content-Security-Policy: The page’s settings blocked a\nscript (script-src-elem) at {URL} from being run",
        "firefox/content-security-policy",
        "content-security-policy",
    ),
    *(
        Case(f"{code} in the network panel", "chromium/net", cause)
        for code, cause in (
            ("ERR_BLOCKED_BY_RESPONSE", "resource-policy"),
            ("ERR_CONNECTION_REFUSED", "unreachable"),
            ("ERR_NAME_NOT_RESOLVED", "name-not-found"),
            ("ERR_CERT_AUTHORITY_INVALID", "certificate"),
            ("ERR_SSL_PROTOCOL_ERROR", "certificate"),
            ("ERR_CONNECTION_TIMED_OUT", "timed-out"),
            ("ERR_TOO_MANY_REDIRECTS", "redirect-loop"),
        )
    ),
    Case(
        "Cookie “sid” has been rejected because it is in a cross-site context and its “SameSite” is “Lax” or “Strict”.",
        "firefox/cookie-samesite",
        "cookie-samesite",
    ),
    Case(
        "Cookie “sid” will be soon rejected because it has the “SameSite=None” attribute but is missing the"
        " “secure” attribute.",
        "firefox/cookie-samesite",
        "cookie-not-secure",
    ),
    Case(
        "Cookie “sid” has been rejected because a non-HTTPS cookie can’t be set as “secure”.",
        "firefox/cookie-not-secure",
        "cookie-not-secure",
    ),
    Case(
        'This Set-Cookie header didn\'t specify a "SameSite" attribute and was defaulted to "SameSite=Lax"',
        "chromium/cookie-samesite",
        "cookie-samesite",
    ),
    Case(
        "Request to access cookie or storage on “https://api.example/” was blocked because we are blocking all"
        " third-party storage access requests",
        "firefox/third-party-cookies",
        "third-party-cookies",
    ),
    Case(
        f"Refused to connect to '{URL}' because it violates the following Content Security Policy directive:"
        " \"connect-src 'self'\".",
        "chromium/content-security-policy",
        "content-security-policy",
    ),
    Case(
        f"Content-Security-Policy: The page’s settings blocked the loading of a resource (connect-src) at {URL}",
        "firefox/content-security-policy",
        "content-security-policy",
    ),
    Case(
        f"The resource at “{URL}” was blocked due to its Cross-Origin-Resource-Policy header (or lack thereof).",
        "firefox/resource-policy",
        "resource-policy",
    ),
    Case(
        f"Cross-Origin Read Blocking (CORB) blocked cross-origin response {URL} with MIME type application/json.",
        "chromium/opaque-response-blocking",
        "opaque-response-blocking",
    ),
    Case('Refused to get unsafe header "X-Total-Count"', "chromium/header-not-exposed", "header-not-exposed"),
    Case('Refused to set unsafe header "Origin"', "chromium/forbidden-header", "forbidden-request-header"),
    Case(
        "Attempt to set a forbidden header was denied: Origin",
        "firefox/forbidden-header",
        "forbidden-request-header",
    ),
    Case(
        "SecurityError: Failed to execute 'toDataURL' on 'HTMLCanvasElement': Tainted canvases may not be exported.",
        "chromium/canvas-tainted",
        "canvas-tainted",
    ),
    Case("Not allowed to request resource", "webkit/mixed-content", "mixed-content", "likely"),
]


OTHERS += [
    Case("too many HTTP redirects", "webkit/redirect-loop", "redirect-loop"),
    Case(
        f"Unsafe attempt to load URL {URL} from origin {PAGE}. Domains, protocols and ports must match.",
        "webkit/request-mode",
        "request-mode",
    ),
    Case("Failed to load resource: The network connection was lost.", "webkit/connection-broken", "connection-broken"),
    Case("Failed to load resource: Unacceptable TLS certificate", "webkit/certificate", "certificate"),
    Case(
        "Failed to load resource: An SSL error has occurred and a secure connection to the server cannot be made.",
        "webkit/certificate",
        "certificate",
    ),
    Case("Failed to load resource: The request timed out.", "webkit/timed-out", "timed-out"),
    Case("Blocked by content extension", "webkit/content-blocker", "blocked-by-extension"),
    Case(
        f"Content blocker prevented frame displaying {PAGE}/ from loading a resource from {URL}",
        "webkit/content-blocker",
        "blocked-by-extension",
    ),
    Case("Resource blocked by content blocker", "webkit/content-blocker", "blocked-by-extension"),
    Case(
        'Fetch API cannot load file:///srv/a.wasm. URL scheme must be "http" or "https" for CORS request.',
        "chromium/url-scheme",
        "url-scheme",
    ),
    Case(
        "Text track from origin 'https://api.example' has been blocked from loading: Not at same origin as the "
        "document, and parent of track element does not have a 'crossorigin' attribute. Origin "
        "'https://www.example.com' is therefore not allowed access.",
        "chromium/request-mode",
        "request-mode",
    ),
    Case(
        f"Load denied by X-Frame-Options: {URL} does not permit framing.",
        "firefox/frame-options",
        "frame-options",
    ),
    Case(
        f"{URL} does not permit cross-origin framing.",
        "firefox/frame-options",
        "frame-options",
    ),
    Case("Blocked by Content Security Policy.", "webkit/content-security-policy", "content-security-policy"),
    Case("Blocked loading mixed display content “http://api.example/a.png”", "firefox/mixed-content", "mixed-content"),
    Case(
        (
            f"[Warning] [blocked] The page at {PAGE}/ was not allowed to display insecure content from "
            "http://api.example/."
        ),
        "webkit/mixed-content",
        "mixed-content",
    ),
    Case(
        f"[blocked] The page at {PAGE}/ requested insecure content from http://api.example/items.",
        "webkit/mixed-content",
        "mixed-content",
    ),
    Case(
        f"Refused to connect to {URL} because it does not appear in the connect-src directive of the Content Security"
        " Policy.",
        "webkit/content-security-policy",
        "content-security-policy",
    ),
    Case(
        f"Cancelled load to {URL} because it violates the resource's Cross-Origin-Resource-Policy response header.",
        "webkit/resource-policy",
        "resource-policy",
    ),
    Case(
        f"A resource is blocked by OpaqueResponseBlocking, please check browser console for details. {URL}",
        "firefox/opaque-response-blocking",
        "opaque-response-blocking",
    ),
    Case(
        "Failed to execute 'getImageData': The canvas has been tainted by cross-origin data.",
        "chromium/canvas-tainted",
        "canvas-tainted",
    ),
    Case(
        "Cookie “sid” does not have a proper “SameSite” attribute value. Soon, cookies without it will be Lax.",
        "firefox/cookie-samesite",
        "cookie-samesite",
    ),
    Case(
        'This attempt to set a cookie was blocked because it had the "SameSite=Lax" attribute but came from a'
        " cross-site response",
        "chromium/cookie-samesite",
        "cookie-samesite",
    ),
    Case(
        f"A cookie associated with a cross-site resource at {URL} was set without the `SameSite` attribute.",
        "chromium/cookie-samesite",
        "cookie-samesite",
    ),
    Case(
        'This attempt to set a cookie was blocked because it had the "Secure" attribute but was not received over a'
        " secure connection.",
        "chromium/cookie-not-secure",
        "cookie-not-secure",
    ),
    Case(
        "A cookie has been marked with `SameSite=None` but lacks the `Secure` attribute.",
        "chromium/cookie-not-secure",
        "cookie-not-secure",
    ),
    Case("Third-party cookie is blocked.", "chromium/third-party-cookies", "third-party-cookies"),
    Case(
        "Third-party cookie will be blocked in future Chrome versions.",
        "chromium/third-party-cookies",
        "third-party-cookies",
    ),
    Case(f"{URL} NS_ERROR_CONNECTION_REFUSED", "firefox/net", "unreachable"),
    Case(f"{URL} NS_ERROR_UNKNOWN_HOST", "firefox/net", "name-not-found"),
    Case(f"{URL} NS_ERROR_NET_TIMEOUT", "firefox/net", "timed-out"),
    Case(f"{URL} NS_ERROR_NET_RESET", "firefox/net", "connection-broken"),
    Case("Forbidden (CSRF token from POST incorrect.): /items", "server/django-token", "csrf-token"),
    Case("code: 'ERR_NETWORK', config: {", "script/axios", "unspecified", "possible"),
    Case("NetworkError: A network error occurred.", "script/xhr", "unspecified", "possible"),
    Case(
        'FetchEvent resulted in a network error: an "opaque" response was used for a request whose type is not no-cors',
        "script/opaque",
        "no-cors-mode",
    ),
]


def _owned(speaker: str, cases: list[Case]) -> list[Case]:
    return [case if "/" in case.wording else case._replace(wording=f"{speaker}/{case.wording}") for case in cases]


QUOTED = [
    *(
        Case(f"GET {URL}\nCORS {said}", f"firefox/{wording}", cause, certainty)
        for said, wording, cause, certainty in (
            ("Missing Allow Origin", "CORSMissingAllowOrigin", "cors-absent", "possible"),
            ("Multiple Origin Not Allowed", "CORSMultipleAllowOriginNotAllowed", "two-layers", "likely"),
            ("Allow Origin Not Matching Origin", "CORSAllowOriginNotMatchingOrigin", "fixed-origin", "possible"),
            ("No Allow Credentials", "CORSNotSupportingCredentials", "credentials-wildcard", "certain"),
            ("Missing Allow Credentials", "CORSMissingAllowCredentials", "credentials-not-allowed", "certain"),
            ("External Redirect Not Allowed", "CORSExternalRedirectNotAllowed", "preflight-redirect", "certain"),
            ("Preflight Did Not Succeed", "CORSPreflightDidNotSucceed", "preflight-authentication", "possible"),
            ("Invalid Allow Method", "CORSInvalidAllowMethod", "allow-methods-malformed", "certain"),
            ("Method Not Found", "CORSMethodNotFound", "method-not-allowed", "likely"),
            ("Invalid Allow Header", "CORSInvalidAllowHeader", "allow-headers-malformed", "certain"),
            ("Missing Allow Header", "CORSMissingAllowHeaderFromPreflight", "header-not-allowed", "likely"),
        )
    ),
    Case(
        "A cookie was set with `SameSite=None` but without `Secure`. It has been blocked.",
        "chromium/cookie-not-secure",
        "cookie-not-secure",
    ),
    Case("No 'Access-Control-Allow-Origin' header", "chromium/MissingAllowOriginHeader", "cors-absent", "possible"),
    Case("no Access-Control-Allow-Origin", "chromium/MissingAllowOriginHeader", "cors-absent", "possible"),
    Case(
        f"Failed to construct 'Worker': Access to the script at '{URL}' is denied by the document's Content Security"
        " Policy.",
        "chromium/content-security-policy",
        "content-security-policy",
    ),
    Case(
        "Failed to fetch.Possible Reasons:CORSNetwork FailureURL scheme must be http",
        "script/swagger",
        "unspecified",
        "possible",
    ),
    Case(
        "The 'Access-Control-Allow-Origin' header contains multiple values, but only one is allowed.",
        "chromium/MultipleAllowOriginValues",
        "two-layers",
        "likely",
    ),
    Case(
        "Access-Control-Allow-Origin header contains multiple values '*, *'",
        "chromium/MultipleAllowOriginValues",
        "two-layers",
    ),
    Case(
        "origin 'null' has been blocked by cors policy: cross origin requests are only support protocol schemes: http",
        "chromium/CorsDisabledScheme",
        "url-scheme",
    ),
    Case(
        "Failed to load resource: Error resolving “api.example”: Name or service not known",
        "webkit/name-not-found",
        "name-not-found",
    ),
    Case(
        f"Refused to load {URL} because it does not appear in the frame-ancestors directive of the Content Security "
        "Policy.",
        "webkit/frame-options",
        "frame-options",
    ),
    Case(
        "Cookie “sid” will be soon rejected because it has the “SameSite” attribute set to “None” or an invalid value, "
        "without the “secure” attribute.",
        "firefox/cookie-samesite",
        "cookie-not-secure",
    ),
    Case(
        "A cookie associated with a cross-site resource at http://a.example/ was set without the `SameSite` attribute.",
        "chromium/cookie-samesite",
        "cookie-samesite",
    ),
    *(
        Case(f"it says {code.upper()}", "chromium/net", cause)
        for code, cause in (
            ("err_cert_common_name_invalid", "certificate"),
            ("err_cert_date_invalid", "certificate"),
            ("err_empty_response", "connection-broken"),
            ("err_blocked_by_client", "blocked-by-extension"),
        )
    ),
    Case("400: One or more headers requested are not allowed", "server/relay", "header-not-allowed"),
    Case(
        f"CORS policy execution failed. Request origin {PAGE} does not have permission to access the resource.",
        "server/aspnet",
        "origin-not-allowed",
    ),
    Case("Request header 'x-id' not allowed in CORS policy.", "server/aspnet", "header-not-allowed"),
    Case("Request method 'PUT' not allowed in CORS policy.", "server/aspnet", "method-not-allowed"),
    Case("Error: Not allowed by CORS", "server/express", "origin-not-allowed"),
    Case("Unhandled Rejection (TypeError): Failed to fetch", "script/fetch", "unspecified", "possible"),
    Case("SecurityError: The operation is insecure.", "script/security", "canvas-tainted", "likely"),
    Case(
        f"Security Error: Content at {PAGE}/ may not load data from https://cdn.example/w.js.",
        "firefox/CheckLoadURI",
        "worker-origin",
        "likely",
    ),
    Case('It prints "Refused to get unsafe header" for each.', "chromium/header-not-exposed", "header-not-exposed"),
]
"""Partial or reworded quotes, server logs, and messages that say little."""

NO_CORS_AT_ALL = [
    Case(
        "Response was blocked by CORB (Cross-Origin Read Blocking)",
        "chromium/opaque-response-blocking",
        "opaque-response-blocking",
    ),
    Case(
        'Fetch API cannot load localhost:8000/x. URL scheme "localhost" is not supported.',
        "chromium/url-scheme",
        "url-scheme",
    ),
    Case(
        f"Refused to display '{URL}' in a frame because it set 'X-Frame-Options' to 'deny'.",
        "chromium/frame-options",
        "frame-options",
    ),
    Case(
        f"Refused to frame '{URL}' because an ancestor violates the following Content Security Policy directive:"
        " \"frame-ancestors 'self'\".",
        "chromium/frame-options",
        "frame-options",
    ),
    Case(
        f"The loading of “{URL}” in a frame\nis denied by “X-Frame-Options“ directive\nset to “DENY“.",
        "firefox/frame-options",
        "frame-options",
    ),
    Case(
        "Content-Security-Policy: The page’s settings blocked the loading of a resource (frame-ancestors) at <unknown>"
        " because it violates the following directive: “frame-ancestors 'self'”",
        "firefox/frame-options",
        "frame-options",
    ),
    Case(
        f"Refused to display '{URL}' in a frame because of its 'X-Frame-Options' header.",
        "webkit/frame-options",
        "frame-options",
    ),
    Case(
        "Failed to execute 'postMessage' on 'DOMWindow': The target origin provided ('https://a.example') does not "
        "match the recipient window's origin ('https://b.example').",
        "chromium/post-message",
        "post-message",
    ),
    Case(
        "Unable to post message to https://a.example. Recipient has origin https://b.example.",
        "webkit/post-message",
        "post-message",
    ),
    Case(
        "SecurityError: Failed to construct 'Worker': Script at 'https://cdn.example/w.js' cannot be accessed from "
        f"origin '{PAGE}'.",
        "chromium/worker-origin",
        "worker-origin",
    ),
    Case(
        "SecurityError: Failed to construct 'SharedWorker': Script at 'https://cdn.example/w.js' cannot be accessed "
        f"from origin '{PAGE}'.",
        "chromium/worker-origin",
        "worker-origin",
    ),
    Case(
        "WebSocket connection to 'wss://api.example/ws' failed: Error during WebSocket handshake: Unexpected "
        "response code: 403",
        "chromium/websocket",
        "websocket-origin",
    ),
    Case(
        "Firefox can’t establish a connection to the server at wss://api.example/ws.",
        "firefox/websocket",
        "websocket-origin",
        "likely",
    ),
    Case(f"{PAGE} is not an accepted origin.", "server/socketio", "websocket-origin"),
    Case("Disallowed CORS origin", "server/starlette", "origin-not-allowed"),
    Case("Disallowed CORS headers", "server/starlette", "header-not-allowed"),
    Case("Disallowed CORS method, headers", "server/starlette", "method-not-allowed", "likely"),
    Case("The origin 'https://a.example' is not allowed here.", "server/wsgicors", "origin-not-allowed"),
    Case("The origin 'http://a.example' is not allowed here: it is plain http.", "server/wsgicors", "insecure-origin"),
    Case(
        "The origin 'https://a.example' is not allowed to post a form here.",
        "server/wsgicors",
        "navigation-not-allowed",
    ),
    Case(
        "A page of another origin sent this request, which has no Origin header.",
        "server/wsgicors",
        "cross-site",
    ),
    Case("The Origin header 'https://A.example' is not an origin.", "server/wsgicors", "malformed-request"),
    Case("Access-Control-Request-Method 'P U T' is not a method.", "server/wsgicors", "malformed-request"),
    Case(
        "Access-Control-Request-Headers holds names that are not field names: 'x a'.",
        "server/wsgicors",
        "malformed-request",
    ),
    Case(
        "Whether the origin 'https://a.example' is allowed could not be found out.",
        "server/wsgicors",
        "source-failed",
    ),
    Case(
        "The path can be read in several ways, which lead to different rules.",
        "server/wsgicors",
        "ambiguous-path",
    ),
    Case("The method 'PUT' is not allowed here.", "server/wsgicors", "method-not-allowed"),
    Case("The null origin is not allowed here.", "server/wsgicors", "null-origin"),
    Case("These request headers are not allowed here: 'x-a, x-b'.", "server/wsgicors", "header-not-allowed"),
    Case(
        'The request header Authorization is not allowed here: "*" does not cover it.',
        "server/wsgicors",
        "header-wildcard-authorization",
    ),
    Case(
        "Requests from public pages to this private network are not allowed here.",
        "server/wsgicors",
        "private-network-header",
    ),
    Case(
        "System.InvalidOperationException: The CORS protocol does not allow specifying a wildcard (any) origin and"
        " credentials at the same time.",
        "server/aspnet",
        "credentials-wildcard",
    ),
    Case("Invalid CORS request", "server/spring", "origin-not-allowed", certainty="likely"),
    Case("<Message>CORSResponse: CORS is not enabled for this bucket.</Message>", "server/s3", "cors-absent"),
    Case(
        "<Message>CORSResponse: This CORS request is not allowed.</Message>",
        "server/s3",
        "origin-not-allowed",
        certainty="likely",
    ),
    Case('{"message":"Missing Authentication Token"}', "server/api-gateway", "not-found-without-headers", "likely"),
    Case(
        "?: (corsheaders.E013) Origin 'localhost:3000' in CORS_ALLOWED_ORIGINS is missing scheme or netloc",
        "server/django-cors-headers",
        "origin-list-typo",
    ),
    Case(
        "[error] 18#18: *22 client intended to send too large body: 5874328 bytes, client: 127.0.0.1",
        "server/nginx",
        "proxy-body-too-large",
    ),
    Case(
        "[error] 7#7: *1 upstream timed out (110: Connection timed out) while reading response header from upstream",
        "server/nginx",
        "proxy-timeout",
    ),
    Case(
        "[error] 7#7: *1 connect() failed (111: Connection refused) while connecting to upstream",
        "server/nginx",
        "proxy-bad-gateway",
    ),
    Case(
        "[error] 7#7: *3 upstream prematurely closed connection while reading response header from upstream",
        "server/nginx",
        "proxy-bad-gateway",
    ),
    Case(
        "[error] 7#7: *3 upstream sent too big header while reading response header from upstream",
        "server/nginx",
        "proxy-bad-gateway",
    ),
    Case("[error] 7#7: *3 no live upstreams while connecting to upstream", "server/nginx", "proxy-bad-gateway"),
    Case(f"Http failure response for {URL}: 0 Unknown Error", "script/angular", "unspecified", "possible"),
    Case("Error: XMLHttpRequest error. dart-sdk/lib", "script/flutter", "unspecified", "possible"),
    Case("The XMLHttpRequest onError callback was called.", "script/flutter", "unspecified", "possible"),
    Case("Failed to fetch.\nPossible Reasons:\nCORS\nNetwork Failure", "script/swagger", "unspecified", "possible"),
]
"""Messages mistaken for CORS, and messages of servers and frameworks instead of a browser."""

ALL = [
    *_owned("chromium", CHROMIUM),
    *_owned("firefox", FIREFOX),
    *_owned("webkit", WEBKIT),
    *OTHERS,
    *QUOTED,
    *NO_CORS_AT_ALL,
]

# Firefox in other languages: English name of the message, the message, and its cause.
TRANSLATED = [
    (
        (
            "Blocage d’une requête multiorigines (Cross-Origin Request) : la politique « Same Origin » ne permet pas de"
            f" consulter la ressource distante située sur {URL}. Raison : {{}}"
        ),
        [
            ("échec de la requête CORS. Code d’état : (null).", "unreachable"),
            ("l’en-tête CORS « Origin » ne peut pas être ajouté.", "origin-header-not-added"),
            ("l’en-tête CORS « Access-Control-Allow-Origin » est manquant. Code d’état : 500.", "app-error"),
            (
                "l’en-tête CORS « Access-Control-Allow-Origin » ne correspond pas à « https://other.example ».",
                "fixed-origin",
            ),
            (
                (
                    "l’identification n’est pas prise en charge si la valeur de l’en-tête CORS"
                    " « Access-Control-Allow-Origin » est « * »."
                ),
                "credentials-wildcard",
            ),
            ("« true » attendu dans l’en-tête CORS « Access-Control-Allow-Credentials ».", "credentials-not-allowed"),
            (
                "échec de la réponse de pré-vérification des requêtes CORS. Code d’état : 405.",
                "preflight-method-refused",
            ),
            (
                "jeton « PUT DELETE » invalide dans l’en-tête CORS « Access-Control-Allow-Methods ».",
                "allow-methods-malformed",
            ),
            ("jeton « x a » invalide dans l’en-tête CORS « Access-Control-Allow-Headers ».", "allow-headers-malformed"),
            (
                (
                    "l’en-tête « x-a » n’est pas autorisé d’après l’en-tête « Access-Control-Allow-Headers » de la "
                    "réponse de pré-vérification des requêtes CORS."
                ),
                "header-not-allowed",
            ),
        ],
    ),
    (
        (
            "Quellübergreifende (Cross-Origin) Anfrage blockiert: Die Gleiche-Quelle-Regel verbietet das Lesen der"
            f" externen Ressource auf {URL}. (Grund: {{}}"
        ),
        [
            ("CORS-Anfrage schlug fehl). Statuscode: (null).", "unreachable"),
            ("CORS-Kopfzeile 'Access-Control-Allow-Origin' fehlt). Statuscode: 502.", "proxy-bad-gateway"),
            ("Es darf nur ein eine CORS-Kopfzeile 'Access-Control-Allow-Origin' verwendet werden).", "two-layers"),
            ("Methode nicht in CORS-Kopfzeile 'Access-Control-Allow-Methods' gefunden).", "method-not-allowed"),
            ("'true' in CORS-Kopfzeile 'Access-Control-Allow-Credentials' erwartet).", "credentials-not-allowed"),
            ("CORS-Preflight-Antwort schlug fehl). Statuscode: 404.", "preflight-not-found"),
            (
                (
                    "Wenn 'Access-Control-Allow-Headers' den Wert '*' hat, wird die 'Authorization'-Kopfzeile nicht"
                    " eingeschlossen, wenn sie nicht in der CORS-Kopfzeile aufgeführt wird)."
                ),
                "header-wildcard-authorization",
            ),
        ],
    ),
    (
        (
            f"クロスオリジン要求をブロックしました: 同一生成元ポリシーにより、{URL} にあるリモートリソースの読み込みは"
            "拒否されます (理由: {})。"
        ),
        [
            ("CORS ヘッダー ‘Access-Control-Allow-Origin’ が ‘https://other.example’ と異なる", "fixed-origin"),
            (
                "CORS ヘッダー ‘Access-Control-Allow-Origin’ が ‘*’ である場合、認証情報はサポートされない",
                "credentials-wildcard",
            ),
            (
                "CORS ヘッダー ‘Access-Control-Allow-Methods’ に不正なトークン ‘a b’ が含まれる",
                "allow-methods-malformed",
            ),
            (
                (
                    "CORS プリフライトチャンネルからの CORS ヘッダー "
                    "‘Access-Control-Allow-Headers’ にトークン ‘x-a’ が足りない"
                ),
                "header-not-allowed",
            ),
        ],
    ),
]
