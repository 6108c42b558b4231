"""The site builds without a warning, its search finds the answers, and it is readable in a real browser."""

import functools
import http.server
import re
import subprocess
import sys
import threading
import tomllib
from collections.abc import Generator
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest
import yaml

from tests.browsers import axe
from tests.browsers.chromium import Chromium
from tests.checkout import ROOT, copied
from tests.servers.needs import need
from tests.site.themes import THEMES, Theme


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built from a copy of this checkout by the documented command."""
    copy = copied(tmp_path_factory.mktemp("site") / "checkout")
    command = [sys.executable, "-m", "docs.site", "-q"]
    done = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr  # every warning is an error
    return copy / "docs" / "_build" / "html"


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Log nothing."""


@pytest.fixture(scope="module")
def served(site: Path) -> Generator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(site)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


KINDS_OF_PAGES = (
    "index",
    "start/flask",
    "start/asgi",
    "blocked/index",
    "errors/any-origin-with-credentials",
    "understand/preflight",
    "recipes/session-django",
    "settings",
    "migrating-from-flask-cors",
    "reference/core",
)
"""One page of each kind."""


@pytest.fixture(scope="module")
def chromium() -> Generator[Chromium]:
    need(Chromium.missing())
    with Chromium() as running:
        yield running


@pytest.mark.slow
def test_every_code_has_its_page(site: Path) -> None:
    from docs.codes import pages

    assert {path.stem for path in (site / "errors").glob("*.html")} == {*pages()}


@pytest.mark.browsers
@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.query)
def test_the_search_finds(chromium: Chromium, served: str, theme: Theme) -> None:
    chromium.visit(f"{served}/search.html?q={theme.query.replace(' ', '+')}")
    chromium.text("#search-results .search-summary", containing="ound")
    links = chromium.run(
        "return [...document.querySelectorAll('#search-results li a')].map(a => a.getAttribute('href'))"
    )
    assert any(link.startswith(f"{theme.page}.html") for link in links), links


@pytest.mark.browsers
@pytest.mark.parametrize("page", KINDS_OF_PAGES)
def test_a_page_can_be_read_by_everybody(chromium: Chromium, served: str, page: str) -> None:
    need(axe.missing())
    chromium.visit(f"{served}/{page}.html")
    for scheme in ("light", "dark"):
        chromium.run("document.body.dataset.theme = args[0]", scheme)
        assert axe.violations(chromium, *axe.WCAG) == [], scheme


@pytest.mark.slow
def test_every_link_leads_to_a_page_and_a_place_on_it(site: Path) -> None:
    places: dict[Path, set[str]] = {}
    links: list[tuple[Path, str]] = []
    for path in site.rglob("*.html"):
        html = path.read_text("utf-8")
        places[path.resolve()] = {*re.findall(r'\bid="([^"]+)"', html)}
        links += [
            (path, link) for link in re.findall(r'<a\b[^>]*\bhref="([^"]+)"', html) if not re.match(r"\w+:|/", link)
        ]
    broken = []
    for path, link in links:
        target, _, place = unescape(link).partition("#")
        page = (path.parent / unquote(target)).resolve() if target else path.resolve()
        if not page.exists() or (place and page in places and unquote(place) not in places[page]):
            broken.append((path.relative_to(site).as_posix(), link))
    assert broken == []
    assert len(links) > 1000


@pytest.mark.slow
def test_a_page_that_is_not_there_says_so(site: Path) -> None:
    assert "Page not found" in (site / "404.html").read_text("utf-8")


@pytest.mark.slow
def test_the_site_tells_machines_what_it_has(site: Path) -> None:
    assert "errors/origin-trailing-slash" in (site / "llms.txt").read_text("utf-8")


def test_the_repository_holds_the_inventories_for_a_build_without_a_network() -> None:
    assert {path.name for path in (ROOT / "docs" / "inventories").iterdir()} == {
        "django.inv", "flask.inv", "python.inv", "werkzeug.inv",
    }  # fmt: skip


def test_read_the_docs_builds_it_by_the_documented_command() -> None:
    jobs = yaml.safe_load((ROOT / ".readthedocs.yaml").read_text("utf-8"))["build"]["jobs"]
    assert jobs["build"]["html"][0] == "python -m docs.site"
    (install,) = [line for line in jobs["install"] if "--group" in line]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    asked = re.search(r"\[(.*)\]", install)
    assert asked is not None
    assert set(asked[1].split(",")) == project["project"]["optional-dependencies"].keys()
    assert install.rpartition(" ")[2] in project["dependency-groups"]
