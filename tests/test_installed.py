"""The version, and the warning of two distributions with one import name."""

import tomllib
from pathlib import Path

import pytest

import wsgicors
from tests.checkout import ROOT
from wsgicors import _installed


def test_the_version_without_a_distribution(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_installed, "DISTRIBUTION", "wsgicors-of-nobody")
    assert _installed.version() == wsgicors.__version__ == _installed.FALLBACK_VERSION


def test_there_is_one_fallback() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert project["tool"]["setuptools_scm"]["fallback_version"] == _installed.FALLBACK_VERSION


def test_the_changelog_has_the_version() -> None:
    assert f"\n## {_installed.FALLBACK_VERSION} (" in (ROOT / "CHANGELOG.md").read_text("utf-8")


@pytest.mark.parametrize(
    "other", ["wsgicors_policy-2.0.0.dist-info", "wsgicors-notes.txt", "django_wsgicors-1.dist-info"]
)
def test_others_are_not_warned_of(tmp_path: Path, other: str) -> None:
    (tmp_path / other).mkdir()
    _installed.warn_of_namesake(str(tmp_path))  # a warning would be an error


def test_an_archive_is_not_looked_into(tmp_path: Path) -> None:
    _installed.warn_of_namesake(str(tmp_path / "archive.zip"))


@pytest.mark.parametrize("kind", ["dist-info", "egg-info"])
def test_the_warning_is_one(tmp_path: Path, kind: str) -> None:
    (tmp_path / f"wsgicors-1.0.0.{kind}").mkdir()
    with pytest.warns(
        UserWarning,
        match=r"wsgicors: wsgicors-policy and wsgicors-1\.0\.0\. Run: python -m pip "
        r"uninstall --yes wsgicors wsgicors-policy && python -m pip install wsgicors-policy$",
    ):
        _installed.warn_of_namesake(str(tmp_path))
