"""Lookups for the tests of sources, and the threads that ask them."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

A, B, C = "https://a.example", "https://b.example", "https://c.example"

SECONDS = 30.0  # after this time a hanging test fails


class Backend:
    """A lookup that records its calls."""

    def __init__(self, *allowed: str) -> None:
        self.allowed = set(allowed)
        self.error: BaseException | None = None
        self.asked: list[str] = []

    def __call__(self, origin: str) -> bool:
        self.asked.append(origin)
        if self.error is not None:
            raise self.error
        return origin in self.allowed


def in_thread(ask: Callable[[], object]) -> "Running":
    running = Running(ask)
    running.start()
    return running


class Running(threading.Thread):
    """A lookup in its own thread."""

    def __init__(self, ask: Callable[[], object]) -> None:
        super().__init__(daemon=True)
        self._ask = ask
        self._answer: object = None

    def run(self) -> None:
        try:
            self._answer = self._ask()
        except BaseException as error:
            self._answer = error

    @property
    def answer(self) -> object:
        self.join(SECONDS)
        assert not self.is_alive(), "it hangs"
        return self._answer


class Gate:
    """A lookup that waits until it is released."""

    def __init__(self, *answers: bool | BaseException) -> None:
        self.answers = list(answers)
        self.entered = threading.Semaphore(0)
        self.open = threading.Event()
        self.calls = 0

    def __call__(self, origin: str) -> bool:
        self.calls += 1
        answer = self.answers.pop(0)
        self.entered.release()
        assert self.open.wait(SECONDS)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def wait_until_entered(self) -> None:
        assert self.entered.acquire(timeout=SECONDS)


class AsyncGate:
    """An async lookup that waits until it is released."""

    def __init__(self, answer: object) -> None:
        self.answer = answer
        self.open = asyncio.Event()
        self.asked: list[str] = []

    async def __call__(self, origin: str) -> bool:
        self.asked.append(origin)
        await self.open.wait()
        if isinstance(self.answer, BaseException):
            raise self.answer
        answer: Any = self.answer
        return answer
