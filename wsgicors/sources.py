"""Origins that live elsewhere: lookups behind a cache, and a file.

`CachedOrigins` and `FileOrigins` are sources for every middleware, `AsyncCachedOrigins` for `wsgicors.asgi`.
"""

from wsgicors._cached_origins import AsyncCachedOrigins, AsyncLookup, CachedOrigins, Lookup
from wsgicors._file_origins import FileOrigins, member_problem

__all__ = ["AsyncCachedOrigins", "AsyncLookup", "CachedOrigins", "FileOrigins", "Lookup", "member_problem"]
