"""Apache with mod_wsgi, from Debian's packages and run by Debian's interpreter."""

import contextlib
import importlib.metadata
import shutil
import tempfile
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
WSGIApplicationGroup %{{GLOBAL}}
WSGISocketPrefix {home}/socket
WSGIScriptAlias / {code}/script.wsgi
<Directory {code}>
    Require all granted
</Directory>
"""


@dataclass(frozen=True)
class ModWSGI(Server):
    """Apache with mod_wsgi in daemon mode, serving a copy of the checkout.

    Started by root, it serves as another user, who may not be allowed to read the checkout or the interpreter
    that has its dependencies; so both are copied to where that user may.
    """

    name: str = "mod_wsgi"
    requirement: str = "wsgicors"

    def missing(self) -> str | None:
        parts = {"apache2": shutil.which("apache2"), "libapache2-mod-wsgi-py3": _module("wsgi")}
        return " ".join(package for package, found in parts.items() if not found) or None

    @contextlib.contextmanager
    def serve(self, app: str, env: Mapping[str, str] | None = None) -> Generator[Running]:
        port = free_port()
        module, _, name = app.partition(":")
        with tempfile.TemporaryDirectory() as home:
            Path(home).chmod(0o755)
            code = Path(home, "code")
            _copy_code(code, {ROOT / module.partition(".")[0], ROOT / "wsgicors", *ADAPTERS.iterdir()})
            _copy_requirements(code, Requirement(self.requirement))
            Path(code, "script.wsgi").write_text(f"from {module} import {name} as application\n")
            configuration = Path(home, "httpd.conf")
            configuration.write_text(
                _CONFIGURATION.format(home=home, address=ADDRESS, port=port, modules=_MODULES, code=code)
            )
            command = ["apache2", "-f", str(configuration), "-DFOREGROUND"]
            with process.listening(command, port, env=env) as program:
                yield Running(port, program)


def _module(name: str) -> bool:
    return Path(_MODULES, f"mod_{name}.so").exists()


def _copy_code(target: Path, packages: set[Path]) -> None:
    target.mkdir(mode=0o755)
    for package in packages:
        if package.is_dir():
            shutil.copytree(package, target / package.name, ignore=shutil.ignore_patterns("__pycache__"))


def _copy_requirements(target: Path, requirement: Requirement, seen: set[str] | None = None) -> None:
    """Copy the files of what a distribution of this interpreter requires, and of what that requires."""
    seen = set() if seen is None else seen
    try:
        lines = importlib.metadata.requires(requirement.name) or ()
    except importlib.metadata.PackageNotFoundError:
        return
    for line in lines:
        wanted = Requirement(line)
        extras = requirement.extras or {""}
        if wanted.marker and not any(wanted.marker.evaluate({"extra": extra}) for extra in extras):
            continue
        if wanted.name in seen:
            continue
        seen.add(wanted.name)
        for file in importlib.metadata.files(wanted.name) or ():
            source = Path(str(file.locate()))
            if ".." in file.parts or not source.is_file():
                continue
            copy = target / file
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, copy)
        _copy_requirements(target, wanted, seen)
