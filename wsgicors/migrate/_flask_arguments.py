"""Changes to the arguments of flask-cors's calls: options without an effect are removed, defaults are written out."""

import libcst as cst

from wsgicors.migrate._calls import with_arguments, without_entries
from wsgicors.migrate._file import File
from wsgicors.migrate._flask_options import CORE_NAMES, MEANINGLESS, OWN
from wsgicors.migrate._flask_sites import Site
from wsgicors.migrate._judging import Judge
from wsgicors.migrate._seen import Seen


class Arguments:
    """Collects the changes to the arguments of all calls."""

    def __init__(self, judge: Judge) -> None:
        self.judge = judge
        self._cleaned: set[cst.CSTNode] = set()
        self._sites: dict[cst.Call, Site] = {}
        self._removed: dict[cst.Call, set[int]] = {}
        self._added: dict[cst.Call, list[tuple[str, str]]] = {}

    def added(self, site: Site) -> list[tuple[str, str]]:
        """Return the keywords to add to a call, with the code of their values."""
        self._sites[site.call] = site
        return self._added.setdefault(site.call, [])

    def apply(self) -> None:
        """Pass the changes to the edits of their files."""
        for call, site in self._sites.items():
            gone, new = self._removed.get(call, set[int]()), self._added.get(call, [])
            if gone or new:
                self._change(site.file, call, gone, new)

    def _change(self, file: File, call: cst.Call, gone: set[int], new: list[tuple[str, str]]) -> None:
        file.edits.change(call, lambda updated: with_arguments(cst.ensure_type(updated, cst.Call), gone, new))

    def clean(self, site: Site) -> None:
        """Remove the options without an effect."""
        for place, argument in enumerate(site.call.args):
            name = argument.keyword.value if argument.keyword is not None else ""
            is_ignored = site.is_decorator and not name and not argument.star and not (site.is_partial and place == 0)
            if not is_ignored and (name in ("", "app") or not self._is_pointless(name)):
                continue
            self._sites[site.call] = site
            self._removed.setdefault(site.call, set()).add(place)
            site.options.pop(name, None)
            self._note_option(site.file, argument, name or site.file.text_of(argument.value))
        for mapping in site.spread:
            self.clean_mapping(mapping)
        resources = site.options.get("resources")
        for seen, _ in resources.choices if resources is not None else ():
            for _, options in seen.pairs or ():
                self.clean_mapping(options)

    def clean_mapping(self, options: Seen) -> None:
        """Remove the options without an effect from a mapping."""
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
