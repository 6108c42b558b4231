"""Whether a live server answers as a policy would: it is asked what an export has to get right, and compared.

The answers come from the middleware itself, in front of an app that answers everything. What the real application
decides (its status, its body) is not compared. Asked are the URL, the paths of other rules, and a path below that does
not
exist, by GET and OPTIONS: at most `MOST_REQUESTS` requests, one after the other, with a pause between them. No redirect
is followed, no cookie sent.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, TypedDict, cast
from urllib.parse import unquote, urlsplit

from wsgicors._http import list_members
from wsgicors.browser import Response
from wsgicors.doctor.diagnosis._asking import ask
from wsgicors.doctor.diagnosis._audit import PAUSE
from wsgicors.doctor.diagnosis._hostile import hostile_origins
from wsgicors.doctor.diagnosis._why import Count
from wsgicors.doctor.evidence._facts import clean_url, shown
from wsgicors.doctor.evidence._wire import USER_AGENT, Wire
from wsgicors.middleware import CORS
from wsgicors.origins import split_origin
from wsgicors.patterns import OriginPattern
from wsgicors.policy import Policy
from wsgicors.rules import NO_RULES, Policies, PolicyList, RuleSet

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

MOST_REQUESTS: Final = 240
"""Requests that a verification makes at most."""

MOST_PATHS: Final = 8
"""Paths of rules that are asked beside the URL."""

SAMPLES: Final = 3
"""Allowed origins that are asked for, of each kind."""

STRANGER: Final = "https://wsgicors-verify.example"
"""An origin that nobody has: the name is reserved (RFC 2606)."""

_LABEL: Final = "wsgicors-verify"
_ALLOW_ORIGIN: Final = "access-control-allow-origin"
_ASKED: Final = "Access-Control-Request-Method"


class Mistake(StrEnum):
    """What a difference comes from, most likely."""

    BOTH_ADD = "both-add"
    APP_SHOWS = "app-shows"
    CACHE = "cache-without-vary"
    VARY = "vary-missing"
    NOT_INCLUDED = "not-included"
    NOT_ALWAYS = "not-always"
    OPTIONS = "options-swallowed"
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
            "A header of the application's own gets through.",
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
            "Something in front answers OPTIONS before the policy is asked.",
            "Let OPTIONS through to where the policy is: firewalls, limit_except and authentication stop it.",
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
            "The proxy hands Host on without its port, so that the server's own pages count as strangers.",
            "Hand on what the browser sent: in nginx proxy_set_header Host $http_host.",
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

_LOOK_ALIKES: Final = frozenset({"prefix", "suffix", "contains", "unescaped-dot", "special-character", "any-subdomain"})

Kind = Literal["request", "preflight", "options", "error", "own"]


class Question(NamedTuple):
    """One request.

    Attributes:
        kind: What is asked for.
        path: The path and query.
        origin: The page's origin, or ``""``.
        alike: Which way the origin is like an allowed one, or ``""``.
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
        """What a person would call it."""
        asked = "".join(f", {name}: {value}" for name, value in self.headers)
        return shown(f"{self.method} {self.path} from {self.origin or 'no origin'}{asked}", 300)


class DifferenceJson(TypedDict):
    """What was answered otherwise than the policy would."""

    question: str
    mistake: Mistake
    sentence: str
    remedy: str
    expected: list[str]
    received: list[str]


class VerificationJson(TypedDict):
    """Whether a server answers as a policy would."""

    version: Literal[1]
    url: str
    differences: list[DifferenceJson]
    asked: Count
    complete: bool
    notes: list[str]


@dataclass(frozen=True, slots=True)
class Difference:
    """One answer that is not the policy's.

    Attributes:
        question: What was asked.
        mistake: Where it comes from, most likely.
        expected: What the policy has answered, a line each.
        received: What came.
    """

    question: Question
    mistake: Mistake
    expected: tuple[str, ...]
    received: tuple[str, ...]

    def to_json(self) -> DifferenceJson:
        """Return it for `json.dumps`."""
        sentence, remedy = MISTAKES[self.mistake]
        return {
            "question": str(self.question),
            "mistake": self.mistake,
            "sentence": sentence,
            "remedy": remedy,
            "expected": list(self.expected),
            "received": list(self.received),
        }


@dataclass(frozen=True, slots=True)
class Verification:
    """What came out.

    Attributes:
        url: The URL, fit to be shown.
        differences: In the order in which they were found.
        asked: How many requests were made.
        complete: Whether all questions were answered.
        notes: What is to be said of the verification itself, in sentences.
    """

    url: str
    differences: tuple[Difference, ...]
    asked: int
    complete: bool
    notes: tuple[str, ...]

    @property
    def exit_status(self) -> int:
        """The command's: 0 where nothing differs, 1 where something does, 2 where that could not be found out."""
        return 1 if self.differences else 0 if self.complete else 2

    def to_json(self) -> VerificationJson:
        """Return it for `json.dumps`."""
        return {
            "version": 1,
            "url": self.url,
            "differences": [difference.to_json() for difference in self.differences],
            "asked": self.asked,
            "complete": self.complete,
            "notes": list(self.notes),
        }


