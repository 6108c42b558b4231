"""The grammar of patterns: the texts that stand for one origin, or for a family of them."""

from wsgicors.origins import MAX_HOST, NULL, is_ip, split_origin


def split_pattern(text: str) -> tuple[str, str, str, bool] | None:
    """The parts of an `OriginPattern`, or None where `text` is none."""
    if text == NULL:
        return "", NULL, "", False
    subdomains = "://*." in text
    bare = text.replace("://*.", "://", 1) if subdomains else text
    any_port = bare.endswith(":*")
    parts = split_origin(bare[:-2] if any_port else bare)
    if parts is None:
        return None
    scheme, host, port = parts
    if (any_port and port) or (subdomains and (is_ip(host) or len(host) > MAX_HOST - len("a."))):
        return None
    return scheme, host, "*" if any_port else port, subdomains
