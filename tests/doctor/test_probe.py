"""Every root cause that a server can have, on servers that have it, and what a probe reports."""

import ast
import socket
import ssl
from base64 import b64encode
from collections.abc import Callable, Iterable
from typing import Any
from unittest import mock

import flask
import pytest

from tests.browsers.site import Request as Arrived
from tests.browsers.site import by_method, in_turn, response, scripted, serve
from tests.doctor.nginx import nginx
from tests.doctor.schemas import faults
from tests.doctor.tls import speaking_tls
from tests.servers.ports import ADDRESS, free_port
from tests.wsgi import App, policy
from wsgicors import CORS, Policy
from wsgicors._http import CORS_RESPONSE_HEADERS
from wsgicors.browser import Failure, Response, Stage
from wsgicors.doctor import Decision, Examination, ask, probe
from wsgicors.doctor.catalogue._remedies import Place
from wsgicors.doctor.diagnosis._questions import MOST_QUESTIONS, STRANGER, near_origins
from wsgicors.doctor.diagnosis._ranking import Certainty
from wsgicors.doctor.evidence._steps import misspelt, mistaken_names
from wsgicors.doctor.evidence._wire import Wire
from wsgicors.doctor.examination import SCHEMA

PAGE = "https://www.example.com"
OTHER = "https://other.example.com"

ALLOW = ("Access-Control-Allow-Origin", PAGE)
ANY = ("Access-Control-Allow-Origin", "*")
VARY = ("Vary", "Origin")


def probed(url: str, origin: str = PAGE, **options: object) -> Examination:
    """Probe, and check that the JSON is as documented and the number of requests within its limit."""
    asking = {name: options.pop(name) for name in ("method", "headers", "credentials") if name in options}
    options.setdefault("wire", Wire(5))
    found = probe(ask(url, origin, **asking), **options)
    assert faults(found.to_json(), dict(SCHEMA)) == []
    assert len(found.controls) <= MOST_QUESTIONS
    return found


def probe_of(
    answer: Callable[[Arrived], bytes], origin: str = PAGE, *, path: str = "/x", **options: object
) -> Examination:
    with scripted(answer) as site:
        return probed(site.origin + path, origin, **options)


def causes(found: Examination) -> list[tuple[str, Certainty]]:
    return [(suspect.cause.id, suspect.certainty) for suspect in found.suspects]


def first(found: Examination) -> str:
    assert found.decision is Decision.BLOCKED
    return found.suspects[0].cause.id


def certain(found: Examination) -> str:
    [(cause, certainty)] = causes(found)
    assert certainty is Certainty.CERTAIN
    assert found.decision is Decision.BLOCKED
    return cause


def remarks(found: Examination) -> list[str]:
    """The causes of the remarks, except the one about the loopback network."""
    ids = [remark.cause.id for remark in found.remarks if remark.cause]
    return [name for name in ids if not name.startswith("local-network")]


def by_origin(answers: dict[str | None, list[tuple[str, str]]], status: int = 200) -> Callable[[Arrived], bytes]:
    """A server with different headers for each origin."""
    return lambda request: response(status, answers.get(request.field("Origin"), []))


# -- Allowed -----------------------------------------------------------------------------------------------------------


def test_what_is_allowed_is_said_to_be() -> None:
    app = CORS(App(headers=[("Content-Type", "text/plain"), ("X-Id", "7"), ("X-Total", "9")]),
               policy(PAGE, allow_methods=["PUT"], expose_headers=["X-Total"], max_age=7200))  # fmt: skip
    with serve(app) as site:
        found = probed(f"{site.origin}/x?a=b", method="PUT", body=b"note")
    assert found.decision is Decision.ALLOWED
    assert (found.suspects, found.step, remarks(found)) == ((), "", [])
    assert {"content-type", "x-total"} <= set(found.conclusion.readable)
    assert "x-id" in found.hidden
    assert found.kept == {"chromium": 7200, "firefox": 7200, "webkit": 600}
    assert [request.method for request in site.requests] == ["OPTIONS", "PUT"]
    actual = site.requests[1]
    assert (actual.target, actual.field("Content-Length"), actual.field("Origin")) == ("/x?a=b", "4", PAGE)
    assert actual.field("Sec-Fetch-Mode") == "cors"
    assert actual.field("Cookie") is None


def test_a_page_of_the_server_itself_needs_no_leave() -> None:
    with serve(App()) as site:
        found = probed(f"{site.origin}/x", site.origin)
    assert found.decision is Decision.ALLOWED
    assert found.controls == ()


def test_a_cookie_goes_with_the_request_alone_and_only_where_credentials_go() -> None:
    app = CORS(App(), policy(PAGE, allow_methods=["PUT"], allow_credentials=True))
    with serve(app) as site:
        found = probed(f"{site.origin}/x", method="PUT", credentials=True, cookie="sid=s3cret")
        assert [request.field("Cookie") for request in site.requests] == [None, "sid=s3cret"]
        assert "s3cret" not in str(found.to_json())
        probed(f"{site.origin}/x", cookie="sid=s3cret")
    assert site.requests[2].field("Cookie") is None


def test_a_body_does_not_go_with_get() -> None:
    with serve(CORS(App(), policy(PAGE))) as site:
        probed(f"{site.origin}/x", body=b"note")
    assert all(request.field("Content-Length") is None for request in site.requests)


