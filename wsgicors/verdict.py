"""The decision on one request, its reason, and its headers."""

import enum
import re
from collections.abc import Mapping
from typing import NamedTuple, Self

from wsgicors._http import Header
from wsgicors.problems import page_of, shown

__all__ = ["Refusal", "Verdict"]

SHOWN_NAMES = 8
"""The most refused header names in a sentence."""


class Refusal(enum.Enum):
    """Why a request was refused: a stable name, a sentence for everybody, a remedy for the server's operator.

    A sentence can contain one of ``{origin}``, ``{method}`` and ``{names}`` of the request; `Verdict` fills it in,
    escaped.
    """

    code: str
    """The stable name."""
    sentence: str
    remedy: str
    parts: tuple[str, str, str]
    """The sentence, split at the part of the request that it names."""

    def __new__(cls, name: str, sentence: str, remedy: str) -> Self:
        """Create a member whose value is its stable name."""
        member = object.__new__(cls)
        member._value_ = member.code = name
        member.sentence = sentence
        member.remedy = remedy
        before, _, rest = sentence.partition("{")
        subject, _, after = rest.partition("}")
        member.parts = before, subject, after
        return member

    @property
    def url(self) -> str:
        """The address of the page on this refusal."""
        return page_of(self.code)

    def sentence_for(self, origin: str | None, method: str | None, names: tuple[str, ...]) -> str:
        """Return the sentence for one request, in one line of printable ASCII."""
        before, subject, after = self.parts
        if not subject:
            return before
        value = origin if subject == "origin" else method if subject == "method" else ", ".join(names[:SHOWN_NAMES])
        return before + shown(value) + after

    ORIGIN_NOT_ALLOWED = (
        "origin-not-allowed",
        "The origin {origin} is not allowed here.",
        (
            "Add it to allow_origins, exactly as it stands here, if its pages may read this. "
            "If it is this server's own, have the proxy pass Host on as the browser sent it, with its port."
        ),
    )
    NULL_ORIGIN = (
        "null-origin",
        "The null origin is not allowed here.",
        (
            "The page is a file, a sandboxed frame, was redirected across origins, or has Referrer-Policy: "
            "no-referrer. Serve it over HTTP from an origin that is allowed; a site's own forms need "
            "Referrer-Policy: same-origin."
        ),
    )
    INSECURE_ORIGIN = (
        "insecure-origin",
        "The origin {origin} is not allowed here: it is plain http.",
        'Serve that page over https; or, on a network that you trust, write dangerously_allow = ["insecure-origin"].',
    )
    NAVIGATION_NOT_ALLOWED = (
        "navigation-not-allowed",
        "The origin {origin} is not allowed to post a form here.",
        (
            "If it may, as a login or a payment that returns, give this path a rule of its own with "
            'refuse = "withhold". The origin need not be allowed to read anything.'
        ),
    )
    CROSS_SITE = (
        "cross-site",
        "A page of another origin sent this request, which has no Origin header.",
        (
            "Browsers send that header: find the proxy or the extension that removes it. If pages of other origins may "
            'post here, give this path a rule of its own with refuse = "withhold".'
        ),
    )
    MALFORMED_ORIGIN = (
        "malformed-origin",
        "The Origin header {origin} is not an origin.",
        (
            "Browsers send scheme://host or scheme://host:port, in lower case. Correct the client or the proxy "
            "that sends this."
        ),
    )
    SOURCE_FAILED = (
        "source-failed",
        "Whether the origin {origin} is allowed could not be found out.",
        "The source of the origins raised an error, which the log holds, or did not answer in time: correct it.",
    )
    PRIVATE_NETWORK = (
        "private-network",
        "Requests from public pages to this private network are not allowed here.",
        "Set allow_private_network if pages of these origins may reach this server behind its firewall.",
    )
    METHOD_NOT_ALLOWED = (
        "method-not-allowed",
        "The method {method} is not allowed here.",
        "Add it to allow_methods, in this spelling.",
    )
    MALFORMED_METHOD = (
        "malformed-method",
        "Access-Control-Request-Method {method} is not a method.",
        "No browser sends it. Correct the client or the proxy that does.",
    )
    HEADER_NOT_ALLOWED = (
        "header-not-allowed",
        "These request headers are not allowed here: {names}.",
        "Add them to allow_headers, or have the client leave them out.",
    )
    AUTHORIZATION_NOT_NAMED = (
        "authorization-not-named",
        'The request header Authorization is not allowed here: "*" does not cover it.',
        'Write allow_headers = ["*", "Authorization"].',
    )
    MALFORMED_HEADERS = (
        "malformed-headers",
        "Access-Control-Request-Headers holds names that are not field names: {names}.",
        "No browser sends it. Correct the client or the proxy that does.",
    )
    AMBIGUOUS_PATH = (
        "ambiguous-path",
        "The path can be read in several ways, which lead to different rules.",
        (
            "Ask for it without dot segments, empty segments, parameters, backslashes, control characters and "
            "encoded slashes."
        ),
    )


