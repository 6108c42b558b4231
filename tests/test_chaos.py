"""The same responses everywhere: under every flag and locale, without disk or network, in an archive."""

import json
import multiprocessing
import os
import resource
import shutil
import subprocess
import sys
import sysconfig
import zipapp
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.checkout import ROOT
from wsgicors import Policy

pytestmark = pytest.mark.slow

ADAPTERS = ROOT / "adapters"

ANSWERS = r"""
import json, re, sys
from wsgicors import CORS, CachedOrigins, FileOrigins, Policy, PolicyError

def app(environ, start_response):
    start_response("200 OK", [("Vary", "Cookie")])
    return [b"hello"]

rules = {
    "/": Policy(allow_origins=["https://a.example", "https://*.b.example"], allow_methods=["PUT"]),
    "/regex": Policy(allow_origins=[re.compile(r"https://[a-z]+\.b\.example")]),
    "/file": Policy(allow_origins=FileOrigins(sys.argv[1])),
    "/source": Policy(allow_origins=CachedOrigins({"https://a.example"}.__contains__), refuse="forbid"),
}
wrapped = CORS(app, rules, debug=True)
told = []
for path in rules:
    for origin in ("https://a.example", "https://x.b.example", "https://c.example", "null", "https://\xfc.example"):
        for asked in ({}, {"HTTP_ACCESS_CONTROL_REQUEST_METHOD": "PUT"}):
            method = "OPTIONS" if asked else "GET"
            environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "HTTP_ORIGIN": origin, **asked}
            started = []
            body = wrapped(environ, lambda status, headers, exc_info=None: started.append([status, headers]))
            told.append([started[0], b"".join(body).decode()])
for wrong in ("https://*.github.io", "https://b\xfccher.example", "a.example", "https://*.co.uk"):
    try:
        Policy(allow_origins=[wrong], allow_credentials=True)
    except PolicyError as error:
        told.append(str(error))
print(json.dumps(told))
"""

COMMANDS = r"""
import json, sys
from wsgicors.__main__ import main

ended = []
for command in json.loads(sys.argv[1]):
    sys.argv[1:] = command
    try:
        main()
    except SystemExit as error:
        ended.append(error.code or 0)
    else:
        ended.append(0)
print(json.dumps(ended))
"""

BLOCKED = """
import sys

def refuse(event, arguments):
    if event.startswith("socket.") and event not in {"socket.__new__", "socket.gethostname"}:
        raise OSError(101, "Network is unreachable")

sys.addaudithook(refuse)
"""


def without_disk() -> None:
    """Prevent writing to files; pipes are allowed."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


@dataclass(frozen=True)
class Place:
    """The environment of a program."""

    flags: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict[str, str])
    blocked: bool = False
    first: Callable[[], None] | None = None

    def run(self, folder: Path, code: str, *arguments: str) -> str:
        """Run a program and return what it prints."""
        paths = [str(ROOT), str(ADAPTERS)]
        if self.blocked:
            (folder / "sitecustomize.py").write_text(BLOCKED, "utf-8")
            paths.insert(0, str(folder))
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), **self.environment}
        command = [sys.executable, *self.flags, "-c", code, *arguments]
        done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, preexec_fn=self.first)
        assert done.returncode == 0, done.stderr.decode(errors="replace")
        return done.stdout.decode("latin-1")


ASCII = {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "ascii"}

PLACES = {
    "-O": Place(("-O",)),
    "-OO": Place(("-OO",)),
    "-W error": Place(("-W", "error")),
    "a locale of ASCII": Place(environment=ASCII),
    "no disk": Place(environment={"PYTHONPYCACHEPREFIX": "none"}, first=without_disk),
    "no network": Place(blocked=True),
}


@pytest.fixture(params=PLACES)
def place(request: pytest.FixtureRequest) -> Place:
    return PLACES[request.param]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a list of origins, a policy and a browser's message."""
    (tmp_path / "origins.txt").write_text("# für Köln\nhttps://a.example\nhttps://*.b.example\n", "utf-8")
    (tmp_path / "rules.toml").write_text('[rules."/"]\nallow_origins = ["https://*.b.example"]\n', "utf-8")
    (tmp_path / "wrong.toml").write_text('allow_origins = ["https://bücher.example/"]\n', "utf-8")
    message = "(Reason: CORS header ‘Access-Control-Allow-Origin’ missing). Status code: 200."
    (tmp_path / "console.txt").write_text(f"remote resource at https://api.example/ü. {message}\n", "utf-8")
    return tmp_path


def test_the_answers_are_the_same(place: Place, folder: Path) -> None:
    usual = json.loads(Place().run(folder, ANSWERS, "origins.txt"))
    assert [status for (status, _), _ in usual[:8]].count("403 Forbidden") == 2
    assert "https://xn--bcher-kva.example" in usual[-3]
    assert json.loads(place.run(folder, ANSWERS, "origins.txt")) == usual