def test_a_preflight_alone() -> None:
    with serve(CORS(App(), policy(PAGE, allow_methods=["DELETE"]))) as site:
        found = probed(f"{site.origin}/x", method="DELETE", preflight_only=True)
        assert (found.decision, found.conclusion.failures) == (Decision.ALLOWED, ())
        assert found.detail == "The preflight passes; the request itself was kept back."
        simple = probed(f"{site.origin}/x", preflight_only=True)
        assert simple.decision is Decision.UNCLEAR
        assert simple.detail == "There is no preflight, and the request itself was kept back."
        assert site.methods == ["OPTIONS"]
        refused = probed(f"{site.origin}/x", method="PUT", preflight_only=True)
    assert certain(refused) == "method-not-allowed"


# -- 1 The application failed outside the CORS layer -------------------------------------------------------------------


def flask_app() -> flask.Flask:
    app = flask.Flask("tests")

    @app.route("/notes/", methods=["GET", "PUT"])
    def notes() -> str:
        return "notes"

    @app.route("/crash")
    def crash() -> str:
        raise RuntimeError

    @app.after_request
    def with_headers(answer: flask.Response) -> flask.Response:
        if flask.request.endpoint == "notes":
            answer.headers["Access-Control-Allow-Origin"] = PAGE
            answer.headers["Access-Control-Allow-Methods"] = "PUT"
            answer.headers["Vary"] = "Origin"
        return answer

    @app.route("/")
    def index() -> flask.Response:
        return flask.Response("index", headers=[ALLOW, VARY])

    return app


def test_root_1_a_crash_outside_the_layer() -> None:
    with serve(flask_app()) as site:
        found = probed(f"{site.origin}/crash")
    assert first(found) == "app-error"
    assert found.suspects[0].cause.root == 1
    assert found.answers[0].signs[0].name == "Flask"
    assert not {"proxy-drops-headers", "cors-absent"} & {cause for cause, _ in causes(found)}


def test_root_1_a_preflight_that_crashes() -> None:
    found = probe_of(by_method({"OPTIONS": response(500)}), method="PUT")
    assert certain(found) == "preflight-error"


# -- 2 The origin is not the one that is listed ------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "PUT"])
@pytest.mark.parametrize(
    ("listed", "page", "cause"),
    [
        ("http://www.example.com", PAGE, "origin-scheme"),
        ("https://example.com", PAGE, "origin-www"),
        (PAGE, "https://example.com", "origin-www"),
        ("http://localhost:3000", "http://127.0.0.1:3000", "origin-loopback"),
        ("http://127.0.0.1:3000", "http://localhost:3000", "origin-loopback"),
        ("http://localhost", "http://localhost:3000", "origin-port"),
        (OTHER, PAGE, "origin-not-allowed"),
    ],
)
def test_root_2_another_origin_is_listed(listed: str, page: str, cause: str, method: str) -> None:
    with serve(CORS(App(), policy(listed, allow_methods=["PUT"]))) as site:
        found = probed(f"{site.origin}/x", page, method=method)
    assert first(found) == cause
    assert found.suspects[0].cause.root == 2
    if cause != "origin-not-allowed":
        assert certain(found) == cause
        assert listed in found.suspects[0].cause.sentence
    assert found.detail == (f"The server says: The origin '{page}' is not allowed here." if method == "PUT" else "")


@pytest.mark.parametrize("listed", [f"{PAGE}/", f"{PAGE}:443"])
def test_root_2_what_no_browser_sends_is_listed(listed: str) -> None:
    found = probe_of(by_origin({listed: [("Access-Control-Allow-Origin", listed)]}))
    assert certain(found) == ("origin-slash" if listed.endswith("/") else "origin-port")


def test_root_2_the_server_s_own_origin_is_listed() -> None:
    with scripted(lambda request: response(200, allowing(request, f"http://{request.field('Host')}"))) as site:
        found = probed(f"{site.origin}/x")
    assert first(found) == "origin-not-allowed"
    assert "cors-absent" not in dict(causes(found))


def allowing(request: Arrived, *origins: str) -> list[tuple[str, str]]:
    origin = request.field("Origin") or ""
    return [("Access-Control-Allow-Origin", origin)] if origin in origins else []


def test_root_2_a_403_of_a_layer_that_refuses() -> None:
    refusing = by_method({"OPTIONS": response(403, body=b"Invalid CORS request")})
    assert first(probe_of(refusing, method="PUT")) == "origin-not-allowed"


def test_root_4_a_403_to_every_options_need_not_be_a_login_check() -> None:
    refusing = by_method({"OPTIONS": response(403)})
    found = probe_of(refusing, method="PUT")
    assert causes(found)[0] == ("preflight-authentication", "likely")


def test_root_2_a_403_to_origins_alone() -> None:
    def answer(request: Arrived) -> bytes:
        return response(403 if request.field("Origin") else 200, allowing(request, OTHER))

    found = probe_of(answer, method="PUT")
    assert first(found) == "origin-not-allowed"
    assert "preflight-authentication" not in dict(causes(found))


@pytest.mark.parametrize(
    ("page", "near"),
    [
        ("https://a.example:8443", ["http://a.example:8443", "https://www.a.example:8443", "https://a.example",
                                    "https://a.example:8443/"]),
        ("http://[::1]:3000", ["https://[::1]:3000", "http://localhost:3000", "http://127.0.0.1:3000", "http://[::1]",
                               "http://[::1]:3000/"]),
        ("http://10.0.0.1", ["https://10.0.0.1", "http://10.0.0.1:80", "http://10.0.0.1/"]),
        ("https://[2001:db8::1]", ["http://[2001:db8::1]", "https://[2001:db8::1]:443", "https://[2001:db8::1]/"]),
        ("null", []),
    ],
)  # fmt: skip
def test_origins_that_are_nearly_the_page_s(page: str, near: list[str]) -> None:
    assert [origin for _, origin in near_origins(page)] == near


