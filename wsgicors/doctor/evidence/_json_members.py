"""Read the origin that a body or a log in JSON has beside what it says, on the same line or on others.

>>> text = "{'level':'warn','msg':'cors request denied','request':{'origin':'https://a.example'}}"
>>> origin_beside(text, text.index("cors"), text.index("denied"))
'https://a.example'
"""

import re
from typing import Final

_LONGEST: Final = 1500
"""The most characters of an object in front of what it says, and behind."""
_ORIGIN: Final = re.compile(
    r"(?<![\w\\])'(?:request[_-]?|http[_-])?origin' ?: ?'(null|[a-z][a-z0-9+.-]{1,20}://[^\s',/]{1,300})'",
    re.IGNORECASE,
)


def origin_beside(text: str, start: int, end: int) -> str:
    """Return the only origin in the object of `text`, in one line, in which something stands; "" for none."""
    opens, closes = _begin(text, start), _end(text, end)
    if not (opens < start and end < closes):
        return ""
    found = {match[1] for match in _ORIGIN.finditer(text, opens, closes)}
    return found.pop() if len(found) == 1 else ""


def _begin(text: str, start: int) -> int:
    """Return where the object begins that has `start` in it; `start` for none."""
    depth = 0
    for at in range(start - 1, max(start - _LONGEST, 0) - 1, -1):
        depth += (text[at] == "}") - (text[at] == "{")
        if depth < 0:
            return at
    return start


def _end(text: str, end: int) -> int:
    """Return where the object ends that has `end` in it; `end` for none."""
    depth = 0
    for at in range(end, min(end + _LONGEST, len(text))):
        depth += (text[at] == "{") - (text[at] == "}")
        if depth < 0:
            return at
    return end
