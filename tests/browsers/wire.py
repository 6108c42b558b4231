"""Calls and events as JSON messages over a websocket, as every browser's remote protocol has them."""

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
    """One connection. Events are handed to `on_event` while a call or a wait is under way."""

    def __init__(self, url: str, on_event: Callable[[Message], None]) -> None:
        self._resources = contextlib.ExitStack()
        connection = connect(url, max_size=None, compression=None, proxy=None)
        self._socket = self._resources.enter_context(connection)
        self._on_event = on_event
        self._ids = itertools.count(1)
        self._answers: dict[int, Message | None] = {}

    def send(self, method: str, params: Message | None = None, **address: str) -> int:
        """Send a call whose answer nobody waits for; the address names a target, in the protocol's way."""
        number = next(self._ids)
        self._post({"id": number, "method": method, "params": params or {}, **address})
        return number

    def call(self, method: str, params: Message | None = None, **address: str) -> Message:
        """Send a call and wait for its result."""
        number = self.send(method, params, **address)
        self._answers[number] = None
        self.wait(lambda: self._answers[number] is not None)
        answer = self._answers.pop(number) or {}
        if "error" in answer:
            raise EngineError(f"{method}: {answer['error']} {answer.get('message', '')}")
        result: Message = answer["result"]
        return result

    def wait(self, is_done: Callable[[], bool]) -> None:
        """Read messages until something has come about."""
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
            elif number in self._answers:
                self._answers[number] = message

    def close(self) -> None:
        """Close the connection; the browser may have done so already."""
        with contextlib.suppress(ConnectionClosed, OSError):
            self._resources.close()

    def _post(self, message: Message) -> None:
        self._socket.send(json.dumps(message))

    def _receive(self, seconds: float) -> Message:
        # Browsers answer in small pieces, each held back until the one before is acknowledged.
        self._socket.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        message: Message = json.loads(self._socket.recv(max(0.0, seconds)))
        return message
