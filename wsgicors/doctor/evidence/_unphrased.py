"""Read messages that have no phrase of their own: lines with a status, and notes with a URL alone."""

import re
from dataclasses import replace
from http import HTTPStatus
from itertools import takewhile
from typing import Final

from wsgicors.browser import Failure, Stage
from wsgicors.doctor.catalogue._readers import ANY_METHOD, Speaker
from wsgicors.doctor.catalogue._translated import translated
from wsgicors.doctor.catalogue._wording import Role
from wsgicors.doctor.evidence._facts import Facts
from wsgicors.doctor.evidence._flat_text import FlatText, lower_ascii
from wsgicors.doctor.evidence._message import ACCESS_LINE, ASKED_LINE, CACHE_LINE, LIST_LINE, RESPONSE_LINE, Message
from wsgicors.doctor.evidence._records import Record, outcome_of, path_named, record_of
from wsgicors.doctor.evidence._status_told import STATUS_TOLD, path_of, status_told
from wsgicors.doctor.evidence._translations import reason_alone, translation

LONGEST_LINE: Final = 4096
"""The most characters of a line: two URLs and an origin."""
_URL: Final = re.compile(r"[a-z][a-z0-9+.\-]{1,20}://[!-&*-~]{1,2000}", re.IGNORECASE)  # Korean has no blank behind it
_NO_REASON: Final = re.compile(r"(Fetch API|XMLHttpRequest) cannot load (\S{1,2000}?)\.(?=[\s'_})<]|\Z)")
_STATUS_LINE: Final = re.compile(rf"\b({ANY_METHOD}) (https?://[^\s'()]{{1,2000}}) ([45]\d\d)(?: \(|\Z)")
_STATUS_LINE_ALONE: Final = re.compile(r"\A(?:[^\s:]{1,100}:\d{1,6} )?()(https?://[^\s'()]{1,2000}) ([45]\d\d) \(")
_ROW: Final = re.compile(rf"\b({ANY_METHOD}) (https?://[^\s'()\[]{{1,2000}}) ?\[HTTP/[\d.]+ ([45]\d\d)\b")
_ASKED_FIRST: Final = re.compile(r"\bOPTIONS (https?://[^\s'()]{1,2000})(?= \(anonymous|\Z)")
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
    r"(?:< )?(?:HTTP/[\d.]+ \d{3}|(?:[a-z]+-[a-z-]+|etag) ?:|vary ?: (?:\*|[a-z-]+(?:, ?[a-z-]+)*)\Z"
    r"|(?:date|expires) ?: [a-z]{3}, \d|server ?: (?:\S+\Z|[\w.-]+/\d))",
    re.IGNORECASE,
)
"""The first line of an answer, or a header that little else can be, unlike somebody's age and server."""
_PAIR: Final = re.compile(r"(?:< )?[\w-]{1,60} ?: ?\S|(?:< )?HTTP/")
_MOST_OF_HEAD: Final = 20  # lines of one head that are looked at


def unphrased(flat: FlatText, told: set[int], most: int) -> list[Message]:
    """Return Firefox's messages in other languages, which have a URL, then "CORS" and untranslated names.

    Return also WebKit's message without a reason, and lines with a status.
    """
    found: list[Message] = []
    log = _Log()
    for at, (line, number) in enumerate(zip(flat.lines, flat.numbers, strict=True)):
        if len(found) == most:
            break
        if number in told or len(line) > LONGEST_LINE or (_AGE.match(line) and not _is_in_head(flat.lines, at)):
            continue
        record = record_of(line)
        if message := log.ended_by(line, record) or _of_line(line, record):
            found.append(replace(message, line=number))
    return found


def _is_in_head(lines: list[str], at: int) -> bool:
    """Whether a line stands among others of an answer's head."""
    above = takewhile(_PAIR.match, reversed(lines[max(at - _MOST_OF_HEAD, 0) : at]))
    below = takewhile(_PAIR.match, lines[at + 1 : at + 1 + _MOST_OF_HEAD])
    return any(_OF_HEAD.match(line) for line in (*above, *below))


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

    def ended_by(self, line: str, record: Record | None) -> Message | None:
        """Return the record that `line` ends, which has `record` itself."""
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


def _of_line(line: str, record: Record | None) -> Message | None:
    """Return the message of a line without a phrase, which has `record`."""
    for pattern, read in _LINES:
        if match := pattern.search(line):
            return read(match)
    if record and (message := _logged(record)):
        return message
    if policy := translated(line):
        facts = Facts(url=policy.url, value=policy.directive)
        return Message(policy.wording, Speaker.FIREFOX, Role.REASON, (), (policy.cause,), None, facts, 0)
    url = _URL.search(line)
    if url is None and (match := status_told(line, STATUS_TOLD)):
        stage = Stage.PREFLIGHT if _OF_PREFLIGHT.search(line[: match.end()]) else None
        told, path = _response(int(match[1] or match[2] or match[3]), stage), path_of(line, match)
        return replace(told, asked=Record("", 0, path)) if path else told
    if url and _without_reason_in_firefox(line[: url.start()], url[0]):
        facts = Facts(url=url[0])
        return Message("firefox/no-reason", Speaker.FIREFOX, Role.REASON, (), ("url-scheme",), None, facts, 0)
    url = url or _HOST_AND_PORT.search(line)
    return translation(line[: url.start()], url[0].rstrip(".,;:。"), line[url.end() :]) if url else reason_alone(line)


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
    is_of_firefox = lower_ascii(opening).endswith("disallows reading the remote resource at ")
    return is_of_firefox and not url.lower().startswith("http")


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
