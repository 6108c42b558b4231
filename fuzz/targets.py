"""The fuzz targets: they take bytes, and raise AssertionError if a property does not hold."""

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from fuzz import evidence, expressions, files, header_lists
from tests.invariants import Plan, Start, check_exchange, check_member, check_pattern
from wsgicors import CORS, Policy

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

WWW: Final = "https://www.example.com"

TOKENS: Final = (
    WWW, "https://", "http://", "null", "*.", ":*", "://", "[::1]", "localhost", "127.0.0.1", ".example.com", "xn--",
    "file:", "OPTIONS", "GET", "PUT", "x-a", "authorization", "content-type", "true", "same-origin", "cross-site",
    "none", "/api", "/../", "/./", "Access-Control-Allow-Origin", "Vary", "Origin", "Set-Cookie", "Cookie", ", ",
    "\r\n", "\xff",
)  # fmt: skip


class _Everybody:
    def __contains__(self, origin: str) -> bool:
        return True


_LISTED = Policy(allow_origins=[WWW, "null"], allow_methods=["PUT"], allow_headers=["X-A"], refuse="forbid", max_age=60)
_ECHOES = Policy(
    allow_origins=["https://*.example.com:*", "http://localhost:*", re.compile(r"https://(?:[^/]+\.)?example\.com")],
    allow_methods="*",
    allow_headers="*",
    allow_credentials=True,
    allow_private_network=True,
    preflight_status=200,
)
_ANY = Policy(allow_origins="*", allow_methods="*", allow_headers="*", expose_headers="*")
_SOURCE = Policy(allow_origins=_Everybody(), allow_headers="*")
RULES: Final[tuple[Any, ...]] = (
    _LISTED, _ECHOES, _ANY, _SOURCE, [_LISTED, _ECHOES, _ANY],
    {"/": _LISTED, "/api": [_ECHOES, _ANY], "/api/v2": _SOURCE},
)  # fmt: skip

_KEYS: Final = (
    "REQUEST_METHOD", "SCRIPT_NAME", "PATH_INFO", "HTTP_ORIGIN", "HTTP_ACCESS_CONTROL_REQUEST_METHOD",
    "HTTP_ACCESS_CONTROL_REQUEST_HEADERS", "HTTP_ACCESS_CONTROL_REQUEST_PRIVATE_NETWORK", "HTTP_HOST",
    "HTTP_SEC_FETCH_SITE",
)  # fmt: skip


def environ(data: bytes) -> None:
    """Read bytes as an environ and an app's headers: lines whose first byte says what they set.

    A digit sets a key of the environ; a letter adds a header of the app.
    """
    if len(data) < 2:
        return
    rules, switches, text = RULES[data[0] % len(RULES)], data[1], data[2:].decode("latin-1")
    environ: dict[str, Any] = {}
    headers: list[tuple[str, str]] = []
    for line in text.split("\0"):
        kind, rest = line[:1], line[1:]
        if kind and kind in "012345678":
            environ[_KEYS[int(kind)]] = rest
        elif kind:
            name, _, value = rest.partition(":")
            headers.append((name, value))
    plan = Plan(
        (Start(headers=lambda: list(headers), exc_info=bool(switches & 1)),),
        style="late" if switches & 2 else "list",
        fails="half" if switches & 4 else "",
    )

    def wrap(app: "WSGIApplication") -> CORS:
        return CORS(app, rules, debug=bool(switches & 8))

    check_exchange(wrap, plan, environ, strict=bool(switches & 16))


def patterns(data: bytes) -> None:
    """Read bytes as a member of ``allow_origins``, and as the text of a regular expression."""
    text = data.decode("utf-8", "replace")
    check_pattern(text)
    check_member(text)


class Target(NamedTuple):
    """A fuzz target."""

    check: Callable[[bytes], None]
    tokens: Sequence[str]
    """Tokens that the fuzzer combines."""


TARGETS: Final = {
    "environ": Target(environ, TOKENS),
    "patterns": Target(patterns, TOKENS),
    "expressions": Target(expressions.expressions, expressions.TOKENS),
    "header-lists": Target(header_lists.header_lists, header_lists.TOKENS),
    "har": Target(evidence.har, evidence.HAR_TOKENS),
    "console": Target(evidence.console, evidence.CONSOLE_TOKENS),
    "policy-files": Target(files.policy_files, files.TOKENS),
    "export": Target(files.export, files.TOKENS),
}
