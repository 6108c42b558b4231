"""How the settings are read: names, aliases, defaults, rules, paths, and every problem with the owner's names."""

import re
from collections.abc import Mapping
from typing import Any

import pytest
from django.test import override_settings
from pytest_django import Settings

from django_wsgicors import default_headers, default_methods
from django_wsgicors._names import KNOWN, SPELLINGS
from django_wsgicors._project import asks_elsewhere, environ_path, project, read
from tests.django.conftest import Ask
from wsgicors import Policy
from wsgicors.rules import members_of

A = "https://a.example"
B = "https://b.example"


class Source:
    """An OriginSource of one origin."""

    def __contains__(self, origin: str) -> bool:
        return origin == B


source = Source()
listed = [B]


def policy(**settings: Any) -> Policy:
    """The policy of the settings for every path."""
    with override_settings(**settings):
        (only,) = members_of(project().default)
        return only


def told(**settings: Any) -> list[tuple[str, str, str]]:
    """Code, message and remedy of each problem in the settings."""
    with override_settings(**settings):
        compiled, problems, _ = read()
        assert compiled is None
        return [(problem.code, problem.message, problem.remedy) for problem in problems]


class TestDefaults:
    def test_are_those_of_django_cors_headers(self) -> None:
        assert policy(CORS_ALLOWED_ORIGINS=[A]) == Policy(
            allow_origins=[A],
            allow_methods=["DELETE", "GET", "OPTIONS", "PATCH", "POST", "PUT"],
            allow_headers=["accept", "authorization", "content-type", "user-agent", "x-csrftoken", "x-requested-with"],
            max_age=86400,
            preflight_status=200,
        )

    def test_can_be_extended(self) -> None:
        extended = policy(
            CORS_ALLOW_HEADERS=(*default_headers, "x-mine"), CORS_ALLOW_METHODS=(*default_methods, "PURGE")
        )
        assert extended.allow_headers[-1] == "x-mine"
        assert extended.allow_methods[-1] == "PURGE"

    @pytest.mark.parametrize("settings", [{}, {"CORS_ALLOWED_ORIGINS": []}, {"CORS_ALLOWED_ORIGIN_REGEXES": ()}])
    def test_let_nobody_in(self, settings: Mapping[str, Any]) -> None:
        nobody = policy(**settings)
        assert not nobody.actual(A).allowed
        assert nobody.actual(None).vary == ("Origin",)
        assert not asks_elsewhere(nobody)


class TestEverySetting:
    def test_is_read(self) -> None:
        assert policy(
            CORS_ALLOWED_ORIGINS=[A],
            CORS_ALLOWED_ORIGIN_REGEXES=[re.compile(r"https://[0-9]+\.c\.example")],
            CORS_ALLOW_METHODS=["PUT"],
            CORS_ALLOW_HEADERS=["X-Mine"],
            CORS_EXPOSE_HEADERS=["X-Total"],
            CORS_PREFLIGHT_MAX_AGE=60,
            CORS_ALLOW_CREDENTIALS=True,
            CORS_ALLOW_PRIVATE_NETWORK=True,
            CORS_REFUSE="forbid",
        ) == Policy(
            allow_origins=[A, re.compile(r"https://[0-9]+\.c\.example")],
            allow_methods=["PUT"],
            allow_headers=["X-Mine"],
            expose_headers=["X-Total"],
            max_age=60,
            allow_credentials=True,
            allow_private_network=True,
            refuse="forbid",
            preflight_status=200,
        )

    def test_is_known(self) -> None:
        assert set(KNOWN) >= {
            "CORS_ALLOWED_ORIGINS", "CORS_ALLOWED_ORIGIN_REGEXES", "CORS_ALLOW_ALL_ORIGINS", "CORS_URLS_REGEX",
            "CORS_ALLOW_METHODS", "CORS_ALLOW_HEADERS", "CORS_EXPOSE_HEADERS", "CORS_PREFLIGHT_MAX_AGE",
            "CORS_ALLOW_CREDENTIALS", "CORS_ALLOW_PRIVATE_NETWORK", "CORS_ORIGIN_WHITELIST",
            "CORS_ORIGIN_REGEX_WHITELIST", "CORS_ORIGIN_ALLOW_ALL", "CORS_RULES", "CORS_REFUSE", "CORS_DEBUG",
            "CORS_ORIGIN_SOURCE",
        }  # fmt: skip

    def test_that_says_everybody_wins(self) -> None:
        assert policy(CORS_ALLOW_ALL_ORIGINS=True, CORS_ALLOWED_ORIGINS=[A]).allow_origins == ("*",)
        assert policy(CORS_ALLOW_ALL_ORIGINS=False, CORS_ALLOWED_ORIGINS=[A]).allow_origins == (A,)
        assert policy(CORS_ALLOWED_ORIGINS="*").allow_origins == ("*",)
        assert policy(CORS_ALLOWED_ORIGINS=["*"]).allow_origins == ("*",)

    def test_of_seconds_sends_none_for_zero(self) -> None:
        assert policy(CORS_PREFLIGHT_MAX_AGE=0).max_age is None
        assert policy(CORS_PREFLIGHT_MAX_AGE=None).max_age is None


