"""What a forked process renews: a lock that another thread of the parent held is never released in the child."""

import os
import weakref
from collections.abc import Callable
from typing import Any, Final, TypeVar

T = TypeVar("T")

_made: Final[weakref.WeakKeyDictionary[Any, Callable[[Any], None]]] = weakref.WeakKeyDictionary()


def renew_in_children(made: T, renew: Callable[[T], None]) -> None:
    """Call `renew(made)` first in every process forked from this one, as long as `made` exists."""
    _made[made] = renew


def renew_all() -> None:
    """Renew everything registered. Runs first in a forked process."""
    for made, renew in [*_made.items()]:
        renew(made)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=renew_all)
