"""Which origins the cache of a lookup drops when it is full."""

import pytest

from tests.clock import Clock
from tests.sources.lookups import A, B, Backend, C
from wsgicors import CachedOrigins
from wsgicors._origin_cache import MOST_USES, SECOND_CHANCES, Known, Store


def test_refused_origins_cannot_evict_allowed_ones(clock: Clock) -> None:
    known = [f"https://known-{number}.example" for number in range(5)]
    backend = Backend(*known)
    origins = CachedOrigins(backend, max_origins=5, clock=clock)
    assert all(origin in origins for origin in known)
    backend.asked.clear()
    for number in range(1000):
        assert f"https://stranger-{number}.example" not in origins
        assert {allowed: len(store) for allowed, store in origins._cache._stores.items()} == {
            True: 5,
            False: min(number + 1, 5),
        }
    assert len(backend.asked) == 1000
    backend.asked.clear()
    assert all(origin in origins for origin in known)
    assert backend.asked == []


def test_refused_origins_cannot_evict_allowed_ones_while_the_lookup_fails(backend: Backend, clock: Clock) -> None:
    origins = CachedOrigins(backend, max_origins=1, clock=clock)
    assert A in origins
    backend.error = OSError()
    clock.passes(300)
    for number in range(20):
        assert f"https://stranger-{number}.example" not in origins
    assert A in origins
    assert sum(map(len, origins._cache._stores.values())) <= 2
    assert origins._flights == {}


@pytest.mark.parametrize("allowed", [True, False])
def test_the_least_recently_used_origin_is_evicted_first(clock: Clock, allowed: bool) -> None:
    backend = Backend(*([A, B, C] if allowed else []))
    origins = CachedOrigins(backend, max_origins=2, clock=clock)
    for origin in (A, B, A, C):
        assert (origin in origins) is allowed
    assert backend.asked == [A, B, C]
    assert (A in origins) is (C in origins) is allowed
    assert backend.asked == [A, B, C]
    assert (B in origins) is allowed
    assert backend.asked == [A, B, C, B]


def test_an_origin_in_frequent_use_survives_a_flood_and_an_outage(clock: Clock) -> None:
    backend = Backend(A)
    backend.allowed.update(forged := [f"https://{number}.b.example" for number in range(300)])
    origins = CachedOrigins(backend, max_origins=100, clock=clock)
    assert all(A in origins for _ in range(20))
    assert all(origin in origins for origin in [*forged, *forged])  # a flood that repeats its requests
    backend.error = OSError()
    clock.passes(301)
    assert A in origins
    assert "https://1.b.example" not in origins
    assert len(origins._cache._stores[True]) <= 100


def test_an_eviction_looks_at_a_bounded_number_of_origins(clock: Clock) -> None:
    store = Store()
    for number in range(1000):
        store.keep(str(number), Known(True, 0, 0, uses=MOST_USES), 1000)
    store.keep("new", Known(True, 0, 0), 1000)
    assert len(store) == 1000
    assert "new" in store
    spared = [name for name, known in store.items() if known.uses == MOST_USES - 1]
    assert len(spared) == SECOND_CHANCES


def test_evicting_an_origin_used_once_costs_the_others_no_use() -> None:
    store = Store()
    for name in ("once", "twice", "new"):
        store.keep(name, Known(True, 0, 0), 2)
        store.use("twice")
    assert {name: known.uses for name, known in store.items()} == {"twice": 3, "new": 1}
