"""Many threads that ask at the same time, and rules that change under them.

With a global interpreter lock the threads switch as often as possible; without one they run at the same time. Barriers
order what must be ordered. Nothing sleeps, and no time is compared.
"""

import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Final, Generic, TypeVar

THREADS: Final = 8
SECONDS: Final = 60.0  # after this time a hanging test fails

Question = TypeVar("Question")
Answer = TypeVar("Answer")


@contextmanager
def switching_often() -> Iterator[None]:
    """Switch threads as often as possible."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        yield
    finally:
        sys.setswitchinterval(interval)


def together(*works: Callable[[], object]) -> None:
    """Run each of `works` in a thread of its own, and raise the first exception of any.

    They begin at the same time. A thread that fails breaks `barrier`s that the others wait at only by their timeout.
    """
    begin = threading.Barrier(len(works), timeout=SECONDS)
    errors: list[BaseException] = []

    def run(work: Callable[[], object]) -> None:
        try:
            begin.wait()
            work()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(work,), daemon=True) for work in works]
    with switching_often():
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(2 * SECONDS)
    assert not any(thread.is_alive() for thread in threads), "it hangs"
    for error in sorted(errors, key=lambda error: isinstance(error, threading.BrokenBarrierError)):
        raise error


@dataclass(frozen=True)
class State(Generic[Question, Answer]):
    """Rules that hold for a while.

    Attributes:
        begin: Puts them in force.
        answers: The answer to each question while they hold.
    """

    begin: Callable[[], object]
    answers: Mapping[Question, Answer]


def ask_while_swapped(ask: Callable[[Question], Answer], states: Sequence[State[Question, Answer]]) -> None:
    """Ask every question in each of many threads while one state follows the other.

    During a change each answer has to be that of the state before or after it; once it is over, that of the new state.
    The first thread to ask is a different one for each question.
    """
    barrier = threading.Barrier(THREADS + 1, timeout=SECONDS)
    questions = list(states[0].answers)

    def swap() -> None:
        for _, after in pairwise(states):
            barrier.wait()
            after.begin()
            barrier.wait()
            barrier.wait()

    def work(number: int) -> None:
        start = number * len(questions) // THREADS
        asked = questions[start:] + questions[:start]
        for before, after in pairwise(states):
            barrier.wait()
            for question in asked:
                answer = ask(question)
                assert answer in (before.answers[question], after.answers[question]), (question, answer)
            barrier.wait()
            for question in asked:
                answer = ask(question)
                assert answer == after.answers[question], (question, answer)
            barrier.wait()

    def breaking(work: Callable[[], object]) -> Callable[[], object]:
        def run() -> None:
            try:
                work()
            except BaseException:
                barrier.abort()  # nobody waits for this thread
                raise

        return run

    states[0].begin()
    together(breaking(swap), *(breaking(partial(work, number)) for number in range(THREADS)))
