"""Read requests and answers as ``curl -v`` prints them, raw, or as a command line, a title and what came of it.

>>> lines = [*enumerate(["$ curl -iL http://api.example/a -H 'Origin: https://app.example'", "HTTP/1.1 301 Moved",
...     "Location: https://api.example/a", "", "HTTP/2 200", "vary: Origin", "", "Before it was", "HTTP/2 404"], 1)]
>>> [(one.url, one.status, one.received) for one in exchanges_of(lines)]
[('http://api.example/a', 301, [('Location', 'https://api.example/a')]), \
('https://api.example/a', 200, [('vary', 'Origin')]), ('', 404, [])]
"""

import re
from http import HTTPStatus
from itertools import pairwise
from typing import Final
from urllib.parse import urljoin

from wsgicors.doctor.catalogue._readers import ANY_METHOD
from wsgicors.doctor.evidence._command_lines import Command, commands_of, header_of
from wsgicors.doctor.evidence._pasted_exchange import OF_PREFLIGHTS, PastedExchange, is_sentence
from wsgicors.doctor.evidence._status_told import ANSWERED_WITH, PHRASES, status_told
from wsgicors.doctor.evidence._steps import REDIRECTING

_CURL_URL: Final = re.compile(r"\bcurl\b[^\n]{0,2000}?(https?)://")
_REQUEST: Final = re.compile(r"(?:> )?([A-Z]{3,10}) (\S{1,2000}) HTTP/[\d.]+")
_TITLE: Final = re.compile(
    rf"({ANY_METHOD}) (/\S{{0,2000}}?|https?://\S{{1,2000}}?)(?: \([Oo]rigin: (\S{{1,300}})\))?:?"
)
_ABSOLUTE: Final = re.compile(r"(https?)://([^\s/?#]{1,300})")
_RESPONSE: Final = re.compile(r"(?:< )?HTTP/[\d.]+ (\d{3})")
_FOLLOWING: Final = " [following]"
"""What wget says behind the address of a redirect, which it also shows as a header."""
_TO_CONNECT: Final = "connection established"
"""The phrase of a proxy's answer to CONNECT."""
_COLUMNS: Final = re.compile(r"([A-Za-z][A-Za-z0-9-]{1,60})(?:\t| {2})\s*(\S.*)")
"""A header as a table has it, without its colon."""
_ANSWERED: Final = re.compile(
    rf"{ANSWERED_WITH}"
    rf"|\A\W{{0,3}}(?:(?:answer|code|error|http|response|status)\W{{1,2}}){{0,3}}([45]\d\d)(?:\W{{1,3}}(?:{PHRASES})|\W*\Z)"
    r"|\bawaiting response\.\.\. ([45]\d\d)\b"
    r"|\breturned (?:an )?error: \(?([45]\d\d)\b|\bdoes not indicate success: ([45]\d\d)\b"
    r"|\A[^\[]{0,300}?['\"](?:code|status|statusCode|status_code)['\"] ?: ?['\"]?([45]\d\d)\b"  # of no list's member
    rf"|<(?:title|h1)>([45]\d\d) (?:{PHRASES})\b",
    re.IGNORECASE,
)
"""A status in somebody's words, or as the body of an error has it."""
_SILENCE: Final = re.compile(
    r"[\W_]{0,9}(?:(?:it|that|this|which) )?(?:(?:prints?|returns?|shows?|is|are|outputs?|gives?) )?"
    r"(?:no output|nothing|empty(?: output)?|none|no (?:cors |such )?headers?|no results?|no match(?:es)?)"
    r"(?: (?:at all|here|printed|returned|returned by the server))?[\W_]{0,9}",
    re.IGNORECASE,
)
"""How people say that a search in the output found nothing."""
_INTERIM: Final = frozenset({HTTPStatus.CONTINUE, HTTPStatus.PROCESSING, HTTPStatus.EARLY_HINTS})
_KEPT: Final = ("GET", "HEAD", "OPTIONS")
"""The methods that no redirect changes."""


def exchanges_of(lines: list[tuple[int, str]], text: str = "") -> list[PastedExchange]:
    """Return the requests in numbered lines, each with its answer, and the answers to others.

    Args:
        lines: The lines, with their numbers.
        text: The whole text.
    """
    reader = _Reader(text)
    for number, line in _in_order(lines):
        reader.read(number, line)
    return reader.found


