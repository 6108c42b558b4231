"""The matrix: a page's request, what answers it, and the cause if it is blocked. Data only; nothing runs here.

Field values in responses, and the settings of a policy, name the servers of a run, whose ports are not known before:
`{page}`, `{app}`, `{api}` and `{third}` are origins, of which `{page.host}` and `{page.port}` are parts; `{path}` is
the path of the case on each.
"""

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from wsgicors import Policy
from wsgicors.browser import Credentials

SiteName: TypeAlias = Literal["page", "app", "api", "third", "closed"]
"""The page's own server; a WSGI server whose app `CORS` wraps; two with scripted responses; none."""

Fields: TypeAlias = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Places:
    """The origins of a run's servers."""

    page: str
    app: str
    api: str
    third: str
    closed: str

    def of(self, site: SiteName) -> str:
        origin: str = getattr(self, site)
        return origin

    def fill(self, text: str, path: str) -> str:
        """`text` with the origins and the path of a case filled in."""
        names = {"page": self.page, "app": self.app, "api": self.api, "third": self.third, "path": path}
        hosts = {f"{name}.host": origin.removeprefix("http://") for name, origin in names.items()}
        ports = {f"{name}.port": origin.rpartition(":")[2] for name, origin in names.items()}
        for name, value in {**names, **hosts, **ports}.items():
            text = text.replace(f"{{{name}}}", value)
        return text


@dataclass(frozen=True)
class Ask:
    """One call of `fetch()`, or of XMLHttpRequest with listeners for its upload, by a script of the page."""

    method: str = "GET"
    headers: Fields = ()
    credentials: Credentials = "same-origin"
    body: str | None = None
    upload: bool = False
    at: str = ""
    """The rest of the URL after the case's path."""


@dataclass(frozen=True)
class Reply:
    """A response; `raw` holds the bytes of an invalid one."""

    status: int = 200
    fields: Fields = ()
    body: str = "body"
    raw: bytes | None = None


Script: TypeAlias = Mapping[str, Reply]
"""A reply for each method, or for a method and a place: ``PUT``, ``GET third/next``; ``*`` stands for every method."""


@dataclass(frozen=True)
class Middleware:
    """A WSGI app, wrapped by `CORS`."""

    policy: Callable[[Places], Policy]
    debug: bool = False
    status: int = 200


@dataclass(frozen=True)
class Case:
    """Exchanges that belong together.

    Attributes:
        id: Unique, and fit for a URL's path.
        server: What answers.
        asks: The page's calls, in order.
        cause: The cause's identifier if the standard blocks the last call, else empty.
        site: The server of the first request.
        sandboxed: Whether the page is a sandboxed frame, whose origin is opaque.
    """

    id: str
    server: Middleware | Script
    asks: tuple[Ask, ...] = (Ask(),)
    cause: str = ""
    site: SiteName = "api"
    sandboxed: bool = False


GET: Final = Ask()
PUT: Final = Ask("PUT")
PAGE: Final = ("Access-Control-Allow-Origin", "{page}")
ANY: Final = ("Access-Control-Allow-Origin", "*")
NULL: Final = ("Access-Control-Allow-Origin", "null")
CREDENTIALS: Final = ("Access-Control-Allow-Credentials", "true")
TEXT: Final = ("Content-Type", "text/plain")


def methods(value: str) -> tuple[str, str]:
    return ("Access-Control-Allow-Methods", value)


def headers(value: str) -> tuple[str, str]:
    return ("Access-Control-Allow-Headers", value)


def expose(value: str) -> tuple[str, str]:
    return ("Access-Control-Expose-Headers", value)


def max_age(value: str) -> tuple[str, str]:
    return ("Access-Control-Max-Age", value)


def location(value: str) -> tuple[str, str]:
    return ("Location", value)


EVERYTHING: Final = (PAGE, CREDENTIALS, methods("PUT, PATCH, DELETE, OPTIONS"), headers("X-Id, X-Other, Content-Type"))
"""Headers that allow every preflight of these cases."""


def after_preflight(actual: Reply, *preflight: tuple[str, str], status: int = 204) -> Script:
    """A script that answers preflights with a status and fields (by default `EVERYTHING`), and all else alike."""
    return {"OPTIONS": Reply(status, preflight or EVERYTHING, ""), "*": actual}


# -- The middleware: every policy and every request ------------------------------------------------------------------


@dataclass(frozen=True)
class _Grant:
    """A policy, and what it allows a page to do, as its author would say."""

    policy: Callable[[Places], Policy]
    page: bool = True
    frame: bool = False
    credentials: bool = False
    without_credentials: str = "credentials-not-allowed"
    """The cause if a request carries credentials nevertheless."""
    methods: frozenset[str] = frozenset({"GET", "HEAD", "POST"})
    headers: frozenset[str] = frozenset()


_WRITING: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})
_EVERY_METHOD: Final = frozenset({*_WRITING, "patch"})
_NAMED: Final = frozenset({"content-type", "x-id", "authorization"})

