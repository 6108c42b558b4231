"""The middleware with WebTest, with an ASGI server's own scope, and as the package describes it."""

import doctest
import importlib
import io
import pkgutil
import warnings
from types import ModuleType
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.handlers.asgi import ASGIRequest
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from pytest_django import Settings

import django_wsgicors

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # WebOb imports cgi, for which Python 3.11 and 3.12 warn
    from webtest import TestApp

A = "https://a.example"
PARTNER = "https://partner.example"

MODULES = [
    importlib.import_module(module.name)
    for module in pkgutil.walk_packages(django_wsgicors.__path__, "django_wsgicors.")
    if ".migrations" not in module.name
]


@pytest.mark.django_db(transaction=True)  # a real handler checks the connections of other tests
class TestWebTest:
    @pytest.fixture
    def app(self, settings: Settings) -> Any:
        settings.CORS_ALLOWED_ORIGINS = [A]
        return TestApp(WSGIHandler())

    def test_reads_what_a_page_reads(self, app: Any) -> None:
        response = app.get("/", headers={"Origin": A})
        assert response.headers.getall("Access-Control-Allow-Origin") == [A]
        assert response.headers.getall("Vary") == ["Origin"]
        assert app.get("/own-headers/", headers={"Origin": A}).headers.getall("Vary") == ["Cookie, Origin"]
        assert app.get("/no-such-path/", headers={"Origin": A}, status=404).headers["Access-Control-Allow-Origin"] == A

    def test_asks_before_it_sends(self, app: Any) -> None:
        asked = {"Origin": PARTNER, "Access-Control-Request-Method": "PUT"}
        response = app.options("/class/", headers=asked, status=204)
        assert response.headers["Access-Control-Allow-Methods"] == "PUT"
        assert response.body == b""
        assert app.put("/class/", headers={"Origin": PARTNER}).headers["Access-Control-Allow-Origin"] == PARTNER
        assert (
            app.options("/", headers=asked, status=403).text
            == "The origin 'https://partner.example' is not allowed here.\n"
        )


@pytest.mark.parametrize(("path", "allowed"), [("/über/x", True), ("/Über/x", False), ("/\udcfcber/x", False)])
def test_paths_are_in_any_script_under_asgi(settings: Settings, path: str, allowed: bool) -> None:
    settings.CORS_RULES = {"/über": {"allowed_origins": [A]}}
    request = ASGIRequest({"method": "GET", "path": path, "headers": [(b"origin", A.encode())]}, io.BytesIO())

    async def answer(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    async def ask() -> HttpResponse:
        return await django_wsgicors.CorsMiddleware(answer)(request)  # type: ignore[misc]

    assert ("Access-Control-Allow-Origin" in async_to_sync(ask)()) is allowed


@pytest.mark.parametrize("module", [django_wsgicors, *MODULES], ids=lambda module: module.__name__)
def test_examples_run(module: ModuleType) -> None:
    assert doctest.testmod(module).failed == 0


def test_public_names_are_there() -> None:
    assert django_wsgicors.__all__ == sorted(django_wsgicors.__all__, key=lambda name: (not name[0].isupper(), name))
    assert all(hasattr(django_wsgicors, name) for name in django_wsgicors.__all__)
