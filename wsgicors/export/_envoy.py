"""Envoy: routes decide, ``direct_response`` answers, ``header_mutation`` adds and removes, on Envoy's own 503 too.

The built-in ``cors`` filter is not used: it sends no Vary, and leaves the application's CORS headers on responses to
refused origins. Envoy's engine, RE2, has no look-ahead: if an origin must match two expressions, a route has two
conditions. It has no back-references either: if a policy forbids, the server's own hosts must be named.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from wsgicors.export._expressions import escape
from wsgicors.export._form import NO_RULE, Form, Grant, Rule
from wsgicors.export._refusals import ExportError, refused
from wsgicors.export._target import COMPARING, CORS_HEADERS, PRIVATE_BODY, REFUSED_BODY, SAFE, Options, Target
from wsgicors.export._yaml import Yaml, dump

Matchers = list[Yaml]

_MUTATION: Final = "type.googleapis.com/envoy.extensions.filters.http.header_mutation.v3.HeaderMutationPerRoute"
_ROUTES: Final = "type.googleapis.com/envoy.config.route.v3.RouteConfiguration"
_AUTHORIZATION: Final = r"(?i)(?:.*[\t ,])?authorization(?:[\t ,].*)?"
_PRIVATE: Final[Yaml] = {"name": "access-control-request-private-network", "string_match": {"exact": "true"}}
_ORIGIN: Final[Yaml] = {"name": "origin", "present_match": True}
_PREFLIGHT: Final[Matchers] = [
    {"name": ":method", "string_match": {"exact": "OPTIONS"}},
    _ORIGIN,
    {"name": "access-control-request-method", "present_match": True},
]


def _matches(header: str, expression: str, *, but: bool = False) -> Yaml:
    """Return a condition: a header matches an expression as a whole or, with `but`, is present and does not."""
    inverted: dict[str, Yaml] = {"invert_match": True} if but else {}
    return {"name": header, "string_match": {"safe_regex": {"regex": expression}}, **inverted}


_NO_ORIGIN: Final[Yaml] = {"name": "origin", "present_match": False}
_CROSS_SITE: Final[Matchers] = [
    _NO_ORIGIN,
    _matches(":method", SAFE, but=True),
    _matches("sec-fetch-site", "(?:same-origin|none)?", but=True),
]
"""The requests without Origin that are refused."""


def _who(grant: Grant) -> list[Matchers]:
    """Return the conditions under which a grant allows the origin; each alternative becomes a route."""
    if grant.any_origin:
        return [[]]
    together = [*map(escape, grant.exact), *(family.expression for family in grant.families if not family.bound)]
    alternatives: list[Matchers] = [[_matches("origin", "|".join(together))]] if together else []
    bound = (family.parts for family in grant.families if family.bound)
    alternatives.extend([_matches("origin", part) for part in parts] for parts in bound)
    return alternatives


def _set(name: str, value: str) -> Yaml:
    return {"append": {"header": {"key": name, "value": value}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}}


def _literal(name: str, value: str) -> list[Yaml]:
    return [_set(name, value.replace("%", "%%"))] if value else []


def _varying(name: str) -> Yaml:
    return {"append": {"header": {"key": "Vary", "value": name}, "append_action": "APPEND_IF_EXISTS_OR_ADD"}}


_REMOVED: Final[list[Yaml]] = [{"remove": header} for header in CORS_HEADERS]


class _Routes:
    """The routes of one virtual host, in the order in which Envoy tries them."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.routes: list[Yaml] = []

    def add(self, path: str, conditions: Matchers, action: Yaml, mutations: Sequence[Yaml]) -> None:
        """Add a route."""
        match: dict[str, Yaml] = {"safe_regex": {"regex": f"{path}.*"}} if path else {"prefix": "/"}
        if conditions:
            match["headers"] = conditions
        route: dict[str, Yaml] = {"match": match, **action}  # type: ignore[dict-item]
        if mutations:
            per_filter: Yaml = {"@type": _MUTATION, "mutations": {"response_mutations": mutations}}
            route["typed_per_filter_config"] = {"envoy.filters.http.header_mutation": per_filter}
        self.routes.append(route)

    def rule(self, path: str, rule: Rule) -> None:
        """Add the routes of a rule for a path and those below it."""
        for grant in rule.grants:
            for who in _who(grant):
                self.preflight(path, grant, who)
        if not rule.allows_anybody:
            vary = _literal("Vary", ", ".join(rule.refused_vary))
            self.add(path, _PREFLIGHT, _answer(403, REFUSED_BODY), vary)
        passed: Yaml = {"route": {"cluster": self.options.upstream}}
        varies = [_varying("Origin")] if rule.varies else []
        for grant in rule.grants:
            headers = [*_headers(grant), *_literal("Access-Control-Expose-Headers", grant.expose), *varies]
            for who in _who(grant):
                self.add(path, who, passed, [*_REMOVED, *headers])
        if rule.forbids:
            strange = [*_REMOVED, *varies, _varying("Sec-Fetch-Site")]
            hosts = "|".join(map(escape, self.options.hosts))
            # An inverted match does not hold for a header that is missing; an empty one counts as missing.
            absent: Yaml = {
                "name": "sec-fetch-site",
                "string_match": {"exact": ""},
                "treat_missing_header_as_empty": True,
            }
            self.add(path, [_ORIGIN, _matches("sec-fetch-site", "same-origin|none")], passed, strange)
            self.add(path, [_ORIGIN, absent, _matches("origin", f"https?://(?:{hosts})")], passed, strange)
            forbidden, vary = _answer(403, REFUSED_BODY), [_set("Vary", "Origin, Sec-Fetch-Site")]
            self.add(path, [_ORIGIN], forbidden, vary)
            self.add(path, _CROSS_SITE, forbidden, vary)
        if not rule.allows_anybody:
            self.add(path, [], passed, [*_REMOVED, *varies])

    def preflight(self, path: str, grant: Grant, who: Matchers) -> None:
        """Add the routes of a grant's preflights: one for each form of the answer."""
        here = [*_PREFLIGHT, *who]
        granted = list(_granted(grant))
        names = _literal("Access-Control-Allow-Headers", grant.headers)
        asked: Yaml = _matches("access-control-request-headers", _AUTHORIZATION)
        variants: list[tuple[Matchers, list[Yaml]]] = [([], names)]
        if grant.echoes_headers:
            echo = _set("Access-Control-Allow-Headers", "%REQ(ACCESS-CONTROL-REQUEST-HEADERS)%")
            there: Yaml = {"name": "access-control-request-headers", "present_match": True}
            variants = [([there], [echo]), ([], [])]
        elif grant.drops_headers:
            variants = [([asked], []), ([], names)]
        if grant.private_network:
            allowed = _set("Access-Control-Allow-Private-Network", "true")
            variants = [
                *(([_PRIVATE, *conditions], [allowed, *headers]) for conditions, headers in variants),
                *variants,
            ]
        else:
            vary = _set("Vary", ", ".join(grant.private_vary))
            self.add(path, [*here, _PRIVATE], _answer(403, PRIVATE_BODY), [vary])
        for conditions, headers in variants:
            self.add(path, [*here, *conditions], _answer(grant.status), [*granted, *headers])


