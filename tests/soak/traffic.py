"""Four shapes of traffic; each response is compared with the core's verdict."""

import http.client
import random
import time
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from tests.layers.exchanges import ACRH, ACRM, Fields, origin, preflight
from tests.layers.judging import cors_of
from tests.layers.recording import KEYS, Lines, Request
from tests.servers.ports import ADDRESS
from tests.soak.site import PAGE, PARTNER, SOURCE, TABLE, TABLE_ORIGIN, TABLE_POLICY, rules
from wsgicors.adapting import Rules, answer, decide, merge_headers

RULES = [Rules(one) for one in rules([PAGE, PARTNER])]
TABLE_RULES = [Rules(TABLE_POLICY)]

Outcome = tuple[int, Lines]


class Asked(NamedTuple):
    method: str
    path: str
    fields: Fields


@dataclass
class Counts:
    """The results of a shape's requests."""

    answers: int = 0
    wrong: list[str] = field(default_factory=list[str])
    errors: list[str] = field(default_factory=list[str])
    quiet: "array[float]" = field(default_factory=lambda: array("d"))
    """Seconds that each response took, without attacks."""
    attacked: "array[float]" = field(default_factory=lambda: array("d"))
    """The same under attack."""
    processes: set[str] = field(default_factory=set[str])


def due(asked: Asked) -> list[Outcome]:
    """Return the possible responses: by the rules before a swap, or after it."""
    request = Request(asked.method, asked.path, {KEYS[name]: value for name, value in asked.fields if name in KEYS})
    outcomes: list[Outcome] = []
    for one in TABLE_RULES if asked.path.startswith(TABLE) else RULES:
        policy = one.find(asked.path)
        assert policy is not None
        verdict = decide(request.environ, policy)
        if verdict.status is None:
            outcomes.append((200, cors_of(merge_headers([], verdict))))
        else:
            own = answer(verdict, policy)
            outcomes.append((own.status, cors_of(own.headers)))
    return outcomes


def pages(chance: random.Random) -> Iterator[Asked]:
    """Allowed pages: reads, and writes with their preflights."""
    while True:
        who = chance.choice([PAGE, f"https://c{chance.randrange(50)}.customers.example"])
        yield Asked("GET", "/", origin(who))
        yield Asked("OPTIONS", "/", preflight(who))
        yield Asked("PUT", "/", origin(who))
        yield Asked("GET", SOURCE, origin(chance.choice([PAGE, PARTNER])))


def mixed(chance: random.Random) -> Iterator[Asked]:
    """All other requests: foreign pages, programs without an origin, paths that forbid."""
    while True:
        who = chance.choice([PAGE, PARTNER, "https://news.example", "null", ""])
        path = chance.choice(["/", "/forbid", SOURCE, "/forbid/x?y=1"])
        yield Asked(chance.choice(["GET", "HEAD", "POST", "OPTIONS"]), path, origin(who) if who else ())


def table(chance: random.Random) -> Iterator[Asked]:
    """Requests whose origins Django looks up in the table."""
    while True:
        who = chance.choice([TABLE_ORIGIN, TABLE_ORIGIN, "https://news.example"])
        yield Asked("GET", TABLE, origin(who))
        yield Asked("OPTIONS", TABLE, preflight(who))


def hostile(chance: random.Random) -> Iterator[Asked]:
    """Random origins, 8 KB of header names, a flood of preflights, malformed origins."""
    malformed = ["https://", "x" * 4000, "https://a.example/\xe9", "null,null", "https://a.example:99999", ",", "\xff"]
    while True:
        path = chance.choice(["/", "/forbid", SOURCE, TABLE])
        made_up = f"https://{chance.getrandbits(64):x}.example"
        yield Asked("GET", path, origin(made_up))
        yield Asked("GET", path, origin(chance.choice(malformed)))
        for who in (PAGE, made_up):
            yield Asked("OPTIONS", path, preflight(who, "PUT", (ACRH, f"x-{chance.getrandbits(32):x}," * 720)))
        yield Asked("OPTIONS", path, ((ACRM, "\xff" * 100), *origin(chance.choice(malformed))))
        for _ in range(5):
            yield Asked("OPTIONS", path, preflight(made_up))


SHAPES: dict[str, Callable[[random.Random], Iterator[Asked]]] = {
    "pages": pages,
    "mixed": mixed,
    "table": table,
    "hostile": hostile,
}


class Times(NamedTuple):
    """The timetable, by the monotonic clock, which all processes of a machine share.

    Attributes:
        begin: When the first quiet phase begins. Quiet phases and attacks alternate.
        phase: The length of each, in seconds.
        end: When the traffic ends.
    """

    begin: float
    phase: float
    end: float

    def is_attack(self, now: float) -> bool:
        return (now - self.begin) // self.phase % 2 == 1


def send(shape: str, port: int, times: Times, seed: int = 0) -> Counts:
    """Send a shape's requests one after another; hostile ones only during attacks."""
    counts = Counts()
    connection = http.client.HTTPConnection(ADDRESS, port, timeout=60)
    for asked in SHAPES[shape](random.Random(f"{shape} {seed}")):
        started = time.monotonic()
        if started > times.end:
            break
        attack = times.is_attack(started)
        if shape == "hostile" and not attack:
            connection.close()  # the server closes it after an idle minute; the next request opens another
            time.sleep(0.05)
            continue
        try:
            connection.request(asked.method, asked.path, headers=_encoded(asked.fields))
            response = connection.getresponse()
            response.read()
        except (OSError, http.client.HTTPException) as error:
            counts.errors.append(f"{asked}: {error!r}"[:300])
            connection.close()
            continue
        counts.answers += 1
        (counts.attacked if attack else counts.quiet).append(time.monotonic() - started)
        counts.processes.add(response.getheader("X-Process", ""))
        got = (response.status, cors_of(response.getheaders()))
        if got not in due(asked._replace(path=asked.path.partition("?")[0])):
            counts.wrong.append(f"{asked}: {got}"[:300])
    connection.close()
    return counts


def _encoded(fields: Fields) -> dict[str, bytes]:
    return {name: value.encode("latin-1") for name, value in fields}
