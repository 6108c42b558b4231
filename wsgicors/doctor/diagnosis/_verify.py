"""Compare a live server with a policy, by requests on everything that an export has to get right.

The expected answers come from the middleware itself, in front of an app that answers everything. What the real
application decides (its status, its body) is not compared. Requests go to the URL, to the paths of other rules, and to
a path below that does not exist, by GET and OPTIONS: at most `MOST_REQUESTS`, one after the other, with pauses. No
redirect is followed, and no cookie is sent.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, TypedDict
from urllib.parse import unquote, urlsplit

from wsgicors._http import list_members
from wsgicors.browser import Response
from wsgicors.doctor.catalogue._mistakes import MISTAKES, Mistake
from wsgicors.doctor.diagnosis._asking import ask
from wsgicors.doctor.diagnosis._audit import PAUSE
from wsgicors.doctor.diagnosis._verify_questions import STRANGER, Plan, Question, decoded
from wsgicors.doctor.diagnosis._why import Count
from wsgicors.doctor.evidence._facts import clean_url, shown
from wsgicors.doctor.evidence._wire import Wire
from wsgicors.middleware import CORS
from wsgicors.rules import NO_RULES, Policies, RuleSet

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

MOST_REQUESTS: Final = 240
"""The most requests of a verification."""

_ALLOW_ORIGIN: Final = "access-control-allow-origin"


_LOOK_ALIKES: Final = frozenset({"prefix", "suffix", "contains", "unescaped-dot", "special-character", "any-subdomain"})


class DifferenceJson(TypedDict):
    """An answer that differs from the policy's."""

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
        question: The request.
        mistake: The likeliest cause.
        expected: The policy's answer, as lines.
        received: The server's answer, as lines.
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
    """The result of a verification.

    Attributes:
        url: The URL, in a form that is safe to show.
        differences: The differences, in the order in which they were found.
        asked: The number of requests.
        complete: Whether all questions were answered.
        notes: Notes on the verification itself, in sentences.
    """

    url: str
    differences: tuple[Difference, ...]
    asked: int
    complete: bool
    notes: tuple[str, ...]

    @property
    def exit_status(self) -> int:
        """Return the exit status of the command: 0 if nothing differs, 1 if something does, 2 if that is unknown."""
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
    """Compare the server at ``url`` with ``rules``.

    Args:
        rules: Rules as for `wsgicors.CORS`.
        url: The absolute URL of something that pages read.
        exact: The policies of single paths, not of those below them; None for no policy.
        served: The methods to ask a single path with, if other rules answer its other methods.
        wire: Sends the requests.

    Raises:
        AskError: ``url`` is not a URL.
        PolicyError: The rules are faulty.
        ModuleNotFoundError: urllib3 is not installed.
    """
    ask(url, STRANGER)
    rules = rules if rules or not exact else NO_RULES
    alone = {path: CORS(_everything, policies or NO_RULES) for path, policies in exact.items()}
    return _Verification(Plan(CORS(_everything, rules), alone, served, url), wire or Wire(pause=PAUSE)).run()


def _everything(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    start_response("200 OK", [])
    return []


class _Got(NamedTuple):
    """The parts of an answer that are compared."""

    status: int
    cors: tuple[tuple[str, str], ...]
    vary: frozenset[str]

    def get(self, name: str) -> str | None:
        return next((value for known, value in self.cors if known == name), None)

    def told(self) -> tuple[str, ...]:
        """Return it as lines."""
        vary = (f"vary: {', '.join(sorted(self.vary))}",) if self.vary else ()
        return (f"status {self.status}", *(shown(f"{name}: {value}", 300) for name, value in self.cors), *vary)


def _got(status: int, headers: Iterable[tuple[str, str]]) -> _Got:
    lines = [(name.strip().lower(), value) for name, value in headers]
    cors = sorted((name, ", ".join(list_members(text))) for name, text in lines if name.startswith("access-control-"))
    vary = frozenset(name.lower() for key, value in lines if key == "vary" for name in list_members(value))
    return _Got(status, tuple(cors), vary)


@dataclass(slots=True)
class _Verification:
    """A verification in progress."""

    plan: Plan
    wire: Wire
    asked: int = 0
    stopped: bool = False
    found: list[tuple[Question, _Got, _Got]] = field(default_factory=list[tuple[Question, _Got, _Got]])
    agreed: dict[str, bool] = field(default_factory=dict[str, bool])
    """For each path, whether an allowed origin was answered as such."""

    def run(self) -> Verification:
        """Ask everything, or stop if the server asks to."""
        for question in self.plan:
            if self.asked == MOST_REQUESTS and not self.stopped:
                self.stop(f"{MOST_REQUESTS} requests were made, and no more are: not everything could be asked.")
            if self.stopped:
                break
            self.ask(question)
        differences = [
            Difference(one, self.mistake(one, want, got), want.told(), got.told()) for one, want, got in self.found
        ]
        return Verification(
            clean_url(self.plan.url), tuple(differences), self.asked, not self.stopped, tuple(self.plan.notes)
        )

    # The answers.

    def ask(self, question: Question) -> None:
        parts = urlsplit(self.plan.url)
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
        self.plan.notes.append(note)

    def received(self, response: Response) -> _Got:
        return _got(response.status, response.headers)

    def expected(self, question: Question) -> _Got:
        """Return the policy's answer."""
        path, _, query = question.path.partition("?")
        environ: WSGIEnvironment = {
            "REQUEST_METHOD": question.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": decoded(path),
            "QUERY_STRING": query,
            "HTTP_HOST": urlsplit(self.plan.url).netloc,
        }
        environ |= {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in question.lines()}
        answered: list[_Got] = []

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> Any:
            answered.append(_got(int(status[:3]), headers))

        list(self.plan.answering(path)(environ, start_response))
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

    # The causes.

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
        if allow == "*" != meant:
            return Mistake.ANY_ORIGIN
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
        return any(policy.actual(origin).allowed for policy in self.plan.policies(path))

    def let_in(self, question: Question) -> Mistake:
        """Return why an origin is allowed that should not be."""
        if question.alike == "case":
            return Mistake.CASE
        if question.alike in ("port", "any-port"):
            return Mistake.PORT
        return Mistake.UNANCHORED if question.alike in _LOOK_ALIKES else Mistake.STALE

    def left_out(self, question: Question, got: _Got) -> Mistake:
        """Return why an origin is not allowed that should be."""
        if not self.agreed.get(question.path, question.kind == "error" and any(self.agreed.values())):
            return Mistake.NOT_INCLUDED
        if question.kind == "preflight":
            return Mistake.OPTIONS
        if question.kind == "error" and got.status >= 400:
            return Mistake.NOT_ALWAYS
        return Mistake.STALE if "origin" in got.vary else Mistake.CACHE
