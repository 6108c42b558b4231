"""Origins behind a cache that survives the outage of what it asks."""

import asyncio
import threading
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from typing import Final, NamedTuple, TypeAlias

from wsgicors._forks import renew_in_children
from wsgicors._log import log
from wsgicors.patterns import true_or_false
from wsgicors.problems import PolicyError, Problem

Lookup: TypeAlias = Callable[[str], bool]
"""Whether an origin is allowed, asked of a database for instance. It may raise; it must return True or False."""

AsyncLookup: TypeAlias = Callable[[str], Awaitable[bool]]
"""The same as an async function."""

LOG_EVERY: Final = 60.0
"""Seconds between two log records about failing lookups."""

MOST_USES: Final = 255
"""Uses of an origin that are counted. Each lets it survive one round of eviction: as many others as are kept."""

SECOND_CHANCES: Final = 100
"""Origins that one eviction looks at, at the most."""


class _Known(NamedTuple):
    """What is known of an origin.

    Attributes:
        allowed: The answer.
        due: When to ask again, by the clock.
        stale_until: Until when a yes may be served while the lookup fails.
        uses: How often it was asked for, up to `MOST_USES`, less one for each eviction that it survived.
    """

    allowed: bool
    due: float
    stale_until: float
    uses: int = 1


class _Store(OrderedDict[str, _Known]):
    """Answers, the least recently asked first. What is asked for often outlives a flood of what is asked for once.

    The eviction is that of the clock algorithm with counters (GCLOCK).
    """

    def use(self, origin: str) -> _Known | None:
        known = self.get(origin)
        if known is not None:
            known = self[origin] = known._replace(uses=min(known.uses + 1, MOST_USES))
            self.move_to_end(origin)
        return known

    def keep(self, origin: str, known: _Known, most: int) -> None:
        self[origin] = known
        self.move_to_end(origin)
        if len(self) <= most:
            return
        for _ in range(SECOND_CHANCES):
            oldest, its = self.popitem(last=False)
            if its.uses <= 1:
                return
            self[oldest] = its._replace(uses=its.uses - 1)
        self.popitem(last=False)


class _Cache:
    """The answers of a lookup, how long they hold, and the log of its failures. Its owner does the locking."""

    def __init__(self, settings: Mapping[str, float], max_origins: int, clock: Callable[[], float]) -> None:
        problems = [
            Problem("number-range", name, value, facts={"wanted": "a number of seconds, 0 or more"})
            for name, value in settings.items()
            if not value >= 0
        ]
        if not max_origins >= 1:
            problems.append(Problem("number-range", "max_origins", max_origins, facts={"wanted": "1 or more"}))
        if problems:
            raise PolicyError(problems)
        self._settings = settings
        self._max_origins = max_origins
        self._clock = clock
        # Refused origins have a store of their own, so that they cannot evict allowed ones.
        self._stores = {True: _Store(), False: _Store()}
        self._log_due = 0.0
        self._unlogged = 0

    @property
    def wait(self) -> float:
        """Seconds to wait for another's lookup."""
        return self._settings["wait"]

    def recall(self, origin: str) -> _Known | None:
        """Return what is known of an origin, due or not, and count the use."""
        return self._stores[True].use(origin) or self._stores[False].use(origin)

    def is_fresh(self, known: _Known | None) -> bool:
        return known is not None and self._clock() < known.due

    def is_stale_yes(self, known: _Known | None) -> bool:
        """Whether an answer may be served while it cannot be renewed."""
        return known is not None and self._clock() < known.stale_until

    def learn(self, origin: str, known: _Known | None, *, allowed: bool) -> bool:
        """Keep the lookup's answer."""
        due = self._clock() + self._settings["keep_allowed" if allowed else "keep_refused"]
        stale_until = due + self._settings["serve_stale"] if allowed else 0.0
        self._keep(origin, known, _Known(allowed, due, stale_until))
        return allowed

    def fail(self, origin: str, known: _Known | None, error: Exception) -> bool:
        """Keep for a while what holds without the lookup's answer, and log its failure once a minute, with a count."""
        allowed = self.is_stale_yes(known)
        stale_until = known.stale_until if known is not None else 0.0
        now = self._clock()
        due = now + self._settings["retry"]
        self._keep(origin, known, _Known(allowed, min(due, stale_until) if allowed else due, stale_until))
        if now < self._log_due:
            self._unlogged += 1
        else:
            more = f" ({self._unlogged} more failures since the last record)" if self._unlogged else ""
            log().error("the lookup of allowed origins failed%s", more, exc_info=error)
            self._log_due, self._unlogged = now + LOG_EVERY, 0
        return allowed

    def forget(self, origin: str | None) -> None:
        for store in self._stores.values():
            if origin is None:
                store.clear()
            else:
                store.pop(origin, None)

    def _keep(self, origin: str, before: _Known | None, known: _Known) -> None:
        self._stores[not known.allowed].pop(origin, None)
        uses = before.uses if before is not None else 1
        self._stores[known.allowed].keep(origin, known._replace(uses=uses), self._max_origins)


