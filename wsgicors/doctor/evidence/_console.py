"""Find browsers' messages in a text: a pasted line, a log, a whole console.

A console is text of any size from anywhere. It is searched once for each phrase of `WORDINGS`, in linear time. Other
content (time stamps, colors, file names, other messages) is skipped, and no content raises an error.

>>> console = read_console("12:01:33 ‘x.js’ Access to fetch at 'https://api.example/a' from origin 'https://a.example'"
...     " blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource. a.js:9")
>>> [(message.wording, message.facts.url) for message in console.messages]
[('chromium/MissingAllowOriginHeader', 'https://api.example/a')]
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import unescape
from http import HTTPStatus
from itertools import islice
from typing import Final, NamedTuple

from wsgicors._http import is_token
from wsgicors.browser import Failure, Stage
from wsgicors.doctor.catalogue._readers import ANY_METHOD, METHODS, Around, Reading, Speaker
from wsgicors.doctor.catalogue._translated import translated
from wsgicors.doctor.catalogue._wording import Role, Wording
from wsgicors.doctor.catalogue._wordings import (
    TRANSLATED_DISABLED,
    TRANSLATED_MISSING,
    TRANSLATED_MULTIPLE,
    TRANSLATED_REDIRECT,
    WORDINGS,
)
from wsgicors.doctor.evidence._facts import Facts
from wsgicors.doctor.evidence._records import STATUSES, Record, outcome_of, path_named, record_of

LONGEST_TEXT: Final = 8 * 1024 * 1024
"""The most characters of a text that are read."""

MOST_MESSAGES: Final = 5000
"""The most messages of a text that are read."""

RESPONSE_LINE: Final = "server/response-line"
"""The wording of a response's first line, or of a status in somebody's own words, which has no meaning alone."""

ASKED_LINE: Final = "chromium/asked"
"""The wording of old versions' note that the preflight failed, ``OPTIONS URL``, which has no meaning alone."""

ACCESS_LINE: Final = "server/access-line"
"""The wording of a line in a server's log of requests, about a preflight that it did not accept."""

CACHE_LINE: Final = "server/cache-line"
"""The wording of a response header that shows that a cache answered, which has no meaning alone."""

LIST_LINE: Final = "server/list-line"
"""The wording of a response's Access-Control-Allow-Origin with several values, which has no meaning alone."""

_BEFORE: Final = 4096  # characters looked at in front of a phrase: two URLs and an origin
_AFTER: Final = 1200  # and behind it: a value, a status, a URL


@dataclass(frozen=True, slots=True)
class Message:
    """One recognized message.

    Attributes:
        wording: Its identifier in `wsgicors.doctor.catalogue._wordings.WORDINGS`, ``firefox/translated``,
            ``webkit/no-reason``, ``firefox/no-reason``, ``chromium/status``, ``firefox/status``, ``prose``,
            ``server/gin``, `RESPONSE_LINE`, `ASKED_LINE`, `ACCESS_LINE`, `CACHE_LINE` or `LIST_LINE`.
        speaker: The browser or server that wrote it.
        role: How much it says beside other messages.
        failures: The failures of the Fetch standard that it can mean.
        causes: The identifiers of causes that it names without a failure, the likeliest first.
        stage: The part of the exchange that it is about, if it says so.
        facts: What it says about the exchange.
        line: The line where it begins, from 1.
        asked: The request that a line of a log records.
        link: What Chrome's console shows of a URL.
    """

    wording: str
    speaker: Speaker
    role: Role
    failures: tuple[Failure, ...]
    causes: tuple[str, ...]
    stage: Stage | None
    facts: Facts
    line: int
    asked: Record | None = None
    link: str = ""


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
    flat = _Flat(text[:LONGEST_TEXT])
    messages: list[Message] = []
    told: set[int] = set()
    for hit in _hits(flat.lower):
        if len(messages) == MOST_MESSAGES:
            return Console(tuple(messages), cut=True)
        if message := _message(flat, hit):
            told.add(message.line)
            messages.append(message)
    messages += _unphrased(flat, told, MOST_MESSAGES - len(messages))
    return Console(tuple(sorted(messages, key=_line)), cut=len(text) > LONGEST_TEXT)


def _line(message: Message) -> int:
    return message.line


# -- The text as one line ----------------------------------------------------------------------------------------

