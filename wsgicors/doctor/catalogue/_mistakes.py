"""Mistakes that cause a difference between a server and its policy: the texts of ``wsgicors verify``."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Mistake(StrEnum):
    """The likeliest cause of a difference."""

    BOTH_ADD = "both-add"
    APP_SHOWS = "app-shows"
    CACHE = "cache-without-vary"
    VARY = "vary-missing"
    NOT_INCLUDED = "not-included"
    NOT_ALWAYS = "not-always"
    OPTIONS = "options-swallowed"
    ANY_ORIGIN = "any-origin-sent"
    CASE = "case-ignored"
    UNANCHORED = "unanchored"
    PORT = "port-ignored"
    HOST_PORT = "host-port-dropped"
    ESCAPED = "path-escapes-rule"
    STALE = "stale"


MISTAKES: Final[Mapping[Mistake, tuple[str, str]]] = MappingProxyType(
    {
        Mistake.BOTH_ADD: (
            "The proxy and the application both add the header.",
            "Have one of them add it: the export removes the application's own where it is included.",
        ),
        Mistake.APP_SHOWS: (
            "One of the application's own headers gets through.",
            "Remove it in the proxy, as the export does where it is included.",
        ),
        Mistake.CACHE: (
            "A cache gave one origin the answer that it had stored for another.",
            "Have the answers vary by Origin, add CORS headers behind the cache, and empty it.",
        ),
        Mistake.VARY: (
            "The answer depends on the origin, and Vary does not say so: a cache in front will mix them up.",
            "Add Origin to Vary on every answer, refused and without Origin too.",
        ),
        Mistake.NOT_INCLUDED: (
            "Nothing of the policy is in force at this path.",
            "Include the export there: in nginx also in every location that has an add_header of its own.",
        ),
        Mistake.NOT_ALWAYS: (
            "The headers are missing on an error.",
            (
                "Add them on every status: in nginx add_header … always, in Apache Header always, in HAProxy "
                "http-after-response."
            ),
        ),
        Mistake.OPTIONS: (
            "Something in front of the policy answers OPTIONS.",
            "Let OPTIONS through to where the policy is: firewalls, limit_except and authentication stop it.",
        ),
        Mistake.ANY_ORIGIN: (
            "The server sends *.",
            "Remove what adds it, or reload the export.",
        ),
        Mistake.CASE: (
            "Origins are compared without regard to case.",
            "Compare them as they are: the texts of nginx's map ignore case, its expressions with ~ do not.",
        ),
        Mistake.UNANCHORED: (
            "An expression that is not anchored, or has a dot that is not escaped, lets other origins in.",
            "Begin it with ^, end it with $, and escape every dot; or include the export.",
        ),
        Mistake.PORT: (
            "Origins are compared without their port.",
            "Compare the whole origin.",
        ),
        Mistake.HOST_PORT: (
            (
                "The proxy passes Host on without its port, so that the server's own pages count as pages of another "
                "origin."
            ),
            "Pass on what the browser sent: in nginx proxy_set_header Host $http_host.",
        ),
        Mistake.ESCAPED: (
            (
                "A percent-encoded letter leads past a rule: the proxy compares the path as it was sent, the "
                "application decodes it."
            ),
            "Compare the decoded path, or every way to encode it, as the export does.",
        ),
        Mistake.STALE: (
            "The configuration is of another policy, or has become stale.",
            "Export again, and check with wsgicors export --check in CI.",
        ),
    }
)
"""For each mistake what it is, and what to do."""
