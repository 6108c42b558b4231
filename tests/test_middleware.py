"""The middleware between a strict server and a strict app (PEP 3333), and between careless ones."""

import functools
import logging
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any
from wsgiref.validate import validator

import pytest

from tests.test_policy import Broken
from tests.wsgi import TEXT, App, Fields, Refusals, Response, call, client, cors, environ_of, preflight, send
from wsgicors import CORS, Policy, PolicyError, Refusal
from wsgicors._headers import merge_headers
from wsgicors._memory import LIMIT, Memory

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

A, B = "https://a.example", "https://b.example"
ALLOW_ORIGIN = "Access-Control-Allow-Origin"
POLICY = Policy(allow_origins=[A], allow_methods=["PUT"], allow_headers=["X-A"], expose_headers=["ETag"], max_age=600)
FORBID = Policy(allow_origins=[A], refuse="forbid")
PUBLIC = Policy(allow_origins="*")
LISTED = {ALLOW_ORIGIN: A, "Access-Control-Expose-Headers": "ETag"}


def from_(origin: str, *others: tuple[str, str]) -> Fields:
    return [("Origin", origin), *others]


# --- Actual requests.


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
@pytest.mark.parametrize(
    ("policy", "headers", "expected", "vary"),
    [
        (POLICY, from_(A), LISTED, "Origin"),
        (POLICY, from_(B), {}, "Origin"),
        (POLICY, from_("null"), {}, "Origin"),
        (POLICY, from_(""), {}, "Origin"),
        (POLICY, from_("x\xe9"), {}, "Origin"),
        (POLICY, from_(f"{A},{A}"), {}, "Origin"),
        (POLICY, [("Origin", A), ("Origin", A)], {}, "Origin"),
        (POLICY, [], {}, "Origin"),
        (PUBLIC, from_(B), {ALLOW_ORIGIN: "*"}, None),
        (PUBLIC, [], {ALLOW_ORIGIN: "*"}, None),
        (FORBID, from_(A), {ALLOW_ORIGIN: A}, "Origin"),
        (FORBID, [], {}, "Origin"),
        ([POLICY, PUBLIC], from_(A), LISTED, "Origin"),
        ([POLICY, PUBLIC], from_(B), {ALLOW_ORIGIN: "*"}, "Origin"),
        ([POLICY, PUBLIC], [], {ALLOW_ORIGIN: "*"}, "Origin"),
        ({"/": POLICY}, from_(A), LISTED, "Origin"),
        ({"/x": POLICY}, from_(A), {}, None),
        ({"/x": FORBID}, from_(B), {}, None),
    ],
)
@pytest.mark.parametrize("told", [False, True])
def test_the_app_answers_an_actual_request(
    app: App,
    refusals: Refusals,
    method: str,
    policy: Any,
    headers: Fields,
    expected: dict[str, str],
    vary: str | None,
    told: bool,
) -> None:
    wrapped = cors(app, policy, on_refusal=refusals if told else None)
    answer = call(wrapped, method, "/notes", headers)
    assert app.methods == [method]
    assert answer.status == "200 OK"
    assert answer.cors == expected
    assert answer.vary == vary
    assert answer.body == (b"" if method == "HEAD" else b"hello")
    assert answer.headers[0] == ("Content-Type", "text/plain")


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS"])
@pytest.mark.parametrize(
    ("headers", "forbidden"),
    [
        (from_(A), False),
        ([], False),
        (from_(B), True),
        (from_("null"), True),
        (from_(""), True),
        (from_("x y"), True),
        (from_(f"{A}, {B}"), True),
        (from_(B, ("Sec-Fetch-Site", "same-origin")), False),
        (from_(B, ("Sec-Fetch-Site", "none")), False),
        (from_("null", ("Sec-Fetch-Site", "same-origin")), False),
        (from_(B, ("Sec-Fetch-Site", "same-site")), True),
        (from_(B, ("Sec-Fetch-Site", "cross-site")), True),
        (from_(B, ("Sec-Fetch-Site", "")), True),
        (from_("https://service.example"), False),
        (from_("http://service.example"), False),
        (from_("https://service.example:8443"), True),
        (from_("https://service.example.evil.net"), True),
        # Sec-Fetch-Site takes precedence over Host
        (from_("https://service.example", ("Sec-Fetch-Site", "cross-site")), True),
    ],
)
@pytest.mark.parametrize("told", [False, True])
def test_a_policy_may_forbid(
    app: App, refusals: Refusals, method: str, headers: Fields, forbidden: bool, told: bool
) -> None:
    wrapped = cors(app, FORBID, on_refusal=refusals if told else None)
    answer = call(wrapped, method, "/", headers, HTTP_HOST="service.example")
    assert app.methods == ([] if forbidden else [method])
    assert answer.status == ("403 Forbidden" if forbidden else "200 OK")
    assert len(refusals.seen) == (forbidden and told)
    if forbidden:
        assert answer.cors == {}
        assert answer.vary == "Origin, Sec-Fetch-Site"
        assert (answer.body == b"") is (method == "HEAD")
        assert int(answer.values("Content-Length")[0]) > 20
    elif ("Origin", A) in headers:
        assert answer.cors == {ALLOW_ORIGIN: A}
    else:
        assert answer.cors == {}
        assert answer.vary == ("Origin, Sec-Fetch-Site" if headers else "Origin")


