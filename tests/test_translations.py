"""The adapters translate: none of their functions compares an origin, a method or a status; the core does."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.checkout import ROOT

SUBJECTS = frozenset({"origin", "method", "status", "HTTP_ORIGIN", "REQUEST_METHOD", "request_method"})

ALLOWED = {
    "__contains__": "a source of origins, which the core asks",
    "exportable": "the methods of Flask's URL rules, offline",
}
"""Functions that compare one of them for a reason other than CORS."""


def subjects(node: ast.expr) -> Iterator[str]:
    """The names in an operand."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.Constant(value=str(name)):
            yield name
        case ast.Subscript(slice=ast.Constant(value=str(name))):
            yield name
        case ast.Call(func=ast.Attribute(attr="get"), args=[ast.Constant(value=str(name)), *_]):
            yield name
        case _:
            pass


def comparisons(source: str) -> Iterator[tuple[str, str]]:
    """Each function that compares a subject, except for its presence, and the comparison."""
    for function in ast.walk(ast.parse(source)):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for node in ast.walk(function):
                if not isinstance(node, ast.Compare) or isinstance(node.ops[0], ast.Is | ast.IsNot):
                    continue
                operands = [node.left, *node.comparators]
                if isinstance(operands[0], ast.Constant) and isinstance(node.ops[0], ast.In | ast.NotIn):
                    operands = operands[1:]  # whether a mapping has a key
                if not SUBJECTS.isdisjoint(name for operand in operands for name in subjects(operand)):
                    yield function.name, ast.unparse(node)


def sources() -> list[Path]:
    return sorted((ROOT / "adapters").rglob("*.py"))


def test_no_adapter_compares_an_origin_a_method_or_a_status() -> None:
    found = [
        (path.name, *comparison)
        for path in sources()
        for comparison in comparisons(path.read_text("utf-8"))
        if comparison[0] not in ALLOWED
    ]
    assert found == []


def test_every_exception_is_needed() -> None:
    assert {name for path in sources() for name, _ in comparisons(path.read_text("utf-8"))} == ALLOWED.keys()


def test_a_comparison_is_seen() -> None:
    code = "def f(request, verdict):\n    return request.method == 'GET' or verdict.status != 200 or origin in known\n"
    assert len([*comparisons(code)]) == 3
    assert [*comparisons("def f(meta):\n    return meta['HTTP_ORIGIN'] == 'null'\n")]
