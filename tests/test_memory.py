"""The memories that requests can fill."""

import asyncio
import functools
import gc
import logging
from collections.abc import Generator, Iterator

import pytest

from tests.one_policy import layers, project
from tests.together import THREADS, together
from tests.wsgi import call, preflight
from wsgicors import Policy
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

    def ask(start: int) -> None:
        for number in range(start, start + 4000):
            assert memory.keep(number % 32, str(number % 32)) == str(number % 32)
            assert memory.known.get(number % 32) in (None, str(number % 32))

    together(*(functools.partial(ask, start) for start in range(THREADS)))
    assert all(str(key) == value for key, value in memory.known.items())
    assert len(memory.known) <= 8 + THREADS  # each thread may have checked before another stored its entry


MARK = "invented-"
"""A part of every text that an attacker invents."""

OPEN = Policy(
    allow_origins=["https://*.example.com"],
    allow_methods="*",
    allow_headers="*",
    allow_credentials=True,
    refuse="forbid",
)
"""A policy that allows most of what can be invented."""


def texts_in(container: object) -> Iterator[str | bytes]:
    """Yield the texts in an object, and those in parts of it that the garbage collector does not list."""
    for one in gc.get_referents(container):
        if isinstance(one, str | bytes):
            yield one
        elif not gc.is_tracked(one):
            yield from texts_in(one)


def kept() -> int:
    """Return how many invented texts this process keeps, wherever they are."""
    frozen = gc.get_freeze_count()
    gc.unfreeze()
    try:
        gc.collect()
        texts = {id(text): text for one in gc.get_objects() for text in texts_in(one)}
        return sum((MARK in text) if isinstance(text, str) else (MARK.encode() in text) for text in texts.values())
    finally:
        if frozen:
            gc.freeze()


@pytest.fixture
def silent() -> Generator[None]:
    """Keep pytest from collecting a line for each refusal."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.slow
@pytest.mark.usefixtures("no_database", "silent")
@pytest.mark.parametrize("layer", ["WSGI", "Flask", "Django", "ASGI"])
def test_a_flood_of_invented_requests_fills_no_memory_beyond_its_limit(layer: str) -> None:
    counts: list[int] = []
    with asyncio.Runner() as runner, project(OPEN, debug=False):
        app = layers(OPEN, debug=False, runner=runner)[layer]
        for half in range(2):
            for number in range(half * LIMIT, (half + 1) * LIMIT):
                text = f"{MARK}{number}"
                for host in ("example.com", "evil.example"):
                    origin = f"https://{text}.{host}"
                    call(app, "GET", f"/{text}", [("Origin", origin), ("Cookie", text)])
                    call(app, "OPTIONS", f"/{text}", preflight(origin, text, f"x-{text}"))
            counts.append(kept())
    assert counts[0] > LIMIT  # what is allowed is kept
    assert counts[1] < 1.02 * counts[0]
