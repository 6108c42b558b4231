"""Laws for every environ, every app and every text, shared by the property tests and the fuzzers.

Each `check_…` raises AssertionError if its law is broken.
"""

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from wsgicors import CORS, Policy, PolicyError
from wsgicors._regex_proof import Level, Proof
from wsgicors._suffixes import open_suffix
from wsgicors.browser import Request
from wsgicors.origins import FILE, is_ip, is_loopback, split_origin
from wsgicors.patterns import OriginPattern

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

TOKEN: Final = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
PRINTABLE: Final = re.compile(r"[\t\x20-\x7e]*")
STATUS: Final = re.compile(r"[0-9]{3} [\x20-\x7e]+")


LEAK: Final = ("X-Leaked", "from another answer")
"""The header that these servers add to each list of headers that they get."""


# -- Apps and servers ----------------------------------------------------------------------------------------


class AppError(Exception):
    """The exception of these apps."""


@dataclass(frozen=True)
class Start:
    """A call of start_response."""

    status: str = "200 OK"
    headers: Callable[[], Any] = lambda: [("Content-Type", "text/plain")]
    exc_info: bool = False
    written: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class Plan:
    """What an app does: its calls of start_response, its chunks, and where it fails."""

    starts: tuple[Start, ...] = (Start(),)
    chunks: tuple[bytes, ...] = (b"answer",)
    style: Literal["list", "generator", "late", "closing"] = "list"
    fails: Literal["", "first", "started", "half"] = ""


@dataclass
class Planned:
    """The app that a plan describes; it records whether it was called."""

    plan: Plan
    called: bool = False
    closed: bool = False
    unharmed: bool = True
    """Whether its lists of headers were left unchanged."""

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        self.called = True
        if self.plan.style == "late":
            return self.late(start_response)
        self.start(start_response)
        if self.plan.style == "generator":
            return self.chunks()
        return self if self.plan.style == "closing" else list(self.chunks())

    def __iter__(self) -> Iterator[bytes]:
        return self.chunks()

    def close(self) -> None:
        self.closed = True

    def late(self, start_response: "StartResponse") -> Iterator[bytes]:
        self.start(start_response)
        yield from self.chunks()

    def start(self, start_response: "StartResponse") -> None:
        if self.plan.fails == "first":
            raise AppError
        for start in self.plan.starts:
            headers = start.headers()
            before = headers.copy() if isinstance(headers, list) else headers
            if start.exc_info:
                try:
                    raise AppError
                except AppError:
                    write = start_response(start.status, headers, sys.exc_info())
            else:
                write = start_response(start.status, headers)
            self.unharmed &= headers == before
            for data in start.written:
                write(data)
        if self.plan.fails == "started":
            raise AppError

    def chunks(self) -> Iterator[bytes]:
        for data in self.plan.chunks:
            yield data
            if self.plan.fails == "half":
                raise AppError


class ServerError(Exception):
    """A strict server rejects the headers."""


@dataclass
class Run:
    """One request at a server: a strict one checks the headers against PEP 3333; others accept anything."""

    strict: bool
    events: list[tuple[str, Any]] = field(default_factory=list)
    headers: list[Any] = field(default_factory=list)
    raised: type[BaseException] | None = None

    def start_response(self, status: str, headers: Any, exc_info: object = None) -> Callable[[bytes], object]:
        if self.strict and not is_fit(headers):
            raise ServerError
        self.headers.append(list(headers))
        if isinstance(headers, list):
            headers.append(LEAK)
        self.events.append(("start", (status, exc_info is not None)))
        return lambda data: self.events.append(("write", data))

    def of(self, app: "WSGIApplication", environ: "WSGIEnvironment") -> "Run":
        """Answer one request."""
        body: Any = None
        try:
            body = app(environ, self.start_response)
            self.events += [("chunk", data) for data in body]
        except Exception as error:
            self.raised = type(error)
        finally:
            if hasattr(body, "close"):
                body.close()
        return self


def is_fit(headers: object) -> bool:
    """Whether a list of headers conforms to PEP 3333."""
    return isinstance(headers, list) and all(
        isinstance(header, tuple)
        and len(header) == 2
        and all(isinstance(part, str) for part in header)
        and TOKEN.fullmatch(header[0])
        and not re.search(r"[\r\n\x00\u0100-\U0010ffff]", header[1])
        for header in headers
    )


