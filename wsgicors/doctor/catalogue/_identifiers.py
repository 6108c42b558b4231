"""The names that browsers have for what they block: in panels, tooltips, issues, protocols and error numbers.

People paste a name alone, in a dump of JSON, or with blanks between its words. Each is identified by its words in lower
case, with and without blanks.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from wsgicors.browser import Failure, Stage
from wsgicors.doctor.catalogue import _policy_readers as policies
from wsgicors.doctor.catalogue._net_errors import APPLE_ERRORS, FIREFOX_ERRORS, FIREFOX_FAMILIES, NET_ERRORS
from wsgicors.doctor.catalogue._readers import Around, Reader, Reading
from wsgicors.doctor.catalogue._wording import Role, Wording, says

_PREFLIGHT_ONLY: Final = frozenset({
    Failure.STATUS_NOT_OK, Failure.PREFLIGHT_REDIRECTED, Failure.METHOD_NOT_ALLOWED, Failure.HEADER_NOT_ALLOWED,
    Failure.ALLOW_METHODS_UNPARSEABLE, Failure.ALLOW_HEADERS_UNPARSEABLE, Failure.PRIVATE_NETWORK_NOT_ALLOWED,
})  # fmt: skip
"""What only a preflight's response can fail at."""

_OF_ALLOW_ORIGIN: Final = {
    "WildcardOriginNotAllowed": Failure.ALLOW_ORIGIN_WILDCARD,
    "MissingAllowOriginHeader": Failure.ALLOW_ORIGIN_MISSING,
    "MultipleAllowOriginValues": Failure.ALLOW_ORIGIN_MULTIPLE,
    "InvalidAllowOriginValue": Failure.ALLOW_ORIGIN_INVALID,
    "AllowOriginMismatch": Failure.ALLOW_ORIGIN_MISMATCH,
    "InvalidAllowCredentials": Failure.ALLOW_CREDENTIALS_NOT_TRUE,
}
"""Those of Chromium's CorsError that also have a variant for the preflight."""

CORS_ERRORS: Final[Mapping[str, tuple[Failure | str, ...]]] = {
    **{name: (failure,) for name, failure in _OF_ALLOW_ORIGIN.items()},
    **{f"Preflight{name}": (failure,) for name, failure in _OF_ALLOW_ORIGIN.items()},
    "DisallowedByMode": ("request-mode",),
    "CorsDisabledScheme": ("url-scheme",),
    "PreflightInvalidStatus": (Failure.STATUS_NOT_OK,),
    "PreflightDisallowedRedirect": (Failure.PREFLIGHT_REDIRECTED,),
    "InvalidAllowMethodsPreflightResponse": (Failure.ALLOW_METHODS_UNPARSEABLE,),
    "InvalidAllowHeadersPreflightResponse": (Failure.ALLOW_HEADERS_UNPARSEABLE,),
    "MethodDisallowedByPreflightResponse": (Failure.METHOD_NOT_ALLOWED,),
    "HeaderDisallowedByPreflightResponse": (Failure.HEADER_NOT_ALLOWED,),
    "RedirectContainsCredentials": ("redirect-url-credentials",),
    "RedirectDisallowedScheme": ("redirect-scheme",),
    "NoCorsRedirectModeNotFollow": ("redirect-refused", "no-cors-mode"),
    **dict.fromkeys(
        ("PreflightMissingAllowExternal", "PreflightInvalidAllowExternal", "PreflightMissingAllowPrivateNetwork",
         "PreflightInvalidAllowPrivateNetwork", "PreflightMissingPrivateNetworkAccessId",
         "PreflightMissingPrivateNetworkAccessName", "PreflightAllowPrivateNetworkError"),
        (Failure.PRIVATE_NETWORK_NOT_ALLOWED,),
    ),
    **dict.fromkeys(("InsecurePrivateNetwork", "InsecurePrivateNetworkPreflight", "InsecureLocalNetwork"),
                    ("local-network-insecure",)),
    **dict.fromkeys(("InvalidPrivateNetworkAccess", "InvalidLocalNetworkAccess", "UnexpectedPrivateNetworkAccess"),
                    ("local-network-mismatch",)),
    **dict.fromkeys(
        ("PrivateNetworkAccessPermissionDenied", "PrivateNetworkAccessPermissionUnavailable",
         "LocalNetworkAccessPermissionDenied"),
        ("local-network-permission",),
    ),
}  # fmt: skip
"""Chromium's CorsError, of every version: https://chromedevtools.github.io/devtools-protocol/tot/Network/#type-CorsError.

InvalidResponse is not among them: other libraries have errors of that name.
"""

