"""Read Django's settings as policies of the core, with every problem in the settings' own names."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias, cast

from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string

from django_wsgicors._names import KNOWN, ORIGINS, PREFIX, RULE_SPELLINGS, SPELLINGS, free, nearest, unknown_settings
from django_wsgicors.defaults import DEFAULT_MAX_AGE, DEFAULT_PREFLIGHT_STATUS, default_headers, default_methods
from wsgicors import Policy, PolicyError, Problem
from wsgicors.adapting import SETTINGS, Checks, Policies, build_policy, corrected_origin

Values: TypeAlias = dict[str, object]
"""Settings of a policy, by the keys of `RULE_SPELLINGS`."""

Names: TypeAlias = dict[str, str]
"""The owner's names for them."""

UrlconfOf: TypeAlias = Callable[[HttpRequest], object]
"""CORS_URLCONF: returns what the project's middleware will set as ``request.urlconf``."""


class NobodyListed:
    """The source of a project that lists no origins: rules, views and handlers allow them."""

    allows_nobody: Final = True
    """For exports, which accept no other source."""

    def __contains__(self, origin: str, /) -> bool:
        return False


class Reading:
    """The settings, read once.

    Attributes:
        problems: The reasons why the project must not start.
        warnings: Settings that are left out because they have no effect in any browser.
        default: The policies of the settings outside CORS_RULES.
        rules: Policies by path, including `default` if it covers every path without another rule.
        urls: CORS_URLS_REGEX, or None: the paths without a rule that `default` covers.
        urlconf: CORS_URLCONF, or None.
        debug: CORS_DEBUG.
        own_names: The owner's names of the settings of `default`, by the names of `wsgicors.Policy`.
        rule_names: The owner's names for each rule.
        written: The paths of CORS_RULES.
    """

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []
        self.rule_names: dict[str, Names] = {}
        checks = Checks()
        given = {
            name.removeprefix(PREFIX).lower(): getattr(settings, name) for name in KNOWN if hasattr(settings, name)
        }
        values, names = _gathered(given, SPELLINGS, lambda spelling: PREFIX + spelling.upper())
        self.default, self.own_names = self._policies(values, names)
        self.rules = self._rules(given.get("rules", {}), values, names, checks)
        self.urls = _regex("CORS_URLS_REGEX", given["urls_regex"], checks) if "urls_regex" in given else None
        self.urlconf = _urlconf(given.get("urlconf"), checks)
        self.debug = checks.switch("CORS_DEBUG", given.get("debug", False))
        self.problems += checks.problems
        self.written = tuple(self.rules)
        if self.urls is None and (not self.rules or not ORIGINS.isdisjoint(values)):
            self.rules.setdefault("/", self.default)
            self.rule_names.setdefault("/", self.own_names)
        unknown = list(unknown_settings())
        sole = self.default if isinstance(self.default, Policy) and self.rules.keys() <= {"/"} else None
        lists_nobody = sole is not None and isinstance(sole.allow_origins, NobodyListed)
        for problem in unknown:
            mistyped = lists_nobody and problem.instead.removeprefix(PREFIX).lower() in ORIGINS
            (self.problems if mistyped else self.warnings).append(problem)

    def _rules(self, rules: object, values: Values, names: Names, checks: Checks) -> dict[str, Policies]:
        if not isinstance(rules, Mapping):
            checks.wrong_type("CORS_RULES", rules, "a mapping from paths to mappings of settings")
            return {}
        return {
            path: self._rule(path, rule, values, names) for path, rule in cast("Mapping[str, object]", rules).items()
        }

    def _rule(self, path: str, rule: object, values: Values, names: Names) -> Policies:
        """Return the policies of one rule; the core checks values that are not mappings."""
        if not isinstance(rule, Mapping):
            return cast("Policies", rule)
        where = f'CORS_RULES["{path}"]'
        own = cast("Mapping[str, object]", rule)
        known = dict.fromkeys(spelling for spellings in RULE_SPELLINGS.values() for spelling in spellings).keys()
        self.problems.extend(
            Problem(
                "unknown-setting",
                where,
                key,
                nearest(str(key), own[key], free(RULE_SPELLINGS, own)),
                {"known": ", ".join(known)},
            )
            for key in own
            if key not in known
        )
        own_values, own_names = _gathered(own, RULE_SPELLINGS, lambda spelling: f'{where}["{spelling}"]')
        inherited = values.keys() - own_values.keys() - (set() if ORIGINS.isdisjoint(own_values) else ORIGINS)
        own_values |= {key: values[key] for key in inherited}
        own_names |= {key: names[key] for key in inherited}
        policies, self.rule_names[path] = self._policies(own_values, own_names)
        return policies

    def _policies(self, values: Values, names: Names) -> tuple[Policies, Names]:
        """Return the policies of settings: one for the listed origins, and one for a source beside them."""
        checks = Checks()
        arguments = {key: value for key, value in values.items() if key in SETTINGS}
        arguments.setdefault("allow_methods", default_methods)
        arguments.setdefault("allow_headers", default_headers)
        arguments.setdefault("preflight_status", DEFAULT_PREFLIGHT_STATUS)
        seconds = values.get("preflight_max_age", DEFAULT_MAX_AGE)
        arguments.setdefault("max_age", None if seconds == 0 else seconds)
        for key in [key for key, value in arguments.items() if _is_iterator(value)]:
            checks.wrong_type(key, arguments.pop(key), _ONCE)
        whom = _whom(values, checks)
        owned = {
            **names,
            "allow_origins": names["allow_origins" if "allow_origins" in values else "allowed_origins"],
            "max_age": names["max_age" if "max_age" in values else "preflight_max_age"],
            "any_origin": f"{names['allow_all_origins']} = True",
        }
        of_regexes = {**owned, "allow_origins": names["allowed_origin_regexes"]}

        def in_owners_words(problem: Problem) -> Problem:
            of_regex = problem.setting == "allow_origins" and problem.value in whom.regexes
            if of_regex and problem.instead and not problem.instead.startswith("re."):
                # Equivalent patterns go into the other list.
                patterns = problem.instead if problem.instead.startswith('"') else f'"{problem.instead}"'
                problem = problem.__replace__(instead=f"{patterns} in {names['allowed_origins']}")
            return problem.renamed(of_regexes if of_regex else owned)

        policies: list[Policy] = []
        faults: list[Problem] = []
        for origins in whom.origins:
            try:
                policy, left_out = build_policy({**arguments, "allow_origins": origins})
            except PolicyError as error:
                faults = list(error.problems)
                break  # the other policy has the same problems
            if not policies:
                self.warnings += map(in_owners_words, left_out)
            policies.append(policy)
        if whom.listed_in_vain:
            opens = any(fault.code.startswith("any-origin-with-") for fault in faults)
            faults = [_by_lists(fault, whom.relying_on_lists.format(**names)) for fault in faults]
            # Without the switch, the lists count.
            of_lists = [*whom.problems_in_vain, *_faults_of({**arguments, "allow_origins": whom.listed_in_vain})]
            if opens:
                faults += of_lists
            else:
                self.warnings += map(in_owners_words, of_lists)
        self.problems += map(in_owners_words, [*checks.problems, *faults])
        return (policies[0] if len(policies) == 1 else policies or _NOBODY), owned


