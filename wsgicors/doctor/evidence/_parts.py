"""Put together the messages that one browser prints in parts.

>>> from wsgicors.doctor.evidence._console import read_console
>>> text = '''Origin https://app.example is not allowed by Access-Control-Allow-Origin.
... Fetch API cannot load https://api.example/items due to access control checks.'''
>>> [message.facts.url for message in whole(read_console(text).messages)]
['https://api.example/items']
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from wsgicors.browser import Failure, Stage
from wsgicors.doctor.catalogue._readers import Speaker
from wsgicors.doctor.catalogue._wording import Role
from wsgicors.doctor.evidence._facts import ELLIPSIS, Facts, clean_url
from wsgicors.doctor.evidence._message import Message


def whole(told: Iterable[Message]) -> list[Message]:
    """Return the messages of `told`, each with the facts of the later ones that belong to it."""
    return _linked(_firefox_redirects(_firefox_schemes(_webkit_urls(told))))


def _linked(told: list[Message]) -> list[Message]:
    """Return `told` with the URL of each link, if it is that of only one URL in another message."""
    urls: dict[str, list[str]] = {}
    for url in {message.facts.url for message in told} - {""}:
        urls.setdefault(_address(url).rpartition("/")[2], []).append(url)
    shown = {message.link: _cleaned(message.link) for message in told if message.link and not message.facts.url}
    links = Counter(shown.values())
    times = Counter(message.facts.url for message in told)
    result: list[Message] = []
    for message in told:
        part = "" if message.facts.url else shown.get(message.link, "")
        found = _that_end_so(part, urls)
        if not found and (counted := _COUNTED.match(message.link)):
            counted_so = _that_end_so(_cleaned(message.link[counted.end() :]), urls)
            found = [url for url in counted_so if not counted[2] or times[url] == int(counted[1])]
        is_one = len(found) == 1 and not (ELLIPSIS in part and links[part] > 1)  # of what is left out, two can differ
        known = message.facts.joined(Facts(url=found[0])) if is_one else message.facts
        result.append(replace(message, facts=known))
    return result


_COUNTED: Final = re.compile(r"([2-9]|[1-9]\d{1,2})(?=[a-z])(?:(?=([0-9a-f-])+(?:/|\Z)))?", re.IGNORECASE)
"""How often a message came, in front of a link.

Before letters that are digits, too, it can begin an identifier, or a word such as 2fa: there the browser's message of
the URL has to be in the text as often.
"""


def _cleaned(link: str) -> str:
    """Return the part of a URL that Chrome shows as a link, without what the facts leave out.

    >>> _cleaned("/dev/a"), _cleaned("0d7e5a5c-71c1-4c5a-9d5c-3d5d3f0b8c3e"), _cleaned("/")
    ('dev/a', '…', '')
    """
    return clean_url(f"https://link.invalid/{link.strip('/')}").removeprefix("https://link.invalid/")


def _address(url: str) -> str:
    return url.partition("://")[2].partition("?")[0].rstrip("/")


def _that_end_so(part: str, urls: dict[str, list[str]]) -> list[str]:
    """Return those of `urls`, which are listed by the last part of each, that Chrome can show as `part`.

    >>> urls = {"a": ["https://api.example/dev/a?b=…"]}
    >>> [len(_that_end_so(part, urls)) for part in ("a", "dev/a", "api.example/dev/a", "v/a", "")]
    [1, 1, 1, 0, 0]
    """
    near = urls.get(part.rpartition("/")[2], []) if part else []
    return [url for url in near if f"/{_address(url)}".endswith(f"/{part}")]


def _webkit_urls(told: Iterable[Message]) -> list[Message]:
    """Return WebKit's messages with the URLs from its next one, ``… cannot load URL due to …``."""
    result: list[Message] = []
    waiting: list[int] = []
    unexplained: list[int] = []
    messages = [*told]
    loads = _loads(messages)
    for place, message in enumerate(messages):
        if message.wording == "webkit/cannot-load":
            waiting = waiting[-loads[place] :]  # the one of an earlier message is missing
            if waiting:
                at = waiting.pop(0)
                result[at] = replace(result[at], facts=result[at].facts.joined(message.facts))
                continue
            unexplained.append(len(result))
        elif message.speaker is Speaker.WEBKIT and message.role is Role.REASON and not message.facts.url:
            if _AFTERWARDS.issuperset(message.causes) and not message.failures:
                if unexplained:  # a preflight's
                    at = unexplained.pop(0)
                    result[at] = replace(message, facts=message.facts.joined(result[at].facts), stage=Stage.PREFLIGHT)
                    continue
            elif unexplained and not loads[place]:  # the newest line comes first
                at = unexplained.pop()
                result[at] = replace(message, facts=message.facts.joined(result[at].facts))
                continue
            else:
                waiting.append(len(result))
        result.append(message)
    return result


def _loads(messages: list[Message]) -> list[int]:
    """Return of each message how many of WebKit's URLs stand from it on, before another reason of WebKit's."""
    counts: list[int] = []
    count = 0
    for message in reversed(messages):
        if message.wording == "webkit/cannot-load":
            count += 1
        elif message.speaker is Speaker.WEBKIT and message.role is Role.REASON and not message.facts.url:
            count = 0
        counts.append(count)
    return counts[::-1]


_AFTERWARDS: Final = frozenset({"unreachable", "connection-broken", "response-invalid", "timed-out"})
"""Causes that WebKit names after ``… cannot load URL due to …``, not before it."""


def _firefox_schemes(told: Iterable[Message]) -> list[Message]:
    """Join Firefox's message on another scheme with its next one, on the http URL whose redirect led there."""
    result: list[Message] = []
    for message in told:
        before = result[-1] if result else None
        is_failure = message.speaker is Speaker.FIREFOX and message.failures == (Failure.NO_RESPONSE,)
        if before and before.causes == ("url-scheme", "redirect-scheme") and is_failure and message.facts.url:
            redirected = replace(before.facts, redirected_from=message.facts.url)
            result[-1] = replace(before, causes=("redirect-scheme",), facts=redirected)
        else:
            result.append(message)
    return result


def _firefox_redirects(told: Iterable[Message]) -> list[Message]:
    """Drop Firefox's further messages on a preflight's answer that it reported as a redirect, except for its status."""
    result: list[Message] = []
    redirected: dict[str, int] = {}
    for message in told:
        url = message.facts.url
        if message.speaker is Speaker.FIREFOX and message.role is Role.REASON:
            if message.failures == (Failure.PREFLIGHT_REDIRECTED,):
                redirected[url] = len(result)
            elif url in redirected:
                at = redirected.pop(url)
                result[at] = replace(result[at], facts=result[at].facts.joined(Facts(status=message.facts.status)))
                continue
        result.append(message)
    return result