_COLOURS: Final = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|.)?", re.DOTALL)
_INVISIBLE: Final = dict.fromkeys([*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF])
_QUOTES: Final = {
    **dict.fromkeys(map(ord, '‘’‚‛“”„‟«»‹›`´"＇＂'), "'"),
    **dict.fromkeys(map(ord, "「『"), " '"),  # Chinese has no space between a quote and a word in Latin letters
    **dict.fromkeys(map(ord, "」』"), "' "),
}
_CONTROLS: Final = dict.fromkeys([*range(9), *range(14, 28), *range(127, 133), *range(134, 160)], " ")
_PLAIN: Final = {**_INVISIBLE, **_QUOTES, **_CONTROLS}
_ASCII_LOWER: Final = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}
_ENTITIES: Final = re.compile(r"&(?:#\d{2,5}|#[xX][0-9a-fA-F]{2,4}|quot|apos|lt|gt|amp|nbsp|[lr][sd]quo);")
_DOUBLED: Final = re.compile(r'""(?=[\w/*])|(?<=[\w/*])""')  # quotes within quotes, in a table with commas
_BOLD: Final = re.compile(r"\*\*")
_CODED: Final = re.compile(r"(?<!\\)\\+(?:u([0-9a-fA-F]{4})|x(2[27]))")  # JSON's and Python's names of a character
_ESCAPES: Final = re.compile(r"(?<!\\)\\+(?=[!-/:-@\[\]-`{-~])")  # Markdown's, and JSON's for each layer
_AUTOLINK: Final = re.compile(r"<(https?://[^\s<>]{1,2000})>")
_PLACEHOLDER: Final = re.compile(r"(?<=://)[<\[{]([A-Za-z][\w .-]{0,60})[>\]}]")
_SPACED: Final = re.compile(r"(?<![^\s(])«\s+([^«»\n]{0,2000}?)\s+»")  # French has blanks within its quotes
_LINKED: Final = re.compile(r"\[([^\[\]\n]{1,2000})\]\((?=[^\s()]*(?:://|%20))[^\s()]{1,4000}\)")
"""A text that became a link."""
_NEW_LINE: Final = re.compile(r"(?<!\\)\\+n(?![a-z])")  # JSON's; a path such as C:\node has a letter behind it
_CITED_WITHIN: Final = re.compile(r" >(?=[a-z])")  # the same where a mail's lines were joined
_BROKEN: Final = re.compile(r"(?<=[A-Za-z]-) (?=(?i:control|allow|expose|request|origin|method|header|credential))")
_IN_JSON: Final = re.compile(r"(?<=[a-z]':) (?=')|(?<=\{) (?=')|(?<=') (?=\})")  # a body printed for people
_GOES_ON: Final = re.compile(r"-[^\W\d_]|\{'|'\}")
_CITED: Final = " >|*#/"  # the beginning of a line pasted from a mail, a table or a comment


class _Flat:
    """A text without line breaks, colors and kinds of quotes: pasted messages are wrapped anywhere."""

    __slots__ = ("lines", "lower", "numbers", "starts", "text")

    def __init__(self, text: str) -> None:
        bare = _unglued(_without_marks(_COLOURS.sub("", text)))
        clean = bare.translate(_PLAIN)
        self.lines: list[str] = []
        self.numbers: list[int] = []
        self.starts: list[int] = []
        parts: list[str] = []
        at = 0
        for number, raw in _numbered(clean):
            line = _BROKEN.sub("", _CITED_WITHIN.sub(" ", " ".join(raw.split()).lstrip(_CITED)))
            line = _IN_JSON.sub("", line)
            if not line:
                continue
            # Not within a word that was broken at its hyphen, and not at the braces of a body.
            if parts and not _GOES_ON.fullmatch(parts[-1][-1] + line[0]):
                parts.append(" ")
                at += 1
            self.lines.append(line)
            self.numbers.append(number)
            self.starts.append(at)
            parts.append(line)
            at += len(line)
        self.text = "".join(parts)
        self.lower = _lower(self.text)

    def line(self, at: int) -> int:
        """Return the index of the line with the character at `at`."""
        return bisect_right(self.starts, at) - 1

    def line_start(self, at: int) -> int:
        """Return where the line with the character at `at` begins."""
        return self.starts[self.line(at)]

    def line_end(self, at: int) -> int:
        """Return where the line with the character before `at` ends."""
        after = bisect_right(self.starts, at - 1)
        return self.starts[after] if after < len(self.starts) else len(self.text)


def plain(text: str) -> str:
    """Return `text` in one line and in lower case, with one kind of quotes and without marks of colors and forums."""
    return _Flat(text).lower


def in_one_line(text: str) -> str:
    """Return `text` like `plain`, in its own case."""
    return _Flat(text).text


def lines(text: str) -> list[str]:
    """Return the lines of `text`, each like `in_one_line`."""
    return _Flat(text).lines


def _without_marks(text: str) -> str:
    """Return `text` without the marks of HTML, Markdown and JSON that were put into what was pasted."""
    decoded = _CODED.sub(_named, _ENTITIES.sub(_decoded, text))
    bare = _BOLD.sub("", _ESCAPES.sub("", _DOUBLED.sub("'", decoded)))
    linked = _AUTOLINK.sub(r"\1", _LINKED.sub(r"\1", bare))
    return _SPACED.sub(r"'\1'", _PLACEHOLDER.sub(_joined, linked))


