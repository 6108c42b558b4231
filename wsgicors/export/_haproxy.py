"""HAProxy: variables decide, ``http-request return`` answers, ``http-after-response`` adds, to its own 502 and 503 too.

Pitfalls that the configuration avoids:

- ``hdr`` splits at commas and returns the last part: ``fhdr`` returns the line.
- ``-m beg`` admits ``https://a.example.evil.net``: origins are compared as a whole.
- ``http-response`` does not apply to HAProxy's own answers.
- A line can have 64 words: many origins take several lines.
"""

from collections.abc import Iterator
from itertools import product
from typing import Final

from wsgicors.export._form import Form, Grant, Rule
from wsgicors.export._target import PRIVATE_BODY, REFUSED_BODY, SAFE, Options, Target

WORDS: Final = 40
"""The most origins in one line."""

_AUTHORIZATION: Final = "req.hdr(access-control-request-headers) -m str -i authorization"


def _quoted(text: str) -> str:
    """Return a word: nothing is expanded between single quotes."""
    return "'" + text.replace("'", "'\\''") + "'"


def _format(text: str) -> str:
    """Return a word that is read as a log format."""
    return _quoted(text.replace("%", "%%"))


def _is(variable: str, *values: str) -> str:
    return f"{{ var({variable}) -m str {' '.join(values)} }}"


def _return(status: int, headers: list[tuple[str, str]], body: str = "") -> str:
    content = f" content-type text/plain string {_quoted(body)}" if body else ""
    return f"http-request return status {status}{content}" + "".join(f" hdr {n} {v}" for n, v in headers if v)


def _decide(form: Form, name: str) -> Iterator[str]:
    rule, origin, answer = f"txn.{name}_rule", f"txn.{name}_origin", f"txn.{name}_answer"
    yield "# Which rule: the path as it was sent, with every way to encode it. The last that matches decides."
    yield f"http-request set-var({rule}) str({form.default})"
    for path, target in reversed(form.paths):
        yield f"http-request set-var({rule}) str({target}) if {{ path -m reg {_quoted(path)} }}"
    yield ""
    yield "# What each policy allows. The last that matches decides: the first policy comes last."
    yield f"http-request set-var({origin}) req.fhdr(origin)"
    for one in form.rules:
        here = _is(rule, one.name)
        yield f"http-request set-var({answer}) str({one.otherwise}) if {here}"
        for allowed, grant in reversed(one.answers):
            allow = f"http-request set-var({answer}) str({allowed}) if {here}"
            for at in range(0, len(grant.exact), WORDS):
                names = " ".join(map(_quoted, grant.exact[at : at + WORDS]))
                yield f"{allow} {{ var({origin}) -m str {names} }}"
            for family in grant.families:
                yield f"{allow} {{ var({origin}) -m reg {_quoted(family.whole)} }}"
        if not one.allows_anybody:
            yield f"http-request set-var({answer}) str({one.refused}) if {here} {{ req.fhdr_cnt(origin) gt 1 }}"


def _preflights(form: Form, name: str) -> Iterator[str]:
    answer, asks = f"txn.{name}_answer", f"{name}_preflight"
    yield "# An OPTIONS with Origin and Access-Control-Request-Method is a preflight."
    yield f"acl {name}_options method OPTIONS"
    yield f"acl {name}_from req.fhdr(origin) -m found"
    yield f"acl {name}_asks req.fhdr(access-control-request-method) -m found"
    yield f"acl {name}_private req.fhdr(access-control-request-private-network) -m str true"
    yield f"acl {name}_headers req.fhdr(access-control-request-headers) -m found"
    yield f"acl {name}_authorization {_AUTHORIZATION}"
    asks = f"{name}_options {name}_from {name}_asks"
    for rule in form.rules:
        if not rule.allows_anybody:
            vary = [("Vary", _format(", ".join(rule.refused_vary)))]
            yield f"{_return(403, vary, REFUSED_BODY)} if {asks} {_is(answer, rule.refused)}"
        for granted, grant in rule.answers:
            here = f"{asks} {_is(answer, granted)}"
            if not grant.private_network:
                vary = [("Vary", _format(", ".join(grant.private_vary)))]
                yield f"{_return(403, vary, PRIVATE_BODY)} if {here} {name}_private"
            yield from _granted(grant, here, name)


