"""The advisories of other CORS libraries, by number: this library has none of their faults."""

import importlib
import re
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.policy.asking import Source
from tests.wsgi import TEXT, App, Response, call, cors, environ_of, preflight, send
from wsgicors import CORS, Policy, PolicyError
from wsgicors._http import is_token, list_members

A, EVIL = "https://example.com", "https://evil.example"
ALLOW_ORIGIN = "Access-Control-Allow-Origin"
POLICY = Policy(allow_origins=[A], allow_methods=["PUT", "DELETE"], allow_headers=["X-A"])
ROOT = Path(__file__).parents[1]

Advisory = Callable[[], None]
ADVISORIES: list[Any] = []


def advisory(*numbers: str) -> Callable[[Advisory], Advisory]:
    """A test for each advisory, named by its number."""

    def added(test: Advisory) -> Advisory:
        ADVISORIES.extend(pytest.param(test, id=number) for number in numbers)
        return test

    return added


def get(rules: Any, path: str = "/", origin: str = A, app: App | None = None) -> Response:
    return call(cors(app or App(), rules), "GET", path, [("Origin", origin)])


def allowed(origin: str, *origins: str | re.Pattern[str]) -> bool:
    return get(Policy(allow_origins=list(origins)), "/", origin).cors.get(ALLOW_ORIGIN) == origin


@advisory("CVE-2020-25032", "CVE-2019-18978")
def path_not_canonical() -> None:
    rules = {"/api": Policy(allow_origins="*"), "/private": POLICY}
    for path in (
        "/api/../private",
        "/api/../x",
        "/api/./../private",
        "/api//../private",
        "/api/x/../../private",
        "/api/..",
    ):
        for origin in (A, EVIL):
            assert get(rules, path, origin).cors == {}
            assert call(cors(App(), rules), "OPTIONS", path, preflight(origin, "PUT")).status == "403 Forbidden"
    assert get(rules, "/api/x", EVIL).cors == {ALLOW_ORIGIN: "*"}
    # Nothing is decoded again; a router that decodes it leaves the rule, so that no origin is allowed.
    assert get(rules, "/api/%2e%2e/private", EVIL).cors == {}


def log_injection(log: pytest.LogCaptureFixture) -> None:
    forged = "\r\nINFO:wsgicors:refused nothing"
    environ = environ_of("GET", f"/{forged}", [("Origin", EVIL + forged)])
    send(cors(App(), POLICY), environ)
    send(cors(App(), POLICY), environ_of("OPTIONS", f"/{forged}", preflight(A, "PUT", forged)))
    send(cors(App(), POLICY), environ_of("OPTIONS", f"/{forged}", preflight(A, forged)))
    assert len(log.messages) == 3
    for message in log.messages:
        assert message.isprintable()
        assert "\\r\\n" in message


@advisory("CVE-2024-6221")
def private_network_is_off() -> None:
    for policy in (POLICY, Policy(allow_origins="*", allow_methods="*", allow_headers="*")):
        asked = [*preflight(A, "GET"), ("Access-Control-Request-Private-Network", "true")]
        for debug in (False, True):
            assert (
                "Access-Control-Allow-Private-Network"
                not in call(cors(App(), policy, debug=debug), "OPTIONS", "/", asked).cors
            )
        assert call(cors(App(), policy), "OPTIONS", "/", asked).status == "403 Forbidden"


@advisory("CVE-2024-6839")
def the_more_specific_rule_wins() -> None:
    public = Policy(allow_origins="*")
    for rules in ({"/": public, "/api/a-rather-long-name": public, "/api": POLICY}, {"/api": POLICY, "/": public}):
        assert get(rules, "/api/x", EVIL).cors == {}
        assert get(rules, "/x", EVIL).cors == {ALLOW_ORIGIN: "*"}
    nested = {"/api": public, "/api/admin": POLICY}
    assert get(nested, "/api/admin/x", EVIL).cors == {}
    assert get(dict(reversed(nested.items())), "/api/admin/x", EVIL).cors == {}


@advisory("CVE-2024-6844")
def a_plus_is_no_blank() -> None:
    for rule, other in (("/a+b", "/a b"), ("/a b", "/a+b"), ("/a+b", "/a%2Bb"), ("/a b", "/a%20b")):
        if "%" not in rule:
            assert get({rule: POLICY}, rule).cors == {ALLOW_ORIGIN: A}
        assert get({rule: POLICY}, other).cors == {}


