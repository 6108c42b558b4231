import pytest
from flask import Blueprint, Flask, abort

from flask_wsgicors import CORS, cors
from tests.flask.asking import STRANGER, A, B, allowed, ask, preflight, problems
from wsgicors import Policy

ORIGINS = (A, B, STRANGER)


def blueprint_of(name: str = "api", prefix: str | None = "/api") -> Blueprint:
    blueprint = Blueprint(name, __name__, url_prefix=prefix)
    blueprint.add_url_rule(f"/{name}-view", "view", lambda: "", methods=["PUT", "GET"])
    return blueprint


def who_may(app: Flask, path: str, method: str = "GET") -> list[str]:
    """The origins whose pages may read a response; their preflights must agree."""
    origins = [origin for origin in ORIGINS if allowed(ask(app, path, origin, method)) == origin]
    assert origins == [origin for origin in ORIGINS if preflight(app, path, origin, method).status_code == 204]
    return origins


def test_a_blueprint_before_and_after_the_app() -> None:
    for first in (True, False):
        app, blueprint = Flask(__name__), blueprint_of()
        CORS(blueprint, origins=A)
        if first:
            CORS(app, origins=B)
        app.register_blueprint(blueprint)
        if not first:
            CORS(app, origins=B)
        assert who_may(app, "/api/api-view") == [A]
        assert who_may(app, "/other") == [B]


def test_a_blueprint_alone() -> None:
    app, blueprint = Flask(__name__), blueprint_of()
    CORS().init_app(blueprint, origins=A)
    app.register_blueprint(blueprint)
    assert who_may(app, "/api/api-view") == [A]
    assert ask(app, "/other").headers.get("Vary") is None


def test_what_is_not_there_below_the_prefix() -> None:
    app, blueprint = Flask(__name__), blueprint_of()
    CORS(blueprint, origins=A)
    app.register_blueprint(blueprint)
    assert ask(app, "/api/nothing").status_code == 404
    assert ask(app, "/api/api-view", method="DELETE").status_code == 405
    assert who_may(app, "/api/nothing") == [A]
    assert who_may(app, "/api/api-view", "DELETE") == [A]
    assert who_may(app, "/api") == [A]
    assert allowed(ask(app, "/apiv2")) is None


def test_a_more_specific_resource_of_the_app() -> None:
    app, blueprint = Flask(__name__), blueprint_of()
    CORS(blueprint, origins=A)
    app.register_blueprint(blueprint)
    CORS(app, resources={"/api/admin/*": {"origins": B}, "/*": {"origins": STRANGER}})
    assert who_may(app, "/api/admin/nothing") == [B]
    assert who_may(app, "/api/nothing") == [A]
    assert who_may(app, "/nothing") == [STRANGER]
    app.extensions["cors"].rules = {"/api/admin": Policy(allow_origins=[A])}
    assert [allowed(ask(app, path)) for path in ("/api/admin/nothing", "/api/nothing", "/nothing")] == [A, A, None]


def test_a_resource_of_the_app_for_its_prefix() -> None:
    for first in (True, False):
        app, blueprint = Flask(__name__), blueprint_of()
        CORS(blueprint, origins=A)
        if first:
            app.register_blueprint(blueprint)
        CORS(app, resources={"/api/*": {"origins": B}})
        if not first:
            app.register_blueprint(blueprint)
        assert who_may(app, "/api/api-view") == [A]
        assert who_may(app, "/api/nothing") == [B]


def test_a_prefix_that_ends_in_a_slash() -> None:
    app, blueprint = Flask(__name__), blueprint_of(prefix="/api/")
    CORS(blueprint, origins=A)
    app.register_blueprint(blueprint)
    assert who_may(app, "/api/nothing") == [A]


@pytest.mark.parametrize("prefix", [None, "/", "", "/<lang>"])
def test_a_blueprint_without_a_prefix_of_its_own(prefix: str | None) -> None:
    app, blueprint = Flask(__name__), blueprint_of(prefix=None)
    CORS(blueprint, origins=A)
    app.register_blueprint(blueprint, url_prefix=prefix)
    path = "/en/api-view" if prefix == "/<lang>" else "/api-view"
    if prefix == "/<lang>":
        app.view_functions["api.view"] = lambda lang: ""
    assert who_may(app, path) == [A]
    assert allowed(ask(app, "/nothing")) == (A if prefix == "/" else None)


@pytest.mark.parametrize("prefix", ["/api", "/api/v1"])
def test_a_prefix_that_an_uncovered_blueprint_has_too(prefix: str) -> None:
    app, blueprint, other = Flask(__name__), blueprint_of(), Blueprint("other", __name__, url_prefix=prefix)
    CORS(blueprint, origins=A)
    other.add_url_rule("/other", "other", lambda: "")
    app.register_blueprint(blueprint)
    app.register_blueprint(other)
    assert who_may(app, "/api/api-view") == [A]
    assert allowed(ask(app, "/api/nothing")) == (None if prefix == "/api" else A)