class TestOldNames:
    def test_are_read(self) -> None:
        assert policy(CORS_ORIGIN_WHITELIST=[A]).allow_origins == (A,)
        assert policy(CORS_ORIGIN_ALLOW_ALL=True).allow_origins == ("*",)
        assert policy(CORS_ORIGIN_REGEX_WHITELIST=[r"https://\w+\.c\.example"]).actual("https://x.c.example").allowed

    def test_yield_to_the_new_ones(self) -> None:
        assert policy(CORS_ALLOWED_ORIGINS=[A], CORS_ORIGIN_WHITELIST=[B]).allow_origins == (A,)
        assert policy(CORS_ALLOW_ALL_ORIGINS=False, CORS_ORIGIN_ALLOW_ALL=True).allow_origins != ("*",)

    def test_are_named_in_problems(self) -> None:
        ((_, message, _),) = told(CORS_ORIGIN_WHITELIST=["a.example"])
        assert message == "'a.example' in CORS_ORIGIN_WHITELIST has no scheme, and browsers always send one."


class TestRegularExpressions:
    @pytest.mark.parametrize("regex", [r"^https://\w+\.c\.example", re.compile(r"https://\w+\.c\.example$")])
    def test_match_whole(self, regex: object) -> None:
        matched = policy(CORS_ALLOWED_ORIGIN_REGEXES=[regex])
        assert matched.actual("https://x.c.example").allowed
        assert not matched.actual("https://x.c.example.evil.net").allowed

    def test_that_do_not_compile_are_told(self) -> None:
        assert told(CORS_ALLOWED_ORIGIN_REGEXES=["https://("]) == [
            (
                "regex-invalid",
                (
                    "The regular expression 'https://(' in CORS_ALLOWED_ORIGIN_REGEXES does not compile: missing ), "
                    "unterminated subpattern at position 8."
                ),
                "Correct it: re.compile has to accept it.",
            )
        ]

    def test_that_are_unsafe_are_told_by_their_own_setting(self) -> None:
        (problem, other) = told(CORS_ALLOWED_ORIGINS=[A + "/"], CORS_ALLOWED_ORIGIN_REGEXES=[r"https://www.c\.example"])
        assert problem[1].startswith("'https://a.example/' in CORS_ALLOWED_ORIGINS ends in a slash.")
        assert other[1].startswith(
            r"The regular expression 'https://www.c\\.example' in CORS_ALLOWED_ORIGIN_REGEXES has an"
        )

    def test_are_texts_or_compiled(self) -> None:
        ((code, message, remedy),) = told(CORS_ALLOWED_ORIGIN_REGEXES=[3])
        assert code == "wrong-type"
        assert message == "CORS_ALLOWED_ORIGIN_REGEXES cannot hold 3, which is of type int."
        assert remedy == "It takes regular expressions, as texts or compiled."


