"""Read exchanges pasted as text: the output of ``curl -v``, or the headers of a network panel.

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
_REQUEST: Final = re.compile(r"> ([A-Z]{3,10}) (\S{1,2000}) HTTP/[\d.]+")
_RESPONSE: Final = re.compile(r"< HTTP/[\d.]+ (\d{3})")
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
    lines = [line.strip() for line in text.splitlines()]
    found = [*_of_curl(lines, text), *_of_panel(lines)]
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


def _of_curl(lines: Iterable[str], text: str) -> Iterator[Pasted]:
    scheme = match[1] if (match := _CURL_URL.search(text)) else "https"
    current: Pasted | None = None
    for line in lines:
        if match := _REQUEST.fullmatch(line):
            current = Pasted(match[1], match[2])
            yield current
        elif current is None:
            continue
        elif match := _RESPONSE.match(line):
            current.status = int(match[1])
        elif header := _header(line[2:]):
            name, value = header
            if line.startswith("> "):
                current.sent.append(header)
                if name.lower() == "host":
                    current.url = f"{scheme}://{value}{current.url}"
            elif line.startswith("< "):
                current.received.append(header)


def _of_panel(lines: Iterable[str]) -> Iterator[Pasted]:
    current: Pasted | None = None
    into: list[tuple[str, str]] = []
    for line in lines:
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
