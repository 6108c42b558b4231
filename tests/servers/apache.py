"""Apache with mod_wsgi, from Debian's packages and with Debian's interpreter."""

import atexit
import contextlib
import functools
import importlib.metadata
import shutil
import subprocess
import tempfile
import tomllib
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement

from tests.servers import process
from tests.servers.ports import ADDRESS, free_port
from tests.servers.server import ADAPTERS, ROOT, Running, Server

_MODULES = Path("/usr/lib/apache2/modules")

_CONFIGURATION = """\
ServerRoot {home}
ServerName localhost
PidFile {home}/pid
ErrorLog /dev/stderr
Listen {address}:{port}
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule wsgi_module {modules}/mod_wsgi.so
User www-data
Group www-data
WSGIDaemonProcess tests processes=1 threads=4 python-path={code}
WSGIProcessGroup tests
WSGIApplicationGroup {interpreter}
WSGISocketPrefix {home}/socket
WSGIScriptAlias / {home}/script.wsgi
<Directory {home}>
    Require all granted
</Directory>
"""


@dataclass(frozen=True)
class ModWSGI(Server):
    """Apache with mod_wsgi in daemon mode, serving a copy of the checkout.

    Started by root, it serves as another user, who may not be allowed to read the checkout or its interpreter's
    packages; so both are copied to a readable place, with the app's `extras`. An `interpreter` other than
    `%{GLOBAL}` is a subinterpreter.
    """

    name: str = "mod_wsgi"
    extras: tuple[str, ...] = ()
    interpreter: str = "%{GLOBAL}"

    def missing(self) -> str | None:
        parts = {"apache2": shutil.which("apache2"), "libapache2-mod-wsgi-py3": _module("wsgi")}
        return " ".join(package for package, found in parts.items() if not found) or None

    @contextlib.contextmanager
    def serve(self, app: str, env: Mapping[str, str] | None = None) -> Generator[Running]:
        port = free_port()
        module, _, name = app.partition(":")
        code = _copied(module.partition(".")[0], self.extras)
        with tempfile.TemporaryDirectory() as home:
            script = Path(home, "script.wsgi")
            script.write_text(f"from {module} import {name} as application\n")
            subprocess.run(["chmod", "--recursive", "a+rX", home], check=True)
            configuration = Path(home, "httpd.conf")
            configuration.write_text(
                _CONFIGURATION.format(
                    home=home, address=ADDRESS, port=port, modules=_MODULES, code=code, interpreter=self.interpreter
                )
            )
            command = ["apache2", "-f", str(configuration), "-DFOREGROUND"]
            with process.listening(command, port, env=env) as program:
                yield Running(port, program)


def _module(name: str) -> bool:
    return Path(_MODULES, f"mod_{name}.so").exists()


@functools.cache
def _copied(package: str, extras: tuple[str, ...]) -> Path:
    """Return a folder with the code and its requirements, which exists until this process ends."""
    home = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, home)
    code = Path(home, "code")
    _copy_code(code, {ROOT / package, ROOT / "wsgicors", *ADAPTERS.glob("*")})
    _copy_distributions(code, _requirements(extras))
    subprocess.run(["chmod", "--recursive", "a+rX", home], check=True)
    return code


def _copy_code(target: Path, packages: set[Path]) -> None:
    target.mkdir()
    for package in packages:
        if package.is_dir():
            shutil.copytree(package, target / package.name, ignore=shutil.ignore_patterns("__pycache__"))


def _requirements(extras: tuple[str, ...]) -> list[Requirement]:
    """The requirements of this project, with some of its extras."""
    project = tomllib.loads(Path(ROOT, "pyproject.toml").read_text())["project"]
    lines: list[str] = list(project["dependencies"])
    for extra in extras:
        lines += project["optional-dependencies"][extra]
    return [Requirement(line) for line in lines]


def _copy_distributions(target: Path, requirements: list[Requirement]) -> None:
    """Copy the files of this interpreter's required distributions, and of those that they require."""
    copied: set[str] = set()
    waiting = list(requirements)
    while waiting:
        wanted = waiting.pop()
        if wanted.name in copied or (wanted.marker and not wanted.marker.evaluate({"extra": ""})):
            continue
        copied.add(wanted.name)
        distribution = importlib.metadata.distribution(wanted.name)
        waiting += [Requirement(line) for line in distribution.requires or ()]
        for file in distribution.files or ():
            if ".." not in file.parts and "__pycache__" not in file.parts:
                copy = target / file
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(str(file.locate()), copy)
