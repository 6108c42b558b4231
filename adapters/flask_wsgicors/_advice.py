"""Warnings for a complete app: valid settings that probably do not have the intended effect."""

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final, cast

from flask_wsgicors._options import Settings, configured
from flask_wsgicors._resources import loosely, matches, widened
from wsgicors import Policy
from wsgicors.adapting import admits_everybody, is_loopback, other_sites

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

    from flask_wsgicors._app import AppCORS

SAMESITE: Final = "SESSION_COOKIE_SAMESITE"

_CONVERTER: Final = re.compile(r"<(?:(?P<name>\w+)(?:\((?P<arguments>[^)]*)\))?:)?\w+>")
_SAMPLES: Final[Mapping[str, str]] = {
    "int": "1",
    "float": "1.5",
    "uuid": "00000000-0000-4000-8000-000000000000",
}


def advice(cors: "AppCORS", environ: "WSGIEnvironment") -> Iterator[str]:
    """Yield warnings, at the first request.

    Args:
        cors: The CORS of the app.
        environ: The request; its Host tells the site of the server.
    """
    yield from _narrower_resources(cors)
    yield from _kept_cookies(cors, environ)
    yield from _open_sockets(cors)


def _narrower_resources(cors: "AppCORS") -> Iterator[str]:
    """Yield a warning for each resource that covers a URL in flask-cors, by the beginning of its path, but not here."""
    samples = {rule.rule: sample(rule.rule) for rule in cors.flask_app.url_map.iter_rules()}
    for scope, paths in cors.scopes():
        for key, resource in scope.written.items():
            loose = loosely(resource)
            found = {rule: loose.match(path) for rule, path in samples.items()} if loose is not None else {}
            # A repetition can match nothing: "/(a|b)*" covered every URL, but meant those that it names.
            meant = {rule: samples[rule] for rule, match in found.items() if match is not None and match.end() > 1}
            lost = [rule for rule, path in meant.items() if not matches(key, path) and paths.key_of(path) is None]
            if lost:
                instead = widened(resource, meant.values())
                yield (
                    f"The resource {resource!r} does not cover {lost[0]}: expressions match the whole path here, "
                    "and its beginning in flask-cors. " + (f"Write {instead} to cover it." if instead else "")
                ).rstrip()


def sample(rule: str) -> str:
    """Return a path that a URL rule matches, for most converters.

    >>> sample("/notes/<int:number>/<name>"), sample("/<any(a, b):one>")
    ('/notes/1/x', '/a')
    """
    return _CONVERTER.sub(_sample, rule)


def _sample(converter: re.Match[str]) -> str:
    if converter["name"] == "any":
        return str(converter["arguments"]).split(",")[0].strip("\"' ")
    return _SAMPLES.get(str(converter["name"]), "x")


def _kept_cookies(cors: "AppCORS", environ: "WSGIEnvironment") -> Iterator[str]:
    """Yield a warning if pages of other sites may send cookies, but cannot send the session cookie."""
    config = cast("Mapping[str, object]", cors.flask_app.config)
    value = config.get(SAMESITE)
    host = str(config.get("SERVER_NAME") or environ.get("HTTP_HOST", ""))
    if value is None and (cors.flask_app.secret_key is None or is_loopback(host.rpartition(":")[0] or host)):
        return  # there is no session, or the site of the server is not known yet
    if value not in ("Lax", "Strict", None):
        return
    policies = [policy for policy in cors.policies() if policy.allow_credentials]
    pages = dict.fromkeys(origin for policy in policies for origin in other_sites(policy, host))
    if pages:
        yield (
            f"Pages of {', '.join(pages)} may send cookies, but {SAMESITE} is {value!r}: browsers do not send "
            f'the session cookie from pages of another site. Write {SAMESITE} = "None" and SESSION_COOKIE_SECURE = '
            "True, or ignore this warning where those pages are of the server's own site."
        )


def _open_sockets(cors: "AppCORS") -> Iterator[str]:
    """Yield a warning if Flask-SocketIO's list lets everybody open WebSockets, or only seems to set headers."""
    inside, outside = _sockets_list(cors.covered), _sockets_list(cors.flask_app.wsgi_app)
    policies = cors.policies()
    if all(map(admits_everybody, policies)):
        return
    forbidden = all(policy.refuse == "forbid" for policy in policies)
    if outside == "*" or (inside == "*" and not forbidden):
        yield (
            'SocketIO(app, cors_allowed_origins="*") lets the pages of every origin open WebSockets, which no CORS '
            "header keeps back. List the origins in cors_allowed_origins."
            + ("" if outside == "*" else ' Or write refuse="forbid" in CORS(app), which then answers others 403.')
        )
    elif inside and inside != "*":
        yield (
            "SocketIO(app) wrapped the app before CORS(app) did: the headers of its responses are those of CORS(app), "
            "and cors_allowed_origins decides on WebSockets alone. Call CORS(app) first, or list the same origins in "
            "both."
        )


def _sockets_list(app: object) -> object:
    """Return the origins that Flask-SocketIO's Engine.IO server allows; None if there is no such server."""
    server = getattr(app, "engineio_app", None)
    return getattr(getattr(server, "eio", server), "cors_allowed_origins", None)


def bare_decorator(endpoint: str, own: Settings, inherited: Settings, policy: Policy) -> Iterator[str]:
    """Yield a warning if ``@cross_origin()`` opens a view to everybody in flask-cors, but not here."""
    origins = inherited.get("allow_origins")
    if own or origins is None or origins.name == configured("origins") or admits_everybody(policy):
        return
    instead = 'origins="*"' + (", supports_credentials=False" if policy.allow_credentials else "")
    yield (
        f"@cross_origin() of the view {endpoint} has the origins of {origins.name}; in flask-cors it admits every "
        f"origin. Write @cross_origin({instead}) where the data is public, or name an option, such as origins, to "
        "keep it as it is."
    )
