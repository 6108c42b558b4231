"""The app's own CORS headers and Vary, whatever form its headers have."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pytest

from tests.middleware.asking import ALLOW_ORIGIN, FORBID, LISTED, POLICY, PUBLIC, A, B, Recorder, from_
from tests.wsgi import TEXT, App, Fields, Refusals, call, cors, environ_of, preflight, send
from wsgicors import CORS, Policy, Refusal
from wsgicors._headers import merge_headers
from wsgicors._memory import LIMIT, Memory

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


OWN = [
    "Access-Control-Allow-Origin", "access-control-allow-origin", "ACCESS-CONTROL-ALLOW-ORIGIN",
    "Access-control-Allow-origin", "Access-Control-Allow-Credentials", "Access-Control-Allow-Methods",
    "Access-Control-Allow-Headers", "Access-Control-Expose-Headers", "Access-Control-Max-Age",
    "Access-Control-Allow-Private-Network", "Access-Control-Anything-To-Come", "access-control-allow-origin\t",
    "Access-Control-Allow-Origin ", " Access-Control-Allow-Origin",
]  # fmt: skip


@pytest.mark.parametrize("name", OWN)
@pytest.mark.parametrize(("origin", "expected"), [(A, LISTED), (B, {}), (None, {})])
def test_the_apps_own_cors_headers_are_dropped(name: str, origin: str | None, expected: dict[str, str]) -> None:
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
def test_the_apps_vary_is_kept_and_extended(own: Fields, vary: str, origin: str | None) -> None:
    answer = call(cors(App(headers=[*TEXT, *own]), POLICY), "GET", "/", from_(origin) if origin else [])
    assert answer.vary == vary
    assert answer.cors == (LISTED if origin == A else {})


@pytest.mark.parametrize("own", [[("Vary", "Cookie")], [("vary", "*")], [("Vary", "Cookie"), ("Vary", "Accept")], []])
def test_a_constant_answer_adds_no_vary(own: Fields) -> None:
    answer = call(cors(App(headers=[*TEXT, *own]), PUBLIC), "GET", "/", from_(A))
    assert answer.vary == (", ".join(value for _, value in own) or None)
    assert answer.cors == {ALLOW_ORIGIN: "*"}


def test_a_vary_of_the_request_is_ignored(app: App) -> None:
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
def test_malformed_headers_are_left_to_the_server(faulty: Any) -> None:
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
def test_cached_names_change_no_response(
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


def test_a_header_name_with_a_line_break_is_echoed_by_nobody() -> None:
    """With credentials "*" echoes the requested names: invalid names are refused, and never sent."""
    policy = Policy(allow_origins=[A], allow_methods="*", allow_headers="*", allow_credentials=True)
    for names in ("x-a\r\nSet-Cookie: a=b", "x-a,x-b\n", "x\x00", "x-a, x\ry"):
        verdict = policy.preflight(A, "PUT", names)
        assert verdict.refusal is Refusal.MALFORMED_HEADERS
        assert not any("Allow-Headers" in name or {*value} & {*"\r\n\x00"} for name, value in verdict.all_headers)
        assert b"\r" not in verdict.body
