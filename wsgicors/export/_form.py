"""The intermediate form that every target is written from: who is allowed, by which rule, and with which answers.

A rule's policies become *grants*: what each allows, and the headers of its answers. For a known origin, a preflight has
one of three answers: granted, refused (the origin), private (a private network that is not allowed). The method and
headers that it asks for matter only for `Grant.drops_headers`: the browser compares them itself.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType
from typing import Final, Self, cast

from wsgicors.export._origins import Family, origins_of
from wsgicors.export._paths import RulePath, expressions
from wsgicors.export._refusals import ExportError, Refused, refused
from wsgicors.policy import Policy
from wsgicors.rules import NO_RULES, Policies, Rules, RuleSet

AMBIGUOUS: Final = "ambiguous"
"""The name of the rule for paths that servers read in several ways."""

NO_RULE: Final = "none"
"""The name that a target gives to paths without a rule."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What one policy grants, and to which origins.

    Attributes:
        any_origin: Whether it is granted to every origin; `exact` and `families` are then empty.
        exact: The exact origins.
        families: The other origins.
        status: The status of a granted preflight.
        credentials: Whether answers have ``Access-Control-Allow-Credentials: true``.
        methods: ``Access-Control-Allow-Methods``, or ``""``.
        echoes_method: Whether that header repeats the method that was asked for.
        headers: ``Access-Control-Allow-Headers``, or ``""``.
        echoes_headers: Whether that header repeats the names that were asked for.
        drops_headers: Whether ``Access-Control-Allow-Headers`` is left out if Authorization is asked for: engines
            accept ``*`` for it, which does not cover it (Fetch, "CORS non-wildcard request-header name").
        expose: ``Access-Control-Expose-Headers``, or ``""``; on actual responses only.
        max_age: ``Access-Control-Max-Age``, or ``""``.
        private_network: Whether access to a private network is allowed.
        vary: ``Vary`` of a preflight's answer.
    """

    any_origin: bool
    exact: tuple[str, ...]
    families: tuple[Family, ...]
    status: int
    credentials: bool
    methods: str
    echoes_method: bool
    headers: str
    echoes_headers: bool
    drops_headers: bool
    expose: str
    max_age: str
    private_network: bool
    vary: tuple[str, ...]

    @property
    def allows_somebody(self) -> bool:
        """Whether it is granted to any origin at all."""
        return self.any_origin or bool(self.exact or self.families)

    @property
    def private_vary(self) -> tuple[str, ...]:
        """``Vary`` of a refusal because of a private network: without that header the preflight can be granted."""
        return (*self.vary, "Access-Control-Request-Private-Network")


@dataclass(frozen=True, slots=True)
class Rule:
    """The policies of one path.

    Attributes:
        path: ``/`` for every path.
        name: A name of letters, digits and ``_``.
        grants: The grants, of which the first that allows an origin answers.
        forbids: Whether an actual request of an origin that no grant allows is answered with 403.
        refused_vary: ``Vary`` of a refused preflight's answer.
    """

    path: str
    name: str
    grants: tuple[Grant, ...]
    forbids: bool
    refused_vary: tuple[str, ...]

    @property
    def allows_anybody(self) -> bool:
        """Whether no origin is refused."""
        return bool(self.grants) and self.grants[-1].any_origin

    @property
    def varies(self) -> bool:
        """Whether answers to actual requests depend on Origin."""
        return not (self.allows_anybody and len(self.grants) == 1)

    @property
    def answers(self) -> tuple[tuple[str, Grant], ...]:
        """The grants, each with the name by which a target tells which one answers."""
        return tuple((f"{self.name}-{index}", grant) for index, grant in enumerate(self.grants))

    @property
    def refused(self) -> str:
        """The name of the answer to an origin that no grant allows."""
        return f"{self.name}-refused"

    @property
    def otherwise(self) -> str:
        """The name of the answer to an origin that no grant names: the last one's if it is granted to every origin."""
        return self.answers[-1][0] if self.allows_anybody else self.refused


@dataclass(frozen=True)
class Form:
    """Everything that a target needs.

    Attributes:
        rules: The rules, in the order of the file; with several paths, the rule for ambiguous paths is last.
        paths: Expressions for the request target as sent, and names of rules: the first match decides. Empty if one
            rule covers every path.
        default: The name of the rule for all other paths; `NO_RULE` if none covers them.
        digest: A hash that identifies the policy.
    """

    rules: tuple[Rule, ...]
    paths: tuple[tuple[str, str], ...]
    default: str
    digest: str

    def answering(self, status: int) -> Self:
        """Return this form with `status` for every granted preflight."""
        rules = (replace(rule, grants=tuple(replace(one, status=status) for one in rule.grants)) for rule in self.rules)
        return replace(self, rules=tuple(rules))

    @cached_property
    def covers_everything(self) -> bool:
        """Whether there is a rule for every path."""
        return NO_RULE not in {self.default, *(name for _, name in self.paths)}

    @cached_property
    def answers(self) -> tuple[tuple[str, Grant], ...]:
        """The grants of all rules, each with its name."""
        return tuple(answer for rule in self.rules for answer in rule.answers)

    @cached_property
    def forbids(self) -> bool:
        """Whether a rule answers origins that are not allowed with 403."""
        return any(rule.forbids for rule in self.rules)


