import re
import warnings
from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

import pytest
from flask import Blueprint, Flask

from flask_wsgicors import CORS, AppCORS, CORSWarning, cors, cross_origin
from flask_wsgicors._options import MEANINGLESS
from tests.flask.asking import STRANGER, A, B, allowed, ask, passes, preflight, problems
from wsgicors import OriginSource, Policy, PolicyError
from wsgicors.patterns import OriginSet


def app_of(**options: Any) -> Flask:
    app = Flask(__name__)
    CORS(app, **options)
    return app


def policy_of(**options: Any) -> Policy:
    rules = app_of(**options).extensions["cors"].rules
    return next(iter(rules.values()))


def test_the_defaults_are_those_of_flask_cors() -> None:
    policy = policy_of(origins=A)
    assert policy == Policy(
        allow_origins=[A],
        allow_methods=["GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"],
        allow_headers=["*", "Authorization"],
    )


@pytest.mark.parametrize(
    ("options", "settings"),
    [
        ({"methods": "PUT"}, {"allow_methods": ("PUT",)}),
        ({"methods": ["PUT", "PURGE"]}, {"allow_methods": ("PUT", "PURGE")}),
        ({"methods": "*"}, {"allow_methods": ("*",)}),
        ({"allow_methods": ["PUT"]}, {"allow_methods": ("PUT",)}),
        ({"allow_headers": "X-A"}, {"allow_headers": ("X-A",)}),
        ({"allow_headers": ["X-A", "X-B"]}, {"allow_headers": ("X-A", "X-B")}),
        ({"allow_headers": "*"}, {"allow_headers": ("*", "Authorization")}),
        ({"allow_headers": ["*", "X-A"]}, {"allow_headers": ("*", "Authorization")}),
        ({"allow_headers": []}, {"allow_headers": ()}),
        ({"expose_headers": "X-A"}, {"expose_headers": ("X-A",)}),
        ({"expose_headers": ["X-A", "X-B"]}, {"expose_headers": ("X-A", "X-B")}),
        ({"expose_headers": None}, {"expose_headers": ()}),
        ({"supports_credentials": True}, {"allow_credentials": True}),
        ({"allow_credentials": True}, {"allow_credentials": True}),
        ({"max_age": 600}, {"max_age": 600}),
        ({"max_age": "600"}, {"max_age": 600}),
        ({"max_age": timedelta(minutes=10)}, {"max_age": 600}),
        ({"max_age": None}, {"max_age": None}),
        ({"allow_private_network": True}, {"allow_private_network": True}),
        ({"preflight_status": 200}, {"preflight_status": 200}),
        ({"refuse": "forbid"}, {"refuse": "forbid"}),
        ({"dangerously_allow": "insecure-origin"}, {"dangerously_allow": frozenset({"insecure-origin"})}),
        ({"allow_origins": B}, {"allow_origins": (B,)}),
    ],
)
def test_options_are_read_as_settings(options: dict[str, Any], settings: dict[str, Any]) -> None:
    policy = policy_of(**{"origins": A, **options})
    assert {name: getattr(policy, name) for name in settings} == settings

    configured = Flask(__name__)
    configured.config["CORS_ORIGINS"] = A
    configured.config.update({f"CORS_{name.upper()}": value for name, value in options.items()})
    CORS(configured)
    assert next(iter(configured.extensions["cors"].rules.values())) == policy


@pytest.mark.parametrize(
    ("origins", "member"),
    [
        (A, A),
        ([A, B], A),
        ({A, B}, B),
        ("https://*.a.example", "https://x.a.example"),
        (re.compile(r"https://[a-z]\.b\.example"), "https://x.b.example"),
        ([B, re.compile(r"https://a\.example")], A),
        (OriginSet([A]), A),
    ],
)
def test_origins_of_every_form(origins: object, member: str) -> None:
    app = app_of(origins=origins)
    assert allowed(ask(app, "/", member)) == member
    assert allowed(ask(app, "/", STRANGER)) is None


def test_every_origin_is_answered_with_a_star() -> None:
    for app in (app_of(origins="*"), app_of(origins=["*"])):
        response = ask(app, "/", STRANGER)
        assert (allowed(response), response.headers.get("Vary")) == ("*", None)


class Source:
    """An OriginSource that can also be called."""

    def __contains__(self, origin: str) -> bool:
        return origin == A

    def __call__(self) -> None:
        raise AssertionError


def test_a_source() -> None:
    app = app_of(origins=Source())
    assert (allowed(ask(app, "/")), allowed(ask(app, "/", B))) == (A, None)
    assert isinstance(policy_of(origins=Source()).allow_origins, OriginSource)


