"""Read the headers of network panels as people copy them: with section titles or without, values beside or below names.

>>> paste = [(1, "Request URL:"), (2, "https://api.example/a"), (3, "Status Code:"), (4, "403 Forbidden"),
...     (5, "server:"), (6, "nginx"), (7, ":method:"), (8, "GET"), (9, "origin:"), (10, "https://app.example")]
>>> [(one.url, one.status, one.sent, one.received) for one in exchanges_of(paste)]
[('https://api.example/a', 403, [('origin', 'https://app.example')], [('server', 'nginx')])]
"""

import re
from typing import Final

from wsgicors.doctor.evidence._command_lines import header_of
from wsgicors.doctor.evidence._panel_forms import GENERAL, in_one_form
from wsgicors.doctor.evidence._pasted_exchange import PastedExchange, is_sentence
from wsgicors.doctor.evidence._steps import OK

_ALONE: Final = re.compile(r"(?:Request URL|Status Code)(:?)")
_NAME: Final = re.compile(rf"{'|'.join(GENERAL)}|:?[A-Za-z][A-Za-z0-9-]{{1,60}}")
_OF_REQUESTS: Final = frozenset({
    "accept", "accept-encoding", "accept-language", "access-control-request-headers", "access-control-request-method",
    "authorization", "cookie", "host", "origin", "referer", "user-agent",
})  # fmt: skip
"""Headers that no answer has: a panel shows those of the answer first."""


def in_pairs(lines: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Return numbered lines, each name of a panel that stands in a line of its own joined with the value below it.

    >>> in_pairs([(1, "Request URL"), (2, "https://api.example/a"), (3, "vary"), (4, "Origin")])
    [(2, 'Request URL: https://api.example/a'), (4, 'vary: Origin')]
    """
    lines = in_one_form(lines)
    match = next(filter(None, (_ALONE.fullmatch(line) for _, line in lines)), None)
    if match is None:
        return lines
    joined: list[tuple[int, str]] = []
    name = ""
    for number, line in lines:
        bare = line.removesuffix(":")
        is_name = bool(_NAME.fullmatch(bare)) and (line != bare) == bool(match[1])
        if name and line and not (match[1] and is_name):
            joined.append((number, f"{name}: {line}"))
            name = ""
        elif is_name:
            name = bare
        elif line:
            joined.append((number, line))
    return joined


def exchanges_of(lines: list[tuple[int, str]]) -> list[PastedExchange]:
    """Return the exchanges of the panels in numbered lines: those with a URL."""
    panels: list[_Panel] = []
    for number, marked in in_pairs(lines):
        line = marked.lstrip("#* ")  # of a heading
        name, colon, value = line.partition(":")
        if colon and name in GENERAL:
            if not panels or name in panels[-1].general:
                panels.append(_Panel())
            panels[-1].told(name, value.strip(), number)
        elif panels:
            panels[-1].read(line, number)
    return [panel.exchange() for panel in panels if panel.shown.url]


class _Panel:
    """One request of a panel, as far as it is read."""

    def __init__(self) -> None:
        self.shown = PastedExchange("GET")
        self.general: set[str] = set()
        """What was told of the request in general."""
        self._has_titles = False
        self._into: list[tuple[str, str]] | None = self.shown.received

    def told(self, name: str, value: str, number: int) -> None:
        """Read what is told of the request in general."""
        self.general.add(name)
        match name:
            case "Request URL":
                self.shown.url = value
            case "Request Method":
                self.shown.method = value
            case "Status Code" if digits := re.search(r"\d{3}", value):
                self.shown.status = int(digits[0])
                self.shown.lines.append(number)
            case _:
                pass

    def read(self, line: str, number: int) -> None:
        """Read a title or a header; other lines are skipped, and a sentence ends a section."""
        if line.startswith(("Response Headers", "Request Headers")):
            self._has_titles = True
            self._into = self.shown.received if line.startswith("Response") else self.shown.sent
        elif is_sentence(line):
            self._into = None
        elif header := header_of(line.removeprefix(":")):
            if not self._has_titles and (line.startswith(":") or header[0].lower() in _OF_REQUESTS):
                self._into = self.shown.sent
            if self._into is not None and not line.startswith(":"):
                self._into.append(header)
                self.shown.lines += [number] if self._into is self.shown.received else []

    def exchange(self) -> PastedExchange:
        """Return what was read; without titles, headers of the request alone say nothing of the answer's."""
        is_refused = self.shown.is_refusal or (self.shown.is_preflight and self.shown.status not in OK)
        if not self._has_titles and not self.shown.received and not is_refused:
            self.shown.sent.clear()
        return self.shown
