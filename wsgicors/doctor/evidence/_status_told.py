"""Read the status of an answer from what people and programs say of it."""

import re
from http import HTTPStatus
from typing import Final

from wsgicors.doctor.evidence._records import STATUSES

ANSWERED_WITH: Final = (
    r"\b(?:answer(?:s|ed)|displays?|fail(?:s|ed)|gave|gets?|gives|got|receive[sd]?|respond(?:s|ed)|return(?:s|ed|ing)"
    r"|shows|throws)(?: (?:an?|as|back|code|error|http|it|me|of|status|the|us|with)){0,4} ['\"`]?([45]\d\d)\b"
    r"(?=['\"`.,;:!)]|\Z| \(| (?:and|as|because|but|by|for|from|if|in|instead|not|on|response|to|when|which)\b)"
)
"""How people say with what status a server answered: nothing that can be counted follows."""
PHRASES: Final = "|".join(status.phrase for status in HTTPStatus if status >= HTTPStatus.BAD_REQUEST)
STATUS_TOLD: Final = re.compile(
    rf"(?<![\w./:-])'?([45]\d\d)'? (?:{PHRASES}|response|error|status)\b"
    r"|\b(?:status|code|error|http)(?: ?[:=])? ?'?([45]\d\d)\b"
    rf"|{ANSWERED_WITH}",
    re.IGNORECASE,
)
_NO_ANSWER: Final = re.compile(
    r"\b(?:(?:exit(?:s|ed)?(?: with)?|expect(?:s|ed|ing)?|instead of|never|not)(?: an?| the)? ?"
    r"|(?:docs?|documentation|should|without|would)\b[^,.;:]{0,100})\Z|\bnpm err!|\b(?:raise|throw) \w",
    re.IGNORECASE,
)
"""What stands in front of a number that is the status of no answer: of a process, of a document, of what was not so."""


def status_told(line: str, pattern: re.Pattern[str]) -> re.Match[str] | None:
    """Return the first place where `pattern` finds the status of an answer; numbers of other kinds look alike.

    >>> told = [status_told(text, STATUS_TOLD) for text in ("exit code 404", "HTTP 443 is open", "no, a 500 error")]
    >>> [match and match[1] for match in told]
    [None, None, '500']
    """
    return next((match for match in pattern.finditer(line) if _is_of_answer(line, match)), None)


def _is_of_answer(line: str, match: re.Match[str]) -> bool:
    return next(filter(None, match.groups())) in STATUSES and not _NO_ANSWER.search(line[: match.start()])
