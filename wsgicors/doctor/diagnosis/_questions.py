"""The further questions of a probe, which tell the causes of a failure apart, and what the answers mean.

They are few and harmless: GET, HEAD and preflights, to servers that the exchange itself has asked.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from wsgicors._http import CORS_RESPONSE_HEADERS, list_members
from wsgicors.browser import Exchange, Failure, Request, Stage, preflight_request
from wsgicors.doctor.catalogue._readers import Speaker
from wsgicors.doctor.catalogue._wording import ANY_ALLOW_ORIGIN, ANY_REFUSAL, Role
from wsgicors.doctor.diagnosis._examination import Control, Examination
from wsgicors.doctor.diagnosis._examining import remark
from wsgicors.doctor.diagnosis._ranking import Certainty, Ranked, certain, likely, rank
from wsgicors.doctor.evidence._console import read_console
from wsgicors.doctor.evidence._facts import Facts, clean_token, origin_of, shown
from wsgicors.doctor.evidence._message import Message
from wsgicors.doctor.evidence._signs import Kind, Sign
from wsgicors.doctor.evidence._steps import OK
from wsgicors.doctor.evidence._wire import Asker, browser_headers
from wsgicors.origins import DEFAULT_PORTS, is_ip, is_loopback, split_origin
from wsgicors.verdict import SHOWN_NAMES, Refusal

MOST_QUESTIONS: Final = 9
"""The most requests of a probe beyond the exchange itself."""

STRANGER: Final = "https://wsgicors-probe.example"
"""The origin of a page that does not exist: the name is reserved (RFC 2606)."""

UNLISTED: Final = "Wsgicors-Probe"
"""A request header that no server lists."""

_SAFE: Final = frozenset({"GET", "HEAD"})
_UNAUTHORIZED: Final = 401
_REFUSING: Final = frozenset({_UNAUTHORIZED, 403})

_REFUSALS: Final[Mapping[Refusal | None, str]] = {
    Refusal.ORIGIN_NOT_ALLOWED: "origin-not-allowed",
    Refusal.NULL_ORIGIN: "null-origin",
    Refusal.PRIVATE_NETWORK: "private-network-header",
    Refusal.AUTHORIZATION_NOT_NAMED: "header-wildcard-authorization",
    Refusal.INSECURE_ORIGIN: "insecure-origin",
    Refusal.NAVIGATION_NOT_ALLOWED: "navigation-not-allowed",
    Refusal.CROSS_SITE: "cross-site",
    Refusal.SOURCE_FAILED: "source-failed",
    Refusal.AMBIGUOUS_PATH: "ambiguous-path",
    Refusal.MALFORMED_ORIGIN: "malformed-request",
    Refusal.MALFORMED_METHOD: "malformed-request",
    Refusal.MALFORMED_HEADERS: "malformed-request",
}
_REFUSED_LISTS: Final[Mapping[Refusal | None, Failure]] = {
    Refusal.METHOD_NOT_ALLOWED: Failure.METHOD_NOT_ALLOWED,
    Refusal.HEADER_NOT_ALLOWED: Failure.HEADER_NOT_ALLOWED,
}

_NO_LIST: Final = frozenset({"cors-absent", "origin-not-allowed", "origin-list-typo"})
"""Causes that are ruled out if the server allows the page's origin elsewhere."""

_OF_PROXIES: Final = frozenset({
    "proxy-bad-gateway", "proxy-body-too-large", "proxy-drops-headers", "proxy-timeout",
})  # fmt: skip


def cause_of_refusal(refusal: Refusal | None, facts: Facts) -> str:
    """Return the cause of a refusal of wsgicors; "" for None.

    >>> cause_of_refusal(Refusal.METHOD_NOT_ALLOWED, Facts(method="patch"))
    'method-case'
    """
    if refusal in _REFUSED_LISTS:
        return rank([_REFUSED_LISTS[refusal]], Stage.PREFLIGHT, facts)[0].id
    return _REFUSALS.get(refusal, "")


