"""flask-cors's imports in a project, and the changes to them."""

from collections.abc import Iterator
from typing import Final, cast

import libcst as cst

from wsgicors.migrate._file import File
from wsgicors.migrate._judging import Judge
from wsgicors.migrate._nodes import cst_text

OLD: Final = ("flask_cors", "flask.ext.cors")
NEW: Final = "flask_wsgicors"
PUBLIC: Final = frozenset({"CORS", "cross_origin"})


class Imports:
    """Rewrites the imports of flask-cors."""

    def __init__(self, judge: Judge) -> None:
        self.judge = judge
        self.found = False
        """Whether the project imports flask-cors."""

    def rewrite(self, file: File) -> None:
        """Rewrite the imports of a file, and note texts that name the library."""
        self._statements(file)
        self._strings(file)

    def _statements(self, file: File) -> None:
        for node, statement in _import_statements(file):
            if isinstance(statement, cst.ImportFrom):
                module = cst_text(statement.module) if statement.module is not None else ""
                if not is_old(module) or statement.relative:
                    continue
                self.found = True
                self._import_from(file, node, statement)
                continue
            for alias in statement.names:
                name = cst_text(alias.name)
                if name in OLD:
                    self.found = True
                    self._whole_module(file, node, alias)
                elif is_old(name):
                    self._ask_import(file, node, name)

    def _import_from(self, file: File, node: cst.CSTNode, statement: cst.ImportFrom) -> None:
        if isinstance(statement.names, cst.ImportStar):
            names = sorted(PUBLIC)
            private: list[str] = []
        else:
            names = [cst_text(alias.name) for alias in statement.names]
            private = [name for name in names if name not in PUBLIC]
        if private:
            module = cst_text(cast("cst.CSTNode", statement.module))
            self._ask_import(file, node, ", ".join(f"{module}.{name}" for name in private))
            if len(private) == len(names):
                return
        file.edits.change(statement, lambda updated: updated.with_changes(module=cst.Name(NEW)))
        for name in () if isinstance(statement.names, cst.ImportStar) else statement.names:
            self._ask_handed_on(file, name.evaluated_alias or name.evaluated_name)

    def _ask_handed_on(self, file: File, bound: str) -> None:
        """Ask about uses of a function other than calls: its arguments are then unknown."""
        for node in _names(file, bound):
            parent = file.parent(node)
            call = file.parent(parent) if isinstance(parent, cst.Arg) else None
            if isinstance(call, cst.Call) and (partly_given(call) is node or cst_text(call.func) == "isinstance"):
                continue
            if isinstance(parent, (cst.Arg, cst.Element, cst.DictElement, cst.Return)) or (
                isinstance(parent, cst.Assign) and parent.value is node
            ):
                self.judge.ask("handed-on", file, node, value=bound)

    def _whole_module(self, file: File, node: cst.CSTNode, alias: cst.ImportAlias) -> None:
        bound = alias.evaluated_alias or cst_text(alias.name).partition(".")[0]
        used = list(_names(file, bound))
        private = [one for one in used if _attribute_of(file, one) not in PUBLIC]
        if private or (alias.asname is None and bound != OLD[0]):
            self._ask_import(file, node, f"{bound}.{_attribute_of(file, private[0])}" if private else bound)
            return
        file.edits.change(alias, lambda updated: updated.with_changes(name=cst.Name(NEW)))
        if alias.asname is None:
            for one in used:
                file.edits.change(one, lambda updated: updated.with_changes(value=NEW))

    def _ask_import(self, file: File, node: cst.CSTNode, value: str) -> None:
        self.found = True
        known = ", ".join(f"{NEW}.{name}" for name in sorted(PUBLIC))
        self.judge.ask("unknown-import", file, node, value=value, library="flask-cors", known=known)

    def _strings(self, file: File) -> None:
        for string in file.strings:
            if string.evaluated_value in OLD[:1] or str(string.evaluated_value).startswith("flask_cors."):
                self.judge.note("mentions", file, string, known=False, value=str(string.evaluated_value))


def is_old(module: str) -> bool:
    return any(module == old or module.startswith(f"{old}.") for old in OLD)


def _import_statements(file: File) -> Iterator[tuple[cst.CSTNode, "cst.Import | cst.ImportFrom"]]:
    for node in file.order:
        if isinstance(node, (cst.Import, cst.ImportFrom)):
            yield node, node


def _names(file: File, bound: str) -> Iterator[cst.Name]:
    """Yield the uses of a name."""
    for node in file.order:
        if isinstance(node, cst.Name) and node.value == bound:
            parent = file.parent(node)
            if isinstance(parent, cst.Attribute) and parent.attr is node:
                continue
            if isinstance(parent, (cst.ImportAlias, cst.Arg)) and getattr(parent, "keyword", None) is node:
                continue
            if not isinstance(parent, (cst.ImportAlias, cst.AsName)):
                yield node


def _attribute_of(file: File, node: cst.Name) -> str:
    parent = file.parent(node)
    return parent.attr.value if isinstance(parent, cst.Attribute) and parent.value is node else ""


def partly_given(call: cst.Call) -> cst.BaseExpression | None:
    """Return the function of ``functools.partial(function, …)``."""
    is_partial = cst_text(call.func) in ("partial", "functools.partial") and bool(call.args)
    return call.args[0].value if is_partial and not call.args[0].star else None
