"""What `refuse="forbid"` keeps from the app, by the rules of Go's CrossOriginProtection, and exempt paths."""

import itertools

import pytest

from tests.asgi import wire
from tests.go_rules import TABLE, TRUSTED, Case
from tests.invariants import Plan, Planned, Run
from tests.wsgi import App, Fields, call
from wsgicors import CORS, Policy, Refusal, Verdict, adapting, asgi
from wsgicors.rules import Rules, RuleSet

OWN, OTHER = "https://example.com", "https://attacker.example"
FORBIDDING = Policy(allow_origins=[TRUSTED], refuse="forbid")
WITHHOLDING = Policy(allow_origins=[TRUSTED])
NAVIGATION = ("Sec-Fetch-Mode", "navigate")


@pytest.mark.parametrize("case", TABLE)
def test_go_s_published_table_over_wsgi(case: Case) -> None:
    app = App()
    response = call(CORS(app, FORBIDDING), case.method, headers=case.fields)
    assert (response.status == "200 OK") is case.passes
    assert bool(app.methods) is case.passes


@pytest.mark.parametrize("case", TABLE)
def test_go_s_published_table_over_asgi(case: Case) -> None:
    app = wire.Hello()
    response = wire.call(asgi.CORS(app, FORBIDDING), case.method, headers=case.fields)
    assert (response.status == 200) is case.passes
    assert bool(app.scopes) is case.passes


@pytest.mark.parametrize(
    ("path", "status"), [("/", "403 Forbidden"), ("/login", "403 Forbidden"), ("/login/callback", "200 OK")]
)
def test_a_path_is_exempt_by_a_rule_of_its_own(path: str, status: str) -> None:
    """As Go's ``AddInsecureBypassPattern``."""
    app = CORS(App(), {"/": FORBIDDING, "/login/callback": WITHHOLDING})
    for headers in ([("Sec-Fetch-Site", "cross-site")], [("Origin", OTHER), ("Sec-Fetch-Site", "cross-site")]):
        assert call(app, "POST", path, headers).status == status


def test_what_is_allowed_to_everybody_is_not_refused_without_an_origin() -> None:
    anybody = Policy(allow_origins="*", refuse="forbid")
    for rules in (anybody, WITHHOLDING, [WITHHOLDING, WITHHOLDING], [FORBIDDING, Policy(allow_origins="*")]):
        assert call(CORS(App(), rules), "POST", headers=[("Sec-Fetch-Site", "cross-site")]).status == "200 OK"


def test_a_list_refuses_where_one_of_its_policies_forbids() -> None:
    for rules in ([FORBIDDING, WITHHOLDING], [WITHHOLDING, FORBIDDING]):
        assert call(CORS(App(), rules), "POST", headers=[("Sec-Fetch-Site", "cross-site")]).status == "403 Forbidden"


def test_an_ambiguous_path_refuses_where_a_rule_forbids() -> None:
    cross_site = [("Sec-Fetch-Site", "cross-site")]
    for strict, status in ((FORBIDDING, "403 Forbidden"), (WITHHOLDING, "200 OK")):
        app = CORS(App(), {"/": WITHHOLDING, "/api": strict})
        assert call(app, "POST", "/x/../api", cross_site).status == status


def test_the_refusal_says_what_happened_and_how_a_path_is_exempt() -> None:
    told: list[Verdict] = []
    app = CORS(App(), FORBIDDING, debug=True, on_refusal=lambda verdict, environ: told.append(verdict))
    response = call(app, "POST", headers=[("Sec-Fetch-Site", "cross-site")])
    assert [verdict.refusal for verdict in told] == [Refusal.CROSS_SITE]
    sentence, remedy = response.body.decode().splitlines()
    assert sentence == "A page of another origin sent this request, which has no Origin header."
    assert 'a rule of its own with refuse = "withhold"' in remedy
    assert response.cors == {}


METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "get", "post", "")
SITES = (None, "", "same-origin", "same-site", "cross-site", "none", "None", "same-origin, cross-site")
RULE_SETS: tuple[RuleSet, ...] = (
    FORBIDDING,
    [WITHHOLDING, FORBIDDING],
    {"/": FORBIDDING},
    Policy(allow_origins=[TRUSTED], allow_credentials=True, refuse="forbid"),
)


def go_passes(method: str, site: str | None) -> bool:
    """Go's decision about a request without Origin."""
    return method in ("GET", "HEAD", "OPTIONS") or (site or "same-origin") in ("same-origin", "none")


@pytest.mark.parametrize("rules", RULE_SETS)
def test_whatever_is_sent_without_an_origin_passes_where_it_passes_go(rules: RuleSet) -> None:
    for method, site in itertools.product(METHODS, SITES):
        environ = {"REQUEST_METHOD": method, "PATH_INFO": "/"}
        if site is not None:
            environ["HTTP_SEC_FETCH_SITE"] = site
        app = Planned(Plan())
        run = Run(strict=True).of(CORS(app, rules), environ)
        assert (run.events[0][1][0] == "200 OK") is app.called is go_passes(method, site), (method, site)


