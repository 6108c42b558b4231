"""A small world for the exhaustive tests: pages, their requests, policies, and the meaning of the policies.

Naive tables and sets state the meaning, from the documentation of `wsgicors.Policy` and the Fetch standard, without
any function of the server side. A browser's conclusions come from `wsgicors.browser`, which uses none of the server's
code either.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple
from urllib.parse import unquote, urlsplit

from wsgicors import Policy
from wsgicors.browser import Credentials, Request, Response, fetch, preflight_request

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Fields = tuple[tuple[str, str], ...]

SERVICE: Final = "https://service.example.net"

# -- Pages and their requests --------------------------------------------------------------------------------

WWW: Final = "https://www.example.com"
HTTP: Final = "http://www.example.com"
PORT: Final = "https://www.example.com:8443"
DEEP: Final = "https://a.b.example.com"
GLUED: Final = "https://evilwww.example.com"
UNDERSCORE: Final = "https://my_app.example.com"
BARE: Final = "https://example.com"
DEEP_PORT: Final = "https://a.example.com:444"
OPEN_DOT: Final = "https://wwwxexample.com"
SUFFIXED: Final = "https://www.example.com.evil.net"
HYPHENED: Final = "https://evil-example.com"
PREFIXED: Final = "https://evilexample.com"
LONGER: Final = "https://www.example.community"
FOO: Final = "https://foo.com"
BAR: Final = "https://bar.com"
BARFOO: Final = "https://barfoo.com"
LOCAL: Final = "http://localhost"
LOCAL_PORT: Final = "http://localhost:3000"
LOCAL_EVIL: Final = "http://localhost.evil.net:3000"
IPV6: Final = "http://[::1]:3000"
IPV6_BARE: Final = "http://[::1]"
IPV6_OTHER: Final = "http://[::2]:3000"
EXTENSION: Final = "chrome-extension://abcdef"
EXTENSION_OTHER: Final = "chrome-extension://abcdefg"
CAPACITOR: Final = "capacitor://localhost"
NULL: Final = "null"
OWN: Final = SERVICE
OWN_OTHER_SCHEME: Final = "http://service.example.net"
OWN_OTHER_PORT: Final = "https://service.example.net:8443"

ORIGINS: Final = (
    WWW, HTTP, PORT, DEEP, GLUED, UNDERSCORE, BARE, DEEP_PORT, OPEN_DOT, SUFFIXED, HYPHENED, PREFIXED, LONGER, FOO, BAR,
    BARFOO, LOCAL, LOCAL_PORT, LOCAL_EVIL, IPV6, IPV6_BARE, IPV6_OTHER, EXTENSION, EXTENSION_OTHER, CAPACITOR, NULL,
    OWN, OWN_OTHER_SCHEME, OWN_OTHER_PORT,
)  # fmt: skip

METHODS: Final = {
    "GET": "GET", "get": "GET", "HEAD": "HEAD", "POST": "POST",
    "PUT": "PUT", "put": "PUT", "DELETE": "DELETE", "LET": "LET", "PATCH": "PATCH", "patch": "patch",
    "COPY": "COPY", "copy": "copy", "OPTIONS": "OPTIONS", "*": "*", "trace": "trace",
}  # fmt: skip
"""The method that a script writes, and the one that its browser sends."""

NEVER_SENT: Final = {"trace"}
NEED_NO_PERMISSION: Final = {"GET", "HEAD", "POST"}

HEADERS: Final[tuple[tuple[Fields, frozenset[str]], ...]] = (
    ((), frozenset()),
    ((("Accept", "text/html"), ("Accept-Language", "de, en;q=0.5")), frozenset()),
    ((("Content-Type", "text/plain;charset=utf-8"),), frozenset()),
    ((("Range", "bytes=0-9"),), frozenset()),
    ((("Cookie", "a=b"), ("Sec-Anything", "1")), frozenset()),
    ((("Content-Type", "application/json"),), frozenset({"content-type"})),
    ((("X-A", "1"),), frozenset({"x-a"})),
    ((("x-a", "1"), ("Type", "2")), frozenset({"x-a", "type"})),
    ((("Authorization", "Basic eDp5"),), frozenset({"authorization"})),
    ((("X-A", "1"), ("authorization", "Basic eDp5")), frozenset({"x-a", "authorization"})),
    ((("Accept", "a" * 129),), frozenset({"accept"})),
    ((("Accept", "a" * 128),) * 9, frozenset({"accept"})),
    ((("Accept-Language", "a:b"), ("Range", "bytes=-9")), frozenset({"accept-language", "range"})),
    ((("*", "1"),), frozenset({"*"})),
)
"""The headers that a script sets, and the names that need permission."""

CREDENTIALS: Final[tuple[Credentials, ...]] = ("omit", "same-origin", "include")

SITES: Final = {OWN: "same-origin", OWN_OTHER_PORT: "same-site", OWN_OTHER_SCHEME: "cross-site"}
"""Sec-Fetch-Site; elsewhere cross-site."""


@dataclass(frozen=True, eq=False)
class Visit:
    """A page's request to the service; `modern` browsers send Sec-Fetch-Site.

    Derived requests are cached, because many servers get them.
    """

    origin: str
    method: str = "GET"
    headers: Fields = ()
    unsafe: frozenset[str] = frozenset()
    credentials: Credentials = "omit"
    private_network: bool = False
    modern: bool = True
    path: str = "/notes"

    @cached_property
    def request(self) -> Request:
        """The request of the page's script to its browser."""
        url = SERVICE + self.path
        return Request(url, self.origin, self.method, self.headers, self.credentials, self.private_network)

    @cached_property
    def preflight(self) -> "WSGIEnvironment | None":
        """The preflight as it reaches the service; None if the browser sends none."""
        sent = preflight_request(self.request)
        return None if sent is None else self._environ(sent)

    @cached_property
    def actual(self) -> "WSGIEnvironment | None":
        """The actual request as it reaches a service that allows everything; None if browsers forbid it to scripts."""
        methods, names = METHODS[self.method], ",".join(self.unsafe)
        yes = Response(200, [
            ("Access-Control-Allow-Origin", self.origin), ("Access-Control-Allow-Credentials", "true"),
            ("Access-Control-Allow-Methods", methods), ("Access-Control-Allow-Headers", names),
            ("Access-Control-Allow-Private-Network", "true"),
        ])  # fmt: skip
        exchanges = fetch(self.request, lambda _: yes).exchanges
        return self._environ(exchanges[-1].request) if exchanges else None

    def _environ(self, sent: Request) -> "WSGIEnvironment":
        url = urlsplit(sent.url)
        environ: WSGIEnvironment = {
            "REQUEST_METHOD": sent.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote(url.path, "latin-1"),
            "HTTP_HOST": url.netloc,
        }
        for name, value in sent.headers:
            key = "HTTP_" + name.upper().replace("-", "_")
            environ[key] = f"{environ[key]}, {value}" if key in environ else value
        if sent.credentials == "include":
            environ["HTTP_COOKIE"] = "session=7"
        if self.modern:
            environ["HTTP_SEC_FETCH_SITE"] = SITES.get(self.origin, "cross-site")
        return environ

    @property
    def sent_method(self) -> str:
        return METHODS[self.method]

    @property
    def is_same_origin(self) -> bool:
        return self.origin == OWN

    @property
    def needs_preflight(self) -> bool:
        return not self.is_same_origin and (
            self.sent_method not in NEED_NO_PERMISSION or bool(self.unsafe) or self.private_network
        )


