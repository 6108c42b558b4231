"""Read Firefox's sentences in other languages than English: a URL, then names that no language translates."""

import re
from dataclasses import dataclass
from typing import Final

from wsgicors._http import is_token
from wsgicors.browser import Failure, Stage
from wsgicors.doctor.catalogue._readers import Speaker
from wsgicors.doctor.catalogue._translated_reasons import (
    TRANSLATED_DISABLED,
    TRANSLATED_MISSING,
    TRANSLATED_MULTIPLE,
    TRANSLATED_REDIRECT,
)
from wsgicors.doctor.catalogue._wording import Role
from wsgicors.doctor.evidence._facts import Facts
from wsgicors.doctor.evidence._flat_text import lower_ascii
from wsgicors.doctor.evidence._message import Message

_FIELDS: Final = ("origin", "credentials", "methods", "headers")
_STATUS: Final = re.compile(r"[:：] ?(\d{3}|\(null\))[.。।]?(?: |\Z)")
_EMPTY: Final = re.compile(r"(?<![\w'])''(?![\w'])")
_TOKEN: Final = re.compile(r"(?<![A-Za-zÀ-ÿ])'([^']{1,200})'(?![A-Za-zÀ-ÿ])")
_FROM_ORIGIN: Final = re.compile(r"\bfrom\W+origin\W")


def reason_alone(line: str) -> Message | None:
    """Return a translated reason without the sentence that has the URL: ``Grund: CORS-Kopfzeile '…' fehlt``."""
    lower = lower_ascii(line)
    if "'access-control-allow-origin'" not in lower:
        return None
    told = any(word in lower for word in (*TRANSLATED_MISSING, *TRANSLATED_MULTIPLE))
    return translation("", "", f"({line})") if told else None


_BLOCKED: Final = re.compile(
    r"(?:blo[ckq]|advarsel|advertenc|averti[sz]|avv?iso|varnin|warn|waarsch|ostrze|figyelm|upozorn|engellendi|uyar|ditolak"
    r"|peringatan|chặn|cảnh báo|блок|спиране|предупреж|попередж|αποκλείστηκε|προειδοπ|拦截|阻止|封鎖|封锁|警告"
    r"|ブロック|차단|경고)",
    re.IGNORECASE,
)
"""That a request is blocked, or will be, as Firefox's sentence begins in every language, up to a colon."""
_COLON: Final = re.compile(r"[:：.]")
_IN_ENGLISH: Final = re.compile(r"\b(?:block(?:s|ed|ing)?|warning)\b")
_NAMED_REASON: Final = re.compile(r"\breasons?: ?", re.IGNORECASE)
_ANY_REASON: Final = re.compile(r"[(（]|[:：] ")
_ENDS: Final = re.compile(r"[.。](?= |\Z)")
_STATUS_BEHIND: Final = re.compile(r"[.。 ]{0,3}[^:：.。\d]{2,30}[:：] ?(?:\d{3}|\(null\))(?!\d)")


def _sentence(reason: str) -> tuple[str, bool]:
    """Return the part of `reason` that Firefox wrote, and whether its end is there: others follow it in a line."""
    end = _end_of_parentheses(reason)
    if not end:
        begins = _ANY_REASON.search(reason)
        match = _ENDS.search(reason, begins.end() if begins else 0)
        end = match.end() if match else 0
    if not end:
        return reason, bool(_STATUS.search(reason))
    status = _STATUS_BEHIND.match(reason, end)
    return reason[: status.end() if status else end], True


def _end_of_parentheses(reason: str) -> int:
    """Return where the first parentheses end that are about CORS; 0 if there are none."""
    start = depth = 0
    for match in _PARENTHESIS.finditer(reason):
        if match[0] in "(（":
            start = match.start() if not depth else start
            depth += 1
        elif depth:
            depth -= 1
            if not depth and _OF_CORS.search(reason, start, match.end()):
                return match.end()
    return 0


_PARENTHESIS: Final = re.compile(r"[()（）]")
_OF_CORS: Final = re.compile(r"cors|access-control-allow-", re.IGNORECASE)


def _is_of_firefox(opening: str, reason: str) -> bool:
    """Return whether the sentence around a URL is Firefox's, by what it says in front of it.

    People put a URL and a remark on CORS in parentheses into one line, too.
    """
    blocked = _BLOCKED.search(opening)
    if not (blocked and _COLON.search(opening, blocked.end())):
        return False
    return bool((_NAMED_REASON if _IN_ENGLISH.search(lower_ascii(opening)) else _ANY_REASON).search(reason))


