"""Bring the panels of Firefox and Safari, tables and joined lines into the form of Chrome's panel.

>>> paste = ["OPTIONS", "https://api.example/a", "Status", "404", "VersionHTTP/2", "", "via", "1.1 x"]
>>> [line for _, line in in_one_form([*enumerate(paste, 1)])]
['OPTIONS', 'Request URL: https://api.example/a', 'Request Method: OPTIONS', 'Status Code: 404', '', 'via: 1.1 x']
>>> paste = ["| Request URL | https://api.example/a |", "| **Status Code** | 404 |"]
>>> [line for _, line in in_one_form([*enumerate(paste, 1)])]
['Request URL: https://api.example/a', 'Status Code: 404']
>>> [line for _, line in in_one_form([(1, "Request URL: https://api.example/a Status Code: 404 X")])]
['Request URL: https://api.example/a', 'Status Code: 404 X']
"""

import re
from typing import Final, TypeAlias

from wsgicors.doctor.catalogue._readers import ANY_METHOD

GENERAL: Final = ("Request URL", "Request Method", "Status Code", "Remote Address", "Referrer Policy")
"""What Chrome tells of a request in general."""

_Lines: TypeAlias = list[tuple[int, str]]


def in_one_form(lines: _Lines) -> _Lines:
    """Return numbered lines, those of panels as Chrome has them."""
    return _of_safari(_of_firefox(_of_lines_joined(_of_tables(lines))))


_ROW: Final = re.compile(r"\|([^|]{1,200})\|([^|]{0,4000})\|?")


def _of_tables(lines: _Lines) -> _Lines:
    """Return `lines` with each row of a table that has a panel in it as a name and its value."""
    if not any(line.startswith("|") and GENERAL[0] in line for _, line in lines):
        return lines
    rows = ((number, line, _ROW.fullmatch(line)) for number, line in lines)
    return [(number, f"{_bare(row[1])}: {_bare(row[2])}" if row else line) for number, line, row in rows]


def _bare(cell: str) -> str:
    cell = cell.strip()
    match = _MARKED.fullmatch(cell)
    return (match[2] if match else cell).removesuffix(":")


_MARKED: Final = re.compile(r"(\*\*|`)(.*)\1")
"""What is bold, or code."""


_BEFORE_NAME: Final = re.compile(rf"(?<=\S) +(?=(?:{'|'.join(GENERAL)}):)")


def _of_lines_joined(lines: _Lines) -> _Lines:
    """Return `lines` with a line of its own for each thing that a panel tells in general."""
    return [
        (number, part)
        for number, line in lines
        for part in (_BEFORE_NAME.split(line) if line.startswith(GENERAL[0]) else [line])
    ]


_VERSION: Final = re.compile(r"[^\W\d]{4,12} ?HTTP/[\d.]{1,3}")
"""Firefox's row of the protocol, the only one that is alike in its languages."""
_STATUS: Final = re.compile(r"(?:[^\W\d]{2,12}[: ]{0,2})?([1-5]\d\d)(?: .{0,60})?")
_URL: Final = re.compile(rf"(?:(?:{ANY_METHOD}) )?(https?://\S{{1,2000}})")
_JOINED: Final = re.compile(
    rf"({ANY_METHOD}) (https?://\S{{1,2000}}) \w{{2,12}} ([1-5]\d\d)\b.{{0,60}}? \w{{4,12}}HTTP/[\d.]{{1,3}} .*"
)
_NAMES_METHOD: Final = re.compile(rf"(?:XHR)?({ANY_METHOD})(?: https?://.*)?")
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]{1,60}")
_NEAR: Final = 4  # rows between a status and the protocol
_FAR: Final = 30  # rows between an address in parts and its status


