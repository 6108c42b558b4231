"""nginx: maps decide, ``if … return`` answers, ``add_header … always`` adds to every status, nginx's own errors too.

Pitfalls that the configuration avoids, each seen in public configurations:

- Texts in a map ignore case, so ``https://A.EXAMPLE`` would be echoed: origins are expressions, or compared again.
- Expressions in a map are never tried on an empty value: values are joined, so none is empty.
- ``add_header`` without ``always`` skips 404 and 502, and adds a second header beside the application's own.
- nginx caches a map once an ``if`` has read it: no ``if`` reads a map that depends on the upstream's response.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from wsgicors.export._expressions import escape
from wsgicors.export._form import NO_RULE, Form, Grant, Rule
from wsgicors.export._target import CORS_HEADERS, PRIVATE_BODY, REFUSED_BODY, SAFE, Options, Target

HASHED: Final = 20
"""From this number of exact origins on, a hash is used: expressions are tried one after the other."""

_UPSTREAM: Final = "$upstream_http_access_control_"
_OWN: Final = "~*^\\|([^|]+?)(?::{port})?\\|{scheme}://\\1$"


def _quoted(text: str) -> str:
    """Return a text in quotes, in which nginx reads a doubled backslash as one."""
    return '"' + text.replace("\\\\", "\\\\\\\\").replace('"', '\\"') + '"'


def _map(source: str, variable: str, lines: Iterable[tuple[str, str]], default: str = '""') -> Iterator[str]:
    yield f"map {source} {variable} {{"
    yield f"    default {default};"
    for key, value in lines:
        yield f"    {_quoted(key)} {value};"
    yield "}"


def _origins(rule: Rule, prefix: str) -> Iterator[str]:
    """Yield the map from an origin to the grant that answers it."""
    hashed = {index: grant for index, grant in enumerate(rule.grants) if len(grant.exact) > HASHED}
    known = f"${prefix}_{rule.name}_known"
    if hashed:
        yield "# A hash for many origins. It ignores case, so that the origin is compared again below, with case."
        first: dict[str, str] = {}
        for index, grant in hashed.items():
            for origin in grant.exact:
                first.setdefault(origin, _quoted(f"{index} {origin}"))
        yield from _map("$http_origin", known, first.items())
    lines: list[tuple[str, str]] = []
    for index, (name, grant) in enumerate(rule.answers):
        if index in hashed:
            lines.append((rf"~^{index} (.+)\|\1$", name))
        else:
            lines += [(rf"~^[^|]*\|{escape(origin)}$", name) for origin in grant.exact]
        lines += [(rf"~^[^|]*\|{family.whole[1:]}", name) for family in grant.families]
    source = f'"{known}|$http_origin"' if hashed else '"|$http_origin"'
    yield from _map(source, f"${prefix}_{rule.name}", lines, rule.otherwise)


def _maps(form: Form, prefix: str) -> Iterator[str]:
    variable = f"${prefix}_"
    yield "# Which rule: the request target as it was sent, with every way to encode it."
    yield from _map("$request_uri", f"{variable}rule", [(f"~{path}", name) for path, name in form.paths], form.default)
    yield ""
    yield "# An OPTIONS with Origin and Access-Control-Request-Method is a preflight."
    question = '"$request_method|$http_origin|$http_access_control_request_method"'
    yield from _map(question, f"{variable}asks", [(r"~^OPTIONS\|.+\|.", "preflight")], "actual")
    for rule in form.rules:
        if rule.grants:
            yield ""
            yield f"# {rule.path}: what each policy allows."
            yield from _origins(rule, prefix)
    yield ""
    yield "# The policy that answers: its rule, and its number."
    answers = [(rule.name, f"{variable}{rule.name}" if rule.grants else rule.refused) for rule in form.rules]
    yield from _map(f"{variable}rule", f"{variable}answer", answers, NO_RULE)
    yield ""
    yield "# The kind of answer: granted, private or refused (preflights), forbidden or actual."
    yield from _sites(form, variable)
    kinds = [(r"~^preflight .*-refused$", "refused")]
    closed = "|".join(name for name, grant in form.answers if not grant.private_network)
    if closed:
        kinds.append((rf"~^preflight \w+ true (?:{closed})$", "private"))
    kinds.append((rf"~^preflight (?!.* {NO_RULE}$)", "granted"))
    strict = "|".join(rule.name for rule in form.rules if rule.forbids)
    if strict:
        kinds.append((rf"~^actual other .*(?<= )(?:{strict})-refused$", "forbidden"))
    source = f'"{variable}asks {variable}site $http_access_control_request_private_network {variable}answer"'
    yield from _map(source, f"{variable}kind", kinds, "actual")
    yield ""
    yield "# The values of the headers."
    key = f'"{variable}kind {variable}answer"'
    for name, header, lines in _values(form.answers):
        own_header = [] if form.covers_everything or not header else [(f"actual {NO_RULE}", _UPSTREAM + header)]
        yield from _map(key, variable + name, [*lines, *own_header])
    dropping = "|".join(name for name, grant in form.answers if grant.drops_headers)
    lines = [(rf"~*^granted (?:{dropping}) (?:.*[\t ,])?authorization(?:[\t ,]|$)", '""')] if dropping else []
    if dropping:
        yield '# "*" does not cover Authorization, but engines let it through.'
    yield from _map(
        f'"{variable}kind {variable}answer $http_access_control_request_headers"',
        f"{variable}headers", lines, f"{variable}all_headers",
    )  # fmt: skip
    open_names = "|".join(name for name, grant in form.answers if grant.private_network)
    private = [(rf"~^granted (?:{open_names}) true$", "true")] if open_names else []
    if not form.covers_everything:
        private.append((rf"~^actual {NO_RULE} ", _UPSTREAM + "allow_private_network"))
    yield from _map(
        f'"{variable}kind {variable}answer $http_access_control_request_private_network"', f"{variable}private", private
    )
    yield from _vary(form, variable)


def _sites(form: Form, variable: str) -> Iterator[str]:
    """Yield the map that tells whether a page of the server itself sent the request, or no page."""
    yield "# Same-origin: Sec-Fetch-Site says so; without it, Origin's host and port are Host."
    own = [("~^(?:same-origin|none)\\|", "own")]
    own += [(_OWN.format(scheme=scheme, port=port), "own") for scheme, port in (("http", 80), ("https", 443))]
    own.append(("~*^\\|([^|]+)\\|[a-z][a-z0-9+.-]*://\\1$", "own"))
    own.append(("~\\|$", f"{variable}bare" if form.forbids else "own"))  # no Origin
    if form.forbids:
        passes = rf"~^(?:{SAFE})\||\|(?:same-origin|none)?$"
        yield "# Without Origin, Sec-Fetch-Site decides on methods that may change something."
        yield from _map('"$request_method|$http_sec_fetch_site"', f"{variable}bare", [(passes, "own")], "other")
    yield from _map('"$http_sec_fetch_site|$http_host|$http_origin"', f"{variable}site", own, "other")


def _values(answers: Iterable[tuple[str, Grant]]) -> Iterator[tuple[str, str, list[tuple[str, str]]]]:
    """Yield the values of each header: a variable's name, the upstream's variable of that header, the map's lines."""
    asked = "$http_access_control_request_"
    both = [(f"{kind} {name}", grant) for name, grant in answers for kind in ("actual", "granted")]
    yield "origin", "allow_origin", [(key, '"*"' if grant.any_origin else "$http_origin") for key, grant in both]
    yield "credentials", "allow_credentials", [(key, "true") for key, grant in both if grant.credentials]
    granted = [(f"granted {name}", grant) for name, grant in answers]
    actual = [(f"actual {name}", grant) for name, grant in answers]
    yield "expose", "expose_headers", [(key, _quoted(grant.expose)) for key, grant in actual if grant.expose]
    methods = [(key, f"{asked}method" if grant.echoes_method else _quoted(grant.methods)) for key, grant in granted]
    yield "methods", "allow_methods", methods
    names = [(key, f"{asked}headers" if grant.echoes_headers else _quoted(grant.headers)) for key, grant in granted]
    yield "all_headers", "allow_headers", names
    yield "max_age", "max_age", [(key, grant.max_age) for key, grant in granted if grant.max_age]
    yield "status", "", [(key, str(grant.status)) for key, grant in granted]


