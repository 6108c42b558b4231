"""Tell what somebody says from words that code, tests and denials only have.

>>> is_denied("i no longer see '", ""), is_denied("i see '", "' since today"), is_denied("it said '", "' is gone.")
(True, False, True)
"""

import re
from itertools import islice
from typing import Final, NamedTuple

from wsgicors.doctor.evidence._flat_text import FlatText


class Place(NamedTuple):
    """What was found in a text: its match in `plain(text)`, and what is in front of it and behind it in its line."""

    match: re.Match[str]
    begun: str
    rest: str


def first_said(pattern: re.Pattern[str], text: str) -> Place | None:
    """Return the first place in `plain(text)` where somebody says what `pattern` finds.

    >>> first_said(re.compile("no token"), 'I no longer see "no token".'), first_said(re.compile("no"), "A. No, b").rest
    (None, ', b')
    """
    flat = FlatText(text)
    for match in islice(pattern.finditer(flat.lower), _MOST_PLACES):
        start, end = match.span()
        begun, rest = flat.text[flat.line_start(start) : start], flat.text[end : flat.line_end(end)]
        near = flat.lower[max(start - _NEARBY, 0) : start]
        if not is_unsaid(flat.lines[flat.line(start)], begun, near, rest):
            return Place(match, begun, rest)
    return None


def is_unsaid(line: str, begun: str, before: str, rest: str) -> bool:
    """Whether nobody says the words between `begun` and `rest` of `line`; `before` is all in front, in lower case.

    Code asks for them or has them for others, a test that passed is named after them, or they were not said.
    """
    near = before[-_NEARBY:]
    is_of_test = _PASSED.match(line) or _PASSED_AT_END.search(line[-20:])
    is_of_code = _CODE.match(begun) or _MADE.search(begun[-_NEARBY:]) or _COMPARED.search(near) or _FORMAT.match(rest)
    return bool(is_of_test or is_of_code or is_denied(near, rest) or _is_of_document(begun, rest))


_NEARBY: Final = 80
"""The characters in front of words that are looked at."""
_PASSED: Final = re.compile(r"[✓✔√]|PASS(?:ED)?\b|ok \d{1,6} -")
_PASSED_AT_END: Final = re.compile(r"(?:\bPASSED(?: {1,3}\[ {0,3}\d{1,3}%\])?|[✓✔√](?: \(\d{1,6} ?ms\))?)\Z")
_CODE: Final = re.compile(
    r"(?:\W{0,3}msgid|assert|expect\(|export const|(?:\$ )?(?:git )?grep|if\b.{0,60}[!=]=|rescue_from|use \w+\\)"
    r"(?![a-z])|throw (?:new )?\w+\(|raise \w[\w.]{0,60}\(|return (?:await )?[\w.]{1,60}\(|(?:it|test)(?:\.\w{1,9})?\("
    r"|(?:\w{1,20}\.)?log(?:ger|ging)?\.\w{1,20}\(|res\.\w{1,20}\("
)
_MADE: Final = re.compile(
    r"(?:\bnew \w{0,40}(?:Error|Exception)|\b(?:throw|raise) (?:new )?[\w.]{1,60}|\babort)\([^)]*\Z"
)
"""That an error is made with the words."""
_COMPARED: Final = re.compile(
    r"(?:[!=]==? ?|(?<![\w-])case |\.(?:to(?:be|contain|equal|match|throw)|includes|contains|startswith|endswith)\()"
    r"'?\Z"
)
_FORMAT: Final = re.compile(r"[^.!?]{0,60}(?:%[dsv](?![\w%])|\$\{)")
"""A place for a value, which what is said has filled."""


def _is_of_document(begun: str, rest: str) -> bool:
    """Whether a document is told of that has the words, or what somebody does to a text that has them."""
    return bool(_IN_DOCUMENT.search(begun[-_NEARBY:].lower()) or _DESCRIBED.match(rest))


_IN_DOCUMENT: Final = re.compile(
    r"\b(?:article|author|blog(?: post)?|book|changelog|chapter|course|docs?|documentation|guide|lecture|manual|readme"
    r"|(?:release )?notes?|section|spec(?:ification)?|standard|talk|tutorial|video|wiki)s? (?:\w+ ){0,2}"
    r"(?:cover|describe|discuss|explain|list|mention|name|note|say|state|teach)(?:e?s|ed)?\b"
    r"(?:(?!\b(?:and|but|gets?|got|now)\b)[^:.,]){0,60}\Z"
    r"|\b(?:translat|renam|deprecate|documented|refactor|discussed why)\w* "
    r"(?:(?!\b(?:answers?|gets?|got|now|returns?|says?|shows?)\b)[^:.,]){0,60}\Z"
)
_DESCRIBED: Final = re.compile(
    r"(?: \w+){0,5}'? (?:is|are|was|were) (?:(?:described|documented|explained|mentioned|renamed|translated)\b"
    r"|(?:an?|the) (?:band|book|chapter|constant|enum|metric|name|option|poem|song|title|variable)\b)",
    re.IGNORECASE,
)


