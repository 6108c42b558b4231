import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsgicors.browser import Failure, Stage
from wsgicors.doctor.catalogue._causes import CAUSES
from wsgicors.doctor.diagnosis._ranking import Certainty, rank
from wsgicors.doctor.evidence._facts import Facts

PAGE = "https://app.example"
URL = "https://api.example/items"
PRE, ACT = Stage.PREFLIGHT, Stage.ACTUAL


def first(failure: Failure, stage: Stage | None = None, **facts) -> tuple[str, str]:
    best = rank([failure], stage, Facts(**facts))[0]
    return best.id, str(best.certainty)


@pytest.mark.parametrize(
    ("stage", "status", "cause", "certainty"),
    [
        (PRE, 200, "origin-not-allowed", "likely"),
        (PRE, 204, "origin-not-allowed", "likely"),
        (PRE, 301, "preflight-redirect", "certain"),
        (PRE, 401, "preflight-authentication", "likely"),
        (PRE, 403, "preflight-authentication", "likely"),
        (PRE, 404, "preflight-not-found", "certain"),
        (PRE, 405, "preflight-method-refused", "certain"),
        (PRE, 413, "proxy-body-too-large", "likely"),
        (PRE, 400, "preflight-status", "certain"),
        (PRE, 500, "preflight-error", "certain"),
        (PRE, 502, "proxy-bad-gateway", "likely"),
        (PRE, None, "cors-absent", "possible"),
        (ACT, 200, "origin-not-allowed", "likely"),
        (ACT, 304, "origin-not-allowed", "likely"),
        (ACT, 302, "redirect-without-headers", "certain"),
        (ACT, 400, "outside-order", "likely"),
        (ACT, 401, "authentication-without-headers", "likely"),
        (ACT, 403, "authentication-without-headers", "likely"),
        (ACT, 404, "not-found-without-headers", "likely"),
        (ACT, 405, "not-found-without-headers", "likely"),
        (ACT, 413, "proxy-body-too-large", "likely"),
        (ACT, 500, "app-error", "likely"),
        (ACT, 502, "proxy-bad-gateway", "likely"),
        (ACT, 503, "proxy-bad-gateway", "likely"),
        (ACT, 504, "proxy-timeout", "likely"),
        (ACT, None, "cors-absent", "possible"),
        (None, 308, "preflight-redirect", "likely"),
        (None, 500, "app-error", "likely"),
        (None, None, "cors-absent", "possible"),
    ],
)
def test_a_missing_header_by_stage_and_status(stage, status, cause, certainty):
    assert first(Failure.ALLOW_ORIGIN_MISSING, stage, status=status) == (cause, certainty)


@pytest.mark.parametrize(
    ("status", "cause", "certainty"),
    [
        (None, "preflight-authentication", "possible"),
        (307, "preflight-redirect", "certain"),
        (401, "preflight-authentication", "likely"),
        (404, "preflight-not-found", "certain"),
        (501, "preflight-method-refused", "certain"),
        (504, "proxy-timeout", "likely"),
        (500, "preflight-error", "certain"),
        (400, "header-not-allowed", "likely"),
        (418, "preflight-status", "certain"),
    ],
)
def test_a_preflight_by_its_status(status, cause, certainty):
    assert first(Failure.STATUS_NOT_OK, PRE, status=status) == (cause, certainty)


@pytest.mark.parametrize(
    ("value", "cause"),
    [
        ("http://app.example", "origin-scheme"),
        ("https://app.example:8443", "origin-port"),
        ("https://app.example:443", "origin-port"),
        ("https://www.app.example", "origin-www"),
        ("https://other.example", "fixed-origin"),
    ],
)
def test_what_a_wrong_origin_differs_in(value, cause):
    assert first(Failure.ALLOW_ORIGIN_MISMATCH, value=value, origin=PAGE) == (cause, "likely")


@pytest.mark.parametrize(
    ("value", "cause"),
    [
        ("https://app.example/", "origin-slash"),
        ("https://app.example/path", "origin-slash"),
        ("https://other.example/", "origin-slash"),
        ("https://App.example", "origin-case"),
        ("HTTPS://APP.EXAMPLE/", "origin-case"),
        ("app.example", "allow-origin-malformed"),
    ],
)
@pytest.mark.parametrize("origin", [PAGE, ""])
def test_firefox_says_a_mismatch_of_what_is_no_origin(value, origin, cause):
    assert first(Failure.ALLOW_ORIGIN_MISMATCH, value=value, origin=origin) == (cause, "certain")


