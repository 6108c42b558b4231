"""The system checks: their ids, their messages, and the places of their documentation."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import pytest
from django.apps import apps
from django.core.checks import CheckMessage, run_checks
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.test import override_settings

from django_wsgicors._checks import ID, WARNINGS, check_settings
from wsgicors import Policy
from wsgicors.problems import page_of

ROOT = Path(__file__).parents[2]

A = "https://a.example"
CORS = "django_wsgicors.CorsMiddleware"
CSRF = "django.middleware.csrf.CsrfViewMiddleware"
SESSIONS = "django.contrib.sessions.middleware.SessionMiddleware"

SHARED = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://localhost"}}
QUIET = {
    "ROOT_URLCONF": "tests.django.plain_urls",
    "MIDDLEWARE": [CORS],
    "CORS_ALLOWED_ORIGINS": [A],
    "CACHES": SHARED,
}


def found(*, deploy: bool = False, **settings: Any) -> dict[str, CheckMessage]:
    """Our messages from `manage.py check`, by their ids without the common prefix."""
    with override_settings(**{**QUIET, **settings}):
        messages = run_checks(tags=["security"], include_deployment_checks=deploy)
    ours = [message for message in messages if str(message.id).startswith(ID)]
    assert len({message.id for message in ours}) == len(ours)
    return {str(message.id).removeprefix(ID): message for message in ours}


def test_nothing_is_wrong_with_good_settings() -> None:
    assert found() == {}
    assert found(deploy=True) == {}


class TestErrors:
    def test_are_problems_with_their_remedy(self) -> None:
        (message,) = found(CORS_ALLOWED_ORIGINS=["https://a.example/"]).values()
        assert message.is_serious()
        assert message.id == "django_wsgicors.origin-trailing-slash"
        assert message.msg.startswith("'https://a.example/' in CORS_ALLOWED_ORIGINS ends in a slash.")
        assert message.hint == f'Write "https://a.example" instead. See {page_of("origin-trailing-slash")}'

    def test_fail_the_command(self) -> None:
        told = pytest.raises(SystemCheckError, match="CORS_ALLOW_ALL_ORIGINS = True with CORS_ALLOW_CREDENTIALS")
        with told, override_settings(CORS_ALLOW_ALL_ORIGINS=True, CORS_ALLOW_CREDENTIALS=True):
            call_command("check")

    def test_leave_nothing_else_to_be_said_of_the_policies(self) -> None:
        messages = found(deploy=True, CORS_ALLOWED_ORIGINS=["a"], MIDDLEWARE=[SESSIONS])
        assert messages.keys() == {"origin-scheme-missing", "middleware-missing"}


class TestUnknownSettings:
    def test_no_other_name_of_a_setting_that_is_given_is_proposed(self) -> None:
        (message,) = found(CORS_ORIGINS_WHITELIST=[A]).values()  # CORS_ORIGIN_WHITELIST is CORS_ALLOWED_ORIGINS
        assert message.hint is not None
        assert message.hint.startswith("The settings are ")

    def test_are_warned_of(self) -> None:
        (message,) = found(CORS_ALLOW_HEADER=["X-Mine"]).values()
        assert not message.is_serious()
        assert message.msg == "There is no setting 'CORS_ALLOW_HEADER'. It is ignored."
        assert message.hint is not None
        assert message.hint.startswith('Write "CORS_ALLOW_HEADERS" instead.')
        assert "The settings are" not in message.hint
        assert message.hint.endswith("/errors/unknown-setting.html")

    def test_may_be_asked_for_alone(self) -> None:
        with override_settings(CORS_MODEL="x"):
            assert [message.id for message in check_settings()] == ["django_wsgicors.removed-setting"]


class TestMiddlewareOrder:
    @pytest.mark.parametrize(
        ("above", "settings"),
        [
            ("django.middleware.common.CommonMiddleware", {}),
            ("django.middleware.security.SecurityMiddleware", {"SECURE_SSL_REDIRECT": True}),
            ("django.middleware.locale.LocaleMiddleware", {}),
            ("django.middleware.http.ConditionalGetMiddleware", {}),
            ("django.contrib.auth.middleware.AuthenticationMiddleware", {}),
            ("django.contrib.auth.middleware.LoginRequiredMiddleware", {}),
            ("django.contrib.auth.middleware.PersistentRemoteUserMiddleware", {}),
            ("whitenoise.middleware.WhiteNoiseMiddleware", {}),
            ("tests.django.test_checks.Common", {}),
        ],
    )
    def test_matters_where_something_answers_first(self, above: str, settings: Mapping[str, Any]) -> None:
        messages = found(MIDDLEWARE=[above, CORS], **settings)
        assert messages.keys() == {"middleware-order"}
        assert messages["middleware-order"].msg.startswith(f"CorsMiddleware stands below {above}, which ")
        assert found(MIDDLEWARE=[CORS, above], **settings) == {}

    @pytest.mark.parametrize(
        "above", ["django.middleware.security.SecurityMiddleware", SESSIONS, "tests.django.test_checks.function"]
    )
    def test_does_not_matter_otherwise(self, above: str) -> None:
        assert found(MIDDLEWARE=[above, "tests.django.test_checks.Cors"]) == {}


def function(get_response: object) -> object:
    return get_response


from django.middleware.common import CommonMiddleware  # noqa: E402

from django_wsgicors import CorsMiddleware  # noqa: E402


class Common(CommonMiddleware):
    """A project's own."""


