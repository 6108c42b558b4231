"""Varnish: ``vcl_recv`` decides, ``synth`` answers, ``vcl_deliver`` adds headers.

Headers are added after the cache: one stored response serves every origin.

Pitfalls that the configuration avoids:

- Request headers serve as variables: those that a client sends are removed first.
- VCL sees only the first of two lines of a header: they are joined.
- Requests with unknown methods would be piped, past ``vcl_deliver``, with the application's own headers.
- A thousand origins in one expression do not compile: they are split into several.
"""

from collections.abc import Iterator
from typing import Final

from wsgicors.export._expressions import escape
from wsgicors.export._form import Form, Grant, Rule
from wsgicors.export._target import CORS_HEADERS, PRIVATE_BODY, REFUSED_BODY, SAFE, Options, Target

COMPARED: Final = 20
"""Up to this number, exact origins are compared one by one."""

TOGETHER: Final = 100
"""The most exact origins in one expression."""

_AUTHORIZATION: Final = r"(?i)(?:^|[\t ,])authorization(?:[\t ,]|$)"
_KNOWN: Final = "^(?:GET|HEAD|PUT|POST|TRACE|OPTIONS|DELETE|PATCH)$"
"""The methods that Varnish's own ``vcl_recv`` does not pipe."""

_OWN: Final = r"(?i)^([^|]+?)(?::80)?\|http://\1$|^([^|]+?)(?::443)?\|https://\2$|^([^|]+)\|[a-z][a-z0-9+.-]*://\3$"


def _text(text: str) -> str:
    """Return a literal; header values contain no double quote."""
    return '{"' + text + '"}'


def _indented(lines: Iterator[str]) -> str:
    return "".join(f"    {line}".rstrip() + "\n" for line in lines)


def _chain(cases: list[tuple[str, str]], otherwise: str) -> Iterator[str]:
    """Yield branches, of which the first true condition decides."""
    if not cases:
        yield otherwise
        return
    for at, (condition, statement) in enumerate(cases):
        yield f"{'els' if at else ''}if ({condition}) {{ {statement} }}"
    yield f"else {{ {otherwise} }}"


def _allows(grant: Grant) -> Iterator[str]:
    """Yield the conditions under which a grant allows the origin."""
    if grant.any_origin:
        yield "true"
    elif len(grant.exact) <= COMPARED:
        yield from (f"req.http.Origin == {_text(origin)}" for origin in grant.exact)
    else:
        for at in range(0, len(grant.exact), TOGETHER):
            names = "|".join(map(escape, grant.exact[at : at + TOGETHER]))
            yield f"req.http.Origin ~ {_text(f'^(?:{names})$')}"
    yield from (f"req.http.Origin ~ {_text(family.whole)}" for family in grant.families)


def _decide(form: Form, prefix: str) -> Iterator[str]:
    variable = f"req.http.{prefix}"
    yield "# Remove request headers that serve as variables below."
    for name in ("Rule", "Answer", "Kind", "Own"):
        yield f"unset {variable}-{name};"
    for header in ("Origin", "Access-Control-Request-Headers"):
        yield f"std.collect(req.http.{header});"
    yield "# Which rule: the request target as it was sent, with every way to encode it."
    cases = [(f"req.url ~ {_text(path)}", f'set {variable}-Rule = "{name}";') for path, name in form.paths]
    yield from _chain(cases, f'set {variable}-Rule = "{form.default}";')
    for rule in form.rules:
        yield f"# {rule.path or 'Paths that servers read in several ways'}: what each policy allows."
        yield f'if ({variable}-Rule == "{rule.name}") {{'
        cases = [
            (condition, f'set {variable}-Answer = "{one}";')
            for one, grant in rule.answers
            for condition in _allows(grant)
        ]
        named = [case for case in cases if case[0] != "true"]
        yield from (f"    {line}" for line in _chain(named, f'set {variable}-Answer = "{rule.otherwise}";'))
        yield "}"


