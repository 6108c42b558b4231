"""nginx in front of an application, with a test's directives."""

import contextlib
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

from tests.servers import process
from tests.servers.needs import need
from tests.servers.nginx import PACKAGE, PROGRAM, command
from tests.servers.ports import ADDRESS, free_port


@contextlib.contextmanager
def nginx(backend: int, location: str = "", server: str = "") -> Generator[str]:
    """The origin of an nginx in front of `backend`, with directives for its location and its server."""
    need(None if shutil.which(PROGRAM) else PACKAGE)
    port = free_port()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as directory:
        home = Path(directory)
        home.chmod(0o755)  # it runs as its own user if root starts it
        files = home / "files" / "static"
        files.mkdir(parents=True)
        (files / "data.json").write_text("{}")
        with process.listening(command(home, port, backend, location, server), port):
            yield f"http://{ADDRESS}:{port}"