def is_retold(phrase: str, begun: str, rest: str) -> bool:
    """Whether a phrase, as it is written, stands without quotes in somebody's own sentence.

    >>> is_retold("no healthy upstream", "There is ", " supply of salmon"), is_retold("No healthy upstream", "", "")
    (True, False)
    """
    words = phrase.strip(" ")
    begun += " " if phrase.startswith(" ") else ""
    rest = f" {rest}" if phrase.endswith(" ") else rest
    is_of_few = bool(_EVERYDAY.fullmatch(words)) and words.count(" ") < _MANY
    return is_of_few and bool(_SENTENCE_BEGUN.search(begun[-_NEARBY:]) and _SENTENCE_GOES_ON.match(rest))


_EVERYDAY: Final = re.compile(r"[a-z][A-Za-z' ]*")
_MANY: Final = 6  # blanks between so many words that nobody else says them
_SENTENCE_BEGUN: Final = re.compile(r"(?:\b[A-Za-z][a-z']* ){2,}\Z")
_SENTENCE_GOES_ON: Final = re.compile(r"(?: [a-z][a-z']*){2,}(?=[ .,;!?]|\Z)")


def is_of_http(line: str) -> bool:
    """Whether a line has a word that shows that it is about a request, an answer, or an error.

    >>> is_of_http("I get no healthy upstream since today"), is_of_http("there is no healthy upstream supply of salmon")
    (True, False)
    """
    return bool(_OF_HTTP.search(line))


_OF_HTTP: Final = re.compile(
    r"\b(?:api|app|apps|axios|backend|browser|call|console|cors|curl|endpoint|errors?|exceptions?|fails?|failed"
    r"|failing|failure|fetch|frontend|gets?|getting|got|headers?|https?|localhost|log|logs|nginx|page|preflight|proxy|received?"
    r"|requests?|responds?|responses?|returns?|returned|script|server|shows?|site|status|throws?|url|website)\b|://|\b[345]\d\d\b",
    re.IGNORECASE,
)


def is_denied(near: str, rest: str) -> bool:
    """Whether it is said that the words between `near`, in lower case, and `rest` were not said, or no longer are."""
    return bool(_DENIED.search(near) or _GONE.match(rest))


_NOT: Final = r"(?:never|no longer|can(?:'?t|not)|(?:could|do|does|did|has|have|will|would)(?:n't| not))"
_SAY: Final = (
    r"(?:contain|find|found|get|give|got|had|have|log|logged|mean|mention|print|printed|raise|read|receive|report|return|said|saw"
    r"|say|see|seen|show|shown|throw|thrown)"
)
_QUOTED: Final = r"'[^']{0,60}\Z"
_OR_QUOTED: Final = r"(?:'[^']{0,60})?\Z"
_DENIED: Final = re.compile(
    rf"\b{_NOT} (?:be )?(?:\w+ )?{_SAY}s? (?:(?!around |away |over |past |rid )\w+ )?{_OR_QUOTED}"
    rf"|\b(?:not caused by|not because of|no longer(?: \w+)?|instead of|rather than) (?:the |an? )?{_OR_QUOTED}"
    rf"|\b(?:not|unlike|(?:is|was|are|were)n't) (?:an? |the )?{_QUOTED}"
    rf"|\bused to (?:answer|be|get|log|print|return|say|see|show|throw)(?: an?| the)? {_OR_QUOTED}"
    rf"|\bthere (?:is|was) no(?: longer an?)? {_OR_QUOTED}|\bno (?:longer |more )?{_QUOTED}"
    rf"|\b(?:expect(?:s|ed|ing)?|(?:look|search)(?:s|es) for)(?: the| an?)? {_QUOTED}"
)
"""What stands in front of words that were not said, used to be said, or are looked for."""
_GONE: Final = re.compile(
    r"(?:[^']{0,60}')?,?(?: errors?| messages?| warnings?)?(?: any ?more\b| no longer\b"
    r"|(?: (?:is|was|has|have|are|were))?(?: \w+)? (?:disappeared|gone|vanished|went away)\b)",
    re.IGNORECASE,
)
"""What stands behind words that are no longer said."""


def search(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    """Return the first place in a text as it stands where `pattern` finds what is no quotation that is denied.

    >>> search(re.compile("405"), 'I never see "405". Now it is 405').start()
    29
    """
    for match in islice(pattern.finditer(text), _MOST_PLACES):
        start, end = match.span()
        near, rest = _plain(text[max(start - _NEARBY, 0) : start]), _plain(text[end : end + _NEARBY])
        if not (_OPEN.search(near) and is_denied(near, rest)):
            return match
    return None


_MOST_PLACES: Final = 100
_OPEN: Final = re.compile(r"(?<!\w)'[^']{0,60}\Z")


def _plain(text: str) -> str:
    return _QUOTES.sub("'", text.lower())


_QUOTES: Final = re.compile(r"[\"`\u2018\u2019\u201c\u201d]")


def is_supposed(begun: str) -> bool:
    """Whether the words behind `begun` are asked about or supposed, or are one such sentence among others.

    >>> [is_supposed(begun) for begun in ("what does 'the ", "If an ", "it said: ", "this is a ")]
    [True, True, False, True]
    """
    return bool(_SUPPOSED.search(begun[-_NEARBY:].lower()))


_SUPPOSED: Final = re.compile(r"\b(?:if|when|what (?:does|is)) (?:an? |the )?'?(?:the )?\Z|(?<!')\ba \Z")
