"""The mutation runner: the faults that it plants, and that every module has tests to kill them."""

import ast
import os
import select
from pathlib import Path

import pytest

from tests.checkout import ROOT
from tests.mutation import __main__ as runner
from tests.mutation import order
from tests.mutation.__main__ import chosen, outcome
from tests.mutation.equivalent import EQUIVALENT
from tests.mutation.operators import mutants
from tests.mutation.suites import SUITES, first, whole

NOTHING_TO_BREAK = {"__init__", "__main__", "_cli", "_signals", "admin", "defaults", "signals", "sources"}
"""Modules that only name things."""


def planted(tmp_path: Path, source: str) -> list[str]:
    (tmp_path / "module.py").write_text(source, "utf-8")
    return [str(mutant).removeprefix("module.py:") for mutant in mutants("module.py", tmp_path)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a < b", ["1: a < b -> a <= b"]),
        ("a is not b", ["1: a is not b -> a is b"]),
        ("a and b", ["1: a and b -> a or b"]),
        ("not a", ["1: not a -> a"]),
        ("a + b", ["1: a + b -> a - b"]),
        ("a = 1", ["1: 1 -> 2"]),
        ("a = True", ["1: True -> False"]),
        ("a = 'token'", ["1: 'token' -> 'token~'"]),
        ("if a:\n    b", ["1: if a: -> if not a:"]),
        ("a if b else c", ["1: a if b else c -> a if not b else c"]),
        ("[a for a in b if a]", ["1: for a in b if a -> for a in b"]),
        ("def a():\n    return b", ["2: return b -> return None"]),
        ("a()", ["1: a() -> pass"]),
        ("raise a", ["1: raise a -> pass"]),
        ("while a:\n    break", ["2: break -> pass"]),
    ],
)
def test_a_fault_is_planted(tmp_path: Path, source: str, expected: list[str]) -> None:
    assert planted(tmp_path, source) == expected


@pytest.mark.parametrize(
    "source",
    [
        '"""A docstring."""',
        "a: Literal['a']",
        "def a(b: 'c') -> 'd': ...",
        "__all__ = ['a']",
        "a = 'A sentence that people read.'",
        "if TYPE_CHECKING:\n    a()",
        "a: TypeAlias = 'b'",
        "f'a{b}'",
        "class A(TypedDict):\n    a: 'b'",
        "class A(TypedDict, total=False):\n    a: 'b'",
        "a = 'latin-1'",
        "a = cast('b', c)",
        "return None",
    ],
)
def test_what_no_program_reads_is_left_alone(tmp_path: Path, source: str) -> None:
    assert planted(tmp_path, source) == []


