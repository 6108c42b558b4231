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

from wsgicors._apps import asgi_problems
from wsgicors._awaiting import decide_async
from wsgicors._http import SAFE_METHODS
from wsgicors._lines import encoded, with_cors
from wsgicors._scopes import environ_of, origin_of
from wsgicors.adapting import (
    Answer,
    Answerer,
    Rules,
    RuleSet,
    answer,
    decide,
    log,
    path_of,
    report,
)
from wsgicors.problems import PolicyError
from wsgicors.verdict import Verdict

__all__ = ["CORS", "CORSMiddleware"]

Message: TypeAlias = MutableMapping[str, object]
Scope: TypeAlias = MutableMapping[str, object]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
App: TypeAlias = Callable[..., Awaitable[object]]  # frameworks type scopes and messages each in their own way
OnRefusal: TypeAlias = Callable[[Verdict, Scope], object]

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
        problems = asgi_problems(app)
        try:
            self.rules = policy
        except PolicyError as error:
            problems += error.problems
        if problems:
            raise PolicyError(problems)

    @property
    def rules(self) -> RuleSet:
        """The rules, as given. Assigning to it replaces all rules at once, for the requests that follow."""
        return self._rules.given

    @rules.setter
    def rules(self, rules: RuleSet) -> None:
        self._rules = Rules(rules, awaits=True)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a preflight or a forbidden request, or call the app and add the headers to its response."""
        verdict = self._known(scope) or await self._decided(scope, receive, send)
        if verdict is None:
            return
        started = False

        # Quoted: unquoted annotations would be evaluated again for each request.
        def send_with_cors(message: "MutableMapping[str, Any]") -> "Awaitable[None]":
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message = {**message, "headers": with_cors(message.get("headers", ()), verdict)}
            return send(message)

        try:
            await self.app(scope, receive, send_with_cors)
        except Exception:
            # Inside a framework, whose scope names its app, the framework's own error handler runs next.
            if not started and verdict.origin is not None and "app" not in scope:
                await _respond("http.response", Answer(500, (*_PLAIN, *verdict.all_headers), _ERROR), scope, send)
            raise

    def _known(self, scope: Scope) -> Verdict | None:
        """Return the verdict on a known origin's actual request; None for any other.

        The verdict depends on the origin alone. This saves 12,800 of 28,300 instructions, and costs other requests
        4,200.
        """
        policy = self._rules.everywhere
        if policy is None or scope["type"] != "http":
            return None
        ready = policy.ready.get(origin_of(scope))
        if ready is None or scope["method"] == "OPTIONS" or (ready[2] and scope["method"] not in SAFE_METHODS):
            return None
        return ready[0]

    async def _decided(self, scope: Scope, receive: Receive, send: Send) -> Verdict | None:
        """Return the verdict on a request for the app; None if it is answered, or CORS does not apply."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return None
        environ = environ_of(scope)
        policy = self._rules.find(path_of(environ))
        if policy is None:
            await self.app(scope, receive, send)
            return None
        verdict = await decide_async(environ, policy) if self._rules.asks_elsewhere else decide(environ, policy)
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
        return verdict

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