_GRANTS: Final = {
    "reader": _Grant(lambda at: Policy(allow_origins=[at.page], max_age=60)),
    "editor": _Grant(
        lambda at: Policy(
            allow_origins=["https://www.example.com", at.page],
            allow_methods=["PUT", "PATCH", "DELETE"],
            allow_headers=["Content-Type", "X-Id", "Authorization"],
            expose_headers=["X-Total"],
        ),
        methods=_WRITING,
        headers=_NAMED,
    ),
    "member": _Grant(
        lambda at: Policy(
            allow_origins=[at.page],
            allow_methods=["PUT", "PATCH", "DELETE"],
            allow_headers=["Content-Type", "X-Id", "Authorization"],
            expose_headers=["X-Total", "ETag"],
            allow_credentials=True,
        ),
        credentials=True,
        methods=_WRITING,
        headers=_NAMED,
    ),
    "member-of-all": _Grant(
        lambda at: Policy(
            allow_origins=[at.page], allow_methods="*", allow_headers="*", allow_credentials=True, preflight_status=200
        ),
        credentials=True,
        methods=_EVERY_METHOD,
        headers=_NAMED,
    ),
    "public": _Grant(
        lambda _: Policy(allow_origins="*", allow_methods="*", allow_headers="*", expose_headers="*"),
        frame=True,
        without_credentials="credentials-wildcard",
        methods=_EVERY_METHOD,
        headers=_NAMED - {"authorization"},
    ),
    "public-named": _Grant(
        lambda _: Policy(allow_origins="*", allow_methods=["PUT"], allow_headers=["*", "Authorization"]),
        frame=True,
        without_credentials="credentials-wildcard",
        methods=frozenset({"GET", "HEAD", "POST", "PUT"}),
        headers=_NAMED,
    ),
    "every-port": _Grant(
        lambda _: Policy(allow_origins=["http://127.0.0.1:*"], allow_methods=["PATCH"], allow_headers=["X-Id"]),
        methods=frozenset({"GET", "HEAD", "POST", "PATCH"}),
        headers=frozenset({"x-id"}),
    ),
    "strangers": _Grant(
        lambda _: Policy(allow_origins=["https://www.example.com"], allow_methods="*", allow_headers="*"),
        page=False,
    ),
    "forbidding": _Grant(
        lambda _: Policy(allow_origins=["https://www.example.com"], refuse="forbid"),
        page=False,
    ),
    "frames": _Grant(
        lambda _: Policy(allow_origins=["null"], allow_methods=["PUT"], allow_headers=["X-Id"]),
        page=False,
        frame=True,
        methods=frozenset({"GET", "HEAD", "POST", "PUT"}),
        headers=frozenset({"x-id"}),
    ),
}

_JSON: Final = ("Content-Type", "application/json")
_SECRET: Final = ("Authorization", "Bearer secret")

_REQUESTS: Final = {
    "get": GET,
    "head": Ask("HEAD"),
    "post-text": Ask("POST", body="text"),
    "post-json": Ask("POST", (_JSON,), body="{}"),
    "put": PUT,
    "patch": Ask("PATCH"),
    "patch-in-lower-case": Ask("patch"),
    "delete-in-lower-case": Ask("delete"),
    "own-header": Ask(headers=(("X-Id", "7"),)),
    "authorization": Ask(headers=(_SECRET,)),
    "credentials": Ask(credentials="include"),
    "credentials-put": Ask("PUT", (("X-Id", "7"),), "include"),
    "upload": Ask("POST", body="text", upload=True),
}
_REQUESTS_OF_A_FRAME: Final = {"get": GET, "put": PUT, "own-header": Ask(headers=(("X-Id", "7"),))}


def _refused(grant: _Grant, ask: Ask, *, sandboxed: bool) -> str:
    """The cause if a policy does not mean to allow a request; browsers check in this order."""
    if not (grant.frame if sandboxed else grant.page):
        return "null-origin" if sandboxed else "origin-not-allowed"
    if ask.credentials == "include" and not grant.credentials:
        return grant.without_credentials
    method = ask.method.upper() if ask.method.lower() == "delete" else ask.method
    if method not in grant.methods:
        return "method-case" if method == "patch" else "method-not-allowed"
    for name, value in ask.headers:
        if name.lower() not in grant.headers and value != "text/plain":
            wildcard = name == "Authorization" and grant.methods is _EVERY_METHOD
            return "header-wildcard-authorization" if wildcard else "header-not-allowed"
    return ""


def _policies() -> Iterable[Case]:
    for name, grant in _GRANTS.items():
        server = Middleware(grant.policy)
        for request, ask in _REQUESTS.items():
            cause = _refused(grant, ask, sandboxed=False)
            yield Case(f"policy-{name}-{request}", server, (ask,), cause, "app")
        for request, ask in _REQUESTS_OF_A_FRAME.items():
            cause = _refused(grant, ask, sandboxed=True)
            yield Case(f"policy-{name}-frame-{request}", server, (ask,), cause, "app", sandboxed=True)


def _debugging() -> Iterable[Case]:
    """With `debug=True` the browser's console names the true cause."""
    for name, request, cause in (
        ("strangers", "put", "origin-not-allowed"),
        ("reader", "put", "method-not-allowed"),
        ("reader", "own-header", "header-not-allowed"),
        ("every-port", "patch-in-lower-case", "method-case"),
        ("every-port", "authorization", "header-not-allowed"),
        ("member", "patch-in-lower-case", "method-case"),
        ("public", "authorization", "header-wildcard-authorization"),
    ):
        server = Middleware(_GRANTS[name].policy, debug=True)
        yield Case(f"debug-{name}-{request}", server, (_REQUESTS[request],), cause, "app")


