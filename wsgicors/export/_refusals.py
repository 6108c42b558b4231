"""The catalogue of reasons why an export is refused."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

REASONS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "origin-source": (
            "The origins of {path} live elsewhere (a source): configuration cannot ask for them.",
            "Export a list of origins, or leave this rule to the application.",
        ),
        "expression": (
            (
                "The expression {expression} of {path} is not proven, or has look-around: no form of it means "
                "the same to every engine."
            ),
            "Write patterns, such as https://*.example.com, or an expression without look-around and back-references.",
        ),
        "rule-path-not-ascii": (
            "The rule for {path} is not in ASCII: proxies differ in how they decode it.",
            "Leave this rule to the application, or move what it covers below a path in ASCII.",
        ),
        "view-varies": (
            "{view} has a policy of its own. Its URLs begin with {path} and vary: no rule by path covers them alone.",
            "Give the policy to a rule for every path below {path}.",
        ),
        "view-by-method": (
            "{view} at {path} has one policy for some methods and another for others.",
            "Give every method of the view one policy.",
        ),
        "view-path": (
            "Servers read the path {path} of {view} in several ways.",
            "Give the view a path without empty segments, parameters and percent signs.",
        ),
        "paths-by-expression": (
            "{setting} chooses paths by the expression {expression}.",
            "Write rules by path instead.",
        ),
        "handlers": (
            "Handlers of check_request_enabled allow origins that no setting names.",
            "List the origins in the settings, or leave CORS to the application.",
        ),
        "urlconf": (
            "{setting} chooses the URLconf of each request, so that a path leads to several views.",
            "Export each site's policy from a file: wsgicors export.",
        ),
        "script-name": (
            "FORCE_SCRIPT_NAME puts the project below {path}, and its rules do not have that path.",
            "Export the policy from a file that has it: wsgicors export.",
        ),
        "host-routes": (
            "{view} has a policy of its own, and is served on some hosts or subdomains only.",
            "Give the policy to a rule by path.",
        ),
        "preflight-status": (
            "{target} answers preflights with 200 only, and {path} has {status}.",
            "Use --preflight-status 200, or the nearest target that can: {nearest}.",
        ),
        "echo": (
            '{target} cannot repeat what a preflight asks for, which "*" with credentials needs ({path}).',
            "List the methods and headers, or use the nearest target that can: {nearest}.",
        ),
        "own-hosts": (
            '{target} cannot compare Origin with Host, which refuse = "forbid" needs.',
            "Name the server's own hosts with --host, or use the nearest target that can: {nearest}.",
        ),
        "authorization": (
            '{target} cannot leave out Access-Control-Allow-Headers where Authorization is asked for ({path} has "*").',
            'Add "Authorization" to allow_headers, list the headers, or use the nearest target that can: {nearest}.',
        ),
        "too-many-origins": (
            "{target} cannot hold {count} origins.",
            "Use the nearest target that can: {nearest}.",
        ),
        "policy-lists": (
            "{target} cannot choose between several policies of one path ({path}).",
            "Give the path one policy, or use the nearest target that can: {nearest}.",
        ),
        "nobody": (
            "{target} cannot express a policy that allows no origin ({path}).",
            "List an origin, or use the nearest target that can: {nearest}.",
        ),
        "rules-by-path": (
            "{target} has one policy for every path.",
            "Export a policy without rules by path, or use the nearest target that can: {nearest}.",
        ),
        "origin-kind": (
            "{target} cannot allow {origin} without letting in others.",
            "List the origins one by one, or use the nearest target that can: {nearest}.",
        ),
        "method": (
            "{target} does not know {methods}.",
            "Leave them out of allow_methods, or use the nearest target that can: {nearest}.",
        ),
        "header": (
            "{target} cannot list the headers {headers} together with others, or not at all.",
            "Leave them out, or use the nearest target that can: {nearest}.",
        ),
        "default-headers": (
            "{target} allows headers of its own choice, such as Authorization, where a policy allows none ({path}).",
            "Name a header in allow_headers, or use the nearest target that can: {nearest}.",
        ),
        "max-age": (
            "{target} cannot have browsers keep a preflight's answer for {seconds} seconds ({path}).",
            "Write a max_age of {least} or more, or use the nearest target that can: {nearest}.",
        ),
        "credentials": (
            "{target} cannot allow credentials.",
            "Use the nearest target that can: {nearest}.",
        ),
        "loss": (
            "{target} loses {lost}: {sentence}",
            "Accept it with --accept-loss {lost}, or use the nearest target that can: {nearest}.",
        ),
    }
)
"""For each reason: what is wrong, and what to do instead."""


class Refused(NamedTuple):
    """One reason why an export is refused.

    Attributes:
        code: The reason's name in `REASONS`.
        message: What is wrong.
        remedy: What to do instead.
    """

    code: str
    message: str
    remedy: str


class ExportError(ValueError):
    """The target cannot express the policy. `reasons` has every reason."""

    def __init__(self, reasons: Iterable[Refused]) -> None:
        self.reasons = tuple(dict.fromkeys(reasons))
        super().__init__("\n".join(f"{one.code}: {one.message} {one.remedy}" for one in self.reasons))


def refused(code: str, target: str, **facts: object) -> Refused:
    """Return the reason `code`, in words.

    >>> refused("echo", "Traefik", path="/api", nearest="nginx").message
    'Traefik cannot repeat what a preflight asks for, which "*" with credentials needs (/api).'
    """
    message, remedy = REASONS[code]
    return Refused(code, message.format(target=target, **facts), remedy.format(target=target, **facts))
