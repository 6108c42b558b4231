"""Every code block of README.md is run, or held to what it speaks of."""

import contextlib
import doctest
import importlib.util
import io
import itertools
import json
import logging
import os
import re
import shlex
import subprocess
import sys
import textwrap
import tomllib
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field
from http.client import HTTPResponse
from pathlib import Path
from typing import Any, cast

import pytest
from paste.deploy import loadapp
from werkzeug.test import Client, EnvironBuilder, run_wsgi_app

import wsgicors
from tests.checkout import ROOT, copied
from tests.servers import process
from tests.servers.exchange import ask
from tests.servers.needs import need
from wsgicors import CORS, Policy, PolicyError
from wsgicors._cli import SUBCOMMANDS

TEXT = (ROOT / "README.md").read_text("utf-8")

# Set by the server for every answer; the README leaves it out.
ORDINARY = {"content-type", "content-length", "x-content-type-options"}


@dataclass(frozen=True)
class Block:
    """A fenced block: what it is of, and where."""

    language: str
    text: str
    line: int
    section: str
    marker: str = ""
    before: "tuple[Block, ...]" = field(default=(), repr=False)

    def __str__(self) -> str:
        return f"line {self.line}"


def blocks() -> Iterator[Block]:
    lines = TEXT.splitlines()
    section, marker, found = "", "", list[Block]()
    numbers = iter(range(len(lines)))
    for number in numbers:
        line = lines[number]
        if line.startswith("#"):
            section = line.lstrip("# ")
        elif comment := re.fullmatch(r"<!-- command: (\w+) -->", line):
            marker = comment[1]
        elif fence := re.fullmatch(r"( *)```(.+)", line):
            end = lines.index(f"{fence[1]}```", number)
            text = textwrap.dedent("\n".join(lines[number + 1 : end])) + "\n"
            block = Block(fence[2], text, number + 1, section, marker, tuple(found))
            found.append(block)
            yield block
            marker = ""
            for _ in range(end - number):
                next(numbers)


BLOCKS = list(blocks())
KNOWN = {"python", "python django", "python flask", "pycon", "http", "toml", "ini", "sh", "text"}


def of(language: str) -> list[Block]:
    return [block for block in BLOCKS if block.language == language]


def names() -> dict[str, Any]:
    """What a reader has at hand after the first block."""
    return {**{name: getattr(wsgicors, name) for name in wsgicors.__all__}, "re": re, "app": hello}


def hello(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"hello"]


@pytest.fixture
def folder(tmp_path: Path) -> Generator[Path]:
    """A folder with the files of which the README speaks."""
    (toml,) = of("toml")
    (tmp_path / "settings.toml").write_text(toml.text)
    (tmp_path / "origins.txt").write_text("https://*.partner.example\n")
    with contextlib.chdir(tmp_path):
        yield tmp_path


def run(block: Block, at_hand: dict[str, Any]) -> dict[str, Any]:
    code = "\n" * block.line + block.text
    exec(compile(code, ROOT / "README.md", "exec"), at_hand)
    return at_hand


def test_no_kind_of_block_is_left_out() -> None:
    assert {block.language for block in BLOCKS} == KNOWN
    assert TEXT.count("```") == 2 * len(BLOCKS)


def test_the_first_block_is_ten_lines_that_work() -> None:
    first = BLOCKS[0]
    assert len([line for line in first.text.splitlines() if line]) <= 10
    app = run(first, {})["app"]
    allowed = Client(app).put("/", headers={"Origin": "https://www.example.com"})
    assert allowed.headers["Access-Control-Allow-Origin"] == "https://www.example.com"
    assert "Access-Control-Allow-Origin" not in Client(app).get("/", headers={"Origin": "https://a.example"}).headers


@pytest.mark.parametrize("block", [block for block in of("python") if "✗" not in block.text], ids=str)
def test_python_runs(block: Block, folder: Path) -> None:
    at_hand = names()
    for earlier in block.before:  # of the same section
        if earlier.section == block.section and earlier.language == "python" and "✗" not in earlier.text:
            run(earlier, at_hand)
    run(block, at_hand)


@pytest.mark.parametrize("block", [block for block in of("python") if "✗" in block.text], ids=str)
def test_right_lines_build_and_wrong_ones_do_not(block: Block) -> None:
    marks = ""
    for line in block.text.splitlines():
        code, _, mark = line.partition("#")
        marks += mark.split()[0]
        if "✓" in mark:
            eval(code, names())
            continue
        with pytest.raises(PolicyError) as error:
            eval(code, names())
        assert mark.split() == ["✗", error.value.problems[0].code]
    assert set(marks) == {"✓", "✗"}


