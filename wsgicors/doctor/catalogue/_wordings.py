"""The sentences of browsers (and of a few servers) about blocked requests, each identified by a phrase in its middle.

Versions differ in the beginnings and ends of sentences, so only the phrase identifies them; the rest is read only for
its facts. The phrases are those of Chromium (2015 to 156), Firefox (29 to 153) and
WebKit (2010 to 2.50), of the old Edge, of the browsers' notes about networks, cookies and other policies, and of
servers' logs (`_servers`, `_routers`, `_refusals`, `_products`, `_platforms`, `_failing_apps`, `_logins`, `_hosts`,
`_tokens`, `_sockets`). Network errors are in `_net_errors`, sentences about elements and windows in `_elements`, and
those of client libraries in `_clients`.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from wsgicors.browser import Failure
from wsgicors.doctor.catalogue import _browser_readers as browsers
from wsgicors.doctor.catalogue import _policy_readers as policies
from wsgicors.doctor.catalogue import _readers as read
from wsgicors.doctor.catalogue import _refusals as refusals
from wsgicors.doctor.catalogue import _server_readers as logs
from wsgicors.doctor.catalogue import _servers as servers
from wsgicors.doctor.catalogue._clients import KNOWING, SILENT
from wsgicors.doctor.catalogue._edge import EDGE
from wsgicors.doctor.catalogue._elements import ELEMENTS
from wsgicors.doctor.catalogue._failing_apps import FAILING
from wsgicors.doctor.catalogue._hosts import HOSTS
from wsgicors.doctor.catalogue._identifiers import IDENTIFIERS
from wsgicors.doctor.catalogue._logins import BODIES, LOGINS
from wsgicors.doctor.catalogue._platforms import BACKENDS, PLATFORMS
from wsgicors.doctor.catalogue._products import PRODUCTS
from wsgicors.doctor.catalogue._routers import NO_OPTIONS
from wsgicors.doctor.catalogue._sockets import HANDSHAKES, WEBSOCKETS
from wsgicors.doctor.catalogue._tokens import SEVERAL, TOKENS, UNTRUSTED
from wsgicors.doctor.catalogue._wording import ANY_ALLOW_ORIGIN, Role, Wording
from wsgicors.doctor.catalogue._wording import says as _says

ANY_REFUSAL: Final = ("origin-not-allowed", "method-not-allowed", "header-not-allowed")
"""The possible causes if a server has one sentence for every refusal."""

_CHROMIUM: Final = (
    _says("chromium/DisallowedByMode", "cross origin requests are not allowed by request mode",
          "request-mode", read=browsers.chromium),
    _says("chromium/DisallowedByMode", "request mode is 'same-origin' but the url's origin is not same as",
          "request-mode", read=browsers.chromium),
    _says("chromium/InvalidResponse", "cors policy: the response is invalid", "response-invalid",
          read=browsers.chromium),
    _says("chromium/InvalidResponse", "invalid response. origin '", "response-invalid", read=browsers.chromium),
    _says("chromium/WildcardOriginNotAllowed",
          "a wildcard '*' cannot be used in the 'access-control-allow-origin' header",
          Failure.ALLOW_ORIGIN_WILDCARD, read=browsers.with_credentials),
    _says("chromium/WildcardOriginNotAllowed", "header in the response must not be the wildcard",
          Failure.ALLOW_ORIGIN_WILDCARD, read=browsers.with_credentials),
    _says("chromium/WildcardOriginNotAllowed", "must not be the wildcard '*' when",
          Failure.ALLOW_ORIGIN_WILDCARD, read=browsers.with_credentials),
    _says("chromium/MissingAllowOriginHeader", "no 'access-control-allow-origin' header is present",
          Failure.ALLOW_ORIGIN_MISSING, read=browsers.chromium),
    *(_says("chromium/MissingAllowOriginHeader", phrase, Failure.ALLOW_ORIGIN_MISSING, read=browsers.chromium,
            role=Role.ECHO)
      for phrase in ("no 'access-control-allow-origin'", "no access-control-allow-origin")),  # quoted in part
    _says("chromium/MultipleAllowOriginValues", "'access-control-allow-origin' header contains multiple values",
          Failure.ALLOW_ORIGIN_MULTIPLE, read=browsers.unquoted_value),
    _says("chromium/MultipleAllowOriginValues", "header contains multiple values, but only one is allowed",
          Failure.ALLOW_ORIGIN_MULTIPLE, read=browsers.chromium),
    _says("chromium/InvalidAllowOriginValue",
          "the 'access-control-allow-origin' header contains the invalid value '",
          Failure.ALLOW_ORIGIN_INVALID, read=browsers.chromium_value),
    _says("chromium/AllowOriginMismatch", "the 'access-control-allow-origin' header has a value '",
          Failure.ALLOW_ORIGIN_MISMATCH, read=browsers.chromium_value),
    _says("chromium/InvalidAllowCredentials",
          "the value of the 'access-control-allow-credentials' header in the response is '…which must be",
          Failure.ALLOW_CREDENTIALS_NOT_TRUE, read=browsers.credentials_value),
    _says("chromium/InvalidAllowCredentials",
          "credentials flag is 'true', but the 'access-control-allow-credentials' header is '",
          Failure.ALLOW_CREDENTIALS_NOT_TRUE, read=browsers.credentials_value),
    _says("chromium/CorsDisabledScheme", "cross origin requests are only supported for",
          "url-scheme", read=browsers.disabled_scheme),
    _says("chromium/CorsDisabledScheme", "cross origin requests are only support protocol schemes",
          "url-scheme", read=browsers.disabled_scheme),
    _says("chromium/PreflightInvalidStatus", "does not have http ok status",
          Failure.STATUS_NOT_OK, read=browsers.preflight_status),
    _says("chromium/PreflightInvalidStatus", "response for preflight has invalid http status code",
          Failure.STATUS_NOT_OK, read=browsers.preflight_status),
    _says("chromium/PreflightInvalidStatus", ". invalid http status code",  # Chrome 42
          Failure.STATUS_NOT_OK, read=browsers.status_of_2015),
    _says("chromium/PreflightDisallowedRedirect", "redirect is not allow",  # cut off, or typed
          Failure.PREFLIGHT_REDIRECTED, read=browsers.redirect_cut),
    _says("chromium/PreflightDisallowedRedirect", "response for preflight is invalid (redirect)",
          Failure.PREFLIGHT_REDIRECTED, read=browsers.chromium_preflight),
    _says("chromium/PreflightDisallowedRedirect",
          "which is disallowed for cross-origin requests that require preflight",
          "redirect-refused", Failure.PREFLIGHT_REDIRECTED, read=browsers.chromium),
    _says("chromium/InvalidAllowMethodsPreflightResponse",
          "cannot parse access-control-allow-methods response header field",
          Failure.ALLOW_METHODS_UNPARSEABLE, read=browsers.chromium_preflight),
    _says("chromium/InvalidAllowHeadersPreflightResponse",
          "cannot parse access-control-allow-headers response header field",
          Failure.ALLOW_HEADERS_UNPARSEABLE, read=browsers.chromium_preflight),
    _says("chromium/MethodDisallowedByPreflightResponse", " is not allowed by access-control-allow-methods",
          Failure.METHOD_NOT_ALLOWED, read=browsers.method_refused),
    *(_says("chromium/HeaderDisallowedByPreflightResponse", f" {is_not} allowed by access-control-allow-headers",
            Failure.HEADER_NOT_ALLOWED, read=browsers.header_refused)
      for is_not in ("is not", "are not")),  # the latter is retold
    _says("chromium/RedirectContainsCredentials", " contains a username and password, which is disallowed",
          "redirect-url-credentials", read=browsers.chromium_redirect),
    _says("chromium/RedirectContainsCredentials", " contains userinfo, which is disallowed",
          "redirect-url-credentials", read=read.behind(browsers.chromium_redirect, "redirect location")),
    _says("chromium/RedirectDisallowedScheme", " has a disallowed scheme for cross-origin requests",
          "redirect-scheme", read=browsers.chromium_redirect),
    _says("chromium/InsecureLocalNetwork", "resource is in more-private address space",
          "local-network-insecure", read=browsers.chromium),
    _says("chromium/InvalidLocalNetworkAccess", "request had a target ip address space of",
          "local-network-mismatch", read=browsers.chromium),
    _says("chromium/UnexpectedPrivateNetworkAccess", "request had no target ip address space, yet",
          "local-network-mismatch", read=browsers.chromium),
    _says("chromium/LocalNetworkAccessPermissionDenied",
          "permission was denied for this request to access the…address space",
          "local-network-permission", read=browsers.chromium),
    _says("chromium/LocalNetworkAccessPermissionDenied", "unable to ask for permission to access the…address space",
          "local-network-permission", read=browsers.chromium),
    _says("chromium/PreflightMissingAllowPrivateNetwork", "no 'access-control-allow-private-network' header",
          Failure.PRIVATE_NETWORK_NOT_ALLOWED, read=browsers.chromium_preflight),
    _says("chromium/PreflightInvalidAllowPrivateNetwork", "the 'access-control-allow-private-network' header in",
          Failure.PRIVATE_NETWORK_NOT_ALLOWED, read=browsers.chromium_preflight),
    _says("chromium/PreflightMissingAllowExternal", "no 'access-control-allow-external' header",
          Failure.PRIVATE_NETWORK_NOT_ALLOWED, read=browsers.chromium_preflight),
    _says("chromium/PreflightInvalidAllowExternal", "the 'access-control-allow-external' header in",
          Failure.PRIVATE_NETWORK_NOT_ALLOWED, read=browsers.chromium_preflight),
    _says("chromium/PreflightMissingPrivateNetworkAccessId", "no 'private-network-access-id' header",
          Failure.PRIVATE_NETWORK_NOT_ALLOWED, read=browsers.chromium_preflight),
    _says("chromium/PreflightMissingPrivateNetworkAccessName", "no 'private-network-access-name' header",
          Failure.PRIVATE_NETWORK_NOT_ALLOWED, read=browsers.chromium_preflight),
)  # fmt: skip

_FIREFOX: Final = (
    _says("firefox/CORSDisabled", "reason: cors disabled", "cors-disabled", read=browsers.firefox),
    _says("firefox/CORSDidNotSucceed", "cors request did not succeed",
          Failure.NO_RESPONSE, read=browsers.firefox, role=Role.ECHO),
    _says("firefox/CheckLoadURI", " may not load data from ", "request-mode", read=browsers.check_load),
    _says("firefox/CORSOriginHeaderNotAdded", "cors header 'origin' cannot be added",
          "origin-header-not-added", read=browsers.firefox),
    _says("firefox/CORSExternalRedirectNotAllowed", "cors request external redirect not allowed",
          Failure.PREFLIGHT_REDIRECTED, read=browsers.firefox_preflight),
    _says("firefox/CORSRequestNotHttp", "cors request not http", "url-scheme", "redirect-scheme",
          read=browsers.firefox),
    _says("firefox/CORSMissingAllowOrigin", "cors header 'access-control-allow-origin' missing",
          Failure.ALLOW_ORIGIN_MISSING, read=browsers.firefox),
    _says("firefox/CORSMultipleAllowOriginNotAllowed",
          "multiple cors header 'access-control-allow-origin' not allowed",
          Failure.ALLOW_ORIGIN_MULTIPLE, read=browsers.firefox),
    _says("firefox/CORSAllowOriginNotMatchingOrigin", "cors header 'access-control-allow-origin' does not match '",
          Failure.ALLOW_ORIGIN_MISMATCH, read=browsers.firefox_value),
    _says("firefox/CORSNotSupportingCredentials",
          "credential is not supported if the cors header 'access-control-allow-origin' is '*'",
          Failure.ALLOW_ORIGIN_WILDCARD, read=browsers.firefox_credentials),
    _says("firefox/CORSMethodNotFound", "did not find method in cors header 'access-control-allow-methods'",
          Failure.METHOD_NOT_ALLOWED, read=browsers.firefox_preflight),
    _says("firefox/CORSMissingAllowCredentials",
          "expected 'true' in cors header 'access-control-allow-credentials'",
          Failure.ALLOW_CREDENTIALS_NOT_TRUE, read=browsers.firefox_credentials),
    _says("firefox/CORSPreflightDidNotSucceed", "cors preflight channel did not succeed",
          Failure.STATUS_NOT_OK, read=browsers.firefox_preflight),
    _says("firefox/CORSPreflightDidNotSucceed", "cors preflight response did not succeed",
          Failure.STATUS_NOT_OK, read=browsers.firefox_preflight),
    _says("firefox/CORSInvalidAllowMethod", "' in cors header 'access-control-allow-methods'",
          Failure.ALLOW_METHODS_UNPARSEABLE, read=browsers.firefox_token),
    _says("firefox/CORSMissingAllowHeaderFromPreflight",
          "' in cors header 'access-control-allow-headers' from cors preflight channel",
          Failure.HEADER_NOT_ALLOWED, read=browsers.firefox_header),
    _says("firefox/CORSMissingAllowHeaderFromPreflight", "' in cors header",  # cut off
          Failure.HEADER_NOT_ALLOWED, read=browsers.firefox_header_cut),
    _says("firefox/CORSMissingAllowHeaderFromPreflight",
          " is not allowed according to header 'access-control-allow-headers'",
          Failure.HEADER_NOT_ALLOWED, read=browsers.firefox_header),
    _says("firefox/CORSInvalidAllowHeader", "' in cors header 'access-control-allow-headers'",
          Failure.ALLOW_HEADERS_UNPARSEABLE, read=browsers.firefox_token),
    _says("firefox/CORSAllowHeaderFromPreflightDeprecation",
          "when the 'access-control-allow-headers' is '*', the 'authorization' header is not covered",
          Failure.AUTHORIZATION_NOT_NAMED, read=browsers.firefox_preflight, role=Role.WARNING),
    _says("firefox/CrossSiteRequestBlocked",
          "this can be fixed by moving the resource to the same domain or enabling cors",
          Failure.ALLOW_ORIGIN_MISSING, read=browsers.firefox),
)  # fmt: skip

_FIREFOX_QUOTED_IN_PART: Final = tuple(
    _says("firefox/CORSMissingAllowOrigin", phrase, Failure.ALLOW_ORIGIN_MISSING, read=browsers.firefox, role=Role.ECHO)
    for phrase in ("'access-control-allow-origin' missing", "'access-control-allow-origin' is missing",
                   "'access-control-allow-origin' header is missing", "'access-control-allow-origin' header missing",
                   "missing 'access-control-allow-origin'")
)  # fmt: skip
"""What people quote of Firefox's most frequent sentence."""

