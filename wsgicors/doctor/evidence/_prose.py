"""Read what people write where they paste no message: a header in a sentence, a script's check, a sentence cut off.

It is read only if nothing else in a text was recognized.

>>> [message.causes for message in read_prose("The server sends both `Access-Control-Allow-Origin: *` and "
...     "`Access-Control-Allow-Origin: https://a.example`.")]
[('two-layers', 'allow-origin-list')]
"""

import re
from collections.abc import Callable
from typing import Final, NamedTuple

from wsgicors._http import is_token
from wsgicors.browser import Failure, Stage
from wsgicors.doctor.catalogue._readers import Speaker
from wsgicors.doctor.catalogue._wordings import Role
from wsgicors.doctor.evidence._console import LONGEST_TEXT, Message, plain
from wsgicors.doctor.evidence._facts import Facts

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
_UNREADABLE: Final = re.compile(
    r"headers(?:\.get\(|\[)'([a-z][a-z0-9-]{1,60})'[)\]]'? ?(?:returns|is|=|:|->|=>|gives) ?'?(?:undefined|null|none)\b"
)
_OPTIONS_BY_CURL: Final = re.compile(r"\bcurl\b.{0,400}?(?:-x ?|--request )options\b")
_LOGIN_CHECK: Final = re.compile(
    r"\bunauthori[sz]ed\b|\bauthentication (?:failure|failed|required)|\bno (?:bearer|auth\w*) token"
    r"|\bnot authenticated\b"
)
_PREFLIGHT_STATUS: Final = re.compile(
    r"\b(?:OPTIONS|[Pp]re-?flight)\b(?:(?!\b(?:GET|POST|PUT|PATCH|DELETE|but)\b)[^.\d]){0,60}?"
    r"(?:\b(?:with|returns?|returned|gives?|gets?|got|answers?|responds?|status|code|error|is)|[:=])[ '\"`(]{0,3}"
    r"(?:(?:an?|HTTP|http|status|code|error|of) ){0,4}['\"`(]{0,3}([345]\d\d)\b(?! ?m?s\b)"
)
_WRITING: Final = re.compile(r"\b(PUT|PATCH|DELETE)\b")
_WITHOUT_HEADERS: Final = re.compile(
    r"(?:\bcors headers? (?:is|are|was|were)(?: not|n't) (?:added|included|present|returned|sent|set)"
    r"|\b(?:no|without|missing) cors headers?) (?:at|for|in|on|to|when|with)\b[^.\d]{0,40}?"
    r"(?<![\w./:-])([45]\d\d)(?![\w/-])"
)
_CUT: Final = re.compile(
    r"disallows reading the remote resource(?: at \(?([a-z][a-z0-9+.-]{1,20}:[^\s'()]{0,2000}))?"
    r"|(?:mismo origen|même origine|same origin)\b.{0,60}? (?:en|sur|at) (file:)"
)


class _Said(NamedTuple):
    """What somebody wrote: as it stands, and in one line in lower case (`plain`)."""

    text: str
    lower: str


def read_prose(text: str) -> list[Message]:
    """Return what `text` says of CORS in its author's own words: at most one message."""
    cut = text[:LONGEST_TEXT]
    said = _Said(cut, plain(cut))
    found = (read(said) for read in _READERS)
    return [message for message in found if message][:1]


def sends_credentials(text: str) -> bool:
    """Whether `text` says that the page includes credentials in its request.

    >>> sends_credentials("It fails if `withCredentials` is set to true"), sends_credentials("withCredentials: false")
    (True, False)
    """
    return bool(_SENT.search(plain(text[:LONGEST_TEXT])))


def _told(*causes: str, failures: tuple[Failure, ...] = (), stage: Stage | None = None, facts: Facts) -> Message:
    return Message("prose", Speaker.SCRIPT, Role.ECHO, failures, causes, stage, facts, 1)


def _headers(said: _Said) -> Message | None:
    """Read the values of Access-Control-Allow-Origin: two at once, or an asterisk with credentials."""
    values = _ALLOW_ORIGIN.findall(said.lower)
    if len(set(values)) > 1 and _TWICE.search(said.lower):
        return _told("two-layers", "allow-origin-list", facts=Facts())
    if "*" in values and (_SENT.search(said.lower) or _ALLOWED.search(said.lower)):
        facts = Facts(value="*", credentials=True)
        return _told(failures=(Failure.ALLOW_ORIGIN_WILDCARD,), facts=facts)
    return None


