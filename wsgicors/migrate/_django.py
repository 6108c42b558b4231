"""django-cors-headers in a project: its settings, its place in MIDDLEWARE and INSTALLED_APPS, imports of it."""

import difflib
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Final, cast

import libcst as cst

from wsgicors.migrate._edits import Listing, with_first, without
from wsgicors.migrate._file import File
from wsgicors.migrate._judging import Judge, Reading
from wsgicors.migrate._nodes import cst_text
from wsgicors.migrate._project import Project
from wsgicors.migrate._seen import UNKNOWN, Choice, Seen, combinations
from wsgicors.problems import shown

OLD_APP: Final = "corsheaders"
NEW_APP: Final = "django_wsgicors"
OLD_MIDDLEWARE: Final = "corsheaders.middleware.CorsMiddleware"
NEW_MIDDLEWARE: Final = "django_wsgicors.CorsMiddleware"
REMOVED_MIDDLEWARE: Final = "corsheaders.middleware.CorsPostCsrfMiddleware"

MOVED: Final[Mapping[str, frozenset[str]]] = {
    "corsheaders.defaults": frozenset({"default_headers", "default_methods"}),
    "corsheaders.signals": frozenset({"check_request_enabled"}),
    "corsheaders.middleware": frozenset({"CorsMiddleware"}),
}
"""Names that code imports from django-cors-headers, and that the module of the same name has here."""

SPELLINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "all": ("CORS_ALLOW_ALL_ORIGINS", "CORS_ORIGIN_ALLOW_ALL"),
    "origins": ("CORS_ALLOWED_ORIGINS", "CORS_ORIGIN_WHITELIST"),
    "regexes": ("CORS_ALLOWED_ORIGIN_REGEXES", "CORS_ORIGIN_REGEX_WHITELIST"),
    "allow_credentials": ("CORS_ALLOW_CREDENTIALS",),
    "allow_private_network": ("CORS_ALLOW_PRIVATE_NETWORK",),
    "allow_methods": ("CORS_ALLOW_METHODS",),
    "allow_headers": ("CORS_ALLOW_HEADERS",),
    "expose_headers": ("CORS_EXPOSE_HEADERS",),
    "max_age": ("CORS_PREFLIGHT_MAX_AGE",),
    "dangerously_allow": ("CORS_DANGEROUSLY_ALLOW",),
}
"""Settings, and their names: the first one present counts."""

REMOVED: Final[Mapping[str, str]] = {
    "CORS_REPLACE_HTTPS_REFERER": "CSRF_TRUSTED_ORIGINS names the origins whose pages may post.",
    "CORS_MODEL": "The app django_wsgicors.origins keeps origins in a table.",
}
"""Settings that django-cors-headers has removed, and their replacements."""

OTHERS: Final = frozenset({"CORS_URLS_REGEX", "CORS_RULES", "CORS_DEBUG", "CORS_REFUSE", "CORS_ORIGIN_SOURCE"})

SIGNS: Final = frozenset({
    *SPELLINGS["all"], *SPELLINGS["origins"], *SPELLINGS["regexes"], "CORS_ALLOW_CREDENTIALS", "CORS_PREFLIGHT_MAX_AGE",
    "CORS_URLS_REGEX", "CORS_ALLOW_METHODS", "INSTALLED_APPS", "MIDDLEWARE",
})  # fmt: skip
"""Names that only Django settings modules have."""

_LISTS: Final = frozenset({"origins", "regexes", "allow_methods", "allow_headers", "expose_headers"})
_HOOKS: Final = frozenset({
    "origin_found_in_white_lists", "regex_domain_match", "is_enabled", "check_signal", "check_preflight",
    "add_response_headers", "_url_in_whitelist", "regex_url_match",
})  # fmt: skip
_NAMESPACES: Final = ("globals()", "vars()", "locals()")
_UPDATES: Final = frozenset(f"{namespace}.update" for namespace in _NAMESPACES)
_STACKS: Final = ("MIDDLEWARE", "MIDDLEWARE_CLASSES")


