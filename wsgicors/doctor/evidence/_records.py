"""Read a record of a server's log about one request: a method, a path and a status, in any order and layout.

Servers differ in everything else. What tells a record from a sentence is that no words of one stand between the three.

>>> record_of('10.0.0.1 - - [02/Jan/2026] "OPTIONS /token HTTP/1.1" 405 19')
Record(method='OPTIONS', status=405, path='/token')
>>> record_of("WARNING:tornado.access:405 OPTIONS /token 1.2ms")
Record(method='OPTIONS', status=405, path='/token')
>>> record_of("I sent OPTIONS /token 405 times"), record_of("of 404 users, OPTIONS /token refuses all")
(Record(method='OPTIONS', status=0, path='/token'), Record(method='OPTIONS', status=0, path='/token'))
"""

import re
from http import HTTPStatus
from typing import Final, NamedTuple

from wsgicors.doctor.catalogue._readers import ANY_METHOD, METHODS


class Record(NamedTuple):
    """A request as a log has it.

    Attributes:
        method: Its method.
        status: The status of its answer; 0 if another line has it.
        path: Its path or its URL; "" if it is not known.
    """

    method: str
    status: int
    path: str = ""


def record_of(line: str) -> Record | None:
    """Return the request that `line` records: by names, as JSON and logfmt have it, or by places."""
    if not _NAMED_METHOD.search(line) or _REQUEST.fullmatch(line):
        return None
    if unrouted := _UNROUTED.search(line):
        return Record("OPTIONS", HTTPStatus.NOT_FOUND.value, unrouted[1] or "")
    if named := _METHOD_KEY.search(line):
        return Record(named[1].upper(), _status_named(line) if _PATH_KEY.search(line) else 0, path_named(line))
    return _by_places(_LOGGER.sub("", line))


def outcome_of(line: str) -> int:
    """Return the status of a line that ends a record of several lines; 0 if it does not.

    >>> outcome_of("Completed 401 Unauthorized in 3ms"), outcome_of("Request finished in 18.6ms 405 text/html")
    (401, 405)
    >>> outcome_of("Received response. Status: 200, Integration latency: 3 ms")  # of what API Gateway asked itself
    0
    """
    if _INTEGRATION.search(line):
        return 0
    match = _ENDED.search(line)
    return _status_named(line) or (int(match[1]) if match else 0)


def path_named(line: str) -> str:
    """Return the path or the URL that `line` has by name; "" for none.

    >>> path_named("{'method':'OPTIONS','path':'/items'}"), path_named("referer=https://a.example/")
    ('/items', '')
    """
    match = _NAMED_PATH.search(line)
    return match[1] if match else ""


def _status_named(line: str) -> int:
    """Return the status that `line` has by name; 0 for none.

    >>> [_status_named(line) for line in ("exitcode=404 code=500 http_status=204", "errorCode: 404", "code=405")]
    [204, 0, 405]
    """
    match = _STATUS_KEY.search(line) or _CODE_KEY.search(line)
    return int(match[1]) if match else 0


_NAMED_METHOD: Final = re.compile(rf"\b(?:{ANY_METHOD})\b", re.IGNORECASE)
_METHOD_KEY: Final = re.compile(
    rf"(?<![\w-])(?<!request )[\w.]{{0,30}}method'? ?[=:] ?'?({ANY_METHOD})(?![\w|-]|,(?! resource path: ))",
    re.IGNORECASE,
)
"""A method by its name; not a panel's "Request Method", and not a list."""
_VALUE: Final = r"'? ?[=:] ?'?([1-5]\d\d)(?![\w:-]|\.\d)"
_STATUS_KEY: Final = re.compile(rf"(?<![\w-])[\w.]{{0,30}}status(?:_?code)?{_VALUE}", re.IGNORECASE)
_CODE_KEY: Final = re.compile(rf"(?<![\w.-])(?:(?:http|resp(?:onse)?|res)[_.]?)?code{_VALUE}", re.IGNORECASE)
"""What a process, an error or an address has as its code is none of HTTP."""
_PATH_KEY: Final = re.compile(r"[=:] ?'?(?:/|https?://)")
_NAMED_PATH: Final = re.compile(
    r"(?<![a-z])(?:[a-z.]{0,20}_)?(?:endpoint|path|route|target|ur[il])'? ?[=:] ?'?((?:/|https?://)[^\s'\",]{0,2000})",
    re.IGNORECASE,
)
_LOGGER: Final = re.compile(r"\A(?:[A-Z]{4,8}:[\w.]{1,60}|[a-z_]{1,30}(?:\.[a-z_]{1,30}){1,5}):(?=\d{3} )")
"""A level and a logger's name, or the name alone, as Python's logging prints them."""
_ENDED: Final = re.compile(
    r"\b(?:(?:completed|finished|responded|responding|outcome)\b[^\d]{0,40}(?:[\d.,]{1,12} ?m?s )?(?:- )?"
    r"|sent (?=\d{3} in \d))"
    r"(?<![\w./:-])([1-5]\d\d)(?![\w:%-]|\.\d| ?m?s\b| of\b| [a-z]{2,30}s\b)",
    re.IGNORECASE,
)
"""How Rails, Spring, ASP.NET, Phoenix and Rocket end what they began to log some lines above."""
_INTEGRATION: Final = re.compile(r"\breceived response\. status: ", re.IGNORECASE)
_UNROUTED: Final = re.compile(
    r"\bno matching routes for options\b(?: (/\S{0,2000}?)(?=[.,]?(?:\s|\Z)))?", re.IGNORECASE
)
"""What Rocket says of a preflight in place of a status."""
_REQUEST: Final = re.compile(
    rf"(?:> )?(?:{ANY_METHOD}) \S{{1,2000}} HTTP/[\d.]+|.*\bcurl .*|(?:.*[ '`])?(?:https?|xh) (?:{ANY_METHOD}) .*"
)
"""The first line of a request that somebody copied, or the command that sends it."""

