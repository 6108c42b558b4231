"""The statements of the migration guide are true."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.checks import run_checks
from django.test import RequestFactory, override_settings

from django_wsgicors import check_request_enabled, request_refused
from django_wsgicors._names import KNOWN
from django_wsgicors._project import project
from django_wsgicors._routing import urlconf_of
from django_wsgicors._views import policy_of
from docs.build import moving
from tests.django.conftest import Ask

TEXT = (Path(__file__).parents[2] / "docs" / "migrating-from-django-cors-headers.md").read_text("utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


def run(block: str) -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "documented"}
    exec(block, names)
    return names


def test_blocks_are_told_apart() -> None:
    assert [block.split()[0] for block in BLOCKS] == [
        "CORS_ALLOWED_ORIGINS", "from", "from", "INSTALLED_APPS", "def",
    ]  # fmt: skip


@pytest.mark.parametrize("block", [BLOCKS[0], BLOCKS[3]], ids=["rules", "table"])
def test_settings_are_good(block: str) -> None:
    settings = {name: value for name, value in run(block).items() if name.startswith("CORS_")}
    with override_settings(**settings, ROOT_URLCONF="tests.django.plain_urls"):
        assert [message for message in run_checks(tags=["security"]) if message.is_serious()] == []


def test_rules_govern_the_paths_that_the_page_says(ask: Ask) -> None:
    with override_settings(**{name: value for name, value in run(BLOCKS[0]).items() if name.startswith("CORS_")}):
        assert ask.get("/api/public/x", "https://anybody.example")["Access-Control-Allow-Origin"] == "*"
        partner = ask.get("/api/partners", "https://a.partner.example")
        assert partner["Access-Control-Allow-Credentials"] == "true"
        assert ask.get("/", "https://www.example.com")["Access-Control-Allow-Origin"] == "https://www.example.com"


def test_views_are_decorated() -> None:
    names = run(BLOCKS[1])
    assert policy_of(names["report"], "PUT") is not None
    assert policy_of(names["Prices"].as_view(), "GET") is not None
    assert policy_of(names["internal"], "GET") is not None


def test_handlers_are_connected(ask: Ask, capsys: pytest.CaptureFixture[str]) -> None:
    names = run(BLOCKS[2])
    try:
        assert "Access-Control-Allow-Origin" in ask.get("/status/", "https://a.example")
        ask.get("/", "https://a.example")
    finally:
        check_request_enabled.disconnect(names["allow_status_pages"])
        request_refused.disconnect(names["count"])
    assert capsys.readouterr().out == "origin-not-allowed The origin 'https://a.example' is not allowed here.\n"


def test_every_setting_is_told_of() -> None:
    assert [name for name in KNOWN if f"`{name}`" not in TEXT] == []


def test_the_table_is_installed_as_is_said() -> None:
    names = run(BLOCKS[3])
    assert set(names["INSTALLED_APPS"]) <= set(django_settings.INSTALLED_APPS)
    with override_settings(CORS_ORIGIN_SOURCE=names["CORS_ORIGIN_SOURCE"]):
        assert project().asks_elsewhere


def test_the_urlconf_is_told_as_is_said() -> None:
    names = run(BLOCKS[4])
    with override_settings(CORS_URLCONF=names["CORS_URLCONF"], ALLOWED_HOSTS=["*"]):
        request = RequestFactory().get("/", headers={"host": "admin.example.com"})
        assert urlconf_of(request) == "shop.admin_urls"
        assert urlconf_of(RequestFactory().get("/")) == django_settings.ROOT_URLCONF


def test_every_test_that_does_not_pass_has_its_reason() -> None:
    failed = {name.rpartition(".")[2] for name in moving("django")["suite"]["failed"]}
    proof = TEXT[TEXT.index("## Proof") : TEXT.index("## System checks")]
    named = re.findall(r"`((?:test|…)_\w+)`", proof)
    assert len(named) == len(failed)
    assert {name for name in named if name[0] != "…"} <= failed
