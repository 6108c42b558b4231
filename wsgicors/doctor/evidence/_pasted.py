"""Read exchanges pasted as text: curl and its output, raw messages, a network panel's headers, answers with a title.

>>> paste = '''> GET /items HTTP/1.1
... > Host: api.example
... > Origin: https://app.example
... < HTTP/1.1 200 OK
... < Access-Control-Allow-Origin: https://other.example'''
>>> [(found.url, found.status) for found in read_pasted(paste).exchanges]
[('https://api.example/items', 200)]
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from wsgicors.doctor.evidence import _panels, _raw_messages
from wsgicors.doctor.evidence._pasted_exchange import PastedExchange, names_of
from wsgicors.doctor.evidence._same_request import is_at

_LONGEST: Final = 64 * 1024
"""The most characters of a paste; longer texts are not read as exchanges."""

_MORE: Final = re.compile(r"--?[A-Za-z]")
"""An option, with which the next line of a command begins."""


@dataclass(frozen=True, slots=True)
class Pasted:
    """What a text has of requests and their answers.

    Attributes:
        lines: Its lines, see `lines_of`.
        exchanges: The exchanges whose request has an Origin and a URL, and whose answer has a status. Preflights that
            somebody sent without an Origin are among them.
    """

    lines: tuple[tuple[int, str], ...] = ()
    exchanges: tuple[PastedExchange, ...] = ()
    _of_messages: tuple[PastedExchange, ...] = ()
    _of_panels: tuple[PastedExchange, ...] = ()

    def answers(self) -> dict[int, PastedExchange]:
        r"""Return the exchange to whose answer each line belongs, by the line's number.

        >>> read_pasted("curl -I https://api.example/a\nHTTP/1.1 200 OK\nAge: 9").answers()[3].url
        'https://api.example/a'
        """
        return {number: one for one in (*self._of_messages, *self._of_panels) for number in one.lines}

    def told_in_words(self) -> PastedExchange | None:
        """Return the only request of whose answer a status is told and nothing else."""
        found = [one for one in self._of_messages if one.told and (not one.status or "status" in one.assumed)]
        return found[0] if len(found) == 1 else None

    def without_origin(self) -> PastedExchange | None:
        r"""Return the last request that somebody sent without an Origin, if the text shows the answer's head.

        >>> read_pasted("curl -i https://api.example/a\nHTTP/1.1 200 OK\nAge: 9").without_origin().status
        200
        """
        answered = [one for one in self._of_messages if one.is_by_hand and one.url and one.received]
        last = answered[-1] if answered else None
        is_whole = last is not None and not last.is_interim and "origin" not in names_of(last.sent)
        return last if is_whole else None

    def asks_with_options(self) -> bool:
        """Whether it has a command that sends OPTIONS.

        >>> [read_pasted(f"I run `curl {words}`").asks_with_options() for words in ("-X OPTIONS http://a", "--options")]
        [True, False]
        """
        return any(one.method == "OPTIONS" and one.is_curl for one in self._of_messages)


def read_pasted(text: str) -> Pasted:
    """Read the exchanges in `text`."""
    lines = lines_of(text)
    read = lines if len(text) <= _LONGEST else []
    messages, panels = _raw_messages.exchanges_of(read, text), _panels.exchanges_of(read)
    for panel in panels:
        _add_request(panel, messages)
    for one in (*messages, *panels):
        one.complete()
    return Pasted(tuple(lines), tuple(_whole([*messages, *panels])), tuple(messages), tuple(panels))


def _add_request(panel: PastedExchange, messages: Sequence[PastedExchange]) -> None:
    """Add the headers of a request that was pasted above a panel, which has none of it."""
    asked = [one for one in messages if not one.status and one.method == panel.method and is_at(one.url, panel.url)]
    if len(asked) == 1 and not panel.sent:
        panel.sent += asked[0].sent


def _whole(found: list[PastedExchange]) -> list[PastedExchange]:
    """Return those of `found` that can be judged, each preflight with the method of the request below it."""
    whole = [one for one in found if one.is_whole]
    for one, after in pairwise(whole):
        if one.is_open and one.url == after.url:
            one.sent.append(("Access-Control-Request-Method", after.method))
    return [one for one in whole if not one.is_open]


def _end_of_table(rows: Sequence[str], start: int) -> int:
    """Return the number of the line that ends the table of PowerShell that the line `start` begins; 0 for none."""
    ends = (at for at, row in enumerate(rows[start : start + _LONGEST_TABLE], start + 1) if row.strip().startswith("}"))
    return next(ends, 0)


_LONGEST_TABLE: Final = 80  # lines of the headers of a request


def lines_of(text: str) -> list[tuple[int, str]]:
    r"""Return the numbered lines of `text`; of a command that goes on in the next line, all as one.

    >>> lines_of("curl https://api.example/ ^\n  -I\nHTTP/1.1 200 OK")
    [(1, 'curl https://api.example/ -I'), (3, 'HTTP/1.1 200 OK')]
    """
    commands: list[tuple[int, list[str]]] = []
    goes_on = ""
    rows = text.split("\n")
    table_until = 0
    for number, raw in enumerate(rows, 1):
        line = raw.strip().removesuffix("\\r")
        ending = raw.rstrip("\r")[-2:]
        is_next = goes_on == "\\" or (goes_on and _MORE.match(line)) or number <= table_until
        if line.endswith("@{") and number > table_until:
            table_until = _end_of_table(rows, number)
        goes_on = ending[-1:] if ending.endswith("\\") or ending in {" ^", " `"} else ""
        part = line[:-1].rstrip() if goes_on else line
        if is_next:
            commands[-1][1].append(part)
        else:
            commands.append((number, [part]))
    return [(number, " ".join(parts)) for number, parts in commands]
