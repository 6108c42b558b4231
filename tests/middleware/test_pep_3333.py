"""The middleware is both a server and an app of PEP 3333."""

import sys
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.middleware.asking import ALLOW_ORIGIN, FORBID, LISTED, POLICY, PUBLIC, A, B, Recorder, from_
from tests.wsgi import TEXT, App, Fields, Response, call, cors, environ_of, preflight
from wsgicors import CORS, Policy

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


def test_the_apps_iterable_is_passed_on_unchanged() -> None:
    class Body:
        def __init__(self) -> None:
            self.closed = 0

        def __iter__(self) -> Iterator[bytes]:
            yield b"x"

        def close(self) -> None:
            self.closed += 1

    body = Body()

    def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        start_response("200 OK", list(TEXT))
        return body

    for policy in (POLICY, {"/x": POLICY}, PUBLIC):
        for origin in (A, B):
            assert CORS(app, policy)(environ_of("GET", "/", from_(origin)), Recorder()) is body
    assert body.closed == 0


@pytest.mark.parametrize("origin", [A, B])
def test_a_generator_that_starts_late_is_streamed(origin: str) -> None:
    steps: list[str] = []

    def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        steps.append("started")
        start_response("200 OK", list(TEXT))
        yield b"one"
        steps.append("between")
        yield b"two"

    server = Recorder()
    body = iter(cors(app, POLICY)(environ_of("GET", "/", from_(origin)), server))
    assert server.calls == []
    assert next(body) == b"one"
    assert steps == ["started"]
    assert ((ALLOW_ORIGIN, A) in server.calls[0][1]) is (origin == A)
    assert next(body) == b"two"
    assert list(body) == []
    body.close()  # type: ignore[attr-defined]


def test_write_is_that_of_the_server() -> None:
    def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        write = start_response("200 OK", list(TEXT))
        write(b"one ")
        write(b"two ")
        return [b"three"]

    answer = call(cors(app, POLICY), "GET", "/", from_(A))
    assert answer.body == b"one two three"
    assert answer.cors == LISTED
    server = Recorder()
    CORS(app, POLICY)(environ_of("GET", "/", from_(A)), server)
    assert server.written == [b"one ", b"two "]


def test_an_error_after_the_start_replaces_the_headers() -> None:
    def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        start_response("200 OK", [*TEXT, ("Vary", "Cookie")])
        try:
            raise ZeroDivisionError
        except ZeroDivisionError:
            start_response("500 Internal Server Error", [*TEXT, (ALLOW_ORIGIN, "*")], sys.exc_info())
        return [b"sorry"]

    server = Recorder()
    CORS(app, POLICY)(environ_of("GET", "/", from_(A)), server)
    first, second = server.calls
    assert len(first) == 2
    assert first[1] == [*TEXT, ("Vary", "Cookie, Origin"), *LISTED.items()]
    assert second[:2] == ("500 Internal Server Error", [*TEXT, *LISTED.items(), ("Vary", "Origin")])
    assert second[2][0] is ZeroDivisionError
    answer = call(cors(app, POLICY), "GET", "/", from_(A))
    assert (answer.status, answer.cors, answer.body) == ("500 Internal Server Error", LISTED, b"sorry")


def test_what_the_server_raises_for_exc_info_reaches_the_app() -> None:
    seen: list[BaseException] = []

    def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        try:
            raise ZeroDivisionError
        except ZeroDivisionError:
            try:
                start_response("500 Internal Server Error", list(TEXT), sys.exc_info())
            except ZeroDivisionError as error:
                seen.append(error)
                raise
        return []

    def server(status: str, headers: Fields, exc_info: Any = None) -> Callable[[bytes], None]:
        raise exc_info[1]  # the headers are sent

    with pytest.raises(ZeroDivisionError):
        CORS(app, POLICY)(environ_of("GET", "/", from_(A)), server)
    assert len(seen) == 1


def test_exc_info_of_none_is_not_passed_on() -> None:
    def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        start_response("200 OK", list(TEXT), None)
        return []

    server = Recorder()
    CORS(app, POLICY)(environ_of("GET", "/", from_(A)), server)
    assert len(server.calls[0]) == 2


