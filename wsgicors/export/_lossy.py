"""Exports to services that cannot say all that a policy says: what is lost has to be accepted, by name.

What would let in more than the policy, or what the service has no words for, is refused whatever is accepted.
"""

from collections.abc import Iterator
from typing import Final

from wsgicors.export._form import Form, Grant
from wsgicors.export._refusals import ExportError, Refused, refused
from wsgicors.export._services import LOSSES, Service, listed, methods_of

EXACT: Final = "nginx, HAProxy, Caddy, Apache, Varnish, Envoy, worker"
"""The targets that lose nothing."""


def export(service: Service, form: Form, accepted: frozenset[str]) -> dict[str, str]:
    """Return the file of a service.

    Raises:
        ExportError: with everything that the service cannot say, and everything lost that is not accepted.
    """
    grants = [grant for rule in form.rules for grant in rule.grants]
    if form.paths or form.default != form.rules[0].name:
        raise ExportError([refused("rules-by-path", service.title, nearest=EXACT)])
    if not grants:
        raise ExportError([refused("nobody", service.title, path=form.rules[0].path, nearest=EXACT)])
    if len(grants) > 1:
        raise ExportError([refused("policy-lists", service.title, path=form.rules[0].path, nearest=EXACT)])
    problems = [*_unsayable(service, grants[0])]
    problems += [
        refused("loss", service.title, lost=loss, sentence=LOSSES[loss], nearest=EXACT)
        for loss in lost(service, form)
        if loss not in accepted
    ]
    if problems:
        raise ExportError(problems)
    return {service.file: service.write(grants[0])}


def lost(service: Service, form: Form) -> list[str]:
    """Return what the service loses of this policy, by name in `LOSSES`."""
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
    kinds = {
        family.pattern: "expressions"
        if not family.pattern
        else "ports"
        if family.pattern.endswith(":*")
        else "subdomains"
        for family in grant.families
    }
    for pattern, kind in kinds.items():
        if kind not in service.origins and "expressions" not in service.origins:
            yield refused("origin-kind", service.title, origin=pattern or "an expression", nearest=EXACT)
    if len(grant.exact) + len(grant.families) > service.most_origins:
        yield refused("too-many-origins", service.title, count=len(grant.exact) + len(grant.families), nearest=EXACT)
    others = [method for method in methods_of(grant) if service.methods and method not in service.methods]
    if others:
        yield refused("method", service.title, methods=", ".join(others), nearest=EXACT)
    if grant.credentials and not service.credentials:
        yield refused("credentials", service.title, nearest=EXACT)
    if grant.echoes_method or grant.echoes_headers:
        yield refused("echo", service.title, path="/", nearest=EXACT)
    if grant.drops_headers:
        yield refused("authorization", service.title, path="/", nearest=EXACT)