def _kinds(form: Form, prefix: str) -> Iterator[str]:
    variable = f"req.http.{prefix}"
    yield "# The kind of answer: granted, private or refused (preflights), forbidden or actual."
    yield f'if ({variable}-Answer) {{ set {variable}-Kind = "actual"; }}'
    question = "req.http.Origin && req.http.Access-Control-Request-Method"
    yield f'if ({variable}-Answer && req.method == "OPTIONS" && {question}) {{'
    yield f'    set {variable}-Kind = "granted";'
    closed = "|".join(one for one, grant in form.answers if not grant.private_network)
    if closed:
        asked = f'req.http.Access-Control-Request-Private-Network == "true" && {variable}-Answer ~ "^(?:{closed})$"'
        yield f'    if ({asked}) {{ set {variable}-Kind = "private"; }}'
    yield f'    if ({variable}-Answer ~ "-refused$") {{ set {variable}-Kind = "refused"; }}'
    yield "}"
    strict = "|".join(rule.name for rule in form.rules if rule.forbids)
    if strict:
        yield "# Same-origin: Sec-Fetch-Site says so; without it, Origin's host and port are Host."
        yield 'if (req.http.Sec-Fetch-Site ~ ".") {'
        yield f'    if (req.http.Sec-Fetch-Site ~ "^(?:same-origin|none)$") {{ set {variable}-Own = "1"; }}'
        yield f'}} elsif ((req.http.Host + "|" + req.http.Origin) ~ {_text(_OWN)}) {{ set {variable}-Own = "1"; }}'
        stranger = f'req.http.Origin && {variable}-Answer ~ "^(?:{strict})-refused$" && !{variable}-Own'
        yield f'if ({variable}-Kind == "actual" && {stranger}) {{ set {variable}-Kind = "forbidden"; }}'
        yield "# Without Origin, Sec-Fetch-Site decides on methods that may change something."
        bare = f'!req.http.Origin && {variable}-Answer ~ "^(?:{strict})-refused$" && req.method !~ "^(?:{SAFE})$"'
        site = 'req.http.Sec-Fetch-Site && req.http.Sec-Fetch-Site !~ "^(?:same-origin|none)?$"'
        yield f'if ({variable}-Kind == "actual" && {bare} && {site}) {{ set {variable}-Kind = "forbidden"; }}'
    yield f'if ({variable}-Kind ~ "^(?:refused|private|forbidden)$") {{ return (synth(403)); }}'
    yield "# Piped, such a request would keep the application's own headers."
    yield f'if ({variable}-Kind == "actual" && req.method !~ "{_KNOWN}") {{ return (pass); }}'
    for status in sorted({grant.status for _, grant in form.answers}):
        names = "|".join(one for one, grant in form.answers if grant.status == status)
        yield (
            f'if ({variable}-Kind == "granted" && {variable}-Answer ~ "^(?:{names})$") {{ return (synth({status})); }}'
        )


def _headers(grant: Grant) -> Iterator[str]:
    """Yield the headers of both kinds of answer."""
    yield f"set resp.http.Access-Control-Allow-Origin = {_text('*') if grant.any_origin else 'req.http.Origin'};"
    if grant.credentials:
        yield 'set resp.http.Access-Control-Allow-Credentials = "true";'


def _granted(grant: Grant) -> Iterator[str]:
    yield from _headers(grant)
    asked = "req.http.Access-Control-Request-Headers"
    if grant.echoes_method:
        yield "set resp.http.Access-Control-Allow-Methods = req.http.Access-Control-Request-Method;"
    elif grant.methods:
        yield f"set resp.http.Access-Control-Allow-Methods = {_text(grant.methods)};"
    if grant.echoes_headers:
        yield f"if ({asked}) {{ set resp.http.Access-Control-Allow-Headers = {asked}; }}"
    elif grant.headers:
        line = f"set resp.http.Access-Control-Allow-Headers = {_text(grant.headers)};"
        yield f"if ({asked} !~ {_text(_AUTHORIZATION)}) {{ {line} }}" if grant.drops_headers else line
    if grant.max_age:
        yield f'set resp.http.Access-Control-Max-Age = "{grant.max_age}";'
    if grant.private_network:
        line = 'set resp.http.Access-Control-Allow-Private-Network = "true";'
        yield f'if (req.http.Access-Control-Request-Private-Network == "true") {{ {line} }}'
    if grant.vary:
        yield f'set resp.http.Vary = "{", ".join(grant.vary)}";'


