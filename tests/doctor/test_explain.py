import json
import re

import pytest

from tests.doctor.schemas import faults
from tests.wsgi import policy
from wsgicors import Policy, Refusal
from wsgicors.adapting import Policies, PolicyList, Rules
from wsgicors.doctor import AskError, Decision, explain, report
from wsgicors.doctor.diagnosis._explain import Explained, rule_for
from wsgicors.doctor.diagnosis._ranking import Certainty
from wsgicors.doctor.explain import SCHEMA
from wsgicors.doctor.output._report import LISTED

PAGE = "https://www.example.com"


def explained(of: Policy | PolicyList | None, origin: str = PAGE, **asking: object) -> Explained:
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


RULES: dict[str, Policies] = {
    "/": Policy(allow_origins="*"),
    "/api": policy(PAGE),
    "/api/list": [policy(PAGE), policy("https://b.example")],
}


@pytest.mark.parametrize(
    ("path", "rule"),
    [("", "/"), ("/x", "/"), ("/apix", "/"), ("/api", "/api"), ("/%61pi/x?y", "/api"), ("/api/list/x", "/api/list")],
)
def test_the_rule_of_a_url_answers(path: str, rule: str) -> None:
    answerer, named = rule_for(RULES, f"https://api.example{path}")
    assert named == rule
    expected = Rules({"/": RULES[rule]}).everywhere
    assert answerer is not None
    assert answerer.actual(PAGE).headers == (expected.actual(PAGE).headers if expected else ())


def test_where_no_rule_is_nothing_answers() -> None:
    assert rule_for({"/api": policy(PAGE)}, "https://api.example/x") == (None, "")
    assert rule_for(policy(PAGE), "https://api.example/x") == (policy(PAGE), "")
    assert rule_for(RULES, "https://[x/") == (None, "")


def test_an_ambiguous_path_is_refused() -> None:
    answerer, _ = rule_for(RULES, "https://api.example/api/;x/../list")
    assert explained(answerer).verdicts[0][1].refusal is Refusal.AMBIGUOUS_PATH


def test_the_vary_that_is_sent_is_shown() -> None:
    lines = report.text(report.of_explained(explained(policy(PAGE), method="PUT"))).splitlines()
    assert any(line.strip().startswith("< Vary: ") for line in lines)


@pytest.mark.parametrize("refuse", ["withhold", "forbid"])
def test_a_page_of_the_server_s_own_reads_all(refuse: str) -> None:
    told = explained(Policy(allow_origins=[PAGE], refuse=refuse), "https://api.example", method="PUT")
    assert told.examination.decision is Decision.ALLOWED
    assert told.preflight is None
    assert told.actual is not None
    assert told.actual.status is None


# -- What an adapter asks about ----------------------------------------------------------------------------------------


def shown(told: Explained) -> str:
    return report.text(report.of_explained(told))


def test_nothing_covers_the_url() -> None:
    told = explained(None, method="PUT")
    assert cause(told) == "cors-absent"
    assert (told.policies, told.verdicts, told.nearest) == ((), [], "")
    assert "No rule covers this URL" in shown(told)
    assert explained(None, "https://api.example").examination.suspects == ()


def test_several_policies_answer_together() -> None:
    partners, everybody = policy(PAGE), Policy(allow_origins="*")
    told = explained(PolicyList((partners, everybody)), "https://other.example")
    assert told.examination.decision is Decision.ALLOWED
    assert told.policies == (partners, everybody)
    assert f"The policies\n  allow_origins: {PAGE}\n  and, where that allows no such origin:\n" in shown(told)


def test_a_path_that_leads_to_several_rules() -> None:
    told = explained(Rules({"/api": policy(PAGE)}).find("/api/../x"))
    assert told.policies == ()
    assert told.actual is not None
    assert told.actual.refusal is Refusal.AMBIGUOUS_PATH


def test_what_serves_the_url_stands_on_top_and_in_the_json() -> None:
    told = explained(policy(PAGE), heading=[("View", "notes.detail"), ("Rule", "/notes")])
    assert shown(told).splitlines()[1:3] == ["  View  notes.detail", "  Rule  /notes"]
    assert told.to_json()["heading"] == [["View", "notes.detail"], ["Rule", "/notes"]]


def test_settings_have_the_names_of_their_owner() -> None:
    names = {"allow_origins": "CORS_ALLOWED_ORIGINS", "allow_methods": "CORS_ALLOW_METHODS"}
    told = explained(policy(PAGE, allow_methods=["PUT"]), method="DELETE", settings=names)
    assert f"CORS_ALLOWED_ORIGINS: {PAGE}" in shown(told)
    assert "Add it to CORS_ALLOW_METHODS, in this spelling." in shown(told)
    assert "CORS_ALLOW_METHODS" in told.to_json()["verdicts"][0]["remedy"]
    assert "allow_methods" not in shown(told).partition("Blocked: ")[0]


def test_remedies_are_those_of_the_framework() -> None:
    def places(framework: str, **asking: object) -> list[str]:
        told = shown(explained(policy(PAGE), framework=framework, **asking))
        return [place for place in ("Flask", "Django", "WSGI", "nginx") if f"\n  {place}: " in told]

    assert places("", method="PUT") == ["Flask", "Django", "WSGI", "nginx"]
    assert places("django", method="PUT") == ["Django"]
    assert places("flask", origin="null") == ["WSGI"]  # there is no other


# -- Listing -----------------------------------------------------------------------------------------------------------


def test_a_listing_tells_every_setting_that_was_given() -> None:
    origins = [PAGE, re.compile(r"https://[a-z]+\.b\.example")]
    policies = [
        Policy(allow_origins=origins, max_age=60, dangerously_allow=["insecure-origin"]),
        Policy(allow_origins="*"),
    ]
    assert report.text(report.of_policies([("/api", policies), ("/admin", [])], {"max_age": "MAX"})) == (
        "/api\n"
        rf"  allow_origins: {PAGE}, regex https://[a-z]+\.b\.example"
        "\n  MAX: 60\n  dangerously_allow: insecure-origin\n  and, where that allows no such origin:\n"
        "  allow_origins: *\n/admin\n  exempt\n"
    )


def test_a_listing_cuts_long_lists() -> None:
    origins = [f"https://{number}.a.example" for number in range(LISTED + 2)]
    last = f"https://{LISTED - 1}.a.example"
    assert report.text(report.of_policies([("/", [Policy(allow_origins=origins)])])).endswith(f"{last}, … and 2 more\n")
    assert report.text(report.of_policies([("/", [Policy(allow_origins=origins[:-2])])])).endswith(f"{last}\n")
