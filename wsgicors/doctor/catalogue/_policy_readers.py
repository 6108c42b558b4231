"""Read the facts in what browsers say besides CORS: of networks, other policies, frames and sockets."""

import re
from typing import Final

from wsgicors._http import FORBIDDEN_METHODS
from wsgicors.browser import Stage
from wsgicors.doctor.catalogue._net_errors import net_error_cause
from wsgicors.doctor.catalogue._readers import (
    DOTS,
    LONGEST_URL,
    METHODS,
    NEARBY,
    SENTENCE_END,
    STATUS_NEXT,
    URL,
    Around,
    Reading,
    first_url,
    handshake,
    last_url,
    next_url,
    origin_of_page,
    quoted,
    url_after,
)

_STATUS_HERE: Final = re.compile(r" (\d{3})(?= ?\(| |\Z)")


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
    if match := STATUS_NEXT.match(around.after):
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
