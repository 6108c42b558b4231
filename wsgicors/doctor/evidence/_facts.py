"""What is known about one exchange, in a form that is safe to show.

Everything comes from a console or a network panel, and is not trusted: it can contain control characters, a password in
a URL, a token in a query. `Facts` contains none of that.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Annotated, Any, Final, TypedDict, cast
from urllib.parse import SplitResult, urljoin, urlsplit

from wsgicors._http import is_token, list_members
from wsgicors.browser._urls import DEFAULT_PORTS, SERIALIZED_ORIGIN

SHOWN: Final = 200
"""The most characters of an untrusted value that are shown."""

LONGEST_URL: Final = 2000
"""The most characters of a URL; longer ones are ignored."""

ELLIPSIS: Final = "…"
"""Replaces the values of query parameters, and anything else that can be secret."""

LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
"""The names of this machine, as hosts without brackets."""

_MAYBE_SECRET: Final = re.compile(r"(?=[^0-9]*[0-9])(?=[^A-Za-z]*[A-Za-z])[\w.~+=%\-]{20,}", re.ASCII)
_ENDING: Final = re.compile(r"\.[A-Za-z][A-Za-z0-9]{1,4}")  # of a file's name: what is loaded shows by it
_STANDS_FOR: Final = re.compile(r"<[^<>]*>|\[[^\[\]]*\]|\{[^{}]*\}")  # what a writer left out: <your key>
_IN_A_CODE_LINE: Final = re.compile(r"""["'`\\<>{}$]""")


def shown(text: str, limit: int = SHOWN) -> str:
    r"""Return `text` in printable form: unprintable characters escaped, then cut at `limit` characters.

    >>> shown("a\x1b[31mb\u202e"), shown("x" * 9, limit=4)
    ('a\\x1b[31mb\\u202e', 'xxxx…')
    """
    short = text[: limit + 1]
    if not short.isprintable():
        short = "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in short)
    return short if len(short) <= limit else short[:limit] + ELLIPSIS


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises if it is not a port
    except ValueError:
        return None
    return parts if parts.scheme and parts.hostname else None


def resolved(url: str, location: str) -> str:
    """Return the target of a redirect from `url`; "" if there is none."""
    try:
        return urljoin(url, location) if location else ""
    except ValueError:
        return ""


def origin_of(url: str) -> str:
    """Return the origin of `url` as browsers serialize it (HTML, "ASCII serialisation of an origin"), or "".

    >>> origin_of("HTTPS://user@API.example:443/items?id=1"), origin_of("localhost:8000/items")
    ('https://api.example', '')
    """
    parts = _split(url[:LONGEST_URL])
    if parts is None:
        return ""
    host = parts.hostname or ""
    bracketed = f"[{host}]" if ":" in host else host
    number = str(parts.port)
    port = "" if parts.port is None or DEFAULT_PORTS.get(parts.scheme) == number else f":{number}"
    return clean_origin(f"{parts.scheme}://{bracketed}{port}")


def clean_origin(text: str) -> str:
    """Return `text` if it is what a browser sends as an Origin, else "".

    >>> clean_origin("null"), clean_origin("https://a.example"), clean_origin('https://a.example"); evil("')
    ('null', 'https://a.example', '')
    """
    return text if text == "null" or SERIALIZED_ORIGIN.fullmatch(text) else ""


def clean_url(url: str) -> str:
    """Return `url` without user, password, fragment and query values, which can be secret; "" if it is not a URL.

    Path segments that look like tokens are left out too. A URL has no blanks: with one it has words around it.

    >>> clean_url("https://u:p@api.example/a?token=s3cret&page=2#x")
    'https://api.example/a?token=…&page=…'
    >>> clean_url("https://api.example/reset/eyJhbGciOiJIUzI1NiJ9")
    'https://api.example/reset/…'
    """
    origin = origin_of(url)
    parts = _split(url[:LONGEST_URL])
    if not origin or parts is None or " " in _STANDS_FOR.sub("", url):
        return ""
    path = "/".join(_segment(part) for part in parts.path.split("/"))
    names = (_parameter(item) for item in parts.query.split("&"))
    query = "?" + "&".join(names) if parts.query else ""
    return _IN_A_CODE_LINE.sub(ELLIPSIS, shown(f"{origin}{path}{query}"))


def _segment(part: str) -> str:
    """Return a part of a path; of one that may be a secret only the ending that a file's name has."""
    if not _MAYBE_SECRET.fullmatch(part):
        return part
    name, dot, ending = part.rpartition(".")
    is_file = name.count(".") < 2 and _ENDING.fullmatch(dot + ending)  # a token's parts are three
    return f"{ELLIPSIS}{dot}{ending}" if is_file else ELLIPSIS


def _parameter(item: str) -> str:
    name, equals, _ = item.partition("=")
    return f"{name}={ELLIPSIS}" if equals and len(name) < 20 else ELLIPSIS


def clean_token(text: str) -> str:
    """Return `text` if it is a method or a field name (RFC 9110, 5.6.2) of at most 80 characters, else ""."""
    return text if len(text) <= 80 and is_token(text) else ""


def clean_value(text: str) -> str:
    """Return the value of a CORS header in a form that is safe to show, and to put into a line of code."""
    return _IN_A_CODE_LINE.sub(ELLIPSIS, shown(text))


