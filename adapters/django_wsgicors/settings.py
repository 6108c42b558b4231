"""Django's settings, read as the core's policies."""

import functools
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias, cast

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.module_loading import import_string

from django_wsgicors.defaults import DEFAULT_MAX_AGE, DEFAULT_PREFLIGHT_STATUS, default_headers, default_methods
from wsgicors import Policy, PolicyError, Problem
from wsgicors.adapting import SETTINGS, Answerer, Checks, Policies, PolicyList, Rules, nearest, settled

PREFIX: Final = "CORS_"

SPELLINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "allow_all_origins": ("allow_all_origins", "origin_allow_all"),
    "allowed_origins": ("allowed_origins", "origin_whitelist"),
    "allowed_origin_regexes": ("allowed_origin_regexes", "origin_regex_whitelist"),
    "origin_source": ("origin_source",),
    "allow_methods": ("allow_methods",),
    "allow_headers": ("allow_headers",),
    "expose_headers": ("expose_headers",),
    "allow_credentials": ("allow_credentials",),
    "preflight_max_age": ("preflight_max_age",),
    "allow_private_network": ("allow_private_network",),
    "refuse": ("refuse",),
}
"""The settings of a policy, and their names in lower case and without the prefix: the first that is there counts."""

RULE_SPELLINGS: Final[Mapping[str, tuple[str, ...]]] = {**{name: (name,) for name in SETTINGS}, **SPELLINGS}
"""The settings of a rule: the core's names are understood too."""

ORIGINS: Final = frozenset({
    "allow_all_origins", "allowed_origins", "allowed_origin_regexes", "origin_source", "allow_origins",
})  # fmt: skip
"""The settings that say who is let in. A rule that has one of them inherits none of the others."""

KNOWN: Final = (
    *(PREFIX + spelling.upper() for spellings in SPELLINGS.values() for spelling in spellings),
    "CORS_URLS_REGEX",
    "CORS_URLCONF",
    "CORS_RULES",
    "CORS_DEBUG",
)
"""Every setting that there is."""

Values: TypeAlias = dict[str, object]
"""Settings of a policy, by the keys of `RULE_SPELLINGS`."""

Names: TypeAlias = dict[str, str]
"""What the owner calls them."""


UrlconfOf: TypeAlias = Callable[[HttpRequest], object]
"""CORS_URLCONF: what the project's middleware will set as ``request.urlconf``."""


class NobodyListed:
    """The source of a project that lists no origins: whom to let in is up to its rules, its views and its handlers."""

    def __contains__(self, origin: str, /) -> bool:
        return False


class EverybodyEnabled:
    """The source for an origin that a handler of `django_wsgicors.check_request_enabled` has let in."""

    def __contains__(self, origin: str, /) -> bool:
        return True


def for_enabled(policy: Policy) -> Policy:
    """`policy` as it is for an origin that a handler of `django_wsgicors.check_request_enabled` has let in."""
    return Policy.from_mapping({**policy.to_mapping(), "allow_origins": EverybodyEnabled()})


def members(policies: Policies) -> tuple[Policy, ...]:
    """The policies that answer together."""
    return (policies,) if isinstance(policies, Policy) else tuple(policies)


def asks_elsewhere(policies: Policies) -> bool:
    """Whether a verdict may have to wait, for a database for instance."""
    return any(not isinstance(policy.allow_origins, (tuple, NobodyListed)) for policy in members(policies))


