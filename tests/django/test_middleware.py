"""The middleware's handling of requests and responses, sync and async, with one policy for every path."""

import logging

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpResponse
from django.test import RequestFactory
from pytest_django import Settings

from django_wsgicors import middleware
from tests.django.conftest import Ask
from tests.go_rules import TABLE, TRUSTED, Case

A = "https://a.example"
B = "https://b.example"
OWN = "http://testserver"
OWN_HEADERS = (
    "the view tests.django.views.own_headers sets Access-Control-Max-Age, access-control-allow-origin, which "
    "CorsMiddleware replaces: take it out, or mark the view with @cors_exempt"
)


@pytest.fixture(autouse=True)
def _settings(settings: Settings) -> None:
    settings.CORS_ALLOWED_ORIGINS = [A]


def cors_headers(response: HttpResponse) -> dict[str, str]:
    return {name: value for name, value in response.headers.items() if name.lower().startswith("access-control-")}


class TestActualRequest:
    def test_of_an_allowed_origin_gets_its_headers(self, ask: Ask, settings: Settings) -> None:
        settings.CORS_ALLOW_CREDENTIALS = True
        settings.CORS_EXPOSE_HEADERS = ["X-Total", "X-Page"]
        response = ask.get("/", A)
        assert response.status_code == 200
        assert response.content == b"plain"
        assert cors_headers(response) == {
            "Access-Control-Allow-Origin": A,
            "Access-Control-Allow-Credentials": "true",
            "Access-Control-Expose-Headers": "X-Total, X-Page",
        }
        assert response["Vary"] == "Origin"

    @pytest.mark.parametrize("origin", [B, "null", A + "/", A.upper(), "", None])
    def test_of_another_origin_reaches_the_view_and_gets_none(
        self, ask: Ask, origin: str | None, called: list[str]
    ) -> None:
        response = ask.get("/", origin)
        assert response.content == b"plain"
        assert called == ["plain"]
        assert cors_headers(response) == {}
        assert response["Vary"] == "Origin"

    def test_answers_are_constant_where_everybody_may_read(self, ask: Ask, settings: Settings) -> None:
        settings.CORS_ALLOW_ALL_ORIGINS = True
        for origin in (A, B, None):
            response = ask.get("/", origin)
            assert cors_headers(response) == {"Access-Control-Allow-Origin": "*"}
            assert "Vary" not in response

    @pytest.mark.parametrize(("path", "status"), [("/no-such-path/", 404), ("/fails/", 500), ("/function", 301)])
    def test_of_every_fate_is_readable(self, ask: Ask, path: str, status: int) -> None:
        response = ask.get(path, A)
        assert response.status_code == status
        assert cors_headers(response) == {"Access-Control-Allow-Origin": A}

    def test_is_what_an_options_request_is_that_asks_for_no_method(self, ask: Ask, called: list[str]) -> None:
        assert cors_headers(ask("OPTIONS", "/", A)) == {"Access-Control-Allow-Origin": A}
        assert called == ["plain"]

    def test_is_what_an_options_request_is_that_has_no_origin(self, ask: Ask, called: list[str]) -> None:
        assert cors_headers(ask("OPTIONS", "/", access_control_request_method="PUT")) == {}
        assert called == ["plain"]


class TestHeadersOfViews:
    def test_of_cors_are_replaced(self, ask: Ask) -> None:
        assert cors_headers(ask.get("/own-headers/", A)) == {"Access-Control-Allow-Origin": A}
        assert cors_headers(ask.get("/own-headers/", B)) == {}

    def test_of_cors_are_told_of_once(self, ask: Ask, caplog: pytest.LogCaptureFixture) -> None:
        middleware._log_dropped.cache_clear()
        for _ in range(2):
            ask.get("/own-headers/", A)
            ask.get("/", A)
        assert [record.getMessage() for record in caplog.records if record.name == "wsgicors"] == [OWN_HEADERS]

    def test_of_cors_that_a_middleware_sets_are_told_of(self, caplog: pytest.LogCaptureFixture) -> None:
        middleware._log_dropped.cache_clear()
        around = middleware.CorsMiddleware(lambda request: HttpResponse(headers={"Access-Control-Max-Age": "5"}))
        response = around(RequestFactory().get("/", headers={"Origin": A}))
        assert isinstance(response, HttpResponse)
        assert "Access-Control-Max-Age" not in response.headers
        assert caplog.records[-1].getMessage().startswith("a middleware sets Access-Control-Max-Age, which")

    @pytest.mark.parametrize(
        ("vary", "merged"),
        [("Cookie", "Cookie, Origin"), ("cookie, origin", "cookie, origin"), ("*", "*"), ("Accept, *", "*")],
    )
    def test_vary_is_merged_as_django_does(self, ask: Ask, vary: str, merged: str) -> None:
        assert ask.get(f"/own-headers/?vary={vary}", A)["Vary"] == merged
        assert ask.get(f"/own-headers/?vary={vary}", B)["Vary"] == merged


