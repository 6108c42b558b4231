"""Policies of every kind, with origins that they allow, and paths at which rules meet."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

from wsgicors import CORS, Policy
from wsgicors.rules import Policies, RuleSet

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Exact: TypeAlias = Mapping[str, Policies | None]
"""The policies for single paths; None if the application itself answers."""


@dataclass(frozen=True)
class World:
    """Rules, and the paths to request."""

    rules: RuleSet
    good: tuple[str, ...]
    paths: tuple[str, ...] = ("/x",)
    browsed: tuple[str, ...] = ("/x",)
    """The paths that a browser requests."""
    exact: Exact = field(default_factory=dict[str, Policies | None])

    def core(self, app: "WSGIApplication") -> "WSGIApplication":
        """Return the core around an application."""
        usual = CORS(app, self.rules)
        alone = {path: CORS(app, policies) if policies else app for path, policies in self.exact.items()}

        def chosen(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
            return alone.get(environ["PATH_INFO"], usual)(environ, start_response)

        return chosen if self.exact else usual


class Nobody:
    """The origins of a project that lists none."""

    allows_nobody: Final = True

    def __contains__(self, origin: str) -> bool:
        return False


MANY: Final = tuple(f"https://shop-{at}.customer{at % 7}.example" for at in range(1000))
A: Final = "https://a.example"
LISTED: Final = {
    "allow_origins": [A, "https://b.example:8443", "https://www.example.com", "http://[::1]:3000"],
    "allow_credentials": True,
    "allow_methods": ["PUT", "DELETE"],
    "allow_headers": ["Content-Type", "Authorization"],
    "expose_headers": ["ETag"],
    "max_age": 3600,
    "dangerously_allow": ["insecure-origin"],
}
ANYBODY: Final = Policy(allow_origins="*")
CREDENTIALS: Final = Policy(**LISTED)
STRICT: Final = Policy(**LISTED, refuse="forbid", allow_private_network=True)
FAMILIES: Final = Policy(
    allow_origins=["https://*.example.com", "http://localhost:*", "null"],
    allow_methods=["PUT"],
    allow_headers=["Content-Type"],
    allow_private_network=False,
)
PATHS: Final = (
    "/x", "/api", "/api/x", "/api/admin/x", "/api/adminx", "/apix", "/API/x", "/api/pr/1", "/api/%61dmin/x", "/ap%69/x",
    "//api/x", "/api//admin/x", "/%2Fapi/x",
    "/api%2Fadmin/x", "/api;v=1/x", "/api/", "/", "/api?x=/api/admin",
)  # fmt: skip
EMPTY: Final = ("//api", "/api//admin", "/%2Fapi", "/api;v=1")
"""Prefixes of paths that lead to another rule once empty segments and parameters are dropped."""

DOTTED: Final = ("/api/../x", "/x/../api/x", "/api/%2e%2e/x", "/api/./admin/x", "/x/%2E./api/admin")
"""Paths that no browser sends: the URL parser resolves them."""

WORLDS: Final = {
    "any": World(ANYBODY, (A,)),
    "any-and-more": World(
        Policy(allow_origins="*", allow_methods=["PUT"], allow_headers=["*"], expose_headers=["*"], max_age=600), (A,)
    ),
    "any-header": World(Policy(allow_origins="*", allow_methods="*", allow_headers=["*", "Authorization"]), (A,)),
    "listed": World(CREDENTIALS, (A, "https://b.example:8443", "http://[::1]:3000")),
    "strict": World(STRICT, (A, "https://b.example:8443")),
    "families": World(
        FAMILIES,
        ("https://x.example.com", "https://x.y.example.com", "http://localhost", "http://localhost:3000", "null"),
    ),
    "many": World(
        Policy(allow_origins=[*MANY, "https://*.example.com"], allow_methods=["PUT"], max_age=0),
        (MANY[0], MANY[500], MANY[999], "https://x.example.com"),
    ),
    "echo": World(
        Policy(
            allow_origins=[A, "chrome-extension://abcdef"], allow_methods="*", allow_headers="*", allow_credentials=True
        ),
        (A, "chrome-extension://abcdef"),
    ),
    "status": World(Policy(allow_origins=[A], preflight_status=200), (A,)),
    "list": World(
        [
            Policy(allow_origins=[A], allow_credentials=True, allow_methods=["DELETE"]),
            Policy(allow_origins=["https://*.example.com"], refuse="forbid", max_age=5),
            Policy(allow_origins=[A, "https://b.example"], expose_headers=["ETag"]),
        ],
        (A, "https://x.example.com", "https://b.example"),
    ),
    "list-any": World([CREDENTIALS, ANYBODY], (A, "https://anybody.example")),
    "list-twice": World([CREDENTIALS, FAMILIES, CREDENTIALS], (A, "https://x.example.com")),
    "expressions": World(
        Policy(
            allow_origins=[
                re.compile(r"^https://pr-\d+\.example\.com$"),
                re.compile(r"https?://(?:[\w-]+\.)*bar\.com(:\d+)?"),
                "https://x-*.example.org",
            ],
            allow_methods=["PUT"],
            allow_credentials=True,
            dangerously_allow=["insecure-origin"],
        ),
        (
            "https://pr-1.example.com",
            "https://pr-123.example.com",
            "https://bar.com",
            "http://a.bar.com:8080",
            "https://x-1.example.org",
        ),
    ),
    "paths": World(
        {"/": ANYBODY, "/api": CREDENTIALS, "/api/admin": STRICT, "/api/pr": [FAMILIES, CREDENTIALS]},
        (A, "https://x.example.com"),
        (*PATHS, *DOTTED),
        ("/x", "/api/x", "/api/admin", "/apix", "/ap%69/x"),
    ),
    "part": World({"/api": CREDENTIALS}, (A,), (*PATHS, *DOTTED), ("/x", "/api")),
    "project": World(
        {"/": Policy(allow_origins=Nobody(), refuse="forbid"), "/api": CREDENTIALS},
        (A, "https://b.example:8443"),
        (
            "/notes/",
            "/notes",
            "/notes/x",
            "/%6eotes/",
            "/notes/?x",
            "/own/",
            "/own/x",
            "/own",
            "/api/any",
            "/api/anyx",
            "/api/any/",
            "/api",
            "/x",
        ),
        ("/notes/", "/notes", "/own/", "/api/any", "/x"),
        {"/notes/": [CREDENTIALS, FAMILIES], "/own/": None, "/api/any": ANYBODY},
    ),
}