def _vary(form: Form, variable: str) -> Iterator[str]:
    yield ""
    yield "# Vary: a line of its own, unless the application's has the name already."
    lines: list[tuple[str, str]] = []
    for rule in form.rules:
        lines.append((f"refused {rule.refused} 0", _quoted(", ".join(rule.refused_vary))))
        if rule.forbids:
            lines.append((f"forbidden {rule.refused} 0", '"Origin, Sec-Fetch-Site"'))
        if rule.varies:
            names = [*(name for name, _ in rule.answers), rule.refused]
            lines += [(f"actual {name} 0", "Origin") for name in names]
    for name, grant in form.answers:
        lines.append((f"granted {name} 0", _quoted(", ".join(grant.vary))))
        if not grant.private_network:
            lines.append((f"private {name} 0", _quoted(", ".join(grant.private_vary))))
    yield from _map(
        "$upstream_http_vary", f"{variable}varies", [(r"~*(?:^|[\t ,])(?:origin|\*)(?:[\t ,]|$)", "1")], "0"
    )
    yield from _map(f'"{variable}kind {variable}answer {variable}varies"', f"{variable}vary", lines)
    site = [(rf"~^actual {rule.refused} .", "Sec-Fetch-Site") for rule in form.rules if rule.forbids]
    yield from _map(f'"{variable}kind {variable}answer $http_origin"', f"{variable}vary_site", site)


