"""Origins that a server should not trust when it trusts a given one, each with the weakness that it shows."""

from typing import Final

from wsgicors._suffixes import is_public_suffix
from wsgicors.doctor.evidence._network import registrable_domain
from wsgicors.origins import is_ip, is_loopback, split_origin

ATTACKER: Final = "wsgicors-audit.example"
"""A host that does not exist: the name is reserved (RFC 2606)."""

HOSTS_OF_ANYBODY: Final = (
    "vercel.app", "netlify.app", "github.io", "pages.dev", "web.app", "run.app", "herokuapp.com", "azurewebsites.net",
    "azurestaticapps.net", "onrender.com", "fly.dev", "ngrok-free.app", "gitpod.io",
)  # fmt: skip
"""Domains of hosting services where anybody can get a name, and which expressions in lists of origins often open."""

EXTENSIONS: Final = (
    "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
    "moz-extension://00000000-0000-4000-8000-000000000000",
    "safari-web-extension://00000000-0000-4000-8000-000000000000",
)
"""Origins of extensions that do not exist, by browser."""

PRIVATE: Final = tuple(
    f"http://{address}{port}" for address in ("10.0.0.1", "172.16.0.1", "192.168.0.1") for port in ("", ":3000")
)
"""Origins in private networks (RFC 1918)."""

_SPECIAL: Final = "_-!\"$&'()*+,;=`{}~"  # allowed in a host by the URL standard (#forbidden-domain-code-point)
_LONGEST_LABEL: Final = 63


def hostile_origins(trusted: str) -> list[tuple[str, str]]:
    """Return the origins, the most conclusive first.

    >>> hostile_origins("https://www.example.com")[1:3]
    [('null-trusted', 'null'), ('http-downgrade', 'http://www.example.com')]
    """
    scheme, host, number = split_origin(trusted) or ("", "", "")
    port = f":{number}" if number else ""
    hostile = [("any-origin", f"https://{ATTACKER}"), ("null-trusted", "null"), *_like(scheme, host, port)]
    if not is_loopback(host):
        loopback = ("http://localhost", "http://localhost:3000", "http://127.0.0.1")
        hostile += [("loopback-trusted", origin) for origin in loopback]
    hostile.append(("loopback-prefix", f"http://localhost.{ATTACKER}"))
    hostile += [("private-address", origin) for origin in PRIVATE]
    hostile += [("extension-trusted", origin) for origin in EXTENSIONS]
    hostile.append(("file-trusted", "file://"))
    return [(weakness, origin) for weakness, origin in hostile if origin != trusted]


def _like(scheme: str, host: str, port: str) -> list[tuple[str, str]]:
    """Return origins that imitate the trusted one."""
    like = [("http-downgrade", f"http://{host}{port}")] if scheme == "https" else []
    like.append(("any-port", f"{scheme}://{host}:{'9443' if port else '8443'}"))
    shorter = f"{host}{port}"[:-1].rstrip(".:-")
    is_name = host[0] != "[" and not is_ip(host)
    if host[0] != "[":
        like += [("prefix", f"{scheme}://{host}{glue}{ATTACKER}{port}") for glue in (".", "")]
    if is_name and not is_loopback(host):
        like += [(weakness, f"{scheme}://{name}{port}") for weakness, name in _hostile_names(host)]
    if shorter and (is_name or port):
        like.append(("part", f"{scheme}://{shorter}"))
    if is_name:
        like.append(("trailing-dot", f"{scheme}://{host}.{port}"))
        like += [("special-character", f"{scheme}://{host}{char}.{ATTACKER}{port}") for char in _SPECIAL]
    return like


def _hostile_names(host: str) -> list[tuple[str, str]]:
    label = ATTACKER.partition(".")[0]
    registered = registrable_domain(host)
    own, _, parent = registered.partition(".")
    names = [
        ("suffix", f"{label}{registered}"),
        ("contains", f"{label}-{host}.{ATTACKER}"),
        ("any-subdomain", f"{label}.{host}"),
    ]
    if host != registered:
        names.append(("any-subdomain", f"{label}.{registered}"))
    if parent and is_public_suffix(parent):
        names.append(("public-suffix", f"{label}.{parent}"))
    # One name for expressions that match any name, and one for those that compare its beginning or end.
    both = f"{own}-{label}-{own}"
    name = both if len(both) <= _LONGEST_LABEL else label
    names += [("public-suffix", f"{name}.{suffix}") for suffix in HOSTS_OF_ANYBODY]
    if parent:
        names.append(("any-tld", f"{host.removesuffix(parent)}{'org' if parent == 'net' else 'net'}"))
    for at, char in enumerate(host):
        other = f"{host[:at]}x{host[at + 1 :]}"
        # What an attacker can register: another name below the same last label.
        if char == "." and "." in host[at + 1 :] and registrable_domain(other) != registered:
            names.append(("unescaped-dot", other))
    return names