class TestProblems:
    @pytest.mark.parametrize(
        ("settings", "code", "message"),
        [
            ({"CORS_ALLOWED_ORIGINS": A}, "text-for-list", "CORS_ALLOWED_ORIGINS is the text 'https://a.example'"),
            ({"CORS_ALLOWED_ORIGINS": object}, "wrong-type", "CORS_ALLOWED_ORIGINS cannot hold"),
            ({"CORS_ALLOWED_ORIGINS": [3]}, "wrong-type", "CORS_ALLOWED_ORIGINS cannot hold 3"),
            ({"CORS_ALLOW_ALL_ORIGINS": "True"}, "wrong-type", "CORS_ALLOW_ALL_ORIGINS cannot hold 'True'"),
            ({"CORS_ALLOW_METHODS": "PUT"}, "text-for-list", "CORS_ALLOW_METHODS is the text 'PUT'"),
            ({"CORS_ALLOW_METHODS": ["put"]}, "method-case", "'put' in CORS_ALLOW_METHODS"),
            ({"CORS_PREFLIGHT_MAX_AGE": -1}, "max-age-range", "-1 for CORS_PREFLIGHT_MAX_AGE"),
            ({"CORS_DANGEROUSLY_ALLOW": ["x"]}, "permission-unknown", "'x' in CORS_DANGEROUSLY_ALLOW"),
            ({"CORS_ALLOWED_ORIGINS": iter([A])}, "wrong-type", "CORS_ALLOWED_ORIGINS cannot hold"),
            ({"CORS_ALLOW_HEADERS": map(str, [])}, "wrong-type", "CORS_ALLOW_HEADERS cannot hold"),
            ({"CORS_ALLOWED_ORIGIN_REGEXES": [" "]}, "origin-empty", "CORS_ALLOWED_ORIGIN_REGEXES has an empty"),
            ({"CORS_URLS_REGEX": ["^/a", "^/b"]}, "wrong-type", "CORS_URLS_REGEX cannot hold ['^/a', '^/b']"),
            ({"CORS_ALLOW_CREDENTIALS": 1}, "wrong-type", "CORS_ALLOW_CREDENTIALS cannot hold 1"),
            ({"CORS_ALLOW_PRIVATE_NETWORK": 1}, "wrong-type", "CORS_ALLOW_PRIVATE_NETWORK cannot hold 1"),
            ({"CORS_REFUSE": "forbidden"}, "refuse-unknown", "'forbidden' for CORS_REFUSE"),
            ({"CORS_DEBUG": "yes"}, "wrong-type", "CORS_DEBUG cannot hold 'yes'"),
            ({"CORS_URLS_REGEX": 3}, "wrong-type", "CORS_URLS_REGEX cannot hold 3"),
            ({"CORS_URLS_REGEX": re.compile(b"^/")}, "wrong-type", "CORS_URLS_REGEX cannot hold re.compile(b'^/')"),
            ({"CORS_URLS_REGEX": "("}, "regex-invalid", "The regular expression '(' in CORS_URLS_REGEX"),
            ({"CORS_URLCONF": 3}, "wrong-type", "CORS_URLCONF cannot hold 3"),
            ({"CORS_URLCONF": "no.such"}, "source-import", "'no.such' of CORS_URLCONF cannot be imported: No"),
            ({"CORS_RULES": [A]}, "wrong-type", "CORS_RULES cannot hold"),
            ({"CORS_RULES": {"api": {}}}, "rule-path", "'api' is not the path of a rule"),
            ({"CORS_RULES": {"/api": 3}}, "wrong-type", "CORS_RULES cannot hold 3"),
            ({"CORS_RULES": {"/api": []}}, "no-rules", "CORS_RULES holds no policy"),
            (
                {"CORS_ORIGIN_SOURCE": "no.such"},
                "source-import",
                "'no.such' of CORS_ORIGIN_SOURCE cannot be imported: No",
            ),
        ],
    )
    def test_are_told_in_the_words_of_the_settings(self, settings: Mapping[str, Any], code: str, message: str) -> None:
        (problem,) = told(**settings)
        assert problem[0] == code
        assert problem[1].startswith(message)

    def test_of_everybody_with_credentials_name_the_line(self) -> None:
        ((code, message, remedy),) = told(CORS_ALLOW_ALL_ORIGINS=True, CORS_ALLOW_CREDENTIALS=True)
        assert code == "any-origin-with-credentials"
        assert message.startswith("CORS_ALLOW_ALL_ORIGINS = True with CORS_ALLOW_CREDENTIALS: every site on the web")
        assert remedy.endswith("or leave out CORS_ALLOW_CREDENTIALS.")

    def test_are_told_all_at_once_and_each_once(self) -> None:
        codes = [
            code
            for code, _, _ in told(
                CORS_ALLOWED_ORIGINS=[A + "/"],
                CORS_ORIGIN_SOURCE="tests.django.test_settings.source",
                CORS_ALLOW_METHODS=["TRACE"],
                CORS_RULES={"/api": {"allowed_origins": ["b.example"], "allow_methods": ["PUT"]}, "/x/": {}},
                CORS_DEBUG=None,
            )
        ]
        assert codes == [
            "origin-trailing-slash",
            "origin-scheme-missing",
            "origin-trailing-slash",
            "wrong-type",
            "rule-path",
        ]


