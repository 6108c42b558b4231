"""The sentences of browsers (and of a few servers) about blocked requests, each known by one phrase of its middle.

Wordings change from version to version at their ends and in what stands before them, so the phrase is what counts;
what surrounds it is read only for its facts. The phrases are those of Chromium (2015 to 156), Firefox (29 to 153) and
WebKit (2010 to 2.50), of Django's log, and of the browsers' notes about networks, cookies and other policies.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from wsgicors.browser import Failure, Stage
from wsgicors.doctor.facts import LONGEST_URL, Facts


class Speaker(StrEnum):
    """Whose words a message is in."""

    CHROMIUM = "chromium"
    FIREFOX = "firefox"
    WEBKIT = "webkit"
    SERVER = "server"
    """The log of a Python server."""
    SCRIPT = "script"
    """The page's own script: what a rejected fetch says."""


class Role(StrEnum):
    """What a message is worth beside others."""

    REASON = "reason"
    """It says why."""
    ECHO = "echo"
    """It says that something failed, not why: it counts where no other message speaks of the same request."""
    WARNING = "warning"
    """Nothing was blocked yet."""


# -- The surroundings of a phrase --------------------------------------------------------------------------------


class Around(NamedTuple):
    """A phrase's surroundings: quotes made alike, case kept; and in lower case for looking things up."""

    before: str
    after: str
    before_lower: str
    after_lower: str


@dataclass(slots=True)
class Found:
    """What is read around a phrase, as it stands there."""

    url: str = ""
    origin: str = ""
    method: str = ""
    header: str = ""
    value: str = ""
    status: int | None = None
    redirected_from: str = ""
    location: str = ""
    kind: str = ""
    credentials: bool | None = None
    stage: Stage | None = None
    causes: tuple[str, ...] = ()
    speaker: Speaker | None = None

    def facts(self) -> Facts:
        """It all, cleaned."""
        return Facts.clean(
            url=self.url,
            origin=self.origin,
            method=self.method,
            header=self.header,
            value=self.value,
            status=self.status,
            redirected_from=self.redirected_from,
            location=self.location,
            kind=self.kind,
            credentials=self.credentials,
        )


Reader = Callable[[Around, Found], None]

_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_PREFLIGHT: Final = "access control check:"
_STATUS_CODE: Final = re.compile(r"[^0-9]{0,24}?status code:? (\d{3})(?!\d)")
_STATUS_THERE: Final = re.compile(r"(?:had http|with a) status (?:code |of )(\d{3})(?!\d)")
_STATUS_HERE: Final = re.compile(r" (\d{3}) ?\(")
_THREE_DIGITS: Final = re.compile(r" (\d{3})(?!\d)")
_URL: Final = re.compile(r"[a-z][a-z0-9+.\-]{1,30}://[^\s'()<>\\^{}|]{1,2000}", re.IGNORECASE)
_DOTS: Final = ".,;:"


def _last_token(text: str) -> str:
    """The word that `text` ends in, without quotes around it."""
    return text.rstrip(" '").rpartition(" ")[2].lstrip("'")


def _kind(text: str) -> str:
    """What asks, in a sentence that goes on with "cannot load"."""
    return "fetch" if text.lower().endswith("fetch api") else _last_token(text)


def _quoted(text: str) -> str:
    """What stands in `text` up to the next quote."""
    return text.partition("'")[0]


def _last_url(text: str) -> str:
    """The last URL in `text`."""
    urls = _URL.findall(text)
    return urls[-1].rstrip(_DOTS) if urls else ""


def _first_url(text: str) -> str:
    """The first URL in `text`."""
    match = _URL.search(text)
    return match[0].rstrip(_DOTS) if match else ""


def _chromium_access(text: str, found: Found) -> None:
    """``fetch at 'URL' (redirected from 'URL0') from origin 'O' has been blocked …``, after "Access to "."""
    found.kind, _, rest = text.partition(" at '")
    target, _, rest = rest.partition(" from origin '")
    url, _, first = target.partition("' (redirected from '")
    found.url, found.redirected_from = url.rstrip("'"), first.rstrip("')")
    found.origin = _quoted(rest)