@dataclass(slots=True)
class Evidence:
    """Evidence that tells the causes apart.

    Attributes:
        causes: The causes that it supports, the most certain first.
        ruled_out: The identifiers of causes that it rules out.
        value: What the server allows instead, if known.
        headers: The request headers that the server refuses, if it names them.
        is_bare: Whether the server refuses in words: its answer then need not list what it allows.
    """

    causes: list[Ranked] = field(default_factory=list[Ranked])
    ruled_out: set[str] = field(default_factory=set[str])
    value: str = ""
    headers: tuple[str, ...] = ()
    is_bare: bool = False

    def applied(self, found: Examination) -> Examination:
        """Return `found` with its suspects reordered by this evidence. A certain cause excludes all others."""
        before = [Ranked(suspect.cause.id, suspect.certainty) for suspect in found.suspects]
        named = {cause.id for cause in self.causes}
        after = [cause for cause in before if cause.id not in named | self.ruled_out]
        sure = [cause for cause in self.causes if cause.certainty is Certainty.CERTAIN]
        facts = replace(found.facts, value=self.value or found.facts.value)
        if self.headers:
            facts = replace(facts, header=self.headers[0], headers=self.headers)
        if self.is_bare:
            facts = replace(facts, is_whole=False)
        return found.with_suspects(sure or [*self.causes, *after] or before, facts)


def compared(found: Examination, bodies: Sequence[bytes], wire: Asker | None = None, cookie: str = "") -> Examination:
    """Return `found`, refined by what the answers show and by further questions.

    Args:
        found: The examination of the exchange alone.
        bodies: The beginning of each answer's body.
        wire: Sends the questions; None if that is not possible.
        cookie: The cookie that was sent with the request itself.
    """
    if not found.conclusion.exchanges or found.conclusion.tainting == "basic":
        return found
    questions = _Questions(found, wire, cookie) if wire else None
    if found.failed is None:
        found = _csrf(found, bodies[-1])
        found = _cached_some_day(found, questions) if questions and not questions.wire.preflights_only else found
    else:
        found = _with_its_words(found, bodies[-1])
        evidence = _shown(found, bodies[-1])
        if questions and not evidence.causes:
            _ask(found, questions, evidence)
        elif questions and evidence.causes == likely(*ANY_REFUSAL):
            _what_is_refused(found, questions, evidence)
        elif questions and evidence.causes[0].id == "origin-not-allowed":
            _variants(questions, evidence)
        found = evidence.applied(found)
    return replace(found, controls=tuple(questions.asked)) if questions else found


# -- What the answers show without a question --------------------------------------------------------------------------


def _with_its_words(found: Examination, body: bytes) -> Examination:
    """Add the sentence with which wsgicors refused, if it was wsgicors."""
    if not any(sign.refusal for sign in found.answers[-1].signs):
        return found
    line = body.partition(b"\n")[0].decode("latin-1")
    return replace(found, detail=f"The server says: {shown(line)}")


def _said(body: bytes) -> list[Message]:
    """Return the known sentences of servers in an answer's body."""
    return [one for one in read_console(body.decode("utf-8", "replace")).messages if one.speaker is Speaker.SERVER]


def _csrf_causes(found: Examination, body: bytes) -> list[str]:
    """Return the causes that the page of a CSRF protection names."""
    if found.conclusion.exchanges[-1].response.status not in {400, 403}:
        return []
    said = _said(body)
    # The page's heading fits every cause; its reason, if it has one, only one.
    reasons = [one for one in said if one.role is not Role.ECHO] or said
    return [cause for message in reasons for cause in message.causes]


def _csrf(found: Examination, body: bytes) -> Examination:
    remarks = tuple(
        remark("The answer is the page of a CSRF protection.", cause, found.facts)
        for cause in dict.fromkeys(_csrf_causes(found, body))
    )
    return replace(found, remarks=(*found.remarks, *remarks))


def _shown(found: Examination, body: bytes) -> Evidence:
    evidence = Evidence()
    if found.suspects[0].cause.id == "header-misspelt":
        evidence.causes += certain("header-misspelt")
        return evidence
    made = [sign for sign in found.answers[-1].signs if sign.made]
    for sign in made:
        headers = tuple(filter(None, (clean_token(name.strip()) for name in sign.subject.split(","))))
        refused = headers if sign.refusal is Refusal.HEADER_NOT_ALLOWED else ()
        about = replace(found.facts, header=next(iter(refused), ""), headers=refused)
        if cause := cause_of_refusal(sign.refusal, about):
            evidence.causes += certain(cause)
            evidence.headers = refused if len(refused) < SHOWN_NAMES else found.facts.asked
            evidence.is_bare = True
        elif sign.kind is Kind.CORS:
            said = [cause for message in _said(body) for cause in message.causes]
            evidence.causes += certain(*said) if len(said) == 1 else likely(*(said or ["origin-not-allowed"]))
        elif sign.kind is Kind.CACHE and found.failed and found.failed.failure in ANY_ALLOW_ORIGIN:
            evidence.causes += likely("cached-origin")
    if found.failed and found.failed.stage is Stage.ACTUAL:
        evidence.causes += likely(*dict.fromkeys(_csrf_causes(found, body)))
        evidence.ruled_out |= _not_behind(found, made)
    return evidence


