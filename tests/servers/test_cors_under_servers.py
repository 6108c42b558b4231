"""The middleware under every server that people deploy on, and behind the caches that stand in front of them."""

import ast
import random
import re
from collections.abc import Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.browsers import site
from tests.servers.caches import Cache
from tests.servers.exchange import Reply, ask, raw_exchange, request
from tests.servers.notes import PAGE, PARTS, RULES
from tests.servers.server import Running, Server
from tests.wsgi import App, environ_of, send
from wsgicors import CORS, Policy
from wsgicors._http import list_members

pytestmark = pytest.mark.servers

TENANT, STRANGER = "https://x.tenants.example", "https://evil.example"
BODY = b"".join(PARTS)
ALLOW_ORIGIN = "Access-Control-Allow-Origin"
PREFLIGHT_VARY = ["Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"]

Fields = Iterable[tuple[str, str]]


@pytest.fixture(scope="module")
def running(server: Server) -> Generator[Running]:
    """Each server in turn, serving the app."""
    with server.serve("tests.servers.notes:app") as running:
        yield running


def from_(origin: str, *others: tuple[str, str]) -> Fields:
    return [("Origin", origin), *others]


def preflight(origin: str, method: str = "PUT", *others: tuple[str, str]) -> Fields:
    return [("Origin", origin), ("Access-Control-Request-Method", method), *others]


def cors_of(reply: Reply) -> dict[str, str]:
    """The CORS headers of an answer, of which none comes twice."""
    lines = [(name.lower(), value) for name, value in reply.fields if name.lower().startswith("access-control-")]
    assert len(dict(lines)) == len(lines)
    return dict(lines)


def vary_of(reply: Reply) -> list[str]:
    """The members of the one Vary line, or none; Apache writes them without blanks."""
    lines = reply.values("Vary")
    assert len(lines) < 2
    return list_members("".join(lines))


def was_reached(reply: Reply) -> bool:
    """Whether the answer is the app's."""
    return bool(reply.values("X-Method"))


def expected_of(reply: Reply) -> dict[str, str]:
    """The CORS headers that are due to the request as the server handed it on."""
    path, origin = (ast.literal_eval(reply.values(name)[0]) for name in ("X-Path", "X-Origin"))
    environ = environ_of("GET", "/", [("Origin", origin)] if origin is not None else [])
    answers: list[list[tuple[str, str]]] = []
    CORS(App(), RULES)(environ | {"PATH_INFO": path}, lambda _, headers, _exc_info=None: answers.append(headers))
    return {name.lower(): value for name, value in answers[-1] if name.startswith("Access-Control-")}


# Granian takes the status and the headers when the app returns, and gives it no write().
UNSUPPORTED = {("granian", "/late"), ("granian", "/write")}

ALLOWED = {
    "access-control-allow-origin": PAGE,
    "access-control-allow-credentials": "true",
    "access-control-expose-headers": "ETag",
}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/late", 200),
        ("/write", 200),
        ("/error", 500),
        ("/redirect", 302),
        ("/missing", 200),
    ],
)
@pytest.mark.parametrize("origin", [PAGE, TENANT, STRANGER, "null", None])
def test_every_kind_of_answer(server: Server, running: Running, path: str, status: int, origin: str | None) -> None:
    if (server.name, path) in UNSUPPORTED:
        pytest.skip(f"{server.name} serves no app that starts by {path}")
    reply = ask(running.port, "GET", path, from_(origin) if origin else [])
    assert reply.status == status
    assert reply.body == BODY
    assert cors_of(reply) == (ALLOWED | {"access-control-allow-origin": origin} if origin in (PAGE, TENANT) else {})
    assert vary_of(reply) == ["Origin"]


def test_an_answer_that_is_started_again_for_an_error(running: Running) -> None:
    reply = ask(running.port, "GET", "/sorry", from_(PAGE))
    assert reply.status == 500
    assert reply.body in (BODY, b"")  # uWSGI raises the error again
    # Some servers keep the headers of the first start, the app's own as well: then all come twice.
    starts = len(reply.values("X-Method"))
    for name, value in (ALLOWED | {"vary": "Origin"}).items():
        assert ", ".join(reply.values(name)) == ", ".join([value] * starts)


