"""The files of a project, and the values of ``app.config``."""

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import takewhile
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Final, NamedTuple

import libcst as cst

from wsgicors.migrate._file import File
from wsgicors.migrate._seen import Choice, joined

if TYPE_CHECKING:
    from wsgicors.migrate._bindings import ConfigEntry

SKIPPED: Final = frozenset({
    "__pycache__", "node_modules", "site-packages", "venv", "env", "build", "dist", "htmlcov", "__pypackages__",
})  # fmt: skip
"""Folders that are not the project's own, besides those whose name begins with a dot."""

OTHER_REQUIREMENTS: Final = frozenset({"Pipfile", "environment.yaml", "environment.yml", "setup.cfg"})
"""Files that can name a project's dependencies, in formats that are not rewritten."""

LONGEST: Final = 2_000_000
"""The most bytes of a file that is read."""

MARKS: Final = (b"cors", b"CORS", b"Access-Control", b"access-control", b"config.from_")
"""What a file must contain to be looked at; other files are parsed only if one of these imports from them."""


class LeftAlone(NamedTuple):
    """A file that was not understood."""

    path: FilePath
    reason: str


class Project:
    """The files that a run looks at.

    Attributes:
        files: The parsed files that can concern CORS.
        texts: Requirement files and the like, by path.
        left_alone: The files that were not understood.
        config: The values assigned to ``app.config``, by key.
        unseen_config: Other values put into it: mappings, and assignments to a computed key.
    """

    def __init__(self, roots: Iterable[FilePath]) -> None:
        self.roots = tuple(roots)
        self.files: list[File] = []
        self.texts: dict[FilePath, str] = {}
        self.left_alone: list[LeftAlone] = []
        self.config: dict[str, list[ConfigEntry]] = defaultdict(list)
        self.unseen_config: list[tuple[File, cst.BaseExpression]] = []
        self._by_path: dict[FilePath, File | None] = {}
        self._python: list[FilePath] = []
        for root in self.roots:
            for path in _walk(root):
                self._read(path)
        for path in self._python:
            source = path.read_bytes()
            if any(mark in source for mark in MARKS):
                self._parse(path, source)

    def names(self, module: str) -> bool:
        """Whether a file mentions a module."""
        return any(module.encode() in file.source for file in self.files)

    def _read(self, path: FilePath) -> None:
        if path.suffix == ".py":
            if path.stat().st_size <= LONGEST:
                self._python.append(path)
            else:
                self.left_alone.append(LeftAlone(path, f"it has more than {LONGEST} bytes"))
        elif path.name in OTHER_REQUIREMENTS:
            self.left_alone.append(LeftAlone(path, "its requirement of the old library is to be changed by hand"))
        elif is_requirements(path):
            try:
                self.texts[path] = path.read_bytes().decode("utf-8")
            except UnicodeDecodeError:
                self.left_alone.append(LeftAlone(path, "it is not UTF-8"))

    def _parse(self, path: FilePath, source: bytes) -> File | None:
        if path in self._by_path:
            return self._by_path[path]
        self._by_path[path] = None
        try:
            file = File(path, source, self)
        except (cst.ParserSyntaxError, UnicodeDecodeError, LookupError, RecursionError) as error:
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            self.left_alone.append(LeftAlone(path, f"it cannot be parsed as Python: {reason}"))
            return None
        self._by_path[path] = file
        self.files.append(file)
        return file

    def module(self, name: str, importer: File) -> File | None:
        """Return the file of a module, if it is one of the project's."""
        dots = len(name) - len(name.lstrip("."))
        parts = [part for part in name[dots:].split(".") if part]
        if dots:
            folder = importer.path.parent
            for _ in range(dots - 1):
                folder = folder.parent
            candidates = [folder.joinpath(*parts)]
            ends = [tuple(candidate.with_suffix(".py").parts) for candidate in candidates if parts]
            ends.append((*candidates[0].parts, "__init__.py"))
            found = [path for path in self._python if path.parts in ends]
        elif parts:
            ends = [(*parts[:-1], f"{parts[-1]}.py"), (*parts, "__init__.py")]
            found = [path for path in self._python if any(path.parts[-len(end) :] == end for end in ends)]
        else:
            found = []
        if not found:
            return None
        near = max(found, key=lambda path: _shared(path, importer.path))
        return self._parse(near, near.read_bytes())

    def has_module(self, name: str, importer: File) -> bool:
        """Whether a module is one of the project's."""
        return self.module(name, importer) is not None

    def config_values(self, key: str) -> list[Choice]:
        """Return the values that ``app.config[key]`` can have."""
        entries = self.config.get(key, [])
        found = [
            (seen, joined(entry.path, path))
            for entry in entries
            for seen, path in entry.file.evaluator.choices(entry.value)
        ]
        for file in list(self.files):
            for scope in list(file.bindings):
                if isinstance(scope, (cst.ClassDef, cst.Module)) and file.bindings[scope].get(key):
                    found += [(seen, (*path, (id(scope), "scope"))) for seen, path in file.alive(scope, key)]
        return found

    @cached_property
    def is_tree(self) -> bool:
        """Whether a folder was given."""
        return any(root.is_dir() for root in self.roots)


def _shared(one: FilePath, other: FilePath) -> int:
    """Return how many folders two paths have in common, from the root."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one.parts, other.parts, strict=False)))


def is_requirements(path: FilePath) -> bool:
    """Whether a file names a project's dependencies.

    >>> is_requirements(FilePath("requirements/dev.txt")), is_requirements(FilePath("notes.txt"))
    (True, False)
    """
    return path.name == "pyproject.toml" or (
        path.suffix in (".txt", ".in") and ("requirements" in path.name or path.parent.name == "requirements")
    )


def _walk(root: FilePath) -> Iterator[FilePath]:
    if root.is_file():
        yield root
        return
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in SKIPPED and not name.startswith("."))
        yield from (FilePath(folder, name) for name in sorted(names))
