"""Caddy: maps decide, ``respond`` answers, deferred ``header`` directives add and remove headers.

Pitfalls that the configuration avoids:

- The ``path`` matcher ignores case: paths are matched by a map.
- Several ``vars`` in one matcher are alternatives: each matcher is one expression.
- The site's directives do not apply to Caddy's own errors: ``handle_errors`` sets the headers again.
- The engine, RE2, has no look-ahead: if an origin must match two expressions, a second map has the other.
"""

from collections.abc import Iterator
from typing import Final

from wsgicors.export._expressions import escape
from wsgicors.export._form import Form, Rule
from wsgicors.export._target import PRIVATE_BODY, REFUSED_BODY, SAFE, Options, Target

_AUTHORIZATION: Final = r"~(?i)(?:^|[\t ,])authorization(?:[\t ,]|$)"
_CROSS_SITE: Final = (
    f"!({{method}} in {SAFE.split('|')}) && !({{header.Sec-Fetch-Site}} in ['', 'same-origin', 'none'])"
)
"""The requests without Origin that are refused."""
_PREFLIGHT: Final = r"^OPTIONS\|[^|]+\|[^|]+\|"


def _map(source: str, name: str, cases: list[tuple[str, str]], default: str) -> Iterator[str]:
    """Yield a map, of which the first matching case decides."""
    yield f'map "{source}" {{{name}}} {{'
    for key, value in _first(cases):
        yield f"\t`{key}` {value}"
    yield f'\tdefault "{default}"'
    yield "}"


