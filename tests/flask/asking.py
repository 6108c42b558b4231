"""Requests of pages to Flask apps, sent by Flask's client."""

from collections.abc import Callable

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from wsgicors import PolicyError

A, B, STRANGER = "https://a.example", "https://b.example", "https://stranger.test"

ALLOW_ORIGIN = "Access-Control-Allow-Origin"


def ask(app: Flask, path: str, origin: str | None = A, method: str = "GET", **others: str) -> TestResponse:
    """Send an actual request."""
    headers = {name.replace("_", "-"): value for name, value in others.items()}
    if origin is not None:
        headers["Origin"] = origin
    return app.test_client().open(path, method=method, headers=headers, buffered=True)


def preflight(app: Flask, path: str, origin: str = A, method: str = "PUT", headers: str = "") -> TestResponse:
    """Send a preflight."""
    asked = {"Origin": origin, "Access-Control-Request-Method": method}
    if headers:
        asked["Access-Control-Request-Headers"] = headers
    return app.test_client().options(path, headers=asked)


def allowed(response: TestResponse) -> str | None:
    """The origin that may read a response."""
    return response.headers.get(ALLOW_ORIGIN)


def passes(response: TestResponse) -> bool:
    """Whether the middleware answered a preflight, and allowed it."""
    assert "Allow" not in response.headers, "Flask answered it"
    return response.status_code == 204 and ALLOW_ORIGIN in response.headers


def problems(build: Callable[[], object]) -> list[tuple[str, str]]:
    """The codes of the problems, each with the setting as its owner wrote it."""
    with pytest.raises(PolicyError) as raised:
        build()
    return [(problem.code, problem.as_dict()["setting"]) for problem in raised.value.problems]