def _numbered(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines of `text` with their numbers; those of a text within JSON have that of the whole."""
    for number, line in enumerate(text.split("\n"), 1):
        for part in _NEW_LINE.split(line):
            yield number, part


def _unglued(text: str) -> str:
    """Return `text` with the blanks that a copy of Firefox's console lacks, as in ``XHRGEThttps://a.example/``."""
    for method in METHODS:
        text = text.replace(f"XHR{method}", f"XHR {method}").replace(f"{method}http", f"{method} http")
    return text


def _decoded(entity: re.Match[str]) -> str:
    return unescape(entity[0]).strip() or " "


def _joined(placeholder: re.Match[str]) -> str:
    """Return what stands for a host, ``https://<your server>/``, as one: a URL has no blanks and brackets."""
    return "-".join(placeholder[1].split())


def _named(code: re.Match[str]) -> str:
    character = chr(int(code[1] or code[2], 16))
    return character if character.isprintable() else " "


def _lower(text: str) -> str:
    """Return `text` with ASCII letters in lower case; `str.lower` would lengthen letters such as İ."""
    return text.translate(_ASCII_LOWER)


# -- Phrases in it ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Hit:
    """The place of a phrase, and how much text before and after belongs to it."""

    wording: Wording
    start: int
    end: int
    floor: int
    ceiling: int


def _hits(lower: str) -> Iterator[_Hit]:
    """Yield the places of phrases, in order; of two that overlap, the earlier one or else the longer one."""
    places = sorted(
        ((at, -len(wording.phrase), wording) for wording in WORDINGS for at in _places(lower, wording.phrase)),
        key=lambda place: place[:2],
    )
    outside = [place for place in places if place[2].speaker not in _OF_ANSWERS or not _is_in_url(lower, place[0])]
    kept: list[tuple[int, int, Wording]] = []
    for at, shorter, wording in outside or places:
        if not kept or at >= kept[-1][1]:
            kept.append((at, at - shorter, wording))
    openings = [match.start() for match in _OPENING.finditer(lower)]
    for index, (start, end, wording) in enumerate(kept):
        floor = kept[index - 1][1] if index else 0
        ceiling = kept[index + 1][0] if index + 1 < len(kept) else len(lower)
        of_this = bisect_right(openings, start)
        of_next = bisect_right(openings, end - 1)
        floor = max(floor, openings[of_this - 1]) if of_this else floor
        ceiling = min(ceiling, openings[of_next]) if of_next < len(openings) else ceiling
        yield _Hit(wording, start, end, max(floor, start - _BEFORE), min(ceiling, end + _AFTER))


_OPENING: Final = re.compile(
    r"\baccess to (?:\w+ )?at '?[a-z][a-z0-9+.-]*:|\bcross-origin request (?:blocked|warning):"
    r"|\bmixed content: the page at|\bwebsocket connection to '|\b(?:xmlhttprequest|fetch api) cannot load "
    r"|\bfailed to load (?=[a-z]+://)|(?:\[report only\] )?\brefused to (?:connect to|load|frame) "
    r"|\b(?:get|head|post|put|patch|delete|options) https?://"
)
"""How browsers begin a message: what stands in front belongs to another one, of which the end may be missing."""


def _is_in_url(lower: str, at: int) -> bool:
    """Whether what begins at `at` is a part of a URL, such as the name of a host, and not the error itself."""
    return lower[at] not in " '" and bool(_URL_GOES_ON.search(lower, max(at - _LONGEST_IN_FRONT, 0), at))


_LONGEST_IN_FRONT: Final = 300
_URL_GOES_ON: Final = re.compile(r"://[^\s'<>()]*\Z")


def _places(lower: str, phrase: str) -> Iterator[int]:
    at = lower.find(phrase)
    while at >= 0:
        yield at
        at = lower.find(phrase, at + len(phrase))


def _message(flat: _Flat, hit: _Hit) -> Message | None:
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
    line, near = flat.lines[flat.line(hit.start)], around.before_lower[-_NEARBY:]
    if hit.wording.speaker in _OF_ANSWERS and found.status is None and not found.is_prose:
        _add_status(hit.wording.phrase, line, found)
    if found.is_prose or _is_unsaid(line, "" if found.is_code else around.begun, near, around.rest):
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
    )


_OF_ANSWERS: Final = frozenset({Speaker.SERVER, Speaker.SCRIPT})


def _add_status(phrase: str, line: str, found: Reading) -> None:
    """Add the status that a server's sentence has in itself or in its line, and whether it is the answer to OPTIONS."""
    record = record_of(line)
    if match := _STATUS_NAMED.search(phrase):
        found.status = int(match[1])
    elif record and record.status >= HTTPStatus.BAD_REQUEST:
        found.status = record.status
    elif match := status_told(line, _STATUS_TOLD):
        found.status = int(next(filter(None, match.groups())))
    if record and record.method == "OPTIONS":
        found.stage = Stage.PREFLIGHT


_STATUS_NAMED: Final = re.compile(rf"(?<![\d.])({'|'.join(sorted(one for one in STATUSES if one >= '400'))})(?![\d.])")


class Place(NamedTuple):
    """What was found in a text: its match in `plain(text)`, and what is in front of it and behind it in its line."""

    match: re.Match[str]
    begun: str
    rest: str


def first_said(pattern: re.Pattern[str], text: str) -> Place | None:
    """Return the first place in `plain(text)` where somebody says what `pattern` finds.

    >>> first_said(re.compile("no token"), 'I no longer see "no token".'), first_said(re.compile("no"), "A. No, b").rest
    (None, ', b')
    """
    flat = _Flat(text)
    for match in islice(pattern.finditer(flat.lower), _MOST_PLACES):
        start, end = match.span()
        begun, rest = flat.text[flat.line_start(start) : start], flat.text[end : flat.line_end(end)]
        near = flat.lower[max(start - _NEARBY, 0) : start]
        if not _is_unsaid(flat.lines[flat.line(start)], begun, near, rest):
            return Place(match, begun, rest)
    return None


