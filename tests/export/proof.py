"""The long form of the differential tests: every world, and policies of the small world, asked of every server.

::

    python -m tests.export.proof                       # everything there is: hours
    python -m tests.export.proof --to nginx --policies 4
"""

import argparse
import itertools
import sys
from collections import Counter
from collections.abc import Iterator

from tests import scope
from tests.export.compare import browse, compare
from tests.export.edges import EDGES, Edge
from tests.export.upstream import upstream
from tests.export.worlds import WORLDS, World
from tests.test_small_scope import policies
from wsgicors import PolicyError
from wsgicors.export._form import form_of
from wsgicors.export._refusals import ExportError


def worlds(each: int | None) -> Iterator[tuple[str, World]]:
    """Every world, and a number of policies for each way to write the origins."""
    yield from WORLDS.items()
    for origins in scope.ORIGIN_SETS:
        for at, (settings, _, _) in enumerate(itertools.islice(policies(origins), each)):
            rules = settings.policy()
            good = [
                origin for origin in (scope.ORIGIN_SETS[origins].home, *scope.ORIGINS) if origin in settings.admitted
            ]
            yield f"{origins}-{at}", World(rules, tuple(dict.fromkeys(good))[:6] or (scope.WWW,))


def proven(edge: Edge, each: int | None, backend: int) -> bool:
    """Send every request to one server, and print the result."""
    asked, browsed, taken, refused, differing = 0, 0, 0, Counter[str](), list[str]()
    excepted = Counter[str]()
    for name, world in worlds(each):
        try:
            form_of(world.rules)
            with edge.in_front_of(backend, world.rules, world.exact) as wire:
                found = compare(world, wire, edge.target.differs, edge.options.preflight_status)
                seen = browse(world, edge, wire, every=7)
        except ExportError as error:
            refused.update({reason.code for reason in error.reasons})
            continue
        except PolicyError:
            continue
        taken += 1
        asked += found.asked
        browsed += seen.asked
        excepted += found.excepted
        differing += [f"{name}: {one}" for one in (*found.differing, *seen.differing)]
    named = ", ".join(f"{name} {count}" for name, count in excepted.most_common()) or "none"
    left = ", ".join(f"{name} {count}" for name, count in refused.most_common()) or "none"
    print(
        f"{edge.name}: {taken} policies, {asked} requests, {browsed} exchanges of a browser: {len(differing)} differ; "
        f"named: {named}; policies refused: {left}",
        flush=True,
    )
    print(*differing[:5], sep="\n")
    return not differing


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", help="The server's name, or how it begins; every one otherwise.")
    parser.add_argument("--policies", type=int, help="Policies of the small world for each way to write the origins.")
    given = parser.parse_args()
    edges = [edge for edge in EDGES if edge.name.startswith(given.to or "") and edge.missing() is None]
    with upstream() as backend:
        done = [proven(edge, given.policies, backend) for edge in edges]
    sys.exit(not all(done))


if __name__ == "__main__":
    main()