# -- 3 A redirect intervenes -------------------------------------------------------------------------------------------


def test_root_3_strict_slashes() -> None:
    with serve(flask_app()) as site:
        found = probed(f"{site.origin}/notes", method="PUT")
    assert certain(found) == "preflight-redirect-slash"
    assert found.step.startswith("CORS-preflight fetch, 7: a redirect")
    assert site.methods == ["OPTIONS"]


@pytest.mark.parametrize(
    ("location", "cause"),
    [
        ("https://{host}/x", "preflight-redirect-https"),
        ("/accounts/login/?next=/x", "preflight-redirect-login"),
        ("/en/x", "preflight-redirect-language"),
        ("https://elsewhere.example/", "preflight-redirect"),
    ],
)
def test_root_3_other_redirects_of_preflights(location: str, cause: str) -> None:
    def answer(request: Arrived) -> bytes:
        return response(302, [("Location", location.format(host=ADDRESS))])

    assert first(probe_of(answer, method="PUT")) == cause


def test_root_3_a_redirect_without_headers() -> None:
    found = probe_of(lambda _: response(301, [("Location", "/y")]))
    assert first(found) == "redirect-without-headers"


def test_root_3_the_answer_behind_a_redirect_without_headers() -> None:
    with scripted(in_turn(response(302, [("Location", "/y?token=s3cret"), ALLOW]), response(200))) as site:
        found = probed(f"{site.origin}/x")
    assert first(found) == "redirect-without-headers"
    assert "/y?token=… redirects, or was reached by a redirect" in found.suspects[0].cause.sentence
    assert [request.target for request in site.requests[:2]] == ["/x", "/y?token=s3cret"]
    assert "s3cret" not in str(found.to_json())


def test_a_redirect_to_another_origin_is_not_followed() -> None:
    with scripted(lambda _: response(200, [ANY])) as elsewhere:
        leading = response(302, [("Location", f"{elsewhere.origin}/y?token=s3cret"), ANY])
        found = probe_of(lambda _: leading)
        assert elsewhere.requests == []
        assert found.decision is Decision.UNCLEAR
        assert f"leads to {elsewhere.origin}/y?token=…, which was not asked for" in found.detail
        assert found.suspects == ()
        assert found.conclusion.failures == ()
        followed = probe_of(lambda _: leading, follow=True)
        assert followed.decision is Decision.ALLOWED
    assert [request.field("Origin") for request in elsewhere.requests] == ["null"]


def test_a_preflight_at_another_origin_is_not_made_either() -> None:
    with scripted(lambda _: response(200)) as elsewhere:
        leading = response(307, [("Location", f"{elsewhere.origin}/y"), ANY])
        ok = response(204, [ANY, ("Access-Control-Allow-Methods", "PUT")])
        found = probe_of(by_method({"OPTIONS": ok, "PUT": leading}), method="PUT")
        assert elsewhere.requests == []
    assert found.decision is Decision.UNCLEAR


def test_no_cookie_and_no_question_goes_elsewhere() -> None:
    with scripted(lambda request: response(200, allowing(request, PAGE))) as elsewhere:
        leading = response(
            302, [("Location", f"{elsewhere.origin}/y"), ALLOW, ("Access-Control-Allow-Credentials", "true")]
        )
        found = probe_of(lambda _: leading, follow=True, credentials=True, cookie="sid=s3cret")
    assert all(request.field("Cookie") is None for request in elsewhere.requests)
    assert certain(found) == "redirect-null-origin"
    assert [request.field("Origin") for request in elsewhere.requests] == ["null", PAGE]


def test_root_3_a_third_origin_that_allows_nobody() -> None:
    with scripted(lambda _: response(200)) as elsewhere:
        leading = response(302, [("Location", f"{elsewhere.origin}/y"), ALLOW])
        found = probe_of(lambda _: leading, follow=True)
    assert first(found) == "redirect-null-origin"
    assert dict(causes(found))["redirect-null-origin"] is Certainty.LIKELY


def test_root_3_a_loop() -> None:
    with scripted(lambda _: response(302, [("Location", "/x"), ALLOW])) as site:
        found = probed(f"{site.origin}/x")
    assert certain(found) == "redirect-loop"
    assert len(site.requests) == 21


@pytest.mark.parametrize(
    ("location", "cause"),
    [("ftp://a.example/", "redirect-scheme"), ("http://u:p@a.example/", "redirect-url-credentials")],
)
def test_root_3_redirects_that_cannot_be_followed(location: str, cause: str) -> None:
    found = probe_of(lambda _: response(302, [("Location", location), ALLOW]))
    assert certain(found) == cause


# -- 4 Authentication answers first ------------------------------------------------------------------------------------


def behind_a_password(app: App) -> object:
    wanted = "Basic " + b64encode(b"u:p").decode()

    def guarded(environ, start_response):
        if environ.get("HTTP_AUTHORIZATION") == wanted:
            return app(environ, start_response)
        start_response("401 Unauthorized", [("WWW-Authenticate", "Basic"), ("Content-Length", "0")])
        return []

    return guarded


def test_root_4_the_preflight_is_asked_for_a_password() -> None:
    with serve(behind_a_password(CORS(App(), policy(PAGE, allow_headers=["Authorization"])))) as site:
        found = probed(f"{site.origin}/x", headers=["Authorization: Basic s3cret"])
    assert certain(found) == "preflight-authentication"
    assert [control.status for control in found.controls] == [401]
    assert all(request.field("Authorization") is None for request in site.requests)
    assert "s3cret" not in str(found.to_json())