def _chromium(around: Around, found: Found) -> None:
    """What stands before and after any of Chromium's sentences, of whatever year."""
    before, lower = around.before, around.before_lower
    policy = max(lower.rfind("blocked by cors policy"), lower.rfind("cross-origin resource sharing policy"))
    if (at := lower.rfind("access to ", 0, policy + 1)) >= 0:
        _chromium_access(before[at + 10 : policy], found)
    elif (at := lower.rfind("redirect from '", 0, policy + 1)) >= 0:
        found.redirected_from, _, rest = before[at + 15 : policy].partition("' to '")
        found.url = _quoted(rest)
    elif (at := lower.rfind(" from origin '", 0, policy + 1)) >= 0:
        found.kind = _last_token(before[:at])
        found.url = _quoted(before[at + 14 : policy])
    elif (at := lower.rfind("failed to load ")) >= 0:
        found.url = before[at + 15 :].partition(": ")[0].strip("'")
    elif (at := lower.rfind(" cannot load ")) >= 0:
        found.kind = _kind(before[:at])
        found.url = before[at + 13 :].partition(" ")[0].rstrip(_DOTS)
    if lower.rstrip().endswith(_PREFLIGHT) or _PREFLIGHT in lower[max(policy, 0) :]:
        found.stage = Stage.PREFLIGHT
    elif policy >= 0:
        found.stage = Stage.ACTUAL
    if not found.origin and (at := around.after_lower.find("origin '")) >= 0:
        found.origin = _quoted(around.after[at + 8 :])
    if match := _STATUS_THERE.search(around.after_lower):
        found.status = int(match[1])


def _disabled_scheme(around: Around, found: Found) -> None:
    """The page asked for it itself, or a redirect led there."""
    _chromium(around, found)
    found.causes = ("redirect-scheme",) if found.redirected_from else ("url-scheme",)


def _chromium_value(around: Around, found: Found) -> None:
    _chromium(around, found)
    found.value = _quoted(around.after)


def _chromium_redirect(around: Around, found: Found) -> None:
    """``Redirect location 'URL' …``: the URL stands in front of the phrase."""
    _chromium(around, found)
    found.location = _last_token(around.before)


def _chromium_preflight(around: Around, found: Found) -> None:
    _chromium(around, found)
    found.stage = Stage.PREFLIGHT


def _preflight_status(around: Around, found: Found) -> None:
    """A status may stand behind, as it did until 2018."""
    _chromium_preflight(around, found)
    if match := _THREE_DIGITS.match(around.after):
        found.status = int(match[1])


def _with_credentials(around: Around, found: Found) -> None:
    _chromium(around, found)
    found.credentials = True


def _credentials_value(around: Around, found: Found) -> None:
    _chromium_value(around, found)
    found.credentials = True


def _method_refused(around: Around, found: Found) -> None:
    """The method stands in front of the phrase."""
    _shared(around, found)
    found.method = _last_token(around.before)


def _header_refused(around: Around, found: Found) -> None:
    """The name stands in front of the phrase."""
    _shared(around, found)
    found.header = _last_token(around.before)


def _shared(around: Around, found: Found) -> None:
    """A sentence that Chromium and WebKit share, but for Chromium's end."""
    _chromium(around, found)
    chromium = around.after_lower.startswith(" in preflight") or "cors policy" in around.before_lower
    found.speaker = Speaker.CHROMIUM if chromium else Speaker.WEBKIT
    found.stage = Stage.PREFLIGHT


def _firefox(around: Around, found: Found) -> None:
    """``Cross-Origin Request Blocked: … remote resource at URL. (Reason: `` in front, a status behind."""
    at = around.before_lower.rfind("remote resource at ")
    if at >= 0:
        found.url = _first_url(around.before[at:])
    if match := _STATUS_CODE.match(around.after_lower):
        found.status = int(match[1])


def _firefox_value(around: Around, found: Found) -> None:
    _firefox(around, found)
    found.value = _quoted(around.after)


def _firefox_credentials(around: Around, found: Found) -> None:
    _firefox(around, found)
    found.credentials = True


def _firefox_token(around: Around, found: Found) -> None:
    """``invalid token 'X' in CORS header …``: the token stands in front of the phrase."""
    _firefox(around, found)
    found.value = around.before.rpartition(" '")[2]
    found.stage = Stage.PREFLIGHT


def _firefox_header(around: Around, found: Found) -> None:
    """``header 'X' is not allowed according to header …`` and ``missing token 'X' in CORS header …``."""
    _firefox(around, found)
    found.header = around.before.rpartition("'")[2]
    found.stage = Stage.PREFLIGHT


def _firefox_preflight(around: Around, found: Found) -> None:
    _firefox(around, found)
    found.stage = Stage.PREFLIGHT


def _webkit(around: Around, found: Found) -> None:
    """A status behind; in front, the redirection that it is the reason of, or what could not be loaded."""
    if match := _STATUS_CODE.match(around.after_lower):
        found.status = int(match[1])
    if (at := around.before_lower.rfind("cross-origin redirection to ")) >= 0:
        found.location = _first_url(around.before[at:])
        found.stage = Stage.ACTUAL
    elif (at := around.before_lower.rfind(" cannot load ")) >= 0:
        found.kind = _kind(around.before[:at])
        found.url = _first_url(around.before[at:])


