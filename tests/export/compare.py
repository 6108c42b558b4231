"""The differences between an edge and the core: in each header, with named exceptions, and in browsers' conclusions."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from tests import scope
from tests.export.exchange import Question, Reply, Wire, ask_core
from tests.export.questions import STRANGERS, always, questions
from tests.export.upstream import wsgi
from tests.export.worlds import DOTTED, EMPTY, World
from wsgicors._http import is_token, list_members
from wsgicors.browser import Request, Response, fetch
from wsgicors.origins import DEFAULT_PORTS, is_serialization

if TYPE_CHECKING:
    from tests.export.edges import Edge

PREFIX: Final = "access-control-"
NOTHING, X_A, AUTHORIZATION = scope.HEADERS[0], scope.HEADERS[6], scope.HEADERS[8]


@dataclass
class Comparison:
    """The result of sending the same requests to both sides."""

    asked: int = 0
    excepted: Counter[str] = field(default_factory=Counter)
    differing: list[str] = field(default_factory=list)


def is_malformed(question: Question) -> bool:
    """Whether no browser sends such a request."""
    names = [name for name, _ in question.headers]
    origin, method = question.get("Origin"), question.get("Access-Control-Request-Method")
    headers = question.get("Access-Control-Request-Headers")
    return (
        len(set(names)) < len(names)
        or (origin is not None and origin != "null" and not is_serialization(origin))
        or (method is not None and not is_token(method))
        or (headers is not None and (not list_members(headers) or not all(map(is_token, list_members(headers)))))
    )


def spells_port(question: Question) -> bool:
    scheme, _, rest = (question.get("Origin") or "").partition("://")
    port = rest.rpartition(":")[2]
    return port.isdigit() and (DEFAULT_PORTS.get(scheme) == port or int(port) > 65535)


def exception(question: Question, want: Reply, got: Reply) -> str:
    """The name of the difference, or ""."""
    if is_malformed(question) and not spells_port(question):
        return "malformed-question"
    if any(question.target.startswith(path) for path in DOTTED):
        return "ambiguous-path" if got.cors == () else "normalized-path"
    if any(question.target.startswith(path) for path in EMPTY) and (want.cors, want.by_app) != (got.cors, got.by_app):
        return "ambiguous-path" if want.cors == got.cors else "normalized-path"
    if any(question.target.startswith(path) for path in EMPTY) and want.cors == got.cors == ():
        return "ambiguous-path"
    if "%2f" in question.path.lower() and got.status == 404 and not got.cors:
        return "encoded-slash"
    if spells_port(question):
        return "default-port"
    if (want.status, want.cors, want.by_app) != (got.status, got.cors, got.by_app):
        return ""
    if set(got.vary) == set(want.vary):
        return "vary-doubled"
    if set(want.vary) - set(got.vary) == {"sec-fetch-site"} and got.by_app:
        return "vary-site"
    if set(want.vary) - set(got.vary) <= {"cookie"} and set(got.vary) <= set(want.vary):
        return "vary-lines"
    return ""


def compare(world: World, wire: Wire, named: Iterable[str], status: int | None = None, every: int = 1) -> Comparison:
    """Send requests to the server on `wire` and to the core, and return the differences that are not `named`."""
    logging.getLogger("wsgicors").setLevel(logging.CRITICAL)
    found, app = Comparison(), world.core(wsgi)
    sample = islice(questions(world.good, world.paths), 0, None, every)
    for question in chain(sample, always(world.good, world.paths)):
        want, got = expected(ask_core(app, question), question, world, status), wire.ask(question)
        found.asked += 1
        if want == got:
            continue
        name = exception(question, want, got)
        if name == "ambiguous-path" and name not in named:
            name = "normalized-path"  # the response is for the server's normalized path
        if name in named:
            found.excepted[name] += 1
        else:
            found.differing.append(f"{name or 'DIFFERS'}: {question}\n    core {_told(want)}\n    edge {_told(got)}")
    return found


def browse(world: World, edge: "Edge", wire: Wire, every: int = 1) -> Comparison:
    """Compare a browser's conclusions from both sides, without exceptions."""
    status, methods = edge.options.preflight_status, [one for one in scope.METHODS if edge.takes(scope.METHODS[one])]
    logging.getLogger("wsgicors").setLevel(logging.CRITICAL)
    found, app = Comparison(), world.core(wsgi)
    strangers = [origin for origin in STRANGERS if origin == "null" or is_serialization(origin)]
    for path in world.browsed:
        visits = (
            *scope.visits([*world.good, *strangers], ["GET", "PUT"], [NOTHING], ["include"], [False], path=path),
            *scope.visits([*world.good[:2], STRANGERS[0]], methods, [NOTHING, X_A, AUTHORIZATION], path=path),
        )
        for visit in visits[::every]:
            here = _conclude(visit, lambda question: expected(ask_core(app, question), question, world, status))
            there = _conclude(visit, wire.ask)
            found.asked += 1
            if here != there:
                found.differing.append(f"{visit}\n    core {here}\n    edge {there}")
    return found


def _conclude(visit: scope.Visit, ask: Callable[[Question], Reply]) -> tuple[object, ...]:
    site = scope.SITES.get(visit.origin, "cross-site")

    def respond(sent: Request) -> Response:
        headers = [(name, value) for name, value in sent.headers if name.lower() != "cookie"]
        answered = ask(Question(sent.method, urlsplit(sent.url).path, (*headers, ("Sec-Fetch-Site", site))))
        return Response(answered.status, [*answered.headers, ("ETag", "1"), ("X-App", "1"), ("Content-Type", "a/b")])

    concluded = fetch(visit.request, respond)
    return concluded.allowed, frozenset(concluded.readable), concluded.max_age, len(concluded.exchanges)


def _told(reply: Reply) -> str:
    cors = " ".join(f"{name.removeprefix(PREFIX)}={value!r}" for name, value in reply.cors)
    return f"{reply.status} {cors} vary={','.join(reply.vary)} app={reply.by_app}"


def expected(want: Reply, question: Question, world: World, status: int | None) -> Reply:
    """The core's response, with the status requested for the export."""
    return replace(want, status=status) if status is not None and want.status == 204 else want
