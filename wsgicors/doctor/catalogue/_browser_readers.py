"""Read the facts in what browsers say of CORS: Chromium, Firefox and WebKit, of any year."""

import re
from typing import Final

from wsgicors.browser import Stage
from wsgicors.doctor.catalogue._readers import (
    DOTS,
    LONGEST_URL,
    LONGEST_VALUE,
    NEARBY,
    STATUS_NEXT,
    Around,
    Reader,
    Reading,
    Speaker,
    first_url,
    last_token,
    last_url,
    origin_of_page,
    quoted,
    quoted_value,
)

_PREFLIGHT: Final = "access control check:"
_STATUS_CODE: Final = re.compile(r"[^0-9]{0,24}?status code:? (\d{3})(?!\d)")
_STATUS_THERE: Final = re.compile(r"the response had http status code (\d{3})(?!\d| (?:according to|said|says)\b)")
_NOT_ALLOWED: Final = re.compile(r"origin '([^']{1,300})' is therefor", re.IGNORECASE)


def _kind(text: str) -> str:
    """Return the kind of request from a sentence that continues with "cannot load"."""
    return "fetch" if text.lower().endswith("fetch api") else last_token(text)


_BARE_ACCESS: Final = re.compile(
    r"(\w+) at (\S{1,2000})(?: \(redirected from (\S{1,2000})\))? from origin (\S{1,300})", re.IGNORECASE
)


def _chromium_access(text: str, found: Reading) -> None:
    """``fetch at 'URL' (redirected from 'URL0') from origin 'O' has been blocked …``, after "Access to "."""
    if " at '" not in text and (match := _BARE_ACCESS.match(text)):  # pasted without its quotes
        found.kind, found.url, found.redirected_from, found.origin = (part or "" for part in match.groups())
        return
    found.kind, _, rest = text.partition(" at '")
    target, names_page, rest = rest.partition(" from origin '")
    url, _, first = target.partition(" (redirected from ")
    first = first.lstrip("'")
    if not names_page:  # the sentence goes on behind the URL
        url, first = quoted(url), quoted(first)
    found.url, found.redirected_from = url.rstrip("'"), first.rstrip("') ")
    found.origin = quoted(rest)


def chromium(around: Around, found: Reading) -> None:
    """Read before and after any of Chromium's sentences, from any year."""
    before, lower = around.before, around.before_lower
    policy = max(lower.rfind("blocked by cors policy"), lower.rfind("cross-origin resource sharing policy"))
    if (at := lower.rfind("access to ", 0, policy + 1)) >= 0:
        _chromium_access(before[at + 10 : policy], found)
    elif (at := lower.rfind("redirect from '", 0, policy + 1)) >= 0:
        first, _, rest = before[at + 15 : policy].partition(" to '")
        found.redirected_from, found.url = first.rstrip("'"), quoted(rest)
    elif (at := lower.rfind("from origin '", 0, policy + 1)) >= 0:
        if lower[:policy].endswith(" from loading by "):  # until 2016 it named the resource's origin
            found.kind = last_token(before[:at])
            found.url = quoted(before[at + 13 : policy])
        else:
            found.origin = quoted(before[at + 13 : policy])
            if match := _END_OF_ACCESS.search(before[:at]):  # the beginning is cut off
                found.url, found.redirected_from = match[1], match[2] or ""
    elif (at := lower.rfind("failed to load ")) >= 0:
        found.url = before[at + 15 :].partition(": ")[0].strip("'")
    elif (at := lower.rfind(" cannot load ")) >= 0:
        found.kind = _kind(before[:at])
        found.url = before[at + 13 :].partition(" ")[0].rstrip(DOTS)
    if lower.rstrip().endswith(_PREFLIGHT) or _PREFLIGHT in lower[max(policy, 0) :]:
        found.stage = Stage.PREFLIGHT
    elif policy >= 0:
        found.stage = Stage.ACTUAL
    if not found.origin and (match := _NOT_ALLOWED.search(around.after)):
        found.origin = match[1]
    if match := _STATUS_THERE.search(around.after_lower):
        found.status = int(match[1])