class FactsJson(TypedDict, total=False):
    """What is known about the request and its answer; unknown facts are left out."""

    url: str
    origin: str
    method: str
    header: str
    value: str
    redirected_from: str
    location: str
    kind: str
    status: Annotated[int, ("minimum", 100), ("maximum", 599)]
    credentials: bool
    headers: list[str]


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about one exchange; empty or None if it is not known.

    Every fact is cleaned when it is set, and left out if it is invalid: all of them are safe to show.

    >>> Facts(url="https://u:p@api.example/?a=b", method="P U T", status=7)
    Facts(url='https://api.example/?a=…', origin='', method='', header='', value='', status=None, redirected_from='', \
location='', kind='', credentials=None, headers=(), asked=(), is_whole=False, is_bare=False, \
speaks_cors=False, refuses_nothing=False)

    Attributes:
        url: The URL that was blocked, as returned by `clean_url`.
        origin: The page's origin.
        method: The request's method.
        header: The header that the failure is about.
        value: The value of the response's header.
        status: The response's status, from 100 to 599.
        redirected_from: The URL that the page asked for, if a redirect led to `url`.
        location: The target of a redirect.
        kind: The kind of request: fetch, XMLHttpRequest, script, font, ….
        credentials: Whether the request carries credentials.
        headers: All refused headers, if more than `header` is known.
        asked: All headers that the page's request needs permission for, if they are known.
        is_whole: Whether `value` is the complete list of the response, even if it is empty.
        is_bare: Whether no known answer of the server has a CORS header, or depends on the origin.
        speaks_cors: Whether the answer is known to have a CORS header.
        refuses_nothing: Whether the whole answer is known, and its lists allow what the page asks for.
    """

    url: str = ""
    origin: str = ""
    method: str = ""
    header: str = ""
    value: str = ""
    status: int | None = None
    redirected_from: str = ""
    location: str = ""
    kind: str = ""
    credentials: bool | None = None
    headers: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    is_whole: bool = False
    is_bare: bool = False
    speaks_cors: bool = False
    refuses_nothing: bool = False

    def __post_init__(self) -> None:
        for name, clean in _CLEANING.items():
            object.__setattr__(self, name, clean(getattr(self, name)))

    @property
    def mixes_content(self) -> bool:
        """Whether an https page asks for an http URL, which browsers block except on this machine.

        >>> Facts(url="http://api.example/", origin="https://a.example").mixes_content
        True
        """
        host = urlsplit(self.url).hostname or ""
        secured = host in LOOPBACK or host.endswith(".localhost")
        return self.url.startswith("http:") and self.origin.startswith("https:") and not secured

    def joined(self, other: "Facts") -> "Facts":
        """Return these facts, completed by `other`'s."""
        return replace(other, **self.known())

    def known(self) -> dict[str, Any]:
        """Return the facts that are known, by name."""
        facts = ((field.name, getattr(self, field.name)) for field in fields(self))
        return {
            name: value
            for name, value in facts
            if value not in ("", None, (), False) or (value is False and name == "credentials")
        }

    def to_json(self) -> FactsJson:
        """Return the known facts for `json.dumps`."""
        known = {**self.known(), "headers": list(self.headers)} if self.headers else self.known()
        return cast("FactsJson", {name: value for name, value in known.items() if name in FactsJson.__annotations__})

    def texts(self) -> dict[str, str]:
        """Return the facts for the texts of causes (`wsgicors.doctor.catalogue._causes.UNKNOWN`), as text."""
        refused = self.headers or ((self.header,) if self.header else ())
        listed = [name for name in list_members(self.value) if is_token(name) and name != "*"]
        before = listed if listed or self.is_whole else ["..."]
        spelled = {name.lower() for name in refused}
        unrefused = [name for name in self.asked if name.lower() not in spelled]
        headers = _each_once([*before, *unrefused, *refused], str.lower)
        methods = _each_once([*before, self.method], str)
        redirected = self.redirected_from or (self.url if self.location else "")
        return {
            "origin": self.origin,
            "url": self.url,
            "request": f"{self.method} {self.url}".strip() if self.url else "",
            "redirected": f"{self.method} {redirected}".strip() if redirected else "",
            "method": self.method,
            "header": self.header,
            "headers": ", ".join(refused),
            "value": self.value,
            "status": str(self.status) if self.status else "",
            "header_list": _python_list(headers) if refused or self.asked else "",
            "header_line": ", ".join(headers) if refused or self.asked else "",
            "asked_method": f'"{self.method}"' if self.method else "",
            "asked_list": _python_list(self.asked),
            "method_list": _python_list(methods) if self.method else "",
            "method_line": ", ".join(methods) if self.method else "",
        }


def _each_once(names: Iterable[str], key: Callable[[str], str]) -> list[str]:
    """Return names without duplicates, in the spelling that comes first."""
    kept: dict[str, str] = {}
    for name in names:
        kept.setdefault(key(name), name)
    return list(kept.values())


def _python_list(names: Sequence[str]) -> str:
    return ", ".join(name if name == "..." else f'"{name}"' for name in names)


def _clean_status(status: int | None) -> int | None:
    return status if status is not None and 100 <= status <= 599 else None


def _clean_names(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(filter(None, map(clean_token, names)))


_CLEANING: Final[Mapping[str, Callable[[Any], object]]] = {
    "url": clean_url,
    "origin": clean_origin,
    "method": clean_token,
    "header": clean_token,
    "value": clean_value,
    "status": _clean_status,
    "redirected_from": clean_url,
    "location": clean_url,
    "kind": clean_token,
    "headers": _clean_names,
    "asked": _clean_names,
}
"""How each fact is cleaned; the others cannot contain anything unsafe."""