def _is_unsaid(line: str, begun: str, near: str, rest: str) -> bool:
    """Whether nobody says the words between `begun` and `rest` of `line`.

    Code asks for them or has them for others, a test that passed is named after them, or they were not said.
    """
    is_of_test = _PASSED.match(line) or _PASSED_AT_END.search(line[-20:])
    is_of_code = _CODE.match(begun) or _MADE.search(begun[-_NEARBY:]) or _COMPARED.search(near) or _FORMAT.match(rest)
    return bool(is_of_test or is_of_code or _DENIED.search(near))


_PASSED: Final = re.compile(r"[✓✔√]|PASS(?:ED)?\b|ok \d{1,6} -")
_PASSED_AT_END: Final = re.compile(r"(?:\bPASSED(?: {1,3}\[ {0,3}\d{1,3}%\])?|[✓✔√](?: \(\d{1,6} ?ms\))?)\Z")


_NEARBY: Final = 80
_MOST_PLACES: Final = 100
_CODE: Final = re.compile(
    r"(?:\W{0,3}msgid|assert|expect\(|export const|(?:\$ )?grep|if\b.{0,60}[!=]=|rescue_from|use \w+\\)(?![a-z])"
    r"|throw (?:new )?\w+\(|raise \w[\w.]{0,60}\(|return (?:await )?[\w.]{1,60}\(|(?:it|test)(?:\.\w{1,9})?\("
    r"|(?:\w{1,20}\.)?log(?:ger|ging)?\.\w{1,20}\(|res\.\w{1,20}\("
)
_MADE: Final = re.compile(
    r"(?:\bnew \w{0,40}(?:Error|Exception)|\b(?:throw|raise) (?:new )?[\w.]{1,60}|\babort)\([^)]*\Z"
)
"""That an error is made with the words."""
_COMPARED: Final = re.compile(
    r"(?:[!=]==? ?|\bcase |\.(?:to(?:be|contain|equal|match|throw)|includes|contains|startswith|endswith)\()'?\Z"
)
_FORMAT: Final = re.compile(r"[^.!?]{0,60}(?:%[dsv](?![\w%])|\$\{)")
"""A place for a value, which what is said has filled."""
_DENIED: Final = re.compile(
    r"\b(?:never|(?:do|does|did)(?:n't| not)) (?:get|contain|have|log|print|read|say|see|show)s? (?:\w+ )?'?\Z"
    r"|\b(?:not caused by|not because of|no longer(?: \w+)?|instead of) (?:the |an? )?'?\Z"
)


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


# -- Messages without a phrase -------------------------------------------------------------------------------------

