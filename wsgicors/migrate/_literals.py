"""Values of settings as Python writes them: which can be rewritten, and how."""

import re
from collections.abc import Iterator
from typing import Final, cast

import libcst as cst

from wsgicors.migrate._seen import UNKNOWN, Seen

FLASK_META: Final = frozenset("*\\]?$^[]()")
"""Characters that make flask-cors treat a text as an expression."""


def is_one(text: str) -> bool:
    """Whether a text is exactly one member of a list: not several, none or all."""
    return text not in ("", "*") and not re.search(r"[\s,]", text)


def as_pattern(value: object) -> "re.Pattern[str] | None":
    """Return a value if it is a compiled expression."""
    return cast("re.Pattern[str]", value) if isinstance(value, re.Pattern) else None


def editable(seen: Seen) -> bool:
    """Whether the node of a value can be rewritten: a literal, a list, or a call of ``compile`` or ``timedelta``."""
    if isinstance(seen.node, cst.Call):
        return isinstance(seen.value, re.Pattern) or (
            seen.items is None and not isinstance(seen.value, (str, type(UNKNOWN)))
        )
    return isinstance(
        seen.node,
        (
            cst.SimpleString,
            cst.ConcatenatedString,
            cst.Integer,
            cst.UnaryOperation,
            cst.List,
            cst.Tuple,
            cst.Set,
            cst.Float,
        ),
    ) or isinstance(seen.value, (bool, int))


def read_instead(instead: str) -> list[object]:
    """Return the values that a problem says to write instead; empty if it names none.

    >>> read_instead("https://a.example"), read_instead('"GET", "POST"'), read_instead('["a"]'), read_instead("600")
    (['https://a.example'], ['GET', 'POST'], ['a'], [600])
    """
    if not instead:
        return []
    if instead.isdigit():
        return [int(instead)]
    if not instead.startswith(("[", '"', "re.")):
        return [instead]
    return list(_expression_values(cst.parse_expression(f"[{instead.strip('[]') if instead[0] == '[' else instead}]")))


def _expression_values(node: cst.BaseExpression) -> Iterator[object]:
    from wsgicors.migrate._file import File
    from wsgicors.migrate._project import Project

    file = File.of_text(f"VALUES = {cst.Module([]).code_for_node(node)}", Project(()))
    for seen, _ in file.alive(file.module, "VALUES"):
        yield from (item.value for item in seen.items or () if item.value is not UNKNOWN)


def raw(text: str) -> str:
    r"""Return a text as a raw literal where that is possible.

    >>> print(raw(r"https://a\.example"), raw('"'))
    r"https://a\.example" '"'
    """
    is_raw = text.isprintable() and '"' not in text and not text.endswith("\\")
    return f'r"{text}"' if is_raw else ascii(text)


def written(value: object, *, texts: bool = False, like: str = "") -> str:
    r"""Return a value as Python.

    Args:
        value: What to write.
        texts: Whether to write expressions as texts, as in Django's settings.
        like: A literal whose quotes to use.

    >>> print(written("https://a.example", like="'x'"), written(re.compile(r"https://a\.example")))
    'https://a.example' re.compile(r"https://a\.example")
    """
    if isinstance(value, re.Pattern):
        pattern = cast("re.Pattern[str]", value)
        flags = re.RegexFlag(pattern.flags & ~re.UNICODE)
        if texts and not flags:
            return raw(pattern.pattern)
        return f"re.compile({raw(pattern.pattern)}{f', {flags!r}' if flags else ''})"
    if not isinstance(value, str):
        return repr(value)
    quote = "'" if like.lstrip("rRbBuUfF([ ").startswith("'") else '"'
    return f"{quote}{value}{quote}" if value.isprintable() and not re.search(r"[\"'\\]", value) else ascii(value)