def _answer(status: int, body: str = "") -> Yaml:
    text: dict[str, Yaml] = {"body": {"inline_string": body}} if body else {}
    return {"direct_response": {"status": status, **text}}


def _headers(grant: Grant) -> Iterator[Yaml]:
    """Yield the headers of both kinds of answer."""
    yield _set("Access-Control-Allow-Origin", "*" if grant.any_origin else "%REQ(ORIGIN)%")
    if grant.credentials:
        yield _set("Access-Control-Allow-Credentials", "true")


def _granted(grant: Grant) -> Iterator[Yaml]:
    yield from _headers(grant)
    if grant.echoes_method:
        yield _set("Access-Control-Allow-Methods", "%REQ(ACCESS-CONTROL-REQUEST-METHOD)%")
    yield from _literal("Access-Control-Allow-Methods", grant.methods)
    yield from _literal("Access-Control-Max-Age", grant.max_age)
    yield from _literal("Vary", ", ".join(grant.vary))


def write(form: Form, options: Options) -> dict[str, str]:
    """Return a route configuration, in the format of a route discovery service's file.

    Raises:
        ExportError: A policy forbids, but the server's own hosts are not named.
    """
    if form.forbids and not options.hosts:
        raise ExportError([refused("own-hosts", "Envoy", nearest=COMPARING)])
    routes, rules = _Routes(options), {rule.name: rule for rule in form.rules}
    for path, name in (*form.paths, ("", form.default)):
        if name == NO_RULE:
            routes.add(path, [], {"route": {"cluster": options.upstream}}, [])
        else:
            routes.rule(path, rules[name])
    host: Yaml = {"name": options.name, "domains": ["*"], "routes": routes.routes}
    resource: Yaml = {"@type": _ROUTES, "name": options.name, "virtual_hosts": [host]}
    return {"wsgicors-envoy.yaml": dump({"version_info": form.digest, "resources": [resource]})}


ENVOY: Final = Target(
    name="envoy",
    title="Envoy",
    proven="Envoy 1.40.0",
    modules=(
        "the filter envoy.filters.http.header_mutation before the router, and, for expressions of more than 100 "
        "instructions, the runtime value re2.max_program_size.error_level: 1000000"
    ),
    place={
        "wsgicors-envoy.yaml": (
            "as the file of rds: {route_config_name: cors, config_source: {path_config_source: {path: …}}} in the HTTP "
            "connection manager. --upstream names the cluster, --name the route configuration."
        )
    },
    differs=("body", "malformed-question", "ambiguous-path", "default-port", "vary-doubled"),
    write=write,
)
