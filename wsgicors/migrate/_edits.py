"""The changes to one file: replace expressions, remove or move members of lists, put comments above statements."""

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias, cast

import libcst as cst

TODO: Final = "# TODO(cors): "

Change: TypeAlias = Callable[[cst.CSTNode], cst.CSTNode]


class Edits:
    """The changes to a module, which stays unchanged until `applied` is called."""

    def __init__(self, module: cst.Module) -> None:
        self._module = module
        self._changes: dict[cst.CSTNode, list[Change]] = {}
        self._comments: dict[cst.CSTNode, list[str]] = {}
        self._imports: list[str] = []

    @property
    def is_empty(self) -> bool:
        """Whether there are no changes."""
        return not (self._changes or any(self._comments.values()) or self._imports)

    def change(self, node: cst.CSTNode, change: Change) -> None:
        """Change a node into another one, after the nodes inside it."""
        self._changes.setdefault(node, []).append(change)

    def replace(self, node: cst.BaseExpression, code: str) -> None:
        """Replace an expression."""
        self.change(node, lambda _: cst.parse_expression(code))

    def comment(self, statement: cst.CSTNode, *lines: str) -> None:
        """Put comment lines above a statement or a decorator, unless the first of them is there already."""
        known = self._comments.setdefault(statement, [])
        # The comments above a module's first statement belong to the module.
        above = self._module.header if statement is self._module.body[0] else ()
        present = [line.comment.value for line in (*above, *_leading(statement)) if line.comment is not None]
        if lines[0] not in (*known, *present):
            known.extend(lines)

    def need_import(self, module: str) -> None:
        """Import a module at the top, if it is not yet imported."""
        if module not in self._imports:
            self._imports.append(module)

    def applied(self) -> cst.Module:
        """Return the module with all changes applied."""
        module = self._module.visit(_Changer(self._changes, self._comments))
        for name in self._imports:
            module = _with_import(module, name)
        return module


class _Changer(cst.CSTTransformer):
    def __init__(
        self,
        changes: dict[cst.CSTNode, list[Change]],
        comments: dict[cst.CSTNode, list[str]],
    ) -> None:
        self.changes = changes
        self.comments = comments

    def on_leave(  # type: ignore[override]
        self, original_node: cst.CSTNodeT, updated_node: cst.CSTNodeT
    ) -> cst.CSTNode:
        """Change a node whose children have been changed already."""
        updated: cst.CSTNode = updated_node
        for change in self.changes.get(original_node, ()):
            updated = change(updated)
        lines = self.comments.get(original_node)
        return _commented(updated, lines) if lines else updated


def _commented(node: cst.CSTNode, lines: Sequence[str]) -> cst.CSTNode:
    new = [cst.EmptyLine(comment=cst.Comment(line)) for line in lines]
    return node.with_changes(leading_lines=(*_leading(node), *new))


def _leading(node: cst.CSTNode) -> Sequence[cst.EmptyLine]:
    return cast("Sequence[cst.EmptyLine]", getattr(node, "leading_lines", ()))


def _with_import(module: cst.Module, name: str) -> cst.Module:
    """Return `module` with ``import name`` before its first import that is not from ``__future__``."""
    body = list(module.body)
    place = 0
    for index, statement in enumerate(body):
        if not isinstance(statement, cst.SimpleStatementLine):
            break
        first = statement.body[0]
        is_text = isinstance(first, cst.Expr) and isinstance(first.value, (cst.SimpleString, cst.ConcatenatedString))
        if is_text or (isinstance(first, cst.ImportFrom) and _is_future(first)):
            place = index + 1
            continue
        break
    following = body[place] if place < len(body) else None
    leading: Sequence[cst.EmptyLine] = ()
    if isinstance(following, cst.SimpleStatementLine):
        leading = following.leading_lines
        body[place] = following.with_changes(leading_lines=())
    statement = cst.SimpleStatementLine([cst.Import([cst.ImportAlias(cst.Name(name))])], leading_lines=leading)
    return module.with_changes(body=[*body[:place], statement, *body[place:]])


def _is_future(statement: cst.ImportFrom) -> bool:
    return isinstance(statement.module, cst.Name) and statement.module.value == "__future__"


# Lists, as rows: each member with its own comments.


class _Row:
    """A member of a list, and its place in the text."""

    def __init__(self, element: cst.BaseElement, gap: cst.BaseParenthesizableWhitespace) -> None:
        self.element = element
        self.wrapped = isinstance(gap, cst.ParenthesizedWhitespace)
        self.leads = list(gap.empty_lines) if isinstance(gap, cst.ParenthesizedWhitespace) else []
        self.gap = gap
        self.trail: cst.TrailingWhitespace | None = None


Listing: TypeAlias = cst.List | cst.Tuple | cst.Set


def without(listing: Listing, gone: Sequence[int]) -> Listing:
    r"""Return a list without the members at the given positions, and without their comments.

    >>> code = '[\n    "a",  # first\n    "b",  # second\n]'
    >>> cst.Module([]).code_for_node(without(cst.parse_expression(code), [1]))
    '[\n    "a",  # first\n]'
    """
    rows, closing = _rows(listing)
    return _rebuilt(listing, [row for place, row in enumerate(rows) if place not in gone], closing)