@pytest.mark.parametrize("rules", RULE_SETS)
def test_a_refusal_varies_by_what_it_depends_on(rules: RuleSet) -> None:
    """Responses to allowed requests need not vary: no cache answers an unsafe request (RFC 9111, 4)."""
    for method, site in itertools.product(("GET", "HEAD", "POST", "PUT"), SITES):
        headers = [("Sec-Fetch-Site", site)] if site is not None else []
        vary = "Origin" if go_passes(method, site) else "Origin, Sec-Fetch-Site"
        assert call(CORS(App(), rules), method, headers=headers).vary == vary


NAVIGATED = [
    ([("Origin", OTHER), ("Sec-Fetch-Site", "cross-site"), NAVIGATION], Refusal.NAVIGATION_NOT_ALLOWED),
    ([("Origin", "null"), ("Sec-Fetch-Site", "cross-site"), NAVIGATION], Refusal.NAVIGATION_NOT_ALLOWED),
    ([("Origin", "https://Malformed"), ("Sec-Fetch-Site", "cross-site"), NAVIGATION], Refusal.MALFORMED_ORIGIN),
    ([("Origin", OTHER), ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "cors")], Refusal.ORIGIN_NOT_ALLOWED),
    ([("Origin", "null"), ("Sec-Fetch-Site", "cross-site")], Refusal.NULL_ORIGIN),
    ([("Origin", TRUSTED), ("Sec-Fetch-Site", "cross-site"), NAVIGATION], None),
    ([("Origin", OWN), ("Sec-Fetch-Site", "same-origin"), NAVIGATION], None),
    # Referrer-Policy: no-referrer on the server's own page
    ([("Origin", "null"), ("Sec-Fetch-Site", "same-origin"), NAVIGATION], None),
]


@pytest.mark.parametrize(("headers", "refusal"), NAVIGATED)
def test_the_refusal_of_a_posted_form_does_not_say_to_allow_its_origin(
    headers: Fields, refusal: Refusal | None
) -> None:
    environ = {"REQUEST_METHOD": "POST", "HTTP_HOST": "example.com"}
    environ |= {"HTTP_" + name.upper().replace("-", "_"): value for name, value in headers}
    verdict = adapting.decide(environ, FORBIDDING)
    assert verdict.refusal is refusal
    if refusal is Refusal.NAVIGATION_NOT_ALLOWED:
        assert "allow_origins" not in verdict.remedy
        assert 'refuse = "withhold"' in verdict.remedy


def test_a_navigation_is_refused_like_other_requests_unless_the_policy_forbids() -> None:
    environ = {"REQUEST_METHOD": "POST", "HTTP_ORIGIN": OTHER, "HTTP_SEC_FETCH_MODE": "navigate"}
    assert adapting.decide(environ, WITHHOLDING).refusal is Refusal.ORIGIN_NOT_ALLOWED


def test_a_remedy_lets_in_what_it_was_for_and_nobody_else() -> None:
    """With the rule that the remedy names, the form reaches its path, and no other path."""
    headers = [("Origin", OTHER), ("Sec-Fetch-Site", "cross-site"), NAVIGATION]
    before = CORS(App(), FORBIDDING)
    after = CORS(App(), {"/": FORBIDDING, "/paid": Policy(allow_origins=[TRUSTED], refuse="withhold")})
    assert call(before, "POST", "/paid", headers).status == "403 Forbidden"
    assert call(after, "POST", "/paid", headers).status == "200 OK"
    assert call(after, "POST", "/paid", headers).cors == {}
    assert call(after, "POST", "/", headers).status == "403 Forbidden"


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("example.com", "https://example.com:8443"),  # a proxy drops the port
        ("localhost:8000", "http://192.168.1.5:5173"),  # Vite with changeOrigin, asked by a phone
    ],
)
def test_a_proxy_that_changes_host_is_named_where_browsers_do_not_say_the_site(host: str, origin: str) -> None:
    """Pages on plain http send no Sec-Fetch-Site: only Host can be compared."""
    policy = Policy(allow_origins=["https://www.example.net"], allow_credentials=True, refuse="forbid")
    environ = {"REQUEST_METHOD": "POST", "HTTP_HOST": host, "HTTP_ORIGIN": origin}
    verdict = adapting.decide(environ, policy)
    assert verdict.status == 403
    assert "have the proxy pass Host on as the browser sent it, with its port" in verdict.remedy
    as_sent = origin.partition("://")[2]
    assert adapting.decide(environ | {"HTTP_HOST": as_sent}, policy).allowed


def test_plain_http_that_a_source_admits_is_refused_by_its_name() -> None:
    class Intranet:
        def __contains__(self, origin: str) -> bool:
            return origin == "http://intranet.example"

    verdict = Policy(allow_origins=Intranet(), allow_credentials=True).actual("http://intranet.example")
    assert verdict.refusal is Refusal.INSECURE_ORIGIN
    assert verdict.sentence == "The origin 'http://intranet.example' is not allowed here: it is plain http."
    assert 'dangerously_allow = ["insecure-origin"]' in verdict.remedy
    mended = Policy(allow_origins=Intranet(), allow_credentials=True, dangerously_allow=["insecure-origin"])
    assert mended.actual("http://intranet.example").allowed
    assert not mended.actual("http://other.example").allowed


def test_rules_tell_whether_they_forbid() -> None:
    assert [Rules(rules).find("/") for rules in RULE_SETS]
    assert all(getattr(Rules(rules).find("/"), "forbids", False) for rules in RULE_SETS)
