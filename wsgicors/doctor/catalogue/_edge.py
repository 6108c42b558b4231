"""The messages of Internet Explorer 10 and 11, and of Edge before it was Chromium's.

The number of a message is the same in every language; the English sentence is quoted without it.
https://learn.microsoft.com/en-us/archive/microsoft-edge/legacy/developer/devtools-guide/console/error-and-status-codes
lists the numbers.
"""

import re
from typing import Final

from wsgicors.browser import Failure, Stage
from wsgicors.doctor.catalogue import _browser_readers as browsers
from wsgicors.doctor.catalogue import _readers as read
from wsgicors.doctor.catalogue._readers import LONGEST_VALUE, Around, Reading, first_url, last_token
from wsgicors.doctor.catalogue._wording import ANY_ALLOW_ORIGIN, Role, Wording, says

_REDIRECT: Final = ("redirect-without-headers", "redirect-refused", "redirect-null-origin")
"""Why a request may not follow a redirect, the likeliest first; SEC7126 is that of a preflight."""

_MULTIPLE: Final = "multiple access-control-allow-"

_ORIGIN: Final = re.compile(r"origin '?([a-z][a-z0-9+.-]*://[^\s']{1,300}|null)\b", re.IGNORECASE)


def _origin(around: Around, found: Reading) -> None:
    """``Origin X not found in …``, or ``[CORS] The origin 'X' did not find 'X' in … resource at 'URL'``."""
    if match := _SENTENCE.match(around.after):
        found.origin, found.url = match[1], first_url(match[2] or "")


_SENTENCE: Final = re.compile(
    r"[: ]{0,3}(?:\[cors\] )?(?:the )?origin '?([a-z][a-z0-9+.-]*://[^\s']{1,300}|null)'? (?:not|did not|was not)\b"
    r"(?:.{0,600}? resource at ('?\S{1,2000}))?",
    re.IGNORECASE,
)


def _header(around: Around, found: Reading) -> None:
    """``Request header X was not present in the Access-Control-Allow-Headers list``."""
    at = around.after_lower.find("request header ")
    found.header = around.after[at + 15 :].partition(" ")[0] if at >= 0 else ""
    found.stage = Stage.PREFLIGHT


def _method(around: Around, found: Reading) -> None:
    """``Request method X was not present in the Access-Control-Allow-Methods list``."""
    at = around.after_lower.find("request method ")
    found.method = around.after[at + 15 :].partition(" ")[0] if at >= 0 else ""
    found.stage = Stage.PREFLIGHT


def _origin_before(around: Around, found: Reading) -> None:
    """``Origin X`` in front of the phrase."""
    if match := _ORIGIN.search(around.before[-LONGEST_VALUE:]):
        found.origin = match[1]


def _header_before(around: Around, found: Reading) -> None:
    """``Request header X`` in front of the phrase."""
    found.header, found.stage = last_token(around.before), Stage.PREFLIGHT


def _method_before(around: Around, found: Reading) -> None:
    """``Request method X`` in front of the phrase."""
    found.method, found.stage = last_token(around.before), Stage.PREFLIGHT


EDGE: Final[tuple[Wording, ...]] = (
    says("edge/SEC7118", "required cross origin resource sharing (cors)", "unspecified", read=read.url_before,
         role=Role.ECHO),
    says("edge/SEC7119", "required cors preflight", "unspecified", read=browsers.preflight_row, role=Role.ECHO),
    says("edge/SEC7120", "sec7120", *ANY_ALLOW_ORIGIN, read=_origin),
    says("edge/SEC7120", "not found in access-control-allow-origin header", *ANY_ALLOW_ORIGIN,
         read=_origin_before, role=Role.ECHO),
    says("edge/SEC7121", "sec7121", Failure.ALLOW_ORIGIN_WILDCARD, read=browsers.webkit_credentials),
    says("edge/SEC7121", "wildcard in access-control-allow-origin not allowed", Failure.ALLOW_ORIGIN_WILDCARD,
         read=browsers.webkit_credentials, role=Role.ECHO),
    says("edge/SEC7122", "sec7122", Failure.ALLOW_CREDENTIALS_NOT_TRUE, read=browsers.webkit_credentials),
    says("edge/SEC7122", "credentials flag was set to true, but access-control-allow-credentials was not present",
         Failure.ALLOW_CREDENTIALS_NOT_TRUE, read=browsers.webkit_credentials, role=Role.ECHO),
    says("edge/SEC7123", "sec7123", Failure.HEADER_NOT_ALLOWED, read=_header),
    says("edge/SEC7123", " was not present in the access-control-allow-headers list", Failure.HEADER_NOT_ALLOWED,
         read=_header_before, role=Role.ECHO),
    says("edge/SEC7124", "sec7124", Failure.METHOD_NOT_ALLOWED, read=_method),
    says("edge/SEC7124", " was not present in the access-control-allow-methods list", Failure.METHOD_NOT_ALLOWED,
         read=_method_before, role=Role.ECHO),
    says("edge/SEC7125", "sec7125", "response-invalid", "allow-headers-malformed", read=read.url_after),
    says("edge/SEC7125", "caused a response headers parsing failure", "response-invalid", "allow-headers-malformed",
         read=read.url_before, role=Role.ECHO),
    says("edge/SEC7126", "sec7126", Failure.PREFLIGHT_REDIRECTED, read=read.of_preflight),
    says("edge/SEC7126", "redirects are not allowed for cors preflight requests", Failure.PREFLIGHT_REDIRECTED,
         read=read.of_preflight, role=Role.ECHO),
    says("edge/SEC7127", "sec7127", *_REDIRECT, read=read.url_after),
    says("edge/SEC7127", "redirect was blocked for cors request", *_REDIRECT, read=read.url_after, role=Role.ECHO),
    says("edge/SEC7128", "sec7128", Failure.ALLOW_ORIGIN_MULTIPLE, read=read.url_after),
    says("edge/SEC7128", f"{_MULTIPLE}origin headers are not allowed for cors", Failure.ALLOW_ORIGIN_MULTIPLE,
         read=read.url_after, role=Role.ECHO),
    says("edge/SEC7129", "sec7129", Failure.ALLOW_CREDENTIALS_NOT_TRUE, read=browsers.webkit_credentials),
    says("edge/SEC7129", f"{_MULTIPLE}credentials headers are not allowed for cors", Failure.ALLOW_CREDENTIALS_NOT_TRUE,
         read=browsers.webkit_credentials, role=Role.ECHO),
    says("edge/SCRIPT7002", "xmlhttprequest: network error 0x", "unspecified", read=read.nothing, role=Role.ECHO),
)  # fmt: skip
"""By the number, and by the English sentence, which adds nothing to its number."""
