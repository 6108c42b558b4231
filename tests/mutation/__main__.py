"""Break the code in one place at a time, and see the quick tests fail: ``python -m tests.mutation``.

Each mutant runs in a process of its own, forked from one that has imported what the tests import, without
`wsgicors` and without the tests. Time is counted in seconds of the processor: a busy machine kills no mutant. The
tests that enter the broken function are asked before the others, which halves the time of a run.
"""

import argparse
import ast
import contextlib
import gc
import importlib.machinery
import importlib.metadata
import itertools
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from importlib.abc import MetaPathFinder
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType, ModuleType
from typing import Final

import pytest

from tests.mutation import order, started, suites
from tests.mutation.equivalent import EQUIVALENT
from tests.mutation.operators import Mutant, mutants

ROOT: Final = Path(__file__).parents[2]
SECONDS: Final = 600
"""The processor time after which a mutant that loops counts as killed; four times as long for one that waits."""

PRELOADED: Final = (
    "asgiref.sync",
    "click",
    "django.test",
    "flask",
    "httpx",
    "hypothesis",
    "idna",
    "publicsuffixlist",
    "rich.console",
    "urllib3",
    "webtest",
    "werkzeug.test",
)


class Loader(importlib.machinery.SourceFileLoader):
    """Loads a module's mutant."""

    def __init__(self, name: str, path: str, tree: ast.Module) -> None:
        super().__init__(name, path)
        self.tree = tree

    def get_code(self, fullname: str) -> CodeType:
        return compile(self.tree, self.path, "exec")


class Finder(MetaPathFinder):
    """Finds the mutant when its module is imported."""

    def __init__(self, mutant: Mutant | order.Watched) -> None:
        self.mutant = mutant
        self.name = started.module_name(mutant.path)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self.name:
            return None
        file = str(ROOT / self.mutant.path)
        return spec_from_file_location(fullname, file, loader=Loader(fullname, file, self.mutant.tree(ROOT)))


def outcome(
    mutant: Mutant | order.Watched | None, tests: list[str], plugin: object = None, seconds: int = SECONDS
) -> int:
    """Run the tests in a child, and return pytest's exit status; 1 also if the child dies or takes too long."""
    with tempfile.TemporaryDirectory() as directory:
        if mutant:
            started.write(mutant, ROOT, Path(directory))
        child = os.fork()
        if not child:
            os.setpgid(0, 0)
            gc.freeze()  # its collections skip what it has inherited
            sys.settrace(None)  # nor does it measure coverage, which takes half of its time
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
            signal.alarm(4 * seconds)
            _run(mutant, tests, plugin, directory)
        try:
            _, status = os.waitpid(child, 0)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child, signal.SIGKILL)  # what a test has started waits for a lock, or runs on
    return os.waitstatus_to_exitcode(status) if os.WIFEXITED(status) else 1


def _run(mutant: Mutant | order.Watched | None, tests: list[str], plugin: object, directory: str) -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    if mutant:
        sys.meta_path.insert(0, Finder(mutant))
        os.environ["PYTHONPATH"] = os.pathsep.join([directory, *filter(None, [os.environ.get("PYTHONPATH")])])
    os.environ.pop("PYTEST_ADDOPTS", None)  # such as --cov, which is for the run that this one is a part of
    quiet = ["-q", "-x", "-p", "no:cacheprovider", "--hypothesis-seed=0", "--tb=no", "--no-header"]
    quiet += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # preloaded modules need no rewriting
    # Capturing, and pytest-django's fixtures for every test, take two fifths of a run's time.
    quiet += ["-s"] if any("django" in name or name == "tests" for name in tests) else ["-s", "-p", "no:django"]
    try:
        arguments = [*quiet, "-m", "not browsers and not servers", *tests]
        status = pytest.main(arguments, [plugin] if plugin else [])
    except BaseException:
        os._exit(1)
    os._exit(int(status))


