"""flask-cors in a project: its uses, their settings, and the changes to them."""

from collections.abc import Iterator, Mapping
from typing import Final

import libcst as cst

from wsgicors.migrate._calls import with_arguments, without_entries
from wsgicors.migrate._file import File, Imported
from wsgicors.migrate._flask_config import Configuration, Option, Site
from wsgicors.migrate._flask_imports import NEW, PUBLIC, Imports, is_old, partly_given
from wsgicors.migrate._flask_options import (
    CORE_NAMES,
    DEFAULTS,
    MEANINGLESS,
    OWN,
    WRITTEN_OUT,
    names_of,
    whole_resource,
)
from wsgicors.migrate._judging import Judge, Reading
from wsgicors.migrate._literals import raw
from wsgicors.migrate._nodes import cst_text
from wsgicors.migrate._project import Project
from wsgicors.migrate._seen import UNKNOWN, Seen, combinations
from wsgicors.problems import shown

ANY_ORIGIN: Final = "# Any site may read the responses, as with flask-cors. List origins to restrict that."


class FlaskCors:
    """Rewrites the uses of flask-cors in a project."""

    def __init__(self, project: Project, judge: Judge) -> None:
        self.project = project
        self.judge = judge
        self._config = Configuration(project, judge)
        self.uses = False
        """Whether the project uses flask-cors."""
        self.sites: list[Site] = []
        self._constructors: dict[tuple[File, str], cst.Call] = {}
        self._cleaned: set[cst.CSTNode] = set()
        self._removed: dict[cst.Call, set[int]] = {}
        self._added: dict[cst.Call, list[tuple[str, str]]] = {}

    def run(self) -> None:
        """Find all uses, and record their changes."""
        imports = Imports(self.judge)
        for file in list(self.project.files):
            imports.rewrite(file)
        self.uses = imports.found
        self.judge.is_moved = not self.uses and self.project.names(NEW)
        for file in list(self.project.files):
            self._find_constructors(file)
        for file in list(self.project.files):
            self._find_sites(file)
        for site in self.sites:
            if site.is_old:
                self._clean(site)
        inherited = {name for site in self.sites if not site.is_decorator and site.is_old for name in self._given(site)}
        for site in self.sites:
            self._settle_origins(site, inherited)
            for reading in self._readings(site):
                self.judge.judge(reading)
            if site.is_old:
                self._resources(site)
        self._configurations()
        for call in dict.fromkeys([*self._removed, *self._added]):
            self._change_call(call)

    # Calls.

    def kind(self, file: File, function: cst.BaseExpression) -> tuple[str, bool] | None:
        """Return the kind of a flask-cors function or its successor, and whether it is the old one; None for others."""
        name = cst_text(function)
        first, _, rest = name.partition(".")
        imported = file.imports.get(first)
        if imported is None:
            starred = [binding.star for binding in file.bindings[file.module].get("*", [])]
            source = next((module for module in starred if is_old(module) or module == NEW), None)
            if source is None or name not in PUBLIC:
                return None
            imported = Imported(source, name)
        called = rest or imported.name
        called = called.removeprefix("cors.") if imported.module == "flask.ext" else called
        if called == "cors" and imported.module == NEW:
            called = "cross_origin"
        if called not in PUBLIC or (rest and imported.name):
            return None
        if is_old(imported.module):
            return called, True
        return (called, False) if imported.module.partition(".")[0] == NEW else None

    def _find_constructors(self, file: File) -> None:
        for call in file.calls:
            kind = self.kind(file, call.func)
            if kind is None or kind[0] != "CORS" or _app_of(call) is not None:
                continue
            for name in _targets(file, call):
                self._constructors[file, name] = call

    def _constructor(self, file: File, owner: str) -> tuple[File, cst.Call] | None:
        """Return the call that created the object whose ``init_app`` is called."""
        if (file, owner) in self._constructors:
            return file, self._constructors[file, owner]
        first, _, rest = owner.partition(".")
        imported = file.imports.get(first)
        if imported is None:
            return None
        name = rest or imported.name
        for module in (imported.module, imported.whole):
            source = self.project.module(module, file)
            if source is not None and (source, name) in self._constructors:
                return source, self._constructors[source, name]
        return None

    def _find_sites(self, file: File) -> None:
        for call in file.calls:
            kind = self.kind(file, call.func)
            if (given := partly_given(call)) is not None and (kind := self.kind(file, given)) is not None:
                self._add_site(Site(file, call, kind[1], is_decorator=kind[0] == "cross_origin", is_partial=True))
            elif kind is not None and kind[0] == "cross_origin":
                self._add_site(Site(file, call, kind[1], is_decorator=True))
            elif kind is not None and _app_of(call) is not None:
                self._add_site(Site(file, call, kind[1]))
            elif cst_text(call.func).endswith(".init_app"):
                made = self._constructor(file, cst_text(call.func).removesuffix(".init_app"))
                if made is None:
                    continue
                constructor = self.kind(made[0], made[1].func)
                site = Site(file, call, constructor is not None and constructor[1])
                self._read_options(Site(made[0], made[1], site.is_old), site.options)
                self._add_site(site)
        used = {id(call) for site in self.sites for call in [site.call]}
        for (owner, name), call in list(self._constructors.items()):
            if owner is file and id(call) not in used and not self._is_initialised(file, name):
                kind = self.kind(file, call.func)
                self._add_site(Site(file, call, kind is not None and kind[1]))

    def _is_initialised(self, file: File, name: str) -> bool:
        """Whether ``init_app`` of an object is called anywhere."""
        for other in self.project.files:
            for call in other.calls:
                text = cst_text(call.func)
                if text.endswith(".init_app"):
                    made = self._constructor(other, text.removesuffix(".init_app"))
                    if made is not None and made[1] is self._constructors.get((file, name)):
                        return True
        return False

    def _add_site(self, site: Site) -> None:
        site.unread = self._read_options(site, site.options) or site.unread
        app = None if site.is_decorator else _app_of(site.call)
        if app is not None:
            made = [seen.node for seen, _ in site.file.evaluator.choices(app)]
            site.is_blueprint = any(
                isinstance(node, cst.Call) and cst_text(node.func).rpartition(".")[2] in ("Blueprint", "APIBlueprint")
                for node in made
            )
        self.sites.append(site)

    def _read_options(self, site: Site, options: dict[str, Option]) -> str:
        """Read the keywords of a call, and return the source of a ``**mapping`` that could not be read."""
        unread = ""
        for argument in site.call.args:
            if argument.star == "**":
                mappings = site.file.evaluator.choices(argument.value)
                says = {mapping.option("origins") is not None for mapping, _ in mappings}
                site.in_one_branch = site.file.text_of(argument.value) if len(says) > 1 else site.in_one_branch
                for mapping, path in mappings:
                    if site.is_old:
                        self._clean_mapping(mapping)
                    for key, value in {str(key.value): value for key, value in mapping.pairs or ()}.items():
                        options.setdefault(key, Option([], value.node)).choices.append((value, path))
                    if mapping.pairs is None or not mapping.complete:
                        unread = site.file.text_of(argument.value)
            elif argument.keyword is not None:
                options[argument.keyword.value] = Option(site.file.evaluator.choices(argument.value), argument.value)
        return unread

    def _clean(self, site: Site) -> None:
        """Remove the options without an effect."""
        for place, argument in enumerate(site.call.args):
            name = argument.keyword.value if argument.keyword is not None else ""
            is_ignored = site.is_decorator and not name and not argument.star and not (site.is_partial and place == 0)
            if not is_ignored and (name in ("", "app") or not self._is_pointless(name)):
                continue
            self._removed.setdefault(site.call, set()).add(place)
            site.options.pop(name, None)
            self._note_option(site.file, argument, name or site.file.text_of(argument.value))
        resources = site.options.get("resources")
        for seen, _ in resources.choices if resources is not None else ():
            for _, options in seen.pairs or ():
                self._clean_mapping(options)

    def _clean_mapping(self, options: Seen) -> None:
        if isinstance(options.node, cst.Call):
            self._clean_dict_call(options.file, options.node)
        if not isinstance(options.node, cst.Dict):
            return
        gone = {
            place: str(element.key.evaluated_value)
            for place, element in enumerate(options.node.elements)
            if isinstance(element, cst.DictElement) and isinstance(element.key, cst.SimpleString)
            if self._is_pointless(str(element.key.evaluated_value))
        }
        if gone and options.node not in self._cleaned:
            self._cleaned.add(options.node)
            options.file.edits.change(
                options.node, lambda updated: without_entries(cst.ensure_type(updated, cst.Dict), list(gone))
            )
            for place, name in gone.items():
                self._note_option(options.file, options.node.elements[place], name)

    def _clean_dict_call(self, file: File, call: cst.Call) -> None:
        gone = {
            place: argument.keyword.value
            for place, argument in enumerate(call.args)
            if argument.keyword is not None and self._is_pointless(argument.keyword.value)
        }
        if gone and call not in self._cleaned:
            self._cleaned.add(call)
            file.edits.change(call, lambda updated: with_arguments(cst.ensure_type(updated, cst.Call), gone, []))
            for place, name in gone.items():
                self._note_option(file, call.args[place], name)

    @staticmethod
    def _is_pointless(name: str) -> bool:
        return name in MEANINGLESS or name not in (*CORE_NAMES, *OWN)

    def _note_option(self, file: File, node: cst.CSTNode, name: str) -> None:
        code = "option-meaningless" if name in MEANINGLESS else "option-ignored"
        self.judge.note(code, file, node, name=name)

    def _given(self, site: Site) -> set[str]:
        """Return the options that a call gives to every view."""
        given = set(site.options)
        resources = site.options.get("resources")
        for seen, _ in resources.choices if resources is not None else ():
            for _, options in seen.pairs or ():
                given.update(str(key.value) for key, _ in options.pairs or ())
        return given

    # Default origins.

    def _settle_origins(self, site: Site, inherited: set[str]) -> None:
        """Write out flask-cors's default, or ask if the origins may be set elsewhere."""
        if not site.is_old:
            return
        added = self._added.setdefault(site.call, [])
        resources = site.options.get("resources")
        if (
            "origins" not in site.options
            and "allow_origins" not in site.options
            and not self._all_resources_say(resources)
        ):
            self._default_origins(site, inherited, added)
        elif site.in_one_branch and not self._config.values(site, "origins"):
            self.judge.ask("origins-in-one-branch", site.file, site.call, value=site.in_one_branch)
        if site.is_decorator:
            for name, code in WRITTEN_OUT.items():
                known = name in site.options or CORE_NAMES[name] in site.options or self._config.values(site, name)
                if not known and name in inherited and not site.unread:
                    added.append((name, code))
                    self.judge.note("decorator", site.file, site.call, name=f"{name}={code}")
        origins = site.options.get("origins")
        if origins is not None:
            self._mend_environment(site.file, origins.node)
            for seen, _ in origins.choices:
                self._mapping_for_origins(site, seen)
        for seen, _ in resources.choices if resources is not None else ():
            for _, options in seen.pairs or ():
                if (listed := options.option("origins")) is not None:
                    self._mend_environment(listed.file, listed.node)

    def _mend_environment(self, file: File, node: cst.BaseExpression | None) -> None:
        for seen, _ in file.evaluator.choices(node) if node is not None else ():
            self.judge.mend_split(seen.file, seen.node)

    def _default_origins(self, site: Site, inherited: set[str], added: list[tuple[str, str]]) -> None:
        file, call = site.file, site.call
        app = None if site.is_decorator else _app_of(call)
        before = f"{file.text_of(app)}, " if app is not None else ""
        with_any = f'{cst_text(call.func)}({before}origins="*")'
        if site.unread:
            self.judge.ask("options-from-elsewhere", file, call, value=site.unread)
            return
        if not site.is_blueprint:
            if self._config.values(site, "origins"):
                if site.is_decorator and "origins" in inherited:
                    self._ask_config(site, "app.config", with_any)
                return
            elsewhere = self._config.elsewhere(file)
            if elsewhere:
                self._ask_config(site, elsewhere, with_any)
                return
        site.options["origins"] = Option([(Seen(file, call, "*"), ())], call)
        credentials = site.options.get("supports_credentials")
        dangerous = [
            seen
            for seen, _ in (credentials.choices if credentials is not None else ())
            if seen.value not in (False, UNKNOWN)
        ]
        dangerous += [seen for seen, _ in self._config.values(site, "supports_credentials") if seen.value is True]
        if dangerous:
            return  # the question about credentials comes first
        added.insert(0, ("origins", '"*"'))
        self.judge.note("any-origin", file, call)
        if not site.is_decorator:
            file.edits.comment(file.statement_of(call), ANY_ORIGIN)

    def _ask_config(self, site: Site, place: str, with_any: str) -> None:
        self.judge.ask(
            "origins-from-config", site.file, site.call, key="CORS_ORIGINS", place=place, call_with_any=with_any
        )

    @staticmethod
    def _all_resources_say(resources: Option | None) -> bool:
        """Whether every resource names its own origins."""
        if resources is None:
            return False
        return all(
            seen.pairs is not None
            and seen.complete
            and seen.pairs
            and all(options.option("origins") is not None for _, options in seen.pairs)
            for seen, _ in resources.choices
        )

    def _mapping_for_origins(self, site: Site, seen: Seen) -> None:
        if seen.pairs is not None:
            self.judge.ask(
                "resources-in-origins", site.file, site.call, value=" ".join(seen.file.text_of(seen.node).split())
            )

    # Reading.

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
                    self._clean_mapping(options)
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
                    self._mend_environment(entry.file, entry.value)
                for seen, _ in entry.file.evaluator.choices(entry.value):
                    self._judge_alone(entry.file, entry.node, name, seen)
        for file in list(self.project.files):
            for scope in list(file.bindings):
                if not isinstance(scope, (cst.ClassDef, cst.Module)) or not self._is_configuration(file, scope):
                    continue
                for binding in file.bindings[scope].get("CORS_ORIGINS", []) if self.uses else ():
                    self._mend_environment(file, binding.value)
                found = {name: file.alive(scope, key) for key, name in keys.items() if file.bindings[scope].get(key)}
                for values in combinations(found):
                    core = {CORE_NAMES[name]: seen for name, seen in values.items() if seen.value is not None}
                    core.setdefault("allow_origins", Seen(file, cst.Ellipsis()))
                    statement = next(iter(values.values())).node
                    self.judge.judge(
                        Reading(
                            core,
                            names_of(CORE_NAMES),
                            DEFAULTS,
                            file,
                            statement,
                            everybody=lambda: None,
                            one_is_list=True,
                        )
                    )

    def _is_configuration(self, file: File, scope: cst.CSTNode) -> bool:
        flask = ("CORS_ORIGINS", "CORS_SUPPORTS_CREDENTIALS", "CORS_METHODS", "CORS_MAX_AGE")
        return any(file.bindings[scope].get(key) for key in flask)

    def _judge_alone(self, file: File, node: cst.CSTNode, name: str, seen: Seen) -> None:
        core = {"allow_origins": Seen(file, cst.Ellipsis()), CORE_NAMES[name]: seen}
        if seen.value is not None:
            self.judge.judge(
                Reading(core, names_of(CORE_NAMES), DEFAULTS, file, node, everybody=lambda: None, one_is_list=True)
            )

    # Resources.

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
        if key.node in self._cleaned:
            return
        self._cleaned.add(key.node)
        instead = whole_resource(key.value)
        if instead is None:
            self.judge.ask("dead-resource", key.file, key.node, value=shown(key.value), instead=f'"/{key.value}"')
        elif instead != key.value:
            key.file.edits.replace(key.node, raw(instead))
            self.judge.note("resource", key.file, key.node, value=shown(key.value), instead=raw(instead))

    def _change_call(self, call: cst.Call) -> None:
        gone, new = self._removed.get(call, set()), self._added.get(call, [])
        if not gone and not new:
            return
        site = next(site for site in self.sites if site.call is call)
        site.file.edits.change(call, lambda updated: with_arguments(cst.ensure_type(updated, cst.Call), gone, new))


def _app_of(call: cst.Call) -> cst.BaseExpression | None:
    """Return the app or blueprint that is passed to a call."""
    for argument in call.args:
        if not argument.star and (argument.keyword is None or argument.keyword.value == "app"):
            return argument.value
    return None


def _targets(file: File, call: cst.Call) -> list[str]:
    """Return the names that a call is assigned to."""
    parent = file.parent(call)
    if isinstance(parent, cst.Assign):
        return [cst_text(target.target) for target in parent.targets]
    if isinstance(parent, cst.AnnAssign):
        return [cst_text(parent.target)]
    return []