@pytest.mark.parametrize("block", of("pycon"), ids=str)
def test_sessions_are_as_they_are_shown(block: Block) -> None:
    test = doctest.DocTestParser().get_doctest(block.text, names(), "README.md", None, block.line)
    assert test.examples
    told = io.StringIO()
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    assert runner.run(test, out=told.write).failed == 0, told.getvalue()


class _Received:
    def __init__(self, text: str) -> None:
        self._text = text

    def makefile(self, _mode: str) -> io.BytesIO:
        return io.BytesIO(self._text.encode())


@pytest.mark.parametrize("block", of("http"), ids=str)
def test_exchanges_are_as_they_are_shown(block: Block) -> None:
    policy = next(earlier for earlier in reversed(block.before) if earlier.language == "python")
    assert policy.section in (block.section, "Writing", "Reading")
    asked, _, shown = block.text.partition("\n\n")
    line, *lines = asked.splitlines()
    method, target, version = line.split()
    environ = EnvironBuilder(
        target, method=method, headers=[cast("tuple[str, str]", tuple(one.split(": ", 1))) for one in lines]
    ).get_environ()
    body, status, headers = run_wsgi_app(CORS(hello, run(policy, names())["policy"]), environ)

    answer = HTTPResponse(cast("Any", _Received(shown.replace("\n", "\r\n"))), method=method)
    answer.begin()
    assert version == "HTTP/1.1"
    assert f"{answer.status} {answer.reason}" == status
    assert answer.getheaders() == [(name, value) for name, value in headers if name.lower() not in ORDINARY]
    assert answer.read().decode().strip() == b"".join(body).decode().strip()


def test_the_exchange_is_shown_in_all_its_branches() -> None:
    firsts = [
        (block.text.split(" ", 1)[0], block.text.partition("\n\n")[2].splitlines()[0][9:]) for block in of("http")
    ]
    assert firsts == [
        ("GET", "200 OK"),
        ("GET", "200 OK"),
        ("GET", "200 OK"),
        ("GET", "403 Forbidden"),
        ("OPTIONS", "204 No Content"),
        ("PUT", "200 OK"),
        ("OPTIONS", "403 Forbidden"),
        ("OPTIONS", "204 No Content"),
    ]


@pytest.mark.parametrize("block", of("toml"), ids=str)
def test_toml_is_a_policy(block: Block) -> None:
    policy = Policy.from_mapping(tomllib.loads(block.text)["cors"])
    assert policy.actual("https://pr-1.example.com").allowed
    assert not policy.actual("https://pr-1.example.com.evil.example").allowed


@pytest.mark.parametrize("block", of("ini"), ids=str)
def test_paste_deploy_loads_it(block: Block, tmp_path: Path) -> None:
    app = "[app:app]\npaste.app_factory = tests.test_readme:paste_app\n"
    (tmp_path / "site.ini").write_text(f"{block.text}\n{app}")
    client = Client(loadapp(f"config:{tmp_path}/site.ini", name="main"))
    asked = {"Origin": "https://a.example.org", "Access-Control-Request-Method": "PUT"}
    assert client.options("/", headers=asked).headers["Access-Control-Max-Age"] == "3600"


def paste_app(_global_conf: Mapping[str, str], **_settings: str) -> Any:
    return hello


@pytest.mark.parametrize("block", of("text"), ids=str)
def test_the_log_is_as_it_is_shown(block: Block, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="wsgicors")
    asked = {"Origin": "https://www.example.com", "Access-Control-Request-Method": "PUT"}
    Client(CORS(hello, Policy(allow_origins=["https://www.example.com"]))).options("/notes/1", headers=asked)
    assert block.text == f"{caplog.messages[0]}\n"


def test_flask_does_as_it_is_told() -> None:
    need(_missing("flask_wsgicors"))
    at_hand: dict[str, Any] = {"__name__": __name__}  # Flask looks for its module
    for block in of("python flask"):
        run(block, at_hand)
    asked = {"Origin": "https://www.example.com", "Access-Control-Request-Method": "PUT"}
    client = at_hand["app"].test_client()
    assert client.options("/notes/1", headers=asked).headers["Access-Control-Allow-Origin"] == asked["Origin"]
    assert "PATCH" in client.options("/notes/1", headers=asked).headers["Access-Control-Allow-Methods"]
    assert client.put("/notes/1", headers={"Origin": asked["Origin"]}).json == {"id": 1}
    refused = client.options("/notes/1", headers={**asked, "Origin": "https://a.example"})
    assert "Access-Control-Allow-Origin" not in refused.headers
    with pytest.raises(PolicyError):
        at_hand["CORS"](at_hand["Flask"]("bare"))


