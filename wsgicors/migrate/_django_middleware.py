"""The place of the middleware of django-cors-headers in a project's settings: it has to stand first."""

from typing import Final, cast

import libcst as cst

from wsgicors.migrate._edits import Listing, with_first, without
from wsgicors.migrate._file import File
from wsgicors.migrate._judging import Judge
from wsgicors.migrate._nodes import cst_text

NEW_MIDDLEWARE: Final = "django_wsgicors.CorsMiddleware"
_STACKS: Final = ("MIDDLEWARE", "MIDDLEWARE_CLASSES")


class Middleware:
    """Moves the middleware to the front of MIDDLEWARE, however the settings build that list."""

    def __init__(self, judge: Judge) -> None:
        self.judge = judge

    def take_out(self, file: File, string: cst.SimpleString) -> None:
        """Remove a middleware from its list."""
        element = file.parent(string)
        listing = file.parent(element) if element is not None else None
        if isinstance(element, cst.Element) and isinstance(listing, (cst.List, cst.Tuple)):
            place = list(listing.elements).index(element)
            file.edits.change(listing, lambda updated: without(cast("Listing", updated), [place]))

    def move_first(self, file: File, string: cst.SimpleString) -> None:
        """Move the middleware to the top of its list, or in front of the list that it is added to."""
        element = file.parent(string)
        listing = file.parent(element) if element is not None else None
        if isinstance(element, cst.Element) and isinstance(listing, (cst.List, cst.Tuple)):
            statement = file.parent(listing)
            if isinstance(statement, cst.AugAssign) and cst_text(statement.target) in _STACKS:
                self._in_front(file, statement, listing, element)
            elif isinstance(statement, (cst.Assign, cst.AnnAssign)):
                place = list(listing.elements).index(element)
                if place:
                    file.edits.change(listing, lambda updated: with_first(cast("Listing", updated), place))
                    self.judge.note("middleware", file, string)
            elif isinstance(statement, cst.BinaryOperation):
                self._before_sum(file, statement, cast("Listing", listing), element)
            return
        call = file.parent(element) if element is not None else None
        if isinstance(element, cst.Arg) and isinstance(call, cst.Call) and self._is_stack_call(call):
            self._first_call(file, call, string)

    def _is_stack_call(self, call: cst.Call) -> bool:
        owner, _, method = cst_text(call.func).rpartition(".")
        return owner.rpartition(".")[2] in _STACKS and method in ("append", "insert")

    def _first_call(self, file: File, call: cst.Call, string: cst.SimpleString) -> None:
        function = cst.ensure_type(call.func, cst.Attribute)
        if function.attr.value == "insert" and file.evaluator.one(call.args[0].value).value == 0:
            return
        first = cst.Arg(cst.Integer("0"), comma=cst.Comma(whitespace_after=cst.SimpleWhitespace(" ")))

        def changed(updated: cst.CSTNode) -> cst.CSTNode:
            current = cst.ensure_type(updated, cst.Call)
            insert = cst.ensure_type(current.func, cst.Attribute).with_changes(attr=cst.Name("insert"))
            return current.with_changes(func=insert, args=[first, current.args[-1]])

        file.edits.change(call, changed)
        self.judge.note("middleware", file, string)

    def _before_sum(self, file: File, operation: cst.BinaryOperation, listing: Listing, element: cst.Element) -> None:
        """Change ``MIDDLEWARE = A + [cors, other]`` to ``MIDDLEWARE = [cors] + A + [other]``."""
        whole = operation
        while isinstance(parent := file.parent(whole), cst.BinaryOperation):
            whole = parent
        first_part: cst.BaseExpression = whole
        while isinstance(first_part, cst.BinaryOperation):
            first_part = first_part.left
        place = list(listing.elements).index(element)
        statement = file.parent(whole)
        if not isinstance(statement, (cst.Assign, cst.AnnAssign)) or (first_part is listing and not place):
            return
        if len(listing.elements) > 1:
            file.edits.change(listing, lambda updated: without(cast("Listing", updated), [place]))
        else:
            other = "right" if operation.left is listing else "left"
            file.edits.change(operation, lambda updated: cast("cst.CSTNode", getattr(updated, other)))
        opening, closing = ("[", "]") if isinstance(listing, cst.List) else ("(", ",)")
        quote = cst.ensure_type(element.value, cst.SimpleString).quote
        first = cst.parse_expression(f"{opening}{quote}{NEW_MIDDLEWARE}{quote}{closing}")
        file.edits.change(
            whole, lambda updated: cst.BinaryOperation(first, cst.Add(), cast("cst.BaseExpression", updated))
        )
        self.judge.note("middleware", file, element.value)

    def _in_front(self, file: File, statement: cst.AugAssign, listing: Listing, element: cst.Element) -> None:
        """Change ``MIDDLEWARE += [cors, other]`` to ``MIDDLEWARE = [cors, *MIDDLEWARE, other]``."""
        place = list(listing.elements).index(element)
        name = cst_text(statement.target)

        def changed(updated: cst.CSTNode) -> cst.CSTNode:
            current = cst.ensure_type(updated, cst.AugAssign)
            elements = list(cast("Listing", current.value).elements)
            cors = elements.pop(place)
            comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
            spread = cst.StarredElement(cst.Name(name))
            members: list[cst.BaseElement] = [cors.with_changes(comma=comma), spread]
            if elements:
                members[1] = spread.with_changes(comma=comma)
                members += elements
            return cst.Assign([cst.AssignTarget(cst.Name(name))], cst.List(members))

        file.edits.change(statement, changed)
        self.judge.note("middleware", file, element.value)