def test_a_mutant_is_the_module_with_one_fault(tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text("a = 3 < 3\nb = 3\n", "utf-8")
    values: list[object] = []
    for mutant in mutants("module.py", tmp_path):
        there: dict[str, object] = {}
        exec(compile(mutant.tree(tmp_path), "module.py", "exec"), there)
        values.append((there["a"], there["b"]))
    assert values == [(True, 3), (False, 4), (False, 3), (True, 3)]


def test_every_module_has_tests_to_kill_its_mutants() -> None:
    there = {f"wsgicors/{path.name}" for path in (ROOT / "wsgicors").glob("*.py")}
    there |= {path.relative_to(ROOT).as_posix() for path in (ROOT / "adapters").rglob("*.py")}
    there = {path for path in there if Path(path).stem not in NOTHING_TO_BREAK and "/migrations/" not in path}
    assert {*SUITES} == there
    for path in SUITES:
        named = [ROOT / name for name in (*first(path), *whole(path)) if not name.startswith("-")]
        assert [name for name in named if not name.exists()] == []


def test_every_equivalent_mutant_is_one_and_has_its_reason() -> None:
    assert all(EQUIVALENT.values())
    paths = {key.partition(":")[0] for key in EQUIVALENT}
    assert {*EQUIVALENT} <= {mutant.key for path in paths for mutant in mutants(path, ROOT)}


def test_a_sample_of_a_module_is_its_part_of_any_run_with_the_seed() -> None:
    together = [str(mutant) for mutant in chosen(["wsgicors/_memory.py", "wsgicors/_log.py"], 6, "seed")]
    alone = [str(mutant) for mutant in chosen(["wsgicors/_log.py"], 3, "seed")]
    assert [it for it in together if it.startswith("wsgicors/_log.py")] == alone
    assert alone != [str(mutant) for mutant in chosen(["wsgicors/_log.py"], 3, "other seed")]


MODULE = """\
@decorated
def entered():
    return inner()


def other(default=1):
    return [a for a in default if a]
"""


def test_the_function_of_a_mutant_is_the_one_whose_body_has_it() -> None:
    tree = ast.parse(MODULE)
    entered, other = tree.body
    assert isinstance(entered, ast.FunctionDef)
    assert isinstance(other, ast.FunctionDef)
    comprehension = next(node for node in ast.walk(other) if isinstance(node, ast.comprehension))
    asked = [entered.body[0], entered.decorator_list[0], comprehension, other.args.defaults[0]]
    assert [order.function_of(tree, node) for node in asked] == [2, None, 6, None]


ENTERED_AND_OTHER = """\
'A module.'
from __future__ import annotations

def entered():
    'A function.'
    return entered.__doc__

def other():
    ...
"""
TESTS = """\
from pathlib import Path

import entered_and_other as module

def test_other():
    asked("other")
    module.other()

def test_slow():
    asked("slow")
    assert (module.__doc__, module.entered()) == ("A module.", "A function.")
    sum(range(1_000_000))

def test_quick():
    asked("quick")
    module.entered()

def asked(name):
    with Path(__file__).with_name("asked").open("a") as file:
        file.write(name + "\\n")
"""


@pytest.mark.slow
def test_tests_that_enter_the_function_are_asked_first_and_the_quick_ones_before_the_slow_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tests, asked, record = [tmp_path / name for name in ("test_these.py", "asked", "record")]
    tests.write_text(TESTS, "utf-8")
    (tmp_path / "entered_and_other.py").write_text(ENTERED_AND_OTHER, "utf-8")
    monkeypatch.setattr(runner, "ROOT", tmp_path)
    assert outcome(order.Watched("entered_and_other.py"), [str(tests)], order.Watch(record)) == pytest.ExitCode.OK
    assert asked.read_text("utf-8").split() == ["other", "slow", "quick"]
    assert outcome(None, [str(tests)], order.Order(order.read(record), 4)) == pytest.ExitCode.OK
    assert asked.read_text("utf-8").split()[3:] == ["quick", "slow", "other"]


def test_every_module_is_watched() -> None:
    """A protocol's method may consist of a docstring."""
    for path in SUITES:
        compile(order.Watched(path).tree(ROOT), path, "exec")


STARTING = """\
import os, pathlib, signal, subprocess, sys, threading

import answering

HERE = pathlib.Path(__file__).parent
CODE = "import sys; sys.path.append(sys.argv[1]); import answering; assert answering.answer(), answering.__file__"

def test_a_program():
    subprocess.run([sys.executable, "-c", CODE, str(HERE)], check=True)

def test_a_lock():
    left = os.posix_spawnp("sleep", ["sleep", "1000"], os.environ)
    HERE.joinpath("left").write_text(str(left))
    assert answering.answer() or threading.Event().wait()
    os.kill(left, signal.SIGKILL)
    os.waitpid(left, 0)
"""


@pytest.mark.slow
def test_the_programs_of_tests_have_the_mutant_and_a_mutant_that_waits_is_killed_with_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tests = tmp_path / "test_starting.py"
    tests.write_text(STARTING, "utf-8")
    (tmp_path / "answering.py").write_text("def answer():\n    return True\n", "utf-8")
    monkeypatch.setattr(runner, "ROOT", tmp_path)
    (mutant,) = (it for it in mutants("answering.py", tmp_path) if "False" in str(it))
    watched = order.Watched("answering.py")
    assert outcome(watched, [str(tests)], order.Watch(tmp_path / "record")) == pytest.ExitCode.OK
    assert outcome(mutant, [f"{tests}::test_a_program"]) == pytest.ExitCode.TESTS_FAILED
    assert outcome(mutant, [f"{tests}::test_a_lock"], seconds=10) == 1
    assert _ends(int((tmp_path / "left").read_text("utf-8")))


def _ends(process: int) -> bool:
    """Whether a process has ended, or does within a minute."""
    try:
        file = os.pidfd_open(process)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([file], [], [], 60)[0])
    finally:
        os.close(file)


def test_a_mutant_with_which_pytest_does_not_start_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tests = tmp_path / "test_these.py"
    tests.write_text("def test_nothing():\n    pass\n", "utf-8")
    (tmp_path / "conftest.py").write_text("import answering\n\nassert answering.ANSWER\n", "utf-8")
    (tmp_path / "answering.py").write_text("ANSWER = True\n", "utf-8")
    monkeypatch.setattr(runner, "ROOT", tmp_path)
    (mutant,) = mutants("answering.py", tmp_path)
    assert outcome(mutant, [str(tests)]) == pytest.ExitCode.USAGE_ERROR