def watched(path: str) -> order.Seen:
    """Run the tests of a module without a mutant, and return the functions that each enters."""
    with tempfile.TemporaryDirectory() as directory:
        record = Path(directory, "seen")
        status = outcome(order.Watched(path), suites.first(path), order.Watch(record))
        if status != pytest.ExitCode.OK:
            raise SystemExit(f"the tests of {path} fail without a mutant (status {status})")
        return order.read(record)


def is_killed(mutant: Mutant, seen: order.Seen, *, first: bool) -> bool:
    """Whether a quick test fails with the mutant."""
    line = order.function_of(ast.parse((ROOT / mutant.path).read_text("utf-8")), mutant.node)
    seconds = 30 + round(10 * sum(seen.seconds.values()))
    if outcome(mutant, suites.first(mutant.path), order.Order(seen, line), seconds) != pytest.ExitCode.OK:
        return True
    return not first and outcome(mutant, suites.whole(mutant.path)) != pytest.ExitCode.OK


def chosen(paths: Iterable[str], sample: int | None, seed: str) -> Iterator[Mutant]:
    """Yield the mutants to try: all of the modules, or a sample, from each module in turn.

    A module's mutants depend on the seed alone, not on other modules: a sample of one module repeats its part of a run.
    """
    left = {path: list(range(sum(1 for _ in mutants(path, ROOT)))) for path in paths}
    if sample is None:
        for path in left:
            yield from mutants(path, ROOT)
        return
    for path, numbers in left.items():
        random.Random(f"{seed} {path}").shuffle(numbers)
    names = list(left)
    random.Random(seed).shuffle(names)
    turns = itertools.cycle(names)
    while sample and any(left.values()):
        path = next(turns)
        if left[path]:
            sample -= 1
            yield next(itertools.islice(mutants(path, ROOT), left[path].pop(), None))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("modules", nargs="*", help="paths such as wsgicors/rules.py; all that have tests without them")
    parser.add_argument("--sample", type=int, help="try so many mutants, from each module in turn")
    parser.add_argument("--seed", default="1", help="which sample; in CI the commit")
    parser.add_argument("--first", action="store_true", help="ask only the tests of the module, not those of its area")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="begin no other mutant after so long")
    parser.add_argument("--least", type=float, default=95, help="fail if fewer than so many percent are killed")
    given = parser.parse_args(arguments)
    for name in PRELOADED:
        __import__(name)
    for plugin in importlib.metadata.entry_points(group="pytest11"):
        plugin.load()
    paths = given.modules or list(suites.SUITES)
    ends = time.monotonic() + 60 * given.minutes
    killed, lived, spared = Counter[str](), Counter[str](), Counter[str]()
    seen: dict[str, order.Seen] = {}
    for mutant in chosen(paths, given.sample, given.seed):
        if time.monotonic() > ends:
            break
        if mutant.key in EQUIVALENT:
            spared[mutant.path] += 1
            continue
        if mutant.path not in seen:
            seen[mutant.path] = watched(mutant.path)
        if is_killed(mutant, seen[mutant.path], first=given.first):
            killed[mutant.path] += 1
        else:
            lived[mutant.path] += 1
            print(f"lives  {mutant}", flush=True)
    _report(paths, killed, lived, spared)
    used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    print(f"seed {given.seed}, commit {commit.stdout.strip() or 'unknown'}, {used:.0f} s of one core")
    total = killed.total() + lived.total()
    return int(total > 0 and 100 * killed.total() / total < given.least)


def _report(paths: Iterable[str], killed: Counter[str], lived: Counter[str], spared: Counter[str]) -> None:
    for path in paths:
        tried = killed[path] + lived[path]
        if tried:
            share = 100 * killed[path] / tried
            print(f"{path:52} {killed[path]:5} of {tried:5} killed  {share:5.1f} %  {spared[path]:3} equivalent")
    tried = killed.total() + lived.total()
    if tried:
        share = 100 * killed.total() / tried
        print(f"{killed.total()} of {tried} mutants killed, {share:.1f} %; {spared.total()} equivalent ones left out")


if __name__ == "__main__":
    sys.exit(main())
