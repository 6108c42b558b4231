"""The exchanges that every server and every layer must handle."""

import dataclasses
from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.layers.site import PAGE, PARTS, TENANT

STRANGER = "https://evil.example"
BODY = b"".join(PARTS)
ACRM, ACRH, PRIVATE = (f"Access-Control-Request-{name}" for name in ("Method", "Headers", "Private-Network"))

WSGI, FLASK, DJANGO, ASGI, DJANGO_ASGI = "wsgi", "flask", "django", "asgi", "django-asgi"
LAYERS = (WSGI, FLASK, DJANGO, ASGI, DJANGO_ASGI)

Fields = tuple[tuple[str, str], ...]


class Sent(NamedTuple):
    """A request as sent: each field on its own line."""

    method: str
    target: str
    fields: Fields
    body: bytes = b""


@dataclasses.dataclass(frozen=True)
class Exchange:
    """Requests on one connection, and the expected responses.

    Attributes:
        name: In words, unique in the list.
        requests: Sent in one piece.
        status: The app's status, if the app runs.
        body: The response's body; None if the framework writes its own.
        layers: The layers that can express the exchange.
        path: The target's path, as in WSGI.
        until: The bytes to wait for; without them, until the server closes the connection.
    """

    name: str
    requests: tuple[Sent, ...]
    status: int = 200
    body: bytes | None = BODY
    layers: tuple[str, ...] = LAYERS
    path: str = "/"
    until: bytes | None = None

    @property
    def kind(self) -> str:
        """The name without the origin or the path, shared with similar exchanges."""
        return self.name.partition(",")[0]


def origin(value: str, *others: tuple[str, str]) -> Fields:
    return (("Origin", value), *others)


def preflight(value: str, method: str = "PUT", *others: tuple[str, str]) -> Fields:
    return (("Origin", value), (ACRM, method), *others)


def all_exchanges() -> tuple[Exchange, ...]:
    listed = (*_simple(), *_writes(), *_preflights(), *_forbidden(), *_odd_fields(), *_paths(), *_on_one_connection())
    assert len({one.name for one in listed}) == len(listed)
    return listed


def _one(name: str, method: str, target: str, fields: Fields = (), sent: bytes = b"", **due: Any) -> Exchange:
    """Return an exchange of one request with a body of `sent`."""
    due = {"path": target.partition("?")[0], **due}
    return Exchange(name, (Sent(method, target, fields, sent),), **due)


ASKERS = {
    "an allowed origin": origin(PAGE),
    "an allowed subdomain": origin(TENANT),
    "a foreign origin": origin(STRANGER),
    "null": origin("null"),
    "no origin": (),
}


def _simple() -> Iterator[Exchange]:
    for who, fields in ASKERS.items():
        yield _one(f"GET, {who}", "GET", "/", fields)
        yield _one(f"a public resource, {who}", "GET", "/public", fields)
        yield _one(f"the app's own CORS headers, {who}", "GET", "/own", fields)
        yield _one(f"an error, {who}", "GET", "/error", fields, status=500)
        yield _one(f"a list of policies, {who}", "GET", "/list", fields, layers=(WSGI, DJANGO, ASGI, DJANGO_ASGI))
        yield _one(f"OPTIONS for the app, {who}", "OPTIONS", "/", fields)
    for who in ("an allowed origin", "a foreign origin"):
        fields = ASKERS[who]
        for path in ("/", "/own", "/public", "/forbid"):
            yield _one(f"HEAD {path}, {who}", "HEAD", path, fields, body=b"")
        yield _one(f"a stream, {who}", "GET", "/stream", fields)
        yield _one(f"a redirect, {who}", "GET", "/redirect", fields, status=302)
        yield _one(f"304, {who}", "GET", "/unmodified", fields, status=304, body=b"")
        yield _one(f"404, {who}", "GET", "/missing", fields, status=404, body=None)
        yield _one(f"the app raises, {who}", "GET", "/raises", fields, status=500, body=None)
        # Daphne never closes such a connection.
        yield _one(f"the app raises in its body, {who}", "GET", "/raises-late", fields, body=PARTS[0], until=PARTS[0])
        yield _one(f"a start with the first part, {who}", "GET", "/late", fields, layers=(WSGI,))
        yield _one(f"write(), {who}", "GET", "/write", fields, layers=(WSGI,))
        yield _one(f"a second start for an error, {who}", "GET", "/sorry", fields, status=500, layers=(WSGI,))
        yield _one(f"Vary: *, {who}", "GET", "/star", fields)
        yield _one(f"two cookies, {who}", "GET", "/cookies", (*fields, ("Cookie", "a=1")))
    yield _one("OPTIONS without an origin that names a method", "OPTIONS", "/", ((ACRM, "PUT"),))