def form_of(rules: RuleSet, exact: Mapping[str, Policies | None] = MappingProxyType({})) -> Form:
    r"""Return the intermediate form of `rules`.

    Args:
        rules: Rules as for `wsgicors.CORS`.
        exact: The policies of single paths, not of those below them; None for no policy.

    Raises:
        PolicyError: The rules are faulty.
        ExportError: No target can express the rules; with every reason.

    >>> form = form_of(Policy(allow_origins=["https://a.example", "https://*.b.example"]))
    >>> form.rules[0].grants[0].exact, form.rules[0].grants[0].families[0].expression
    (('https://a.example',), 'https://(?:[a-z0-9_-]{1,63}\\.)+b\\.example')
    """
    Rules(NO_RULES if exact and not rules else rules)  # raises PolicyError if they are faulty
    by_path: Mapping[str, Policies] = rules if isinstance(rules, Mapping) else {"/": rules}
    problems: list[Refused] = []
    formed: list[Rule] = []
    names: dict[RulePath, str] = {}
    covered: dict[RulePath, Policies | None] = {
        **{RulePath(path): policies for path, policies in by_path.items()},
        **{RulePath(path, is_exact=True): policies for path, policies in exact.items()},
    }
    for path, policies in covered.items():
        if not path.text.isascii():
            problems.append(refused("rule-path-not-ascii", "every target", path=path.text))
        if policies is None:
            names[path] = NO_RULE
        else:
            names[path] = _name(path.text, names.values())
            formed.append(_rule(path.text, names[path], policies, problems))
    if problems:
        raise ExportError(problems)
    if covered.keys() != {RulePath("/")}:
        formed.append(Rule("", AMBIGUOUS, (), any(rule.forbids for rule in formed), ("Origin",)))
    paths = expressions(names, AMBIGUOUS)
    texts = {str(path): policies for path, policies in covered.items()}
    return Form(tuple(formed), paths, names.get(RulePath("/"), NO_RULE), digest(texts))


def digest(covered: Mapping[str, Policies | None]) -> str:
    """Return a hash of a set of rules: it changes with every setting, and with nothing else."""
    settings = [
        (path, [{**policy.to_mapping(), "allow_origins": _texts(policy)} for policy in _listed(policies or ())])
        for path, policies in sorted(covered.items())
    ]
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:16]


def _texts(policy: Policy) -> object:
    """Return the origins of a policy for JSON; a source is refused elsewhere."""
    listed = isinstance(cast("object", policy.allow_origins), tuple)
    return policy.to_mapping()["allow_origins"] if listed else "a source"


def _listed(policies: Policies) -> tuple[Policy, ...]:
    return (policies,) if isinstance(policies, Policy) else tuple(policies)


def _name(path: str, taken: Iterable[str]) -> str:
    name = re.sub(r"[^a-z0-9]+", "_", path.strip("/").lower()) if path != "/" else "root"
    known = {*taken, AMBIGUOUS, NO_RULE}
    return next(one for one in (name, *(f"{name}_{at}" for at in range(2, len(known) + 3))) if one and one not in known)


def _rule(path: str, name: str, policies: Policies, problems: list[Refused]) -> Rule:
    listed = _listed(policies)
    several = len(listed) > 1
    grants = tuple(_grant(path, policy, problems, several=several) for policy in listed)
    forbids = any(policy.refuse == "forbid" for policy in listed) and not grants[-1].any_origin
    # A policy without any origin grants nothing; answers to its refused preflights vary as granted ones would.
    return Rule(path, name, grants if several or grants[0].allows_somebody else (), forbids, grants[0].vary)


def _grant(path: str, policy: Policy, problems: list[Refused], *, several: bool) -> Grant:
    echo = policy.allow_credentials
    any_method, any_header = "*" in policy.allow_methods, "*" in policy.allow_headers
    names = {name.lower() for name in policy.allow_headers}
    exact, families = origins_of(path, policy, problems)
    any_origin = policy.allow_origins == ("*",)
    vary = {
        "Origin": several or not any_origin,
        "Access-Control-Request-Method": not any_method or echo,
        "Access-Control-Request-Headers": not any_header or echo or "authorization" not in names,
        "Access-Control-Request-Private-Network": policy.allow_private_network,
    }
    return Grant(
        any_origin=any_origin,
        exact=exact,
        families=families,
        status=policy.preflight_status,
        credentials=policy.allow_credentials,
        methods="" if any_method and echo else ", ".join(policy.allow_methods),
        echoes_method=any_method and echo,
        headers="" if any_header and echo else ", ".join(policy.allow_headers),
        echoes_headers=any_header and echo,
        drops_headers=any_header and not echo and "authorization" not in names,
        expose=", ".join(policy.expose_headers),
        max_age="" if policy.max_age is None else str(policy.max_age),
        private_network=policy.allow_private_network,
        vary=tuple(name for name, varies in vary.items() if varies),
    )