def visits(
    origins: Iterable[str],
    methods: Iterable[str],
    headers: Iterable[tuple[Fields, frozenset[str]]],
    credentials: Iterable[Credentials] = CREDENTIALS,
    private_network: Iterable[bool] = (False, True),
    modern: Iterable[bool] = (True,),
    path: str = "/notes",
) -> list[Visit]:
    """Every combination."""
    combined = product(origins, methods, headers, credentials, private_network, modern)
    return [
        Visit(origin, method, fields, unsafe, mode, private, recent, path)
        for origin, method, (fields, unsafe), mode, private, recent in combined
    ]


# -- Policies and their meaning ------------------------------------------------------------------------------


class Origins(NamedTuple):
    """A way to write ``allow_origins``, and which of `ORIGINS` it means."""

    given: Callable[[], Any]
    admits: frozenset[str]
    home: str = WWW
    insecure: frozenset[str] = frozenset()
    """Origins that it means only without credentials and private networks."""
    with_credentials: bool = True
    """Whether it builds with credentials."""
    with_private_network: bool = True
    """Whether it builds with private networks."""
    dangerously: tuple[str, ...] = ()


class Listed:
    """A source of origins: a plain collection that cannot be iterated."""

    def __init__(self, *origins: str) -> None:
        self.origins = origins

    def __contains__(self, origin: str) -> bool:
        return origin in self.origins


