"""Read browsers' sentences of which the reason breaks off, or is one that the catalogue does not have.

>>> sentence = "Access to fetch at 'https://api.example/a' has been blocked by CORS policy: Method PUT is not"
>>> [(one.facts.url, one.facts.method) for one in broken_off(sentence, [])]
[('https://api.example/a', 'PUT')]
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Final, NamedTuple

from wsgicors.browser import Failure, Stage
from wsgicors.doctor.catalogue._browser_readers import chromium
from wsgicors.doctor.catalogue._readers import Around, Reading, Speaker
from wsgicors.doctor.catalogue._wording import Role
from wsgicors.doctor.catalogue._wordings import WORDINGS
from wsgicors.doctor.evidence._facts import Facts
from wsgicors.doctor.evidence._flat_text import in_one_line
from wsgicors.doctor.evidence._message import Message
from wsgicors.doctor.evidence._unsaid import is_unsaid

NO_MATCH: Final = (Failure.ALLOW_ORIGIN_MISSING, Failure.ALLOW_ORIGIN_MISMATCH)
"""An answer came, and does not allow the page's origin."""
UNKNOWN: Final = (Failure.ALLOW_ORIGIN_MISSING, Failure.NO_RESPONSE)
"""An answer came, or none."""


class Begun(NamedTuple):
    """What a sentence says before it breaks off.

    Attributes:
        failures: The failures that it can mean.
        stage: The stage that it is about, if it says so.
        facts: What it says about the exchange.
    """

    failures: tuple[Failure, ...]
    stage: Stage | None
    facts: Facts


def broken_off(text: str, told: Sequence[Message]) -> list[Message]:
    """Return the sentences of browsers in `text` that name a URL, and whose reason is not among the messages `told`."""
    rows = text.split("\n")
    found: list[Message] = []
    for number, speaker, read in islice(_unexplained(rows, told), _MOST):
        begun = read(in_one_line("\n".join(rows[max(number - _LONGEST, 0) : number])))
        if begun.facts.url.startswith("http") and not _is_told(begun.facts.url, speaker, number, (*told, *found)):
            wording = f"{speaker}/broken-off"
            found.append(Message(wording, speaker, Role.REASON, begun.failures, (), begun.stage, begun.facts, number))
    return found


_MOST: Final = 50  # sentences that are read
_LONGEST: Final = 4  # lines of one


def _unexplained(rows: Sequence[str], told: Iterable[Message]) -> Iterator[tuple[int, Speaker, Callable[[str], Begun]]]:
    """Yield the number of each line with a browser's sentence and no message of a browser."""
    known = {message.line for message in told if message.speaker in _BROWSERS}
    for number, row in enumerate(rows, 1):
        if number not in known:
            lower = row.lower()
            for phrase, (speaker, read) in _READERS.items():
                if phrase in lower and not _is_unsaid(in_one_line(row), phrase):
                    yield number, speaker, read


def _is_unsaid(line: str, phrase: str) -> bool:
    """Whether nobody says the sentence of a browser that has `phrase` in `line`."""
    lower = line.lower()
    end = max(lower.find(phrase), 0)
    start = max((place.start() for place in _SENTENCE.finditer(lower, 0, end)), default=end)
    return is_unsaid(line, line[:start], lower[:start], line[end + len(phrase) :])


_SENTENCE: Final = re.compile(r"\baccess to |\bcross-origin request blocked|\bthe same origin policy")


def _is_told(url: str, speaker: Speaker, line: int, told: Iterable[Message]) -> bool:
    """Whether the same browser gives the reason in the next lines, or elsewhere."""
    reasons = (one for one in told if one.speaker is speaker and (one.role is Role.REASON or one.failures == _NONE))
    return any(one.facts.url == url or (not one.facts.url and 0 <= one.line - line < _LONGEST) for one in reasons)


_NONE: Final = (Failure.NO_RESPONSE,)
"""What Firefox says in the same sentence where it has no reason."""
_BROWSERS: Final = frozenset({Speaker.CHROMIUM, Speaker.FIREFOX, Speaker.WEBKIT, Speaker.EDGE})


def of_chromium(text: str) -> Begun:
    """Read the URL and the page in Chromium's sentence, and what its reason begins with."""
    lower = text.lower()
    end = lower.rfind(_BY_POLICY) + len(_BY_POLICY)
    found = Reading()
    chromium(Around(text[:end], "", lower[:end], "", "", "", ""), found)
    facts = Facts(url=found.url, origin=found.origin, kind=found.kind, redirected_from=found.redirected_from)
    behind = text[end:].lstrip(": ")
    if match := _REFUSED.match(behind):
        failure = Failure.METHOD_NOT_ALLOWED if match[1] else Failure.HEADER_NOT_ALLOWED
        named = Facts(method=match[1]) if match[1] else Facts(header=match[2])
        return Begun((failure,), Stage.PREFLIGHT, named.joined(facts))
    stage = Stage.PREFLIGHT if behind.lower().startswith("response to preflight") else None
    return _as_begun("chromium", behind.lower(), facts) or Begun(NO_MATCH, stage, facts)


_BY_POLICY: Final = "blocked by cors policy"
_REFUSED: Final = re.compile(r"(?:method ([a-z-]{1,40})|request header field ([\w-]{1,80})) is not\b", re.IGNORECASE)


def of_firefox(text: str) -> Begun:
    """Read the URL in Firefox's sentence, and what its reason begins with."""
    last = next(reversed([*_READING.finditer(text)]), None)
    facts = Facts(url=(last[1] or "").rstrip(".,;:") if last else "")
    begun = text[last.end() if last else 0 :].lower().partition("(reason: ")[2]
    if match := _HEADER.match(begun):
        return Begun((Failure.HEADER_NOT_ALLOWED,), Stage.PREFLIGHT, Facts(header=match[1]).joined(facts))
    return _as_begun("firefox", begun, facts) or Begun(UNKNOWN, None, facts)


_DISALLOWS: Final = "disallows reading the remote resource"
_READING: Final = re.compile(rf"{_DISALLOWS}(?: at \(?([a-z][a-z0-9+.-]{{1,20}}:[^\s'()]{{0,2000}}))?", re.IGNORECASE)
_HEADER: Final = re.compile(r"header '([\w-]{1,80})' is not")


def _as_begun(speaker: str, begun: str, facts: Facts) -> Begun | None:
    """Return what every sentence of a browser says that begins with `begun`, of which the rest is cut off."""
    begun = begun.rstrip(" .\u2026")
    if len(begun) < _ENOUGH:
        return None
    wordings = [one for one in WORDINGS if one.id.startswith(speaker) and one.phrase.startswith(begun)]
    failures = tuple({failure: None for one in wordings for failure in one.failures})
    is_of_preflight = bool(failures) and {Failure.METHOD_NOT_ALLOWED, Failure.STATUS_NOT_OK}.issuperset(failures)
    is_known = wordings and not any(one.causes for one in wordings)
    return Begun(failures, Stage.PREFLIGHT if is_of_preflight else None, facts) if is_known else None


_ENOUGH: Final = 12  # characters of a sentence

_READERS: Final[dict[str, tuple[Speaker, Callable[[str], Begun]]]] = {
    _BY_POLICY: (Speaker.CHROMIUM, of_chromium),
    _DISALLOWS: (Speaker.FIREFOX, of_firefox),
}
"""The end of what each browser says before its reason."""
