"""Every configuration of the corpus, migrated in one run, starts and does what its author wanted, or asks its owner."""

import ast
from pathlib import Path
from typing import Any

import pytest

from tests.django import conftest as _configured  # noqa: F401 - Django's settings, for the process
from tests.migrate.corpus import (
    FLASK_HEADER,
    STRANGERS,
    cases,
    django_client,
    django_source,
    flask_app,
    may,
    migrated,
)
from wsgicors import PolicyError

pytestmark = pytest.mark.slow

ONLY_THE_OWNER = {
    "any-origin-with-credentials", "any-origin-with-private-network", "null-with-credentials", "insecure-origin",
    "public-suffix", "open-expression", "empty-expression", "star-in-list", "pattern-in-list", "origins-from-config",
    "resources-in-origins", "options-from-elsewhere",
}  # fmt: skip

FLASK = cases("flask.json", "adoption", "migrate")
DJANGO = cases("django.json", "adoption", "migrate")


def with_cookies(app: object, origins: list[str], path: str, method: str) -> list[str]:
    return [origin for origin in origins if may(app, origin, path, method, credentials=True)]


@pytest.mark.parametrize("case", FLASK, ids=map(str, range(len(FLASK))))
def test_flask(case: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in case["env"].items():
        monkeypatch.setenv(name, value)
    path, method, allowed = case["path"], case["method"], case["allowed"]
    source = FLASK_HEADER + case["code"] + "\n"
    file = tmp_path / "app.py"
    file.write_text(source)
    old = flask_app(source)
    result = migrated(file)
    moved = file.read_text()
    strangers = [*STRANGERS, *(f"{origin}.stranger.example" for origin in allowed if ":" not in origin[6:])]
    try:
        new = flask_app(moved)
    except PolicyError:
        assert result.questions or case["wants"] == "a clear failure"
        new = None
    if new is not None:
        assert with_cookies(new, strangers, path, method) == []
    if result.questions:
        assert {question.code for question in result.questions} <= ONLY_THE_OWNER
        assert "# TODO(cors): " in moved
    elif new is not None:
        for origin in allowed:
            assert may(new, origin, path, method) or not may(old, origin, path, method)
            assert may(new, origin, path, method, credentials=True) or not may(
                old, origin, path, method, credentials=True
            )


@pytest.mark.parametrize("case", DJANGO, ids=map(str, range(len(DJANGO))))
def test_django(case: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "settings.py"
    file.write_text(django_source(case))
    path, allowed = case["path"], case["allowed"]
    result = migrated(file)
    moved = file.read_text()
    assert ast.literal_eval(moved.split("MIDDLEWARE = ")[1].split("]")[0] + "]")[0] == "django_wsgicors.CorsMiddleware"
    if result.questions:
        assert {question.code for question in result.questions} <= ONLY_THE_OWNER
        assert "# TODO(cors): " in moved
        return
    strangers = [*STRANGERS, *([f"{allowed}.stranger.example"] if allowed and ":" not in allowed[6:] else [])]
    with django_client(django_source(case)) as old:
        before = {on: bool(allowed) and may(old, allowed, path, "POST", credentials=on) for on in (False, True)}
    with django_client(moved) as new:
        assert with_cookies(new, strangers, path, "POST") == []
        for on, had in before.items():
            assert not had or may(new, allowed, path, "POST", credentials=on)
        if allowed:
            assert may(new, allowed, path, "GET") or not any(before.values())
        if case["refused"]:
            assert not may(new, case["refused"], path, "POST")
