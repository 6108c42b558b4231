"""Addresses that the user gives for hosts, as with ``curl --resolve``: for one host, or a range of hosts."""

import ipaddress
import re
from dataclasses import dataclass
from typing import Final

from wsgicors.doctor.evidence._facts import shown

_FORM: Final = re.compile(r"(\*|(?:\*\.)?[a-z0-9_.-]+):(\*|\d{1,5}):\[?([^\[\]]+)\]?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Resolved:
    """An address to use instead of a host's own.

    Attributes:
        host: A name, ``*.`` and a name for every name below it, or ``*`` for every host.
        port: A port; 0 for every port.
        address: An IP address.
    """

    host: str
    port: int
    address: str

    def covers(self, host: str, port: int) -> bool:
        """Whether this address applies to a host and port.

        >>> read_resolved("*.example.com:443:127.0.0.1").covers("api.example.com", 443)
        True
        """
        named = self.host in {"*", host} or (self.host.startswith("*.") and host.endswith(self.host[1:]))
        return named and self.port in {0, port}


def read_resolved(text: str) -> Resolved:
    """Parse ``HOST:PORT:ADDRESS``.

    Raises:
        ValueError: The text has another form, or does not end in an IP address.

    >>> read_resolved("api.example:443:[::1]")
    Resolved(host='api.example', port=443, address='::1')
    """
    match = _FORM.fullmatch(text)
    try:
        address = str(ipaddress.ip_address(match[3])) if match else ""
    except ValueError:
        address = ""
    if not match or not address:
        raise ValueError(
            f"{shown(text)} is not HOST:PORT:ADDRESS, as in api.example:443:127.0.0.1: the host is a name, "
            "*.example.com or *, the port a number or *, and the address one of IP."
        )
    return Resolved(match[1].lower(), 0 if match[2] == "*" else int(match[2]), address)
