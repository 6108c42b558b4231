"""Addresses that a person names for hosts, as ``curl --resolve`` takes them: for one host, or a range of them."""

import ipaddress
import re
from dataclasses import dataclass
from typing import Final

from wsgicors.doctor.evidence._facts import shown

_FORM: Final = re.compile(r"(\*|(?:\*\.)?[a-z0-9_.-]+):(\*|\d{1,5}):\[?([^\[\]]+)\]?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Resolved:
    """An address in place of the one that a name has.

    Attributes:
        host: A name, ``*.`` and a name for every name below it, or ``*`` for every host.
        port: 0 for every port.
        address: An IP address.
    """

    host: str
    port: int
    address: str

    def covers(self, host: str, port: int) -> bool:
        """Whether this says where the server of a URL is.

        >>> read_resolved("*.example.com:443:127.0.0.1").covers("api.example.com", 443)
        True
        """
        named = self.host in {"*", host} or (self.host.startswith("*.") and host.endswith(self.host[1:]))
        return named and self.port in {0, port}


def read_resolved(text: str) -> Resolved:
    """Return what ``HOST:PORT:ADDRESS`` says.

    Raises:
        ValueError: It has another form, or ends in no IP address.

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
