"""CORS: the extension object."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, Unpack, cast

from flask import Blueprint, Flask

from flask_wsgicors.options import AppOptions, Settings, configured, policy_of, read_config, read_options
from flask_wsgicors.resources import SETTING, Key, read_resources
from flask_wsgicors.wrapper import AppCORS, Scope
from wsgicors import Policy, PolicyError, Problem
from wsgicors._checks import Checks
from wsgicors.rules import Policies

if TYPE_CHECKING:
    from flask.blueprints import BlueprintSetupState

DEBUG: Final = "debug"


class CORS:
    """CORS for an app, for several, or for a blueprint.

    Every answer is covered: ``app.wsgi_app`` is wrapped, once. What wraps it later stands outside, where a ProxyFix belongs.
    Several calls for one app add up.

    Args:
        app: A Flask app or a blueprint; None where `init_app` is called later.
        options: `flask_wsgicors.options.AppOptions`. What is not given is taken from ``app.config`` (``CORS_ORIGINS``, …);
            ``resources`` may say otherwise for each of them. ``origins`` has no default. ``resources=[]`` covers
            decorated views and blueprints alone. ``debug`` is `wsgicors.CORS`'s and never that of the app.

    Raises:
        PolicyError: with every fault, and what to write instead.

    >>> app = Flask("notes")
    >>> _ = CORS(app, resources={"/api/*": {"origins": ["https://www.example.com"]}, "/public/*": {"origins": "*"}})
    >>> response = app.test_client().get("/api/nothing", headers={"Origin": "https://www.example.com"})
    >>> response.status, response.headers["Access-Control-Allow-Origin"]
    ('404 NOT FOUND', 'https://www.example.com')
    """

    def __init__(self, app: Flask | Blueprint | None = None, **options: Unpack[AppOptions]) -> None:
        self._options = options
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask | Blueprint, **options: Unpack[AppOptions]) -> None:
        """Cover `app`. Options override the constructor's.

        Raises:
            PolicyError: with every fault; a blueprint's, when it is registered.
        """
        given: dict[str, object] = {**self._options, **options}
        if isinstance(app, Blueprint):
            app.record(lambda state: _cover_blueprint(state, given))
        else:
            scope, debug = _scope(app, given, (SETTING, DEBUG)), _debug(app, given)
            cors = AppCORS.of(app)
            cors.debug = cors.debug or debug
            cors.cover(scope)


def _cover_blueprint(state: "BlueprintSetupState", given: Mapping[str, object]) -> None:
    app = cast("Flask", state.app)
    scope = _scope(app, given, (SETTING,))
    name = f"{state.name_prefix}.{state.name}".lstrip(".")
    # Below the prefix of another host or subdomain there is something else.
    prefix = "" if state.subdomain else state.url_prefix or ""
    AppCORS.of(app).cover_blueprint(name, prefix, scope)


def _scope(app: Flask, given: Mapping[str, object], besides: tuple[str, ...]) -> Scope:
    """The settings and policies of every resource: its own options over the keywords over app.config."""
    settings: Settings = {
        **read_config(app.config),
        **read_options({name: value for name, value in given.items() if name not in besides}),
    }
    resources = _given(app, given, SETTING)
    by_key: dict[Key, Settings | None] = {}
    policies: dict[Key, Policies] = {}
    problems: dict[str, Problem] = {}
    for key, options, written in read_resources("*" if resources is None else resources):
        try:
            if isinstance(options, Policy):
                by_key[key], policies[key] = None, options
            else:
                own = {**settings, **_read_resource(options, f"{SETTING}[{written}]")}
                by_key[key], policies[key] = own, policy_of(own)
        except PolicyError as error:
            problems |= {problem.message: problem for problem in error.problems}
    if problems:
        raise PolicyError(problems.values())
    return Scope(settings, by_key, policies)


def _read_resource(options: object, name: str) -> Settings:
    if not isinstance(options, Mapping):
        checks = Checks()
        checks.wrong_type(name, options, "a mapping of options, or a Policy")
        checks.finish()
    return read_options(cast("Mapping[str, Any]", options), lambda option: f"{name}[{option!r}]")


def _debug(app: Flask, given: Mapping[str, object]) -> bool:
    checks = Checks()
    debug = checks.switch(DEBUG, _given(app, given, DEBUG) or False)
    checks.finish()
    return debug


def _given(app: Flask, given: Mapping[str, object], name: str) -> object:
    return given.get(name, cast("Mapping[str, object]", app.config).get(configured(name)))
