"""The same fault has the same name, sentence and remedy in every tool."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.browsers.site import serve
from tests.wsgi import App
from wsgicors import CORS, Policy, Refusal
from wsgicors.browser import Headers, Request, Response, preflight_request
from wsgicors.demo._experiments import Chosen, predict
from wsgicors.doctor import ask, explain, probe, why
from wsgicors.doctor.catalogue._causes import CAUSES, Cause
from wsgicors.doctor.diagnosis._questions import cause_of_refusal
from wsgicors.doctor.evidence._facts import Facts
from wsgicors.testing import examine_app
from wsgicors.verdict import SHOWN_NAMES, Verdict

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

PAGE = "https://www.example.com"
OTHER = "https://shop.example"
PLAIN = "http://shop.example"


def sentence(refusal: Refusal) -> str:
    verdict = Verdict(
        False, refusal, (), (), (), origin=PLAIN if refusal is Refusal.INSECURE_ORIGIN else OTHER, method="PUT",
        refused_headers=("x-id", "x-trace"),
    )  # fmt: skip
    return verdict.sentence


def har(request: Request, preflight: Response | None, response: Response, body: str) -> str:
    """What a network panel records of an exchange in which a page was refused."""

    def entry(sent: Request, answer: Response, text: str, kind: str) -> dict[str, object]:
        return {
            "_resourceType": kind,
            "request": {"method": sent.method, "url": sent.url, "headers": fields(sent.headers)},
            "response": {
                "status": answer.status,
                "headers": fields(answer.headers),
                "content": {"text": text},
                "_error": "net::ERR_FAILED",
            },
        }

    def fields(lines: Headers) -> list[dict[str, str]]:
        return [{"name": name, "value": value} for name, value in lines]

    page = Request(request.url, request.origin, request.method, [*request.headers, ("Origin", request.origin)])
    entries: list[dict[str, object]] = []
    if preflight is not None and (asked := preflight_request(request)):
        entries.append(entry(asked, preflight, body, "preflight"))
    entries.append(entry(page, response, body, "fetch"))
    return json.dumps({"log": {"creator": {"name": "WebInspector"}, "entries": entries}})


@pytest.mark.parametrize("refusal", Refusal, ids=lambda refusal: refusal.value)
def test_every_refusal_of_the_library_has_one_cause(refusal: Refusal) -> None:
    """By its sentence in a console or a log, by the body of a response in a HAR, and by its code."""
    said = sentence(refusal)
    named = {
        why(said).findings[0].suspects[0].cause.id,
        why(f"WARNING wsgicors: refused GET /x: {said} [{refusal.value}]").findings[0].suspects[0].cause.id,
        cause_of_refusal(refusal, Facts(method="PUT", header="x-id")),
        recorded(ask("https://api.example/x", OTHER), said),
    }
    assert len(named) == 1, named
    assert named <= CAUSES.keys()


def recorded(page: Request, said: str) -> str:
    refused = Response(403, [("content-type", "text/plain; charset=utf-8")])
    return why(har=har(page, None, refused, said)).findings[0].suspects[0].cause.id


class _Source:
    """A source that contains every origin, or fails."""

    def __init__(self, *, fails: bool = False) -> None:
        self.fails = fails

    def __contains__(self, origin: object) -> bool:
        if self.fails:
            raise LookupError
        return True


FAULTS: dict[str, tuple[Policy, str, dict[str, Any]]] = {
    "origin-not-allowed": (Policy(allow_origins=[PAGE]), OTHER, {}),
    "origin-www": (Policy(allow_origins=[PAGE]), "https://example.com", {}),
    "null-origin": (Policy(allow_origins=[PAGE]), "null", {}),
    "method-not-allowed": (Policy(allow_origins=[PAGE]), PAGE, {"method": "PUT"}),
    "method-case": (Policy(allow_origins=[PAGE], allow_methods=["PATCH"]), PAGE, {"method": "patch"}),
    "header-not-allowed": (
        Policy(allow_origins=[PAGE], allow_headers=["X-Known"]),
        PAGE,
        {"headers": ["X-Known", "X-Id", "X-Trace"]},
    ),
    "header-wildcard-authorization": (
        Policy(allow_origins=[PAGE], allow_headers="*"),
        PAGE,
        {"headers": ["Authorization"]},
    ),
    "insecure-origin": (
        Policy(allow_origins=_Source(), allow_methods=["PUT"], allow_credentials=True),
        PLAIN,
        {"credentials": True, "method": "PUT"},
    ),
    "source-failed": (Policy(allow_origins=_Source(fails=True), allow_methods=["PUT"]), OTHER, {"method": "PUT"}),
}


def told(app: "WSGIApplication", policy: Policy, origin: str, asking: dict[str, Any]) -> Iterator[tuple[str, Cause]]:
    """The cause that each tool names first, without the request's URL, which differs."""
    yield "explain", explain(policy, origin, **asking).examination.suspects[0].cause
    yield "testing", examine_app(app, origin=origin, **asking).suspects[0].cause
    with serve(app) as site:
        yield "probe", probe(ask(f"{site.origin}/", origin, **asking)).suspects[0].cause
    page = ask("https://api.example/", origin, **asking)
    yield "playground", predict(Chosen(policy, "", PAGE, debug=False), page).suspects[0].cause


def without_url(text: str, *urls: str) -> str:
    for url in urls:
        text = text.replace(url, "URL")
    return text


@pytest.mark.servers
@pytest.mark.parametrize("cause", FAULTS)
def test_a_fault_is_told_alike_by_every_tool(cause: str) -> None:
    policy, origin, asking = FAULTS[cause]
    app = CORS(App(), policy)
    found = dict(told(app, policy, origin, asking))
    assert {name: one.id for name, one in found.items()} == dict.fromkeys(found, cause)
    assert len({one.title for one in found.values()}) == 1
    assert {one.why for one in found.values()} == {found["explain"].why}
    remedies = {name: one.remedies for name, one in found.items()}
    assert remedies == dict.fromkeys(found, found["explain"].remedies)


def test_more_refused_headers_than_a_sentence_names_are_all_in_the_remedy() -> None:
    names = [f"X-Name-{number}" for number in range(SHOWN_NAMES + 3)]
    found = examine_app(CORS(App(), Policy(allow_origins=[PAGE])), origin=PAGE, headers=names)
    code = found.suspects[0].cause.remedies[0].code
    assert all(f'"{name.lower()}"' in code.lower() for name in names), code
