"""Calls and events as JSON messages over a websocket, as in every browser's remote protocol."""

import contextlib
import itertools
import json
import socket
import time
from collections.abc import Callable
from typing import Any, TypeAlias

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.browsers.engine import ANSWER_SECONDS, EngineError

Message: TypeAlias = dict[str, Any]


class Wire:
    """One connection. Passes events to `on_event` during a call or a wait."""

    def __init__(self, url: str, on_event: Callable[[Message], None]) -> None:
        self._resources = contextlib.ExitStack()
        connection = connect(url, max_size=None, compression=None, proxy=None)
        self._socket = self._resources.enter_context(connection)
        self._on_event = on_event
        self._ids = itertools.count(1)
        self._expected: dict[int, Callable[[Message], None]] = {}

    def send(
        self,
        method: str,
        params: Message | None = None,
        then: Callable[[Message], None] | None = None,
        **address: str,
    ) -> None:
        """Send a call; `then` receives its result. The address names a target, as in the protocol."""
        number = next(self._ids)
        if then is not None:
            self._expected[number] = then
        self._post({"id": number, "method": method, "params": params or {}, **address})

    def call(self, method: str, params: Message | None = None, **address: str) -> Message:
        """Send a call and wait for its result."""
        answers: list[Message] = []
        self.send(method, params, answers.append, **address)
        self.wait(lambda: bool(answers))
        if "error" in answers[0]:
            raise EngineError(f"{method}: {answers[0]['error']} {answers[0].get('message', '')}")
        result: Message = answers[0]["result"]
        return result

    def wait(self, is_done: Callable[[], bool]) -> None:
        """Read messages until a condition holds."""
        deadline = time.monotonic() + ANSWER_SECONDS
        while not is_done():
            try:
                message = self._receive(deadline - time.monotonic())
            except TimeoutError:
                raise EngineError(f"the browser did not do its part in {ANSWER_SECONDS} s") from None
            except ConnectionClosed as closed:
                raise EngineError(f"the browser closed the connection: {closed}") from closed
            number = message.get("id")
            if number is None:
                self._on_event(message)
            elif number in self._expected:
                self._expected.pop(number)(message)

    def close(self) -> None:
        """Close the connection; the browser may already have closed it."""
        with contextlib.suppress(ConnectionClosed, OSError):
            self._resources.close()

    def _post(self, message: Message) -> None:
        self._socket.send(json.dumps(message))

    def _receive(self, seconds: float) -> Message:
        # Browsers answer in small pieces; each waits until the previous one is acknowledged.
        self._socket.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        message: Message = json.loads(self._socket.recv(max(0.0, seconds)))
        return message