def _writes() -> Iterator[Exchange]:
    text = ("Content-Type", "text/plain")
    for who in ("an allowed origin", "a foreign origin"):
        for method in ("POST", "PUT", "DELETE", "PATCH"):
            yield _one(f"{method} with a body, {who}", method, "/", (*ASKERS[who], text), b"note" * 1000)
    chunked = b"4\r\nnote\r\n0\r\n\r\n"
    fields = (*ASKERS["an allowed origin"], ("Transfer-Encoding", "chunked"))
    yield _one("PUT with a body in chunks", "PUT", "/", fields, chunked)


def _preflights() -> Iterator[Exchange]:
    asked = {
        "allowed": preflight(PAGE),
        "of a subdomain": preflight(TENANT, "DELETE"),
        "with headers": preflight(PAGE, "DELETE", (ACRH, "content-type,x-a")),
        "with headers on two lines": preflight(PAGE, "PUT", (ACRH, "content-type"), (ACRH, "x-a")),
        "with headers in blanks": preflight(PAGE, "GET", (ACRH, " x-a ,\t, content-type\t")),
        "with names in other cases": (("origin", PAGE), (ACRM.upper(), "PUT")),
        "of a foreign origin": preflight(STRANGER),
        "of null": preflight("null"),
        "of an origin with a slash": preflight("https://a.example/"),
        "of an origin with its scheme's port": preflight("https://a.example:443"),
        "of an origin with bytes above 127": preflight("https://a.example\xe9"),
        "for a method that is not allowed": preflight(PAGE, "PATCH"),
        "for a method in lower case": preflight(PAGE, "put"),
        "for two methods": preflight(PAGE, "PUT", (ACRM, "DELETE")),
        "for a header that is not allowed": preflight(PAGE, "PUT", (ACRH, "x-b")),
        "for what is no header's name": preflight(PAGE, "PUT", (ACRH, "x a")),
        "for 8 KB of headers": preflight(PAGE, "PUT", (ACRH, "x-b," * 1990)),
        "for 7 KB of allowed headers": preflight(PAGE, "PUT", (ACRH, "x-a," * 1790 + "content-type")),
        "for a private network": preflight(PAGE, "PUT", (PRIVATE, "true")),
    }
    for what, fields in asked.items():
        for path in ("/notes", "/forbid", "/public", "/200"):
            yield _one(f"a preflight {what}, {path}", "OPTIONS", path, fields)


def _forbidden() -> Iterator[Exchange]:
    asked = {
        **ASKERS,
        "the server's own page, it says": origin(STRANGER, ("Sec-Fetch-Site", "same-origin")),
        "another site's page, it says": origin(STRANGER, ("Sec-Fetch-Site", "cross-site")),
        "another site's form": origin(STRANGER, ("Sec-Fetch-Mode", "navigate")),
        "the server's own host": origin("http://127.0.0.1", ("Host", "127.0.0.1")),
        "another port of the server's host": origin("http://127.0.0.1:1", ("Host", "127.0.0.1")),
        "an origin with bytes above 127": origin("https://a.example\xe9"),
        "no origin, but another site's page": (("Sec-Fetch-Site", "cross-site"),),
    }
    for who, fields in asked.items():
        for method in ("GET", "POST"):
            yield _one(f"a refused {method}, {who}", method, "/forbid", fields)


