"""Laws of the ASGI wrapper: hostile requests and apps, the advisories of other libraries, concurrency, cancellation."""

import asyncio
import random
from collections.abc import Generator, Mapping
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from tests import test_advisories as advisories
from tests.asgi.wire import Bridge, Hello, Response, check_lines, iter_states, scope_of, served
from tests.laws.strategies import RULES, environs, field_names, latin_1, preflights
from tests.scope import Answer, ask
from wsgicors import CORS, Policy, asgi
from wsgicors.asgi import Message, Receive, Scope, Send

PAGE, STRANGER = "https://www.example.com", "https://www.example.net"
POLICY = Policy(allow_origins=[PAGE], allow_methods=["PUT"], allow_credentials=True, refuse="forbid")


@pytest.fixture(scope="module")
def runner() -> Generator[asyncio.Runner]:
    with asyncio.Runner() as running:
        yield running


# -- Hostile requests --------------------------------------------------------------------------------------------------


def hello(environ: Any, start_response: Any) -> list[bytes]:
    start_response("200 OK", [("Vary", "Cookie"), ("Access-Control-Allow-Origin", "*")])
    return [b"hello"]


def told(answer: Answer) -> tuple[object, ...]:
    cors = {name.lower(): value for name, value in answer.headers if name.lower().startswith("access-control-")}
    return answer.status, cors, answer.vary, answer.body


@settings(max_examples=4 * settings().max_examples)
@given(rules=st.sampled_from(list(RULES)), environ=st.one_of(environs, preflights), debug=st.booleans())
def test_any_request_is_answered_as_through_wsgi(
    runner: asyncio.Runner, rules: str, environ: Mapping[str, str], debug: bool
) -> None:
    assume(all(ord(char) < 256 for value in environ.values() for char in value))  # a header consists of bytes

    whole = {"REQUEST_METHOD": "GET", "SCRIPT_NAME": "", "PATH_INFO": "/", **environ}
    wsgi = ask(CORS(hello, RULES[rules], debug=debug), whole)
    bridge = Bridge(asgi.CORS(served(hello), RULES[rules], debug=debug), runner)
    bridge.app = asgi.CORS(served(hello), RULES[rules], debug=debug)  # not `strict`: accepts any request
    through = ask(bridge, whole)
    if whole["REQUEST_METHOD"] == "HEAD":  # the server handles the app's body
        wsgi, through = wsgi._replace(body=b""), through._replace(body=b"")
    assert told(through) == told(wsgi)


requests = st.builds(
    lambda method, path, *headers: {"REQUEST_METHOD": method, "PATH_INFO": path, **dict(filter(None, headers))},
    st.sampled_from(["GET", "POST", "OPTIONS", "HEAD"]),
    st.sampled_from(["/", "/api", "/api/../"]),
    *(
        st.sampled_from([None, *((key, value) for value in values)])
        for key, values in {
            "HTTP_ORIGIN": [PAGE, STRANGER, "https://a.example", "https://b.a.example", "null", f"{PAGE}, {PAGE}"],
            "HTTP_HOST": ["www.example.com", "www.example.net"],
            "HTTP_SEC_FETCH_SITE": ["same-origin", "cross-site"],
            "HTTP_ACCESS_CONTROL_REQUEST_METHOD": ["PUT"],
        }.items()
    ),
)


@settings(max_examples=4 * settings().max_examples)
@given(rules=st.sampled_from([*RULES.values(), POLICY]), asked=st.lists(requests, min_size=2, max_size=8))
@example(POLICY, [{"REQUEST_METHOD": "GET"}, {"REQUEST_METHOD": "POST", "HTTP_SEC_FETCH_SITE": "cross-site"}])
@example(POLICY, [{"REQUEST_METHOD": "GET", "HTTP_ORIGIN": origin} for origin in (PAGE, f"{STRANGER}, {PAGE}")])
def test_earlier_requests_change_no_answer(runner: asyncio.Runner, rules: Any, asked: list[dict[str, str]]) -> None:
    def bridge() -> Bridge:
        return Bridge(asgi.CORS(served(hello), rules), runner)

    used = bridge()
    for request in asked:
        assert told(ask(used, request)) == told(ask(bridge(), request))