def _errors_of_the_app() -> Iterable[Case]:
    """The middleware covers an app's error pages too."""
    for status in (301, 401, 404, 500):
        yield Case(f"app-{status}", Middleware(_GRANTS["reader"].policy, status=status), site="app")


# -- Servers that misbehave --------------------------------------------------------------------------------------------

_ALLOW_ORIGIN: Final[Mapping[str, tuple[str, Sequence[str]]]] = {
    "none": ("origin-not-allowed", ()),
    "empty": ("allow-origin-malformed", ("",)),
    "same": ("", ("{page}",)),
    "any": ("", ("*",)),
    "blanks-around": ("", ("  {page}  ",)),
    "twice": ("two-layers", ("{page}", "{page}")),
    "twice-any": ("two-layers", ("*", "*")),
    "any-and-same": ("two-layers", ("*", "{page}")),
    "twice-in-one-line": ("two-layers", ("{page}, {page}",)),
    "any-and-same-in-one-line": ("two-layers", ("*, {page}",)),
    "list": ("allow-origin-list", ("{page}, https://www.example.com",)),
    "two-lines": ("allow-origin-list", ("{page}", "https://www.example.com")),
    "list-by-blanks": ("allow-origin-list", ("{page} https://www.example.com",)),
    "other": ("fixed-origin", ("https://www.example.com",)),
    "null": ("fixed-origin", ("null",)),
    "scheme": ("origin-scheme", ("https://{page.host}",)),
    "port": ("origin-port", ("http://127.0.0.1:1",)),
    "loopback": ("origin-loopback", ("http://localhost:{page.port}",)),
    "slash": ("origin-slash", ("{page}/",)),
    "path": ("origin-slash", ("{page}/index.html",)),
    "upper-case": ("origin-case", ("HTTP://{page.host}",)),
    "no-scheme": ("allow-origin-malformed", ("127.0.0.1:{page.port}",)),
    "host-pattern": ("allow-origin-malformed", ("http://127.0.0.*",)),
    "port-pattern": ("allow-origin-malformed", ("http://127.0.0.1:*",)),
    "quoted": ("allow-origin-malformed", ('"*"',)),
    "undefined": ("allow-origin-malformed", ("undefined",)),
}


def _allow_origin() -> Iterable[Case]:
    for name, (cause, values) in _ALLOW_ORIGIN.items():
        allow = tuple(("Access-Control-Allow-Origin", value) for value in values)
        yield Case(f"origin-{name}", {"GET": Reply(fields=allow)}, cause=cause if values else "cors-absent")
        preflight = Reply(204, (*allow, methods("PUT")), "")
        yield Case(f"origin-{name}-preflight", {"OPTIONS": preflight, "PUT": Reply(fields=(PAGE,))}, (PUT,), cause)
    by_case = {"GET": Reply(fields=(("access-control-ALLOW-origin", "{page}"),))}
    yield Case("origin-name-in-other-case", by_case)
    yield Case(
        "origin-name-with-a-typo", {"GET": Reply(fields=(("Access-Control-Allowed-Origin", "*"),))}, cause="cors-absent"
    )
    yield Case("origin-after-preflight", after_preflight(Reply()), (PUT,), "outside-order")


_ALLOW_CREDENTIALS: Final[Mapping[str, tuple[str, Sequence[str]]]] = {
    "true": ("", ("true",)),
    "none": ("credentials-not-allowed", ()),
    "capital": ("credentials-not-allowed", ("True",)),
    "capitals": ("credentials-not-allowed", ("TRUE",)),
    "one": ("credentials-not-allowed", ("1",)),
    "false": ("credentials-not-allowed", ("false",)),
    "twice": ("credentials-not-allowed", ("true", "true")),
    "blanks-around": ("", (" true ",)),
}


def _credentials() -> Iterable[Case]:
    asked, put = Ask(credentials="include"), Ask("PUT", credentials="include")
    for name, (cause, values) in _ALLOW_CREDENTIALS.items():
        allow = (PAGE, *(("Access-Control-Allow-Credentials", value) for value in values))
        yield Case(f"credentials-{name}", {"GET": Reply(fields=allow)}, (asked,), cause)
        script = after_preflight(Reply(fields=(PAGE, CREDENTIALS)), *allow, methods("PUT"))
        yield Case(f"credentials-{name}-preflight", script, (put,), cause)
    for name, ask, cause in (
        ("included", asked, "credentials-wildcard"),
        ("same-origin", Ask(credentials="same-origin"), ""),
        ("omitted", Ask(credentials="omit"), ""),
    ):
        yield Case(f"credentials-{name}-any", {"GET": Reply(fields=(ANY, CREDENTIALS))}, (ask,), cause)
    every = (ANY, CREDENTIALS, methods("PUT"))
    yield Case("credentials-any-preflight", after_preflight(Reply(), *every), (put,), "credentials-wildcard")
    for mode in ("omit", "same-origin", "include"):
        yield Case(f"credentials-at-home-{mode}", {"GET": Reply()}, (Ask(credentials=mode),), site="page")
    granted = (PAGE, CREDENTIALS, methods("PUT"))
    yield Case("credentials-with-preflight", after_preflight(Reply(fields=granted), *granted), (put,))
    lost = after_preflight(Reply(fields=(PAGE,)), *granted)
    yield Case("credentials-lost-after-preflight", lost, (put,), "credentials-not-allowed")