def test_a_request_without_host_is_not_same_origin(app: App) -> None:
    environ = environ_of("GET", "/", from_(B))
    environ.pop("HTTP_HOST")
    assert send(cors(app, FORBID), environ).status == "403 Forbidden"


@pytest.mark.parametrize(
    "headers",
    [
        from_("https://service.example"),
        from_(B, ("Sec-Fetch-Site", "same-origin")),
        from_("null", ("Sec-Fetch-Site", "none")),
    ],
)
@pytest.mark.parametrize("policy", [POLICY, FORBID])
def test_the_servers_own_pages_are_not_told_of_as_refused(
    app: App, refusals: Refusals, log: pytest.LogCaptureFixture, policy: Policy, headers: Fields
) -> None:
    answer = call(cors(app, policy, on_refusal=refusals), "POST", "/", headers, HTTP_HOST="service.example")
    assert answer.status == "200 OK"
    assert answer.cors == {}
    assert refusals.seen == []
    assert not log.records


# --- Preflights.


def test_an_allowed_preflight_never_reaches_the_app(app: App) -> None:
    browser = client(app, POLICY)
    asked = dict(preflight(A, "PUT", "x-a"))
    answer = browser.options("/notes/1?x=y", headers=asked, status=204)
    assert app.methods == []
    assert answer.body == b""
    assert "Content-Length" not in answer.headers
    assert "Content-Type" not in answer.headers
    assert dict(answer.headers) == {
        ALLOW_ORIGIN: A,
        "Access-Control-Allow-Methods": "PUT",
        "Access-Control-Allow-Headers": "X-A",
        "Access-Control-Max-Age": "600",
        "Vary": "Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
    }


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        (preflight(B, "PUT"), "origin-not-allowed"),
        (preflight("null", "PUT"), "null-origin"),
        (preflight("", "PUT"), "malformed-origin"),
        (preflight(A, "PATCH"), "method-not-allowed"),
        (preflight(A, "put"), "method-not-allowed"),
        (preflight(A, ""), "malformed-method"),
        (preflight(A, "PUT", "x-b"), "header-not-allowed"),
        ([*preflight(A, "PUT", "x-a"), ("Access-Control-Request-Headers", "x-b")], "header-not-allowed"),
        (preflight(A, "PUT", "x a"), "malformed-headers"),
        ([*preflight(A, "PUT"), ("Access-Control-Request-Private-Network", "true")], "private-network"),
        ([*preflight(A, "PUT"), ("Origin", A)], "malformed-origin"),
        ([*preflight(A, "PUT"), ("Access-Control-Request-Method", "PUT")], "malformed-method"),
    ],
)
@pytest.mark.parametrize(
    "policy", [POLICY, [POLICY], {"/": POLICY}, Policy(**POLICY.to_mapping() | {"refuse": "forbid"})]
)
def test_a_refused_preflight_never_reaches_the_app(
    app: App, refusals: Refusals, asked: Fields, refusal: str, policy: Any
) -> None:
    # the server's own page is no exception: a browser that sends this treats it as cross-origin
    answer = call(cors(app, policy, on_refusal=refusals), "OPTIONS", "/", [*asked, ("Sec-Fetch-Site", "same-origin")])
    assert app.methods == []
    vary = ["Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"]
    assert answer.vary == ", ".join(
        [*vary, *(["Access-Control-Request-Private-Network"] * (refusal == "private-network"))]
    )
    assert refusals.names == [refusal]
    if refusal in ("method-not-allowed", "header-not-allowed"):  # the browser compares, and names it
        assert answer == call(cors(app, policy), "OPTIONS", "/", preflight(A, "PUT"))
        assert answer.status == "204 No Content"
        return
    assert answer.status == "403 Forbidden"
    assert answer.cors == {}
    assert answer.values("Content-Type") == ["text/plain; charset=utf-8"]
    assert answer.values("Content-Length") == [str(len(answer.body))]
    assert answer.body.decode() == f"{refusals.seen[0][0].sentence}\n"


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("OPTIONS", from_(A)),
        ("OPTIONS", from_(B)),
        ("OPTIONS", [("Access-Control-Request-Method", "PUT")]),
        ("OPTIONS", [("Access-Control-Request-Method", "PUT"), ("Access-Control-Request-Headers", "x-a")]),
        ("OPTIONS", [("Access-Control-Request-Headers", "x-a"), *from_(A)]),
        ("OPTIONS", []),
        ("GET", preflight(A, "PUT")),
        ("GET", preflight(B, "PUT")),
        ("POST", preflight(A, "PUT")),
        ("HEAD", preflight(A, "PUT")),
    ],
)
def test_what_is_no_preflight_goes_to_the_app(app: App, method: str, headers: Fields) -> None:
    answer = call(cors(app, POLICY), method, "/", headers)
    assert app.methods == [method]
    assert answer.cors == (LISTED if ("Origin", A) in headers else {})
    assert answer.vary == "Origin"


