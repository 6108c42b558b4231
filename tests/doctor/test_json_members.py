"""The origin that a body or a log in JSON names is read, in whatever lines and order its members stand."""

import json
from itertools import cycle, product
from typing import Any, Final

import pytest

from tests.doctor.findings import only
from tests.doctor.wording_cases import PAGE

SAID: Final = (
    "CORS request denied", "Origin not allowed", "Not allowed by CORS", "Blocked by CORS", "invalid request origin",
    "cors check failed", "Disallowed CORS origin", "CSRF check failed: origin mismatch",
)  # fmt: skip
FILLING: Final = {
    "time": "2026-01-02T03:04:05Z",
    "logger": "http.middleware.cors.handler",
    "ctx": {"path": "/items", "n": 1},
}
NAMES: Final = ("origin", "Origin", "requestOrigin", "request_origin")


def objects(said: str, name: str, origin: str) -> list[dict[str, Any]]:
    """Return objects with what is said and its origin, in front of it, behind it, and in an object of its own."""
    return [
        {"msg": said, name: origin},
        {name: origin, **FILLING, "msg": said},
        {"msg": said, **FILLING, "request": {"method": "GET", name: origin}},
        {"error": {"message": said, name: origin}, **FILLING},
    ]


@pytest.mark.parametrize("said", SAID)
@pytest.mark.parametrize("name", NAMES)
def test_an_origin_beside_what_is_said(said: str, name: str) -> None:
    for one, indent in product(objects(said, name, PAGE), (None, 2, "\t")):
        text = json.dumps(one, indent=indent)
        assert only(text).facts.origin == PAGE, text
        if indent:
            wrapped = text.replace(': "http', ':\n    "http')
            assert only(wrapped).facts.origin == PAGE, wrapped


@pytest.mark.parametrize(
    "other",
    [
        {"allowedOrigin": PAGE}, {"origins": [PAGE]}, {"origin": f"{PAGE}/page"}, {"origin": "any"},
        {"cors": {"allowed_origin": PAGE}},
        {"origin": PAGE, "request": {"origin": "https://b.example"}},
    ],
)  # fmt: skip
def test_what_is_not_the_origin_that_was_refused(other: dict[str, Any]) -> None:
    assert only(json.dumps({"msg": "CORS request denied", **other}, indent=2)).facts.origin == ""


@pytest.mark.parametrize(
    "name",
    [
        "cors", "CORS", "corsConfig", "cors_options", "config", "configuration", "settings", "options", "policy",
        "rule", "rules", "allowed", "allow", "permitted", "expected", "accepted", "trusted", "whitelist", "server",
    ],
)  # fmt: skip
def test_the_origin_of_the_settings_is_not_the_one_that_was_refused(name: str) -> None:
    allowed = "https://allowed.example"
    settings: list[Any] = [{"origin": allowed}, {"deep": {"n": 1}, "origin": allowed}, [{"n": 1}, {"origin": allowed}]]
    for (said, indent), one in zip(product(SAID, (None, 2)), cycle(settings), strict=False):
        assert only(json.dumps({"message": said, name: one}, indent=indent)).facts.origin == ""
        for refused in (
            {"message": said, "origin": PAGE, name: one},
            {name: one, "request": {"origin": PAGE}, "m": said},
        ):
            assert only(json.dumps(refused, indent=indent)).facts.origin == PAGE
        assert only(json.dumps({name: {"message": said, "origin": PAGE}}, indent=indent)).facts.origin == PAGE


def test_the_origin_of_another_object_is_another_s() -> None:
    two = [{"msg": "CORS request denied"}, {"msg": "hello", "origin": PAGE}]
    assert only("\n".join(json.dumps(one, indent=2) for one in two)).facts.origin == ""
    assert only(json.dumps(two, indent=2)).facts.origin == ""


@pytest.mark.parametrize(
    "text", ["{'msg': 'CORS request denied', 'origin'", "CORS request denied}", "}{ CORS request denied }{"]
)
def test_an_object_that_is_cut_has_none(text: str) -> None:
    assert only(text).facts.origin == ""
