"""The app of origins in the database: its rows, cache and admin, and its behaviour without database or cache."""

import logging
from collections.abc import Iterator
from inspect import signature
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache, caches
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import DatabaseError, transaction
from django.test import Client
from pytest_django import Settings

from django_wsgicors.origins.models import AllowedOrigin
from django_wsgicors.origins.source import GENERATION, TableOrigins, allowed_origins, forget
from tests.clock import Clock
from tests.django.conftest import Ask
from wsgicors import CachedOrigins, OriginSource, Policy, PolicyError, Refusal
from wsgicors.origins import MAX_HOST, MAX_SCHEME
from wsgicors.patterns import OriginPattern

A = "https://a.example"
B = "https://b.example"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def source(clock: Clock) -> TableOrigins:
    return TableOrigins(
        keep_allowed=60, keep_refused=10, serve_stale=600, retry=5, clock=clock, monotonic=clock
    )  # fmt: skip


class Outage:
    """Makes the database, or the cache, fail until it ends; counts the database's queries."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self.asked = 0

    def of_database(self) -> None:
        def fail(*args: object, **kwargs: object) -> None:
            self.asked += 1
            raise DatabaseError("the database is down")

        self._monkeypatch.setattr(AllowedOrigin.objects, "filter", fail)

    def of_cache(self) -> None:
        def fail(*args: object, **kwargs: object) -> None:
            raise ConnectionError("the cache is down")

        for name in ("get_many", "get_or_set", "set"):
            self._monkeypatch.setattr(type(caches["default"]), name, fail)

    def end(self) -> None:
        self._monkeypatch.undo()


@pytest.fixture
def outage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Outage]:
    outage = Outage(monkeypatch)
    yield outage
    outage.end()


def add(pattern: str) -> AllowedOrigin:
    return AllowedOrigin.objects.create(pattern=pattern)


class TestRows:
    @pytest.mark.parametrize(
        ("pattern", "matched", "others"),
        [
            (A, [A], ["https://a.example:8443", "http://a.example", "https://x.a.example"]),
            (
                "https://*.a.example",
                ["https://x.a.example", "https://x.y.a.example"],
                [A, "https://x.a.example:1", "https://xa.example"],
            ),
            ("https://*.a.example:*", ["https://x.a.example", "https://x.a.example:1"], ["https://a.example:1"]),
            ("https://*.a.example:8443", ["https://x.a.example:8443"], ["https://x.a.example"]),
            ("http://localhost:*", ["http://localhost", "http://localhost:3000"], ["https://localhost:3000"]),
            ("http://127.0.0.1:*", ["http://127.0.0.1:8000"], ["http://127.0.0.2:8000"]),
            ("http://[::1]:3000", ["http://[::1]:3000"], ["http://[::1]:3001"]),
        ],
    )
    def test_match_as_the_cores_patterns_do(
        self, source: TableOrigins, pattern: str, matched: list[str], others: list[str]
    ) -> None:
        row = add(pattern)
        row.full_clean()
        assert str(row) == pattern
        for origin in (*matched, *others):
            assert (origin in source) is OriginPattern.parse(pattern).matches(origin) is (origin in matched)

    @pytest.mark.parametrize(
        ("pattern", "code", "told"),
        [
            ("https://a.example/", "origin-trailing-slash", 'Write "https://a.example" instead.'),
            ("a.example", "origin-scheme-missing", "'a.example' in the table of origins has no scheme"),
            (
                "https://*.co.uk",
                "file-member",
                "'https://*.co.uk' in the table of origins: a list kept apart from the policy",
            ),
            ("*", "file-member", "holds single origins"),
            ("null", "file-member", "holds single origins"),
        ],
    )
    def test_are_validated_by_the_core(self, pattern: str, code: str, told: str) -> None:
        with pytest.raises(ValidationError) as raised:
            AllowedOrigin(pattern=pattern).full_clean()
        (error,) = raised.value.error_dict["pattern"]
        assert error.code == code
        assert told in str(error.message)

    def test_are_long_enough_for_the_longest_pattern(self) -> None:
        longest = "a" * MAX_SCHEME + "://" + ("b" * 63 + ".") * 3 + "c" * (MAX_HOST - 64 * 3) + ":65535"
        AllowedOrigin(pattern=longest).full_clean()

    def test_are_migrated(self) -> None:
        call_command("makemigrations", "--check", "--dry-run", "cors_origins", stdout=StringIO())


class TestSource:
    def test_is_an_origin_source(self) -> None:
        assert isinstance(allowed_origins, OriginSource)
        assert repr(allowed_origins) == "TableOrigins()"
        with pytest.raises(PolicyError):
            TableOrigins(retry=-1)

    def test_asks_the_database_once_while_an_answer_is_kept(
        self, source: TableOrigins, clock: Clock, django_assert_num_queries: Any
    ) -> None:
        add(A)
        with django_assert_num_queries(2):
            for _ in range(3):
                assert A in source
                assert B not in source
        clock.now += 10
        with django_assert_num_queries(1):
            assert A in source
            assert B not in source
        clock.now += 50
        with django_assert_num_queries(1):
            assert A in source

    def test_shares_its_answers_with_other_machines(
        self, source: TableOrigins, clock: Clock, django_assert_num_queries: Any
    ) -> None:
        add(A)
        assert A in source
        with django_assert_num_queries(0):
            assert A in TableOrigins(clock=clock)

    def test_forgets_when_a_row_is_saved_or_deleted(self, source: TableOrigins) -> None:
        assert A not in source
        row = add(A)
        assert A in source
        row.pattern = B
        row.save()
        assert A not in source
        assert B in source
        row.delete()
        assert B not in source

    def test_forgets_when_the_transaction_is_over(self, source: TableOrigins) -> None:
        with transaction.atomic():
            before = cache.get(GENERATION)
            add(A)
            assert cache.get(GENERATION) == before
        assert cache.get(GENERATION) != before

    def test_forgets_when_it_is_told_to(self, source: TableOrigins) -> None:
        add(A)
        assert A in source
        AllowedOrigin.objects.update(pattern=B)
        assert A in source
        forget()
        assert A not in source

    def test_believes_no_answer_of_an_older_generation(
        self, source: TableOrigins, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A row that is deleted between the database query and the write to the cache."""
        row = add(A)

        class Asked:
            def values_list(self, *_: str, **__: bool) -> list[str]:
                row.delete()
                return [A]

        monkeypatch.setattr(AllowedOrigin.objects, "filter", lambda **_: Asked())
        assert A in source
        monkeypatch.undo()
        assert A not in source

    def test_lets_rows_be_saved_while_the_cache_is_down(self, outage: Outage, caplog: pytest.LogCaptureFixture) -> None:
        outage.of_cache()
        add(A)
        outage.end()
        assert "the cache is down" in caplog.text
        assert AllowedOrigin.objects.count() == 1


