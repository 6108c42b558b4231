import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response, abort, redirect, request, send_file, stream_with_context
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.test import Client, EnvironBuilder, run_wsgi_app

from flask_wsgicors import CORS, AppCORS, cors, request_refused
from tests.flask.asking import STRANGER, A, B, allowed, ask, passes, preflight
from tests.go_rules import TABLE, TRUSTED, Case
from wsgicors import Policy, PolicyError, Verdict


@pytest.fixture
def app() -> Flask:
    app = Flask(__name__, static_folder=str(Path(__file__).parent), static_url_path="/static")
    CORS(app, origins=A, expose_headers=["X-Total"])

    @app.route("/view")
    def view() -> str:
        return "hello"

    @app.route("/abort/<int:status>")
    def aborted(status: int) -> Any:
        abort(status)

    @app.route("/crash")
    def crash() -> Any:
        raise ZeroDivisionError

    @app.route("/redirect")
    def away() -> Any:
        return redirect("https://elsewhere.example")

    @app.route("/slash/")
    def slash() -> str:
        return ""

    @app.route("/stream")
    def stream() -> Response:
        return Response(stream_with_context(part for part in (request.path, "-", request.method)))

    @app.route("/file")
    def file() -> Response:
        return send_file(__file__, conditional=True, last_modified=datetime(2026, 1, 1, tzinfo=UTC))

    @app.route("/own")
    def own() -> Response:
        return Response(
            "own",
            headers=[
                ("Access-Control-Allow-Origin", "*"),
                ("access-control-allow-credentials", "true"),
                ("Vary", "Cookie"),
                ("Vary", "accept-encoding"),
            ],
        )

    @app.before_request
    def guard() -> Any:
        if request.path == "/guarded":
            abort(403)

    return app


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("/view", "GET", 200),
        ("/view", "HEAD", 200),
        ("/view", "OPTIONS", 200),
        ("/nothing", "GET", 404),
        ("/view", "DELETE", 405),
        ("/abort/401", "GET", 401),
        ("/abort/500", "GET", 500),
        ("/crash", "GET", 500),
        ("/redirect", "GET", 302),
        ("/slash", "GET", 308),
        ("/static/asking.py", "GET", 200),
        ("/static/nothing", "GET", 404),
        ("/guarded", "GET", 403),
        ("/stream", "GET", 200),
        ("/file", "GET", 200),
    ],
)
def test_every_answer_is_covered(app: Flask, path: str, method: str, status: int) -> None:
    response = ask(app, path, A, method)
    assert response.status_code == status
    assert allowed(response) == A
    assert response.headers["Access-Control-Expose-Headers"] == "X-Total"
    for origin in (STRANGER, None):
        response = ask(app, path, origin, method)
        assert (response.status_code, allowed(response), response.headers["Vary"]) == (status, None, "Origin")
    assert passes(preflight(app, path, method=method))


def test_the_body_is_streamed(app: Flask) -> None:
    assert ask(app, "/stream").data == b"/stream-GET"


def test_ranges_and_conditional_answers(app: Flask) -> None:
    part = ask(app, "/file", Range="bytes=0-3")
    assert (part.status_code, part.data, allowed(part)) == (206, Path(__file__).read_bytes()[:4], A)
    beyond = ask(app, "/file", Range="bytes=9999999-")
    assert (beyond.status_code, allowed(beyond)) == (416, A)
    same = ask(app, "/file", If_Modified_Since=part.headers["Last-Modified"])
    assert (same.status_code, allowed(same), same.headers["Vary"]) == (304, A, "Origin")
    tagged = ask(app, "/file", If_None_Match=part.headers["ETag"])
    assert (tagged.status_code, allowed(tagged)) == (304, A)


@pytest.mark.parametrize("debug", [True, False])
def test_debug_mode_tells_of_the_apps_own_headers_once(caplog: pytest.LogCaptureFixture, *, debug: bool) -> None:
    app = Flask(__name__)

    @app.route("/own")
    def own() -> Response:
        return Response(headers={"access-control-allow-origin": "*", "X-Id": "7"})

    @app.route("/outside")
    def outside() -> Response:
        return Response(headers={"Access-Control-Allow-Origin": "*"})

    @app.after_request
    def after(response: Response) -> Response:
        response.headers["Access-Control-Max-Age"] = "5"
        return response

    for path in ("/own", "/absent"):
        CORS(app, resources={path: {"origins": [A]}}, debug=debug)
    origins = [(path, allowed(ask(app, path))) for path in ("/own", "/own", "/outside", "/absent")]
    assert origins == [("/own", A), ("/own", A), ("/outside", "*"), ("/absent", A)]
    instead = "which CORS replaces: take it out, or leave its path out of resources"
    told = [
        f"the view own sets Access-Control-Max-Age, access-control-allow-origin, {instead}",
        f"the app sets Access-Control-Max-Age, {instead}",
    ]
    logged = [record.getMessage() for record in caplog.records if record.name == "wsgicors"]
    assert logged == (told if debug else [])


