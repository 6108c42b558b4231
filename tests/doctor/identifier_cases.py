"""The names that browsers have for what they block, each with its cause, as their own lists have them.

Chromium's are those of its DevTools protocol (CorsError, BlockedReason) and of the panels "Network" and "Issues";
Firefox's those of its security.properties and of MDN; Edge's those of its documentation. Network errors are in
`net_errors`.
"""

from typing import Final, NamedTuple

from tests.doctor.wording_cases import Case


class Name(NamedTuple):
    name: str
    cause: str
    wording: str
    certainty: str = "certain"


def _chromium(cause: str, *names: str, certainty: str = "certain") -> list[Name]:
    return [Name(name, cause, f"chromium/{name}", certainty) for name in names]


def _both(name: str) -> tuple[str, str]:
    """Return an error with its variant for the preflight."""
    return name, f"Preflight{name}"


CORS_ERRORS: Final = [
    *_chromium("request-mode", "DisallowedByMode"),
    *_chromium("credentials-wildcard", *_both("WildcardOriginNotAllowed")),
    *_chromium("cors-absent", *_both("MissingAllowOriginHeader"), certainty="possible"),
    *_chromium("two-layers", *_both("MultipleAllowOriginValues"), certainty="likely"),
    *_chromium("allow-origin-malformed", *_both("InvalidAllowOriginValue")),
    *_chromium("fixed-origin", *_both("AllowOriginMismatch"), certainty="possible"),
    *_chromium("credentials-not-allowed", *_both("InvalidAllowCredentials")),
    *_chromium("url-scheme", "CorsDisabledScheme"),
    *_chromium("preflight-authentication", "PreflightInvalidStatus", certainty="possible"),
    *_chromium("preflight-redirect", "PreflightDisallowedRedirect"),
    *_chromium("private-network-header", "PreflightMissingAllowExternal", "PreflightInvalidAllowExternal",
               "PreflightMissingAllowPrivateNetwork", "PreflightInvalidAllowPrivateNetwork",
               "PreflightMissingPrivateNetworkAccessId", "PreflightMissingPrivateNetworkAccessName",
               "PreflightAllowPrivateNetworkError"),
    *_chromium("allow-methods-malformed", "InvalidAllowMethodsPreflightResponse"),
    *_chromium("allow-headers-malformed", "InvalidAllowHeadersPreflightResponse"),
    *_chromium("method-not-allowed", "MethodDisallowedByPreflightResponse", certainty="likely"),
    *_chromium("header-not-allowed", "HeaderDisallowedByPreflightResponse", certainty="likely"),
    *_chromium("redirect-url-credentials", "RedirectContainsCredentials"),
    *_chromium("redirect-scheme", "RedirectDisallowedScheme"),
    *_chromium("redirect-refused", "NoCorsRedirectModeNotFollow", certainty="likely"),
    *_chromium("local-network-insecure", "InsecurePrivateNetwork", "InsecurePrivateNetworkPreflight",
               "InsecureLocalNetwork"),
    *_chromium("local-network-mismatch", "InvalidPrivateNetworkAccess", "InvalidLocalNetworkAccess",
               "UnexpectedPrivateNetworkAccess"),
    *_chromium("local-network-permission", "PrivateNetworkAccessPermissionDenied",
               "PrivateNetworkAccessPermissionUnavailable", "LocalNetworkAccessPermissionDenied"),
]  # fmt: skip
"""Network.CorsError, of every version of the protocol."""

FIREFOX: Final = [
    Name(name, cause, f"firefox/{name}", certainty)
    for name, cause, certainty in (
        ("CORSDisabled", "cors-disabled", "certain"),
        ("CORSDidNotSucceed", "unreachable", "possible"),
        ("CORSOriginHeaderNotAdded", "origin-header-not-added", "certain"),
        ("CORSExternalRedirectNotAllowed", "preflight-redirect", "certain"),
        ("CORSRequestNotHttp", "url-scheme", "likely"),
        ("CORSMissingAllowOrigin", "cors-absent", "possible"),
        ("CORSMultipleAllowOriginNotAllowed", "two-layers", "likely"),
        ("CORSAllowOriginNotMatchingOrigin", "fixed-origin", "possible"),
        ("CORSNotSupportingCredentials", "credentials-wildcard", "certain"),
        ("CORSMethodNotFound", "method-not-allowed", "likely"),
        ("CORSMissingAllowCredentials", "credentials-not-allowed", "certain"),
        ("CORSPreflightDidNotSucceed", "preflight-authentication", "possible"),
        ("CORSInvalidAllowMethod", "allow-methods-malformed", "certain"),
        ("CORSInvalidAllowHeader", "allow-headers-malformed", "certain"),
        ("CORSMissingAllowHeaderFromPreflight", "header-not-allowed", "likely"),
    )
]
"""The names of Firefox's messages, which its console's links lead to."""


def _all(cause: str, wording: str, *names: str, certainty: str = "certain") -> list[Name]:
    return [Name(name, cause, wording, certainty) for name in names]