@advisory("CVE-2024-6866")
def paths_have_case() -> None:
    for path in ("/API", "/Api", "/aPI/x"):
        assert get({"/api": POLICY}, path).cors == {}
        assert get({"/": POLICY, "/api": Policy(allow_origins="*")}, path, EVIL).cors == {}


@advisory("CVE-2026-37737", "CVE-2026-40110")
def a_regular_expression_matches_to_the_end() -> None:
    regex = re.compile(r"https://[a-z]+\.example\.com")
    assert allowed("https://a.example.com", regex)
    for origin in ("https://a.example.com.evil.io", "https://a.example.com:8443", "https://a.example.community"):
        assert not allowed(origin, regex)


@advisory("CVE-2017-11173")
def a_regular_expression_is_anchored() -> None:
    regex = re.compile(r"https://example\.com")
    assert allowed(A, regex)
    for origin in (
        "https://example.com.example.net",
        "https://example.net?https://example.com",
        "x-https://example.com",
    ):
        assert not allowed(origin, regex)


@advisory("CVE-2022-1996", "CVE-2026-25478")
def domains_are_no_regular_expressions() -> None:
    for origin in (
        "https://example.com.malicious.domain",
        "https://examplexcom",
        "https://aXexample.com",
        "https://malicious.domain/example.com",
    ):
        assert not allowed(origin, A, "https://*.example.com")


@advisory("CVE-2024-27302")
def domains_are_no_suffixes() -> None:
    for origin in ("https://evil-victim.com", "https://evilvictim.com", "https://victim.com.evil.com"):
        assert not allowed(origin, "https://victim.com", "https://*.victim.com")
    assert allowed("https://a.victim.com", "https://*.victim.com")


@advisory("CVE-2019-25211")
def a_wildcard_ends_where_the_pattern_ends() -> None:
    for origin in (
        "https://example.community",
        "https://a.example.community",
        "https://a.example.com.au",
        "https://a.example.co",
    ):
        assert not allowed(origin, "https://*.example.com")
    with pytest.raises(PolicyError):
        Policy(allow_origins=["https://example.*"])


@advisory("GHSA-vhxv-fg4m-p2w8", "GHSA-v84h-653v-4pq9")
def patterns_do_not_add_up() -> None:
    origins = ("https://foo.com", "https://bar.com", "https://*.foo.com", "https://*.bar.com")
    for origin in ("https://barfoo.com", "https://foobar.com", "https://foo.com.bar.com.net", "https://foo.combar.com"):
        assert not allowed(origin, *origins)
        assert not allowed(origin, *reversed(origins))


@advisory("CVE-2025-50864")
def origins_are_no_parts_of_one_another() -> None:
    listed = "https://www.example.com"
    for origin in (
        "https://www.example.co",
        "https://www.example",
        "https://w",
        "www.example.com",
        "https://",
        "h",
        "",
    ):
        assert not allowed(origin, listed, "https://*.example.com", re.compile(r"https://www\.example\.com"))
    for origin in (
        "https://notwww.example.com",
        "https://www.example.common.net",
        "https://evil.io?https://www.example.com",
    ):
        assert not allowed(origin, listed)


@advisory("CVE-2023-49803")
def a_policy_without_origins_does_not_build() -> None:
    for origins in ([], (), "", [""], set[str]()):
        with pytest.raises(PolicyError):
            Policy(allow_origins=origins)
    with pytest.raises(PolicyError):
        Policy.from_mapping({})


@advisory("CVE-2024-47165")
def null_is_no_localhost() -> None:
    local = ("http://localhost:*", "http://127.0.0.1:*", "http://[::1]:*")
    assert allowed("http://localhost:7860", *local)
    assert not allowed("null", *local)
    assert not allowed("null", *local, re.compile(r"https?://localhost(:\d+)?"))


@advisory("CVE-2024-47084")
def a_cookie_changes_nothing() -> None:
    for policy in (POLICY, Policy(allow_origins=[A], allow_credentials=True), Policy(allow_origins="*")):
        for origin in (A, EVIL, "null"):
            for method, asked in (("GET", [("Origin", origin)]), ("OPTIONS", [*preflight(origin, "PUT")])):
                with_cookie = call(cors(App(), policy), method, "/", [*asked, ("Cookie", "session=7")])
                assert with_cookie == call(cors(App(), policy), method, "/", asked)


