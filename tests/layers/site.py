"""What every layer serves: the rules, and the response that a path's last segment names."""

import re

from wsgicors import CachedOrigins, Policy

PAGE = "https://a.example"
TENANT = "https://x.tenants.example"
PARTS = (b"one ", b"two ", b"three")

MANY = 512
"""Parts of the body of ``/endless``, of 16 KB each: more than any buffer holds."""

PART = b"x" * 16384

POLICY = Policy(
    allow_origins=[PAGE, "https://*.tenants.example"],
    allow_methods=["PUT", "DELETE"],
    allow_headers=["Content-Type", "X-A"],
    expose_headers=["ETag"],
    allow_credentials=True,
    max_age=600,
)
PUBLIC = Policy(allow_origins="*")
RULES = {
    "/": POLICY,
    "/forbid": Policy(allow_origins=[PAGE], refuse="forbid"),
    "/public": PUBLIC,
    "/200": Policy(allow_origins=[PAGE], preflight_status=200),
    "/a+b": PUBLIC,
    "/über": PUBLIC,
    "/exact": Policy(allow_origins=[PAGE]),
    "/subdomains": Policy(allow_origins=["https://*.tenants.example"], allow_credentials=True),
    "/regex": Policy(allow_origins=[re.compile(r"https://[a-z]+\.tenants\.example")]),
    "/source": Policy(allow_origins=CachedOrigins({PAGE, TENANT}.__contains__), expose_headers=["ETag"]),
}
LIST = {"/list": [POLICY, PUBLIC]}
"""A rule that the Flask extension cannot express."""

STATUSES = {"redirect": 302, "unmodified": 304, "missing": 404, "error": 500}

OWN = {
    "own": [
        ("Access-Control-Allow-Origin", "*"),
        ("Access-Control-Allow-Methods", "TRACE"),
        ("Vary", "Cookie, origin"),
    ],
    "star": [("Vary", "*")],
    "redirect": [("Location", "/")],
    "cached": [("Cache-Control", "max-age=600"), ("Vary", "Accept-Encoding")],
    "cookies": [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")],
}


class Broken(Exception):
    """The app's exception."""


def segment_of(path: str) -> str:
    """Return the last segment of a path."""
    return path.rpartition("/")[2]


def headers_of(segment: str) -> list[tuple[str, str]]:
    """Return the headers that the app sets."""
    return [("Content-Type", "text/plain"), *OWN.get(segment, [])]


def parts_of(segment: str) -> tuple[bytes, ...]:
    """Return the parts of the body."""
    if segment == "endless":
        return (PART,) * MANY
    return () if segment == "unmodified" else PARTS
