"""Find the members of a body or a log in JSON that hold the server's settings: their origins are those that it allows.

>>> settings_beside("{'message': 'denied', 'cors': {'origin': 'https://a.example'}}", 13)
[(22, 60)]
"""

import re
from typing import Final

LONGEST: Final = 1500
"""The most characters of an object in front of what it says, and behind."""
_SETTINGS: Final = re.compile(
    r"(?<![\w\\])'[\w.-]{0,30}?(?:cors|config|settings|options|polic|rule|(?<!dis)allow|permit|expect|accept|trust"
    r"|whitelist|server)[\w.-]{0,30}' ?: ?[\[{]",
    re.IGNORECASE,
)
"""The beginning of a member with what the server allows, whose origin is not the one that was refused."""


def settings_beside(text: str, said: int) -> list[tuple[int, int]]:
    """Return where the members with settings begin and end that are near what is said at `said`, and not around it."""
    found: list[tuple[int, int]] = []
    at, last = max(said - LONGEST, 0), said + LONGEST
    while match := _SETTINGS.search(text, at, last):
        past = end_of(text, match.end(), "{[", "}]")
        at = match.end() if match.end() <= said < past else past
        if at == past:
            found.append((match.start(), past))
    return found


def end_of(text: str, end: int, opening: str = "{", closing: str = "}") -> int:
    """Return where the object ends that has `end` in it; `end` for none."""
    depth = 0
    for at in range(end, min(end + LONGEST, len(text))):
        depth += (text[at] in opening) - (text[at] in closing)
        if depth < 0:
            return at
    return end
