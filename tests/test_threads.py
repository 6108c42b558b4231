"""The same answers from many threads at once as from one, while caches are cleared and rules are swapped."""

import asyncio
import itertools
import sys
import sysconfig
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.together import State, ask_while_swapped
from tests.wsgi import Question, Response, answer_of, preflight
from wsgicors import CORS, AsyncCachedOrigins, CachedOrigins, FileOrigins, Policy, asgi
from wsgicors._asgi_headers import _encoded as encoded
from wsgicors._asgi_headers import _unrelated as unrelated_lines
from wsgicors._headers import unrelated
from wsgicors._memory import Memory

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

A, B, C = "https://a.example", "https://b.example", "https://c.example"
ROUNDS: Final = 16


NAMES: Final = [f"https://{number}.a.example" for number in range(6)]
QUESTIONS: Final[list[Question]] = [
    *(("GET", path, (("Origin", origin),)) for origin in (A, B, "null", NAMES[0]) for path in ("/", "/x/y", "/x//y")),
    *(("GET", f"/{number}", (("Origin", origin),)) for number, origin in enumerate(NAMES)),
    *(("OPTIONS", "/x", tuple(preflight(A, method, f"x-{number}"))) for number, method in enumerate(["PUT", "DELETE"])),
    *(("OPTIONS", "/", tuple(preflight(origin, "PUT", "x-0, x-9"))) for origin in (*NAMES, B)),
    ("GET", "/", ()),
    ("DELETE", "/", (("Origin", B), ("Sec-Fetch-Site", "cross-site"))),
]

RULES: Final[list[Callable[[], Any]]] = [
    lambda: Policy(allow_origins=[A], allow_methods=["PUT"], allow_headers=["X-0"], expose_headers=["First"]),
    lambda: Policy(allow_origins=[B, "https://*.a.example"], allow_methods=["DELETE"], refuse="forbid"),
    lambda: [Policy(allow_origins=[A], allow_credentials=True), Policy(allow_origins="*", allow_headers=["X-0"])],
    lambda: {"/": Policy(allow_origins=[B], max_age=5), "/x": Policy(allow_origins=[A], allow_methods="*")},
    lambda: {"/x": Policy(allow_origins="*", allow_methods=["PUT", "DELETE"], allow_headers=["X-0", "X-9"])},
]
"""Makers of rules: new ones have empty caches."""


