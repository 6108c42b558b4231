import contextlib
import gzip
import socket
import socketserver
import ssl
import threading
import time
from collections.abc import Callable

import pytest

from tests.browsers.site import Request as Arrived
from tests.browsers.site import _threaded, _ThreadingServer, response, scripted
from tests.doctor.tls import speaking_tls
from tests.servers.ports import ADDRESS, free_port
from wsgicors.browser import Request
from wsgicors.doctor.evidence._resolving import read_resolved
from wsgicors.doctor.evidence._wire import BODY_LIMIT, Reply, Trouble, Wire, _host_line, browser_headers

PAGE = "https://www.example.com"


def answered(data: bytes, *, timeout: float = 10, path: str = "/") -> Reply:
    with scripted(lambda _: data) as site:
        return Wire(timeout).send("GET", site.origin + path, [("Origin", PAGE)])


def cause(answer: Reply) -> str:
    assert answer.trouble
    assert (answer.response.status, answer.body) == (0, b"")
    return answer.trouble.cause


# -- Requests ----------------------------------------------------------------------------------------------------------


def arrived(method: str, target: str, headers: list[tuple[str, str]], body: bytes = b"") -> Arrived:
    with scripted(lambda _: response(200)) as site:
        assert Wire().send(method, site.origin + target, headers, body).response.status == 200
    [request] = site.requests
    return request


def test_a_request_goes_out_as_it_is_given() -> None:
    request = arrived("PUT", "/a%20b?c=d&e", [("Origin", PAGE), ("X-Id", "1"), ("x-id", "2")], b"body")
    assert (request.method, request.target) == ("PUT", "/a%20b?c=d&e")
    assert [line for line in request.fields if line[0].lower() == "x-id"] == [("X-Id", "1"), ("X-Id", "2")]
    assert request.field("Origin") == PAGE
    assert request.field("Content-Length") == "4"


def test_a_url_without_a_path_asks_for_the_first_page() -> None:
    with scripted(lambda _: response(200)) as site:
        Wire().send("GET", site.origin, [])
    assert site.requests[0].target == "/"


def test_the_environment_adds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    request = arrived("GET", "/", [])
    assert not {"cookie", "authorization"} & {name.lower() for name, _ in request.fields}


@pytest.mark.parametrize(
    ("url", "page", "expected"),
    [
        ("https://api.example.com/", PAGE, {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors",
                                            "Referer": f"{PAGE}/"}),
        ("https://api.test/", PAGE, {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "empty"}),
        ("http://localhost:8000/", PAGE, {"Sec-Fetch-Site": "cross-site", "Referer": f"{PAGE}/"}),
        ("http://api.test/", "http://a.test", {"Sec-Fetch-Site": None, "Sec-Fetch-Mode": None,
                                               "Referer": "http://a.test/"}),
        ("http://api.test/", PAGE, {"Referer": None}),
        ("https://api.test/", "null", {"Sec-Fetch-Site": "cross-site", "Referer": None}),
        ("https://api.test/", "chrome-extension://abc", {"Referer": None}),
    ],
)  # fmt: skip
def test_what_a_browser_adds(url: str, page: str, expected: dict[str, str | None]) -> None:
    sent = dict(browser_headers(Request(url, page), page))
    assert {name: sent.get(name) for name in expected} == expected
    assert sent["User-Agent"].startswith("Mozilla/5.0 ")
    assert {"Accept-Language", "Accept-Encoding"} < sent.keys()
    assert "Cookie" not in sent


def test_behind_a_tainted_redirect_the_site_is_another_one() -> None:
    sent = Request("https://www.example.com/", "null")
    assert dict(browser_headers(sent, PAGE))["Sec-Fetch-Site"] == "cross-site"


def test_what_the_page_sets_is_not_set_twice() -> None:
    sent = Request("https://api.test/", PAGE, headers=[("accept-language", "de"), ("Origin", PAGE)])
    headers = browser_headers(sent, PAGE, cookie="sid=7")
    assert [value for name, value in headers if name.lower() == "accept-language"] == ["de"]
    assert ("Cookie", "sid=7") in headers
    assert headers[-1] == ("Origin", PAGE)


