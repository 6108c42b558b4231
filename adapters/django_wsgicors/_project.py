"""The project's compiled settings, which find the policy for a path."""

from collections.abc import Mapping

from django.core.exceptions import ImproperlyConfigured

from django_wsgicors._names import PREFIX
from django_wsgicors._settings import NobodyListed, Reading
from django_wsgicors._until_changed import until_changed
from wsgicors import Policy, PolicyError, Problem
from wsgicors.adapting import Answerer, Policies, Rules, members_of, settled


class EverybodyEnabled:
    """The source for an origin that a handler of `django_wsgicors.check_request_enabled` has allowed."""

    def __contains__(self, origin: str, /) -> bool:
        return True


def for_enabled(policy: Policy) -> Policy:
    """Return `policy` for an origin that a handler of `django_wsgicors.check_request_enabled` has allowed."""
    return Policy.from_mapping({**policy.to_mapping(), "allow_origins": EverybodyEnabled()})


def asks_elsewhere(policies: Policies) -> bool:
    """Return whether a verdict can block, such as on a database."""
    return any(not isinstance(policy.allow_origins, (tuple, NobodyListed)) for policy in members_of(policies))


class Project(Reading):
    """The settings of a project, compiled.

    Attributes:
        asks_elsewhere: Whether a verdict can block.
    """

    def __init__(self) -> None:
        super().__init__()
        try:
            self._default = Rules(self.default).everywhere
            self._paths = Rules(self.rules) if self.rules else None
        except PolicyError as error:
            self.problems += error.renamed({"rules": "CORS_RULES"}).problems
            return
        self._everywhere = self._paths.everywhere if self._paths is not None else None
        self._enabled: dict[int, Policy] = {}
        self._names = {id(self.find(path)): names for path, names in self.rule_names.items()}
        self.asks_elsewhere = any(map(asks_elsewhere, (self.default, *self.rules.values())))

    def find(self, path: str) -> Answerer | None:
        """Return the policy for a path (`HttpRequest.path_info`), or None if nothing covers it."""
        return self._everywhere or settled(path, self._covering)

    def _covering(self, path: str) -> Answerer | None:
        found = self._paths.find(environ_path(path)) if self._paths is not None else None
        return found or (self._default if self.urls is not None and self.urls.match(path) else None)

    def names(self, policy: Answerer | None = None) -> Mapping[str, str]:
        """Return the owner's name for each setting of `wsgicors.Policy`, inside CORS_RULES or outside."""
        return self._names.get(id(policy), self.own_names)

    def rule(self, path: str) -> str:
        """Return where the policy for a path comes from, in words; ``""`` if there is none."""
        policy = self.find(path)
        rules = (
            rule for rule in self.written if self._paths is not None and self._paths.find(environ_path(rule)) is policy
        )
        covering = max((rule for rule in rules if path.startswith(rule)), key=len, default=None)
        if covering is not None:
            return f'CORS_RULES["{covering}"]'
        if policy is None:
            return ""
        return "the settings for every path" if self.urls is None else "the settings for the paths of CORS_URLS_REGEX"

    def listed(self) -> list[tuple[str, tuple[Policy, ...], Mapping[str, str]]]:
        """Return what is covered, in words, its policies, and the owner's names for settings."""
        listed: list[tuple[str, tuple[Policy, ...], Mapping[str, str]]] = [
            (path, members_of(policies), self.names(self.find(path))) for path, policies in self.rules.items()
        ]
        if self.urls is not None:
            listed.append((f"paths that match {self.urls.pattern}", members_of(self.default), self.names()))
        return listed

    def enabled(self, answerer: Answerer | None) -> Policy | None:
        """Return the policy instead of `answerer`, or on an uncovered path, once a handler has allowed an origin."""
        policies = members_of(answerer or self.default)
        if not policies:
            return None  # the rule of an ambiguous path is unknown
        policy = policies[0]
        if id(policy) not in self._enabled:
            self._enabled[id(policy)] = for_enabled(policy)
        return self._enabled[id(policy)]


def environ_path(path: str) -> str:
    """Return a path in WSGI's form (PEP 3333, "Unicode Issues")."""
    return path if path.isascii() else path.encode("utf-8", "surrogatepass").decode("latin-1")


@until_changed(lambda setting: setting.startswith(PREFIX))
def project() -> Project:
    """Return the project's settings, compiled once, and again for Django's ``override_settings``.

    Raises:
        ImproperlyConfigured: with every problem of every setting, in the words of `wsgicors.PolicyError`.
    """
    compiled, problems, _ = read()
    if compiled is None:
        raise ImproperlyConfigured(str(PolicyError(problems)))
    return compiled


def read() -> tuple[Project | None, list[Problem], list[Problem]]:
    """Return the compiled settings or None, their problems, and their warnings."""
    compiled = Project()
    return (None if compiled.problems else compiled), compiled.problems, compiled.warnings
