"""The policies of the demo: what a page may do with the notes."""

from collections.abc import Mapping
from typing import Final

from wsgicors.policy import Policy


def policies(page_origin: str) -> Mapping[str, Policy]:
    """Return the rules for the notes API: its page writes notes, and only reads the archive.

    Args:
        page_origin: The only origin whose pages have access.

    >>> sorted(policies("http://127.0.0.1:4281"))
    ['/archive', '/notes']
    """
    return {
        "/notes": Policy(
            allow_origins=[page_origin],
            allow_methods=["PUT", "DELETE"],
            allow_headers=["Content-Type"],
            allow_credentials=True,
            max_age=NOT_KEPT,
            refuse="forbid",
        ),
        "/archive": Policy(
            allow_origins=[page_origin],
            allow_headers=["Content-Type"],
            allow_credentials=True,
            max_age=NOT_KEPT,
            refuse="forbid",
        ),
    }


NOT_KEPT: Final = 0
"""Seconds for which a browser caches a preflight's answer: short, so that each call shows its preflight."""
