"""Requests as raw bytes, which no HTTP client would send, and the responses."""

import http.client
import io
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from tests.servers.ports import ADDRESS

_SECONDS = 30.0


@dataclass(frozen=True)
class Reply:
    """A response as received: its fields in order, their names as spelled."""

    status: int
    fields: tuple[tuple[str, str], ...]
    body: bytes
    version: int = 11

    def values(self, name: str) -> list[str]:
        """The values of a field, one for each line, whatever the case of its name."""
        return [value for spelled, value in self.fields if spelled.lower() == name.lower()]


def raw_exchange(port: int, data: bytes, until: bytes | None = None) -> bytes:
    """Send bytes on a new connection, and return all received bytes until the server closes it, or until `until`.

    Raises:
        TimeoutError: the server left the connection open; ask it to close.
    """
    received = bytearray()
    with socket.create_connection((ADDRESS, port), _SECONDS) as connection:
        try:
            connection.sendall(data)
            while (until is None or until not in received) and (part := connection.recv(65536)):
                received += part
        except (ConnectionResetError, BrokenPipeError):  # it closed without reading the whole request
            pass
        except TimeoutError as error:
            error.add_note(f"received so far: {bytes(received)!r}")
            raise
    return bytes(received)


def abort(port: int, data: bytes) -> None:
    """Send bytes on a new connection, and close it without waiting for a response."""
    with socket.create_connection((ADDRESS, port), _SECONDS) as connection:
        connection.sendall(data)


def request(method: str, target: str, fields: Iterable[tuple[str, str]] = (), body: bytes = b"") -> bytes:
    """The bytes of a request; its fields are sent as given, each on its own line."""
    lines = [f"{name}: {value}" for name, value in fields]
    host = [] if any(line.startswith("Host: ") for line in lines) else [f"Host: {ADDRESS}"]
    head = [f"{method} {target} HTTP/1.1", *host, "Connection: close", *lines]
    if body:
        head.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*head, "", ""]).encode("latin-1") + body


def ask(port: int, method: str, target: str, fields: Iterable[tuple[str, str]] = (), body: bytes = b"") -> Reply:
    """Send a request and read the response. Host is the server's, unless the fields have another."""
    fields = [*fields]
    if not any(name == "Host" for name, _ in fields):
        fields.insert(0, ("Host", f"{ADDRESS}:{port}"))
    (reply,) = replies(raw_exchange(port, request(method, target, fields, body)), [method])
    return reply


def replies(data: bytes, methods: Iterable[str]) -> list[Reply]:
    """Read all received responses to requests of these methods on one connection."""
    stream = _Received(data)
    read: list[Reply] = []
    for method in methods:
        if stream.tell() == len(data):
            break
        answer = http.client.HTTPResponse(cast("socket.socket", stream), method=method)
        answer.begin()
        try:
            body = answer.read()
        except http.client.IncompleteRead as error:  # the response was cut off
            body = error.partial
        read.append(Reply(answer.status, tuple(answer.getheaders()), body, answer.version))
    return read


class _Received(io.BytesIO):
    """The part of a socket that reading responses needs: they are read one after another from the same bytes."""

    def makefile(self, _mode: str) -> "_Received":
        return self

    def close(self) -> None:
        """Stay open: another response may follow."""
