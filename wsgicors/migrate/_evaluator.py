"""Evaluate expressions of a source file as far as its text allows: literals, names, lists, common calls."""

import ast
import json
import re
from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

import libcst as cst

from wsgicors._text_settings import read_switch
from wsgicors.migrate._nodes import cst_text, subscript_key
from wsgicors.migrate._seen import MOST_CHOICES, UNKNOWN, Choice, Path, Seen, added, compatible, joined

if TYPE_CHECKING:
    from wsgicors.migrate._file import File


DEEPEST: Final = 12
"""The most names to follow one after the other."""

_Entries: TypeAlias = tuple[tuple[tuple[Seen, Seen], ...], bool, Path]


class Evaluator:
    """Evaluates the expressions of one file."""

    def __init__(self, file: "File") -> None:
        self.file = file
        self._targets: dict[str, Seen] = {}
        """The values of the names in the current comprehension."""

    def choices(self, node: cst.BaseExpression, depth: int = 0) -> list[Choice]:
        """Return the possible values of an expression; at least one."""
        if depth > DEEPEST:
            return [(Seen(self.file, node), ())]
        found = self._choices(node, depth + 1)
        return found[:MOST_CHOICES] or [(Seen(self.file, node), ())]

    def one(self, node: cst.BaseExpression, depth: int = 0) -> Seen:
        """Return the value of an expression if it has only one; unknown otherwise."""
        found = self.choices(node, depth)
        return found[0][0] if len(found) == 1 else Seen(self.file, node)

    def _choices(self, node: cst.BaseExpression, depth: int) -> list[Choice]:
        if isinstance(node, cst.IfExp):
            step = id(node)
            return [
                (seen, joined(path, ((step, branch),)))
                for branch, part in (("body", node.body), ("orelse", node.orelse))
                for seen, path in self.choices(part, depth)
            ]
        if isinstance(node, cst.BooleanOperation):
            return [choice for part in (node.left, node.right) for choice in self.choices(part, depth)]
        if isinstance(node, (cst.Name, cst.Attribute)) and (name := cst_text(node)) not in ("True", "False", "None"):
            target = self._targets.get(name)
            return [(target, ())] if target is not None else self.file.lookup(name, node)
        if isinstance(node, (cst.List, cst.Tuple, cst.Set)):
            return self._listing(node, depth)
        if isinstance(node, cst.BinaryOperation):
            return [
                (self._sum(node, left, right), joined(one, other))
                for left, one in self.choices(node.left, depth)
                for right, other in self.choices(node.right, depth)
                if compatible(one, other)
            ]
        if isinstance(node, cst.Call):
            return self._call(node, depth)
        if isinstance(node, cst.Subscript):
            return self._subscript(node, depth)
        if isinstance(node, (cst.ListComp, cst.GeneratorExp, cst.SetComp)):
            return self._comprehension(node, depth)
        if isinstance(node, cst.Dict):
            entries = [
                (self.one(element.key, depth) if isinstance(element, cst.DictElement) else None, element.value)
                for element in node.elements
            ]
            return self._mapping(node, entries, depth)
        return [(Seen(self.file, node, self._literal(node, depth)), ())]

    def _literal(self, node: cst.BaseExpression, depth: int) -> object:
        if isinstance(node, cst.FormattedString):
            parts = [
                part.value if isinstance(part, cst.FormattedStringText) else self.one(part.expression, depth).value
                for part in node.parts
                if isinstance(part, (cst.FormattedStringText, cst.FormattedStringExpression))
            ]
            return UNKNOWN if UNKNOWN in parts else "".join(map(str, parts))
        if not isinstance(
            node, (cst.SimpleString, cst.ConcatenatedString, cst.Integer, cst.Float, cst.Name, cst.UnaryOperation)
        ):
            return UNKNOWN
        try:
            return ast.literal_eval(self.file.text_of(node))
        except (ValueError, SyntaxError):
            return UNKNOWN

    def _listing(self, node: "cst.List | cst.Tuple | cst.Set", depth: int) -> list[Choice]:
        items: list[Seen] = []
        complete = True
        for element in node.elements:
            if isinstance(element, cst.StarredElement):
                spread = self.one(element.value, depth)
                items.extend(spread.items or ())
                complete = complete and spread.items is not None and spread.complete
                continue
            options = [seen for seen, _ in self.choices(element.value, depth)]
            known = [seen for seen in options if seen.is_known]
            items.extend(known)
            complete = complete and len(known) == len(options)
        return [(Seen(self.file, node, items=tuple(items), complete=complete), ())]

    def _mapping(
        self,
        node: cst.BaseExpression,
        entries: Iterable[tuple[Seen | None, cst.BaseExpression]],
        depth: int,
    ) -> list[Choice]:
        """Return the mappings of entries, each a key and its value, or a whole mapping without a key."""
        made: list[_Entries] = [((), True, ())]
        for key, value in entries:
            choices = self.choices(value, depth)
            if len(made) * len(choices) > MOST_CHOICES:
                choices = choices[:1]
            if key is not None:
                parts: list[_Entries] = [(((key, seen),), True, path) for seen, path in choices]
            else:
                parts = [(seen.pairs or (), seen.pairs is not None and seen.complete, path) for seen, path in choices]
            made = [
                ((*pairs, *more), complete and whole, joined(one, other))
                for pairs, complete, one in made
                for more, whole, other in parts
                if compatible(one, other)
            ]
        return [(Seen(self.file, node, pairs=pairs, complete=complete), path) for pairs, complete, path in made]

    def _sum(self, node: cst.BinaryOperation, left: Seen, right: Seen) -> Seen:
        if isinstance(node.operator, cst.Add):
            return added(self.file, node, left, right)
        if isinstance(node.operator, cst.BitOr):
            if left.pairs is not None and right.pairs is not None:
                complete = left.complete and right.complete
                return Seen(self.file, node, pairs=(*left.pairs, *right.pairs), complete=complete)
            return added(self.file, node, left, right) if left.items is not None else Seen(self.file, node)
        if isinstance(node.operator, cst.Multiply) and isinstance(left.value, int) and isinstance(right.value, int):
            return Seen(self.file, node, left.value * right.value)
        return Seen(self.file, node)

    def _call(self, node: cst.Call, depth: int) -> list[Choice]:
        name = cst_text(node.func)
        last = name.rpartition(".")[2]
        arguments = [argument.value for argument in node.args if argument.keyword is None and not argument.star]
        keywords = {argument.keyword.value: argument.value for argument in node.args if argument.keyword is not None}
        if name in ("re.compile", "compile") and arguments:
            return [(self._compiled(node, arguments, depth), ())]
        if last == "timedelta":
            numbers = {key: self.one(value, depth).value for key, value in keywords.items()}
            numbers |= zip(("days", "seconds"), (self.one(value, depth).value for value in arguments), strict=False)
            try:
                return [(Seen(self.file, node, timedelta(**cast("dict[str, Any]", numbers))), ())]
            except TypeError:
                return [(Seen(self.file, node), ())]
        if name in ("list", "tuple", "set", "sorted", "frozenset") and len(arguments) == 1:
            return [
                (Seen(self.file, node, items=seen.items, complete=seen.complete), path)
                for seen, path in self.choices(arguments[0], depth)
            ]
        if name == "dict":
            entries = [
                (Seen(self.file, node, each.keyword.value) if each.keyword is not None else None, each.value)
                for each in node.args
            ]
            return self._mapping(node, entries, depth)
        if last == "get" and name.endswith("config.get") and arguments:
            key = self.one(arguments[0], depth).value
            found = self.file.project.config_values(key) if isinstance(key, str) else []
            if found:
                return found
        if is_environment(name) and arguments:
            return self._environment(node, arguments, keywords, depth)
        if last == "split" and isinstance(node.func, cst.Attribute):
            separator = self.one(arguments[0], depth).value if arguments else None
            return [(self._split(node, seen, separator), path) for seen, path in self.choices(node.func.value, depth)]
        if name == "json.loads" and len(arguments) == 1:
            return [(self._json(node, seen), path) for seen, path in self.choices(arguments[0], depth)]
        if last in _TEXT_METHODS and isinstance(node.func, cst.Attribute):
            given = [self.one(argument, depth).value for argument in arguments]
            return [
                (Seen(self.file, node, _called(seen.value, last, given)), path)
                for seen, path in self.choices(node.func.value, depth)
            ]
        return [(Seen(self.file, node), ())]

    def _environment(
        self,
        node: cst.Call,
        arguments: list[cst.BaseExpression],
        keywords: dict[str, cst.BaseExpression],
        depth: int,
    ) -> list[Choice]:
        defaults = [*arguments[1:2], *(value for key, value in keywords.items() if key == "default")]
        unset = [choice for default in defaults for choice in self.choices(default, depth)]
        cast_to = keywords.get("cast")
        if not defaults:
            cast_to, unset = self._scheme(node, arguments[0], depth)
        if cast_to is not None:
            unset = [(self._cast(node, cast_to, seen), path) for seen, path in unset]
        # Treat whether the variable is set as a branch of the program.
        step = id(node)
        return [
            (Seen(self.file, node, source=self.file.text_of(node)), ((step, "set"),)),
            *((seen, joined(path, ((step, "unset"),))) for seen, path in unset),
        ]

    def _scheme(
        self, node: cst.Call, key: cst.BaseExpression, depth: int
    ) -> tuple[cst.BaseExpression | None, list[Choice]]:
        """Return the cast and the default that ``Env(NAME=(cast, default))`` of django-environ gives to a variable."""
        name = self.one(key, depth).value
        reader = cst_text(node.func).partition(".")[0]
        for made, _ in self.file.lookup(reader, node):
            for argument in made.node.args if isinstance(made.node, cst.Call) else ():
                if (
                    argument.keyword is None
                    or argument.keyword.value != name
                    or not isinstance(argument.value, cst.Tuple)
                ):
                    continue
                cast_to, default = (element.value for element in argument.value.elements)
                return (cast_to, self.choices(default, depth))
        return None, []

    def _cast(self, node: cst.Call, cast_to: cst.BaseExpression, default: Seen) -> Seen:
        """Return the default converted by decouple's or django-environ's ``cast``."""
        name, text = cst_text(cast_to), self.file.text_of(cast_to)
        value = default.value
        if name == "bool" and isinstance(value, (bool, int, str)):
            return Seen(self.file, node, read_switch(value) if isinstance(value, str) else bool(value))
        if name == "list" and default.items is not None:
            return default
        if name == "int" and str(value).isdigit():
            return Seen(self.file, node, int(str(value)))
        if isinstance(value, str) and (name.startswith("Csv") or re.search(r"\.split\(.,.\)", text)):
            parts = [part.strip() for part in value.split(",")]
            return Seen(self.file, node, items=tuple(Seen(self.file, node, part) for part in parts if part))
        return Seen(self.file, node)

    def _compiled(self, node: cst.Call, arguments: list[cst.BaseExpression], depth: int) -> Seen:
        pattern = self.one(arguments[0], depth).value
        flags = 0
        for flag in re.findall(r"re\.([A-Z]+)", "".join(map(self.file.text_of, arguments[1:]))):
            flags |= getattr(re, flag, 0)
        try:
            return Seen(self.file, node, re.compile(pattern, flags) if isinstance(pattern, str) else UNKNOWN)
        except re.error:
            return Seen(self.file, node)

    def _split(self, node: cst.Call, seen: Seen, separator: object) -> Seen:
        if not isinstance(seen.value, str) or not (separator is None or (isinstance(separator, str) and separator)):
            return Seen(self.file, node, source=seen.source)
        parts = seen.value.split(separator)
        return Seen(self.file, node, items=tuple(Seen(self.file, node, part) for part in parts))

    def _json(self, node: cst.Call, text: Seen) -> Seen:
        try:
            value: object = json.loads(text.value) if isinstance(text.value, str) else UNKNOWN
        except ValueError:
            value = UNKNOWN
        if isinstance(value, list):
            members = cast("list[object]", value)
            return Seen(self.file, node, items=tuple(Seen(self.file, node, member) for member in members))
        is_plain = isinstance(value, (str, bool, int))
        return Seen(self.file, node, value if is_plain else UNKNOWN, source=text.source)

    def _comprehension(self, node: "cst.ListComp | cst.GeneratorExp | cst.SetComp", depth: int) -> list[Choice]:
        """Return the values of ``[text.strip() for text in … if text]``: each member converted, without empty ones."""
        choices: list[Choice] = []
        inner = node.for_in.inner_for_in
        for seen, path in self.choices(node.for_in.iter, depth):
            if inner is not None or not isinstance(node.for_in.target, cst.Name) or seen.items is None:
                choices.append((Seen(self.file, node, source=seen.source), path))
                continue
            made = [self._with_target(node.for_in.target.value, item, node.elt, depth) for item in seen.items]
            items = [Seen(self.file, node, value) for value in made if value or not node.for_in.ifs]
            known = tuple(item for item in items if item.value is not UNKNOWN)
            complete = seen.complete and len(known) == len(items)
            listed = known if known or not items else None
            choices.append((Seen(self.file, node, items=listed, complete=complete, source=seen.source), path))
        return choices

    def _with_target(self, name: str, item: Seen, node: cst.BaseExpression, depth: int) -> object:
        """Return the value of an expression with a name bound to an item."""
        before, self._targets = self._targets, {**self._targets, name: item}
        try:
            return self.one(node, depth).value
        finally:
            self._targets = before

    def _subscript(self, node: cst.Subscript, depth: int) -> list[Choice]:
        key = subscript_key(node)
        if key is not None and cst_text(node.value).endswith("config"):
            found = self.file.project.config_values(key)
            if found:
                return found
        if cst_text(node.value).endswith("environ"):
            return [(Seen(self.file, node, source=self.file.text_of(node)), ())]
        return [(Seen(self.file, node), ())]


_TEXT_METHODS: Final = frozenset({
    "strip", "lstrip", "rstrip", "lower", "upper", "replace", "removeprefix", "removesuffix",
})  # fmt: skip


def _called(value: object, method: str, arguments: list[object]) -> object:
    """Return the result of a text's method; unknown if the call is invalid."""
    if not isinstance(value, str) or not all(isinstance(argument, str) for argument in arguments):
        return UNKNOWN
    try:
        return cast("object", getattr(value, method)(*arguments))
    except TypeError:
        return UNKNOWN


def is_environment(name: str) -> bool:
    """Whether a function reads the environment: the standard library's, python-decouple's, django-environ's, environs'.

    >>> is_environment("os.getenv"), is_environment("env.list"), is_environment("print")
    (True, True, False)
    """
    return name in ("os.getenv", "getenv", "os.environ.get", "environ.get", "config", "env", "decouple.config") or (
        name.startswith(("env.", "ENV.", "environ.")) and name != "env.read_env"
    )
