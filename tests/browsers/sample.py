"""A random sample of the small world, judged by a real engine instead of `wsgicors.browser`.

::

    python -m tests.browsers.sample 5000 --engine chromium    # some minutes

The pages of `tests.scope` have origins that no test can serve, such as ``https://www.example.com``. A page on the
loopback interface stands for one. In requests, the server puts the page's world origin into ``Origin``; in responses
that name exactly that world origin, it puts the page's real origin. All else reaches the engine unchanged. Pages of a
public network cannot be served here, and are left out.
"""

import argparse
import logging
import random
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Final, cast

from tests.browsers import site
from tests.browsers.departures import FIREFOX
from tests.browsers.engine import JSON, Engine
from tests.browsers.engines import ENGINES
from tests.scope import (
    APPS,
    CREDENTIALS,
    HEADERS,
    METHODS,
    NULL,
    ORDINARY,
    ORIGIN_SETS,
    ORIGINS,
    OWN,
    OWN_OTHER_PORT,
    Browser,
    Calls,
    Settings,
    Visit,
    ask,
)
from tests.test_small_scope import policies
from wsgicors import CORS, Policy

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

AT_ONCE: Final = 50
NINE_TIMES: Final = (("Accept", "a" * 128),) * 9
SHOWN: Final = 5


@dataclass(frozen=True)
class Draw:
    """A policy, the app behind it, and a page's visit."""

    meant: Settings
    debug: bool
    app: str
    visit: Visit


@dataclass(frozen=True)
class Came:
    """The outcome of a visit."""

    allowed: bool
    readable: frozenset[str]
    """The app's headers that the page can read."""
    preflights: int
    reached: bool
    """Whether the request reached the app."""


def draw(count: int, seed: str) -> list[Draw]:
    """Draw policies, and from all requests of pages; half of the pages have an intended origin."""
    chance = random.Random(seed)
    every = [one for origins in ORIGIN_SETS for one in policies(origins)]
    drawn: list[Draw] = []
    for _ in range(count):
        meant, debug, app = chance.choice(every)
        admitted = sorted(meant.admitted) if chance.random() < 0.5 else []
        fields, unsafe = chance.choice(HEADERS)
        visit = Visit(
            chance.choice(admitted or ORIGINS), chance.choice(sorted(METHODS)), fields, unsafe,
            chance.choice(CREDENTIALS), modern=chance.random() < 0.5,
        )  # fmt: skip
        drawn.append(Draw(meant, debug, app, visit))
    return drawn


# -- Expected outcomes -----------------------------------------------------------------------------------------


def by_meaning(one: Draw) -> Came:
    """The outcome by the meaning of the policy's settings."""
    meant, visit = one.meant, one.visit
    allowed = meant.allows(visit)
    readable = meant.exposes(_own_names(one.app), visit) if allowed else frozenset[str]()
    preflights = visit.needs_preflight and visit.actual is not None
    return Came(allowed, readable, int(preflights), meant.reaches_app(visit))


def by_standard(one: Draw, browser: Browser) -> Came:
    """The outcome by `wsgicors.browser` with the middleware's responses."""
    app, visit = Calls(APPS[one.app]), one.visit
    cors = CORS(app, _policy(one.meant), debug=one.debug)
    preflight = None if visit.preflight is None else ask(cors, visit.preflight)
    sent = visit.actual is not None and browser.sends(visit, preflight)
    actual = ask(cors, visit.actual) if sent and visit.actual is not None else None
    seen = browser.sees(visit, preflight, actual)
    readable = seen.readable & ORDINARY if seen.allowed else frozenset[str]()
    return Came(seen.allowed, readable, int(preflight is not None), app.count > 0)


def _own_names(app: str) -> frozenset[str]:
    return frozenset(name.lower() for name, _ in APPS[app]) & ORDINARY


@cache
def _policy(meant: Settings) -> Policy:
    return meant.policy()


# -- Outcomes in an engine -------------------------------------------------------------------------------------