class Cors(CorsMiddleware):
    """A project's own."""


class TestMiddleware:
    def test_is_missing(self) -> None:
        assert found(MIDDLEWARE=[]).keys() == {"middleware-missing"}

    @pytest.mark.parametrize(
        "middleware",
        [
            ["corsheaders.middleware.CorsMiddleware", CORS],
            [CORS, "corsheaders.middleware.CorsMiddleware"],
        ],
    )
    def test_of_django_cors_headers_is_there_too(self, middleware: list[str]) -> None:
        (message,) = found(MIDDLEWARE=middleware).values()
        assert message.id == "django_wsgicors.middleware-twice"
        assert "with corsheaders.middleware.CorsMiddleware:" in message.msg

    def test_is_there_twice(self) -> None:
        (message,) = found(MIDDLEWARE=[CORS, "tests.django.test_checks.Cors"]).values()
        assert "with tests.django.test_checks.Cors:" in message.msg


class Hooked(CorsMiddleware):
    """A project's own, written for django-cors-headers."""

    def origin_found_in_white_lists(self, origin: str, url: object) -> bool:
        return True


class TestLeftovers:
    def test_of_the_other_middleware_are_warned_of(self) -> None:
        (message,) = found(MIDDLEWARE=["tests.django.test_checks.Hooked"]).values()
        assert message.id == "django_wsgicors.middleware-hooks"
        assert "overrides origin_found_in_white_lists of" in message.msg

    @pytest.mark.parametrize(
        ("line", "told"),
        [
            ("from corsheaders.conf import conf", "imports corsheaders.conf"),
            ("settings.CORS_ALLOWED_ORIGINS += [x]", "changes settings.CORS_ALLOWED_ORIGINS"),
            ("settings.CORS_ALLOWED_ORIGINS.append(x)", "changes settings.CORS_ALLOWED_ORIGINS"),
            ("settings.CORS_ALLOW_ALL_ORIGINS = True", "changes settings.CORS_ALLOW_ALL_ORIGINS"),
            ("if settings.CORS_ALLOW_ALL_ORIGINS == True: pass", ""),
        ],
    )
    def test_in_the_projects_code_are_warned_of(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, told: str
    ) -> None:
        name = f"shop_{abs(hash(line))}"
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("", "utf-8")
        (tmp_path / name / "later.py").write_text(line + "\n", "utf-8")
        (tmp_path / name / "folder.py").mkdir()
        (tmp_path / name / ".#later.py").symlink_to("me@machine.4711")  # as Emacs locks a file
        monkeypatch.syspath_prepend(tmp_path)
        from django.conf import settings

        messages = list(found(INSTALLED_APPS=[*settings.INSTALLED_APPS, name]).values())
        assert [message.msg for message in messages if told not in message.msg] == []
        assert [message.id for message in messages] == (["django_wsgicors.corsheaders-conf"] if told else [])


class TestUrlsRegex:
    @pytest.mark.parametrize(
        ("regex", "instead"),
        [
            ("^api/.*$", "^/api/.*$"),
            ("api", "^/api"),
            ("^/api/", ""),
            ("^(https?://)?.*/api/", ""),
            ("a?/x", ""),
            ("a|/x", ""),
        ],
    )
    def test_that_matches_no_path_is_warned_of(self, regex: str, instead: str) -> None:
        messages = found(CORS_URLS_REGEX=regex)
        assert messages.keys() == ({"urls-regex"} if instead else set())
        assert all(f'Write CORS_URLS_REGEX = "{instead}".' in str(message.hint) for message in messages.values())


