"""The signals: handlers that allow requests, and handlers that are called for refused ones."""

import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http import HttpRequest
from pytest_django import Settings

from django_wsgicors import CorsMiddleware, check_request_enabled, request_refused
from tests.django.conftest import Ask
from tests.django.views import PARTNER
from wsgicors import Refusal, Verdict

A = "https://a.example"
B = "https://b.example"

Connect = Callable[[Any, Callable[..., Any]], None]


@pytest.fixture(autouse=True)
def _settings(settings: Settings) -> None:
    settings.CORS_ALLOWED_ORIGINS = [A]
    settings.CORS_EXPOSE_HEADERS = ["X-Total"]


class TestCheckRequestEnabled:
    def test_gets_the_arguments_that_it_has_always_got(self, ask: Ask, connect: Connect) -> None:
        seen = []

        def handler(sender: object, request: HttpRequest, **kwargs: object) -> bool:
            seen.append((sender, request.path, sorted(kwargs)))
            return False

        connect(check_request_enabled, handler)
        ask.get("/", B)
        assert seen == [(None, "/", ["signal"])]

    def test_gives_the_policys_headers(self, ask: Ask, connect: Connect) -> None:
        connect(check_request_enabled, lambda request, **_: request.path == "/")
        response = ask.get("/", B)
        assert response["Access-Control-Allow-Origin"] == B
        assert response["Access-Control-Expose-Headers"] == "X-Total"
        assert response["Vary"] == "Origin"
        preflight = ask.preflight("/", B)
        assert preflight.status_code == 200
        assert preflight["Access-Control-Allow-Methods"] == "DELETE, GET, OPTIONS, PATCH, POST, PUT"
        assert "Access-Control-Allow-Origin" not in ask.get("/no-such-path/", B)
        assert ask.preflight("/no-such-path/", B).status_code == 403

    def test_opens_no_more_than_the_policy_does(self, ask: Ask, connect: Connect) -> None:
        connect(check_request_enabled, lambda **_: True)
        assert "PURGE" not in ask.preflight("/", B, "PURGE")["Access-Control-Allow-Methods"]
        for origin in ("null", "https://b.example/"):
            assert "Access-Control-Allow-Origin" not in ask.get("/", origin)

    def test_is_not_asked_about_what_the_settings_allow(self, ask: Ask, connect: Connect) -> None:
        def handler(**_: object) -> bool:
            raise AssertionError

        connect(check_request_enabled, handler)
        assert "Access-Control-Allow-Origin" in ask.get("/", A)
        assert ask.preflight("/", A).status_code == 200

    def test_is_asked_once(self, ask: Ask, connect: Connect) -> None:
        asked = []

        def handler(request: HttpRequest, **_: object) -> bool:
            asked.append(request.path)
            return False

        connect(check_request_enabled, handler)
        for path in ("/", "/function/", "/no-such-path/"):
            ask.get(path, B)
        assert asked == ["/", "/function/", "/no-such-path/"]

    def test_that_raises_refuses_and_is_logged(
        self, ask: Ask, connect: Connect, caplog: pytest.LogCaptureFixture
    ) -> None:
        def handler(**_: object) -> bool:
            raise RuntimeError("a handler that fails")

        connect(check_request_enabled, handler)
        response = ask.get("/", B)
        assert response.status_code == 200
        assert "Access-Control-Allow-Origin" not in response
        assert ask.preflight("/", B).status_code == 403
        assert [str(record.exc_info[1]) for record in caplog.records if record.exc_info] == ["a handler that fails"] * 2

    def test_may_be_async(self, ask: Ask, connect: Connect) -> None:
        async def handler(request: HttpRequest, **_: object) -> bool:
            return request.path == "/"

        connect(check_request_enabled, handler)
        assert ask.get("/", B)["Access-Control-Allow-Origin"] == B
        assert "Access-Control-Allow-Origin" not in ask.get("/no-such-path/", B)

    @pytest.mark.django_db(transaction=True)
    def test_may_ask_the_database(self, ask: Ask, connect: Connect) -> None:
        connect(check_request_enabled, lambda **_: not User.objects.exists())
        assert ask.get("/", B)["Access-Control-Allow-Origin"] == B
        assert ask.preflight("/", B).status_code == 200
        assert ask.preflight("/forbids/", B, "POST").status_code == 204

    def test_speaks_for_paths_that_the_settings_do_not_cover(
        self, ask: Ask, connect: Connect, settings: Settings
    ) -> None:
        settings.CORS_URLS_REGEX = "^/covered/"
        connect(check_request_enabled, lambda request, **_: request.headers.get("Origin") == B)
        response = ask.get("/own-headers/", B)
        assert response["Access-Control-Allow-Origin"] == B
        assert response["Vary"] == "Cookie, Origin"
        assert ask.preflight("/", B)["Access-Control-Allow-Origin"] == B

    @pytest.mark.parametrize("origin", [A, "null", None])
    def test_says_no_for_paths_that_the_settings_do_not_cover(
        self, ask: Ask, connect: Connect, settings: Settings, origin: str | None
    ) -> None:
        settings.CORS_URLS_REGEX = "^/covered/"
        connect(check_request_enabled, lambda request, **_: request.headers.get("Origin") in (B, "null"))
        response = ask.get("/own-headers/", origin)
        assert response["Access-Control-Allow-Origin"] == "https://of-the-view.example"
        assert response["Vary"] == "Cookie, Origin"  # a cache must not serve it to B
        if origin == A:
            assert ask.preflight("/", origin).content == b"plain"

    def test_says_yes_for_every_origin_of_a_path(self, ask: Ask, connect: Connect, settings: Settings) -> None:
        settings.CORS_URLS_REGEX = "^/covered/"
        connect(check_request_enabled, lambda **_: True)
        assert ask.get("/")["Vary"] == "Origin"

    def test_speaks_for_views_with_a_policy_of_their_own(self, ask: Ask, connect: Connect) -> None:
        connect(check_request_enabled, lambda **_: True)
        response = ask.get("/function/", B)
        assert response["Access-Control-Allow-Origin"] == B
        assert "Access-Control-Expose-Headers" not in response
        assert ask.preflight("/function/", B)["Access-Control-Allow-Methods"] == "PUT"
        assert ask.get("/forbids/", B).status_code == 200
        assert ask.get("/exempt/", B)["Access-Control-Allow-Origin"] == "https://of-the-view.example"

    def test_speaks_for_lists_of_policies(self, ask: Ask, connect: Connect, settings: Settings) -> None:
        settings.CORS_ORIGIN_SOURCE = "tests.django.test_settings.source"
        connect(check_request_enabled, lambda **_: True)
        for _ in range(2):
            assert ask.get("/", "https://c.example")["Access-Control-Allow-Origin"] == "https://c.example"

    def test_overrules_forbidding(self, ask: Ask, connect: Connect, settings: Settings) -> None:
        settings.CORS_REFUSE = "forbid"
        assert ask.get("/", B).status_code == 403
        connect(check_request_enabled, lambda **_: True)
        assert ask.get("/", B).status_code == 200