def test_root_4_a_401_without_headers() -> None:
    with serve(behind_a_password(App())) as site:
        found = probed(f"{site.origin}/x")
    assert first(found) == "authentication-without-headers"


# -- 5 The preflight is not served -------------------------------------------------------------------------------------


def test_root_5_405_from_flask() -> None:
    app = flask.Flask("tests")
    app.add_url_rule("/x", "x", lambda: "x", methods=["POST"], provide_automatic_options=False)
    with serve(app) as site:
        found = probed(f"{site.origin}/x", method="POST", headers=["Content-Type: application/json"])
    assert certain(found) == "preflight-method-refused"
    assert found.answers[0].signs[0].name == "Flask"


def test_root_5_404() -> None:
    with serve(flask_app()) as site:
        found = probed(f"{site.origin}/nowhere", method="PUT")
    assert certain(found) == "preflight-not-found"
    assert [control.status for control in found.controls] == [200]


@pytest.mark.servers
def test_root_5_405_from_nginx() -> None:
    with nginx(free_port(), server="location /static/ { add_header Access-Control-Allow-Origin * always; }") as origin:
        found = probed(f"{origin}/static/data.json", headers=["X-A"])
    assert found.failed
    assert found.failed.failure is Failure.STATUS_NOT_OK
    assert certain(found) == "preflight-method-refused"
    assert found.answers[0].signs[0].name == "nginx"


def test_root_5_an_odd_status() -> None:
    assert certain(probe_of(lambda _: response(418, [ALLOW]), method="PUT")) == "preflight-status"


# -- 6 Two layers add the headers --------------------------------------------------------------------------------------


@pytest.mark.servers
def test_root_6_nginx_adds_them_too() -> None:
    with (
        serve(CORS(App(), policy(PAGE))) as site,
        nginx(site.port, "add_header Access-Control-Allow-Origin * always;") as origin,
    ):
        found = probed(f"{origin}/x")
    assert certain(found) == "two-layers"
    assert found.conclusion.exchanges[0].response.values("Access-Control-Allow-Origin") == [PAGE, "*"]


def test_root_6_a_list_in_one_line() -> None:
    found = probe_of(lambda _: response(200, [("Access-Control-Allow-Origin", f"{PAGE}, {OTHER}")]))
    assert first(found) == "allow-origin-list"


# -- 7 The proxy answered by itself ------------------------------------------------------------------------------------


@pytest.mark.servers
def test_root_7_the_application_is_down() -> None:
    with nginx(free_port()) as origin:
        found = probed(f"{origin}/x")
    assert first(found) == "proxy-bad-gateway"
    assert found.answers[0].signs[0].name == "nginx"


@pytest.mark.servers
def test_root_7_the_body_is_too_large() -> None:
    with serve(CORS(App(), policy(PAGE))) as site, nginx(site.port, "client_max_body_size 10;") as origin:
        found = probed(f"{origin}/x", method="POST", body=b"x" * 100)
        assert first(found) == "proxy-body-too-large"
        assert probed(f"{origin}/x", method="POST", body=b"x").decision is Decision.ALLOWED


@pytest.mark.servers
def test_root_7_the_application_takes_too_long() -> None:
    with (
        socket.create_server((ADDRESS, 0)) as never_answering,
        nginx(never_answering.getsockname()[1], "proxy_read_timeout 300ms;") as origin,
    ):
        found = probed(f"{origin}/x")
    assert first(found) == "proxy-timeout"
    assert found.answers[0].seconds
    assert found.answers[0].seconds > 0.2


@pytest.mark.servers
def test_root_7_errors_lose_what_nginx_adds() -> None:
    def answer(request: Arrived) -> bytes:
        return response(422 if request.target == "/x" else 200)

    with (
        scripted(answer) as site,
        nginx(site.port, f'add_header Access-Control-Allow-Origin "{PAGE}"; add_header Vary Origin;') as origin,
    ):
        found = probed(f"{origin}/x")
    assert "proxy-drops-headers" in dict(causes(found))
    assert not {"cors-absent", "origin-not-allowed"} & dict(causes(found)).keys()


# -- 8 Credentials -----------------------------------------------------------------------------------------------------


def test_root_8_any_origin_with_credentials() -> None:
    with serve(CORS(App(), Policy(allow_origins="*"))) as site:
        found = probed(f"{site.origin}/x", credentials=True)
        assert certain(found) == "credentials-wildcard"
        assert probed(f"{site.origin}/x").decision is Decision.ALLOWED


def test_root_8_credentials_that_are_not_allowed() -> None:
    with serve(CORS(App(), policy(PAGE))) as site:
        assert certain(probed(f"{site.origin}/x", credentials=True)) == "credentials-not-allowed"


# -- 9 A header or method is not allowed -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asking", "cause", "named"),
    [
        ({"method": "DELETE"}, "method-not-allowed", "DELETE"),
        ({"headers": ["X-Api-Key: s3cret"]}, "header-not-allowed", "x-api-key"),
        ({"headers": ["Access-Control-Allow-Origin: *"]}, "header-of-responses", "access-control-allow-origin"),
        ({"method": "patch"}, "method-case", "patch"),
    ],
)
@pytest.mark.parametrize("form", ["granted", "debug", "bare 403"])
def test_root_9_as_wsgicors_refuses_it(asking: dict[str, Any], cause: str, named: str, form: str) -> None:
    """Answered as if allowed; in debug mode with the sentence; by wsgicors 1.0 with 403 and the sentence."""
    app = CORS(App(), policy(PAGE), debug=form == "debug")
    of_headers = f"These request headers are not allowed here: '{named}'."
    said = f"The method '{named}' is not allowed here." if "method" in asking else of_headers
    bare = response(403, [("Content-Type", "text/plain; charset=utf-8")], said.encode())
    with scripted(lambda _: bare) if form == "bare 403" else serve(app) as site:
        found = probed(f"{site.origin}/x", **asking)
    assert certain(found) == cause
    assert named in found.suspects[0].cause.title
    assert found.detail.startswith("The server says: ") == (form != "granted")
    assert "s3cret" not in str(found.to_json())