class TestCache:
    @pytest.mark.parametrize(
        ("backend", "told"),
        [
            ("django.core.cache.backends.locmem.LocMemCache", "each process has to itself"),
            ("django.core.cache.backends.dummy.DummyCache", "keeps nothing"),
        ],
    )
    def test_of_the_table_is_shared(self, backend: str, told: str) -> None:
        caches = {**SHARED, "own": {"BACKEND": backend}}
        (message,) = found(CACHES=caches, CORS_ORIGINS_CACHE="own").values()
        assert message.id == "django_wsgicors.origins-cache"
        assert told in message.msg
        assert found(CACHES=caches) == {}

    def test_of_the_table_is_there(self) -> None:
        (message,) = found(CORS_ORIGINS_CACHE="none").values()
        assert message.msg == 'The table of origins uses the cache "none", which is not in CACHES.'

    def test_is_no_matter_without_the_table(self) -> None:
        from django.conf import settings

        installed = [app for app in settings.INSTALLED_APPS if app != "django_wsgicors.origins"]
        assert found(CORS_ORIGINS_CACHE="none", INSTALLED_APPS=installed) == {}


def test_a_silenced_problem_still_stops_the_start() -> None:
    silenced = ["django_wsgicors.origin-trailing-slash"]
    messages = found(CORS_ALLOWED_ORIGINS=[A + "/"], SILENCED_SYSTEM_CHECKS=silenced)
    assert messages["silenced"].is_serious()
    assert "holds django_wsgicors.origin-trailing-slash, but the project does not start" in messages["silenced"].msg


