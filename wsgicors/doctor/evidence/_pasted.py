"""Read exchanges pasted as text: curl and its output, raw messages, a network panel's headers, answers with a title.

>>> paste = '''> GET /items HTTP/1.1
... > Host: api.example
... > Origin: https://app.example
... < HTTP/1.1 200 OK
... < Access-Control-Allow-Origin: https://other.example'''
>>> [(found.url, found.status) for found in exchanges(paste)]
[('https://api.example/items', 200)]
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import pairwise
from typing import Final

from wsgicors.doctor.catalogue._readers import ANY_METHOD
from wsgicors.doctor.evidence._command_lines import Command, command_of, header_of
from wsgicors.doctor.evidence._console import ANSWERED_WITH, PHRASES
from wsgicors.doctor.evidence._facts import clean_origin
from wsgicors.doctor.evidence._steps import OK

_CURL_URL: Final = re.compile(r"\bcurl\b[^\n]{0,2000}?(https?)://")
_REQUEST: Final = re.compile(r"(?:> )?([A-Z]{3,10}) (\S{1,2000}) HTTP/[\d.]+")
_TITLE: Final = re.compile(
    rf"({ANY_METHOD}) (/\S{{0,2000}}?|https?://\S{{1,2000}}?)(?: \([Oo]rigin: (\S{{1,300}})\))?:?"
)
_ABSOLUTE: Final = re.compile(r"(https?)://([^\s/?#]{1,300})")
_RESPONSE: Final = re.compile(r"(?:< )?HTTP/[\d.]+ (\d{3})")
_COLUMNS: Final = re.compile(r"([A-Za-z][A-Za-z0-9-]{1,60})(?:\t| {2})\s*(\S.*)")
"""A header as a table has it, without its colon."""
_ANSWERED: Final = re.compile(
    rf"{ANSWERED_WITH}"
    rf"|\A\W{{0,3}}(?:(?:answer|code|error|http|response|status)\W{{1,2}}){{0,3}}([45]\d\d)(?:\W{{1,3}}(?:{PHRASES})|\W*\Z)"
    r"|\breturned (?:an )?error: \(?([45]\d\d)\b|\bdoes not indicate success: ([45]\d\d)\b"
    r"|\A[^\[]{0,300}?['\"](?:code|status|statusCode|status_code)['\"] ?: ?['\"]?([45]\d\d)\b"  # of no list's member
    rf"|<(?:title|h1)>([45]\d\d) (?:{PHRASES})\b",
    re.IGNORECASE,
)
"""A status in somebody's words, or as the body of an error has it."""
_OF_PREFLIGHTS: Final = ("access-control-request-method", "access-control-request-headers")
_LONGEST: Final = 64 * 1024
"""The most characters of a paste; longer texts are not read as exchanges."""

_ERROR: Final = 400

_NO_PAGE: Final = "https://no-page.invalid"
"""The page of a preflight that was sent by hand without an Origin; no fact names it."""


@dataclass(slots=True)
class Pasted:
    """A request and its answer, as far as pasted."""

    method: str = ""
    url: str = ""
    status: int = 0
    sent: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    received: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    is_title: bool = False
    """Whether somebody wrote only its method, path and origin, as a title above the answer."""
    is_curl: bool = False
    """Whether curl sent it: without cookies, and without a page."""
    told: int = 0
    """The status of the answer, of which the text has nothing else."""
    is_filtered: bool = False
    """Whether the text has of the answer what a search for headers of CORS found."""
    is_silent: bool = False
    """Whether that search found nothing."""
    assumed: set[str] = field(default_factory=set[str])
    """The facts that are not in the text."""

    @property
    def is_preflight(self) -> bool:
        """Whether it asks what a preflight asks, by a browser or by hand."""
        return self.method == "OPTIONS" and not _names(self.sent).isdisjoint(_OF_PREFLIGHTS)

    @property
    def is_refusal(self) -> bool:
        """Whether curl sent OPTIONS without what a preflight asks, and got an error."""
        return self.is_curl and self.method == "OPTIONS" and not self.is_preflight and self.status >= _ERROR

    def complete(self) -> None:
        """Add what a browser sends with every preflight, if the answer can be judged without it."""
        if self.is_filtered and (self.received or self.is_silent) and not self.status:
            self.status = HTTPStatus.OK
            self.assumed.add("status")
        names = _names(self.sent)
        if not self.status or not self.is_preflight or self.is_open:
            return
        if "access-control-request-method" not in names:
            self.sent.append(("Access-Control-Request-Method", "GET"))
            self.assumed.add("method")
        allowed = [value for name, value in self.received if name.lower() == "access-control-allow-origin"]
        if "origin" not in names and (allowed or self.status not in OK):
            self.sent.append(("Origin", clean_origin(allowed[0] if allowed else "") or _NO_PAGE))
            self.assumed.add("origin")

    @property
    def is_open(self) -> bool:
        """Whether it is a preflight for a method that is not known."""
        return self.is_title and self.method == "OPTIONS" and "access-control-request-method" not in _names(self.sent)


