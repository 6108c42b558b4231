"""``manage.py cors verify`` compares the running server with settings, rules and decorated views."""

import io
import json

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import CommandError, call_command
from pytest_django import Settings

from tests.browsers.site import page, serve
from tests.django import export_urls
from wsgicors import CORS, Policy

A = "https://a.example"


@pytest.fixture(autouse=True)
def _settings(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wsgicors.doctor.diagnosis._verify.PAUSE", 0)
    settings.ROOT_URLCONF = "tests.django.export_urls"
    settings.CORS_ALLOWED_ORIGINS = [A]
    settings.CORS_RULES = {"/ruled": export_urls.PARTNERS}


def verified(url: str, *arguments: str) -> tuple[int, str]:
    printed = io.StringIO()
    try:
        call_command("cors", "verify", url, *arguments, stdout=printed)
    except SystemExit as ended:
        return int(str(ended.code)), printed.getvalue()
    except CommandError as error:
        return error.returncode, str(error)
    return 0, printed.getvalue()


@pytest.mark.parametrize("path", ["/x", "/partners/"])
def test_a_project_answers_as_its_settings_and_decorators_say(path: str) -> None:
    with serve(WSGIHandler()) as site:
        status, said = verified(f"{site.origin}{path}")
        asked = {request.target for request in site.requests}
    assert (status, "Nothing differs." in said) == (0, True), said
    assert {"/partners/", "/partners%2F", "/ruled", path} <= asked
    assert "/own/" not in asked
    assert "No rule covers /own/: nothing is compared there." in said


def test_what_runs_may_be_another_version() -> None:
    with serve(CORS(page, Policy(allow_origins=["https://old.example"]))) as site:
        status, said = verified(f"{site.origin}/x", "--json")
    assert status == 1
    assert json.loads(said)["differences"]


def test_what_only_code_knows_is_named_and_refused(settings: Settings) -> None:
    settings.CORS_URLS_REGEX = r"^/v\d/"
    status, said = verified("http://127.0.0.1:1/x")
    assert status == 2
    assert said.startswith("paths-by-expression: CORS_URLS_REGEX")


def test_what_is_no_url_is_status_2() -> None:
    status, said = verified("example")
    assert (status, "is not a URL" in said) == (2, True)


def test_a_server_that_does_not_answer_is_status_2() -> None:
    assert verified("http://127.0.0.1:1/x")[0] == 2
