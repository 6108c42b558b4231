import json
from pathlib import Path

import pytest

from tests.doctor.schemas import faults
from tests.wsgi import policy
from wsgicors import Policy, PolicyError
from wsgicors.doctor import AskError, Decision, explain
from wsgicors.doctor.diagnosis.explain import Explained, read_policy
from wsgicors.doctor.diagnosis.ranking import Certainty
from wsgicors.doctor.explain import SCHEMA

PAGE = "https://www.example.com"


def explained(of: Policy, origin: str = PAGE, **asking: object) -> Explained:
    told = explain(of, origin, **asking)
    assert faults(json.loads(json.dumps(told.to_json())), dict(SCHEMA)) == []
    return told


def cause(told: Explained) -> str:
    [suspect] = told.examination.suspects
    assert suspect.certainty is Certainty.CERTAIN
    assert told.examination.decision is Decision.BLOCKED
    return suspect.cause.id


def test_both_sides_allow() -> None:
    told = explained(policy(PAGE, allow_methods=["PUT"], max_age=600), method="PUT")
    assert told.examination.decision is Decision.ALLOWED
    assert [(name, verdict.allowed) for name, verdict in told.verdicts] == [("preflight", True), ("request", True)]
    assert told.examination.suspects == ()
    assert told.examination.kept["firefox"] == 600
    assert [exchange.request.method for exchange in told.examination.conclusion.exchanges] == ["OPTIONS", "PUT"]


def test_a_request_without_a_preflight_has_one_verdict() -> None:
    assert [name for name, _ in explained(policy(PAGE)).verdicts] == ["request"]


@pytest.mark.parametrize(
    ("settings", "asking", "expected"),
    [
        ({}, {"origin": "https://other.example.com"}, "origin-not-allowed"),
        ({}, {"origin": "https://other.example.com", "method": "PUT"}, "origin-not-allowed"),
        ({}, {"origin": "https://example.com"}, "origin-www"),
        ({}, {"origin": "http://www.example.com"}, "origin-scheme"),
        ({}, {"origin": "https://www.example.com:8443"}, "origin-port"),
        ({}, {"origin": "null"}, "null-origin"),
        ({}, {"method": "DELETE"}, "method-not-allowed"),
        ({}, {"headers": ["X-A"]}, "header-not-allowed"),
        ({}, {"headers": ["Access-Control-Allow-Origin"]}, "header-of-responses"),
        ({"allow_methods": ["PATCH"]}, {"method": "patch"}, "method-case"),
        ({}, {"private_network": True}, "private-network-header"),
        ({"allow_headers": "*"}, {"headers": ["Authorization: s3cret"]}, "header-wildcard-authorization"),
        ({}, {"credentials": True}, "credentials-not-allowed"),
        ({}, {"method": "TRACE"}, "forbidden-method"),
        ({"refuse": "forbid"}, {"origin": "https://other.example.com"}, "origin-not-allowed"),
    ],
)
def test_the_server_s_own_reason_is_the_cause(settings, asking, expected) -> None:
    told = explained(policy(PAGE, **settings), **asking)
    assert cause(told) == expected
    assert "s3cret" not in str(told.to_json())


def test_what_is_refused_is_named() -> None:
    told = explained(policy(PAGE, allow_headers=["X-Requested-With"]), headers=["X-Request-With"])
    assert "x-request-with" in told.examination.suspects[0].cause.title
    assert told.nearest == "x-requested-with"


def test_any_origin_with_credentials() -> None:
    assert cause(explained(Policy(allow_origins="*"), credentials=True)) == "credentials-wildcard"


def test_the_url_decides_who_is_at_home() -> None:
    told = explained(policy(PAGE), "https://api.example", url="https://api.example/x")
    assert told.examination.decision is Decision.ALLOWED


def test_what_no_browser_asks() -> None:
    with pytest.raises(AskError, match=f"write {PAGE}"):
        explain(policy(PAGE), f"{PAGE}/")


def test_a_policy_is_read(tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    path.write_text(f'allow_origins = ["{PAGE}"]\nallow_methods = ["PUT"]\n')
    assert read_policy(path) == policy(PAGE, allow_methods=["PUT"])
    path.write_text("allow_origins = []\nmax_age = -1\n")
    with pytest.raises(PolicyError) as caught:
        read_policy(path)
    assert len(caught.value.problems) == 2
    for wrong in (b"allow_origins =", b"\xff"):
        path.write_bytes(wrong)
        with pytest.raises(ValueError):  # noqa: PT011
            read_policy(path)
    with pytest.raises(OSError):  # noqa: PT011
        read_policy(tmp_path)
