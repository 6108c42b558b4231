"""The engines' console messages for every blocked exchange, recorded so that reading them needs no browser.

`python -m tests.browsers.record` records them anew.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.browsers.matrix import Places

FOLDER: Final = Path(__file__).with_name("recorded")

# The ports of a run do not matter, and would make every recording different.
_PORTS: Final = {"page": 8000, "app": 8001, "api": 8002, "third": 8003, "closed": 8004}


@dataclass(frozen=True)
class Recording:
    """One engine's console messages by case; the script's rejection comes last."""

    version: str
    consoles: Mapping[str, tuple[str, ...]]


def path_of(engine: str) -> Path:
    return FOLDER / f"{engine}.json"


def recorded(engine: str) -> Recording:
    """The recording of an engine."""
    data = json.loads(path_of(engine).read_text())
    return Recording(data["version"], {case: tuple(lines) for case, lines in data["consoles"].items()})


def write(engine: str, recording: Recording) -> None:
    """Write a recording."""
    data = {"version": recording.version, "consoles": recording.consoles}
    path_of(engine).write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n")


def with_fixed_ports(line: str, places: Places) -> str:
    """The message with ports that are the same in every run."""
    for site, port in _PORTS.items():
        origin: str = getattr(places, site)
        line = line.replace(f":{origin.rpartition(':')[2]}", f":{port}")
    return line
