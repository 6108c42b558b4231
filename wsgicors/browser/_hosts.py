"""Hosts, as the URL standard parses and serializes them (https://url.spec.whatwg.org/#host-parsing)."""

import re
import unicodedata
from typing import Final
from urllib.parse import unquote_to_bytes

# A "domain" without a "forbidden domain code point".
_DOMAIN: Final = re.compile(r"[^\x00-\x20#%/:<>?@\[\\\]^|\x7f-\U0010ffff]+")
_IPV4_NUMBER: Final = re.compile(r"0x(?P<hexadecimal>[0-9a-f]*)|0(?P<octal>[0-7]+)|(?P<decimal>0|[1-9][0-9]*)")
_ENDS_IN_A_NUMBER: Final = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)\.?")
_ZEROS: Final = re.compile(r"(?<![0-9a-f])0(?::0)+")

_LONGEST_DOMAIN: Final = 255
"""The most code points of a non-ASCII domain. Longer ones have no DNS name, and punycode takes quadratic time."""


def parse_host(text: str) -> str | None:
    """Return the host that `text` serializes to in a URL with the scheme http or https; None is failure.

    >>> parse_host("127.1"), parse_host("B%C3%BCcher.example"), parse_host("[0::1]"), parse_host("a b")
    ('127.0.0.1', 'xn--bcher-kva.example', '[::1]', None)
    """
    if text.startswith("["):
        return _serialize_ipv6(text[1:-1]) if text.endswith("]") else None
    domain = _domain_to_ascii(unquote_to_bytes(text).decode("utf-8", "replace"))
    if domain is None or not _DOMAIN.fullmatch(domain):
        return None
    return _serialize_ipv4(domain) if _ENDS_IN_A_NUMBER.fullmatch(domain) else domain


def _domain_to_ascii(domain: str) -> str | None:
    """Apply "domain to ASCII" without "beStrict": UTS #46 with only CheckBidi and CheckJoiners."""
    if domain.isascii():
        return domain.lower()
    if len(domain) > _LONGEST_DOMAIN:
        return None
    import idna

    # `idna.encode` also applies IDNA 2008, which refuses hosts that browsers accept, such as ☕.example.
    try:
        labels = [_decode_label(label) for label in idna.uts46_remap(domain, std3_rules=False).split(".")]
        is_bidi = any(unicodedata.bidirectional(letter) in {"R", "AL", "AN"} for letter in "".join(labels))
        for label in filter(None, labels):
            _check_label(label)
            if is_bidi:
                idna.check_bidi(label, check_ltr=True)
    except ValueError:  # includes idna.IDNAError and UnicodeError
        return None
    return ".".join(label if label.isascii() else f"xn--{label.encode('punycode').decode()}" for label in labels)


def _decode_label(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    decoded = label[4:].encode("ascii").decode("punycode")
    import idna

    if decoded.isascii() or idna.uts46_remap(decoded, std3_rules=False) != decoded:
        raise ValueError("a label that punycode would not be used for")
    return decoded


def _check_label(label: str) -> None:
    """Check the validity criteria that the mapping leaves open (https://www.unicode.org/reports/tr46/#Validity_Criteria)."""
    import idna

    idna.check_initial_combiner(label)
    for position, letter in enumerate(label):
        if letter in "\u200c\u200d" and not idna.valid_contextj(label, position):
            raise ValueError("a joiner where the script has none")


def _serialize_ipv4(domain: str) -> str | None:
    """Apply the "IPv4 parser" and the "IPv4 serializer"."""
    from ipaddress import IPv4Address

    try:
        *firsts, last = map(_ipv4_number, domain.removesuffix(".").split("."))
        # The last number fills all remaining bytes: 127.1 is 127.0.0.1.
        address = bytes(firsts[:3]) + last.to_bytes(4 - len(firsts))
        return str(IPv4Address(address))
    except (ValueError, OverflowError):
        return None


def _ipv4_number(text: str) -> int:
    number = _IPV4_NUMBER.fullmatch(text)
    if not number:
        raise ValueError("not a number")
    if number["decimal"]:
        return int(number["decimal"])
    return int(number["hexadecimal"] or number["octal"] or "0", 16 if number["octal"] is None else 8)


def _serialize_ipv6(text: str) -> str | None:
    """Apply the "IPv6 parser" and the "IPv6 serializer", with brackets around it."""
    from ipaddress import IPv6Address

    try:
        address = IPv6Address(text)
    except ValueError:
        return None
    if address.scope_id is not None:
        return None
    # Python 3.13 writes IPv4-mapped addresses with dots; a browser does not.
    number = f"{int(address):032x}"
    pieces = ":".join(f"{int(number[i : i + 4], 16):x}" for i in range(0, 32, 4))
    longest = max(_ZEROS.finditer(pieces), key=lambda run: len(run[0]), default=None)
    if longest:
        before, after = pieces[: longest.start()], pieces[longest.end() :]
        pieces = f"{before.removesuffix(':')}::{after.removeprefix(':')}"
    return f"[{pieces}]"