ANSWERED_WITH: Final = (
    r"\b(?:answer(?:s|ed)|displays?|fail(?:s|ed)|gave|gets?|gives|got|receive[sd]?|respond(?:s|ed)|return(?:s|ed|ing)"
    r"|shows|throws)(?: (?:an?|as|back|code|error|http|it|me|of|status|the|us|with)){0,4} ['\"`]?([45]\d\d)\b"
    r"(?=['\"`.,;:!)]|\Z| \(| (?:and|as|because|but|by|for|from|if|in|instead|not|on|response|to|when|which)\b)"
)
"""How people say with what status a server answered: nothing that can be counted follows."""
_URL: Final = re.compile(r"[a-z][a-z0-9+.\-]{1,20}://[!-&*-~]{1,2000}", re.IGNORECASE)  # Korean has no blank behind it
_NO_REASON: Final = re.compile(r"(Fetch API|XMLHttpRequest) cannot load (\S{1,2000}?)\.(?=[\s'_})<]|\Z)")
_STATUS_LINE: Final = re.compile(rf"\b({ANY_METHOD}) (https?://[^\s'()]{{1,2000}}) ([45]\d\d)(?: \(|\Z)")
_STATUS_LINE_ALONE: Final = re.compile(r"\A(?:[^\s:]{1,100}:\d{1,6} )?()(https?://[^\s'()]{1,2000}) ([45]\d\d) \(")
_ROW: Final = re.compile(rf"\b({ANY_METHOD}) (https?://[^\s'()\[]{{1,2000}}) ?\[HTTP/[\d.]+ ([45]\d\d)\b")
_ASKED_FIRST: Final = re.compile(r"\bOPTIONS (https?://[^\s'()]{1,2000})(?= \(anonymous|\Z)")
PHRASES: Final = "|".join(status.phrase for status in HTTPStatus if status >= HTTPStatus.BAD_REQUEST)
_STATUS_TOLD: Final = re.compile(
    rf"(?<![\w./:-])'?([45]\d\d)'? (?:{PHRASES}|response|error|status)\b"
    r"|\b(?:status|code|error|http)(?: ?[:=])? ?'?([45]\d\d)\b"
    rf"|{ANSWERED_WITH}",
    re.IGNORECASE,
)
_NO_ANSWER: Final = re.compile(
    r"\b(?:(?:exit(?:s|ed)?(?: with)?|expect(?:s|ed|ing)?|instead of|never|not)(?: an?| the)? ?"
    r"|(?:docs?|documentation|should|without|would)\b[^,.;:]{0,100})\Z|\bnpm err!|\b(?:raise|throw) \w",
    re.IGNORECASE,
)
"""What stands in front of a number that is the status of no answer: of a process, of a document, of what was not so."""
_OF_PREFLIGHT: Final = re.compile(r"\b(?:OPTIONS|[Pp]re-?flight)\b(?!.*\b(?:GET|POST|PUT|PATCH|DELETE|but)\b)")
FROM_CACHE: Final = re.compile(
    r"\A(?:< )?(?:age: ?[1-9]\d*\Z|(?:x-(?:[a-z]+-)?|cf-)cache(?:-status)?: ?[\w, ]{0,20}hit\b"
    r"|cache-status: ?[^;]{1,60}; ?hit\b)",
    re.IGNORECASE,
)
"""A header by which a cache says that it answered: Age and Cache-Status (RFC 9111, 9211), and what CDNs add."""
_LIST_SHOWN: Final = re.compile(
    r"\A(?:< )?access-control-allow-origin ?: ?'?((?:[^\s,']{1,300}, ?)+[^\s,']{1,300})\Z", re.IGNORECASE
)
_HOST_AND_PORT: Final = re.compile(r"[\w.-]{1,100}:\d{2,5}(?:/[^\s'()]{0,500})?")
_RESPONSE_LINE: Final = re.compile(r"\AHTTP/[\d.]+ ([1-5]\d\d)(?: [A-Za-z' -]{2,40})?\Z")
_AGE: Final = re.compile(r"age:", re.IGNORECASE)
_OF_HEAD: Final = re.compile(
    r"(?:< )?(?:HTTP/[\d.]+ \d{3}|(?:[a-z]+-[a-z-]+|connection|date|etag|expires|pragma|server|vary|via) ?:)",
    re.IGNORECASE,
)
"""The first line of an answer, or a header that little else can be, unlike somebody's age."""
_FIELDS: Final = ("origin", "credentials", "methods", "headers")
_STATUS: Final = re.compile(r"[:：] ?(\d{3}|\(null\))[.。।]?(?: |\Z)")
_EMPTY: Final = re.compile(r"(?<![\w'])''(?![\w'])")
_TOKEN: Final = re.compile(r"(?<![A-Za-zÀ-ÿ])'([^']{1,200})'(?![A-Za-zÀ-ÿ])")


def _unphrased(flat: _Flat, told: set[int], most: int) -> list[Message]:
    """Return Firefox's messages in other languages, which have a URL, then "CORS" and untranslated names.

    Return also WebKit's message without a reason, and lines with a status.
    """
    found: list[Message] = []
    log = _Log()
    for at, (line, number) in enumerate(zip(flat.lines, flat.numbers, strict=True)):
        if len(found) == most:
            break
        if number in told or len(line) > _BEFORE or (_AGE.match(line) and not _is_in_head(flat.lines, at)):
            continue
        if message := log.ended_by(line) or _of_line(line):
            found.append(replace(message, line=number))
    return found


def _is_in_head(lines: list[str], at: int) -> bool:
    """Whether a line stands above or below another of an answer's head."""
    return any(_OF_HEAD.match(line) for line in [*lines[max(at - 1, 0) : at], *lines[at + 1 : at + 2]])


def status_told(line: str, pattern: re.Pattern[str]) -> re.Match[str] | None:
    """Return the first place where `pattern` finds the status of an answer; numbers of other kinds look alike.

    >>> told = [status_told(text, _STATUS_TOLD) for text in ("exit code 404", "HTTP 443 is open", "no, a 500 error")]
    >>> [match and match[1] for match in told]
    [None, None, '500']
    """
    return next((match for match in pattern.finditer(line) if _is_of_answer(line, match)), None)


def _is_of_answer(line: str, match: re.Match[str]) -> bool:
    return next(filter(None, match.groups())) in STATUSES and not _NO_ANSWER.search(line[: match.start()])


_SENT: Final = re.compile(r"(?:> )?(?:origin|host|access-control-request-[a-z]{1,20}) ?:", re.IGNORECASE)
"""A header of a preflight."""


_TITLE: Final = re.compile(r"OPTIONS \S*[^\s:]")
"""A method and a path alone, as a page about an API has them above what it says of them."""


class _Log:
    """The lines of a log of which several record one request: a preflight, and some lines below its status."""

    _LONGEST: Final = 12  # lines of one record
    _LONGEST_OF_GATEWAYS: Final = 40  # of API Gateway's execution log

    def __init__(self) -> None:
        self._left = 0
        self._record = Record("OPTIONS", 0)
        self._above = ""

    def ended_by(self, line: str) -> Message | None:
        """Return the record that `line` ends."""
        record = record_of(line)
        above, self._above = self._above, path_named(line)
        if record:
            opens = record.method == "OPTIONS" and not record.status and not _TITLE.fullmatch(line)
            longest = self._LONGEST_OF_GATEWAYS if "Resource Path: " in line else self._LONGEST
            self._left = longest if opens else 0
            self._record = record if record.path else record._replace(path=above)
        elif _SENT.match(line):
            self._left = 0  # that was a request that somebody copied
        elif self._left:
            self._left -= 1
            if not self._record.path:  # of JSON that is indented
                self._record = self._record._replace(path=self._above)
            if status := outcome_of(line):
                self._left = 0
                return _logged(self._record._replace(status=status))
        return None


