"""Read the context of a known phrase: the URL, the origin, the status and other facts of the sentence.

A reader gets the text before and after the phrase, and records what it finds in a `Reading`, unchanged.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from wsgicors._http import FORBIDDEN_METHODS
from wsgicors.browser import Stage
from wsgicors.doctor.catalogue._net_errors import net_error_cause

_LONGEST_URL: Final = 2000


class Speaker(StrEnum):
    """The author of a message."""

    CHROMIUM = "chromium"
    FIREFOX = "firefox"
    WEBKIT = "webkit"
    EDGE = "edge"
    """Edge before it was Chromium's, and Internet Explorer."""
    SERVER = "server"
    """The log of a Python server."""
    SCRIPT = "script"
    """The page's own script: what a rejected fetch says."""


class Around(NamedTuple):
    """A phrase's context, with uniform quotes: in its own case, and in lower case for lookups.

    `phrase` is the phrase itself, in its own case, `begun` what is in front of it in its line, and `rest` what follows.
    """

    before: str
    after: str
    before_lower: str
    after_lower: str
    phrase: str
    begun: str
    rest: str


@dataclass(slots=True)
class Reading:
    """What was read around a phrase, unchanged."""

    url: str = ""
    origin: str = ""
    method: str = ""
    header: str = ""
    headers: tuple[str, ...] = ()
    value: str = ""
    status: int | None = None
    redirected_from: str = ""
    location: str = ""
    kind: str = ""
    credentials: bool | None = None
    is_whole: bool = False
    stage: Stage | None = None
    causes: tuple[str, ...] = ()
    speaker: Speaker | None = None
    is_report: bool = False
    """Whether a policy reports what it would block, and blocks nothing."""
    link: str = ""
    """What Chrome's console shows of the URL, in front of its line: mostly the last part of its path."""
    is_prose: bool = False
    """Whether it is somebody else's sentence that happens to have the phrase, or one that says that nothing failed."""


Reader = Callable[[Around, Reading], None]

METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
"""The methods that consoles, logs and commands name."""
ANY_METHOD: Final = "|".join(METHODS)
"""The same, as alternatives of an expression."""
_PREFLIGHT: Final = "access control check:"
_STATUS_CODE: Final = re.compile(r"[^0-9]{0,24}?status code:? (\d{3})(?!\d)")
_STATUS_THERE: Final = re.compile(r"the response had http status code (\d{3})(?!\d)")
_NOT_ALLOWED: Final = re.compile(r"origin '([^']{1,300})' is therefor", re.IGNORECASE)
_STATUS_HERE: Final = re.compile(r" (\d{3})(?= ?\(| |\Z)")
_THREE_DIGITS: Final = re.compile(r" (\d{3})(?!\d)")
_URL: Final = re.compile(r"[a-z][a-z0-9+.\-]{1,30}://[^\s'()<>\\^{}|]{1,2000}", re.IGNORECASE)
_DOTS: Final = ".,;:"
_SENTENCE_END: Final = re.compile(r"(?<![.,;:])[.,;:]+[_*]{0,3}\Z")  # with the marks of Markdown's emphasis


_PRONOUNS: Final = frozenset({
    "it", "that", "this", "which", "what", "something", "them", "one", "header", "field", "method", "origin", "type",
})  # fmt: skip
"""The words with which people refer to what they do not name."""


def _last_token(text: str) -> str:
    """Return the last word of `text`, without quotes; "" if it names nothing."""
    word = text.rstrip(" '").rpartition(" ")[2].lstrip("'")
    return "" if word.lower() in _PRONOUNS else word


def _kind(text: str) -> str:
    """Return the kind of request from a sentence that continues with "cannot load"."""
    return "fetch" if text.lower().endswith("fetch api") else _last_token(text)


def _quoted(text: str) -> str:
    """Return `text` up to the next quote."""
    return text.partition("'")[0]


def _value(text: str) -> str:
    """Return the value at the beginning of `text`, up to its quote; "" if it is cut off."""
    value, quote, _ = text.partition("'")
    return value if quote else ""


