"""Judge a HAR 1.2 file, as exported by the network panels of Chromium, Firefox and Safari, exchange by exchange.

Each recorded request of a page to another origin is judged by `wsgicors.browser` with the recorded answers: the failing
step is the standard's. The panels differ:

- Chromium writes a preflight as an entry of its own (``_resourceType: preflight``), often after its request, and
  marks blocked requests with ``_error: net::ERR_FAILED``, whatever the status;
- Firefox writes the preflight as an OPTIONS entry before its request, marks nothing, and gives a blocked request
  status 0 and no headers;
- Safari leaves out preflights, and marks blocked requests with an ``_error`` in words.

Cookies, tokens and bodies are ignored, except for the sentence with which a CORS layer refuses: only names, statuses
and CORS headers leave this module.

>>> capture = '''{"log": {"creator": {"name": "WebInspector"}, "entries": [{
...     "request": {"method": "GET", "url": "https://api.example/a", "headers": [
...         {"name": "origin", "value": "https://app.example"}, {"name": "Cookie", "value": "sid=secret"}]},
...     "response": {"status": 500, "headers": [], "_error": "net::ERR_FAILED"}}]}}'''
>>> [(blocked.failures[0].value, blocked.facts.status) for blocked in read_har(capture).blocked]
[('allow-origin-missing', 500)]
"""

import codecs
import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, cast
from urllib.parse import urljoin

from wsgicors import browser
from wsgicors._http import is_token, list_members
from wsgicors.browser import Check, Failure, Request, Response, Stage, Step
from wsgicors.doctor.catalogue._readers import Speaker
from wsgicors.doctor.evidence._console import read_console
from wsgicors.doctor.evidence._facts import Facts, clean_origin, origin_of
from wsgicors.doctor.evidence._login import is_login
from wsgicors.doctor.evidence._steps import (
    LOOKED_AT,
    behind_status,
    misspelt,
    refuses_nothing,
    ruled_out,
    speaks_cors,
    speaks_of_origins,
    telling,
    unsafe_names,
)

LONGEST_FILE: Final = 64 * 1024 * 1024
"""The most characters (or bytes) of a file; larger ones are refused."""

MOST_ENTRIES: Final = 20_000
"""The most entries of a file that are read."""

_MOST_HEADERS: Final = 500
_LONGEST_VALUE: Final = 16_384
_SAID: Final = 500  # the characters of a body in which a CORS layer's sentence is searched


class HarError(ValueError):
    """The file is too large, or not a HAR. The message says which, and what to do."""


@dataclass(frozen=True, slots=True)
class Blocked:
    """An exchange that a browser blocked, or would have.

    Attributes:
        entry: The request's index among the file's entries, from 0.
        preflight: The index of its preflight, if the file has one.
        failures: What failed, by the Fetch standard; empty if the file does not show it.
        stage: The part of the exchange that failed.
        detail: The failing step, in a sentence; "" if the file does not show it.
        section: The step's section of the standard.
        causes: Identifiers of causes that the file names without a failure.
        facts: What is known about it.
        impossible: Identifiers of causes that the request rules out.
        allowed: Whether nothing was blocked, but something else went wrong.
    """

    entry: int
    preflight: int | None
    failures: tuple[Failure, ...]
    stage: Stage | None
    detail: str
    section: str
    causes: tuple[str, ...]
    facts: Facts
    impossible: frozenset[str] = frozenset()
    allowed: bool = False


@dataclass(frozen=True, slots=True)
class Capture:
    """The content of a file.

    Attributes:
        speaker: The browser that wrote it, if it says so.
        exchanges: The number of requests to other origins.
        blocked: The blocked requests, in the file's order; then those that were allowed, but went wrong.
        cut: Whether it has too many entries to be read completely.
    """

    speaker: Speaker | None
    exchanges: int
    blocked: tuple[Blocked, ...]
    cut: bool


