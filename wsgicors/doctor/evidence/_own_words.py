"""Read how handlers that people write themselves say that they refuse an origin, a token, or a request without Origin.

It is read only if no sentence of a browser, a server or a library was recognized.

>>> [refused(Said(said, said)).causes[0] for said in ("[cors] blocked origin: https://a.example", "csrf check failed")]
['origin-not-allowed', 'csrf-token']
"""

import re
from typing import Final

from wsgicors.doctor.catalogue._server_readers import ORIGIN_LOGGED
from wsgicors.doctor.catalogue._settings_members import settings_beside
from wsgicors.doctor.evidence._facts import Facts
from wsgicors.doctor.evidence._json_members import origin_beside
from wsgicors.doctor.evidence._message import Message
from wsgicors.doctor.evidence._shown import Said, told
from wsgicors.doctor.evidence._unsaid import Place, first_said, is_supposed

_REFUSED: Final = r"(?:blocked|denied|disallowed|forbidden|refused|rejected)"
_SUCH: Final = r"(?:disallowed |unauthori[sz]ed |unknown |untrusted )?"

_ORIGIN: Final = re.compile(
    rf"\bcors\]?:? (?:{_REFUSED}|blocking|rejecting) (?:request (?:for|from) )?(?:the )?{_SUCH}(?:origin\b|https?://)"
    r"|\bcors (?:preflight |options )?request (?:denied|forbidden|refused|rejected|blocked(?::| for\b| from\b))"
    rf"|\b{_REFUSED} (?:cors )?(?:preflight )?(?:request )?(?:for |from )?(?:an? |the )?{_SUCH}origin\b"
    rf"|(?<!-)\borigin (?:is |was )?{_REFUSED}:"
    rf"|(?<!-)\borigin:? '?[a-z][a-z0-9+.-]{{1,20}}://\S{{1,200}}(?<!\.) (?:is |was )?{_REFUSED}\b"
    r"|\b(?:origin|https?://\S{1,200}) (?:is |was )?not (?:in (?:the )?)?(?:allow|white)list(?:ed)?\b"
    r"|\bcors[_ ](?:origin[_ ])?(?:not[_ ]allowed|denied|rejected)\b|\borigin_rejected\b"
    r"|\bcors policy does not allow (?:access from )?(?:the|this) (?:\w+ )?"
    r"(?:domain|host|origin|page|request|site|url)\b"
    r"|\b(?:disallowed|forbidden|rejected) by (?:the )?cors\b|\b(?:access|request) denied by cors policy\b"
    r"|\b(?:disallowed|invalid|unauthori[sz]ed|unknown|untrusted) (?:cors|request) origin\b"
    r"|\borigin (?:check|validation) failed\b|\borigin header (?:is )?not allowed\b"
    r"|\bcors (?:check failed\b|violation(?=[:']|\Z))"
    r"|\bcross[- ]origin request (?:from \S{1,200} )?(?:denied|forbidden|not allowed|refused|rejected)\b"
    r"|\bno permitido por (?:el )?cors\b|\bn[aã]o permitid[ao] pel[ao] cors\b|\bbloquead[ao] pel[ao] cors\b"
    r"|\bnon autorisée? par (?:le )?cors\b"
)
_TOKEN: Final = re.compile(
    r"\b[cx]srf(?:[ _-]token)? (?:is |was )?(?:(?:check|protection|validation|verification) )?"
    r"(?:failed|failure|incorrect|invalid|mismatch(?:ed)?|missing|not found|rejected|required)\b"
    r"|\b(?:incorrect|invalid|missing) [cx]srf(?: token)?\b(?! tokens\b)"
)
_OF_ORIGIN: Final = re.compile(r"\b(?:origin|referer|referrer)\b")
_WITHOUT: Final = re.compile(r"\bmissing origin header\b|(?<!-)\borigin header (?:is )?(?:missing|required)\b")