_END_OF_ACCESS: Final = re.compile(
    r" at '([a-z][a-z0-9+.-]*:[^\s']{1,2000})' (?:\(redirected from '([^\s']{1,2000})'\) )?\Z", re.IGNORECASE
)


def disabled_scheme(around: Around, found: Reading) -> None:
    """Read whether the page itself asked for it, or a redirect led there."""
    chromium(around, found)
    found.causes = ("redirect-scheme",) if found.redirected_from else ("url-scheme",)


def chromium_value(around: Around, found: Reading) -> None:
    """Chromium's sentence, with a header's value behind the phrase."""
    chromium(around, found)
    found.value = quoted_value(around.after)


def chromium_redirect(around: Around, found: Reading) -> None:
    """``Redirect location 'URL' …``: the URL stands in front of the phrase."""
    chromium(around, found)
    found.location = last_token(around.before)


def chromium_preflight(around: Around, found: Reading) -> None:
    """Chromium's sentence about a preflight."""
    chromium(around, found)
    found.stage = Stage.PREFLIGHT


def redirect_cut(around: Around, found: Reading) -> None:
    """Read Chromium's sentence where it is cut off or retyped; others say it of a login's address."""
    chromium_preflight(around, found)
    found.is_prose = not _OF_PREFLIGHTS.search(f"{around.before_lower[-LONGEST_VALUE:]} {around.after_lower[:60]}")


_OF_PREFLIGHTS: Final = re.compile(r"preflight|access control check|\bcors\b")


def status_of_2015(around: Around, found: Reading) -> None:
    """Read the status of ``XMLHttpRequest cannot load URL. Invalid HTTP status code 404``; other clients say it too."""
    preflight_status(around, found)
    found.is_prose = " cannot load " not in around.before_lower


def preflight_status(around: Around, found: Reading) -> None:
    """Read a status after the phrase, as in versions until 2018."""
    chromium_preflight(around, found)
    if match := STATUS_NEXT.match(around.after):
        found.status = int(match[1])


def with_credentials(around: Around, found: Reading) -> None:
    """Chromium's sentence about a request with credentials."""
    chromium(around, found)
    found.credentials = True


def credentials_value(around: Around, found: Reading) -> None:
    """Chromium's sentence about a request with credentials, with a header's value behind the phrase."""
    chromium_value(around, found)
    found.credentials = True


def method_refused(around: Around, found: Reading) -> None:
    """Read the method before the phrase."""
    _shared(around, found)
    name = last_token(around.before)
    found.method = name if name.isupper() or _METHOD_IN_FRONT.search(around.before_lower[-NEARBY:]) else ""


def header_refused(around: Around, found: Reading) -> None:
    """Read the name before the phrase."""
    _shared(around, found)
    if match := _HEADERS_IN_FRONT.search(around.before[-LONGEST_VALUE:]):
        found.headers = tuple(re.findall(r"[\w-]+", match[1].replace(" and ", ", ")))
        found.header = found.headers[0]
    elif _HEADER_IN_FRONT.search(around.before_lower[-NEARBY:]):
        found.header = last_token(around.before)


_METHOD_IN_FRONT: Final = re.compile(r"\bmethod:? '?[a-z]{1,40} ?'?\Z")
_HEADER_IN_FRONT: Final = re.compile(
    r"(?:\b(?:field|header):? '?[\w-]{1,80}|'[\w-]{1,80} ?'|\b\w+-[\w-]{1,80}"
    r"|\b(?:authorization|pragma|range|token)) ?'?\Z"
)
"""A name in its sentence or in quotes, or what is no word of another sentence."""
_HEADERS_IN_FRONT: Final = re.compile(
    r"\b(?:fields?|headers?):? ([\w-]{1,80}(?:, ?(?:and )?[\w-]{1,80}| and [\w-]{1,80}){1,30})\Z", re.IGNORECASE
)


