"""Exports to places other than Python: the policy is the same there."""

import tomllib

import pytest

from tests.demo.code import POLICIES
from wsgicors import Policy
from wsgicors._rule_files import rules_from_mapping
from wsgicors.demo._exports import exports
from wsgicors.export._form import digest
from wsgicors.export._targets import TARGETS


@pytest.mark.parametrize("policy", POLICIES, ids=repr)
def test_the_file_of_rules_is_the_policy(policy: Policy) -> None:
    read = rules_from_mapping(tomllib.loads(exports(policy)["policy.toml"]))
    assert read == {"/": policy}


@pytest.mark.parametrize("policy", POLICIES, ids=repr)
def test_each_server_has_the_policy_or_the_reason_why_not(policy: Policy) -> None:
    texts = exports(policy)
    assert [*texts] == ["policy.toml", *(target.title for target in TARGETS.values())]
    for name, target in TARGETS.items():
        text = texts[target.title]
        assert text.startswith(target.comment)
        said = digest({"/": policy}) in text and f"wsgicors export --to {name} policy.toml" in text
        assert said or text.startswith((f"{target.comment} preflight-status: ", f"{target.comment} own-hosts: "))
