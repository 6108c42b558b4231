"""Read what people write where they paste no message: a header in a sentence, a script's check, a sentence cut off.

It is read only if nothing else in a text was recognized.

>>> [message.causes for message in read_prose("The server sends both `Access-Control-Allow-Origin: *` and "
...     "`Access-Control-Allow-Origin: https://a.example`.", Pasted())]
[('two-layers', 'allow-origin-list')]
"""

import re
from collections.abc import Callable
from typing import Final

from wsgicors._http import is_token, list_members
from wsgicors.browser import Failure, Stage
from wsgicors.doctor.catalogue._server_readers import ORIGIN_LOGGED
from wsgicors.doctor.evidence._broken_off import NO_MATCH, Begun, of_chromium, of_firefox
from wsgicors.doctor.evidence._console import LONGEST_TEXT
from wsgicors.doctor.evidence._facts import Facts, clean_origin
from wsgicors.doctor.evidence._flat_text import in_one_line, lines, plain
from wsgicors.doctor.evidence._json_members import origin_beside
from wsgicors.doctor.evidence._message import Message
from wsgicors.doctor.evidence._options import read as unanswered
from wsgicors.doctor.evidence._own_words import origin_at, place_said, refused
from wsgicors.doctor.evidence._pasted import Pasted
from wsgicors.doctor.evidence._shown import (
    Said,
    answered,
    asked,
    cut_off,
    head,
    in_jsdom,
    told,
    unconnected,
    unreadable,
)
from wsgicors.doctor.evidence._unsaid import search

_ALLOW_ORIGIN: Final = re.compile(r"access-control-allow-origin'?(?: ?[:=]|',| to) ?['\[]{0,2}([^\s'\],;]{1,200})")
_TWICE: Final = re.compile(r"\b(?:both|twice|two|duplicated?|double[ds]?|multiple)\b")
_SENT: Final = re.compile(
    r"withcredentials'? ?(?:[:=] ?|(?:is )?(?:set )?(?:to )?)'?true\b"
    r"|credentials'? ?(?:[:=] ?|(?:mode )?(?:is )?(?:set )?(?:to )?)'?include\b"
)
_ALLOWED: Final = re.compile(
    r"access-control-allow-credentials'?(?: ?[:=]|',| to) ?['\[]{0,2}true"
    r"|supports_credentials ?= ?true|allow_credentials ?= ?true"
)
_ORIGIN_REFUSED: Final = re.compile(
    r"\borigin:? '?(?:([a-z][a-z0-9+.-]{1,20}://[^\s',]{1,300}(?<!\.)|null)'?,? )?(?:is |was )?"
    r"(?:denied|disallowed|forbidden|invalid|not allowed|not permitted|rejected|unauthori[sz]ed"
    r"|not in (?:the )?(?:allowed|list)|(?:header )?does not match)\b"
    r"|\borigin_(?:mismatch|not_allowed)\b|\btarget origin mismatch\b"
    r"|\b(?:denied|not allowed|not enabled) for (?:the|this) origin\b"
    r"|\bcors (?:blocked|denied|refused|rejected)(?: for)?:? (?:origin\b|https?://)"
    r"|\b(?:bad|disallowed|forbidden|invalid|unauthori[sz]ed|unknown|untrusted) origin\b"
)
_LOGIN_CHECK: Final = re.compile(
    r"\bunauthori[sz]ed\b|\bauthentication (?:failure|failed|required)|\bno (?:bearer|auth\w*) token"
    r"|\bnot authenticated\b|\bcredentials were not provided\b"
)
_PREFLIGHT_STATUS: Final = re.compile(
    r"\b(?:OPTIONS|[Pp]re-?flight)\b(?: before (?:the )?[A-Z]{3,6}\b)?"
    r"(?:(?!\b(?:GET|POST|PUT|PATCH|DELETE|but)\b)[^.\d]){0,60}?"
    r"(?:\b(?:with|returns?|returned|gives?|gets?|got|answers?|responds?|sends?|sent|throws|status|code|error|is)"
    r"|(?<![\w.])(?:status|code)['\"]?[:=]|(?<!['\"]):|(?<![\w'\"])=)"
    r"[ '\"`(]{0,3}"
    r"(?:(?:an?|HTTP|http|status|code|error|of) ){0,4}['\"`(]{0,3}([345]\d\d)\b"
    r"(?! ?m?s\b| (?:items|of|records|requests|results|rows|times|users)\b)"
)
_WRITING: Final = re.compile(r"\b(PUT|PATCH|DELETE)\b")
_WITHOUT_HEADERS: Final = re.compile(
    r"(?:\bcors headers? (?:is|are|was|were)(?: not|n't) (?:added|included|present|returned|sent|set)"
    r"|\b(?:no|without|missing) cors headers?) (?:at|for|in|on|to|when|with)\b[^.\d]{0,40}?"
    r"(?<![\w./:-])([45]\d\d)(?![\w/-])"
    r"|(?<![\w./:-])([45]\d\d)\b(?![/-])[^.\d]{0,60}?\bcors (?:response )?headers? (?:is|are|was|were)"
    r"(?: not|n't| missing)\b"
)
_CUT: Final = re.compile(
    r"disallows reading the remote resource(?: at \(?([a-z][a-z0-9+.-]{1,20}:[^\s'()]{0,2000}))?"
    r"|(?:mismo origen|même origine|same origin)\b.{0,60}? (?:en|sur|at) (file:)"
)


