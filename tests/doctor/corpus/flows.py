"""Requests that fail, each with its cause: various pages, against servers with one fault each.

Each flow states its cause before any browser runs it. `tests.doctor.corpus.meet` records what the browsers print.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from tests.browsers.site import Request

Lines: TypeAlias = list[tuple[str, str]]


@dataclass(frozen=True)
class Answer:
    """A response. `{page}`, `{own}` and `{third}` are origins, `{path}` is the flow's. Status None sends nothing."""

    status: int | None = 200
    lines: tuple[tuple[str, str], ...] = ()
    body: str = "{}"

    def filled(self, places: Mapping[str, str]) -> tuple[int | None, Lines, str]:
        """Return the response with the origins of a run filled in."""
        return self.status, [(name, _filled(value, places)) for name, value in self.lines], self.body


def _filled(text: str, places: Mapping[str, str]) -> str:
    for name, value in places.items():
        text = text.replace("{" + name + "}", value)
    return text


@dataclass(frozen=True)
class Ask:
    """What a page requests: the interface, method, headers and mode."""

    by: str = "fetch"
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    credentials: bool = False
    body: str | None = None
    mode: str = "cors"
    redirect: str = "follow"
    url: str = ""
    """A URL other than the flow's own; `{closed}` is an origin where nothing listens."""
    page: str = "page"
    """The page that asks: `named` has the host localhost, `sandboxed` the origin null, `policed` a policy."""


@dataclass(frozen=True)
class Flow:
    """One page's request, and the responses by place; a place is "METHOD", "METHOD /end" or "*"."""

    cause: str
    ask: Ask
    answers: Mapping[str, Answer] = field(default_factory=dict[str, Answer])
    path: str = "/v2/reports"
    engines: tuple[str, ...] = ("chromium", "firefox", "webkit")
    label: str = ""

    @property
    def id(self) -> str:
        """The flow's name, the same in each run."""
        return "-".join(filter(None, (self.cause, self.ask.by, self.ask.method.lower(), self.label)))


ALLOW: Final = ("Access-Control-Allow-Origin", "{page}")
CREDENTIALS: Final = ("Access-Control-Allow-Credentials", "true")
VARY: Final = ("Vary", "Origin")
METHODS: Final = ("Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE")
HEADERS: Final = ("Access-Control-Allow-Headers", "Content-Type, Authorization, X-Tenant, X-Trace-Id, If-Match")
GRANTED: Final = Answer(204, (ALLOW, METHODS, HEADERS, VARY))
GRANTED_WITH: Final = Answer(204, (ALLOW, CREDENTIALS, METHODS, HEADERS, VARY))
GOOD: Final = Answer(200, (ALLOW, VARY, ("Content-Type", "application/json")))
GOOD_WITH: Final = Answer(200, (ALLOW, CREDENTIALS, VARY, ("Content-Type", "application/json")))
BARE: Final = Answer(200, (("Content-Type", "application/json"),))
LISTED: Final = Answer(200, (VARY, ("Content-Type", "application/json")))

JSON: Final = (("Content-Type", "application/json"),)
TENANT: Final = (("X-Tenant", "acme"),)
BEARER: Final = (("Authorization", "Bearer abc.def"),)

SIMPLE: Final = (
    Ask(),
    Ask("xhr"),
    Ask("eventsource"),
    Ask("font"),
    Ask("module"),
    Ask("img"),
    Ask("worker"),
)
PREFLIGHTED: Final = (
    Ask(method="PATCH", headers=JSON, body="{}"),
    Ask("xhr", "POST", JSON, body='{"q": 1}'),
    Ask("xhr", "GET", BEARER),
    Ask(method="DELETE", headers=TENANT),
)


def _said(status: int, *lines: tuple[str, str], body: str = "") -> Answer:
    return Answer(status, (("Content-Type", "text/html"), *lines), body or f"<h1>{status}</h1>")


def _valued(value: str, *more: tuple[str, str], name: str = "Access-Control-Allow-Origin") -> Answer:
    return Answer(200, ((name, value), ("Content-Type", "application/json"), *more))


