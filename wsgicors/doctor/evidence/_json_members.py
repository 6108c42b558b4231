"""Read the origin that a body or a log in JSON has beside what it says, on the same line or on others.

>>> text = "{'level':'warn','msg':'cors request denied','request':{'origin':'https://a.example'}}"
>>> origin_beside(text, text.index("cors"), text.index("denied"))
'https://a.example'
"""

import re
from typing import Final

from wsgicors.doctor.catalogue._settings_members import LONGEST, end_of, settings_beside

_ORIGIN: Final = re.compile(
    r"(?<![\w\\])'(?:request[_-]?|http[_-])?origin' ?: ?'(null|[a-z][a-z0-9+.-]{1,20}://[^\s',/]{1,300})'",
    re.IGNORECASE,
)


def origin_beside(text: str, start: int, end: int) -> str:
    """Return the only origin in the object of `text`, in one line, in which something stands; "" for none."""
    opens, closes = _begin(text, start), end_of(text, end)
    if not (opens < start and end < closes):
        return ""
    settings = settings_beside(text, start)
    found = {
        match[1]
        for match in _ORIGIN.finditer(text, opens, closes)
        if not any(at <= match.start() < past for at, past in settings)
    }
    return found.pop() if len(found) == 1 else ""


def _begin(text: str, start: int) -> int:
    """Return where the object begins that has `start` in it; `start` for none."""
    depth = 0
    for at in range(start - 1, max(start - LONGEST, 0) - 1, -1):
        depth += (text[at] == "}") - (text[at] == "{")
        if depth < 0:
            return at
    return start