def _last_url(text: str) -> str:
    """Return the last URL in `text`, if it is near the end."""
    urls = [*_URL.finditer(text)]
    return _SENTENCE_END.sub("", urls[-1][0]) if urls and len(text) - urls[-1].end() <= _NEARBY else ""


def _next_url(around: Around) -> str:
    """Return the first URL behind the phrase in its sentence, in its line or at the beginning of the next one."""
    match = _URL.search(around.after)
    if match is None or match.start() > len(around.rest) + _NEARBY:
        return ""
    return "" if _NEXT_SENTENCE.search(around.after, 0, match.start()) else _first_url(around.after)


_NEXT_SENTENCE: Final = re.compile(r"[.!?;] (?=[A-Za-z])")


def _first_url(text: str) -> str:
    """Return the first URL in `text`."""
    match = _URL.search(text)
    return _SENTENCE_END.sub("", match[0]) if match else ""


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
        url, first = _quoted(url), _quoted(first)
    found.url, found.redirected_from = url.rstrip("'"), first.rstrip("') ")
    found.origin = _quoted(rest)


def chromium(around: Around, found: Reading) -> None:
    """Read before and after any of Chromium's sentences, from any year."""
    before, lower = around.before, around.before_lower
    policy = max(lower.rfind("blocked by cors policy"), lower.rfind("cross-origin resource sharing policy"))
    if (at := lower.rfind("access to ", 0, policy + 1)) >= 0:
        _chromium_access(before[at + 10 : policy], found)
    elif (at := lower.rfind("redirect from '", 0, policy + 1)) >= 0:
        first, _, rest = before[at + 15 : policy].partition(" to '")
        found.redirected_from, found.url = first.rstrip("'"), _quoted(rest)
    elif (at := lower.rfind("from origin '", 0, policy + 1)) >= 0:
        if lower[:policy].endswith(" from loading by "):  # until 2016 it named the resource's origin
            found.kind = _last_token(before[:at])
            found.url = _quoted(before[at + 13 : policy])
        else:
            found.origin = _quoted(before[at + 13 : policy])
            if match := _END_OF_ACCESS.search(before[:at]):  # the beginning is cut off
                found.url, found.redirected_from = match[1], match[2] or ""
    elif (at := lower.rfind("failed to load ")) >= 0:
        found.url = before[at + 15 :].partition(": ")[0].strip("'")
    elif (at := lower.rfind(" cannot load ")) >= 0:
        found.kind = _kind(before[:at])
        found.url = before[at + 13 :].partition(" ")[0].rstrip(_DOTS)
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
    found.value = _value(around.after)


def chromium_redirect(around: Around, found: Reading) -> None:
    """``Redirect location 'URL' …``: the URL stands in front of the phrase."""
    chromium(around, found)
    found.location = _last_token(around.before)


def chromium_preflight(around: Around, found: Reading) -> None:
    """Chromium's sentence about a preflight."""
    chromium(around, found)
    found.stage = Stage.PREFLIGHT


def redirect_cut(around: Around, found: Reading) -> None:
    """Read Chromium's sentence where it is cut off or retyped; others say it of a login's address."""
    chromium_preflight(around, found)
    found.is_prose = not _OF_PREFLIGHTS.search(f"{around.before_lower[-_LONGEST_VALUE:]} {around.after_lower[:60]}")


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
    name = _last_token(around.before)
    found.method = name if name.isupper() or _METHOD_IN_FRONT.search(around.before_lower[-_NEARBY:]) else ""


def header_refused(around: Around, found: Reading) -> None:
    """Read the name before the phrase."""
    _shared(around, found)
    if match := _HEADERS_IN_FRONT.search(around.before[-_LONGEST_VALUE:]):
        found.headers = tuple(re.findall(r"[\w-]+", match[1].replace(" and ", ", ")))
        found.header = found.headers[0]
    elif _HEADER_IN_FRONT.search(around.before_lower[-_NEARBY:]):
        found.header = _last_token(around.before)


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
        found.url = _first_url(around.before[at:])
    if match := _STATUS_CODE.match(around.after_lower):
        found.status = int(match[1])


def firefox_value(around: Around, found: Reading) -> None:
    """Firefox's sentence, with a header's value behind the phrase."""
    firefox(around, found)
    found.value = _value(around.after)
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
    found.header = _last_token(around.before)
    found.stage = Stage.PREFLIGHT


