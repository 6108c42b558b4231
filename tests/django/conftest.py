"""A Django project, configured once for the process, with sync and async clients."""

from collections.abc import Callable, Iterator
from typing import Any

import django
import pytest
from asgiref.sync import async_to_sync
from django.conf import settings as django_settings
from django.core.cache import cache
from django.dispatch import Signal
from django.test import AsyncClient, Client
from django.utils import translation

from tests.django import settings as of_tests

if not django_settings.configured:
    # Not by the environment: programs that other tests start would inherit it.
    django_settings.configure(**{name: getattr(of_tests, name) for name in dir(of_tests) if name.isupper()})
    django.setup()

from tests.django import views


class Ask:
    """A browser's requests, sent by one of Django's clients; a response's `read` is its whole body."""

    def __init__(self, *, is_async: bool) -> None:
        self.is_async = is_async
        self._client = Client(raise_request_exception=False)
        self._async_client = AsyncClient(raise_request_exception=False)

    def __call__(self, method: str, path: str, origin: str | None = None, /, **headers: str) -> Any:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if origin is not None:
            given["origin"] = origin
        if not self.is_async:
            response: Any = self._client.generic(method, path, headers=given)
            response.read = b"".join(response) if response.streaming else response.content
            return response

        async def send() -> Any:
            response: Any = await self._async_client.generic(method, path, headers=given)
            response.read = b"".join([chunk async for chunk in response]) if response.streaming else response.content
            return response

        return async_to_sync(send)()

    def get(self, path: str, origin: str | None = None, /, **headers: str) -> Any:
        return self("GET", path, origin, **headers)

    def preflight(self, path: str, origin: str, method: str = "PUT", names: str = "", /, **headers: str) -> Any:
        if names:
            headers["access_control_request_headers"] = names
        return self("OPTIONS", path, origin, access_control_request_method=method, **headers)


@pytest.fixture(params=["wsgi", "asgi"])
def ask(request: pytest.FixtureRequest) -> Ask:
    """Send requests to the project's sync handler and to its async one."""
    return Ask(is_async=request.param == "asgi")


@pytest.fixture(autouse=True)
def called() -> Iterator[list[str]]:
    """The views that were called."""
    views.called.clear()
    yield views.called
    views.called.clear()


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


@pytest.fixture(autouse=True)
def _own_language() -> Iterator[None]:
    yield
    translation.deactivate()  # LocaleMiddleware leaves a request's language in the thread


@pytest.fixture
def connect() -> Iterator[Callable[[Signal, Callable[..., Any]], None]]:
    """Connect a handler to a signal for the length of a test."""
    connected: list[tuple[Signal, Callable[..., Any]]] = []

    def connect(signal: Signal, handler: Callable[..., Any]) -> None:
        signal.connect(handler)
        connected.append((signal, handler))

    yield connect
    for signal, handler in connected:
        signal.disconnect(handler)