@pytest.fixture(params=[None, 2], ids=["caches", "tiny caches"])
def _caches(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the caches alone; or give each room for two entries, so that it is cleared all the time."""
    if request.param is None:
        return

    def build(memory: Memory[Any, Any], limit: int = 0) -> None:
        memory.known, memory._limit = {}, request.param

    monkeypatch.setattr(Memory, "__init__", build)
    for memory in (unrelated, unrelated_lines, encoded):
        monkeypatch.setattr(memory, "_limit", request.param)


def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """Answer with headers that differ by path."""
    path = environ["PATH_INFO"]
    start_response("200 OK", [(f"X-Of{path.replace('/', '-')}", "1"), ("Vary", f"Cookie, X{len(path)}")])
    return [b""]


async def asgi_app(scope: asgi.Scope, receive: asgi.Receive, send: asgi.Send) -> None:
    path = str(scope["path"]).replace("/", "-").encode()
    lines = [(b"x-of" + path, b"1"), (b"vary", b"Cookie, X%d" % len(path))]
    await send({"type": "http.response.start", "status": 200, "headers": lines})
    await send({"type": "http.response.body", "body": b""})


async def ask_asgi(wrapped: asgi.CORS, question: Question) -> Response:
    method, path, fields = question
    lines = [(name.lower().encode(), value.encode()) for name, value in fields]
    sent: list[Any] = []

    async def send(message: asgi.Message) -> None:
        sent.append(message)

    scope: asgi.Scope = {"type": "http", "method": method, "path": path, "headers": lines}
    await wrapped(scope, _nothing, send)
    start, body = sent
    headers = [(name.decode(), value.decode()) for name, value in start["headers"]]
    return Response(str(start["status"]), tuple(headers), body["body"])


async def _nothing() -> asgi.Message:
    raise AssertionError


def finished(coroutine: Any) -> Response:
    """Return the result of a coroutine that waits for nothing, without the cost of an event loop."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        return end.value
    raise AssertionError("it waits")


@pytest.mark.skipif(not sysconfig.get_config_var("Py_GIL_DISABLED"), reason="needs a free-threaded Python")
def test_no_module_has_turned_on_the_lock() -> None:
    assert not sys._is_gil_enabled()  # type: ignore[attr-defined,unused-ignore]


def states(
    swap: Callable[[Any], object], ask_alone: Callable[[Any, Question], Response]
) -> list[State[Question, Response]]:
    """The rules in turn, each with the answers that it gives to one thread alone."""
    answers = [{question: ask_alone(make(), question) for question in QUESTIONS} for make in RULES]
    assert len({str(known) for known in answers}) == len(RULES)
    turns = itertools.islice(itertools.cycle(zip(RULES, answers, strict=True)), ROUNDS)
    return [State(partial(_swap, swap, make), known) for make, known in turns]


def _swap(swap: Callable[[Any], object], make: Callable[[], Any]) -> None:
    swap(make())


@pytest.mark.usefixtures("_caches")
def test_rules_are_swapped_at_once_for_wsgi() -> None:
    wrapped = CORS(app, RULES[0]())
    ask_while_swapped(
        lambda question: answer_of(wrapped, question),
        states(
            lambda rules: setattr(wrapped, "rules", rules),
            lambda rules, question: answer_of(CORS(app, rules), question),
        ),
    )


@pytest.mark.usefixtures("_caches")
def test_rules_are_swapped_at_once_for_asgi() -> None:
    wrapped = asgi.CORS(asgi_app, RULES[0]())
    ask_while_swapped(
        lambda question: finished(ask_asgi(wrapped, question)),
        states(
            lambda rules: setattr(wrapped, "rules", rules),
            lambda rules, question: finished(ask_asgi(asgi.CORS(asgi_app, rules), question)),
        ),
    )


LISTS: Final[list[list[str]]] = [[A, B], [B, "https://*.a.example"], [C], [A, C, NAMES[1]]]
OF_SOURCES: Final[list[Question]] = [
    *(("GET", "/", (("Origin", origin),)) for origin in (A, B, C, *NAMES)),
    *(("OPTIONS", "/", tuple(preflight(origin, "PUT"))) for origin in (A, B, C, *NAMES)),
]


def states_of_a_source(begin: Callable[[list[str]], object], rounds: int = ROUNDS) -> list[State[Question, Response]]:
    """The lists in turn, with the answers of a policy that holds the list itself."""
    known = []
    for listed in LISTS:
        alone = CORS(app, Policy(allow_origins=listed))
        known.append({question: answer_of(alone, question) for question in OF_SOURCES})
    turns = itertools.islice(itertools.cycle(zip(LISTS, known, strict=True)), rounds)
    return [State(partial(begin, listed), answers) for listed, answers in turns]


def test_a_file_of_origins_is_replaced(tmp_path: Path) -> None:
    file, new = tmp_path / "origins.txt", tmp_path / "new.txt"

    def replace(listed: list[str]) -> None:
        new.write_text("".join(f"{member}\n" for member in listed), "utf-8")
        new.replace(file)

    replace(LISTS[0])
    origins = FileOrigins(file, check_every=0)
    wrapped = CORS(app, Policy(allow_origins=origins))
    plain = [Policy(allow_origins=listed) for listed in LISTS]

    def begin(listed: list[str]) -> None:
        replace(listed)
        holds = plain[LISTS.index(listed)]
        while any((origin in origins) is not holds.actual(origin).allowed for origin in (A, B, C, *NAMES)):
            pass  # while a thread reads the file, the others use the last list

    ask_while_swapped(lambda question: answer_of(wrapped, question), states_of_a_source(begin))


def test_a_lookup_is_forgotten_when_its_answers_change() -> None:
    current = [Policy(allow_origins=LISTS[0])]
    origins = CachedOrigins(lambda origin: current[0].actual(origin).allowed, max_origins=3)
    wrapped = CORS(app, Policy(allow_origins=origins))

    def begin(listed: list[str]) -> None:
        current[0] = Policy(allow_origins=listed)
        origins.forget()

    ask_while_swapped(lambda question: answer_of(wrapped, question), states_of_a_source(begin))


def test_an_async_lookup_is_forgotten_when_its_answers_change() -> None:
    """Each thread has an event loop of its own."""
    current = [Policy(allow_origins=LISTS[0])]

    async def lookup(origin: str) -> bool:
        allowed = current[0].actual(origin).allowed
        await asyncio.sleep(0)
        return allowed

    origins = AsyncCachedOrigins(lookup, max_origins=3)
    wrapped = asgi.CORS(asgi_app, Policy(allow_origins=origins))

    def begin(listed: list[str]) -> None:
        current[0] = Policy(allow_origins=listed)
        origins.forget()

    def ask(question: Question) -> bool:
        return bool(asyncio.run(ask_asgi(wrapped, question)).cors)

    allowed = [
        State(state.begin, {question: bool(answer.cors) for question, answer in state.answers.items()})
        for state in states_of_a_source(begin, 8)
    ]
    ask_while_swapped(ask, allowed)
