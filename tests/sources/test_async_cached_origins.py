"""A cache in front of an async lookup."""

import asyncio

import pytest

from tests.clock import Clock
from tests.sources.lookups import SECONDS, A, AsyncGate, B
from wsgicors import AsyncCachedOrigins, AsyncOriginSource


def test_an_async_lookup_is_awaited_once_for_all_who_ask(clock: Clock) -> None:
    async def main() -> None:
        gate = AsyncGate(True)
        origins = AsyncCachedOrigins(gate, clock=clock)
        assert isinstance(origins, AsyncOriginSource)
        asking = [asyncio.create_task(origins.allows(A)) for _ in range(5)]
        await asyncio.sleep(0)
        gate.open.set()
        assert await asyncio.gather(*asking) == [True] * 5
        assert await origins.allows(A)
        assert gate.asked == [A]
        origins.forget(A)
        assert await origins.allows(A)
        clock.passes(301)
        assert await origins.allows(A)
        origins.forget()
        assert await origins.allows(A)
        assert gate.asked == [A] * 4

    asyncio.run(main())


@pytest.mark.parametrize("answer", [OSError("down"), 1])
def test_an_async_lookup_that_fails_refuses_and_serves_what_is_known(
    clock: Clock, caplog: pytest.LogCaptureFixture, answer: object
) -> None:
    async def main() -> None:
        gate = AsyncGate(True)
        gate.open.set()
        origins = AsyncCachedOrigins(gate, clock=clock)
        assert await origins.allows(A)
        gate.answer = answer
        clock.passes(301)
        assert await origins.allows(A)
        assert not await origins.allows(B)
        clock.passes(86400)
        assert not await origins.allows(A)

    asyncio.run(main())
    assert caplog.records[0].getMessage() == "the lookup of allowed origins failed"


def test_a_task_that_waits_too_long_gets_the_last_answer_or_a_refusal(clock: Clock) -> None:
    async def main() -> None:
        gate = AsyncGate(True)
        origins = AsyncCachedOrigins(gate, wait=0, clock=clock)
        first = asyncio.create_task(origins.allows(A))
        await asyncio.sleep(0)
        assert not await origins.allows(A)
        gate.open.set()
        assert await first
        clock.passes(301)
        gate.open.clear()
        second = asyncio.create_task(origins.allows(A))
        await asyncio.sleep(0)
        assert await origins.allows(A)  # the last result, during its renewal
        gate.open.set()
        assert await second

    asyncio.run(main())


def test_a_client_that_goes_away_refuses_nobody_who_waits_for_its_lookup(clock: Clock) -> None:
    async def main() -> None:
        gate = AsyncGate(True)
        origins = AsyncCachedOrigins(gate, clock=clock)
        asking: list[asyncio.Task[bool]] = []
        for _ in range(4):
            asking.append(asyncio.create_task(origins.allows(A)))
            await asyncio.sleep(0)
        for gone in asking[:2]:
            gone.cancel()
            with pytest.raises(asyncio.CancelledError):
                await gone
            await asyncio.sleep(0)
        gate.open.set()
        assert await asyncio.gather(*asking[2:]) == [True, True]
        assert gate.asked == [A] * 3
        assert origins._flights == {}

    asyncio.run(main())


def test_nobody_waits_longer_for_several_clients_that_go_away(clock: Clock) -> None:
    async def main() -> None:
        gate = AsyncGate(True)
        origins = AsyncCachedOrigins(gate, wait=3600, clock=clock)
        first, second, third = (asyncio.create_task(origins.allows(A)) for _ in range(3))
        await asyncio.sleep(0)
        clock.passes(3601)
        first.cancel()
        assert await asyncio.wait_for(third, SECONDS) is False
        gate.open.set()
        assert await second

    asyncio.run(main())


@pytest.mark.parametrize("forgotten", [A, None])
def test_an_async_lookup_that_was_under_way_when_it_was_forgotten_is_not_remembered(
    clock: Clock, forgotten: str | None
) -> None:
    async def main(answer: object) -> int:
        gate = AsyncGate(answer)
        origins = AsyncCachedOrigins(gate, clock=clock)
        first = asyncio.create_task(origins.allows(A))
        await asyncio.sleep(0)
        origins.forget(forgotten)
        gate.open.set()
        assert await first is (answer is True)
        await origins.allows(A)
        return len(gate.asked)

    assert asyncio.run(main(True)) == 2
    assert asyncio.run(main(OSError())) == 2


@pytest.mark.parametrize("answer", [True, OSError()])
def test_each_event_loop_awaits_its_own_async_lookup(answer: object, clock: Clock) -> None:
    async def main() -> None:
        gate = AsyncGate(answer)

        async def lookup(origin: str) -> bool:
            return await gate(origin) if not gate.asked else True

        origins = AsyncCachedOrigins(lookup, clock=clock)
        first = asyncio.create_task(origins.allows(A))
        await asyncio.sleep(0)
        assert await asyncio.to_thread(asyncio.run, origins.allows(A))
        gate.open.set()
        assert await first, "the other loop's yes is known"

    asyncio.run(main())


def test_an_async_lookup_is_forgotten_by_another_thread(clock: Clock) -> None:
    async def main() -> None:
        gate = AsyncGate(True)
        origins = AsyncCachedOrigins(gate, clock=clock)
        first, other = asyncio.create_task(origins.allows(A)), asyncio.create_task(origins.allows(B))
        await asyncio.sleep(0)
        await asyncio.to_thread(origins.forget, A)
        gate.open.set()
        assert await first
        assert await other
        assert await origins.allows(A)
        assert await origins.allows(B)
        assert gate.asked == [A, B, A]

    asyncio.run(main())
