"""The small world through ASGI: a browser allows exactly what the policy means.

Each policy meets one page in eight here, others than the next policy; ``python -m tests.asgi.test_small_scope`` has
each meet all: six minutes of a processor. That the answers are those of WSGI is the law of tests/test_one_policy.py.
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
    """Return how many pages were tried and what a browser does that no policy means, for one page of `step`."""
    pages = STRANGERS + (at_home(ORIGIN_SETS[origins].home) if origins in THOROUGH else [])
    tried, found = 0, list[str]()
    for at, (settings, debug, headers) in enumerate(policies(origins)):
        app = Calls([(name.lower(), value) for name, value in APPS[headers]])
        wrapped = CORS(served(app), settings.policy(), debug=debug)
        cors = Bridge(wrapped, runner if origins == "source" else None)  # a source is asked in a thread
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
    """Have each policy meet every page."""
    with asyncio.Runner() as runner:
        for origins in ORIGIN_SETS:
            tried, found = all_faults(origins, Browser(), runner, step=1)
            print(f"{origins}: {tried} pages, {len(found)} faults", flush=True)
            if found:
                sys.exit("\n".join(found[:3]))


if __name__ == "__main__":
    main()