def _in_order(lines: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Return `lines` with each raw request before its response, if all stand behind it, as in a panel's raw headers."""
    starts = [at for at, (_, line) in enumerate(lines) if _REQUEST.fullmatch(line) or _RESPONSE.match(line)]
    answers, requests = starts[::2], starts[1::2]
    is_behind = all(_RESPONSE.match(lines[at][1]) for at in answers) and all(
        _REQUEST.fullmatch(lines[at][1]) for at in requests
    )
    if not is_behind or len(answers) != len(requests):
        return lines
    parts = [lines[at:after] for at, after in pairwise([*starts, len(lines)])]
    swapped = (part for answer, request in zip(parts[::2], parts[1::2], strict=True) for part in (request, answer))
    return [*lines[: starts[0]], *(line for part in swapped for line in part)] if starts else lines


class _Reader:
    """Reads lines in their order: an answer belongs to the request above it, and a request has one answer."""

    def __init__(self, text: str) -> None:
        match = _CURL_URL.search(text)
        self.found: list[PastedExchange] = []
        self._schemes = {"": match[1] if match else "https"}
        """The schemes of the hosts that a redirect led to, and that of the others."""
        self._is_verbose = "curl" in text or "\n< HTTP/" in text
        self._current: PastedExchange | None = None
        self._head: list[tuple[str, str]] | None = None
        """The headers of the head that is being read."""
        self._above = ""

    def read(self, number: int, line: str) -> None:
        """Read a line."""
        if commands := commands_of(line):
            hides_cors = any(command.hides_cors for command in commands)
            self._run([_of_command(command) for command in commands], hides_cors=hides_cors)
        elif match := _REQUEST.fullmatch(line):
            is_curl = self._current is not None and self._current.is_curl
            is_curl |= self._is_verbose and line.startswith("> ")
            self._ask(PastedExchange(match[1], match[2], is_by_hand=True, is_curl=is_curl))
        elif match := _TITLE.fullmatch(line.replace("`", "").lstrip("#>* ")):
            sent = [("Origin", match[3])] if match[3] else []
            self._ask(PastedExchange(match[1], match[2], sent=sent, is_title=True))
        elif (match := _RESPONSE.match(line)) and self.found:
            self._begin(number, int(match[1]), is_interim=_TO_CONNECT in line.lower())
        elif self._current is not None:
            self._go_on(self._current, number, line)

    def _run(self, asked: list[PastedExchange], *, hides_cors: bool) -> None:
        """Read a line of commands; of several, or one that hides headers of CORS, no output is judged."""
        self.found += asked
        self._schemes[""] = next((one.url for one in asked if "://" in one.url), self._schemes[""]).partition(":")[0]
        self._current = asked[0] if len(asked) == 1 and not hides_cors else None
        self._head = None

    def _ask(self, one: PastedExchange) -> None:
        """Read the first line of a request."""
        self.found.append(one)
        self._current, self._head = one, one.sent

    def _begin(self, number: int, status: int, *, is_interim: bool) -> None:
        """Read the first line of an answer."""
        one = self._current
        if one is None or (one.status and not one.is_interim) or one.is_found:
            one = self._current = _redirected(one) or PastedExchange()
            self.found.append(one)
        one.status, one.is_interim = status, is_interim or status in _INTERIM
        one.received.clear()
        one.lines.append(number)
        self._head = one.received

    def _go_on(self, one: PastedExchange, number: int, line: str) -> None:
        """Read a line below the first one of a request or of an answer, or below a command."""
        header = None if line.endswith(_FOLLOWING) else _of_head(line.removeprefix("> ").removeprefix("< "))
        above, self._above = self._above, line
        is_search = one.is_filtered and not one.status
        if is_search and header and not header[0].lower().startswith("access-control-"):
            header = None  # that search does not find it
        if one.is_found and not (header and one.received):
            self._current = None  # the output ended
        elif is_search and _SILENCE.fullmatch(line):
            one.is_silent = True
        elif not line.strip("<>"):
            self._head = None  # a head ends at its empty line
        elif not (one.status or one.told) and (match := status_told(line, _ANSWERED)):
            one.told, self._head = int(next(filter(None, match.groups()))), None
        elif not header and one.is_title and not (one.sent or one.status):
            self._current = None  # a title of something else
        elif self._head is not None and (is_sentence(line) or (not header and _is_text(line, above))):
            self._head = None
        elif header and (is_search or self._head is not None):
            self._add(one, header, number)

    def _add(self, one: PastedExchange, header: tuple[str, str], number: int) -> None:
        """Add a header to the head that is being read, or to what a search found."""
        head = one.received if self._head is None else self._head
        head.append(header)
        one.lines += [number] if head is one.received else []
        name, value = header
        if name.lower() == "host" and one.url.startswith("/"):
            one.url = f"{self._schemes.get(value, self._schemes[''])}://{value}{one.url}"
        elif name.lower() == "location" and (match := _ABSOLUTE.match(value)):
            self._schemes[match[2]] = match[1]


def _redirected(one: PastedExchange | None) -> PastedExchange | None:
    """Return the request that a command sends after the answer to `one`; None if it sends none."""
    location = next((value for name, value in one.received if name.lower() == "location"), "") if one else ""
    if not one or not location or not one.follows or one.status not in REDIRECTING or one.method not in _KEPT:
        return None
    try:
        url = urljoin(one.url, location)
    except ValueError:  # not a URL
        return None
    return PastedExchange(one.method, url, sent=[*one.sent], is_by_hand=True, is_curl=True, follows=True)


def _of_command(command: Command) -> PastedExchange:
    """Return the request of a command line, with what is written behind it."""
    sent = [*command.sent]
    if command.shows_origin:  # the answer's lists are not shown, so they are not asked for either
        sent = [header for header in sent if header[0].lower() not in OF_PREFLIGHTS]
    asked = PastedExchange(command.method, command.url, sent=sent, is_by_hand=True, is_curl=True)
    asked.follows = command.follows
    asked.is_filtered = command.shows_cors or command.shows_origin
    asked.is_silent = asked.is_filtered and bool(_SILENCE.fullmatch(command.rest))
    if match := status_told(command.rest, _ANSWERED):
        asked.told = int(next(filter(None, match.groups())))
    return asked


def _is_text(line: str, above: str) -> bool:
    """Whether a line that is no header is no note of curl's either, and no rest of a long value above it."""
    return len(above) < _LONG and bool(_TEXT.match(line))


_LONG: Final = 60  # characters of a line that a terminal, or somebody, can have wrapped
_TEXT: Final = re.compile(r"[A-Za-z']+ \S")  # not a header in columns, whose name has hyphens


def _of_head(line: str) -> tuple[str, str] | None:
    """Return a header of a raw message, with its colon or in columns."""
    columns = _COLUMNS.fullmatch(line)
    return header_of(line) or ((columns[1], columns[2]) if columns else None)
