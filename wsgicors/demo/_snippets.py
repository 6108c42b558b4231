"""A policy as Python to copy, for any WSGI app, Flask and Django. Each text goes after the existing code."""

import json
from collections.abc import Mapping
from typing import Final, TypeAlias, cast

from wsgicors.policy import Policy

Settings: TypeAlias = dict[str, object]

WIDTH: Final = 60
"""The most columns of a list on one line."""

_FLASK: Final[Mapping[str, str]] = {
    "allow_origins": "origins",
    "allow_methods": "methods",
    "allow_credentials": "supports_credentials",
}
"""flask-cors's names of the core's settings, if they differ."""

_DJANGO: Final[Mapping[str, str]] = {
    "allow_origins": "CORS_ALLOWED_ORIGINS",
    "max_age": "CORS_PREFLIGHT_MAX_AGE",
    **{
        name: f"CORS_{name.upper()}"
        for name in (
            "allow_methods", "allow_headers", "expose_headers", "allow_credentials", "allow_private_network", "refuse",
        )
    },
}  # fmt: skip
"""Django's names of the core's settings; the others need a rule."""


def snippets(policy: Policy) -> dict[str, str]:
    """Return the code for each place, by name.

    Args:
        policy: Its origins are patterns, without regular expressions or a source.

    >>> print(snippets(Policy(allow_origins=["https://a.example"], allow_methods=["PUT"]))["Flask"])
    from flask_wsgicors import CORS
    <BLANKLINE>
    CORS(
        app,
        origins=["https://a.example"],
        methods=["PUT"],
        allow_headers=[],
    )
    """
    return {"WSGI": _wsgi(policy), "Flask": _flask(policy), "Django": _django(policy)}


def _wsgi(policy: Policy) -> str:
    return f"from wsgicors import CORS, Policy\n\napp = CORS(app, {_policy(policy)})"


def _flask(policy: Policy) -> str:
    # flask-cors's "*" covers Authorization too, which the standard's does not.
    if "*" in policy.allow_headers and not policy.allow_credentials:
        return (
            "from flask_wsgicors import CORS\nfrom wsgicors import Policy\n\n"
            f'CORS(app, resources={{"/*": {_policy(policy)}}})'
        )
    given: Settings = {"allow_origins": [], "allow_methods": [], "allow_headers": [], **policy.to_mapping()}
    lines = "".join(_argument(_FLASK.get(name, name), value) for name, value in given.items())
    return f"from flask_wsgicors import CORS\n\nCORS(\n    app,\n{lines})"


def _django(policy: Policy) -> str:
    settings = policy.to_mapping()
    lines = [
        'INSTALLED_APPS = ["django_wsgicors", *INSTALLED_APPS]',
        'MIDDLEWARE = ["django_wsgicors.CorsMiddleware", *MIDDLEWARE]',
    ]
    # In django-cors-headers a maximum age of 0 means none.
    if policy.max_age == 0 or not settings.keys() <= _DJANGO.keys():
        return "\n".join(["from wsgicors import Policy", "", *lines, f'CORS_RULES = {{"/": {_policy(policy)}}}'])
    # A missing setting would have its default.
    given: Settings = {"allow_origins": [], "allow_methods": [], "allow_headers": [], "max_age": 0, **settings}
    if given.pop("allow_origins") == "*":
        lines.append("CORS_ALLOW_ALL_ORIGINS = True")
    else:
        lines.append(f"CORS_ALLOWED_ORIGINS = {_value(settings['allow_origins'], 0)}")
    return "\n".join([*lines, *(f"{_DJANGO[name]} = {_value(value, 0)}" for name, value in given.items())])


def _policy(policy: Policy) -> str:
    return f"Policy(\n{''.join(_argument(name, value) for name, value in policy.to_mapping().items())})"


def _argument(name: str, value: object) -> str:
    return f"    {name}={_value(value, 4)},\n"


def _value(value: object, indent: int) -> str:
    """Return a formatted value: on one line, or one member per line."""
    if isinstance(value, str):
        return json.dumps(value)
    if isinstance(value, list):
        members = [_value(member, 0) for member in cast("list[object]", value)]
        line = f"[{', '.join(members)}]"
        if len(line) <= WIDTH:
            return line
        blanks = " " * indent
        return "[\n" + "".join(f"{blanks}    {member},\n" for member in members) + f"{blanks}]"
    return repr(value)
