"""Find the URL rule of a request with Flask's own router. No view, ``before_request`` or error handler is called."""

from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple, cast
from urllib.parse import unquote, urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.routing import MapAdapter, RequestRedirect, Rule

from wsgicors.adapting import is_preflight

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


class Served(NamedTuple):
    """The URL rule that serves a request.

    Attributes:
        method: The method that is asked for, in upper case, as in Flask.
        rule: The URL rule; None if none serves the request.
        others: If there is no rule for this method: the URL rules for other methods of the URL, with those methods.
        is_missing: Whether no URL rule serves the URL for any method.
    """

    method: str
    rule: Rule | None = None
    others: tuple[tuple[str, Rule], ...] = ()
    is_missing: bool = False


def served(app: Flask, environ: "WSGIEnvironment") -> Served:
    """Find the URL rule of a request or, for a preflight, of the request that it asks for.

    A request that the router refuses for another reason, such as an untrusted host, has no rule and is not missing.
    """
    method: str = environ.get("REQUEST_METHOD", "")
    if is_preflight(environ):
        method = environ["HTTP_ACCESS_CONTROL_REQUEST_METHOD"]
    method = method.upper()
    try:
        request = app.request_class(environ, populate_request=False, shallow=True)
        adapter = cast("MapAdapter", app.create_url_adapter(request))  # every request has one
        return _matched(adapter, method)
    except Exception:
        return Served(method)  # the app gets the same error, and answers it


def _matched(adapter: MapAdapter, method: str) -> Served:
    try:
        return Served(method, _rule(adapter, method))
    except NotFound:
        return Served(method, is_missing=True)
    except MethodNotAllowed as error:
        others: list[tuple[str, Rule]] = []
        for other in sorted(error.valid_methods or ()):
            with suppress(Exception):
                others.append((other, _rule(adapter, other)))
        return Served(method, others=tuple(others))


def _rule(adapter: MapAdapter, method: str) -> Rule:
    """Return the URL rule for a method, also behind a redirect of the URL map.

    Raises:
        HTTPException: 404, 405, or any other answer of the URL map.
    """
    try:
        return adapter.match(method=method, return_rule=True)[0]
    except RequestRedirect as redirect:
        target = unquote(urlsplit(redirect.new_url).path).removeprefix(adapter.script_name.rstrip("/"))
        with suppress(HTTPException):
            return adapter.match(target, method=method, return_rule=True)[0]
        raise


def blueprints_of(endpoint: str) -> list[str]:
    """Return the names of the blueprints that an endpoint is in, the innermost first.

    >>> blueprints_of("api.v1.users")
    ['api.v1', 'api']
    """
    parts = endpoint.split(".")
    return [".".join(parts[:count]) for count in range(len(parts) - 1, 0, -1)]


def rules_of_blueprint(app: Flask, name: str) -> list[str]:
    """Return the paths of the URL rules whose views belong directly to a blueprint."""
    return [rule.rule for rule in app.url_map.iter_rules() if rule.endpoint.rpartition(".")[0] == name]
