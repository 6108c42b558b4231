"""flask-cors in a project: its uses, their settings, and the changes to them."""

from collections.abc import Iterator, Mapping
from typing import Final

import libcst as cst

from wsgicors.migrate._file import File
from wsgicors.migrate._flask_arguments import Arguments
from wsgicors.migrate._flask_config import Configuration
from wsgicors.migrate._flask_imports import NEW, Imports
from wsgicors.migrate._flask_options import CORE_NAMES, DEFAULTS, OWN, names_of, whole_resource
from wsgicors.migrate._flask_origins import Origins
from wsgicors.migrate._flask_sites import Site, Sites
from wsgicors.migrate._judging import Judge
from wsgicors.migrate._literals import raw
from wsgicors.migrate._project import Project
from wsgicors.migrate._reading import Reading
from wsgicors.migrate._seen import Seen, combinations
from wsgicors.problems import shown

NEVER_READ: Final = "CORS_HEADERS"
"""A setting of old guides, which no release of flask-cors that is in use reads."""


class FlaskCors:
    """Rewrites the uses of flask-cors in a project."""

    def __init__(self, project: Project, judge: Judge) -> None:
        self.project = project
        self.judge = judge
        self.uses = False
        """Whether the project uses flask-cors."""
        self._config = Configuration(project, judge)
        self._arguments = Arguments(judge)
        self._origins = Origins(judge, self._config, self._arguments)
        self._rewritten: set[cst.CSTNode] = set()
        """The resources that are rewritten, or asked about."""

    def run(self) -> None:
        """Find all uses, and record their changes."""
        imports = Imports(self.judge)
        for file in list(self.project.files):
            imports.rewrite(file)
        self.uses = imports.found
        self.judge.is_moved = not self.uses and self.project.names(NEW)
        sites = Sites(self.project).find()
        for site in sites:
            if site.is_old:
                self._arguments.clean(site)
        inherited = {name for site in sites if not site.is_decorator and site.is_old for name in _given(site)}
        for site in sites:
            self._origins.settle(site, inherited)
            for reading in self._readings(site):
                self.judge.judge(reading)
            if site.is_old:
                self._resources(site)
        self._configurations()
        if self.uses:
            self._never_read()
        self._arguments.apply()

    def _readings(self, site: Site) -> Iterator[Reading]:
        """Yield the settings of every policy that a call creates."""
        own = {name: option.choices for name, option in site.options.items()}
        configured = {
            name: found for name in CORE_NAMES if name not in own and (found := self._config.values(site, name))
        }
        own |= configured
        names = names_of(configured)
        if "resources" not in own and not site.is_decorator and (found := self._config.values(site, "resources")):
            own["resources"] = found
        known = {name: choices for name, choices in own.items() if name in (*CORE_NAMES, *OWN)}
        for values in combinations(known):
            resources = values.pop("resources", None)
            if resources is not None and resources.pairs is not None:
                for _, options in resources.pairs:
                    said = {str(key.value): value for key, value in options.pairs or ()}
                    yield self._reading(site, {**values, **said}, names_of(configured.keys() - said.keys()))
                    self._arguments.clean_mapping(options)
            else:
                yield self._reading(site, values, names)

    def _reading(self, site: Site, values: Mapping[str, Seen], names: Mapping[str, str]) -> Reading:
        core = {CORE_NAMES[name]: seen for name, seen in values.items() if name in CORE_NAMES}
        core |= {name: seen for name, seen in values.items() if name in OWN and name not in ("resources", "debug")}
        if core.get("allow_origins") is None or core["allow_origins"].pairs is not None:
            core["allow_origins"] = Seen(site.file, site.call)
        core = {name: seen for name, seen in core.items() if not (seen.value is None and name != "allow_origins")}

        def everybody() -> None:
            self.judge.note("any-origin", site.file, site.call)

        in_config = names["origins"] == "CORS_ORIGINS"
        return Reading(
            core, names, DEFAULTS, site.file, site.call, everybody=everybody, one_is_list=True, in_config=in_config
        )

    def _configurations(self) -> None:
        """Read the configuration if no call in this project does."""
        keys = {f"CORS_{name.upper()}": name for name in CORE_NAMES}
        for key, name in keys.items():
            if key in ("CORS_ALLOW_HEADERS", "CORS_EXPOSE_HEADERS", "CORS_ALLOW_PRIVATE_NETWORK") and not self.uses:
                continue
            for entry in self.project.config.get(key, []):
                if key == "CORS_ORIGINS" and self.uses:
                    self._origins.mend_environment(entry.file, entry.value)
                for seen, _ in entry.file.evaluator.choices(entry.value):
                    if seen.value is not None:
                        self._judge_config(entry.file, entry.node, {name: seen})
        for file in list(self.project.files):
            for scope in list(file.bindings):
                if not isinstance(scope, (cst.ClassDef, cst.Module)) or not _is_configuration(file, scope):
                    continue
                for binding in file.bindings[scope].get("CORS_ORIGINS", []) if self.uses else ():
                    self._origins.mend_environment(file, binding.value)
                found = {name: file.alive(scope, key) for key, name in keys.items() if file.bindings[scope].get(key)}
                for values in combinations(found):
                    self._judge_config(file, next(iter(values.values())).node, values)

    def _never_read(self) -> None:
        """Note `NEVER_READ` wherever the project sets it."""
        places = [(entry.file, entry.node) for entry in self.project.config.get(NEVER_READ, [])]
        for file in self.project.files:
            for scope, bindings in file.bindings.items():
                if isinstance(scope, (cst.ClassDef, cst.Module)):
                    places += [(file, found.value) for found in bindings.get(NEVER_READ, []) if found.value is not None]
        for file, node in places:
            self.judge.note("unknown-setting", file, node, known=False, value=NEVER_READ)

    def _judge_config(self, file: File, node: cst.CSTNode, values: Mapping[str, Seen]) -> None:
        """Judge settings of ``app.config``; origins that are not among them may come from a call."""
        core = {CORE_NAMES[name]: seen for name, seen in values.items() if seen.value is not None}
        core.setdefault("allow_origins", Seen(file, cst.Ellipsis()))
        self.judge.judge(
            Reading(core, names_of(CORE_NAMES), DEFAULTS, file, node, everybody=lambda: None, one_is_list=True)
        )

    def _resources(self, site: Site) -> None:
        option = site.options.get("resources")
        choices = option.choices if option is not None else []
        if option is None and not site.is_decorator:
            choices = self._config.values(site, "resources")
        for seen, _ in choices:
            keys = [key for key, _ in seen.pairs] if seen.pairs is not None else list(seen.items or (seen,))
            for key in keys:
                self._resource(site, key)

    def _resource(self, site: Site, key: Seen) -> None:
        if not isinstance(key.value, str) or not isinstance(key.node, (cst.SimpleString, cst.ConcatenatedString)):
            return
        if key.node in self._rewritten:
            return
        self._rewritten.add(key.node)
        instead = whole_resource(key.value)
        if instead is None:
            self.judge.ask("dead-resource", key.file, key.node, value=shown(key.value), instead=f'"/{key.value}"')
        elif instead != key.value:
            key.file.edits.replace(key.node, raw(instead))
            self.judge.note("resource", key.file, key.node, value=shown(key.value), instead=raw(instead))


def _given(site: Site) -> set[str]:
    """Return the options that a call gives to every view."""
    given = set(site.options)
    resources = site.options.get("resources")
    for seen, _ in resources.choices if resources is not None else ():
        for _, options in seen.pairs or ():
            given.update(str(key.value) for key, _ in options.pairs or ())
    return given


def _is_configuration(file: File, scope: cst.CSTNode) -> bool:
    """Whether a module or class has settings that only flask-cors reads."""
    flask = ("CORS_ORIGINS", "CORS_SUPPORTS_CREDENTIALS", "CORS_METHODS", "CORS_MAX_AGE")
    return any(file.bindings[scope].get(key) for key in flask)
