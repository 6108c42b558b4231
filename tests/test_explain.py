"""What is told of a request and of policies: it agrees with what the middleware would do, and with the browser."""

import re

import pytest

from wsgicors import Policy, Refusal
from wsgicors.explain import LISTED, Explanation, covering_rule, explain, list_lines, policy_lines
from wsgicors.rules import PolicyList, Rules

APP = "https://app.example"
OTHER = "https://other.example"
API = "https://api.example/notes"

POLICY = Policy(allow_origins=[APP], allow_methods=["PUT"], allow_headers=["X-Mine"], allow_credentials=True)


def told(explanation: Explanation) -> str:
    return "\n".join(explanation.lines())


class TestAllowed:
    def test_simple_request_is_not_preflighted(self) -> None:
        explanation = explain(POLICY, API, APP)
        assert explanation.allowed
        assert explanation.preflight is None
        assert explanation.actual == POLICY.actual(APP)
        assert "Preflight" not in told(explanation)

    def test_preflighted_request_has_both_verdicts(self) -> None:
        explanation = explain(
            POLICY, API, APP, method="put", headers=["X-Mine: 1"], credentials=True, view="notes", rule="/"
        )
        assert explanation.allowed
        assert explanation.preflight == POLICY.preflight(APP, "PUT", "x-mine")
        assert explanation.policies == (POLICY,)
        assert (
            told(explanation)
            == """\
put https://api.example/notes from a page of https://app.example, with X-Mine: 1, credentials
  View       notes
  Rule       /
  Policy     allow_origins: https://app.example
             allow_methods: PUT
             allow_headers: X-Mine
             allow_credentials: True
  Preflight  allowed
             Access-Control-Allow-Origin: https://app.example
             Access-Control-Allow-Credentials: true
             Access-Control-Allow-Methods: PUT
             Access-Control-Allow-Headers: X-Mine
  Request    allowed
             Access-Control-Allow-Origin: https://app.example
             Access-Control-Allow-Credentials: true
  Browser    The page can read the answer."""
        )

    def test_private_network_is_asked_for(self) -> None:
        assert not explain(POLICY, API, APP, private_network=True).allowed
        policy = Policy(allow_origins=[APP], allow_private_network=True)
        assert explain(policy, API, APP, private_network=True).allowed

    @pytest.mark.parametrize("refuse", ["withhold", "forbid"])
    def test_page_of_the_servers_own_reads_all(self, refuse: str) -> None:
        explanation = explain(Policy(allow_origins=[APP], refuse=refuse), API, "https://api.example", method="PUT")
        assert explanation.conclusion is not None
        assert explanation.conclusion.status == 200
        assert explanation.preflight is None


class TestBlocked:
    def test_preflight_stops_the_request(self) -> None:
        explanation = explain(POLICY, API, APP, method="DELETE")
        assert not explanation.allowed
        assert explanation.actual is None
        assert explanation.preflight is not None
        assert explanation.preflight.refusal is Refusal.METHOD_NOT_ALLOWED
        assert "  Preflight  refused: The method 'DELETE' is not allowed here.\n             Add it to" in told(
            explanation
        )
        assert "  Browser    preflight: there is no Access-Control-Allow-Origin (#concept-cors-check)\n" in told(
            explanation
        )
        assert told(explanation).endswith("\n             The page cannot read the answer.")

    def test_nearest_allowed_value_is_told(self) -> None:
        assert "  Nearest    https://app.example\n" in told(explain(POLICY, API, "https://apps.example"))
        assert "Nearest" not in told(explain(POLICY, API, "https://quite.different.test"))

    def test_header_that_is_named_alone_needs_permission(self) -> None:
        assert not explain(POLICY, API, APP, headers=["content-type"]).allowed
        assert not explain(POLICY, API, APP, headers=["X-Other"]).allowed
        assert explain(POLICY, API, APP, headers=["Content-Type: text/plain"]).allowed

    @pytest.mark.parametrize("refuse", ["withhold", "forbid"])
    def test_request_is_refused(self, refuse: str) -> None:
        explanation = explain(Policy(allow_origins=[APP], refuse=refuse), API, OTHER)
        assert not explanation.allowed
        assert explanation.actual is not None
        assert explanation.actual.refusal is Refusal.ORIGIN_NOT_ALLOWED
        assert explanation.conclusion is not None
        assert explanation.conclusion.exchanges[0].response.status == (403 if refuse == "forbid" else 200)

    def test_what_the_browser_drops_is_told(self) -> None:
        explanation = explain(POLICY, API, APP, headers=["Cookie"])
        assert explanation.conclusion is not None
        (dropped,) = [step.detail for step in explanation.conclusion.steps if step.note]
        assert f"  Browser    {dropped}\n" in told(explanation)