def _odd_fields() -> Iterator[Exchange]:
    odd = {
        "one origin on two lines": (("Origin", PAGE), ("Origin", PAGE)),
        "two origins, the first allowed": (("Origin", PAGE), ("Origin", STRANGER)),
        "two origins, the last allowed": (("Origin", STRANGER), ("Origin", PAGE)),
        "two origins in two cases": (("Origin", PAGE), ("origin", "null")),
        "two origins on one line": origin(f"{PAGE}, {PAGE}"),
        "two origins in one": origin(f"{PAGE} {STRANGER}"),
        "an origin on two folded lines": origin("https://a\r\n .example"),
        "an origin before a folded blank line": origin(f"{PAGE}\r\n "),
        "an origin before blanks": origin(f"{PAGE} \t"),
        "an origin after blanks": origin(f"  {PAGE}"),
        "an empty origin": origin(""),
        "an origin of a blank": origin(" "),
        "an origin with a byte above 127": origin("https://a.example\xe9"),
        "an origin of bytes above 127": origin("\xff" * 100),
        "an origin in UTF-8": origin("https://\xc3\xbcber.example"),
        "an origin with DEL": origin("https://a.example\x7f"),
        "an origin of 3 KB": origin("https://" + "a" * 3000),
        "an origin of 8 KB": origin("https://" + "a" * 8100),
        "an origin of 200 KB": origin("https://" + "a" * 200_000),
        "8 KB of other fields": origin(PAGE, *((f"X-{number}", "x" * 70) for number in range(100))),
        "200 fields": origin(PAGE, *((f"X-{number}", "x") for number in range(200))),
        "Origin with a blank before its colon": (("Origin ", PAGE),),
        "Origin with an underscore before it": (("_Origin", PAGE),),
        "an asked method by underscores": origin(PAGE, (ACRM.replace("-", "_"), "PUT")),
        "two hosts": origin(PAGE, ("Host", "a.example"), ("Host", "b.example")),
    }
    for what, fields in odd.items():
        yield _one(what, "OPTIONS" if "asked" in what else "GET", "/", fields)


def _paths() -> Iterator[Exchange]:
    targets = {
        "/public/x?y=/forbid": "/public/x",
        "/publicly": "/publicly",
        "/Public": "/Public",
        "/%70ublic": "/public",
        "/%2570ublic": "/%70ublic",
        "/a+b": "/a+b",
        "/a%2Bb": "/a+b",
        "/a%20b": "/a b",
        "/%C3%BCber/x": "/\xc3\xbcber/x",
        "/%C3%9Cber": "/\xc3\x9cber",
        "/%FCber": "/\xfcber",
        "/public/../": "/public/../",
        "/public/../x": "/public/../x",
        "/x/../public": "/x/../public",
        "/public/./x": "/public/./x",
        "/public/%2e%2e/x": "/public/../x",
        "/public%2f..%2fx": "/public/../x",
        "//public": "//public",
        "/public//x": "/public//x",
        "/./public": "/./public",
        "http://127.0.0.1/public": "/public",
    }
    for target, path in targets.items():
        yield _one(f"the target {target}", "GET", target, origin(STRANGER), path=path)


def _on_one_connection() -> Iterator[Exchange]:
    """Requests in one piece; the last one asks the server to close."""
    got, refused = Sent("GET", "/", origin(PAGE)), Sent("GET", "/", origin(STRANGER))
    asked, denied = Sent("OPTIONS", "/", preflight(PAGE)), Sent("OPTIONS", "/", preflight(STRANGER))
    yield Exchange("three pipelined requests", (got, refused, got))
    yield Exchange("pipelined: a preflight and its request", (asked, got))
    yield Exchange("pipelined: a refused preflight and another request", (denied, got))


ABORTED = (
    b"PUT / HTTP/1.1\r\nHost: a.exa",
    f"PUT / HTTP/1.1\r\nHost: a.example\r\nOrigin: {PAGE}\r\n".encode(),
    f"PUT / HTTP/1.1\r\nHost: a.example\r\nOrigin: {PAGE}\r\nContent-Length: 1000\r\n\r\nhalf".encode(),
    f"OPTIONS / HTTP/1.1\r\nHost: a.example\r\nOrigin: {PAGE}\r\n{ACRM}: PUT\r\n\r\n".encode(),
    f"GET /endless HTTP/1.1\r\nHost: a.example\r\nOrigin: {PAGE}\r\n\r\n".encode(),
)
"""The bytes of clients that then disconnect."""