def firefox_header_cut(around: Around, found: Reading) -> None:
    """``missing token 'X' in CORS header``, cut off; people say the same of any value of a header."""
    firefox_header(around, found)
    found.is_prose = not _MISSING_TOKEN.search(around.before_lower[-_LONGEST_VALUE:])


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
        found.location = _first_url(around.before[at:])
        found.stage = Stage.ACTUAL
    elif match := _WEBKIT_LOADED.search(around.before):
        found.kind = _kind(match[1])
        found.url = _first_url(match[2])


_WEBKIT_LOADED: Final = re.compile(
    r"\b((?:\w{1,40} )?\w{1,40}) cannot load (\S{1,2000}?)(?: due to access control checks)?[.,] "
    r"(?:Origin \S{1,300} ?)?\Z",
    re.IGNORECASE,
)


def webkit_origin(around: Around, found: Reading) -> None:
    """Read the page's origin before the phrase."""
    webkit(around, found)
    found.origin = _last_token(around.before)


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
    found.url, page = _first_url(around.after), _first_url(around.after.partition(" from ")[2])
    if page.startswith("chrome-error:"):  # which stands there because the URL could not be loaded
        found.causes = ("unreachable", "frame-options")
    else:
        found.origin = _origin_of_page(page)


def redirection_url(around: Around, found: Reading) -> None:
    """``… policy: redirection URL U has credentials``."""
    found.location = _first_url(around.after)


def followed_by(reader: Reader, words: str) -> Reader:
    """Return `reader` for a phrase of everyday words, which is a message only if `words` follow in its sentence."""

    def read(around: Around, found: Reading) -> None:
        reader(around, found)
        found.is_prose = found.is_prose or words not in around.after_lower[:_LONGEST_SENTENCE]

    return read


_LONGEST_SENTENCE: Final = 600


def behind(reader: Reader, words: str) -> Reader:
    """Return `reader` for a phrase of everyday words, which is a message only behind `words` in its sentence."""

    def read(around: Around, found: Reading) -> None:
        reader(around, found)
        found.is_prose = found.is_prose or words not in around.before_lower[-_LONGEST_URL:]

    return read


def ending(reader: Reader) -> Reader:
    """Return `reader` for a phrase that is a message only if its sentence does not go on."""

    def read(around: Around, found: Reading) -> None:
        reader(around, found)
        follows = _EXPLAINED if around.phrase[-1].isdigit() else _WORD_FOLLOWS  # a number of something else
        found.is_prose = found.is_prose or bool(follows.match(around.rest))

    return read


_WORD_FOLLOWS: Final = re.compile(r",? [a-z]{1,30}(?=[ ,]|\Z)")  # not the name of a file
_EXPLAINED: Final = re.compile(r"\d|[.:] [A-Za-z]")


def url_before(around: Around, found: Reading) -> None:
    """The last URL in front of the phrase."""
    found.url = _last_url(around.before)


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
    found.url, found.is_report = _last_url(around.before), only_reports(around)


_DIRECTIVE: Final = re.compile(
    r"\b((?:connect|default|font|img|manifest|media|script|style|worker)-src(?:-elem|-attr)?)\b"
)


def policy_before(around: Around, found: Reading) -> None:
    """The last URL in front of the phrase, and the directive of the Content Security Policy behind it."""
    found.url = _last_url(around.before)
    _directive(around, found)


def policy_after(around: Around, found: Reading) -> None:
    """The first URL behind the phrase, and the directive of the Content Security Policy."""
    found.url = _next_url(around)
    _directive(around, found)


def _directive(around: Around, found: Reading) -> None:
    found.is_report = only_reports(around)
    if match := _DIRECTIVE.search(around.after_lower):
        found.value = match[1]


def beginning(reader: Reader) -> Reader:
    """Return `reader` for a phrase that is a message only if no word of its sentence is in front of it."""

    def read(around: Around, found: Reading) -> None:
        reader(around, found)
        found.is_prose = found.is_prose or bool(_WORD_IN_FRONT.search(around.begun))

    return read