def test_a_function_is_asked_every_time() -> None:
    customers: set[str] = set()
    app = app_of(origins=lambda origin: origin in customers)
    assert allowed(ask(app, "/")) is None
    customers.add(A)
    assert allowed(ask(app, "/")) == A
    customers.clear()
    assert allowed(ask(app, "/")) is None


async def coroutine(origin: str) -> bool:
    return True


@pytest.mark.parametrize("function", [coroutine, lambda origin: 1 / 0, lambda origin: "yes"])
def test_a_function_that_does_not_answer_refuses(function: Callable[[str], bool]) -> None:
    assert allowed(ask(app_of(origins=function), "/")) is None


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({}, [("no-origins", "origins")]),
        ({"methods": ["PUT"]}, [("no-origins", "origins")]),
        ({"origins": []}, [("no-origins", "origins")]),
        ({"origins": None}, [("wrong-type", "origins")]),
        ({"origins": ""}, [("no-origins", "origins")]),
        ({"origins": "https://a.example,https://b.example"}, [("text-for-list", "origins")]),
        ({"origins": f"{A} {B}"}, [("text-for-list", "origins")]),
        ({"origins": f"{A}/"}, [("origin-trailing-slash", "origins")]),
        ({"allow_origins": f"{A}/"}, [("origin-trailing-slash", "allow_origins")]),
        ({"origins": r"https://.*\.example\.com"}, [("origin-regex", "origins")]),
        ({"origins": [re.compile(r"https://.*")]}, [("regex-any-host", "origins")]),
        ({"origins": "*", "supports_credentials": True}, [("any-origin-with-credentials", "origins")]),
        ({"origins": "*", "methods": "GET, PUT"}, [("text-for-list", "methods")]),
        ({"origins": "*", "methods": ["put"]}, [("method-case", "methods")]),
        ({"origins": "*", "methods": None}, [("wrong-type", "methods")]),
        ({"origins": "*", "allow_headers": "X-A,X-B"}, [("text-for-list", "allow_headers")]),
        ({"origins": "*", "allow_headers": 5}, [("wrong-type", "allow_headers")]),
        ({"origins": "*", "allow_headers": ["X-.*", "X-A"]}, [("header-pattern", "allow_headers")]),
        ({"origins": "*", "allow_headers": [re.compile("X-.*")]}, [("header-pattern", "allow_headers")]),
        ({"origins": "*", "expose_headers": "X-A,X-B"}, [("text-for-list", "expose_headers")]),
        ({"origins": "*", "max_age": "ten"}, [("wrong-type", "max_age")]),
        ({"origins": "*", "supports_credentials": "yes"}, [("wrong-type", "supports_credentials")]),
        ({"origins": "*", "debug": "yes"}, [("wrong-type", "debug")]),
        ({"origin": A}, [("unknown-setting", "origin")]),
        (
            {"origins": f"{A}/", "methods": "a,b", "allow_headers": ["X*"], "max_age": -1},
            [
                ("header-pattern", "allow_headers"),
                ("origin-trailing-slash", "origins"),
                ("text-for-list", "methods"),
                ("max-age-range", "max_age"),
            ],
        ),
    ],
)
def test_what_does_not_start(options: dict[str, Any], found: list[tuple[str, str]]) -> None:
    assert problems(lambda: app_of(**options)) == found


def test_without_origins_it_says_what_to_write() -> None:
    with pytest.raises(PolicyError) as raised:
        app_of()
    assert '["https://www.example.com"]' in str(raised.value)
    assert 'origins = "*" where the data is public' in str(raised.value)


def test_problems_of_the_configuration_have_its_names() -> None:
    app = Flask(__name__)
    app.config.update(CORS_ORIGINS="*", CORS_SUPPORTS_CREDENTIALS=True)
    with pytest.raises(PolicyError, match=r'CORS_ORIGINS = "\*" with CORS_SUPPORTS_CREDENTIALS'):
        CORS(app)


def test_problems_of_a_resource_say_which() -> None:
    found = problems(lambda: app_of(resources={"/api/*": {"origins": f"{A}/"}, "/x/*": {"origins": [f"{B}/"]}}))
    assert found == [
        ("origin-trailing-slash", "resources['/api/*']['origins']"),
        ("origin-trailing-slash", "resources['/x/*']['origins']"),
    ]


def test_one_problem_of_several_resources_is_reported_once() -> None:
    assert problems(lambda: app_of(resources=["/a/*", "/b/*"], origins=f"{A}/")) == [
        ("origin-trailing-slash", "origins")
    ]


