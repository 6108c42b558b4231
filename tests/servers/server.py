"""The interface of every server in the tests."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from tests.servers.process import Program

ROOT = Path(__file__).parents[2]
ADAPTERS = ROOT / "adapters"


@dataclass(frozen=True)
class Running:
    """A server that accepts connections on a port of the loopback interface."""

    port: int
    program: Program


class Server(ABC):
    """A server for WSGI apps."""

    name: str

    @abstractmethod
    def missing(self) -> str | None:
        """What must be installed before it can start, if anything."""

    @abstractmethod
    def serve(self, app: str, env: Mapping[str, str] | None = None) -> AbstractContextManager[Running]:
        """Serve the app `module:name` of this checkout for the length of a `with` block.

        Raises:
            NotStarted: it ended, or did not listen in time.
        """
