"""The servers of the matrix, and what a browser's page or the standard, as in `wsgicors.browser`, met there."""

import contextlib
import http.client
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Protocol, cast
from urllib.parse import urlsplit

from tests.asgi.wire import Bridge, served
from tests.browsers import site
from tests.browsers.engine import JSON, Engine
from tests.browsers.matrix import Ask, Case, Middleware, Places, Reply, Script, SiteName
from tests.servers.ports import ADDRESS, free_port
from wsgicors import CORS, Policy, asgi
from wsgicors import browser as standard
from wsgicors.browser import MAX_AGE_LIMITS, Conclusion, is_forbidden_header

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

STANDARD: Final = "standard"
COOKIE: Final = "met=1"

# The request fields that the standard defines; browsers choose all others.
_SPELLED_OUT: Final = ("Origin", "Cookie", "Accept", "Content-Type", "Access-Control-Request-Method",
                       "Access-Control-Request-Headers")  # fmt: skip
_PAGE: Final = "Content-Type: text/html; charset=utf-8"
_SECONDS: Final = 30.0


@dataclass(frozen=True)
class Arrived:
    """A request that arrived: the server, the target, and the fields that the standard defines."""

    site: SiteName
    method: str
    at: str
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Got:
    """What the page got for one request: a response and the names of the readable headers, or nothing."""

    status: int = 0
    type: str = ""
    redirected: bool = False
    fields: tuple[str, ...] = ()

    @property
    def blocked(self) -> bool:
        return self.status == 0


@dataclass(frozen=True)
class Outcome:
    """The outcome of a case: what arrived, in order at each server, and what the page got."""

    arrived: tuple[Arrived, ...]
    got: tuple[Got, ...]


def differences(expected: Outcome, met: Outcome) -> tuple[str, ...]:
    """An engine's differences from the standard, without the ports of a run."""
    return (*_differences_of_answers(expected.got, met.got), *_differences_of_arrivals(expected.arrived, met.arrived))


def _differences_of_answers(expected: Sequence[Got], met: Sequence[Got]) -> Iterator[str]:
    for standard_got, got in zip(expected, met, strict=True):
        if got.blocked != standard_got.blocked:
            yield "blocks" if got.blocked else "lets through"
        elif got != standard_got:
            yield f"reads {got} instead of {standard_got}"


def _differences_of_arrivals(expected: Sequence[Arrived], met: Sequence[Arrived]) -> Iterator[str]:
    wanted, came = _by_line(expected), _by_line(met)
    for line in sorted({*wanted, *came}):
        one, other = wanted.get(line, []), came.get(line, [])
        if len(one) != len(other):
            yield f"{line}: {len(other)} instead of {len(one)}"
            continue
        pairs = zip(one, other, strict=True)
        names = {name for ours, theirs in pairs for name, _ in {*ours.fields} ^ {*theirs.fields}}
        if names:
            yield f"{line}: other {', '.join(sorted(names))}"
    order, order_met = [_line(one) for one in expected], [_line(one) for one in met]
    if sorted(order) == sorted(order_met) and order != order_met:
        yield "in another order"


def _line(arrived: Arrived) -> str:
    return f"{arrived.method} {arrived.site}{arrived.at}"


def _by_line(arrived: Sequence[Arrived]) -> dict[str, list[Arrived]]:
    lines: dict[str, list[Arrived]] = {}
    for one in arrived:
        lines.setdefault(_line(one), []).append(one)
    return lines


@dataclass(frozen=True)
class Met:
    """An engine's outcome of a case, and its console messages; the script's rejection comes last."""

    outcome: Outcome
    console: tuple[str, ...]


class Wrap(Protocol):
    """Wraps an app by a policy, as `wsgicors.CORS` does."""

    def __call__(self, app: "WSGIApplication", policy: Policy, /, *, debug: bool) -> "WSGIApplication": ...


@dataclass
class Ground:
    """The running servers. Each case has its own path for each client, so no cache is shared."""

    places: Places
    sites: Mapping[SiteName, site.Site]
    wrap: "Wrap"
    _apps: dict[str, "WSGIApplication"] = field(default_factory=dict[str, "WSGIApplication"])

    def url(self, case: Case, ask: Ask, who: str) -> str:
        return f"{self.places.of(case.site)}{path_of(case, who)}{ask.at}"

    def arrived(self, case: Case, who: str) -> tuple[Arrived, ...]:
        """The requests that arrived for a case."""
        path = path_of(case, who)
        names = {*_SPELLED_OUT, *_own_names(case)}
        return tuple(
            Arrived(
                name,
                request.method,
                request.target.removeprefix(path),
                tuple((spelled, value) for spelled in sorted(names) if (value := _value(request, spelled)) is not None),
            )
            for name, served in self.sites.items()
            for request in served.requests
            if _is_under(request.target, path)
        )