def test_the_order_of_precedence() -> None:
    app = Flask(__name__)
    app.config.update(CORS_ORIGINS=A, CORS_MAX_AGE=1, CORS_EXPOSE_HEADERS=["X-Config"], CORS_METHODS=["DELETE"])

    @app.put("/api/decorated")
    @cors(max_age=4)
    def decorated() -> str:
        return ""

    CORS(app, max_age=2, methods=["PUT"], resources={"/api/*": {"max_age": 3}, "/other/*": {}})
    for path, age in {"/api/decorated": "4", "/api/x": "3", "/other/x": "2"}.items():
        response = preflight(app, path)
        assert passes(response)
        assert response.headers["Access-Control-Max-Age"] == age
        assert response.headers["Access-Control-Allow-Methods"] == "PUT"
    for path in ("/api/decorated", "/api/x"):
        assert ask(app, path).headers["Access-Control-Expose-Headers"] == "X-Config"


def test_none_in_the_configuration_means_not_given() -> None:
    app = Flask(__name__)
    app.config.update(CORS_ORIGINS=A, CORS_METHODS=None, CORS_RESOURCES=None, CORS_DEBUG=None, CORS_COLOUR="blue")
    CORS(app)
    assert passes(preflight(app, "/anything"))


def test_resources_and_debug_from_the_configuration() -> None:
    app = Flask(__name__)
    app.config.update(CORS_ORIGINS=A, CORS_RESOURCES="/api/*", CORS_DEBUG=True)
    CORS(app)
    assert passes(preflight(app, "/api/x"))
    assert b"Add it to CORS_ORIGINS, " in preflight(app, "/api/x", STRANGER).data
    assert not ask(app, "/x").headers.get("Vary")


def test_refusals_tell_no_remedy_unless_asked_to() -> None:
    quiet, told = app_of(origins=A), app_of(origins=A, debug=True)
    quiet.debug = True
    assert b"origins, " not in preflight(quiet, "/", STRANGER).data
    assert b"Add it to origins, " in preflight(told, "/", STRANGER).data
    assert A.encode() in preflight(told, "/", "https://www.a.example").data


def test_debug_mode_answers_an_allowed_origin_in_full_with_the_remedy_in_the_names_of_the_extension() -> None:
    app = app_of(origins=A, methods=["PUT"], debug=True)
    response = preflight(app, "/", A, "PATCH")
    assert (response.status_code, response.headers["Access-Control-Allow-Methods"]) == (200, "PUT")
    assert response.data == b"The method 'PATCH' is not allowed here.\nAdd it to methods, in this spelling.\n"


@pytest.mark.parametrize("name", MEANINGLESS)
@pytest.mark.parametrize("value", [True, False])
def test_options_without_a_meaning_are_accepted_with_a_warning(name: str, value: bool) -> None:
    options: Any = {"origins": "*", name: value}
    for give in (
        lambda: CORS(Flask(__name__), **options),
        lambda: CORS(Flask(__name__), resources={"/": options}),
        lambda: cors(**options),
    ):
        with pytest.warns(CORSWarning, match=f"{name}.* has no meaning any more: ") as caught:
            give()
        assert [warning.filename for warning in caught] == [__file__]
        assert MEANINGLESS[name] in str(caught[0].message)

    app = Flask(__name__)
    app.config[f"CORS_{name.upper()}"] = value
    with pytest.warns(CORSWarning, match=f"CORS_{name.upper()} has no meaning any more"):
        CORS(app, origins="*")


def test_what_has_a_meaning_gives_no_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert policy_of(origins="*", methods=["PUT"], resources="/api/*").max_age is None


def test_the_decorator_has_both_names() -> None:
    assert cross_origin is cors


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({"origins": f"{A}/"}, [("origin-trailing-slash", "origins")]),
        ({"origins": "*", "supports_credentials": True}, [("any-origin-with-credentials", "origins")]),
        ({"resources": "/api/*"}, [("unknown-setting", "resources")]),
        ({"debug": True}, [("unknown-setting", "debug")]),
    ],
)
def test_a_decorator_fails_at_its_own_line(options: dict[str, Any], found: list[tuple[str, str]]) -> None:
    assert problems(lambda: cors(**options)) == found


@pytest.mark.parametrize("wrong", [lambda: "view", [Policy(allow_origins="*")], "*"])
def test_a_decorator_takes_a_policy_or_options(wrong: object) -> None:
    assert problems(lambda: cors(wrong)) == [("wrong-type", "@cors")]  # type: ignore[call-overload]


def test_what_a_decorator_lacks_may_come_from_elsewhere() -> None:
    app = Flask(__name__)
    app.config.update(CORS_DANGEROUSLY_ALLOW=["insecure-origin"])

    @app.put("/")
    @cors(origins="http://plain.example", supports_credentials=True)
    def view() -> str:
        return ""

    assert passes(preflight(app, "/", "http://plain.example"))


def test_a_blueprint_takes_no_debug() -> None:
    blueprint = Blueprint("b", __name__)
    CORS(blueprint, origins="*", debug=True)
    assert problems(lambda: Flask(__name__).register_blueprint(blueprint)) == [("unknown-setting", "debug")]