def _webkit_origin(around: Around, found: Found) -> None:
    """The page's origin stands in front of the phrase."""
    _webkit(around, found)
    found.origin = _last_token(around.before)


def _webkit_credentials(around: Around, found: Found) -> None:
    _webkit(around, found)
    found.credentials = True


def _webkit_preflight(around: Around, found: Found) -> None:
    _webkit(around, found)
    found.stage = Stage.PREFLIGHT


def _webkit_malformed(around: Around, found: Found) -> None:
    """``Header Access-Control-Allow-Methods has an invalid value: V``."""
    found.value = around.after.lstrip(": ").partition(" Fetch API cannot")[0][:100]
    found.stage = Stage.PREFLIGHT


def _webkit_cannot_load(around: Around, found: Found) -> None:
    """``Fetch API cannot load URL`` stands in front of the phrase."""
    at = around.before_lower.rfind(" cannot load ")
    if at >= 0:
        found.kind = _kind(around.before[:at])
        found.url = around.before[at + 13 :].strip()


def _redirection_url(around: Around, found: Found) -> None:
    """``… policy: redirection URL U has credentials``."""
    found.location = _first_url(around.after)


def _url_before(around: Around, found: Found) -> None:
    found.url = _last_url(around.before)


def _url_after(around: Around, found: Found) -> None:
    found.url = _first_url(around.after)


def _url_around(around: Around, found: Found) -> None:
    found.url = _first_url(around.after) or _last_url(around.before)


def _page_and_url(around: Around, found: Found) -> None:
    """``Mixed Content: The page at 'PAGE' was loaded over HTTPS, but requested an insecure … 'URL'``."""
    found.url = _first_url(around.after)
    found.origin = _origin_of_page(_last_url(around.before))


def _origin_of_page(url: str) -> str:
    return "/".join(url.split("/")[:3])


def _origin_after(around: Around, found: Found) -> None:
    """The page's origin stands behind Django's phrase."""
    found.origin = _first_url(around.after)


def _header_after(around: Around, found: Found) -> None:
    found.header = _quoted(around.after)


def _header_after_colon(around: Around, found: Found) -> None:
    found.header = around.after.removeprefix(": ").partition(" ")[0].rstrip(_DOTS)


def _forbidden_method(around: Around, found: Found) -> None:
    """Chromium's method stands in front of the phrase, Firefox's behind it, WebKit's nowhere."""
    found.stage = Stage.REQUEST
    found.method = around.before.rpartition(" '")[2] or around.after.partition(".")[0]


def _net_error(around: Around, found: Found) -> None:
    """``GET URL net::ERR_X 403 (Forbidden)`` or ``URL - Failed to load resource: net::ERR_X``."""
    code = "err_" + re.split("[^a-z0-9_.]", around.after_lower, maxsplit=1)[0]
    found.causes = (net_error_cause(code) or "unspecified",)
    words = around.before.rstrip().rsplit(" ", 2)
    if len(words) > 1 and words[-2] in _METHODS:
        found.method, found.url = words[-2], _first_url(words[-1])
    else:
        found.url = _url_of_resource(around.before)
    if match := _STATUS_HERE.match(around.after[len(code) - 4 :]):
        found.status = int(match[1])


def _server_status(around: Around, found: Found) -> None:
    """``Failed to load resource: the server responded with a status of 404 (Not Found)``."""
    if match := _THREE_DIGITS.match(around.after):
        found.status = int(match[1])
    found.url = _url_of_resource(around.before)


def _url_of_resource(before: str) -> str:
    """The URL that some logs put in front of "Failed to load resource: "."""
    return _first_url(before[-LONGEST_URL:].removesuffix("Failed to load resource: ").rstrip(" -").rpartition(" ")[2])


def net_error_cause(code: str) -> str:
    """The cause behind Chromium's network error `code`, in lower case; "" where it does not say one.

    >>> net_error_cause("err_cert_authority_invalid"), net_error_cause("err_failed")
    ('certificate', '')
    """
    return next((cause for prefix, cause in _NET_ERRORS if code.startswith(prefix)), "")


