"""The source that CORS_ORIGIN_SOURCE names: the table, behind Django's cache, behind this process's own memory.

A question goes to the cache first, which all machines share, and to the database where the cache does not know. While
either is down, origins that are known to be allowed stay so for a time, and all others are refused.
"""

import hashlib
import time
import uuid
from collections.abc import Callable
from typing import Final

from django.core.cache import cache
from django.db import Error, transaction

from django_wsgicors.origins.models import AllowedOrigin
from wsgicors import CachedOrigins
from wsgicors.patterns import patterns_of

PREFIX: Final = "django_wsgicors.origins:"

GENERATION: Final = PREFIX + "generation"
"""The cache's key for what changes whenever the table does: answers of another generation are not believed."""


class TableOrigins:
    """An `wsgicors.OriginSource` that asks the table `django_wsgicors.origins.models.AllowedOrigin`.

    Args:
        keep_allowed: Seconds for which the cache keeps a yes.
        keep_refused: Seconds for which it keeps a no.
        serve_stale: Seconds for which a yes is still served while the database or the cache is down.
        retry: Seconds for which what is down is not asked again for the same origin.
        clock: Seconds since the epoch, which all machines agree on.
        monotonic: Seconds, never going back.

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
        self._keep = {True: keep_allowed, False: keep_refused}
        self._serve_stale = serve_stale
        self._retry = retry
        self._clock = clock
        # It keeps nothing while all is well, so that a row that goes is gone on every machine at once.
        self._known = CachedOrigins(
            self._lookup, keep_allowed=0, keep_refused=0, serve_stale=serve_stale, retry=retry, clock=monotonic
        )

    def __contains__(self, origin: str, /) -> bool:
        return origin in self._known

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    def _lookup(self, origin: str) -> bool:
        # An origin may be longer than the 250 characters that memcached takes for a key.
        key = PREFIX + hashlib.sha256(origin.encode("ascii")).hexdigest()
        found = cache.get_many([GENERATION, key])
        generation = found.get(GENERATION) or cache.get_or_set(GENERATION, _new_generation, timeout=None)
        allowed, due, stale_until, of_generation = found.get(key) or (False, 0.0, 0.0, None)
        now = self._clock()
        known = of_generation == generation
        if known and now < due:
            return bool(allowed)
        try:
            allowed = AllowedOrigin.objects.filter(pattern__in=patterns_of(origin)).exists()
        except Error:
            if not (known and now < stale_until):
                raise
            due = now + self._retry  # a yes: no other answer is stale
        else:
            due = now + self._keep[allowed]
            stale_until = due + self._serve_stale if allowed else due
        cache.set(key, (allowed, due, stale_until, generation), timeout=max(due, stale_until) - now)
        return allowed


def forget() -> None:
    """Have all machines ask the table again. Saving and deleting rows calls it; after ``QuerySet.update`` and the like, call it."""
    cache.set(GENERATION, _new_generation(), timeout=None)


def forget_after_commit(*, using: str, **_: object) -> None:
    """Receiver of a row's signals. A cache that is down fails no transaction: Django logs it, and answers come due by themselves."""
    transaction.on_commit(forget, using=using, robust=True)


def _new_generation() -> str:
    return uuid.uuid4().hex


allowed_origins: Final = TableOrigins()
"""What CORS_ORIGIN_SOURCE names, unless a project makes a `TableOrigins` with numbers of its own."""
