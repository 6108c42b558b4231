"""``manage.py cors export``: settings, rules and decorated views as a proxy's configuration."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import CommandError, call_command
from django.dispatch import Signal
from django.http import HttpRequest
from pytest_django import Settings

from django_wsgicors import check_request_enabled
from django_wsgicors._routing import own_policies
from tests.django import export_urls
from tests.django.views import PARTNER
from tests.export.through import differences, questions

A = "https://a.example"
PATHS = (
    "/", "/x", "/partners/", "/partners/x", "/partners", "/%70artners/", "/own/", "/own/x", "/api/any/5/",
    "/api/partners/", "/api/x", "/old.html", "/old.html/x", "/oldxhtml", "/ruled/x/", "/ruled", "/shadowed/any/",
    "/shadowed/any/x",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _settings(settings: Settings) -> None:
    settings.ROOT_URLCONF = "tests.django.export_urls"
    settings.CORS_ALLOWED_ORIGINS = [A]
    settings.CORS_RULES = {
        "/api": {"allow_all_origins": True, "allow_credentials": False},
        "/ruled": export_urls.PARTNERS,
    }


def export(*arguments: str) -> str:
    printed = io.StringIO()
    call_command("cors", "export", "--to", "haproxy", *arguments, stdout=printed)
    return printed.getvalue()


def refused(*arguments: str) -> str:
    with pytest.raises(CommandError) as raised:
        export(*arguments)
    assert raised.value.returncode == 2
    return str(raised.value)


def test_a_route_begins_with_what_is_literal_in_it() -> None:
    begins = {own.begins: own.varies for own in own_policies("tests.django.export_urls")}
    assert (begins["/old.html"], begins["/own/"], begins["/ruled/"]) == (False, False, True)


@pytest.mark.servers
@pytest.mark.usefixtures("no_database")
def test_an_export_answers_as_the_project_does(tmp_path: Path) -> None:
    export("--output", str(tmp_path))
    asked = questions(PATHS, [A, PARTNER])
    assert not differences(WSGIHandler(), tmp_path, asked)


def test_the_head_names_the_command(tmp_path: Path) -> None:
    text = export("--name", "own")
    assert "# Made by:     python manage.py cors export --to haproxy --name=own\n" in text
    assert "# Afterwards:  python manage.py cors verify URL\n" in text


def test_settings_for_the_paths_of_an_expression_alone_are_no_lack_of_rules(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ROOT_URLCONF = "tests.django.plain_urls"
    settings.CORS_RULES = {}
    settings.CORS_URLS_REGEX = "^/api/"
    assert "CORS_URLS_REGEX chooses paths by the expression ^/api/" in refused()
    monkeypatch.setattr("django_wsgicors.management.commands.cors._unsayable", lambda _: [])
    assert "[no-rules]" in refused()


def test_a_stale_file_is_named(tmp_path: Path, settings: Settings) -> None:
    export("--output", str(tmp_path))
    assert export("--check", str(tmp_path)) == ""
    settings.CORS_ALLOWED_ORIGINS = [A, "https://b.example"]
    with pytest.raises(SystemExit) as ended:
        export("--check", str(tmp_path))
    assert ended.value.code == 1
    assert "does not exist" in refused("--check", str(tmp_path / "none"))


def test_a_project_that_lists_nobody_refuses_everybody_else(tmp_path: Path, settings: Settings) -> None:
    del settings.CORS_ALLOWED_ORIGINS
    settings.CORS_RULES = {"/ruled": export_urls.PARTNERS, "/": {}}
    assert "str(root-refused) if { var(txn.cors_rule) -m str root }" in export()


def handler(sender: object, request: HttpRequest, **_: object) -> bool:
    return True


def urlconf_of(request: HttpRequest) -> None: ...


def reroutes(get_response: object) -> object:
    def set_urlconf(request: HttpRequest) -> None:
        request.urlconf = "tests.django.urls"

    return set_urlconf


@pytest.mark.parametrize(
    ("names", "code", "named"),
    [
        ({"CORS_URLS_REGEX": r"^/v\d/"}, "paths-by-expression", r"CORS_URLS_REGEX chooses paths by the expression ^/v"),
        ({"FORCE_SCRIPT_NAME": "/below"}, "script-name", "/below"),
        ({"CORS_URLCONF": urlconf_of}, "urlconf", "CORS_URLCONF"),
        ({"MIDDLEWARE": ["django_wsgicors.CorsMiddleware", f"{__name__}.reroutes"]}, "urlconf", f"{__name__}.reroutes"),
        ({"CORS_ORIGIN_SOURCE": "django_wsgicors.origins.source.TableOrigins"}, "origin-source", "live elsewhere"),
        ({"ROOT_URLCONF": "tests.django.urls"}, "view-by-method", "tests.django.views.OneMethod at /one-method/"),
        ({"ROOT_URLCONF": "tests.django.urls"}, "view-varies", "tests.django.views.function"),
    ],
)  # fmt: skip
def test_what_only_code_knows_is_named_and_refused(
    names: dict[str, object], code: str, named: str, settings: Settings
) -> None:
    for name, value in names.items():
        setattr(settings, name, value)
    said = refused()
    assert f"{code}: " in said
    assert named in said


def test_handlers_are_named(connect: Callable[[Signal, Callable[..., Any]], None]) -> None:
    connect(check_request_enabled, handler)
    assert "handlers: " in refused()
