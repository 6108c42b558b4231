"""The middleware around ``app.wsgi_app``: the core's, with policies found by view, blueprint and path."""

import threading
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import TYPE_CHECKING, Final, NamedTuple, Self, TypeAlias, cast

from flask import Flask, Response
from flask import request as current
from werkzeug.routing import Rule

import wsgicors
from flask_wsgicors._advice import advice, bare_decorator
from flask_wsgicors._debugger import debugged, is_loaded
from flask_wsgicors._marks import EVERY_METHOD, Mark, identities, marks
from flask_wsgicors._options import CORE_TO_OWN, Built, Settings, names_of, policy_of, read_config, warn
from flask_wsgicors._resources import Key, Paths, Resources, shown_key
from flask_wsgicors._routing import blueprints_of, rules_of_blueprint, served
from flask_wsgicors._signals import request_refused
from wsgicors import Policy, PolicyError, Verdict
from wsgicors.adapting import NO_RULES, Answerer, Checks, Policies, Rules, RuleSet, log, members_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

EXTENSION: Final = "cors"

_INSTEAD: Final = "take it out, or leave its path out of resources"

Views: TypeAlias = dict[tuple[str, str, str], Policy | PolicyError]
"""The policies of decorated views, or their errors, by endpoint, URL rule and method."""


class Scope(NamedTuple):
    """The settings of one ``CORS(…)`` for an app or a blueprint.

    Attributes:
        settings: The keywords, which override app.config; resources can override them.
        by_key: The settings of each resource; None if it has a whole policy.
        policies: The policies of each resource.
        written: Each resource as its owner wrote it.
    """

    settings: Settings
    by_key: Mapping[Key, Settings | None]
    policies: Mapping[Key, Policies]
    written: Mapping[Key, object]

    def plus(self, later: Self) -> "Scope":
        """Return both together; the later one overrides."""
        return Scope(
            later.settings,
            {**self.by_key, **later.by_key},
            {**self.policies, **later.policies},
            {**self.written, **later.written},
        )

    def settings_for(self, path: str) -> Settings:
        """Return the settings for a path as written in a URL rule."""
        return self.by_key.get(Paths(self.policies).key_of(path) or "") or self.settings


class Found(NamedTuple):
    """The policy for a request, and where it comes from.

    Attributes:
        answerer: The policy or policies; None if nothing covers the request.
        by: The decorator or blueprint that it comes from, in words; ``""`` if it comes from the path.
        view: The endpoint that serves the request; ``""`` if none does.
        paths: The paths in which the request's path was looked up.
    """

    answerer: Answerer | None
    by: str
    view: str
    paths: Paths