_ANY_HEADER: Final = (Failure.ALLOW_ORIGIN_MISSING, Failure.ALLOW_ORIGIN_MULTIPLE, Failure.ALLOW_ORIGIN_INVALID)

ISSUES: Final[Mapping[str, tuple[Failure | str, ...]]] = {
    "CorsIssue::InvalidHeaders": _ANY_HEADER,
    "CorsIssue::WildcardOriginWithCredentials": (Failure.ALLOW_ORIGIN_WILDCARD,),
    "CorsIssue::PreflightResponseInvalid": (Failure.STATUS_NOT_OK, Failure.PREFLIGHT_REDIRECTED),
    "CorsIssue::OriginMismatch": (Failure.ALLOW_ORIGIN_MISMATCH,),
    "CorsIssue::AllowCredentialsRequired": (Failure.ALLOW_CREDENTIALS_NOT_TRUE,),
    "CorsIssue::InvalidResponse": ("response-invalid",),
    "Ensure CORS response header values are valid": _ANY_HEADER,
    **dict.fromkeys(
        (f"Ensure credentialed requests {are_not} sent to CORS resources with origin wildcards"
         for are_not in ("aren't", "are not")),
        (Failure.ALLOW_ORIGIN_WILDCARD,),
    ),
    "Ensure preflight responses are valid": (Failure.STATUS_NOT_OK, Failure.PREFLIGHT_REDIRECTED),
    "Ensure CORS requesting origin matches resource's allowed origin": (Failure.ALLOW_ORIGIN_MISMATCH,),
    "Ensure CORS requests include credentials only when allowed": (Failure.ALLOW_CREDENTIALS_NOT_TRUE,),
    "Ensure CORS request uses allowed method": (Failure.METHOD_NOT_ALLOWED,),
    "Ensure CORS request includes only allowed headers": (Failure.HEADER_NOT_ALLOWED,),
    **dict.fromkeys(
        (f"Ensure CORS requests {are_not} redirected to URLs containing credentials"
         for are_not in ("aren't", "are not")),
        ("redirect-url-credentials",),
    ),
    "Ensure only same-origin resources are fetched with same-origin request mode": ("request-mode",),
    "Ensure CORS requests are made on supported schemes": ("url-scheme",),
    "Ensure no-cors requests configure redirect mode follow": ("redirect-refused", "no-cors-mode"),
    "Ensure private network requests are made from secure contexts": ("local-network-insecure",),
    "Ensure private network requests are only made to resources that allow them":
        (Failure.PRIVATE_NETWORK_NOT_ALLOWED,),
    **dict.fromkeys(
        (f"Ensure {that}private network requests made from secure context" for that in ("", "that ")),
        ("local-network-permission",),
    ),
    "Ensure that local network requests are compatible with": ("local-network-permission",),
}  # fmt: skip
"""The issues of Chromium's panel "Issues", by their codes and their titles."""

_BY_POLICY: Final = ("resource-policy",)

BLOCKED_REASONS: Final[Mapping[str, tuple[Failure | str, ...]]] = {
    "csp": ("content-security-policy",),
    "mixed-content": ("mixed-content",),
    "origin": ("request-mode", "url-scheme"),
    "other": ("blocked-by-extension",),
    "inspector": ("blocked-by-extension",),
    "devtools": ("blocked-by-extension",),
    "subresource-filter": ("blocked-by-extension",),
    "collapsed-by-client": ("blocked-by-extension",),
    "NotSameOrigin": _BY_POLICY,
    "NotSameSite": _BY_POLICY,
    "coep": _BY_POLICY,
    "coop": _BY_POLICY,
    "corp": _BY_POLICY,
}
"""Chromium's BlockedReason as the panel "Network" abbreviates it, after ``blocked:``.

What has no bearing on other origins is not among them: a hash that does not match, a type that is not a script's.
"""

RESPONSE_BLOCKED: Final = (
    "corp-not-same-origin", "corp-not-same-site", "CorpNotSameOrigin", "CorpNotSameSite",
    "coep-frame-resource-needs-coep-header", "CoepFrameResourceNeedsCoepHeader",
    "coop-sandboxed-iframe-cannot-navigate-to-coop-page", "CoopSandboxedIFrameCannotNavigateToCoopPage",
    "NotSameOriginAfterDefaultedToSameOriginByCoep", "NotSameOriginAfterDefaultedToSameOriginByDip",
    "CORP not 'same-origin'", "CORP not 'same-site'",
)  # fmt: skip
"""The reasons of BLOCKED_BY_RESPONSE, of which a name may go on: ``corp-not-same-origin-after-defaulted-to-…``."""