class TestBodies:
    # Each stream is read once by the handler of the other kind.
    @pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume:Warning")
    @pytest.mark.parametrize("path", ["/streams/", "/streams-async/"])
    def test_that_stream_go_on_streaming(self, ask: Ask, path: str) -> None:
        response = ask.get(path, A)
        assert response.streaming
        assert cors_headers(response) == {"Access-Control-Allow-Origin": A}
        assert response.read == b"one two"

    @pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume:Warning")
    def test_that_are_files_keep_their_headers(self, ask: Ask) -> None:
        response = ask.get("/file/", A)
        assert response.read == b"a file"
        assert cors_headers(response) == {"Access-Control-Allow-Origin": A}
        assert response["Content-Disposition"] == 'inline; filename="a.txt"'
        assert response["Content-Length"] == "6"


class TestPreflight:
    def test_is_answered_with_all_that_is_allowed(self, ask: Ask, called: list[str]) -> None:
        response = ask.preflight("/", A, "PATCH", "content-type,x-csrftoken")
        assert response.status_code == 200
        assert response.content == b""
        assert dict(response.headers) == {
            "Access-Control-Allow-Origin": A,
            "Access-Control-Allow-Methods": "DELETE, GET, OPTIONS, PATCH, POST, PUT",
            "Access-Control-Allow-Headers": (
                "accept, authorization, content-type, user-agent, x-csrftoken, x-requested-with"
            ),
            "Access-Control-Max-Age": "86400",
            "Vary": "Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
            "Content-Length": "0",
        }
        assert called == []

    @pytest.mark.parametrize(
        ("origin", "method", "names", "told"),
        [
            (B, "PUT", "", "The origin 'https://b.example' is not allowed here.\n"),
            ("null", "PUT", "", "The null origin is not allowed here.\n"),
            (A, "PUT ", "", "Access-Control-Request-Method 'PUT ' is not a method.\n"),
        ],
    )
    def test_that_is_refused_says_why(
        self, ask: Ask, origin: str, method: str, names: str, told: str, called: list[str]
    ) -> None:
        response = ask.preflight("/", origin, method, names)
        assert response.status_code == 403
        assert response.content.decode() == told
        assert cors_headers(response) == {}
        assert response["Content-Type"] == "text/plain; charset=utf-8"
        assert response["Vary"] == "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"
        assert called == []

    @pytest.mark.parametrize(("method", "names"), [("PURGE", ""), ("PUT", "x-other")])
    def test_that_lacks_a_method_or_a_header_is_answered_as_any_other(
        self, ask: Ask, method: str, names: str, called: list[str]
    ) -> None:
        response, granted = ask.preflight("/", A, method, names), ask.preflight("/", A)
        assert response.status_code == granted.status_code
        assert dict(response.items()) == dict(granted.items())
        assert response.content == b""
        assert called == []

    def test_for_a_url_that_nothing_serves_lets_the_page_read_the_404(self, ask: Ask) -> None:
        assert ask.preflight("/no-such-path/", A).status_code == 200
        assert ask("PUT", "/no-such-path/", A)["Access-Control-Allow-Origin"] == A

    def test_is_answered_though_the_origin_is_known(self, ask: Ask, called: list[str]) -> None:
        for _ in range(2):
            assert ask.get("/", A)["Access-Control-Allow-Origin"] == A
            assert "PATCH" in ask.preflight("/", A)["Access-Control-Allow-Methods"]
        assert called == ["plain"] * 2

    @pytest.mark.parametrize("rules", [{}, {"/": {}}, {"/other": {}}])
    def test_without_an_origin_is_the_projects_own_to_answer(
        self, ask: Ask, settings: Settings, rules: object, called: list[str]
    ) -> None:
        settings.CORS_RULES = rules
        response = ask("OPTIONS", "/", None, access_control_request_method="PUT")
        assert (response.status_code, response.content) == (200, b"plain")
        assert called == ["plain"]
        assert cors_headers(response) == {}
        assert response["Vary"] == "Origin"

    def test_asks_for_a_private_network_by_its_own_header(self, ask: Ask, settings: Settings) -> None:
        assert ask.preflight("/", A, access_control_request_private_network="true").status_code == 403
        settings.CORS_ALLOW_PRIVATE_NETWORK = True
        response = ask.preflight("/", A, access_control_request_private_network="true")
        assert response["Access-Control-Allow-Private-Network"] == "true"


