"""Read the context of a known phrase: the URL, the origin, the status and other facts of the sentence.

A reader gets the text before and after the phrase, and records what it finds in a `Reading`, unchanged.

Here is what every reader needs, and those that read a URL wherever it stands. `_browser_readers` has those of what
browsers say of CORS, `_policy_readers` those of what else they say, `_server_readers` those of servers' sentences.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from wsgicors.browser import Stage

LONGEST_URL: Final = 2000
"""The most characters of a URL that are looked at."""
LONGEST_VALUE: Final = 300
"""The same of a header's value."""
NEARBY: Final = 200
"""The characters of a line around a phrase that belong to it."""


class Speaker(StrEnum):
    """The author of a message."""

    CHROMIUM = "chromium"
    FIREFOX = "firefox"
    WEBKIT = "webkit"
    EDGE = "edge"
    """Edge before it was Chromium's, and Internet Explorer."""
    SERVER = "server"
    """The log of a Python server."""
    SCRIPT = "script"
    """The page's own script: what a rejected fetch says."""


class Around(NamedTuple):
    """A phrase's context, with uniform quotes: in its own case, and in lower case for lookups.

    `phrase` is the phrase itself, in its own case, `begun` what is in front of it in its line, and `rest` what follows.
    """

    before: str
    after: str
    before_lower: str
    after_lower: str
    phrase: str
    begun: str
    rest: str


@dataclass(slots=True)
class Reading:
    """What was read around a phrase, unchanged."""

    url: str = ""
    origin: str = ""
    method: str = ""
    header: str = ""
    headers: tuple[str, ...] = ()
    value: str = ""
    status: int | None = None
    redirected_from: str = ""
    location: str = ""
    kind: str = ""
    credentials: bool | None = None
    is_whole: bool = False
    stage: Stage | None = None
    causes: tuple[str, ...] = ()
    speaker: Speaker | None = None
    is_report: bool = False
    """Whether a policy reports what it would block, and blocks nothing."""
    link: str = ""
    """What Chrome's console shows of the URL, in front of its line: mostly the last part of its path."""
    is_code: bool = False
    """Whether a line of code has the phrase, and its causes are those of such a line."""
    is_prose: bool = False
    """Whether it is somebody else's sentence that happens to have the phrase, or one that says that nothing failed."""


Reader = Callable[[Around, Reading], None]


METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
"""The methods that consoles, logs and commands name."""
ANY_METHOD: Final = "|".join(METHODS)
"""The same, as alternatives of an expression."""
URL: Final = re.compile(r"[a-z][a-z0-9+.\-]{1,30}://[^\s'()<>\\^{}|]{1,2000}", re.IGNORECASE)
"""A URL in a text."""
DOTS: Final = ".,;:"
"""What ends a part of a sentence, and is no part of a URL in front of it."""
STATUS_NEXT: Final = re.compile(r" (\d{3})(?!\d)")
"""A status behind a blank."""
SENTENCE_END: Final = re.compile(r"(?<![.,;:])[.,;:]+[_*]{0,3}\Z")
"""The same at the end of a URL, with the marks of Markdown's emphasis."""
_PRONOUNS: Final = frozenset({
    "it", "that", "this", "which", "what", "something", "them", "one", "header", "field", "method", "origin", "type",
})  # fmt: skip
"""The words with which people refer to what they do not name."""


def last_token(text: str) -> str:
    """Return the last word of `text`, without quotes; "" if it names nothing."""
    word = text.rstrip(" '").rpartition(" ")[2].lstrip("'")
    return "" if word.lower() in _PRONOUNS else word


def quoted(text: str) -> str:
    """Return `text` up to the next quote."""
    return text.partition("'")[0]


def quoted_value(text: str) -> str:
    """Return the value at the beginning of `text`, up to its quote; "" if it is cut off."""
    value, quote, _ = text.partition("'")
    return value if quote else ""