def _preflighted(cause: str, answer: Answer, *, label: str = "", actual: Answer = GOOD,
                 asks: tuple[Ask, ...] = PREFLIGHTED[:2], path: str = "/v2/reports") -> Iterator[Flow]:  # fmt: skip
    for ask in asks:
        yield Flow(cause, ask, {"OPTIONS": answer, "*": actual}, path, label=label)


def _simple(cause: str, answer: Answer, *, label: str = "", asks: tuple[Ask, ...] = SIMPLE[:2],
            path: str = "/v2/reports", options: Answer = GRANTED) -> Iterator[Flow]:  # fmt: skip
    for ask in asks:
        yield Flow(cause, ask, {"OPTIONS": options, "*": answer}, path, label=label)


def _of_statuses() -> Iterator[Flow]:
    """Statuses without CORS headers, in the actual response and in the preflight's."""
    posted = Ask("xhr", "POST", JSON, body='{"q": 1}')
    yield from _simple("app-error", _said(500), asks=(SIMPLE[0], SIMPLE[1], posted))
    yield from _simple("app-error", _said(507), asks=(posted,), label="507", path="/jobs/7/run")
    yield from _simple("authentication-without-headers", _said(401), asks=(SIMPLE[0], posted), path="/me")
    yield from _simple("authentication-without-headers", _said(403), asks=(SIMPLE[2],), path="/stream", label="403")
    yield from _simple("not-found-without-headers", _said(404), asks=(SIMPLE[0], posted), path="/v1/reprots")
    yield from _simple("proxy-bad-gateway", _said(502, ("Server", "nginx")), asks=(SIMPLE[1], posted))
    yield from _simple("proxy-bad-gateway", _said(503, ("Server", "awselb/2.0")), asks=(SIMPLE[0],), label="503")
    yield from _simple("proxy-timeout", _said(504, ("Server", "nginx")), asks=(posted,), path="/export")
    upload = Ask("fetch", "POST", (("Content-Type", "application/octet-stream"),), body="x" * 4000)
    yield from _simple("proxy-body-too-large", _said(413, ("Server", "nginx")), asks=(upload,), path="/upload")
    bare = {"preflight-authentication": (401, 403), "preflight-not-found": (404,),
            "preflight-method-refused": (405, 501), "preflight-error": (500,),
            "preflight-status": (409, 418)}  # fmt: skip
    for cause, statuses in bare.items():
        for status in statuses:
            more = (("WWW-Authenticate", "Bearer"),) if status == 401 else ()
            yield from _preflighted(cause, _said(status, *more), label=str(status))
            named = Answer(status, (ALLOW, METHODS, HEADERS))
            yield from _preflighted(cause, named, label=f"{status}-named", asks=PREFLIGHTED[2:4])
    yield from _preflighted("proxy-bad-gateway", _said(502, ("Server", "nginx")), label="preflight")
    yield from _preflighted("proxy-timeout", _said(504, ("Server", "nginx")), label="preflight", asks=PREFLIGHTED[:1])


