"""The wheel: what is in it, with which modes, and that it works where there is no checkout."""

import importlib.util
import os
import subprocess
import sys
import zipfile
from email.parser import BytesParser
from pathlib import Path

import pytest

from tests.checkout import ROOT, copied
from tests.servers import process
from tests.servers.exchange import ask
from tests.servers.needs import need


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built without an index."""
    need(None if importlib.util.find_spec("setuptools") else "setuptools")
    checkout = copied(tmp_path_factory.mktemp("checkout"))
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-index", "--no-deps", "--no-build-isolation"]
    subprocess.run([*build, "--wheel-dir", "dist", "."], cwd=checkout, check=True)
    (built,) = (checkout / "dist").iterdir()
    return built


@pytest.fixture(scope="module")
def members(wheel: Path) -> dict[str, zipfile.ZipInfo]:
    with zipfile.ZipFile(wheel) as archive:
        return {member.filename: member for member in archive.infolist()}


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which the wheel alone is installed."""
    folder = tmp_path_factory.mktemp("installed")
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--target", str(folder)]
    subprocess.run([*install, str(wheel)], check=True)
    return folder


def test_everything_of_the_packages_is_in_it(members: dict[str, zipfile.ZipInfo]) -> None:
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


def test_nothing_in_it_is_writable_by_others(members: dict[str, zipfile.ZipInfo]) -> None:
    """CVE-2024-27456."""
    modes = {name: member.external_attr >> 16 & 0o777 for name, member in members.items()}
    assert {name: oct(mode) for name, mode in modes.items() if mode & 0o113} == {}
    assert {oct(mode) for name, mode in modes.items() if ".dist-info/" not in name} == {"0o644"}


def test_what_it_says_of_itself(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        metadata = BytesParser().parsebytes(archive.read("wsgicors-1.0.0.dist-info/METADATA"))
        entry_points = archive.read("wsgicors-1.0.0.dist-info/entry_points.txt").decode()
        assert archive.read("wsgicors-1.0.0.dist-info/licenses/LICENSE")
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata["License-Expression"] == "BSD-3-Clause"
    assert set(metadata.get_all("Provides-Extra", [])) == {"cli", "django", "flask"}
    needed = [line for line in metadata.get_all("Requires-Dist", []) if "extra ==" not in line]
    assert sorted(line.split(">")[0] for line in needed) == ["idna", "publicsuffixlist", "werkzeug"]
    assert "wsgicors = wsgicors.__main__:main" in entry_points
    assert "[paste.filter_factory]\nmain = wsgicors.paste:filter_factory" in entry_points


def test_it_works_where_there_is_no_checkout(installed: Path, tmp_path: Path) -> None:
    code = (
        "import wsgicors, django_wsgicors, flask_wsgicors; print(wsgicors.__file__, wsgicors.Policy(allow_origins='*'))"
    )
    place = {"PYTHONPATH": str(installed)}
    command = [sys.executable, "-P", "-c", code]
    done = subprocess.run(
        command, cwd=tmp_path, env={**os.environ, **place}, capture_output=True, text=True, check=True
    )
    assert done.stdout == f"{installed}/wsgicors/__init__.py Policy(allow_origins='*')\n"
    demo = [sys.executable, "-P", "-m", "wsgicors", "demo", "--port", "0", "--page-port", "0"]
    with process.started(demo, cwd=tmp_path, env=place) as program:
        page = int(program.wait_for_line(r"^The page:   http://127\.0\.0\.1:(\d+)/$").group(1))
        for name in ("", "page.css", "page.js"):
            assert (
                ask(page, "GET", f"/{name}").body
                == (installed / "wsgicors/demo/static" / (name or "index.html")).read_bytes()
            )
