"""Views with their own policy: functions and classes, of Django and Django REST framework, sync and async."""

import sys
from dataclasses import dataclass
from functools import partial
from types import ModuleType
from typing import Any
from unittest.mock import Mock

import pytest
from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path, re_path
from django.utils.decorators import method_decorator, sync_and_async_middleware
from django.views import View
from pytest_django import Settings

from django_wsgicors import cors, cors_exempt
from django_wsgicors._routing import has_own_policies, own_policies_ask_elsewhere
from django_wsgicors._views import EXEMPT, dotted_name, policies_of, policy_of
from tests.django import views
from tests.django.conftest import Ask
from tests.django.url_maps import ODD, as_partial
from tests.django.views import PARTNER
from wsgicors import Policy, PolicyError

A = "https://a.example"

DECORATED = {
    "/function/": "function",
    "/function-async/": "function_async",
    "/class/": "Class",
    "/class-async/": "ClassAsync",
    "/api/": "Api",
    "/api-function/": "api_function",
    "/set/": "Set",
}


@pytest.fixture(autouse=True)
def _settings(settings: Settings) -> None:
    settings.CORS_ALLOWED_ORIGINS = [A]


@pytest.mark.parametrize("path", DECORATED)
class TestDecoratedView:
    def test_answers_by_its_own_policy(self, ask: Ask, path: str, called: list[str]) -> None:
        assert ask.get(path, PARTNER)["Access-Control-Allow-Origin"] == PARTNER
        assert "Access-Control-Allow-Origin" not in ask.get(path, A)
        assert called == [DECORATED[path]] * 2

    def test_has_its_preflights_answered_without_being_called(self, ask: Ask, path: str, called: list[str]) -> None:
        preflight = ask.preflight(path, PARTNER, "PUT", "x-partner")
        assert preflight.status_code == 204
        assert "Content-Type" not in preflight
        assert preflight["Access-Control-Allow-Methods"] == "PUT"
        assert preflight["Access-Control-Allow-Headers"] == "X-Partner"
        assert ask.preflight(path, A).status_code == 403
        assert called == []


