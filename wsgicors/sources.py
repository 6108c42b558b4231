"""Sources of origins that are kept elsewhere: cached lookups, and a file.

`CachedOrigins` and `FileOrigins` work with every middleware, `AsyncCachedOrigins` with `wsgicors.asgi` only.
"""

from wsgicors._cached_origins import AsyncCachedOrigins, AsyncLookup, CachedOrigins, Lookup
from wsgicors._file_origins import FileOrigins, member_problem

__all__ = ["AsyncCachedOrigins", "AsyncLookup", "CachedOrigins", "FileOrigins", "Lookup", "member_problem"]
