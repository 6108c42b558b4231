"""A request and its answer, as far as somebody pasted them.

>>> one = PastedExchange("OPTIONS", "https://api.example/a", status=405, is_by_hand=True)
>>> one.complete()
>>> one.is_preflight, sorted(one.assumed)
(True, ['method', 'origin'])
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

from wsgicors.doctor.evidence._command_lines import header_of
from wsgicors.doctor.evidence._facts import clean_origin
from wsgicors.doctor.evidence._steps import OK

OF_PREFLIGHTS: Final = ("access-control-request-method", "access-control-request-headers")
"""The headers with which a preflight asks."""

_NO_PAGE: Final = "https://no-page.invalid"
"""The page of a preflight that was sent by hand without an Origin; no fact names it."""


@dataclass(slots=True)
class PastedExchange:
    """A request and its answer, as far as pasted; without a method, an answer whose request is not in the text."""

    method: str = ""
    url: str = ""
    status: int = 0
    sent: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    received: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    lines: list[int] = field(default_factory=list[int])
    """The lines of the answer's head in the text, from 1."""
    is_title: bool = False
    """Whether somebody wrote only its method, path and origin, as a title above the answer."""
    is_by_hand: bool = False
    """Whether it is a raw message or a command, and no panel's."""
    is_curl: bool = False
    """Whether curl sent it: without cookies, and without a page."""
    follows: bool = False
    """Whether the command follows redirects."""
    is_interim: bool = False
    """Whether another answer follows: this is one to an Expect header, or a proxy's to CONNECT."""
    told: int = 0
    """The status of the answer, of which the text has nothing else."""
    is_filtered: bool = False
    """Whether the text has of the answer what a search for headers of CORS found."""
    is_silent: bool = False
    """Whether that search found nothing."""
    assumed: set[str] = field(default_factory=set[str])
    """The facts that are not in the text."""

    @property
    def is_preflight(self) -> bool:
        """Whether it asks what a preflight asks, by a browser or by hand."""
        return self.method == "OPTIONS" and not names_of(self.sent).isdisjoint(OF_PREFLIGHTS)

    @property
    def is_refusal(self) -> bool:
        """Whether OPTIONS, sent without what a preflight asks, led to an error or elsewhere: so would a preflight."""
        is_plain = self.method == "OPTIONS" and not self.is_preflight
        return is_plain and not self.is_title and self.status >= HTTPStatus.MULTIPLE_CHOICES

    @property
    def is_open(self) -> bool:
        """Whether it is a preflight for a method that is not known."""
        return self.is_title and self.method == "OPTIONS" and "access-control-request-method" not in names_of(self.sent)

    @property
    def is_found(self) -> bool:
        """Whether the text has what a search in the answer found, or that it found nothing."""
        return self.is_filtered and not self.status and bool(self.received or self.is_silent)

    @property
    def is_whole(self) -> bool:
        """Whether it can be judged."""
        return bool(self.url and self.status) and not self.is_interim and "origin" in names_of(self.sent)

    def complete(self) -> None:
        """Add what a browser sends with every preflight, if the answer can be judged without it."""
        if self.is_found:
            self.status = HTTPStatus.OK
            self.assumed.add("status")
        names = names_of(self.sent)
        if not self.status or self.is_open or not (self.is_preflight or self.is_refusal):
            return
        if "access-control-request-method" not in names:
            self.sent.append(("Access-Control-Request-Method", "GET"))
            self.assumed.add("method")
        allowed = [value for name, value in self.received if name.lower() == "access-control-allow-origin"]
        if "origin" not in names and (allowed or self.status not in OK):
            self.sent.append(("Origin", clean_origin(allowed[0] if allowed else "") or _NO_PAGE))
            self.assumed.add("origin")


def is_sentence(line: str) -> bool:
    """Whether somebody wrote `line` below a head: what follows is none of its headers, unless a title says so.

    >>> [is_sentence(line) for line in ("My config:", "config:", "Vary:", "script-src 'self' https://a.example;")]
    [True, True, False, False]
    """
    if match := _TITLE.fullmatch(line):
        return match[1].lower() not in _OF_ONE_WORD
    return header_of(line) is None and bool(_SENTENCE.fullmatch(line))


_SENTENCE: Final = re.compile(r"\S+ \S+ .*[.:?!]|[^\s:]+ \S.*:|(?i:and|but|so|then)\b.*|[`~]{3}.*")
"""A value that was wrapped ends otherwise."""
_TITLE: Final = re.compile(r"([A-Za-z]+):")
_OF_ONE_WORD: Final = frozenset({
    "accept", "age", "allow", "authorization", "connection", "cookie", "date", "etag", "expires", "forwarded", "from",
    "host", "link", "location", "nel", "origin", "p3p", "pragma", "referer", "refresh", "server", "te", "trailer",
    "upgrade", "vary", "via", "warning",
})  # fmt: skip
"""Headers that can be empty; another word with a colon is a title."""


def names_of(headers: Iterable[tuple[str, str]]) -> set[str]:
    """Return the names of headers in lower case.

    >>> names_of([("Origin", "null")])
    {'origin'}
    """
    return {name.lower() for name, _ in headers}