_WORD_IN_FRONT: Final = re.compile(r"(?:\A| )[a-z]+ \Z")


def url_after(around: Around, found: Reading) -> None:
    """The first URL behind the phrase."""
    found.url = _next_url(around)


def firefox_font(around: Around, found: Reading) -> None:
    """``downloadable font: download failed (…): bad URI or cross-site access not allowed source: URL``."""
    found.kind = "font"
    found.url = _first_url(around.after)
    if found.url.startswith("file:"):
        found.causes = ("url-scheme",)


_EDGE_ORIGIN: Final = re.compile(r"origin '?([a-z][a-z0-9+.-]*://[^\s']{1,300}|null)\b", re.IGNORECASE)


def edge_origin(around: Around, found: Reading) -> None:
    """``Origin X not found in …``, or ``[CORS] The origin 'X' did not find 'X' in … resource at 'URL'``."""
    if match := _EDGE_SENTENCE.match(around.after):
        found.origin, found.url = match[1], _first_url(match[2] or "")


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
    if match := _EDGE_ORIGIN.search(around.before[-_LONGEST_VALUE:]):
        found.origin = match[1]


def edge_header_before(around: Around, found: Reading) -> None:
    """``Request header X`` in front of the phrase."""
    found.header, found.stage = _last_token(around.before), Stage.PREFLIGHT


def edge_method_before(around: Around, found: Reading) -> None:
    """``Request method X`` in front of the phrase."""
    found.method, found.stage = _last_token(around.before), Stage.PREFLIGHT


def of_preflight(_around: Around, found: Reading) -> None:
    """Read only that it is about a preflight."""
    found.stage = Stage.PREFLIGHT


def word_before(around: Around, found: Reading) -> None:
    """The page's origin is the word in front of the phrase; what is neither an origin nor called one is prose."""
    found.origin = _last_token(around.before)
    is_one = _ORIGIN.fullmatch(found.origin)
    found.is_prose = not (is_one or _SPOKEN_OF.search(around.before_lower[-_NEARBY:]))


_ORIGIN: Final = re.compile(r"null|[a-z][a-z0-9+.-]{0,20}://\S{1,300}", re.IGNORECASE)
_SPOKEN_OF: Final = re.compile(r"\borigin ?'?$")


def url_of(scheme: str) -> Reader:
    """Return a reader for a phrase that ends with the scheme of a URL."""

    def read(around: Around, found: Reading) -> None:
        found.url = _first_url(scheme + around.after)

    return read


def preflight_row(around: Around, found: Reading) -> None:
    """Read what Chromium's network panel says of a preflight, and the URL in front of it."""
    found.url = _last_url(around.before)
    found.stage = Stage.PREFLIGHT


def node_error(around: Around, found: Reading) -> None:
    """Node's error behind the phrase of a proxy: why it has no answer of the server."""
    said = around.after_lower[:_LONGEST_VALUE]
    found.causes = next(((cause,) for part, cause in _NODE_ERRORS if part in said), ())


_NODE_ERRORS: Final = (
    ("certificate", "certificate"),
    ("unable_to_verify_leaf_signature", "certificate"),
    ("econnrefused", "unreachable"),
    ("enotfound", "name-not-found"),
    ("etimedout", "timed-out"),
    ("econnreset", "connection-broken"),
)
"""https://nodejs.org/api/errors.html#common-system-errors, and what OpenSSL says of a certificate."""


def url_around(around: Around, found: Reading) -> None:
    """The last URL in front of the phrase in its line, or the next one behind it."""
    found.url = _last_url(around.begun) or _next_url(around)


def url_dumped(around: Around) -> str:
    """Return the URL that a dump of JSON has next to a name, not that of a script; "" if none is near."""
    near = f"{around.before[-_NEARBY:]} {around.after[:_NEARBY]}"
    found = (match[1] for match in _URL_DUMPED.finditer(near) if not _OF_SCRIPT.search(near[: match.start()]))
    return next(found, "")


_URL_DUMPED: Final = re.compile(r"'url'? ?: ?'(https?://[^']{1,300})'", re.IGNORECASE)
_OF_SCRIPT: Final = re.compile(r"'(?:initiator|location|sourcecodelocation)'? ?: ?\{[^{}]*$", re.IGNORECASE)


