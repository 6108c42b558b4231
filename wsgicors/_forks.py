"""What a forked process makes anew: a lock that another thread of its parent held is never let go in the child."""

import os
import weakref
from collections.abc import Callable
from typing import Any, Final, TypeVar

T = TypeVar("T")

_made: Final[weakref.WeakKeyDictionary[Any, Callable[[Any], None]]] = weakref.WeakKeyDictionary()


def renew_in_children(made: T, renew: Callable[[T], None]) -> None:
    """Have every process that is forked from this one begin with `renew(made)`, as long as `made` lives."""
    _made[made] = renew


def renew_all() -> None:
    """Do what a forked process does first."""
    for made, renew in [*_made.items()]:
        renew(made)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=renew_all)
