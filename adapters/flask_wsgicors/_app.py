"""The middleware around ``app.wsgi_app``: the core's, which finds a request's policy by view, blueprint and path."""

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
from wsgicors.adapting import NO_RULES, Answerer, Checks, Policies, Rules, RuleSet, log

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

EXTENSION: Final = "cors"

_INSTEAD: Final = "take it out, or leave its path out of resources"

Views: TypeAlias = dict[tuple[str, str, str], Policy | PolicyError]
"""The policies of decorated views, or what is wrong with them, by endpoint, URL rule and method."""


class Scope(NamedTuple):
    """What one ``CORS(…)`` says of an app or a blueprint.

    Attributes:
        settings: The keywords over app.config: what holds where no resource says otherwise.
        by_key: The settings of each resource; None where it has a whole policy.
        policies: The policies of each resource.
        written: Each resource as its owner wrote it.
    """

    settings: Settings
    by_key: Mapping[Key, Settings | None]
    policies: Mapping[Key, Policies]
    written: Mapping[Key, object]

    def plus(self, later: Self) -> "Scope":
        """Both together: the later one holds where they differ."""
        return Scope(
            later.settings,
            {**self.by_key, **later.by_key},
            {**self.policies, **later.policies},
            {**self.written, **later.written},
        )

    def settings_for(self, path: str) -> Settings:
        """Return the settings that hold for a path as it is written in a URL rule."""
        return self.by_key.get(Paths(self.policies).key_of(path) or "") or self.settings


