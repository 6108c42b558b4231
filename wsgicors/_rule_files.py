"""Rules in files: the settings of one policy, or a table ``rules`` from paths to policies or lists of policies.

.. code-block:: toml

    # one policy for every path:              # or policies by path:
    allow_origins = ["https://a.example"]     [rules."/"]
    max_age = 600                             allow_origins = "*"

                                              [[rules."/api"]]        # a list: the first that
                                              allow_origins = ["https://a.example"]
                                              [[rules."/api"]]        # allows the origin answers
                                              allow_origins = ["https://b.example"]
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final, cast

from wsgicors.policy import SETTINGS, Policy
from wsgicors.problems import PolicyError, Problem
from wsgicors.rules import Policies, Rules, RuleSet

TABLE: Final = "rules"
"""The key of the table from paths to policies."""


def rules_from_mapping(mapping: Mapping[str, object]) -> RuleSet:
    """Return the rules in a mapping that was read from TOML, JSON or a settings file.

    Args:
        mapping: The settings of one policy (`wsgicors.Policy.from_mapping`); or ``{"rules": {path: settings}}``, where
            a list of settings is a list of policies.

    Raises:
        PolicyError: with every problem of every rule.

    >>> rules_from_mapping({"rules": {"/api": {"allow_origins": ["https://a.example"]}}})
    {'/api': Policy(allow_origins=['https://a.example'])}
    """
    if TABLE not in mapping:
        return Policy.from_mapping(mapping)
    table, problems = mapping[TABLE], list[Problem]()
    beside = {name: mapping[name] for name in mapping if name != TABLE}
    if beside:
        # Settings beside the table could be a policy for "/" or defaults for every rule: have the file say which.
        named = ", ".join(map(str, beside))
        problems.append(Problem("settings-beside-rules", TABLE, named, '[rules."/"]'))
    rules: dict[str, Policies] = {}
    if isinstance(table, Mapping):
        for path, settings in cast("Mapping[str, object]", table).items():
            policies = _policies(str(path), settings, problems)
            if policies is not None:
                rules[path] = policies
    else:
        facts = {"type": type(table).__name__, "wanted": "a table from paths to settings"}
        problems.append(Problem("wrong-type", TABLE, table, facts=facts))
    if isinstance(table, Mapping) and (rules or not table):
        try:
            Rules(rules)
        except PolicyError as error:
            problems += error.problems
    if problems:
        raise PolicyError(problems)
    return rules


def _policies(path: str, settings: object, problems: list[Problem]) -> Policies | None:
    """Return the policies for one path; None if all of them are faulty."""
    where = f'{TABLE}."{path}"'
    if not isinstance(settings, list):
        return _policy(where, settings, problems)
    members = cast("list[object]", settings)
    read = [_policy(f"{where}[{at}]", member, problems) for at, member in enumerate(members)]
    return [policy for policy in read if policy is not None] or (None if members else [])


def _policy(where: str, settings: object, problems: list[Problem]) -> Policy | None:
    if not isinstance(settings, Mapping):
        facts = {"type": type(settings).__name__, "wanted": "the settings of a policy, or a list of such"}
        problems.append(Problem("wrong-type", where, settings, facts=facts))
        return None
    names = {name: f"{where}.{name}" for name in SETTINGS}
    try:
        return Policy.from_mapping(cast("Mapping[str, object]", settings))
    except PolicyError as error:
        problems += [Problem(one.code, one.setting, one.value, one.instead, one.facts, names) for one in error.problems]
        return None


def read_rules(path: Path) -> RuleSet:
    """Return the rules in the TOML file at `path`, from its top level or its table ``[cors]``.

    Raises:
        OSError: The file cannot be read.
        ValueError: The file is not TOML in UTF-8.
        PolicyError: with every problem of every rule.
    """
    import tomllib

    settings = tomllib.loads(path.read_bytes().decode())
    table = settings.get("cors")
    return rules_from_mapping(cast("dict[str, object]", table) if isinstance(table, dict) else settings)
