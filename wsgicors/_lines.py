"""Put a verdict's headers among the header lines of an ASGI response."""

from collections.abc import Iterable
from typing import Final, TypeAlias

from wsgicors._http import Header
from wsgicors._memory import Memory
from wsgicors.adapting import merge_headers
from wsgicors.verdict import Verdict

Line: TypeAlias = tuple[bytes, bytes]

_unrelated: Final = Memory[bytes, None]()
"""Names of response headers that are neither ``Vary`` nor CORS headers."""

_encoded: Final = Memory[tuple[Header, ...], tuple[Line, ...]]()


def with_cors(lines: Iterable[Line], verdict: Verdict) -> list[Line]:
    """Return a response's header lines with a verdict's; lines unrelated to CORS stay unchanged.

    >>> from wsgicors import Policy
    >>> verdict = Policy(allow_origins=["https://a.example"]).actual("https://b.example")
    >>> with_cors([(b"vary", b"Cookie"), (b"access-control-allow-origin", b"*"), (b"etag", b"1")], verdict)
    [(b'etag', b'1'), (b'vary', b'Cookie, Origin')]
    """
    kept: list[Line] = []
    pairs: list[Header] = []
    for line in lines:
        name, value = line
        if name not in _unrelated.known:
            lowered = name.strip().lower()
            if lowered == b"vary" or lowered.startswith(b"access-control-"):
                pairs.append((name.decode("latin-1"), value.decode("latin-1")))
                continue
            _unrelated.keep(name, None)
        kept.append(line)
    kept += encoded(tuple(merge_headers(pairs, verdict)) if pairs else verdict.all_headers)
    return kept


def encoded(headers: tuple[Header, ...]) -> tuple[Line, ...]:
    """Return headers in ASGI's form: bytes, with names in lower case."""
    return _encoded.known.get(headers) or _encoded.keep(
        headers, tuple((name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers)
    )