@pytest.mark.parametrize(
    ("lists", "asking", "cause"),
    [
        ({}, {"method": "DELETE"}, "method-not-allowed"),
        ({}, {"method": "DELETE", "credentials": True}, "method-not-allowed"),
        ({}, {"method": "patch"}, "method-case"),
        ({"Access-Control-Allow-Methods": "*"}, {"method": "DELETE", "credentials": True}, "wildcard-with-credentials"),
        ({"Access-Control-Allow-Methods": "GET; PUT"}, {"method": "PUT"}, "allow-methods-malformed"),
        ({}, {"headers": ["X-Api-Key"]}, "header-not-allowed"),
        ({}, {"headers": ["Access-Control-Allow-Origin: *"]}, "header-of-responses"),
        ({"Access-Control-Allow-Headers": "x-api-key:"}, {"headers": ["X-Api-Key"]}, "allow-headers-malformed"),
        ({"Access-Control-Allow-Headers": "*"}, {"headers": ["Authorization"]}, "header-wildcard-authorization"),
    ],
)
def test_root_9_lists(lists: dict[str, Any], asking: dict[str, Any], cause: str) -> None:
    credentials = [("Access-Control-Allow-Credentials", "true")]
    found = probe_of(lambda _: response(204, [ALLOW, *credentials, *lists.items()]), **asking)
    assert certain(found) == cause


def test_authorization_under_the_wildcard_passes_for_now() -> None:
    found = probe_of(lambda _: response(204, [ALLOW, ("Access-Control-Allow-Headers", "*")]), headers=["Authorization"])
    assert "Chromium, Firefox and WebKit let this pass for now" in found.remarks[0].detail


def test_root_9_a_method_that_no_page_may_use() -> None:
    with serve(App()) as site:
        found = probed(f"{site.origin}/x", method="TRACE")
        assert certain(found) == "forbidden-method"
        assert site.requests == []


# -- 10 A cached or fixed origin ---------------------------------------------------------------------------------------


def reflecting(environ, start_response):
    """An app that lists two origins, without Vary."""
    origin = environ.get("HTTP_ORIGIN")
    headers = [("Content-Length", "0"), ("Cache-Control", "max-age=60")]
    if origin in {PAGE, OTHER}:
        headers.append(("Access-Control-Allow-Origin", origin))
    start_response("200 OK", headers)
    return []


CACHING = "proxy_cache tests; proxy_cache_key $request_uri; add_header X-Cache $upstream_cache_status always;"


@pytest.mark.servers
@pytest.mark.parametrize(("earlier", "hides"), [(OTHER, True), ("", True), (OTHER, False), ("", False)])
def test_root_10_a_cache_without_vary(earlier: str, hides: bool) -> None:
    settings = CACHING if not hides else CACHING.replace("add_header X-Cache $upstream_cache_status always;", "")
    with serve(reflecting) as site, nginx(site.port, settings) as origin:
        Wire().send("GET", f"{origin}/x", [("Origin", earlier)] if earlier else [])
        found = probed(f"{origin}/x")
    assert first(found) == "cached-origin"
    if hides:
        assert certain(found) == "cached-origin"


@pytest.mark.servers
def test_root_10_a_cache_that_is_about_to() -> None:
    with serve(reflecting) as site, nginx(site.port, CACHING) as origin:
        found = probed(f"{origin}/x")
    assert found.decision is Decision.ALLOWED
    assert remarks(found) == ["cached-origin"]
    assert [control.allow_origin for control in found.controls] == [PAGE, None]


def test_root_10_vary_is_missing() -> None:
    found = probe_of(lambda request: response(200, allowing(request, PAGE)))
    assert found.decision is Decision.ALLOWED
    assert remarks(found) == ["cached-origin"]
    assert "Vary lacks Origin" in next(
        item.detail for item in found.remarks if item.cause and item.cause.id == "cached-origin"
    )


@pytest.mark.parametrize("vary", ["Origin", "Accept, origin", "*"])
def test_vary_is_there(vary: str) -> None:
    assert remarks(probe_of(lambda request: response(200, [*allowing(request, PAGE), ("Vary", vary)]))) == []


def test_a_constant_that_is_right_needs_no_vary() -> None:
    assert remarks(probe_of(lambda _: response(200, [ALLOW]))) == []


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_root_10_a_fixed_origin(method: str) -> None:
    fixed = [("Access-Control-Allow-Origin", OTHER), ("Access-Control-Allow-Methods", "PUT")]
    assert certain(probe_of(lambda _: response(200, fixed), method=method)) == "fixed-origin"


def test_root_10_a_fixed_origin_that_nearly_is_the_page_s() -> None:
    found = probe_of(lambda _: response(200, [("Access-Control-Allow-Origin", "http://www.example.com")]))
    assert [cause for cause, _ in causes(found)] == ["origin-scheme", "fixed-origin"]


def test_root_10_an_origin_that_changes_with_the_asking() -> None:
    answers = by_origin({PAGE: [("Access-Control-Allow-Origin", OTHER)]})
    assert first(probe_of(answers)) == "fixed-origin"
    assert dict(causes(probe_of(answers)))["cached-origin"] is Certainty.POSSIBLE


