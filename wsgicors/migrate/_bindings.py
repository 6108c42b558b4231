"""What statements of a file give to its names, and to ``app.config``."""

from typing import TYPE_CHECKING, NamedTuple

import libcst as cst

from wsgicors.migrate._seen import Path

if TYPE_CHECKING:
    from wsgicors.migrate._file import File


class Binding(NamedTuple):
    """A statement that gives a name its value."""

    value: cst.BaseExpression | None
    """None if it is not an expression: an import, a loop, a function."""
    path: Path
    adds: bool
    """Whether it adds to the previous value."""
    at: int
    """Its place in the file."""
    star: str = ""
    """The module of ``from module import *``."""


class Imported(NamedTuple):
    """A name from an import statement."""

    module: str
    name: str
    """``""`` for the module itself."""

    @property
    def whole(self) -> str:
        """The dotted name of the module, if the name is a module."""
        return self.module + ("" if self.module.endswith(".") else ".") + self.name


class ConfigEntry(NamedTuple):
    """A setting of ``app.config``, or of a module or class that it is loaded from."""

    file: "File"
    value: cst.BaseExpression
    scope: cst.CSTNode
    at: int
    path: Path
    node: cst.CSTNode