_STATUSES: Final = {
    400: "preflight-status",
    401: "preflight-authentication",
    403: "preflight-authentication",
    404: "preflight-not-found",
    405: "preflight-method-refused",
    413: "proxy-body-too-large",
    418: "preflight-status",
    500: "preflight-error",
    501: "preflight-method-refused",
    502: "proxy-bad-gateway",
    503: "proxy-bad-gateway",
    504: "proxy-timeout",
}
_STATUSES_OF_ACTUAL: Final = {
    400: "outside-order",
    401: "authentication-without-headers",
    403: "authentication-without-headers",
    404: "not-found-without-headers",
    405: "not-found-without-headers",
    413: "proxy-body-too-large",
    500: "app-error",
    502: "proxy-bad-gateway",
    503: "proxy-bad-gateway",
    504: "proxy-timeout",
}


def _statuses() -> Iterable[Case]:
    for status in (200, 202, 204, 206, 226):
        yield Case(f"preflight-{status}", after_preflight(Reply(fields=(PAGE,)), status=status), (PUT,))
    for status, cause in _STATUSES.items():
        yield Case(f"preflight-{status}", after_preflight(Reply(fields=(PAGE,)), status=status), (PUT,), cause)
        bare = {"OPTIONS": Reply(status), "PUT": Reply(fields=(PAGE,))}
        yield Case(f"preflight-{status}-without-headers", bare, (PUT,), cause)
    for status, cause in _STATUSES_OF_ACTUAL.items():
        yield Case(f"status-{status}", {"GET": Reply(status, (PAGE,))})
        yield Case(f"status-{status}-without-headers", {"GET": Reply(status)}, cause=cause)
    yield Case("status-500-after-preflight", after_preflight(Reply(500)), (PUT,), "app-error")
    yield Case("status-204", {"GET": Reply(204, (PAGE,), "")})
    for name, reply in (("nothing", Reply(raw=b"")), ("no-http", Reply(raw=b"\x00\x01\x02 no HTTP\r\n\r\n"))):
        cause = "connection-broken" if name == "nothing" else "response-invalid"
        yield Case(f"answer-{name}-after-preflight", after_preflight(reply), (PUT,), cause)
        if name == "nothing":
            yield Case(f"answer-{name}", {"GET": reply}, cause=cause)
            yield Case(f"answer-{name}-preflight", {"OPTIONS": reply}, (PUT,), cause)
    for name, ask in (("get", GET), ("put", PUT)):
        yield Case(f"unreachable-{name}", {}, (ask,), "unreachable", "closed")


_LISTS: Final = (
    # The name of the case, the list, and the cause if it does not allow PUT, or X-Id.
    ("none", None, "not-allowed"),
    ("empty", "", "not-allowed"),
    ("listed", "PUT, X-Id", ""),
    ("in-other-case", "put, x-iD", "case"),
    ("others", "DELETE, X-Other", "not-allowed"),
    ("any", "*", ""),
    ("empty-members", ", ,PUT,, X-Id,", ""),
    ("no-commas", "PUT X-Id", "malformed"),
    ("semicolons", "PUT; X-Id", "malformed"),
    ("quoted", '"PUT", "X-Id"', "malformed"),
    ("colon", "PUT, X-Id:", "malformed"),
    ("brackets", "[PUT, X-Id]", "malformed"),
)


def _lists() -> Iterable[Case]:
    ask_header, actual = Ask(headers=(("X-Id", "7"),)), Reply(fields=(PAGE,))
    for name, value, cause in _LISTS:
        for kind, ask, line, all_else in (
            ("method", PUT, methods, "method-not-allowed"),
            ("header", ask_header, headers, ""),
        ):
            lines = (PAGE,) if value is None else (PAGE, line(value))
            named = {"case": all_else, "malformed": f"allow-{kind}s-malformed", "": ""}.get(cause, f"{kind}-{cause}")
            yield Case(f"{kind}-{name}", after_preflight(actual, *lines), (ask,), named)
    credentials = (PAGE, CREDENTIALS)
    for kind, ask, wildcard in (
        ("method", Ask("PUT", credentials="include"), methods("*")),
        ("header", Ask(headers=(("X-Id", "7"),), credentials="include"), headers("*")),
    ):
        script = after_preflight(Reply(fields=credentials), *credentials, wildcard)
        yield Case(f"{kind}-any-with-credentials", script, (ask,), "wildcard-with-credentials")
    two = after_preflight(actual, PAGE, methods("DELETE"), methods("PUT"), headers("X-Other"), headers("X-Id"))
    yield Case("list-in-two-lines", two, (Ask("PUT", (("X-Id", "7"),)),))
    star = after_preflight(actual, PAGE, headers("*"))
    token = Ask(headers=(_SECRET,))
    yield Case("header-any-authorization", star, (token,), "header-wildcard-authorization")
    both = after_preflight(actual, PAGE, headers("*, authorization"))
    yield Case("header-any-and-authorization", both, (token,))
    second = Ask(headers=(("X-Id", "7"), ("X-Other", "8")))
    yield Case("header-second", after_preflight(actual, PAGE, headers("X-Id")), (second,), "header-not-allowed")
    of_responses = Ask(headers=(("Access-Control-Allow-Origin", "*"),))
    yield Case("header-of-responses", after_preflight(actual), (of_responses,), "header-of-responses")
    safelisted = after_preflight(actual, PAGE, methods("DELETE"), headers("X-Id"))
    yield Case("method-safelisted", safelisted, (Ask("POST", (("X-Id", "7"),), body="text"),))