ORIGIN_SETS: Final = {
    "exact": Origins(lambda: [WWW], frozenset({WWW})),
    "several": Origins(lambda: (BAR, FOO, WWW, PORT), frozenset({BAR, FOO, WWW, PORT})),
    "subdomains": Origins(lambda: ["https://*.example.com"], frozenset({WWW, DEEP, GLUED, UNDERSCORE})),
    "subdomains-any-port": Origins(
        lambda: {"https://*.example.com:*"}, frozenset({WWW, PORT, DEEP, DEEP_PORT, GLUED, UNDERSCORE})
    ),
    "any-port": Origins(
        lambda: ["http://localhost:*", "https://www.example.com:*"], frozenset({LOCAL, LOCAL_PORT, WWW, PORT})
    ),
    "any": Origins(lambda: "*", frozenset(ORIGINS), with_credentials=False, with_private_network=False),
    "null": Origins(lambda: ["null", WWW], frozenset({NULL, WWW}), NULL, with_credentials=False,
                    with_private_network=False),
    "http": Origins(lambda: [HTTP, WWW], frozenset({HTTP, WWW}), HTTP, with_credentials=False,
                    with_private_network=False),
    "regex": Origins(
        lambda: [re.compile(r"https://(www|a\.b)\.example\.com(:8443)?")], frozenset({WWW, PORT, DEEP})
    ),
    "regex-sly": Origins(
        lambda: [re.compile(r"h(?:ttps|ttps)://www\.example\.com")], frozenset({WWW})
    ),
    "custom-schemes": Origins(lambda: [EXTENSION, CAPACITOR], frozenset({EXTENSION, CAPACITOR}), home=EXTENSION),
    "ipv6": Origins(lambda: [IPV6], frozenset({IPV6}), home=IPV6),
    "ipv6-any-port": Origins(lambda: ["http://[::1]:*"], frozenset({IPV6, IPV6_BARE}), home=IPV6_BARE),
    "source": Origins(
        lambda: Listed(WWW, HTTP, NULL, EXTENSION), frozenset({WWW, HTTP, EXTENSION}), insecure=frozenset({HTTP})
    ),
    "any-anyway": Origins(
        lambda: "*", frozenset(ORIGINS), with_credentials=False, dangerously=("any-origin-with-private-network",)
    ),
    "http-anyway": Origins(
        lambda: [re.compile(r"https?://www\.example\.com"), "http://bar.com"],
        frozenset({WWW, HTTP}), HTTP, dangerously=("insecure-origin",),
    ),
    "suffix-anyway": Origins(
        lambda: ["https://*.com"],
        frozenset({
            WWW, DEEP, GLUED, UNDERSCORE, BARE, OPEN_DOT, HYPHENED, PREFIXED, FOO, BAR, BARFOO,
        }),
        dangerously=("public-suffix",),
    ),
    "nobody-here": Origins(lambda: ["https://elsewhere.example"], frozenset(), home=LONGER),
}  # fmt: skip

METHOD_LISTS: Final = ((), ("PUT", "DELETE"), ("COPY", "PATCH"), ("*",))
HEADER_LISTS: Final = ((), ("X-A", "Content-Type"), ("authorization", "accept"), ("*",), ("*", "Authorization"))
EXPOSE_LISTS: Final = ((), ("X-Id", "etag"), ("*",))
MAX_AGES: Final = (None, 0, 600, 86400)


