"""The requests for an edge and the core: origins of every kind, methods, header lists, paths, Vary, errors."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from tests.export.exchange import HOST, Question
from tests.export.upstream import DEAD, STATUSES, VARY

STRANGERS: Final = (
    "https://evil.example", "null", "https://a.example.evil.example", "https://evila.example", "https://A.example",
    "https://a.example/", "https://a.example:443", "http://a.example", "https://xexample.com", "https://example.com",
    "https://x.example.com.evil.net", "https://x.example.com:8443", "http://localhost:3000.evil.net",
    "http://localhost:", "http://localhost:99999", "http://localhostevil:1", "https://localhost:3000",
    "https://pr-1.example.com.evil.net", "https://PR-1.example.com", "https://pr-x.example.com",
    "xhttps://pr-1.example.com", "https://pr-1xexample.com", "https://-.example.com", "https://x_y.example.com",
    "https://.example.com", "https://a..example.com", "https://a.example https://evil.example",
    "https://x.example.com, https://evil.example", "https://evil.example/.example.com",
    "https://evil.example?.example.com", "https://evil.example#.example.com",
    "https://u@x.example.com", "https://xn--e1a.example.com", "https://x%2eexample.com", "chrome-extension://abcdefg",
    "https://" + "a." * 140 + "example.com", "https://X.example.com", "*", "https://1.example.com",
    "https://x.example.com.", "https://a.example|https://a.example", "0 https://a.example", "https://www.example.com",
    "https://bar.com", "https://barfoo.com", "https://wwwxexample.com", "http://www.example.com", "",
)  # fmt: skip

METHODS: Final = ("GET", "POST", "PUT", "DELETE", "PATCH", "put", "PUT, DELETE", "P UT", "LET", "HEAD", "*", "COPY")
HEADERS: Final = (
    "", "content-type", "Content-Type", "authorization,content-type", "content-type , authorization,", " ,, ",
    "x-other", "content-type,x-other", "x content-type", "content-type2", "content-type;x", "authorization", "*",
    "content-type,\tauthorization", "x-other , Authorization", "x-authorization", "authorization-x", "x-a,type",
)  # fmt: skip
SITES: Final = ("same-origin", "none", "cross-site", "same-site")


def always(good: Sequence[str], paths: Iterable[str] = ("/x",)) -> Iterator[Question]:
    """The requests of the server's own pages, in the short form too, to servers that it sends one request in many."""
    sites = ((), *((("Sec-Fetch-Site", site),) for site in ("", *SITES)))
    for path in paths:
        for origin in (f"https://{HOST}", f"http://{HOST}", STRANGERS[0], *good[:1]):
            yield from (Question("GET", path, (("Origin", origin), *site)) for site in sites)
        yield from (Question("POST", path, (*site, ("Content-Length", "0"))) for site in sites)


def preflight(origin: str | None, method: str = "PUT", *more: tuple[str, str], target: str = "/x") -> Question:
    asked = [("Origin", origin)] if origin is not None else []
    return Question("OPTIONS", target, (*asked, ("Access-Control-Request-Method", method), *more))


def questions(good: Sequence[str], paths: Iterable[str] = ("/x",)) -> Iterator[Question]:
    """Every request on every path; `good` are origins that are allowed somewhere."""
    for at, path in enumerate(paths):
        for origin in (None, *good, *STRANGERS) if at < 2 else (None, *good, *STRANGERS[:3]):
            yield Question("GET", path, (("Origin", origin),) if origin is not None else ())
            yield preflight(origin, "PUT", ("Access-Control-Request-Headers", "content-type"), target=path)
        for origin in (None, *good[:1], STRANGERS[0]):
            if at < 2:
                yield from _details(path, origin)
        own = f"https://{HOST}"
        yield Question("GET", path, (("Origin", own),))
        yield Question("GET", path, (("Origin", own.replace("https", "http")),))
        yield Question("GET", path, (("Origin", own), ("Sec-Fetch-Site", "cross-site")))
        for pair in ((*good[:1], STRANGERS[0]), (STRANGERS[0], *good[:1])):
            yield Question("GET", path, tuple(("Origin", one) for one in pair))


def _details(path: str, origin: str | None) -> Iterator[Question]:
    asked = (("Origin", origin),) if origin is not None else ()
    for method in METHODS:
        yield preflight(origin, method, target=path)
    for names in HEADERS:
        yield preflight(origin, "PUT", ("Access-Control-Request-Headers", names), target=path)
    yield preflight(
        origin, "PUT", *(("Access-Control-Request-Headers", one) for one in ("x-a", "authorization")), target=path
    )
    private = ("Access-Control-Request-Private-Network", "true")
    yield preflight(origin, "PUT", private, target=path)
    yield preflight(origin, "GET", private, ("Access-Control-Request-Headers", "authorization"), target=path)
    yield preflight(origin, "PUT", ("Access-Control-Request-Private-Network", "false"), target=path)
    yield Question("OPTIONS", path, asked)
    yield Question("OPTIONS", path, (*asked, ("Access-Control-Request-Headers", "content-type")))
    yield Question("OPTIONS", path, (*asked, ("Access-Control-Request-Method", "")))
    yield Question("GET", path, (*asked, ("Access-Control-Request-Method", "PUT")))
    for method in ("POST", "PUT"):
        yield Question(method, path, (*asked, ("Content-Length", "0")))
    yield Question("HEAD", path, asked)
    for vary in VARY:
        yield Question("GET", f"{path}?vary={vary}", asked)
    for end in (*STATUSES, DEAD):
        yield Question("GET", path + end, asked)
    for site in SITES:
        yield Question("GET", path, (*asked, ("Sec-Fetch-Site", site)))
        for method in ("OPTIONS", "POST", "PUT", "DELETE"):
            yield Question(method, path, (*asked, ("Sec-Fetch-Site", site), ("Content-Length", "0")))