_NET_ERRORS: Final = (
    ("err_connection_refused", "unreachable"),
    ("err_address_unreachable", "unreachable"),
    ("err_connection_failed", "unreachable"),
    ("err_unsafe_port", "unreachable"),
    ("err_internet_disconnected", "name-not-found"),
    ("err_name_", "name-not-found"),
    ("err_dns_", "name-not-found"),
    ("err_connection_timed_out", "timed-out"),
    ("err_timed_out", "timed-out"),
    ("err_cert_", "certificate"),
    ("err_ssl_", "certificate"),
    ("err_bad_ssl_", "certificate"),
    ("err_empty_response", "connection-broken"),
    ("err_connection_", "connection-broken"),
    ("err_http2_", "connection-broken"),
    ("err_quic_", "connection-broken"),
    ("err_incomplete_", "connection-broken"),
    ("err_content_length_mismatch", "connection-broken"),
    ("err_invalid_http_response", "response-invalid"),
    ("err_invalid_response", "response-invalid"),
    ("err_too_many_redirects", "redirect-loop"),
    ("err_unsafe_redirect", "redirect-scheme"),
    ("err_invalid_redirect", "redirect-scheme"),
    ("err_blocked_by_response", "resource-policy"),
    ("err_blocked_by_orb", "opaque-response-blocking"),
    ("err_blocked_by_csp", "content-security-policy"),
    ("err_blocked_by_private_network", "local-network-permission"),
    ("err_blocked_by_local_network", "local-network-permission"),
    ("err_blocked_by_", "blocked-by-extension"),
    ("err_unknown_url_scheme", "url-scheme"),
    ("err_disallowed_url_scheme", "url-scheme"),
)


# -- The wordings -------------------------------------------------------------------------------------------------


def _nothing(_around: Around, _found: Found) -> None:
    """For a phrase whose surroundings tell nothing."""


class Wording(NamedTuple):
    """A sentence, known by a phrase of it: in lower case, with every quote made a plain one.

    Attributes:
        id: Whose it is, and its name: Chromium's are those of its CorsError (a Preflight variant goes by the same
            name), Firefox's those of its security.properties.
        phrase: What it is known by.
        failures: The failures of the Fetch standard that it may stand for.
        causes: The identifiers of causes that it names without one, the likeliest first.
        role: What it is worth beside others.
        read: Reads what surrounds it.
    """

    id: str
    phrase: str
    failures: tuple[Failure, ...]
    causes: tuple[str, ...]
    role: Role
    read: Reader

    @property
    def speaker(self) -> Speaker:
        """Whose words it is in."""
        return Speaker(self.id.partition("/")[0])


def _says(wording: str, phrase: str, *says: Failure | str, read: Reader, role: Role = Role.REASON) -> Wording:
    failures = tuple(item for item in says if isinstance(item, Failure))
    causes = tuple(item for item in says if not isinstance(item, Failure))
    return Wording(wording, phrase, failures, causes, role, read)


