"""The log: the logger ``wsgicors``, and how refusals are logged."""

import functools
import itertools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from wsgicors.problems import shown
from wsgicors.verdict import Refusal, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable
    from logging import Logger

AT_WARNING: Final = 5
"""How many refusals of one code are logged at WARNING in a minute."""

MINUTE: Final = 60
"""Seconds."""


@functools.cache
def log() -> "Logger":
    """Return the logger. Imported on first use: importing logging takes as long as importing everything else."""
    import logging

    return logging.getLogger("wsgicors")


_made: Final[dict[None, "RefusalLog"]] = {}


@functools.cache
def refusals() -> "RefusalLog":
    """Return this process's log of refusals."""
    import atexit
    import os
    import time

    own = RefusalLog(time.monotonic)
    made = _made.setdefault(None, own)  # two threads can get here
    if made is own:
        atexit.register(made.flush)
        os.register_at_fork(after_in_child=made.reset)
    return made


class RefusalLog:
    """Logs refused requests: visible without configuration, and without flooding the log.

    Python prints WARNING and above unless logging is configured. The first `AT_WARNING` refusals of each code in a
    minute are logged at that level, the others at INFO; after the minute, one line at WARNING counts those. Codes are
    counted separately: malformed requests cannot hide a refused method.

    No thread waits for the end of the minute: the next refusal, or the end of the process, writes the line.

    Args:
        clock: Returns seconds that never go back.
    """

    def __init__(self, clock: "Callable[[], float]") -> None:
        import logging
        import threading

        self._clock = clock
        self._logger = log()
        self._warning, self._info = logging.WARNING, logging.INFO
        self._new_lock = threading.Lock
        self.reset()

    def reset(self) -> None:
        """Forget all counts, as a new process does."""
        self._lock = self._new_lock()  # another thread may have held the lock when this process was forked
        self._begin()

    def _begin(self) -> None:
        # Taking the next number is atomic: threads that log refusals need no lock.
        self._numbers = {refusal.code: itertools.count(1) for refusal in Refusal}
        self._ends = self._clock() + MINUTE

    def report(self, verdict: Verdict, environ: Mapping[str, Any]) -> None:
        """Log a refusal as one line that nothing in the request can break."""
        refusal = verdict.refusal
        if refusal is None:
            return
        if self._clock() >= self._ends:
            self._end_minute(over=True)
        level = self._warning if next(self._numbers[refusal.code]) <= AT_WARNING else self._info
        if self._logger.isEnabledFor(level):
            method = environ.get("REQUEST_METHOD", "")
            path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
            self._logger.log(level, "refused %s %s: %s: %s", shown(method), shown(path), refusal.code, verdict.sentence)

    def flush(self) -> None:
        """Start a new minute, and log how many refusals of the last one were logged at INFO."""
        self._end_minute(over=False)

    def _end_minute(self, *, over: bool) -> None:
        with self._lock:
            if over and self._clock() < self._ends:
                return  # another thread has started a new minute
            numbers = self._numbers
            self._begin()
        counts = {code: next(number) - 1 - AT_WARNING for code, number in numbers.items()}
        more = [f"{count} {code}" for code, count in counts.items() if count > 0]
        if more:
            self._logger.warning("refused more requests within a minute, which are logged at INFO: %s", ", ".join(more))
