"""Values as far as a text shows them, and the branches of the program that lead to each."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Final, TypeAlias

import libcst as cst

if TYPE_CHECKING:
    from wsgicors.migrate._file import File

Path: TypeAlias = tuple[tuple[int, str], ...]
"""The branches that lead to a statement: of each ``if`` or ``try``, its node's identity and the branch."""

MOST_CHOICES: Final = 32
"""The most values of one expression to look at; with more, it is treated as unknown."""


class Unknown:
    """A value that only the running program knows."""


UNKNOWN: Final = Unknown()


@dataclass(frozen=True, eq=False)
class Seen:
    """The value of an expression, and the nodes that it comes from.

    Attributes:
        file: The file that has `node`.
        node: The expression to rewrite if the value is wrong.
        value: A single value, or `UNKNOWN`.
        items: The members of a list, tuple or set; None for anything else.
        pairs: The keys and values of a mapping; None for anything else.
        complete: Whether `items` or `pairs` are all of them.
        source: The call that reads the value from the environment, or ``""``.
    """

    file: "File"
    node: cst.BaseExpression
    value: object = UNKNOWN
    items: "tuple[Seen, ...] | None" = None
    pairs: "tuple[tuple[Seen, Seen], ...] | None" = None
    complete: bool = True
    source: str = ""

    @property
    def is_known(self) -> bool:
        """Whether anything is known about the value."""
        return self.value is not UNKNOWN or self.items is not None or self.pairs is not None

    def option(self, name: str) -> "Seen | None":
        """Return the value of a mapping for a key."""
        return next((value for key, value in reversed(self.pairs or ()) if key.value == name), None)


Choice: TypeAlias = tuple[Seen, Path]
"""A possible value, and the branches of the program that lead to it."""


def compatible(one: Path, other: Path) -> bool:
    """Whether the program can take both paths: never two branches of one ``if``.

    >>> compatible(((1, "body"),), ((1, "orelse"),)), compatible(((1, "body"),), ((2, "orelse"),))
    (False, True)
    """
    branches = dict(one)
    return all(branches.get(statement, branch) == branch for statement, branch in other)


def joined(one: Path, other: Path) -> Path:
    """Return the path that takes both."""
    return (*one, *(step for step in other if step not in one))


def combinations(choices: "dict[str, list[Choice]]") -> Iterator[dict[str, Seen]]:
    """Yield every set of values that the program can have at once; names without a value are missing."""
    names = list(choices)
    count = 0
    for values in product(*([*found, *_absences(found)] for found in choices.values())):
        path: Path = ()
        for _, branches in values:
            if not compatible(path, branches):
                break
            path = joined(path, branches)
        else:
            yield {name: seen for name, (seen, _) in zip(names, values, strict=True) if seen is not None}
            count += 1
            if count == MOST_CHOICES:
                return


_OTHER_BRANCH: Final = {"body": "orelse", "orelse": "body", "set": "unset", "unset": "set"}


def _absences(found: list[Choice]) -> list[tuple[None, Path]]:
    """Return the branches in which a name has no value."""
    paths = [path for _, path in found]
    others = [
        (*path[:place], (statement, _OTHER_BRANCH.get(branch, "orelse")))
        for path in paths
        for place, (statement, branch) in enumerate(path)
    ]
    return [(None, other) for other in others if not any(compatible(other, path) for path in paths)]


def added(file: "File", node: cst.BaseExpression, left: Seen, right: Seen) -> Seen:
    """Return the value of ``left + right``."""
    if isinstance(left.value, str) and isinstance(right.value, str):
        return Seen(file, node, left.value + right.value)
    if left.items is None and right.items is None:
        return Seen(file, node)
    complete = left.items is not None and right.items is not None and left.complete and right.complete
    return Seen(file, node, items=(*(left.items or ()), *(right.items or ())), complete=complete)