_FIREFOX_COLUMN: Final = tuple(
    _says(f"firefox/{name}", phrase, failure, read=read.nothing, role=Role.ECHO)
    for phrase, name, failure in (
        ("cors multiple origin not allowed", "CORSMultipleAllowOriginNotAllowed", Failure.ALLOW_ORIGIN_MULTIPLE),
        ("cors no allow credentials", "CORSNotSupportingCredentials", Failure.ALLOW_ORIGIN_WILDCARD),
        ("cors missing allow header", "CORSMissingAllowHeaderFromPreflight", Failure.HEADER_NOT_ALLOWED),
    )
)
"""The same in the column "Transferred" of Firefox's network panel, where it is not the name of the message."""

_FIREFOX_ROW: Final = _says("firefox/CORSPreflightDidNotSucceed", "cors preflight did not succeed",
                            Failure.STATUS_NOT_OK, read=browsers.firefox_row, role=Role.ECHO)  # fmt: skip
"""The same of a preflight, which no message in the console tells apart from a request without an answer."""


_WEBKIT: Final = (
    _says("webkit/origin-not-allowed", " is not allowed by access-control-allow-origin",
          *ANY_ALLOW_ORIGIN, read=browsers.webkit_origin),
    _says("webkit/several-origins", "access-control-allow-origin cannot contain more than one origin",
          Failure.ALLOW_ORIGIN_MULTIPLE, read=browsers.webkit),
    _says("webkit/wildcard", "cannot use wildcard in access-control-allow-origin when credentials flag is true",
          Failure.ALLOW_ORIGIN_WILDCARD, read=browsers.webkit_credentials),
    _says("webkit/credentials", "credentials flag is true, but access-control-allow-credentials is not",
          Failure.ALLOW_CREDENTIALS_NOT_TRUE, read=browsers.webkit_credentials),
    _says("webkit/preflight-status", "preflight response is not successful",
          Failure.STATUS_NOT_OK, read=browsers.webkit_preflight),
    _says("webkit/methods-malformed", "header access-control-allow-methods has an invalid value",
          Failure.ALLOW_METHODS_UNPARSEABLE, read=browsers.webkit_malformed),
    _says("webkit/headers-malformed", "header access-control-allow-headers has an invalid value",
          Failure.ALLOW_HEADERS_UNPARSEABLE, read=browsers.webkit_malformed),
    _says("webkit/redirect-scheme", "not allowed to follow a cross-origin cors redirection with non cors scheme",
          "redirect-scheme", read=browsers.webkit),
    _says("webkit/redirect-credentials", "sharing policy: redirection url ",
          "redirect-url-credentials", read=browsers.redirection_url),
    _says("webkit/redirect-refused", "not allowed to follow a redirection while loading",
          "redirect-refused", read=read.url_after),
    _says("webkit/redirect-loop", "load cannot follow more than 20 redirections", "redirect-loop",
          read=read.url_before),
    _says("webkit/redirect-loop", "too many http redirects", "redirect-loop", read=read.url_before),
    _says("webkit/null-origin", "cannot make any requests from null", "null-origin", read=read.url_before),
    _says("webkit/request-mode", "cross origin requests are not allowed when using same-origin fetch mode",
          "request-mode", read=read.url_before),
    _says("webkit/request-mode", "unsafe attempt to load url…domains, protocols and ports must match", "request-mode",
          read=browsers.unsafe_attempt),
    _says("webkit/script-denied", "script load denied by cross-origin resource sharing policy",
          *ANY_ALLOW_ORIGIN, read=read.url_before, role=Role.ECHO),
    *(_says("webkit/load-denied", f"{sort} load denied by cross-origin resource sharing policy",
            *ANY_ALLOW_ORIGIN, read=read.url_before, role=Role.ECHO)
      for sort in ("image", "font", "stylesheet")),
    _says("webkit/cannot-load", " due to access control checks",
          *ANY_ALLOW_ORIGIN, Failure.STATUS_NOT_OK, read=browsers.webkit_cannot_load, role=Role.ECHO),
    _says("webkit/unreachable", "failed to load resource: could not connect to", "unreachable", read=read.url_before),
    _says("webkit/connection-broken", "failed to load resource: connection terminated unexpectedly",
          "connection-broken", read=read.url_before),
    _says("webkit/response-invalid", "failed to load resource: could not parse http response",
          "response-invalid", read=read.url_before),
    _says("webkit/redirect-scheme", "ftp urls are disabled", "redirect-scheme", "url-scheme", read=read.nothing),
    _says("webkit/name-not-found", "a server with the specified hostname could not be found",
          "name-not-found", read=read.url_before),
    _says("webkit/name-not-found", "failed to load resource: error resolving '", "name-not-found",
          read=read.url_before),
    _says("webkit/connection-broken", "failed to load resource: the network connection was lost",
          "connection-broken", read=read.url_before),
    _says("webkit/certificate", "the certificate for this server is invalid", "certificate", read=read.url_before),
    _says("webkit/certificate", "unacceptable tls certificate", "certificate", read=read.url_before),
    _says("webkit/certificate", "an ssl error has occurred", "certificate", read=read.url_before),
    _says("webkit/timed-out", "failed to load resource: the request timed out", "timed-out", read=read.url_before),
    _says("webkit/content-blocker", "blocked by content extension", "blocked-by-extension", read=read.url_around),
    _says("webkit/content-blocker", "content blocker prevented frame displaying", "blocked-by-extension",
          read=read.url_after),
    _says("webkit/content-blocker", "resource blocked by content blocker", "blocked-by-extension",
          read=read.url_around),
    _says("webkit/content-security-policy", "blocked by content security policy",
          "content-security-policy", read=read.url_around),
    _says("webkit/mixed-content", "not allowed to request resource.", "mixed-content",
          "local-network-permission", read=read.beginning(read.url_around)),
)  # fmt: skip