class AppCORS(wsgicors.CORS):
    """CORS for one app: the value of ``app.extensions["cors"]``.

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
        """Whether it is inside Flask's own ``wsgi_app``, where a decorator put it."""
        self._scope: Scope | None = None
        self._blueprints: dict[str, tuple[Scope, Paths]] = {}
        self._prefixes: dict[str, str] = {}
        self._views: Views | None = None
        self._names = CORE_TO_OWN
        self._told: set[str] = set()
        self._replaced: set[str] = set()
        self._settling = threading.Lock()
        self.covered = app
        """What it wraps."""
        self._is_complete = False
        """Whether Flask has had a request, and so takes no more views. Preflights never reach it."""
        super().__init__(self._call_first, Resources({}))

    @classmethod
    def of(cls, app: Flask) -> Self:
        """Return the CORS of `app`, and wrap the app if it is not wrapped yet."""
        known = app.extensions.get(EXTENSION)
        if isinstance(known, cls):
            return known
        made = app.extensions[EXTENSION] = cls(app, app.wsgi_app)
        # The bound method: calling it costs less than calling the object.
        app.wsgi_app = made.__call__  # type: ignore[method-assign]
        return made

    def report(self, verdict: Verdict, environ: "WSGIEnvironment") -> None:
        """Report a refusal to the log, the hook and the signal."""
        super().report(verdict, environ)
        try:
            request_refused.send(self.flask_app, verdict=verdict, environ=environ)
        except Exception:
            log().exception("a receiver of request_refused failed")

    @property
    def rules(self) -> RuleSet:
        """The rules for the app's own paths, as given; a ``Resources`` if ``CORS(app, …)`` created them.

        Assigning to it replaces all rules at once: a request sees the old or the new ones. The policies of decorators
        and blueprints stay unchanged.
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
        """Make the middleware call `find` only if the policy can differ between requests."""
        self.unserved: Paths = Paths(self.unserved_by_key())
        everywhere = self.paths.everywhere
        alike = everywhere is not None and self._is_complete and not self._views and not self._blueprints
        self._rules = Rules(everywhere) if everywhere is not None and alike else Rules(NO_RULES)

    def by_key(self) -> Mapping[Key, Policies]:
        """Return the policies of the app's own paths."""
        return _by_key(self._given)

    def unserved_by_key(self) -> Mapping[Key, Policies]:
        """Return the policies by path for URLs that no URL rule matches."""
        return {**self._below_prefixes(), **self.by_key()}

    def _below_prefixes(self) -> dict[Key, Policies]:
        """Return the policies of blueprints for URLs that no URL rule matches, by prefix."""
        return {
            prefix: self._blueprints[name][0].policies["/"]
            for name, prefix in self._prefixes.items()
            if "/" in self._blueprints[name][0].policies and not self._shares(name, prefix)
        }

    def _shares(self, name: str, prefix: str) -> bool:
        """Whether another blueprint has the same prefix. Flask does not store the prefix of uncovered blueprints."""
        for other, blueprint in self.flask_app.blueprints.items():
            if other in self._blueprints:
                if other != name and self._prefixes.get(other) == prefix:
                    return True
                continue
            own = (blueprint.url_prefix or "").strip("/")
            rules = rules_of_blueprint(self.flask_app, other)
            below = [rule == prefix or rule.startswith(prefix.rstrip("/") + "/") for rule in rules]
            if below and all(below) and (not own or prefix.endswith("/" + own)):
                return True
        return False

    def cover(self, scope: Scope) -> None:
        """Apply `scope` to the app, in addition to earlier scopes.

        Raises:
            PolicyError: with every problem of the views registered so far, whose settings are now complete.
        """
        earlier = self._scope
        self._scope = scope = scope if earlier is None else earlier.plus(scope)
        self.rules = Resources(scope.policies)
        _sound(self.look_at_views())

    def cover_blueprint(self, name: str, prefix: str, scope: Scope) -> None:
        """Apply `scope` to the views of a blueprint and, below its `prefix`, to URLs that no URL rule matches."""
        self._blueprints[name] = (scope, Paths(scope.policies))
        if prefix.startswith("/") and "<" not in prefix:
            self._prefixes[name] = prefix.rstrip("/") or "/"
        self.rules = self._given

    def look_at_views(self) -> Views:
        """Return the policy of every decorated view, or its error, by endpoint, URL rule and method."""
        views: Views = {}
        said = [settings for scope, _ in self.scopes() for settings in (scope.settings, *scope.by_key.values())]
        functions = self.flask_app.view_functions
        parts = identities(functions.values())
        for rule in self.flask_app.url_map.iter_rules():
            for method, mark in marks(functions.get(rule.endpoint), parts, rule.methods or ()):
                key = rule.endpoint, rule.rule, method
                said.append(mark.settings)
                try:
                    views[key], warnings = self._built(mark, rule)
                    self.tell(warnings)
                except PolicyError as error:
                    views[key] = error
        self._names = names_of([settings for settings in said if settings])
        return views

    def _built(self, mark: Mark, rule: Rule) -> Built:
        """Return the policy of a decorated view: settings that its decorator leaves out are inherited."""
        if mark.policy is not None:
            return Built(mark.policy)
        owner = f" of {rule.endpoint}"
        own = {name: given._replace(name=given.name + owner) for name, given in mark.settings.items()}
        inherited = self._settings_without(rule)
        policy, warnings = policy_of({**inherited, **own}, self.flask_app, owner)
        return Built(policy, (*warnings, *bare_decorator(rule.endpoint, mark.settings, inherited, policy)))

    def _settings_without(self, rule: Rule) -> Settings:
        names = [name for name in blueprints_of(rule.endpoint) if name in self._blueprints]
        scope = self._blueprints[names[0]][0] if names else self._scope
        return scope.settings_for(rule.rule) if scope is not None else read_config(self.flask_app.config, Checks())

    @property
    def names(self) -> Mapping[str, str]:
        """The owner's names of the settings, by the core's names."""
        return self._names

    def tell(self, messages: Iterable[str]) -> None:
        """Emit each warning once."""
        for message in messages:
            if message not in self._told:
                self._told.add(message)
                warn(message)

    def start_debugging(self) -> None:
        """Turn on debug mode, once. It inspects each response, a cost that production does not need."""
        if not self.debug:
            self.debug = True
            # after_request functions run in reverse order: the first one sees the headers set by all others.
            self.flask_app.after_request_funcs.setdefault(None, []).insert(0, self.log_replaced)

    def log_replaced(self, response: Response) -> Response:
        """Log, once for each view, the response's own CORS headers, which this middleware will replace."""
        if names := {name for name, _ in response.headers if name.lower().startswith("access-control-")}:
            view = current.endpoint or ""
            if view not in self._replaced and self.found(current.environ).answerer is not None:
                self._replaced.add(view)
                setter = f"the view {view}" if view else "the app"
                log().warning("%s sets %s, which CORS replaces: %s", setter, ", ".join(sorted(names)), _INSTEAD)
        return response

    def find(self, environ: "WSGIEnvironment") -> Answerer | None:
        """Return the policy for a request: its view's, else its blueprint's, else its path's.

        For a preflight, it is the policy for the method that the preflight asks for. No view, ``before_request`` or
        error handler is called.

        Raises:
            PolicyError: The settings of the view's decorator do not make a policy.
        """
        if self._is_complete and not self._views and not self._blueprints:
            return self.paths.find(_path(environ))
        return self.found(environ).answerer

    def _start(self, environ: "WSGIEnvironment") -> None:
        """Look at the URL map, which is complete at Flask's first request."""
        with self._settling:  # a slow thread must not replace newer views
            is_first = self._views is None
            if not self._is_complete:
                self._views = self.look_at_views()
                self._settle()
        if is_first:
            self.tell(advice(self, environ))

    def _call_first(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Call the app for the first time: `_start` has seen all of its views."""
        # A debugger that is not loaded yet will not be loaded later: servers start before the first request.
        self.app: WSGIApplication = debugged(self.covered) if is_loaded() else self.covered
        with self._settling:
            self._is_complete = True
            self._settle()
        return self.app(environ, start_response)

    def found(self, environ: "WSGIEnvironment") -> Found:
        """Return what `find` returns, and where it comes from."""
        if not self._is_complete:
            self._start(environ)
        request, path = served(self.flask_app, environ), _path(environ)
        paths = self.unserved if request.is_missing else self.paths
        if request.rule is not None:
            return self._of_view(request.method, request.rule, path) or self._of_path(
                path, paths, request.rule.endpoint
            )
        # Let the page read a 405, by the blueprint of the URL's other methods, else the path, else their views.
        blueprints = (self._of_blueprint(rule, path) for _, rule in request.others)
        by_path = self._of_path(path, paths)
        views = (self._of_view(method, rule, path) for method, rule in request.others)
        candidates = chain(blueprints, [by_path if by_path.answerer is not None else None], views)
        return next(filter(None, candidates), by_path)._replace(view="")

    def _of_path(self, path: str, paths: Paths, view: str = "") -> Found:
        return Found(paths.find(path), "", view, paths)

    def _of_view(self, method: str, rule: Rule, path: str) -> Found | None:
        """Return the policy from the decorator or the blueprint of a view, or None if neither has one."""
        key = rule.endpoint, rule.rule
        views = self._views or {}
        policy = views.get((*key, method)) or views.get((*key, EVERY_METHOD))
        if isinstance(policy, PolicyError):
            raise policy
        if policy is not None:
            return Found(policy, f"the decorator of {rule.endpoint}", rule.endpoint, self.paths)
        return self._of_blueprint(rule, path)

    def _of_blueprint(self, rule: Rule, path: str) -> Found | None:
        for name in blueprints_of(rule.endpoint):
            if name in self._blueprints and (answerer := self._blueprints[name][1].find(path)) is not None:
                return Found(answerer, f"the blueprint {name}", rule.endpoint, self._blueprints[name][1])
        return None

    def decorated(self) -> dict[tuple[str, str, str], Policy]:
        """Return the policies of decorated views by endpoint, URL rule and method.

        Raises:
            PolicyError: with every problem, each once.
        """
        return _sound(self.look_at_views())

    def blueprint_scopes(self, endpoint: str) -> list[Scope]:
        """Return the scopes of the blueprints of an endpoint, the innermost first."""
        return [self._blueprints[name][0] for name in blueprints_of(endpoint) if name in self._blueprints]

    def scopes(self) -> list[tuple[Scope, Paths]]:
        """Return the scopes of the app and of its blueprints, each with the paths that it covers."""
        own = [(self._scope, self.paths)] if self._scope is not None else []
        return [*own, *self._blueprints.values()]

    def policies(self) -> list[Policy]:
        """Return every policy, except those of faulty decorators."""
        views = self._views if self._views is not None else self.look_at_views()
        listed = [policy for scope, _ in self.scopes() for of in scope.policies.values() for policy in members_of(of)]
        return [*(policy for policy in views.values() if isinstance(policy, Policy)), *listed]

    def entries(self) -> list[tuple[str, tuple[Policy, ...]]]:
        """Return what is covered, in words, with its policies: decorated views, blueprints, paths.

        Raises:
            PolicyError: with every problem of every decorated view.
        """
        entries: list[tuple[str, Policies]] = [
            (f"{method or 'every method'} {rule}: the decorator of {endpoint}", policy)
            for (endpoint, rule, method), policy in self.decorated().items()
        ]
        for name, (scope, _) in self._blueprints.items():
            entries += [
                (f"{shown_key(key)}: the blueprint {name}", policies) for key, policies in scope.policies.items()
            ]
        entries += [(shown_key(key), policies) for key, policies in _by_key(self.rules).items()]
        return [(words, members_of(of)) for words, of in entries]


def _path(environ: "WSGIEnvironment") -> str:
    """Return the path of a request as Flask routes it: //api as /api."""
    path: str = environ.get("PATH_INFO", "")
    return "/" + path.lstrip("/")


def _sound(views: Views) -> dict[tuple[str, str, str], Policy]:
    """Return the policies of decorated views.

    Raises:
        PolicyError: with every problem, each once.
    """
    errors = [policy for policy in views.values() if isinstance(policy, PolicyError)]
    if errors:
        raise PolicyError({problem.message: problem for error in errors for problem in error.problems}.values())
    return cast("dict[tuple[str, str, str], Policy]", views)


def _by_key(rules: RuleSet) -> Mapping[Key, Policies]:
    if isinstance(rules, Resources):
        return rules.by_key
    return cast("Mapping[Key, Policies]", rules) if isinstance(rules, Mapping) else {"/": rules}