def exchanges(text: str) -> list[Pasted]:
    """Return the exchanges in `text` whose request has an Origin and a URL, and whose answer has a status.

    Preflights that somebody sent without an Origin are among them.
    """
    if len(text) > _LONGEST:
        return []
    lines = _lines(text)
    found = [*_of_messages(_in_order(lines), text), *_of_panel(lines)]
    for one in found:
        one.complete()
    whole = [one for one in found if one.url and one.status and "origin" in _names(one.sent)]
    for one, after in pairwise(whole):
        if one.is_open and one.url == after.url:
            one.sent.append(("Access-Control-Request-Method", after.method))
    return [one for one in whole if not one.is_open]


def told_in_words(text: str) -> Pasted | None:
    """Return the only request in `text` of whose answer a status is told and nothing else."""
    if len(text) > _LONGEST:
        return None
    read = [*_of_messages(_in_order(_lines(text)), text)]
    found = [one for one in read if (one.told and not one.status) or one.is_refusal]
    return found[0] if len(found) == 1 else None


def asks_with_options(text: str) -> bool:
    """Whether `text` has a command that sends OPTIONS.

    >>> asks_with_options("I run `curl -X OPTIONS https://api.example/`"), asks_with_options("curl --options")
    (True, False)
    """
    if len(text) > _LONGEST:
        return False
    return any(one.method == "OPTIONS" and one.is_curl for one in _of_messages(_lines(text), text))


def _lines(text: str) -> list[str]:
    return [line.strip().removesuffix("\\r") for line in text.replace("\\\n", " ").splitlines()]


def _in_order(lines: list[str]) -> list[str]:
    """Return `lines` with each raw request before its response, if all stand behind it, as in a panel's raw headers."""
    starts = [at for at, line in enumerate(lines) if _REQUEST.fullmatch(line) or _RESPONSE.match(line)]
    answers, requests = starts[::2], starts[1::2]
    is_behind = all(_RESPONSE.match(lines[at]) for at in answers) and all(
        _REQUEST.fullmatch(lines[at]) for at in requests
    )
    if not is_behind or len(answers) != len(requests):
        return lines
    parts = [lines[at:after] for at, after in pairwise([*starts, len(lines)])]
    swapped = (part for answer, request in zip(parts[::2], parts[1::2], strict=True) for part in (request, answer))
    return [*lines[: starts[0]], *(line for part in swapped for line in part)] if starts else lines


def _names(lines: Iterable[tuple[str, str]]) -> set[str]:
    return {name.lower() for name, _ in lines}


