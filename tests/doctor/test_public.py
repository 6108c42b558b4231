"""The names that docs/doctor.md documents for import exist."""

from importlib import import_module

import pytest

import wsgicors.doctor


@pytest.mark.parametrize("name", wsgicors.doctor.__all__)
def test_a_public_name_can_be_imported(name: str) -> None:
    assert getattr(wsgicors.doctor, name)


@pytest.mark.parametrize("module", ["why", "explain", "examination", "audit"])
def test_a_schema_stands_in_the_module_that_the_documentation_names(module: str) -> None:
    assert import_module(f"wsgicors.doctor.{module}").SCHEMA["$schema"]


@pytest.mark.parametrize("name", ["why", "explain", "audit"])
def test_a_function_is_not_hidden_by_the_module_of_its_name(name: str) -> None:
    import_module(f"wsgicors.doctor.{name}")
    assert callable(getattr(wsgicors.doctor, name))
