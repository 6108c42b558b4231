"""The small world through ASGI: a browser allows exactly what the policy means."""

import asyncio
from collections.abc import Generator

import pytest

from tests.asgi.wire import Bridge, served
from tests.scope import APPS, ORIGIN_SETS, Browser, Calls, faults
from tests.test_small_scope import IN_PARTS, STRANGERS, THOROUGH, at_home, policies
from wsgicors.asgi import CORS


@pytest.fixture(scope="module")
def runner() -> Generator[asyncio.Runner]:
    with asyncio.Runner() as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Browser:
    return Browser()


@pytest.mark.parametrize("origins", IN_PARTS)
def test_a_browser_allows_exactly_what_a_policy_means(origins: str, browser: Browser, runner: asyncio.Runner) -> None:
    pages = STRANGERS + (at_home(ORIGIN_SETS[origins].home) if origins in THOROUGH else [])
    found: list[str] = []
    for settings, debug, headers in policies(origins):
        app = Calls([(name.lower(), value) for name, value in APPS[headers]])
        wrapped = CORS(served(app), settings.policy(), debug=debug)
        cors = Bridge(wrapped, runner if origins == "source" else None)  # a source is asked in a thread
        for visit in pages:
            found += faults(cors, app, visit, settings, browser, debug=debug)
    assert not found, "\n".join(found[:3])