# -- Redirects --------------------------------------------------------------------------------------------------------

_HERE: Final = location("{path}/next")
_AWAY: Final = location("{third}{path}/next")
_HOME: Final = location("{page}{path}/next")


def _redirected_preflights() -> Iterable[Case]:
    for status in (301, 302, 303, 307, 308):
        reply = Reply(status, (*EVERYTHING, location("{path}/next")), "")
        yield Case(f"preflight-{status}", {"OPTIONS": reply, "*": Reply(fields=(PAGE,))}, (PUT,), "preflight-redirect")
    slash = Reply(308, (location("{path}/"),), "")
    yield Case("preflight-308-slash-without-headers", {"OPTIONS": slash}, (PUT,), "preflight-redirect-slash")
    login = Reply(302, (location("{path}/login?next=/"),), "")
    yield Case("preflight-302-login-without-headers", {"OPTIONS": login}, (PUT,), "preflight-redirect-login")
    https = Reply(301, (*EVERYTHING, location("https://127.0.0.1:1/")), "")
    yield Case("preflight-301-https", {"OPTIONS": https}, (PUT,), "preflight-redirect-https")
    third = Reply(307, (*EVERYTHING, _AWAY), "")
    yield Case("preflight-307-third", {"OPTIONS": third}, (PUT,), "preflight-redirect")
    bare = Reply(304, EVERYTHING, "")
    yield Case("preflight-304", {"OPTIONS": bare}, (PUT,), "preflight-status")