def _not_behind(found: Examination, made: Iterable[Sign]) -> set[str]:
    """Return the causes that are ruled out because another component created the error page."""
    kinds = {sign.kind for sign in made}
    if kinds & {Kind.FRAMEWORK, Kind.SERVER}:
        return set(_OF_PROXIES)
    return {"app-error"} if kinds & {Kind.PROXY, Kind.CDN} else set()


# -- Questions ---------------------------------------------------------------------------------------------------------


class _Questions:
    """Asks at most `MOST_QUESTIONS`, and records them; further questions count as unanswered."""

    def __init__(self, found: Examination, wire: Asker, cookie: str) -> None:
        self.page = found.conclusion.request
        self.last = found.conclusion.exchanges[-1]
        self.wire = wire
        self.cookie = cookie
        self.asked: list[Control] = []

    def again(self, question: str, origin: str, *, url: str = "") -> Control:
        """Repeat the last request for a page of another origin ("" for none); as a preflight if it is not harmless."""
        harmful = self.last.request.method not in _SAFE or self.wire.preflights_only
        if self.last.stage is Stage.PREFLIGHT or harmful:
            return self.preflight(question, origin)
        return self._send(question, replace(self.last.request, url=url or self.last.request.url), origin)

    def preflight(self, question: str, origin: str) -> Control:
        """Send a preflight for the page's request; without an origin, a plain OPTIONS request."""
        page = replace(self.page, url=self.last.request.url, use_cors_preflight=True)
        # A page with an opaque origin is cross-origin everywhere, and so always needs the preflight.
        sent = preflight_request(replace(page, origin="null")) or page
        headers = sent.headers if origin else [("Accept", "*/*")]
        return self._send(question, replace(sent, method="OPTIONS", headers=headers), origin)

    def bare_preflight(self, question: str, method: str) -> Control:
        """Send a preflight of the page for a method, without headers."""
        page = replace(self.page, url=self.last.request.url, method=method, headers=[], use_cors_preflight=True)
        return self._send(question, preflight_request(page) or page, self.page.origin)

    def other_header(self, question: str) -> Control:
        """Send a preflight of the page for a header that no server lists."""
        page = replace(self.page, url=self.last.request.url, headers=[(UNLISTED, "1")])
        sent = preflight_request(page) or page
        return self._send(question, sent, self.page.origin)

    def front_page(self, question: str) -> Control:
        """Ask for the server's front page, without special headers."""
        sent = Request(f"{origin_of(self.last.request.url)}/", self.page.origin, "GET", [("Accept", "*/*")])
        return self._send(question, sent, self.page.origin)

    def fresh(self, question: str, origin: str) -> Control:
        """Repeat the last request with a query that no cache has seen."""
        parts = urlsplit(self.last.request.url)
        query = "&".join(filter(None, [parts.query, f"wsgicors-probe={secrets.token_hex(4)}"]))
        return self.again(question, origin, url=urlunsplit(parts._replace(query=query)))

    def _send(self, question: str, sent: Request, origin: str) -> Control:
        harmful = self.wire.preflights_only and sent.method != "OPTIONS"
        if harmful or len(self.asked) == MOST_QUESTIONS:
            return Control(question, 0, None, None, cors=False)
        own = origin_of(sent.url) == origin_of(self.page.url)
        cookie = self.cookie if own and sent.credentials == "include" else ""
        headers = [line for line in browser_headers(sent, self.page.origin, cookie=cookie) if line[0] != "Origin"]
        if origin:
            headers.append(("Origin", origin))
        response = self.wire.send(sent.method, sent.url, headers).response
        control = Control(
            question,
            response.status,
            response.get("Access-Control-Allow-Origin"),
            response.get("Vary"),
            not CORS_RESPONSE_HEADERS.isdisjoint(name.lower() for name, _ in response.headers),
            response.get("Access-Control-Allow-Headers"),
        )
        self.asked.append(control)
        return control