@pytest.mark.parametrize("value", ["www.example.com", "*.example.com", "", '"*"'])
def test_root_10_what_is_no_origin(value: str) -> None:
    found = probe_of(lambda _: response(200, [("Access-Control-Allow-Origin", value)]))
    assert certain(found) == "allow-origin-malformed"


def test_root_2_a_fixed_origin_with_a_slash() -> None:
    found = probe_of(lambda _: response(200, [("Access-Control-Allow-Origin", f"{PAGE}/")]))
    assert certain(found) == "origin-slash"


# -- 11 The response comes from outside the CORS layer -----------------------------------------------------------------


def test_root_11_there_is_no_layer() -> None:
    with serve(App()) as site:
        found = probed(f"{site.origin}/x")
    assert first(found) == "cors-absent"
    assert len(found.controls) == MOST_QUESTIONS - 1


def test_no_probe_asks_more_than_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wsgicors.doctor.diagnosis._questions.MOST_QUESTIONS", 2)
    with serve(App()) as site:
        found = probed(f"{site.origin}/x")
        assert len(found.controls) == 2
        assert len(site.requests) == 1 + 2
    assert first(found) == "cors-absent"


@pytest.mark.servers
def test_root_11_files_that_nginx_serves() -> None:
    with (
        serve(CORS(App(), policy(PAGE))) as site,
        nginx(site.port, server="location /static/ { }") as origin,
    ):
        found = probed(f"{origin}/static/data.json")
    assert first(found) == "outside-static"
    assert not {"cors-absent", "origin-not-allowed", "origin-list-typo"} & dict(causes(found)).keys()


def test_root_11_something_above_the_layer() -> None:
    inner = CORS(App(), policy(PAGE))

    def above(environ, start_response):
        if environ["PATH_INFO"] == "/x":
            start_response("200 OK", [("Content-Length", "0")])
            return []
        return inner(environ, start_response)

    with serve(above) as site:
        found = probed(f"{site.origin}/x", credentials=False)
    assert "outside-order" in dict(causes(found))
    assert "origin-not-allowed" not in dict(causes(found))


def test_root_11_a_404_without_headers() -> None:
    with serve(flask_app()) as site:
        found = probed(f"{site.origin}/nowhere")
    assert first(found) == "not-found-without-headers"


# -- 12 Not the server's CORS at all -----------------------------------------------------------------------------------


def test_root_12_null() -> None:
    with serve(CORS(App(), policy(PAGE))) as site:
        assert certain(probed(f"{site.origin}/x", "null", method="PUT")) == "null-origin"
        assert first(probed(f"{site.origin}/x", "null")) == "null-origin"


CSRF = b"<h1>Forbidden</h1><p>CSRF verification failed. Request aborted.</p><pre>%s</pre>"


@pytest.mark.parametrize(
    ("reason", "cause"),
    [
        (b"Origin checking failed - https://www.example.com does not match any trusted origins.", "csrf-origin"),
        (b"CSRF cookie not set.", "csrf-token"),
    ],
)
def test_root_12_csrf(reason: bytes, cause: str) -> None:
    body = CSRF % reason
    allowed = probe_of(lambda _: response(403, [ALLOW], body), method="POST")
    assert allowed.decision is Decision.ALLOWED
    assert cause in remarks(allowed)
    assert "http-error" in remarks(allowed)
    bare = probe_of(lambda _: response(403, [], body), method="POST")
    assert first(bare) == cause


def test_root_12_an_error_that_the_page_can_read() -> None:
    found = probe_of(lambda _: response(500, [ANY]))
    assert found.decision is Decision.ALLOWED
    assert remarks(found) == ["http-error"]


def test_root_12_a_name_that_does_not_exist_is_said_once() -> None:
    found = probed("https://nothing.invalid/x", wire=Wire(5))
    assert ([suspect.cause.id for suspect in found.suspects], found.detail) == (["name-not-found"], "")


def test_root_12_mixed_content() -> None:
    with mock.patch.object(Wire, "send", autospec=True, side_effect=Wire.send) as send:
        found = probed("http://nothing.invalid/x", wire=Wire(5))
    assert certain(found) == "mixed-content"
    assert [call.args[1:3] for call in send.call_args_list] == [("HEAD", "https://nothing.invalid/")]
    assert found.remarks[0].detail == "Asked over https instead: The name cannot be resolved from here."
    assert found.conclusion.exchanges == ()


def test_root_12_mixed_content_where_https_answers(tmp_path) -> None:
    options = ("-addext", f"subjectAltName=IP:{ADDRESS}")
    with speaking_tls(tmp_path, response(200), *options) as (port, certificate):
        wire = Wire(5, tls=ssl.create_default_context(cafile=certificate))
        with mock.patch("wsgicors.doctor.evidence._facts.LOOPBACK", frozenset()):
            found = probed(f"http://{ADDRESS}:{port}/x", wire=wire)
    assert certain(found) == "mixed-content"
    assert found.remarks[0].detail == f"Asked over https instead: https answers at {ADDRESS}:{port}."


@pytest.mark.parametrize(
    ("page", "cause"),
    [
        (PAGE, "local-network-permission"),
        ("http://www.example.com", "local-network-insecure"),
        ("http://localhost:3000", None),
        ("null", None),
    ],
)
def test_root_12_the_local_network(page: str, cause: str | None) -> None:
    found = probe_of(lambda _: response(200, [ANY]), page)
    assert [remark.cause.id for remark in found.remarks if remark.cause] == ([cause] if cause else [])
    assert found.decision is Decision.ALLOWED


