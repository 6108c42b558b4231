"""Public suffixes: names under which anybody can register a domain, by the list that publicsuffixlist bundles."""

import functools
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList


def is_public_suffix(host: str) -> bool:
    """Whether anybody can register a name under `host`. A suffix that the list does not know has one label.

    >>> is_public_suffix("co.uk"), is_public_suffix("example.co.uk"), is_public_suffix("corp")
    (True, False, True)
    """
    return bool(_suffix_list(icann_only=False).is_public(host))


def open_suffix(host: str, *, icann_only: bool = False) -> str:
    """Return a public suffix under which others can register subdomains of `host`; ``""`` if there is none.

    That is `host` itself, or a suffix below it: who names the subdomains of ``amazonaws.com`` names those of
    ``s3.amazonaws.com``, which are anybody's. Names below ``localhost`` are the machine's own.

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


LOCAL: Final = "localhost"


def list_version() -> str:
    """Return the version of the bundled list, for messages: an update of it can change what is a public suffix."""
    from importlib.metadata import PackageNotFoundError, version

    import publicsuffixlist

    try:
        return version("publicsuffixlist")
    except PackageNotFoundError:  # a frozen app may have none, and early releases of the list say none
        return str(getattr(publicsuffixlist, "__version__", "(its version is not known)"))


def registrable_domain(host: str) -> str:
    """Return the public suffix of `host` with one label more, or ``""`` if there is none, as for an IP address.

    >>> registrable_domain("a.b.example.co.uk"), registrable_domain("co.uk")
    ('example.co.uk', '')
    """
    return _suffix_list(icann_only=False).privatesuffix(host) or ""


@functools.cache
def _suffix_list(*, icann_only: bool) -> "PublicSuffixList":
    # Imported for policies that need it: the list takes longer to load than the rest of the package together.
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList(_lines(), accept_encoded_idn=False, only_icann=icann_only)


@functools.cache
def _lines() -> list[str]:
    """Return the lines of the bundled list in ASCII. The package encodes every rule, which takes ten times as long."""
    from importlib.resources import files
    from pathlib import Path

    from publicsuffixlist import PSLFILE

    # By the loader: in a zipapp there is no such file.
    lines = files("publicsuffixlist").joinpath(Path(PSLFILE).name).read_text("utf-8").splitlines()
    return [line if line.isascii() or line.startswith("//") else line.encode("idna").decode() for line in lines]


@functools.cache
def _suffixes_below(*, icann_only: bool) -> dict[str, str]:
    """By each name that has public suffixes below it, the first of those."""
    below: dict[str, str] = {}
    rules: frozenset[str] = vars(_suffix_list(icann_only=icann_only))[
        "_publicsuffix"
    ]  # there is no public list of them
    for rule in sorted(rules, reverse=True):
        suffix = rule.lstrip("!*.")
        _, _, parent = suffix.partition(".")
        while parent:
            below[parent] = suffix
            _, _, parent = parent.partition(".")
    return below
