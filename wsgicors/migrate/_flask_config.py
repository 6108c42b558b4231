"""Values of flask-cors's options in ``app.config``."""

from collections.abc import Iterator
from typing import Final

import libcst as cst

from wsgicors.migrate._file import File
from wsgicors.migrate._flask_sites import Site
from wsgicors.migrate._judging import Judge
from wsgicors.migrate._nodes import cst_text
from wsgicors.migrate._project import Project
from wsgicors.migrate._seen import UNKNOWN, Choice

_LOADERS: Final = frozenset(
    {"from_object", "from_envvar", "from_pyfile", "from_file", "from_json", "from_prefixed_env"}
)


class Configuration:
    """The configuration of a project's apps, as far as its files say."""

    def __init__(self, project: Project, judge: Judge) -> None:
        self.project = project
        self.judge = judge

    def values(self, site: Site, name: str) -> list[Choice]:
        """Return the values of an option in the configuration, as far as this call can have read them."""
        if site.is_blueprint:
            return []
        key = f"CORS_{name.upper()}"
        scope, place = site.file.scope_of(site.call), site.file.order[site.call]
        entries = self.project.config.get(key, [])
        late = [entry for entry in entries if entry.file is site.file and entry.scope is scope and entry.at > place]
        if late and not site.is_decorator:
            for entry in late:
                self.judge.note("unread-config", entry.file, entry.node, key=key)
            entries = [entry for entry in entries if entry not in late]
        found = [choice for entry in entries for choice in entry.file.evaluator.choices(entry.value)]
        if self._loads():
            found += [
                choice
                for file, owner in self._config_scopes(key)
                if file is not site.file or isinstance(owner, cst.ClassDef)
                for choice in file.alive(owner, key)
            ]
        return found

    def _config_scopes(self, key: str) -> Iterator[tuple[File, cst.CSTNode]]:
        for file in list(self.project.files):
            for scope in list(file.bindings):
                if isinstance(scope, (cst.ClassDef, cst.Module)) and file.bindings[scope].get(key):
                    yield file, scope

    def _loads(self) -> list[tuple[File, cst.Call]]:
        """Return the calls that load a configuration."""
        return [
            (file, call)
            for file in self.project.files
            for call in file.calls
            if cst_text(call.func).rpartition(".")[2] in _LOADERS and "config" in cst_text(call.func)
        ]

    def elsewhere(self, file: File) -> str:
        """Return the call that loads settings from outside the project's files, or ``""``."""
        for owner, call in self._loads():
            loader = cst_text(call.func).rpartition(".")[2]
            shown_call = owner.text_of(call)
            argument = call.args[0].value if call.args else None
            if argument is None or loader not in ("from_object", "from_pyfile"):
                return shown_call
            if not self._is_ours(owner, argument, loader):
                return shown_call
        return next((owner.text_of(put) for owner, put in self.project.unseen_config if _may_say(owner, put)), "")

    def _is_ours(self, file: File, argument: cst.BaseExpression, loader: str) -> bool:
        """Whether the loaded file is one of the project's."""
        texts = [seen.value for seen, _ in file.evaluator.choices(argument)]
        if loader == "from_pyfile":
            return False  # elsewhere the path can lead to another file
        if all(isinstance(text, str) for text in texts):
            modules = [str(text) for text in texts]
            return all(
                self.project.has_module(module, file) or self.project.has_module(module.rpartition(".")[0], file)
                for module in modules
            )
        root = argument
        while isinstance(root, (cst.Subscript, cst.Attribute, cst.Call)):
            root = root.func if isinstance(root, cst.Call) else root.value
        if isinstance(root, cst.FormattedString):
            return self.project.is_tree
        name = cst_text(root)
        imported = file.imports.get(name)
        if imported is not None:
            return self.project.has_module(imported.module, file) or self.project.has_module(imported.whole, file)
        if name == "__name__" or file.bindings[file.module].get(name):
            return True
        return self.project.is_tree and bool(file.bindings[file.scope_of(argument)].get(name))


def _may_say(file: File, put: cst.BaseExpression) -> bool:
    """Whether the values put into ``app.config`` can include ``CORS_ORIGINS``."""
    if isinstance(put, cst.Subscript):
        index = put.slice[0].slice
        key = file.evaluator.one(index.value).value if isinstance(index, cst.Index) else UNKNOWN
        return key in (UNKNOWN, "CORS_ORIGINS")
    mapping = file.evaluator.one(put)
    keys = [key.value for key, _ in mapping.pairs or ()]
    return mapping.pairs is None or not mapping.complete or UNKNOWN in keys or "CORS_ORIGINS" in keys
