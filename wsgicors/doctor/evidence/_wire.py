"""Send one request over HTTP as a browser does, and receive its answer, limited in time and size.

No proxy, no cookie jar, no ``.netrc``: only the given headers are sent. Redirects are not followed here. It always uses
HTTP/1.1, even if a browser would use HTTP/2; the CORS protocol is the same in both.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol
from urllib.parse import urlsplit

from wsgicors.browser import Headers, Request, Response
from wsgicors.doctor.evidence._facts import shown
from wsgicors.doctor.evidence._network import is_secure, relation
from wsgicors.doctor.evidence._resolving import Resolved
from wsgicors.origins import DEFAULT_PORTS

if TYPE_CHECKING:
    from urllib3.connection import HTTPConnection

TIMEOUT: Final = 10.0
"""The most seconds for one request, from connecting to the end of reading."""

BODY_LIMIT: Final = 65_536
"""The most bytes of a body that are read: enough to recognize an error page."""

USER_AGENT: Final = "Mozilla/5.0 (compatible; wsgicors)"

_CERTIFICATE_FAULTS: Final = {
    10: "it has expired",
    18: "it is self-signed",
    19: "its chain ends in a self-signed certificate that is not trusted here",
    20: "its issuer is unknown here, or the chain is incomplete",
    21: "its issuer is unknown here, or the chain is incomplete",
    62: "it is for another name",
    64: "it is for another address",
}
"""What is wrong with a certificate, by OpenSSL's number (X509_V_ERR_…)."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why there was no answer.

    Attributes:
        cause: The cause's identifier in `wsgicors.doctor.catalogue._causes.CAUSES`.
        detail: What was seen, in a sentence.
    """

    cause: str
    detail: str


@dataclass(frozen=True, slots=True)
class Reply:
    """The result of a request.

    Attributes:
        response: The status and the header lines; status 0 if there was no answer.
        body: The beginning of the body, decoded.
        seconds: How long it took.
        address: The IP address of the server; "" if there was no connection.
        trouble: Why there was no answer, or None.
        is_broken: Whether the body broke off: a page gets a network error when it reads it.
    """

    response: Response
    body: bytes = b""
    seconds: float = 0.0
    address: str = ""
    trouble: Trouble | None = None
    is_broken: bool = False


class Asker(Protocol):
    """Sends further requests: over HTTP, or to an app in the same process."""

    @property
    def preflights_only(self) -> bool:
        """Whether only preflights may be sent."""
        ...

    def send(self, method: str, url: str, headers: Headers, body: bytes = b"") -> Reply:
        """Send one request with these headers."""
        ...


@dataclass(slots=True)
class Wire:
    """Sends requests over HTTP.

    Attributes:
        timeout: The most seconds for each request, from connecting to the end of the body, also for slow answers.
        pause: Seconds between the end of one request and the beginning of the next.
        tls: The context of https; None for the system's trusted issuers (``SSL_CERT_FILE`` adds to them).
        watch: Called with the method and URL of each request before it is sent; its result is called with the reply.
        resolved: Addresses to use instead of those of names; the first that covers a server counts.

    Raises:
        ModuleNotFoundError: in `send`, if urllib3 is not installed.
    """

    timeout: float = TIMEOUT
    pause: float = 0.0
    tls: ssl.SSLContext | None = None
    watch: Callable[[str, str], Callable[[Reply], None]] | None = None
    resolved: Sequence[Resolved] = ()
    _next: float = field(default=0.0, init=False)

    @property
    def preflights_only(self) -> bool:
        """Whether only preflights may be sent: false, because a GET over HTTP is harmless too."""
        return False

    def send(self, method: str, url: str, headers: Headers, body: bytes = b"") -> Reply:
        """Send one request with only these headers, Host and, with a body, Content-Length.

        It does not raise, whatever the server does.
        """
        time.sleep(max(0.0, self._next - time.monotonic()))
        received = self.watch(method, url) if self.watch else None
        reply = self._exchanged(method, url, headers, body)
        if received:
            received(reply)
        self._next = time.monotonic() + self.pause
        return reply

    def _exchanged(self, method: str, url: str, headers: Headers, body: bytes) -> Reply:
        started = time.monotonic()
        connection = self._connection(url)
        watch = _Watch(self.timeout)
        address = ""
        try:
            connection.connect()
            watch.guard(connection)
            address = _address(connection)
            _put(connection, method, url, headers, body)
            response, content, broken = _got(connection, watch)
        except Exception as error:
            trouble = _trouble(error, connected=bool(address), stopped=watch.is_over, timeout=self.timeout)
            return Reply(Response(0), b"", time.monotonic() - started, address, trouble)
        finally:
            watch.end()
            connection.close()
        return Reply(response, content, time.monotonic() - started, address, is_broken=broken)

    def named_address(self, url: str) -> str:
        """Return the IP address in `resolved` for the server of `url`, or ""."""
        _, host, port = _server(url)
        return next((one.address for one in self.resolved if one.covers(host, port)), "")

    def _connection(self, url: str) -> "HTTPConnection":
        from urllib3.connection import HTTPConnection, HTTPSConnection

        scheme, host, port = _server(url)
        there = self.named_address(url) or host
        if scheme == "https":
            context = self.tls or ssl.create_default_context()
            return HTTPSConnection(there, port, timeout=self.timeout, ssl_context=context, server_hostname=host)
        return HTTPConnection(there, port, timeout=self.timeout)


def _server(url: str) -> tuple[str, str, int]:
    """Return the scheme, the host and the port of `url`."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or int(DEFAULT_PORTS[parts.scheme])