def read_prose(text: str, pasted: Pasted) -> list[Message]:
    """Return what `text` says of CORS in its author's own words: at most one message.

    Args:
        text: The text.
        pasted: What it has of exchanges.
    """
    cut = text[:LONGEST_TEXT]
    said = Said(cut, plain(cut), pasted)
    found = (read(said) for read in _READERS)
    return [message for message in found if message][:1]


def sends_credentials(text: str) -> bool:
    """Whether `text` says that the page includes credentials in its request.

    >>> sends_credentials("It fails if `withCredentials` is set to true"), sends_credentials("withCredentials: false")
    (True, False)
    """
    return bool(_SENT.search(plain(text[:LONGEST_TEXT])))


def _headers(said: Said) -> Message | None:
    """Read the values of Access-Control-Allow-Origin: two at once, or an asterisk with credentials."""
    values = _ALLOW_ORIGIN.findall(said.lower)
    if len(set(values)) > 1 and _TWICE.search(said.lower):
        return told("two-layers", "allow-origin-list", facts=Facts())
    if "*" in values and (_SENT.search(said.lower) or _ALLOWED.search(said.lower)):
        facts = Facts(value="*", credentials=True)
        return told(failures=(Failure.ALLOW_ORIGIN_WILDCARD,), facts=facts)
    return None


def _origin(said: Said) -> Message | None:
    """Read a server's own words that it refuses an origin."""
    place = place_said(_ORIGIN_REFUSED, said)
    logged = ORIGIN_LOGGED.search(said.lower) if not place and "cors" in said.lower else None
    origin = (place.match[1] or origin_at(place)) if place else logged[1] if logged else ""
    is_refused = place or origin == "null"
    return told("origin-not-allowed", "csrf-origin", facts=Facts(origin=origin)) if is_refused else None


def _checked(said: Said) -> Message | None:
    """Read OPTIONS sent by a command, and a login check's words."""
    if _LOGIN_CHECK.search(said.lower) and said.pasted.asks_with_options():
        return told("preflight-authentication", "outside-order", stage=Stage.PREFLIGHT, facts=Facts())
    return None