_CHROMIUM: Final = (
    _says("chromium/DisallowedByMode", "cross origin requests are not allowed by request mode",
          "request-mode", read=_chromium),
    _says("chromium/DisallowedByMode", "request mode is 'same-origin' but the url's origin is not same as",
          "request-mode", read=_chromium),
    _says("chromium/InvalidResponse", "policy: the response is invalid", "response-invalid", read=_chromium),
    _says("chromium/InvalidResponse", "invalid response. origin '", "response-invalid", read=_chromium),
    _says("chromium/WildcardOriginNotAllowed",
          "the value of the 'access-control-allow-origin' header in the response must not be the wildcard '*'",
          Failure.ALLOW_ORIGIN_WILDCARD, read=_with_credentials),
    _says("chromium/WildcardOriginNotAllowed",
          "a wildcard '*' cannot be used in the 'access-control-allow-origin' header",
          Failure.ALLOW_ORIGIN_WILDCARD, read=_with_credentials),
    _says("chromium/MissingAllowOriginHeader", "no 'access-control-allow-origin' header is present",
          Failure.ALLOW_ORIGIN_MISSING, read=_chromium),
    _says("chromium/MultipleAllowOriginValues",
          "the 'access-control-allow-origin' header contains multiple values '",
          Failure.ALLOW_ORIGIN_MULTIPLE, read=_chromium_value),
    _says("chromium/InvalidAllowOriginValue",
          "the 'access-control-allow-origin' header contains the invalid value '",
          Failure.ALLOW_ORIGIN_INVALID, read=_chromium_value),
    _says("chromium/AllowOriginMismatch", "the 'access-control-allow-origin' header has a value '",
          Failure.ALLOW_ORIGIN_MISMATCH, read=_chromium_value),
    _says("chromium/InvalidAllowCredentials",
          "the value of the 'access-control-allow-credentials' header in the response is '",
          Failure.ALLOW_CREDENTIALS_NOT_TRUE, read=_credentials_value),
    _says("chromium/InvalidAllowCredentials",
          "credentials flag is 'true', but the 'access-control-allow-credentials' header is '",
          Failure.ALLOW_CREDENTIALS_NOT_TRUE, read=_credentials_value),
    _says("chromium/CorsDisabledScheme", "cross origin requests are only supported for",
          "url-scheme", read=_disabled_scheme),
    _says("chromium/PreflightInvalidStatus", "does not have http ok status",
          Failure.STATUS_NOT_OK, read=_preflight_status),
    _says("chromium/PreflightInvalidStatus", "response for preflight has invalid http status code",
          Failure.STATUS_NOT_OK, read=_preflight_status),
    _says("chromium/PreflightDisallowedRedirect", "redirect is not allowed for a preflight request",
          Failure.PREFLIGHT_REDIRECTED, read=_chromium_preflight),
    _says("chromium/PreflightDisallowedRedirect", "response for preflight is invalid (redirect)",
          Failure.PREFLIGHT_REDIRECTED, read=_chromium_preflight),
    _says("chromium/PreflightDisallowedRedirect",
          "which is disallowed for cross-origin requests that require preflight",
          Failure.PREFLIGHT_REDIRECTED, read=_chromium_preflight),
    _says("chromium/InvalidAllowMethodsPreflightResponse",
          "cannot parse access-control-allow-methods response header field",
          Failure.ALLOW_METHODS_UNPARSEABLE, read=_chromium_preflight),
    _says("chromium/InvalidAllowHeadersPreflightResponse",
          "cannot parse access-control-allow-headers response header field",
          Failure.ALLOW_HEADERS_UNPARSEABLE, read=_chromium_preflight),
    _says("chromium/MethodDisallowedByPreflightResponse", " is not allowed by access-control-allow-methods",
          Failure.METHOD_NOT_ALLOWED, read=_method_refused),
    _says("chromium/HeaderDisallowedByPreflightResponse", " is not allowed by access-control-allow-headers",
          Failure.HEADER_NOT_ALLOWED, read=_header_refused),
    _says("chromium/RedirectContainsCredentials", " contains a username and password, which is disallowed",
          "redirect-url-credentials", read=_chromium_redirect),
    _says("chromium/RedirectContainsCredentials", " contains userinfo, which is disallowed",
          "redirect-url-credentials", read=_chromium_redirect),
    _says("chromium/RedirectDisallowedScheme", " has a disallowed scheme for cross-origin requests",
          "redirect-scheme", read=_chromium_redirect),
    _says("chromium/InsecureLocalNetwork", "the request client is not a secure context and the resource is in",
          "local-network-insecure", read=_chromium),
    _says("chromium/InvalidLocalNetworkAccess", "request had a target ip address space of '",
          "local-network-mismatch", read=_chromium),
    _says("chromium/UnexpectedPrivateNetworkAccess", "request had no target ip address space, yet",
          "local-network-mismatch", read=_chromium),
    _says("chromium/LocalNetworkAccessPermissionDenied", "permission was denied for this request to access the '",
          "local-network-permission", read=_chromium),
    _says("chromium/LocalNetworkAccessPermissionDenied", "unable to ask for permission to access the '",
          "local-network-permission", read=_chromium),
    _says("chromium/PreflightMissingAllowPrivateNetwork", "no 'access-control-allow-private-network' header",
          Failure.PRIVATE_NETWORK_NOT_ALLOWED, read=_chromium_preflight),
    _says("chromium/PreflightInvalidAllowPrivateNetwork", "the 'access-control-allow-private-network' header in",
          Failure.PRIVATE_NETWORK_NOT_ALLOWED, read=_chromium_preflight),
    _says("chromium/PreflightMissingAllowExternal", "no 'access-control-allow-external' header",
          Failure.PRIVATE_NETWORK_NOT_ALLOWED, read=_chromium_preflight),
    _says("chromium/PreflightInvalidAllowExternal", "the 'access-control-allow-external' header in",
          Failure.PRIVATE_NETWORK_NOT_ALLOWED, read=_chromium_preflight),
    _says("chromium/PreflightMissingPrivateNetworkAccessId", "no 'private-network-access-id' header",
          Failure.PRIVATE_NETWORK_NOT_ALLOWED, read=_chromium_preflight),
    _says("chromium/PreflightMissingPrivateNetworkAccessName", "no 'private-network-access-name' header",
          Failure.PRIVATE_NETWORK_NOT_ALLOWED, read=_chromium_preflight),
)  # fmt: skip

