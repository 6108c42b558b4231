"""The engines agree with `wsgicors.browser` and the policies' meaning on a sample of the small world."""

import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.browsers import sample
from tests.browsers.engine import Engine
from tests.browsers.sample import NINE_TIMES, by_meaning, disagreements, draw
from tests.scope import HEADERS
from wsgicors import Policy

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

pytestmark = pytest.mark.browsers

ROOT = Path(__file__).parents[2]
COUNT = 200


@pytest.fixture(scope="module")
def seed() -> str:
    """The commit: each tries other draws; an sdist has none."""
    if not (ROOT / ".git").exists():
        return "0"
    command = ["git", "-c", f"safe.directory={ROOT}", "rev-parse", "--short", "HEAD"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def test_an_engine_allows_what_is_meant_and_what_the_standard_allows(engine: Engine, seed: str) -> None:
    drawn = draw(COUNT, seed)
    assert {by_meaning(one).allowed for one in drawn} == {False, True}
    found = disagreements(engine, drawn)
    assert not found, "\n".join([f"seed {seed}", *found[:3]])


def test_a_server_that_echoes_every_origin_is_noticed(chromium: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample, "CORS", echoing)
    drawn = draw(sample.AT_ONCE, "an echo")
    assert len(disagreements(chromium, drawn)) > len(drawn) / 10


def echoing(app: "WSGIApplication", _policy: Policy, *, debug: bool) -> "WSGIApplication":
    def wrapped(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            allow = ("Access-Control-Allow-Origin", environ.get("HTTP_ORIGIN", "*"))
            others = [header for header in headers if not header[0].lower().startswith("access-control-")]
            return start_response(status, [*others, allow], *rest)

        return app(environ, start)

    return wrapped


def test_the_departure_is_one_of_the_world() -> None:
    assert NINE_TIMES in [fields for fields, _ in HEADERS]
