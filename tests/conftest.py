from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.servers import process
from tests.wsgi import App, Refusals
from wsgicors._log import log
from wsgicors._log import refusals as refusal_log

# No test asserts a time: on a loaded machine an example may take any.
settings.register_profile("tests", deadline=None)
settings.register_profile("quick", deadline=None, max_examples=10)
settings.load_profile("tests")


def pytest_configure(config: pytest.Config) -> None:
    """Leave slow tests out where markers choose the tests and do not name them, and try fewer examples then."""
    chosen: str = config.option.markexpr
    if chosen and "slow" not in chosen:
        config.option.markexpr = f"({chosen}) and not slow"
    if "not slow" in config.option.markexpr:
        settings.load_profile(config.getoption("--hypothesis-profile") or "quick")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Let a test start programs if its marker says that it does."""
    process.may_start = any(item.get_closest_marker(name) for name in ("browsers", "servers"))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest, in any order, so that no process waits at the end for one of them."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture
def app() -> App:
    """An app that says hello."""
    return App()


@pytest.fixture
def refusals() -> Refusals:
    """What `on_refusal` was called with."""
    return Refusals()


@pytest.fixture(autouse=True)
def _fresh_refusal_log() -> Iterator[None]:
    """The first refusals in a test are logged at WARNING, whatever was refused before, and its level is its own."""
    refusal_log().reset()
    level = log().level
    yield
    log().setLevel(level)


@pytest.fixture(name="log")
def log_from_info(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """The logger's lines, from INFO on."""
    caplog.set_level("INFO", logger="wsgicors")
    return caplog