class TestSettingsWithoutEffect:
    """Old lists have members that no browser can use: they are dropped, with a warning."""

    @pytest.mark.parametrize(
        ("settings", "code", "setting"),
        [
            ({"CORS_ALLOW_HEADERS": ["X-Mine", "Origin"]}, "header-forbidden", "CORS_ALLOW_HEADERS"),
            ({"CORS_ALLOW_HEADERS": ["Access-Control-Allow-Origin"]}, "header-of-response", "CORS_ALLOW_HEADERS"),
            ({"CORS_ALLOW_METHODS": ["TRACE"]}, "method-forbidden", "CORS_ALLOW_METHODS"),
            ({"CORS_EXPOSE_HEADERS": ["Set-Cookie"]}, "header-unreadable", "CORS_EXPOSE_HEADERS"),
            ({"CORS_PREFLIGHT_MAX_AGE": 86401}, "max-age-range", "CORS_PREFLIGHT_MAX_AGE"),
        ],
    )
    def test_are_warned_of(self, settings: Mapping[str, Any], code: str, setting: str) -> None:
        with override_settings(CORS_ALLOWED_ORIGINS=[A], CORS_ORIGIN_SOURCE=source, **settings):
            compiled, problems, (warning,) = read()
        assert compiled is not None
        assert problems == []
        assert warning.code == code
        assert setting in warning.message

    def test_are_left_out(self) -> None:
        kept = policy(
            CORS_ALLOW_HEADERS=["X-Mine", "dnt"], CORS_ALLOW_METHODS=["PUT", "TRACE"], CORS_PREFLIGHT_MAX_AGE=10**6
        )
        assert (kept.allow_headers, kept.allow_methods, kept.max_age) == (("X-Mine",), ("PUT",), 86400)


class TestEveryOrigin:
    """With a list beside it, which has no effect."""

    def test_has_the_faults_of_the_list_as_warnings(self) -> None:
        with override_settings(CORS_ALLOW_ALL_ORIGINS=True, CORS_ALLOWED_ORIGINS=["a.example"]):
            compiled, _, warnings = read()
        assert compiled is not None
        assert [warning.instead for warning in warnings] == ["https://a.example"]

    def test_has_the_list_as_its_remedy_where_it_is_unsafe(self) -> None:
        (first, second) = told(
            CORS_ORIGIN_ALLOW_ALL=True,
            CORS_ALLOW_CREDENTIALS=True,
            CORS_ORIGIN_WHITELIST=["http://a.example:3000"],
        )
        assert first[0] == "any-origin-with-credentials"
        assert first[2].startswith("Write CORS_ORIGIN_ALLOW_ALL = False instead.")
        assert second[0] == "insecure-origin"
        assert second[2].startswith('Write "https://a.example:3000" instead.')
        assert second[2].endswith('write CORS_DANGEROUSLY_ALLOW = ["insecure-origin"].')

    def test_has_the_faults_of_a_text_too(self) -> None:
        problems = told(
            CORS_ALLOW_ALL_ORIGINS=True, CORS_ALLOW_CREDENTIALS=True, CORS_ALLOWED_ORIGINS=[A],
            CORS_ALLOWED_ORIGIN_REGEXES=r"https://\w+\.a\.example",
        )  # fmt: skip
        assert [code for code, _, _ in problems] == ["any-origin-with-credentials", "text-for-list"]
        assert problems[1][2].startswith(r'Write [r"https://\w+\.a\.example"] instead.')