class Project:
    """What a project's settings say, compiled.

    Attributes:
        default: The policies of the settings that stand outside CORS_RULES.
        rules: Policies by path, `default` among them where it covers every path that has no other.
        urls: CORS_URLS_REGEX, or None: the paths that `default` covers where no rule does.
        urlconf: CORS_URLCONF, or None.
        debug: Whether refusals tell their remedy.
        everywhere: What answers for every path, where no path need be looked at.
        asks_elsewhere: Whether a verdict may have to wait.

    Raises:
        PolicyError: with every fault of the rules.
    """

    def __init__(
        self,
        default: Policies,
        rules: Mapping[str, Policies],
        urls: re.Pattern[str] | None,
        urlconf: UrlconfOf | None,
        *,
        debug: bool,
    ) -> None:
        self._default = Rules(default).everywhere
        self._rules = Rules(rules) if rules else None
        self.default = default
        self.rules = rules
        self.urls = urls
        self.urlconf = urlconf
        self.debug = debug
        self.everywhere = self._rules.everywhere if self._rules is not None else None
        self.asks_elsewhere = any(map(asks_elsewhere, (default, *rules.values())))
        self._enabled: dict[int, Policy] = {}

    def find(self, path: str) -> Answerer | None:
        """What answers for a path (`HttpRequest.path_info`), or None where nothing covers it."""
        return self.everywhere or settled(path, self._covering)

    def _covering(self, path: str) -> Answerer | None:
        if self._rules is not None:
            environ_path = path if path.isascii() else path.encode("utf-8", "surrogatepass").decode("latin-1")
            found = self._rules.find(environ_path)
            if found is not None:
                return found
        return self._default if self.urls is not None and self.urls.match(path) else None

    def listed(self) -> list[tuple[str, tuple[Policy, ...]]]:
        """What is covered, in words, and the policies that answer for it."""
        listed = [(path, members(policies)) for path, policies in self.rules.items()]
        if self.urls is not None:
            listed.append((f"paths that match {self.urls.pattern}", members(self.default)))
        return listed

    def enabled(self, answerer: Answerer | None) -> Policy | None:
        """What answers in the stead of `answerer`, or where nothing covers a path, once a handler has let an origin in."""
        if isinstance(answerer, PolicyList):
            policy = answerer.policies[0]
        elif isinstance(answerer, Policy):
            policy = answerer
        elif answerer is None:
            policy = members(self.default)[0]
        else:
            return None  # nobody knows which rule a path with dot segments belongs to
        if id(policy) not in self._enabled:
            self._enabled[id(policy)] = for_enabled(policy)
        return self._enabled[id(policy)]


@functools.cache
def project() -> Project:
    """The project's settings, compiled once, and again for Django's ``override_settings``.

    Raises:
        ImproperlyConfigured: with every fault of every setting, in the words of `wsgicors.PolicyError`.
    """
    compiled, problems = read()
    if compiled is None:
        raise ImproperlyConfigured(str(PolicyError(problems)))
    return compiled


@receiver(setting_changed)
def _recompile(*, setting: str, **_: object) -> None:
    if setting.startswith(PREFIX):
        project.cache_clear()


def read() -> tuple[Project | None, list[Problem]]:
    """What the settings say, or None and what is wrong with them."""
    checks = Checks()
    given = {name.removeprefix(PREFIX).lower(): getattr(settings, name) for name in KNOWN if hasattr(settings, name)}
    values, names = _gathered(given, SPELLINGS, lambda spelling: PREFIX + spelling.upper())
    default = _policies(values, names, checks.problems)
    rules = _rules(given.get("rules", {}), values, names, checks)
    urls = _compiled("CORS_URLS_REGEX", given["urls_regex"], checks) if "urls_regex" in given else None
    urlconf = _urlconf(given.get("urlconf"), checks)
    debug = checks.switch("CORS_DEBUG", given.get("debug", False))
    if urls is None and (not rules or not ORIGINS.isdisjoint(values)):
        rules.setdefault("/", default)
    compiled = None
    try:
        compiled = Project(default, rules, urls, urlconf, debug=debug)
    except PolicyError as error:
        checks.problems.extend(error.renamed({"rules": "CORS_RULES"}).problems)
    return (None if checks.problems else compiled), checks.problems


def _gathered(
    given: Mapping[str, object], spellings: Mapping[str, tuple[str, ...]], named: Callable[[str], str]
) -> tuple[Values, Names]:
    values: Values = {}
    names: Names = {}
    for key, candidates in spellings.items():
        found = next((spelling for spelling in candidates if spelling in given), None)
        if found is not None:
            values[key] = given[found]
        names[key] = named(found or candidates[0])
    return values, names


def _rules(rules: object, values: Values, names: Names, checks: Checks) -> dict[str, Policies]:
    """CORS_RULES."""
    if not isinstance(rules, Mapping):
        checks.wrong_type("CORS_RULES", rules, "a mapping from paths to mappings of settings")
        return {}
    return {
        path: _rule(f'CORS_RULES["{path}"]', rule, values, names, checks.problems)
        for path, rule in cast("Mapping[str, object]", rules).items()
    }