def _of_origins() -> Iterator[Flow]:
    listed, allow = Answer(200, (VARY,), ""), Answer(200, (("Allow", "GET, HEAD, POST, OPTIONS"),), "")
    yield from _simple("origin-not-allowed", LISTED, asks=SIMPLE[:3], options=listed)
    yield from _preflighted("origin-not-allowed", listed, actual=LISTED)
    yield from _preflighted("origin-not-allowed", Answer(204, (VARY, METHODS, HEADERS), ""), label="lists",
                            actual=LISTED, asks=PREFLIGHTED[2:4])  # fmt: skip
    yield from _simple("cors-absent", BARE, asks=(SIMPLE[0], SIMPLE[1], SIMPLE[2], SIMPLE[6]), options=allow)
    yield from _preflighted("cors-absent", allow, actual=BARE)
    files = {"font": "/static/inter.woff2", "module": "/assets/app.mjs", "img": "/media/logo.png",
             "style": "/static/site.css", "fetch": "/static/config.json", "video": "/media/tour.mp4"}  # fmt: skip
    types = {"module": "text/javascript", "style": "text/css"}
    for by, path in files.items():
        file = Answer(200, (("Server", "nginx"), ("Content-Type", types.get(by, "application/octet-stream"))), "")
        yield from _simple("outside-static", file, asks=(Ask(by),), path=path,
                           options=_said(405, ("Server", "nginx")))  # fmt: skip
    for cause, value in {
        "origin-scheme": "https://{page_host}", "origin-port": "http://{page_name}:8081",
        "origin-slash": "{page}/", "fixed-origin": "https://prod.example.com",
        "allow-origin-malformed": "all", "allow-origin-list": "https://a.example.com,{page}",
    }.items():  # fmt: skip
        yield from _simple(cause, _valued(value), asks=SIMPLE[:2])
        yield from _preflighted(cause, replace(GRANTED, lines=(("Access-Control-Allow-Origin", value), METHODS,
                                HEADERS)), asks=PREFLIGHTED[3:])  # fmt: skip
    yield from _simple("allow-origin-malformed", _valued("{page_host}"), label="host", asks=SIMPLE[:1])
    yield from _simple("allow-origin-malformed", _valued('"{page}"'), label="quoted", asks=SIMPLE[1:2])
    yield from _simple("allow-origin-malformed", _valued("*.example.com"), label="pattern", asks=SIMPLE[:1])
    yield from _simple("allow-origin-malformed", _valued(""), label="empty", asks=SIMPLE[:1])
    yield from _simple("fixed-origin", _valued("https://cdn.example.org"), asks=(SIMPLE[3],), path="/f/a.woff")
    yield from _simple("origin-loopback", _valued("http://localhost:{page_port}"), asks=SIMPLE[:3])
    case = Ask(page="named")
    yield Flow("origin-case", case, {"*": _valued("http://LocalHost:{page_port}")}, label="named")
    yield Flow("origin-loopback", case, {"*": _valued("http://127.0.0.1:{page_port}")}, label="named")
    twice = Answer(200, (ALLOW, ALLOW, VARY))
    yield from _simple("two-layers", twice, asks=SIMPLE[:3])
    yield from _simple("two-layers", Answer(200, (ALLOW, ("Access-Control-Allow-Origin", "*"))), label="star")
    yield from _preflighted("two-layers", replace(GRANTED, lines=(ALLOW, *GRANTED.lines)), label="preflight",
                            asks=PREFLIGHTED[2:3])  # fmt: skip
    yield from _simple("null-origin", LISTED, asks=(Ask(page="sandboxed"),), label="sandboxed")
    yield Flow("null-origin", Ask("xhr", page="sandboxed"), {"*": _valued("https://app.example.com")}, label="fixed")


def _of_credentials() -> Iterator[Flow]:
    any_origin = ("Access-Control-Allow-Origin", "*")
    with_cookies = (Ask(credentials=True), Ask("xhr", credentials=True), Ask("eventsource", credentials=True),
                    Ask("img", credentials=True))  # fmt: skip
    yield from _simple("credentials-wildcard", Answer(200, (any_origin,)), asks=with_cookies)
    yield from _preflighted("credentials-wildcard", Answer(204, (any_origin, METHODS, HEADERS)),
                            asks=(Ask("xhr", "PUT", JSON, True, "{}"), Ask("beacon", "POST")))  # fmt: skip
    yield from _simple("credentials-not-allowed", GOOD, asks=with_cookies[:3])
    yield from _simple("credentials-not-allowed", Answer(200, (ALLOW, (CREDENTIALS[0], "True"))), label="case",
                       asks=with_cookies[:1])  # fmt: skip
    yield from _preflighted("credentials-not-allowed", GRANTED, asks=(Ask("fetch", "PUT", JSON, True, "{}"),))
    stars = Answer(204, (ALLOW, CREDENTIALS, (METHODS[0], "*"), (HEADERS[0], "*")))
    yield from _preflighted("wildcard-with-credentials", stars, actual=GOOD_WITH,
                            asks=(Ask("fetch", "PUT", (), True), Ask("xhr", "GET", TENANT, True)))  # fmt: skip