class TestUrlconf:
    OTHER = "tests.django.views.OtherHost"

    def test_of_a_middleware_below_is_warned_of(self) -> None:
        (message,) = found(MIDDLEWARE=[CORS, self.OTHER]).values()
        assert message.id == "django_wsgicors.urlconf-middleware"
        assert message.msg.startswith("tests.django.views.OtherHost sets request.urlconf,")

    @pytest.mark.parametrize(
        "settings",
        [
            {"MIDDLEWARE": [OTHER, CORS]},
            {"MIDDLEWARE": [CORS, OTHER], "CORS_URLCONF": lambda request: None},
            {"MIDDLEWARE": [CORS, "tests.django.views.EarlyAtView"]},
            {"MIDDLEWARE": [CORS, "tests.django.test_checks.sourceless"]},
            {"MIDDLEWARE": [CORS, "no.such.middleware"]},
            {"MIDDLEWARE": [CORS, *map("django.{}.LocaleMiddleware".format, ["middleware.locale"])]},
        ],
    )
    def test_is_known_otherwise(self, settings: Mapping[str, Any]) -> None:
        assert found(**settings) == {}

    def test_of_published_middleware_is_known_by_its_name(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("django_wsgicors._routing.REROUTING", frozenset({"tests.django.test_checks.sourceless"}))
        assert found(MIDDLEWARE=[CORS, "tests.django.test_checks.sourceless"]).keys() == {"urlconf-middleware"}


sourceless = type("sourceless", (), {"__call__": function})
"""A middleware whose source cannot be read."""


class TestCsrf:
    CREDENTIALS: ClassVar = {"CORS_ALLOW_CREDENTIALS": True, "MIDDLEWARE": [CORS, CSRF], "CSRF_COOKIE_SAMESITE": "None"}

    @pytest.mark.parametrize(
        ("origins", "trusted", "missing"),
        [
            ([A], [], [A]),
            ([A, "https://b.example"], ["https://b.example"], [A]),
            ([A], ["https://*.example"], []),
            (["https://x.a.example"], ["https://*.a.example"], []),
            (["https://a.example:8443"], ["https://*.a.example:8443", "http://*.a.example:8443"], []),
            (["https://xa.example"], ["https://*.a.example"], ["https://xa.example"]),
            ([A], ["http://*.example"], [A]),
            (["https://*.a.example"], [], ["https://*.a.example"]),
            (["https://*.a.example"], ["https://*.a.example"], []),
            (["http://localhost:*"], [], []),
        ],
    )
    def test_trusts_the_origins_that_send_cookies(
        self, origins: list[str], trusted: list[str], missing: list[str]
    ) -> None:
        messages = found(**self.CREDENTIALS, CORS_ALLOWED_ORIGINS=origins, CSRF_TRUSTED_ORIGINS=trusted)
        quoted = ", ".join(f'"{origin}"' for origin in missing)
        hints = [f"Add to CSRF_TRUSTED_ORIGINS: {quoted}. See {page_of('csrf-trusted-origins')}"] if missing else []
        assert [message.hint for message in messages.values()] == hints
        assert messages.keys() == ({"csrf-trusted-origins"} if missing else set())

    def test_is_no_matter_without_credentials_or_protection(self) -> None:
        assert found(**{**self.CREDENTIALS, "CORS_ALLOW_CREDENTIALS": False}) == {}
        assert found(**{**self.CREDENTIALS, "MIDDLEWARE": [CORS]}) == {}

    def test_knows_no_regular_expression_and_no_source(self) -> None:
        assert found(
            **self.CREDENTIALS,
            CORS_ALLOWED_ORIGINS=[],
            CORS_ALLOWED_ORIGIN_REGEXES=[r"https://\w+\.a\.example"],
            CORS_ORIGIN_SOURCE="tests.django.test_settings.source",
        ) == {}  # fmt: skip

    def test_counts_rules_and_views(self) -> None:
        rules = {"/api": {"allowed_origins": [A], "allow_credentials": True}}
        settings = {"MIDDLEWARE": [CORS, CSRF], "CSRF_COOKIE_SAMESITE": "None"}
        assert found(**settings, CORS_RULES=rules).keys() == {"csrf-trusted-origins"}
        messages = found(**settings, ROOT_URLCONF="tests.django.credential_urls")
        assert '"https://of-a-view.example"' in messages["csrf-trusted-origins"].msg

    def test_of_a_project_without_urls(self) -> None:
        from django.conf import settings

        with override_settings(**QUIET, CORS_ALLOW_CREDENTIALS=True):
            del settings.ROOT_URLCONF
            assert ID + "cookie-samesite" not in [message.id for message in run_checks(tags=["security"])]


class TestCookies:
    @pytest.mark.parametrize("value", ["Lax", "Strict"])
    @pytest.mark.parametrize(("cookie", "needed"), [("SESSION_COOKIE", SESSIONS), ("CSRF_COOKIE", CSRF)])
    def test_stay_away_from_pages_of_another_site(self, value: str, cookie: str, needed: str) -> None:
        settings = {"CORS_ALLOW_CREDENTIALS": True, "CSRF_TRUSTED_ORIGINS": [A], f"{cookie}_SAMESITE": value}
        (message,) = found(**settings, MIDDLEWARE=[CORS, needed]).values()
        assert message.id == "django_wsgicors.cookie-samesite"
        assert f'{cookie}_SAMESITE is "{value}": browsers do not send' in message.msg
        assert message.hint is not None
        assert message.hint.startswith(f'Write {cookie}_SAMESITE = "None" and {cookie}_SECURE = True.')
        assert found(**settings, MIDDLEWARE=[CORS]) == {}
        assert found(**{**settings, "CORS_ALLOW_CREDENTIALS": False}, MIDDLEWARE=[CORS, needed]) == {}

    def test_go_to_pages_of_the_same_machine(self) -> None:
        settings = {"CORS_ALLOW_CREDENTIALS": True, "MIDDLEWARE": [CORS, SESSIONS]}
        assert found(**settings, CORS_ALLOWED_ORIGINS=["http://localhost:3000", "http://127.0.0.1:*"]) == {}
        assert found(
            **settings, CORS_ALLOWED_ORIGIN_REGEXES=[r"https://\w+\.a\.example"], CORS_ALLOWED_ORIGINS=[]
        ).keys() == {"cookie-samesite"}

    def test_go_with_everything_where_they_are_told_to(self) -> None:
        assert found(CORS_ALLOW_CREDENTIALS=True, SESSION_COOKIE_SAMESITE="None", MIDDLEWARE=[CORS, SESSIONS]) == {}


class TestDeployment:
    def test_warns_of_everybody(self) -> None:
        (message,) = found(deploy=True, CORS_RULES={"/api": {"allow_all_origins": True}}).values()
        assert message.msg == "/api: every site on the web may read the answers."
        (message,) = found(deploy=True, CORS_ALLOW_ALL_ORIGINS=True, CORS_URLS_REGEX="^/api/").values()
        assert message.msg == "paths that match ^/api/: every site on the web may read the answers."

    def test_does_not_while_developing(self) -> None:
        assert found(CORS_ALLOW_ALL_ORIGINS=True) == {}
        assert found(deploy=True, CORS_ALLOW_ALL_ORIGINS=True, DEBUG=True) == {}
        assert found(deploy=True, CORS_RULES={"/api": Policy(allow_origins=[A])}) == {}


@pytest.mark.parametrize("name", WARNINGS)
def test_every_warning_is_told_of_in_the_guide(name: str) -> None:
    guide = (ROOT / "docs" / "migrating-from-django-cors-headers.md").read_text("utf-8")
    assert name in re.findall(r"^#+ `?([a-z0-9-]+)`?$", guide, re.MULTILINE)


def test_the_app_has_a_name_for_people() -> None:
    assert apps.get_app_config("django_wsgicors").verbose_name == "CORS"
