"""django-cors-headers in a project: imports of it, and texts and classes that name it."""

import re
from collections.abc import Mapping
from typing import Final

import libcst as cst

from wsgicors.migrate._django_middleware import NEW_MIDDLEWARE, Middleware
from wsgicors.migrate._django_settings import Settings
from wsgicors.migrate._file import File
from wsgicors.migrate._judging import Judge
from wsgicors.migrate._nodes import cst_text
from wsgicors.migrate._project import Project
from wsgicors.problems import shown

OLD_APP: Final = "corsheaders"
NEW_APP: Final = "django_wsgicors"
OLD_MIDDLEWARE: Final = "corsheaders.middleware.CorsMiddleware"
REMOVED_MIDDLEWARE: Final = "corsheaders.middleware.CorsPostCsrfMiddleware"

MOVED: Final[Mapping[str, frozenset[str]]] = {
    "corsheaders.defaults": frozenset({"default_headers", "default_methods"}),
    "corsheaders.signals": frozenset({"check_request_enabled"}),
    "corsheaders.middleware": frozenset({"CorsMiddleware"}),
}
"""Names that code imports from django-cors-headers, and that the module of the same name has here."""

_HOOKS: Final = frozenset({
    "origin_found_in_white_lists", "regex_domain_match", "is_enabled", "check_signal", "check_preflight",
    "add_response_headers", "_url_in_whitelist", "regex_url_match",
})  # fmt: skip
_NAMESPACES: Final = ("globals()", "vars()", "locals()")
_UPDATES: Final = frozenset(f"{namespace}.update" for namespace in _NAMESPACES)


class DjangoCorsHeaders:
    """Rewrites the uses of django-cors-headers in a project."""

    def __init__(self, project: Project, judge: Judge) -> None:
        self.project = project
        self.judge = judge
        self.uses = False
        """Whether the project uses django-cors-headers."""
        self._middleware = Middleware(judge)
        self._settings = Settings(project, judge)

    def run(self) -> None:
        """Find all uses, and record their changes."""
        for file in list(self.project.files):
            self._imports(file)
            self._classes(file)
            for string in file.strings:
                self._string(file, string)
        self.judge.is_moved = not self.uses and self.project.names(NEW_APP)
        for file in list(self.project.files):
            for scope in list(file.bindings):
                if isinstance(scope, (cst.Module, cst.ClassDef)):
                    self._settings.read(file, scope, is_used=self.uses)
            self._run_time(file)

    def _imports(self, file: File) -> None:
        for node in file.order:
            if isinstance(node, cst.ImportFrom) and not node.relative and node.module is not None:
                module = cst_text(node.module)
                if module.partition(".")[0] == OLD_APP:
                    self.uses = True
                    self._import_from(file, node, module)
            elif isinstance(node, cst.Import):
                for alias in node.names:
                    name = cst_text(alias.name)
                    if name.partition(".")[0] == OLD_APP:
                        self.uses = True
                        self._ask_import(file, node, name)

    def _import_from(self, file: File, node: cst.ImportFrom, module: str) -> None:
        if isinstance(node.names, cst.ImportStar):
            self._ask_import(file, node, module)
            return
        names = [cst_text(alias.name) for alias in node.names]
        private = [name for name in names if name not in MOVED.get(module, ())]
        if private:
            self._ask_import(file, node, ", ".join(f"{module}.{name}" for name in private))
            return
        target = module.replace(OLD_APP, NEW_APP, 1)
        file.edits.change(node, lambda updated: updated.with_changes(module=cst.parse_expression(target)))

    def _ask_import(self, file: File, node: cst.CSTNode, value: str) -> None:
        if value.startswith("corsheaders.conf"):
            self.judge.note("conf", file, node, known=False)
        known = ", ".join(f"{NEW_APP}.{name}" for names in MOVED.values() for name in sorted(names))
        self.judge.ask("unknown-import", file, node, value=value, library="django-cors-headers", known=known)

    def _classes(self, file: File) -> None:
        for node in file.order:
            if not isinstance(node, cst.ClassDef):
                continue
            bases = [cst_text(base.value).rpartition(".")[2] for base in node.bases]
            if "CorsMiddleware" not in bases:
                continue
            for statement in node.body.body:
                if isinstance(statement, cst.FunctionDef) and statement.name.value in _HOOKS:
                    self.judge.note("subclass", file, statement, known=False, value=statement.name.value)

    def _string(self, file: File, string: cst.SimpleString) -> None:
        value = string.evaluated_value
        if not isinstance(value, str) or not value.startswith(OLD_APP):
            return
        quoted = string.quote
        if value == OLD_APP:
            self.uses = True
            file.edits.replace(string, f"{quoted}{NEW_APP}{quoted}")
        elif value == OLD_MIDDLEWARE:
            self.uses = True
            file.edits.replace(string, f"{quoted}{NEW_MIDDLEWARE}{quoted}")
            self._middleware.move_first(file, string)
        elif value == REMOVED_MIDDLEWARE:
            self._middleware.take_out(file, string)
        elif re.fullmatch(r"corsheaders\.[EW]\d+", value):
            self.judge.note("silenced", file, string, known=False, value=shown(value))
        elif value == "corsheaders.apps.CorsHeadersAppConfig":
            file.edits.replace(string, f"{quoted}{NEW_APP}{quoted}")
        elif "." in value and " " not in value:
            self.judge.note("mentions", file, string, known=False, value=value)

    def _run_time(self, file: File) -> None:
        """Note settings that are set while the program runs."""
        for node in file.order:
            if isinstance(node, cst.Assign):
                for target in node.targets:
                    name = cst_text(target.target)
                    if re.fullmatch(r"(?:\w+\.)?settings\.CORS_[A-Z_]+", name):
                        self.judge.note("run-time", file, node, known=False, value=name)
                    elif isinstance(target.target, cst.Subscript) and cst_text(target.target.value) in _NAMESPACES:
                        self.judge.note("run-time", file, node, known=False, value=file.text_of(target.target))
            elif isinstance(node, cst.Call) and cst_text(node.func) in _UPDATES:
                self.judge.note("run-time", file, node, known=False, value=cst_text(node.func))
            elif isinstance(node, cst.Call) and cst_text(node.func) == "setattr" and len(node.args) == 3:
                key = file.evaluator.one(node.args[1].value).value
                if isinstance(key, str) and key.startswith("CORS_"):
                    self.judge.note("run-time", file, node, known=False, value=key)
                elif not isinstance(key, str) and cst_text(node.args[0].value).rpartition(".")[2] == "settings":
                    self.judge.note("run-time", file, node, known=False, value=file.text_of(node))