def page_and_url(around: Around, found: Reading) -> None:
    """``Mixed Content: The page at 'PAGE' was loaded over HTTPS, but requested an insecure … 'URL'``."""
    if match := _INSECURE.match(around.after):
        found.url = _SENTENCE_END.sub("", match[1])
    found.origin = _origin_of_page(_last_url(around.before))


_INSECURE: Final = re.compile(r"[^:.]{0,60}? '?((?:http|ws|ftp)://[^\s'()<>]{1,2000})", re.IGNORECASE)


def _origin_of_page(url: str) -> str:
    return "/".join(url.split("/")[:3])


def refused_origin(around: Around, found: Reading) -> None:
    """Read the page's origin in front of Socket.IO's phrase, which names no address of the server."""
    found.origin = _origin_of_page(_last_url(around.before))


def check_load(around: Around, found: Reading) -> None:
    """``Security Error: Content at PAGE may not load data from URL``: a worker's script, or a same-origin fetch."""
    found.url = _first_url(around.after)
    found.is_prose = "content at " not in around.before_lower[-_LONGEST_URL:]
    found.origin = _origin_of_page(_last_url(around.before))
    if found.url.partition("?")[0].endswith((".js", ".mjs")):
        found.causes = ("worker-origin", "request-mode")


def unquoted_value(around: Around, found: Reading) -> None:
    """Chromium's sentence without the quotes around the header's name."""
    chromium(around, found)
    found.value = _value(around.after.lstrip(" ").removeprefix("'")) if around.after.startswith(" '") else ""


def origin_before_blank(around: Around, found: Reading) -> None:
    """ASP.NET's ``Request origin X does not have permission …``."""
    if (at := around.before_lower.rfind("request origin ")) >= 0:
        found.origin = around.before[at + 15 :].strip(" '")
    else:
        found.is_prose = True  # a user has no permission


def aspnet_header(around: Around, found: Reading) -> None:
    """ASP.NET's ``Request header 'X' not allowed in CORS policy``, and the same of a method."""
    name = around.before.rpartition("'")[2]
    if around.before.removesuffix(f"'{name}").lower().endswith("request method "):
        found.method, found.causes = name, ("method-not-allowed",)
    else:
        found.header = name
    found.stage = Stage.PREFLIGHT


_ASPNET_NAME: Final = re.compile(r"request (method|header) ([\w-]{1,60}) ?$", re.IGNORECASE)


def aspnet_name(around: Around, found: Reading) -> None:
    """ASP.NET's ``Request method X not allowed in CORS policy``, which has no quotes."""
    found.stage = Stage.PREFLIGHT
    match = _ASPNET_NAME.search(around.before[-_NEARBY:])
    if match and match[1].lower() == "method":
        found.method, found.causes = match[2], ("method-not-allowed",)
    elif match:
        found.header = match[2]


def of_phrase(phrase: str) -> Reader:
    """Return a reader for a log's `phrase`: what its end quotes or it says of, and whether it is about a preflight."""
    phrase = phrase.partition("…")[0]

    def read(around: Around, found: Reading) -> None:
        if "preflight" in phrase:
            found.stage = Stage.PREFLIGHT
        if phrase.endswith("origin '"):
            found.origin = _quoted(around.after)
        elif phrase.endswith(("method '", "http '")):
            found.method = _quoted(around.after)
        elif phrase.endswith("headers '"):  # Java and Go print a list in brackets, Go without commas
            found.headers = tuple(_quoted(around.after).strip("[]").replace(",", " ").split())
            found.header, found.stage = next(iter(found.headers), ""), Stage.PREFLIGHT
        elif phrase.startswith((" is ", " does not match ")):
            word_before(around, found)
        elif phrase.endswith("origin: "):
            match = _ORIGIN.match(around.after)
            found.origin, found.is_prose = match[0] if match else "", match is None

    return read


def origin_after(around: Around, found: Reading) -> None:
    """Read the page's origin after Django's phrase."""
    found.origin = _first_url(around.after)
    if around.after_lower.startswith("null "):
        found.origin, found.causes = "null", ("null-origin", "csrf-origin")