DJANGO = """
import json, sys
import django
from django.conf import settings
from django.core.management import call_command
from django.test import Client
settings.configure(SECRET_KEY="x", ALLOWED_HOSTS=["testserver"], ROOT_URLCONF=__name__, **json.load(sys.stdin))
django.setup()
urlpatterns = []
call_command("check")
asked = {"Origin": "https://www.example.com", "Access-Control-Request-Method": "PUT"}
answer = Client().options("/notes/1", headers=asked)
assert answer.headers["Access-Control-Allow-Origin"] == asked["Origin"], answer.headers
assert answer.headers["Access-Control-Allow-Credentials"] == "true", answer.headers
refused = Client().options("/notes/1", headers={**asked, "Origin": "https://a.example"})
assert "Access-Control-Allow-Origin" not in refused.headers, refused.headers
assert "PATCH" in answer.headers["Access-Control-Allow-Methods"], answer.headers
assert b"Add it to CORS_ALLOWED_ORIGINS, " in refused.content, refused.content
"""


def test_django_does_as_it_is_told() -> None:
    need(_missing("django_wsgicors"))
    settings: dict[str, Any] = {}
    for block in of("python django"):
        run(block, settings)
    settings.pop("__builtins__")
    done = subprocess.run(
        [sys.executable, "-c", DJANGO],
        input=json.dumps(settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def _missing(module: str) -> str | None:
    return None if importlib.util.find_spec(module) else module


PATTERNS = re.findall(r"^\| `([^`]+)` \| (`.*`) \| (`.*`) \|$", TEXT, re.MULTILINE)


@pytest.mark.parametrize(("pattern", "matches", "others"), PATTERNS)
def test_patterns_match_what_the_table_says(pattern: str, matches: str, others: str) -> None:
    policy = Policy(allow_origins=[pattern])
    assert all(policy.actual(origin).allowed for origin in re.findall("`([^`]+)`", matches))
    assert not any(policy.actual(origin).allowed for origin in re.findall("`([^`]+)`", others))


def test_there_is_a_table_of_patterns() -> None:
    assert len(PATTERNS) == 9


def test_every_link_leads_somewhere() -> None:
    for target in re.findall(r"\]\(([^)]+)\)", TEXT):
        path, _, anchor = target.partition("#")
        if not path.startswith("https://"):
            assert (ROOT / path).is_file(), target
            assert not anchor or f"#### {anchor}\n" in (ROOT / path).read_text("utf-8"), target


def test_the_command_line_is_named_as_it_is() -> None:
    for subcommand in re.findall(r"\bwsgicors ([a-z]+)\b", "".join(block.text for block in of("sh"))):
        assert subcommand in SUBCOMMANDS


@pytest.mark.parametrize("block", of("sh"), ids=str)
def test_shell_parses_and_fetches_nothing_by_our_name(block: Block) -> None:
    subprocess.run(["bash", "-n"], input=block.text, text=True, check=True)
    for line in block.text.splitlines():
        words = shlex.split(line)
        if words[0] == "wsgicors":  # the command, not the name of what to fetch
            assert words[1] in SUBCOMMANDS
            words = words[2:]
        assert "wsgicors" not in [word for before, word in itertools.pairwise(words) if before == "install"]
        assert not [word for word in words if re.fullmatch(r"wsgicors([\[=<>~].*)?", word)]
    assert len(block.text.splitlines()) == 1


def test_there_are_two_commands() -> None:
    assert [block.marker for block in BLOCKS if block.marker] == ["demo", "tests"]


@pytest.mark.servers
def test_the_demo_runs_on_a_fresh_checkout(tmp_path: Path) -> None:
    """The first of the two commands, in full. The second is what runs this test."""
    if os.environ.get("CI") != "true":
        pytest.skip("installs from a package index: with CI=true only")
    checkout = copied(tmp_path)
    (command,) = (block.text.strip() for block in BLOCKS if block.marker == "demo")
    set_up, _, demo = command.rpartition(" && ")
    subprocess.run(["bash", "-c", set_up], cwd=checkout, check=True)
    with process.started(["bash", "-c", f"exec {demo} --port 0 --page-port 0"], cwd=checkout) as program:
        page = program.wait_for_line(r"^The page:   http://127\.0\.0\.1:(\d+)/$").group(1)
        assert b"<title>wsgicors demo</title>" in ask(int(page), "GET", "/").body