def _ask(found: Examination, questions: _Questions, evidence: Evidence) -> None:
    """Ask the questions that fit the failure."""
    failed, last = found.failed, found.conclusion.exchanges[-1]
    if failed is None or questions.page.origin == "null":  # the causes for null are known without asking
        return
    if last.hop:
        _asked_directly(questions, evidence)
    elif failed.failure is Failure.AUTHORIZATION_NOT_NAMED:
        _any_other_header(questions, evidence)
    elif failed.stage is Stage.PREFLIGHT and last.response.status in _REFUSING:
        _who_refuses(questions, evidence)
    elif failed.stage is Stage.PREFLIGHT and last.response.status == 404:
        questions.front_page("Does the server's first page have headers of CORS?")
    elif failed.failure is Failure.ALLOW_ORIGIN_MISSING:
        _missing(found, questions, evidence)
    elif failed.failure in ANY_ALLOW_ORIGIN:
        _differing(found, questions, evidence)


def _asked_directly(questions: _Questions, evidence: Evidence) -> None:
    """After a redirect: ask whether the last URL alone would have been allowed."""
    if questions.last.request.origin != "null":
        return
    control = questions.again("Asked directly, does the last URL allow the page's origin?", questions.page.origin)
    if control.allow_origin == questions.page.origin:
        evidence.causes += certain("redirect-null-origin")


def _any_other_header(questions: _Questions, evidence: Evidence) -> None:
    """If Authorization is not allowed, ask whether every other header is.

    The list alone does not tell: wsgicors leaves out `*` when Authorization is asked for, because engines treat `*` as
    covering it.
    """
    if questions.last.response.get("Access-Control-Allow-Headers") is None:
        control = questions.other_header("Is every other request header allowed?")
        any_other = "*" in list_members(control.allow_headers or "")
        evidence.causes += certain("header-wildcard-authorization" if any_other else "header-not-allowed")


def _who_refuses(questions: _Questions, evidence: Evidence) -> None:
    """Find out whether a 401 or 403 to a preflight comes from a login check or from a CORS layer."""
    plain = questions.preflight("Is OPTIONS refused without an Origin too?", "")
    if plain.status in _REFUSING:  # a 403 can also come from a firewall, or from a server that wants no OPTIONS
        refused = certain if plain.status == _UNAUTHORIZED else likely
        evidence.causes += refused("preflight-authentication")
        return
    evidence.causes += likely("origin-not-allowed")
    evidence.ruled_out.add("preflight-authentication")
    _variants(questions, evidence)


def _what_is_refused(found: Examination, questions: _Questions, evidence: Evidence) -> None:
    """Find out what a server refuses that has one sentence for all refusals, by sending less and less."""
    page = questions.page
    if found.failed and found.failed.stage is Stage.ACTUAL:
        evidence.causes.pop()  # headers are refused only in preflights
        questioned: dict[str, str] = {}
    else:
        questioned = {"header-not-allowed": page.method, "method-not-allowed": "GET"}
    for cause, method in questioned.items():
        control = questions.bare_preflight(f"Is {method} allowed without headers of the page's own?", method)
        if _allows(control, page.origin):
            evidence.causes[:] = certain(cause)
            return
    _variants(questions, evidence)


def _missing(found: Examination, questions: _Questions, evidence: Evidence) -> None:
    """Find out why Access-Control-Allow-Origin is missing: a cache, another origin, or no CORS at all."""
    origin, last = questions.page.origin, questions.last
    ok = last.response.status in OK
    evidence.ruled_out.add("cached-origin")
    if ok and _is_cached(questions):
        evidence.causes += certain("cached-origin")
        return
    neighbours = [questions.front_page("Does the server's first page have headers of CORS?")]
    if last.stage is Stage.ACTUAL:
        neighbours.append(questions.preflight("Does a preflight for this URL allow the page's origin?", origin))
    if any(_allows(control, origin) for control in neighbours):
        evidence.ruled_out |= _NO_LIST
        evidence.causes += _outside(found, evidence)
        return
    if not ok:
        return
    listed = _variants(questions, evidence)
    if evidence.causes:
        return
    if listed or _varies(last.response.get("Vary")) or any(control.cors for control in questions.asked):
        evidence.causes += likely("origin-not-allowed")
        evidence.ruled_out.add("cors-absent")
    else:
        is_file = found.suspects[0].cause.id == "outside-static"  # by its address; the rest of the server was not asked
        evidence.causes += likely(*(["outside-static"] if is_file else []), "cors-absent")


