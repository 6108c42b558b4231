import gc
import os
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests import budgets
from tests.clock import Clock
from tests.servers import process
from tests.wsgi import App, Refusals
from wsgicors._log import log
from wsgicors._log import refusals as refusal_log

# No deadline: on a loaded machine an example can take any time.
settings.register_profile("tests", deadline=None)
settings.register_profile("quick", deadline=None, max_examples=10)
settings.load_profile("tests")

DJANGO = Path(__file__).parent / "django"
OF_DJANGO = ("_dj_", "_django_", "_live_server_", "_template_string_")
"""How the names of pytest-django's fixtures for every test begin."""


def pytest_configure(config: pytest.Config) -> None:
    """Skip slow tests if the marker expression does not name them, and then try fewer examples; count time in CI."""
    chosen: str = config.option.markexpr
    if chosen and "slow" not in chosen:
        config.option.markexpr = f"({chosen}) and not slow"
    if "not slow" in config.option.markexpr:
        settings.load_profile(config.getoption("--hypothesis-profile") or "quick")
    if "CI" in os.environ:
        config.pluginmanager.register(budgets)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Let a test start programs if it has a marker for that."""
    process.may_start = any(item.get_closest_marker(name) for name in ("browsers", "servers"))


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Begin with the files that have slow tests, even deselected ones: they have the longest others, too."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    yield
    items.sort(key=lambda item: item.path not in slow)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Let the garbage collector skip what stays until the end: a million objects, eleven seconds of a quick run."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_itemcollected(item: pytest.Item) -> None:
    """Set up pytest-django's fixtures for tests of Django alone: nine for each test, a fifth of a short one's time."""
    if isinstance(item, pytest.Function) and DJANGO not in item.path.parents:
        item.fixturenames[:] = [name for name in item.fixturenames if not name.startswith(OF_DJANGO)]


@pytest.fixture(scope="module")
def no_database() -> Iterator[None]:
    """Keep requests to Django's handlers from closing other tests' connections, as Django's test client does."""
    from django.core.signals import request_started
    from django.db import close_old_connections

    request_started.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)


@pytest.fixture
def app() -> App:
    """An app that answers hello."""
    return App()


@pytest.fixture
def clock() -> Clock:
    """A clock that the test advances."""
    return Clock()


@pytest.fixture
def refusals() -> Refusals:
    """The arguments of the calls of `on_refusal`."""
    return Refusals()


@pytest.fixture(autouse=True)
def _fresh_refusal_log() -> Iterator[None]:
    """Log a test's first refusals at WARNING, despite earlier tests, and restore the level."""
    refusal_log().reset()
    level = log().level
    yield
    log().setLevel(level)


@pytest.fixture(name="log")
def log_from_info(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """The logger's lines, from INFO up."""
    caplog.set_level("INFO", logger="wsgicors")
    return caplog