_POLICIES: Final = (
    _says("chromium/mixed-content", "was loaded over https, but requested an insecure",
          "mixed-content", read=policies.page_and_url),
    _says("firefox/mixed-content", "blocked loading mixed active content", "mixed-content", read=read.url_after),
    _says("firefox/mixed-content", "blocked loading mixed display content", "mixed-content", read=read.url_after),
    _says("webkit/mixed-content", "was not allowed to run insecure content from",
          "mixed-content", read=policies.page_and_url),
    _says("webkit/mixed-content", "was not allowed to display insecure content from",
          "mixed-content", read=policies.page_and_url),
    _says("webkit/mixed-content", "requested insecure content from", "mixed-content", read=policies.page_and_url),
    _says("chromium/content-security-policy", "is denied by the document's content security policy",
          "content-security-policy", read=read.url_before),
    _says("chromium/content-security-policy", "violates the following content security policy directive",
          "content-security-policy", read=policies.policy_before),
    _says("webkit/frame-options", "because it does not appear in the frame-ancestors directive",
          "frame-options", read=policies.framed),
    _says("webkit/content-security-policy", "because it does not appear in the …directive",
          "content-security-policy", read=policies.policy_before),
    _says("firefox/content-security-policy", "page's settings blocked the loading of a resource",
          "content-security-policy", read=policies.policy_after),
    _says("firefox/content-security-policy", "content-security-policy: the page's settings",
          "content-security-policy", read=policies.policy_after),
    _says("firefox/resource-policy", "was blocked due to its cross-origin-resource-policy header",
          "resource-policy", read=read.behind(read.url_before, "resource at '")),
    _says("webkit/resource-policy", "violates the resource's cross-origin-resource-policy",
          "resource-policy", read=read.url_before),
    _says("chromium/opaque-response-blocking", "(corb) blocked cross-origin response",
          "opaque-response-blocking", read=read.url_after),
    _says("firefox/font", "bad uri or cross-site access not allowed", Failure.ALLOW_ORIGIN_MISSING,
          read=browsers.firefox_font, role=Role.ECHO),
    *(_says("firefox/blocked-by-extension", f"was blocked because {blocker} is enabled", "blocked-by-extension",
            read=read.behind(read.url_before, "resource at '"))
      for blocker in ("content blocking", "tracking protection", "enhanced tracking protection")),
    _says("chromium/url-scheme", "not allowed to load local resource", "url-scheme", read=read.url_after),
    _says("chromium/url-scheme", "'file:' urls are treated as unique security origins", "url-scheme", "null-origin",
          read=read.nothing),
    _says("chromium/worker-origin", "the origin of the provided scripturl ('", "worker-origin", read=read.nothing),
    _says("firefox/opaque-response-blocking", "blocked by opaqueresponseblocking",
          "opaque-response-blocking", read=read.url_around),
    _says("chromium/opaque-response-blocking", "response was blocked by corb",
          "opaque-response-blocking", read=read.url_around),
    _says("chromium/url-scheme", "url scheme '…' is not supported", "url-scheme", read=read.url_before),
    _says("chromium/url-scheme", ". url scheme must be 'http' or 'https' for cors request", "url-scheme",
          read=read.url_before),
    _says("chromium/request-mode", "parent of track element does not have a 'crossorigin' attribute", "request-mode",
          read=read.nothing),
    _says("chromium/frame-options", "in a frame because it set '", "frame-options", read=read.url_before),
    _says("chromium/frame-options", "an ancestor violates the following content security policy directive",
          "frame-options", read=policies.framed),
    _says("firefox/frame-options", "in a frame is denied by 'x-frame-options", "frame-options", read=read.url_before),
    _says("firefox/frame-options", "load denied by x-frame-options", "frame-options", read=read.url_after),
    _says("firefox/frame-options", "does not permit cross-origin framing", "frame-options", read=read.url_before),
    _says("firefox/frame-options",
          "content-security-policy: the page's settings blocked the loading of a resource (frame-ancestors)",
          "frame-options", read=read.url_after),
    _says("webkit/frame-options", "in a frame because of its 'x-frame-options", "frame-options", read=read.url_before),
    _says("chromium/post-message", "failed to execute 'postmessage' on", "post-message", read=policies.posted),
    _says("webkit/post-message", "unable to post message to …recipient has origin", "post-message", read=read.nothing),
    *(_says("chromium/worker-origin", f"failed to construct '{kind}': script at '", "worker-origin",
            read=policies.worker_script) for kind in ("worker", "sharedworker")),
    _says("chromium/websocket", "websocket connection to '", "websocket-origin", read=policies.websocket),
    _says("firefox/websocket", "establish a connection to the server at ws", "websocket-origin", "unreachable",
          read=read.url_of("ws")),
    _says("chromium/header-not-exposed", "refused to get unsafe header '", "header-not-exposed",
          read=policies.header_after),
    _says("chromium/header-not-exposed", "refused to get unsafe header", "header-not-exposed", read=read.nothing),
    _says("chromium/forbidden-header", "refused to set unsafe header '",
          "forbidden-request-header", read=policies.header_after),
    _says("chromium/forbidden-header", "refused to set unsafe header", "forbidden-request-header", read=read.nothing),
    _says("firefox/forbidden-header", "attempt to set a forbidden header was denied",
          "forbidden-request-header", read=policies.header_after_colon),
    _says("chromium/forbidden-method", "' http method is unsupported",
          Failure.FORBIDDEN_METHOD, read=policies.forbidden_method),
    _says("firefox/forbidden-method", "invalid request method ", Failure.FORBIDDEN_METHOD,
          read=policies.forbidden_method),
    _says("webkit/forbidden-method", "typeerror: method is forbidden.",
          Failure.FORBIDDEN_METHOD, read=policies.forbidden_method),
    _says("chromium/canvas-tainted", "tainted canvases may not be", "canvas-tainted", read=read.nothing),
    _says("chromium/canvas-tainted", "the cross-origin image at …may not be loaded", "canvas-tainted",
          read=read.url_after),
    _says("chromium/canvas-tainted", "element contains cross-origin data, and may not be loaded",
          "canvas-tainted", read=read.nothing),
    _says("firefox/canvas-tainted", "cross-origin elements require cors", "canvas-tainted", read=read.nothing),
    _says("script/canvas-tainted", "attempt was made to break through the security policy of the user agent",
          "canvas-tainted", "frame-options", read=read.nothing, role=Role.ECHO),
    _says("chromium/canvas-tainted", "the canvas has been tainted by cross-origin data",
          "canvas-tainted", read=read.nothing),
    _says("firefox/cookie-samesite", "because it is in a cross-site context and its 'samesite' is",
          "cookie-samesite", read=read.nothing),
    _says("firefox/cookie-samesite", "does not have a proper 'samesite' attribute value",
          "cookie-samesite", read=read.nothing, role=Role.WARNING),
    _says("firefox/cookie-samesite", "because it has the 'samesite=none' attribute but is missing the 'secure'",
          "cookie-not-secure", read=read.nothing),
    _says("firefox/cookie-samesite", "attribute set to 'none' or an invalid value, without the 'secure'",
          "cookie-not-secure", read=read.nothing),
    _says("firefox/cookie-not-secure", "because a non-https cookie can't be set as 'secure'",
          "cookie-not-secure", read=read.nothing),
    _says("chromium/cookie-samesite", "header didn't specify a 'samesite' attribute",
          "cookie-samesite", read=read.nothing),
    _says("chromium/cookie-samesite", "blocked because it had the 'samesite", "cookie-samesite", read=read.nothing),
    _says("chromium/cookie-samesite", "without the 'samesite' attribute", "cookie-samesite",
          read=read.behind(read.url_before, "cross-site resource")),
    _says("chromium/cookie-not-secure", "blocked because it had the 'secure' attribute",
          "cookie-not-secure", read=read.nothing),
    _says("chromium/cookie-not-secure", "was set with 'samesite=none' but without 'secure'",
          "cookie-not-secure", read=read.nothing),
    _says("chromium/cookie-not-secure", "has been marked with 'samesite=none' but lacks the 'secure'",
          "cookie-not-secure", read=read.nothing),
    _says("chromium/third-party-cookies", "third-party cookie is blocked", "third-party-cookies", read=read.nothing),
    _says("chromium/third-party-cookies", "third-party cookie will be blocked",
          "third-party-cookies", read=read.nothing, role=Role.WARNING),
    _says("firefox/third-party-cookies", "request to access cookie or storage on",
          "third-party-cookies", read=read.url_after),
    _says("chromium/net", "net::err_", read=policies.net_error, role=Role.ECHO),
    *(_says("chromium/PreflightDisallowedRedirect", f"err_invalid_redirect on the {preflight}",
            Failure.PREFLIGHT_REDIRECTED, read=browsers.preflight_row, role=Role.ECHO)
      for preflight in ("cors preflight", "preflight")),  # in the network panel
    _says("chromium/http-error", "failed to load resource: the server responded with a status of",
          "http-error", read=policies.server_status, role=Role.ECHO),
    _says("firefox/net", "ns_error_connection_refused", "unreachable", read=read.url_before),
    _says("firefox/net", "ns_error_unknown_host", "name-not-found", read=read.url_before),
    _says("firefox/net", "ns_error_net_timeout", "timed-out", read=read.url_before),
    _says("firefox/net", "ns_error_net_reset", "connection-broken", read=read.url_before),
)  # fmt: skip

