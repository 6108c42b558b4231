"""The responses sent instead of the app's: to every preflight, and the 403 of a policy that forbids."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from wsgicors._http import Header, vary_line
from wsgicors.verdict import Verdict, in_words_of

_TEXT: Final = ("Content-Type", "text/plain; charset=utf-8")

CORE_NAMES: Final[Mapping[str, str]] = MappingProxyType({})
"""The core's names of the settings, for owners that do not rename them."""

EMPTY_BODY: Final = (_TEXT, ("Content-Length", "0"))
"""The headers of a response without a body; `wsgiref.validate` requires a Content-Type even then."""

STATUS_LINES: Final[Mapping[int, str]] = {
    **{status: f"{status} OK" for status in range(200, 300)},
    204: "204 No Content",
    403: "403 Forbidden",
}
"""WSGI status lines by code. Formatting one per request would cost a preflight 500 instructions."""


class Answer(NamedTuple):
    """A whole response.

    Attributes:
        status: The status code.
        headers: Every header, ``Vary`` and ``Content-Length`` included.
        body: The body.
    """

    status: int
    headers: tuple[Header, ...]
    body: bytes


def answer(verdict: Verdict, nearest: str | None = None, names: Mapping[str, str] = CORE_NAMES) -> Answer:
    r"""Return the response to a request whose verdict has a status.

    The response to a preflight of an allowed origin has no body, and a 204 no Content-Length (RFC 9110, 8.6). The
    response to any other origin holds the sentence of the refusal, and never a list of what would be allowed.

    Args:
        verdict: What was decided.
        nearest: In debug mode the nearest allowed value, or ``""``: the body of a refusal then includes its remedy.
            None otherwise.
        names: The owner's names of the settings, by the names of `wsgicors.Policy`, for the remedy.

    >>> from wsgicors import Policy
    >>> answer(Policy(allow_origins=["https://a.example"]).preflight("https://b.example", "PUT")).body
    b"The origin 'https://b.example' is not allowed here.\n"
    """
    status = verdict.status or 200
    if verdict.refusal is None or (nearest is None and (verdict.body or verdict.headers)):
        return Answer(status, verdict.all_headers, verdict.body)
    lines, headers = [verdict.sentence], vary_line(verdict.vary)
    if nearest is not None:
        lines.append(in_words_of(names, verdict.remedy))
        if nearest:
            lines.append(f"The nearest that is allowed: {nearest!a}.")
        if verdict.debug_headers:
            status, headers = 200, verdict.debug_headers + headers
    framing, body = text_body(*lines)
    return Answer(status, headers + framing, body)


def text_body(*lines: str) -> tuple[tuple[Header, ...], bytes]:
    """Return the headers and the body of a plain-text response with these lines of ASCII."""
    body = ("\n".join(lines) + "\n").encode("ascii", "backslashreplace")
    return (
        _TEXT,
        ("Content-Length", str(len(body))),
        ("X-Content-Type-Options", "nosniff"),
    ), body
