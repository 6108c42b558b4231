"""The wheel and the sdist: their contents and modes, that builds are reproducible, and that they work."""

import hashlib
import importlib.util
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from email.message import Message
from email.parser import BytesParser
from pathlib import Path

import pytest

import wsgicors
from tests.checkout import ROOT, copied
from tests.servers import process
from tests.servers.exchange import ask
from tests.servers.needs import need
from wsgicors import _installed
from wsgicors.problems import SITE

pytestmark = pytest.mark.slow

NAME = f"wsgicors_policy-{_installed.FALLBACK_VERSION}"
IN_THE_SDIST = (
    "tests/",
    "docs/",
    "examples/",
    "benchmarks/",
    "fuzz/",
    "CHANGELOG.md",
    "README.md",
    "LICENSE",
    "setup.cfg",
    "tox.ini",
)

EXPECTED = ("no previously-included", "byte-compiling is disabled")
"""Harmless messages: there is nothing to exclude, and bytecode is not wanted."""


def build(folder: Path) -> Path:
    """Build an sdist and a wheel from a copy of the checkout in `folder`, without an index and without git."""
    need(None if importlib.util.find_spec("setuptools_scm") else "setuptools-scm")
    checkout = copied(folder)
    for what in ("sdist", "wheel"):
        command = [sys.executable, "-W", "error", "-c", f"import backend; backend.build_{what}('dist')"]
        done = subprocess.run(
            command,
            cwd=checkout,
            env={**os.environ, "SOURCE_DATE_EPOCH": "1700000000", "PYTHONPATH": str(checkout / ".ci")},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        lines = (done.stdout + done.stderr).lower().splitlines()
        warnings = [line for line in lines if "warning" in line and not any(known in line for known in EXPECTED)]
        assert warnings == []
    return checkout / "dist"


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("checkout"))


@pytest.fixture(scope="module")
def wheel(dist: Path) -> Path:
    return dist / f"{NAME}-py3-none-any.whl"


@pytest.fixture(scope="module")
def sdist(dist: Path) -> Path:
    return dist / f"{NAME}.tar.gz"


@pytest.fixture(scope="module")
def members(wheel: Path) -> dict[str, zipfile.ZipInfo]:
    with zipfile.ZipFile(wheel) as archive:
        return {member.filename: member for member in archive.infolist()}