def _is_cached(questions: _Questions) -> bool:
    """Whether the answer came from a cache, and the server itself allows the page's origin."""
    if questions.last.stage is not Stage.ACTUAL or questions.last.request.method not in _SAFE:
        return False
    origin = questions.page.origin
    return _allows(questions.fresh("Past every cache, does it allow the page's origin?", origin), origin)


def _outside(found: Examination, evidence: Evidence) -> list[Ranked]:
    """Return the likeliest causes of an answer without headers when other answers have them."""
    left = [suspect.cause.id for suspect in found.suspects if suspect.cause.id not in evidence.ruled_out]
    return likely(*left[:1]) if left else likely("outside-order")


def _differing(found: Examination, questions: _Questions, evidence: Evidence) -> None:
    """Find out why Access-Control-Allow-Origin names another origin: a constant, or a cached answer."""
    value = questions.last.response.get("Access-Control-Allow-Origin")
    if _is_cached(questions):
        evidence.causes += certain("cached-origin")
        return
    asked = [
        questions.again("What does a page of an unknown origin get?", STRANGER),
        questions.again("What does a request without Origin get?", ""),
    ]
    if all(control.allow_origin == value for control in asked):
        # How the constant differs from the page's origin is already known, if at all.
        nearly = [
            suspect.cause.id for suspect in found.suspects
            if suspect.cause.id.startswith("origin-") and suspect.cause.id not in _NO_LIST
        ]  # fmt: skip
        malformed = [suspect.cause.id for suspect in found.suspects if suspect.certainty is Certainty.CERTAIN]
        evidence.causes += certain(*dict.fromkeys([*nearly, *malformed]), *([] if malformed else ["fixed-origin"]))


def _variants(questions: _Questions, evidence: Evidence) -> bool:
    """Whether the server allows an origin similar to the page's, or its own, and so has a list at all."""
    for cause, variant in near_origins(questions.page.origin):
        if questions.again(f"Is {variant} allowed?", variant).allow_origin == variant:
            evidence.causes[:] = certain(cause)
            evidence.value = variant
            return True
    own = origin_of(questions.last.request.url)
    return _allows(questions.again(f"Is the server's own origin, {own}, allowed?", own), own)


def near_origins(origin: str) -> list[tuple[str, str]]:
    """Return origins that a list can contain instead of `origin`, each with the matching cause.

    >>> near_origins("https://www.example.com")[:2]
    [('origin-scheme', 'http://www.example.com'), ('origin-www', 'https://example.com')]
    """
    parts = split_origin(origin)
    if parts is None:
        return []
    scheme, host, port = parts
    tail = f":{port}" if port else ""
    near = [("origin-scheme", f"{'http' if scheme == 'https' else 'https'}://{host}{tail}")]
    if is_loopback(host):
        near += [("origin-loopback", f"{scheme}://{name}{tail}") for name in ("localhost", "127.0.0.1") if name != host]
    elif host[0] != "[" and not is_ip(host):
        other = host.removeprefix("www.") if host.startswith("www.") else f"www.{host}"
        near.append(("origin-www", f"{scheme}://{other}{tail}"))
    default = DEFAULT_PORTS.get(scheme, "0")
    near.append(("origin-port", f"{scheme}://{host}" if port else f"{origin}:{default}"))
    return [*near, ("origin-slash", f"{origin}/")]


def _allows(control: Control, origin: str) -> bool:
    return control.allow_origin in {origin, "*"}


def _varies(vary: str | None) -> bool:
    """Whether Vary says that the answer depends on the origin."""
    return not {"origin", "*"}.isdisjoint(name.lower() for name in list_members(vary or ""))


# -- Where nothing failed ----------------------------------------------------------------------------------------------


def _cached_some_day(found: Examination, questions: _Questions) -> Examination:
    """Add a remark if a cache can serve this answer to another origin, or has served another origin's answer."""
    last: Exchange = questions.last
    value = last.response.get("Access-Control-Allow-Origin")
    if value == "*" or last.request.method not in _SAFE or last.request.origin == "null":
        return found
    stranger = questions.again("What does a page of an unknown origin get?", STRANGER)
    if stranger.allow_origin == value:
        fresh = questions.fresh("And past every cache?", STRANGER)
        if fresh.allow_origin == value:
            return found
        detail = "A page of another origin got this page's answer out of a cache."
    elif _varies(last.response.get("Vary")) and _varies(stranger.vary):
        return found
    else:
        detail = "The answer differs from origin to origin, and its Vary lacks Origin: caches will mix them up."
    return replace(found, remarks=(*found.remarks, remark(detail, "cached-origin", found.facts)))