def test_a_wrong_origin_that_is_not_shown():
    ranked = rank([Failure.ALLOW_ORIGIN_MISMATCH], None, Facts())
    assert ranked[0] == ("fixed-origin", Certainty.POSSIBLE)
    assert ("origin-slash", Certainty.POSSIBLE) in ranked


def test_a_method_that_is_not_shown_may_be_in_lower_case():
    assert ("method-case", Certainty.POSSIBLE) in rank([Failure.METHOD_NOT_ALLOWED], PRE, Facts())


def test_loopback_names():
    facts = {"value": "http://localhost:3000", "origin": "http://127.0.0.1:5173"}
    assert first(Failure.ALLOW_ORIGIN_MISMATCH, **facts)[0] == "origin-loopback"


def test_a_port_of_ipv6():
    facts = {"value": "http://[::1]:3000", "origin": "http://[::1]:5173"}
    assert first(Failure.ALLOW_ORIGIN_MISMATCH, **facts)[0] == "origin-port"


@pytest.mark.parametrize(
    ("value", "cause"),
    [
        ("https://app.example/", "origin-slash"),
        ("https://App.example", "origin-case"),
        ("https://a.example https://b.example", "allow-origin-list"),
        ("https://a.example,https://b.example", "allow-origin-list"),
        ("*.app.example", "allow-origin-malformed"),
        ("app.example", "allow-origin-malformed"),
        ("", "allow-origin-malformed"),
        ("undefined", "allow-origin-malformed"),
    ],
)
def test_an_invalid_origin(value, cause):
    assert first(Failure.ALLOW_ORIGIN_INVALID, value=value, origin=PAGE) == (cause, "certain")


@pytest.mark.parametrize(
    ("value", "cause", "certainty"),
    [
        ("https://a.example, https://a.example", "two-layers", "certain"),
        ("*, https://a.example", "two-layers", "certain"),
        ("https://a.example, https://b.example", "allow-origin-list", "likely"),
        ("", "two-layers", "likely"),
    ],
)
def test_several_origins(value, cause, certainty):
    assert first(Failure.ALLOW_ORIGIN_MULTIPLE, value=value) == (cause, certainty)


def test_firefox_says_several_origins_of_an_answer_that_broke_off():
    assert "connection-broken" in [cause.id for cause in rank([Failure.ALLOW_ORIGIN_MULTIPLE], None, Facts())]


@pytest.mark.parametrize(
    ("url", "location", "cause"),
    [
        (URL, "https://api.example/items/", "preflight-redirect-slash"),
        (URL + "/", "https://api.example/items", "preflight-redirect-slash"),
        ("http://api.example/items", URL, "preflight-redirect-https"),
        (URL, "https://api.example/accounts/login/?next=…", "preflight-redirect-login"),
        (URL, "https://sso.example/authorize", "preflight-redirect-login"),
        (URL, "https://api.example/de/items", "preflight-redirect-language"),
        (URL, "https://api.example/zh-hans/items", "preflight-redirect-language"),
        ("https://api.example/lessons", "https://api.example/lessons/", "preflight-redirect-slash"),
        ("http://api.example/accessories", "https://api.example/accessories", "preflight-redirect-https"),
        ("http://authors.example/books", "https://authors.example/books", "preflight-redirect-https"),
        ("https://api.example/login", "https://api.example/login/", "preflight-redirect-slash"),
        (URL, "https://api.example/designing", "preflight-redirect"),
        (URL, "https://api.example/v1/items", "preflight-redirect"),
        (URL, "https://api.example/app/items", "preflight-redirect"),
        (URL, "https://api.example/elsewhere", "preflight-redirect"),
        (URL, "https://other.example/items/", "preflight-redirect"),
        (URL, "", "preflight-redirect"),
        ("", URL, "preflight-redirect"),
    ],
)
def test_which_redirect(url, location, cause):
    assert first(Failure.PREFLIGHT_REDIRECTED, PRE, url=url, location=location) == (cause, "certain")