# -- Responses ---------------------------------------------------------------------------------------------------------


def test_lines_are_kept_apart() -> None:
    lines = [("Access-Control-Allow-Origin", "https://a.example"), ("access-control-allow-origin", "*"), ("X-A", "b")]
    answer = answered(response(404, lines, b"body"))
    assert answer.trouble is None
    assert answer.response.status == 404
    assert answer.response.values("Access-Control-Allow-Origin") == ["https://a.example", "*"]
    assert answer.body == b"body"
    assert answer.address == ADDRESS
    assert answer.seconds > 0


def test_no_more_of_a_body_is_read_than_need_be() -> None:
    assert len(answered(response(200, body=b"x" * (BODY_LIMIT + 1000))).body) == BODY_LIMIT


def test_a_body_is_decoded_up_to_the_same_limit() -> None:
    zipped = gzip.compress(b"x" * (50 * BODY_LIMIT))
    assert len(zipped) < BODY_LIMIT
    assert len(answered(response(200, [("Content-Encoding", "gzip")], zipped)).body) == BODY_LIMIT
    assert answered(response(200, [("Content-Encoding", "gzip")], b"not zipped")).body == b"not zipped"


def test_a_body_that_breaks_off_takes_nothing_from_its_headers() -> None:
    answer = answered(b"HTTP/1.1 200 OK\r\nX-A: b\r\nContent-Length: 50\r\n\r\nabc")
    assert (answer.response.status, answer.response.get("x-a")) == (200, "b")
    broken = answered(b"HTTP/1.1 200 OK\r\nX-A: b\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")
    assert (broken.response.status, broken.response.get("x-a"), broken.body) == (200, "b", b"")


def test_a_redirect_is_not_followed() -> None:
    with scripted(lambda _: response(302, [("Location", "/elsewhere")])) as site:
        assert Wire().send("GET", site.origin + "/", []).response.status == 302
    assert len(site.requests) == 1


# -- No response -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"", "connection-broken", "ended without an answer"),
        (b"SSH-2.0-\x1b[31mOpenSSH\r\n\r\n", "response-invalid", "not HTTP; it begins with SSH-2.0-\\x1b[31m"),
        (b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200 + b"\r\n", "response-invalid", "not HTTP: got more than"),
        (b"HTTP/1.1 200 OK\r\nA: " + b"b" * 70_000 + b"\r\n\r\n", "response-invalid", "not HTTP: got more than"),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_told(data: bytes, name: str, said: str) -> None:
    answer = answered(data)
    assert cause(answer) == name
    assert answer.trouble
    assert said in answer.trouble.detail
    assert answer.trouble.detail.isprintable()


def test_a_connection_that_is_reset_is_broken() -> None:
    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(65536)
            self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    with _threaded(_ThreadingServer((ADDRESS, 0), Handler)) as server:
        answer = Wire().send("GET", f"http://{ADDRESS}:{server.server_address[1]}/", [])
    assert cause(answer) == "connection-broken"


def test_nobody_listens() -> None:
    answer = Wire().send("GET", f"http://{ADDRESS}:{free_port()}/", [])
    assert cause(answer) == "unreachable"
    assert answer.trouble
    assert answer.trouble.detail == "The connection failed: connection refused."
    assert answer.address == ""


@pytest.mark.parametrize("host", ["nothing.invalid", "a" * 80 + ".invalid"])
def test_a_name_that_nobody_knows(host: str) -> None:
    assert cause(Wire().send("GET", f"http://{host}/", [])) == "name-not-found"


@contextlib.contextmanager
def silent(*drops: bytes):
    """A server that sends these drops, then one byte at a time forever."""
    done = threading.Event()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with contextlib.suppress(OSError):
                for drop in drops:
                    self.request.sendall(drop)
                while drops and not done.wait(0.02):
                    self.request.sendall(b"x")
                done.wait()

    with _threaded(_ThreadingServer((ADDRESS, 0), Handler)) as server:
        try:
            yield f"{ADDRESS}:{server.server_address[1]}"
        finally:
            done.set()