_FIREFOX: Final = (
    _says("firefox/CORSDisabled", "reason: cors disabled", "cors-disabled", read=_firefox),
    _says("firefox/CORSDidNotSucceed", "cors request did not succeed",
          Failure.NO_RESPONSE, read=_firefox, role=Role.ECHO),
    _says("firefox/CheckLoadURI", " may not load data from ", "request-mode", read=_page_and_url),
    _says("firefox/CORSOriginHeaderNotAdded", "cors header 'origin' cannot be added",
          "origin-header-not-added", read=_firefox),
    _says("firefox/CORSExternalRedirectNotAllowed", "cors request external redirect not allowed",
          Failure.PREFLIGHT_REDIRECTED, read=_firefox_preflight),
    _says("firefox/CORSRequestNotHttp", "cors request not http", "url-scheme", "redirect-scheme", read=_firefox),
    _says("firefox/CORSMissingAllowOrigin", "cors header 'access-control-allow-origin' missing",
          Failure.ALLOW_ORIGIN_MISSING, read=_firefox),
    _says("firefox/CORSMultipleAllowOriginNotAllowed",
          "multiple cors header 'access-control-allow-origin' not allowed",
          Failure.ALLOW_ORIGIN_MULTIPLE, read=_firefox),
    _says("firefox/CORSAllowOriginNotMatchingOrigin", "cors header 'access-control-allow-origin' does not match '",
          Failure.ALLOW_ORIGIN_MISMATCH, read=_firefox_value),
    _says("firefox/CORSNotSupportingCredentials",
          "credential is not supported if the cors header 'access-control-allow-origin' is '*'",
          Failure.ALLOW_ORIGIN_WILDCARD, read=_firefox_credentials),
    _says("firefox/CORSMethodNotFound", "did not find method in cors header 'access-control-allow-methods'",
          Failure.METHOD_NOT_ALLOWED, read=_firefox_preflight),
    _says("firefox/CORSMissingAllowCredentials",
          "expected 'true' in cors header 'access-control-allow-credentials'",
          Failure.ALLOW_CREDENTIALS_NOT_TRUE, read=_firefox_credentials),
    _says("firefox/CORSPreflightDidNotSucceed", "cors preflight channel did not succeed",
          Failure.STATUS_NOT_OK, read=_firefox_preflight),
    _says("firefox/CORSPreflightDidNotSucceed", "cors preflight response did not succeed",
          Failure.STATUS_NOT_OK, read=_firefox_preflight),
    _says("firefox/CORSInvalidAllowMethod", "' in cors header 'access-control-allow-methods'",
          Failure.ALLOW_METHODS_UNPARSEABLE, read=_firefox_token),
    _says("firefox/CORSMissingAllowHeaderFromPreflight",
          "' in cors header 'access-control-allow-headers' from cors preflight channel",
          Failure.HEADER_NOT_ALLOWED, read=_firefox_header),
    _says("firefox/CORSMissingAllowHeaderFromPreflight",
          "' is not allowed according to header 'access-control-allow-headers'",
          Failure.HEADER_NOT_ALLOWED, read=_firefox_header),
    _says("firefox/CORSInvalidAllowHeader", "' in cors header 'access-control-allow-headers'",
          Failure.ALLOW_HEADERS_UNPARSEABLE, read=_firefox_token),
    _says("firefox/CORSAllowHeaderFromPreflightDeprecation",
          "when the 'access-control-allow-headers' is '*', the 'authorization' header is not covered",
          Failure.AUTHORIZATION_NOT_NAMED, read=_firefox_preflight, role=Role.WARNING),
    _says("firefox/CrossSiteRequestBlocked",
          "this can be fixed by moving the resource to the same domain or enabling cors",
          Failure.ALLOW_ORIGIN_MISSING, read=_firefox),
)  # fmt: skip

_ANY_ALLOW_ORIGIN: Final = (
    Failure.ALLOW_ORIGIN_MISSING,
    Failure.ALLOW_ORIGIN_MISMATCH,
    Failure.ALLOW_ORIGIN_INVALID,
)
"""What WebKit has one sentence for."""

