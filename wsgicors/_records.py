"""Small immutable values, like frozen dataclasses; importing dataclasses takes longer than this whole package."""

from typing import ClassVar, NoReturn, Self


class Record:
    """A value that equals any other of its class with the same attributes, which `__match_args__` names in order."""

    __slots__ = ()
    __match_args__: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *parts: object) -> None:
        for name, part in zip(self.__match_args__, parts, strict=True):
            object.__setattr__(self, name, part)

    def _parts(self) -> tuple[object, ...]:
        return tuple(getattr(self, name) for name in self.__match_args__)

    def __replace__(self, **changes: object) -> Self:
        """Return a copy with some attributes changed, for `copy.replace` of Python 3.13."""
        return type(self)(**{**dict(zip(self.__match_args__, self._parts(), strict=True)), **changes})

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a {type(self).__name__} is immutable: {name} cannot be set")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"a {type(self).__name__} is immutable: {name} cannot be deleted")

    def __eq__(self, other: object) -> bool:
        return self._parts() == other._parts() if type(other) is type(self) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._parts())

    def __repr__(self) -> str:
        return self._told(self.__match_args__)

    def _told(self, names: tuple[str, ...]) -> str:
        parts = ", ".join(f"{name}={getattr(self, name)!r}" for name in names)
        return f"{type(self).__qualname__}({parts})"

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), self._parts()
