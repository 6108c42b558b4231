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
from http import HTTPStatus
from itertools import pairwise
from typing import Final

from wsgicors.doctor.evidence import _panels, _raw_messages
from wsgicors.doctor.evidence._pasted_exchange import PastedExchange

_LONGEST: Final = 64 * 1024
"""The most characters of a paste; longer texts are not read as exchanges."""

_MORE: Final = re.compile(r"--?[A-Za-z]")
"""An option, with which the next line of a command begins."""


def exchanges(text: str) -> list[PastedExchange]:
    """Return the exchanges in `text` whose request has an Origin and a URL, and whose answer has a status.

    Preflights that somebody sent without an Origin are among them.
    """
    whole = [one for one in _completed(text) if one.is_whole]
    for one, after in pairwise(whole):
        if one.is_open and one.url == after.url:
            one.sent.append(("Access-Control-Request-Method", after.method))
    return [one for one in whole if not one.is_open]


def answers(text: str) -> dict[int, PastedExchange]:
    r"""Return the exchange to whose answer each line belongs, by the line's number.

    >>> answers("curl -I https://api.example/a\nHTTP/1.1 200 OK\nAge: 9")[3].url
    'https://api.example/a'
    """
    return {number: one for one in _completed(text) for number in one.lines}


def told_in_words(text: str) -> PastedExchange | None:
    """Return the only request in `text` of whose answer a status is told and nothing else."""
    found = [one for one in _of_messages(text) if one.told and not one.status]
    return found[0] if len(found) == 1 else None


def refused_in_panel(text: str) -> PastedExchange | None:
    r"""Return the only request in `text`, if a panel shows that its preflight led to an error or elsewhere.

    >>> refused_in_panel("Request URL\nhttps://api.example/a\nRequest Method\nOPTIONS\nStatus Code\n403").status
    403
    """
    found = _of_panels(text)
    is_refused = len(found) == 1 and found[0].method == "OPTIONS" and found[0].status >= HTTPStatus.MULTIPLE_CHOICES
    return found[0] if is_refused else None


def asks_with_options(text: str) -> bool:
    """Whether `text` has a command that sends OPTIONS.

    >>> asks_with_options("I run `curl -X OPTIONS https://api.example/`"), asks_with_options("curl --options")
    (True, False)
    """
    return any(one.method == "OPTIONS" and one.is_curl for one in _of_messages(text))


def lines_of(text: str) -> list[tuple[int, str]]:
    r"""Return the numbered lines of `text`; of a command that goes on in the next line, all as one.

    >>> lines_of("curl https://api.example/ ^\n  -I\nHTTP/1.1 200 OK")
    [(1, 'curl https://api.example/ -I'), (3, 'HTTP/1.1 200 OK')]
    """
    commands: list[tuple[int, list[str]]] = []
    goes_on = ""
    for number, raw in enumerate(text.split("\n"), 1):
        line = raw.strip().removesuffix("\\r")
        ending = raw.rstrip("\r")[-2:]
        is_next = goes_on == "\\" or (goes_on and _MORE.match(line))
        goes_on = ending[-1:] if ending.endswith("\\") or ending in {" ^", " `"} else ""
        part = line[:-1].rstrip() if goes_on else line
        if is_next:
            commands[-1][1].append(part)
        else:
            commands.append((number, [part]))
    return [(number, " ".join(parts)) for number, parts in commands]


def _completed(text: str) -> list[PastedExchange]:
    found = [*_of_messages(text), *_of_panels(text)]
    for one in found:
        one.complete()
    return found


def _of_messages(text: str) -> list[PastedExchange]:
    return _raw_messages.exchanges_of(lines_of(text), text) if len(text) <= _LONGEST else []


def _of_panels(text: str) -> list[PastedExchange]:
    return _panels.exchanges_of(lines_of(text)) if len(text) <= _LONGEST else []
