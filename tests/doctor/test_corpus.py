"""Recordings of real servers lead to their faults as often as the documentation says."""

from pathlib import Path

import pytest

from tests.doctor.corpus.__main__ import ALSO, PRINTED, consoles, hars, main, probes, rates, threads
from wsgicors.doctor.catalogue._causes import CAUSES
from wsgicors.doctor.output._brief import MOST_CAUSES, MOST_KINDS

TARGETS = {"consoles": 0.97, "HARs": 0.95, "probes": 0.985, "threads": 48 / 55}


def test_the_true_cause_is_named_as_often_as_was_aimed_at() -> None:
    told = [named.is_first or untold for named, untold in consoles()]
    recorded, probed = [named.is_first for named in hars()], [named.is_first for named in probes()]
    assert sum(told) / len(told) >= TARGETS["consoles"]
    assert sum(recorded) / len(recorded) >= TARGETS["HARs"]
    assert sum(probed) / len(probed) >= TARGETS["probes"]
    pasted = [named.is_printed for named in threads()]
    assert sum(pasted) / len(pasted) >= TARGETS["threads"]


def test_what_threads_ended_with_is_a_cause() -> None:
    found = list(threads())
    assert len(found) >= 55
    assert len({named.of for named in found}) == len(found)
    assert {named.true for named in found} <= CAUSES.keys()
    assert (PRINTED, ALSO) == (MOST_CAUSES, MOST_KINDS)


def test_the_documentation_has_the_figures_that_the_command_prints(capsys: pytest.CaptureFixture[str]) -> None:
    text = Path("docs/doctor-figures.md").read_text()
    for name, figure in rates().items():
        assert f"| {name} | {figure} |" in text
    main()
    printed = capsys.readouterr().out
    assert all(figure in printed for figure in rates().values())
