"""Examples for each problem and each refusal: settings that have it, and settings that do not."""

import contextlib
import re
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import wsgicors
from wsgicors import asgi
from wsgicors._catalogue import CATALOGUE
from wsgicors.doctor.catalogue._examples import ADAPTERS, PROBLEMS
from wsgicors.paste import filter_factory
from wsgicors.problems import PolicyError, Problem
from wsgicors.verdict import Refusal

FROM_ADAPTERS: Final[Mapping[str, Problem]] = {
    "resource-star": Problem("resource-star", "resources", "/shops/*/items", 're.compile(r"/shops/[^/]+/items")'),
    "removed-setting": Problem(
        "removed-setting",
        "CORS_REPLACE_HTTPS_REFERER",
        "CORS_REPLACE_HTTPS_REFERER",
        "",
        {"successor": "CSRF_TRUSTED_ORIGINS names the origins whose pages may post."},
    ),
    "source-import": Problem(
        "source-import", "CORS_ORIGIN_SOURCE", "shop.origins.customers", "", {"reason": "No module named 'shop'"}
    ),
}
"""The problems that only a framework's settings can have."""


class Example(NamedTuple):
    """The example of a problem."""

    wrong: str
    right: str
    problem: Problem


class Met(NamedTuple):
    """The example of a refusal."""

    rules: str
    request: str
    right: str
    """Rules that allow the request; or, if it begins with a method, a request that the rules allow."""


_LISTED: Final = 'Policy(allow_origins=["https://www.example.com"])'
_PREFLIGHT: Final = "OPTIONS /notes/1\nOrigin: https://www.example.com\nAccess-Control-Request-Method: PUT"
_PUT: Final = 'Policy(allow_origins=["https://www.example.com"], allow_methods=["PUT"])'
_FORBID: Final = 'Policy(allow_origins=["https://www.example.com"], refuse="forbid")'
_WITHHOLD: Final = 'Policy(allow_origins=["https://www.example.com"], refuse="withhold")'

REFUSALS: Final[Mapping[Refusal, Met]] = {
    Refusal.ORIGIN_NOT_ALLOWED: Met(
        _LISTED,
        "GET /notes\nOrigin: https://other.example",
        'Policy(allow_origins=["https://www.example.com", "https://other.example"])',
    ),
    Refusal.NULL_ORIGIN: Met(_LISTED, "GET /notes\nOrigin: null", "GET /notes\nOrigin: https://www.example.com"),
    Refusal.INSECURE_ORIGIN: Met(
        "Policy(allow_origins=CachedOrigins(lookup), allow_credentials=True)",
        "GET /notes\nOrigin: http://other.example",
        "GET /notes\nOrigin: https://other.example",
    ),
    Refusal.NAVIGATION_NOT_ALLOWED: Met(
        _FORBID,
        "POST /callback\nOrigin: https://login.example\nSec-Fetch-Mode: navigate",
        f'{{"/": {_FORBID}, "/callback": {_WITHHOLD}}}',
    ),
    Refusal.CROSS_SITE: Met(
        _FORBID, "POST /hooks\nSec-Fetch-Site: cross-site", f'{{"/": {_FORBID}, "/hooks": {_WITHHOLD}}}'
    ),
    Refusal.MALFORMED_ORIGIN: Met(
        _LISTED, "GET /notes\nOrigin: https://www.example.com/", "GET /notes\nOrigin: https://www.example.com"
    ),
    Refusal.SOURCE_FAILED: Met(
        "Policy(allow_origins=SourceThatRaises())",
        "GET /notes\nOrigin: https://other.example",
        "Policy(allow_origins=CachedOrigins(lookup))",
    ),
    Refusal.PRIVATE_NETWORK: Met(
        _PUT,
        f"{_PREFLIGHT}\nAccess-Control-Request-Private-Network: true",
        _PUT.replace("])", "], allow_private_network=True)"),
    ),
    Refusal.METHOD_NOT_ALLOWED: Met(_LISTED, _PREFLIGHT, _PUT),
    Refusal.MALFORMED_METHOD: Met(_PUT, f"{_PREFLIGHT}, DELETE", _PREFLIGHT),
    Refusal.HEADER_NOT_ALLOWED: Met(
        _PUT,
        f"{_PREFLIGHT}\nAccess-Control-Request-Headers: x-mine",
        _PUT.replace("])", '], allow_headers=["X-Mine"])'),
    ),
    Refusal.AUTHORIZATION_NOT_NAMED: Met(
        _PUT.replace("])", '], allow_headers="*")'),
        f"{_PREFLIGHT}\nAccess-Control-Request-Headers: authorization",
        _PUT.replace("])", '], allow_headers=["*", "Authorization"])'),
    ),
    Refusal.MALFORMED_HEADERS: Met(
        _PUT.replace("])", '], allow_headers=["X-Mine"])'),
        f"{_PREFLIGHT}\nAccess-Control-Request-Headers: x mine",
        f"{_PREFLIGHT}\nAccess-Control-Request-Headers: x-mine",
    ),
    Refusal.AMBIGUOUS_PATH: Met(
        f'{{"/": Policy(allow_origins="*"), "/admin": {_LISTED}}}',
        "GET /notes/../admin\nOrigin: https://www.example.com",
        "GET /admin\nOrigin: https://www.example.com",
    ),
}
"""For every refusal: rules, a request that they refuse, and what to change of the one or the other."""


