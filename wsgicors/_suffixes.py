"""Public suffixes: the names under which anybody can register one, by the list that the publicsuffixlist package bundles."""

import functools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList


def is_public_suffix(host: str) -> bool:
    """Whether anybody can register a name under `host`, by the list that the publicsuffixlist package bundles.

    >>> is_public_suffix("co.uk"), is_public_suffix("example.co.uk"), is_public_suffix("internal")
    (True, False, False)
    """
    return _suffix_list().publicsuffix(host) == host


def registrable_domain(host: str) -> str:
    """Return the public suffix of `host` and one label more, or ``""`` where there is none: for an IP address, for instance.

    >>> registrable_domain("a.b.example.co.uk"), registrable_domain("co.uk")
    ('example.co.uk', '')
    """
    return _suffix_list().privatesuffix(host) or ""


@functools.cache
def _suffix_list() -> "PublicSuffixList":
    # Imported for policies that need it: the list takes longer to load than the rest of the package together.
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList(accept_unknown=False)
