"""Fuzz policy files: each is a policy or a list of problems, and every export is a text or a refusal."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from typing import Final

from wsgicors import CORS, Policy, PolicyError
from wsgicors._rule_files import rules_from_mapping
from wsgicors.export._form import form_of
from wsgicors.export._lossy import export as export_lossy
from wsgicors.export._refusals import ExportError
from wsgicors.export._services import LOSSES, SERVICES
from wsgicors.export._target import Options, files
from wsgicors.export._targets import TARGETS
from wsgicors.rules import Policies, RuleSet

TOKENS: Final = (
    "allow_origins", "allow_methods", "allow_headers", "expose_headers", "allow_credentials", "max_age", "refuse",
    "allow_private_network", "preflight_status", "dangerously_allow", "[rules.", "[[rules.", "]", "regex", " = ", '["',
    '"]', "https://", "*.example.com", "null", '"*"', "true", "600", "{", "}", "\n", "'", '"', r"\.", "public-suffix",
    "$http_origin", "%{HTTP:Origin}", "`", "#", ";", r"\n", r"\u0000", "PUT", "X-A",
)  # fmt: skip


def policy_files(data: bytes) -> None:
    """Read bytes as a TOML file: it has problems of one line each, or policies that survive a round trip."""
    rules = _rules(data)
    if rules is None:
        return
    CORS(_nothing, rules)
    for policy in _policies(rules):
        assert Policy.from_mapping(policy.to_mapping()) == policy
        assert eval(repr(policy), {"Policy": Policy, "re": re}) == policy  # noqa: S307


def export(data: bytes) -> None:
    """Export bytes as a TOML file to every target: the result is reproducible text with a head, or a refusal."""
    rules = _rules(data)
    if rules is None:
        return
    try:
        form = form_of(rules)
    except ExportError as error:
        assert error.reasons
        return
    for target in TARGETS.values():
        try:
            written = files(target, form, Options())
        except ExportError as error:
            assert error.reasons
            continue
        assert written == files(target, form, Options())
        for text in written.values():
            _check_text(text)
            assert text.startswith(target.comment)
    for service in SERVICES.values():
        try:
            for text in export_lossy(service, form, frozenset(LOSSES)).values():
                _check_text(text)
        except ExportError as error:
            assert error.reasons


def _nothing(_environ: object, _start_response: object) -> Iterable[bytes]:
    return []


def _check_text(text: str) -> None:
    assert text.endswith("\n")
    assert all(line.isprintable() for line in text.replace("\t", " ").splitlines()), text
    assert len(text.splitlines()) == text.count("\n"), text  # no other line-ending character


def _rules(data: bytes) -> RuleSet | None:
    try:
        return rules_from_mapping(tomllib.loads(data.decode()))
    except PolicyError as error:
        assert error.problems
        assert all(problem.message.isprintable() and problem.remedy.isprintable() for problem in error.problems)
    except (ValueError, RecursionError):
        pass  # not TOML
    return None


def _policies(rules: RuleSet) -> list[Policy]:
    each: list[Policies] = list(rules.values()) if isinstance(rules, Mapping) else [rules]
    return [policy for one in each for policy in ([one] if isinstance(one, Policy) else one)]
