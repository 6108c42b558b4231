"""Ready-made choices for the playground: requests that work, and an example of every root cause of a blocked one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypedDict

from wsgicors.doctor.catalogue._causes import ROOTS


class Asked(TypedDict):
    """The request of a page."""

    method: str
    headers: list[str]
    credentials: bool
    sandboxed: bool
    """Whether the page is in a sandboxed frame, and so has the origin null."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A policy, a request, and another fault of the server.

    Attributes:
        root: The root cause of which it is an example, a key of `wsgicors.doctor.catalogue._causes.ROOTS`; 0 for none.
        cause: The cause of that root, a key of `wsgicors.doctor.catalogue._causes.CAUSES`; "" if nothing is blocked.
        policy: The settings, for `wsgicors.Policy.from_mapping`.
        asked: The request of the page.
        fault: A key of `wsgicors.demo._faults.FAULTS`, or "".
        title: The title, if it is not an example of a root cause.
        own_id: Its name in URLs, if it is not an example of a root cause.
    """

    root: int
    cause: str
    policy: Mapping[str, object]
    asked: Asked
    fault: str = ""
    title: str = ""
    own_id: str = ""

    @property
    def id(self) -> str:
        """Its name in URLs."""
        return self.cause or self.own_id

    @property
    def name(self) -> str:
        """The title; for a root cause, the catalogue's."""
        return f"{self.root}. {ROOTS[self.root]}" if self.root else self.title


def asked(
    method: str = "GET", headers: Sequence[str] = (), *, credentials: bool = False, sandboxed: bool = False
) -> Asked:
    """Return the request of a page, by default one without a preflight."""
    return {"method": method, "headers": list(headers), "credentials": credentials, "sandboxed": sandboxed}


_JSON: Final = "Content-Type: application/json"


def scenarios(page_origin: str, other_origin: str) -> list[Scenario]:
    """Return all scenarios, those that work first.

    Args:
        page_origin: The origin of the page.
        other_origin: Another origin, whose page asked before.

    >>> [scenario.root for scenario in scenarios("http://127.0.0.1:2", "http://localhost:2")]
    [0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
    """
    mine = [page_origin]
    writes = {"allow_origins": mine, "allow_methods": ["PUT", "DELETE"], "allow_headers": ["Content-Type"]}
    write = asked("PUT", [_JSON])
    return [
        Scenario(0, "", writes, write, title="It works: a write, with its preflight", own_id="write"),
        Scenario(
            0,
            "",
            {"allow_origins": mine, "allow_credentials": True, "expose_headers": ["X-Total-Count"]},
            asked(credentials=True),
            title="It works: a read with credentials, and an exposed header",
            own_id="read-with-credentials",
        ),
        Scenario(1, "app-error", writes, write, "crash"),
        Scenario(2, "origin-loopback", {"allow_origins": [other_origin]}, asked()),
        Scenario(3, "preflight-redirect-slash", writes, write, "redirect"),
        Scenario(
            4,
            "preflight-authentication",
            {"allow_origins": mine, "allow_headers": ["Authorization"]},
            asked(headers=["Authorization: Bearer an-example"]),
            "login",
        ),
        Scenario(5, "preflight-method-refused", writes, write, "router"),
        Scenario(6, "two-layers", {"allow_origins": mine}, asked(), "second-layer"),
        Scenario(7, "proxy-bad-gateway", {"allow_origins": mine}, asked(), "gateway"),
        Scenario(8, "credentials-wildcard", {"allow_origins": "*"}, asked(credentials=True)),
        Scenario(9, "header-not-allowed", writes, asked("PUT", [_JSON, "X-Requested-With: fetch"])),
        Scenario(10, "cached-origin", {"allow_origins": [page_origin, other_origin]}, asked(), "cache"),
        Scenario(11, "outside-static", {"allow_origins": mine}, asked(), "files"),
        Scenario(12, "null-origin", {"allow_origins": mine}, asked(sandboxed=True)),
    ]