@pytest.mark.parametrize("path", ["/apis", "/API", "/", "", "/x/api"])
def test_a_preflight_to_a_path_without_a_rule_goes_to_the_app(app: App, path: str) -> None:
    answer = call(cors(app, {"/api": POLICY}), "OPTIONS", path, preflight(A, "PUT"))
    assert app.methods == ["OPTIONS"]
    assert answer.headers == list(TEXT)


@pytest.mark.parametrize(
    ("value", "allowed"),
    [("true", True), ("True", False), ("false", False), ("", False), ("true,true", False), ("1", False)],
)
def test_a_private_network_is_asked_for_by_true_alone(app: App, value: str, allowed: bool) -> None:
    policy = Policy(allow_origins=[A], allow_private_network=True)
    asked = [*preflight(A, "GET"), ("Access-Control-Request-Private-Network", value)]
    answer = call(cors(app, policy), "OPTIONS", "/", asked)
    assert answer.status == "204 No Content"
    assert ("Access-Control-Allow-Private-Network" in answer.cors) is allowed
    assert "Access-Control-Request-Private-Network" in str(answer.vary)


@pytest.mark.parametrize("status", [200, 201, 204, 205, 299])
def test_the_status_of_a_preflights_answer(app: App, status: int) -> None:
    answer = call(cors(app, Policy(allow_origins=[A], preflight_status=status)), "OPTIONS", "/", preflight(A, "GET"))
    assert answer.status.startswith(f"{status} ")
    assert answer.values("Content-Length") == ([] if status == 204 else ["0"])
    assert answer.body == b""


def test_a_megabyte_of_request_headers_is_refused_shortly(app: App) -> None:
    answer = call(cors(app, POLICY), "OPTIONS", "/", preflight(A, "PUT", "x-b," * 250_000))
    assert answer == call(cors(app, POLICY), "OPTIONS", "/", preflight(A, "PUT"))
    answer = call(cors(app, POLICY), "OPTIONS", "/", preflight(A, "PUT", "x b," * 250_000))
    assert answer.status == "403 Forbidden"
    assert len(answer.body) < 400


# --- Debugging.


GRANTED = [ALLOW_ORIGIN, "Access-Control-Allow-Methods", "Access-Control-Allow-Headers", "Access-Control-Max-Age"]


@pytest.mark.parametrize(
    ("asked", "status", "names", "nearest"),
    [
        (preflight("https://aexample", "PUT"), "403 Forbidden", [], A),
        (preflight(A, "PUTT"), "200 OK", GRANTED, "PUT"),
        (
            preflight(A, "PUT", "x-aa"),
            "200 OK",
            GRANTED,
            "x-a",
        ),
        (
            preflight(A, "PUT", "zzz"),
            "200 OK",
            GRANTED,
            "",
        ),
        ([*preflight(A, "PUT"), ("Access-Control-Request-Private-Network", "true")], "200 OK", [ALLOW_ORIGIN], ""),
    ],
)
@pytest.mark.parametrize("rules", [POLICY, [POLICY], {"/notes": POLICY}])
def test_in_debug_mode_a_refusal_tells_its_remedy(
    app: App, refusals: Refusals, asked: Fields, status: str, names: list[str], nearest: str, rules: Any
) -> None:
    answer = call(cors(app, rules, debug=True, on_refusal=refusals), "OPTIONS", "/notes", asked)
    verdict = refusals.seen[0][0]
    assert answer.status == status
    assert list(answer.cors) == names
    lines = answer.body.decode().splitlines()
    assert lines[:2] == [verdict.sentence, verdict.remedy]
    assert lines[2:] == ([f"The nearest that is allowed: '{nearest}'."] if nearest else [])
    assert answer.values("Content-Length") == [str(len(answer.body))]


def test_in_debug_mode_the_rest_is_as_ever(app: App) -> None:
    debugging = cors(app, POLICY, debug=True)
    assert call(debugging, "OPTIONS", "/", preflight(A, "PUT", "x-a")).status == "204 No Content"
    assert call(debugging, "GET", "/", from_(A)).cors == LISTED
    answer = call(debugging, "GET", "/", from_(B))
    assert (answer.cors, answer.body) == ({}, b"hello")


def test_in_debug_mode_a_forbidden_request_stays_one(app: App) -> None:
    answer = call(cors(app, FORBID, debug=True), "GET", "/", from_("https://aexample"))
    assert answer.status == "403 Forbidden"
    assert answer.cors == {}
    assert answer.body.endswith(b"The nearest that is allowed: 'https://a.example'.\n")


def test_debug_mode_is_off_unless_asked_for(app: App) -> None:
    assert CORS(app, POLICY).debug is False
    assert CORS(app, POLICY).on_refusal is None


