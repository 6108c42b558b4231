"""Refusals are logged, and the hook is called."""

import logging

import pytest

from tests.middleware.asking import FORBID, POLICY, A, B, from_
from tests.policy.asking import Broken
from tests.wsgi import App, Fields, Refusals, call, cors, environ_of, preflight, send
from wsgicors import CORS, Policy


@pytest.mark.parametrize(
    ("method", "headers", "refusal"),
    [
        ("GET", from_(B), "origin-not-allowed"),
        ("POST", from_("null"), "null-origin"),
        ("OPTIONS", preflight(B, "PUT"), "origin-not-allowed"),
        ("OPTIONS", preflight(A, "PATCH"), "method-not-allowed"),
        ("GET", from_(A), None),
        ("GET", [], None),
        ("OPTIONS", preflight(A, "PUT"), None),
    ],
)
@pytest.mark.parametrize("policy", [POLICY, Policy(**POLICY.to_mapping() | {"refuse": "forbid"})])
def test_each_refusal_is_reported_once(
    app: App,
    refusals: Refusals,
    log: pytest.LogCaptureFixture,
    policy: Policy,
    method: str,
    headers: Fields,
    refusal: str | None,
) -> None:
    environ = environ_of(method, "/notes", headers, SCRIPT_NAME="/app")
    send(CORS(app, policy, on_refusal=refusals), environ)
    assert refusals.names == ([refusal] if refusal else [])
    assert [(record.name, record.levelname) for record in log.records] == ([("wsgicors", "WARNING")] if refusal else [])
    if refusal:
        verdict, seen = refusals.seen[0]
        assert seen is environ
        assert log.messages == [f"refused '{method}' '/app/notes': {refusal}: {verdict.sentence}"]


def test_the_log_is_written_without_a_hook(app: App, log: pytest.LogCaptureFixture) -> None:
    call(CORS(app, POLICY), "GET", "/", from_(B))
    call(CORS(app, FORBID), "GET", "/", from_(B))
    call(CORS(app, POLICY), "OPTIONS", "/", preflight(B, "PUT"))
    assert len(log.records) == 3


@pytest.mark.parametrize(
    ("root", "own", "lines"),
    [("INFO", "NOTSET", 1), ("WARNING", "NOTSET", 1), ("INFO", "ERROR", 0), ("ERROR", "DEBUG", 1)],
)
def test_the_level_that_counts_is_the_log_s_own_or_its_parent_s(
    app: App, caplog: pytest.LogCaptureFixture, root: str, own: str, lines: int
) -> None:
    caplog.set_level(root)
    caplog.set_level(own, logger="wsgicors")
    caplog.handler.setLevel("INFO")
    call(CORS(app, POLICY), "GET", "/", from_(B))
    assert len(caplog.records) == lines


def test_the_hook_is_called_without_a_log(app: App, refusals: Refusals, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR, logger="wsgicors")
    for policy in (POLICY, FORBID):
        call(CORS(app, policy, on_refusal=refusals), "GET", "/", from_(B))
        call(CORS(app, policy, on_refusal=refusals), "OPTIONS", "/", preflight(B, "PUT"))
    assert refusals.names == ["origin-not-allowed"] * 4
    assert not caplog.records


@pytest.mark.parametrize("policy", [POLICY, FORBID])
@pytest.mark.parametrize(("method", "headers"), [("GET", from_(B)), ("OPTIONS", preflight(B, "PUT"))])
def test_a_hook_that_raises_is_logged_and_changes_nothing(
    app: App, caplog: pytest.LogCaptureFixture, policy: Policy, method: str, headers: Fields
) -> None:
    def hook(verdict: object, environ: object) -> None:
        raise ZeroDivisionError

    caplog.set_level(logging.ERROR, logger="wsgicors")
    answer = call(cors(app, policy, on_refusal=hook), method, "/", headers)
    assert answer == call(cors(app, policy), method, "/", headers)
    (record,) = caplog.records
    assert record.getMessage() == "on_refusal failed"
    assert record.exc_info is not None
    assert record.exc_info[0] is ZeroDivisionError


def test_a_hook_may_be_set_later(app: App, refusals: Refusals) -> None:
    wrapped = cors(app, POLICY)
    wrapped.on_refusal = refusals
    call(wrapped, "GET", "/", from_(B))
    assert refusals.names == ["origin-not-allowed"]


def test_a_source_that_fails_refuses_and_never_raises(app: App, refusals: Refusals) -> None:
    wrapped = cors(app, Policy(allow_origins=Broken(OSError("down"))), on_refusal=refusals)
    assert call(wrapped, "GET", "/", from_(A)).cors == {}
    answer = call(wrapped, "OPTIONS", "/", preflight(A, "GET"))
    assert answer.status == "403 Forbidden"
    assert b"down" not in answer.body
    assert refusals.names == ["source-failed"] * 2