def test_root_12_private_network_access() -> None:
    with serve(CORS(App(), policy(PAGE))) as site:
        found = probe(ask(f"{site.origin}/x", PAGE, private_network=True))
    assert certain(found) == "private-network-header"


@pytest.mark.parametrize(
    ("data", "cause"),
    [(b"", "connection-broken"), (b"SSH-2.0-x\r\n\r\n", "response-invalid")],
)
def test_root_12_no_answer(data: bytes, cause: str) -> None:
    found = probe_of(lambda _: data)
    assert found.decision is Decision.UNCLEAR
    assert causes(found) == [(cause, Certainty.CERTAIN)]
    assert found.detail
    assert found.controls == ()


def test_root_12_nobody_listens() -> None:
    found = probed(f"http://{ADDRESS}:{free_port()}/x")
    assert causes(found) == [("unreachable", Certainty.CERTAIN)]
    assert found.detail == "The connection failed: connection refused."
    assert found.remarks == ()


def test_root_12_a_certificate(tmp_path) -> None:
    with speaking_tls(tmp_path, response(200)) as (port, _):
        found = probed(f"https://{ADDRESS}:{port}/x")
    assert causes(found) == [("certificate", Certainty.CERTAIN)]
    assert found.decision is Decision.UNCLEAR
    assert found.detail == "The certificate is not accepted: it is self-signed."


def test_root_12_an_answer_to_the_preflight_alone() -> None:
    answers = by_method({"OPTIONS": response(204, [ALLOW, ("Access-Control-Allow-Methods", "PUT")])})
    found = probe_of(answers, method="PUT")
    assert found.decision is Decision.UNCLEAR
    assert found.failed
    assert found.failed.stage is Stage.ACTUAL
    assert causes(found) == [("connection-broken", Certainty.CERTAIN)]


@pytest.mark.parametrize(
    ("cookie", "cause"),
    [
        ("sid=s3cret; HttpOnly", ["cookie-samesite"]),
        ("sid=s3cret; SameSite=Lax; Secure", ["cookie-samesite"]),
        ("sid=s3cret; SameSite=None", ["cookie-not-secure"]),
        ("sid=s3cret; SameSite=None; Secure", []),
    ],
)
def test_root_12_cookies(cookie: str, cause: list[str]) -> None:
    headers = [
        ALLOW,
        VARY,
        ("Access-Control-Allow-Credentials", "true"),
        ("Set-Cookie", cookie),
        ("Set-Cookie", cookie),
    ]
    found = probe_of(lambda _: response(200, headers), credentials=True)
    assert remarks(found) == cause
    assert "s3cret" not in str(found.to_json())
    assert remarks(probe_of(lambda _: response(200, headers))) == []


# -- Settings without the intended effect ------------------------------------------------------------------------------


def test_headers_that_no_page_may_set() -> None:
    found = probe_of(lambda _: response(200, [ANY]), headers=["Cookie: a=b"])
    assert remarks(found) == ["forbidden-request-header"]


@pytest.mark.parametrize("exposed", ["*", "x-a: b"])
def test_headers_that_only_seem_to_be_exposed(exposed: str) -> None:
    headers = [ALLOW, ("Access-Control-Allow-Credentials", "true"), ("Access-Control-Expose-Headers", exposed)]
    assert remarks(probe_of(lambda _: response(200, headers), credentials=True)) == ["header-not-exposed"]


def test_a_max_age_that_is_no_number() -> None:
    headers = [ALLOW, ("Access-Control-Allow-Methods", "PUT"), ("Access-Control-Max-Age", "one day")]
    found = probe_of(lambda _: response(200, headers), method="PUT")
    assert found.kept == {"chromium": 5, "firefox": 5, "webkit": 5}
    assert any("not a number of seconds" in remark.detail for remark in found.remarks)


# -- Hostile servers ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["\x1b[31m[red]x", "a\x9bb", "x" * 9000, "\u00e9"])
@pytest.mark.parametrize(
    "name", ["Access-Control-Allow-Origin", "Access-Control-Allow-Methods", "Server", "Vary", "X-Cache"]
)
def test_nothing_comes_out_unescaped(name: str, value: str) -> None:
    headers = [ALLOW, (name, value)] if name.endswith("Methods") else [(name, value)]
    found = probe_of(lambda _: response(200, headers), method="PUT")
    texts = list(strings(found.to_json()))
    assert all(line.isprintable() for text in texts for line in text.split("\n"))
    assert max(map(len, texts)) < 2000


def strings(value: object) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)


def test_the_stranger_s_name_is_reserved() -> None:
    assert STRANGER.endswith(".example")


# -- Applied remedies, and impossible causes ---------------------------------------------------------------------------


def applied(code: str, settings: dict[str, object]) -> dict[str, object]:
    """`settings` after a remedy is copied: the settings that it names are set, the others stay."""
    [call] = [
        node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call) and ast.unparse(node.func) == "Policy"
    ]
    return {**settings, **{str(word.arg): ast.literal_eval(word.value) for word in call.keywords}}


def test_a_remedy_that_is_followed_word_for_word_ends_the_trouble() -> None:
    """One round for the method, one for all the headers; everything allowed before stays."""
    settings: dict[str, Any] = {"allow_origins": [PAGE], "allow_headers": ["X-Before"], "allow_methods": ["DELETE"]}
    asking = {"method": "PUT", "headers": ["Content-Type", "X-Requested-With", "X-One"]}
    for cause in ("method-not-allowed", "header-not-allowed"):
        found = probe_of(listing(settings), **asking)
        assert first(found) == cause
        [remedy] = [item for item in found.suspects[0].cause.remedies if item.place is Place.WSGI]
        settings = applied(remedy.code, settings)
    with serve(CORS(App(), Policy(**settings))) as site:
        assert probed(f"{site.origin}/x", **asking).decision is Decision.ALLOWED
    assert settings["allow_headers"] == ["X-Before", "content-type", "x-one", "x-requested-with"]
    assert settings["allow_methods"] == ["DELETE", "PUT"]


