"""How an app's answer starts under a verdict: what it gets is worked out before the answer comes."""

import functools
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import TYPE_CHECKING, Final, TypeAlias

from wsgicors._http import Header, MergedVary, merge_vary
from wsgicors.verdict import Verdict

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse

ExcInfo: TypeAlias = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]

Start: TypeAlias = "Callable[[StartResponse, str, list[Header], ExcInfo | None], Callable[[bytes], object]]"
"""PEP 3333's ``start_response`` with the headers of a verdict, behind the server's own."""

Ready: TypeAlias = tuple[Start, Verdict]
"""How the app's answer to a request starts, and the verdict on that request."""

KNOWN_NAMES: Final = 1024
"""Response header names, as apps spell them, that are remembered to be none of CORS's business."""

_ordinary: Final[set[str]] = set()

_merged_vary: Final = functools.cache(MergedVary)  # there are as many as ways to vary: a handful


def made_ready(verdict: Verdict) -> Ready:
    """`start_under` a verdict, beside it."""
    return start_under(verdict), verdict


def start_under(verdict: Verdict) -> Start:
    """Work out what an app's answer gets by a verdict.

    >>> from wsgicors import Policy
    >>> start = start_under(Policy(allow_origins=["https://a.example"]).actual("https://b.example"))
    >>> start(lambda status, headers: print(status, headers), "200 OK", [("Vary", "Cookie")], None)
    200 OK [('Vary', 'Cookie, Origin')]
    """
    complete, merged_vary, ends_in_vary = list(verdict.complete), _merged_vary(verdict.vary), bool(verdict.vary)

    def start_with_cors(
        start_response: "StartResponse", status: str, headers: list[Header], exc_info: ExcInfo | None = None
    ) -> Callable[[bytes], object]:
        # What `merge` does, for headers as most apps have them: with one Vary at most, and no other of CORS's.
        try:
            merged = headers + complete  # first: what is no list is then still unread
            ordinary = _ordinary
            vary = None
            for name, value in headers:
                if name not in ordinary:
                    if name == "Vary" and vary is None:
                        vary = value
                    else:
                        merged = merge(headers, verdict)
                        break
            else:
                if vary is not None:
                    at = len(headers) - 1  # sought from the end, where apps add theirs
                    while headers[at][0] != "Vary":
                        at -= 1
                    merged[at] = merged_vary[vary]
                    if ends_in_vary:
                        merged.pop()
        except (TypeError, ValueError, AttributeError, LookupError):
            merged = _merge_any(headers, verdict)
        if exc_info is None:
            return start_response(status, merged)
        return start_response(status, merged, exc_info)

    return start_with_cors


def merge(headers: Iterable[Header], verdict: Verdict) -> list[Header]:
    """An app's response headers with those of a verdict: its own CORS headers dropped, its ``Vary`` kept and added to.

    Args:
        headers: What the app set.
        verdict: What was decided.

    >>> from wsgicors import Policy
    >>> verdict = Policy(allow_origins=["https://a.example"]).actual("https://b.example")
    >>> merge([("access-control-allow-origin", "*"), ("vary", "Cookie")], verdict)
    [('Vary', 'Cookie, Origin')]
    """
    merged: list[Header] = []
    vary: list[str] = []
    at = 0
    for header in headers:
        name, value = header
        if name in _ordinary:
            merged.append(header)
            continue
        lowered = name.strip().lower()  # some servers let blanks through, and some browsers take them off
        if lowered == "vary":
            at = at if vary else len(merged)
            vary.append(value)
        elif not lowered.startswith("access-control-"):
            merged.append(header)
            if len(_ordinary) < KNOWN_NAMES:
                _ordinary.add(name)
    if not vary:
        return [*merged, *verdict.complete]
    line = _merged_vary(verdict.vary)[vary[0]] if len(vary) == 1 else ("Vary", merge_vary(vary, verdict.vary))
    return [*merged[:at], line, *merged[at:], *verdict.headers]


def _merge_any(headers: Iterable[Header], verdict: Verdict) -> list[Header]:
    """`merge` for what is no list of pairs of texts."""
    listed = [*headers]  # an iterator can be read but once
    try:
        return merge(listed, verdict)
    except (TypeError, ValueError, AttributeError, LookupError):
        # The server is to judge them, as if this middleware were not there.
        return [*listed, *verdict.complete]