def read_har(data: str | bytes) -> Capture:
    """Return the exchanges between origins in the HAR `data`.

    Raises:
        HarError: It is larger than `LONGEST_FILE`, or not a HAR.
    """
    log = _log(data)
    speaker = _speaker(log)
    items = _list(log.get("entries"))
    origins = _page_origins(log)
    entries = [_entry(index, _dict(item), origins) for index, item in enumerate(items[:MOST_ENTRIES])]
    tape = _Tape(entries, speaker)
    asking = [entry for entry in sorted(map(tape.named, entries), key=_by_time) if entry.asks_another_origin]
    judged = [_Exchange(entry, tape, speaker).judged() for entry in asking if tape.play(entry)]
    judged += [_Exchange(entry, tape, speaker).judged() for entry in tape.unpaired if tape.play(entry)]
    blocked = sorted((item for item in judged if item), key=lambda item: (item.allowed, item.entry))
    return Capture(speaker, len(judged), tuple(blocked), len(items) > MOST_ENTRIES)


def looks_like_har(text: str) -> bool:
    """Whether `text` is meant to be a HAR: an object with a log near its beginning.

    >>> looks_like_har('{ "log": {'), looks_like_har("Access to fetch at")
    (True, False)
    """
    start = text[:400].lstrip("\ufeff \t\r\n")
    return start.startswith("{") and '"log"' in start


def decoded(data: bytes) -> str:
    """Return a file's text: UTF-8 or, by its byte order mark, UTF-16, which PowerShell writes.

    Raises:
        UnicodeDecodeError: The file is neither.
    """
    is_utf_16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return data.decode("utf-16" if is_utf_16 else "utf-8-sig")


# -- Reading it --------------------------------------------------------------------------------------------------------

_Json = dict[str, object]


def _log(data: str | bytes) -> _Json:
    if len(data) > LONGEST_FILE:
        raise HarError(
            f"This HAR is larger than {LONGEST_FILE // 2**20} MB. Clear the network panel, repeat only the request "
            "that is blocked, and export again."
        )
    try:
        text = decoded(data) if isinstance(data, bytes) else data.removeprefix("\ufeff")
        whole = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise HarError("This is not a HAR: it is not JSON. Export the network panel again.") from error
    log = _dict(_dict(whole).get("log"))
    if not isinstance(log.get("entries"), list):
        raise HarError("This is JSON, but not a HAR: it has no log with entries.")
    return log


def _dict(value: object) -> _Json:
    return cast("_Json", value) if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else []


def _text(value: object) -> str:
    return value[:_LONGEST_VALUE] if isinstance(value, str) else ""


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _speaker(log: _Json) -> Speaker | None:
    name = f"{_text(_dict(log.get('creator')).get('name'))} {_text(_dict(log.get('browser')).get('name'))}".lower()
    if "webkit" in name:
        return Speaker.WEBKIT
    if "webinspector" in name or "chromium" in name:
        return Speaker.CHROMIUM
    return Speaker.FIREFOX if "firefox" in name else None


def _page_origins(log: _Json) -> dict[str, str]:
    """Return the origin of each page, by its id: Chromium and Safari write its URL into the title."""
    pages = map(_dict, _list(log.get("pages")))
    return {_text(page.get("id")): origin_of(_text(page.get("title"))) for page in pages}


@dataclass(frozen=True, slots=True)
class _Entry:
    """One entry: a request, and its answer as far as it was recorded."""

    index: int
    time: float
    method: str
    url: str
    sent: dict[str, str]
    with_cookies: bool
    origin: str
    status: int
    received: tuple[tuple[str, str], ...]
    error: str
    marks: bool
    cached: bool
    kind: str
    said: str
    is_preflight: bool
    sets_cookie: bool

    @property
    def asks_another_origin(self) -> bool:
        """Whether it is a CORS request of a page to another origin."""
        if self.is_preflight or not self.origin or origin_of(self.url) == self.origin:
            return False
        mode = self.sent.get("sec-fetch-mode", "cors")
        asked = "origin" in self.sent or self.kind in {"fetch", "xhr", "font", "eventsource"}
        return (mode == "cors" and asked) or self.blocked_otherwise

    @property
    def blocked_otherwise(self) -> bool:
        """Whether Chromium says that something other than CORS blocked it: an extension, another policy."""
        return self.error.startswith("net::ERR_BLOCKED_BY_")

    @property
    def from_cache(self) -> bool:
        """Whether the answer came from a cache, in the browser or on the way."""
        return self.cached or self.response.get("age") not in {None, "", "0"}

    @property
    def answered(self) -> bool:
        """Whether an answer was recorded."""
        return self.status > 0

    @property
    def response(self) -> Response:
        """The recorded answer."""
        return Response(self.status, self.received)


