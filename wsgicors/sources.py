"""Origins that live elsewhere: a lookup behind a cache that survives its backend's outage, and a file."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Mapping
from os import PathLike
from pathlib import Path
from typing import NamedTuple, cast

from wsgicors._grammar import split_pattern
from wsgicors._log import log
from wsgicors._suffixes import open_suffix
from wsgicors.origins import DEFAULT_PORTS, FILE, NULL
from wsgicors.patterns import OriginSet
from wsgicors.problems import PolicyError, Problem

Lookup = Callable[[str], bool]
"""Whether an origin is allowed, asked of a database for instance. It may raise; it must return True or False."""


class CachedOrigins:
    """An `OriginSource` that asks a function, and remembers its answers.

    While the function fails, origins known to be allowed stay so for `serve_stale` seconds, and unknown ones are
    refused; the failure is logged and never becomes an exception in a request. For one origin there is one call at a
    time: other threads wait for its answer, or go on with the one that is known. Refused origins have a store of their
    own, so that strangers cannot push the allowed ones out.

    Args:
        lookup: Asked for well-formed origins only. Whatever it returns that is not True or False counts as a failure, a
            coroutine included.
        keep_allowed: Seconds for which a yes is kept.
        keep_refused: Seconds for which a no is kept.
        serve_stale: Seconds for which a yes that is due is still served while the lookup fails.
        retry: Seconds for which a failed lookup is not tried again for the same origin.
        max_origins: Allowed and, counted apart, refused origins that are kept: the least recently asked one goes first.
        clock: Seconds, never going back; for tests.

    Raises:
        PolicyError: with every argument that is out of range.

    >>> origins = CachedOrigins({"https://a.example"}.__contains__)
    >>> "https://a.example" in origins, "https://b.example" in origins
    (True, False)
    """

    def __init__(
        self,
        lookup: Lookup,
        *,
        keep_allowed: float = 300,
        keep_refused: float = 30,
        serve_stale: float = 86400,
        retry: float = 5,
        max_origins: int = 10_000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        seconds = {
            "keep_allowed": keep_allowed,
            "keep_refused": keep_refused,
            "serve_stale": serve_stale,
            "retry": retry,
        }
        problems = _seconds_problems(seconds)
        if not max_origins >= 1:
            problems.append(Problem("number-range", "max_origins", max_origins, facts={"wanted": "1 or more"}))
        if problems:
            raise PolicyError(problems)
        self._lookup = lookup
        self._keep = {True: keep_allowed, False: keep_refused}
        self._serve_stale = serve_stale
        self._retry = retry
        self._max_origins = max_origins
        self._clock = clock
        self._lock = threading.Lock()
        self._flights: dict[str, _Flight] = {}
        self._known: dict[bool, OrderedDict[str, _Answer]] = {True: OrderedDict(), False: OrderedDict()}

    def __contains__(self, origin: str) -> bool:
        with self._lock:
            now = self._clock()
            known = self._recall(origin)
            if known is not None and now < known.due:
                return known.allowed
            flight = self._flights.get(origin)
            if flight is not None and known is not None and now < known.stale_until:
                return True  # due, but somebody is asking already
            first = flight is None
            if flight is None:
                flight = self._flights[origin] = _Flight()
        if not first:
            flight.landed.wait()
            return flight.allowed
        try:
            flight.allowed = self._ask(origin, known, flight)
        finally:
            with self._lock:
                if self._flights.get(origin) is flight:
                    del self._flights[origin]
            flight.landed.set()
        return flight.allowed

    def forget(self, origin: str | None = None) -> None:
        """Drop what is known of `origin`, or of all origins, so that the next question asks the lookup.

        A lookup that is under way answers those who wait for it, and is not remembered.
        """
        with self._lock:
            if origin is None:
                self._known[True].clear()
                self._known[False].clear()
                self._flights.clear()
            else:
                self._known[True].pop(origin, None)
                self._known[False].pop(origin, None)
                self._flights.pop(origin, None)

    def _recall(self, origin: str) -> "_Answer | None":
        for store in self._known.values():
            if origin in store:
                store.move_to_end(origin)
                return store[origin]
        return None

    def _ask(self, origin: str, known: "_Answer | None", flight: "_Flight") -> bool:
        try:
            allowed = _answer_of(self._lookup, origin)
        except Exception:
            log().exception("the lookup of allowed origins failed")
            now = self._clock()
            stale_until = known.stale_until if known is not None else 0.0
            allowed = now < stale_until
            due = now + self._retry
            answer = _Answer(allowed, min(due, stale_until) if allowed else due, stale_until)
        else:
            due = self._clock() + self._keep[allowed]
            answer = _Answer(allowed, due, due + self._serve_stale if allowed else 0.0)
        with self._lock:
            if self._flights.get(origin) is flight:  # or it was told to forget meanwhile
                self._known[not allowed].pop(origin, None)
                store = self._known[allowed]
                store[origin] = answer
                if len(store) > self._max_origins:
                    store.popitem(last=False)
        return allowed


def _seconds_problems(seconds: Mapping[str, float]) -> list[Problem]:
    return [
        Problem("number-range", name, value, facts={"wanted": "a number of seconds, 0 or more"})
        for name, value in seconds.items()
        if not value >= 0
    ]


class _Answer(NamedTuple):
    """What is known of an origin.

    Attributes:
        allowed: The answer.
        due: When to ask again, by the clock.
        stale_until: Until when a yes may be served while the lookup fails.
    """

    allowed: bool
    due: float
    stale_until: float


class _Flight:
    """A lookup under way, for which other threads wait."""

    __slots__ = ("allowed", "landed")

    def __init__(self) -> None:
        self.allowed = False
        self.landed = threading.Event()


def _answer_of(lookup: Lookup, origin: str) -> bool:
    answer = cast("Callable[[str], object]", lookup)(origin)
    if not isinstance(answer, bool):
        kind = type(answer).__name__
        if isinstance(answer, Coroutine):
            answer.close()
        raise TypeError(f"a lookup returns True or False, not {kind}; is it an async function?")
    return answer


class FileOrigins:
    r"""An `OriginSource` that reads a file: one pattern a line, blank lines and lines that begin with ``#`` left out.

    The file is read again when it has changed. Where the new content is faulty or gone, the last good list stays in
    force and the problems are logged. What a file may hold is told at `member_problem`.

    Args:
        path: The file, in UTF-8.
        check_every: Seconds for which the file is not looked at again.
        clock: Seconds, never going back; for tests.

    Raises:
        PolicyError: with a problem for every faulty line, because the file cannot be read, or `check_every` is out of range.

    >>> import tempfile
    >>> with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
    ...     _ = file.write("# partners\nhttps://*.partner.example\n")
    ...     file.flush()
    ...     "https://app.partner.example" in FileOrigins(file.name)
    True
    """

    def __init__(
        self, path: str | PathLike[str], *, check_every: float = 1, clock: Callable[[], float] = time.monotonic
    ) -> None:
        if problems := _seconds_problems({"check_every": check_every}):
            raise PolicyError(problems)
        self.path = Path(path)
        self._check_every = check_every
        self._clock = clock
        self._reading = threading.Lock()
        self._seen = _state(self.path)
        self._origins = self._read()
        self._next_look = clock() + check_every

    def __contains__(self, origin: str) -> bool:
        # One thread looks; the others go on with the list as it is.
        if self._clock() >= self._next_look and self._reading.acquire(blocking=False):
            try:
                self._look()
            finally:
                self._reading.release()
        return origin in self._origins

    def _look(self) -> None:
        self._next_look = self._clock() + self._check_every
        state = _state(self.path)
        if state == self._seen:
            return
        self._seen = state
        try:
            self._origins = self._read()
        except PolicyError as error:
            log().error("%s; the last good list stays in force", str(error).replace("\n", " "))

    def _read(self) -> OriginSet:
        name = self.path.name
        try:
            lines = self.path.read_text("utf-8-sig").splitlines()
        except (OSError, UnicodeError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            raise PolicyError(
                [Problem("file-unreadable", "FileOrigins", str(self.path), facts={"reason": reason})]
            ) from None
        members: list[str] = []
        problems: list[Problem] = []
        for number, line in enumerate(lines, 1):
            member = line.strip()
            if not member or member.startswith("#"):
                continue
            members.append(member)
            problem = member_problem(member)
            if problem is not None:
                problems.append(problem.__replace__(setting=f"{name}, line {number}"))
        if not members:
            problems.append(Problem("no-origins", name, ()))
        if problems:
            raise PolicyError(problems)
        return OriginSet(members)


def member_problem(member: str) -> Problem | None:
    """What is wrong with a pattern in a list that is kept apart from the policy: a file, a table.

    Whoever edits it does not see whether the policy goes with credentials. So it may hold neither ``*`` nor ``null`` nor
    ``file://`` nor names that anybody can have: below a public suffix, or of a scheme of its own.

    >>> member_problem("https://*.co.uk").code, member_problem("https://*.example.co.uk")
    ('file-member', None)
    """
    parts = split_pattern(member)
    if parts is None and member != "*":
        from wsgicors._suggestions import pattern_problem

        return pattern_problem(member)
    if parts is None or member in (NULL, FILE) or _is_open(*parts):
        return Problem("file-member", "allow_origins", member)
    return None


def _is_open(scheme: str, host: str, _: str, subdomains: bool) -> bool:  # noqa: FBT001
    """Whether anybody can have an origin that a pattern matches."""
    wild = "*" in host
    if not subdomains and not wild:
        return False
    name = host.partition(".")[2] if wild else host
    suffix = open_suffix(name)
    return scheme not in DEFAULT_PORTS or (bool(suffix) and (subdomains or suffix == name.removesuffix(".")))


def _state(path: Path) -> tuple[int, int, int] | None:
    """What changes when a file does, or None where there is none."""
    try:
        state = path.stat()
    except OSError:
        return None
    return state.st_mtime_ns, state.st_size, state.st_ino