def _host_line(url: str) -> str:
    """Return the Host header's value: the connection may be to another address."""
    scheme, host, port = _server(url)
    name = f"[{host}]" if ":" in host else host
    return name if str(port) == DEFAULT_PORTS[scheme] else f"{name}:{port}"


def browser_headers(sent: Request, page_origin: str, *, cookie: str = "") -> list[tuple[str, str]]:
    """Return the headers of `sent`, with those that a browser adds (Fetch Metadata, Referrer Policy).

    >>> sent = Request("https://api.example/", "https://app.example", "OPTIONS", [("Origin", "https://app.example")])
    >>> [name for name, _ in browser_headers(sent, "https://app.example")][3:]
    ['Sec-Fetch-Dest', 'Sec-Fetch-Mode', 'Sec-Fetch-Site', 'Referer', 'Origin']
    """
    secure = is_secure(sent.url)
    added = [("User-Agent", USER_AGENT), ("Accept-Language", "en"), ("Accept-Encoding", "gzip")]
    if secure:
        site = relation(page_origin, sent.url) if sent.origin != "null" else "cross-site"
        added += [("Sec-Fetch-Dest", "empty"), ("Sec-Fetch-Mode", "cors"), ("Sec-Fetch-Site", site)]
    if page_origin.startswith("http") and (secure or not is_secure(page_origin)):
        added.append(("Referer", f"{page_origin}/"))
    if cookie:
        added.append(("Cookie", cookie))
    own = {name.lower() for name, _ in sent.headers}
    return [(name, value) for name, value in added if name.lower() not in own] + list(sent.headers)


def _put(connection: "HTTPConnection", method: str, url: str, headers: Headers, body: bytes) -> None:
    from urllib3 import HTTPHeaderDict

    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    lines = HTTPHeaderDict()
    for name, value in [("Host", _host_line(url)), *headers, ("Connection", "close")]:
        lines.add(name, value)
    connection.request(
        method, target, body or None, lines, preload_content=False, decode_content=False, enforce_content_length=True
    )


def _got(connection: "HTTPConnection", watch: "_Watch") -> tuple[Response, bytes, bool]:
    """Return the response, the beginning of its body, and whether the body broke off."""
    received = connection.getresponse()
    if watch.is_over:  # the headers may be incomplete
        raise TimeoutError
    fields = tuple(received.headers.iteritems())
    content, broken = b"", False
    try:
        while len(content) < BODY_LIMIT and (part := received.read(BODY_LIMIT - len(content), decode_content=False)):
            content += part
    except Exception:
        # Only the status and the headers matter. An endless body, such as a stream, is not broken.
        broken = not watch.is_over
    return Response(received.status, fields), _decoded(content, fields), broken


def _decoded(content: bytes, fields: Sequence[tuple[str, str]]) -> bytes:
    if not any(name.lower() == "content-encoding" and "gzip" in value.lower() for name, value in fields):
        return content
    with suppress(zlib.error):
        return zlib.decompressobj(wbits=31).decompress(content, BODY_LIMIT)
    return content


def _address(connection: "HTTPConnection") -> str:
    peer = connection.sock.getpeername()[0] if connection.sock else ""
    return str(ipaddress.ip_address(peer.partition("%")[0]))


class _Watch:
    """Ends an exchange that takes too long, whatever the server does."""

    def __init__(self, seconds: float) -> None:
        self._over = threading.Event()
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._end_it)
        self._timer.daemon = True
        self._timer.start()

    @property
    def is_over(self) -> bool:
        """Whether the time is up."""
        return self._over.is_set()

    def guard(self, connection: "HTTPConnection") -> None:
        """Close the socket when the time is up. The connection drops its reference while the body is read."""
        self._socket = connection.sock
        if self.is_over:
            raise TimeoutError

    def end(self) -> None:
        """Stop watching."""
        self._timer.cancel()

    def _end_it(self) -> None:
        self._over.set()
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)


def _trouble(error: Exception, *, connected: bool, stopped: bool, timeout: float) -> Trouble:
    from urllib3 import exceptions

    step = "waiting for the answer" if connected else "connecting"
    if isinstance(error, exceptions.NameResolutionError | exceptions.LocationValueError):
        return Trouble("name-not-found", "The name cannot be resolved from here.")
    if isinstance(error, exceptions.NewConnectionError):
        return Trouble("unreachable", f"The connection failed: {_errno_text(error)}.")
    if stopped or isinstance(error, exceptions.TimeoutError | TimeoutError):
        return Trouble("timed-out", f"No answer within {timeout:g} seconds, while {step}.")
    if isinstance(error, ssl.SSLError):
        return Trouble("certificate", _tls_fault(error))
    if isinstance(error, OSError):
        return Trouble("connection-broken", "The connection ended without an answer.")
    if isinstance(error, http.client.BadStatusLine):
        return Trouble("response-invalid", f"What came back is not HTTP; it begins with {shown(str(error), 80)}.")
    return Trouble("response-invalid", f"What came back is not HTTP: {shown(str(error), 80)}.")


def _tls_fault(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        fault = _CERTIFICATE_FAULTS.get(error.verify_code, shown(str(error.verify_message), 80))
        return f"The certificate is not accepted: {fault}."
    if error.reason in {"WRONG_VERSION_NUMBER", "HTTP_REQUEST"}:
        return "The server does not speak TLS at this port: it is http there, perhaps."
    return f"The TLS connection failed: {shown(error.reason or str(error), 80)}."


def _errno_text(error: Exception) -> str:
    cause = error.__cause__
    return (cause.strerror or "no reason given").lower() if isinstance(cause, OSError) else "no reason given"
