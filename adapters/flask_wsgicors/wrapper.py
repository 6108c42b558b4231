"""What wraps ``app.wsgi_app``: the core's middleware, which finds a request's policy by its view, blueprint and path."""

import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Final, NamedTuple, Self, cast
from urllib.parse import unquote, urlsplit

from flask import Flask
from werkzeug.exceptions import MethodNotAllowed
from werkzeug.routing import MapAdapter, RequestRedirect, Rule

import wsgicors
from flask_wsgicors.debugger import debugged, is_loaded
from flask_wsgicors.options import Settings, policy_of, read_config
from flask_wsgicors.resources import Key, Paths, Resources, decoded, shown_key
from flask_wsgicors.signals import request_refused
from flask_wsgicors.views import EVERY_METHOD, Mark, identities, marks
from wsgicors import Policy, PolicyError, Problem, Verdict
from wsgicors.rules import Answerer, Policies, Rules, RuleSet

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

EXTENSION: Final = "cors"


class Scope(NamedTuple):
    """What one ``CORS(…)`` says of an app or a blueprint.

    Attributes:
        settings: The keywords over app.config: what holds where no resource says otherwise.
        by_key: The settings of each resource; None where it has a whole policy.
        policies: The policies of each resource.
    """

    settings: Settings
    by_key: Mapping[Key, Settings | None]
    policies: Mapping[Key, Policies]


class Found(NamedTuple):
    """What answers for a request, and by what in words; ``""`` where it is by the path."""

    answerer: Answerer | None
    by: str = ""


class _Asked(Rules):
    """No policy holds for every request: the middleware asks `find`."""

    def __init__(self) -> None:
        self.given = {}
        self.hold(None)