class TestAsync:
    """The middleware uses a thread only for work that may wait."""

    @pytest.fixture(autouse=True)
    def _no_threads(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(middleware, "sync_to_async", None)

    @pytest.mark.parametrize("origin", [A, B, "null", None])
    @pytest.mark.parametrize("rules", [{}, {"/": {}, "/other": {}}])
    def test_actual_requests_wait_for_nobody(self, origin: str | None, rules: object, settings: Settings) -> None:
        settings.CORS_RULES = rules
        response = Ask(is_async=True).get("/async/", origin)
        assert response.content == b"plain"
        assert response["Vary"] == "Origin"
        assert response.get("Access-Control-Allow-Origin") == (A if origin == A else None)

    def test_django_puts_nothing_between_the_server_and_the_middleware(
        self, settings: Settings, log: pytest.LogCaptureFixture
    ) -> None:
        """In debug mode Django logs the middleware that it adapts to an async handler."""
        settings.DEBUG = True
        settings.MIDDLEWARE = ["tests.django.views.sync_middleware", "django_wsgicors.CorsMiddleware"]
        log.set_level("DEBUG", logger="django.request")
        ASGIHandler()
        adapted = [record.getMessage() for record in log.records if "adapted for middleware" in record.getMessage()]
        assert adapted == ["Asynchronous handler adapted for middleware tests.django.views.sync_middleware."]

    def test_requests_without_origin_wait_for_no_source(self, settings: Settings) -> None:
        settings.CORS_ORIGIN_SOURCE = "tests.django.test_settings.source"
        assert Ask(is_async=True).get("/async/")["Vary"] == "Origin"


class TestForbidding:
    @pytest.fixture(autouse=True)
    def _forbid(self, settings: Settings) -> None:
        settings.CORS_REFUSE = "forbid"

    def test_keeps_other_origins_from_the_view(self, ask: Ask, called: list[str]) -> None:
        response = ask.get("/", B)
        assert response.status_code == 403
        assert response.content == b"The origin 'https://b.example' is not allowed here.\n"
        assert response["Vary"] == "Origin, Sec-Fetch-Site"
        assert called == []

    @pytest.mark.parametrize("case", TABLE)
    def test_is_as_go_s_published_table_has_it(self, ask: Ask, settings: Settings, case: Case) -> None:
        settings.CORS_ALLOWED_ORIGINS = [TRUSTED]
        origin = OWN if case.origin == "https://example.com" else case.origin
        headers = {"sec_fetch_site": case.site} if case.site is not None else {}
        assert ask(case.method, "/", origin, **headers).status_code == (200 if case.passes else 403)

    def test_a_rule_of_its_own_exempts_a_path(self, ask: Ask, settings: Settings) -> None:
        settings.CORS_RULES = {"/async": {"allow_origins": [A], "refuse": "withhold"}}
        sent = {"sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate"}
        statuses = [ask("POST", path, origin, **sent).status_code for path in ("/async/", "/") for origin in (B, None)]
        assert statuses == [200, 200, 403, 403]

    def test_lets_the_projects_own_pages_through(self, ask: Ask, called: list[str]) -> None:
        assert ask("POST", "/", B, sec_fetch_site="same-origin").status_code == 200
        assert ask("POST", "/", OWN).status_code == 200
        assert ask("POST", "/", OWN, sec_fetch_site="cross-site").status_code == 403
        assert called == ["plain", "plain"]

    def test_takes_nobody_for_its_own_page_at_a_host_that_is_not_its_own(self, ask: Ask, settings: Settings) -> None:
        settings.ALLOWED_HOSTS = ["other.example"]
        assert ask("POST", "/", OWN).status_code == 403

    def test_knows_its_host_behind_a_proxy(self, ask: Ask, settings: Settings) -> None:
        settings.USE_X_FORWARDED_HOST = True
        assert ask("POST", "/", "https://public.example", x_forwarded_host="public.example").status_code == 200


class TestDebug:
    def test_is_off_whatever_django_says(self, ask: Ask, settings: Settings) -> None:
        settings.DEBUG = True
        assert ask.preflight("/", A, "DELET").content == b""
        assert b"Add it to" not in ask.preflight("/", B, "DELETE").content

    def test_tells_the_remedy_and_the_nearest(self, ask: Ask, settings: Settings) -> None:
        settings.CORS_DEBUG = True
        response = ask.preflight("/", A, "DELET")
        assert response.status_code == 200
        assert response["Access-Control-Allow-Origin"] == A
        assert response.content.decode().splitlines()[1:] == [
            "Add it to CORS_ALLOW_METHODS, in this spelling.",
            "The nearest that is allowed: 'DELETE'.",
        ]
        assert ask.preflight("/", A, "PUT").content == b""

    @pytest.mark.parametrize(
        ("path", "origin", "names", "remedy"),
        [
            ("/", B, "", b"Add it to CORS_ALLOWED_ORIGINS, "),
            ("/", A, "x-mine", b"Add them to CORS_ALLOW_HEADERS, "),
            ("/ruled/x", A, "", b'Add it to CORS_RULES["/ruled"]["allow_methods"], '),
            ("/function/", "https://partner.example", "x-mine", b"Add them to allow_headers, "),
        ],
    )
    def test_has_the_names_of_the_owner(
        self, ask: Ask, settings: Settings, path: str, origin: str, names: str, remedy: bytes
    ) -> None:
        settings.CORS_DEBUG = True
        settings.CORS_RULES = {"/ruled": {"allow_methods": []}}
        assert remedy in ask.preflight(path, origin, "PUT", names).content

    def test_tells_of_a_views_own_policy(self, ask: Ask, settings: Settings) -> None:
        settings.CORS_DEBUG = True
        assert (
            b"nearest that is allowed: 'https://partner.example'"
            in ask.preflight("/function/", "https://partners.example").content
        )
        assert (
            b"nearest that is allowed: 'https://partner.example'"
            in ask.get("/forbids/", "https://partners.example").content
        )


class TestLog:
    def test_has_one_line_for_a_refused_request(self, ask: Ask, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.INFO, "wsgicors")
        ask.get("/a%0D%0Ab", "https://b.example")
        ask.preflight("/", A, "PURGE")
        ask.get("/", A)
        ask.get("/")
        told = [record.getMessage() for record in caplog.records if record.name == "wsgicors"]
        assert told == [
            r"refused 'GET' '/a\r\nb': origin-not-allowed: The origin 'https://b.example' is not allowed here.",
            "refused 'OPTIONS' '/': method-not-allowed: The method 'PURGE' is not allowed here.",
        ]

    def test_has_none_for_the_projects_own_pages(self, ask: Ask, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.INFO, "wsgicors")
        ask("POST", "/", OWN)
        assert [record for record in caplog.records if record.name == "wsgicors"] == []


HOSTILE = ["\x00", "é", "\xff" * 9000, "," * 100_000, " ", "a" * 100_000, "\t,\t" * 3000, "https://[::1", "%00"]


@pytest.mark.parametrize("value", HOSTILE, ids=range(len(HOSTILE)))
def test_no_header_of_any_form_makes_it_raise(ask: Ask, value: str, settings: Settings) -> None:
    settings.CORS_ALLOWED_ORIGINS = [A, "https://*.a.example", "http://localhost:*"]
    settings.CORS_ALLOWED_ORIGIN_REGEXES = [r"https://[a-z]+\.b\.example"]
    assert ask.get("/", value).status_code == 200
    assert ask.preflight("/", value).status_code == 403
    assert ask.preflight("/", A, value).status_code in (200, 403)
    assert ask.preflight("/", A, "PUT", value).status_code in (200, 403)
    assert ask.preflight("/", A, access_control_request_private_network=value).status_code == 200
    assert ask("POST", "/", B, sec_fetch_site=value).status_code == 200


def test_faulty_settings_keep_the_project_from_starting(ask: Ask, settings: Settings) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://a.example/"]
    settings.CORS_PREFLIGHT_MAX_AGE = -1
    for is_async in (False, True):
        with pytest.raises(ImproperlyConfigured) as raised:
            middleware.CorsMiddleware(plain_async if is_async else plain)
        assert "'https://a.example/' in CORS_ALLOWED_ORIGINS ends in a slash." in str(raised.value)
        assert 'Write "https://a.example" instead.' in str(raised.value)
        assert "-1 for CORS_PREFLIGHT_MAX_AGE" in str(raised.value)


def plain(request: object) -> HttpResponse:
    raise AssertionError


async def plain_async(request: object) -> HttpResponse:
    raise AssertionError