def _of_line(line: str) -> Message | None:
    """Return the message of a line without a phrase."""
    for pattern, read in _LINES:
        if match := pattern.search(line):
            return read(match)
    if (record := record_of(line)) and (message := _logged(record)):
        return message
    if policy := translated(line):
        facts = Facts(url=policy.url, value=policy.directive)
        return Message(policy.wording, Speaker.FIREFOX, Role.REASON, (), (policy.cause,), None, facts, 0)
    url = _URL.search(line)
    if url is None and (match := status_told(line, _STATUS_TOLD)):
        stage = Stage.PREFLIGHT if _OF_PREFLIGHT.search(line[: match.end()]) else None
        return _response(int(match[1] or match[2] or match[3]), stage)
    if url and _without_reason_in_firefox(line[: url.start()], url[0]):
        facts = Facts(url=url[0])
        return Message("firefox/no-reason", Speaker.FIREFOX, Role.REASON, (), ("url-scheme",), None, facts, 0)
    url = url or _HOST_AND_PORT.search(line)
    return _translation(line[: url.start()], url[0].rstrip(".,;:。"), line[url.end() :]) if url else _reason_alone(line)


def _response(status: int, stage: Stage | None = None) -> Message:
    return Message(RESPONSE_LINE, Speaker.SERVER, Role.ECHO, (), (), stage, Facts(status=status), 0)


def _answer(match: re.Match[str]) -> Message:
    """Return a response's first line."""
    return _response(int(match[1]))


def _from_cache(_match: re.Match[str]) -> Message:
    """Return a header that a cache adds."""
    return Message(CACHE_LINE, Speaker.SERVER, Role.ECHO, (), (), None, Facts(), 0)


def _list(match: re.Match[str]) -> Message:
    """Return a header with several values where browsers accept one."""
    return Message(LIST_LINE, Speaker.SERVER, Role.ECHO, (), (), None, Facts(value=match[1]), 0)


def _asked(match: re.Match[str]) -> Message:
    """Return the note of old versions of Chromium that a preflight failed, ``OPTIONS URL``."""
    return Message(ASKED_LINE, Speaker.CHROMIUM, Role.ECHO, (), (), Stage.PREFLIGHT, Facts(url=match[1]), 0)


def _without_reason_in_firefox(opening: str, url: str) -> bool:
    """Return whether Firefox refuses a URL that is not http or https, without a reason."""
    return _lower(opening).endswith("disallows reading the remote resource at ") and not url.lower().startswith("http")


def _with_status(match: re.Match[str]) -> Message:
    """Return Chromium's note of a request and its status, such as ``OPTIONS URL 401 (Unauthorized)``."""
    return _request(match, Speaker.CHROMIUM)


def _row(match: re.Match[str]) -> Message:
    """Return Firefox's row of a request and its status, such as ``OPTIONS URL [HTTP/1.1 401 Unauthorized 9ms]``."""
    return _request(match, Speaker.FIREFOX)


def _request(match: re.Match[str], speaker: Speaker) -> Message:
    preflight = match[1] == "OPTIONS"
    facts = Facts(url=match[2], method="" if preflight else match[1], status=int(match[3]))
    if preflight:
        failures = (Failure.STATUS_NOT_OK,)
        return Message(f"{speaker}/status", speaker, Role.ECHO, failures, (), Stage.PREFLIGHT, facts, 0)
    return Message(f"{speaker}/status", speaker, Role.ECHO, (), ("http-error",), None, facts, 0)


def _logged(record: Record) -> Message | None:
    """Return a record of a server's log, if it is of a preflight that was not accepted, or of an error."""
    if record.method == "OPTIONS" and record.status >= HTTPStatus.MULTIPLE_CHOICES:
        failures, facts = (Failure.STATUS_NOT_OK,), Facts(status=record.status)
        return Message(ACCESS_LINE, Speaker.SERVER, Role.ECHO, failures, (), Stage.PREFLIGHT, facts, 0, record)
    return replace(_response(record.status), asked=record) if record.status >= HTTPStatus.BAD_REQUEST else None


def _refused_by_gin(match: re.Match[str]) -> Message:
    """Return Gin's line of a 403, with which its CORS layer answers an origin that is not on its list, as Ollama does.

    https://github.com/gin-contrib/cors/blob/master/config.go (applyCors)
    """
    asked = "preflight-authentication" if match[1] == "OPTIONS" else "authentication-without-headers"
    causes, stage = ("origin-not-allowed", asked), Stage.PREFLIGHT if match[1] == "OPTIONS" else None
    facts = Facts(status=HTTPStatus.FORBIDDEN.value)
    return Message("server/gin", Speaker.SERVER, Role.REASON, (), causes, stage, facts, 0)


