"""Record the engines' console messages for the matrix: ``python -m tests.browsers.record [ENGINE …]``, or all engines.

Replaces the test data in ``recorded/``; look at the difference before you commit it.
"""

import sys

from tests.browsers import ground, recording
from tests.browsers.engines import ENGINES
from tests.browsers.matrix import CASES


def main() -> None:
    wanted = sys.argv[1:] or [kind.name for kind in ENGINES]
    for kind in ENGINES:
        if kind.name not in wanted:
            continue
        with ground.opened(CASES) as opened, kind() as engine:
            met = ground.meet(opened, engine, CASES)
            consoles = {
                case.id: tuple(recording.with_fixed_ports(line, opened.places) for line in met[case.id].console)
                for case in CASES
                if met[case.id].outcome.got[-1].blocked
            }
            recording.write(kind.name, recording.Recording(engine.version, consoles))
            print(f"{kind.name} {engine.version}: {len(consoles)} consoles")


if __name__ == "__main__":
    main()