@pytest.mark.parametrize(
    ("url", "guesses"),
    [
        (
            "http://api.example/items",
            [
                "preflight-redirect-https",
                "preflight-redirect-slash",
                "preflight-redirect-login",
                "preflight-redirect-language",
            ],
        ),
        ("https://api.example/items/", ["preflight-redirect-login", "preflight-redirect-language"]),
    ],
)
def test_which_redirect_it_may_be(url, guesses):
    ranked = rank([Failure.PREFLIGHT_REDIRECTED], PRE, Facts(url=url))
    assert [cause.id for cause in ranked] == ["preflight-redirect", *guesses]


@pytest.mark.parametrize(
    ("facts", "cause", "certainty"),
    [
        ({"header": "x-a"}, "header-not-allowed", "likely"),
        ({"header": "x-a", "credentials": False}, "header-not-allowed", "certain"),
        ({"header": "x-a", "value": "x-b"}, "header-not-allowed", "certain"),
        ({"header": "x-a", "value": "*"}, "wildcard-with-credentials", "certain"),
        ({"header": "Access-Control-Allow-Origin"}, "header-of-responses", "certain"),
        ({"header": "vary"}, "header-of-responses", "certain"),
        ({"header": "Authorization", "value": "*"}, "header-wildcard-authorization", "certain"),
        ({"header": "authorization", "value": "*", "credentials": True}, "wildcard-with-credentials", "certain"),
    ],
)
def test_a_header(facts, cause, certainty):
    assert first(Failure.HEADER_NOT_ALLOWED, PRE, **facts) == (cause, certainty)


@pytest.mark.parametrize(
    ("facts", "cause", "certainty"),
    [
        ({"method": "PUT"}, "method-not-allowed", "likely"),
        ({"method": "PUT", "value": "DELETE"}, "method-not-allowed", "certain"),
        ({"method": "PUT", "value": "*"}, "wildcard-with-credentials", "certain"),
        ({"method": "patch"}, "method-case", "certain"),
        ({"method": "purge"}, "method-not-allowed", "likely"),
        ({}, "method-not-allowed", "likely"),
    ],
)
def test_a_method(facts, cause, certainty):
    assert first(Failure.METHOD_NOT_ALLOWED, PRE, **facts) == (cause, certainty)


def test_the_origin_null_comes_first():
    assert first(Failure.ALLOW_ORIGIN_MISSING, ACT, origin="null", status=200)[0] == "null-origin"
    assert first(Failure.ALLOW_ORIGIN_MISMATCH, ACT, origin="null", value=PAGE)[0] == "null-origin"
    redirected = {"origin": "null", "redirected_from": "https://b.example/"}
    assert first(Failure.ALLOW_ORIGIN_MISSING, ACT, **redirected)[0] == "redirect-null-origin"


def test_redirects_to_a_third_origin_and_others():
    third = {"origin": PAGE, "url": URL, "redirected_from": "https://b.example/"}
    assert first(Failure.ALLOW_ORIGIN_MISSING, ACT, **third) == ("redirect-null-origin", "likely")
    same = {"origin": PAGE, "url": URL, "redirected_from": "https://api.example/old"}
    assert first(Failure.ALLOW_ORIGIN_MISSING, ACT, **same) == ("redirect-without-headers", "likely")
    unknown = {"url": URL, "redirected_from": "https://b.example/"}
    assert first(Failure.ALLOW_ORIGIN_MISSING, ACT, **unknown) == ("redirect-without-headers", "likely")


@pytest.mark.parametrize("facts", [{"kind": "font"}, {"kind": "Script"}, {"url": "https://api.example/static/a.CSS"}])
def test_files(facts):
    assert first(Failure.ALLOW_ORIGIN_MISSING, ACT, status=200, **facts)[0] == "outside-static"


def test_a_host_of_documentation():
    ranked = rank([Failure.NO_RESPONSE], None, Facts(url="https://git.example.com/"))
    assert [cause.id for cause in ranked][:2] == ["unreachable", "name-not-found"]


