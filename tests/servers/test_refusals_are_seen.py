"""Servers without logging configuration print refusals."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.servers import process
from tests.servers.exchange import ask
from tests.servers.ports import ADDRESS, free_port
from tests.servers.python import PYTHON_SERVERS
from tests.servers.server import ADAPTERS, ROOT

pytestmark = pytest.mark.servers

PAGE = "https://www.example.com"

NOTES = f"""
from flask import Flask
from flask_wsgicors import CORS
import wsgicors

plain = wsgicors.CORS(Flask(__name__), wsgicors.Policy(allow_origins=[{PAGE!r}]))
app = Flask(__name__)
CORS(app, origins=[{PAGE!r}], methods=["PUT"])
"""

SETTINGS = f"""
CORS_ALLOWED_ORIGINS = [{PAGE!r}]
CORS_ALLOW_METHODS = ["PUT"]
MIDDLEWARE = ["django_wsgicors.CorsMiddleware", *MIDDLEWARE]
"""

PYTHON = {server.name: server for server in PYTHON_SERVERS}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A module ``notes`` with apps, and beside it the project that ``django-admin startproject`` makes."""
    folder = tmp_path_factory.mktemp("apps")
    (folder / "notes.py").write_text(NOTES, "utf-8")
    subprocess.run([sys.executable, "-m", "django", "startproject", "shop", str(folder)], check=True)
    with (folder / "shop" / "settings.py").open("a", encoding="utf-8") as settings:
        settings.write(SETTINGS)
    return folder


def _by_module(name: str, app: str) -> Callable[[int], list[str]]:
    return lambda port: PYTHON[name].arguments(app, port)


SERVED: dict[str, Callable[[int], list[str]]] = {
    "flask run": lambda port: ["-m", "flask", "--app", "notes:app", "run", "--port", str(port)],
    "gunicorn, Flask": _by_module("gunicorn-sync", "notes:app"),
    "gunicorn, Django": _by_module("gunicorn-sync", "shop.wsgi:application"),
    "gunicorn, any app": _by_module("gunicorn-sync", "notes:plain"),
    "waitress, Flask": _by_module("waitress", "notes:app"),
    "waitress, Django": _by_module("waitress", "shop.wsgi:application"),
    "runserver": lambda port: ["manage.py", "runserver", "--noreload", f"{ADDRESS}:{port}"],
    "uvicorn, Django": lambda port: [
        "-m",
        "uvicorn",
        "--port",
        str(port),
        "--lifespan",
        "off",
        "shop.asgi:application",
    ],
}


@pytest.mark.parametrize("name", SERVED)
def test_a_refusal_is_printed_without_configuration(name: str, folder: Path) -> None:
    """The first five of a kind; another kind is printed after any number of them."""
    port = free_port()
    paths = os.pathsep.join([str(folder), str(ROOT), str(ADAPTERS)])
    environment = {"PYTHONPATH": paths, "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, *SERVED[name](port)]
    with process.listening(command, port, env=environment, cwd=folder) as program:
        for number in range(7):
            answer = _preflight(port, f"/notes/{number}", PAGE, "PATCH")
            assert answer == PAGE
        assert _preflight(port, "/last", "https://stranger.example", "PUT") is None
        program.wait_for_line("refused 'OPTIONS' '/last': origin-not-allowed: ")
        lines = [line for line in program.said.splitlines() if "method-not-allowed" in line]
        sentence = "method-not-allowed: The method 'PATCH' is not allowed here."
        assert [f"refused 'OPTIONS' '/notes/{number}': {sentence}" in line for number, line in enumerate(lines)] == (
            [True] * 5
        )


def _preflight(port: int, path: str, origin: str, method: str) -> str | None:
    """Return the origin that the response allows, if any."""
    answer = ask(port, "OPTIONS", path, [("Origin", origin), ("Access-Control-Request-Method", method)])
    return next(iter(answer.values("Access-Control-Allow-Origin")), None)