@advisory("CVE-2018-20744")
def a_star_never_echoes() -> None:
    for policy in (Policy(allow_origins="*"), [POLICY, Policy(allow_origins="*")]):
        answer = get(policy, "/", EVIL)
        assert answer.cors == {ALLOW_ORIGIN: "*"}
        assert call(cors(App(), policy), "OPTIONS", "/", preflight(EVIL, "GET")).cors == {ALLOW_ORIGIN: "*"}


class Counted(str):
    """A text that counts its copies by slicing."""

    __slots__ = ("sliced",)

    def __init__(self, _text: str) -> None:
        self.sliced = 0

    def __getitem__(self, index: Any) -> str:
        self.sliced += 1
        return super().__getitem__(index)


@advisory("CVE-2025-47908")
def a_megabyte_of_commas_stays_linear() -> None:
    for piece in (",", ", ", "x-a,", ",x"):
        value = Counted(piece * (1_000_000 // len(piece)))
        assert len(list_members(value)) <= 1_000_000 // len(piece)
        assert value.sliced == 0  # split at once, not member by member
        verdict = POLICY.preflight(A, "PUT", value)
        assert len(verdict.refused_headers) <= 1
        assert sum(len(name) + len(text) for name, text in verdict.all_headers) < 1000


@advisory("CVE-2024-25124", "CVE-2026-54290", "CVE-2021-39185")
def a_star_with_credentials_does_not_build() -> None:
    for origins in ("*", ["*"], ["*", A], ["null"]):
        with pytest.raises(PolicyError):
            Policy(allow_origins=origins, allow_credentials=True)
    with pytest.raises(PolicyError):
        Policy.from_mapping({"allow_origins": "*", "allow_credentials": "true"})
    with pytest.raises(PolicyError):
        Policy(allow_origins=[re.compile("https?://.*")], allow_credentials=True)
    with pytest.raises(PolicyError):
        Policy(allow_origins="*", allow_credentials=True, dangerously_allow=["any-origin-with-credentials"])


@advisory("CVE-2026-69207")
def a_megabyte_of_white_space_stays_linear() -> None:
    # A pattern that restarts at each blank would read these a million times each.
    for value in (" " * 1_000_000, "\t" * 1_000_000, " " * 1_000_000 + "x", "x" + " " * 1_000_000, " ," * 500_000):
        assert set(list_members(value)) <= {"x"}
        assert not is_token(value)
        assert POLICY.preflight(A, "PUT", value).allowed is ("x" not in value)
        assert not POLICY.actual(value).allowed
        assert not POLICY.preflight(A, value).allowed


@advisory("GHSA-q7jf-gf43-6x6p")
def the_requests_vary_is_ignored() -> None:
    for method, asked in (
        ("GET", [("Origin", A)]),
        ("OPTIONS", preflight(A, "PUT")),
        ("OPTIONS", preflight(EVIL, "PUT")),
    ):
        with_vary = call(cors(App(), POLICY), method, "/", [*asked, ("Vary", "X-Poison, *")])
        assert with_vary == call(cors(App(), POLICY), method, "/", asked)


@advisory("CVE-2017-20146")
def an_unlisted_origin_is_not_echoed() -> None:
    for policy in (POLICY, Policy(allow_origins=Source(A)), Policy(allow_origins=[A], allow_credentials=True)):
        for origin in (EVIL, "null", "", "*", A + ",", f"{A} {EVIL}"):
            for method, asked in (("GET", [("Origin", origin)]), ("OPTIONS", preflight(origin, "PUT"))):
                answer = call(cors(App(), policy), method, "/", asked)
                assert answer.cors == {}
                assert origin not in str(answer.headers) or origin in ("", "*")


@advisory("CVE-2017-7674")
def vary_is_present() -> None:
    for asked in ([("Origin", A)], [("Origin", EVIL)], []):
        assert call(cors(App(), POLICY), "GET", "/", asked).vary == "Origin"
    assert str(call(cors(App(), POLICY), "OPTIONS", "/", preflight(EVIL, "PUT")).vary).startswith("Origin, ")


@advisory("CVE-2018-8014")
def the_defaults_are_safe() -> None:
    with pytest.raises(PolicyError):
        Policy()  # type: ignore[call-arg]
    policy = Policy(allow_origins=[A])
    assert (policy.allow_credentials, policy.allow_methods, policy.allow_headers, policy.expose_headers) == (
        False,
        (),
        (),
        (),
    )
    assert (policy.allow_private_network, policy.max_age, policy.dangerously_allow) == (False, None, frozenset())
    assert get(policy).cors == {ALLOW_ORIGIN: A}


@advisory("20171005-CorsVaryHeader", "CVE-2026-59903")
def the_apps_vary_is_kept() -> None:
    for spelling in ("Vary", "vary", "VARY"):
        app = App(headers=[*TEXT, (spelling, "Accept-Encoding"), (spelling, "Cookie")])
        assert get(POLICY, app=app).vary == "Accept-Encoding, Cookie, Origin"
        assert get(Policy(allow_origins="*"), app=App(headers=[*TEXT, (spelling, "Cookie")])).vary == "Cookie"


@advisory("CVE-2020-5397")
def a_preflight_never_reaches_the_app() -> None:
    app = App()
    for policy in (POLICY, Policy(allow_origins="*"), [POLICY, Policy(allow_origins="*")], {"/": POLICY}):
        for debug in (False, True):
            for asked in (
                preflight(A, "PUT"),
                preflight(EVIL, "PUT"),
                preflight("null", ""),
                preflight("", "x y", "z z"),
            ):
                call(cors(app, policy, debug=debug), "OPTIONS", "/", asked)
    assert app.methods == []


@advisory("CVE-2022-4147", "CVE-2024-23639", "CVE-2026-56746")
def what_needs_no_preflight_is_forbidden_too() -> None:
    local = Policy(allow_origins=[A, "http://localhost:8080"], refuse="forbid")
    for method in ("GET", "HEAD", "POST"):
        for origin in (EVIL, "null", "", "https://localhost:8081", f"{A}/", "http://localhost:8080.evil.example"):
            app = App()
            asked = [("Origin", origin), ("Host", "localhost:8080")]
            answer = call(cors(app, local), method, "/stop", asked, CONTENT_TYPE="text/plain")
            assert (answer.status, answer.cors, app.methods) == ("403 Forbidden", {}, [])


@advisory("CVE-2015-9236")
def a_preflight_has_the_policy_of_its_path() -> None:
    rules = {"/": Policy(allow_origins=["https://c.example"]), "/api": POLICY}
    for path, is_api in (("/", False), ("/x", False), ("/api", True), ("/api/x", True), ("/apis", False)):
        granted = call(cors(App(), rules), "OPTIONS", path, preflight(A, "PUT")).cors.get(ALLOW_ORIGIN)
        assert (granted == A) is is_api
        assert get(rules, path).cors.get(ALLOW_ORIGIN) == granted
    app = App()
    del rules["/"]
    assert call(cors(app, rules), "OPTIONS", "/off", preflight(A, "PUT")).cors == {}
    assert app.methods == ["OPTIONS"]  # a path without a rule is unchanged


@advisory("CVE-2015-9243")
def policies_do_not_merge() -> None:
    wide = Policy(
        allow_origins=[A], allow_credentials=True, allow_methods="*", allow_headers="*", expose_headers=["X-A"]
    )
    rules = {"/": wide, "/api": Policy(allow_origins=["https://b.example"])}
    assert get(rules, "/api").cors == {}
    assert get(rules, "/api", "https://b.example").cors == {ALLOW_ORIGIN: "https://b.example"}
    asked = preflight("https://b.example", "PUT", "x-a")
    assert call(cors(App(), rules), "OPTIONS", "/api", asked).cors == {ALLOW_ORIGIN: "https://b.example"}


class Stripping(App):
    """An app that removes the CORS fields from its environ, as a proxy behind would."""

    def __call__(self, environ: Any, start_response: Any) -> Any:
        for name in [name for name in environ if name.startswith(("HTTP_", "PATH_INFO"))]:
            del environ[name]
        return super().__call__(environ, start_response)


@advisory("CVE-2023-35943")
def an_app_that_takes_origin_away_changes_nothing() -> None:
    for policy in (POLICY, Policy(allow_origins=Source(A)), Policy(allow_origins="*"), {"/": POLICY}, [POLICY, POLICY]):
        for origin in (A, EVIL, "null"):
            found = send(CORS(Stripping(), policy), environ_of(headers=[("Origin", origin)]))
            meant = get(policy, "/", origin)
            assert (found.status, found.cors, found.body) == (meant.status, meant.cors, meant.body)
            assert found.values("Vary") == meant.values("Vary")


@advisory("CVE-2024-27456")
def nobody_else_can_write_the_installed_files() -> None:
    package = Path(importlib.import_module("wsgicors").__file__ or "").parent
    for path in [package, *package.rglob("*")]:
        if "__pycache__" not in path.parts:
            assert not path.stat().st_mode & stat.S_IWOTH, path


# --- Corrected elsewhere without a number.


@advisory("starlette-801")
def a_regular_expression_is_matched_in_full() -> None:
    a_regular_expression_matches_to_the_end()
    a_regular_expression_is_anchored()


@advisory("starlette-511")
def one_requests_headers_do_not_leak_into_the_next() -> None:
    wrapped = cors(App(), [POLICY, Policy(allow_origins=[EVIL], allow_credentials=True)])
    for origin, expected in (
        (EVIL, {ALLOW_ORIGIN: EVIL, "Access-Control-Allow-Credentials": "true"}),
        (A, {ALLOW_ORIGIN: A}),
        ("null", {}),
        (EVIL, {ALLOW_ORIGIN: EVIL, "Access-Control-Allow-Credentials": "true"}),
    ):
        assert call(wrapped, "GET", "/", [("Origin", origin)]).cors == expected
    assert call(wrapped).cors == {}


@advisory("django-cors-headers-3.0.0")
def schemes_are_told_apart() -> None:
    for origin in ("http://example.com", "ftp://example.com", "x-app://example.com", "wss://example.com"):
        assert not allowed(origin, A, "https://*.example.com", re.compile(r"https://example\.com"))


@advisory("rack-cors-1.0.0")
def a_file_is_not_null() -> None:
    with pytest.raises(PolicyError) as error:
        Policy(allow_origins=["file://"])
    assert [problem.code for problem in error.value.problems] == ["file-origin"]
    assert not allowed("null", A)
    assert allowed("null", "null")
    assert not allowed("file://", "null")


# --- Observed in flask-cors.


@advisory("flask-cors-decoded-twice")
def paths_are_decoded_once() -> None:
    for path in ("/%70ublic/x", "/%2570ublic/x", "/public%2Fx"):
        assert get({"/public": Policy(allow_origins="*")}, path).cors == {}


@advisory("flask-cors-prefix-without-segment")
def a_rule_ends_at_a_segment() -> None:
    assert get({"/api": POLICY}, "/apiv2").cors == {}
    with pytest.raises(PolicyError):
        cors(App(), {"/api*": POLICY})


@advisory("flask-cors-method-substring")
def methods_are_compared_whole() -> None:
    for method in ("LET", "DEL", "UT", "DELETE, PUT", "PUT,", "delete"):
        assert not POLICY.preflight(A, method).allowed


@advisory("starlette-string-for-list")
def a_text_is_no_list() -> None:
    with pytest.raises(PolicyError):
        Policy(allow_origins=f"{A},https://b.example")


@pytest.mark.parametrize("advisory", ADVISORIES)
def test_advisory(advisory: Advisory) -> None:
    advisory()


LOGGED = ["CVE-2024-1681"]


@pytest.mark.parametrize("number", LOGGED)
def test_advisory_of_the_log(number: str, log: pytest.LogCaptureFixture) -> None:
    log_injection(log)


def test_the_security_page_lists_each_with_its_library() -> None:
    page = (ROOT / "docs" / "security.md").read_text("utf-8")
    table = page.partition("\n## Advisories against other libraries\n")[2]
    rows = re.findall(r"^\| (.+) \| (.+) \|$", table, re.MULTILINE)[2:]
    listed = [number for _, numbers in rows for number in numbers.split(", ")]
    published = re.compile(r"(CVE|GHSA|\d{8})-")
    assert sorted(listed) == sorted([param.id for param in ADVISORIES if published.match(param.id)] + LOGGED)
    assert len({library for library, _ in rows}) >= 20