@pytest.mark.parametrize("debug", [False, True])
@pytest.mark.parametrize("policy", [POLICY, FORBID])
def test_a_path_between_two_rules_is_refused(app: App, refusals: Refusals, debug: bool, policy: Policy) -> None:
    between = cors(app, {"/api": policy}, debug=debug, on_refusal=refusals)
    answer = call(between, "OPTIONS", "/api/../x", preflight(A, "GET"))
    assert (answer.status, answer.cors) == ("403 Forbidden", {})
    assert str(answer.vary).startswith("Origin")
    assert answer.body.startswith(b"The path can be read in several ways, which lead to different rules.\n")
    assert (b"Ask for it without dot segments" in answer.body) is debug
    assert app.methods == []
    answer = call(between, "GET", "/api/../x", from_(A))
    assert (answer.cors, answer.vary) == ({}, "Origin, Sec-Fetch-Site" if policy is FORBID else "Origin")
    assert app.methods == ([] if policy is FORBID else ["GET"])
    assert refusals.names == ["ambiguous-path"] * 2


# --- The app's own headers.

OWN = [
    "Access-Control-Allow-Origin", "access-control-allow-origin", "ACCESS-CONTROL-ALLOW-ORIGIN",
    "Access-control-Allow-origin", "Access-Control-Allow-Credentials", "Access-Control-Allow-Methods",
    "Access-Control-Allow-Headers", "Access-Control-Expose-Headers", "Access-Control-Max-Age",
    "Access-Control-Allow-Private-Network", "Access-Control-Anything-To-Come", "access-control-allow-origin\t",
    "Access-Control-Allow-Origin ", " Access-Control-Allow-Origin",
]  # fmt: skip


@pytest.mark.parametrize("name", OWN)
@pytest.mark.parametrize(("origin", "expected"), [(A, LISTED), (B, {}), (None, {})])
def test_the_apps_own_cors_headers_never_survive(name: str, origin: str | None, expected: dict[str, str]) -> None:
    app = App(headers=[*TEXT, (name, "*"), ("X-After", "1"), (name, "https://evil.example")])
    answer = send(CORS(app, POLICY), environ_of("GET", "/", from_(origin) if origin else []))
    assert answer.cors == expected
    assert answer.headers == [*TEXT, ("X-After", "1"), *expected.items(), ("Vary", "Origin")]


@pytest.mark.parametrize(
    ("own", "vary"),
    [
        ([], "Origin"),
        ([("Vary", "Cookie")], "Cookie, Origin"),
        ([("vary", "Cookie")], "Cookie, Origin"),
        ([("VARY", "Accept-Encoding, Cookie")], "Accept-Encoding, Cookie, Origin"),
        ([("Vary", "Cookie"), ("vary", "Accept")], "Cookie, Accept, Origin"),
        ([("Vary", "Origin")], "Origin"),
        ([("Vary", "origin")], "origin"),
        ([("Vary", "ORIGIN, Cookie")], "ORIGIN, Cookie"),
        ([("Vary", "Origin"), ("Vary", "Origin")], "Origin"),
        ([("Vary", "*")], "*"),
        ([("Vary", "Cookie"), ("Vary", "*")], "*"),
        ([("Vary", "")], "Origin"),
        ([("Vary", "X-Origin")], "X-Origin, Origin"),
    ],
)
@pytest.mark.parametrize("origin", [A, B, None])
def test_the_apps_vary_is_kept_and_added_to(own: Fields, vary: str, origin: str | None) -> None:
    answer = call(cors(App(headers=[*TEXT, *own]), POLICY), "GET", "/", from_(origin) if origin else [])
    assert answer.vary == vary
    assert answer.cors == (LISTED if origin == A else {})


@pytest.mark.parametrize("own", [[("Vary", "Cookie")], [("vary", "*")], [("Vary", "Cookie"), ("Vary", "Accept")], []])
def test_a_constant_answer_adds_no_vary(own: Fields) -> None:
    answer = call(cors(App(headers=[*TEXT, *own]), PUBLIC), "GET", "/", from_(A))
    assert answer.vary == (", ".join(value for _, value in own) if own else None) or answer.vary == ""
    assert answer.cors == {ALLOW_ORIGIN: "*"}


def test_the_requests_own_vary_is_nothing_to_us(app: App) -> None:
    for method, asked in (("GET", from_(A)), ("OPTIONS", preflight(A, "PUT"))):
        answer = call(cors(app, POLICY), method, "/", [*asked, ("Vary", "X-Evil"), (ALLOW_ORIGIN, "*")])
        assert "X-Evil" not in str(answer.vary)
        assert answer.cors[ALLOW_ORIGIN] == A


@pytest.mark.parametrize(
    "status", ["200 OK", "304 Not Modified", "404 Not Found", "500 Internal Server Error", "302 Found"]
)
def test_every_answer_of_the_app_is_covered(status: str) -> None:
    app = App(headers=[] if status.startswith("304") else TEXT, status=status, body=[])
    answer = call(cors(app, POLICY), "GET", "/", from_(A))
    assert (answer.status, answer.cors, answer.vary) == (status, LISTED, "Origin")