class TestIntranets:
    def test_are_allowed_by_name(self) -> None:
        settings = {"CORS_ALLOWED_ORIGINS": ["http://192.168.1.5:3000"], "CORS_ALLOW_CREDENTIALS": True}
        ((_, _, remedy),) = told(**settings)
        assert remedy.startswith('Write "https://192.168.1.5:3000" instead.')
        assert policy(**settings, CORS_DANGEROUSLY_ALLOW=["insecure-origin"]).actual("http://192.168.1.5:3000").allowed


class TestTexts:
    @pytest.mark.parametrize(
        ("setting", "text", "instead"),
        [
            ("CORS_ALLOWED_ORIGINS", "", "[]"),
            ("CORS_ALLOWED_ORIGINS", "localhost:3000, a.example/", '["http://localhost:3000", "https://a.example"]'),
            ("CORS_ALLOWED_ORIGIN_REGEXES", "", "[]"),
            (
                "CORS_ALLOWED_ORIGIN_REGEXES",
                r"^https?://([a-z]+\.)?example.com",
                r'[re.compile(r"^https?://(?:[a-z]+\.)?example\.com")]',
            ),
            ("CORS_ALLOWED_ORIGIN_REGEXES", r"https://\w+\.a\.example", r'[r"https://\w+\.a\.example"]'),
            (
                "CORS_ALLOWED_ORIGIN_REGEXES",
                r'https://[a-z"]\.a\.example',
                "[re.compile('https://[a-z\"]\\\\.a\\\\.example')]",
            ),
        ],
    )
    def test_for_lists_become_good_ones(self, setting: str, text: str, instead: str) -> None:
        (code, _, remedy), *_ = told(**{setting: text})
        assert code == "text-for-list"
        assert remedy.startswith(f"Write {instead} instead.")

    @pytest.mark.parametrize(
        ("text", "remedy_of_member"),
        [
            ("https://(", "Correct it: re.compile has to accept it."),
            ("https://www.a.example", 'Write "https://www.a.example" in CORS_ALLOWED_ORIGINS instead.'),
        ],
    )
    def test_whose_member_has_a_problem_leave_the_remedy_to_it(self, text: str, remedy_of_member: str) -> None:
        (code, _, remedy), (_, _, of_member) = told(CORS_ALLOWED_ORIGIN_REGEXES=text)
        assert (code, remedy) == ("text-for-list", "Put the members into a list.")
        assert of_member == remedy_of_member