class Found(NamedTuple):
    """What answers for a request, and why.

    Attributes:
        answerer: What answers; None where nothing covers the request.
        by: The decorator or the blueprint that says so, in words; ``""`` where the path does.
        view: The endpoint that serves the request; ``""`` where none does.
        paths: Where the path was looked up.
    """

    answerer: Answerer | None
    by: str
    view: str
    paths: Paths


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
        self._blueprints: dict[str, tuple[Scope, Paths]] = {}
        self._prefixes: dict[str, str] = {}
        self._views: Views | None = None
        self._names = CORE_TO_OWN
        self._told: set[str] = set()
        self._replaced: set[str] = set()
        self._settling = threading.Lock()
        self.covered = app
        """What it wraps."""
        super().__init__(debugged(app), Resources({}))

    @classmethod
    def of(cls, app: Flask) -> Self:
        """Return the one of `app`, which is wrapped if it was not."""
        known = app.extensions.get(EXTENSION)
        if isinstance(known, cls):
            return known
        made = app.extensions[EXTENSION] = cls(app, app.wsgi_app)
        # The method, which is called for less than what has it.
        app.wsgi_app = made.__call__  # type: ignore[method-assign]
        return made

    def report(self, verdict: Verdict, environ: "WSGIEnvironment") -> None:
        """Report a refusal: in the log, to the hook, and by the signal."""
        super().report(verdict, environ)
        try:
            request_refused.send(self.flask_app, verdict=verdict, environ=environ)
        except Exception:
            log().exception("a receiver of request_refused failed")

    @property
    def rules(self) -> RuleSet:
        """Rules for the app's own paths, as given, which are a ``Resources`` where ``CORS(app, …)`` made them.

        Setting them swaps all at once: a request sees the old ones or the new ones. What decorators and blueprints say
        of their views stays as it is.
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
        """Have the middleware call `find` only where the policy can differ from request to request."""
        self.unserved: Paths = Paths(self.unserved_by_key())
        everywhere = self.paths.everywhere
        alike = everywhere is not None and self._views == {} and not self._blueprints
        self._rules = Rules(everywhere) if everywhere is not None and alike else Rules(NO_RULES)

    def by_key(self) -> Mapping[Key, Policies]:
        """Return the policies of the app's own paths."""
        return _by_key(self._given)

    def unserved_by_key(self) -> Mapping[Key, Policies]:
        """Return the policies by path for URLs that no URL rule serves."""
        return {**self._below_prefixes(), **self.by_key()}

    def _below_prefixes(self) -> dict[Key, Policies]:
        """Return the policies of blueprints for URLs that no URL rule serves, by prefix."""
        return {
            prefix: self._blueprints[name][0].policies["/"]
            for name, prefix in self._prefixes.items()
            if "/" in self._blueprints[name][0].policies and not self._shares(name, prefix)
        }

    def _shares(self, name: str, prefix: str) -> bool:
        """Whether another blueprint has the same prefix. Flask does not keep the prefix of one that is not covered."""
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
        """Have `scope` hold for the app, together with what holds already.

        Raises:
            PolicyError: with every problem of the views that are there, now that it is known what holds for them.
        """
        earlier = self._scope
        self._scope = scope = scope if earlier is None else earlier.plus(scope)
        self.rules = Resources(scope.policies)
        _sound(self.look_at_views())

    def cover_blueprint(self, name: str, prefix: str, scope: Scope) -> None:
        """Have `scope` hold for the views of a blueprint, and below its `prefix` for URLs that no URL rule serves."""
        self._blueprints[name] = (scope, Paths(scope.policies))
        if prefix.startswith("/") and "<" not in prefix:
            self._prefixes[name] = prefix.rstrip("/") or "/"
        self.rules = self._given

    def look_at_views(self) -> Views:
        """Return the policy of every decorated view, or what is wrong with it, by endpoint, URL rule and method."""
        views: Views = {}
        said = [settings for scope, _ in self.scopes() for settings in (scope.settings, *scope.by_key.values())]
        functions = self.flask_app.view_functions
        parts = identities(functions.values())
        for rule in self.flask_app.url_map.iter_rules():
            for method, mark in marks(functions.get(rule.endpoint), parts):
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
        """Return the policy of a decorated view: what its decorator leaves out is what would hold for it without."""
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
        """The owner's names of the settings, by the core's."""
        return self._names

    def tell(self, messages: Iterable[str]) -> None:
        """Warn of what was not warned of yet."""
        for message in messages:
            if message not in self._told:
                self._told.add(message)
                warn(message)

    def start_debugging(self) -> None:
        """Switch debug mode on, once. It looks at each response, which production need not pay for."""
        if not self.debug:
            self.debug = True
            # Functions after a request run last to first, and this one sees the headers that all others have set.
            self.flask_app.after_request_funcs.setdefault(None, []).insert(0, self.log_replaced)

    def log_replaced(self, response: Response) -> Response:
        """Log, once for each view, which CORS headers a response has that this middleware will replace."""
        if names := {name for name, _ in response.headers if name.lower().startswith("access-control-")}:
            view = current.endpoint or ""
            if view not in self._replaced and self.found(current.environ).answerer is not None:
                self._replaced.add(view)
                setter = f"the view {view}" if view else "the app"
                log().warning("%s sets %s, which CORS replaces: %s", setter, ", ".join(sorted(names)), _INSTEAD)
        return response

    def find(self, environ: "WSGIEnvironment") -> Answerer | None:
        """Return what answers for a request: its view's policy, else its blueprint's, else that of its path.

        A preflight asks for the method that it announces. No view, ``before_request`` or error handler is called.

        Raises:
            PolicyError: where the decorator of the view that serves the request makes no policy.
        """
        if self._views is not None and not self._views and not self._blueprints:
            return self.paths.find(_path(environ))
        return self.found(environ).answerer

    def _start(self, environ: "WSGIEnvironment") -> None:
        """Look at the URL map, which is whole when the first request comes."""
        views = self.look_at_views()
        with self._settling:
            self._views = views
            self._settle()
        if not is_loaded():  # nor will it be: servers start before requests come
            self.app: WSGIApplication = self.covered
        self.tell(advice(self, environ))

    def found(self, environ: "WSGIEnvironment") -> Found:
        """Return what `find` finds, and why."""
        if self._views is None:
            self._start(environ)
        request, path = served(self.flask_app, environ), _path(environ)
        paths = self.unserved if request.is_missing else self.paths
        if request.rule is not None:
            return self._of_view(request.method, request.rule, path) or self._of_path(
                path, paths, request.rule.endpoint
            )
        # The page is to read a 405: the blueprint of the URL's other methods answers, else the path, else their views.
        blueprints = (self._of_blueprint(rule, path) for _, rule in request.others)
        by_path = self._of_path(path, paths)
        views = (self._of_view(method, rule, path) for method, rule in request.others)
        candidates = chain(blueprints, [by_path if by_path.answerer is not None else None], views)
        return next(filter(None, candidates), by_path)._replace(view="")

    def _of_path(self, path: str, paths: Paths, view: str = "") -> Found:
        return Found(paths.find(path), "", view, paths)

    def _of_view(self, method: str, rule: Rule, path: str) -> Found | None:
        """Return what the decorator or the blueprint of a view says, or None where neither does."""
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
        """Return what was said of the blueprints of an endpoint, the innermost first."""
        return [self._blueprints[name][0] for name in blueprints_of(endpoint) if name in self._blueprints]

    def scopes(self) -> list[tuple[Scope, Paths]]:
        """Return what was said of the app and of its blueprints, each with the paths that it covers."""
        own = [(self._scope, self.paths)] if self._scope is not None else []
        return [*own, *self._blueprints.values()]

    def policies(self) -> list[Policy]:
        """Return every policy, those of faulty decorators excepted."""
        views = self._views if self._views is not None else self.look_at_views()
        by_path = [of for scope, _ in self.scopes() for of in scope.policies.values()]
        listed = [policy for of in by_path for policy in ((of,) if isinstance(of, Policy) else of)]
        return [*(policy for policy in views.values() if isinstance(policy, Policy)), *listed]

    def entries(self) -> list[tuple[str, tuple[Policy, ...]]]:
        """Return what covers what, in words, with the policies that answer for it: decorated views, blueprints, paths.

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
        return [(words, (of,) if isinstance(of, Policy) else tuple(of)) for words, of in entries]


def _path(environ: "WSGIEnvironment") -> str:
    """Return the path of a request as Flask routes it: //api is /api."""
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