def test_the_commands_work(place: Place, folder: Path) -> None:
    explain = ["explain", "--origin", "https://x.b.example", "--policy"]
    commands = {
        (*explain, "rules.toml", "--url", "https://api.example/über"): 0,
        (*explain, "wrong.toml"): 2,
        ("why", "console.txt"): 0,
        ("help", "public-suffix"): 0,
        ("export", "--to", "nginx", "rules.toml"): 0,
    }
    printed = place.run(folder, COMMANDS, json.dumps([*commands]))
    assert json.loads(printed.splitlines()[-1]) == [*commands.values()]
    assert "The page's origin is not on the server's list" in printed
    assert "allowed" in printed.lower()


@pytest.mark.parametrize("flags", [("-OO",), ("-W", "error")], ids=" ".join)
def test_the_adapters_work(flags: tuple[str, ...], folder: Path) -> None:
    code = """
from django.conf import settings
settings.configure(ROOT_URLCONF="urls", MIDDLEWARE=["django_wsgicors.CorsMiddleware"], USE_TZ=True,
                   CORS_ALLOWED_ORIGINS=["https://a.example"], ALLOWED_HOSTS=["*"])
import django, flask, flask_wsgicors
django.setup()
from django.test import Client
app = flask.Flask("app")
flask_wsgicors.CORS(app, origins=["https://a.example"])
print(app.test_client().get("/", headers={"Origin": "https://a.example"}).headers["Access-Control-Allow-Origin"])
print(Client().get("/", headers={"Origin": "https://a.example"}).headers["Access-Control-Allow-Origin"])
"""
    (folder / "urls.py").write_text("urlpatterns = []\n", "utf-8")
    assert Place(flags).run(folder, code) == "https://a.example\nhttps://a.example\n"


def test_a_spawned_process_decides_as_its_parent() -> None:
    policy = Policy(allow_origins=["https://*.b.example"], expose_headers=["ETag"], allow_credentials=True)
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        for origin in ("https://x.b.example", "https://c.example"):
            assert pool.submit(policy.actual, origin).result() == policy.actual(origin)


def test_a_subinterpreter_decides_as_the_main_one(folder: Path) -> None:
    """Apache's mod_wsgi runs apps so, unless its configuration says otherwise."""
    (folder / "answers.py").write_text(ANSWERS, "utf-8")
    code = """
import sys
try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters
text = open("answers.py").read()
main = f"import sys\\nsys.argv = ['', 'origins.txt']\\n{text}\\nsys.stdout.flush()"
error = interpreters.run_string(interpreters.create(), main)
sys.exit(str(error) if error is not None else 0)
"""
    assert json.loads(Place().run(folder, code)) == json.loads(Place().run(folder, ANSWERS, "origins.txt"))


STEPS = """
import itertools, logging, sys, time

steps = itertools.cycle([1e9, 0.0, 2e9, -1e6, 3e9])  # an odd number: each line of the log takes one
time.time = lambda: next(steps)
time.time_ns = lambda: int(next(steps) * 1e9)

from wsgicors import CORS, CachedOrigins, FileOrigins, Policy

asked, levels = [], []
logging.getLogger("wsgicors").setLevel(logging.INFO)
logging.getLogger("wsgicors").addFilter(lambda record: levels.append(record.levelname))
source = CachedOrigins(lambda origin: asked.append(origin) or True)
file = FileOrigins(sys.argv[1], check_every=0)
app = CORS(lambda environ, start_response: [], Policy(allow_origins=["https://a.example"]))
for number in range(8):
    assert "https://a.example" in source
    with open(sys.argv[1], "a") as added:
        added.write(f"https://a{number}.example\\n")
    assert f"https://a{number}.example" in file
    app({"REQUEST_METHOD": "GET", "HTTP_ORIGIN": "https://c.example"}, lambda status, headers: None)
print(asked, levels)
"""


def test_a_step_of_the_clock_changes_nothing(folder: Path) -> None:
    """Caching, and the log's limits per minute, use the monotonic clock."""
    levels = ["WARNING"] * 5 + ["INFO"] * 3
    assert Place().run(folder, STEPS, "origins.txt") == f"['https://a.example'] {levels}\n"


def test_an_archive_is_the_package(folder: Path) -> None:
    """The app and its requirements in one file, as zipapp makes it: no module or data is a separate file."""
    app = folder / "app"
    libraries = Path(sysconfig.get_path("purelib"))
    for package in (ROOT / "wsgicors", libraries / "idna", libraries / "publicsuffixlist"):
        shutil.copytree(package, app / package.name, ignore=shutil.ignore_patterns("__pycache__"))
    (app / "__main__.py").write_text(ANSWERS, "utf-8")
    zipapp.create_archive(app, folder / "app.pyz")
    shutil.rmtree(app)
    command = [sys.executable, "-I", "-S", "app.pyz", "origins.txt"]
    printed = subprocess.run(command, cwd=folder, capture_output=True, check=True).stdout
    usual: Any = json.loads(Place().run(folder, ANSWERS, "origins.txt"))
    assert json.loads(printed) == usual
