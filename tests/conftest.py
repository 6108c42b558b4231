import pytest

from tests.wsgi import App, Refusals


@pytest.fixture
def app() -> App:
    """An app that says hello."""
    return App()


@pytest.fixture
def refusals() -> Refusals:
    """What `on_refusal` was called with."""
    return Refusals()


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """The logger's lines, from INFO on."""
    caplog.set_level("INFO", logger="wsgicors")
    return caplog