def _value(request: site.Request, name: str) -> str | None:
    """The value of a field; of Cookie only our own, because all ports of a host share cookies."""
    value = request.field(name)
    if name == "Cookie" and value is not None:
        return COOKIE if COOKIE in value.split("; ") else None
    return value


def path_of(case: Case, who: str) -> str:
    return f"/{who}/{case.id}"


def _is_under(target: str, path: str) -> bool:
    return target.startswith(path) and target[len(path) : len(path) + 1] in {"", "/", "?"}


def _own_names(case: Case) -> set[str]:
    """The names that the page's script sets, except those that every browser overrides."""
    told = {name.lower(): (name, value) for ask in case.asks for name, value in ask.headers}
    spelled = {name.lower() for name in _SPELLED_OUT}
    return {name.title() for name, header in told.items() if name not in spelled and not is_forbidden_header(*header)}


# -- The servers -------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def opened(cases: Sequence[Case], wrap: "Wrap" = CORS) -> Generator[Ground]:
    """Serve the cases for the length of a `with` block, their apps wrapped by `wrap`."""
    known = {case.id: case for case in cases}
    places = Places("", "", "", "", f"http://{ADDRESS}:{free_port()}")

    def answer(name: SiteName) -> site.Answer:
        return lambda request: _answer(known, ground.places, name, request)

    def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        return _wrapped(known, ground, environ["PATH_INFO"])(environ, start_response)

    with (
        site.scripted(answer("page")) as page,
        site.serve(app) as wrapped,
        site.scripted(answer("api")) as api,
        site.scripted(answer("third")) as third,
    ):
        sites: dict[SiteName, site.Site] = {"page": page, "app": wrapped, "api": api, "third": third}
        origins = {name: served.origin for name, served in sites.items()}
        ground = Ground(replace(places, **origins), sites, wrap)
        yield ground


def _answer(cases: Mapping[str, Case], places: Places, name: SiteName, request: site.Request) -> bytes:
    """A scripted server's response: the reply for the request's method and place, or the page."""
    who, _, rest = request.target[1:].partition("/")
    case_id, _, tail = rest.partition("?")[0].partition("/")
    case = cases.get(case_id)
    if case is None:
        return site.response(200, [("Content-Type", "text/html"), ("Set-Cookie", f"{COOKIE}; Path=/")], site.PAGE)
    script = cast("Script", case.server)
    place = f" {name}/{tail}" if tail else ""
    for key in (f"{request.method}{place}", f"*{place}", request.method, "*"):
        if key in script and (place in key or tail == "other"):
            return _bytes(script[key], places, path_of(case, who), request.method)
    return site.response(404)


def _bytes(reply: Reply, places: Places, path: str, method: str) -> bytes:
    if reply.raw is not None:
        return reply.raw
    fields = [(name, places.fill(value, path)) for name, value in reply.fields]
    data = site.response(reply.status, fields, reply.body.encode())
    return data.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if method == "HEAD" else data


def _wrapped(cases: Mapping[str, Case], ground: Ground, path: str) -> "WSGIApplication":
    """The app of the case that a path belongs to, wrapped once."""
    case_id = path.removeprefix("/").partition("/")[2].partition("/")[0]
    if case_id not in cases:
        return site.page
    if case_id not in ground._apps:
        server = cast("Middleware", cases[case_id].server)
        ground._apps[case_id] = ground.wrap(_app(server.status), server.policy(ground.places), debug=server.debug)
    return ground._apps[case_id]


def by_asgi(app: "WSGIApplication", policy: Policy, /, *, debug: bool) -> "WSGIApplication":
    """Wrap an app as an ASGI app, with its messages checked against ASGI 3."""
    return Bridge(asgi.CORS(served(app), policy, debug=debug))


def _app(status: int) -> "WSGIApplication":
    def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path: str = environ["PATH_INFO"]
        moves = 300 <= status < 400 and not path.endswith("/next")
        fields = [("Content-Type", "text/plain"), ("X-Total", "3"), ("X-Other", "4"), ("ETag", '"1"')]
        if moves:
            fields.append(("Location", f"{path}/next"))
        start_response(f"{200 if status < 400 and not moves else status} Status", fields)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [b"body"]

    return app


# -- The standard ------------------------------------------------------------------------------------------------------


