import pytest
from hypothesis import HealthCheck, settings

from tests.wsgi import App, Refusals

# A machine that is busy with browsers and servers is slow, which says nothing of what is tested.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")


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