class TestClockSteps:
    """The machine's clock is set forward or back; the monotonic clock, and time, continue."""

    @pytest.mark.parametrize("step", [-1e6, -3600, -61, 0, 3600, 1e6])
    def test_keep_no_answer_longer_than_it_is_kept(self, step: float) -> None:
        clock, monotonic = Clock(), Clock()
        source = TableOrigins(keep_allowed=60, keep_refused=10, retry=5, clock=clock, monotonic=monotonic)
        add(A)
        assert A in source
        assert B not in source
        AllowedOrigin.objects.update(pattern=B)  # sends no signal
        monotonic.now += 60
        clock.now += 60 + step
        assert A not in source
        assert B in source


class TestStrangers:
    def test_leave_the_projects_cache_alone(self, source: TableOrigins, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("django_wsgicors.origins.source.MOST_REFUSED", 20)
        assert "https://first.example" not in source
        before = set(cache._cache)  # type: ignore[attr-defined]
        for number in range(300):
            assert f"https://x{number}.example" not in source
        assert set(cache._cache) == before  # type: ignore[attr-defined]
        assert len(source._refused) <= 20

    def test_are_asked_about_again_when_a_row_comes(self, source: TableOrigins) -> None:
        assert A not in source
        add(A)
        assert A in source
        assert A in TableOrigins()

    def test_have_their_own_cache_where_one_is_named(self, settings: Settings) -> None:
        other = "django.core.cache.backends.locmem.LocMemCache"
        settings.CACHES = {**settings.CACHES, "origins": {"BACKEND": other, "LOCATION": "origins"}}
        settings.CORS_ORIGINS_CACHE = "origins"
        add(A)
        assert A in TableOrigins()
        assert cache.get(GENERATION) is None
        assert caches["origins"].get(GENERATION) is not None


class TestUnsafeRows:
    def test_allow_nobody(self, source: TableOrigins, caplog: pytest.LogCaptureFixture) -> None:
        add("https://*.co.uk")
        add("https://b.example")
        assert "https://a.co.uk" not in source
        assert "a row of the table of origins is ignored: 'https://*.co.uk' in" in caplog.text
        assert B in source

    @pytest.mark.parametrize("refused", ["http://a.example", "http://*.a.example"])
    def test_are_refused_by_the_form_where_cookies_are_allowed(self, settings: Settings, refused: str) -> None:
        settings.CORS_ORIGIN_SOURCE = "django_wsgicors.origins.source.allowed_origins"
        AllowedOrigin(pattern=refused).full_clean()
        settings.CORS_ALLOW_CREDENTIALS = True
        with pytest.raises(ValidationError, match=r"the table of origins with CORS_ALLOW_CREDENTIALS[: ]"):
            AllowedOrigin(pattern=refused).full_clean()
        AllowedOrigin(pattern="http://localhost:*").full_clean()
        settings.CORS_DANGEROUSLY_ALLOW = ["insecure-origin"]
        AllowedOrigin(pattern=refused).full_clean()


class TestOutage:
    def test_of_the_database_leaves_known_origins_allowed_for_a_time(
        self, source: TableOrigins, clock: Clock, outage: Outage, caplog: pytest.LogCaptureFixture
    ) -> None:
        add(A)
        assert A in source
        assert B not in source
        outage.of_database()
        assert A in source
        clock.now += 60 + 599
        assert A in source
        assert "https://c.example" not in source
        assert Policy(allow_origins=source).actual("https://c.example").refusal is Refusal.SOURCE_FAILED
        assert B not in source
        clock.now += 600
        assert A not in source
        assert "the database is down" in caplog.text

    def test_of_the_database_is_not_made_worse(self, source: TableOrigins, clock: Clock, outage: Outage) -> None:
        add(A)
        assert A in source
        outage.of_database()
        clock.now += 60
        for _ in range(3):
            assert A in source
            assert A in TableOrigins(clock=clock)
        assert outage.asked == 1
        clock.now += 5
        assert A in source
        assert outage.asked == 2

    def test_of_the_database_ends(self, source: TableOrigins, clock: Clock, outage: Outage) -> None:
        row = add(A)
        assert A in source
        outage.of_database()
        clock.now += 60
        assert A in source
        outage.end()
        clock.now += 5
        row.delete()
        assert A not in source

    def test_of_the_cache_leaves_known_origins_allowed_for_a_time(
        self, source: TableOrigins, clock: Clock, outage: Outage
    ) -> None:
        add(A)
        add(B)
        assert A in source
        outage.of_cache()
        assert A in source
        assert B not in source
        clock.now += 599
        assert A in source
        clock.now += 600
        assert A not in source

    def test_of_the_cache_ends(self, source: TableOrigins, clock: Clock, outage: Outage) -> None:
        add(A)
        add(B)
        outage.of_cache()
        assert B not in source
        outage.end()
        clock.now += 5
        assert B in source


class TestProject:
    @pytest.fixture(autouse=True)
    def _settings(self, settings: Settings) -> None:
        settings.CORS_ORIGIN_SOURCE = "django_wsgicors.origins.source.allowed_origins"
        settings.CORS_ALLOW_CREDENTIALS = True

    def test_lets_in_what_the_table_holds(self, ask: Ask) -> None:
        add(A)
        response = ask.get("/", A)
        assert response["Access-Control-Allow-Origin"] == A
        assert response["Access-Control-Allow-Credentials"] == "true"
        assert ask.preflight("/", A).status_code == 200
        assert "Access-Control-Allow-Origin" not in ask.get("/", B)
        assert ask.preflight("/", B).status_code == 403

    def test_does_not_take_cookies_over_plain_http(self, ask: Ask) -> None:
        add("http://a.example")
        assert "Access-Control-Allow-Origin" not in ask.get("/", "http://a.example")

    def test_of_a_view_asks_the_table(self, ask: Ask, settings: Settings) -> None:
        del settings.CORS_ORIGIN_SOURCE  # it would have queried already
        settings.ROOT_URLCONF = "tests.django.table_urls"
        add(A)
        assert ask.get("/own/", A)["Access-Control-Allow-Origin"] == A
        cache.clear()
        assert ask.preflight("/own/", A).status_code == 204
        cache.clear()
        settings.MIDDLEWARE = ["django_wsgicors.CorsMiddleware", "tests.django.views.early"]
        early = Ask(is_async=ask.is_async).get("/own/?early", A)
        assert early.status_code == 429
        assert early["Access-Control-Allow-Origin"] == A

    def test_answers_while_the_database_is_down(
        self, ask: Ask, outage: Outage, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.INFO, "wsgicors")
        outage.of_database()
        assert ask.get("/", "https://never-seen.example").content == b"plain"
        assert ask.preflight("/", "https://never-seen-either.example").status_code == 403


class TestAdmin:
    @pytest.fixture
    def client(self) -> Client:
        client = Client()
        client.force_login(User.objects.create_superuser("admin", password="admin"))
        return client

    def test_shows_the_problem_and_its_remedy(self, client: Client) -> None:
        response = client.post("/admin/cors_origins/allowedorigin/add/", {"pattern": "https://A.example/", "note": ""})
        assert response.status_code == 200
        assert "Write &quot;https://a.example&quot; instead." in response.content.decode()
        assert not AllowedOrigin.objects.exists()

    def test_saves_and_lists(self, client: Client) -> None:
        response = client.post("/admin/cors_origins/allowedorigin/add/", {"pattern": A, "note": "a partner's"})
        assert response.status_code == 302
        listed = client.get("/admin/cors_origins/allowedorigin/?q=partner").content.decode()
        assert A in listed
        assert "a partner&#x27;s" in listed


def test_the_times_are_those_of_cached_origins() -> None:
    names = ("keep_allowed", "keep_refused", "serve_stale", "retry")
    own, core = (
        {name: signature(kind).parameters[name].default for name in names} for kind in (TableOrigins, CachedOrigins)
    )
    assert own == core
