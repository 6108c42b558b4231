"""Read the facts in the sentences of browsers: of Chromium, Firefox, WebKit and the old Edge, of any year."""

import re
from typing import Final

from wsgicors._http import FORBIDDEN_METHODS
from wsgicors.browser import Stage
from wsgicors.doctor.catalogue._net_errors import net_error_cause
from wsgicors.doctor.catalogue._readers import (
    DOTS,
    LONGEST_URL,
    LONGEST_VALUE,
    METHODS,
    NEARBY,
    SENTENCE_END,
    URL,
    Around,
    Reader,
    Reading,
    Speaker,
    first_url,
    handshake,
    last_token,
    last_url,
    next_url,
    origin_of_page,
    quoted,
    quoted_value,
    url_after,
)

_PREFLIGHT: Final = "access control check:"
_STATUS_CODE: Final = re.compile(r"[^0-9]{0,24}?status code:? (\d{3})(?!\d)")
_STATUS_THERE: Final = re.compile(r"the response had http status code (\d{3})(?!\d)")
_NOT_ALLOWED: Final = re.compile(r"origin '([^']{1,300})' is therefor", re.IGNORECASE)
_STATUS_HERE: Final = re.compile(r" (\d{3})(?= ?\(| |\Z)")
_THREE_DIGITS: Final = re.compile(r" (\d{3})(?!\d)")


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
    if match := _THREE_DIGITS.match(around.after):
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


def panel_row(around: Around, found: Reading) -> None:
    """Read nothing of ``(blocked:NAME)``; a longer name goes on with a hyphen or a capital, another word does not."""
    found.is_prose = bool(_WORD_GOES_ON.match(around.after))


_WORD_GOES_ON: Final = re.compile(r"[a-z0-9]|-(?!not-same|frame-resource|sandboxed)")
_REPORTED_IN_FRONT: Final = re.compile(r"\[report only\] refused to (?!.*\brefused to )")
_REPORTED_BEHIND: Final = re.compile(r"the policy is report-only|a csp report is being sent")


def only_reports(around: Around) -> bool:
    """Return whether a policy only reports what it would block, by Chromium's and Firefox's words for it."""
    return bool(_REPORTED_IN_FRONT.search(around.before_lower) or _REPORTED_BEHIND.search(around.after_lower))


def framed(around: Around, found: Reading) -> None:
    """The last URL in front of the phrase, of a frame that a policy blocks."""
    found.url, found.is_report = last_url(around.before), only_reports(around)


_DIRECTIVE: Final = re.compile(
    r"\b((?:connect|default|font|img|manifest|media|script|style|worker)-src(?:-elem|-attr)?)\b"
)


def policy_before(around: Around, found: Reading) -> None:
    """The last URL in front of the phrase, and the directive of the Content Security Policy behind it."""
    found.url = last_url(around.before)
    _directive(around, found)


def policy_after(around: Around, found: Reading) -> None:
    """The first URL behind the phrase, and the directive of the Content Security Policy."""
    found.url = next_url(around)
    _directive(around, found)


def _directive(around: Around, found: Reading) -> None:
    found.is_report = only_reports(around)
    if match := _DIRECTIVE.search(around.after_lower):
        found.value = match[1]


def firefox_font(around: Around, found: Reading) -> None:
    """``downloadable font: download failed (…): bad URI or cross-site access not allowed source: URL``."""
    found.kind = "font"
    found.url = first_url(around.after)
    if found.url.startswith("file:"):
        found.causes = ("url-scheme",)


_EDGE_ORIGIN: Final = re.compile(r"origin '?([a-z][a-z0-9+.-]*://[^\s']{1,300}|null)\b", re.IGNORECASE)


def edge_origin(around: Around, found: Reading) -> None:
    """``Origin X not found in …``, or ``[CORS] The origin 'X' did not find 'X' in … resource at 'URL'``."""
    if match := _EDGE_SENTENCE.match(around.after):
        found.origin, found.url = match[1], first_url(match[2] or "")


_EDGE_SENTENCE: Final = re.compile(
    r"[: ]{0,3}(?:\[cors\] )?(?:the )?origin '?([a-z][a-z0-9+.-]*://[^\s']{1,300}|null)'? (?:not|did not|was not)\b"
    r"(?:.{0,600}? resource at ('?\S{1,2000}))?",
    re.IGNORECASE,
)