def refused(said: Said) -> Message | None:
    """Return what the text says that its server refuses; None if it says no such thing."""
    if place := place_said(_ORIGIN, said):
        return told("origin-not-allowed", "csrf-origin", facts=Facts(origin=origin_at(place)))
    if place := place_said(_TOKEN, said):
        around = said.lower[max(place.match.start() - _NEAR, 0) : place.match.end() + _NEAR]
        causes = ("csrf-origin", "csrf-token") if _OF_ORIGIN.search(around) else ("csrf-token", "csrf-origin")
        return told(*causes, facts=Facts(origin=origin_beside(said.lower, *place.match.span())))
    return told("malformed-request", "cross-site", facts=Facts()) if place_said(_WITHOUT, said) else None


def place_said(pattern: re.Pattern[str], said: Said) -> Place | None:
    """Return where somebody says it; not where it is said that it is not so."""
    place = first_said(pattern, said.text) if pattern.search(said.lower) else None
    if place is None or is_supposed(place.begun):
        return None
    goes_on = _MAY_GO_ON.search(place.match[0]) and _GOES_ON.match(place.rest)
    line = f"{place.begun}{place.match[0]}{place.rest}".lower()
    is_of_another = place.match[0].endswith(" origin") and not _OF_HTTP.search(line)
    return None if goes_on or is_of_another else place


def origin_at(place: Place) -> str:
    """Return the origin that is refused in a place, or beside it in its line; not one that is said to be allowed.

    >>> origin_at(first_said(re.compile("rejected"), "Allowed origin: https://a.example. Rejected"))
    ''
    """
    line, start, end = f"{place.begun}{place.match[0]}{place.rest}", len(place.begun), len(place.begun + place.match[0])
    settings = settings_beside(line, start)
    near = [
        one
        for one in ORIGIN_LOGGED.finditer(line)
        if start - _NEAR <= one.end() and one.start() <= end + _NEAR and _is_refused(one)
        if not any(at <= one.start() < past for at, past in settings)
    ]
    within = _ORIGIN_WITHIN.search(place.match[0])
    received = _RECEIVED.search(place.match.string)
    nearest = min(near, key=lambda one: one.end() <= start, default=received)  # the first behind, or else in front
    if within:
        return within[0]
    if nearest:
        return nearest[1].lower()
    return origin_beside(place.match.string, *place.match.span())


def _is_refused(logged: re.Match[str]) -> bool:
    line, start, end = logged.string, logged.start(), logged.end()
    return not (_ALLOWED_BEFORE.search(line, max(start - _NEAR, 0), start) or _ALLOWED_BEHIND.match(line, end))


_ORIGIN_WITHIN: Final = re.compile(r"[a-z][a-z0-9+.-]{1,20}://[^\s'();,\]]{1,300}(?<![.:])")
_RECEIVED: Final = re.compile(r"\bcors request received with 'origin' ([a-z][a-z0-9+.-]{1,20}://[^\s']{1,300}|null\b)")
"""What Flask-CORS logs of a request, before it says in the next line that the origin is not allowed."""
_ALLOWED_BEFORE: Final = re.compile(
    r"\b(?<!not )(?:accepted|allow(?:ed)?|config\w*|correct|expect(?:ed|s)?|good|permitted|trusted|valid)"
    r"\W{1,4}\Z",
    re.IGNORECASE,
)
_ALLOWED_BEHIND: Final = re.compile(
    r"'?,? (?:is|was) (?:accepted|allowed|fine|good|in (?:the |my |our )?(?:allow|list|white)\w*|ok|okay|permitted"
    r"|trusted|valid)\b",
    re.IGNORECASE,
)
_MAY_GO_ON: Final = re.compile(r"(?:missing|required)\Z")
_GOES_ON: Final = re.compile(r" [a-z]")
"""The beginning of more words, with which a sentence is about all requests."""
_OF_HTTP: Final = re.compile(
    r"\b(?:[45]\d\d|cors|csrf|error|exception|https?|origin[:=]|request|response|websocket)\b|://|\A\W*\w+ origin\W*\Z"
)
"""That an origin is not that of goods, or of a branch."""
_NEAR: Final = 60
"""The characters around a sentence in which another word belongs to it."""