_WEBKIT: Final = (
    _says("webkit/origin-not-allowed", " is not allowed by access-control-allow-origin",
          *_ANY_ALLOW_ORIGIN, read=_webkit_origin),
    _says("webkit/several-origins", "access-control-allow-origin cannot contain more than one origin",
          Failure.ALLOW_ORIGIN_MULTIPLE, read=_webkit),
    _says("webkit/wildcard", "cannot use wildcard in access-control-allow-origin when credentials flag is true",
          Failure.ALLOW_ORIGIN_WILDCARD, read=_webkit_credentials),
    _says("webkit/credentials", "credentials flag is true, but access-control-allow-credentials is not",
          Failure.ALLOW_CREDENTIALS_NOT_TRUE, read=_webkit_credentials),
    _says("webkit/preflight-status", "preflight response is not successful",
          Failure.STATUS_NOT_OK, read=_webkit_preflight),
    _says("webkit/methods-malformed", "header access-control-allow-methods has an invalid value",
          Failure.ALLOW_METHODS_UNPARSEABLE, read=_webkit_malformed),
    _says("webkit/headers-malformed", "header access-control-allow-headers has an invalid value",
          Failure.ALLOW_HEADERS_UNPARSEABLE, read=_webkit_malformed),
    _says("webkit/redirect-scheme", "not allowed to follow a cross-origin cors redirection with non cors scheme",
          "redirect-scheme", read=_webkit),
    _says("webkit/redirect-credentials", "sharing policy: redirection url ",
          "redirect-url-credentials", read=_redirection_url),
    _says("webkit/redirect-refused", "not allowed to follow a redirection while loading",
          "redirect-refused", read=_url_after),
    _says("webkit/redirect-loop", "load cannot follow more than 20 redirections", "redirect-loop", read=_url_before),
    _says("webkit/redirect-loop", "too many http redirects", "redirect-loop", read=_url_before),
    _says("webkit/null-origin", "cannot make any requests from null", "null-origin", read=_url_before),
    _says("webkit/request-mode", "cross origin requests are not allowed when using same-origin fetch mode",
          "request-mode", read=_url_before),
    _says("webkit/request-mode", "domains, protocols and ports must match", "request-mode", read=_url_before),
    _says("webkit/script-denied", "script load denied by cross-origin resource sharing policy",
          *_ANY_ALLOW_ORIGIN, read=_url_before, role=Role.ECHO),
    _says("webkit/cannot-load", " due to access control checks",
          *_ANY_ALLOW_ORIGIN, Failure.STATUS_NOT_OK, read=_webkit_cannot_load, role=Role.ECHO),
    _says("webkit/unreachable", "failed to load resource: could not connect to", "unreachable", read=_url_before),
    _says("webkit/connection-broken", "failed to load resource: connection terminated unexpectedly",
          "connection-broken", read=_url_before),
    _says("webkit/response-invalid", "failed to load resource: could not parse http response",
          "response-invalid", read=_url_before),
    _says("webkit/redirect-scheme", "ftp urls are disabled", "redirect-scheme", "url-scheme", read=_nothing),
    _says("webkit/name-not-found", "a server with the specified hostname could not be found",
          "name-not-found", read=_url_before),
    _says("webkit/connection-broken", "failed to load resource: the network connection was lost",
          "connection-broken", read=_url_before),
    _says("webkit/certificate", "the certificate for this server is invalid", "certificate", read=_url_before),
    _says("webkit/certificate", "unacceptable tls certificate", "certificate", read=_url_before),
    _says("webkit/certificate", "an ssl error has occurred", "certificate", read=_url_before),
    _says("webkit/timed-out", "failed to load resource: the request timed out", "timed-out", read=_url_before),
    _says("webkit/content-blocker", "blocked by content extension", "blocked-by-extension", read=_url_around),
    _says("webkit/content-security-policy", "blocked by content security policy",
          "content-security-policy", read=_url_around),
    _says("webkit/mixed-content", "not allowed to request resource", "mixed-content",
          "local-network-permission", read=_url_around),
)  # fmt: skip

