"""Settings, sources and requests for the tests of policies."""

from typing import Any

from wsgicors import Policy, Refusal, Verdict

A, B = "https://a.example", "https://b.example"
ALLOW_ORIGIN = "Access-Control-Allow-Origin"
METHODS = "Access-Control-Allow-Methods"
HEADERS = "Access-Control-Allow-Headers"
CREDENTIALS = ("Access-Control-Allow-Credentials", "true")
NETWORK = ("Access-Control-Allow-Private-Network", "true")
NO_ORIGIN, NULL, MALFORMED = Refusal.ORIGIN_NOT_ALLOWED, Refusal.NULL_ORIGIN, Refusal.MALFORMED_ORIGIN
INSECURE = Refusal.INSECURE_ORIGIN


class Source:
    """Origins that live elsewhere."""

    def __init__(self, *origins: str) -> None:
        self.origins = set(origins)
        self.asked: list[str] = []

    def __contains__(self, origin: str) -> bool:
        self.asked.append(origin)
        return origin in self.origins


class Broken:
    """A source that fails."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def __contains__(self, origin: str) -> bool:
        raise self.error


def policy(**settings: Any) -> Policy:
    return Policy(**{"allow_origins": [A]} | settings)


Asked = tuple[str, str] | tuple[str, str, str] | tuple[str, str, str, bool]
Headers = list[tuple[str, str]]
LISTED: dict[str, Any] = {"allow_methods": ["PUT", "DELETE"], "allow_headers": ["Content-Type", "X-A"], "max_age": 600}
LISTED_HEADERS: Headers = [
    (ALLOW_ORIGIN, A),
    (METHODS, "PUT, DELETE"),
    (HEADERS, "Content-Type, X-A"),
    ("Access-Control-Max-Age", "600"),
]
STAR: dict[str, Any] = {"allow_methods": "*", "allow_headers": "*"}


def ask(rules: Policy, asked: Asked) -> Verdict:
    match asked:
        case (origin, method, headers, network):
            return rules.preflight(origin, method, headers, private_network=network)
        case _:
            return rules.preflight(*asked)