class TestWhatAnswers:
    def test_nothing_covers_the_url(self) -> None:
        explanation = explain(None, API, APP, method="PUT")
        assert not explanation.allowed
        assert explanation.policies == ()
        assert explanation.preflight is None
        assert "  Rule       none: what the app sets itself stands as it is\n" in told(explanation)

    def test_several_policies_answer_together(self) -> None:
        everybody = Policy(allow_origins="*")
        explanation = explain(PolicyList((POLICY, everybody)), API, OTHER)
        assert explanation.allowed
        assert explanation.policies == (POLICY, everybody)
        assert told(explanation).count("  Policy     ") == 2

    def test_nobody_knows_what_answers(self) -> None:
        answerer = Rules({"/api": POLICY}).find("/api/../x")
        explanation = explain(answerer, API, APP, rule="/api")
        assert explanation.policies == ()
        assert "  Request    refused: The path has dot segments" in told(explanation)

    def test_no_browser_sends_it(self) -> None:
        explanation = explain(POLICY, API, APP + "/")
        assert not explanation.allowed
        assert explanation.conclusion is None
        assert explanation.actual is not None
        assert explanation.actual.refusal is Refusal.MALFORMED_ORIGIN
        assert "  Browser    no browser sends this: no browser has the origin 'https://app.example/'" in told(
            explanation
        )
        assert explain(None, API, APP + "/").actual is None


def test_rule_that_covers_is_the_one_that_the_middleware_takes() -> None:
    policies = {path: Policy(allow_origins=[APP], max_age=age) for age, path in enumerate(["/", "/a", "/a/b", "/ab"])}
    rules = Rules(policies)
    for path in ("/", "/a", "/a/", "/a/c", "/a/b", "/a/b/c", "/a/bc", "/ab", "/abc", "/A"):
        covering = covering_rule(policies, path)
        assert covering is not None
        assert rules.find(path) is policies[covering]
    assert covering_rule(["/a"], "/") is None


class TestListing:
    def test_tells_every_setting_that_was_given(self) -> None:
        origins = [APP, re.compile(r"https://[a-z]+\.b\.example")]
        policy = Policy(allow_origins=origins, max_age=60, dangerously_allow=["insecure-origin"])
        assert policy_lines(policy) == [
            r"allow_origins: https://app.example, regex https://[a-z]+\.b\.example",
            "max_age: 60",
            "dangerously_allow: insecure-origin",
        ]

    def test_cuts_long_lists(self) -> None:
        origins = [f"https://{number}.a.example" for number in range(LISTED + 2)]
        (line,) = policy_lines(Policy(allow_origins=origins))
        assert line.endswith(f"https://{LISTED - 1}.a.example, … and 2 more")
        (line,) = policy_lines(Policy(allow_origins=origins[:LISTED]))
        assert line.endswith(f"https://{LISTED - 1}.a.example")

    def test_has_an_entry_for_all_that_is_covered(self) -> None:
        policies = [Policy(allow_origins=[APP]), Policy(allow_origins="*")]
        assert list_lines([("/api", policies), ("/admin", [])]) == [
            "/api",
            "  allow_origins: https://app.example",
            "  and, where that allows no such origin:",
            "  allow_origins: *",
            "/admin",
            "  exempt",
        ]