def test_no_answer():
    assert first(Failure.NO_RESPONSE, url="http://api.example/", origin=PAGE) == ("mixed-content", "likely")
    assert first(Failure.NO_RESPONSE, url=URL, origin=PAGE) == ("unreachable", "possible")
    http = [cause.id for cause in rank([Failure.NO_RESPONSE], None, Facts(url="http://api.example/"))]
    assert "certificate" not in http
    assert http[:4] == ["unreachable", "blocked-by-extension", "name-not-found", "mixed-content"]
    known = [
        cause.id for cause in rank([Failure.NO_RESPONSE], None, Facts(url="http://api.example/", origin="http://a"))
    ]
    assert known[-1] == "mixed-content"
    local = [cause.id for cause in rank([Failure.NO_RESPONSE], None, Facts(url="http://127.0.0.1:8081/"))]
    assert local[:3] == ["unreachable", "blocked-by-extension", "mixed-content"]


@pytest.mark.parametrize(
    ("failure", "stage", "cause"),
    [
        (Failure.ALLOW_ORIGIN_WILDCARD, ACT, "credentials-wildcard"),
        (Failure.ALLOW_CREDENTIALS_NOT_TRUE, ACT, "credentials-not-allowed"),
        (Failure.PRIVATE_NETWORK_NOT_ALLOWED, PRE, "private-network-header"),
        (Failure.ALLOW_METHODS_UNPARSEABLE, PRE, "allow-methods-malformed"),
        (Failure.ALLOW_HEADERS_UNPARSEABLE, PRE, "allow-headers-malformed"),
        (Failure.AUTHORIZATION_NOT_NAMED, PRE, "header-wildcard-authorization"),
        (Failure.LOCATION_INVALID, ACT, "redirect-scheme"),
        (Failure.REDIRECT_LIMIT, ACT, "redirect-loop"),
        (Failure.URL_CREDENTIALS, ACT, "redirect-url-credentials"),
        (Failure.SCHEME_NOT_HTTP, Stage.REQUEST, "url-scheme"),
        (Failure.SCHEME_NOT_HTTP, ACT, "redirect-scheme"),
        (Failure.FORBIDDEN_METHOD, Stage.REQUEST, "forbidden-method"),
    ],
)
def test_failures_of_one_cause(failure, stage, cause):
    assert first(failure, stage)[0] == cause


def test_where_two_failures_may_be_meant_nothing_is_certain():
    ranked = rank([Failure.ALLOW_ORIGIN_MISSING, Failure.ALLOW_ORIGIN_MISMATCH], ACT, Facts(status=302))
    assert Certainty.CERTAIN not in {cause.certainty for cause in ranked}
    assert ranked[0] == ("redirect-without-headers", Certainty.LIKELY)


@pytest.mark.parametrize(
    ("facts", "cause"),
    [
        ({}, "header-wildcard-authorization"),  # Firefox's warning
        ({"status": 204, "value": "*"}, "header-wildcard-authorization"),
        ({"status": 204, "value": "Content-Type"}, "header-not-allowed"),
        ({"status": 204, "value": ""}, "header-not-allowed"),
    ],
)
def test_authorization_is_not_named_by_a_wildcard_or_by_a_list(facts: dict[str, object], cause: str) -> None:
    assert first(Failure.AUTHORIZATION_NOT_NAMED, PRE, header="authorization", credentials=False, **facts)[0] == cause


WORDS = st.sampled_from(
    ["", "*", "null", PAGE, URL, "http://localhost:3000", "PUT", "patch", "authorization", "vary", "a, b", "a, a"]
)
ANY_FACTS = st.builds(
    Facts,
    url=st.sampled_from(["", URL, "http://api.example/a.js"]),
    origin=st.sampled_from(["", "null", PAGE]),
    method=WORDS,
    header=WORDS,
    value=WORDS | st.text(max_size=20),
    status=st.none() | st.integers(100, 599),
    redirected_from=st.sampled_from(["", URL, "https://b.example/"]),
    location=st.sampled_from(["", URL + "/", "https://b.example/login"]),
    kind=st.sampled_from(["", "font", "fetch"]),
    credentials=st.none() | st.booleans(),
)


