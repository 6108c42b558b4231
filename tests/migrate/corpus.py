"""Configurations of the old libraries, built with them, and with this one after `wsgicors migrate --write`."""

import contextlib
import importlib.util
import json
import os
import re
import warnings
from collections.abc import Iterator
from datetime import timedelta
from functools import wraps
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import re_path
from flask import Blueprint, Flask, Response, g, jsonify, make_response, request

from wsgicors import PolicyError
from wsgicors.migrate._run import Result, migrate
from wsgicors.testing import assert_cors_allowed

TESTS = Path(__file__).parents[1]

STRANGERS = ("https://stranger.example", "http://stranger.example", "https://a.b.stranger.example:8443", "null")


def cases(name: str, *folders: str) -> list[dict[str, Any]]:
    return [case for folder in folders for case in json.loads((TESTS / folder / name).read_text("utf-8"))]


def migrated(path: Path) -> Result:
    """Migrate a file in place, as ``--write`` does, and check that a second run changes nothing."""
    result = migrate([path])
    for change in result.changes:
        change.path.write_bytes(change.after)
    again = migrate([path])
    assert again.changes == []
    assert len(again.questions) + len(again.todos) == len(result.questions)
    return result


def may(app: object, origin: str, path: str, method: str, *, credentials: bool = False) -> bool:
    """Whether a page may send a request with usual headers, and read the response."""
    try:
        assert_cors_allowed(
            app,
            origin=origin,
            path=path,
            method=method,
            headers=["Content-Type: application/json", "Authorization: Bearer x"],
            credentials=credentials,
        )
    except (AssertionError, PolicyError):  # an unsafe decorator stops the requests for its view
        return False
    return True


# Flask.

FLASK_HEADER = """\
from flask_cors import CORS, cross_origin
"""


def _views(app: Flask | Blueprint, prefix: str = "/api") -> None:
    for number, path in enumerate(dict.fromkeys((f"{prefix}/x", "/x"))):
        app.add_url_rule(path, f"v{number}", dict, methods=["GET", "POST"])


def _auth(view: Any) -> Any:
    return wraps(view)(lambda *arguments, **keywords: view(*arguments, **keywords))


def flask_app(source: str) -> Flask:
    names: dict[str, Any] = {
        "__name__": "a",
        "os": os,
        "re": re,
        "timedelta": timedelta,
        "wraps": wraps,
        "Flask": Flask,
        "Blueprint": Blueprint,
        "jsonify": jsonify,
        "request": request,
        "make_response": make_response,
        "Response": Response,
        "g": g,
        "V": _views,
        "auth": _auth,
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(source, "app.py", "exec"), names)
        app: Flask = names["app"]
        app.testing = False
        app.test_client().get("/")
    return app


# Django.

DJANGO_STACKS = {
    "first": "C S Se Co Cs A",
    "security-first": "S C Se Co Cs A",
    "before-common": "S Se C Co Cs A",
    "after-session": "S Se C Co Cs A",
    "last": "S Se Co Cs A C",
}
_MIDDLEWARE = {
    "C": "corsheaders.middleware.CorsMiddleware",
    "S": "django.middleware.security.SecurityMiddleware",
    "Se": "django.contrib.sessions.middleware.SessionMiddleware",
    "Co": "django.middleware.common.CommonMiddleware",
    "Cs": "django.middleware.csrf.CsrfViewMiddleware",
    "A": "django.contrib.auth.middleware.AuthenticationMiddleware",
}
DJANGO_HEADER = """\
import os
import re

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "corsheaders",
]

MIDDLEWARE = [
%s]

"""


def _answers(request: HttpRequest) -> HttpResponse:
    return HttpResponse("{}", content_type="application/json")


_answers.csrf_exempt = True  # type: ignore[attr-defined]
urlpatterns = [re_path("", _answers)]


def django_source(case: dict[str, Any]) -> str:
    stack = DJANGO_STACKS[case["mw"].partition("+")[0]].split()
    lines = "".join(f'    "{_MIDDLEWARE[name]}",\n' for name in stack)
    values = {**case["extra"], **case["settings"]}
    return DJANGO_HEADER % lines + "".join(f"{name} = {value}\n" for name, value in values.items())


@contextlib.contextmanager
def django_client(source: str) -> Iterator[Client]:
    """A client of a project with these settings; fails if the project does not start."""
    names: dict[str, Any] = {"__name__": "settings"}
    exec(compile(source, "settings.py", "exec"), names)
    settings = {name: value for name, value in names.items() if name.isupper()}
    # The test's own project keeps its applications; what is under test is the middleware and the CORS_ settings.
    del settings["INSTALLED_APPS"]
    settings.pop("DEBUG", None)
    with override_settings(**settings, ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"]):
        client = Client(raise_request_exception=True)
        client.get("/")
        yield client


def has_module(name: str) -> bool:
    return importlib.util.find_spec(name) is not None