@pytest.mark.parametrize("path", ["/", "/own", "/public/x", "/forbid"])
def test_head(running: Running, path: str) -> None:
    for origin in (PAGE, STRANGER):
        head, get = (ask(running.port, method, path, from_(origin)) for method in ("HEAD", "GET"))
        assert head.status == get.status
        assert head.body == b""
        assert cors_of(head) == cors_of(get)
        assert vary_of(head) == vary_of(get)


def test_an_answer_without_a_body(running: Running) -> None:
    reply = ask(running.port, "GET", "/unmodified", from_(PAGE))
    assert (reply.status, reply.body, cors_of(reply)) == (304, b"", ALLOWED)


def test_a_body_that_was_sent_reaches_the_app(running: Running) -> None:
    reply = ask(running.port, "PUT", "/", from_(PAGE, ("Content-Type", "text/plain")), b"note" * 1000)
    assert (reply.status, reply.values("X-Method"), cors_of(reply)) == (200, ["PUT"], ALLOWED)


def test_the_apps_own_headers_are_replaced_and_its_vary_is_kept(running: Running) -> None:
    for origin, expected in ((PAGE, ALLOWED), (STRANGER, {})):
        reply = ask(running.port, "GET", "/own", from_(origin))
        assert cors_of(reply) == expected
        assert vary_of(reply) == ["Cookie", "Accept", "origin"]
        assert vary_of(ask(running.port, "GET", "/star", from_(origin))) == ["*"]


def test_any_origin(running: Running) -> None:
    for fields in ([], from_(STRANGER), from_("null")):
        reply = ask(running.port, "GET", "/public", fields)
        assert cors_of(reply) == {"access-control-allow-origin": "*"}
        assert vary_of(reply) == []


def test_a_list_of_policies(running: Running) -> None:
    for fields, expected in (
        (from_(PAGE), ALLOWED),
        (from_(STRANGER), {"access-control-allow-origin": "*"}),
        ([], {"access-control-allow-origin": "*"}),
    ):
        reply = ask(running.port, "GET", "/list", fields)
        assert cors_of(reply) == expected
        assert vary_of(reply) == ["Origin"]


# --- Preflights.


@pytest.mark.parametrize(
    "fields",
    [
        preflight(PAGE),
        preflight(PAGE, "DELETE", ("Access-Control-Request-Headers", "content-type,x-a")),
        preflight(
            PAGE, "PUT", ("Access-Control-Request-Headers", "x-a"), ("Access-Control-Request-Headers", "content-type")
        ),
        preflight(PAGE, "GET", ("Access-Control-Request-Headers", " x-a ,\t, content-type\t")),
        [("origin", PAGE), ("ACCESS-CONTROL-REQUEST-METHOD", "PUT")],
    ],
)
def test_a_preflight_that_is_allowed(running: Running, fields: Fields) -> None:
    reply = ask(running.port, "OPTIONS", "/notes", fields)
    assert (reply.status, reply.body) == (204, b"")
    assert cors_of(reply) == {
        "access-control-allow-origin": PAGE,
        "access-control-allow-credentials": "true",
        "access-control-allow-methods": "PUT, DELETE",
        "access-control-allow-headers": "Content-Type, X-A",
        "access-control-max-age": "600",
    }
    assert vary_of(reply) == PREFLIGHT_VARY
    assert not was_reached(reply)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (preflight(STRANGER), b"The origin 'https://evil.example' is not allowed here."),
        (preflight("null"), b"The null origin is not allowed here."),
        (preflight("https://a.example/"), b"is no origin."),
        (preflight("https://a.example:443"), b"is no origin."),
        (preflight("https://a.example\xe9"), b"is no origin."),
        (preflight("\xe9"), b"is no origin."),
        (preflight(PAGE, "PUT", ("Access-Control-Request-Headers", "x a")), b"what is no field name"),
        (preflight(PAGE, "PUT", ("Access-Control-Request-Private-Network", "true")), b"private network"),
    ],
)
@pytest.mark.parametrize("path", ["/notes", "/forbid"])
def test_a_preflight_that_is_refused(running: Running, fields: Fields, words: bytes, path: str) -> None:
    reply = ask(running.port, "OPTIONS", path, fields)
    assert reply.status == 403
    assert cors_of(reply) == {}
    assert not was_reached(reply)
    assert reply.values("Content-Type") == ["text/plain; charset=utf-8"]
    assert reply.values("Content-Length") == [str(len(reply.body))]
    assert vary_of(reply)[:3] == PREFLIGHT_VARY
    if path == "/notes":
        assert words in reply.body


