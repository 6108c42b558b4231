"""Collect the policies of an app's resources, blueprints and decorated views for an export."""

import re
from collections.abc import Mapping
from typing import Final

from werkzeug.routing import Rule
from werkzeug.test import EnvironBuilder

from flask_wsgicors._app import AppCORS
from flask_wsgicors._marks import EVERY_METHOD
from flask_wsgicors._resources import Key
from wsgicors.adapting import Policies, members_of
from wsgicors.export._projects import Exportable, Members, Refused, Route, overlap, refused

METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

UNSERVED: Final = (
    "A method that no view serves is answered by the policy of the views at its URL; the application answers it by "
    "that of the path."
)


def exportable(cors: AppCORS) -> Exportable:
    """Return an app's policies for an export.

    Raises:
        PolicyError: with every problem of every decorated view.
    """
    problems: list[Refused] = []
    by_path, by_text = _split(cors.unserved_by_key(), problems)
    whole = {path: Route(path, False, "a resource", (members_of(policies),)) for path, policies in by_text.items()}
    own, _ = _split(cors.by_key(), [])
    views: dict[str, tuple[str, set[str]]] = {}
    varying: list[Route] = []
    for rule in cors.flask_app.url_map.iter_rules():
        begins, _, varies = rule.rule.partition("<")
        if rule.host or rule.subdomain:
            answers = _answers(cors, rule, begins, own)
            if answers != {*overlap(by_path, begins).values()}:
                problems.append(refused("host-routes", "every target", view=rule.endpoint))
        elif varies:
            answers = _answers(cors, rule, begins, own)
            if _has_own(cors, rule) or overlap(by_path, begins) != overlap(own, begins):
                varying.append(Route(begins, True, rule.endpoint, tuple(answers)))
        else:
            # The redirect from the URL without its final slash has the same view's policy.
            for path in dict.fromkeys((rule.rule, rule.rule.rstrip("/") or "/")):
                views.setdefault(path, (rule.endpoint, set()))[1].update(rule.methods or ())
    notes: dict[str, None] = {}
    for path, (endpoint, served) in views.items():
        found = {method: _answer(cors, path, method) for method in METHODS}
        answers = {found[method] for method in METHODS if method in served}
        whole[path] = Route(path, False, endpoint, tuple(answers), frozenset(served))
        if not answers.issuperset(found.values()):
            notes[UNSERVED] = None
    return Exportable(by_path, [*whole.values(), *varying], problems, tuple(notes))


def _split(by_key: Mapping[Key, Policies], problems: list[Refused]) -> tuple[dict[str, Policies], dict[str, Policies]]:
    """Return the policies of paths including those below, and the policies of single paths."""
    by_path: dict[str, Policies] = {}
    by_text: dict[str, Policies] = {}
    for key, policies in by_key.items():
        if isinstance(key, str):
            by_path[key] = policies
            continue
        text = re.sub(r"\\(.)", r"\1", key.pattern)
        if re.escape(text) == key.pattern:
            by_text[text] = policies
        else:
            facts = {"setting": "resources", "expression": key.pattern}
            problems.append(refused("paths-by-expression", "every target", **facts))
    return by_path, by_text


def _has_own(cors: AppCORS, rule: Rule) -> bool:
    """Whether the policy for a URL rule comes from a decorator or a blueprint."""
    decorated = any((endpoint, text) == (rule.endpoint, rule.rule) for endpoint, text, _ in cors.decorated())
    return decorated or bool(cors.blueprint_scopes(rule.endpoint))


def _answers(cors: AppCORS, rule: Rule, begins: str, own: Mapping[str, Policies]) -> set[Members]:
    """Return the policies that can answer for the URLs of a variable rule."""
    views = cors.decorated()
    answers: set[Members] = set()
    for method in rule.methods or ():
        places = ((rule.endpoint, rule.rule, method), (rule.endpoint, rule.rule, EVERY_METHOD))
        policy = next((views[place] for place in places if place in views), None)
        answers |= {(policy,)} if policy is not None else _undecorated(cors, rule, begins, own)
    return answers


def _undecorated(cors: AppCORS, rule: Rule, begins: str, own: Mapping[str, Policies]) -> set[Members]:
    """Return the policies of a rule's blueprints, the innermost first, or of the path if no blueprint covers it."""
    answers: set[Members] = set()
    for scope in cors.blueprint_scopes(rule.endpoint):
        by_path = {key: policies for key, policies in scope.policies.items() if isinstance(key, str)}
        found = {*overlap(by_path, begins).values()}
        answers |= found - {()}
        answers |= {members_of(policies) for key, policies in scope.policies.items() if not isinstance(key, str)}
        if () not in found:
            return answers
    return answers | {*overlap(own, begins).values()}


def _answer(cors: AppCORS, path: str, method: str) -> Members:
    return members_of(cors.found(EnvironBuilder(path, "http://localhost", method=method).get_environ()).answerer)
