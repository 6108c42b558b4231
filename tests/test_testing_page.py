"""docs/testing.md: its commands, steps and files exist, and its counts are those of the tests."""

import importlib.util
import re
from itertools import chain

import pytest

from tests.browsers import test_sample
from tests.checkout import ROOT
from tests.layers.test_layers import EXCHANGES, PAIRS
from tests.mutation.operators import mutants
from tests.mutation.suites import SUITES
from tests.scope import APPS, ORIGIN_SETS, ORIGINS
from tests.test_small_scope import POLICIES, STRANGERS, THOROUGH, at_home

PAGE = (ROOT / "docs" / "testing.md").read_text("utf-8")
TEXT = " ".join(PAGE.split())
STEPS = (ROOT / ".ci" / "step").read_text("utf-8")


@pytest.mark.parametrize("module", sorted({*re.findall(r"python -m ([\w.]+)", PAGE)} - {"pip"}))
def test_a_command_can_be_run(module: str) -> None:
    found = importlib.util.find_spec(module)
    assert found
    assert found.submodule_search_locations is None or importlib.util.find_spec(f"{module}.__main__")


def test_files_and_steps_exist() -> None:
    named = {*re.findall(r"`((?:tests|fuzz|docs)/[\w/]+(?:\.\w+)?)/?`", PAGE)}
    assert len(named) > 15
    assert [name for name in named if not (ROOT / name).exists()] == []
    steps = re.findall(r"`\.ci/step (\w+)`", PAGE)
    assert steps
    assert [step for step in steps if f"\n{step}() {{" not in STEPS] == []


def test_the_small_world_is_that_of_its_tests() -> None:
    policies = {name: POLICIES.get(name, 24) for name in ORIGIN_SETS}
    pages, home = len({*STRANGERS}), len({*at_home(next(iter(ORIGIN_SETS.values())).home)})
    cases = sum(count * (pages + home * (name in THOROUGH)) for name, count in policies.items())
    assert f"| Ways to write the origins | {len(ORIGIN_SETS)}: " in PAGE
    assert f"| Policies | {sum(policies.values())}: " in PAGE
    assert f"| Pages | {pages} with few requests, of {len(ORIGINS)} origins, including lookalikes; {home} of " in PAGE
    assert f"| Apps | {len(APPS)}: " in PAGE
    assert f"| Cases | {cases:,}, and " in PAGE


def test_the_exchanges_are_those_of_the_layers() -> None:
    made = sum(layer in exchange.layers for exchange in EXCHANGES for _, layer in PAIRS)
    assert f"one list of {len(EXCHANGES)} exchanges" in TEXT
    assert f"{len(PAIRS)} pairs, {made:,} exchanges" in TEXT


def test_the_places_to_break_are_about_as_many() -> None:
    told = int(re.findall(r"in ([\d,]+) places", TEXT)[0].replace(",", ""))
    there = sum(1 for _ in chain.from_iterable(mutants(path, ROOT) for path in SUITES))
    assert 0.9 < there / told < 1.1


def test_the_engines_judge_so_many_visits() -> None:
    assert f"`test_sample.py` runs {test_sample.COUNT} visits" in TEXT
