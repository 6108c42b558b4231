"""PostgreSQL and Redis servers for the tests, for the length of a `with` block."""

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.servers import process
from tests.servers.ports import ADDRESS, free_port


def missing() -> str | None:
    """What must be installed before they can start, if anything."""
    if shutil.which("redis-server") is None:
        return "redis-server"
    return None if _postgres_programs() else "postgresql"


def _postgres_programs() -> Path | None:
    """The folder of PostgreSQL's programs, which is not on the path in Debian."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    on_path = shutil.which("postgres")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


@dataclass(frozen=True)
class Postgres:
    """A cluster with a database `shop` of a user `shop` without a password."""

    port: int
    folder: Path
    programs: Path

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables that lead clients to it."""
        return {"PGHOST": ADDRESS, "PGPORT": str(self.port), "PGUSER": "shop", "PGDATABASE": "shop"}

    def stop(self) -> None:
        """Stop it at once, despite open connections."""
        _run([str(self.programs / "pg_ctl"), "--pgdata", str(self.folder), "--mode", "immediate", "stop"])

    def start(self) -> None:
        """Start it again in the same place, until `stop`."""
        options = f"-p {self.port} -c listen_addresses={ADDRESS} -c unix_socket_directories={self.folder.parent}"
        log = str(self.folder.parent / "log")
        _run([str(self.programs / "pg_ctl"), "-D", str(self.folder), "-o", options, "-l", log, "-w", "start"])


def _as_somebody(command: Sequence[str]) -> list[str]:
    """PostgreSQL does not run as root."""
    return (
        ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *command]
        if os.getuid() == 0
        else [*command]
    )


def _run(command: Sequence[str]) -> None:
    subprocess.run(_as_somebody(command), check=True, capture_output=True, cwd="/")


@contextlib.contextmanager
def postgres() -> Generator[Postgres]:
    programs = _postgres_programs()
    assert programs is not None
    with tempfile.TemporaryDirectory(prefix="postgres-", ignore_cleanup_errors=True) as name:
        if os.getuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(name, owner.pw_uid, owner.pw_gid)
        folder = Path(name) / "data"
        _run([str(programs / "initdb"), "--pgdata", str(folder), "--username", "shop", "--auth", "trust", "--no-sync"])
        port = free_port()
        options = [f"listen_addresses={ADDRESS}", f"unix_socket_directories={name}", "fsync=off"]
        command = [str(programs / "postgres"), "-D", str(folder), "-p", str(port)]
        command += [word for option in options for word in ("-c", option)]
        with process.started(_as_somebody(command), cwd=Path("/")) as program:
            program.wait_for_line("ready to accept connections")
            _run([str(programs / "createdb"), "--host", ADDRESS, "--port", str(port), "--username", "shop", "shop"])
            yield Postgres(port, folder, programs)


@contextlib.contextmanager
def redis(port: int | None = None) -> Generator[int]:
    """A Redis, on a free port or on the port of an earlier one."""
    number = port or free_port()
    with tempfile.TemporaryDirectory(prefix="redis-") as folder:
        command = [
            "redis-server",
            "--bind",
            ADDRESS,
            "--port",
            str(number),
            "--dir",
            folder,
            "--save",
            "",
            "--appendonly",
            "no",
        ]
        with process.listening(command, number):
            yield number
