"""A memory that requests cannot make grow without limit."""

from typing import Final, TypeVar

LIMIT: Final = 1024
"""Entries that are kept where nothing else is said."""

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class Memory(dict[_Key, _Value]):
    """A dict with a limit: it is emptied when another entry would exceed it. Reading it costs what reading a dict costs.

    >>> memory = Memory[str, int](2)
    >>> [memory.keep(name, len(name)) for name in ("a", "bb", "ccc")], memory
    ([1, 2, 3], {'ccc': 3})
    """

    __slots__ = ("limit",)

    def __init__(self, limit: int = LIMIT) -> None:
        super().__init__()
        self.limit = limit

    def keep(self, key: _Key, value: _Value) -> _Value:
        """Remember `value`, and return it."""
        if len(self) >= self.limit:
            self.clear()
        self[key] = value
        return value
