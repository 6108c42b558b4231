"""``import wsgicors`` imports little, because servers start often and in many processes."""

import logging
import os
import subprocess
import sys

import pytest

import wsgicors
from tests.checkout import ROOT
from wsgicors import _log, sources

DEAR = {
    "asyncio",
    "dataclasses",
    "datetime",
    "difflib",
    "idna",
    "inspect",
    "ipaddress",
    "pathlib",
    "publicsuffixlist",
    "socket",
    "urllib.parse",
    "werkzeug",
    "wsgicors.browser",
    "wsgicors._suggestions",
    "wsgicors.sources",
}
"""Modules that are slow to import, and that most programs with the package do not need."""

WRAP = """
from wsgicors import CORS, Policy

policy = Policy(allow_origins=["https://a.example", "https://*.localhost"], allow_methods=["PUT"], max_age=600)
app = CORS(lambda environ, start_response: start_response("200 OK", []) or [], {"/": policy})
"""

ASK = """
for origin in ("https://a.example", "https://x.localhost", "https://c.example", "null", "nonsense"):
    for asked in ({}, {"HTTP_ACCESS_CONTROL_REQUEST_METHOD": "PUT"}):
        environ = {"REQUEST_METHOD": "OPTIONS", "PATH_INFO": "/", "HTTP_ORIGIN": origin, **asked}
        app(environ, lambda status, headers, exc_info=None: None)
"""


def loaded(code: str) -> set[str]:
    """The modules loaded after `code` in a separate Python, without installed packages."""
    command = [sys.executable, "-S", "-c", f"{code}\nimport sys\nprint(*sys.modules)"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return set(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.split())


def test_the_import_loads_no_slow_module() -> None:
    modules = loaded("import wsgicors")
    assert "wsgicors.middleware" in modules
    assert modules & (DEAR | {"logging", "threading"}) == set()


def test_wrapping_an_app_loads_no_more_than_the_log() -> None:
    modules = loaded(WRAP)
    assert "logging" in modules
    assert modules & DEAR == set()


def test_requests_load_nothing() -> None:
    assert loaded(WRAP + ASK) == loaded(WRAP)


@pytest.mark.parametrize("name", ["CachedOrigins", "FileOrigins"])
def test_the_sources_are_loaded_by_their_names(name: str) -> None:
    assert "wsgicors.sources" in loaded(f"from wsgicors import {name}")
    assert getattr(wsgicors, name) is getattr(sources, name)


def test_every_public_name_is_there() -> None:
    names: dict[str, object] = {}
    exec("from wsgicors import *", names)
    assert set(wsgicors.__all__) <= names.keys()
    assert set(wsgicors.__all__) <= set(dir(wsgicors))


def test_no_other_name_is_there() -> None:
    with pytest.raises(AttributeError, match="module 'wsgicors' has no attribute 'Origins'"):
        _ = wsgicors.Origins  # type: ignore[attr-defined]


def test_the_log_has_its_own_levels() -> None:
    assert _log.log() is logging.getLogger("wsgicors")
