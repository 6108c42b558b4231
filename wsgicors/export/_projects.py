"""Export a project's settings, rules and decorated views, for the commands of Django and Flask."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final, NamedTuple, TypeAlias

from wsgicors.export._form import form_of
from wsgicors.export._options import Given
from wsgicors.export._refusals import ExportError, Refused, refused
from wsgicors.export._running import CannotCheckError, run
from wsgicors.policy import Policy
from wsgicors.problems import PolicyError
from wsgicors.rules import Policies, members_of

__all__ = [
    "CannotCheckError",
    "ExportError",
    "Exportable",
    "Given",
    "Members",
    "Refused",
    "Route",
    "covering",
    "export_project",
    "overlap",
    "policies_alone",
    "refused",
]

Members: TypeAlias = tuple[Policy, ...]
"""The policies that answer together; empty if the view's response stays unchanged."""

# Servers read empty segments, dot segments, parameters, percent signs and backslashes in several ways.
_ODD: Final = re.compile(r"//|[;%\\?#\x00-\x20\x7f]|/\.{1,2}(?:/|$)")


class Route(NamedTuple):
    """A URL, or URLs with the same beginning, and the policies that answer there.

    Attributes:
        path: The whole path, or the common beginning.
        varies: Whether a variable part follows.
        view: A description of the view.
        answers: The policies that answer together, for each method of the view.
        methods: The methods of the view; empty for all.
    """

    path: str
    varies: bool
    view: str
    answers: tuple[Members, ...]
    methods: frozenset[str] = frozenset()


class Exportable(NamedTuple):
    """The policies of a project.

    Attributes:
        by_path: Policies by path, each also for the paths below it.
        routes: The URLs of views with other policies.
        problems: What only code can decide, or cannot be expressed by path.
        notes: Comments on the remaining differences, for the files.
    """

    by_path: Mapping[str, Policies]
    routes: list[Route]
    problems: list[Refused]
    notes: tuple[str, ...] = ()


def covering(by_path: Mapping[str, Policies], path: str) -> Members:
    """Return the policies that answer for a path by the rules; empty if no rule covers it."""
    found = [rule for rule in by_path if rule in ("/", path) or path.startswith(f"{rule}/")]
    return members_of(by_path[max(found, key=len)]) if found else ()


def overlap(by_path: Mapping[str, Policies], path: str) -> dict[str, Members]:
    """Return the policies for paths that begin with `path`, by the rule's path; ``""`` for those of no other rule.

    >>> api, every = Policy(allow_origins=["https://a.example"]), Policy(allow_origins="*")
    >>> found = overlap({"/": every, "/api": api, "/api/v1": every, "/apis": every}, "/api/")
    >>> list(found), found[""] == (api,)
    (['', '/api/v1'], True)
    """
    below = {rule: members_of(policies) for rule, policies in by_path.items() if rule.startswith(path)}
    return {"": covering(by_path, path), **below}


def export_project(
    by_path: Mapping[str, Policies],
    routes: Iterable[Route],
    problems: Iterable[Refused],
    given: Given,
    say: Callable[[str], object],
) -> int:
    """Export the policies of a project's settings and views, and return the exit status.

    Args:
        by_path: Policies by path, each also for the paths below it.
        routes: The URLs of views, in any order.
        problems: Problems found so far: what only code can decide.
        given: The values of the options.
        say: Prints a text, which ends with a line break.

    Raises:
        ExportError: with everything that only code can decide, or that the target cannot express.
        PolicyError: There is no policy.
        CannotCheckError: ``--check`` or ``--validate`` is not possible.
    """
    exact, found = _exact(by_path, routes, problems)
    try:
        form = form_of(by_path, exact)
    except ExportError as error:
        raise ExportError([*found, *error.reasons]) from None
    except PolicyError:
        if not found:
            raise
        raise ExportError(found) from None  # there is no rule because something else chooses the paths
    if found:
        raise ExportError(found)
    return run(form, given, say)


def policies_alone(
    by_path: Mapping[str, Policies], routes: Iterable[Route], problems: Iterable[Refused]
) -> dict[str, Policies | None]:
    """Return the policies of single paths in a project, for `wsgicors.doctor.verify.verify`.

    Raises:
        ExportError: with everything that only code can decide.
    """
    exact, found = _exact(by_path, routes, problems)
    if found:
        raise ExportError(found)
    return exact


def _exact(
    by_path: Mapping[str, Policies], routes: Iterable[Route], problems: Iterable[Refused]
) -> tuple[dict[str, Policies | None], list[Refused]]:
    found = [*problems]
    exact: dict[str, Policies | None] = {}
    for route in routes:
        answers = {*route.answers}
        facts = {"view": route.view, "path": route.path}
        if route.varies:
            if answers != {*overlap(by_path, route.path).values()} or len(answers) > 1:
                found.append(refused("view-varies", "every target", **facts))
        elif len(answers) > 1:
            found.append(refused("view-by-method", "every target", **facts))
        elif answers != {covering(by_path, route.path)}:
            if _ODD.search(route.path):
                found.append(refused("view-path", "every target", **facts))
            exact[route.path] = route.answers[0] or None
    return exact, found
