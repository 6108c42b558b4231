"""Fixtures for the tests of sources."""

import threading

import pytest

from tests.sources.lookups import SECONDS, A, Backend
from wsgicors import _cached_origins


@pytest.fixture
def backend() -> Backend:
    return Backend(A)


@pytest.fixture
def waiting(monkeypatch: pytest.MonkeyPatch) -> threading.Semaphore:
    """Released each time that a thread begins to wait for another's lookup."""
    begun = threading.Semaphore(0)

    class Landed(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            begun.release()
            return super().wait(SECONDS)

    class Flight(_cached_origins._Flight):
        def __init__(self) -> None:
            super().__init__()
            self.landed = Landed()

    monkeypatch.setattr(_cached_origins, "_Flight", Flight)
    return begun