_OF_GIN: Final = re.compile(rf"\[GIN\] .{{1,60}}\| +403 \|.{{1,80}}\| +({ANY_METHOD})\b")


def _without_reason(match: re.Match[str]) -> Message:
    """Return WebKit's ``Fetch API cannot load URL.``, for a request that the page itself forbids."""
    facts = Facts(url=match[2], kind="fetch" if match[1] == "Fetch API" else match[1])
    causes = ("request-mode", "unspecified")
    return Message("webkit/no-reason", Speaker.WEBKIT, Role.ECHO, (), causes, None, facts, 0)


_LINES: Final = (
    (_OF_GIN, _refused_by_gin),
    (_NO_REASON, _without_reason),
    (_STATUS_LINE, _with_status),
    (_STATUS_LINE_ALONE, _with_status),
    (_ROW, _row),
    (_ASKED_FIRST, _asked),
    (_RESPONSE_LINE, _answer),
    (FROM_CACHE, _from_cache),
    (_LIST_SHOWN, _list),
)
"""What each line is, by its form."""


_FROM_ORIGIN: Final = re.compile(r"\bfrom\W+origin\W")


def _reason_alone(line: str) -> Message | None:
    """Return a translated reason without the sentence that has the URL: ``Grund: CORS-Kopfzeile '…' fehlt``."""
    lower = _lower(line)
    told = any(word in lower for word in (*TRANSLATED_MISSING, *TRANSLATED_MULTIPLE))
    return _translation("", "", f"({line})") if told and "'access-control-allow-origin'" in lower else None


_BLOCKED: Final = re.compile(
    r"(?:blo[ckq]|advarsel|advertenc|averti[sz]|avv?iso|varnin|warn|waarsch|ostrze|figyelm|upozorn|engellendi|uyar|ditolak"
    r"|peringatan|chặn|cảnh báo|блок|спиране|предупреж|попередж|αποκλείστηκε|προειδοπ|拦截|阻止|封鎖|封锁|警告"
    r"|ブロック|차단|경고)",
    re.IGNORECASE,
)
"""That a request is blocked, or will be, as Firefox's sentence begins in every language, up to a colon."""
_COLON: Final = re.compile(r"[:：.]")
_IN_ENGLISH: Final = re.compile(r"\b(?:block(?:s|ed|ing)?|warning)\b")
_NAMED_REASON: Final = re.compile(r"\breasons?: ?", re.IGNORECASE)
_ANY_REASON: Final = re.compile(r"[(（]|[:：] ")
_ENDS: Final = re.compile(r"[.。](?= |\Z)")
_STATUS_BEHIND: Final = re.compile(r"[.。 ]{0,3}[^:：.。\d]{2,30}[:：] ?(?:\d{3}|\(null\))(?!\d)")


def _sentence(reason: str) -> tuple[str, bool]:
    """Return the part of `reason` that Firefox wrote, and whether its end is there: others follow it in a line."""
    end = _end_of_parentheses(reason)
    if not end:
        begins = _ANY_REASON.search(reason)
        match = _ENDS.search(reason, begins.end() if begins else 0)
        end = match.end() if match else 0
    if not end:
        return reason, bool(_STATUS.search(reason))
    status = _STATUS_BEHIND.match(reason, end)
    return reason[: status.end() if status else end], True


def _end_of_parentheses(reason: str) -> int:
    """Return where the first parentheses end that are about CORS; 0 if there are none."""
    start = depth = 0
    for match in _PARENTHESIS.finditer(reason):
        if match[0] in "(（":
            start = match.start() if not depth else start
            depth += 1
        elif depth:
            depth -= 1
            if not depth and _OF_CORS.search(reason, start, match.end()):
                return match.end()
    return 0


_PARENTHESIS: Final = re.compile(r"[()（）]")
_OF_CORS: Final = re.compile(r"cors|access-control-allow-", re.IGNORECASE)


def _is_of_firefox(opening: str, reason: str) -> bool:
    """Return whether the sentence around a URL is Firefox's, by what it says in front of it.

    People put a URL and a remark on CORS in parentheses into one line, too.
    """
    blocked = _BLOCKED.search(opening)
    if not (blocked and _COLON.search(opening, blocked.end())):
        return False
    return bool((_NAMED_REASON if _IN_ENGLISH.search(_lower(opening)) else _ANY_REASON).search(reason))