def _redirects() -> Iterable[Case]:
    fine = Reply(fields=(PAGE, TEXT))
    for status in (301, 302, 303, 307, 308):
        yield Case(f"redirect-{status}", {"GET": Reply(status, (PAGE, _HERE)), "GET api/next": fine})
        yield Case(
            f"redirect-{status}-post",
            {"POST": Reply(status, (PAGE, _HERE)), "GET api/next": fine, "POST api/next": fine},
            (Ask("POST", body="text"),),
        )
        yield Case(
            f"redirect-{status}-put",
            {"PUT": Reply(status, (PAGE, _HERE)), "* api/next": fine, "OPTIONS": Reply(204, EVERYTHING, ""),
             "OPTIONS api/next": Reply(204, EVERYTHING, "")},
            (PUT,),
        )  # fmt: skip
    yield Case("redirect-json-307", {
        "OPTIONS": Reply(204, EVERYTHING, ""), "POST": Reply(307, (PAGE, _HERE)),
        "OPTIONS api/next": Reply(204, EVERYTHING, ""), "POST api/next": fine,
    }, (Ask("POST", (_JSON,), body="{}"),))  # fmt: skip
    yield Case("redirect-json-302", {
        "OPTIONS": Reply(204, EVERYTHING, ""), "POST": Reply(302, (PAGE, _HERE)),
        "OPTIONS api/next": Reply(204, EVERYTHING, ""), "GET api/next": fine, "POST api/next": fine,
    }, (Ask("POST", (_JSON,), body="{}"),))  # fmt: skip
    yield Case("redirect-json-302-to-no-preflight", {
        "OPTIONS": Reply(204, EVERYTHING, ""), "POST": Reply(302, (PAGE, _HERE)), "GET api/next": fine,
    }, (Ask("POST", (_JSON,), body="{}"),))  # fmt: skip
    yield Case("redirect-own-header", {
        "OPTIONS": Reply(204, EVERYTHING, ""), "GET": Reply(302, (PAGE, _HERE)),
        "OPTIONS api/next": Reply(204, EVERYTHING, ""), "GET api/next": fine,
    }, (Ask(headers=(("X-Id", "7"),)),))  # fmt: skip
    yield Case("redirect-second-preflight-refused", {
        "OPTIONS": Reply(204, EVERYTHING, ""), "PUT": Reply(307, (PAGE, _HERE)),
        "OPTIONS api/next": Reply(204, (PAGE,), ""),
    }, (PUT,), "method-not-allowed")  # fmt: skip
    yield Case(
        "redirect-without-headers",
        {"GET": Reply(302, (_HERE,)), "GET api/next": fine},
        cause="redirect-without-headers",
    )
    put_without = {"OPTIONS": Reply(204, EVERYTHING, ""), "PUT": Reply(307, (_HERE,))}
    yield Case("redirect-put-without-headers", put_without, (PUT,), "redirect-without-headers")
    lost = {"GET": Reply(302, (PAGE, _HERE)), "GET api/next": Reply()}
    yield Case("redirect-to-without-headers", lost, cause="redirect-without-headers")
    for name, allow, cause in (
        ("null", NULL, ""), ("any", ANY, ""), ("same", PAGE, "redirect-null-origin"),
        ("none", TEXT, "redirect-null-origin"),
    ):  # fmt: skip
        script = {"GET": Reply(302, (PAGE, _AWAY)), "GET third/next": Reply(fields=(allow,))}
        yield Case(f"redirect-third-{name}", script, cause=cause)
        script = {"OPTIONS": Reply(204, EVERYTHING, ""), "PUT": Reply(307, (PAGE, _AWAY)),
                  "OPTIONS third/next": Reply(204, (allow, methods("PUT")), ""),
                  "PUT third/next": Reply(fields=(allow,))}  # fmt: skip
        yield Case(f"redirect-third-put-{name}", script, (PUT,), cause)
    yield Case("redirect-third-and-back", {
        "GET": Reply(302, (PAGE, _AWAY)), "GET third/next": Reply(302, (NULL, location("{api}{path}/last"))),
        "GET api/last": Reply(fields=(NULL,)),
    })  # fmt: skip
    yield Case("redirect-third-with-credentials", {
        "GET": Reply(302, (PAGE, CREDENTIALS, _AWAY)), "GET third/next": Reply(fields=(NULL, CREDENTIALS)),
    }, (Ask(credentials="include"),))  # fmt: skip
    yield Case("redirect-third-any-with-credentials", {
        "GET": Reply(302, (PAGE, CREDENTIALS, _AWAY)), "GET third/next": Reply(fields=(ANY, CREDENTIALS)),
    }, (Ask(credentials="include"),), "credentials-wildcard")  # fmt: skip
    yield Case("redirect-third-authorization", {
        "OPTIONS": Reply(204, (PAGE, headers("Authorization")), ""), "GET": Reply(302, (PAGE, _AWAY)),
        "OPTIONS third/next": Reply(204, (NULL, headers("Authorization")), ""), "GET third/next": Reply(fields=(NULL,)),
    }, (Ask(headers=(_SECRET,)),))  # fmt: skip
    yield Case("redirect-here-authorization", {
        "OPTIONS": Reply(204, (PAGE, headers("Authorization")), ""), "GET": Reply(302, (PAGE, _HERE)),
        "OPTIONS api/next": Reply(204, (PAGE, headers("Authorization")), ""), "GET api/next": fine,
    }, (Ask(headers=(_SECRET,)),))  # fmt: skip
    # From the page's own origin, and back to it.
    own = {"GET": Reply(302, (location("{api}{path}/next"),)), "GET api/next": fine}
    yield Case("redirect-from-home", own, site="page")
    bare = {"GET": Reply(302, (location("{api}{path}/next"),)), "GET api/next": Reply()}
    yield Case("redirect-from-home-without-headers", bare, cause="redirect-without-headers", site="page")
    yield Case("redirect-from-home-put", {
        "PUT": Reply(307, (location("{api}{path}/next"),)), "OPTIONS api/next": Reply(204, EVERYTHING, ""),
        "PUT api/next": fine,
    }, (PUT,), site="page")  # fmt: skip
    yield Case("redirect-at-home", {"GET": Reply(302, (_HERE,)), "GET page/next": Reply()}, site="page")
    home = {"GET": Reply(302, (PAGE, _HOME)), "GET page/next": Reply(fields=(NULL,))}
    yield Case("redirect-home-null", home)
    home = {"GET": Reply(302, (PAGE, _HOME)), "GET page/next": Reply()}
    yield Case("redirect-home-without-headers", home, cause="redirect-null-origin")
    # Locations that cannot be followed.
    yield Case("redirect-no-location", {"GET": Reply(302, (PAGE,))})
    for name, target, cause in (
        ("ftp", "ftp://127.0.0.1/", "redirect-scheme"),
        ("data", "data:text/plain,text", "redirect-scheme"),
        ("port", "http://127.0.0.1:99999/", "redirect-scheme"),
        ("userinfo", "http://user:password@{third.host}{path}/next", "redirect-url-credentials"),
    ):
        script = {"GET": Reply(302, (PAGE, location(target))), "GET third/next": Reply(fields=(ANY,))}
        yield Case(f"redirect-to-{name}", script, cause=cause)
    yield Case("redirect-for-ever", {"GET": Reply(302, (PAGE, location("{path}")))}, cause="redirect-loop")
    chain = {f"GET api/{hop}": Reply(302, (PAGE, location(f"{{path}}/{hop + 1}"))) for hop in range(1, 20)}
    yield Case("redirect-twenty-times", {
        "GET": Reply(302, (PAGE, location("{path}/1"))), **chain, "GET api/20": fine,
    })  # fmt: skip


# -- What a preflight's response is cached for -------------------------------------------------------------------------