def _first(cases: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield each key once: Caddy does not accept it twice."""
    known: set[str] = set()
    for key, value in cases:
        if key not in known:
            known.add(key)
            yield key, value


def _matcher(name: str, expression: str) -> str:
    return f"@{name} expression `{expression}`"


def _header(matcher: str, *lines: str) -> Iterator[str]:
    yield f"header @{matcher} {{"
    yield from (f"\t{line}" for line in lines)
    yield "\tdefer"
    yield "}"


def _origins(rule: Rule, name: str) -> Iterator[str]:
    """Yield the map from an origin to the grant that answers it."""
    bounds = [family.bound for grant in rule.grants for family in grant.families if family.bound]
    for at, bound in enumerate(bounds):
        yield from _map("{header.Origin}", f"{name}_{rule.name}_{at}", [(f"~^(?:{bound})$", "1")], "0")
    flags = "".join(f"{{{name}_{rule.name}_{at}}}" for at in range(len(bounds)))
    cases: list[tuple[str, str]] = []
    seen = 0
    for answer, grant in rule.answers:
        if bounds:
            cases += [(rf"~^[01]*\|{escape(origin)}$", answer) for origin in grant.exact]
        else:
            cases += [(f"|{origin}", answer) for origin in grant.exact]
        for family in grant.families:
            flag = rf"[01]{{{seen}}}1[01]*" if family.bound else "[01]*"
            seen += bool(family.bound)
            cases.append((rf"~^{flag}\|(?:{family.expression})$", answer))
    yield from _map(flags + "|{header.Origin}", f"{name}_{rule.name}", cases, rule.otherwise)


def _decide(form: Form, name: str) -> Iterator[str]:
    yield "# Which rule: the request target as it was sent, with every way to encode it."
    yield from _map(
        "{http.request.orig_uri}", f"{name}_rule", [(f"~{path}", target) for path, target in form.paths], form.default
    )
    yield "# What each policy allows."
    for rule in form.rules:
        if rule.grants:
            yield from _origins(rule, name)
    answers = [(rule.name, f"{{{name}_{rule.name}}}" if rule.grants else rule.refused) for rule in form.rules]
    yield from _map(f"{{{name}_rule}}", f"{name}_answer", answers, "none")
    yield "# The kind of answer: granted, private or refused (preflights), or actual."
    question = "|".join(
        ("{method}", "{header.Origin}", "{header.Access-Control-Request-Method}",
         "{header.Access-Control-Request-Private-Network}", f"{{{name}_answer}}")
    )  # fmt: skip
    closed = "|".join(one for one, grant in form.answers if not grant.private_network)
    private = [(rf"~{_PREFLIGHT}true\|(?:{closed})$", "private")] if closed else []
    kinds = [
        (r"~\|none$", "none"), (rf"~{_PREFLIGHT}.*-refused$", "refused"), *private, (f"~{_PREFLIGHT}", "granted"),
    ]  # fmt: skip
    yield from _map(question, f"{name}_kind", kinds, "actual")
    if any(grant.drops_headers for _, grant in form.answers):
        asked = "{header.Access-Control-Request-Headers}"
        yield from _map(asked, f"{name}_authorization", [(_AUTHORIZATION, "1")], "")
    yield from (_matcher(*one) for one in _matchers(form, name))


def _matchers(form: Form, name: str) -> Iterator[tuple[str, str]]:
    kind, answer = f"{{{name}_kind}}", f"{{{name}_answer}}"
    yield f"{name}_actual", f"{kind} == 'actual'"
    yield f"{name}_refused", f"{kind} == 'refused'"
    yield f"{name}_private", f"{kind} == 'private'"
    names = "{header.Access-Control-Request-Headers}"
    network = "{header.Access-Control-Request-Private-Network}"
    for rule in form.rules:
        for index, (one, grant) in enumerate(rule.answers):
            here = f"{name}_{rule.name}_{index}"
            yield f"{here}_both", f"{kind} in ['actual', 'granted'] && {answer} == '{one}'"
            yield f"{here}_actual", f"{kind} == 'actual' && {answer} == '{one}'"
            yield f"{here}_granted", f"{kind} == 'granted' && {answer} == '{one}'"
            if grant.echoes_headers:
                yield f"{here}_names", f"{kind} == 'granted' && {answer} == '{one}' && {names} != ''"
            elif grant.drops_headers:
                here_not = f"{{{name}_authorization}} != '1'"
                yield f"{here}_names", f"{kind} == 'granted' && {answer} == '{one}' && {here_not}"
            if grant.private_network:
                yield f"{here}_network", f"{kind} == 'granted' && {answer} == '{one}' && {network} == 'true'"
            else:
                yield f"{here}_private", f"{kind} == 'private' && {answer} == '{one}'"
        yield f"{name}_{rule.name}_refused", f"{kind} == 'refused' && {answer} == '{rule.refused}'"
        yield f"{name}_{rule.name}_answers", f"{kind} == 'actual' && {answer}.startsWith('{rule.name}-')"
        if rule.forbids:
            stranger = f"{kind} == 'actual' && {answer} == '{rule.refused}' && {{header.Origin}} != ''"
            yield f"{name}_{rule.name}_stranger", stranger
            yield f"{name}_{rule.name}_forbidden", f"{stranger} && !({_own()})"
            bare = f"{kind} == 'actual' && {answer} == '{rule.refused}' && {{header.Origin}} == ''"
            yield f"{name}_{rule.name}_cross_site", f"{bare} && {_CROSS_SITE}"


def _own() -> str:
    """Return the condition of same-origin requests: by Sec-Fetch-Site, or else by Origin's host and port, and Host."""
    site, origin, host = "{header.Sec-Fetch-Site}", "{header.Origin}", "{http.request.hostport}"
    same = [f"{origin} == '{scheme}://' + {host}" for scheme in ("http", "https")]
    same += [f"{origin} + ':{port}' == '{scheme}://' + {host}" for scheme, port in (("http", 80), ("https", 443))]
    return f"{site} in ['same-origin', 'none'] || ({site} == '' && ({' || '.join(same)}))"


def _headers(form: Form, name: str) -> Iterator[str]:
    for rule in form.rules:
        for index, grant in enumerate(rule.grants):
            here = f"{name}_{rule.name}_{index}"
            origin = '"*"' if grant.any_origin else "{header.Origin}"
            credentials = ["Access-Control-Allow-Credentials true"] if grant.credentials else []
            yield from _header(f"{here}_both", f"Access-Control-Allow-Origin {origin}", *credentials)
            if grant.expose:
                yield from _header(f"{here}_actual", f'Access-Control-Expose-Headers "{grant.expose}"')
            lines = [("Access-Control-Max-Age", grant.max_age), ("Vary", ", ".join(grant.vary))]
            lines.append(
                ("Access-Control-Allow-Methods",
                 "{header.Access-Control-Request-Method}" if grant.echoes_method else grant.methods)
            )  # fmt: skip
            if not (grant.echoes_headers or grant.drops_headers):
                lines.append(("Access-Control-Allow-Headers", grant.headers))
            granted = [f'{header} "{value}"' for header, value in lines if value]
            # There is always at least one: a grant that does not vary by method or headers lists "*".
            yield from _header(f"{here}_granted", *granted)
            if grant.echoes_headers or grant.drops_headers:
                names = "{header.Access-Control-Request-Headers}" if grant.echoes_headers else grant.headers
                yield from _header(f"{here}_names", f'Access-Control-Allow-Headers "{names}"')
            if grant.private_network:
                yield from _header(f"{here}_network", "Access-Control-Allow-Private-Network true")
            else:
                vary = ", ".join(grant.private_vary)
                yield from _header(f"{here}_private", f'Vary "{vary}"')
        if rule.refused_vary:
            yield from _header(f"{name}_{rule.name}_refused", f'Vary "{", ".join(rule.refused_vary)}"')
        if rule.varies:
            yield from _header(f"{name}_{rule.name}_answers", "+Vary Origin")
        if rule.forbids:
            yield from _header(f"{name}_{rule.name}_stranger", "+Vary Sec-Fetch-Site")
            yield from _header(f"{name}_{rule.name}_cross_site", "+Vary Sec-Fetch-Site")
    yield "# Deferred headers run from the last to the first: the application's own are removed before."
    yield from _header(f"{name}_actual", "-Access-Control-*")


def _responses(form: Form, name: str) -> Iterator[str]:
    for rule in form.rules:
        for index, grant in enumerate(rule.grants):
            yield f"respond @{name}_{rule.name}_{index}_granted {grant.status}"
        if rule.forbids:
            yield f'respond @{name}_{rule.name}_forbidden "{REFUSED_BODY}" 403'
            yield f'respond @{name}_{rule.name}_cross_site "{REFUSED_BODY}" 403'
    yield f'respond @{name}_refused "{REFUSED_BODY}" 403'
    yield f'respond @{name}_private "{PRIVATE_BODY}" 403'


def write(form: Form, options: Options) -> dict[str, str]:
    """Return two snippets: one for the site, one for its ``handle_errors``."""
    name = options.name
    parts = {
        f"{name}_headers": _headers(form, name),
        name: iter([*_decide(form, name), f"import {name}_headers", *_responses(form, name)]),
    }
    texts = [f"({snippet}) {{\n" + "".join(f"\t{line}\n" for line in lines) + "}\n" for snippet, lines in parts.items()]
    return {"wsgicors.caddyfile": "\n".join(texts)}


CADDY: Final = Target(
    name="caddy",
    title="Caddy",
    proven="Caddy 2.6.2",
    modules="the standard ones",
    place={
        "wsgicors.caddyfile": (
            "at the top of the Caddyfile: import wsgicors.caddyfile; then in the site: import cors; and in its "
            "handle_errors: import cors_headers. With --name NAME they are called NAME and NAME_headers."
        )
    },
    differs=("body", "malformed-question", "ambiguous-path", "default-port", "vary-doubled"),
    write=write,
)
