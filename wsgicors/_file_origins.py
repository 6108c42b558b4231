"""Origins in a file that is read again when it changes."""

import threading
import time
from collections.abc import Callable
from os import PathLike
from pathlib import Path

from wsgicors._forks import renew_in_children
from wsgicors._grammar import split_pattern
from wsgicors._log import log
from wsgicors._suffixes import open_suffix
from wsgicors.origins import DEFAULT_PORTS, FILE, NULL
from wsgicors.patterns import OriginSet
from wsgicors.problems import PolicyError, Problem


class FileOrigins:
    r"""An `OriginSource` that reads a file: one pattern a line, ignoring blank lines and lines that begin with ``#``.

    The file is read again when it has changed. If the new content is faulty or gone, the last good list stays in
    force and the problems are logged. The last line has to end in a line break: without one it may be half written.
    Nobody is allowed once the file holds no origin at two checks in a row. Replace the file in one step, so that no
    process reads half of it::

        python -m my.origins > origins.new && mv origins.new origins.txt

    The file can hold every pattern for which `wsgicors.sources.member_problem` returns None.

    Args:
        path: The file, in UTF-8.
        check_every: Seconds between two checks of the file.
        clock: Returns seconds that never go back; for tests.

    Raises:
        PolicyError: with a problem for every faulty line, because the file cannot be read, or ``check_every`` is out of
            range.

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
        if not check_every >= 0:
            facts = {"wanted": "a number of seconds, 0 or more"}
            raise PolicyError([Problem("number-range", "check_every", check_every, facts=facts)])
        self.path: Path = Path(path)
        self._check_every = check_every
        self._clock = clock
        self._renew()
        self._seen = _state(self.path)
        self._empty = False
        """Whether the last check found no origin in the file."""
        self._origins = self._read()
        self._next_look = clock() + check_every
        renew_in_children(self, FileOrigins._renew)

    def _renew(self) -> None:
        """Start with a free lock: if it were held, no thread would ever check the file again."""
        self._reading = threading.Lock()

    def __contains__(self, origin: str) -> bool:
        # One thread checks the file; the others use the current list.
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
            if self._empty:
                self._empty = False
                self._origins = OriginSet([])
                log().error("%s holds no origins at two looks in a row: nobody is allowed", self.path.name)
            return
        self._seen = state
        self._empty = False
        try:
            self._origins = self._read()
        except PolicyError as error:
            self._empty = [problem.code for problem in error.problems] == ["no-origins"]
            log().error("the last good list of %s stays in force: %s", self.path.name, " ".join(str(error).split()))

    def _read(self) -> OriginSet:
        name = self.path.name
        try:
            text = self.path.read_text("utf-8-sig")
        except (OSError, UnicodeError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            raise PolicyError(
                [Problem("file-unreadable", "FileOrigins", str(self.path), facts={"reason": reason})]
            ) from None
        lines = text.splitlines()
        members: list[str] = []
        problems: list[Problem] = []
        if lines and text.splitlines(keepends=True)[-1] == lines[-1]:
            problems.append(Problem("file-unfinished", f"{name}, line {len(lines)}", lines[-1]))
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
    """Return what is wrong with a pattern in a list that is kept outside of the policy, such as a file or a table.

    Its editors do not see whether the policy allows credentials. The list must therefore not contain ``*``, ``null``,
    ``file://`` or names that anybody can have: below a public suffix, or with a scheme of its own.

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
    """Return values that change whenever the file changes, or None if it does not exist."""
    try:
        state = path.stat()
    except OSError:
        return None
    return state.st_mtime_ns, state.st_size, state.st_ino
