"""What is known about origins from a lookup: how long an answer is valid, and which is evicted first."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Final, NamedTuple

from wsgicors._log import log
from wsgicors.problems import PolicyError, Problem

LOG_EVERY: Final = 60.0
"""Seconds between two log records about failing lookups."""

MOST_USES: Final = 255
"""The most uses counted for an origin. Each use lets it survive one round of eviction: `max_origins` other origins."""

SECOND_CHANCES: Final = 100
"""The most origins that one eviction looks at."""


class Known(NamedTuple):
    """What is known about an origin.

    Attributes:
        allowed: The answer.
        due: When to ask again, by the clock.
        stale_until: Until when a yes is served while the lookup fails.
        uses: How often the origin was asked for, up to `MOST_USES`, less one for each eviction survived.
        failed: Whether the answer is a no only because the lookup failed.
    """

    allowed: bool
    due: float
    stale_until: float
    uses: int = 1
    failed: bool = False

    @property
    def answer(self) -> bool | None:
        return None if self.failed else self.allowed


class Store(OrderedDict[str, Known]):
    """Answers, the least recently used first. Origins in frequent use outlive a flood of origins used once.

    Eviction follows the clock algorithm with counters (GCLOCK).
    """

    def use(self, origin: str) -> Known | None:
        """Return what is known about an origin, and count the use."""
        known = self.get(origin)
        if known is not None:
            known = self[origin] = known._replace(uses=min(known.uses + 1, MOST_USES))
            self.move_to_end(origin)
        return known

    def keep(self, origin: str, known: Known, most: int) -> None:
        """Store what is known about an origin. Evict one of the others if there are more than `most`."""
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


class OriginCache:
    """The answers of a lookup, how long they are valid, and the log of its failures. The owner does the locking.

    Its arguments are those of `wsgicors.CachedOrigins`.

    Attributes:
        wait: Seconds to wait for the lookup of another thread or task.
        clock: Returns seconds that never go back.

    Raises:
        PolicyError: with every argument that is out of range.
    """

    def __init__(
        self,
        *,
        keep_allowed: float,
        keep_refused: float,
        serve_stale: float,
        retry: float,
        wait: float,
        max_origins: int,
        clock: Callable[[], float],
    ) -> None:
        seconds = {
            "keep_allowed": keep_allowed,
            "keep_refused": keep_refused,
            "serve_stale": serve_stale,
            "retry": retry,
            "wait": wait,
        }
        problems = [
            Problem("number-range", name, value, facts={"wanted": "a number of seconds, 0 or more"})
            for name, value in seconds.items()
            if not value >= 0
        ]
        if not max_origins >= 1:
            problems.append(Problem("number-range", "max_origins", max_origins, facts={"wanted": "1 or more"}))
        if problems:
            raise PolicyError(problems)
        self.wait = wait
        self._keep_for = {True: keep_allowed, False: keep_refused}
        self._serve_stale = serve_stale
        self._retry = retry
        self._max_origins = max_origins
        self.clock = clock
        # Refused origins have a store of their own, so that they cannot evict allowed ones.
        self._stores = {True: Store(), False: Store()}
        self._log_due = 0.0
        self._unlogged = 0

    def rest_of_wait(self, began: float) -> float:
        """Return the rest of the seconds to wait for others' lookups, since a time on the clock."""
        return began + self.wait - self.clock()

    def recall(self, origin: str) -> Known | None:
        """Return what is known about an origin, due or not, and count the use."""
        return self._stores[True].use(origin) or self._stores[False].use(origin)

    def is_fresh(self, known: Known | None) -> bool:
        return known is not None and self.clock() < known.due

    def is_stale_yes(self, known: Known | None) -> bool:
        """Whether an answer is a yes that can be served although it is due."""
        return known is not None and self.clock() < known.stale_until

    def without_answer(self, known: Known | None) -> bool | None:
        """Return the answer if the lookup does not end in time: the last one, or None if it cannot be served."""
        if self.is_stale_yes(known):
            return True
        return False if known is not None and not known.allowed and not known.failed else None

    def ended(
        self, origin: str, known: Known | None, *, allowed: bool, failure: Exception | None, forgotten: bool
    ) -> bool | None:
        """Return the answer of a lookup that ended. Keep it, unless `forget` was called meanwhile."""
        if forgotten:
            return allowed if failure is None else None
        if failure is not None:
            return self.fail(origin, known, failure)
        return self.learn(origin, known, allowed=allowed)

    def learn(self, origin: str, known: Known | None, *, allowed: bool) -> bool:
        """Keep the lookup's answer."""
        due = self.clock() + self._keep_for[allowed]
        stale_until = due + self._serve_stale if allowed else 0.0
        self._keep(origin, known, Known(allowed, due, stale_until))
        return allowed

    def fail(self, origin: str, known: Known | None, error: Exception) -> bool | None:
        """Keep a stale yes, or else a no, for a while; log the failure once a minute, with a count.

        Returns:
            The answer, or None if it is a no only because of the failure.
        """
        known = self._last(origin) or known  # a lookup in another event loop may have answered since
        allowed = self.is_stale_yes(known)
        stale_until = known.stale_until if known is not None else 0.0
        now = self.clock()
        due = now + self._retry
        failed = not allowed and (known is None or known.allowed or known.failed)
        due = min(due, stale_until) if allowed else due
        self._keep(origin, known, Known(allowed, due, stale_until, failed=failed))
        if now < self._log_due:
            self._unlogged += 1
        else:
            more = f" ({self._unlogged} more failures since the last record)" if self._unlogged else ""
            log().error("the lookup of allowed origins failed%s", more, exc_info=error)
            self._log_due, self._unlogged = now + LOG_EVERY, 0
        return None if failed else allowed

    def is_unanswered(self, origin: str) -> bool:
        known = self._last(origin)
        return known is None or known.failed

    def forget(self, origin: str | None) -> None:
        for store in self._stores.values():
            if origin is None:
                store.clear()
            else:
                store.pop(origin, None)

    def _last(self, origin: str) -> Known | None:
        return self._stores[True].get(origin) or self._stores[False].get(origin)

    def _keep(self, origin: str, before: Known | None, known: Known) -> None:
        self._stores[not known.allowed].pop(origin, None)
        uses = before.uses if before is not None else 1
        self._stores[known.allowed].keep(origin, known._replace(uses=uses), self._max_origins)
