"""Programs that the tests start: their output is kept, and they are stopped with all their children."""

import contextlib
import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Generator, Mapping, Sequence
from pathlib import Path

from tests.servers.ports import is_listening

START_SECONDS = 60.0
STOP_SECONDS = 10.0

may_start = True
"""Whether the running test has a marker for starting programs, `browsers` or `servers`."""


class NotStarted(Exception):
    """A program ended, or was not ready in time; the text holds its output."""


class Program:
    """A running program, and its lines on either stream."""

    def __init__(self, command: Sequence[str], *, env: Mapping[str, str], cwd: Path | None) -> None:
        assert may_start, "mark the test: pytest.mark.servers or pytest.mark.browsers"
        self._name = Path(command[0]).name
        self._said: list[str] = []
        self._heard = threading.Condition()
        self._ended = False
        self._process = subprocess.Popen(
            command,
            env={**os.environ, **env},
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    @property
    def said(self) -> str:
        """Its output so far."""
        with self._heard:
            return "".join(self._said)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def wait_for_line(self, pattern: str, seconds: float = START_SECONDS) -> re.Match[str]:
        """Wait until it prints a line that matches the pattern."""
        checked = 0
        found: re.Match[str] | None = None

        def is_decided() -> bool:
            nonlocal checked, found
            while found is None and checked < len(self._said):
                found = re.search(pattern, self._said[checked])
                checked += 1
            return found is not None or self._ended

        with self._heard:
            self._heard.wait_for(is_decided, seconds)
        if found is None:
            raise self.not_started(f"did not print {pattern!r}")
        return found

    def not_started(self, reason: str) -> NotStarted:
        """The error to raise if the program did not become ready."""
        status = "still running" if self.is_running else f"ended with status {self._process.returncode}"
        return NotStarted(f"{self._name} {reason}; {status}; it said:\n{self.said}")

    def ended_by(self, number: signal.Signals) -> int:
        """Send it a signal, wait until it has ended, and return its exit status."""
        self._process.send_signal(number)
        status = self._process.wait(STOP_SECONDS)
        self._listener.join(STOP_SECONDS)
        return status

    def stop(self) -> None:
        """Ask it to end, then kill the rest of its process group."""
        self._process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(STOP_SECONDS)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(STOP_SECONDS)
        self._listener.join(STOP_SECONDS)

    def _listen(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as stream:
            for line in stream:
                with self._heard:
                    self._said.append(line.decode(errors="replace"))
                    self._heard.notify_all()
        with self._heard:
            self._ended = True
            self._heard.notify_all()


@contextlib.contextmanager
def started(
    command: Sequence[str], *, env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> Generator[Program]:
    """Run a program for the length of a `with` block, in a process group of its own."""
    program = Program(command, env=env or {}, cwd=cwd)
    try:
        yield program
    finally:
        program.stop()


@contextlib.contextmanager
def listening(
    command: Sequence[str], port: int, *, env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> Generator[Program]:
    """Run a server for the length of a `with` block, which begins when the server accepts connections."""
    with started(command, env=env, cwd=cwd) as program:
        deadline = time.monotonic() + START_SECONDS
        while not is_listening(port):
            if not program.is_running or time.monotonic() > deadline:
                raise program.not_started(f"did not listen on port {port}")
            time.sleep(0.02)
        yield program