def django_token(around: Around, found: Reading) -> None:
    """Django's ``CSRF token from POST incorrect.``, or ``from the 'X-Csrftoken' HTTP header has incorrect length.``."""
    found.is_prose = not _WRONG_TOKEN.match(around.after_lower)


_WRONG_TOKEN: Final = re.compile(r"(?:post|the '[^']{1,60}' http header) (?:has )?in")


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
            said = around.after[:_LONGEST_VALUE].lstrip(" ")
            bare = _GOES_ON.split(said, maxsplit=1)[0]
            found.value = _value(said[1:]) if said.startswith("'") else bare if _BARE_VALUE.fullmatch(bare) else ""

    return read


_BARE_VALUE: Final = re.compile(r"\S*|(?:(?:\*|null|[^\s,]+:[^\s,]+)(?:,? |,?\Z))+")
"""A word, or a list of origins; other words are those of a sentence."""


_LONGEST_VALUE: Final = 300
_GOES_ON: Final = re.compile(r",? ?(?:\b(?:that|which|but|and|is)\b|[)(]|\. |\.?$)")


def router(around: Around, found: Reading) -> None:
    """Heroku's ``at=error code=H12 desc="Request timeout" … status=503``."""
    code = re.match(r"\d{2}", around.after)
    found.causes = ("proxy-timeout",) if code and code[0] in _HEROKU_TIMEOUTS else ("proxy-bad-gateway",)
    if match := re.search(r" status=(\d{3})\b", around.after):
        found.status = int(match[1])


def of_lambda(around: Around, found: Reading) -> None:
    """Lambda's ``Task timed out after 3.00 seconds``; what runs jobs rounds."""
    found.is_prose = not _HUNDREDTHS.match(around.after)


_HUNDREDTHS: Final = re.compile(r"\d{1,3}\.\d\d seconds\b")

_HEROKU_TIMEOUTS: Final = frozenset({"12", "15", "28"})
"""https://devcenter.heroku.com/articles/error-codes: request timeout, idle connection, client too slow."""


ORIGIN_LOGGED: Final = re.compile(
    r"(?<![\w-])origin'?(?: ?[=:] ?| )(?:some\()?['\[(]?(null\b|[a-z][a-z0-9+.-]{1,20}://[^\s'();,\]]{1,300})",
    re.IGNORECASE,
)
"""How a log names the origin that it refused."""
_LOGGED_METHOD: Final = re.compile(r";method=([a-z]{3,7})\b")
_NEARBY: Final = 200  # characters of a log's line


def origin_logged(around: Around, found: Reading) -> None:
    """The origin behind the phrase, as in ``origin: null``."""
    if match := ORIGIN_LOGGED.search(around.after[:_NEARBY]):
        found.origin = match[1]


def cors_filter(around: Around, found: Reading) -> None:
    """``Invalid CORS request``, to which Play adds ``;Origin=Some(X);Method=M``: only an OPTIONS has lists to fail."""
    origin_logged(around, found)
    match = _LOGGED_METHOD.search(around.after_lower[:_NEARBY])
    if match and match[1] != "options":
        found.causes = ("origin-not-allowed",)


def refused_by_cors(around: Around, found: Reading) -> None:
    """``Origin X is not allowed by CORS``, and the same of a method or a header; not what somebody says of a status."""
    said = around.before[-_NEARBY:]
    if _SAID_OF_IT.search(said):
        found.is_prose = True
    elif _IN_CODE.search(said):
        found.causes = ("origin-not-allowed", "cors-absent")
    elif match := _REFUSED_NAME.search(said):
        found.stage = Stage.PREFLIGHT
        if match[1].lower() == "method":
            found.method, found.causes = match[2], ("method-not-allowed",)
        else:
            found.header, found.causes = match[2], ("header-not-allowed",)
    elif match := _REFUSED_ORIGIN.search(said):
        found.origin = match[1]
    else:
        origin_logged(around, found)


