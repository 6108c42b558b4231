"""The files of a project: their imports, assignments and calls, and the values of names."""

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import takewhile
from pathlib import Path as FilePath
from typing import Final, NamedTuple, cast

import libcst as cst
from libcst.metadata import MetadataWrapper, ParentNodeProvider, PositionProvider

from wsgicors.migrate._edits import Edits
from wsgicors.migrate._values import Choice, Evaluator, Path, Seen, added, compatible, cst_text, joined, subscript_key

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


class LeftAlone(NamedTuple):
    """A file that was not understood."""

    path: FilePath
    reason: str


class File:
    """One file of Python.

    Attributes:
        path: Its path.
        shown: Its path for reports.
        module: Its syntax tree.
        edits: The changes to it.
    """

    def __init__(self, path: FilePath, source: bytes, project: "Project") -> None:
        self.path = path
        self.shown = str(path)
        self.source = source
        self.project = project
        wrapper = MetadataWrapper(cst.parse_module(source))
        self.module = wrapper.module
        self.parents = wrapper.resolve(ParentNodeProvider)
        self._positions = wrapper.resolve(PositionProvider)
        self.evaluator = Evaluator(self)
        self.edits = Edits(self.module)
        self.imports: dict[str, Imported] = {}
        self.bindings: dict[cst.CSTNode, dict[str, list[Binding]]] = defaultdict(lambda: defaultdict(list))
        self.calls: list[cst.Call] = []
        self.strings: list[cst.SimpleString] = []
        self.order: dict[cst.CSTNode, int] = {}
        self._active: set[tuple[cst.CSTNode, str]] = set()
        self.module.visit(_Collector(self))

    @classmethod
    def of_text(cls, text: str, project: "Project") -> "File":
        """Return a file from a text, without a path."""
        return cls(FilePath("<text>"), text.encode(), project)

    def text_of(self, node: cst.CSTNode) -> str:
        """Return the source of a node."""
        return self.module.code_for_node(node)

    def line_of(self, node: cst.CSTNode) -> int:
        """Return the line of a node's beginning."""
        return self._positions[node].start.line

    def column_of(self, node: cst.CSTNode) -> int:
        """Return the column of a node's beginning, from 1."""
        return self._positions[node].start.column + 1

    def parent(self, node: cst.CSTNode) -> cst.CSTNode | None:
        """Return the node that contains another one."""
        return self.parents.get(node)

    def ancestors(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """Yield the nodes that contain another one, the innermost first."""
        parent = self.parents.get(node)
        while parent is not None:
            yield parent
            parent = self.parents.get(parent)

    def statement_of(self, node: cst.CSTNode) -> cst.CSTNode:
        """Return the statement or decorator around a node, above which a comment can be put."""
        kinds = (cst.SimpleStatementLine, cst.Decorator, cst.BaseCompoundStatement)
        return next((one for one in (node, *self.ancestors(node)) if isinstance(one, kinds)), self.module.body[0])

    def scope_of(self, node: cst.CSTNode) -> cst.CSTNode:
        """Return the function, class or module around a node."""
        return next(
            (one for one in self.ancestors(node) if isinstance(one, (cst.FunctionDef, cst.ClassDef, cst.Module))),
            self.module,
        )

    def path_of(self, node: cst.CSTNode) -> Path:
        """Return the branches that lead to a node, inside its function or class."""
        steps: list[tuple[int, str]] = []
        child = node
        for parent in self.ancestors(node):
            if isinstance(parent, (cst.FunctionDef, cst.ClassDef)):
                break
            if isinstance(parent, cst.If):
                steps.append((id(parent), "body" if child is parent.body else "orelse"))
            elif isinstance(parent, (cst.For, cst.While, cst.Try, cst.ExceptHandler)) and not isinstance(
                child, cst.Module
            ):
                steps.append(
                    (id(parent), str(id(child))) if isinstance(parent, cst.ExceptHandler) else (id(parent), "body")
                )
            child = parent
        return tuple(reversed(steps))

    def alive(self, scope: cst.CSTNode, name: str, before: int | None = None) -> list[Choice]:
        """Return the values that a name can have at the end of a scope, or at a place in it, with their branches."""
        if (scope, name) in self._active:
            return []
        self._active.add((scope, name))
        try:
            return self._alive(scope, name, before)
        finally:
            self._active.remove((scope, name))

    def _alive(self, scope: cst.CSTNode, name: str, before: int | None) -> list[Choice]:
        alive: list[Choice] = []
        starred = self.bindings[scope].get("*", [])
        for binding in sorted([*self.bindings[scope].get(name, []), *starred], key=lambda binding: binding.at):
            if before is not None and binding.at >= before:
                break
            new = self._values(binding, name)
            if binding.adds:
                value = cast("cst.BaseExpression", binding.value)
                sums = [
                    (added(self, value, left, right), joined(one, other))
                    for left, one in alive or [(Seen(self, value), ())]
                    for right, other in new
                    if compatible(one, other)
                ]
                alive = [choice for choice in alive if not _covers(binding.path, choice[1])] + sums
            elif new:
                alive = [choice for choice in alive if not _covers(binding.path, choice[1])] + new
        return alive

    def _values(self, binding: Binding, name: str) -> list[Choice]:
        if binding.star:
            source = self.project.module(binding.star, self)
            values = source.alive(source.module, name) if source is not None else []
        elif binding.value is None:
            values = [(Seen(self, cst.Name(name)), ())]
        else:
            values = self.evaluator.choices(binding.value)
        return [(seen, joined(binding.path, path)) for seen, path in values if compatible(binding.path, path)]

    def lookup(self, name: str, at: cst.CSTNode) -> list[Choice]:
        """Return the values that a name, dotted or not, can have at a place."""
        first, _, rest = name.partition(".")
        home = self.scope_of(at)
        scope = home
        while True:
            # A method does not see the names of its class.
            if self.bindings[scope].get(first) and (scope is home or not isinstance(scope, cst.ClassDef)):
                return self.attribute(first, rest) if rest else self.alive(scope, first, self._place(scope, at))
            if isinstance(scope, cst.Module):
                break
            scope = self.scope_of(scope)
        imported = self.imports.get(first)
        if imported is None:
            return [] if rest else self.alive(self.module, first)
        if imported.name:
            source = self.project.module(imported.module, self)
            if source is not None and source.bindings[source.module].get(imported.name):
                return source.attribute(imported.name, rest) if rest else source.alive(source.module, imported.name)
            source = self.project.module(imported.whole, self)
        else:
            source = self.project.module(imported.module, self)
        return source.alive(source.module, rest) if source is not None and rest else []

    def _place(self, scope: cst.CSTNode, at: cst.CSTNode) -> int | None:
        """Return the place of a node in `scope`; None in a function, which runs after its whole module."""
        return self.order.get(at) if self.scope_of(at) is scope else None

    def attribute(self, first: str, rest: str) -> list[Choice]:
        """Return the values of ``Class.attribute``."""
        classes = [one for one in self.bindings if isinstance(one, cst.ClassDef) and one.name.value == first]
        return self.alive(classes[0], rest) if classes else []


def _covers(path: Path, other: Path) -> bool:
    """Whether a program that takes the path `other` also takes `path`."""
    return all(step in other for step in path)


class _Collector(cst.CSTVisitor):
    """Collects the imports, assignments and calls of a file, in source order."""

    def __init__(self, file: File) -> None:
        self.file = file
        self.count = 0

    def on_visit(self, node: cst.CSTNode) -> bool:
        """Number a node, and record it before its children."""
        self.count += 1
        self.file.order[node] = self.count
        if isinstance(node, cst.ImportFrom):
            self._import_from(node)
        elif isinstance(node, cst.Import):
            self._import(node)
        elif isinstance(node, (cst.ClassDef, cst.FunctionDef)):
            self._bind(node.name.value, None, node)
            self.file.bindings[node]  # create the entry even if the scope binds nothing
        elif isinstance(node, cst.Param):
            self._parameter(node)
        elif isinstance(node, cst.For):
            self._loop(node)
        elif isinstance(node, cst.SimpleString):
            self.file.strings.append(node)
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:
        """Record what a node assigns: it takes effect after the whole statement."""
        node = original_node
        if isinstance(node, cst.Assign):
            for target in node.targets:
                self._assigned(target.target, node.value, node)
        elif isinstance(node, cst.AnnAssign) and node.value is not None:
            self._assigned(node.target, node.value, node)
        elif isinstance(node, cst.AugAssign) and isinstance(node.target, cst.Name):
            self._bind(node.target.value, node.value, node, adds=True)
        elif isinstance(node, cst.Call):
            self._called(node)

    def _bind(self, name: str, value: cst.BaseExpression | None, at: cst.CSTNode, *, adds: bool = False) -> None:
        # An assignment takes effect after its statement.
        scope = self.file.scope_of(at)
        self.file.bindings[scope][name].append(Binding(value, self.file.path_of(at), adds, self.count))

    def _import_from(self, node: cst.ImportFrom) -> None:
        module = "." * len(node.relative) + (cst_text(node.module) if node.module is not None else "")
        if isinstance(node.names, cst.ImportStar):
            self.file.bindings[self.file.scope_of(node)]["*"].append(
                Binding(None, self.file.path_of(node), adds=False, at=self.count, star=module)
            )
            return
        for alias in node.names:
            name = cst_text(alias.name)
            self.file.imports[alias.evaluated_alias or name] = Imported(module, name)

    def _import(self, node: cst.Import) -> None:
        for alias in node.names:
            name = cst_text(alias.name)
            bound = alias.evaluated_alias or name.partition(".")[0]
            self.file.imports[bound] = Imported(name if alias.evaluated_alias else bound, "")

    def _assigned(self, target: cst.BaseExpression, value: cst.BaseExpression, at: cst.CSTNode) -> None:
        if isinstance(target, cst.Name):
            self._bind(target.value, value, at)
        elif isinstance(target, cst.Subscript) and cst_text(target.value).endswith("config"):
            key = subscript_key(target)
            if key is not None:
                self._configured(key, value, at)
            else:
                self.file.project.unseen_config.append((self.file, target))
        elif isinstance(target, (cst.Tuple, cst.List)):
            values = value.elements if isinstance(value, (cst.Tuple, cst.List)) else ()
            has_star = any(isinstance(element, cst.StarredElement) for element in target.elements)
            for place, element in enumerate(target.elements):
                known = (
                    not has_star
                    and len(values) == len(target.elements)
                    and not isinstance(values[place], cst.StarredElement)
                )
                if isinstance(element.value, cst.Name):
                    self._bind(element.value.value, values[place].value if known else None, at)

    def _configured(self, key: str, value: cst.BaseExpression, at: cst.CSTNode) -> None:
        entry = ConfigEntry(self.file, value, self.file.scope_of(at), self.count, self.file.path_of(at), at)
        self.file.project.config[key].append(entry)

    def _loop(self, node: cst.For) -> None:
        for target in [node.target, *getattr(node.target, "elements", ())]:
            name = target.value if isinstance(target, (cst.Name, cst.Element)) else None
            if isinstance(name, cst.Name):
                name = name.value
            if isinstance(name, str):
                self._bind(name, None, node)

    def _parameter(self, node: cst.Param) -> None:
        function = next((one for one in self.file.ancestors(node) if isinstance(one, cst.FunctionDef)), None)
        if function is not None:
            self.file.bindings[function][node.name.value].append(Binding(None, (), adds=False, at=self.count))

    def _called(self, node: cst.Call) -> None:
        self.file.calls.append(node)
        name = cst_text(node.func)
        owner, _, method = name.rpartition(".")
        if owner.endswith("config") and method in ("update", "from_mapping", "setdefault"):
            self._config_call(node, method)
        elif isinstance(node.func, cst.Attribute) and isinstance(node.func.value, cst.Name):
            if method in ("append", "insert") and node.args:
                added = cst.List([cst.Element(node.args[-1].value)])
                self._grown(owner, node, added)
            elif method == "extend" and node.args:
                self._grown(owner, node, node.args[0].value)

    def _grown(self, name: str, node: cst.Call, value: cst.BaseExpression) -> None:
        scope = self.file.scope_of(node)
        if self.file.bindings[scope].get(name):
            self._bind(name, value, node, adds=True)

    def _config_call(self, node: cst.Call, method: str) -> None:
        unseen = self.file.project.unseen_config
        if method == "setdefault":
            key = self.file.evaluator.one(node.args[0].value).value if len(node.args) == 2 else None
            if isinstance(key, str):
                self._configured(key, node.args[1].value, node)
            else:
                unseen.append((self.file, node))
            return
        for argument in node.args:
            if argument.keyword is not None:
                self._configured(argument.keyword.value, argument.value, node)
            elif isinstance(argument.value, cst.Dict):
                for element in argument.value.elements:
                    if isinstance(element, cst.DictElement) and isinstance(element.key, cst.SimpleString):
                        self._configured(str(element.key.evaluated_value), element.value, node)
                    else:
                        unseen.append((self.file, node))
            else:
                unseen.append((self.file, argument.value))


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

    def _parse(self, path: FilePath, source: bytes) -> "File | None":
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

    def module(self, name: str, importer: File) -> "File | None":
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