class Mixin:
    """As those of Django: ``LoginRequiredMixin`` and others."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]


class MixinWithInner:
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        call = lambda: super(MixinWithInner, self).dispatch(request, *args, **kwargs)  # type: ignore[misc]  # noqa: E731
        return call()


@dataclass  # so it has no hash
class Called:
    """A ``dispatch`` that is an object of its own."""

    function: Any

    def __get__(self, view: object, owner: type) -> Any:
        return self if view is None else partial(self.function, view)


class WithObject:
    dispatch = Called(lambda view, request: HttpResponse("object"))


def _endless(view: object, request: HttpRequest) -> HttpResponse:
    return HttpResponse("endless")


_endless.__dict__["__wrapped__"] = _endless


class Endless:
    dispatch = _endless


class Replaced(views.Class):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return HttpResponse("replaced")


class TestDecoratedClass:
    @pytest.mark.parametrize(
        "bases", [(Mixin, views.Class), (Mixin, views.Api), (Mixin, views.Set), (MixinWithInner, views.Class)]
    )
    def test_keeps_its_policy_behind_mixins(self, ask: Ask, settings: Settings, bases: tuple[type, ...]) -> None:
        mixed: Any = type("View", bases, {})
        actions = ({"get": "list", "put": "update"},) if views.Set in bases else ()
        view = mixed.as_view(*actions)
        settings.ROOT_URLCONF = (path("mixed/", view),)
        assert ask.preflight("/mixed/", PARTNER).status_code == 204
        assert ask.preflight("/mixed/", A).status_code == 403
        assert ask.get("/mixed/", PARTNER)["Access-Control-Allow-Origin"] == PARTNER
        assert list(policies_of(view)) == [""]

    @pytest.mark.parametrize("base", [Replaced, WithObject, Endless])
    def test_has_none_if_its_dispatch_is_replaced(self, ask: Ask, settings: Settings, base: Any) -> None:
        view: Any = type("View", (base, views.Class), {})
        settings.ROOT_URLCONF = (path("replaced/", view.as_view()),)
        assert ask.get("/replaced/", A)["Access-Control-Allow-Origin"] == A
        assert ask.preflight("/replaced/", PARTNER).status_code == 403


class TestOneMethod:
    def test_of_a_class_has_its_own_policy(self, ask: Ask) -> None:
        for method in ("GET", "HEAD"):
            assert ask(method, "/one-method/", PARTNER)["Access-Control-Allow-Origin"] == PARTNER
            assert ask.preflight("/one-method/", PARTNER, method, "x-partner").status_code == 204
        assert "Access-Control-Allow-Origin" not in ask("POST", "/one-method/", PARTNER)
        assert ask("POST", "/one-method/", A)["Access-Control-Allow-Origin"] == A
        assert ask.preflight("/one-method/", A, "POST").status_code == 200

    def test_follows_the_method_that_a_middleware_sets(self, settings: Settings) -> None:
        settings.MIDDLEWARE = ["django_wsgicors.CorsMiddleware", "tests.django.views.overriding"]
        response = Ask(is_async=False)("POST", "/one-method/", PARTNER, x_http_method_override="GET")
        assert response.content == b"one method"
        assert response["Access-Control-Allow-Origin"] == PARTNER

    @pytest.mark.parametrize("method", ["PURGE", "EXPLODES", "__class__", "DELETE", ""])
    def test_that_the_class_does_not_serve_is_the_settings_business(self, ask: Ask, method: str) -> None:
        assert ask.preflight("/one-method/", PARTNER, method).content.startswith(
            b"The origin 'https://partner.example' is"
        )

    def test_that_only_the_url_names_has_its_own_policy(self, ask: Ask, settings: Settings) -> None:
        class Report(View):
            @method_decorator(cors(allow_origins=[PARTNER], allow_methods=["REPORT"]))
            def report(self, request: HttpRequest) -> HttpResponse:
                return HttpResponse("report")

        view = Report.as_view(http_method_names=["report"])
        settings.ROOT_URLCONF = (path("report/", view),)
        assert ask("REPORT", "/report/", PARTNER)["Access-Control-Allow-Origin"] == PARTNER
        assert ask.preflight("/report/", PARTNER, "REPORT").status_code == 204
        assert ask.preflight("/report/", A, "REPORT").status_code == 403
        assert list(policies_of(view)) == ["REPORT"]

    def test_of_a_view_set_has_its_own_policy(self, ask: Ask) -> None:
        assert ask.get("/sets/actions/", PARTNER)["Access-Control-Allow-Origin"] == PARTNER
        assert ask.preflight("/sets/actions/", PARTNER, "GET", "x-partner").status_code == 204
        assert "Access-Control-Allow-Origin" not in ask.get("/sets/actions/others/", PARTNER)
        assert ask.get("/sets/actions/others/", A)["Access-Control-Allow-Origin"] == A


class TestExemptView:
    def test_is_left_alone(self, ask: Ask, called: list[str]) -> None:
        for response in (ask.get("/exempt/", A), ask.get("/exempt/", PARTNER), ask.preflight("/exempt/", A)):
            assert response.content == b"exempt"
            assert response["Access-Control-Allow-Origin"] == "https://of-the-view.example"
            assert "Vary" not in response
        assert called == ["exempt"] * 3

    def test_is_left_alone_where_the_settings_forbid(self, ask: Ask, settings: Settings) -> None:
        settings.CORS_REFUSE = "forbid"
        assert ask.get("/exempt/", PARTNER).content == b"exempt"


class TestForbiddingView:
    def test_is_not_called(self, ask: Ask, called: list[str]) -> None:
        response = ask.get("/forbids/", A)
        assert response.status_code == 403
        assert response.content == b"The origin 'https://a.example' is not allowed here.\n"
        assert "Access-Control-Allow-Origin" not in response
        assert called == []
        assert ask.get("/forbids/", PARTNER).status_code == 200

    def test_answers_the_projects_own_pages(self, ask: Ask) -> None:
        assert ask("POST", "/forbids/", "http://testserver").status_code == 200


class TestSettingsThatForbid:
    def test_yield_to_a_views_own_policy(self, ask: Ask, settings: Settings) -> None:
        settings.CORS_REFUSE = "forbid"
        assert ask.get("/function/", PARTNER)["Access-Control-Allow-Origin"] == PARTNER
        assert ask.get("/function/", "https://c.example").status_code == 200
        assert ask.get("/", PARTNER).status_code == 403


class TestAnswersInAViewsStead:
    """A middleware's response to a request for a decorated view follows that view's policy."""

    def test_of_login_required(self, ask: Ask) -> None:
        response = ask.get("/behind-login/", PARTNER)
        assert response.status_code == 302
        assert response["Access-Control-Allow-Origin"] == PARTNER
        assert ask.preflight("/behind-login/", PARTNER).status_code == 204

    @pytest.mark.parametrize("query", ["early", "early-at-view"])
    def test_of_a_middleware(self, ask: Ask, settings: Settings, query: str) -> None:
        below = ["django_wsgicors.CorsMiddleware", "tests.django.views.early"]
        settings.MIDDLEWARE = ["tests.django.views.EarlyAtView", *below]
        response = ask.get(f"/function/?{query}", PARTNER)
        assert response.status_code == 429
        assert response["Access-Control-Allow-Origin"] == PARTNER
        assert "Access-Control-Allow-Origin" not in ask.get(f"/function/?{query}", A)
        assert ask.get(f"/exempt/?{query}", PARTNER).headers.keys() == {"Content-Type"}
        assert ask.get(f"/?{query}", A)["Access-Control-Allow-Origin"] == A
        assert ask.get("/no-such-path/", A)["Access-Control-Allow-Origin"] == A

    def test_of_a_redirect_that_appends_a_slash(self, ask: Ask) -> None:
        assert ask.get("/function", A)["Access-Control-Allow-Origin"] == A


class TestLanguages:
    @pytest.mark.parametrize("language", ["en", "de"])
    def test_have_their_own_urls(self, ask: Ask, settings: Settings, language: str) -> None:
        settings.MIDDLEWARE = ["django_wsgicors.CorsMiddleware", "django.middleware.locale.LocaleMiddleware"]
        assert ask.preflight(f"/{language}/language/", PARTNER).status_code == 204
        assert ask.get(f"/{language}/language/", PARTNER)["Access-Control-Allow-Origin"] == PARTNER

    def test_that_are_unknown_have_none(self, ask: Ask) -> None:
        assert ask.preflight("/fr/language/", PARTNER).status_code == 403


@sync_and_async_middleware
def to_plain_urls(get_response: Any) -> Any:
    """A middleware that routes requests to views without policies."""
    return routed(get_response, "tests.django.plain_urls")


@sync_and_async_middleware
def to_credential_urls(get_response: Any) -> Any:
    """A middleware that routes requests to views with policies."""
    return routed(get_response, "tests.django.credential_urls")


def told(request: HttpRequest) -> str:
    return "tests.django.credential_urls"


@sync_and_async_middleware
class ToCredentialUrls:
    """The same as a class, with a helper."""

    def __new__(cls, get_response: Any) -> Any:
        return helper(get_response)


def helper(get_response: Any) -> Any:
    return routed(get_response, "tests.django.credential_urls")


def routed(get_response: Any, urlconf: str) -> Any:
    def answer(request: HttpRequest) -> Any:
        request.urlconf = urlconf
        return get_response(request)

    async def answer_async(request: HttpRequest) -> Any:
        request.urlconf = urlconf
        return await get_response(request)

    return answer_async if iscoroutinefunction(get_response) else answer


@sync_and_async_middleware
def answering_views(get_response: Any) -> Any:
    """A middleware that answers when Django has reached a view."""

    def answer(request: HttpRequest) -> Any:
        return get_response(request)

    async def answer_async(request: HttpRequest) -> Any:
        return await get_response(request)

    middleware: Any = answer_async if iscoroutinefunction(get_response) else answer
    middleware.process_view = lambda *_: HttpResponse("above")
    return middleware


@sync_and_async_middleware
def secretly_to_credential_urls(get_response: Any) -> Any:
    """A middleware whose source code does not show that it routes requests."""

    def answer(request: HttpRequest) -> Any:
        setattr(request, "url" + "conf", "tests.django.credential_urls")
        return get_response(request)

    async def answer_async(request: HttpRequest) -> Any:
        setattr(request, "url" + "conf", "tests.django.credential_urls")
        return await get_response(request)

    return answer_async if iscoroutinefunction(get_response) else answer


class TestUrlconf:
    def test_of_a_request_is_the_one_that_is_searched(self, ask: Ask, settings: Settings) -> None:
        assert Ask(is_async=ask.is_async).preflight("/only-here/", PARTNER).status_code == 403
        settings.MIDDLEWARE = ["tests.django.views.OtherHost", "django_wsgicors.CorsMiddleware"]
        assert ask.preflight("/only-here/", PARTNER).status_code == 204
        assert ask.get("/only-here/", PARTNER)["Access-Control-Allow-Origin"] == PARTNER

    def test_that_a_later_middleware_gives_counts_for_actual_requests(self, ask: Ask, settings: Settings) -> None:
        settings.ROOT_URLCONF = "tests.django.plain_urls"
        settings.MIDDLEWARE = ["django_wsgicors.CorsMiddleware", "tests.django.test_views.to_credential_urls"]
        response = ask.get("/", "https://of-a-view.example")
        assert response["Access-Control-Allow-Origin"] == "https://of-a-view.example"
        assert response["Access-Control-Allow-Credentials"] == "true"
        for origin in (A, None):
            response = ask.get("/", origin)
            assert "Access-Control-Allow-Origin" not in response
            assert response["Vary"] == "Origin"
        assert "Vary" not in ask.get("/exempt/", A)

    def test_that_a_later_middleware_gives_may_have_no_policies(self, ask: Ask, settings: Settings) -> None:
        settings.ROOT_URLCONF = "tests.django.credential_urls"
        settings.MIDDLEWARE = ["django_wsgicors.CorsMiddleware", "tests.django.test_views.to_plain_urls"]
        assert ask.get("/", A)["Access-Control-Allow-Origin"] == A
        response = ask.get("/", "https://of-a-view.example")
        assert "Access-Control-Allow-Origin" not in response
        assert response["Vary"] == "Origin"  # a cache must not serve it the response to A

    def test_that_a_later_middleware_gives_counts_where_one_above_answers_for_the_view(
        self, ask: Ask, settings: Settings
    ) -> None:
        settings.ROOT_URLCONF = "tests.django.plain_urls"
        names = ("answering_views", "secretly_to_credential_urls")
        above, below = (f"tests.django.test_views.{name}" for name in names)
        settings.MIDDLEWARE = [above, "django_wsgicors.CorsMiddleware", below]
        response = ask.get("/", "https://of-a-view.example")
        assert response.content == b"above"
        assert response["Access-Control-Allow-Origin"] == "https://of-a-view.example"
        assert "Access-Control-Allow-Origin" not in ask.get("/", A)

    @pytest.mark.parametrize("name", ["to_credential_urls", "ToCredentialUrls"])
    def test_that_a_later_middleware_gives_leaves_preflights_to_both_policies(
        self, ask: Ask, settings: Settings, name: str, called: list[str]
    ) -> None:
        settings.ROOT_URLCONF = "tests.django.plain_urls"
        settings.MIDDLEWARE = ["django_wsgicors.CorsMiddleware", f"tests.django.test_views.{name}"]
        settings.CORS_REFUSE = "forbid"
        assert ask.preflight("/", "https://of-a-view.example", "POST").status_code == 403
        assert ask.preflight("/", A).status_code == 200
        assert ask.get("/", "https://of-a-view.example").status_code == 200
        assert ask.get("/exempt/", A).content == b"plain"
        called.clear()
        assert ask.get("/without/", "https://of-a-view.example").status_code == 403  # nor is it in ROOT_URLCONF
        assert called == []
        assert ask.get("/without/", A)["Access-Control-Allow-Origin"] == A

    @pytest.mark.parametrize("urlconf", ["tests.django.test_views.told", lambda request: told(request)])
    def test_that_a_later_middleware_gives_may_be_told_before(
        self, ask: Ask, settings: Settings, urlconf: object
    ) -> None:
        settings.ROOT_URLCONF = "tests.django.plain_urls"
        settings.MIDDLEWARE = ["django_wsgicors.CorsMiddleware", "tests.django.test_views.to_credential_urls"]
        settings.CORS_URLCONF = urlconf
        assert ask.preflight("/", "https://of-a-view.example", "POST").status_code == 204
        assert ask.preflight("/", A).status_code == 403

    def test_of_nobody_is_the_projects(self, ask: Ask, settings: Settings) -> None:
        settings.CORS_URLCONF = lambda request: None
        assert ask.preflight("/function/", PARTNER).status_code == 204

    def test_that_cannot_be_told_leaves_preflights_to_the_project_s(
        self, ask: Ask, settings: Settings, caplog: pytest.LogCaptureFixture
    ) -> None:
        settings.CORS_URLCONF = lambda request: 1 / 0
        assert ask.preflight("/function/", PARTNER).status_code == 204
        assert "CORS_URLCONF failed" in caplog.text

    def test_that_is_broken_is_met_by_the_request_itself(self, ask: Ask, settings: Settings) -> None:
        settings.ROOT_URLCONF = "tests.django.broken_urls"
        assert ask.preflight("/broken/", A).status_code == 200
        response = ask.get("/broken/", A)
        assert response.status_code == 500
        assert response["Access-Control-Allow-Origin"] == A

    def test_whose_converters_fail_is_met_by_the_request_itself(self, ask: Ask, settings: Settings) -> None:
        settings.ROOT_URLCONF = "tests.django.failing_urls"
        assert ask.preflight("/x/", A).status_code == 200
        assert ask.get("/x/", A).status_code == 500

    @pytest.mark.parametrize("faulty", [*ODD, include(3)], ids=[*ODD, "broken"])
    def test_with_a_part_that_cannot_be_read_keeps_the_policies_of_the_rest(
        self, ask: Ask, settings: Settings, faulty: Any
    ) -> None:
        other = path("other/", faulty) if isinstance(faulty, tuple) else re_path(faulty, views.plain)
        settings.MIDDLEWARE = ["django_wsgicors.CorsMiddleware", "django.middleware.locale.LocaleMiddleware"]
        settings.ROOT_URLCONF = (other, path("function/", views.function))
        assert ask.preflight("/function/", PARTNER).status_code == 204
        assert ask.preflight("/function/", A).status_code == 403

    def test_that_does_not_exist_leaves_preflights_to_the_settings(self, ask: Ask, settings: Settings) -> None:
        settings.ROOT_URLCONF = "tests.django.no_such_urls"
        settings.MIDDLEWARE = ["django_wsgicors.CorsMiddleware", "django.middleware.locale.LocaleMiddleware"]
        assert ask.preflight("/", A).status_code == 200

    def test_with_a_part_that_cannot_be_loaded_may_have_sources(self, settings: Settings) -> None:
        settings.ROOT_URLCONF = (path("other/", include(3)), path("function/", views.function))
        assert own_policies_ask_elsewhere(settings.ROOT_URLCONF)

    def test_without_policies_is_not_searched(
        self, ask: Ask, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings.ROOT_URLCONF = "tests.django.plain_urls"
        monkeypatch.setattr("django_wsgicors._routing.resolve", None)
        assert not has_own_policies("tests.django.plain_urls")
        assert ask.preflight("/", A).status_code == 200
        assert ask.get("/", PARTNER).status_code == 200
        assert ask.get("/no-such-path/", A).status_code == 404


class TestProjectWithoutPolicies:
    def test_notices_a_view_that_is_decorated_later(
        self, ask: Ask, monkeypatch: pytest.MonkeyPatch, settings: Settings
    ) -> None:
        class Late(View):
            def get(self, request: HttpRequest) -> HttpResponse:
                return HttpResponse("late")

        settings.ROOT_URLCONF = (path("late/", Late.as_view()),)
        assert ask.get("/late/", A)["Access-Control-Allow-Origin"] == A
        monkeypatch.setattr(Late, "get", method_decorator(views.forbidding)(Late.get))
        assert ask.get("/late/", A).status_code == 403
        assert ask.get("/late/", PARTNER)["Access-Control-Allow-Origin"] == PARTNER


def of_another_library(its_own: object) -> Any:
    """A view with the attributes of a class-based one, which mean something else."""

    def view(request: HttpRequest) -> HttpResponse:
        return views.plain(request)

    view.__dict__.update(cls=its_own, view_class=its_own, initkwargs=["x"], view_initkwargs=["x"], actions=["x"])
    return view


class TestDecorators:
    @pytest.mark.parametrize(
        "view",
        [
            Mock(side_effect=views.plain),
            views.slotted,
            partial(views.plain),
            *map(of_another_library, (int, dict, object(), "x")),
        ],
    )
    def test_a_callable_without_attributes_has_no_policy_of_its_own(
        self, ask: Ask, settings: Settings, monkeypatch: pytest.MonkeyPatch, view: Any
    ) -> None:
        urls = ModuleType("urls_of_callables")
        urls.__dict__["urlpatterns"] = [path("callable/", view)]
        monkeypatch.setitem(sys.modules, urls.__name__, urls)
        settings.ROOT_URLCONF = urls.__name__
        assert policies_of(view) == {}
        assert dotted_name(view, "GET").count(".")
        assert ask.get("/callable/", A)["Access-Control-Allow-Origin"] == A
        assert ask.preflight("/callable/", A, "GET").content == b""
        assert "Access-Control-Allow-Origin" not in ask.get("/callable/", PARTNER)

    @pytest.mark.parametrize("wrap", [partial, lambda view: partial(partial(view)), as_partial])
    @pytest.mark.parametrize("view", [views.function, views.OneMethod.as_view(), views.Class.as_view()])
    def test_reach_through_a_partial(self, ask: Ask, settings: Settings, view: Any, wrap: Any) -> None:
        settings.ROOT_URLCONF = (path("partial/", wrap(view)),)
        assert ask.get("/partial/", PARTNER)["Access-Control-Allow-Origin"] == PARTNER
        assert ask.preflight("/partial/", PARTNER, "GET", "x-partner").status_code == 204
        assert policies_of(wrap(view)) == policies_of(view)
        assert dotted_name(wrap(view)) == dotted_name(view)

    def test_leave_the_view_itself_as_it_is(self) -> None:
        def view(request: HttpRequest) -> HttpResponse:
            return HttpResponse()

        exempt = cors_exempt(view)
        assert exempt.__name__ == "view"
        assert policy_of(exempt, "GET") is EXEMPT
        assert policy_of(view, "GET") is None

    def test_take_a_policy(self) -> None:
        policy = Policy(allow_origins="*")
        marked = cors(policy)(views.plain)
        assert policies_of(marked) == {"": policy_of(marked, "GET")}
        assert policy_of(marked, "GET").policy is policy

    def test_tell_every_fault_at_once(self) -> None:
        with pytest.raises(PolicyError) as raised:
            cors(allow_origins="*", allow_credentials=True, max_age=-1)
        assert [problem.code for problem in raised.value.problems] == ["any-origin-with-credentials", "max-age-range"]

    def test_are_not_for_classes(self) -> None:
        class Page(View): ...

        with pytest.raises(
            TypeError, match=r'Page is a class: decorate it with method_decorator\(…, name="dispatch"\)'
        ):
            cors_exempt(Page)

    def test_last_one_counts(self) -> None:
        assert policy_of(cors_exempt(views.function), "GET") is EXEMPT

    def test_of_methods_are_all_found(self) -> None:
        assert list(policies_of(views.OneMethod.as_view())) == ["GET"]
        assert policies_of(views.plain) == {}


def test_csrf_exemption_survives() -> None:
    from django.views.decorators.csrf import csrf_exempt

    client = Client(enforce_csrf_checks=True)
    assert client.post("/api/", headers={"origin": PARTNER}).status_code == 405
    marked: Any = cors(allow_origins="*")(csrf_exempt(views.plain))
    assert marked.csrf_exempt
