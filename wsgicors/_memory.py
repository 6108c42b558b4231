"""A memory that requests cannot make grow without limit."""

from typing import Final, Generic, TypeVar

LIMIT: Final = 1024
"""Entries that are kept where nothing else is said."""

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class Memory(Generic[_Key, _Value]):
    """A dict with a limit: it is emptied when another entry would exceed it.

    >>> memory = Memory[str, int](2)
    >>> [memory.keep(name, len(name)) for name in ("a", "bb", "ccc")], memory.known
    ([1, 2, 3], {'ccc': 3})
    """

    __slots__ = ("_limit", "known")

    known: dict[_Key, _Value]
    """To look into. A plain dict: ``in`` a subclass of dict costs 180 instructions more for each name of a header."""

    def __init__(self, limit: int = LIMIT) -> None:
        self.known = {}
        self._limit = limit

    def keep(self, key: _Key, value: _Value) -> _Value:
        """Remember `value`, and return it."""
        if len(self.known) >= self._limit:
            self.known.clear()
        self.known[key] = value
        return value
