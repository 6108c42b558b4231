"""The order of the tests: those that enter the broken function first, quick ones before slow ones."""

import ast
import json
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest

from tests.mutation.operators import line_of

ENTERED: Final[dict[int, None]] = {}
"""The first lines of the functions that a module of `Watched` has entered."""

_BEGIN: Final = f"from {__name__} import ENTERED as __entered__"
_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Watched:
    """A module that records which of its functions are entered.

    Attributes:
        path: The file, from the root of the checkout.
    """

    path: str

    def tree(self, root: Path) -> ast.Module:
        """Return the module with one more statement at its start and at each function's; none is a call."""
        tree = ast.parse((root / self.path).read_text("utf-8"))
        for function in _functions(tree):
            _put_first(function, f"__entered__[{function.lineno}] = None")
        _put_first(tree, _BEGIN)
        return ast.fix_missing_locations(tree)


def _functions(tree: ast.Module) -> Iterator[_Function]:
    for node in ast.walk(tree):
        if isinstance(node, _Function):
            yield node


def _put_first(node: _Function | ast.Module, statement: str) -> None:
    at = 1 if ast.get_docstring(node, clean=False) is not None else 0
    while at < len(node.body) and isinstance(first := node.body[at], ast.ImportFrom) and first.module == "__future__":
        at += 1
    node.body[at:at] = ast.parse(statement).body


@dataclass
class Seen:
    """The facts about each test, by its id, from a run without a mutant.

    Attributes:
        entered: The first lines of the functions that the test enters.
        seconds: How long the test takes.
    """

    entered: dict[str, list[int]] = field(default_factory=dict[str, list[int]])
    seconds: dict[str, float] = field(default_factory=dict[str, float])


class Watch:
    """A plugin that records which functions of a `Watched` module each test enters, and how long it takes."""

    def __init__(self, record: Path) -> None:
        self._record = record
        self._seen = Seen()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        ENTERED.clear()
        begun = time.process_time()
        try:
            return (yield)
        finally:
            self._seen.entered[item.nodeid] = [*ENTERED]
            self._seen.seconds[item.nodeid] = time.process_time() - begun

    def pytest_sessionfinish(self) -> None:
        self._record.write_text(json.dumps(vars(self._seen)), "utf-8")


class Order:
    """A plugin that sorts the tests."""

    def __init__(self, seen: Seen, line: int | None) -> None:
        self._seen = seen
        self._line = line

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        files = {path: number for number, path in enumerate(dict.fromkeys(item.path for item in items))}
        items.sort(key=lambda item: (not self._enters(item), files[item.path], self._seen.seconds.get(item.nodeid, 0)))

    def _enters(self, item: pytest.Item) -> bool:
        return self._line in self._seen.entered.get(item.nodeid, [])


def read(record: Path) -> Seen:
    """Return the record of `Watch`."""
    return Seen(**json.loads(record.read_text("utf-8")))


def function_of(tree: ast.Module, node: ast.AST) -> int | None:
    """Return the line of the innermost function with the node in its body; None for code that runs on import."""
    line = line_of(node)
    around = [it for it in _functions(tree) if it.body[0].lineno <= line <= (it.body[-1].end_lineno or 0)]
    return max((it.lineno for it in around), default=None)
