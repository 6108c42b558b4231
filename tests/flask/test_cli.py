"""``flask cors``."""

import json
import re
from typing import Any

import pytest
from click.testing import Result
from flask import Blueprint, Flask
from flask.cli import FlaskGroup, ScriptInfo

from flask_wsgicors import CORS, cors
from flask_wsgicors.cli import cors as commands
from tests.flask.asking import STRANGER, A, B
from wsgicors import Policy


def fail(**_: object) -> None:
    raise AssertionError


@pytest.fixture
def app() -> Flask:
    app = Flask(__name__)
    app.before_request(fail)
    blueprint = Blueprint("public", __name__, url_prefix="/public")
    blueprint.add_url_rule("/x", "x", fail)
    CORS(blueprint, origins="*")
    app.register_blueprint(blueprint)
    app.add_url_rule("/notes/<int:number>", "write", cors(origins=B, max_age=5)(fail), methods=["PUT"])
    app.add_url_rule("/other", "other", fail)
    CORS(
        app,
        resources={
            r"/v\d/.*": {"origins": A},
            "/api/*": {"origins": [A, B], "methods": "PUT"},
        },
    )
    return app


def run(app: Flask, *arguments: str) -> Result:
    """Run a command; ``explain`` with ``--all``."""
    if arguments[0] == "explain":
        arguments = (*arguments, "--all")
    return short(app, *arguments)


