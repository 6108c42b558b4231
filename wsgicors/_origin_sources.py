"""Sources: origins kept elsewhere, and how to ask for one."""

from collections.abc import Callable, Coroutine
from typing import Protocol, runtime_checkable


@runtime_checkable
class OriginSource(Protocol):
    """Origins kept elsewhere: any object that supports ``origin in source`` and cannot be iterated.

    It is asked about well-formed origins only, from many threads at once, and never about ``null``.
    ``wsgicors.sources`` has two sources that keep working while the file or database behind them is unavailable.

    A source that answers False when it cannot know can say so with a method ``unanswered(origin) -> bool``, as
    `wsgicors.CachedOrigins` does: the refusal is then ``source-failed``.
    """

    def __contains__(self, origin: str, /) -> bool: ...


@runtime_checkable
class AsyncOriginSource(Protocol):
    """Origins kept elsewhere, asked with ``await``: only `wsgicors.asgi` accepts such a source.

    It is asked about well-formed origins only, and never about ``null``. If the operator ``in`` asks it as well,
    ``allows`` has to be ``async def``: a plain function with that name is not called.
    """

    async def allows(self, origin: str, /) -> bool:
        """Return whether an origin is allowed."""
        ...


def is_async_only(source: object) -> bool:
    """Whether a source can be asked with ``await`` alone: ``allows`` can be a method of an `OriginSource`, too."""
    return isinstance(source, AsyncOriginSource) and not isinstance(source, OriginSource)


def ask_source(source: OriginSource | AsyncOriginSource, origin: str) -> bool:
    """Return the answer of a source. The operator ``in`` would treat any object as a yes, a coroutine included.

    Raises:
        TypeError: The answer is neither True nor False, or has to be awaited.
    """
    if not isinstance(source, OriginSource):
        raise TypeError("this source has to be awaited: only wsgicors.asgi can")
    return true_or_false(source.__contains__(origin), "a source of origins answers")


def is_unanswered(source: OriginSource | AsyncOriginSource, origin: str) -> bool:
    """Return whether a source that answered False could not know (`wsgicors.CachedOrigins.unanswered`)."""
    unanswered: Callable[[str], bool] | None = getattr(source, "unanswered", None)
    return unanswered is not None and unanswered(origin)


def true_or_false(answer: object, who: str) -> bool:
    """Return the answer of a source or a lookup, if it is a bool.

    Args:
        answer: The answer.
        who: Subject and verb of the error message, such as ``"a lookup returns"``.

    Raises:
        TypeError: The answer is neither True nor False. A coroutine is closed, because nothing awaits it.
    """
    if isinstance(answer, bool):
        return answer
    kind = type(answer).__name__
    hint = ""
    if isinstance(answer, Coroutine):
        answer.close()
        hint = "; is it an async function?"
    raise TypeError(f"{who} True or False, not {kind}{hint}")