def _of_messages(lines: Iterable[str], text: str) -> Iterator[Pasted]:
    """Yield raw requests and responses, with the marks of ``curl -v`` or without; or curl's command line and output."""
    schemes = {"": match[1] if (match := _CURL_URL.search(text)) else "https"}
    is_verbose = "curl" in text or "\n< HTTP/" in text
    current: Pasted | None = None
    head: list[tuple[str, str]] | None = None
    for line in lines:
        if command := command_of(line):
            current = _of_command(command)
            schemes[""] = command.url.partition("://")[0] if "://" in command.url else schemes[""]
            head = current.received if current.is_filtered else None
            yield current
        elif match := _REQUEST.fullmatch(line):
            is_curl = (is_verbose and line.startswith("> ")) or (current is not None and current.is_curl)
            current = Pasted(match[1], match[2], is_curl=is_curl)
            head = current.sent
            yield current
        elif match := _TITLE.fullmatch(line.replace("`", "").lstrip("#>* ")):
            current = Pasted(match[1], match[2], is_title=True)
            current.sent += [("Origin", match[3])] if match[3] else []
            head = current.sent
            yield current
        elif current is None:
            continue
        elif current.is_filtered and _SILENCE.fullmatch(line):
            current.is_silent = True
        elif match := _RESPONSE.match(line):
            current.status = int(match[1])
            head = current.received
        elif not line.strip("<>"):
            head = current.received if current.is_filtered else None  # a head ends at its empty line
        elif not (current.status or current.told) and (match := _ANSWERED.search(line)):
            current.told, head = int(next(filter(None, match.groups()))), None
        elif head is not None and (header := _of_head(line.removeprefix("> ").removeprefix("< "))):
            head.append(header)
            _locate(current, header, schemes)


def _locate(current: Pasted, header: tuple[str, str], schemes: dict[str, str]) -> None:
    """Complete the URL of a raw request by its Host; `schemes` has those of the hosts that a redirect led to."""
    name, value = header
    if name.lower() == "host" and current.url.startswith("/"):
        current.url = f"{schemes.get(value, schemes[''])}://{value}{current.url}"
    elif name.lower() == "location" and (match := _ABSOLUTE.match(value)):
        schemes[match[2]] = match[1]


def _of_command(command: Command) -> Pasted:
    """Return the request of a command line, with what is written behind it."""
    sent = [*command.sent]
    if command.shows_origin:  # the answer's lists are not shown, so they are not asked for either
        sent = [header for header in sent if header[0].lower() not in _OF_PREFLIGHTS]
    asked = Pasted(command.method, command.url, sent=sent, is_curl=True)
    asked.is_filtered = command.shows_cors or command.shows_origin
    asked.is_silent = asked.is_filtered and bool(_SILENCE.fullmatch(command.rest))
    if match := _ANSWERED.search(command.rest):
        asked.told = int(next(filter(None, match.groups())))
    return asked


_SILENCE: Final = re.compile(
    r"[\W_]{0,9}(?:(?:it|that|this|which) )?(?:(?:prints?|returns?|shows?|is|are|outputs?|gives?) )?"
    r"(?:no output|nothing|empty(?: output)?|none|no (?:cors |such )?headers?|no results?|no match(?:es)?)"
    r"(?: (?:at all|here|printed|returned|returned by the server))?[\W_]{0,9}",
    re.IGNORECASE,
)
"""How people say that a search in the output found nothing."""


def _of_panel(lines: Iterable[str]) -> Iterator[Pasted]:
    current: Pasted | None = None
    into: list[tuple[str, str]] = []
    for marked in lines:
        line = marked.lstrip("#* ")  # of a heading
        if line.startswith("Request URL:"):
            current = Pasted("GET", line.removeprefix("Request URL:").strip())
            into = []
            yield current
        elif current is None:
            continue
        elif line.startswith("Request Method:"):
            current.method = line.removeprefix("Request Method:").strip()
        elif line.startswith("Status Code:"):
            digits = re.search(r"\d{3}", line)
            current.status = int(digits[0]) if digits else 0
        elif line.startswith("Response Headers"):
            into = current.received
        elif line.startswith("Request Headers"):
            into = current.sent
        elif header := header_of(line):
            into.append(header)


def _of_head(line: str) -> tuple[str, str] | None:
    """Return a header of a raw message, with its colon or in columns."""
    columns = _COLUMNS.fullmatch(line)
    return header_of(line) or ((columns[1], columns[2]) if columns else None)