def _shared(around: Around, found: Reading) -> None:
    """Read a sentence that Chromium and WebKit share, except for Chromium's end."""
    chromium(around, found)
    in_chromium = around.after_lower.startswith(" in preflight") or "cors policy" in around.before_lower
    found.speaker = Speaker.CHROMIUM if in_chromium else Speaker.WEBKIT
    found.stage = Stage.PREFLIGHT


def firefox(around: Around, found: Reading) -> None:
    """``Cross-Origin Request Blocked: … remote resource at URL. (Reason: `` before, a status after."""
    at = around.before_lower.rfind("remote resource at ")
    if at >= 0:
        found.url = first_url(around.before[at:])
    if match := _STATUS_CODE.match(around.after_lower):
        found.status = int(match[1])


def firefox_value(around: Around, found: Reading) -> None:
    """Firefox's sentence, with a header's value behind the phrase."""
    firefox(around, found)
    found.value = quoted_value(around.after)
    found.is_whole = around.after.startswith("'")  # it is empty, or begins with a quote


def firefox_credentials(around: Around, found: Reading) -> None:
    """Firefox's sentence about a request with credentials."""
    firefox(around, found)
    found.credentials = True


def firefox_token(around: Around, found: Reading) -> None:
    """``invalid token 'X' in CORS header …``: the token stands in front of the phrase."""
    firefox(around, found)
    found.value = around.before.rpartition(" '")[2]
    found.stage = Stage.PREFLIGHT


def firefox_header(around: Around, found: Reading) -> None:
    """``header 'X' is not allowed according to header …`` and ``missing token 'X' in CORS header …``."""
    firefox(around, found)
    found.header = last_token(around.before)
    found.stage = Stage.PREFLIGHT


def firefox_header_cut(around: Around, found: Reading) -> None:
    """``missing token 'X' in CORS header``, cut off; people say the same of any value of a header."""
    firefox_header(around, found)
    found.is_prose = not _MISSING_TOKEN.search(around.before_lower[-LONGEST_VALUE:])


_MISSING_TOKEN: Final = re.compile(r"\bmissing token '[^']{0,80}\Z")


def firefox_preflight(around: Around, found: Reading) -> None:
    """Firefox's sentence about a preflight."""
    firefox(around, found)
    found.stage = Stage.PREFLIGHT


def webkit(around: Around, found: Reading) -> None:
    """Read a status after the phrase; before it, the redirection that it explains, or what could not be loaded."""
    if match := _STATUS_CODE.match(around.after_lower):
        found.status = int(match[1])
    if (at := around.before_lower.rfind("cross-origin redirection to ")) >= 0:
        found.location = first_url(around.before[at:])
        found.stage = Stage.ACTUAL
    elif match := _WEBKIT_LOADED.search(around.before):
        found.kind = _kind(match[1])
        found.url = first_url(match[2])


_WEBKIT_LOADED: Final = re.compile(
    r"\b((?:\w{1,40} )?\w{1,40}) cannot load (\S{1,2000}?)(?: due to access control checks)?[.,] "
    r"(?:Origin \S{1,300} ?)?\Z",
    re.IGNORECASE,
)


def webkit_origin(around: Around, found: Reading) -> None:
    """Read the page's origin before the phrase."""
    webkit(around, found)
    found.origin = last_token(around.before)


def webkit_credentials(around: Around, found: Reading) -> None:
    """WebKit's sentence about a request with credentials."""
    webkit(around, found)
    found.credentials = True


def webkit_preflight(around: Around, found: Reading) -> None:
    """WebKit's sentence about a preflight."""
    webkit(around, found)
    found.stage = Stage.PREFLIGHT