FAILURE_LINE: Final = "server/failure-line"
"""The wording of a line about a failed request, which explains a browser's message and has no meaning alone."""

_SERVERS_AND_SCRIPTS: Final = (
    _says("server/django-origin", "origin checking failed - ", "csrf-origin", read=logs.origin_after),
    _says("server/django-referer", "referer checking failed - ", "csrf-origin", read=logs.origin_after),
    _says("server/django-token", "csrf cookie not set", "csrf-token", read=read.nothing),
    _says("server/django-token", "csrf token missing", "csrf-token", read=read.nothing),
    _says("server/django-token", "csrf token from ", "csrf-token", read=logs.django_token),
    _says("server/django-token", "csrf verification failed. request aborted",
          "csrf-origin", "csrf-token", read=read.nothing, role=Role.ECHO),
    _says("server/flask-token", "the csrf token is missing.", "csrf-token", read=read.nothing),
    _says("server/flask-token", "the csrf session token is missing", "csrf-token", read=read.nothing),
    _says("server/flask-token", "the csrf tokens do not match", "csrf-token", read=read.nothing),
    _says("server/socketio", " is not an accepted origin", "websocket-origin", read=logs.refused_origin),
    _says("server/pi-hole", "failed cors: ", "origin-not-allowed", "origin-port", "origin-scheme",
          read=logs.origin_after),
    _says("server/starlette", "disallowed cors ", "origin-not-allowed", read=logs.starlette),
    _says("server/wsgicors", " is not allowed here: it is plain http", "insecure-origin", read=logs.origin_before),
    _says("server/wsgicors", " is not allowed here", "origin-not-allowed", read=logs.own_refusal),
    _says("server/wsgicors", " is not allowed to post a form here", "navigation-not-allowed",
          read=logs.origin_before),
    _says("server/wsgicors", "a page of another origin sent this request, which has no origin header", "cross-site",
          read=read.nothing),
    _says("server/wsgicors", " is allowed could not be found out", "source-failed", read=logs.origin_before),
    _says("server/wsgicors", "the path can be read in several ways, which lead to", "ambiguous-path",
          read=read.nothing),
    _says("server/wsgicors", "' is not an origin", "malformed-request", read=logs.own_malformed),
    _says("server/wsgicors", "access-control-request-method '…' is not a method", "malformed-request",
          read=read.nothing),
    _says("server/wsgicors", "access-control-request-headers holds names that are not field names", "malformed-request",
          read=read.nothing),
    _says("server/wsgicors", "these request headers are not allowed here: ", "header-not-allowed",
          read=logs.own_headers),
    _says("server/wsgicors", "to this private network are not allowed here", "private-network-header",
          read=read.nothing),
    _says("server/spring", "invalid cors request", *ANY_REFUSAL, read=logs.cors_filter),
    _says("server/relay", "one or more headers requested are not allowed", "header-not-allowed", read=read.nothing),
    _says("server/relay", "some headers are not allowed.", "header-not-allowed", read=read.nothing),
    *(_says("server/jupyter", phrase, "origin-not-allowed", read=logs.origin_named)
      for phrase in ("blocking cross origin api request", "blocking cross origin request")),
    _says("server/aspnet", "does not have permission to access the resource", "origin-not-allowed",
          read=logs.origin_before_blank),
    _says("server/aspnet", "' not allowed in cors policy", "header-not-allowed", read=logs.aspnet_header),
    _says("server/aspnet", " not allowed in cors policy", "header-not-allowed", read=logs.aspnet_name),
    _says("server/aspnet", "does not allow specifying a wildcard (any) origin and credentials at the same time",
          "credentials-wildcard", read=read.nothing),
    _says("server/express", "not allowed by cors", "origin-not-allowed", read=logs.refused_by_cors),
    _says("server/origin-check", "origin not allowed", "origin-not-allowed", "csrf-origin", read=logs.origin_logged),
    _says("server/hapi", "'cors.credentials' must be one of [false]", "credentials-wildcard", read=read.nothing),
    _says("server/heroku", "at=error code=h", "proxy-bad-gateway", read=logs.router),
    *(_says(f"server/{name}", phrase, *causes, read=read.of_preflight if "options" in phrase else read.nothing)
      for name, phrase, causes in NO_OPTIONS),
    _says("server/slim", "method not allowed. must be one of: ", "preflight-method-refused", "http-error",
          read=read.nothing),
    *(_says(f"server/{name}", phrase, "csrf-token", read=read.nothing) for name, phrase in TOKENS),
    *(_says(f"server/{name}", phrase, "csrf-origin", read=logs.origin_behind) for name, phrase in UNTRUSTED),
    *(_says(f"server/{name}", phrase, "websocket-origin", read=logs.origin_behind) for name, phrase in WEBSOCKETS),
    _says("server/nv", "opening handshake response is not '101", "websocket-origin", read=logs.handshake_refused),
    *(_says(f"server/{name}", phrase, *causes, read=logs.of_phrase(phrase))
      for table in (refusals.REFUSALS, refusals.LAYERS, refusals.SETTINGS, refusals.SERVICES, PRODUCTS, LOGINS, HOSTS,
                    SEVERAL, HANDSHAKES, PLATFORMS, FAILING)
      for name, phrase, causes in table),
    *(_says(f"server/{name}", phrase, *causes, read=read.nothing, role=Role.ECHO) for name, phrase, causes in BODIES),
    *(_says(f"server/{name}", phrase, *causes, read=logs.of_backend) for name, phrase, causes in BACKENDS),
    *(_says(f"script/{name}", phrase, *causes, read=read.nothing) for name, phrase, causes in KNOWING),
    *(_says(f"script/{name}", phrase, "unspecified", read=read.nothing, role=Role.ECHO) for name, phrase in SILENT),
    *(_says("server/laravel", f"419 {unknown}", "csrf-token", read=read.url_begun)
      for unknown in ("(unknown status)", "unknown status")),
    _says("server/koa", " is not a valid origin", "origin-not-allowed", read=logs.word_before),
    _says("server/spring", "' origin is not allowed", "origin-not-allowed", read=logs.word_before),
    _says("server/node", "unexpected server response: 403", "websocket-origin", read=read.nothing, role=Role.ECHO),
    _says("script/registry", "check your connection and your registry must have",
          Failure.ALLOW_ORIGIN_MISSING, Failure.NO_RESPONSE, read=read.nothing, role=Role.ECHO),
    _says("server/s3", "cors is not enabled for this bucket", "cors-absent", read=read.nothing),
    _says("server/s3", "this cors request is not allowed", *ANY_REFUSAL, read=read.nothing),
    _says("server/api-gateway", "'message':'missing authentication token'",
          "not-found-without-headers", "preflight-not-found", read=read.nothing),
    *(_says("server/nginx", phrase, cause, read=read.nothing) for phrase, cause in servers.NGINX),
    *(_says("server/gateway", phrase, cause, read=read.nothing) for phrase, cause in servers.GATEWAYS),
    _says("server/gateway", "task timed out after ", "proxy-timeout", read=logs.of_lambda),
    _says("server/cors-anywhere", "not found because of proxy error: ", "proxy-bad-gateway", read=logs.node_error),
    _says("server/node", "unable_to_verify_leaf_signature", "certificate", read=read.nothing),
    *(_says(FAILURE_LINE, phrase, "app-error", read=read.nothing, role=Role.ECHO) for phrase in servers.FAILURES),
    _says("server/django-cors-headers", "(corsheaders.e0", "origin-list-typo", read=read.nothing),
    _says("script/angular", ": 0 unknown error", "unspecified", read=read.url_before, role=Role.ECHO),
    _says("script/flutter", "xmlhttprequest error", "unspecified", read=read.nothing, role=Role.ECHO),
    _says("script/flutter", "xmlhttprequest onerror callback", "unspecified", read=read.nothing, role=Role.ECHO),
    _says("script/swagger", "possible reasons: cors", "unspecified", read=read.nothing, role=Role.ECHO),
    _says("script/swagger", "possible reasons:cors", "unspecified", read=read.nothing, role=Role.ECHO),
    _says("script/fetch", "typeerror: failed to fetch", "unspecified", read=read.nothing, role=Role.ECHO),
    _says("script/fetch", "typeerror): failed to fetch", "unspecified", read=read.nothing, role=Role.ECHO),
    _says("script/swagger", "possible cross-origin (cors) issue?", "unspecified", read=read.url_after, role=Role.ECHO),
    *(_says("script/fetch", f"failed to fetch {scheme}", "unspecified", read=read.url_of(scheme), role=Role.ECHO)
      for scheme in ("http://", "https://")),
    _says("script/security", "the operation is insecure", "canvas-tainted", "worker-origin",
          Failure.FORBIDDEN_METHOD, read=read.nothing),
    _says("script/fetch", "networkerror when attempting to fetch resource",
          "unspecified", read=read.nothing, role=Role.ECHO),
    _says("script/fetch", "typeerror: load failed", "unspecified", read=read.nothing, role=Role.ECHO),
    _says("script/xhr", "failed to execute 'send' on 'xmlhttprequest'", "unspecified", read=policies.script_send,
          role=Role.ECHO),
    _says("script/axios", "error: network error", "unspecified", read=read.nothing, role=Role.ECHO),
    _says("script/axios", "error: 'network error'", "unspecified", read=read.nothing, role=Role.ECHO),
    *(_says("script/xhr", phrase, "unspecified", read=read.nothing, role=Role.ECHO)
      for phrase in ("xhr poll error", "response with status: 0 ")),
    _says("script/flutter", "clientexception: failed to fetch, uri=", "unspecified", read=read.url_after,
          role=Role.ECHO),
    _says("script/fetch", "network request failed", "unspecified", read=read.nothing, role=Role.ECHO),
    _says("script/fetch", " error: failed to fetch", "unspecified", read=read.nothing, role=Role.ECHO),
    *(_says("script/fetch", f"{sort} failed loading: ", "unspecified", read=read.url_after, role=Role.ECHO)
      for sort in ("xhr", "fetch")),
    _says("script/axios", "err_fr_too_many_redirects", "redirect-loop", read=read.nothing),  # on Node
    _says("script/axios", "err_network", "unspecified", read=read.nothing, role=Role.ECHO),
    _says("script/xhr", "networkerror: a network error occurred", "unspecified", read=read.nothing, role=Role.ECHO),
    *(_says("script/browser-request", f"cors request rejected: {scheme}", "unspecified", read=read.url_of(scheme),
            role=Role.ECHO)
      for scheme in ("http://", "https://")),
    _says("script/superagent", "possible causes: the network is offline, origin is not allowed by", "unspecified",
          read=read.nothing, role=Role.ECHO),
    _says("script/opaque", "an 'opaque' response was used for a request whose type is not no-cors", "no-cors-mode",
          read=read.nothing),
)  # fmt: skip