def expected(ground: Ground, case: Case, engine: str) -> tuple[Outcome, tuple[Conclusion, ...]]:
    """The standard's outcome of a case, by real requests to the same servers.

    Responses to preflights are cached as in "CORS-preflight fetch", up to the limit of an engine.
    """
    who = f"{STANDARD}-{engine}"
    browser = _Browser(ground, who, MAX_AGE_LIMITS[engine])
    conclusions = tuple(browser.ask(case, ask) for ask in case.asks)
    got = tuple(
        Got(conclusion.status or 0, conclusion.tainting, len(_hops(conclusion)) > 1, conclusion.readable)
        if conclusion.allowed
        else Got()
        for conclusion in conclusions
    )
    return Outcome(ground.arrived(case, who), got), conclusions


def _hops(conclusion: Conclusion) -> set[int]:
    return {exchange.hop for exchange in conclusion.exchanges}


class _Browser:
    """`wsgicors.browser` with a network, a cookie and a cache of preflights."""

    def __init__(self, ground: Ground, who: str, longest: int) -> None:
        self._ground = ground
        self._who = who
        self._longest = longest
        self._kept: list[tuple[standard.Request, standard.Response]] = []

    def ask(self, case: Case, ask: Ask) -> Conclusion:
        origin = "null" if case.sandboxed else self._ground.places.page
        headers = list(ask.headers)
        if ask.body is not None and not any(name.lower() == "content-type" for name, _ in headers):
            headers.append(("Content-Type", "text/plain;charset=UTF-8"))
        self._made = standard.Request(
            self._ground.url(case, ask, self._who), origin, ask.method, headers, ask.credentials,
            use_cors_preflight=ask.upload,
        )  # fmt: skip
        conclusion = standard.fetch(self._made, self._send)
        if min(conclusion.max_age or 0, self._longest) > 0:
            preflights = [done for done in conclusion.exchanges if done.stage is standard.Stage.PREFLIGHT]
            # The last hop's preflight is known to have passed.
            self._kept.append((replace(self._made, url=preflights[-1].request.url), preflights[-1].response))
        return conclusion

    def _send(self, sent: standard.Request) -> standard.Response:
        asked = dict(sent.headers)
        if "Access-Control-Request-Method" in asked:
            for made, response in self._kept:
                if self._serves(made, response, sent):
                    return response
        return self._exchange(sent)

    def _serves(self, made: standard.Request, response: standard.Response, sent: standard.Request) -> bool:
        """Whether a cached response to a preflight serves for a new one ("method cache entry match")."""
        includes = (made.credentials == "include", self._made.credentials == "include")
        if (made.url, made.origin) != (sent.url, sent.origin) or includes == (False, True):
            return False
        asked = dict(sent.headers)
        names = asked.get("Access-Control-Request-Headers", "").split(",")
        headers = [(name, "") for name in names if name]
        new = standard.Request(sent.url, sent.origin, asked["Access-Control-Request-Method"], headers, made.credentials)
        fresh = standard.judge(new, response, standard.Response(200, [("Access-Control-Allow-Origin", "*")]))
        return fresh.max_age is not None

    def _exchange(self, sent: standard.Request) -> standard.Response:
        parts = urlsplit(sent.url)
        connection = http.client.HTTPConnection(ADDRESS, parts.port or 80, timeout=_SECONDS)
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        with contextlib.closing(connection):
            try:
                connection.putrequest(sent.method, target, skip_accept_encoding=True)
                for name, value in sent.headers:
                    connection.putheader(name, value)
                if sent.credentials == "include":
                    connection.putheader("Cookie", COOKIE)
                connection.endheaders()
                answer = connection.getresponse()
                answer.read()
            except (http.client.HTTPException, ConnectionError):
                return standard.Response(0)
            return standard.Response(answer.status, answer.getheaders())


# -- A browser's page --------------------------------------------------------------------------------------------------

# For each call: what it got, or the script's rejection.
_TELL: Final = """
const through = (target, options) => new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.upload.onprogress = () => {};
    request.onload = () => {
        const lines = request.getAllResponseHeaders().trim().split("\\r\\n");
        const names = lines.map(line => line.split(":")[0].toLowerCase());
        const redirected = request.responseURL !== target;
        resolve({status: request.status, type: "cors", redirected, headers: {keys: () => names}, text: () => ""});
    };
    request.onerror = () => reject("");
    request.open(options.method, target);
    for (const [name, value] of options.headers) request.setRequestHeader(name, value);
    request.send(options.body);
});
const tell = async ({target, options, upload}) => {
    try {
        const response = await (upload ? through : fetch)(target, options);
        await response.text();
        return [response.status, response.type, response.redirected, [...new Set(response.headers.keys())].sort()];
    } catch (error) {
        return String(error);
    }
};
"""
_RUN: Final = (
    _TELL
    + """
const told = [];
for (const [mark, asks] of args[0]) {
    console.debug(mark);
    const answers = [];
    for (const ask of asks) answers.push(await tell(ask));
    told.push(answers);
}
return told;
"""
)
_RUN_IN_FRAME: Final = (
    """
const frame = document.createElement("iframe");
frame.sandbox = "allow-scripts";
const told = new Promise(resolve => addEventListener("message", event => resolve(event.data), {once: true}));
const script = `"""
    + _TELL.replace("\\", "\\\\")
    + """
    const run = async asks => { const told = []; for (const ask of asks) told.push(await tell(ask)); return told; };
    run(${JSON.stringify(args[0])}).then(told => parent.postMessage(told, "*"));`;
frame.srcdoc = "<script>" + script + "</" + "script>";
document.body.append(frame);
return await told;
"""
)
_MARK: Final = "case: "
_AT_ONCE: Final = 50


