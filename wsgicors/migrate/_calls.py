"""Changes to the arguments of a call and to the entries of a mapping."""

from collections.abc import Collection, Sequence
from typing import TypeAlias

import libcst as cst


def with_arguments(call: cst.Call, gone: Collection[int], new: Sequence[tuple[str, str]]) -> cst.Call:
    """Return a call without the arguments at the given positions, and with new keywords in front of the others.

    >>> call = cst.parse_expression("CORS(app, vary_headers=True)")
    >>> cst.Module([]).code_for_node(with_arguments(call, [1], [("origins", '"*"')]))
    'CORS(app, origins="*")'
    """
    arguments = list(call.args)
    kept = [argument for place, argument in enumerate(arguments) if place not in gone]
    if kept and kept[-1] is not arguments[-1]:
        last = arguments[-1]
        comma = _ended(kept[-1].comma, last.comma)
        kept[-1] = kept[-1].with_changes(comma=comma, whitespace_after_arg=last.whitespace_after_arg)
    place = next((place + 1 for place, argument in enumerate(kept) if _is_app(argument)), 0)
    for name, code in new:
        kept = _inserted(call, kept, place, cst.Arg(cst.parse_expression(code), cst.Name(name), equal=_EQUAL))
        place += 1
    return call.with_changes(args=kept)


_Comma: TypeAlias = cst.Comma | cst.MaybeSentinel


def _ended(comma: _Comma, last: _Comma) -> _Comma:
    """Return the comma of the new last member: like that of the old last one, but with the comment of its own line."""
    if not isinstance(comma, cst.Comma) or not isinstance(last, cst.Comma):
        return last
    own, end = comma.whitespace_after, last.whitespace_after
    if isinstance(own, cst.ParenthesizedWhitespace) and isinstance(end, cst.ParenthesizedWhitespace):
        return last.with_changes(whitespace_after=end.with_changes(first_line=own.first_line))
    return last


_EQUAL = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))


def _is_app(argument: cst.Arg) -> bool:
    return not argument.star and (argument.keyword is None or argument.keyword.value == "app")


def _inserted(call: cst.Call, arguments: list[cst.Arg], place: int, new: cst.Arg) -> list[cst.Arg]:
    before, after = arguments[:place], arguments[place:]
    between: cst.BaseParenthesizableWhitespace = cst.SimpleWhitespace(" ")
    if before and isinstance(before[-1].comma, cst.Comma) and after:
        between = before[-1].comma.whitespace_after
    elif not before and isinstance(call.whitespace_before_args, cst.ParenthesizedWhitespace):
        between = call.whitespace_before_args
    if after:
        return [*before, new.with_changes(comma=cst.Comma(whitespace_after=between)), *after]
    if before:
        last = before[-1]
        new = new.with_changes(comma=last.comma, whitespace_after_arg=last.whitespace_after_arg)
        if isinstance(call.whitespace_before_args, cst.ParenthesizedWhitespace):
            between = call.whitespace_before_args
        separator = cst.Comma(whitespace_after=between)
        before[-1] = last.with_changes(comma=separator, whitespace_after_arg=cst.SimpleWhitespace(""))
    return [*before, new]


def without_entries(mapping: cst.Dict, gone: Collection[int]) -> cst.Dict:
    """Return a mapping without the entries at the given positions.

    >>> mapping = cst.parse_expression('{"origins": "*", "headers": "X"}')
    >>> cst.Module([]).code_for_node(without_entries(mapping, [1]))
    '{"origins": "*"}'
    """
    kept = [element for place, element in enumerate(mapping.elements) if place not in gone]
    if kept and kept[-1] is not mapping.elements[-1]:
        kept[-1] = kept[-1].with_changes(comma=_ended(kept[-1].comma, mapping.elements[-1].comma))
    return mapping.with_changes(elements=kept)
