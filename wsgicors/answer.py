"""The answers that are given in the app's stead: every preflight's, and the 403 where a policy forbids."""

import logging
from typing import Final, NamedTuple

from wsgicors.fields import Header
from wsgicors.problems import shown
from wsgicors.verdict import Verdict

logger: Final = logging.getLogger("wsgicors")

_TEXT: Final = (("Content-Type", "text/plain; charset=utf-8"), ("X-Content-Type-Options", "nosniff"))
_STATUS_LINES: Final = {204: "204 No Content", 403: "403 Forbidden"}
# A named tuple's own constructor takes as long as the rest of an answer.
_answer: Final = tuple.__new__


class Answer(NamedTuple):
    """A whole response.

    Attributes:
        status: The status code.
        headers: Every header, ``Vary`` and ``Content-Length`` included.
        body: What follows them.
    """

    status: int
    headers: tuple[Header, ...]
    body: bytes

    @property
    def status_line(self) -> str:
        """Status code and reason phrase, as WSGI has them.

        >>> Answer(204, (), b"").status_line
        '204 No Content'
        """
        return _STATUS_LINES.get(self.status) or f"{self.status} OK"


def answer(verdict: Verdict, nearest: str | None = None) -> Answer:
    r"""The answer to a request whose verdict has a status.

    An allowed preflight's has no body; RFC 9110, 8.6: a 204 has no Content-Length either. A refusal's is its sentence,
    and never a list of what would be allowed.

    Args:
        verdict: What was decided.
        nearest: In debug mode the nearest allowed value, or ``""``. The remedy is told then, and a refused preflight has
            the headers that did pass and a status of success, so that the browser's console names the true cause
            instead of a status that is not ok. None otherwise.

    >>> from wsgicors import Policy
    >>> answer(Policy(allow_origins=["https://a.example"]).preflight("https://b.example", "PUT")).body
    b"The origin 'https://b.example' is not allowed here.\n"
    """
    status = verdict.status or 200
    if verdict.refusal is None:
        return _answer(Answer, (status, verdict.complete, b""))
    text = verdict.sentence + "\n"
    headers = verdict.complete
    if nearest is not None:
        text += verdict.remedy + "\n"
        if nearest:
            text += f"The nearest that is allowed: {nearest!a}.\n"
        if verdict.passed:
            status, headers = 200, verdict.passed + headers
    body = text.encode("ascii", "backslashreplace")
    return _answer(Answer, (status, (*headers, *_TEXT, ("Content-Length", str(len(body)))), body))


def log_refusal(verdict: Verdict, method: str, path: str) -> None:
    """One line at INFO for a refused request, with nothing in it that the request could have broken the line with."""
    if verdict.refusal is not None and logger.isEnabledFor(logging.INFO):
        logger.info("refused %s %s: %s: %s", shown(method), shown(path), verdict.refusal.value, verdict.sentence)
