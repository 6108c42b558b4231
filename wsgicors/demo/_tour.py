"""The guided tour: six steps, each a question about one real request."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypedDict

from wsgicors.demo._scenarios import Asked, asked

ORIGIN: Final = "An origin is the scheme, the host and the port of a page's address."
"""What an origin is, in one sentence."""


class Happened(TypedDict, total=False):
    """The outcome of a request; an option has only the keys that it claims.

    Attributes:
        arrived: The methods that arrived at the server, in order, with spaces between.
        read: Whether the page may read the response.
        counted: Whether the page may read the header X-Total-Count.
    """

    arrived: str
    read: bool
    counted: bool


@dataclass(frozen=True, slots=True)
class Option:
    """A prediction to choose: a sentence, and the outcome that makes it right."""

    text: str
    claims: Happened


@dataclass(frozen=True, slots=True)
class Lesson:
    """One step of the tour.

    Attributes:
        id: Its name in URLs.
        title: A word or two.
        before: What the reader needs to know for a prediction, in paragraphs.
        question: The question.
        options: The predictions; one is right.
        policy: The server's settings, for `wsgicors.Policy.from_mapping`.
        asked: The request of the page.
        after: What the answer teaches, in paragraphs.
        fault: A key of `wsgicors.demo._faults.FAULTS`, or "".
    """

    id: str
    title: str
    before: tuple[str, ...]
    question: str
    options: tuple[Option, ...]
    policy: Mapping[str, object]
    asked: Asked
    after: tuple[str, ...]
    fault: str = ""


UNREAD: Final = Option("The server answers, but the page may not read the response.", {"arrived": "GET", "read": False})


def lessons(page_origin: str, other_origin: str, api_origin: str) -> tuple[Lesson, ...]:
    """Return the six steps, in order.

    Args:
        page_origin: The origin of the page.
        other_origin: Another origin, under which the same page is served.
        api_origin: The origin of the server.

    >>> [lesson.id for lesson in lessons("http://127.0.0.1:2", "http://localhost:2", "http://127.0.0.1:1")]
    ['origin', 'simple-request', 'preflight', 'credentials', 'headers', 'caches']
    """
    mine = [page_origin]
    return (
        Lesson(
            "origin",
            "Origin",
            (
                f"{ORIGIN} This page has the origin {page_origin}, and asks a server of another origin, {api_origin}.",
                f"The server allows the pages of {other_origin}: the same computer, by another name.",
            ),
            "This page sends GET /notes/1. What happens?",
            (
                Option("The page reads the response.", {"read": True}),
                UNREAD,
                Option("The browser does not send the request.", {"arrived": ""}),
            ),
            {"allow_origins": [other_origin]},
            asked(),
            (
                "Browsers compare origins as text: localhost and 127.0.0.1 are two hosts, http and https two schemes.",
                "CORS did not keep the request away. It decides whether the page may read the response.",
                "To be read, the response has to name the page's origin in Access-Control-Allow-Origin.",
            ),
        ),
        Lesson(
            "simple-request",
            "Simple request",
            (
                "A page could always send some requests anywhere: a form sends a POST, an image a GET.",
                "Such a request is called simple.",
                "The server allows this page's origin, and names no method and no header.",
            ),
            "This page sends POST /notes/1 with a plain text. What reaches the server?",
            (
                Option("Only the POST.", {"arrived": "POST"}),
                Option("An OPTIONS request first, then the POST.", {"arrived": "OPTIONS POST"}),
                Option("Nothing: POST is not among the allowed methods.", {"arrived": ""}),
            ),
            {"allow_origins": mine},
            asked("POST", ["Content-Type: text/plain"]),
            (
                "The browser sends GET, HEAD and POST at once, unless the page sets a header that no form could set.",
                "The server runs such a request whatever the origin is.",
                "The response names this page's origin, so the page reads it.",
            ),
        ),
        Lesson(
            "preflight",
            "Preflight",
            (
                "No form can send a PUT, or JSON: a server without CORS does not expect them from other sites.",
                "So the browser asks first, with an OPTIONS request: the preflight.",
                "The server allows this page's origin and the method PUT. It allows no header.",
            ),
            "This page sends PUT /notes/1 with Content-Type: application/json. What reaches the server?",
            (
                Option("The OPTIONS request, then the PUT.", {"arrived": "OPTIONS PUT"}),
                Option("Only the PUT: the page may not read the response.", {"arrived": "PUT"}),
                Option("Only the OPTIONS request: the browser does not send the PUT.", {"arrived": "OPTIONS"}),
            ),
            {"allow_origins": mine, "allow_methods": ["PUT"]},
            asked("PUT", ["Content-Type: application/json"]),
            (
                "The response to the preflight does not allow the header Content-Type, so the PUT is never sent.",
                "Nothing changes on a server that did not agree.",
                "A preflight has no cookies and no Authorization header: it must be answered before any login check.",
            ),
        ),
        Lesson(
            "credentials",
            "Credentials",
            (
                "Cookies are credentials: they say who the user is.",
                "The browser sends them to another origin only when the page's script asks for that.",
                "The server allows every origin: it answers Access-Control-Allow-Origin: *.",
            ),
            "This page sends GET /notes/1 with cookies. What happens?",
            (
                Option("The page reads the response: * is every origin.", {"read": True}),
                Option("The browser does not send the request.", {"arrived": ""}),
                UNREAD,
            ),
            {"allow_origins": "*"},
            asked(credentials=True),
            (
                "* and cookies exclude each other: any page of the web could read what the user's login opens.",
                "The response has to name the page's origin, and to say Access-Control-Allow-Credentials: true.",
            ),
        ),
        Lesson(
            "headers",
            "Headers",
            (
                "The page's origin is allowed, so the page reads the response. The response says X-Total-Count: 1.",
                "The server's policy allows the origin and nothing else.",
            ),
            "This page sends GET /notes/1. Can its script read X-Total-Count?",
            (
                Option("Yes: who may read the response may read its headers.", {"read": True, "counted": True}),
                Option("No. It reads the body and a few headers.", {"read": True, "counted": False}),
                Option("No. Without the header the page may not read the body either.", {"read": False}),
            ),
            {"allow_origins": mine},
            asked(),
            (
                "A page may read Content-Type, Content-Length, Cache-Control and four more headers.",
                "Others have to be named in Access-Control-Expose-Headers: that is the setting expose_headers.",
            ),
        ),
        Lesson(
            "caches",
            "Caches",
            (
                f"The server allows two origins: this page's, and {other_origin}.",
                "Each response names the origin of the page that asked, and says Vary: Origin.",
                f"A cache in front of the server ignores Vary. A page of {other_origin} asked a minute ago.",
            ),
            "This page sends GET /notes/1. What happens?",
            (
                Option("The page gets the stored response, and may not read it.", UNREAD.claims),
                Option("The page reads the response: its origin is allowed.", {"read": True}),
                Option("The browser sends an OPTIONS request first.", {"arrived": "OPTIONS GET"}),
            ),
            {"allow_origins": [page_origin, other_origin]},
            asked(),
            (
                f"The stored response names {other_origin}. A response that names one origin is wrong for every other.",
                "Vary: Origin tells a cache to store one response for each origin.",
                "A cache that ignores it needs the origin in its key.",
            ),
            fault="cache",
        ),
    )