_POLICIES: Final = (
    _says("chromium/mixed-content", "was loaded over https, but requested an insecure",
          "mixed-content", read=_page_and_url),
    _says("firefox/mixed-content", "blocked loading mixed active content", "mixed-content", read=_url_after),
    _says("firefox/mixed-content", "blocked loading mixed display content", "mixed-content", read=_url_after),
    _says("webkit/mixed-content", "was not allowed to run insecure content from",
          "mixed-content", read=_page_and_url),
    _says("webkit/mixed-content", "was not allowed to display insecure content from",
          "mixed-content", read=_page_and_url),
    _says("webkit/mixed-content", "requested insecure content from", "mixed-content", read=_page_and_url),
    _says("chromium/content-security-policy", "violates the following content security policy directive",
          "content-security-policy", read=_url_before),
    _says("webkit/content-security-policy", "because it does not appear in the connect-src directive",
          "content-security-policy", read=_url_before),
    _says("firefox/content-security-policy", "page's settings blocked the loading of a resource",
          "content-security-policy", read=_url_after),
    _says("firefox/content-security-policy", "content-security-policy: the page's settings",
          "content-security-policy", read=_url_after),
    _says("firefox/resource-policy", "was blocked due to its cross-origin-resource-policy header",
          "resource-policy", read=_url_before),
    _says("webkit/resource-policy", "violates the resource's cross-origin-resource-policy",
          "resource-policy", read=_url_before),
    _says("chromium/opaque-response-blocking", "(corb) blocked cross-origin response",
          "opaque-response-blocking", read=_url_after),
    _says("firefox/opaque-response-blocking", "blocked by opaqueresponseblocking",
          "opaque-response-blocking", read=_url_around),
    _says("chromium/header-not-exposed", "refused to get unsafe header '", "header-not-exposed", read=_header_after),
    _says("chromium/forbidden-header", "refused to set unsafe header '",
          "forbidden-request-header", read=_header_after),
    _says("firefox/forbidden-header", "attempt to set a forbidden header was denied",
          "forbidden-request-header", read=_header_after_colon),
    _says("chromium/forbidden-method", "' http method is unsupported",
          Failure.FORBIDDEN_METHOD, read=_forbidden_method),
    _says("firefox/forbidden-method", "invalid request method ", Failure.FORBIDDEN_METHOD, read=_forbidden_method),
    _says("webkit/forbidden-method", "typeerror: method is forbidden",
          Failure.FORBIDDEN_METHOD, read=_forbidden_method),
    _says("chromium/canvas-tainted", "tainted canvases may not be", "canvas-tainted", read=_nothing),
    _says("chromium/canvas-tainted", "the canvas has been tainted by cross-origin data",
          "canvas-tainted", read=_nothing),
    _says("firefox/cookie-samesite", "because it is in a cross-site context and its 'samesite' is",
          "cookie-samesite", read=_nothing),
    _says("firefox/cookie-samesite", "does not have a proper 'samesite' attribute value",
          "cookie-samesite", read=_nothing, role=Role.WARNING),
    _says("firefox/cookie-samesite", "because it has the 'samesite=none' attribute but is missing the 'secure'",
          "cookie-not-secure", read=_nothing),
    _says("firefox/cookie-not-secure", "because a non-https cookie can't be set as 'secure'",
          "cookie-not-secure", read=_nothing),
    _says("chromium/cookie-samesite", "header didn't specify a 'samesite' attribute",
          "cookie-samesite", read=_nothing),
    _says("chromium/cookie-samesite", "blocked because it had the 'samesite", "cookie-samesite", read=_nothing),
    _says("chromium/cookie-samesite", "without the 'samesite' attribute", "cookie-samesite", read=_url_before),
    _says("chromium/cookie-not-secure", "blocked because it had the 'secure' attribute",
          "cookie-not-secure", read=_nothing),
    _says("chromium/cookie-not-secure", "has been marked with 'samesite=none' but lacks the 'secure'",
          "cookie-not-secure", read=_nothing),
    _says("chromium/third-party-cookies", "third-party cookie is blocked", "third-party-cookies", read=_nothing),
    _says("chromium/third-party-cookies", "third-party cookie will be blocked",
          "third-party-cookies", read=_nothing, role=Role.WARNING),
    _says("firefox/third-party-cookies", "request to access cookie or storage on",
          "third-party-cookies", read=_url_after),
    _says("chromium/net", "net::err_", read=_net_error, role=Role.ECHO),
    _says("chromium/http-error", "failed to load resource: the server responded with a status of",
          "http-error", read=_server_status, role=Role.ECHO),
    _says("firefox/net", "ns_error_connection_refused", "unreachable", read=_url_before),
    _says("firefox/net", "ns_error_unknown_host", "name-not-found", read=_url_before),
    _says("firefox/net", "ns_error_net_timeout", "timed-out", read=_url_before),
    _says("firefox/net", "ns_error_net_reset", "connection-broken", read=_url_before),
)  # fmt: skip

_SERVERS_AND_SCRIPTS: Final = (
    _says("server/django-origin", "origin checking failed - ", "csrf-origin", read=_origin_after),
    _says("server/django-referer", "referer checking failed - ", "csrf-origin", read=_origin_after),
    _says("server/django-token", "csrf cookie not set", "csrf-token", read=_nothing),
    _says("server/django-token", "csrf token missing", "csrf-token", read=_nothing),
    _says("server/django-token", "csrf token from ", "csrf-token", read=_nothing),
    _says("server/django-token", "csrf verification failed. request aborted",
          "csrf-origin", "csrf-token", read=_nothing, role=Role.ECHO),
    _says("server/flask-token", "the csrf token is missing", "csrf-token", read=_nothing),
    _says("server/flask-token", "the csrf session token is missing", "csrf-token", read=_nothing),
    _says("server/flask-token", "the csrf tokens do not match", "csrf-token", read=_nothing),
    _says("script/fetch", "typeerror: failed to fetch", "unspecified", read=_nothing, role=Role.ECHO),
    _says("script/fetch", "networkerror when attempting to fetch resource",
          "unspecified", read=_nothing, role=Role.ECHO),
    _says("script/fetch", "typeerror: load failed", "unspecified", read=_nothing, role=Role.ECHO),
    _says("script/axios", "axioserror: network error", "unspecified", read=_nothing, role=Role.ECHO),
    _says("script/axios", "err_network", "unspecified", read=_nothing, role=Role.ECHO),
    _says("script/xhr", "networkerror: a network error occurred", "unspecified", read=_nothing, role=Role.ECHO),
    _says("script/opaque", "an 'opaque' response was used for a request whose type is not no-cors", "no-cors-mode", read=_nothing),
)  # fmt: skip

WORDINGS: Final = (*_CHROMIUM, *_FIREFOX, *_WEBKIT, *_POLICIES, *_SERVERS_AND_SCRIPTS)
"""Every wording. Where two phrases begin at one place, the first of them counts."""
