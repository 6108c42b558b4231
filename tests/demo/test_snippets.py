"""The code to copy runs, and allows what the policy allows. Django's code runs where Django is configured."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import flask
import pytest
from werkzeug.test import Client

from tests.demo.code import HEADERS, POLICIES, outcomes
from wsgicors import CORS, Policy
from wsgicors.demo._snippets import snippets

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

pytestmark = pytest.mark.slow


def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    start_response("200 OK", list(HEADERS.items()))
    return [b""]


@pytest.mark.parametrize("policy", POLICIES, ids=repr)
def test_the_wsgi_code_runs(policy: Policy) -> None:
    names: dict[str, Any] = {"app": app}
    exec(snippets(policy)["WSGI"], names)
    assert outcomes(Client(names["app"])) == outcomes(Client(CORS(app, policy)))


@pytest.mark.parametrize("policy", POLICIES, ids=repr)
def test_the_flask_code_runs(policy: Policy) -> None:
    own = flask.Flask("app")

    @own.route("/", methods=["GET", "PUT", "PATCH"])
    def view() -> flask.Response:
        return flask.Response(headers=HEADERS)

    exec(snippets(policy)["Flask"], {"app": own})
    assert outcomes(Client(own)) == outcomes(Client(CORS(app, policy)))


def test_a_long_list_has_a_line_for_each_member() -> None:
    origins = [f"https://{number:020}.example" for number in range(2)]
    code = snippets(Policy(allow_origins=origins))
    assert f'    allow_origins=[\n        "{origins[0]}",\n        "{origins[1]}",\n    ],\n' in code["WSGI"]
    assert f'CORS_ALLOWED_ORIGINS = [\n    "{origins[0]}",\n    "{origins[1]}",\n]' in code["Django"]