def _doubled(said: Said) -> Message | None:
    """Read the headers of an answer that has Access-Control-Allow-Origin in two lines, or several values in one."""
    values: list[str] = []
    for line in said.text.splitlines():
        name, colon, value = line.lstrip("<>*` ").partition(":")
        if not (colon and is_token(name)):
            values = []  # the end of a head
        elif name.lower() == "access-control-allow-origin":
            values.append(value.strip(" `"))
            members = list_members(values[0])
            if len(members) > 1 and all(member == "*" or clean_origin(member) for member in members):
                return told(failures=(Failure.ALLOW_ORIGIN_MULTIPLE,), facts=Facts(value=values[0]))
        if len(values) > 1:
            return told("two-layers", "allow-origin-list", facts=Facts(value=", ".join(values)))
    return None


def _refused(said: Said) -> Message | None:
    """Read a preflight's status in somebody's own words."""
    match = search(_PREFLIGHT_STATUS, said.text)
    if match is None:
        return None
    method = _WRITING.search(said.text)
    # A CORS layer, such as that of gorilla/handlers, also answers 405 where its own list lacks the method.
    failures = (Failure.STATUS_NOT_OK, Failure.METHOD_NOT_ALLOWED) if match[1] == "405" else (Failure.STATUS_NOT_OK,)
    facts = Facts(status=int(match[1]), method=method[1] if method else "")
    return told(failures=failures, stage=Stage.PREFLIGHT, facts=facts)


def _bare(said: Said) -> Message | None:
    """Read that an answer with a certain status has no CORS headers."""
    match = search(_WITHOUT_HEADERS, said.lower)
    status = int(match[1] or match[2]) if match else None
    return told(failures=(Failure.ALLOW_ORIGIN_MISSING,), facts=Facts(status=status)) if match else None


def _opaque(said: Said) -> Message | None:
    """Read what a script finds in a response that no-cors made opaque: no body, the status 0."""
    if _NO_CORS.search(said.lower) and _NOTHING_READ.search(said.lower):
        return told("no-cors-mode", facts=Facts(), is_retold=True)
    return None


_NO_CORS: Final = re.compile(r"\bmode'? ?(?:[:=]|of|to|is)? ?'?no-cors\b|\bno-cors mode\b")
_NOTHING_READ: Final = re.compile(
    r"\bunexpected end of (?:json )?(?:input|data)\b|\btype'? ?(?:[:=]|is) ?'?opaque\b|\bopaque response"
    r"|\bstatus'? ?(?:[:=]|is) ?0\b|\b(?:body|response) is (?:empty|null)\b|\bempty (?:body|response)\b"
)


def _muted(said: Said) -> Message | None:
    """Read the whole of what a page learns about an error in a script that was loaded without CORS."""
    return told("crossorigin-missing", facts=Facts()) if said.lower.strip(" '.") == "script error" else None


def _cut(said: Said) -> Message | None:
    """Read Firefox's sentence without its reason."""
    match = _CUT.search(said.lower)
    if match is None:
        return None
    url = in_one_line(said.text)[slice(*match.span(1 if match[1] else 2))] if match[1] or match[2] else ""
    if url and not url.lower().startswith("http"):
        return told("url-scheme", facts=Facts(url=url))
    return _told(of_firefox(_until(said, "(reason: ")))


def _until(said: Said, words: str) -> str:
    """Return the text with the first line that has `words`, and what is in front of it, in one line."""
    told_in = lines(said.text)
    ends = (at for at, line in enumerate(told_in, 1) if words in line.lower())
    return " ".join(told_in[: next(ends, len(told_in))])


def _told(begun: Begun) -> Message:
    return told(failures=begun.failures, stage=begun.stage, facts=begun.facts)


