"""A recognized message of a browser or a server."""

from dataclasses import dataclass
from typing import Final

from wsgicors.browser import Failure, Stage
from wsgicors.doctor.catalogue._readers import Speaker
from wsgicors.doctor.catalogue._wording import Role
from wsgicors.doctor.evidence._facts import Facts
from wsgicors.doctor.evidence._records import Record

RESPONSE_LINE: Final = "server/response-line"
"""The wording of a response's first line, or of a status in somebody's own words, which has no meaning alone."""

ASKED_LINE: Final = "chromium/asked"
"""The wording of old versions' note that the preflight failed, ``OPTIONS URL``, which has no meaning alone."""

ACCESS_LINE: Final = "server/access-line"
"""The wording of a line in a server's log of requests, about a preflight that it did not accept."""

CACHE_LINE: Final = "server/cache-line"
"""The wording of a response header that shows that a cache answered, which has no meaning alone."""

LIST_LINE: Final = "server/list-line"
"""The wording of a response's Access-Control-Allow-Origin with several values, which has no meaning alone."""


@dataclass(frozen=True, slots=True)
class Message:
    """One recognized message.

    Attributes:
        wording: Its identifier in `wsgicors.doctor.catalogue._wordings.WORDINGS`, ``firefox/translated``,
            ``webkit/no-reason``, ``firefox/no-reason``, ``chromium/status``, ``firefox/status``, ``prose``,
            ``chromium/broken-off``, ``firefox/broken-off``, ``server/gin``,
            `RESPONSE_LINE`, `ASKED_LINE`, `ACCESS_LINE`, `CACHE_LINE` or `LIST_LINE`.
        speaker: The browser or server that wrote it.
        role: How much it says beside other messages.
        failures: The failures of the Fetch standard that it can mean.
        causes: The identifiers of causes that it names without a failure, the likeliest first.
        stage: The part of the exchange that it is about, if it says so.
        facts: What it says about the exchange.
        line: The line where it begins, from 1.
        asked: The request that a line of a log records.
        link: What Chrome's console shows of a URL.
        is_retold: Whether the words stand in somebody's own sentence, where they can mean something else.
    """

    wording: str
    speaker: Speaker
    role: Role
    failures: tuple[Failure, ...]
    causes: tuple[str, ...]
    stage: Stage | None
    facts: Facts
    line: int
    asked: Record | None = None
    link: str = ""
    is_retold: bool = False