def verify(
    rules: RuleSet,
    url: str,
    *,
    exact: Mapping[str, Policies | None] = MappingProxyType({}),
    served: Mapping[str, Collection[str]] = MappingProxyType({}),
    wire: Wire | None = None,
) -> Verification:
    """Ask the server at ``url`` what ``rules`` have an answer to, and compare.

    Args:
        rules: As `wsgicors.CORS` takes them.
        url: Absolute: something that pages read.
        exact: What answers for a path alone, and not for those below it; None where no policy does.
        served: The methods that a path alone is asked by, where it answers others by other rules.
        wire: How requests are sent.

    Raises:
        AskError: ``url`` is no URL.
        PolicyError: The rules are faulty.
        ModuleNotFoundError: urllib3 is not installed.
    """
    ask(url, STRANGER)
    rules = rules if rules or not exact else NO_RULES
    alone = {path: CORS(_everything, policies or NO_RULES) for path, policies in exact.items()}
    return _Verification(CORS(_everything, rules), alone, served, url, wire or Wire(pause=PAUSE)).run()


def _everything(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    start_response("200 OK", [])
    return []


def _decoded(path: str) -> str:
    """Return the path of a request target as an application gets it."""
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


class _Got(NamedTuple):
    """What counts of an answer."""

    status: int
    cors: tuple[tuple[str, str], ...]
    vary: frozenset[str]

    def get(self, name: str) -> str | None:
        return next((value for known, value in self.cors if known == name), None)

    def told(self) -> tuple[str, ...]:
        """It as lines."""
        vary = (f"vary: {', '.join(sorted(self.vary))}",) if self.vary else ()
        return (f"status {self.status}", *(shown(f"{name}: {value}", 300) for name, value in self.cors), *vary)


def _got(status: int, headers: Iterable[tuple[str, str]]) -> _Got:
    lines = [(name.strip().lower(), value) for name, value in headers]
    cors = sorted((name, ", ".join(list_members(text))) for name, text in lines if name.startswith("access-control-"))
    vary = frozenset(name.lower() for key, value in lines if key == "vary" for name in list_members(value))
    return _Got(status, tuple(cors), vary)


@dataclass(slots=True)
class _Verification:
    """A verification under way."""

    cors: CORS
    alone: Mapping[str, CORS]
    """What answers for a path alone."""
    served: Mapping[str, Collection[str]]
    """The methods that such a path is asked by; all where it is not in it."""
    url: str
    wire: Wire
    asked: int = 0
    stopped: bool = False
    notes: list[str] = field(default_factory=list[str])
    found: list[tuple[Question, _Got, _Got]] = field(default_factory=list[tuple[Question, _Got, _Got]])
    agreed: dict[str, bool] = field(default_factory=dict[str, bool])
    """For each path whether an origin that is allowed was answered so."""

    def run(self) -> Verification:
        """Everything, or as much as the server puts up with."""
        for question in self.questions():
            if self.asked == MOST_REQUESTS and not self.stopped:
                self.stop(f"{MOST_REQUESTS} requests were made, and no more are: not everything could be asked.")
            if self.stopped:
                break
            if self.serves(question):
                self.ask(question)
        differences = [
            Difference(one, self.mistake(one, want, got), want.told(), got.told()) for one, want, got in self.found
        ]
        return Verification(clean_url(self.url), tuple(differences), self.asked, not self.stopped, tuple(self.notes))

    # What is asked.

    def questions(self) -> Iterator[Question]:
        parts = urlsplit(self.url)
        here = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        yield from self.at(here, details=True)
        given = self.cors.rules
        by_path = [*cast("Mapping[str, object]", given)] if isinstance(given, Mapping) else []
        for path in [*self.alone, *by_path][:MOST_PATHS]:
            if path != parts.path:
                yield from self.at(path, details=False)
            if path != "/":
                # The last letter percent-encoded: the same path to every application.
                yield from self.at(f"{path[:-1]}%{ord(path[-1]):02X}", details=False)

    def answering(self, path: str) -> CORS:
        return self.alone.get(_decoded(path), self.cors)

    def serves(self, question: Question) -> bool:
        """Whether the path answers what is asked for by its own policy."""
        served = self.served.get(_decoded(question.path))
        return served is None or dict(question.headers).get(_ASKED, question.method) in served

    def preflight(self, path: str) -> tuple[str, str]:
        """Return the header that asks for a method: PUT where the path serves it."""
        served = self.served.get(_decoded(path))
        return _ASKED, "PUT" if served is None or "PUT" in served else min(served)

    def policies(self, path: str) -> tuple[Policy, ...]:
        found = self.answering(path).find({"PATH_INFO": _decoded(path)})
        return found.policies if isinstance(found, PolicyList) else (found,) if isinstance(found, Policy) else ()

    def at(self, path: str, *, details: bool) -> Iterator[Question]:
        """Yield what is asked at one path; with `details` everything."""
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
            yield Question("preflight", path, origin, headers=(self.preflight(path),))
        if not details:
            return
        yield Question("request", path, "")
        for origin in (*allowed[:2], *allowed[:1]):  # one after the other, as through a cache
            yield Question("request", path, origin)
        for origin in (*allowed[:1], STRANGER):
            yield Question("options", path, origin)
            yield Question("error", f"{path.partition('?')[0].rstrip('/')}/{_LABEL}-missing", origin)
            yield from self.preflights(path, origin, policies)
        parts = urlsplit(self.url)
        yield Question("own", path, f"{parts.scheme}://{parts.netloc}")
        yield from self.look_alikes(path, allowed)

    def preflights(self, path: str, origin: str, policies: tuple[Policy, ...]) -> Iterator[Question]:
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
            yield Question("preflight", path, origin, headers=(self.preflight(path), more))

    def look_alikes(self, path: str, allowed: list[str]) -> Iterator[Question]:
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

    # What is answered.

    def ask(self, question: Question) -> None:
        parts = urlsplit(self.url)
        answer = self.wire.send(question.method, f"{parts.scheme}://{parts.netloc}{question.path}", question.lines())
        self.asked += 1
        if answer.trouble:
            self.stop(answer.trouble.detail)
        elif answer.response.status == 429:
            self.stop("The server answered with 429, and was left alone from there on.")
        else:
            self.compare(question, self.expected(question), self.received(answer.response))

    def stop(self, note: str) -> None:
        self.stopped = True
        self.notes.append(note)

    def received(self, response: Response) -> _Got:
        return _got(response.status, response.headers)

    def expected(self, question: Question) -> _Got:
        """Return what the policy answers."""
        path, _, query = question.path.partition("?")
        environ: WSGIEnvironment = {
            "REQUEST_METHOD": question.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": _decoded(path),
            "QUERY_STRING": query,
            "HTTP_HOST": urlsplit(self.url).netloc,
        }
        environ |= {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in question.lines()}
        answered: list[_Got] = []

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> Any:
            answered.append(_got(int(status[:3]), headers))

        list(self.answering(path)(environ, start_response))
        return answered[-1]

    def compare(self, question: Question, want: _Got, got: _Got) -> None:
        allowed = want.get(_ALLOW_ORIGIN)
        if allowed is not None and question.kind == "request":
            path = question.path
            self.agreed[path] = self.agreed.get(path, False) or got.get(_ALLOW_ORIGIN) == allowed
        decided = question.kind == "preflight" or want.status == 403 or (question.kind == "own" and got.status == 403)
        same_status = not decided or want.status == got.status
        varies = "*" in got.vary or want.vary - {"sec-fetch-site"} <= got.vary
        if not (same_status and want.cors == got.cors and varies):
            self.found.append((question, want, got))

    # Where it comes from.

    def mistake(self, question: Question, want: _Got, got: _Got) -> Mistake:
        """Return the likeliest cause of one difference; the order of the questions is the order of certainty."""
        allow, meant = got.get(_ALLOW_ORIGIN), want.get(_ALLOW_ORIGIN)
        names = [name for name, _ in got.cors]
        if len(names) > len(set(names)) or (allow is not None and "," in allow):
            return Mistake.BOTH_ADD
        if question.kind == "own" and got.status == 403:
            return Mistake.HOST_PORT
        if allow is not None and allow not in ("*", question.origin):
            return Mistake.CACHE if self.is_allowed(question.path, allow) else Mistake.APP_SHOWS
        if question.path != unquote(question.path) and self.agrees(question._replace(path=unquote(question.path))):
            return Mistake.ESCAPED
        if allow is not None and meant is None:
            return self.let_in(question)
        if allow is None and meant is not None:
            return self.left_out(question, got)
        if want.status != got.status and question.kind == "preflight" and not got.cors:
            return Mistake.OPTIONS if self.agreed.get(question.path) else Mistake.NOT_INCLUDED
        return Mistake.VARY if want.cors == got.cors and want.status == got.status else Mistake.STALE

    def agrees(self, question: Question) -> bool:
        """Whether nothing differs in the answer to `question`."""
        return all(question != one for one, _, _ in self.found)

    def is_allowed(self, path: str, origin: str) -> bool:
        return any(policy.actual(origin).allowed for policy in self.policies(path))

    def let_in(self, question: Question) -> Mistake:
        """Why an origin is allowed that should not be."""
        if question.alike == "case":
            return Mistake.CASE
        if question.alike in ("port", "any-port"):
            return Mistake.PORT
        return Mistake.UNANCHORED if question.alike in _LOOK_ALIKES else Mistake.STALE

    def left_out(self, question: Question, got: _Got) -> Mistake:
        """Why an origin is not allowed that should be."""
        if not self.agreed.get(question.path, question.kind == "error" and any(self.agreed.values())):
            return Mistake.NOT_INCLUDED
        if question.kind == "preflight":
            return Mistake.OPTIONS
        if question.kind == "error" and got.status >= 400:
            return Mistake.NOT_ALWAYS
        return Mistake.STALE if "origin" in got.vary else Mistake.CACHE
