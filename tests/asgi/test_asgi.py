"""The ASGI wrapper: its responses, the headers it adds, and what it leaves unchanged."""

import asyncio
import functools
import logging
from dataclasses import dataclass
from typing import Any

import flask
import pytest

import wsgicors
from tests.asgi.wire import Hello, Response, call, exchange, handshake, scope_of, strict
from wsgicors import AsyncCachedOrigins, Policy, PolicyError, Refusal, Verdict
from wsgicors.asgi import CORS, CORSMiddleware, Message, Receive, Scope, Send

PAGE, STRANGER = "https://www.example.com", "https://www.example.net"
POLICY = Policy(allow_origins=[PAGE], allow_methods=["PUT"], allow_headers=["X-A"], allow_credentials=True)
FORBID = Policy(allow_origins=[PAGE], refuse="forbid")


def asked(method: str, *names: str, origin: str = PAGE) -> list[tuple[str, str]]:
    fields = [("Origin", origin), ("Access-Control-Request-Method", method)]
    return [*fields, ("Access-Control-Request-Headers", ",".join(names))] if names else fields


# -- Values that are not apps ------------------------------------------------------------------------------------------


class OldApp:
    """An app of ASGI 2, which is called twice."""

    def __init__(self, scope: Scope) -> None: ...


def flask_app(environ: Any, start_response: Any) -> list[bytes]:
    return []


async def half(receive: Receive, send: Send) -> None: ...


@pytest.mark.parametrize(
    ("app", "code", "text"),
    [
        (None, "no-asgi-app", "None is not an ASGI app: it cannot be called"),
        ("notes:app", "no-asgi-app", "cannot be called"),
        (flask_app, "wsgi-app", "'flask_app' is not an ASGI 3 app"),
        (flask.Flask("notes"), "wsgi-app", "'Flask' is not an ASGI 3 app"),
        (wsgicors.CORS(flask_app, POLICY), "wsgi-app", "wsgicors.CORS; or convert it with a2wsgi"),
        (OldApp, "wsgi-app", "it cannot be called with scope, receive and send"),
        (half, "wsgi-app", "'half' is not an ASGI 3 app"),
    ],
)
def test_an_app_of_another_kind_raises_with_all_problems_of_the_rules(app: Any, code: str, text: str) -> None:
    with pytest.raises(PolicyError, match=text) as error:
        CORS(app, {"api": POLICY})
    assert [problem.code for problem in error.value.problems] == [code, "rule-path"]
    with pytest.raises(PolicyError) as error:
        CORS(app, POLICY)
    assert [problem.code for problem in error.value.problems] == [code]


def returns_awaitable(scope: Scope, receive: Receive, send: Send) -> Any:
    return Hello()(scope, receive, send)


@pytest.mark.parametrize(
    "app",
    [
        Hello(),
        Hello().__call__,
        functools.partial(returns_awaitable),
        CORS(Hello(), POLICY),
        returns_awaitable,
        lambda *given: None,
        type("", (), {"__call__": dict.update})(),  # has no signature
    ],
)
def test_other_callables_are_taken_for_apps(app: Any) -> None:
    assert CORS(app, POLICY).app is app


# -- HTTP --------------------------------------------------------------------------------------------------------------


def test_an_allowed_request_gets_the_headers() -> None:
    response = call(CORS(strict(Hello()), POLICY), headers=[("Origin", PAGE)])
    assert (response.status, response.body) == (200, b"hello")
    assert response.cors == {"access-control-allow-origin": PAGE, "access-control-allow-credentials": "true"}
    assert response.get("vary") == "Origin"


def test_a_refused_request_gets_none() -> None:
    response = call(CORS(strict(Hello()), POLICY), headers=[("Origin", STRANGER)])
    assert (response.status, response.cors, response.get("vary")) == (200, {}, "Origin")


def test_a_preflight_does_not_reach_the_app() -> None:
    app = Hello()
    response = call(CORS(app, POLICY), "OPTIONS", headers=asked("PUT", "x-a"))
    assert (response.status, response.body, app.scopes) == (204, b"", [])
    assert response.cors["access-control-allow-methods"] == "PUT"