class TestUnknownSettings:
    @pytest.mark.parametrize(
        ("name", "value", "meant"),
        [
            ("CORS_ALLOW_ORIGINS", [A], "CORS_ALLOWED_ORIGINS"),
            ("CORS_ALLOW_ORIGINS_ALL", True, "CORS_ALLOW_ALL_ORIGINS"),
            ("CORS_ORIGINS", [A], "CORS_ALLOWED_ORIGINS"),
            ("CORS_SUPPORTS_CREDENTIALS", True, "CORS_ALLOW_CREDENTIALS"),
            ("CORS_MAX_AGE", 600, "CORS_PREFLIGHT_MAX_AGE"),
            ("CORS_ALLOW_ORIGIN_ALL", [A], "CORS_ALLOWED_ORIGINS"),
            ("CORS_ALLOWED_METHODS", ["PUT"], "CORS_ALLOW_METHODS"),
            ("CORS_ALL_METHOD_ALLOWED", ["PUT"], "CORS_ALLOW_METHODS"),
            ("CORS_ALL_HEADER_EXPOSED", ["X-Mine"], "CORS_EXPOSE_HEADERS"),
            ("CORS_URL_REGEX", "^/api/", "CORS_URLS_REGEX"),
            ("CORS_ALLOWED_HEADERS", ["X-Mine"], "CORS_ALLOW_HEADERS"),
            ("CORS_PREFLIGHT_MAX_AG", 5, "CORS_PREFLIGHT_MAX_AGE"),
            ("CORS_ALLOW_CREDENTIAL", True, "CORS_ALLOW_CREDENTIALS"),
            ("CORS_ALLOW_CREDENTIAL", [True], ""),
            ("CORS_EXTRA_ALLOW_HEADERS", ["X-Mine"], ""),
            ("CORS_NOTHING", object(), ""),
        ],
    )
    def test_mean_the_nearest_of_their_kind(self, name: str, value: object, meant: str) -> None:
        with override_settings(**{name: value}):
            _, problems, warnings = read()
        (problem,) = (*problems, *warnings)
        assert problem.instead == meant
        assert bool(problems) == (meant in {"CORS_ALLOWED_ORIGINS", "CORS_ALLOW_ALL_ORIGINS"})  # no origin is allowed

    @pytest.mark.parametrize("name", ["CORS_MODEL", "CORS_REPLACE_HTTPS_REFERER"])
    def test_that_were_removed_are_known(self, name: str) -> None:
        with override_settings(**{name: True}):
            compiled, problems, (warning,) = read()
        assert (compiled is not None, problems, warning.code) == (True, [], "removed-setting")
        assert warning.remedy.startswith("Take it out. ")

    def test_never_mean_what_is_set(self) -> None:
        with override_settings(CORS_ALLOWED_ORIGINS=[A], CORS_ALLOW_ORIGINS=[B]):
            compiled, _, (warning,) = read()
        assert compiled is not None
        assert warning.instead == ""


class TestSource:
    @pytest.mark.parametrize("path", ["tests.django.test_settings.source", "tests.django.test_settings.Source", source])
    def test_is_asked(self, path: object) -> None:
        asked = policy(CORS_ORIGIN_SOURCE=path)
        assert asked.actual(B).allowed
        assert not asked.actual(A).allowed
        assert asks_elsewhere(asked)

    def test_stands_beside_what_is_listed(self, ask: Ask, settings: Settings) -> None:
        settings.CORS_ALLOWED_ORIGINS = [A]
        settings.CORS_ORIGIN_SOURCE = "tests.django.test_settings.source"
        for origin in (A, B):
            assert ask.get("/", origin)["Access-Control-Allow-Origin"] == origin
            assert ask.preflight("/", origin)["Access-Control-Allow-Origin"] == origin
        assert "Access-Control-Allow-Origin" not in ask.get("/", "https://c.example")

    def test_may_be_a_list_after_all(self) -> None:
        assert policy(CORS_ORIGIN_SOURCE="tests.django.test_settings.listed").allow_origins == (B,)

    def test_is_not_asked_where_everybody_may_read(self) -> None:
        assert policy(CORS_ORIGIN_SOURCE="no.such", CORS_ALLOW_ALL_ORIGINS=True).allow_origins == ("*",)


