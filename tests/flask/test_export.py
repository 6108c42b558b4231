"""``flask cors export``: resources, blueprints and decorated views as a proxy's configuration."""

import re
from pathlib import Path

import pytest
from click.testing import Result
from flask import Blueprint, Flask, Response
from flask.views import MethodView

from flask_wsgicors import CORS, AppCORS, cors
from flask_wsgicors._exporting import exportable
from flask_wsgicors.cli import cors as commands
from tests.export.through import differences, questions
from tests.flask.asking import A, B

PATHS = (
    "/", "/x", "/notes/", "/notes", "/notes/x", "/%6eotes/", "/partners", "/partners/x", "/public/x", "/public/y/5",
    "/public/none", "/public/of-app", "/robots.txt", "/robots.txt/x", "/robotsxtxt", "/api", "/api/x/5", "/apix",
)  # fmt: skip

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def answer(**_: object) -> Response:
    return Response("answer", headers={"Access-Control-Allow-Origin": "https://own.example"})


def made(**options: object) -> Flask:
    app = Flask(__name__)
    blueprint = Blueprint("public", __name__, url_prefix="/public")
    methods = ["GET", "POST", "PUT"]
    blueprint.add_url_rule("/x", "x", answer, methods=methods)
    blueprint.add_url_rule("/y/<int:number>", "y", answer, methods=methods)
    CORS(blueprint, origins="*")
    app.register_blueprint(blueprint)
    app.add_url_rule("/public/of-app", "of_app", answer, methods=methods)
    app.add_url_rule("/api/x/<int:number>", "api", answer, methods=methods)
    app.add_url_rule("/notes/", "notes", cors(origins=[B], refuse="forbid")(answer), methods=methods)
    app.add_url_rule("/partners", "partners", cors(origins=[A, B])(answer), methods=methods)
    resources = {"/api/*": {"origins": [A], "refuse": "forbid"}, "/robots.txt": {"origins": "*"}}
    CORS(app, **{"resources": resources, **options})
    return app


def run(app: Flask, *arguments: str) -> Result:
    options = ["export", "--to", "haproxy", *arguments]
    return app.test_cli_runner().invoke(commands, options, catch_exceptions=False)


@pytest.mark.servers
@pytest.mark.parametrize("options", [{}, {"resources": "*", "origins": [A], "refuse": "forbid"}], ids=["some", "all"])
def test_an_export_answers_as_the_app_does(options: dict[str, object], tmp_path: Path) -> None:
    app = made(**options)
    assert run(app, "--output", str(tmp_path)).exit_code == 0
    assert not differences(app, tmp_path, questions(PATHS, [A, B]))


def test_the_head_names_the_command_and_what_remains() -> None:
    app = made()
    assert "# Made by:     flask cors export --to haproxy\n" in run(app).output
    assert "# Besides:     A method that no view serves is answered by the policy of the views" in run(app).output


def test_where_every_method_is_answered_alike_nothing_is_noted() -> None:
    app = Flask(__name__)
    app.add_url_rule("/x", "x", lambda: "never decorated")
    CORS(app, origins=[A])
    assert "Besides" not in run(app).output


@pytest.mark.parametrize("lacking", ["", *sorted({*METHODS} - {"HEAD", "OPTIONS"})])
def test_a_method_that_no_view_serves_is_noted(lacking: str) -> None:
    """Flask adds HEAD and OPTIONS."""
    app, blueprint = Flask(__name__), Blueprint("public", __name__, url_prefix="/public")
    CORS(blueprint, origins="*")
    app.register_blueprint(blueprint)
    app.add_url_rule("/public/of-app", "of_app", answer, methods=[method for method in METHODS if method != lacking])
    CORS(app, origins=[A])
    assert ("Besides" in run(app).output) == bool(lacking)


def test_a_rule_covers_its_url_without_its_final_slash_and_no_other() -> None:
    app = Flask(__name__)
    for rule in ("/", "/x~/", "/y"):
        app.add_url_rule(rule, rule, cors(origins=[B])(answer))
    assert {route.path for route in exportable(AppCORS.of(app)).routes} == {"/", "/x~/", "/x~", "/y"}


def test_a_resource_of_a_blueprint_answers_for_what_is_below_it_alone() -> None:
    app, blueprint = Flask(__name__), Blueprint("second", __name__, url_prefix="/second")
    blueprint.add_url_rule("/notes/<name>", "notes", answer)
    CORS(blueprint, resources={"/second/notes/*": {"origins": [A]}, "/second/other/*": {"origins": [B]}})
    app.register_blueprint(blueprint)
    (route,) = (route for route in exportable(AppCORS.of(app)).routes if route.path == "/second/notes/")
    assert len(route.answers) == 1


def test_a_stale_file_has_a_status(tmp_path: Path) -> None:
    run(made(), "--output", str(tmp_path))
    assert run(made(), "--check", str(tmp_path)).exit_code == 0
    stale = run(made(resources="*", origins=[A]), "--check", str(tmp_path))
    assert (stale.exit_code, "Write it again: flask cors export --to haproxy" in stale.output) == (1, True)


class Some(MethodView):
    @cors(origins=[B])
    def put(self) -> Response:
        return answer()

    def get(self) -> Response:
        return answer()


def nothing(app: Flask) -> None: ...


def by_method(app: Flask) -> None:
    app.add_url_rule("/some", view_func=Some.as_view("some"))


def varying(app: Flask) -> None:
    app.add_url_rule("/notes/<int:number>", "note", cors(origins=[B])(answer))


def of_some_hosts(app: Flask) -> None:
    app.url_map.host_matching = True
    app.add_url_rule("/hosted", "hosted", cors(origins=[B])(answer), host="one.example")


def below_a_blueprint(app: Flask) -> None:
    app.add_url_rule("/public/<name>/of-app", "below", answer)


def by_expression_in_a_blueprint(app: Flask) -> None:
    blueprint = Blueprint("second", __name__, url_prefix="/second")
    blueprint.add_url_rule("/<name>", "of_second", answer)
    CORS(blueprint, resources={r"/second/v\d": {"origins": "*"}})
    app.register_blueprint(blueprint)


@pytest.mark.parametrize(
    ("change", "options", "said"),
    [
        (by_method, {}, "view-by-method: some at /some"),
        (varying, {}, "view-varies: note"),
        (of_some_hosts, {}, "host-routes: hosted"),
        (below_a_blueprint, {}, "view-varies: below"),
        (by_expression_in_a_blueprint, {}, "view-varies: second.of_second"),
        (nothing, {"resources": r"/v\d/.*", "origins": [A]}, r"resources chooses paths by the expression /v\d/.*"),
        (nothing, {"resources": {"/api/*": {"origins": [re.compile("https://(?!b)a")]}}}, "expression: "),
    ],
)  # fmt: skip
def test_what_only_code_knows_is_named_and_refused(change: object, options: dict[str, object], said: str) -> None:
    app = made(**options)
    change(app)  # type: ignore[operator]
    failed = run(app)
    assert failed.exit_code == 2
    assert said in failed.output


def test_faulty_decorators_are_all_named() -> None:
    app = Flask(__name__)
    app.add_url_rule("/x", "x", cors(methods=["PUT"])(answer))
    failed = run(app)
    assert failed.exit_code == 2
    assert "origins" in failed.output