def test_other_options_requests_reach_the_app() -> None:
    app = Hello()
    assert call(CORS(app, POLICY), "OPTIONS", headers=[("Origin", PAGE)]).body == b"hello"
    assert len(app.scopes) == 1


def test_a_forbidden_request_does_not_reach_the_app() -> None:
    app = Hello()
    response = call(CORS(app, FORBID), headers=[("Origin", STRANGER), ("Host", "api.example")])
    assert (response.status, app.scopes) == (403, [])
    assert response.body == b"The origin 'https://www.example.net' is not allowed here.\n"
    assert call(CORS(app, FORBID), "HEAD", headers=[("Origin", STRANGER)]).body == b""


def test_what_another_site_s_page_sends_without_an_origin_is_forbidden() -> None:
    sent = [("Sec-Fetch-Site", "cross-site")]
    assert call(CORS(Hello(), FORBID), "POST", headers=sent).status == 403
    assert call(CORS(Hello(), FORBID), "GET", headers=sent).status == 200
    assert call(CORS(Hello(), POLICY), "POST", headers=sent).status == 200


def test_a_form_that_another_site_s_page_posts_is_refused_as_a_navigation() -> None:
    headers = [("Origin", STRANGER), ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate")]
    response = call(CORS(Hello(), FORBID), "POST", headers=headers)
    assert response.status == 403
    assert response.body == b"The origin 'https://www.example.net' is not allowed to post a form here.\n"


def test_the_server_s_own_pages_are_not_forbidden() -> None:
    headers = [("Origin", "https://api.example"), ("Host", "api.example")]
    assert call(CORS(Hello(), FORBID), "POST", headers=headers).status == 200


def test_the_app_s_cors_headers_are_replaced_and_its_other_lines_kept() -> None:
    lines = (
        (b"set-cookie", b"a=1"), (b"vary", b"Cookie"), (b"access-control-allow-origin", b"*"), (b"set-cookie", b"b=2"),
        (b"access-control-expose-headers", b"x"), (b"vary", b"Accept-Encoding"),
    )  # fmt: skip
    response = call(CORS(Hello(lines), POLICY), headers=[("Origin", PAGE)])
    assert [value for name, value in response.lines if name == "set-cookie"] == ["a=1", "b=2"]
    assert response.cors == {"access-control-allow-origin": PAGE, "access-control-allow-credentials": "true"}
    assert response.get("vary") == "Cookie, Accept-Encoding, Origin"


def test_several_lines_of_a_request_header_are_one_value() -> None:
    headers = [*asked("PUT"), ("Access-Control-Request-Headers", "x-a"), ("Access-Control-Request-Headers", "x-b")]
    told: list[Verdict] = []
    call(CORS(Hello(), POLICY, on_refusal=lambda verdict, scope: told.append(verdict)), "OPTIONS", headers=headers)
    assert told[0].refusal is Refusal.HEADER_NOT_ALLOWED
    twice = call(CORS(Hello(), POLICY), headers=[("Origin", PAGE), ("Origin", PAGE)])
    assert twice.cors == {}
    for origin in (PAGE, STRANGER):
        assert call(CORS(Hello(), FORBID), headers=[("Origin", PAGE), ("Origin", origin)]).status == 403


def test_debug_mode_says_the_remedy() -> None:
    plain = call(CORS(Hello(), FORBID), headers=[("Origin", "https://example.com")])
    debug = call(CORS(Hello(), FORBID, debug=True), headers=[("Origin", "https://example.com")])
    assert b"nearest" not in plain.body
    assert b"'https://www.example.com'" in debug.body


# -- Rules -------------------------------------------------------------------------------------------------------------


def rules() -> CORS:
    return CORS(Hello(), {"/api": POLICY, "/été": Policy(allow_origins="*")})


@pytest.mark.parametrize(
    ("path", "root", "allowed"),
    [
        ("/api", "", True),
        ("/api/notes", "", True),
        ("/apiv2", "", False),
        ("/notes", "/api", True),  # a server that leaves the root out of the path
        ("/api/notes", "/api", True),  # a server, or Starlette's Mount, that does not
        ("/apiv2", "/api", True),  # /api/apiv2
        ("/", "/api/", True),
        ("/API", "", False),
    ],
)
def test_a_rule_covers_its_path_below_any_root(path: str, root: str, allowed: bool) -> None:
    response = call(rules(), path=path, headers=[("Origin", PAGE)], root_path=root)
    assert bool(response.cors) is allowed


def test_a_rule_s_path_may_be_beyond_ascii() -> None:
    assert call(rules(), path="/été/1", headers=[("Origin", STRANGER)]).cors == {"access-control-allow-origin": "*"}
    assert call(rules(), path="/\udcff", headers=[("Origin", STRANGER)]).cors == {}


def test_a_path_that_leads_from_rule_to_rule_is_refused() -> None:
    told: list[Verdict] = []
    app = CORS(
        Hello(),
        {"/": Policy(allow_origins="*"), "/api": POLICY},
        on_refusal=lambda verdict, scope: told.append(verdict),
    )
    assert call(app, path="/x/../api/notes", headers=[("Origin", PAGE)]).cors == {}
    assert [verdict.refusal for verdict in told] == [Refusal.AMBIGUOUS_PATH]


def test_what_no_rule_covers_is_left_alone() -> None:
    app = Hello(((b"access-control-allow-origin", b"https://own.example"),))
    response = call(CORS(app, {"/api": POLICY}), headers=[("Origin", PAGE)])
    assert response.cors == {"access-control-allow-origin": "https://own.example"}


def test_rules_are_swapped_at_once() -> None:
    app = CORS(Hello(), POLICY)
    assert app.rules is POLICY
    assert call(app, headers=[("Origin", PAGE)]).cors["access-control-allow-origin"] == PAGE
    app.rules = other = Policy(allow_origins=[STRANGER])
    assert app.rules is other
    assert call(app, headers=[("Origin", PAGE)]).cors == {}
    with pytest.raises(PolicyError, match="rule-path"):
        app.rules = {"api": POLICY}


# -- Other messages ----------------------------------------------------------------------------------------------------


def test_lifespan_passes_untouched() -> None:
    seen: list[tuple[Scope, Receive, Send]] = []

    async def app(*given: Any) -> None:
        seen.append(given)

    async def receive() -> Message:
        return {}

    async def send(message: Message) -> None:
        raise AssertionError

    scope: Scope = {"type": "lifespan", "asgi": {"version": "3.0"}}
    asyncio.run(CORS(app, POLICY)(scope, receive, send))
    assert seen == [(scope, receive, send)]


def test_streams_hints_trailers_and_files_pass_as_they_come() -> None:
    messages: list[Message] = [
        {"type": "http.response.push", "path": "/style.css", "headers": []},
        {"type": "http.response.early_hint", "links": [b"</style.css>"]},
        {"type": "http.response.start", "status": 200, "headers": [], "trailers": True},
        {"type": "http.response.body", "body": b"a", "more_body": True},
        {"type": "http.response.body", "body": b"b"},
        {"type": "http.response.trailers", "headers": [(b"x-sum", b"1")]},
    ]
    passed: list[int] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        for message in messages:
            await send(message)
            passed.append(len(response.messages))

    response = Response()

    async def receive() -> Message:
        raise AssertionError

    async def send(message: Message) -> None:
        response.messages.append(message)

    asyncio.run(CORS(app, POLICY)(scope_of(headers=[("Origin", PAGE)]), receive, send))
    assert passed == [1, 2, 3, 4, 5, 6]  # no message waits for a later one
    assert response.start == {
        "type": "http.response.start",
        "status": 200,
        "trailers": True,
        "headers": response.start["headers"],
    }
    others = [message for message in messages if message["type"] != "http.response.start"]
    assert [message for message in response.messages if message is not response.start] == others

    pathsend: list[Message] = [
        {"type": "http.response.start", "status": 200},
        {"type": "http.response.pathsend", "path": "/srv/file"},
    ]
    messages[:] = pathsend
    response.messages.clear()
    asyncio.run(CORS(app, POLICY)(scope_of(headers=[("Origin", PAGE)]), receive, send))
    assert response.cors["access-control-allow-origin"] == PAGE
    assert response.messages[1] is pathsend[1]
    assert "headers" not in pathsend[0]  # the app's message is unchanged


# -- Errors ------------------------------------------------------------------------------------------------------------


class Broken:
    """An app that raises, before or after it has begun to respond."""

    def __init__(self, error: BaseException, *, late: bool = False) -> None:
        self.error = error
        self.late = late

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.late:
            await send({"type": "http.response.start", "status": 200, "headers": []})
        raise self.error


def failing(app: CORS, scope: Scope) -> Response:
    response = Response()

    async def receive() -> Message:
        raise AssertionError

    async def send(message: Message) -> None:
        response.messages.append(message)

    with pytest.raises(type(app.app.error)) as raised:  # type: ignore[attr-defined]
        asyncio.run(app(scope, receive, send))
    assert raised.value is app.app.error  # type: ignore[attr-defined]
    return response


def test_an_unhandled_exception_is_a_500_that_the_page_can_read_and_is_raised_again() -> None:
    response = failing(CORS(Broken(ValueError()), POLICY), scope_of(headers=[("Origin", PAGE)]))
    assert (response.status, response.body) == (500, b"Internal Server Error\n")
    assert response.cors["access-control-allow-origin"] == PAGE
    assert response.get("content-length") == str(len(response.body))
    refused = failing(CORS(Broken(ValueError()), POLICY), scope_of(headers=[("Origin", STRANGER)]))
    assert (refused.status, refused.cors) == (500, {})


@pytest.mark.parametrize(
    ("error", "late", "scope"),
    [
        (ValueError(), True, scope_of(headers=[("Origin", PAGE)])),
        (ValueError(), False, scope_of()),
        (ValueError(), False, scope_of(headers=[("Origin", PAGE)], app=object())),
        (asyncio.CancelledError(), False, scope_of(headers=[("Origin", PAGE)])),
    ],
    ids=["after the start", "without an Origin", "inside a framework", "cancelled"],
)
def test_where_it_does_not_answer_500(error: BaseException, late: bool, scope: Scope) -> None:
    response = failing(CORS(Broken(error, late=late), POLICY), scope)
    assert len(response.messages) == late


# -- WebSockets --------------------------------------------------------------------------------------------------------

CONNECT: list[Message] = [{"type": "websocket.connect"}]


async def accepting(scope: Scope, receive: Receive, send: Send) -> None:
    assert (await receive())["type"] == "websocket.connect"
    await send({"type": "websocket.accept", "headers": [(b"vary", b"X")]})


def connect(policy: Policy, origin: str, **others: object) -> Response:
    scope = handshake(headers=[("Origin", origin), ("Host", "api.example")], **others)
    return asyncio.run(exchange(CORS(accepting, policy), scope, CONNECT))


@pytest.mark.parametrize("origin", [PAGE, STRANGER])
def test_cors_does_not_apply_to_websockets(origin: str) -> None:
    assert connect(POLICY, origin).messages == [{"type": "websocket.accept", "headers": [(b"vary", b"X")]}]


def test_a_handshake_is_a_get_where_the_server_names_no_method() -> None:
    """A handshake without an Origin from another site's page is safe, as a GET is."""
    scope = handshake(headers=[("Sec-Fetch-Site", "cross-site")])
    assert "method" not in scope
    assert asyncio.run(exchange(CORS(accepting, FORBID), scope, CONNECT)).messages[0]["type"] == "websocket.accept"


def test_forbid_refuses_the_handshake_of_another_site() -> None:
    assert connect(FORBID, PAGE).messages[0]["type"] == "websocket.accept"
    assert connect(FORBID, "https://api.example").messages[0]["type"] == "websocket.accept"
    reason = "The origin 'https://www.example.net' is not allowed here."
    assert connect(FORBID, STRANGER).messages == [{"type": "websocket.close", "code": 1008, "reason": reason}]


def test_forbid_answers_403_where_the_server_can() -> None:
    response = connect(FORBID, STRANGER, extensions={"websocket.http.response": {}})
    assert [message["type"] for message in response.messages] == [
        "websocket.http.response.start",
        "websocket.http.response.body",
    ]
    assert (response.status, response.get("vary")) == (403, "Origin, Sec-Fetch-Site")


# -- The hook and the log ----------------------------------------------------------------------------------------------


def test_refusals_are_reported(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "wsgicors")
    told: list[tuple[Verdict, Scope]] = []

    async def tell(verdict: Verdict, scope: Scope) -> None:
        told.append((verdict, scope))

    call(CORS(Hello(), POLICY, on_refusal=tell), "OPTIONS", "/notes\n", headers=asked("PATCH"))
    ((verdict, scope),) = told
    assert (verdict.refusal, scope["path"]) == (Refusal.METHOD_NOT_ALLOWED, "/notes\n")
    assert "'OPTIONS' '/notes\\n': method-not-allowed: The method 'PATCH' is not allowed here." in caplog.text


def test_a_hook_that_raises_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    def fail(verdict: Verdict, scope: Scope) -> None:
        raise ValueError("the hook's own error")

    assert call(CORS(Hello(), POLICY, on_refusal=fail), headers=[("Origin", STRANGER)]).status == 200
    assert "on_refusal failed" in caplog.text


# -- Sources -----------------------------------------------------------------------------------------------------------


class Slow:
    """A source that must not be queried in the event loop."""

    def __contains__(self, origin: str) -> bool:
        with pytest.raises(RuntimeError):
            asyncio.get_running_loop()
        return origin == PAGE


def test_a_source_is_asked_in_a_thread() -> None:
    app = CORS(Hello(), Policy(allow_origins=Slow()))
    assert call(app, headers=[("Origin", PAGE)]).cors == {"access-control-allow-origin": PAGE}
    assert call(app, headers=[("Origin", STRANGER)]).cors == {}


def test_a_source_is_asked_without_asyncio() -> None:
    """As by Hypercorn with trio."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        raise AssertionError

    app = CORS(Hello(), Policy(allow_origins=Slow()))
    with pytest.raises(StopIteration):
        app(scope_of(headers=[("Origin", PAGE)]), receive, send).send(None)
    assert (b"access-control-allow-origin", PAGE.encode()) in sent[0]["headers"]  # type: ignore[operator]


class Table:
    """An async source that records its queries."""

    def __init__(self, answer: object) -> None:
        self.answer = answer
        self.asked: list[str] = []

    async def allows(self, origin: str, /) -> bool:
        await asyncio.sleep(0)
        self.asked.append(origin)
        if isinstance(self.answer, Exception):
            raise self.answer
        answer: Any = self.answer
        return answer


def test_an_async_source_is_awaited() -> None:
    table = Table(True)
    policy = Policy(allow_origins=table, allow_credentials=True)
    app = CORS(Hello(), {"/": policy, "/l": [Policy(allow_origins=table), POLICY]})
    assert call(app, headers=[("Origin", STRANGER)]).cors["access-control-allow-origin"] == STRANGER
    assert call(app, "OPTIONS", headers=asked("GET", origin=STRANGER)).status == 204
    assert call(app, path="/l", headers=[("Origin", STRANGER)]).cors == {"access-control-allow-origin": STRANGER}
    assert table.asked == [STRANGER] * 3
    assert call(app, headers=[("Origin", "null")]).cors == {}
    assert call(app).get("vary") == "Origin"
    # With credentials no source allows plain http.
    assert call(app, headers=[("Origin", "http://www.example.net")]).cors == {}
    assert table.asked == [STRANGER] * 3 + ["http://www.example.net"]
    table.answer = False
    assert call(app, headers=[("Origin", STRANGER)]).cors == {}
    assert call(app, path="/l", headers=[("Origin", PAGE)]).cors["access-control-allow-origin"] == PAGE


class Both:
    """A source with a method that has the name of an async source's."""

    def __contains__(self, origin: str, /) -> bool:
        return self.allows(origin)

    def allows(self, origin: str) -> bool:
        return origin == PAGE


class BothAsync(Both):
    """One that can be asked in either way."""

    def __contains__(self, origin: str, /) -> bool:
        return origin == PAGE

    async def allows(self, origin: str, /) -> bool:  # type: ignore[override]
        return origin == STRANGER


class Asked:
    """An object that is called with ``await``."""

    async def __call__(self, origin: str, /) -> bool:
        return origin == STRANGER


class BothCalled(Both):
    """One whose ``allows`` is such an object."""

    def __contains__(self, origin: str, /) -> bool:
        return origin == PAGE

    allows = Asked()  # type: ignore[assignment]


def test_a_source_may_have_a_method_allows() -> None:
    for source, allowed in ((Both(), PAGE), (BothAsync(), STRANGER), (BothCalled(), STRANGER)):
        policy = Policy(allow_origins=source)
        app = CORS(Hello(), policy)
        for origin in (PAGE, STRANGER):
            assert ("access-control-allow-origin" in call(app, headers=[("Origin", origin)]).cors) is (
                origin == allowed
            )
        in_wsgi = wsgicors.CORS(flask_app, policy)
        assert in_wsgi.find({"PATH_INFO": "/"}).actual(PAGE).allowed


@dataclass
class Unhashable:
    """A source that equals others of the same content, and so has no hash."""

    allowed: str

    async def allows(self, origin: str, /) -> bool:
        return origin == self.allowed


def test_an_async_source_need_not_be_hashable() -> None:
    policy = Policy(allow_origins=Unhashable(PAGE))
    for rules in (policy, [policy, POLICY]):
        app = CORS(Hello(), rules)
        assert call(app, headers=[("Origin", PAGE)]).cors["access-control-allow-origin"] == PAGE
        assert call(app, headers=[("Origin", STRANGER)]).cors == {}
        assert call(app, "OPTIONS", headers=asked("GET")).status == 204


@pytest.mark.parametrize("answer", [OSError("down"), 1, None])
def test_an_async_source_that_fails_lets_nobody_in(answer: object, caplog: pytest.LogCaptureFixture) -> None:
    told: list[Verdict] = []
    app = CORS(Hello(), Policy(allow_origins=Table(answer)), on_refusal=lambda verdict, scope: told.append(verdict))
    assert call(app, headers=[("Origin", STRANGER)]).cors == {}
    assert [verdict.refusal for verdict in told] == [Refusal.SOURCE_FAILED]
    assert "the source of allowed origins failed" in caplog.text


def test_an_async_cache_says_whether_its_lookup_has_answered() -> None:
    error: list[Exception] = []

    async def lookup(origin: str) -> bool:
        if error:
            raise error[0]
        return False

    told: list[Verdict] = []
    policy = Policy(allow_origins=AsyncCachedOrigins(lookup))
    app = CORS(Hello(), policy, on_refusal=lambda verdict, scope: told.append(verdict))
    call(app, headers=[("Origin", PAGE)])
    error.append(OSError("down"))
    call(app, headers=[("Origin", STRANGER)])
    call(app, headers=[("Origin", PAGE)])
    assert [verdict.refusal for verdict in told] == [
        Refusal.ORIGIN_NOT_ALLOWED,
        Refusal.SOURCE_FAILED,
        Refusal.ORIGIN_NOT_ALLOWED,
    ]


def test_only_asgi_takes_an_async_source() -> None:
    policy = Policy(allow_origins=Table(True))
    for rules in (policy, [POLICY, policy], {"/": POLICY, "/a": policy}):
        CORS(Hello(), rules)
        with pytest.raises(PolicyError, match="async-source"):
            wsgicors.CORS(lambda environ, start_response: [], rules)
    assert policy.actual(PAGE).refusal is Refusal.SOURCE_FAILED


def test_an_async_contains_does_not_build() -> None:
    class Wrong:
        async def __contains__(self, origin: str) -> bool:
            return False

    with pytest.raises(PolicyError, match="async-contains"):
        Policy(allow_origins=Wrong())


@pytest.mark.parametrize("answer", [1, "yes", None, object()])
def test_a_source_that_answers_no_bool_lets_nobody_in(answer: object) -> None:
    class Odd:
        def __contains__(self, origin: str) -> bool:
            odd: Any = answer
            return odd

    assert Policy(allow_origins=Odd(), allow_credentials=True).actual(PAGE).refusal is Refusal.SOURCE_FAILED


def test_a_source_that_answers_a_coroutine_lets_nobody_in() -> None:
    class Sly:
        def __contains__(self, origin: str) -> bool:
            coroutine: Any = Table(True).allows(origin)
            return coroutine

    assert Policy(allow_origins=Sly()).actual(PAGE).refusal is Refusal.SOURCE_FAILED


def test_starlette_s_name_is_there() -> None:
    assert CORSMiddleware is CORS
