"""The extension with other libraries: WebTest, Flask-Login, Flask-RESTX, Flask-Smorest, async views."""

import asyncio
import warnings
from typing import Any

import flask_login
import pytest
from flask import Flask
from flask.views import MethodView

from flask_wsgicors import CORS, cors
from tests.flask.asking import STRANGER, A, B, allowed, ask, passes, preflight
from tests.wsgi import TestApp

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # from versions for older releases of Flask
    import flask_restx
    import flask_smorest


def test_webtest() -> None:
    app = Flask(__name__)
    CORS(app, origins=A, resources="/api/*")
    app.add_url_rule("/api/x", "x", lambda: "hello", methods=["GET", "PUT"])
    client = TestApp(app, lint=True)
    assert client.get("/api/x", headers={"Origin": A}).headers["Access-Control-Allow-Origin"] == A
    asked = {"Origin": A, "Access-Control-Request-Method": "PUT"}
    assert client.options("/api/x", headers=asked).status_int == 204
    assert client.options("/api/x", headers={**asked, "Origin": STRANGER}, status=403).content_type == "text/plain"


def test_flask_login() -> None:
    app = Flask(__name__)
    app.secret_key = "secret"
    manager = flask_login.LoginManager(app)
    manager.user_loader(lambda name: None)
    asked: list[str] = []

    @manager.request_loader
    def load(request: Any) -> None:
        asked.append(request.method)

    for route in ("/below", "/above"):

        def view() -> str:
            raise AssertionError

        guarded = flask_login.login_required(view)
        app.add_url_rule(route, route, cors(origins=A)(guarded), methods=["PUT"])
    CORS(app, origins=B)
    for route in ("/below", "/above"):
        assert passes(preflight(app, route))
        assert asked == []
        response = ask(app, route, A, "PUT")
        assert (response.status_code, allowed(response)) == (401, A)
        asked.clear()


def test_flask_restx() -> None:
    app = Flask(__name__)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        api = flask_restx.Api(app, prefix="/api")

    @api.route("/whole")
    @cors(origins=B)
    class Whole(flask_restx.Resource):  # type: ignore[misc]
        def put(self) -> dict[str, str]:
            return {"a": "b"}

    @api.route("/methods")
    class Methods(flask_restx.Resource):  # type: ignore[misc]
        @cors(origins=B)
        def put(self) -> dict[str, str]:
            return {"a": "b"}

        def delete(self) -> None:
            flask_restx.abort(409)

    CORS(app, origins=A)
    for path in ("/api/whole", "/api/methods"):
        assert passes(preflight(app, path, B))
        assert preflight(app, path, A).status_code == 403
        assert allowed(ask(app, path, B, "PUT")) == B
    response = ask(app, "/api/methods", A, "DELETE")
    assert (response.status_code, allowed(response)) == (409, A)
    assert allowed(ask(app, "/swagger.json", A)) == A
    response = ask(app, "/api/nothing", A)
    assert (response.status_code, allowed(response)) == (404, A)


def test_flask_smorest() -> None:
    app = Flask(__name__)
    app.config.update(API_TITLE="Notes", API_VERSION="1", OPENAPI_VERSION="3.0.2")
    api = flask_smorest.Api(app)
    blueprint = flask_smorest.Blueprint("notes", __name__, url_prefix="/notes")
    CORS(blueprint, origins=A)

    @blueprint.route("/")
    class Notes(MethodView):
        @blueprint.response(200)
        def put(self) -> dict[str, str]:
            return {}

        @cors(origins=B)
        @blueprint.response(204)
        def delete(self) -> None:
            flask_smorest.abort(422)

    api.register_blueprint(blueprint)
    assert passes(preflight(app, "/notes/"))
    assert allowed(ask(app, "/notes/", A, "PUT")) == A
    assert passes(preflight(app, "/notes", B, "DELETE"))
    response = ask(app, "/notes/", B, "DELETE")
    assert (response.status_code, allowed(response)) == (422, B)


@pytest.mark.parametrize("above", [True, False])
def test_an_async_view(above: bool) -> None:
    app = Flask(__name__)

    async def view() -> str:
        await asyncio.sleep(0)
        return "hello"

    marked = cors(origins=A)(view)
    assert asyncio.iscoroutinefunction(marked)
    app.add_url_rule("/x", "x", marked, methods=["PUT"])
    CORS(app, origins=B)
    assert passes(preflight(app, "/x"))
    response = ask(app, "/x", A, "PUT")
    assert (response.text, allowed(response)) == ("hello", A)


def test_an_async_method() -> None:
    class Notes(MethodView):
        @cors(origins=A)
        async def put(self) -> str:
            return "written"

    app = Flask(__name__)
    app.add_url_rule("/x", view_func=Notes.as_view("notes"))
    assert passes(preflight(app, "/x"))
    assert (ask(app, "/x", A, "PUT").text, allowed(ask(app, "/x", A, "PUT"))) == ("written", A)