@dataclass(frozen=True)
class Settings:
    """The settings of a policy, as plain data, and their meaning: the oracle."""

    origins: str
    methods: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    credentials: bool = False
    private_network: bool = False
    expose: tuple[str, ...] = ()
    max_age: int | None = None
    status: int = 204
    refuse: Literal["withhold", "forbid"] = "withhold"

    @property
    def buildable(self) -> bool:
        """Whether such a policy builds."""
        origins = ORIGIN_SETS[self.origins]
        return (
            (origins.with_credentials or not self.credentials)
            and (origins.with_private_network or not self.private_network)
            and not (self.credentials and "*" in self.expose)
        )

    def policy(self) -> Policy:
        return Policy(
            allow_origins=ORIGIN_SETS[self.origins].given(),
            allow_methods=self.methods,
            allow_headers=self.headers,
            expose_headers=self.expose,
            allow_credentials=self.credentials,
            max_age=self.max_age,
            allow_private_network=self.private_network,
            preflight_status=self.status,
            refuse=self.refuse,
            dangerously_allow=ORIGIN_SETS[self.origins].dangerously,
        )

    @cached_property
    def admitted(self) -> frozenset[str]:
        """The origins that the policy means to allow."""
        origins = ORIGIN_SETS[self.origins]
        return origins.admits - origins.insecure if self.credentials or self.private_network else origins.admits

    @cached_property
    def named(self) -> frozenset[str]:
        return frozenset(name.lower() for name in self.headers)

    def means_header(self, name: str) -> bool:
        if name in self.named:
            return True
        return "*" in self.named and (name != "authorization" or self.credentials)

    def grants(self, visit: Visit) -> bool:
        """Whether the preflight of `visit` must be allowed. It does not show the credentials mode."""
        return (
            visit.origin in self.admitted
            and (self.private_network or not visit.private_network)
            and (visit.sent_method in {*NEED_NO_PERMISSION, *self.methods} or "*" in self.methods)
            and all(map(self.means_header, visit.unsafe))
        )

    def allows(self, visit: Visit) -> bool:
        """Whether the page must be able to read the response."""
        if visit.sent_method in NEVER_SENT:
            return False
        return visit.is_same_origin or (self.grants(visit) and (self.credentials or visit.credentials != "include"))

    def reaches_app(self, visit: Visit) -> bool:
        """Whether the actual request must reach the app."""
        if visit.sent_method in NEVER_SENT:
            return False
        if visit.needs_preflight:
            return self.allows(visit)
        if visit.is_same_origin or visit.origin in self.admitted or self.refuse == "withhold":
            return True
        # Without Sec-Fetch-Site, only Origin's host and port are compared with Host.
        return not visit.modern and visit.origin == OWN_OTHER_SCHEME

    def exposes(self, names: frozenset[str], visit: Visit) -> frozenset[str]:
        """Which of the app's headers the page must be able to read, if it may read the response."""
        names -= {"set-cookie"}
        if visit.is_same_origin or "*" in self.expose:
            return names
        return names & {"content-type", *(name.lower() for name in self.expose)}


def choose(policies: Sequence[Settings], visit: Visit) -> Settings:
    """The meaning of a list of policies for a page: the first that admits the origin, else the strictest refuses."""
    for settings in policies:
        if visit.origin in settings.admitted:
            return settings
    forbids = any(settings.refuse == "forbid" for settings in policies)
    return Settings("nobody-here", refuse="forbid" if forbids else "withhold")


# -- Apps ----------------------------------------------------------------------------------------------------

ORDINARY: Final = frozenset({"content-type", "x-id", "etag", "x-other", "set-cookie"})
"""Names of headers that each of these apps sets."""

_PLAIN: Final = (
    ("Content-Type", "text/plain"), ("X-Id", "7"), ("ETag", '"7"'), ("Set-Cookie", "a=b"), ("x-other", "1"),
    ("Set-Cookie", "c=d"),
)  # fmt: skip
_OWN_CORS: Final = (
    ("access-control-allow-origin", "*"), ("ACCESS-CONTROL-ALLOW-ORIGIN", "https://evil-example.com"),
    ("Access-control-Allow-credentials", "true"), ("access-Control-expose-Headers", "*, x-other"),
    ("Access-Control-Allow-Methods", "*"), ("ACCESS-control-ALLOW-headers", "*, authorization"),
    ("Access-Control-Allow-Private-Network", "true"), ("Access-Control-Max-Age", "1"),
)  # fmt: skip