_QUOTED: Final = (*_CHROMIUM, *_FIREFOX, *_FIREFOX_QUOTED_IN_PART)


def _unquoted(wordings: Iterable[Wording]) -> Iterator[Wording]:
    """Yield the wordings that quote a header's name, without the quotes that forums drop."""
    seen = {wording.phrase for wording in wordings}
    for wording in wordings:
        phrase = wording.phrase.replace("'", "")
        if "'access-control-" in wording.phrase and not wording.phrase.startswith("' ") and phrase not in seen:
            has_value = wording.phrase.endswith((" '", " values"))
            yield wording._replace(phrase=phrase, read=browsers.unquoted(wording.read, has_value=has_value))


WORDINGS: Final = (*_QUOTED, *_FIREFOX_COLUMN, _FIREFOX_ROW, *_WEBKIT, *EDGE, *_POLICIES, *ELEMENTS,
                   *IDENTIFIERS, *_SERVERS_AND_SCRIPTS, *_unquoted(_QUOTED))  # fmt: skip
"""Every wording. Where two phrases begin at one place, the first of them counts."""

TRANSLATED_DISABLED: Final = (
    "deaktiviert", "désactivé", "desactivado", "desativado", "отключён", "未启用", "已停用", "無効", "wyłączone",
    "disattivato", "вимкнено", "dezactivat", "비활성화", "изключен", "deaktiveret", "kikapcsolva", "απενεργοποιήθηκε",
    "vypnutý", "devre d", "dinonaktifkan", "vô hiệu hóa", "inaktiverad", "uitgeschakeld", "avslått",
)  # fmt: skip
"""Firefox's "CORS disabled" in the languages of its users, by the distinguishing word: nothing else identifies it."""

TRANSLATED_REDIRECT: Final = (
    "weiterleitung", "redirection", "redirección", "redirecionamento", "redirecționarea", "redirect", "перенаправлен",
    "重定向", "重導", "リダイレクト", "przekierowani", "리다이렉트", "пренасочване", "átirányítás", "ανακατεύθυνση",
    "presmerovanie", "přesměrování", "yönlendirme", "pengalihan", "chuyển hướng", "omdirigering", "omleiding",
)  # fmt: skip
"""The same of "external redirect not allowed"."""

TRANSLATED_MISSING: Final = (
    "fehlt", "manquant", "falta", "отсутств", "缺少", "足りない", "brakując", "mancante",
)  # fmt: skip
"""The same of "CORS header missing", which old versions report without a status."""

TRANSLATED_MULTIPLE: Final = (
    "nur ein", "plusieurs", "múltiples", "múltiplos", "vários", "несколько", "多个", "多個", "複数", "powtórzenie",
    "multipli", "численні", "multiplu", "여러", "множество", "multiple", "több", "πολλαπλ", "viacer", "vícenásobn",
    "birden fazla", "multipel", "nhiều", "fler", "meerdere",
)  # fmt: skip
"""The same of "Multiple CORS header not allowed"."""
