"""An app's responses through an edge and without it, for the exports of projects."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.browsers.site import serve
from tests.export.edges import EDGES
from tests.export.exchange import Question, Reply, ask_core
from tests.export.questions import preflight
from tests.servers.needs import need

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

EDGE: Final = next(edge for edge in EDGES if edge.name == "haproxy-debian")
STRANGER: Final = "https://stranger.example"


def questions(paths: Iterable[str], origins: Iterable[str]) -> list[Question]:
    """For each path, with each origin and without one: a preflight, and requests with two methods."""
    asked: list[Question] = []
    for path in paths:
        for origin in (None, STRANGER, *origins):
            headers = (("Origin", origin),) if origin is not None else ()
            asked += [Question("GET", path, headers), preflight(origin, "PUT", target=path)]
            asked.append(Question("POST", path, (*headers, ("Sec-Fetch-Site", "cross-site"), ("Content-Length", "0"))))
    return asked


def differences(app: "WSGIApplication", exported: Path, asked: list[Question]) -> list[tuple[Question, Reply, Reply]]:
    """Return the differences between the responses of an export and of its app."""
    need(EDGE.missing())
    files = {file.name: file.read_text() for file in exported.iterdir()}
    with serve(app) as site, EDGE.started(site.port, files) as wire:
        answered = [(question, ask_core(app, question), wire.ask(question)) for question in asked]
    return [(question, want, got) for question, want, got in answered if want != got]
