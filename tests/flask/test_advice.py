"""Warnings for the app's owner, at the first request or when covered: once each, and only with a remedy."""

import re
import subprocess
import sys
import textwrap
import warnings
from pathlib import Path
from typing import Any

import pytest
from flask import Blueprint, Flask, current_app
from flask_socketio import SocketIO

from flask_wsgicors import CORS, CORSWarning, cross_origin
from tests.flask.asking import STRANGER, A, B, allowed, ask, passes, preflight, problems
from tests.servers.server import ADAPTERS, ROOT
from wsgicors import CachedOrigins, Policy, PolicyError


def told(app: Flask, path: str = "/") -> list[str]:
    """The warnings of the first requests."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        ask(app, path)
        ask(app, path)
    assert all(warning.category is CORSWarning for warning in caught)
    return [str(warning.message) for warning in caught]


# -- Settings without an effect ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message", "kept"),
    [
        ({"allow_headers": ["Origin", "X-A"]}, "'Origin' in allow_headers", {"allow_headers": ("X-A",)}),
        (
            {"allow_headers": "Access-Control-Allow-Origin"},
            "'Access-Control-Allow-Origin' in allow_",
            {"allow_headers": ()},
        ),
        ({"methods": ["PUT", "TRACE"]}, "'TRACE' in methods", {"allow_methods": ("PUT",)}),
        ({"expose_headers": ["Set-Cookie"]}, "'Set-Cookie' in expose_headers", {"expose_headers": ()}),
        ({"max_age": 864000}, "864000 for max_age", {"max_age": 86400}),
    ],
)
def test_what_no_browser_could_use_is_ignored(options: Any, message: str, kept: dict[str, object]) -> None:
    app = Flask(__name__)
    with pytest.warns(CORSWarning, match=re.escape(message)) as caught:
        CORS(app, origins=A, resources=["/a/*", "/b/*"], **options)
    assert [warning.filename for warning in caught] == [__file__]
    policy = next(iter(app.extensions["cors"].rules.values()))
    assert {name: getattr(policy, name) for name in kept} == kept


def test_those_of_a_decorator_name_its_view() -> None:
    app = Flask(__name__)
    app.add_url_rule("/x", "x", cross_origin(origins=A, allow_headers=["Cookie"])(lambda: ""))
    assert [message.partition(":")[0] for message in told(app)] == ["'Cookie' in allow_headers of x"]


def test_a_warning_given_when_the_app_was_covered_is_not_repeated() -> None:
    app = Flask(__name__)
    app.add_url_rule("/x", "x", cross_origin(allow_headers=["Cookie"])(lambda: ""))
    with pytest.warns(CORSWarning, match="'Cookie' in allow_headers of x"):
        CORS(app, origins=A)
    assert told(app) == []


def test_they_are_visible_under_flask_run(tmp_path: Path) -> None:
    """Without configuration, Python shows a UserWarning, and no DeprecationWarning."""
    app = """
        from flask import Flask
        from flask_wsgicors import CORS
        app = Flask("a")
        CORS(app, origins="*", allow_headers=["Origin"], send_wildcard=True)
    """
    (tmp_path / "app.py").write_text(textwrap.dedent(app), "utf-8")
    command = [sys.executable, "-m", "flask", "routes"]
    env = {"PYTHONPATH": f"{ROOT}:{ADAPTERS}"}
    run = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=True)
    assert "CORSWarning: 'Origin' in allow_headers" in run.stderr
    assert "CORSWarning: send_wildcard has no meaning any more" in run.stderr


# -- Unknown names -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "instead"),
    [
        ({"headers": ["X-A"]}, "allow_headers"),
        ({"origin": A}, "origins"),
        ({"method": ["GET"]}, "methods"),
        ({"credentials": True}, "supports_credentials"),
        ({"support_credentials": False}, "supports_credentials"),
        ({"CORS_SUPPORTS_CREDENTIALS": True}, "supports_credentials"),
        ({"CORS_METHODS": ["GET"]}, "methods"),
        ({"maxage": 5}, "max_age"),
        ({"allow_origin": A, "allow_origins": A}, ""),
        ({"colour": "blue"}, ""),
    ],
)
def test_a_name_of_the_same_type_that_is_not_given_is_proposed(options: Any, instead: str) -> None:
    given = {"origins": A} if "origin" not in options else {}
    with pytest.raises(PolicyError) as raised:
        CORS(Flask(__name__), **given, **options)
    assert [(problem.code, problem.instead) for problem in raised.value.problems] == [("unknown-setting", instead)]


@pytest.mark.parametrize(
    ("name", "meant"),
    [("vary_headers", "vary_header"), ("send_wildcards", "send_wildcard"), ("automatic_option", "automatic_options")],
)
def test_a_misspelt_name_of_what_has_no_meaning_is_ignored(name: str, meant: str) -> None:
    """flask-cors ignored every unknown name: an error for one that decides nothing would not help."""
    app = Flask(__name__)
    with pytest.warns(CORSWarning, match=rf"^{name} is not an option, and {meant} no longer has a meaning: "):
        CORS(app, origins=A, **{name: False})
    with pytest.warns(CORSWarning, match=rf"^resources\['/\*'\]\['{name}'\] is not an option, and {meant} no"):
        CORS(app, resources={"/*": {"origins": A, name: True}})
    assert told(app) == []


def test_every_problem_at_once() -> None:
    options: Any = {
        "origin": [f"{A}/"],
        "headers": ["X A"],
        "debug": "yes",
        "resources": {"api/*": {"methods": ["put"], "colour": "blue"}, "/b/*": {"max_age": -1}, "/c/*": 5},
    }
    found = problems(lambda: CORS(Flask(__name__), **options))
    assert {code for code, _ in found} == {
        "unknown-setting", "origin-trailing-slash", "not-a-token", "wrong-type", "rule-path", "method-case",
        "max-age-range",
    }  # fmt: skip
    assert ("unknown-setting", "resources['api/*']['colour']") in found


def test_a_decorator_tells_everything_too() -> None:
    options: Any = {"origin": f"{A}/", "colour": "blue"}
    assert problems(lambda: cross_origin(**options)) == [
        ("unknown-setting", "origin"),
        ("unknown-setting", "colour"),
        ("origin-trailing-slash", "origins"),
    ]


def test_iterators_are_read_once() -> None:
    app = Flask(__name__)
    CORS(app, origins=iter([A]), methods=map(str.upper, ["put"]), resources=["/a/*", "/b/*"])
    app.add_url_rule("/x", "x", cross_origin(origins=iter([A]))(lambda: ""), methods=["PUT"])
    for path in ("/a/", "/b/", "/x"):
        assert passes(preflight(app, path))


@pytest.mark.parametrize("origins", [{"/*": {"origins": A}}, lambda: A, lambda one, other: True])
def test_what_are_no_origins(origins: Any) -> None:
    assert problems(lambda: CORS(Flask(__name__), origins=origins)) == [("wrong-type", "origins")]


@pytest.mark.parametrize("everybody", ["/*", ".*", "/.*"])
def test_a_text_that_admitted_everybody(everybody: str) -> None:
    with pytest.raises(PolicyError, match=r'Write "\*" instead'):
        CORS(Flask(__name__), origins=everybody)
    found = problems(lambda: CORS(Flask(__name__), origins=everybody, supports_credentials=True))
    assert found == [("origin-regex", "origins"), ("any-origin-with-credentials", "origins")]


# -- Functions of origins ----------------------------------------------------------------------------------------------


def test_a_function_runs_in_a_context_of_the_app() -> None:
    def customer(origin: str) -> bool:
        return origin in current_app.config["CUSTOMERS"]

    app = Flask(__name__)
    app.config["CUSTOMERS"] = {A}
    app.add_url_rule("/x", "x", cross_origin(origins=customer, max_age=5)(lambda: ""))
    CORS(app, origins=customer)
    for path in ("/", "/x"):
        assert [allowed(ask(app, path, origin)) for origin in (A, B)] == [A, None]


def test_a_builtin_is_a_function_too() -> None:
    app = Flask(__name__)
    CORS(app, origins={A}.__contains__)
    assert [allowed(ask(app, "/", origin)) for origin in (A, B)] == [A, None]
    assert isinstance(next(iter(app.extensions["cors"].rules.values())).allow_origins, CachedOrigins)


# -- Resources that covered more ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("resource", "rule", "instead"),
    [
        ("/(categories|questions)*", "/questions/<int:number>", 'r"/(categories|questions)/.*"'),
        ("/api/v[12]/*", "/api/v1/x", 'r"/api/v[12]/.*"'),
        ("^/api/*", "/api/<path:rest>", '"/api/*"'),
        ("/acl*", "/acl_x/<uuid:one>", 'r"/acl.*"'),
        (re.compile("/v[0-9]"), "/v1/<any('a', b):one>/<float:two>", 'r"/v[0-9]/.*"'),
    ],
)
def test_a_resource_that_covered_more_in_flask_cors(resource: Any, rule: str, instead: str) -> None:
    app = Flask(__name__)
    CORS(app, origins=A, resources=[resource])
    app.add_url_rule(rule, "x", lambda **_: "")
    [message] = told(app)
    assert message.startswith(f"The resource {resource!r} does not cover {rule}: ")
    assert message.endswith(f"Write {instead} to cover it.")
    corrected = Flask(__name__)
    CORS(corrected, origins=A, resources=[re.compile(eval(instead)) if instead.startswith("r") else eval(instead)])
    corrected.add_url_rule(rule, "x", lambda **_: "")
    assert told(corrected) == []


def test_without_a_resource_to_write_it_says_so_all_the_same() -> None:
    app = Flask(__name__)
    CORS(app, origins=A, resources=["/b|/a$"])
    app.add_url_rule("/bc/<one>", "x", lambda **_: "")
    [message] = told(app)
    assert message.endswith("in flask-cors.")


@pytest.mark.parametrize("resource", ["/api/*", r"/api/v\d/.*", "/robots.txt", "*"])
def test_a_resource_that_covers_what_it_did(resource: str) -> None:
    app = Flask(__name__)
    CORS(app, origins=A, resources=[resource])
    for rule in ("/api/v1/x", "/apiv2", "/robots.txt.bak"):
        app.add_url_rule(rule, rule, lambda **_: "")
    assert [message for message in told(app) if "apiv2" not in message] == []


def test_what_another_resource_covers_is_not_lost() -> None:
    app = Flask(__name__)
    CORS(app, origins=A, resources=["/v[12]/*", "/*"])
    app.add_url_rule("/v1/x", "x", lambda **_: "")
    assert told(app) == []


# -- Decorators --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "instead"),
    [
        ({"origins": A}, '@cross_origin(origins="*")'),
        ({"resources": {"/x": {"origins": A}}}, '@cross_origin(origins="*")'),
        ({"origins": A, "supports_credentials": True}, '@cross_origin(origins="*", supports_credentials=False)'),
    ],
)
def test_a_bare_decorator_under_a_restrictive_policy(options: Any, instead: str) -> None:
    app = Flask(__name__)
    CORS(app, **options)
    app.add_url_rule("/x", "x", cross_origin()(lambda: ""))
    [message] = told(app)
    assert message.startswith("@cross_origin() of the view x ")
    assert instead in message


@pytest.mark.parametrize(("options", "own"), [({"origins": "*"}, {}), ({"origins": A}, {"max_age": 5})])
def test_a_decorator_that_does_what_it_did_or_says_more(options: Any, own: Any) -> None:
    app = Flask(__name__)
    CORS(app, **options)
    app.add_url_rule("/x", "x", cross_origin(**own)(lambda: ""))
    assert told(app) == []


def test_a_bare_decorator_took_the_configuration_in_flask_cors_too() -> None:
    app = Flask(__name__)
    app.config["CORS_ORIGINS"] = A
    app.add_url_rule("/x", "x", cross_origin()(lambda: ""))
    assert told(app) == []


# -- Cookies -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("samesite", "origins", "server_name", "is_told"),
    [
        ("Lax", A, None, True),
        ("Strict", [A, "http://localhost:*"], None, True),
        ("Lax", "http://localhost:3000", None, False),
        ("None", A, None, False),
        (None, A, None, False),
        (None, A, "api.example.com", True),
        ("Lax", "https://www.example.com", "api.example.com", False),
        ("Lax", re.compile(r"https://[a-z]+\.example\.com"), None, False),
    ],
)
def test_cookies_that_stay_back(samesite: str | None, origins: Any, server_name: str | None, is_told: bool) -> None:
    app = Flask(__name__)
    app.secret_key = "secret"
    app.config.update(SESSION_COOKIE_SAMESITE=samesite, SERVER_NAME=server_name)
    CORS(app, origins=origins, supports_credentials=True)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Current server name")
        messages = [message for message in told(app) if "SESSION_COOKIE_SAMESITE" in message]
    assert len(messages) == is_told
    if messages:
        assert A in messages[0]
        assert 'SESSION_COOKIE_SAMESITE = "None" and SESSION_COOKIE_SECURE = True' in messages[0]


def test_without_credentials_or_a_session_no_cookie_matters() -> None:
    for options in ({"supports_credentials": False}, {"supports_credentials": True}):
        app = Flask(__name__)
        app.config["SERVER_NAME"] = "localhost"
        CORS(app, origins=A, **options)
        assert told(app) == []


def test_cookies_of_blueprints_and_views() -> None:
    app, blueprint = Flask(__name__), Blueprint("b", __name__, url_prefix="/b")
    app.config["SESSION_COOKIE_SAMESITE"] = "Lax"
    CORS(blueprint, resources={"/b/*": Policy(allow_origins=[A], allow_credentials=True)})
    app.register_blueprint(blueprint)
    app.add_url_rule("/x", "x", cross_origin(origins=B, supports_credentials=True)(lambda: ""))
    [message] = told(app)
    assert A in message
    assert B in message


# -- Flask-SocketIO ----------------------------------------------------------------------------------------------------


def socketed(own: Any, **settings: Any) -> list[str]:
    """The warnings if Socket.IO wrapped the app first."""
    app = Flask(__name__)
    SocketIO(app, cors_allowed_origins=own)
    CORS(app, **settings)
    return told(app)


def test_socketio_that_lets_every_page_open_sockets() -> None:
    [message] = socketed("*", origins=B)
    assert 'refuse="forbid"' in message
    assert "cors_allowed_origins" in message
    assert socketed("*", origins=B, refuse="forbid") == socketed("*", origins="*") == []


def test_socketio_outside_that_lets_every_page_open_sockets() -> None:
    app = Flask(__name__)
    CORS(app, origins=B, refuse="forbid")
    SocketIO(app, cors_allowed_origins="*")
    [message] = told(app)
    assert "lets the pages of every origin open WebSockets" in message
    assert "forbid" not in message  # the extension is inside, and does not see the handshake


def test_socketio_with_a_list_that_sets_no_headers() -> None:
    [message] = socketed([A], origins=B)
    assert "decides on WebSockets alone" in message
    assert socketed(None, origins=B) == socketed([], origins=B) == []


def test_socketio_that_wraps_the_app_later() -> None:
    app = Flask(__name__)
    CORS(app, origins=B)
    SocketIO(app, cors_allowed_origins=[A])
    assert allowed(ask(app, "/socket.io/?EIO=4&transport=polling", A)) == A
    assert allowed(ask(app, "/", STRANGER)) is None
