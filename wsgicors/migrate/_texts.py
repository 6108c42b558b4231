"""Members inside texts that the code splits or parses, such as the default of an environment variable."""

import re
from collections.abc import Iterable

import libcst as cst
from libcst import matchers

from wsgicors.migrate._file import File
from wsgicors.migrate._literals import raw
from wsgicors.migrate._nodes import cst_text
from wsgicors.migrate._seen import Seen


class Texts:
    """The changes to the texts of a project, and the members that they have then."""

    def __init__(self) -> None:
        self._stripped: set[cst.CSTNode] = set()
        self._texts: dict[cst.SimpleString, str] = {}
        """The new code of literals."""
        self._members: dict[tuple[cst.CSTNode, object], str] = {}
        """The new members, by the node that splits or parses the text, and the old member."""

    def are_stripped(self, node: cst.CSTNode) -> bool:
        """Whether the members of a node are stripped, and the empty ones dropped."""
        return node in self._stripped

    def members(self, node: cst.CSTNode, values: Iterable[object]) -> list[object]:
        """Return the members of a node, with the changes so far."""
        members = [self._members.get((node, value), value) for value in values]
        if node in self._stripped:
            return [member.strip() for member in members if isinstance(member, str) and member.strip()]
        return members

    def strip_members(self, file: File, node: cst.BaseExpression) -> cst.Call | None:
        """Strip the members of ``TEXT.split(",")`` and drop empty ones, and return that call; None for other nodes."""
        name, split = "member", node
        if isinstance(node, cst.ListComp) and not node.for_in.ifs:
            name, split = cst_text(node.for_in.target), node.for_in.iter
            if cst_text(node.elt) not in (name, f"{name}.strip()"):
                return None
        if not isinstance(split, cst.Call) or not isinstance(split.func, cst.Attribute) or node in self._stripped:
            return None
        is_run_time = any(not seen.is_known for seen, _ in file.evaluator.choices(split))
        if split.func.attr.value != "split" or len(split.args) != 1 or not is_run_time:
            return None
        self._stripped.add(node)

        def changed(updated: cst.CSTNode) -> cst.CSTNode:
            read = updated.for_in.iter if isinstance(updated, cst.ListComp) else updated
            code = cst.Module([]).code_for_node(read)
            return cst.parse_expression(f"[{name}.strip() for {name} in {code} if {name}.strip()]")

        file.edits.change(node, changed)
        return split

    def replace(self, found: Seen, old: object, new: list[object]) -> bool:
        """Replace a member in a text that is split or parsed, such as the default of an environment variable."""
        if not isinstance(old, str) or len(new) != 1 or not isinstance(new[0], str) or raw(new[0]) != f'r"{new[0]}"':
            return False
        strings = [
            cst.ensure_type(one, cst.SimpleString) for one in matchers.findall(found.node, matchers.SimpleString())
        ]
        member = re.compile(rf"(?<![^\s,;\"'\[]){re.escape(old)}(?![^\s,;\"'\]])")
        texts = [(one, self._texts.get(one, one.value)) for one in strings]
        places = [(one, text) for one, text in texts for _ in member.finditer(text)]
        if len(places) != 1:
            return False
        string, text = places[0]
        self._texts[string] = changed = member.sub(lambda _: str(new[0]), text)
        self._members[found.node, old] = new[0]
        found.file.edits.replace(string, changed)
        return True