def _of_firefox(lines: _Lines) -> _Lines:
    """Return `lines` with the rows of Firefox's panel."""
    found: _Lines = []
    is_head = is_skipped = False
    name = ""
    for number, line in lines:
        if match := _JOINED.fullmatch(line):
            found += _general(number, match[2], match[1], match[3])
        elif _VERSION.fullmatch(line) and (general := _told_above(found)):
            at, rows = general
            found[at:] = rows
            is_head = is_skipped = True
        elif is_skipped and line:
            continue  # what is told of the transfer
        elif not is_head:
            found.append((number, line))
        elif not line:
            is_skipped, name = False, ""
            found.append((number, line))
        elif name:
            found.append((number, f"{name}: {line}"))
            name = ""
        elif _NAME.fullmatch(line):
            name = line
        else:
            is_head = ":" in line and bool(_NAME.fullmatch(line.partition(":")[0]))  # the headers as they were sent
            found.append((number, line))
    return found


def _told_above(found: _Lines) -> tuple[int, _Lines] | None:
    """Return where a panel begins whose protocol stands below `found`, and what it tells in general."""
    start = max(len(found) - _FAR, 0)
    rows = [*enumerate(found[start:], start)]
    status = next((at for at, (_, line) in reversed(rows[-_NEAR:]) if _STATUS.fullmatch(line)), None)
    if status is None:
        return None
    number, shown = found[status]
    code = _STATUS.fullmatch(shown)
    above = [(at, line) for at, (_, line) in rows if at < status]
    at, url = _address(above)
    if not url or code is None:
        return None
    in_rows = [found[row][1] for row in range(at, max(at - _NEAR, -1), -1)]
    named = [match[1] for match in map(_NAMES_METHOD.fullmatch, in_rows) if match]
    return at, _general(number, url, named[0] if named else "", code[1])


def _address(rows: list[tuple[int, str]]) -> tuple[int, str]:
    """Return the URL in rows above a status, whole or in parts, and where it begins; "" for none."""
    for at, line in reversed(rows):
        if match := _URL.fullmatch(line):
            return at, match[1]
    told = {line: (at, rows[place + 1][1]) for place, (at, line) in enumerate(rows[:-1])}
    if not {"scheme", "host", "filename"} <= told.keys():
        return 0, ""
    scheme, host, path = (told[name][1] for name in ("scheme", "host", "filename"))
    return told["scheme"][0], f"{scheme}://{host}{path}"


def _general(number: int, url: str, method: str, status: str) -> _Lines:
    named = [("Request URL", url), *([("Request Method", method)] if method else []), ("Status Code", status)]
    return [(number, f"{name}: {value}") for name, value in named]


_OF_SAFARI: Final = {"URL": "Request URL", "Status": "Status Code", "Method": "Request Method"}
_TITLES: Final = {"Request": "Request Headers", "Response": "Response Headers"}
_SUMMARY: Final = re.compile(r"URL: ?https?://\S+")
_SAFARI_STATUS: Final = re.compile(r"Status: ?[1-5]\d\d\b.{0,60}")
_TOLD_AGAIN: Final = re.compile(r"(?:Address|Initiator|Source): |:status:")
_MESSAGE: Final = re.compile(rf"(?:{ANY_METHOD}) \S+ HTTP/[\d.]+")


def _of_safari(lines: _Lines) -> _Lines:
    """Return `lines` with the rows and titles of Safari's panel; requests as they were sent are read as such."""
    texts = [line for _, line in lines]
    is_panel = any(map(_SUMMARY.fullmatch, texts)) and any(map(_SAFARI_STATUS.fullmatch, texts))
    if not is_panel or any(map(_MESSAGE.fullmatch, texts)):
        return lines
    has_method = any(line.startswith("Method:") for line in texts)
    told = (one for one in lines if not (_TOLD_AGAIN.match(one[1]) or (has_method and one[1].startswith(":method:"))))
    return [(number, _renamed(line)) for number, line in told]


def _renamed(line: str) -> str:
    name, colon, value = line.replace(":method:", "Method:").partition(":")
    known = _OF_SAFARI.get(name)
    return f"{known}: {value.strip()}" if known and colon else _TITLES.get(line.removesuffix(":"), line)