ISSUES: Final = [
    *_all("cors-absent", "chromium/issue", "CorsIssue::InvalidHeaders", "Ensure CORS response header values are valid",
          certainty="possible"),
    *_all("credentials-wildcard", "chromium/issue", "CorsIssue::WildcardOriginWithCredentials",
          "Ensure credentialed requests aren’t sent to CORS resources with origin wildcards",
          "Ensure credentialed requests are not sent to CORS resources with origin wildcards"),
    *_all("preflight-authentication", "chromium/issue", "CorsIssue::PreflightResponseInvalid",
          "Ensure preflight responses are valid", certainty="possible"),
    *_all("fixed-origin", "chromium/issue", "CorsIssue::OriginMismatch",
          "Ensure CORS requesting origin matches resource’s allowed origin", certainty="possible"),
    *_all("credentials-not-allowed", "chromium/issue", "CorsIssue::AllowCredentialsRequired",
          "Ensure CORS requests include credentials only when allowed"),
    *_all("method-not-allowed", "chromium/issue", "Ensure CORS request uses allowed method", certainty="likely"),
    *_all("header-not-allowed", "chromium/issue", "Ensure CORS request includes only allowed headers",
          certainty="likely"),
    *_all("redirect-url-credentials", "chromium/issue",
          "Ensure CORS requests aren’t redirected to URLs containing credentials",
          "Ensure CORS requests are not redirected to URLs containing credentials"),
    *_all("request-mode", "chromium/issue",
          "Ensure only same-origin resources are fetched with same-origin request mode"),
    *_all("url-scheme", "chromium/issue", "Ensure CORS requests are made on supported schemes"),
    *_all("redirect-refused", "chromium/issue", "Ensure no-cors requests configure redirect mode follow",
          certainty="likely"),
    *_all("response-invalid", "chromium/issue", "CorsIssue::InvalidResponse"),
    *_all("local-network-insecure", "chromium/issue", "Ensure private network requests are made from secure contexts"),
    *_all("private-network-header", "chromium/issue",
          "Ensure private network requests are only made to resources that allow them"),
    *_all("local-network-permission", "chromium/issue",
          "Ensure private network requests made from secure context to plaintext resources can gain access",
          "Ensure that private network requests made from secure context to plaintext resources can gain access",
          "Ensure that local network requests are compatible with restrictions",
          "Ensure that local network requests are compatible with upcoming restrictions"),
]  # fmt: skip
"""The issues of Chromium's panel, by code and by title."""

BLOCKED: Final = [
    *_all("resource-policy", "chromium/blocked", "corp-not-same-origin", "corp-not-same-site",
          "corp-not-same-origin-after-defaulted-to-same-origin-by-coep",
          "corp-not-same-origin-after-defaulted-to-same-origin-by-dip",
          "corp-not-same-origin-after-defaulted-to-same-origin-by-coep-and-dip",
          "coep-frame-resource-needs-coep-header", "coop-sandboxed-iframe-cannot-navigate-to-coop-page",
          "CorpNotSameOrigin", "CorpNotSameSite", "CorpNotSameOriginAfterDefaultedToSameOriginByCoep",
          "CoepFrameResourceNeedsCoepHeader", "CoopSandboxedIFrameCannotNavigateToCoopPage",
          "NotSameOriginAfterDefaultedToSameOriginByCoep", "NotSameOriginAfterDefaultedToSameOriginByDip",
          "CORP not 'same-origin'", "CORP not 'same-site'"),
]  # fmt: skip
"""Network.BlockedReason, of the values that are long enough to be identified alone."""

SHORT: Final = [
    ("csp", "content-security-policy"), ("mixed-content", "mixed-content"), ("origin", "request-mode"),
    ("other", "blocked-by-extension"), ("inspector", "blocked-by-extension"),
    ("subresource-filter", "blocked-by-extension"),
]  # fmt: skip
"""The other values of Network.BlockedReason, which name a cause only as such."""

PANEL: Final = [
    *SHORT, ("devtools", "blocked-by-extension"), ("collapsed-by-client", "blocked-by-extension"),
    ("NotSameOrigin", "resource-policy"), ("NotSameSite", "resource-policy"),
    ("coep-frame-resource-needs-coep-header", "resource-policy"),
    ("coop-sandboxed-iframe-cannot-navigate-to-coop-page", "resource-policy"),
    ("corp-not-same-origin", "resource-policy"),
]  # fmt: skip
"""What the panel "Network" has in brackets behind ``blocked:``."""

NAMES: Final = [*CORS_ERRORS, *FIREFOX, *ISSUES, *BLOCKED]
"""Every name that is identified alone."""


def spaced(name: str) -> str:
    """Return a name as people write it with blanks."""
    letters = f"{name} "
    words = ""
    for before, letter, after in zip(" " + letters, letters, letters[1:], strict=False):
        begins = letter.isupper() and (before.islower() or (before.isupper() and after.islower()))
        words += f" {letter}" if begins else letter
    return words


_OTHERWISE: Final = {"CORSDisabled", "CORSRequestNotHttp", "CORSPreflightDidNotSucceed"}
"""Names whose words with blanks are a part of other sentences."""

WITH_BLANKS: Final = [
    one._replace(name=spaced(one.name)) for one in (*CORS_ERRORS, *FIREFOX) if one.name not in _OTHERWISE
]

_SHORT_DUMPED: Final = [
    Case(form.format(value), "chromium/blocked", cause, "likely" if value == "origin" else "certain")
    for value, cause in SHORT
    for form in (
        '{{"blockedReason":"{}","type":"Fetch"}}',
        '{{"blockedReason": "{}"}}',
        "blockedReason: '{}'",
        "blockedReason: {}",
    )
]

CASES: Final = [
    *(Case(one.name, one.wording, one.cause, one.certainty) for one in (*NAMES, *WITH_BLANKS)),
    *(Case(f"api (blocked:{reason})", "chromium/panel", cause, "likely" if reason == "origin" else "certain")
      for reason, cause in PANEL),
    *_SHORT_DUMPED,
    *(Case(form.format("InvalidResponse"), "chromium/blocked", "response-invalid")
      for form in ('{{"corsError":"{}"}}', '{{"corsError": "{}"}}', "corsError: '{}'", "corsError: {}",
                   "Cross-Origin Resource Sharing error: {}")),
]  # fmt: skip
"""Each name as a message, for the laws of all messages."""