def _unreadable(said: _Said) -> Message | None:
    """Read a script's look at a header of the answer, which has no value there."""
    match = _UNREADABLE.search(said.lower)
    return _told("header-not-exposed", facts=Facts(header=match[1])) if match else None


def _checked(said: _Said) -> Message | None:
    """Read a preflight sent with curl, and a login check's words."""
    if _OPTIONS_BY_CURL.search(said.lower) and _LOGIN_CHECK.search(said.lower):
        return _told("preflight-authentication", "outside-order", stage=Stage.PREFLIGHT, facts=Facts())
    return None


def _doubled(said: _Said) -> Message | None:
    """Read the headers of an answer that has Access-Control-Allow-Origin in two lines."""
    values: list[str] = []
    for line in said.text.splitlines():
        name, colon, value = line.lstrip("<>*` ").partition(":")
        if not (colon and is_token(name)):
            values = []  # the end of a head
        elif name.lower() == "access-control-allow-origin":
            values.append(value.strip(" `"))
        if len(values) > 1:
            return _told("two-layers", "allow-origin-list", facts=Facts(value=", ".join(values)))
    return None


def _refused(said: _Said) -> Message | None:
    """Read a preflight's status in somebody's own words."""
    match = _PREFLIGHT_STATUS.search(said.text)
    if match is None:
        return None
    method = _WRITING.search(said.text)
    # A CORS layer, such as that of gorilla/handlers, also answers 405 where its own list lacks the method.
    failures = (Failure.STATUS_NOT_OK, Failure.METHOD_NOT_ALLOWED) if match[1] == "405" else (Failure.STATUS_NOT_OK,)
    facts = Facts(status=int(match[1]), method=method[1] if method else "")
    return _told(failures=failures, stage=Stage.PREFLIGHT, facts=facts)


def _bare(said: _Said) -> Message | None:
    """Read that an answer with a certain status has no CORS headers."""
    match = _WITHOUT_HEADERS.search(said.lower)
    return _told(failures=(Failure.ALLOW_ORIGIN_MISSING,), facts=Facts(status=int(match[1]))) if match else None


def _cut(said: _Said) -> Message | None:
    """Read Firefox's sentence without its reason."""
    match = _CUT.search(said.lower)
    if match is None:
        return None
    url = match[1] or match[2] or ""
    if url and not url.startswith("http"):
        return _told("url-scheme", facts=Facts(url=url))
    failures = (Failure.ALLOW_ORIGIN_MISSING, Failure.NO_RESPONSE)
    return _told(failures=failures, facts=Facts(url=url.rstrip(".,;:")))


def _named(said: _Said) -> Message | None:
    """Read Chromium's sentence without its reason, or the bare name of CORS."""
    if _VALUE_CUT.search(said.lower):
        failures = (Failure.ALLOW_ORIGIN_MISMATCH, Failure.ALLOW_ORIGIN_MULTIPLE, Failure.ALLOW_ORIGIN_INVALID)
        return _told(failures=failures, facts=Facts())
    if match := _NOT_ALLOWED.search(said.lower):
        return _told(failures=(Failure.ALLOW_ORIGIN_MISSING,), facts=Facts(origin=match[1]))
    if "blocked by cors" in said.lower or "blocked by the cors" in said.lower:
        return _told(failures=(Failure.ALLOW_ORIGIN_MISSING,), facts=Facts())
    return _told("unspecified", facts=Facts()) if _NAME.search(said.lower) else None


_VALUE_CUT: Final = re.compile(r"policy: the '?access-control-allow-origin'?(?: header)?\W*\Z")
_NOT_ALLOWED: Final = re.compile(r"origin '?([^\s']{1,200})'? is therefore not allowed")
_NAME: Final = re.compile(r"\bcors\b|\bcross[- ]origin\b|access-control-allow-")

_READERS: Final[tuple[Callable[[_Said], Message | None], ...]] = (
    _doubled, _headers, _unreadable, _checked, _refused, _bare, _cut, _named,
)  # fmt: skip
"""The likeliest reading first."""