_NOBODY: Final = Policy(allow_origins=NobodyListed())
_ONCE: Final = "a list; an iterator can be read only once: write list(…)"


def _is_iterator(value: object) -> bool:
    return isinstance(value, Iterator)


def _by_lists(problem: Problem, instead: str) -> Problem:
    """Return a problem about every origin, with the remedy to rely on the lists."""
    return problem.__replace__(instead=instead) if problem.code.startswith("any-origin-with-") else problem


def _faults_of(arguments: Mapping[str, object]) -> list[Problem]:
    """Return the problems of the origins in settings."""
    try:
        build_policy(arguments)
    except PolicyError as error:
        return [problem for problem in error.problems if problem.setting == "allow_origins"]
    return []


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


class _Whom(NamedTuple):
    """The origins that settings allow.

    Attributes:
        origins: The origins of each policy.
        regexes: The texts of the expressions among them.
        listed_in_vain: The origins that are listed although every origin is allowed.
        problems_in_vain: The problems of those lists.
        relying_on_lists: What to write to make the lists count.
    """

    origins: list[object]
    regexes: Sequence[str]
    listed_in_vain: Sequence[object]
    problems_in_vain: list[Problem]
    relying_on_lists: str = ""


def _whom(values: Values, checks: Checks) -> _Whom:
    if "allow_origins" in values:
        return _Whom([values["allow_origins"]], [], [], [])
    every = checks.switch("allow_all_origins", values.get("allow_all_origins", False))
    of_lists = Checks() if every else checks
    listed = _members("allowed_origins", values, of_lists)
    given = _members("allowed_origin_regexes", values, of_lists)
    compiled = (_regex("allowed_origin_regexes", member, of_lists) for member in given)
    regexes = [regex for regex in compiled if regex is not None]
    texts = [regex.pattern for regex in regexes]
    if every:
        return _Whom(["*"], texts, [*listed, *regexes], of_lists.problems, "{allow_all_origins} = False")
    if listed == ("*",):
        return _Whom(["*"], texts, regexes, [], "{allowed_origins} = []")
    origins: list[object] = [[*listed, *regexes]] if listed or regexes else []
    source = _source(values.get("origin_source"), checks)
    if source is not None:
        origins.append(source)
    return _Whom(origins or [NobodyListed()], texts, [], [])


