"""The mutants of a module: its source with one small fault each."""

import ast
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SWAPPED: Final[dict[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
ARITHMETIC: Final[dict[type[ast.operator], ast.operator]] = {
    ast.Add: ast.Sub(),
    ast.Sub: ast.Add(),
    ast.BitAnd: ast.BitOr(),
    ast.Mult: ast.Add(),
}
"""``|`` is left alone: it also joins types."""

UNREAD: Final = {"__all__", "__slots__", "__match_args__"}

CODECS: Final = {"ascii", "latin-1", "utf-8", "utf-8-sig"}
"""Names that Python reads alike with any punctuation behind them."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One fault in a file.

    Attributes:
        path: The file, from the root of the checkout.
        number: The index among the file's mutants.
        node: The original statement or expression.
        fault: Its replacement.
        line: The line in which the node begins.
    """

    path: str
    number: int
    node: ast.AST
    fault: ast.AST
    line: str

    @property
    def key(self) -> str:
        """The key in the list of equivalents: without the line number, which moves."""
        return f"{self.path}: {self.line}: {_told(self.node)} -> {_told(self.fault)}"

    def __str__(self) -> str:
        return f"{self.path}:{line_of(self.node)}: {_told(self.node)} -> {_told(self.fault)}"

    def tree(self, root: Path) -> ast.Module:
        """Return the module with the fault."""
        tree = ast.parse((root / self.path).read_text("utf-8"))
        next(itertools.islice(_planted(tree), self.number, None))
        return ast.fix_missing_locations(tree)


def faults(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the faulty replacements for the node."""
    match node:
        case ast.Constant():
            yield from _other_constants(node.value)
        case ast.Compare(left=left, ops=[op], comparators=right):
            yield ast.Compare(left, [SWAPPED[type(op)]()], right)
        case ast.BoolOp(op=op, values=values):
            yield ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield operand
        case ast.BinOp(left=left, op=op, right=right) if type(op) in ARITHMETIC:
            yield ast.BinOp(left, ARITHMETIC[type(op)], right)
        case ast.If(test=test, body=body, orelse=orelse):
            yield ast.If(ast.UnaryOp(ast.Not(), test), body, orelse)
        case ast.IfExp(test=test, body=then, orelse=otherwise):
            yield ast.IfExp(ast.UnaryOp(ast.Not(), test), then, otherwise)
        case ast.comprehension(target=target, iter=source, ifs=[_, *_], is_async=is_async):
            yield ast.comprehension(target, source, [], is_async)
        case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Constant) or value.value is not None:
            yield ast.Return(ast.Constant(None))
        case ast.Expr(value=ast.Call()) | ast.AugAssign() | ast.Raise() | ast.Break() | ast.Continue():
            yield ast.Pass()
        case _:
            pass


def _other_constants(value: object) -> Iterator[ast.Constant]:
    """Yield other numbers, truth values and tokens; sentences are in catalogues, which tests compare with pages."""
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int):
        yield ast.Constant(value + 1)
    elif isinstance(value, str) and 0 < len(value) <= 40 and " " not in value and value not in CODECS:
        yield ast.Constant(f"{value}~")


def unread(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the parts of the node that only people and type checkers read."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            yield from (
                [*node.decorator_list] if any("overload" in ast.unparse(it) for it in node.decorator_list) else []
            )
            yield from [it for it in [node.returns] if it]
        case ast.arg(annotation=ast.expr() as annotation) | ast.AnnAssign(annotation=annotation):
            yield annotation
        case ast.Expr(value=ast.Constant()):
            yield node.value
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            yield node
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in UNREAD:
            yield value
        case ast.JoinedStr(values=values):
            yield from (value for value in values if isinstance(value, ast.Constant))
        case ast.Call(func=ast.Name(id="cast" | "TypeVar" | "ParamSpec"), args=[named, *_]):
            yield named
        case ast.ClassDef(bases=bases) if any("TypedDict" in ast.unparse(base) for base in bases):
            yield from (*node.body, *node.keywords)
        case _:
            pass
    if isinstance(node, ast.AnnAssign) and "TypeAlias" in ast.unparse(node.annotation) and node.value:
        yield node.value
    if isinstance(node, ast.Assign | ast.AnnAssign) and node.value and _is_type(node.value):
        yield node.value


def _is_type(value: ast.expr) -> bool:
    """Whether the assigned value is a type alias: ``Callable[…]``."""
    return isinstance(value, ast.Subscript) and ast.unparse(value.value) in {"Callable", "Mapping", "tuple", "dict"}


def mutants(path: str, root: Path) -> Iterator[Mutant]:
    """Yield every mutant of a file, in the order of its code."""
    source = (root / path).read_text("utf-8")
    lines = source.splitlines()
    for number, (node, fault) in enumerate(_planted(ast.parse(source))):
        yield Mutant(path, number, node, fault, lines[line_of(node) - 1].strip())


def line_of(node: ast.AST) -> int:
    """Return the number of a node's first line; a comprehension has none, so that of its target."""
    line: int = getattr(node.target if isinstance(node, ast.comprehension) else node, "lineno", 0)
    return line


def _planted(tree: ast.Module) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Put each fault into the tree in turn, yield the node and the fault, and take it out again."""
    left_out = {id(inner) for node in ast.walk(tree) for part in unread(node) for inner in ast.walk(part)}
    for parent in ast.walk(tree):
        for field, value in ast.iter_fields(parent):
            for at, node in enumerate(value if isinstance(value, list) else [value]):
                if not isinstance(node, ast.AST) or id(node) in left_out:
                    continue
                for fault in faults(node):
                    if isinstance(node, ast.stmt | ast.expr):
                        ast.copy_location(fault, node)
                    _put(parent, field, value, at, fault)
                    yield node, fault
                    _put(parent, field, value, at, node)


def _put(parent: ast.AST, field: str, value: object, at: int, node: ast.AST) -> None:
    if isinstance(value, list):
        value[at] = node
    else:
        setattr(parent, field, node)


def _told(node: ast.AST) -> str:
    """The first line of the node's code."""
    return ast.unparse(node).strip().partition("\n")[0]