def _granted(grant: Grant, here: str, name: str) -> Iterator[str]:
    """Yield a line for each form of the answer to a granted preflight."""
    headers = [
        ("Access-Control-Allow-Origin", "'*'" if grant.any_origin else f"%[var(txn.{name}_origin)]"),
        ("Access-Control-Allow-Credentials", "true" if grant.credentials else ""),
        (
            "Access-Control-Allow-Methods",
            "%[req.fhdr(access-control-request-method)]" if grant.echoes_method else _values(grant.methods),
        ),
        ("Access-Control-Max-Age", grant.max_age),
        ("Vary", _values(", ".join(grant.vary))),
    ]
    echo = ("Access-Control-Allow-Headers", "%[req.fhdr(access-control-request-headers)]")
    listed = ("Access-Control-Allow-Headers", _values(grant.headers))
    # For each choice: the condition, and the header that it adds.
    private = [(f"{name}_private", ("Access-Control-Allow-Private-Network", "true")), ("", ("", ""))]
    names = [("", listed)]
    if grant.echoes_headers:
        names = [(f"{name}_headers", echo), ("", ("", ""))]
    elif grant.drops_headers:
        names = [(f"{name}_authorization", ("", "")), ("", listed)]
    for (one, first), (two, second) in product(private[0 if grant.private_network else 1 :], names):
        lines = [*headers, *(header for header in (first, second) if header[1])]
        yield f"{_return(grant.status, lines)} if {' '.join(filter(None, (here, one, two)))}"


def _values(text: str) -> str:
    return _format(text) if text else ""


def _forbidden(rules: list[Rule], name: str) -> Iterator[str]:
    answer, origin, host = f"txn.{name}_answer", f"txn.{name}_origin", f"txn.{name}_host"
    yield "# Same-origin: Sec-Fetch-Site says so; without it, Origin's host and port are Host."
    yield f"acl {name}_own_site req.fhdr(sec-fetch-site) -m str same-origin none"
    yield f"acl {name}_site req.fhdr(sec-fetch-site) -m reg ."
    yield f"http-request set-var(txn.{name}_authority) var({origin}),regsub('^[a-z][a-z0-9+.-]*://','')"
    yield f"http-request set-var({host}) req.fhdr(host),lower"
    for scheme, port in (("http", 80), ("https", 443)):
        yield (
            f"http-request set-var({host}) var({host}),regsub(':{port}$','') if {{ var({origin}) -m beg {scheme}:// }}"
        )
    yield f"acl {name}_own_host var({host}),strcmp(txn.{name}_authority) eq 0"
    strangers = _is(answer, *(rule.refused for rule in rules))
    answered = _return(403, [("Vary", "'Origin, Sec-Fetch-Site'")], REFUSED_BODY)
    yield f"{answered} if {name}_from {strangers} {name}_site !{name}_own_site"
    yield f"{answered} if {name}_from {strangers} !{name}_site !{name}_own_host"
    yield "# Without Origin, Sec-Fetch-Site decides on methods that may change something."
    yield f"acl {name}_safe method {SAFE.replace('|', ' ')}"
    yield f"{answered} if !{name}_from {strangers} {name}_site !{name}_own_site !{name}_safe"
    yield f"http-request set-var(txn.{name}_stranger) bool(true) if {name}_from {strangers}"


def _actual(form: Form, name: str) -> Iterator[str]:
    actual = f"txn.{name}_actual"
    yield "# What is left goes to the application: its own headers are removed, the policy's are set."
    yield f"http-request set-var({actual}) var(txn.{name}_answer)"
    yield f"http-after-response del-header access-control- -m beg if {{ var({actual}) -m found }}"
    for rule in form.rules:
        for granted, grant in rule.answers:
            here = _is(actual, granted)
            origin = "'*'" if grant.any_origin else f"%[var(txn.{name}_origin)]"
            yield f"http-after-response set-header Access-Control-Allow-Origin {origin} if {here}"
            if grant.credentials:
                yield f"http-after-response set-header Access-Control-Allow-Credentials true if {here}"
            if grant.expose:
                yield f"http-after-response set-header Access-Control-Expose-Headers {_format(grant.expose)} if {here}"
    for rule in form.rules:
        if rule.varies:
            here = _is(actual, *(granted for granted, _ in rule.answers), rule.refused)
            yield f"http-after-response add-header Vary Origin if {here} !{{ res.hdr(vary) -m str -i origin * }}"
    if form.forbids:
        strange = f"{{ var(txn.{name}_stranger) -m bool }}"
        yield (
            f"http-after-response add-header Vary Sec-Fetch-Site if {strange} "
            "!{ res.hdr(vary) -m str -i sec-fetch-site * }"
        )


def write(form: Form, options: Options) -> dict[str, str]:
    """Return the lines of a frontend."""
    strict = [rule for rule in form.rules if rule.forbids]
    parts = [
        _decide(form, options.name),
        _preflights(form, options.name),
        _forbidden(strict, options.name) if strict else iter(()),
        _actual(form, options.name),
    ]
    texts = ["".join(f"    {line}".rstrip() + "\n" for line in part) for part in parts]
    return {"wsgicors-haproxy.cfg": "\n".join(filter(None, texts))}


HAPROXY: Final = Target(
    name="haproxy",
    title="HAProxy",
    proven="HAProxy 2.6.12, 2.8.25",
    modules="HAProxy 2.4 or later",
    place={
        "wsgicors-haproxy.cfg": (
            "its lines in a frontend (or listen) section of haproxy.cfg, which has no include, before its use_backend."
        )
    },
    differs=("body", "malformed-question", "ambiguous-path", "default-port"),
    write=write,
)
