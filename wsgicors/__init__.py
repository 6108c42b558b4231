"""CORS for Python's WSGI world: who may read what from another origin, decided, answered and explained.

>>> from wsgicors import CORS, Policy
>>> def app(environ, start_response):
...     start_response("200 OK", [("Content-Type", "text/plain")])
...     return [b"hello"]
>>> app = CORS(app, Policy(allow_origins=["https://www.example.com"], allow_methods=["PUT"]))
"""

from typing import TYPE_CHECKING

from wsgicors.middleware import CORS
from wsgicors.patterns import OriginSource
from wsgicors.policy import Policy
from wsgicors.problems import PolicyError, Problem
from wsgicors.verdict import Refusal, Verdict

if TYPE_CHECKING:
    from wsgicors.sources import CachedOrigins, FileOrigins
else:

    def __getattr__(name: str) -> object:
        """The sources, which few policies need and which take as long to import as all else."""
        if name not in ("CachedOrigins", "FileOrigins"):
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from wsgicors import sources

        return getattr(sources, name)


__all__ = [
    "CORS",
    "CachedOrigins",
    "FileOrigins",
    "OriginSource",
    "Policy",
    "PolicyError",
    "Problem",
    "Refusal",
    "Verdict",
]


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