@dataclass
class _World:
    """Serves each draw under its own path, and records what arrived there."""

    drawn: Sequence[Draw]
    arrived: Mapping[int, list[bool]] = field(default_factory=lambda: defaultdict[int, list[bool]](list))
    """For each request to a draw's path, whether it was a preflight."""
    apps: dict[int, Calls] = field(default_factory=dict[int, Calls])

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        number = environ["PATH_INFO"].removeprefix("/draw/")
        if not number.isdecimal():
            return site.page(environ, start_response)
        return self._answer(int(number), environ, start_response)

    def _answer(self, number: int, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        one = self.drawn[number]
        real = environ.get("HTTP_ORIGIN")
        self.arrived[number].append("HTTP_ACCESS_CONTROL_REQUEST_METHOD" in environ)
        app = self.apps.setdefault(number, Calls(APPS[one.app]))
        answer = ask(CORS(app, _policy(one.meant), debug=one.debug), _in_the_world(environ, one.visit))
        fields = [
            (name, real if real and _names(name, value, one.visit.origin) else value)
            for name, value in answer.headers
        ]  # fmt: skip
        start_response(f"{answer.status} Status", fields)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [answer.body]


def _names(name: str, value: str, origin: str) -> bool:
    return name.lower() == "access-control-allow-origin" and value == origin


def _in_the_world(environ: "WSGIEnvironment", visit: Visit) -> "WSGIEnvironment":
    """The engine's request, as if the represented page had sent it to the service."""
    moved = {**environ, "PATH_INFO": visit.path, "HTTP_HOST": OWN.partition("://")[2], "wsgi.url_scheme": "https"}
    if "HTTP_ORIGIN" in environ:
        moved["HTTP_ORIGIN"] = visit.origin
    if not visit.modern:
        moved.pop("HTTP_SEC_FETCH_SITE", None)
    return moved


_TELL: Final = """
const tell = async ({target, options}) => {
    try {
        const response = await fetch(target, options);
        await response.text();
        return [...new Set(response.headers.keys())];
    } catch (error) {
        return null;
    }
};
"""
_RUN: Final = _TELL + "return await Promise.all(args[0].map(tell));"
_RUN_IN_FRAME: Final = (
    """
const frame = document.createElement("iframe");
frame.sandbox = "allow-scripts";
const told = new Promise(resolve => addEventListener("message", event => resolve(event.data), {once: true}));
const asks = JSON.stringify(args[0]).replaceAll("<", "\\\\u003c");
frame.srcdoc = `<script>"""
    + _TELL
    + """Promise.all(${asks}.map(tell)).then(told => parent.postMessage(told, "*"));</` + "script>";
document.body.append(frame);
const answers = await told;
frame.remove();
return answers;
"""
)


def by_engine(engine: Engine, drawn: Sequence[Draw]) -> Iterator[tuple[Draw, Came]]:
    """Have an engine's pages send every drawn request, many at once."""
    world = _World(drawn)
    with site.serve(world) as service, site.serve(site.page) as other:
        pages = {OWN: service.origin, OWN_OTHER_PORT: other.origin}
        by_page: dict[str, list[int]] = defaultdict(list)
        for number, one in enumerate(drawn):
            page = NULL if one.visit.origin == NULL else pages.get(one.visit.origin, other.other_origin)
            by_page[page].append(number)
        for page, numbers in by_page.items():
            engine.visit(f"{other.other_origin if page == NULL else page}/")
            for start in range(0, len(numbers), AT_ONCE):
                batch = numbers[start : start + AT_ONCE]
                asks: JSON = [_asked(f"{service.origin}/draw/{number}", drawn[number].visit) for number in batch]
                told = engine.run(_RUN_IN_FRAME if page == NULL else _RUN, asks)
                engine.console()  # drops a message for each blocked request
                for number, names in zip(batch, cast("list[list[str] | None]", told), strict=True):
                    yield drawn[number], _came(world, number, names)


def _asked(target: str, visit: Visit) -> JSON:
    headers: JSON = [list(header) for header in visit.headers]
    return {
        "target": target, "options": {"method": visit.method, "headers": headers, "credentials": visit.credentials},
    }  # fmt: skip


def _came(world: _World, number: int, names: "list[str] | None") -> Came:
    arrived = world.arrived[number]
    readable = frozenset(names or ()) & ORDINARY
    app = world.apps.get(number)
    return Came(names is not None, readable, sum(arrived), app is not None and app.count > 0)


def _as_known(engine: Engine, one: Draw) -> Draw | None:
    """The visit as treated by an engine with a known departure from the standard; None without one."""
    if engine.name == FIREFOX and one.visit.headers == NINE_TIMES:  # the case field-same-nine-times of the matrix
        return replace(one, visit=replace(one.visit, unsafe=frozenset()))
    return None


# -- All three ---------------------------------------------------------------------------------------------------


def disagreements(engine: Engine, drawn: Sequence[Draw]) -> list[str]:
    """Where an engine, `wsgicors.browser` and the meaning disagree."""
    browser = Browser()
    found: list[str] = []
    for one, met in by_engine(engine, drawn):
        departs = _as_known(engine, one)
        meant = by_meaning(departs or one)
        standard = meant if departs else by_standard(one, browser)
        if not met == meant == standard:
            found.append(f"{one}\n  {engine.name}: {met}\n  standard: {standard}\n  meant: {meant}")
    return found


def main(report: Callable[[str], None] = print) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.browsers.sample", description="A sample of the small world.")
    parser.add_argument("count", type=int)
    parser.add_argument("--engine", choices=[engine.name for engine in ENGINES], default="chromium")
    parser.add_argument("--seed", default="1")
    arguments = parser.parse_args()
    logging.disable(logging.CRITICAL)
    kind = next(engine for engine in ENGINES if engine.name == arguments.engine)
    drawn = draw(arguments.count, arguments.seed)
    with kind() as engine:
        found = disagreements(engine, drawn)
        allowed = sum(by_meaning(one).allowed for one in drawn)
        report(f"{engine.name} {engine.version}, seed {arguments.seed}: {len(drawn):,} visits, {allowed:,} allowed")
    report(f"{len(found)} on which the engine, wsgicors.browser and the meaning disagree")
    if found:
        sys.exit("\n".join(found[:SHOWN]))


if __name__ == "__main__":
    main()