def test_the_apps_own_headers(app: Flask) -> None:
    response = ask(app, "/own")
    assert response.headers.getlist("Access-Control-Allow-Origin") == [A]
    assert "Access-Control-Allow-Credentials" not in response.headers
    assert response.headers.getlist("Vary") == ["Cookie, accept-encoding, Origin"]


def test_an_error_that_is_raised_is_raised(app: Flask) -> None:
    app.testing = True
    with pytest.raises(ZeroDivisionError):
        ask(app, "/crash")


def test_a_function_of_an_error_handler(app: Flask) -> None:
    app.register_error_handler(ZeroDivisionError, lambda error: ("divided", 418))
    response = ask(app, "/crash")
    assert (response.status_code, allowed(response)) == (418, A)


def test_it_is_held_by_the_app(app: Flask) -> None:
    held = app.extensions["cors"]
    assert isinstance(held, AppCORS)
    assert app.wsgi_app == held.__call__


def test_one_extension_for_several_apps() -> None:
    extension = CORS(max_age=5)
    apps = [Flask("a"), Flask("b")]
    for app, origin in zip(apps, (A, B), strict=True):
        extension.init_app(app, origins=origin)
    for app, origin, other in zip(apps, (A, B), (B, A), strict=True):
        assert preflight(app, "/", origin).headers["Access-Control-Max-Age"] == "5"
        assert preflight(app, "/", other).status_code == 403
    apps[0].extensions["cors"].rules = Policy(allow_origins="*")
    assert (allowed(ask(apps[0], "/", STRANGER)), allowed(ask(apps[1], "/", STRANGER))) == ("*", None)


def test_a_factory() -> None:
    extension = CORS(origins="*")

    def create(**config: Any) -> Flask:
        app = Flask(__name__)
        app.config.update(config)
        extension.init_app(app)
        app.add_url_rule("/x", "x", lambda: "")
        return app

    first, second = create(CORS_MAX_AGE=1), create(CORS_MAX_AGE=2)
    assert [preflight(app, "/x").headers["Access-Control-Max-Age"] for app in (first, second)] == ["1", "2"]


def test_options_of_init_app_override_those_of_the_constructor() -> None:
    app = Flask(__name__)
    CORS(origins=A, max_age=5).init_app(app, origins=B)
    assert passes(preflight(app, "/", B))
    assert preflight(app, "/", A).status_code == 403
    assert preflight(app, "/", B).headers["Access-Control-Max-Age"] == "5"


def test_several_calls_add_up() -> None:
    app = Flask(__name__)
    CORS(app, resources={"/a/*": {"origins": A}, "/both/*": {"origins": A}})
    CORS(app, resources={"/b/*": {"origins": B}, "/both/*": {"origins": B}})
    assert [allowed(ask(app, path, A)) for path in ("/a/", "/b/", "/both/")] == [A, None, None]
    assert [allowed(ask(app, path, B)) for path in ("/a/", "/b/", "/both/")] == [None, B, B]
    assert str(app.wsgi_app).count("AppCORS") == 1


def test_debug_of_one_call_is_kept_by_the_next() -> None:
    app = Flask(__name__)
    CORS(app, resources={"/a": {"origins": A}}, debug=True)
    CORS(app, resources={"/b": {"origins": A}})
    assert b"Add it to origins, " in preflight(app, "/b", STRANGER).data


