"""Draw the exchanges of "Understand CORS" as SVG. Each is a real exchange with the middleware."""

from collections.abc import Iterable, Iterator
from html import escape
from textwrap import wrap
from typing import TYPE_CHECKING, Final, NamedTuple

from werkzeug.test import Client

from wsgicors import CORS, Policy

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

PAGE: Final = "https://www.example.com"

SHOWN: Final = ("Origin", "Access-Control-", "Vary", "Cookie")
"""The prefixes of the headers that a diagram shows."""

WIDTH: Final = 414
LEFT: Final = 28
RIGHT: Final = 382
LINE: Final = 17
GAP: Final = 26
COLUMNS: Final = 44  # so that a phone shows them as large as its text


class Message(NamedTuple):
    """One message of an exchange.

    Attributes:
        to_server: Whether the browser sends it.
        lines: The lines to show: the first line, then headers.
    """

    to_server: bool
    lines: tuple[str, ...]


def _app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"hello"]


def _exchange(policy: Policy, method: str, path: str, **headers: str) -> Iterator[Message]:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    response = Client(CORS(_app, policy)).open(path, method=method, headers=sent)
    yield Message(True, (f"{method} {path}", *(f"{name}: {value}" for name, value in sent.items())))
    shown = [f"{name}: {value}" for name, value in response.headers if name.startswith(SHOWN)]
    yield Message(False, (response.status, *shown))


def diagrams() -> dict[str, str]:
    """Return every diagram's SVG by its name."""
    one = Policy(allow_origins=[PAGE], allow_methods=["PUT"], allow_headers=["Content-Type"])
    users = Policy(allow_origins=[PAGE], allow_credentials=True)
    anybody = Policy(allow_origins="*")
    other = "https://www.example.net"
    return {
        "origin": _drawn(
            "Two pages ask the same server. The browser gives the response to the page whose origin the server names.",
            (*_exchange(one, "GET", "/notes", Origin=PAGE), *_exchange(one, "GET", "/notes", Origin=other)),
            ("The page reads it.", "The page gets an error."),
        ),
        "simple-request": _drawn(
            "A simple request is sent at once. The response decides whether the page can read it.",
            tuple(_exchange(one, "GET", "/notes", Origin=PAGE)),
            ("The page reads it.",),
        ),
        "preflight": _drawn(
            "Before a PUT the browser asks with OPTIONS. The PUT follows only when the answer allows it.",
            (
                *_exchange(
                    one,
                    "OPTIONS",
                    "/notes/1",
                    Origin=PAGE,
                    Access_Control_Request_Method="PUT",
                    Access_Control_Request_Headers="content-type",
                ),
                *_exchange(one, "PUT", "/notes/1", Origin=PAGE),
            ),
            ("The browser sends the PUT.", "The page reads it."),
        ),
        "credentials": _drawn(
            "With cookies the response must name the origin and allow credentials.",
            (
                *_exchange(users, "GET", "/me", Origin=PAGE, Cookie="session=1a2b"),
                *_exchange(anybody, "GET", "/me", Origin=PAGE, Cookie="session=1a2b"),
            ),
            ("The page reads it.", "The page gets an error: * does not go with cookies."),
        ),
        "caches": _drawn(
            "Vary: Origin makes a cache keep one response for each origin.",
            (*_exchange(one, "GET", "/notes", Origin=PAGE), *_exchange(one, "GET", "/notes", Origin=other)),
            ("Kept for https://www.example.com.", "Kept for https://www.example.net."),
        ),
    }


def _wrapped(line: str) -> list[str]:
    """Break a line that is too long for the picture, and indent its continuation with blanks that SVG keeps."""
    first, *rest = wrap(line, COLUMNS, break_long_words=False, break_on_hyphens=False)
    return [first, *(f"\N{NO-BREAK SPACE}\N{NO-BREAK SPACE}{part}" for part in rest)]


def _drawn(title: str, messages: tuple[Message, ...], outcomes: tuple[str, ...]) -> str:
    """Draw messages between browser and server. `outcomes` say what the browser does after each response."""
    parts: list[str] = []
    y = 58
    after = iter(outcomes)
    for message in messages:
        lines = [part for line in message.lines for part in _wrapped(line)]
        for number, line in enumerate(lines):
            weight = ' font-weight="600"' if number == 0 else ""
            parts.append(f'<text x="{LEFT + 12}" y="{y}"{weight}>{escape(line)}</text>')
            y += LINE
        start, end = (LEFT, RIGHT) if message.to_server else (RIGHT, LEFT)
        tip = end - 8 if message.to_server else end + 8
        parts.append(
            f'<path d="M{start} {y - 4}H{end}M{tip} {y - 9}L{end} {y - 4}L{tip} {y + 1}" fill="none" '
            'stroke="currentColor"/>'
        )
        y += GAP
        if not message.to_server:
            parts.append(f'<text x="{LEFT - 8}" y="{y}" font-style="italic">{escape(next(after))}</text>')
            y += GAP + LINE
    height = y
    lines = [
        (
            f'<line x1="{x}" y1="36" x2="{x}" y2="{height - 12}" stroke="currentColor" stroke-dasharray="3 4" '
            'opacity="0.5"/>'
        )
        for x in (LEFT, RIGHT)
    ]
    heads = (
        f'<text x="{x}" y="24" text-anchor="middle" font-weight="600">{name}</text>'
        for x, name in ((LEFT, "Browser"), (RIGHT, "Server"))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {WIDTH} {height}" class="exchange" '
        f'fill="currentColor" font-family="ui-monospace, monospace" font-size="12.5">'
        f"<title>{escape(title)}</title>{''.join(heads)}{''.join(lines)}{''.join(parts)}</svg>\n"
    )