@pytest.mark.parametrize("error", [ValueError("x"), KeyboardInterrupt(), SystemExit(1), GeneratorExit()])
@pytest.mark.parametrize("origin", [A, B])
def test_what_the_app_raises_is_not_caught(error: BaseException, origin: str) -> None:
    def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        raise error

    with pytest.raises(type(error)) as caught:
        CORS(app, POLICY)(environ_of("GET", "/", from_(origin)), Recorder())
    assert caught.value is error


def test_no_body_is_read(app: App) -> None:
    class Unread:
        def __getattr__(self, name: str) -> object:
            raise AssertionError(name)

    for method, headers in (
        ("POST", from_(A)),
        ("POST", from_(B)),
        ("OPTIONS", preflight(A, "PUT")),
        ("OPTIONS", preflight(B, "PUT")),
    ):
        for policy in (POLICY, FORBID):
            environ = environ_of(method, "/", headers)
            environ["wsgi.input"] = Unread()
            CORS(app, policy)(environ, Recorder())


@pytest.mark.parametrize("origin", [A, B, None])
@pytest.mark.parametrize("policy", [POLICY, PUBLIC, FORBID, [POLICY, PUBLIC], {"/": POLICY}, {"/x": POLICY}])
def test_the_environ_is_passed_on_unchanged(app: App, origin: str | None, policy: Any) -> None:
    environ = environ_of("GET", "/", from_(origin) if origin else [])
    before = dict(environ)
    CORS(app, policy)(environ, Recorder())
    for seen in app.requests:
        assert seen is environ
    assert environ == before


@pytest.mark.parametrize("origin", [A, B, None])
@pytest.mark.parametrize("policy", [POLICY, PUBLIC, [POLICY, PUBLIC], {"/": POLICY}])
@pytest.mark.parametrize("own", [[], [("Vary", "Cookie")], [(ALLOW_ORIGIN, "*")]])
def test_no_list_of_headers_is_shared_between_responses(origin: str | None, policy: Any, own: Fields) -> None:
    given = [*TEXT, *own]

    def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        start_response("200 OK", given)
        return []

    wrapped = CORS(app, policy)
    expected = None
    for _ in range(3):
        server = Recorder()
        wrapped(environ_of("GET", "/", from_(origin) if origin else []), server)
        (headers,) = (call[1] for call in server.calls)
        assert type(headers) is list
        assert headers is not given
        assert given == [*TEXT, *own]
        assert expected is None or headers == expected
        expected = list(headers)
        headers.append(("X-Leak", "1"))  # as an outer middleware does
        headers[0] = ("X-Leak", "2")


@pytest.mark.parametrize("asked", [preflight(A, "PUT"), preflight(B, "PUT"), from_(B)])
def test_no_list_of_headers_is_shared_between_answers_instead_of_the_apps(app: App, asked: Fields) -> None:
    wrapped = CORS(app, [POLICY, FORBID])
    for _ in range(3):
        server = Recorder()
        wrapped(environ_of("OPTIONS", "/", asked), server)
        headers = server.calls[0][1]
        assert type(headers) is list
        assert "X-Leak" not in dict(headers)
        headers.append(("X-Leak", "1"))


def test_every_kind_of_answer_passes_a_strict_validator(app: App) -> None:
    rules = {"/": [POLICY, PUBLIC], "/forbid": FORBID, "/200": Policy(allow_origins=[A], preflight_status=200)}
    for debug in (False, True):
        wrapped = cors(app, rules, debug=debug)
        for path in ("/", "/forbid", "/200", "/forbid/../200"):
            for method in ("GET", "HEAD", "OPTIONS", "POST"):
                for headers in (
                    [],
                    from_(A),
                    from_(B),
                    preflight(A, "PUT", "x-a"),
                    preflight(B, "X", "y z"),
                    preflight(A, "GET"),
                ):
                    assert isinstance(call(wrapped, method, path, headers), Response)
