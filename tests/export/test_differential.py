"""Every target against the core: the same requests, through the real server in front of an app that misbehaves.

This is the short form. ``python -m tests.export.proof`` sends every request, for every policy of the small world.
"""

from collections.abc import Iterator

import pytest

from tests.export.compare import Comparison, browse, compare
from tests.export.edges import EDGES, Edge
from tests.export.upstream import upstream
from tests.export.worlds import WORLDS
from tests.servers.needs import need
from wsgicors.export._refusals import ExportError

pytestmark = pytest.mark.servers

REFUSED = {("traefik", "echo"): "echo"}
"""What a target cannot express, and why."""


@pytest.fixture(scope="module")
def backend() -> Iterator[int]:
    with upstream() as port:
        yield port


@pytest.mark.parametrize("edge", EDGES, ids=lambda edge: edge.name)
@pytest.mark.parametrize("world", WORLDS)
def test_an_edge_answers_as_the_core_does(edge: Edge, world: str, backend: int) -> None:
    need(edge.missing())
    asked = WORLDS[world]
    if (edge.name, world) in REFUSED:
        with (
            pytest.raises(ExportError, match=REFUSED[edge.name, world]),
            edge.in_front_of(backend, asked.rules, asked.exact),
        ):
            pass
        return
    with edge.in_front_of(backend, asked.rules, asked.exact) as wire:
        found = compare(asked, wire, edge.target.differs, edge.options.preflight_status, edge.every)
        seen = browse(asked, edge, wire, every=31)
    assert_equal(found)
    assert_equal(seen)


def assert_equal(found: Comparison) -> None:
    assert found.asked > 5
    assert not found.differing, f"{len(found.differing)} of {found.asked} differ\n" + "\n".join(found.differing[:5])
