"""CORS for ASGI apps: the same policies, rules, refusals, log and hook as the WSGI middleware.

Wrap the app, outermost::

    from wsgicors import Policy
    from wsgicors.asgi import CORS

    app = CORS(app, Policy(allow_origins=["https://www.example.com"], allow_methods=["PUT", "PATCH", "DELETE"]))

Avoid Starlette's and FastAPI's ``add_middleware``: it works, but the response to an unhandled exception is then created
outside of the middleware and has no CORS headers. Only wrapping the app covers errors.

It follows ASGI 3 (https://asgi.readthedocs.io/en/stable/specs/main.html): ``lifespan`` and unknown messages pass
through untouched, nothing is buffered, and no task is started.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from inspect import isawaitable
from typing import Any, Final, TypeAlias, cast

from wsgicors._apps import asgi_problems, option_problems
from wsgicors._asgi_decisions import decide_async
from wsgicors._asgi_headers import Decided, encoded, with_cors
from wsgicors._asgi_scopes import environ_of
from wsgicors._memory import Memory
from wsgicors.adapting import Answer, Answerer, Rules, RuleSet, answer, decide, log, path_of, report
from wsgicors.problems import PolicyError
from wsgicors.verdict import Verdict

__all__ = ["CORS", "CORSMiddleware"]

Message: TypeAlias = MutableMapping[str, object]
Scope: TypeAlias = MutableMapping[str, object]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
App: TypeAlias = Callable[..., Awaitable[object]]  # frameworks type scopes and messages each in their own way
OnRefusal: TypeAlias = Callable[[Verdict, Scope], object]

_Cache: TypeAlias = Memory[bytes | None, Decided]
"""The verdicts on allowed origins, if one policy covers every path and the verdict depends on the Origin alone."""

_DENIAL: Final = "websocket.http.response"
"""The extension for answering a WebSocket handshake with a status and a body."""

_ERROR: Final = b"Internal Server Error\n"
_PLAIN: Final = (("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(_ERROR))))


class CORS:
    """An ASGI app that answers preflights, and adds CORS headers to the responses of the app that it wraps.

    Args:
        app: The ASGI app to wrap.
        policy: As for `wsgicors.CORS`: a `wsgicors.Policy`, a list of them, or a mapping from paths to either.
        debug: Whether responses to refused requests include the remedy and the nearest allowed value. For development.
        on_refusal: Called with the verdict and the scope of every refused request; an awaitable result is awaited.
            Exceptions that it raises are logged.

    Raises:
        PolicyError: with every problem of the rules, or because ``app`` is not an ASGI 3 app.

    >>> from wsgicors import Policy
    >>> async def app(scope, receive, send):
    ...     await send({"type": "http.response.start", "status": 200, "headers": []})
    ...     await send({"type": "http.response.body", "body": b"hello"})
    >>> app = CORS(app, Policy(allow_origins=["https://www.example.com"]))
    >>> scope = {"type": "http", "method": "GET", "path": "/", "headers": [(b"origin", b"https://www.example.com")]}
    >>> async def send(message):
    ...     print(message.get("headers", message.get("body")))
    >>> import asyncio
    >>> asyncio.run(app(scope, None, send))
    [(b'access-control-allow-origin', b'https://www.example.com'), (b'vary', b'Origin')]
    b'hello'
    """

    def __init__(self, app: App, policy: RuleSet, *, debug: bool = False, on_refusal: OnRefusal | None = None) -> None:
        self.app = app
        self.debug = debug
        self.on_refusal = on_refusal
        problems = [*asgi_problems(app), *option_problems(debug, on_refusal)]
        try:
            self.rules = policy
        except PolicyError as error:
            problems += error.problems
        if problems:
            raise PolicyError(problems)

    @property
    def rules(self) -> RuleSet:
        """The rules, as given. Assigning to it replaces all rules at once, for the requests that follow."""
        return self._state[0].given

    @rules.setter
    def rules(self, rules: RuleSet) -> None:
        # One assignment: no verdict by the old rules gets into the cache of the new ones.
        self._state = Rules(rules, awaits=True), _Cache()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a preflight or a forbidden request, or call the app and add the headers to its response."""
        rules, cache = self._state
        decided: Decided | None = None
        origin: bytes | None = None
        if scope["type"] == "http" and scope["method"] != "OPTIONS":
            # A cached verdict saves 16,000 of 28,000 instructions. A function for this loop would cost 400.
            headers: Any = scope["headers"]
            for name, value in headers:
                if name == b"origin":
                    origin = value if origin is None else b"%b, %b" % (origin, value)
            decided = cache.known.get(origin)
        decided = decided or await self._decide(rules, cache, scope, receive, send)
        if decided is None:
            return
        pending: Decided | None = decided

        # Quoted: unquoted annotations would be evaluated again for each request.
        def send_with_cors(message: "MutableMapping[str, Any]") -> "Awaitable[None]":
            nonlocal pending
            if pending is not None and message["type"] == "http.response.start":
                message = with_cors(message, pending)
                pending = None
            return send(message)

        try:
            await self.app(scope, receive, send_with_cors)
        except Exception:
            # Inside a framework, whose scope names its app, the framework's own error handler runs next.
            if pending is not None and decided[0].origin is not None and "app" not in scope:  # pyright: ignore[reportUnnecessaryComparison]
                await _respond("http.response", Answer(500, (*_PLAIN, *decided[0].all_headers), _ERROR), scope, send)
            raise

    async def _decide(self, rules: Rules, cache: _Cache, scope: Scope, receive: Receive, send: Send) -> Decided | None:
        """Return the verdict on a request for the app; None if it is answered, or CORS does not apply."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return None
        environ = environ_of(scope)
        policy = rules.find(path_of(environ))
        if policy is None:
            await self.app(scope, receive, send)
            return None
        verdict = await decide_async(environ, policy) if rules.asks_elsewhere else decide(environ, policy)
        if verdict.refusal is not None:
            report(verdict, environ)
            if self.on_refusal is not None:
                await self._call_hook(self.on_refusal, verdict, scope)
        if scope["type"] == "websocket":
            if verdict.status is None:
                await self.app(scope, receive, send)  # CORS does not apply to WebSockets (Fetch, "WebSocket protocol")
            else:
                await self._deny(verdict, policy, scope, receive, send)
            return None
        if verdict.status is not None:
            await _respond("http.response", answer(verdict, policy, debug=self.debug), scope, send)
            return None
        decided = verdict, encoded(verdict.all_headers)
        origin = environ.get("HTTP_ORIGIN")
        ready = policy.ready.get(origin)
        if policy is rules.everywhere and ready is not None and ready[0] is verdict and not ready[2]:
            cache.keep(None if origin is None else origin.encode("latin-1"), decided)
        return decided

    async def _deny(self, verdict: Verdict, policy: Answerer, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a WebSocket handshake (RFC 6455, 10.2): by a response if the server can send one, else by closing."""
        await receive()  # websocket.connect, which comes first
        if _DENIAL in cast("MutableMapping[str, object]", scope.get("extensions") or {}):
            await _respond(_DENIAL, answer(verdict, policy, debug=self.debug), scope, send)
        else:
            await send({"type": "websocket.close", "code": 1008, "reason": verdict.sentence[:120]})

    async def _call_hook(self, on_refusal: OnRefusal, verdict: Verdict, scope: Scope) -> None:
        try:
            result = on_refusal(verdict, scope)
            if isawaitable(result):
                await result
        except Exception:
            log().exception("on_refusal failed")


CORSMiddleware = CORS
"""An alias, by the name that Starlette's users expect: ``app.add_middleware(CORSMiddleware, policy=policy)``.

Starlette handles unhandled exceptions outside of added middleware, so the 500 has no CORS headers. To cover it, wrap
the app instead: ``app = CORS(app, policy)``.
"""


async def _respond(kind: str, response: Answer, scope: Scope, send: Send) -> None:
    """Send a whole response."""
    await send({"type": f"{kind}.start", "status": response.status, "headers": [*encoded(response.headers)]})
    await send({"type": f"{kind}.body", "body": b"" if scope.get("method") == "HEAD" else response.body})