@pytest.mark.parametrize(
    "fields",
    [
        preflight(PAGE, "PATCH"),
        preflight(PAGE, "put"),
        preflight(PAGE, "PUT", ("Access-Control-Request-Headers", "x-b")),
        preflight(PAGE, "PUT", ("Access-Control-Request-Headers", "x-b," * 500)),
    ],
)
@pytest.mark.parametrize("path", ["/notes", "/forbid"])
def test_a_method_or_header_that_is_refused_is_answered_as_one_that_is_granted(
    running: Running, fields: Fields, path: str
) -> None:
    """The browser compares, and names in its console what is missing."""
    reply = ask(running.port, "OPTIONS", path, fields)
    granted = ask(running.port, "OPTIONS", path, preflight(PAGE, "GET"))
    assert (reply.status, reply.body) == (granted.status, granted.body) == (204, b"")
    assert cors_of(reply) == cors_of(granted)
    assert vary_of(reply) == vary_of(granted)
    assert not was_reached(reply)


def test_a_preflights_status_may_have_a_body(running: Running) -> None:
    reply = ask(running.port, "OPTIONS", "/200", preflight(PAGE, "GET"))
    assert (reply.status, reply.body, reply.values("Content-Length")) == (200, b"", ["0"])
    assert cors_of(reply) == {"access-control-allow-origin": PAGE}


@pytest.mark.parametrize("fields", [[], from_(PAGE), [("Access-Control-Request-Method", "PUT")]])
def test_an_ordinary_options_reaches_the_app(running: Running, fields: Fields) -> None:
    reply = ask(running.port, "OPTIONS", "/notes", fields)
    assert reply.values("X-Method") == ["OPTIONS"]
    assert cors_of(reply) == (ALLOWED if fields == from_(PAGE) else {})


@pytest.mark.parametrize("first", [preflight(PAGE), preflight(STRANGER)])
def test_what_follows_a_preflight_on_its_connection_is_answered_too(running: Running, first: Fields) -> None:
    """The end of the first answer is where the second begins, for servers that keep a connection open."""
    data = request("OPTIONS", "/", first).replace(b"Connection: close\r\n", b"") + request("GET", "/", from_(PAGE))
    received = raw_exchange(running.port, data)
    head, _, rest = received.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\ncontent-length: *(\d+)", head)
    rest = rest[int(length[1]) if length else 0 :]
    assert rest == b"" or re.match(rb"HTTP/1\.[01] 200 ", rest), received
    if rest:
        assert BODY in rest


# --- Forbidding.


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE"])
@pytest.mark.parametrize(
    ("fields", "forbidden"),
    [
        (from_(PAGE), False),
        ([], False),
        (from_(STRANGER), True),
        (from_("null"), True),
        (from_("https://a.example\xe9"), True),
        (from_(STRANGER, ("Sec-Fetch-Site", "same-origin")), False),
        (from_(STRANGER, ("Sec-Fetch-Site", "cross-site")), True),
        (from_("http://127.0.0.1", ("Host", "127.0.0.1")), False),
        (from_("http://127.0.0.1:1"), True),
    ],
)
def test_a_request_is_forbidden_before_the_app_runs(
    running: Running, method: str, fields: Fields, forbidden: bool
) -> None:
    reply = ask(running.port, method, "/forbid", fields)
    assert reply.status == (403 if forbidden else 200)
    assert was_reached(reply) is not forbidden
    if forbidden:
        assert cors_of(reply) == {}
        assert vary_of(reply) == ["Origin", "Sec-Fetch-Site"]
        assert (reply.body == b"") is (method == "HEAD")


# --- What servers hand on in their own ways.


