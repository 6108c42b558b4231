"""Run every snippet of the site's pages, page by page, as a reader would."""

import contextlib
import doctest
import io
import logging
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from http.client import HTTPResponse
from pathlib import Path
from typing import Any, cast

import pytest
from paste.deploy import loadapp
from werkzeug.test import Client, EnvironBuilder, run_wsgi_app

from tests.checkout import ROOT
from tests.pages import Block, blocks
from tests.wsgi import App
from wsgicors import CORS, Policy, PolicyError

pytestmark = pytest.mark.slow

DOCS = ROOT / "docs"

ELSEWHERE = {"errors.md", "doctor.md", "migrating-from-flask-cors.md", "migrating-from-django-cors-headers.md"}
"""Pages whose snippets have tests of their own."""

PAGES = sorted(
    path.relative_to(DOCS).as_posix()
    for path in DOCS.rglob("*.md")
    if not {"blocked", "errors", "_build"} & {*path.relative_to(DOCS).parts} and path.name not in ELSEWHERE
)

SET_BY_SERVERS = {"content-type", "content-length", "x-content-type-options"}
"""Header lines in every response, which the pages omit."""


def of(page: str, language: str) -> list[Block]:
    return [block for block in blocks((DOCS / page).read_text("utf-8")) if block.language == language]


