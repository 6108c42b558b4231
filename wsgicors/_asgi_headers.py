"""Put a verdict's headers among the header lines of an ASGI response."""

from collections.abc import MutableMapping
from typing import Any, Final, TypeAlias

from wsgicors._headers import CORS_PREFIX, merge_headers
from wsgicors._http import Header
from wsgicors._memory import Memory
from wsgicors.verdict import Verdict

Line: TypeAlias = tuple[bytes, bytes]

Decided: TypeAlias = tuple[Verdict, tuple[Line, ...]]
"""A verdict on an actual request, and its headers for a response without ``Vary``, `encoded`."""

_CORS_PREFIX: Final = CORS_PREFIX.encode()

_unrelated: Final = Memory[bytes, None]()
"""Names of response headers that are neither ``Vary`` nor CORS headers."""

_encoded: Final = Memory[tuple[Header, ...], tuple[Line, ...]]()


def with_cors(message: MutableMapping[str, Any], decided: Decided) -> dict[str, Any]:
    """Return a ``http.response.start`` message with a verdict's headers; lines unrelated to CORS stay unchanged.

    The message is copied: the app may send the same one again.

    >>> from wsgicors import Policy
    >>> verdict = Policy(allow_origins=["https://a.example"]).actual("https://b.example")
    >>> lines = [(b"vary", b"Cookie"), (b"access-control-allow-origin", b"*"), (b"etag", b"1")]
    >>> with_cors({"status": 200, "headers": lines}, (verdict, encoded(verdict.all_headers)))
    {'status': 200, 'headers': [(b'etag', b'1'), (b'vary', b'Cookie, Origin')]}
    """
    changed = {**message}
    lines = [*changed.get("headers", ())]
    known = _unrelated.known
    for name, _ in lines:
        if name not in known:
            lines = _merged(lines, decided)
            break
    else:
        lines += decided[1]
    changed["headers"] = lines
    return changed


def _merged(lines: list[Line], decided: Decided) -> list[Line]:
    verdict, added = decided
    kept: list[Line] = []
    pairs: list[Header] = []
    for line in lines:
        name, value = line
        if name not in _unrelated.known:
            lowered = name.strip().lower()
            if lowered == b"vary" or lowered.startswith(_CORS_PREFIX):
                pairs.append((name.decode("latin-1"), value.decode("latin-1")))
                continue
            _unrelated.keep(name, None)
        kept.append(line)
    return [*kept, *(encoded(tuple(merge_headers(pairs, verdict))) if pairs else added)]


def encoded(headers: tuple[Header, ...]) -> tuple[Line, ...]:
    """Return headers in ASGI's form: bytes, with names in lower case."""
    return _encoded.known.get(headers) or _encoded.keep(
        headers, tuple((name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers)
    )