def meet(ground: Ground, engine: Engine, cases: Sequence[Case], who: str = "") -> dict[str, Met]:
    """Run the cases in an engine, in order and many in one call; a sandboxed frame's one by one.

    `who` names this run, if an engine meets a case more than once.
    """
    who = who or engine.name
    engine.visit(f"{ground.places.page}/")
    engine.console()
    met: dict[str, Met] = {}
    in_page = [case for case in cases if not case.sandboxed]
    for start in range(0, len(in_page), _AT_ONCE):
        batch = in_page[start : start + _AT_ONCE]
        told = engine.run(_RUN, [[f"{_MARK}{case.id}", _asks(ground, case, who)] for case in batch])
        spoken = _attributed(engine, batch, who)
        for case, answers in zip(batch, cast("list[list[JSON]]", told), strict=True):
            met[case.id] = _met(ground, case, who, answers, spoken[case.id])
    for case in cases:
        if case.sandboxed:
            answers = cast("list[JSON]", engine.run(_RUN_IN_FRAME, _asks(ground, case, who)))
            met[case.id] = _met(ground, case, who, answers, [message.text for message in engine.console()])
    return met


def meet_one(engine: Engine, url: str, ask: Ask, *, sandboxed: bool = False) -> tuple[Got, tuple[str, ...]]:
    """What an engine's page gets from one URL, and its console messages."""
    asks: JSON = [_call(url, ask)]
    if sandboxed:
        answers = cast("list[JSON]", engine.run(_RUN_IN_FRAME, asks))
    else:
        [answers] = cast("list[list[JSON]]", engine.run(_RUN, [["", asks]]))
    console = [message.text for message in engine.console() if message.text]
    return _got(answers[0]), _said(console, answers)


def _asks(ground: Ground, case: Case, who: str) -> JSON:
    return [_call(ground.url(case, ask, who), ask) for ask in case.asks]


def _call(url: str, ask: Ask) -> JSON:
    options: dict[str, JSON] = {
        "method": ask.method,
        "headers": [list(header) for header in ask.headers],
        "credentials": ask.credentials,
    }
    if ask.body is not None:
        options["body"] = ask.body
    return {"target": url, "upload": ask.upload, "options": options}


def _met(ground: Ground, case: Case, who: str, answers: Sequence[JSON], console: Sequence[str]) -> Met:
    got = tuple(map(_got, answers))
    return Met(Outcome(ground.arrived(case, who), got), _said(console, answers))


def _said(console: Sequence[str], answers: Sequence[JSON]) -> tuple[str, ...]:
    """The console's messages; the one about the script's rejection comes last."""
    rejections = [answer for answer in answers if isinstance(answer, str) and answer]
    return (*console, *(f"Uncaught (in promise) {rejection}" for rejection in rejections[-1:]))


def _got(answer: JSON) -> Got:
    if isinstance(answer, str):
        return Got()
    status, kind, redirected, names = cast("tuple[int, str, bool, list[str]]", answer)
    return Got(status, kind, redirected, tuple(sorted(names)))


def _attributed(engine: Engine, batch: Sequence[Case], who: str) -> dict[str, list[str]]:
    """The console's messages by case: the case of the URL in the message, or else the last marked one."""
    by_path = {path_of(case, who): case.id for case in batch}
    spoken: dict[str, list[str]] = {case.id: [] for case in batch}
    current = batch[0].id
    for message in engine.console():
        if message.text.startswith(_MARK):
            current = message.text.removeprefix(_MARK)
            continue
        named = next(_paths(message.text, by_path), None)
        spoken[named or current].append(message.text)
    return spoken


def _paths(text: str, by_path: Mapping[str, str]) -> Iterator[str]:
    for word in text.split():
        path = urlsplit(word.strip("'\"‘’().,")).path if "://" in word else ""
        case = "/".join(path.split("/")[:3]).rstrip(".,'")
        if case in by_path:
            yield by_path[case]
