"""Origins in a file."""

import itertools
import logging
import math
import os
import threading
from pathlib import Path

import pytest

from tests.clock import Clock
from tests.sources.lookups import SECONDS, A, B, C, in_thread
from wsgicors import FileOrigins, OriginSource, Policy, PolicyError
from wsgicors.patterns import OriginSet


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "origins.txt"


TURNS = itertools.count(1)


def write(path: Path, *lines: str) -> None:
    """Replace a file as an editor does; its time differs even on a coarse clock."""
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    later = path.stat().st_mtime_ns + next(TURNS)
    os.utime(path, ns=(later, later))


def test_a_file_has_one_pattern_a_line(path: Path) -> None:
    write(
        path,
        "# partners",
        "",
        A,
        "  https://*.b.example\t",
        "http://localhost:*",
        "#https://c.example",
        "   # indented",
    )
    origins = FileOrigins(path)
    assert isinstance(origins, OriginSource)
    for origin, allowed in (
        (A, True),
        ("https://x.b.example", True),
        ("http://localhost:3000", True),
        (B, False),
        (C, False),
        ("null", False),
    ):
        assert (origin in origins) is allowed
    assert origins.path == path
    assert A in FileOrigins(str(path))


@pytest.mark.parametrize("content", ["\ufeff{A}\r\n{B}\r\n", "{A}\r{B}\r", "\n\n{A}\n{B}\n", "{B}\n{A}\n"])
def test_a_file_may_come_from_any_editor(path: Path, content: str) -> None:
    path.write_bytes(content.format(A=A, B=B).encode())
    origins = FileOrigins(path)
    assert A in origins
    assert B in origins


@pytest.mark.parametrize(
    ("lines", "problems"),
    [
        ([], [("no-origins", "origins.txt")]),
        (["# nothing", ""], [("no-origins", "origins.txt")]),
        ([A, "https://b.example/"], [("origin-trailing-slash", "origins.txt, line 2")]),
        (
            ["", "b.example", A, "# x", "NULL"],
            [("origin-scheme-missing", "origins.txt, line 2"), ("origin-null-spelling", "origins.txt, line 5")],
        ),
        (["*"], [("file-member", "origins.txt, line 1")]),
        (["null"], [("file-member", "origins.txt, line 1")]),
        (["file://"], [("file-member", "origins.txt, line 1")]),
        (["moz-extension://*"], [("file-member", "origins.txt, line 1")]),
        (["x-app://*.example"], [("file-member", "origins.txt, line 1")]),
        (["https://*-team.vercel.app"], [("file-member", "origins.txt, line 1")]),
        (["https://*.amazonaws.com"], [("file-member", "origins.txt, line 1")]),
        (["https://*.com"], [("file-member", "origins.txt, line 1")]),
        (["https://*.co.uk:*"], [("file-member", "origins.txt, line 1")]),
        ([f"{A} {B}"], [("origin-several", "origins.txt, line 1")]),
        ([f"{A} # partner"], [("origin-several", "origins.txt, line 1")]),
        (["https://*"], [("origin-wildcard-host", "origins.txt, line 1")]),
    ],
)
def test_a_faulty_file_does_not_build(path: Path, lines: list[str], problems: list[tuple[str, str]]) -> None:
    write(path, *lines)
    with pytest.raises(PolicyError) as error:
        FileOrigins(path)
    assert [(problem.code, problem.setting) for problem in error.value.problems] == problems


@pytest.mark.parametrize("content", [None, b"\xff\xfe", b"https://a.example\xe9"])
def test_a_file_that_cannot_be_read_does_not_build(path: Path, content: bytes | None) -> None:
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(PolicyError) as error:
        FileOrigins(path)
    (problem,) = error.value.problems
    assert (problem.code, problem.value) == ("file-unreadable", str(path))
    assert ("No such file or directory" if content is None else "utf-8") in problem.message


def test_a_folder_instead_of_a_file_does_not_build(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="Is a directory"):
        FileOrigins(tmp_path)


@pytest.mark.parametrize("check_every", [-1, math.nan])
def test_check_every_is_zero_or_more(path: Path, check_every: float) -> None:
    write(path, A)
    with pytest.raises(PolicyError, match=r"check_every[^.]*\.\s+It is a number of seconds, 0 or more"):
        FileOrigins(path, check_every=check_every)


def test_a_changed_file_is_read_again(path: Path, clock: Clock) -> None:
    write(path, A)
    origins = FileOrigins(path, check_every=5, clock=clock)
    write(path, B)
    assert A in origins
    clock.passes(4.5)
    assert A in origins
    clock.passes(0.5)
    assert B in origins
    assert A not in origins
    write(path, A)
    clock.passes(4.5)
    assert B in origins
    clock.passes(0.5)
    assert A in origins


def test_a_file_that_has_not_changed_is_not_read_again(path: Path, clock: Clock) -> None:
    write(path, A)
    origins = FileOrigins(path, clock=clock)
    known = origins._origins
    clock.passes(100)
    assert A in origins
    assert origins._origins is known


