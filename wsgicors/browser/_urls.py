"""Parse and serialize URLs by the URL standard, as far as a fetch needs it (https://url.spec.whatwg.org/)."""

import re
from dataclasses import dataclass, replace
from typing import Final

from wsgicors.browser._hosts import parse_host
from wsgicors.browser._text import lower, quote

DEFAULT_PORTS: Final = {"http": "80", "https": "443"}

# #origin-header, `serialized-origin`; plus "_" in a host, which the grammar lacks and browsers send.
SERIALIZED_ORIGIN: Final = re.compile(r"[a-z][a-z0-9+.\-]*://(?:[a-z0-9_.\-]+|\[[0-9a-f:]+\])(?::[0-9]{1,5})?")

_C0_AND_SPACE: Final = "".join(map(chr, range(0x21)))
_NO_TABS_NOR_NEWLINES: Final = str.maketrans("", "", "\t\n\r")
_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):")
_PORT: Final = re.compile(r"0*([0-9]{0,5})")

# Characters to percent-encode (#userinfo-percent-encode-set and so on).
_IN_USERINFO: Final = re.compile(r"[^!$-.0-9A-Z_a-z~]")
_IN_PATH: Final = re.compile(r"[^!$-;=@-\]_a-z|~]")
_IN_SPECIAL_QUERY: Final = re.compile(r"[^!$-&(-;=?-~]")
_NO_ASCII: Final = re.compile(r"[^\x00-\x7f]")


@dataclass(frozen=True, slots=True)
class URL:
    """A parsed URL. For schemes other than http and https only the scheme is kept: no rule needs more."""

    scheme: str
    origin: str = ""
    username: str = ""
    password: str = ""
    path: str = ""
    query: str = ""

    @property
    def includes_credentials(self) -> bool:
        """Whether there is a user name or a password (#include-credentials)."""
        return bool(self.username or self.password)

    def __str__(self) -> str:
        password = f":{self.password}" if self.password else ""
        userinfo = f"{self.username}{password}@" if self.includes_credentials else ""
        return f"{self.scheme}://{userinfo}{self.origin.partition('://')[2]}{self.path}{self.query}"


def parse_absolute_url(text: str) -> URL:
    """Parse `text` without a base.

    Raises:
        ValueError: `text` is not an absolute URL.
    """
    url = parse_url(text)
    if url is None:
        raise ValueError(f"not an absolute URL: {quote(text)}")
    return url


def parse_location(value: str, base: URL) -> URL | None:
    """Parse a Location header, whose non-ASCII bytes go into the URL unchanged; None is failure."""
    return parse_url(_percent_encode(_NO_ASCII, value, "latin-1"), base)


def parse_url(text: str, base: URL | None = None) -> URL | None:
    """Apply the "URL parser"; None is failure.

    >>> str(parse_url("http://EXAMPLE.com:80/a/../b?c d#e")), str(parse_url("/f", parse_url("http://127.1:8000/")))
    ('http://example.com/b?c%20d', 'http://127.0.0.1:8000/f')
    """
    # Browsers replace lone surrogates in a script's string (https://webidl.spec.whatwg.org/#es-USVString).
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    text = text.strip(_C0_AND_SPACE).translate(_NO_TABS_NOR_NEWLINES)
    named = _SCHEME.match(text)
    if named:
        scheme, text = lower(named[1]), text[named.end() :]
    elif base:
        scheme = base.scheme
    else:
        return None
    if scheme not in DEFAULT_PORTS:
        return URL(scheme)
    path, mark, query = text.partition("#")[0].partition("?")
    path = path.replace("\\", "/")
    query = mark + _percent_encode(_IN_SPECIAL_QUERY, query)
    # Any number of slashes starts an authority; with a base of the same scheme, at least two.
    if base and scheme == base.scheme and not path.startswith("//"):
        return replace(base, path=_resolve(base.path, path), query=query if path or mark else base.query)
    authority, _, path = path.lstrip("/").partition("/")
    userinfo, _, host = authority.rpartition("@")
    origin = _parse_origin(scheme, host)
    if not origin:
        return None
    username, _, password = (_percent_encode(_IN_USERINFO, part) for part in userinfo.partition(":"))
    return URL(scheme, origin, username, password, _resolve("/", f"/{path}"), query)


def is_serialized_origin(text: str) -> bool:
    """Whether `text` is the serialization of a tuple origin and, for HTTP(S), the canonical one."""
    url = parse_url(text)
    return SERIALIZED_ORIGIN.fullmatch(text) is not None and url is not None and url.origin in {"", text}


def _parse_origin(scheme: str, authority: str) -> str:
    """Return the serialized origin of `authority`, a host with or without a port; ``""`` is failure."""
    host, colon, port = authority.rpartition(":")
    if not colon or port.endswith("]"):
        host, port = authority, ""
    name = parse_host(host)
    digits = _PORT.fullmatch(port)
    if not name or not digits or int(digits[1] or 0) > 0xFFFF:
        return ""
    # "080" is 80, and an empty port is the default one.
    port = str(int(digits[1] or 0)) if port else DEFAULT_PORTS[scheme]
    return f"{scheme}://{name}" if port == DEFAULT_PORTS[scheme] else f"{scheme}://{name}:{port}"


def _resolve(base: str, path: str) -> str:
    """Resolve `path` against the path `base` and remove dot segments ("path state")."""
    if not path:
        return base
    path = _percent_encode(_IN_PATH, path)
    segments = path.split("/")[1:] if path.startswith("/") else [*base.split("/")[1:-1], *path.split("/")]
    resolved: list[str] = []
    for segment in segments:
        dots = lower(segment).replace("%2e", ".")
        if dots == "..":
            del resolved[-1:]
        elif dots != ".":
            resolved.append(segment)
    if lower(segments[-1]).replace("%2e", ".") in {".", ".."}:
        resolved.append("")
    return "/" + "/".join(resolved)


def _percent_encode(characters: re.Pattern[str], text: str, encoding: str = "utf-8") -> str:
    def encode(match: re.Match[str]) -> str:
        return "".join(f"%{byte:02X}" for byte in match[0].encode(encoding, "replace"))

    return characters.sub(encode, text)
