"""Sources that ask a function and cache its answers, and keep serving while the function fails."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Final, TypeAlias

from wsgicors._forks import renew_in_children
from wsgicors._origin_cache import Known, OriginCache
from wsgicors._origin_sources import true_or_false
from wsgicors.problems import PolicyError, Problem

Lookup: TypeAlias = Callable[[str], bool]
"""Whether an origin is allowed, by a database for instance. It must return True or False, and can raise."""

AsyncLookup: TypeAlias = Callable[[str], Awaitable[bool]]
"""The same, as an async function."""

_Asked: TypeAlias = tuple[asyncio.AbstractEventLoop, str]
"""An origin, and the event loop whose tasks can wait for its lookup."""

_last_no: Final[ContextVar[tuple[object, str, bool] | None]] = ContextVar("_last_no", default=None)
"""The last refusal of this thread or task: by which source, of which origin, and whether there was no answer.

The cache does not know it: another thread can have changed the entry since.
"""


def _as_bool(source: object, origin: str, answer: bool | None) -> bool:  # noqa: FBT001
    """Return an answer as a bool, and remember for `unanswered` whether a no was the answer or the lack of one."""
    if answer:
        return True
    _last_no.set((source, origin, answer is None))
    return False


def _was_unanswered(source: object, origin: str, lock: threading.Lock, cache: OriginCache) -> bool:
    """Whether the last no of this thread or task, or else the cached one, was the lack of an answer."""
    last = _last_no.get()
    if last is not None and last[0] is source and last[1] == origin:
        return last[2]
    with lock:
        return cache.is_unanswered(origin)


class _Flight:
    """A lookup under way, which other threads wait for."""

    __slots__ = ("answer", "answered", "landed")

    def __init__(self) -> None:
        self.answer: bool | None = None
        self.answered = False
        """Whether the lookup ended; else its thread did, and another has to ask."""
        self.landed = threading.Event()


class CachedOrigins:
    """An `wsgicors.OriginSource` that asks a function and caches its answers.

    While the function fails, origins known to be allowed stay allowed for ``serve_stale`` seconds, and unknown origins
    are refused. The failure is logged at most once a minute, and never raised in a request. The function runs in the
    request's thread. There is one call at a time for an origin: other threads wait for its answer, or use the cached
    one. An origin in frequent use outlives a flood of invented origins.

    Args:
        lookup: Called with well-formed origins only. Any result but True or False counts as a failure, a coroutine
            included.
        keep_allowed: Seconds to keep a yes.
        keep_refused: Seconds to keep a no.
        serve_stale: Seconds for which an expired yes is still served while the lookup fails.
        retry: Seconds before a failed lookup is repeated for the same origin.
        wait: Seconds for which a request waits for another request's call, or for one of ``max_lookups`` to end. After
            that it gets the last answer, or is refused.
        max_origins: The most allowed origins to keep, and the most refused ones.
        max_lookups: The most calls that run at the same time.
        clock: Returns seconds that never go back; for tests.

    Raises:
        PolicyError: with every argument that is out of range.

    >>> origins = CachedOrigins({"https://a.example"}.__contains__)
    >>> "https://a.example" in origins, "https://b.example" in origins
    (True, False)
    """

    def __init__(
        self,
        lookup: Lookup,
        *,
        keep_allowed: float = 300,
        keep_refused: float = 30,
        serve_stale: float = 86400,
        retry: float = 5,
        wait: float = 5,
        max_origins: int = 10_000,
        max_lookups: int = 16,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._cache = OriginCache(
            keep_allowed=keep_allowed,
            keep_refused=keep_refused,
            serve_stale=serve_stale,
            retry=retry,
            wait=wait,
            max_origins=max_origins,
            clock=clock,
        )
        if not max_lookups >= 1:
            raise PolicyError([Problem("number-range", "max_lookups", max_lookups, facts={"wanted": "1 or more"})])
        self._lookup = lookup
        self._max_lookups = max_lookups
        self._renew()
        renew_in_children(self, CachedOrigins._renew)

    def _renew(self) -> None:
        """Start without lookups under way: at creation, and in a forked child, where other threads do not exist."""
        self._lock = threading.Lock()
        self._free = threading.Semaphore(self._max_lookups)
        self._flights: dict[str, _Flight] = {}

    def __contains__(self, origin: str) -> bool:
        return _as_bool(self, origin, self._answer(origin))

    def _answer(self, origin: str) -> bool | None:
        """Return the answer, or None if there is none."""
        began: float | None = None
        while True:
            with self._lock:
                known = self._cache.recall(origin)
                if known is not None and self._cache.is_fresh(known):
                    return known.answer
                flight = self._flights.get(origin)
                if flight is None:
                    flight = self._flights[origin] = _Flight()
                    break
                if self._cache.is_stale_yes(known):
                    return True  # due, but another thread is asking already
            began = self._cache.clock() if began is None else began
            if not flight.landed.wait(self._cache.rest_of_wait(began)):
                return self._cache.without_answer(known)
            if flight.answered:
                return flight.answer
        try:
            flight.answer = self._ask(origin, known, flight)
            flight.answered = True
        finally:
            with self._lock:
                if self._flights.get(origin) is flight:
                    del self._flights[origin]
            flight.landed.set()
        return flight.answer

    def unanswered(self, origin: str) -> bool:
        """Return whether an origin is refused only because the lookup failed, or did not answer in time.

        The refusal of its requests is ``source-failed`` then, and not ``origin-not-allowed``. It is about the last
        answer to this thread or task.
        """
        return _was_unanswered(self, origin, self._lock, self._cache)

    def forget(self, origin: str | None = None) -> None:
        """Drop the answer for ``origin``, or for all origins: the next request calls the lookup.

        A lookup under way still answers the requests that wait for it; its answer is not kept.
        """
        with self._lock:
            self._cache.forget(origin)
            if origin is None:
                self._flights.clear()
            else:
                self._flights.pop(origin, None)

    def _ask(self, origin: str, known: Known | None, flight: "_Flight") -> bool | None:
        free = self._free
        if not free.acquire(timeout=self._cache.wait):
            return self._cache.without_answer(known)
        failure: Exception | None = None
        allowed = False
        try:
            allowed = true_or_false(self._lookup(origin), "a lookup returns")
        except Exception as error:  # noqa: BLE001 (it is logged, and becomes no exception of a request)
            failure = error
        finally:
            free.release()
        with self._lock:
            forgotten = self._flights.get(origin) is not flight
            return self._cache.ended(origin, known, allowed=allowed, failure=failure, forgotten=forgotten)


class AsyncCachedOrigins:
    """An `wsgicors.AsyncOriginSource` that awaits a function, and caches its answers as `CachedOrigins` does.

    There is one call at a time for an origin and an event loop, in the task of the first request. For `wsgicors.asgi`
    only.

    Args:
        lookup: An async function; otherwise as for `CachedOrigins`.
        keep_allowed: Seconds; this and the following arguments are those of `CachedOrigins`.
        keep_refused: Seconds.
        serve_stale: Seconds.
        retry: Seconds.
        wait: Seconds.
        max_origins: A number of origins.
        clock: Returns seconds that never go back; for tests.

    Raises:
        PolicyError: with every argument that is out of range.

    >>> async def lookup(origin):
    ...     return origin == "https://a.example"
    >>> asyncio.run(AsyncCachedOrigins(lookup).allows("https://a.example"))
    True
    """

    def __init__(
        self,
        lookup: AsyncLookup,
        *,
        keep_allowed: float = 300,
        keep_refused: float = 30,
        serve_stale: float = 86400,
        retry: float = 5,
        wait: float = 5,
        max_origins: int = 10_000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._cache = OriginCache(
            keep_allowed=keep_allowed,
            keep_refused=keep_refused,
            serve_stale=serve_stale,
            retry=retry,
            wait=wait,
            max_origins=max_origins,
            clock=clock,
        )
        self._lookup = lookup
        self._renew()
        renew_in_children(self, AsyncCachedOrigins._renew)

    def _renew(self) -> None:
        # Threads can have an event loop each, and `forget` can be called from any thread.
        self._lock = threading.Lock()
        self._flights: dict[_Asked, asyncio.Future[bool | None]] = {}

    async def allows(self, origin: str) -> bool:
        """Return whether an origin is allowed."""
        return _as_bool(self, origin, await self._answer(origin))

    async def _answer(self, origin: str) -> bool | None:
        loop = asyncio.get_running_loop()
        asked = loop, origin
        began: float | None = None
        while True:
            with self._lock:
                known = self._cache.recall(origin)
                if known is not None and self._cache.is_fresh(known):
                    return known.answer
                flight = self._flights.get(asked)
                if flight is None:
                    flight = self._flights[asked] = loop.create_future()
                    break
                if self._cache.is_stale_yes(known):
                    return True
            began = self._cache.clock() if began is None else began
            await asyncio.wait([flight], timeout=self._cache.rest_of_wait(began))
            if not flight.done():
                return self._cache.without_answer(known)
            if not flight.cancelled():
                return flight.result()
        try:
            answer = await self._ask(asked, known, flight)
        except BaseException:
            flight.cancel()  # its client can have gone: one of the tasks that wait asks again
            raise
        else:
            flight.set_result(answer)
        finally:
            with self._lock:
                if self._flights.get(asked) is flight:
                    del self._flights[asked]
        return answer

    def unanswered(self, origin: str) -> bool:
        """Return whether an origin is refused only because nothing is known of it, as `CachedOrigins.unanswered`."""
        return _was_unanswered(self, origin, self._lock, self._cache)

    def forget(self, origin: str | None = None) -> None:
        """Drop the answer for ``origin``, or for all origins, as `CachedOrigins.forget` does. From any thread."""
        with self._lock:
            self._cache.forget(origin)
            self._flights = {asked: flight for asked, flight in self._flights.items() if origin not in (None, asked[1])}

    async def _ask(self, asked: _Asked, known: Known | None, flight: "asyncio.Future[bool | None]") -> bool | None:
        _, origin = asked
        failure: Exception | None = None
        allowed = False
        try:
            allowed = true_or_false(await self._lookup(origin), "a lookup returns")
        except Exception as error:  # noqa: BLE001 (likewise)
            failure = error
        with self._lock:
            forgotten = self._flights.get(asked) is not flight
            return self._cache.ended(origin, known, allowed=allowed, failure=failure, forgotten=forgotten)
