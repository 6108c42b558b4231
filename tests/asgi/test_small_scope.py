"""The small world through ASGI: a browser allows exactly what the policy means.

Each policy is tried with one page in eight, and the next policy with others; ``python -m tests.asgi.test_small_scope``
tries all: six minutes of processor time. tests/test_one_policy.py compares the responses with those of WSGI.
"""

import asyncio
import sys
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


def all_faults(origins: str, browser: Browser, runner: asyncio.Runner, step: int) -> tuple[int, list[str]]:
    """Return the number of pages tried and what browsers do against the policies, for one page in `step`."""
    pages = STRANGERS + (at_home(ORIGIN_SETS[origins].home) if origins in THOROUGH else [])
    tried, found = 0, list[str]()
    for at, (settings, debug, headers) in enumerate(policies(origins)):
        app = Calls([(name.lower(), value) for name, value in APPS[headers]])
        wrapped = CORS(served(app), settings.policy(), debug=debug)
        cors = Bridge(wrapped, runner if origins == "source" else None)  # a source is queried in a thread
        for visit in pages[at % step :: step]:
            tried += 1
            found += faults(cors, app, visit, settings, browser, debug=debug)
    return tried, found


@pytest.mark.parametrize("origins", IN_PARTS)
def test_a_browser_allows_exactly_what_a_policy_means(origins: str, browser: Browser, runner: asyncio.Runner) -> None:
    tried, found = all_faults(origins, browser, runner, step=8)
    assert not found, "\n".join(found[:3])
    assert tried > len(STRANGERS) / 2


def main() -> None:
    """Try each policy with every page."""
    with asyncio.Runner() as runner:
        for origins in ORIGIN_SETS:
            tried, found = all_faults(origins, Browser(), runner, step=1)
            print(f"{origins}: {tried} pages, {len(found)} faults", flush=True)
            if found:
                sys.exit("\n".join(found[:3]))


if __name__ == "__main__":
    main()
