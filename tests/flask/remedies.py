"""Apply the printed remedies of problems to options, as a person would."""

import ast
import copy
import re
from typing import Any, Final

from wsgicors import Problem

ASKING: Final = frozenset({"insecure-origin"})
"""Codes of problems that ask a question, although they print something to write."""

_RESOURCE: Final = re.compile(r"resources\[(?P<resource>'[^']*')\]\['(?P<option>\w+)'\]")


def asks(problem: Problem) -> bool:
    """Whether only the owner can solve a problem: which origins to trust, what was meant."""
    return problem.code in ASKING or not (problem.instead or problem.code == "unknown-setting")


def applied(options: dict[str, Any], problems: tuple[Problem, ...]) -> dict[str, Any]:
    """Return the options after one round of remedies; problems that ask a question stay."""
    changed = copy.deepcopy(options)
    for problem in problems:
        setting = str(problem.as_dict()["setting"])
        found = _RESOURCE.fullmatch(setting)
        if setting == "resources":
            changed["resources"] = _replaced(changed["resources"], problem)
        else:
            where = changed["resources"][ast.literal_eval(found["resource"])] if found else changed
            _apply(where, found["option"] if found else setting, problem)
    return changed


def _apply(options: dict[str, Any], name: str, problem: Problem) -> None:
    if problem.code == "unknown-setting":
        value = options.pop(name)
        if problem.instead:
            options[problem.instead] = value
    elif problem.instead:
        options[name] = _replaced(options[name], problem)


def _replaced(value: Any, problem: Problem) -> Any:
    written = re.search(r"Write (.*?) instead\.", problem.remedy)
    assert written is not None, problem.remedy
    instead = eval(f"[{written[1]}]", {"re": re})
    if isinstance(value, (list, tuple)):
        return [each for member in value for each in (instead if member == problem.value else [member])]
    if isinstance(value, dict):
        return {(instead[0] if key == problem.value else key): options for key, options in value.items()}
    return instead[0] if len(instead) == 1 else instead