def webkit_malformed(around: Around, found: Reading) -> None:
    """``Header Access-Control-Allow-Methods has an invalid value: V``."""
    found.value = around.after.lstrip(": ").partition(" Fetch API cannot")[0][:100].rstrip()
    found.stage = Stage.PREFLIGHT


def webkit_cannot_load(around: Around, found: Reading) -> None:
    """``Fetch API cannot load URL`` stands in front of the phrase."""
    at = around.before_lower.rfind(" cannot load ")
    if at >= 0:
        found.kind = _kind(around.before[:at])
        found.url = around.before[at + 13 :].strip()


def unsafe_attempt(around: Around, found: Reading) -> None:
    """``Unsafe attempt to load URL URL from origin PAGE. …``, or ``from frame with URL PAGE``."""
    found.url, page = first_url(around.after), first_url(around.after.partition(" from ")[2])
    if page.startswith("chrome-error:"):  # which stands there because the URL could not be loaded
        found.causes = ("unreachable", "frame-options")
    else:
        found.origin = origin_of_page(page)


def redirection_url(around: Around, found: Reading) -> None:
    """``… policy: redirection URL U has credentials``."""
    found.location = first_url(around.after)


def firefox_font(around: Around, found: Reading) -> None:
    """``downloadable font: download failed (…): bad URI or cross-site access not allowed source: URL``."""
    found.kind = "font"
    found.url = first_url(around.after)
    if found.url.startswith("file:"):
        found.causes = ("url-scheme",)


def preflight_row(around: Around, found: Reading) -> None:
    """Read what Chromium's network panel says of a preflight, and the URL in front of it."""
    found.url = last_url(around.before)
    found.stage = Stage.PREFLIGHT


def check_load(around: Around, found: Reading) -> None:
    """``Security Error: Content at PAGE may not load data from URL``: a worker's script, or a same-origin fetch."""
    found.url = first_url(around.after)
    found.is_prose = "content at " not in around.before_lower[-LONGEST_URL:]
    found.origin = origin_of_page(last_url(around.before))
    if found.url.partition("?")[0].endswith((".js", ".mjs")):
        found.causes = ("worker-origin", "request-mode")


def unquoted_value(around: Around, found: Reading) -> None:
    """Chromium's sentence without the quotes around the header's name."""
    chromium(around, found)
    found.value = quoted_value(around.after.lstrip(" ").removeprefix("'")) if around.after.startswith(" '") else ""


def unquoted(reader: Reader, *, has_value: bool) -> Reader:
    """Return a reader for a sentence pasted without its quotes, of which a value ends where the sentence goes on."""

    def read(around: Around, found: Reading) -> None:
        reader(around, found)
        if has_value:
            said = around.after[:LONGEST_VALUE].lstrip(" ")
            bare = _GOES_ON.split(said, maxsplit=1)[0]
            found.value = (
                quoted_value(said[1:]) if said.startswith("'") else bare if _BARE_VALUE.fullmatch(bare) else ""
            )

    return read


_BARE_VALUE: Final = re.compile(r"\S*|(?:(?:\*|null|[^\s,]+:[^\s,]+)(?:,? |,?\Z))+")
"""A word, or a list of origins; other words are those of a sentence."""
_GOES_ON: Final = re.compile(r",? ?(?:\b(?:that|which|but|and|is)\b|[)(]|\. |\.?$)")


def firefox_row(around: Around, found: Reading) -> None:
    """Firefox's row of a preflight, ``XHR OPTIONS URL [HTTP/1.1 404 Not Found 9ms]``, in front of the phrase."""
    found.stage = Stage.PREFLIGHT
    if match := _FIREFOX_ROW.search(around.before):
        found.url = match[1]
        found.status = int(match[2]) if match[2] else None


_FIREFOX_ROW: Final = re.compile(r"\bOPTIONS (https?://[^\s'()\[]{1,2000}) ?(?:\[HTTP/[\d.]+ (\d{3})[^\]]{0,80}\] ?)?$")