def test_a_server_that_says_nothing_runs_out_of_time() -> None:
    with silent() as server:
        answer = Wire(0.3).send("GET", f"http://{server}/", [])
    assert cause(answer) == "timed-out"
    assert answer.trouble
    assert answer.trouble.detail == "No answer within 0.3 seconds, while waiting for the answer."


def test_a_server_that_answers_drop_by_drop_runs_out_of_time_too() -> None:
    with silent(b"HTTP/1.1 200 OK\r\nX-Drop: ") as server:
        answer = Wire(0.3).send("GET", f"http://{server}/", [])
    assert cause(answer) == "timed-out"


def test_a_body_that_does_not_end_runs_out_of_time() -> None:
    """Its headers count all the same: a stream is not a broken response."""
    head = b"HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\n\r\n"
    with silent(head) as server:
        answer = Wire(2).send("GET", f"http://{server}/", [])
    assert (answer.response.status, answer.trouble, answer.is_broken) == (200, None, False)
    assert 0 < len(answer.body) < BODY_LIMIT


@pytest.mark.parametrize("head", [b"Content-Length: 99", b"Transfer-Encoding: chunked"])
def test_a_body_that_breaks_off_is_broken(head: bytes) -> None:
    answer = answered(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n\r\n5\r\nhello\r\n")
    assert (answer.response.status, answer.is_broken) == (200, True)
    assert not answered(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello").is_broken


def test_who_watches_hears_of_a_request_before_it_is_sent_and_of_its_reply() -> None:
    said: list[object] = []

    def watch(method: str, url: str) -> Callable[[Reply], None]:
        said.extend([method, url])
        return lambda reply: said.append(reply.response.status or reply.trouble)

    def answer(_: Arrived) -> bytes:
        said.append("asked")
        return response(404)

    with scripted(answer) as site:
        Wire(watch=watch).send("GET", f"{site.origin}/x", [])
    assert said == ["GET", f"{site.origin}/x", "asked", 404]
    Wire(watch=watch).send("GET", f"http://{ADDRESS}:{free_port()}/", [])
    assert isinstance(said[-1], Trouble)


def test_a_handshake_runs_out_of_time() -> None:
    with silent() as server:
        answer = Wire(0.3).send("GET", f"https://{server}/", [])
    assert cause(answer) == "timed-out"
    assert answer.trouble
    assert answer.trouble.detail.endswith("while connecting.")


# -- TLS ---------------------------------------------------------------------------------------------------------------

FOR_ADDRESS = ("-addext", f"subjectAltName=IP:{ADDRESS}")


def test_a_trusted_certificate(tmp_path) -> None:
    with speaking_tls(tmp_path, response(200, [("X-A", "b")]), *FOR_ADDRESS) as (port, certificate):
        context = ssl.create_default_context(cafile=certificate)
        answer = Wire(tls=context).send("GET", f"https://{ADDRESS}:{port}/", [])
    assert answer.response.get("X-A") == "b"
    assert answer.address == ADDRESS


@pytest.mark.parametrize(
    ("options", "trusted", "said"),
    [
        (FOR_ADDRESS, False, "it is self-signed"),
        (("-addext", "subjectAltName=DNS:other.example"), True, "it is for another address"),
    ],
)  # fmt: skip
def test_a_certificate_that_is_not(tmp_path, options, trusted, said) -> None:
    with speaking_tls(tmp_path, response(200), *options) as (port, certificate):
        context = ssl.create_default_context(cafile=certificate) if trusted else None
        answer = Wire(tls=context).send("GET", f"https://{ADDRESS}:{port}/", [])
    assert cause(answer) == "certificate"
    assert answer.trouble
    assert answer.trouble.detail == f"The certificate is not accepted: {said}."


def test_a_certificate_that_has_expired(tmp_path) -> None:
    with speaking_tls(tmp_path, response(200), *FOR_ADDRESS, expired=True) as (port, certificate):
        context = ssl.create_default_context(cafile=certificate)
        answer = Wire(tls=context).send("GET", f"https://{ADDRESS}:{port}/", [])
    assert answer.trouble
    assert answer.trouble.detail == "The certificate is not accepted: it has expired."


def test_a_server_that_talks_first_speaks_no_tls() -> None:
    with silent(b"220 ready\r\n" * 10) as server:
        answer = Wire().send("GET", f"https://{server}/", [])
    assert answer.trouble
    assert answer.trouble.detail.startswith("The server does not speak TLS at this port")


def test_a_handshake_that_breaks_off() -> None:
    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(65536)

    with _threaded(_ThreadingServer((ADDRESS, 0), Handler)) as server:
        answer = Wire().send("GET", f"https://{ADDRESS}:{server.server_address[1]}/", [])
    assert cause(answer) == "certificate"
    assert answer.trouble
    assert answer.trouble.detail.startswith("The TLS connection failed: ")


def test_a_server_is_asked_where_it_is_said_to_be() -> None:
    with scripted(lambda _: response(200, [("X-A", "b")])) as site:
        wire = Wire(5, resolved=[read_resolved(f"*.example:{site.port}:{ADDRESS}")])
        answer = wire.send("GET", f"http://api.example:{site.port}/x", [])
        assert cause(wire.send("GET", f"http://api.invalid:{site.port}/x", [])) == "name-not-found"
    assert (answer.response.get("X-A"), answer.address) == ("b", ADDRESS)
    assert [request.field("Host") for request in site.requests] == [f"api.example:{site.port}"]


def test_a_certificate_is_for_the_name_and_not_for_the_address(tmp_path) -> None:
    with speaking_tls(tmp_path, response(200, [("X-A", "b")]), "-addext", "subjectAltName=DNS:api.example") as server:
        port, certificate = server
        wire = Wire(tls=ssl.create_default_context(cafile=certificate), resolved=[read_resolved(f"*:*:{ADDRESS}")])
        assert wire.send("GET", f"https://api.example:{port}/", []).response.get("X-A") == "b"
        assert cause(wire.send("GET", f"https://other.example:{port}/", [])) == "certificate"


@pytest.mark.parametrize(
    ("url", "line"),
    [
        ("http://a.example/", "a.example"), ("http://a.example:80/", "a.example"), ("http://[::1]:8000/", "[::1]:8000"),
        ("https://a.example:80/", "a.example:80"), ("https://u:p@a.example/", "a.example"),
    ],
)  # fmt: skip
def test_the_host_line_is_a_browser_s(url: str, line: str) -> None:
    assert _host_line(url) == line


@pytest.mark.parametrize(
    ("text", "host", "port", "covered"),
    [
        ("api.example:443:127.0.0.1", "api.example", 443, True),
        ("API.example:443:127.0.0.1", "api.example", 443, True),
        ("api.example:443:127.0.0.1", "api.example", 80, False),
        ("api.example:443:127.0.0.1", "www.api.example", 443, False),
        ("*.example:443:127.0.0.1", "api.example", 443, True),
        ("*.example:443:127.0.0.1", "apiexample", 443, False),
        ("*.example:443:127.0.0.1", "example", 443, False),
        ("*:*:[::1]", "anything.test", 8443, True),
        ("api.example:*:::1", "api.example", 8443, True),
    ],
)
def test_what_a_resolution_covers(text: str, host: str, port: int, *, covered: bool) -> None:
    assert read_resolved(text).covers(host, port) is covered


@pytest.mark.parametrize(
    "text",
    ["", "api.example", "api.example:443", "api.example:443:", "api.example:443:b.example", "a.*.example:1:::1",
     "api.example:http:::1", "*api.example:443:127.0.0.1", "api.example:443:127.0.0.256"],
)  # fmt: skip
def test_what_is_no_resolution(text: str) -> None:
    with pytest.raises(ValueError, match="is not HOST:PORT:ADDRESS"):
        read_resolved(text)


# -- Pace --------------------------------------------------------------------------------------------------------------


def test_between_two_requests_there_is_a_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    with scripted(lambda _: response(200)) as site:
        wire = Wire(pause=5)
        for _ in range(3):
            wire.send("GET", site.origin, [])
    assert slept[0] == 0
    assert all(4 < pause <= 5 for pause in slept[1:])
    assert len(slept) == 3


def test_a_connection_that_came_too_late_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wsgicors.doctor.evidence._wire._Watch.is_over", True)
    with scripted(lambda _: response(200)) as site:
        answer = Wire().send("GET", site.origin, [])
    assert cause(answer) == "timed-out"
