"""Read how handlers that people write themselves say that they refuse an origin, a token, or a request without Origin.

It is read only if no sentence of a browser, a server or a library was recognized.

>>> [refused(Said("", said)).causes[0] for said in ("[cors] blocked origin: https://a.example", "csrf check failed")]
['origin-not-allowed', 'csrf-token']
"""

import re
from typing import Final

from wsgicors.doctor.catalogue._server_readers import ORIGIN_LOGGED
from wsgicors.doctor.evidence._console import Message
from wsgicors.doctor.evidence._facts import Facts
from wsgicors.doctor.evidence._shown import Said, told

_REFUSED: Final = r"(?:blocked|denied|disallowed|forbidden|refused|rejected)"
_SUCH: Final = r"(?:disallowed |unauthori[sz]ed |unknown |untrusted )?"

_ORIGIN: Final = re.compile(
    rf"\bcors\]?:? (?:{_REFUSED}|blocking|rejecting) (?:request (?:for|from) )?(?:the )?{_SUCH}(?:origin\b|https?://)"
    r"|\bcors (?:preflight |options )?request (?:denied|forbidden|refused|rejected|blocked(?::| for\b| from\b))"
    rf"|\b{_REFUSED} (?:cors )?(?:preflight )?(?:request )?(?:for |from )?(?:an? |the )?{_SUCH}origin\b"
    rf"|(?<!-)\borigin (?:is |was )?{_REFUSED}:"
    rf"|(?<!-)\borigin:? '?[a-z][a-z0-9+.-]{{1,20}}://\S{{1,200}} (?:is |was )?{_REFUSED}\b"
    r"|\b(?:origin|https?://\S{1,200}) (?:is |was )?not (?:in (?:the )?)?(?:allow|white)list(?:ed)?\b"
    r"|\bcors[_ ](?:origin[_ ])?(?:not[_ ]allowed|denied|rejected)\b|\borigin_rejected\b"
    r"|\bcors policy does not allow (?:access from )?(?:the |this )"
    r"|\b(?:disallowed|forbidden|rejected) by (?:the )?cors\b|\b(?:access|request) denied by cors policy\b"
    r"|\b(?:disallowed|invalid|unauthori[sz]ed|unknown|untrusted) (?:cors|request) origin\b"
    r"|\borigin (?:check|validation) failed\b|\borigin header (?:is )?not allowed\b|\bcors (?:check failed|violation)\b"
    r"|\bcross[- ]origin request (?:from \S{1,200} )?(?:denied|forbidden|not allowed|refused|rejected)\b"
    r"|\bno permitido por (?:el )?cors\b|\bn[aã]o permitid[ao] pel[ao] cors\b|\bbloquead[ao] pel[ao] cors\b"
    r"|\bnon autorisée? par (?:le )?cors\b"
)
_TOKEN: Final = re.compile(
    r"\b[cx]srf(?:[ _-]token)? (?:is |was )?(?:(?:check|protection|validation|verification) )?"
    r"(?:failed|failure|incorrect|invalid|mismatch(?:ed)?|missing|not found|rejected|required)\b"
    r"|\b(?:incorrect|invalid|missing) [cx]srf(?: token)?\b"
)
_OF_ORIGIN: Final = re.compile(r"\b(?:origin|referer|referrer)\b")
_WITHOUT: Final = re.compile(r"\bmissing origin header\b|(?<!-)\borigin header (?:is )?(?:missing|required)\b")


def refused(said: Said) -> Message | None:
    """Return what the text says that its server refuses; None if it says no such thing."""
    if _is_said(_ORIGIN.search(said.lower), said.lower):
        logged = ORIGIN_LOGGED.search(said.lower)
        return told("origin-not-allowed", "csrf-origin", facts=Facts(origin=(logged[1] or "") if logged else ""))
    if (match := _TOKEN.search(said.lower)) and _is_said(match, said.lower):
        around = said.lower[max(match.start() - _NEAR, 0) : match.end() + _NEAR]
        causes = ("csrf-origin", "csrf-token") if _OF_ORIGIN.search(around) else ("csrf-token", "csrf-origin")
        return told(*causes, facts=Facts())
    return told("malformed-request", "cross-site", facts=Facts()) if _WITHOUT.search(said.lower) else None


def _is_said(match: re.Match[str] | None, lower: str) -> bool:
    """Whether somebody says it: not that it was not said, and not in a line of code or of a catalogue."""
    return match is not None and not _UNSAID.search(lower[max(match.start() - _NEAR, 0) : match.start()])


_UNSAID: Final = re.compile(r"\b(?:do(?:es)?(?:n't| not)|didn't|did not|grep|msgid|never)\b[^.]{0,20}\Z")
_NEAR: Final = 60
"""The characters around a sentence in which another word belongs to it."""