@pytest.fixture(scope="module")
def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        return BytesParser().parsebytes(archive.read(f"{NAME}.dist-info/METADATA"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which the wheel alone is installed."""
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as archive:  # as installers do with a pure-Python wheel
        archive.extractall(folder)
    return folder


def run(code: str, installed: Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-P", "-c", code]
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


# -- Contents ------------------------------------------------------------------------------------------------


def test_everything_of_the_packages_is_in_the_wheel(members: dict[str, zipfile.ZipInfo]) -> None:
    expected: set[str] = set()
    for source_root in (ROOT, ROOT / "adapters"):
        for package in ("wsgicors", "django_wsgicors", "flask_wsgicors"):
            files = (source_root / package).rglob("*")
            expected |= {str(path.relative_to(source_root)) for path in files if path.is_file()}
    expected = {name for name in expected if "__pycache__" not in name}
    assert {name for name in members if ".dist-info/" not in name} == expected


@pytest.mark.parametrize("package", ["wsgicors", "django_wsgicors", "flask_wsgicors"])
def test_every_package_is_marked_as_typed(members: dict[str, zipfile.ZipInfo], package: str) -> None:
    assert f"{package}/py.typed" in members


@pytest.mark.parametrize("number", ["CVE-2024-27456"])
def test_nothing_in_the_wheel_is_writable_by_others(members: dict[str, zipfile.ZipInfo], number: str) -> None:
    modes = {name: member.external_attr >> 16 & 0o777 for name, member in members.items()}
    assert not [name for name, mode in modes.items() if mode & 0o002]
    # setuptools writes RECORD itself, group-writable.
    assert {oct(mode) for name, mode in modes.items() if not name.endswith("/RECORD")} == {"0o644"}


def test_the_sdist_has_all_that_its_tests_need(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        names = [member.name.partition("/")[2] for member in archive.getmembers()]
        modes = {oct(member.mode) for member in archive.getmembers() if member.isfile()}
    assert modes <= {"0o644", "0o755"}
    for wanted in IN_THE_SDIST:
        assert any(name.startswith(wanted) for name in names), wanted
    assert not [name for name in names if "__pycache__" in name or name.startswith((".git/", "dist/", ".venv/"))]


def test_what_the_wheel_says_of_itself(metadata: Message, wheel: Path) -> None:
    assert metadata["Name"] == "wsgicors-policy"
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata["License-Expression"] == "BSD-3-Clause"
    assert set(metadata.get_all("Provides-Extra", [])) == {"cli", "django", "flask"}
    needed = [line for line in metadata.get_all("Requires-Dist", []) if "extra ==" not in line]
    assert sorted(re.split(r"\W", line)[0] for line in needed) == ["idna", "publicsuffixlist"]
    classifiers = set(metadata.get_all("Classifier", []))
    assert {f"Programming Language :: Python :: 3.{minor}" for minor in range(11, 15)} <= classifiers
    assert {"Framework :: Django", "Framework :: Flask", "Framework :: Paste", "Typing :: Typed"} <= classifiers
    assert {f"Framework :: Django :: {version}" for version in ("5.2", "6.0", "6.1")} <= classifiers
    assert {"cors", "wsgi", "asgi", "django", "flask"} <= set(metadata["Keywords"].split(","))
    urls = dict(line.split(", ") for line in metadata.get_all("Project-URL", []))
    assert urls.keys() == {"Homepage", "Documentation", "Changelog", "Issues", "Security"}
    assert urls["Documentation"] == SITE
    with zipfile.ZipFile(wheel) as archive:
        entry_points = archive.read(f"{NAME}.dist-info/entry_points.txt").decode()
        assert archive.read(f"{NAME}.dist-info/licenses/LICENSE")
    assert "wsgicors = wsgicors.__main__:main" in entry_points
    assert "[paste.filter_factory]\nmain = wsgicors.paste:filter_factory" in entry_points


def test_an_index_would_take_them(dist: Path) -> None:
    need(None if importlib.util.find_spec("twine") else "twine")
    command = [sys.executable, "-m", "twine", "check", "--strict", *map(str, dist.iterdir())]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


# -- Reproducible builds -------------------------------------------------------------------------------------


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def test_two_folders_give_the_same_bytes(dist: Path, tmp_path: Path) -> None:
    other = build(tmp_path / "elsewhere")
    assert digests(dist) == digests(other)
    assert len(digests(dist)) == 2


def test_no_earlier_build_comes_back(dist: Path, wheel: Path, tmp_path: Path) -> None:
    """A deleted module is not in the next wheel, whatever an earlier build left behind."""
    stale = tmp_path / "stale"
    (stale / "build/lib/wsgicors").mkdir(parents=True)
    (stale / "build/lib/wsgicors/deleted.py").touch()
    assert digests(build(stale)) == digests(dist)


# -- Installed packages --------------------------------------------------------------------------------------


def test_it_works_where_there_is_no_checkout(installed: Path, tmp_path: Path) -> None:
    code = (
        "import wsgicors, django_wsgicors, flask_wsgicors; print(wsgicors.__file__, wsgicors.Policy(allow_origins='*'))"
    )
    done = run(code, installed, tmp_path)
    assert (done.stdout, done.stderr) == (f"{installed}/wsgicors/__init__.py Policy(allow_origins='*')\n", "")


@pytest.mark.servers
def test_the_demo_runs_where_there_is_no_checkout(installed: Path, tmp_path: Path) -> None:
    demo = [sys.executable, "-P", "-m", "wsgicors", "demo", "--port", "0", "--page-port", "0"]
    with process.started(demo, cwd=tmp_path, env={"PYTHONPATH": str(installed)}) as program:
        page = int(program.wait_for_line(r"^The page:   http://127\.0\.0\.1:(\d+)/$").group(1))
        for name in ("", "page.css", "page.js"):
            assert (
                ask(page, "GET", f"/{name}").body
                == (installed / "wsgicors/demo/static" / (name or "index.html")).read_bytes()
            )


def test_pastedeploy_finds_the_filter_by_the_distribution(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "cors.ini").write_text("[filter:main]\nuse = egg:wsgicors-policy\nallow_origins = https://a.example\n")
    code = f"from paste.deploy import loadfilter; print(loadfilter('config:{tmp_path}/cors.ini')(print).rules)"
    done = run(code, installed, tmp_path)
    assert done.stdout == "Policy(allow_origins=['https://a.example'])\n", done.stderr


# -- The version ---------------------------------------------------------------------------------------------


def test_the_version_is_that_of_what_is_installed(installed: Path, tmp_path: Path) -> None:
    """The folder precedes all others, so its metadata comes first."""
    done = run("import wsgicors; print(wsgicors.__version__)", installed, tmp_path)
    assert done.stdout == f"{_installed.FALLBACK_VERSION}\n"
    assert isinstance(wsgicors.__version__, str)


# -- Two distributions with one import name ------------------------------------------------------------------


@pytest.mark.parametrize(
    "other", ["wsgicors-0.7.0.dist-info", "wsgicors-1.0.0.dist-info", "wsgicors-0.7.0-py3.11.egg-info"]
)
def test_a_namesake_is_warned_of(installed: Path, tmp_path: Path, other: str) -> None:
    both = tmp_path / "both"
    both.mkdir()
    (both / "wsgicors").symlink_to(installed / "wsgicors")
    (both / other).mkdir()
    done = run("import wsgicors", both, tmp_path)
    assert done.returncode == 0
    name = other.rpartition(".")[0]
    assert (
        f"UserWarning: Two distributions install the package wsgicors: wsgicors-policy and {name}. Run: " in done.stderr
    )