class Verdict(NamedTuple):
    """The decision of a policy on one request: all that an adapter needs.

    Attributes:
        allowed: Whether the page may read the response (an actual request), or send the request (a preflight). A
            request without Origin is allowed: it is not a cross-origin request, and there is nothing to refuse.
        refusal: Why not, or None.
        headers: The CORS headers to set. Drop the app's own in any case.
        vary: The request headers that the response depends on, for ``Vary``.
        all_headers: `headers`, with a ``Vary`` line for a response that has none yet; for a preflight, all headers of
            its response.
        status: The status to send instead of calling the app: a preflight's, or 403 if the policy forbids. None: call
            the app.
        debug_headers: For a refused preflight, the headers of the checks that passed. With them the browser's console
            names the true cause; they are sent in debug mode only.
        origin: The request's Origin.
        method: A refused preflight's Access-Control-Request-Method.
        refused_headers: The names of the refused request headers.
        body: The body of a preflight's response.

    >>> from wsgicors import Policy
    >>> verdict = Policy(allow_origins=["https://a.example"]).actual("https://b.example")
    >>> verdict.allowed, verdict.headers, verdict.vary
    (False, (), ('Origin',))
    >>> verdict.sentence
    "The origin 'https://b.example' is not allowed here."
    """

    allowed: bool
    refusal: Refusal | None
    headers: tuple[Header, ...]
    vary: tuple[str, ...]
    all_headers: tuple[Header, ...]
    status: int | None = None
    debug_headers: tuple[Header, ...] = ()
    origin: str | None = None
    method: str | None = None
    refused_headers: tuple[str, ...] = ()
    body: bytes = b""

    @property
    def sentence(self) -> str:
        """Why the request was refused, in one line of printable ASCII; ``""`` if it was not."""
        return (
            self.refusal.sentence_for(self.origin, self.method, self.refused_headers)
            if self.refusal is not None
            else ""
        )

    @property
    def remedy(self) -> str:
        """What the server's operator can do about it; ``""`` if the request was not refused."""
        return self.refusal.remedy if self.refusal is not None else ""

    @property
    def complete(self) -> tuple[Header, ...]:
        """The old name of `all_headers`."""
        _warn_renamed("complete", "all_headers")
        return self.all_headers

    @property
    def passed(self) -> tuple[Header, ...]:
        """The old name of `debug_headers`."""
        _warn_renamed("passed", "debug_headers")
        return self.debug_headers

    @property
    def names(self) -> tuple[str, ...]:
        """The old name of `refused_headers`."""
        _warn_renamed("names", "refused_headers")
        return self.refused_headers


def in_words_of(names: Mapping[str, str], text: str) -> str:
    """Return a text with the owner's names of settings.

    Args:
        names: The owner's names, by the names of `wsgicors.Policy`.
        text: A text that contains names of settings, such as `Verdict.remedy`.

    >>> in_words_of({"allow_methods": "CORS_ALLOW_METHODS"}, "Add it to allow_methods.")
    'Add it to CORS_ALLOW_METHODS.'
    """
    return re.sub(r"\b[a-z]+_[a-z_]+\b", lambda match: names.get(match[0], match[0]), text)


def _warn_renamed(old: str, new: str) -> None:
    import warnings

    warnings.warn(f"Verdict.{old} is now Verdict.{new}", DeprecationWarning, stacklevel=3)
