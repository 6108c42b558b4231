"""Read the status of an answer from a sentence: not a number of another kind, and not what others are answered.

>>> told = [status_told(text, STATUS_TOLD) for text in ("exit code 404", "HTTP 443 is open", "no, a 500 error")]
>>> [match and match[1] for match in told]
[None, None, '500']
"""

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
"""A status as people write it, among their words."""

_OTHERS: Final = (
    r"(?:another|different|other|old|previous|former|unrelated) (?:\w+ )?(?:api|app|call|domain|endpoint|host|page|path"
    r"|request|route|server|service|site|url)s?"
    r"|analytics|article|blog(?: post)?|book|bot|colleague|course|crawler|cron(?: ?job)?|deployments?|deploys?|docs?"
    r"|documentation|(?<!for )examples?|favicon(?:\.ico)?|guide|health ?checks?|images?|liveness|logo|manual"
    r"|monitoring|pipeline|readiness|readme|rfc|robots\.txt|sitemap|spec(?:ification)?|status page|tiles?"
    r"|tutorial|uptime|video|wiki"
)
"""What is answered for itself, or says how servers answer in general."""
_NO_ANSWER: Final = re.compile(
    r"\b(?:(?:exit(?:s|ed)?(?: with)?|expect(?:s|ed|ing)?|instead of|n't|never|no longer|not|used to)(?: an?| the)? ?"
    r"|(?:should|without|would)\b[^,.;:]{0,100}"
    r"|(?:n't|not|never|no longer|used to) (?:answer|fail|get|give|respond|return|see|send|show|throw)\w*"
    r"(?: \w+){0,3} ?)\Z"
    r"|\baccording to [^.;]{0,60}\Z|\bnpm err!|\b(?:raise|throw) \w"
    r"|(?<!since )(?<!since the )(?<!after the )(?<!upload )(?<!uploading )"
    rf"\b(?:{_OTHERS}|yesterday|last (?:night|week|month|year))\b"
    r"(?:(?!\b(?:api|call|it|upload\w*)\b(?! (?:error|got)))[^,.;]){0,100}\Z",
    re.IGNORECASE,
)
"""What stands in front of a number that is the status of no answer, or of another: of a process, of what was not so."""
_OF_OTHERS: Final = re.compile(
    rf"[^,.;:]{{0,40}}?\b(?:said|says|according to|(?:by|for|from|in|of|on|to) (?:\w+ )?(?:\w+ )?(?:{_OTHERS})"
    r"|yesterday|last (?:night|week|month|year))\b",
    re.IGNORECASE,
)
"""What stands behind the status of another answer."""


def status_told(line: str, pattern: re.Pattern[str]) -> re.Match[str] | None:
    """Return the first place where `pattern` finds the status of an answer; numbers of other kinds look alike."""
    return next((match for match in pattern.finditer(line) if _is_of_answer(line, match)), None)


def _is_of_answer(line: str, match: re.Match[str]) -> bool:
    is_of_others = _NO_ANSWER.search(line[: match.start()]) or _OF_OTHERS.match(line[match.end() :])
    return next(filter(None, match.groups())) in STATUSES and not is_of_others


def path_of(line: str, match: re.Match[str]) -> str:
    """Return the path of which `line` says the status; "" if it names none.

    >>> lines = ("/health returns 503", "I get a 404 error for /favicon.ico", "In /var/log/x it says 502 Bad Gateway")
    >>> [path_of(line, STATUS_TOLD.search(line)) for line in lines]
    ['/health', '/favicon.ico', '']
    """
    found = _PATH_IN_FRONT.search(line[: match.start()]) or _PATH_BEHIND.match(line[match.end() :])
    return found[1].rstrip(".,;:'") if found else ""


_PATH: Final = r"(/(?!etc/|home/|opt/|tmp/|usr/|var/)[\w./-]{1,200})"
_PATH_IN_FRONT: Final = re.compile(rf"(?<![\w./:])(?<!\bin '){_PATH}'? (?:\w+ ){{0,3}}'?\Z")
_PATH_BEHIND: Final = re.compile(rf"[^,.;:/]{{0,30}}?\b(?:at|for|from|of|on|to) '?{_PATH}")
