"""The grammar of patterns: texts that match one origin, or a family of origins."""

from typing import Final

from wsgicors.origins import FILE, MAX_HOST, NULL, PAGELESS_SCHEMES, is_ip, split_origin

EXTENSION: Final = "-extension"
"""How the schemes of browser extensions end. Ids can differ per install, so ``*`` can replace the id."""

WILD: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")
"""The characters that ``*`` inside a label matches, one or more of them."""


def split_pattern(text: str) -> tuple[str, str, str, bool] | None:
    """Return scheme, host, port and whether subdomains match; None if `text` is not a pattern.

    >>> split_pattern("https://*.example.com:*"), split_pattern("https://pr-*.example.com")
    (('https', 'example.com', '*', True), ('https', 'pr-*.example.com', '', False))
    """
    if text == NULL:
        return "", NULL, "", False
    if text == FILE:
        return "file", "", "", False
    subdomains = "://*." in text
    bare = text.replace("://*.", "://", 1) if subdomains else text
    any_port = bare.endswith(":*")
    if any_port:
        bare = bare[:-2]
    wild = "*" in bare
    # With the asterisk replaced, the text must be an origin.
    parts = split_origin(bare.replace("*", "a", 1) if wild else bare)
    if parts is None or parts[0] in PAGELESS_SCHEMES:
        return None
    scheme, host, port = parts
    if wild:
        host = bare[len(scheme) + len("://") : len(bare) - (len(port) + 1 if port else 0)]
        if subdomains or not _is_wild(scheme, host, any_port=any_port, port=port):
            return None
    if (any_port and port) or (subdomains and (is_ip(host) or len(host) > MAX_HOST - len("a.") or host == ".")):
        return None
    if "xn--" in host and not all(map(is_label, host.split("."))):
        return None
    return scheme, host, "*" if any_port else port, subdomains


def _is_wild(scheme: str, host: str, *, any_port: bool, port: str) -> bool:
    """Whether the one asterisk of `host` has a meaning: inside the first label, or as an extension's id."""
    if host == "*":
        return scheme.endswith(EXTENSION) and not port and not any_port
    label, _, rest = host.partition(".")
    return "*" in label and label != "*" and bool(rest.strip(".")) and not is_ip(rest) and not label.startswith("xn--")


def is_label(label: str) -> bool:
    """Whether browsers accept `label` in a host: one that begins with ``xn--`` encodes a Unicode label (UTS 46, 4.1).

    >>> is_label("xn--bcher-kva"), is_label("xn--f"), is_label("www")
    (True, False, True)
    """
    if not label.startswith("xn--"):
        return True
    import idna

    try:
        text = label[4:].encode().decode("punycode")
        return (
            not text.isascii() and "xn--" + text.encode("punycode").decode() == label and idna.uts46_remap(text) == text
        )
    except (UnicodeError, idna.IDNAError):
        return False