def of_cors(name: str) -> bool:
    return name.lower().startswith("access-control-")


def others(headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Headers other than CORS headers and Vary."""
    return [header for header in headers if not of_cors(header[0]) and header[0].lower() != "vary"]


def vary(headers: Iterable[tuple[str, str]]) -> set[str]:
    """The names in Vary, in lower case."""
    values = ",".join(value for name, value in headers if name.lower() == "vary")
    return {name.strip(" \t").lower() for name in values.split(",") if name.strip(" \t")}


# -- The laws ------------------------------------------------------------------------------------------------


def check_exchange(
    wrap: "Callable[[WSGIApplication], CORS]", plan: Plan, environ: "WSGIEnvironment", *, strict: bool
) -> bool:
    """The middleware raises nothing that the bare app does not, emits no invalid header, and leaves the rest unchanged.

    Returns whether the app was called.
    """
    bare_app, wrapped_app, plain_app = Planned(plan), Planned(plan), Planned(Plan())
    before = dict(environ)
    bare = Run(strict).of(bare_app, dict(environ))
    wrapped = Run(strict).of(wrap(wrapped_app), environ)
    assert environ == before
    assert not any(LEAK in headers for headers in wrapped.headers)
    if not wrapped_app.called:
        assert wrapped.raised is None
        is_preflight = environ.get("REQUEST_METHOD") == "OPTIONS" and {
            "HTTP_ORIGIN", "HTTP_ACCESS_CONTROL_REQUEST_METHOD",
        } <= environ.keys()  # fmt: skip
        assert is_preflight or wrapped.events[0][1][0].startswith("403 ")
        assert "HTTP_ORIGIN" in environ or is_sent_by_others(environ)
        check_answer(wrapped, environ.get("REQUEST_METHOD"))
        return False
    if bare.raised is ServerError:
        return True  # the app's list of headers was invalid, and may be corrected
    assert wrapped.raised is bare.raised
    assert wrapped.events == bare.events
    assert wrapped_app.closed == bare_app.closed
    plain = Run(strict=True).of(wrap(plain_app), dict(before))
    assert plain.raised is None
    ours = [header for header in plain.headers[0] if header != ("Content-Type", "text/plain")]
    covered = bool(ours) or is_covered(wrap, before)
    assert wrapped_app.unharmed or not covered
    check_headers(ours)
    for given, sent in zip(bare.headers, wrapped.headers, strict=True):
        if not isinstance(given, list) or not is_fit(given):
            continue
        assert is_fit(sent)
        if not covered:
            assert sent == given
            continue
        assert others(sent) == others(given)
        assert [header for header in sent if of_cors(header[0])] == [header for header in ours if of_cors(header[0])]
        assert vary(sent) == {"*"} if "*" in vary(given) else vary(sent) == vary(given) | vary(ours)
        assert len([name for name, _ in sent if name.lower() == "vary"]) <= 1
    return True


def is_sent_by_others(environ: "WSGIEnvironment") -> bool:
    """Whether the browser marks an unsafe request as sent by a page of another origin."""
    may_change = environ.get("REQUEST_METHOD") not in ("GET", "HEAD", "OPTIONS")
    return may_change and environ.get("HTTP_SEC_FETCH_SITE", "") not in ("", "same-origin", "none")


def is_covered(wrap: "Callable[[WSGIApplication], CORS]", environ: "WSGIEnvironment") -> bool:
    """Whether a rule covers the request: only then are an app's own CORS headers dropped."""
    probe = Planned(Plan((Start(headers=lambda: [("Access-Control-Max-Age", "7")]),)))
    return Run(strict=True).of(wrap(probe), dict(environ)).headers[0] == []


def check_answer(run: Run, method: object) -> None:
    """A response in place of the app's is complete and well-formed."""
    (kind, (status, failed)), *chunks = run.events
    assert (kind, failed) == ("start", False)
    assert STATUS.fullmatch(status)
    (headers,) = run.headers
    check_headers(headers)
    body = b"".join(data for _, data in chunks)
    lengths = [value for name, value in headers if name == "Content-Length"]
    if method == "HEAD":
        assert body == b""
    else:
        assert lengths == ([] if status.startswith("204") else [str(len(body))])
    assert not body or (body.isascii() and body.endswith(b"\n") and not re.search(rb"[^\n\x20-\x7e]", body))


def check_headers(headers: Iterable[tuple[str, str]]) -> None:
    """Our headers are tokens and printable ASCII, each once."""
    headers = list(headers)
    assert all(TOKEN.fullmatch(name) and PRINTABLE.fullmatch(value) for name, value in headers), headers
    assert len({name.lower() for name, _ in headers}) == len(headers), headers


def check_admitted(policy: Policy, origin: str) -> None:
    """An origin that a policy admits, except by "*", is well formed for the core and for a browser."""
    verdict = policy.actual(origin)
    allow = dict(verdict.headers).get("Access-Control-Allow-Origin")
    assert verdict.allowed == (allow is not None) == (verdict.refusal is None)
    assert allow in (None, "*", origin)
    if verdict.allowed and allow != "*":
        Request("https://service.example.net/", origin)
        assert origin == "null" or split_origin(origin) is not None


def check_pattern(text: str) -> str:
    """A text is a pattern, or has a problem whose `instead` is one. Returns the code of the problem."""
    try:
        pattern = OriginPattern.parse(text)
    except PolicyError as error:
        (problem,) = error.problems
    else:
        assert str(pattern) == text
        assert OriginPattern.parse(str(pattern)) == pattern
        origin = text.removesuffix(":*").replace("*", "a")
        assert pattern.matches(origin)
        assert text in {"null", FILE} or split_origin(origin) is not None
        return ""
    assert problem.code
    assert problem.message.isprintable()
    assert problem.remedy.isprintable()
    assert not problem.instead or problem.instead != text
    for member in members_of(problem.instead):
        Policy(allow_origins=[member], dangerously_allow=["public-suffix"])  # a separate problem of the text
        if isinstance(member, str):
            OriginPattern.parse(member)
    return problem.code


def check_member(text: str) -> None:
    """A text from a settings file, also read as an expression, builds a policy or has one-line problems."""
    try:
        policy = Policy.from_mapping({"allow_origins": [{"regex": text}, text], "allow_credentials": True})
    except PolicyError as error:
        problems = error.problems
        assert problems
        assert all(problem.message.isprintable() and problem.remedy.isprintable() for problem in problems)
    except RecursionError:
        pass  # from re.compile
    else:
        check_admitted(policy, text)


def members_of(instead: str) -> list[str | re.Pattern[str]]:
    """The members that an origin's problem says to write instead."""
    if instead.startswith(("re.compile(", '"')):
        return eval(f"[{instead}]", {"re": re})
    return [instead] if instead else []


# -- Naive references ----------------------------------------------------------------------------------------


def naive_members(value: str) -> list[str]:
    """RFC 9110, 5.6.1, one character at a time."""
    members = [""]
    for character in value:
        if character == ",":
            members.append("")
        else:
            members[-1] += character
    trimmed: list[str] = []
    for member in members:
        while member[:1] in (" ", "\t") and member:
            member = member[1:]
        while member[-1:] in (" ", "\t") and member:
            member = member[:-1]
        if member:
            trimmed.append(member)
    return trimmed


def is_spelled_out(origin: str, proof: Proof, level: Level) -> bool:
    """Whether an expression spells out an origin's registrable domain or host."""
    parts = split_origin(origin)
    assert parts is not None
    scheme, host, _ = parts
    if scheme not in ("http", "https"):
        return any(end.scheme == scheme for end in proof.ends)
    if is_loopback(host) or any(end == (scheme, "host", host) for end in proof.ends):
        return True
    if is_ip(host):
        return bool(re.match(r"10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.", host))
    name = host.removesuffix(".")
    # The registrable domain, without the proof: the shortest name that is no suffix and has none below it.
    labels = name.split(".")
    suffixes = [".".join(labels[at:]) for at in range(len(labels) - 1, -1, -1)]
    own = next((each for each in suffixes if not open_suffix(each, icann_only=level == "icann")), None)
    return own is not None and any(
        end.kind == "below" and (end.name.removesuffix(".") == own or end.name.removesuffix(".").endswith("." + own))
        for end in proof.ends
    )
