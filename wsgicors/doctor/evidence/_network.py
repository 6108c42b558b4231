"""The address space (Local Network Access) and the site (HTML, "same site") of an address."""

import ipaddress
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from wsgicors._suffixes import is_public_suffix
from wsgicors.doctor.evidence._facts import origin_of
from wsgicors.origins import is_ip, is_loopback


class Space(StrEnum):
    """An address space, from the widest to the narrowest (https://wicg.github.io/local-network-access/#ip-address-space)."""

    PUBLIC = "public"
    LOCAL = "local"
    LOOPBACK = "loopback"

    def is_within(self, page: "Space") -> bool:
        """Whether a page in the space `page` needs the user's permission to reach this one.

        >>> Space.LOOPBACK.is_within(Space.PUBLIC), Space.PUBLIC.is_within(Space.LOCAL)
        (True, False)
        """
        order = list(Space)
        return order.index(self) > order.index(page)


_LOOPBACK: Final = ("127.0.0.0/8", "0.0.0.0/8", "::1/128", "::/128")
_LOCAL: Final = (
    "10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "198.18.0.0/15",
    "fc00::/7", "fe80::/10",
)  # fmt: skip
_SPACES: Final = (
    *((ipaddress.ip_network(network), Space.LOOPBACK) for network in _LOOPBACK),
    *((ipaddress.ip_network(network), Space.LOCAL) for network in _LOCAL),
)


def space_of_address(address: str) -> Space:
    """Return the address space of an IP address.

    Raises:
        ValueError: `address` is not an IP address.

    >>> space_of_address("192.168.1.7"), space_of_address("::ffff:127.0.0.1"), space_of_address("203.0.113.9")
    (<Space.LOCAL: 'local'>, <Space.LOOPBACK: 'loopback'>, <Space.PUBLIC: 'public'>)
    """
    parsed = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    return next((space for network, space in _SPACES if parsed in network), Space.PUBLIC)


def space_of_host(host: str) -> Space:
    """Return the address space of a host by its name alone; unknown names count as public.

    >>> space_of_host("localhost"), space_of_host("10.0.0.1"), space_of_host("printer.local")
    (<Space.LOOPBACK: 'loopback'>, <Space.LOCAL: 'local'>, <Space.LOCAL: 'local'>)
    """
    if is_loopback(f"[{host}]" if ":" in host else host):
        return Space.LOOPBACK
    try:
        return space_of_address(host)
    except ValueError:
        return Space.LOCAL if host.endswith(".local") else Space.PUBLIC


def is_secure(url: str) -> bool:
    """Whether a URL or an origin is potentially trustworthy (Secure Contexts, 3.1): https, or this machine.

    >>> is_secure("http://localhost:8000"), is_secure("http://a.example"), is_secure("null")
    (True, False, False)
    """
    parts = urlsplit(url)
    return parts.scheme == "https" or space_of_host(parts.hostname or "") is Space.LOOPBACK


def registrable_domain(host: str) -> str:
    """Return the registrable domain of `host`, or the host itself if there is none (HTML, "obtain a site").

    >>> registrable_domain("a.b.example.co.uk"), registrable_domain("127.0.0.1"), registrable_domain("app.internal")
    ('example.co.uk', '127.0.0.1', 'app.internal')
    """
    if ":" in host or is_ip(host):
        return host
    labels = host.split(".")
    for start in range(1, len(labels)):
        if is_public_suffix(".".join(labels[start:])):
            return ".".join(labels[start - 1 :])
    return ".".join(labels[-2:])


def relation(origin: str, url: str) -> str:
    """Return the relation of a page of `origin` to `url`, in Sec-Fetch-Site's words (Fetch Metadata, 2.2).

    >>> relation("https://a.example", "https://b.a.example/"), relation("null", "https://a.example/")
    ('same-site', 'cross-site')
    """
    target = origin_of(url)
    if origin == target:
        return "same-origin"
    page, other = urlsplit(origin), urlsplit(target)
    if not page.hostname or not other.hostname or page.scheme != other.scheme:
        return "cross-site"
    same = registrable_domain(page.hostname) == registrable_domain(other.hostname)
    return "same-site" if same else "cross-site"