def edge_header(around: Around, found: Reading) -> None:
    """``Request header X was not present in the Access-Control-Allow-Headers list``."""
    at = around.after_lower.find("request header ")
    found.header = around.after[at + 15 :].partition(" ")[0] if at >= 0 else ""
    found.stage = Stage.PREFLIGHT


def edge_method(around: Around, found: Reading) -> None:
    """``Request method X was not present in the Access-Control-Allow-Methods list``."""
    at = around.after_lower.find("request method ")
    found.method = around.after[at + 15 :].partition(" ")[0] if at >= 0 else ""
    found.stage = Stage.PREFLIGHT


def edge_origin_before(around: Around, found: Reading) -> None:
    """``Origin X`` in front of the phrase."""
    if match := _EDGE_ORIGIN.search(around.before[-LONGEST_VALUE:]):
        found.origin = match[1]


def edge_header_before(around: Around, found: Reading) -> None:
    """``Request header X`` in front of the phrase."""
    found.header, found.stage = last_token(around.before), Stage.PREFLIGHT


def edge_method_before(around: Around, found: Reading) -> None:
    """``Request method X`` in front of the phrase."""
    found.method, found.stage = last_token(around.before), Stage.PREFLIGHT


def preflight_row(around: Around, found: Reading) -> None:
    """Read what Chromium's network panel says of a preflight, and the URL in front of it."""
    found.url = last_url(around.before)
    found.stage = Stage.PREFLIGHT


def url_dumped(around: Around) -> str:
    """Return the URL that a dump of JSON has next to a name, not that of a script; "" if none is near."""
    near = f"{around.before[-NEARBY:]} {around.after[:NEARBY]}"
    found = (match[1] for match in _URL_DUMPED.finditer(near) if not _OF_SCRIPT.search(near[: match.start()]))
    return next(found, "")


_URL_DUMPED: Final = re.compile(r"'url'? ?: ?'(https?://[^']{1,300})'", re.IGNORECASE)
_OF_SCRIPT: Final = re.compile(r"'(?:initiator|location|sourcecodelocation)'? ?: ?\{[^{}]*$", re.IGNORECASE)


def page_and_url(around: Around, found: Reading) -> None:
    """``Mixed Content: The page at 'PAGE' was loaded over HTTPS, but requested an insecure … 'URL'``."""
    if match := _INSECURE.match(around.after):
        found.url = SENTENCE_END.sub("", match[1])
    found.origin = origin_of_page(last_url(around.before))


_INSECURE: Final = re.compile(r"[^:.]{0,60}? '?((?:http|ws|ftp)://[^\s'()<>]{1,2000})", re.IGNORECASE)


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


def worker_script(around: Around, found: Reading) -> None:
    """Read the script after Chromium's phrase, and whether the page is a file, which has the origin null."""
    url_after(around, found)
    if "cannot be accessed from origin 'null'" in around.after_lower:
        found.origin, found.causes = "null", ("null-origin", "worker-origin")


def script_send(around: Around, found: Reading) -> None:
    """``Failed to execute 'send' on 'XMLHttpRequest': Failed to load 'URL'.``, of a file or another address."""
    url_after(around, found)
    if found.url.startswith("file:"):
        found.causes = ("url-scheme",)


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


def header_after(around: Around, found: Reading) -> None:
    """A header's name behind the phrase, up to the quote."""
    found.header = quoted(around.after)


def header_after_colon(around: Around, found: Reading) -> None:
    """A header's name behind the phrase and a colon."""
    found.header = around.after.removeprefix(": ").partition(" ")[0].rstrip(DOTS)


def forbidden_method(around: Around, found: Reading) -> None:
    """Read the method: before Chromium's phrase, after Firefox's; WebKit's has none. Servers refuse other methods."""
    found.stage = Stage.REQUEST
    if match := _QUOTED_LAST.search(around.before[-NEARBY:]) or _METHOD_NEXT.match(around.after):
        found.method = match[1]
        found.is_prose = found.method.upper() not in FORBIDDEN_METHODS


_QUOTED_LAST: Final = re.compile(r"'([A-Za-z]{1,40})$")
_METHOD_NEXT: Final = re.compile(r"'?([A-Za-z]{1,40})")