_IN_CODE: Final = re.compile(r"\bnew \w{0,20}Error\( ?'$", re.IGNORECASE)
"""What a server would say is not what it said."""
_SAID_OF_IT: Final = re.compile(r"\b(?:it|that|this|which) is $", re.IGNORECASE)
_REFUSED_NAME: Final = re.compile(
    r"\b(method|header):? '?(?!(?:is|was)\b)([\w-]{2,60})'? (?:is |was )?$", re.IGNORECASE
)
_REFUSED_ORIGIN: Final = re.compile(
    r"(?<![^\s'(:])(null|[a-z][a-z0-9+.-]{1,20}://[^\s'(),]{1,300})'?[,:]? (?:is |was )?$", re.IGNORECASE
)


def firefox_row(around: Around, found: Reading) -> None:
    """Firefox's row of a preflight, ``XHR OPTIONS URL [HTTP/1.1 404 Not Found 9ms]``, in front of the phrase."""
    found.stage = Stage.PREFLIGHT
    if match := _FIREFOX_ROW.search(around.before):
        found.url = match[1]
        found.status = int(match[2]) if match[2] else None


_FIREFOX_ROW: Final = re.compile(r"\bOPTIONS (https?://[^\s'()\[]{1,2000}) ?(?:\[HTTP/[\d.]+ (\d{3})[^\]]{0,80}\] ?)?$")


def origin_named(around: Around, found: Reading) -> None:
    """Jupyter's ``Blocking Cross Origin API request.  Origin: X, Host: Y``."""
    if (at := around.after_lower.find("origin: ")) >= 0:
        found.origin = around.after[at + 8 :].partition(",")[0].rstrip("/")


def header_after(around: Around, found: Reading) -> None:
    """A header's name behind the phrase, up to the quote."""
    found.header = _quoted(around.after)


def header_after_colon(around: Around, found: Reading) -> None:
    """A header's name behind the phrase and a colon."""
    found.header = around.after.removeprefix(": ").partition(" ")[0].rstrip(_DOTS)


def forbidden_method(around: Around, found: Reading) -> None:
    """Read the method: before Chromium's phrase, after Firefox's; WebKit's has none. Servers refuse other methods."""
    found.stage = Stage.REQUEST
    if match := _QUOTED_LAST.search(around.before[-_NEARBY:]) or _METHOD_NEXT.match(around.after):
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
        found.method, found.url = words[-2], _first_url(words[-1])
    elif around.before_lower.endswith(_NET_ERROR_FOLLOWS):  # of a WebSocket
        found.url = _quoted(around.before)
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
    word = begun[-_LONGEST_URL:].removesuffix("Failed to load resource: ").rstrip(" -").rpartition(" ")[2]
    if _URL.fullmatch(word):
        found.url = _LINE_OF_LINK.sub(r"\1", _first_url(word))
    elif match := _LINK.fullmatch(word):
        found.link = match[1].partition("?")[0]


_LINE_OF_LINK: Final = re.compile(r"\A(\w+://[^/]+/.*):\d{1,6}\Z")
_LINK: Final = re.compile(r"(?:\d{0,3}(?=[a-z]))?([\w.~/%?=&-]{1,200}):\d{1,6}", re.IGNORECASE)
"""A link and its line; in front of it, without a blank, how often the message came."""


def websocket(around: Around, found: Reading) -> None:
    """``WebSocket connection to 'URL' failed: …``; not one that opened, or that the page closed."""
    found.url = _quoted(around.after)
    outcome = around.after_lower[len(found.url) :]
    found.is_prose = not outcome.startswith("' failed") or outcome.startswith(_CLOSED_BY_PAGE)
    found.is_prose = found.is_prose or outcome.endswith(_NET_ERROR_FOLLOWS)  # which `net_error` reads
    if match := _CODE_OF_HANDSHAKE.search(outcome):
        _handshake(int(match[1]), found)
    else:
        others = (cause for said, cause in _OTHER_FAULTS if said in outcome[:_NEARBY])
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


def handshake_refused(around: Around, found: Reading) -> None:
    """A client's ``opening handshake response is not '101 Switching Protocols'. The status line is: …``."""
    if match := _STATUS_LINE.search(around.after[:_NEARBY]):
        _handshake(int(match[1]), found)