@pytest.mark.parametrize(
    "fields",
    [
        [("Origin", PAGE), ("Origin", PAGE)],
        [("Origin", PAGE), ("Origin", STRANGER)],
        [("Origin", STRANGER), ("Origin", PAGE)],
        [("Origin", PAGE), ("origin", "null")],
        from_(f"{PAGE}, {PAGE}"),
        from_(f"{PAGE},{STRANGER}"),
        from_(f"{PAGE} {STRANGER}"),
        from_(f"{PAGE} "),
        from_(f"{PAGE}\t"),
        from_(f"  {PAGE}"),
        from_(""),
        from_(" "),
        from_("https://a.example\xe9"),
        from_("\xe9"),
        from_("\xff" * 100),
        from_("https://" + "a" * 3000),
        from_("https://a.example\x7f"),
    ],
)
@pytest.mark.parametrize("path", ["/", "/own"])
def test_an_odd_origin_is_judged_as_it_was_handed_on(running: Running, fields: Fields, path: str) -> None:
    reply = ask(running.port, "GET", path, fields)
    if not was_reached(reply):
        assert reply.status == 400  # the server's own
        return
    seen = ast.literal_eval(reply.values("X-Origin")[0])
    assert cors_of(reply) == (ALLOWED if seen == PAGE else {})
    assert cors_of(reply) == expected_of(reply)
    if len([1 for name, _ in fields if name.lower() == "origin"]) > 1 and seen == PAGE:
        assert [value for _, value in fields][-1] == PAGE  # a server that hands on the last line alone


@pytest.mark.parametrize(
    ("target", "path", "origin"),
    [
        ("/public", "/public", "*"),
        ("/public/x?y=/forbid", "/public/x", "*"),
        ("/publicly", "/publicly", None),
        ("/Public", "/Public", None),
        ("/%70ublic", "/public", "*"),
        ("/%2570ublic", "/%70ublic", None),
        ("/a+b", "/a+b", "*"),
        ("/a%2Bb", "/a+b", "*"),
        ("/a%20b", "/a b", None),
        ("/%C3%BCber/x", "/\xc3\xbcber/x", "*"),
        ("/%C3%9Cber", "/\xc3\x9cber", None),
        ("/%FCber", None, None),  # Werkzeug replaces what is not UTF-8
    ],
)
def test_paths_are_those_that_the_server_decoded(
    running: Running, target: str, path: str | None, origin: str | None
) -> None:
    reply = ask(running.port, "GET", target, from_(STRANGER))
    if path is not None:
        assert reply.values("X-Path") == [ascii(path)]
    assert cors_of(reply).get("access-control-allow-origin") == origin


@pytest.mark.parametrize(
    "target",
    [
        "/public/../",
        "/public/../x",
        "/x/../public",
        "/public/./x",
        "/public/%2e%2e/x",
        "/public%2f..%2fx",
        "//public",
        "/public//x",
        "/./public",
    ],
)
def test_a_path_with_dots_never_gets_the_policy_of_another(running: Running, target: str) -> None:
    reply = ask(running.port, "GET", target, from_(STRANGER))
    if not was_reached(reply):
        assert reply.status in (301, 400, 404)  # the server's own
        return
    assert cors_of(reply) == expected_of(reply)
    if cors_of(reply):
        path = ast.literal_eval(reply.values("X-Path")[0])
        assert path.startswith("/public")
        assert path.replace("//", "/").rstrip("/").split("/")[-1] in ("public", "x")


def test_many_at_once_are_answered_each_its_own(running: Running) -> None:
    def exchange(number: int) -> tuple[str, list[str], list[str]]:
        origin = f"https://t{number}.tenants.example"
        asked = ask(running.port, "OPTIONS", "/", preflight(origin))
        got = ask(running.port, "GET", ["/", "/own"][number % 2], from_(origin))
        return origin, asked.values(ALLOW_ORIGIN), got.values(ALLOW_ORIGIN)

    with ThreadPoolExecutor(8) as pool:
        for origin, *values in pool.map(exchange, range(48)):
            assert values == [[origin], [origin]]