def net_error(around: Around, found: Reading) -> None:
    """``GET URL net::ERR_X 403 (Forbidden)`` or ``URL - Failed to load resource: net::ERR_X``."""
    code = "err_" + re.split("[^a-z0-9_.]", around.after_lower, maxsplit=1)[0]
    found.causes = (net_error_cause(code) or "unspecified",)
    words = around.before.rstrip().rsplit(" ", 2)
    if len(words) > 1 and words[-2] in METHODS:
        found.method, found.url = words[-2], first_url(words[-1])
    elif around.before_lower.endswith(_NET_ERROR_FOLLOWS):  # of a WebSocket
        found.url = quoted(around.before)
    elif match := _LOADED.match(around.after):
        found.url = match[1]
    else:
        _resource(around.begun, found)
    if match := _STATUS_HERE.match(around.after[len(code) - 4 :]):
        found.status = int(match[1])


_LOADED: Final = re.compile(r"[A-Z0-9_.]{1,60} at (https?://[^\s'()]{1,2000})")
"""What Puppeteer and Playwright say of a page that they could not load."""


def server_status(around: Around, found: Reading) -> None:
    """``Failed to load resource: the server responded with a status of 404 (Not Reading)``."""
    if match := _THREE_DIGITS.match(around.after):
        found.status = int(match[1])
    _resource(around.begun, found)


def _resource(begun: str, found: Reading) -> None:
    """Read the URL, or Chrome's link to it, in front of "Failed to load resource: " in its line."""
    word = begun[-LONGEST_URL:].removesuffix("Failed to load resource: ").rstrip(" -").rpartition(" ")[2]
    if URL.fullmatch(word):
        found.url = _LINE_OF_LINK.sub(r"\1", first_url(word))
    elif match := _LINK.fullmatch(word):
        found.link = match[1].partition("?")[0]


_LINE_OF_LINK: Final = re.compile(r"\A(\w+://[^/]+/.*):\d{1,6}\Z")
_LINK: Final = re.compile(r"([\w.~/%?=&-]{1,200}):\d{1,6}")
"""A link and its line; in front of it, without a blank, can be how often the message came."""


def websocket(around: Around, found: Reading) -> None:
    """``WebSocket connection to 'URL' failed: …``; not one that opened, or that the page closed."""
    found.url = quoted(around.after)
    outcome = around.after_lower[len(found.url) :]
    found.is_prose = not outcome.startswith("' failed") or outcome.startswith(_CLOSED_BY_PAGE)
    found.is_prose = found.is_prose or outcome.endswith(_NET_ERROR_FOLLOWS)  # which `net_error` reads
    if match := _CODE_OF_HANDSHAKE.search(outcome):
        handshake(int(match[1]), found)
    else:
        others = (cause for said, cause in _OTHER_FAULTS if said in outcome[:NEARBY])
        found.causes = next(((cause, "websocket-origin") for cause in others), ())


_CLOSED_BY_PAGE: Final = "' failed: websocket is closed before the connection is established"
_NET_ERROR_FOLLOWS: Final = ("error in connection establishment: ", "error during websocket handshake: ")
_OTHER_FAULTS: Final = (
    ("timed out", "timed-out"),
    ("network connection was lost", "connection-broken"),
    ("reserved bits", "connection-broken"),
    ("invalid frame", "connection-broken"),
    ("connection closed before receiving a handshake response", "connection-broken"),
)
"""What is no answer to a handshake, with its cause."""
_CODE_OF_HANDSHAKE: Final = re.compile(r"unexpected response code: (\d{3})\b")


def posted(around: Around, found: Reading) -> None:
    """``Failed to execute 'postMessage' on 'X': …``, unless its message cannot be copied, which is another fault."""
    found.is_prose = bool(_NOT_COPIED.match(around.after_lower))


_NOT_COPIED: Final = re.compile(r" '\w{1,40}': (?:\Z|sharedarraybuffer\b|.{0,200}could not be cloned)")


def origin_of_frame(around: Around, found: Reading) -> None:
    """``Blocked a frame with origin 'O' from accessing a …``: the page of the script stands in front."""
    if (at := around.before_lower.rfind("with origin '")) >= 0:
        found.origin = quoted(around.before[at + 13 :])
