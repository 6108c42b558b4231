"""Read what people write where they paste no message: a header in a sentence, a script's check, a sentence cut off.

It is read only if nothing else in a text was recognized.

>>> [message.causes for message in read_prose("The server sends both `Access-Control-Allow-Origin: *` and "
...     "`Access-Control-Allow-Origin: https://a.example`.")]
[('two-layers', 'allow-origin-list')]
"""

import re
from collections.abc import Callable
from typing import Final

from wsgicors.browser import Failure, Stage
from wsgicors.doctor.catalogue._readers import Speaker
from wsgicors.doctor.catalogue._wordings import Role
from wsgicors.doctor.evidence._console import LONGEST_TEXT, Message, plain
from wsgicors.doctor.evidence._facts import Facts

_ALLOW_ORIGIN: Final = re.compile(r"access-control-allow-origin'?(?: ?[:=]|',| to) ?['\[]{0,2}([^\s'\],;]{1,200})")
_TWICE: Final = re.compile(r"\b(?:both|twice|two|duplicated?|double[ds]?|multiple)\b")
_CREDENTIALS: Final = re.compile(
    r"access-control-allow-credentials'?(?: ?[:=]|',| to) ?['\[]{0,2}true|withcredentials'?(?: ?[:=]| to) ?true"
    r"|credentials'?(?: ?[:=]| to) ?'?include|supports_credentials ?= ?true|allow_credentials ?= ?true"
)
_UNREADABLE: Final = re.compile(
    r"headers(?:\.get\(|\[)'([a-z][a-z0-9-]{1,60})'[)\]]'? ?(?:returns|is|=|:|->|=>|gives) ?'?(?:undefined|null|none)\b"
)
_OPTIONS_BY_CURL: Final = re.compile(r"\bcurl\b.{0,400}?(?:-x ?|--request )options\b")
_LOGIN_CHECK: Final = re.compile(
    r"\bunauthori[sz]ed\b|\bauthentication (?:failure|failed|required)|\bno (?:bearer|auth\w*) token"
    r"|\bnot authenticated\b"
)
_CUT: Final = re.compile(
    r"disallows reading the remote resource(?: at \(?([a-z][a-z0-9+.-]{1,20}:[^\s'()]{0,2000}))?"
    r"|(?:mismo origen|même origine|same origin)\b.{0,60}? (?:en|sur|at) (file:)"
)


def read_prose(text: str) -> list[Message]:
    """Return what `text` says of CORS in its author's own words: at most one message."""
    lower = plain(text[:LONGEST_TEXT])
    found = (read(lower) for read in _READERS)
    return [message for message in found if message][:1]


def _told(*causes: str, failures: tuple[Failure, ...] = (), stage: Stage | None = None, facts: Facts) -> Message:
    return Message("prose", Speaker.SCRIPT, Role.ECHO, failures, causes, stage, facts, 1)


def _headers(lower: str) -> Message | None:
    """Read the values of Access-Control-Allow-Origin: two at once, or an asterisk with credentials."""
    values = _ALLOW_ORIGIN.findall(lower)
    if len(set(values)) > 1 and _TWICE.search(lower):
        return _told("two-layers", "allow-origin-list", facts=Facts())
    if "*" in values and _CREDENTIALS.search(lower):
        facts = Facts(value="*", credentials=True)
        return _told(failures=(Failure.ALLOW_ORIGIN_WILDCARD,), facts=facts)
    return None


def _unreadable(lower: str) -> Message | None:
    """Read a script's look at a header of the answer, which has no value there."""
    match = _UNREADABLE.search(lower)
    return _told("header-not-exposed", facts=Facts(header=match[1])) if match else None


def _checked(lower: str) -> Message | None:
    """Read a preflight sent with curl, and a login check's words."""
    if _OPTIONS_BY_CURL.search(lower) and _LOGIN_CHECK.search(lower):
        return _told("preflight-authentication", "outside-order", stage=Stage.PREFLIGHT, facts=Facts())
    return None


def _cut(lower: str) -> Message | None:
    """Read Firefox's sentence without its reason."""
    match = _CUT.search(lower)
    if match is None:
        return None
    url = match[1] or match[2] or ""
    if url and not url.startswith("http"):
        return _told("url-scheme", facts=Facts(url=url))
    failures = (Failure.ALLOW_ORIGIN_MISSING, Failure.NO_RESPONSE)
    return _told(failures=failures, facts=Facts(url=url.rstrip(".,;:")))


def _named(lower: str) -> Message | None:
    """Read Chromium's sentence without its reason, or the bare name of CORS."""
    if _VALUE_CUT.search(lower):
        failures = (Failure.ALLOW_ORIGIN_MISMATCH, Failure.ALLOW_ORIGIN_MULTIPLE, Failure.ALLOW_ORIGIN_INVALID)
        return _told(failures=failures, facts=Facts())
    if match := _NOT_ALLOWED.search(lower):
        return _told(failures=(Failure.ALLOW_ORIGIN_MISSING,), facts=Facts(origin=match[1]))
    if "blocked by cors" in lower or "blocked by the cors" in lower:
        return _told(failures=(Failure.ALLOW_ORIGIN_MISSING,), facts=Facts())
    return _told("unspecified", facts=Facts()) if _NAME.search(lower) else None


_VALUE_CUT: Final = re.compile(r"policy: the '?access-control-allow-origin'?(?: header)?\W*\Z")
_NOT_ALLOWED: Final = re.compile(r"origin '?([^\s']{1,200})'? is therefore not allowed")
_NAME: Final = re.compile(r"\bcors\b|\bcross[- ]origin\b|access-control-allow-")

_READERS: Final[tuple[Callable[[str], Message | None], ...]] = (_headers, _unreadable, _checked, _cut, _named)
"""The likeliest reading first."""