def listing(settings: dict[str, Any]) -> Callable[[Arrived], bytes]:
    """A server that answers every preflight with all that it allows."""
    lists = [
        ("Access-Control-Allow-Methods", ", ".join(settings["allow_methods"])),
        ("Access-Control-Allow-Headers", ", ".join(settings["allow_headers"])),
    ]
    return by_method({"OPTIONS": response(204, [ALLOW, *lists]), "PUT": response(200, [ALLOW])})


def test_what_the_request_rules_out_is_no_suspect() -> None:
    """A PUT in capitals, without Authorization, that was not redirected."""
    with serve(App()) as site:
        found = probed(f"{site.origin}/x", method="PUT", headers=["Content-Type"])
    ids = {suspect.cause.id for suspect in found.suspects}
    assert ids
    assert not ids & {
        "method-case",
        "header-wildcard-authorization",
        "redirect-without-headers",
        "wildcard-with-credentials",
    }
    assert not any("X-Requested-With" in str(suspect) for suspect in found.suspects)


@pytest.mark.parametrize(
    "name",
    ["Acess-Control-Allow-Origin", "Access-Control-Allow-Orign", "X-Access-Control-Allow-Origin",
     "AccessControlAllowOrigin", "Access-Control-Alow-Orgin"],
)  # fmt: skip
def test_other_misspelt_names_are_seen(name: str) -> None:
    assert misspelt(Response(200, [(name, "*")])) == name


@pytest.mark.parametrize(
    "name",
    [
        *sorted(CORS_RESPONSE_HEADERS),
        "Timing-Allow-Origin",
        "Cross-Origin-Resource-Policy",
        "Origin",
        "Access-Control-Request-Headers",
        "Access-Control-Allow-Local-Network",
        "Cache-Control",
        "Vary",
    ],
)
def test_the_names_of_other_headers_are_not_misspelt(name: str) -> None:
    assert mistaken_names(Response(200, [(name, "*")])) == []


@pytest.mark.parametrize(
    ("name", "meant"),
    [("Access-Control-Allow-Header", "Access-Control-Allow-Headers"),
     ("Access-Control-Allowed-Methods", "Access-Control-Allow-Methods"),
     ("Access-Control-Exposed-Headers", "Access-Control-Expose-Headers"),
     ("Access-Control-Allow-Credential", "Access-Control-Allow-Credentials"),
     ("access_control_max_age", "Access-Control-Max-Age")],
)  # fmt: skip
def test_misspelt_names_of_other_headers_are_remarked(name: str, meant: str) -> None:
    lines = [("Access-Control-Allow-Origin", PAGE), (name, "X-Id")]
    said = f"The answer has {name}, a name that no browser knows: {meant} is meant."
    assert [remark.detail for remark in probe_of(lambda _: response(200, lines)).remarks].count(said) == 1
    both = [*lines, (meant, "X-Id")]
    assert said not in [remark.detail for remark in probe_of(lambda _: response(200, both)).remarks]


def test_a_misspelt_header_is_seen() -> None:
    found = probe_of(lambda _: response(200, [("Access-Control-Allow-Origins", PAGE)]))
    assert certain(found) == "header-misspelt"
    assert "Access-Control-Allow-Origins" in found.suspects[0].cause.title


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        (b"Disallowed CORS origin", "origin-not-allowed"),
        (b"Disallowed CORS headers", "header-not-allowed"),
        (b"Disallowed CORS method", "method-not-allowed"),
    ],
)
def test_what_starlette_says_in_words_is_the_cause(said: bytes, cause: str) -> None:
    lists = [("Access-Control-Allow-Origin", PAGE)] if cause != "origin-not-allowed" else []
    answers = by_method({"OPTIONS": response(400, [*lists, ("Content-Type", "text/plain")], said), "PUT": b""})
    found = probe_of(answers, method="PUT", headers=["X-A"])
    assert first(found) == cause


def test_a_body_that_broke_off_is_not_allowed() -> None:
    found = probe_of(lambda _: b"HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nContent-Length: 9\r\n\r\nhell")
    assert certain(found) == "connection-broken"
    assert "cannot read it" in found.detail


@pytest.mark.parametrize(
    ("asked", "cause"),
    [
        ({"method": "PUT", "headers": ["X-Id"]}, "header-not-allowed"),
        ({"method": "DELETE"}, "method-not-allowed"),
        ({"method": "PUT", "origin": OTHER}, "origin-not-allowed"),
        ({"origin": OTHER}, "origin-not-allowed"),
    ],
)
def test_where_one_sentence_says_every_refusal_questions_tell_which_it_is(asked: dict[str, Any], cause: str) -> None:
    """As in Spring: "Invalid CORS request" for an origin, a method and a header alike."""

    def answer(request: Arrived) -> bytes:
        wanted = request.field("Access-Control-Request-Method") or request.method
        listed = request.field("Origin") == PAGE and wanted in {"GET", "PUT"}
        if listed and not request.field("Access-Control-Request-Headers"):
            return response(200, [ALLOW, ("Access-Control-Allow-Methods", "GET,PUT"), VARY])
        return response(403, [], b"Invalid CORS request")

    assert first(probe_of(answer, **asked)) == cause