class TestRequestRefused:
    @pytest.fixture
    def refused(self, connect: Connect) -> list[tuple[object, str, Verdict]]:
        heard: list[tuple[object, str, Verdict]] = []

        def handler(sender: object, request: HttpRequest, verdict: Verdict, **_: object) -> None:
            heard.append((sender, request.path, verdict))

        connect(request_refused, handler)
        return heard

    def test_carries_the_verdict(
        self, ask: Ask, refused: list[tuple[object, str, Verdict]], settings: Settings
    ) -> None:
        ask.get("/", B)
        ask.preflight("/", A, "PURGE")
        settings.CORS_REFUSE = "forbid"
        ask.get("/", B)
        ask.get("/forbids/", A)
        assert [(sender, path, verdict.refusal) for sender, path, verdict in refused] == [
            (CorsMiddleware, "/", Refusal.ORIGIN_NOT_ALLOWED),
            (CorsMiddleware, "/", Refusal.METHOD_NOT_ALLOWED),
            (CorsMiddleware, "/", Refusal.ORIGIN_NOT_ALLOWED),
            (CorsMiddleware, "/forbids/", Refusal.ORIGIN_NOT_ALLOWED),
        ]

    def test_is_not_sent_for_what_is_allowed(self, ask: Ask, refused: list[tuple[object, str, Verdict]]) -> None:
        ask.get("/", A)
        ask.get("/")
        ask.preflight("/", A)
        ask.get("/function/", PARTNER)
        ask("POST", "/", "http://testserver")
        assert refused == []

    @pytest.mark.django_db(transaction=True)
    def test_may_be_handled_with_the_database(self, ask: Ask, connect: Connect) -> None:
        connect(request_refused, lambda verdict, **_: User.objects.create(username=verdict.origin))
        ask.get("/", B)
        ask.preflight("/", "https://c.example")
        assert sorted(User.objects.values_list("username", flat=True)) == [B, "https://c.example"]

    def test_survives_handlers_that_raise(self, ask: Ask, connect: Connect, caplog: pytest.LogCaptureFixture) -> None:
        def handler(**_: object) -> None:
            raise RuntimeError("a handler that fails")

        connect(request_refused, handler)
        with caplog.at_level(logging.ERROR):
            assert ask.get("/", B).status_code == 200
        assert "a handler that fails" in caplog.text