# --- PEP 3333.


class Recorder:
    """A server's start_response, and what it was called with."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self.written: list[bytes] = []

    def __call__(self, *args: Any) -> Callable[[bytes], None]:
        self.calls.append(args)
        return self.written.append


def test_the_apps_iterable_is_handed_on_untouched() -> None:
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


def test_write_is_the_servers_own() -> None:
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


def test_exc_info_of_none_is_as_if_it_were_not_there() -> None:
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
def test_the_environ_is_handed_on_unchanged(app: App, origin: str | None, policy: Any) -> None:
    environ = environ_of("GET", "/", from_(origin) if origin else [])
    before = dict(environ)
    CORS(app, policy)(environ, Recorder())
    for seen in app.requests:
        assert seen is environ
    assert environ == before


@pytest.mark.parametrize("origin", [A, B, None])
@pytest.mark.parametrize("policy", [POLICY, PUBLIC, [POLICY, PUBLIC], {"/": POLICY}])
@pytest.mark.parametrize("own", [[], [("Vary", "Cookie")], [(ALLOW_ORIGIN, "*")]])
def test_no_list_is_shared(origin: str | None, policy: Any, own: Fields) -> None:
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
def test_no_list_of_an_answer_in_the_apps_stead_is_shared(app: App, asked: Fields) -> None:
    wrapped = CORS(app, [POLICY, FORBID])
    for _ in range(3):
        server = Recorder()
        wrapped(environ_of("OPTIONS", "/", asked), server)
        headers = server.calls[0][1]
        assert type(headers) is list
        assert "X-Leak" not in dict(headers)
        headers.append(("X-Leak", "1"))


def test_both_sides_are_strict_about_every_kind_of_answer(app: App) -> None:
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


# --- Careless apps.


@pytest.mark.parametrize(
    ("given", "seen"),
    [
        ((("Content-Type", "text/plain"),), [("Content-Type", "text/plain")]),
        (iter([("Content-Type", "text/plain")]), [("Content-Type", "text/plain")]),
        ({"Content-Type": "text/plain"}.items(), [("Content-Type", "text/plain")]),
        ((pair for pair in [("X-New-Name", "1"), (ALLOW_ORIGIN, "*"), ("vary", "Cookie")]), [("X-New-Name", "1")]),
        ([], []),
    ],
)
def test_any_iterable_of_headers_is_read_once(given: Any, seen: Fields) -> None:
    def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        start_response("200 OK", given)
        return []

    server = Recorder()
    CORS(app, POLICY)(environ_of("GET", "/", from_(A)), server)
    headers = server.calls[0][1]
    assert headers[: len(seen)] == seen
    assert [header for header in headers if header[0] == ALLOW_ORIGIN] == [(ALLOW_ORIGIN, A)]
    assert len([name for name, _ in headers if name.lower() == "vary"]) == 1


@pytest.mark.parametrize(
    "faulty",
    [
        None,
        5,
        (),
        ("X-Lone",),
        ("X-Three", "1", "2"),
        "ab",
        "",
        {"a": 1},
        (5, "int"),
        (None, "none"),
        (b"X-Bytes", b"1"),
        (["X-List"], "1"),
        ("Vary", None),
        ("Vary", 5),
        ("vary", b"Cookie"),
    ],
)
def test_headers_that_are_no_pairs_of_texts_are_for_the_server_to_judge(faulty: Any) -> None:
    def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        start_response("200 OK", [*TEXT, faulty])
        return []

    server = Recorder()
    CORS(app, POLICY)(environ_of("GET", "/", from_(A)), server)
    headers = server.calls[0][1]
    assert faulty in headers
    assert (ALLOW_ORIGIN, A) in headers


@pytest.mark.parametrize("environ", [{}, {"HTTP_ORIGIN": B}, {"HTTP_ORIGIN": B, "REQUEST_METHOD": "OPTIONS"}])
@pytest.mark.parametrize("policy", [POLICY, FORBID, {"/": FORBID, "/x": POLICY}])
def test_an_environ_that_lacks_almost_everything(environ: dict[str, str], policy: Any) -> None:
    def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        start_response("200 OK", [])
        return []

    server = Recorder()
    CORS(app, policy, on_refusal=Refusals())(environ | {"HTTP_ACCESS_CONTROL_REQUEST_METHOD": "PUT"}, server)
    assert len(server.calls) == 1


@pytest.mark.parametrize("hostile", ["\r\nX: y", "\x00", "\xe9", "\ud800", ",", "*", "null,null", "\x1b[2J"])
def test_nothing_that_a_request_says_becomes_a_header(app: App, hostile: str) -> None:
    rules = [Policy(allow_origins=[A], allow_methods="*", allow_headers="*", allow_credentials=True), PUBLIC]
    for origin, method, names in (
        (hostile, "PUT", "x"),
        (A, hostile, "x"),
        (A, "PUT", hostile),
        (hostile, hostile, hostile),
    ):
        for debug in (False, True):
            answer = call(CORS(app, rules, debug=debug), "OPTIONS", "/", preflight(origin, method, names))
            for name, value in answer.headers:
                assert name.isascii()
                assert value.isascii()
                assert value.isprintable()
                assert "\n" not in value
                assert hostile not in value or hostile in (",", "*")
    for origin in (hostile, A + hostile):
        assert call(cors(app, [POLICY, PUBLIC]), "GET", "/", from_(origin)).cors == {ALLOW_ORIGIN: "*"}


# --- Rules.


@pytest.mark.parametrize(
    ("script_name", "path", "origin"),
    [
        ("", "/api", A),
        ("/api", "", A),
        ("/api", "/users", A),
        ("/mount", "/api", None),
        ("", "/mount/api", None),
        ("", "/apis", None),
    ],
)
def test_the_path_is_script_name_and_path_info(app: App, script_name: str, path: str, origin: str | None) -> None:
    answer = call(CORS(app, {"/api": POLICY}), "GET", path, from_(A), SCRIPT_NAME=script_name)
    assert answer.cors.get(ALLOW_ORIGIN) == origin


def test_rules_are_given_back_as_given(app: App) -> None:
    rules = {"/api": POLICY}
    assert CORS(app, rules).rules is rules


@pytest.mark.parametrize("faulty", [[], {}, None, "*", {"api": POLICY}, {"/api": [PUBLIC, POLICY]}])
def test_faulty_rules_are_refused_and_the_old_stay(app: App, faulty: Any) -> None:
    with pytest.raises(PolicyError):
        CORS(app, faulty)
    wrapped = cors(app, POLICY)
    with pytest.raises(PolicyError):
        wrapped.rules = faulty
    assert wrapped.rules is POLICY
    assert call(wrapped, "GET", "/", from_(A)).cors == LISTED


def test_rules_are_swapped(app: App) -> None:
    wrapped = cors(app, POLICY)
    for rules, origin in ((PUBLIC, "*"), ({"/x": PUBLIC}, None), ([POLICY, PUBLIC], A), (FORBID, A)):
        wrapped.rules = rules
        assert call(wrapped, "GET", "/", from_(A)).cors.get(ALLOW_ORIGIN) == origin


def test_a_request_under_way_keeps_the_rules_that_it_began_with() -> None:
    def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        wrapped.rules = PUBLIC
        start_response("200 OK", list(TEXT))
        return []

    wrapped = cors(app, POLICY)
    assert call(wrapped, "GET", "/", from_(A)).cors == LISTED
    assert call(wrapped, "GET", "/", from_(A)).cors == {ALLOW_ORIGIN: "*"}


def test_a_request_without_origin_that_meets_half_a_swap_is_answered(app: App) -> None:
    before, after = cors(app, {"/api": POLICY}), cors(app, Policy(allow_origins=["https://*.a.example"]))
    before._rules = after._rules  # a request has looked up the old rules
    assert call(before, "GET", "/").vary == "Origin"


def test_without_an_origin_nothing_is_said_of_other_fields_whatever_the_rules(app: App) -> None:
    for rules in (FORBID, [FORBID, POLICY], {"/api": FORBID}):
        assert call(cors(app, rules), "GET", "/api").vary == "Origin"


def test_an_adapter_may_know_more_than_the_path(app: App) -> None:
    class ByHost(CORS):
        def find(self, environ: "WSGIEnvironment") -> Any:
            return FORBID if environ["HTTP_HOST"] == "internal" else super().find(environ)

    for rules in (POLICY, [POLICY, FORBID], {"/": POLICY}):
        of_all = ByHost(validator(app), rules)
        assert call(of_all, "GET", "/api", from_(A), HTTP_HOST="other").cors == LISTED
        assert call(of_all, "GET", "/api", from_(B), HTTP_HOST="internal").status == "403 Forbidden"
    wrapped = ByHost(validator(app), {"/api": POLICY})
    assert call(wrapped, "GET", "/api", from_(A), HTTP_HOST="other").cors == LISTED
    assert call(wrapped, "GET", "/api", from_(B), HTTP_HOST="internal").status == "403 Forbidden"
    assert call(wrapped, "GET", "/", from_(B), HTTP_HOST="other").headers == list(TEXT)


# --- Reporting.


@pytest.mark.parametrize(
    ("method", "headers", "refusal"),
    [
        ("GET", from_(B), "origin-not-allowed"),
        ("POST", from_("null"), "null-origin"),
        ("OPTIONS", preflight(B, "PUT"), "origin-not-allowed"),
        ("OPTIONS", preflight(A, "PATCH"), "method-not-allowed"),
        ("GET", from_(A), None),
        ("GET", [], None),
        ("OPTIONS", preflight(A, "PUT"), None),
    ],
)
@pytest.mark.parametrize("policy", [POLICY, Policy(**POLICY.to_mapping() | {"refuse": "forbid"})])
def test_each_refusal_is_told_once(
    app: App,
    refusals: Refusals,
    log: pytest.LogCaptureFixture,
    policy: Policy,
    method: str,
    headers: Fields,
    refusal: str | None,
) -> None:
    environ = environ_of(method, "/notes", headers, SCRIPT_NAME="/app")
    send(CORS(app, policy, on_refusal=refusals), environ)
    assert refusals.names == ([refusal] if refusal else [])
    assert [(record.name, record.levelname) for record in log.records] == ([("wsgicors", "WARNING")] if refusal else [])
    if refusal:
        verdict, seen = refusals.seen[0]
        assert seen is environ
        assert log.messages == [f"refused '{method}' '/app/notes': {refusal}: {verdict.sentence}"]


def test_the_log_is_written_without_a_hook(app: App, log: pytest.LogCaptureFixture) -> None:
    call(CORS(app, POLICY), "GET", "/", from_(B))
    call(CORS(app, FORBID), "GET", "/", from_(B))
    call(CORS(app, POLICY), "OPTIONS", "/", preflight(B, "PUT"))
    assert len(log.records) == 3


@pytest.mark.parametrize(
    ("root", "own", "lines"),
    [("INFO", "NOTSET", 1), ("WARNING", "NOTSET", 1), ("INFO", "ERROR", 0), ("ERROR", "DEBUG", 1)],
)
def test_the_level_that_counts_is_the_log_s_own_or_its_parent_s(
    app: App, caplog: pytest.LogCaptureFixture, root: str, own: str, lines: int
) -> None:
    caplog.set_level(root)
    caplog.set_level(own, logger="wsgicors")
    caplog.handler.setLevel("INFO")
    call(CORS(app, POLICY), "GET", "/", from_(B))
    assert len(caplog.records) == lines


def test_the_hook_is_called_without_a_log(app: App, refusals: Refusals, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR, logger="wsgicors")
    for policy in (POLICY, FORBID):
        call(CORS(app, policy, on_refusal=refusals), "GET", "/", from_(B))
        call(CORS(app, policy, on_refusal=refusals), "OPTIONS", "/", preflight(B, "PUT"))
    assert refusals.names == ["origin-not-allowed"] * 4
    assert not caplog.records


@pytest.mark.parametrize("policy", [POLICY, FORBID])
@pytest.mark.parametrize(("method", "headers"), [("GET", from_(B)), ("OPTIONS", preflight(B, "PUT"))])
def test_a_hook_that_fails_is_logged_and_changes_nothing(
    app: App, caplog: pytest.LogCaptureFixture, policy: Policy, method: str, headers: Fields
) -> None:
    def hook(verdict: object, environ: object) -> None:
        raise ZeroDivisionError

    caplog.set_level(logging.ERROR, logger="wsgicors")
    answer = call(cors(app, policy, on_refusal=hook), method, "/", headers)
    assert answer == call(cors(app, policy), method, "/", headers)
    (record,) = caplog.records
    assert record.getMessage() == "on_refusal failed"
    assert record.exc_info is not None
    assert record.exc_info[0] is ZeroDivisionError


def test_a_hook_may_be_set_later(app: App, refusals: Refusals) -> None:
    wrapped = cors(app, POLICY)
    wrapped.on_refusal = refusals
    call(wrapped, "GET", "/", from_(B))
    assert refusals.names == ["origin-not-allowed"]


def test_a_source_that_fails_refuses_and_never_raises(app: App, refusals: Refusals) -> None:
    wrapped = cors(app, Policy(allow_origins=Broken(OSError("down"))), on_refusal=refusals)
    assert call(wrapped, "GET", "/", from_(A)).cors == {}
    answer = call(wrapped, "OPTIONS", "/", preflight(A, "GET"))
    assert answer.status == "403 Forbidden"
    assert b"down" not in answer.body
    assert refusals.names == ["source-failed"] * 2


# --- Caching.


def test_names_of_the_apps_headers_are_remembered_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    names = Memory[str, None]()
    monkeypatch.setattr("wsgicors._headers.unrelated", names)
    for number in range(2 * LIMIT):
        answer = call(
            CORS(App(headers=[*TEXT, (f"X-{number}", "1"), ("Vary", "Cookie"), (ALLOW_ORIGIN, "*")]), POLICY),
            "GET",
            "/",
            from_(A),
        )
        assert answer.values(f"X-{number}") == ["1"]
        assert answer.cors == LISTED
        assert answer.vary == "Cookie, Origin"
        assert f"X-{number}" in names.known
        assert len(names.known) <= LIMIT


@pytest.mark.parametrize(
    "own",
    [
        [],
        [("Vary", "Cookie")],
        [("Vary", "Cookie"), ("ETag", '"1"'), ("Vary", "Cookie")],
        [("Vary", "Cookie"), ("vary", "Accept")],
        [("Vary", "Cookie"), (ALLOW_ORIGIN, "*")],
        [("Vary", "Origin"), ("Vary", "*")],
    ],
)
@pytest.mark.parametrize("policy", [POLICY, PUBLIC])
@pytest.mark.parametrize("origin", [A, B])
def test_names_that_are_known_change_nothing(
    own: Fields, policy: Policy, origin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = Memory[str, None]()
    monkeypatch.setattr("wsgicors._headers.unrelated", names)
    for headers in ([*TEXT, *own, ("X-Last", "1"), ("X-Last", "2")], [*own, *TEXT], [*TEXT, *own]):
        app = CORS(App(headers=headers), policy)
        first, second = (call(app, "GET", "/", from_(origin)).headers for _ in range(2))
        assert first == second == merge_headers(headers, policy.actual(origin))
    assert names.known.keys() >= {"Content-Type", "X-Last"}


def test_the_merging_of_headers_keeps_their_order() -> None:
    verdict = POLICY.actual(A)
    headers = [
        ("B", "2"),
        ("vary", "Cookie"),
        ("A", "1"),
        ("access-control-max-age", "5"),
        ("B", "3"),
        ("Set-Cookie", "a"),
        ("Set-Cookie", "a"),
    ]
    kept = [("B", "2"), ("A", "1"), ("B", "3"), ("Set-Cookie", "a"), ("Set-Cookie", "a")]
    own = list(POLICY.actual(A).headers)
    line = ("Vary", "Cookie, Origin")
    assert merge_headers(headers, verdict) == [kept[0], line, *kept[1:], *own]
    assert merge_headers([*headers, ("Vary", "Origin")], verdict) == [kept[0], line, *kept[1:], *own]
    assert merge_headers(kept, verdict) == [*kept, *own, ("Vary", "Origin")]
    assert merge_headers([], PUBLIC.actual(A)) == [(ALLOW_ORIGIN, "*")]


# --- Values that are not apps.


async def asgi(scope: object, receive: object, send: object) -> None: ...


class AsgiApp:
    async def __call__(self, scope: object, receive: object, send: object) -> None: ...


class WsgiMethod:
    def answer(self, environ: object, start_response: object) -> list[bytes]:
        return []


@pytest.mark.parametrize(
    ("app", "code", "text"),
    [
        (None, "no-app", "None is not a WSGI app"),
        ("shop.wsgi:app", "no-app", "cannot be called"),
        (asgi, "asgi-app", "'asgi' is an ASGI app"),
        (AsgiApp(), "asgi-app", "'AsgiApp' is an ASGI app"),
        (AsgiApp().__call__, "asgi-app", "Wrap it with wsgicors.asgi.CORS"),
        (functools.partial(asgi, None), "asgi-app", "wsgicors.asgi.CORS"),
        (functools.partial(AsgiApp()), "asgi-app", "wsgicors.asgi.CORS"),
    ],
)
def test_what_is_no_wsgi_app_is_refused_with_all_problems_of_the_rules(app: Any, code: str, text: str) -> None:
    with pytest.raises(PolicyError, match=text) as error:
        CORS(app, {"api": POLICY})
    assert [(problem.code, problem.setting) for problem in error.value.problems] == [
        (code, "app"),
        ("rule-path", "rules"),
    ]
    with pytest.raises(PolicyError) as error:
        CORS(app, POLICY)
    assert [problem.code for problem in error.value.problems] == [code]


@pytest.mark.parametrize("app", [App(), WsgiMethod().answer, functools.partial(App()), App, CORS(App(), POLICY)])
def test_other_callables_are_taken_for_apps(app: Any) -> None:
    assert CORS(app, POLICY).app is app


def test_an_app_without_rules_is_told_what_to_give() -> None:
    with pytest.raises(PolicyError, match="Give it a Policy, a list of them, or a mapping") as error:
        CORS(App())
    assert [problem.code for problem in error.value.problems] == ["no-rules"]


@pytest.mark.parametrize(
    "rules",
    [
        {"/api": {"allow_origins": "*"}},
        {"/api": [POLICY, {"allow_origins": "*"}]},
        {"allow_origins": "*"},
        [{"allow_origins": "*"}],
    ],
)
def test_settings_in_the_place_of_a_policy_are_told_what_to_be(rules: Any) -> None:
    with pytest.raises(PolicyError, match=r"CORS\.from_mapping") as error:
        CORS(App(), rules)
    assert [problem.code for problem in error.value.problems] == ["settings-for-policy"]


def test_a_header_name_with_a_line_break_is_echoed_by_nobody() -> None:
    """With credentials "*" echoes the requested names: invalid names are refused, and never sent."""
    policy = Policy(allow_origins=[A], allow_methods="*", allow_headers="*", allow_credentials=True)
    for names in ("x-a\r\nSet-Cookie: a=b", "x-a,x-b\n", "x\x00", "x-a, x\ry"):
        verdict = policy.preflight(A, "PUT", names)
        assert verdict.refusal is Refusal.MALFORMED_HEADERS
        assert not any("Allow-Headers" in name or {*value} & {*"\r\n\x00"} for name, value in verdict.all_headers)
        assert b"\r" not in verdict.body
