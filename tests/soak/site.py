"""The app of the soak: its rules change every 50 ms, and its source fails at times."""

import os
import threading
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from wsgicors import CORS, CachedOrigins, Policy

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from wsgicors.rules import RuleSet

PAGE = "https://www.shop.example"
PARTNER = "https://partner.example"
SUBDOMAINS = "https://*.customers.example"

SOURCE = "/source"
TABLE = "/table"
TABLE_ORIGIN = "https://table.example"
"""A row of the table that Django queries; no other rule allows it."""

_SWAP_EVERY = 0.05
_OUTAGE_EVERY = 400
_OUTAGE_LASTS = 100
"""In swaps: the source fails for 5 of 20 seconds."""


class SourceDown(Exception):
    """The lookup's exception during its outage."""


class Source:
    """A lookup that fails at times."""

    down = False

    def __call__(self, origin: str) -> bool:
        if self.down:
            raise SourceDown
        return origin in {PAGE, PARTNER}


def rules(source: object) -> "tuple[RuleSet, RuleSet]":
    """Return the two alternating sets of rules, newly made. They allow different origins, methods and headers."""
    by_source = Policy(allow_origins=source, allow_methods=["PUT"])
    return (
        {
            "/": Policy(allow_origins=[PAGE, SUBDOMAINS], allow_methods=["PUT"], allow_credentials=True),
            "/forbid": Policy(allow_origins=[PAGE], refuse="forbid"),
            SOURCE: by_source,
        },
        {
            "/": Policy(allow_origins=[PAGE, PARTNER], allow_headers=["X-A", "Content-Type"], max_age=600),
            "/forbid": Policy(allow_origins=[PARTNER], expose_headers=["ETag"], refuse="forbid"),
            SOURCE: by_source,
        },
    )


TABLE_POLICY = Policy(allow_origins=[TABLE_ORIGIN], allow_methods=["PUT"], max_age=60, preflight_status=200)
"""The policy of Django's settings, with the table's row in place of the source."""


def hello(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    headers = [("Content-Type", "text/plain"), ("Content-Length", "5"), ("X-Process", str(os.getpid()))]
    start_response("200 OK", headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [b"hello"]


def served() -> CORS:
    """Return the wrapped app, and begin to swap its rules."""
    lookup = Source()
    source = CachedOrigins(lookup, keep_allowed=1, keep_refused=1, retry=1, max_origins=1000)
    for origin in (PAGE, PARTNER):
        assert origin in source  # known before the first outage
    wrapped = CORS(hello, rules(source)[0])

    def swap() -> None:
        number = 0
        while True:
            time.sleep(_SWAP_EVERY)
            number += 1
            wrapped.rules = rules(source)[number % 2]
            lookup.down = number % _OUTAGE_EVERY < _OUTAGE_LASTS

    threading.Thread(target=swap, daemon=True).start()
    return wrapped