def _rule(where: str, rule: object, values: Values, names: Names, problems: list[Problem]) -> Policies:
    """One rule; what is no mapping is left to the core, which knows its own policies and lists of them."""
    if not isinstance(rule, Mapping):
        return cast("Policies", rule)
    own = cast("Mapping[str, object]", rule)
    known = [spelling for spellings in RULE_SPELLINGS.values() for spelling in spellings]
    problems.extend(
        Problem("unknown-setting", where, key, nearest(str(key), known), {"known": ", ".join(known)})
        for key in own
        if key not in known
    )
    own_values, own_names = _gathered(own, RULE_SPELLINGS, lambda spelling: f'{where}["{spelling}"]')
    speaks_of_origins = not ORIGINS.isdisjoint(own_values)
    for key in values.keys() - own_values.keys():
        if not (speaks_of_origins and key in ORIGINS):
            own_values[key], own_names[key] = values[key], names[key]
    return _policies(own_values, own_names, problems)


def _policies(values: Values, names: Names, problems: list[Problem]) -> Policies:
    """The policies of settings: of origins that are listed, and of a source beside them."""
    checks = Checks()
    arguments = {key: value for key, value in values.items() if key in SETTINGS}
    arguments.setdefault("allow_methods", default_methods)
    arguments.setdefault("allow_headers", default_headers)
    arguments.setdefault("preflight_status", DEFAULT_PREFLIGHT_STATUS)
    seconds = values.get("preflight_max_age", DEFAULT_MAX_AGE)
    arguments.setdefault("max_age", None if seconds == 0 else seconds)
    whom, regexes = _whom(values, checks)
    problems.extend(problem.renamed(names) for problem in checks.problems)
    owned = {
        **names,
        "allow_origins": names["allow_origins" if "allow_origins" in values else "allowed_origins"],
        "max_age": names["max_age" if "max_age" in values else "preflight_max_age"],
        "any_origin": f"{names['allow_all_origins']} = True",
    }
    of_regex = {**owned, "allow_origins": names["allowed_origin_regexes"]}
    policies: list[Policy] = []
    for origins in whom:
        try:
            policies.append(Policy(**cast("dict[str, Any]", {**arguments, "allow_origins": origins})))
        except PolicyError as error:
            problems.extend(
                problem.renamed(of_regex if problem.value in regexes else owned) for problem in error.problems
            )
            break  # the other policy has the same faults
    return policies[0] if len(policies) == 1 else policies or Policy(allow_origins=NobodyListed())


def _whom(values: Values, checks: Checks) -> tuple[list[object], list[str]]:
    """Whom to let in, each for a policy of its own, as the core has it; and the regular expressions among them."""
    if "allow_origins" in values:
        return [values["allow_origins"]], []
    if checks.switch("allow_all_origins", values.get("allow_all_origins", False)):
        return ["*"], []
    listed = checks.members("allowed_origins", values.get("allowed_origins", ()), "origins")
    if listed == ("*",):
        return ["*"], []
    given = checks.members("allowed_origin_regexes", values.get("allowed_origin_regexes", ()), "regular expressions")
    compiled = (_compiled("allowed_origin_regexes", member, checks) for member in given)
    regexes = [regex for regex in compiled if regex is not None]
    whom: list[object] = [[*listed, *regexes]] if listed or regexes else []
    source = _source(values.get("origin_source"), checks)
    if source is not None:
        whom.append(source)
    return whom or [NobodyListed()], [regex.pattern for regex in regexes]


def _compiled(setting: str, regex: object, checks: Checks) -> re.Pattern[str] | None:
    """A regular expression, which Django's settings have as text too; None where it is none."""
    if isinstance(regex, re.Pattern):
        return cast("re.Pattern[str]", regex)
    if not isinstance(regex, str):
        checks.wrong_type(setting, regex, "regular expressions, as texts or compiled")
        return None
    try:
        return re.compile(regex)
    except re.error as error:
        checks.add("regex-invalid", setting, regex, reason=str(error))
        return None


def _urlconf(given: object, checks: Checks) -> UrlconfOf | None:
    """Return what CORS_URLCONF names; None where it names nothing."""
    found = _imported("CORS_URLCONF", given, checks)
    if found is None or callable(found):
        return found
    checks.wrong_type("CORS_URLCONF", found, "a function of a request that returns a URLconf, or its dotted path")
    return None


def _source(path: object, checks: Checks) -> object:
    """Return what CORS_ORIGIN_SOURCE names, made if it is a class; None where it names nothing."""
    found = _imported("origin_source", path, checks)
    return cast("Callable[[], object]", found)() if isinstance(found, type) else found


def _imported(setting: str, path: object, checks: Checks) -> object:
    try:
        return cast("object", import_string(path)) if isinstance(path, str) else path
    except ImportError as error:
        checks.add("source-import", setting, path, reason=str(error))
        return None