def test_a_request_of_an_origin_that_was_allowed_is_not_decided_again(
    runner: asyncio.Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    bridge = Bridge(asgi.CORS(served(hello), POLICY), runner)
    request = {"REQUEST_METHOD": "GET", "PATH_INFO": "/", "HTTP_ORIGIN": PAGE}
    first = told(ask(bridge, request))
    monkeypatch.delattr(asgi, "decide")
    assert told(ask(bridge, {**request, "REQUEST_METHOD": "PUT", "PATH_INFO": "/other"})) == first
    with pytest.raises(NameError):
        ask(bridge, {**request, "HTTP_ORIGIN": STRANGER})


@pytest.mark.parametrize("advisory", advisories.ADVISORIES)
def test_advisories(advisory: Any, runner: asyncio.Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    def cors(app: Any, *args: Any, **options: Any) -> Bridge:
        return Bridge(asgi.CORS(served(app), *args, **options), runner)

    monkeypatch.setattr(advisories, "cors", cors)
    advisory()


# -- Hostile apps ------------------------------------------------------------------------------------------------------

lines = st.lists(
    st.tuples(
        st.one_of(
            field_names,
            st.sampled_from(["vary", "Vary", " vary", "access-control-allow-origin", "Access-Control-X", "set-cookie"]),
        ),
        latin_1,
    ).map(lambda pair: (pair[0].encode(), pair[1].encode("latin-1"))),
    max_size=8,
)


@settings(max_examples=4 * settings().max_examples)
@given(lines=lines, origin=st.sampled_from([PAGE, STRANGER, "null", None]), as_iterator=st.booleans())
def test_an_app_s_lines_stay_but_for_cors_and_vary(
    runner: asyncio.Runner, lines: list[tuple[bytes, bytes]], origin: str | None, as_iterator: bool
) -> None:
    before = list(lines)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": iter(lines) if as_iterator else lines})
        await send({"type": "http.response.body"})

    policy = Policy(allow_origins=[PAGE], allow_credentials=True)
    response = runner.run(sent(asgi.CORS(app, policy), [("Origin", origin)] if origin else []))
    kept: Any = response.start["headers"]
    assert lines == before  # the app's list is unchanged

    def is_ours(name: bytes) -> bool:
        lowered = name.strip().lower()
        return lowered == b"vary" or lowered.startswith(b"access-control-")

    assert [line for line in kept if not is_ours(line[0])] == [line for line in before if not is_ours(line[0])]
    ours = [line for line in kept if is_ours(line[0])]
    check_lines([line for line in ours if line[0] != b"vary"])
    allowed = {
        b"access-control-allow-origin": (PAGE if origin == PAGE else "").encode(),
        b"access-control-allow-credentials": b"true",
    }
    assert dict(line for line in ours if line[0] != b"vary") == (allowed if origin == PAGE else {})
    assert len([name for name, _ in ours if name == b"vary"]) == 1
    assert len({name for name, _ in ours}) == len(ours)


async def sent(app: asgi.App, headers: list[tuple[str, str]], method: str = "GET", **others: object) -> Response:
    """Call an app, and check the order of its messages against ASGI 3."""
    response, states = Response(), iter_states("http")
    next(states)

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            states.send({**message, "headers": []})
        else:
            states.send(dict(message))
        response.messages.append(message)

    await app(scope_of(method, headers=headers, **others), receive, send)
    return response


# -- Concurrency and cancellation --------------------------------------------------------------------------------------


class Slow:
    """An async source that lets other requests run meanwhile."""

    async def allows(self, origin: str, /) -> bool:
        await asyncio.sleep(random.random() / 1000)
        return origin.startswith("https://yes-")


def test_concurrent_requests_do_not_mix() -> None:
    """Each of 400 overlapping requests gets the response for its own origin."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(random.random() / 1000)
        await Hello()(scope, receive, send)

    async def all_at_once() -> list[Response]:
        wrapped = asgi.CORS(app, [POLICY, Policy(allow_origins=Slow())])
        origins = [
            PAGE if at % 3 == 0 else f"https://{'yes' if at % 3 == 1 else 'no'}-{at}.example" for at in range(400)
        ]
        return await asyncio.gather(*(sent(wrapped, [("Origin", origin)]) for origin in origins))

    for at, response in enumerate(asyncio.run(all_at_once())):
        origin = response.cors.get("access-control-allow-origin")
        assert origin == (PAGE if at % 3 == 0 else f"https://yes-{at}.example" if at % 3 == 1 else None)
        assert response.status == (403 if at % 3 == 2 else 200)


@pytest.mark.parametrize("where", ["source", "app", "stream", "hook"])
def test_a_request_that_is_cancelled_ends_at_once_and_leaves_no_task(where: str) -> None:
    reached = asyncio.Event()

    async def wait(at: str) -> None:
        if at == where:
            reached.set()
            await asyncio.Event().wait()

    class Source:
        async def allows(self, origin: str, /) -> bool:
            await wait("source")
            return where != "hook"

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await wait("app")
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"a", "more_body": True})
        await wait("stream")

    async def cancelled() -> Response:
        async def hook(verdict: object, scope: Scope) -> None:
            await wait("hook")

        response = Response()

        async def send(message: Message) -> None:
            response.messages.append(message)

        async def receive() -> Message:
            return {"type": "http.disconnect"}

        wrapped = asgi.CORS(app, Policy(allow_origins=Source()), on_refusal=hook)
        task = asyncio.create_task(wrapped(scope_of(headers=[("Origin", PAGE)]), receive, send))
        await reached.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert asyncio.all_tasks() == {asyncio.current_task()}
        return response

    response = asyncio.run(cancelled())
    assert len(response.messages) == (2 if where == "stream" else 0)  # it does not become a 500