def test_debugging_tells_the_true_cause(server: Server) -> None:
    with server.serve("tests.servers.notes:debugging") as running:
        reply = ask(running.port, "OPTIONS", "/", preflight(PAGE, "PUTT"))
        assert reply.status == 200
        assert cors_of(reply) == {
            "access-control-allow-origin": PAGE,
            "access-control-allow-credentials": "true",
            "access-control-allow-methods": "PUT, DELETE",
            "access-control-allow-headers": "Content-Type, X-A",
            "access-control-max-age": "600",
        }
        assert reply.body.endswith(b"The nearest that is allowed: 'PUT'.\n")
        assert reply.values("Content-Length") == [str(len(reply.body))]


# --- Caches.

CACHED = (("Content-Type", "text/plain"), ("Cache-Control", "max-age=60"))


def served(headers: Fields, rules: Any) -> CORS:
    return CORS(App(headers=[*CACHED, *headers]), rules)


@pytest.mark.parametrize("own", [[], [("Vary", "Accept-Encoding")], [("vary", "accept-encoding, ORIGIN")]])
def test_a_cache_keeps_one_entry_an_origin(cache: Cache, own: Fields) -> None:
    policy = RULES["/"]
    with site.serve(served(own, policy)) as origin, cache.in_front_of(origin.port) as running:
        askers = [PAGE, TENANT, STRANGER, "null", None]
        for seen in ("MISS", "HIT", "HIT"):
            for asker in askers:
                reply = ask(running.port, "GET", "/x", from_(asker) if asker else [])
                assert reply.values("X-Cache") == [seen]
                assert reply.values(ALLOW_ORIGIN) == ([asker] if asker in (PAGE, TENANT) else [])
        assert len(origin.methods) == len(askers)


@pytest.mark.parametrize("rules", [RULES["/"], RULES["/list"], RULES["/public"], [RULES["/forbid"], RULES["/public"]]])
def test_a_cache_never_gives_one_origins_answer_to_another(cache: Cache, rules: Any) -> None:
    middleware = served([], rules)
    with site.serve(middleware) as origin, cache.in_front_of(origin.port) as running:
        chance = random.Random(5)
        for _ in range(60):
            asker = chance.choice([PAGE, TENANT, STRANGER, "null", "", "x", None])
            path = chance.choice(["/x", "/y"])
            method = chance.choice(["GET", "GET", "GET", "HEAD"])
            fields = list(from_(asker)) if asker is not None else []
            reply = ask(running.port, method, path, fields)
            expected = send(middleware, environ_of(method, path, fields))
            assert cors_of(reply) == {name.lower(): value for name, value in expected.cors.items()}
        assert len(origin.methods) < 60


def test_a_cache_keeps_one_entry_for_all_where_any_origin_may_read(cache: Cache) -> None:
    with site.serve(served([], RULES["/public"])) as origin, cache.in_front_of(origin.port) as running:
        for asker in (PAGE, STRANGER, None):
            assert ask(running.port, "GET", "/x", from_(asker) if asker else []).values(ALLOW_ORIGIN) == ["*"]
        assert origin.methods == ["GET"]


def test_a_cache_does_not_let_strangers_in_by_the_answer_to_the_servers_own_page(cache: Cache) -> None:
    middleware = served([], Policy(allow_origins=[PAGE], refuse="forbid"))
    with site.serve(middleware) as origin, cache.in_front_of(origin.port) as running:
        own, other = (from_(STRANGER, ("Sec-Fetch-Site", place)) for place in ("same-origin", "cross-site"))
        for _ in range(2):
            assert ask(running.port, "GET", "/x", own).status == 200
            assert ask(running.port, "GET", "/x", other).status == 403
            assert ask(running.port, "GET", "/x", from_(STRANGER)).status == 403
            assert ask(running.port, "GET", "/x", from_(PAGE)).values(ALLOW_ORIGIN) == [PAGE]


def test_a_cache_hands_every_preflight_on(cache: Cache) -> None:
    with site.serve(served([], RULES["/"])) as origin, cache.in_front_of(origin.port) as running:
        for fields, status in ((preflight(PAGE), 204), (preflight(STRANGER), 403), (preflight(PAGE, "PATCH"), 204)) * 2:
            reply = ask(running.port, "OPTIONS", "/x", fields)
            assert reply.status == status
            assert reply.values(ALLOW_ORIGIN) == ([PAGE] if status == 204 else [])
        assert origin.methods == ["OPTIONS"] * 6
