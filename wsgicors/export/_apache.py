"""Apache httpd: mod_rewrite decides and answers, mod_headers adds headers.

Pitfalls that the configuration avoids:

- ``Header`` and ``Header always`` are two tables: the application's headers are in the first, Apache's own errors have
  only the second.
- A condition on a request header adds it to Vary, except with ``NV``.
- ``SetEnvIf`` is not anchored: ``https://a.example.evil.net`` would match.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from wsgicors.export._expressions import escape
from wsgicors.export._form import Form
from wsgicors.export._target import CORS_HEADERS, SAFE, Options, Target

TOGETHER: Final = 50
"""The most exact origins in one expression."""

_AUTHORIZATION: Final = r"(?:^|[\t ,])authorization(?:[\t ,]|$)"


def _quoted(expression: str) -> str:
    """Return an expression as an argument; a leading ``!``, ``=``, ``<`` or ``>`` would make it something else."""
    return '"' + expression.replace('"', r"\x22").replace("%", r"\x25") + '"'


def _if(variable: str, expression: str, flags: str = "NV") -> str:
    return f'RewriteCond "%{{{variable}}}" {_quoted(expression)} [{flags}]'


def _set(name: str, value: str, *conditions: str, also: str = "") -> Iterator[str]:
    yield from conditions
    yield f"RewriteRule ^ - [E={name}:{value}{also}]"


def _decide(form: Form, name: str) -> Iterator[str]:
    rule, answer = f"{name}_rule", f"{name}_answer"
    yield "RewriteEngine on"
    yield "# Which rule: the request target as it was sent, with every way to encode it. The last that matches decides."
    yield from _set(f"{name}_target", "%1", _if("THE_REQUEST", r"^\S+ (\S*)"))
    yield from _set(rule, form.default)
    for path, target in reversed(form.paths):
        yield from _set(rule, target, _if(f"ENV:{name}_target", path))
    yield ""
    yield "# What each policy allows. The last that matches decides: the first policy comes last."
    for one in form.rules:
        here = _if(f"ENV:{rule}", f"^{one.name}$")
        yield from _set(answer, one.otherwise, here)
        for allowed, grant in reversed(one.answers):
            texts = [
                "^(?:" + "|".join(map(escape, grant.exact[at : at + TOGETHER])) + ")$"
                for at in range(0, len(grant.exact), TOGETHER)
            ]
            for text in (*texts, *(family.whole for family in grant.families)):
                yield from _set(answer, allowed, here, _if("HTTP:Origin", text))


def _kinds(form: Form, name: str) -> Iterator[str]:
    kind, answer = f"{name}_kind", f"ENV:{name}_answer"
    yield "# The kind of answer: granted, private or refused (preflights), forbidden or actual."
    yield from _set(kind, "actual", _if(answer, "."))
    preflight = [
        _if("REQUEST_METHOD", "^OPTIONS$"), _if("HTTP:Origin", "."), _if("HTTP:Access-Control-Request-Method", "."),
    ]  # fmt: skip
    yield from _set(kind, "granted", *preflight, _if(answer, "."))
    granted = _if(f"ENV:{kind}", "^granted$")
    private = _if("HTTP:Access-Control-Request-Private-Network", "^true$")
    closed = "|".join(one for one, grant in form.answers if not grant.private_network)
    if closed:
        yield from _set(kind, "private", granted, _if(answer, f"^(?:{closed})$"), private)
    yield from _set(f"{name}_private", "true", granted, private)
    yield from _set(kind, "refused", granted, _if(answer, "-refused$"))
    strict = "|".join(rule.name for rule in form.rules if rule.forbids)
    if strict:
        yield "# Same-origin: Sec-Fetch-Site says so; without it, Origin's host and port are Host."
        both = "HTTP:Sec-Fetch-Site}|%{HTTP:Host}|%{HTTP:Origin"
        for text in (
            r"^(?:same-origin|none)\|", r"^\|([^|]+?)(?::80)?\|http://\1$", r"^\|([^|]+?)(?::443)?\|https://\1$",
            r"^\|([^|]+)\|[a-z][a-z0-9+.-]*://\1$",
        ):  # fmt: skip
            yield from _set(f"{name}_own", "1", _if(both, text, "NC,NV"))
        yield "# Without Origin, Sec-Fetch-Site decides on methods that may change something."
        bare = "REQUEST_METHOD}|%{HTTP:Sec-Fetch-Site}|%{HTTP:Origin"
        passes = rf"^(?:(?:{SAFE})\|[^|]*|[^|]*\|(?:same-origin|none)?)\|$"
        yield from _set(f"{name}_own", "1", _if(bare, passes))
        stranger = _if(answer, f"^(?:{strict})-refused$")
        yield from _set(kind, "forbidden", _if(f"ENV:{kind}", "^actual$"), stranger, _if(f"ENV:{name}_own", "^$"))
        yield from _set(f"{name}_stranger", "1", stranger, _if("HTTP:Origin", "."))
    yield from _set(f"{name}_case", f"%{{ENV:{kind}}}.%{{{answer}}}", _if(answer, "."))
    if any(grant.drops_headers for _, grant in form.answers):
        asked = _if("HTTP:Access-Control-Request-Headers", _AUTHORIZATION, "NC,NV")
        yield from _set(f"{name}_authorization", "1", asked)
    for header in ("Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"):
        variable = f"{name}_{header.rpartition('-')[2].lower()}"
        yield from _set(variable, f"%{{HTTP:{header}}}", _if(f"HTTP:{header}", "."))
    yield f"{_if(f'ENV:{kind}', '^(?:refused|private|forbidden)$')}\nRewriteRule ^ - [F]"
    for status in sorted({grant.status for _, grant in form.answers}):
        names = "|".join(one for one, grant in form.answers if grant.status == status)
        yield f"{_if(f'ENV:{name}_case', f'^granted[.](?:{names})$')}\nRewriteRule ^ - [R={status},L]"


def _case(name: str, *cases: str, also: str = "") -> str:
    """Return the condition of a header: the case is one of `cases`."""
    return f"\"expr=reqenv('{name}_case') =~ /^(?:{'|'.join(cases)})$/{also}\""


def _literal(text: str) -> str:
    return '"' + text.replace("%", "%%") + '"'


def _headers(form: Form, name: str) -> Iterator[str]:
    yield "# The application's own are removed, the policy's are set."
    for table in ("", "always "):
        for header in CORS_HEADERS:
            yield f"Header {table}unset {header} \"expr=-n reqenv('{name}_case')\""
    for one, grant in form.answers:
        both = _case(name, f"(?:actual|granted)[.]{one}")
        granted = _case(name, f"granted[.]{one}")
        origin = '"*"' if grant.any_origin else f'"%{{{name}_origin}}e"'
        yield f"Header always set Access-Control-Allow-Origin {origin} {both}"
        if grant.credentials:
            yield f'Header always set Access-Control-Allow-Credentials "true" {both}'
        if grant.expose:
            yield (
                f"Header always set Access-Control-Expose-Headers {_literal(grant.expose)} "
                f"{_case(name, f'actual[.]{one}')}"
            )
        methods = f'"%{{{name}_method}}e"' if grant.echoes_method else _literal(grant.methods)
        if grant.methods or grant.echoes_method:
            yield f"Header always set Access-Control-Allow-Methods {methods} {granted}"
        if grant.echoes_headers:
            asked = _case(name, f"granted[.]{one}", also=f" && -n reqenv('{name}_headers')")
            yield f'Header always set Access-Control-Allow-Headers "%{{{name}_headers}}e" {asked}'
        elif grant.headers:
            also = f" && -z reqenv('{name}_authorization')" if grant.drops_headers else ""
            kept = _case(name, f"granted[.]{one}", also=also)
            yield f"Header always set Access-Control-Allow-Headers {_literal(grant.headers)} {kept}"
        if grant.max_age:
            yield f'Header always set Access-Control-Max-Age "{grant.max_age}" {granted}'
        if grant.private_network:
            asked = _case(name, f"granted[.]{one}", also=f" && -n reqenv('{name}_private')")
            yield f'Header always set Access-Control-Allow-Private-Network "true" {asked}'
    yield from _vary(form, name)


def _vary(form: Form, name: str) -> Iterator[str]:
    yield "# The application's Vary is in the other table: both are sent."

    def always(names: Iterable[str], condition: str) -> Iterator[str]:
        line = ", ".join(names)
        if line:
            yield f'Header always set Vary "{line}" {condition}'

    for rule in form.rules:
        for one, grant in rule.answers:
            yield from always(grant.vary, _case(name, f"granted[.]{one}"))
            yield from always(grant.private_vary, _case(name, f"private[.]{one}"))
        yield from always(rule.refused_vary, _case(name, f"refused[.]{rule.refused}"))
        if rule.varies:
            yield f"Header always merge Vary Origin {_case(name, f'actual[.]{rule.name}-.*')}"
        if rule.forbids:
            yield from always(("Origin", "Sec-Fetch-Site"), _case(name, f"forbidden[.]{rule.refused}"))
            stranger = _case(name, f"actual[.]{rule.refused}", also=f" && -n reqenv('{name}_stranger')")
            yield f"Header always merge Vary Sec-Fetch-Site {stranger}"


def write(form: Form, options: Options) -> dict[str, str]:
    """Return the directives of a virtual host."""
    parts = [_decide(form, options.name), _kinds(form, options.name), _headers(form, options.name)]
    return {"wsgicors-apache.conf": "\n".join("\n".join(part) + "\n" for part in parts)}


APACHE: Final = Target(
    name="apache",
    title="Apache httpd",
    proven="Apache 2.4",
    modules="mod_rewrite, mod_headers",
    place={
        "wsgicors-apache.conf": (
            "in <VirtualHost>, outside every <Location> and <Directory>: Include wsgicors-apache.conf, before "
            "other RewriteRules."
        )
    },
    differs=("body", "malformed-question", "ambiguous-path", "default-port", "vary-doubled", "encoded-slash"),
    write=write,
)
