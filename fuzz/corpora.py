"""The corpora: for each target, the smallest inputs that together reach every step of the code reached so far."""

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, Final

FOLDER: Final = Path(__file__).with_name("corpus")

Step = tuple[CodeType, int, int]
"""A step from one line of a code object to another."""


def read(target: str) -> list[bytes]:
    """Return a target's corpus."""
    return [text.encode("latin-1") for text in json.loads((FOLDER / f"{target}.json").read_text("ascii"))]


def write(target: str, inputs: Iterable[bytes]) -> None:
    """Write a corpus, one input per line, with bytes as latin-1 characters."""
    lines = ",\n".join(json.dumps(data.decode("latin-1")) for data in inputs)
    (FOLDER / f"{target}.json").write_text(f"[\n{lines}\n]\n", "ascii")


def smallest(check: Callable[[bytes], None], inputs: Iterable[bytes]) -> Sequence[bytes]:
    """Return the inputs that reach a step in the package that no smaller one reaches."""
    ordered = sorted(set(inputs), key=lambda data: (len(data), data))
    if ordered:
        check(ordered[0])  # do imports and fill caches first
    known: set[Step] = set()
    kept: list[bytes] = []
    for data in ordered:
        steps = steps_of(check, data)
        if not steps <= known:
            kept.append(data)
            known |= steps
    return kept


def steps_of(check: Callable[[bytes], None], data: bytes) -> set[Step]:
    """Return the steps in the package that a check of `data` takes."""
    steps: set[Step] = set()
    last: dict[FrameType, int] = {}

    def trace(frame: FrameType, event: str, _: object) -> Any:
        if event == "call":
            if "/wsgicors/" not in frame.f_code.co_filename:
                return None
        elif event == "line":
            steps.add((frame.f_code, last.get(frame, 0), frame.f_lineno))
            last[frame] = frame.f_lineno
        elif event == "return":
            last.pop(frame, None)
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        check(data)
    finally:
        sys.settrace(before)
    return steps