class DjangoCorsHeaders:
    """Rewrites the uses of django-cors-headers in a project."""

    def __init__(self, project: Project, judge: Judge) -> None:
        self.project = project
        self.judge = judge
        self.uses = False
        """Whether the project uses django-cors-headers."""

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
                    self._settings(file, scope)
            self._run_time(file)

    # Imports.

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

    # Strings.

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
            self._place(file, string)
        elif value == REMOVED_MIDDLEWARE:
            self._taken_out(file, string)
        elif re.fullmatch(r"corsheaders\.[EW]\d+", value):
            self.judge.note("silenced", file, string, known=False, value=shown(value))
        elif value == "corsheaders.apps.CorsHeadersAppConfig":
            file.edits.replace(string, f"{quoted}{NEW_APP}{quoted}")
        elif "." in value and " " not in value:
            self.judge.note("mentions", file, string, known=False, value=value)

    def _taken_out(self, file: File, string: cst.SimpleString) -> None:
        element = file.parent(string)
        listing = file.parent(element) if element is not None else None
        if isinstance(element, cst.Element) and isinstance(listing, (cst.List, cst.Tuple)):
            place = list(listing.elements).index(element)
            file.edits.change(listing, lambda updated: without(cast("Listing", updated), [place]))

    def _place(self, file: File, string: cst.SimpleString) -> None:
        """Move the middleware to the top."""
        element = file.parent(string)
        listing = file.parent(element) if element is not None else None
        if isinstance(element, cst.Element) and isinstance(listing, (cst.List, cst.Tuple)):
            statement = file.parent(listing)
            if isinstance(statement, cst.AugAssign) and cst_text(statement.target) in _STACKS:
                self._in_front(file, statement, listing, element)
            elif isinstance(statement, (cst.Assign, cst.AnnAssign)):
                place = list(listing.elements).index(element)
                if place:
                    file.edits.change(listing, lambda updated: with_first(cast("Listing", updated), place))
                    self.judge.note("middleware", file, string)
            elif isinstance(statement, cst.BinaryOperation):
                self._before_sum(file, statement, cast("Listing", listing), element)
            return
        call = file.parent(element) if element is not None else None
        if isinstance(element, cst.Arg) and isinstance(call, cst.Call) and self._is_stack_call(call):
            self._first_call(file, call, string)

    def _is_stack_call(self, call: cst.Call) -> bool:
        owner, _, method = cst_text(call.func).rpartition(".")
        return owner.rpartition(".")[2] in _STACKS and method in ("append", "insert")

    def _first_call(self, file: File, call: cst.Call, string: cst.SimpleString) -> None:
        function = cst.ensure_type(call.func, cst.Attribute)
        if function.attr.value == "insert" and file.evaluator.one(call.args[0].value).value == 0:
            return
        first = cst.Arg(cst.Integer("0"), comma=cst.Comma(whitespace_after=cst.SimpleWhitespace(" ")))

        def changed(updated: cst.CSTNode) -> cst.CSTNode:
            current = cst.ensure_type(updated, cst.Call)
            insert = cst.ensure_type(current.func, cst.Attribute).with_changes(attr=cst.Name("insert"))
            return current.with_changes(func=insert, args=[first, current.args[-1]])

        file.edits.change(call, changed)
        self.judge.note("middleware", file, string)

    def _before_sum(self, file: File, operation: cst.BinaryOperation, listing: Listing, element: cst.Element) -> None:
        """Change ``MIDDLEWARE = A + [cors, other]`` to ``MIDDLEWARE = [cors] + A + [other]``."""
        whole = operation
        while isinstance(parent := file.parent(whole), cst.BinaryOperation):
            whole = parent
        first_part: cst.BaseExpression = whole
        while isinstance(first_part, cst.BinaryOperation):
            first_part = first_part.left
        place = list(listing.elements).index(element)
        statement = file.parent(whole)
        if not isinstance(statement, (cst.Assign, cst.AnnAssign)) or (first_part is listing and not place):
            return
        if len(listing.elements) > 1:
            file.edits.change(listing, lambda updated: without(cast("Listing", updated), [place]))
        else:
            other = "right" if operation.left is listing else "left"
            file.edits.change(operation, lambda updated: cast("cst.CSTNode", getattr(updated, other)))
        opening, closing = ("[", "]") if isinstance(listing, cst.List) else ("(", ",)")
        quote = cst.ensure_type(element.value, cst.SimpleString).quote
        first = cst.parse_expression(f"{opening}{quote}{NEW_MIDDLEWARE}{quote}{closing}")
        file.edits.change(
            whole, lambda updated: cst.BinaryOperation(first, cst.Add(), cast("cst.BaseExpression", updated))
        )
        self.judge.note("middleware", file, element.value)

    def _in_front(self, file: File, statement: cst.AugAssign, listing: Listing, element: cst.Element) -> None:
        """Change ``MIDDLEWARE += [cors, other]`` to ``MIDDLEWARE = [cors, *MIDDLEWARE, other]``."""
        place = list(listing.elements).index(element)
        name = cst_text(statement.target)

        def changed(updated: cst.CSTNode) -> cst.CSTNode:
            current = cst.ensure_type(updated, cst.AugAssign)
            elements = list(cast("Listing", current.value).elements)
            cors = elements.pop(place)
            comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
            spread = cst.StarredElement(cst.Name(name))
            members: list[cst.BaseElement] = [cors.with_changes(comma=comma), spread]
            if elements:
                members[1] = spread.with_changes(comma=comma)
                members += elements
            return cst.Assign([cst.AssignTarget(cst.Name(name))], cst.List(members))

        file.edits.change(statement, changed)
        self.judge.note("middleware", file, element.value)

    # Settings.

    def _settings(self, file: File, scope: cst.CSTNode) -> None:
        names = file.bindings[scope]
        own = [name for name in names if name.startswith("CORS_")]
        is_flask = self.project.names("flask_cors") and not self.uses
        if not own or is_flask or not self._is_settings(file, scope):
            return
        known = {name for spellings in SPELLINGS.values() for name in spellings} | OTHERS
        for name in own:
            if name not in known:
                node = names[name][0].value or file.module.body[0]
                if (instead := self._mistyped(name, own)) and not self.judge.is_moved:
                    self.judge.ask("mistyped-origins", file, node, value=name, instead=instead)
                    continue
                code = "removed-setting" if name in REMOVED else "unknown-setting"
                successor = REMOVED.get(name, "")
                self.judge.note(code, file, node, known=False, value=name, successor=successor)
        choices = {key: found for key in SPELLINGS if (found := self._choices(file, scope, key))}
        for key in _LISTS & choices.keys():
            self._mend_environment(file, scope, key)
        for values in combinations(choices):
            for reading in self._readings(file, scope, values):
                self.judge.judge(reading)

    @staticmethod
    def _mistyped(name: str, own: Collection[str]) -> str:
        """Return the setting for origins that a name most likely means if the settings have none, or ``""``."""
        origins = [name for key in ("all", "origins", "regexes") for name in SPELLINGS[key]]
        if {*origins, "CORS_ORIGIN_SOURCE", "CORS_RULES", *REMOVED} & {*own}:
            return ""
        return next(iter(difflib.get_close_matches(name, origins, n=1, cutoff=0.85)), "")

    def _is_settings(self, file: File, scope: cst.CSTNode) -> bool:
        names = set(file.bindings[scope])
        if names & SIGNS:
            return True
        flask = {"CORS_ORIGINS", "CORS_SUPPORTS_CREDENTIALS", "CORS_METHODS", "CORS_MAX_AGE", "CORS_RESOURCES"}
        return not names & flask and "settings" in str(file.path)

    def _choices(self, file: File, scope: cst.CSTNode, key: str) -> list[Choice]:
        for name in SPELLINGS[key]:
            found = file.alive(scope, name)
            if found:
                return found
        return []

    def _name(self, file: File, scope: cst.CSTNode, key: str) -> str:
        return next((name for name in SPELLINGS[key] if file.alive(scope, name)), SPELLINGS[key][0])

    def _mend_environment(self, file: File, scope: cst.CSTNode, key: str) -> None:
        """Remove empty members from ``TEXT.split(",")``: an unset variable then names no origin."""
        for name in SPELLINGS[key]:
            for binding in file.bindings[scope].get(name, []):
                for seen, _ in file.evaluator.choices(binding.value) if binding.value is not None else ():
                    self.judge.mend_split(seen.file, seen.node)

    def _readings(self, file: File, scope: cst.CSTNode, values: Mapping[str, Seen]) -> Iterator[Reading]:
        everybody = values.get("all")
        if everybody is not None:
            self.judge.note_unknown(everybody)
        is_open = everybody is not None and everybody.value is True
        origins, regexes = values.get("origins"), values.get("regexes")
        core = {key: seen for key, seen in values.items() if key not in ("all", "origins", "regexes")}
        age = core.get("max_age")
        if age is not None and age.value in (0, None):
            del core["max_age"]
        statement = self._statement(file, scope, values)
        listed = self._origins(file, statement, origins, regexes, is_open=is_open, scope=scope)
        names = self._names(file, scope)
        if everybody is not None and is_open:
            opened = {**core, "allow_origins": Seen(everybody.file, everybody.node, "*")}
            if listed.items:
                # Ask about unsafe combinations with credentials only at the switch.
                unsafe = ("allow_credentials", "allow_private_network")
                safe = {key: seen for key, seen in core.items() if key not in unsafe}
                yield Reading({**safe, "allow_origins": listed}, names, {}, file, statement, texts_are_expressions=True)
            yield Reading(opened, names, {}, everybody.file, everybody.node, listed=listed)
            return
        yield Reading({**core, "allow_origins": listed}, names, {}, file, statement, texts_are_expressions=True)

    def _statement(self, file: File, scope: cst.CSTNode, values: Mapping[str, Seen]) -> cst.CSTNode:
        own = [seen.node for seen in values.values() if seen.file is file]
        bound = [
            binding.value
            for name, found in file.bindings[scope].items()
            for binding in found
            if name.startswith("CORS_")
        ]
        return next((node for node in (*own, *bound) if node is not None), file.module.body[0])

    def _origins(
        self,
        file: File,
        statement: cst.CSTNode,
        origins: Seen | None,
        regexes: Seen | None,
        *,
        is_open: bool,
        scope: cst.CSTNode,
    ) -> Seen:
        """Return the listed origins and the expressions, as one list."""
        if origins is not None and origins.items is None and origins.value is not UNKNOWN and regexes is None:
            return origins
        items: list[Seen] = []
        complete = True
        for item in origins.items or () if origins is not None else ():
            if item.value == "*":
                if not (is_open or self.judge.is_moved):
                    names = self._names(file, scope)
                    cookies = any(seen.value is not False for seen, _ in file.alive(scope, "CORS_ALLOW_CREDENTIALS"))
                    or_any = "" if cookies else f"everybody: {names['any_origin']}"
                    self.judge.ask("star-in-list", item.file, item.node, names, setting=names["origins"], or_any=or_any)
                    self.judge.take_out(item)
                continue
            items.append(item)
        for item in regexes.items or () if regexes is not None else ():
            compiled = _compiled(item)
            if compiled is not None:
                items.append(compiled)
        for part in (origins, regexes):
            complete = complete and (part is None or (part.items is not None and part.complete))
        stated = origins or regexes
        node = stated.node if stated is not None else cst.Ellipsis()
        if not items:
            complete = False  # the list can be empty: rules, views and handlers can allow other origins
        return Seen(file, node, items=tuple(items), complete=complete)

    def _names(self, file: File, scope: cst.CSTNode) -> dict[str, str]:
        owned = {key: self._name(file, scope, key) for key in SPELLINGS}
        return {
            **owned,
            "allow_origins": owned["origins"],
            "max_age": owned["max_age"],
            "origins": owned["origins"],
            "without_switch": f", without {owned['all']}",
            "credentials": "CORS_ALLOW_CREDENTIALS",
            "private_network": "CORS_ALLOW_PRIVATE_NETWORK",
            "dangerously": "CORS_DANGEROUSLY_ALLOW",
            "any_origin": f"{owned['all']} = True",
        }

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


def _compiled(item: Seen) -> Seen | None:
    if isinstance(item.value, re.Pattern):
        return item
    if not isinstance(item.value, str):
        return None
    try:
        return Seen(item.file, item.node, re.compile(item.value))
    except re.error:
        return None
