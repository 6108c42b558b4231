from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.servers import process
from tests.wsgi import App, Refusals
from wsgicors._log import log
from wsgicors._log import refusals as refusal_log

# No deadline: on a loaded machine an example can take any time.
settings.register_profile("tests", deadline=None)
settings.register_profile("quick", deadline=None, max_examples=10)
settings.load_profile("tests")


def pytest_configure(config: pytest.Config) -> None:
    """Skip slow tests if the marker expression does not name them, and then try fewer examples."""
    chosen: str = config.option.markexpr
    if chosen and "slow" not in chosen:
        config.option.markexpr = f"({chosen}) and not slow"
    if "not slow" in config.option.markexpr:
        settings.load_profile(config.getoption("--hypothesis-profile") or "quick")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Let a test start programs if it has a marker for that."""
    process.may_start = any(item.get_closest_marker(name) for name in ("browsers", "servers"))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the slowest files, in any order, so that no process waits for one of them at the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture
def app() -> App:
    """An app that answers hello."""
    return App()


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