class AppCORS(wsgicors.CORS):
    """CORS for one app: what ``app.extensions["cors"]`` holds.

    >>> from flask import Flask
    >>> from flask_wsgicors import CORS
    >>> app = Flask("notes")
    >>> _ = CORS(app, origins="*")
    >>> app.extensions["cors"].rules = {"/public": Policy(allow_origins="*")}
    >>> app.test_client().get("/private", headers={"Origin": "https://a.example"}).headers.get("Access-Control-Allow-Origin")
    """

    def __init__(self, flask_app: Flask, app: "WSGIApplication") -> None:
        self.flask_app = flask_app
        self.innermost = False
        """Whether it stands within Flask's own ``wsgi_app``, where a decorator put it."""
        self._scope: Scope | None = None
        self._scope_paths = Paths({})
        self._blueprints: dict[str, tuple[Scope, Paths]] = {}
        self._prefixes: dict[Key, Policies] = {}
        self._views: dict[tuple[str, str, str], Policy] | None = None
        self._adapter: MapAdapter | None = None
        """What matches every request, where one can."""
        self._settling = threading.Lock()
        self._bare = app
        super().__init__(debugged(app), Resources({}))
        for change in (request_refused.receiver_connected, request_refused.receiver_disconnected):
            change.connect(self._listen_again)

    def _is_told(self) -> bool:
        return super()._is_told() or bool(request_refused.receivers)

    def _listen_again(self, signal: object, **receiver: object) -> None:
        self._listen()

    def report(self, verdict: Verdict, environ: "WSGIEnvironment") -> None:
        """Tell of a refusal: in the log, to a hook, and by the signal."""
        super().report(verdict, environ)
        try:
            request_refused.send(self.flask_app, verdict=verdict, environ=environ)
        except Exception:
            self._log.exception("a receiver of request_refused failed")

    @classmethod
    def of(cls, app: Flask) -> Self:
        """The one of `app`, which is wrapped if it was not."""
        known = app.extensions.get(EXTENSION)
        if isinstance(known, cls):
            return known
        made = app.extensions[EXTENSION] = cls(app, app.wsgi_app)
        # The method, which is called for less than what has it.
        app.wsgi_app = made.__call__  # type: ignore[method-assign]
        return made

    @property
    def rules(self) -> RuleSet:
        """The rules for the app's own paths, as given: a `Resources` where ``CORS(app, …)`` made them.

        Setting them swaps all at once: a request sees the old ones or the new ones. What decorators and blueprints say of
        their views stays as it is.
        """
        return self._given

    @rules.setter
    def rules(self, rules: RuleSet) -> None:
        paths = Paths({**self._prefixes, **_by_key(rules)})
        with self._settling:
            self.paths = paths
            self._given: RuleSet = rules
            self._settle()

    def _settle(self) -> None:
        """Have the middleware ask `find` only where the answer can differ from request to request."""
        everywhere = self.paths.everywhere
        alike = everywhere is not None and self._views == {} and not self._blueprints
        self._hold(Rules(everywhere) if everywhere is not None and alike else _Asked())

    def cover(self, scope: Scope) -> None:
        """Have `scope` hold for the app, together with what holds already.

        Raises:
            PolicyError: with every fault of the views that are there, now that it is known what holds for them.
        """
        if self._scope is not None:
            earlier = self._scope
            scope = Scope(scope.settings, {**earlier.by_key, **scope.by_key}, {**earlier.policies, **scope.policies})
        self._scope = scope
        self._scope_paths = Paths(scope.policies)
        self.rules = Resources(scope.policies)
        self.look_at_views()

    def cover_blueprint(self, name: str, prefix: str, scope: Scope) -> None:
        """Have `scope` hold for the views of a blueprint, and for what is not there below its `prefix`."""
        self._blueprints[name] = (scope, Paths(scope.policies))
        everything = scope.policies.get("/")
        if prefix.startswith("/") and "<" not in prefix and everything is not None:
            self._prefixes[prefix.rstrip("/") or "/"] = everything
        self.rules = self._given

    def look_at_views(self) -> "dict[tuple[str, str, str], Policy]":
        """The policy of every decorated view, by endpoint, URL rule and method.

        Raises:
            PolicyError: with every fault.
        """
        problems: dict[str, Problem] = {}
        views: dict[tuple[str, str, str], Policy] = {}
        functions = self.flask_app.view_functions
        served = identities(functions.values())
        for rule in self.flask_app.url_map.iter_rules():
            for method, mark in marks(functions.get(rule.endpoint), served):
                try:
                    views[rule.endpoint, rule.rule, method] = self._policy(mark, rule)
                except PolicyError as error:
                    problems |= {problem.message: problem for problem in error.problems}
        if problems:
            raise PolicyError(problems.values())
        return views

    def _policy(self, mark: Mark, rule: Rule) -> Policy:
        """The policy of a decorated view: what its decorator leaves out is what would hold for it without."""
        if mark.policy is not None:
            return mark.policy
        own = {name: given._replace(name=f"{given.name} of {rule.endpoint}") for name, given in mark.settings.items()}
        return policy_of({**self._settings_without(rule), **own})

    def _settings_without(self, rule: Rule) -> Settings:
        for name in _blueprints_of(rule.endpoint):
            if name in self._blueprints:
                scope, paths = self._blueprints[name]
                return scope.by_key.get(paths.key_of(rule.rule) or "") or scope.settings
        if self._scope is None:
            return read_config(self.flask_app.config)
        return self._scope.by_key.get(self._scope_paths.key_of(rule.rule) or "") or self._scope.settings

    def find(self, environ: "WSGIEnvironment") -> Answerer | None:
        """What answers for a request: its view's policy, else its blueprint's, else that of its path.

        A preflight asks for the method that it announces. No view, ``before_request`` or error handler is called.
        """
        return self.found(environ).answerer

    def found(self, environ: "WSGIEnvironment") -> Found:
        """What `find` finds, and by what."""
        if self._views is None:
            views = self.look_at_views()
            self._adapter = self.flask_app.url_map.bind("") if _host_does_not_matter(self.flask_app) else None
            with self._settling:
                self._views = views
                self._settle()
            if not is_loaded():  # nor will it be: servers start before requests come
                self.app = self._bare
        path = "/" + environ.get("PATH_INFO", "").lstrip("/")  # as Flask routes it: //api is /api
        if not self._views and not self._blueprints:
            return Found(self.paths.find(path))
        method: str = environ.get("REQUEST_METHOD", "")
        if method == "OPTIONS":
            method = environ.get("HTTP_ACCESS_CONTROL_REQUEST_METHOD", method)
        try:
            return self._of_view(environ, method, path) or Found(self.paths.find(path))
        except MethodNotAllowed as error:
            # The page is to read the app's 405: the policy of its path answers, else that of the URL's other methods.
            by_path = Found(self.paths.find(path))
            return by_path if by_path.answerer is not None else self._of_others(environ, error, path) or by_path
        except Exception:
            # No such URL, a Host that is not trusted, a converter that fails: the app meets the same, and answers it.
            return Found(self.paths.find(path))

    def url_rule(self, environ: "WSGIEnvironment", method: str) -> Rule:
        """The URL rule of a request, that behind a redirect of the URL map included.

        Raises:
            HTTPException: 404, 405, or what else the URL map answers.
        """
        adapter, path = self._adapter, None
        if adapter is not None:
            path = decoded(environ.get("PATH_INFO", ""))
        else:
            request = self.flask_app.request_class(environ, populate_request=False, shallow=True)
            adapter = cast("MapAdapter", self.flask_app.create_url_adapter(request))  # there is one for every request
        try:
            return adapter.match(path, method=method, return_rule=True)[0]
        except RequestRedirect as redirect:
            target = unquote(urlsplit(redirect.new_url).path).removeprefix(adapter.script_name.rstrip("/"))
            return adapter.match(target, method=method, return_rule=True)[0]

    def _of_view(self, environ: "WSGIEnvironment", method: str, path: str) -> Found | None:
        rule = self.url_rule(environ, method)
        views = self._views or {}
        key = rule.endpoint, rule.rule
        policy = views.get((*key, method)) or views.get((*key, EVERY_METHOD))
        if policy is not None:
            return Found(policy, f"the decorator of {rule.endpoint}")
        for name in _blueprints_of(rule.endpoint):
            if name in self._blueprints and (answerer := self._blueprints[name][1].find(path)) is not None:
                return Found(answerer, f"the blueprint {name}")
        return None

    def _of_others(self, environ: "WSGIEnvironment", error: MethodNotAllowed, path: str) -> Found | None:
        for method in sorted(error.valid_methods or ()):
            with suppress(Exception):
                found = self._of_view(environ, method, path)
                if found is not None:
                    return found
        return None

    def entries(self) -> list[tuple[str, tuple[Policy, ...]]]:
        """What covers what, in words, with the policies that answer for it: decorated views, blueprints, paths."""
        entries: list[tuple[str, Policies]] = []
        for (endpoint, rule, method), policy in self.look_at_views().items():
            entries.append((f"{method or 'every method'} {rule}: the decorator of {endpoint}", policy))
        for name, (scope, _) in self._blueprints.items():
            entries += [
                (f"{shown_key(key)}: the blueprint {name}", policies) for key, policies in scope.policies.items()
            ]
        entries += [(shown_key(key), policies) for key, policies in _by_key(self.rules).items()]
        return [(words, (of,) if isinstance(of, Policy) else tuple(of)) for words, of in entries]


def _by_key(rules: RuleSet) -> Mapping[Key, Policies]:
    if isinstance(rules, Resources):
        return rules.by_key
    return cast("Mapping[Key, Policies]", rules) if isinstance(rules, Mapping) else {"/": rules}


def _blueprints_of(endpoint: str) -> list[str]:
    """The names of the blueprints that an endpoint is in, the innermost first.

    >>> _blueprints_of("api.v1.users")
    ['api.v1', 'api']
    """
    parts = endpoint.split(".")
    return [".".join(parts[:count]) for count in range(len(parts) - 1, 0, -1)]


def _host_does_not_matter(app: Flask) -> bool:
    """Whether Flask routes by the path alone, so that one adapter of the URL map serves every request."""
    config = cast("Mapping[str, object]", app.config)
    return (
        not app.url_map.host_matching
        and not app.subdomain_matching
        and config.get("SERVER_NAME") is None
        and config.get("TRUSTED_HOSTS") is None
        and type(app).create_url_adapter is Flask.create_url_adapter
    )
