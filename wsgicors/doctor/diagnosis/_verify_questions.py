"""The requests that compare a server with a policy, in the order of certainty."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple, cast
from urllib.parse import unquote, urlsplit

from wsgicors.doctor.diagnosis._hostile import hostile_origins
from wsgicors.doctor.evidence._facts import shown
from wsgicors.doctor.evidence._wire import USER_AGENT
from wsgicors.middleware import CORS
from wsgicors.origins import split_origin
from wsgicors.patterns import OriginPattern
from wsgicors.policy import Policy
from wsgicors.rules import PolicyList

MOST_PATHS: Final = 8
"""The most paths of rules that are asked besides the URL."""

SAMPLES: Final = 3
"""The most allowed origins of each kind that are tried."""

STRANGER: Final = "https://wsgicors-verify.example"
"""An origin that does not exist: the name is reserved (RFC 2606)."""

_LABEL: Final = "wsgicors-verify"
_ASKED: Final = "Access-Control-Request-Method"
Kind = Literal["request", "preflight", "options", "error", "own"]


class Question(NamedTuple):
    """One request.

    Attributes:
        kind: The kind of question.
        path: The path and query.
        origin: The page's origin, or ``""``.
        alike: How the origin resembles an allowed one, or ``""``.
        headers: More request headers.
    """

    kind: Kind
    path: str
    origin: str
    alike: str = ""
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def method(self) -> str:
        """The method to ask with."""
        return "OPTIONS" if self.kind in ("preflight", "options") else "GET"

    def lines(self) -> list[tuple[str, str]]:
        """Return the request's headers."""
        origin = [("Origin", self.origin)] if self.origin else []
        site = [("Sec-Fetch-Site", "cross-site")] if self.origin and self.kind != "own" else []
        return [("Accept", "*/*"), ("User-Agent", USER_AGENT), *origin, *site, *self.headers]

    def __str__(self) -> str:
        """Return a description for people."""
        asked = "".join(f", {name}: {value}" for name, value in self.headers)
        return shown(f"{self.method} {self.path} from {self.origin or 'no origin'}{asked}", 300)


def decoded(path: str) -> str:
    """Return the path of a request target, decoded as for an application."""
    return unquote(path.partition("?")[0], "latin-1")


def samples(policy: Policy) -> list[str]:
    """Return some origins that `policy` allows.

    >>> samples(Policy(allow_origins=["https://a.example", "https://*.b.example:*"]))
    ['https://a.example', 'https://wsgicors-verify.b.example', 'https://wsgicors-verify.b.example:8443']
    """
    members = cast("object", policy.allow_origins)
    if not isinstance(members, tuple):
        return []
    texts = [str(one) for one in cast("tuple[object, ...]", members) if isinstance(one, (str, OriginPattern))]
    if texts == ["*"]:
        return [STRANGER]
    exact = [text for text in texts if "*" not in text]
    ported = [text for text in exact if (split_origin(text) or ("", "", ""))[2]]
    filled = [text.replace("*.", f"{_LABEL}.", 1) for text in texts if "*" in text]
    families = [one for text in filled for one in (text.removesuffix(":*"), text.replace(":*", ":8443"))]
    chosen = dict.fromkeys([*exact[:SAMPLES], *ported[:1], *families[: 2 * SAMPLES]])
    return [origin for origin in chosen if policy.actual(origin).allowed]