APPS: Final = {
    "plain": _PLAIN,
    "varies": (("vary", "Cookie"), *_PLAIN, ("Vary", "Accept-Encoding, ORIGIN")),
    "varies-by-anything": (*_PLAIN, ("VARY", "Cookie, *")),
    "cors-of-its-own": (*_OWN_CORS[:3], *_PLAIN, *_OWN_CORS[3:]),
    "cors-and-vary": (*_PLAIN[:2], *_OWN_CORS, ("vary", "origin"), *_PLAIN[2:], _OWN_CORS[0]),
}
"""Headers that apps set."""


class Calls:
    """An app that sets `headers` and counts the requests that reach it. Some responses are late, and errors."""

    def __init__(self, headers: Fields) -> None:
        self.headers = headers
        self.count = 0

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        self.count += 1
        if environ["REQUEST_METHOD"] == "POST":
            return self._late(start_response)
        start_response("200 OK", list(self.headers))
        return [b"answer"]

    def _late(self, start_response: "StartResponse") -> Iterator[bytes]:
        start_response("200 OK", [("Access-Control-Allow-Origin", "*")])
        try:
            raise ValueError("the app's own error")
        except ValueError as error:
            start_response("500 Internal Server Error", list(self.headers), (ValueError, error, None))
        yield b"error"


class Answer(NamedTuple):
    """The response of a WSGI app."""

    status: int
    headers: Fields
    body: bytes

    def get(self, name: str) -> str | None:
        """The value of a header that occurs at most once."""
        values = [value for spelled, value in self.headers if spelled.lower() == name.lower()]
        assert len(values) < 2, self
        return values[0] if values else None

    @property
    def vary(self) -> frozenset[str]:
        """The names in Vary, in lower case."""
        return frozenset(name.strip().lower() for name in (self.get("Vary") or "").split(",") if name.strip())


def ask(app: "WSGIApplication", environ: "WSGIEnvironment") -> Answer:
    """Call a WSGI app once."""
    started: list[tuple[str, Any]] = []

    def start_response(
        status: str, headers: list[tuple[str, str]], exc_info: object = None
    ) -> Callable[[bytes], object]:
        started.append((status, headers))
        return lambda data: None

    body = b"".join(app(dict(environ), start_response))
    status, headers = started[-1]
    return Answer(int(status[:3]), tuple(headers), body)


# -- Browsers ------------------------------------------------------------------------------------------------


class Seen(NamedTuple):
    """The outcome of a visit in a browser."""

    allowed: bool
    readable: frozenset[str]
    max_age: int | None


@dataclass
class Browser:
    """`wsgicors.browser.fetch`, with a cache: it depends only on the visit and the responses."""

    _seen: dict[tuple[object, ...], Seen | None] = field(default_factory=dict)

    def sends(self, visit: Visit, preflight: Answer | None) -> bool:
        """Whether it sends the actual request after this response to the preflight."""
        return self._judged(visit, preflight, None) is None

    def sees(self, visit: Visit, preflight: Answer | None, actual: Answer | None) -> Seen:
        """Its conclusion from the responses; `actual` is None if the actual request was not sent."""
        seen = self._judged(visit, preflight, actual)
        assert seen is not None
        return seen

    def _judged(self, visit: Visit, *answers: Answer | None) -> Seen | None:
        # It reads no body.
        key = visit, *(answer and answer[:2] for answer in answers)
        if key not in self._seen:
            responses = [response(answer) for answer in answers[visit.preflight is None :]]
            try:
                conclusion = fetch(visit.request, lambda _: _present(responses.pop(0)))
            except _MissingError:
                self._seen[key] = None
            else:
                self._seen[key] = Seen(conclusion.allowed, frozenset(conclusion.readable), conclusion.max_age)
        return self._seen[key]


class _MissingError(Exception):
    """The actual request is sent, and has no response."""


def _present(answered: Response | None) -> Response:
    if answered is None:
        raise _MissingError
    return answered


def response(answer: Answer | None) -> Response | None:
    """A response as a browser gets it."""
    return None if answer is None else Response(answer.status, answer.headers)


