"""Judge exchanges that were pasted as text, as a browser does.

>>> from wsgicors.doctor.evidence._pasted import read_pasted
>>> paste = '''GET /items HTTP/1.1
... Host: api.example
... Origin: https://app.example
...
... HTTP/1.1 200 OK
... Access-Control-Allow-Origin: https://other.example'''
>>> [one.failures[0].value for one in judged(read_pasted(paste).exchanges, with_credentials=False).blocked]
['allow-origin-mismatch']
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Any, Final

from wsgicors.browser import Failure, Stage
from wsgicors.doctor.evidence._facts import Facts
from wsgicors.doctor.evidence._har import Capture, read_har
from wsgicors.doctor.evidence._har_exchange import Blocked
from wsgicors.doctor.evidence._pasted_exchange import PastedExchange
from wsgicors.doctor.evidence._steps import OK

_NAMELESS: Final = "https://nameless.invalid"
"""The server of a path whose host was not pasted; no fact names it."""


def judged(found: Sequence[PastedExchange], *, with_credentials: bool) -> Capture:
    """Return what a browser makes of the exchanges.

    Args:
        found: The exchanges.
        with_credentials: Whether the text says that the page includes credentials.
    """
    cookies: list[dict[str, str]] = [{}] if with_credentials else []  # one of which nothing is known
    entries = [
        {
            "request": {
                "method": one.method,
                "url": f"{_NAMELESS}{one.url}" if one.url.startswith("/") else one.url,
                "headers": _named(one.sent),
                "cookies": cookies,
            },
            "response": {"status": one.status, "headers": _named(one.received)},
        }
        for one in found
    ]
    capture = read_har(json.dumps({"log": {"entries": entries}}))
    blocked = tuple(_as_pasted(one, found) for one in capture.blocked)
    is_known = blocked or not all("origin" in one.assumed for one in found)
    return replace(capture, blocked=blocked, exchanges=capture.exchanges if is_known else 0)


def _as_pasted(one: Blocked, found: Sequence[PastedExchange]) -> Blocked:
    """Return `one` without facts that are not in the text, and with what a request by hand tells."""
    asked = found[one.entry if one.preflight is None or one.stage is not Stage.PREFLIGHT else one.preflight]
    unknown: dict[str, Any] = {name: None if name == "status" else "" for name in asked.assumed}
    one = replace(one, facts=replace(_without_nameless(one.facts), **unknown))
    if "method" in asked.assumed and not asked.is_by_hand:  # a panel without what was asked
        is_bare = one.facts.is_bare and bool(asked.received)
        one = replace(one, facts=replace(one.facts, is_bare=is_bare, refuses_nothing=False), impossible=frozenset())
    if one.failures != (Failure.ALLOW_ORIGIN_MISSING,):
        return one
    if asked.is_curl and one.facts.status == HTTPStatus.FORBIDDEN and "origin" not in asked.assumed:
        one = replace(one, causes=("origin-not-allowed", *one.causes))
    # Headers of CORS that were not pasted, or not asked for, are not missing.
    is_shown = (asked.received or asked.is_silent) and "origin" not in asked.assumed
    if one.stage is Stage.PREFLIGHT and not is_shown and one.facts.status not in OK:
        one = replace(one, failures=(Failure.STATUS_NOT_OK,), detail="")
    return one


def _without_nameless(facts: Facts) -> Facts:
    """Return `facts` without a URL of which only the path was pasted."""
    url, location, first = (
        "" if one.startswith(_NAMELESS) else one for one in (facts.url, facts.location, facts.redirected_from)
    )
    return replace(facts, url=url, location=location, redirected_from=first)


def _named(lines: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in lines]