@given(st.lists(st.sampled_from(Failure), min_size=1, max_size=3), st.none() | st.sampled_from(Stage), ANY_FACTS)
def test_whatever_is_known_there_are_causes_each_once_the_surest_first(failures, stage, facts):
    ranked = rank(failures, stage, facts)
    names = [cause.id for cause in ranked]
    assert names
    assert len(set(names)) == len(names)
    assert set(names) <= set(CAUSES)
    order = ["certain", "likely", "possible"]
    assert [order.index(cause.certainty) for cause in ranked] == sorted(
        order.index(cause.certainty) for cause in ranked
    )


def test_the_page_s_own_origin_that_was_refused_was_sent_as_null() -> None:
    facts = Facts(origin="https://a.example", value="https://a.example")
    assert rank([Failure.ALLOW_ORIGIN_MISMATCH], Stage.ACTUAL, facts)[0].id == "redirect-null-origin"


@pytest.mark.parametrize(
    ("stage", "url", "named"),
    [
        (None, "https://api.example/a", ["cors-absent", "origin-not-allowed", "app-error"]),
        (None, "http://localhost:11434/api/chat", ["origin-not-allowed", "cors-absent", "app-error"]),
        (PRE, "https://storage.googleapis.com/b/o", ["cors-absent", "origin-not-allowed", "header-not-allowed"]),
        (PRE, "https://b.s3.amazonaws.com/o", ["cors-absent", "origin-not-allowed", "header-not-allowed"]),
        (ACT, "https://b.s3.amazonaws.com/o", ["cors-absent", "origin-not-allowed", "app-error"]),
        (PRE, "https://a.supabase.co/functions/v1/f", ["cors-absent", "origin-not-allowed", "preflight-error"]),
        (PRE, "https://a.supabase.co/rest/v1/f", ["cors-absent", "origin-not-allowed", "proxy-bad-gateway"]),
        (None, "https://a.herokuapp.com/a", ["cors-absent", "origin-not-allowed", "proxy-bad-gateway"]),
        (None, "https://a.ngrok-free.app/a", ["cors-absent", "origin-not-allowed", "blocked-by-firewall"]),
        (PRE, "https://a-8000.app.github.dev/a", ["preflight-authentication", "cors-absent", "origin-not-allowed"]),
        (None, "https://gateway.zscaler.net/auD", ["blocked-by-firewall", "cors-absent", "origin-not-allowed"]),
        (None, "https://8000-a.gitpod.io/a", ["authentication-without-headers", "cors-absent", "origin-not-allowed"]),
        (
            None,
            "https://login.microsoftonline.com/x/oauth2/v2.0/token",
            ["origin-not-allowed", "cors-absent", "app-error"],
        ),
    ],
)
def test_a_missing_header_by_the_server(stage, url, named):
    ranked = rank([Failure.ALLOW_ORIGIN_MISSING], stage, Facts(url=url))
    assert [one.id for one in ranked][:3] == named
    assert {one.certainty for one in ranked} == {Certainty.POSSIBLE}


@pytest.mark.parametrize(
    ("status", "host", "named"),
    [
        (502, "a.herokuapp.com", ["proxy-bad-gateway", "proxy-drops-headers", "cors-absent"]),
        (503, "a.herokuapp.com", ["proxy-bad-gateway", "proxy-timeout", "proxy-drops-headers", "cors-absent"]),
        (503, "api.example", ["proxy-bad-gateway", "proxy-drops-headers", "cors-absent"]),
        (504, "api.example", ["proxy-timeout", "proxy-drops-headers", "cors-absent"]),
    ],
)
def test_an_answer_of_a_proxy(status, host, named):
    ranked = rank([Failure.ALLOW_ORIGIN_MISSING], ACT, Facts(url=f"https://{host}/a", origin=PAGE, status=status))
    assert [one.id for one in ranked] == named
    assert ranked[-1].certainty is Certainty.POSSIBLE


@pytest.mark.parametrize(
    ("host", "cause"),
    [
        ("s3.eu-west-1.amazonaws.com", "cors-absent"),
        ("a.execute-api.eu-west-1.amazonaws.com", "authentication-without-headers"),
        ("api.example", "authentication-without-headers"),
    ],
)
def test_a_service_of_aws_that_refuses_is_likely_without_rules_of_cors(host, cause):
    assert first(Failure.ALLOW_ORIGIN_MISSING, ACT, url=f"https://{host}/a", status=403) == (cause, "likely")