# -- The judgement -------------------------------------------------------------------------------------------


def faults(
    cors: "WSGIApplication",
    app: Calls,
    visit: Visit,
    meant: Settings,
    browser: Browser,
    *,
    debug: bool = False,
) -> list[str]:
    """Where a service does not do for a page what is `meant`, or a browser concludes something else."""
    found: list[str] = []
    if (visit.preflight is not None) != (visit.needs_preflight and visit.actual is not None):
        found.append("the tables of the test and the browser do not agree on what needs a preflight")
    preflight = actual = None
    before = app.count
    if visit.preflight is not None:
        preflight = ask(cors, visit.preflight)
        found += preflight_faults(preflight, visit, meant, debug=debug)
        if app.count != before:
            found.append("the preflight reached the app")
    if visit.actual is not None and browser.sends(visit, preflight):
        before = app.count
        actual = ask(cors, visit.actual)
        if (app.count > before) != (actual.status != 403):
            found.append(f"the app was called {app.count - before} times, and the status is {actual.status}")
    reached = app.count > before
    if reached != meant.reaches_app(visit):
        found.append(f"the request {'reached' if reached else 'did not reach'} the app")
    seen = browser.sees(visit, preflight, actual)
    if seen.allowed != meant.allows(visit):
        found.append(f"the browser {'let the page read' if seen.allowed else 'blocked'} the answer")
    if seen.allowed and seen.readable & ORDINARY != meant.exposes(ORDINARY, visit):
        found.append(f"the page reads {sorted(seen.readable & ORDINARY)}")
    if seen.allowed and visit.preflight is not None and seen.max_age != (5 if meant.max_age is None else meant.max_age):
        found.append(f"the browser keeps the preflight for {seen.max_age} seconds")
    if reached and actual is not None and ordinary(actual.headers) != ordinary(app.headers):
        found.append(f"the app's headers became {actual.headers}")
    if reached and actual is not None and not own_vary(app.headers) <= actual.vary:
        found.append(f"the app's Vary became {actual.vary}")
    return [f"{fault}\n  {visit}\n  {meant}, debug={debug}\n  {preflight}\n  {actual}" for fault in found]


def preflight_faults(answer: Answer, visit: Visit, meant: Settings, *, debug: bool) -> list[str]:
    """The faults of the response to a preflight, regardless of a browser's conclusion."""
    names = {name for name, _ in answer.headers if name.startswith("Access-Control-")}
    if meant.grants(visit):
        length = None if meant.status == 204 else "0"
        if (answer.status, answer.body, answer.get("Content-Length")) != (meant.status, b"", length):
            return ["the preflight was not granted as it should be"]
        if "Access-Control-Expose-Headers" in names:  # browsers ignore it there
            return ["the answer to the preflight says what only the actual one has to"]
    elif debug and visit.origin in meant.admitted:
        # The same with a body.
        if answer.status != 200 or "Access-Control-Allow-Origin" not in names or not answer.body:
            return ["the refusal does not say why"]
    elif visit.origin in meant.admitted and (meant.private_network or not visit.private_network):
        # It lists what the origin may request: the browser then names the method or header that is missing.
        if (answer.status, answer.body) != (meant.status, b"") or "Access-Control-Allow-Origin" not in names:
            return ["the refused preflight was not answered as a granted one"]
        lacking = "authorization" in visit.unsafe and not meant.means_header("authorization")
        if lacking and "*" in str(answer.get("Access-Control-Allow-Headers")):
            return ["engines take the answer to cover Authorization"]
    elif answer.status != 403 or names or not answer.body:
        return ["the preflight was not refused as it should be"]
    return []


def ordinary(headers: Fields) -> list[tuple[str, str]]:
    """Headers other than CORS headers and Vary."""
    return [
        (name, value)
        for name, value in headers
        if not name.lower().startswith("access-control-") and name.lower() != "vary"
    ]


def own_vary(headers: Fields) -> frozenset[str]:
    """The names in an app's Vary; only "*" if it is among them."""
    lines = [value for name, value in headers if name.lower() == "vary"]
    names = frozenset(name.strip().lower() for name in ",".join(lines).split(",") if name.strip())
    return frozenset({"*"}) if "*" in names else names
