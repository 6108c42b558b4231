"""``flask cors verify`` compares the running server with resources, blueprints and decorated views."""

import json

import pytest
from click.testing import Result
from flask import Flask

from flask_wsgicors import CORS, cors
from flask_wsgicors.cli import cors as commands
from tests.browsers.site import serve
from tests.flask.asking import A, B


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wsgicors.doctor.diagnosis._verify.PAUSE", 0)


def made(origin: str) -> Flask:
    app = Flask(__name__)
    app.add_url_rule("/x", "x", lambda: "x")
    app.add_url_rule("/notes/", "notes", cors(origins=[B], refuse="forbid")(lambda: "notes"))
    CORS(app, resources={"/api/*": {"origins": "*"}, "/*": {"origins": [origin]}})
    return app


def verified(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(commands, ["verify", *arguments], catch_exceptions=False)


@pytest.mark.parametrize("path", ["/x", "/notes/"])
def test_an_app_answers_as_its_policies_say(path: str) -> None:
    app = made(A)
    with serve(app) as site:
        done = verified(app, f"{site.origin}{path}")
        asked = {request.target for request in site.requests}
    assert (done.exit_code, "Nothing differs." in done.output) == (0, True), done.output
    assert {"/notes/", "/api", path} <= asked


def test_methods_that_a_view_does_not_serve_are_not_asked_for() -> None:
    """Flask answers those by the rule for the path; an export cannot know this."""
    app = made(A)
    app.add_url_rule("/put", "put", cors(origins=[B], methods=["PUT", "DELETE"])(lambda: "put"), methods=["PUT"])
    with serve(app) as site:
        done = verified(app, f"{site.origin}/put")
        asked = {(request.method, request.field("Access-Control-Request-Method")) for request in site.requests
                 if request.target == "/put"}  # fmt: skip
    assert done.exit_code == 0, done.output
    assert asked == {("OPTIONS", "PUT"), ("OPTIONS", None)}


def test_what_runs_may_be_another_version() -> None:
    with serve(made(A)) as site:
        done = verified(made("https://new.example"), f"{site.origin}/x", "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["differences"]


def test_what_only_code_knows_is_named_and_refused() -> None:
    app = Flask(__name__)
    app.add_url_rule("/notes/<int:number>", "note", cors(origins=[B])(lambda number: "note"))
    CORS(app, origins=[A])
    done = verified(app, "http://127.0.0.1:1/x")
    assert done.exit_code == 2
    assert "view-varies: note" in done.output


def test_what_is_no_url_is_status_2() -> None:
    assert verified(made(A), "example").exit_code == 2