class AsyncContains:
    """A source whose answer is not awaited."""

    async def __contains__(self, origin: str) -> bool:
        """Return a coroutine, which counts as a yes."""
        return False


class Contains:
    """A source that answers at once."""

    def __contains__(self, origin: str) -> bool:
        """Return whether the origin is known."""
        return False


def hello(environ: Mapping[str, object], start_response: Callable[..., object]) -> Iterable[bytes]:
    """Answer as a minimal app."""
    start_response("200 OK", [])
    return [b"hello"]


async def awaited(scope: object, receive: object, send: object) -> None:
    """Act as an ASGI app."""


class SourceThatRaises:
    """A source that fails, as without its database."""

    def __contains__(self, origin: str) -> bool:
        """Fail."""
        raise OSError("no database")


def made(source: str) -> Any:
    """Return the result of an example."""
    known = {name: getattr(wsgicors, name) for name in wsgicors.__all__} | {
        "re": re, "app": hello, "awaited": awaited, "lookup": bool, "SourceThatRaises": SourceThatRaises,
        "AsyncContains": AsyncContains, "Contains": Contains, "filter_factory": filter_factory, "asgi": asgi,
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        Path("a-file-that-holds-a-star.txt").write_text("*\n", "utf-8")
        Path("a-file-that-is-half-written.txt").write_text("https://*.example.co", "utf-8")
        Path("origins.txt").write_text("https://*.example.com\n", "utf-8")
        return eval(source, known)  # noqa: S307 (one of the texts above)


def problem_of(source: str, code: str) -> Problem:
    """Return the problem `code` of the settings in `source`."""
    try:
        made(source)
    except PolicyError as error:
        for problem in error.problems:
            if problem.code == code:
                return problem
    raise LookupError(f"{source} has no problem {code}")


def examples() -> dict[str, dict[str, Example]]:
    """By section and code: settings with the problem, settings without, and the problem."""
    known = {
        title: {code: Example(wrong, right, problem_of(wrong, code)) for code, (wrong, right) in sources.items()}
        for title, sources in PROBLEMS.items()
    }
    known["Settings of the adapters"] = {code: Example(*shown, FROM_ADAPTERS[code]) for code, shown in ADAPTERS.items()}
    untold = set(CATALOGUE).difference(*known.values())
    if untold:
        raise LookupError(f"no example of {', '.join(sorted(untold))}")
    return known