FIREFOX: Final[Mapping[str, tuple[Failure | str, ...]]] = {
    "CORSDisabled": ("cors-disabled",),
    "CORSDidNotSucceed": (Failure.NO_RESPONSE,),
    "CORSOriginHeaderNotAdded": ("origin-header-not-added",),
    "CORSExternalRedirectNotAllowed": (Failure.PREFLIGHT_REDIRECTED,),
    "CORSRequestNotHttp": ("url-scheme", "redirect-scheme"),
    "CORSMissingAllowOrigin": (Failure.ALLOW_ORIGIN_MISSING,),
    "CORSMultipleAllowOriginNotAllowed": (Failure.ALLOW_ORIGIN_MULTIPLE,),
    "CORSAllowOriginNotMatchingOrigin": (Failure.ALLOW_ORIGIN_MISMATCH,),
    "CORSNotSupportingCredentials": (Failure.ALLOW_ORIGIN_WILDCARD,),
    "CORSMethodNotFound": (Failure.METHOD_NOT_ALLOWED,),
    "CORSMissingAllowCredentials": (Failure.ALLOW_CREDENTIALS_NOT_TRUE,),
    "CORSPreflightDidNotSucceed": (Failure.STATUS_NOT_OK,),
    "CORSInvalidAllowMethod": (Failure.ALLOW_METHODS_UNPARSEABLE,),
    "CORSInvalidAllowHeader": (Failure.ALLOW_HEADERS_UNPARSEABLE,),
    "CORSMissingAllowHeaderFromPreflight": (Failure.HEADER_NOT_ALLOWED,),
}
"""Firefox's names of its messages, in the addresses of MDN's pages and, after ``BLOCKING_REASON_``, in its sources."""

_WORD_ENDS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_PARAMETER: Final = re.compile(r"\A'?,? ?'?failedparameter'? ?[:=] ?'?([^',}\s]{1,200})", re.IGNORECASE)
_VERSION: Final = re.compile(r"\A[23]?(?![a-z0-9])")
_K: Final = re.compile(r"(?:\A|[^a-z0-9])k?\Z")


def spaced(name: str) -> str:
    """Return a name with a blank between its words.

    >>> spaced("CORSMissingAllowOrigin"), spaced("PreflightInvalidStatus")
    ('CORS Missing Allow Origin', 'Preflight Invalid Status')
    """
    return _WORD_ENDS.sub(" ", name)


def _named(*meanings: Failure | str, is_open: bool = False, spelled: str = "") -> Reader:
    """Return a reader of a name that is a word of its own, or the beginning of one if `is_open`.

    What other texts have in other letters, such as code and prose, is a name only if it is `spelled` so.
    """
    stage = Stage.PREFLIGHT if _PREFLIGHT_ONLY.issuperset(meanings) else None

    def name(around: Around, found: Reading) -> None:
        is_word = _K.search(around.before_lower[-2:]) and (is_open or _VERSION.match(around.after_lower[:2]))
        is_spelled = not spelled or around.phrase in {spelled, spelled.upper()}
        found.is_prose = not (is_word and is_spelled)
        found.stage = stage
        found.url = policies.url_dumped(around)
        if match := _PARAMETER.match(around.after):
            _PARAMETERS.get(meanings[0], _value)(found, match[1])

    return name


def _value(found: Reading, said: str) -> None:
    found.value = said


def _header(found: Reading, said: str) -> None:
    found.header = said


def _method(found: Reading, said: str) -> None:
    found.method = said


_PARAMETERS: Final[Mapping[Failure | str, Callable[[Reading, str], None]]] = {
    Failure.HEADER_NOT_ALLOWED: _header,
    Failure.METHOD_NOT_ALLOWED: _method,
}
"""What CorsErrorStatus has as its failedParameter; of the other errors it is a header's value."""


_NAMES_A_HEADER: Final = re.compile(r"\w Allow (?:Origin|Credentials|Methods?|Headers?|External|Private)\b")
"""Names whose words nothing else has, in whatever letters."""


def _of_preflight(name: str, reader: Reader) -> Reader:
    """Return a reader for a name that begins with "Preflight"."""

    def preflight(around: Around, found: Reading) -> None:
        reader(around, found)
        found.stage = Stage.PREFLIGHT

    return preflight if name.startswith("Preflight") else reader