def _preflights(form: Form, prefix: str) -> Iterator[str]:
    variable = f"req.http.{prefix}"
    for rule in form.rules:
        for one, grant in rule.answers:
            yield f'if ({variable}-Kind == "granted" && {variable}-Answer == "{one}") {{'
            yield from (f"    {line}" for line in _granted(grant))
            yield "}"
            vary = ", ".join(grant.private_vary)
            private = f'{variable}-Kind == "private" && {variable}-Answer == "{one}"'
            yield f'if ({private}) {{ set resp.http.Vary = "{vary}"; }}'
        if rule.refused_vary:
            here = f'{variable}-Answer == "{rule.refused}"'
            yield (
                f'if ({variable}-Kind == "refused" && {here}) {{ set resp.http.Vary = '
                f'"{", ".join(rule.refused_vary)}"; }}'
            )
    yield f'if ({variable}-Kind == "forbidden") {{ set resp.http.Vary = "Origin, Sec-Fetch-Site"; }}'
    yield f'if ({variable}-Kind == "granted") {{ synthetic(""); return (deliver); }}'
    yield f'if ({variable}-Kind ~ "^(?:refused|private|forbidden)$") {{'
    yield '    set resp.http.Content-Type = "text/plain; charset=utf-8";'
    yield f'    if ({variable}-Kind == "private") {{ synthetic({_text(PRIVATE_BODY)}); }}'
    yield f"    else {{ synthetic({_text(REFUSED_BODY)}); }}"
    yield "    return (deliver);"
    yield "}"


def _varying(name: str) -> Iterator[str]:
    yield "std.collect(resp.http.Vary);"
    yield f'if (!resp.http.Vary) {{ set resp.http.Vary = "{name}"; }}'
    known = _text(rf"(?i)(?:^|[\t ,])(?:{name}|\*)(?:[\t ,]|$)")
    yield f'elsif (resp.http.Vary !~ {known}) {{ set resp.http.Vary = resp.http.Vary + ", {name}"; }}'


def _actual(form: Form, prefix: str) -> Iterator[str]:
    variable = f"req.http.{prefix}"
    yield f'if ({variable}-Kind == "actual") {{'
    yield from (f"    unset resp.http.{header};" for header in CORS_HEADERS)
    for rule in form.rules:
        for one, grant in rule.answers:
            yield f'    if ({variable}-Answer == "{one}") {{'
            yield from (f"        {line}" for line in _headers(grant))
            if grant.expose:
                yield f"        set resp.http.Access-Control-Expose-Headers = {_text(grant.expose)};"
            yield "    }"
    varying = "|".join(rule.name for rule in form.rules if rule.varies)
    if varying:
        yield f'    if ({variable}-Rule ~ "^(?:{varying})$") {{ call {prefix.lower()}_vary_origin; }}'
    strict = "|".join(rule.name for rule in form.rules if rule.forbids)
    if strict:
        stranger = f'req.http.Origin && {variable}-Answer ~ "^(?:{strict})-refused$"'
        yield f"    if ({stranger}) {{ call {prefix.lower()}_vary_site; }}"
    yield "}"


def write(form: Form, options: Options) -> dict[str, str]:
    """Return VCL whose subroutines run before those of the file that includes it."""
    prefix = f"X-{options.name.capitalize()}"
    name = prefix.lower().replace("-", "_")
    rules: list[Rule] = list(form.rules)
    subs: list[tuple[str, Iterator[str]]] = []
    if any(rule.varies for rule in rules):
        subs.append((f"{name}_vary_origin", _varying("Origin")))
    if form.forbids:
        subs.append((f"{name}_vary_site", _varying("Sec-Fetch-Site")))
    unset = (f"unset bereq.http.{prefix}-{one};" for one in ("Rule", "Answer", "Kind", "Own"))
    subs += [
        (f"{name}_actual", _actual(form, prefix)),
        ("vcl_recv", iter([*_decide(form, prefix), *_kinds(form, prefix)])),
        ("vcl_backend_fetch", unset),
        ("vcl_deliver", iter([f"call {name}_actual;"])),
        ("vcl_synth", iter([*_preflights(form, prefix), f"call {name}_actual;"])),
    ]
    text = "".join(f"\nsub {sub} {{\n{_indented(lines)}}}\n" for sub, lines in subs)
    text = text.replace(f"call {prefix.lower()}_", f"call {name}_")
    return {"wsgicors.vcl": "vcl 4.1;\nimport std;\n" + text}


VARNISH: Final = Target(
    name="varnish",
    title="Varnish",
    proven="Varnish 7.1.1",
    modules="vmod_std",
    place={"wsgicors.vcl": 'in the VCL, before its own subroutines: include "wsgicors.vcl";'},
    differs=("body", "malformed-question", "ambiguous-path", "default-port"),
    write=write,
)