_MARKS: Final = "'\"()[]{}<>,;:|*`"
_PATH: Final = re.compile(r"'?(?:/|https?://)\S{0,2000}")
_WORD: Final = re.compile(r"[A-Za-z]?[a-z]{1,40}|[kMG]i?B")
STATUSES: Final = frozenset({*(str(status.value) for status in HTTPStatus), "419", "444", "499", "530",
                              *(str(status) for status in range(520, 528))})  # fmt: skip
"""The statuses of HTTP, of Laravel and nginx, and of Cloudflare: 443 is a port."""
_OF_LOGS: Final = frozenset({
    "http", "status", "code", "responded", "responding", "returned", "response", "request", "completed", "finished",
    "processed", "handled", "answered", "generated", "result", "with", "in", "bytes", "msecs", "ms",
})  # fmt: skip
"""The words that logs have between a path and its status."""
_PHRASES: Final = frozenset(re.split(r"\W", status.phrase, maxsplit=1)[0].lower() for status in HTTPStatus)
_OF_PHRASES: Final = frozenset(word.lower() for status in HTTPStatus for word in status.phrase.split())
_AFTERWARDS: Final = _PHRASES | {"in", "after", "response", "error", "status", "for", "from"}
"""The words that follow a status; what is counted does not."""


_CLIENT: Final = re.compile(r" from \[?[\da-f.:]{2,45}\]?:\d{1,5} - ")
"""How chi's log names the client, between the request and its status."""


def _by_places(line: str) -> Record | None:
    """Return the request of a line whose method is followed by a path."""
    words = [bare for word in _CLIENT.sub(" ", line).split(" ") if (bare := word.strip(_MARKS)) and bare != "-"]
    for at, word in enumerate(words):
        if word in METHODS and (path := _path_behind(words, at)):
            behind = words[at + 1 : path] + words[path + 1 :]
            return Record(word, _first_status(behind, "") or _status_in_front(words[:at]), words[path])
    return None


def _path_behind(words: list[str], at: int) -> int:
    """Return the index of the path of the method at `at`, with at most a status between them; 0 if there is none."""
    for place in range(at + 1, min(at + 3, len(words))):
        if _PATH.fullmatch(words[place]):
            return place
        if words[place] not in STATUSES:
            break
    return 0


def _first_status(words: list[str], before: str) -> int:
    """Return the first status in `words`, with no word of a sentence before it, or behind it; 0 for none."""
    for word, after in zip(words, [*words[1:], ""], strict=False):
        if word in STATUSES and not _is_of_sentence(after, _AFTERWARDS) and not _is_of_sentence(before, _OF_LOGS):
            return int(word)
        if _is_of_sentence(word, _OF_LOGS):
            return 0
        before = word
    return 0


def _status_in_front(words: list[str]) -> int:
    """Return the status in front of a method: the first behind the last word of a sentence."""
    ends = (at + 1 for at in range(len(words) - 1, -1, -1) if _is_of_sentence(words[at], _OF_LOGS | _OF_PHRASES))
    start = next(ends, 0)
    return _first_status(words[start:], words[start - 1] if start else "")


def _is_of_sentence(word: str, known: frozenset[str]) -> bool:
    """Whether `word` is one of a sentence, and not among the `known` ones of logs."""
    return bool(_WORD.fullmatch(word)) and word.lower() not in known