def _without_origin(said: Said) -> Message | None:
    """Read the answer to a command that sent no Origin, unless the text says what a browser made of such a request."""
    one = said.pasted.without_origin()
    if one is None or _BLOCKED.search(said.lower) or _PERHAPS_SENT.search(said.text):
        return None
    kept = head(said)
    if kept and "cached-origin" in kept.causes:
        return None  # a cache has this answer for pages, too
    is_preflight = one.method == "OPTIONS"
    received = {name.lower(): value for name, value in one.received}
    facts = Facts(
        url=one.url,
        method="" if is_preflight else one.method,
        status=one.status,
        value=received.get("access-control-allow-origin", ""),
        is_bare="origin" not in received.get("vary", "").lower(),
    )
    return told("request-without-origin", stage=Stage.PREFLIGHT if is_preflight else None, facts=facts)


_BLOCKED: Final = re.compile(r"\bcors\b|\bblocked\b")
_PERHAPS_SENT: Final = re.compile(
    r"(?<![\w-])(?i:origin)['\"]? ?[:=;]|(?<!\S)(?:-[a-zA-Z]{0,4}K|--config)[ =]\S"
    r"|(?<!\S)(?:-H ?|--headers?[ =])['\"]?[@$]"
    r"|\bcurl [^\n]*\$(?:[\w({]|\{)|(?i:-headers) \$|^[^\S\n]*-H ?['\"]",
    re.MULTILINE,
)
"""A header, or the place of one, that is not read: in another spelling, in a variable or a file, or on another line."""


def _named(said: Said) -> Message | None:
    """Read Chromium's sentence without its reason, or the bare name of CORS."""
    if _VALUE_CUT.search(said.lower):
        failures = (Failure.ALLOW_ORIGIN_MISMATCH, Failure.ALLOW_ORIGIN_MULTIPLE, Failure.ALLOW_ORIGIN_INVALID)
        return told(failures=failures, facts=Facts())
    if match := _NOT_ALLOWED.search(said.lower):
        return told(failures=NO_MATCH, facts=Facts(origin=match[1]))
    if "blocked by cors policy" in said.lower:
        return _told(of_chromium(_until(said, "blocked by cors policy")))
    if match := _BY_CORS.search(said.lower):
        return told(failures=NO_MATCH, facts=Facts(origin=origin_beside(said.lower, *match.span())))
    if "cross-origin request blocked" in said.lower:
        return told(failures=(Failure.ALLOW_ORIGIN_MISSING, Failure.NO_RESPONSE), facts=Facts())
    if _NAME.search(said.lower):  # the browser said so: there was an answer
        return told("unspecified", failures=NO_MATCH, facts=Facts())
    return told("unspecified", facts=Facts()) if _TOLD_NOTHING.search(said.lower) else None


_BY_CORS: Final = re.compile(r"blocked by (?:the )?cors")
_VALUE_CUT: Final = re.compile(r"policy: the '?access-control-allow-origin'?(?: header)?\W*\Z")
_NOT_ALLOWED: Final = re.compile(r"origin '?([^\s']{1,200})'? is therefore not allowed")
_NAME: Final = re.compile(r"\bcors\b|(?<!when-)\bcross[- ]origin\b(?! (?:frame|object))|access-control-allow-")
"""A name of CORS; not a policy of referrers, and not a script that reaches into a frame."""
_TOLD_NOTHING: Final = re.compile(
    r"\bnetwork ?error\b|\bfailed to fetch\b|(?<![a-z] )\bload failed\b|\b0 unknown error\b|'unknown error'"
    r"|\b'?istrusted'?: ?true\b|\bprovisional headers are shown\b|\[object progressevent\]"
    r"|\bstatus'?(?: code)?(?: ?[:=]| is| of) ?0\b"
)
"""What a script or a panel shows of a request that a browser did not let it read."""

_READERS: Final[tuple[Callable[[Said], Message | None], ...]] = (
    _doubled, _headers, _cut, unreadable, _checked, asked, unanswered, _refused, _bare, answered, unconnected, cut_off,
    in_jsdom, _origin, refused, _without_origin, head, _opaque, _muted, _named,
)  # fmt: skip
"""The likeliest reading first."""
