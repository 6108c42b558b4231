"""Read exchanges pasted as text: a command line of curl and its output, raw messages, or a network panel's headers.

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
from dataclasses import dataclass, field
from typing import Final

from wsgicors._http import is_token

_CURL_URL: Final = re.compile(r"\bcurl\b[^\n]*?(https?)://")
_REQUEST: Final = re.compile(r"(?:> )?([A-Z]{3,10}) (\S{1,2000}) HTTP/[\d.]+")
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


@dataclass(slots=True)
class Pasted:
    """A request and its answer, as far as pasted."""

    method: str = ""
    url: str = ""
    status: int = 0
    sent: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    received: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])


def exchanges(text: str) -> list[Pasted]:
    """Return the exchanges in `text` whose request has an Origin and a URL, and whose answer has a status."""
    if len(text) > _LONGEST:
        return []
    lines = [line.strip().removesuffix("\\r") for line in text.replace("\\\n", " ").splitlines()]
    found = [*_of_messages(lines, text), *_of_panel(lines)]
    return [one for one in found if one.url and one.status and any(name.lower() == "origin" for name, _ in one.sent)]


def as_har(found: Iterable[Pasted]) -> str:
    """Return the exchanges as a HAR, for `wsgicors.doctor.evidence._har`."""
    entries = [
        {
            "request": {"method": one.method, "url": one.url, "headers": _named(one.sent)},
            "response": {"status": one.status, "headers": _named(one.received)},
        }
        for one in found
    ]
    return json.dumps({"log": {"entries": entries}})


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