def _of_lists() -> Iterator[Flow]:
    none = Answer(204, (ALLOW, METHODS))
    few = Answer(204, (ALLOW, METHODS, (HEADERS[0], "Accept, X-Requested-With")))
    trace, two = (("traceparent", "00-1"),), (("x-csrf-token", "1"), ("X-Tenant", "a"))
    for headers, label in ((JSON, "json"), (TENANT, "tenant"), (BEARER, "bearer"), (trace, "trace"), (two, "two")):
        ask = Ask("xhr" if label in {"trace", "json"} else "fetch", "POST", headers, body="1")
        yield from _preflighted("header-not-allowed", few, asks=(ask,), label=label)
    yield from _preflighted("header-not-allowed", none, asks=(Ask("xhr", "GET", TENANT),), label="none")
    own = (("Access-Control-Allow-Origin", "*"),)
    yield from _preflighted("header-of-responses", few, asks=(Ask(headers=own), Ask("xhr", headers=own)))
    for method, by in (("PUT", "fetch"), ("DELETE", "xhr"), ("PATCH", "fetch"), ("PURGE", "xhr")):
        answer = Answer(204, (ALLOW, (METHODS[0], "GET,POST"), HEADERS))
        yield from _preflighted("method-not-allowed", answer, asks=(Ask(by, method),))
    yield from _preflighted("method-not-allowed", Answer(204, (ALLOW, HEADERS)), asks=(Ask("fetch", "PUT"),),
                            label="none")  # fmt: skip
    yield from _preflighted("method-case", GRANTED, asks=(Ask("fetch", "patch", JSON, body="{}"),))
    yield from _preflighted("allow-methods-malformed", Answer(204, (ALLOW, (METHODS[0], "GET; PUT"), HEADERS)),
                            asks=(Ask("fetch", "PUT"),))  # fmt: skip
    yield from _preflighted("allow-headers-malformed", Answer(204, (ALLOW, METHODS, (HEADERS[0], "X-Tenant X-Id"))),
                            asks=(Ask("xhr", "GET", TENANT),))  # fmt: skip


def _of_redirects() -> Iterator[Flow]:
    places = {
        "preflight-redirect-slash": (301, "{own}{path}/"), "preflight-redirect-https": (308, "https://{own_host}{path}"),
        "preflight-redirect-login": (302, "{own}/accounts/login/?next={path}"),
        "preflight-redirect-language": (302, "{own}/de{path}"), "preflight-redirect": (307, "{third}/elsewhere"),
    }  # fmt: skip
    for cause, (status, location) in places.items():
        yield from _preflighted(cause, Answer(status, (ALLOW, ("Location", location)), ""),
                                asks=(PREFLIGHTED[1], PREFLIGHTED[2]))  # fmt: skip
    bare = Answer(302, (("Location", "{own}{path}/end"),), "")
    yield from _simple("redirect-without-headers", bare, asks=SIMPLE[:3])
    away = Answer(302, (ALLOW, ("Location", "{third}{path}/end")), "")
    for ask in SIMPLE[:2]:
        yield Flow("redirect-null-origin", ask, {"* /end": LISTED, "*": away})
        yield Flow("redirect-null-origin", ask, {"* /end": GOOD, "*": away}, label="named")
        login = Answer(302, (ALLOW, ("Location", "{third}/oauth2/authorize{path}/end")), "")
        yield Flow("session-ended", ask, {"* /end": BARE, "*": login}, path="/account/orders")
        credited = Answer(302, (ALLOW, ("Location", "http://user:pw@{third_host}{path}/end")), "")
        yield Flow("redirect-url-credentials", ask, {"* /end": GOOD, "*": credited})
        yield Flow("redirect-scheme", ask, {"*": Answer(302, (ALLOW, ("Location", "ftp://files.example.com/a")), "")})
        yield Flow("redirect-loop", ask, {"*": Answer(302, (ALLOW, ("Location", "{own}{path}")), "")})
    yield Flow("redirect-refused", Ask(redirect="error"), {"*": Answer(302, (ALLOW, ("Location", "{own}/x")), "")})