def hello(_environ: dict[str, Any], start_response: Any) -> list[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"hello"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the files that the pages read."""
    (toml,) = of("settings.md", "toml")
    (tmp_path / "settings.toml").write_text(toml.text)
    (tmp_path / "origins.txt").write_text("https://*.partner.example\n")
    return tmp_path


@pytest.mark.parametrize("page", PAGES)
def test_its_snippets_run(page: str, folder: Path) -> None:
    names: dict[str, Any] = {"app": App(), "__name__": "__main__"}
    django: list[str] = []
    urls, then = "urlpatterns = []\n", ""
    with contextlib.chdir(folder):
        for block in blocks((DOCS / page).read_text("utf-8")):
            if block.language == "python" and block.kind == "django":
                django.append(block.text)
            elif block.language == "python" and block.kind == "urls":
                urls = block.text
            elif block.language == "python" and block.kind == "then":
                then = block.text
            elif block.language == "python" and "✗" in block.text:
                builds_where_it_says(block, names)
            elif block.language == "python":
                exec(compile("\n" * block.line + block.text, DOCS / page, "exec"), names)
            elif block.language == "pycon":
                test = doctest.DocTestParser().get_doctest(block.text, names, page, page, block.line)
                assert doctest.DocTestRunner(optionflags=doctest.IGNORE_EXCEPTION_DETAIL).run(test).failed == 0
            elif block.language == "http":
                answers_as_shown(block, names["policy"])
    if django:
        check_project(folder, "\n".join(django), urls)
    if then:
        run_in_project(folder, then)


def builds_where_it_says(block: Block, names: dict[str, Any]) -> None:
    """Check that each line marked ✗ raises the problem in its comment, and that every other line builds."""
    for line in block.text.splitlines():
        code, _, mark = line.partition("#")
        if "✗" in mark:
            with pytest.raises(PolicyError) as error:
                eval(code, names)
            assert mark.split() == ["✗", error.value.problems[0].code]
        else:
            assert mark.split() == ["✓"]
            eval(code, names)


class _Received:
    """A socket that has received a text."""

    def __init__(self, text: str) -> None:
        self._text = text

    def makefile(self, _mode: str) -> io.BytesIO:
        return io.BytesIO(self._text.encode())


def answers_as_shown(block: Block, policy: Policy) -> None:
    """Check that the middleware answers the request of an exchange with its response."""
    asked, _, shown = block.text.partition("\n\n")
    line, *lines = asked.splitlines()
    method, target, _ = line.split()
    environ = EnvironBuilder(
        target, method=method, headers=[cast("tuple[str, str]", tuple(one.split(": ", 1))) for one in lines]
    ).get_environ()
    body, status, headers = run_wsgi_app(CORS(hello, policy), environ)
    answer = HTTPResponse(cast("Any", _Received(shown.replace("\n", "\r\n"))), method=method)
    answer.begin()
    assert f"{answer.status} {answer.reason}" == status
    assert answer.getheaders() == [(name, value) for name, value in headers if name.lower() not in SET_BY_SERVERS]
    assert answer.read().decode().strip() == b"".join(body).decode().strip()


def check_project(folder: Path, settings: str, urls: str) -> None:
    """Check that ``manage.py check`` finds no fault in a project with these settings and this URLconf."""
    (folder / "urls.py").write_text(urls)
    database = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
    ground = f'SECRET_KEY = "x"\nROOT_URLCONF = "urls"\nUSE_TZ = True\nDATABASES = {database!r}\n'
    (folder / "settings.py").write_text(ground + settings)
    of_project(folder, ["-m", "django", "check", "--settings=settings", "--fail-level=WARNING"])


def run_in_project(folder: Path, code: str) -> None:
    """Run code in the checked project."""
    ground = "import django\nfrom django.core.management import call_command\n\ndjango.setup()\n"
    (folder / "then.py").write_text(f'{ground}call_command("migrate", verbosity=0)\n{code}')
    of_project(folder, ["then.py"])


def of_project(folder: Path, arguments: list[str]) -> None:
    path = os.pathsep.join([str(folder), str(ROOT), str(ROOT / "adapters")])
    env = {**os.environ, "PYTHONPATH": path, "DJANGO_SETTINGS_MODULE": "settings"}
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_snippets_are_found() -> None:
    assert len(PAGES) > 10
    text = "# A\n\n1. x\n\n   ```python django\n   A = 1\n   ```\n"
    assert list(blocks(text)) == [Block("python", "django", "A = 1\n", 5, "A")]


def test_the_exchange_is_shown_in_all_its_branches() -> None:
    exchanges = of("understand/exchange.md", "http")
    firsts = [(one.text.split(" ", 1)[0], one.text.partition("\n\n")[2].splitlines()[0][9:]) for one in exchanges]
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


def test_toml_is_a_policy() -> None:
    (toml,) = of("settings.md", "toml")
    policy = Policy.from_mapping(tomllib.loads(toml.text)["cors"])
    assert policy.actual("https://pr-1.example.com").allowed
    assert not policy.actual("https://pr-1.example.com.evil.example").allowed


def test_paste_deploy_loads_it(tmp_path: Path) -> None:
    (ini,) = of("start/wsgi.md", "ini")
    app = f"[app:app]\npaste.app_factory = {__name__}:paste_app\n"
    (tmp_path / "site.ini").write_text(f"{ini.text}\n{app}")
    client = Client(loadapp(f"config:{tmp_path}/site.ini", name="main"))
    asked = {"Origin": "https://a.example.org", "Access-Control-Request-Method": "PUT"}
    assert client.options("/", headers=asked).headers["Access-Control-Max-Age"] == "3600"


def paste_app(_global_conf: Mapping[str, str], **_settings: str) -> Any:
    return hello


@pytest.mark.parametrize("page", ["README.md", "docs/log.md"])
def test_the_log_is_as_it_is_shown(page: str, caplog: pytest.LogCaptureFixture) -> None:
    (text,) = [block.text for block in blocks((ROOT / page).read_text("utf-8")) if block.language == "text"]
    caplog.set_level(logging.INFO, logger="wsgicors")
    asked = {"Origin": "https://www.example.com", "Access-Control-Request-Method": "PUT"}
    Client(CORS(hello, Policy(allow_origins=["https://www.example.com"]))).options("/notes/1", headers=asked)
    assert text == f"{caplog.messages[0]}\n"


PATTERNS = re.findall(r"^\| `([^`]+)` \| (`.*`) \| (`.*`) \|$", (DOCS / "settings.md").read_text("utf-8"), re.MULTILINE)


@pytest.mark.parametrize(("pattern", "matches", "others"), PATTERNS)
def test_patterns_match_what_the_table_says(pattern: str, matches: str, others: str) -> None:
    policy = Policy(allow_origins=[pattern])
    assert all(policy.actual(origin).allowed for origin in re.findall("`([^`]+)`", matches))
    assert not any(policy.actual(origin).allowed for origin in re.findall("`([^`]+)`", others))


def test_there_is_a_table_of_patterns() -> None:
    assert len(PATTERNS) == 9


REFUSES_PATCH = {"understand/exchange.md"}
"""It shows a refused method on purpose."""


@pytest.mark.parametrize("page", ["../README.md", *sorted({*PAGES} - REFUSES_PATCH)])
def test_no_snippet_lists_fewer_methods_than_the_adapters_have_by_default(page: str) -> None:
    for block in blocks((DOCS / page).read_text("utf-8")):
        for line in block.text.splitlines():
            assert not ({'"PUT"', '"DELETE"'} <= {*re.findall(r'"[A-Z]+"', line)} and '"PATCH"' not in line), line
