"""The middleware answers many threads as it answers one, while settings are changed."""

import itertools
from functools import partial
from typing import Any, Final

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import setting_changed
from django.test import override_settings

import wsgicors
from django_wsgicors import default_headers, default_methods
from django_wsgicors._project import project
from django_wsgicors._until_changed import until_changed
from tests.django.views import PARTNER
from tests.together import THREADS, State, ask_while_swapped, together
from tests.wsgi import App, Question, answer_of, preflight
from wsgicors import Policy

A, B, C = "https://a.example", "https://b.example", "https://c.example"
LISTS: Final = [[A], [B, "https://*.c.example"], [A, B, C], []]
OF_VIEW: Final = Policy(allow_origins=[PARTNER], allow_methods=["PUT"], allow_headers=["X-Partner"])

QUESTIONS: Final[list[Question]] = [
    (method, path, fields)
    for path in ("/", "/function/", "/nothing/")
    for origin in (A, B, PARTNER)
    for method, fields in (
        ("GET", (("Origin", origin),)),
        ("OPTIONS", tuple(preflight(origin, "PUT"))),
    )
]


def by_the_core(listed: list[str]) -> dict[Question, dict[str, str]]:
    of_settings = Policy(
        allow_origins=listed or ["https://nobody.example"],
        allow_methods=default_methods,
        allow_headers=default_headers,
        max_age=86400,
    )
    wrapped = wsgicors.CORS(App(), {"/": of_settings, "/function": OF_VIEW})
    return {question: answer_of(wrapped, question).cors for question in QUESTIONS}


def change(listed: list[str]) -> None:
    """Change a setting as a test does; but ``override_settings`` leaves Django itself without settings for a moment."""
    vars(settings)["CORS_ALLOWED_ORIGINS"] = listed
    setting_changed.send(None, setting="CORS_ALLOWED_ORIGINS", value=listed, enter=True)


@pytest.mark.usefixtures("no_database")
def test_settings_change_while_requests_are_answered() -> None:
    handler = WSGIHandler()
    states = [State(partial(change, listed), by_the_core(listed)) for listed in LISTS]
    turns = [*itertools.islice(itertools.cycle(states), 13)]
    with override_settings(CORS_ALLOWED_ORIGINS=LISTS[0]):
        ask_while_swapped(lambda question: answer_of(handler, question).cors, turns)


def test_settings_are_compiled_by_threads_together() -> None:
    for number in range(20):
        with override_settings(CORS_ALLOWED_ORIGINS=[f"https://{number}.example"]):
            found: list[Any] = []
            together(*[lambda found=found: found.append(project().default)] * THREADS)
            assert set(found) == {project().default}


class Settings:
    """A setting, which changes while it is read."""

    def __init__(self, *changes: object) -> None:
        self.value: object = 0
        self.changes = [*changes]
        self.read = 0

    def __call__(self) -> object:
        self.read += 1
        read = self.value
        if self.changes:
            self.value = self.changes.pop(0)
            setting_changed.send(None, setting="CHANGING", value=self.value, enter=True)
        if isinstance(read, Exception):
            raise read
        return read


def test_a_result_of_settings_that_change_meanwhile_is_not_kept() -> None:
    read = Settings(1, ImproperlyConfigured("between two changes"), 2)
    value = until_changed("CHANGING".__eq__)(read)
    assert [value(), value(), read.read] == [2, 2, 4]
    setting_changed.send(None, setting="OTHER", value=3, enter=True)
    assert [value(), read.read] == [2, 4]
    setting_changed.send(None, setting="CHANGING", value=3, enter=True)
    assert [value(), read.read] == [2, 5]


def test_a_failure_is_not_kept() -> None:
    read = Settings()
    read.value = ImproperlyConfigured("wrong")
    value = until_changed("CHANGING".__eq__)(read)
    with pytest.raises(ImproperlyConfigured):
        value()
    read.value = 1
    assert value() == 1
