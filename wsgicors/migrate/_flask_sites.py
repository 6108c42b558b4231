"""The calls that turn flask-cors, or its successor, on: ``CORS(app)``, ``init_app`` and ``@cross_origin``."""

from dataclasses import dataclass, field

import libcst as cst

from wsgicors.migrate._bindings import Imported
from wsgicors.migrate._file import File
from wsgicors.migrate._flask_imports import NEW, PUBLIC, is_old, partly_given
from wsgicors.migrate._nodes import cst_text
from wsgicors.migrate._project import Project
from wsgicors.migrate._seen import Choice, Seen


@dataclass
class Option:
    """One option of a call: its possible values and its place."""

    choices: list[Choice]
    node: cst.BaseExpression


@dataclass
class Site:
    """A call that turns CORS on: ``CORS(app)``, ``init_app`` or ``@cross_origin``."""

    file: File
    call: cst.Call
    is_old: bool
    is_decorator: bool = False
    is_blueprint: bool = False
    is_partial: bool = False
    """Whether it is ``functools.partial(cross_origin, …)``, whose first argument is not an option."""
    options: dict[str, Option] = field(default_factory=dict[str, Option])
    unread: str = ""
    """A ``**mapping`` that could not be read."""
    spread: list[Seen] = field(default_factory=list[Seen])
    """The values of ``**mapping``."""
    in_one_branch: str = ""
    """A ``**mapping`` that names origins only in some branches of the program."""

    @property
    def app(self) -> cst.BaseExpression | None:
        """The app or blueprint that is passed to the call; None for a decorator."""
        return None if self.is_decorator else app_of(self.call)


class Sites:
    """Finds the calls of a project.

    Attributes:
        found: The calls, with their options.
    """

    def __init__(self, project: Project) -> None:
        self.project = project
        self.found: list[Site] = []
        self._constructors: dict[tuple[File, str], cst.Call] = {}

    def find(self) -> list[Site]:
        """Find all calls."""
        for file in list(self.project.files):
            self._find_constructors(file)
        for file in list(self.project.files):
            self._find_sites(file)
        return self.found

    def _kind(self, file: File, function: cst.BaseExpression) -> tuple[str, bool] | None:
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
            kind = self._kind(file, call.func)
            if kind is None or kind[0] != "CORS" or app_of(call) is not None:
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
            kind = self._kind(file, call.func)
            if (given := partly_given(call)) is not None and (kind := self._kind(file, given)) is not None:
                self._add_site(Site(file, call, kind[1], is_decorator=kind[0] == "cross_origin", is_partial=True))
            elif kind is not None and kind[0] == "cross_origin":
                self._add_site(Site(file, call, kind[1], is_decorator=True))
            elif kind is not None and app_of(call) is not None:
                self._add_site(Site(file, call, kind[1]))
            elif cst_text(call.func).endswith(".init_app"):
                made = self._constructor(file, cst_text(call.func).removesuffix(".init_app"))
                if made is None:
                    continue
                constructor = self._kind(made[0], made[1].func)
                site = Site(file, call, constructor is not None and constructor[1])
                self._read_options(Site(made[0], made[1], site.is_old), site)
                self._add_site(site)
        used = {id(call) for site in self.found for call in [site.call]}
        for (owner, name), call in list(self._constructors.items()):
            if owner is file and id(call) not in used and not self._is_initialised(file, name):
                kind = self._kind(file, call.func)
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
        site.unread = self._read_options(site, site) or site.unread
        app = site.app
        if app is not None:
            made = [seen.node for seen, _ in site.file.evaluator.choices(app)]
            site.is_blueprint = any(
                isinstance(node, cst.Call) and cst_text(node.func).rpartition(".")[2] in ("Blueprint", "APIBlueprint")
                for node in made
            )
        self.found.append(site)

    def _read_options(self, site: Site, into: Site) -> str:
        """Read the keywords of a call into a site, and return the source of a ``**mapping`` that could not be read."""
        unread = ""
        for argument in site.call.args:
            if argument.star == "**":
                mappings = site.file.evaluator.choices(argument.value)
                says = {mapping.option("origins") is not None for mapping, _ in mappings}
                site.in_one_branch = site.file.text_of(argument.value) if len(says) > 1 else site.in_one_branch
                for mapping, path in mappings:
                    into.spread.append(mapping)
                    for key, value in {str(key.value): value for key, value in mapping.pairs or ()}.items():
                        into.options.setdefault(key, Option([], value.node)).choices.append((value, path))
                    if mapping.pairs is None or not mapping.complete:
                        unread = site.file.text_of(argument.value)
            elif argument.keyword is not None:
                into.options[argument.keyword.value] = Option(
                    site.file.evaluator.choices(argument.value), argument.value
                )
        return unread


def app_of(call: cst.Call) -> cst.BaseExpression | None:
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