def short(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(commands, list(arguments), catch_exceptions=False)


@pytest.mark.parametrize(
    ("arguments", "status", "lines"),
    [
        (
            "/notes/5 --method PUT",
            0,
            ["View *write", "Rule *the decorator of write", "^  origins: https://b.example"],
        ),
        ("/notes/5 --method DELETE", 0, ["View *none", "Rule *the decorator of write"]),
        ("/public/x", 0, ["View *public.x", "Rule *the blueprint public", "^  origins: [*]"]),
        ("/public/nothing", 0, ["View *none", "Rule */public"]),
        ("/v%31/x%2525", 1, [r"Rule */v\\d/\.\*", "refused", "The nearest that is allowed"]),
        ("https://example.com/api/x --method PUT --header X-A", 0, ["PUT https://example.com/api/x", "Rule */api"]),
        ("/api/x --method DELETE", 1, ["The method 'DELETE' is not allowed here"]),
        ("/api/x --credentials", 1, ["credentials"]),
        ("/api/x --method PUT --private-network", 1, ["private network"]),
        ("/other", 1, ["View *other", "Rule *none: the view's own headers"]),
        (
            "https://example.com/api/../v1/x",
            1,
            ["View *none", "Rule *none: the path can be read in ways that lead to different rules"],
        ),
    ],
)
def test_explain(app: Flask, arguments: str, status: int, lines: list[str]) -> None:
    result = run(app, "explain", *arguments.split(), "--origin", B)
    for line in lines:
        assert re.search(line, result.output, re.MULTILINE), result.output
    assert result.exit_code == status


def test_explain_names_the_cause_and_the_remedy_in_the_words_of_the_extension(app: Flask) -> None:
    output = run(app, "explain", "/api/x", "--method", "DELETE", "--origin", A).output
    assert "Add it to methods" in output
    assert "  methods: PUT" in output
    assert "Blocked: " in output
    assert "(method-not-allowed)" in output
    assert "Django" not in output


@pytest.mark.parametrize(
    ("config", "options", "decorated", "name"),
    [
        ({"CORS_ORIGINS": A}, {}, {}, "CORS_METHODS"),
        ({"CORS_METHODS": "PUT"}, {"origins": A}, {}, "CORS_METHODS"),
        ({"CORS_ORIGINS": A}, {"methods": "PUT"}, {}, "methods"),
        ({"CORS_ORIGINS": A}, {"max_age": 5}, {}, "methods"),
        ({}, {"origins": A, "allow_methods": "PUT"}, {}, "allow_methods"),
        ({"CORS_ORIGINS": A, "CORS_METHODS": "PUT"}, {}, {"methods": "PATCH"}, "methods"),
        ({"CORS_ORIGINS": A, "CORS_METHODS": "PUT"}, {}, {"max_age": 5}, "CORS_METHODS"),
        ({}, {"resources": {"/*": {"origins": A, "methods": "PUT"}}}, {}, "methods"),
    ],
)
def test_settings_are_called_as_their_owner_wrote_them(
    config: dict[str, Any], options: dict[str, Any], decorated: dict[str, Any], name: str
) -> None:
    app = Flask(__name__)
    app.config.update(config, CORS_DEBUG=True)

    def view() -> str:
        return ""

    app.add_url_rule("/x", "x", cors(**decorated)(view) if decorated else view)
    CORS(app, **options)
    asked = ("--method", "PURGE", "--origin", A)
    assert f"Add it to {name}, in this spelling" in run(app, "explain", "/x", *asked).output
    assert ("Add it to methods" in run(app, "explain", "/x", *asked).output) == (name == "methods")
    assert f"  {name}: " in run(app, "list").output
    preflight = {"Origin": A, "Access-Control-Request-Method": "PURGE"}
    assert f"Add it to {name}, in this spelling" in app.test_client().options("/x", headers=preflight).text


@pytest.mark.parametrize("asked", [("--method", "DELETE"), ("--credentials",)])
def test_explain_is_short_and_has_the_remedy_for_flask_alone(app: Flask, asked: tuple[str, ...]) -> None:
    output = short(app, "explain", "/api/x", *asked, "--origin", A).output
    assert output.startswith("Blocked: ")
    assert "  Rule: /api\n" in output
    assert ("    Add it to methods, in this spelling.\n" in output) == ("DELETE" in asked)
    assert ("Change this:\n  Flask: " in output) == ("--credentials" in asked)
    assert "--all shows the exchange step by step." in output
    assert len(output.splitlines()) <= 25
    for place in ("Django", "nginx", "Express"):
        assert f"  {place}: " not in output
        assert f"  {place}: " not in run(app, "explain", "/api/x", *asked, "--origin", A).output


def test_explain_proposes_no_call_for_the_app_where_a_decorator_decides(app: Flask) -> None:
    output = short(app, "explain", "/notes/5", "--method", "PUT", "--origin", A).output
    assert "  Rule: the decorator of write\n" in output
    assert "    Add it to origins, exactly as it stands here" in output
    assert "CORS(app" not in output


def test_the_help_lists_each_command_with_a_whole_sentence(app: Flask) -> None:
    listed = " ".join(short(app, "--help").output.partition("Commands:")[2].split())
    assert "what a browser makes of it. export" in listed
    assert "..." not in listed


def test_explain_as_json(app: Flask) -> None:
    report = json.loads(run(app, "explain", "/api/x", "--method", "DELETE", "--origin", A, "--json").output)
    assert report["heading"] == [["View", "none"], ["Rule", "/api"]]
    assert report["verdicts"][0]["refusal"] == "method-not-allowed"
    assert report["suspects"][0]["id"] == "method-not-allowed"


def test_explain_of_what_no_browser_sends(app: Flask) -> None:
    result = run(app, "explain", "/api/x", "--origin", "no origin")
    assert result.exit_code == 2
    assert "no origin" in result.output


def test_explain_wants_an_origin(app: Flask) -> None:
    assert run(app, "explain", "/").exit_code == 2


def test_the_list(app: Flask) -> None:
    output = run(app, "list").output
    assert re.findall(r"^\S.*", output, re.MULTILINE) == [
        "every method /notes/<int:number>: the decorator of write",
        "/: the blueprint public",
        r"/v\d/.*",
        "/api",
    ]
    assert "max_age: 5" in output


def test_the_list_of_rules_that_were_set(app: Flask) -> None:
    app.extensions["cors"].rules = [Policy(allow_origins=[A]), Policy(allow_origins=[STRANGER])]
    output = run(app, "list").output
    assert output.endswith(f"/\n  origins: {A}\n  and, where that allows no such origin:\n  origins: {STRANGER}\n")


def test_a_decorated_view_in_an_app_without_the_extension() -> None:
    app = Flask(__name__)
    app.add_url_rule("/x", "x", cors(origins=A)(fail))
    assert "the decorator of x" in run(app, "list").output
    assert run(app, "explain", "/x", "--origin", A).exit_code == 0


def test_it_is_a_command_of_flask(app: Flask) -> None:
    group = FlaskGroup(create_app=lambda: app)
    result = app.test_cli_runner().invoke(group, ["cors", "list"], obj=ScriptInfo(create_app=lambda: app))
    assert (result.exit_code, "the blueprint public" in result.output) == (0, True)