def test_a_prefix_of_a_subdomain() -> None:
    app = Flask(__name__, subdomain_matching=True)
    app.config["SERVER_NAME"] = "example"
    blueprint = blueprint_of()
    CORS(blueprint, origins=A)
    app.register_blueprint(blueprint, subdomain="api")
    get = app.test_client().get
    assert allowed(get("/api/api-view", base_url="http://api.example", headers={"Origin": A})) == A
    assert allowed(get("/api/nothing", base_url="http://example", headers={"Origin": A})) is None


def test_nested_blueprints() -> None:
    app = Flask(__name__)
    outer, inner, plain = (
        blueprint_of("outer", "/outer"),
        blueprint_of("inner", "/inner"),
        blueprint_of("plain", "/plain"),
    )
    CORS(outer, origins=A)
    CORS(inner, origins=B)
    outer.register_blueprint(inner)
    outer.register_blueprint(plain)
    app.register_blueprint(outer)
    assert who_may(app, "/outer/outer-view") == [A]
    assert who_may(app, "/outer/plain/plain-view") == [A]
    assert who_may(app, "/outer/inner/inner-view") == [B]
    assert who_may(app, "/outer/inner/nothing") == [B]
    assert who_may(app, "/outer/nothing") == [A]


def test_one_blueprint_under_two_names() -> None:
    app, blueprint = Flask(__name__), blueprint_of()
    CORS(blueprint, origins=A)
    app.register_blueprint(blueprint)
    app.register_blueprint(blueprint, name="again", url_prefix="/again")
    assert who_may(app, "/api/api-view") == who_may(app, "/again/api-view") == [A]


def test_one_blueprint_in_two_apps() -> None:
    blueprint = blueprint_of()
    CORS(blueprint, max_age=5)
    apps = [Flask("a"), Flask("b")]
    for app, origin in zip(apps, (A, B), strict=True):
        app.config["CORS_ORIGINS"] = origin
        app.register_blueprint(blueprint)
        assert who_may(app, "/api/api-view") == [origin]
        assert preflight(app, "/api/api-view", origin).headers["Access-Control-Max-Age"] == "5"


def test_resources_of_a_blueprint() -> None:
    app, blueprint = Flask(__name__), blueprint_of()
    blueprint.add_url_rule("/v1/x", "x", lambda: "")
    CORS(blueprint, origins=A, resources=r"/api/v\d/.*")
    app.register_blueprint(blueprint)
    CORS(app, origins=B)
    assert who_may(app, "/api/v1/x") == [A]
    assert who_may(app, "/api/api-view") == [B]
    assert who_may(app, "/api/nothing") == [B]


def test_a_decorated_view_of_a_blueprint() -> None:
    app, blueprint = Flask(__name__), blueprint_of()
    blueprint.add_url_rule("/x", "x", cors(origins=B)(lambda: ""))
    CORS(blueprint, origins=A)
    app.register_blueprint(blueprint)
    assert who_may(app, "/api/x") == [B]
    assert who_may(app, "/api/api-view") == [A]


def test_a_decorated_view_in_a_plain_blueprint_of_another() -> None:
    app, outer, plain = Flask(__name__), blueprint_of("outer", "/outer"), blueprint_of("plain", "/plain")
    plain.add_url_rule("/x", "x", cors(max_age=5)(lambda: ""))
    CORS(outer, origins=A)
    outer.register_blueprint(plain)
    app.register_blueprint(outer)
    assert who_may(app, "/outer/plain/x") == [A]
    assert preflight(app, "/outer/plain/x", method="GET").headers["Access-Control-Max-Age"] == "5"


def test_what_a_blueprint_answers_before_its_views() -> None:
    app, blueprint = Flask(__name__), blueprint_of()

    @blueprint.before_request
    def guard() -> None:
        abort(401)

    CORS(blueprint, origins=A)
    app.register_blueprint(blueprint)
    assert ask(app, "/api/api-view").status_code == 401
    assert who_may(app, "/api/api-view") == [A]


def test_problems_of_a_blueprint_are_raised_when_it_is_registered() -> None:
    blueprint = blueprint_of()
    CORS(blueprint, supports_credentials=True)
    app = Flask(__name__)
    app.config["CORS_ORIGINS"] = "*"
    assert problems(lambda: app.register_blueprint(blueprint)) == [("any-origin-with-credentials", "CORS_ORIGINS")]