def _of_networks() -> Iterator[Flow]:
    for ask in (Ask(url="{closed}/v1/ping"), Ask("xhr", "POST", JSON, body="{}", url="{closed}/v1/save"),
                Ask("eventsource", url="{closed}/events")):  # fmt: skip
        yield Flow("unreachable", ask)
    yield Flow("name-not-found", Ask(url="http://no-such-host.invalid/a"))
    yield Flow("name-not-found", Ask("xhr", url="http://no-such-host.invalid/b"))
    yield Flow("certificate", Ask(url="{secured}/v1/ping"))
    yield Flow("certificate", Ask("xhr", "POST", JSON, body="{}", url="{secured}/v1/save"))
    yield from _simple("connection-broken", Answer(None), asks=(Ask(), Ask("xhr")))


def _of_others() -> Iterator[Flow]:
    yield Flow("request-mode", Ask(mode="same-origin"), {"*": GOOD})
    yield Flow("url-scheme", Ask(url="localhost:3000/api/items"))
    yield Flow("url-scheme", Ask("xhr", url="api.example.com:8080/items"))
    yield Flow("forbidden-method", Ask(method="TRACE"), {"*": GOOD})
    yield Flow("forbidden-method", Ask("xhr", "CONNECT"), {"*": GOOD})
    yield Flow("forbidden-request-header", Ask("xhr", headers=(("Referer", "x"),)), {"*": GOOD})
    yield Flow("header-not-exposed", Ask("read"), {"*": replace(GOOD, lines=(*GOOD.lines, ("X-Total", "3")))})
    picture = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'
    yield Flow("canvas-tainted", Ask("canvas"), {"*": Answer(200, (("Content-Type", "image/svg+xml"),), picture)},
               path="/media/p.svg")  # fmt: skip
    for by in ("fetch", "xhr", "img", "style"):
        yield Flow("content-security-policy", Ask(by, page="policed"), {"*": GOOD})
    yield Flow("worker-origin", Ask("newworker"), {"*": GOOD}, path="/w.js")
    yield Flow("post-message", Ask("message"), {"*": GOOD})
    yield Flow(
        "frame-options", Ask("frame"), {"*": Answer(200, (("X-Frame-Options", "DENY"), ("Content-Type", "text/html")))}
    )
    yield Flow("websocket-origin", Ask("socket"), {"*": _said(403)}, path="/ws")
    yield Flow("resource-policy", Ask("plainimg"), {"*": Answer(200, (("Cross-Origin-Resource-Policy", "same-origin"),
               ("Content-Type", "image/svg+xml")))}, path="/i.svg")  # fmt: skip
    yield Flow("opaque-response-blocking", Ask("plainimg"), {"*": Answer(200, (("X-Content-Type-Options", "nosniff"),
               ("Content-Type", "application/json")), '{"a": 1}')}, path="/i.json")  # fmt: skip
    wrong = Answer(200, (("Access-Control-Allow-Origins", "*"), ("Content-Type", "application/json")))
    yield from _simple("header-misspelt", wrong, asks=SIMPLE[:2])


def flows() -> list[Flow]:
    """Return every flow."""
    found = [*_of_statuses(), *_of_origins(), *_of_credentials(), *_of_lists(), *_of_redirects(), *_of_networks(),
             *_of_others()]  # fmt: skip
    assert len({flow.id for flow in found}) == len(found), sorted(
        flow.id for flow in found if [one.id for one in found].count(flow.id) > 1
    )
    return found


def answer_to(flow: Flow, request: Request) -> Answer:
    """Return what a flow's server sends for a request."""
    end = " /end" if request.target.partition("?")[0].endswith("/end") else ""
    keys = (f"{request.method}{end}", f"*{end}", request.method, "*")
    return next((flow.answers[key] for key in keys if key in flow.answers), Answer(404))
