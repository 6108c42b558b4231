"""README.md fits on a few screens, and every block is run or checked against its subject."""

import asyncio
import itertools
import json
import os
import re
import shlex
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client

from tests.checkout import ROOT, copied
from tests.pages import Block, blocks
from tests.servers import process
from tests.servers.exchange import ask
from tests.servers.needs import need
from tests.wsgi import App
from wsgicors import CORS, Policy, PolicyError
from wsgicors._cli import SUBCOMMANDS

TEXT = (ROOT / "README.md").read_text("utf-8")
BLOCKS = list(blocks(TEXT))
ALLOWED = "https://www.example.com"
PREFLIGHT = {"Origin": ALLOWED, "Access-Control-Request-Method": "PUT"}


def of(language: str, kind: str = "") -> list[Block]:
    return [block for block in BLOCKS if (block.language, block.kind) == (language, kind)]


def run(block: Block, names: dict[str, Any]) -> dict[str, Any]:
    exec(compile("\n" * block.line + block.text, ROOT / "README.md", "exec"), names)
    return names


def test_it_is_short() -> None:
    assert len(TEXT.splitlines()) <= 180


def test_no_kind_of_block_is_left_out() -> None:
    kinds = {(block.language, block.kind) for block in BLOCKS}
    assert kinds == {("python", kind) for kind in ("", "django", "flask", "asgi")} | {("sh", ""), ("text", "")}
    assert TEXT.count("```") == 2 * len(BLOCKS)


def test_the_first_block_is_ten_lines_that_work() -> None:
    first = BLOCKS[0]
    assert len([line for line in first.text.splitlines() if line]) <= 10
    app = run(first, {})["app"]
    allowed = Client(app).put("/", headers={"Origin": ALLOWED})
    assert allowed.headers["Access-Control-Allow-Origin"] == ALLOWED
    assert "Access-Control-Allow-Origin" not in Client(app).get("/", headers={"Origin": "https://a.example"}).headers


def test_any_wsgi_app_starts_so() -> None:
    (start,) = of("python")[1:]
    app = run(start, {"CORS": CORS, "Policy": Policy, "app": App()})["app"]
    refused = Client(app).options("/", headers=PREFLIGHT)
    assert refused.headers["Access-Control-Allow-Origin"] == ALLOWED
    assert "Add it to allow_methods" in refused.text


def test_flask_starts_so() -> None:
    need(_missing("flask_wsgicors"))
    (start,) = of("python", "flask")
    names = run(start, {"__name__": __name__})  # Flask looks for its module
    client = names["app"].test_client()
    assert client.options("/", headers=PREFLIGHT).headers["Access-Control-Allow-Origin"] == ALLOWED
    refused = client.options("/", headers={**PREFLIGHT, "Origin": "https://a.example"})
    assert "Access-Control-Allow-Origin" not in refused.headers
    assert "Add it to origins" in refused.text
    with pytest.raises(PolicyError):
        names["CORS"](names["Flask"]("bare"))


def test_an_asgi_app_starts_so() -> None:
    (start,) = of("python", "asgi")

    async def app(_scope: Any, _receive: Any, _send: Any) -> None:
        """Preflights never call it."""

    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request"}

    headers = [(name.lower().encode(), value.encode()) for name, value in PREFLIGHT.items()]
    scope = {"type": "http", "method": "OPTIONS", "path": "/", "headers": headers}
    asyncio.run(run(start, {"app": app})["app"](scope, receive, send))
    assert (b"access-control-allow-origin", ALLOWED.encode()) in sent[0]["headers"]
    assert b"Add it to allow_methods" in sent[1]["body"]


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
assert "PATCH" in answer.headers["Access-Control-Allow-Methods"], answer.headers
refused = Client().options("/notes/1", headers={**asked, "Origin": "https://a.example"})
assert "Access-Control-Allow-Origin" not in refused.headers, refused.headers
assert b"Add it to CORS_ALLOWED_ORIGINS, " in refused.content, refused.content
"""


def test_django_starts_so() -> None:
    need(_missing("django_wsgicors"))
    (start,) = of("python", "django")
    settings = run(start, {})
    settings.pop("__builtins__")
    command = [sys.executable, "-c", DJANGO]
    done = subprocess.run(command, input=json.dumps(settings), capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def _missing(module: str) -> str | None:
    return None if find_spec(module) else module


def test_every_link_leads_somewhere() -> None:
    links = re.findall(r"\]\(([^)]+)\)", TEXT)
    for target in links:
        path, _, anchor = target.partition("#")
        if not path.startswith("https://"):
            assert (ROOT / path).is_file(), target
        if anchor and not path.startswith("https://"):
            headings = re.findall(r"^#+ (.*)$", (ROOT / path).read_text("utf-8"), re.MULTILINE)
            assert anchor in [re.sub(r"[^a-z0-9]+", "-", one.lower()) for one in headings], target
    assert len(links) > 30


@pytest.mark.parametrize("block", of("sh"), ids=str)
def test_shell_parses_and_fetches_nothing_by_our_name(block: Block) -> None:
    subprocess.run(["bash", "-n"], input=block.text, text=True, check=True)
    for line in block.text.splitlines():
        words = shlex.split(line)
        if words[0] == "wsgicors":  # the command, not the name of the package
            assert words[1] in SUBCOMMANDS
            words = words[2:]
        assert "wsgicors" not in [word for before, word in itertools.pairwise(words) if before == "install"]
        assert not [word for word in words if re.fullmatch(r"wsgicors([\[=<>~].*)?", word)]
    assert len(block.text.splitlines()) == 1


def test_there_are_two_commands() -> None:
    assert [block.command for block in BLOCKS if block.command] == ["demo", "tests"]


@pytest.mark.servers
def test_the_demo_runs_on_a_fresh_checkout(tmp_path: Path) -> None:
    """The first of the two commands, in full. The second one runs this test."""
    if os.environ.get("CI") != "true":
        pytest.skip("installs from a package index: with CI=true only")
    checkout = copied(tmp_path)
    (command,) = (block.text.strip() for block in BLOCKS if block.command == "demo")
    set_up, _, demo = command.rpartition(" && ")
    subprocess.run(["bash", "-c", set_up], cwd=checkout, check=True)
    with process.started(["bash", "-c", f"exec {demo} --port 0 --page-port 0"], cwd=checkout) as program:
        page = program.wait_for_line(r"^The page:   http://127\.0\.0\.1:(\d+)/$").group(1)
        assert b"<title>wsgicors demo</title>" in ask(int(page), "GET", "/").body
