"""The reference has every public name: one without an underscore, in a module without one."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

REFERENCE = "\n".join(path.read_text("utf-8") for path in sorted(Path("docs/reference").glob("*.md")))
ONE_NAME = re.findall(r"^\.\. auto(?:class|function|data|exception):: (\S+)$", REFERENCE, re.MULTILINE)
WHOLE_MODULES = re.findall(r"^\.\. automodule:: (\S+)\n   :members:$", REFERENCE, re.MULTILINE)
DJANGO_S = {"admin", "apps", "management", "migrations"}
"""Modules of a Django app that Django finds by name; users do not import them."""


def modules() -> Iterator[tuple[str, Path]]:
    for root, package in ((".", "wsgicors"), ("adapters", "django_wsgicors"), ("adapters", "flask_wsgicors")):
        for path in sorted(Path(root, package).rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            inside = parts[:-1] if parts[-1] == "__init__" else parts
            if not any(part.startswith("_") for part in inside) and not DJANGO_S & {*inside}:
                yield ".".join(inside), path


MODULES = dict(modules())


def public(module: str) -> set[str]:
    """The public names of a module: those in `__all__`, or without it all that it defines."""
    names = set[str]()
    for node in ast.parse(MODULES[module].read_text("utf-8")).body:
        match node:
            case ast.Assign(targets=[ast.Name(id="__all__")], value=listed):
                return set(ast.literal_eval(listed))
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                names.add(name)
            case _:
                pass
    return {name for name in names if not name.startswith("_")}


DOCUMENTED = {(name.partition(".")[0], name.rpartition(".")[2]) for name in ONE_NAME}
DOCUMENTED |= {(module.partition(".")[0], name) for module in WHOLE_MODULES for name in public(module)}


@pytest.mark.parametrize("module", MODULES)
def test_a_public_name_is_in_the_reference(module: str) -> None:
    package = module.partition(".")[0]
    names = {name for name in public(module) if f"{module}.{name}" not in MODULES and not name.startswith("__")}
    assert {name for name in names if (package, name) not in DOCUMENTED} == set()


@pytest.mark.parametrize("package", ["wsgicors.demo", "wsgicors.export", "wsgicors.migrate"])
def test_a_package_of_commands_has_no_public_module(package: str) -> None:
    assert [name for name in MODULES if name.startswith(package)] == [package]
