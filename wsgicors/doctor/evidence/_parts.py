"""Put together the messages that one browser prints in parts.

>>> from wsgicors.doctor.evidence._console import read_console
>>> text = '''Origin https://app.example is not allowed by Access-Control-Allow-Origin.
... Fetch API cannot load https://api.example/items due to access control checks.'''
>>> [message.facts.url for message in whole(read_console(text).messages)]
['https://api.example/items']
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from wsgicors.browser import Failure, Stage
from wsgicors.doctor.catalogue._readers import Speaker
from wsgicors.doctor.catalogue._wording import Role
from wsgicors.doctor.evidence._console import Message
from wsgicors.doctor.evidence._facts import Facts


def whole(told: Iterable[Message]) -> list[Message]:
    """Return the messages of `told`, each with the facts of the later ones that belong to it."""
    return _linked(_firefox_redirects(_firefox_schemes(_webkit_urls(told))))


def _linked(told: list[Message]) -> list[Message]:
    """Return `told` with the URL of each link, if it is that of only one URL in another message."""
    urls = {message.facts.url for message in told} - {""}
    result: list[Message] = []
    for message in told:
        found = [url for url in urls if _shows(message.link, url)] if message.link and not message.facts.url else []
        known = message.facts.joined(Facts(url=found[0])) if len(found) == 1 else message.facts
        result.append(replace(message, facts=known))
    return result


def _shows(link: str, url: str) -> bool:
    """Whether Chrome can show `link` for `url`.

    >>> [_shows(link, "https://api.example/dev/a?b=…") for link in ("a", "dev/a", "api.example/dev/a", "v/a", "")]
    [True, True, True, False, False]
    """
    whole_url = "/" + url.partition("://")[2].partition("?")[0]
    return bool(link.strip("/")) and whole_url.rstrip("/").endswith(f"/{link.strip('/')}")


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
