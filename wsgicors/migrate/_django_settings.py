"""The settings of django-cors-headers in a project."""

import difflib
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Final

import libcst as cst

from wsgicors.migrate._file import File
from wsgicors.migrate._judging import Judge
from wsgicors.migrate._project import Project
from wsgicors.migrate._reading import Reading
from wsgicors.migrate._seen import UNKNOWN, Choice, Seen, combinations

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


class Settings:
    """Reads the settings of a project as those of policies."""

    def __init__(self, project: Project, judge: Judge) -> None:
        self.project = project
        self.judge = judge

    def read(self, file: File, scope: cst.CSTNode, *, is_used: bool) -> None:
        """Read the settings of a module or class, and judge them.

        Args:
            file: The file.
            scope: The module or class.
            is_used: Whether the project uses django-cors-headers.
        """
        names = file.bindings[scope]
        own = [name for name in names if name.startswith("CORS_")]
        is_flask = self.project.names("flask_cors") and not is_used
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


def _compiled(item: Seen) -> Seen | None:
    if isinstance(item.value, re.Pattern):
        return item
    if not isinstance(item.value, str):
        return None
    try:
        return Seen(item.file, item.node, re.compile(item.value))
    except re.error:
        return None