def _members(setting: str, values: Values, checks: Checks) -> tuple[object, ...]:
    """Return the members of a list of origins or of regular expressions."""
    value = values.get(setting, ())
    if _is_iterator(value):
        checks.wrong_type(setting, value, _ONCE)
        return ()
    if callable(value):
        checks.wrong_type(setting, value, 'a list; CORS_ORIGIN_SOURCE takes an object that answers "origin in source"')
        return ()
    if setting == "allowed_origins":
        return checks.members(setting, value, "origins", corrected_origin)
    if isinstance(value, str) and value.strip():
        checks.add("text-for-list", setting, value, _as_list(value))
        return (value,)
    return checks.members(setting, value, "regular expressions")


def _as_list(regex: str) -> str:
    """Return Python for a list with the regular expression; ``""`` if it has a problem of its own."""
    try:
        corrected = corrected_origin(re.compile(regex))
    except re.error:
        return ""
    if corrected == f're.compile(r"{regex}")':
        return f'[r"{regex}"]'
    return f"[{corrected}]" if corrected.startswith("re.") else ""


def _regex(setting: str, regex: object, checks: Checks) -> re.Pattern[str] | None:
    """Return a regular expression, which Django's settings can also have as text; None if it is invalid."""
    if isinstance(regex, re.Pattern):
        compiled = cast("re.Pattern[str]", regex)
        if setting == "CORS_URLS_REGEX" and not isinstance(cast("object", compiled.pattern), str):
            checks.wrong_type(setting, compiled, "one regular expression, as text or compiled from text")
            return None
        return compiled  # the core checks those of origins
    if setting == "CORS_URLS_REGEX" and isinstance(regex, (list, tuple)):
        parts = cast("Iterable[object]", regex)
        instead = "|".join(part for part in parts if isinstance(part, str))
        checks.wrong_type(setting, parts, "one regular expression, as text or compiled", instead)
        return None
    if not isinstance(regex, str):
        checks.wrong_type(setting, regex, "regular expressions, as texts or compiled")
        return None
    if not regex.strip() and setting != "CORS_URLS_REGEX":
        checks.add("origin-empty", setting, regex)  # which would match every origin
        return None
    try:
        return re.compile(regex)
    except re.error as error:
        checks.add("regex-invalid", setting, regex, reason=str(error))
        return None


def _source(path: object, checks: Checks) -> object:
    """Return the source that CORS_ORIGIN_SOURCE names, instantiated if it is a class; None if there is none."""
    found = _imported("origin_source", path, checks)
    return cast("Callable[[], object]", found)() if isinstance(found, type) else found


def _urlconf(given: object, checks: Checks) -> UrlconfOf | None:
    """Return the function that CORS_URLCONF names; None if there is none."""
    found = _imported("CORS_URLCONF", given, checks)
    if found is None or callable(found):
        return found
    checks.wrong_type("CORS_URLCONF", found, "a function of a request that returns a URLconf, or its dotted path")
    return None


def _imported(setting: str, path: object, checks: Checks) -> object:
    try:
        return cast("object", import_string(path)) if isinstance(path, str) else path
    except ImportError as error:
        checks.add("source-import", setting, path, reason=str(error))
        return None