def _translation(opening: str, url: str, reason: str) -> Message | None:
    if url and not _is_of_firefox(opening, reason):
        return None
    reason, is_whole = _sentence(reason)
    lower = _lower(reason)
    if not _OF_CORS.search(lower):
        return None
    if _FROM_ORIGIN.search(f"{_lower(opening)} {lower}"):
        return None  # Chromium's sentence, whose quoted words are no values
    status = next(iter(_STATUS.findall(reason)), "")
    tokens = [part.strip() for part in _TOKEN.findall(reason)]
    quoted = [token for token in tokens if "access-control-" not in _lower(token) and _lower(token) != "preflight"]
    named = next((name for name in _FIELDS if f"access-control-allow-{name.rstrip('s')}" in lower), "")
    lists = [token for token in tokens if _lower(token).startswith("access-control-allow-")]
    if len(lists) > 1 and not quoted:  # one is the header that was refused, the other is the list
        named, quoted = "headers", [token for token in lists if _lower(token) != "access-control-allow-headers"]
    if not (named or is_whole):
        return None  # cut off before it says what is wrong
    told = _Translation(named, quoted, status, reason.lower())
    facts = told.facts().joined(Facts(url=url, status=int(status) if status.isdecimal() else None))
    role = Role.ECHO if told.failures == (Failure.NO_RESPONSE,) else told.role
    return Message("firefox/translated", Speaker.FIREFOX, role, told.failures, told.causes, told.stage, facts, 0)


@dataclass(frozen=True, slots=True)
class _Translation:
    """The parts of a reason that are the same in every language: the header, the quoted words, and the status."""

    named: str
    quoted: list[str]
    status: str
    reason: str

    @property
    def first(self) -> str:
        """The first quoted word besides the header's name."""
        return self.quoted[0] if self.quoted else ""

    @property
    def stage(self) -> Stage | None:
        """The stage: browsers check the lists only in a preflight's response."""
        return Stage.PREFLIGHT if self.named in {"methods", "headers"} else None

    @property
    def role(self) -> Role:
        """The role: the warning about Authorization names it and the asterisk."""
        return Role.WARNING if self.failures == (Failure.AUTHORIZATION_NOT_NAMED,) else Role.REASON

    @property
    def failures(self) -> tuple[Failure, ...]:
        """The failures that it means."""
        match self.named:
            case "credentials" if self.first == "*":  # Spanish names the wrong header
                return (Failure.ALLOW_ORIGIN_WILDCARD,)
            case "credentials":
                return (Failure.ALLOW_CREDENTIALS_NOT_TRUE,)
            case "methods":  # a token is quoted only if it is invalid
                return (Failure.ALLOW_METHODS_UNPARSEABLE if self.first else Failure.METHOD_NOT_ALLOWED,)
            case "headers" if "*" in self.quoted:
                return (Failure.AUTHORIZATION_NOT_NAMED,)
            case "headers":
                malformed = self.first and not is_token(self.first)
                return (Failure.ALLOW_HEADERS_UNPARSEABLE if malformed else Failure.HEADER_NOT_ALLOWED,)
            case "origin" if self.first == "*":
                return (Failure.ALLOW_ORIGIN_WILDCARD,)
            case "origin" if self.first or self._is_empty:
                return (Failure.ALLOW_ORIGIN_MISMATCH,)
            case "origin" if self.status or any(word in self.reason for word in TRANSLATED_MISSING):
                return (Failure.ALLOW_ORIGIN_MISSING,)
            case "origin" if any(word in self.reason for word in TRANSLATED_MULTIPLE):
                return (Failure.ALLOW_ORIGIN_MULTIPLE,)
            case "origin":  # none of the words by which the languages tell them apart
                return (Failure.ALLOW_ORIGIN_MULTIPLE, Failure.ALLOW_ORIGIN_MISSING)
            case _ if self.first == "*":  # Mexico's Spanish translates the header
                return (Failure.ALLOW_ORIGIN_WILDCARD,)
            case _:
                return self._unnamed()

    def _unnamed(self) -> tuple[Failure, ...]:
        if self.first or self._is_disabled or self._is_not_http:
            return ()
        if any(word in self.reason for word in TRANSLATED_REDIRECT):
            return (Failure.PREFLIGHT_REDIRECTED,)
        if self.status.isdecimal() or "preflight" in self.reason:
            return (Failure.STATUS_NOT_OK,)
        return (Failure.NO_RESPONSE,)

    @property
    def _is_empty(self) -> bool:
        """Whether the header's value is quoted and empty."""
        return not self.first and _EMPTY.search(self.reason) is not None

    @property
    def _is_disabled(self) -> bool:
        return not self.status and any(word in self.reason for word in TRANSLATED_DISABLED)

    @property
    def _is_not_http(self) -> bool:
        """Whether the request was not HTTP: every language contains that name in Latin letters."""
        return not self.status and "http" in self.reason

    @property
    def causes(self) -> tuple[str, ...]:
        """The causes that it names without a failure: an Origin header that was not added, a URL that is not http."""
        if self.named or self.failures:
            return ()
        if self._is_disabled:
            return ("cors-disabled",)
        if self._is_not_http:
            return ("url-scheme", "redirect-scheme")
        return ("origin-header-not-added",) if self.first else ()

    def facts(self) -> Facts:
        """Return the quoted words as facts."""
        match self.failures:
            case (Failure.HEADER_NOT_ALLOWED,):
                return Facts(header=self.first)
            case (Failure.ALLOW_CREDENTIALS_NOT_TRUE | Failure.ALLOW_ORIGIN_WILDCARD,):
                return Facts(credentials=True)
            case (Failure.AUTHORIZATION_NOT_NAMED,):
                return Facts()
            case _:
                return Facts(value=self.first if self.named else "", is_whole=self._is_empty)
