"""The examples in the docstrings give the shown results."""

import doctest
import importlib
import pkgutil

import pytest

import flask_wsgicors

MODULES = [module.name for module in pkgutil.walk_packages(flask_wsgicors.__path__, "flask_wsgicors.")]


@pytest.mark.parametrize("name", ["flask_wsgicors", *MODULES])
def test_examples(name: str) -> None:
    module = importlib.import_module(name)
    assert doctest.testmod(module).failed == 0


def test_there_are_examples() -> None:
    tests = [test for name in MODULES for test in doctest.DocTestFinder().find(importlib.import_module(name))]
    assert len([test for test in tests if test.examples]) >= 10
