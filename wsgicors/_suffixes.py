"""Public suffixes: names under which anybody can register a domain, according to publicsuffixlist's bundled list."""

import functools
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList


LOCAL: Final = "localhost"


def is_public_suffix(host: str) -> bool:
    """Whether anybody can register a name under `host`. If the list has no rule, the last label is the suffix.

    >>> is_public_suffix("co.uk"), is_public_suffix("example.co.uk"), is_public_suffix("corp")
    (True, False, True)
    """
    return bool(_suffix_list(icann_only=False).is_public(host))


def open_suffix(host: str, *, icann_only: bool = False) -> str:
    """Return a public suffix under which others can register subdomains of `host`; ``""`` if there is none.

    That is `host` itself, or a suffix below it: the subdomains of ``amazonaws.com`` include those of
    ``s3.amazonaws.com``, which anybody can have. Names below ``localhost`` are the machine itself.

    Args:
        host: A domain name, with or without its final dot.
        icann_only: Whether the list's private section (``github.io``, ``vercel.app``) is left out.

    >>> open_suffix("co.uk"), open_suffix("example.co.uk"), open_suffix("amazonaws.com")[-14:]
    ('co.uk', '', '.amazonaws.com')
    >>> open_suffix("vercel.app"), open_suffix("vercel.app", icann_only=True)
    ('vercel.app', '')
    """
    name = host.removesuffix(".")
    if name == LOCAL or name.endswith("." + LOCAL):
        return ""
    if not name or _suffix_list(icann_only=icann_only).is_public(name):
        return name
    return _suffixes_below(icann_only=icann_only).get(name, "")


def list_version() -> str:
    """Return the version of the bundled list, for messages: an update can change what is a public suffix."""
    from importlib.metadata import PackageNotFoundError, version

    import publicsuffixlist

    try:
        return version("publicsuffixlist")
    except PackageNotFoundError:  # a frozen app can lack the metadata, and early releases have no version attribute
        return str(getattr(publicsuffixlist, "__version__", "(its version is not known)"))


def registrable_domain(host: str) -> str:
    """Return the public suffix of `host` plus one label, or ``""`` if there is none, such as for an IP address.

    >>> registrable_domain("a.b.example.co.uk"), registrable_domain("co.uk")
    ('example.co.uk', '')
    """
    return _suffix_list(icann_only=False).privatesuffix(host) or ""


@functools.cache
def _suffix_list(*, icann_only: bool) -> "PublicSuffixList":
    # Imported only for policies that need it: the list takes longer to load than the rest of the package.
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList(_lines(), accept_encoded_idn=False, only_icann=icann_only)


@functools.cache
def _lines() -> list[str]:
    """Return the lines of the bundled list in ASCII. The library encodes every rule, which takes ten times as long."""
    from importlib.resources import files
    from pathlib import Path

    from publicsuffixlist import PSLFILE

    # Read through the loader: in a zipapp the file has no path.
    lines = files("publicsuffixlist").joinpath(Path(PSLFILE).name).read_text("utf-8").splitlines()
    return [line if line.isascii() or line.startswith("//") else line.encode("idna").decode() for line in lines]


@functools.cache
def _suffixes_below(*, icann_only: bool) -> dict[str, str]:
    """Map each name that has public suffixes below it to the first of them."""
    below: dict[str, str] = {}
    # The library has no public attribute for its rules.
    rules: frozenset[str] = vars(_suffix_list(icann_only=icann_only))["_publicsuffix"]
    for rule in sorted(rules, reverse=True):
        suffix = rule.lstrip("!*.")
        _, _, parent = suffix.partition(".")
        while parent:
            below[parent] = suffix
            _, _, parent = parent.partition(".")
    return below