def _server(form: Form, prefix: str) -> Iterator[str]:
    variable = f"${prefix}_"
    for status in sorted({grant.status for _, grant in form.answers}):
        yield f"if ({variable}status = {status}) {{ return {status}; }}"
    yield f'if ({variable}kind = refused) {{ return 403 "{REFUSED_BODY}\\n"; }}'
    yield f'if ({variable}kind = private) {{ return 403 "{PRIVATE_BODY}\\n"; }}'
    yield f'if ({variable}kind = forbidden) {{ return 403 "{REFUSED_BODY}\\n"; }}'
    yield ""
    for header, name in (
        ("Allow-Origin", "origin"), ("Allow-Credentials", "credentials"), ("Expose-Headers", "expose"),
        ("Allow-Methods", "methods"), ("Allow-Headers", "headers"), ("Max-Age", "max_age"),
        ("Allow-Private-Network", "private"),
    ):  # fmt: skip
        yield f"add_header Access-Control-{header} {variable}{name} always;"
    yield f"add_header Vary {variable}vary always;"
    yield f"add_header Vary {variable}vary_site always;"
    yield ""
    yield "# The application's own are removed."
    for way in ("proxy", "uwsgi"):
        for header in CORS_HEADERS:
            yield f"{way}_hide_header {header};"


def write(form: Form, options: Options) -> dict[str, str]:
    """Return the two files: maps for ``http``, directives for ``server``."""
    many = any(len(grant.exact) > HASHED for _, grant in form.answers)
    longest = max((len(one) for _, grant in form.answers for one in grant.exact), default=0)
    sizes = [f"map_hash_max_size 16384;\nmap_hash_bucket_size {512 if longest > 200 else 256};"] if many else []
    return {
        "wsgicors-http.conf": "\n".join([*sizes, *_maps(form, options.name)]) + "\n",
        "wsgicors-server.conf": "\n".join(line for line in _server(form, options.name)) + "\n",
    }


NGINX: Final = Target(
    name="nginx",
    title="nginx",
    proven="nginx 1.22.1, 1.31.3",
    modules="ngx_http_map, ngx_http_rewrite, ngx_http_headers (in every build)",
    place={
        "wsgicors-http.conf": "in http { }: include wsgicors-http.conf;",
        "wsgicors-server.conf": (
            "in server { }: include wsgicors-server.conf; and again in every location that has an add_header, a "
            "proxy_hide_header or a uwsgi_hide_header of its own: there nginx ignores those of the server."
        ),
    },
    differs=("body", "malformed-question", "ambiguous-path", "default-port", "vary-doubled"),
    write=write,
)