def last_url(text: str) -> str:
    """Return the last URL in `text`, if it is near the end."""
    urls = [*URL.finditer(text)]
    return SENTENCE_END.sub("", urls[-1][0]) if urls and len(text) - urls[-1].end() <= NEARBY else ""


def next_url(around: Around) -> str:
    """Return the first URL behind the phrase in its sentence, in its line or at the beginning of the next one."""
    match = URL.search(around.after)
    if match is None or match.start() > len(around.rest) + NEARBY:
        return ""
    return "" if _NEXT_SENTENCE.search(around.after, 0, match.start()) else first_url(around.after)


_NEXT_SENTENCE: Final = re.compile(r"[.!?;] (?=[A-Za-z])")


def first_url(text: str) -> str:
    """Return the first URL in `text`."""
    match = URL.search(text)
    return SENTENCE_END.sub("", match[0]) if match else ""


def followed_by(reader: Reader, words: str) -> Reader:
    """Return `reader` for a phrase of everyday words, which is a message only if `words` follow in its sentence."""

    def read(around: Around, found: Reading) -> None:
        reader(around, found)
        found.is_prose = found.is_prose or words not in around.after_lower[:_LONGEST_SENTENCE]

    return read


_LONGEST_SENTENCE: Final = 600


def behind(reader: Reader, words: str) -> Reader:
    """Return `reader` for a phrase of everyday words, which is a message only behind `words` in its sentence."""

    def read(around: Around, found: Reading) -> None:
        reader(around, found)
        found.is_prose = found.is_prose or words not in around.before_lower[-LONGEST_URL:]

    return read


def ending(reader: Reader) -> Reader:
    """Return `reader` for a phrase that is a message only if its sentence does not go on."""

    def read(around: Around, found: Reading) -> None:
        reader(around, found)
        follows = _EXPLAINED if around.phrase[-1].isdigit() else _WORD_FOLLOWS  # a number of something else
        found.is_prose = found.is_prose or bool(follows.match(around.rest))

    return read


_WORD_FOLLOWS: Final = re.compile(r",? [a-z]{1,30}(?=[ ,]|\Z)")  # not the name of a file
_EXPLAINED: Final = re.compile(r"\d|[.:] [A-Za-z]")


def url_before(around: Around, found: Reading) -> None:
    """The last URL in front of the phrase."""
    found.url = last_url(around.before)


def url_begun(around: Around, found: Reading) -> None:
    """The last URL in front of the phrase in its line: of other lines it can be the page's."""
    found.url = last_url(around.begun)


def beginning(reader: Reader) -> Reader:
    """Return `reader` for a phrase that is a message only if no word of its sentence is in front of it."""

    def read(around: Around, found: Reading) -> None:
        reader(around, found)
        found.is_prose = found.is_prose or bool(_WORD_IN_FRONT.search(around.begun))

    return read


_WORD_IN_FRONT: Final = re.compile(r"(?:\A| )[a-z]+ \Z")


def url_after(around: Around, found: Reading) -> None:
    """The first URL behind the phrase."""
    found.url = next_url(around)


def of_preflight(_around: Around, found: Reading) -> None:
    """Read only that it is about a preflight."""
    found.stage = Stage.PREFLIGHT


def url_of(scheme: str) -> Reader:
    """Return a reader for a phrase that ends with the scheme of a URL."""

    def read(around: Around, found: Reading) -> None:
        found.url = first_url(scheme + around.after)

    return read


def url_around(around: Around, found: Reading) -> None:
    """The last URL in front of the phrase in its line, or the next one behind it."""
    found.url = last_url(around.begun) or next_url(around)


def origin_of_page(url: str) -> str:
    return "/".join(url.split("/")[:3])


def handshake(status: int, found: Reading) -> None:
    """Record the status of a handshake's answer: with another than 403 no server refuses an origin."""
    found.status = status
    if status != _FORBIDDEN:
        found.causes = ("http-error", "websocket-origin")


_FORBIDDEN: Final = 403


def nothing(_around: Around, _found: Reading) -> None:
    """Read nothing, for a phrase whose context has no facts."""
