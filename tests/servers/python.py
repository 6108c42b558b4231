"""The servers for the tests' interpreter, each started as its documentation says."""

import contextlib
import importlib.util
import os
import sys
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass

from tests.servers import process
from tests.servers.ports import ADDRESS, free_port
from tests.servers.server import ADAPTERS, ROOT, Running, Server


@dataclass(frozen=True)
class PythonServer(Server):
    """A server that a module of this interpreter starts."""

    name: str
    module: str
    arguments: Callable[[str, int], list[str]]

    def missing(self) -> str | None:
        return None if importlib.util.find_spec(self.module) else self.module

    @contextlib.contextmanager
    def serve(self, app: str, env: Mapping[str, str] | None = None) -> Generator[Running]:
        port = free_port()
        command = [sys.executable, *self.arguments(app, port)]
        paths = {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ADAPTERS)])}
        with process.listening(command, port, env={**paths, **(env or {})}, cwd=ROOT) as program:
            yield Running(port, program)


def _gunicorn(*worker: str) -> Callable[[str, int], list[str]]:
    def arguments(app: str, port: int) -> list[str]:
        return ["-m", "gunicorn", "--bind", f"{ADDRESS}:{port}", "--no-control-socket", *worker, app]

    return arguments


def _granian(interface: str) -> Callable[[str, int], list[str]]:
    return lambda app, port: ["-m", "granian", "--interface", interface, "--host", ADDRESS, "--port", str(port), app]


def _uwsgi(app: str, port: int) -> list[str]:
    run = ["-c", "import sys, pyuwsgi; pyuwsgi.run(sys.argv[1:])"]
    return [*run, "--http-socket", f"{ADDRESS}:{port}", "--master", "--need-app", "--die-on-term", "--module", app]


def _by_script(name: str) -> Callable[[str, int], list[str]]:
    return lambda app, port: ["-m", "tests.servers.by_script", name, app, str(port)]


PYTHON_SERVERS = (
    PythonServer("wsgiref", "wsgiref", _by_script("wsgiref")),
    PythonServer("gunicorn-sync", "gunicorn", _gunicorn()),
    PythonServer("gunicorn-gthread", "gunicorn", _gunicorn("--worker-class", "gthread", "--threads", "4")),
    PythonServer("waitress", "waitress", lambda app, port: ["-m", "waitress", f"--listen={ADDRESS}:{port}", app]),
    PythonServer("uwsgi", "pyuwsgi", _uwsgi),
    PythonServer("cheroot", "cheroot", lambda app, port: ["-m", "cheroot", f"--bind={ADDRESS}:{port}", app]),
    PythonServer("werkzeug", "werkzeug", _by_script("werkzeug")),
    PythonServer("granian", "granian", _granian("wsgi")),
)

ASGI_SERVERS = (
    PythonServer(
        "uvicorn", "uvicorn", lambda app, port: ["-m", "uvicorn", "--host", ADDRESS, "--port", str(port), app]
    ),
    PythonServer("hypercorn", "hypercorn", lambda app, port: ["-m", "hypercorn", "--bind", f"{ADDRESS}:{port}", app]),
    PythonServer("granian-asgi", "granian", _granian("asgi")),
    PythonServer("daphne", "daphne", lambda app, port: ["-m", "daphne", "-b", ADDRESS, "-p", str(port), app]),
)
"""The servers for ASGI apps."""
