"""The examples in the docstrings give the shown results."""

import doctest
import importlib
import pkgutil

import pytest

import wsgicors

MODULES = [module.name for module in pkgutil.walk_packages(wsgicors.__path__, "wsgicors.")]


@pytest.mark.parametrize("name", ["wsgicors", *MODULES])
def test_examples(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_there_are_examples() -> None:
    found = [
        test
        for name in MODULES
        for test in doctest.DocTestFinder().find(importlib.import_module(name))
        if test.examples
    ]
    assert len(found) > 50
