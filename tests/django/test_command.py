"""``manage.py cors`` explains what the middleware does."""

import io
import json
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
    """The output of the command, and its exit status; ``explain`` with ``--all``."""
    return short(*arguments, *(["--all"] if arguments[0] == "explain" else []))


def short(*arguments: str) -> tuple[list[str], int]:
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
        assert lines[1:5] == [
            "  View  tests.django.views.plain",
            "  Rule  the settings for every path",
            "",
            "Allowed: the page may read the answer",
        ]
        assert lines[lines.index("The policy") + 1] == "  CORS_ALLOWED_ORIGINS: https://a.example"

    def test_ends_with_a_status_where_the_page_is_blocked(self) -> None:
        lines, status = run("explain", "https://api.example/?x=1", "--origin", "https://b.example")
        assert status == 1
        assert lines[0] == "GET https://api.example/?x=… from a page of https://b.example"
        assert "  request: refused. The origin 'https://b.example' is not allowed here." in lines
        assert "Blocked: The page's origin is not on the server's list" in lines

    def test_ends_with_another_where_no_browser_makes_the_request(self) -> None:
        for arguments in (["ftp://a.example/", "--origin", A], ["/", "--origin", "https://a.example/x"]):
            with pytest.raises(CommandError) as raised:
                call_command("cors", "explain", *arguments)
            assert raised.value.returncode == 2

    def test_prints_json_as_the_doctor_does(self) -> None:
        lines, status = run("explain", "/", "--origin", "https://b.example", "--json")
        explained = json.loads("\n".join(lines))
        assert status == 1
        assert explained["heading"][0] == ["View", "tests.django.views.plain"]
        assert explained["suspects"][0]["id"] == "origin-not-allowed"

    def test_speaks_of_the_owners_settings(self, settings: Settings) -> None:
        settings.CORS_RULES = {"/ruled": {"allowed_origins": [PARTNER], "allow_methods": []}}
        put = ("--method", "PUT", "--header", "X-Mine")
        assert (
            "    Add them to CORS_ALLOW_HEADERS, or have the client leave them out."
            in (run("explain", "/", "--origin", A, *put)[0])
        )
        told = run("explain", "/ruled/x", "--origin", PARTNER, *put)[0]
        assert '    Add it to CORS_RULES["/ruled"]["allow_methods"], in this spelling.' in told
        assert (
            "    Add them to allow_headers, or have the client leave them out."
            in (run("explain", "/function/", "--origin", PARTNER, *put)[0])
        )

    def test_is_short_and_has_the_remedy_for_django_alone(self) -> None:
        put = ("explain", "/", "--origin", A, "--method", "PUT", "--header", "X-Mine")
        lines, status = short(*put)
        assert status == 1
        assert lines[0] == "Blocked: The request header x-mine is not allowed"
        assert "  View: tests.django.views.plain" in lines
        assert "    Add them to CORS_ALLOW_HEADERS, or have the client leave them out." in lines
        assert "Change this:" not in lines
        assert "Change this:" in short("explain", "/", "--origin", A, "--credentials")[0]
        assert len(lines) <= 25
        for place in ("Flask", "nginx", "Express"):
            assert not any(line.startswith(f"  {place}: ") for line in [*lines, *run(*put)[0]])

    def test_tells_of_the_redirect_to_a_slash(self, settings: Settings) -> None:
        redirect = "  Redirect  to /function/, by APPEND_SLASH: have the page ask for that"
        assert redirect in run("explain", "/function", "--origin", A)[0]
        assert not any("Redirect" in line for line in run("explain", "/no-such-path", "--origin", A)[0])
        settings.APPEND_SLASH = False
        assert redirect not in run("explain", "/function", "--origin", A)[0]

    @pytest.mark.parametrize(
        ("path", "rule"),
        [
            ("/api-function/", "the decorator of tests.django.views.api_function"),
            ("/class/", "the decorator of tests.django.views.Class"),
            ("/exempt/", "the decorator of tests.django.views.exempt"),
            ("/ruled/x", 'CORS_RULES["/ruled"]'),
            ("/ruledx", "none: the view's own headers stay unchanged"),
            ("/matched/x", "the settings for the paths of CORS_URLS_REGEX"),
            ("/x", "none: the view's own headers stay unchanged"),
            ("http://testserver/ruled/../matched/x", "none: the path can be read in ways that lead to different rules"),
        ],
    )
    def test_names_what_decides(self, settings: Settings, path: str, rule: str) -> None:
        settings.CORS_URLS_REGEX = "^/matched/"
        settings.CORS_RULES = {"/ruled": {"allowed_origins": [PARTNER]}}
        lines, _ = run("explain", path, "--origin", PARTNER)
        assert f"  Rule  {rule}" in lines

    def test_names_a_view_of_any_kind(self) -> None:
        assert "  View  tests.django.views.Api" in run("explain", "/api/", "--origin", PARTNER)[0]
        assert "  View  tests.django.views.OneAction.list" in run("explain", "/sets/actions/", "--origin", PARTNER)[0]
        assert "  View  none" in run("explain", "/no-such-path/", "--origin", A)[0]

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
            granted = ask.preflight(path, origin, method)
            readable = (
                readable
                and granted.get("Access-Control-Allow-Origin") == origin
                and method in granted.get("Access-Control-Allow-Methods", "").split(", ")
            )
        assert run("explain", path, "--origin", origin, "--method", method)[1] == (0 if readable else 1)

    def test_knows_of_credentials_and_private_networks(self) -> None:
        assert run("explain", "/", "--origin", A, "--credentials")[1] == 1
        assert run("explain", "/", "--origin", A, "--private-network")[1] == 1

    def test_tells_that_handlers_may_think_otherwise(self, connect: Any) -> None:
        connect(check_request_enabled, lambda **_: True)
        assert run("explain", "/", "--origin", PARTNER)[0][-1].startswith("Handlers of check_request_enabled may allow")
        assert not run("explain", "/", "--origin", A)[0][-1].startswith("Handlers")


class TestList:
    def test_names_actions_alike_after_a_request(self, ask: Ask) -> None:
        ask.get("/set/", A)
        assert "/set/ (tests.django.views.Set.list|update)" in run("list")[0]

    def test_tells_every_rule_and_every_view(self, settings: Settings) -> None:
        settings.CORS_RULES = {"/ruled": {"allow_origins": [A], "allow_methods": [], "allow_headers": []}}
        lines, status = run("list")
        assert status == 0
        assert lines[:4] == [
            "/ruled",
            "  allow_origins: https://a.example",
            "  preflight_max_age: 86400",
            "  preflight_status: 200",
        ]
        assert lines[4:6] == ["/", "  CORS_ALLOWED_ORIGINS: https://a.example"]
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
            "/set/ (tests.django.views.Set.list|update)",
            "GET /sets/actions/ (tests.django.views.OneAction.list)",
            "/forbids/ (tests.django.views.forbids)",
            "/exempt/ (tests.django.views.exempt)",
            "/en/language/ (tests.django.views.function)",
        ]
        assert lines[lines.index("/exempt/ (tests.django.views.exempt)") + 1] == "  exempt"


def test_faulty_settings_are_reported(settings: Settings) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["a.example"]
    for arguments in (["list"], ["explain", "/", "--origin", A]):
        with pytest.raises(CommandError, match=r"\[origin-scheme-missing\] 'a.example' in CORS_ALLOWED_ORIGINS"):
            call_command("cors", *arguments)
