"""The origins of a policy: exact ones, and families as expressions that every engine reads alike."""

import re
from dataclasses import dataclass
from typing import Final, cast

from wsgicors.export._expressions import LABEL, PORT, NotClosed, closed, escape
from wsgicors.export._refusals import Refused, refused
from wsgicors.patterns import Member, OriginPattern, OriginSet
from wsgicors.policy import Policy

_WILD: Final = "[a-z0-9-]{1,63}"
"""An asterisk inside a label."""


@dataclass(frozen=True, slots=True)
class Family:
    """Origins that an expression describes. Both expressions must match the whole origin.

    Attributes:
        expression: An expression in the syntax that PCRE, RE2 and JavaScript share, without anchors.
        bound: A second one that the origin must match, or ``""``: the serialization below the spelled-out domains.
        pattern: The pattern of the policy, or ``""`` for an expression.
    """

    expression: str
    bound: str = ""
    pattern: str = ""

    @property
    def whole(self) -> str:
        r"""Return one anchored expression for an engine with look-ahead.

        >>> Family("https://a", "https?://a").whole
        '^(?=https?://a$)(?:https://a)$'
        """
        ahead = f"(?={self.bound}$)" if self.bound else ""
        return f"^{ahead}(?:{self.expression})$"

    @property
    def parts(self) -> tuple[str, ...]:
        """Return the expressions that must match, without anchors, for an engine without look-ahead."""
        return tuple(filter(None, (self.expression, self.bound)))


def origins_of(path: str, policy: Policy, problems: list[Refused]) -> tuple[tuple[str, ...], tuple[Family, ...]]:
    """Return the exact origins of a policy and the families of the others; both empty if it allows every origin.

    Args:
        path: The path of the policy's rule.
        policy: The policy.
        problems: A list to add to: what no target can express.
    """
    if getattr(policy.allow_origins, "allows_nobody", False):
        return (), ()
    if not isinstance(cast("object", policy.allow_origins), tuple):
        problems.append(refused("origin-source", "every target", path=path))
        return (), ()
    members = cast("tuple[Member, ...]", policy.allow_origins)
    if members == ("*",):
        return (), ()
    exact = OriginSet(members, dangerously_allow=policy.dangerously_allow).exact
    families: list[Family] = []
    for member in members:
        if isinstance(member, re.Pattern):
            families += _expression(path, member, policy, problems)
        elif str(member) not in exact:
            families.append(_family(OriginPattern.parse(str(member))))
    ordered = dict.fromkeys(str(member) for member in members if str(member) in exact)
    return tuple(ordered), tuple(families)


def _expression(path: str, regex: re.Pattern[str], policy: Policy, problems: list[Refused]) -> list[Family]:
    guarded = policy.allow_credentials or policy.allow_private_network
    secure = guarded and "insecure-origin" not in policy.dangerously_allow
    try:
        return [Family(*closed(regex, secure=secure))]
    except NotClosed:
        problems.append(refused("expression", "every target", path=path, expression=regex.pattern))
        return []


def _family(pattern: OriginPattern) -> Family:
    below = rf"(?:{LABEL}\.)+" if pattern.subdomains else ""
    port = PORT if pattern.port == "*" else f":{pattern.port}" if pattern.port else ""
    host = _WILD.join(map(escape, pattern.host.split("*")))
    # In services with patterns, such an asterisk matches any characters, including dots.
    known = "" if "*" in pattern.host else str(pattern)
    return Family(f"{escape(pattern.scheme)}://{below}{host}{port}", pattern=known)
