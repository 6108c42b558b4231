"""Exports of projects: rules by path, single paths, and what only code can decide, which is refused by name."""

import pytest

from tests.export.worlds import ANYBODY, CREDENTIALS, STRICT
from wsgicors import Policy
from wsgicors.export._projects import (
    ExportError,
    Given,
    Route,
    covering,
    export_project,
    overlap,
    policies_alone,
    refused,
)
from wsgicors.rules import Policies

VALUES: dict[str, object] = {
    "target": "nginx", "output": None, "name": None, "hosts": [], "upstream": None, "preflight_status": None,
    "losses": [], "check": None, "validate": False,
}  # fmt: skip
BY_PATH: dict[str, Policies] = {"/": ANYBODY, "/api": CREDENTIALS, "/api/v1": [CREDENTIALS, STRICT]}


def exported(*routes: Route, by_path: dict[str, Policies] = BY_PATH) -> str:
    said: list[str] = []
    given = Given.of(VALUES, "manage.py cors export", afterwards="verified", notes=("Noted.",))
    assert export_project(by_path, routes, [], given, said.append) == 0
    return "".join(said)


def same(policy: Policy) -> tuple[tuple[Policy, ...], ...]:
    return ((policy,), (policy,))


def test_a_view_with_a_policy_of_its_own_is_a_rule_for_its_path_alone() -> None:
    text = exported(Route("/notes/", False, "notes", same(STRICT)))
    assert r"(?:s|%73)(?:/|%2[Ff])(?:[?#]|$)\" notes;" in text.replace('" notes', r"\" notes")
    assert "# Made by:     manage.py cors export --to nginx\n" in text
    assert "# Afterwards:  verified\n# Besides:     Noted.\n" in text


def test_a_view_whose_policy_is_that_of_its_rule_adds_nothing() -> None:
    usual = exported()
    assert exported(Route("/api/x", False, "x", same(CREDENTIALS))) == usual
    assert exported(Route("/api/", True, "x", same(CREDENTIALS)), by_path={"/api": CREDENTIALS}) == (
        exported(by_path={"/api": CREDENTIALS})
    )


def test_an_exempt_view_is_left_to_the_application() -> None:
    text = exported(Route("/own/", False, "own", ((), ())))
    assert '" none;' in text
    assert '"actual none" $upstream_http_access_control_allow_origin;' in text


def test_views_alone_need_no_rule() -> None:
    assert '"root-refused"' not in exported(Route("/", False, "home", same(STRICT)), by_path={})


@pytest.mark.parametrize(
    ("route", "code"),
    [
        (Route("/notes/", True, "note", same(STRICT)), "view-varies"),
        (Route("/api/", True, "any", same(CREDENTIALS)), "view-varies"),
        (Route("/api/", True, "any", ((CREDENTIALS,), (CREDENTIALS, STRICT))), "view-varies"),
        (Route("/notes/", False, "notes", ((STRICT,), (ANYBODY,))), "view-by-method"),
        (Route("/a//b", False, "twice", same(STRICT)), "view-path"),
        (Route("/a;b", False, "parameter", same(STRICT)), "view-path"),
        (Route("/é", False, "accent", same(STRICT)), "rule-path-not-ascii"),
    ],
)
def test_what_only_code_knows_is_refused_by_name(route: Route, code: str) -> None:
    with pytest.raises(ExportError) as caught:
        exported(route)
    assert [reason.code for reason in caught.value.reasons] == [code]
    assert route.path in str(caught.value)


def test_what_a_project_is_verified_by_is_what_is_exported() -> None:
    routes = [Route("/notes/", False, "notes", same(STRICT)), Route("/own/", False, "own", ((),))]
    assert policies_alone(BY_PATH, routes, []) == {"/notes/": (STRICT,), "/own/": None}
    with pytest.raises(ExportError, match="handlers: "):
        policies_alone(BY_PATH, routes, [refused("handlers", "every target")])


def test_every_reason_is_given_at_once() -> None:
    routes = [Route("/notes/", True, "note", same(STRICT)), Route("/é", False, "accent", same(STRICT))]
    with pytest.raises(ExportError) as caught:
        export_project(BY_PATH, routes, [refused("handlers", "every target")], Given.of(VALUES, "x"), print)
    assert [reason.code for reason in caught.value.reasons] == ["handlers", "view-varies", "rule-path-not-ascii"]


@pytest.mark.parametrize(
    ("path", "policies"),
    [("/", (ANYBODY,)), ("/apix", (ANYBODY,)), ("/api", (CREDENTIALS,)), ("/api/", (CREDENTIALS,)),
     ("/api/v1/x", (CREDENTIALS, STRICT))],
)  # fmt: skip
def test_the_longest_rule_covers_a_path(path: str, policies: tuple[Policy, ...]) -> None:
    assert covering(BY_PATH, path) == policies
    assert overlap(BY_PATH, path)[""] == policies


def test_where_no_rule_is_no_policy_answers() -> None:
    assert covering({"/api": ANYBODY}, "/x") == ()
    assert overlap({"/api": ANYBODY}, "/a") == {"": (), "/api": (ANYBODY,)}