def translation(opening: str, url: str, reason: str) -> Message | None:
    """Return Firefox's message with `opening` in front of `url` and `reason` behind it; None for another text."""
    if url and not _is_of_firefox(opening, reason):
        return None
    reason, is_whole = _sentence(reason)
    lower = lower_ascii(reason)
    if not _OF_CORS.search(lower):
        return None
    if _FROM_ORIGIN.search(f"{lower_ascii(opening)} {lower}"):
        return None  # Chromium's sentence, whose quoted words are no values
    status = next(iter(_STATUS.findall(reason)), "")
    tokens = [part.strip() for part in _TOKEN.findall(reason)]
    quoted = [
        token for token in tokens if "access-control-" not in lower_ascii(token) and lower_ascii(token) != "preflight"
    ]
    named = next((name for name in _FIELDS if f"access-control-allow-{name.rstrip('s')}" in lower), "")
    lists = [token for token in tokens if lower_ascii(token).startswith("access-control-allow-")]
    if len(lists) > 1 and not quoted:  # one is the header that was refused, the other is the list
        named, quoted = "headers", [token for token in lists if lower_ascii(token) != "access-control-allow-headers"]
    if not (named or is_whole):
        return None  # cut off before it says what is wrong
    told = _Translation(named, quoted, status, reason.lower())
    facts = told.facts().joined(Facts(url=url, status=int(status) if status.isdecimal() else None))
    role = Role.ECHO if told.failures == (Failure.NO_RESPONSE,) else told.role
    return Message("firefox/translated", Speaker.FIREFOX, role, told.failures, told.causes, told.stage, facts, 0)


@dataclass(frozen=True, slots=True)
class _Translation:
    """The parts of a reason that are the same in every language: the header, the quoted words, and the status."""

    named: str
    quoted: list[str]
    status: str
    reason: str

    @property
    def first(self) -> str:
        """The first quoted word besides the header's name."""
        return self.quoted[0] if self.quoted else ""

    @property
    def stage(self) -> Stage | None:
        """The stage: browsers check the lists only in a preflight's response."""
        return Stage.PREFLIGHT if self.named in {"methods", "headers"} else None

    @property
    def role(self) -> Role:
        """The role: the warning about Authorization names it and the asterisk."""
        return Role.WARNING if self.failures == (Failure.AUTHORIZATION_NOT_NAMED,) else Role.REASON

    @property
    def failures(self) -> tuple[Failure, ...]:
        """The failures that it means."""
        match self.named:
            case "credentials" if self.first == "*":  # Spanish names the wrong header
                return (Failure.ALLOW_ORIGIN_WILDCARD,)
            case "credentials":
                return (Failure.ALLOW_CREDENTIALS_NOT_TRUE,)
            case "methods":  # a token is quoted only if it is invalid
                return (Failure.ALLOW_METHODS_UNPARSEABLE if self.first else Failure.METHOD_NOT_ALLOWED,)
            case "headers" if "*" in self.quoted:
                return (Failure.AUTHORIZATION_NOT_NAMED,)
            case "headers":
                malformed = self.first and not is_token(self.first)
                return (Failure.ALLOW_HEADERS_UNPARSEABLE if malformed else Failure.HEADER_NOT_ALLOWED,)
            case "origin" if self.first == "*":
                return (Failure.ALLOW_ORIGIN_WILDCARD,)
            case "origin" if self.first or self._is_empty:
                return (Failure.ALLOW_ORIGIN_MISMATCH,)
            case "origin" if self.status or any(word in self.reason for word in TRANSLATED_MISSING):
                return (Failure.ALLOW_ORIGIN_MISSING,)
            case "origin" if any(word in self.reason for word in TRANSLATED_MULTIPLE):
                return (Failure.ALLOW_ORIGIN_MULTIPLE,)
            case "origin":  # none of the words by which the languages tell them apart
                return (Failure.ALLOW_ORIGIN_MULTIPLE, Failure.ALLOW_ORIGIN_MISSING)
            case _ if self.first == "*":  # Mexico's Spanish translates the header
                return (Failure.ALLOW_ORIGIN_WILDCARD,)
            case _:
                return self._unnamed()

    def _unnamed(self) -> tuple[Failure, ...]:
        if self.first or self._is_disabled or self._is_not_http:
            return ()
        if any(word in self.reason for word in TRANSLATED_REDIRECT):
            return (Failure.PREFLIGHT_REDIRECTED,)
        if self.status.isdecimal() or "preflight" in self.reason:
            return (Failure.STATUS_NOT_OK,)
        return (Failure.NO_RESPONSE,)

    @property
    def _is_empty(self) -> bool:
        """Whether the header's value is quoted and empty."""
        return not self.first and _EMPTY.search(self.reason) is not None

    @property
    def _is_disabled(self) -> bool:
        return not self.status and any(word in self.reason for word in TRANSLATED_DISABLED)

    @property
    def _is_not_http(self) -> bool:
        """Whether the request was not HTTP: every language contains that name in Latin letters."""
        return not self.status and "http" in self.reason

    @property
    def causes(self) -> tuple[str, ...]:
        """The causes that it names without a failure: an Origin header that was not added, a URL that is not http."""
        if self.named or self.failures:
            return ()
        if self._is_disabled:
            return ("cors-disabled",)
        if self._is_not_http:
            return ("url-scheme", "redirect-scheme")
        return ("origin-header-not-added",) if self.first else ()

    def facts(self) -> Facts:
        """Return the quoted words as facts."""
        match self.failures:
            case (Failure.HEADER_NOT_ALLOWED,):
                return Facts(header=self.first)
            case (Failure.ALLOW_CREDENTIALS_NOT_TRUE | Failure.ALLOW_ORIGIN_WILDCARD,):
                return Facts(credentials=True)
            case (Failure.AUTHORIZATION_NOT_NAMED,):
                return Facts()
            case _:
                return Facts(value=self.first if self.named else "", is_whole=self._is_empty)
