"""Replacements of values in source files."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import libcst as cst

from wsgicors.migrate._edits import Listing, without
from wsgicors.migrate._literals import as_pattern, raw, written

if TYPE_CHECKING:
    from wsgicors.migrate._file import File


@dataclass
class Fix:
    """The replacement of a node: the members to put in its place."""

    file: "File"
    values: list[object]
    as_list: bool = False
    text_expressions: bool = False


def apply(fixes: Mapping[cst.CSTNode, Fix]) -> None:
    """Pass fixes to the edits of their files."""
    by_list: dict[cst.CSTNode, list[tuple[cst.BaseExpression, Fix]]] = {}
    for node, fix in fixes.items():
        expression = cast("cst.BaseExpression", node)
        parent = fix.file.parent(node)
        if not fix.as_list and len(fix.values) != 1 and isinstance(parent, cst.Element):
            listing = cast("cst.CSTNode", fix.file.parent(parent))
            by_list.setdefault(listing, []).append((expression, fix))
        elif fix.as_list:
            code = "[{}]".format(", ".join(written(value, like=fix.file.text_of(node)) for value in fix.values))
            fix.file.edits.replace(expression, code)
            _imports(fix)
        else:
            _replace(expression, fix)
    for listing, changes in by_list.items():
        if listing in fixes:
            continue  # replaced as a whole
        _change_list(cast("Listing", listing), changes)


def _replace(node: cst.BaseExpression, fix: Fix) -> None:
    value = fix.values[0]
    compiled = as_pattern(value)
    if isinstance(node, cst.Call) and compiled is not None and node.args:
        # The argument of re.compile; its flags stay.
        fix.file.edits.replace(node.args[0].value, raw(compiled.pattern))
        return
    texts = fix.text_expressions
    fix.file.edits.replace(node, written(value, texts=texts, like=fix.file.text_of(node)))
    _imports(fix)


def _imports(fix: Fix) -> None:
    has_pattern = any(isinstance(value, re.Pattern) for value in fix.values)
    if has_pattern and not fix.text_expressions and fix.file.imports.get("re") is None:
        fix.file.edits.need_import("re")


def _change_list(listing: Listing, changes: list[tuple[cst.BaseExpression, Fix]]) -> None:
    file = changes[0][1].file
    places = {element.value: place for place, element in enumerate(listing.elements)}
    gone = [places[node] for node, fix in changes if not fix.values]
    grown = {
        places[node]: [written(value, texts=fix.text_expressions, like=file.text_of(node)) for value in fix.values]
        for node, fix in changes
        if fix.values
    }
    for _, fix in changes:
        _imports(fix)

    def changed(updated: cst.CSTNode) -> cst.CSTNode:
        current = cast("Listing", updated)
        elements: list[cst.BaseElement] = []
        kept_gone: list[int] = []
        for place, element in enumerate(current.elements):
            if place in gone:
                kept_gone.append(len(elements))
            codes = grown.get(place)
            if codes is None:
                elements.append(element)
                continue
            for code in codes[:-1]:
                comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
                elements.append(cst.Element(cst.parse_expression(code), comma))
            elements.append(element.with_changes(value=cst.parse_expression(codes[-1])))
        return without(current.with_changes(elements=elements), kept_gone)

    file.edits.change(listing, changed)