def _by_time(entry: _Entry) -> tuple[float, int]:
    return entry.time, entry.index


def _entry(index: int, item: _Json, origins: dict[str, str]) -> _Entry:
    request, response = _dict(item.get("request")), _dict(item.get("response"))
    sent = dict(_headers(request))
    method = _text(request.get("method"))
    initiator = _text(_dict(item.get("_initiator")).get("type"))
    dest = sent.get("sec-fetch-dest", "").removeprefix("empty")
    kind = _text(item.get("_resourceType")).lower() or dest
    error = _text(response.get("_error")) or _text(response.get("_failureText"))
    asks = method == "OPTIONS" and "access-control-request-method" in sent
    return _Entry(
        index=index,
        time=_time(_text(item.get("startedDateTime"))),
        method=method,
        url=_without_fragment(_text(request.get("url"))),
        sent=sent,
        with_cookies="cookie" in sent or bool(_list(request.get("cookies"))),
        origin=_origin(sent, origins.get(_text(item.get("pageref")), "")),
        status=_number(response.get("status")),
        received=tuple(_headers(response)),
        error=error,
        marks="_error" in response or "_failureText" in response,
        said=_text(_dict(response.get("content")).get("text"))[:_SAID],
        cached=bool(item.get("_fromCache")) or "Cache" in _text(item.get("_fetchType")),
        kind=kind,
        is_preflight=asks or "preflight" in {kind, initiator},
        sets_cookie=any(name == "set-cookie" for name, _ in _headers(response)),
    )


def _headers(message: _Json) -> Iterator[tuple[str, str]]:
    """Yield headers with names in lower case, without HTTP/2's pseudo-headers (``:path``) and invalid names."""
    for item in map(_dict, _list(message.get("headers"))[:_MOST_HEADERS]):
        name, value = _text(item.get("name")).lower(), _text(item.get("value"))
        if is_token(name):
            # Some panels join the lines of one name with a line break.
            yield from ((name, line) for line in value.split("\n"))


def _origin(sent: dict[str, str], page: str) -> str:
    """Return the page's origin: from the request's Origin, or else from its Referer or page."""
    if named := clean_origin(sent.get("origin", "")):
        return named
    return origin_of(sent.get("referer", "")) or page


def _without_fragment(url: str) -> str:
    return url.partition("#")[0]


def _time(text: str) -> float:
    try:
        return datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError, OSError):
        return 0.0


# -- Judging it ----------------------------------------------------------------------------------------------------

_ABORTED: Final = "net::ERR_ABORTED"  # the page was left, or canceled the request itself
_ADDED_BY_BROWSERS: Final = frozenset({
    "accept", "accept-language", "cache-control", "device-memory", "downlink", "dpr", "ect", "if-modified-since",
    "if-none-match", "pragma", "priority", "purpose", "rtt", "save-data", "upgrade-insecure-requests", "user-agent",
    "viewport-width", "x-client-data",
})  # fmt: skip
"""Lower-case names of headers that browsers and their panels add to a page's request, besides forbidden ones."""

_MATTERING_VALUES: Final = frozenset({"content-language", "content-type", "range"})
_NEIGHBOURS: Final = 50  # the most recorded messages of one URL that are compared by their time


_UNAUTHORIZED: Final = frozenset({401, 403})
_FOR_PAGES: Final = frozenset({"authorization", "content-disposition", "content-range", "retry-after", "x-total-count"})
_FOR_PAGES_BEGIN: Final = ("x-csrf", "x-pagination", "x-ratelimit-")


def _is_for_pages(name: str, value: str) -> bool:
    """Whether servers send a response header for scripts to read."""
    return name in _FOR_PAGES or name.startswith(_FOR_PAGES_BEGIN) or (name == "link" and "next" in value)


class _NotRecordedError(Exception):
    """The browser now sends a request that the file has no answer to."""

    def __init__(self, stage: Stage, error: str) -> None:
        super().__init__()
        self.stage = stage
        self.error = error


