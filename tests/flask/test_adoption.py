"""Real configurations of flask-cors: how many start unmodified, that none is unsafe, that the remedies suffice."""

import json
import os
import re
import warnings
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, Final, TypedDict

import flask
import flask_cors
import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

import flask_wsgicors
from tests.checkout import ROOT
from tests.flask.remedies import applied, asks
from wsgicors import PolicyError

STRANGER: Final = "https://stranger.test"


class Case(TypedDict):
    """A configuration; `tests/adoption/README.md` describes its members."""

    code: str
    allowed: list[str]
    path: str
    method: str
    env: dict[str, str]


CASES: Final[list[Case]] = json.loads((ROOT / "tests" / "adoption" / "flask.json").read_text("utf-8"))


def guarded(view: Callable[..., object]) -> Callable[..., object]:
    @wraps(view)
    def guard(*args: object, **kwargs: object) -> object:
        return view(*args, **kwargs)

    return guard


def add_views(app: flask.Flask | flask.Blueprint, *_: object) -> None:
    for rule in ("/api/x", "/x"):
        app.add_url_rule(rule, rule.replace("/", "_"), dict, methods=["GET", "POST"])


def built(case: Case, cors: object, cross_origin: object, told: list[str] | None = None) -> flask.Flask:
    """Build the app of a configuration, and send its first request, which reads its views."""
    names: dict[str, Any] = {"os": os, "re": re, "timedelta": timedelta, "V": add_views, "auth": guarded}
    names |= {name: getattr(flask, name) for name in ("Flask", "Blueprint", "request", "jsonify", "make_response")}
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for name, value in case["env"].items():
            patch.setenv(name, value)
        exec(case["code"], names := names | {"CORS": cors, "cross_origin": cross_origin})
        app: flask.Flask = names["app"]
        app.test_client().open(case["path"])
    if told is not None:
        told += [str(warning.message) for warning in caught]
    return app


def ask(app: flask.Flask, case: Case, origin: str = STRANGER, **headers: str) -> TestResponse:
    """Send a page's request, or, with Access-Control-Request-Method, its preflight."""
    asked = {"Origin": origin} | {name.replace("_", "-"): value for name, value in headers.items()}
    method = "OPTIONS" if headers else case["method"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return app.test_client().open(case["path"], method=method, headers=asked)


def starts(case: Case, cors: object, cross_origin: object) -> bool:
    try:
        built(case, cors, cross_origin)
    except ValueError:  # PolicyError and flask-cors's errors are ValueErrors
        return False
    return True


def test_the_share_that_starts_unmodified() -> None:
    """55 of the 119 configurations that start with flask-cors; half of them are here."""
    old = [case for case in CASES if starts(case, flask_cors.CORS, flask_cors.cross_origin)]
    new = [case for case in old if starts(case, flask_wsgicors.CORS, flask_wsgicors.cross_origin)]
    assert len(old) > 50
    assert len(new) / len(old) >= 55 / 119, f"{len(new)} of {len(old)}"


@pytest.mark.parametrize("case", CASES, ids=range(len(CASES)))
def test_no_stranger_gets_credentials(case: Case) -> None:
    if starts(case, flask_wsgicors.CORS, flask_wsgicors.cross_origin):
        app = built(case, flask_wsgicors.CORS, flask_wsgicors.cross_origin)
        preflight = {"Access_Control_Request_Method": case["method"]}
        for response in (ask(app, case), ask(app, case, **preflight), ask(app, case, "null")):
            assert "Access-Control-Allow-Credentials" not in response.headers


UNCLEAR: Final = '@cross_origin(origin="localhost"'
"""flask-cors ignored this option, and the page is at another port: the remedy prints ``origins="http://localhost"``."""


class Asked(Exception):
    """The owner of the settings must decide."""


def remedied(options: dict[str, Any], error: PolicyError) -> dict[str, Any]:
    """Apply one round of remedies.

    Raises:
        Asked: a problem asks its owner a question.
    """
    if any(map(asks, error.problems)):
        raise Asked
    return applied(options, error.problems)


class RemediedCORS(flask_wsgicors.CORS):
    """The extension, after its user has applied the remedies once."""

    def init_app(self, app: Any, **options: Any) -> None:
        given = {**self._options, **options}
        try:
            flask_wsgicors.CORS(app, **given)
        except PolicyError as error:
            flask_wsgicors.CORS(app, **remedied(given, error))


def remedied_cross_origin(**options: Any) -> Any:
    """The decorator, likewise."""
    try:
        return flask_wsgicors.cross_origin(**options)
    except PolicyError as error:
        return flask_wsgicors.cross_origin(**remedied(options, error))


@pytest.mark.parametrize("case", CASES, ids=range(len(CASES)))
def test_one_round_of_remedies_is_enough(case: Case) -> None:
    told: list[str] = []
    try:
        app = built(case, RemediedCORS, remedied_cross_origin, told)
    except Asked:
        return
    except PolicyError as error:  # of a blueprint, or of a decorator that nothing completes
        unasked = [problem for problem in error.problems if not asks(problem)]
        if unasked:
            raise
        return
    for origin in case["allowed"] if UNCLEAR not in case["code"] else ():
        is_allowed = ask(app, case, origin).headers.get("Access-Control-Allow-Origin") in (origin, "*")
        assert is_allowed or any("flask-cors" in message for message in told)


GOOD: Final = ["https://a.example.com", "https://*.b.example.com", "http://localhost:3000"]
FAULTY: Final = [
    "https://a.example.com/", "https://A.example.com", "https://b.example.com:443", "localhost:3000", "127.0.0.1:8000",
    "a.example.com", "https://a.example.com/path", " https://a.example.com",
    "https://a.example.com,https://c.example.com", "http://localhost:80/", "https://*.example.com/*", "http://[::1]",
    "https://ex\u00e4mple.com", "HTTPS://a.example.com", r"^(https?://)?localhost:?[\d]*?$", r"https?://www.a.example.com",
    "/*", "", "https://*",
]  # fmt: skip
NAMES: Final = [
    "X-A",
    "Content-Type",
    "Origin",
    "Access-Control-Allow-Origin",
    "X-A,X-B",
    "X-A: 1",
    "content-type",
    "application/json",
]


@given(
    st.fixed_dictionaries(
        {
            "origins": st.one_of(
                st.sampled_from([*GOOD, *FAULTY]), st.lists(st.sampled_from([*GOOD, *FAULTY]), min_size=1)
            )
        },
        optional={
            "methods": st.lists(st.sampled_from(["GET", "put", "Patch", "TRACE", "DELETE"])),
            "allow_headers": st.one_of(st.sampled_from(NAMES[:5]), st.lists(st.sampled_from(NAMES))),
            "expose_headers": st.lists(st.sampled_from([*NAMES, "Set-Cookie"])),
            "max_age": st.sampled_from([0, 600, -5, 864000, timedelta(days=3)]),
            "supports_credentials": st.booleans(),
            "header": st.just(["X-A"]),
            "vary_headers": st.booleans(),
            "support_credentials": st.booleans(),
            "resources": st.sampled_from(["/api/*", "api/*", "/shops/*/items", ["x", "/y/*"]]),
        },
    )
)
def test_one_round_of_remedies_is_enough_for_generated_options(options: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            flask_wsgicors.CORS(flask.Flask("first"), **options)
        except PolicyError as error:
            try:
                flask_wsgicors.CORS(flask.Flask("second"), **applied(options, error.problems))
            except PolicyError as again:
                if not all(map(asks, again.problems)):
                    raise
