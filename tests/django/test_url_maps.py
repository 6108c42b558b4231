"""The policy of the view that Django calls answers a preflight and its request, for every URL map.

``python -m tests.django 100000`` is the long form.
"""

import random
from types import ModuleType

import pytest
from django.urls import path

from django_wsgicors import middleware
from tests.django import url_maps
from tests.django.url_maps import (
    HOSTS,
    SETTINGS,
    BrokenLawError,
    Call,
    Project,
    called,
    decorated,
    draw_project,
    exempt,
    run,
    serving,
    word,
)


@pytest.mark.parametrize("seed", range(8))
def test_policies_are_those_of_the_views(seed: int) -> None:
    run(cases=100, seed=seed)


def test_law_sees_a_middleware_that_does_not_look_at_views(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(middleware, "own_policy", lambda request, view: None)
    with pytest.raises(BrokenLawError):
        run(cases=500, seed=1)


def test_law_sees_a_preflight_that_is_decided_by_its_own_method(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django_wsgicors._routing._method_of", lambda request: request.method)
    with pytest.raises(BrokenLawError):
        run(cases=500, seed=1)


@pytest.mark.slow
def test_law_sees_a_preflight_in_the_language_of_an_earlier_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django_wsgicors._routing._languages", lambda request, urlconf: [None])
    with pytest.raises(BrokenLawError):
        run(cases=3000, seed=1)


@pytest.mark.parametrize("locale", [1, 0], ids=["below", "above"])
def test_a_preflight_is_not_granted_where_the_request_may_reach_an_exempt_view_in_another_language(locale: int) -> None:
    urls = ModuleType("urls")
    urls.__dict__["urlpatterns"] = [path(word(), exempt), path("<slug:name>/", decorated("own-1"))]
    middleware = ["django_wsgicors.CorsMiddleware"]
    middleware.insert(locale, "django.middleware.locale.LocaleMiddleware")
    settings = {"ROOT_URLCONF": urls, "MIDDLEWARE": middleware, "CORS_ALLOWED_ORIGINS": [SETTINGS]}
    with serving(Project(settings, by_host=False, told=False, translated=True)) as send:
        for at, granted in (("/wort/", False), ("/other/", True)):
            asked = {"origin": "https://own-1.example", "access_control_request_method": "PUT"}
            preflight = send("OPTIONS", at, HOSTS[0], "en", **asked)
            assert ("Access-Control-Allow-Origin" in preflight.headers) is granted
        stranger = {"origin": "https://stranger.example", "access_control_request_method": "PUT"}
        assert send("OPTIONS", "/wort/", HOSTS[0], "en", **stranger).status_code == 403
        in_german = send("PUT", "/wort/", HOSTS[0], "en", origin="https://own-1.example", cookie="django_language=de")
        assert "Access-Control-Allow-Origin" not in in_german.headers
        assert called == [Call("exempt")]


@pytest.mark.slow
def test_maps_are_of_every_kind() -> None:
    drawn = [draw_project(random.Random(number)) for number in range(200)]
    assert {(project.by_host, project.told, project.translated) for project in drawn} >= {
        (False, False, False), (True, False, False), (True, True, False), (False, False, True),
    }  # fmt: skip
    url_maps.reached.clear()
    run(cases=500, seed=1)
    assert url_maps.reached == {None, "exempt", "own-0", "own-1", "own-2", "own-3"}
