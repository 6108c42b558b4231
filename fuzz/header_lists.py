"""Fuzz lists of request headers in preflights, with policies that allow some, all, or none."""

from typing import Final

from tests.invariants import PRINTABLE, TOKEN, naive_members
from wsgicors import Policy
from wsgicors._http import list_members, merge_vary

ORIGIN: Final = "https://www.example.com"
POLICIES: Final = (
    Policy(allow_origins=[ORIGIN]),
    Policy(allow_origins=[ORIGIN], allow_headers=["X-A", "Content-Type", "Authorization"]),
    Policy(allow_origins=[ORIGIN], allow_headers="*"),
    Policy(allow_origins=[ORIGIN], allow_headers="*", allow_credentials=True),
    Policy(allow_origins="*", allow_headers=["*", "Authorization"]),
)
TOKENS: Final = (
    "x-a",
    "content-type",
    "authorization",
    "AUTHORIZATION",
    "*",
    ",",
    ", ",
    "\t",
    " ",
    "\r\n",
    "\xff",
    "\x0b",
    "\xa0",
)


def header_lists(data: bytes) -> None:
    """Read bytes as Access-Control-Request-Headers.

    - The list is parsed by its grammar.
    - A preflight is granted exactly if the policy allows each name.
    - A refusal names members only; no name that is not allowed gets into a header.
    """
    text = data.decode("latin-1")
    members = naive_members(text)
    assert list_members(text) == members
    merged = merge_vary([text], ["Origin"])
    assert naive_members(merge_vary([merged], ["Origin"])) == naive_members(merged)
    for policy in POLICIES:
        verdict = policy.preflight(ORIGIN, "GET", text)
        if all(map(TOKEN.fullmatch, members)):
            assert verdict.allowed == all(_means(policy, member.lower()) for member in members), (policy, text)
        elif verdict.allowed:  # if all names are allowed, the list is not checked: no browser sends invalid names
            assert _means(policy, "x-any")
            assert _means(policy, "authorization")
        assert {name.lower() for name in verdict.refused_headers} <= {member.lower() for member in members}
        assert all(PRINTABLE.fullmatch(value) for _, value in verdict.all_headers)
        assert verdict.all_headers == policy.preflight(ORIGIN, "GET", text).all_headers  # from the cache
        assert verdict.sentence.isprintable()


def _means(policy: Policy, name: str) -> bool:
    named = {allowed.lower() for allowed in policy.allow_headers}
    return name in named or ("*" in named and (name != "authorization" or policy.allow_credentials))