class TestRules:
    def test_cover_paths(self, ask: Ask, settings: Settings) -> None:
        settings.CORS_RULES = {"/one": {"allowed_origins": [A]}, "/one/two": {"allowed_origins": [B]}}
        allowed = {
            path: [origin for origin in (A, B) if "Access-Control-Allow-Origin" in ask.get(path, origin)]
            for path in ("/", "/one", "/one/x", "/one/two", "/one/two/x", "/one/twofold", "/ones", "/ONE")
        }
        assert allowed == {
            "/": [], "/one": [A], "/one/x": [A], "/one/two": [B], "/one/two/x": [B], "/one/twofold": [A], "/ones": [],
            "/ONE": [],
        }  # fmt: skip

    def test_leave_other_paths_alone(self, ask: Ask, settings: Settings, called: list[str]) -> None:
        settings.CORS_RULES = {"/api": {"allowed_origins": [A]}}
        assert ask.get("/own-headers/", A)["Access-Control-Allow-Origin"] == "https://of-the-view.example"
        assert "Vary" not in ask.get("/", A)
        assert ask.preflight("/", A).content == b"plain"
        assert called == ["plain", "plain"]

    def test_stand_beside_the_settings_for_every_other_path(self, ask: Ask, settings: Settings) -> None:
        settings.CORS_ALLOWED_ORIGINS = [A]
        settings.CORS_RULES = {"/shop": {"allowed_origins": [B]}}
        assert ask.get("/", A)["Access-Control-Allow-Origin"] == A
        assert ask.get("/shop/", B)["Access-Control-Allow-Origin"] == B
        assert "Access-Control-Allow-Origin" not in ask.get("/shop/", A)

    def test_may_speak_for_every_other_path_themselves(self, ask: Ask, settings: Settings) -> None:
        settings.CORS_ALLOWED_ORIGINS = [A]
        settings.CORS_RULES = {"/": {"allowed_origins": [B]}}
        assert "Access-Control-Allow-Origin" not in ask.get("/", A)

    def test_have_paths_in_any_script(self, settings: Settings) -> None:
        ask = Ask(is_async=False)  # Django's async client passes other paths than ASGI servers
        settings.CORS_RULES = {"/über/café": {"allowed_origins": [A]}}
        assert ask.get("/%C3%BCber/caf%C3%A9/x", A)["Access-Control-Allow-Origin"] == A
        assert "Access-Control-Allow-Origin" not in ask.get("/%FCber/caf%E9/x", A)

    @pytest.mark.parametrize("path", ["/api/../x", "/x/../api/y", "/api/./../x"])
    def test_answer_nobody_where_dot_segments_lead_from_one_to_another(
        self, ask: Ask, settings: Settings, path: str, connect: Any
    ) -> None:
        from django_wsgicors import check_request_enabled

        settings.CORS_RULES = {"/api": {"allowed_origins": [A]}, "/x": {"allowed_origins": [A]}}
        connect(check_request_enabled, lambda **_: True)
        assert "Access-Control-Allow-Origin" not in ask.get(path, A)
        assert ask.preflight(path, A).status_code == 403

    def test_inherit_what_they_do_not_say(self, settings: Settings) -> None:
        settings.CORS_ALLOWED_ORIGINS = [A]
        settings.CORS_ALLOWED_ORIGIN_REGEXES = [r"https://\w+\.a\.example"]
        settings.CORS_ALLOW_CREDENTIALS = True
        settings.CORS_PREFLIGHT_MAX_AGE = 60
        settings.CORS_RULES = {
            "/api": {"allow_headers": ["X-Mine"]},
            "/b": {"origin_whitelist": [B]},
            "/c": {"max_age": 0},
        }
        rules = {path: members_of(policies)[0] for path, policies in project().rules.items()}
        assert rules["/api"].allow_origins == rules["/"].allow_origins
        assert rules["/api"].allow_credentials
        assert rules["/api"].allow_headers == ("X-Mine",)
        assert rules["/b"].allow_origins == (B,)
        assert rules["/b"].max_age == 60
        assert rules["/c"].max_age == 0

    def test_take_the_cores_names(self, settings: Settings) -> None:
        settings.CORS_RULES = {
            "/api": {
                "allow_origins": ["http://intranet.example"],
                "allow_credentials": True,
                "max_age": 5,
                "preflight_status": 204,
                "dangerously_allow": ["insecure-origin"],
                "refuse": "forbid",
            }
        }
        (rule,) = members_of(project().rules["/api"])
        assert rule == Policy(
            allow_origins=["http://intranet.example"],
            allow_credentials=True,
            max_age=5,
            preflight_status=204,
            dangerously_allow=["insecure-origin"],
            refuse="forbid",
            allow_methods=default_methods,
            allow_headers=default_headers,
        )

    def test_take_the_cores_policies(self, ask: Ask, settings: Settings) -> None:
        settings.CORS_RULES = {
            "/": Policy(allow_origins=[A]),
            "/list": [Policy(allow_origins=[A], allow_credentials=True), Policy(allow_origins="*")],
        }
        assert ask.get("/", A)["Access-Control-Allow-Origin"] == A
        assert ask.get("/list/", B)["Access-Control-Allow-Origin"] == "*"

    def test_are_named_in_problems_as_they_were_written(self) -> None:
        problems = told(
            CORS_ALLOW_CREDENTIALS=True,
            CORS_RULES={
                "/api": {"allow_all_origins": True},
                "/b": {"allow_origins": ["b.example"], "allow_header": [], 3: 4},
            },
        )
        assert [message for _, message, _ in problems] == [
            (
                'CORS_RULES["/api"]["allow_all_origins"] = True with CORS_ALLOW_CREDENTIALS: every site on the web '
                "could act "
                "as the logged-in user."
            ),
            "There is no setting 'allow_header'.",
            "There is no setting 3.",
            '\'b.example\' in CORS_RULES["/b"]["allow_origins"] has no scheme, and browsers always send one.',
        ]
        assert problems[1][2] == 'Write "allow_headers" instead.'


