"""One file of Python, and the values that its names can have."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import Protocol, cast

import libcst as cst
from libcst.metadata import MetadataWrapper, ParentNodeProvider, PositionProvider

from wsgicors.migrate._bindings import Binding, ConfigEntry, Imported
from wsgicors.migrate._collector import Collector
from wsgicors.migrate._edits import Edits
from wsgicors.migrate._evaluator import Evaluator
from wsgicors.migrate._seen import Choice, Path, Seen, added, compatible, joined


class Modules(Protocol):
    """The other files of a project, and what is put into ``app.config``.

    Attributes:
        config: The values assigned to ``app.config``, by key.
        unseen_config: Other values put into it: mappings, and assignments to a computed key.
    """

    config: dict[str, list[ConfigEntry]]
    unseen_config: "list[tuple[File, cst.BaseExpression]]"

    def module(self, name: str, importer: "File", /) -> "File | None":
        """Return the file of a module, if it is one of the project's."""

    def config_values(self, key: str, /) -> list[Choice]:
        """Return the values that ``app.config[key]`` can have."""
        ...


class File:
    """One file of Python.

    Attributes:
        path: Its path.
        shown: Its path for reports.
        module: Its syntax tree.
        edits: The changes to it.
    """

    def __init__(self, path: FilePath, source: bytes, project: "Modules") -> None:
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
        self.module.visit(Collector(self))

    @classmethod
    def of_text(cls, text: str, project: "Modules") -> "File":
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
