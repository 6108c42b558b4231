"""Collect the imports, assignments and calls of a file, in source order."""

from typing import TYPE_CHECKING

import libcst as cst

from wsgicors.migrate._bindings import Binding, ConfigEntry, Imported
from wsgicors.migrate._nodes import cst_text, subscript_key

if TYPE_CHECKING:
    from wsgicors.migrate._file import File


class Collector(cst.CSTVisitor):
    """Collects the imports, assignments and calls of a file, in source order."""

    def __init__(self, file: "File") -> None:
        self.file = file
        self.count = 0

    def on_visit(self, node: cst.CSTNode) -> bool:
        """Record a node, and its place, before its children."""
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
