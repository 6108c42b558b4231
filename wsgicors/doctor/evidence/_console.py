"""Find browsers' messages in a text: a pasted line, a log, a whole console.

A console is text of any size from anywhere. It is searched once for each phrase of `WORDINGS`, in linear time. Other
content (time stamps, colors, file names, other messages) is skipped, and no content raises an error.

>>> console = read_console("12:01:33 ‘x.js’ Access to fetch at 'https://api.example/a' from origin 'https://a.example'"
...     " blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource. a.js:9")
>>> [(message.wording, message.facts.url) for message in console.messages]
[('chromium/MissingAllowOriginHeader', 'https://api.example/a')]
"""

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from wsgicors.browser import Stage
from wsgicors.doctor.catalogue._readers import Around, Reading, Speaker
from wsgicors.doctor.catalogue._wording import Role, Wording
from wsgicors.doctor.evidence._facts import Facts
from wsgicors.doctor.evidence._flat_text import FlatText
from wsgicors.doctor.evidence._json_members import origin_beside
from wsgicors.doctor.evidence._message import Message
from wsgicors.doctor.evidence._phrases import OF_ANSWERS, Hit, hits
from wsgicors.doctor.evidence._records import STATUSES, record_of
from wsgicors.doctor.evidence._status_told import STATUS_TOLD, status_told
from wsgicors.doctor.evidence._unphrased import LONGEST_LINE, unphrased
from wsgicors.doctor.evidence._unsaid import is_of_http, is_retold, is_unsaid

LONGEST_TEXT: Final = 8 * 1024 * 1024
"""The most characters of a text that are read."""

MOST_MESSAGES: Final = 5000
"""The most messages of a text that are read."""


@dataclass(frozen=True, slots=True)
class Console:
    """The messages in a text.

    Attributes:
        messages: The messages, in the order of the text.
        cut: Whether the text was too long to be read completely.
    """

    messages: tuple[Message, ...]
    cut: bool


def read_console(text: str) -> Console:
    """Return the messages in `text`, from any browsers and in any order."""
    flat = FlatText(text[:LONGEST_TEXT])
    messages: list[Message] = []
    told: set[int] = set()
    for hit in hits(flat.lower):
        if len(messages) == MOST_MESSAGES:
            return Console(tuple(messages), cut=True)
        if message := _message(flat, hit):
            told.add(message.line)
            messages.append(message)
    messages += unphrased(flat, told, MOST_MESSAGES - len(messages))
    return Console(tuple(sorted(messages, key=_line)), cut=len(text) > LONGEST_TEXT)


def _line(message: Message) -> int:
    return message.line


def _message(flat: FlatText, hit: Hit) -> Message | None:
    """Return the message with the phrase; None if somebody else's sentence has the same words."""
    around = Around(
        flat.text[hit.floor : hit.start],
        flat.text[hit.end : hit.ceiling],
        flat.lower[hit.floor : hit.start],
        flat.lower[hit.end : hit.ceiling],
        flat.text[hit.start : hit.end],
        flat.text[max(flat.line_start(hit.start), hit.floor) : hit.start],
        flat.text[hit.end : min(flat.line_end(hit.end), hit.ceiling)],
    )
    found = Reading()
    hit.wording.read(around, found)
    line, phrase = flat.lines[flat.line(hit.start)], hit.wording.phrase
    before = around.before_lower + (phrase[0] if phrase[0] in _AROUND_WORDS else "")
    rest = (phrase[-1] if phrase[-1] in _AROUND_WORDS else "") + around.rest
    if hit.wording.speaker in OF_ANSWERS and found.status is None and not found.is_prose:
        _add_status(phrase, line if len(line) <= LONGEST_LINE else "", found)
        if not found.origin and not _OF_ORIGINS.isdisjoint(found.causes or hit.wording.causes):
            found.origin = origin_beside(flat.text, hit.start, hit.end)
    if found.is_prose or is_unsaid(line, "" if found.is_code else around.begun, before, rest):
        return None
    retold = hit.wording.speaker in OF_ANSWERS and is_retold(around.phrase, around.begun, around.rest)
    if retold and not is_of_http(f"{around.begun[-_BESIDE:]} {around.rest[:_BESIDE]}"):
        return None
    return Message(
        hit.wording.id,
        found.speaker or hit.wording.speaker,
        _role(hit.wording, around, found),
        hit.wording.failures,
        found.causes or hit.wording.causes,
        found.stage,
        _facts(found),
        flat.numbers[flat.line(hit.start)],
        link=found.link,
        is_retold=retold,
    )


_OF_ORIGINS: Final = frozenset({"origin-not-allowed", "csrf-origin", "websocket-origin", "null-origin"})
"""Causes of which an object in JSON names the origin in a member of its own."""


_BESIDE: Final = 300
"""The characters beside words in which the rest of their sentence is looked for."""
_AROUND_WORDS: Final = frozenset({" ", "'"})


def _add_status(phrase: str, line: str, found: Reading) -> None:
    """Add the status that a server's sentence has in itself or in its line, and whether it is the answer to OPTIONS."""
    record = record_of(line)
    if match := _STATUS_NAMED.search(phrase):
        found.status = int(match[1])
    elif record and record.status >= HTTPStatus.BAD_REQUEST:
        found.status = record.status
    elif match := status_told(line, STATUS_TOLD):
        found.status = int(next(filter(None, match.groups())))
    if record and record.method == "OPTIONS":
        found.stage = Stage.PREFLIGHT


_STATUS_NAMED: Final = re.compile(rf"(?<![\d.])({'|'.join(sorted(one for one in STATUSES if one >= '400'))})(?![\d.])")


def _facts(found: Reading) -> Facts:
    """Return the facts that were read."""
    return Facts(
        url=found.url,
        origin=found.origin,
        method=found.method,
        header=found.header,
        headers=found.headers,
        value=found.value,
        status=found.status,
        redirected_from=found.redirected_from,
        location=found.location,
        kind=found.kind,
        credentials=found.credentials,
        is_whole=found.is_whole,
    )


def _role(wording: Wording, around: Around, found: Reading) -> Role:
    """Return the role of the wording, except for network errors with a name, and for WebKit's repetitions."""
    if (found.speaker or wording.speaker) is Speaker.WEBKIT and "failed to load resource: " in around.before_lower:
        return Role.ECHO
    if found.is_report:
        return Role.WARNING
    return Role.REASON if found.causes not in {(), ("unspecified",)} else wording.role
