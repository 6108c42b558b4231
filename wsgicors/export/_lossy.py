"""Exports to services that cannot express a whole policy: each loss has to be accepted by name.

An export that would admit more than the policy, or that the service cannot express, is refused in any case.
"""

import re
from collections.abc import Iterator

from wsgicors.export._form import Form, Grant
from wsgicors.export._refusals import ExportError, Refused, refused
from wsgicors.export._service_files import listed, methods_of
from wsgicors.export._services import LOSSES, Service
from wsgicors.export._target import LOSSLESS


def export(service: Service, form: Form, accepted: frozenset[str], command: str = "") -> dict[str, str]:
    """Return the file of a service.

    Args:
        service: The service.
        form: The form to export.
        accepted: The accepted losses, by their names in `LOSSES`.
        command: The command that writes the file again, for its head. JSON has no comments, and so no head.

    Raises:
        ExportError: with everything that the service cannot express, and every loss that is not accepted.
    """
    grants = [grant for _, grant in form.answers]
    if form.paths or form.default != form.rules[0].name:
        raise ExportError([refused("rules-by-path", service.title, nearest=LOSSLESS)])
    if not grants:
        raise ExportError([refused("nobody", service.title, path=form.rules[0].path, nearest=LOSSLESS)])
    if len(grants) > 1:
        raise ExportError([refused("policy-lists", service.title, path=form.rules[0].path, nearest=LOSSLESS)])
    problems = [*_unsayable(service, grants[0])]
    problems += [
        refused("loss", service.title, lost=loss, sentence=LOSSES[loss], nearest=LOSSLESS)
        for loss in lost(service, form)
        if loss not in accepted
    ]
    if problems:
        raise ExportError(problems)
    head = _head(service, form, command) if service.file.endswith(".yaml") else ""
    return {service.file: head + service.write(grants[0])}


def _head(service: Service, form: Form, command: str) -> str:
    lines = [
        f"{service.file}: a CORS policy for {service.title}, written by wsgicors export.",
        "",
        f"Policy:   {form.digest}",
        f"Made by:  {command}",
        f"Belongs:  {service.place}",
        *(f"Loses:    {loss}: {LOSSES[loss]}" for loss in lost(service, form)),
    ]
    return "".join(f"# {line}".rstrip() + "\n" for line in lines) + "\n"


def lost(service: Service, form: Form) -> list[str]:
    """Return what the service loses of this policy, by the names in `LOSSES`."""
    (rule, (grant, *_)) = form.rules[0], form.rules[0].grants
    had = {
        "refusals": not grant.any_origin,
        "vary": not grant.any_origin,
        "own-headers": not grant.any_origin,
        "errors": True,
        "forbid": rule.forbids,
        "private-network": grant.private_network,
        "credentials": not grant.credentials and not grant.any_origin,
        "expose-headers": set(listed(grant.headers)) != set(listed(grant.expose)),
        "deep-subdomains": bool(grant.families),
        "preflight-status": True,
    }
    return [loss for loss in LOSSES if loss in service.loses and had[loss]]


def _unsayable(service: Service, grant: Grant) -> Iterator[Refused]:
    """Yield what would admit more than the policy, and what the service cannot express."""
    count = len(grant.exact) + len(grant.families)
    methods = [method for method in methods_of(grant) if not re.fullmatch(service.methods, method)]
    exposed = [] if grant.expose == "*" else listed(grant.expose)
    names = dict.fromkeys([*listed(grant.headers), *exposed])
    headers = [name for name in names if not re.fullmatch(service.headers, name)]
    has_headers = bool(grant.headers) or grant.echoes_headers
    found = {
        "too-many-origins": count > service.most_origins,
        "method": bool(methods),
        "header": bool(headers),
        "default-headers": service.has_own_headers and not has_headers,
        "max-age": 0 <= int(grant.max_age or -1) < service.shortest_age,
        "credentials": grant.credentials and not service.credentials,
        "echo": grant.echoes_method or grant.echoes_headers,
        "authorization": grant.drops_headers,
    }
    facts: dict[str, object] = {
        "path": "/",
        "nearest": LOSSLESS,
        "count": count,
        "methods": ", ".join(methods),
        "headers": ", ".join(headers),
        "seconds": grant.max_age,
        "least": service.shortest_age,
    }
    for origin in _unknown_origins(service, grant):
        yield refused("origin-kind", service.title, origin=origin, nearest=LOSSLESS)
    for code, is_so in found.items():
        if is_so:
            yield refused(code, service.title, **facts)


def _unknown_origins(service: Service, grant: Grant) -> Iterator[str]:
    yield from (origin for origin in grant.exact if not re.fullmatch(service.exact, origin))
    if "expressions" not in service.origins:
        for pattern in dict.fromkeys(family.pattern for family in grant.families):
            if not pattern or pattern.endswith(":*") or "subdomains" not in service.origins:
                yield pattern or "an expression"
