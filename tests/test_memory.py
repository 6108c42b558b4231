"""The only memory that requests can fill."""

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from wsgicors._memory import LIMIT, Memory


@pytest.mark.parametrize("limit", [1, 2, 100, LIMIT])
def test_it_never_exceeds_its_limit(limit: int) -> None:
    memory = Memory[int, str](limit)
    for number in range(3 * limit):
        assert memory.keep(number, str(number)) == memory.known[number] == str(number)
        assert len(memory.known) <= limit
    assert memory.known.get(0) is None


def test_threads_see_what_was_kept_or_nothing() -> None:
    memory = Memory[int, str](8)

    def ask(start: int) -> bool:
        return all(
            memory.keep(number % 32, str(number % 32)) and memory.known.get(number % 32) in (None, str(number % 32))
            for number in range(start, start + 2000)
        )

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            assert all(pool.map(ask, range(16)))
    finally:
        sys.setswitchinterval(interval)
    assert all(str(key) == value for key, value in memory.known.items())
    assert len(memory.known) <= 8 + 8  # each thread may have checked before another stored its entry
