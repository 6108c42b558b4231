"""In which order the tests are asked: those that enter the broken function first, the quick before the slow ones."""

import ast
import json
import sys
import threading
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import pytest


@dataclass
class Seen:
    """What a run without a mutant has shown of each test.

    Attributes:
        entered: The first lines of the module's functions that the test enters, by the test's id.
        seconds: How long the test takes.
    """

    entered: dict[str, list[int]] = field(default_factory=dict[str, list[int]])
    seconds: dict[str, float] = field(default_factory=dict[str, float])


class Watch:
    """A plugin that writes down what each test enters of a file, and how long it takes."""

    def __init__(self, file: Path, record: Path) -> None:
        self._file = str(file)
        self._record = record
        self._seen = Seen()
        self._lines: set[int] = set()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        self._lines = set()
        begun = time.process_time()
        threading.settrace(self._called)
        sys.settrace(self._called)
        try:
            return (yield)
        finally:
            sys.settrace(None)
            threading.settrace(None)
            self._seen.entered[item.nodeid] = sorted(self._lines)
            self._seen.seconds[item.nodeid] = time.process_time() - begun

    def pytest_sessionfinish(self) -> None:
        self._record.write_text(json.dumps(vars(self._seen)), "utf-8")

    def _called(self, frame: FrameType, _event: str, _argument: object) -> Callable[..., Any] | None:
        if frame.f_code.co_filename == self._file:
            self._lines.add(frame.f_code.co_firstlineno)
        return None


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
    """Return what `Watch` has written."""
    return Seen(**json.loads(record.read_text("utf-8")))


def function_of(tree: ast.Module, node: ast.AST) -> int | None:
    """Return the first line of the innermost function with the node in its body; None for what runs at the import."""
    line: int = getattr(node.target if isinstance(node, ast.comprehension) else node, "lineno", 0)
    functions = (it for it in ast.walk(tree) if isinstance(it, ast.FunctionDef | ast.AsyncFunctionDef))
    around = [it for it in functions if it.body[0].lineno <= line <= (it.body[-1].end_lineno or 0)]
    return max((min([it.lineno, *(one.lineno for one in it.decorator_list)]) for it in around), default=None)
