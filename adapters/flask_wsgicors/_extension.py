"""CORS: the extension object."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Final, Unpack, cast

from flask import Blueprint, Flask

from flask_wsgicors._app import AppCORS, Scope
from flask_wsgicors._options import (
    OWN_NAMES,
    AppOptions,
    Settings,
    configured,
    misspelt,
    policy_of,
    read_config,
    read_options,
    warn,
)
from flask_wsgicors._resources import SETTING, Key, read_resources
from wsgicors import Policy, PolicyError
from wsgicors.adapting import SETTINGS, Checks, Policies

if TYPE_CHECKING:
    from flask.blueprints import BlueprintSetupState

DEBUG: Final = "debug"


class CORS:
    """CORS for an app, for several apps, or for a blueprint.

    Every response is covered: ``app.wsgi_app`` is wrapped, once. Middleware that wraps it later is outside, where a
    ProxyFix belongs. Several calls for one app add up. A blueprint's policy covers its own views and, below its URL
    prefix, URLs that no URL rule matches; without a prefix, or with that of another blueprint, only its own views.

    Args:
        app: A Flask app or a blueprint; None if `init_app` is called later.
        options: ``AppOptions``. Missing options are taken from ``app.config`` (``CORS_ORIGINS``, …), and ``resources``
            can override each of them. ``origins`` has no default. ``resources=[]`` covers only decorated views and
            blueprints. ``debug`` is that of `wsgicors.CORS`, and never the app's own.

    Raises:
        PolicyError: with every problem, and what to write instead.

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
        """Cover ``app``. Options override the constructor's.

        Raises:
            PolicyError: with every problem; those of a blueprint are raised when it is registered.
        """
        given: dict[str, object] = {**self._options, **options}
        if isinstance(app, Blueprint):
            app.record(lambda state: _cover_blueprint(state, given))
            return
        debug = given.pop(DEBUG, cast("Mapping[str, object]", app.config).get(configured(DEBUG)))
        checks = Checks()
        debug = debug is not None and checks.switch(DEBUG, debug)
        scope = _scope(app, given, checks)
        cors = AppCORS.of(app)
        if debug:
            cors.start_debugging()
        cors.cover(scope)


def _cover_blueprint(state: "BlueprintSetupState", given: Mapping[str, object]) -> None:
    app = cast("Flask", state.app)
    scope = _scope(app, given, Checks())
    name = f"{state.name_prefix}.{state.name}".lstrip(".")
    # On another host or subdomain, the prefix does not have the app's paths.
    prefix = "" if state.subdomain else state.url_prefix or ""
    AppCORS.of(app).cover_blueprint(name, prefix, scope)


def _scope(app: Flask, given: Mapping[str, object], checks: Checks) -> Scope:
    """Read the settings and policies of every resource: its options override the keywords, which override app.config.

    Raises:
        PolicyError: with the problems of `checks` and every other one.
    """
    options = {name: value for name, value in given.items() if name != SETTING}
    resources = given.get(SETTING, cast("Mapping[str, object]", app.config).get(configured(SETTING)))
    others = [name for name, value in ((SETTING, resources), (DEBUG, None)) if value is None]
    settings: Settings = {**read_config(app.config, checks), **read_options(options, checks, others=others)}
    by_key: dict[Key, Settings | None] = {}
    policies: dict[Key, Policies] = {}
    written: dict[Key, object] = {}
    warnings: list[str] = []
    taken = {*settings, *([] if resources is None else [SETTING])}
    read = read_resources("*" if resources is None else resources, checks)
    for key, own, resource in read:
        policy, whole = own, None
        if isinstance(own, Mapping):
            own_options = read_options(cast("Mapping[str, object]", own), checks, partial(_option_of, resource))
            whole = {**settings, **own_options}
            taken.update(own_options)
            try:
                policy, ignored = policy_of(whole, app)
                warnings += ignored
            except PolicyError as error:
                checks.problems += error.problems
        elif not isinstance(own, Policy):
            checks.wrong_type(f"{SETTING}[{resource!r}]", own, "a mapping of options, or a Policy")
        if key is not None and isinstance(policy, Policy):
            written[key], by_key[key], policies[key] = resource, whole, policy
    known = ", ".join(map(configured, (*OWN_NAMES, *SETTINGS, SETTING, DEBUG)))
    inherits = any(not isinstance(own, Policy) for _, own, _ in read)  # whole policies read no configuration
    for name, meant in misspelt(app.config, taken) if inherits else ():
        if checks.problems:
            checks.add("unknown-setting", name, name, meant, known=known)
        else:
            warnings.append(f"There is no setting {name!r}, so it is ignored. Write {meant} instead.")
    if checks.problems:
        raise PolicyError({problem.message: problem for problem in checks.problems}.values())
    for message in dict.fromkeys(warnings):
        warn(message)
    return Scope(settings, by_key, policies, written)


def _option_of(resource: object, option: str) -> str:
    """Return the name of a resource's option, as its owner wrote it."""
    return f"{SETTING}[{resource!r}][{option!r}]"
