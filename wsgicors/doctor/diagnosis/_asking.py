"""Turn the user's arguments into the request that a page would make.

>>> ask("https://api.example/notes", "https://app.example", method="put", headers=["X-Id"]).headers
(('X-Id', '1'),)
"""

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from wsgicors._grammar import split_pattern
from wsgicors._suggestions import pattern_problem
from wsgicors.browser import Request, is_safelisted_header
from wsgicors.doctor.evidence._facts import shown
from wsgicors.origins import split_origin

_PLACEHOLDERS: Final = {"content-type": "application/json"}
_UNSAFE: Final = '"'  # a value that no safelisted header can have


class AskError(ValueError):
    """No browser could make this request. The message says why, and what to write instead if that is known."""


def ask(
    url: str,
    origin: str,
    *,
    method: str = "GET",
    headers: Iterable[str] = (),
    credentials: bool = False,
    private_network: bool = False,
) -> Request:
    """Return the request of a page.

    Args:
        url: An absolute URL; the host can be in any script.
        origin: The page's origin.
        method: The method, in the case that the page's script uses.
        headers: Each ``Name: value``, or a name alone, which then gets a value that needs the server's permission.
        credentials: Whether the credentials mode is "include".
        private_network: Whether the page is in a more public network than the server (Private Network Access).

    Raises:
        AskError: No browser could make the request.

    >>> ask("api.example/notes", "https://app.example")
    Traceback (most recent call last):
    wsgicors.doctor.diagnosis._asking.AskError: api.example/notes is not a URL: write http:// or https:// in front.
    """
    _check_url(url)
    url = _with_ascii_host(url)
    try:
        return Request(
            url,
            origin,
            method,
            _combined(map(_header, headers)),
            "include" if credentials else "same-origin",
            private_network,
        )
    except ValueError as error:
        raise AskError(_reason(error, origin)) from None


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in {"http", "https"}:
        if re.match(r"[^/?#]*://", url):
            raise AskError(f"{shown(url)} is not an http or https URL.")
        raise AskError(f"{shown(url)} is not a URL: write http:// or https:// in front.")
    if not parts.hostname:
        raise AskError(f"{shown(url)} is not a URL: it names no host.")


def _reason(error: ValueError, origin: str) -> str:
    text = str(error)
    if text.endswith("is not a header name"):
        return f"{text}. Write NAME: VALUE."
    if "has the origin" not in text:
        return f"{text}."
    instead = pattern_problem(origin).instead if split_pattern(origin) is None else ""
    return f"{text}; write {instead}." if split_origin(instead) else f"{text}."


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    name = name.strip()
    if colon:
        return name, value.strip()
    value = _PLACEHOLDERS.get(name.lower(), "1")
    return name, _UNSAFE if is_safelisted_header(name, value) else value


def _combined(headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the headers with lines of the same name joined, as in a script's Headers object (Fetch, "combine")."""
    names: dict[str, str] = {}
    values: dict[str, str] = {}
    for name, value in headers:
        key = name.lower()
        names.setdefault(key, name)
        values[key] = f"{values[key]}, {value}" if key in values else value
    return [(names[key], value) for key, value in values.items()]


def _with_ascii_host(url: str) -> str:
    """Return `url` with its host as browsers send it (URL, "domain to ASCII")."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if host.isascii():
        return url
    import idna

    try:
        name = idna.encode(host, uts46=True).decode()
    except idna.IDNAError:
        raise AskError(f"{shown(url)} is not a URL: its host is not a name.") from None
    userinfo, at, _ = parts.netloc.rpartition("@")
    port = f":{parts.port}" if parts.port else ""
    return urlunsplit(parts._replace(netloc=f"{userinfo}{at}{name}{port}"))