def _unless_in_error(reader: Reader) -> Reader:
    """Return a reader for a reason that does not say again what ``net::ERR_BLOCKED_BY_RESPONSE.…`` in front says."""

    def reason(around: Around, found: Reading) -> None:
        reader(around, found)
        found.is_prose |= around.before_lower in {".", "blocked_by_response."}

    return reason


def _unless_of_node(reader: Reader) -> Reader:
    """Return a reader for a code that Node has, too, in brackets: ``TypeError [ERR_INVALID_URL]: Invalid URL``."""

    def code(around: Around, found: Reading) -> None:
        reader(around, found)
        found.is_prose |= around.before_lower.endswith("[")

    return code


def _unless_of_openssl(reader: Reader) -> Reader:
    """Return a reader for NSS's names, which begin like those that OpenSSL's functions return: SSL_ERROR_WANT_READ."""

    def name(around: Around, found: Reading) -> None:
        reader(around, found)
        found.is_prose |= bool(_OPENSSL.match(around.after_lower))

    return name


_OPENSSL: Final = re.compile(r"(?:none|ssl|want_\w+|zero_return)\b")


def _wordings() -> Iterator[Wording]:
    for speaker, names in (("chromium", CORS_ERRORS), ("firefox", FIREFOX)):
        for name, meanings in names.items():
            for phrase in (name,) if name in _NOT_SPACED else (name, spaced(name)):
                spelled = "" if _NAMES_A_HEADER.search(phrase) else phrase
                reader = _of_preflight(name, _named(*meanings, spelled=spelled))
                yield _one(f"{speaker}/{name}", phrase.lower(), meanings, reader)
    for title, meanings in ISSUES.items():
        yield _one("chromium/issue", title.lower(), meanings, _named(*meanings, is_open=True))
    for name, meanings in BLOCKED_REASONS.items():
        yield says("chromium/panel", f"blocked:{name.lower()}", *meanings, read=policies.panel_row, role=Role.ECHO)
    for name in RESPONSE_BLOCKED:
        yield _one("chromium/blocked", name.lower(), _BY_POLICY, _unless_in_error(_named(*_BY_POLICY, is_open=True)))
    yield from _net_errors()
    for name, meanings in _dumped():
        yield _one("chromium/blocked", name, meanings, _named(*meanings))


def _net_errors() -> Iterator[Wording]:
    for code, cause in NET_ERRORS.items():
        reader = _unless_of_node(_named(cause)) if code == "err_invalid_url" else _named(cause)
        yield says("chromium/net", code, cause, read=reader, role=Role.ECHO)
    for name, meanings in FIREFOX_ERRORS.items():
        yield _one("firefox/net", name.lower(), meanings, _named(*meanings))
    for beginning, cause in FIREFOX_FAMILIES.items():
        yield _one("firefox/net", beginning.lower(), (cause,), _unless_of_openssl(_named(cause, is_open=True)))
    for code, (name, cause) in APPLE_ERRORS.items():
        for said in (f"nsurlerrordomain error {code}", f"nsurlerrordomain code={code}", f"nsurlerror{name.lower()}"):
            yield _one("webkit/net", said, (cause,), _named(cause))


def _dumped() -> Iterator[tuple[str, tuple[Failure | str, ...]]]:
    """Yield what a dump of Chromium's protocol has for a name that is too short to be identified alone."""
    for colon in ("':'", ": '", ": "):
        for name in ("csp", "mixed-content", "origin", "other", "inspector", "subresource-filter"):
            yield f"blockedreason{colon}{name}", BLOCKED_REASONS[name]
        yield f"corserror{colon}invalidresponse", ("response-invalid",)
    yield "cross-origin resource sharing error: invalidresponse", ("response-invalid",)


def _one(wording: str, phrase: str, meanings: tuple[Failure | str, ...], reader: Reader) -> Wording:
    """Return a wording that adds nothing to a sentence about the same request."""
    is_failure = any(isinstance(meaning, Failure) for meaning in meanings)
    return says(wording, phrase, *meanings, read=reader, role=Role.ECHO if is_failure else Role.REASON)


_NOT_SPACED: Final = frozenset({"CORSDisabled", "CORSPreflightDidNotSucceed", "CORSRequestNotHttp"})
"""Names that mean something else with blanks, or are a wording of their own so."""

IDENTIFIERS: Final = tuple(_wordings())
"""Every name as a wording."""
