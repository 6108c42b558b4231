"""The sentences of browsers about CORS, each identified by a phrase in its middle, and all wordings together.

Versions differ in the beginnings and ends of sentences, so only the phrase identifies them; the rest is read only for
its facts. The phrases are those of Chromium (2015 to 156), Firefox (29 to 153) and WebKit (2010 to 2.50). The old
Edge's are in `_edge`, what browsers say of networks, cookies and other policies in `_policies`, names of errors in
`_identifiers`, sentences about elements and windows in `_elements`, and those of others in `_servers_and_scripts`.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from wsgicors.browser import Failure
from wsgicors.doctor.catalogue import _browser_readers as browsers
from wsgicors.doctor.catalogue import _readers as read
from wsgicors.doctor.catalogue._edge import EDGE
from wsgicors.doctor.catalogue._elements import ELEMENTS
from wsgicors.doctor.catalogue._identifiers import IDENTIFIERS
from wsgicors.doctor.catalogue._policies import POLICIES
from wsgicors.doctor.catalogue._servers_and_scripts import SERVERS_AND_SCRIPTS
from wsgicors.doctor.catalogue._wording import ANY_ALLOW_ORIGIN, Role, Wording
from wsgicors.doctor.catalogue._wording import says as _says

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
    _says("webkit/certificate", "the certificate for this server is invalid.", "certificate", read=read.url_before),
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

_QUOTED: Final = (*_CHROMIUM, *_FIREFOX, *_FIREFOX_QUOTED_IN_PART)


def _unquoted(wordings: Iterable[Wording]) -> Iterator[Wording]:
    """Yield the wordings that quote a header's name, without the quotes that forums drop."""
    seen = {wording.phrase for wording in wordings}
    for wording in wordings:
        phrase = wording.phrase.replace("'", "")
        if "'access-control-" in wording.phrase and not wording.phrase.startswith("' ") and phrase not in seen:
            has_value = wording.phrase.endswith((" '", " values"))
            yield wording._replace(phrase=phrase, read=browsers.unquoted(wording.read, has_value=has_value))


WORDINGS: Final = (*_QUOTED, *_FIREFOX_COLUMN, _FIREFOX_ROW, *_WEBKIT, *EDGE, *POLICIES, *ELEMENTS,
                   *IDENTIFIERS, *SERVERS_AND_SCRIPTS, *_unquoted(_QUOTED))  # fmt: skip
"""Every wording. Where two phrases begin at one place, the first of them counts."""
