"""CORS for Python web apps: decide which origins may read what, answer preflights, explain refusals.

>>> from wsgicors import CORS, Policy
>>> def app(environ, start_response):
...     start_response("200 OK", [("Content-Type", "text/plain")])
...     return [b"hello"]
>>> app = CORS(app, Policy(allow_origins=["https://www.example.com"], allow_methods=["PUT"]))
"""

import os
from typing import TYPE_CHECKING

from wsgicors._installed import warn_of_namesake
from wsgicors._origin_sources import AsyncOriginSource, OriginSource
from wsgicors.middleware import CORS
from wsgicors.policy import Policy
from wsgicors.problems import PolicyError, Problem
from wsgicors.verdict import Refusal, Verdict

if TYPE_CHECKING:
    from wsgicors.sources import AsyncCachedOrigins, CachedOrigins, FileOrigins

    __version__: str
else:

    def __getattr__(name: str) -> object:
        """Import rarely used names on demand: the sources take as long to import as the rest, the version longer."""
        if name == "__version__":
            from wsgicors._installed import version

            return version()
        if name not in ("AsyncCachedOrigins", "CachedOrigins", "FileOrigins"):
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from wsgicors import sources

        return getattr(sources, name)


__all__ = [
    "CORS",
    "AsyncCachedOrigins",
    "AsyncOriginSource",
    "CachedOrigins",
    "FileOrigins",
    "OriginSource",
    "Policy",
    "PolicyError",
    "Problem",
    "Refusal",
    "Verdict",
    "__version__",
]

warn_of_namesake(os.path.dirname(os.path.dirname(__file__)))  # noqa: PTH120 (pathlib is not imported yet)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