def test_a_resource_may_have_a_whole_policy() -> None:
    app = app_of(resources={"/api/*": Policy(allow_origins=[B], allow_methods=["PUT"])})
    assert passes(preflight(app, "/api/x", B))
    assert "Access-Control-Allow-Headers" not in preflight(app, "/api/x", B, headers="x-a").headers
    assert isinstance(app.extensions["cors"], AppCORS)


@pytest.mark.parametrize("options", [None, "origins", 5])
def test_a_resource_with_what_are_no_options(options: object) -> None:
    assert problems(lambda: app_of(resources={"/api/*": options})) == [("wrong-type", "resources['/api/*']")]


@pytest.mark.parametrize(
    ("name", "value", "instead"),
    [
        ("expose_header", True, ""),
        ("support_credential", True, "supports_credentials"),
        ("expose_header", ["X-A"], "expose_headers"),
    ],
)
def test_the_name_that_is_proposed_takes_such_a_value(name: str, value: object, instead: str) -> None:
    with pytest.raises(PolicyError) as caught:
        CORS(Flask(__name__), origins=[A], **{name: value})
    assert [(problem.code, problem.instead) for problem in caught.value.problems] == [("unknown-setting", instead)]


def test_no_other_name_of_an_option_that_is_given_is_proposed() -> None:
    with pytest.raises(PolicyError) as caught:
        CORS(Flask(__name__), origins=[A], supports_credentials=True, support_credentials=False)  # type: ignore[call-arg]
    assert [(problem.code, problem.instead) for problem in caught.value.problems] == [("unknown-setting", "")]


@pytest.mark.parametrize(
    ("name", "value", "meant"),
    [
        ("CORS_ORIGNS", [A], "CORS_ORIGINS"),
        ("CORS_ALLOWED_ORIGINS", [A], "CORS_ALLOW_ORIGINS"),
        ("CORS_RESOURCE", {"/api/*": {"origins": A}}, "CORS_RESOURCES"),
    ],
)
def test_a_misspelt_name_in_the_configuration_is_reported_with_the_problems(
    name: str, value: object, meant: str
) -> None:
    app = Flask(__name__)
    app.config[name] = value
    with pytest.raises(PolicyError) as raised:
        CORS(app)
    assert [(problem.code, problem.instead) for problem in raised.value.problems] == [
        ("no-origins", ""),
        ("unknown-setting", meant),
    ]
    assert raised.value.problems[1].facts["known"].endswith("CORS_RESOURCES, CORS_DEBUG")


@pytest.mark.parametrize(
    ("name", "value", "meant"),
    [
        ("CORS_CREDENTIALS", True, "CORS_SUPPORTS_CREDENTIALS"),
        ("CORS_ALLOWED_HEADERS", ["X-A"], "CORS_ALLOW_HEADERS"),
        ("CORS_MAXAGE", 5, "CORS_MAX_AGE"),
    ],
)
def test_a_misspelt_name_in_the_configuration_is_ignored_with_a_warning(name: str, value: object, meant: str) -> None:
    app = Flask(__name__)
    app.config[name] = value
    with pytest.warns(CORSWarning, match=f"There is no setting '{name}', so it is ignored. Write {meant} instead."):
        CORS(app, origins=A)


@pytest.mark.parametrize(
    "options",
    [
        {"origins": A, "allow_headers": ["X-A"]},
        {"resources": {"/api/*": {"origins": A, "allow_headers": ["X-A"]}}},
        {"resources": {"/api/*": Policy(allow_origins=[A])}},  # reads no configuration
    ],
)
def test_a_name_of_the_apps_own_is_not_misspelt(options: dict[str, Any]) -> None:
    app = Flask(__name__)
    app.config.update(
        CORS_ALLOWED_ORIGINS=[A], CORS_ALLOWED_HEADERS=["X-A"], CORS_HEADERS="Content-Type", CORS_ENABLED=True
    )
    cast("dict[object, object]", app.config)[1] = "no text"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        CORS(app, **options)


@pytest.mark.parametrize(("name", "meant"), [("resource", "resources"), ("debugg", "debug")])
def test_a_misspelt_option_can_mean_one_of_the_call(name: str, meant: str) -> None:
    value = True if meant == "debug" else {"/api/*": {"origins": A}}
    with pytest.raises(PolicyError) as raised:
        CORS(Flask(__name__), origins=A, **{name: value})
    assert raised.value.problems[0].instead == meant


def test_a_decorator_without_parentheses_is_told_to_have_them() -> None:
    with pytest.raises(PolicyError, match=r"without options, @cors\(\)"):
        cross_origin(app_of)  # type: ignore[call-overload]