def _caching() -> Iterable[Case]:
    actual = Reply(fields=(PAGE, CREDENTIALS))
    twice = (PUT, PUT)
    for name, lines in (
        ("600", (max_age("600"),)),
        ("0", (max_age("0"),)),
        ("none", ()),
        ("huge", (max_age("99999999999999999999"),)),
        ("leading-zeros", (max_age("000600"),)),
        ("negative", (max_age("-1"),)),
        ("word", (max_age("long"),)),
        ("fraction", (max_age("600.5"),)),
        ("unit", (max_age("600s"),)),
        ("twice", (max_age("600"), max_age("600"))),
    ):
        yield Case(f"max-age-{name}", after_preflight(actual, *EVERYTHING, *lines), twice)
    kept = after_preflight(actual, *EVERYTHING, max_age("600"))
    one, other = (("X-Id", "7"),), (("X-Other", "8"),)
    yield Case("kept-for-other-method", kept, (PUT, Ask("DELETE")))
    yield Case("kept-for-unlisted-method", kept, (PUT, Ask("PURGE")), "method-not-allowed")
    yield Case("kept-for-other-header", kept, (Ask("PUT", one), Ask("PUT", other)))
    yield Case("kept-for-fewer-headers", kept, (Ask("PUT", (*one, *other)), Ask("PUT", one)))
    yield Case("kept-for-unlisted-header", kept, (PUT, Ask("PUT", (("X-New", "9"),))), "header-not-allowed")
    yield Case("kept-for-header-value", kept, (Ask("PUT", one), Ask("PUT", (("X-Id", "8"),))))
    yield Case("kept-for-other-url", kept, (PUT, Ask("PUT", at="/other")))
    yield Case("kept-for-query", kept, (PUT, Ask("PUT", at="?page=2")))
    yield Case("kept-without-for-with-credentials", kept, (PUT, Ask("PUT", credentials="include")))
    yield Case("kept-with-for-without-credentials", kept, (Ask("PUT", credentials="include"), PUT))
    wild = after_preflight(Reply(fields=(ANY,)), ANY, methods("*"), headers("*"), max_age("600"))
    yield Case("kept-wildcard-for-other-method", wild, (PUT, Ask("DELETE", one)))
    refused = after_preflight(actual, PAGE, max_age("600"))
    yield Case("refused-is-not-kept", refused, twice, "method-not-allowed")
    safelisted = after_preflight(actual, PAGE, headers("X-Id"), max_age("600"))
    yield Case("kept-for-safelisted-method", safelisted, (Ask(headers=one), Ask("POST", one, body="text")))


# -- What the page reads -----------------------------------------------------------------------------------------------


def _exposing() -> Iterable[Case]:
    answer = (
        TEXT, ("X-Id", "7"), ("X-Other", "8"), ("ETag", '"1"'), ("Cache-Control", "no-store"), ("Expires", "0"),
        ("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT"), ("Pragma", "no-cache"), ("Content-Language", "en"),
        ("Set-Cookie", "other=1; Path=/nowhere"), ("Server", "test"), ("Vary", "Origin"),
    )  # fmt: skip
    for name, lines in (
        ("none", ()),
        ("one", (expose("X-Id"),)),
        ("in-other-case", (expose("x-ID, etag"),)),
        ("absent", (expose("X-Absent"),)),
        ("any", (expose("*"),)),
        ("any-and-one", (expose("*, X-Id"),)),
        ("two-lines", (expose("X-Id"), expose("X-Other"))),
        ("empty-members", (expose(",X-Id,, ETag,"),)),
        ("malformed", (expose("X-Id; ETag"),)),
        ("one-malformed", (expose("X-Id, X Other"),)),
        ("quoted", (expose('"X-Id"'),)),
        ("set-cookie", (expose("Set-Cookie, Set-Cookie2, X-Id"),)),
        ("server", (expose("Server, Vary, Access-Control-Allow-Origin"),)),
    ):
        yield Case(f"expose-{name}", {"GET": Reply(fields=(PAGE, *lines, *answer))})
    for name, value in (("any", "*"), ("one", "X-Id")):
        fields = (PAGE, CREDENTIALS, expose(value), *answer)
        yield Case(f"expose-{name}-with-credentials", {"GET": Reply(fields=fields)}, (Ask(credentials="include"),))
    yield Case("expose-at-home", {"GET": Reply(fields=answer)}, site="page")
    yield Case("expose-after-preflight", after_preflight(Reply(fields=(PAGE, expose("X-Id"), *answer))), (PUT,))
    yield Case(
        "expose-only-in-preflight", after_preflight(Reply(fields=(PAGE, *answer)), *EVERYTHING, expose("X-Id")), (PUT,)
    )
    named = {"GET": Reply(302, (PAGE, expose("X-Id"), _HERE)), "GET api/next": Reply(fields=(PAGE, *answer))}
    yield Case("expose-only-in-redirect", named)


# -- What needs a preflight --------------------------------------------------------------------------------------------

