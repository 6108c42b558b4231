"""The published table of Go's ``net/http.CrossOriginProtection`` (Go 1.25): what it allows and what it refuses.

Every request is sent to ``example.com``.
"""

from typing import Final, NamedTuple


class Case(NamedTuple):
    """A request, and whether it is allowed.

    Attributes:
        method: Its method.
        site: Its Sec-Fetch-Site, or None.
        origin: Its Origin, or None.
        passes: Whether Go allows it.
    """

    method: str
    site: str | None
    origin: str | None
    passes: bool

    @property
    def fields(self) -> list[tuple[str, str]]:
        """Its header fields."""
        given = {"Host": "example.com", "Sec-Fetch-Site": self.site, "Origin": self.origin}
        return [(name, value) for name, value in given.items() if value is not None]


TRUSTED: Final = "https://trusted.example"

TABLE: Final = (
    Case("POST", "same-origin", None, passes=True),
    Case("POST", "none", None, passes=True),
    Case("POST", "cross-site", None, passes=False),
    Case("POST", "same-site", None, passes=False),
    Case("POST", None, None, passes=True),
    Case("POST", None, "https://example.com", passes=True),
    Case("POST", None, "https://attacker.example", passes=False),
    Case("POST", None, "null", passes=False),
    Case("GET", "cross-site", None, passes=True),
    Case("HEAD", "cross-site", None, passes=True),
    Case("OPTIONS", "cross-site", None, passes=True),
    Case("PUT", "cross-site", None, passes=False),
    Case("POST", None, TRUSTED, passes=True),
    Case("POST", "cross-site", TRUSTED, passes=True),
    Case("POST", "cross-site", "https://attacker.example", passes=False),
)
"""All cases: `TRUSTED` is the only allowed origin."""
