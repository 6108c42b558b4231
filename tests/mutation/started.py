"""The mutant in the programs that tests start: Python imports `sitecustomize` from PYTHONPATH first."""

import ast
from pathlib import Path
from typing import Final

from tests.mutation.operators import Mutant
from tests.mutation.order import Watched

_CUSTOMIZE: Final = """\
import sys
from _frozen_importlib_external import SourceFileLoader, spec_from_file_location  # imports nothing: tests count imports


class Loader(SourceFileLoader):
    def get_code(self, fullname):
        return compile({source!r}, {file!r}, "exec")


class Finder:
    @staticmethod
    def find_spec(fullname, path=None, target=None):
        if fullname != {name!r}:
            return None
        return spec_from_file_location(fullname, {file!r}, loader=Loader(fullname, {file!r}))


sys.meta_path.insert(0, Finder)
"""


def module_name(path: str) -> str:
    """Return the import name of a file, by its path from the root of the checkout.

    >>> module_name("adapters/flask_wsgicors/cli.py")
    'flask_wsgicors.cli'
    """
    return path.removeprefix("adapters/").removesuffix(".py").replace("/", ".")


def write(module: Mutant | Watched, root: Path, directory: Path) -> None:
    """Write a `sitecustomize` that loads the mutant, or a watched module as it is: only the fault fails a test."""
    file = root / module.path
    source = ast.unparse(module.tree(root)) if isinstance(module, Mutant) else file.read_text("utf-8")
    text = _CUSTOMIZE.format(source=source, file=str(file), name=module_name(module.path))
    (directory / "sitecustomize.py").write_text(text, "utf-8")
