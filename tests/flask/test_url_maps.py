"""The short form of the law of the URL map."""

import warnings
from typing import Any

import pytest
from flask import Blueprint, Flask

from flask_wsgicors import CORS, cors
from tests.flask.asking import A, B, allowed, ask, preflight
from tests.flask.url_maps import run


@pytest.mark.parametrize("first", range(0, 80, 20))
def test_the_policy_is_that_of_the_code_that_serves(first: int) -> None:
    with warnings.catch_warnings():
        run(500, first)


def app_with_blueprint(**options: object) -> Flask:
    """An app whose policy allows `B`, and a blueprint below /api whose policy allows `A`."""
    app, blueprint = Flask(__name__), Blueprint("api", __name__, url_prefix="/api")
    blueprint.add_url_rule("/own", "own", lambda: "")
    CORS(blueprint, origins=A)
    app.register_blueprint(blueprint)
    CORS(app, origins=B, **options)
    return app


def who(app: Flask, path: str, method: str = "GET") -> list[str]:
    found = [origin for origin in (A, B) if allowed(ask(app, path, origin, method)) == origin]
    assert found == [origin for origin in (A, B) if preflight(app, path, origin, method).status_code == 204]
    return found


def test_a_blueprint_does_not_answer_for_other_views_below_its_prefix() -> None:
    app = app_with_blueprint(refuse="forbid")
    other = Blueprint("other", __name__, url_prefix="/api/other")
    other.add_url_rule("/view", "view", lambda: "")
    app.register_blueprint(other)
    app.add_url_rule("/api/app", "app", lambda: "", methods=["POST"])
    assert who(app, "/api/own") == [A]
    assert who(app, "/api/nothing") == [A]
    for path, method in (("/api/app", "POST"), ("/api/other/view", "GET")):
        assert who(app, path, method) == [B]
        assert ask(app, path, A, method).status_code == 403
    assert who(app, "/api/app", "DELETE") == [B]


@pytest.mark.parametrize("covered", [True, False])
@pytest.mark.parametrize("declared", [True, False])
def test_a_prefix_of_two_blueprints_is_neithers(covered: bool, declared: bool) -> None:
    app = app_with_blueprint()
    other = Blueprint("other", __name__, url_prefix="/api" if declared else None)
    other.add_url_rule("/view", "view", lambda: "")
    if covered:
        CORS(other, origins=A)
    app.register_blueprint(other, **({} if declared else {"url_prefix": "/api"}))
    assert who(app, "/api/own") == [A]
    assert who(app, "/api/view") == [A] if covered else [B]
    assert who(app, "/api/nothing") == [B]


def test_methods_count_as_flask_reads_them() -> None:
    app = Flask(__name__)
    app.add_url_rule("/x", "x", cors(origins=A)(lambda: ""), methods=["PUT"])
    CORS(app, origins=B)
    assert allowed(ask(app, "/x", A, "put")) == A


def test_a_handshake_is_the_websockets() -> None:
    app = Flask(__name__)
    app.add_url_rule("/x", "http", cors(origins=B)(lambda: ""))
    app.add_url_rule("/x", "socket", cors(origins=A)(lambda: ""), websocket=True)
    handshake = {"Connection": "Upgrade", "Upgrade": "websocket"}
    assert allowed(ask(app, "/x", A, "GET", **handshake)) == A
    assert allowed(ask(app, "/x", B)) == B


def test_a_method_override_outside_of_the_extension() -> None:
    app = Flask(__name__)
    app.add_url_rule("/x", "put", cors(origins=A)(lambda: "put"), methods=["PUT"])
    app.add_url_rule("/x", "post", cors(origins=B)(lambda: "post"), methods=["POST"])
    CORS(app, origins=B)
    inner = app.wsgi_app

    def override(environ: Any, start_response: Any) -> Any:
        environ["REQUEST_METHOD"] = environ.get("HTTP_X_HTTP_METHOD_OVERRIDE", environ["REQUEST_METHOD"])
        return inner(environ, start_response)

    app.wsgi_app = override  # type: ignore[method-assign]
    response = ask(app, "/x", A, "POST", X_HTTP_Method_Override="PUT")
    assert (response.text, allowed(response)) == ("put", A)