def _handshake(status: int, found: Reading) -> None:
    """Record the status of a handshake's answer: with another than 403 no server refuses an origin."""
    found.status = status
    if status != _FORBIDDEN:
        found.causes = ("http-error", "websocket-origin")


_CODE_OF_HANDSHAKE: Final = re.compile(r"unexpected response code: (\d{3})\b")
_STATUS_LINE: Final = re.compile(r"\bHTTP/[\d.]+ (\d{3})\b")
_FORBIDDEN: Final = 403


def own_refusal(around: Around, found: Reading) -> None:
    """Wsgicors' own ``The origin 'X' is not allowed here.``, and of a method, the null origin, Authorization."""
    match = _OWN_REFUSAL.search(around.before[-_LONGEST_VALUE:])
    if match is None:
        found.is_prose = True
    elif match[1]:
        found.origin = match[1]
    elif match[2]:
        found.causes, found.method = ("method-not-allowed",), match[2]
    elif match[0].lower().endswith("origin"):
        found.causes = ("null-origin",)
    else:
        found.causes, found.header = ("header-wildcard-authorization",), "Authorization"


_OWN_REFUSAL: Final = re.compile(
    r"(?<![a-z])the (?:null origin|origin '?([^\s']{1,300})'?|method '?([^\s']{1,80})'?|request header authorization)$",
    re.IGNORECASE,
)


def own_malformed(around: Around, found: Reading) -> None:
    """Wsgicors' own ``The Origin header 'X' is not an origin.``."""
    found.is_prose = not _OWN_ORIGIN.search(around.before_lower[-_LONGEST_VALUE:])


_OWN_ORIGIN: Final = re.compile(r"\borigin header '[^']{0,280}$")


def origin_before(around: Around, found: Reading) -> None:
    """Wsgicors' own ``The origin 'X' is …``: the page's origin stands in front of the phrase."""
    found.origin = around.before.rpartition(" '")[2].rstrip("'")


def own_headers(around: Around, found: Reading) -> None:
    """Wsgicors' own ``These request headers are not allowed here: 'x-a, x-b'.``."""
    found.headers = tuple(name.strip() for name in around.after.lstrip("'").partition("'")[0].split(","))
    found.header = found.headers[0]
    found.stage = Stage.PREFLIGHT


def starlette(around: Around, found: Reading) -> None:
    """``Disallowed CORS origin, method, headers``: what was refused, each by its name."""
    refused = re.match(r"(?:origin|method|headers|private-network|, )+", around.after_lower)
    names = refused[0].split(", ") if refused else []
    found.causes = tuple(_STARLETTE[name] for name in names if name in _STARLETTE)
    found.is_prose = not found.causes
    found.stage = Stage.PREFLIGHT


_STARLETTE: Final = {
    "origin": "origin-not-allowed",
    "method": "method-not-allowed",
    "headers": "header-not-allowed",
    "private-network": "private-network-header",
}


def posted(around: Around, found: Reading) -> None:
    """``Failed to execute 'postMessage' on 'X': …``, unless its message cannot be copied, which is another fault."""
    found.is_prose = bool(_NOT_COPIED.match(around.after_lower))


_NOT_COPIED: Final = re.compile(r" '\w{1,40}': (?:\Z|sharedarraybuffer\b|.{0,200}could not be cloned)")


def origin_of_frame(around: Around, found: Reading) -> None:
    """``Blocked a frame with origin 'O' from accessing a …``: the page of the script stands in front."""
    if (at := around.before_lower.rfind("with origin '")) >= 0:
        found.origin = _quoted(around.before[at + 13 :])


def nothing(_around: Around, _found: Reading) -> None:
    """Read nothing, for a phrase whose context has no facts."""


def of_backend(around: Around, found: Reading) -> None:
    """Read nothing; what an app's own connection to its database became is no message."""
    dialled = around.before_lower.rpartition("dial tcp")[2]
    found.is_prose = "dial tcp" not in around.before_lower[-_LONGEST_DIAL:] or bool(_OF_DATABASE.search(dialled))


_LONGEST_DIAL: Final = 200
_OF_DATABASE: Final = re.compile(r":(?:1433|1521|3306|5432|5672|6379|9042|9092|9200|11211|27017)\b")
"""The usual ports of databases, caches and queues."""
