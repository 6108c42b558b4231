"""Forks while a lock is held: the child gets free locks."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.checkout import ROOT
from tests.clock import Clock
from tests.sources.lookups import A, Gate, in_thread
from wsgicors import AsyncCachedOrigins, CachedOrigins, FileOrigins, _forks


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")
def test_a_child_forked_during_a_lookup_does_not_wait_for_it(clock: Clock) -> None:
    gate = Gate(True, True)
    origins = CachedOrigins(gate, clock=clock)
    asking = in_thread(lambda: A in origins)
    gate.wait_until_entered()
    with origins._lock:  # as another thread may hold it
        child = os.fork()
        if child == 0:
            gate.open.set()
            os._exit(0 if A in origins else 1)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    gate.open.set()
    assert asking.answer is True


FORKED_WHILE_LOOKING = """
import os, pathlib, sys
from wsgicors import FileOrigins

file = pathlib.Path(sys.argv[1])
origins = FileOrigins(file, check_every=0)
with origins._reading:  # as another thread may hold it
    child = os.fork()
    if child == 0:
        file.write_text("https://other.example\\n", "utf-8")
        os._exit(0 if "https://a.example" not in origins else 1)
_, status = os.waitpid(child, 0)
sys.exit(os.waitstatus_to_exitcode(status))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")
def test_a_child_forked_during_a_check_of_the_file_checks_it_again(tmp_path: Path) -> None:
    file = tmp_path / "origins.txt"
    file.write_text(f"{A}\n", "utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", FORKED_WHILE_LOOKING, str(file)], env=environment, check=True)


def test_a_forked_child_has_a_free_lock_for_a_file(tmp_path: Path) -> None:
    file = tmp_path / "origins.txt"
    file.write_text(f"{A}\n", "utf-8")
    origins = FileOrigins(file)
    held = origins._reading
    with held:
        _forks.renew_all()
        assert not origins._reading.locked()


def test_a_forked_child_has_a_free_lock_for_async_lookups() -> None:
    async def lookup(origin: str) -> bool:
        return origin == A

    origins = AsyncCachedOrigins(lookup)
    with origins._lock:
        _forks.renew_all()
        assert asyncio.run(origins.allows(A))
