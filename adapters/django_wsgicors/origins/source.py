"""The source for CORS_ORIGIN_SOURCE: the table, behind Django's cache and a cache in this process.

A lookup asks Django's cache first, which all machines share, and then the database. While either is down, origins that
are known to be allowed stay allowed for a time, and all others are refused. Django's cache holds only allowed origins:
anybody can invent others, and they would evict the project's own entries.
"""

import hashlib
import time
import uuid
from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.core.cache import BaseCache, caches
from django.db import Error, transaction

from django_wsgicors.origins.models import AllowedOrigin
from wsgicors import CachedOrigins
from wsgicors.adapting import log
from wsgicors.patterns import patterns_of
from wsgicors.sources import member_problem

__all__ = ["allowed_origins", "forget"]

PREFIX: Final = "django_wsgicors.origins:"

GENERATION: Final = PREFIX + "generation"
"""The cache key of the table's generation, which changes with the table: answers of others are ignored."""

MOST_REFUSED: Final = 10_000
"""The most refused origins that a process keeps."""


def origins_cache() -> BaseCache:
    """Return the cache that CORS_ORIGINS_CACHE names; ``"default"`` if it is not set."""
    return caches[getattr(settings, "CORS_ORIGINS_CACHE", "default")]


class TableOrigins:
    """An `wsgicors.OriginSource` that asks the table `django_wsgicors.origins.models.AllowedOrigin`.

    Args:
        keep_allowed: Seconds for which the cache keeps a yes.
        keep_refused: Seconds for which this process keeps a no, unless the table changes.
        serve_stale: Seconds for which a yes is still served while the database or the cache is down.
        retry: Seconds before a failed lookup is repeated for the same origin.
        clock: Returns seconds since the epoch, the same on all machines.
        monotonic: Returns seconds that never go back.

    Raises:
        PolicyError: with every argument that is out of range.
    """

    def __init__(
        self,
        *,
        keep_allowed: float = 300,
        keep_refused: float = 30,
        serve_stale: float = 86400,
        retry: float = 5,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._keep_allowed = keep_allowed
        self._keep_refused = keep_refused
        self._refused: dict[str, tuple[str, float]] = {}
        self._serve_stale = serve_stale
        self._retry = retry
        self._clock = clock
        self._monotonic = monotonic
        # It keeps no answer in normal operation: a deleted row is gone on every machine at once.
        self._known = CachedOrigins(
            self._lookup, keep_allowed=0, keep_refused=0, serve_stale=serve_stale, retry=retry, clock=monotonic
        )

    def __contains__(self, origin: str, /) -> bool:
        return origin in self._known

    def unanswered(self, origin: str) -> bool:
        """Return whether an origin is refused only because neither cache nor table could be asked."""
        return self._known.unanswered(origin)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    def _lookup(self, origin: str) -> bool:
        # An origin can be longer than memcached's limit of 250 characters for a key.
        key = PREFIX + hashlib.sha256(origin.encode("ascii")).hexdigest()
        cache = origins_cache()
        found = cache.get_many([GENERATION, key])
        generation = found.get(GENERATION) or cache.get_or_set(GENERATION, _new_generation, timeout=None)
        due, stale_until, of_generation = found.get(key) or (0.0, 0.0, None)
        now = self._clock()
        known = of_generation == generation
        # After the clock was set back, older entries are due later than is possible.
        if known and now < due <= now + max(self._keep_allowed, self._retry):
            return True
        of_generation, refused_until = self._refused.get(origin, ("", 0.0))
        if of_generation == generation and self._monotonic() < refused_until:
            return False
        try:
            allowed = _is_listed(origin)
        except Error:
            if not (known and now < stale_until):
                raise
            due, allowed = now + self._retry, True
        else:
            due = now + self._keep_allowed
            stale_until = due + self._serve_stale
        if allowed:
            cache.set(key, (due, stale_until, generation), timeout=max(due, stale_until) - now)
        else:
            cache.delete(key)
            if len(self._refused) >= MOST_REFUSED:
                self._refused.clear()
            self._refused[origin] = str(generation), self._monotonic() + self._keep_refused
        return allowed


def _is_listed(origin: str) -> bool:
    """Return whether a row allows an origin; rows that the form would refuse are ignored."""
    rows = AllowedOrigin.objects.filter(pattern__in=patterns_of(origin)).values_list("pattern", flat=True)
    problems = [member_problem(pattern) for pattern in rows]
    for problem in problems:
        if problem is not None:
            log().warning("a row of the table of origins is ignored: %s %s", problem.message, problem.remedy)
    return None in problems


def forget() -> None:
    """Make all machines read the table again.

    It is called when a row is saved or deleted. Call it after ``QuerySet.update`` and the like, which send no signal.
    """
    origins_cache().set(GENERATION, _new_generation(), timeout=None)


def forget_after_commit(*, using: str, **_: object) -> None:
    """Receive a row's signals.

    A cache that is down does not fail the transaction: Django logs it, and the cached answers expire.
    """
    transaction.on_commit(forget, using=using, robust=True)


def _new_generation() -> str:
    return uuid.uuid4().hex


allowed_origins: Final = TableOrigins()
"""The source for CORS_ORIGIN_SOURCE, unless a project creates a ``TableOrigins`` with its own numbers."""