class _Tape:
    """The recorded messages, each of which is used once."""

    def __init__(self, entries: Iterable[_Entry], speaker: Speaker | None) -> None:
        self._speaker = speaker
        self._answers: dict[str, list[_Entry]] = {}
        self._preflights: dict[str, list[_Entry]] = {}
        self._pairs: dict[int, _Entry] = {}
        self._requests: dict[int, _Entry] = {}
        self._played: set[int] = set()
        self.unpaired: list[_Entry] = []
        """The preflights that belong to no recorded request."""
        in_time = sorted(entries, key=_by_time)
        self._knowing = {origin_of(entry.url) for entry in in_time if speaks_of_origins(entry.response)}
        self._setting = [entry for entry in in_time if entry.sets_cookie]
        for entry in in_time:
            if not entry.is_preflight:
                self._answers.setdefault(entry.url, []).append(entry)
        for entry in in_time:
            if entry.is_preflight:
                self._preflights.setdefault(entry.url, []).append(entry)
                self._pair(entry)

    def named(self, entry: _Entry) -> _Entry:
        """Return a request with its preflight's origin if it has none itself."""
        preflight = self._pairs.get(entry.index)
        if preflight is None or "origin" in entry.sent or not preflight.origin:
            return entry
        return replace(entry, origin=preflight.origin, sent={**entry.sent, "origin": preflight.origin})

    def _pair(self, preflight: _Entry) -> None:
        """Assign a preflight to the nearest recorded request for its method."""
        method = preflight.sent.get("access-control-request-method")
        near = [
            entry
            for entry in self._around(preflight)
            if entry.index not in self._pairs and method in {None, entry.method}
        ]
        best = min(near, key=lambda entry: self._distance(preflight, entry), default=None)
        if best:
            self._pairs[best.index] = preflight
            self._requests[preflight.index] = best
        else:
            self.unpaired.append(preflight)

    def _distance(self, preflight: _Entry, entry: _Entry) -> tuple[bool, float, int]:
        """Return how far a request is from a preflight: Chromium starts the request first, Firefox the preflight."""
        later = _by_time(entry) > _by_time(preflight)
        wrong = later if self._speaker is Speaker.CHROMIUM else not later and self._speaker is Speaker.FIREFOX
        return wrong, abs(entry.time - preflight.time), abs(entry.index - preflight.index)

    def _around(self, entry: _Entry) -> list[_Entry]:
        """Return the answers for the same URL that were recorded directly before and after `entry`."""
        answers = self._answers.get(entry.url, [])
        at = bisect_left(answers, _by_time(entry), key=_by_time)
        return answers[max(0, at - _NEIGHBOURS) : at + _NEIGHBOURS]

    def play(self, entry: _Entry) -> bool:
        """Whether `entry` was unused; mark it as used."""
        unused = entry.index not in self._played
        self._played.add(entry.index)
        return unused

    def knows_cors(self, url: str) -> bool:
        """Whether any recorded answer of the same server has a CORS header, or depends on the origin."""
        return origin_of(url) in self._knowing

    def preflight(self, entry: _Entry) -> _Entry | None:
        """Return the preflight of the request `entry`."""
        return self._pairs.get(entry.index)

    def later_preflight(self, url: str, after: _Entry) -> _Entry | None:
        """Return the first unused preflight for `url` after `after`; its request counts as used too."""
        preflights = self._preflights.get(url, [])
        at = bisect_right(preflights, _by_time(after), key=_by_time)
        return next((entry for entry in preflights[at : at + _NEIGHBOURS] if self.play(entry)), None)

    def request_of(self, preflight: _Entry) -> _Entry | None:
        """Return the request of a preflight."""
        return self._requests.get(preflight.index)

    def kept(self, entry: _Entry) -> bool:
        """Whether an answer is an earlier one for the same URL, given to another origin or to none."""
        date = entry.response.get("date")
        earlier = (one for one in self._answers.get(entry.url, [])[:_NEIGHBOURS] if one.time < entry.time - 1)
        return date is not None and any(
            one.response.get("date") == date and one.sent.get("origin") != entry.sent.get("origin") for one in earlier
        )

    def withheld_cookie(self, entry: _Entry) -> bool:
        """Whether the same server has set a cookie that this request lacks."""
        server = origin_of(entry.url)
        set_before = any(one.time < entry.time and origin_of(one.url) == server for one in self._setting)
        return set_before and not entry.with_cookies

    def answer(self, method: str, url: str, after: _Entry) -> _Entry | None:
        """Return the first unused answer to `method` on `url` after `after`."""
        answers = self._answers.get(url, [])
        at = bisect_right(answers, _by_time(after), key=_by_time)
        return next(
            (entry for entry in answers[at : at + _NEIGHBOURS] if entry.method == method and self.play(entry)), None
        )