class TestUrlsRegex:
    def test_says_which_paths_are_covered(self, ask: Ask, settings: Settings) -> None:
        settings.CORS_ALLOWED_ORIGINS = [A]
        settings.CORS_URLS_REGEX = r"^/api/"
        assert ask.get("/api/x", A)["Access-Control-Allow-Origin"] == A
        assert ask.preflight("/api/x", A).status_code == 200
        assert ask.get("/own-headers/", A)["Access-Control-Allow-Origin"] == "https://of-the-view.example"

    def test_is_matched_from_the_start(self, ask: Ask, settings: Settings) -> None:
        settings.CORS_ALLOWED_ORIGINS = [A]
        settings.CORS_URLS_REGEX = re.compile("/api")
        assert "Access-Control-Allow-Origin" in ask.get("/apis", A)
        assert "Access-Control-Allow-Origin" not in ask.get("/x/api", A)

    def test_is_not_fooled_by_dot_segments(self, ask: Ask, settings: Settings) -> None:
        settings.CORS_ALLOWED_ORIGINS = [A]
        settings.CORS_URLS_REGEX = r"^/api/"
        assert "Access-Control-Allow-Origin" not in ask.get("/api/../admin/", A)

    def test_yields_to_rules(self, ask: Ask, settings: Settings) -> None:
        settings.CORS_ALLOWED_ORIGINS = [A]
        settings.CORS_URLS_REGEX = r"^/api"
        settings.CORS_RULES = {"/api/partners": {"allowed_origins": [B]}}
        assert ask.get("/api/x", A)["Access-Control-Allow-Origin"] == A
        assert ask.get("/api/partners/x", B)["Access-Control-Allow-Origin"] == B
        assert "Access-Control-Allow-Origin" not in ask.get("/api/partners/x", A)
        assert "Vary" not in ask.get("/", A)

    def test_covers_every_path_where_there_is_none(self, ask: Ask, settings: Settings) -> None:
        settings.CORS_ALLOWED_ORIGINS = [A]
        assert ask.get("/line%0Abreak", A)["Access-Control-Allow-Origin"] == A


class TestCompiling:
    def test_is_done_once(self, settings: Settings) -> None:
        settings.CORS_ALLOWED_ORIGINS = [A]
        assert project() is project()

    def test_is_done_again_for_overridden_settings(self, ask: Ask) -> None:
        with override_settings(CORS_ALLOWED_ORIGINS=[A]):
            assert "Access-Control-Allow-Origin" in ask.get("/", A)
            with override_settings(CORS_ALLOWED_ORIGINS=[B], DEBUG=True):
                assert "Access-Control-Allow-Origin" not in ask.get("/", A)
            assert "Access-Control-Allow-Origin" in ask.get("/", A)
        assert "Access-Control-Allow-Origin" not in ask.get("/", A)

    def test_is_not_done_again_for_settings_of_others(self, settings: Settings) -> None:
        settings.CORS_ALLOWED_ORIGINS = [A]
        before = project()
        settings.DEBUG = True
        assert project() is before


def test_no_spelling_means_two_settings() -> None:
    spelled = [spelling for spellings in SPELLINGS.values() for spelling in spellings]
    assert len(spelled) == len(set(spelled))


@pytest.mark.parametrize(("path", "expected"), [("/a", "/a"), ("/\xe9", "/\xc3\xa9"), ("/\udcff", "/\xed\xb3\xbf")])
def test_any_path_has_wsgi_s_form(path: str, expected: str) -> None:
    assert environ_path(path) == expected
