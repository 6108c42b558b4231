"""What wraps ``app.wsgi_app``: the core's middleware, which finds a request's policy by its view, blueprint and path."""

import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Final, NamedTuple, Self, cast
from urllib.parse import unquote, urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.routing import MapAdapter, RequestRedirect, Rule

import wsgicors
from flask_wsgicors.debugger import debugged, is_loaded
from flask_wsgicors.options import Settings, policy_of, read_config
from flask_wsgicors.resources import Key, Paths, Resources, shown_key
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
    """What answers for a request, and why.

    Attributes:
        answerer: What answers; None where nothing covers the request.
        by: The decorator or the blueprint that says so, in words; ``""`` where the path does.
        below_prefix: Whether no URL rule serves the request, so that the prefixes of blueprints count.
    """

    answerer: Answerer | None
    by: str = ""
    below_prefix: bool = False


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
        self._prefixes: dict[str, tuple[str, Scope]] = {}
        self._views: dict[tuple[str, str, str], Policy] | None = None
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
        paths = Paths(_by_key(rules))
        with self._settling:
            self.paths = paths
            self._given: RuleSet = rules
            self._settle()

    def _settle(self) -> None:
        """Have the middleware ask `find` only where the answer can differ from request to request."""
        self.unserved = Paths({**self._below_prefixes(), **_by_key(self._given)})
        everywhere = self.paths.everywhere
        alike = everywhere is not None and self._views == {} and not self._blueprints
        self._hold(Rules(everywhere) if everywhere is not None and alike else _Asked())

    def _below_prefixes(self) -> dict[Key, Policies]:
        """The policies of blueprints for URLs that no URL rule serves, by prefix. A shared prefix is no blueprint's."""
        everything = {
            prefix: scope.policies["/"]
            for name, (prefix, scope) in self._prefixes.items()
            if prefix.startswith("/") and "<" not in prefix and "/" in scope.policies and not self._shares(name, prefix)
        }
        return cast("dict[Key, Policies]", everything)

    def _shares(self, name: str, prefix: str) -> bool:
        """Whether another blueprint has the same prefix. Flask does not keep the prefix of one that is not covered."""
        rules = list(self.flask_app.url_map.iter_rules())
        for other, blueprint in self.flask_app.blueprints.items():
            if other in self._prefixes:
                if other != name and self._prefixes[other][0] == prefix:
                    return True
                continue
            own = (blueprint.url_prefix or "").strip("/")
            paths = [rule.rule for rule in rules if rule.endpoint.rpartition(".")[0] == other]
            below = [path == prefix or path.startswith(prefix.rstrip("/") + "/") for path in paths]
            if below and all(below) and (not own or prefix.endswith("/" + own)):
                return True
        return False

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
        """Have `scope` hold for the views of a blueprint, and below its `prefix` for URLs that no URL rule serves."""
        self._blueprints[name] = (scope, Paths(scope.policies))
        self._prefixes[name] = (prefix.rstrip("/") or prefix, scope)
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
            adapter = self._url_adapter(environ)
            return self._of_rule(_url_rule(adapter, method), method, path) or Found(self.paths.find(path))
        except NotFound:
            return Found(self.unserved.find(path), below_prefix=True)
        except MethodNotAllowed as error:
            return self._of_others(adapter, error, path)
        except Exception:
            # A Host that is not trusted, a converter that fails: the app meets the same, and answers it.
            return Found(self.paths.find(path))

    def url_rule(self, environ: "WSGIEnvironment", method: str) -> Rule:
        """The URL rule of a request, that behind a redirect of the URL map included.

        Raises:
            HTTPException: 404, 405, or what else the URL map answers.
        """
        return _url_rule(self._url_adapter(environ), method)

    def _url_adapter(self, environ: "WSGIEnvironment") -> MapAdapter:
        request = self.flask_app.request_class(environ, populate_request=False, shallow=True)
        return cast("MapAdapter", self.flask_app.create_url_adapter(request))  # there is one for every request

    def _of_rule(self, rule: Rule, method: str, path: str) -> Found | None:
        """What the decorator or the blueprint of a view says, or None where neither does."""
        views = self._views or {}
        key = rule.endpoint, rule.rule
        policy = views.get((*key, method.upper())) or views.get((*key, EVERY_METHOD))  # as Flask takes a method
        if policy is not None:
            return Found(policy, f"the decorator of {rule.endpoint}")
        return self._of_blueprint(rule, path)

    def _of_blueprint(self, rule: Rule, path: str) -> Found | None:
        for name in _blueprints_of(rule.endpoint):
            if name in self._blueprints and (answerer := self._blueprints[name][1].find(path)) is not None:
                return Found(answerer, f"the blueprint {name}")
        return None

    def _of_others(self, adapter: MapAdapter, error: MethodNotAllowed, path: str) -> Found:
        """What answers for a 405, so that the page can read it: the blueprint of the URL's other methods, the path, or a view."""
        others: list[tuple[Rule, str]] = []
        for method in sorted(error.valid_methods or ()):
            with suppress(Exception):
                others.append((_url_rule(adapter, method), method))
        by_path = Found(self.paths.find(path))
        blueprints = (self._of_blueprint(rule, path) for rule, _ in others)
        views = (self._of_rule(rule, method, path) for rule, method in others)
        candidates = (*blueprints, by_path if by_path.answerer is not None else None, *views)
        return next(filter(None, candidates), by_path)

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


def _url_rule(adapter: MapAdapter, method: str) -> Rule:
    try:
        return adapter.match(method=method, return_rule=True)[0]
    except RequestRedirect as redirect:
        target = unquote(urlsplit(redirect.new_url).path).removeprefix(adapter.script_name.rstrip("/"))
        with suppress(HTTPException):
            return adapter.match(target, method=method, return_rule=True)[0]
        raise