@dataclass(frozen=True, slots=True)
class Plan:
    """The questions for one server.

    Attributes:
        cors: The middleware with the rules by path.
        alone: The middleware for single paths.
        served: The methods to ask such a path with; all if it is missing here.
        url: The URL to begin with.
        notes: What could not be asked, in sentences.
    """

    cors: CORS
    alone: Mapping[str, CORS]
    served: Mapping[str, Collection[str]]
    url: str
    notes: list[str] = field(default_factory=list[str])

    def __iter__(self) -> Iterator[Question]:
        """Yield all questions, the most certain first."""
        return filter(self._serves, self._all())

    def _all(self) -> Iterator[Question]:
        parts = urlsplit(self.url)
        here = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        yield from self._at(here, details=True)
        given = self.cors.rules
        by_path = [*cast("Mapping[str, object]", given)] if isinstance(given, Mapping) else []
        for path in [*self.alone, *by_path][:MOST_PATHS]:
            if path != parts.path:
                yield from self._at(path, details=False)
            if path != "/":
                # With the last letter percent-encoded: the same path for every application.
                yield from self._at(f"{path[:-1]}%{ord(path[-1]):02X}", details=False)

    def answering(self, path: str) -> CORS:
        """Return the middleware for a request target."""
        return self.alone.get(decoded(path), self.cors)

    def _serves(self, question: Question) -> bool:
        """Whether the path's own policy answers the question."""
        served = self.served.get(decoded(question.path))
        return served is None or dict(question.headers).get(_ASKED, question.method) in served

    def _preflight(self, path: str) -> tuple[str, str]:
        """Return the header that asks for a method: PUT if the path serves it."""
        served = self.served.get(decoded(path))
        return _ASKED, "PUT" if served is None or "PUT" in served else min(served)

    def policies(self, path: str) -> tuple[Policy, ...]:
        """Return the policies that answer for a request target; empty if no rule covers it."""
        found = self.answering(path).find({"PATH_INFO": decoded(path)})
        return found.policies if isinstance(found, PolicyList) else (found,) if isinstance(found, Policy) else ()

    def _at(self, path: str, *, details: bool) -> Iterator[Question]:
        """Yield the questions for one path; with `details`, all of them."""
        policies = self.policies(path)
        allowed = list(dict.fromkeys(origin for policy in policies for origin in samples(policy)))
        if not policies:
            self.notes.append(f"No rule covers {shown(path)}: nothing is compared there.")
            return
        if not allowed:
            self.notes.append(
                f"No origin is known that {shown(path)} allows: its origins live elsewhere, or are expressions."
            )
        for origin in (*allowed[: None if details else 1], STRANGER):
            yield Question("request", path, origin)
            yield Question("preflight", path, origin, headers=(self._preflight(path),))
        if not details:
            return
        yield Question("request", path, "")
        for origin in (*allowed[:2], *allowed[:1]):  # one after the other, as through a cache
            yield Question("request", path, origin)
        for origin in (*allowed[:1], STRANGER):
            yield Question("options", path, origin)
            yield Question("error", f"{path.partition('?')[0].rstrip('/')}/{_LABEL}-missing", origin)
            yield from self._preflights(path, origin, policies)
        parts = urlsplit(self.url)
        yield Question("own", path, f"{parts.scheme}://{parts.netloc}")
        yield from self._look_alikes(path, allowed)

    def _preflights(self, path: str, origin: str, policies: tuple[Policy, ...]) -> Iterator[Question]:
        methods = dict.fromkeys(["GET", *(one for policy in policies for one in policy.allow_methods if one != "*")])
        names = sorted({name.lower() for policy in policies for name in policy.allow_headers if name != "*"})
        for method in [*methods][:SAMPLES]:
            asked = (("Access-Control-Request-Headers", ",".join(names)),) if names else ()
            yield Question("preflight", path, origin, headers=((_ASKED, method), *asked))
        for more in (
            ("Access-Control-Request-Headers", "authorization"),
            ("Access-Control-Request-Headers", f"x-{_LABEL}"),
            ("Access-Control-Request-Private-Network", "true"),
        ):
            yield Question("preflight", path, origin, headers=(self._preflight(path), more))

    def _look_alikes(self, path: str, allowed: list[str]) -> Iterator[Question]:
        listed = [origin for origin in allowed if split_origin(origin) and origin != STRANGER]
        known: set[str] = {*allowed}
        for origin in listed[:2]:
            scheme, host, port = split_origin(origin) or ("", "", "")
            others = [("case", f"{scheme}://{host.upper()}" + (f":{port}" if port else ""))]
            others += [("port", f"{scheme}://{host}")] if port else []
            others += [("port", f"{scheme}://{host}:8444"), *hostile_origins(origin)]
            for alike, other in others:
                if other not in known:
                    known.add(other)
                    yield Question("request", path, other, alike)
        for alike, other in (("null", "null"), ("malformed", "https://a.example/"), ("malformed", "*")):
            if other not in known:
                yield Question("request", path, other, alike)