def with_first(listing: Listing, place: int) -> Listing:
    """Return a list with the member at `place` moved to the front.

    >>> code = '["a", "b", "c"]'
    >>> cst.Module([]).code_for_node(with_first(cst.parse_expression(code), 2))
    '["c", "a", "b"]'
    """
    rows, closing = _rows(listing)
    moved = rows.pop(place)
    if rows:
        # In the text, the new first member takes the place of the old one, which takes the place of the moved one.
        (rows[0].gap, moved.gap) = (moved.gap if moved.wrapped or not rows[0].wrapped else rows[0].gap, rows[0].gap)
        rows[0].wrapped, moved.wrapped = (
            isinstance(rows[0].gap, cst.ParenthesizedWhitespace),
            isinstance(moved.gap, cst.ParenthesizedWhitespace),
        )
        if not rows[0].wrapped:
            rows[0].gap = cst.SimpleWhitespace(" ")
    return _rebuilt(listing, [moved, *rows], closing)


def _rows(listing: Listing) -> tuple[list[_Row], cst.BaseParenthesizableWhitespace]:
    opening, closing = _brackets(listing)
    gap = opening
    rows: list[_Row] = []
    for element in listing.elements:
        row = _Row(element, gap)
        rows.append(row)
        gap = element.comma.whitespace_after if isinstance(element.comma, cst.Comma) else cst.SimpleWhitespace("")
        if isinstance(gap, cst.ParenthesizedWhitespace):
            row.trail = gap.first_line
    if isinstance(gap, cst.ParenthesizedWhitespace):
        closing = gap
    elif rows and isinstance(closing, cst.ParenthesizedWhitespace):
        rows[-1].trail = closing.first_line
    return rows, closing


def _brackets(
    listing: Listing,
) -> tuple[cst.BaseParenthesizableWhitespace, cst.BaseParenthesizableWhitespace]:
    if isinstance(listing, cst.List):
        return listing.lbracket.whitespace_after, listing.rbracket.whitespace_before
    if isinstance(listing, cst.Set):
        return listing.lbrace.whitespace_after, listing.rbrace.whitespace_before
    if listing.lpar:
        return listing.lpar[-1].whitespace_after, listing.rpar[0].whitespace_before
    return cst.SimpleWhitespace(""), cst.SimpleWhitespace("")


def _rebuilt(listing: Listing, rows: Sequence[_Row], closing: cst.BaseParenthesizableWhitespace) -> Listing:
    trailing_comma = bool(listing.elements) and isinstance(listing.elements[-1].comma, cst.Comma)
    elements: list[cst.BaseElement] = []
    for place, row in enumerate(rows):
        following = rows[place + 1] if place + 1 < len(rows) else None
        if following is not None:
            comma: cst.Comma | cst.MaybeSentinel = cst.Comma(whitespace_after=_gap(row, following))
        elif trailing_comma or isinstance(listing, cst.Tuple):
            after = _closing(row, closing) if trailing_comma else cst.SimpleWhitespace("")
            comma = cst.Comma(whitespace_after=after)
            if not trailing_comma and len(rows) > 1:
                comma = cst.MaybeSentinel.DEFAULT
        else:
            comma = cst.MaybeSentinel.DEFAULT
        elements.append(row.element.with_changes(comma=comma))
    opening = _opening(listing, rows)
    end: cst.BaseParenthesizableWhitespace = cst.SimpleWhitespace("")
    if rows and not trailing_comma:
        end = _closing(rows[-1], closing)
    if isinstance(listing, cst.List):
        brackets: dict[str, object] = {
            "lbracket": listing.lbracket.with_changes(whitespace_after=opening),
            "rbracket": listing.rbracket.with_changes(whitespace_before=end),
        }
    elif isinstance(listing, cst.Set):
        brackets = {
            "lbrace": listing.lbrace.with_changes(whitespace_after=opening),
            "rbrace": listing.rbrace.with_changes(whitespace_before=end),
        }
    elif listing.lpar:
        brackets = {
            "lpar": [*listing.lpar[:-1], listing.lpar[-1].with_changes(whitespace_after=opening)],
            "rpar": [listing.rpar[0].with_changes(whitespace_before=end), *listing.rpar[1:]],
        }
    else:
        brackets = {} if rows else {"lpar": [cst.LeftParen()], "rpar": [cst.RightParen()]}
    if isinstance(listing, cst.Set) and not rows:
        return cst.List([])
    return listing.with_changes(elements=elements, **brackets)


def _gap(row: _Row, following: _Row) -> cst.BaseParenthesizableWhitespace:
    """Return the white space between two members."""
    if row.trail is None and not following.wrapped:
        return (
            following.gap
            if isinstance(following.gap, cst.SimpleWhitespace) and following.gap.value
            else cst.SimpleWhitespace(" ")
        )
    last = (
        following.gap.last_line if isinstance(following.gap, cst.ParenthesizedWhitespace) else cst.SimpleWhitespace("")
    )
    indent = following.gap.indent if isinstance(following.gap, cst.ParenthesizedWhitespace) else True
    trail = row.trail if row.trail is not None else cst.TrailingWhitespace()
    if not following.wrapped and row.trail is not None and row.trail.comment is None:
        return cst.SimpleWhitespace(" ")
    return cst.ParenthesizedWhitespace(trail, following.leads, indent, last)


def _opening(listing: Listing, rows: Sequence[_Row]) -> cst.BaseParenthesizableWhitespace:
    gap, _ = _brackets(listing)
    if not rows:
        return cst.SimpleWhitespace("")
    if isinstance(gap, cst.ParenthesizedWhitespace):
        return gap.with_changes(empty_lines=rows[0].leads)
    return gap


def _closing(row: _Row, closing: cst.BaseParenthesizableWhitespace) -> cst.BaseParenthesizableWhitespace:
    if isinstance(closing, cst.ParenthesizedWhitespace):
        return closing.with_changes(first_line=row.trail or cst.TrailingWhitespace())
    if row.trail is not None and row.trail.comment is not None:
        return cst.ParenthesizedWhitespace(row.trail)
    return closing
