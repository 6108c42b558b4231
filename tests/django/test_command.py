"""``manage.py cors``: what it explains is what the middleware does."""

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from django_wsgicors import check_request_enabled
from tests.django.conftest import Ask
from tests.django.views import PARTNER

A = "https://a.example"


@pytest.fixture(autouse=True)
def _settings(settings: Settings) -> None:
    settings.CORS_ALLOWED_ORIGINS = [A]


def run(*arguments: str) -> tuple[list[str], int]:
    """What the command prints, and its exit status."""
    printed = io.StringIO()
    try:
        call_command("cors", *arguments, stdout=printed)
    except SystemExit as end:
        return printed.getvalue().splitlines(), int(str(end.code))
    return printed.getvalue().splitlines(), 0


class TestExplain:
    def test_tells_of_a_path(self) -> None:
        lines, status = run(
            "explain", "/", "--origin", A, "--method", "PUT", "--header", "content-type", "--header", "X-CSRFToken"
        )
        assert status == 0
        assert lines[0] == "PUT http://testserver/ from a page of https://a.example, with content-type, X-CSRFToken"
        assert lines[1:4] == [
            "  View       tests.django.views.plain",
            "  Rule       the settings for every path",
            "  Policy     allow_origins: https://a.example",
        ]
        assert lines[-1] == "  Browser    The page can read the answer."

    def test_ends_with_a_status_where_the_page_is_blocked(self) -> None:
        lines, status = run("explain", "https://api.example/?x=1", "--origin", "https://b.example")
        assert status == 1
        assert lines[0] == "GET https://api.example/?x=1 from a page of https://b.example"
        assert "  Request    refused: The origin 'https://b.example' is not allowed here." in lines
        assert lines[-1].strip() == "The page cannot read the answer."

    @pytest.mark.parametrize(
        ("path", "rule"),
        [
            ("/api-function/", "the decorator of tests.django.views.api_function"),
            ("/class/", "the decorator of tests.django.views.Class"),
            ("/exempt/", "the decorator of tests.django.views.exempt"),
            ("/ruled/x", 'CORS_RULES["/ruled"]'),
            ("/matched/x", "the settings for the paths of CORS_URLS_REGEX"),
            ("/x", "none: what the app sets itself stands as it is"),
        ],
    )
    def test_names_what_decides(self, settings: Settings, path: str, rule: str) -> None:
        settings.CORS_URLS_REGEX = "^/matched/"
        settings.CORS_RULES = {"/ruled": {"allowed_origins": [PARTNER]}}
        lines, _ = run("explain", path, "--origin", PARTNER)
        assert f"  Rule       {rule}" in lines

    def test_names_a_view_of_any_kind(self) -> None:
        assert "  View       tests.django.views.Api" in run("explain", "/api/", "--origin", PARTNER)[0]
        assert "  View       tests.django.views.OneAction" in run("explain", "/sets/actions/", "--origin", PARTNER)[0]
        assert "  View       none" in run("explain", "/no-such-path/", "--origin", A)[0]

    @pytest.mark.parametrize(
        "path", ["/", "/function/", "/one-method/", "/sets/actions/", "/forbids/", "/exempt/", "/ruled/x"]
    )
    @pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
    @pytest.mark.parametrize("origin", [A, PARTNER, "http://testserver", "https://c.example"])
    def test_tells_what_happens(self, settings: Settings, path: str, method: str, origin: str) -> None:
        settings.CORS_RULES = {"/ruled": {"allowed_origins": [PARTNER], "allow_methods": ["PUT"]}}
        ask = Ask(is_async=False)
        readable = (
            ask(method, path, origin).get("Access-Control-Allow-Origin") == origin or origin == "http://testserver"
        )
        if method == "PUT" and origin != "http://testserver":
            readable = readable and ask.preflight(path, origin, method).get("Access-Control-Allow-Origin") == origin
        assert run("explain", path, "--origin", origin, "--method", method)[1] == (0 if readable else 1)

    def test_knows_of_credentials_and_private_networks(self) -> None:
        assert run("explain", "/", "--origin", A, "--credentials")[1] == 1
        assert run("explain", "/", "--origin", A, "--private-network")[1] == 1

    def test_tells_that_handlers_may_think_otherwise(self, connect: Any) -> None:
        connect(check_request_enabled, lambda **_: True)
        assert run("explain", "/", "--origin", PARTNER)[0][-1].startswith("There are handlers of check_request_enabled")
        assert not run("explain", "/", "--origin", A)[0][-1].startswith("There are handlers")


class TestList:
    def test_tells_every_rule_and_every_view(self, settings: Settings) -> None:
        settings.CORS_RULES = {"/ruled": {"allow_origins": [A], "allow_methods": [], "allow_headers": []}}
        lines, status = run("list")
        assert status == 0
        assert lines[:4] == [
            "/ruled",
            "  allow_origins: https://a.example",
            "  max_age: 86400",
            "  preflight_status: 200",
        ]
        assert lines[4:6] == ["/", "  allow_origins: https://a.example"]
        views = [line for line in lines if line.endswith(")")]
        assert views == [
            "/function/ (tests.django.views.function)",
            "/function-async/ (tests.django.views.function_async)",
            "/behind-login/ (tests.django.views.behind_login)",
            "/class/ (tests.django.views.Class)",
            "/class-async/ (tests.django.views.ClassAsync)",
            "GET /one-method/ (tests.django.views.OneMethod)",
            "/api/ (tests.django.views.Api)",
            "/api-function/ (tests.django.views.api_function)",
            "/set/ (tests.django.views.Set)",
            "GET /sets/^actions/$ (tests.django.views.OneAction)",
            "/forbids/ (tests.django.views.forbids)",
            "/exempt/ (tests.django.views.exempt)",
            "/en/language/ (tests.django.views.function)",
        ]
        assert lines[lines.index("/exempt/ (tests.django.views.exempt)") + 1] == "  exempt"


def test_faulty_settings_are_told(settings: Settings) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["a.example"]
    for arguments in (["list"], ["explain", "/", "--origin", A]):
        with pytest.raises(CommandError, match=r"\[origin-scheme-missing\] 'a.example' in CORS_ALLOWED_ORIGINS"):
            call_command("cors", *arguments)
