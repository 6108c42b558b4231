"""Rules by path: which one governs, and how they are replaced."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from wsgiref.validate import validator

import pytest

from tests.middleware.asking import ALLOW_ORIGIN, FORBID, LISTED, POLICY, PUBLIC, A, B, from_
from tests.wsgi import TEXT, App, call, cors
from wsgicors import CORS, Policy, PolicyError

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


@pytest.mark.parametrize(
    ("script_name", "path", "origin"),
    [
        ("", "/api", A),
        ("/api", "", A),
        ("/api", "/users", A),
        ("/mount", "/api", None),
        ("", "/mount/api", None),
        ("", "/apis", None),
    ],
)
def test_the_path_is_script_name_and_path_info(app: App, script_name: str, path: str, origin: str | None) -> None:
    answer = call(CORS(app, {"/api": POLICY}), "GET", path, from_(A), SCRIPT_NAME=script_name)
    assert answer.cors.get(ALLOW_ORIGIN) == origin


def test_rules_are_returned_as_given(app: App) -> None:
    rules = {"/api": POLICY}
    assert CORS(app, rules).rules is rules


@pytest.mark.parametrize("faulty", [[], {}, None, "*", {"api": POLICY}, {"/api": [PUBLIC, POLICY]}])
def test_faulty_rules_raise_and_the_old_ones_stay(app: App, faulty: Any) -> None:
    with pytest.raises(PolicyError):
        CORS(app, faulty)
    wrapped = cors(app, POLICY)
    with pytest.raises(PolicyError):
        wrapped.rules = faulty
    assert wrapped.rules is POLICY
    assert call(wrapped, "GET", "/", from_(A)).cors == LISTED


def test_new_rules_govern_the_next_request(app: App) -> None:
    wrapped = cors(app, POLICY)
    for rules, origin in ((PUBLIC, "*"), ({"/x": PUBLIC}, None), ([POLICY, PUBLIC], A), (FORBID, A)):
        wrapped.rules = rules
        assert call(wrapped, "GET", "/", from_(A)).cors.get(ALLOW_ORIGIN) == origin


def test_a_request_in_progress_keeps_its_rules() -> None:
    def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        wrapped.rules = PUBLIC
        start_response("200 OK", list(TEXT))
        return []

    wrapped = cors(app, POLICY)
    assert call(wrapped, "GET", "/", from_(A)).cors == LISTED
    assert call(wrapped, "GET", "/", from_(A)).cors == {ALLOW_ORIGIN: "*"}


def test_a_request_without_origin_during_a_swap_is_answered(app: App) -> None:
    before, after = cors(app, {"/api": POLICY}), cors(app, Policy(allow_origins=["https://*.a.example"]))
    before._rules = after._rules  # a request has looked up the old rules
    assert call(before, "GET", "/").vary == "Origin"


def test_a_response_without_origin_varies_by_no_other_field(app: App) -> None:
    for rules in (FORBID, [FORBID, POLICY], {"/api": FORBID}):
        assert call(cors(app, rules), "GET", "/api").vary == "Origin"


def test_an_adapter_can_choose_by_more_than_the_path(app: App) -> None:
    class ByHost(CORS):
        def find(self, environ: "WSGIEnvironment") -> Any:
            return FORBID if environ["HTTP_HOST"] == "internal" else super().find(environ)

    for rules in (POLICY, [POLICY, FORBID], {"/": POLICY}):
        of_all = ByHost(validator(app), rules)
        assert call(of_all, "GET", "/api", from_(A), HTTP_HOST="other").cors == LISTED
        assert call(of_all, "GET", "/api", from_(B), HTTP_HOST="internal").status == "403 Forbidden"
    wrapped = ByHost(validator(app), {"/api": POLICY})
    assert call(wrapped, "GET", "/api", from_(A), HTTP_HOST="other").cors == LISTED
    assert call(wrapped, "GET", "/api", from_(B), HTTP_HOST="internal").status == "403 Forbidden"
    assert call(wrapped, "GET", "/", from_(B), HTTP_HOST="other").headers == list(TEXT)