class _Exchange:
    """One request of a page, with its recorded preflight, answer and redirects."""

    def __init__(self, entry: _Entry, tape: _Tape, speaker: Speaker | None) -> None:
        self.entry = entry
        self.speaker = speaker
        self.tape = tape
        self.preflight = entry if entry.is_preflight else tape.preflight(entry)
        self.answers: list[_Entry] = [] if entry.is_preflight else [entry]
        self.hop = 0
        """Answers given so far."""
        self.later: dict[int, _Entry] = {}
        """The preflights of later hops."""

    @property
    def error(self) -> str:
        """The panel's error for the request."""
        return next((entry.error for entry in self.entries if entry.error), "")

    @property
    def entries(self) -> list[_Entry]:
        """The recorded requests that it consists of, including those after redirects."""
        later = (self.tape.request_of(preflight) for preflight in self.later.values())
        return [*self.answers, *(entry for entry in later if entry)]

    def judged(self) -> Blocked | None:
        """Return what failed; None if nothing did, or it is unknown."""
        if self.error == _ABORTED:
            return None
        if self.entry.blocked_otherwise:
            return self.unseen(_NotRecordedError(Stage.REQUEST, self.error))
        if self.names_its_error:
            return self.unseen(_NotRecordedError(Stage.ACTUAL, self.error))
        credentials: browser.Credentials = "include" if self.entry.with_cookies else "same-origin"
        try:
            conclusion = self.concluded(credentials)
            asked = self.preflight is not None or bool(self.later)
            held_back = bool(self.error) or (asked and not (self.entries or [self.entry])[-1].answered)
            # If the file lacks a later hop's request, that alone can be why nothing came back.
            is_open = bool(self.later) or not self.entry.answered if conclusion is None else conclusion.allowed
            if held_back and is_open and credentials != "include":
                # Exports often leave out cookies. If only credentials explain the failure, they were sent.
                with_credentials = self.concluded("include")
                if with_credentials is not None and with_credentials.failures:
                    credentials, conclusion = "include", with_credentials
            conclusion = conclusion or self.conclude(credentials)
        except _NotRecordedError as missing:
            return self.unseen(missing)
        except ValueError:  # not a request that a script can make
            return None
        step = telling(conclusion.failures)
        if step and conclusion.exchanges and not self.let_pass:
            return self.failed(conclusion, step, credentials)
        if self.error:
            return self.unseen(_NotRecordedError(Stage.ACTUAL, self.error))
        return self.gone_wrong(conclusion) if conclusion.allowed else None

    def gone_wrong(self, conclusion: browser.Conclusion) -> Blocked | None:
        """Return what went wrong with an allowed request; None if the file shows nothing."""
        last = conclusion.exchanges[-1]
        facts = Facts(
            url=last.request.url,
            origin=self.entry.origin,
            method=self.method,
            status=last.response.status,
            redirected_from=self.entry.url if last.hop else "",
        )
        if last.hop and is_login(last.request.url) and not is_login(self.entry.url):
            return self.blocked(Stage.ACTUAL, facts, causes=("session-ended",), allowed=True)
        if last.response.status in _UNAUTHORIZED and self.tape.withheld_cookie(self.entry):
            causes = ("cookie-samesite", "third-party-cookies")
            return self.blocked(Stage.ACTUAL, facts, causes=causes, allowed=True)
        hidden = [name for name, value in last.response.headers if _is_for_pages(name, value)]
        hidden = [name for name in dict.fromkeys(hidden) if name not in conclusion.readable]
        if not hidden:
            return None
        about = replace(facts, header=hidden[0], headers=tuple(hidden))
        return self.blocked(Stage.ACTUAL, about, causes=("header-not-exposed",), allowed=True)

    @property
    def names_its_error(self) -> bool:
        """Whether the panel names the network failure."""
        said = read_console(self.error).messages
        return any(message.causes not in {(), ("unspecified",)} and not message.failures for message in said)

    def concluded(self, credentials: browser.Credentials) -> browser.Conclusion | None:
        """Return the result of `conclude`; None if the file lacks the answer to the browser's next request."""
        try:
            return self.conclude(credentials)
        except _NotRecordedError:
            return None

    @property
    def let_pass(self) -> bool:
        """Whether Chromium let this pass, against the standard: it marks requests that it blocks, and not this one."""
        marks = any(entry.marks for entry in self.entries)
        return self.speaker is Speaker.CHROMIUM and marks and not self.error

    def conclude(self, credentials: browser.Credentials) -> browser.Conclusion:
        """Return the standard's conclusion from the recorded answers."""
        self.hop = 0
        page = Request(
            self.entry.url,
            self.entry.origin,
            self.method,
            self.headers(),
            credentials,
            private_network="access-control-request-private-network" in self.asked,
        )
        if self.preflight is not None and browser.preflight_request(page) is None:
            # An upload listener or a stream as body causes a preflight that the request alone does not need.
            page = replace(page, use_cors_preflight=True)
        return browser.fetch(page, self.send)

    @property
    def asked(self) -> dict[str, str]:
        """The preflight's headers."""
        return self.preflight.sent if self.preflight else {}

    @property
    def method(self) -> str:
        """The page's method."""
        return self.asked.get("access-control-request-method") or self.entry.method

    def headers(self) -> list[tuple[str, str]]:
        """Return the headers that the page set: those that its preflight names, or else those that no browser adds."""
        if self.preflight:
            names = list_members(self.asked.get("access-control-request-headers", ""))
            return [(name, '"' if browser.is_safelisted_header(name, "x") else "x") for name in names]
        sent = self.entry.sent.items()
        set_by_page = [(name, value) for name, value in sent if name not in _ADDED_BY_BROWSERS]
        return [(name, value if name in _MATTERING_VALUES else "x") for name, value in set_by_page]

    def send(self, sent: Request) -> Response:
        """Return the recorded answer to `sent`."""
        if sent.method == "OPTIONS" and any(name == "Access-Control-Request-Method" for name, _ in sent.headers):
            return self.answer_to_preflight(sent)
        if self.hop == len(self.answers):
            follow = self.tape.answer(sent.method, _without_fragment(sent.url), self.answers[-1]) if self.hop else None
            if follow is None:
                raise _NotRecordedError(Stage.ACTUAL, self.error)
            self.answers.append(follow)
        self.hop += 1
        return self.recorded(self.answers[self.hop - 1], Stage.ACTUAL)

    def answer_to_preflight(self, sent: Request) -> Response:
        if not self.hop and self.preflight:
            return self.recorded(self.preflight, Stage.PREFLIGHT)
        if self.hop and (later := self.later_preflight(sent.url)):
            return self.recorded(later, Stage.PREFLIGHT)
        if self.hop or self.entry.answered:
            # It succeeded, or the request would not have been sent: it is in the browser's cache of
            # preflights, or in a panel that leaves preflights out.
            named = dict(sent.headers)
            return Response(
                204,
                [
                    ("Access-Control-Allow-Origin", named["Origin"]),
                    ("Access-Control-Allow-Credentials", "true"),
                    ("Access-Control-Allow-Private-Network", "true"),
                    ("Access-Control-Allow-Methods", named["Access-Control-Request-Method"]),
                    ("Access-Control-Allow-Headers", named.get("Access-Control-Request-Headers", "")),
                ],
            )
        raise _NotRecordedError(Stage.PREFLIGHT, self.error)

    def later_preflight(self, url: str) -> _Entry | None:
        """Return the recorded preflight that a redirect led to."""
        if self.hop not in self.later:
            found = self.tape.later_preflight(_without_fragment(url), self.answers[-1])
            if found:
                self.later[self.hop] = found
        return self.later.get(self.hop)

    def recorded(self, entry: _Entry, stage: Stage) -> Response:
        if not entry.answered:
            raise _NotRecordedError(stage, entry.error or self.error)
        return entry.response

    # What is said of it.

    def failed(self, conclusion: browser.Conclusion, step: Step, credentials: browser.Credentials) -> Blocked:
        """Return the failed step, with its facts."""
        last = conclusion.exchanges[-1]
        location = last.response.get("location") or ""
        for entry in self.entries:
            self.tape.play(entry)
        status_step = step
        if step.failure is Failure.STATUS_NOT_OK:
            step = behind_status(conclusion.request, last) or step
        about_header = step.failure in {Failure.HEADER_NOT_ALLOWED, Failure.AUTHORIZATION_NOT_NAMED}
        facts = Facts(
            url=last.request.url,
            origin=self.entry.origin,
            method=self.method,
            header=step.names[0] if about_header and step.names else "",
            headers=step.names if about_header else (),
            asked=unsafe_names(conclusion.request),
            value=last.response.get(LOOKED_AT.get(step.check, "")) or "",
            status=last.response.status,
            redirected_from=self.entry.url if step.hop else "",
            location=_resolved(last.request.url, location),
            kind=self.entry.kind,
            credentials=True if credentials == "include" else None,
            speaks_cors=speaks_cors(last.response),
            refuses_nothing=refuses_nothing(conclusion.request, last),
        )
        failures = (step.failure,) if step.failure else ()
        answered = self.preflight if step.stage is Stage.PREFLIGHT else self.answers[-1] if self.answers else None
        said = [
            one for one in read_console(answered.said if answered else "").messages if one.speaker is Speaker.SERVER
        ]
        if said and said[0].causes:
            told = facts.joined(said[0].facts)
            return self.blocked(step.stage, told, failures=failures, causes=said[0].causes, detail=step.detail)
        if step is not status_step:
            return self.blocked(step.stage, facts, failures=(*failures, Failure.STATUS_NOT_OK), detail=step.detail)
        if not (speaks_of_origins(last.response) or self.tape.knows_cors(last.request.url)):
            facts = replace(facts, is_bare=True)
        wrong = misspelt(last.response) if step.failure is Failure.ALLOW_ORIGIN_MISSING else ""
        if wrong:
            return self.blocked(
                step.stage, replace(facts, header=wrong), failures=failures, causes=("header-misspelt",)
            )
        kept = step.check is Check.ALLOW_ORIGIN and step.stage is Stage.ACTUAL and self.answered_from_cache
        return self.blocked(
            step.stage,
            facts,
            failures=failures,
            causes=("cached-origin",) if kept else (),
            detail=step.detail,
            section=step.section,
            impossible=frozenset(
                ruled_out(conclusion.request, step.hop, last.response.status) | self.shown(step, last.response)
            ),
        )

    @property
    def answered_from_cache(self) -> bool:
        """Whether the last answer came from a cache."""
        return bool(self.answers) and (self.answers[-1].from_cache or self.tape.kept(self.answers[-1]))

    def shown(self, step: Step, response: Response) -> set[str]:
        """Return the causes that the file rules out: lists show that CORS is on, a granted preflight a known origin."""
        against = {"cors-absent"} if speaks_of_origins(response) else set[str]()
        passed = step.stage is Stage.ACTUAL and self.preflight is not None and not step.hop
        return against | ({"origin-not-allowed", "origin-list-typo", "cors-absent"} if passed else set[str]())

    def unseen(self, missing: _NotRecordedError) -> Blocked | None:
        """Return a failure whose reason is not in the file, unless the panel names it."""
        if not missing.error and (self.let_pass or self.entry.answered):
            return None
        facts = Facts(
            url=self.answers[-1].url if self.answers else self.entry.url,
            origin=self.entry.origin,
            method=self.method,
            status=self.entry.status,
            kind=self.entry.kind,
            credentials=True if self.entry.with_cookies else None,
        )
        said = next(iter(read_console(missing.error).messages), None)
        if said and said.causes != ("unspecified",):
            return self.blocked(
                said.stage or missing.stage, facts.joined(said.facts), failures=said.failures, causes=said.causes
            )
        causes = ("mixed-content", "unspecified") if facts.mixes_content else ("unspecified",)
        return self.blocked(missing.stage, facts, causes=causes)

    def blocked(
        self,
        stage: Stage,
        facts: Facts,
        *,
        failures: tuple[Failure, ...] = (),
        causes: tuple[str, ...] = (),
        detail: str = "",
        section: str = "",
        impossible: frozenset[str] = frozenset(),
        allowed: bool = False,
    ) -> Blocked:
        """Return this exchange as blocked, or as allowed but gone wrong."""
        preflight = self.preflight.index if self.preflight and self.preflight is not self.entry else None
        return Blocked(
            self.entry.index, preflight, failures, stage, detail, section, causes, facts, impossible, allowed
        )


def _resolved(url: str, location: str) -> str:
    """Return the target of a redirect from `url`; "" if there is none."""
    try:
        return urljoin(url, location) if location else ""
    except ValueError:
        return ""
