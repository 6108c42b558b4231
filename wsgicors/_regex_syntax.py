"""Regular expressions as syntax trees, read with `re`'s own parser.

`re`'s engine decides which characters each item matches, so case folding and classes are exact. The alphabet is that of
serializations. Captures and greed do not matter to a whole match. Possessive repetition, atomic groups, look-behind,
word boundaries, backreferences and conditions are not read: an expression that has them is not proven.
"""

import importlib
import re
import warnings
from collections.abc import Iterable
from typing import Any, Final, NamedTuple, TypeAlias

from wsgicors.origins import ADDRESS_CHARACTERS, NAME_CHARACTERS, SCHEME_CHARACTERS

ALPHABET: Final = "".join(sorted({*SCHEME_CHARACTERS, *NAME_CHARACTERS, *ADDRESS_CHARACTERS, *"[]:/"}))
"""Every character of a serialization."""


class Chars(NamedTuple):
    """One of some characters. `listed` means that each is an alternative of its own: ``(a|b)``, not ``[ab]``."""

    number: int
    chars: frozenset[str]
    listed: bool = False
    repeated: bool = False
    """Whether the item is in a repetition of no fixed length."""

    def spells(self, chars: "set[str]") -> bool:
        """Whether every one of `chars`, which the item matches, is spelled out."""
        return not self.repeated and (self.listed or len(chars) == 1)


class Sequence(NamedTuple):
    """Parts one after the other."""

    parts: "tuple[Node, ...]"


class Choice(NamedTuple):
    """Any one of some alternatives."""

    parts: "tuple[Node, ...]"


class Repeat(NamedTuple):
    """A part repeated at least `low` and at most `high` times; None means no limit."""

    low: int
    high: int | None
    part: "Node"


class Anchor(NamedTuple):
    """The start or the end of the text."""

    end: bool


class Look(NamedTuple):
    """A look-ahead."""

    negative: bool
    part: "Node"


Node: TypeAlias = Chars | Sequence | Choice | Repeat | Anchor | Look

EMPTY: Final = Sequence(())


class Unproven(Exception):  # noqa: N818 (it is a finding)
    """Why an expression is not proven.

    Attributes:
        reason: A clause that follows "The regular expression … ", such as "leaves the scheme open".
        code: The code of the problem.
        suffix: The public suffix at fault, if that is the reason.
        leaf: The number of the item at fault, or 0.
        example: An origin that the expression matches without spelling it out; ``""`` if none is known.
    """

    def __init__(
        self, reason: str, code: str = "regex-unproven", *, suffix: str = "", leaf: int = 0, example: str = ""
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code
        self.suffix = suffix
        self.leaf = leaf
        self.example = example


_ENGINE: Final[Any] = importlib.import_module("re._compiler")

_PARSER: Final[Any] = importlib.import_module("re._parser")

_OP: Final[Any] = importlib.import_module("re._constants")

_UNREAD: Final = {
    "POSSESSIVE_REPEAT": "a possessive repetition",
    "ATOMIC_GROUP": "an atomic group",
    "GROUPREF": "a backreference",
    "GROUPREF_EXISTS": "a condition",
    "AT": "a word boundary",
    "ASSERT": "a look-behind",
    "ASSERT_NOT": "a look-behind",
}


class _Reader:
    """Turns the result of `re`'s parser into a tree."""

    def __init__(self, regex: re.Pattern[str]) -> None:
        self.count = 0
        self._classes = _explicit_classes(regex)
        self._known: dict[str, frozenset[str]] = {}

    def read(self, items: Iterable[Any], flags: int, repeated: bool = False) -> Node:  # noqa: FBT001, FBT002
        parts = tuple(self._item(op, value, flags, repeated) for op, value in items)
        return parts[0] if len(parts) == 1 else Sequence(parts)

    def _item(self, op: Any, value: Any, flags: int, repeated: bool) -> Node:  # noqa: FBT001
        if op in (_OP.LITERAL, _OP.NOT_LITERAL, _OP.ANY, _OP.IN):
            return self._chars(op, value, flags, repeated)
        if op is _OP.BRANCH:
            return Choice(tuple(self.read(branch, flags, repeated) for branch in value[1]))
        if op is _OP.SUBPATTERN:
            _, added, removed, part = value
            kept = flags & ~_PARSER.TYPE_FLAGS if added & _PARSER.TYPE_FLAGS else flags
            return self.read(part, (kept | added) & ~removed, repeated)
        if op in (_OP.MAX_REPEAT, _OP.MIN_REPEAT):
            low, high, part = value
            varies = repeated or (high > 1 and low != high)
            return Repeat(low, None if high is _OP.MAXREPEAT else high, self.read(part, flags, varies))
        if op is _OP.AT and value in (_OP.AT_BEGINNING, _OP.AT_BEGINNING_STRING, _OP.AT_END, _OP.AT_END_STRING):
            return Anchor(value in (_OP.AT_END, _OP.AT_END_STRING))  # an origin has no line ends
        if op in (_OP.ASSERT, _OP.ASSERT_NOT) and value[0] > 0:
            return Look(op is _OP.ASSERT_NOT, self.read(value[1], flags, repeated))
        if op is _OP.FAILURE:
            return Choice(())
        raise Unproven(f"has {_UNREAD.get(str(op), str(op).lower())}, which the proof does not read")

    def _chars(self, op: Any, value: Any, flags: int, repeated: bool) -> Chars:  # noqa: FBT001
        """Ask the engine which characters the item matches, as it knows case folding and classes."""
        listed = op is _OP.IN and all(kind is _OP.LITERAL for kind, _ in value)
        if listed:
            listed = not any(known <= {code for _, code in value} for known in self._classes)
        key = f"{op} {value} {flags}"
        if key not in self._known:
            state = _PARSER.State()
            state.flags = flags
            one = _ENGINE.compile(_PARSER.SubPattern(state, [(op, value)]), flags)
            self._known[key] = frozenset(filter(one.fullmatch, ALPHABET))
        self.count += 1
        return Chars(self.count, self._known[key], listed, repeated)


# `re` merges (a|b) into the class [ab]: only the text shows which of the two it was.
_CLASS: Final = re.compile(r"\\.|(\[\^?\]?(?:\\.|[^\]\\])*\])", re.DOTALL)


def _explicit_classes(regex: re.Pattern[str]) -> list[set[int]]:
    classes: list[set[int]] = []
    for found in _CLASS.finditer(regex.pattern):
        if found[1]:
            for op, value in _parsed(found[1], 0):
                if op is _OP.IN and all(kind is _OP.LITERAL for kind, _ in value):
                    classes.append({code for _, code in value})
    return classes


def _parsed(text: str, flags: int) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _PARSER.parse(text, flags & ~re.DEBUG)


def compile_quietly(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """Compile an expression without Python's FutureWarning of a set, and without what re.DEBUG prints.

    Each start proves an expression anew, by what the running Python makes of it.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return re.compile(pattern, flags & ~re.DEBUG)


def read(regex: re.Pattern[str]) -> Node:
    """Return the tree of `regex`.

    Raises:
        Unproven: It has an item that cannot be read.
    """
    try:
        tree = _parsed(regex.pattern, regex.flags)
        return _Reader(regex).read(tree, tree.state.flags)
    except (RecursionError, re.error):
        raise Unproven("is nested too deeply to be read") from None