@pytest.mark.parametrize("change", ["size", "time", "file"])
def test_a_change_is_seen_by_size_time_or_file(path: Path, clock: Clock, change: str) -> None:
    write(path, A)
    origins = FileOrigins(path, clock=clock)
    before = path.stat()
    if change == "file":
        other = path.with_suffix(".new")
        other.write_text(B + "\n")
        os.utime(other, ns=(before.st_mtime_ns, before.st_mtime_ns))
        other.rename(path)
    else:
        path.write_text(B + ("\n\n" if change == "size" else "\n"))
        moved = before.st_mtime_ns + (change == "time")
        os.utime(path, ns=(moved, moved))
    clock.passes(1)
    assert B in origins
    assert A not in origins


@pytest.mark.parametrize("bad", [["https://b.example/"], ["*"], None])
def test_the_last_good_list_stays_in_force(
    path: Path, clock: Clock, caplog: pytest.LogCaptureFixture, bad: list[str] | None
) -> None:
    write(path, A)
    origins = FileOrigins(path, clock=clock)
    if bad is None:
        path.unlink()
    else:
        write(path, *bad)
    for _ in range(3):
        clock.passes(1)
        assert A in origins
        assert B not in origins
    (record,) = caplog.records  # once for each change
    assert (record.name, record.levelno) == ("wsgicors", logging.ERROR)
    assert record.getMessage().startswith(f"the last good list of {path.name} stays in force: ")
    assert "1 problem: 1. [" in record.getMessage()
    assert ".;" not in record.getMessage()
    assert "\n" not in record.getMessage()
    write(path, B)
    clock.passes(1)
    assert B in origins
    assert A not in origins


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "[file-unreadable] The file '{path}' of FileOrigins cannot be read: No such file or directory."),
        (b"https://b.example\n\xff\n", "can't decode byte 0xff in position 18"),
        (
            b"https://b.example/\n*\n",
            "2 problems: 1. [origin-trailing-slash] 'https://b.example/' in origins.txt, line 1 ",
        ),
        (b"https://b.example/\n*\n", " 2. [file-member] '*' in origins.txt, line 2: "),
        (
            b"https://b.example",
            "[file-unfinished] The last line, 'https://b.example', in origins.txt, line 1 does not ",
        ),
    ],
)
def test_the_log_has_the_fault_of_a_file_with_its_line(
    path: Path, clock: Clock, caplog: pytest.LogCaptureFixture, content: bytes | None, said: str
) -> None:
    write(path, A)
    origins = FileOrigins(path, clock=clock)
    path.unlink() if content is None else path.write_bytes(content)
    clock.passes(1)
    assert A in origins
    (record,) = caplog.records
    assert said.format(path=path) in record.getMessage()


@pytest.mark.parametrize("content", [b"", b"# nothing\n"])
def test_a_file_that_is_empty_at_two_checks_allows_nobody(
    path: Path, clock: Clock, caplog: pytest.LogCaptureFixture, content: bytes
) -> None:
    write(path, A)
    origins = FileOrigins(path, clock=clock)
    path.write_bytes(content)
    clock.passes(1)
    assert A in origins  # it may be in the process of being written
    clock.passes(1)
    assert A not in origins
    clock.passes(1)
    assert A not in origins
    assert [record.levelno for record in caplog.records] == [logging.ERROR] * 2
    assert caplog.records[1].getMessage() == "origins.txt holds no origins at two looks in a row: nobody is allowed"
    write(path, A)
    clock.passes(1)
    assert A in origins


def test_a_half_written_line_is_not_read(path: Path, clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    path.write_text("https://*.example.co")
    with pytest.raises(PolicyError) as error:
        FileOrigins(path)
    assert [(problem.code, problem.setting) for problem in error.value.problems] == [
        ("file-unfinished", "origins.txt, line 1")
    ]
    path.write_text("https://*.example.com\n")
    origins = FileOrigins(path, clock=clock)
    path.write_text("https://*.example.com\nhttps://*.example.co")
    clock.passes(1)
    assert "https://a.example.com" in origins
    assert "https://a.example.co" not in origins
    assert "[file-unfinished]" in caplog.text


def test_one_thread_checks_the_file_while_the_others_use_the_list(
    path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(path, A)
    origins = FileOrigins(path, check_every=0, clock=clock)
    write(path, B)
    entered, opened = threading.Event(), threading.Event()
    reads: list[int] = []
    read = FileOrigins._read

    def slow(self: FileOrigins) -> OriginSet:
        reads.append(1)
        entered.set()
        assert opened.wait(SECONDS)
        return read(self)

    monkeypatch.setattr(FileOrigins, "_read", slow)
    looker = in_thread(lambda: B in origins)
    assert entered.wait(SECONDS)
    assert A in origins  # the current state, without waiting
    opened.set()
    assert looker.answer is True
    assert B in origins
    assert len(reads) == 1


def test_a_check_that_raises_does_not_stop_later_checks(
    path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(path, A)
    origins = FileOrigins(path, check_every=0, clock=clock)
    write(path, B)
    with monkeypatch.context() as broken:
        broken.setattr(FileOrigins, "_look", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            assert A in origins
    assert B in origins


def test_a_policy_of_a_file_refuses_plain_http_with_credentials(path: Path) -> None:
    write(path, "http://a.example", "http://localhost:3000", B)
    policy = Policy(allow_origins=FileOrigins(path), allow_credentials=True)
    assert not policy.actual("http://a.example").allowed
    assert policy.actual("http://localhost:3000").allowed
    assert policy.actual(B).allowed
