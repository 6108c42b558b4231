"""Read the entries of a HAR: requests of pages, with the answers as far as they were recorded."""

import codecs
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple, cast

from wsgicors._http import is_token
from wsgicors.browser import Response
from wsgicors.doctor.catalogue._readers import Speaker
from wsgicors.doctor.evidence._facts import clean_origin, origin_of

LONGEST_FILE: Final = 64 * 1024 * 1024
"""The most characters (or bytes) of a file; larger ones are refused."""

MOST_ENTRIES: Final = 20_000
"""The most entries of a file that are read."""

_MOST_HEADERS: Final = 500
_LONGEST_VALUE: Final = 16_384
_SAID: Final = 500  # the characters of a body in which a CORS layer's sentence is searched


class HarError(ValueError):
    """The file is too large, or not a HAR. The message says which, and what to do."""


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


@dataclass(frozen=True, slots=True)
class Entry:
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


class Log(NamedTuple):
    """The content of a file: its first `MOST_ENTRIES` entries, and the browser that wrote it, if it says so."""

    entries: list[Entry]
    speaker: Speaker | None
    cut: bool


def read_log(data: str | bytes) -> Log:
    """Return the entries of the HAR `data`.

    Raises:
        HarError: It is larger than `LONGEST_FILE`, or not a HAR.
    """
    log = _log(data)
    items = _list(log.get("entries"))
    origins = _page_origins(log)
    entries = [_entry(index, _dict(item), origins) for index, item in enumerate(items[:MOST_ENTRIES])]
    return Log(entries, _speaker(log), len(items) > MOST_ENTRIES)


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


def by_time(entry: Entry) -> tuple[float, int]:
    return entry.time, entry.index


def _entry(index: int, item: _Json, origins: dict[str, str]) -> Entry:
    request, response = _dict(item.get("request")), _dict(item.get("response"))
    sent = dict(_headers(request))
    method = _text(request.get("method"))
    initiator = _text(_dict(item.get("_initiator")).get("type"))
    dest = sent.get("sec-fetch-dest", "").removeprefix("empty")
    kind = _text(item.get("_resourceType")).lower() or dest
    error = _text(response.get("_error")) or _text(response.get("_failureText"))
    asks = method == "OPTIONS" and "access-control-request-method" in sent
    return Entry(
        index=index,
        time=_time(_text(item.get("startedDateTime"))),
        method=method,
        url=without_fragment(_text(request.get("url"))),
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


def without_fragment(url: str) -> str:
    return url.partition("#")[0]


def _time(text: str) -> float:
    try:
        return datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError, OSError):
        return 0.0
