"""Read exchanges pasted as text: curl and its output, raw messages, a network panel's headers, answers with a title.

>>> paste = '''> GET /items HTTP/1.1
... > Host: api.example
... > Origin: https://app.example
... < HTTP/1.1 200 OK
... < Access-Control-Allow-Origin: https://other.example'''
>>> [(found.url, found.status) for found in exchanges(paste)]
[('https://api.example/items', 200)]
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Final

from wsgicors._http import is_token
from wsgicors.doctor.evidence._facts import Facts
from wsgicors.doctor.evidence._har import Capture, read_har

_CURL_URL: Final = re.compile(r"\bcurl\b[^\n]*?(https?)://")
_REQUEST: Final = re.compile(r"(?:> )?([A-Z]{3,10}) (\S{1,2000}) HTTP/[\d.]+")
_TITLE: Final = re.compile(
    r"(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) (/\S{0,2000}?|https?://\S{1,2000}?)(?: \([Oo]rigin: (\S{1,300})\))?:?"
)
_RESPONSE: Final = re.compile(r"(?:< )?HTTP/[\d.]+ (\d{3})")
_COMMAND: Final = re.compile(r"(?:[$#>%] )?curl (.{1,4000})")
_OPTION: Final = re.compile(
    r"""(?<!\S)(?:-X ?|--request[ =])['"]?(?P<method>[A-Za-z]+)"""
    r"""|(?<!\S)(?:-H ?|--header[ =])(?P<quote>["'])(?P<header>.*?)(?P=quote)"""
    r"""|(?<!\S)(?P<body>-d|-F|--data[a-z-]*|--form|--json)\b|(?<!\S)(?P<head>-I|--head)\b"""
    r"""|(?P<url>https?://[^\s'"\\]+)"""
)
_LONGEST: Final = 64 * 1024
"""The most characters of a paste; longer texts are not read as exchanges."""

_NAMELESS: Final = "https://nameless.invalid"
"""The server of a path whose host was not pasted; no fact names it."""


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

    @property
    def is_open(self) -> bool:
        """Whether it is a preflight for a method that is not known."""
        return self.is_title and self.method == "OPTIONS" and "access-control-request-method" not in _names(self.sent)


def exchanges(text: str) -> list[Pasted]:
    """Return the exchanges in `text` whose request has an Origin and a URL, and whose answer has a status."""
    if len(text) > _LONGEST:
        return []
    lines = [line.strip().removesuffix("\\r") for line in text.replace("\\\n", " ").splitlines()]
    found = [*_of_messages(lines, text), *_of_panel(lines)]
    whole = [one for one in found if one.url and one.status and "origin" in _names(one.sent)]
    for one, after in pairwise(whole):
        if one.is_open and one.url == after.url:
            one.sent.append(("Access-Control-Request-Method", after.method))
    return [one for one in whole if not one.is_open]


def judged(found: Iterable[Pasted], *, with_credentials: bool) -> Capture:
    """Return what a browser makes of the exchanges.

    Args:
        found: The exchanges.
        with_credentials: Whether the text says that the page includes credentials.
    """
    cookies: list[dict[str, str]] = [{}] if with_credentials else []  # one of which nothing is known
    entries = [
        {
            "request": {
                "method": one.method,
                "url": f"{_NAMELESS}{one.url}" if one.url.startswith("/") else one.url,
                "headers": _named(one.sent),
                "cookies": cookies,
            },
            "response": {"status": one.status, "headers": _named(one.received)},
        }
        for one in found
    ]
    capture = read_har(json.dumps({"log": {"entries": entries}}))
    blocked = (replace(one, facts=_without_nameless(one.facts)) for one in capture.blocked)
    return replace(capture, blocked=tuple(blocked))


def _without_nameless(facts: Facts) -> Facts:
    """Return `facts` without a URL of which only the path was pasted."""
    url, location, first = (
        "" if one.startswith(_NAMELESS) else one for one in (facts.url, facts.location, facts.redirected_from)
    )
    return replace(facts, url=url, location=location, redirected_from=first)


def _names(lines: Iterable[tuple[str, str]]) -> set[str]:
    return {name.lower() for name, _ in lines}


def _named(lines: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in lines]


def _of_messages(lines: Iterable[str], text: str) -> Iterator[Pasted]:
    """Yield raw requests and responses, with the marks of ``curl -v`` or without; or curl's command line and output."""
    scheme = match[1] if (match := _CURL_URL.search(text)) else "https"
    current: Pasted | None = None
    head: list[tuple[str, str]] | None = None
    for line in lines:
        if match := _COMMAND.match(line):
            current, head = _of_command(match[1]), None
            yield current
        elif match := _REQUEST.fullmatch(line):
            current = Pasted(match[1], match[2])
            head = current.sent
            yield current
        elif match := _TITLE.fullmatch(line.replace("`", "").lstrip("#>* ")):
            current = Pasted(match[1], match[2], is_title=True)
            current.sent += [("Origin", match[3])] if match[3] else []
            head = current.sent
            yield current
        elif current is None:
            continue
        elif match := _RESPONSE.match(line):
            current.status = int(match[1])
            head = current.received
        elif not line.strip("<>"):
            head = None  # a head ends at its empty line
        elif head is not None and (header := _header(line.removeprefix("> ").removeprefix("< "))):
            name, value = header
            head.append(header)
            if name.lower() == "host" and current.url.startswith("/"):
                current.url = f"{scheme}://{value}{current.url}"


def _of_command(arguments: str) -> Pasted:
    """Return the request of a command line of curl."""
    asked = Pasted("GET")
    named = ""
    for found in _OPTION.finditer(arguments):
        if found["method"]:
            named = found["method"].upper()
        elif found["body"] or found["head"]:
            asked.method = "POST" if found["body"] else "HEAD"
        elif found["url"]:
            asked.url = asked.url or found["url"]
        elif sent := _header(found["header"]):
            asked.sent.append(sent)
    asked.method = named or asked.method
    return asked


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
        elif header := _header(line):
            into.append(header)


def _header(line: str) -> tuple[str, str] | None:
    name, colon, value = line.partition(":")
    return (name, value.strip()) if colon and is_token(name) else None
