"""The policy that a blocked request needs: the faulty one, with the least addition that lets the request through."""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias, cast

from wsgicors.browser import Failure, Request, Step
from wsgicors.doctor.diagnosis._explain import explain
from wsgicors.policy import Policy
from wsgicors.problems import PolicyError

Settings: TypeAlias = dict[str, object]


def corrected(policy: Policy, page: Request) -> Policy | None:
    """Return the policy that lets a page's request through; None if no setting should, or can.

    The page's origin, its method and its headers are added by name. The origin null is never added: anybody can make a
    page with it.

    Args:
        policy: The policy. It is returned unchanged if it does not refuse the request.
        page: The page's request.

    >>> policy = Policy(allow_origins=["https://www.example.com"])
    >>> page = Request("https://api.example/notes/1", "https://example.com", "PUT", [("X-Id", "7")])
    >>> corrected(policy, page).to_mapping()  # doctest: +NORMALIZE_WHITESPACE
    {'allow_origins': ['https://www.example.com', 'https://example.com'], 'allow_methods': ['PUT'],
     'allow_headers': ['X-Id']}
    """
    while (failed := _failed(policy, page)) is not None:
        correct = _CORRECTIONS.get(cast("Failure", failed.failure))
        if correct is None:
            return None
        try:
            changed = Policy.from_mapping({**policy.to_mapping(), **correct(policy, page, failed)})
        except PolicyError:
            return None
        if changed == policy:
            return None
        policy = changed
    return policy


def _failed(policy: Policy, page: Request) -> Step | None:
    lines = [f"{name}: {value}" for name, value in page.headers]
    explained = explain(
        policy,
        page.origin,
        url=page.url,
        method=page.method,
        headers=lines,
        credentials=page.credentials == "include",
    )
    return explained.examination.failed


def _add_origin(policy: Policy, page: Request, failed: Step) -> Settings:
    return {} if page.origin == "null" else {"allow_origins": [*_listed(policy, "allow_origins"), page.origin]}


def _name_origin(policy: Policy, page: Request, failed: Step) -> Settings:
    """Name only the page's origin: credentials do not go with ``*``."""
    return {"allow_origins": [page.origin], "allow_credentials": True}


def _allow_credentials(policy: Policy, page: Request, failed: Step) -> Settings:
    return {"allow_credentials": True}


def _add_method(policy: Policy, page: Request, failed: Step) -> Settings:
    return {"allow_methods": [*_listed(policy, "allow_methods"), page.method]}


def _add_headers(policy: Policy, page: Request, failed: Step) -> Settings:
    spelled = dict.fromkeys(name for name, _ in page.headers if name.lower() in failed.names)
    return {"allow_headers": [*_listed(policy, "allow_headers"), *spelled]}


def _listed(policy: Policy, setting: str) -> list[str]:
    value = policy.to_mapping().get(setting, [])
    return [value] if isinstance(value, str) else cast("list[str]", value)


_CORRECTIONS: Final[Mapping[Failure, Callable[[Policy, Request, Step], Settings]]] = {
    Failure.ALLOW_ORIGIN_MISSING: _add_origin,
    Failure.ALLOW_ORIGIN_WILDCARD: _name_origin,
    Failure.ALLOW_CREDENTIALS_NOT_TRUE: _allow_credentials,
    Failure.METHOD_NOT_ALLOWED: _add_method,
    Failure.HEADER_NOT_ALLOWED: _add_headers,
    Failure.AUTHORIZATION_NOT_NAMED: _add_headers,
}
"""The changes, by what failed."""