def test_rules_that_are_set_while_the_first_requests_come(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Flask(__name__)
    CORS(app, origins=A)
    held = app.extensions["cors"]
    settle, setters = held._settle, list[threading.Thread]()

    def set_meanwhile() -> None:
        if not setters:
            setters.append(threading.Thread(target=setattr, args=(held, "rules", Policy(allow_origins="*"))))
            setters[0].start()
            setters[0].join(0.1)  # it must wait for this thread
            assert setters[0].is_alive()
        settle()

    monkeypatch.setattr(held, "_settle", set_meanwhile)
    assert allowed(ask(app, "/")) in (A, "*")
    setters[0].join()
    assert allowed(ask(app, "/", STRANGER)) == "*"


@pytest.mark.parametrize("decorated", [True, False])
def test_rules_are_swapped_while_the_app_runs(decorated: bool) -> None:
    app = Flask(__name__)
    CORS(app, origins=A, resources=["/api/*", r"/v\d/.*"])
    if decorated:
        app.add_url_rule("/x", "x", cors(origins=B)(lambda: ""))
    held = app.extensions["cors"]

    def answers() -> list[str | None]:
        return [allowed(ask(app, path)) for path in ("/api/y", "/v1/y", "/y")]

    assert answers() == [A, A, None]
    before = held.rules
    with app.app_context():
        held.rules = Policy(allow_origins="*")
    assert answers() == ["*", "*", "*"]
    held.rules = {"/v1": [Policy(allow_origins=[B]), Policy(allow_origins=[A])]}
    assert answers() == [None, A, None]
    held.rules = {}
    assert answers() == [None, None, None]
    for wrong in ("*", {"v1": Policy(allow_origins="*")}, {"/": "*"}):
        with pytest.raises(PolicyError):
            held.rules = wrong
    assert answers() == [None, None, None]
    held.rules = before
    assert answers() == [A, A, None]
    if decorated:
        assert allowed(ask(app, "/x", B)) == B


def test_one_policy_for_everything_is_not_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Flask(__name__)
    CORS(app, origins=A)
    assert allowed(ask(app, "/first")) == A

    def find(environ: object) -> None:
        raise AssertionError

    monkeypatch.setattr(app.extensions["cors"], "find", find)
    assert allowed(ask(app, "/second")) == A
    assert passes(preflight(app, "/second"))


@pytest.mark.parametrize("what", ["view", "blueprint", "resource", "rules"])
def test_otherwise_it_is(what: str) -> None:
    from flask import Blueprint

    app = Flask(__name__)
    CORS(app, origins=A)
    expected = B
    match what:
        case "view":
            app.add_url_rule("/x", "x", cors(origins=B)(lambda: ""))
        case "blueprint":
            blueprint = Blueprint("b", __name__)
            blueprint.add_url_rule("/x", "x", lambda: "")
            CORS(blueprint, origins=B)
            app.register_blueprint(blueprint)
        case "resource":
            CORS(app, resources={"/x": {"origins": B}})
        case _:
            app.extensions["cors"].rules = {"/x": Policy(allow_origins=[B])}
            expected = B
    for _ in range(2):
        assert allowed(ask(app, "/x", B)) == expected
        assert allowed(ask(app, "/y", A)) == (None if what == "rules" else A)


def test_the_signal_of_a_refusal() -> None:
    app, other = Flask("one"), Flask("other")
    for each in (app, other):
        CORS(each, origins=A)
    told: list[tuple[Flask, Verdict, str]] = []

    def tell(sender: Flask, verdict: Verdict, environ: dict[str, Any]) -> None:
        told.append((sender, verdict, environ["PATH_INFO"]))

    with request_refused.connected_to(tell, app):
        for each in (app, other):
            ask(each, "/x", A)
            ask(each, "/x", None)
            ask(each, "/y", STRANGER)
            preflight(each, "/z", STRANGER)
    assert [(sender, verdict.refusal.value, path) for sender, verdict, path in told if verdict.refusal] == [
        (app, "origin-not-allowed", "/y"),
        (app, "origin-not-allowed", "/z"),
    ]


def test_a_hook_beside_the_signal() -> None:
    app = Flask(__name__)
    CORS(app, origins=A)
    told: list[str] = []
    app.extensions["cors"].on_refusal = lambda verdict, environ: told.append(verdict.sentence)
    ask(app, "/x", STRANGER)
    preflight(app, "/x", STRANGER)
    assert told == [f"The origin {STRANGER!r} is not allowed here."] * 2


def test_what_a_receiver_raises_is_logged(log: pytest.LogCaptureFixture) -> None:
    app = Flask(__name__)
    CORS(app, origins=A)

    def fail(sender: object, **_: object) -> None:
        raise ZeroDivisionError

    with request_refused.connected_to(fail):
        assert ask(app, "/", STRANGER).status_code == 404
    assert "ZeroDivisionError" in log.text


def test_forbidden_before_the_app_runs() -> None:
    app = Flask(__name__)
    CORS(app, origins=A, refuse="forbid")
    app.add_url_rule("/x", "x", lambda: 1 / 0, methods=["POST"])
    app.testing = True
    response = ask(app, "/x", STRANGER, "POST")
    assert (response.status_code, response.headers["Vary"]) == (403, "Origin, Sec-Fetch-Site")


@pytest.mark.parametrize("case", TABLE)
def test_go_s_published_table(case: Case) -> None:
    app = Flask(__name__)
    CORS(app, origins=TRUSTED, refuse="forbid")
    app.add_url_rule("/x", "x", lambda: "reached", methods=["GET", "POST", "PUT", "OPTIONS"])
    headers = [field for field in case.fields if field[0] != "Host"]
    response = app.test_client().open("/x", base_url="http://example.com", method=case.method, headers=headers)
    assert response.status_code == (200 if case.passes else 403)


def test_a_resource_of_its_own_exempts_a_path() -> None:
    app = Flask(__name__)
    CORS(app, origins=A, refuse="forbid", resources={"/paid": {"refuse": "withhold"}, "/*": {}})
    for path in ("/paid", "/x"):
        app.add_url_rule(path, path, lambda: "reached", methods=["POST"])
    sent = {"method": "POST", "Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate"}
    statuses = [ask(app, path, origin, **sent).status_code for path in ("/paid", "/x") for origin in (STRANGER, None)]
    assert statuses == [200, 200, 403, 403]


def test_below_a_dispatcher_and_behind_a_proxy() -> None:
    apps = [Flask("root"), Flask("mounted")]
    for app, origin in zip(apps, (A, B), strict=True):
        CORS(app, origins=origin, resources="/api/*")
        app.add_url_rule("/api/x", "x", lambda: request.script_root)
        app.add_url_rule("/api/view", "v", cors(origins=STRANGER)(lambda: ""))
        app.wsgi_app = ProxyFix(app.wsgi_app, x_prefix=1, x_host=1)  # type: ignore[method-assign]
    get = Client(DispatcherMiddleware(apps[0], {"/api": apps[1]})).get
    assert allowed(get("/api/api/x", headers={"Origin": B})) == B
    assert allowed(get("/api/x", headers={"Origin": B})) is None
    assert allowed(get("/api/api/view", headers={"Origin": STRANGER})) == STRANGER
    prefixed = get("/api/api/x", headers={"Origin": B, "X-Forwarded-Prefix": "/deep", "X-Forwarded-Host": "h.example"})
    assert (allowed(prefixed), prefixed.text) == (B, "/deep")


def test_a_script_name() -> None:
    app = Flask(__name__)
    app.config["APPLICATION_ROOT"] = "/root"
    app.add_url_rule("/x", "x", cors(origins=A)(lambda: ""), methods=["PUT"])
    asked = {"Origin": A, "Access-Control-Request-Method": "PUT"}
    assert app.test_client().options("/x", base_url="http://localhost/root", headers=asked).status_code == 204


def test_advisories_of_flask_cors() -> None:
    """CVE-2020-25032, CVE-2024-1681, CVE-2024-6221, CVE-2024-6839, CVE-2024-6844, CVE-2024-6866."""
    app = Flask(__name__)
    CORS(
        app,
        resources={"/api/*": {"origins": A}, "/a b": {"origins": A}, "/public": {"origins": A}, "/*": {"origins": B}},
    )
    for path in ("/api/../x", "/a+b", "/API/x", "/%2570ublic", "/x/..%2fapi"):
        assert allowed(ask(app, path, A)) is None, path
    asked = {"Origin": A, "Access-Control-Request-Method": "GET", "Access-Control-Request-Private-Network": "true"}
    assert "Access-Control-Allow-Private-Network" not in app.test_client().options("/api/x", headers=asked).headers


@pytest.mark.parametrize("pattern", ["/api/*", r"/api/\w+"])
def test_slashes_in_front_are_one_as_in_flask(pattern: str) -> None:
    app = Flask(__name__)
    app.add_url_rule("/api/x", "x", lambda: "hello")
    CORS(app, resources={pattern: {"origins": A}, "/*": {"origins": B}})
    for path in ("/api/x", "//api/x", "///api/x", "api/x"):
        environ = EnvironBuilder("/").get_environ() | {"PATH_INFO": path, "HTTP_ORIGIN": A}
        body, status, headers = run_wsgi_app(app.wsgi_app, environ)
        assert (b"".join(body), status, headers.get("Access-Control-Allow-Origin")) == (b"hello", "200 OK", A), path


def test_a_line_break_in_a_path_gives_one_line_of_log(log: pytest.LogCaptureFixture) -> None:
    app = Flask(__name__)
    CORS(app, origins=A)
    ask(app, "/x%0D%0Aforged", STRANGER)
    lines = [record.getMessage() for record in log.records if record.name == "wsgicors"]
    assert len(lines) == 1
    assert "\n" not in lines[0]
    assert "\r" not in lines[0]