class CachedOrigins:
    """An `wsgicors.OriginSource` that asks a function, and remembers its answers.

    While the function fails, origins known to be allowed stay so for ``serve_stale`` seconds, and unknown ones are
    refused; the failure is logged, at most once a minute, and never becomes an exception in a request. The function
    runs in the request's thread. For one origin there is one call at a time: other threads wait for its answer, or go
    on with the one that is known. An origin that is asked for again and again outlives a flood of invented ones.

    Args:
        lookup: Asked for well-formed origins only. Whatever it returns that is not True or False counts as a failure, a
            coroutine included.
        keep_allowed: Seconds for which a yes is kept.
        keep_refused: Seconds for which a no is kept.
        serve_stale: Seconds for which a yes that is due is still served while the lookup fails.
        retry: Seconds for which a failed lookup is not tried again for the same origin.
        wait: Seconds for which a request waits for the call of another, or for one of ``max_lookups`` to end. After
            that it gets the last answer, or is refused.
        max_origins: Allowed and, counted apart, refused origins that are kept.
        max_lookups: Calls that may run at the same time.
        clock: Seconds, never going back; for tests.

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
        settings = _settings(keep_allowed, keep_refused, serve_stale, retry, wait)
        self._cache = _Cache(settings, max_origins, clock)
        if not max_lookups >= 1:
            raise PolicyError([Problem("number-range", "max_lookups", max_lookups, facts={"wanted": "1 or more"})])
        self._lookup = lookup
        self._max_lookups = max_lookups
        self._renew()
        renew_in_children(self, CachedOrigins._renew)

    def _renew(self) -> None:
        """Begin with nobody asking: when it is made, and in the child of a fork, where no other thread goes on."""
        self._lock = threading.Lock()
        self._free = threading.Semaphore(self._max_lookups)
        self._flights: dict[str, _Flight] = {}

    def __contains__(self, origin: str) -> bool:
        with self._lock:
            known = self._cache.recall(origin)
            if known is not None and self._cache.is_fresh(known):
                return known.allowed
            flight = self._flights.get(origin)
            if flight is not None and self._cache.is_stale_yes(known):
                return True  # due, but somebody is asking already
            first = flight is None
            if flight is None:
                flight = self._flights[origin] = _Flight()
        if not first:
            return flight.allowed if flight.landed.wait(self._cache.wait) else self._cache.is_stale_yes(known)
        try:
            flight.allowed = self._ask(origin, known, flight)
        finally:
            with self._lock:
                if self._flights.get(origin) is flight:
                    del self._flights[origin]
            flight.landed.set()
        return flight.allowed

    def forget(self, origin: str | None = None) -> None:
        """Drop what is known of ``origin``, or of all origins, so that the next question asks the lookup.

        A lookup that is under way answers those who wait for it, and is not remembered.
        """
        with self._lock:
            self._cache.forget(origin)
            if origin is None:
                self._flights.clear()
            else:
                self._flights.pop(origin, None)

    def _ask(self, origin: str, known: _Known | None, flight: "_Flight") -> bool:
        free = self._free
        if not free.acquire(timeout=self._cache.wait):
            return self._cache.is_stale_yes(known)
        failure: Exception | None = None
        allowed = False
        try:
            allowed = true_or_false(self._lookup(origin), "a lookup returns")
        except Exception as error:  # noqa: BLE001 (it is logged, and becomes no exception of a request)
            failure = error
        finally:
            free.release()
        with self._lock:
            if self._flights.get(origin) is not flight:  # `forget` was called meanwhile
                return allowed
            if failure is not None:
                return self._cache.fail(origin, known, failure)
            return self._cache.learn(origin, known, allowed=allowed)


class _Flight:
    """A lookup under way, for which other threads wait."""

    __slots__ = ("allowed", "landed")

    def __init__(self) -> None:
        self.allowed = False
        self.landed = threading.Event()


class AsyncCachedOrigins:
    """An `wsgicors.AsyncOriginSource` that awaits a function, and remembers its answers as `CachedOrigins` does.

    For one origin there is one call at a time, in the task of the request that came first. For `wsgicors.asgi` only.

    Args:
        lookup: An async function; else as for `CachedOrigins`.
        keep_allowed: As for `CachedOrigins`, like all that follow.
        keep_refused: Seconds.
        serve_stale: Seconds.
        retry: Seconds.
        wait: Seconds.
        max_origins: A number of origins.
        clock: Seconds, never going back; for tests.

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
        settings = _settings(keep_allowed, keep_refused, serve_stale, retry, wait)
        self._cache = _Cache(settings, max_origins, clock)
        self._lookup = lookup
        self._flights: dict[str, asyncio.Future[bool]] = {}

    async def allows(self, origin: str) -> bool:
        """Return whether an origin is allowed."""
        known = self._cache.recall(origin)
        if known is not None and self._cache.is_fresh(known):
            return known.allowed
        flight = self._flights.get(origin)
        if flight is not None:
            if self._cache.is_stale_yes(known):
                return True
            await asyncio.wait([flight], timeout=self._cache.wait)
            return flight.result() if flight.done() else self._cache.is_stale_yes(known)
        flight = self._flights[origin] = asyncio.get_running_loop().create_future()
        allowed = False
        try:
            allowed = await self._ask(origin, known, flight)
        finally:
            if self._flights.get(origin) is flight:
                del self._flights[origin]
            flight.set_result(allowed)
        return allowed

    def forget(self, origin: str | None = None) -> None:
        """Drop what is known of ``origin``, or of all origins, as `CachedOrigins.forget` does."""
        self._cache.forget(origin)
        if origin is None:
            self._flights.clear()
        else:
            self._flights.pop(origin, None)

    async def _ask(self, origin: str, known: _Known | None, flight: "asyncio.Future[bool]") -> bool:
        try:
            allowed = true_or_false(await self._lookup(origin), "a lookup returns")
        except Exception as error:  # noqa: BLE001 (likewise)
            return self._cache.fail(origin, known, error) if self._flights.get(origin) is flight else False
        return self._cache.learn(origin, known, allowed=allowed) if self._flights.get(origin) is flight else allowed


def _settings(
    keep_allowed: float, keep_refused: float, serve_stale: float, retry: float, wait: float
) -> Mapping[str, float]:
    return {
        "keep_allowed": keep_allowed,
        "keep_refused": keep_refused,
        "serve_stale": serve_stale,
        "retry": retry,
        "wait": wait,
    }