_CONTENT_TYPES: Final = {
    "text": "text/plain",
    "charset": "text/plain;charset=utf-8",
    "upper-case": "TEXT/PLAIN",
    "form": "application/x-www-form-urlencoded",
    "multipart": "multipart/form-data; boundary=x",
    "json": "application/json",
    "json-in-parameter": "text/plain; type=application/json",
    "html": "text/html",
    "empty": "",
    "no-type": "text",
    "list": "text/plain, application/json",
    "unsafe-byte": 'text/plain; x="y"',
    "colon": "text/plain; x=a:b",
    "blank-before-slash": "text /plain",
    "128": f"text/plain; x={'y' * 114}",
    "129": f"text/plain; x={'y' * 115}",
}
_SAFELISTED: Final = {
    "accept": ("Accept", "application/json"),
    "accept-quality": ("Accept", "text/html, application/json;q=0.9, */*;q=0.1"),
    "accept-quoted": ("Accept", 'text/html;x="y"'),
    "accept-128": ("Accept", "a" * 128),
    "accept-129": ("Accept", "a" * 129),
    "accept-language": ("Accept-Language", "en-GB, de;q=0.5, *;q=0"),
    "accept-language-underscore": ("Accept-Language", "en_GB"),
    "content-language": ("Content-Language", "en"),
    "content-language-slash": ("Content-Language", "en/GB"),
    "range": ("Range", "bytes=0-9"),
    "range-open": ("Range", "bytes=10-"),
    "range-suffix": ("Range", "bytes=-9"),
    "range-backwards": ("Range", "bytes=9-0"),
    "range-two": ("Range", "bytes=0-1,3-4"),
    "range-blank": ("Range", "bytes = 0-9"),
    "range-lines": ("Range", "lines=0-9"),
    "last-event-id": ("Last-Event-ID", "7"),
    "if-none-match": ("If-None-Match", '"1"'),
    "cache-control": ("Cache-Control", "no-cache"),
    "requested-with": ("X-Requested-With", "XMLHttpRequest"),
    "user-agent": ("User-Agent", "test"),
    "referer": ("Referer", "https://www.example.com/"),
    "cookie": ("Cookie", "a=b"),
    "host": ("Host", "www.example.com"),
    "sec": ("Sec-Test", "1"),
    "proxy": ("Proxy-Test", "1"),
    "access-control": ("Access-Control-Request-Method", "PUT"),
    "method-override": ("X-HTTP-Method-Override", "PUT"),
    "method-override-trace": ("X-HTTP-Method-Override", "TRACE"),
    "accept-charset": ("Accept-Charset", "utf-8"),
    "accept-encoding": ("Accept-Encoding", "br"),
    "dnt": ("DNT", "1"),
    "save-data": ("Save-Data", "on"),
    "dpr": ("DPR", "2"),
    "priority": ("Priority", "u=1"),
    "blanks-around": ("Accept-Language", "  en  "),
}
_METHODS: Final = ("get", "HEAD", "head", "post", "Put", "put", "Delete", "OPTIONS", "options", "Patch", "PURGE", "x!y")


def _safelist() -> Iterable[Case]:
    names = sorted({"Content-Type", *(name for name, _ in _SAFELISTED.values())})
    allow = (
        PAGE,
        headers(", ".join(names)),
        methods(", ".join(sorted({*_WRITING, *map(str.upper, _METHODS), *_METHODS}))),
    )
    script = after_preflight(Reply(fields=(PAGE,)), *allow)
    for name, value in _CONTENT_TYPES.items():
        yield Case(f"content-type-{name}", script, (Ask("POST", (("Content-Type", value),), body="text"),))
    for name, header in _SAFELISTED.items():
        yield Case(f"field-{name}", script, (Ask(headers=(header,)),))
    languages = (("Accept-Language", "en"), ("Content-Language", "en"))
    yield Case("field-several", script, (Ask(headers=(("Accept", "text/html"), *languages)),))
    yield Case(
        "field-same-twice", script, (Ask(headers=(("Accept-Language", "a" * 100), ("accept-language", "b" * 100))),)
    )
    yield Case("field-same-nine-times", script, (Ask(headers=(("Accept", "a" * 128),) * 9),))
    yield Case("field-mixed", script, (Ask("PUT", (("X-Requested-With", "x"), ("accept", "*/*"), ("DPR", "2"))),))
    for method in _METHODS:
        yield Case(f"method-{method.replace('!', '-')}", script, (Ask(method),))
    for method in ("TRACE", "connect", "TrAcK"):
        yield Case(f"method-{method}", script, (Ask(method),), "forbidden-method")
    yield Case(
        "upload-without-lists", after_preflight(Reply(fields=(PAGE,)), PAGE), (Ask("POST", body="text", upload=True),)
    )
    yield Case(
        "upload-refused",
        {"OPTIONS": Reply(204, (), "")},
        (Ask("POST", body="text", upload=True),),
        "cors-absent",
    )
    yield Case("frame-allowed", {"GET": Reply(fields=(NULL,))}, sandboxed=True)
    yield Case("frame-none", {"GET": Reply()}, cause="null-origin", sandboxed=True)
    yield Case("frame-other", {"GET": Reply(fields=(PAGE,))}, cause="null-origin", sandboxed=True)
    frame = (Ask(credentials="include"),)
    yield Case("frame-with-credentials", {"GET": Reply(fields=(NULL, CREDENTIALS))}, frame, sandboxed=True)
    yield Case("frame-asks-home", {"GET": Reply()}, cause="null-origin", site="page", sandboxed=True)


CASES: Final = tuple(itertools.chain(
    _policies(), _debugging(), _errors_of_the_app(), _allow_origin(), _credentials(), _statuses(), _lists(),
    _redirected_preflights(), _redirects(), _caching(), _exposing(), _safelist(),
))  # fmt: skip
"""Every case, in the order of the run."""
